from __future__ import annotations

from math import isnan, nan
from typing import TYPE_CHECKING

import numpy as np
import pytest

from oracle import cross_sections
from samples import cross_section, recipe
from triad_screener.factors import FACTORS
from triad_screener.model.recipe import Recipe
from triad_screener.model.vocabulary import GROUPS
from triad_screener.screening import normalising
from triad_screener.screening.scoring import score
from triad_screener.screening.sweeping import composites

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from triad_screener.model.cross_section import CrossSection, FactorColumn
    from triad_screener.model.recipe import Neutralisation
    from triad_screener.screening.normalising import FactorZ

ALL_BUT_THESIS = [name for name in FACTORS if name != "thesis"]
RISING = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]


def a_random_one(seed: int, count: int = 60) -> CrossSection:
    """Lines with gaps, ties, sisters and a few without a price, in any order."""
    dice = np.random.default_rng(seed)
    raw = dice.normal(size=(len(ALL_BUT_THESIS), count)).round(1)
    raw[dice.random(raw.shape) < 0.25] = nan
    names = [f"T{number:02d}" for number in dice.permutation(count)]
    return cross_section(
        dict(zip(ALL_BUT_THESIS, raw.tolist(), strict=True)),
        tickers=names,
        issuers=[f"I{number}" for number in dice.integers(0, 50, count)],
        traded=dice.uniform(1, 9, count).round().tolist(),
        exposures=dice.dirichlet([1, 1, 1, 1], count)[:, :3].tolist(),
        priced=(dice.random(count) > 0.05).tolist(),
    )


def some_recipes(seed: int, count: int) -> list[Recipe]:
    """Recipes that weigh otherwise; the one a seed has, and it with other weights."""
    dice = np.random.default_rng(seed)
    found = []
    for at in range(count):
        _, settings, _ = cross_sections.generate(1000 * seed + at % 5)
        weights = dice.uniform(0, 1, len(GROUPS)) * (dice.random(len(GROUPS)) > 0.2)
        weights[dice.integers(len(GROUPS))] = 1.0
        by_group = dict(zip(GROUPS, weights.tolist(), strict=True))
        found.append(Recipe.model_validate({**settings, "group_weights": by_group}))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_composites_are_those_of_scoring_by_each_recipe_to_the_bit(seed: int) -> None:
    lines, recipes = a_random_one(seed), some_recipes(seed, 12)

    found = composites(lines, recipes)

    ranked = set()
    for z, one in zip(found, recipes, strict=True):
        pairs = zip(lines.tickers, z.tolist(), strict=True)
        scored = {o.ticker: o.composite_z for o in score(lines, one).lines}
        assert {t: value for t, value in pairs if not isnan(value)} == scored
        ranked.add(frozenset(scored))
    assert len(ranked) > 2


def test_recipes_that_rank_the_same_lines_share_their_ranks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = cross_section({name: [*RISING, 0.35, 0.05] for name in ALL_BUT_THESIS})
    counted: list[str] = []
    known = normalising.compared

    def compared(
        ranks: NDArray[np.float64],
        factor: FactorColumn,
        pillars: NDArray[np.intp],
        rule: Neutralisation,
    ) -> FactorZ:
        counted.append(factor.id)
        return known(ranks, factor, pillars, rule)

    monkeypatch.setattr(normalising, "compared", compared)
    weights = [{**dict.fromkeys(GROUPS, 1.0), "risk": at} for at in (0.5, 1.0, 2.0)]

    found = composites(lines, [recipe(group_weights=one) for one in weights])

    assert sorted(counted) == sorted(FACTORS)
    assert not np.isnan(found).any()


def test_a_line_that_a_recipe_does_not_rank_has_no_composite() -> None:
    columns = {"gp_at": [*RISING, nan], "mom_6_1": [nan, *RISING]}
    lines = cross_section(columns)
    zero = dict.fromkeys(GROUPS, 0.0)
    recipes = [
        recipe(group_weights={**zero, "quality": 1.0}),
        recipe(group_weights={**zero, "momentum": 1.0}),
        recipe(group_weights={**zero, "value": 1.0}),  # nobody has a factor of value
    ]

    missing = np.isnan(composites(lines, recipes))

    assert missing[0].tolist() == [False] * 8 + [True]
    assert missing[1].tolist() == [True] + [False] * 8
    assert missing[2].all()


def test_nothing_asked_is_nothing_found() -> None:
    lines = cross_section({"gp_at": RISING})

    assert composites(lines, []).shape == (0, 8)
    assert composites(lines.take(np.arange(0)), [recipe()]).shape == (1, 0)
