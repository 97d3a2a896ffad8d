"""What does a quote answer say of each line? Field by field, strictly read."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from triad_screener.model.live import ABSENT, DELISTED, FetchFailure, QuoteFacts
from triad_screener.sources._yahoo_shape import (
    MINOR_UNITS,
    currency_of,
    readable,
    require_no_error,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

_KINDS: Final[Mapping[str, str]] = {
    "EQUITY": "equity",
    "ETF": "fund",
    "MUTUALFUND": "fund",
}
#: Least and greatest value of each field that is believed.
PRICES: Final = (1e-6, 1e8)
MARKET_VALUES: Final = (1.0, 1e17)
SHARES: Final = (1.0, 1e13)
RATIOS: Final = (-1e5, 1e5)
EARNINGS: Final = (-1e6, 1e6)
_FIRST, _LAST = 631_152_000.0, 4_102_444_800.0  # 1990 to 2100
_LONGEST: Final = 200
_ESCAPES: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)


def read(
    payload: object, symbols: Sequence[str]
) -> dict[str, QuoteFacts | FetchFailure]:
    """Return a quote, or why there is none, for every symbol.

    A field that is missing, of another type or out of range is None; a row without a
    name goes by its symbol. A row without a currency is one of the past: Yahoo keeps
    the symbols of companies that are traded no more.

    Args:
        payload: Parsed JSON of a quote answer.
        symbols: What was asked for.

    Raises:
        FetchFailure: If the whole answer has another shape.
    """
    rows = _rows(payload)
    return {
        symbol: _facts(rows[symbol.casefold()], symbol)
        if symbol.casefold() in rows
        else FetchFailure(ABSENT, "Yahoo Finance does not know this symbol.")
        for symbol in symbols
    }


def _rows(payload: Any) -> Mapping[str, Mapping[str, Any]]:  # noqa: ANN401 - JSON
    with readable():
        answer = payload["quoteResponse"]
        require_no_error(answer.get("error"))
        return {row["symbol"].casefold(): row for row in answer["result"]}


def _facts(row: Mapping[str, Any], symbol: str) -> QuoteFacts | FetchFailure:
    try:
        with readable():
            return _read_row(row, symbol)
    except FetchFailure as failure:
        return failure


def _read_row(row: Mapping[str, Any], symbol: str) -> QuoteFacts:
    unit = row.get("currency")
    if not unit:
        detail = "Yahoo Finance knows the symbol of old, and gives no currency for it."
        raise FetchFailure(DELISTED, detail)
    minor = unit in MINOR_UNITS
    price = _number(row, "regularMarketPrice", PRICES)
    if price and minor:
        price /= 100
    kind = plain(row.get("quoteType"))
    return QuoteFacts(
        name=plain(row.get("longName")) or plain(row.get("shortName")) or symbol,
        kind=_KINDS.get(kind, kind.lower()),
        price_currency=currency_of(unit),
        statement_currency=_currency(row.get("financialCurrency")),
        price=price,
        # Yahoo gives market values in whole units, and analysts' earnings in either.
        market_capitalisation=_number(row, "marketCap", MARKET_VALUES),
        shares=_shares(row, price),
        forward_price_earnings=None if minor else _number(row, "forwardPE", RATIOS),
        forward_earnings_per_share=(
            None if minor else _number(row, "epsForward", EARNINGS)
        ),
        earnings_date=_date(row, "earningsTimestamp"),
        reports_on=_date(row, "earningsTimestampStart"),
        class_shares=_number(row, "sharesOutstanding", SHARES),
    )


def _shares(row: Mapping[str, Any], price: float | None) -> float | None:
    """Return the shares of all classes, else those that the market value implies."""
    implied = _number(row, "impliedSharesOutstanding", SHARES)
    value = _number(row, "marketCap", MARKET_VALUES)
    return implied or (value / price if value and price else None)


def _number(
    row: Mapping[str, Any], field: str, limits: tuple[float, float]
) -> float | None:
    value = row.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    least, greatest = limits
    return float(value) if least <= value <= greatest else None


def _date(row: Mapping[str, Any], field: str) -> date | None:
    stamp = _number(row, field, (_FIRST, _LAST))
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC).date()


def _currency(unit: object) -> str | None:
    try:
        return currency_of(unit) if isinstance(unit, str) else None
    except FetchFailure:
        return None


def plain(text: object) -> str:
    """Return a text of the vendor on one line, without what moves a cursor.

    Escape sequences, control and invisible characters are taken out, and what is longer
    than 200 characters is cut. What is not a text is empty.
    """
    if not isinstance(text, str):
        return ""
    visible = "".join(
        " " if character.isspace() else character
        for character in _ESCAPES.sub("", text[: 10 * _LONGEST])
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return " ".join(visible.split())[:_LONGEST].rstrip()
