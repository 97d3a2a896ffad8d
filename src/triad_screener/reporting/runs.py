"""Which runs are kept, and where did a line stand in them?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.model.document import Column, Kind, Paragraph, Report, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from triad_screener.model.document import Cell
    from triad_screener.model.stored import Place, RunEntry

#: Of a run that an earlier triad stored.
_NO_NAME = "not recorded"
_NOTHING = (
    "No run is kept yet. 'triad screen' keeps each one; those of the bundled snapshot "
    "only where a store is already."
)


def of_runs(entries: Sequence[RunEntry]) -> Report:
    """Return the runs, as the store gives them: the last asked for first."""
    rows = [_facts(entry) for entry in entries]
    columns = (
        Column("Run", Kind.NAME, 100),
        Column("As of", Kind.DATE, 100),
        Column("Taxonomy", Kind.TEXT, 90),
        Column("Recipe", Kind.TEXT, 85),
        Column("Universe", Kind.TEXT, 40),
        Column("Source", Kind.TEXT, 70),
        Column("Last (UTC)", Kind.TEXT, 60),
        Column("Asked for", Kind.TEXT, 65),
        Column("Ranked", Kind.COUNT, 50),
        Column("Lines", Kind.COUNT, 30),
    )
    cells = [_cells(entry) for entry in entries]
    used = [at for at in range(len(columns)) if any(row[at] != "" for row in cells)]
    table = Table(
        "Runs",
        tuple(columns[at] for at in used),
        tuple(tuple(row[at] for at in used) for row in cells),
        note="Show one again: triad screen --run ID.",
    )
    return Report(
        title=f"{len(entries)} run{'' if len(entries) == 1 else 's'}",
        blocks=(table,) if entries else (Paragraph(_NOTHING, Tone.NOTICE),),
        record={"schema_version": 1, "runs": rows},
        rows=tuple(rows),
        tickers=tuple(entry.id for entry in entries),
    )


def _cells(entry: RunEntry) -> tuple[Cell, ...]:
    return (
        entry.id,
        entry.as_of,
        entry.taxonomy or _NO_NAME,
        entry.recipe,
        entry.universe,
        entry.source,
        f"{entry.last_asked:%Y-%m-%d %H:%M}",
        _how(entry),
        entry.ranked,
        entry.lines,
    )


def _how(entry: RunEntry) -> str:
    """Return what a comparison makes of when a run was asked for."""
    again = "again" if entry.asked_at else ""
    return "looking back" if entry.looked_back else again


def of_run(entry: RunEntry) -> Report:
    """Return what is known of one run, its inputs' hashes included."""
    facts = _facts(entry)
    columns = (Column("", Kind.NAME, 100), Column("", Kind.TEXT, 90))
    rows = tuple(
        (name.replace("_", " "), str(_NO_NAME if value is None else value))
        for name, value in facts.items()
    )
    return Report(
        title=f"Run {entry.id}",
        blocks=(
            Table("", columns, rows, note=f"All of it: triad screen --run {entry.id}."),
        ),
        record={"schema_version": 1, "run": facts},
        rows=(facts,),
        tickers=(entry.id,),
    )


def _facts(entry: RunEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "as_of": entry.as_of.isoformat(),
        "kept_at": _moment(entry.at),
        "asked_at": _moment(entry.last_asked),
        "looked_back": entry.looked_back,
        "taxonomy": entry.taxonomy,
        "source": entry.source,
        "recipe": entry.recipe,
        "universe": entry.universe,
        "lines": entry.lines,
        "ranked": entry.ranked,
        "config_hash": entry.config_hash,
        "data_hash": entry.data_hash,
        "program_version": entry.program_version,
    }


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def of_history(
    ticker: str, places: Sequence[Place], notes: Sequence[str] = ()
) -> Report:
    """Return rank and score of ``ticker`` over the runs, oldest first.

    Args:
        ticker: The line.
        places: Where it stood.
        notes: What a reader should know of the choice of runs, in sentences.
    """
    rows = [_place(place) for place in places]
    scores = tuple(place.score for place in places if place.score is not None)
    columns = (
        Column("As of", Kind.DATE, 100),
        Column("Rank", Kind.COUNT, 100),
        Column("Of", Kind.COUNT, 70),
        Column("Score", Kind.SCORE, 100),
        Column("Range", Kind.TEXT, 60),
        Column("Taxonomy", Kind.TEXT, 50),
        Column("Recipe", Kind.TEXT, 40),
        Column("Universe", Kind.TEXT, 40),
        Column("Run", Kind.NAME, 80),
    )
    table = Table(
        ticker,
        columns,
        tuple(
            (
                place.run.as_of,
                place.rank,
                place.run.ranked,
                place.score,
                _interval(place),
                place.run.taxonomy or _NO_NAME,
                place.run.recipe,
                place.run.universe,
                place.run.id,
            )
            for place in places
        ),
    )
    trend = Table("Score", (Column("", Kind.TREND, 100),), ((scores,),))
    told = (Paragraph(note, Tone.QUIET) for note in notes)
    return Report(
        title=f"{ticker} in {len(places)} run{'' if len(places) == 1 else 's'}",
        blocks=(*((table, trend) if len(scores) > 1 else (table,)), *told),
        record={"schema_version": 1, "ticker": ticker, "places": rows},
        rows=tuple(rows),
        tickers=(ticker,) if places else (),
    )


def _interval(place: Place) -> str:
    if place.score_low is None or place.score_high is None:
        return ""
    return f"{place.score_low:.0f}-{place.score_high:.0f}"


def _place(place: Place) -> Mapping[str, object]:
    return {
        "as_of": place.run.as_of.isoformat(),
        "rank": place.rank,
        "ranked": place.run.ranked,
        "score": place.score,
        "score_low": place.score_low,
        "score_high": place.score_high,
        "taxonomy": place.run.taxonomy,
        "recipe": place.run.recipe,
        "universe": place.run.universe,
        "source": place.run.source,
        "run": place.run.id,
    }
