"""Which closes do the lines of a source lack, though their exchange traded?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.model import days
from triad_screener.stats import sessions as formulas

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from triad_screener.model.market import MarketData

#: Before the as-of date; the factors that count sessions look back as far.
YEAR: Final = 366


def exchange(symbol: str) -> str:
    """Return the part of a symbol that stands for its exchange, as Yahoo writes it.

    Symbols without one are of the United States, whose exchanges trade on the same
    days.

    Examples:
        >>> exchange("2330.TW"), exchange("NVDA"), exchange("BRK-B")
        ('TW', '', '')
    """
    return symbol.rpartition(".")[2] if "." in symbol else ""


def exchanges(symbols: Sequence[str]) -> NDArray[np.intp]:
    """Return a number for each symbol, the same for those of one exchange."""
    numbers: dict[str, int] = {}
    found = [numbers.setdefault(exchange(one), len(numbers)) for one in symbols]
    return np.array(found, np.intp)


def missing(market: MarketData, as_of: date) -> Mapping[str, tuple[date, ...]]:
    """Return the sessions of the year up to ``as_of`` that lines lack, by ticker.

    A line that lacks none is left out.
    """
    prices, tickers = market.tables.prices, market.tables.tickers
    last = days.number(as_of)
    recent = (prices.sessions >= last - YEAR) & (prices.sessions <= last)
    stocks = np.repeat(np.arange(len(tickers)), np.diff(prices.starts))
    at, when = formulas.missing(
        stocks[recent],
        prices.sessions[recent].astype("datetime64[D]"),
        exchanges(tickers),
    )
    found: dict[str, tuple[date, ...]] = {}
    for place, day in zip(at.tolist(), when.tolist(), strict=True):
        found[tickers[place]] = (*found.get(tickers[place], ()), day)
    return found
