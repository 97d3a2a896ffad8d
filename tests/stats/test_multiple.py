"""The adjusting of p-values, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pytest

from triad_screener.stats.multiple import benjamini_hochberg, holm

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Adjust: TypeAlias = Callable[[Sequence[float | None]], tuple[float | None, ...]]


def holm_by_hand(values: list[float]) -> list[float]:
    """Walk up from the smallest: each times how many are left, never falling."""
    found, highest = [0.0] * len(values), 0.0
    ascending = sorted(range(len(values)), key=lambda at: values[at])
    for done, at in enumerate(ascending):
        highest = max(highest, min(1.0, (len(values) - done) * values[at]))
        found[at] = highest
    return found


def benjamini_hochberg_by_hand(values: list[float]) -> list[float]:
    """Walk down from the largest: each times n over its rank, never rising."""
    found, lowest = [0.0] * len(values), 1.0
    ascending = sorted(range(len(values)), key=lambda at: values[at])
    for rank in range(len(values), 0, -1):
        at = ascending[rank - 1]
        lowest = min(lowest, values[at] * len(values) / rank)
        found[at] = lowest
    return found


class TestWorkedExamples:
    # In order .005, .01, .03, .04. Holm: times 4, 3, 2, 1, never falling.
    # Benjamini and Hochberg: times 4/1, 4/2, 4/3, 4/4, never rising on the way down.
    VALUES = (0.01, 0.04, 0.03, 0.005)

    def test_holm(self) -> None:
        assert holm(self.VALUES) == pytest.approx((0.03, 0.06, 0.06, 0.02))

    def test_benjamini_hochberg(self) -> None:
        expected = (0.02, 0.04, 0.04, 0.02)

        assert benjamini_hochberg(self.VALUES) == pytest.approx(expected)

    def test_nothing_is_above_one(self) -> None:
        assert holm([0.6, 0.9, 0.7]) == (1, 1, 1)
        assert benjamini_hochberg([0.6, 0.9, 0.7]) == pytest.approx((0.9, 0.9, 0.9))

    def test_equal_values_stay_equal(self) -> None:
        assert holm([0.02] * 3) == pytest.approx((0.06, 0.06, 0.06))
        assert benjamini_hochberg([0.02] * 3) == pytest.approx((0.02, 0.02, 0.02))


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
class TestEdges:
    def test_one_alone_stays_as_it_is(self, adjust: Adjust) -> None:
        assert adjust([0.03]) == (0.03,)

    def test_nothing_is_adjusted_to_nothing(self, adjust: Adjust) -> None:
        assert adjust([]) == ()

    def test_what_is_missing_stays_missing(self, adjust: Adjust) -> None:
        assert adjust([None, None]) == (None, None)

    def test_what_is_missing_does_not_count(self, adjust: Adjust) -> None:
        first, absent, second = adjust([0.01, None, 0.03])

        assert absent is None
        assert (first, second) == adjust([0.01, 0.03])

    def test_zero_and_one_are_probabilities(self, adjust: Adjust) -> None:
        assert adjust([0.0, 1.0, 1.0]) == (0, 1, 1)


@pytest.mark.parametrize("seed", range(4))
class TestProperties:
    # Few seeds: statsmodels collects garbage at each call of Holm, for 50 ms.
    def test_both_are_what_the_rule_gives_by_hand(self, seed: int) -> None:
        values = np.random.default_rng(seed).beta(0.5, 2, 3 * seed + 1).round(2)

        assert holm(values.tolist()) == pytest.approx(holm_by_hand(values.tolist()))
        assert benjamini_hochberg(values.tolist()) == pytest.approx(
            benjamini_hochberg_by_hand(values.tolist())
        )

    def test_the_order_of_the_questions_does_not_matter(self, seed: int) -> None:
        values = np.random.default_rng(seed).random(9) ** 3

        for adjust in (holm, benjamini_hochberg):
            backwards = adjust(values[::-1].tolist())[::-1]
            assert backwards == pytest.approx(adjust(values.tolist()))

    def test_raw_under_false_finds_under_all_at_once(self, seed: int) -> None:
        values = (np.random.default_rng(seed).random(12) ** 2).tolist()

        rows = zip(values, benjamini_hochberg(values), holm(values), strict=True)

        for raw, share, strict in rows:
            assert share is not None
            assert strict is not None
            assert raw <= share + 1e-15
            assert share <= strict + 1e-15
