"""How is a table of figures read, and where exactly is it wrong?

A table is ``NAME.csv``, ``NAME.csv.gz`` or ``NAME.parquet``. Every value is hostile
until it has been checked; a mistake names file, line and column.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, NoReturn

import numpy as np

from triad_screener import databases
from triad_screener.errors import InputError
from triad_screener.model.dates import parse_iso_date

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

SIZE_LIMIT: Final = 256_000_000
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

    def unique(self, *keys: Sequence[object]) -> None:
        """Refuse a row whose key stands in an earlier row.

        Raises:
            InputError: If two rows have the same key.
        """
        seen: dict[tuple[object, ...], int] = {}
        for row, key in enumerate(zip(*keys, strict=True)):
            if key in seen:
                first = self.lines[seen[key]]
                written = ", ".join(str(part) for part in key if part is not None)
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
    longest = 40
    return repr(text if len(text) <= longest else f"{text[:longest]}...")


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
    content = _parquet_as_csv(path) if path.suffix == ".parquet" else _content(path)
    feed(content)
    return parse(content, str(path), required=required, known=known)


def parse(
    content: bytes, name: str, *, required: Collection[str], known: Collection[str]
) -> Table:
    """Return the table that ``content`` writes as UTF-8 CSV with a header.

    Raises:
        InputError: If it is not that.
    """
    reader = csv.reader(io.StringIO(_text(content, name), newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        place = f"{name}, line {reader.line_num}"
        raise InputError(place, f"is not CSV ({error})", "Mend the line.") from error
    lines: Sequence[int] = range(1, len(rows) + 1)
    if reader.line_num != len(rows) or [] in rows:
        rows, lines = _numbered(content, name)
    if not rows:
        raise InputError(name, "is empty", "The first line names the columns.")
    header = [heading.strip() for heading in rows[0]]
    _check_header(header, name, required)
    _check_widths(rows, lines, len(header), name)
    cells = list(zip(*rows[1:], strict=True)) or [()] * len(header)
    columns: dict[str, Sequence[str]] = dict(zip(header, cells, strict=True))
    unknown = tuple(heading for heading in header if heading not in known)
    return Table(name, lines[1:], columns, unknown)


def _numbered(content: bytes, name: str) -> tuple[list[list[str]], list[int]]:
    """Return the rows that are not blank, each with the line on which it ends."""
    reader = csv.reader(io.StringIO(_text(content, name), newline=""), strict=True)
    found = [(row, reader.line_num) for row in reader if row]
    return [row for row, _ in found], [line for _, line in found]


def _content(path: Path) -> bytes:
    try:
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
    expected = "Keep only the lines and dates that are needed."
    return InputError(str(path), problem, expected)


#: Midnight stands for its day: a day is often kept as a time.
_AS_TEXT: Final = (
    "SELECT regexp_replace(CAST(COLUMNS(*) AS VARCHAR), "
    r"'^(\d{4}-\d{2}-\d{2}) 00:00:00$', '\1') FROM read_parquet(?)"
)


def _parquet_as_csv(path: Path) -> bytes:
    """Return a Parquet file as CSV text, so that one set of checks serves both."""
    import duckdb  # noqa: PLC0415 - only for Parquet

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    try:
        with databases.connect(sealed=False) as connection:
            found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
            writer.writerow([column[0] for column in found.description or ()])
            found = connection.execute(_AS_TEXT, [str(path)])
            while rows := found.fetchmany(10_000):
                writer.writerows(rows)
                if buffer.tell() > SIZE_LIMIT:
                    raise _too_large(path)
    except duckdb.Error as error:
        raise InputError(
            str(path), "is not a Parquet file", "Write it again, or use CSV."
        ) from error
    return buffer.getvalue().encode()


def _text(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{name}, line {line}", "is not UTF-8 text", "Save the file in UTF-8."
        ) from error
    if (at := content.find(b"\0")) >= 0:
        line = content.count(b"\n", 0, at) + 1
        raise InputError(f"{name}, line {line}", "holds a NUL byte", "Take it out.")
    return text


def _check_header(header: list[str], name: str, required: Collection[str]) -> None:
    place = f"{name}, line 1"
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
