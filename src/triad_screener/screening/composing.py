"""How do z-scores become one composite, its interval, and a confidence?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from triad_screener.model.scores import Moments
from triad_screener.model.vocabulary import GROUPS
from triad_screener.stats import DECIMALS
from triad_screener.stats.cross_section import moments, percentile, standardise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from triad_screener.model.recipe import FreshnessDays
    from triad_screener.model.vocabulary import Group

#: Percentiles at the two ends of an interval.
PER_CENT = (10.0, 90.0)
HIGH_CONFIDENCE, MEDIUM_CONFIDENCE = 0.80, 0.60


@dataclass(frozen=True, slots=True)
class Composite:
    """Group scores and composite of the ranked lines, with the moments used."""

    groups: Mapping[Group, NDArray[np.float64]]
    group_moments: Mapping[Group, Moments]
    z: NDArray[np.float64]
    moments: Moments


@dataclass(frozen=True, slots=True)
class Composer:
    """Combines factor z-scores by one set of weights.

    Attributes:
        z: Of the active factors, shape ``(r, a)``.
        members: Columns of each group that has an active factor.
        group_weights: Of those groups.
        clip: Largest absolute z-score.
    """

    z: NDArray[np.float64]
    members: Mapping[Group, NDArray[np.intp]]
    group_weights: Mapping[Group, float]
    clip: float

    def composite(self, *, without: Group | None = None) -> Composite:
        """Return ``Z = clip(std(sum W_g G_g))`` with ``G_g = clip(std(mean_f z_f))``.

        Args:
            without: A group to leave out, the weights of the others recomputed.
        """
        kept = {g: c for g, c in self.members.items() if g != without}
        scored = {g: group_score(self.z, c, self.clip) for g, c in kept.items()}
        groups = {group: found for group, (found, _) in scored.items()}
        z, overall = clipped(self._weighted(groups), self.clip)
        stats = {group: found for group, (_, found) in scored.items()}
        return Composite(groups, stats, z, overall)

    def ranks_without_each(self, base: Composite) -> NDArray[np.intp]:
        """Return the ranks with one active factor left out at a time.

        Shape ``(reruns, r)``; the rows of ``z`` stand in order of ticker, which
        breaks ties.
        """
        reruns = []
        for group, columns in self.members.items():
            for left_out in columns:
                rest = columns[columns != left_out]
                groups = {g: v for g, v in base.groups.items() if g != group}
                if rest.size:
                    groups[group], _ = group_score(self.z, rest, self.clip)
                z, _ = clipped(self._weighted(groups), self.clip)
                order = np.argsort(-z.round(DECIMALS), kind="stable")
                ranks = np.empty(order.size, np.intp)
                ranks[order] = np.arange(1, order.size + 1)
                reruns.append(ranks)
        return np.array(reruns, np.intp).reshape(len(reruns), len(self.z))

    def with_missing_at(
        self, base: Composite, known: NDArray[np.bool_], per_cent: float
    ) -> NDArray[np.float64]:
        """Return composites with a percentile of each factor in its missing cells.

        The means and deviations of the base run are held.

        Args:
            base: The base run.
            known: Which cells of ``z`` have a raw value, shape ``(r, a)``.
            per_cent: Which percentile, over the ranked lines that have the factor.
        """
        filled = self.z.copy()
        for column in range(filled.shape[1]):
            has = known[:, column]
            filled[~has, column] = percentile(filled[has, column], per_cent)
        groups = {
            group: self._held(
                filled[:, columns].mean(axis=1), base.group_moments[group]
            )
            for group, columns in self.members.items()
        }
        return self._held(self._weighted(groups), base.moments)

    def _weighted(
        self, groups: Mapping[Group, NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        return weighted(groups, self.group_weights, len(self.z))

    def _held(self, values: NDArray[np.float64], stats: Moments) -> NDArray[np.float64]:
        return _held(values, stats, self.clip)


def group_score(
    z: NDArray[np.float64], columns: NDArray[np.intp], clip: float
) -> tuple[NDArray[np.float64], Moments]:
    """Return ``clip(std(mean_f z_f))`` of a group, and the moments used.

    Args:
        z: Of factors, shape ``(r, a)``.
        columns: Those of the group.
        clip: Largest absolute z-score.
    """
    return clipped(z[:, columns].mean(axis=1), clip)


def weighted(
    groups: Mapping[Group, NDArray[np.float64]],
    weights: Mapping[Group, float],
    count: int,
) -> NDArray[np.float64]:
    """Return ``sum W_g G_g`` of ``count`` lines, the weights of the groups given
    divided by their sum.
    """  # noqa: D205 - one sentence, too long for a line
    total = sum(weights[group] for group in groups)
    combined = np.zeros(count)
    for group in GROUPS:
        if group in groups:
            combined += weights[group] / total * groups[group]
    return combined


def clipped(
    values: NDArray[np.float64], clip: float
) -> tuple[NDArray[np.float64], Moments]:
    """Return ``clip(std(x))``, and the moments used."""
    stats = Moments(values.size, *moments(values))
    return _held(values, stats, clip), stats


def _held(
    values: NDArray[np.float64], stats: Moments, clip: float
) -> NDArray[np.float64]:
    return standardise(values, stats.mean, stats.deviation).clip(-clip, clip)


def stability(reruns: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return one less the spread of each line's ranks over the reruns, in [0, 1].

    ``1 - (worst - best) / (n - 1)``; 1 for a single line.
    """
    count = reruns.shape[1]
    if count <= 1 or not len(reruns):
        return np.ones(count)
    spread: NDArray[np.float64] = (reruns.max(axis=0) - reruns.min(axis=0)) / (
        count - 1
    )
    return 1 - spread


def precision(
    low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what intervals of scores leave sure, in [0, 1]; 1 without one, NaN.

    ``1 - (high - low) / 100``: a score that may lie anywhere is never called sure.

    Examples:
        >>> precision(np.array([35.7, np.nan]), np.array([78.4, np.nan])).round(3)
        array([0.573, 1.   ])
    """
    return np.where(np.isnan(low), 1.0, 1 - (high - low) / 100)


def freshness(
    age_days: NDArray[np.float64],
    half_yearly: NDArray[np.bool_],
    quarterly_bounds: FreshnessDays,
    half_yearly_bounds: FreshnessDays,
) -> NDArray[np.float64]:
    """Return 1 for a fresh statement, 0 for an expired one, linear between.

    A missing age is 0.
    """
    fresh = np.where(half_yearly, half_yearly_bounds.fresh, quarterly_bounds.fresh)
    expired = np.where(
        half_yearly, half_yearly_bounds.expired, quarterly_bounds.expired
    )
    left = ((expired - age_days) / (expired - fresh)).clip(0, 1)
    return np.where(np.isfinite(age_days), left, 0.0)


def confidence_labels(confidence: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the word for each confidence in [0, 1] by its position in `CONFIDENCES`.

    Examples:
        >>> confidence_labels(np.array([0.9, 0.7, 0.1])).tolist()
        [0, 1, 2]
    """
    seen = confidence.round(DECIMALS)
    return np.add(seen < HIGH_CONFIDENCE, seen < MEDIUM_CONFIDENCE, dtype=np.intp)
