from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from triad_screener.model.rubric import Rubric
from triad_screener.model.watch import Sighting
from triad_screener.screening.following import (
    Round,
    Standing,
    follow,
    overtaken,
    standing,
    written_reference,
)
from watched import dated, known_on, watching

if TYPE_CHECKING:
    from triad_screener.model.watch import WatchEvent

PRIVATE = (dated("2025-03-01", stage="private"),)
ENTRY = watching(stages=PRIVATE).watchlist[0]
TODAY = date(2026, 6, 30)
EDGAR = Round("edgar", is_first=False, today=TODAY)
FIRST = replace(EDGAR, is_first=True)


def sighting(day: str, stage: str | None, reference: str = "") -> Sighting:
    return Sighting(
        "labs",
        reference or f"{day} {stage}",
        date.fromisoformat(day),
        "stage",
        f"Reached {stage}",
        "SEC EDGAR",
        "A",
        stage,  # type: ignore[arg-type]
    )


def written(day: str, stage: str | None, kind: str = "stage") -> Sighting:
    """What a person wrote into the taxonomy."""
    found = sighting(day, stage, f"stage:{stage}:{day}")
    return replace(found, kind=kind, is_judged=True)  # type: ignore[arg-type]


DRAFT = sighting("2026-06-01", "draft_submitted")
FILED = sighting("2026-06-20", "public_filed")
NOTICE = sighting("2026-06-25", None)


def steps(events: tuple[WatchEvent, ...]) -> list[tuple[str, str, bool]]:
    return [(one.before, one.after, one.is_news) for one in events]


class TestNews:
    def test_each_step_is_told_once(self) -> None:
        first = follow(ENTRY, (), (DRAFT,), EDGAR)
        second = follow(ENTRY, first, (DRAFT, FILED), EDGAR)
        third = follow(ENTRY, (*first, *second), (DRAFT, FILED), EDGAR)

        assert steps(first) == [("private", "draft_submitted", True)]
        assert steps(second) == [("draft_submitted", "public_filed", True)]
        assert third == ()

    def test_several_steps_at_once_are_told_in_their_order(self) -> None:
        events = follow(ENTRY, (), (FILED, DRAFT), EDGAR)

        assert steps(events) == [
            ("private", "draft_submitted", True),
            ("draft_submitted", "public_filed", True),
        ]

    def test_a_listing_comes_behind_the_prospectus_of_its_day(self) -> None:
        priced = sighting("2026-06-20", "priced")
        listed = sighting("2026-06-20", "listed")

        events = follow(ENTRY, (), (listed, priced), EDGAR)

        assert [one.after for one in events] == ["priced", "listed"]

    def test_what_came_before_the_taxonomy_changes_nothing(self) -> None:
        early = sighting("2024-01-01", "public_filed")

        assert steps(follow(ENTRY, (), (early,), FIRST)) == [
            ("private", "private", False)
        ]

    def test_an_amended_draft_takes_no_company_back(self) -> None:
        again = sighting("2026-06-21", "draft_submitted")

        events = follow(ENTRY, (), (FILED, again), EDGAR)

        assert steps(events)[-1] == ("public_filed", "public_filed", True)

    def test_what_is_long_past_is_no_news_when_first_asked(self) -> None:
        notice = sighting("2026-05-30", None)

        assert [one.is_news for one in follow(ENTRY, (), (notice,), FIRST)] == [False]
        assert [one.is_news for one in follow(ENTRY, (), (notice,), EDGAR)] == [True]
        assert [one.is_news for one in follow(ENTRY, (), (NOTICE,), FIRST)] == [True]

    def test_a_change_of_stage_is_news_however_old(self) -> None:
        old = sighting("2025-06-01", "public_filed")

        assert follow(ENTRY, (), (old,), FIRST)[0].is_news

    def test_the_same_reference_counts_once(self) -> None:
        assert len(follow(ENTRY, (), (DRAFT, DRAFT), EDGAR)) == 1


