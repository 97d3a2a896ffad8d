from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from samples import (
    A0,
    AS_OF,
    CASH,
    Q0,
    cell,
    only,
    quarter_end,
    quarters,
    statements,
    years,
)
from triad_screener.market import flows
from triad_screener.market.column import Column
from triad_screener.model.gap import Missing

if TYPE_CHECKING:
    from triad_screener.market.statements import Statements
    from triad_screener.model.quantity import Quantity

YEAR_FLAG = ("fiscal year for TTM",)


def trailing(found: Statements, *items: str) -> tuple[Quantity, ...]:
    """Each item over the trailing twelve months of one line."""
    return tuple(only(one) for one in flows.trailing(found, *items))


def balances(found: Statements, *items: str) -> tuple[Quantity, ...]:
    """Each balance of one line."""
    return tuple(only(one) for one in flows.balances(found, *items))


def a_year_earlier(found: Statements, item: str) -> Quantity:
    """A balance of one line a year before."""
    return only(flows.a_year_earlier(found, item))


class TestTrailing:
    def test_twelve_months_are_the_four_newest_quarters(self) -> None:
        found = statements(*quarters("NetIncome", 4.0, 3.0, 2.0, 2.0, 90.0))

        (income,) = trailing(found, "NetIncome")

        assert income.value == 11.0
        assert income.flags == ()
        assert [figure.slot for figure in income.figures] == ["q0", "q1", "q2", "q3"]

    def test_a_loss_counts_with_its_sign(self) -> None:
        found = statements(*quarters("NetIncome", -4.0, -3.0, -3.0, -2.0))

        assert trailing(found, "NetIncome")[0].value == -12.0

    def test_where_a_quarter_is_missing_the_fiscal_year_stands_in(self) -> None:
        found = statements(
            *quarters("NetIncome", 4.0, 3.0, None, 1.0), *years("NetIncome", 12.0)
        )

        (income,) = trailing(found, "NetIncome")

        assert (income.value, income.flags) == (12.0, YEAR_FLAG)
        assert [figure.slot for figure in income.figures] == ["a0"]

    def test_all_flows_of_a_factor_come_from_the_same_periods(self) -> None:
        found = statements(
            *quarters("NetIncome", 4.0, 3.0, 2.0, 2.0),
            *quarters("OperatingCashFlow", 5.0, 5.0, 5.0),
            *years("NetIncome", 12.0),
            *years("OperatingCashFlow", 22.0),
        )

        income, cash = trailing(found, "NetIncome", "OperatingCashFlow")

        assert (income.value, cash.value) == (12.0, 22.0)
        assert income.flags == cash.flags == YEAR_FLAG

    def test_where_the_year_lacks_one_of_them_both_are_missing(self) -> None:
        found = statements(
            *quarters("NetIncome", 4.0, 3.0, 2.0, 2.0),
            *quarters("OperatingCashFlow", 5.0, 5.0, 5.0),
            *years("NetIncome", 12.0),
        )

        with pytest.raises(Missing, match="OperatingCashFlow: not known for the qu"):
            trailing(found, "NetIncome", "OperatingCashFlow")

    @pytest.mark.parametrize(
        ("days", "stands_in"), [(101, False), (100, True), (0, True), (-20, True)]
    )
    def test_the_year_may_have_ended_up_to_100_days_before_the_newest_quarter(
        self,
        days: int,
        stands_in: bool,  # noqa: FBT001 - a case
    ) -> None:
        end = Q0 - timedelta(days=days)
        year = cell("NetIncome", 12.0, end, frequency="annual", filed=AS_OF)
        found = statements(*quarters("NetIncome", 4.0), year)

        if stands_in:
            assert trailing(found, "NetIncome")[0].value == 12.0
        else:
            with pytest.raises(Missing, match="NetIncome: not known for the quarter"):
                trailing(found, "NetIncome")

    def test_a_year_that_ended_after_the_newest_quarter_does_not_stand_in(self) -> None:
        year = cell("NetIncome", 12.0, A0, frequency="annual")
        found = statements(*quarters("NetIncome", None, None, 4.0), year)

        with pytest.raises(Missing):
            trailing(found, "NetIncome")

    def test_a_line_without_quarters_has_its_fiscal_year(self) -> None:
        found = statements(*years("NetIncome", 12.0, 10.0))

        (income,) = trailing(found, "NetIncome")

        assert (income.value, income.flags) == (12.0, YEAR_FLAG)

    def test_a_line_without_statements_has_none(self) -> None:
        with pytest.raises(Missing, match="no quarterly statement is known"):
            trailing(statements(), "NetIncome")

    def test_for_a_rejected_quarter_the_fiscal_year_stands_in_too(self) -> None:
        odd = quarters("NetIncome", 10.0, 10.0, 900.0, 10.0, 10.0)

        (income,) = trailing(statements(*odd, *years("NetIncome", 41.0)), "NetIncome")

        assert (income.value, income.flags) == (41.0, YEAR_FLAG)
        with pytest.raises(Missing) as caught:
            trailing(statements(*odd), "NetIncome")
        assert caught.value.reason == "rejected: outlier quarter"


