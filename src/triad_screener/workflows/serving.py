"""Which figures serve: those kept, new ones, or the bundled snapshot?

``auto`` takes the store where nothing is due, else asks the live source for what is,
else takes the store as it stands, else the bundled snapshot; each step back is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from triad_screener.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.ports import LiveSource, MarketDataSource, Progress
    from triad_screener.store import Store

#: The sources that use the store.
AUTO: Final = "auto"
LIVE: Final = "yahoo"
STORE: Final = "store"
#: What a reader is told, once, where live figures serve from memory.
NOTHING_KEPT: Final = "The store may not be written: nothing new is kept."


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What there is to get figures with.

    Attributes:
        live: Makes the live source, when it is needed.
        bundled: Makes the source of the bundled snapshot.
        clock: Gives the time in UTC.
        progress: Told how many answers of how many have come.
    """

    store: Store
    live: Callable[[], LiveSource]
    bundled: Callable[[], MarketDataSource]
    clock: Callable[[], datetime]
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """The figures that serve, and how they were come by.

    Attributes:
        source: To fetch market data from.
        told: For people: what was asked just now, and what came of it.
        warnings: What went wrong on the way, each as a sentence.
        until: When the first figure is due again; None where the store has no part.
    """

    source: MarketDataSource
    told: str = ""
    warnings: tuple[str, ...] = ()
    until: datetime | None = None


def serve(
    choice: str,
    taxonomy: Taxonomy,
    means: Means,
    *,
    as_of: date | None = None,
    offline: bool = False,
) -> Served:
    """Return the figures that serve for ``taxonomy``.

    Args:
        choice: ``auto``, ``yahoo`` or ``store``.
        taxonomy: Whose lines are wanted.
        means: The store, the live source and the snapshot.
        as_of: Day of the screen; what was known on a past day is not asked for again.
        offline: Whether the network is out of bounds.

    Raises:
        UsageError: If the live source is asked for without a network.
        NoDataError: If ``yahoo`` was asked for and did not answer.
        RateLimitedError: If it refused everything for now.
        KeyboardInterrupt: If the user stopped it; what had come is kept.
        StoreError: If the store cannot be read.
        LockedError: If another process holds it for too long.
    """
    if offline and choice == LIVE:
        raise UsageError(
            "--source yahoo needs a network, and --offline forbids it.",
            "Leave one of the two out.",
        )
    if offline and choice == AUTO and not means.store.exists():
        return Served(means.bundled())
    from triad_screener.workflows import asking  # noqa: PLC0415 - a first screen without a network asks nobody

    return asking.serve(choice, taxonomy, means, as_of=as_of, offline=offline)
