"""What stays of figures that are saved, and what is known of each fetch?"""

# ruff: noqa: SLF001 - what the file holds is looked at through its own door

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from samples import constituent, lines_of
from store.figures import (
    FRIDAY,
    QUARTER,
    SATURDAY,
    cell,
    failed,
    may,
    prices,
    quote,
    rates,
    statements,
)
from triad_screener.errors import StoreError
from triad_screener.model.live import LastFetch
from triad_screener.store import Store

LATER = SATURDAY + timedelta(days=3)
LONG_AGO = may(1)


@pytest.fixture
def store() -> Store:
    return Store.in_memory()


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    with store._database.reading() as connection:
        return connection.execute(query).fetchall()


def test_a_whole_history_replaces_its_sessions_and_takes_none_away(
    store: Store,
) -> None:
    store.save([prices("AAA", [1, 2, 3, 4], dividends={may(13): 0.5, may(14): 0.25})])

    store.save([prices("AAA", [7], last=may(14)), prices("AAA", [8], last=may(15))])

    assert store.closes(["AAA"], LONG_AGO)["AAA"] == {
        may(12): 1,
        may(13): 2,
        may(14): 7,
        may(15): 8,
    }
    # The answers list no dividend, and take none away.
    assert rows(store, "SELECT session, amount FROM actions ORDER BY 1") == [
        (may(13), 0.5),
        (may(14), 0.25),
    ]


def test_a_dividend_that_is_said_without_its_session_is_there_once(
    store: Store,
) -> None:
    store.save([prices("AAA", [1, 2, 3], dividends={may(13): 0.5})])

    store.save([prices("AAA", [2, 3], dividends={may(13): 0.75})])

    assert rows(store, "SELECT session, amount FROM actions") == [(may(13), 0.75)]


def test_a_session_that_a_whole_history_leaves_out_goes_along_with_a_split(
    store: Store,
) -> None:
    store.save(
        [
            prices(
                "AAA",
                [30, 60, 90],
                last=may(13),
                volumes=[10, 20, 30],
                dividends={may(12): 6.0},
                splits={may(13): 3.0},
            )
        ]
    )

    # Of 11 to 13 May nothing is said; on 15 May one share became two.
    splits = {may(13): 3.0, may(15): 2.0}
    store.save([prices("AAA", [45, 46], volumes=[7, 8], splits=splits)])

    found = rows(store, "SELECT session, close, volume FROM prices ORDER BY 1")
    assert found == [
        (may(11), 15, 20),
        (may(12), 30, 40),
        (may(13), 45, 60),
        (may(14), 45, 7),
        (may(15), 46, 8),
    ]
    assert rows(store, "SELECT amount FROM actions WHERE kind = 'dividend'") == [(3.0,)]
    kept = rows(store, "SELECT session, amount FROM actions WHERE kind = 'split'")
    assert sorted(kept) == [(may(13), 3.0), (may(15), 2.0)]


def test_a_split_that_a_whole_history_takes_back_is_taken_back_everywhere(
    store: Store,
) -> None:
    store.save([prices("AAA", [10, 20], last=may(13), splits={may(13): 4.0})])

    store.save([prices("AAA", [80], last=may(13))])

    assert store.closes(["AAA"], LONG_AGO)["AAA"] == {may(12): 40, may(13): 80}
    assert rows(store, "FROM actions") == []


def test_newer_bars_replace_from_their_first_session_on(store: Store) -> None:
    store.save([prices("AAA", [1, 2, 3], last=may(13))])

    store.save([prices("AAA", [30, 40], last=may(14), since=may(13))])

    assert store.closes(["AAA"], LONG_AGO)["AAA"] == {
        may(11): 1,
        may(12): 2,
        may(13): 30,
        may(14): 40,
    }


