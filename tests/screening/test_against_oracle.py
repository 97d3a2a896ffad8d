"""Random cross-sections, scored by the product and by a plain transcription."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from agreement import differences
from oracle import cross_sections
from oracle import scoring as oracle
from triad_screener.factors import FACTORS
from triad_screener.model.cross_section import FactorColumn
from triad_screener.model.recipe import Recipe
from triad_screener.reporting.record import of_scores
from triad_screener.screening.scoring import score
from triad_screener.tables import cross_section

COLUMNS = tuple(FactorColumn(i, FACTORS[i].group, FACTORS[i].sign) for i in FACTORS)
HEADER = (
    "ticker",
    "issuer",
    *(f"exposure_{pillar}" for pillar in cross_sections.PILLARS),
    *cross_sections.FACTORS,
    "market_cap_usd",
    "average_daily_value_usd",
    "statement_age_days",
)
#: Seeds in batches: 260 cross-sections in all.
BATCHES = [range(start, start + 20) for start in range(0, 260, 20)]


def as_csv(rows: list[dict[str, str]]) -> bytes:
    """The rows as a file that ``triad score`` reads."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@pytest.mark.parametrize("seeds", BATCHES, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_every_number_is_that_of_the_oracle(seeds: range) -> None:
    for seed in seeds:
        rows, settings, incumbents = cross_sections.generate(seed)
        recipe = Recipe.model_validate(settings)
        lines, unused = cross_section.read(
            as_csv(rows), f"seed {seed}", COLUMNS, recipe.pillar_budgets
        )

        found = of_scores(score(lines, recipe, incumbents))

        assert unused == ()
        expected = oracle.score(rows, settings, incumbents)
        assert differences(found, expected) == [], f"seed {seed}"


@pytest.mark.parametrize("seed", range(300, 310))
def test_lines_without_a_price_are_those_of_the_oracle(seed: int) -> None:
    rows, settings, incumbents = cross_sections.generate(seed)
    recipe = Recipe.model_validate(settings)
    lines, _ = cross_section.read(
        as_csv(rows), f"seed {seed}", COLUMNS, recipe.pillar_budgets
    )
    halted = lines.tickers[::4]
    priced = np.array([ticker not in halted for ticker in lines.tickers], bool)

    found = of_scores(score(replace(lines, priced=priced), recipe, incumbents))

    expected = oracle.score(rows, settings, incumbents, halted)
    assert differences(found, expected) == []


def test_the_cross_sections_hold_the_awkward_shapes() -> None:
    cases = [cross_sections.generate(seed) for batch in BATCHES for seed in batch]
    sizes = {len(rows) for rows, _, _ in cases}
    empty_cells = sum(row["gp_at"] == "" for rows, _, _ in cases for row in rows)
    sisters = [len(rows) - len({row["issuer"] for row in rows}) for rows, _, _ in cases]
    without_a_pillar = [
        any(
            all(float(row[f"exposure_{pillar}"]) == 0 for row in rows)
            for pillar in cross_sections.PILLARS
        )
        for rows, _, _ in cases
        if len(rows) > 20
    ]

    assert len(cases) >= 250
    assert {0, 1, 2, 7, 8} <= sizes
    assert max(sizes) > 50
    assert empty_cells > 500
    assert max(sisters) > 5
    assert sum(without_a_pillar) > 10
