from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from samples import (
    AS_OF,
    CASH,
    Q0,
    cell,
    constituent,
    forward,
    line,
    only,
    prices,
    quarters,
    years,
)
from triad_screener.factors.value import (
    forward_earnings_yield,
    free_cash_flow_yield,
    operating_yield,
)
from triad_screener.model.gap import Missing
from triad_screener.model.market import DatedValue

if TYPE_CHECKING:
    from triad_screener.model.market import ForwardFigure

FOUR = (1000.0, 1000.0, 1000.0, 1000.0)
UNRESOLVED = DatedValue(400_000.0, AS_OF)
#: Of a line worth 100,000 dollars.
BALANCES = (*quarters("TotalDebt", 30_000.0), *quarters(CASH, 10_000.0))
TAIWAN = constituent(
    "TSM", statement_currency="TWD", ordinary_per_receipt=5.0, foreign_filer=True
)


class TestOperatingYield:
    def test_operating_income_on_enterprise_value(self) -> None:
        cheap = line(*quarters("OperatingIncome", *FOUR), *BALANCES)

        # 4,000 on 100,000 of value, 30,000 of debt and 10,000 of cash.
        assert only(operating_yield(cheap)).value == pytest.approx(1 / 30, abs=1e-12)

    def test_a_loss_is_a_low_yield_and_not_a_missing_one(self) -> None:
        loser = line(*quarters("OperatingIncome", -3000.0, *FOUR[:3]), *BALANCES)

        assert only(operating_yield(loser)).value == 0.0

    def test_a_receipt_with_statements_in_taiwan_dollars(self) -> None:
        # 25,932.5 million ordinary shares, five to a receipt of 400 dollars, are worth
        # 2,074,600 million dollars. EBIT is 4 x 500,000 million Taiwan dollars at .03
        # = 60,000 million; net cash is 2,000,000 million at .03 = 60,000 million.
        tsm = line(
            *quarters("OperatingIncome", *[500_000e6] * 4, currency="TWD"),
            *quarters("TotalDebt", 1_000_000e6, currency="TWD"),
            *quarters(CASH, 3_000_000e6, currency="TWD"),
            of=TAIWAN,
            closes=[400.0],
            shares=DatedValue(25_932.5e6, Q0),
            fx={"TWD": (DatedValue(0.03, AS_OF),)},
        )

        found = only(operating_yield(tsm))

        assert found.value == pytest.approx(60_000 / 2_014_600, abs=1e-12)
        units = {figure.unit for figure in found.figures}
        assert units == {"TWD", "USD", "shares", "USD per TWD"}

    def test_more_cash_than_the_company_is_worth_is_rejected(self) -> None:
        rich = line(
            *quarters("OperatingIncome", *FOUR),
            *quarters("TotalDebt", 0.0),
            *quarters(CASH, 100_000.0),
        )

        with pytest.raises(Missing) as caught:
            only(operating_yield(rich))

        assert caught.value.reason == "rejected: enterprise value not above zero"

    def test_an_unresolved_share_count_leaves_none(self) -> None:
        doubtful = line(
            *quarters("OperatingIncome", *FOUR),
            *BALANCES,
            market_capitalisation=UNRESOLVED,
        )

        with pytest.raises(Missing) as caught:
            only(operating_yield(doubtful))

        assert caught.value.reason == "rejected: share count unresolved"


