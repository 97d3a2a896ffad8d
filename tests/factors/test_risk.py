from __future__ import annotations

from datetime import timedelta
from math import log, sqrt

import pytest

from samples import AS_OF, line, only
from triad_screener.factors.risk import drawdown, volatility
from triad_screener.model.gap import Missing


class TestRegression:
    def test_a_price_that_doubles_and_halves_daily(self) -> None:
        wild = line(closes=[1.0, 2.0] * 126 + [1.0])

        found = only(volatility(wild))

        assert found.value == pytest.approx(log(2) * 252 / sqrt(251), abs=1e-12)

    def test_the_deepest_fall_of_the_year(self) -> None:
        fallen = line(closes=[100.0] * 200 + [80.0, 160.0, 40.0, 90.0])

        assert only(drawdown(fallen)).value == 0.75

    @pytest.mark.parametrize(("known", "used"), [(127, 127), (253, 253), (400, 253)])
    def test_it_names_the_closes_that_were_used(self, known: int, used: int) -> None:
        closes = [1.0, 2.0] * (known // 2) + [1.0] * (known % 2)

        (figure,) = only(volatility(line(closes=closes))).figures

        assert (figure.value, figure.unit) == (used, "sessions")
        assert figure.date == AS_OF
        assert figure.note == f"from {AS_OF - timedelta(days=used - 1)}"

    def test_half_a_year_of_closes_is_needed(self) -> None:
        young = line(closes=[1.0, 2.0] * 63)

        for measure in (volatility, drawdown):
            with pytest.raises(Missing, match="126 closes are known, and 127 are"):
                only(measure(young))
