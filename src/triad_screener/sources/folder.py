"""A folder of tables: anybody's figures, in five files.

``lines``, ``prices``, ``statements``, ``fx`` and ``forward``, each as CSV, gzipped
CSV or Parquet; the first two are needed. Money is in units of its currency, shares
in shares, dates in ISO 8601.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from triad_screener import files
from triad_screener.errors import InputError, NoDataError, UsageError
from triad_screener.market.tabulating import tabulate
from triad_screener.model.market import (
    DatedValue,
    ForwardFigure,
    LineData,
    MarketData,
    PriceSeries,
    StatementCell,
)
from triad_screener.tables import table as tables

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from triad_screener.model.market import (
        Frequency,
    )
    from triad_screener.model.taxonomy import Benchmark, Constituent
    from triad_screener.tables.table import Table

#: Columns by table: what is needed, and what else means something.
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "lines": ("symbol",),
    "prices": ("symbol", "date", "adj_close"),
    "statements": ("symbol", "freq", "period_end", "item", "value", "currency"),
    "fx": ("currency", "date", "usd_per_unit"),
    "forward": ("symbol", "date"),
}
_IDENTITY: Final = (
    "issuer",
    "exchange",
    "price_currency",
    "statement_currency",
    "ordinary_per_receipt",
    "fiscal_year_end",
    "foreign_filer",
    "half_yearly",
    "country",
    "cik",
)
_ANYWHERE: Final = ("source", "note")
KNOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "lines": (
        "symbol",
        "shares_outstanding",
        "shares_as_of",
        "market_cap",
        "market_cap_as_of",
        "average_daily_value_usd",
        "kind",
        *_IDENTITY,
        *_ANYWHERE,
    ),
    "prices": ("symbol", "date", "adj_close", "close", "volume", *_ANYWHERE),
    "statements": (*REQUIRED["statements"], "filed", "seen", *_ANYWHERE),
    "fx": (*REQUIRED["fx"], *_ANYWHERE),
    "forward": (
        "symbol",
        "date",
        "forward_pe",
        "forward_eps",
        "price",
        *_ANYWHERE,
    ),
}
_FREQUENCIES: Final = ("annual", "quarterly")
_KINDS: Final = ("equity", "fund")


def connect(argument: str) -> Folder:
    """Return the folder at the path ``argument`` as a source.

    Raises:
        UsageError: If no path is given.
    """
    if not argument:
        raise UsageError(
            "The folder source needs a path.", "Write it as --source folder:PATH."
        )
    path = Path(argument)
    with contextlib.suppress(RuntimeError):  # no such user: a folder of that name
        path = path.expanduser()
    return Folder(path, name="folder", description=f"folder {files.name_of(argument)}")


class Folder:
    """A folder of tables as a source of market data.

    Args:
        path: The folder.
        name: As registered.
        description: For the first line on screen.
        publisher: Of prices without a source of their own; else the folder's name.
    """

    def __init__(
        self, path: Path, *, name: str, description: str, publisher: str = ""
    ) -> None:
        self.path = path
        self.name = name
        self.description = description
        self.publisher = publisher
        self._read: dict[tuple[str, ...], MarketData] = {}

    def fetch(
        self,
        constituents: Sequence[Constituent],
        funds: Sequence[Benchmark] = (),
        *,
        as_of: date | None = None,
    ) -> MarketData:
        """Return everything the folder knows of ``constituents``; it is read once.

        Raises:
            NoDataError: If there is no such folder, or it has no prices of them.
            InputError: If a file in it is not what it should be.
        """
        del as_of  # the files are read whole; the core leaves out what came later
        asked = (*(line.ticker for line in constituents), *(f.ticker for f in funds))
        if asked not in self._read:
            self._read[asked] = self._market(constituents, funds)
        return self._read[asked]

    def _market(
        self, constituents: Sequence[Constituent], funds: Sequence[Benchmark]
    ) -> MarketData:
        if not self.path.is_dir():
            raise NoDataError(
                f"There is no folder {self.path}.",
                "Check the path after --source folder:, or use --source bundled.",
            )
        wanted = {line.ticker: line for line in constituents}
        reading = _Reading(
            self.path,
            wanted,
            {fund.ticker for fund in funds},
            self.publisher or files.name_of(self.path.name),
        )
        lines = reading.lines()
        if not any(line.prices for line in lines.values()):
            raise NoDataError(
                f"{self.path} has no price of any line of the taxonomy.",
                "Compare its symbols with 'triad taxonomy show'.",
            )
        rates = reading.rates()
        return MarketData(
            self.name,
            self.description,
            tabulate(lines, [line.ticker for line in constituents], rates),
            reading.digest.hexdigest(),
            tuple(reading.warnings),
            funds=reading.funds,
        )


@dataclass(slots=True)
class _Reading:
    """One pass over the files of a folder."""

    path: Path
    wanted: Mapping[str, Constituent]
    benchmarks: Collection[str]
    publisher: str
    funds: dict[str, PriceSeries] = field(default_factory=dict)
    """Prices of the benchmarks, once `lines` has read them."""
    known: set[str] = field(init=False)
    """Symbols that need no warning: wanted, funds, or named in one already."""
    warnings: list[str] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)

    def __post_init__(self) -> None:
        self.known = {*self.wanted, *self.benchmarks}

    def table(self, stem: str) -> Table | None:
        """Return a table; None where the folder has none."""
        path = tables.find(self.path, stem)
        if path is None:
            return None
        self.digest.update(f"{stem}\n".encode())
        found = tables.read(
            path, required=REQUIRED[stem], known=KNOWN[stem], feed=self.digest.update
        )
        if found.unknown:
            names = tables.several(found.unknown)
            self.warnings.append(f"{path.name}: columns not used: {names}")
        return found

    def needed(self, stem: str) -> Table:
        """Return a table that every folder must have.

        Raises:
            InputError: If it is not there.
        """
        found = self.table(stem)
        if found is None:
            raise InputError(
                str(self.path),
                f"has no file {stem}.csv, {stem}.csv.gz or {stem}.parquet",
                f"The columns needed are: {', '.join(REQUIRED[stem])}.",
            )
        return found

    def _note(self, stem: str, symbols: Sequence[str]) -> None:
        """Warn of symbols that nobody asked for: they may be misspelt."""
        strangers = [name for name in dict.fromkeys(symbols) if name not in self.known]
        if strangers:
            names = tables.several(strangers)
            self.warnings.append(f"{stem}: symbols not in the taxonomy: {names}")
            self.known.update(strangers)

    def lines(self) -> dict[str, LineData]:
        """Return what the folder knows, line by line, in taxonomy order."""
        described = self._described()
        prices, sources = self._prices()
        cells = self._cells()
        forward = self._forward()
        found = {}
        for ticker in self.wanted:
            line = described.get(ticker)
            if line is None and ticker not in prices:
                continue
            found[ticker] = LineData(
                ticker,
                prices.get(ticker),
                tuple(cells.get(ticker, ())),
                line.shares if line else None,
                line.market_capitalisation if line else None,
                line.average_daily_value_usd if line else None,
                tuple(forward.get(ticker, ())),
                sources.get(ticker, self.publisher),
            )
        return found

    def _described(self) -> dict[str, LineData]:
        table = self.needed("lines")
        symbols = table.text("symbol", required=True)
        table.unique(symbols)
        kinds = table.one_of("kind", _KINDS)
        self._compare_identities(table, symbols)
        shares = _dated(table, "shares_outstanding", "shares_as_of")
        caps = _dated(table, "market_cap", "market_cap_as_of")
        traded = table.numbers("average_daily_value_usd", not_negative=True)
        pairs = zip(symbols, kinds, strict=True)
        self.known.update(symbol for symbol, kind in pairs if kind == "fund")
        self._note("lines", symbols)
        return {
            symbol: LineData(
                symbol,
                shares=shares[row],
                market_capitalisation=caps[row],
                average_daily_value_usd=_or_none(traded[row]),
            )
            for row, symbol in enumerate(symbols)
            if symbol in self.wanted
        }

    def _compare_identities(self, table: Table, symbols: Sequence[str]) -> None:
        for column in _IDENTITY:
            if column not in table.columns:
                continue
            for row, (symbol, text) in enumerate(
                zip(symbols, table.text(column), strict=True)
            ):
                if text and symbol in self.wanted:
                    line = self.wanted[symbol]
                    part = line if column == "issuer" else line.identity
                    ours = getattr(part, column)
                    if not _same(text, ours):
                        problem = f"is {tables.shown(text)}, the taxonomy says {ours}"
                        table.refuse(row, column, problem, "Make the two agree.")

    def _prices(self) -> tuple[dict[str, PriceSeries], dict[str, str]]:
        table = self.needed("prices")
        symbols = table.text("symbol", required=True)
        sessions = table.sessions("date")
        adjusted = table.numbers("adj_close", required=True, above_zero=True)
        closes = table.numbers("close", above_zero=True)
        volumes = table.numbers("volume", not_negative=True)
        sources = table.text("source")
        self._note("prices", symbols)
        series: dict[str, PriceSeries] = {}
        origin: dict[str, str] = {}
        for symbol, rows in _rows_by(symbols).items():
            _refuse_disorder(table, symbol, rows, sessions)
            if symbol in self.wanted or symbol in self.benchmarks:
                into = series if symbol in self.wanted else self.funds
                into[symbol] = PriceSeries(
                    sessions[rows], adjusted[rows], closes[rows], volumes[rows]
                )
                if sources[rows[-1]]:
                    origin[symbol] = sources[rows[-1]]
        return series, origin

    def _cells(self) -> dict[str, list[StatementCell]]:
        table = self.table("statements")
        if table is None:
            self.warnings.append("the folder has no statements")
            return {}
        symbols = table.text("symbol", required=True)
        table.one_of("freq", _FREQUENCIES)
        columns = (
            symbols,
            cast("Sequence[Frequency]", table.text("freq", required=True)),
            table.text("item", required=True),
            cast("Sequence[date]", table.dates("period_end", required=True)),
            table.numbers("value", required=True).tolist(),
            table.text("currency", required=True),
            table.dates("filed"),
            table.text("source"),
            table.text("note"),
            table.dates("seen"),
        )
        _, freqs, items, ends, _, _, filed, *_, seen = columns
        table.unique(symbols, freqs, ends, items, filed, seen)
        _refuse_early(table, "filed", ends, filed)
        _refuse_early(table, "seen", ends, seen)
        self._note("statements", symbols)
        cells: dict[str, list[StatementCell]] = {}
        for symbol, freq, item, *rest in zip(*columns, strict=True):
            if symbol in self.wanted:
                cells.setdefault(symbol, []).append(StatementCell(freq, item, *rest))
        return cells

    def _forward(self) -> dict[str, list[ForwardFigure]]:
        table = self.table("forward")
        if table is None:
            return {}
        symbols = table.text("symbol", required=True)
        days = cast("Sequence[date]", table.dates("date", required=True))
        table.unique(symbols, days)
        self._note("forward", symbols)
        ratios = table.numbers("forward_pe")
        earnings = table.numbers("forward_eps")
        prices = table.numbers("price", above_zero=True)
        sources = table.text("source")
        figures: dict[str, list[ForwardFigure]] = {}
        for row, symbol in enumerate(symbols):
            figure = ForwardFigure(
                days[row],
                _or_none(ratios[row]),
                _or_none(earnings[row]),
                _or_none(prices[row]),
                sources[row],
            )
            figures.setdefault(symbol, []).append(figure)
        return figures

    def rates(self) -> dict[str, tuple[DatedValue, ...]]:
        """Return US dollars per unit by currency, oldest first."""
        table = self.table("fx")
        if table is None:
            return {}
        currencies = table.text("currency", required=True)
        days = table.dates("date", required=True)
        table.unique(currencies, days)
        values = table.numbers("usd_per_unit", required=True, above_zero=True)
        sources = table.text("source")
        return {
            currency: tuple(
                sorted(
                    (DatedValue(float(values[r]), days[r], sources[r]) for r in rows),
                    key=lambda rate: cast("date", rate.date),
                )
            )
            for currency, rows in _rows_by(currencies).items()
        }


def _rows_by(keys: Sequence[str]) -> dict[str, NDArray[np.intp]]:
    """Return the rows of each key, in order of appearance."""
    rows: dict[str, NDArray[np.intp]] = {}
    start = 0
    for key, run in groupby(keys):  # a table mostly has the rows of a key together
        end = start + sum(1 for _ in run)
        found = np.arange(start, end)
        rows[key] = np.concatenate([rows[key], found]) if key in rows else found
        start = end
    return rows


def _refuse_disorder(
    table: Table,
    symbol: str,
    rows: NDArray[np.intp],
    sessions: NDArray[np.datetime64],
) -> None:
    steps = np.diff(sessions[rows]).astype(np.int64)
    wrong = np.flatnonzero(steps <= 0)
    if not wrong.size:
        return
    at = int(wrong[0])
    day = sessions[rows[at + 1]]
    if steps[at] == 0:
        problem, expected = f"repeats {symbol} on {day}", "Keep one of the two rows."
    else:
        problem = f"{symbol} goes back to {day}"
        expected = "Sort the dates of each symbol, oldest first."
    table.refuse(int(rows[at + 1]), "date", problem, expected)


def _refuse_early(
    table: Table, column: str, ends: Sequence[date], days: Sequence[date | None]
) -> None:
    for row, (end, day) in enumerate(zip(ends, days, strict=True)):
        if day and day < end:
            problem = f"is {day}, before the period ends on {end}"
            table.refuse(row, column, problem, "Mend one of the two dates.")


def _dated(table: Table, value: str, day: str) -> list[DatedValue | None]:
    values = table.numbers(value, above_zero=True)
    days = table.dates(day)
    sources = table.text("source")
    return [
        DatedValue(float(v), d, s) if np.isfinite(v) else None
        for v, d, s in zip(values, days, sources, strict=True)
    ]


def _same(text: str, ours: object) -> bool:
    if isinstance(ours, bool):
        return text.casefold() in (("true", "1") if ours else ("false", "0"))
    if isinstance(ours, (int, float)):
        try:
            return float(text) == ours
        except ValueError:
            return False
    return ours is None or text == ours


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
