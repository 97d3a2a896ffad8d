from __future__ import annotations

from datetime import date, timedelta
from math import isnan, nan
from typing import TYPE_CHECKING, Any

import pytest

from samples import (
    AS_OF,
    CASH,
    Q0,
    cell,
    constituent,
    line,
    line_data,
    only,
    prices,
    quarters,
    select,
    years,
)
from triad_screener.factors.thesis import thesis_exposure
from triad_screener.model.gap import Missing
from triad_screener.model.market import DatedValue, LineData

if TYPE_CHECKING:
    from triad_screener.market.selection import Selection
    from triad_screener.model.screen import ShareCounts
    from triad_screener.model.taxonomy import Constituent

TOMORROW = AS_OF + timedelta(days=1)
RECEIPTS = constituent(
    "TSM", statement_currency="TWD", ordinary_per_receipt=5.0, foreign_filer=True
)
POUNDS = constituent("ARM.L", price_currency="GBP")


def rates(**currencies: float) -> dict[str, tuple[DatedValue, ...]]:
    """One exchange rate of each currency, of the as-of date."""
    return {name: (DatedValue(rate, AS_OF),) for name, rate in currencies.items()}


def without_prices(traded: float | None = None) -> Selection:
    """A line of which the source knows nothing, but for the value traded in a day."""
    return select([constituent()], [LineData("AAA", average_daily_value_usd=traded)])


def traded(found: Selection) -> float | None:
    """What is traded of one line in a day; None where it is not known."""
    (value,) = found.average_daily_value.tolist()
    return None if isnan(value) else value


def age(found: Selection) -> float | None:
    """How old the statements of one line are; None where there are none."""
    (value,) = found.statement_age_days.tolist()
    return None if isnan(value) else value


class TestShares:
    def test_a_count_dated_by_then_serves(self) -> None:
        counted = line(shares=DatedValue(1000.0, AS_OF, "the cover of a filing"))

        (figure,) = only(counted.shares).figures
        assert (only(counted.shares).value, only(counted.shares).flags) == (1000.0, ())
        assert (figure.item, figure.date) == ("shares outstanding", AS_OF)
        assert figure.source == "the cover of a filing"

    def test_for_a_later_count_the_diluted_average_stands_in_flagged(self) -> None:
        average = quarters("DilutedAverageShares", 990.0, 980.0, currency="shares")

        later = line(*average, shares=DatedValue(1000.0, TOMORROW))

        assert only(later.shares).value == 990.0
        assert only(later.shares).flags == ("diluted average shares for share count",)

    def test_an_undated_count_serves_last_and_flagged(self) -> None:
        undated = DatedValue(1000.0, None)
        average = years("DilutedAverageShares", 990.0, currency="shares")

        assert only(line(shares=undated).shares).flags == ("share count undated",)
        assert only(line(shares=undated).shares).value == 1000.0
        assert only(line(*average, shares=undated).shares).value == 990.0

    @pytest.mark.parametrize("count", [None, DatedValue(1000.0, TOMORROW)])
    def test_a_count_not_known_yet_is_missing(self, count: DatedValue | None) -> None:
        with pytest.raises(Missing, match="no share count is known"):
            only(line(shares=count).shares)


