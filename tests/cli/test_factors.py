"""triad factors: the register, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.factors import FACTORS

if TYPE_CHECKING:
    from worlds import Triad


def test_every_factor_is_listed_with_all_that_defines_it(triad: Triad) -> None:
    found = triad("factors", "--format", "json").json["factors"]

    assert [row["id"] for row in found] == list(FACTORS)
    assert {row["direction"] for row in found} == {
        "higher is better",
        "lower is better",
    }
    for row in found:
        assert all(row[key] for key in ("group", "unit", "formula", "reference"))


def test_the_table_names_every_factor_and_six_groups(triad: Triad) -> None:
    answer = triad("factors")

    assert answer.rows[0].startswith("15 factors in 6 groups")
    assert all(factor in answer.out for factor in FACTORS)


def test_the_ids_are_one_a_line(triad: Triad) -> None:
    assert triad("factors", "--format", "tickers").rows == list(FACTORS)