def test_newer_actions_replace_from_the_day_asked_for_on(store: Store) -> None:
    store.save([prices("AAA", [1, 2, 3], dividends={may(13): 0.1, may(15): 0.2})])

    store.save(
        [prices("AAA", [3], dividends={may(13): 9, may(14): 0.3}, since=may(14))]
    )

    assert rows(store, "SELECT session, amount FROM actions ORDER BY 1") == [
        (may(13), 0.1),
        (may(14), 0.3),
    ]


def test_bars_of_one_line_leave_the_others_alone(store: Store) -> None:
    store.save([prices("AAA", [1, 2]), prices("BBB", [3, 4])])

    store.save([prices("AAA", [5])])

    assert store.closes(["AAA"], LONG_AGO)["AAA"] == {may(14): 1, FRIDAY: 5}
    assert store.closes(["BBB"], LONG_AGO)["BBB"] == {may(14): 3, FRIDAY: 4}


def test_an_answer_without_a_bar_takes_nothing_away(store: Store) -> None:
    store.save([prices("AAA", [1, 2])])

    store.save([prices("AAA", [])])

    assert store.closes(["AAA"], may(14))["AAA"] == {may(14): 1, FRIDAY: 2}


def test_one_symbol_twice_in_a_group_is_saved_in_order(store: Store) -> None:
    store.save([prices("AAA", [1, 2]), prices("AAA", [9], since=FRIDAY)])

    assert store.closes(["AAA"], LONG_AGO)["AAA"] == {may(14): 1, FRIDAY: 9}


def test_closes_of_several_symbols_come_at_once(store: Store) -> None:
    store.save([prices("AAA", [1, 2]), prices("BBB", [3, 4])])

    assert store.closes(["AAA", "CCC"], FRIDAY) == {"AAA": {FRIDAY: 2}}


def test_an_unknown_volume_is_null_in_the_file(store: Store) -> None:
    store.save([prices("AAA", [1, 2], volumes=[float("nan"), 5])])

    assert rows(store, "SELECT volume FROM prices ORDER BY session") == [(None,), (5,)]


def test_only_what_is_new_or_changed_of_a_statement_is_appended(store: Store) -> None:
    store.save([statements("AAA", cell(10), cell(20, item="NetIncome"))])

    store.save([statements("AAA", cell(11), cell(20, item="NetIncome"))])
    store.save([statements("AAA", cell(11), cell(20 * (1 + 1e-13), item="NetIncome"))])

    found = rows(store, "SELECT item, value FROM statements ORDER BY ALL")
    assert found == [("NetIncome", 20), ("TotalRevenue", 10), ("TotalRevenue", 11)]


def test_a_figure_that_returns_to_what_it_was_is_news_again(store: Store) -> None:
    for day, value in enumerate((10, 11, 10)):
        at = SATURDAY + timedelta(days=day)
        store.save([statements("AAA", cell(value), at=at)])

    assert rows(store, "SELECT value FROM statements ORDER BY rowid") == [
        (10,),
        (11,),
        (10,),
    ]


def test_another_currency_is_a_change(store: Store) -> None:
    store.save([statements("AAA", cell(10))])
    store.save([statements("AAA", cell(10, currency="EUR"))])

    assert rows(store, "SELECT currency FROM statements ORDER BY rowid") == [
        ("USD",),
        ("EUR",),
    ]


def test_zero_and_a_loss_are_figures_like_any_other(store: Store) -> None:
    store.save([statements("AAA", cell(0), cell(-5, item="NetIncome"))])
    store.save([statements("AAA", cell(0), cell(-5, item="NetIncome"))])

    assert store.info().counts["statements"] == 2


def test_what_is_fetched_on_a_weekend_counts_for_the_friday(store: Store) -> None:
    store.save([statements("AAA", cell(1)), quote("AAA"), prices("AAA", [5])])

    assert rows(store, "SELECT seen FROM statements") == [(FRIDAY,)]
    assert rows(store, "SELECT as_of FROM quotes") == [(FRIDAY,)]


