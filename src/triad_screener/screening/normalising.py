"""How do raw values of unlike units become comparable z-scores?

1. A factor is active when enough lines have it.
2. Weights of inactive factors stay in their group.
3. A line needs a share of the weight, the coverage floor, to be ranked.
4. Z-scores are those of average ranks over the ranked lines.
5. Some groups are compared within a pillar, partly.
6. What is missing is neutral: zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from triad_screener.model.scores import FactorMoments, Moments
from triad_screener.model.vocabulary import GROUPS, NEUTRALISED, PILLARS
from triad_screener.stats import DECIMALS
from triad_screener.stats.cross_section import (
    average_ranks,
    moments,
    rounded,
    standardise,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from triad_screener.model.cross_section import CrossSection, FactorColumn
    from triad_screener.model.recipe import Neutralisation, Recipe
    from triad_screener.model.vocabulary import Group, Pillar


@dataclass(frozen=True, slots=True)
class Weighting:
    """Which factors count, and how much.

    Attributes:
        columns: Positions of the active factors among all factors.
        weights: Effective weight of each, summing to one; shape ``(a,)``.
        group_weights: Of the groups that have an active factor, summing to one.
    """

    columns: NDArray[np.intp]
    weights: NDArray[np.float64]
    group_weights: Mapping[Group, float]


def weigh(lines: CrossSection, recipe: Recipe) -> Weighting:
    """Return the active factors of a cross-section and their effective weights.

    A factor is active if it is finite on at least ``max(minimum_lines,
    ceil(minimum_share * N))`` of the N lines and its group has a weight.
    """
    count = len(lines.tickers)
    rule = recipe.active_factor
    share = ceil(round(rule.minimum_share * count, DECIMALS))
    enough = max(rule.minimum_lines, share)
    known = np.isfinite(lines.raw).sum(axis=0)
    active = [
        position
        for position, factor in enumerate(lines.factors)
        if known[position] >= enough and recipe.group_weights[factor.group] > 0
    ]
    sizes = _group_sizes([lines.factors[position] for position in active])
    total = sum(recipe.group_weights[group] for group in sizes)
    shares = {group: recipe.group_weights[group] / total for group in sizes}
    groups = [lines.factors[position].group for position in active]
    weights = np.array([shares[group] / sizes[group] for group in groups], float)
    return Weighting(np.array(active, np.intp), weights, shares)


def _group_sizes(active: list[FactorColumn]) -> dict[Group, int]:
    counts = {group: sum(f.group == group for f in active) for group in GROUPS}
    return {group: count for group, count in counts.items() if count}


def members(
    factors: Sequence[FactorColumn], weighting: Weighting
) -> dict[Group, NDArray[np.intp]]:
    """Return which of the active factors belong to each group that has one.

    Args:
        factors: All of them.
        weighting: Which are active.
    """
    groups = [factors[column].group for column in weighting.columns.tolist()]
    found = {
        group: np.flatnonzero(np.array([g == group for g in groups], bool))
        for group in GROUPS
    }
    return {group: columns for group, columns in found.items() if columns.size}


def coverage(lines: CrossSection, weighting: Weighting) -> NDArray[np.float64]:
    """Return the share of factor weight each line has; shape ``(n,)``, in [0, 1]."""
    known = np.isfinite(lines.raw[:, weighting.columns])
    covered: NDArray[np.float64] = (known * weighting.weights).sum(axis=1)
    # The weights of all factors may sum to a hair above one.
    return covered.clip(max=1.0)


def primary_pillars(exposures: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the position of each line's largest exposure, ties to the first."""
    if not exposures.size:
        return np.zeros(0, np.intp)
    largest: NDArray[np.intp] = exposures.argmax(axis=1)
    return largest


@dataclass(frozen=True, slots=True)
class FactorZ:
    """One active factor over the ranked lines; NaN where missing, but for ``z``."""

    ranks: NDArray[np.float64]
    rank_z: NDArray[np.float64]
    z: NDArray[np.float64]
    moments: FactorMoments


def normalise(
    raw: NDArray[np.float64],
    factor: FactorColumn,
    pillars: NDArray[np.intp],
    recipe: Recipe,
) -> FactorZ:
    """Return the z-scores of one factor.

    ``z = (r - mean r) / sd r`` with the average rank ``r`` of ``sign * raw`` and the
    population deviation; then, for a neutralised group and at least
    ``minimum_group`` known lines of a primary pillar, ``z - n / (n + shrinkage) *
    mean z``. Missing is zero at the end.

    Args:
        raw: Of the ranked lines, shape ``(r,)``; NaN is missing.
        factor: Its group and direction.
        pillars: Position of each line's primary pillar, shape ``(r,)``.
        recipe: The neutralisation rule.
    """
    known = np.isfinite(raw)
    ranks = np.full(raw.size, np.nan)
    ranks[known] = average_ranks(rounded(factor.sign * raw[known]))
    return compared(ranks, factor, pillars, recipe.neutralise)


def compared(
    ranks: NDArray[np.float64],
    factor: FactorColumn,
    pillars: NDArray[np.intp],
    rule: Neutralisation,
) -> FactorZ:
    """Return the z-scores of one factor from its average ranks, NaN where missing."""
    known = ~np.isnan(ranks)
    rank_z = np.full(ranks.size, np.nan)
    mean, deviation = moments(ranks[known])
    rank_z[known] = standardise(ranks[known], mean, deviation)
    means: dict[Pillar, tuple[int, float, float]] = {}
    if rule.by == "pillar" and factor.group in NEUTRALISED:
        means = _pillar_means(rank_z, pillars, rule)
    taken_off = np.zeros(len(PILLARS))
    for pillar, (_, mean_z, shrinkage) in means.items():
        taken_off[PILLARS.index(pillar)] = shrinkage * mean_z
    z = np.where(known, rank_z - taken_off[pillars], 0.0)
    stats = Moments(int(known.sum()), mean, deviation)
    return FactorZ(ranks, rank_z, z, FactorMoments(factor.group, stats, means))


def _pillar_means(
    rank_z: NDArray[np.float64], pillars: NDArray[np.intp], rule: Neutralisation
) -> dict[Pillar, tuple[int, float, float]]:
    found: dict[Pillar, tuple[int, float, float]] = {}
    for position, pillar in enumerate(PILLARS):
        members = rank_z[(pillars == position) & np.isfinite(rank_z)]
        if members.size >= rule.minimum_group:
            shrinkage = members.size / (members.size + rule.shrinkage)
            found[pillar] = (int(members.size), float(members.mean()), shrinkage)
    return found
