"""How is a table of figures read, and where exactly is it wrong?

A table is ``NAME.csv``, ``NAME.csv.gz`` or ``NAME.parquet``. Every value is hostile
until it has been checked; a mistake names file, line and column.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import zlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np

from triad_screener import databases
from triad_screener.errors import InputError, quoted
from triad_screener.model.dates import parse_iso_date
from triad_screener.model.texts import TICKER_IN_WORDS, is_ticker

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

SIZE_LIMIT: Final = 256_000_000
#: Lines and cells of a file: prices of 5,000 stocks over three years, with room. What
#: takes a byte in a file takes fifty in memory, and a thousandth of one in an archive.
LINE_LIMIT: Final = 10_000_000
CELL_LIMIT: Final = 25_000_000
WIDTH_LIMIT: Final = 10_000
_SUFFIXES: Final = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a file as text, by column.

    Attributes:
        name: For messages.
        lines: Line of the file on which each row ends.
        columns: Cells by column name; an empty text is a missing value.
        unknown: Columns that were not asked for.
    """

    name: str
    lines: Sequence[int]
    columns: dict[str, Sequence[str]]
    unknown: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.lines)

    def text(self, column: str, *, required: bool = False) -> Sequence[str]:
        """Return a column as text; absent columns are empty throughout."""
        cells = self.columns.get(column)
        if cells is None:
            return [""] * len(self)
        if required and "" in cells:
            self.refuse(list(cells).index(""), column, "is empty", "Fill in the value.")
        return cells

    def numbers(
        self,
        column: str,
        *,
        required: bool = False,
        above_zero: bool = False,
        not_negative: bool = False,
    ) -> NDArray[np.float64]:
        """Return a column as finite numbers; NaN where a cell is empty.

        Raises:
            InputError: If a cell is not a number, or not finite; empty where
                ``required``; zero or less where ``above_zero``; below zero where
                ``not_negative``.
        """
        if column not in self.columns:
            return np.full(len(self), np.nan)
        cells = self.text(column, required=required)
        found = self._floats(cells, column)
        if above_zero:
            self._refuse_any(found <= 0, column, "not above zero")
        if not_negative:
            self._refuse_any(found < 0, column, "below zero")
        return found

    def _refuse_any(self, wrong: NDArray[np.bool_], column: str, problem: str) -> None:
        if wrong.any():
            row = int(np.argmax(wrong))
            cell = shown(self.columns[column][row])
            self.refuse(row, column, f"is {cell}, {problem}", "Mend or remove it.")

    def _floats(self, cells: Sequence[str], column: str) -> NDArray[np.float64]:
        """Convert a whole column at once; look cell by cell only for a mistake."""
        try:
            found = np.array([float(text) if text else np.nan for text in cells])
        except ValueError:
            found = np.full(len(self), np.nan)
        empty, text = cells.count(""), "".join(cells)
        strange = "_" in text or not text.isascii()
        # float() also takes 1_000, digits of any script and the words nan and inf.
        if strange or int(np.isfinite(found).sum()) + empty != len(self):
            row = next(row for row, text in enumerate(cells) if not _is_figure(text))
            problem = f"is {shown(cells[row])}, not a finite number"
            self.refuse(
                row, column, problem, "Write a plain number, or leave it empty."
            )
        return found.astype(np.float64)

    def dates(self, column: str, *, required: bool = False) -> list[date | None]:
        """Return a column as dates; None where a cell is empty.

        Raises:
            InputError: If a cell is not an ISO date; empty where ``required``.
        """
        cells = self.text(column, required=required)
        known = self._known_dates(cells, column)
        return [known[text] for text in cells]

    def sessions(self, column: str) -> NDArray[np.datetime64]:
        """Return a column of dates, none of them empty, as an array.

        Raises:
            InputError: If a cell is not an ISO date, or empty.
        """
        cells = self.text(column, required=True)
        known = self._known_dates(cells, column)
        epoch = date(1970, 1, 1).toordinal()
        days = {text: day.toordinal() - epoch for text, day in known.items() if day}
        return np.array([days[text] for text in cells], "int64").astype("datetime64[D]")

    def _known_dates(self, cells: Sequence[str], column: str) -> dict[str, date | None]:
        """Return the date of each different text; a long column has few."""
        known: dict[str, date | None] = {"": None}
        for text in set(cells) - {""}:
            try:
                known[text] = parse_iso_date(text)
            except ValueError:
                known[text] = None
        if None in map(known.get, set(cells) - {""}):
            row = next(r for r, text in enumerate(cells) if text and not known[text])
            problem = f"is {shown(cells[row])}, not a date"
            self.refuse(row, column, problem, "Write dates as 2026-05-15.")
        return known

    def one_of(self, column: str, words: Collection[str]) -> Sequence[str]:
        """Return a column of words from a closed list, or empty."""
        cells = self.text(column)
        for text in dict.fromkeys(cells):
            if text and text not in words:
                problem = f"is {shown(text)}"
                expected = f"Use one of: {', '.join(words)}."
                self.refuse(list(cells).index(text), column, problem, expected)
        return cells

    def tickers(self, column: str) -> Sequence[str]:
        """Return a column of tickers, none of them empty.

        Raises:
            InputError: If a cell is empty, or cannot be a ticker.
        """
        cells = self.text(column, required=True)
        for text in dict.fromkeys(cells):
            if not is_ticker(text):
                row = list(cells).index(text)
                self.refuse(row, column, f"is {shown(text)}", TICKER_IN_WORDS)
        return cells

    def unique(self, *keys: Sequence[object]) -> None:
        """Refuse a row whose key stands in an earlier row.

        Raises:
            InputError: If two rows have the same key.
        """
        seen: dict[tuple[object, ...], int] = {}
        for row, key in enumerate(zip(*keys, strict=True)):
            if key in seen:
                first = self.lines[seen[key]]
                parts = [str(part) for part in key if part is not None]
                written = quoted(", ".join(parts))[1:-1]
                problem = f"repeats the key {written} of line {first}"
                self.refuse(row, None, problem, "Keep one of the two rows.")
            seen[key] = row

    def refuse(
        self, row: int, column: str | None, problem: str, expected: str
    ) -> NoReturn:
        """Raise an `InputError` that names the file, the line and the column."""
        where = f", column {column}" if column else ""
        raise InputError(
            f"{self.name}, line {self.lines[row]}{where}", problem, expected
        )


