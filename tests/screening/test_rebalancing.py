"""What baskets would have earned, against pandas and by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import evidence
from evidence import MONTH, TERMS, at, became, ranked, series
from triad_screener.screening.outcomes import outcomes
from triad_screener.screening.rebalancing import GROSS, LINES, NET, hold
from triad_screener.screening.sections import COMPOSITE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from triad_screener.model.evaluation import BasketRecord, Section, Track
    from triad_screener.screening.outcomes import Outcomes

FREE = replace(TERMS, cost=0.0, risk_free_rate=0.0)
#: Four periods: A doubles and halves, B stays, C rises by a tenth.
STEPS = {"A": (2.0, 0.5, 2.0, 0.5), "B": (1.0,) * 4, "C": (1.1,) * 4}


def closes(steps: Iterable[float], length: int = MONTH) -> list[float]:
    """Closes that change once a period, on the session after it begins."""
    found = [1.0, 1.0]
    for step in steps:
        found += [found[-1] * step] * length
    return found


def monthly(*baskets: Mapping[str, float], lines: str = "ABC") -> list[Section]:
    """Rankings of the lines a month apart, with these baskets."""
    scores = {name: float(place) for place, name in enumerate(lines)}
    return [
        ranked(at(place * MONTH), scores, basket)
        for place, basket in enumerate(baskets)
    ]


def world(**more: Sequence[float]) -> Outcomes:
    return became({name: closes(steps) for name, steps in {**STEPS, **more}.items()})


def held(
    sections: Sequence[Section],
    outcomes: Outcomes,
    **terms: Any,  # noqa: ANN401
) -> BasketRecord:
    found = hold(sections, outcomes, replace(FREE, **terms))
    assert found is not None
    return found


def track(found: BasketRecord, name: str) -> Track:
    return next(one for one in found.tracks if one.name == name)


HALVES = {"A": 0.5, "B": 0.5}


def test_a_basket_earns_what_its_lines_do_by_their_weights() -> None:
    found = held(monthly({"A": 0.5}, HALVES, {}, {"C": 1.0}, {}), world())

    assert track(found, GROSS).returns == pytest.approx((0.5, -0.25, 0.0, 0.1))
    assert track(found, NET).returns == track(found, GROSS).returns
    assert found.days == tuple(at(1 + place * MONTH) for place in range(5))


def test_the_last_ranking_only_ends_the_last_period() -> None:
    found = held(monthly({"A": 1.0}, {"C": 1.0}), world())

    assert track(found, GROSS).returns == pytest.approx((1.0,))
    assert found.turnover == ()


def test_turnover_is_counted_from_the_weights_that_the_basket_drifted_to() -> None:
    """A half in A that doubles is two thirds; back to a half is a sixth one-way."""
    found = held(monthly(HALVES, HALVES, HALVES, {}), world())

    assert found.turnover == pytest.approx((1 / 6, 1 / 6))


def test_reserve_drifts_too() -> None:
    """Half reserve, half in A that doubles: A is two thirds of all."""
    found = held(monthly({"A": 0.5}, {"A": 0.5}, {}), world())

    assert found.turnover == pytest.approx((1 / 6,))


def test_selling_all_is_a_turnover_of_all() -> None:
    found = held(monthly({"B": 1.0}, {}, {"B": 1.0}, {}), world())

    assert found.turnover == pytest.approx((1.0, 1.0))


def test_costs_are_paid_on_the_value_traded() -> None:
    """All of B is bought; then B for C: twice the value is traded; then nothing."""
    sections = monthly({"B": 1.0}, {"C": 1.0}, {"C": 1.0}, {})

    found = held(sections, world(), cost=100.0)

    assert track(found, NET).returns == pytest.approx(
        (0.99 - 1, 1.1 * 0.98 - 1, 1.1 - 1)
    )
    assert track(found, GROSS).returns == pytest.approx((0.0, 0.1, 0.1))
    assert found.cost == 100


def test_all_ranked_lines_have_equal_weights() -> None:
    found = held(monthly({}, {}, {}), world())

    assert track(found, LINES).returns == pytest.approx((1.1 / 3, -0.4 / 3))


def test_a_line_that_is_not_ranked_is_not_among_all() -> None:
    found = held(monthly({}, {}, lines="BC"), world())

    assert track(found, LINES).returns == pytest.approx((0.05,))


def test_a_line_without_prices_is_left_out_of_all_and_counted_in_the_basket() -> None:
    sections = monthly({"X": 0.5, "C": 0.5}, {"X": 1.0}, {}, lines="BCX")

    found = held(sections, world(), cost=100.0)

    assert track(found, LINES).returns == pytest.approx((0.05, 0.05))
    assert track(found, GROSS).returns == pytest.approx((0.05, 0.0))
    assert found.unpriced == 2


def test_a_benchmark_is_held_where_its_prices_are_known() -> None:
    prices = {name: series(closes(steps)) for name, steps in STEPS.items()}
    funds = {"SPY": series(closes((1.2, 1.2, 1.0, 1.0))), "NEW": series([1.0])}
    known = outcomes(
        evidence.market(prices, funds=funds),
        dict.fromkeys([*prices, *funds], "USD"),
        date(2100, 1, 1),
    )
    sections = monthly({"B": 1.0}, {}, {})

    def names(benchmark: str) -> list[str]:
        found = held(sections, known, benchmark=benchmark)
        return [one.name for one in found.tracks]

    assert names("SPY") == [NET, GROSS, LINES, "SPY"]
    assert track(held(sections, known, benchmark="SPY"), "SPY").returns == (
        pytest.approx((0.2, 0.2))
    )
    for none in ("", "NEW", "X"):
        assert names(none) == [NET, GROSS, LINES]


def test_a_ranking_whose_session_has_not_come_is_not_held() -> None:
    known = became({name: closes(steps)[:-1] for name, steps in STEPS.items()})
    sections = monthly(*[{"B": 1.0}] * 5)

    assert held(sections, known).days[-1] == at(1 + 3 * MONTH)


@pytest.mark.parametrize("count", [0, 1])
def test_without_a_whole_period_nothing_is_held(count: int) -> None:
    assert hold(monthly(*[HALVES] * count), world(), FREE) is None
    assert hold(monthly(HALVES, HALVES), became({}), FREE) is None


def test_of_rankings_bought_at_one_session_the_last_is_held() -> None:
    """Friday and Sunday are both bought on Monday."""
    scores = {"A": 1.0, "C": 2.0}
    sections = [
        ranked(date(2018, 1, 5), scores, {"A": 1.0}),
        ranked(date(2018, 1, 7), scores, {"C": 1.0}),
        ranked(at(30), scores, {}),
    ]
    found = held(sections, world())

    assert found.days == (date(2018, 1, 8), at(31))
    assert track(found, GROSS).returns == pytest.approx((0.1,))
    assert hold(sections[:2], world(), FREE) is None


def test_a_ranking_is_bought_after_it_is_made() -> None:
    """The first is made after the second, and is held after it."""
    scores = {"A": 1.0, "C": 2.0}
    sections = [
        ranked(at(0), scores, {"C": 1.0}, made=at(8)),
        ranked(at(1), scores, {"A": 1.0}, made=at(1)),
        ranked(at(50), scores, {}, made=at(50)),
    ]
    found = held(sections, world())

    assert found.days == (at(2), at(9), at(51))
    assert track(found, GROSS).returns == pytest.approx((0.0, 1.1 * 1.1 - 1))


def test_growth_is_a_year_by_the_calendar() -> None:
    """Thirteen periods of 21 working days, 4 weeks and a day, are 1.04 years."""
    known = became({"C": closes((1.1,) * 13)})
    found = held(monthly(*[{"C": 1.0}] * 14, lines="C"), known)
    years = (found.days[-1] - found.days[0]).days / 365.25

    assert years == pytest.approx(1.04, abs=0.005)
    assert track(found, GROSS).growth == pytest.approx(1.1 ** (13 / years) - 1)


def test_less_than_a_year_is_not_told_as_a_year() -> None:
    known = became({"C": closes((1.1,) * 12)})
    found = held(monthly(*[{"C": 1.0}] * 13, lines="C"), known)

    assert track(found, GROSS).growth is None


def test_one_period_has_no_dispersion() -> None:
    found = track(held(monthly({"C": 1.0}, {}), world()), GROSS)

    assert (found.volatility, found.sharpe) == (None, None)


def test_a_course_that_does_not_vary_has_no_sharpe_ratio() -> None:
    found = held(monthly({}, {}, {}, {}), world())

    assert track(found, GROSS).volatility == 0
    assert track(found, GROSS).sharpe is None
    assert (found.beyond_luck, found.beyond_lines) == (None, None)
    assert found.random_share == 0


def drawn(seed: int, count: int = 30) -> tuple[list[Section], Outcomes, pd.DataFrame]:
    """Random rankings of ten lines, baskets of three with reserve, closes in pandas."""
    random = np.random.default_rng(seed)
    names = [f"L{place}" for place in range(10)]
    steps = random.normal(0, 0.02, (count * MONTH + 2, len(names)))
    table = pd.DataFrame(np.exp(steps.cumsum(axis=0)), columns=names)
    sections = []
    for place in range(count):
        chosen = random.permutation(names)[:8].tolist()
        scores = dict(zip(chosen, random.normal(size=8).tolist(), strict=True))
        weights = dict(zip(chosen[:3], [0.4, 0.3, 0.2], strict=True))
        sections.append(ranked(at(place * MONTH), scores, weights))
    return sections, became({n: table[n].to_numpy() for n in names}), table


def books(
    sections: Sequence[Section], table: pd.DataFrame, cost: float
) -> tuple[pd.Series[float], list[float]]:
    """Money in each line and in cash: what it comes to, and turnover one-way."""
    money, cash = pd.Series(dtype=float), 1.0
    courses, turnovers = [], []
    days = [MONTH * place + 1 for place in range(len(sections))]
    moves = (table.loc[days] / table.loc[days].shift()).iterrows()
    for one, (_, move) in zip(sections, moves, strict=True):
        money = money * move.reindex(money.index)
        total = money.sum() + cash
        courses.append(total)
        wanted = pd.Series(one.basket)
        steps = wanted.sub(money / total, fill_value=0)
        traded = steps.abs().sum()
        turnovers.append((traded + abs(steps.sum())) / 2)
        total *= 1 - cost * traded
        money, cash = total * wanted, total * (1 - wanted.sum())
    return pd.Series(courses).pct_change().dropna(), turnovers[1:-1]


@pytest.mark.parametrize("seed", range(3))
def test_a_basket_grows_as_one_that_is_kept_in_books(seed: int) -> None:
    sections, known, table = drawn(seed)
    expected, turnovers = books(sections, table, 0.002)

    found = held(sections, known, cost=20.0, risk_free_rate=0.03)

    net = track(found, NET)
    assert net.returns == pytest.approx(expected.tolist())
    assert found.turnover == pytest.approx(turnovers)
    years = (at((len(sections) - 1) * MONTH + 1) - at(1)).days / 365.25
    a_year = len(expected) / years
    whole = float(np.prod(1 + expected.to_numpy()))
    assert net.growth == pytest.approx(whole ** (1 / years) - 1)
    assert net.volatility == pytest.approx(expected.std() * a_year**0.5)
    excess = expected - (1.03 ** (1 / a_year) - 1)
    assert net.sharpe == pytest.approx(excess.mean() / excess.std() * a_year**0.5)
    course = pd.Series([1.0, *(1 + expected).cumprod()])
    assert net.drawdown == pytest.approx((1 - course / course.cummax()).max())


def constant(rates: Sequence[float], periods: int = 12) -> Outcomes:
    """Lines that grow by the same every period."""
    return became(
        {f"L{at:02}": closes((rate,) * periods) for at, rate in enumerate(rates)}
    )


RATES = tuple(1 + place / 100 for place in range(20))


def shares(*chosen: int, periods: int = 12) -> float:
    scores = {f"L{place:02}": float(place) for place in range(20)}
    weights = {f"L{place:02}": 1 / len(chosen) for place in chosen}
    sections = [
        ranked(at(place * MONTH), scores, weights) for place in range(periods + 1)
    ]
    return held(sections, constant(RATES, periods), draws=1000).random_share


def test_the_best_basket_grew_more_than_nearly_all_random_ones() -> None:
    assert shares(17, 18, 19) > 0.99
    assert shares(0, 1, 2) == 0


def test_a_basket_of_one_line_has_the_share_of_the_lines_below_it() -> None:
    """Whoever holds one line of twenty at random, and keeps it."""
    for place in (0, 5, 10, 19):
        assert shares(place) == pytest.approx(place / 20, abs=0.05)


def test_all_lines_at_once_are_no_better_than_themselves() -> None:
    """Sums in another order differ in the last digit: that is no growth."""
    assert shares(*range(20)) == 0


def test_random_baskets_are_held_as_long_as_the_true_one() -> None:
    """Blind baskets that are kept would look extreme beside such as change each time.

    Of lines that rise and fall for good, one in ten is beyond the outer tenth.
    """
    random = np.random.default_rng(7)
    scores = {f"L{place:02}": 0.0 for place in range(20)}
    beyond = 0
    for _ in range(100):
        steps = np.exp(random.normal(0, 0.03, 20) + random.normal(0, 0.03, (24, 20)))
        known = became({n: closes(steps[:, at]) for at, n in enumerate(scores)})
        chosen = random.permutation(list(scores))[:5].tolist()
        section = ranked(at(0), scores, dict.fromkeys(chosen, 0.2))
        sections = [replace(section, as_of=at(p * MONTH)) for p in range(25)]
        share = held(sections, known, draws=100).random_share
        beyond += share < 0.05 or share > 0.95
    assert beyond <= 20


def test_the_median_of_random_baskets_is_the_middle() -> None:
    planted = evidence.Planted.of(0.0, lines=20, sections=12, seed=3)
    inquiry = planted.inquiry()
    random = np.random.default_rng(1)
    found = []
    for _ in range(60):
        chosen = random.permutation(planted.names)[:5].tolist()
        weights = dict.fromkeys(chosen, 0.2)
        sections = [replace(one, basket=weights) for one in inquiry.sections]
        found.append(held(sections, inquiry.outcomes, draws=100).random_share)

    assert np.median(found) == pytest.approx(0.5, abs=0.12)


def test_the_same_seed_gives_the_same_baskets() -> None:
    sections, known, _ = drawn(1)

    found = [held(sections, known, seed=seed).random_share for seed in (1, 1, 2, 3, 4)]

    assert found[0] == found[1]
    assert len(set(found)) > 1


@pytest.mark.parametrize("seed", range(3))
def test_a_random_basket_is_of_lines_ranked_on_the_day(seed: int) -> None:
    """Lines that double are never ranked, so that none of the baskets can have them."""
    sections, _, table = drawn(seed, count=8)
    names = list(table.columns)
    changes = np.ones((8, len(names)))
    for place, one in enumerate(sections):
        for column, name in enumerate(names):
            if name not in one.signals[COMPOSITE]:
                changes[place, column] = 2.0
    known = became({n: closes(changes[:, at]) for at, n in enumerate(names)})

    assert held(sections, known).random_share == 0
    worse = [replace(one, basket={}) for one in sections]
    assert held(worse, known).random_share == 0


def test_a_holding_that_is_not_ranked_is_no_trouble() -> None:
    found = held(monthly({"A": 1.0}, {"A": 1.0}, {}, lines="BC"), world())

    assert track(found, GROSS).returns == pytest.approx((1.0, -0.5))
    assert found.random_share == 0


def test_unranked_sections_are_no_trouble() -> None:
    found = held(monthly({}, {}, {}, lines=""), world())

    assert [one.returns for one in found.tracks] == [(0.0, 0.0)] * 3


def test_a_total_loss_is_told() -> None:
    known = became({"A": [1e300] * 2 + [1e-300] * 300, "C": [1.0] * 302})
    found = held(monthly(*[{"A": 1.0}] * 14, lines="AC"), known, cost=10.0)

    assert track(found, NET).returns[:2] == pytest.approx((-1.0, 0.0), abs=0.002)
    assert track(found, NET).growth == -1
    assert track(found, NET).drawdown == 1
    assert found.turnover[0] == 1


def test_huge_returns_are_no_trouble() -> None:
    known = became({"A": closes((900.0, 1 / 900) * 20), "C": closes((1e6,) * 40)})
    found = held(monthly(*[{"A": 0.5, "C": 0.5}] * 41, lines="AC"), known)

    assert found.unpriced == 40
    for one in found.tracks:
        told = one.growth, one.volatility, one.sharpe
        assert all(value is not None and np.isfinite(value) for value in told)


def test_a_deflated_ratio_falls_with_the_settings_tried() -> None:
    planted = evidence.Planted.of(0.3, sections=40).inquiry()

    found = [
        held(planted.sections, planted.outcomes, trials=trials) for trials in (1, 100)
    ]

    once, often = ((one.beyond_luck, one.beyond_lines) for one in found)
    assert once[0] is not None
    assert once[1] is not None
    assert once > often
    assert 0 < once[1] <= 1


def test_eleven_periods_are_too_few_for_a_deflated_ratio() -> None:
    planted = evidence.Planted.of(0.3, sections=13).inquiry()

    twelve = held(planted.sections, planted.outcomes)
    eleven = held(planted.sections[:-1], planted.outcomes)

    assert twelve.beyond_luck is not None
    assert (eleven.beyond_luck, eleven.beyond_lines) == (None, None)
