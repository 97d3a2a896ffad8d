from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import samples
from triad_screener.model.document import Paragraph, Table
from triad_screener.model.rubric import Rubric
from triad_screener.model.watch import VendorMark, WatchEvent
from triad_screener.reporting import watchlist
from triad_screener.reporting.watchlist import Sight
from triad_screener.screening.rubric import judge
from watched import dated, known_on
from watchers import sighting

if TYPE_CHECKING:
    from triad_screener.model.document import Cell, Report
    from triad_screener.model.screen import Screen, WatchlistFact

DAY = date(2026, 6, 30)
SCREEN: Screen = samples.screen()
CITED = {"source": "by_hand", "grade": "C"}
RICH: dict[str, Any] = {
    "stages": (dated("2025-03-01", stage="private"),),
    "marks": (
        dated("2025-12-31", round="A", precision="year", post_money=10e9, amount=1e9),
        dated("2026-05-31", round="B", precision="month", post_money=20e9),
    ),
    "revenue": (dated("2026-03-31", value=3e9, kind="run_rate"),),
    "events": (
        dated("2026-06-02", kind="talks", what="Talks.", amount=1e9, post_money=40e9),
        dated("2026-06-03", kind="staff", what="Somebody leaves."),
    ),
    "ticker": None,
    "note": "By hand.",
}
HOLDERS = (
    {"ticker": "BIG", "share": 0.1, "as_of": "2026-05-01", **CITED},
    {"ticker": "OTHER", "amount": 1e9, "votes": "none", "as_of": "2026-05-01", **CITED},
)
SEEN = WatchEvent(
    sighting("labs", "2026-06-20", "D", None), "edgar", "private", "private"
)
WRITTEN = replace(SEEN, sighting=replace(SEEN.sighting, is_judged=True))


def fact(**parts: object) -> WatchlistFact:
    found = known_on(DAY, **{**RICH, **parts})
    return replace(found, rubric=judge(found, Rubric()))


def detail(of: WatchlistFact, **sight: Any) -> Report:  # noqa: ANN401 - fields of Sight
    return watchlist.detail(of, SCREEN, Sight(**sight))


def tables(report: Report) -> dict[str, Table]:
    found = [one for one in report.blocks if isinstance(one, Table)]
    return {one.title.partition(":")[0]: one for one in found}


def said(report: Report) -> list[str]:
    return [one.text for one in report.blocks if isinstance(one, Paragraph)]


def column(table: Table, heading: str) -> list[Cell]:
    at = [one.heading for one in table.columns].index(heading)
    return [row[at] for row in table.rows]


class TestList:
    def test_those_with_most_points_come_first_and_those_without_last(self) -> None:
        poor = replace(fact(marks=()), id="poor")
        rich = replace(fact(), id="rich")
        bare = replace(fact(), id="bare", rubric=None)

        report = watchlist.compose((poor, bare, rich), SCREEN, Sight())

        assert report.tickers == ("rich", "poor", "bare")

    def test_every_mark_has_date_grade_source_age_and_weight(self) -> None:
        (row,) = watchlist.compose((fact(),), SCREEN, Sight()).blocks[1].rows  # type: ignore[union-attr]

        assert row[4:] == (
            date(2025, 3, 1),
            "The authors, C",
            "USD 20bn, C",
            date(2026, 5, 31),
            "30 d",
            0.5**0.25,
            "The authors",
            "BIG 10%",
        )

    def test_a_company_that_is_a_line_by_now_is_named_below(self) -> None:
        line = fact(stages=(dated("2026-01-01", stage="listed"),), ticker="L01")

        report = watchlist.compose((line,), SCREEN, Sight())

        assert tables(report)["Watchlist"].rows == ()
        assert "Listed, and a line of the taxonomy by now: Labs." in said(report)

    def test_what_was_seen_last_stands_in_its_row(self) -> None:
        news = {"labs": (SEEN, WRITTEN)}

        report = watchlist.compose((fact(),), SCREEN, Sight(news=news))

        assert column(tables(report)["Watchlist"], "Seen") == [
            "2026-06-20 Form D: by hand"
        ]

    def test_a_header_says_whose_figures_and_what_went_wrong(self) -> None:
        sight = Sight(told="Asked just now.", troubles=("Something failed.",))

        texts = said(watchlist.compose((fact(),), SCREEN, sight))

        assert texts[0].startswith("Figures from by hand, as of")
        assert texts[1:3] == ["Asked just now.", "Something failed."]
        assert texts[-1].startswith("Points compare companies of the watchlist")

    def test_quiet_leaves_header_and_notes_out(self) -> None:
        assert said(watchlist.compose((fact(),), SCREEN, Sight(quiet=True))) == []

    def test_rows_have_the_same_keys_with_and_without_a_mark(self) -> None:
        report = watchlist.compose((fact(), fact(marks=())), SCREEN, Sight())
        rich, poor = report.rows

        assert [*rich] == [*poor]
        assert (rich["last_mark.date"], poor["last_mark.date"]) == ("2026-05-31", None)
        assert rich["rubric.age"] == 0.5**0.25

    def test_before_the_rubric_was_asked_there_are_no_points(self) -> None:
        bare = replace(fact(), rubric=None, stage_date=None)

        (row,) = watchlist.compose((bare,), SCREEN, Sight()).rows

        assert (row["rubric.points"], row["stage_date"]) == (None, None)
        assert "rubric.age" not in row