def _is_figure(text: str) -> bool:
    if "_" in text or not text.isascii():
        return False
    try:
        return not text or bool(np.isfinite(float(text)))
    except ValueError:
        return False


def shown(text: str) -> str:
    """Return ``text`` fit for a message: quoted, escaped and short."""
    return quoted(text, 40)


def several(names: Sequence[str]) -> str:
    """Return the first names of a list that may be long, fit for a message."""
    more = len(names) - _NAMED
    also = f" and {more:,} more" if more > 0 else ""
    return f"{', '.join(map(shown, names[:_NAMED]))}{also}"


_NAMED: Final = 5


def find(folder: Path, stem: str) -> Path | None:
    """Return the file of a table in ``folder``; None if there is none.

    Raises:
        InputError: If there are several, since one would be ignored.
    """
    found = [p for s in _SUFFIXES if (p := folder / f"{stem}{s}").is_file()]
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise InputError(str(folder), f"holds {names}", "Keep one file for each table.")
    return found[0] if found else None


def read(
    path: Path,
    *,
    required: Collection[str],
    known: Collection[str],
    feed: Callable[[bytes], None],
) -> Table:
    """Return the table at ``path``.

    Args:
        path: The file.
        required: Columns that must be there.
        known: All columns that mean something.
        feed: Receives the content, for a digest.

    Raises:
        InputError: If the file cannot be read as a table with these columns.
    """
    is_parquet = path.suffix == ".parquet"
    content = _parquet_as_csv(path, known) if is_parquet else _content(path)
    feed(content)
    return parse(content, str(path), required=required, known=known)


