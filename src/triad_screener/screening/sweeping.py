"""What do many recipes make of the same raw values?

A recipe weighs; it measures nothing. Ranks and z-scores depend on who is ranked, and
scores of a group on that, its factors, the neutralisation and the clip: recipes that
share these share the work. What comes out is what `scoring.score` says, to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from triad_screener.screening import composing, normalising, scoring
from triad_screener.stats.cross_section import ranks_of_ties, rounded, ties

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from triad_screener.model.cross_section import CrossSection, FactorColumn
    from triad_screener.model.recipe import Neutralisation, Recipe
    from triad_screener.screening.normalising import Weighting


def composites(lines: CrossSection, recipes: Sequence[Recipe]) -> NDArray[np.float64]:
    """Return the composite of each line by each recipe, shape ``(k, n)``.

    NaN where a line is not ranked, or stands aside for another of its issuer. Of a
    recipe only what weighs counts: what measures, the risk-free rate and the pillar
    budgets of the thesis exposure, is in the raw values.

    Args:
        lines: Raw values of ``n`` lines; NaN is missing.
        recipes: ``k`` of them.
    """
    kept, _ = scoring.rows_per_issuer(lines)
    listed = lines.take(kept)
    found = np.full((len(recipes), len(lines.tickers)), np.nan)
    order = _order(listed)
    for rows, chosen in _by_peers(listed, recipes):
        primary = normalising.primary_pillars(listed.exposures[rows])
        peers = _Peers(listed.factors, order[:, rows], primary)
        for at, weighting in chosen:
            found[at, kept[rows]] = peers.composite(weighting, recipes[at])
    return found


def _order(listed: CrossSection) -> NDArray[np.intp]:
    """Return the order of the lines by each factor, ties alike; -1 where missing."""
    found = np.full((len(listed.factors), len(listed.tickers)), -1, np.intp)
    for order, factor, raw in zip(found, listed.factors, listed.raw.T, strict=True):
        known = np.isfinite(raw)
        order[known] = ties(rounded(factor.sign * raw[known]))
    return found


def _by_peers(
    listed: CrossSection, recipes: Sequence[Recipe]
) -> list[tuple[NDArray[np.intp], list[tuple[int, Weighting]]]]:
    """Return who is ranked together, and by which recipes."""
    found: dict[bytes, tuple[NDArray[np.intp], list[tuple[int, Weighting]]]] = {}
    for at, recipe in enumerate(recipes):
        weighting, _, ranked = scoring.who_is_ranked(listed, recipe)
        rows = np.flatnonzero(ranked)
        found.setdefault(rows.tobytes(), (rows, []))[1].append((at, weighting))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Peers:
    """Lines that are ranked together, and what was worked out of them so far.

    Attributes:
        factors: ``f`` of them.
        order: Of the lines by each factor, shape ``(f, r)``; -1 where missing.
        primary: Position of their primary pillars, shape ``(r,)``.
    """

    factors: Sequence[FactorColumn]
    order: NDArray[np.intp]
    primary: NDArray[np.intp]
    z: dict[tuple[int, Neutralisation], NDArray[np.float64]] = field(
        default_factory=dict
    )
    groups: dict[tuple[object, ...], NDArray[np.float64]] = field(default_factory=dict)

    def composite(self, weighting: Weighting, recipe: Recipe) -> NDArray[np.float64]:
        """Return the composite of each line by one recipe, shape ``(r,)``."""
        members = normalising.members(self.factors, weighting)
        groups = {
            group: self._group(tuple(weighting.columns[columns].tolist()), recipe)
            for group, columns in members.items()
        }
        weights = weighting.group_weights
        combined = composing.weighted(groups, weights, self.primary.size)
        return composing.clipped(combined, recipe.clip)[0]

    def _group(self, columns: tuple[int, ...], recipe: Recipe) -> NDArray[np.float64]:
        key = (columns, recipe.neutralise, recipe.clip)
        if key not in self.groups:
            z = np.array([self._z(column, recipe.neutralise) for column in columns])
            every = np.arange(len(columns))
            self.groups[key], _ = composing.group_score(z.T, every, recipe.clip)
        return self.groups[key]

    def _z(self, column: int, rule: Neutralisation) -> NDArray[np.float64]:
        if (column, rule) not in self.z:
            order, factor = self.order[column], self.factors[column]
            ranks = np.full(order.size, np.nan)
            ranks[order >= 0] = ranks_of_ties(order[order >= 0])
            found = normalising.compared(ranks, factor, self.primary, rule)
            self.z[column, rule] = found.z
        return self.z[column, rule]
