from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from triad_screener.model.market import DatedValue
from triad_screener.model.rubric import Rubric
from triad_screener.screening.rubric import judge
from triad_screener.screening.watching import Surroundings, watch
from watched import dated, known_on, watching

if TYPE_CHECKING:
    from triad_screener.model.screen import CriterionFact, RubricFact, WatchlistFact

DAY = date(2026, 6, 1)
#: Two years of 365.25 days would be 730.5; 2024-06-01 to 2026-06-01 are 730.
BEFORE, LAST = "2024-06-01", "2026-06-01"


def company(before: float, last: float, **parts: object) -> WatchlistFact:
    """A private company of two marks, the last one today and from a filing."""
    marks = (
        dated(BEFORE, round="Series A", post_money=before),
        {**dated(LAST, round="Series B", post_money=last), "grade": "A"},
    )
    stages = (dated("2024-01-01", stage="private"),)
    return known_on(DAY, **{"marks": marks, "stages": stages, **parts})


def judged(fact: WatchlistFact, rubric: Rubric | None = None) -> RubricFact:
    return judge(fact, rubric or Rubric())


def criterion(fact: WatchlistFact, name: str) -> CriterionFact:
    return dict(judged(fact).criteria)[name]  # type: ignore[index]


class TestWorkedNumbers:
    """Weights .25, .20, .20, .20, .15, as the shipped taxonomy has them."""

    def test_all_five_criteria_by_hand(self) -> None:
        # Value 4 times in 730 days: 2 a year but for a quarter of a per mille.
        # Scale: USD 32bn, log10(32) / 3 = .50172. Grade A 1. Private .2. Age 0: 1.
        fact = company(8e9, 32e9)

        points = {name: one.points for name, one in judged(fact).criteria.items()}

        assert points["momentum"] == 1.0
        assert points["scale"] == pytest.approx(0.5017166594)
        assert (points["evidence"], points["stage"], points["age"]) == (1.0, 0.2, 1.0)
        # .25 + .20 of .50172 + .20 + .20 of .2 + .15, which is .74034
        assert judged(fact).points == 74.0
        assert judged(fact).known == pytest.approx(1.0)

    def test_what_is_missing_counts_as_the_middle_and_keeps_its_weight(self) -> None:
        fact = company(8e9, 32e9, marks=(dated(LAST, round="B", post_money=1e12),))

        found = judged(fact)

        # .25 x .5 + .20 x 1 + .20 x .5 (grade C) + .20 x .2 + .15 = .615
        assert found.points == 61.5
        assert found.known == pytest.approx(0.75)
        assert found.criteria["momentum"].points is None
        assert found.criteria["momentum"].basis == "fewer than two marks with a value"

    def test_weights_are_relative(self) -> None:
        weights = {"momentum": 0, "scale": 0, "evidence": 3, "stage": 1, "age": 0}
        rubric = Rubric.model_validate({"weights": weights})

        # A mean of 1, three times, and .2.
        assert judged(company(8e9, 32e9), rubric).points == 80.0


class TestRegression:
    @pytest.mark.parametrize(
        ("before", "last", "points"),
        [
            (8e9, 8e9, 0.5),  # flat
            (8e9, 16e9, 0.75017),  # doubled in two years: half a doubling a year
            (16e9, 8e9, 0.24983),  # halved in two years
            (32e9, 4e9, 0.0),  # an eighth in two years
            (1e-300, 1e300, 1.0),  # beyond what an exponential can hold
        ],
    )
    def test_momentum_doubles_or_halves_in_a_year(
        self, before: float, last: float, points: float
    ) -> None:
        found = criterion(company(before, last), "momentum")

        assert found.points == pytest.approx(points, abs=1e-5)

    def test_momentum_is_the_growth_a_year(self) -> None:
        found = criterion(company(100e9, 200e9), "momentum")

        # Two to the power of 365.25 / 730, less one.
        assert found.value == pytest.approx(0.4145491)
        assert found.basis == "Series A, 2024-06-01, to Series B, 2026-06-01"

    def test_values_close_together_are_not_annualised(self) -> None:
        marks = (
            dated("2026-05-03", round="A", post_money=1e9),
            dated("2026-06-01", round="B", post_money=2e9),
        )

        found = criterion(company(1, 1, marks=marks), "momentum")

        assert (found.points, found.basis) == (
            None,
            "the last two values are 29 days apart",
        )

    def test_values_in_two_currencies_are_not_compared(self) -> None:
        marks = (
            dated("2025-05-03", round="A", post_money=1e9),
            dated("2026-06-01", round="B", post_money=2e9, currency="EUR"),
        )

        found = criterion(company(1, 1, marks=marks), "momentum")

        assert found.basis == "the last two values are in two currencies"

    @pytest.mark.parametrize(
        ("value", "points"), [(5e8, 0.0), (1e9, 0.0), (1e10, 1 / 3), (2e12, 1.0)]
    )
    def test_scale_goes_by_the_logarithm(self, value: float, points: float) -> None:
        assert criterion(company(1e9, value), "scale").points == pytest.approx(points)

    def test_a_value_in_another_currency_needs_a_rate(self) -> None:
        marks = (dated("2026-06-01", round="B", post_money=8e9, currency="EUR"),)
        late = DatedValue(9.0, date(2026, 6, 2), "a bank")
        rate = DatedValue(1.25, date(2026, 5, 29), "a bank")

        (without,) = watch(
            watching(marks=marks), DAY, Surroundings({}, {"EUR": (late,)})
        )
        (with_it,) = watch(
            watching(marks=marks), DAY, Surroundings({}, {"EUR": (rate, late)})
        )

        assert criterion(without, "scale").basis == "no exchange rate of EUR is known"
        assert criterion(with_it, "scale").value == 10e9
        assert with_it.last_mark is not None
        assert with_it.last_mark.rate is not None
        assert with_it.last_mark.rate.date == date(2026, 5, 29)

    def test_an_age_halves_the_points_with_each_span_of_its_rule(self) -> None:
        marks = (dated("2026-02-01", round="B", post_money=1e9),)  # 120 days before

        found = criterion(company(1, 1, marks=marks), "age")

        assert (found.value, found.points) == (120.0, 0.5)

    def test_a_company_without_a_mark_is_known_too_little(self) -> None:
        found = judged(company(1, 1, marks=()))

        assert found.points is None
        assert found.known == pytest.approx(0.2)
        assert found.reason == "20% of the weight is known, 50% are needed"
        assert {one.basis for one in found.criteria.values()} == {
            "fewer than two marks with a value",
            "no mark with a value",
            "no mark",
            "private since 2024-01-01",
        }

    @pytest.mark.parametrize("stage", ["absorbed", "dead"])
    def test_nothing_is_left_to_list(self, stage: str) -> None:
        stages = (dated("2026-01-01", stage=stage),)

        found = judged(company(8e9, 32e9, stages=stages))

        assert (found.points, found.reason) == (
            None,
            f"{stage}: nothing is left to list",
        )

    def test_a_stage_known_from_a_later_day_only_has_no_date(self) -> None:
        fact = replace(company(8e9, 32e9), stage_date=None)

        assert criterion(fact, "stage").basis == "private"

    def test_holders_and_exposure_change_no_point(self) -> None:
        fact = company(8e9, 32e9)
        other = company(8e9, 32e9, holders=(), exposure=1.0, role="extension")

        assert judged(fact) == judged(other)
