"""How may the texts of a taxonomy be written?

Names and notes come from anyone and end up in terminals, letters and spreadsheets:
they are bounded, and hold no control characters and no invisible ones, which could
move the cursor or turn the direction of the text around.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final

from pydantic import BeforeValidator, StringConstraints, WithJsonSchema

from triad_screener.model.dates import parse_iso_date

#: Invisible characters of Unicode: marks of direction, joiners, separators.
_INVISIBLE = (
    r"\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb"
)
_LINE = rf"^[^\u0000-\u001f{_INVISIBLE}]*$"
_PROSE = rf"^[^\u0000-\u0008\u000b-\u001f{_INVISIBLE}]*$"
_TICKER = r"^[A-Z0-9][A-Z0-9.\-=^]{0,19}$"
_KEY = r"^[a-z0-9][a-z0-9_]{0,63}$"
_CURRENCY = r"^[A-Z]{3}$"
_EXCHANGE = r"^[A-Z0-9]{4}$"
_COLOUR = r"^#[0-9a-fA-F]{6}$"
_COUNTRY = r"^[A-Z]{2}$"
_CIK = r"^\d{10}$"
_TABLE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(csv|csv\.gz|parquet)$"
_PRIVATE = r"^[A-Z0-9]{1,10}\.PVT$"

IsoDate = Annotated[
    date,
    BeforeValidator(parse_iso_date),
    WithJsonSchema({"type": "string", "format": "date"}),
]


def is_ticker(text: str) -> bool:
    r"""Return whether a text is a ticker, as in 2330.TW: safe to show and to pipe.

    Examples:
        >>> is_ticker("2330.TW"), is_ticker("A\nrm"), is_ticker("nvda")
        (True, False, False)
    """
    return re.fullmatch(_TICKER[1:-1], text) is not None


TICKER_IN_WORDS: Final = (
    "A ticker has capital letters, digits and . - = ^, as in 2330.TW."
)
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_LINE)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=_PROSE)]
Remark = Annotated[str, StringConstraints(max_length=1000, pattern=_PROSE)]
"""Prose that may be empty."""
Ticker = Annotated[str, StringConstraints(pattern=_TICKER, max_length=20)]
Key = Annotated[str, StringConstraints(pattern=_KEY)]
Currency = Annotated[str, StringConstraints(pattern=_CURRENCY)]
Exchange = Annotated[str, StringConstraints(pattern=_EXCHANGE)]
"""ISO 10383 market identifier."""
Colour = Annotated[str, StringConstraints(pattern=_COLOUR)]
Country = Annotated[str, StringConstraints(pattern=_COUNTRY)]
"""ISO 3166, two letters."""
Cik = Annotated[str, StringConstraints(pattern=_CIK)]
"""SEC Central Index Key, ten digits."""
PrivateSymbol = Annotated[str, StringConstraints(pattern=_PRIVATE)]
"""What Yahoo Finance calls a company that is not listed."""
TableName = Annotated[str, StringConstraints(pattern=_TABLE)]
"""A file beside the taxonomy: no folder can stand in it."""

#: What a pattern asks for, as a sentence.
IN_WORDS: Final[Mapping[str, str]] = {
    _LINE: "A text on one line has no control or invisible characters.",
    _PROSE: "A text has no control or invisible characters.",
    _TICKER: TICKER_IN_WORDS,
    _KEY: "A key has small letters, digits and underscores.",
    _CURRENCY: "A currency has three capital letters, as in USD.",
    _EXCHANGE: "An exchange is a market identifier of four, as in XNAS.",
    _COLOUR: 'A colour is written as "#cc7722".',
    _COUNTRY: "A country has two capital letters, as in US.",
    _CIK: 'A CIK has ten digits, in quotes, as in "0001045810".',
    _TABLE: "A table is a file in the same folder, as in constituents.csv, "
    "constituents.csv.gz or constituents.parquet.",
    _PRIVATE: "A private company is written as Yahoo Finance does, as in DATB.PVT.",
}
