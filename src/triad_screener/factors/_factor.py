"""What is a factor, and what becomes of it where an input is missing?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from triad_screener.model.gap import Gap, Missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from triad_screener.fundamentals.line import Line
    from triad_screener.model.quantity import Quantity
    from triad_screener.model.vocabulary import Group


@dataclass(frozen=True, slots=True)
class Factor:
    """A named, cited measure of one property of a line.

    Attributes:
        id: Identifier in recipes, files and output.
        group: Group whose weight it shares.
        sign: +1 where more is better, -1 where less is.
        label: Heading for a person.
        unit: Unit of the raw value.
        formula: As ``triad factors`` prints it.
        reference: Where the measure comes from.
        measure: Raw value of a line; raises `Missing` where an input is.
        per: What of the market a value factor divides by; so a change of it can be
            told apart into price, statements and exchange rate. Where none is named,
            all of it counts as the price's.
    """

    id: str
    group: Group
    sign: Literal[1, -1]
    label: str
    unit: str
    formula: str
    reference: str
    measure: Callable[[Line], Quantity]
    per: Literal["enterprise value", "market capitalisation", "price"] | None = None


def measure(factor: Factor, line: Line) -> Quantity | Gap:
    """Return the raw value of ``factor``, or the gap that stands in its place."""
    try:
        return factor.measure(line)
    except Missing as missing:
        ticker = line.constituent.ticker
        return Gap(ticker, factor.id, missing.reason, missing.detail)


def above_zero(quantity: Quantity, what: str) -> Quantity:
    """Return ``quantity``, a denominator, if it is above zero.

    Raises:
        Missing: If it is not.
    """
    if quantity.value <= 0:
        raise Missing(
            f"{what} is {quantity.value:.6g}, not above zero",
            f"rejected: {what} not above zero",
        )
    return quantity
