"""How are dates written: as 2026-05-15 in files, how for people, and how ages?"""

import re
from datetime import date

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
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


def in_words(day: date) -> str:
    """Return a date as a person writes it, in English whatever the locale.

    Examples:
        >>> in_words(date(2026, 5, 15))
        '15 May 2026'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def span(days: float) -> str:
    """Return a number of days with its noun.

    Examples:
        >>> span(1), span(1.5), span(4)
        ('1 day', '1.5 days', '4 days')
    """
    return f"{days:g} day{'' if days == 1 else 's'}"
