from __future__ import annotations

import csv
import gzip
import io
import json
import math
from dataclasses import replace
from datetime import date
from itertools import pairwise
from statistics import NormalDist, fmean, stdev
from typing import TYPE_CHECKING, Any

import pytest

import screens
from samples import (
    AS_OF,
    LINES,
    Q0,
    TICKERS,
    WORLD,
    constituent,
    quarters,
    recipe,
    screen,
    taxonomy,
    twelve_lines,
    walk,
)
from triad_screener.model.document import Style, Table
from triad_screener.model.market import DatedValue, LineData
from triad_screener.model.vocabulary import GROUPS
from triad_screener.rendering import RENDERERS
from triad_screener.reporting import dossier
from triad_screener.shipped import shipped

if TYPE_CHECKING:
    from triad_screener.model.document import Cell, Report
    from triad_screener.model.screen import Screen
    from triad_screener.model.taxonomy import Constituent

Record = dict[str, Any]
TOMORROW = date(2026, 7, 1)

#: TSM has everything but the inactive ey_fwd; GDS lacks seven active factors.
EXPLAINED = ("TSM", "GDS", "BABA", "CRWV", "IBM")


def explained(ticker: str, found: Screen | None = None, **asked: Any) -> Report:  # noqa: ANN401 - options of compose
    shown = found or screens.bundled()
    asked.setdefault("recipe", screens.shipped_recipe())
    return dossier.compose(shown, ticker, **asked)


def said(ticker: str, found: Screen | None = None, **asked: Any) -> Record:  # noqa: ANN401 - likewise
    """The record as a program reads it."""
    text = RENDERERS["json"](explained(ticker, found, **asked), Style()).text
    record: Record = json.loads(text)
    return record


def shown(report: Report) -> str:
    """The report as text on one line."""
    text = RENDERERS["table"](report, Style(width=400)).text
    return " ".join(text.split())


def fixture(name: str) -> list[dict[str, str]]:
    """The rows of a file of the bundled snapshot."""
    content = shipped(f"data/fixtures/{name}").read_bytes()
    text = gzip.decompress(content) if name.endswith(".gz") else content
    return list(csv.DictReader(io.StringIO(text.decode("utf-8"))))


def table(report: Report, title: str) -> tuple[tuple[Cell, ...], ...]:
    """The rows of the table whose title begins so."""
    return next(
        block.rows
        for block in report.blocks
        if isinstance(block, Table) and block.title.startswith(title)
    )


def titles(report: Report) -> list[str]:
    return [block.title for block in report.blocks if isinstance(block, Table)]


def clipped(value: float, record: Record) -> float:
    clip = record["recipe"]["clip"]
    return float(max(-clip, min(clip, value)))


def group_z(record: Record, group: str) -> float:
    """G of a group, from the z-scores of its factors."""
    used = record["standardisation"]["groups"][group]
    zs = [record["line"]["factors"][name]["z"] for name in used["factors"]]
    return clipped((fmean(zs) - used["mean"]) / used["deviation"], record)


