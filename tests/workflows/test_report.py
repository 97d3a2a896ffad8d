"""The letter is written: against which run, from which figures?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import screens
from store.figures import SATURDAY
from triad_screener.errors import (
    LetterRefusedError,
    StoreError,
    UnknownNameError,
    UsageError,
)
from triad_screener.model.document import Table
from triad_screener.model.screen import BenchmarkFact
from triad_screener.model.watch import Sighting, VendorMark, WatchEvent
from triad_screener.reporting.overview import View
from triad_screener.store import Store
from triad_screener.workflows import report
from triad_screener.workflows.report import Wish
from triad_screener.workflows.showing import Floors

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from triad_screener.model.screen import Screen
    from triad_screener.reporting.letter import Letter

NOW = screens.small()
TODAY = NOW.run.as_of
WATCHED = NOW.watchlist[0].id


def run(name: str, days: int, **parts: object) -> Screen:
    """A run of so many days before this one."""
    day = TODAY - timedelta(days=days)
    return replace(NOW, run=replace(NOW.run, id=name, as_of=day, **parts))  # type: ignore[arg-type]


def holding(*runs: Screen) -> Store:
    store = Store.in_memory()
    for at, one in enumerate(runs):
        store.save_run(one, SATURDAY + timedelta(minutes=at))
    return store


def written(
    store: Store, wish: Wish | None = None, *, told: tuple[str, ...] = (), age: int = 1
) -> Letter:
    view = View(lines=(), today=TODAY + timedelta(days=age))
    return report.write(NOW, wish or Wish(), view, store, told=told)


def before(found: Letter) -> str | None:
    changes = found.report.record["changes"]
    return changes["before"]["id"] if changes else None  # type: ignore[index]


class TestBaseline:
    def test_it_is_the_run_of_the_last_letter(self) -> None:
        store = holding(run("a", 21), run("b", 14), run("c", 7))

        assert before(written(store, told=("b", "a"))) == "b"

    def test_that_it_is_of_another_source_is_told(self) -> None:
        store = holding(run("a", 14, source_description="another one"), run("b", 7))
        told = "The sources differ (another one; "

        rows = [
            str(row)
            for name in ("a", "b")
            for block in written(store, told=(name,)).report.blocks
            if isinstance(block, Table) and block.title == "About the figures"
            for row in block.rows
            if told in str(row)
        ]

        assert len(rows) == 1

    def test_a_letter_whose_run_is_gone_is_passed_over(self) -> None:
        store = holding(run("a", 21), run("c", 7))

        assert before(written(store, told=("b", "a"))) == "a"

    def test_a_letter_of_the_same_day_is_passed_over(self) -> None:
        store = holding(run("a", 7), run("b", 0))

        assert before(written(store, told=("b", "a"))) == "a"

    def test_without_a_letter_it_is_the_newest_run_of_five_days_ago(self) -> None:
        store = holding(run("a", 12), run("b", 5), run("c", 1))

        assert before(written(store)) == "b"

    def test_without_one_so_old_it_is_the_newest_of_an_earlier_day(self) -> None:
        store = holding(run("a", 4), run("b", 1), run("c", 0))

        assert before(written(store)) == "b"

    @pytest.mark.parametrize(
        "parts",
        [{"universe": "post"}, {"recipe": "other"}, {"taxonomy": "Robotics"}],
    )
    def test_another_taxonomy_universe_or_recipe_is_not_compared(
        self, parts: dict[str, object]
    ) -> None:
        assert before(written(holding(run("a", 7, **parts)))) is None

    def test_a_letter_on_another_taxonomy_is_passed_over(self) -> None:
        store = holding(run("a", 14), run("b", 7, taxonomy="Robotics"))

        assert before(written(store, told=("b",))) == "a"

    def test_a_look_back_is_compared_only_if_the_last_letter_told_of_it(self) -> None:
        store = holding(run("a", 14))
        store.save_run(run("b", 7), SATURDAY, looked_back=True)

        assert before(written(store)) == "a"
        assert before(written(store, told=("b",))) == "b"
        assert len(written(store).report.record["ranks"]) == 2  # type: ignore[arg-type]

    def test_of_one_day_it_is_the_run_asked_for_last(self) -> None:
        store = holding(run("a", 7), run("b", 7), run("a", 7))

        assert before(written(store)) == "a"

    def test_the_run_asked_for_is_taken(self) -> None:
        store = holding(run("abc", 14), run("b", 7))

        assert before(written(store, Wish(since="ab"), told=("b",))) == "abc"

    def test_a_run_asked_for_that_is_not_there_is_refused(self) -> None:
        with pytest.raises(UnknownNameError):
            written(holding(run("a", 7)), Wish(since="zz"))

    def test_a_run_asked_for_of_another_universe_is_refused(self) -> None:
        with pytest.raises(UsageError):
            written(holding(run("a", 7, universe="post")), Wish(since="a"))


class TestRanks:
    def test_the_picture_has_the_last_run_of_each_of_eight_weeks(self) -> None:
        days = [*range(70, 0, -7), 8]
        store = holding(*(run(f"r{day}", day) for day in days))

        ranks = written(store).report.record["ranks"]

        told = [TODAY - timedelta(days=day) for day in (49, 42, 35, 28, 21, 14, 7, 0)]
        assert [one["as_of"] for one in ranks] == [day.isoformat() for day in told]  # type: ignore[attr-defined]
        assert len(ranks[0]["ranks"]) == len(NOW.scores.lines)  # type: ignore[index]

    def test_an_earlier_run_of_this_week_gives_way_to_this_one(self) -> None:
        assert TODAY.isoweekday() > 1

        ranks = written(holding(run("a", 1))).report.record["ranks"]

        assert [one["as_of"] for one in ranks] == [TODAY.isoformat()]  # type: ignore[attr-defined]


class TestFloors:
    AGE = Wish(floors=Floors(max_age_days=4))
    THIN = Wish(floors=Floors(min_coverage=1.01))

    def test_fresh_figures_of_most_lines_pass(self) -> None:
        assert before(written(holding(run("a", 7)), self.AGE, age=4)) == "a"

    def test_old_figures_are_refused_with_what_to_do(self) -> None:
        with pytest.raises(LetterRefusedError) as caught:
            written(holding(), self.AGE, age=5)

        assert caught.value.what == (
            f"No letter from these figures: The newest close is of {TODAY}, older than "
            "the 4 days allowed."
        )
        assert "--allow-stale" in caught.value.remedy

    def test_thin_figures_are_refused(self) -> None:
        with pytest.raises(LetterRefusedError, match="of the lines are ranked"):
            written(holding(), self.THIN)

    @pytest.mark.parametrize(("wish", "mark"), [(AGE, "old"), (THIN, "thin")])
    def test_allowed_all_the_same_the_subject_says_so(
        self, wish: Wish, mark: str
    ) -> None:
        found = written(holding(), replace(wish, allow_stale=True), age=5)

        assert found.subject.startswith(f"triad: [{mark} data] ")


def test_of_the_ranking_only_the_first_may_be_wanted() -> None:
    lines = written(holding(), Wish(top=3)).report.record["screen"]["lines"]  # type: ignore[index]

    assert [line["rank"] for line in lines] == [1, 2, 3]


def test_turnover_may_count_from_what_is_held() -> None:
    store = holding(run("a", 7))

    found = written(store, Wish(holdings={"AAA": 1.0}))

    assert found.report.record["changes"]["turnover"] > 0  # type: ignore[index]
    assert written(store).report.record["changes"]["turnover"] == 0  # type: ignore[index]


def test_a_benchmark_that_is_not_known_offers_those_that_are() -> None:
    fund = BenchmarkFact("SPY", "S&P 500", "USD", (1.0, 1.0))
    screen = replace(NOW, benchmarks=(fund,))

    with pytest.raises(UnknownNameError) as caught:
        report.write(screen, Wish(benchmark="SPX"), View(lines=()), holding())

    assert caught.value.what == "There is no benchmark called 'SPX'."
    assert "SPY" in caught.value.remedy


def test_without_a_clock_the_figures_have_no_age() -> None:
    wish = Wish(floors=Floors(max_age_days=0))

    found = report.write(NOW, wish, View(lines=()), holding())

    assert found.subject.startswith("triad: ")


def test_news_of_the_watchlist_are_told_until_a_letter_is_on_its_way() -> None:
    store = holding()
    event = seen()
    store.save_watch((), [event], SATURDAY)

    found = written(store)

    assert found.events == written(store).events == (event,)
    assert report.settle(found, store, SATURDAY) == ()
    assert written(store).events == ()


def test_a_vendor_s_estimate_is_shown_as_it_was_on_the_day_of_the_letter() -> None:
    store = holding()
    seen = [estimate(TODAY, 100.0), estimate(TODAY + timedelta(days=2), 120.0)]
    store.save_watch((), seen, SATURDAY)

    shown = [written(store, age=age).report.record["estimates"] for age in (-1, 1, 2)]

    assert shown[0] == {}
    values = [one[WATCHED]["valuation"] for one in shown[1:]]  # type: ignore[index]
    assert values == [100, 120]


def test_a_store_that_is_held_is_told_and_stops_no_letter(tmp_path: Path) -> None:
    found = replace(written(holding()), events=(seen(),))
    (tmp_path / "triad.duckdb").write_bytes(b"no store")

    (told,) = report.settle(found, Store(tmp_path / "triad.duckdb"), SATURDAY)

    assert told.startswith("The news of the watchlist will be told again: The store ")


def estimate(day: date, value: float) -> WatchEvent:
    """What a vendor put on a company that is on the watchlist."""
    sighting = Sighting(
        entry=WATCHED,
        reference=f"mark {day}",
        date=day,
        kind="mark",
        what="By hand.",
        source="Yahoo Finance",
        grade="D",
        vendor=VendorMark("LABS.PVT", value, "USD"),
    )
    return WatchEvent(sighting, "yahoo", "private", "private")


def seen() -> WatchEvent:
    sighting = Sighting(
        entry="one",
        reference="r",
        date=TODAY,
        kind="filing",
        what="Filed.",
        source="SEC EDGAR",
        grade="A",
    )
    return WatchEvent(sighting, "edgar", "private", "public_filed")


def test_a_run_that_cannot_be_read_costs_the_comparison_only() -> None:
    store = holding(run("a", 7))
    with store._database.writing() as connection:  # noqa: SLF001 - the inner door
        connection.execute("UPDATE runs SET screen = 'no screen'::BLOB")

    found = written(store)

    assert before(found) is None
    told = [block for block in found.report.blocks if isinstance(block, Table)]
    assert any(
        "The run a, to compare with, cannot be read." in str(row)
        for table in told
        for row in table.rows
    )
    with pytest.raises(StoreError):
        written(store, Wish(since="a"))


def test_the_refusal_says_that_the_snapshot_served() -> None:
    screen = replace(NOW, run=replace(NOW.run, source="bundled"))
    view = View(lines=(), today=TODAY + timedelta(days=9), troubles=("No network.",))

    with pytest.raises(LetterRefusedError) as caught:
        report.write(screen, TestFloors.AGE, view, holding())

    assert caught.value.what.endswith("The bundled snapshot served. No network.")
