"""What the pictures of an evaluation show."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

import evaluations
from evaluations import BASKET, BOUGHT, MONTH, evaluation
from triad_screener.model.document import Drawing
from triad_screener.rendering._pictures import draw, sheet
from triad_screener.reporting.performance import (
    NOTHING,
    by_ranking,
    course,
    of_coefficients,
    of_tracks,
)


def test_coefficients_have_their_mean_and_its_band() -> None:
    (found,) = of_coefficients(evaluation())

    assert found.drawing is Drawing.COEFFICIENTS
    assert found.places == ("2024-12-31", "2025-01-31", "2025-02-28")
    assert [(one.name, one.values) for one in found.series] == [
        ("coefficient", (0.25, -0.05, None)),
        ("mean", (0.1,) * 3),
        ("from", (0.012,) * 3),
        ("to", (0.188,) * 3),
    ]
    assert found.alternative == (
        "1 of 2 coefficients are above zero; mean +0.100, 90% from +0.012 to +0.188."
    )


def test_without_an_interval_there_is_no_band() -> None:
    bare = replace(MONTH.strength, low=None, high=None)
    horizons = (replace(MONTH, strength=bare),)

    (found,) = of_coefficients(evaluation(horizons=horizons))

    assert [one.name for one in found.series] == ["coefficient", "mean"]
    assert found.alternative.endswith("mean +0.100.")


def test_without_a_coefficient_there_is_no_picture() -> None:
    assert not list(of_coefficients(evaluation(horizons=(evaluations.HALF_YEAR,))))


def test_courses_are_of_the_basket_all_lines_and_the_benchmark() -> None:
    (found,) = of_tracks(evaluation())

    assert found.places == tuple(day.isoformat() for day in BOUGHT)
    assert [one.name for one in found.series] == ["basket", "all ranked lines", "SPY"]
    assert found.series[0].values == pytest.approx((0.0, 0.1, 0.32))
    assert found.alternative == (
        "From 2025-01-02 to 2025-03-03: basket +32%, all ranked lines -50%, SPY +3%."
    )
    assert "Only the basket pays costs." in found.note


def test_without_baskets_there_is_no_course() -> None:
    assert not list(of_tracks(evaluation(basket=None)))
    assert by_ranking(evaluation(basket=None).findings) == {}


def test_a_course_begins_at_nothing() -> None:
    assert course([]) == (0.0,)
    assert course([1.0, -0.5, 0.25]) == pytest.approx((0.0, 1.0, 0.0, 0.25))
    assert course([-1.0, 9.0]) == (0.0, -1.0, -1.0)


def test_what_was_earned_stands_with_its_ranking() -> None:
    found = by_ranking(evaluation().findings)

    assert found == {
        0: dict(zip(NOTHING, (0.1, 0.11, 0.0, 0.01), strict=True)),
        1: dict(zip(NOTHING, (0.2, 0.21, -0.5, 0.02), strict=True)),
    }


def test_without_a_benchmark_nothing_is_told_of_it() -> None:
    basket = replace(BASKET, tracks=BASKET.tracks[:3])

    found = by_ranking(evaluation(basket=basket).findings)

    assert [one["benchmark"] for one in found.values()] == [None, None]
    (picture,) = of_tracks(evaluation(basket=basket))
    assert len(picture.series) == 2


def test_both_pictures_can_be_drawn() -> None:
    pictures = [*of_coefficients(evaluation()), *of_tracks(evaluation())]

    assert all(draw(one, {}) for one in pictures)
    page = sheet(pictures, {})
    assert page is not None
    with Image.open(io.BytesIO(page)) as found:
        assert found.size[0] == 1280
