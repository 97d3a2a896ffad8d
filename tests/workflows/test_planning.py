"""What is due, and when: worked out by hand on a few days of May 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from samples import NotSearched, constituent, taxonomy
from triad_screener.model.live import LastFetch, Task
from triad_screener.model.stored import MissingSession
from triad_screener.model.taxonomy import Benchmark
from triad_screener.workflows import planning

if TYPE_CHECKING:
    from triad_screener.model.live import Kind

FRIDAY = date(2026, 5, 15)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def may(day: int, hour: int = 12) -> datetime:
    """A moment of May 2026 in UTC; the 15th is a Friday."""
    return datetime(2026, 5, day, hour, tzinfo=UTC)


def had(at: datetime, **known: object) -> LastFetch:
    """Figures that came at a moment."""
    return LastFetch(at, at, **known)  # type: ignore[arg-type]


def due(kind: Kind, found: LastFetch, **others: LastFetch) -> datetime:
    last = {(kind, "AAA"): found}
    last |= {(other, "AAA"): one for other, one in others.items()}  # type: ignore[misc]
    return planning.due_at((kind, "AAA"), last)


def test_what_was_never_had_is_due_at_once() -> None:
    assert planning.due_at(("prices", "AAA"), {}) == LONG_AGO


@pytest.mark.parametrize(
    ("fetched", "expected"),
    [
        (may(13, 15), may(14, 0)),
        (may(15, 22), may(18, 0)),
        (may(16), may(18, 0)),
        (may(17), may(18, 0)),
    ],
    ids=["wednesday", "friday", "saturday", "sunday"],
)
@pytest.mark.parametrize("kind", ["prices", "rates"])
def test_prices_and_rates_are_due_once_a_weekday(
    kind: Kind, fetched: datetime, expected: datetime
) -> None:
    assert due(kind, had(fetched, newest=FRIDAY)) == expected


def test_a_session_still_going_on_is_asked_for_again_when_it_has_settled() -> None:
    close = may(13, 20)

    early = due("prices", had(may(13, 15), forming_until=close))
    late = due("prices", had(may(13, 21), forming_until=close))

    assert early == close + timedelta(minutes=20)
    assert late == may(14, 0)


def test_quotes_are_due_after_three_days() -> None:
    assert due("quotes", had(may(15))) == may(18)


def test_statements_are_due_after_thirty_days() -> None:
    found = had(may(15), newest=date(2026, 3, 31))

    assert due("statements", found) == may(15) + timedelta(days=30)


@pytest.mark.parametrize(
    ("results", "expected"),
    [(20, may(21, 0)), (14, may(18, 0)), (13, may(17, 0)), (6, may(16, 0))],
    ids=["to come", "yesterday", "two days ago", "nine days ago"],
)
def test_statements_are_looked_at_one_four_and_ten_days_after_results(
    results: int, expected: datetime
) -> None:
    found = had(may(15, 9), newest=date(2026, 3, 31))
    last = had(may(15), earnings_date=date(2026, 5, results))
    coming = had(may(15), reports_on=date(2026, 5, results))

    assert due("statements", found, quotes=last) == expected
    assert due("statements", found, quotes=coming) == expected


def test_statements_whose_newest_period_is_old_are_due_every_week() -> None:
    old = had(may(15), newest=date(2025, 12, 31))  # 120 days on is 30 April

    assert due("statements", old) == may(22)


def test_an_overdue_statement_is_looked_at_on_the_day_it_becomes_so() -> None:
    old = had(may(15), newest=date(2026, 1, 31))  # 120 days on is 31 May

    assert due("statements", old) == may(31, 0)


def tried(reason: str, good_at: datetime | None = None) -> LastFetch:
    return LastFetch(good_at, may(15), reason, "a sentence")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("absent", may(16)),
        ("no longer listed", may(16)),
        ("rejected: price jump", may(15, 13)),
        ("network", LONG_AGO),
        ("rate_limited", LONG_AGO),
    ],
)
def test_a_useless_answer_waits_and_an_outage_does_not(
    reason: str, expected: datetime
) -> None:
    assert due("prices", tried(reason)) == expected


def test_after_an_outage_the_figures_that_are_kept_say_what_is_due() -> None:
    assert due("quotes", tried("network", good_at=may(14))) == may(17)


ASKED = planning.Wanted(("AAA", "BBB"), ("SMH",), ("TWD",))


def test_a_first_plan_asks_for_everything_once_and_whole() -> None:
    tasks = planning.plan(ASKED, {}, may(15))

    assert tasks == (
        Task("rates", "TWD"),
        Task("prices", "AAA"),
        Task("prices", "BBB"),
        Task("prices", "SMH"),
        Task("quotes", "AAA"),
        Task("quotes", "BBB"),
        Task("statements", "AAA"),
        Task("statements", "BBB"),
    )


def everything(at: datetime) -> dict[tuple[Kind, str], LastFetch]:
    return {pair: had(at, newest=FRIDAY) for pair in ASKED.pairs()}


def test_on_the_same_day_nothing_is_due() -> None:
    assert planning.plan(ASKED, everything(may(14, 9)), may(14, 23)) == ()


def test_on_the_next_day_prices_and_rates_are_due_from_a_week_before() -> None:
    tasks = planning.plan(ASKED, everything(may(14)), may(15))

    week = FRIDAY - timedelta(days=7)
    assert {task.kind for task in tasks} == {"prices", "rates"}
    assert len(tasks) == 4
    assert {task.since for task in tasks} == {week}


def test_what_was_never_had_comes_first_and_then_the_stalest() -> None:
    last = everything(may(14))
    last["prices", "BBB"] = had(may(12), newest=FRIDAY)
    del last["prices", "SMH"]

    tasks = planning.plan(ASKED, last, may(15))

    assert [task.symbol for task in tasks] == ["SMH", "BBB", "TWD", "AAA"]


@pytest.mark.parametrize("reason", ["rate_limited", "network"])
def test_quotes_that_an_outage_kept_back_hold_up_nothing_else(reason: str) -> None:
    last = everything(may(14))
    for symbol in ("AAA", "BBB"):
        last["quotes", symbol] = LastFetch(None, may(14), reason)
    del last["statements", "BBB"]

    tasks = planning.plan(ASKED, last, may(15))

    assert [task.kind for task in tasks] == [
        "statements",
        "rates",
        *["prices"] * 3,
        *["quotes"] * 2,
    ]


def test_full_asks_for_all_of_the_history_whatever_its_age() -> None:
    tasks = planning.plan(ASKED, everything(may(15)), may(15), full=True)

    assert len(tasks) == 8
    assert all(task.since is None for task in tasks)


def test_a_kind_can_be_asked_for_at_once() -> None:
    at_once: tuple[Kind, ...] = ("quotes",)

    tasks = planning.plan(ASKED, everything(may(15)), may(15), at_once=at_once)

    assert [task.symbol for task in tasks] == ["AAA", "BBB"]


def test_the_next_thing_due_is_the_earliest() -> None:
    last = everything(may(14))
    last["prices", "BBB"] = had(may(12), newest=FRIDAY)

    assert planning.next_due(ASKED, last) == may(13, 0)
    assert planning.next_due(planning.Wanted(()), last) is None


def test_an_outage_is_remembered_by_its_last_moment() -> None:
    last = everything(may(14))
    assert planning.last_outage(ASKED, last) is None

    last["prices", "BBB"] = tried("network", good_at=may(12))
    last["prices", "AAA"] = tried("absent")

    assert planning.last_outage(ASKED, last) == may(15)


def test_a_taxonomy_wants_its_lines_its_benchmarks_and_every_currency() -> None:
    tsm = constituent("TSM", statement_currency="TWD", ordinary_per_receipt=5)
    nvda = constituent("NVDA", issuer="nvidia")
    found = taxonomy(tsm, nvda, benchmarks=(Benchmark(ticker="SMH", name="x"),))

    everything_wanted = planning.wanted(found)
    one = planning.wanted(found, ["NVDA"])

    assert set(everything_wanted.lines) == {"TSM", "NVDA"}
    assert everything_wanted.funds == ("SMH",)
    assert everything_wanted.currencies == ("TWD",)
    assert one == planning.Wanted(("NVDA",))


def test_a_time_to_come_counts_as_never() -> None:
    ahead = may(15) + timedelta(days=400)
    last = {
        ("prices", "AAA"): had(ahead, newest=FRIDAY),
        ("rates", "TWD"): LastFetch(ahead, may(14), "rejected: x", newest=FRIDAY),
    }

    found = planning.as_of_now(last, may(16))  # type: ignore[arg-type]

    assert {one.good_at for one in found.values()} == {None}
    assert [one.newest for one in found.values()] == [FRIDAY, FRIDAY]
    tasks = planning.plan(planning.Wanted(("AAA",)), last, may(16))  # type: ignore[arg-type]
    assert Task("prices", "AAA", FRIDAY - timedelta(days=7)) in tasks


def test_the_first_session_that_is_missing_counts_for_sixty_days() -> None:
    missing = (
        MissingSession("AAA", date(2026, 5, 11), may(12)),
        MissingSession("AAA", date(2026, 5, 8), may(12)),
        MissingSession("AAA", date(2026, 2, 2), may(12) - timedelta(days=60)),
        MissingSession("BBB", date(2026, 2, 2), may(12) - timedelta(days=60)),
    )

    assert planning.first_missing(missing, may(12)) == {"AAA": date(2026, 5, 8)}


def test_prices_are_asked_for_from_the_first_missing_session_on() -> None:
    week, long_ago = date(2026, 5, 8), date(2026, 2, 2)
    tasks = (
        Task("prices", "AAA", week),
        Task("prices", "BBB", week),
        Task("prices", "CCC", week),
        Task("prices", "DDD"),
        Task("rates", "AAA", week),
    )
    first = {"AAA": long_ago, "BBB": FRIDAY, "DDD": long_ago}

    assert planning.reaching_back(tasks, first) == (
        Task("prices", "AAA", long_ago),
        *tasks[1:],
    )


def test_one_symbol_can_be_asked_for_at_once() -> None:
    at_once: tuple[tuple[Kind, str], ...] = (("prices", "BBB"),)

    tasks = planning.plan(ASKED, everything(may(15)), may(15), at_once=at_once)

    assert [(task.kind, task.symbol) for task in tasks] == [*at_once]


def test_each_constituent_is_looked_up_among_those_asked_for_and_not_looked_for() -> (
    None
):
    found = taxonomy(constituent("AAA"), constituent("BBB"))

    assert planning.wanted(found, NotSearched(["BBB"])).lines == ("BBB",)
