"""What each indicator measures, on lines made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import samples
from samples import AS_OF, cell, constituent, line_data, quarters, select, years
from triad_screener.model.gap import Missing
from triad_screener.model.taxonomy import Source, WatchlistEntry
from triad_screener.model.thesis import Indicator, Points
from triad_screener.screening.indicators import (
    FISCAL_YEARS,
    LATEST_QUARTER,
    Evidence,
    measure,
)

if TYPE_CHECKING:
    from triad_screener.model.market import LineData, StatementCell
    from triad_screener.model.panel import Measured

YEAR = timedelta(days=365)
SOURCES = {
    "maker": Source(publisher="Maker", title="T", date=AS_OF, grade="B"),
    "copier": Source(publisher="Copier", title="T", date=AS_OF, grade="D"),
}


def indicator(measure: str, **parts: object) -> Indicator:
    bounds = ({"relation": "at_least", "limit": 0},)
    return Indicator.model_validate(
        {
            "claim": "c",
            "name": "N",
            "measure": measure,
            "confirms": bounds,
            "weakens": bounds,
            "falsifier": "F",
            **parts,
        }
    )


def series(
    *points: tuple[date, float], source: str = "maker", age: int = 150
) -> Points:
    return Points.model_validate(
        {
            "definition": "D",
            "unit": "U",
            "max_age_days": age,
            "points": tuple(
                {"end": end, "known": end, "value": value, "source": source}
                for end, value in points
            ),
        }
    )


def evidence(
    lines: dict[str, LineData] | None = None,
    watchlist: tuple[WatchlistEntry, ...] = (),
    **given: Points,
) -> Evidence:
    known = {**(lines or {})}
    selection = select(
        [constituent(ticker) for ticker in known],
        [replace(one, ticker=ticker) for ticker, one in known.items()],
    )
    return Evidence(AS_OF, selection, given, watchlist, SOURCES)


def found(one: Indicator, known: Evidence) -> Measured:
    with np.errstate(all="ignore"):  # as the panel asks
        return measure(one, known)


def spender(*capital: float | None, cells: tuple[StatementCell, ...] = ()) -> LineData:
    """A line whose capital expenditure is negative, as the source has it."""
    spent = (None if value is None else -value for value in capital)
    revenue = quarters("TotalRevenue", *(100.0 for _ in capital))
    return line_data(*quarters("CapitalExpenditure", *spent), *revenue, *cells)


CAPITAL = indicator("capital_growth", lines=("AAA", "BBB"))
BREADTH = indicator("capital_breadth", lines=("AAA", "BBB"))


def test_capital_expenditure_is_added_up_over_a_year_and_over_lines() -> None:
    known = evidence(
        {
            "AAA": spender(2, 2, 2, 2, 1, 1, 1, 1),
            "BBB": spender(1, 1, 1, 1, 2, 1, 2, 1),
        }
    )

    growth, breadth = found(CAPITAL, known), found(BREADTH, known)

    assert growth.readings == {"value": pytest.approx(12 / 10 - 1)}
    assert breadth.readings == {"value": 0.5}
    assert growth.date == samples.Q0
    assert growth.sources == ("by hand",)
    assert growth.grade == ""


def test_with_five_quarters_the_newest_is_held_against_that_of_a_year_before() -> None:
    known = evidence({"AAA": spender(3, 2, 2, 2, 2), "BBB": spender(3, 1, 1, 1, 2)})

    measured = found(CAPITAL, known)

    assert measured.readings["value"] == pytest.approx(6 / 4 - 1)
    assert measured.notes[0] == LATEST_QUARTER
    assert measured.notes[1].startswith("a year without AAA: CapitalExpenditure")


def test_a_line_without_the_figure_is_left_out_and_named() -> None:
    known = evidence({"AAA": spender(2, 2, 2, 2, 1, 1, 1, 1), "BBB": spender()})

    measured = found(CAPITAL, known)

    assert measured.readings["value"] == 1
    assert measured.notes[0].startswith("without BBB: CapitalExpenditure")


def test_too_few_lines_are_missing_with_their_reasons() -> None:
    one = indicator("capital_growth", lines=("AAA", "BBB"), fewest=2)

    with pytest.raises(Missing, match="1 of at least 2 are known: without BBB"):
        found(one, evidence({"AAA": spender(2, 2, 2, 2, 1), "BBB": spender()}))


def test_an_outlier_quarter_is_rejected_with_the_reason() -> None:
    known = evidence({"AAA": spender(40, 40, 0.8, 40, 40, 40, 40, 40)})
    one = indicator("capital_growth", lines=("AAA",))

    measured = found(one, known)

    # The absurd quarter spoils the year, and the newest quarter serves.
    assert measured.readings["value"] == 0
    assert measured.notes == (
        LATEST_QUARTER,
        (
            "a year without AAA: CapitalExpenditure of 2025-09-30 is -0.8, against "
            "-40 in the quarters around it"
        ),
    )

    absurd = evidence({"AAA": spender(40, 40, 40, 40, 0.8, 40, 40, 40)})
    with pytest.raises(Missing, match=r"CapitalExpenditure of 2025-03-31 is -0\.8"):
        found(one, absurd)


def test_growth_from_nothing_is_missing() -> None:
    one = indicator("capital_growth", lines=("AAA",))

    with pytest.raises(Missing, match="nothing was spent"):
        found(one, evidence({"AAA": spender(1, 1, 1, 1, 0)}))


def test_a_line_whose_statements_are_too_old_is_left_out() -> None:
    old = spender(2, 2, 2, 2, 1)
    one = indicator("capital_growth", lines=("AAA",), max_age_days=90)

    with pytest.raises(Missing, match="91 days old, and 90 are allowed"):
        found(one, evidence({"AAA": old}))


def payer(cash: float, capital: float, *debts: float | None) -> LineData:
    return spender(
        *(capital for _ in range(4)),
        cells=(
            *quarters("OperatingCashFlow", *(cash for _ in range(4))),
            *quarters("TotalDebt", *debts),
        ),
    )


FUNDING = indicator("funding", lines=("AAA", "BBB"))


def test_funding_is_what_is_left_of_cash_flow_on_revenue() -> None:
    known = evidence(
        {
            "AAA": payer(30, 10, 120, None, None, None, 100),
            "BBB": payer(10, 20, 180, None, None, None, 100),
        }
    )

    assert found(FUNDING, known).readings == {
        "value": pytest.approx((80 - 40) / 800),
        "debt_growth": pytest.approx(0.5),
    }


def test_debt_that_is_not_known_a_year_before_is_said_to_be_so() -> None:
    known = evidence({"AAA": payer(30, 10, 120), "BBB": payer(30, 10)})

    measured = found(FUNDING, known)

    assert measured.readings == {"value": pytest.approx(0.2)}
    assert measured.notes[0] == (
        "debt growth without AAA: TotalDebt: not known a year before"
    )
    assert measured.notes[1].startswith("debt growth without BBB")


def test_funding_needs_revenue_above_zero() -> None:
    cells = (
        *quarters("OperatingCashFlow", *[1.0] * 4),
        *quarters("CapitalExpenditure", *[1.0] * 4),
        *quarters("TotalRevenue", *[0.0] * 4),
    )

    with pytest.raises(Missing, match="revenue is not above zero"):
        found(FUNDING, evidence({"AAA": line_data(*cells), "BBB": spender()}))


GROWTH = indicator("series_growth", series=("sold",))
NEWEST = AS_OF - timedelta(days=60)


def test_a_series_grows_from_the_figure_of_a_year_before() -> None:
    sold = series((NEWEST - YEAR, 20.0), (NEWEST - YEAR / 2, 99.0), (NEWEST, 35.0))

    measured = found(GROWTH, evidence(sold=sold))

    assert measured.readings == {"value": 0.75}
    assert (measured.date, measured.sources, measured.grade) == (
        NEWEST,
        ("Maker",),
        "B",
    )


def test_a_figure_that_became_public_later_is_not_seen() -> None:
    later = series((AS_OF + timedelta(days=1), 99.0))

    with pytest.raises(Missing, match="nothing was known by then"):
        found(GROWTH, evidence(sold=later))


def test_a_figure_past_its_age_rule_says_nothing() -> None:
    sold = series((NEWEST - YEAR, 20.0), (NEWEST, 35.0), age=60)

    assert found(GROWTH, evidence(sold=sold)).readings == {"value": 0.75}
    with pytest.raises(Missing, match="60 days old, and 59 are allowed") as missing:
        found(GROWTH, evidence(sold=sold.model_copy(update={"max_age_days": 59})))
    assert missing.value.reason == "stale"


def test_several_periods_are_added_up_before_they_are_compared() -> None:
    one = indicator("series_growth", series=("sold",), periods=2)
    month = timedelta(days=30)
    days = (NEWEST - YEAR - month, NEWEST - YEAR, NEWEST - month, NEWEST)
    sold = series(*zip(days, (1.0, 2.0, 2.0, 4.0), strict=True))

    assert found(one, evidence(sold=sold)).readings == {"value": 1.0}
    with pytest.raises(Missing, match="not known for 2 a year before"):
        found(one, evidence(sold=series((NEWEST, 1.0))))
    gap = series((NEWEST - month, 1.0), (NEWEST, 1.0))
    with pytest.raises(Missing, match="not known for 2 a year before"):
        found(one, evidence(sold=gap))


def test_a_series_that_was_zero_has_no_growth() -> None:
    with pytest.raises(Missing, match="not above zero a year before"):
        found(GROWTH, evidence(sold=series((NEWEST - YEAR, 0.0), (NEWEST, 1.0))))


STOOD_IN = indicator("series_growth", series=("sold", "share"), stand_in="AAA")


def test_revenue_stands_in_for_a_series_and_says_so() -> None:
    known = evidence(
        {"AAA": line_data(*quarters("TotalRevenue", 150, 1, 1, 1, 100))},
        sold=series((NEWEST, 1.0)),
        share=series((NEWEST, 0.6)),
    )

    measured = found(STOOD_IN, known)

    assert measured.readings == {"value": 0.5, "level": 0.6}
    assert measured.notes == (
        "revenue of AAA stands in, since sold: not known for 1 a year before",
    )


def test_where_the_stand_in_is_missing_too_both_reasons_are_given() -> None:
    known = evidence(
        {"AAA": line_data()}, sold=series((NEWEST, 1.0)), share=series((NEWEST, 1.0))
    )

    with pytest.raises(Missing, match=r"sold: .*; AAA: TotalRevenue"):
        found(STOOD_IN, known)


def test_a_level_that_is_too_old_is_left_out_with_the_reason() -> None:
    known = evidence(
        {},
        sold=series((NEWEST - YEAR, 1.0), (NEWEST, 2.0)),
        share=series((NEWEST - YEAR, 0.5)),
    )

    measured = found(STOOD_IN, known)

    assert measured.readings == {"value": 1.0}
    assert measured.notes[0].startswith("share: the newest figure")


def test_compute_is_held_against_efficiency() -> None:
    one = indicator("growth_ratio", series=("compute", "saved"))
    older = NEWEST - timedelta(days=30)
    known = evidence(
        compute=series((NEWEST, 4.6)), saved=series((older, 2.8), source="copier")
    )

    measured = found(one, known)

    assert measured.readings["value"] == pytest.approx(1.643, abs=5e-4)
    assert (measured.readings["first"], measured.readings["second"]) == (4.6, 2.8)
    assert (measured.date, measured.grade) == (older, "D")
    with pytest.raises(Missing, match="saved is not above zero"):
        found(one, evidence(compute=known.series["compute"], saved=series((NEWEST, 0))))


def test_tokens_are_elastic_to_their_price() -> None:
    one = indicator("elasticity", series=("tokens", "price"))
    known = evidence(tokens=series((NEWEST, 50)), price=series((NEWEST, 1 / 3)))

    assert found(one, known).readings["value"] == pytest.approx(3.56, abs=5e-3)
    with pytest.raises(Missing, match="has not changed"):
        found(one, evidence(tokens=series((NEWEST, 2)), price=series((NEWEST, 1))))


ROTATION = indicator("relative_price", lines=("AAA",), against=("BBB",), sessions=2)


def test_a_basket_leads_in_price_and_in_growth() -> None:
    known = evidence(
        {
            "AAA": line_data(
                *quarters("TotalRevenue", 150, 1, 1, 1, 100),
                closes=(9.0, 1.0, 1.0, 2.0),
            ),
            "BBB": line_data(
                *quarters("TotalRevenue", 120, 1, 1, 1, 100), closes=(1.0, 1.0, 1.0)
            ),
        }
    )

    measured = found(ROTATION, known)

    assert measured.readings["value"] == pytest.approx(0.6931, abs=1e-4)
    assert measured.readings["growth_gap"] == pytest.approx(0.3)
    assert measured.date == AS_OF


def test_prices_without_growth_leave_the_gap_not_known() -> None:
    closes = (1.0, 1.0, 1.0)
    known = evidence({"AAA": line_data(closes=closes), "BBB": line_data(closes=closes)})

    measured = found(ROTATION, known)

    assert measured.readings == {"value": 0.0}
    assert measured.notes[0].startswith("growth without AAA")


@pytest.mark.parametrize(
    ("lacking", "reason"),
    [
        (line_data(closes=(1.0, 1.0)), "fewer than 3 closes are known"),
        (
            line_data(
                series=samples.prices((1.0, 1.0, 1.0), last=AS_OF - timedelta(days=11))
            ),
            "its price is stale",
        ),
    ],
    ids=["short", "stale"],
)
def test_a_basket_without_prices_is_missing(lacking: LineData, reason: str) -> None:
    known = evidence({"AAA": line_data(closes=(1.0, 1.0, 1.0)), "BBB": lacking})

    with pytest.raises(Missing, match=reason):
        found(ROTATION, known)


MARGIN = indicator("margin_lead", lines=("AAA",), against=("BBB",), fewest=2)


def earner(*income: float) -> LineData:
    revenue = quarters("TotalRevenue", *(100.0 for _ in income))
    return line_data(*quarters("OperatingIncome", *income), *revenue)


def test_a_lead_in_margin_is_that_of_now_less_that_of_a_year_before() -> None:
    known = evidence(
        {
            "AAA": earner(60, 60, 60, 60, 50, 50, 50, 50),
            "BBB": earner(10, 10, 10, 10, 5, 5, 5, 5),
        }
    )

    assert found(MARGIN, known).readings == {
        "value": pytest.approx(0.05),
        "lead": pytest.approx(0.5),
    }


def yearly(*income: float) -> LineData:
    revenue = years("TotalRevenue", *(100.0 for _ in income))
    return line_data(*years("OperatingIncome", *income), *revenue)


def test_fiscal_years_stand_in_where_more_lines_have_them() -> None:
    known = evidence({"AAA": yearly(60, 40), "BBB": yearly(10, 10)})

    measured = found(MARGIN, known)

    assert measured.readings["value"] == pytest.approx(0.2)
    assert measured.notes[0] == FISCAL_YEARS


def test_margins_of_too_few_lines_are_missing() -> None:
    alone = indicator("margin_lead", lines=("AAA",), against=("BBB",))
    known = evidence({"AAA": earner(*[10.0] * 8), "BBB": earner(10, 10)})
    empty = evidence({"AAA": line_data(), "BBB": earner(*[10.0] * 8)})
    none = (*quarters("OperatingIncome", *[1.0] * 8),)
    nothing = line_data(*none, *quarters("TotalRevenue", *[0.0] * 8))

    with pytest.raises(Missing, match="1 of at least 2"):
        found(MARGIN, known)
    with pytest.raises(Missing, match="without BBB"):
        found(alone, known)
    with pytest.raises(Missing, match="without AAA"):
        found(alone, empty)
    with pytest.raises(Missing, match="revenue is not above zero"):
        found(alone, evidence({"AAA": nothing, "BBB": nothing}))


MARKS = indicator("private_marks", max_age_days=100)


def company(
    *worth: float | None, stage: str = "private", **newest: object
) -> WatchlistEntry:
    """A company with rounds ten days apart, the newest ten days ago."""
    days = [AS_OF - timedelta(days=10 * back) for back in range(len(worth), 0, -1)]
    marks: list[dict[str, Any]] = [
        {"round": "R", "date": day, "source": "maker", "grade": "B"}
        | ({"post_money": value} if value else {})
        for day, value in zip(days, worth, strict=True)
    ]
    if marks:
        marks[-1] |= newest
    return WatchlistEntry.model_validate(
        {
            "id": "c",
            "name": "C",
            "pillar": "data",
            "exposure": 0.5,
            "basis": "estimate",
            "role": "core",
            "stages": (
                {"stage": stage, "date": date(2025, 1, 1), "source": "m", "grade": "B"},
            ),
            "marks": tuple(marks),
        }
    )


def test_the_median_step_is_of_companies_with_two_marks() -> None:
    watched = (
        company(5.0, 10.0, 15.0),
        company(10.0, 9.0, grade="D"),
        company(10.0, 40.0),
        company(10.0),
        company(10.0, None),
        company(10.0, 99.0, stage="listed"),
        company(10.0, 99.0, currency="EUR"),
    )

    measured = found(MARKS, evidence(watchlist=watched))

    assert measured.readings == {"value": 1.5, "names": 3}
    assert (measured.grade, measured.sources) == ("D", ("Maker",))


def test_marks_that_are_old_or_unheard_of_do_not_count() -> None:
    old = company(1.0, 2.0)
    marks = tuple(m.model_copy(update={"date": date(2025, 2, 1)}) for m in old.marks)
    later = company(1.0, 2.0, stage="rumoured")
    stages = tuple(
        s.model_copy(update={"date": date(2030, 1, 1)}) for s in later.stages
    )
    watched = (
        old.model_copy(update={"marks": marks}),
        later.model_copy(update={"stages": stages}),
    )

    with pytest.raises(Missing, match="0 companies have two known marks"):
        found(MARKS, evidence(watchlist=watched))


def test_a_quarter_filed_after_the_day_is_not_used() -> None:
    late = tuple(
        cell("CapitalExpenditure", -9.0, filed=AS_OF + timedelta(days=1)) for _ in "a"
    )
    before = quarters("CapitalExpenditure", None, -2, -2, -2, -2, -1)
    revenue = quarters("TotalRevenue", None, 1, 1, 1, 1, 1)
    one = indicator("capital_growth", lines=("AAA",))

    measured = found(one, evidence({"AAA": line_data(*late, *before, *revenue)}))

    assert measured.readings == {"value": 1.0}
