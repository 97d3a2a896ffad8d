from __future__ import annotations

from datetime import date, timedelta
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
import pytest

from samples import (
    A0,
    AS_OF,
    CASH,
    Q0,
    cell,
    constituent,
    line,
    market,
    only,
    prices,
    quarters,
    recipe,
    taxonomy,
    years,
)
from triad_screener.factors import FACTORS
from triad_screener.factors.thesis import thesis_exposure
from triad_screener.model.days import day
from triad_screener.model.market import DatedValue, LineData
from triad_screener.model.screen import Told
from triad_screener.screening.measuring import (
    Facts,
    Measures,
    cross_section,
    describe,
    select,
)

if TYPE_CHECKING:
    from triad_screener.market.selection import Selection
    from triad_screener.model.screen import LineFacts

FOUR = (1000.0, 1000.0, 1000.0, 1000.0)


def facts_of(one: Selection) -> LineFacts:
    """What is known of a line, in a taxonomy of its own."""
    world = taxonomy(*one.observations.constituents)
    publishers = {key: source.publisher for key, source in world.sources.items()}
    return describe(Measures.of(one), 0, publishers)


class TestSelect:
    def test_every_line_of_the_taxonomy_is_there_known_or_not(self) -> None:
        two = taxonomy(constituent("AAA"), constituent("BBB"))
        known = market(LineData("AAA", prices([1.0])), of=two)

        found = select(two, known, days=[AS_OF], recipe=recipe())

        assert found.observations.constituents == two.constituents
        assert found.tables.tickers == ("AAA", "BBB")
        assert found.closes.count.tolist() == [1, 0]

    def test_the_risk_free_rate_and_the_budgets_are_those_of_the_recipe(self) -> None:
        one = taxonomy(constituent(exposures={"data": 0.5}))
        rules = recipe(
            risk_free_rate={"value": 0.01, "date": "2026-01-01"},
            pillar_budgets={"compute": 0.0, "data": 1.0, "algorithms": 0.0},
        )

        found = select(one, market(of=one), days=[AS_OF], recipe=rules)

        assert found.risk_free_rate == 0.01
        assert only(thesis_exposure(found)).value == 0.5

    def test_a_line_without_statements_reads_those_of_its_sister(self) -> None:
        sisters = taxonomy(
            constituent("ZZZ", issuer="one"),
            constituent("CCC", issuer="one"),
            constituent("BBB", issuer="one"),
            constituent("AAA", issuer="other"),
        )
        known = market(
            LineData("BBB", cells=quarters("NetIncome", 2.0)),
            LineData("CCC", cells=quarters("NetIncome", 3.0)),
            LineData("AAA", cells=quarters("NetIncome", 1.0)),
            of=sisters,
        )

        found = select(sisters, known, days=[AS_OF], recipe=recipe())

        income = found.statements.at("quarterly", "NetIncome", 0)
        # ZZZ reads BBB, the first of its sisters; CCC reads its own.
        assert income.raw.tolist() == [2.0, 3.0, 2.0, 1.0]

    def test_a_sister_with_statements_in_another_currency_does_not_serve(self) -> None:
        sisters = taxonomy(
            constituent("AAA", issuer="one"),
            constituent("BBB", issuer="one", statement_currency="TWD"),
        )
        known = market(
            LineData("BBB", cells=quarters("NetIncome", 2.0, currency="TWD")),
            of=sisters,
        )

        found = select(sisters, known, days=[AS_OF], recipe=recipe())

        newest = [day(one) for one in found.statements.newest_quarter]
        assert newest == [None, Q0]


