"""Shapley's value: by hand, and by its definition."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from triad_screener.stats.attribution import shapley


def test_two_left_gloves_and_a_right_one_are_worth_what_shapley_says() -> None:
    right = 0b100
    worth = np.array(
        [float(bool(one & right) and one.bit_count() > 1) for one in range(8)]
    )

    assert shapley(worth) == pytest.approx([1 / 6, 1 / 6, 4 / 6])


def test_parts_are_the_average_over_all_orders() -> None:
    worth = np.random.default_rng(7).normal(size=32)

    found = shapley(worth)

    for player in range(5):
        added = []
        for order in permutations(range(5)):
            before = sum(1 << one for one in order[: order.index(player)])
            added.append(worth[before | 1 << player] - worth[before])
        assert found[player] == pytest.approx(np.mean(added), abs=1e-12)


def test_games_are_played_at_once_and_parts_sum_to_the_whole() -> None:
    worth = np.random.default_rng(8).normal(size=(16, 3, 2))

    found = shapley(worth)

    assert found.shape == (4, 3, 2)
    assert found.sum(axis=0) == pytest.approx(worth[-1] - worth[0], abs=1e-12)


def test_a_player_who_changes_nothing_has_no_part_and_takes_none() -> None:
    pair = np.array([0.0, 1.0, 2.0, 5.0])

    found = shapley(pair[np.arange(8) & 0b11])

    assert found == pytest.approx([*shapley(pair), 0.0], abs=1e-15)


def test_a_coalition_whose_worth_is_not_known_leaves_no_part_known() -> None:
    assert np.isnan(shapley(np.array([0.0, np.nan, 1.0, 2.0]))).all()


def test_nobody_has_no_part() -> None:
    assert shapley(np.array([3.0])).tolist() == []
