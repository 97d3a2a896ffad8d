"""What would the baskets have earned, and what anybody with the same lines?

Each ranking is bought at the close of the session after its day and held until the
next one is. What is in reserve earns nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.model.evaluation import BasketRecord, Track
from triad_screener.screening import pillars
from triad_screener.screening.sections import COMPOSITE
from triad_screener.stats import sharpe as formulas
from triad_screener.stats.draws import seeded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from triad_screener.model.evaluation import Section
    from triad_screener.screening.outcomes import Outcomes

NET, GROSS, LINES = "basket", "before costs", "all ranked lines"
_A_POINT: Final = 1e-4
_DAYS_A_YEAR: Final = 365.25
#: Growth that differs by less is the same.
_NOISE: Final = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms baskets are held.

    Attributes:
        cost: Basis points of the value traded.
        risk_free_rate: Fraction a year.
        benchmark: Ticker of a fund; empty for none.
        trials: Settings tried.
        draws: Random baskets.
        seed: Of the draws.
    """

    cost: float
    risk_free_rate: float
    benchmark: str
    trials: int
    draws: int
    seed: int


@dataclass(frozen=True, slots=True)
class _Periods:
    """Returns of lines from one ranking to the next, and of the benchmark."""

    days: tuple[date, ...]
    lines: NDArray[np.float64]
    benchmark: NDArray[np.float64] | None

    @property
    def years(self) -> float:
        """From the first day to the last."""
        return (self.days[-1] - self.days[0]).days / _DAYS_A_YEAR

    @property
    def a_year(self) -> float:
        """Periods a year."""
        return len(self.lines) / self.years


def hold(
    sections: Sequence[Section], outcomes: Outcomes, terms: Terms
) -> BasketRecord | None:
    """Return what the baskets of ``sections`` earned; None without one whole period.

    Args:
        sections: By day; those bought at one session count once, as the last.
            A line without prices is held, and earns nothing.
        outcomes: Of the lines, and of the benchmark.
        terms: Costs, benchmark, draws.
    """
    bought = {outcomes.bought_at(one.ready): one for one in sections}
    bought = {at: bought[at] for at in sorted(bought) if at < outcomes.sessions.size}
    if len(bought) <= 1:
        return None
    held = [*bought.values()][:-1]
    lines = {n for one in held for n in (*one.basket, *one.signals[COMPOSITE])}
    names = sorted(lines.union(outcomes.tickers))
    places = {ticker: place for place, ticker in enumerate(names)}
    periods = _periods(list(bought), outcomes.only(names), terms)
    weights = [_row(one.basket, places) for one in held]
    gross = _earned(weights, periods.lines)
    turnovers, traded = _trades(weights, periods.lines)
    net = (1 + gross) * (1 - terms.cost * _A_POINT * traded) - 1
    ranked = [_row(dict.fromkeys(one.signals[COMPOSITE], 1.0), places) for one in held]
    equal = np.array(
        [
            _mean(period[(row > 0) & np.isfinite(period)])
            for row, period in zip(ranked, periods.lines, strict=True)
        ]
    )
    tracks = {NET: net, GROSS: gross, LINES: equal}
    if periods.benchmark is not None:
        tracks[terms.benchmark] = periods.benchmark
    free = (1 + terms.risk_free_rate) ** (1 / periods.a_year) - 1
    return BasketRecord(
        periods.days,
        tuple(_track(name, found, periods, free) for name, found in tracks.items()),
        tuple(turnovers.tolist()),
        terms.cost,
        terms.risk_free_rate,
        _random_share(weights, ranked, periods.lines, gross, terms),
        formulas.deflated(net - free, terms.trials),
        formulas.deflated(net - equal, terms.trials),
        _unpriced(weights, periods.lines),
    )


def _periods(starts: list[int], outcomes: Outcomes, terms: Terms) -> _Periods:
    found = outcomes.returns(starts[:-1], starts[1:])
    days = tuple(outcomes.sessions[at].item() for at in starts)
    fund = None
    if terms.benchmark in outcomes.tickers:
        column = found[:, outcomes.tickers.index(terms.benchmark)]
        fund = column if np.isfinite(column).all() else None
    return _Periods(days, found, fund)


