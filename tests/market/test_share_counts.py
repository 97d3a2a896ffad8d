from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from triad_screener.market.share_counts import (
    BY_VALUE,
    OF_BALANCE,
    OF_CLASS,
    OF_QUOTE,
    Count,
    Counts,
    settle,
    since_split,
)
from triad_screener.model.market import STATED

if TYPE_CHECKING:
    from triad_screener.market.share_counts import Settled

QUOTED_ON = date(2026, 5, 15)
BALANCED_ON = date(2026, 3, 31)
BEFORE, AFTER = date(2026, 3, 2), date(2026, 4, 20)


def counts(
    quote: float,
    balance: float | None = None,
    of_class: float | None = None,
    *,
    by_value: float | None = None,
) -> Counts:
    """Counts of a quote that gives a market capitalisation, and of a balance sheet.

    With ``by_value`` the source states a count, and a market capitalisation beside it.
    """
    return Counts(
        Count(OF_QUOTE if by_value is None else STATED, quote, QUOTED_ON),
        None if by_value is None else Count(BY_VALUE, by_value, QUOTED_ON),
        None if balance is None else Count(OF_BALANCE, balance, BALANCED_ON),
        None if of_class is None else Count(OF_CLASS, of_class, QUOTED_ON),
    )


def outcome(settled: Settled) -> tuple[str, tuple[str, ...], bool]:
    return settled.item, settled.outvoted, settled.is_resolved


UNRESOLVED = (OF_QUOTE, (), False)
OURS = (OF_QUOTE, (), True)


class TestAgreement:
    def test_a_single_count_is_used(self) -> None:
        alone = settle(counts(100.0))

        assert outcome(alone) == OURS
        assert alone.why == "No second count is known."

    def test_a_market_value_made_of_the_class_is_no_second_count(self) -> None:
        twice = settle(counts(100.0, of_class=100.05))

        assert outcome(twice) == OURS
        assert twice.why == (
            "No second count is known. "
            "The market capitalisation rests on the quoted class: they are one figure."
        )

    @pytest.mark.parametrize(
        ("balance", "agrees"), [(80.0, True), (79.9, False), (133.0, True)]
    )
    def test_counts_agree_that_are_a_quarter_apart(
        self,
        balance: float,
        agrees: bool,  # noqa: FBT001 - a case
    ) -> None:
        # The first is 25% above 80, and 25% below 133.3.
        settled = settle(counts(100.0, balance))

        assert settled.is_resolved is agrees
        if agrees:
            assert settled.why == (
                "The market capitalisation and the balance sheet agree within 25%."
            )

    @pytest.mark.parametrize(
        ("everyone", "quoted"),
        [
            pytest.param(12.116, 5.840, id="GOOGL"),
            pytest.param(12.116, 5.456, id="GOOG"),
            pytest.param(2.538, 2.195, id="META"),
            pytest.param(0.652, 0.306, id="DELL"),
            pytest.param(1.568, 1.521, id="GDS"),
        ],
    )
    def test_a_class_may_be_fewer_than_all(
        self, everyone: float, quoted: float
    ) -> None:
        assert outcome(settle(counts(everyone, everyone, quoted))) == OURS
        assert outcome(settle(counts(everyone, of_class=quoted))) == OURS

    def test_a_class_says_how_much_of_all_it_is(self) -> None:
        assert settle(counts(12.0, of_class=6.0)).why == (
            "No second count of all classes is known; the quoted has 50%."
        )

    def test_a_class_of_more_than_all_is_ignored_where_two_others_agree(self) -> None:
        # TSM's quoted receipts given in ordinary shares already, and times 5 again.
        fivefold = settle(counts(25.9, 25.9, 129.5), per_receipt=5)

        assert outcome(fivefold) == OURS
        assert fivefold.why == (
            "The market capitalisation and the balance sheet agree within 25%. "
            "The quoted class cannot have more than all classes: ignored."
        )

    def test_a_small_class_is_nothing_strange_where_two_others_agree(self) -> None:
        small = settle(counts(100.0, 100.0, 7.0))

        assert outcome(small) == OURS
        assert "ignored" not in small.why


