"""The formulas of the panel, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from triad_screener.stats.panel import elasticity, growth, held, log_relative, verdict


def test_growth_from_nothing_is_not_known() -> None:
    assert growth(1.0, 0.0) is None
    assert growth(1.0, -1.0) is None
    assert growth(0.5, 1.0) == -0.5


def test_fifty_times_the_tokens_at_a_third_of_the_price_is_elastic() -> None:
    assert elasticity(50, 1 / 3) == pytest.approx(3.56, abs=5e-3)
    assert elasticity(2, 0.5) == pytest.approx(1)


@pytest.mark.parametrize("ratios", [(0.0, 0.5), (2.0, 0.0), (2.0, 1.0), (-1.0, 0.5)])
def test_an_elasticity_needs_ratios_above_zero_and_another_price(
    ratios: tuple[float, float],
) -> None:
    assert elasticity(*ratios) is None


def test_a_basket_is_held_over_so_many_sessions() -> None:
    closes = np.array([4.0, 1.0, 1.5, 3.0])

    assert held(closes, 2) == 3
    assert held(closes, 3) == 0.75
    assert held(closes, 4) is None


def test_baskets_that_rose_alike_have_no_relative_price() -> None:
    assert log_relative([1.5, 0.5], [1.0]) == 0
    assert log_relative([2.0], [1.0]) == pytest.approx(0.693, abs=1e-3)


@pytest.mark.parametrize(
    ("votes", "found"),
    [
        ([1, 1, 1], "insufficient"),
        ([1, 1, 0, 0], "confirming"),
        ([1, 0, 0, 0], "mixed"),
        ([0, 0, 0, -1], "weakening"),
        ([1, 1, 1, -1, -1, -1, -1], "mixed"),
        ([], "insufficient"),
    ],
)
def test_a_verdict_is_by_the_mean_of_enough_votes(votes: list[int], found: str) -> None:
    assert verdict(votes, fewest=4, confirming=0.5, weakening=-0.25) == found


def test_no_votes_are_insufficient_even_if_none_are_asked_for() -> None:
    assert verdict([], fewest=0, confirming=0, weakening=0) == "insufficient"
