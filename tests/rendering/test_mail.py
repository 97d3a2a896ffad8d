from __future__ import annotations

import re
from dataclasses import replace
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
    SideBySide,
    Style,
    Table,
)
from triad_screener.rendering import MAIL_PARTS
from triad_screener.rendering.mail import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from triad_screener.model.document import Block

ALLOWED: Final = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "body",
        "h1",
        "h2",
        "h3",
        "p",
        "br",
        "b",
        "span",
        "div",
    ),
    *("ul", "li", "table", "tr", "th", "td", "img"),
}
ATTRIBUTES: Final = {
    *("lang", "charset", "name", "content", "role", "style", "bgcolor", "align"),
    *("valign", "width", "height", "cellpadding", "cellspacing", "border"),
    *("src", "alt"),
}
#: What Outlook, Gmail or both do not know.
UNKNOWN: Final = ("flex", "grid", "position", "url(", "var(", "calc(", "@media")
REPORTS: Final[list[Callable[[], Report]]] = [
    *(partial(reports.composed, name) for name in reports.COMPOSED),
    *(partial(reports.hostile, text) for text in reports.HOSTILE),
]
REPORT_NAMES: Final = [*reports.COMPOSED, *map(ascii, reports.HOSTILE)]
LIMIT: Final = 100_000


def letter(*blocks: Block) -> str:
    return render(Report("T", blocks, {}, pillars=reports.PILLARS), Style()).text


def words(text: str) -> str:
    return " ".join(" ".join(Markup(text).shown).split())


def headings(text: str) -> list[str]:
    return re.findall("<th[^>]*>(.*?)</th>", text)


def table(rows: int, cell: str = "AAA", columns: int = 2) -> Table:
    heads = tuple(Column(f"C{at}", Kind.TEXT) for at in range(columns))
    return Table("Long", heads, ((cell,) * columns,) * rows)


def test_a_mail_has_its_plainest_part_first() -> None:
    kinds = [MAIL_PARTS[n](reports.SAMPLE, Style()).media_type for n in MAIL_PARTS]

    assert kinds == ["text/plain", "text/html"]


def test_a_letter_made_by_hand(snapshot: Callable[[str, str], None]) -> None:
    snapshot(render(reports.SAMPLE, Style()).text, "report.mail.txt")


@pytest.mark.parametrize("report", REPORTS, ids=REPORT_NAMES)
def test_a_letter_has_only_what_mail_clients_know(
    report: Callable[[], Report],
) -> None:
    found = Markup(render(report(), Style()).text)

    assert (found.complaints, found.open) == ([], [])
    assert set(found.tags) <= ALLOWED
    assert {name for name, _ in found.attributes} <= ATTRIBUTES
    styles = "".join(value for name, value in found.attributes if name == "style")
    assert not [sign for sign in UNKNOWN if sign in styles]


@pytest.mark.parametrize("report", REPORTS, ids=REPORT_NAMES)
def test_pictures_come_with_the_letter_and_nothing_is_fetched(
    report: Callable[[], Report],
) -> None:
    found = render(report(), Style())
    attributes = Markup(found.text).attributes

    sources = [value for name, value in attributes if name == "src"]
    assert sorted(sources) == [f"cid:{image.name}" for image in found.images]
    assert {image.media_type for image in found.images} <= {"image/png"}
    assert not [value for _, value in attributes if "http" in value]


@pytest.mark.parametrize("report", REPORTS, ids=REPORT_NAMES)
def test_a_letter_is_short_and_the_same_each_time(
    report: Callable[[], Report],
) -> None:
    once, twice = render(report(), Style()), render(report(), Style())

    assert once == twice
    assert len(once.text.encode()) < LIMIT


def test_the_letter_of_the_whole_universe_is_not_cut() -> None:
    text = render(reports.letter(), Style()).text

    assert len(text.encode()) < LIMIT / 2
    assert "text part" not in text


@pytest.mark.parametrize("text", reports.HOSTILE, ids=ascii)
def test_a_hostile_name_is_shown_as_text(text: str) -> None:
    found = Markup(render(reports.hostile(text), Style()).text)

    visible = "".join(c for c in text.replace("\n", " ") if c.isprintable())
    squeezed = "".join("".join(found.shown).split())
    assert squeezed.count("".join(visible.split())) >= 9


@pytest.mark.parametrize(
    "blocks",
    [
        (table(1000),),
        (table(10_000, "x" * 30, 4),),
        (table(1000, "&" * 1000),),
        (table(200), table(300, "y" * 50), table(1000, "z" * 20)),
        (table(3, "&" * 200),) * 200,
        (SideBySide("Small", (table(2),) * 400),),
        (Paragraph("&" * 100_000),) * 20,
        (Paragraph("first"), SideBySide("Small", (table(2),) * 400)),
        (replace(reports.RANKS, alternative="<" * 100_000, note=">" * 100_000),) * 9,
        (Paragraph("演算法" * 30_000), table(1000, "演算法" * 100)),
    ],
    ids=range(10),
)
def test_a_letter_is_never_so_long_that_it_is_clipped(
    blocks: tuple[Block, ...],
) -> None:
    text = letter(*blocks)

    assert len(text.encode()) < LIMIT
    assert Markup(text).open == []
    assert (
        "stand in the text part" in text
        or "stands in the text part" in text
        or ("…" in text)
    )