def test_without_own_prices_the_newest_session_of_any_line_counts(
    store: Store,
) -> None:
    store.save([prices("BBB", [5], last=may(14)), statements("AAA", cell(1))])

    assert rows(store, "SELECT seen FROM statements") == [(may(14),)]


def test_without_any_price_the_day_in_utc_counts(store: Store) -> None:
    evening = datetime.fromisoformat("2026-05-16T22:00-05:00")

    store.save([quote("AAA", at=evening)])

    assert rows(store, "SELECT as_of FROM quotes") == [(may(17),)]


def test_the_later_quote_of_a_session_replaces_the_earlier(store: Store) -> None:
    store.save([prices("AAA", [5]), quote("AAA", price=5.0)])
    store.save([quote("AAA", price=6.0, at=LATER)])
    store.save([prices("AAA", [5, 7], last=may(18)), quote("AAA", at=LATER)])

    assert rows(store, "SELECT as_of, price FROM quotes ORDER BY 1") == [
        (FRIDAY, 6),
        (may(18), None),
    ]


def test_a_dividend_that_a_whole_history_no_longer_lists_is_withdrawn(
    store: Store,
) -> None:
    store.save([prices("AAA", [1, 2, 3], dividends={may(13): 0.1, may(14): 0.2})])

    store.save([prices("AAA", [1, 2, 3], dividends={may(14): 0.2})])

    assert rows(store, "SELECT session FROM actions") == [(may(14),)]


def test_a_dividend_that_stands_far_from_those_listed_stays(store: Store) -> None:
    known = {may(1): 0.1, may(8): 0.2, may(15): 0.3}
    store.save([prices("AAA", [1] * 15, dividends=known)])

    store.save([prices("AAA", [1] * 15, dividends={may(1): 0.15, may(12): 0.3})])

    assert rows(store, "SELECT session, amount FROM actions ORDER BY 1") == [
        (may(1), 0.15),
        (may(12), 0.3),
    ]

    store.save([prices("AAA", [1] * 15, dividends={may(6): 0.1})])

    assert rows(store, "SELECT session FROM actions ORDER BY 1") == [
        (may(6),),
        (may(12),),
    ]


def test_a_split_listed_late_divides_nothing_that_is_adjusted_for_it(
    store: Store,
) -> None:
    store.save([prices("AAA", [50, 50, 25, 26], dividends={may(12): 1.0})])

    # The closes that both have are the same, so the one left out is adjusted, too.
    new = prices("AAA", [50, 25, 26], splits={may(15): 2.0})
    store.save([new])

    assert list(store.closes(["AAA"], LONG_AGO)["AAA"].values()) == [50, 50, 25, 26]
    kept = rows(store, "SELECT kind, amount FROM actions ORDER BY 1")
    assert kept == [("dividend", 1.0), ("split", 2.0)]
    assert rows(store, "FROM replaced_prices") == []


def test_each_stretch_between_two_splits_is_judged_by_its_own_closes(
    store: Store,
) -> None:
    # Adjusted for the split of 13 May and not for that of 15 May.
    store.save([prices("AAA", [80, 80, 80, 40, 41, 20])])

    splits = {may(13): 4.0, may(15): 2.0}
    whole = prices("AAA", [40, 40, 20, 20.5, 20], last=may(15), splits=splits)
    store.save([whole])

    # 10 May is left out, and divided by two as 11 and 12 May are.
    assert list(store.closes(["AAA"], LONG_AGO)["AAA"].values()) == [
        *(40, 40, 40, 20, 20.5, 20),
    ]


REPLACED = "SELECT session, close, volume, until FROM replaced_prices ORDER BY ALL"
MONDAY = may(18)


def test_a_close_that_is_revised_is_kept_with_the_session_it_was_seen_by(
    store: Store,
) -> None:
    store.save([prices("AAA", [1, 2, 3], volumes=[10, 20, 30])])

    new = prices("AAA", [2.5, 3, 4], last=may(16), volumes=[20, 33, 40], since=may(14))
    store.save([new])

    assert rows(store, REPLACED) == [
        (may(14), 2, 20, may(16)),
        (may(15), 3, 30, may(16)),
    ]


