"""What do all of Yahoo's answers have in common, and when is one of no use?"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from triad_screener.model.live import ABSENT, FetchFailure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Units of a hundredth of a currency, as Yahoo writes them.
MINOR_UNITS: Final[Mapping[str, str]] = {
    "GBp": "GBP",
    "GBX": "GBP",
    "ZAc": "ZAR",
    "ZAC": "ZAR",
    "ILA": "ILS",
    "ILa": "ILS",
}
_CURRENCY: Final = re.compile("[A-Z]{3}")


def rejected(what: str, detail: str) -> FetchFailure:
    """Return the failure for an answer that cannot be right."""
    return FetchFailure(f"rejected: {what}", detail)


@contextmanager
def readable() -> Iterator[None]:
    """Reject what has another shape than the reader inside expects.

    Raises:
        FetchFailure: If a part is missing, or of another type.
    """
    try:
        yield
    except (
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        AttributeError,
        ArithmeticError,
        OSError,
    ) as error:
        told = f"A part of the answer is missing or of another kind ({error!r:.80})."
        raise rejected("unexpected shape", told) from error


def require_no_error(error: Any) -> None:  # noqa: ANN401 - JSON, read strictly
    """Raise the failure that an answer describes; None is no failure.

    Raises:
        FetchFailure: ``absent`` for what is not found, else ``rejected``.
    """
    if error is None:
        return
    if error["code"] == "Not Found":
        raise FetchFailure(ABSENT, "Yahoo Finance does not know this symbol.")
    raise rejected("error answer", "Yahoo Finance answered with an error of its own.")


def require_symbol(found: str, asked: str) -> None:
    """Refuse the answer to another question.

    Raises:
        FetchFailure: If the symbols differ, case apart.
    """
    if found.casefold() != asked.casefold():
        raise rejected("another symbol", "The answer is about another symbol.")


def currency_of(unit: str) -> str:
    """Return the currency of a unit, ISO 4217.

    Raises:
        FetchFailure: If it is no currency.
    """
    currency = MINOR_UNITS.get(unit, unit)
    if not _CURRENCY.fullmatch(currency):
        raise rejected(
            "no currency", "The answer does not say in which currency it is."
        )
    return currency