@pytest.mark.parametrize("ticker", EXPLAINED)
class TestByItsOwnNumbers:
    def test_rank_z_follows_from_the_rank(self, ticker: str) -> None:
        record = said(ticker)

        assert record["ranks"]
        for name, rank in record["ranks"].items():
            rank_z = record["line"]["factors"][name]["rank_z"]
            ranks = record["standardisation"]["factors"][name]["ranks"]
            if rank is None:
                assert rank_z is None
                continue
            assert (rank - ranks["mean"]) / ranks["deviation"] == pytest.approx(
                rank_z, abs=1e-12
            )
            assert ranks["mean"] == (ranks["count"] + 1) / 2

    def test_z_follows_from_rank_z_and_the_pillar(self, ticker: str) -> None:
        record = said(ticker)
        line = record["line"]

        for name in record["ranks"]:
            found = line["factors"][name]
            used = record["standardisation"]["factors"][name]["pillar_means"]
            expected = found["rank_z"] or 0.0
            if found["rank_z"] is not None and line["primary_pillar"] in used:
                pillar = used[line["primary_pillar"]]
                expected -= pillar["shrinkage"] * pillar["mean"]
                shrunk = pillar["count"] / (pillar["count"] + 5)
                assert pillar["shrinkage"] == pytest.approx(shrunk, abs=1e-15)
            assert found["z"] == pytest.approx(expected, abs=1e-12)

    def test_each_group_follows_from_its_factors(self, ticker: str) -> None:
        record = said(ticker)

        assert {g: group_z(record, g) for g in GROUPS} == pytest.approx(
            record["line"]["groups"], abs=1e-12
        )

    def test_the_composite_and_the_score_follow_from_the_groups(
        self, ticker: str
    ) -> None:
        record = said(ticker)
        used = record["standardisation"]

        total = sum(used["group_weights"][g] * group_z(record, g) for g in GROUPS)
        moments = used["composite"]
        z = clipped((total - moments["mean"]) / moments["deviation"], record)

        assert z == pytest.approx(record["line"]["composite_z"], abs=1e-12)
        assert round(100 * NormalDist().cdf(z), 1) == record["line"]["score"]

    def test_the_composite_without_the_thesis_follows_too(self, ticker: str) -> None:
        record = said(ticker)
        used = record["standardisation"]
        weights = {g: w for g, w in used["group_weights"].items() if g != "thesis"}

        total = sum(w * group_z(record, g) for g, w in weights.items())
        moments = used["composite_ex_thesis"]
        z = (total / sum(weights.values()) - moments["mean"]) / moments["deviation"]

        assert z == pytest.approx(record["line"]["composite_ex_thesis_z"], abs=1e-12)

    def test_the_contributions_add_up_to_the_composite(self, ticker: str) -> None:
        line = said(ticker)["line"]

        total = sum(f["contribution"] or 0.0 for f in line["factors"].values())

        assert total == pytest.approx(line["composite_z"], abs=1e-9)

    def test_coverage_is_the_weight_of_what_is_known(self, ticker: str) -> None:
        line = said(ticker)["line"]

        known = [f["weight"] for f in line["factors"].values() if f["raw"] is not None]

        assert sum(known) == pytest.approx(line["coverage"], abs=1e-12)

    def test_every_figure_has_a_date_and_a_source(self, ticker: str) -> None:
        record = said(ticker)
        as_of = record["run"]["as_of"]

        for figure in [*record["figures"], *record["valuation"]]:
            assert figure["source"]
            assert figure["date"] <= as_of
            assert figure["known"] is None or figure["known"] <= as_of
            assert math.isfinite(figure["value"])

    def test_what_is_missing_has_a_reason_and_what_is_known_has_figures(
        self, ticker: str
    ) -> None:
        record = said(ticker)
        factors = record["line"]["factors"]

        lacking = {name for name, found in factors.items() if found["raw"] is None}

        assert record["missing"].keys() == lacking
        assert all(m["reason"] and m["detail"] for m in record["missing"].values())
        measured = {figure["factor"] for figure in record["figures"]}
        assert measured == factors.keys() - lacking


