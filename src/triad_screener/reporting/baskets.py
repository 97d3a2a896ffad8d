"""The baskets for a person: who is in them, from how many, and what waits why?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triad_screener.model.document import (
    Column,
    Kind,
    Paragraph,
    SideBySide,
    Table,
    Tone,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from triad_screener.model.document import Block, Cell, PillarStyle
    from triad_screener.model.scores import Basket, Choice, Waiting
    from triad_screener.model.screen import Screen

_WHY: Final[Mapping[Waiting, str]] = {
    "no_eligible": "no line has the exposure",
    "no_strong": "no strong names",
    "issuer_cap": "its names are at the issuer cap",
}

_ABOVE_THE_NAMES: Final = (
    "The effective number, one over the sum of squared weights, is above the number "
    "of names held, {}: a reserve adds nothing to that sum, and spreads no risk."
)


def tables(
    found: Sequence[Basket], pillars: Sequence[str], screen: Screen | None = None
) -> SideBySide:
    """Return the baskets of ``pillars`` as small tables.

    Args:
        found: Baskets, in the order of the pillars.
        pillars: Those shown.
        screen: For effective number and turnover; None for a scored file.
    """
    title = "Baskets, share of the whole"
    if screen and screen.effective_number:
        title += f"; effective number of names {screen.effective_number:.1f}"
    if screen and screen.turnover is not None:
        title += f"; one-way turnover {screen.turnover:.1%}"
    return SideBySide(title, tuple(_basket(b) for b in found if b.pillar in pillars))


def choices(
    found: Sequence[Basket],
    pillars: Sequence[str],
    styles: Mapping[str, PillarStyle],
    screen: Screen | None = None,
) -> Iterator[Block]:
    """Yield what each basket could choose from, and why a part of it waits.

    Args:
        found: Baskets, in the order of the pillars.
        pillars: Those shown.
        styles: How each pillar is called.
        screen: For the effective number; None for a scored file.
    """
    told = [
        f"{styles[basket.pillar].label}: {_chosen(basket, basket.choice)}."
        for basket in found
        if basket.choice and basket.pillar in pillars
    ]
    held = {one.ticker for basket in found for one in basket.constituents}
    if screen and (screen.effective_number or 0) > len(held):
        told.append(_ABOVE_THE_NAMES.format(len(held)))
    if told:
        yield Paragraph("\n".join(told), Tone.QUIET)


def _basket(basket: Basket) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (holding.ticker, holding.weight) for holding in basket.constituents
    ]
    if basket.reserve > 0 or not rows:
        rows.append(("pre-IPO reserve", basket.reserve))
    columns = (Column("", Kind.NAME, 100), Column("", Kind.WEIGHT, 100))
    title = f"{basket.budget:.0%}"
    return Table(title, columns, tuple(rows), pillar=basket.pillar)


def _chosen(basket: Basket, choice: Choice) -> str:
    told = [f"{choice.strong} of {choice.eligible} eligible reach {choice.min_score:g}"]
    told[0] += " points"
    if choice.kept:
        told.append(f"{choice.kept} held already with up to ten points less")
    if basket.waits_because:
        told.append(f"{basket.reserve:.1%} waits: {_WHY[basket.waits_because]}")
    return "; ".join(told)
