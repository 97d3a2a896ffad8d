from __future__ import annotations

from datetime import date

import pytest
from rich.cells import cell_len

from triad_screener.model.document import Kind
from triad_screener.rendering import _cells
from triad_screener.rendering._cells import (
    amount,
    bar,
    clean,
    in_full,
    length,
    signed,
    sparkline,
    written,
)

LEVELS = "▁▂▃▄▅▆▇█"
TENTHS = [tenth / 10 for tenth in range(-60, 61)]


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ((), ""),
        ((7.0,), "▄"),
        ((7.0, 7.0, 7.0), "▄▄▄"),
        ((1.0, 2.0), "▁█"),
        ((0.0, 7.0, 0.0), "▁█▁"),
        ((-3.0, 0.0, 4.0), "▁▄█"),
    ],
)
def test_a_sparkline_of_a_few_values(values: tuple[float, ...], drawn: str) -> None:
    assert sparkline(values) == drawn


@pytest.mark.parametrize("width", [1, 2, 8, 12])
def test_a_sparkline_has_a_sign_for_a_value_up_to_its_width(width: int) -> None:
    for count in range(1, 40):
        drawn = sparkline([float(at * at % 11) for at in range(count)], width)

        assert len(drawn) == min(count, width)
        assert set(drawn) <= set(LEVELS)


def test_a_sparkline_of_rising_values_rises_from_end_to_end() -> None:
    for count in range(2, 40):
        drawn = sparkline([float(at) for at in range(count)])

        levels = [LEVELS.index(sign) for sign in drawn]
        assert levels == sorted(levels)
        assert (drawn[0], drawn[-1]) == ("▁", "█")


def test_a_sparkline_of_one_sign_is_the_first_value() -> None:
    assert sparkline((1.0, 2.0, 3.0), width=1) == "▄"


def test_a_bar_is_as_wide_as_any_other() -> None:
    bars = [bar(z) for z in TENTHS]

    assert {len(drawn) for drawn in bars} == {7}
    assert {drawn[3] for drawn in bars} == {"│"}


def test_a_bar_lies_on_the_side_of_its_sign() -> None:
    for z in TENTHS:
        left, right = bar(z)[:3].strip(), bar(z)[4:].strip()

        assert not (left and right)
        assert bool(right) <= (z > 0)
        assert bool(left) <= (z < 0)


def reach(z: float) -> int:
    """How far a bar goes, in eighths of a cell; to the left below zero."""
    eighths = dict(zip(" ▏▎▍▌▋▊▉█▐", [0, 1, 2, 3, 4, 5, 6, 7, 8, 4], strict=True))
    left, right = bar(z)[:3], bar(z)[4:]
    return sum(eighths[sign] for sign in right) - sum(eighths[sign] for sign in left)


def test_a_higher_number_never_has_a_lower_bar() -> None:
    reached = [reach(z) for z in TENTHS]

    assert reached == sorted(reached)
    assert (reached[0], reached[-1]) == (-24, 24)


@pytest.mark.parametrize(
    ("z", "drawn"),
    [
        (None, "   │   "),
        (0.0, "   │   "),
        (0.01, "   │   "),
        (-0.01, "   │   "),
        (1.0, "   │█  "),
        (-1.0, "  █│   "),
        (-0.5, "  ▐│   "),
        (3.0, "   │███"),
        (99.0, "   │███"),
        (-99.0, "███│   "),
    ],
)
def test_a_bar_of_some_numbers(z: float | None, drawn: str) -> None:
    assert bar(z) == drawn


def test_a_length_fills_its_cells_and_no_more() -> None:
    for eighths in range(-8, 80):
        drawn = length(eighths / 8, 8)

        assert len(drawn) == 8
        assert drawn.count("█") == max(0, min(8, eighths // 8))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "0.0"),
        (-0.049, "0.0"),
        (0.05, "+0.1"),
        (-0.051, "-0.1"),
        (12.0, "+12.0"),
    ],
)
def test_a_sign_stands_before_all_but_zero(value: float, text: str) -> None:
    assert signed(value, 1) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.1e12, "2.1tn"),
        (2.0971632e12, "2.097tn"),
        (-5.5e9, "-5.5bn"),
        (1e6, "1m"),
        (999_999.0, "999,999"),
        (1000.4, "1,000"),
        (999.5, "999.5"),
        (0.0, "0"),
    ],
)
def test_an_amount_is_shortened_to_four_digits(value: float, text: str) -> None:
    assert amount(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1134100000000.0, "1,134,100,000,000"),
        (99_999.5, "99999.5"),
        (0.031743, "0.031743"),
        (-0.07395214248626338, "-0.07395214"),
        (1e-13, "0"),
        (34, "34"),
    ],
)
def test_a_number_in_full_serves_a_calculator(value: float, text: str) -> None:
    assert in_full(value) == text


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        (None, Kind.SCORE, "n/a"),
        (None, Kind.TEXT, ""),
        (None, Kind.FRACTION, ""),
        (98.44, Kind.SCORE, "98.4"),
        (3, Kind.COUNT, "3"),
        (0.1234, Kind.FRACTION, "12.3%"),
        (0.15, Kind.WEIGHT, "15.0%"),
        (-0.1234, Kind.SIGNED, "-0.123"),
        (3.2856e24, Kind.QUANTITY, "3.2856e24"),
        (989e12, Kind.QUANTITY, "989tn"),
        (22097, Kind.QUANTITY, "22,097"),
        (0.34636, Kind.QUANTITY, "0.34636"),
        (0.5, Kind.METER, "50%"),
        (date(2026, 5, 15), Kind.DATE, "2026-05-15"),
        ((1.0, 2.0), Kind.TREND, "▁█"),
        ("a\tb", Kind.TEXT, "a b"),
        (1e12, Kind.TEXT, "1,000,000,000,000"),
    ],
)
def test_a_cell_is_written_in_the_way_of_its_kind(
    cell: str | float | date | tuple[float, ...] | None, kind: Kind, text: str
) -> None:
    assert written(cell, kind) == text


def test_control_characters_go_and_letters_stay() -> None:
    signs = "".join(map(chr, range(0x110000 - 0x10FFFF + 0x2FFF)))

    cleaned = clean(signs)

    assert all(char.isprintable() or char.isspace() for char in cleaned)
    assert {"A", "é", "ß", "Ж", "…", "★"} <= set(cleaned)
    assert not {"\x1b", "\x9b", "\u202e", "\u200b", "\ufeff", "\r"} & set(cleaned)


def test_chinese_names_are_left_as_they_are() -> None:
    assert clean("演算法") == "演算法"


def test_every_sign_has_a_stand_in_that_is_ascii_and_as_wide() -> None:
    signs = LEVELS + "▏▎▍▌▋▊▉█│▐≈★●…"

    plain = signs.translate(_cells.ASCII)

    assert plain.isascii()
    assert plain.isprintable()
    assert cell_len(plain) == cell_len(signs) == len(signs)


def test_the_ascii_sparkline_still_rises() -> None:
    low, high = "▁".translate(_cells.ASCII), "█".translate(_cells.ASCII)

    assert (low, high) == ("_", "#")
