from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

import reports
from triad_screener.model.document import (
    UNDER_FLOOR,
    Column,
    Kind,
    Paragraph,
    PillarStyle,
    Report,
    SideBySide,
    Style,
    Table,
)
from triad_screener.rendering.table import render, wrap

if TYPE_CHECKING:
    from triad_screener.model.document import Cell

WIDTHS = (40, 60, 72, 80, 120, 160)
ESCAPE = re.compile("\x1b\\[[0-9;]*m")


ENGLISH = [(name, "en") for name in reports.COMPOSED]
EVERY = [*ENGLISH, *((name, "zh") for name in reports.COMPOSED)]


def lines(report: Report, **style: int | bool) -> list[str]:
    return render(report, Style(**style)).text.splitlines()  # type: ignore[arg-type]


def shown(table: Table, width: int = 200) -> list[str]:
    """The lines of one table, without titles."""
    report = Report("T", (table,), {}, pillars=reports.PILLARS)
    return lines(report, width=width)[3:]


def narrow(*rows: tuple[Cell, ...]) -> Table:
    """Columns of 10 each, of known importance."""
    columns = (
        Column("Aaaaaaaaaa", Kind.NAME, 100),
        Column("Bbbbbbbbbb", Kind.COUNT, 20),
        Column("Cccccccccc", Kind.COUNT, 60),
        Column("Dddddddddd", Kind.COUNT, 20),
        Column("Eeeeeeeeee", Kind.COUNT, 40),
    )
    return Table("", columns, rows)


@pytest.mark.parametrize("name", EVERY, ids="-".join)
def test_no_line_is_wider_than_the_screen(name: tuple[str, str]) -> None:
    report = reports.composed(*name)

    for width in WIDTHS:
        assert [x for x in lines(report, width=width) if cell_len(x) > width] == []


@pytest.mark.parametrize(
    "text", [*reports.HOSTILE, "演算法" * 60, "w" * 200, "x y" * 70]
)
def test_no_name_is_wider_than_the_screen(text: str) -> None:
    for width in WIDTHS:
        found = lines(reports.hostile(text), width=width)

        assert max(map(cell_len, found)) <= width


@pytest.mark.parametrize("name", EVERY, ids="-".join)
def test_colours_change_nothing_that_can_be_read(name: tuple[str, str]) -> None:
    report = reports.composed(*name)

    for width in WIDTHS:
        painted = lines(report, width=width, colours=256)
        plain = [ESCAPE.sub("", line).rstrip() for line in painted]
        assert plain == lines(report, width=width)


@pytest.mark.parametrize("name", EVERY, ids="-".join)
def test_no_escape_comes_out_unasked(name: tuple[str, str]) -> None:
    assert "\x1b" not in render(reports.composed(*name), Style()).text


@pytest.mark.parametrize("name", EVERY, ids="-".join)
def test_every_colour_ends_on_its_line(name: tuple[str, str]) -> None:
    for line in lines(reports.composed(*name), colours=256):
        codes = ESCAPE.findall(line)
        assert codes.count("\x1b[0m") * 2 <= len(codes)
        assert not codes or codes[-1] == "\x1b[0m"


def test_pillars_keep_their_own_colour_where_all_colours_are_there() -> None:
    text = render(reports.SAMPLE, Style(colours=16_777_216)).text

    assert "\x1b[38;2;204;119;34m● Compute" in text


def test_a_palette_gets_the_nearest_of_its_colours() -> None:
    text = render(reports.SAMPLE, Style(colours=256)).text

    assert "38;5;" in text
    assert "38;2;" not in text


@pytest.mark.parametrize("name", ENGLISH, ids="-".join)
def test_a_screen_without_signs_gets_ascii_alone(name: tuple[str, str]) -> None:
    report = reports.composed(*name)

    text = "".join(
        render(report, Style(width=width, unicode=False)).text for width in WIDTHS
    )

    foreign = {char for char in text if not char.isascii()}
    assert foreign <= set("貝塔數據")


def test_ascii_takes_the_room_that_signs_take() -> None:
    signs = lines(reports.SAMPLE)
    plain = lines(reports.SAMPLE, unicode=False)

    assert list(map(cell_len, plain)) == list(map(cell_len, signs))
    assert plain != signs