class TestMarketCapitalisation:
    def test_close_times_shares(self) -> None:
        assert only(line().market_capitalisation).value == 100_000.0

    def test_a_receipt_stands_for_five_ordinary_shares(self) -> None:
        # 25,000 ordinary shares are 5,000 receipts of 200 dollars.
        receipts = line(
            of=RECEIPTS, closes=[200.0], shares=DatedValue(25_000.0, Q0), fx={}
        )

        assert only(receipts.market_capitalisation).value == 1_000_000.0

    def test_a_price_in_pounds_is_converted_once(self) -> None:
        capitalisation = only(line(of=POUNDS, fx=rates(GBP=1.25)).market_capitalisation)

        assert capitalisation.value == 125_000.0
        assert [f.item for f in capitalisation.figures] == [
            "close",
            "exchange rate",
            "shares outstanding",
        ]

    def test_flags_of_price_rate_and_shares_are_flags_of_the_value(self) -> None:
        long_ago = AS_OF - timedelta(days=60)
        old = line(
            of=POUNDS,
            series=prices([100.0], unadjusted=[nan], last=long_ago),
            fx={"GBP": (DatedValue(1.25, long_ago),)},
            shares=DatedValue(1000.0, None),
        )

        assert set(only(old.market_capitalisation).flags) == {
            "adjusted close for close",
            "stale price",
            "stale exchange rate",
            "share count undated",
        }

    @pytest.mark.parametrize(
        ("theirs", "fits"), [(80_000.0, True), (79_999.0, False), (133_333.0, True)]
    )
    def test_a_gap_over_a_quarter_leaves_the_share_count_unresolved(
        self,
        theirs: float,
        fits: bool,  # noqa: FBT001 - a case
    ) -> None:
        # Ours is 100,000: 25% above 80,000, and 25% below 133,333.
        checked = line(market_capitalisation=DatedValue(theirs, AS_OF))

        assert checked.share_counts.conflicts.tolist() == [not fits]

    def test_an_unresolved_share_count_names_both_values(self) -> None:
        checked = line(market_capitalisation=DatedValue(400_000.0, None))

        with pytest.raises(Missing) as caught:
            only(checked.resolved_shares)

        assert caught.value.reason == "rejected: share count unresolved"
        assert caught.value.detail == (
            "The share counts disagree: 1,000 by the stated count, "
            "4,000 by the market capitalisation / close."
        )

    def test_the_gap_is_taken_on_the_day_of_their_figure(self) -> None:
        # The price has doubled since; on the day of the figure the two agree.
        yesterday = DatedValue(50_000.0, AS_OF - timedelta(days=1))

        doubled = line(closes=[50.0, 100.0], market_capitalisation=yesterday)

        assert not doubled.share_counts.conflicts[0]

    def test_the_gap_is_taken_in_receipts_and_the_price_currency(self) -> None:
        receipts = line(
            of=RECEIPTS,
            closes=[200.0],
            shares=DatedValue(25_000.0, Q0),
            market_capitalisation=DatedValue(1_000_000.0, AS_OF),
        )

        assert not receipts.share_counts.conflicts[0]

    def test_a_figure_of_tomorrow_is_not_compared(self) -> None:
        later = line(market_capitalisation=DatedValue(1.0, TOMORROW))

        assert not later.share_counts.conflicts[0]

    def test_what_cannot_be_compared_is_no_conflict(self) -> None:
        theirs = DatedValue(1.0, AS_OF)

        unknown = line(shares=None, market_capitalisation=theirs)

        assert not unknown.share_counts.conflicts[0]
        assert only(unknown.resolved_shares).value == 1.0


def quoted(
    value: float,
    balance: float,
    own: float | None = None,
    *,
    of: Constituent | None = None,
    **asked: Any,  # noqa: ANN401 - fields of LineData
) -> Selection:
    """A line whose shares are a market capitalisation over a price of 100."""
    who = of or constituent()
    shares = value / 100.0 * who.identity.ordinary_per_receipt
    return line(
        *quarters("OrdinarySharesNumber", balance, currency="shares"),
        shares=DatedValue(shares, AS_OF),
        shares_item="market capitalisation / price",
        market_capitalisation=DatedValue(value, AS_OF),
        class_shares=DatedValue(own, AS_OF) if own else None,
        of=who,
        **asked,
    )


def told(one: Selection) -> ShareCounts:
    """What is told of the share counts of one stock."""
    found = one.share_counts.told(0)
    assert found is not None
    return found


