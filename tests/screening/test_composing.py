from __future__ import annotations

from math import nan, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest

from triad_screener.model.ranking import CONFIDENCES
from triad_screener.model.recipe import FreshnessDays
from triad_screener.screening.composing import (
    Composer,
    confidence_labels,
    freshness,
    stability,
)

if TYPE_CHECKING:
    from triad_screener.model.vocabulary import Group

QUARTERLY, HALF_YEARLY = FreshnessDays(), FreshnessDays(fresh=200, expired=335)
R15 = sqrt(1.5)


def composer(
    z: list[list[float]],
    groups: dict[Group, list[int]] | None = None,
    weights: dict[Group, float] | None = None,
    clip: float = 3.0,
) -> Composer:
    """A composer of two factors of one group, unless said otherwise."""
    members = groups or {"momentum": [0, 1]}
    return Composer(
        np.array(z, float),
        {group: np.array(columns, np.intp) for group, columns in members.items()},
        weights or dict.fromkeys(members, 1.0),
        clip,
    )


class TestComposite:
    def test_a_group_is_the_standardised_mean_of_its_factors(self) -> None:
        base = composer([[1, 3], [0, 0], [-3, -1]]).composite()

        # Means 2, 0, -2 have deviation sqrt(8 / 3).
        assert base.groups["momentum"] == pytest.approx([R15, 0, -R15], abs=1e-12)
        assert base.z == pytest.approx([R15, 0, -R15], abs=1e-12)
        moments = base.group_moments["momentum"]
        assert (moments.count, moments.mean) == (3, 0)
        assert moments.deviation == pytest.approx(sqrt(8 / 3), abs=1e-12)

    def test_groups_are_weighted_and_standardised_again(self) -> None:
        two = composer(
            [[1, -1], [-1, 1], [1, 1], [-1, -1]],
            {"momentum": [0], "risk": [1]},
            {"momentum": 0.75, "risk": 0.25},
        )

        base = two.composite()

        # Weighted sums .5, -.5, 1, -1 have deviation sqrt(.625).
        expected = np.array([0.5, -0.5, 1, -1]) / sqrt(0.625)
        assert base.z == pytest.approx(expected, abs=1e-12)

    def test_without_the_thesis_the_other_weights_are_all_there_is(self) -> None:
        two = composer(
            [[1, 5], [0, 1], [-1, 9]],
            {"momentum": [0], "thesis": [1]},
            {"momentum": 0.8, "thesis": 0.2},
        )

        without = two.composite(without="thesis")

        assert set(without.groups) == {"momentum"}
        assert without.z == pytest.approx([R15, 0, -R15], abs=1e-12)

    def test_without_the_only_group_nothing_is_left(self) -> None:
        one = composer([[1], [2]], {"thesis": [0]})

        assert one.composite(without="thesis").z.tolist() == [0, 0]

    def test_groups_and_composite_are_clipped(self) -> None:
        outlier = [[0.0]] * 30 + [[100.0]]

        base = composer(outlier, {"value": [0]}, clip=2.0).composite()

        # Unclipped, one of 31 lies sqrt(30) deviations above the mean.
        assert base.groups["value"][-1] == 2.0
        assert base.z[-1] == 2.0

    def test_what_does_not_vary_is_neutral(self) -> None:
        assert composer([[1, 3], [2, 2], [3, 1]]).composite().z.tolist() == [0, 0, 0]

    def test_no_lines_have_no_composite(self) -> None:
        none = Composer(np.zeros((0, 0)), {}, {}, 3.0)

        assert none.composite().z.tolist() == []


class TestStability:
    def test_ranks_are_those_of_the_reruns_with_one_factor_left_out(self) -> None:
        two = composer([[1, 0], [0, 2], [-1, -2]])

        reruns = two.ranks_without_each(two.composite())

        # Without the first factor the second line leads, without the second the first.
        assert reruns.tolist() == [[2, 1, 3], [1, 2, 3]]
        assert stability(reruns).tolist() == [0.5, 0.5, 1.0]

    def test_without_its_only_factor_a_group_takes_no_part(self) -> None:
        two = composer(
            [[1, -1], [-1, 1]],
            {"momentum": [0], "risk": [1]},
            {"momentum": 0.6, "risk": 0.4},
        )

        reruns = two.ranks_without_each(two.composite())

        assert reruns.tolist() == [[2, 1], [1, 2]]

    def test_ties_in_a_rerun_go_to_the_earlier_ticker(self) -> None:
        one = composer([[1], [2], [3]], {"momentum": [0]})

        assert one.ranks_without_each(one.composite()).tolist() == [[1, 2, 3]]

    def test_noise_does_not_break_a_tie(self) -> None:
        two = composer([[0, 0.3], [0, 0.1 + 0.2], [0, 0.9], [1, 0]])

        first, _ = two.ranks_without_each(two.composite()).tolist()

        assert first == [2, 3, 1, 4]

    @pytest.mark.parametrize(
        "reruns", [np.ones((4, 1), np.intp), np.ones((0, 3), np.intp)]
    )
    def test_one_line_alone_and_no_rerun_at_all_are_stable(
        self, reruns: np.ndarray[tuple[int, ...], np.dtype[np.intp]]
    ) -> None:
        assert stability(reruns).tolist() == [1.0] * reruns.shape[1]

    def test_from_first_to_last_is_no_stability_at_all(self) -> None:
        assert stability(np.array([[1, 2], [2, 1]])).tolist() == [0, 0]


