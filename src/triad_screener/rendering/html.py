"""HTML: one self-contained page, for the browser, for paper and for sending on.

No scripts, no remote content. Light and dark follow the reader's system; on a phone a
wide grid scrolls beside its names, on paper it has the width of a landscape page.
"""

from __future__ import annotations

import re
from datetime import date
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

_LEFT: Final = (Kind.TEXT, Kind.NAME, Kind.PILLAR, Kind.DATE, Kind.TREND, Kind.WEIGHT)
_TONES: Final = {Tone.NOTICE: "notice", Tone.QUIET: "quiet", Tone.PLAIN: "plain"}
_STYLE: Final = """\
:root{color-scheme:light dark;--ground:#fff;--band:#f4f6f8;--ink:#1c2128;
--quiet:#5a6572;--rule:#cfd6dd;--up:#2f9467;--down:#c0504d;--mark:#b07d00}
@media screen and (prefers-color-scheme:dark){:root{--ground:#15181c;--band:#1d2126;
--ink:#e3e7eb;--quiet:#98a3af;--rule:#3a424b;--up:#43b383;--down:#dc6f6b;
--mark:#e0b040}}
*{box-sizing:border-box}html{font-size:15px}
body{font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
color:var(--ink);background:var(--ground);max-width:81rem;margin:0 auto;
padding:1.5rem 1rem 3rem}
h1{font-size:1.45rem;line-height:1.25;margin:.5rem 0 1rem}
h2{font-size:1.1rem;margin:2.2rem 0 .5rem}
h3{font-size:1rem;margin:0 0 .3rem}
p{margin:.4rem 0;max-width:66rem}
.notice{font-weight:600;border-left:4px solid var(--mark);padding-left:.7rem}
.quiet{color:var(--quiet);font-size:.87rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
tr{background:var(--ground)}
tbody tr:nth-child(even){background:var(--band)}
th,td{padding:.16rem .65rem .16rem 0;text-align:left;white-space:nowrap;
vertical-align:top}
th:first-child,td:first-child{padding-left:.4rem}
th{color:var(--quiet);font-size:.85rem;font-weight:600;vertical-align:bottom;
border-bottom:1px solid var(--rule)}
.right{text-align:right}
.wrap,.prose{white-space:normal;overflow-wrap:anywhere;min-width:9rem}
.prose{min-width:18rem}
.name{font-weight:600;position:sticky;left:0;background:inherit}
.none{color:var(--quiet)}
.side{display:flex;flex-wrap:wrap;gap:1rem 3.5rem}
.side section{border-top:3px solid var(--pillar,var(--rule));padding-top:.4rem}
.side tbody tr:nth-child(even){background:var(--ground)}
.side td:first-child{padding-left:0}
svg{vertical-align:-.1em;overflow:visible}
.dot{width:.6rem;height:.6rem;margin-right:.15rem}
.bar{width:2.8rem;height:.55rem;vertical-align:0;margin-right:.1rem;print-color-adjust:exact;
background:linear-gradient(var(--rule),var(--rule)) 50% 0/1px 100% no-repeat}
.share{width:5.5rem;height:.6rem;fill:var(--pillar,var(--quiet));margin-left:.4rem}
.line{width:6rem;height:1.25rem;fill:none;stroke:var(--ink);stroke-width:2.6;
vertical-align:-.25em}
.z{display:inline-block;min-width:2rem;text-align:right}
.up{fill:var(--up)}.down{fill:var(--down)}
@media screen and (max-width:640px){html{font-size:14px}body{padding:.8rem .8rem 2rem}
h1{font-size:1.2rem}h2{margin-top:1.6rem}.bar{display:none}.z{min-width:0}
th,td{padding-right:.5rem}table{margin-right:2rem}.wrap{white-space:nowrap}
.prose{min-width:14rem}.scroll{-webkit-mask:linear-gradient(90deg,#000 92%,#0000);
mask:linear-gradient(90deg,#000 92%,#0000)}
.side section{flex:1 1 100%}}
@page{size:A4 landscape;margin:11mm}
@media print{:root{color-scheme:light}html{font-size:8.5pt}
body{max-width:none;padding:0}
.scroll{overflow:visible}.name{position:static}thead{display:table-header-group}
tr,.side{break-inside:avoid}h2,h3{break-after:avoid}
.wrap,.prose{min-width:0}th,td{padding-top:.06rem;padding-bottom:.06rem}}
"""
_LONG_TEXT, _PROSE = 24, 60
_WIDTH, _HEIGHT = 192, 40
_REACH: Final = 3
_SHARE_IN_FULL: Final = 0.16
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


def render(report: Report, style: Style) -> Document:
    """Return ``report`` as one page without scripts or remote content."""
    del style
    title = _text(report.title)
    body = "\n".join(_block(block, report) for block in report.blocks)
    return Document(
        "text/html",
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n{body}\n</body>\n</html>\n",
    )


