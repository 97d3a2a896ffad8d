"""What did the store know on a day? The numbers can be checked by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from samples import constituent, lines_of, only, selected
from store.figures import (
    FRIDAY,
    QUARTER,
    SATURDAY,
    YEAR,
    cell,
    may,
    prices,
    quote,
    rates,
    statements,
)
from triad_screener.errors import NoDataError
from triad_screener.model.market import DatedValue, ForwardFigure
from triad_screener.model.taxonomy import Benchmark
from triad_screener.store import Store

if TYPE_CHECKING:
    from triad_screener.model.market import LineData, MarketData, PriceSeries

AAA = constituent("AAA")
BBB = constituent("BBB")
SPY, QQQ = (Benchmark(ticker=t, name=t) for t in ("SPY", "QQQ"))
#: 100, 100, 98 after a dividend of 2, then two for one: 50, 50; as Yahoo gives it now.
SPLIT = prices(
    "AAA",
    [50, 50, 49, 50, 50],
    volumes=[200, 200, 200, 200, 200],
    dividends={may(13): 1.0},
    splits={may(14): 2.0},
)


@pytest.fixture
def store() -> Store:
    return Store.in_memory()


def line(store: Store, as_of: date | None = None) -> LineData:
    return lines_of(store.fetch([AAA], as_of=as_of))["AAA"]


def series(store: Store, as_of: date | None = None) -> PriceSeries:
    found = line(store, as_of).prices
    assert found is not None
    return found


class TestPrices:
    def test_today_a_dividend_lowers_what_was_before_it(self, store: Store) -> None:
        store.save([SPLIT])

        found = series(store)

        # A factor of 1 - 1/50 before the ex-date.
        np.testing.assert_allclose(found.adjusted, [49, 49, 49, 50, 50], rtol=1e-15)
        assert found.closes.tolist() == [50, 50, 49, 50, 50]
        assert found.volumes.tolist() == [200] * 5

    def test_before_a_split_prices_volumes_and_dividends_are_as_they_were(
        self, store: Store
    ) -> None:
        store.save([SPLIT])

        found = series(store, may(13))

        assert found.sessions.tolist() == [may(11), may(12), may(13)]
        assert found.closes.tolist() == [100, 100, 98]
        assert found.volumes.tolist() == [100, 100, 100]
        # The dividend was 2 of 100 then.
        np.testing.assert_allclose(found.adjusted, [98, 98, 98], rtol=1e-15)

    def test_a_dividend_is_not_known_before_its_day(self, store: Store) -> None:
        store.save([SPLIT])

        assert series(store, may(12)).adjusted.tolist() == [100, 100]

    def test_on_the_day_of_a_split_the_new_price_stands(self, store: Store) -> None:
        store.save([SPLIT])

        assert series(store, may(14)).closes.tolist() == [50, 50, 49, 50]

    def test_two_later_splits_multiply(self, store: Store) -> None:
        splits = {may(14): 2.0, may(15): 5.0}
        store.save([prices("AAA", [1, 1, 1], splits=splits)])

        assert series(store, may(13)).closes.tolist() == [10]
        assert series(store, may(14)).closes.tolist() == [5, 5]

    def test_two_dividends_multiply(self, store: Store) -> None:
        paid = {may(14): 10.0, may(15): 45.0}
        store.save([prices("AAA", [100, 90, 45], dividends=paid)])

        # 1 - 10/100 = 0.9, and 1 - 45/90 = 0.5.
        found = series(store).adjusted
        np.testing.assert_allclose(found, [45, 45, 45], rtol=1e-15)

    def test_a_dividend_that_swallows_the_price_is_ignored(self, store: Store) -> None:
        store.save([prices("AAA", [10, 10], dividends={FRIDAY: 10.0})])

        assert series(store).adjusted.tolist() == [10, 10]

    def test_an_ex_date_without_a_bar_counts_for_the_next_session(
        self, store: Store
    ) -> None:
        store.save([prices("AAA", [100], last=may(12))])
        paid = {may(13): 5.0}
        store.save([prices("AAA", [95, 95], dividends=paid, since=may(13))])

        assert series(store).adjusted.tolist() == [95, 95, 95]

    def test_an_unknown_volume_is_not_a_number(self, store: Store) -> None:
        store.save([prices("AAA", [1, 2])])

        assert np.isnan(series(store).volumes).all()

    def test_of_a_line_that_begins_later_only_the_first_session_is_told(
        self, store: Store
    ) -> None:
        store.save([prices("AAA", [1, 1, 1]), prices("BBB", [7, 8])])

        found = lines_of(store.fetch([AAA, BBB], as_of=may(13)))["BBB"].prices

        assert found is not None
        assert found.sessions.tolist() == [may(14)]
        assert found.closes.tolist() == [7]

    def test_prices_in_another_currency_than_the_taxonomy_says_are_left_out(
        self, store: Store
    ) -> None:
        store.save([prices("AAA", [1]), prices("BBB", [1], currency="EUR")])
        store.save([statements("BBB", cell(5))])

        found = store.fetch([AAA, BBB], as_of=date(2026, 6, 30))

        assert lines_of(found)["BBB"].prices is None
        assert lines_of(found)["BBB"].cells
        [warning] = found.warnings
        assert warning == (
            "BBB: the taxonomy says prices are in USD, the source EUR; "
            "its prices are left out"
        )


class TestRevisions:
    """A price counts for a day as it was known by the session of that day."""

    def test_before_a_close_was_revised_the_earlier_one_stands(
        self, store: Store
    ) -> None:
        store.save([prices("AAA", [1, 2, 3], volumes=[10, 20, 30])])
        day = store.fetch([AAA])
        store.save(
            [prices("AAA", [1.5, 2, 3, 4], last=may(16), volumes=[15, 20, 30, 40])]
        )

        assert series(store, FRIDAY).closes.tolist() == [1, 2, 3]
        assert series(store, FRIDAY).volumes.tolist() == [10, 20, 30]
        assert store.fetch([AAA], as_of=FRIDAY).digest == day.digest
        for now in (may(16), None):
            assert series(store, now).closes.tolist() == [1.5, 2, 3, 4]

    def test_before_a_session_came_it_was_not_there(self, store: Store) -> None:
        store.save([prices("AAA", [1, 1], last=may(12)), prices("AAA", [3, 4])])
        day = store.fetch([AAA])
        store.save([prices("AAA", [2, 3, 4, 5], last=may(16), since=may(13))])

        assert series(store, FRIDAY).sessions.tolist() == [
            *(may(11), may(12), may(14), may(15)),
        ]
        assert store.fetch([AAA], as_of=FRIDAY).digest == day.digest
        assert series(store).sessions.size == 6
        assert series(store, may(13)).sessions.tolist() == [may(11), may(12)]

    def test_of_several_versions_the_one_of_the_day_stands(self, store: Store) -> None:
        store.save([prices("AAA", [1, 1], last=may(12))])
        store.save([prices("AAA", [2, 1, 1], last=may(13))])
        store.save([prices("AAA", [3, 1, 1, 1], last=may(14))])
        store.save([prices("AAA", [4, 1, 1, 1, 1], last=may(15))])

        first = [series(store, may(day)).closes[0] for day in (11, 12, 13, 14, 15)]

        assert first == [1, 1, 2, 3, 4]

    def test_a_split_since_then_is_taken_back(self, store: Store) -> None:
        store.save([prices("AAA", [40, 60])])
        day = store.fetch([AAA])
        store.save([prices("AAA", [50, 60, 62], last=may(16))])
        store.save([prices("AAA", [25, 30, 31, 32], last=may(17), splits={may(17): 2})])

        assert series(store, FRIDAY).closes.tolist() == [40, 60]
        assert store.fetch([AAA], as_of=FRIDAY).digest == day.digest

    def test_others_keep_their_own_prices(self, store: Store) -> None:
        store.save(
            [prices("AAA", [1, 2]), prices("BBB", [1, 2]), prices("SPY", [1, 2])]
        )
        known = store.fetch([AAA, BBB], [SPY])
        store.save([prices(name, [7, 2, 3], last=may(16)) for name in ("BBB", "SPY")])

        found = store.fetch([AAA, BBB], [SPY], as_of=FRIDAY)

        assert found.digest == known.digest
        assert found.funds["SPY"].closes.tolist() == [1, 2]

    def test_the_newest_day_of_half_of_the_lines_is_as_any_other(
        self, store: Store
    ) -> None:
        store.save([prices("AAA", [1, 2]), prices("BBB", [1, 2])])
        store.save([prices("AAA", [9, 2, 3], last=may(16))])

        three = [AAA, BBB, constituent("CCC")]
        store.save([prices("CCC", [1, 2])])

        found = store.fetch(three)
        assert found.digest == store.fetch(three, as_of=FRIDAY).digest
        prices_of = lines_of(found)["AAA"].prices
        assert prices_of is not None
        assert prices_of.closes[0] == 1


class TestFunds:
    def test_a_fund_has_prices_adjusted_as_a_line_has(self, store: Store) -> None:
        paid = prices("SPY", [100, 98], dividends={may(15): 2.0})
        store.save([prices("AAA", [1, 2]), paid])

        found = store.fetch([AAA], [SPY])

        assert found.funds["SPY"].adjusted.tolist() == [98, 98]
        assert set(lines_of(found)) == {"AAA"}

    def test_a_fund_that_is_not_known_on_the_day_is_absent(self, store: Store) -> None:
        store.save([prices("AAA", [1, 2, 3]), prices("SPY", [100])])

        assert set(store.fetch([AAA], [SPY, QQQ]).funds) == {"SPY"}
        assert store.fetch([AAA], [SPY], as_of=may(14)).funds == {}

    def test_prices_of_a_fund_are_part_of_the_digest(self, store: Store) -> None:
        store.save([prices("AAA", [1, 2]), prices("SPY", [100, 101])])
        before = store.fetch([AAA], [SPY]).digest

        store.save([prices("SPY", [100, 102])])

        assert store.fetch([AAA], [SPY]).digest != before


class TestDay:
    def test_the_newest_session_is_one_that_half_of_the_lines_have(
        self, store: Store
    ) -> None:
        lines = [constituent(name) for name in ("AAA", "BBB", "CCC")]
        store.save([prices("AAA", [1, 2, 3]), prices("BBB", [1, 2], last=may(14))])

        found = lines_of(store.fetch(lines))["AAA"].prices

        assert found is not None
        assert found.sessions.tolist() == [may(13), may(14)]

    def test_asking_for_that_day_gives_the_same(self, store: Store) -> None:
        store.save([SPLIT, prices("BBB", [1, 2], last=may(14))])
        store.save([statements("AAA", cell(1)), quote("AAA", shares=5.0)])
        store.save([rates("EUR", {may(1): 1.1})])

        assert (
            store.fetch([AAA, BBB]).digest
            == store.fetch([AAA, BBB], as_of=FRIDAY).digest
        )

    def test_without_a_price_there_are_no_data(self, store: Store) -> None:
        store.save([statements("AAA", cell(1))])

        with pytest.raises(NoDataError) as caught:
            store.fetch([AAA])

        assert caught.value.what == (
            "The store has no usable price of any line of the taxonomy."
        )

    def test_without_a_session_of_half_of_the_lines_there_are_no_data(
        self, store: Store
    ) -> None:
        store.save([prices("AAA", [1])])

        with pytest.raises(NoDataError):
            store.fetch([constituent(name) for name in ("AAA", "BBB", "CCC")])

    def test_an_empty_universe_has_no_data(self, store: Store) -> None:
        store.save([SPLIT])

        with pytest.raises(NoDataError):
            store.fetch([])

    def test_a_line_of_which_nothing_is_known_is_absent(self, store: Store) -> None:
        store.save([SPLIT])

        assert set(lines_of(store.fetch([AAA, BBB]))) == {"AAA"}

    def test_lines_stand_in_the_order_asked_for(self, store: Store) -> None:
        store.save([prices("AAA", [1]), prices("BBB", [1])])

        assert list(lines_of(store.fetch([BBB, AAA]))) == ["BBB", "AAA"]

    def test_the_store_is_a_source(self, store: Store) -> None:
        store.save([SPLIT])

        found = store.fetch([AAA], [SPY])

        assert (found.source, found.description) == (
            "store",
            "Yahoo Finance, kept in the store",
        )
        assert found.digest == store.fetch([AAA], [SPY]).digest
        assert lines_of(found)["AAA"].price_source == "Yahoo Finance"


class TestStatements:
    """The quarter to 31 March is due on 30 May by the lag rule."""

    def test_a_figure_seen_before_the_lag_counts_from_when_it_is_seen(
        self, store: Store
    ) -> None:
        store.save([prices("AAA", [1, 1], last=FRIDAY), statements("AAA", cell(10))])

        [found] = line(store).cells

        assert (found.value, found.seen) == (10, FRIDAY)
        assert found.filed is None
        assert line(store, may(14)).cells == ()

    def test_a_figure_seen_after_the_lag_counts_from_the_lag(
        self, store: Store
    ) -> None:
        day = date(2026, 6, 15)
        store.save([prices("AAA", [1] * 40, last=day), statements("AAA", cell(10))])

        assert [one.seen for one in line(store).cells] == [None]
        # History fetched later counts from the lag on, and not before.
        assert [one.seen for one in line(store, may(30)).cells] == [None]
        assert line(store, may(29)).cells == ()

    @pytest.mark.parametrize(("foreign", "due"), [(False, 90), (True, 120)])
    def test_a_year_is_due_after_the_lag_of_the_line(
        self,
        store: Store,
        foreign: bool,  # noqa: FBT001 - a case
        due: int,
    ) -> None:
        of = constituent("AAA", foreign_filer=foreign)
        year = cell(10, YEAR, frequency="annual")
        store.save([prices("AAA", [1] * 200), statements("AAA", year)])
        first = YEAR + timedelta(days=due)

        assert lines_of(store.fetch([of], as_of=first))["AAA"].cells
        before = first - timedelta(days=1)
        assert not lines_of(store.fetch([of], as_of=before))["AAA"].cells

    def test_a_restatement_counts_from_the_day_it_is_seen(self, store: Store) -> None:
        store.save([prices("AAA", [1], last=may(14)), statements("AAA", cell(10))])
        store.save([prices("AAA", [1, 1]), statements("AAA", cell(12))])

        assert [(c.value, c.seen) for c in line(store, may(14)).cells] == [
            (10, may(14))
        ]
        assert [(c.value, c.seen) for c in line(store, FRIDAY).cells] == [
            (10, may(14)),
            (12, FRIDAY),
        ]

    def test_a_restatement_of_an_old_period_does_not_reach_into_the_past(
        self, store: Store
    ) -> None:
        day = date(2026, 6, 15)
        store.save([prices("AAA", [1] * 60, last=day), statements("AAA", cell(10))])
        later = date(2026, 6, 16)
        store.save([prices("AAA", [1], last=later, since=later)])
        store.save([statements("AAA", cell(12))])

        assert [one.value for one in line(store, date(2026, 6, 1)).cells] == [10]
        assert [one.value for one in line(store, later).cells] == [10, 12]

    def test_of_two_versions_of_one_session_the_later_stands(
        self, store: Store
    ) -> None:
        store.save([prices("AAA", [1]), statements("AAA", cell(10))])
        store.save([statements("AAA", cell(11), at=SATURDAY + timedelta(hours=1))])

        assert [one.value for one in line(store).cells] == [11]

    def test_a_figure_never_counts_before_its_period_ends(self, store: Store) -> None:
        # The prices stopped in January, the quarter was fetched in May.
        store.save([prices("AAA", [1], last=date(2026, 1, 9))])
        store.save([statements("AAA", cell(10)), statements("AAA", cell(11))])

        assert line(store).cells == ()
        # The second replaced the first: both were seen with the same session.
        assert [one.value for one in line(store, date(2026, 6, 30)).cells] == [11]

    def test_each_cell_says_who_published_it(self, store: Store) -> None:
        store.save([prices("AAA", [1]), statements("AAA", cell(10))])

        [found] = line(store).cells

        assert found == cell(10)._replace(seen=FRIDAY)
        assert found.period_end == QUARTER

    def test_a_source_that_names_another_statement_currency_is_told(
        self, store: Store
    ) -> None:
        taiwan = constituent("AAA", statement_currency="TWD")
        store.save([prices("AAA", [1]), quote("AAA", statement_currency="USD")])

        found = store.fetch([taiwan])

        assert found.warnings == (
            "AAA: the taxonomy says statements are in TWD, the source USD",
        )
        assert lines_of(found)["AAA"].prices is not None


class TestQuotes:
    def test_a_quote_counts_receipts_and_the_line_ordinary_shares(
        self, store: Store
    ) -> None:
        receipt = constituent("AAA", ordinary_per_receipt=5)
        store.save(
            [
                prices("AAA", [1]),
                quote("AAA", shares=1000.0, market_capitalisation=2e6),
            ]
        )

        found = lines_of(store.fetch([receipt]))["AAA"]

        assert found.shares == DatedValue(5000, FRIDAY, "Yahoo Finance")
        assert found.market_capitalisation == DatedValue(2e6, FRIDAY, "Yahoo Finance")

    def test_a_split_since_the_quote_multiplies_the_shares(self, store: Store) -> None:
        store.save([prices("AAA", [100, 100, 98], last=may(13))])
        store.save([quote("AAA", shares=1000.0)])
        store.save([SPLIT])

        for day, shares in ((may(13), 1000), (FRIDAY, 2000)):
            known = selected(AAA, store.fetch([AAA], as_of=day), day)
            (figure,) = only(known.shares).figures
            assert (figure.value, figure.date) == (shares, may(13))

    @pytest.mark.parametrize(("price", "shares"), [(98.0, 2000), (49.0, 1000)])
    def test_a_quote_kept_before_the_prices_that_bring_a_split_may_know_it(
        self, store: Store, price: float, shares: float
    ) -> None:
        store.save([prices("AAA", [100, 100, 98], last=may(13))])
        store.save([quote("AAA", shares=1000.0, price=price)])
        store.save([SPLIT])

        # By its price of 49 it is from after the split of 2 for 1.
        known = selected(AAA, store.fetch([AAA], as_of=FRIDAY), FRIDAY)
        (figure,) = only(known.shares).figures
        assert (figure.value, figure.date) == (shares, may(13))

    def test_the_quoted_class_is_counted_likewise(self, store: Store) -> None:
        receipt = constituent("AAA", ordinary_per_receipt=5)
        store.save([prices("AAA", [100, 100, 98], last=may(13))])
        store.save([quote("AAA", class_shares=900.0)])
        store.save([SPLIT])

        found = lines_of(store.fetch([receipt]))["AAA"]

        # Receipts of five shares; the split since then multiplies them when selected.
        assert found.class_shares == DatedValue(4500, may(13), "Yahoo Finance")
        assert found.shares is None

    @pytest.mark.parametrize(
        ("shares", "item"),
        [
            (1000.0, "market capitalisation / price"),
            (1000.9, "market capitalisation / price"),
            (1010.0, "shares outstanding"),
        ],
    )
    def test_shares_that_are_a_market_value_over_a_price_are_called_that(
        self, store: Store, shares: float, item: str
    ) -> None:
        store.save([prices("AAA", [1])])
        store.save(
            [quote("AAA", shares=shares, price=2.0, market_capitalisation=2000.0)]
        )

        assert line(store).shares_item == item

    def test_splits_to_come_are_known_and_change_no_price_of_the_day(
        self, store: Store
    ) -> None:
        # A quote asked for after a split may be kept under the day before it.
        store.save([prices("AAA", [100, 100, 98], last=may(13)), SPLIT])

        known = store.fetch([AAA], as_of=may(13))

        assert lines_of(known)["AAA"].splits == ((may(14), 2.0),)
        assert only(selected(AAA, known, may(13)).closes.last).value == 98.0

    def test_a_quote_is_not_known_before_its_day(self, store: Store) -> None:
        store.save([SPLIT, quote("AAA", shares=1000.0, forward_price_earnings=20.0)])

        found = line(store, may(14))

        assert found.shares is None
        assert found.forward == ()

    def test_what_the_newest_quote_leaves_out_the_one_before_gives(
        self, store: Store
    ) -> None:
        store.save([prices("AAA", [1], last=may(14)), quote("AAA", shares=10.0)])
        store.save([prices("AAA", [1, 1]), quote("AAA", market_capitalisation=5.0)])

        found = line(store)

        assert found.shares == DatedValue(10, may(14), "Yahoo Finance")
        assert found.market_capitalisation == DatedValue(5, FRIDAY, "Yahoo Finance")

    def test_a_market_capitalisation_in_another_currency_is_left_out(
        self, store: Store
    ) -> None:
        other = quote("AAA", market_capitalisation=5.0, price_currency="EUR")
        store.save([prices("AAA", [1]), other])

        assert line(store).market_capitalisation is None

    def test_every_day_has_its_forward_figure(self, store: Store) -> None:
        store.save([prices("AAA", [1], last=may(13))])
        store.save([quote("AAA", forward_price_earnings=20.0, price=10.0)])
        store.save([prices("AAA", [1, 1], last=may(14)), quote("AAA", price=11.0)])
        store.save(
            [prices("AAA", [1, 1, 1]), quote("AAA", forward_earnings_per_share=0.5)]
        )

        assert line(store).forward == (
            ForwardFigure(may(13), 20, None, 10, "Yahoo Finance"),
            ForwardFigure(FRIDAY, None, 0.5, None, "Yahoo Finance"),
        )


def test_rates_are_those_of_the_lines_up_to_the_day(store: Store) -> None:
    taiwan = constituent("AAA", statement_currency="TWD")
    store.save([SPLIT, rates("EUR", {may(1): 1.1})])
    store.save([rates("TWD", {may(1): 0.03, may(14): 0.031, FRIDAY: 0.032})])

    found = store.fetch([taiwan], as_of=may(14)).tables.fx

    assert found == {
        "TWD": (
            DatedValue(0.03, may(1), "Yahoo Finance"),
            DatedValue(0.031, may(14), "Yahoo Finance"),
        )
    }


class TestDigest:
    @pytest.fixture
    def before(self, store: Store) -> MarketData:
        store.save([prices("AAA", [1, 2, 3]), prices("BBB", [4, 5, 6])])
        store.save([statements("AAA", cell(10)), quote("AAA", shares=5.0)])
        return store.fetch([AAA, BBB])

    def test_what_is_saved_later_does_not_change_the_past(
        self, store: Store, before: MarketData
    ) -> None:
        monday = may(18)
        store.save([prices("AAA", [3, 9], last=monday, dividends={monday: 1.0})])
        store.save([prices("AAA", [1, 2, 3, 9, 9, 9], last=monday)])
        store.save([prices("BBB", [7], last=monday, since=monday)])
        store.save([statements("AAA", cell(11)), quote("AAA", shares=6.0)])

        assert store.fetch([AAA, BBB], as_of=FRIDAY).digest == before.digest
        assert store.fetch([AAA, BBB]).digest != before.digest

    def test_a_later_split_does_not_change_the_past(
        self, store: Store, before: MarketData
    ) -> None:
        monday = may(18)
        halved = [0.5, 1, 1.5, 1.5, 1.5, 1.5]
        store.save([prices("AAA", halved, last=monday, splits={monday: 2.0})])

        assert store.fetch([AAA, BBB], as_of=FRIDAY).digest == before.digest

    def test_the_same_figures_fetched_again_are_the_same(
        self, store: Store, before: MarketData
    ) -> None:
        later = SATURDAY + timedelta(hours=5)
        store.save([quote("AAA", shares=5.0, at=later)])
        store.save([statements("AAA", cell(10), at=later)])
        store.save([prices("BBB", [4, 5, 6], at=later)])
        store.save([prices("AAA", [1, 2, 3], at=later)])

        assert store.fetch([AAA, BBB]).digest == before.digest

    @pytest.mark.parametrize(
        "change",
        [
            prices("AAA", [1, 2, 4]),
            prices("AAA", [1, 2, 3], volumes=[1, 2, 3]),
            prices("AAA", [1, 2, 3], dividends={FRIDAY: 0.1}),
            statements("AAA", cell(11)),
            statements("BBB", cell(10)),
            quote("AAA", shares=6.0),
            quote("AAA", shares=5.0, forward_price_earnings=9.0),
            quote("AAA", shares=5.0, class_shares=4.0),
        ],
    )
    def test_another_figure_is_another_digest(
        self, store: Store, before: MarketData, change: object
    ) -> None:
        store.save([change])  # type: ignore[list-item]

        assert store.fetch([AAA, BBB]).digest != before.digest
