"""Do new figures fit the ones that are kept, or has the past been revised?"""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate
from operator import mul
from statistics import median
from typing import TYPE_CHECKING, Final

from triad_screener.errors import ClockError
from triad_screener.model.live import FetchFailure
from triad_screener.model.market import SHARES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from triad_screener.model.live import Bars, LastFetch
    from triad_screener.model.market import DatedValue, StatementCell

#: Largest relative difference between two closes of one session that are the same.
SAME_CLOSE: Final = 0.005
#: Least factor between two closes of one session that no split explains: a unit.
ANOTHER_UNIT: Final = 50.0
#: A split, or several together, of about the size of a factor explains it.
SPLIT_TOLERANCE: Final = 2.0
#: Largest factor between two rates of one day that are the same currency's.
SAME_RATE: Final = 1.5
#: Share of the kept sessions that a whole history must at least have.
LEAST_HISTORY: Final = 0.9
#: From how far on a clock is wrong: time zones that are set amiss are within a day.
WRONG_CLOCK: Final = timedelta(days=1)


def require_clock(here: datetime, there: datetime | None) -> None:
    """Refuse to date figures by a clock that contradicts the source.

    Args:
        here: The time by the clock of this machine.
        there: By the source, when it last answered; None if it did not say.

    Raises:
        ClockError: If they are more than a day apart.
    """
    if there and abs(here - there) > WRONG_CLOCK:
        raise ClockError(here, there)


def revises_the_past(bars: Bars, newest: date, kept: Mapping[date, float]) -> bool:
    """Return whether the kept history no longer fits ``bars``: a split, or a mend.

    The newest kept session may have been still going on, so it proves nothing.

    Args:
        bars: As they came now.
        newest: The newest session kept.
        kept: Closes kept, by session, on or after the first of ``bars``.
    """
    if any(day > newest for day, _ in bars.splits):
        return True
    sessions = bars.sessions.tolist()
    return any(
        abs(close / kept[day] - 1) > SAME_CLOSE
        for day, close in zip(sessions, bars.closes.tolist(), strict=True)
        if day in kept and day < newest
    )


def require_same_unit(bars: Bars, kept: Mapping[date, float]) -> None:
    """Refuse closes that are all a hundred times those kept, or a hundredth.

    Args:
        bars: As they came now.
        kept: Closes kept, by session.

    Raises:
        FetchFailure: If that is so, and the splits that are listed do not explain it.
    """
    pairs = zip(bars.sessions.tolist(), bars.closes.tolist(), strict=True)
    factors = [close / kept[day] for day, close in pairs if day in kept]
    factor = median(factors) if factors else 1.0
    newest_first = (ratio for _, ratio in reversed(bars.splits))
    explained = any(
        1 / SPLIT_TOLERANCE <= factor * ratio <= SPLIT_TOLERANCE
        for ratio in accumulate(newest_first, mul)
    )
    if 1 / ANOTHER_UNIT < factor < ANOTHER_UNIT or explained:
        return
    detail = f"prices are {factor:.3g} times those kept, and no split explains it"
    raise FetchFailure("rejected: another unit", detail)


def require_currency(cells: Sequence[StatementCell], expected: str) -> None:
    """Refuse statements of which no amount is in the currency of the line.

    Raises:
        FetchFailure: If that is so.
    """
    found = {cell.currency for cell in cells} - {SHARES}
    if found and expected not in found:
        named = ", ".join(sorted(found))
        detail = f"amounts are in {named}, and the taxonomy says {expected}"
        raise FetchFailure("rejected: statement currency", detail)


def require_newer(rates: Sequence[DatedValue], last: LastFetch | None) -> None:
    """Refuse rates that end before the newest kept.

    Raises:
        FetchFailure: If they do.
    """
    end = max((rate.date for rate in rates if rate.date), default=None)
    if last and last.newest and end and end < last.newest:
        detail = f"rates end on {end}, and those of {last.newest} are kept already"
        raise FetchFailure("rejected: older than kept", detail)


def require_same_rates(rates: Sequence[DatedValue], kept: Mapping[date, float]) -> None:
    """Refuse rates that contradict those kept of the same days.

    Raises:
        FetchFailure: If one is more than half again as high, or as low.
    """
    for rate in rates:
        known = kept.get(rate.date) if rate.date else None
        factor = rate.value / known if known else 1.0
        if not 1 / SAME_RATE <= factor <= SAME_RATE:
            detail = f"the rate of {rate.date} is {factor:.3g} times the one kept"
            raise FetchFailure("rejected: another rate", detail)


def require_progress(bars: Bars, last: LastFetch | None, *, whole: bool) -> None:
    """Refuse bars that would take away what is kept.

    Args:
        bars: As they came now.
        last: What is kept; None if nothing.
        whole: Whether the bars are the whole history.

    Raises:
        FetchFailure: If they end before the newest session kept, or are a whole
            history with far fewer sessions.
    """
    if last is None or last.newest is None:
        return
    end: date = bars.sessions[-1].item()
    if end < last.newest:
        detail = f"prices end on {end}, and those of {last.newest} are kept already"
        raise FetchFailure("rejected: older than kept", detail)
    if whole and bars.sessions.size < LEAST_HISTORY * last.count:
        detail = f"{bars.sessions.size} sessions came, and {last.count} are kept"
        raise FetchFailure("rejected: history cut short", detail)
