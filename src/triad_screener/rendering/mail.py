"""HTML for mail: what Outlook, Gmail and a phone all show, and Gmail does not clip.

Tables for layout and attributes for looks, since clients strip style sheets and
Outlook lays out like a word processor. Nothing is fetched: pictures come with the
letter, and their place says in words what they show. It is at most 640 pixels wide
and 98,000 bytes long: what is too much is cut, and says so.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from triad_screener.model.document import (
    Document,
    Image,
    Kind,
    Paragraph,
    Picture,
)
from triad_screener.rendering import _cells, _pictures, _templates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from triad_screener.model.document import Cell, Column, Report, Style, Table

#: Bytes; Gmail clips at 102 kB.
_LIMIT: Final = 98_000
#: Rows that a table may have, the most that can fit first.
_ROWS: Final = (400, 200, 100, 50, 25, 10, 3)
# Pixels: of the text, of a table beside others, of a sign, around a cell.
_WIDTH, _SMALL_WIDTH, _SIGN, _AROUND = 600, 192, 7, 9
# Signs.
_LONGEST_COLUMN, _LONGEST_CELL = 24, 160
#: Of a course; they are wider than letters.
_TREND, _TREND_SIGNS = 8, 12
_LEFT: Final = (Kind.TEXT, Kind.NAME, Kind.PILLAR, Kind.DATE, Kind.TREND)
_SIGNED: Final = (Kind.BAR, Kind.SIGNED, Kind.POINTS)
_GOES_ON: Final = Paragraph("The rest stands in the text part of this letter.")


def render(report: Report, style: Style) -> Document:
    """Return ``report`` as the HTML part of a mail, with the pictures it shows.

    Long tables give way first, then the last blocks, until it is short enough.
    """
    del style
    figures = dict(_figures(report))
    text = _fitted(report, figures)
    images = tuple(
        Image(figure.name, "image/png", figure.content)
        for figure in figures.values()
        if f'"cid:{figure.name}"' in text
    )
    return Document("text/html", text, images)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A picture that was drawn."""

    name: str
    content: bytes
    height: int


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cell as the letter shows it.

    Attributes:
        colour: Of a dot before the text; empty for none.
        down: Whether it is a number under zero.
    """

    text: str
    colour: str = ""
    down: bool = False


@dataclass(frozen=True, slots=True)
class _Grid:
    """The rows and columns of a table that fit.

    Attributes:
        width: Pixels that it needs, for a screen that has fewer.
        more: Rows that were cut.
    """

    title: str
    pillar: str | None
    columns: tuple[Column, ...]
    rows: tuple[tuple[_Shown, ...], ...]
    width: int
    more: int
    note: str


def _figures(report: Report) -> Iterator[tuple[Picture, _Figure]]:
    pictures = [block for block in report.blocks if isinstance(block, Picture)]
    for at, picture in enumerate(dict.fromkeys(pictures), 1):
        drawn = _pictures.draw(picture, report.pillars)
        if drawn:
            height = round(drawn.height * _WIDTH / drawn.width)
            yield picture, _Figure(f"picture-{at}", drawn.content, height)


def _fitted(report: Report, figures: Mapping[Picture, _Figure]) -> str:
    """Return the letter with as much as fits."""
    for rows in _ROWS:
        text = _filled(report, figures, rows)
        if _fits(text):
            return text

    def first(count: int) -> str:
        blocks = (*report.blocks[:count], _GOES_ON)
        return _filled(replace(report, blocks=blocks), figures, rows)

    counts = range(len(report.blocks))
    too_many = bisect_left(counts, x=True, key=lambda count: not _fits(first(count)))
    return first(max(0, too_many - 1))


def _fits(text: str) -> bool:
    return len(text.encode()) <= _LIMIT


def _filled(report: Report, figures: Mapping[Picture, _Figure], rows: int) -> str:
    def grid(table: Table, width: int) -> _Grid:
        return _grid(table, report, rows, width)

    return _templates.filled(
        "mail.html",
        report=report,
        figures=figures,
        grid=grid,
        cut=_cut,
        width=_WIDTH,
        small_width=_SMALL_WIDTH,
    )


def _grid(table: Table, report: Report, most: int, width: int) -> _Grid:
    kinds = [column.kind for column in table.columns]
    rows = [
        [_cell(cell, kind, report) for cell, kind in zip(row, kinds, strict=True)]
        for row in table.rows[:most]
    ]
    wanted = [
        _room(column, [row[at] for row in rows])
        for at, column in enumerate(table.columns)
    ]
    kept = _kept(table.columns, wanted, width)
    columns = tuple(table.columns[at] for at in kept)
    return _Grid(
        table.title,
        table.pillar,
        columns,
        tuple(tuple(row[at] for at in kept) for row in rows),
        min(width, sum(wanted[at] for at in kept)),
        len(table.rows) - len(rows),
        table.notes([column.heading for column in columns]),
    )


def _kept(columns: Sequence[Column], wanted: Sequence[int], width: int) -> list[int]:
    """Return the columns that fit; those of the least importance give way first."""
    kept = list(range(len(columns)))
    while len(kept) > 1 and sum(wanted[at] for at in kept) > width:
        kept.remove(min(kept, key=lambda at: (columns[at].importance, -at)))
    return kept


def _room(column: Column, cells: Sequence[_Shown]) -> int:
    """Return the pixels that a column takes; text in it may run on below."""
    signs = max([cell_len(cell.text) + 2 * bool(cell.colour) for cell in cells] or [0])
    if column.kind is Kind.TREND:
        signs = _TREND_SIGNS
    elif column.kind in _LEFT:
        signs = min(signs, _LONGEST_COLUMN)
    return max(signs, cell_len(column.heading)) * _SIGN + _AROUND


def _cell(cell: Cell, kind: Kind, report: Report) -> _Shown:
    found = report.pillar(cell) if isinstance(cell, str) else None
    if kind is Kind.PILLAR and found:
        return _Shown(_cut(found.label), found.colour)
    if isinstance(cell, tuple):
        return _Shown(_cells.sparkline(cell, _TREND))
    text = _cells.written(cell, kind)
    return _Shown(_cut(text), down=kind in _SIGNED and text.startswith("-"))


def _cut(text: str, most: int = _LONGEST_CELL) -> str:
    """Return at most so many signs of a text, with an ellipsis for the rest."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
