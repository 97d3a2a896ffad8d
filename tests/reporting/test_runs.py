"""Runs and histories as a table and as a record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from triad_screener.model.document import Paragraph, Table, Tone
from triad_screener.model.stored import Place, RunEntry
from triad_screener.reporting import runs


def entry(run_id: str, day: int) -> RunEntry:
    return RunEntry(
        id=run_id,
        at=datetime(2026, 5, day, 18, 30, tzinfo=UTC),
        as_of=date(2026, 5, day),
        source="store",
        recipe="default",
        universe="post",
        lines=9,
        ranked=8,
        config_hash="c0",
        data_hash="d0",
        program_version="0.1.0",
    )


def test_runs_are_listed_with_their_day_and_recipe() -> None:
    report = runs.of_runs([entry("b2", 15), entry("a1", 8)])

    (table,) = report.blocks
    assert isinstance(table, Table)
    assert table.rows[0] == (
        "b2",
        date(2026, 5, 15),
        "not recorded",
        "default",
        "post",
        "store",
        "2026-05-15 18:30",
        8,
        9,
    )
    assert report.tickers == ("b2", "a1")
    assert report.rows[1]["kept_at"] == "2026-05-08T18:30:00Z"


def test_a_run_asked_for_again_or_looking_back_is_marked() -> None:
    again = replace(
        entry("a1", 8), taxonomy="ai_triad", asked_at=datetime(2026, 5, 22, tzinfo=UTC)
    )
    back = replace(entry("b2", 15), looked_back=True)

    report = runs.of_runs([again, entry("c3", 16), back])

    (table,) = report.blocks
    assert isinstance(table, Table)
    rows = [
        dict(zip([c.heading for c in table.columns], row, strict=True))
        for row in table.rows
    ]
    assert [(row["Run"], row["Asked for"]) for row in rows] == [
        ("a1", "again"),
        ("c3", ""),
        ("b2", "looking back"),
    ]
    assert rows[0]["Taxonomy"] == "ai_triad"
    assert rows[0]["Last (UTC)"] == "2026-05-22 00:00"
    assert report.rows[0]["kept_at"] == "2026-05-08T18:30:00Z"
    assert report.rows[0]["asked_at"] == "2026-05-22T00:00:00Z"
    assert report.rows[0]["taxonomy"] == "ai_triad"
    assert report.rows[2]["looked_back"] is True


def test_no_run_says_how_to_make_one() -> None:
    (block,) = runs.of_runs([]).blocks

    assert isinstance(block, Paragraph)
    assert "'triad screen' keeps each one" in block.text


def test_a_run_is_told_with_the_hashes_of_its_inputs() -> None:
    report = runs.of_run(entry("a1", 8))

    (table,) = report.blocks
    assert isinstance(table, Table)
    assert ("config hash", "c0") in table.rows
    assert ("taxonomy", "not recorded") in table.rows
    assert ("data hash", "d0") in table.rows
    assert report.record == {"schema_version": 1, "run": report.rows[0]}


def test_a_history_is_rank_and_score_by_day_with_a_trend() -> None:
    places = [
        Place(entry("a1", 8), 3, 80.0, None, None),
        Place(entry("b2", 15), 2, 85.5, 70.4, 90.6),
        Place(entry("c3", 22), None, None, None, None),
    ]

    report = runs.of_history("TSM", places)

    table, trend = report.blocks
    assert isinstance(table, Table)
    assert [row[:5] for row in table.rows] == [
        (date(2026, 5, 8), 3, 8, 80.0, ""),
        (date(2026, 5, 15), 2, 8, 85.5, "70-91"),
        (date(2026, 5, 22), None, 8, None, ""),
    ]
    assert isinstance(trend, Table)
    assert trend.rows == (((80.0, 85.5),),)
    assert report.rows[1] == {
        "as_of": "2026-05-15",
        "rank": 2,
        "ranked": 8,
        "score": 85.5,
        "score_low": 70.4,
        "score_high": 90.6,
        "taxonomy": None,
        "recipe": "default",
        "universe": "post",
        "source": "store",
        "run": "b2",
    }


def test_one_run_has_no_trend() -> None:
    report = runs.of_history("TSM", [Place(entry("a1", 8), 1, 99.0, None, None)])

    assert len(report.blocks) == 1
    told = runs.of_history("TSM", [], ["One run left out."])
    assert told.blocks[-1] == Paragraph("One run left out.", Tone.QUIET)
    assert report.tickers == ("TSM",)
    assert runs.of_history("TSM", []).tickers == ()
