"""What moved between two runs, as it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

import screens
from triad_screener.model.document import Paragraph, Table
from triad_screener.reporting import changes
from triad_screener.reporting.changes import Compared
from triad_screener.screening.changes import Change, compare


@cache
def year() -> Compared:
    """The snapshot on two dates, fifteen months apart."""
    early, late = screens.bundled(date(2025, 2, 14)), screens.bundled()
    return Compared(early, late, compare(early, late), 0.25)


def table(found: Compared, title: str) -> Table:
    return next(
        block
        for block in changes.compose(found).blocks
        if isinstance(block, Table) and block.title.startswith(title)
    )


def test_each_line_that_moved_has_its_step_and_its_causes() -> None:
    moves = table(year(), "What moved")

    headings = [column.heading for column in moves.columns]
    assert headings[:5] == ["Ticker", "Rank", "Score", "Change", "Price"]
    tsm = dict(zip(headings, moves.rows[0], strict=True))
    assert (tsm["Ticker"], tsm["Rank"], tsm["Score"]) == ("TSM", "2 → 1", "96.3 → 98.4")
    assert tsm["Change"] == pytest.approx(98.4 - 96.3, abs=1e-12)
    parts = [part for part in moves.rows[0][4:] if part is not None]
    assert sum(parts) == pytest.approx(98.4 - 96.3, abs=1e-9)  # type: ignore[arg-type]


def test_who_came_or_left_is_told_apart() -> None:
    arrivals = table(year(), "Came into the ranking")

    assert ("GDS", "not ranked", "16, 54.5") in arrivals.rows


def test_baskets_and_stages_that_differ_are_told() -> None:
    baskets = table(year(), "Baskets; one-way turnover 25.0%")
    stages = table(year(), "Watchlist")

    assert ("compute", "MU", 0.0) in [row[:3] for row in baskets.rows]
    assert all(row[2] != row[3] for row in baskets.rows)
    assert ("xAI", "private", "absorbed") in stages.rows


def test_a_program_reads_the_same_facts() -> None:
    report = changes.compose(year(), top=2)

    assert report.tickers == ("TSM", "NVDA")
    assert [line["ticker"] for line in report.record["lines"]] == ["TSM", "NVDA"]  # type: ignore[attr-defined]
    assert report.record["before"] == {
        "id": year().before.run.id,
        "as_of": "2025-02-14",
        "recipe": "default",
    }
    assert report.rows[0]["rank_before"] == 2
    assert report.rows[0]["score_parts.recipe"] is None
    assert len(changes.compose(year(), top=2).record["baskets"]) > 2  # type: ignore[arg-type]


def test_another_recipe_is_named_in_the_title() -> None:
    early, late = year().before, year().after
    other = replace(late, run=replace(late.run, recipe="plain"))

    assert ", recipe " not in changes.compose(year(), top=0).title
    assert changes.compose(replace(year(), before=early, after=other)).title.endswith(
        "recipe default to plain"
    )


def test_nothing_moved_is_one_line() -> None:
    same = screens.bundled()
    found = Compared(same, same, compare(same, same), 0.0)

    report = changes.compose(found)

    assert not found.is_different
    assert [block.text for block in report.blocks if isinstance(block, Paragraph)] == [
        "Nothing moved: the same ranks, scores, baskets and stages."
    ]
    assert len(report.blocks) == 1


def test_only_a_stage_is_a_difference_of_its_own() -> None:
    late = screens.bundled()
    first, *rest = late.watchlist
    early = replace(late, watchlist=(replace(first, stage="rumoured"), *rest[:-1]))
    found = Compared(early, late, (), 0.0)

    assert found.is_different
    assert found.stages == (
        (first.name, "rumoured", first.stage),
        (rest[-1].name, "not watched", rest[-1].stage),
    )
    titles = [b.title for b in changes.compose(found).blocks if isinstance(b, Table)]
    assert titles == ["Watchlist"]


def test_a_rank_that_stays_is_told_once() -> None:
    same = screens.bundled()
    change = Change("TSM", 1, 1, 90.0, 91.0, {"program": 1.0}, {})

    (row,) = table(Compared(same, same, (change,), 0.0), "What moved").rows

    assert row[:3] == ("TSM", "1", "90.0 → 91.0")
