"""Training and serving, against worked numbers and against brute force."""

from __future__ import annotations

import math

import pytest

from triad_screener.stats.scaling import (
    MOST_USERS,
    Rack,
    Served,
    accelerator_hours,
    compute_factor,
    inference_flop,
    most_users,
    optimal,
    step_seconds,
    training_flop,
    users_at,
    utilisation,
)

H100_BF16 = 989e12


def test_deepseek_v3_took_the_compute_and_the_share_of_the_peak_that_are_known() -> (
    None
):
    flop = training_flop(37e9, 14.8e12)

    assert flop == pytest.approx(3.2856e24, rel=1e-12)
    assert utilisation(flop, 2.664e6, H100_BF16) == pytest.approx(0.346, abs=5e-4)
    assert 2.788e6 * 2 == 5.576e6  # as its report has it
    assert inference_flop(37e9) == 7.4e10


def test_hours_at_the_utilisation_reached_are_the_hours_reported() -> None:
    flop = training_flop(37e9, 14.8e12)
    share = utilisation(flop, 2.664e6, H100_BF16)

    assert accelerator_hours(flop, H100_BF16, share) == pytest.approx(2.664e6)


@pytest.mark.parametrize("flop", [1e18, 5.88e23, 3.2856e24])
def test_the_best_model_uses_its_budget_at_twenty_tokens_a_parameter(
    flop: float,
) -> None:
    parameters, tokens = optimal(flop)

    assert training_flop(parameters, tokens) == pytest.approx(flop)
    assert tokens / parameters == pytest.approx(20)


def test_chinchilla_itself_is_near_its_own_rule() -> None:
    parameters, tokens = optimal(training_flop(70e9, 1.4e12))

    assert (parameters, tokens) == pytest.approx((70e9, 1.4e12))


def test_halving_the_loss_takes_about_a_million_times_the_compute() -> None:
    assert compute_factor(0.5) == pytest.approx(2**20)
    assert compute_factor(0.05) == pytest.approx(2.789, abs=1e-3)


RACK = Rack(memory=640e9, bandwidth=26.8e12, peak=8 * 1979e12)
DENSE = Served(70e9, 70e9, 1.0, 2e9)
SPARSE = Served(300e9, 30e9, 1.0, 1e9)


@pytest.mark.parametrize("model", [DENSE, SPARSE], ids=["dense", "sparse"])
@pytest.mark.parametrize("speed", [0.5, 7.0, 40.0, 90.0, 333.0, 1e5])
def test_the_users_at_a_speed_are_those_that_counting_up_finds(
    model: Served, speed: float
) -> None:
    counted = 0
    for users in range(1, most_users(RACK, model) + 1):
        if max(step_seconds(RACK, model, users)) <= 1 / speed:
            counted = users

    assert users_at(RACK, model, speed) == counted


def test_a_dense_model_reads_all_its_weights_for_one_user() -> None:
    read, compute = step_seconds(RACK, DENSE, 1)

    assert read == pytest.approx((70e9 + 2e9) / 26.8e12)
    assert compute == pytest.approx(1.4e11 / (8 * 1979e12))


def test_experts_are_read_as_they_are_needed_and_never_more_than_all() -> None:
    read = [SPARSE.weights_read(users) for users in (1, 2, 10, 10_000)]

    assert read[0] == pytest.approx(30e9)
    assert read[1] == pytest.approx(57e9)
    assert read == sorted(read)
    assert read[-1] == pytest.approx(300e9)


def test_a_model_that_does_not_fit_serves_nobody() -> None:
    large = Served(671e9, 37e9, 1.0, 1e6)

    assert most_users(RACK, large) == 0
    assert users_at(RACK, large, 0.001) == 0


def test_no_rack_serves_without_end() -> None:
    tiny = Served(1.0, 1.0, 1.0, 1e-30)

    assert most_users(RACK, tiny) == MOST_USERS
    assert math.isfinite(tiny.weights_read(MOST_USERS))
