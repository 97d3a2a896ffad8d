from __future__ import annotations

import pytest

from samples import constituent, line, only
from triad_screener.factors.thesis import thesis_exposure


class TestRegression:
    @pytest.mark.parametrize(
        ("exposures", "expected"),
        [
            ({"compute": 0.9}, 0.45),
            ({"compute": 0.2, "data": 0.15, "algorithms": 0.5}, 0.28),
            ({}, 0.0),
        ],
    )
    def test_budgets_weigh_the_shares_of_revenue(
        self, exposures: dict[str, float], expected: float
    ) -> None:
        found = only(thesis_exposure(line(of=constituent(exposures=exposures))))

        assert found.value == pytest.approx(expected, abs=1e-12)