def parse(
    content: bytes, name: str, *, required: Collection[str], known: Collection[str]
) -> Table:
    """Return the table that ``content`` writes as UTF-8 CSV with a header.

    Raises:
        InputError: If it is not that.
    """
    _require_text(content, name)
    _require_room(content, name)
    reader = _reader(content)
    try:
        rows = [row for row in reader if row]
    except csv.Error as error:
        place = f"{name}, line {reader.line_num}"
        raise InputError(place, f"is not CSV ({error})", "Mend the line.") from error
    if not rows:
        raise InputError(name, "is empty", "The first line names the columns.")
    # Where each line is a row, nothing needs to be counted.
    lines: Sequence[int] = range(1, len(rows) + 1)
    if reader.line_num != len(rows):
        reader = _reader(content)
        lines = [reader.line_num for row in reader if row]
    header = [heading.strip() for heading in rows[0]]
    _check_header(header, name, required)
    _check_widths(rows, lines, len(header), name)
    cells = list(zip(*rows[1:], strict=True)) or [()] * len(header)
    columns: dict[str, Sequence[str]] = dict(zip(header, cells, strict=True))
    unknown = tuple(heading for heading in header if heading not in known)
    return Table(name, lines[1:], columns, unknown)


def _reader(content: bytes) -> Any:  # noqa: ANN401 - csv has no name for it
    """Return what yields the rows; the content is decoded as it is read."""
    text = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="")
    return csv.reader(text, strict=True)


def _require_room(content: bytes, name: str) -> None:
    """Refuse what is small as a file and huge in memory."""
    lines = content.count(b"\n") + content.count(b"\r")
    cells = lines + content.count(b",")
    for found, limit, what in (
        (lines, LINE_LIMIT, "lines"),
        (cells, CELL_LIMIT, "cells"),
    ):
        if found > limit:
            problem = f"has more than {limit:,} {what}"
            raise InputError(name, problem, _LESS)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise _too_large(path)
        with path.open("rb") as raw:
            file = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
            content = file.read(SIZE_LIMIT + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            str(path), "is not a whole gzip file", "Pack the file again."
        ) from error
    except OSError as error:
        problem = f"cannot be read ({error.strerror or type(error).__name__})"
        raise InputError(str(path), problem, "Check the path.") from error
    if len(content) > SIZE_LIMIT:
        raise _too_large(path)
    return content


def _too_large(path: Path) -> InputError:
    problem = f"is larger than {SIZE_LIMIT // 1_000_000} MB"
    return InputError(str(path), problem, _LESS)


_LESS: Final = "Keep only the lines and dates that are needed."


#: Columns are those that the file itself holds: neither the names of folders nor a
#: pattern in them adds one. (A folder called currency=USD would, to DuckDB.)
_PARQUET: Final = "read_parquet(?, hive_partitioning = false, union_by_name = false)"
#: Midnight stands for its day: a day is often kept as a time.
_MIDNIGHT: Final = r"'^(\d{4}-\d{2}-\d{2}) 00:00:00$', '\1'"
#: What DuckDB takes for a pattern of names.
_PATTERN: Final = re.compile(r"[*?\[]")
#: What it cannot be told at all: a backslash, and bytes that are no text.
_UNTELLABLE: Final = re.compile(r"[\\\udc80-\udcff]")
_NESTED: Final = ("array", "list", "map", "struct", "union")
#: A text of a dictionary is written once in the file and may stand in every row.
_LONGEST_CELL, _TOO_LONG = 10_000, "this cell is too long"
_ROWS: Final = 2_048


def _parquet_as_csv(path: Path, known: Collection[str]) -> bytes:
    """Return a Parquet file as CSV text, so that one set of checks serves both.

    Columns that mean nothing are named and stay empty.
    """
    import duckdb  # noqa: PLC0415 - only for Parquet

    if path.stat().st_size > SIZE_LIMIT:
        raise _too_large(path)
    try:
        with (
            _tellable(path) as name,
            databases.connect(sealed=False, memory="512MB", threads=1) as connection,
        ):
            return _as_csv(connection, path, name, known)
    # A heading that is no text is a plain RuntimeError.
    except (duckdb.Error, RuntimeError, UnicodeDecodeError) as error:
        if databases.is_short_of_memory(error):
            raise _too_large(path) from error
        problem = "is not a Parquet file"
        if _TOO_LONG in str(error):
            problem = f"holds a cell of more than {_LONGEST_CELL:,} characters"
        raise InputError(str(path), problem, "Write it again, or use CSV.") from error


