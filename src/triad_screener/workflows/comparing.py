"""Which stored runs are held against each other?

Those of one series: of one taxonomy, universe and recipe, by as-of date. Of each date
the run counts that was asked for last; what looked back on a day that was over counts
only for who asks for it. So no experiment takes the place of a run of its day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.model.stored import RunSeries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from triad_screener.model.screen import Screen
    from triad_screener.model.stored import RunEntry
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.store import Store


def of_screen(screen: Screen) -> RunSeries:
    """Return the series of a screen."""
    run = screen.run
    return RunSeries(
        taxonomy=run.taxonomy,
        universe=run.universe,
        recipe=run.recipe,
        tickers=frozenset(screen.scores.considered),
    )


def of_taxonomy(taxonomy: Taxonomy, universe: str, recipe: str) -> RunSeries:
    """Return the series of the screens of a taxonomy.

    Args:
        taxonomy: Whose lines are considered.
        universe: ``default`` or ``post``.
        recipe: Name of the recipe, with the values set on the command line.
    """
    listed = frozenset(line.ticker for line in taxonomy.constituents)
    return RunSeries(
        taxonomy=taxonomy.identity,
        universe=universe,
        recipe=recipe,
        tickers=taxonomy.post_tickers if universe == "post" else listed,
    )


def of_their_days(entries: Iterable[RunEntry]) -> list[RunEntry]:
    """Return the run of each as-of date, the oldest first.

    Args:
        entries: Of one series, as the store gives them.
    """
    return [*{one.as_of: one for one in entries if not one.looked_back}.values()]


def last_two(entries: Sequence[RunEntry]) -> tuple[RunEntry, RunEntry] | None:
    """Return the newest run and, first, the one before it; None without two.

    That is the run of the date before; where all are of one date, the one asked for
    before it.
    """
    found = of_their_days(entries)
    if len(found) == 1:
        found = [one for one in entries if not one.looked_back]
    return (found[-2], found[-1]) if len(found) > 1 else None


def nearest(entries: Sequence[RunEntry], day: date) -> RunEntry | None:
    """Return the newest run on or before ``day``, one of its own day first."""
    known = [one for one in entries if one.as_of <= day]
    return max(
        reversed(known),
        key=lambda one: (one.as_of, not one.looked_back),
        default=None,
    )


def asked_for(
    store: Store, series: RunSeries, *, strictly: bool
) -> tuple[RunSeries, tuple[str, ...]]:
    """Return the series whose runs are shown, and what a reader should know of that.

    Args:
        store: Of the runs.
        series: What ``triad screen`` would rank, or what was asked for.
        strictly: Whether it was asked for; else, where it has no run at all, the
            taxonomy that was ranked on the most days serves.
    """
    if strictly or store.alike(series):
        return series, ()
    other = _most_ranked(store, series)
    if other is None:
        return series, ()
    told = f"No run of {in_words(series)} yet: these are of {in_words(other)}."
    return other, (told,)


def _most_ranked(store: Store, like: RunSeries) -> RunSeries | None:
    """Return the series of that universe and recipe with the most days."""
    runs = [
        one
        for one in store.runs()
        if (one.universe, one.recipe) == (like.universe, like.recipe)
    ]
    kinds = {(one.taxonomy, one.lines): one.id for one in runs}
    return max(
        (store.series(run_id) for run_id in kinds.values()),
        key=lambda series: len(of_their_days(store.alike(series))),
        default=None,
    )


def in_words(series: RunSeries) -> str:
    """Return what runs of a series have in common, such as ``ai_triad, default``."""
    parts = [series.taxonomy or "a taxonomy not recorded", series.recipe]
    if series.universe != "default":
        parts.append(f"universe {series.universe}")
    return ", ".join(parts)
