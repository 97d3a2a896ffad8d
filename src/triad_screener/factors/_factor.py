"""What is a factor, and what becomes of it where an input is missing?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from triad_screener.market.column import Column
    from triad_screener.market.selection import Selection
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
        measure: Raw values of all that is selected; missing where an input is.
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
    measure: Callable[[Selection], Column]
    per: Base | None = None
    of_exposures: OfExposures | None = None
    moved_by: Mover | None = None

    @property
    def mover(self) -> Mover:
        """What it moves with as a whole: as declared, else as its group does."""
        return self.moved_by or _MOVERS[self.group]


def measure(factor: Factor, selection: Selection) -> Column:
    """Return the raw values of ``factor``; what is no finite number is missing."""
    import numpy as np  # noqa: PLC0415 - a stored run is shown without it

    with np.errstate(all="ignore"):  # what comes of it is no finite number
        return factor.measure(selection).finite()


def above_zero(column: Column, what: str) -> Column:
    """Return ``column``, a denominator, refused where it is not above zero."""
    return column.refused(
        column.values <= 0,
        f"rejected: {what} not above zero",
        lambda at: f"{what} is {column.values[at]:.6g}, not above zero",
    )
