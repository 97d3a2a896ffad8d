"""What is a company worth that is not listed, on whose word, and in which words?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triad_screener.model.document import Column, Kind

if TYPE_CHECKING:
    from datetime import date

    from triad_screener.model.document import Cell
    from triad_screener.model.watch import Estimate
    from triad_screener.reporting.record import Record

_TRILLION, _BILLION = 1e12, 1e9
GRADES: Final = (
    "Grade of a mark: A filing, B company, C named press, D aggregator or vendor."
)
ESTIMATED: Final = "Estimate: of Yahoo Finance, shown and never scored."
#: Of the cells of `estimated`.
ESTIMATE_COLUMNS: Final = (
    Column("Estimate", Kind.TEXT, 87),
    Column("Seen since", Kind.DATE, 59),
    Column("Beside a mark", Kind.TEXT, 58),
)


def worth(value: float | None, currency: str) -> str:
    """Return an amount of money in words, such as ``USD 134bn``."""
    if value is None:
        return "undisclosed"
    if value >= _TRILLION:
        return f"{currency} {value / _TRILLION:.4g}tn"
    return f"{currency} {value / _BILLION:.4g}bn"


def estimated(found: Estimate | None) -> tuple[Cell, ...]:
    """Return a vendor's estimate, since when it is seen, and how far from a mark."""
    if found is None:
        return "", None, ""
    gone = f", gone {found.gone_on}" if found.gone_on else ""
    value = worth(found.mark.valuation, found.mark.currency)
    return f"{value}, {found.grade}{gone}", found.since, apart(found)


def apart(found: Estimate) -> str:
    """Return how far an estimate is from the mark that it is held against."""
    if found.beside is None or found.difference is None:
        return ""
    beside = f"{found.beside.round}, {found.beside.grade}"
    disagrees = " disagrees," if found.disagrees else ""
    return f"{found.difference:+.0%},{disagrees} {beside}"


def estimate_record(found: Estimate | None) -> Record | None:
    """Return an estimate as a program reads it; None without one."""
    if found is None:
        return None
    mark, beside = found.mark, found.beside
    return {
        "symbol": mark.symbol,
        "valuation": mark.valuation,
        "currency": mark.currency,
        "price": mark.price,
        "share_class": mark.share_class or None,
        "round_date": _iso(mark.round_date),
        "since": found.since.isoformat(),
        "gone_on": _iso(found.gone_on),
        "source": found.source,
        "grade": found.grade,
        "beside": f"{beside.round}, {beside.date}" if beside else None,
        "difference": found.difference,
        "disagrees": found.disagrees,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
