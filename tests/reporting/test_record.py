from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

import screens
from samples import (
    AS_OF,
    LINES,
    TICKERS,
    WORLD,
    constituent,
    prices,
    recipe,
    screen,
    taxonomy,
    twelve_lines,
    walk,
)
from triad_screener.factors import FACTORS
from triad_screener.model.market import DatedValue, LineData
from triad_screener.model.vocabulary import GROUPS
from triad_screener.reporting import record

TOMORROW = AS_OF + timedelta(days=1)
STAGE = {"stage": "private", "date": "2025-01-01", "source": "by_hand", "grade": "D"}
WATCHED = {
    "id": "brick",
    "name": "Brick",
    "pillar": "data",
    "exposure": 1.0,
    "basis": "estimate",
    "role": "core",
    "stages": (STAGE,),
}
#: L00 stands aside for SIS, L10 is not listed yet, nothing is known of L11.
AWKWARD = screen(
    taxonomy(*twelve_lines(), constituent("SIS", issuer="l00"), watchlist=(WATCHED,)),
    [
        *LINES[:10],
        LineData("L10", prices([1.0], last=TOMORROW)),
        LineData("SIS", walk(99), average_daily_value_usd=1.0),
    ],
    recipe=recipe(coverage_floor=0.8),
    holdings={"L01": 0.5},
)


class TestLines:
    def test_ranked_lines_come_first_in_order_and_unranked_ones_last(self) -> None:
        lines = record.of_lines(AWKWARD)

        assert [line["rank"] for line in lines] == [*range(1, 11), None]
        assert lines[-1]["ticker"] == "L11"
        assert lines[-1]["reason"] == "no price"
        assert lines[-1]["coverage"] < 0.8

    def test_every_line_has_the_same_keys(self) -> None:
        flat = [tuple(record.flat_line(line)) for line in record.of_lines(AWKWARD)]

        assert len(set(flat)) == 1

    def test_one_line_is_recorded_as_it_is_among_all_and_alone(self) -> None:
        for found in (AWKWARD, screens.bundled()):
            every = {line["ticker"]: line for line in record.of_lines(found)}

            one_by_one = {ticker: record.of_line(found, ticker) for ticker in every}

            assert one_by_one == every
        assert any(line["about_equal_to_next"] for line in every.values())
        (aside, *_) = AWKWARD.scores.dropped_lines
        assert record.of_line(AWKWARD, aside) is None

    def test_a_ranked_line_has_its_numbers_and_no_reason(self) -> None:
        first, scored = record.of_lines(AWKWARD)[0], AWKWARD.scores.lines[0]

        assert first["score"] == scored.score
        assert first["composite_z"] == scored.composite_z
        assert first["reason"] is None
        assert first["groups"] == {g: scored.groups.get(g) for g in GROUPS}
        momentum = first["factors"]["mom_12_1"]
        assert momentum["raw"] == scored.factors["mom_12_1"].raw
        assert momentum["weight"] == scored.factors["mom_12_1"].weight
        total = sum(f["contribution"] or 0 for f in first["factors"].values())
        assert total == pytest.approx(scored.composite_z, abs=1e-9)

    def test_a_missing_factor_is_null_beside_a_reason(self) -> None:
        found = record.of_lines(AWKWARD)[0]["factors"]["gp_at"]

        assert found == {
            "raw": None,
            "rank_z": None,
            "z": None,
            "weight": 0.0,
            "contribution": None,
            "reason": "absent",
        }

    def test_an_unknown_line_has_nothing_made_up(self) -> None:
        unknown = record.of_lines(AWKWARD)[-1]

        for name in ("score", "close", "close_date", "market_cap_usd", "confidence"):
            assert unknown[name] is None
        assert unknown["is_fresh"] is False
        assert (unknown["trend"], unknown["in_basket"]) == ([], [])

    def test_the_day_of_the_coming_report_is_told_or_is_not_known(self) -> None:
        coming = replace(AWKWARD.facts["L01"], reports_on=date(2026, 7, 16))
        told = replace(AWKWARD, facts={**AWKWARD.facts, "L01": coming})

        days = {line["ticker"]: line["reports_on"] for line in record.of_lines(told)}

        assert days.pop("L01") == "2026-07-16"
        assert set(days.values()) == {None}

    def test_a_line_aside_is_described_without_a_score(self) -> None:
        fact = AWKWARD.facts["L00"]

        aside = record.of_line_aside(AWKWARD, fact, "another line stands for it")

        assert aside.keys() == record.of_lines(AWKWARD)[0].keys()
        assert (aside["rank"], aside["reason"]) == (None, "another line stands for it")
        assert fact.close is not None
        assert aside["close"] == fact.close.value

    def test_baskets_and_exposures_are_told_per_pillar(self) -> None:
        by_ticker = {line["ticker"]: line for line in record.of_lines(screen())}
        held = {
            holding.ticker
            for basket in screen().scores.baskets
            for holding in basket.constituents
        }

        assert {t for t, line in by_ticker.items() if line["in_basket"]} == held
        l01 = by_ticker["L01"]
        assert l01["primary_pillar"] == "data"
        assert l01["exposures"]["compute"] is None
        assert l01["exposures"]["data"]["share"] == pytest.approx(0.35, abs=1e-12)
        assert l01["exposures"]["data"]["date"] == "2026-01-31"

    def test_a_rate_is_told_with_its_day(self) -> None:
        foreign = constituent("TSM", statement_currency="TWD")
        found = screen(
            taxonomy(*twelve_lines(), foreign),
            [*LINES, LineData("TSM", walk(7))],
            fx={"TWD": (DatedValue(0.03, date(2026, 6, 26)),)},
        )

        told = record.of_lines(found)

        line = next(one for one in told if one["ticker"] == "TSM")
        assert line["usd_per_statement_currency"] == 0.03
        assert line["usd_per_statement_currency_date"] == "2026-06-26"
        dollars = next(one for one in told if one["ticker"] == "L00")
        assert dollars["usd_per_statement_currency"] is None


