from __future__ import annotations

from datetime import date

import pytest

from triad_screener.model.stored import MissingSession
from triad_screener.reporting import sessions


def missing(*days: tuple[str, int]) -> list[MissingSession]:
    """Sessions of May 2026 that are missing."""
    return [MissingSession(name, date(2026, 5, day), None) for name, day in days]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([], ""),
        ([("AAA", 4)], "1 session of 1 symbol: AAA 2026-05-04"),
        (
            [("AAA", 4), ("AAA", 5), ("BBB", 4)],
            "3 sessions of 2 symbols: AAA 2026-05-04 to 2026-05-05 (2), BBB 2026-05-04",
        ),
        (
            [("A", 4), ("B", 4), ("C", 4), ("D", 4), ("E", 4)],
            "5 sessions of 5 symbols: A 2026-05-04, B 2026-05-04, C 2026-05-04, 2 more",
        ),
    ],
)
def test_missing_sessions_are_counted_and_the_first_named(
    days: list[tuple[str, int]], told: str
) -> None:
    assert sessions.in_words(missing(*days)) == told