class TestDescription:
    def test_a_line_tells_what_it_is_and_what_it_is_worth(self) -> None:
        fact = facts_of(
            line(
                *quarters("NetIncome", 1.0),
                *years("NetIncome", 1.0),
                *quarters("TotalDebt", 30_000.0),
                *quarters(CASH, 10_000.0),
                average_daily_value_usd=5e6,
            )
        )

        assert (fact.ticker, fact.name, fact.issuer) == ("AAA", "AAA Inc", "aaa")
        assert (fact.market_cap_usd, fact.enterprise_value_usd) == (100_000, 120_000)
        assert fact.average_daily_value_usd == 5e6
        assert (fact.newest_quarter, fact.newest_year) == (Q0, A0)
        assert fact.statement_age_days == 91
        assert fact.close is not None
        assert (fact.close.value, fact.close.date) == (100.0, AS_OF)
        assert fact.is_fresh
        assert fact.fx is None
        assert {figure.item for figure in fact.valuation} == {
            "close",
            "shares outstanding",
            "TotalDebt",
            CASH,
        }

    @pytest.mark.parametrize(
        ("days", "told"), [(-1, None), (0, AS_OF), (9, AS_OF + timedelta(days=9))]
    )
    def test_a_report_is_coming_until_its_day_is_over(
        self, days: int, told: date | None
    ) -> None:
        found = facts_of(line(reports_on=AS_OF + timedelta(days=days)))

        assert found.reports_on == told
        assert facts_of(line()).reports_on is None

    def test_every_exposure_carries_its_evidence(self) -> None:
        mixed = constituent(exposures={"data": 0.2, "compute": 0.3})

        exposures = facts_of(line(of=mixed)).exposures

        assert list(exposures) == ["compute", "data"]
        assert exposures["data"].share == 0.2
        assert exposures["data"].publisher == "The authors"
        assert exposures["data"].date == date(2026, 1, 31)

    def test_entries_of_other_dates_stand_beside_the_one_that_counts(self) -> None:
        earlier = {"compute": {"2024-03-31": 0.2, "2025-03-31": 0.4}}
        mixed = line(of=constituent(history=earlier), as_of=date(2025, 6, 30))

        exposure = facts_of(mixed).exposures["compute"]

        assert (exposure.share, exposure.date) == (0.4, date(2025, 3, 31))
        assert [(one.share, one.date) for one in exposure.others] == [
            (0.2, date(2024, 3, 31)),
            (0.5, date(2026, 1, 31)),
        ]
        assert exposure.others[0].publisher == "The authors"

    def test_a_rate_other_than_the_dollar_is_told(self) -> None:
        foreign = constituent(statement_currency="TWD")
        fx = {"TWD": (DatedValue(0.03, AS_OF),)}

        rate = facts_of(line(of=foreign, fx=fx)).fx

        assert rate is not None
        assert (rate.value, rate.unit) == (0.03, "USD per TWD")
        assert facts_of(line(of=foreign)).fx is None

    def test_of_what_is_not_known_nothing_is_made_up(self) -> None:
        one = taxonomy(constituent())
        unknown = select(one, market(of=one), days=[AS_OF], recipe=recipe())

        fact = facts_of(unknown)

        assert (fact.close, fact.market_cap_usd, fact.enterprise_value_usd) == (
            None,
            None,
            None,
        )
        assert (fact.average_daily_value_usd, fact.statement_age_days) == (None, None)
        assert (fact.trend, fact.valuation, fact.flags) == ((), (), ())
        assert not fact.is_fresh
        assert fact.readings["thesis"].value == 0.25
        assert all(
            (fact.readings[name].value, fact.readings[name].reason) == (None, "absent")
            for name in FACTORS
            if name != "thesis"
        )

    def test_a_price_of_eleven_days_ago_is_not_fresh(self) -> None:
        old = line(series=prices([100.0], last=AS_OF - timedelta(days=11)))

        fact = facts_of(old)

        assert not fact.is_fresh
        assert fact.flags == ("stale price",)
        assert fact.market_cap_usd == 100_000

    def test_a_value_without_debt_is_the_market_capitalisation_alone(self) -> None:
        fact = facts_of(line())

        assert fact.enterprise_value_usd is None
        assert [f.item for f in fact.valuation] == ["close", "shares outstanding"]

    def test_flags_are_told_once_and_in_the_order_of_the_alphabet(self) -> None:
        one = line(
            *quarters("OperatingIncome", *FOUR[:3]),
            *years("OperatingIncome", 4000.0),
            *quarters("TotalDebt", 30_000.0),
            *quarters(CASH, 10_000.0),
            *quarters("StockholdersEquity", 30_000.0),
            cell("NetIncome", 1.0, currency="EUR"),
            closes=[100.0, 50.0],
            of=constituent(exposed_on="2026-07-01"),
            shares=DatedValue(1000.0, None),
        )

        assert facts_of(one).flags == (
            "exposure dated later",
            "fiscal year for TTM",
            "price jump on 2026-06-30, a split?",
            "share count undated",
            "statements in EUR rejected",
        )

    def test_an_unresolved_share_count_is_flagged(self) -> None:
        one = line(market_capitalisation=DatedValue(1.0, AS_OF))

        fact = facts_of(one)

        assert fact.flags == ("share count unresolved",)
        assert fact.readings["ey_fwd"].reason == "rejected: share count unresolved"
        assert fact.enterprise_value_usd is None

    def test_a_reading_that_is_not_finite_is_rejected(self) -> None:
        huge = line(
            *quarters("TotalRevenue", 1e308, None, None, None, 1e-308),
        )

        reading = facts_of(huge).readings["rev_yoy_q"]

        assert (reading.value, reading.reason) == (None, "rejected: not finite")
        assert reading.detail == "the figures give no finite number"


