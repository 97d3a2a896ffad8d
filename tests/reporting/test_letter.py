"""The letter: its subject, what it leads with, and what a program reads."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

import evaluations
import screens
from triad_screener.model.document import Paragraph, Picture, Points, Table, Tone
from triad_screener.model.watch import Estimate, Sighting, VendorMark, WatchEvent
from triad_screener.reporting import letter, record
from triad_screener.reporting.changes import Compared
from triad_screener.reporting.letter import Story
from triad_screener.reporting.news import news
from triad_screener.reporting.overview import DISCLAIMER, View
from triad_screener.screening.changes import compare

if TYPE_CHECKING:
    from triad_screener.reporting.letter import Letter

SMALL = screens.small()


@cache
def month() -> Compared:
    """The snapshot in April and in May."""
    early, late = screens.bundled(date(2026, 4, 17)), screens.bundled()
    return Compared(early, late, compare(early, late))


def written(story: Story) -> Letter:
    return letter.compose(story, View(lines=record.of_lines(story.screen)))


def of_month(**parts: object) -> Letter:
    return written(replace(Story(screen=month().after, compared=month()), **parts))  # type: ignore[arg-type]


def texts(found: Letter) -> list[str]:
    blocks = found.report.blocks
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def points(found: Letter, title: str) -> tuple[str, ...]:
    blocks = [block for block in found.report.blocks if isinstance(block, Points)]
    return next((one.items for one in blocks if one.title.startswith(title)), ())


def facts(found: Letter) -> dict[str, str]:
    (rows,) = [
        block.rows
        for block in found.report.blocks
        if isinstance(block, Table) and block.title == "About the figures"
    ]
    return {str(name): str(text) for name, text in rows}


def titles(found: Letter) -> list[str]:
    return [getattr(block, "title", "") for block in found.report.blocks]


def test_the_first_letter_names_the_leaders() -> None:
    found = written(Story(screen=screens.bundled()))

    assert found.subject == "triad: TSM, NVDA, MU lead"
    assert found.is_material
    assert texts(found)[0] == (
        "This is the first letter: there is nothing to compare with."
    )
    assert found.report.record["changes"] is None


def test_without_a_ranked_line_the_subject_says_so() -> None:
    empty = replace(SMALL, scores=replace(SMALL.scores, lines=()))

    assert written(Story(screen=empty)).subject == "triad: no line is ranked"


def test_a_letter_leads_with_what_changed_and_why() -> None:
    found = of_month()

    first = found.report.blocks[0]
    assert isinstance(first, Points)
    assert first.title == "What changed from 2026-04-17 to 2026-05-15"
    assert "points: " in first.items[1]
    wanted = ["What moved", "Ranking", "Baskets", "What makes", "Prices", "Watchlist"]
    wanted += ["Thesis panel", "Votes", "Where each", "About the figures"]
    order = [
        next(at for at, t in enumerate(titles(found)) if t.startswith(w))
        for w in wanted
    ]
    assert order == sorted(order)


def test_the_subject_says_what_changed_in_one_short_line() -> None:
    found = of_month()

    assert found.subject.startswith("triad: ")
    assert " more" in found.subject
    assert len(found.subject) <= 80
    assert found.report.title == found.subject


def test_a_long_list_of_news_is_cut_with_the_number_left_out() -> None:
    lines = points(of_month(), "What changed")

    assert len(lines) == 11
    assert lines[-1] == f"And {len(news(month())) - 10} more."


def test_the_command_that_shows_all_changes_is_always_told() -> None:
    ids = [screen.run.id[:8] for screen in (month().before, month().after)]

    assert facts(of_month())["changes"] == f"all of them: triad diff {' '.join(ids)}"
    assert "changes" not in facts(written(Story(screen=SMALL)))


def test_nothing_material_is_said_in_one_line() -> None:
    same = Compared(SMALL, SMALL, compare(SMALL, SMALL))

    found = written(Story(screen=SMALL, compared=same))

    assert not found.is_material
    assert found.subject == f"triad: nothing material since {SMALL.run.as_of}"
    assert points(found, "What changed") == ("Nothing material moved.",)
    assert not [t for t in titles(found) if t.startswith("What moved")]


def test_doubts_stand_first_and_in_the_subject() -> None:
    old = of_month(doubts=("The newest close is old.",), is_old=True)
    thin = of_month(doubts=("Few lines are ranked.",))

    assert old.subject.startswith("triad: [old data] ")
    assert thin.subject.startswith("triad: [thin data] ")
    assert old.report.blocks[0] == Paragraph("The newest close is old.", Tone.NOTICE)


def test_another_universe_is_named_in_the_subject() -> None:
    post = replace(SMALL, run=replace(SMALL.run, universe="post"))

    assert written(Story(screen=post)).subject.startswith("triad post: ")


def test_news_of_the_watchlist_are_stages_and_new_marks() -> None:
    year = screens.bundled(date(2025, 2, 14)), screens.bundled()
    compared = Compared(*year, ())

    found = written(Story(screen=year[1], compared=compared))

    told = points(found, "News of the watchlist")
    assert "xAI: private to absorbed." in told
    assert any(one.startswith("Databricks: ") for one in told)
    assert not [one for one in told if "undisclosed" in one]


def test_a_mark_that_stayed_is_no_news() -> None:
    entry = SMALL.watchlist[0]
    bare = replace(SMALL, watchlist=(replace(entry, last_mark=None),))
    same = Compared(bare, bare, ())

    found = written(Story(screen=bare, compared=same))

    assert not points(found, "News of the watchlist")


def test_the_figures_have_their_source_age_and_gaps_and_one_disclaimer() -> None:
    screen = replace(screens.bundled(), warnings=("a remark",))
    view = View(
        lines=record.of_lines(screen),
        today=date(2026, 5, 16),
        told="Asked just now.",
        troubles=("One failed.",),
    )

    found = letter.compose(Story(screen=screen), view)

    known = facts(found)
    assert known["source"].startswith("Sample data of 15 May 2026 (1 day old).")
    assert (known["just now"], known["trouble"]) == ("Asked just now.", "One failed.")
    assert known["prices"] == "All 39 stocks have prices for this date"
    assert "USD per TWD" in known["rates"]
    assert " figures: " in known["missing"]
    assert known["notes"] == "a remark"
    assert known["run"].startswith(screen.run.id)
    assert texts(found).count(DISCLAIMER) == 1


def test_the_pictures_are_ranks_parts_and_prices() -> None:
    screen = screens.bundled()
    now = {line.ticker: line.rank for line in screen.scores.lines}
    weeks = [(date(2026, 5, 8), now), (screen.run.as_of, now)]

    found = written(Story(screen=screen, ranks=weeks, benchmark="QQQ"))

    drawn = [one for one in found.report.blocks if isinstance(one, Picture)]
    kinds = [one.drawing.name for one in drawn]
    assert kinds == ["RANKS", "PARTS", "COURSES", "BOUNDS"]
    assert drawn[2].title == "Prices relative to QQQ"


def test_a_program_reads_news_changes_ranks_and_the_screen() -> None:
    found = of_month(ranks=[(date(2026, 5, 15), {"TSM": 1})])

    read = found.report.record
    assert read["subject"] == found.subject
    assert read["ranks"] == [{"as_of": "2026-05-15", "ranks": {"TSM": 1}}]
    assert read["changes"]["before"]["as_of"] == "2026-04-17"  # type: ignore[index]
    assert read["screen"]["run"]["as_of"] == "2026-05-15"  # type: ignore[index]
    assert found.report.rows[0].keys() == {"about", "what", "is_material"}
    assert found.report.tickers[0] == "TSM"


def trades_of(found: Letter) -> Table:
    (table,) = [
        block
        for block in found.report.blocks
        if isinstance(block, Table) and block.title.startswith("Trades")
    ]
    return table


def test_baskets_have_their_turnover_and_the_trades_that_it_comes_from() -> None:
    found = of_month()

    (baskets,) = [t for t in titles(found) if t.startswith("Baskets")]
    told = f"{month().turnover:.1%}"
    assert baskets.endswith(f"; one-way turnover {told}")
    trades = trades_of(found)
    assert trades.title == f"Trades: {told} of the portfolio (one-way turnover)"
    steps = [now - was for _, was, now in trades.rows]  # type: ignore[operator]
    assert sum(map(abs, steps)) / 2 == pytest.approx(month().turnover, abs=1e-12)


@pytest.mark.parametrize("rise", [0.0, 0.001])
def test_small_trades_are_told_by_what_they_come_to(rise: float) -> None:
    bundled = screens.bundled()
    (one, *rest) = bundled.scores.baskets
    first, second, third, *others = one.constituents
    moved = (
        replace(first, weight=first.weight - 0.02),
        replace(second, weight=second.weight + 0.001),
        replace(third, weight=third.weight + rise),
    )
    basket = replace(one, constituents=(*moved, *others))
    after = replace(bundled, scores=replace(bundled.scores, baskets=(basket, *rest)))
    compared = Compared(bundled, after, ())

    rows = trades_of(written(Story(screen=after, compared=compared))).rows

    bought = "2 small buys" if rise else second.ticker
    assert [row[0] for row in rows] == [first.ticker, "reserve", bought]
    assert rows[2][2] - rows[2][1] == pytest.approx(0.001 + rise)  # type: ignore[operator]


def test_a_pillar_is_told_by_its_name_in_the_language_wanted() -> None:
    found = month()
    pillar, entered = next((p, t) for p, t, was, _ in found.baskets if not was)
    names = found.after.pillars[pillar]  # type: ignore[index]
    lines = record.of_lines(found.after)
    story = Story(screen=found.after, compared=found)

    for language, name in (("en", names.name_en), ("zh", names.name_zh)):
        view = View(lines=lines, language=language)
        told = " ".join(points(letter.compose(story, view), "What changed"))
        assert f"{entered} entered the {name} basket" in told


def test_what_was_seen_of_the_watchlist_is_told_and_handed_on() -> None:
    entry = SMALL.watchlist[0]
    seen = Sighting(
        entry=entry.id,
        reference="r",
        date=date(2026, 5, 12),
        kind="filing",
        what="Filed a registration.",
        source="SEC EDGAR",
        grade="A",
        stage="public_filed",
    )
    event = WatchEvent(seen, "edgar", "private", "public_filed")

    first = written(Story(screen=SMALL, events=(event,)))

    told = f"{entry.name}, 2026-05-12: Filed a registration (SEC EDGAR, grade A)."
    assert points(first, "News of the watchlist") == (told,)
    assert first.events == (event,)
    read = json.loads(json.dumps(first.report.record["events"]))
    assert [one["stage_after"] for one in read] == ["public_filed"]
    assert (read[0]["name"], read[0]["date"]) == (entry.name, "2026-05-12")


def estimate() -> Estimate:
    """What a vendor puts on the first company: half as much again as its last mark."""
    mark = screens.bundled().watchlist[0].last_mark
    assert mark
    return Estimate(
        VendorMark("LABS.PVT", 30e9, "USD"),
        date(2026, 5, 9),
        "Yahoo Finance",
        "D",
        beside=replace(mark, round="B", grade="B"),
        difference=0.5,
        disagrees=True,
    )


def lane(found: Letter) -> Table:
    (table,) = [
        block
        for block in found.report.blocks
        if isinstance(block, Table) and block.title.startswith("Watchlist as of")
    ]
    return table


def test_the_watchlist_shows_what_a_vendor_estimates_beside_the_mark() -> None:
    screen = screens.bundled()
    entry = screen.watchlist[0]

    found = written(Story(screen=screen, estimates={entry.id: estimate()}))

    table = lane(found)
    headings = [one.heading for one in table.columns]
    at = headings.index("Estimate")
    assert [row[at] for row in table.rows[1:]] == [""] * (len(table.rows) - 1)
    shown = dict(zip(headings, table.rows[0], strict=True))
    assert shown["Company"] == entry.name
    assert shown["Estimate"] == "USD 30bn, D"
    assert shown["Seen since"] == date(2026, 5, 9)
    assert shown["Beside a mark"] == "+50%, disagrees, B, B"
    assert table.note.endswith("Estimate: of Yahoo Finance, shown and never scored.")
    read: dict[str, Any] = json.loads(json.dumps(found.report.record["estimates"]))
    assert read[entry.id]["valuation"] == 30e9


def test_without_an_estimate_of_a_watched_company_there_is_no_column_for_one() -> None:
    for estimates in ({}, {"nobody": estimate()}):
        table = lane(written(Story(screen=SMALL, estimates=estimates)))

        assert "Estimate" not in [one.heading for one in table.columns]
        assert "never scored" not in table.note


def test_the_thesis_is_told_with_the_votes_that_changed_and_is_not_material() -> None:
    year = screens.bundled(date(2025, 2, 14)), screens.bundled()
    quiet = Compared(replace(year[1], panel=year[0].panel), year[1], ())

    found = written(Story(screen=year[1], compared=quiet))

    told = points(found, "Thesis panel: confirming")
    assert told[1].startswith("Since 2025-02-14: slope +1 to not known, ")
    assert told[2].startswith("Nearest falsifier: squeeze, 3.2 points away")
    assert not found.is_material
    read: dict[str, Any] = json.loads(json.dumps(found.report.record["thesis"]))
    assert read["panel"]["verdict"] == "confirming"
    assert read["before"] == {"as_of": "2025-02-14", "verdict": "confirming"}
    assert {"id": "squeeze", "before": 1, "after": 0} in read["changed"]
    assert read["nearest"] == "squeeze"


def test_a_run_without_a_panel_is_compared_without_votes() -> None:
    now = screens.bundled()
    old = Compared(replace(now, panel=None), now, ())

    for story in (Story(screen=now), Story(screen=now, compared=old)):
        found = written(story)

        assert len(points(found, "Thesis panel")) == 2
        read: dict[str, Any] = json.loads(json.dumps(found.report.record["thesis"]))
        assert (read["before"], read["changed"]) == (None, [])


def test_where_no_falsifier_is_known_none_is_the_nearest() -> None:
    now = screens.bundled()
    assert now.panel is not None
    bare = replace(now, panel=replace(now.panel, findings=()))

    read: dict[str, Any] = json.loads(
        json.dumps(written(Story(screen=bare)).report.record["thesis"])
    )

    assert read["nearest"] is None


def test_without_a_thesis_nothing_is_said_of_it() -> None:
    found = written(Story(screen=SMALL))

    assert found.report.record["thesis"] is None
    assert not [t for t in titles(found) if "hesis" in t]


def test_past_rankings_are_told_with_their_pictures_before_the_figures() -> None:
    found = of_month(evaluation=evaluations.evaluation("forward"))

    told = points(found, "How past rankings fared")
    assert told[0].startswith("Forward record, each made within a week of its day")
    assert told[1].startswith("21 sessions: signal: mean coefficient")
    names = titles(found)
    at = names.index("How past rankings fared")
    assert names[at + 1 : -1] == [
        "Information coefficients at 21 sessions (forward record)",
        "What the baskets earned (forward record)",
        "About the figures",
    ]
    assert found.report.record["evaluation"]["label"] == "forward record"  # type: ignore[index]


def test_without_a_record_a_letter_says_nothing_of_it() -> None:
    found = of_month()

    assert "How past rankings fared" not in titles(found)
    assert found.report.record["evaluation"] is None
