"""Bring the store up to date, and say how well it is supplied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triad_screener.errors import UnwritableStoreError
from triad_screener.model.live import Supply
from triad_screener.workflows import planning
from triad_screener.workflows.fetching import carry_out

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from triad_screener.model.live import Kind, LastFetch, Refreshed, Task
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.workflows.planning import Wanted
    from triad_screener.workflows.serving import Means

NO_PERMISSION: Final = "no permission"


def refresh(
    taxonomy: Taxonomy,
    means: Means,
    *,
    tickers: Collection[str] | None = None,
    full: bool = False,
) -> tuple[Refreshed, tuple[Supply, ...]]:
    """Ask for what is due; return what came, and how well the store is supplied.

    Prices of which a session is missing are asked for whenever they were last.

    Args:
        taxonomy: Whose lines, benchmarks and currencies are wanted.
        means: The store, the live source and the clock.
        tickers: Only these lines; None for all, and the benchmarks.
        full: Ask for everything, with its whole history.

    Raises:
        UnwritableStoreError: Before anything is asked, if nothing could be kept.
        StoreError: If the store cannot be read.
        LockedError: If another process holds it for too long.
    """
    if not means.store.is_writable():
        raise UnwritableStoreError(str(means.store.path), NO_PERMISSION)
    asked = planning.wanted(taxonomy, tickers)
    tasks = _tasks(asked, means, full=full)
    done = carry_out(
        tasks,
        means.live(),
        means.store,
        clock=means.clock,
        currencies=planning.statement_currencies(taxonomy),
        progress=means.progress,
    )
    return done, supplies(asked, means.store.last_fetches(), means.clock())


def _tasks(asked: Wanted, means: Means, *, full: bool) -> tuple[Task, ...]:
    """Return what to ask for: what is due, and every session that is missing."""
    last, now = means.store.last_fetches(), means.clock()
    missing = planning.first_missing(means.store.missing_sessions(), now)
    # Where the last try gave nothing, that decides when to try again.
    answered = {key for key, found in last.items() if not found.reason}
    at_once = answered & {("prices", symbol) for symbol in missing}
    tasks = planning.plan(asked, last, now, at_once=at_once, full=full)
    return planning.reaching_back(tasks, missing)


def supplies(
    asked: Wanted, last: Mapping[tuple[Kind, str], LastFetch], now: datetime
) -> tuple[Supply, ...]:
    """Return how many symbols of each kind are fresh, stale and missing."""
    last = planning.as_of_now(last, now)
    found: dict[Kind, dict[str, list[str]]] = {}
    newest: dict[Kind, list[date]] = {}
    for kind, symbol in asked.pairs():
        one = last.get((kind, symbol))
        days = newest.setdefault(kind, [])
        days += [one.newest] if one and one.newest else []
        state = _state(one, planning.due_at((kind, symbol), last), now)
        found.setdefault(kind, {}).setdefault(state, []).append(symbol)
    return tuple(
        Supply(
            kind,
            tuple(states.get("fresh", ())),
            tuple(states.get("stale", ())),
            tuple(states.get("missing", ())),
            max(newest[kind], default=None),
        )
        for kind, states in found.items()
    )


def coverage(supplies: Collection[Supply]) -> float:
    """Return the share of symbols whose prices are fresh; zero without any."""
    prices = [one for one in supplies if one.kind == "prices"]
    wanted = sum(len((*one.fresh, *one.stale, *one.missing)) for one in prices)
    return sum(len(one.fresh) for one in prices) / wanted if wanted else 0.0


def _state(found: LastFetch | None, due: datetime, now: datetime) -> str:
    if found is None or (found.good_at is None and found.newest is None):
        return "missing"
    return "fresh" if due > now and not found.reason else "stale"
