from __future__ import annotations

from datetime import timedelta

import pytest

from samples import Q0, cell, line, only, quarters, years
from triad_screener.factors.growth import (
    gross_profit_growth,
    revenue_cagr,
    revenue_year_on_year,
)
from triad_screener.model.gap import Missing


class TestRegression:
    def test_a_quarter_is_compared_with_that_of_a_year_before(self) -> None:
        growing = line(*quarters("TotalRevenue", 120.0, 90.0, 95.0, 97.0, 100.0))

        growth = only(revenue_year_on_year(growing))

        assert growth.value == pytest.approx(0.2, abs=1e-12)
        assert [figure.slot for figure in growth.figures] == ["q0", "q4"]

    def test_a_fall_is_below_zero(self) -> None:
        falling = line(*quarters("TotalRevenue", 75.0, None, None, None, 100.0))

        assert only(revenue_year_on_year(falling)).value == -0.25

    @pytest.mark.parametrize("before", [0.0, -1.0])
    def test_no_revenue_a_year_before_is_no_base(self, before: float) -> None:
        new = line(*quarters("TotalRevenue", 120.0, None, None, None, before))

        with pytest.raises(Missing) as caught:
            only(revenue_year_on_year(new))

        reason = "rejected: revenue a year earlier not above zero"
        assert caught.value.reason == reason

    @pytest.mark.parametrize(
        ("days", "known"), [(349, False), (350, True), (380, True), (381, False)]
    )
    def test_the_two_quarters_end_350_to_380_days_apart(
        self,
        days: int,
        known: bool,  # noqa: FBT001 - a case
    ) -> None:
        two = line(
            cell("TotalRevenue", 120.0),
            cell("TotalRevenue", 100.0, Q0 - timedelta(days=days)),
        )

        if known:
            assert only(revenue_year_on_year(two)).value == pytest.approx(
                0.2, abs=1e-12
            )
        else:
            with pytest.raises(Missing) as caught:
                only(revenue_year_on_year(two))
            assert caught.value.reason == "rejected: quarters not a year apart"

    def test_four_quarters_are_not_enough(self) -> None:
        with pytest.raises(Missing, match="quarter to about 2025-03-31"):
            only(
                revenue_year_on_year(
                    line(*quarters("TotalRevenue", 4.0, 3.0, 2.0, 1.0))
                )
            )

    def test_revenue_that_grows_by_a_fifth_three_times(self) -> None:
        growing = line(*years("TotalRevenue", 172.8, None, None, 100.0))

        growth = only(revenue_cagr(growing))

        # 1.2 ** 3 = 1.728
        assert growth.value == pytest.approx(0.2, abs=1e-12)
        assert [figure.slot for figure in growth.figures] == ["a0", "a3"]

    def test_revenue_that_ends_at_zero_loses_everything(self) -> None:
        assert (
            only(revenue_cagr(line(*years("TotalRevenue", 0.0, 1, 1, 8.0)))).value
            == -1.0
        )

    @pytest.mark.parametrize(
        ("now", "then", "reason"),
        [
            (100.0, 0.0, "rejected: revenue three years earlier not above zero"),
            (-1.0, 100.0, "rejected: revenue below zero"),
        ],
    )
    def test_revenue_below_zero_has_no_root(
        self, now: float, then: float, reason: str
    ) -> None:
        with pytest.raises(Missing) as caught:
            only(revenue_cagr(line(*years("TotalRevenue", now, 1.0, 1.0, then))))

        assert caught.value.reason == reason

    def test_three_fiscal_years_are_not_enough(self) -> None:
        with pytest.raises(Missing, match="fiscal year to about 2022-12-31"):
            only(revenue_cagr(line(*years("TotalRevenue", 4.0, 3.0, 2.0))))

    def test_gross_profit_growth_works_through_losses(self) -> None:
        recovering = line(
            *years("NetIncome", -1.0),
            *years("GrossProfit", 5.0, -10.0),
            *years("TotalAssets", 900.0, 100.0),
        )

        growth = only(gross_profit_growth(recovering))

        assert growth.value == pytest.approx(0.15, abs=1e-12)

    def test_gross_profit_may_be_revenue_less_cost(self) -> None:
        derived = line(
            *years("TotalRevenue", 50.0, 40.0),
            *years("CostOfRevenue", 20.0, 30.0),
            *years("TotalAssets", None, 100.0),
        )

        assert only(gross_profit_growth(derived)).value == pytest.approx(0.2, abs=1e-12)

    def test_growth_on_no_assets_is_rejected(self) -> None:
        empty = line(
            *years("NetIncome", 1.0),
            *years("GrossProfit", 2.0, 1.0),
            *years("TotalAssets", 1.0, 0.0),
        )

        with pytest.raises(Missing) as caught:
            only(gross_profit_growth(empty))

        assert caught.value.reason == "rejected: total assets not above zero"


class TestProperties:
    @pytest.mark.parametrize("unit", [0.001, 1e6])
    def test_the_unit_of_money_does_not_matter(self, unit: float) -> None:
        revenue = [172.8, 140.0, 120.0, 100.0]
        cells = (
            *years("TotalRevenue", *(unit * one for one in revenue)),
            *years("CostOfRevenue", *(unit * one / 4 for one in revenue)),
            *years("TotalAssets", *(unit * 350.0 for _ in revenue)),
            *quarters("TotalRevenue", unit * 33.0, None, None, None, unit * 30.0),
        )

        assert only(revenue_cagr(line(*cells))).value == pytest.approx(0.2)
        assert only(revenue_year_on_year(line(*cells))).value == pytest.approx(0.1)
        # Three quarters of a rise by 32.8, on 350.
        assert only(gross_profit_growth(line(*cells))).value == pytest.approx(
            24.6 / 350
        )
