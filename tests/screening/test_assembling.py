from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from math import log
from typing import TYPE_CHECKING, Any

import pytest

from samples import (
    AS_OF,
    LINES,
    POST,
    WORLD,
    cell,
    constituent,
    market,
    prices,
    quarters,
    recipe,
    screen,
    taxonomy,
    thesis,
    twelve_lines,
    walk,
)
from triad_screener.errors import NoDataError
from triad_screener.model.market import LineData, PriceSeries
from triad_screener.screening.assembling import Request, assemble

if TYPE_CHECKING:
    from triad_screener.model.taxonomy import Taxonomy

TOMORROW = AS_OF + timedelta(days=1)


def watched(name: str, role: str) -> dict[str, object]:
    """A company on the watchlist."""
    stage = {"stage": "private", "date": "2025-01-01", "source": "by_hand"}
    return {
        "id": name,
        "name": name,
        "pillar": "data",
        "exposure": 1.0,
        "basis": "estimate",
        "role": role,
        "stages": ({**stage, "grade": "D"},),
    }


def watching(*days: str) -> Taxonomy:
    """The twelve lines, and a company with a mark on each of the days."""
    marks = tuple(
        {"round": f"Round {day}", "date": day, "source": "by_hand", "grade": "C"}
        for day in days
    )
    company = {**watched("labs", "core"), "marks": marks}
    return taxonomy(*twelve_lines(), watchlist=(company,))


class TestDayOfTheWatchlist:
    """The figures are as of 2026-06-30."""

    WORLD = watching("2026-06-01", "2026-09-01")

    def test_it_stands_on_the_newest_evidence_where_no_day_is_asked_for(self) -> None:
        found = screen(self.WORLD)

        (fact,) = found.watchlist
        assert (found.run.as_of, found.watched_on) == (AS_OF, date(2026, 9, 1))
        assert fact.last_mark is not None
        assert (fact.last_mark.round, fact.last_mark.age_days) == (
            "Round 2026-09-01",
            0,
        )

    def test_with_a_day_nothing_later_is_known(self) -> None:
        found = screen(self.WORLD, as_of=AS_OF)

        (fact,) = found.watchlist
        assert found.watched_on == AS_OF
        assert [mark.round for mark in fact.marks] == ["Round 2026-06-01"]
        assert fact.marks[0].age_days == 29

    def test_it_is_never_before_the_figures(self) -> None:
        found = screen(watching("2026-06-01"))

        (fact,) = found.watchlist
        assert found.watched_on == AS_OF
        assert fact.marks[0].age_days == 29

    def test_without_any_company_it_is_the_as_of_date(self) -> None:
        assert screen().watched_on == AS_OF

    def test_it_is_part_of_what_a_run_is_known_by(self) -> None:
        on_the_day, newest = screen(self.WORLD, as_of=AS_OF), screen(self.WORLD)
        same = watching("2026-06-01")

        assert on_the_day.run.id != newest.run.id
        assert on_the_day.scores == newest.scores
        assert screen(same).run.id == screen(same, as_of=AS_OF).run.id


class TestDate:
    def test_the_newest_session_of_half_of_the_lines_is_the_as_of_date(self) -> None:
        ahead = [LineData("L00", walk(0, TOMORROW)), *LINES[1:]]

        assert screen(lines=ahead).run.as_of == AS_OF

    def test_a_day_may_be_asked_for(self) -> None:
        found = screen(as_of=date(2026, 6, 1))

        assert found.run.as_of == date(2026, 6, 1)
        close = found.facts["L00"].close
        assert close is not None
        assert close.date == date(2026, 6, 1)

    def test_a_day_before_the_data_has_none(self) -> None:
        with pytest.raises(NoDataError, match="There are no data on 2020-01-01"):
            screen(as_of=date(2020, 1, 1))

    def test_what_becomes_known_later_changes_nothing(self) -> None:
        later = [
            replace(
                line,
                cells=(
                    *quarters("NetIncome", 9.0),
                    cell("TotalRevenue", 1.0, currency="EUR", filed=TOMORROW),
                ),
            )
            for line in LINES
        ]

        # The quarter to March counts from 30 May, the day before which is asked for.
        after = screen(lines=later, as_of=date(2026, 5, 29))

        assert after == screen(as_of=date(2026, 5, 29))
        assert screen(lines=later, as_of=date(2026, 5, 30)) != after