class TestFreeCashFlowYield:
    @pytest.mark.parametrize("sign", [1, -1])
    def test_capital_expenditure_is_spent_whatever_its_sign(self, sign: int) -> None:
        spender = line(
            *quarters("NetIncome", 1.0),
            *quarters("OperatingCashFlow", *FOUR),
            *quarters("CapitalExpenditure", *(sign * 400.0 for _ in range(4))),
        )

        # 4,000 less 1,600, on 100,000.
        assert only(free_cash_flow_yield(spender)).value == pytest.approx(
            0.024, abs=1e-12
        )

    def test_spending_more_than_comes_in_is_below_zero(self) -> None:
        builder = line(
            *quarters("NetIncome", 1.0),
            *quarters("OperatingCashFlow", *FOUR),
            *quarters("CapitalExpenditure", -3000.0, -2000.0, -2000.0, -2000.0),
        )

        assert only(free_cash_flow_yield(builder)).value == pytest.approx(
            -0.05, abs=1e-12
        )

    def test_both_flows_are_of_the_fiscal_year_where_one_quarter_is_missing(
        self,
    ) -> None:
        late = line(
            *quarters("NetIncome", 1.0),
            *quarters("OperatingCashFlow", *FOUR),
            *quarters("CapitalExpenditure", None, -400.0, -400.0, -400.0),
            *years("NetIncome", 1.0),
            *years("OperatingCashFlow", 5000.0),
            *years("CapitalExpenditure", -2000.0),
        )

        found = only(free_cash_flow_yield(late))

        assert found.value == pytest.approx(0.03, abs=1e-12)
        assert found.flags == ("fiscal year for TTM",)

    def test_spending_that_is_not_reported_is_not_zero(self) -> None:
        silent = line(
            *quarters("NetIncome", 1.0), *quarters("OperatingCashFlow", *FOUR)
        )

        with pytest.raises(Missing, match="CapitalExpenditure: not known"):
            only(free_cash_flow_yield(silent))

    def test_cash_in_taiwan_dollars_is_converted_once(self) -> None:
        # 100,000 / 5 dollars of value against (40,000 - 20,000) x .03 = 600 dollars.
        tsm = line(
            *quarters("NetIncome", 1.0, currency="TWD"),
            *quarters("OperatingCashFlow", *[10_000.0] * 4, currency="TWD"),
            *quarters("CapitalExpenditure", *[-5_000.0] * 4, currency="TWD"),
            of=TAIWAN,
            fx={"TWD": (DatedValue(0.03, AS_OF),)},
        )

        assert only(free_cash_flow_yield(tsm)).value == pytest.approx(0.03, abs=1e-12)

    def test_a_company_without_shares_is_worth_nothing_to_divide_by(self) -> None:
        shell = line(
            *quarters("NetIncome", 1.0),
            *quarters("OperatingCashFlow", *FOUR),
            *quarters("CapitalExpenditure", *FOUR),
            cell("DilutedAverageShares", 0.0, currency="shares"),
            shares=None,
        )

        with pytest.raises(Missing) as caught:
            only(free_cash_flow_yield(shell))

        assert caught.value.reason == "rejected: market capitalisation not above zero"

    def test_an_unresolved_share_count_leaves_none(self) -> None:
        doubtful = line(
            *quarters("NetIncome", 1.0),
            *quarters("OperatingCashFlow", *FOUR),
            *quarters("CapitalExpenditure", *FOUR),
            market_capitalisation=UNRESOLVED,
        )

        with pytest.raises(Missing, match="The share counts disagree"):
            only(free_cash_flow_yield(doubtful))


