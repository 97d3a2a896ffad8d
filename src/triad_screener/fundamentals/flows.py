"""Sums over a year and balances on one date: which periods stand in for which?

All flows of one factor come from the same four quarters or the same fiscal year, and
all its balances from the same date, so that a ratio never mixes periods.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING, NoReturn

from triad_screener.fundamentals.statements import (
    OLDEST_FALLBACK_DAYS,
    TOLERANCE_DAYS,
)
from triad_screener.model.gap import Missing
from triad_screener.model.quantity import Quantity

if TYPE_CHECKING:
    from datetime import date

    from triad_screener.fundamentals.statements import (
        Statements,
    )
    from triad_screener.model.market import Frequency

FISCAL_YEAR_FOR_TTM = "fiscal year for TTM"
OLDER_BALANCE = "older balance sheet"
EBIT_STANDS_IN = "EBIT stands in for operating income"


def flow(
    statements: Statements, frequency: Frequency, item: str, back: int
) -> Quantity:
    """Return one period's flow of ``item``, in the statement currency.

    Gross profit that is not reported is revenue less cost of revenue.

    Raises:
        Missing: If it is not known, or was rejected.
    """
    try:
        return statements.at(frequency, item, back)
    except Missing:
        if item != "GrossProfit":
            raise
        try:
            revenue = statements.at(frequency, "TotalRevenue", back)
            return revenue - statements.at(frequency, "CostOfRevenue", back)
        except Missing:
            pass
        raise


def trailing(statements: Statements, *items: str) -> tuple[Quantity, ...]:
    """Return each item over the trailing twelve months, in statement currency.

    Four quarters q0 to q3 where all items have them; else the newest fiscal year, if
    it ended with q0 or at most 100 days before it, flagged.

    Raises:
        Missing: If neither is known for all items.
    """
    try:
        return tuple(
            reduce(add, (flow(statements, "quarterly", item, k) for k in range(4)))
            for item in items
        )
    except Missing as missing:
        if not _year_may_stand_in(statements):
            raise
        try:
            year = [flow(statements, "annual", item, 0) for item in items]
        except Missing:
            raise missing from None
    return tuple(quantity.flagged(FISCAL_YEAR_FOR_TTM) for quantity in year)


def _year_may_stand_in(statements: Statements) -> bool:
    year, quarter = statements.newest_year, statements.newest_quarter
    if year is None or quarter is None:
        return year is not None
    return -TOLERANCE_DAYS <= (quarter - year).days <= OLDEST_FALLBACK_DAYS


def trailing_ebit(statements: Statements) -> Quantity:
    """Return operating income over the trailing twelve months.

    The EBIT row holds gains on stakes, so it stands in only where operating income
    has neither four quarters nor a fiscal year, flagged.

    Raises:
        Missing: If neither row is known.
    """
    try:
        return trailing(statements, "OperatingIncome")[0]
    except Missing as missing:
        try:
            stand_in = trailing(statements, "EBIT")[0]
        except Missing:
            raise missing from None
    return stand_in.flagged(EBIT_STANDS_IN)


def balances(statements: Statements, *items: str) -> tuple[Quantity, ...]:
    """Return each balance on one date: that of q0, else the newest all share.

    The fallback is at most 100 days older than q0, and flagged.

    Raises:
        Missing: If no such date has them all.
    """
    day = statements.balance_date
    if day is None:
        raise Missing("no statement is known")
    cells = [statements.balance_near(item, day) for item in items]
    found = [cell for cell in cells if cell]
    if len(found) == len(items):
        return tuple(cell.quantity("q0") for cell in found)
    older = _shared_date(statements, items, day)
    if older is None:
        lacking = [i for i, c in zip(items, cells, strict=True) if c is None]
        _not_known(lacking, day)
    exact = [statements.balance_on(item, older) for item in items]
    return tuple(cell.quantity("").flagged(OLDER_BALANCE) for cell in exact if cell)


def _shared_date(
    statements: Statements, items: tuple[str, ...], day: date
) -> date | None:
    shared = set.intersection(*(statements.balance_dates(item) for item in items))
    usable = [end for end in shared if 0 <= (day - end).days <= OLDEST_FALLBACK_DAYS]
    return max(usable, default=None)


def _not_known(items: list[str], day: date) -> NoReturn:
    what = ", ".join(items)
    raise Missing(
        f"{what}: not known at {day} nor up to {OLDEST_FALLBACK_DAYS} days before"
    )


def a_year_earlier(statements: Statements, item: str) -> Quantity | None:
    """Return a balance a year before q0: that of q4, else of a1, else None."""
    day = statements.balance_date
    if day is None:
        return None
    for frequency in ("quarterly", "annual"):
        back = 4 if frequency == "quarterly" else 1
        if found := statements.near(frequency, item, day, back):
            return found.quantity("q4")
    year = statements.newest_year
    found = statements.near("annual", item, year, 1) if year else None
    return found.quantity("a1") if found else None


def mean(first: Quantity, second: Quantity) -> Quantity:
    """Return the mean of two quantities of one unit."""
    return (first + second) / Quantity(2.0)
