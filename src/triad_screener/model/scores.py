"""Scores: where does each line stand, and by which numbers?

Plain values throughout, so that a stored screen can be shown again as it was. Long
lists are sequences: tuples when they were stored, columns (`ranking`) when they have
just been scored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003 - read when a stored screen is opened
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, Protocol

from triad_screener.model.vocabulary import Group, Pillar  # noqa: TC001 - likewise

# Why a line is not ranked.
NO_ACTIVE_FACTOR: Final = "no factor is known for enough lines"
INSUFFICIENT_DATA: Final = "insufficient data"
NO_PRICE: Final = "no price"

Confidence = Literal["high", "medium", "low"]
#: Why a part of a budget waits in reserve: nobody has the exposure, nobody who has it
#: has the score, or those who have both are at the issuer cap.
Waiting = Literal["no_eligible", "no_strong", "issuer_cap"]


@dataclass(frozen=True, slots=True)
class FactorScore:
    """One factor of one line.

    Attributes:
        raw: In the unit of the factor; None where missing.
        rank: Average rank among the ranked lines, 1 is worst; None where missing.
        rank_z: Z-score of the rank; None where missing.
        z: After neutralisation; zero, neutral, where missing.
        weight: Effective weight in the composite, a fraction.
    """

    raw: float | None
    rank: float | None
    rank_z: float | None
    z: float
    weight: float


@dataclass(frozen=True, slots=True)
class LineScore:
    """One ranked line.

    Attributes:
        rank: 1 is best.
        score: 0 to 100, one decimal.
        score_low: Lower end of the interval; None where no factor is missing.
        score_high: Upper end of the interval; None where no factor is missing.
        composite_z: The composite Z.
        composite_ex_thesis_z: The same without the thesis group.
        coverage: Share of the factor weight that is known.
        confidence: The least of coverage, freshness, stability and precision.
        precision: What the interval leaves sure, a fraction: 1 without one. None in a
            run of a program that did not know it.
    """

    ticker: str
    rank: int
    score: float
    score_low: float | None
    score_high: float | None
    composite_z: float
    composite_ex_thesis_z: float
    coverage: float
    confidence: float
    confidence_label: Confidence
    freshness: float
    stability: float
    primary_pillar: Pillar
    thesis_exposure: float
    groups: Mapping[Group, float]
    factors: Mapping[str, FactorScore]
    precision: float | None = None


@dataclass(frozen=True, slots=True)
class Unranked:
    """A line that cannot be ranked, and why."""

    ticker: str
    coverage: float
    reason: str


@dataclass(frozen=True, slots=True)
class PillarPlace:
    """A line's place in the ranking of one pillar."""

    ticker: str
    pillar_score: float
    selected: bool


@dataclass(frozen=True, slots=True)
class Holding:
    """A constituent of a basket and its share of the whole."""

    ticker: str
    weight: float


@dataclass(frozen=True, slots=True)
class Choice:
    """What a basket could choose from.

    Attributes:
        eligible: Lines whose exposure reaches the floor.
        strong: Those of them whose score reaches the least that lets in.
        kept: Those held already that are less than that, by ten points at most.
        min_score: The least score that lets in.
    """

    eligible: int
    strong: int
    kept: int
    min_score: float


@dataclass(frozen=True, slots=True)
class Basket:
    """One pillar's constituents; weights and reserve sum to its budget.

    Attributes:
        choice: What it could choose from; None in a run of a program that did not
            say.
    """

    pillar: Pillar
    budget: float
    reserve: float
    constituents: tuple[Holding, ...]
    choice: Choice | None = None

    @property
    def waits_because(self) -> Waiting | None:
        """Why there is a reserve; None without one, or where nobody said."""
        if not self.reserve or not self.choice:
            return None
        if self.constituents:
            return "issuer_cap"
        return "no_strong" if self.choice.eligible else "no_eligible"


