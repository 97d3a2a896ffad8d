"""How does each indicator vote, how far is it from its bounds, and what changed?

For every place where the thesis is told: its own panel, the screen, the letter.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from triad_screener.model.document import (
    Column,
    Drawing,
    Kind,
    Picture,
    Points,
    Series,
    Table,
)
from triad_screener.stats import panel as formulas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from triad_screener.model.document import Block, Cell
    from triad_screener.model.panel import Distance, Finding, Panel, Unit

VOTES: Final[Mapping[int | None, str]] = {
    1: "+1",
    0: "0",
    -1: "-1",
    None: "not known",
}
_RELATIONS: Final = {
    "at_least": "at least",
    "above": "above",
    "at_most": "at most",
    "below": "below",
}
#: Importance of a column that is left out rather than run on below.
_GIVE_WAY: Final = 40
_MORE: Final = "What each one measures, its bounds and sources: triad thesis."


def section(panel: Panel, before: Panel | None = None) -> Iterator[Block]:
    """Yield the panel at a glance, as a part of something longer.

    Args:
        panel: What was found.
        before: The panel that its votes are compared with; None for none.
    """
    told = (in_short(panel), *(_since(before, panel) if before else ()))
    yield Points(f"Thesis panel: {panel.verdict}", (*told, nearest(panel)))
    yield replace(table(panel, names=_GIVE_WAY), note=_MORE)
    yield picture(panel)


def in_short(panel: Panel) -> str:
    """Return how many vote how, and what it comes to."""
    counts = {
        vote: sum(one.vote == vote for one in panel.findings) for vote in (1, 0, -1)
    }
    unknown = len(panel.findings) - sum(counts.values())
    mean = "none" if panel.mean is None else f"{panel.mean:+.2f}"
    return (
        f"{counts[1]} for, {counts[0]} neither, {counts[-1]} against, {unknown} not "
        f"known; mean vote {mean}: {panel.verdict}."
    )


def table(panel: Panel, names: int = 90) -> Table:
    """Return every vote with its value and day.

    Args:
        panel: What was found.
        names: Importance of the column that says what is measured.
    """
    columns = (
        Column("Indicator", Kind.NAME, 100),
        Column("Vote", Kind.TEXT, 99),
        Column("Value", Kind.TEXT, 98),
        Column("As of", Kind.DATE, 80),
        Column("What is measured", Kind.TEXT, names),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.id,
            VOTES[one.vote],
            reading(one, "value"),
            one.measured.date,
            one.name,
        )
        for one in panel.findings
    )
    return Table("Votes on the thesis", columns, rows)


def picture(panel: Panel) -> Picture:
    """Return where each value lies between its two bounds, to be drawn."""
    places = {one.id: position(one) for one in panel.findings}
    told = [
        f"{one.id} not known"
        if (at := places[one.id]) is None
        else f"{one.id} {at:.3g}"
        for one in panel.findings
    ]
    return Picture(
        "Where each indicator stands",
        Drawing.BOUNDS,
        f"0 is where a vote turns -1, 1 where it turns +1: {', '.join(told)}.",
        tuple(places),
        tuple(
            Series(
                VOTES[vote],
                tuple(
                    places[one.id] if one.vote == vote else None
                    for one in panel.findings
                ),
            )
            for vote in (1, 0, -1)
        ),
        note="Each indicator on its own scale; a bar that leaves the picture is cut.",
        ends=tuple(
            f"{VOTES[one.vote]}  {reading(one, 'value')}"
            if one.vote is not None
            else VOTES[None]
            for one in panel.findings
        ),
    )


def position(one: Finding) -> float | None:
    """Return where an indicator stands: at 0 it votes -1, at 1 it votes +1.

    In spans between its bounds; None where its vote is not known.
    """
    if one.vote is None:
        return None
    return formulas.position(
        one.vote,
        to_confirm=_in_spans(one.confirms, one.weakens),
        to_weaken=_in_spans(one.weakens, one.confirms),
    )


def _in_spans(bounds: Sequence[Distance], others: Sequence[Distance]) -> float:
    """Return the distance of the bound farthest from holding, in spans.

    A span lies between two bounds on one reading. A bound alone is as far from zero,
    and one on zero counts in the unit of its reading.
    """
    limits = {other.of: other.limit for other in others}
    return max(
        (
            bound.distance
            / (abs(bound.limit - limits.get(bound.of, 0)) or abs(bound.limit) or 1)
            for bound in bounds
            if bound.distance is not None
        ),
        default=0.0,
    )


def nearest(panel: Panel) -> str:
    """Return which falsifiers have come true, else which is nearest."""
    if true := [f"{one.id} ({one.falsifier})" for one in panel.findings if one.refuted]:
        return f"A falsifier has come true: {'; '.join(true)}."
    found = nearest_of(panel)
    if found is None:
        return "No falsifier can be measured."
    return (
        f"Nearest falsifier: {found.id}, {away(found.weakens)} away "
        f"({found.falsifier})."
    )


def nearest_of(panel: Panel) -> Finding | None:
    """Return the indicator whose falsifier is nearest, in spans; None without one."""
    known = [one for one in panel.findings if one.refuted is not None]
    return min(
        known, key=lambda one: _in_spans(one.weakens, one.confirms), default=None
    )


def changed(before: Panel, after: Panel) -> list[tuple[str, int | None, int | None]]:
    """Return each indicator that votes otherwise, with both votes.

    One that is on one of the panels only is not known on the other.
    """
    old = {one.id: one.vote for one in before.findings}
    new = {one.id: one.vote for one in after.findings}
    return [
        (name, old.get(name), new.get(name))
        for name in (*new, *(name for name in old if name not in new))
        if old.get(name) != new.get(name)
    ]


def _since(before: Panel, after: Panel) -> Iterator[str]:
    """Yield what has changed of a panel, in sentences."""
    moved = [
        f"{name} {VOTES[was]} to {VOTES[now]}"
        for name, was, now in changed(before, after)
    ]
    told = f"Since {before.as_of}: {', '.join(moved) or 'no vote changed'}."
    if before.verdict != after.verdict:
        told = f"{told[:-1]}; the verdict was {before.verdict}."
    yield told


def reading(one: Finding, name: str) -> str:
    """Return a reading in words of its unit; n/a where it is not known."""
    value = one.measured.readings.get(name)
    return "n/a" if value is None else written(value, one.units[name])


def written(value: float, unit: Unit) -> str:
    """Return a value in words of its unit.

    Examples:
        >>> written(0.156, "fraction"), written(-0.05, "points"), written(4.6, "times")
        ('+15.6%', '-5.0 points', '4.6x')
    """
    if unit == "fraction":
        return f"{value:+.1%}"
    if unit == "points":
        return f"{100 * value:+.1f} points"
    return f"{value:.3g}x" if unit == "times" else f"{value:.3g}"


def conditions(bounds: Sequence[Distance]) -> str:
    """Return bounds in words."""
    return " and ".join(_condition(bound) for bound in bounds)


def _condition(bound: Distance) -> str:
    of = "" if bound.of == "value" else f"{bound.of.replace('_', ' ')} "
    return f"{of}{_RELATIONS[bound.relation]} {written(bound.limit, bound.unit)}"


def away(bounds: Sequence[Distance]) -> str:
    """Return how far each bound is from holding."""
    return " and ".join(
        "n/a" if bound.distance is None else _gap(bound.distance, bound)
        for bound in bounds
    )


def _gap(distance: float, bound: Distance) -> str:
    if bound.met:
        return "reached"
    in_per_cent = bound.unit in ("fraction", "points")
    return written(distance, "points" if in_per_cent else "number").lstrip("+")
