"""The terminal: grids that fit the width, colours that only repeat what words say.

Where the width does not suffice the grid is drawn compactly first: numbers without
bars, short names of pillars, short sparklines. Then the last text column runs on below,
and columns give way by importance, the least first: what is wider never shows fewer
numbers. What is wider than the screen even so is cut, with an ellipsis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, chop_cells, set_cell_size

from triad_screener.model.document import (
    UNDER_FLOOR,
    Document,
    Kind,
    Paragraph,
    Picture,
    Points,
    Table,
    Tone,
)
from triad_screener.rendering import _cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from triad_screener.model.document import (
        Block,
        Cell,
        Column,
        PillarStyle,
        Report,
        SideBySide,
        Style,
    )

_GAP: Final = 1
_DASH: Final = "- "
_SMALL_TABLE_GAP: Final = 3
_WEIGHT_BAR: Final = 8
_PER_CENT_A_CELL: Final = 2
#: Signs of a z-score.
_SIGNED: Final = 4
_METER: Final = 24
_TREND: Final = 12
_SHORT_TREND: Final = 8
_SHORT_LABEL: Final = 4
_LONGEST_NAME: Final = 40
_SHORTEST_LAST_COLUMN: Final = 12
_LEAST_IMPORTANCE_TO_WRAP: Final = 50
_RIGHT: Final = frozenset(
    {
        Kind.BAR,
        Kind.COUNT,
        Kind.SCORE,
        Kind.SIGNED,
        Kind.POINTS,
        Kind.FRACTION,
        Kind.WEIGHT,
        Kind.NUMBER,
        Kind.AMOUNT,
        Kind.QUANTITY,
    }
)
_RESET: Final = "\x1b[0m"
_BOLD: Final = "\x1b[1m"
_DIM: Final = "\x1b[2m"
_NOTICE: Final = "\x1b[1;33m"
_GOOD: Final = "\x1b[32m"
_BAD: Final = "\x1b[31m"


def render(report: Report, style: Style) -> Document:
    """Return ``report`` as text of at most ``style.width`` columns."""
    lines = _headline(report.title, _BOLD, style) if report.headed else []
    for block in report.blocks:
        lines += _block(block, report, style)
    text = "\n".join(line.rstrip() for line in lines).lstrip("\n") + "\n"
    return Document(
        "text/plain", text if style.unicode else text.translate(_cells.ASCII)
    )


def _block(block: Block, report: Report, style: Style) -> list[str]:
    if isinstance(block, Paragraph):
        return _paragraph(block, style)
    if isinstance(block, Table):
        grid = _Grid.fitted(block, report, style)
        told = block.notes(grid.headings)
        note = _wrapped(told, style) if told else []
        return [
            "",
            *_title(block, report, style),
            *grid.lines(heads=any(c.heading for c in block.columns)),
            *(_paint(line, _DIM, style) for line in note),
        ]
    if isinstance(block, Points):
        return ["", *_headline(block.title, _BOLD, style), *_points(block, style)]
    if isinstance(block, Picture):
        return _told(block, style)
    return _side_by_side(block, report, style)


def _points(points: Points, style: Style) -> Iterator[str]:
    """Yield each point behind a dash, what runs on under its beginning."""
    for item in points.items:
        first, *rest = wrap(_cells.clean(item), style.width - len(_DASH))
        yield f"{_DASH}{first}"
        yield from (f"{' ' * len(_DASH)}{line}" for line in rest)


def _told(picture: Picture, style: Style) -> list[str]:
    """Return a picture in words."""
    note = _wrapped(picture.note, style) if picture.note else []
    return [
        "",
        *_headline(picture.title, _BOLD, style),
        *_wrapped(picture.alternative, style),
        *(_paint(line, _DIM, style) for line in note),
    ]


def _paragraph(block: Paragraph, style: Style) -> list[str]:
    colour = {Tone.NOTICE: _NOTICE, Tone.QUIET: _DIM, Tone.PLAIN: ""}[block.tone]
    return [_paint(line, colour, style) for line in _wrapped(block.text, style)]


def _wrapped(text: str, style: Style) -> list[str]:
    lines: list[str] = []
    for part in text.split("\n"):
        lines += wrap(_cells.clean(part), style.width)
    return lines


def wrap(text: str, width: int) -> list[str]:
    """Return ``text`` in lines of at most ``width`` columns of a terminal.

    There is at least one. Lines break at blanks, and inside a word that is wider than
    a line; a Chinese sign takes two columns.

    Examples:
        >>> wrap("all three", 5), wrap("演算法", 4)
        (['all', 'three'], ['演算', '法'])
    """
    lines, line = [], ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        lines += [line] if line else []
        *full, line = chop_cells(word, width)
        lines += full
    return [*lines, line]


def _headline(text: str, colour: str, style: Style) -> list[str]:
    return [_paint(line, colour, style) for line in _wrapped(text, style)]


def _title(table: Table, report: Report, style: Style) -> list[str]:
    if table.pillar is None:
        return _headline(table.title, _BOLD, style)
    found = report.pillars[table.pillar]
    colour = _BOLD + _rgb(found.colour, style)
    return _headline(f"● {found.label} {table.title}", colour, style)


def _side_by_side(block: SideBySide, report: Report, style: Style) -> list[str]:
    if not block.tables:
        return []
    blocks = [
        [*_title(t, report, style), *_Grid.fitted(t, report, style).lines(heads=False)]
        for t in block.tables
    ]
    widths = [max(_visible(line) for line in lines) for lines in blocks]
    title = ["", *_headline(block.title, _BOLD, style)]
    total = sum(widths) + _SMALL_TABLE_GAP * (len(widths) - 1)
    if total > style.width:
        return title + [line for lines in blocks for line in lines]
    height = max(map(len, blocks))
    joined = []
    for row in range(height):
        parts = [
            _padded(lines[row] if row < len(lines) else "", width + _SMALL_TABLE_GAP)
            for lines, width in zip(blocks, widths, strict=True)
        ]
        joined.append("".join(parts))
    return title + joined


@dataclass(frozen=True, slots=True)
class _Piece:
    """A cell ready to be drawn."""

    text: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class _Grid:
    """The columns of a table that fit, drawn."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[_Piece, ...], ...]
    widths: tuple[int, ...]
    style: Style

    @classmethod
    def fitted(cls, table: Table, report: Report, style: Style) -> _Grid:
        """Return the grid with the most that fits ``style.width``."""
        kept = list(range(len(table.columns)))
        for compact in (False, True):
            painter = _Painter(report, style, table.pillar, compact)
            grid = cls._drawn(table, kept, painter)
            if grid.width <= style.width:
                return grid
        while grid.width > style.width and len(kept) > 1:
            narrower = grid.narrowed()
            if narrower:
                return narrower
            kept.remove(min(kept, key=lambda at: (table.columns[at].importance, -at)))
            grid = cls._drawn(table, kept, painter)
        return grid if grid.width <= style.width else grid.alone()

    @classmethod
    def _drawn(cls, table: Table, kept: Sequence[int], painter: _Painter) -> _Grid:
        columns = tuple(table.columns[at] for at in kept)
        rows = tuple(
            tuple(painter.piece(row[at], table.columns[at].kind) for at in kept)
            for row in table.rows
        )
        widths = tuple(
            max([cell_len(column.heading), *(cell_len(row[i].text) for row in rows)])
            for i, column in enumerate(columns)
        )
        return cls(columns, rows, widths, painter.style)

    @property
    def headings(self) -> list[str]:
        """Headings of the columns that were kept."""
        return [column.heading for column in self.columns]

    @property
    def width(self) -> int:
        """Columns of the terminal that the grid takes."""
        return sum(self.widths) + _GAP * (len(self.widths) - 1)

    def narrowed(self) -> _Grid | None:
        """Return the grid with its last text column narrowed, if that suffices."""
        over = self.width - self.style.width
        last = self.columns[-1]
        left = self.widths[-1] - over
        if (
            last.kind is not Kind.TEXT
            or last.importance < _LEAST_IMPORTANCE_TO_WRAP
            or left < _SHORTEST_LAST_COLUMN
        ):
            return None
        widths = (*self.widths[:-1], left)
        return _Grid(self.columns, self.rows, widths, self.style)

    def alone(self) -> _Grid:
        """Return the grid, of one column, as wide as the screen."""
        return _Grid(self.columns, self.rows, (self.style.width,), self.style)

    def lines(self, *, heads: bool) -> Iterator[str]:
        """Yield the lines of the grid; a narrowed last column runs on below."""
        if heads:
            yield self._line([self._heading(at) for at in range(len(self.columns))])
        for row in self.rows:
            *others, last = row
            if cell_len(last.text) <= self.widths[-1]:
                yield self._line(row)
                continue
            first, *rest = wrap(last.text, self.widths[-1])
            yield self._line([*others, _Piece(first, last.colour)])
            blank = [_Piece("")] * len(others)
            for text in rest:
                yield self._line([*blank, _Piece(text, last.colour)])

    def _heading(self, at: int) -> _Piece:
        """Return a heading; that of a bar stands over its number."""
        text = self.columns[at].heading
        if self.columns[at].kind is Kind.BAR:
            text = text.rjust(_SIGNED).ljust(self.widths[at])
        return _Piece(text, _DIM)

    def _line(self, pieces: Sequence[_Piece]) -> str:
        cells = []
        for column, width, piece in zip(self.columns, self.widths, pieces, strict=True):
            text = _fit(piece.text, width, right=column.kind in _RIGHT)
            cells.append(_paint(text, piece.colour, self.style))
        return (" " * _GAP).join(cells)


