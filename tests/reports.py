"""Reports made by hand, one with every kind of block and cell, and real ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

import screens
from triad_screener.model.document import (
    Column,
    Drawing,
    Kind,
    Paragraph,
    Picture,
    PillarStyle,
    Points,
    Report,
    Series,
    SideBySide,
    Table,
    Tone,
)
from triad_screener.reporting import dossier, overview, record, register, tree

if TYPE_CHECKING:
    from collections.abc import Callable

PILLARS: Final = {
    "compute": PillarStyle("Compute", "#cc7722"),
    "data": PillarStyle("數據", "#2f9467"),
}
#: Text that tries to break out: of HTML, Markdown, a spreadsheet and a terminal.
HOSTILE: Final = (
    "<script>alert(1)</script>",
    'a|b`c`*d*_e_[f](g)&lt;"quoted"',
    "=HYPERLINK(A1)",
    "\x1b[31mred\x1b[0m\x9b2J\x07",
    "left\u202etfel\u2066\u200b\ufeff",
    "two\nlines\r\nand\ttabs",
)
RANKING: Final = Table(
    "Ranking",
    (
        Column("#", Kind.COUNT, 100),
        Column("Ticker", Kind.NAME, 100),
        Column("Name", Kind.TEXT, 30),
        Column("Pillar", Kind.PILLAR, 60),
        Column("Score", Kind.SCORE, 100),
        Column("Mom", Kind.BAR, 90),
        Column("Z", Kind.SIGNED, 80),
        Column("1 year", Kind.TREND, 50),
        Column("Share", Kind.FRACTION, 45),
        Column("Value", Kind.AMOUNT, 40),
        Column("In full", Kind.NUMBER, 35),
        Column("Since", Kind.DATE, 25),
        Column("Flag", Kind.TEXT, 20),
    ),
    (
        (
            1,
            "AAA",
            "Alpha",
            "compute",
            98.44,
            1.5,
            0.1234,
            (1.0, 2.0, 4.0),
            0.125,
            2.1e12,
            25932524521.0,
            date(2026, 5, 15),
            "a",
        ),
        (
            2,
            "BBB",
            "貝塔",
            "data",
            0.0,
            -2.0,
            -1.0,
            (3.0, 3.0),
            0.0,
            -5.5e6,
            0.03416355,
            None,
            "",
        ),
        (
            3,
            "CCC",
            None,
            "neither",
            None,
            None,
            None,
            (),
            None,
            None,
            None,
            None,
            None,
        ),
    ),
    legend={"Flag": "a older balance sheet"},
)
BASKETS: Final = SideBySide(
    "Baskets",
    (
        Table(
            "50%",
            (Column("", Kind.NAME, 100), Column("", Kind.WEIGHT, 100)),
            (("AAA", 0.15), ("pre-IPO reserve", 0.35)),
            pillar="compute",
        ),
        Table(
            "20%",
            (Column("", Kind.NAME, 100), Column("", Kind.WEIGHT, 100)),
            (("BBB", 0.2),),
            pillar="data",
        ),
    ),
)
DAYS: Final = ("2026-05-01", "2026-05-08", "2026-05-15")
RANKS: Final = Picture(
    "Ranks over three weeks",
    Drawing.RANKS,
    "AAA rose from 2 to 1. BBB fell from 1 to 2.",
    DAYS,
    (
        Series("AAA", (2.0, 1.0, 1.0), "compute"),
        Series("BBB", (1.0, 2.0, 2.0), "data"),
        Series("CCC", (None, 3.0, None)),
    ),
    note="Of the three lines.",
)
COURSES: Final = Picture(
    "Baskets over the benchmark",
    Drawing.COURSES,
    "Compute gained 12% on the benchmark, data lost 2%.",
    DAYS,
    (
        Series("Compute", (1.0, 1.05, 1.12), "compute"),
        Series("Data", (1.0, 1.01, 0.98), "data"),
    ),
)
PARTS: Final = Picture(
    "Why scores moved",
    Drawing.PARTS,
    "AAA gained 2.5 points by its price, BBB lost 1 by its results.",
    ("AAA", "BBB"),
    (Series("price", (3.0, 0.5)), Series("fundamentals", (-0.5, -1.5))),
)
REACH: Final = Picture(
    "Users of a rack",
    Drawing.REACH,
    "AAA serves 1,000 users at 1 token a second, BBB none.",
    ("1", "10", "100"),
    (Series("AAA", (1000.0, 120.0, 3.0)), Series("BBB", (None, 0.0, 1.0))),
    across="tokens/s a user",
    up="users of one rack",
)
COEFFICIENTS: Final = Picture(
    "Coefficients",
    Drawing.COEFFICIENTS,
    "Two of three are above zero; mean +0.050.",
    DAYS,
    (
        Series("coefficient", (0.2, -0.1, 0.05)),
        Series("mean", (0.05, 0.05, 0.05)),
        Series("from", (-0.02, -0.02, -0.02)),
        Series("to", (0.12, 0.12, 0.12)),
    ),
)
BOUNDS: Final = Picture(
    "Where each stands",
    Drawing.BOUNDS,
    "0 is where a vote turns -1, 1 where it turns +1: AAA 1.5, BBB 0.25, CCC -0.5.",
    ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF"),
    (
        Series("+1", (1.5, None, None, None, None, 99.0)),
        Series("0", (None, 0.25, None, None, None, None)),
        Series("-1", (None, None, -0.5, None, -99.0, None)),
    ),
    ends=("+1  +20%", "0  1.5x", "-1  -9%", "not known", "-1  -99%", "+1  +99%"),
)
PICTURES: Final = (RANKS, COURSES, PARTS, REACH, COEFFICIENTS, BOUNDS)
SAMPLE: Final = Report(
    title="A report, as of 2026-05-15",
    blocks=(
        Paragraph("Made by hand: not today's figures.", Tone.NOTICE),
        Paragraph("1. one step\n2. another", Tone.QUIET),
        Points("What changed", ("AAA in.", "BBB out, " + "and so on " * 9 + ".")),
        RANKING,
        RANKS,
        BASKETS,
        Paragraph("Information, not advice."),
    ),
    record={
        "schema_version": 1,
        "lines": [{"ticker": "AAA", "score": 98.4, "name": "貝塔", "raw": None}],
    },
    rows=(
        {"ticker": "AAA", "score": 98.4, "groups.risk": -0.5, "fresh": True},
        {"ticker": "BBB", "score": None, "groups.risk": 1e-05, "fresh": False},
    ),
    tickers=("AAA", "BBB"),
    pillars=PILLARS,
)
EMPTY: Final = Report(title="Nothing", blocks=(SideBySide("Baskets", ()),), record={})


def hostile(text: str) -> Report:
    """A report that says ``text`` wherever text from outside can stand."""
    columns = (Column("Name", Kind.NAME, 100), Column("Pillar", Kind.PILLAR, 90))
    return Report(
        title=text,
        blocks=(
            Paragraph(text),
            Points(text, (text, "a point")),
            Table(text, columns, ((text, "compute"), (text, text)), note=text),
            SideBySide(text, (Table(text, columns, ((text, None),), "compute"),)),
            hostile_picture(text, Drawing.RANKS),
            replace(hostile_picture(text, Drawing.RANKS), series=()),
        ),
        record={"name": text},
        rows=({"name": text},),
        pillars={"compute": PillarStyle(text, 'red;background:url("http://x")')},
    )


def hostile_picture(text: str, drawing: Drawing) -> Picture:
    """A picture that says ``text`` wherever text from outside can stand."""
    series = (Series(text, (1.0, 2.0), "compute"), Series(text, (2.0, 1.0), text))
    places = (text, "2026-05-15")
    return Picture(text, drawing, text, places, series, text, ends=(text, text))


def letter() -> Report:
    """A long report with every drawing, such as a weekly letter is."""
    screen = composed("screen")
    told = (block for block in screen.blocks if not isinstance(block, Picture))
    return replace(screen, blocks=(*PICTURES, *told))


@cache
def composed(name: str, language: str = "en") -> Report:
    """One of the `COMPOSED`: what the program itself says."""
    return COMPOSED[name](language)


def _screen(language: str) -> Report:
    screen = screens.bundled()
    view = overview.View(lines=record.of_lines(screen), language=language)
    return overview.compose(screen, replace(view, verbose=True))


def _columns(language: str) -> Report:
    screen = screens.bundled()
    view = overview.View(lines=record.of_lines(screen), language=language)
    return overview.compose(screen, replace(view, columns=("name", "flags")))


def _small(language: str) -> Report:
    screen = screens.small()
    view = overview.View(lines=record.of_lines(screen), language=language)
    return overview.compose(screen, view)


def _explain(language: str) -> Report:
    recipe = screens.shipped_recipe()
    return dossier.compose(screens.bundled(), "TSM", recipe=recipe, language=language)


def _taxonomy(language: str) -> Report:
    taxonomy = screens.shipped_taxonomy()
    return tree.compose(taxonomy, language=language, with_recipes=True)


COMPOSED: Final[dict[str, Callable[[str], Report]]] = {
    "screen": _screen,
    "columns": _columns,
    "small": _small,
    "explain": _explain,
    "factors": lambda _: register.compose(),
    "taxonomy": _taxonomy,
    "letter": lambda _: letter(),
    "by hand": lambda _: SAMPLE,
    "empty": lambda _: EMPTY,
}
