"""Tickers: one a line, for the next command in a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.model.document import Document
from triad_screener.rendering._cells import clean

if TYPE_CHECKING:
    from triad_screener.model.document import Report, Style


def render(report: Report, style: Style) -> Document:
    """Return the tickers of ``report``, ranked lines only, in order.

    Another command reads them: what is no single word is none.
    """
    del style
    names = [clean(name) for name in report.tickers]
    words = [name for name in names if name.split() == [name]]
    return Document("text/plain", "".join(f"{name}\n" for name in words))