class TestAboutEqual:
    @pytest.mark.parametrize(
        ("upper", "lower", "expected"),
        [
            ((60.0, None, None), (59.0, None, None), False),
            ((60.0, None, None), (60.0, None, None), True),
            ((60.0, 50.0, 70.0), (55.0, None, None), True),
            ((60.0, 56.0, 70.0), (55.0, None, None), False),
            ((60.0, None, None), (55.0, 40.0, 60.0), True),
            ((60.0, 58.0, 70.0), (55.0, 40.0, 57.9), False),
            # A gap may be filled with better values only: the second lies above.
            ((60.0, None, None), (55.0, 61.0, 65.0), False),
        ],
    )
    def test_neighbours_are_about_equal_where_their_intervals_overlap(
        self,
        upper: tuple[float, float | None, float | None],
        lower: tuple[float, float | None, float | None],
        expected: bool,  # noqa: FBT001 - a case
    ) -> None:
        line = screen().scores.lines[0]

        def at(score: float, low: float | None, high: float | None) -> object:
            return replace(line, score=score, score_low=low, score_high=high)

        assert record.about_equal(at(*upper), at(*lower)) is expected  # type: ignore[arg-type]

    def test_the_last_line_has_no_next(self) -> None:
        assert record.of_lines(screen())[-1]["about_equal_to_next"] is False


class TestDocuments:
    def test_a_screen_is_one_document_of_plain_values(self) -> None:
        lines = record.of_lines(AWKWARD)

        document = record.of_screen(AWKWARD, lines, ["one more"])

        assert json.loads(json.dumps(document)) == document
        assert document["schema_version"] == record.SCHEMA_VERSION
        assert document["run"]["as_of"] == "2026-06-30"
        assert len(document["lines"]) == 10
        assert [line["ticker"] for line in document["unranked"]] == ["L11"]
        assert document["dropped_lines"] == ["L00"]
        assert document["not_listed"] == ["L10"]
        assert document["watchlist"][0]["stage_date"] == "2025-01-01"
        assert document["warnings"] == ["one more"]
        assert document["turnover"] > 0

    def test_what_no_line_has_is_named_as_inactive(self) -> None:
        inactive = record.of_screen(AWKWARD, [])["inactive_factors"]

        known = {"mom_12_1", "mom_6_1", "vol_252", "maxdd_252", "thesis"}
        assert inactive == [name for name in FACTORS if name not in known]

    def test_gaps_have_a_reason_and_a_sentence(self) -> None:
        gaps = record.of_screen(AWKWARD, [])["gaps"]

        assert {"ticker", "subject", "reason", "detail"} == gaps[0].keys()
        assert "L00" not in {gap["ticker"] for gap in gaps}

    def test_scores_use_the_same_names_for_the_same_things(self) -> None:
        scores = record.of_scores(AWKWARD.scores)
        lines = record.of_screen(AWKWARD, record.of_lines(AWKWARD))["lines"]

        first = scores["lines"][0]
        assert first.keys() <= lines[0].keys()
        for name in first.keys() - {"groups", "factors"}:
            assert first[name] == lines[0][name]
        assert list(scores["unranked"]) == [
            {"ticker": "L11", "coverage": pytest.approx(0.4)}
        ]
        assert scores["pillars"].keys() == {"compute", "data", "algorithms"}


class TestPlainValues:
    def test_dates_become_text_and_tuples_become_lists(self) -> None:
        value = {"a": (date(2026, 5, 15), None), "b": [1.5, {"c": True}]}

        assert record.plain(value) == {
            "a": ["2026-05-15", None],
            "b": [1.5, {"c": True}],
        }

    def test_a_flat_line_has_dotted_names_and_shares_of_revenue(self) -> None:
        lines = record.of_lines(screen())
        line = next(one for one in lines if one["ticker"] == "L01")

        flat = record.flat_line(line)

        assert flat["exposures.data"] == pytest.approx(0.35, abs=1e-12)
        assert flat["exposures.compute"] == 0.0
        assert flat["factors.mom_12_1.raw"] == line["factors"]["mom_12_1"]["raw"]
        assert flat["layers"] == "accelerators"

    def test_a_screen_without_lines_has_no_records(self) -> None:
        assert [*record.of_lines(screen(taxonomy(), as_of=AS_OF))] == []

    def test_all_twelve_lines_of_the_small_world_are_ranked(self) -> None:
        lines = record.of_lines(screen(WORLD))

        assert sorted(line["ticker"] for line in lines) == list(TICKERS)
