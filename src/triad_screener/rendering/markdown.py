"""Markdown: for chat, issues and version control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.model.document import (
    Document,
    Kind,
    Paragraph,
    Picture,
    Points,
    Table,
)
from triad_screener.rendering._cells import clean, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triad_screener.model.document import Cell, Report, Style

_LEFT = (Kind.TEXT, Kind.NAME, Kind.PILLAR, Kind.DATE, Kind.TREND)
_SPECIAL = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>|#&~$"})


def render(report: Report, style: Style) -> Document:
    """Return ``report`` as Markdown with tables."""
    del style
    title = [f"# {escape(report.title)}"] if report.headed else []
    parts = [*title, *_parts(report)]
    return Document("text/markdown", "\n\n".join(parts) + "\n")


def _parts(report: Report) -> Iterator[str]:
    for block in report.blocks:
        if isinstance(block, Paragraph):
            yield "\n".join(map(escape, block.text.strip("\n").split("\n")))
        elif isinstance(block, Table):
            yield f"## {_title(block, report)}\n\n{_grid(block, report)}"
        elif isinstance(block, Points):
            items = "\n".join(f"- {escape(item)}" for item in block.items)
            yield f"## {escape(block.title)}\n\n{items}"
        elif isinstance(block, Picture):
            yield f"## {escape(block.title)}"
            yield from map(escape, filter(None, (block.alternative, block.note)))
        else:
            yield f"## {escape(block.title)}"
            for table in block.tables:
                yield f"### {_title(table, report)}\n\n{_grid(table, report)}"


def _title(table: Table, report: Report) -> str:
    label = report.pillars[table.pillar].label if table.pillar else ""
    return escape(f"{label} {table.title}".strip())


def _grid(table: Table, report: Report) -> str:
    kinds = [column.kind for column in table.columns]
    heads = [escape(column.heading) or " " for column in table.columns]
    rules = ["---" if kind in _LEFT else "---:" for kind in kinds]
    rows = [
        [_cell(c, k, report) for c, k in zip(row, kinds, strict=True)]
        for row in table.rows
    ]
    grid = "\n".join(f"| {' | '.join(row)} |" for row in [heads, rules, *rows])
    note = table.notes([column.heading for column in table.columns])
    return f"{grid}\n\n{escape(note)}" if note else grid


def _cell(cell: Cell, kind: Kind, report: Report) -> str:
    found = report.pillar(cell) if isinstance(cell, str) else None
    if kind is Kind.PILLAR and found:
        return escape(found.label)
    return escape(written(cell, kind))


def escape(text: str) -> str:
    """Return ``text`` on one line, so that Markdown shows it as it is."""
    return clean(text).translate(_SPECIAL)
