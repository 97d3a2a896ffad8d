"""The thesis: what does it claim, by which figures is it judged, and what disproves it?

Judgment and cited figures, validated at the door like the rest of a taxonomy. Counts
of parameters and tokens, bytes, bytes a second, FLOP a second; growth as a fraction.
"""

from collections.abc import Collection, Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from triad_screener.model.panel import Unit
from triad_screener.model.recipe import Days, Part, Positive
from triad_screener.model.texts import IsoDate, Key, Line, Prose, Ticker

Place = tuple[str | int, ...]
Precision = Literal["bf16", "fp8", "fp4"]
Measure = Literal[
    "capital_growth",
    "capital_breadth",
    "funding",
    "series_growth",
    "growth_ratio",
    "elasticity",
    "relative_price",
    "margin_lead",
    "private_marks",
]
#: What each measure gives, the first of which is its value.
READINGS: Final[dict[Measure, dict[str, Unit]]] = {
    "capital_growth": {"value": "fraction"},
    "capital_breadth": {"value": "fraction"},
    "funding": {"value": "fraction", "debt_growth": "fraction"},
    "series_growth": {"value": "fraction", "level": "fraction"},
    "growth_ratio": {"value": "number", "first": "times", "second": "times"},
    "elasticity": {"value": "number"},
    "relative_price": {"value": "fraction", "growth_gap": "points"},
    "margin_lead": {"value": "points", "lead": "points"},
    "private_marks": {"value": "times", "names": "number"},
}
#: How many lines, lines beside them, and series each measure needs at least.
NEEDS: Final[dict[Measure, tuple[int, int, int]]] = {
    "capital_growth": (1, 0, 0),
    "capital_breadth": (1, 0, 0),
    "funding": (1, 0, 0),
    "series_growth": (0, 0, 1),
    "growth_ratio": (0, 0, 2),
    "elasticity": (0, 0, 2),
    "relative_price": (1, 1, 0),
    "margin_lead": (1, 1, 0),
    "private_marks": (0, 0, 0),
}
Finite = Annotated[float, Field(allow_inf_nan=False)]
Amount = Annotated[float, Field(gt=0, le=1e30, allow_inf_nan=False)]


class Accelerator(Part):
    """What a chip can do, by its maker's word."""

    name: Line
    dense_peak: dict[Precision, Amount] = Field(min_length=1)
    """FLOP a second without sparsity, which would double it on paper."""
    memory: Amount
    bandwidth: Amount
    """Of the memory."""
    rack: int = Field(8, ge=1, le=100_000)
    """How many one fast link joins."""
    source: Key
    note: Prose | None = None


class TrainedModel(Part):
    """A model whose training somebody reported."""

    name: Line
    parameters: Amount
    active: Amount
    """Those that work on a token."""
    tokens: Amount
    accelerator: Key
    precision: Precision
    """At whose dense peak its utilisation is measured."""
    count: int = Field(ge=1, le=10**9)
    """Accelerators."""
    accelerator_hours: Positive
    price_per_hour: Positive
    """US dollars for one accelerator."""
    cache_bytes_per_token: Amount
    """What one token of a user's text keeps in memory."""
    source: Key
    note: Prose | None = None


class Claim(Part):
    """What the post says, in one sentence."""

    statement: Line


class Point(Part):
    """A figure that somebody published."""

    end: IsoDate
    """Last day of its period; of a figure without one, the day it became public."""
    known: IsoDate
    """Day on which it became public."""
    value: Finite
    source: Key


class Points(Part):
    """One figure over time, or a single one."""

    definition: Line
    unit: Line
    max_age_days: Days
    """Older than this at the as-of date, counted from its end, it says nothing."""
    points: tuple[Point, ...] = Field(min_length=1)
    note: Prose | None = None


class Bound(Part):
    """A condition on one reading."""

    of: Key = "value"
    relation: Literal["at_least", "above", "at_most", "below"]
    limit: Finite

    def holds(self, value: float) -> bool:
        """Return whether ``value`` fulfils the condition."""
        return {
            "at_least": value >= self.limit,
            "above": value > self.limit,
            "at_most": value <= self.limit,
            "below": value < self.limit,
        }[self.relation]

    def distance(self, value: float) -> float:
        """Return how far ``value`` is from fulfilling it; zero or less where it does.

        Examples:
            >>> Bound(relation="at_most", limit=-0.05).distance(0.2)
            0.25
        """
        downwards = self.relation in ("at_most", "below")
        return value - self.limit if downwards else self.limit - value


