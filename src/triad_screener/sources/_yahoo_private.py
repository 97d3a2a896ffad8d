"""What does Yahoo's list of private companies say of each? Strictly read."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from triad_screener.model.live import FetchFailure
from triad_screener.model.watch import PrivateList, VendorMark
from triad_screener.sources._yahoo_quote import plain
from triad_screener.sources._yahoo_shape import currency_of, readable, rejected

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

#: The list, as Yahoo names it.
LIST: Final = "HIGHEST_VALUATION_PRIVATE_COMPANY"
#: Rows asked for: the most that yfinance lets pass; the list has fewer.
LONGEST: Final = 250
#: As yfinance asks for a list of Yahoo's own.
PARAMETERS: Final[Mapping[str, str]] = {
    "corsDomain": "finance.yahoo.com",
    "formatted": "false",
    "lang": "en-US",
    "region": "US",
    "scrIds": LIST,
    "count": str(LONGEST),
}
#: Least and greatest value of each field that is believed.
VALUATIONS: Final = (1e5, 1e14)
PRICES: Final = (1e-6, 1e8)
_FIRST, _LAST = 631_152_000.0, 4_102_444_800.0  # 1990 to 2100
_SYMBOL: Final = re.compile(r"[A-Z0-9]{1,10}\.PVT")
#: The list is kept in it, whether or not a row says so.
_CURRENCY: Final = "USD"


def read(payload: object) -> PrivateList:
    """Return what is said of each company of the list.

    A company without a value that can be believed has a failure in its place; price,
    class and day of the last round are left out where they are missing, of another
    type or out of range. A list that is cut, or has a row without a symbol, is not
    whole: who is missing there may be on it all the same.

    Args:
        payload: Parsed JSON of a screener answer, its rows as quotes or as records.

    Raises:
        FetchFailure: If the whole answer has another shape, or lists nobody.
    """
    with readable():
        answer = _answer(payload)
        rows = answer["quotes"] if "quotes" in answer else answer["records"]
        symbols = [_symbol(row) for row in rows]
        total = _number(answer.get("total"), (0, 1e6))
    named = [(name, row) for name, row in zip(symbols, rows, strict=True) if name]
    if not named:
        raise rejected("empty list", "Yahoo Finance lists no private company at all.")
    marks: dict[str, VendorMark | FetchFailure] = {}
    for symbol, row in named:
        found = _mark(symbol, row)
        marks[symbol] = found if marks.get(symbol, found) == found else _twice()
    return PrivateList(marks, is_whole=len(named) == len(rows) >= (total or 0))


def no_list() -> FetchFailure:
    """Return the failure for a list that is not there."""
    told = "Yahoo Finance gives no list of private companies, or none any more."
    return rejected("error answer", told)


def _twice() -> FetchFailure:
    return rejected("two rows", "The list says two things of this company.")


def _answer(payload: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
    finance = payload["finance"]
    if finance.get("error") is not None:
        raise no_list()
    answer: Mapping[str, Any] = finance["result"][0]
    return answer


def _symbol(row: Any) -> str:  # noqa: ANN401 - JSON
    """Return the symbol of a row; empty where it has none of a private company."""
    if not isinstance(row, dict):
        return ""
    symbol = plain(row.get("symbol")) or plain(row.get("ticker"))
    return symbol if _SYMBOL.fullmatch(symbol) else ""


def _mark(symbol: str, row: Mapping[str, Any]) -> VendorMark | FetchFailure:
    valuation = _number(row.get("latestImpliedValuation"), VALUATIONS)
    if valuation is None:
        detail = "The list gives no valuation of this company that can be believed."
        return rejected("no valuation", detail)
    try:
        with readable():
            currency = currency_of(row.get("currency") or _CURRENCY)
    except FetchFailure as failure:
        return failure
    return VendorMark(
        symbol,
        valuation,
        currency,
        _number(row.get("regularMarketPrice"), PRICES),
        plain(row.get("latestShareClass")),
        _date(row.get("latestFundingDate")),
        plain(row.get("companyName"))
        or plain(row.get("longName"))
        or plain(row.get("shortName")),
    )


def _number(value: Any, limits: tuple[float, float]) -> float | None:  # noqa: ANN401 - JSON
    """Return a number that stands bare or under ``raw``; None if out of range."""
    found = value.get("raw") if isinstance(value, dict) else value
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    least, greatest = limits
    return float(found) if least <= found <= greatest else None


def _date(value: Any) -> date | None:  # noqa: ANN401 - likewise
    stamp = _number(value, (_FIRST, _LAST))
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC).date()