@pytest.mark.parametrize(
    ("width", "kept"),
    [
        (54, ["A", "B", "C", "D", "E"]),
        (53, ["A", "B", "C", "E"]),
        (43, ["A", "B", "C", "E"]),
        (42, ["A", "C", "E"]),
        (31, ["A", "C"]),
        (20, ["A"]),
        (5, ["A"]),
    ],
)
def test_columns_give_way_by_importance_and_the_last_of_equals_first(
    width: int, kept: list[str]
) -> None:
    heading, _ = shown(narrow(("aaa", 1, 2, 3, 4)), width)

    assert [word[0] for word in heading.split()] == kept


def test_bars_go_and_their_numbers_stay_before_any_column_goes() -> None:
    columns = (
        Column("Name", Kind.NAME, 100),
        Column("Pillar", Kind.PILLAR, 50),
        Column("Z", Kind.BAR, 90),
        Column("Year", Kind.TREND, 10),
    )
    year = tuple(float(at) for at in range(12))
    table = Table("", columns, (("AAA", "compute", 1.5, year),))

    wide, tight, tighter = (shown(table, width)[1] for width in (40, 39, 24))

    assert wide == "AAA  ● Compute +1.5    │█▌  ▁▂▂▃▄▄▅▅▆▇▇█"
    assert tight == "AAA  ● Comp +1.5 ▁▂▃▄▅▆▇█"
    assert tighter == "AAA  ● Comp +1.5"


def test_the_last_text_column_runs_on_below_before_any_column_goes() -> None:
    columns = (Column("Name", Kind.NAME, 100), Column("Why", Kind.TEXT, 90))
    table = Table("", columns, (("AAA", "one two three four"), ("BBB", "five")))

    assert shown(table, 17) == [
        "Name Why",
        "AAA  one two",
        "     three four",
        "BBB  five",
    ]


def test_a_column_of_little_importance_goes_rather_than_runs_on() -> None:
    columns = (Column("Name", Kind.NAME, 100), Column("Why", Kind.TEXT, 49))
    table = Table("", columns, (("AAA", "one two three four"),))

    assert shown(table, 17) == ["Name", "AAA"]


def test_a_note_goes_with_the_column_that_it_explains() -> None:
    flagged = replace(reports.RANKING, columns=reports.RANKING.columns)

    assert shown(flagged)[-1] == "a older balance sheet"
    assert "a older balance sheet" not in shown(flagged, 60)


def test_a_note_on_the_whole_grid_stays() -> None:
    table = replace(narrow(("aaa", 1, 2, 3, 4)), note="All of it.")

    assert shown(table, 20)[-1] == "All of it."


def test_the_last_column_alone_is_as_wide_as_the_screen() -> None:
    table = Table("", (Column("Name", Kind.NAME),), (("one two three",),))

    assert shown(table, 8) == ["Name", "one two", "three"]


def test_a_long_name_is_cut_where_there_is_little_room() -> None:
    columns = (Column("Name", Kind.NAME, 100), Column("Rank", Kind.COUNT, 90))
    table = Table("", columns, (("n" * 60, 7),))

    assert shown(table, 50)[1] == f"{'n' * 39}…    7"


def test_a_chinese_name_counts_twice() -> None:
    columns = (Column("Name", Kind.NAME, 100), Column("Rank", Kind.COUNT, 90))

    rows = shown(Table("", columns, (("貝塔", 1), ("AAAA", 2))))[1:]

    assert rows == ["貝塔    1", "AAAA    2"]


def test_small_tables_stand_side_by_side_where_there_is_room() -> None:
    found = lines(replace(reports.SAMPLE, blocks=(reports.BASKETS,)), width=80)

    assert found[3].split() == ["●", "Compute", "50%", "●", "數據", "20%"]


def test_small_tables_stand_below_one_another_where_there_is_none() -> None:
    found = lines(replace(reports.SAMPLE, blocks=(reports.BASKETS,)), width=50)

    assert [line for line in found if line.startswith("●")] == [
        "● Compute 50%",
        "● 數據 20%",
    ]


def test_a_weight_outside_a_pillar_has_a_bar_without_colour() -> None:
    table = Table("", (Column("", Kind.WEIGHT),), ((0.04,),))

    assert lines(Report("", (table,), {}), colours=256)[-1] == "  4.0% ██"


def test_no_small_tables_are_not_announced() -> None:
    assert lines(Report("T", (SideBySide("Baskets", ()),), {})) == ["T"]


def test_an_empty_grid_shows_its_heading() -> None:
    columns = (Column("Name", Kind.NAME), Column("Rank", Kind.COUNT))

    assert shown(Table("", columns, ())) == ["Name Rank"]


