"""Where numbers become text: per cent, signs, bars and sparklines, once for all.

Text from outside is untrusted: control characters and terminal escapes are taken out
here, HTML and spreadsheet formulas by the renderers that know of them.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Final

from triad_screener.model.document import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from triad_screener.model.document import Cell

UNKNOWN: Final = "n/a"
#: Where an empty cell says as much.
_BLANK: Final = (Kind.TEXT, Kind.DATE, Kind.FRACTION, Kind.POINTS)
_LEVELS: Final = "▁▂▃▄▅▆▇█"
_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
_AXIS: Final = "│"
#: What is smaller than this is zero.
NOISE: Final = 1e-12
_LARGE: Final = 100_000
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_THOUSAND: Final = 1000
_BEYOND_AMOUNTS: Final = 1e17
_AMOUNTS: Final = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"))

#: Signs that a terminal without Unicode sees instead; one for one.
ASCII: Final = str.maketrans(
    dict(zip("▁▂▃▄▅▆▇█", "_.,-~+*#", strict=True))
    | dict(zip("▏▎▍▌▋▊▉", "...=###", strict=True))
    | {"│": "|", "▐": "#", "≈": "~", "★": "*", "●": "*", "…": ".", "°": "."}
)


def clean(text: str) -> str:
    r"""Return ``text`` without control, format and surrogate characters.

    Examples:
        >>> clean("Evil\x1b[31m Corp\u202e")
        'Evil[31m Corp'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if char in "\t\n" else char
        for char in text
        if char in "\t\n" or not unicodedata.category(char).startswith("C")
    )


def colour(text: str) -> str:
    """Return a colour of six digits; nothing for anything else.

    Examples:
        >>> colour("#cc7722"), colour("red;x:url(y)")
        ('#cc7722', '')
    """
    return text if _COLOUR.fullmatch(text) else ""


def written(cell: Cell, kind: Kind) -> str:
    """Return ``cell`` as a reader should see it, without decoration.

    Examples:
        >>> written(0.1234, Kind.FRACTION), written(-1.5, Kind.BAR)
        ('12.3%', '-1.5')
        >>> written(None, Kind.SCORE), written(2.1e12, Kind.AMOUNT)
        ('n/a', '2.1tn')
    """
    if cell is None:
        return "" if kind in _BLANK else UNKNOWN
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, tuple):
        return sparkline(cell)
    return number(float(cell), kind)


def number(value: float, kind: Kind) -> str:
    """Return a number in the way of its kind."""
    return _WRITERS.get(kind, in_full)(value)


def in_full(value: float) -> str:
    """Return a number for a calculator: seven digits, whole numbers in full.

    Examples:
        >>> in_full(25932524521.0), in_full(0.03416355), in_full(-1e-18)
        ('25,932,524,521', '0.03416355', '0')
    """
    if abs(value) < NOISE:
        return "0"
    if abs(value) >= _LARGE:
        return f"{value:,.0f}"
    return f"{value:.7g}"


def signed(value: float, decimals: int) -> str:
    """Return a number with its sign; zero without one.

    Examples:
        >>> signed(0.04, 1), signed(-0.04, 1), signed(1.0, 1)
        ('0.0', '0.0', '+1.0')
    """
    text = f"{value:+.{decimals}f}"
    return text[1:] if float(text) == 0 else text


def looks_zero(value: float, kind: Kind) -> bool:
    """Return whether a signed number is written as zero: neither good nor bad.

    Examples:
        >>> looks_zero(0.04, Kind.BAR), looks_zero(-0.05, Kind.BAR)
        (True, False)
    """
    return not number(value, kind).startswith(("+", "-"))


def amount(value: float) -> str:
    """Return an amount shortened to four digits.

    Examples:
        >>> amount(1.34e11), amount(25_000.0), amount(9.5)
        ('134bn', '25,000', '9.5')
    """
    for size, name in _AMOUNTS:
        if abs(value) >= size:
            return f"{value / size:.4g}{name}"
    return f"{value:,.0f}" if abs(value) >= _THOUSAND else f"{value:.4g}"


def quantity(value: float) -> str:
    """Return a number of any size to five digits.

    Examples:
        >>> quantity(3.2856e24), quantity(1.48e13), quantity(-0.25), quantity(0.0)
        ('3.2856e24', '14.8tn', '-0.25', '0')
    """
    if abs(value) >= _BEYOND_AMOUNTS:
        return f"{value:.5g}".replace("e+", "e")
    for size, name in _AMOUNTS:
        if abs(value) >= size:
            return f"{value / size:.5g}{name}"
    return f"{value:,.0f}" if abs(value) >= _THOUSAND else f"{value:.5g}"


def bar(z: float | None, reach: int = 3) -> str:
    """Return a bar around a zero axis, one cell for each unit of z.

    Examples:
        >>> bar(1.5), bar(-2.0), bar(None)
        ('   │█▌ ', ' ██│   ', '   │   ')
    """
    blank = " " * reach
    if z is None or z == 0:
        return f"{blank}{_AXIS}{blank}"
    if z > 0:
        return f"{blank}{_AXIS}{length(min(z, reach), reach)}"
    halves = round(min(-z, reach) * 2)
    left = "▐" * (halves % 2) + "█" * (halves // 2)
    return f"{left.rjust(reach)}{_AXIS}{blank}"


def length(value: float, cells: int) -> str:
    """Return a bar from the left, ``value`` cells long, padded to ``cells``."""
    eighths = round(max(0.0, value) * 8)
    full, rest = divmod(eighths, 8)
    drawn = "█" * full + (_EIGHTHS[rest] if rest else "")
    return drawn.ljust(cells)[:cells]


def sparkline(values: Sequence[float], width: int = 12) -> str:
    """Return the course of ``values`` in at most ``width`` signs.

    Examples:
        >>> sparkline((1.0, 2.0, 3.0))
        '▁▅█'
    """
    if not values:
        return ""
    step = (len(values) - 1) / max(1, min(width, len(values)) - 1)
    chosen = [values[round(i * step)] for i in range(min(width, len(values)))]
    low, high = min(chosen), max(chosen)
    spread = high - low
    if spread == 0:
        return _LEVELS[3] * len(chosen)
    return "".join(_LEVELS[round((v - low) / spread * 7)] for v in chosen)


_WRITERS: Final[Mapping[Kind, Callable[[float], str]]] = {
    Kind.COUNT: "{:.0f}".format,
    Kind.SCORE: "{:.1f}".format,
    Kind.BAR: lambda value: signed(value, 1),
    Kind.SIGNED: lambda value: signed(value, 3),
    Kind.POINTS: lambda value: signed(value, 1),
    Kind.FRACTION: "{:.1%}".format,
    Kind.WEIGHT: "{:.1%}".format,
    Kind.AMOUNT: amount,
    Kind.QUANTITY: quantity,
    Kind.METER: "{:.0%}".format,
}
