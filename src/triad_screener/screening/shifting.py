"""What becomes of everybody's group score, if one line has other values?

The formulas are those of `normalising.normalise` and `composing.Composer`, for many
replacements at once: ``v`` newcomers, each alone among ``n`` lines, in a group of
``k`` factors. A line that moves from one value to another shifts the ranks between the
two by one place. Ranks are counted in halves, so that shared ones are whole numbers,
and lines stand by pillar, so that each pillar is a slice.

There is no matrix product here: on a busy machine the threads of a linear algebra
library take longer to meet than to multiply by three columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from triad_screener.model.vocabulary import PILLARS
from triad_screener.stats import NO_DISPERSION
from triad_screener.stats.cross_section import average_ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from triad_screener.model.recipe import Neutralisation

    Floats = NDArray[np.float64]
    Rows = NDArray[np.intp]
    Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Lines each of which takes the seat of another, one at a time.

    Attributes:
        seat: Row of the line that makes room, shape ``(v,)``.
        pillar: Position of the newcomer's primary pillar, shape ``(v,)``.
        values: Signed and rounded raw values of the newcomer, shape ``(v, k)``; NaN is
            missing.
    """

    seat: Rows
    pillar: Rows
    values: Floats


@dataclass(frozen=True, slots=True)
class FactorGroup:
    """The factors of one group, over the lines as they are.

    Attributes:
        clip: Largest absolute score.
        rule: Of neutralisation; None for a group that is not compared within pillars.
    """

    factors: tuple[_Factor, ...]
    clip: float
    rule: Neutralisation | None

    @classmethod
    def of(
        cls, values: Floats, pillars: Rows, clip: float, rule: Neutralisation | None
    ) -> FactorGroup:
        """Return a group of factors.

        Args:
            values: Signed and rounded raw values, shape ``(k, n)``; NaN is missing.
            pillars: Position of each primary pillar, ascending, shape ``(n,)``; that
                of a line that is none yet comes after the last.
            clip: Largest absolute score.
            rule: Of neutralisation; None for none.
        """
        bounds = np.searchsorted(pillars, np.arange(len(PILLARS) + 1)).tolist()
        slices = tuple(slice(*one) for one in pairwise(bounds))
        factors = tuple(_Factor.of(row, slices) for row in values)
        return cls(factors, clip, rule)

    def scores(self, new: Newcomers) -> Floats:
        """Return the group score of every line after each newcomer, ``(v, n)``."""
        total = np.zeros((new.seat.size, self.factors[0].values.size))
        own = np.zeros(new.seat.size)
        for column, factor in enumerate(self.factors):
            shift = _Shift(factor, new, new.values[:, column], self.rule)
            own += shift.own
            shift.add_to(total)
        total[np.arange(own.size), new.seat] = own
        total /= len(self.factors)
        return standardise_rows(total, self.clip)


@dataclass(frozen=True, slots=True)
class _Factor:
    """One factor over the lines as they are.

    Attributes:
        values: Signed and rounded raw values, shape ``(n,)``; NaN is missing.
        ascending: Those that are known.
        halves: Twice their average rank, shape ``(n,)``; zero where missing.
        ties: ``sum(t^3 - t)`` over the values that ``t`` lines share.
        known: Whether there is a value, one or zero, shape ``(n,)``.
        pillars: Where the lines of each pillar stand.
        counts: How many of them are known, shape ``(3,)``.
    """

    values: Floats
    ascending: Floats
    halves: Floats
    ties: float
    known: Floats
    pillars: tuple[slice, ...]
    counts: Floats

    @classmethod
    def of(cls, values: Floats, pillars: tuple[slice, ...]) -> _Factor:
        known = ~np.isnan(values)
        ascending = np.sort(values[known])
        halves = np.zeros(values.size)
        halves[known] = 2 * average_ranks(values[known])
        shared = _up_to(ascending, ascending) - _below(ascending, ascending)
        ties = float((shared**2 - 1).sum())
        counts = np.array([known[pillar].sum() for pillar in pillars], float)
        one = known.astype(float)
        return cls(values, ascending, halves, ties, one, pillars, counts)


