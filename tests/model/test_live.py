"""What a refresh did, counted."""

from __future__ import annotations

from datetime import UTC, datetime

from triad_screener.model.live import Fetched, FetchFailure, Refreshed, Task

NOON = datetime(2026, 5, 15, 12, tzinfo=UTC)


def fetched(reason: str = "") -> Fetched:
    return Fetched(Task("prices", "AAA"), NOON, 0.1, None, reason)


def test_a_failure_has_a_reason_and_says_it_in_words() -> None:
    failure = FetchFailure("network", "the connection was refused")

    assert (failure.reason, str(failure)) == ("network", "the connection was refused")


def test_what_came_and_what_did_not_are_counted() -> None:
    done = Refreshed(3, (fetched(), fetched("absent"), fetched()))

    assert done.good == 2
    assert done.failures == (fetched("absent"),)


def test_an_outage_is_one_only_where_nothing_came() -> None:
    partial = Refreshed(2, (fetched(), fetched("network")))
    useless = Refreshed(1, (fetched("absent"),))
    outage = Refreshed(2, (fetched("absent"), fetched("rate_limited")))

    assert partial.outage is None
    assert useless.outage is None
    assert outage.outage == fetched("rate_limited")
    assert Refreshed().outage is None
