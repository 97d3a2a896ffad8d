"""What goes wrong with such data and in such tools, and does not go wrong here.

``docs/pitfalls.md`` lists the rules. Most tests change one thing in a small world:
the line AAA on 30 June 2026, whose factors can be worked out in the head.
"""

from __future__ import annotations

import csv
import json
import os
import re
import socket
import subprocess
import sys
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

import screens
import triad_screener
from triad_screener.cli import run
from triad_screener.factors import FACTORS
from triad_screener.shipped import shipped
from triad_screener.taxonomies import loading

if TYPE_CHECKING:
    from collections.abc import Sequence

TODAY: Final = date(2026, 6, 30)
#: Ends of q0 to q4 and of a0 to a3.
QUARTERS: Final = ("2026-03-31", "2025-12-31", "2025-09-30", "2025-06-30", "2025-03-31")
YEARS: Final = ("2025-12-31", "2024-12-31", "2023-12-31", "2022-12-31")
CASH: Final = "CashCashEquivalentsAndShortTermInvestments"
HOUSE: Final = Path(triad_screener.__file__).parent
DOCS: Final = Path(__file__).parents[1] / "docs" / "pitfalls.md"
#: Settings under which a single line is ranked.
ALONE: Final = (
    "--set=active_factor.minimum_lines=1",
    "--set=active_factor.minimum_share=0",
)

Found = dict[str, Any]


class World:
    """A taxonomy and a folder of figures; every cell may be changed or left out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.constituents: list[dict[str, Any]] = []
        self.tables: dict[str, list[dict[str, object]]] = {"lines": [], "prices": []}

    def list(
        self, ticker: str, *, issuer: str = "", name: str = "", **identity: object
    ) -> None:
        """Put a line into the taxonomy: a maker of chips, quoted in US dollars."""
        known = {
            "exchange": "XNAS",
            "price_currency": "USD",
            "statement_currency": "USD",
        }
        exposure = {
            "share": 0.5,
            "basis": "company_statement",
            "source": "hand",
            "date": "2026-01-01",
            "rationale": "Half of what it sells.",
        }
        self.constituents.append(
            {
                "ticker": ticker,
                "name": name or f"{ticker} Inc",
                "issuer": issuer or ticker.lower(),
                "role": "core",
                "layers": ["chips"],
                "identity": known | identity,
                "exposures": {"compute": exposure},
            }
        )

    def add(self, table: str, **cells: object) -> None:
        self.tables.setdefault(table, []).append(cells)

    def drop(self, table: str, **which: object) -> None:
        rows = self.tables[table]
        self.tables[table] = [row for row in rows if not which.items() <= row.items()]
        if not self.tables[table]:
            del self.tables[table]

    def change(self, table: str, which: dict[str, object], **cells: object) -> None:
        found = [row for row in self.tables[table] if which.items() <= row.items()]
        assert found, f"no row of {table} has {which}"
        for row in found:
            row.update(cells)

    def closes(self, ticker: str, *closes: float, last: date = TODAY) -> None:
        """Add one close a day, the newest on ``last``."""
        first = last.toordinal() - len(closes) + 1
        for day, close in enumerate(closes, start=first):
            on = date.fromordinal(day)
            self.add("prices", symbol=ticker, date=on, adj_close=close, close=close)

    def quarters(self, item: str, *values: float, ticker: str = "AAA") -> None:
        self._periods("quarterly", QUARTERS, ticker, item, values)

    def years(self, item: str, *values: float, ticker: str = "AAA") -> None:
        self._periods("annual", YEARS, ticker, item, values)

    def _periods(
        self,
        freq: str,
        ends: Sequence[str],
        ticker: str,
        item: str,
        values: Sequence[float],
    ) -> None:
        for end, value in zip(ends, values, strict=False):
            self.add(
                "statements",
                symbol=ticker,
                freq=freq,
                period_end=end,
                item=item,
                value=value,
                currency="shares" if item.endswith("Shares") else "USD",
            )

    def run(self, *arguments: str) -> int:
        """Write everything and run the command line on it."""
        self.path.mkdir(exist_ok=True)
        self.tables["prices"].sort(key=lambda row: str(row.get("date")))
        for table, rows in self.tables.items():
            columns = dict.fromkeys(column for row in rows for column in row)
            with (self.path / f"{table}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        # A JSON document is a YAML document.
        config = self.path / "triad.yaml"
        config.write_text(json.dumps(_taxonomy(self.constituents)))
        source = f"folder:{self.path}"
        return run([*arguments, "--config", str(config), "--source", source])

    def answer(self, *arguments: str) -> Found:
        """Return the JSON document that a command answers with."""
        out = self.path / "answer.json"
        code = self.run(*arguments, "--format", "json", "--output", str(out))
        assert code == 0
        content: Found = json.loads(out.read_text("utf-8"))
        return content

    def explain(self, *options: str) -> Found:
        return self.answer("explain", "AAA", *options)


def _taxonomy(constituents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    pillars = ("compute", "data", "algorithms")
    source = {"publisher": "nobody", "title": "By hand", "date": "2026-01-01"}
    return {
        "title": "A small world",
        "pillars": {
            pillar: {
                "name": {"en": pillar, "zh": pillar},
                "colour": "#000000",
                "summary": pillar,
            }
            for pillar in pillars
        },
        "layers": {"chips": {"name": "Chips", "pillar": "compute"}},
        "constituents": list(constituents),
        "sources": {"hand": source | {"grade": "D"}},
    }


@pytest.fixture
def empty(tmp_path: Path) -> World:
    return World(tmp_path / "world")


@pytest.fixture
def world(empty: World) -> World:
    """AAA: 100 shares at 10, debt 300, cash 100, hence worth 1,000, with debt 1,200."""
    empty.list("AAA")
    empty.add("lines", symbol="AAA", shares_outstanding=100, shares_as_of="2026-06-01")
    empty.closes("AAA", 10)
    empty.quarters("TotalRevenue", 100, 90, 85, 82, 80)
    empty.quarters("GrossProfit", 40, 40, 40, 40, 40)
    empty.quarters("OperatingIncome", 15, 15, 15, 15, 15)
    empty.quarters("NetIncome", 8, 8, 8, 8, 8)
    empty.quarters("OperatingCashFlow", 25, 25, 25, 25, 25)
    empty.quarters("CapitalExpenditure", -10, -10, -10, -10, -10)
    empty.quarters("TotalAssets", 400, 370, 340, 310, 280)
    empty.quarters("TotalDebt", 300)
    empty.quarters(CASH, 100)
    empty.quarters("StockholdersEquity", 200)
    empty.years("TotalRevenue", 800, 400, 200, 100)
    empty.years("GrossProfit", 300, 200)
    empty.years("NetIncome", 32, 30, 28, 26)
    empty.years("TotalAssets", 370, 500)
    return empty


@pytest.fixture
def foreign(world: World) -> World:
    """AAA in other clothes: quoted in dollars, five shares a receipt, books in TWD.

    500 shares are 100 receipts; one TWD is 0.05 dollars.
    """
    identity = world.constituents[0]["identity"]
    identity.update(statement_currency="TWD", ordinary_per_receipt=5)
    world.change("lines", {"symbol": "AAA"}, shares_outstanding=500)
    world.change("statements", {"currency": "USD"}, currency="TWD")
    world.add("fx", currency="TWD", date="2026-06-30", usd_per_unit=0.05)
    return world


def raw(found: Found, factor: str) -> float | None:
    value: float | None = found["line"]["factors"][factor]["raw"]
    return value


def reason(found: Found, factor: str) -> str:
    return str(found["missing"][factor]["reason"])


def detail(found: Found, factor: str) -> str:
    return str(found["missing"][factor]["detail"])


class Bundled:
    """Answers from the bundled snapshot, each worked out once in a test run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def answer(self, *arguments: str) -> Found:
        content: Found = json.loads(_kept(self.path / "answer.json", arguments))
        return content

    def explain(self, ticker: str, as_of: str = "2026-05-15") -> Found:
        return self.answer("explain", ticker, "--as-of", as_of)

    def screen(self) -> Found:
        return self.answer("screen")