class TestShareCounts:
    def test_a_market_value_eight_times_too_large_is_outvoted_and_named(self) -> None:
        eightfold = quoted(800_000.0, 1_000.0, 990.0)

        assert only(eightfold.market_capitalisation).value == 100_000.0
        assert only(eightfold.shares).figures[0].item == "OrdinarySharesNumber"
        assert only(eightfold.shares).flags == (
            "share count: market capitalisation outvoted",
        )
        assert not eightfold.share_counts.conflicts[0]

    def test_every_count_is_told_in_ordinary_shares(self) -> None:
        # 250 receipts of five: 1,250; the balance sheet has 1,240.
        found = quoted(25_000.0, 1_240.0, 1_200.0, of=RECEIPTS).share_counts.told(0)

        assert found is not None
        assert {f.item: (f.value, f.unit, f.date) for f in found.counts} == {
            "market capitalisation / price": (1_250.0, "shares", AS_OF),
            "OrdinarySharesNumber": (1_240.0, "shares", Q0),
            "shares of the quoted class": (1_200.0, "shares", AS_OF),
        }
        assert (found.value, found.item) == (1_250.0, "market capitalisation / price")
        assert found.is_resolved

    def test_where_nothing_settles_a_gap_the_value_is_refused(self) -> None:
        doubtful = quoted(500_000.0, 1_000.0, of=RECEIPTS)

        assert doubtful.share_counts.told(0) is not None
        assert not told(doubtful).is_resolved
        with pytest.raises(Missing, match="25,000 by the market") as caught:
            only(doubtful.resolved_shares)
        assert caught.value.reason == "rejected: share count unresolved"

    def test_a_quote_that_lacks_a_split_is_brought_up_to_it(self) -> None:
        day = AS_OF - timedelta(days=5)

        behind = quoted(100_000.0, 10_000.0, splits=((day, 10.0),))

        assert only(behind.shares).value == 10_000.0
        assert only(behind.shares).flags == (
            f"share count adjusted for the split of {day}",
        )
        assert [(f.item, f.value) for f in only(behind.shares).figures] == [
            ("market capitalisation / price", 1_000.0),
            ("split", 10.0),
        ]
        assert behind.share_counts.told(0) is not None
        assert told(behind).value == 10_000.0

    def test_a_split_of_tomorrow_is_not_known(self) -> None:
        assert only(
            quoted(100_000.0, 10_000.0, splits=((TOMORROW, 10.0),)).shares
        ).flags == (())

    def test_a_stated_count_is_outvoted_by_market_value_and_balance_sheet(self) -> None:
        # 1,000 receipts of five, stated as if they were ordinary shares.
        receipts = line(
            *quarters("OrdinarySharesNumber", 5_000.0, currency="shares"),
            of=RECEIPTS,
            market_capitalisation=DatedValue(100_000.0, AS_OF),
        )

        assert only(receipts.market_capitalisation).value == 100_000.0
        assert only(receipts.shares).flags == ("share count: stated count outvoted",)

    def test_a_balance_sheet_with_no_shares_says_nothing(self) -> None:
        assert line(*quarters("OrdinarySharesNumber", 0.0)).share_counts.told(0) is None

    @pytest.mark.parametrize("day", [None, TOMORROW])
    def test_a_class_not_counted_yet_says_nothing(self, day: date | None) -> None:
        later = line(class_shares=DatedValue(1.0, day))

        assert later.share_counts.told(0) is None

    def test_without_any_count_there_is_nothing_to_tell(self) -> None:
        assert line(shares=None).share_counts.told(0) is None

    def test_a_price_a_hundred_times_off_is_no_count_and_refused_all_the_same(
        self,
    ) -> None:
        # The quote's price was 100; the chart says 10,000.
        pence = quoted(100_000.0, 1_000.0, closes=[10_000.0])

        with pytest.raises(Missing) as caught:
            only(pence.resolved_shares)

        assert caught.value.detail == (
            "The close is 10000 USD, and the share count is the market capitalisation "
            "over a price of 100 USD."
        )


class TestEnterpriseValue:
    BALANCES = (
        *quarters("NetIncome", 1.0),
        *quarters("TotalDebt", 30_000.0),
        *quarters(CASH, 10_000.0),
    )

    def test_debt_less_cash_is_added(self) -> None:
        assert only(line(*self.BALANCES).enterprise_value).value == 120_000.0

    def test_minority_interest_and_preferred_stock_are_those_of_the_newest_year(
        self,
    ) -> None:
        claims = line(
            *self.BALANCES,
            *years("MinorityInterest", 500.0, 900.0),
            *years("PreferredStock", None, 7.0),
            *quarters("MinorityInterest", 99_999.0),
        )

        assert only(claims.enterprise_value).value == 120_507.0
        assert only(claims.enterprise_value).flags == ()

    def test_statements_in_another_currency_are_converted_once(self) -> None:
        # 1,000,000 dollars + (3,000,000 - 5,000,000) Taiwan dollars at 0.03.
        receipts = line(
            *quarters("NetIncome", 1.0, currency="TWD"),
            *quarters("TotalDebt", 3_000_000.0, currency="TWD"),
            *quarters(CASH, 5_000_000.0, currency="TWD"),
            of=RECEIPTS,
            closes=[200.0],
            shares=DatedValue(25_000.0, Q0),
            fx=rates(TWD=0.03),
        )

        assert only(receipts.enterprise_value).value == pytest.approx(
            940_000.0, abs=1e-9
        )

    def test_without_a_rate_it_is_missing(self) -> None:
        receipts = line(
            *quarters("NetIncome", 1.0, currency="TWD"),
            *quarters("TotalDebt", 3.0, currency="TWD"),
            *quarters(CASH, 5.0, currency="TWD"),
            of=RECEIPTS,
        )

        with pytest.raises(Missing, match="no exchange rate of TWD"):
            only(receipts.enterprise_value)

    def test_debt_that_is_not_reported_is_not_zero(self) -> None:
        unreported = line(*quarters("NetIncome", 1.0), *quarters(CASH, 10.0))

        with pytest.raises(Missing, match="TotalDebt: not known"):
            only(unreported.enterprise_value)

    def test_an_unresolved_share_count_leaves_none(self) -> None:
        unresolved = line(*self.BALANCES, market_capitalisation=DatedValue(1.0, AS_OF))

        with pytest.raises(Missing, match="The share counts disagree"):
            only(unresolved.enterprise_value)