def test_a_huge_title_is_cut() -> None:
    text = render(Report("<&>" * 100_000, (), {}), Style()).text

    assert len(text.encode()) < 5_000


def test_a_long_table_says_how_many_rows_are_elsewhere() -> None:
    found = words(letter(table(1000, "AAA", columns=5)))

    assert "600 more rows stand in the text part of this letter." in found


def test_the_first_blocks_are_kept_where_not_all_fit() -> None:
    small = SideBySide("Small", (table(2),) * 400)
    found = words(letter(Paragraph("one"), Paragraph("two"), small, Paragraph("three")))

    assert found.endswith("one two The rest stands in the text part of this letter.")


def test_columns_give_way_by_importance() -> None:
    columns = (
        Column("A" * 30, Kind.COUNT, 100),
        Column("B" * 30, Kind.COUNT, 20),
        Column("C" * 30, Kind.COUNT, 60),
        Column("D" * 30, Kind.COUNT, 20),
    )

    text = letter(Table("", columns, ((1, 2, 3, 4),)))

    assert [heading[0] for heading in headings(text)] == ["A", "C"]


def test_the_ranking_keeps_its_scores() -> None:
    found = headings(render(reports.composed("screen"), Style()).text)

    assert found[:5] == ["#", "Ticker", "Pillar", "Score", "Range"]
    assert "Flag" not in found


def test_the_last_column_stays_however_wide_it_is() -> None:
    assert headings(letter(Table("", (Column("A" * 200),), ()))) == [f"{'A' * 159}…"]


def test_a_note_goes_with_the_column_that_it_explains() -> None:
    wide = (Column("N" * 90, Kind.COUNT, 100), Column("Flag", Kind.TEXT, 10))
    table = Table("", wide, ((1, "a"),), legend={"Flag": "a is old"})

    assert "a is old" not in letter(table)
    assert "a is old" in letter(replace(table, legend={}, note="a is old"))


def test_bars_become_signed_numbers_and_courses_a_row_of_signs() -> None:
    columns = (Column("Z", Kind.BAR), Column("Year", Kind.TREND))

    found = words(letter(Table("", columns, ((-1.54, (1.0, 2.0, 3.0)), (0.2, ())))))

    assert "-1.5 ▁▅█ +0.2" in found


def test_only_what_is_written_with_a_minus_is_red() -> None:
    column = (Column("Z", Kind.BAR),)

    red = 'style="color:#a8322d"'
    assert letter(Table("", column, ((-0.1,), (-0.01,), (0.3,)))).count(red) == 1


def test_text_and_ground_both_have_their_colour() -> None:
    text = letter(table(2), Paragraph("one"))

    for tag in re.findall('<table(?! role="presentation" w)[^>]*>', text):
        assert 'bgcolor="#ffffff"' in tag
        assert "color:#1c2128;background-color:#ffffff" in tag


def test_a_colour_that_is_none_is_that_of_the_text() -> None:
    text = render(reports.hostile("x"), Style()).text

    assert "url" not in text
    assert "color:currentColor" in text


def test_a_label_from_outside_is_escaped() -> None:
    label = PillarStyle("<b>", "#123456")
    grid = Table("", (Column("P", Kind.PILLAR),), (("data",),), "data")

    text = render(Report("T", (grid,), {}, pillars={"data": label}), Style()).text

    assert text.count("&lt;b&gt;") == 2


def test_a_picture_of_nothing_is_told_in_words() -> None:
    text = letter(replace(reports.RANKS, series=()))

    assert "<img" not in text
    assert "AAA rose from 2 to 1." in words(text)


def test_the_same_picture_twice_is_sent_once() -> None:
    report = Report("T", (reports.RANKS, reports.RANKS), {}, pillars=reports.PILLARS)

    found = render(report, Style())

    assert len(found.images) == 1
    assert found.text.count("cid:picture-1") == 2


def test_a_picture_that_was_cut_is_not_sent() -> None:
    small = SideBySide("Small", (table(2),) * 400)
    report = Report("T", (small, reports.RANKS), {}, pillars=reports.PILLARS)

    assert render(report, Style()).images == ()


def test_a_picture_has_its_size_before_it_is_there() -> None:
    found = re.search(
        '<img src="cid:picture-1" alt="(.*?)" width="600" height="',
        (letter(reports.RANKS)),
    )

    assert found
    assert found[1] == reports.RANKS.alternative