class TestTsmcOnTheFifteenthOfMay:
    """Worked by the figures listed, and by nothing else."""

    def figures(self, factor: str) -> dict[tuple[str, str], float]:
        """The figures of a factor by item and slot, the first of each."""
        found: dict[tuple[str, str], float] = {}
        for figure in said("TSM")["figures"]:
            if figure["factor"] == factor:
                found.setdefault((figure["item"], figure["slot"]), figure["value"])
        return found

    def flow(self, factor: str, item: str) -> float:
        """Four quarters of a flow."""
        return sum(self.figures(factor)[item, f"q{back}"] for back in range(4))

    def now(self, factor: str, item: str) -> float:
        return self.figures(factor)[item, ""]

    def raw(self, factor: str) -> float:
        found: float = said("TSM")["line"]["factors"][factor]["raw"]
        return found

    def cash(self, factor: str) -> float:
        return self.now(factor, "CashCashEquivalentsAndShortTermInvestments")

    def worth(self, factor: str) -> float:
        """Five ordinary shares stand behind one receipt; both trade in dollars."""
        return self.now(factor, "close") * self.now(factor, "shares outstanding") / 5

    def test_a_receipt_is_five_ordinary_shares(self) -> None:
        line = said("TSM")["line"]

        assert line["ordinary_per_receipt"] == 5
        for factor in ("ebit_ev", "fcf_mcap"):
            assert self.worth(factor) == pytest.approx(
                line["market_cap_usd"], rel=1e-12
            )
        by_hand = 404.35 * 25_932_524_521 / 5
        assert by_hand == pytest.approx(line["market_cap_usd"], rel=1e-12)

    def test_ebit_over_enterprise_value_is_dollars_over_dollars(self) -> None:
        rate = self.now("ebit_ev", "exchange rate")
        claims = (
            self.now("ebit_ev", "TotalDebt")
            - self.cash("ebit_ev")
            + self.now("ebit_ev", "MinorityInterest")
            + self.now("ebit_ev", "PreferredStock")
        )

        value = self.worth("ebit_ev") + claims * rate

        line = said("TSM")["line"]
        assert value == pytest.approx(line["enterprise_value_usd"], rel=1e-12)
        ebit = self.flow("ebit_ev", "OperatingIncome") * rate
        assert ebit / value == pytest.approx(self.raw("ebit_ev"), rel=1e-12)

    def test_free_cash_flow_over_market_capitalisation(self) -> None:
        of = self.figures("fcf_mcap")
        free = of["OperatingCashFlow", "a0"] - abs(of["CapitalExpenditure", "a0"])

        found = free * of["exchange rate", ""] / self.worth("fcf_mcap")

        assert found == pytest.approx(self.raw("fcf_mcap"), rel=1e-12)

    @pytest.mark.parametrize(
        ("factor", "share_of_year"), [("mom_12_1", 231 / 252), ("mom_6_1", 105 / 252)]
    )
    def test_momentum(self, factor: str, share_of_year: float) -> None:
        new, old, volatility = (
            figure["value"]
            for figure in said("TSM")["figures"]
            if figure["factor"] == factor
        )

        found = (new / old - 1 - 0.04 * share_of_year) / volatility

        assert found == pytest.approx(self.raw(factor), rel=1e-12)

    def test_growth(self) -> None:
        quarters, years = self.figures("rev_yoy_q"), self.figures("rev_cagr_3y")
        gross = self.figures("dgp_at")
        sales = "TotalRevenue"

        assert quarters[sales, "q0"] / quarters[sales, "q4"] - 1 == pytest.approx(
            self.raw("rev_yoy_q"), rel=1e-12
        )
        assert (years[sales, "a0"] / years[sales, "a3"]) ** (1 / 3) - 1 == (
            pytest.approx(self.raw("rev_cagr_3y"), rel=1e-12)
        )
        change = gross["GrossProfit", "a0"] - gross["GrossProfit", "a1"]
        assert change / gross["TotalAssets", "a1"] == pytest.approx(
            self.raw("dgp_at"), rel=1e-12
        )

    def test_quality(self) -> None:
        capital = self.now("ebit_ic", "TotalDebt") + self.now(
            "ebit_ic", "StockholdersEquity"
        )
        of = self.figures("accruals_at")
        accruals = of["NetIncome", "a0"] - of["OperatingCashFlow", "a0"]
        assets = (of["TotalAssets", ""] + of["TotalAssets", "q4"]) / 2
        net_debt = self.now("netdebt_at", "TotalDebt") - self.cash("netdebt_at")

        found = {
            "gp_at": self.flow("gp_at", "GrossProfit")
            / self.now("gp_at", "TotalAssets"),
            "ebit_ic": self.flow("ebit_ic", "OperatingIncome") / capital,
            "accruals_at": accruals / assets,
            "netdebt_at": net_debt / self.now("netdebt_at", "TotalAssets"),
        }

        assert found == pytest.approx({f: self.raw(f) for f in found}, rel=1e-12)

    def test_thesis(self) -> None:
        budgets = said("TSM")["recipe"]["pillar_budgets"]
        exposed = self.now("thesis", "exposure to compute")

        assert budgets["compute"] * exposed == pytest.approx(
            self.raw("thesis"), rel=1e-12
        )

    def test_risk_follows_from_the_closes_that_the_figure_names(self) -> None:
        (figure,) = (f for f in said("TSM")["figures"] if f["factor"] == "vol_252")
        first, last = figure["note"].removeprefix("from "), figure["date"]
        closes = [
            float(row["adj_close"])
            for row in fixture("prices.csv.gz")
            if row["symbol"] == "TSM" and first <= row["date"] <= last
        ]

        steps = [math.log(new / old) for old, new in pairwise(closes)]
        falls = [1 - low / max(closes[: at + 1]) for at, low in enumerate(closes)]

        assert len(closes) == figure["value"] == 253
        assert stdev(steps) * math.sqrt(252) == pytest.approx(
            self.raw("vol_252"), rel=1e-12
        )
        assert max(falls) == pytest.approx(self.raw("maxdd_252"), rel=1e-12)

    def test_every_figure_is_known_by_then_and_says_from_whom(self) -> None:
        record = said("TSM")

        for figure in [*record["figures"], *record["valuation"]]:
            assert figure["date"] <= figure["known"] <= "2026-05-15"
            assert figure["source"]

    def test_every_statement_figure_is_a_row_of_the_snapshot(self) -> None:
        rows = {
            (r["item"], r["period_end"], float(r["value"]), r["filed"], r["source"])
            for r in fixture("statements.csv")
            if r["symbol"] == "TSM" and r["currency"] == "TWD"
        }

        used = [f for f in said("TSM")["figures"] if f["unit"] == "TWD"]

        assert len(used) > 30
        for f in used:
            row = (f["item"], f["date"], f["value"], f["known"], f["source"])
            assert row in rows