def test_a_grid_without_columns_is_a_title() -> None:
    report = Report("T", (Table("Ranking", (), ()),), {})

    assert lines(report) == ["T", "", "Ranking"]


def test_a_table_of_a_pillar_is_called_by_its_label() -> None:
    table = Table("50%", (Column("", Kind.NAME),), (("AAA",),), pillar="data")
    report = Report("T", (table,), {}, pillars={"data": PillarStyle("Data", "#123456")})

    assert lines(report) == ["T", "", "● Data 50%", "AAA"]


def test_a_paragraph_keeps_its_lines() -> None:
    report = Report("T", (Paragraph("\n1. one\n2. two three"),), {})

    assert lines(report, width=8) == ["T", "", "1. one", "2. two", "three"]


@pytest.mark.parametrize(
    "text", ["", "one", "one two three", "演算法 and 數據", "x" * 50, "a " * 30]
)
def test_wrapping_loses_no_letter_and_keeps_to_the_width(text: str) -> None:
    for width in range(2, 30):
        found = wrap(text, width)

        assert "".join("".join(found).split()) == "".join(text.split())
        assert all(cell_len(line) <= width for line in found)
        assert found


def test_a_picture_is_told_in_words() -> None:
    report = Report("T", (reports.RANKS,), {})

    assert lines(report, width=30) == [
        "T",
        "",
        "Ranks over three weeks",
        "AAA rose from 2 to 1. BBB fell",
        "from 1 to 2.",
        "Of the three lines.",
    ]


def test_words_stay_whole_where_they_fit() -> None:
    assert wrap("one two three", 8) == ["one two", "three"]
    assert wrap("a-b c-d", 4) == ["a-b", "c-d"]


@pytest.mark.parametrize(("width", "label"), [(200, "Compute"), (11, "Comp")])
def test_who_is_under_every_floor_has_a_sign_behind_the_pillar(
    width: int, label: str
) -> None:
    columns = (Column("Ticker", Kind.NAME, 100), Column("Pillar", Kind.PILLAR, 90))
    rows = (("AAA", "compute"), ("BBB", f"compute{UNDER_FLOOR}"))

    _, first, second = shown(Table("Ranking", columns, rows), max(width, 14))

    assert first.endswith(f"● {label}")
    assert second.endswith(f"● {label}°")


@pytest.mark.parametrize(
    ("z", "colour"),
    [
        (0.04, "\x1b[2m"),
        (-0.04, "\x1b[2m"),
        (0.0, "\x1b[2m"),
        (None, "\x1b[2m"),
        (0.06, "\x1b[32m"),
        (-0.06, "\x1b[31m"),
    ],
)
def test_what_is_written_as_zero_is_neither_good_nor_bad(
    z: float | None, colour: str
) -> None:
    columns = (Column("N", Kind.NAME, 100), Column("Z", Kind.BAR, 90))
    table = Table("Ranking", columns, (("AAA", z),))
    report = Report("T", (table,), {}, pillars=reports.PILLARS)

    # So narrow that the number stands for its bar.
    last = lines(report, width=9, colours=256)[-1]

    assert last.endswith(f"{colour}{last.split(colour)[-1]}")
    assert colour in last.split("AAA")[1]


NUMBER = re.compile(r"(?<!\S)[+-]?\d+\.\d+%?(?!\S)")


@pytest.mark.parametrize("name", reports.COMPOSED)
def test_a_wider_terminal_never_shows_fewer_numbers(name: str) -> None:
    report = reports.COMPOSED[name]("en")
    tables = [block for block in report.blocks if isinstance(block, Table)]

    for table in tables:
        alone = replace(report, blocks=(replace(table, note="", legend={}),))
        counts = [
            len(NUMBER.findall("\n".join(lines(alone, width=width))))
            for width in range(60, 201, 4)
        ]
        assert counts == sorted(counts), table.title


def test_what_reads_as_zero_has_no_colour() -> None:
    table = Table("", (Column("Z", Kind.BAR),), ((0.04,), (-0.04,), (0.06,), (None,)))
    report = Report("T", (table,), {})

    drawn = lines(report, width=40, colours=256)[-4:]

    dim, green = "\x1b[2m", "\x1b[32m"
    assert [row.partition("m")[0] + "m" for row in drawn] == [dim, dim, green, dim]


def test_a_report_without_a_heading_begins_with_its_first_block() -> None:
    table = Table("Ranking", (Column("A"),), (("a",),))

    assert lines(Report("T", (table,), {}, headed=False))[0] == "Ranking"