class TestWhatAPersonWrote:
    def test_the_taxonomy_as_it_was_at_first_is_no_news(self) -> None:
        seen = (written("2025-03-01", "private"), written("2026-06-29", None, "mark"))
        yaml = replace(FIRST, by="yaml")

        events = follow(ENTRY, (), seen, yaml)

        assert steps(events) == [("private", "private", False)] * 2

    def test_a_stage_written_since_is_a_change(self) -> None:
        stages = (*PRIVATE, dated("2026-06-10", stage="rumoured"))
        entry = watching(stages=stages).watchlist[0]
        yaml = replace(FIRST, by="yaml")
        kept = follow(ENTRY, (), (written("2025-03-01", "private"),), yaml)

        events = follow(
            entry,
            kept,
            (written("2025-03-01", None), written("2026-06-10", "rumoured")),
            replace(yaml, is_first=False),
        )

        assert steps(events)[-1] == ("private", "rumoured", True)

    def test_a_person_may_take_a_company_back(self) -> None:
        kept = follow(ENTRY, (), (DRAFT,), EDGAR)

        events = follow(ENTRY, kept, (written("2026-06-29", "private"),), EDGAR)

        assert steps(events) == [("draft_submitted", "private", True)]

    def test_what_was_seen_and_then_written_is_not_told_again(self) -> None:
        kept = follow(ENTRY, (), (DRAFT,), EDGAR)

        events = follow(ENTRY, kept, (written("2026-06-01", "draft_submitted"),), EDGAR)

        assert steps(events) == [("draft_submitted", "draft_submitted", False)]

    def test_a_mark_written_since_is_news_while_it_is_recent(self) -> None:
        fresh, old = (
            written("2026-06-20", None, "mark"),
            written("2026-01-01", None, "mark"),
        )

        events = follow(ENTRY, (), (old, fresh), EDGAR)

        assert [one.is_news for one in events] == [False, True]

    def test_a_stage_of_the_taxonomy_has_a_reference(self) -> None:
        assert written_reference(ENTRY.stages[0]) == "stage:private:2025-03-01"


class TestStanding:
    def test_what_was_seen_moves_a_company_on(self) -> None:
        events = follow(ENTRY, (), (DRAFT, FILED, NOTICE), EDGAR)

        assert standing(ENTRY, (), TODAY) == Standing("private", date(2025, 3, 1))
        assert standing(ENTRY, events, TODAY) == Standing("public_filed", FILED.date)

    def test_before_the_first_stage_it_stands_at_the_first(self) -> None:
        early = standing(ENTRY, (), date(2025, 1, 1))

        assert early.stage == "private"


class TestOvertaken:
    def test_a_fact_shows_what_was_seen_since(self) -> None:
        fact = known_on(TODAY, stages=PRIVATE, ticker=None)
        listed = replace(
            sighting("2026-06-28", "listed"), ticker="LABS", cik="0000000001"
        )
        events = follow(ENTRY, (), (DRAFT, NOTICE, listed), EDGAR)

        found = overtaken(fact, events, Rubric())

        assert (found.stage, found.stage_date) == ("listed", date(2026, 6, 28))
        assert (found.stage_source, found.stage_grade) == ("SEC EDGAR", "A")
        assert (found.ticker, found.cik) == ("LABS", "0000000001")
        assert [one.stage for one in found.stages] == [
            "private",
            "draft_submitted",
            "listed",
        ]
        assert found.rubric is not None
        assert found.rubric.criteria["stage"].points == 1.0

    def test_what_the_taxonomy_says_of_a_later_day_stays(self) -> None:
        stages = (*PRIVATE, dated("2026-06-15", stage="withdrawn"))
        fact = known_on(TODAY, stages=stages)
        events = follow(ENTRY, (), (DRAFT,), EDGAR)

        assert overtaken(fact, events, Rubric()).stage == "withdrawn"

    def test_a_fact_without_a_dated_stage_is_overtaken_by_any(self) -> None:
        fact = known_on(date(2025, 1, 1), stages=PRIVATE)
        events = follow(ENTRY, (), (DRAFT,), EDGAR)

        assert overtaken(fact, events, Rubric()).stage == "draft_submitted"