class TestThesis:
    def test_exposures_are_weighted_by_the_budgets(self) -> None:
        mixed = constituent(exposures={"compute": 0.2, "data": 0.1, "algorithms": 0.5})

        exposure = only(thesis_exposure(line(of=mixed)))

        # .5 * .2 + .2 * .1 + .3 * .5
        assert exposure.value == pytest.approx(0.27, abs=1e-12)
        assert exposure.flags == ()
        assert len(exposure.figures) == 3

    def test_no_exposure_at_all_is_zero_and_not_missing(self) -> None:
        none = only(thesis_exposure(line(of=constituent(exposures={}))))

        assert (none.value, none.figures) == (0.0, ())

    @pytest.mark.parametrize(
        ("day", "flags"),
        [("2026-06-30", ()), ("2026-07-01", ("exposure dated later",))],
    )
    def test_evidence_from_after_the_as_of_date_is_used_and_flagged(
        self, day: str, flags: tuple[str, ...]
    ) -> None:
        exposure = only(thesis_exposure(line(of=constituent(exposed_on=day))))

        assert (exposure.value, exposure.flags) == (0.25, flags)

    @pytest.mark.parametrize(
        ("as_of", "value", "known", "flags"),
        [
            # The budget of compute is a half.
            (date(2026, 6, 30), 0.25, "2026-01-31", ()),
            (date(2026, 1, 30), 0.2, "2025-03-31", ()),
            (date(2025, 3, 30), 0.1, "2024-03-31", ()),
            (date(2024, 3, 30), 0.1, "2024-03-31", ("exposure dated later",)),
        ],
    )
    def test_of_a_history_the_entry_known_on_the_as_of_date_counts(
        self, as_of: date, value: float, known: str, flags: tuple[str, ...]
    ) -> None:
        earlier = {"compute": {"2024-03-31": 0.2, "2025-03-31": 0.4}}

        found = only(
            thesis_exposure(line(of=constituent(history=earlier), as_of=as_of))
        )

        assert (found.value, found.flags) == (value, flags)
        assert [str(figure.date) for figure in found.figures] == [known]


class TestTradedValue:
    def test_the_median_of_close_times_volume(self) -> None:
        series = prices([10.0, 10.0, 20.0], volumes=[1.0, 100.0, 3.0])

        assert traded(line(series=series)) == 60.0

    def test_only_63_sessions_count(self) -> None:
        # Of 63 the smaller half is one more; of 64 the halves are equal.
        series = prices([10.0] * 127, volumes=[9.0] * 95 + [1.0] * 32)

        assert traded(line(series=series)) == 10.0

    def test_sessions_without_a_volume_are_passed_over(self) -> None:
        series = prices([10.0, 10.0, 10.0], volumes=[1.0, nan, 3.0])

        assert traded(line(series=series)) == 20.0

    def test_where_no_close_is_known_the_adjusted_one_serves(self) -> None:
        series = prices([10.0, 10.0], unadjusted=[nan, 30.0], volumes=[1.0, 1.0])

        assert traded(line(series=series)) == 20.0

    def test_it_is_converted_to_dollars(self) -> None:
        series = prices([10.0], volumes=[4.0])

        pounds = line(series=series, of=POUNDS, fx=rates(GBP=1.25))

        assert traded(pounds) == 50.0

    @pytest.mark.parametrize("given", [None, 7.0])
    def test_without_volumes_the_figure_of_the_source_serves(
        self, given: float | None
    ) -> None:
        assert traded(line(average_daily_value_usd=given)) == given

    def test_without_a_rate_too(self) -> None:
        series = prices([10.0], volumes=[4.0])

        pounds = line(series=series, of=POUNDS, average_daily_value_usd=7.0)

        assert traded(pounds) == 7.0

    def test_without_any_price_nothing_was_traded(self) -> None:
        later = line(series=prices([10.0], last=TOMORROW), average_daily_value_usd=7.0)

        assert traded(without_prices(traded=7.0)) is None
        assert traded(later) is None