_ANSWERS: Final[dict[tuple[str, ...], str]] = {}


def _kept(out: Path, arguments: tuple[str, ...]) -> str:
    if arguments not in _ANSWERS:
        options = ("--source", "bundled", "--format", "json", "--output", str(out))
        assert run([*arguments, *options]) == 0
        _ANSWERS[arguments] = out.read_text("utf-8")
    return _ANSWERS[arguments]


@pytest.fixture
def bundled(tmp_path: Path) -> Bundled:
    return Bundled(tmp_path)


# --- price and statements in two currencies ------------------------------------------


def test_tsm_trades_at_eight_times_book_and_never_at_one_and_a_quarter(
    bundled: Bundled,
) -> None:
    found = bundled.explain("TSM", as_of="2025-02-14")

    line = found["line"]
    (equity,) = {
        figure["value"]
        for figure in found["figures"]
        if figure["item"] == "StockholdersEquity"
    }
    book = equity * line["usd_per_statement_currency"]
    # 203.90 x 25,929.3m / 5 = 1,057bn; 4,288.5bn TWD x 0.0304775 = 130.7bn
    assert line["market_cap_usd"] / book == pytest.approx(8.09, abs=0.005)


def test_tsm_is_worth_two_trillion_dollars_and_not_three_of_anything_else(
    bundled: Bundled,
) -> None:
    line = bundled.explain("TSM")["line"]

    shares = 404.35 * 25_932_524_521 / 5
    claims = (1_064_582.7 - 3_128_297.7 + 41_180.5) * 1e6 * 0.031743
    assert line["market_cap_usd"] == pytest.approx(shares, rel=1e-12)
    assert line["enterprise_value_usd"] == pytest.approx(shares + claims, rel=1e-12)
    assert line["enterprise_value_usd"] == pytest.approx(2.03e12, abs=0.005e12)


def test_a_receipt_in_dollars_with_books_in_taiwan_dollars_is_valued_in_dollars(
    foreign: World,
) -> None:
    found = foreign.explain()

    # 500 / 5 x 10 + (300 - 100) x 0.05 = 1,010
    assert found["line"]["market_cap_usd"] == 1_000
    assert found["line"]["enterprise_value_usd"] == 1_010
    assert raw(found, "ebit_ev") == pytest.approx(60 * 0.05 / 1_010)
    assert raw(found, "fcf_mcap") == pytest.approx((100 - 40) * 0.05 / 1_000)


def test_a_price_in_a_foreign_currency_is_converted_too(foreign: World) -> None:
    foreign.constituents[0]["identity"].update(price_currency="TWD")

    found = foreign.explain()

    assert found["line"]["market_cap_usd"] == 1_000 * 0.05


def test_the_newest_rate_on_the_as_of_date_counts_and_never_a_later_one(
    foreign: World,
) -> None:
    foreign.drop("fx", currency="TWD")
    for day, rate in (("2026-06-29", 0.04), ("2026-07-01", 0.08), ("2026-06-01", 0.02)):
        foreign.add("fx", currency="TWD", date=day, usd_per_unit=rate)

    found = foreign.explain("--as-of", "2026-06-30")

    assert found["line"]["enterprise_value_usd"] == 1_000 + 200 * 0.04
    assert found["line"]["usd_per_statement_currency_date"] == "2026-06-29"


def test_without_an_exchange_rate_a_value_is_missing_rather_than_mixed(
    foreign: World,
) -> None:
    foreign.drop("fx", currency="TWD")

    found = foreign.explain()

    assert found["line"]["enterprise_value_usd"] is None
    assert reason(found, "ebit_ev") == "absent"
    assert detail(found, "ebit_ev") == "no exchange rate of TWD is known"


