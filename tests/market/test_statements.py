from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from samples import (
    A0,
    AS_OF,
    Q0,
    cell,
    constituent,
    only,
    quarter_end,
    quarters,
    select,
    statements,
    years,
)
from triad_screener.market import flows
from triad_screener.model.days import UNKNOWN, day, numbers
from triad_screener.model.gap import Missing
from triad_screener.model.market import LineData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from triad_screener.market.statements import Statements
    from triad_screener.model.market import Frequency, StatementCell
    from triad_screener.model.taxonomy import Constituent


def value(found: Statements, item: str, back: int = 0) -> float:
    """The figure of a quarter."""
    return only(found.at("quarterly", item, back)).value


def is_used(found: Statements, item: str, back: int) -> bool:
    """Whether the figure of a quarter is known and not rejected."""
    try:
        only(found.at("quarterly", item, back))
    except Missing:
        return False
    return True


def the(days: NDArray[np.int32]) -> date | None:
    """The day of the only observation."""
    (only_day,) = days
    return day(only_day)


def since(one: StatementCell, *, foreign_filer: bool) -> date | None:
    """The first day on which a figure is known: asked of every day of half a year."""
    for back in range(200):
        as_of = one.period_end + timedelta(days=back)
        found = statements(one, as_of=as_of, foreign_filer=foreign_filer)
        if found.newest_end(one.frequency)[0] != UNKNOWN:
            return as_of
    return None


class TestPointInTime:
    def test_a_figure_counts_from_its_filing(self) -> None:
        filed = cell("TotalRevenue", 1.0, filed=date(2026, 4, 20))

        assert since(filed, foreign_filer=True) == date(2026, 4, 20)

    @pytest.mark.parametrize(
        ("frequency", "foreign_filer", "days"),
        [
            ("quarterly", False, 60),
            ("quarterly", True, 60),
            ("annual", False, 90),
            ("annual", True, 120),
        ],
    )
    def test_without_a_filing_date_it_counts_so_many_days_after_its_period(
        self,
        frequency: Frequency,
        foreign_filer: bool,  # noqa: FBT001 - a case
        days: int,
    ) -> None:
        unfiled = cell("TotalRevenue", 1.0, A0, frequency=frequency)

        known = since(unfiled, foreign_filer=foreign_filer)

        assert known == A0 + timedelta(days=days)

    @pytest.mark.parametrize(
        ("as_of", "newest"), [(date(2026, 5, 29), None), (date(2026, 5, 30), Q0)]
    )
    def test_a_quarter_is_unknown_until_its_sixtieth_day(
        self, as_of: date, newest: date | None
    ) -> None:
        found = statements(cell("TotalRevenue", 1.0), as_of=as_of)

        assert the(found.newest_quarter) == newest

    @pytest.mark.parametrize(
        ("as_of", "known"),
        [
            (date(2026, 4, 20), 100.0),
            (date(2026, 6, 9), 100.0),
            (date(2026, 6, 10), 90.0),
        ],
    )
    def test_a_restatement_counts_from_its_own_filing(
        self, as_of: date, known: float
    ) -> None:
        restated = cell("TotalRevenue", 90.0, filed=date(2026, 6, 10))
        original = cell("TotalRevenue", 100.0, filed=date(2026, 4, 20))

        found = statements(restated, original, as_of=as_of)

        assert value(found, "TotalRevenue") == known

    def test_of_two_copies_of_one_day_the_later_row_counts(self) -> None:
        day = date(2026, 4, 20)

        found = statements(
            cell("TotalRevenue", 100.0, filed=day),
            cell("TotalRevenue", 101.0, filed=day),
        )

        assert value(found, "TotalRevenue") == 101.0

    def test_a_figure_tells_since_when_it_is_known_and_by_whom(self) -> None:
        found = statements(cell("TotalRevenue", 7.0, note="as filed"))

        (figure,) = only(found.at("quarterly", "TotalRevenue", 0)).figures

        assert (figure.item, figure.value, figure.unit) == ("TotalRevenue", 7.0, "USD")
        assert (figure.date, figure.known) == (Q0, date(2026, 5, 30))
        assert (figure.source, figure.note) == ("by hand", "as filed")
        assert figure.slot == "q0"


