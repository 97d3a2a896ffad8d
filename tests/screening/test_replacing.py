"""A line with other figures stands where scoring everything again would put it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from samples import cross_section, recipe
from triad_screener.factors import FACTORS
from triad_screener.model.vocabulary import PILLARS
from triad_screener.screening import replacing, scoring
from triad_screener.screening.mixing import with_budgets

if TYPE_CHECKING:
    from collections.abc import Collection

    from triad_screener.model.cross_section import CrossSection
    from triad_screener.model.recipe import Recipe

FACTOR_IDS = tuple(name for name in FACTORS if name != "thesis")


@dataclass(frozen=True, kw_only=True)
class World:
    """What a random cross-section is like.

    Attributes:
        missing: Share of raw values that are.
        steps: Values between -1 and 1 that a raw value may have; few make ties.
        sisters: Lines an issuer has.
        unpriced: Share of lines without a price.
        thin: Lines that have hardly any figure.
    """

    lines: int = 25
    missing: float = 0.1
    steps: int = 10**6
    sisters: int = 1
    unpriced: float = 0.0
    thin: float = 0.0

    def draw(self, dice: np.random.Generator) -> CrossSection:
        """Return a cross-section."""
        count = self.lines
        factors = {name: self.values(dice) for name in FACTOR_IDS}
        shares = dice.integers(0, 4, (count, len(PILLARS))) / 10
        found = cross_section(
            factors,
            tickers=[f"L{at:03d}" for at in dice.permutation(count)],
            issuers=[f"I{at // self.sisters}" for at in range(count)],
            exposures=shares.tolist(),
            sizes=(dice.integers(1, 4, count) * 1e9).tolist(),
            traded=(dice.integers(1, 4, count) * 1e6).tolist(),
            priced=(dice.random(count) >= self.unpriced).tolist(),
        )
        thin = dice.random(count) < self.thin
        found.raw[np.ix_(thin, np.arange(8))] = np.nan
        return found

    def values(self, dice: np.random.Generator) -> list[float]:
        """Return one raw value a line."""
        found = dice.integers(-self.steps, self.steps + 1, self.lines) / self.steps
        known = dice.random(self.lines) >= self.missing
        return [float(one) for one in np.where(known, found, np.nan)]


def anew(
    lines: CrossSection,
    rules: Recipe,
    among: Collection[str] | None,
    others: CrossSection,
    at: int,
) -> tuple[float, float]:
    """Score everything again, with one line replaced."""
    row = lines.tickers.index(others.tickers[at])
    parts = {}
    for name in ("raw", "exposures", "average_daily_value_usd", "priced"):
        parts[name] = getattr(lines, name).copy()
        parts[name][row] = getattr(others, name)[at]
    places = scoring.places(replace(lines, **parts), rules, among)
    return places.get(lines.tickers[row], (np.nan, np.nan))


def require_the_same(
    lines: CrossSection,
    rules: Recipe,
    others: CrossSection,
    among: Collection[str] | None = None,
) -> int:
    """Check every row of ``others``; return how many of them are ranked."""
    found = replacing.places(lines, rules, among, others)
    wanted = [anew(lines, rules, among, others, at) for at in range(len(found))]
    assert found.tolist() == [pytest.approx(one, abs=0, nan_ok=True) for one in wanted]
    return int(np.isfinite(found[:, 0]).sum())


WORLDS = {
    "plain": World(),
    "a few values that many share": World(steps=2),
    "one value": World(steps=1, missing=0.6),
    "hardly enough lines to be active": World(lines=9, missing=0.2),
    "factors at the brink of being active": World(missing=0.5),
    "lines at the floor of coverage": World(thin=0.3),
    "sisters": World(sisters=2, unpriced=0.2),
    "three lines an issuer": World(sisters=3, thin=0.2),
    "too few lines": World(lines=5),
}
RECIPES = {
    "of the house": recipe(),
    "not neutralised": recipe(neutralise={"by": "none"}),
    "wholly neutralised": recipe(neutralise={"minimum_group": 1, "shrinkage": 0.0}),
    "clipped": recipe(clip=0.7, coverage_floor=0.3),
    "of two groups": recipe(
        group_weights={
            **dict.fromkeys(("growth", "quality", "risk", "thesis"), 0.0),
            "momentum": 1.0,
            "value": 3.0,
        },
        active_factor={"minimum_lines": 1, "minimum_share": 0.45},
    ),
}


@pytest.mark.parametrize("rules", RECIPES.values(), ids=RECIPES)
@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_a_line_stands_where_scoring_everything_again_puts_it(
    world: World, rules: Recipe
) -> None:
    dice = np.random.default_rng(20261125)
    first, second = world.draw(dice), world.draw(dice)
    lines = with_budgets(first, rules.pillar_budgets)
    others = with_budgets(
        replace(second, tickers=lines.tickers, issuers=lines.issuers),
        rules.pillar_budgets,
    )

    ranked = require_the_same(lines, rules, others)

    assert (ranked > 0) == (world.lines >= rules.active_factor.minimum_lines)


def test_groups_that_stay_are_as_they_were() -> None:
    dice = np.random.default_rng(1)
    lines, other = World().draw(dice), World().draw(dice)
    momentum = replace(lines, raw=lines.raw.copy())
    momentum.raw[:, :2] = other.raw[:, :2]

    assert require_the_same(lines, recipe(), momentum) > 20


def test_a_line_that_was_not_ranked_comes_in_and_one_that_was_goes_out() -> None:
    lines = World(missing=0.0).draw(np.random.default_rng(2))
    thin = replace(lines, raw=lines.raw.copy())
    thin.raw[:13, :9] = np.nan

    assert require_the_same(lines, recipe(), thin) == 12
    assert require_the_same(thin, recipe(), lines) == 25


def test_some_are_ranked_among_themselves() -> None:
    dice = np.random.default_rng(3)
    lines, second = World(steps=1).draw(dice), World(steps=1).draw(dice)
    others = replace(second, tickers=lines.tickers, issuers=lines.issuers)
    among = {*lines.tickers[:8]}

    assert require_the_same(lines, recipe(), others, among) == 8


def test_what_equals_are_ranked_by_is_coverage_then_thesis_then_size_then_ticker() -> (
    None
):
    flat = cross_section(
        {name: [1.0] * 12 for name in FACTOR_IDS},
        sizes=[1e9, 3e9, 2e9, *[1e9] * 9],
    )
    others = replace(flat, raw=flat.raw.copy(), exposures=flat.exposures.copy())
    others.raw[3, 2] = np.nan
    others.exposures[4] = (0.9, 0.1, 0.0)
    others = with_budgets(others, recipe().pillar_budgets)
    rules = recipe(
        group_weights={**recipe().group_weights, "thesis": 0.0}, coverage_floor=0.2
    )

    found = replacing.places(flat, rules, None, others)

    # B and C are larger; A, with its size, is before the others by name.
    assert found[:3, 1].tolist() == [3, 1, 2]
    # What D lacks puts it last; E has less of the thesis than the others.
    assert found[3:5, 1].tolist() == [12, 12]
    assert require_the_same(flat, rules, others) == 12


def test_a_line_comes_as_often_as_it_is_asked_for_and_nothing_for_nothing() -> None:
    dice = np.random.default_rng(4)
    lines, second = World().draw(dice), World().draw(dice)
    others = replace(second, tickers=(lines.tickers[0],) * 25)

    assert require_the_same(lines, recipe(), others) > 0
    none = others.take(np.zeros(0, np.intp))
    assert replacing.places(lines, recipe(), None, none).shape == (0, 2)


def test_everything_at_once_is_the_same_as_one_after_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dice = np.random.default_rng(5)
    lines, second = World().draw(dice), World().draw(dice)
    others = replace(second, tickers=lines.tickers)
    at_once = replacing.places(lines, recipe(), None, others)

    monkeypatch.setattr(replacing, "_AT_ONCE", 1)

    one_by_one = replacing.places(lines, recipe(), None, others)
    assert one_by_one.tolist() == at_once.tolist()