class TestGrossProfit:
    def test_revenue_less_cost_stands_in_quarter_by_quarter(self) -> None:
        found = statements(
            *quarters("GrossProfit", 5.0, None, 4.0, 4.0),
            *quarters("TotalRevenue", 9.0, 9.0, 9.0, 9.0),
            *quarters("CostOfRevenue", 3.0, 3.0, 3.0, 3.0),
        )

        (profit,) = trailing(found, "GrossProfit")

        # 5 + (9 - 3) + 4 + 4; what is reported is not recomputed.
        assert profit.value == 19.0
        assert profit.flags == ()

    def test_without_cost_of_revenue_it_is_missing_and_never_zero(self) -> None:
        found = statements(*quarters("TotalRevenue", 9.0, 9.0, 9.0, 9.0))

        with pytest.raises(Missing, match="GrossProfit: not known"):
            trailing(found, "GrossProfit")

    def test_no_other_item_has_a_stand_in(self) -> None:
        found = statements(
            *quarters("TotalRevenue", 9.0), *quarters("CostOfRevenue", 3.0)
        )

        with pytest.raises(Missing, match="OperatingIncome: not known"):
            only(flows.flow(found, "quarterly", "OperatingIncome", 0))

    def test_a_year_has_the_same_stand_in(self) -> None:
        found = statements(*years("TotalRevenue", 9.0), *years("CostOfRevenue", 3.0))

        assert only(flows.flow(found, "annual", "GrossProfit", 0)).value == 6.0


class TestEbit:
    def test_operating_income_goes_before_a_row_that_holds_gains_on_stakes(
        self,
    ) -> None:
        found = statements(
            *quarters("OperatingIncome", 1.0, 1.0, 1.0, 1.0),
            *quarters("EBIT", 9.0, 9.0, 9.0, 9.0),
        )

        ebit = only(flows.trailing_ebit(found))

        assert (ebit.value, ebit.flags) == (4.0, ())

    def test_its_fiscal_year_goes_before_the_stand_in(self) -> None:
        found = statements(
            *quarters("OperatingIncome", 1.0, 1.0, 1.0),
            *years("OperatingIncome", 4.5),
            *quarters("EBIT", 9.0, 9.0, 9.0, 9.0),
        )

        ebit = only(flows.trailing_ebit(found))

        assert (ebit.value, ebit.flags) == (4.5, YEAR_FLAG)

    def test_the_stand_in_serves_for_all_of_it_and_is_flagged(self) -> None:
        found = statements(
            *quarters("OperatingIncome", 1.0, 1.0, 1.0),
            *quarters("EBIT", 9.0, 9.0, 9.0, 9.0),
        )

        ebit = only(flows.trailing_ebit(found))

        assert ebit.value == 36.0
        assert ebit.flags == ("EBIT stands in for operating income",)

    def test_a_year_of_the_stand_in_carries_both_flags(self) -> None:
        found = statements(*years("NetIncome", 1.0), *years("EBIT", 36.0))

        assert only(flows.trailing_ebit(found)).flags == (
            "fiscal year for TTM",
            "EBIT stands in for operating income",
        )

    def test_where_neither_is_known_operating_income_is_what_is_missing(self) -> None:
        with pytest.raises(Missing, match="OperatingIncome"):
            only(flows.trailing_ebit(statements(*quarters("NetIncome", 1.0))))


