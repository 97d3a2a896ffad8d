from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from samples import taxonomy
from triad_screener.model.market import DatedValue
from triad_screener.screening.watching import Surroundings, newest_evidence, watch
from watched import dated, known_on, watching

if TYPE_CHECKING:
    from triad_screener.model.screen import HolderFact


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

        assert (holder.ticker, holder.share, holder.as_of) == (
            "BIG",
            0.1,
            date(2025, 6, 30),
        )
        assert (holder.source, holder.grade, holder.age_days) == ("The authors", "B", 0)

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


def holder(share: float | None = 0.1, **parts: object) -> HolderFact:
    """BIG as a holder of a company worth USD 50bn since 2026-01-01."""
    owns = {"ticker": "BIG", "share": share, "as_of": "2026-02-01", **parts}
    company = watching(
        marks=(dated("2026-01-01", round="Series B", post_money=50e9),),
        holders=({**owns, "source": "by_hand", "grade": "B"},),
    )
    around = Surroundings({"BIG": 200e9})
    (found,) = watch(company, date(2026, 6, 30), around)[0].holders
    return found


@pytest.mark.parametrize(
    ("what", "entry"),
    [
        ("stages", dated("2026-09-01", stage="listed")),
        ("marks", dated("2026-09-01", round="Series C")),
        ("revenue", dated("2026-09-01", value=1e9, kind="press")),
        ("events", dated("2026-09-01", kind="talks", what="Talked.")),
        (
            "holders",
            {"ticker": "BIG", "as_of": "2026-09-01", "source": "by_hand", "grade": "B"},
        ),
    ],
)
def test_the_newest_evidence_is_of_whatever_kind(
    what: str, entry: dict[str, object]
) -> None:
    earlier = watching().watchlist[0].model_dump()[what]

    assert newest_evidence(watching()) == date(2026, 6, 1)
    world = watching(**{what: (*earlier, entry)})
    assert newest_evidence(world) == date(2026, 9, 1)


def test_without_a_watchlist_there_is_no_evidence() -> None:
    assert newest_evidence(taxonomy()) is None


class TestLookThrough:
    def test_a_piece_is_worth_its_share_of_the_newest_value(self) -> None:
        found = holder(0.1)

        assert (found.value_usd, found.of_market_cap) == (5e9, 0.025)
        assert found.diluted_by is None

    def test_a_share_older_than_the_newest_round_is_diluted(self) -> None:
        found = holder(0.1, as_of="2025-12-31")

        assert found.value_usd == 5e9
        assert found.diluted_by == date(2026, 1, 1)

    def test_an_undisclosed_share_is_worth_nobody_knows_what(self) -> None:
        found = holder(None, as_of="2025-12-31")

        assert (found.value_usd, found.of_market_cap) == (None, None)
        assert found.diluted_by is None

    def test_a_holder_without_a_market_capitalisation_has_no_part_of_it(self) -> None:
        found = holder(0.1, ticker="OTHER")

        assert (found.value_usd, found.of_market_cap) == (5e9, None)

    def test_a_value_in_another_currency_is_converted_once(self) -> None:
        company = watching(
            marks=(dated("2026-01-01", round="B", post_money=40e9, currency="EUR"),)
        )
        rates = {"EUR": (DatedValue(1.25, date(2026, 6, 30), "a bank"),)}

        (fact,) = watch(company, date(2026, 6, 30), Surroundings({}, rates))

        assert fact.holders[0].value_usd == pytest.approx(5e9)
        assert fact.marks[0].post_money_usd == 50e9

    def test_without_a_value_of_the_company_nothing_is_looked_through(self) -> None:
        company = watching(marks=(dated("2026-01-01", round="B"),))

        (fact,) = watch(company, date(2026, 6, 30))

        assert fact.holders[0].value_usd is None
        assert fact.last_mark is not None
        assert fact.last_mark.post_money_usd is None

    def test_an_old_stake_is_stale(self) -> None:
        assert not holder(as_of="2025-05-26").is_stale  # 400 days
        assert holder(as_of="2025-05-25").is_stale


class TestWhatElseIsKnown:
    def test_a_mark_fades_by_half_with_each_span_of_its_rule(self) -> None:
        (mark,) = known_on(
            date(2026, 6, 30), marks=(dated("2026-03-02", round="B", lead="Fund"),)
        ).marks

        assert (mark.age_days, mark.weight, mark.lead) == (120, 0.5, "Fund")

    def test_revenue_and_events_count_from_their_day(self) -> None:
        parts = {
            "revenue": (
                dated("2025-05-26", value=1e9, kind="audited"),
                dated("2026-06-30", value=2e9, kind="run_rate"),
                dated("2026-07-01", value=3e9, kind="press"),
            ),
            "events": (
                dated("2026-06-30", kind="talks", what="Talks.", post_money=9e9),
                dated("2026-07-01", kind="staff", what="Later."),
            ),
        }

        fact = known_on(date(2026, 6, 30), **parts)

        assert [one.value for one in fact.revenue] == [1e9, 2e9]
        assert [one.is_stale for one in fact.revenue] == [False, False]
        assert [(one.kind, one.post_money) for one in fact.events] == [("talks", 9e9)]
        assert [one.stage for one in fact.stages] == ["private", "listed"]

    def test_an_old_revenue_figure_is_stale(self) -> None:
        old = dated("2025-05-25", value=1e9, kind="audited")  # 401 days

        assert known_on(date(2026, 6, 30), revenue=(old,)).revenue[0].is_stale
