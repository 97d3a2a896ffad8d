"""What is due to be asked for, stalest first, and when is the next thing due?

Prices and rates are due once a weekday, and again when a session that was still going
on has ended, and then from the first session on that is missing; quotes after three
days; statements after thirty days, after results, or weekly once the newest quarter is
so old that another must have been reported.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from triad_screener.model.live import ABSENT, DELISTED, OUTAGES, Task

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from triad_screener.model.live import Kind, LastFetch
    from triad_screener.model.stored import MissingSession
    from triad_screener.model.taxonomy import Taxonomy

#: Age from which figures are asked for again.
QUOTES_AGE: Final = timedelta(days=3)
STATEMENTS_AGE: Final = timedelta(days=30)
#: Days after results on which the statements are looked at again.
DAYS_AFTER_RESULTS: Final = (1, 4, 10)
#: Age of the newest period from which another must have been reported.
OVERDUE_AGE: Final = timedelta(days=120)
OVERDUE_RETRY: Final = timedelta(days=7)
#: How long a vendor takes to settle the last bar of a session.
SETTLING: Final = timedelta(minutes=20)
#: When an answer that was no use is asked for again; an outage is tried at once.
ABSENT_RETRY: Final = timedelta(days=1)
REJECTED_RETRY: Final = timedelta(hours=1)
#: Days before the newest session that are asked for again, to notice revisions.
OVERLAP: Final = timedelta(days=7)
_FRIDAY: Final = 4
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Symbols by what is wanted of them.

    Attributes:
        lines: Prices, statements and quotes.
        funds: Prices only.
        currencies: Rates against the US dollar.
    """

    lines: tuple[str, ...]
    funds: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()

    def pairs(self) -> Iterator[tuple[Kind, str]]:
        """Yield each kind and symbol.

        Prices come first: a quote or a statement is dated by the sessions kept.
        """
        yield from (("rates", currency) for currency in self.currencies)
        yield from (("prices", symbol) for symbol in (*self.lines, *self.funds))
        yield from (("quotes", symbol) for symbol in self.lines)
        yield from (("statements", symbol) for symbol in self.lines)


def wanted(taxonomy: Taxonomy, tickers: Collection[str] | None = None) -> Wanted:
    """Return what a screen of ``taxonomy`` needs; of ``tickers`` only, if given."""
    asked = None if tickers is None else frozenset(tickers)
    chosen = [
        line for line in taxonomy.constituents if asked is None or line.ticker in asked
    ]
    currencies = {line.identity.price_currency for line in chosen}
    currencies |= {line.identity.statement_currency for line in chosen}
    funds = [fund.ticker for fund in taxonomy.benchmarks] if tickers is None else []
    return Wanted(
        tuple(line.ticker for line in chosen),
        tuple(funds),
        tuple(sorted(currencies - {"USD"})),
    )


def statement_currencies(taxonomy: Taxonomy) -> dict[str, str]:
    """Return the currency in which each line reports, by ticker."""
    return {
        line.ticker: line.identity.statement_currency for line in taxonomy.constituents
    }


def plan(
    asked: Wanted,
    last: Mapping[tuple[Kind, str], LastFetch],
    now: datetime,
    *,
    at_once: Collection[Kind | tuple[Kind, str]] = (),
    full: bool = False,
) -> tuple[Task, ...]:
    """Return what to ask for now: what was never had first, then the stalest.

    Quotes alone need a crumb. Where an outage kept them back they come last, so that a
    crumb that is refused day after day does not keep back the rest with them.

    Args:
        asked: What is wanted at all.
        last: What became of the last tries.
        now: In UTC.
        at_once: Kinds, or what of one symbol, that are asked for whatever their age.
        full: Ask for everything, with its whole history.
    """
    last = as_of_now(last, now)
    due = [
        key
        for key in asked.pairs()
        if full or key[0] in at_once or key in at_once or _due(key, last, now)
    ]
    due.sort(key=lambda key: (_is_kept_back(key, last), _good_at(last.get(key))))
    return tuple(Task(*key, None if full else _since(key, last)) for key in due)


def first_missing(missing: Iterable[MissingSession], now: datetime) -> dict[str, date]:
    """Return the first missing session of each symbol that is asked for at ``now``."""
    found: dict[str, date] = {}
    for one in missing:
        if one.is_asked_for(now):
            found[one.symbol] = min(one.session, found.get(one.symbol, one.session))
    return found