class TestPeriods:
    @pytest.mark.parametrize("item", ["TotalRevenue", "OperatingIncome", "NetIncome"])
    def test_revenue_or_a_result_makes_a_quarter_the_newest(self, item: str) -> None:
        found = statements(*quarters("TotalRevenue", None, 1.0), cell(item, 1.0))

        assert the(found.newest_quarter) == Q0

    def test_a_balance_sheet_alone_does_not(self) -> None:
        found = statements(
            cell("TotalAssets", 1.0), *quarters("TotalRevenue", None, 1.0)
        )

        assert the(found.newest_quarter) == quarter_end(1)

    def test_without_quarters_balances_are_those_of_the_newest_year(self) -> None:
        found = statements(*years("TotalRevenue", 1.0))

        assert the(found.newest_quarter) is None
        assert the(found.balance_date) == A0
        assert the(found.newest_period) == A0

    def test_the_newest_period_may_be_a_year_that_no_quarter_ends(self) -> None:
        found = statements(
            *years("TotalRevenue", 4.0), *quarters("TotalRevenue", None, None, 1.0)
        )

        assert the(found.newest_period) == A0
        assert the(found.balance_date) == quarter_end(2)

    def test_nothing_known_is_no_period(self) -> None:
        found = statements()

        assert (the(found.newest_quarter), the(found.newest_year)) == (None, None)
        assert (the(found.balance_date), the(found.newest_period)) == (None, None)

    def test_calendar_quarters_fill_the_slots_in_turn(self) -> None:
        found = statements(*quarters("TotalRevenue", 50.0, 40.0, 30.0, 20.0, 10.0))

        values = [value(found, "TotalRevenue", back) for back in range(5)]

        assert values == [50.0, 40.0, 30.0, 20.0, 10.0]

    @pytest.mark.parametrize(
        ("frequency", "back", "days", "known"),
        [
            ("quarterly", 1, 71, False),  # 91.31 - 20 = 71.31
            ("quarterly", 1, 72, True),
            ("quarterly", 1, 111, True),
            ("quarterly", 1, 112, False),
            ("quarterly", 4, 345, False),  # 365.24 - 20 = 345.24
            ("quarterly", 4, 346, True),
            ("quarterly", 4, 385, True),
            ("quarterly", 4, 386, False),
            ("annual", 3, 1075, False),  # 1095.75 - 20 = 1075.75
            ("annual", 3, 1076, True),
            ("annual", 3, 1115, True),
            ("annual", 3, 1116, False),
        ],
    )
    def test_a_period_may_end_twenty_days_off_its_slot(
        self,
        frequency: Frequency,
        back: int,
        days: int,
        known: bool,  # noqa: FBT001 - a case
    ) -> None:
        older = Q0 - timedelta(days=days)
        found = statements(
            cell("NetIncome", 1.0, Q0, frequency=frequency, filed=AS_OF),
            cell("TotalRevenue", 5.0, older, frequency=frequency),
        )

        places = found.near(frequency, "TotalRevenue", numbers([Q0]), back)
        assert (places >= 0).tolist() == [known]

    def test_a_week_of_53_does_not_matter(self) -> None:
        # Quarters of 13 weeks, one of 14, as a fiscal year of 52 or 53 weeks has them.
        ends = [Q0 - timedelta(days=days) for days in (0, 91, 182, 280, 371)]
        cells = [cell("TotalRevenue", float(k), end) for k, end in enumerate(ends)]

        found = statements(*cells)

        values = [value(found, "TotalRevenue", k) for k in range(5)]
        assert values == [0.0, 1.0, 2.0, 3.0, 4.0]

    def test_the_nearest_of_several_ends_fills_a_slot(self) -> None:
        days = (80, 93, 100)
        found = statements(
            cell("NetIncome", 1.0),
            *(cell("TotalRevenue", float(d), Q0 - timedelta(days=d)) for d in days),
        )

        assert value(found, "TotalRevenue", 1) == 93.0

    def test_of_two_ends_equally_near_the_newer_counts(self) -> None:
        found = statements(
            cell("NetIncome", 1.0),
            cell("TotalDebt", 1.0, Q0 - timedelta(days=3)),
            cell("TotalDebt", 2.0, Q0 + timedelta(days=3), filed=AS_OF),
        )

        (debt,) = flows.balances(found, "TotalDebt")
        assert only(debt).value == 2.0

    def test_a_balance_of_the_quarter_goes_before_that_of_the_year(self) -> None:
        found = statements(
            *years("NetIncome", 1.0),
            cell("TotalDebt", 1.0, A0, frequency="annual"),
            cell("TotalDebt", 2.0, A0),
        )

        (debt,) = flows.balances(found, "TotalDebt")

        assert only(debt).value == 2.0

    def test_balances_are_known_on_their_exact_dates(self) -> None:
        found = statements(*quarters("TotalDebt", 1.0, 2.0), *years("TotalDebt", 2.0))

        of_quarters = found.known("quarterly", "TotalDebt")
        of_years = found.known("annual", "TotalDebt")
        wanted = numbers([quarter_end(1), Q0, Q0 - timedelta(days=1)])
        same = np.zeros(3, int)
        assert of_quarters.exactly(same, wanted).tolist() == [0, 1, -1]
        assert of_years.exactly(same, wanted).tolist() == [0, -1, -1]
        none = found.known("quarterly", "TotalAssets")
        assert none.exactly(same, wanted).tolist() == [-1, -1, -1]

    def test_the_newest_figure_of_any_frequency(self) -> None:
        average = "DilutedAverageShares"
        found = statements(*years(average, 8.0, 9.0), *quarters(average, None, 5.0))

        newest = only(found.newest_of(average, "quarterly", "annual"))
        of_years = only(found.newest_of(average, "annual"))

        assert (newest.value, of_years.value) == (5.0, 8.0)
        with pytest.raises(Missing, match="PreferredStock: not known"):
            only(found.newest_of("PreferredStock", "annual"))


