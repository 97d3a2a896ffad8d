"""Sums over a year and balances on one date: which periods stand in for which?

All flows of one factor come from the same four quarters or the same fiscal year, and
all its balances from the same date, so that a ratio never mixes periods.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import numpy as np

from triad_screener.market.statements import (
    OLDEST_FALLBACK_DAYS,
    TOLERANCE_DAYS,
)
from triad_screener.model import days
from triad_screener.model.days import UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from triad_screener.market.column import Column
    from triad_screener.market.statements import Statements
    from triad_screener.model.market import Frequency

FISCAL_YEAR_FOR_TTM = "fiscal year for TTM"
OLDER_BALANCE = "older balance sheet"
EBIT_STANDS_IN = "EBIT stands in for operating income"


def flow(statements: Statements, frequency: Frequency, item: str, back: int) -> Column:
    """Return one period's flow of ``item``, in the statement currency.

    Gross profit that is not reported is revenue less cost of revenue.
    """
    found = statements.at(frequency, item, back)
    if item != "GrossProfit":
        return found
    revenue = statements.at(frequency, "TotalRevenue", back)
    return found.otherwise(revenue - statements.at(frequency, "CostOfRevenue", back))


def trailing(statements: Statements, *items: str) -> tuple[Column, ...]:
    """Return each item over the trailing twelve months, in statement currency.

    Four quarters q0 to q3 where all items have them; else the newest fiscal year, if
    it ended with q0 or at most 100 days before it, flagged.
    """
    quarters = [
        reduce(add, (flow(statements, "quarterly", item, k) for k in range(4)))
        for item in items
    ]
    may = _year_may_stand_in(statements)
    years = [
        flow(statements, "annual", item, 0)
        .flagged(FISCAL_YEAR_FOR_TTM)
        .refused(~may, "absent", lambda _: "no fiscal year stands in")
        for item in items
    ]
    return tuple(
        quarter.given(*quarters).otherwise(year.given(*years))
        for quarter, year in zip(quarters, years, strict=True)
    )


def _year_may_stand_in(statements: Statements) -> NDArray[np.bool_]:
    year, quarter = statements.newest_year, statements.newest_quarter
    apart = quarter.astype(np.int64) - year
    near: NDArray[np.bool_] = (apart >= -TOLERANCE_DAYS) & (
        apart <= OLDEST_FALLBACK_DAYS
    )
    near |= quarter == UNKNOWN
    near &= year != UNKNOWN
    return near


def trailing_ebit(statements: Statements) -> Column:
    """Return operating income over the trailing twelve months.

    The EBIT row holds gains on stakes, so it stands in only where operating income
    has neither four quarters nor a fiscal year, flagged.
    """
    (income,) = trailing(statements, "OperatingIncome")
    (stand_in,) = trailing(statements, "EBIT")
    return income.otherwise(stand_in.flagged(EBIT_STANDS_IN))


def balances(statements: Statements, *items: str) -> tuple[Column, ...]:
    """Return each balance on one date: that of q0, else the newest all share.

    The fallback is at most 100 days older than q0, and flagged.
    """
    day = statements.balance_date
    found = [_balance_near(statements, item, day) for item in items]

    def lacking(at: int) -> str:
        if days.day(day[at]) is None:
            return "no statement is known"
        names = (i for i, c in zip(items, found, strict=True) if not c.known[at])
        return (
            f"{', '.join(names)}: not known at {days.day(day[at])} nor up to "
            f"{OLDEST_FALLBACK_DAYS} days before"
        )

    enough = np.logical_and.reduce(_all_known(found))
    whole = [one.given(*found).told(lacking) for one in found]
    older = _older(statements, items, ~enough)
    return tuple(
        one.otherwise(two.flagged(OLDER_BALANCE))
        for one, two in zip(whole, older, strict=True)
    )


def _all_known(columns: list[Column]) -> list[NDArray[np.bool_]]:
    return [one.known for one in columns]


def _balance_near(statements: Statements, item: str, day: NDArray[np.int32]) -> Column:
    """Return the balance of ``item`` at ``day``, give or take 20 days."""
    first, second = (
        _placed(statements, f, item, statements.near(f, item, day, 0), "q0")
        for f in ("quarterly", "annual")
    )
    return first.otherwise(second)


def _placed(
    statements: Statements,
    frequency: Frequency,
    item: str,
    places: NDArray[np.intp],
    slot: str,
) -> Column:
    found = statements.column(frequency, item, places, slot)
    return found.refused(places < 0, "absent", lambda _: f"{item}: not known")


def _older(
    statements: Statements, items: tuple[str, ...], needed: NDArray[np.bool_]
) -> list[Column]:
    """Return the balances on the newest date that all share, where one is needed."""
    shared = _shared_date(statements, items, needed)
    every = np.arange(shared.size)
    found = []
    for item in items:
        first, second = (
            _placed(
                statements,
                frequency,
                item,
                statements.known(frequency, item).exactly(every, shared),
                "",
            )
            for frequency in ("quarterly", "annual")
        )
        found.append(first.otherwise(second))
    return found


def _shared_date(
    statements: Statements, items: tuple[str, ...], needed: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """Return the newest usable date on which all balances are known."""
    day = statements.balance_date
    needed = needed & (day != UNKNOWN)
    newest = np.full(day.size, UNKNOWN, np.int32)
    if not needed.any():
        return newest
    for frequency in ("quarterly", "annual"):
        known = statements.known(frequency, items[0])
        owners, ends = known.observations, known.ends
        age = day[owners].astype(np.int64) - ends
        usable = needed[owners] & (age >= 0) & (age <= OLDEST_FALLBACK_DAYS)
        owners, ends = owners[usable], ends[usable]
        for item in items[1:]:
            has = [
                statements.known(one, item).exactly(owners, ends) >= 0
                for one in ("quarterly", "annual")
            ]
            shared = has[0] | has[1]
            owners, ends = owners[shared], ends[shared]
        np.maximum.at(newest, owners, ends)
    return newest


def a_year_earlier(statements: Statements, item: str) -> Column:
    """Return a balance a year before q0: that of q4, else of a1."""
    day, year = statements.balance_date, statements.newest_year
    first = statements.near("quarterly", item, day, 4)
    second = statements.near("annual", item, day, 1)
    third = statements.near("annual", item, year, 1)
    found = _placed(statements, "quarterly", item, first, "q4")
    found = found.otherwise(_placed(statements, "annual", item, second, "q4"))
    found = found.otherwise(_placed(statements, "annual", item, third, "a1"))
    detail = f"{item}: not known a year before"
    return found.told(lambda _: detail)


def mean(first: Column, second: Column) -> Column:
    """Return the mean of two columns of one unit."""
    both = first + second
    return both.over(np.full(both.values.size, 2.0))
