"""HTML: one self-contained page, for the browser and for sending on."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from triad_screener.model.document import (
    Document,
    Kind,
    Paragraph,
    SideBySide,
    Tone,
)
from triad_screener.rendering._cells import clean, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triad_screener.model.document import (
        Block,
        Cell,
        Report,
        Style,
        Table,
    )

_LEFT: Final = (Kind.TEXT, Kind.NAME, Kind.PILLAR, Kind.DATE, Kind.TREND, Kind.BAR)
_STYLE: Final = """\
:root{color-scheme:light dark}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:75rem}
body{padding:0 1rem}h1{font-size:1.4rem}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}
h3{font-size:1rem;margin:0}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .6rem .2rem 0;text-align:left;white-space:nowrap;vertical-align:top}
th{font-weight:600;border-bottom:1px solid #8886}
tbody tr:nth-child(even){background:#8881}
.right{text-align:right}.wrap{white-space:normal;min-width:14rem}.name{font-weight:600}
.quiet{opacity:.75;font-size:.9rem}.notice{font-weight:600}
.side{display:flex;flex-wrap:wrap;gap:2rem}svg{vertical-align:middle}
@media print{body{margin:0;max-width:none}}
"""
_LONG_TEXT = 40
_WIDTH, _HEIGHT = 96, 20


def render(report: Report, style: Style) -> Document:
    """Return ``report`` as one page without scripts or remote content."""
    del style
    title = escape(clean(report.title))
    body = "\n".join(_block(block, report) for block in report.blocks)
    return Document(
        "text/html",
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n{body}\n</body>\n</html>\n",
    )


def _block(block: Block, report: Report) -> str:
    if isinstance(block, Paragraph):
        tone = {Tone.NOTICE: "notice", Tone.QUIET: "quiet", Tone.PLAIN: "plain"}
        text = escape(clean(block.text)).replace("\n", "<br>")
        return f'<p class="{tone[block.tone]}">{text}</p>'
    if isinstance(block, SideBySide):
        tables = "\n".join(_table(table, report, "h3") for table in block.tables)
        title = escape(clean(block.title))
        return f'<h2>{title}</h2>\n<div class="side">\n{tables}\n</div>'
    return _table(block, report, "h2")


def _table(table: Table, report: Report, level: str) -> str:
    kinds = [column.kind for column in table.columns]
    heads = "".join(
        f"<th{_class(column.kind)}>{escape(column.heading)}</th>"
        for column in table.columns
    )
    head = (
        f"<thead><tr>{heads}</tr></thead>"
        if any(c.heading for c in table.columns)
        else ""
    )
    rows = "\n".join(f"<tr>{_row(row, kinds, report)}</tr>" for row in table.rows)
    note = f'\n<p class="quiet">{escape(clean(table.note))}</p>' if table.note else ""
    return (
        f'<section><{level}>{_title(table, report)}</{level}>\n<div class="scroll">'
        f"<table>{head}<tbody>\n{rows}\n</tbody></table></div>{note}</section>"
    )


def _title(table: Table, report: Report) -> str:
    title = escape(clean(table.title))
    if table.pillar is None:
        return title
    found = report.pillars[table.pillar]
    return f"{_dot(found.colour)} {escape(clean(found.label))} {title}".rstrip()


def _row(row: Sequence[Cell], kinds: Sequence[Kind], report: Report) -> str:
    cells = zip(row, kinds, strict=True)
    return "".join(
        f"<td{_class(kind, cell)}>{_cell(cell, kind, report)}</td>"
        for cell, kind in cells
    )


def _class(kind: Kind, cell: Cell = None) -> str:
    if kind not in _LEFT:
        return ' class="right"'
    if kind is Kind.NAME:
        return ' class="name"'
    if isinstance(cell, str) and len(cell) > _LONG_TEXT:
        return ' class="wrap"'
    return ""


def _cell(cell: Cell, kind: Kind, report: Report) -> str:
    if kind is Kind.PILLAR and isinstance(cell, str) and cell in report.pillars:
        found = report.pillars[cell]
        return f"{_dot(found.colour)} {escape(clean(found.label))}"
    if isinstance(cell, tuple):
        return _line(cell)
    if kind is Kind.BAR and isinstance(cell, (int, float)):
        return f"{_bar(float(cell))} {written(cell, kind)}"
    if cell is None and kind in (Kind.TEXT, Kind.DATE):
        return ""
    return escape(written(cell, kind))


def _dot(colour: str) -> str:
    return (
        '<svg width="10" height="10" aria-hidden="true">'
        f'<circle cx="5" cy="5" r="5" fill="{escape(colour)}"/></svg>'
    )


def _bar(z: float) -> str:
    length = min(abs(z), 3) * 10
    start, colour = (30, "#2f9467") if z >= 0 else (30 - length, "#c0504d")
    return (
        '<svg width="60" height="10" aria-hidden="true">'
        f'<rect x="{start:.1f}" y="1" width="{length:.1f}" height="8" fill="{colour}"/>'
        '<path d="M30 0v10" stroke="#888"/></svg>'
    )


def _line(values: tuple[float, ...]) -> str:
    if not values:
        return ""
    low, high = min(values), max(values)
    spread = (high - low) or 1
    step = _WIDTH / max(1, len(values) - 1)
    points = " ".join(
        f"{i * step:.1f},{_HEIGHT - (v - low) / spread * (_HEIGHT - 2) - 1:.1f}"
        for i, v in enumerate(values)
    )
    change = values[-1] / values[0] - 1
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="{change:+.0%} over the period"><polyline points="{points}" '
        'fill="none" stroke="currentColor" stroke-width="1.5"/></svg>'
    )