class TestTrend:
    def test_a_year_has_a_point_a_week_and_ends_on_the_day(self) -> None:
        # There is a close on every day of the calendar.
        trend = facts_of(line(closes=np.arange(1.0, 401))).trend

        assert len(trend) == 53
        assert trend == tuple(range(36, 401, 7))

    @pytest.mark.parametrize(("closes", "points"), [(1, 1), (8, 2), (24, 4)])
    def test_a_line_that_began_later_has_fewer(self, closes: int, points: int) -> None:
        trend = facts_of(line(closes=np.arange(1.0, closes + 1))).trend

        assert len(trend) == points
        assert trend[-1] == closes

    def test_points_have_six_significant_digits(self) -> None:
        assert facts_of(line(closes=[1234.56789])).trend == (1234.57,)


class TestCrossSection:
    def test_raw_values_stand_in_the_order_of_the_register(self) -> None:
        two = taxonomy(
            constituent("AAA", exposures={"data": 0.4}),
            constituent("BBB", half_yearly=True),
        )
        cells = quarters("TotalRevenue", 120.0, None, None, None, 100.0)
        known = market(
            LineData("AAA", prices([100.0]), cells, DatedValue(10.0, Q0)),
            LineData("BBB", prices([100.0]), average_daily_value_usd=7.0),
        )
        measures = Measures.of(select(two, known, days=[AS_OF], recipe=recipe()))

        found = measures.cross_section()

        assert found.tickers == ("AAA", "BBB")
        assert found.issuers == ("aaa", "bbb")
        assert found.exposures.tolist() == [[0, 0.4, 0], [0.5, 0, 0]]
        assert [factor.id for factor in found.factors] == list(FACTORS)
        growth = found.raw[:, list(FACTORS).index("rev_yoy_q")]
        assert growth[0] == pytest.approx(0.2, abs=1e-12)
        assert isnan(growth[1])
        assert found.market_cap_usd[0] == 1000
        assert isnan(found.market_cap_usd[1])
        assert isnan(found.average_daily_value_usd[0])
        assert found.average_daily_value_usd[1] == 7
        assert found.statement_age_days[0] == 91
        assert found.half_yearly.tolist() == [False, True]

    def test_a_line_whose_trading_begins_later_is_left_out(self) -> None:
        two = taxonomy(constituent("AAA"), constituent("BBB", half_yearly=True))
        tomorrow = AS_OF + timedelta(days=1)
        known = market(
            LineData("AAA", prices([100.0], last=tomorrow)),
            LineData("BBB", prices([100.0, 90.0], last=tomorrow)),
        )
        days = [AS_OF, tomorrow]
        measures = Measures.of(select(two, known, days=days, recipe=recipe()))

        first, second = measures.cross_section(0), measures.cross_section(1)

        assert (first.tickers, second.tickers) == (("BBB",), ("AAA", "BBB"))
        assert first.half_yearly.tolist() == [True]
        facts = Facts(measures, two), Facts(measures, two, day=1)
        assert [[*one] for one in facts] == [["BBB"], ["AAA", "BBB"]]
        closes = [one["BBB"].close for one in facts]
        assert [close.value for close in closes if close] == [100.0, 90.0]

    def test_it_is_that_of_the_lines_described(self) -> None:
        two = taxonomy(
            constituent("AAA", exposures={"data": 0.4}),
            constituent("BBB", half_yearly=True, exposures={}),
        )
        cells = quarters("TotalRevenue", 120.0, None, None, None, 100.0)
        known = market(
            LineData("AAA", prices([100.0]), cells, DatedValue(10.0, Q0)),
            LineData("BBB", prices([100.0]), average_daily_value_usd=7.0),
        )
        measures = Measures.of(select(two, known, days=[AS_OF], recipe=recipe()))

        found = cross_section([*Facts(measures, two).values()])

        expected = measures.cross_section()
        assert found.tickers == expected.tickers
        assert found.issuers == expected.issuers
        assert found.factors == expected.factors
        for name in (
            "exposures",
            "raw",
            "market_cap_usd",
            "average_daily_value_usd",
            "statement_age_days",
            "half_yearly",
            "priced",
        ):
            one, other = getattr(found, name), getattr(expected, name)
            np.testing.assert_array_equal(one, other, name)

    @pytest.mark.filterwarnings("error")
    def test_no_lines_make_an_empty_one(self) -> None:
        nobody = taxonomy()
        measures = Measures.of(select(nobody, market(), days=[AS_OF], recipe=recipe()))

        for found in (measures.cross_section(), cross_section([])):
            assert found.exposures.shape == (0, 3)
            assert found.raw.shape == (0, len(FACTORS))
        assert len(Facts(measures, nobody)) == 0


