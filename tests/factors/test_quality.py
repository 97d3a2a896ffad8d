from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from samples import A0, CASH, cell, line, only, quarters, years
from triad_screener.factors.quality import (
    accruals,
    gross_profitability,
    net_debt,
    return_on_invested_capital,
)
from triad_screener.model.gap import Missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from triad_screener.market.column import Column
    from triad_screener.market.selection import Selection

FOUR = (10.0, 10.0, 10.0, 10.0)


class TestRegression:
    def test_gross_profit_of_a_year_on_assets(self) -> None:
        found = line(
            *quarters("NetIncome", 1.0),
            *quarters("GrossProfit", *FOUR),
            *quarters("TotalAssets", 160.0),
        )

        assert only(gross_profitability(found)).value == 0.25

    def test_gross_profit_of_the_fiscal_year_where_a_quarter_is_missing(self) -> None:
        found = line(
            *quarters("TotalRevenue", 20.0, 20.0, 20.0, None),
            *quarters("CostOfRevenue", 10.0, 10.0, 10.0, 10.0),
            *years("TotalRevenue", 80.0),
            *years("CostOfRevenue", 48.0),
            *quarters("TotalAssets", 160.0),
        )

        profit = only(gross_profitability(found))

        assert (profit.value, profit.flags) == (0.2, ("fiscal year for TTM",))

    def test_operating_income_on_the_capital_invested(self) -> None:
        found = line(
            *quarters("OperatingIncome", *FOUR),
            *quarters("TotalDebt", 50.0),
            *quarters("StockholdersEquity", 150.0),
        )

        assert only(return_on_invested_capital(found)).value == 0.2

    def test_a_loss_is_a_low_value_and_not_a_missing_one(self) -> None:
        found = line(
            *quarters("OperatingIncome", -10.0, -10.0, -10.0, -10.0),
            *quarters("TotalDebt", 50.0),
            *quarters("StockholdersEquity", 150.0),
        )

        assert only(return_on_invested_capital(found)).value == -0.2

    @pytest.mark.parametrize("equity", [-50.0, -60.0])
    def test_capital_that_is_not_above_zero_is_rejected(self, equity: float) -> None:
        found = line(
            *quarters("OperatingIncome", *FOUR),
            *quarters("TotalDebt", 50.0),
            *quarters("StockholdersEquity", equity),
        )

        with pytest.raises(Missing) as caught:
            only(return_on_invested_capital(found))

        assert caught.value.reason == "rejected: invested capital not above zero"
        assert caught.value.detail == (
            f"invested capital is {equity + 50:g}, not above zero"
        )

    def test_debt_and_equity_are_of_one_date(self) -> None:
        found = line(
            *quarters("OperatingIncome", *FOUR),
            *quarters("TotalDebt", 9999.0, 50.0),
            *years("StockholdersEquity", 150.0),
        )

        yielded = only(return_on_invested_capital(found))

        assert yielded.value == 0.2
        assert yielded.flags == ("older balance sheet",)
        assert {f.date for f in yielded.figures if not f.slot} == {A0}

    def test_accruals_are_income_not_received_in_cash_on_mean_assets(self) -> None:
        found = line(
            *quarters("NetIncome", *FOUR),
            *quarters("OperatingCashFlow", 15.0, 15.0, 15.0, 15.0),
            *quarters("TotalAssets", 250.0, None, None, None, 150.0),
        )

        # 40 of income less 60 of cash, on the mean of 250 and 150.
        assert only(accruals(found)).value == -0.1

    def test_without_a_year_before_assets_are_those_of_now(self) -> None:
        found = line(
            *quarters("NetIncome", *FOUR),
            *quarters("OperatingCashFlow", 15.0, 15.0, 15.0, 15.0),
            *quarters("TotalAssets", 250.0),
        )

        assert only(accruals(found)).value == -0.08

    def test_income_and_cash_are_of_the_same_twelve_months(self) -> None:
        found = line(
            *quarters("NetIncome", *FOUR),
            *quarters("OperatingCashFlow", None, 15.0, 15.0, 15.0),
            *years("NetIncome", 50.0),
            *years("OperatingCashFlow", 75.0),
            *quarters("TotalAssets", 250.0),
        )

        assert only(accruals(found)).value == -0.1

    def test_net_debt_on_assets(self) -> None:
        found = line(
            *quarters("NetIncome", 1.0),
            *quarters("TotalDebt", 50.0),
            *quarters(CASH, 20.0),
            *quarters("TotalAssets", 120.0),
        )

        assert only(net_debt(found)).value == 0.25

    def test_more_cash_than_debt_is_below_zero(self) -> None:
        found = line(
            *quarters("NetIncome", 1.0),
            *quarters("TotalDebt", 20.0),
            *quarters(CASH, 50.0),
            *quarters("TotalAssets", 120.0),
        )

        assert only(net_debt(found)).value == -0.25

    def test_cash_that_is_not_reported_is_not_zero(self) -> None:
        found = line(
            *quarters("NetIncome", 1.0),
            *quarters("TotalDebt", 20.0),
            *quarters("TotalAssets", 120.0),
        )

        with pytest.raises(Missing) as caught:
            only(net_debt(found))

        assert caught.value.reason == "absent"
        assert caught.value.detail.startswith(f"{CASH}: not known at 2026-03-31")

    @pytest.mark.parametrize("measure", [gross_profitability, accruals, net_debt])
    def test_no_assets_are_no_base(
        self, measure: Callable[[Selection], Column]
    ) -> None:
        found = line(
            *quarters("NetIncome", *FOUR),
            *quarters("GrossProfit", *FOUR),
            *quarters("OperatingCashFlow", *FOUR),
            *quarters("TotalDebt", 20.0),
            *quarters(CASH, 20.0),
            cell("TotalAssets", 0.0),
        )

        with pytest.raises(Missing) as caught:
            only(measure(found))

        assert caught.value.reason == "rejected: total assets not above zero"


class TestProperties:
    @pytest.mark.parametrize("unit", [0.001, 1e6])
    def test_the_unit_of_money_does_not_matter(self, unit: float) -> None:
        four = [unit * one for one in FOUR]
        found = line(
            *quarters("NetIncome", *four),
            *quarters("GrossProfit", *four),
            *quarters("OperatingIncome", *four),
            *quarters("OperatingCashFlow", 0.0, 0.0, 0.0, 0.0),
            *quarters("TotalDebt", unit * 60.0),
            *quarters("StockholdersEquity", unit * 40.0),
            *quarters(CASH, unit * 20.0),
            *quarters("TotalAssets", unit * 200.0),
        )

        assert only(gross_profitability(found)).value == pytest.approx(0.2)
        assert only(return_on_invested_capital(found)).value == pytest.approx(0.4)
        assert only(accruals(found)).value == pytest.approx(0.2)
        assert only(net_debt(found)).value == pytest.approx(0.2)
