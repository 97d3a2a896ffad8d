"""Who leads each pillar, and who of them is in its basket?

The rules of a basket stand in `pillars`; here they meet the ranked lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from triad_screener.model.ranking import PillarPlaces
from triad_screener.model.scores import Choice
from triad_screener.model.vocabulary import PILLARS
from triad_screener.screening import pillars
from triad_screener.stats import DECIMALS
from triad_screener.stats.cross_section import rounded

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from triad_screener.model.recipe import BasketRules, Recipe
    from triad_screener.model.scores import Basket
    from triad_screener.model.vocabulary import Pillar


@dataclass(frozen=True, slots=True)
class Candidates:
    """Ranked lines as the pillars see them, the best first; ``r`` of them.

    Attributes:
        tickers: Length ``r``.
        issuers: Length ``r``.
        scores: 0 to 100, shape ``(r,)``.
        composite_ex_thesis_z: Shape ``(r,)``.
        exposures: Shares of revenue per pillar, shape ``(r, 3)``.
    """

    tickers: Sequence[str]
    issuers: Sequence[str]
    scores: NDArray[np.float64]
    composite_ex_thesis_z: NDArray[np.float64]
    exposures: NDArray[np.float64]


def gather(
    lines: Candidates, recipe: Recipe, incumbents: Collection[str] = ()
) -> tuple[dict[Pillar, PillarPlaces], tuple[Basket, ...]]:
    """Return the ranking of each pillar and the three baskets.

    Args:
        lines: Ranked lines, best first.
        recipe: Budgets, floors and basket rules. Only lines with its least score may
            enter a basket; ranks for the buffer count among those admitted.
        incumbents: Tickers held already; they count in every pillar in which they
            are eligible, and may be ten points short of the least score.
    """
    admission = _Admission.of(lines, recipe.basket, frozenset(incumbents))
    places: dict[Pillar, PillarPlaces] = {}
    choices: dict[Pillar, Choice] = {}
    for at, pillar in enumerate(PILLARS):
        scores = pillar_scores(lines.composite_ex_thesis_z, lines.exposures[:, at])
        rows = _ranking(scores, lines.exposures[:, at], recipe.exposure_floor)
        names = tuple(lines.tickers[row] for row in rows.tolist())
        selected = admission.selected(names, rows)
        places[pillar] = PillarPlaces(names, scores[rows], selected)
        choices[pillar] = admission.choice(rows)
    issuers = dict(zip(lines.tickers, lines.issuers, strict=True))
    return places, pillars.weigh(places, issuers, recipe, choices)


def pillar_scores(
    composite_ex_thesis_z: NDArray[np.float64], exposures: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the exposure times ``1 + Z`` for Z >= 0, else ``1 / (1 - Z)``.

    Z leaves the thesis group out, so that exposure does not count twice.

    Examples:
        >>> pillar_scores(np.array([1.0, -1.0]), np.array([0.5, 0.5])).tolist()
        [1.0, 0.25]
    """
    above = composite_ex_thesis_z.clip(min=0)
    below = composite_ex_thesis_z.clip(max=0)
    found: NDArray[np.float64] = (1 + above) / (1 - below) * exposures
    return found


def _ranking(
    scores: NDArray[np.float64], exposures: NDArray[np.float64], exposure_floor: float
) -> NDArray[np.intp]:
    """Return the rows of the eligible lines, the best first."""
    known = rounded(exposures) >= exposure_floor
    eligible = np.flatnonzero((exposures > 0) & known)
    # The sort is stable, so that ties keep the overall rank.
    best: NDArray[np.intp] = eligible[
        np.argsort(-rounded(scores[eligible]), kind="stable")
    ]
    return best


@dataclass(frozen=True, slots=True)
class _Admission:
    """Which ranked lines may be in a basket, shape ``(r,)``.

    Attributes:
        strong: Those that have the least score.
        kept: Those held already and ten points short at most.
    """

    strong: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    rules: BasketRules
    held: frozenset[str]

    @classmethod
    def of(
        cls, lines: Candidates, rules: BasketRules, held: frozenset[str]
    ) -> _Admission:
        scores = rounded(lines.scores)
        strong = scores >= round(rules.min_score, DECIMALS)
        least = round(rules.min_score - pillars.LENIENCE, DECIMALS)
        known = np.array([ticker in held for ticker in lines.tickers], bool)
        return cls(strong, known & (scores >= least) & ~strong, rules, held)

    def selected(
        self, names: Sequence[str], rows: NDArray[np.intp]
    ) -> NDArray[np.bool_]:
        """Return which lines of a ranking are in its basket."""
        admitted = np.flatnonzero((self.strong | self.kept)[rows]).tolist()
        positions = {names[at]: at for at in admitted}
        chosen = pillars.select(tuple(positions), self.rules, self.held)
        found = np.zeros(rows.size, bool)
        found[[positions[ticker] for ticker in chosen]] = True
        return found

    def choice(self, rows: NDArray[np.intp]) -> Choice:
        """Return what the basket of a ranking could choose from."""
        strong, kept = int(self.strong[rows].sum()), int(self.kept[rows].sum())
        return Choice(rows.size, strong, kept, self.rules.min_score)