def test_another_rounding_is_no_revision(store: Store) -> None:
    store.save([prices("AAA", [1, 2], volumes=[1e9, 20])])

    same = [1 + 5e-7, 2, 3]
    store.save([prices("AAA", same, last=may(16), volumes=[1e9 + 900, 21, 1])])

    assert rows(store, REPLACED) == []


def test_a_volume_that_becomes_known_is_a_revision(store: Store) -> None:
    store.save([prices("AAA", [1, 2])])

    store.save([prices("AAA", [1, 2, 3], last=may(16), volumes=[5, float("nan"), 1])])

    assert rows(store, REPLACED) == [(may(14), 1, None, may(16))]


def test_the_price_of_a_session_that_was_going_on_was_never_its_price(
    store: Store,
) -> None:
    evening = datetime(2026, 5, 15, 20, tzinfo=UTC)
    store.save([prices("AAA", [1, 2, 3], forming_until=evening)])

    store.save([prices("AAA", [2.5, 3.5, 4], last=may(16), since=may(14))])

    assert rows(store, REPLACED) == [(may(14), 2, None, may(16))]


def test_a_session_that_comes_late_had_no_price_until_then(store: Store) -> None:
    store.save([prices("AAA", [2], last=may(12)), prices("AAA", [4, 5], last=may(15))])

    # 11 May is older than all that was known: a longer history, and no revision.
    store.save([prices("AAA", [1, 2, 3, 4, 5])])
    assert rows(store, REPLACED) == [(may(13), None, None, may(15))]

    store.save([prices("AAA", [1, 2, 3, 4, 5, 6], last=may(16))])
    assert rows(store, REPLACED) == [(may(13), None, None, may(15))]


def test_what_is_revised_twice_by_one_session_stands_as_it_was_before(
    store: Store,
) -> None:
    store.save([prices("AAA", [1, 2])])

    store.save([prices("AAA", [1.5, 2])])
    store.save([prices("AAA", [1.7, 2])])
    store.save([prices("AAA", [1.9, 2, 3], last=may(16))])

    assert rows(store, REPLACED) == [
        (may(14), 1, None, FRIDAY),
        (may(14), 1.7, None, may(16)),
    ]


def test_what_was_revised_goes_along_with_a_split(store: Store) -> None:
    store.save([prices("AAA", [40, 60], volumes=[10, 20])])
    store.save([prices("AAA", [50, 60], volumes=[10, 20])])

    store.save([prices("AAA", [25, 30, 31], last=may(16), splits={may(16): 2.0})])

    assert rows(store, "SELECT session, close, volume FROM replaced_prices") == [
        (may(14), 20, 20),
        (may(14), 25, 20),
        (may(15), 30, 40),
    ]


def test_a_part_that_lists_no_split_takes_none_away_and_changes_no_close_later(
    store: Store,
) -> None:
    known = {may(13): 2.0}
    store.save([prices("AAA", [50] * 5, splits=known, dividends={may(14): 0.5})])

    store.save([prices("AAA", [50, 50, 50], since=may(13))])

    kept = rows(store, "SELECT session, amount FROM actions ORDER BY 1")
    assert kept == [(may(13), 2.0), (may(14), 0.5)]

    store.save([prices("AAA", [50] * 4, splits=known)])

    assert store.closes(["AAA"], LONG_AGO)["AAA"][may(11)] == 50


def test_rates_replace_their_days_and_take_none_away(store: Store) -> None:
    store.save([rates("EUR", {may(1): 1.0, may(2): 1.1, may(3): 1.2})])
    store.save([rates("EUR", {may(2): 2.0}), rates("TWD", {may(1): 0.03})])

    assert rows(store, "SELECT * FROM rates ORDER BY ALL") == [
        ("EUR", may(1), 1.0),
        ("EUR", may(2), 2.0),
        ("EUR", may(3), 1.2),
        ("TWD", may(1), 0.03),
    ]


