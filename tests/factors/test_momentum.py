from __future__ import annotations

from datetime import timedelta
from math import log, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest

from samples import AS_OF, line, only, prices
from triad_screener.factors.momentum import six_minus_one, twelve_minus_one
from triad_screener.model.gap import Missing

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Of 104 weekly returns of +-ln 2 with mean zero.
SIGMA = log(2) * sqrt(104 / 103) * sqrt(52)


def closes(count: int = 521) -> NDArray[np.float64]:
    """Closes that double and halve in turn from week to week.

    Weeks end on sessions -1, -6, -11, ...; sessions -22, -127 and -253 end none, so
    they can be set without touching the volatility.
    """
    found = np.repeat([1.0, 2.0] * 53, 5)[::-1][:count][::-1].copy()
    found[-22] = 3.0
    if count >= 127:
        found[-127] = 2.0
    if count >= 253:
        found[-253] = 1.5
    return found


def a_walk(seed: int) -> NDArray[np.float64]:
    """Closes of a random walk."""
    steps = np.random.default_rng(seed).normal(0.001, 0.03, 300)
    walk: NDArray[np.float64] = np.exp(steps.cumsum())
    return walk


class TestRegression:
    def test_a_doubling_in_twelve_months_less_one(self) -> None:
        momentum = only(twelve_minus_one(line(closes=closes())))

        # 3.0 / 1.5 - 1 - .04 * 231 / 252, per unit of volatility.
        expected = (1 - 0.04 * 231 / 252) / SIGMA
        assert momentum.value == pytest.approx(expected, abs=1e-12)

    def test_a_rise_by_half_in_six_months_less_one(self) -> None:
        momentum = only(six_minus_one(line(closes=closes())))

        # 3.0 / 2.0 - 1 - .04 * 105 / 252.
        expected = (0.5 - 0.04 * 105 / 252) / SIGMA
        assert momentum.value == pytest.approx(expected, abs=1e-12)

    def test_the_last_21_sessions_do_not_count(self) -> None:
        crashed = closes()
        crashed[[-2, -3, -4, -5]] = 0.01

        momentum = only(twelve_minus_one(line(closes=crashed)))

        assert momentum.value == only(twelve_minus_one(line(closes=closes()))).value

    def test_it_names_both_closes_and_the_volatility(self) -> None:
        figures = only(twelve_minus_one(line(closes=closes()))).figures

        assert [(f.item, f.value) for f in figures[:2]] == [
            ("adjusted close", 3.0),
            ("adjusted close", 1.5),
        ]
        assert figures[0].date == AS_OF - timedelta(days=21)
        assert figures[1].date == AS_OF - timedelta(days=252)
        assert (figures[2].item, figures[2].date) == ("weekly volatility", AS_OF)
        assert figures[2].value == pytest.approx(SIGMA, abs=1e-12)

    @pytest.mark.parametrize(
        ("count", "detail"),
        [
            (21, "21 closes are known, and 22 are needed"),
            (252, "252 closes are known, and 253 are needed"),
            (260, "260 closes are known, and 52 weekly returns are needed"),
        ],
    )
    def test_a_young_listing_has_no_momentum_of_twelve_months(
        self, count: int, detail: str
    ) -> None:
        with pytest.raises(Missing, match=detail):
            only(twelve_minus_one(line(closes=([1.0, 1.1] * 130)[:count])))

    @pytest.mark.parametrize(
        ("count", "detail"),
        [
            (126, "126 closes are known, and 127 are needed"),
            (130, "130 closes are known, and 26 weekly returns are needed"),
        ],
    )
    def test_nor_a_younger_one_of_six(self, count: int, detail: str) -> None:
        with pytest.raises(Missing, match=detail):
            only(six_minus_one(line(closes=closes(count))))

    def test_261_and_131_closes_are_enough(self) -> None:
        assert only(twelve_minus_one(line(closes=closes(261)))).value > 0
        assert only(six_minus_one(line(closes=closes(131)))).value > 0

    def test_a_price_that_never_moves_has_none(self) -> None:
        with pytest.raises(Missing) as caught:
            only(twelve_minus_one(line(closes=[5.0] * 300)))

        assert caught.value.reason == "rejected: no price movement"

    def test_a_close_of_tomorrow_is_not_known(self) -> None:
        tomorrow = prices([*closes(), 99.0], last=AS_OF + timedelta(days=1))

        momentum = only(twelve_minus_one(line(series=tomorrow)))

        assert momentum.value == only(twelve_minus_one(line(closes=closes()))).value


@pytest.mark.parametrize("seed", range(5))
class TestProperties:
    def test_the_currency_of_the_price_does_not_matter(self, seed: int) -> None:
        walk = a_walk(seed)

        for momentum in (twelve_minus_one, six_minus_one):
            in_cents = only(momentum(line(closes=walk * 100))).value
            assert in_cents == pytest.approx(only(momentum(line(closes=walk))).value)

    def test_a_higher_close_a_month_ago_is_more_momentum(self, seed: int) -> None:
        walk = a_walk(seed)
        higher = walk.copy()
        higher[-22] *= 1.01

        for momentum in (twelve_minus_one, six_minus_one):
            assert only(momentum(line(closes=higher))).value > (
                only(momentum(line(closes=walk))).value
            )