class TestWhoIsIn:
    def test_a_line_whose_trading_begins_later_is_named_and_not_scored(self) -> None:
        young = [*LINES[:11], LineData("L11", prices([1.0], last=TOMORROW))]

        found = screen(lines=young)

        assert found.not_listed == ("L11",)
        assert "L11" not in found.facts
        assert found.considered == 11

    def test_a_line_of_which_nothing_is_known_is_named_and_unranked(self) -> None:
        rules = recipe(coverage_floor=0.8)

        found = screen(lines=LINES[:11], recipe=rules)

        assert found.absent == ("L11",)
        assert [line.ticker for line in found.scores.unranked] == ["L11"]

    def test_a_line_that_lacks_a_day_on_which_others_traded_is_flagged(self) -> None:
        series = LINES[11].prices
        assert series
        kept = series.sessions != series.sessions[-5]
        thin = PriceSeries(
            series.sessions[kept],
            series.adjusted[kept],
            series.closes[kept],
            series.volumes[kept],
        )

        found = screen(lines=[*LINES[:11], replace(LINES[11], prices=thin)])

        assert f"no close on {series.sessions[-5]}" in found.facts["L11"].flags
        assert not any("no close" in flag for flag in found.facts["L10"].flags)

    @pytest.mark.parametrize(("age", "is_ranked"), [(10, True), (11, False)])
    def test_a_line_without_a_close_of_the_last_ten_days_is_not_ranked(
        self, age: int, *, is_ranked: bool
    ) -> None:
        halted = replace(LINES[0], prices=walk(0, AS_OF - timedelta(days=age)))

        found = screen(lines=[halted, *LINES[1:]])

        ranked = {line.ticker for line in found.scores.lines}
        assert ("L00" in ranked) == is_ranked
        reasons = {line.ticker: line.reason for line in found.scores.unranked}
        assert reasons.get("L00") == (None if is_ranked else "no price")

    def test_a_line_without_any_price_is_not_ranked_whatever_else_is_known(
        self,
    ) -> None:
        rules = recipe(coverage_floor=0)

        found = screen(lines=[replace(LINES[0], prices=None), *LINES[1:]], recipe=rules)

        assert [(o.ticker, o.reason) for o in found.scores.unranked] == [
            ("L00", "no price")
        ]

    def test_pillars_and_layers_are_those_of_the_taxonomy(self) -> None:
        found = screen()

        assert found.pillars["data"].name_en == "Data"
        assert found.pillars["data"].colour == "#123456"
        assert found.layer_names == {"accelerators": "Accelerators"}

    def test_an_empty_list_of_lines_makes_an_empty_screen(self) -> None:
        found = screen(world=taxonomy(), lines=LINES, as_of=AS_OF)

        assert (found.considered, found.gaps, found.effective_number) == (0, (), None)


class TestPostUniverse:
    def test_its_names_keep_their_scores_and_are_ranked_among_themselves(self) -> None:
        whole, post = screen(), screen(universe="post")

        scores = {o.ticker: o.score for o in whole.scores.lines}
        assert {o.ticker: o.score for o in post.scores.lines} == {
            ticker: scores[ticker] for ticker in POST
        }
        assert [o.rank for o in post.scores.lines] == [1, 2, 3, 4]
        assert post.run.universe == "post"

    def test_its_baskets_hold_its_names_only(self) -> None:
        rules = recipe(basket={"min_score": 0})
        baskets = screen(universe="post", recipe=rules).scores.baskets

        held = {h.ticker for basket in baskets for h in basket.constituents}
        assert held == set(POST)

    def test_gaps_and_lists_are_those_of_its_names(self) -> None:
        young = [
            LineData("L00", prices([1.0], last=TOMORROW)),
            *LINES[1:11],
            LineData("L11", prices([1.0], last=TOMORROW)),
        ]

        found = screen(lines=young, universe="post")

        assert found.not_listed == ("L00",)
        assert {gap.ticker for gap in found.gaps} == {"L01", "L02", "L03"}

    def test_its_watchlist_has_the_companies_of_the_post(self) -> None:
        world = taxonomy(
            *twelve_lines(),
            watchlist=(watched("brick", "core"), watched("later", "extension")),
        )

        assert [w.id for w in screen(world=world).watchlist] == ["brick", "later"]
        post = screen(world=world, universe="post")
        assert [w.id for w in post.watchlist] == ["brick"]


