"""The panel in words: what is claimed, measured and voted, and how far from refuted?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triad_screener.model.document import (
    Column,
    Kind,
    Paragraph,
    Points,
    Report,
    Table,
    Tone,
)
from triad_screener.reporting import votes
from triad_screener.reporting.overview import age, sample_data

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from triad_screener.model.document import Cell
    from triad_screener.model.panel import Distance, Finding, Panel

SCHEMA_VERSION: Final = 1
ADVICE: Final = "Information, not advice."


def compose(
    panel: Panel, told: Sequence[str] = (), today: date | None = None
) -> Report:
    """Return the panel for people and for programs.

    Args:
        panel: What was found.
        told: Sentences on how the figures were come by, for people.
        today: To count their age by; None leaves it out.
    """
    rows = tuple(_row(one, panel) for one in panel.findings)
    return Report(
        title=f"Does the thesis hold? As of {panel.as_of}: {panel.verdict}",
        blocks=(
            Paragraph(source_line(panel, today), Tone.NOTICE),
            *(Paragraph(text, Tone.QUIET) for text in (*told, *panel.warnings)),
            Paragraph(votes.in_short(panel)),
            votes.table(panel),
            votes.picture(panel),
            _evidence(panel),
            _bounds(panel),
            _falsifiers(panel),
            *_claims(panel),
            *_remarks(panel),
            Paragraph(ADVICE, Tone.QUIET),
        ),
        record=record(panel),
        rows=rows,
        tickers=tuple(one.id for one in panel.findings),
    )


def source_line(panel: Panel, today: date | None) -> str:
    """Return which figures these are, of which day, and how old they are."""
    if panel.source == "bundled":
        return sample_data(panel.as_of, today, as_of=panel.as_of)
    day = panel.as_of.isoformat() + (age((today - panel.as_of).days) if today else "")
    return f"Figures from {panel.description}, as of {day}."


def record(panel: Panel) -> dict[str, object]:
    """Return the panel as plain values, the same for the same figures."""
    return {
        "schema_version": SCHEMA_VERSION,
        "title": panel.title,
        "as_of": panel.as_of.isoformat(),
        "source": panel.source,
        "source_description": panel.description,
        "data_hash": panel.data_hash,
        "verdict": panel.verdict,
        "mean_vote": panel.mean,
        "votes": {
            text: sum(one.vote == vote for one in panel.findings)
            for vote, text in votes.VOTES.items()
        },
        "rule": panel.rule,
        "claims": [
            {"id": key, "statement": text} for key, text in panel.claims.items()
        ],
        "indicators": [_plain(one) for one in panel.findings],
        "warnings": list(panel.warnings),
    }


def _plain(one: Finding) -> dict[str, object]:
    measured = one.measured
    return {
        "id": one.id,
        "claim": one.claim,
        "name": one.name,
        "value": measured.readings.get("value"),
        "unit": one.units["value"],
        "readings": {
            name: {"value": measured.readings.get(name), "unit": unit}
            for name, unit in one.units.items()
        },
        "as_of": measured.date.isoformat() if measured.date else None,
        "sources": list(measured.sources),
        "grade": measured.grade or None,
        "vote": one.vote,
        "reason": one.reason or None,
        "confirms": [_bound(bound) for bound in one.confirms],
        "falsifier": {
            "name": one.falsifier,
            "met": one.refuted,
            "bounds": [_bound(bound) for bound in one.weakens],
        },
        "notes": [*measured.notes, *([one.note] if one.note else [])],
    }


def _bound(one: Distance) -> dict[str, object]:
    return {
        "of": one.of,
        "relation": one.relation,
        "limit": one.limit,
        "unit": one.unit,
        "distance": one.distance,
        "met": one.met,
    }


def _row(one: Finding, panel: Panel) -> dict[str, object]:
    measured = one.measured
    return {
        "id": one.id,
        "claim": panel.claims[one.claim],
        "name": one.name,
        "value": measured.readings.get("value"),
        "unit": one.units["value"],
        "as_of": measured.date.isoformat() if measured.date else None,
        "vote": one.vote,
        "reason": one.reason or None,
        "grade": measured.grade or None,
        "sources": "; ".join(measured.sources),
        "confirms": votes.conditions(one.confirms),
        "weakens": votes.conditions(one.weakens),
        "falsifier": one.falsifier,
        "falsified": one.refuted,
        "distance": _farthest(one.weakens),
    }


def _evidence(panel: Panel) -> Table:
    columns = (
        Column("Indicator", Kind.NAME, 100),
        Column("Grade", Kind.TEXT, 80),
        Column("Beside", Kind.TEXT, 60),
        Column("Sources", Kind.TEXT, 90),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.id,
            one.measured.grade,
            _beside(one),
            "; ".join(one.measured.sources) or one.reason,
        )
        for one in panel.findings
    )
    note = "Grades are of cited figures; prices and statements are those of the source."
    return Table("Evidence", columns, rows, note=note)


def _bounds(panel: Panel) -> Table:
    columns = (
        Column("Indicator", Kind.NAME, 100),
        Column("Votes +1", Kind.TEXT, 95),
        Column("Votes -1", Kind.TEXT, 95),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (one.id, votes.conditions(one.confirms), votes.conditions(one.weakens))
        for one in panel.findings
    )
    return Table("Bounds", columns, rows, note=panel.rule)


def _falsifiers(panel: Panel) -> Table:
    columns = (
        Column("Indicator", Kind.NAME, 100),
        Column("True", Kind.TEXT, 95),
        Column("Away", Kind.TEXT, 90),
        Column("What would disprove it", Kind.TEXT, 98),
    )
    words = {True: "yes", False: "no", None: "not known"}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.id,
            words[one.refuted],
            votes.away(one.weakens),
            one.falsifier,
        )
        for one in panel.findings
    )
    return Table("Falsifiers", columns, rows)


def _claims(panel: Panel) -> tuple[Points, ...]:
    items = tuple(
        f"{text} ({', '.join(found)})"
        for key, text in panel.claims.items()
        if (found := [_voted(one) for one in panel.findings if one.claim == key])
    )
    return (Points("Claims of the post", items),) if items else ()


def _voted(one: Finding) -> str:
    return f"{one.id} {votes.VOTES[one.vote]}"


def _remarks(panel: Panel) -> tuple[Points, ...]:
    items = tuple(
        f"{one.id}: {text}"
        for one in panel.findings
        for text in (one.reason, *one.measured.notes, one.note)
        if text
    )
    return (Points("Remarks", items),) if items else ()


def _beside(one: Finding) -> str:
    """Return the readings that stand beside the value."""
    found = [name for name in one.measured.readings if name != "value"]
    return ", ".join(
        f"{name.replace('_', ' ')} {votes.reading(one, name)}" for name in found
    )


def _farthest(bounds: Sequence[Distance]) -> float | None:
    """Return the distance of the bound farthest from holding, if all are known."""
    found = [bound.distance for bound in bounds]
    known = [distance for distance in found if distance is not None]
    return max(known) if len(known) == len(found) else None
