from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import screens
from samples import (
    AS_OF,
    LINES,
    TICKERS,
    constituent,
    prices,
    recipe,
    screen,
    taxonomy,
    twelve_lines,
    walk,
)
from triad_screener.factors import FACTORS
from triad_screener.model.document import (
    Kind,
    Paragraph,
    SideBySide,
    Table,
    Tone,
)
from triad_screener.model.gap import Gap
from triad_screener.model.market import DatedValue, LineData
from triad_screener.model.stored import MissingSession
from triad_screener.model.vocabulary import GROUPS, PILLARS
from triad_screener.reporting import overview, record

if TYPE_CHECKING:
    from triad_screener.model.document import Cell, Report
    from triad_screener.model.screen import Screen

CITED = {"source": "by_hand", "grade": "D"}


def watched(name: str, *marks: dict[str, Any], **parts: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of an entry
    """A private company of the data pillar."""
    return {
        "id": name.lower(),
        "name": name,
        "pillar": "data",
        "exposure": 1.0,
        "basis": "estimate",
        "role": "core",
        "stages": ({"stage": "private", "date": "2025-02-17", **CITED},),
        "marks": tuple({"round": "a round", **CITED, **mark} for mark in marks),
        **parts,
    }


def awkward(*watchlist: dict[str, Any], **asked: Any) -> Screen:  # noqa: ANN401 - fields of Request
    """L00 stands aside for SIS, L10 does not trade yet, nothing is known of L11."""
    return screen(
        taxonomy(
            *twelve_lines(), constituent("SIS", issuer="l00"), watchlist=watchlist
        ),
        [
            *LINES[:10],
            LineData("L10", prices([1.0], last=AS_OF + timedelta(days=1))),
            LineData("SIS", walk(99), average_daily_value_usd=1.0),
        ],
        recipe=recipe(coverage_floor=0.8),
        **asked,
    )


def viewed(found: Screen | None = None, **view: Any) -> Report:  # noqa: ANN401 - fields of View
    shown = found or screen()
    view.setdefault("lines", record.of_lines(shown))
    return overview.compose(shown, overview.View(**view))


def texts(report: Report, tone: Tone | None = None) -> list[str]:
    return [
        block.text
        for block in report.blocks
        if isinstance(block, Paragraph) and tone in (None, block.tone)
    ]


def table(report: Report, title: str) -> Table:
    return next(
        block
        for block in report.blocks
        if isinstance(block, Table) and block.title.startswith(title)
    )


def titles(report: Report) -> list[str]:
    return [b.title for b in report.blocks if not isinstance(b, Paragraph)]


def column(of: Table, heading: str) -> list[Cell]:
    at = [one.heading for one in of.columns].index(heading)
    return [row[at] for row in of.rows]


class TestRanking:
    def test_a_row_a_ranked_line_best_first(self) -> None:
        found = screen()

        ranking = table(viewed(found), "Ranking")

        lines = found.scores.lines
        assert column(ranking, "#") == [*range(1, 13)]
        assert column(ranking, "Ticker") == [line.ticker for line in lines]
        assert column(ranking, "Score") == [line.score for line in lines]
        assert column(ranking, "Mom") == [line.groups["momentum"] for line in lines]
        assert column(ranking, "Pillar") == [line.primary_pillar for line in lines]

    def test_columns_that_no_line_fills_are_left_out(self) -> None:
        headings = [one.heading for one in table(viewed(), "Ranking").columns]

        assert "Mom" in headings
        assert "Grow" not in headings
        assert "Range" not in headings

    def test_trends_and_groups_have_their_kinds(self) -> None:
        columns = {
            one.heading: one.kind
            for one in table(viewed(screens.bundled()), "Ranking").columns
        }

        assert [
            columns[h] for h in ("Mom", "Grow", "Qual", "Value", "Risk", "Thes")
        ] == ([Kind.BAR] * len(GROUPS))
        assert columns["1 year"] is Kind.TREND

    def test_the_cornerstone_has_a_star(self) -> None:
        ranking = table(viewed(screens.bundled()), "Ranking")

        names = dict(
            zip(column(ranking, "Ticker"), column(ranking, "Name"), strict=True)
        )

        assert names["TSM"] == "TSMC ★"
        assert [n for n in names.values() if "★" in str(n)] == ["TSMC ★"]

    def test_the_range_tells_gaps_and_neighbours_about_equal(self) -> None:
        found = screens.bundled()
        by_ticker = {line["ticker"]: line for line in record.of_lines(found)}

        ranking = table(viewed(found), "Ranking")

        for ticker, shown in zip(
            column(ranking, "Ticker"), column(ranking, "Range"), strict=True
        ):
            line = by_ticker[str(ticker)]
            gap = line["score_low"] is not None
            assert ("-" in str(shown)) is gap
            assert str(shown).endswith("≈") is line["about_equal_to_next"]
            if gap:
                low, high = str(shown).removesuffix(" ≈").split("-")
                assert (int(low), int(high)) == (
                    round(line["score_low"]),
                    round(line["score_high"]),
                )

    def test_flags_are_letters_explained_below(self) -> None:
        found = screens.bundled()
        by_ticker = {line["ticker"]: line for line in record.of_lines(found)}

        ranking = table(viewed(found), "Ranking")

        legend = dict(part.split(" ", 1) for part in ranking.legend["Flag"].split("; "))
        assert list(legend.values()) == sorted(legend.values())
        assert list(legend) == list("abc")
        for ticker, letters in zip(
            column(ranking, "Ticker"), column(ranking, "Flag"), strict=True
        ):
            flags = [legend[letter] for letter in str(letters)]
            assert flags == by_ticker[str(ticker)]["flags"] == sorted(flags)
        assert column(ranking, "Flag")[0] == "bc"

    def test_every_sign_of_the_ranking_has_a_legend_and_no_other(self) -> None:
        line = record.of_lines(screen())[0]
        plain = {**line, "score_low": None, "score_high": None, "cornerstone": False}
        signs = {**plain, "cornerstone": True, "about_equal_to_next": True}

        assert dict(overview.ranking([plain]).legend) == {}
        assert dict(overview.ranking([signs]).legend) == {
            "Name": "★ cornerstone of the thesis",
            "Range": "≈ about equal to the next, their ranges touch",
        }
        assert (
            overview.ranking([{**signs, "score_low": 1.0, "score_high": 2.0}])
            .legend["Range"]
            .startswith("range: what missing figures could change; ≈")
        )

    def test_no_lines_have_no_heading_and_a_sentence(self) -> None:
        loud, quiet = (viewed(lines=(), quiet=hushed) for hushed in (False, True))

        assert "Ranking" not in titles(loud)
        assert "No line is left to show." in texts(loud)
        assert texts(quiet) == []

    def test_letters_after_z_are_two_and_stand_apart(self) -> None:
        line = record.of_lines(screen())[0]
        flags = [f"flag {number:02}" for number in range(28)]

        ranking = overview.ranking(
            [{**line, "flags": flags}, {**line, "flags": flags[26:]}]
        )

        assert column(ranking, "Flag")[1] == "aa ab"
        assert str(column(ranking, "Flag")[0]).startswith("a b c ")
        assert ranking.legend["Flag"].endswith("z flag 25; aa flag 26; ab flag 27")


class TestNotRanked:
    @pytest.mark.parametrize("quiet", [False, True])
    def test_lines_are_listed_with_the_reason_even_if_quiet(self, quiet: bool) -> None:  # noqa: FBT001 - a case
        report = viewed(awkward(), quiet=quiet)

        ticker, name, known, why = table(report, "Not ranked").rows[0]

        assert (ticker, name) == ("L11", "L11 Inc")
        # The thesis is known: 0.2 of the 0.5 of momentum, risk and thesis.
        assert known == pytest.approx(0.4, abs=1e-12)
        assert why == "the source knows nothing of it"

    def test_prices_asked_for_in_vain_are_told_with_the_reason(self) -> None:
        gap = Gap("L11", "prices", "network", "the connection was refused")
        other = Gap("L11", "statements", "absent", "none")
        found = replace(awkward(), gaps=(other, gap))

        why = table(viewed(found), "Not ranked").rows[0][-1]

        assert why == "prices: network: the connection was refused"

    def test_a_line_that_the_source_knows_tells_what_it_lacks(self) -> None:
        found = screens.bundled(date(2025, 2, 14))

        ((ticker, _, known, why),) = table(viewed(found), "Not ranked").rows

        assert ticker == "GDS"
        assert known == pytest.approx(0.5, abs=1e-12)
        assert str(why).startswith("insufficient data: lacks rev_yoy_q, rev_cagr_3y")
        assert "ey_fwd" not in str(why)

    def test_too_few_lines_lack_nothing_but_company(self) -> None:
        found = screen(taxonomy(*twelve_lines()[:3]), LINES[:3])

        reasons = column(table(viewed(found), "Not ranked"), "Why it is not ranked")

        assert len(reasons) == 3
        assert set(reasons) == {record.of_lines(found)[0]["reason"]}

    def test_nobody_left_out_is_no_table(self) -> None:
        assert "Not ranked" not in titles(viewed())


class TestHeader:
    @pytest.mark.parametrize(
        ("today", "age"),
        [
            (date(2026, 5, 20), " (5 days old)"),
            (date(2026, 5, 16), " (1 day old)"),
            (date(2026, 5, 15), " (0 days old)"),
            (date(2026, 5, 14), ""),
            (None, ""),
        ],
    )
    def test_the_first_line_says_which_figures_and_how_old(
        self, today: date | None, age: str
    ) -> None:
        report = viewed(screens.bundled(), today=today)

        assert texts(report)[0] == (
            f"Sample data of 15 May 2026{age}. Run 'triad refresh' for today's."
        )

    def test_the_age_is_that_of_the_newest_close_and_not_of_the_as_of_date(
        self,
    ) -> None:
        found = screens.bundled()
        later = replace(found, run=replace(found.run, as_of=date(2026, 6, 1)))

        assert texts(viewed(later, today=date(2026, 6, 1)))[0] == (
            "Sample data of 15 May 2026 (17 days old), as of 1 June 2026. "
            "Run 'triad refresh' for today's."
        )

    @pytest.mark.parametrize(
        ("stale", "told"),
        [
            (0, "All 9 stocks have prices for this date"),
            (2, "7 of 9 stocks have prices for this date"),
            (8, "1 of 9 stocks has prices for this date"),
        ],
    )
    def test_completeness_at_the_date_is_told_apart_from_the_age(
        self, stale: int, told: str
    ) -> None:
        found = screens.small()
        old = [line.ticker for line in found.scores.lines[:stale]]
        facts = {
            name: replace(fact, is_fresh=name not in old)
            for name, fact in found.facts.items()
        }

        first, second, *_ = texts(
            viewed(replace(found, facts=facts), today=date(2026, 11, 24))
        )

        assert first.endswith(", as of 2026-05-15, 193 days old.")
        assert second.startswith(f"{told}; recipe default")
        assert "fresh" not in first + second

    def test_one_stock_is_one(self) -> None:
        found = screens.small()
        scores = replace(found.scores, lines=found.scores.lines[:1], unranked=())

        told = overview.completeness(replace(found, scores=scores))

        assert told == "1 of 1 stock has prices for this date"

    def test_other_figures_are_called_by_their_source(self) -> None:
        assert texts(viewed(screens.small()))[0] == (
            "Figures from folder figures, as of 2026-05-15."
        )

    def test_what_was_asked_and_what_went_wrong_stand_below_unless_quiet(self) -> None:
        view: dict[str, Any] = {
            "told": "Asked.",
            "troubles": ("Failed.",),
            "warnings": ("Old.",),
        }

        loud, quiet = viewed(**view), viewed(**view, quiet=True)

        assert texts(loud)[2:5] == ["Asked.", "Failed.", "Old."]
        assert not {"Asked.", "Failed.", "Old."} & {*texts(quiet)}
        assert loud.record["warnings"] == ["Old."]

    def test_freshness_recipe_universe_and_rates_are_told(self) -> None:
        foreign = constituent("TSM", statement_currency="TWD", role="named")
        found = screen(
            taxonomy(*twelve_lines(), foreign),
            [*LINES, LineData("TSM", walk(7))],
            fx={"TWD": (DatedValue(0.03, date(2026, 6, 26)),)},
            universe="post",
        )

        assert texts(viewed(found))[1] == (
            "All 5 stocks have prices for this date; recipe default; universe post, "
            "ranked among themselves; USD per TWD 0.03 (2026-06-26)."
        )

    def test_warnings_stand_out(self) -> None:
        report = viewed(warnings=("The figures are old.",))

        assert "The figures are old." in texts(report, Tone.NOTICE)
        assert "The figures are old." in report.record["warnings"]  # type: ignore[operator]

    def test_lines_aside_and_lines_to_come_are_named(self) -> None:
        told = texts(viewed(awkward()), Tone.QUIET)

        assert "One line per issuer: L00 (SIS stands for it)." in told
        assert "Not yet listed on that day: L10." in told

    def test_a_line_whose_sibling_is_not_in_the_universe_is_told_without_it(
        self,
    ) -> None:
        outside = constituent("SIS", issuer="l00", role="extension")
        found = screen(
            taxonomy(*twelve_lines(), outside),
            [*LINES, LineData("SIS", walk(9), average_daily_value_usd=1.0)],
            universe="post",
        )

        told = " ".join(texts(viewed(found)))

        assert ("SIS" in told) is False
        assert "L00 (another line stands for it)" in told

    def test_a_part_of_the_lines_says_nothing_of_those_aside(self) -> None:
        found = awkward()

        some = viewed(found, lines=record.of_lines(found)[:2])

        assert not any("per issuer" in text for text in texts(some))


class TestBaskets:
    def test_weights_and_reserve_add_up_to_the_whole(self) -> None:
        report = viewed(screens.bundled(universe="post"))
        block = next(b for b in report.blocks if isinstance(b, SideBySide))

        weights = [float(str(row[1])) for one in block.tables for row in one.rows]

        assert sum(weights) == pytest.approx(1, abs=1e-9)
        assert [one.pillar for one in block.tables] == list(PILLARS)
        assert [one.title for one in block.tables] == ["50%", "20%", "30%"]
        assert block.tables[1].rows == (("pre-IPO reserve", 0.2),)

    def test_the_title_tells_breadth_and_turnover_where_known(self) -> None:
        held = screen(holdings={"L01": 1.0})

        plain, turned = titles(viewed())[-1], titles(viewed(held))[-1]

        breadth = screen().effective_number
        assert plain == (
            f"Baskets, share of the whole; effective number of names {breadth:.1f}"
        )
        assert turned.endswith(f"; one-way turnover {held.turnover:.1%}")

    def test_an_empty_basket_is_all_reserve(self) -> None:
        found = screen(taxonomy(*twelve_lines()[:3]), LINES[:3])

        block = next(b for b in viewed(found).blocks if isinstance(b, SideBySide))

        assert block.title == "Baskets, share of the whole"
        assert [one.rows for one in block.tables] == [
            (("pre-IPO reserve", budget),) for budget in (0.5, 0.2, 0.3)
        ]

    def test_only_the_pillars_asked_for_are_shown(self) -> None:
        report = viewed(pillars=("data",))

        block = next(b for b in report.blocks if isinstance(b, SideBySide))
        assert [one.pillar for one in block.tables] == ["data"]


class TestWatchlist:
    def shown(self, *entries: dict[str, Any]) -> Table:
        return table(viewed(awkward(*entries)), "Watchlist")

    def test_a_mark_has_value_grade_date_and_age(self) -> None:
        marked = watched("Brick", {"date": "2026-05-31", "post_money": 134e9})

        (row,) = self.shown(marked).rows

        assert row == (
            "Brick",
            "data",
            "private",
            date(2025, 2, 17),
            48.3,
            "USD 134bn, D",
            date(2026, 5, 31),
            "30 d",
            "The authors",
            "",
        )

    @pytest.mark.parametrize(("days", "stale"), [(120, ""), (121, " stale")])
    def test_a_mark_over_its_age_is_stale(self, days: int, stale: str) -> None:
        day = AS_OF - timedelta(days=days)
        marked = watched("Brick", {"date": day.isoformat(), "post_money": 1e9})

        assert column(self.shown(marked), "Age") == [f"{days} d{stale}"]

    @pytest.mark.parametrize(
        ("mark", "shown"),
        [
            ({"post_money": 1.25e12}, "USD 1.25tn, D"),
            ({"post_money": 11.7e9, "currency": "EUR"}, "EUR 11.7bn, D"),
            ({"amount": 1e9, "grade": "A"}, "undisclosed, A"),
        ],
    )
    def test_a_price_is_shortened_and_never_made_up(
        self, mark: dict[str, Any], shown: str
    ) -> None:
        marked = watched("Brick", {"date": "2026-05-31", **mark})

        assert column(self.shown(marked), "Last mark") == [shown]

    def test_without_a_mark_there_is_neither_date_nor_age(self) -> None:
        (row,) = self.shown(watched("Brick")).rows

        assert row[4:9] == (None, "none", None, None, "")

    def test_each_holder_stands_once_with_its_newest_known_share(self) -> None:
        holders = tuple(
            {"ticker": ticker, "share": share, "as_of": day, **CITED}
            for ticker, share, day in (
                ("META", 0.45, "2025-01-01"),
                ("NVDA", None, "2025-01-01"),
                ("META", 0.49, "2026-01-01"),
                ("META", None, "2026-02-01"),
                ("GONE", 0.0, "2026-01-01"),
            )
        )

        shown = column(self.shown(watched("Brick", holders=holders)), "Holders")

        assert shown == ["META 49%, NVDA"]

    def test_stages_are_told_in_words(self) -> None:
        stages = ({"stage": "draft_submitted", "date": "2026-03-01", **CITED},)

        assert column(self.shown(watched("Brick", stages=stages)), "Stage") == [
            "draft filed"
        ]

    def test_a_company_that_is_a_line_by_now_is_watched_no_longer(self) -> None:
        listed = ({"stage": "listed", "date": "2026-03-01", **CITED},)

        shown = self.shown(
            watched("Line", stages=listed, ticker="L01"),
            watched("Figureless", stages=listed, ticker="NEW"),
        )

        assert column(shown, "Company") == ["Figureless"]

    def test_grades_are_explained(self) -> None:
        assert self.shown(watched("Brick")).note.startswith("Grade of a mark: A filing")

    def test_other_pillars_are_not_shown(self) -> None:
        report = viewed(awkward(watched("Brick")), pillars=("compute",))

        assert not any(title.startswith("Watchlist") for title in titles(report))


class TestNotes:
    def test_every_gap_is_listed_where_asked_for(self) -> None:
        found = screens.bundled()

        gaps = table(viewed(found, verbose=True), "Missing figures")

        inactive = found.scores.inactive_factors
        assert inactive == ("ey_fwd",)
        assert len(gaps.rows) == sum(g.subject not in inactive for g in found.gaps)
        assert ("GDS", "gp_at") in [row[:2] for row in gaps.rows]
        assert all(reason and detail for *_, reason, detail in gaps.rows)

    def test_missing_sessions_are_told_where_they_are_given(self) -> None:
        gap = MissingSession("L01", date(2026, 5, 14), None)

        told = texts(viewed(missing=(gap,)))

        sentence = "1 session of 1 symbol: L01 2026-05-14."
        assert f"Without a close though others traded: {sentence}" in told
        assert not any("others traded" in text for text in texts(viewed()))

    def test_what_counts_for_nobody_is_named_once_instead(self) -> None:
        report = viewed(verbose=True)

        known = {"mom_12_1", "mom_6_1", "vol_252", "maxdd_252", "thesis"}
        names = ", ".join(name for name in FACTORS if name not in known)
        assert f"Known for too few lines to count: {names}." in texts(report)
        assert "Missing figures" not in titles(report)

    def test_all_factors_active_leave_no_note(self) -> None:
        found = screen()
        scores = replace(found.scores, inactive_factors=())

        told = texts(viewed(replace(found, scores=scores)))

        assert not any("too few lines" in text for text in told)

    def test_warnings_of_the_screen_are_notes(self) -> None:
        found = replace(screen(), warnings=("prices of XYZ are not used",))

        assert "Note: prices of XYZ are not used." in texts(viewed(found))

    def test_the_last_line_says_where_to_go_on(self) -> None:
        plain, verbose = texts(viewed())[-1], texts(viewed(verbose=True))[-1]

        assert "triad explain TICKER. What is missing: --verbose." in plain
        assert "--verbose" not in verbose
        assert plain.endswith(overview.DISCLAIMER)

    def test_quiet_leaves_the_tables_only(self) -> None:
        report = viewed(awkward(watched("Brick")), quiet=True)

        assert texts(report) == []
        assert [
            title.partition(",")[0].partition(":")[0].partition(" as of")[0]
            for title in titles(report)
        ] == [
            "Ranking",
            "Not ranked",
            "Baskets",
            "Watchlist",
        ]


class TestChosenColumns:
    def test_they_replace_the_ranking_and_are_all_a_program_gets(self) -> None:
        found = awkward()
        names = ("ticker", "rank", "is_fresh", "market_cap_usd")

        report = viewed(found, columns=names)

        lines = table(report, "Lines")
        assert "Ranking" not in titles(report)
        assert [one.heading for one in lines.columns] == list(names)
        assert [one.kind for one in lines.columns] == [
            Kind.TEXT,
            Kind.NUMBER,
            Kind.NUMBER,
            Kind.TEXT,
        ]
        assert lines.rows[-1] == ("L11", None, "False", None)
        assert all(tuple(row) == names for row in report.rows)
        assert not any("per issuer" in text for text in texts(report))


class TestForPrograms:
    def test_rows_and_record_are_those_of_the_lines_shown(self) -> None:
        found = awkward()
        some = record.of_lines(found)[-3:]

        report = viewed(found, lines=some)

        assert [row["ticker"] for row in report.rows] == [one["ticker"] for one in some]
        assert report.record == record.of_screen(found, some)
        assert report.tickers == tuple(one["ticker"] for one in some[:2])
        assert report.title == "AI triad screen, as of 2026-06-30"

    def test_what_is_shown_changes_no_number(self) -> None:
        found = screen()
        every, some = (
            viewed(found, lines=lines).record
            for lines in (record.of_lines(found), record.of_lines(found)[:1])
        )

        for name in ("baskets", "pillars", "watchlist", "gaps", "effective_number"):
            assert every[name] == some[name]

    @pytest.mark.parametrize(("language", "label"), [("en", "Data"), ("zh", "算力")])
    def test_pillars_are_called_by_the_language_asked_for(
        self, language: str, label: str
    ) -> None:
        styles = viewed(language=language).pillars

        assert styles["data"].label == label
        assert styles["data"].colour == "#123456"


def test_every_line_of_the_samples_is_somewhere() -> None:
    report = viewed()

    assert sorted(report.tickers) == sorted(TICKERS)
