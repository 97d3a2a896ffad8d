"""Write the weekly letter: on which figures, and since which run?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from triad_screener.errors import (
    LetterRefusedError,
    StoreError,
    TriadError,
    UnknownNameError,
)
from triad_screener.reporting import letter, record
from triad_screener.reporting.letter import Story
from triad_screener.screening import vendor_marks
from triad_screener.workflows import comparing, diff, showing
from triad_screener.workflows.answering import BUNDLED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from triad_screener.model.evaluation import Evaluation
    from triad_screener.model.screen import Screen
    from triad_screener.model.stored import RunEntry
    from triad_screener.model.watch import Estimate
    from triad_screener.reporting.changes import Compared
    from triad_screener.reporting.letter import Letter
    from triad_screener.reporting.overview import View
    from triad_screener.store import Store

#: Weeks of the picture of ranks, this one included.
WEEKS: Final = 8
#: Without an earlier letter, a run at least this much older is compared with.
RHYTHM: Final = timedelta(days=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the letter shall be like.

    Attributes:
        since: Run to compare with, or the beginning of its id; empty for the run of
            the last letter.
        benchmark: Ticker that prices are held against; empty for the first known.
        holdings: Weights held, for the turnover; empty for the earlier baskets.
        top: Lines of the ranking; None for all.
        floors: Age and coverage below which there is no letter.
        allow_stale: Whether there is one all the same, which then says so.
    """

    since: str = ""
    benchmark: str = ""
    holdings: Mapping[str, float] = field(default_factory=dict)
    top: int | None = None
    floors: showing.Floors = field(default_factory=showing.Floors)
    allow_stale: bool = False


def write(
    screen: Screen,
    wish: Wish,
    view: View,
    store: Store,
    *,
    told: Sequence[str] = (),
    evaluation: Evaluation | None = None,
) -> Letter:
    """Return the letter on ``screen``.

    Args:
        screen: What it tells of.
        wish: What it shall be like.
        view: Language, and today: the day from which the age of the figures counts.
        store: Of the earlier runs.
        told: Runs of earlier letters, the last first.
        evaluation: How the rankings kept so far fared; None where it is not known.

    Raises:
        LetterRefusedError: If the figures are too old or too thin.
        UnknownNameError: If there is no such run or benchmark.
        UsageError: If ``since`` could be several runs, or ranks another universe.
    """
    _require_benchmark(screen, wish.benchmark)
    doubts = showing.below_floor(screen, wish.floors, view.today or screen.run.as_of)
    if doubts and not wish.allow_stale:
        raise LetterRefusedError((*doubts, *_served(screen), *view.troubles))
    entries = store.alike(comparing.of_screen(screen))
    found, warning = _compared(screen, wish, _baseline(screen, entries, told), store)
    view = replace(view, troubles=(*view.troubles, *warning))
    age = replace(wish.floors, min_coverage=None)
    story = Story(
        screen=screen,
        compared=found,
        ranks=_ranks(screen, comparing.of_their_days(entries), store),
        benchmark=wish.benchmark,
        doubts=doubts,
        events=store.untold_events(),
        evaluation=evaluation,
        estimates=_estimates(screen, store, view.today),
        is_old=bool(showing.below_floor(screen, age, view.today or screen.run.as_of)),
    )
    return letter.compose(story, replace(view, lines=_lines(screen, wish.top)))


def _estimates(screen: Screen, store: Store, today: date | None) -> dict[str, Estimate]:
    """Return what a vendor last put on the watched companies by ``today``, by id."""
    kept = store.followed()
    return {
        fact.id: found
        for fact in screen.watchlist
        if (found := vendor_marks.estimate(fact, kept.until(fact.id, today)))
    }


def _compared(
    screen: Screen, wish: Wish, baseline: str | None, store: Store
) -> tuple[Compared | None, tuple[str, ...]]:
    """Return what lies between, and a sentence if the earlier run cannot be read."""
    before = wish.since or baseline
    if not before:
        return None, ()
    try:
        earlier = store.run(before)
        found = diff.compare(earlier, screen, wish.holdings)
        return found, tuple(diff.told_of_sources(earlier, screen))
    except StoreError:
        if wish.since:
            raise
        told = f"The run {before}, to compare with, cannot be read."
        return None, (told,)


def settle(letter: Letter, store: Store, now: datetime) -> tuple[str, ...]:
    """Note that a letter was put on its way; return what went wrong.

    Its news of the watchlist are told once.
    """
    try:
        store.mark_told(letter.events, now)
    except TriadError as error:
        return (f"The news of the watchlist will be told again: {error.what}",)
    return ()


def _served(screen: Screen) -> Iterator[str]:
    if screen.run.source == BUNDLED:
        yield "The bundled snapshot served."


def _require_benchmark(screen: Screen, benchmark: str) -> None:
    known = [fund.ticker for fund in screen.benchmarks]
    if benchmark and benchmark not in known:
        raise UnknownNameError("benchmark", benchmark, known)


def _lines(screen: Screen, top: int | None) -> list[record.Record]:
    """Return the first ``top`` ranked lines, and all that are not ranked."""
    every = record.of_lines(screen)
    last = len(every) if top is None else top
    return [line for line in every if line["rank"] is None or line["rank"] <= last]


def _baseline(
    screen: Screen, entries: Sequence[RunEntry], told: Sequence[str]
) -> str | None:
    """Return the run to compare with: of an earlier date; None without one.

    That of the last letter, else the newest that is a week's work older, else the
    newest of an earlier date.
    """
    earlier = [one for one in entries if one.as_of < screen.run.as_of]
    known = {one.id for one in earlier}
    if run := next((run for run in told if run in known), None):
        return run
    days = comparing.of_their_days(earlier)
    older = [one for one in days if one.as_of <= screen.run.as_of - RHYTHM]
    newest = (older or days)[-1:]
    return newest[0].id if newest else None


def _ranks(
    screen: Screen, days: Sequence[RunEntry], store: Store
) -> list[tuple[date, Mapping[str, int]]]:
    """Return day and ranks of the last run of each week, this one at the end.

    Args:
        screen: This one.
        days: The run of each as-of date, the oldest first.
        store: Of their ranks.
    """
    day = screen.run.as_of
    last: dict[tuple[int, int], RunEntry] = {}
    for entry in days:
        if entry.as_of < day and _week(entry.as_of) != _week(day):
            last[_week(entry.as_of)] = entry
    entries = [entry for entry in last.values() if day - entry.as_of < WEEKS * _SEVEN]
    found = store.ranks([entry.id for entry in entries])
    now = {ticker: rank for rank, ticker in enumerate(screen.scores.tickers, start=1)}
    return [*((one.as_of, found.get(one.id, {})) for one in entries), (day, now)]


_SEVEN: Final = timedelta(weeks=1)


def _week(day: date) -> tuple[int, int]:
    """Return year and week by ISO 8601."""
    return day.isocalendar()[:2]