@dataclass(frozen=True, slots=True)
class _Painter:
    """Turns cells into text with a colour.

    Attributes:
        pillar: Of the table, which colours its bars; None for none.
        compact: Whether there is little room.
    """

    report: Report
    style: Style
    pillar: str | None
    compact: bool

    def piece(self, cell: Cell, kind: Kind) -> _Piece:
        """Return ``cell`` ready to be drawn."""
        match cell, kind:
            case str(), Kind.PILLAR if found := self.report.pillar(cell):
                return self._pillar(found)
            case tuple(), _:
                width = _SHORT_TREND if self.compact else _TREND
                return _Piece(_cells.sparkline(cell, width))
            case ((None | int() | float()), Kind.BAR):
                text = _cells.written(cell, kind)
                bar = "" if self.compact else f" {_cells.bar(cell)}"
                return _Piece(f"{text:>{_SIGNED}}{bar}", _tone(text))
            case float(), Kind.WEIGHT:
                bar = _cells.length(cell * 100 / _PER_CENT_A_CELL, _WEIGHT_BAR)
                return _Piece(f"{cell:6.1%} {bar}", self._tint(self.pillar))
            case float(), Kind.METER if not self.compact:
                bar = _cells.length(cell * _METER, _METER)
                return _Piece(f"{_cells.written(cell, kind):>4} {bar}".rstrip())
            case _:
                return self._plain(cell, kind)

    def _pillar(self, found: PillarStyle) -> _Piece:
        label = _cells.clean(found.label)
        if self.compact:
            sign = UNDER_FLOOR * label.endswith(UNDER_FLOOR)
            label = label.removesuffix(sign)[:_SHORT_LABEL] + sign
        return _Piece(f"● {label}", _rgb(found.colour, self.style))

    def _plain(self, cell: Cell, kind: Kind) -> _Piece:
        text = _cells.written(cell, kind)
        if kind is not Kind.NAME:
            return _Piece(text)
        return _Piece(_cut(text, _LONGEST_NAME) if self.compact else text, _BOLD)

    def _tint(self, pillar: str | None) -> str:
        if pillar is None:
            return ""
        return _rgb(self.report.pillars[pillar].colour, self.style)


