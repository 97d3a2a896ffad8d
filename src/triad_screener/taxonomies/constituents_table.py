"""How do tens of thousands of constituents get in? As a table beside the taxonomy.

A column is a key of a constituent, keys in keys joined by a dot as in
``exposures.compute.share``; an earlier entry of an exposure has its number, as in
``exposures.compute.history.0.share``; layers stand in one cell with a space between
them. An empty cell is a key left out. The rules are those of the model, each asked once
for the different cells of a column: to ask them row by row takes four times as long.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, get_origin

from pydantic import ConfigDict, TypeAdapter, ValidationError

from triad_screener.errors import ConfigurationError, InputError, UnknownNameError
from triad_screener.model.recipe import Part
from triad_screener.model.taxonomy import (
    Constituent,
    Exposure,
    ExposureEntry,
    Identity,
    Taxonomy,
)
from triad_screener.model.vocabulary import PILLARS
from triad_screener.tables import table as tables
from triad_screener.tables.table import Table
from triad_screener.taxonomies.document import scalar
from triad_screener.taxonomies.mistakes import Mistake, in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pydantic.fields import FieldInfo

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

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class ConstituentsTable:
    """What a table of constituents holds, and where.

    Attributes:
        table: Its cells.
        constituents: One a row; none where there are mistakes.
        mistakes: Every mistake that shows without the taxonomy, in order of the rows.
    """

    table: Table
    constituents: tuple[Constituent, ...]
    mistakes: tuple[Mistake, ...]

    def mistake(self, row: int, inner: Place, problem: str, expected: str) -> Mistake:
        """Return a mistake at a place inside the constituent of a row."""
        return _mistake(self.table, row, self._column(inner), problem, expected)

    def _column(self, inner: Place) -> str:
        name = ".".join(map(str, inner))
        return name if name in self.table.columns else str(inner[0])


def _mistake(
    table: Table, row: int | None, column: str, problem: str, expected: str
) -> Mistake:
    """Return a mistake in a row of a table; without a row, in its heading."""
    line = 1 if row is None else table.lines[row]
    return Mistake(table.name, line, f"column {column}", problem, expected)


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
    with _uncollected():
        table = _cells(path)
        reading = _Reading(table)
        constituents = reading.constituents()
    mistakes = tuple(sorted(reading.mistakes, key=lambda one: one.line))
    return ConstituentsTable(table, () if mistakes else constituents, mistakes)


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


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector from looking for circles in many parts that have none.

    It would do so again and again while they are made: half of the time of it all.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(slots=True)
class _Reading:
    """One pass over the columns of a table."""

    table: Table
    mistakes: list[Mistake] = field(default_factory=list)
    values: dict[str, Sequence[Any]] = field(default_factory=dict)
    """By column: what each row says, or the default."""
    rows: dict[str, Sequence[bool]] = field(default_factory=dict)
    """By entry of an exposure: which rows have it."""

    def constituents(self) -> tuple[Constituent, ...]:
        """Return one constituent a row; none where a column has a mistake."""
        self._check_header()
        if not self.mistakes:
            self._find_entries()
            self._check_cells()
        if self.mistakes:
            return ()
        parts = self._parts(Constituent, "", self._nested())
        found = tuple(filter(None, parts))
        self._check_order(found)
        return found

    def _refuse(self, row: int | None, column: str, *told: str) -> None:
        self.mistakes.append(_mistake(self.table, row, column, *told))

    def _check_header(self) -> None:
        for place, column in enumerate(self.table.unknown):
            remedy = "Take the column out."
            if place < _LIKENESSES:
                remedy = UnknownNameError("column", column, COLUMNS).remedy
            shown = tables.shown(column)[1:-1]
            self._refuse(None, shown, "is not a column that belongs here", remedy)
        for entry in _ENTRIES:
            keys = [f"{entry}.{key}" for key in ExposureEntry.model_fields]
            there = [column for column in keys if column in self.table.columns]
            for column in keys:
                if there and column not in there:
                    remedy = f"Add the column, or take out {', '.join(there)}."
                    self._refuse(None, column, "is missing", remedy)

    def _find_entries(self) -> None:
        """Find the rows of each entry; what was known earlier needs the newest, too."""
        for exposure, earlier in _EARLIER.items():
            for entry in (*earlier, exposure):
                cells: list[Sequence[object]] = [
                    self.table.columns[column]
                    for key in ExposureEntry.model_fields
                    if (column := f"{entry}.{key}") in self.table.columns
                ]
                if entry == exposure:
                    cells += [self.rows[one] for one in earlier if one in self.rows]
                if cells:
                    self.rows[entry] = [any(row) for row in zip(*cells, strict=True)]

    def _check_cells(self) -> None:
        for column, info in COLUMNS.items():
            entry = column.rpartition(".")[0]
            if entry not in _ENTRIES:
                self.values[column] = self._checked(column, info, None)
            elif entry in self.rows:
                self.values[column] = self._checked(column, info, self.rows[entry])

    def _checked(
        self, column: str, info: FieldInfo, rows: Sequence[bool] | None
    ) -> list[Any]:
        """Return the values of a column, which each of ``rows`` needs; None is all."""
        cells = self.table.text(column)
        known: dict[str, Any] = {"": None}
        if not info.is_required():
            known[""] = info.get_default(call_default_factory=True)
        elif "" in cells:
            for row, cell in enumerate(cells):
                if not cell and (rows is None or rows[row]):
                    self._refuse(row, column, "is empty", "Fill in the value.")
        words = [cell for cell in dict.fromkeys(cells) if cell]
        try:
            values = _rule(column).validate_python(tuple(map(_reader(info), words)))
        except ValidationError as error:
            self._refuse_words(column, words, error)
            return []
        known.update(zip(words, values, strict=True))
        return [known[cell] for cell in cells]

    def _refuse_words(
        self, column: str, words: Sequence[str], error: ValidationError
    ) -> None:
        details = error.errors(include_url=False)
        wrong = {words[int(one["loc"][0])]: in_words(one) for one in reversed(details)}
        for row, cell in enumerate(self.table.columns[column]):
            if cell in wrong:
                self._refuse(row, column, *wrong[cell])

    def _parts(
        self,
        kind: type[P],
        prefix: str,
        nested: Mapping[str, Iterable[object]],
        rows: Iterable[bool] = (),
    ) -> Iterator[P | None]:
        """Yield a part of each row, or of each of ``rows`` and else None.

        Its values have been checked already.
        """
        keys = tuple(kind.model_fields)
        names = set(keys)
        columns = [nested.get(key) or self.values[f"{prefix}{key}"] for key in keys]
        needed = rows or repeat(object=True, times=len(self.table))
        for is_there, *values in zip(needed, *columns, strict=True):
            if not is_there:
                yield None
                continue
            part = kind.__new__(kind)
            # As pickle makes one: `model_construct` takes five times as long.
            part.__setstate__(
                {
                    "__dict__": dict(zip(keys, values, strict=True)),
                    "__pydantic_fields_set__": names,
                    "__pydantic_extra__": None,
                    "__pydantic_private__": None,
                }
            )
            yield part

    def _nested(self) -> dict[str, Iterable[object]]:
        """Return identity and exposures of each row."""
        found = [self._exposures(exposure) for exposure in _EXPOSURES.values()]
        return {
            "identity": self._parts(Identity, "identity.", {}),
            "exposures": (
                {p: one for p, one in zip(PILLARS, row, strict=True) if one}
                for row in zip(*found, strict=True)
            ),
        }

    def _exposures(self, exposure: str) -> Iterable[Exposure | None]:
        """Return an exposure of each row; None where it has none."""
        if exposure not in self.rows:
            return repeat(None, len(self.table))
        entries = [
            self._parts(ExposureEntry, f"{entry}.", {}, self.rows[entry])
            for entry in _EARLIER[exposure]
            if entry in self.rows
        ]
        history: Iterable[object] = repeat((), len(self.table))
        if entries:
            history = (tuple(filter(None, row)) for row in zip(*entries, strict=True))
        nested = {"history": history}
        return self._parts(Exposure, f"{exposure}.", nested, self.rows[exposure])

    def _check_order(self, found: Sequence[Constituent]) -> None:
        """Check what a part of several entries asks; the rest is asked of them all."""
        for row, line in enumerate(found):
            for pillar, exposure in line.exposures.items():
                for inner, problem in exposure.misfits() if exposure.history else ():
                    column = ".".join(map(str, ("exposures", pillar, *inner)))
                    told = f"does not fit: {problem}", "Mend the values named."
                    self._refuse(row, column, *told)


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


@cache
def _rule(column: str) -> TypeAdapter[tuple[Any, ...]]:
    """Return the rule of a column, for many cells at once."""
    info = COLUMNS[column]
    rule: Any = info.annotation
    if info.metadata:
        rule = Annotated[(rule, *info.metadata)]
    return TypeAdapter(tuple[rule, ...], config=ConfigDict(strict=True))
