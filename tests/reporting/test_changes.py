"""What moved between two runs, as it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import screens
from triad_screener.model.document import Paragraph, Table, Tone
from triad_screener.model.scores import Basket, Holding
from triad_screener.reporting import changes
from triad_screener.reporting.changes import Compared
from triad_screener.screening.changes import Change, compare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triad_screener.model.screen import Screen
    from triad_screener.model.vocabulary import Pillar


@cache
def year() -> Compared:
    """The snapshot on two dates, fifteen months apart."""
    early, late = screens.bundled(date(2025, 2, 14)), screens.bundled()
    return Compared(early, late, compare(early, late))


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
    assert (tsm["Ticker"], tsm["Rank"], tsm["Score"]) == ("TSM", "2 → 1", "97.2 → 98.4")
    assert tsm["Change"] == pytest.approx(98.4 - 97.2, abs=1e-12)
    parts = [part for part in moves.rows[0][4:] if part is not None]
    assert sum(parts) == pytest.approx(98.4 - 97.2, abs=1e-9)  # type: ignore[arg-type]


def test_who_came_or_left_is_told_apart() -> None:
    arrivals = table(year(), "Came into the ranking")

    assert ("GDS", "not ranked: insufficient data", "16, 54.5") in arrivals.rows


class Lone(Change):
    """A change that is not to be held against any other."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError(other)

    __hash__ = None  # type: ignore[assignment]


def test_no_change_is_held_against_the_others() -> None:
    """With as many comparisons as pairs, 1,000 lines would take half a second."""
    lone = [
        Lone(*(getattr(one, name) for name in Change.__dataclass_fields__))
        for one in year().changes
    ]

    report = changes.compose(replace(year(), changes=lone))

    assert report.record == changes.compose(year()).record


def test_baskets_and_stages_that_differ_are_told() -> None:
    trades = table(year(), f"Trades: {year().turnover:.1%} of the portfolio")
    stages = table(year(), "Watchlist")

    assert ("MU", 0.0) in [row[:2] for row in trades.rows]
    assert all(row[1] != row[2] for row in trades.rows)
    assert ("xAI", "private", "absorbed") in stages.rows


def test_a_program_reads_the_same_facts() -> None:
    report = changes.compose(year(), top=2)

    assert report.tickers == ("TSM", "NVDA")
    assert [line["ticker"] for line in report.record["lines"]] == ["TSM", "NVDA"]  # type: ignore[attr-defined]
    assert report.record["before"] == {
        "id": year().before.run.id,
        "as_of": "2025-02-14",
        "source": "bundled",
        "taxonomy": "ai_triad",
        "recipe": "default",
    }
    assert report.rows[0]["rank_before"] == 2
    assert report.rows[0]["score_parts.recipe"] is None
    assert len(changes.compose(year(), top=2).record["baskets"]) > 2  # type: ignore[arg-type]


def basket(pillar: Pillar, weights: Mapping[str, float]) -> Basket:
    holdings = tuple(Holding(name, weight) for name, weight in weights.items())
    return Basket(pillar, 0.5, 0.5 - sum(weights.values()), holdings)


def holding(*weights: Mapping[str, float]) -> Screen:
    """A screen of these baskets, of which a name may be in several."""
    screen = screens.small()
    names: tuple[Pillar, ...] = ("data", "algorithms")
    baskets = tuple(basket(p, w) for p, w in zip(names, weights, strict=True))
    return replace(screen, scores=replace(screen.scores, baskets=baskets))


def test_a_name_in_two_baskets_is_traded_with_its_whole_weight() -> None:
    before = holding({"PLTR": 0.12, "SNOW": 0.02}, {"PLTR": 0.03})
    after = holding({"PLTR": 0.09, "SNOW": 0.03}, {"PLTR": 0.06})
    found = Compared(before, after, ())

    # Palantir has 15% before and after; 1% of the reserve goes into Snowflake.
    assert found.turnover == pytest.approx(0.01)
    assert [trade.ticker for trade in found.trades] == ["SNOW", None]
    snow, reserve = table(found, "Trades: 1.0%").rows
    assert snow == ("SNOW", 0.02, 0.03)
    assert reserve[1] == pytest.approx(0.83)
    assert reserve[2] == pytest.approx(0.82)


def test_a_name_that_only_moves_between_baskets_is_not_traded() -> None:
    before = holding({"PLTR": 0.125}, {"PLTR": 0.25})
    after = holding({"PLTR": 0.25}, {"PLTR": 0.125})
    found = Compared(before, after, ())

    assert (found.turnover, found.trades) == (0, ())
    texts = [b.text for b in changes.compose(found).blocks if isinstance(b, Paragraph)]
    assert texts[0] == "No trades: names only moved between baskets."


weights = st.dictionaries(
    st.sampled_from(["AAA", "BBB", "CCC", "DDD"]), st.floats(0.0, 0.125), max_size=4
)


@given(weights, weights, weights, weights, weights)
def test_the_rows_shown_sum_to_the_turnover_shown(
    data: dict[str, float],
    algorithms: dict[str, float],
    later_data: dict[str, float],
    later_algorithms: dict[str, float],
    held: dict[str, float],
) -> None:
    before, after = holding(data, algorithms), holding(later_data, later_algorithms)
    found = Compared(before, after, (), held)

    rows = changes.record(found, ())["trades"]
    steps = [row["after"] - row["before"] for row in rows]
    bought = sum(step for step in steps if step > 0)
    assert found.turnover == pytest.approx(sum(map(abs, steps)) / 2, abs=1e-11)
    assert found.turnover == pytest.approx(bought, abs=1e-11)  # what is bought is sold


def test_from_what_is_held_the_trades_count_too() -> None:
    after = holding({"AAA": 0.25}, {"BBB": 0.5})
    found = Compared(holding({}, {"BBB": 0.5}), after, (), {"AAA": 0.5, "CCC": 0.25})

    # A quarter each of AAA and CCC is sold, half of BBB bought.
    assert found.turnover == 0.5
    trades = table(found, "Trades: 50.0%")
    assert [column.heading for column in trades.columns] == ["Ticker", "Held", "Is"]
    assert trades.rows == (("AAA", 0.5, 0.25), ("BBB", 0.0, 0.5), ("CCC", 0.25, 0.0))


def test_runs_of_two_taxonomies_are_named_in_the_title() -> None:
    early, late = year().before, year().after
    other = replace(late, run=replace(late.run, taxonomy="robotics"))
    unknown = replace(late, run=replace(late.run, taxonomy=None))

    titles = [
        changes.compose(Compared(early, one, ()), top=0).title
        for one in (late, other, unknown)
    ]
    told = [", taxonomy ai_triad to robotics" in title for title in titles]
    assert told == [False, True, False]


def test_what_to_know_of_the_choice_of_runs_stands_first() -> None:
    report = changes.compose(year(), top=0, notes=["Of another day."])

    assert report.blocks[0] == Paragraph("Of another day.", Tone.NOTICE)


def test_another_recipe_is_named_in_the_title() -> None:
    early, late = year().before, year().after
    other = replace(late, run=replace(late.run, recipe="plain"))

    assert ", recipe " not in changes.compose(year(), top=0).title
    assert changes.compose(replace(year(), before=early, after=other)).title.endswith(
        "recipe default to plain"
    )


def test_nothing_moved_is_one_line() -> None:
    same = screens.bundled()
    found = Compared(same, same, compare(same, same))

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
    found = Compared(early, late, ())

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

    (row,) = table(Compared(same, same, (change,)), "What moved").rows

    assert row[:3] == ("TSM", "1", "90.0 → 91.0")