class TestMissing:
    @pytest.mark.parametrize(
        ("frequency", "back", "detail"),
        [
            (
                "quarterly",
                1,
                "TotalRevenue: not known for the quarter to about 2025-12-30",
            ),
            ("annual", 0, "TotalRevenue: no annual statement is known"),
        ],
    )
    def test_what_is_not_known_says_for_when(
        self, frequency: Frequency, back: int, detail: str
    ) -> None:
        found = statements(cell("TotalRevenue", 1.0))

        with pytest.raises(Missing) as caught:
            only(found.at(frequency, "TotalRevenue", back))

        assert (caught.value.reason, caught.value.detail) == ("absent", detail)

    def test_a_fiscal_year_that_is_not_known_says_so(self) -> None:
        found = statements(*years("TotalRevenue", 1.0))

        with pytest.raises(Missing, match="the fiscal year to about 2022-12-31"):
            only(found.at("annual", "TotalRevenue", 3))

    def test_statements_in_another_currency_are_rejected_by_name(self) -> None:
        found = statements(
            cell("TotalRevenue", 1.0, currency="TWD"),
            cell("NetIncome", 1.0, currency="EUR"),
        )

        with pytest.raises(Missing) as caught:
            only(found.at("quarterly", "TotalRevenue", 0))

        assert found.foreign_currencies(0) == ["EUR", "TWD"]
        assert caught.value.reason == "rejected: statement currency"
        assert caught.value.detail == (
            "the statements are in EUR, TWD, and USD was expected"
        )

    def test_one_cell_in_another_currency_does_not_reject_the_others(self) -> None:
        found = statements(
            cell("TotalRevenue", 1.0), cell("NetIncome", 1.0, currency="EUR")
        )

        assert value(found, "TotalRevenue") == 1.0
        with pytest.raises(Missing) as caught:
            only(found.at("quarterly", "NetIncome", 0))
        assert caught.value.reason == "absent"

    def test_a_currency_that_is_reported_later_is_not_known_yet(self) -> None:
        later = cell("TotalRevenue", 1.0, currency="EUR", filed=AS_OF)

        found = statements(later, as_of=AS_OF - timedelta(days=1))

        assert found.foreign_currencies(0) == []
        assert found.has_foreign.tolist() == [False]

    def test_share_counts_are_in_no_currency(self) -> None:
        shares = cell("DilutedAverageShares", 9.0, currency="shares")

        found = statements(shares, currency="TWD")

        assert found.foreign_currencies(0) == []
        assert found.has_foreign.tolist() == [False]
        assert only(found.newest_of("DilutedAverageShares", "quarterly")).value == 9.0


