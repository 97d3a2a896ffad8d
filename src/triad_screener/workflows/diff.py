"""Compare two stored runs: which ones, and what lies between them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from triad_screener.errors import NoDataError, UsageError
from triad_screener.reporting.changes import Compared
from triad_screener.screening import changes
from triad_screener.workflows import comparing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from triad_screener.model.screen import Screen
    from triad_screener.model.stored import RunEntry, RunSeries
    from triad_screener.store import Store

    #: The earlier run, and the later.
    Pair = tuple[RunEntry, RunEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Days whose runs are wanted: of each, the nearest on or before it.

    Attributes:
        since: Of the earlier run; None for the one before the later.
        until: Of the later run; None for the newest.
    """

    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        """Return whether a day was given."""
        return bool(self.since or self.until)


def named(store: Store, names: Sequence[str]) -> Pair:
    """Return the runs that one or two ``names`` mean, as they were given.

    One name means that run and the newest of its series, the earlier first; the
    newest itself is held against the one before it.

    Raises:
        UnknownNameError: If there is no such run.
        UsageError: If a name could be several runs, or there are too many names.
        NoDataError: If there is nothing to compare with.
    """
    if len(names) > 2:  # noqa: PLR2004 - two runs are compared
        raise UsageError(
            f"Two runs are compared, and {len(names)} were given.",
            "Give one, two or none.",
        )
    one, *others = [store.entry(name) for name in names]
    if others:
        return one, others[0]
    series = store.series(one.id)
    entries = store.alike(series)
    days = comparing.of_their_days(entries)
    if days and days[-1].id != one.id:
        before, after = sorted((one, days[-1]), key=lambda run: run.as_of)
        return before, after
    return _last_two(entries, series)


def of_series(store: Store, series: RunSeries, days: Days) -> Pair:
    """Return the two runs of a series that ``days`` mean, the earlier first.

    Without a day they are the newest run and the one before it.

    Raises:
        UsageError: If the days stand in the wrong order.
        NoDataError: If there are no two such runs.
    """
    entries = store.alike(series)
    if not days:
        return _last_two(entries, series)
    if days.since and days.until and days.since > days.until:
        raise UsageError(
            f"--from {days.since} is later than --to {days.until}.",
            "Give the earlier day with --from.",
        )
    known = comparing.of_their_days(entries)
    if not entries or not (days.until or known):
        raise _nothing(entries, series)
    after = _nearest(entries, days.until) if days.until else known[-1]
    earlier = [one for one in known if one.as_of < after.as_of]
    if not (days.since or earlier):
        raise _nothing(entries, series)
    before = _nearest(entries, days.since) if days.since else earlier[-1]
    if before.id == after.id:
        raise NoDataError(
            f"Both days have the same nearest run, {before.id} of {before.as_of}.",
            "Give days further apart, or list the runs with 'triad runs'.",
        )
    return before, after


def told(days: Days, pair: Pair) -> Iterator[str]:
    """Yield a sentence for each day that has no run of its own."""
    options = ("--from", "--to")
    wanted = (days.since, days.until)
    for option, day, run in zip(options, wanted, pair, strict=True):
        if day and run.as_of != day:
            yield f"{option} {day}: the nearest run before is {run.id} of {run.as_of}."


def told_of_sources(before: Screen, after: Screen) -> Iterator[str]:
    """Yield a sentence if two screens are of figures from different sources."""
    old, new = (screen.run.source_description for screen in (before, after))
    if old != new:
        yield f"The sources differ ({old}; {new}): what moved may come of that alone."


def _last_two(entries: Sequence[RunEntry], series: RunSeries) -> Pair:
    found = comparing.last_two(entries)
    if found is None:
        raise _nothing(entries, series)
    return found


def _nearest(entries: Sequence[RunEntry], day: date) -> RunEntry:
    found = comparing.nearest(entries, day)
    if found is None:
        raise NoDataError(
            f"No run of this taxonomy and recipe is of {day} or earlier.",
            f"The first is of {entries[0].as_of}.",
        )
    return found


def _nothing(entries: Sequence[RunEntry], series: RunSeries) -> NoDataError:
    count = "Only one" if comparing.of_their_days(entries) else "No"
    remedy = "Run 'triad screen' on another day"
    if any(entry.looked_back for entry in entries):
        remedy += ", or compare days that were looked back on with --from and --to"
    if not entries:
        remedy += "; runs of the sample data are stored only where a store is already"
    return NoDataError(
        f"{count} run of this taxonomy and recipe so far: "
        f"{comparing.in_words(series)}.",
        f"{remedy}.",
    )


def compare(
    before: Screen, after: Screen, holdings: Mapping[str, float] | None = None
) -> Compared:
    """Return what lies between two screens.

    Args:
        before: The earlier.
        after: The later.
        holdings: Weights held, for the turnover; else the earlier baskets.

    Raises:
        UsageError: If they rank different universes.
    """
    if before.run.universe != after.run.universe:
        raise UsageError(
            f"Run {before.run.id} ranks the universe {before.run.universe}, and "
            f"{after.run.id} the universe {after.run.universe}.",
            "Compare runs of one universe.",
        )
    return Compared(before, after, changes.compare(before, after), holdings or {})
