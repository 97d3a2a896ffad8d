"""Checks of the watchlist: what is asked, kept, told and proposed?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

import samples
from lives import Vendor
from triad_screener.errors import (
    NoDataError,
    RateLimitedError,
    TriadError,
    UnknownNameError,
    UnwritableStoreError,
)
from triad_screener.model.live import FetchFailure
from triad_screener.model.watch import VendorMark
from triad_screener.sources.private_companies import PrivateCompanies
from triad_screener.workflows import watching
from triad_screener.workflows.answering import Question
from watchers import ABSENT, LIMITED, NETWORK, Watcher, sighting

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from lives import Clock
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.model.watch import Checked
    from triad_screener.store import Store

DRAFT = sighting("startup", "2026-05-10", "DRS", "draft_submitted")
FILED = sighting("startup", "2026-05-14", "S-1", "public_filed")
PRICED = sighting("startup", "2026-05-15", "424B4", "priced")
LISTED = sighting("startup", "2026-05-15", "list", "listed", ticker="STRT")


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


class Check:
    """Checks the one company of the small world."""

    def __init__(
        self, taxonomy: Taxonomy, store: Store, clock: Clock, watcher: Watcher
    ) -> None:
        self.taxonomy, self.store = taxonomy, store
        self.clock, self.watcher = clock, watcher

    def __call__(self, *seen: object) -> Checked:
        self.watcher.seen = [*seen]  # type: ignore[list-item]
        return watching.check(
            self.taxonomy.watchlist,
            self.store,
            {"edgar": self.watcher},
            self.clock.now(),
        )


@pytest.fixture
def check(taxonomy: Taxonomy, store: Store, clock: Clock, watcher: Watcher) -> Check:
    return Check(taxonomy, store, clock, watcher)


def test_a_company_is_followed_step_by_step_and_each_is_told_once(check: Check) -> None:
    told = [
        [one.after for one in check(*seen).changes]
        for seen in ((), (DRAFT,), (DRAFT, FILED), (DRAFT, FILED))
    ]
    last = check(DRAFT, FILED, PRICED, LISTED)

    assert told == [[], ["draft_submitted"], ["public_filed"], []]
    assert [one.after for one in last.changes] == ["priced", "listed"]
    (company,) = last.companies
    assert (company.stage, company.ticker) == ("listed", "STRT")
    assert company.since.isoformat() == "2026-05-15"


def test_the_source_is_told_where_a_company_stands_and_what_is_kept(
    check: Check,
) -> None:
    check(DRAFT)
    check(DRAFT)

    first, second = check.watcher.asked
    assert (first.stage, first.cik, first.seen) == ("private", None, frozenset())
    assert second.stage == "draft_submitted"
    assert second.cik == "0009999901"
    assert second.seen == {"DRS 2026-05-10"}


def test_an_outage_is_no_first_answer(check: Check) -> None:
    old = sighting("startup", "2025-06-01", "D", None)
    check.watcher.failures["*"] = NETWORK
    failed = check(old)
    check.watcher.failures.clear()

    found = check(old)

    assert [one.reason for one in failed.failures] == ["network"]
    assert [one.is_news for one in found.events] == [False]


@pytest.mark.parametrize(
    ("reason", "kind"), [(NETWORK, NoDataError), (LIMITED, RateLimitedError)]
)
def test_if_nobody_answered_it_is_an_error(
    reason: tuple[str, str], kind: type[Exception], check: Check
) -> None:
    check.watcher.failures["*"] = reason

    done = check(DRAFT)

    assert isinstance(watching.failure(done), kind)
    assert done.is_worth_telling


def test_a_company_that_is_not_known_needs_a_person_and_is_no_outage(
    check: Check,
) -> None:
    check.watcher.failures["*"] = ABSENT

    done = check()

    assert watching.failure(done) is None
    assert watching.code(done, wanted=True) == 3
    assert watching.code(done, wanted=False) == 0
    assert done.is_worth_telling


def test_the_exit_code_says_what_changed_if_it_is_wanted(check: Check) -> None:
    quiet, changed = check(), check(DRAFT)

    assert watching.code(quiet, wanted=True) == 0
    assert watching.code(changed, wanted=True) == 1
    assert watching.code(changed, wanted=False) == 0


def test_the_exit_code_says_that_a_company_may_have_news_unseen(check: Check) -> None:
    check.watcher.failures["startup"] = NETWORK

    assert watching.code(check(), wanted=True) == 3


def test_what_came_before_ctrl_c_is_kept(
    check: Check, taxonomy: Taxonomy, store: Store, clock: Clock
) -> None:
    first = taxonomy.watchlist[0]
    second = first.model_copy(update={"id": "other", "name": "Other"})
    check.watcher.seen = [DRAFT]
    check.watcher.interrupted_at = "other"

    done = watching.check((first, second), store, {"edgar": check.watcher}, clock.now())

    assert done.interrupted
    assert check.watcher.stopped
    assert [one.after for one in store.untold_events()] == ["draft_submitted"]
    assert watching.failure(done) is None


def test_progress_is_told(check: Check, taxonomy: Taxonomy, store: Store) -> None:
    steps: list[tuple[int, int]] = []

    watching.check(
        taxonomy.watchlist,
        store,
        {"edgar": check.watcher},
        check.clock.now(),
        lambda done, total: steps.append((done, total)),
    )

    assert steps == [(1, 1)]


def test_nothing_is_asked_where_nothing_could_be_kept(
    check: Check, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("in the way")

    with pytest.raises(UnwritableStoreError):
        check(DRAFT)

    assert check.watcher.asked == []


def test_a_proposal_holds_what_was_seen(check: Check, taxonomy: Taxonomy) -> None:
    done = check(DRAFT, FILED, PRICED, LISTED)

    text = watching.proposal(taxonomy, done, check.store, check.clock.now())

    assert '- ticker: "STRT"' in text
    assert text.count("stage: ") == 4


@pytest.mark.parametrize("name", ["startup", "Startup", "STARTUP"])
def test_a_company_is_named_by_id_or_name(name: str, taxonomy: Taxonomy) -> None:
    assert [one.id for one in watching.wanted(taxonomy, [name])] == ["startup"]


def test_an_unknown_company_or_pillar_is_refused(taxonomy: Taxonomy) -> None:
    with pytest.raises(UnknownNameError, match="company on the watchlist"):
        watching.wanted(taxonomy, ["nobody"])
    with pytest.raises(UnknownNameError, match="pillar"):
        watching.wanted(taxonomy, [], ["luck"])


def test_a_pillar_chooses(taxonomy: Taxonomy) -> None:
    assert len(watching.wanted(taxonomy, [], ["data"])) == 1
    assert watching.wanted(taxonomy, [], ["compute"]) == ()


# --- the vendor of a refresh ----------------------------------------------------------


class Desk:
    """Refreshes what a vendor puts on the one company, and counts."""

    def __init__(self, taxonomy: Taxonomy, store: Store, clock: Clock) -> None:
        entry = taxonomy.watchlist[0].model_copy(update={"yahoo": "STRT.PVT"})
        self.taxonomy = taxonomy.model_copy(update={"watchlist": (entry,)})
        self.store, self.clock = store, clock
        self.vendor = Vendor()
        self.worth(10e9)

    def worth(self, value: float) -> None:
        self.vendor.private = [
            VendorMark("STRT.PVT", value, "USD", name="Startup, Inc.")
        ]

    def __call__(self, *, full: bool = False) -> Checked | None:
        return watching.refresh(
            self.taxonomy, self.store, self.connect, self.clock.now(), full=full
        )

    def connect(self) -> PrivateCompanies:
        return PrivateCompanies(lambda: self.vendor, self.clock.today())

    def kept(self) -> list[float]:
        marks = [one.sighting.vendor for one in self.store.followed().events]
        return [one.valuation for one in marks if one]


@pytest.fixture
def desk(taxonomy: Taxonomy, store: Store, clock: Clock) -> Desk:
    return Desk(taxonomy, store, clock)


def test_a_refresh_asks_the_vendor_once_a_day_with_one_request(desk: Desk) -> None:
    first, again = desk(), desk()
    assert first is not None
    assert (first.requests, first.answered, again) == (1, 1, None)

    desk.clock.forward(hours=20)
    desk()
    desk(full=True)

    assert desk.vendor.requests == 3
    assert desk.kept() == [10e9]


def test_nobody_with_a_symbol_is_asked_about(taxonomy: Taxonomy, desk: Desk) -> None:
    found = watching.refresh(taxonomy, desk.store, desk.connect, desk.clock.now())

    assert found is None


def test_a_move_is_told_once_and_an_outage_tells_nothing(desk: Desk) -> None:
    desk()
    desk.vendor.failures["private_companies"] = FetchFailure("network", "by hand.")
    desk.clock.forward(days=1)
    failed = desk()
    desk.vendor.failures.clear()
    desk.worth(12e9)
    moved = desk()

    assert failed is not None
    assert failed.events == ()
    assert moved is not None
    assert [one.is_news for one in moved.events] == [True]
    told = desk.store.untold_events()
    assert [one.sighting.what for one in told] == [
        "+20% from USD 10bn on 2026-05-16: USD 12bn"
    ]
    desk.store.mark_told(told, desk.clock.now())
    assert desk.store.untold_events() == ()


@pytest.mark.parametrize(
    ("reason", "kind", "what"),
    [
        ("network", NoDataError, "Nothing is known of new marks: by hand."),
        (
            "rate_limited",
            RateLimitedError,
            "Yahoo Finance wants fewer requests: by hand.",
        ),
    ],
)
def test_who_did_not_answer_is_named(
    reason: str, kind: type[Exception], what: str, desk: Desk
) -> None:
    desk.vendor.failures["private_companies"] = FetchFailure(reason, "by hand.")
    done = desk()
    assert done is not None

    error = watching.failure(done)

    assert isinstance(error, kind)
    assert isinstance(error, TriadError)
    assert error.what == what


def test_what_was_seen_later_is_not_known_on_an_earlier_day(desk: Desk) -> None:
    desk()
    day = desk.clock.today()
    company = desk.taxonomy.watchlist

    def known(as_of: date) -> int:
        question = Question(as_of=as_of)
        screen = samples.screen()
        _, seen = watching.known(desk.taxonomy, company, screen, question, desk.store)
        return len(seen["startup"])

    assert (known(day), known(day - timedelta(days=1))) == (1, 0)
