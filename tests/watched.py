"""A company of the watchlist, made by hand: two stages, two marks, a holder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samples import taxonomy
from triad_screener.screening.watching import watch

if TYPE_CHECKING:
    from datetime import date

    from triad_screener.model.screen import WatchlistFact
    from triad_screener.model.taxonomy import Taxonomy


def dated(day: str, **parts: object) -> dict[str, object]:
    """A dated entry with its source."""
    return {"date": day, "source": "by_hand", "grade": "C", **parts}


def watching(**parts: object) -> Taxonomy:
    """A taxonomy that watches one company, private since March 2025."""
    entry = {
        "id": "labs",
        "name": "Labs",
        "pillar": "data",
        "exposure": 0.5,
        "basis": "estimate",
        "role": "core",
        "stages": (
            dated("2025-03-01", stage="private"),
            dated("2026-06-01", stage="listed"),
        ),
        "marks": (
            dated("2025-03-01", round="Series A", post_money=62e9),
            dated("2026-01-01", round="Series B", post_money=134e9, currency="EUR"),
        ),
        "holders": (
            {
                "ticker": "BIG",
                "share": 0.1,
                "as_of": "2025-06-30",
                "source": "by_hand",
                "grade": "B",
            },
        ),
        "ticker": "LABS",
        "stale_after_days": 120,
        **parts,
    }
    return taxonomy(watchlist=(entry,))


def known_on(day: date, **parts: object) -> WatchlistFact:
    """What is known of the company on a day."""
    (fact,) = watch(watching(**parts), day)
    return fact