def test_ready_made_ratios_of_a_vendor_are_not_read(
    world: World, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    before = world.explain()["line"]
    ratios = {"priceToBook": 1.24, "enterpriseValue": 3.452e12, "dividendYield": 0.02}
    world.change("lines", {"symbol": "AAA"}, **ratios)

    after = world.explain()["line"]
    code = world.run("screen", "--format", "json")

    assert after == before
    assert code == 0
    (warning,) = json.loads(capsysbinary.readouterr().out)["warnings"]
    assert all(name in warning for name in ratios)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("statement_currency", "USD"),
        ("price_currency", "TWD"),
        ("ordinary_per_receipt", "1"),
    ],
)
def test_a_folder_that_contradicts_the_identity_of_a_line_is_refused(
    foreign: World,
    column: str,
    text: str,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    foreign.change("lines", {"symbol": "AAA"}, **{column: text})

    code = foreign.run("explain", "AAA")

    assert code == 65
    assert (
        f"lines.csv, line 2, column {column}" in capsysbinary.readouterr().err.decode()
    )


def test_statements_in_another_currency_are_rejected_with_that_reason(
    world: World,
) -> None:
    world.change("statements", {"currency": "USD"}, currency="TWD")

    found = world.explain()

    assert raw(found, "gp_at") is None
    assert reason(found, "gp_at") == "rejected: statement currency"
    assert detail(found, "gp_at") == "the statements are in TWD, and USD was expected"
    assert "statements in TWD rejected" in found["line"]["flags"]


def test_one_row_in_another_currency_is_rejected_and_the_others_stay(
    world: World,
) -> None:
    world.change("statements", {"item": "TotalDebt"}, currency="TWD")

    found = world.explain()

    assert raw(found, "ebit_ic") is None
    assert raw(found, "gp_at") == pytest.approx(160 / 400)
    assert "statements in TWD rejected" in found["line"]["flags"]


# --- receipts and share classes ------------------------------------------------------


@pytest.mark.parametrize(
    ("ticker", "ordinary"),
    [("TSM", 5), ("2330.TW", 1), ("BABA", 8), ("GDS", 8), ("ASML", 1), ("ARM", 1)],
)
def test_a_receipt_stands_for_as_many_shares_as_its_deposit_says(
    ticker: str, ordinary: int
) -> None:
    line = _shipped_taxonomy().constituent(ticker)

    assert line is not None
    assert line.identity.ordinary_per_receipt == ordinary


@cache
def _shipped_taxonomy() -> Any:  # noqa: ANN401 - a Taxonomy
    return loading.load(shipped("config/triad.yaml"))


def test_alibaba_is_worth_an_eighth_of_price_times_shares(bundled: Bundled) -> None:
    line = bundled.explain("BABA")["line"]

    expected = line["close"] * 18_580_374_278 / 8
    assert line["market_cap_usd"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("theirs", [1_340, 790])
def test_a_market_capitalisation_more_than_a_quarter_off_voids_the_value_factors(
    world: World, theirs: float
) -> None:
    # 1,000 is 25.4% under 1,340 and 26.6% over 790.
    world.change("lines", {"symbol": "AAA"}, market_cap=theirs)
    world.add("forward", symbol="AAA", date="2026-06-30", forward_pe=10)

    found = world.explain()

    for factor in ("ebit_ev", "fcf_mcap", "ey_fwd"):
        assert raw(found, factor) is None
        assert reason(found, factor) == "rejected: share count unresolved"
    assert "share count unresolved" in found["line"]["flags"]


@pytest.mark.parametrize("theirs", [1_330, 800])
def test_a_market_capitalisation_less_than_a_quarter_off_is_left_alone(
    world: World, theirs: float
) -> None:
    world.change("lines", {"symbol": "AAA"}, market_cap=theirs)

    found = world.explain()

    assert raw(found, "ebit_ev") == pytest.approx(60 / 1_200)
    assert found["line"]["flags"] == []


def test_alphabet_is_worth_all_its_classes_once(bundled: Bundled) -> None:
    line = bundled.explain("GOOGL")["line"]

    # Two classes at the whole count each made it USD 9.2tn elsewhere.
    assert line["market_cap_usd"] == pytest.approx(396.78 * 12.116e9, rel=1e-12)


def test_one_line_an_issuer_is_ranked(bundled: Bundled) -> None:
    found = bundled.screen()

    issuers = [line["issuer"] for line in found["lines"]]
    assert len(issuers) == len(set(issuers)) == 39
    assert found["dropped_lines"] == ["2330.TW", "GOOG"]


def test_the_most_traded_line_stands_for_its_issuer(world: World) -> None:
    world.list("AAB", issuer="aaa")
    world.add("lines", symbol="AAB", average_daily_value_usd=5e6)
    world.closes("AAB", 10)

    found = world.answer("screen")

    # The volume of AAA is not known, which counts as zero.
    assert found["dropped_lines"] == ["AAA"]
    assert [line["ticker"] for line in found["unranked"]] == ["AAB"]


def test_a_line_without_any_price_does_not_stand_for_its_issuer(world: World) -> None:
    world.list("AAB", issuer="aaa")
    world.add("lines", symbol="AAB", average_daily_value_usd=5e6)

    found = world.answer("screen")

    assert found["dropped_lines"] == ["AAB"]


def test_a_second_line_reads_the_statements_of_the_first(world: World) -> None:
    world.list("AAB", issuer="aaa")
    world.add("lines", symbol="AAB", average_daily_value_usd=5e6)
    world.closes("AAB", 10)

    found = world.answer("explain", "AAB")

    assert raw(found, "gp_at") == pytest.approx(160 / 400)


# --- an outage looks like no data ----------------------------------------------------


def test_an_empty_answer_is_an_error_and_no_empty_ranking(
    world: World, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    world.tables["prices"] = [
        {"symbol": "ELSE", "date": TODAY, "adj_close": 1.0, "close": 1.0}
    ]

    code = world.run("screen", "--format", "json")

    streams = capsysbinary.readouterr()
    assert code == 4
    assert streams.out == b""
    assert b"has no price of any line of the taxonomy" in streams.err


def test_a_line_the_source_knows_nothing_of_is_listed_with_the_reason(
    world: World, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    world.list("GONE")

    found = world.answer("screen")
    world.run("screen")

    # Only its exposure is known, which the taxonomy tells.
    gaps = {gap["subject"]: gap for gap in found["gaps"] if gap["ticker"] == "GONE"}
    assert set(gaps) == set(FACTORS) - {"thesis"}
    assert all(gap["reason"] == "absent" and gap["detail"] for gap in gaps.values())
    assert "GONE" in [line["ticker"] for line in found["unranked"]]
    assert b"the source knows nothing of it" in capsysbinary.readouterr().out


# --- five quarters and four fiscal years, labelled by month ends ---------------------


def test_five_quarters_and_four_years_are_enough_for_every_statement_factor(
    world: World,
) -> None:
    found = world.explain()

    expected = {
        "rev_yoy_q": 100 / 80 - 1,
        "rev_cagr_3y": 2 - 1,  # eightfold in three years
        "dgp_at": (300 - 200) / 500,
        "gp_at": 160 / 400,
        "ebit_ic": 60 / (300 + 200),
        "accruals_at": (32 - 100) / ((400 + 280) / 2),
        "netdebt_at": (300 - 100) / 400,
        "ebit_ev": 60 / 1_200,
        "fcf_mcap": (100 - 40) / 1_000,
    }
    assert {name: raw(found, name) for name in expected} == pytest.approx(expected)
    assert found["line"]["flags"] == []


def test_three_quarters_are_no_year(world: World) -> None:
    world.drop("statements", item="GrossProfit", period_end="2025-06-30")
    world.drop("statements", item="GrossProfit", period_end="2025-12-31", freq="annual")

    found = world.explain()

    assert raw(found, "gp_at") is None
    assert "GrossProfit: not known for the quarter" in detail(found, "gp_at")


@pytest.mark.parametrize("label", ["2025-03-26", "2025-04-10"])
def test_a_quarter_is_matched_by_its_end_give_or_take_some_days(
    world: World, label: str
) -> None:
    # 370 and 355 days before the end of March 2026.
    world.change("statements", {"period_end": "2025-03-31"}, period_end=label)

    found = world.explain()

    assert raw(found, "rev_yoy_q") == pytest.approx(0.25)


@pytest.mark.parametrize("label", ["2025-03-13", "2025-04-17"])
def test_quarters_that_end_no_year_apart_are_not_compared(
    world: World, label: str
) -> None:
    # 383 and 348 days before, and still the nearest to a year.
    world.change("statements", {"period_end": "2025-03-31"}, period_end=label)

    found = world.explain()

    assert reason(found, "rev_yoy_q") == "rejected: quarters not a year apart"


def test_a_month_end_and_the_true_last_day_are_one_quarter(world: World) -> None:
    # NVIDIA's quarter to 25 January is labelled 31 January by Yahoo.
    for item in ("GrossProfit", CASH):
        world.change(
            "statements",
            {"item": item, "period_end": "2026-03-31"},
            period_end="2026-03-25",
        )

    found = world.explain()

    assert raw(found, "gp_at") == pytest.approx(160 / 400)
    assert raw(found, "netdebt_at") == pytest.approx(200 / 400)


# --- operating income, one definition ------------------------------------------------


def test_gains_on_stakes_are_no_part_of_alphabets_operating_income(
    bundled: Bundled,
) -> None:
    found = bundled.explain("GOOGL")

    # 39.696 + 35.934 + 31.228 + 31.271bn; pretax and interest would be 195.7bn.
    used = [f for f in found["figures"] if f["factor"] == "ebit_ev"]
    earned = sum(f["value"] for f in used if f["item"] == "OperatingIncome")
    assert earned == pytest.approx(138.129e9, abs=0.001e9)
    value = found["line"]["enterprise_value_usd"]
    assert raw(found, "ebit_ev") == pytest.approx(earned / value, rel=1e-12)


def test_the_ebit_row_is_not_read_where_operating_income_is_there(world: World) -> None:
    world.quarters("EBIT", 99, 99, 99, 99, 99)

    found = world.explain()

    assert raw(found, "ebit_ev") == pytest.approx(60 / 1_200)


def test_the_fiscal_year_comes_first_and_the_ebit_row_second_flagged(
    world: World,
) -> None:
    world.quarters("EBIT", 20, 20, 20, 20, 20)
    world.drop("statements", item="OperatingIncome", period_end="2025-06-30")
    stand_in = world.explain()
    world.years("OperatingIncome", 48)

    year = world.explain()

    assert raw(stand_in, "ebit_ev") == pytest.approx(80 / 1_200)
    assert stand_in["flags"]["ebit_ev"] == ["EBIT stands in for operating income"]
    assert raw(year, "ebit_ev") == pytest.approx(48 / 1_200)
    assert year["flags"]["ebit_ev"] == ["fiscal year for TTM"]


def test_the_register_of_factors_says_which_ebit_is_meant(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    code = run(["factors", "--format", "json"])

    printed = capsysbinary.readouterr().out.decode()
    assert code == 0
    assert printed.count("EBIT is operating income") == 2


def test_nvidias_operating_income_of_fiscal_2023_is_the_one_it_reported() -> None:
    found = [
        row
        for row in _shipped_statements("NVDA")
        if row["item"] == "OperatingIncome" and row["period_end"] == "2023-01-29"
    ]

    # A vendor leaves out the charge for an acquisition that failed: 5.577bn.
    assert {float(row["value"]) for row in found if row["freq"] == "annual"} == {
        4.224e9
    }


@cache
def _shipped_statements(symbol: str) -> tuple[dict[str, str], ...]:
    path = shipped("data/fixtures/statements.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(row for row in csv.DictReader(file) if row["symbol"] == symbol)


# --- capital expenditure, and a quarter that is absurd -------------------------------


@pytest.mark.parametrize("sign", [1, -1])
def test_capital_expenditure_is_spent_whichever_its_sign(
    world: World, sign: int
) -> None:
    item = "CapitalExpenditure"
    world.change("statements", {"item": item}, value=sign * 10)

    found = world.explain()

    assert raw(found, "fcf_mcap") == pytest.approx((100 - 40) / 1_000)
    assert "abs(TTM(CapitalExpenditure))" in FACTORS["fcf_mcap"].formula


#: Amazon's, in billions: as filed, but for the quarter to December 2025.
AMAZON_SPENT: Final = (-44.203, -0.8, -35.095, -32.183, -25.019)


@pytest.fixture
def amazon(world: World) -> World:
    """AAA with the capital expenditure of Amazon, and shares worth 2,841bn."""
    world.drop("statements", item="CapitalExpenditure")
    world.drop("statements", item="OperatingCashFlow")
    world.quarters("CapitalExpenditure", *AMAZON_SPENT)
    world.quarters("OperatingCashFlow", 40, 40, 40, 40, 40)
    world.change("lines", {"symbol": "AAA"}, shares_outstanding=284.1)
    return world


def test_amazons_absurd_quarter_is_rejected_with_the_reason(amazon: World) -> None:
    found = amazon.explain()

    assert raw(found, "fcf_mcap") is None
    assert reason(found, "fcf_mcap") == "rejected: outlier quarter"
    assert detail(found, "fcf_mcap") == (
        "CapitalExpenditure of 2025-12-31 is -0.8, "
        "against -35.095 in the quarters around it"
    )


def test_the_fiscal_year_stands_in_for_amazons_absurd_quarter(amazon: World) -> None:
    amazon.years("CapitalExpenditure", -131.819)
    amazon.years("OperatingCashFlow", 139.514)

    found = amazon.explain()

    assert raw(found, "fcf_mcap") == pytest.approx((139.514 - 131.819) / 2_841)
    assert found["flags"]["fcf_mcap"] == ["fiscal year for TTM"]


ABSURD: Final[dict[str, object]] = {
    "item": "CapitalExpenditure",
    "period_end": "2025-12-31",
    "freq": "quarterly",
}


def test_an_outlier_that_the_source_states_is_used(amazon: World) -> None:
    amazon.change("statements", ABSURD, note="as filed, unlike its neighbours")

    found = amazon.explain()

    spent = 44.203 + 0.8 + 35.095 + 32.183
    assert raw(found, "fcf_mcap") == pytest.approx((160 - spent) / 2_841)


def test_an_outlier_that_a_second_copy_repeats_is_used(amazon: World) -> None:
    rows = amazon.tables["statements"]
    (absurd,) = [row for row in rows if ABSURD.items() <= row.items()]
    amazon.add("statements", **absurd | {"filed": "2026-02-06"})

    found = amazon.explain()

    spent = 44.203 + 0.8 + 35.095 + 32.183
    assert raw(found, "fcf_mcap") == pytest.approx((160 - spent) / 2_841)


def test_an_outlier_whose_filing_is_known_is_used(amazon: World) -> None:
    amazon.change("statements", ABSURD, filed="2026-02-06")

    found = amazon.explain()

    spent = 44.203 + 0.8 + 35.095 + 32.183
    assert raw(found, "fcf_mcap") == pytest.approx((160 - spent) / 2_841)


def test_a_day_on_which_a_vendor_was_seen_to_show_an_outlier_confirms_nothing(
    amazon: World,
) -> None:
    amazon.change("statements", ABSURD, seen="2026-02-06")

    found = amazon.explain()

    assert reason(found, "fcf_mcap") == "rejected: outlier quarter"


def test_the_growth_of_nvidia_in_july_2023_is_no_mistake() -> None:
    found = screens.bundled(date(2023, 12, 29)).facts["NVDA"].readings["ebit_ic"]

    # Three times the quarters around it, and filed on 28 August 2023.
    earned = [f.value for f in found.figures if f.item == "OperatingIncome"]
    assert earned == [10.417e9, 6.8e9, 2.14e9, 1.256e9]
    assert found.flags == ()


def test_a_note_on_how_an_outlier_was_worked_out_does_not_confirm_it(
    amazon: World,
) -> None:
    amazon.change("statements", ABSURD, note="derived as the year less nine months")

    found = amazon.explain()

    assert reason(found, "fcf_mcap") == "rejected: outlier quarter"


@pytest.mark.parametrize(("spent", "is_used"), [(-3, False), (-4, True), (-30, True)])
def test_a_third_to_three_times_its_neighbours_is_no_outlier(
    world: World, spent: float, *, is_used: bool
) -> None:
    world.change("statements", ABSURD, value=spent)

    found = world.explain()

    # The neighbours spend 10 each.
    assert (raw(found, "fcf_mcap") is not None) == is_used


# --- splits, minor units, local dates ------------------------------------------------


@pytest.mark.parametrize("after", [5.0, 20.0])
def test_a_price_that_halves_or_doubles_overnight_is_flagged_and_not_repaired(
    world: World, after: float
) -> None:
    world.closes("AAA", after)
    world.change("prices", {"close": 10}, date=TODAY - timedelta(days=1))

    line = world.explain()["line"]

    assert line["flags"] == ["price jump on 2026-06-30, a split?"]
    assert line["close"] == after
    assert line["market_cap_usd"] == after * 100


@pytest.mark.parametrize("size", [1e300, 1e308, 1e-308])
def test_prices_of_very_different_size_warn_of_nothing(
    world: World, size: float, capfd: pytest.CaptureFixture[str]
) -> None:
    world.drop("prices", symbol="AAA")
    world.closes("AAA", *[1.0, size] * 100)
    world.change("prices", {"symbol": "AAA"}, volume=1e300)

    line = world.explain()["line"]

    assert capfd.readouterr().err == ""
    assert line["flags"][0].startswith("price jump on ")


@pytest.mark.parametrize("after", [5.1, 19.9])
def test_a_lesser_move_is_a_move(world: World, after: float) -> None:
    world.closes("AAA", after)
    world.change("prices", {"close": 10}, date=TODAY - timedelta(days=1))

    line = world.explain()["line"]

    assert line["flags"] == []


@pytest.mark.parametrize("field", ["price_currency", "statement_currency"])
def test_pence_are_no_currency(
    world: World, field: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    world.constituents[0]["identity"][field] = "GBp"

    code = world.run("screen")

    assert code == 78
    assert b"GBp" in capsysbinary.readouterr().err


def test_a_price_a_hundred_times_too_high_voids_the_value_factors(world: World) -> None:
    world.change("lines", {"symbol": "AAA"}, market_cap=1_000)
    world.change("prices", {"symbol": "AAA"}, close=1_000, adj_close=1_000)

    found = world.explain()

    assert reason(found, "ebit_ev") == "rejected: share count unresolved"


@pytest.mark.parametrize(
    "stamp", ["2026-06-30T00:00:00+08:00", "2026-06-30 00:00:00", "20260630"]
)
def test_a_session_is_a_local_date_and_never_a_moment(
    world: World, stamp: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    world.change("prices", {"symbol": "AAA"}, date=stamp)

    code = world.run("screen")

    assert code == 65
    assert b"prices.csv, line 2, column date" in capsysbinary.readouterr().err


def test_a_market_that_is_a_day_ahead_does_not_date_the_screen(world: World) -> None:
    for ticker in ("BBB", "CCC"):
        world.list(ticker)
        world.add("lines", symbol=ticker, shares_outstanding=100)
        world.closes(ticker, 10)
    world.closes("AAA", 99, last=TODAY + timedelta(days=1))

    found = world.explain()

    assert found["run"]["as_of"] == "2026-06-30"
    assert found["line"]["close"] == 10


# --- forward figures: low trust ------------------------------------------------------


def test_a_forward_figure_is_one_factor_of_fifteen_and_idle_in_the_snapshot(
    bundled: Bundled,
) -> None:
    found = bundled.screen()

    reading = [name for name in FACTORS if "forward" in FACTORS[name].formula]
    assert len(FACTORS) == 15
    assert reading == ["ey_fwd"]
    assert found["inactive_factors"] == ["ey_fwd"]


def test_forward_earnings_over_price_beat_the_ratio_that_a_vendor_shows(
    world: World,
) -> None:
    figure = {"forward_eps": 2, "price": 40, "forward_pe": 99}
    world.add("forward", symbol="AAA", date="2026-06-30", **figure)

    found = world.explain()

    assert raw(found, "ey_fwd") == pytest.approx(0.05)


def test_forward_earnings_in_another_currency_than_the_price_are_not_used(
    foreign: World,
) -> None:
    figure = {"forward_eps": 50, "price": 20, "forward_pe": 10}
    foreign.add("forward", symbol="AAA", date="2026-06-30", **figure)

    found = foreign.explain()

    assert raw(found, "ey_fwd") == pytest.approx(1 / 10)


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-05-01", None), ("2026-04-30", "stale"), ("2026-07-01", "absent")],
)
def test_a_forward_figure_serves_for_sixty_days_and_never_before_its_day(
    world: World, day: str, expected: str | None
) -> None:
    world.add("forward", symbol="AAA", date=day, forward_pe=20)

    found = world.explain()

    assert found["line"]["factors"]["ey_fwd"]["reason"] == expected


# --- fields vanish -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("lines", "symbol"),
        ("prices", "adj_close"),
        ("prices", "date"),
        ("statements", "value"),
        ("statements", "currency"),
        ("fx", "usd_per_unit"),
    ],
)
def test_a_column_that_vanished_is_named(
    foreign: World,
    table: str,
    column: str,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    for row in foreign.tables[table]:
        del row[column]

    code = foreign.run("screen")

    said = capsysbinary.readouterr().err.decode()
    assert code == 65
    assert f"{table}.csv, line 1: has no column {column}." in said


@pytest.mark.parametrize(
    ("table", "column", "text"),
    [
        ("prices", "adj_close", "n/a"),
        ("prices", "close", "0"),
        ("prices", "date", ""),
        ("statements", "value", "1,000"),
        ("statements", "value", "inf"),
        ("statements", "currency", ""),
        ("statements", "freq", "monthly"),
        ("fx", "usd_per_unit", "-0.05"),
        ("lines", "shares_outstanding", "1_000"),
    ],
)
def test_a_cell_of_another_type_or_range_is_named(
    foreign: World,
    table: str,
    column: str,
    text: str,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    foreign.tables[table][0][column] = text

    code = foreign.run("screen")

    said = capsysbinary.readouterr().err.decode()
    assert code == 65
    assert f"{table}.csv, line 2, column {column}: " in said


@pytest.mark.parametrize(
    ("row", "factors"),
    [
        ("TotalRevenue", ["rev_yoy_q", "rev_cagr_3y"]),
        ("GrossProfit", ["dgp_at", "gp_at"]),
        ("OperatingIncome", ["ebit_ic", "ebit_ev"]),
        ("NetIncome", ["accruals_at"]),
        ("OperatingCashFlow", ["accruals_at", "fcf_mcap"]),
        ("CapitalExpenditure", ["fcf_mcap"]),
        ("TotalAssets", ["dgp_at", "gp_at", "accruals_at", "netdebt_at"]),
        ("TotalDebt", ["ebit_ic", "netdebt_at", "ebit_ev"]),
        (CASH, ["netdebt_at", "ebit_ev"]),
        ("StockholdersEquity", ["ebit_ic"]),
    ],
)
def test_a_row_that_vanished_is_a_gap_that_names_it_and_never_a_zero(
    world: World, row: str, factors: list[str]
) -> None:
    before = world.explain()
    world.drop("statements", item=row)

    after = world.explain()

    new = sorted(set(after["missing"]) - set(before["missing"]))
    assert new == sorted(factors)
    for factor in factors:
        assert raw(after, factor) is None
        assert reason(after, factor) == "absent"
        assert row in detail(after, factor)


def test_no_minority_and_no_preferred_stock_count_as_none_in_enterprise_value(
    world: World,
) -> None:
    without = world.explain()["line"]["enterprise_value_usd"]
    world.years("MinorityInterest", 30)
    world.years("PreferredStock", 20)

    both = world.explain()["line"]["enterprise_value_usd"]

    assert (without, both) == (1_200, 1_250)


# --- losses --------------------------------------------------------------------------


def test_a_loss_is_a_low_yield_and_not_a_missing_one(world: World) -> None:
    world.change("statements", {"item": "OperatingIncome"}, value=-15)
    world.add("forward", symbol="AAA", date="2026-06-30", forward_eps=-1, price=20)

    found = world.explain()

    assert raw(found, "ebit_ev") == pytest.approx(-60 / 1_200)
    assert raw(found, "ey_fwd") == pytest.approx(-0.05)


def test_a_negative_price_earnings_ratio_gives_no_yield(foreign: World) -> None:
    foreign.add("forward", symbol="AAA", date="2026-06-30", forward_pe=-8)

    found = foreign.explain()

    assert raw(found, "ey_fwd") is None
    assert "gives no yield" in detail(found, "ey_fwd")


def test_a_loss_ranks_below_a_small_profit(tmp_path: Path) -> None:
    yields = [-0.30, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07]

    scores = _scored(tmp_path, [{"ebit_ev": text} for text in yields])

    # A ratio of price to earnings would have put -3.3 before 14.
    z = [line["factors"]["ebit_ev"]["rank_z"] for line in scores]
    assert z == sorted(z)
    assert z[0] < z[1]


def _scored(path: Path, rows: Sequence[dict[str, object]], *options: str) -> list[Any]:
    """Return the lines of ``triad score`` in the order of ``rows``."""
    shares = {f"exposure_{p}": 0 for p in ("compute", "data", "algorithms")}
    keys = (key for row in rows for key in row)
    columns = dict.fromkeys(["ticker", "issuer", *shares, *keys])
    file, out = path / "values.csv", path / "scores.json"
    with file.open("w", newline="") as opened:
        writer = csv.DictWriter(opened, columns)
        writer.writeheader()
        for at, row in enumerate(rows):
            writer.writerow({"ticker": f"T{at}", "issuer": f"i{at}"} | shares | row)
    code = run(["score", str(file), *options, "--format", "json", "--output", str(out)])
    assert code == 0
    found = json.loads(out.read_text())
    return sorted(found["lines"] + found["unranked"], key=lambda line: line["ticker"])


def test_an_enterprise_value_below_zero_gives_no_yield(world: World) -> None:
    world.change("statements", {"item": CASH}, value=1_300)

    found = world.explain()

    # 1,000 + 300 - 1,300 = 0
    assert reason(found, "ebit_ev") == "rejected: enterprise value not above zero"


def test_invested_capital_below_zero_gives_no_return(world: World) -> None:
    world.change("statements", {"item": "StockholdersEquity"}, value=-301)

    found = world.explain()

    assert reason(found, "ebit_ic") == "rejected: invested capital not above zero"


# --- stale prices and rates ----------------------------------------------------------


@pytest.mark.parametrize(("age", "is_fresh"), [(10, True), (11, False)])
def test_a_price_older_than_ten_days_is_stale_and_flagged(
    world: World, age: int, *, is_fresh: bool
) -> None:
    as_of = TODAY + timedelta(days=age)

    line = world.explain("--as-of", as_of.isoformat())["line"]

    assert line["is_fresh"] == is_fresh
    assert ("stale price" in line["flags"]) == (not is_fresh)


@pytest.mark.parametrize(("day", "is_stale"), [("2026-05-16", 0), ("2026-05-15", 1)])
def test_a_rate_older_than_45_days_is_stale_and_flagged(
    foreign: World, day: str, is_stale: int
) -> None:
    foreign.change("fx", {"currency": "TWD"}, date=day)

    flags = foreign.explain()["line"]["flags"]

    assert flags.count("stale exchange rate") == is_stale


# --- half-yearly reporters -----------------------------------------------------------


@pytest.fixture
def half_yearly(world: World) -> World:
    """AAA without the quarters of March 2026 and September 2025, and with its year."""
    for end in ("2026-03-31", "2025-09-30"):
        world.drop("statements", period_end=end)
    world.years("OperatingCashFlow", 100)
    for item, value in (("TotalDebt", 300), (CASH, 100), ("StockholdersEquity", 200)):
        world.years(item, value)
    return world


def test_the_fiscal_year_serves_where_half_the_quarters_do_not_exist(
    half_yearly: World,
) -> None:
    found = half_yearly.explain()

    assert raw(found, "gp_at") == pytest.approx(300 / 370)
    assert found["flags"]["gp_at"] == ["fiscal year for TTM"]


def test_a_fiscal_year_that_ended_long_before_the_newest_quarter_does_not_serve(
    world: World,
) -> None:
    world.drop("statements", item="GrossProfit", freq="quarterly")
    world.drop("statements", period_end="2025-12-31", freq="annual")

    found = world.explain()

    # The year to December 2024 ended 455 days before the quarter to March 2026.
    assert raw(found, "gp_at") is None


@pytest.mark.parametrize(
    ("identity", "freshness"),
    [({"half_yearly": True, "foreign_filer": True}, 1.0), ({}, (270 - 181) / 135)],
)
def test_a_half_yearly_reporter_is_not_stale_after_half_a_year(
    half_yearly: World, identity: dict[str, object], freshness: float
) -> None:
    half_yearly.constituents[0]["identity"].update(identity)

    line = half_yearly.explain(*ALONE, "--set=coverage_floor=0")["line"]

    # 31 December to 30 June.
    assert line["statement_age_days"] == 181
    assert line["freshness"] == pytest.approx(freshness)


# --- point in time -------------------------------------------------------------------


def test_super_micro_had_filed_nothing_newer_than_march_2024_by_february_2025(
    bundled: Bundled,
) -> None:
    before = bundled.explain("SMCI", as_of="2025-02-14")
    after = bundled.explain("SMCI", as_of="2025-02-25")

    assert before["line"]["newest_quarter"] == "2024-03-31"
    assert after["line"]["newest_quarter"] == "2024-12-31"


@pytest.mark.parametrize(
    ("freq", "lag", "foreign_filer"),
    [
        ("quarterly", 60, False),
        ("quarterly", 60, True),
        ("annual", 90, False),
        ("annual", 120, True),
    ],
)
def test_a_figure_without_a_filing_day_counts_only_after_a_lag(
    world: World, freq: str, lag: int, *, foreign_filer: bool
) -> None:
    world.constituents[0]["identity"]["foreign_filer"] = foreign_filer
    newest = QUARTERS[0] if freq == "quarterly" else YEARS[0]
    field = "newest_quarter" if freq == "quarterly" else "newest_year"
    world.closes("AAA", *[10] * 150, last=TODAY - timedelta(days=1))
    known = date.fromisoformat(newest) + timedelta(days=lag)

    eve = world.explain("--as-of", (known - timedelta(days=1)).isoformat())
    day = world.explain("--as-of", known.isoformat())

    assert eve["line"][field] != newest
    assert day["line"][field] == newest


def test_a_restatement_counts_from_the_day_it_was_made(world: World) -> None:
    newest: dict[str, object] = {"item": "TotalRevenue", "period_end": "2026-03-31"}
    world.change("statements", newest, filed="2026-05-01")
    world.quarters("TotalRevenue", 120)
    world.change("statements", newest | {"value": 120}, filed="2026-06-15")
    world.closes("AAA", *[10] * 20, last=TODAY - timedelta(days=1))

    before = world.explain("--as-of", "2026-06-14")
    after = world.explain("--as-of", "2026-06-15")

    assert raw(before, "rev_yoy_q") == pytest.approx(100 / 80 - 1)
    assert raw(after, "rev_yoy_q") == pytest.approx(120 / 80 - 1)


def test_a_later_price_is_not_known_yet(world: World) -> None:
    world.closes("AAA", 99, last=TODAY + timedelta(days=1))

    found = world.explain("--as-of", "2026-06-30")

    assert found["line"]["close"] == 10


def test_a_share_count_dated_later_is_not_used(world: World) -> None:
    world.change("lines", {"symbol": "AAA"}, shares_as_of="2026-07-01")
    world.quarters("DilutedAverageShares", 90)

    line = world.explain()["line"]

    assert line["market_cap_usd"] == 90 * 10
    assert "diluted average shares for share count" in line["flags"]


# --- partial results presented as complete -------------------------------------------


@pytest.fixture
def crowd(empty: World) -> World:
    """61 lines with prices alone, three of them 20 days old."""
    for at in range(61):
        ticker = f"T{at:02}"
        empty.list(ticker)
        empty.add("lines", symbol=ticker, shares_outstanding=100)
        last = TODAY - timedelta(days=20 if at < 3 else 0)
        wave = [100 + day % 7 + at / 10 for day in range(140)]
        empty.closes(ticker, *wave, last=last)
    return empty


def test_a_partial_result_says_so_in_its_header(
    crowd: World, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    code = crowd.run("screen")

    printed = capsysbinary.readouterr().out.decode()
    assert code == 0
    assert "58 of 61 stocks have prices for this date" in printed


@pytest.mark.parametrize(
    ("floor", "expected", "warnings"), [("0.95", 0, 0), ("0.96", 3, 1)]
)
def test_a_partial_result_under_the_floor_is_printed_marked_and_ends_with_3(
    crowd: World,
    floor: str,
    expected: int,
    warnings: int,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    options = ("--min-coverage", floor, "--format", "json")

    code = crowd.run("screen", *options)

    # 58 of 61 are 95.1%.
    found = json.loads(capsysbinary.readouterr().out)
    marks = [text for text in found["warnings"] if text.startswith("95% of the lines")]
    assert code == expected
    assert len(found["lines"]) == 58
    assert {one["reason"] for one in found["unranked"]} == {"no price"}
    assert len(marks) == warnings


def test_old_figures_over_the_age_asked_for_end_with_3(
    world: World, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    world.tables["prices"][0]["date"] = "2020-01-01"

    code = world.run("screen", "--max-age", "4d", "--format", "json")

    (warning,) = json.loads(capsysbinary.readouterr().out)["warnings"]
    assert code == 3
    assert "older than the 4 days allowed" in warning


# --- missing inputs dropped from composites ------------------------------------------


def test_a_missing_figure_is_neutral_and_keeps_its_weight(tmp_path: Path) -> None:
    """T9 is the best of ten in the one factor it has, and unknown in the other.

    Dropped from the mean, the gap would put T9 level with T8, the best in both.
    """
    rows: list[dict[str, object]] = [
        {"mom_12_1": at, "mom_6_1": at, "exposure_compute": 0.5} for at in range(9)
    ]
    rows.append({"mom_12_1": 9, "mom_6_1": "", "exposure_compute": 0.5})

    lines = _scored(tmp_path, rows)

    assert lines[9]["factors"]["mom_6_1"]["z"] == 0
    assert lines[9]["factors"]["mom_6_1"]["weight"] == pytest.approx(0.25)
    assert lines[9]["coverage"] == pytest.approx(0.75)
    assert lines[9]["groups"]["momentum"] < lines[8]["groups"]["momentum"]


def test_a_line_with_gaps_has_an_interval_and_one_without_has_none(
    tmp_path: Path,
) -> None:
    rows: list[dict[str, object]] = [
        {"mom_12_1": at, "mom_6_1": at, "exposure_compute": 0.5} for at in range(9)
    ]
    rows.append({"mom_12_1": 9, "mom_6_1": "", "exposure_compute": 0.5})

    lines = _scored(tmp_path, rows)

    assert lines[9]["score_low"] < lines[9]["score"] < lines[9]["score_high"]
    assert (lines[8]["score_low"], lines[8]["score_high"]) == (None, None)


def test_a_thin_line_is_not_ranked_and_says_what_it_lacks(
    world: World, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    world.list("THIN")
    world.add("lines", symbol="THIN", shares_outstanding=100)
    world.closes("THIN", 10)

    code = world.run("screen", *ALONE)

    # Its exposure weighs 0.2 of 0.7; momentum and risk are known for no line.
    printed = " ".join(capsysbinary.readouterr().out.decode().split())
    assert code == 0
    assert "THIN THIN Inc 28.6% insufficient data: lacks rev_yoy_q" in printed


# --- pipes, mail and untrusted names -------------------------------------------------


def test_the_first_byte_of_json_is_a_brace_and_standard_error_is_silent(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    code = run(["screen", "--format", "json"])

    streams = capfdbinary.readouterr()
    assert code == 0
    assert streams.out[:1] == b"{"
    assert json.loads(streams.out)["schema_version"] == 1
    assert streams.err == b""


def _process(
    code: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], check=False, capture_output=True, env=env
    )


def test_a_reader_that_has_seen_enough_ends_the_program_quietly() -> None:
    # As with | head -1, but sure to be gone before the first byte.
    read, write = os.pipe()
    os.close(read)

    done = subprocess.run(
        [sys.executable, "-m", "triad_screener", "screen", "--format", "ndjson"],
        check=False,
        stdout=write,
        stderr=subprocess.PIPE,
    )

    os.close(write)
    assert done.stderr == b""
    assert done.returncode == 0


def test_cron_with_a_bare_environment_and_the_locale_c_gets_the_whole_answer() -> None:
    bare = {
        "HOME": os.environ["HOME"],  # as cron gives it; else the store of whoever tests
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONPATH": str(HOUSE.parent),
        "TRIAD_SOURCE": "bundled",
    }
    code = "from triad_screener.cli import run; run(['screen', '--lang', 'zh'])"

    done = _process(code, bare)

    assert done.returncode == 0
    assert done.stderr == b""
    assert "算力" in done.stdout.decode("utf-8")


HOSTILE: Final = "\x1b[31mEvil\x07 | Corp"


def test_a_name_with_terminal_escapes_is_refused_at_the_door(
    world: World, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    world.constituents[0]["name"] = HOSTILE

    code = world.run("screen")

    said = capsysbinary.readouterr().err
    assert code == 78
    assert b"constituents[0].name" in said
    assert b"\x1b" not in said


@pytest.mark.parametrize("form", ["table", "markdown", "html", "csv", "tsv", "json"])
def test_terminal_escapes_in_a_file_of_figures_do_not_reach_the_terminal(
    world: World,
    form: str,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    world.change("statements", {"item": "GrossProfit"}, note=HOSTILE)

    code = world.run("explain", "AAA", "--format", form)

    printed = capsysbinary.readouterr().out
    assert code == 0
    assert b"Evil" in printed
    assert b"\x1b" not in printed
    assert b"\x07" not in printed


def test_json_carries_such_text_whole(world: World) -> None:
    world.change("statements", {"item": "GrossProfit"}, note=HOSTILE)

    found = world.explain()

    assert HOSTILE in {figure["note"] for figure in found["figures"]}


def test_terminal_escapes_in_a_bad_cell_do_not_reach_the_terminal(
    world: World, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    world.change("prices", {"symbol": "AAA"}, date=HOSTILE)

    code = world.run("screen")

    said = capsysbinary.readouterr().err
    assert code == 65
    assert b"Evil" in said
    assert b"\x1b" not in said


def test_a_name_in_html_is_text_and_no_mark_up(
    world: World, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    world.constituents[0]["name"] = "Evil <script>alert(1)</script>"

    world.run("screen", "--format", "html")

    printed = capsysbinary.readouterr().out
    assert b"<script>alert" not in printed
    assert b"Evil &lt;script&gt;" in printed


def test_a_name_in_markdown_breaks_no_table(
    world: World, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    world.constituents[0]["name"] = "Evil | [Corp](http://evil.example)"

    world.run("screen", "--format", "markdown")

    printed = capsysbinary.readouterr().out.decode()
    (row,) = [line for line in printed.splitlines() if "Evil" in line]
    # Four cells have five bars; that of the name is escaped, and so is its link.
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert r"\[Corp\]" in row


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
@pytest.mark.parametrize(("form", "comma"), [("csv", ","), ("tsv", "\t")])
def test_a_name_is_no_formula_in_a_spreadsheet(
    world: World,
    name: str,
    form: str,
    comma: str,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    world.constituents[0]["name"] = name

    world.run("screen", "--format", form)

    text = capsysbinary.readouterr().out.decode()
    (row,) = csv.DictReader(text.splitlines(), delimiter=comma)
    assert row["name"] == f"'{name}"


# --- slow, and in need of a network --------------------------------------------------


def test_help_loads_none_of_the_heavy_libraries() -> None:
    done = _process(
        "import sys; from triad_screener.cli import run; run(['--help']);"
        "heavy = {'pandas', 'numpy', 'duckdb', 'rich', 'yaml', 'pydantic'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )

    assert done.returncode == 0, done.stderr


def test_the_first_answer_loads_neither_pandas_nor_a_database() -> None:
    done = _process(
        "import sys; from triad_screener.cli import run; run(['screen', '--top=1']);"
        "heavy = {'pandas', 'duckdb', 'requests', 'urllib.request', 'http.client'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"AI triad screen")


def test_the_first_answer_needs_no_network_and_says_what_it_is(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.delattr(socket, name)

    code = run(["screen"])

    _, first, *_ = capsysbinary.readouterr().out.decode().splitlines()
    assert code == 0
    assert first.startswith("Sample data of 15 May 2026 (")
    assert first.endswith(" days old). Run 'triad refresh' for today's.")


# --- the table of the documentation --------------------------------------------------


def test_the_documentation_names_every_test_and_only_rules_that_exist() -> None:
    text = DOCS.read_text("utf-8")
    own = {"test_the_documentation_names_every_test_and_only_rules_that_exist"}

    named = set(re.findall(r"`(test_\w+)`", text))
    rules = set(re.findall(r"`([\w/]+\.py)` `(\w+)`", text))

    assert _tests("test_pitfalls*.py") - named == own
    assert named - _tests("**/test_*.py") == set()
    assert len(rules) > 80
    assert {rule for rule in rules if not _is_defined(*rule)} == set()


def _tests(pattern: str) -> set[str]:
    """Return the names of the tests in the files that match ``pattern``."""
    return {
        name
        for file in Path(__file__).parent.glob(pattern)
        for name in re.findall(
            r"^ *def (test_\w+)", file.read_text("utf-8"), re.MULTILINE
        )
    }


def _is_defined(file: str, name: str) -> bool:
    code = (HOUSE / file).read_text("utf-8")
    pattern = rf"^\s*(def|class) {name}\b|^{name}\b"
    return re.search(pattern, code, re.MULTILINE) is not None
