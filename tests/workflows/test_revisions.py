"""New bars beside the ones that are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from triad_screener.model.live import Bars, FetchFailure, LastFetch
from triad_screener.model.market import DatedValue, StatementCell
from triad_screener.workflows import revisions

if TYPE_CHECKING:
    from collections.abc import Mapping

NOON = datetime(2026, 5, 15, 12, tzinfo=UTC)
KEPT = {date(2026, 5, 12): 100.0, date(2026, 5, 13): 101.0, date(2026, 5, 14): 102.0}
NEWEST = date(2026, 5, 14)


def bars(closes: Mapping[date, float], *splits: tuple[date, float]) -> Bars:
    """Bars of the days given."""
    return Bars(
        np.array(list(closes), "datetime64[D]"),
        np.array(list(closes.values())),
        np.full(len(closes), np.nan),
        (),
        splits,
        "USD",
        "USD",
    )


def kept(count: int = 3) -> LastFetch:
    return LastFetch(NOON, NOON, newest=NEWEST, count=count)


def test_bars_that_agree_revise_nothing() -> None:
    new = bars({**KEPT, date(2026, 5, 15): 50.0})

    assert not revisions.revises_the_past(new, NEWEST, KEPT)


def test_a_split_since_the_newest_session_revises_the_past() -> None:
    day = date(2026, 5, 15)

    assert revisions.revises_the_past(bars({day: 10.0}, (day, 10.0)), NEWEST, KEPT)
    assert not revisions.revises_the_past(bars(KEPT, (NEWEST, 10.0)), NEWEST, KEPT)


def test_a_close_that_has_changed_revises_the_past() -> None:
    unlisted = {day: close / 2 for day, close in KEPT.items()}

    assert revisions.revises_the_past(bars(unlisted), NEWEST, KEPT)
    assert revisions.revises_the_past(bars({date(2026, 5, 12): 100.6}), NEWEST, KEPT)
    assert not revisions.revises_the_past(
        bars({date(2026, 5, 12): 100.4}), NEWEST, KEPT
    )


def test_the_newest_session_may_still_have_been_going_on() -> None:
    assert not revisions.revises_the_past(bars({NEWEST: 120.0}), NEWEST, KEPT)


def test_bars_that_end_before_what_is_kept_are_refused() -> None:
    with pytest.raises(FetchFailure, match="end on 2026-05-13") as refused:
        revisions.require_progress(
            bars({date(2026, 5, 13): 101.0}), kept(), whole=False
        )

    assert refused.value.reason == "rejected: older than kept"


def test_a_whole_history_with_far_fewer_sessions_is_refused() -> None:
    with pytest.raises(FetchFailure, match="3 sessions came, and 4 are kept"):
        revisions.require_progress(bars(KEPT), kept(4), whole=True)


def test_a_part_may_be_short_and_a_first_history_may_be_anything() -> None:
    revisions.require_progress(bars(KEPT), kept(400), whole=False)
    revisions.require_progress(bars(KEPT), kept(3), whole=True)
    revisions.require_progress(bars(KEPT), None, whole=True)
    revisions.require_progress(bars(KEPT), LastFetch(None, NOON, "network"), whole=True)


@pytest.mark.parametrize(("factor", "told"), [(100.0, "100"), (0.01, "0.01")])
def test_closes_in_another_unit_are_refused(factor: float, told: str) -> None:
    new = bars({day: close * factor for day, close in KEPT.items()})

    with pytest.raises(FetchFailure, match=f"{told} times those kept") as refused:
        revisions.require_same_unit(new, KEPT)

    assert refused.value.reason == "rejected: another unit"


def test_a_listed_split_may_be_of_any_size_and_an_unlisted_one_of_fifty() -> None:
    tenth = bars({day: close / 100 for day, close in KEPT.items()}, (NEWEST, 100.0))

    revisions.require_same_unit(tenth, KEPT)
    revisions.require_same_unit(bars({d: c / 40 for d, c in KEPT.items()}), KEPT)
    revisions.require_same_unit(bars({date(2026, 5, 20): 9e9}), KEPT)


def statement(currency: str) -> StatementCell:
    return StatementCell("annual", "NetIncome", NEWEST, 1.0, currency, None, "", "")


def test_statements_wholly_in_another_currency_are_refused() -> None:
    with pytest.raises(FetchFailure, match="amounts are in USD, and the taxonomy says"):
        revisions.require_currency([statement("USD"), statement("shares")], "TWD")


def test_statements_partly_in_another_currency_are_for_the_core_to_judge() -> None:
    revisions.require_currency([statement("USD"), statement("TWD")], "TWD")
    revisions.require_currency([statement("shares")], "TWD")


def test_rates_that_end_before_those_kept_are_refused() -> None:
    older = (DatedValue(0.03, date(2026, 5, 13)),)

    with pytest.raises(FetchFailure, match="rates end on 2026-05-13"):
        revisions.require_newer(older, kept())
    revisions.require_newer((DatedValue(0.03, NEWEST),), kept())
    revisions.require_newer(older, None)
    revisions.require_newer((), kept())


@pytest.mark.parametrize("factor", [0.01, 0.6, 1.6, 100])
def test_a_rate_that_contradicts_the_one_kept_is_refused(factor: float) -> None:
    new = (DatedValue(0.03 * factor, NEWEST),)

    with pytest.raises(FetchFailure, match="times the one kept") as refused:
        revisions.require_same_rates(new, {NEWEST: 0.03})

    assert refused.value.reason == "rejected: another rate"


def test_a_rate_of_another_day_or_about_the_same_is_taken() -> None:
    new = (DatedValue(0.04, NEWEST), DatedValue(9.0, date(2026, 5, 15)))

    revisions.require_same_rates(new, {NEWEST: 0.03})


def test_a_split_that_is_kept_already_explains_no_other_unit() -> None:
    new = bars({day: close * 100 for day, close in KEPT.items()}, (NEWEST, 10.0))

    with pytest.raises(FetchFailure, match="no split explains it"):
        revisions.require_same_unit(new, KEPT)


def test_several_splits_together_explain_what_none_does_alone() -> None:
    splits = (date(2020, 7, 20), 4.0), (date(2026, 5, 12), 7.0), (NEWEST, 10.0)
    new = bars({day: close / 70 for day, close in KEPT.items()}, *splits)

    revisions.require_same_unit(new, KEPT)
