"""What does a screen promise? Its signals, and the basket it would hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.factors import FACTORS
from triad_screener.fundamentals.line import EXPOSURE_LATER
from triad_screener.model.evaluation import Section, Signal
from triad_screener.screening import pillars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from triad_screener.model.scores import LineScore
    from triad_screener.model.screen import Screen
    from triad_screener.model.vocabulary import Group

COMPOSITE = Signal("composite")


def section(screen: Screen, made: date | None = None) -> Section:
    """Return the section of a screen.

    Args:
        screen: A ranking, kept or reconstructed.
        made: Day it was made; None for one that is reconstructed.
    """
    return Section(
        screen.run.id,
        screen.run.as_of,
        made,
        dict(_signals(screen)),
        pillars.weights(screen.scores.baskets),
        {name: fact.price_currency for name, fact in screen.facts.items()},
        sum(
            EXPOSURE_LATER in screen.facts[line.ticker].flags
            for line in screen.scores.lines
        ),
    )


def _signals(screen: Screen) -> Iterator[tuple[Signal, Mapping[str, float]]]:
    """Yield every signal. A line counts for a factor only where its value is known.

    And for a group only where one of its factors is: the neutral zero that stands in
    the composite for what is missing says nothing.
    """
    scores, lines = screen.scores, screen.scores.lines
    yield COMPOSITE, {line.ticker: line.composite_z for line in lines}
    used = scores.standardisation
    for group in used.groups:
        yield (
            Signal("group", group),
            {
                line.ticker: line.groups[group]
                for line in lines
                if _is_known(line, group)
            },
        )
    for pillar, places in scores.pillars.items():
        yield (
            Signal("pillar", pillar),
            {place.ticker: place.pillar_score for place in places},
        )
    for name in used.factors:
        yield (
            Signal("factor", name),
            {
                line.ticker: found.z
                for line in lines
                if (found := line.factors[name]).raw is not None
            },
        )


def _is_known(line: LineScore, group: Group) -> bool:
    return any(
        found.raw is not None and name in FACTORS and FACTORS[name].group == group
        for name, found in line.factors.items()
    )
