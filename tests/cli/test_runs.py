"""triad runs and triad history over runs of the small world."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from worlds import RANKED

if TYPE_CHECKING:
    from worlds import Triad, World

    Ids = list[str]


@pytest.fixture
def ids(live: Triad, world: World) -> Ids:
    """Two runs of two days, the later one first."""
    del world
    later = live("screen", "--format", "json").json["run"]["id"]
    earlier = live("screen", "--as-of", "2026-05-14", "--format", "json").json
    return [later, earlier["run"]["id"]]


def test_runs_are_listed_the_last_kept_first(triad: Triad, ids: Ids) -> None:
    listed = triad("runs", "list", "--format", "tickers")
    bare = triad("runs", "--format", "table")

    assert listed.rows == ids[::-1]
    assert (bare.code, bare.err) == (0, "")
    assert all(run in bare.out for run in ids)


def test_a_run_is_shown_by_the_first_letters_of_its_id(triad: Triad, ids: Ids) -> None:
    shown = triad("runs", "show", ids[0][:8], "--format", "json")
    unknown = triad("runs", "show", "zzz")

    assert shown.json["run"]["id"] == ids[0]
    assert shown.json["run"]["as_of"] == "2026-05-15"
    assert (unknown.code, unknown.out) == (2, "")


def test_a_history_has_every_run_by_its_day(triad: Triad, ids: Ids) -> None:
    answer = triad("history", RANKED[0].lower(), "--all", "--format", "json")

    places = answer.json["places"]
    assert [place["run"] for place in places] == ids[::-1]
    assert places[1]["rank"] == 1
    assert places[1]["ranked"] == len(RANKED)
    assert places[1]["taxonomy"] == "A small world"


def test_a_history_leaves_experiments_out_and_says_so(
    triad: Triad, live: Triad, ids: Ids
) -> None:
    live("screen", "--set", "basket.size=3")

    answer = live("history", RANKED[0])
    only_back = triad("history", RANKED[0], "--universe", "post")

    assert ids[0] in answer.out
    assert ids[1] not in answer.out
    assert "2 runs of another kind, or of a day asked for again: --all." in answer.out
    assert (only_back.code, only_back.out) == (4, "")
    assert "on its own day" in only_back.err


def test_a_list_names_the_taxonomy_and_what_looked_back(triad: Triad, ids: Ids) -> None:
    listed = triad("runs", "--format", "json").json["runs"]
    shown = triad("runs", "show", ids[1]).out

    assert [run["taxonomy"] for run in listed] == ["A small world"] * 2
    assert [run["looked_back"] for run in listed] == [True, False]
    assert "A small world" in shown


def test_a_line_of_no_run_is_no_data(triad: Triad, ids: Ids) -> None:
    del ids
    answer = triad("history", "nope")

    assert (answer.code, answer.out) == (4, "")
    assert answer.err.startswith("triad: No stored run has the line 'NOPE'.")


def test_without_a_store_nothing_is_listed_and_no_store_is_made(triad: Triad) -> None:
    assert "No run is kept yet" in triad("runs").out
    assert triad("history", "TSM").code == 4
