"""Which sessions are missing, in a few words?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from triad_screener.model.stored import MissingSession

#: Symbols that are named.
_NAMED: Final = 3


def in_words(missing: Sequence[MissingSession]) -> str:
    """Return how many sessions of how many symbols are missing; empty without any.

    Args:
        missing: By symbol and day.
    """
    days: dict[str, list[date]] = {}
    for one in missing:
        days.setdefault(one.symbol, []).append(one.session)
    if not days:
        return ""
    named = [f"{symbol} {_span(found)}" for symbol, found in [*days.items()][:_NAMED]]
    more = [f"{len(days) - _NAMED} more"] if len(days) > _NAMED else []
    of = _count(len(missing), "session"), _count(len(days), "symbol")
    return f"{' of '.join(of)}: {', '.join([*named, *more])}"


def _span(days: Sequence[date]) -> str:
    first, *others = days
    return f"{first} to {others[-1]} ({len(days)})" if others else f"{first}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
