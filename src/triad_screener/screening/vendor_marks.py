"""What of that which a vendor puts on a company is new, and what of it is news?

News is a valuation a tenth or more away from the last one that was told of, or from
the first one; another round; and that a company is on the list no more, or again. A
first figure is none, and smaller moves are kept without anybody being told.

A vendor's estimate is shown beside the marks of the taxonomy and never scored: it is
reckoned from the last round and from deals in its shares, and says neither how.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from triad_screener.model.live import FetchFailure
from triad_screener.model.watch import Estimate, Sighting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from triad_screener.model.screen import MarkFact, WatchlistFact
    from triad_screener.model.watch import Asked, PrivateList, VendorMark, WatchEvent

#: Of everything that a vendor estimates.
GRADE: Final = "D"
#: Share by which a valuation must move to be news, or differ to be a disagreement.
TENTH: Final = 0.1
#: A round is told of, closed and listed by a vendor within so many days.
SAME_ROUND: Final = timedelta(days=60)
#: A date of a round that moves by less, its class being the same, is a correction.
_CORRECTION: Final = timedelta(days=31)
#: So many companies must be known of for their absence to make a list doubtful.
_SEVERAL: Final = 2
#: Grades of what a filing or the company itself says.
_FIRST_HAND: Final = ("A", "B")
_DIGITS: Final = 9
_BILLION: Final = 1e9


def sighting(asked: Asked, mark: VendorMark, publisher: str, day: date) -> Sighting:
    """Return what is seen of a company: what is kept already, where nothing changed.

    Args:
        asked: The company, with what is kept of it.
        mark: What the vendor puts on it now.
        publisher: The vendor.
        day: On which it is seen.
    """
    kept = _of_vendor(asked.kept, mark.symbol)
    last = kept[-1].sighting if kept else None
    if last and last.kind == "mark" and last.vendor == mark:
        return last
    news = _news(kept, mark)
    return Sighting(
        entry=asked.entry.id,
        reference=_reference("mark", mark, day),
        date=day,
        kind="mark",
        what=f"{news}{_worth(mark)}",
        source=publisher,
        grade=GRADE,
        company=mark.name,
        vendor=mark,
        is_minor=not news,
    )


def vanished(asked: Asked, publisher: str, day: date) -> Sighting | None:
    """Return that a company is on the list no more; None if it never was.

    Args:
        asked: The company, with what is kept of it.
        publisher: The vendor.
        day: On which it is missed.
    """
    kept = _of_vendor(asked.kept, str(asked.entry.yahoo))
    if not kept:
        return None
    last = kept[-1].sighting
    if last.kind != "mark" or last.vendor is None:
        return last
    return Sighting(
        entry=asked.entry.id,
        reference=_reference("gone", last.vendor, day),
        date=day,
        kind="event",
        what=f"No more on the list of private companies; it had {_worth(last.vendor)}",
        source=publisher,
        grade=GRADE,
        company=last.vendor.name,
        vendor=last.vendor,
    )


def _reference(what: str, mark: VendorMark, day: date) -> str:
    parts = (what, mark.symbol, day, f"{mark.valuation:.0f}", mark.price or "")
    return ":".join(str(one) for one in (*parts, mark.share_class, mark.round_date))


def require_most(found: PrivateList, asked: Sequence[Asked]) -> None:
    """Refuse a list on which most of the companies that it had are missing at once.

    Raises:
        FetchFailure: If it is one.
    """
    before = [one for one in asked if _is_on_list(one)]
    gone = [one for one in before if one.entry.yahoo not in found.marks]
    if len(gone) >= _SEVERAL and 2 * len(gone) > len(before):
        detail = (
            f"{len(gone)} of {len(before)} companies are missing on the list at once, "
            "so the list is doubted, not they."
        )
        raise FetchFailure("rejected: most are missing", detail)


def _is_on_list(asked: Asked) -> bool:
    kept = _of_vendor(asked.kept, str(asked.entry.yahoo))
    return bool(kept) and kept[-1].sighting.kind == "mark"


def _of_vendor(kept: Iterable[WatchEvent], symbol: str) -> list[WatchEvent]:
    """Return what was seen under a symbol, oldest first."""
    found = ((one, one.sighting.vendor) for one in kept)
    return [one for one, mark in found if mark and mark.symbol == symbol]


def _news(kept: Sequence[WatchEvent], mark: VendorMark) -> str:
    """Return what is news in a mark, as the beginning of a sentence; empty for none."""
    if not kept:
        return ""
    last = kept[-1].sighting
    if last.kind != "mark":
        return "On the list of private companies again: "
    if last.vendor and _is_new_round(last.vendor, mark):
        return "A new round: "
    marks = [one for one in kept if one.sighting.kind == "mark"]
    told = next((one for one in reversed(marks) if one.is_news), marks[0])
    return _move(told.sighting, mark)


def _is_new_round(old: VendorMark, new: VendorMark) -> bool:
    if not (old.round_date and new.round_date):
        return bool(old.share_class and new.share_class) and (
            old.share_class != new.share_class
        )
    later = new.round_date - old.round_date
    if old.share_class == new.share_class:
        return later > _CORRECTION
    return later > timedelta(0)


def _move(told: Sighting, mark: VendorMark) -> str:
    before = told.vendor
    if before is None or before.currency != mark.currency:
        return ""
    change = round(mark.valuation / before.valuation - 1, _DIGITS)
    if abs(change) < TENTH:
        return ""
    was = _money(before.valuation, before.currency)
    return f"{change:+.0%} from {was} on {told.date}: "


def _worth(mark: VendorMark) -> str:
    """Return a mark in words.

    Examples:
        >>> from triad_screener.model.watch import VendorMark
        >>> _worth(VendorMark("DATB.PVT", 170.702e9, "USD", 242.04, "Series L"))
        'USD 170.7bn, USD 242.04 a share, Series L'
    """
    parts = [_money(mark.valuation, mark.currency)]
    if mark.price:
        parts.append(f"{mark.currency} {mark.price:,.2f} a share")
    last = f"{mark.share_class or 'last round'} of {mark.round_date}"
    if mark.round_date or mark.share_class:
        parts.append(last if mark.round_date else mark.share_class)
    return ", ".join(parts)


def _money(value: float, currency: str) -> str:
    return f"{currency} {value / _BILLION:,.4g}bn"


def estimate(fact: WatchlistFact, seen: Sequence[WatchEvent]) -> Estimate | None:
    """Return the newest estimate of a vendor, held against the mark it is nearest to.

    That is the newest value of a filing or of the company itself (grades A and B), else
    the newest of all. They disagree if they are more than a tenth apart and of the same
    time: the mark was there when the estimate was first seen, and the vendor knows of
    no round that came more than 60 days after it.

    Args:
        fact: The company, with its marks.
        seen: What was seen of it, oldest first.
    """
    found = [one.sighting for one in seen if one.sighting.vendor]
    marks = [one for one in found if one.kind == "mark"]
    if not marks or marks[-1].vendor is None:
        return None
    last, mark = marks[-1], marks[-1].vendor
    beside = _beside(fact, mark.currency)
    value = _value(beside, mark.currency) if beside else None
    difference = round(mark.valuation / value - 1, _DIGITS) if value else None
    return Estimate(
        mark,
        last.date,
        last.source,
        last.grade,
        found[-1].date if found[-1].kind != "mark" else None,
        beside,
        difference,
        disagrees=abs(difference or 0.0) > TENTH
        and _is_of_its_time(beside, mark, last.date),
    )


def _beside(fact: WatchlistFact, currency: str) -> MarkFact | None:
    """Return the mark to compare with; None where none has a value to compare."""
    known = [one for one in fact.valued if _value(one, currency)]
    first_hand = [one for one in known if one.grade in _FIRST_HAND]
    return next(reversed(first_hand or known), None)


def _value(mark: MarkFact, currency: str) -> float | None:
    if mark.currency == currency:
        return mark.post_money
    return mark.post_money_usd if currency == "USD" else None


def _is_of_its_time(beside: MarkFact | None, mark: VendorMark, since: date) -> bool:
    if beside is None or beside.grade not in _FIRST_HAND or mark.round_date is None:
        return False
    return mark.round_date - SAME_ROUND <= beside.date <= since
