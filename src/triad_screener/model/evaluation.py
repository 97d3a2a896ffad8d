"""How past rankings fared: what was ranked, what came of it, and what that proves.

Plain values. Returns are total returns in US dollars, as fractions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

SignalKind = Literal["composite", "group", "pillar", "factor"]
#: ``forward``: ranked on their day and kept; ``reconstructed``: ranked afterwards.
Origin = Literal["forward", "reconstructed"]
Finding = Literal["signal", "reversed", "nothing found", "no verdict"]


class Signal(NamedTuple):
    """Something that ranks lines; the composite has an empty name."""

    kind: SignalKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One ranking.

    Attributes:
        run: Id of the run.
        made: Day it was made; None for one that was reconstructed.
        signals: By signal, the value of each line that has one; more is better.
        basket: Weights by ticker; what is left to one is in reserve.
        currencies: Of the prices of its lines, by ticker.
        exposed_later: Ranked lines of which an exposure is dated after its day.
    """

    run: str
    as_of: date
    made: date | None
    signals: Mapping[Signal, Mapping[str, float]]
    basket: Mapping[str, float]
    currencies: Mapping[str, str]
    exposed_later: int = 0

    @property
    def ready(self) -> date:
        """Day from which anybody could act on it: not before it was made."""
        return max(self.as_of, self.made or self.as_of)


@dataclass(frozen=True, slots=True)
class Control:
    """The same with the names of the lines exchanged at random.

    Attributes:
        low: 5th percentile of the mean coefficients; None without any.
        high: 95th percentile.
        p: Share of them as far from zero as the true one.
    """

    low: float | None
    high: float | None
    p: float | None


@dataclass(frozen=True, slots=True)
class Strength:
    """How well one signal told the returns over one horizon.

    Attributes:
        horizon: Sessions.
        coefficients: Information coefficient of each section; None without one.
        lines: Mean number of lines in a section with a coefficient.
        independent: Coefficients of returns that do not overlap, but for some days.
        mean: Of the coefficients; None without any, as all that follows.
        deviation: Of the coefficients, with n - 1.
        ratio: Mean over deviation (ICIR).
        t: By Newey and West.
        p: Two-sided, of that t.
        adjusted: p of the control, adjusted for the others of its kind; None where
            there are none, and for too few independent sections.
        low: Lower end of the 90% interval of the mean.
        high: Upper end.
        control: The same with the names of the lines exchanged.
    """

    signal: Signal
    horizon: int
    coefficients: tuple[float | None, ...]
    lines: float
    independent: int = 0
    mean: float | None = None
    deviation: float | None = None
    ratio: float | None = None
    t: float | None = None
    p: float | None = None
    adjusted: float | None = None
    low: float | None = None
    high: float | None = None
    control: Control = Control(None, None, None)

    @property
    def known(self) -> tuple[float, ...]:
        """The coefficients that there are."""
        return tuple(one for one in self.coefficients if one is not None)


@dataclass(frozen=True, slots=True)
class Spread:
    """Return of the best part of the lines less that of the worst.

    Attributes:
        parts: 3 for thirds, 5 for fifths.
        best: Mean return over the horizon; None without a section.
        worst: Likewise.
        t: Of the difference, by Newey and West.
    """

    parts: int
    best: float | None
    worst: float | None
    t: float | None


@dataclass(frozen=True, slots=True)
class Horizon:
    """What is found at one horizon.

    Attributes:
        sessions: Its length.
        needed: Independent coefficients for a verdict.
        months_needed: In all, until the mean found would have t = 2, if it were true
            and its error as found; None where t is not known.
        finding: The verdict.
    """

    sessions: int
    strength: Strength
    spread: Spread
    needed: int
    months_needed: int | None
    finding: Finding


@dataclass(frozen=True, slots=True)
class Track:
    """A course of returns from one ranking to the next.

    Attributes:
        growth: A year; None for less than a year, which tells nothing of one.
        volatility: A year; None for fewer than two periods.
        sharpe: A year, over the risk-free rate; None likewise.
        drawdown: Deepest fall from a peak, at the ends of periods.
    """

    name: str
    returns: tuple[float, ...]
    growth: float | None
    volatility: float | None
    sharpe: float | None
    drawdown: float


@dataclass(frozen=True, slots=True)
class BasketRecord:
    """What the baskets earned, rebalanced with each ranking.

    Attributes:
        days: First sessions of the periods, and the end of the last.
        tracks: The basket after costs, the basket before them, all ranked lines in
            equal weights, and the benchmark where its prices are known.
        turnover: One-way, at each rebalancing, the first left out; fractions.
        cost: Basis points of the value traded.
        risk_free_rate: Fraction a year, of the recipe, in every period.
        random_share: Share of random baskets of the same lines, held as long, that
            grew less.
        beyond_luck: Deflated Sharpe ratio: one less p of the test that the ratio is no
            more than that of the best of the tried settings by luck; None for too few
            periods.
        beyond_lines: The same of the returns above those of all lines.
        unpriced: Holdings that had no price when they were bought.
    """

    days: tuple[date, ...]
    tracks: tuple[Track, ...]
    turnover: tuple[float, ...]
    cost: float
    risk_free_rate: float
    random_share: float
    beyond_luck: float | None
    beyond_lines: float | None
    unpriced: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """One section, as far as it is told.

    Attributes:
        bought: Session from whose close returns count; None if it has not come, or is
            before all prices.
        lines: Ranked.
        basket: Weights by ticker; what is left to one is in reserve.
        exposed_later: Ranked lines of which an exposure is dated after its day.
    """

    run: str
    as_of: date
    made: date | None
    bought: date | None
    lines: int
    basket: Mapping[str, float]
    exposed_later: int = 0


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rankings and their outcomes show.

    Attributes:
        rankings: By day.
        horizons: Of the composite, by length.
        others: Groups, pillars and factors, at every horizon.
        decay: Mean coefficient of the composite by sessions.
        persistence: Mean rank correlation of scores by rankings in between.
        basket: None without one whole period.
    """

    rankings: tuple[Ranking, ...]
    horizons: tuple[Horizon, ...]
    others: tuple[Strength, ...]
    decay: Mapping[int, float | None]
    persistence: Mapping[int, float | None]
    basket: BasketRecord | None

    def of_kind(self, kind: SignalKind, horizon: int) -> tuple[Strength, ...]:
        """Return the signals of one kind at one horizon."""
        return tuple(
            one
            for one in self.others
            if one.signal.kind == kind and one.horizon == horizon
        )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How past rankings fared, and what that rests on.

    Attributes:
        source: Name of the source of the prices, as registered.
        description: The source in words.
        data_hash: SHA-256 of its figures.
        config_hash: SHA-256 of the taxonomy that serves now.
        as_of: Last session whose prices count.
        benchmark: Ticker of a fund; empty without one.
        trials: Settings tried, this one included.
        seed: Of every random draw.
        notes: What was left out, and why; what else to know of the rankings.
    """

    origin: Origin
    source: str
    description: str
    data_hash: str
    config_hash: str
    universe: str
    recipe: str
    as_of: date
    benchmark: str
    trials: int
    seed: int
    notes: tuple[str, ...]
    findings: Findings
