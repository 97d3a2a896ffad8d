"""Is a timeseries answer a set of statements? Its cells, strictly read."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from triad_screener.market.statements import FLOWS
from triad_screener.model.live import ABSENT, FetchFailure
from triad_screener.model.market import StatementCell
from triad_screener.sources._yahoo_shape import (
    currency_of,
    readable,
    rejected,
    require_no_error,
    require_symbol,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from triad_screener.model.market import Frequency

PUBLISHER: Final = "Yahoo Finance"
#: Balances that factors use; flows are listed where they are summed.
BALANCES: Final = (
    "CashCashEquivalentsAndShortTermInvestments",
    "MinorityInterest",
    "PreferredStock",
    "StockholdersEquity",
    "TotalAssets",
    "TotalDebt",
)
SHARE_COUNTS: Final = ("DilutedAverageShares", "OrdinarySharesNumber")
ITEMS: Final = (*sorted(FLOWS), *BALANCES, *SHARE_COUNTS)
FREQUENCIES: Final[tuple[Frequency, ...]] = ("annual", "quarterly")
#: Amounts above this are not believed: in US dollars, and in any other unit.
LARGEST_DOLLARS: Final = 1e15
LARGEST: Final = 1e16


def kinds() -> Iterator[str]:
    """Yield the names of all series wanted, such as ``annualTotalRevenue``."""
    yield from (f"{freq}{item}" for freq in FREQUENCIES for item in ITEMS)


def read(payload: object, symbol: str) -> tuple[StatementCell, ...]:
    """Return the statement cells of ``symbol``, as labelled, oldest first by item.

    What is null is left out. Whether currencies belong together is for the core to
    judge; share counts have ``"shares"``.

    Args:
        payload: Parsed JSON of a timeseries answer.
        symbol: What was asked for.

    Raises:
        FetchFailure: ``absent`` without any cell, ``rejected`` for another symbol or
            shape, a figure out of range, or two figures for one cell.
    """
    with readable():
        cells: dict[tuple[Any, ...], StatementCell] = {}
        for cell in _cells(payload, symbol):
            key = (cell.frequency, cell.item, cell.period_end)
            if cells.setdefault(key, cell) != cell:
                told = f"There are two figures of {cell.item} at {cell.period_end}."
                raise rejected("figure twice", told)
    if not cells:
        raise FetchFailure(ABSENT, "Yahoo Finance has no statements of this symbol.")
    return tuple(cells[key] for key in sorted(cells))


def _cells(payload: Any, symbol: str) -> Iterator[StatementCell]:  # noqa: ANN401 - JSON
    answer = payload["timeseries"]
    require_no_error(answer.get("error"))
    wanted = {f"{freq}{item}": (freq, item) for freq in FREQUENCIES for item in ITEMS}
    for result in answer["result"] or ():
        (found,) = result["meta"]["symbol"]
        require_symbol(found, symbol)
        for kind in wanted.keys() & result.keys():
            for entry in result[kind] or ():
                if cell := _cell(*wanted[kind], entry):
                    yield cell


def _cell(
    frequency: Frequency, item: str, entry: Mapping[str, Any] | None
) -> StatementCell | None:
    reported = (entry or {}).get("reportedValue")
    if entry is None or reported is None or reported.get("raw") is None:
        return None
    raw = reported["raw"]
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise rejected("figure not a number", f"{item} is not a number.")
    value = float(raw)
    if math.isnan(value):
        return None
    end = date.fromisoformat(entry["asOfDate"])
    labelled = currency_of(entry["currencyCode"])
    currency = "shares" if item in SHARE_COUNTS else labelled
    if abs(value) > (LARGEST_DOLLARS if currency == "USD" else LARGEST):
        told = f"{item} of {end} is {value:.3g} {currency}."
        raise rejected("figure out of range", told)
    return StatementCell(frequency, item, end, value, currency, None, PUBLISHER, "")