class TestForAPerson:
    def test_the_tables_tell_what_the_record_tells(self) -> None:
        report, record = explained("TSM"), said("TSM")

        ranks = {row[0]: (row[1], row[3]) for row in table(report, "Step 1")}
        steps = {row[0]: (row[5], row[7]) for row in table(report, "Step 2")}
        groups = {row[0]: row[5] for row in table(report, "Steps 3 and 4")}

        factors = record["line"]["factors"]
        assert ranks == {n: (factors[n]["raw"], r) for n, r in record["ranks"].items()}
        assert steps == {
            n: (factors[n]["z"], factors[n]["contribution"]) for n in record["ranks"]
        }
        assert groups == record["line"]["groups"]
        assert len(table(report, "Figures")) == len(record["figures"])

    def test_the_weighted_groups_add_up_to_the_composite_before_scaling(self) -> None:
        report, record = explained("TSM"), said("TSM")
        moments = record["standardisation"]["composite"]

        total = sum(float(str(row[7])) for row in table(report, "Steps 3 and 4"))

        assert total / moments["deviation"] == pytest.approx(
            record["line"]["composite_z"], abs=1e-9
        )

    def test_the_title_says_where_it_stands(self) -> None:
        assert explained("TSM").title == "TSM, TSMC: rank 1 of 39, score 98.4 of 100"

    def test_the_day_of_the_coming_report_is_told_where_it_is_known(self) -> None:
        found = screens.bundled()
        coming = replace(found.facts["TSM"], reports_on=date(2026, 7, 16))
        facts = {**found.facts, "TSM": coming}

        assert "Reports on 2026-07-16." in shown(
            explained("TSM", replace(found, facts=facts))
        )
        assert "Reports on" not in shown(explained("TSM"))

    def test_the_standing_says_confidence_places_and_flags(self) -> None:
        text = shown(explained("TSM"))

        assert "The cornerstone of the thesis. Z +2.1519" in text
        assert "Confidence high (0.974), the least of coverage 1.000" in text
        assert "2 of 15 in compute (pillar score 1.8632, 13.0% of the whole)." in text
        assert "Flags: fiscal year for TTM; older balance sheet." in text
        assert "x USD per TWD" in text
        assert "/ 5 shares a receipt" in text

    def test_the_steps_name_the_clip_of_the_recipe(self) -> None:
        tight = recipe(clip=0.5)
        found = screen(recipe=tight)

        told = shown(explained("L00", found, recipe=tight))
        groups = said("L00", found, recipe=tight)["line"]["groups"]

        assert "G and Z are held within 0.5 either way." in told
        assert max(abs(g) for g in groups.values() if g is not None) == 0.5

    def test_a_line_outside_the_basket_is_told_so(self) -> None:
        assert "not in the basket)" in shown(explained("ORCL"))

    def test_a_line_with_gaps_shows_its_interval_and_their_effect(self) -> None:
        report = explained("GDS")

        text = shown(report)

        line = said("GDS")["line"]
        assert f"would be {line['score_low']} to {line['score_high']}." in text
        effects = {row[0]: row[3] for row in table(report, "Missing")}
        assert effects["gp_at"] == "counts as neutral"
        assert effects["ey_fwd"] == "the factor is not active"

    def test_pillars_are_called_by_the_language_asked_for(self) -> None:
        assert explained("TSM", language="zh").pillars["compute"].label == "算力"

    def test_the_age_is_told_where_there_is_a_clock(self) -> None:
        told = shown(explained("TSM", today=date(2026, 5, 20)))

        assert "Sample data of 15 May 2026 (5 days old)." in told

    def test_the_values_of_the_recipe_that_formulas_use_are_named(self) -> None:
        assert (
            "rf is 0.04 a year, of 2025-02-14; "
            "thesis is 0.5 x compute + 0.2 x data + 0.3 x algorithms."
        ) in shown(explained("TSM"))


