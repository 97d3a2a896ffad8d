"""How else do figures reach us? Through yfinance's public surface.

It takes several requests where the direct way takes one, and hides why one failed. It
serves when an update of yfinance has changed the insides that the direct way needs. Its
tables are written back into the shape of Yahoo's JSON, for the same strict readers.
"""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from triad_screener.model.live import ABSENT, NETWORK, RATE_LIMITED, FetchFailure
from triad_screener.sources import _yahoo_private as private
from triad_screener.sources._setback import Setback
from triad_screener.sources._yahoo_failures import of_error, of_response
from triad_screener.sources._yahoo_wire import Reply, import_library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from triad_screener.sources._gate import Gate

_TIMEOUT: Final = 10
_META: Final = ("currency", "symbol", "exchangeTimezoneName", "gmtoffset")
_TABLES: Final = ("get_income_stmt", "get_balance_sheet", "get_cash_flow")
#: Our words for its frequencies.
_FREQUENCIES: Final[Mapping[str, str]] = {"annual": "yearly", "quarterly": "quarterly"}


class Public:
    """Asks through ``yfinance.Ticker``.

    Args:
        gate: Passes requests.
        sent: Told how many requests were just sent, as far as they can be seen.
    """

    def __init__(self, gate: Gate, sent: Callable[[int], None]) -> None:
        self._gate = gate
        self._sent = sent

    def chart(self, symbol: str, since: date) -> Reply:
        """Return the bars from ``since`` on, as a chart answer.

        Raises:
            FetchFailure: If there are none.
        """
        ticker = self._ticker(symbol)
        frame = self._call(
            lambda: ticker.history(
                start=since.isoformat(),
                interval="1d",
                auto_adjust=False,
                actions=True,
                timeout=_TIMEOUT,
            )
        )
        if frame.empty:
            raise FetchFailure(ABSENT, "Yahoo Finance gave no prices of this symbol.")
        meta = _meta(self._call(ticker.get_history_metadata))
        stamps = [int(stamp.timestamp()) for stamp in frame.index]
        quote = {
            "close": [float(close) for close in frame["Close"]],
            "volume": [float(volume) for volume in frame["Volume"]],
        }
        result = {
            "meta": meta,
            "timestamp": stamps,
            "indicators": {"quote": [quote]},
            "events": _events(stamps, frame),
        }
        return Reply({"chart": {"result": [result], "error": None}})

    def timeseries(self, symbol: str) -> Reply:
        """Return the statements, as a timeseries answer.

        Raises:
            FetchFailure: If the currency of the statements is not known.
        """
        ticker = self._ticker(symbol)
        # The tables do not say in which currency they are.
        info = self._call(ticker.get_info)
        entries = {
            f"{freq}{item}": list(_entries(row, info.get("financialCurrency")))
            for freq, word in _FREQUENCIES.items()
            for table in _TABLES
            for item, row in self._table(ticker, table, word).iterrows()
        }
        meta = {"meta": {"symbol": [symbol]}}
        return Reply({"timeseries": {"result": [meta | entries], "error": None}})

    def quotes(self, symbols: Sequence[str]) -> Reply:
        """Return the quotes, as a quote answer; unknown symbols are left out."""
        rows = [row for symbol in symbols if (row := self._row(symbol))]
        return Reply({"quoteResponse": {"result": rows, "error": None}})

    def private_companies(self) -> Reply:
        """Return the private companies of highest value, as a screener answer."""
        found = self._call(_listed)
        return Reply({"finance": {"result": [found], "error": None}})

    def _row(self, symbol: str) -> dict[str, Any] | None:
        try:
            info = self._call(self._ticker(symbol).get_info)
        except FetchFailure as failure:
            if failure.reason == ABSENT:
                return None
            raise
        return {"epsForward": info.get("forwardEps"), **info, "symbol": symbol}

    def _table(self, ticker: Any, name: str, freq: str) -> Any:  # noqa: ANN401 - untyped
        return self._call(lambda: getattr(ticker, name)(pretty=False, freq=freq))

    def _ticker(self, symbol: str) -> Any:  # noqa: ANN401 - yfinance has no types
        return self._call(lambda: import_library().Ticker(symbol), sends=0)

    def _call(self, ask: Callable[[], Any], *, sends: int = 1) -> Any:  # noqa: ANN401
        """Return what ``ask`` does; whatever it raises is a failure with a reason."""
        self._gate.admit()
        self._sent(sends)
        try:
            found = ask()
        except Exception as error:
            failure = _failure(error, fresh=self._gate.fresh)
            if isinstance(failure, Setback):
                self._gate.failed(failure)
            raise failure from error
        finally:
            self._gate.release()
        if sends:
            self._gate.answered()
        return found


def _listed() -> Any:  # noqa: ANN401 - untyped
    with redirect_stdout(StringIO()):  # it prints a guess at what went wrong
        return import_library().screen(private.LIST, count=private.LONGEST)


def _failure(error: Exception, *, fresh: bool) -> FetchFailure:
    if isinstance(error, FetchFailure):
        return error
    name, response = type(error).__name__, getattr(error, "response", None)
    if response is not None:
        told = of_response(response.status_code, response.headers, response.content)
        return told or of_error(error, fresh=fresh)
    if name == "YFRateLimitError":
        detail = "Yahoo Finance refused the request as one too many."
        return Setback(RATE_LIMITED, detail)
    if name in ("YFTickerMissingError", "YFTzMissingError", "YFPricesMissingError"):
        return FetchFailure(ABSENT, "Yahoo Finance does not know this symbol.")
    if isinstance(error, OSError):
        return of_error(error, fresh=fresh)
    return FetchFailure(NETWORK, f"The request failed in an unexpected way ({name}).")


def _meta(found: Any) -> dict[str, Any]:  # noqa: ANN401 - untyped
    """Return what is read of a chart's description; moments again in seconds."""
    meta = {name: found[name] for name in _META if name in found}
    regular = dict((found.get("currentTradingPeriod") or {}).get("regular") or {})
    ends = {name: _seconds(regular.get(name)) for name in ("start", "end")}
    quoted = {"regularMarketTime": _seconds(found.get("regularMarketTime"))}
    return meta | quoted | {"currentTradingPeriod": {"regular": ends}}


def _seconds(moment: Any) -> float | None:  # noqa: ANN401 - a number or a timestamp
    seconds: float | None = getattr(moment, "timestamp", lambda: moment)()
    return seconds


def _events(stamps: Sequence[int], frame: Any) -> dict[str, Any]:  # noqa: ANN401 - untyped
    paid = zip(stamps, frame["Dividends"], strict=True)
    split = zip(stamps, frame["Stock Splits"], strict=True)
    return {
        "dividends": {
            str(at): {"date": at, "amount": float(amount)}
            for at, amount in paid
            if amount
        },
        "splits": {
            str(at): {"date": at, "numerator": float(ratio), "denominator": 1}
            for at, ratio in split
            if ratio
        },
    }


def _entries(row: Any, money: str | None) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    for end, value in row.items():
        yield {
            "asOfDate": end.date().isoformat(),
            "currencyCode": money or "",
            "reportedValue": {"raw": float(value)},
        }
