"""What was known of the companies not yet listed on the as-of date?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.model.screen import HolderFact, MarkFact, WatchlistFact
from triad_screener.model.taxonomy import marks_at, stage_at

if TYPE_CHECKING:
    from datetime import date

    from triad_screener.model.taxonomy import Mark, Taxonomy, WatchlistEntry


def watch(taxonomy: Taxonomy, as_of: date) -> tuple[WatchlistFact, ...]:
    """Return the watchlist as known on ``as_of``, in taxonomy order.

    An entry of which nothing was known by then is left out.
    """
    found = (_fact(entry, taxonomy, as_of) for entry in taxonomy.watchlist)
    return tuple(fact for fact in found if fact)


def _fact(
    entry: WatchlistEntry, taxonomy: Taxonomy, as_of: date
) -> WatchlistFact | None:
    stage = stage_at(entry, as_of)
    if stage is None:
        return None
    marks = marks_at(entry, as_of)
    return WatchlistFact(
        entry.id,
        entry.name,
        entry.pillar,
        entry.exposure,
        entry.role,
        stage.stage,
        stage.date if stage.date <= as_of else None,
        taxonomy.sources[stage.source].publisher,
        stage.grade,
        entry.ticker,
        _mark(marks[-1], entry, taxonomy, as_of) if marks else None,
        tuple(
            HolderFact(
                holder.ticker,
                holder.share,
                holder.as_of,
                taxonomy.sources[holder.source].publisher,
                holder.grade,
            )
            for holder in entry.holders
            if holder.as_of <= as_of
        ),
        entry.note or "",
    )


def _mark(
    mark: Mark, entry: WatchlistEntry, taxonomy: Taxonomy, as_of: date
) -> MarkFact:
    age = (as_of - mark.date).days
    return MarkFact(
        mark.round,
        mark.date,
        mark.precision,
        mark.post_money,
        mark.amount,
        mark.currency,
        taxonomy.sources[mark.source].publisher,
        mark.grade,
        age,
        age > entry.stale_after_days,
    )