def reaching_back(tasks: Iterable[Task], first: Mapping[str, date]) -> tuple[Task, ...]:
    """Return the tasks; prices are asked for from the first missing session on."""
    return tuple(
        replace(task, since=min(task.since, first.get(task.symbol, task.since)))
        if task.kind == "prices" and task.since
        else task
        for task in tasks
    )


def as_of_now(
    last: Mapping[tuple[Kind, str], LastFetch], now: datetime
) -> dict[tuple[Kind, str], LastFetch]:
    """Return ``last`` without the times to come: those of a clock that ran ahead.

    What was asked for in the future counts as never asked for.
    """
    return {key: _as_of_now(found, now) for key, found in last.items()}


def _as_of_now(found: LastFetch, now: datetime) -> LastFetch:
    if found.tried_at > now:
        return replace(found, good_at=None, tried_at=_LONG_AGO, reason="", detail="")
    if found.good_at and found.good_at > now:
        return replace(found, good_at=None)
    return found


def _due(
    key: tuple[Kind, str], last: Mapping[tuple[Kind, str], LastFetch], now: datetime
) -> bool:
    return due_at(key, last) <= now


def next_due(
    asked: Wanted, last: Mapping[tuple[Kind, str], LastFetch]
) -> datetime | None:
    """Return when the first thing is due; None if nothing is wanted."""
    return min((due_at(key, last) for key in asked.pairs()), default=None)


def due_at(
    key: tuple[Kind, str], last: Mapping[tuple[Kind, str], LastFetch]
) -> datetime:
    """Return from when on the figures of ``key`` are to be asked for again, in UTC."""
    found = last.get(key)
    if found is None:
        return _LONG_AGO
    if found.reason and found.reason not in OUTAGES:
        unknown = found.reason in (ABSENT, DELISTED)
        wait = ABSENT_RETRY if unknown else REJECTED_RETRY
        return found.tried_at + wait
    if found.good_at is None:
        return _LONG_AGO
    kind, symbol = key
    if kind == "quotes":
        return found.good_at + QUOTES_AGE
    if kind == "statements":
        quote = last.get(("quotes", symbol))
        results = (quote.earnings_date, quote.reports_on) if quote else ()
        return min(_statements_due(found, found.good_at, results))
    return _session_due(found, found.good_at)


def _session_due(found: LastFetch, good_at: datetime) -> datetime:
    next_day = _next_weekday(good_at)
    if found.forming_until and found.forming_until > good_at - SETTLING:
        return min(next_day, found.forming_until + SETTLING)
    return next_day


def _next_weekday(moment: datetime) -> datetime:
    """Return the midnight in UTC that begins the next weekday."""
    day = moment.astimezone(UTC).date() + timedelta(days=1)
    while day.weekday() > _FRIDAY:
        day += timedelta(days=1)
    return _midnight(day)


def _statements_due(
    found: LastFetch, good_at: datetime, results: Iterable[date | None]
) -> Iterator[datetime]:
    yield good_at + STATEMENTS_AGE
    if found.newest:
        yield max(_midnight(found.newest + OVERDUE_AGE), good_at + OVERDUE_RETRY)
    for day in filter(None, results):
        looks = (_midnight(day + timedelta(d)) for d in DAYS_AFTER_RESULTS)
        yield from (look for look in looks if look > good_at)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _is_kept_back(
    key: tuple[Kind, str], last: Mapping[tuple[Kind, str], LastFetch]
) -> bool:
    """Return whether these are quotes that an outage kept back."""
    found = last.get(key)
    return key[0] == "quotes" and found is not None and found.reason in OUTAGES


def _good_at(found: LastFetch | None) -> datetime:
    return found.good_at if found and found.good_at else _LONG_AGO


def _since(
    key: tuple[Kind, str], last: Mapping[tuple[Kind, str], LastFetch]
) -> date | None:
    """Return the day from which on figures are missing; None for all of them."""
    found = last.get(key)
    if key[0] not in ("prices", "rates") or found is None or found.newest is None:
        return None
    return found.newest - OVERLAP


def last_outage(
    asked: Wanted, last: Mapping[tuple[Kind, str], LastFetch]
) -> datetime | None:
    """Return when an outage was last met by what is wanted; None without one."""
    return max(
        (
            found.tried_at
            for pair in asked.pairs()
            if (found := last.get(pair)) and found.reason in OUTAGES
        ),
        default=None,
    )