class TestOutliers:
    @pytest.mark.parametrize(
        ("odd", "used"),
        [
            (36.0, True),
            (36.01, False),
            (4.0, True),
            (3.99, False),
            (-12.0, False),
            (0.0, False),
        ],
    )
    def test_a_quarter_is_used_within_a_third_and_three_times_its_neighbours(
        self,
        odd: float,
        used: bool,  # noqa: FBT001 - a case
    ) -> None:
        found = statements(*quarters("TotalRevenue", 12.0, 12.0, odd, 12.0, 12.0))

        assert is_used(found, "TotalRevenue", 2) is used

    def test_a_rejected_quarter_says_what_it_was_and_what_is_usual(self) -> None:
        capex = quarters("CapitalExpenditure", -40.0, -0.8, -36.0, -30.0, -26.0)
        found = statements(*capex, cell("TotalRevenue", 1.0))

        with pytest.raises(Missing) as caught:
            value(found, "CapitalExpenditure", 1)

        assert caught.value.reason == "rejected: outlier quarter"
        assert caught.value.detail == (
            "CapitalExpenditure of 2025-12-31 is -0.8, "
            "against -36 in the quarters around it"
        )

    def test_the_newest_quarter_has_two_neighbours_and_is_never_rejected(self) -> None:
        found = statements(*quarters("TotalRevenue", 1000.0, 10.0, 10.0, 10.0, 10.0))

        assert value(found, "TotalRevenue", 0) == 1000.0

    @pytest.mark.parametrize(
        ("before", "used"), [((10.0,), True), ((10.0, 10.0), False)]
    )
    def test_three_neighbours_must_be_known(
        self,
        before: tuple[float, ...],
        used: bool,  # noqa: FBT001 - a case
    ) -> None:
        found = statements(*quarters("TotalRevenue", 10.0, 1000.0, *before))

        assert is_used(found, "TotalRevenue", 1) is used

    def test_the_third_quarter_away_is_no_neighbour(self) -> None:
        found = statements(
            *quarters("TotalRevenue", 10.0, 1000.0, 10.0, None, 10.0, 10.0)
        )

        assert value(found, "TotalRevenue", 1) == 1000.0

    @pytest.mark.parametrize(("odd", "used"), [(0.0, True), (0.1, False)])
    def test_around_a_median_of_zero_only_zero_is_usual(
        self,
        odd: float,
        used: bool,  # noqa: FBT001 - a case
    ) -> None:
        found = statements(*quarters("NetIncome", 5.0, 0.0, odd, 0.0, -5.0))

        assert is_used(found, "NetIncome", 2) is used

    @pytest.mark.parametrize(
        ("note", "used"),
        [
            ("", False),
            ("derived: year less nine months", False),
            ("Derived as revenue less cost; derived again", False),
            ("derived: year less nine months; ", False),
            ("one-off sale of a stake", True),
            ("derived: year less nine months; as filed", True),
        ],
    )
    def test_a_note_confirms_if_it_says_more_than_how_it_was_derived(
        self,
        note: str,
        used: bool,  # noqa: FBT001 - a case
    ) -> None:
        odd = cell("NetIncome", 90.0, quarter_end(1), note=note)
        found = statements(odd, *quarters("NetIncome", 10.0, None, 10.0, 10.0))

        assert is_used(found, "NetIncome", 1) is used

    @pytest.mark.parametrize(
        ("copy", "seen", "used"),
        [
            (90.0, date(2026, 5, 1), True),
            (91.0, date(2026, 5, 1), False),
            (90.0, AS_OF + timedelta(days=1), False),
        ],
        ids=["an equal copy", "another value", "a copy not yet known"],
    )
    def test_a_second_copy_confirms_if_it_is_equal_and_known(
        self,
        copy: float,
        seen: date,
        used: bool,  # noqa: FBT001 - a case
    ) -> None:
        end = quarter_end(1)
        found = statements(
            cell("NetIncome", 90.0, end)._replace(seen=date(2026, 2, 1)),
            cell("NetIncome", copy, end)._replace(seen=seen),
            *quarters("NetIncome", 10.0, None, 10.0, 10.0),
        )

        assert is_used(found, "NetIncome", 1) is used

    def test_what_was_filed_was_not_mistyped_by_a_vendor(self) -> None:
        filed = cell("NetIncome", 90.0, quarter_end(1), filed=date(2026, 2, 1))
        others = quarters("NetIncome", 10.0, None, 10.0, 10.0)

        assert is_used(statements(filed, *others), "NetIncome", 1)
        seen = filed._replace(filed=None, seen=date(2026, 2, 1))
        assert not is_used(statements(seen, *others), "NetIncome", 1)

    def test_a_figure_counts_from_the_day_a_vendor_was_seen_to_show_it(self) -> None:
        seen = cell("NetIncome", 90.0)._replace(seen=date(2026, 4, 20))

        assert is_used(statements(seen, as_of=date(2026, 4, 20)), "NetIncome", 0)
        assert not is_used(statements(seen, as_of=date(2026, 4, 19)), "NetIncome", 0)

    def test_the_note_of_the_newest_copy_confirms_too(self) -> None:
        end = quarter_end(1)
        early, late = date(2026, 2, 1), date(2026, 5, 1)
        found = statements(
            cell("NetIncome", 80.0, end)._replace(seen=early),
            cell("NetIncome", 90.0, end, note="as restated")._replace(seen=late),
            *quarters("NetIncome", 10.0, None, 10.0, 10.0),
        )

        assert value(found, "NetIncome", 1) == 90.0

    def test_balances_and_years_are_not_flows_of_a_quarter(self) -> None:
        found = statements(
            *quarters("TotalDebt", 10.0, 10.0, 1000.0, 10.0, 10.0),
            *years("NetIncome", 10.0, 10.0, 1000.0, 10.0, 10.0),
            *quarters("NetIncome", 1.0),
        )

        assert value(found, "TotalDebt", 2) == 1000.0
        assert only(found.at("annual", "NetIncome", 2)).value == 1000.0


