"""triad diff over runs of the small world."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from worlds import Triad


@pytest.fixture
def ids(live: Triad) -> list[str]:
    """Runs of two days, the earlier first, and one of the names of the post."""
    return [
        live("screen", *options, "--format", "json").json["run"]["id"]
        for options in (
            ("--universe", "post"),
            ("--as-of", "2026-03-13"),
            (),
        )
    ]


def test_the_last_two_runs_of_a_universe_are_compared(
    triad: Triad, ids: list[str]
) -> None:
    answer = triad("diff", "--format", "json")

    assert answer.code == 1
    assert answer.json["before"]["id"] == ids[1]
    assert answer.json["after"]["id"] == ids[2]
    for line in answer.json["lines"]:
        score = line["score"]
        if line["score_parts"]:
            whole = score["after"] - score["before"]
            assert sum(line["score_parts"].values()) == pytest.approx(whole, abs=1e-9)


def test_one_name_is_compared_with_the_last_run(triad: Triad, ids: list[str]) -> None:
    one = triad("diff", ids[1][:8], "--format", "json")
    two = triad("diff", ids[1], ids[2], "--format", "json")

    assert (one.code, one.raw) == (1, two.raw)


def test_the_same_run_twice_is_no_difference(triad: Triad, ids: list[str]) -> None:
    answer = triad("diff", ids[2], ids[2])

    assert (answer.code, answer.err) == (0, "")
    assert "Nothing moved: the same ranks" in answer.out


def test_runs_of_two_universes_are_not_compared(triad: Triad, ids: list[str]) -> None:
    answer = triad("diff", ids[0], ids[2])

    assert (answer.code, answer.out) == (2, "")
    assert "ranks the universe post" in answer.err


def test_turnover_may_be_counted_from_what_is_held(
    triad: Triad, ids: list[str], tmp_path: Path
) -> None:
    held = tmp_path / "held.csv"
    held.write_text("ticker,weight\nAAA,0.5\n", "utf-8")

    held_turnover = triad("diff", "--holdings", str(held), "--format", "json").json
    basket_turnover = triad("diff", "--format", "json").json

    assert held_turnover["turnover"] > basket_turnover["turnover"]
    assert ids


@pytest.mark.parametrize(
    ("names", "code", "told"),
    [
        (("zzz",), 2, "There is no run called 'zzz'"),
        (("a", "b", "c"), 2, "Two runs are compared, and 3 were given"),
    ],
)
def test_what_cannot_be_compared_is_told(
    names: tuple[str, ...], code: int, told: str, triad: Triad
) -> None:
    answer = triad("diff", *names)

    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err


def test_without_two_runs_there_is_nothing_to_compare(
    triad: Triad, live: Triad
) -> None:
    nothing = triad("diff")
    live("screen")
    one = triad("diff")

    assert (nothing.code, one.code) == (4, 4)
    assert one.err.startswith("triad: There are no two runs of one universe")
