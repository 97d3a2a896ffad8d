"""A refresh: what is asked for, what is kept, and what a failure leaves as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from lives import ABSENT, LIMITED, NETWORK
from triad_screener.errors import ClockError, UnwritableStoreError
from triad_screener.model.live import FetchFailure
from triad_screener.store import Store
from triad_screener.workflows import fetching
from triad_screener.workflows.refresh import coverage, refresh
from worlds import FRIDAY, TICKERS

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from lives import Clock, Vendor
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.workflows.serving import Means

PRICED = sorted([*TICKERS, "SPY"])


def test_a_first_refresh_asks_once_for_everything(
    taxonomy: Taxonomy, means: Means, vendor: Vendor
) -> None:
    done, supplies = refresh(taxonomy, means)

    assert (done.asked, done.good, done.failures) == (31, 31, ())
    assert done.requests == 11 + 10 + 1  # prices, statements, and all quotes at once
    assert vendor.asked_for("prices") == PRICED
    assert [(one.kind, len(one.fresh), one.missing) for one in supplies] == [
        ("prices", 11, ()),
        ("quotes", 10, ()),
        ("statements", 10, ()),
    ]
    assert vendor.stopped


def test_a_second_refresh_on_the_same_day_asks_for_nothing(
    taxonomy: Taxonomy, means: Means, vendor: Vendor, clock: Clock
) -> None:
    refresh(taxonomy, means)
    vendor.asked.clear()
    clock.forward(hours=11)

    done, supplies = refresh(taxonomy, means)

    assert (done.asked, done.requests, vendor.asked) == (0, 0, [])
    assert coverage(supplies) == 1.0


def test_the_next_weekday_asks_for_one_week_of_prices_a_line_and_nothing_else(
    taxonomy: Taxonomy, means: Means, vendor: Vendor, clock: Clock
) -> None:
    refresh(taxonomy, means)
    vendor.asked.clear()
    clock.forward(days=2)  # Monday

    done, _ = refresh(taxonomy, means)

    assert (done.asked, done.requests) == (11, 11)
    assert vendor.asked_for("prices") == PRICED
    assert {task.since for task in vendor.asked} == {FRIDAY - timedelta(days=7)}


def test_an_interrupted_refresh_keeps_what_came_and_the_next_one_goes_on(
    taxonomy: Taxonomy, means: Means, vendor: Vendor
) -> None:
    def stop(done: int, total: int, rests_until: datetime | None = None) -> None:
        del total, rests_until
        if done >= 15:
            raise KeyboardInterrupt

    first, _ = refresh(taxonomy, replace(means, progress=stop))
    vendor.asked.clear()
    second, supplies = refresh(taxonomy, means)

    assert first.interrupted
    assert 15 <= first.good < 31
    assert second.asked == 31 - first.good
    assert coverage(supplies) == 1.0


@pytest.mark.parametrize("failure", [NETWORK, LIMITED], ids=lambda one: one.reason)
def test_an_outage_takes_nothing_away_and_is_asked_for_again(
    failure: FetchFailure,
    taxonomy: Taxonomy,
    means: Means,
    vendor: Vendor,
    clock: Clock,
) -> None:
    refresh(taxonomy, means)
    before = means.store.fetch(taxonomy.constituents)
    clock.forward(days=2)
    vendor.failures["*"] = failure

    done, supplies = refresh(taxonomy, means)

    assert (done.asked, done.good) == (11, 0)
    assert done.outage
    assert done.outage.reason == failure.reason
    assert means.store.fetch(taxonomy.constituents).digest == before.digest
    prices = next(one for one in supplies if one.kind == "prices")
    assert (len(prices.stale), prices.missing) == (11, ())

    vendor.failures.clear()
    again, _ = refresh(taxonomy, means)
    assert (again.asked, again.good) == (11, 11)


def test_a_partial_answer_is_kept_and_the_rest_has_its_reason(
    taxonomy: Taxonomy, means: Means, vendor: Vendor
) -> None:
    vendor.failures["prices", "AAA"] = NETWORK
    vendor.failures["quotes", "BBB"] = ABSENT

    done, supplies = refresh(taxonomy, means)

    assert done.good == 29
    assert done.outage is None
    assert {(one.task.symbol, one.reason) for one in done.failures} == {
        ("AAA", "network"),
        ("BBB", "absent"),
    }
    assert coverage(supplies) == 10 / 11


def test_a_symbol_that_is_not_known_is_not_asked_for_again_on_that_day(
    taxonomy: Taxonomy, means: Means, vendor: Vendor, clock: Clock
) -> None:
    vendor.failures["prices", "AAA"] = ABSENT
    refresh(taxonomy, means)
    clock.forward(hours=5)

    assert refresh(taxonomy, means)[0].asked == 0


def test_a_split_fetches_the_whole_history_again(
    taxonomy: Taxonomy, means: Means, vendor: Vendor, clock: Clock
) -> None:
    vendor.newest = date(2026, 5, 13)
    refresh(taxonomy, means)
    whole = means.store.closes(["AAA"], date(2000, 1, 1))["AAA"]
    vendor.asked.clear()
    vendor.newest = date.max
    vendor.splits["AAA"] = ((date(2026, 5, 14), 2.0),)
    vendor.scale["AAA"] = 0.5
    clock.forward(days=2)

    refresh(taxonomy, means)

    assert [t.since for t in vendor.asked if t.symbol == "AAA"] == [
        date(2026, 5, 6),
        None,
    ]
    halved = means.store.closes(["AAA"], date(2000, 1, 1))["AAA"]
    assert all(halved[day] == close / 2 for day, close in whole.items())
    assert len(halved) == len(whole) + 2


def test_a_split_that_nobody_lists_is_noticed_by_the_closes(
    taxonomy: Taxonomy, means: Means, vendor: Vendor, clock: Clock
) -> None:
    refresh(taxonomy, means)
    vendor.asked.clear()
    vendor.scale["AAA"] = 0.5
    clock.forward(days=2)

    refresh(taxonomy, means)

    assert [t.since for t in vendor.asked if t.symbol == "AAA"] == [
        FRIDAY - timedelta(days=7),
        None,
    ]


def test_a_source_that_has_gone_back_in_time_takes_no_session_away(
    taxonomy: Taxonomy, means: Means, vendor: Vendor, clock: Clock
) -> None:
    refresh(taxonomy, means)
    before = means.store.fetch(taxonomy.constituents)
    vendor.newest = FRIDAY - timedelta(days=3)
    clock.forward(days=2)

    done, _ = refresh(taxonomy, means)

    assert {one.reason for one in done.failures} == {"rejected: older than kept"}
    assert means.store.fetch(taxonomy.constituents).digest == before.digest


def test_only_the_tickers_named_are_refreshed(
    taxonomy: Taxonomy, means: Means, vendor: Vendor
) -> None:
    done, _ = refresh(taxonomy, means, tickers=["AAA"])

    assert done.asked == 3
    assert {task.symbol for task in vendor.asked} == {"AAA"}


def test_full_asks_for_everything_again(
    taxonomy: Taxonomy, means: Means, vendor: Vendor
) -> None:
    refresh(taxonomy, means)
    vendor.asked.clear()

    done, _ = refresh(taxonomy, means, full=True)

    assert done.asked == 31
    assert all(task.since is None for task in vendor.asked)


def test_nothing_is_asked_for_where_nothing_could_be_kept(
    taxonomy: Taxonomy, means: Means, vendor: Vendor, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    blocked = replace(means, store=Store(file / "triad.duckdb"))

    with pytest.raises(UnwritableStoreError):
        refresh(taxonomy, blocked)

    assert vendor.asked == []


def test_a_fault_of_the_program_is_not_taken_for_an_answer(
    taxonomy: Taxonomy, means: Means, vendor: Vendor
) -> None:
    vendor.failures["statements"] = ZeroDivisionError()

    with pytest.raises(ZeroDivisionError):
        refresh(taxonomy, means)


def test_answers_are_saved_while_others_are_still_to_come(
    taxonomy: Taxonomy,
    means: Means,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetching, "SAVE_EVERY", 0.0)
    seen = []

    def look(done: int, total: int, rests_until: datetime | None = None) -> None:
        del rests_until
        seen.append((done, total, len(means.store.last_fetches())))

    refresh(taxonomy, replace(means, progress=look))

    assert seen[-1][:2] == (31, 31)
    assert any(0 < kept < 31 for _, _, kept in seen)


def test_what_there_was_no_time_for_is_as_if_it_had_not_been_asked_for(
    taxonomy: Taxonomy, means: Means, vendor: Vendor
) -> None:
    vendor.failures["*"] = FetchFailure("not asked", "the time was over")

    done, _ = refresh(taxonomy, means)

    assert (done.good, len(done.failures), done.outage) == (0, 31, None)
    assert means.store.last_fetches() == {}


def test_an_interruption_inside_the_database_is_an_interruption(
    taxonomy: Taxonomy, means: Means, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    del vendor
    saved = means.store.save
    tries = []

    def interrupted(found: object) -> None:
        tries.append(found)
        if len(tries) == 1:
            raise KeyboardInterrupt
        saved(found)  # type: ignore[arg-type]

    monkeypatch.setattr(means.store, "save", interrupted)
    monkeypatch.setattr(fetching, "SAVE_EVERY", 0.0)

    done, _ = refresh(taxonomy, means)

    assert done.interrupted
    assert len(means.store.last_fetches()) == done.good > 0


def test_a_clock_that_ran_ahead_for_a_day_does_not_freeze_the_store(
    taxonomy: Taxonomy, means: Means, vendor: Vendor, clock: Clock
) -> None:
    clock.forward(days=400)
    refresh(taxonomy, means)
    vendor.asked.clear()
    clock.forward(days=-400)

    done, supplies = refresh(taxonomy, means)

    assert (done.asked, done.good) == (31, 31)
    assert coverage(supplies) == 1.0
    assert means.store.info().last_good_at == clock.now()


@pytest.mark.parametrize("days", [-2, 2, 400])
def test_a_clock_that_contradicts_the_source_keeps_nothing(
    days: int, taxonomy: Taxonomy, means: Means, vendor: Vendor, clock: Clock
) -> None:
    vendor.server_time = clock.now()
    clock.forward(days=days)

    with pytest.raises(ClockError, match="and the source 2026-05-16 12:00") as caught:
        refresh(taxonomy, means)

    assert caught.value.exit_code == 78
    assert means.store.last_fetches() == {}


def test_a_clock_in_another_time_zone_is_no_matter(
    taxonomy: Taxonomy, means: Means, vendor: Vendor, clock: Clock
) -> None:
    vendor.server_time = clock.now()
    clock.forward(hours=14)

    assert refresh(taxonomy, means)[0].good == 31


MISSING = FRIDAY - timedelta(days=100)


def test_a_session_that_is_missing_is_asked_for_again_and_filled(
    taxonomy: Taxonomy, means: Means, vendor: Vendor, clock: Clock
) -> None:
    vendor.left_out["AAA"] = (MISSING,)
    refresh(taxonomy, means)
    vendor.asked.clear()

    still, supplies = refresh(taxonomy, means)
    vendor.left_out.clear()
    filled, _ = refresh(taxonomy, means)
    clock.forward(days=2)
    later, _ = refresh(taxonomy, means)

    assert (still.requests, filled.requests, later.requests) == (1, 1, 11)
    assert [task.since for task in vendor.asked if task.symbol == "AAA"] == [
        MISSING,
        MISSING,
        FRIDAY - timedelta(days=7),
    ]
    assert coverage(supplies) == 1.0
    assert MISSING in means.store.closes(["AAA"], MISSING)["AAA"]
    assert means.store.missing_sessions() == ()


def test_a_request_that_is_made_anyway_begins_with_what_is_missing(
    taxonomy: Taxonomy, means: Means, vendor: Vendor, clock: Clock
) -> None:
    vendor.left_out["AAA"] = (MISSING,)
    refresh(taxonomy, means)
    vendor.asked.clear()
    clock.forward(days=2)

    done, _ = refresh(taxonomy, means)

    assert done.requests == 11
    since = {task.symbol: task.since for task in vendor.asked}
    assert (since["AAA"], since["BBB"]) == (MISSING, FRIDAY - timedelta(days=7))


def test_after_sixty_days_a_missing_session_is_given_up(
    taxonomy: Taxonomy, means: Means, vendor: Vendor, clock: Clock
) -> None:
    vendor.left_out["AAA"] = (MISSING,)
    refresh(taxonomy, means)
    clock.forward(days=61)
    vendor.asked.clear()

    refresh(taxonomy, means)

    assert {t.since for t in vendor.asked if t.kind == "prices"} == {
        FRIDAY - timedelta(days=7)
    }
    assert len(means.store.missing_sessions()) == 1


def test_a_refusal_decides_when_a_missing_session_is_asked_for_again(
    taxonomy: Taxonomy, means: Means, vendor: Vendor, clock: Clock
) -> None:
    vendor.left_out["AAA"] = (MISSING,)
    refresh(taxonomy, means)
    vendor.failures["prices", "AAA"] = ABSENT
    clock.forward(days=2)
    refresh(taxonomy, means)
    vendor.asked.clear()

    refresh(taxonomy, means)

    assert vendor.asked == []