def with_line(line: Constituent, data: LineData, **asked: Any) -> Screen:  # noqa: ANN401 - likewise
    """The twelve lines of the samples and one more."""
    return screen(taxonomy(*twelve_lines(), line), [*LINES, data], **asked)


class TestNotRanked:
    def test_a_line_with_too_little_is_explained_without_a_score(self) -> None:
        found = screen(lines=LINES[:11], recipe=recipe(coverage_floor=0.8))

        report = explained("L11", found, recipe=recipe())
        record = said("L11", found, recipe=recipe())

        assert report.title == "L11, L11 Inc: not ranked, no price"
        assert not any(title.startswith("Step") for title in titles(report))
        assert record["ranks"] == {}
        assert record["line"]["rank"] is None
        assert record["line"]["reason"] == "no price"
        effects = {row[3] for row in table(report, "Missing")}
        assert effects == {"the line is not ranked", "the factor is not active"}
        assert record["line"]["market_cap_usd"] is None

    def test_a_line_that_another_stands_for_is_told_so(self) -> None:
        found = with_line(
            constituent("SIS", issuer="l00"),
            LineData("SIS", walk(9), average_daily_value_usd=1.0),
        )

        record = said("L00", found, recipe=recipe())

        assert record["line"]["reason"] == "another line of l00 stands for it"

    def test_a_line_outside_the_universe_is_told_so(self) -> None:
        found = screen(universe="post")

        report = explained(TICKERS[-1], found, recipe=recipe())

        assert report.title == "L11, L11 Inc: not ranked, not in the universe post"


