from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from triad_screener.stats.sessions import missing

if TYPE_CHECKING:
    from collections.abc import Sequence

MONDAY = np.datetime64("2026-05-11")


def found(*rows: str, exchanges: Sequence[int] = ()) -> list[tuple[int, int]]:
    """Missing sessions as line and number of the day; a row is a line, x a close."""
    at, days = missing(
        np.array([line for line, row in enumerate(rows) for s in row if s == "x"]),
        np.array(
            [MONDAY + day for row in rows for day, s in enumerate(row) if s == "x"],
            "datetime64[D]",
        ),
        np.array(exchanges or [0] * len(rows)),
    )
    offsets = (days - MONDAY).astype(int)
    return list(zip(at.tolist(), offsets.tolist(), strict=True))


def test_a_day_on_which_all_others_traded_is_missing() -> None:
    assert found("xxx", "xxx", "x.x") == [(2, 1)]
    assert found("x.xxx", "xxxxx", "xx..x", "xxxxx") == [(0, 1), (2, 2), (2, 3)]


def test_a_day_on_which_half_of_them_traded_proves_nothing() -> None:
    assert found("xxx", "xxx", "x.x", "x.x") == []
    assert found("xxx", "xxx", "x.x", "x.x", "xxx") == [(2, 1), (3, 1)]


def test_two_lines_are_no_exchange() -> None:
    assert found("xxx", "x.x") == []
    assert found("xxx", "xxx", "..x", "x.x") == [(3, 1)]
    assert found("xxx", "xxx", "..x", "..x") == []


def test_before_the_first_and_after_the_last_close_nothing_is_missing() -> None:
    assert found("xxxx", "xxxx", "..xx", "xx..") == []


def test_a_line_that_has_ended_no_longer_counts_among_the_others() -> None:
    # Of the last two, which lack the third day, neither is outvoted by the first two.
    assert found("xx..", "xx..", "xx.x", "xxxx") == []


def test_each_exchange_has_days_of_its_own() -> None:
    american, taiwanese = ("xxx", "xxx", "xxx"), ("x.x", "x.x", "x.x")

    assert found(*american, *taiwanese, exchanges=(0, 0, 0, 1, 1, 1)) == []


@pytest.mark.parametrize("rows", [(), ("",), ("x",)])
def test_of_nothing_nothing_is_missing(rows: tuple[str, ...]) -> None:
    assert found(*rows) == []
