from __future__ import annotations

import numpy as np

from samples import constituent, market, prices, recipe, taxonomy
from triad_screener.model.gap import Missing
from triad_screener.model.market import LineData
from triad_screener.screening.assembling import Request, assemble


class TestRegression:
    def test_a_screen_counts_the_lines_it_considered_and_the_fresh_ones(self) -> None:
        names = [f"L{row}" for row in range(10)]
        sister = constituent("SIS", issuer="l0")
        # L9 is not known, and SIS stands for L0.
        known = [LineData(name, prices(np.arange(1.0, 200))) for name in names[:9]]
        known.append(
            LineData("SIS", prices(np.arange(1.0, 200)), average_daily_value_usd=1.0)
        )

        world = taxonomy(*map(constituent, names), sister)

        found = assemble(
            world,
            market(*known, of=world),
            Request(recipe=recipe(coverage_floor=0.9)),
            config_hash="c",
        )

        assert (len(found.scores.lines), len(found.scores.unranked)) == (9, 1)
        assert (found.considered, found.fresh) == (10, 9)

    def test_what_is_missing_keeps_its_reason(self) -> None:
        missing = Missing("no price is known")

        assert (missing.reason, missing.detail) == ("absent", "no price is known")
        assert str(missing) == "no price is known"