def _tone(written: str) -> str:
    """Return the colour of a number as it is written: what reads as zero has none."""
    return {"+": _GOOD, "-": _BAD}.get(written[0], _DIM)


def _fit(text: str, width: int, *, right: bool) -> str:
    text = _cut(text, width)
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def _cut(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def _paint(text: str, colour: str, style: Style) -> str:
    return f"{colour}{text}{_RESET}" if style.colours and colour and text else text


def _rgb(colour: str, style: Style) -> str:
    """Return the escape for a colour, the nearest of 256 where that is all there is."""
    if not style.colours:
        return ""
    from rich.color import Color, ColorSystem  # noqa: PLC0415 - only for colours

    found = Color.parse(colour)
    if style.colours <= 256:  # noqa: PLR2004 - the size of the palette
        found = found.downgrade(ColorSystem.EIGHT_BIT)
    return f"\x1b[{';'.join(found.get_ansi_codes())}m"


def _visible(line: str) -> int:
    """Return the columns a painted line takes on screen."""
    shown, escaping = [], False
    for char in line:
        if char == "\x1b":
            escaping = True
        elif escaping:
            escaping = char != "m"
        else:
            shown.append(char)
    return cell_len("".join(shown))


def _padded(line: str, width: int) -> str:
    return line + " " * (width - _visible(line))
