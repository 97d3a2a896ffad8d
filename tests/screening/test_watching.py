from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from samples import taxonomy
from triad_screener.model.screen import HolderFact
from triad_screener.screening.watching import watch

if TYPE_CHECKING:
    from triad_screener.model.screen import WatchlistFact
    from triad_screener.model.taxonomy import Taxonomy


def dated(day: str, **parts: object) -> dict[str, object]:
    """A dated entry with its source."""
    return {"date": day, "source": "by_hand", "grade": "C", **parts}


def watching(**parts: object) -> Taxonomy:
    """A taxonomy that watches one company, private since March 2025."""
    entry = {
        "id": "labs",
        "name": "Labs",
        "pillar": "data",
        "exposure": 0.5,
        "basis": "estimate",
        "role": "core",
        "stages": (
            dated("2025-03-01", stage="private"),
            dated("2026-06-01", stage="listed"),
        ),
        "marks": (
            dated("2025-03-01", round="Series A", post_money=62e9),
            dated("2026-01-01", round="Series B", post_money=134e9, currency="EUR"),
        ),
        "holders": (
            {
                "ticker": "BIG",
                "share": 0.1,
                "as_of": "2025-06-30",
                "source": "by_hand",
                "grade": "B",
            },
        ),
        "ticker": "LABS",
        "stale_after_days": 120,
        **parts,
    }
    return taxonomy(watchlist=(entry,))


def known_on(day: date, **parts: object) -> WatchlistFact:
    """What is known of the company on a day."""
    (fact,) = watch(watching(**parts), day)
    return fact


class TestRegression:
    def test_a_company_is_known_with_its_newest_stage_and_mark(self) -> None:
        fact = known_on(date(2026, 6, 30))

        assert (fact.id, fact.ticker, fact.pillar) == ("labs", "LABS", "data")
        assert (fact.stage, fact.stage_date) == ("listed", date(2026, 6, 1))
        assert (fact.stage_source, fact.stage_grade) == ("The authors", "C")
        assert fact.note == ""
        assert fact.last_mark is not None
        assert (fact.last_mark.round, fact.last_mark.post_money) == ("Series B", 134e9)
        assert (fact.last_mark.currency, fact.last_mark.source) == (
            "EUR",
            "The authors",
        )

    def test_a_stage_counts_from_its_own_day(self) -> None:
        fact = known_on(date(2026, 6, 1))

        assert (fact.stage, fact.stage_date) == ("listed", date(2026, 6, 1))

    def test_what_came_later_is_not_known_yet(self) -> None:
        fact = known_on(date(2025, 5, 31))

        assert (fact.stage, fact.stage_date) == ("private", date(2025, 3, 1))
        assert fact.last_mark is not None
        assert fact.last_mark.round == "Series A"
        assert fact.holders == ()

    def test_a_holder_counts_from_the_day_of_the_figure(self) -> None:
        (holder,) = known_on(date(2025, 6, 30)).holders

        day = date(2025, 6, 30)
        assert holder == HolderFact("BIG", 0.1, day, "The authors", "B")

    def test_before_the_first_mark_there_is_none(self) -> None:
        fact = known_on(date(2025, 1, 1))

        # Private it was before anybody said so, but nobody had said when.
        assert (fact.stage, fact.stage_date) == ("private", None)
        assert fact.last_mark is None

    def test_a_company_nobody_had_heard_of_is_left_out(self) -> None:
        rumoured = watching(stages=(dated("2025-03-01", stage="rumoured"),))

        assert watch(rumoured, date(2025, 2, 28)) == ()
        assert len(watch(rumoured, date(2025, 3, 1))) == 1

    @pytest.mark.parametrize(
        ("day", "age", "stale"),
        [(date(2026, 5, 1), 120, False), (date(2026, 5, 2), 121, True)],
    )
    def test_a_mark_goes_stale_after_the_days_of_its_entry(
        self,
        day: date,
        age: int,
        stale: bool,  # noqa: FBT001 - a case
    ) -> None:
        mark = known_on(day).last_mark

        assert mark is not None
        assert (mark.age_days, mark.is_stale) == (age, stale)

    def test_the_order_is_that_of_the_taxonomy(self) -> None:
        one = watching().watchlist[0]
        two = one.model_copy(update={"id": "aaa"})

        facts = watch(taxonomy(watchlist=(one, two)), date(2026, 6, 30))

        assert [fact.id for fact in facts] == ["labs", "aaa"]
