"""One contract over every output format."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import reports
import screens
from triad_screener.cli._options import Format
from triad_screener.model.document import Report, Style
from triad_screener.model.rows import Records, Rows
from triad_screener.rendering import RENDERERS
from triad_screener.reporting import overview, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from triad_screener.model.rows import Column

MEDIA_TYPES = {
    "csv": "text/csv",
    "html": "text/html",
    "json": "application/json",
    "markdown": "text/markdown",
    "ndjson": "application/x-ndjson",
    "table": "text/plain",
    "tickers": "text/plain",
    "tsv": "text/tab-separated-values",
}


def rendered(name: str, report: Report, style: Style | None = None) -> str:
    return RENDERERS[name](report, style or Style()).text


def rounded(value: Any) -> Any:  # noqa: ANN401 - any plain value
    """The same with nine decimals: the last digits belong to the processor."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(inner) for inner in value]
    return round(value, 9) + 0.0 if isinstance(value, float) else value


def unpainted(text: str) -> str:
    """The same without the bytes of pictures: they belong to the drawing library."""
    return re.sub("base64,[A-Za-z0-9+/=]+", "base64,...", text)


@pytest.fixture(scope="module")
def screen_report() -> Report:
    screen = screens.small()
    view = overview.View(lines=record.of_lines(screen))
    found = overview.compose(screen, view)
    return replace(
        found, record=rounded(found.record), rows=tuple(map(rounded, found.rows))
    )


def test_the_command_line_offers_every_format() -> None:
    assert {name.value for name in Format} == set(RENDERERS)


@pytest.mark.parametrize("name", RENDERERS)
def test_a_report_made_by_hand(name: str, snapshot: Callable[[str, str], None]) -> None:
    snapshot(unpainted(rendered(name, reports.SAMPLE)), f"report.{name}.txt")


@pytest.mark.parametrize("name", RENDERERS)
def test_a_small_screen(
    name: str, screen_report: Report, snapshot: Callable[[str, str], None]
) -> None:
    snapshot(rendered(name, screen_report), f"screen.{name}.txt")


@pytest.mark.parametrize("name", RENDERERS)
def test_the_document_names_its_media_type(name: str) -> None:
    document = RENDERERS[name](reports.SAMPLE, Style())

    assert document.media_type == MEDIA_TYPES[name]


@pytest.mark.parametrize("name", RENDERERS)
def test_the_same_report_gives_the_same_bytes(name: str) -> None:
    once, twice = (rendered(name, reports.SAMPLE).encode() for _ in range(2))

    assert once == twice


@pytest.mark.parametrize("name", RENDERERS)
def test_the_last_line_ends_and_no_line_ends_twice(name: str) -> None:
    text = rendered(name, reports.SAMPLE)

    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\r" not in text


@pytest.mark.parametrize("name", RENDERERS)
def test_an_empty_report_is_a_document_too(name: str) -> None:
    text = rendered(name, reports.EMPTY)

    assert text.endswith("\n") or text == ""


@pytest.mark.parametrize("text", reports.HOSTILE, ids=ascii)
@pytest.mark.parametrize("name", RENDERERS)
def test_nothing_invisible_comes_out(name: str, text: str) -> None:
    document = rendered(name, reports.hostile(text))

    hidden = {c for c in document if unicodedata.category(c).startswith("C")}
    assert hidden <= ({"\n", "\t"} if name == "tsv" else {"\n"})


@pytest.mark.parametrize("name", RENDERERS)
def test_only_the_terminal_is_told_of_colours(name: str) -> None:
    colourful = rendered(name, reports.SAMPLE, Style(colours=256))

    assert ("\x1b" in colourful) == (name == "table")


@pytest.mark.parametrize("name", ["json", "ndjson"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_never_reaches_json(name: str, value: float) -> None:
    report = Report("Broken", (), {"score": value}, ({"score": value},))

    with pytest.raises(ValueError, match="not JSON compliant"):
        rendered(name, report)


def by_column(texts: list[str]) -> tuple[Rows, Records]:
    """Some rows of every kind of value, held by column."""
    count = len(texts)
    columns: dict[str, Column] = {
        "ticker": texts,
        "rank": range(1, count + 1),
        "100%s": [-0.0, *[0.1] * (count - 1)],
        "groups.risk": np.array([1 / 3, math.nan, *[1e300] * (count - 2)]),
        "groups.thesis.z": np.arange(count) / 7,
        "same": [0.25] * count,
        "none": [None] * count,
        "selected": np.arange(count) % 2 == 0,
        "mixed": [True, 1, 1.0, None, "a, b", *["%d"] * (count - 5)],
    }
    return Rows(columns), Records(columns)


@pytest.mark.parametrize("name", ["json", "ndjson", "csv", "tsv"])
@pytest.mark.parametrize(
    "texts", [["a", "b", *reports.HOSTILE], [f"T{n}" for n in range(2100)]]
)
def test_what_is_held_by_column_is_written_as_row_by_row(
    name: str, texts: list[str]
) -> None:
    rows, records = by_column(texts)
    none: dict[str, object] = {"no": {"rows": Records({"ticker": ()})}, "empty": {}}
    report = Report(
        "T", (), {"of": {"lines": records, "n": [[1, {}], "x"]}, **none}, rows
    )

    found = rendered(name, report)

    plain = {
        "of": {"lines": list(records), "n": [[1, {}], "x"]},
        "no": {"rows": []},
        "empty": {},
    }
    assert found == rendered(name, Report("T", (), plain, tuple(rows)))


@pytest.mark.parametrize("name", ["json", "ndjson"])
def test_an_infinite_number_in_a_column_never_reaches_json(name: str) -> None:
    columns = {"score": np.array([1.0, math.inf])}

    with pytest.raises(ValueError, match="not JSON compliant"):
        rendered(name, Report("T", (), {"lines": Records(columns)}, Rows(columns)))


@pytest.mark.parametrize("name", ["table", "markdown", "html"])
def test_the_formats_for_people_show_every_word_of_the_report(name: str) -> None:
    text = rendered(name, reports.SAMPLE, Style(width=200))

    for word in ("AAA", "BBB", "pre-IPO reserve", "數據", "Alpha", "98.4"):
        assert word in text
    assert "older balance sheet" in text
    assert "Information, not advice." in text
