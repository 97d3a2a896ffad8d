"""HTML: one self-contained page, for the browser, for paper and for sending on.

No remote content; a policy in the page lets nothing run but its own script, which
sorts a table by its headings. Without the script the page is all there. Light and dark
follow the reader's system; on a phone a wide grid scrolls beside its names, on paper
it has the width of a landscape page.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from triad_screener.model.document import Document, Kind
from triad_screener.rendering import _cells, _templates

if TYPE_CHECKING:
    from triad_screener.model.document import Cell, Report, Style
    from triad_screener.rendering._pictures import Drawn

_LEFT: Final = (
    *(Kind.TEXT, Kind.NAME, Kind.PILLAR, Kind.DATE, Kind.TREND),
    *(Kind.WEIGHT, Kind.METER),
)
_LONG_TEXT, _PROSE = 24, 60
_WIDTH, _HEIGHT = 192, 40
_REACH: Final = 3
#: The fraction at which a bar is as long as it gets.
_IN_FULL: Final = {Kind.WEIGHT: 0.16, Kind.METER: 1.0}


def render(report: Report, style: Style) -> Document:
    """Return ``report`` as one page without remote content."""
    del style
    text = _templates.filled(
        "page.html",
        report=report,
        script_hash=_script_hash(),
        cell_of=_cell,
        class_of=_class,
        data_uri=_data_uri,
    )
    return Document("text/html", text)


def _script_hash() -> str:
    """Return what a policy calls the one script that may run."""
    script = f"\n{_templates.source('page.js')}\n"
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _data_uri(drawn: Drawn) -> str:
    return f"data:image/png;base64,{base64.b64encode(drawn.content).decode()}"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cell as the page shows it.

    Attributes:
        text: In words.
        css: A class; None for none.
        number: To sort by; None for what is no number.
        shape: Of the picture that goes with it.
        drawn: Its colour, path or points.
    """

    text: str
    css: str | None = None
    number: str | None = None
    shape: str = ""
    drawn: str = ""


def _cell(cell: Cell, kind: Kind, report: Report) -> _Shown:
    css = _class(kind, cell)
    if cell is None:
        unknown = _cells.written(cell, kind)
        return _Shown(unknown, css, shape="none" if unknown else "")
    if isinstance(cell, str):
        found = report.pillar(cell) if kind is Kind.PILLAR else None
        if found is None:
            return _Shown(cell, css)
        return _Shown(found.label, css, shape="dot", drawn=found.colour)
    if isinstance(cell, tuple):
        return _course(cell, css)
    if isinstance(cell, date):
        return _Shown(_cells.written(cell, kind), css, f"{cell.toordinal()}")
    return _number(cell, kind, css)


def _class(kind: Kind, cell: Cell = None) -> str | None:
    if kind not in _LEFT:
        return "right"
    if kind is Kind.NAME:
        return "name"
    length = len(cell) if isinstance(cell, str) else 0
    if length > _LONG_TEXT:
        return "prose" if length > _PROSE else "wrap"
    return None


def _number(value: float, kind: Kind, css: str | None) -> _Shown:
    """Return a number with the bar that goes with its kind."""
    shape, drawn = "", ""
    if kind is Kind.BAR:
        length = f"{min(abs(value), _REACH) * 10:.0f}"
        shape, start = ("up", length) if value >= 0 else ("down", f"-{length}")
        if _cells.looks_zero(value, kind):
            shape, start = "even", "0"
        drawn = f"M30 0h{start}v11H30z"
    elif kind in _IN_FULL:
        share = min(max(value, 0) / _IN_FULL[kind], 1) * 100
        shape, drawn = "share", f"M0 0h{share:.0f}v10H0z"
    text = _cells.written(value, kind)
    return _Shown(text, css, f"{value:.9g}", shape, drawn)


def _course(values: tuple[float, ...], css: str | None) -> _Shown:
    """Return a line, with how far it went for those who cannot see it."""
    if not values:
        return _Shown("", css)
    low, high = min(values), max(values)
    spread = (high - low) or 1
    step = _WIDTH / max(1, len(values) - 1)
    points = " ".join(
        f"{i * step:.0f},{_HEIGHT - 2 - (v - low) / spread * (_HEIGHT - 4):.0f}"
        for i, v in enumerate(values)
    )
    change = values[-1] / values[0] - 1 if values[0] else None
    text = "course" if change is None else f"{change:+.0%}"
    number = None if change is None else f"{change:.9g}"
    return _Shown(f"{text} over the period", css, number, "line", points)
