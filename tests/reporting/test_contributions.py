from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

import numpy as np
import pytest

from samples import cross_section, recipe
from triad_screener.factors import FACTORS
from triad_screener.model.vocabulary import GROUPS
from triad_screener.reporting.contributions import Contributions
from triad_screener.screening.scoring import score

if TYPE_CHECKING:
    from triad_screener.model.scores import Scores

RISING = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
NO_WEIGHT = dict.fromkeys(GROUPS, 0.0)


def contributions(scores: Scores) -> dict[str, dict[str, float]]:
    """The parts of every composite by ticker and factor."""
    parts = Contributions.to(scores)
    return {line.ticker: parts.of(line) for line in scores.lines}


class TestRegression:
    def test_the_only_factor_contributes_the_whole_composite(self) -> None:
        rules = recipe(
            group_weights={**NO_WEIGHT, "quality": 1.0}, neutralise={"by": "none"}
        )
        scores = score(cross_section({"gp_at": RISING}), rules)

        parts = contributions(scores)

        assert {t: p["gp_at"] for t, p in parts.items()} == pytest.approx(
            {line.ticker: line.composite_z for line in scores.lines}, abs=1e-12
        )

    def test_opposite_factors_of_one_group_cancel_out(self) -> None:
        # Ranks run against each other, so that no mean differs from another.
        rules = recipe(
            group_weights={**NO_WEIGHT, "quality": 1.0}, neutralise={"by": "none"}
        )
        lines = cross_section({"gp_at": RISING, "ebit_ic": RISING[::-1]})

        parts = contributions(score(lines, rules))

        assert all(part == 0 for found in parts.values() for part in found.values())

    def test_a_missing_factor_contributes_as_an_average_line_would(self) -> None:
        rules = recipe(
            group_weights={**NO_WEIGHT, "quality": 1.0},
            neutralise={"by": "none"},
            coverage_floor=0.0,
        )
        lines = cross_section({"gp_at": [*RISING, nan], "ebit_ic": [*RISING, 0.45]})

        found = contributions(score(lines, rules))["I"]

        assert found["gp_at"] == pytest.approx(0, abs=1e-12)

    def test_nothing_ranked_contributes_nothing(self) -> None:
        assert contributions(score(cross_section({"gp_at": RISING[:7]}), recipe())) == (
            {}
        )


@pytest.mark.parametrize("seed", range(6))
class TestProperties:
    def test_the_parts_of_a_line_sum_to_its_composite(self, seed: int) -> None:
        generator = np.random.default_rng(seed)
        raw = {name: generator.normal(size=25) for name in FACTORS if name != "thesis"}
        lines = cross_section(
            {name: found.tolist() for name, found in raw.items()},
            exposures=generator.dirichlet([1] * 4, 25)[:, :3].tolist(),
        )
        # No clipping, which would cut a part off.
        scores = score(lines, recipe(clip=10.0))

        parts = contributions(scores)

        for line in scores.lines:
            total = sum(parts[line.ticker].values())
            assert total == pytest.approx(line.composite_z, abs=1e-9)
