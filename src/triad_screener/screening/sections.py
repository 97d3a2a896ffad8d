"""What does a screen promise? Its signals, and the basket it would hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from triad_screener.factors import FACTORS
from triad_screener.market.selection import EXPOSURE_LATER
from triad_screener.model.evaluation import Section, Signal
from triad_screener.model.ranking import by_column
from triad_screener.screening import pillars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from numpy.typing import NDArray

    from triad_screener.model.ranking import RankedLines
    from triad_screener.model.scores import Scores
    from triad_screener.model.screen import Screen

COMPOSITE = Signal("composite")


def section(screen: Screen, made: date | None = None) -> Section:
    """Return the section of a screen.

    Args:
        screen: A ranking, kept or made again.
        made: Day it was made; None for one that is made again.
    """
    return Section(
        screen.run.id,
        screen.run.as_of,
        made,
        signals(screen.scores),
        pillars.weights(screen.scores.baskets),
        {name: fact.price_currency for name, fact in screen.facts.items()},
        sum(
            EXPOSURE_LATER in screen.facts[ticker].flags
            for ticker in screen.scores.tickers
        ),
    )


def signals(scores: Scores) -> dict[Signal, Mapping[str, float]]:
    """Return every signal. A line counts for a factor only where its value is known.

    And for a group only where one of its factors is: the neutral zero that stands in
    the composite for what is missing says nothing.
    """
    return dict(_signals(scores))


def _signals(scores: Scores) -> Iterator[tuple[Signal, Mapping[str, float]]]:
    lines = by_column(scores.lines)
    # A stored ranking of no lines has forgotten their groups and factors.
    everybody, nothing = np.ones(len(lines), bool), np.zeros(0)
    yield COMPOSITE, _signal(lines, lines.composite_z, everybody)
    used = scores.standardisation
    known = {name: ~np.isnan(found.raw) for name, found in lines.factors.items()}
    for group in used.groups:
        own = [at for name, at in known.items() if _group_of(name) == group]
        has_one = np.any(own, axis=0) if own else ~everybody
        z = lines.groups.get(group, nothing)
        yield Signal("group", group), _signal(lines, z, has_one)
    for pillar, places in scores.pillars.items():
        yield (
            Signal("pillar", pillar),
            {place.ticker: place.pillar_score for place in places},
        )
    for name in used.factors:
        z = lines.factors[name].z if lines else nothing
        yield Signal("factor", name), _signal(lines, z, known.get(name, everybody))


def _signal(
    lines: RankedLines, values: NDArray[np.float64], known: NDArray[np.bool_]
) -> dict[str, float]:
    tickers = [lines.tickers[at] for at in np.flatnonzero(known).tolist()]
    return dict(zip(tickers, values[known].tolist(), strict=True))


def _group_of(name: str) -> str:
    """Return the group of a factor; empty for one that the program has no more."""
    return FACTORS[name].group if name in FACTORS else ""