@contextmanager
def _tellable(path: Path) -> Iterator[str]:
    """Yield a name by which DuckDB finds a file, whatever the path is made of."""
    if not _UNTELLABLE.search(str(path)):
        yield _PATTERN.sub(lambda sign: f"[{sign[0]}]", str(path))
        return
    with TemporaryDirectory() as folder:
        link = os.path.join(folder, "table.parquet")  # noqa: PTH118 - passed on as text
        os.symlink(path.absolute(), link)  # noqa: PTH211 - likewise
        yield link


def _as_csv(
    connection: DuckDBPyConnection, path: Path, name: str, known: Collection[str]
) -> bytes:
    """Return what a Parquet file holds, read in small parts.

    Raises:
        InputError: As soon as it is larger than a table may be.
    """
    content = io.BytesIO()
    text = io.TextIOWrapper(content, "utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    found = connection.execute(f"FROM {_PARQUET} LIMIT 0", [name])
    columns = {column[0]: column[1].id for column in found.description or ()}
    for column in known:
        if columns.get(column) in _NESTED:
            problem = f"holds a {columns[column]} in each cell"
            raise InputError(f"{path}, column {column}", problem, "Write plain values.")
    writer.writerow(columns)
    cells = ", ".join(_cell(one, columns[one], known) for one in columns)
    found = connection.execute(f"SELECT {cells} FROM {_PARQUET}", [name])  # noqa: S608 - names are quoted
    lines = 0
    while rows := found.fetchmany(_ROWS):
        writer.writerows(rows)
        lines += len(rows)
        if content.tell() > SIZE_LIMIT or lines > LINE_LIMIT:
            raise _too_large(path)
    return content.getvalue()


def _cell(name: str, kind: str, known: Collection[str]) -> str:
    """Return the SQL of a cell as text."""
    if name not in known:
        return "NULL"
    column = '"' + name.replace('"', '""') + '"'
    text = f"regexp_replace(CAST({column} AS VARCHAR), {_MIDNIGHT})"
    length = {"varchar": "strlen", "blob": "octet_length"}.get(kind)
    if length is None:
        return text
    too_long = f"{length}({column}) > {_LONGEST_CELL}"
    return f"CASE WHEN {too_long} THEN error('{_TOO_LONG}') ELSE {text} END"


def _require_text(content: bytes, name: str) -> None:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{name}, line {line}", "is not UTF-8 text", "Save the file in UTF-8."
        ) from error
    if (at := content.find(b"\0")) >= 0:
        line = content.count(b"\n", 0, at) + 1
        raise InputError(f"{name}, line {line}", "holds a NUL byte", "Take it out.")


def _check_header(header: list[str], name: str, required: Collection[str]) -> None:
    place = f"{name}, line 1"
    if len(header) > WIDTH_LIMIT:
        problem = f"names {len(header):,} columns, more than {WIDTH_LIMIT:,}"
        raise InputError(place, problem, "Keep only the columns that are needed.")
    for heading in required:
        if heading not in header:
            problem = f"has no column {heading}"
            expected = f"The columns needed are: {', '.join(required)}."
            raise InputError(place, problem, expected)
    twice, times = Counter(header).most_common(1)[0]
    if times > 1:
        problem = f"names the column {shown(twice)} twice"
        raise InputError(place, problem, "Keep one of the two.")


def _check_widths(
    rows: list[list[str]], lines: Sequence[int], width: int, name: str
) -> None:
    if set(map(len, rows)) == {width}:
        return
    row, line = next(
        pair for pair in zip(rows, lines, strict=True) if len(pair[0]) != width
    )
    problem = f"has {len(row)} cells, and the header has {width}"
    raise InputError(f"{name}, line {line}", problem, "Mend the line.")