class TestDetail:
    def test_every_figure_has_its_date_and_its_source_with_grade(self) -> None:
        found = tables(detail(fact(holders=HOLDERS), news={"labs": (SEEN, WRITTEN)}))

        assert [*found] == [
            "Stages",
            "Marks",
            "Revenue",
            "Listed holders",
            "Events",
            "Seen",
            "Rubric",
        ]
        for name in ("Stages", "Marks", "Revenue", "Listed holders", "Events"):
            assert set(column(found[name], "Grade, source")) == {"C, The authors"}
        assert column(found["Seen"], "Grade, source") == ["A, SEC EDGAR"]

    def test_a_day_is_written_as_exactly_as_it_is_known(self) -> None:
        assert column(tables(detail(fact()))["Marks"], "Date") == ["2025", "2026-05"]

    def test_money_stands_with_its_currency(self) -> None:
        marks = (dated("2026-05-31", round="B", post_money=20e9, currency="EUR"),)
        rated = fact(marks=marks)
        rated = replace(rated, marks=(replace(rated.marks[0], post_money_usd=25e9),))

        shown = tables(detail(rated))["Marks"]

        assert column(shown, "Value") == ["EUR 20bn"]
        assert column(shown, "In USD") == [25e9]

    def test_a_holder_is_looked_through_with_a_warning(self) -> None:
        report = detail(fact(holders=HOLDERS))
        held = tables(report)["Listed holders"]

        assert held.title == "Listed holders: information, never scored"
        assert column(held, "Worth USD") == [2e9, ""]
        assert column(held, "Diluted") == [date(2026, 5, 31), None]
        assert any(
            text.startswith("Diluted: the share is older") for text in said(report)
        )

    def test_a_stake_newer_than_the_round_has_no_warning(self) -> None:
        holders = ({**HOLDERS[0], "as_of": "2026-06-01"},)

        report = detail(fact(holders=holders))

        assert not any(text.startswith("Diluted") for text in said(report))

    def test_the_rubric_says_by_what_it_judged(self) -> None:
        rubric = tables(detail(fact()))["Rubric"]

        assert rubric.title.startswith("Rubric: ")
        assert column(rubric, "Criterion") == [
            "momentum",
            "scale",
            "evidence",
            "stage",
            "age",
        ]
        assert column(rubric, "Value") == [
            "+435% a year",
            "USD 20bn",
            "",
            "",
            "30 days",
        ]

    def test_without_points_the_rubric_says_why(self) -> None:
        rubric = tables(detail(fact(marks=())))["Rubric"]

        assert rubric.title == (
            "Rubric: 20% of the weight is known, 50% are needed; 20% known"
        )
        assert column(rubric, "Points, 0 to 1")[0] == "missing: .5"

    def test_what_is_not_known_has_no_table(self) -> None:
        bare = fact(marks=(), revenue=(), events=(), holders=(), note=None)

        assert [*tables(detail(replace(bare, rubric=None)))] == ["Stages"]

    def test_the_identity_stands_first(self) -> None:
        known = fact(ticker="LABS", cik="0000000001", holders=())

        first, note = said(detail(known, quiet=True))

        assert first == (
            "Labs: core, data, exposure 50% by estimate; stage private; "
            "ticker LABS; CIK 0000000001."
        )
        assert note == "By hand."

    def test_the_record_holds_what_was_seen_and_no_person_wrote(self) -> None:
        record: Any = detail(fact(), news={"labs": (SEEN, WRITTEN)}).record

        (entry,) = record["watchlist"]
        assert entry["seen"] == [
            {
                "date": "2026-06-20",
                "what": "Form D: by hand",
                "stage": None,
                "form": "D",
                "source": "SEC EDGAR",
                "grade": "A",
                "reference": "D 2026-06-20",
            }
        ]
        assert entry["marks"][1]["post_money"] == 20e9


