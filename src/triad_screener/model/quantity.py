"""A quantity: a number that remembers which figures it was made from.

Formulas are written as algebra on quantities; units are the reader's concern,
provenance takes care of itself::

    (operating_cash_flow - abs(capital_expenditure)) * fx / market_capitalisation
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - read at run time when a stored screen is opened
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as its source gave it.

    Attributes:
        item: What it is, such as ``"TotalRevenue"`` or ``"close"``.
        value: The number, in ``unit``.
        unit: ISO 4217 currency, ``"shares"``, or ``"USD per TWD"``.
        date: Period end, session, or day of the rate.
        known: Day it became public, where a lag rule was used the day of the rule.
        source: Who published it.
        note: What the source says of it, or which rule stood in.
        slot: Its place among the periods: ``"q0"``, ``"a1"``, or empty.
    """

    item: str
    value: float
    unit: str
    date: dt.date | None
    known: dt.date | None = None
    source: str = ""
    note: str = ""
    slot: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A finite number, the figures behind it, and flags a reader should see."""

    value: float
    figures: tuple[Figure, ...] = ()
    flags: tuple[str, ...] = ()

    def __add__(self, other: Quantity) -> Quantity:
        return self._with(other, self.value + other.value)

    def __sub__(self, other: Quantity) -> Quantity:
        return self._with(other, self.value - other.value)

    def __mul__(self, other: Quantity) -> Quantity:
        return self._with(other, self.value * other.value)

    def __truediv__(self, other: Quantity) -> Quantity:
        return self._with(other, self.value / other.value)

    def __abs__(self) -> Quantity:
        return Quantity(abs(self.value), self.figures, self.flags)

    def flagged(self, flag: str) -> Quantity:
        """Return the same quantity with one more flag."""
        return Quantity(self.value, self.figures, (*self.flags, flag))

    def _with(self, other: Quantity, value: float) -> Quantity:
        return Quantity(
            value,
            tuple(dict.fromkeys((*self.figures, *other.figures))),
            tuple(dict.fromkeys((*self.flags, *other.flags))),
        )