class TestFigures:
    def test_a_foreign_price_is_converted_in_words(self) -> None:
        found = with_line(
            constituent("ASM", price_currency="EUR", statement_currency="USD"),
            LineData("ASM", walk(9)),
            fx={"EUR": (DatedValue(1.1, AS_OF),)},
        )

        told = shown(explained("ASM", found, recipe=recipe()))

        assert "close x USD per EUR x ordinary shares" in told
        assert "a receipt" not in told

    def test_a_figure_says_its_origin_and_leaves_out_what_it_has_not(self) -> None:
        found = screen()
        fact = found.facts["L00"]
        assert fact.close is not None
        bare = replace(fact.close, item="bare", date=None, known=None, source="")
        full = replace(
            bare, item="full", date=AS_OF, known=TOMORROW, source="S", note="N"
        )
        facts = {**found.facts, "L00": replace(fact, valuation=(bare, full))}

        report = explained("L00", replace(found, facts=facts), recipe=recipe())

        origins = {row[0]: row[3] for row in table(report, "Value")}
        assert origins["bare"] == "USD, undated"
        assert origins["full"] == "USD, of 2026-06-30, known 2026-07-01, S, N"

    def test_of_several_share_counts_the_one_that_is_used_is_told_with_the_reason(
        self,
    ) -> None:
        found = with_line(
            constituent("TWO"),
            LineData(
                "TWO",
                walk(9),
                quarters("OrdinarySharesNumber", 990.0),
                DatedValue(1000.0, AS_OF, "A vendor"),
            ),
        )

        report = explained("TWO", found, recipe=recipe())

        assert table(report, "Share counts") == (
            ("shares outstanding", 1000.0, "yes", AS_OF, "A vendor"),
            ("shares by balance sheet", 990.0, "no", Q0, "by hand"),
        )
        assert "The stated count and the balance sheet agree" in shown(report)
        told = said("TWO", found, recipe=recipe())["share_counts"]
        assert (told["value"], told["item"]) == (1000.0, "shares outstanding")

    def test_a_share_count_that_nothing_settles_is_called_unresolved(self) -> None:
        found = with_line(
            constituent("TWO"),
            LineData(
                "TWO",
                walk(9),
                quarters("OrdinarySharesNumber", 100.0),
                DatedValue(1000.0, AS_OF),
            ),
        )

        report = explained("TWO", found, recipe=recipe())

        uses = [row[2] for row in table(report, "Share counts")]
        assert uses == ["unresolved", "no"]

    def test_a_single_share_count_needs_no_table(self) -> None:
        assert "Share counts, in ordinary shares" not in titles(explained("TSM"))
        assert "share_counts" not in said("TSM")

    def test_a_line_that_lacks_nothing_has_no_table_of_gaps(self) -> None:
        found = screen()
        fact = found.facts["L00"]
        known = {
            name: replace(reading, value=0.0) for name, reading in fact.readings.items()
        }
        facts = {**found.facts, "L00": replace(fact, readings=known)}

        report = explained("L00", replace(found, facts=facts), recipe=recipe())

        assert "Missing" not in titles(report)

    def test_rows_for_a_spreadsheet_are_the_figures(self) -> None:
        report = explained("TSM")

        assert [dict(row) for row in report.rows] == said("TSM")["figures"]
        assert report.tickers == ("TSM",)


def test_an_unknown_layer_is_shown_by_its_key() -> None:
    found = replace(screen(WORLD), layer_names={})

    assert "Layers: accelerators." in shown(explained("L00", found, recipe=recipe()))


def test_the_exposure_that_counts_stands_first_and_then_those_of_other_dates() -> None:
    earlier = {"compute": {"2024-03-31": 0.2, "2025-03-31": 0.4}}
    lines = [
        constituent(ticker, history=earlier if ticker == "L00" else None)
        for ticker in TICKERS
    ]
    found = screen(taxonomy(*lines), as_of=date(2025, 12, 31))
    used = recipe()

    evidence = table(explained("L00", found, recipe=used), "Exposure")
    plain = said("L00", found, recipe=used)["line"]["exposures"]["compute"]
    (without,) = table(explained("L01", found, recipe=used), "Exposure")

    assert [row[:5] for row in evidence] == [
        ("compute", 0.4, "yes", "estimate", date(2025, 3, 31)),
        ("compute", 0.5, "no, later", "estimate", date(2026, 1, 31)),
        ("compute", 0.2, "no, earlier", "estimate", date(2024, 3, 31)),
    ]
    assert (plain["share"], plain["date"]) == (0.4, "2025-03-31")
    assert [one["date"] for one in plain["others"]] == ["2024-03-31", "2026-01-31"]
    assert without[:3] == ("compute", 0.5, "estimate")