class TestFacts:
    def test_a_line_is_described_once_and_only_if_asked_for(self) -> None:
        one = taxonomy(constituent())
        known = select(one, market(of=one), days=[AS_OF], recipe=recipe())

        facts = Facts(Measures.of(known), one)

        assert ("AAA" in facts, "ZZZ" in facts, len(facts)) == (True, False, 1)
        assert facts["AAA"] is facts["AAA"]
        with pytest.raises(KeyError):
            facts["ZZZ"]


@pytest.mark.parametrize(
    ("days", "flag"),
    [
        ([3], "no close on 2026-05-03"),
        ([3, 6], "no close on 2026-05-03 and 1 other session"),
        ([3, 6, 7], "no close on 2026-05-03 and 2 other sessions"),
    ],
)
def test_sessions_without_a_close_are_flagged(days: list[int], flag: str) -> None:
    known = line(closes=[1.0, 2.0])
    missing = [date(2026, 5, day) for day in days]

    described = describe(Measures.of(known), 0, {"by_hand": "us"}, missing)

    assert flag in described.flags
    assert not any("no close" in told for told in facts_of(known).flags)


def test_what_is_known_of_all_lines_needs_no_line_to_be_told() -> None:
    three = taxonomy(
        constituent("AAA"),
        constituent("BBB", statement_currency="TWD"),
        constituent("CCC"),
    )
    fx = {"TWD": (DatedValue(0.03, AS_OF, "a bank"),)}
    old = AS_OF - timedelta(days=30)
    known = market(
        LineData("AAA", prices([1.0], last=AS_OF - timedelta(days=1))),
        LineData("BBB", prices([1.0], last=old)),
        of=three,
        fx=fx,
    )
    facts = Facts(
        Measures.of(select(three, known, days=[AS_OF], recipe=recipe())), three
    )

    told = Told({**facts})

    for one in (facts, told):
        assert one.newest_close == AS_OF - timedelta(days=1)
        assert one.fresh(["AAA", "BBB", "CCC", "DDD"]) == 1
        assert [(name, rate.value) for name, rate in one.rates.items()] == [
            ("TWD", 0.03)
        ]
    assert (len(told), [*told], told["AAA"]) == (3, ["AAA", "BBB", "CCC"], facts["AAA"])
