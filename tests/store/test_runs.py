"""Which runs are kept, and which questions do they answer?"""

# ruff: noqa: SLF001 - what the file holds is looked at through its own door

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

import screens
from store.figures import FRIDAY, SATURDAY, failed, prices
from triad_screener.errors import StoreError, UnknownNameError, UsageError
from triad_screener.model.stored import RunEntry, RunSeries
from triad_screener.store import Store, _codec, _schema

if TYPE_CHECKING:
    from pathlib import Path

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
        taxonomy="A small world",
    )


class TestAskedAgain:
    def test_a_run_that_is_there_is_marked_and_stays(self, store: Store) -> None:
        store.save_run(named("a"), SATURDAY)
        store.save_run(named("a"), LATER)

        (entry,) = store.runs()
        assert (entry.at, entry.asked_at, entry.last_asked) == (SATURDAY, LATER, LATER)

    def test_a_look_back_stops_being_one_once_it_is_asked_for_on_its_day(
        self, store: Store
    ) -> None:
        store.save_run(named("a"), SATURDAY, looked_back=True)
        assert store.runs()[0].looked_back

        store.save_run(named("a"), LATER)

        assert not store.runs()[0].looked_back

    def test_who_looks_back_moves_no_run_of_its_day(self, store: Store) -> None:
        store.save_run(named("a"), SATURDAY)
        store.save_run(named("a"), LATER, looked_back=True)

        (entry,) = store.runs()
        assert (entry.looked_back, entry.asked_at) == (False, None)

    def test_another_run_of_the_day_ends_the_answer_so_that_asking_is_noted(
        self, store: Store
    ) -> None:
        store.save_run(named("a"), SATURDAY, key="question", until=LATER)
        store.save_run(named("b"), SATURDAY, looked_back=True)
        assert store.answer("question", SATURDAY) == named("a")

        store.save_run(named("c"), SATURDAY)

        assert store.answer("question", SATURDAY) is None


class TestSeries:
    """Whose runs are alike: of one taxonomy, universe and recipe."""

    @staticmethod
    def of(run_id: str, **parts: Any) -> Screen:  # noqa: ANN401 - fields of a run
        screen = screens.small()
        return replace(screen, run=replace(screen.run, id=run_id, **parts))

    @staticmethod
    def only(screen: Screen, count: int) -> Screen:
        """The same screen with the first lines only."""
        lines = screen.scores.lines[:count]
        return replace(screen, scores=replace(screen.scores, lines=lines))

    def test_a_series_is_what_runs_have_in_common(self, store: Store) -> None:
        store.save_run(self.of("a"), SATURDAY)

        assert store.series("a") == RunSeries(
            taxonomy="A small world",
            universe="default",
            recipe="default",
            tickers=frozenset(line.ticker for line in screens.small().scores.lines),
        )

    @pytest.mark.parametrize(
        ("parts", "is_alike"),
        [
            ({"config_hash": "e" * 64}, True),
            ({"data_hash": "e" * 64}, True),
            ({"taxonomy": None}, True),
            ({"taxonomy": "Robotics"}, False),
            ({"universe": "post"}, False),
            ({"recipe": "default basket.size=3"}, False),
        ],
    )
    def test_taxonomy_universe_and_recipe_decide(
        self, parts: dict[str, Any], *, is_alike: bool, store: Store
    ) -> None:
        store.save_run(self.of("a"), SATURDAY)
        store.save_run(self.of("b", **parts), LATER)

        found = {
            one: [entry.id for entry in store.alike(store.series(one))] for one in "ab"
        }
        assert found == ({"a": ["a", "b"], "b": ["a", "b"]} if is_alike else SPLIT)

    @pytest.mark.parametrize(("count", "is_alike"), [(5, True), (4, False)])
    @pytest.mark.parametrize("taxonomy", ["A small world", None])
    def test_half_of_the_lines_of_the_larger_must_be_in_both(
        self, count: int, *, is_alike: bool, taxonomy: str | None, store: Store
    ) -> None:
        store.save_run(self.of("a"), SATURDAY)  # of nine lines
        store.save_run(self.only(self.of("b", taxonomy=taxonomy), count), LATER)

        found = [entry.id for entry in store.alike(store.series("a"))]
        assert found == (["a", "b"] if is_alike else ["a"])
        assert len(store.alike(store.series("b"))) == len(found)

    def test_runs_stand_by_their_day_then_by_when_they_were_asked_for(
        self, store: Store
    ) -> None:
        store.save_run(self.of("a"), SATURDAY)
        store.save_run(self.of("b"), LATER)
        store.save_run(self.of("c", as_of=FRIDAY - timedelta(days=7)), LATER)
        store.save_run(self.of("a"), LATER + timedelta(hours=1))

        found = [entry.id for entry in store.alike(store.series("a"))]
        assert found == ["c", "b", "a"]


SPLIT = {"a": ["a"], "b": ["b"]}


def of_an_earlier_version(path: Path, *screens: Screen) -> Store:
    """A store as the third version wrote it: its runs tell less."""
    database = duckdb.connect(str(path))
    for step in _schema.STEPS[:3]:
        database.execute(step)
    database.execute("UPDATE meta SET value = '3' WHERE key = 'schema_version'")
    made = datetime.fromisoformat("2026-05-16 12:00")
    for screen in screens:
        run, lines = screen.run, screen.scores.lines
        plain = json.loads(_codec.to_json(screen))
        del plain["run"]["taxonomy"]
        content = zlib.compress(json.dumps(plain).encode())
        database.execute(
            "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'c', 'd', '0.1', ?)",
            [
                *(run.id, made, run.as_of, run.source, run.recipe, run.universe),
                *(len(lines), len(lines), content),
            ],
        )
        for line in lines:
            places = [run.id, line.ticker, line.rank, line.score]
            database.execute(
                "INSERT INTO run_lines VALUES (?, ?, ?, ?, NULL, NULL)", places
            )
    database.close()
    return Store(path)


def test_runs_of_an_earlier_version_are_read_and_compared(tmp_path: Path) -> None:
    old = TestSeries.of("old", as_of=FRIDAY - timedelta(days=7))
    store = of_an_earlier_version(tmp_path / "triad.duckdb", old)
    store.save_run(TestSeries.of("new"), SATURDAY)

    assert store.run("old").run == replace(old.run, taxonomy=None)
    assert store.info().schema_version == len(_schema.STEPS)
    found = store.alike(store.series("new"))
    assert [(one.id, one.taxonomy, one.looked_back) for one in found] == [
        ("old", None, False),
        ("new", "A small world", False),
    ]


def test_a_day_that_was_still_to_come_for_an_earlier_version_is_no_day_of_a_run(
    tmp_path: Path,
) -> None:
    path = tmp_path / "triad.duckdb"
    tomorrow, later = (
        TestSeries.of(f"r{days}", as_of=SATURDAY.date() + timedelta(days=days))
        for days in (1, 2)
    )
    store = of_an_earlier_version(path, tomorrow, later)

    found = {one.id: one.looked_back for one in store.runs()}
    assert found == {"r1": False, "r2": True}


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
