"""JSON: one document, or one line a row; numbers are numbers, missing is null.

Characters that no one can see, such as those that turn the direction of a text around
or begin an escape of a terminal, are written as escapes of JSON.
"""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

from triad_screener.model.document import Document

if TYPE_CHECKING:
    from triad_screener.model.document import Report, Style


def render(report: Report, style: Style) -> Document:
    """Return ``report`` as one JSON document."""
    del style
    return Document("application/json", _written(report.record, indent=2))


def render_lines(report: Report, style: Style) -> Document:
    """Return the rows of ``report``, one JSON object a line, nested names dotted."""
    del style
    return Document("application/x-ndjson", "".join(map(_written, report.rows)))


def _written(value: object, indent: int | None = None) -> str:
    text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    if not text.isascii():
        text = "".join(map(_visible, text))
    return f"{text}\n"


def _visible(char: str) -> str:
    hidden = char > "~" and unicodedata.category(char).startswith("C")
    return json.dumps(char)[1:-1] if hidden else char
