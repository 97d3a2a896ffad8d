"""What is held already: tickers and weights from a CSV file."""

from __future__ import annotations

from typing import Final

from triad_screener.errors import InputError
from triad_screener.model.texts import TICKER_IN_WORDS, is_ticker
from triad_screener.tables import table as tables

SIZE_LIMIT: Final = 4_000_000
_SUM_TOLERANCE = 1e-6


def read(content: bytes, name: str) -> dict[str, float]:
    """Return weight by ticker, fractions of the whole that sum to 1 at most.

    Raises:
        InputError: If the file has no columns ticker and weight, or a weight is not
            a fraction.
    """
    columns = ("ticker", "weight")
    table = tables.parse(content, name, required=columns, known=columns)
    tickers = [ticker.strip().upper() for ticker in table.text("ticker", required=True)]
    for row, ticker in enumerate(tickers):
        if not is_ticker(ticker):
            table.refuse(row, "ticker", _problem(ticker), TICKER_IN_WORDS)
    table.unique(tickers)
    weights = table.numbers("weight", required=True, not_negative=True)
    if weights.sum() > 1 + _SUM_TOLERANCE:
        problem = f"has weights that sum to {weights.sum():g}, above 1"
        raise InputError(name, problem, "Write weights as fractions of the whole.")
    return dict(zip(tickers, weights.tolist(), strict=True))


def _problem(ticker: str) -> str:
    return f"is {tables.shown(ticker)}" if ticker else "is empty"