def test_nothing_is_saved_of_nothing(store: Store) -> None:
    store.save([])
    store.save([rates("EUR", {}), statements("AAA")])

    assert store.info().counts["fetches"] == 2
    assert store.info().counts["rates"] == 0


def test_all_of_a_group_is_saved_or_nothing(store: Store) -> None:
    broken = prices("BBB", [1, 2])
    object.__setattr__(broken.content, "volumes", broken.content.volumes[:1])  # type: ignore[union-attr]

    with pytest.raises(StoreError):
        store.save([prices("AAA", [1]), broken])

    assert set(store.info().counts.values()) == {0}


def test_hostile_symbols_and_texts_are_only_text(store: Store) -> None:
    name = "x'); DROP TABLE prices; --\x1b[31m\u202e\N{PILE OF POO}"

    store.save([prices(name, [1]), quote(name, name=name), failed("rates", name, name)])

    assert store.closes([name], LONG_AGO) == {name: {FRIDAY: 1}}
    assert rows(store, "SELECT name FROM quotes") == [(name,)]
    assert store.last_fetches()["rates", name].reason == name


def test_the_log_tells_the_last_good_and_the_last_try(store: Store) -> None:
    ends = datetime(2026, 5, 15, 20, tzinfo=UTC)
    store.save([prices("AAA", [1, 2], forming_until=ends)])
    store.save([failed("prices", "AAA", "network", at=LATER)])

    assert store.last_fetches() == {
        ("prices", "AAA"): LastFetch(
            good_at=SATURDAY,
            tried_at=LATER,
            reason="network",
            detail="AAA is network",
            newest=FRIDAY,
            count=2,
            forming_until=ends,
        )
    }


def test_a_good_answer_clears_the_reason(store: Store) -> None:
    store.save([failed("statements", "AAA", "absent")])
    store.save([statements("AAA", cell(1), at=LATER)])

    found = store.last_fetches()["statements", "AAA"]

    assert found == LastFetch(LATER, LATER, newest=QUARTER)


def test_a_line_that_never_answered_has_no_good_moment(store: Store) -> None:
    store.save([failed("quotes", "AAA", "absent")])

    found = store.last_fetches()["quotes", "AAA"]

    assert found == LastFetch(None, SATURDAY, "absent", "AAA is absent")


def test_of_a_quote_the_day_of_results_is_known(store: Store) -> None:
    store.save([prices("AAA", [1], last=may(14))])
    store.save([quote("AAA", earnings_date=may(20))])
    coming = quote("AAA", earnings_date=may(21), reports_on=may(28))
    store.save([prices("AAA", [1]), coming])
    store.save([rates("EUR", {may(3): 1.0})])

    found = store.last_fetches()

    assert found["quotes", "AAA"].earnings_date == may(21)
    assert found["quotes", "AAA"].reports_on == may(28)
    assert found["rates", "EUR"].newest == may(3)


def test_what_a_later_quote_of_the_session_does_not_say_the_earlier_one_has_said(
    store: Store,
) -> None:
    store.save(
        [prices("AAA", [1]), quote("AAA", market_capitalisation=5e9, shares=1e9)]
    )
    store.save([quote("AAA", shares=2e9)])

    line = lines_of(store.fetch([constituent("AAA")]))["AAA"]

    assert store.info().counts["quotes"] == 1
    assert line.shares is not None
    assert line.market_capitalisation is not None
    assert (line.shares.value, line.market_capitalisation.value) == (2e9, 5e9)


def test_the_rates_kept_from_a_day_on_are_known_by_currency(store: Store) -> None:
    store.save(
        [rates("TWD", {may(14): 0.031, FRIDAY: 0.032}), rates("EUR", {FRIDAY: 1})]
    )

    assert store.rates(["TWD", "CNY"], FRIDAY) == {"TWD": {FRIDAY: 0.032}}
    assert store.rates([], FRIDAY) == {}
