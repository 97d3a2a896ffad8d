"""Tickers: one a line, for the next command in a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.model.document import Document

if TYPE_CHECKING:
    from triad_screener.model.document import Report, Style


def render(report: Report, style: Style) -> Document:
    """Return the tickers of ``report``, ranked lines only, in order."""
    del style
    return Document("text/plain", "".join(f"{name}\n" for name in report.tickers))
