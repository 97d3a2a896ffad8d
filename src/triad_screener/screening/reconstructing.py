"""How would every month have been ranked, from what was known on its day?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from triad_screener.model.evaluation import Section
from triad_screener.screening import (
    assembling,
    evaluating,
    measuring,
    pillars,
    scoring,
    sections,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from triad_screener.model.market import MarketData
    from triad_screener.model.recipe import Recipe
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.screening.assembling import Request
    from triad_screener.screening.measuring import Measures

#: Lines times days that are measured in one pass: what fits into memory.
AT_ONCE: Final = 200_000
#: Why there is no ranking: too few lines, or nothing but exposures to rank them by.
LeftOut = Literal["thin", "bare"]


def reconstruct(
    taxonomy: Taxonomy,
    market: MarketData,
    request: Request,
    days: Sequence[date],
    *,
    config_hash: str,
) -> Iterator[Section | LeftOut]:
    """Yield the ranking of each day, or why there is none. Pure.

    Each is what `assembling.assemble` ranks on its day; the basket of the ranking
    before it is held already. All figures are those of ``market``, which leaves out by
    itself what came after a day; where a source has corrected a price since, the
    corrected one counts.

    Args:
        taxonomy: Lines of today.
        market: What is known by now.
        request: Recipe and universe; its as-of date does not count.
        days: Oldest first, none before the first session.
        config_hash: Of the taxonomy.
    """
    among = assembling.among(taxonomy, request.universe)
    held: tuple[str, ...] = ()
    for measures, place in measured(taxonomy, market, days, request.recipe):
        day = measures.selection.observations.dates[place]
        asked = replace(request, as_of=day, incumbents=held)
        lines = measures.cross_section(place)
        scores = scoring.score(lines, request.recipe, held, among=among)
        if len(scores.lines) < evaluating.FEWEST_LINES:
            yield "thin"
        elif scores.standardisation.groups.keys() <= {"thesis"}:
            yield "bare"
        else:
            run = assembling.identify(
                taxonomy, market, asked, day, config_hash=config_hash
            )
            found = Section(
                run.id,
                day,
                None,
                sections.signals(scores),
                pillars.weights(scores.baskets),
                measures.currencies(place),
                measures.exposed_later(scores.tickers, place),
            )
            held = tuple(sorted(found.basket))
            yield found


def measured(
    taxonomy: Taxonomy, market: MarketData, days: Sequence[date], recipe: Recipe
) -> Iterator[tuple[Measures, int]]:
    """Yield the measures that each day is among, and its place there.

    As many days are measured in one pass as fit into memory.
    """
    step = max(1, AT_ONCE // max(1, len(taxonomy.constituents)))
    for first in range(0, len(days), step):
        chosen = days[first : first + step]
        known = measuring.select(taxonomy, market, days=chosen, recipe=recipe)
        measures = measuring.Measures.of(known)
        yield from ((measures, place) for place in range(len(chosen)))
