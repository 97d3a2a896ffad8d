from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest

import reports
from markup import Markup
from triad_screener.model.document import (
    Column,
    Kind,
    Paragraph,
    PillarStyle,
    Report,
    Style,
    Table,
)
from triad_screener.rendering._templates import source
from triad_screener.rendering.html import render

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPT: Final = f"<script>\n{source('page.js')}\n</script>"
ALLOWED: Final = {
    *("html", "head", "meta", "title", "style", "body", "section", "div"),
    *(
        "h1",
        "h2",
        "h3",
        "p",
        "br",
        "ul",
        "li",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ),
    *("svg", "path", "circle", "polyline", "span"),
    *("figure", "img", "figcaption", "script"),
}
ATTRIBUTES: Final = {
    *("lang", "charset", "name", "content", "class", "style", "scope", "tabindex"),
    *("viewbox", "aria-hidden", "aria-label", "role"),
    *("d", "cx", "cy", "r", "fill", "points"),
    *("src", "alt", "width", "height", "data-n", "http-equiv"),
}
REPORTS: Final[list[Callable[[], Report]]] = [
    *(partial(reports.composed, name) for name in reports.COMPOSED),
    *(partial(reports.hostile, text) for text in reports.HOSTILE),
]
REPORT_NAMES: Final = [*reports.COMPOSED, *map(ascii, reports.HOSTILE)]


def page(report: Report) -> Markup:
    return Markup(render(report, Style()).text)


def grid(kind: Kind, cell: object, pillar: str | None = None) -> str:
    """The one cell of a table as HTML."""
    table = Table("", (Column("X", kind),), ((cell,),), pillar)  # type: ignore[arg-type]
    report = Report("T", (table,), {}, pillars=reports.PILLARS)
    found = re.search("<td.*</td>", render(report, Style()).text)
    assert found
    return found[0]


@pytest.mark.parametrize("report", REPORTS, ids=REPORT_NAMES)
def test_every_tag_is_closed_and_known(report: Callable[[], Report]) -> None:
    found = page(report())

    assert (found.complaints, found.open) == ([], [])
    assert set(found.tags) <= ALLOWED
    assert {attribute for attribute, _ in found.attributes} <= ATTRIBUTES


@pytest.mark.parametrize("report", REPORTS, ids=REPORT_NAMES)
def test_nothing_is_fetched_and_nothing_foreign_runs(
    report: Callable[[], Report],
) -> None:
    text = render(report(), Style()).text
    own = re.sub('src="data:image/png;base64,[A-Za-z0-9+/=]+"', "", text)
    own = own.replace(SCRIPT, "", 1)
    markup = re.sub(r">[^<]*<", "><", own.partition("</style>")[2])

    for sign in ("http", "url(", "src=", "href", "javascript:", "@import", "<script"):
        assert sign not in markup
        assert sign not in text.partition("</style>")[0].partition("<style>")[2]


@pytest.mark.parametrize("report", REPORTS, ids=REPORT_NAMES)
def test_no_attribute_listens(report: Callable[[], Report]) -> None:
    names = {name for name, _ in page(report()).attributes}

    assert not [name for name in names if name.startswith("on")]


def test_the_policy_lets_the_one_script_run_and_nothing_else() -> None:
    text = render(reports.SAMPLE, Style()).text
    script = re.findall("<script>(.*?)</script>", text, re.DOTALL)
    found = re.search('Content-Security-Policy" content="(.*?)">', text)
    assert found
    policy = dict(part.split(" ", 1) for part in found[1].split("; "))

    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert len(script) == 1
    assert policy == {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": "'unsafe-inline'",
        "script-src": f"'sha256-{digest}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_a_picture_is_part_of_the_page_and_says_what_it_shows() -> None:
    text = render(reports.SAMPLE, Style()).text

    figure = re.search("<figure>(.*?)</figure>", text)
    assert figure
    assert 'alt="AAA rose from 2 to 1. BBB fell from 1 to 2." width="640"' in figure[1]
    assert "Of the three lines.</figcaption>" in figure[1]


def test_a_picture_of_nothing_is_told_in_words() -> None:
    report = Report("T", (replace(reports.RANKS, series=()),), {})

    text = render(report, Style()).text

    assert "<figure>" not in text
    assert "AAA rose from 2 to 1." in text
    assert "Of the three lines." in text


@pytest.mark.parametrize(
    ("kind", "cell", "number"),
    [
        (Kind.SCORE, 98.44, "98.44"),
        (Kind.AMOUNT, 2.1e12, "2.1e+12"),
        (Kind.BAR, -1.5, "-1.5"),
        (Kind.DATE, date(1, 1, 2), "2"),
        (Kind.TREND, (2.0, 3.0), "0.5"),
        (Kind.COUNT, 3, "3"),
    ],
)
def test_a_cell_keeps_the_number_to_sort_by(
    kind: Kind, cell: object, number: str
) -> None:
    assert f'data-n="{number}"' in grid(kind, cell)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [(Kind.SCORE, None), (Kind.TEXT, "12"), (Kind.TREND, ()), (Kind.TREND, (0.0, 1.0))],
)
def test_what_is_no_number_has_none_to_sort_by(kind: Kind, cell: object) -> None:
    assert "data-n" not in grid(kind, cell)


