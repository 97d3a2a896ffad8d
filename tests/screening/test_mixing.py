"""What a line's inputs are, where some are the later ones. By hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from samples import recipe, screen
from triad_screener.factors import FACTORS
from triad_screener.model.quantity import Figure
from triad_screener.model.screen import Reading
from triad_screener.screening.mixing import INPUTS, Inputs, Mixer, joined, same

if TYPE_CHECKING:
    from triad_screener.model.screen import LineFacts
    from triad_screener.model.vocabulary import Pillar
    from triad_screener.screening.mixing import Input

BUDGETS = recipe().pillar_budgets


@dataclass(frozen=True, kw_only=True)
class Books:
    """A line worth ``shares * close``, with claims on it, and what it earns."""

    close: float = 50.0
    shares: float = 4.0
    claims: float = 100.0
    earned: float = 30.0
    rate: float | None = None
    currency: str = "USD"
    price_currency: str = "USD"

    def facts(self, **readings: float | None) -> LineFacts:
        """Return the facts; a price in the currency of the books has their rate."""
        rate = self.rate or 1.0
        home = self.price_currency == self.currency
        value = self.close * self.shares * (rate if home else 1.0)
        worth = value + self.claims * rate
        yields = {
            "ebit_ev": self.earned * rate / worth,
            "fcf_mcap": self.earned * rate / value,
        }
        raw = {**dict.fromkeys(FACTORS, 1.0), **yields, **readings}
        return replace(
            screen().facts["L00"],
            price_currency=self.price_currency,
            statement_currency=self.currency,
            close=Figure("close", self.close, "", None, None, ""),
            fx=Figure("rate", rate, "", None, None, "") if self.rate else None,
            market_cap_usd=value,
            enterprise_value_usd=worth,
            readings={name: Reading(one) for name, one in raw.items()},
        )


def mixed(before: LineFacts, after: LineFacts, name: str, *later: Input) -> float:
    """Return one raw value of a mixture."""
    mixer = Mixer(Inputs.of([before]), Inputs.of([after]))
    found = mixer.mixture(later, BUDGETS).raw[0, [*FACTORS].index(name)]
    return float(found)


def test_a_yield_takes_price_statements_and_rate_from_where_it_is_told() -> None:
    books = Books(rate=0.5, currency="TWD")
    early = books.facts()
    late = replace(books, close=80.0, earned=60.0, claims=50.0, rate=0.25).facts()

    # 30 * 0.5 over 200 + 100 * 0.5, and so on.
    assert mixed(early, late, "ebit_ev") == 15 / 250
    assert mixed(early, late, "ebit_ev", "price") == 15 / (320 + 50)
    assert mixed(early, late, "ebit_ev", "fundamentals") == 30 / (200 + 25)
    assert mixed(early, late, "ebit_ev", "fx") == 7.5 / (200 + 25)
    assert mixed(early, late, "ebit_ev", "price", "fundamentals", "fx") == 15 / 332.5
    assert mixed(early, late, "fcf_mcap", "price") == 15 / 320


def test_a_yield_in_the_currency_of_its_price_does_not_depend_on_the_rate() -> None:
    books = Books(rate=2.0, currency="EUR", price_currency="EUR")

    found = mixed(books.facts(), replace(books, rate=4.0).facts(), "fcf_mcap", "fx")

    assert found == 30 / 200


def test_a_yield_of_the_price_moves_with_price_and_statements() -> None:
    early, late = Books().facts(ey_fwd=0.1), Books(close=80.0).facts(ey_fwd=0.2)

    # 0.1 * 50 earned at 80, 0.2 * 80 at 50.
    assert mixed(early, late, "ey_fwd", "price") == pytest.approx(5 / 80)
    assert mixed(early, late, "ey_fwd", "fundamentals") == pytest.approx(16 / 50)


def test_a_mixture_worth_nothing_has_no_yield() -> None:
    rich = Books(claims=-100.0)
    poor = replace(rich, close=20.0, claims=10.0)

    assert np.isnan(mixed(rich.facts(), poor.facts(), "ebit_ev", "price"))
    assert mixed(rich.facts(), poor.facts(), "ebit_ev", "fundamentals") == 30 / 210


def test_a_figure_that_came_is_there_where_availability_is_later() -> None:
    early, late = Books().facts(mom_12_1=None), Books().facts(mom_12_1=2.0)

    assert np.isnan(mixed(early, late, "mom_12_1", "price", "fundamentals"))
    assert mixed(early, late, "mom_12_1", "availability") == 2.0


def test_the_rest_moves_with_what_its_group_moves_with() -> None:
    early = Books().facts()
    late = Books().facts(**dict.fromkeys(FACTORS, 2.0))

    moved = {
        one: {name for name in FACTORS if mixed(early, late, name, one) == 2.0}
        for one in INPUTS
    }

    assert moved["price"] == {"mom_12_1", "mom_6_1", "vol_252", "maxdd_252"}
    assert moved["fundamentals"] - {"ey_fwd", "ebit_ev", "fcf_mcap"} == {
        "rev_yoy_q",
        "rev_cagr_3y",
        "dgp_at",
        "gp_at",
        "ebit_ic",
        "accruals_at",
        "netdebt_at",
    }
    assert moved["exposure"] == moved["availability"] == set()


def test_the_thesis_is_made_of_exposures_and_the_budgets_that_are_given() -> None:
    early = Books().facts()
    entry = replace(early.exposures["compute"], share=0.8)
    late = replace(early, exposures={"data": entry})
    mixer = Mixer(Inputs.of([early]), Inputs.of([late]))
    budgets: dict[Pillar, float] = {"compute": 0.5, "data": 0.25, "algorithms": 0.25}

    found = mixer.mixture(["exposure"], budgets)

    assert found.raw[0, [*FACTORS].index("thesis")] == 0.8 * 0.25
    assert found.exposures.tolist() == [[0.0, 0.8, 0.0]]


def test_lines_are_the_same_to_twelve_decimals() -> None:
    one = Inputs.of([Books().facts(mom_12_1=0.1, mom_6_1=None)]).lines
    noise = Inputs.of([Books().facts(mom_12_1=0.1 + 1e-15, mom_6_1=None)]).lines
    other = Inputs.of([Books().facts(mom_12_1=0.1 + 1e-9, mom_6_1=None)]).lines

    assert same(one, noise).tolist() == [True]
    assert same(joined([one, one]), joined([one, other])).tolist() == [True, False]
