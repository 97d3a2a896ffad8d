"""A report arranged for a reader, and the document it is rendered into."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence  # noqa: TC003 - part of the fields' types
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from typing import Final


class Kind(Enum):
    """What a column holds, so that each renderer can choose how to write it."""

    TEXT = auto()
    #: A ticker or a company, set apart from other text.
    NAME = auto()
    #: A pillar by its key; the sign for who is under its floor may stand behind.
    PILLAR = auto()
    #: A whole number.
    COUNT = auto()
    #: A score out of 100, one decimal.
    SCORE = auto()
    #: A z-score in [-3, 3]: a bar around zero where there is room, else a number.
    BAR = auto()
    #: A z-score or other signed number.
    SIGNED = auto()
    #: Points of a score that something adds or takes; blank where it has no part.
    POINTS = auto()
    #: Values over time, oldest first.
    TREND = auto()
    #: A fraction, shown in per cent.
    FRACTION = auto()
    #: A weight in a basket: a fraction, with a bar where there is room.
    WEIGHT = auto()
    #: A number in full precision, as in a worked calculation.
    NUMBER = auto()
    #: An amount of money or shares, shortened: 134bn.
    AMOUNT = auto()
    #: A number of any size to five digits: 671bn, 3.2856e24.
    QUANTITY = auto()
    #: A fraction of the largest, as a bar where there is room.
    METER = auto()
    DATE = auto()


#: Behind a pillar: the exposure is under the floor there, and in every other.
UNDER_FLOOR: Final = "°"

Cell = str | int | float | date | tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and what stands under it.

    Attributes:
        heading: For a person.
        kind: What it holds.
        importance: Columns of the lowest importance give way first.
    """

    heading: str
    kind: Kind = Kind.TEXT
    importance: int = 10


class Tone(Enum):
    """How loud a paragraph is."""

    PLAIN = auto()
    NOTICE = auto()
    QUIET = auto()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Points:
    """Sentences that are told one by one, the weightiest first."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A titled grid. Numbers stay numbers until a renderer writes them.

    Attributes:
        pillar: Colours the title; None for a table of all pillars.
        note: One line under the grid.
        legend: What signs in a column mean, by its heading; without the column it is
            left out.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    pillar: str | None = None
    note: str = ""
    legend: Mapping[str, str] = field(default_factory=dict)

    def notes(self, headings: Collection[str]) -> str:
        """Return what stands under the grid where these columns are shown."""
        signs = (text for name, text in self.legend.items() if name in headings)
        return "; ".join(filter(None, (*signs, self.note)))


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Small tables that stand next to one another where there is room."""

    title: str
    tables: tuple[Table, ...]


class Drawing(Enum):
    """How a picture is drawn."""

    #: Ranks over days, one line a name, the best on top.
    RANKS = auto()
    #: How far ahead or behind since the first day, as fractions; one line a name.
    COURSES = auto()
    #: What each part adds to a name's score, one stacked bar a name.
    PARTS = auto()
    #: Bars around zero over days, then a line and the two edges of its band.
    COEFFICIENTS = auto()
    #: Where each name stands between two bounds, at 0 and 1, one bar a name; a series
    #: has the names of one vote, which it is called by: +1, 0 or -1.
    BOUNDS = auto()
    #: What is left at each place, such as a speed; one line a name, on a scale of tens.
    REACH = auto()


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one colour of stacked bars, in a picture.

    Attributes:
        name: A ticker, or a group of factors.
        values: One for each place on the axis; None where there is none.
        pillar: Its key, for the colour; empty for what belongs to no pillar.
    """

    name: str
    values: tuple[float | None, ...]
    pillar: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture shows; who cannot draw it tells the alternative.

    Attributes:
        alternative: What the picture says, in a few sentences.
        places: Along the axis, in order: days in ISO 8601, or tickers.
        note: One line under the picture.
        across: What the places are, with their unit; empty where they say it.
        up: What the values are, likewise.
        ends: What stands behind each place, at the other edge; empty for nothing.
    """

    title: str
    drawing: Drawing
    alternative: str
    places: tuple[str, ...]
    series: tuple[Series, ...]
    note: str = ""
    across: str = ""
    up: str = ""
    ends: tuple[str, ...] = ()


Block = Paragraph | Points | Table | SideBySide | Picture


@dataclass(frozen=True, slots=True)
class PillarStyle:
    """The label and the colour of a pillar."""

    label: str
    colour: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a person reads and what a program reads, side by side.

    Attributes:
        title: One line.
        headed: Whether the title stands above the blocks.
        blocks: In reading order, for people.
        record: The same facts as plain values, for JSON.
        rows: One flat row a line, for delimited formats: dotted names to values.
        fields: Those names, for where there are no rows.
        tickers: The lines shown, in order.
        pillars: Label and colour by key.
    """

    title: str
    blocks: Sequence[Block]
    record: Mapping[str, object]
    rows: Sequence[Mapping[str, object]] = ()
    fields: tuple[str, ...] = ()
    headed: bool = True
    tickers: tuple[str, ...] = ()
    pillars: Mapping[str, PillarStyle] = field(default_factory=dict)

    def pillar(self, cell: str) -> PillarStyle | None:
        """Return how the pillar of a cell is shown, its sign behind the label.

        None for what is no pillar.
        """
        found = self.pillars.get(cell.removesuffix(UNDER_FLOOR))
        if found and cell.endswith(UNDER_FLOOR):
            return PillarStyle(f"{found.label}{UNDER_FLOOR}", found.colour)
        return found


@dataclass(frozen=True, slots=True)
class Style:
    """What the reader's screen can show.

    Attributes:
        width: Columns.
        colours: How many colours may be used; 0 for none.
        unicode: Whether blocks and other signs may be used.
    """

    width: int = 100
    colours: int = 0
    unicode: bool = True


@dataclass(frozen=True, slots=True)
class Image:
    """A drawn picture that a document refers to by ``cid:NAME``."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """A rendered report, ready to show or save.

    Attributes:
        images: Those that the text refers to and does not contain.
    """

    media_type: str
    text: str
    images: tuple[Image, ...] = ()
