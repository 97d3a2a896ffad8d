"""A column: one number for every observation, and what each was made from.

Formulas are written as algebra on columns; what is missing stays missing, with the
reason that was met first, and provenance takes care of itself::

    (operating_cash_flow - abs(capital_expenditure)) * fx / market_capitalisation

Nothing is told of a number until somebody asks for one: a column keeps the rows of the
figures behind it and the codes of its reasons, and `Column.at` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from triad_screener.model.gap import Missing
from triad_screener.model.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from triad_screener.model.quantity import Figure


class Refusal(NamedTuple):
    """Why there is no number: a reason, and a sentence for one observation."""

    reason: str
    detail: Callable[[int], str]


class Trace(NamedTuple):
    """A figure behind some of the numbers: for which, and how to read it for one."""

    used: NDArray[np.bool_]
    figure: Callable[[int], Figure]


class Flag(NamedTuple):
    """What a reader should know of some of the numbers."""

    text: str
    raised: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Column:
    """One number for each of ``m`` observations.

    Attributes:
        values: Shape ``(m,)``; without meaning where there is none.
        codes: Zero where there is a number, else one more than the place of the
            reason among the refusals; shape ``(m,)``.
        refusals: Reasons for which there is no number.
        traces: Figures behind the numbers, in the order of the formula.
        flags: In the order in which they were raised.
    """

    values: NDArray[np.float64]
    codes: NDArray[np.int16]
    refusals: tuple[Refusal, ...] = ()
    traces: tuple[Trace, ...] = ()
    flags: tuple[Flag, ...] = ()

    @classmethod
    def of(cls, values: NDArray[np.float64], *traces: Trace) -> Column:
        """Return a column that has every number."""
        return cls(values, np.zeros(values.size, np.int16), (), traces)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where there is a number; shape ``(m,)``."""
        known: NDArray[np.bool_] = self.codes == 0
        return known

    @property
    def raw(self) -> NDArray[np.float64]:
        """The numbers, NaN where there is none; shape ``(m,)``."""
        return np.where(self.known, self.values, np.nan)

    def at(self, observation: int) -> Quantity:
        """Return the number of one observation, with its figures and flags.

        Raises:
            Missing: If there is none.
        """
        if refusal := self.refusal(observation):
            raise Missing(refusal.detail(observation), refusal.reason)
        figures = [t.figure(observation) for t in self.traces if t.used[observation]]
        flags = [flag.text for flag in self.flags if flag.raised[observation]]
        return Quantity(
            float(self.values[observation]),
            tuple(dict.fromkeys(figures)),
            tuple(dict.fromkeys(flags)),
        )

    def refusal(self, observation: int) -> Refusal | None:
        """Return why there is no number for one observation; None if there is one."""
        code = int(self.codes[observation])
        return self.refusals[code - 1] if code else None

    def __add__(self, other: Column) -> Column:
        return self._with(other, self.values + other.values)

    def __sub__(self, other: Column) -> Column:
        return self._with(other, self.values - other.values)

    def __mul__(self, other: Column) -> Column:
        return self._with(other, self.values * other.values)

    def __truediv__(self, other: Column) -> Column:
        return self._with(other, self.values / other.values)

    def __abs__(self) -> Column:
        return replace(self, values=np.abs(self.values))

    def plus(self, number: float) -> Column:
        """Return every number and a constant."""
        return replace(self, values=self.values + number)

    def over(self, numbers: NDArray[np.float64]) -> Column:
        """Return every number over a plain one of its own."""
        return replace(self, values=self.values / numbers)

    def power(self, exponent: float) -> Column:
        """Return every number to a power."""
        return replace(self, values=self.values**exponent)

    def flagged(self, text: str, raised: NDArray[np.bool_] | None = None) -> Column:
        """Return the same with one more flag: where it is raised, else everywhere."""
        where = np.ones(self.values.size, bool) if raised is None else raised
        return replace(self, flags=(*self.flags, Flag(text, where)))

    def refused(
        self, where: NDArray[np.bool_], reason: str, detail: Callable[[int], str]
    ) -> Column:
        """Return the same without the numbers of some observations."""
        code = len(self.refusals) + 1
        codes = np.where(where & self.known, code, self.codes).astype(np.int16)
        refusals = (*self.refusals, Refusal(reason, detail))
        return replace(self, codes=codes, refusals=refusals)

    def given(self, *others: Column) -> Column:
        """Return the same where all the others are known; else their reasons, first."""
        codes = np.zeros(self.values.size, np.int16)
        refusals: tuple[Refusal, ...] = ()
        for one in (*others, self):
            codes, refusals = _first(codes, refusals, one)
        return replace(self, codes=codes, refusals=refusals)

    def otherwise(self, other: Column) -> Column:
        """Return the same, and where it has no number that of another column.

        Where neither has one, the reason is that of the first.
        """
        own = self.known
        theirs = ~own & other.known
        return Column(
            np.where(own, self.values, other.values),
            np.where(theirs, 0, self.codes).astype(np.int16),
            self.refusals,
            (*_traces(self, own), *_traces(other, theirs)),
            (*_flags(self, own), *_flags(other, theirs)),
        )

    def or_else(self, other: Column) -> Column:
        """Return the same, and where it has no number what another column has.

        Where neither has one, the reason is that of the second.
        """
        return self.told(lambda _: "").otherwise(other).given(other.unless(self.known))

    def unless(self, where: NDArray[np.bool_]) -> Column:
        """Return the same with no reason, and no number that counts, somewhere."""
        codes = np.where(where, 0, self.codes).astype(np.int16)
        return replace(self, codes=codes)

    def only_where(self, where: NDArray[np.bool_]) -> Column:
        """Return the same with the figures and flags of some observations alone."""
        return replace(
            self, traces=(*_traces(self, where),), flags=(*_flags(self, where),)
        )

    def or_zero(self) -> Column:
        """Return the same with a zero, made from nothing, where there is no number."""
        own = self.known
        values, codes = np.where(own, self.values, 0.0), np.zeros(own.size, np.int16)
        return Column(values, codes, (), (*_traces(self, own),), (*_flags(self, own),))

    def told(self, detail: Callable[[int], str], reason: str = "absent") -> Column:
        """Return the same numbers; what is missing has one reason."""
        bare = replace(self, codes=np.zeros(self.codes.size, np.int16), refusals=())
        return bare.refused(~self.known, reason, detail)

    def finite(self) -> Column:
        """Return the same without what is no finite number."""
        return self.refused(
            ~np.isfinite(self.values),
            "rejected: not finite",
            lambda _: "the figures give no finite number",
        )

    def _with(self, other: Column, values: NDArray[np.float64]) -> Column:
        codes, refusals = _first(self.codes, self.refusals, other)
        return Column(
            values,
            codes,
            refusals,
            (*self.traces, *other.traces),
            (*self.flags, *other.flags),
        )


def _first(
    codes: NDArray[np.int16], refusals: tuple[Refusal, ...], other: Column
) -> tuple[NDArray[np.int16], tuple[Refusal, ...]]:
    """Return the reasons of one and, where it has none, those of another."""
    if not other.refusals:
        return codes, refusals
    later = np.where(other.codes > 0, other.codes + len(refusals), 0)
    merged = np.where(codes > 0, codes, later).astype(np.int16)
    return merged, (*refusals, *other.refusals)


def _traces(column: Column, where: NDArray[np.bool_]) -> list[Trace]:
    return [Trace(trace.used & where, trace.figure) for trace in column.traces]


def _flags(column: Column, where: NDArray[np.bool_]) -> list[Flag]:
    return [Flag(flag.text, flag.raised & where) for flag in column.flags]


def absent(count: int, detail: Callable[[int], str], reason: str = "absent") -> Column:
    """Return a column of ``count`` observations without any number."""
    none = Column.of(np.zeros(count))
    return none.refused(np.ones(count, bool), reason, detail)
