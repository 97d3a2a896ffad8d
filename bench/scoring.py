"""How long does scoring take, and how does it grow with the lines?

Run it by ``make bench``. CPU seconds of this process, the least of some rounds; the
power is that of the largest file over the middle one: 1 is linear.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np

from triad_screener.factors import FACTORS
from triad_screener.model.cross_section import CrossSection, FactorColumn
from triad_screener.model.recipe import Recipe
from triad_screener.model.vocabulary import GROUPS, PILLARS
from triad_screener.screening import scoring, sweeping

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (1_000, 10_000, 60_000)
SWEPT, RECIPES = (500, 5_000), 200
ROUNDS = 5
SEED = 20260515
MISSING, SISTERS = 0.1, 0.02


def cross_section(lines: int) -> CrossSection:
    """Return random raw values: a tenth missing, a fiftieth of one issuer."""
    dice = np.random.default_rng(SEED)
    recipe = Recipe()
    raw = dice.normal(size=(lines, len(FACTORS)))
    raw[dice.random(raw.shape) < MISSING] = math.nan
    exposures = dice.dirichlet([1, 1, 1, 1], lines)[:, : len(PILLARS)]
    budgets = np.array([recipe.pillar_budgets[pillar] for pillar in PILLARS])
    raw[:, list(FACTORS).index("thesis")] = exposures @ budgets
    issuers = np.where(dice.random(lines) < SISTERS, 0, np.arange(lines))
    return CrossSection(
        tuple(f"T{number:05d}" for number in range(lines)),
        tuple(f"I{number:05d}" for number in issuers),
        exposures,
        tuple(FactorColumn(i, FACTORS[i].group, FACTORS[i].sign) for i in FACTORS),
        raw,
        dice.lognormal(24, 1, lines),
        dice.lognormal(18, 1, lines),
        dice.uniform(20, 200, lines),
        np.zeros(lines, bool),
        np.ones(lines, bool),
    )


def cpu(work: Callable[[CrossSection], object], section: CrossSection) -> float:
    """Return the least CPU seconds of some rounds."""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work(section)
        taken.append(time.process_time() - start)
    return min(taken)


def power(times: list[float]) -> float:
    """Return by which power of the lines the time grew from the middle size on."""
    return math.log(times[-1] / times[-2]) / math.log(SIZES[-1] / SIZES[-2])


def show(name: str, work: Callable[[CrossSection], object]) -> None:
    """Print how long ``work`` takes for each size, and how it grows."""
    times = [cpu(work, cross_section(lines)) for lines in SIZES]
    told = "  ".join(f"{n:,}: {t:.3f}" for n, t in zip(SIZES, times, strict=True))
    print(f"{name:22} {told}  power {power(times):.2f}")


def sweep(lines: int) -> None:
    """Print how long many recipes take, each by itself and all at once."""
    dice, section = np.random.default_rng(SEED), cross_section(lines)
    weights = dice.uniform(0.2, 1, (RECIPES, len(GROUPS))).round(2).tolist()
    recipes = [
        Recipe.model_validate({"group_weights": dict(zip(GROUPS, one, strict=True))})
        for one in weights
    ]
    few = recipes[: RECIPES // 10]
    alone = cpu(lambda section: [scoring.places(section, r) for r in few], section)
    at_once = cpu(lambda section: sweeping.composites(section, recipes), section)
    print(
        f"{RECIPES} recipes x {lines:,} lines, milliseconds a recipe: "
        f"alone {1e3 * alone / len(few):.2f}, at once {1e3 * at_once / RECIPES:.2f}"
    )


def main() -> None:
    """Print every figure."""
    print("\nscoring alone, CPU seconds by lines")
    recipe = Recipe()
    show("scores and baskets", lambda section: scoring.score(section, recipe))
    show("scores and ranks only", lambda section: scoring.places(section, recipe))
    for lines in SWEPT:
        sweep(lines)


if __name__ == "__main__":
    main()