class TestEstimates:
    MARK = VendorMark("LABS.PVT", 30e9, "USD", 12.5, "Series B", date(2026, 6, 1))
    FIRST = replace(
        SEEN,
        sighting=replace(
            SEEN.sighting,
            reference="first",
            kind="mark",
            what="By hand",
            source="Yahoo Finance",
            grade="D",
            vendor=MARK,
        ),
        by="yahoo",
    )
    GONE = replace(
        FIRST,
        sighting=replace(
            FIRST.sighting, reference="gone", kind="event", date=date(2026, 6, 25)
        ),
    )
    OWN = (dated("2026-05-31", round="B", post_money=20e9) | {"grade": "B"},)

    def seen(self, *events: WatchEvent, **parts: object) -> Report:
        sight = Sight(news={"labs": events})
        return watchlist.compose((fact(**parts),), SCREEN, sight)

    def test_an_estimate_stands_beside_the_mark_and_gives_no_points(self) -> None:
        with_it, without = (
            self.seen(self.FIRST, marks=self.OWN),
            self.seen(marks=self.OWN),
        )
        table = tables(with_it)["Watchlist"]

        assert column(table, "Estimate") == ["USD 30bn, D"]
        assert column(table, "Seen since") == [date(2026, 6, 20)]
        assert column(table, "Beside a mark") == ["+50%, disagrees, B, B"]
        assert "Seen" not in [one.heading for one in table.columns]
        assert column(table, "Points") == column(tables(without)["Watchlist"], "Points")

    def test_what_is_of_a_newspaper_differs_and_does_not_disagree(self) -> None:
        table = tables(self.seen(self.FIRST))["Watchlist"]

        assert column(table, "Beside a mark") == ["+50%, B, C"]

    def test_who_vanished_keeps_the_last_estimate_with_the_day(self) -> None:
        table = tables(self.seen(self.FIRST, self.GONE, marks=()))["Watchlist"]

        assert column(table, "Estimate") == ["USD 30bn, D, gone 2026-06-25"]
        assert "Beside a mark" not in [one.heading for one in table.columns]

    def test_the_record_has_it_or_null(self) -> None:
        found, none = (
            cast("Any", report.record["watchlist"])[0]
            for report in (self.seen(self.FIRST), self.seen())
        )

        assert none["estimate"] is None
        assert found["estimate"] == {
            "symbol": "LABS.PVT",
            "valuation": 30e9,
            "currency": "USD",
            "price": 12.5,
            "share_class": "Series B",
            "round_date": "2026-06-01",
            "since": "2026-06-20",
            "gone_on": None,
            "source": "Yahoo Finance",
            "grade": "D",
            "beside": "B, 2026-05-31",
            "difference": 0.5,
            "disagrees": False,
        }
        (row,) = self.seen(self.FIRST).rows
        assert (row["estimate.valuation"], row["estimate.grade"]) == (30e9, "D")

    def test_one_company_shows_each_estimate_and_what_it_is_beside(self) -> None:
        bare = replace(self.MARK, price=None, valuation=31e9)
        again = replace(self.FIRST, sighting=replace(self.FIRST.sighting, vendor=bare))
        news = {"labs": (self.FIRST, again, self.GONE)}

        found = detail(fact(marks=self.OWN), news=news)
        alone = detail(fact(marks=()), news=news)

        table = tables(found)["Estimates of a vendor"]
        assert column(table, "Estimate") == ["USD 30bn", "USD 31bn"]
        assert column(table, "A share") == ["USD 12.50", ""]
        assert len(tables(found)["Seen"].rows) == 1
        told = "The newest estimate beside a mark: +55%, disagrees, B, B."
        assert told in said(found)
        assert not any("newest estimate" in one for one in said(alone))
        quiet = detail(fact(), news=news)
        assert "The newest estimate beside a mark: +55%, B, C." in said(quiet)