class TestAge:
    def test_statements_age_from_the_end_of_their_newest_period(self) -> None:
        assert age(line(cell("NetIncome", 1.0))) == 91

    def test_no_statement_has_no_age(self) -> None:
        assert age(line()) is None
        assert age(line(cell("TotalDebt", 1.0))) is None


class TestProperties:
    @pytest.mark.parametrize("scale", [0.01, 3.0, 1000.0])
    def test_the_unit_of_the_statements_does_not_matter(self, scale: float) -> None:
        # The same company in a currency worth 1 / scale of the other.
        cells = (
            *quarters("NetIncome", 1.0, currency="TWD"),
            *quarters("TotalDebt", 3e6 * scale, currency="TWD"),
            *quarters(CASH, 5e6 * scale, currency="TWD"),
        )

        value = only(
            line(*cells, of=RECEIPTS, fx=rates(TWD=0.03 / scale)).enterprise_value
        )

        assert value.value == pytest.approx(20_000.0 - 60_000.0, abs=1e-6)

    @pytest.mark.parametrize("split", [2.0, 10.0])
    def test_a_split_of_the_receipt_changes_no_value(self, split: float) -> None:
        before = line(of=RECEIPTS, closes=[200.0])
        finer = constituent(
            "TSM", statement_currency="TWD", ordinary_per_receipt=5.0 / split
        )

        after = line(of=finer, closes=[200.0 / split])

        assert only(after.market_capitalisation).value == pytest.approx(
            only(before.market_capitalisation).value
        )


class TestManyLines:
    def test_a_line_knows_whether_it_reports_in_the_currency_of_its_price(
        self,
    ) -> None:
        three = [RECEIPTS, constituent(), POUNDS]

        found = select(three, [], [AS_OF, TOMORROW])

        assert found.count == 6
        same = found.reports_in_price_currency.tolist()
        assert same == [False, True, False] * 2

    def test_each_line_has_its_own_rate(self) -> None:
        three = [RECEIPTS, constituent(), POUNDS]
        lines = [line_data(ticker=who.ticker) for who in three]

        found = select(three, lines, fx=rates(TWD=0.03, GBP=1.25))

        assert found.price_fx.raw.tolist() == [1.0, 1.0, 1.25]
        assert found.statement_fx.raw.tolist() == [0.03, 1.0, 1.0]
        worth = found.market_capitalisation.raw.tolist()
        assert worth == [20_000.0, 100_000.0, 125_000.0]

    def test_an_exposure_is_that_of_each_day(self) -> None:
        who = constituent(
            exposures={"data": 0.5}, history={"data": {"2025-03-31": 0.1}}
        )

        found = select([who], [], [date(2025, 6, 30), AS_OF])

        assert found.exposure_shares.tolist() == [[0, 0.1, 0], [0, 0.5, 0]]
        assert thesis_exposure(found).raw.tolist() == pytest.approx([0.02, 0.1])

    @pytest.mark.filterwarnings("error")
    @pytest.mark.parametrize(
        ("who", "days"), [([], [AS_OF]), ([RECEIPTS], [])], ids=["nobody", "never"]
    )
    def test_of_nobody_or_never_nothing_is_asked(
        self, who: list[Constituent], days: list[date]
    ) -> None:
        found = select(who, [], days)

        for column in (
            found.shares,
            found.market_capitalisation,
            found.enterprise_value,
            thesis_exposure(found),
            found.resolved_shares,
            found.statement_fx,
            found.forward.fresh(60),
        ):
            assert column.values.size == 0
        assert found.exposure_shares.shape == (0, 3)
        assert found.average_daily_value.size == found.statement_age_days.size == 0
        assert found.reports_in_price_currency.size == 0
