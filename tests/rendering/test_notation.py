from __future__ import annotations

import json

import pytest

import reports
from triad_screener.model.document import Report, Style
from triad_screener.rendering.notation import render, render_lines


def test_json_is_the_record_and_nothing_else() -> None:
    text = render(reports.SAMPLE, Style()).text

    assert json.loads(text) == reports.SAMPLE.record


def test_json_writes_chinese_as_it_is() -> None:
    assert '"貝塔"' in render(reports.SAMPLE, Style()).text


def test_ndjson_is_one_object_a_line() -> None:
    rows = render_lines(reports.SAMPLE, Style()).text.splitlines()

    assert [json.loads(row) for row in rows] == list(reports.SAMPLE.rows)


@pytest.mark.parametrize("number", [0.1, 1e-300, 2.05257013294167, -0.0, 123456789])
def test_a_number_is_written_in_full(number: float) -> None:
    report = Report("One", (), {"raw": number})

    assert json.loads(render(report, Style()).text) == {"raw": number}


@pytest.mark.parametrize("text", reports.HOSTILE, ids=ascii)
def test_what_cannot_be_seen_is_escaped_and_kept(text: str) -> None:
    written = render(reports.hostile(text), Style()).text

    assert json.loads(written) == {"name": text}
    assert all(char.isprintable() for char in written if char != "\n")


def test_a_path_that_is_not_utf_8_can_be_written() -> None:
    report = Report("A folder", (), {"source_description": "folder /tmp/\udcff"})

    written = render(report, Style()).text

    assert b"folder /tmp/\\udcff" in written.encode()