def _text(text: str) -> str:
    """Return ``text`` from outside so that a browser shows it as it is."""
    return escape(clean(text))


def _block(block: Block, report: Report) -> str:
    if isinstance(block, Paragraph):
        lines = map(_text, block.text.strip("\n").split("\n"))
        return f'<p class="{_TONES[block.tone]}">{"<br>".join(lines)}</p>'
    if isinstance(block, SideBySide):
        tables = "\n".join(_table(table, report, "h3") for table in block.tables)
        return f'<h2>{_text(block.title)}</h2>\n<div class="side">\n{tables}\n</div>'
    return _table(block, report, "h2")


def _table(table: Table, report: Report, level: str) -> str:
    kinds = [column.kind for column in table.columns]
    rows = "\n".join(f"<tr>{_row(row, kinds, report)}</tr>" for row in table.rows)
    note = f'\n<p class="quiet">{_text(table.note)}</p>' if table.note else ""
    return (
        f"<section{_tint(table, report)}><{level}>{_title(table, report)}</{level}>\n"
        f'<div class="scroll" tabindex="0"><table>{_head(table)}<tbody>\n{rows}\n'
        f"</tbody></table></div>{note}</section>"
    )


def _tint(table: Table, report: Report) -> str:
    if table.pillar is None:
        return ""
    return f' style="--pillar:{_colour(report.pillars[table.pillar].colour)}"'


def _head(table: Table) -> str:
    if not any(column.heading for column in table.columns):
        return ""
    heads = "".join(
        f'<th scope="col"{_class(column.kind)}>{_text(column.heading)}</th>'
        for column in table.columns
    )
    return f"<thead><tr>{heads}</tr></thead>"


def _title(table: Table, report: Report) -> str:
    if table.pillar is None:
        return _text(table.title)
    return f"{_label(table.pillar, report)} {_text(table.title)}".rstrip()


def _label(pillar: str, report: Report) -> str:
    found = report.pillars[pillar]
    return f"{_dot(found.colour)} {_text(found.label)}"


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
    length = len(cell) if isinstance(cell, str) else 0
    if length > _LONG_TEXT:
        return ' class="prose"' if length > _PROSE else ' class="wrap"'
    return ""


def _cell(cell: Cell, kind: Kind, report: Report) -> str:
    if isinstance(cell, str):
        known = kind is Kind.PILLAR and cell in report.pillars
        return _label(cell, report) if known else _text(cell)
    if cell is None:
        unknown = written(cell, kind)
        return f'<span class="none">{unknown}</span>' if unknown else ""
    return _drawn(cell, kind)


def _drawn(cell: float | date | tuple[float, ...], kind: Kind) -> str:
    """Return a number with the picture that goes with its kind."""
    if isinstance(cell, tuple):
        return _line(cell)
    text = written(cell, kind)
    if kind is Kind.BAR and not isinstance(cell, date):
        return f'{_bar(cell)}<span class="z">{text}</span>'
    if kind is Kind.WEIGHT and not isinstance(cell, date):
        return f'<span class="z">{text}</span>{_share(cell)}'
    return text


def _colour(text: str) -> str:
    """Return a colour of six digits, that of the text for anything else."""
    return text if _COLOUR.fullmatch(text) else "currentColor"


def _dot(colour: str) -> str:
    return (
        '<svg class="dot" viewBox="0 0 10 10" aria-hidden="true">'
        f'<circle cx="5" cy="5" r="5" fill="{_colour(colour)}"/></svg>'
    )


def _bar(z: float) -> str:
    length = f"{min(abs(z), _REACH) * 10:.0f}"
    way, start = ("up", length) if z >= 0 else ("down", f"-{length}")
    return (
        f'<svg class="bar {way}" viewBox="0 0 60 11" aria-hidden="true">'
        f'<path d="M30 0h{start}v11H30z"/></svg>'
    )


def _share(weight: float) -> str:
    length = min(max(weight, 0) / _SHARE_IN_FULL, 1) * 100
    return (
        '<svg class="share" viewBox="0 0 100 10" aria-hidden="true">'
        f'<path d="M0 0h{length:.0f}v10H0z"/></svg>'
    )


def _line(values: tuple[float, ...]) -> str:
    if not values:
        return ""
    low, high = min(values), max(values)
    spread = (high - low) or 1
    step = _WIDTH / max(1, len(values) - 1)
    points = " ".join(
        f"{i * step:.0f},{_HEIGHT - 2 - (v - low) / spread * (_HEIGHT - 4):.0f}"
        for i, v in enumerate(values)
    )
    change = f"{values[-1] / values[0] - 1:+.0%}" if values[0] else "course"
    return (
        f'<svg class="line" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{change} over the period"><polyline points="{points}"/></svg>'
    )
