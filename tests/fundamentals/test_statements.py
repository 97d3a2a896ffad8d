from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from samples import A0, AS_OF, Q0, cell, quarter_end, quarters, statements, years
from triad_screener.fundamentals.statements import known_on
from triad_screener.model.gap import Missing

if TYPE_CHECKING:
    from triad_screener.fundamentals.statements import Statements
    from triad_screener.model.market import Frequency


def value(found: Statements, item: str, back: int = 0) -> float:
    """The figure of a quarter."""
    return found.at("quarterly", item, back).value


def is_used(found: Statements, item: str, back: int) -> bool:
    """Whether the figure of a quarter is known and not rejected."""
    try:
        found.at("quarterly", item, back)
    except Missing:
        return False
    return True


class TestPointInTime:
    def test_a_figure_counts_from_its_filing(self) -> None:
        filed = cell("TotalRevenue", 1.0, filed=date(2026, 4, 20))

        assert known_on(filed, foreign_filer=True) == date(2026, 4, 20)

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

        since = known_on(unfiled, foreign_filer=foreign_filer)

        assert since == A0 + timedelta(days=days)

    @pytest.mark.parametrize(
        ("as_of", "newest"), [(date(2026, 5, 29), None), (date(2026, 5, 30), Q0)]
    )
    def test_a_quarter_is_unknown_until_its_sixtieth_day(
        self, as_of: date, newest: date | None
    ) -> None:
        found = statements(cell("TotalRevenue", 1.0), as_of=as_of)

        assert found.newest_quarter == newest

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

        (figure,) = found.at("quarterly", "TotalRevenue", 0).figures

        assert (figure.item, figure.value, figure.unit) == ("TotalRevenue", 7.0, "USD")
        assert (figure.date, figure.known) == (Q0, date(2026, 5, 30))
        assert (figure.source, figure.note) == ("by hand", "as filed")
        assert figure.slot == "q0"


class TestPeriods:
    @pytest.mark.parametrize("item", ["TotalRevenue", "OperatingIncome", "NetIncome"])
    def test_revenue_or_a_result_makes_a_quarter_the_newest(self, item: str) -> None:
        found = statements(*quarters("TotalRevenue", None, 1.0), cell(item, 1.0))

        assert found.newest_quarter == Q0

    def test_a_balance_sheet_alone_does_not(self) -> None:
        found = statements(
            cell("TotalAssets", 1.0), *quarters("TotalRevenue", None, 1.0)
        )

        assert found.newest_quarter == quarter_end(1)

    def test_without_quarters_balances_are_those_of_the_newest_year(self) -> None:
        found = statements(*years("TotalRevenue", 1.0))

        assert found.newest_quarter is None
        assert found.balance_date == A0
        assert found.newest_period == A0

    def test_the_newest_period_may_be_a_year_that_no_quarter_ends(self) -> None:
        found = statements(
            *years("TotalRevenue", 4.0), *quarters("TotalRevenue", None, None, 1.0)
        )

        assert found.newest_period == A0
        assert found.balance_date == quarter_end(2)

    def test_nothing_known_is_no_period(self) -> None:
        found = statements()

        assert (found.newest_quarter, found.newest_year) == (None, None)
        assert (found.balance_date, found.newest_period) == (None, None)

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

        assert (found.near(frequency, "TotalRevenue", Q0, back) is not None) is known

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
            cell("TotalDebt", 1.0, Q0 - timedelta(days=3)),
            cell("TotalDebt", 2.0, Q0 + timedelta(days=3), filed=AS_OF),
        )

        near = found.balance_near("TotalDebt", Q0)

        assert near is not None
        assert near.cell.value == 2.0

    def test_a_balance_of_the_quarter_goes_before_that_of_the_year(self) -> None:
        found = statements(
            cell("TotalDebt", 1.0, A0, frequency="annual"), cell("TotalDebt", 2.0, A0)
        )

        near, exact = (
            found.balance_near("TotalDebt", A0),
            found.balance_on("TotalDebt", A0),
        )

        assert near is exact
        assert near is not None
        assert near.cell.value == 2.0

    def test_balances_are_known_on_their_exact_dates(self) -> None:
        found = statements(*quarters("TotalDebt", 1.0, 2.0), *years("TotalDebt", 2.0))

        assert found.balance_dates("TotalDebt") == {Q0, A0}
        assert found.balance_on("TotalDebt", Q0 - timedelta(days=1)) is None
        assert found.balance_dates("TotalAssets") == set()

    def test_the_newest_figure_of_any_frequency(self) -> None:
        average = "DilutedAverageShares"
        found = statements(*years(average, 8.0, 9.0), *quarters(average, None, 5.0))

        newest = found.newest_of(average, "quarterly", "annual")
        of_years = found.newest_of(average, "annual")

        assert newest is not None
        assert of_years is not None
        assert (newest.cell.value, of_years.cell.value) == (5.0, 8.0)
        assert found.newest_of("PreferredStock", "annual") is None


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
            found.at(frequency, "TotalRevenue", back)

        assert (caught.value.reason, caught.value.detail) == ("absent", detail)

    def test_a_fiscal_year_that_is_not_known_says_so(self) -> None:
        found = statements(*years("TotalRevenue", 1.0))

        with pytest.raises(Missing, match="the fiscal year to about 2022-12-31"):
            found.at("annual", "TotalRevenue", 3)

    def test_statements_in_another_currency_are_rejected_by_name(self) -> None:
        found = statements(
            cell("TotalRevenue", 1.0, currency="TWD"),
            cell("NetIncome", 1.0, currency="EUR"),
        )

        with pytest.raises(Missing) as caught:
            found.at("quarterly", "TotalRevenue", 0)

        assert found.foreign_currencies == {"EUR", "TWD"}
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
            found.at("quarterly", "NetIncome", 0)
        assert caught.value.reason == "absent"

    def test_a_currency_that_is_reported_later_is_not_known_yet(self) -> None:
        later = cell("TotalRevenue", 1.0, currency="EUR", filed=AS_OF)

        found = statements(later, as_of=AS_OF - timedelta(days=1))

        assert found.foreign_currencies == set()

    def test_share_counts_are_in_no_currency(self) -> None:
        shares = cell("DilutedAverageShares", 9.0, currency="shares")

        found = statements(shares, currency="TWD")

        assert found.foreign_currencies == set()
        assert found.newest_of("DilutedAverageShares", "quarterly") is not None


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
        assert found.at("annual", "NetIncome", 2).value == 1000.0
