from __future__ import annotations

import re

import pytest

import reports
from triad_screener.model.document import Column, Kind, Paragraph, Report, Style, Table
from triad_screener.rendering.markdown import escape, render


def text(*blocks: Paragraph | Table) -> str:
    return render(Report("Title", blocks, {}), Style()).text


def test_a_heading_a_rule_and_a_row() -> None:
    columns = (Column("Ticker", Kind.NAME), Column("Score", Kind.SCORE))

    written = text(Table("Ranking", columns, (("AAA", 98.44),), note="One line."))

    assert written == (
        "# Title\n\n## Ranking\n\n"
        "| Ticker | Score |\n| --- | ---: |\n| AAA | 98.4 |\n\nOne line.\n"
    )


def test_missing_text_is_an_empty_cell_and_a_missing_number_says_so() -> None:
    columns = (Column("Flag"), Column("On", Kind.DATE), Column("Score", Kind.SCORE))

    written = text(Table("", columns, ((None, None, None),)))

    assert "|  |  | n/a |" in written


def test_numbered_steps_keep_their_lines() -> None:
    assert "1. one\n2. two\n" in text(Paragraph("\n1. one\n2. two"))


def test_a_small_table_is_called_by_its_pillar() -> None:
    written = render(reports.SAMPLE, Style()).text

    assert "### Compute 50%\n" in written
    assert "| 1 | AAA | Alpha | Compute | 98.4 |" in written


def test_a_picture_is_told_in_words() -> None:
    written = render(Report("T", (reports.COURSES, reports.RANKS), {}), Style()).text

    assert written == (
        "# T\n\n## Baskets over the benchmark\n\n"
        "Compute gained 12% on the benchmark, data lost 2%.\n\n"
        "## Ranks over three weeks\n\n"
        "AAA rose from 2 to 1. BBB fell from 1 to 2.\n\nOf the three lines.\n"
    )


@pytest.mark.parametrize("sign", list("\\`*_[]<>|#&~$"))
def test_a_sign_that_means_something_is_escaped(sign: str) -> None:
    assert escape(f"a{sign}b") == f"a\\{sign}b"


def test_a_name_on_two_lines_stays_in_its_cell() -> None:
    written = text(Table("", (Column("Name", Kind.NAME),), (("a\nb | c",),)))

    assert "| a b \\| c |" in written


@pytest.mark.parametrize("hostile", reports.HOSTILE, ids=ascii)
def test_every_row_has_as_many_cells_as_the_heading(hostile: str) -> None:
    written = render(reports.hostile(hostile), Style()).text
    rows = [line for line in written.splitlines() if line.startswith("| ")]

    assert len(rows) == 7
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {3}


@pytest.mark.parametrize("hostile", reports.HOSTILE, ids=ascii)
def test_no_tag_link_or_code_comes_from_a_name(hostile: str) -> None:
    written = render(reports.hostile(hostile), Style()).text

    assert not re.search(r"(?<!\\)[<`\[&]", written)
