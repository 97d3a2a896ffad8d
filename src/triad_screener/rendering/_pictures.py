"""How does a picture become a file that every mail client and browser shows?

As PNG, 640 pixels wide on screen at twice the density, on a light ground. The same
picture gives the same bytes. Matplotlib is imported with the first picture, with its
files in the program's own cache folder, and never writes to a stream.
"""

from __future__ import annotations

import logging
import math
import os
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from triad_screener import settings
from triad_screener.model.document import Drawing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from triad_screener.model.document import Picture, PillarStyle, Series

#: Beyond this a value cannot be drawn beside others and counts as missing.
_LARGEST: Final = 1e15
#: So many lines, or names with bars, are still told apart.
_MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as PNG.

    Attributes:
        width: In pixels of a page; the file has twice as many.
        height: Likewise.
    """

    content: bytes
    width: int
    height: int


def draw(picture: Picture, pillars: Mapping[str, PillarStyle]) -> Drawn | None:
    """Return ``picture`` drawn, None where a drawing would tell nothing.

    That is without a value, and with more lines or names than can be told apart. None,
    infinite and absurdly large values are missing and leave a gap.

    Args:
        picture: What to draw.
        pillars: Label and colour by key, as in a report.
    """
    known = _known(picture)
    if not 0 < _lines(known) <= _MOST:
        return None
    _settle()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from triad_screener.rendering import _plots  # noqa: PLC0415 - only when drawn

        with _plots.defaults():
            figure = _plots.figure(known, pillars)
            content = _plots.png(figure)
    width, height = figure.get_size_inches() * _plots.PIXELS_AN_INCH
    return Drawn(content, round(width), round(height))


def sheet(
    pictures: Sequence[Picture], pillars: Mapping[str, PillarStyle]
) -> bytes | None:
    """Return pictures one under another with their titles, as PNG.

    One that would tell nothing is left out; None where nothing is left.
    """
    drawn = [(one.title, found) for one in pictures if (found := draw(one, pillars))]
    if not drawn:
        return None
    from triad_screener.rendering import _plots  # noqa: PLC0415 - only when drawn

    return _plots.sheet([(title, found.content) for title, found in drawn])


def _known(picture: Picture) -> Picture:
    """Return the picture with the series that have a value, of one length."""
    count = len(picture.places)
    floor = 0.0 if picture.drawing is Drawing.REACH else -math.inf
    series = (_finite(line, count, floor) for line in picture.series)
    found = tuple(s for s in series if any(value is not None for value in s.values))
    return replace(picture, series=found)


def _lines(picture: Picture) -> int:
    """Return how many lines, or names with bars, a picture has."""
    series = len(picture.series)
    barred = picture.drawing in (Drawing.PARTS, Drawing.BOUNDS)
    names = len(picture.places) if barred else 0
    return max(series, names) if series else 0


def _finite(line: Series, count: int, floor: float) -> Series:
    """Return a line with what can be drawn, which is above ``floor``."""
    numbers = map(_number, line.values[:count])
    values = tuple(v if v is not None and v > floor else None for v in numbers)
    return replace(line, values=values + (None,) * (count - len(values)))


def _number(value: float | None) -> float | None:
    if value is None or not math.isfinite(value) or abs(value) > _LARGEST:
        return None
    return float(value)


def _settle() -> None:
    """See to it that Matplotlib keeps to its folder, its own fonts, and is silent.

    Where the folder cannot be written, Matplotlib makes a temporary one.
    """
    logger = logging.getLogger("matplotlib")
    logger.setLevel(logging.CRITICAL + 1)
    # System fonts would make the same picture look different on every machine.
    os.environ.setdefault("MPL_IGNORE_SYSTEM_FONTS", "1")
    if not os.environ.get("MPLCONFIGDIR"):
        folder = settings.cache_folder()[0] / "matplotlib"
        os.environ["MPLCONFIGDIR"] = str(folder)