class TestVotes:
    @pytest.mark.parametrize(
        ("factor", "all_classes", "quoted", "per_receipt"),
        [
            pytest.param(8, 18.6, 17.4, 8, id="BABA"),
            pytest.param(8, 1.568, 1.521, 8, id="GDS"),
            pytest.param(5, 25.9, 25.8, 5, id="TSM"),
            pytest.param(4, 12.1, 5.84, 1, id="GOOGL"),
            pytest.param(4, 12.1, 5.46, 1, id="GOOG"),
            pytest.param(4, 2.54, 2.2, 1, id="META"),
            pytest.param(4, 0.65, 0.31, 1, id="DELL"),
        ],
    )
    def test_a_market_value_that_fits_neither_is_outvoted(
        self, factor: float, all_classes: float, quoted: float, per_receipt: float
    ) -> None:
        found = counts(factor * all_classes, all_classes, quoted)

        settled = settle(found, per_receipt=per_receipt)

        assert outcome(settled) == (OF_BALANCE, ("market capitalisation",), True)
        assert settled.why == (
            "The balance sheet and the quoted class agree; "
            "the market capitalisation does not, and is not used."
        )

    @pytest.mark.parametrize("factor", [1 / 8, 1 / 5, 5, 8])
    def test_a_balance_sheet_that_fits_neither_is_outvoted(self, factor: float) -> None:
        settled = settle(counts(25.9, factor * 25.9, 25.0), per_receipt=5)

        assert outcome(settled) == (OF_QUOTE, ("balance sheet",), True)
        assert settled.why == (
            "The market capitalisation and the quoted class agree; "
            "the balance sheet does not, and is not used."
        )

    def test_a_stated_count_that_two_deny_is_outvoted(self) -> None:
        # TSM's shares outstanding given in receipts.
        receipts = settle(counts(5.2, 25.9, by_value=25.5), per_receipt=5)

        assert outcome(receipts) == (BY_VALUE, ("stated count",), True)
        assert receipts.why == (
            "The market capitalisation / close and the balance sheet agree; "
            "the stated count does not, and is not used."
        )

    def test_a_balance_sheet_that_two_deny_is_outvoted(self) -> None:
        settled = settle(counts(25.9, 5.2, by_value=25.5))

        assert outcome(settled) == (STATED, ("balance sheet",), True)

    def test_a_value_over_a_close_is_not_outvoted_for_the_close_may_be_wrong(
        self,
    ) -> None:
        settled = settle(counts(100.0, 100.0, by_value=1.0))

        assert outcome(settled) == (STATED, (), False)

    def test_two_against_two_is_unresolved(self) -> None:
        # The class fits the balance sheet alone.
        settled = settle(counts(100.0, 10.0, 9.0, by_value=101.0))

        assert outcome(settled) == (STATED, (), False)

    def test_three_that_fit_one_another_in_no_pair_are_unresolved(self) -> None:
        assert outcome(settle(counts(100.0, 10.0, by_value=1000.0))) == (
            STATED,
            (),
            False,
        )

    def test_more_than_one_can_be_outvoted(self) -> None:
        # The class fits the market value and nothing else.
        settled = settle(counts(1000.0, 10.0, 90.0, by_value=100.0))

        assert outcome(settled) == (BY_VALUE, ("stated count", "balance sheet"), True)
        assert settled.why == (
            "The market capitalisation / close and the quoted class agree; the stated "
            "count and the balance sheet do not, and are not used."
        )


class TestUnresolved:
    def test_two_counts_and_nothing_else(self) -> None:
        settled = settle(counts(100.0, 400.0))

        assert outcome(settled) == UNRESOLVED
        assert settled.why == (
            "The share counts disagree: "
            "100 by the market capitalisation, 400 by the balance sheet."
        )

    @pytest.mark.parametrize("factor", [1 / 5, 5])
    def test_a_class_that_the_market_value_is_made_of_settles_nothing(
        self, factor: float
    ) -> None:
        """TSM by a balance sheet in receipts, or by a quote in ordinary shares."""
        settled = settle(counts(25e9, factor * 25e9, 25e9), per_receipt=5)

        assert outcome(settled) == UNRESOLVED
        assert settled.why == (
            "The share counts disagree: 25,000,000,000 by the market capitalisation, "
            f"{factor * 25e9:,.0f} by the balance sheet, "
            "25,000,000,000 by the quoted class. "
            "The market capitalisation rests on the quoted class: they are one figure. "
            "A receipt stands for 5 shares: one may count receipts."
        )

    def test_a_class_that_the_value_over_the_close_is_made_of_settles_nothing(
        self,
    ) -> None:
        settled = settle(counts(125.0, None, 25.0, by_value=25.0), per_receipt=5)

        assert outcome(settled) == (STATED, (), False)
        assert "The market capitalisation / close rests on" in settled.why

    def test_a_class_may_be_all_that_a_balance_sheet_counts(self) -> None:
        # Half of all shares are quoted: the market value may have the other half.
        assert outcome(settle(counts(12.0, 6.0, 5.9))) == UNRESOLVED

    @pytest.mark.parametrize("of_class", [10.0, 150.0])
    def test_without_a_balance_sheet_a_class_that_cannot_be_is_a_gap(
        self, of_class: float
    ) -> None:
        # A tenth of all, and one and a half times all.
        assert outcome(settle(counts(100.0, of_class=of_class))) == UNRESOLVED

    def test_a_gap_that_is_not_a_receipts_is_not_called_one(self) -> None:
        assert "receipt" not in settle(counts(100.0, 300.0), per_receipt=5).why


