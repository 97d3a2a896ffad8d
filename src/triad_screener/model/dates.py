"""Dates in files: written as 2026-05-15, and in no other way."""

import re
from datetime import date

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)


def parse_iso_date(text: object) -> date:
    """Return the calendar date that ``text`` writes in ISO 8601.

    Raises:
        ValueError: If ``text`` is anything else, a week date or time included.

    Examples:
        >>> parse_iso_date("2026-05-15")
        datetime.date(2026, 5, 15)
    """
    if isinstance(text, date):
        return text
    if not isinstance(text, str) or not _ISO.match(text):
        message = "a date is written as 2026-05-15"
        raise ValueError(message)
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{text} is not a day of the calendar"
        raise ValueError(message) from None
