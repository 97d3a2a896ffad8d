"""What of all that was seen is news, and where does a company stand by it?

What the taxonomy says was judged by a person and comes first; what was seen later
moves a company on from there. What was long past when a company was first asked about
is kept as known, so that nobody is told of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from triad_screener.model.screen import StageFact
from triad_screener.model.watch import WatchEvent
from triad_screener.screening.filings import moves
from triad_screener.screening.rubric import judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from triad_screener.model.rubric import Rubric
    from triad_screener.model.screen import WatchlistFact
    from triad_screener.model.taxonomy import StageChange, WatchlistEntry
    from triad_screener.model.vocabulary import Stage
    from triad_screener.model.watch import Sighting

#: What is older than this when a company is first asked about is no news.
RECENT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a company stands, and since when."""

    stage: Stage
    since: date


def written_reference(stage: StageChange) -> str:
    """Return the reference of a stage that is written in the taxonomy."""
    return f"stage:{stage.stage}:{stage.date}"


def standing(
    entry: WatchlistEntry, events: Iterable[WatchEvent], today: date
) -> Standing:
    """Return where a company stands by the taxonomy and by what was seen."""
    return _standing(entry, entry.stages, (one.sighting for one in events), today)


def _standing(
    entry: WatchlistEntry,
    written: Sequence[StageChange],
    seen: Iterable[Sighting],
    today: date,
) -> Standing:
    known = [one for one in written if one.date <= today]
    newest = known[-1] if known else entry.stages[0]
    now = Standing(newest.stage, newest.date)
    for sighting in sorted(seen, key=_order):
        now = _moved(now, sighting)
    return now


def _order(sighting: Sighting) -> tuple[date, bool]:
    """Sort by day; a listing comes behind the prospectus of the same day."""
    return sighting.date, sighting.stage == "listed"


def _moved(now: Standing, sighting: Sighting) -> Standing:
    stage = sighting.stage
    if stage is None or stage == now.stage or sighting.date < now.since:
        return now
    if sighting.is_judged or moves(now.stage, stage):
        return Standing(stage, sighting.date)
    return now


@dataclass(frozen=True, slots=True)
class Round:
    """One check of one company by one mark source.

    Attributes:
        by: Name of the mark source, as registered.
        is_first: Whether the source never answered about the company before.
        today: The day of the check.
    """

    by: str
    is_first: bool
    today: date


def follow(
    entry: WatchlistEntry,
    kept: Sequence[WatchEvent],
    seen: Iterable[Sighting],
    check: Round,
) -> tuple[WatchEvent, ...]:
    """Return what was seen and is not kept yet, oldest first.

    Args:
        entry: The company.
        kept: Its events so far.
        seen: Everything a source saw of it, old and new, oldest first.
        check: Who looked, and when.
    """
    known = {one.sighting.reference for one in kept}
    fresh = {one.reference: one for one in seen if one.reference not in known}
    written = [one for one in entry.stages if written_reference(one) in known]
    now = _standing(
        entry, written or entry.stages, (one.sighting for one in kept), check.today
    )
    return tuple(_events(now, fresh.values(), check))


def _events(
    now: Standing, fresh: Iterable[Sighting], check: Round
) -> Iterator[WatchEvent]:
    for sighting in sorted(fresh, key=_order):
        is_base = sighting.is_judged and check.is_first
        then = now if is_base else _moved(now, sighting)
        is_news = then.stage != now.stage or not _is_known(sighting, check)
        yield WatchEvent(sighting, check.by, now.stage, then.stage, is_news=is_news)
        now = then


def _is_known(sighting: Sighting, check: Round) -> bool:
    """Return whether a reader may be taken to know what changed no stage.

    Whoever wrote the taxonomy knows its stages, and all it said at first.
    """
    if sighting.is_minor:
        return True
    if sighting.is_judged and (check.is_first or sighting.kind == "stage"):
        return True
    is_past = sighting.date < check.today - RECENT
    return is_past and (check.is_first or sighting.is_judged)


def overtaken(
    fact: WatchlistFact, events: Sequence[WatchEvent], rubric: Rubric
) -> WatchlistFact:
    """Return a fact of the watchlist as what was seen since has moved it on."""
    newest = max((one.date for one in fact.stages), default=fact.stage_date)
    for event in events:
        seen = event.sighting
        if not event.is_change or (newest and seen.date < newest):
            continue
        stage = StageFact(event.after, seen.date, seen.source, seen.grade, seen.what)
        fact = replace(
            fact,
            stage=stage.stage,
            stage_date=stage.date,
            stage_source=stage.source,
            stage_grade=stage.grade,
            ticker=fact.ticker or seen.ticker,
            cik=fact.cik or seen.cik,
            stages=(*fact.stages, stage),
        )
    return replace(fact, rubric=judge(fact, rubric))
