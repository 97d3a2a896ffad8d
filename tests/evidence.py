"""Rankings and what came of them, made by hand or drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import samples
from triad_screener.model.evaluation import Section, Signal
from triad_screener.model.market import LineData, PriceSeries
from triad_screener.screening.evaluating import Inquiry
from triad_screener.screening.outcomes import outcomes
from triad_screener.screening.rebalancing import Terms
from triad_screener.screening.sections import COMPOSITE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from triad_screener.model.market import MarketData
    from triad_screener.screening.outcomes import Outcomes

#: A Monday.
START: Final = date(2018, 1, 1)
TERMS: Final = Terms(
    cost=10.0, risk_free_rate=0.02, benchmark="", trials=1, draws=200, seed=1
)
MONTH: Final = 21


def working_days(count: int, first: date = START) -> NDArray[np.datetime64]:
    """Sessions of so many working days from the first on."""
    return np.busday_offset(np.datetime64(first, "D"), np.arange(count))


def at(session: int) -> date:
    """The day of a session of those working days."""
    found: date = working_days(session + 1)[-1].item()
    return found


def series(
    closes: Sequence[float] | NDArray[np.float64],
    days: NDArray[np.datetime64] | None = None,
) -> PriceSeries:
    """Closes on working days, or on the days given."""
    values = np.array(closes, np.float64)
    empty = np.full(values.size, np.nan)
    sessions = working_days(values.size) if days is None else days
    return PriceSeries(sessions, values, values, empty)


def market(lines: Mapping[str, PriceSeries | None], **parts: Any) -> MarketData:  # noqa: ANN401 - fields
    """Market data of lines with these prices."""
    known = (LineData(ticker, prices) for ticker, prices in lines.items())
    return samples.market(*known, **parts)


def became(
    lines: Mapping[str, Sequence[float] | NDArray[np.float64]],
    as_of: date | None = None,
) -> Outcomes:
    """What became of lines in US dollars with these closes on working days."""
    found = {ticker: series(closes) for ticker, closes in lines.items()}
    return outcomes(
        market(found), dict.fromkeys(lines, "USD"), as_of or date(2100, 1, 1)
    )


def ranked(
    day: date,
    scores: Mapping[str, float],
    basket: Mapping[str, float] | None = None,
    made: date | None = None,
    **others: Mapping[str, float],
) -> Section:
    """One ranking; others are ``KIND_NAME``."""
    signals = {COMPOSITE: scores}
    for name, values in others.items():
        kind, _, rest = name.partition("_")
        signals[Signal(kind, rest)] = values  # type: ignore[arg-type]
    currencies = dict.fromkeys(scores, "USD")
    return Section(f"run of {day}", day, made, signals, basket or {}, currencies)


@dataclass(frozen=True)
class Planted:
    """Drawn returns of lines, and scores that know a part of them.

    Attributes:
        closes: Shape ``(sessions, lines)``.
        scores: Of each section, shape ``(sections, lines)``.
    """

    names: tuple[str, ...]
    closes: NDArray[np.float64]
    scores: NDArray[np.float64]

    @classmethod
    def of(
        cls, knowledge: float, *, lines: int = 60, sections: int = 75, seed: int = 1
    ) -> Planted:
        """Scores whose correlation with the month that follows is ``knowledge``."""
        random = np.random.default_rng(seed)
        steps = random.normal(0.0, 0.02, ((sections + 1) * MONTH + 2, lines))
        course = steps.cumsum(axis=0)
        bought = np.arange(sections) * MONTH + 1
        told = course[bought + MONTH] - course[bought]
        told = (told - told.mean(axis=1, keepdims=True)) / told.std()
        noise = random.normal(size=told.shape)
        scores = knowledge * told + np.sqrt(1 - knowledge**2) * noise
        names = tuple(f"N{at:03}" for at in range(lines))
        return cls(names, np.exp(course), scores)

    def inquiry(self, **terms: Any) -> Inquiry:  # noqa: ANN401 - fields of Terms
        """What is asked of it."""
        days = working_days(len(self.closes))
        sections = [
            ranked(
                days[place * MONTH].item(),
                dict(zip(self.names, row.tolist(), strict=True)),
                {self.names[best]: 0.2 for best in row.argsort()[-5:]},
            )
            for place, row in enumerate(self.scores)
        ]
        lines = dict(zip(self.names, self.closes.T, strict=True))
        settled = {name: getattr(TERMS, name) for name in TERMS.__slots__}
        return Inquiry(
            sections=sections,
            outcomes=became(lines),
            terms=Terms(**{**settled, **terms}),
        )
