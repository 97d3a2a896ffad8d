"""What is kept of the watchlist, and who was told of it?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from store.figures import SATURDAY
from triad_screener.model.watch import Followed, VendorMark, WatchCheck, WatchEvent
from triad_screener.store import Store
from watchers import sighting

if TYPE_CHECKING:
    from pathlib import Path

LATER = SATURDAY + timedelta(days=1)
DRAFT = WatchEvent(
    sighting("a", "2026-05-01", "DRS", "draft_submitted"),
    "edgar",
    "private",
    "draft_submitted",
)
FILED = WatchEvent(
    sighting("a", "2026-05-14", "S-1", "public_filed"),
    "edgar",
    "draft_submitted",
    "public_filed",
)
LONG_KNOWN = WatchEvent(
    sighting("b", "2020-01-01", "D", None), "edgar", "private", "private", is_news=False
)


@pytest.fixture
def store() -> Store:
    return Store.in_memory()


def check(entry: str, reason: str = "", cik: str | None = None) -> WatchCheck:
    return WatchCheck(entry, "edgar", cik, reason, "by hand")


def test_events_come_back_as_they_were_the_oldest_first(store: Store) -> None:
    store.save_watch([], [FILED, LONG_KNOWN, DRAFT], SATURDAY)

    assert store.followed().events == (LONG_KNOWN, DRAFT, FILED)
    assert store.followed().of("a") == (DRAFT, FILED)


def test_the_same_reference_is_kept_once(store: Store) -> None:
    store.save_watch([], [DRAFT], SATURDAY)
    store.save_watch([], [DRAFT, FILED], LATER)

    assert store.followed().events == (DRAFT, FILED)


def test_only_a_check_that_was_answered_counts(store: Store) -> None:
    store.save_watch([check("a"), check("b", "network")], [], SATURDAY)

    assert store.followed().checked == {("a", "edgar")}


def test_a_key_that_was_found_is_remembered_and_the_last_one_counts(
    store: Store,
) -> None:
    store.save_watch([check("a", cik="0000000001"), check("b")], [], SATURDAY)
    store.save_watch([check("a", cik="0000000002")], [], LATER)
    store.save_watch([check("a", "network")], [], LATER)

    assert store.followed().ciks == (("a", "0000000002"),)


def test_news_is_told_once(store: Store) -> None:
    store.save_watch([], [DRAFT, LONG_KNOWN, FILED], SATURDAY)
    assert store.untold_events() == (DRAFT, FILED)

    store.mark_told([DRAFT], LATER)
    assert store.untold_events() == (FILED,)

    store.mark_told(store.untold_events(), LATER)
    store.mark_told([], LATER)
    assert store.untold_events() == ()
    assert len(store.followed().events) == 3


def test_what_a_person_wrote_is_no_news_to_a_letter(store: Store) -> None:
    store.save_watch([], [replace(DRAFT, by="yaml")], SATURDAY)

    assert store.untold_events() == ()
    assert len(store.followed().events) == 1


def test_a_store_that_is_not_there_has_seen_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "none.duckdb")

    assert store.followed() == Followed()
    assert store.untold_events() == ()
    assert not store.exists()


def test_a_screen_or_a_refresh_forgets_no_event(store: Store) -> None:
    store.save_watch([], [DRAFT], SATURDAY)

    store.save([])

    assert store.untold_events() == (DRAFT,)


@pytest.mark.parametrize("day", [None, date(2026, 2, 8)])
def test_what_a_vendor_puts_on_a_company_comes_back_as_it_was(
    day: date | None, store: Store
) -> None:
    mark = VendorMark("A.PVT", 170e9, "USD", 242.04, "Series L", day, "Ähm Inc")
    seen = replace(sighting("a", "2026-05-20", "D", None), vendor=mark)
    event = replace(LONG_KNOWN, sighting=seen)

    store.save_watch([], [event], SATURDAY)

    (kept,) = store.followed().events
    assert kept == event
    assert kept.sighting.vendor is not None
    assert kept.sighting.vendor.name == "Ähm Inc"


def test_when_a_source_last_answered_is_known(store: Store, tmp_path: Path) -> None:
    assert Store(tmp_path / "none.duckdb").mark_source_answered_at("edgar") is None
    store.save_watch([check("a", "network")], [], SATURDAY)
    assert store.mark_source_answered_at("edgar") is None

    store.save_watch([check("a")], [], LATER)

    assert store.mark_source_answered_at("edgar") == LATER
    assert store.mark_source_answered_at("yahoo") is None