def _row(
    weights: Mapping[str, float], places: Mapping[str, int]
) -> NDArray[np.float64]:
    """Return weights by the place of each line."""
    found = np.zeros(len(places))
    for ticker, weight in weights.items():
        found[places[ticker]] = weight
    return found


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if values.size else 0.0


def _earned(
    weights: Sequence[NDArray[np.float64]], returns: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what each basket earned; a holding without a return earned nothing."""
    held = np.array(weights) * np.nan_to_num(returns, nan=0.0)
    earned: NDArray[np.float64] = held.sum(axis=1)
    return earned


def _trades(
    weights: Sequence[NDArray[np.float64]], returns: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return one-way turnover of each rebalancing, and the value traded in each.

    Against the weights that the last basket has drifted to. The first basket is
    bought as a whole: it is traded, and no turnover.
    """
    held = np.array(weights)
    grown = held * (1 + np.nan_to_num(returns, nan=0.0))
    reserve = 1 - held.sum(axis=1)
    worth = (grown.sum(axis=1) + reserve)[:, None]
    drifted = np.divide(grown, worth, out=np.zeros_like(grown), where=worth > _NOISE)
    steps = held[1:] - drifted[:-1]
    turnover = np.array([pillars.one_way(step) for step in steps.tolist()])
    return turnover, np.concatenate([[held[0].sum()], np.abs(steps).sum(axis=1)])


def _unpriced(
    weights: Sequence[NDArray[np.float64]], returns: NDArray[np.float64]
) -> int:
    return int(((np.array(weights) > 0) & ~np.isfinite(returns)).sum())


def _random_share(
    held: Sequence[NDArray[np.float64]],
    ranked: Sequence[NDArray[np.float64]],
    returns: NDArray[np.float64],
    gross: NDArray[np.float64],
    terms: Terms,
) -> float:
    """Return the share of random baskets that grew less than the true one.

    Each is the true one with the names of the lines exchanged at random, the same in
    every period: as many lines, as heavy, held as long. Lines drawn anew each time
    would all come to nearly the same, and luck that stayed would look like skill.
    Costs are left out of both.
    """
    lines = np.array(ranked).any(axis=0)
    names = np.tile(np.arange(lines.sum()), (terms.draws, 1))
    names = seeded(terms.seed).permuted(names, axis=1)
    grown = np.ones(terms.draws)
    for weights, row, period in zip(held, ranked, returns, strict=True):
        is_ranked = row[lines] > 0
        own = np.where(is_ranked, weights[lines], 0.0)
        at = np.flatnonzero(own)
        earned = np.nan_to_num(period[lines], nan=0.0)
        grown *= 1 + (earned[_exchanged(names, at, is_ranked)] * own[at]).sum(axis=1)
    return float((grown < np.prod(1 + gross) * (1 - _NOISE)).mean())


def _exchanged(
    names: NDArray[np.intp], at: NDArray[np.intp], is_ranked: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """Return the lines that stand for those ``at``; one that is not ranked passes on.

    From a ranked line the way through an exchange comes back to it at the latest, and
    no two lines end at the same.
    """
    found = names[:, at]
    while (out := ~is_ranked[found]).any():
        found = np.where(out, np.take_along_axis(names, found, axis=1), found)
    return found


def _track(
    name: str, returns: NDArray[np.float64], periods: _Periods, free: float
) -> Track:
    found = formulas.sharpe(returns - free)
    many = returns.size > 1
    is_long = periods.years >= 1
    return Track(
        name,
        tuple(returns.tolist()),
        float(np.prod(1 + returns)) ** (1 / periods.years) - 1 if is_long else None,
        float(returns.std(ddof=1)) * sqrt(periods.a_year) if many else None,
        found * sqrt(periods.a_year) if found is not None else None,
        formulas.drawdown(returns),
    )