class TestBalances:
    def test_balances_are_those_of_the_newest_quarter(self) -> None:
        found = statements(
            *quarters("NetIncome", 1.0),
            *quarters("TotalDebt", 30.0, 20.0),
            *quarters(CASH, 9.0, 8.0),
        )

        debt, cash = balances(found, "TotalDebt", CASH)

        assert (debt.value, cash.value) == (30.0, 9.0)
        assert debt.flags == cash.flags == ()
        assert debt.figures[0].slot == "q0"

    def test_a_balance_dated_a_few_days_off_is_of_the_same_quarter(self) -> None:
        found = statements(
            *quarters("NetIncome", 1.0),
            cell("TotalDebt", 30.0, Q0 - timedelta(days=20)),
        )

        (debt,) = balances(found, "TotalDebt")

        assert (debt.value, debt.flags) == (30.0, ())

    def test_an_annual_balance_serves_at_the_end_of_the_year(self) -> None:
        found = statements(*years("NetIncome", 1.0), *years("TotalDebt", 30.0))

        (debt,) = balances(found, "TotalDebt")

        assert (debt.value, debt.flags) == (30.0, ())

    def test_where_one_is_missing_all_come_from_an_older_common_date(self) -> None:
        found = statements(
            *quarters("NetIncome", 1.0),
            *quarters("TotalDebt", 30.0, 20.0, 10.0),
            *years(CASH, 8.0),
        )

        debt, cash = balances(found, "TotalDebt", CASH)

        # Cash is known at the end of December only, so the debt is that of December.
        assert (debt.value, cash.value) == (20.0, 8.0)
        assert debt.flags == cash.flags == ("older balance sheet",)
        assert debt.figures[0].date == cash.figures[0].date == A0

    @pytest.mark.parametrize(("days", "known"), [(100, True), (101, False)])
    def test_the_common_date_is_at_most_100_days_older(
        self,
        days: int,
        known: bool,  # noqa: FBT001 - a case
    ) -> None:
        older = Q0 - timedelta(days=days)
        found = statements(
            *quarters("NetIncome", 1.0),
            cell("TotalDebt", 20.0, older),
            cell(CASH, 8.0, older),
            cell("TotalDebt", 30.0),
        )

        if known:
            debt, cash = balances(found, "TotalDebt", CASH)
            assert (debt.value, cash.value) == (20.0, 8.0)
        else:
            with pytest.raises(Missing) as caught:
                balances(found, "TotalDebt", CASH)
            assert caught.value.detail == (
                f"{CASH}: not known at 2026-03-31 nor up to 100 days before"
            )

    def test_the_newest_of_several_common_dates_counts(self) -> None:
        days = (40, 70, 90)
        found = statements(
            *quarters("NetIncome", 1.0),
            *(cell("TotalDebt", float(d), Q0 - timedelta(days=d)) for d in days),
        )

        assert balances(found, "TotalDebt")[0].value == 40.0

    def test_a_line_without_statements_has_no_balances(self) -> None:
        with pytest.raises(Missing, match="no statement is known"):
            balances(statements(), "TotalDebt")


class TestAYearEarlier:
    def test_the_balance_of_four_quarters_before(self) -> None:
        found = statements(
            *quarters("NetIncome", 1.0),
            *quarters("TotalAssets", 50.0, 40.0, 30.0, 20.0, 10.0),
            *years("TotalAssets", 40.0, 5.0),
        )

        earlier = a_year_earlier(found, "TotalAssets")

        assert (earlier.value, earlier.figures[0].slot) == (10.0, "q4")

    def test_an_annual_balance_of_that_quarter_serves(self) -> None:
        end = quarter_end(4)
        found = statements(
            *quarters("NetIncome", 1.0),
            cell("TotalAssets", 11.0, end, frequency="annual"),
        )

        earlier = a_year_earlier(found, "TotalAssets")

        assert (earlier.value, earlier.figures[0].date) == (11.0, date(2025, 3, 31))

    def test_else_the_balance_of_the_fiscal_year_before_the_newest(self) -> None:
        found = statements(
            *quarters("NetIncome", 1.0),
            *years("NetIncome", 1.0),
            *years("TotalAssets", 40.0, 5.0),
        )

        earlier = a_year_earlier(found, "TotalAssets")

        assert (earlier.value, earlier.figures[0].slot) == (5.0, "a1")

    def test_else_there_is_none(self) -> None:
        young = statements(*quarters("NetIncome", 1.0), *quarters("TotalAssets", 50.0))

        for found in (young, statements()):
            with pytest.raises(Missing, match="TotalAssets: not known a year before"):
                a_year_earlier(found, "TotalAssets")


def test_a_mean_lies_half_way_between_two_quantities() -> None:
    fifty, ten = (Column.of(np.array([one])) for one in (50.0, 10.0))

    assert only(flows.mean(fifty, ten)).value == 30.0
