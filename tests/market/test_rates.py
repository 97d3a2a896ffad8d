from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from samples import AS_OF, constituent, only
from triad_screener.market.observations import Observations
from triad_screener.market.rates import ExchangeRates
from triad_screener.model.gap import Missing
from triad_screener.model.market import DatedValue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triad_screener.model.quantity import Quantity

TOMORROW = AS_OF + timedelta(days=1)


def dollars_per(currency: str, fx: Mapping[str, tuple[DatedValue, ...]]) -> Quantity:
    """What a unit of a currency is worth on the as-of date."""
    observations = Observations([constituent()], [AS_OF])
    return only(ExchangeRates(fx, observations).per_unit([currency]))


class TestRates:
    def test_a_dollar_is_a_dollar_and_needs_no_source(self) -> None:
        dollar = dollars_per("USD", {})

        assert (dollar.value, dollar.figures) == (1.0, ())

    def test_the_last_rate_on_or_before_the_as_of_date_counts(self) -> None:
        taiwan = (
            DatedValue(0.030, AS_OF - timedelta(days=40)),
            DatedValue(0.031, AS_OF, "central bank"),
            DatedValue(0.050, TOMORROW),
        )

        rate = dollars_per("TWD", {"TWD": taiwan})

        (figure,) = rate.figures
        assert (rate.value, rate.flags) == (0.031, ())
        assert (figure.unit, figure.date) == ("USD per TWD", AS_OF)
        assert figure.source == "central bank"

    @pytest.mark.parametrize(
        ("days", "flags"), [(45, ()), (46, ("stale exchange rate",))]
    )
    def test_a_rate_older_than_45_days_is_stale(
        self, days: int, flags: tuple[str, ...]
    ) -> None:
        old = {"TWD": (DatedValue(0.03, AS_OF - timedelta(days=days)),)}

        assert dollars_per("TWD", old).flags == flags

    @pytest.mark.parametrize(
        "known", [{}, {"TWD": (DatedValue(0.03, TOMORROW), DatedValue(0.03, None))}]
    )
    def test_a_rate_that_is_not_known_yet_is_missing(
        self, known: dict[str, tuple[DatedValue, ...]]
    ) -> None:
        with pytest.raises(Missing, match="no exchange rate of TWD is known"):
            dollars_per("TWD", known)
