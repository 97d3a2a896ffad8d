"""What is a factor, and what becomes of it where an input is missing?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from triad_screener.model.gap import Gap, Missing

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from triad_screener.fundamentals.line import Line
    from triad_screener.model.quantity import Quantity
    from triad_screener.model.vocabulary import Group

    #: Shares of revenue by pillar, ``(n, 3)``, and budgets, ``(3,)``: ``(n,)`` values.
    OfExposures = Callable[
        [NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]
    ]

#: What of a line a raw value moves with.
Mover = Literal["price", "statements", "exposures"]
#: What of the market a yield divides by.
Base = Literal["enterprise value", "market capitalisation", "price"]

_MOVERS: Final[dict[Group, Mover]] = {
    "momentum": "price",
    "growth": "statements",
    "quality": "statements",
    "value": "price",
    "risk": "price",
    "thesis": "exposures",
}


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
        per: What of the market a yield divides by: it moves with the price, with the
            statements it is earned by, and with the exchange rate between the two.
        of_exposures: The formula of a factor that is made of exposures and pillar
            budgets alone: it moves with the exposures of the line and the budgets of
            the recipe. Never missing.
        moved_by: What all of any other factor moves with; None for what its group
            does: the price for momentum, value and risk, the statements for growth
            and quality, the exposures for the thesis.
    """

    id: str
    group: Group
    sign: Literal[1, -1]
    label: str
    unit: str
    formula: str
    reference: str
    measure: Callable[[Line], Quantity]
    per: Base | None = None
    of_exposures: OfExposures | None = None
    moved_by: Mover | None = None

    @property
    def mover(self) -> Mover:
        """What it moves with as a whole: as declared, else as its group does."""
        return self.moved_by or _MOVERS[self.group]


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