class TestInterval:
    def test_the_percentile_of_those_who_have_it_fills_the_gap(self) -> None:
        z = [[-1.0], [0.0], [1.0], [0.0]]
        known = np.array([[True], [True], [True], [False]])
        one = composer(z, {"momentum": [0]})
        base = one.composite()

        low = one.with_missing_at(base, known, 10)
        high = one.with_missing_at(base, known, 90)

        # The percentiles of -1, 0, 1 are -.8 and .8; the deviation of all is sqrt(.5).
        assert low[3] == pytest.approx(-0.8 / sqrt(0.5), abs=1e-12)
        assert high[3] == pytest.approx(0.8 / sqrt(0.5), abs=1e-12)
        assert low[:3] == pytest.approx(base.z[:3], abs=1e-12)

    def test_means_and_deviations_of_the_base_run_are_held(self) -> None:
        z = [[2.0, 1.0], [4.0, 1.0], [6.0, -2.0]]
        known = np.array([[True, True], [True, True], [True, False]])
        two = composer(z, {"momentum": [0], "risk": [1]}, clip=5.0)
        base = two.composite()

        low = two.with_missing_at(base, known, 10)

        # Only the third line moves: its risk becomes 1, as that of the others.
        assert low[:2] == pytest.approx(base.z[:2], abs=1e-12)
        moved = (R15 + base.groups["risk"][0]) / 2
        expected = (moved - base.moments.mean) / base.moments.deviation
        assert low[2] == pytest.approx(expected, abs=1e-12)

    def test_a_factor_that_nobody_has_stays_neutral(self) -> None:
        one = composer([[0.0], [0.0]], {"momentum": [0]})
        nobody = np.zeros((2, 1), bool)

        assert one.with_missing_at(one.composite(), nobody, 90).tolist() == [0, 0]


class TestFreshness:
    @pytest.mark.parametrize(
        ("days", "half_yearly", "expected"),
        [
            (0, False, 1.0),
            (135, False, 1.0),
            (162, False, 0.8),
            (189, False, 0.6),
            (270, False, 0.0),
            (400, False, 0.0),
            (200, True, 1.0),
            (227, True, 0.8),
            (335, True, 0.0),
            (nan, False, 0.0),
            (nan, True, 0.0),
        ],
    )
    def test_statements_go_stale_between_two_ages(
        self,
        days: float,
        half_yearly: bool,  # noqa: FBT001 - a case
        expected: float,
    ) -> None:
        found = freshness(
            np.array([days]), np.array([half_yearly]), QUARTERLY, HALF_YEARLY
        )

        assert found.tolist() == [pytest.approx(expected, abs=1e-12)]


class TestLabels:
    @pytest.mark.parametrize(
        ("confidence", "label"),
        [
            (1.0, "high"),
            (0.8, "high"),
            (0.8 - 1e-14, "high"),
            (0.7999, "medium"),
            (0.6, "medium"),
            (1 - 0.4, "medium"),
            (0.5999, "low"),
            (0.0, "low"),
        ],
    )
    def test_a_confidence_has_a_word(self, confidence: float, label: str) -> None:
        (found,) = confidence_labels(np.array([confidence]))

        assert CONFIDENCES[found] == label


@pytest.mark.parametrize("seed", range(6))
class TestProperties:
    def test_composites_have_mean_zero_and_deviation_one(self, seed: int) -> None:
        z = np.random.default_rng(seed).uniform(-1.5, 1.5, (20, 4)).tolist()

        base = composer(z, {"momentum": [0, 1], "risk": [2, 3]}).composite()

        for values in (base.z, *base.groups.values()):
            assert values.mean() == pytest.approx(0, abs=1e-12)
            assert values.std() == pytest.approx(1, abs=1e-12)

    def test_only_the_proportions_of_weights_matter(self, seed: int) -> None:
        z = np.random.default_rng(seed).normal(size=(12, 2)).tolist()
        groups: dict[Group, list[int]] = {"momentum": [0], "risk": [1]}

        once = composer(z, groups, {"momentum": 0.2, "risk": 0.1}).composite()
        ten_times = composer(z, groups, {"momentum": 2.0, "risk": 1.0}).composite()

        assert once.z == pytest.approx(ten_times.z, abs=1e-12)

    def test_nothing_missing_moves_nothing(self, seed: int) -> None:
        z = np.random.default_rng(seed).normal(size=(12, 3)).tolist()
        one = composer(z, {"momentum": [0, 1], "risk": [2]})
        base = one.composite()

        filled = one.with_missing_at(base, np.ones((12, 3), bool), 90)

        assert filled == pytest.approx(base.z, abs=1e-12)

    def test_reruns_are_whole_rankings(self, seed: int) -> None:
        z = np.random.default_rng(seed).integers(-2, 3, (9, 4)).tolist()
        one = composer(z, {"momentum": [0, 1], "risk": [2], "thesis": [3]})

        reruns = one.ranks_without_each(one.composite())

        assert reruns.shape == (4, 9)
        assert [sorted(ranks) for ranks in reruns.tolist()] == [list(range(1, 10))] * 4
