"""Which figures serve: the store, the live source, or the snapshot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from lives import ABSENT, LIMITED, NETWORK
from triad_screener.errors import NoDataError, RateLimitedError, UsageError
from triad_screener.store import Store
from triad_screener.workflows.asking import FOREVER, PAUSE
from triad_screener.workflows.refresh import refresh
from triad_screener.workflows.serving import serve
from worlds import FRIDAY, TICKERS

if TYPE_CHECKING:
    from pathlib import Path

    from lives import Clock, Vendor
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.workflows.serving import Means, Served


def is_store(served: Served) -> bool:
    return isinstance(served.source, Store)


@pytest.fixture
def filled(taxonomy: Taxonomy, means: Means, vendor: Vendor) -> Means:
    """Means whose store was refreshed just now."""
    refresh(taxonomy, means)
    vendor.asked.clear()
    return means


# --- auto -----------------------------------------------------------------------------


def test_an_empty_store_is_filled(
    taxonomy: Taxonomy, means: Means, vendor: Vendor
) -> None:
    served = serve("auto", taxonomy, means)

    assert is_store(served)
    assert vendor.asked_for("prices") == sorted([*TICKERS, "SPY"])
    assert served.told == (
        "Yahoo Finance asked just now: 31 of 31 answers came, in 22 requests."
    )
    assert served.warnings == ()


def test_a_fresh_store_serves_without_a_question(
    taxonomy: Taxonomy, filled: Means, vendor: Vendor
) -> None:
    served = serve("auto", taxonomy, filled)

    assert is_store(served)
    assert (vendor.asked, served.told, served.warnings) == ([], "", ())
    assert served.until is not None
    assert served.until.date() == FRIDAY + timedelta(days=3)  # Monday


def test_only_what_is_due_is_asked_for(
    taxonomy: Taxonomy, filled: Means, vendor: Vendor, clock: Clock
) -> None:
    clock.forward(days=2)

    serve("auto", taxonomy, filled)

    assert {task.kind for task in vendor.asked} == {"prices"}


def test_in_an_outage_the_store_serves_and_it_is_said(
    taxonomy: Taxonomy, filled: Means, vendor: Vendor, clock: Clock
) -> None:
    clock.forward(days=2)
    vendor.failures["*"] = NETWORK

    served = serve("auto", taxonomy, filled)

    assert is_store(served)
    what, instead = served.warnings
    assert what == (
        "Yahoo Finance: 11 of 11 answers missing: network 11 (AAA prices, AAB prices, "
        "BBB prices, 8 more: the connection was refused)."
    )
    assert instead == "What is kept serves, with its age."


def test_in_an_outage_without_a_store_the_snapshot_serves_and_it_is_said(
    taxonomy: Taxonomy, means: Means, vendor: Vendor
) -> None:
    vendor.failures["*"] = NETWORK

    served = serve("auto", taxonomy, means)

    assert not is_store(served)
    assert served.until is None
    assert served.warnings[0].startswith("Yahoo Finance: 31 of 31 answers missing")
    assert served.warnings[1] == (
        "The store has prices and statements of 0 of 10 lines: "
        "the bundled snapshot serves."
    )


def test_prices_without_statements_are_no_ranking_worth_the_name(
    taxonomy: Taxonomy, means: Means, vendor: Vendor
) -> None:
    vendor.failures["statements"] = LIMITED

    served = serve("auto", taxonomy, means)

    assert not is_store(served)
    assert "of 0 of 10 lines" in served.warnings[-1]


def test_after_an_outage_nothing_is_asked_for_a_while(
    taxonomy: Taxonomy, filled: Means, vendor: Vendor, clock: Clock
) -> None:
    clock.forward(days=2)
    vendor.failures["*"] = NETWORK
    serve("auto", taxonomy, filled)
    vendor.failures.clear()
    vendor.asked.clear()

    clock.forward(minutes=5)
    paused = serve("auto", taxonomy, filled)
    asked_meanwhile = list(vendor.asked)
    clock.forward(seconds=PAUSE.seconds)
    resumed = serve("auto", taxonomy, filled)

    assert asked_meanwhile == []
    assert is_store(paused)
    assert paused.told == (
        "Yahoo Finance failed within the last 15 minutes; not asked. "
        "'triad refresh' asks at once."
    )
    assert resumed.told.startswith("Yahoo Finance asked just now: 11 of 11 answers")


def test_a_past_day_is_not_asked_for_again(
    taxonomy: Taxonomy, filled: Means, vendor: Vendor, clock: Clock
) -> None:
    clock.forward(days=2)

    served = serve("auto", taxonomy, filled, as_of=FRIDAY)

    assert (is_store(served), vendor.asked, served.until) == (True, [], FOREVER)


def test_today_is_asked_for(
    taxonomy: Taxonomy, filled: Means, vendor: Vendor, clock: Clock
) -> None:
    clock.forward(days=2)

    serve("auto", taxonomy, filled, as_of=clock.today())

    assert vendor.asked


def test_a_store_of_a_few_lines_is_filled_up_and_offline_the_snapshot_serves(
    taxonomy: Taxonomy, means: Means, vendor: Vendor
) -> None:
    refresh(taxonomy, means, tickers=["AAA", "BBB"])

    offline = serve("auto", taxonomy, means, offline=True)
    vendor.asked.clear()
    online = serve("auto", taxonomy, means)

    assert not is_store(offline)
    assert is_store(online)
    assert len(vendor.asked_for("prices")) == 9


def test_a_partial_failure_is_told_with_each_reason(
    taxonomy: Taxonomy, means: Means, vendor: Vendor
) -> None:
    vendor.failures["prices", "AAA"] = LIMITED
    vendor.failures["BBB"] = ABSENT

    served = serve("auto", taxonomy, means)

    assert is_store(served)
    assert served.told.startswith("Yahoo Finance asked just now: 27 of 31 answers came")
    assert "absent 3 (BBB " in served.warnings[0]
    assert "rate_limited 1 (AAA prices: too many requests)" in served.warnings[0]


def test_a_stop_by_the_user_stops_the_screen(taxonomy: Taxonomy, means: Means) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serve("auto", taxonomy, replace(means, progress=stop))


def test_where_nothing_can_be_kept_live_figures_serve_all_the_same(
    taxonomy: Taxonomy, means: Means, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    blocked = replace(means, store=Store(file / "triad.duckdb"))

    served = serve("auto", taxonomy, blocked)

    assert is_store(served)
    assert served.warnings[0] == "The store may not be written: nothing new is kept."
    found = served.source.fetch(taxonomy.constituents)
    assert set(found.tables.tickers) == set(TICKERS)


# --- offline, yahoo, store ------------------------------------------------------------


def test_offline_the_store_serves_whatever_its_age(
    taxonomy: Taxonomy, filled: Means, vendor: Vendor, clock: Clock
) -> None:
    clock.forward(days=400)

    served = serve("auto", taxonomy, filled, offline=True)

    assert (is_store(served), vendor.asked) == (True, [])


def test_offline_without_a_store_the_snapshot_serves(
    taxonomy: Taxonomy, means: Means, vendor: Vendor
) -> None:
    served = serve("auto", taxonomy, means, offline=True)

    assert (is_store(served), vendor.asked) == (False, [])
    assert not means.store.exists()


def test_the_store_alone_serves_when_it_is_asked_for(
    taxonomy: Taxonomy, means: Means, vendor: Vendor
) -> None:
    served = serve("store", taxonomy, means)

    with pytest.raises(NoDataError, match="no usable price"):
        served.source.fetch(taxonomy.constituents)
    assert vendor.asked == []


def test_yahoo_asks_for_prices_and_quotes_whatever_their_age(
    taxonomy: Taxonomy, filled: Means, vendor: Vendor
) -> None:
    served = serve("yahoo", taxonomy, filled)

    assert is_store(served)
    assert {task.kind for task in vendor.asked} == {"prices", "quotes"}


@pytest.mark.parametrize(
    ("failure", "error"), [(NETWORK, NoDataError), (LIMITED, RateLimitedError)]
)
def test_yahoo_has_no_stand_in(
    failure: Exception,
    error: type[Exception],
    taxonomy: Taxonomy,
    filled: Means,
    vendor: Vendor,
) -> None:
    vendor.failures["*"] = failure

    with pytest.raises(error):
        serve("yahoo", taxonomy, filled)


def test_yahoo_offline_is_a_contradiction(taxonomy: Taxonomy, means: Means) -> None:
    with pytest.raises(UsageError, match="needs a network"):
        serve("yahoo", taxonomy, means, offline=True)


def test_a_rank_does_not_change_because_of_an_outage(
    taxonomy: Taxonomy, filled: Means, vendor: Vendor, clock: Clock
) -> None:
    before = serve("store", taxonomy, filled).source.fetch(taxonomy.constituents)
    clock.forward(days=2)
    vendor.failures["*"] = NETWORK

    after = serve("auto", taxonomy, filled).source.fetch(taxonomy.constituents)

    assert after.digest == before.digest
    assert after.source == "store"
