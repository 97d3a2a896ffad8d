"""What does each kind of picture look like?

Nothing is told by colour alone: lines carry their names at their right end, pillars
have marks and dashes, bars have hatches. Text is shown as it is, never as formulas; a
sign that the font does not have gives way to a key or a question mark.
"""

from __future__ import annotations

import io
import math
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, cast

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, NullLocator
from PIL import Image, ImageDraw, ImageFont

from triad_screener.model.document import Drawing
from triad_screener.rendering import _cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.ft2font import FT2Font

    from triad_screener.model.document import Picture, PillarStyle, Series

    Pillars = Mapping[str, PillarStyle]

PIXELS_AN_INCH: Final = 100
_POINTS_AN_INCH: Final = 72
_UNITS_A_POINT: Final = 64
_INK, _QUIET, _RULE, _GROUND = "#1c2128", "#5a6572", "#d5dbe1", "#ffffff"
_FONT: Final = "DejaVu Sans"
_RULES: Final[Any] = {
    "font.family": _FONT,
    "font.size": 9,
    "text.color": _INK,
    "text.parse_math": False,
    "axes.edgecolor": _RULE,
    "axes.unicode_minus": False,
    "xtick.color": _QUIET,
    "ytick.color": _QUIET,
    "hatch.linewidth": 0.7,
    "figure.dpi": 2 * PIXELS_AN_INCH,
    "savefig.dpi": "figure",
}
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_LONGEST_NAME: Final = 18
#: Marker and dashes, by the place of the pillar; the last for no pillar.
_LOOKS: Final[tuple[tuple[str, Any], ...]] = (
    ("o", "-"),
    ("s", (0, (5, 1.2))),
    ("^", (0, (1.6, 1))),
    ("D", (0, (6, 1.2, 1.2, 1.2))),
)
_COLOURS: Final = (
    *("#3d6fb4", "#e0963c", "#4d9f72", "#a9598f", "#8b929b", "#cbb43f", "#63b3d3"),
)
_HATCHES: Final = ("", "////", "....", "\\\\\\\\", "xxxx", "----", "||||", "++++")
#: Bars above and below zero.
_MORE: Final[dict[str, Any]] = {"facecolor": _COLOURS[0], "width": 0.72}
_LESS: Final[dict[str, Any]] = {
    **_MORE,
    "facecolor": _GROUND,
    "edgecolor": _COLOURS[0],
    "hatch": "////",
}
#: Above the axes, flush with the left edge.
_LEGENDS: Final[dict[str, Any]] = {
    "loc": "upper left",
    "bbox_to_anchor": (0, 1),
    "frameon": False,
    "borderaxespad": 0.2,
    "columnspacing": 1.2,
    "labelspacing": 0.4,
    "handletextpad": 0.5,
}
# Inches.
_LEGEND: Final = 0.2
_WIDTH: Final = 6.4
_TEXT: Final = 0.165
_DAY: Final = 0.62
_RANK: Final = 0.24
_NAME: Final = 0.27
_COURSES: Final = 2.5
_REACH: Final = 2.8
_HANDLE: Final = 0.5
_TOP, _BOTTOM, _EDGE = 0.12, 0.36, 0.12
# Counts.
_FEWEST_RANKS, _MOST_RANKS = 6, 28
_MOST_MARKED: Final = 30
_FEW_MARKS: Final = 9
_A_YEAR: Final = 366
#: Pixels of a title.
_HEADING: Final = 24
_PALETTE: Final = 128
_SMALL, _LARGE = 0.05, 1e5
#: Spans that a bar goes beyond two bounds, at least and at most.
_NEAR, _FAR = 1.0, 4.0