@dataclass(frozen=True)
class _Shift:
    """One factor after each newcomer.

    Attributes:
        came: Its value, shape ``(v,)``; NaN is missing.
        rule: Of neutralisation; None for none.
    """

    factor: _Factor
    new: Newcomers
    came: Floats
    rule: Neutralisation | None

    @cached_property
    def gone(self) -> Floats:
        """Value of the line that makes room, ``(v,)``; NaN is missing."""
        return self.factor.values[self.new.seat]

    @cached_property
    def comes(self) -> Mask:
        """Whether the newcomer has a value, ``(v,)``."""
        return ~np.isnan(self.came)

    @cached_property
    def count(self) -> Rows:
        """Lines that have one then, ``(v,)``."""
        found: Rows = self.factor.ascending.size + self.comes - ~np.isnan(self.gone)
        return found

    @cached_property
    def met(self) -> tuple[Rows, Rows]:
        """How many of those who stay are below the newcomer, and up to it."""
        ascending = self.factor.ascending
        below = _below(ascending, self.came) - (self.gone < self.came)
        return below, _up_to(ascending, self.came) - (self.gone <= self.came)

    @cached_property
    def half(self) -> Floats:
        """Twice the rank of the newcomer, ``(v,)``; zero where it has no value."""
        below, up_to = self.met
        return np.where(self.comes, below + up_to + 2.0, 0.0)

    @cached_property
    def mean(self) -> Floats:
        """Mean of the ranks, in halves, ``(v,)``."""
        return self.count.astype(float) + 1

    @cached_property
    def scale(self) -> Floats:
        """One over the deviation of the ranks, in halves; zero where none varies.

        The variance of ``n`` ranks is ``(n^3 - n - sum(t^3 - t)) / 12 n``.
        """
        ascending, count = self.factor.ascending, self.count
        met = (self.met[1] - self.met[0]) * self.comes
        left = _up_to(ascending, self.gone) - _below(ascending, self.gone)
        ties = self.factor.ties + 3 * met * (met + 1) - 3 * left * (left - 1)
        deviation = np.sqrt((count**3 - count - ties) / 3 / np.maximum(count, 1))
        return _over(deviation)

    @cached_property
    def halves(self) -> Floats:
        """Twice the rank of each line that stays, ``(v, n)``; zero for any other."""
        factor = self.factor
        steps = _above(factor.values, self.came) - _above(factor.values, self.gone)
        found = factor.halves + steps
        found[np.arange(self.came.size), self.new.seat] = 0
        return found

    @cached_property
    def centre(self) -> Floats:
        """What is taken off z in each pillar, ``(v, 3)``: part of the mean z there."""
        if self.rule is None:
            return np.zeros((self.came.size, len(PILLARS)))
        factor, seat = self.factor, self.new.seat[:, None]
        comes = self.new.pillar[:, None] == np.arange(len(PILLARS))
        goes = [(seat >= one.start) & (seat < one.stop) for one in factor.pillars]
        went = np.hstack(goes)
        count = factor.counts + self.comes[:, None] * comes - factor.known[seat] * went
        total = self.half[:, None] * comes
        total += np.column_stack(
            [self.halves[:, one].sum(axis=1) for one in factor.pillars]
        )
        # The mean is over the count, the part of it count / (count + shrinkage).
        part = self.scale[:, None] / np.maximum(count + self.rule.shrinkage, 1.0)
        centre = (total - count * self.mean[:, None]) * part
        return np.where(count >= self.rule.minimum_group, centre, 0.0)

    @cached_property
    def own(self) -> Floats:
        """Z of the newcomer, zero where it has no value, ``(v,)``."""
        centre = self.centre[np.arange(self.came.size), self.new.pillar]
        own = (self.half - self.mean) * self.scale - centre
        return np.where(self.comes, own, 0.0)

    def add_to(self, total: Floats) -> None:
        """Add z of every line that stays to ``total``, shape ``(v, n)``.

        It is the last that is asked: ranks become z-scores in their place.
        """
        factor, scale = self.factor, self.scale[:, None]
        off = self.mean[:, None] * scale + self.centre
        z = self.halves
        z *= scale
        for at, one in enumerate(factor.pillars):
            z[:, one] -= off[:, at, None] * factor.known[one]
        total += z


def standardise_rows(rows: Floats, clip: float) -> Floats:
    """Return each row with mean zero and deviation one, clipped; in the same place.

    As `composing.Composer` does it: a row that does not vary is zero throughout.
    """
    rows -= rows.mean(axis=1, keepdims=True)
    deviation = np.sqrt(np.einsum("ij,ij->i", rows, rows) / rows.shape[1])
    rows *= _over(deviation)[:, None]
    return np.clip(rows, -clip, clip, out=rows)


def _over(deviation: Floats) -> Floats:
    """Return ``1 / deviation``; zero where nothing varies."""
    varies = deviation >= NO_DISPERSION
    return np.where(varies, 1 / np.where(varies, deviation, 1.0), 0.0)


def _above(values: Floats, bounds: Floats) -> NDArray[np.int8]:
    """Return the halves by which a line at each bound raises the others' ranks.

    Two for a value above it, one for its equal, zero for one below, or where either is
    missing; shape ``(v, n)``.
    """
    column = bounds[:, None]
    return np.greater(values, column).view(np.int8) + (values >= column)


def _below(ascending: Floats, values: Floats) -> Rows:
    return np.searchsorted(ascending, values, side="left")


def _up_to(ascending: Floats, values: Floats) -> Rows:
    return np.searchsorted(ascending, values, side="right")