class TestGaps:
    def test_every_missing_factor_is_a_gap_with_its_reason(self) -> None:
        gaps = [gap for gap in screen().gaps if gap.ticker == "L00"]

        # Prices are known and exposures; statements and forward figures are not.
        assert [gap.subject for gap in gaps] == [
            "rev_yoy_q",
            "rev_cagr_3y",
            "dgp_at",
            "gp_at",
            "ebit_ic",
            "accruals_at",
            "netdebt_at",
            "ebit_ev",
            "fcf_mcap",
            "ey_fwd",
        ]
        assert {gap.reason for gap in gaps} == {"absent"}
        assert all(gap.detail for gap in gaps)

    def test_a_line_that_stands_aside_has_no_gaps(self) -> None:
        sister = constituent("SIS", issuer="l00")
        known = [*LINES, LineData("SIS", walk(99), average_daily_value_usd=1.0)]

        found = screen(world=taxonomy(*twelve_lines(), sister), lines=known)

        assert found.scores.dropped_lines == ("L00",)
        assert "L00" not in {gap.ticker for gap in found.gaps}
        assert "SIS" in {gap.ticker for gap in found.gaps}


class TestHoldings:
    def test_without_holdings_there_is_no_turnover(self) -> None:
        assert screen().turnover is None

    def test_the_present_basket_needs_no_trade(self) -> None:
        baskets = screen().scores.baskets
        held = {h.ticker: h.weight for b in baskets for h in b.constituents}

        found = screen(holdings=held)

        assert found.turnover == pytest.approx(0, abs=1e-12)
        assert found.effective_number == pytest.approx(
            1 / sum(weight**2 for weight in held.values()), abs=1e-9
        )

    def test_holdings_are_incumbents(self) -> None:
        places = screen().scores.pillars["compute"]
        last = places[-1].ticker
        size = len(places) - 1
        rules = recipe(basket={"size": size, "buffer": 0.5, "min_score": 0})

        found = screen(recipe=rules, holdings={last: 0.1}, incumbents=("L00",))

        assert found.run.incumbents == tuple(sorted({last, "L00"}))
        kept = [h.ticker for h in found.scores.baskets[0].constituents]
        assert last in kept


class TestPanel:
    def test_a_screen_has_the_panel_of_its_own_figures(self) -> None:
        indicator = {"measure": "relative_price", "lines": ("L00",), "series": ()}
        judged = thesis(1.0, against=("L01",), **indicator)

        found = screen(taxonomy(*twelve_lines(), thesis=judged)).panel

        assert found is not None
        assert (found.as_of, found.source, found.data_hash) == (AS_OF, "hand", "0")
        rises = [
            line.prices.adjusted[-1] / line.prices.adjusted[-127]
            for line in LINES[:2]
            if line.prices
        ]
        value = found.findings[0].measured.readings["value"]
        assert value == pytest.approx(log(rises[0] / rises[1]))

    def test_without_an_indicator_there_is_none(self) -> None:
        assert screen().panel is None
        assert screen(taxonomy(*twelve_lines(), thesis=thesis())).panel is None

    def test_another_cited_figure_is_another_run_of_the_same_configuration(
        self,
    ) -> None:
        one, other = (
            screen(taxonomy(*twelve_lines(), thesis=thesis(ratio))).run
            for ratio in (1.0, 2.0)
        )

        assert one.id != other.id
        assert one.config_hash == other.config_hash


class TestRunId:
    def test_the_same_inputs_are_the_same_run(self) -> None:
        assert screen() == screen()

    @pytest.mark.parametrize(
        "request_changed",
        [
            {"as_of": date(2026, 6, 1)},
            {"recipe": recipe(clip=2.0)},
            {"universe": "post"},
            {"incumbents": ("L00",)},
            {"holdings": {"L00": 0.5}},
        ],
        ids=lambda changed: next(iter(changed)),
    )
    def test_another_request_is_another_run(
        self, request_changed: dict[str, Any]
    ) -> None:
        assert screen(**request_changed).run.id != screen().run.id

    def test_other_figures_or_another_taxonomy_are_another_run(self) -> None:
        ids = {
            assemble(
                WORLD,
                market(*LINES, digest=digest),
                Request(recipe=recipe()),
                config_hash=config,
            ).run.id
            for digest, config in (("0", "c"), ("1", "c"), ("0", "d"))
        }

        assert len(ids) == 3

    def test_the_order_of_incumbents_does_not_matter(self) -> None:
        one = screen(incumbents=("L01", "L00"))

        assert one.run == screen(incumbents=("L00", "L01")).run