class TestForwardEarningsYield:
    def test_expected_earnings_over_the_price_of_their_day(self) -> None:
        expected = line(forward=forward(eps=4.0, pe=99.0, price=80.0))

        found = only(forward_earnings_yield(expected))

        assert found.value == 0.05
        assert [figure.item for figure in found.figures] == ["forward EPS", "price"]
        assert {(figure.source, figure.date) for figure in found.figures} == {
            ("a vendor", AS_OF)
        }

    def test_without_a_price_the_close_of_their_day_serves(self) -> None:
        yesterday = AS_OF - timedelta(days=1)
        expected = line(closes=[80.0, 100.0], forward=forward(eps=4.0, day=yesterday))

        assert only(forward_earnings_yield(expected)).value == 0.05

    def test_an_expected_loss_is_a_low_yield(self) -> None:
        expected = line(forward=forward(eps=-4.0, pe=-20.0, price=80.0))

        assert only(forward_earnings_yield(expected)).value == -0.05

    def test_the_ratio_serves_where_no_earnings_are_given(self) -> None:
        assert (
            only(forward_earnings_yield(line(forward=forward(pe=25.0)))).value == 0.04
        )

    def test_earnings_in_another_currency_than_the_price_are_not_used(self) -> None:
        two = forward(eps=60.0, pe=25.0, price=400.0)

        found = only(forward_earnings_yield(line(of=TAIWAN, forward=two)))

        assert found.value == 0.04
        assert [figure.item for figure in found.figures] == ["forward PE"]

    @pytest.mark.parametrize(
        "figures",
        [forward(), forward(pe=-25.0), forward(pe=0.0)],
        ids=["nothing", "a loss", "zero"],
    )
    def test_a_ratio_that_is_not_above_zero_says_nothing(
        self, figures: tuple[ForwardFigure, ...]
    ) -> None:
        with pytest.raises(Missing, match="of 2026-06-30 gives no yield in one"):
            only(forward_earnings_yield(line(forward=figures)))

    @pytest.mark.parametrize("days", [0, 60])
    def test_a_figure_may_be_sixty_days_old(self, days: int) -> None:
        old = forward(pe=25.0, day=AS_OF - timedelta(days=days))

        assert only(forward_earnings_yield(line(forward=old))).value == 0.04

    def test_an_older_one_is_stale(self) -> None:
        old = forward(pe=25.0, day=AS_OF - timedelta(days=61))

        with pytest.raises(Missing) as caught:
            only(forward_earnings_yield(line(forward=old)))

        assert caught.value.reason == "stale"
        assert caught.value.detail == "the newest forward figure is of 2026-04-30"

    def test_the_newest_figure_by_then_counts(self) -> None:
        three = (
            *forward(pe=50.0, day=date(2026, 6, 1)),
            *forward(pe=25.0, day=date(2026, 6, 30)),
            *forward(pe=10.0, day=date(2026, 7, 1)),
        )

        assert only(forward_earnings_yield(line(forward=three))).value == 0.04

    def test_a_figure_of_tomorrow_is_not_known(self) -> None:
        later = forward(pe=25.0, day=AS_OF + timedelta(days=1))

        with pytest.raises(Missing, match="no forward figure is known"):
            only(forward_earnings_yield(line(forward=later)))

    def test_an_unresolved_share_count_leaves_none(self) -> None:
        doubtful = line(forward=forward(pe=25.0), market_capitalisation=UNRESOLVED)

        with pytest.raises(Missing, match="The share counts disagree"):
            only(forward_earnings_yield(doubtful))


class TestProperties:
    @pytest.mark.parametrize("scale", [0.5, 3.0])
    def test_a_yield_halves_where_the_price_doubles(self, scale: float) -> None:
        cells = (
            *quarters("NetIncome", 1.0),
            *quarters("OperatingCashFlow", *FOUR),
            *quarters("CapitalExpenditure", *FOUR[:3], 0.0),
        )

        before = only(free_cash_flow_yield(line(*cells))).value
        after = only(free_cash_flow_yield(line(*cells, closes=[100.0 * scale]))).value

        assert after == pytest.approx(before / scale)

    @pytest.mark.parametrize("rate", [0.01, 2.0])
    def test_a_currency_worth_less_is_the_same_company(self, rate: float) -> None:
        # Prices and statements in one currency: the rate cancels out.
        foreign = constituent("ABC", price_currency="XYZ", statement_currency="XYZ")
        cells = (
            *quarters("OperatingIncome", *FOUR, currency="XYZ"),
            *quarters("TotalDebt", 30_000.0, currency="XYZ"),
            *quarters(CASH, 10_000.0, currency="XYZ"),
        )

        found = only(
            operating_yield(
                line(*cells, of=foreign, fx={"XYZ": (DatedValue(rate, AS_OF),)})
            )
        )

        assert found.value == pytest.approx(1 / 30)

    def test_a_stale_price_is_used_and_flagged(self) -> None:
        old = line(
            *quarters("NetIncome", 1.0),
            *quarters("OperatingCashFlow", *FOUR),
            *quarters("CapitalExpenditure", *FOUR[:3], 500.0),
            series=prices([100.0], last=AS_OF - timedelta(days=30)),
        )

        found = only(free_cash_flow_yield(old))

        assert found.value == pytest.approx(0.005)
        assert found.flags == ("stale price",)
