from __future__ import annotations

import reports
from triad_screener.model.document import Style
from triad_screener.rendering.tickers import render


def test_one_ticker_a_line_in_order() -> None:
    assert render(reports.SAMPLE, Style()).text == "AAA\nBBB\n"


def test_no_lines_are_no_text() -> None:
    assert render(reports.EMPTY, Style()).text == ""
