"""JSON: one document, or one line a row; numbers are numbers, missing is null."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from triad_screener.model.document import Document

if TYPE_CHECKING:
    from triad_screener.model.document import Report, Style


def render(report: Report, style: Style) -> Document:
    """Return ``report`` as one JSON document."""
    del style
    text = json.dumps(report.record, indent=2, ensure_ascii=False, allow_nan=False)
    return Document("application/json", text + "\n")


def render_lines(report: Report, style: Style) -> Document:
    """Return the rows of ``report``, one JSON object a line, nested names dotted."""
    del style
    lines = (
        json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"
        for row in report.rows
    )
    return Document("application/x-ndjson", "".join(lines))