class Indicator(Part):
    """What is measured of a claim, and what would confirm or disprove it."""

    claim: Key
    name: Line
    measure: Measure
    lines: tuple[Ticker, ...] = ()
    against: tuple[Ticker, ...] = ()
    """Lines that they are compared with."""
    series: tuple[Key, ...] = ()
    periods: int = Field(1, ge=1, le=12)
    """How many of the newest figures of a series are added up."""
    stand_in: Ticker | None = None
    """Whose revenue stands in where the series is not known, or too old."""
    sessions: int = Field(126, ge=1, le=2520)
    fewest: int = Field(1, ge=1)
    """How many lines, or names, must be known."""
    max_age_days: Days = 270
    """Of the newest statement of a line, or of a mark put on a company."""
    confirms: tuple[Bound, ...] = Field(min_length=1)
    """All must hold for a vote of +1."""
    weakens: tuple[Bound, ...] = Field(min_length=1)
    """All must hold for a vote of -1."""
    falsifier: Line
    """What that would be called."""
    note: Prose | None = None


class VerdictRule(Part):
    """What the mean of the votes means."""

    fewest_votes: int = Field(4, ge=1)
    confirming: Finite = 0.5
    """At least this mean."""
    weakening: Finite = -0.25
    """At most this mean."""


class Thesis(Part):
    """The claims of the post, and the figures for its arithmetic."""

    claims: dict[Key, Claim] = Field(default_factory=dict)
    indicators: dict[Key, Indicator] = Field(default_factory=dict)
    series: dict[Key, Points] = Field(default_factory=dict)
    verdict: VerdictRule = Field(default_factory=VerdictRule)
    accelerators: dict[Key, Accelerator] = Field(default_factory=dict)
    models: dict[Key, TrainedModel] = Field(default_factory=dict)

    def misfits(
        self, sources: Collection[str], tickers: Collection[str]
    ) -> Iterator[tuple[Place, str]]:
        """Yield the place and the problem of every name that leads nowhere.

        Args:
            sources: Ids that may be cited.
            tickers: Lines that may be measured.
        """
        yield from self._of_models(sources)
        for key, indicator in self.indicators.items():
            for inner, problem in self._of_indicator(indicator, tickers):
                yield ("indicators", key, *inner), f"{key} {problem}"
        for key, series in self.series.items():
            for inner, problem in _of_points(series, sources):
                yield ("series", key, *inner), f"{key} {problem}"

    def _of_indicator(
        self, one: Indicator, tickers: Collection[str]
    ) -> Iterator[tuple[Place, str]]:
        if one.claim not in self.claims:
            yield ("claim",), f"names the claim {one.claim}, which is not listed"
        for what, listed in (("lines", one.lines), ("against", one.against)):
            for at, ticker in enumerate(listed):
                if ticker not in tickers:
                    problem = f"names {ticker}, which is not among the constituents"
                    yield (what, at), problem
        if one.stand_in and one.stand_in not in tickers:
            problem = f"names {one.stand_in}, which is not among the constituents"
            yield ("stand_in",), problem
        for at, name in enumerate(one.series):
            if name not in self.series:
                yield ("series", at), f"names the series {name}, which is not listed"
        yield from _of_measure(one)

    def _of_models(self, sources: Collection[str]) -> Iterator[tuple[Place, str]]:
        for kind in ("accelerators", "models"):
            for key, part in getattr(self, kind).items():
                if part.source not in sources:
                    problem = (
                        f"{key} cites the source {part.source}, which is not listed"
                    )
                    yield (kind, key, "source"), problem
        for key, model in self.models.items():
            found = self.accelerators.get(model.accelerator)
            if found is None or model.precision not in found.dense_peak:
                problem = (
                    f"{key} names {model.accelerator} at {model.precision}, "
                    "which is not listed"
                )
                yield ("models", key, "accelerator"), problem
            if model.active > model.parameters:
                problem = f"{key} has more active parameters than parameters"
                yield ("models", key, "active"), problem


def _of_measure(one: Indicator) -> Iterator[tuple[Place, str]]:
    """Yield what the measure of an indicator lacks, or does not give."""
    given = {"lines": one.lines, "against": one.against, "series": one.series}
    for (what, names), needed in zip(given.items(), NEEDS[one.measure], strict=True):
        if len(names) < needed:
            yield (what,), f"needs {needed} of {what} for {one.measure}"
    known = READINGS[one.measure]
    for which in ("confirms", "weakens"):
        for at, bound in enumerate(getattr(one, which)):
            if bound.of not in known:
                problem = (
                    f"bounds {bound.of}, and {one.measure} gives {', '.join(known)}"
                )
                yield (which, at, "of"), problem


def _of_points(series: Points, sources: Collection[str]) -> Iterator[tuple[Place, str]]:
    ends = [point.end for point in series.points]
    if ends != sorted(set(ends)):
        yield ("points",), "must have its points oldest first, one a period"
    for at, point in enumerate(series.points):
        if point.source not in sources:
            problem = f"cites the source {point.source}, which is not listed"
            yield ("points", at, "source"), problem
