"""Where did a line stand in the stored runs of one series?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.errors import NoDataError
from triad_screener.workflows import comparing

if TYPE_CHECKING:
    from triad_screener.model.stored import Place, RunSeries
    from triad_screener.store import Store


def every(store: Store, ticker: str) -> list[Place]:
    """Return the place of ``ticker`` in every run that considered it, oldest first.

    Raises:
        NoDataError: If no run did.
    """
    places = store.history(ticker)
    if not places:
        raise NoDataError(
            f"No stored run has the line {ticker!r}.",
            "Run 'triad screen', or list the runs with 'triad runs list'.",
        )
    return places


def of_series(
    store: Store, ticker: str, series: RunSeries
) -> tuple[list[Place], tuple[str, ...]]:
    """Return its places in one run a day of a series, and what was left out.

    Raises:
        NoDataError: If no run of the series has the line.
    """
    places = every(store, ticker)
    days = comparing.of_their_days(store.alike(series))
    wanted = {run.id for run in days}
    found = [place for place in places if place.run.id in wanted]
    if not found:
        raise NoDataError(
            f"No stored run of {comparing.in_words(series)} has the line {ticker!r} "
            "on its own day.",
            f"See its {_runs(len(places))} of other kinds with --all.",
        )
    left = len(places) - len(found)
    told = f"{_runs(left)} of another kind, or of a day asked for again: --all."
    return found, ((told,) if left else ())


def _runs(count: int) -> str:
    return f"{count} {'run' if count == 1 else 'runs'}"
