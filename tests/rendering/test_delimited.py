from __future__ import annotations

import csv
import io

import pytest

import reports
from triad_screener.model.document import Report, Style
from triad_screener.rendering.delimited import cell, render_csv, render_tsv


def test_csv_has_a_header_and_an_empty_cell_for_what_is_missing() -> None:
    assert render_csv(reports.SAMPLE, Style()).text == (
        "ticker,score,groups.risk,fresh\nAAA,98.4,-0.5,true\nBBB,,1e-05,false\n"
    )


def test_tsv_has_tabs_between_cells() -> None:
    rows = render_tsv(reports.SAMPLE, Style()).text.splitlines()

    assert rows[1].split("\t") == ["AAA", "98.4", "-0.5", "true"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\x00=1", "\r=1"])
def test_no_spreadsheet_takes_text_for_a_formula(text: str) -> None:
    written = cell(text)

    assert isinstance(written, str)
    assert written.startswith("'")


def test_a_negative_number_is_a_number() -> None:
    assert cell(-1.5) == -1.5


def test_a_number_in_full_can_be_read_back() -> None:
    report = Report("One", (), {}, ({"raw": 0.1 + 0.2},))

    _, row = render_csv(report, Style()).text.splitlines()

    assert float(row) == 0.1 + 0.2


@pytest.mark.parametrize(
    "text", ["a,b", 'say "x"', "two\nlines", "tab\there", "plain"], ids=ascii
)
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_row_stays_a_row_whatever_is_in_it(text: str, delimiter: str) -> None:
    render = render_csv if delimiter == "," else render_tsv
    report = Report("One", (), {}, ({"name": text, "rank": 1},))

    written = render(report, Style()).text
    found = list(csv.reader(io.StringIO(written), delimiter=delimiter))

    assert found == [
        ["name", "rank"],
        [text.replace("\n", " ").replace("\t", " "), "1"],
    ]
    assert written.count("\n") == 2