@dataclass(frozen=True, slots=True)
class Moments:
    """A mean and a population standard deviation over ``count`` lines."""

    count: int
    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class FactorMoments:
    """How one factor's ranks became z-scores.

    Attributes:
        group: Of the factor.
        ranks: Over the ranked lines that have the factor.
        pillar_means: Mean rank z per pillar that was neutralised, with its count and
            the shrinkage factor ``count / (count + shrinkage)``.
    """

    group: Group
    ranks: Moments
    pillar_means: Mapping[Pillar, tuple[int, float, float]]


@dataclass(frozen=True, slots=True)
class Standardisation:
    """Every mean and deviation behind the composites, for `explain`."""

    group_weights: Mapping[Group, float]
    factors: Mapping[str, FactorMoments]
    groups: Mapping[Group, Moments]
    composite: Moments
    composite_ex_thesis: Moments


@dataclass(frozen=True)
class Scores:
    """The scored cross-section.

    Attributes:
        lines: Ranked lines, best first.
        unranked: By ticker.
        dropped_lines: Lines of an issuer that another line stands for, by ticker.
        pillars: Eligible lines per pillar, best first.
        baskets: One per pillar, in the order of the pillars.
        inactive_factors: Factors too few lines have, in register order.
        standardisation: The means and deviations used.
    """

    lines: Sequence[LineScore]
    unranked: Sequence[Unranked]
    dropped_lines: tuple[str, ...]
    pillars: Mapping[Pillar, Sequence[PillarPlace]]
    baskets: tuple[Basket, ...]
    inactive_factors: tuple[str, ...]
    standardisation: Standardisation

    @cached_property
    def tickers(self) -> tuple[str, ...]:
        """Tickers of the ranked lines, the best first."""
        return _tickers(self.lines)

    @cached_property
    def considered(self) -> tuple[str, ...]:
        """Tickers of all lines but those that stand aside, ranked ones first."""
        return (*self.tickers, *_tickers(self.unranked))

    def line(self, ticker: str) -> LineScore | None:
        """Return a ranked line; None for one that has no rank, or is not known."""
        at = self._positions.get(ticker)
        return None if at is None else self.lines[at]

    def following(self, ticker: str) -> LineScore | None:
        """Return the line behind a ranked one; None for the last, or without a rank."""
        after = self._positions.get(ticker, len(self.lines)) + 1
        return self.lines[after] if after < len(self.lines) else None

    def unranked_line(self, ticker: str) -> Unranked | None:
        """Return a line without a rank; None for one that has, or is not known."""
        at = self._unranked_positions.get(ticker)
        return None if at is None else self.unranked[at]

    def why_unranked(self, ticker: str) -> str:
        """Return why a line has no rank; empty for one that has, or is not known."""
        line = self.unranked_line(ticker)
        return line.reason if line else ""

    def baskets_of(self, ticker: str) -> Sequence[Pillar]:
        """Return the pillars whose baskets a line is in."""
        return self._held.get(ticker, ())

    @cached_property
    def _positions(self) -> Mapping[str, int]:
        return {ticker: at for at, ticker in enumerate(self.tickers)}

    @cached_property
    def _unranked_positions(self) -> Mapping[str, int]:
        return {ticker: at for at, ticker in enumerate(_tickers(self.unranked))}

    @cached_property
    def _held(self) -> Mapping[str, Sequence[Pillar]]:
        found: dict[str, list[Pillar]] = {}
        for basket in self.baskets:
            for holding in basket.constituents:
                found.setdefault(holding.ticker, []).append(basket.pillar)
        return found


class _Named(Protocol):
    @property
    def ticker(self) -> str: ...


def _tickers(lines: Sequence[_Named]) -> tuple[str, ...]:
    """Return the tickers of lines, without making each line where they are columns."""
    known: tuple[str, ...] | None = getattr(lines, "tickers", None)
    return tuple(line.ticker for line in lines) if known is None else known