@pytest.mark.parametrize("name", ["screen", "explain"])
def test_a_real_page_is_small_enough_to_send(name: str) -> None:
    text = render(reports.composed(name), Style()).text
    words = re.sub(r'src="data:[^"]*"', "", text)

    assert len(words.encode()) < 100_000
    assert len(text.encode()) < 150_000


@pytest.mark.parametrize("text", reports.HOSTILE, ids=ascii)
def test_a_hostile_name_is_shown_as_text(text: str) -> None:
    found = page(reports.hostile(text))

    visible = "".join(c for c in text.replace("\n", " ") if c.isprintable())
    squeezed = "".join("".join(found.shown).split())
    assert squeezed.count("".join(visible.split())) >= 9


def test_a_colour_that_is_none_is_that_of_the_text() -> None:
    text = render(reports.hostile("x"), Style()).text

    assert "background:url" not in text
    assert 'style="--pillar:currentColor"' in text


def test_a_pillar_gives_its_small_table_a_colour() -> None:
    text = render(reports.SAMPLE, Style()).text

    assert '<section style="--pillar:#cc7722">' in text


def test_a_headless_table_has_no_head() -> None:
    table = Table("", (Column("", Kind.NAME),), (("AAA",),))

    assert "<thead>" not in render(Report("T", (table,), {}), Style()).text


def test_the_lines_of_a_paragraph_stay_apart() -> None:
    report = Report("T", (Paragraph("\n1. one\n2. two"),), {})

    assert '<p class="plain">1. one<br>2. two</p>' in render(report, Style()).text


@pytest.mark.parametrize(
    ("z", "path"),
    [
        (
            1.5,
            'class="bar up" viewBox="0 0 60 11" aria-hidden="true"><path d="M30 0h15v',
        ),
        (
            -2.0,
            'class="bar down" viewBox="0 0 60 11" aria-hidden="true"><path d="M30 0h-2',
        ),
        (9.0, 'd="M30 0h30v'),
        (-9.0, 'd="M30 0h-30v'),
        (0.0, 'd="M30 0h0v'),
    ],
)
def test_a_bar_points_the_way_of_its_number(z: float, path: str) -> None:
    assert path in grid(Kind.BAR, z)


@pytest.mark.parametrize("z", [0.0, 0.04, -0.04])
def test_what_is_written_as_zero_has_no_bar_of_a_colour(z: float) -> None:
    found = grid(Kind.BAR, z)

    assert '<svg class="bar even"' in found
    assert '<span class="z">0.0</span>' in found
    assert "M30 0h0v" in found


def test_a_bar_stands_beside_its_number() -> None:
    assert '<span class="z">+1.5</span>' in grid(Kind.BAR, 1.5)


def test_a_weight_has_a_bar_up_to_its_full_length() -> None:
    assert 'd="M0 0h50v10H0z"' in grid(Kind.WEIGHT, 0.08)
    assert 'd="M0 0h100v10H0z"' in grid(Kind.WEIGHT, 0.5)
    assert '<span class="z">50.0%</span>' in grid(Kind.WEIGHT, 0.5)


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ((1.0, 2.0, 3.0), "0,38 96,20 192,2"),
        ((2.0, 2.0), "0,38 192,38"),
        ((5.0,), "0,38"),
    ],
)
def test_a_course_is_a_line_from_left_to_right(
    values: tuple[float, ...], points: str
) -> None:
    assert f'<polyline points="{points}"/>' in grid(Kind.TREND, values)


def test_a_course_says_in_words_how_far_it_went() -> None:
    assert 'aria-label="+200% over the period"' in grid(Kind.TREND, (1.0, 2.0, 3.0))
    assert 'aria-label="course over the period"' in grid(Kind.TREND, (0.0, 2.0))


def test_no_course_is_an_empty_cell() -> None:
    assert grid(Kind.TREND, ()) == "<td></td>"


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (Kind.TEXT, ""),
        (Kind.DATE, ""),
        (Kind.FRACTION, ""),
        (Kind.SCORE, "n/a"),
        (Kind.BAR, "n/a"),
    ],
)
def test_what_is_missing_is_empty_or_says_so(kind: Kind, shown: str) -> None:
    assert re.sub("<[^>]*>", "", grid(kind, None)) == shown


def test_long_text_may_run_over_lines() -> None:
    assert 'class="wrap"' in grid(Kind.TEXT, "x" * 25)
    assert 'class="prose"' in grid(Kind.TEXT, "x" * 61)
    assert "class" not in grid(Kind.TEXT, "x" * 24)


def test_an_unknown_pillar_is_shown_by_its_key() -> None:
    assert grid(Kind.PILLAR, "data").count("數據") == 1
    assert grid(Kind.PILLAR, "energy") == "<td>energy</td>"


def test_light_dark_phone_and_paper_are_provided_for() -> None:
    text = render(reports.SAMPLE, Style()).text

    assert '<meta name="viewport" content="width=device-width,initial-scale=1">' in text
    for rule in ("prefers-color-scheme:dark", "max-width:640px", "@media print"):
        assert rule in text


def test_a_label_from_outside_is_escaped() -> None:
    label = PillarStyle("<b>", "#123456")
    table = Table("", (Column("P", Kind.PILLAR),), (("data",),), "data")

    text = render(Report("T", (table,), {}, pillars={"data": label}), Style()).text

    assert text.count("&lt;b&gt;") == 2
    assert "<b>" not in text
