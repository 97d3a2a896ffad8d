"""Which tickers does a text name, and which of them are known?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence


def named(texts: Iterable[str]) -> tuple[str, ...]:
    """Return each ticker once, in capitals; commas and blanks stand between them.

    Examples:
        >>> named(["nvda, tsm", "NVDA"])
        ('NVDA', 'TSM')
    """
    parts = (part for text in texts for part in text.replace(",", " ").split())
    return tuple(dict.fromkeys(part.upper() for part in parts))


def known_tickers(
    asked: Sequence[str], known: Collection[str], *, ignore_unknown: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tickers of ``asked`` that are known, and those that are not.

    Raises:
        UnknownNameError: If one is not known, unless ``ignore_unknown``.
    """
    wanted, listed = named(asked), frozenset(known)
    unknown = tuple(ticker for ticker in wanted if ticker not in listed)
    if unknown and not ignore_unknown:
        raise UnknownNameError("ticker", unknown[0], known)
    return tuple(ticker for ticker in wanted if ticker in listed), unknown
