"""What of a difference is worth a letter."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import pytest

import screens
from triad_screener.model.scores import Holding, Unranked
from triad_screener.model.watch import Sighting, WatchEvent
from triad_screener.reporting.changes import Compared
from triad_screener.reporting.news import because, news
from triad_screener.screening.changes import Change, compare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triad_screener.model.screen import Screen
    from triad_screener.model.vocabulary import Stage
    from triad_screener.reporting.news import News
    from triad_screener.screening.changes import Cause

SAME = screens.small()
FIRST, SECOND = (line.ticker for line in SAME.scores.lines[:2])


def change(
    ticker: str,
    before: int | None,
    after: int | None,
    parts: Mapping[Cause, float] | None = None,
) -> Change:
    """A change of rank, with a score of 50 at first, moved by its parts."""
    moved = 50.0 + sum((parts or {}).values())
    old, new = (None if r is None else s for r, s in ((before, 50.0), (after, moved)))
    return Change(ticker, before, after, old, new, parts or {}, {})


def told(*changes: Change, before: Screen = SAME, after: Screen = SAME) -> list[News]:
    return list(news(Compared(before, after, changes)))


@cache
def of_year() -> list[News]:
    """News of the snapshot, fifteen months apart."""
    early, late = screens.bundled(date(2025, 2, 14)), screens.bundled()
    return told(*compare(early, late), before=early, after=late)


def test_two_equal_screens_are_no_news() -> None:
    assert told(*compare(SAME, SAME)) == []


@pytest.mark.parametrize(("after", "is_told"), [(7, False), (8, True), (2, True)])
def test_a_rank_is_news_from_three_places_on(after: int, is_told: bool) -> None:  # noqa: FBT001 - a table of cases
    assert bool(told(change("AAA", 5, after))) is is_told


def test_a_move_is_told_with_its_three_largest_causes() -> None:
    parts: dict[Cause, float] = {
        "price": 6.0,
        "peers": -2.0,
        "fx": 0.5,
        "fundamentals": 0.06,
        "recipe": 0.01,
    }

    (found,) = told(change("AMD", 12, 7, parts))

    assert found.short == "AMD 12 to 7"
    assert found.sentence == (
        "AMD rose from rank 12 to 7, +4.6 points: price +6.0, other lines -2.0, "
        "exchange rate +0.5, 1 more."
    )


def test_the_farthest_move_comes_first() -> None:
    found = told(change("AAA", 9, 5), change("BBB", 4, 12))

    assert [one.about for one in found] == ["BBB", "AAA"]
    assert found[0].sentence.startswith("BBB fell from rank 4 to 12")


def test_a_new_leader_is_told_but_one_place_is_not_material() -> None:
    (near,) = told(change("NVDA", 2, 1, {"price": 1.0}))
    (far,) = told(change("NVDA", 4, 1))

    assert near.short == "NVDA 2 to 1"
    assert near.sentence == "NVDA leads now, rank 2 to 1, +1.0 points: price +1.0."
    assert (near.is_material, far.is_material) == (False, True)


def test_who_came_into_the_ranking_or_left_it_is_news() -> None:
    found = told(change("AAA", None, 4), change("BBB", 3, None))

    assert [one.short for one in found] == ["AAA ranked", "BBB not ranked"]
    assert [one.sentence for one in found] == [
        "AAA came into the ranking, at 4.",
        "BBB left the ranking, where it was 3.",
    ]


def test_who_left_the_ranking_is_told_with_the_reason() -> None:
    unranked = (Unranked("BBB", 0.9, "no price"),)
    after = replace(SAME, scores=replace(SAME.scores, unranked=unranked))

    (found,) = told(change("BBB", 3, None), after=after)

    assert found.sentence == "BBB left the ranking, where it was 3: no price."


def test_who_entered_a_basket_or_left_it_comes_first() -> None:
    *others, basket = SAME.scores.baskets
    kept, gone = basket.constituents
    new = replace(basket, constituents=(kept, Holding("NEW", gone.weight)))
    after = replace(SAME, scores=replace(SAME.scores, baskets=(*others, new)))

    found = told(change(gone.ticker, 2, 9, {"price": -3.0}), after=after)

    assert [one.short for one in found][:2] == ["NEW in", f"{gone.ticker} out"]
    weight = f"{gone.weight:.1%}"
    assert found[0].sentence == f"NEW entered the Algorithms basket with {weight}."
    assert found[1].sentence == (
        f"{gone.ticker} left the Algorithms basket, where it had {weight}; "
        "rank 2 to 9, -3.0 points: price -3.0."
    )


def test_a_holding_that_left_while_its_rank_stayed_has_no_points() -> None:
    *others, basket = SAME.scores.baskets
    kept, gone = basket.constituents
    new = replace(basket, constituents=(kept,))
    baskets = (*others, new)
    after = replace(SAME, scores=replace(SAME.scores, baskets=baskets))
    same = Change(gone.ticker, 2, 2, 50.0, 50.0, {}, {})

    (found,) = told(same, after=after)

    assert found.sentence.endswith("; rank and score stayed.")


def test_a_recipe_that_changed_is_told_first_and_is_no_news_of_the_market() -> None:
    plain = json.loads(SAME.recipe)
    plain["basket"]["size"] = 3
    plain["description"] = "Another text."
    after = replace(SAME, recipe=json.dumps(plain))

    (found,) = told(after=after)

    assert found.sentence == "The recipe changed: basket.size 5 to 3."
    assert not found.is_material


def test_a_holding_that_stayed_is_no_news() -> None:
    basket = SAME.scores.baskets[0]
    heavier = tuple(replace(one, weight=one.weight / 2) for one in basket.constituents)
    new = replace(basket, constituents=heavier)
    baskets = (new, *SAME.scores.baskets[1:])

    assert told(after=replace(SAME, scores=replace(SAME.scores, baskets=baskets))) == []


def test_a_stage_that_changed_is_news() -> None:
    entry = SAME.watchlist[0]
    after = replace(SAME, watchlist=(replace(entry, stage="public_filed"),))
    before = replace(SAME, watchlist=(entry,))

    (found,) = told(before=before, after=after)

    assert found.short == f"{entry.name} public filed"
    assert found.sentence == f"{entry.name} is public filed, and was private."


@pytest.mark.parametrize(
    ("interval", "is_told"),
    [((0.0, 1.0), True), ((0.0, 100.0), False), ((None, None), False)],
)
def test_a_score_outside_its_interval_is_news(
    interval: tuple[float | None, float | None],
    is_told: bool,  # noqa: FBT001 - likewise
) -> None:
    low, high = interval
    line = replace(SAME.scores.lines[0], score_low=low, score_high=high)
    lines = (line, *SAME.scores.lines[1:])
    before = replace(SAME, scores=replace(SAME.scores, lines=lines))

    found = told(before=before)

    assert [one.about for one in found] == [FIRST] * is_told
    assert all("outside the 0 to 1 that" in one.sentence for one in found)


def test_a_price_that_went_stale_is_news_once() -> None:
    stale = replace(SAME.facts[SECOND], is_fresh=False)
    after = replace(SAME, facts={**SAME.facts, SECOND: stale})

    (found,) = told(after=after)

    assert found.short == f"{SECOND} stale"
    assert found.sentence.startswith(f"{SECOND} has had no new price since 2026-")
    assert told(before=after, after=after) == []


def test_a_line_without_a_close_went_stale_without_a_day() -> None:
    stale = replace(SAME.facts[SECOND], is_fresh=False, close=None)

    (found,) = told(after=replace(SAME, facts={**SAME.facts, SECOND: stale}))

    assert found.sentence == f"{SECOND} has had no new price."


def test_a_change_without_parts_has_no_causes() -> None:
    assert because(change("AAA", 1, 2)) == "+0.0 points"


def test_the_year_of_the_snapshot_is_full_of_news() -> None:
    found = of_year()

    shorts = [one.short for one in found]
    entered = ["MU in", "ANET in", "MDB in"]
    left = ["AVGO out", "DLR out", "SNOW out", "DDOG out"]
    assert shorts[:8] == [*entered, *left, "TSM 2 to 1"]
    assert {"GDS ranked", "xAI absorbed", "AMD 31 to 10", "ARM 30 to 17"} <= {*shorts}


def test_of_a_line_only_the_weightiest_is_told() -> None:
    found = of_year()

    # It entered a basket, and its rank moved far.
    assert [one.short for one in found if one.about == "MU"] == ["MU in"]


class TestEvents:
    def test_a_step_that_was_seen_is_told_with_its_source(self) -> None:
        entry = SAME.watchlist[0]
        seen = seen_of(entry.id, "private", "public_filed")

        (found,) = news(Compared(SAME, SAME, ()), [seen])

        assert found.short == f"{entry.name} public filed"
        assert found.sentence == (
            f"{entry.name}, 2026-05-12: filed a registration (SEC EDGAR, grade A)."
        )
        assert found.is_material

    def test_of_several_steps_the_last_is_told(self) -> None:
        entry = SAME.watchlist[0].id
        steps = [
            seen_of(entry, "private", "draft_submitted"),
            seen_of(entry, "draft_submitted", "public_filed"),
        ]

        (found,) = news(Compared(SAME, SAME, ()), steps)

        assert found.short.endswith(" public filed")

    def test_what_changed_no_stage_is_no_news_of_its_own(self) -> None:
        same = seen_of(SAME.watchlist[0].id, "private", "private")

        assert news(Compared(SAME, SAME, ()), [same]) == ()

    def test_a_company_that_is_gone_from_the_list_goes_by_its_id(self) -> None:
        (found,) = news(
            Compared(SAME, SAME, ()), [seen_of("gone", "private", "listed")]
        )

        assert found.about == "gone"


def seen_of(entry: str, before: Stage, after: Stage) -> WatchEvent:
    sighting = Sighting(
        entry=entry,
        reference=f"{before}-{after}",
        date=date(2026, 5, 12),
        kind="filing",
        what="filed a registration.",
        source="SEC EDGAR",
        grade="A",
        stage=after,
    )
    return WatchEvent(sighting, "edgar", before, after)
