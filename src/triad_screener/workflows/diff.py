"""Compare two stored runs: which ones, and what lies between them?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.errors import NoDataError, UsageError
from triad_screener.reporting.changes import Compared
from triad_screener.screening import changes, pillars

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from triad_screener.model.screen import Screen
    from triad_screener.model.stored import RunEntry
    from triad_screener.store import Store


def choose(store: Store, names: Sequence[str]) -> tuple[str, str]:
    """Return the ids of the two runs that ``names`` mean, the earlier first.

    No name means the last run kept and the one before it of the same universe and
    recipe; one name, that run and the last one kept that is like it.

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
    given = [store.entry(name) for name in names]
    if len(given) == 2:  # noqa: PLR2004 - likewise
        return given[0].id, given[1].id
    known = store.runs()
    if given:
        return given[0].id, _last(known, given[0]).id
    if not known:
        raise _nothing()
    return _last(known, known[0]).id, known[0].id


def _last(known: Sequence[RunEntry], other: RunEntry) -> RunEntry:
    """Return the last run kept, of universe and recipe of ``other``, that is not it."""
    like = other.universe, other.recipe
    for entry in known:
        if entry.id != other.id and (entry.universe, entry.recipe) == like:
            return entry
    raise _nothing()


def _nothing() -> NoDataError:
    return NoDataError(
        "There are no two runs of one universe and recipe to compare.",
        "Run 'triad screen' on another day, or with --as-of DATE; runs of the bundled "
        "snapshot are kept only where a store is already.",
    )


def compare(
    before: Screen, after: Screen, holdings: Mapping[str, float] | None = None
) -> Compared:
    """Return what lies between two screens; turnover from ``holdings``, if given.

    Raises:
        UsageError: If they rank different universes.
    """
    if before.run.universe != after.run.universe:
        raise UsageError(
            f"Run {before.run.id} ranks the universe {before.run.universe}, and "
            f"{after.run.id} the universe {after.run.universe}.",
            "Compare runs of one universe.",
        )
    held = holdings or {
        holding.ticker: holding.weight
        for basket in before.scores.baskets
        for holding in basket.constituents
    }
    return Compared(
        before,
        after,
        changes.compare(before, after),
        pillars.turnover(after.scores.baskets, held),
    )
