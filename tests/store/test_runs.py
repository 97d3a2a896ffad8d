"""Which runs are kept, and which questions do they answer?"""

# ruff: noqa: SLF001 - what the file holds is looked at through its own door

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

import screens
from store.figures import FRIDAY, SATURDAY, failed, prices
from triad_screener.errors import StoreError, UnknownNameError, UsageError
from triad_screener.model.stored import RunEntry
from triad_screener.store import Store

if TYPE_CHECKING:
    from triad_screener.model.screen import Screen

LATER = SATURDAY + timedelta(hours=1)


@pytest.fixture
def store() -> Store:
    return Store.in_memory()


def named(run_id: str) -> Screen:
    screen = screens.small()
    return replace(screen, run=replace(screen.run, id=run_id))


def test_a_run_comes_back_as_it_was(store: Store) -> None:
    assert store.save_run(screens.bundled(), SATURDAY)

    assert store.run(screens.bundled().run.id) == screens.bundled()


def test_the_first_run_of_an_id_stays(store: Store) -> None:
    store.save_run(named("a1"), SATURDAY)

    assert not store.save_run(replace(named("a1"), warnings=("other",)), LATER)

    assert store.run("a1") == named("a1")
    assert [entry.at for entry in store.runs()] == [SATURDAY]


def test_the_beginning_of_an_id_will_do(store: Store) -> None:
    store.save_run(named("abc1"), SATURDAY)
    store.save_run(named("abd2"), SATURDAY)

    assert store.run("abc") == named("abc1")


def test_a_whole_id_is_never_ambiguous(store: Store) -> None:
    store.save_run(named("abc"), SATURDAY)
    store.save_run(named("abcd"), SATURDAY)

    assert store.run("abc") == named("abc")


def test_an_ambiguous_beginning_is_refused(store: Store) -> None:
    for number in range(7):
        store.save_run(named(f"ab{number}"), SATURDAY)

    with pytest.raises(UsageError) as caught:
        store.run("ab")

    assert caught.value.what == (
        "The run 'ab' could be 7 runs: ab6 of 2026-05-15, ab5 of 2026-05-15, "
        "ab4 of 2026-05-15, ab3 of 2026-05-15, ab2 of 2026-05-15 and 2 more."
    )


def test_an_unknown_run_offers_the_nearest(store: Store) -> None:
    store.save_run(named("0123456789abcdef"), SATURDAY)

    with pytest.raises(UnknownNameError) as caught:
        store.run("0123456789abcdee")

    assert caught.value.remedy == "Did you mean 0123456789abcdef?"


def test_a_wildcard_is_only_text(store: Store) -> None:
    store.save_run(named("abc"), SATURDAY)

    with pytest.raises(UnknownNameError):
        store.run("%")


def test_runs_are_listed_last_stored_first_whatever_the_clock_said(
    store: Store,
) -> None:
    store.save_run(named("b"), LATER)
    store.save_run(named("a"), SATURDAY)
    store.save_run(named("c"), LATER)

    assert [entry.id for entry in store.runs()] == ["c", "a", "b"]
    assert store.runs()[1] == RunEntry(
        id="a",
        at=SATURDAY,
        as_of=FRIDAY,
        source="folder",
        recipe="default",
        universe="default",
        lines=9,
        ranked=9,
        config_hash="c" * 64,
        data_hash="d" * 64,
        program_version="0.0.0",
    )


def test_a_run_that_cannot_be_read_is_told(store: Store) -> None:
    store.save_run(named("a"), SATURDAY)
    with store._database.writing() as connection:
        connection.execute("UPDATE runs SET screen = 'nonsense'::BLOB")

    with pytest.raises(StoreError, match="holds a run that cannot be read"):
        store.run("a")


def test_an_answer_serves_until_its_time_is_over(store: Store) -> None:
    store.save_run(named("a"), SATURDAY, key="question", until=LATER)

    assert store.answer("question", SATURDAY) == named("a")
    assert store.answer("question", LATER - timedelta(seconds=1)) is not None
    assert store.answer("question", LATER) is None
    assert store.answer("another", SATURDAY) is None


def test_a_new_answer_replaces_the_old_one(store: Store) -> None:
    for run_id in "ab":
        store.save_run(named(run_id), SATURDAY, key="question", until=LATER)

    assert store.answer("question", SATURDAY) == named("b")
    assert store.info().counts["answers"] == 1


def test_a_run_that_is_stored_already_may_answer_another_question(
    store: Store,
) -> None:
    store.save_run(named("a"), SATURDAY)
    store.save_run(named("a"), SATURDAY, key="question", until=LATER)

    assert store.answer("question", SATURDAY) == named("a")


def test_new_figures_end_every_answer(store: Store) -> None:
    store.save_run(named("a"), SATURDAY, key="question", until=LATER)

    store.save([failed("prices", "AAA", "network")])
    assert store.answer("question", SATURDAY) is not None

    store.save([prices("AAA", [1])])
    assert store.answer("question", SATURDAY) is None


def test_a_history_has_every_run_of_a_line_by_its_day(store: Store) -> None:
    screen = screens.bundled()
    earlier = replace(screen.run, id="e", as_of=FRIDAY - timedelta(days=7))
    store.save_run(screen, LATER)
    store.save_run(replace(screen, run=earlier), SATURDAY)

    places = store.history("TSM")

    assert [place.run.id for place in places] == ["e", screen.run.id]
    assert (places[0].rank, places[0].score) == (1, screen.scores.lines[0].score)
    assert store.history("NOPE") == []


def test_a_line_that_was_not_ranked_has_a_place_without_a_rank(store: Store) -> None:
    screen = screens.bundled(date(2025, 2, 14))
    store.save_run(screen, SATURDAY)

    (place,) = store.history(screen.scores.unranked[0].ticker)

    assert (place.rank, place.score, place.run.as_of) == (None, None, screen.run.as_of)


def test_the_entry_of_a_run_is_had_by_the_beginning_of_its_id(store: Store) -> None:
    store.save_run(named("abc1"), SATURDAY)

    assert store.entry("ab").id == "abc1"
    with pytest.raises(UnknownNameError):
        store.entry("")


def test_ranks_of_runs_are_had_without_their_screens(store: Store) -> None:
    store.save_run(named("a1"), SATURDAY)
    store.save_run(named("b2"), SATURDAY)

    found = store.ranks(["b2", "nowhere"])

    lines = screens.small().scores.lines
    assert found == {"b2": {line.ticker: line.rank for line in lines}}
    assert list(found["b2"].values()) == list(range(1, len(lines) + 1))