class TestSplits:
    def test_a_balance_sheet_from_before_a_split_changes_nothing(self) -> None:
        settled = settle(counts(1000.0, 100.0), splits=[(AFTER, 10.0)])

        assert outcome(settled) == OURS
        assert (settled.ratio, settled.split) == (1.0, None)
        assert settled.why == (
            "The balance sheet is from before the split of 2026-04-20 (10 for 1); "
            "adjusted for it, all agree."
        )

    def test_a_quote_that_lacks_a_split_is_multiplied(self) -> None:
        # Its class as well, of which it is made; the balance sheet was restated.
        settled = settle(counts(100.0, 1000.0, 100.0), splits=[(AFTER, 10.0)])

        assert outcome(settled) == OURS
        assert (settled.ratio, settled.split) == (10.0, AFTER)
        assert settled.why == (
            "The market capitalisation is from before the split of 2026-04-20 "
            "(10 for 1); adjusted for it, all agree."
        )

    @pytest.mark.parametrize(
        ("quote", "balance", "ratio"), [(10.0, 100.0, 1.0), (100.0, 10.0, 0.1)]
    )
    def test_a_split_the_other_way_round(
        self, quote: float, balance: float, ratio: float
    ) -> None:
        # Ten old shares become one.
        settled = settle(counts(quote, balance), splits=[(AFTER, 0.1)])

        assert outcome(settled) == OURS
        assert settled.ratio == ratio
        assert "(0.1 for 1)" in settled.why

    def test_two_splits_since_the_balance_sheet_are_taken_together(self) -> None:
        splits = [(AFTER, 2.0), (QUOTED_ON, 5.0)]

        assert outcome(settle(counts(1000.0, 100.0), splits=splits)) == OURS
        assert outcome(settle(counts(500.0, 100.0), splits=splits)) == OURS

    @pytest.mark.parametrize(
        ("balance", "is_split"), [(92.0, True), (109.0, True), (89.0, False)]
    )
    def test_a_gap_is_a_splits_within_a_tenth(
        self,
        balance: float,
        is_split: bool,  # noqa: FBT001 - a case
    ) -> None:
        settled = settle(counts(1000.0, balance), splits=[(AFTER, 10.0)])

        assert settled.is_resolved is is_split

    def test_a_balance_sheet_knows_a_split_before_it(self) -> None:
        # So a market value of ten times too much is not taken for a split.
        settled = settle(counts(1000.0, 100.0, 99.0), splits=[(BEFORE, 10.0)])

        assert outcome(settled) == (OF_BALANCE, ("market capitalisation",), True)

    def test_a_class_that_alone_knows_a_split_is_followed(self) -> None:
        settled = settle(counts(100.0, 100.0, 1000.0), splits=[(AFTER, 10.0)])

        assert (settled.ratio, settled.split) == (10.0, AFTER)
        assert settled.why.startswith(
            "The market capitalisation and the balance sheet are from before"
        )

    def test_a_split_that_leaves_another_gap_settles_nothing(self) -> None:
        # 10 x 100 = 1,000; but the count over the close is neither.
        found = counts(1000.0, 100.0, by_value=3000.0)

        assert not settle(found, splits=[(AFTER, 10.0)]).is_resolved

    def test_without_a_balance_sheet_no_split_can_be_told(self) -> None:
        found = counts(100.0, of_class=1000.0)

        assert outcome(settle(found, splits=[(AFTER, 10.0)])) == UNRESOLVED


class TestQuotesAroundASplit:
    """Shares of a quote at 100 before a split of ten for one on 20 April, and at 10."""

    SPLITS = ((date(2020, 8, 31), 4.0), (AFTER, 10.0))
    EVE = date(2026, 4, 17)

    @pytest.mark.parametrize(
        ("counted_on", "price", "ratio"),
        [
            pytest.param(EVE, 100.0, 10.0, id="before it, as it says"),
            pytest.param(EVE, None, 10.0, id="before it, no price"),
            pytest.param(EVE, 10.0, 1.0, id="kept under the session before"),
            pytest.param(AFTER, 10.0, 1.0, id="after it, as it says"),
            pytest.param(AFTER, None, 1.0, id="after it, no price"),
            pytest.param(AFTER, 100.0, 10.0, id="lags behind"),
            pytest.param(AFTER, 1000.0, 1.0, id="a price that no split explains"),
            pytest.param(date(2026, 5, 1), 100.0, 1.0, id="too late to lag"),
        ],
    )
    def test_the_price_says_which_splits_a_quote_knows(
        self, counted_on: date, price: float | None, ratio: float
    ) -> None:
        # The close of either day is 10, adjusted for the split.
        found = since_split(counted_on, QUOTED_ON, self.SPLITS, price=price, close=10.0)

        assert found == ratio

    def test_what_is_known_of_a_split_to_come_is_taken_back(self) -> None:
        # On the eve the close was 100, and the quote of 10 knows the split already.
        found = since_split(self.EVE, self.EVE, self.SPLITS, price=10.0, close=100.0)

        assert found == 0.1

    def test_without_a_close_the_day_decides(self) -> None:
        assert since_split(self.EVE, QUOTED_ON, self.SPLITS, price=10.0) == 10.0