class TestSisters:
    ONE = (
        constituent("ZZZ", issuer="one", foreign_filer=True),
        constituent("BBB", issuer="one"),
        constituent("AAA", issuer="other"),
    )

    def known(self, *lines: LineData, on: date = AS_OF) -> Statements:
        return select(self.ONE, lines, [on]).statements

    def test_a_line_without_statements_reads_those_of_its_sister(self) -> None:
        found = self.known(LineData("BBB", cells=quarters("NetIncome", 2.0)))

        income = found.at("quarterly", "NetIncome", 0)

        assert income.known.tolist() == [True, True, False]
        assert income.at(0) == income.at(1)
        assert income.at(0).value == 2.0

    def test_when_it_may_read_them_is_told_by_its_own_lag(self) -> None:
        annual = LineData("BBB", cells=years("NetIncome", 2.0))

        found = self.known(annual, on=A0 + timedelta(days=100))

        # A year counts after 90 days, for a foreign filer after 120.
        assert (found.newest_year != UNKNOWN).tolist() == [False, True, False]

    def test_one_figure_of_its_own_is_enough_to_read_no_others(self) -> None:
        found = self.known(
            LineData("ZZZ", cells=(cell("TotalDebt", 1.0),)),
            LineData("BBB", cells=quarters("NetIncome", 2.0)),
        )

        income = found.at("quarterly", "NetIncome", 0)

        assert income.known.tolist() == [False, True, False]


class TestManyDays:
    def test_each_day_knows_the_statements_by_then(self) -> None:
        cells = (
            cell("NetIncome", 1.0, A0, filed=date(2026, 2, 1)),
            cell("NetIncome", 2.0, Q0, filed=date(2026, 5, 1)),
            cell("NetIncome", 3.0, Q0, filed=date(2026, 6, 1)),
        )
        days = [date(2026, 6, 1), date(2026, 1, 31), date(2026, 5, 31)]

        found = select([constituent()], [LineData("AAA", cells=cells)], days).statements

        assert [day(one) for one in found.newest_quarter] == [Q0, None, Q0]
        newest = found.at("quarterly", "NetIncome", 0)
        assert newest.known.tolist() == [True, False, True]
        assert (newest.at(0).value, newest.at(2).value) == (3.0, 2.0)
        before = found.at("quarterly", "NetIncome", 1)
        assert before.known.tolist() == [True, False, True]
        ends = found.ends("quarterly", "NetIncome", 1)
        assert [day(one) for one in ends] == [A0, None, A0]

    def test_the_last_period_of_one_stock_is_not_near_the_first_of_the_next(
        self,
    ) -> None:
        two = [constituent("AAA"), constituent("BBB")]
        lines = [
            LineData("AAA", cells=quarters("NetIncome", 1.0)),
            LineData(
                "BBB",
                cells=(*quarters("NetIncome", None, 2.0), *quarters("TotalDebt", 3.0)),
            ),
        ]

        found = select(two, lines).statements

        assert [day(one) for one in found.newest_quarter] == [Q0, quarter_end(1)]
        assert found.at("quarterly", "NetIncome", 1).known.tolist() == [False, False]
        (debt,) = flows.balances(found, "TotalDebt")
        assert debt.known.tolist() == [False, False]

    @pytest.mark.filterwarnings("error")
    @pytest.mark.parametrize("who", [[], [constituent()]], ids=["nobody", "no cells"])
    def test_without_any_statement_nothing_is_known(
        self, who: list[Constituent]
    ) -> None:
        found = select(who, [], [AS_OF, Q0]).statements
        nothing = [False] * (2 * len(who))

        for column in (
            found.at("quarterly", "NetIncome", 0),
            found.at("annual", "NetIncome", 3),
            found.newest_of("PreferredStock", "quarterly", "annual"),
            *flows.trailing(found, "NetIncome", "GrossProfit"),
            *flows.balances(found, "TotalDebt", "TotalAssets"),
            flows.a_year_earlier(found, "TotalAssets"),
            flows.trailing_ebit(found),
        ):
            assert column.known.tolist() == nothing
        assert (found.newest_period != UNKNOWN).tolist() == nothing
        assert found.only_foreign.tolist() == nothing