@contextmanager
def defaults() -> Iterator[None]:
    """Draw by these rules, whatever the user's own settings say."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RULES)
        yield


def figure(picture: Picture, pillars: Pillars) -> Figure:
    """Return ``picture`` drawn. Every series must have a value."""
    return _DRAWINGS[picture.drawing](picture, pillars)


def png(figure: Figure) -> bytes:
    """Return a figure as PNG, with a palette: a fifth of the size."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    with Image.open(drawn) as image:
        small = image.convert("RGB").quantize(_PALETTE, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    small.save(packed, format="png", optimize=True)
    return packed.getvalue()


def sheet(drawn: Sequence[tuple[str, bytes]]) -> bytes:
    """Return pictures one under another, each below its title, as PNG."""
    font = ImageFont.truetype(font_manager.findfont(_FONT), _HEADING)
    images = [(title, Image.open(io.BytesIO(content))) for title, content in drawn]
    width = max(image.width for _, image in images)
    height = sum(image.height + 2 * _HEADING for _, image in images)
    page = Image.new("RGB", (width, height), _GROUND)
    pen, top = ImageDraw.Draw(page), 0
    for title, image in images:
        text = _drawable(_cells.clean(title))
        pen.text((_HEADING, top + _HEADING // 2), text, fill=_INK, font=font)
        page.paste(image.convert("RGB"), (0, top + 2 * _HEADING))
        top += image.height + 2 * _HEADING
    packed = io.BytesIO()
    small = page.quantize(_PALETTE, dither=Image.Dither.NONE)
    small.save(packed, format="png", optimize=True)
    return packed.getvalue()


def _ranks(picture: Picture, pillars: Pillars) -> Figure:
    lines = [_Line.of(series, pillars) for series in picture.series]
    labels = [f"{line.end:.6g} {line.name}" for line in lines]
    lowest = max(1.0, *(value for line in lines for value in line.known))
    rows = max(_FEWEST_RANKS, min(lowest, _MOST_RANKS))
    height = max(rows * _RANK, len(lines) * _TEXT)
    axes = _axes(height, 0.3, _widest(labels), _pillars(picture, pillars))
    axes.set_ylim(lowest + 0.6, 0.4)
    ticks = MaxNLocator(12, integer=True).tick_values(1, lowest)
    ranks = [1, *(round(tick) for tick in ticks if 1 < tick <= lowest)]
    axes.set_yticks(ranks, [f"{rank:.6g}" for rank in ranks])
    _days(axes, picture.places)
    _draw(axes, lines, labels)
    return cast("Figure", axes.figure)


def _courses(picture: Picture, pillars: Pillars) -> Figure:
    lines = [_Line.of(series, pillars) for series in picture.series]
    if not any(series.pillar in pillars for series in picture.series):
        lines = [replace(line, look=_own(at)) for at, line in enumerate(lines)]
    labels = [f"{line.name} {_signed(100 * line.end)}%" for line in lines]
    known = [0.0, *(value for line in lines for value in line.known)]
    edge = (max(known) - min(known)) * 0.06 or 0.01
    height = max(_COURSES, len(lines) * _TEXT)
    axes = _axes(height, 0.55, _widest(labels), _pillars(picture, pillars))
    axes.set_ylim(min(known) - edge, max(known) + edge)
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_formatter(lambda value, _: f"{_tick(100 * value)}%")
    axes.axhline(0, color=_QUIET, linewidth=1, zorder=1)
    _days(axes, picture.places)
    _draw(axes, lines, labels)
    return cast("Figure", axes.figure)


def _parts(picture: Picture, pillars: Pillars) -> Figure:
    names = [_shown(place) for place in picture.places]
    bars = [_paint(at, series, pillars) for at, series in enumerate(picture.series)]
    handles = [*(Patch(**bar) for bar in bars), _mark([], [], label="sum")]
    axes = _axes(len(names) * _NAME, _widest(names), 0.6, handles)
    for at in range(len(names)):
        values = [series.values[at] for series in picture.series]
        _stack(axes, at, values, bars)
    axes.set_yticks(range(len(names)), names, color=_INK)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.axvline(0, color=_QUIET, linewidth=1, zorder=3)
    axes.margins(x=0.02)
    axes.xaxis.set_major_locator(MaxNLocator(7))
    axes.xaxis.set_major_formatter(lambda value, _: _tick(value))
    axes.grid(axis="x", color=_RULE, linewidth=0.6)
    return cast("Figure", axes.figure)


def _bounds(picture: Picture, pillars: Pillars) -> Figure:
    """Draw how far each name is from the bound at 0, and where the bound at 1 is."""
    del pillars
    names = [_shown(place) for place in picture.places]
    ends = [_shown(end) for end in picture.ends]
    handles: list[Artist] = [_Vote.of(series).mark([], []) for series in picture.series]
    right = _widest(ends) if ends else _EDGE
    axes = _axes(len(names) * _NAME, _widest(names), right, handles)
    known = {
        at: (value, _Vote.of(series))
        for series in picture.series
        for at, value in enumerate(series.values)
        if value is not None
    }
    edges = _zones(axes, [value for value, _ in known.values()])
    for at, (value, vote) in known.items():
        vote.draw(axes, at, value, edges)
    across = axes.get_yaxis_transform()
    for at, end in enumerate(ends):
        colour = _INK if at in known else _QUIET
        axes.text(1.02, at, end, transform=across, va="center_baseline", color=colour)
    axes.set_yticks(range(len(names)), names, color=_INK)
    axes.set_ylim(len(names) - 0.4, -0.6)
    return _of(axes)


def _zones(axes: Axes, values: Sequence[float]) -> tuple[float, float]:
    """Draw the bounds at 0 and 1; return how far bars go to the left and right."""
    least = max(-_FAR, min(-_NEAR, math.floor(min(values))))
    most = min(1 + _FAR, max(1 + _NEAR, math.ceil(max(values))))
    edge = (most - least) * 0.03
    axes.set_xlim(least - edge, most + edge)
    middles = (least / 2, 0.5, (1 + most) / 2)
    axes.set_xticks(middles, ("votes -1", "0", "votes +1"))
    for bound in (0, 1):
        axes.axvline(bound, color=_QUIET, linewidth=1, linestyle=(0, (3, 2)), zorder=3)
    return least, most


def _reach(picture: Picture, pillars: Pillars) -> Figure:
    """Draw lines over places, on a scale of tens. Every value must be above zero."""
    lines = [
        replace(_Line.of(series, pillars), look=_own(at))
        for at, series in enumerate(picture.series)
    ]
    labels = [line.name for line in lines]
    known = [value for line in lines for value in line.known]
    axes = _axes(_REACH, 0.7, _widest(labels), [], below=_BOTTOM + _TEXT)
    axes.set_xlabel(_shown(picture.across), color=_QUIET)
    axes.set_ylabel(_shown(picture.up), color=_QUIET)
    axes.set_yscale("log")
    axes.set_ylim(min(known) / 1.5, max(known) * 1.5)
    axes.yaxis.set_major_formatter(lambda value, _: _cells.quantity(value))
    axes.yaxis.set_minor_locator(NullLocator())
    _places(axes, picture.places)
    _draw(axes, lines, labels)
    return cast("Figure", axes.figure)


def _coefficients(picture: Picture, _: Pillars) -> Figure:
    """Draw bars around zero; then their mean and the edges of its band, if any."""
    bars, *lines = [_Line.of(series, {}) for series in picture.series]
    mean = next(iter(lines), None)
    label = f"{mean.name} {mean.end:+.3f}" if mean else ""
    known = [0.0, *bars.known, *(line.end for line in lines)]
    edge = (max(known) - min(known)) * 0.06 or 0.01
    axes = _axes(_COURSES, 0.55, _widest([label]), [])
    axes.set_ylim(min(known) - edge, max(known) + edge)
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_formatter(lambda value, _: _tick(value))
    for at, value in enumerate(bars.values):
        axes.bar(at, value, **_LESS if value < 0 else _MORE, zorder=2)
    axes.axhline(0, color=_QUIET, linewidth=1, zorder=3)
    _days(axes, picture.places)
    axes.set_axisbelow(True)
    axes.set_xlim(-0.7, len(picture.places) - 0.3)
    if mean:
        look = _own(1)
        axes.axhline(mean.end, color=look.colour, linewidth=1.6, zorder=4)
        axes.annotate(
            label,
            (1, mean.end),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center_baseline",
            annotation_clip=False,
        )
        band = [line.end for line in lines[1:]]
        if band:
            axes.axhspan(min(band), max(band), color=look.colour, alpha=0.2, zorder=0)
    return cast("Figure", axes.figure)


def _own(at: int) -> _Look:
    """Return the look of a line that belongs to no pillar, by its place."""
    return _Look(_COLOURS[at % len(_COLOURS)], *_LOOKS[at % len(_LOOKS)])


_DRAWINGS: Final[Mapping[Drawing, Callable[[Picture, Pillars], Figure]]] = {
    Drawing.RANKS: _ranks,
    Drawing.COURSES: _courses,
    Drawing.PARTS: _parts,
    Drawing.BOUNDS: _bounds,
    Drawing.REACH: _reach,
    Drawing.COEFFICIENTS: _coefficients,
}


@dataclass(frozen=True, slots=True)
class _Look:
    """How the lines of a pillar are told from those of others."""

    colour: str
    marker: str
    dashes: Any

    @classmethod
    def of(cls, pillar: str, pillars: Pillars) -> _Look:
        """Return the look of a pillar, a grey one of none."""
        if pillar not in pillars:
            return cls(_QUIET, *_LOOKS[-1])
        at = list(pillars).index(pillar) % (len(_LOOKS) - 1)
        colour = _cells.colour(pillars[pillar].colour)
        return cls(colour or _QUIET, *_LOOKS[at])

    def drawn(self) -> dict[str, Any]:
        """Return what a line of this look is drawn with."""
        return {
            "color": self.colour,
            "linestyle": self.dashes,
            "linewidth": 1.6,
            "marker": self.marker,
            "markersize": 4.2,
        }


@dataclass(frozen=True, slots=True)
class _Vote:
    """How a vote is drawn."""

    label: str
    colour: str
    hatch: str
    marker: str

    @classmethod
    def of(cls, series: Series) -> _Vote:
        """Return the look of a vote, that of neither for what is none."""
        neither = replace(_VOTES["0"], label=_shown(series.name))
        return _VOTES.get(series.name, neither)

    def draw(
        self, axes: Axes, at: int, value: float, edges: tuple[float, float]
    ) -> None:
        """Draw a bar from the bound at 0, with its mark at the end; cut at an edge."""
        end = min(max(value, edges[0]), edges[1])
        axes.barh(
            at,
            end,
            0.5,
            facecolor=self.colour,
            hatch=self.hatch,
            edgecolor=_GROUND,
            linewidth=0.4,
            zorder=2,
        )
        if end == value:
            axes.add_line(self.mark([end], [at]))
        else:
            sign = ">" if value > 0 else "<"
            axes.add_line(self.mark([end], [at], sign))

    def mark(self, x: Sequence[float], y: Sequence[float], sign: str = "") -> Line2D:
        """Return the mark of the vote, or another sign in its colour."""
        return Line2D(
            x,
            y,
            linestyle="",
            zorder=4,
            label=self.label,
            marker=sign or self.marker,
            markersize=7,
            color=self.colour,
            markeredgecolor=_INK,
            markeredgewidth=0.6,
        )


_VOTES: Final[dict[str, _Vote]] = {
    "+1": _Vote("+1, for", "#3d6fb4", "", "^"),
    "0": _Vote("0, neither", "#8b929b", "....", "o"),
    "-1": _Vote("-1, against", "#e0963c", "////", "v"),
}


@dataclass(frozen=True, slots=True)
class _Line:
    """A name and its value at each place, NaN for none."""

    name: str
    values: tuple[float, ...]
    look: _Look

    @classmethod
    def of(cls, series: Series, pillars: Pillars) -> _Line:
        """Return the line of a series."""
        values = (math.nan if value is None else value for value in series.values)
        look = _Look.of(series.pillar, pillars)
        return cls(_shown(series.name), tuple(values), look)

    @property
    def known(self) -> list[float]:
        """The values that there are."""
        return [value for value in self.values if not math.isnan(value)]

    @property
    def end(self) -> float:
        """The last value."""
        return self.known[-1]

    @property
    def last(self) -> int:
        """The place of the last value."""
        return max(at for at, v in enumerate(self.values) if not math.isnan(v))

    @property
    def marked(self) -> list[int]:
        """The places with a mark: all; of many some, and those that stand alone."""
        count = len(self.values)
        step = 1 if count <= _MOST_MARKED else count // _FEW_MARKS
        known = [False, *(not math.isnan(value) for value in self.values), False]
        alone = {
            at
            for at in range(count)
            if known[at + 1] and not known[at] and not known[at + 2]
        }
        return sorted(alone | set(range(self.last, -1, -step)))

    def drawn(self) -> dict[str, Any]:
        """Return what the line is drawn with; dashes would tear one of many days."""
        solid = {"linestyle": "-"} if len(self.values) > _MOST_MARKED else {}
        return {**self.look.drawn(), **solid, "markevery": self.marked}


def _axes(
    height: float,
    left: float,
    right: float,
    legend: list[Artist],
    *,
    below: float = _BOTTOM,
) -> Axes:
    """Return axes so high, with so much room around them, under their legend."""
    columns, rows = _fitted([str(handle.get_label()) for handle in legend])
    above = _TOP + rows * _LEGEND
    total = round(above + height + below, 2)
    found = Figure(figsize=(_WIDTH, total), facecolor=_GROUND)
    FigureCanvasAgg(found)
    if legend:
        found.legend(handles=legend, ncols=columns, **_LEGENDS)
    start = left + _EDGE
    width = _WIDTH - start - right - _EDGE
    place = (start / _WIDTH, below / total, width / _WIDTH, height / total)
    axes = found.add_axes(place)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0)
    return axes


def _of(axes: Axes) -> Figure:
    return cast("Figure", axes.figure)


def _fitted(labels: Sequence[str]) -> tuple[int, int]:
    """Return the columns and rows of a legend no wider than the picture."""
    if not labels:
        return 0, 0
    columns = max(1, int((_WIDTH - _EDGE) / (_widest(labels) + _HANDLE)))
    return min(columns, len(labels)), -(-len(labels) // columns)


def _days(axes: Axes, places: Sequence[str]) -> None:
    """Write as many of the days along the axis as fit, the last for certain."""
    last = len(places) - 1
    most = int(axes.get_position().width * _WIDTH / _DAY)
    ticks = sorted(range(last, -1, -max(1, -(-len(places) // most))))
    write = _month if _over_a_year(places) else _day
    axes.set_xticks(ticks, [write(places[at]) for at in ticks])
    edge = max(last, 1) * 0.02
    axes.set_xlim(-edge, last + edge / 2)
    axes.grid(axis="y", color=_RULE, linewidth=0.6)


def _places(axes: Axes, places: Sequence[str]) -> None:
    """Write every place along the axis."""
    axes.set_xticks(range(len(places)), [_shown(place) for place in places])
    axes.set_xlim(-0.2, len(places) - 0.9)
    axes.grid(axis="y", color=_RULE, linewidth=0.6)


def _draw(axes: Axes, lines: Sequence[_Line], labels: Sequence[str]) -> None:
    """Draw lines with their labels; those that end last share the right edge."""
    for line in lines:
        axes.plot(line.values, **line.drawn(), clip_on=False)
    last = max(line.last for line in lines)
    ends = [_up(axes, line.end) for line in lines]
    edge = [at for at, line in enumerate(lines) if line.last == last]
    places = apart([ends[at] for at in edge], _TEXT, _up(axes, axes.get_ylim()[1]))
    for at, place in zip(edge, places, strict=True):
        _label(axes, lines[at], labels[at], place - ends[at])
    for at, line in enumerate(lines):
        if line.last < last:
            _label(axes, line, labels[at], 0)


def _up(axes: Axes, value: float) -> float:
    """Return how far up the axes a value is, in inches."""
    at = axes.transData.transform((0, value))
    height = axes.get_position().height * _of(axes).get_size_inches()[1]
    return float(axes.transAxes.inverted().transform(at)[1] * height)


def _label(axes: Axes, line: _Line, text: str, up: float) -> None:
    """Write ``text`` after the end of a line, inches up, tied to it by a thread."""
    thread = {"arrowstyle": "-", "color": line.look.colour, "linewidth": 0.6}
    axes.annotate(
        text,
        (line.last, line.end),
        xytext=(11 if up else 6, up * _POINTS_AN_INCH),
        textcoords="offset points",
        va="center_baseline",
        annotation_clip=False,
        bbox={"facecolor": _GROUND, "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
        arrowprops={**thread, "shrinkA": 0, "shrinkB": 2} if up else None,
    )


def apart(wanted: Sequence[float], gap: float, room: float) -> list[float]:
    """Return places near ``wanted``, at least ``gap`` apart, from 0 to ``room``.

    Where there is not room enough they reach below 0.

    Examples:
        >>> apart([5.0, 1.0, 5.0], 2.0, 10.0), apart([10.0, 10.0], 2.0, 10.0)
        ([5.0, 1.0, 7.0], [8.0, 10.0])
    """
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    places = list(wanted)
    for before, at in pairwise(order):
        places[at] = max(places[at], places[before] + gap)
    limit = room
    for at in reversed(order):
        places[at] = min(places[at], limit)
        limit = places[at] - gap
    return places


def _paint(at: int, series: Series, pillars: Pillars) -> dict[str, Any]:
    """Return how the bars of a series are filled."""
    own = _COLOURS[at % len(_COLOURS)]
    known = series.pillar in pillars
    return {
        "label": _shown(series.name),
        "facecolor": _Look.of(series.pillar, pillars).colour if known else own,
        "hatch": _HATCHES[at % len(_HATCHES)],
        "edgecolor": _GROUND,
        "linewidth": 0.4,
    }


def _stack(
    axes: Axes, at: int, values: Sequence[float | None], bars: Sequence[dict[str, Any]]
) -> None:
    """Draw the bars of one name, what takes away to the left, and their sum."""
    ends = {True: 0.0, False: 0.0}
    for value, bar in zip(values, bars, strict=True):
        if value:
            axes.barh(at, value, 0.62, ends[value > 0], zorder=2, **bar)
            ends[value > 0] += value
    total = math.fsum(value or 0 for value in values)
    axes.add_line(_mark([total], [at]))
    place = (1.02, at)
    transform = axes.get_yaxis_transform()
    axes.text(*place, _signed(total), transform=transform, va="center_baseline")


def _mark(x: Sequence[float], y: Sequence[float], label: str = "") -> Line2D:
    """Return the mark of a sum."""
    return Line2D(
        x,
        y,
        linestyle="",
        zorder=4,
        label=label,
        marker="D",
        markersize=5,
        color=_INK,
        markeredgecolor=_GROUND,
    )


def _pillars(picture: Picture, pillars: Pillars) -> list[Artist]:
    """Return what stands for each pillar of a picture in its legend."""
    used = {series.pillar for series in picture.series}
    return [
        Line2D(
            [],
            [],
            label=_shown(found.label, key),
            **_Look.of(key, pillars).drawn(),
        )
        for key, found in pillars.items()
        if key in used
    ]


def _widest(labels: Sequence[str]) -> float:
    """Return the room that the longest label takes, in inches."""
    font = _font()
    font.set_size(_RULES["font.size"], _POINTS_AN_INCH)
    widths = []
    for label in labels:
        font.set_text(label)
        widths.append(font.get_width_height()[0] / _UNITS_A_POINT)
    return max(widths) / _POINTS_AN_INCH + 0.12


def _shown(text: str, instead: str = "") -> str:
    """Return a name that the font can show, cut to a bearable length."""
    name = _cells.clean(text)
    if instead and not set(map(ord, name)) <= _glyphs():
        return _shown(instead)
    drawn = _drawable(name)
    return drawn if len(drawn) <= _LONGEST_NAME else f"{drawn[: _LONGEST_NAME - 1]}…"


def _drawable(text: str) -> str:
    return "".join(sign if ord(sign) in _glyphs() else "?" for sign in text)


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(_font().get_charmap())


def _font() -> FT2Font:
    return font_manager.get_font(font_manager.findfont(_FONT))


def _day(text: str) -> str:
    """Return a day as a reader writes it, anything else as it is.

    Examples:
        >>> _day("2026-11-04"), _day("today")
        ('4 Nov', 'today')
    """
    found = _date(text)
    return f"{found.day} {_MONTHS[found.month - 1]}" if found else _shown(text)


def _month(text: str) -> str:
    """Return the month of a day as a reader writes it, anything else as it is.

    Examples:
        >>> _month("2026-11-04"), _month("today")
        ('Nov 2026', 'today')
    """
    found = _date(text)
    return f"{_MONTHS[found.month - 1]} {found.year}" if found else _shown(text)


def _over_a_year(places: Sequence[str]) -> bool:
    """Return whether days reach over more than a year, so that it must be told."""
    first, last = _date(places[0]), _date(places[-1])
    return bool(first and last and (last - first).days > _A_YEAR)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _tick(value: float) -> str:
    """Return a number on an axis, with its sign.

    Examples:
        >>> _tick(24.0), _tick(-1.5), _tick(-1e-17), _tick(3e11)
        ('+24', '-1.5', '0', '+3e+11')
    """
    return "0" if abs(value) < _cells.NOISE else f"{value:+.4g}"


def _signed(value: float) -> str:
    """Return a number with its sign and one decimal, or as many as it needs.

    Examples:
        >>> _signed(1.25), _signed(-0.004), _signed(0.0), _signed(123456.0)
        ('+1.2', '-0.004', '0', '+1.235e+05')
    """
    if _SMALL <= abs(value) < _LARGE:
        return _cells.signed(value, 1)
    return _tick(value)
