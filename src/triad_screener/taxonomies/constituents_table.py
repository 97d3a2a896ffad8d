"""How do tens of thousands of constituents get in? As a table beside the taxonomy.

A column is a key of a constituent, keys in keys joined by a dot as in
``exposures.compute.share``; an earlier entry of an exposure has its number, as in
``exposures.compute.history.0.share``; layers stand in one cell with a space between
them. An empty cell is a key left out. A row becomes what YAML would have said: the
model checks both alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_origin

from pydantic import ValidationError

from triad_screener.errors import ConfigurationError, InputError, UnknownNameError
from triad_screener.model.taxonomy import (
    Constituent,
    ExposureEntry,
    Identity,
    Taxonomy,
)
from triad_screener.model.vocabulary import PILLARS
from triad_screener.tables import table as tables
from triad_screener.tables.table import Table
from triad_screener.taxonomies.document import scalar
from triad_screener.taxonomies.mistakes import MISSING, Mistake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic.fields import FieldInfo

    from triad_screener.model.recipe import Part
    from triad_screener.taxonomies.document import Place, YamlDocument

KEY: Final = "constituents_table"
#: All stocks that are listed anywhere, with room.
ROW_LIMIT: Final = 100_000
#: Earlier entries of an exposure: ten years of quarters.
HISTORY_LIMIT: Final = 40
#: Unknown columns for which the nearest names are looked up.
_LIKENESSES: Final = 20
_NESTED: Final = ("identity", "exposures")
_EXPOSURES: Final = {pillar: f"exposures.{pillar}" for pillar in PILLARS}
#: Where the earlier entries of each exposure stand, oldest first.
_EARLIER: Final[Mapping[str, tuple[str, ...]]] = {
    exposure: tuple(f"{exposure}.history.{back}" for back in range(HISTORY_LIMIT))
    for exposure in _EXPOSURES.values()
}
_ENTRIES: Final = tuple(
    entry for one, earlier in _EARLIER.items() for entry in (one, *earlier)
)
_PARTS: Final[Mapping[str, type[Part]]] = {
    "": Constituent,
    "identity.": Identity,
    **{f"{entry}.": ExposureEntry for entry in _ENTRIES},
}
#: Every column, as the field of a part.
COLUMNS: Final[Mapping[str, FieldInfo]] = {
    f"{prefix}{key}": info
    for prefix, kind in _PARTS.items()
    for key, info in kind.model_fields.items()
    if key not in _NESTED
}
REQUIRED: Final = tuple(
    column
    for column, info in COLUMNS.items()
    if info.is_required() and not column.startswith("exposures.")
)


@dataclass(frozen=True, slots=True)
class ConstituentsTable:
    """What a table of constituents says, and where.

    Attributes:
        table: Its cells.
        rows: Each as a constituent of the YAML would be, not checked.
        mistakes: What is wrong with its headings, or that it is not there.
    """

    table: Table
    rows: tuple[dict[str, Any], ...]
    mistakes: tuple[Mistake, ...]

    def mistake(self, row: int, inner: Place, problem: str, expected: str) -> Mistake:
        """Return a mistake at a place inside the constituent of a row."""
        column = ".".join(map(str, inner))
        if inner[0] == "layers":
            column = "layers"
        if (problem, expected) == MISSING:
            problem, expected = "is empty", "Fill in the value."
        line = self.table.lines[row]
        return Mistake(self.table.name, line, f"column {column}", problem, expected)


def named(found: YamlDocument) -> str | None:
    """Return the name of the table in a taxonomy; None without one that may be."""
    content = found.content if isinstance(found.content, dict) else {}
    try:
        return Taxonomy.model_validate({KEY: content.get(KEY)}).constituents_table
    except ValidationError:
        return None  # the model says what is wrong with it


def beside(found: YamlDocument) -> ConstituentsTable | None:
    """Return the table that a taxonomy names; None without one that may be.

    Raises:
        ConfigurationError: If it cannot be read as a table with these columns, or has
            more than 100,000 rows.
    """
    name = named(found)
    if name is None:
        return None
    path = Path(found.path).parent / name
    if not path.is_file():
        problem = f"is {path.name}, and no such file is in the same folder"
        remedy = "Put the table there, or take the key out."
        missing = Mistake(found.path, found.line_of((KEY,)), KEY, problem, remedy)
        return ConstituentsTable(Table(str(path), (), {}, ()), (), (missing,))
    table = _cells(path)
    mistakes = tuple(_mistakes(table))
    rows = () if mistakes else tuple(_rows(table))
    return ConstituentsTable(table, rows, mistakes)


def _unhashed(content: bytes) -> None:
    """Take no notice: what the constituents are is hashed, not how it is written."""


def _cells(path: Path) -> Table:
    try:
        table = tables.read(path, required=REQUIRED, known=COLUMNS, feed=_unhashed)
    except InputError as error:
        raise ConfigurationError(error.place, error.problem, error.remedy) from error
    if len(table) > ROW_LIMIT:
        problem = f"has more than {ROW_LIMIT:,} rows"
        raise ConfigurationError(table.name, problem, "Keep only what is screened.")
    return table


def _mistakes(table: Table) -> Iterator[Mistake]:
    """Yield what is wrong with the headings."""
    for place, column in enumerate(table.unknown):
        remedy = "Take the column out."
        if place < _LIKENESSES:
            remedy = UnknownNameError("column", column, COLUMNS).remedy
        where = f"column {tables.shown(column)[1:-1]}"
        problem = "is not a column that belongs here"
        yield Mistake(table.name, 1, where, problem, remedy)
    for entry in _ENTRIES:
        keys = [f"{entry}.{key}" for key in ExposureEntry.model_fields]
        there = [column for column in keys if column in table.columns]
        for column in keys:
            if there and column not in there:
                remedy = f"Add the column, or take out {', '.join(there)}."
                where = f"column {column}"
                yield Mistake(table.name, 1, where, "is missing", remedy)


def _rows(table: Table) -> Iterator[dict[str, Any]]:
    """Yield each row as a constituent of the YAML."""
    exposures = (_exposures(table, exposure) for exposure in _EXPOSURES.values())
    heads, identities = (
        _parts(table, "", Constituent),
        _parts(table, "identity.", Identity),
    )
    for head, identity, *found in zip(heads, identities, *exposures, strict=True):
        head["identity"] = identity
        head["exposures"] = {p: e for p, e in zip(PILLARS, found, strict=True) if e}
        yield head


def _exposures(table: Table, exposure: str) -> Iterator[dict[str, Any]]:
    """Yield an exposure of each row; an empty one where it has none."""
    newest = _parts(table, f"{exposure}.", ExposureEntry)
    there = [place for place, e in enumerate(_EARLIER[exposure]) if _is_in(table, e)]
    # One that is left out between others is empty, and so the model misses its keys.
    entries = _EARLIER[exposure][: max(there, default=-1) + 1]
    earlier = (_parts(table, f"{entry}.", ExposureEntry) for entry in entries)
    for found, *history in zip(newest, *earlier, strict=True):
        while history and not history[-1]:
            history.pop()
        if history:
            found["history"] = tuple(history)
        yield found


def _is_in(table: Table, entry: str) -> bool:
    return f"{entry}.share" in table.columns


def _parts(table: Table, prefix: str, kind: type[Part]) -> Iterator[dict[str, Any]]:
    """Yield, for each row, the values of a part that are not left out."""
    keys = [key for key in kind.model_fields if f"{prefix}{key}" in table.columns]
    if not keys:
        yield from ({} for _ in table.lines)
        return
    columns = [_values(table, f"{prefix}{key}") for key in keys]
    for row in zip(*columns, strict=True):
        yield {key: one for key, one in zip(keys, row, strict=True) if one != ""}


def _values(table: Table, column: str) -> list[object]:
    """Return what the cells of a column say; equal ones are one object."""
    cells = table.columns[column]
    read = _reader(COLUMNS[column])
    known = {cell: read(cell) if cell else "" for cell in dict.fromkeys(cells)}
    return [known[cell] for cell in cells]


def _reader(info: FieldInfo) -> Callable[[str], object]:
    """Return how a cell of a field is read: as YAML reads a plain value, if no text."""
    if get_origin(info.annotation) is tuple:
        return lambda cell: tuple(cell.split())
    readers: dict[object, Callable[[str], object]] = {
        bool: lambda cell: scalar(cell.lower()),  # a spreadsheet writes TRUE
        int: scalar,
        float: scalar,
    }
    return readers.get(info.annotation, str)
