"""The bundled snapshot: do the figures that ship with the program hang together?"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pytest

from triad_screener.shipped import shipped
from triad_screener.taxonomies import loading

if TYPE_CHECKING:
    from triad_screener.model.taxonomy import Taxonomy

FOLDER: Final = shipped("data/fixtures")
AS_OF: Final = date(2026, 5, 15)
FIRST_SESSION: Final = "2023-03-01"
#: Lines that began to trade later.
LISTED_LATER: Final = {
    "ARM": "2023-09-14",
    "CRWV": "2025-03-28",
    "GEV": "2024-03-27",
}
FUNDS: Final = {"SPY", "QQQ", "SOXX", "SMH", "AIQ"}
#: Second lines of an issuer; their statements stand under the first.
SECOND_LINES: Final = {"GOOG", "2330.TW"}
FLOWS: Final = (
    "TotalRevenue",
    "GrossProfit",
    "OperatingIncome",
    "NetIncome",
    "OperatingCashFlow",
    "CapitalExpenditure",
)

Row = dict[str, str]
Series = dict[date, float]


@cache
def rows(name: str) -> tuple[Row, ...]:
    path = FOLDER / name
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def sessions() -> dict[str, list[str]]:
    """Return the dates of prices by symbol, as they stand in the file."""
    found: dict[str, list[str]] = {}
    for row in rows("prices.csv.gz"):
        found.setdefault(row["symbol"], []).append(row["date"])
    return found


@cache
def statements() -> dict[tuple[str, str, str], Series]:
    """Return values by period end, by symbol, frequency and item."""
    found: dict[tuple[str, str, str], Series] = {}
    for row in rows("statements.csv"):
        key = (row["symbol"], row["freq"], row["item"])
        end = date.fromisoformat(row["period_end"])
        found.setdefault(key, {})[end] = float(row["value"])
    return found


@cache
def taxonomy() -> Taxonomy:
    return loading.load(shipped("config/triad.yaml"))


def test_the_snapshot_is_smaller_than_two_megabytes() -> None:
    size = sum(path.stat().st_size for path in FOLDER.iterdir())

    assert size < 2_000_000


def test_the_snapshot_holds_the_five_tables_and_says_where_they_come_from() -> None:
    names = {path.name.partition(".")[0] for path in FOLDER.iterdir()}

    tables = {"lines", "prices", "statements", "fx", "forward"}
    assert names == tables | {"SOURCES", "columns"}


# --- prices --------------------------------------------------------------------------


def test_every_line_has_prices_from_march_2023_to_the_last_session() -> None:
    spans = {symbol: (days[0], days[-1]) for symbol, days in sessions().items()}

    assert spans == {
        symbol: (LISTED_LATER.get(symbol, FIRST_SESSION), AS_OF.isoformat())
        for symbol in {line.ticker for line in taxonomy().constituents} | FUNDS
    }


def test_new_york_never_rests_for_more_than_a_long_weekend() -> None:
    # Taipei closes for twelve days at the lunar new year.
    longest = {
        symbol: max(
            (date.fromisoformat(later) - date.fromisoformat(earlier)).days
            for earlier, later in pairwise(days)
        )
        for symbol, days in sessions().items()
    }

    assert longest.pop("2330.TW") == 12
    assert max(longest.values()) <= 4


def test_every_close_is_near_its_adjusted_close() -> None:
    # Dividends of a little over three years and no splits lie between the two.
    found = [row for row in rows("prices.csv.gz") if row["close"]]

    ratios = [float(row["adj_close"]) / float(row["close"]) for row in found]
    assert len(found) > 35_000
    assert min(ratios) > 0.8
    assert max(ratios) < 1.001


@pytest.mark.parametrize(
    ("day", "weeks", "fewer"),
    [
        ("2025-02-14", 98, {"2330.TW": 94, "ARM": 71, "GEV": 44}),
        ("2026-05-15", 104, {"CRWV": 56}),
    ],
)
def test_a_volatility_rests_on_two_years_or_on_all_weeks_since_the_first_close(
    day: str, weeks: int, fewer: dict[str, int]
) -> None:
    """Of five sessions each, counted back from the day; more than 104 count as such."""
    found = {
        symbol: min((sum(one <= day for one in days) - 1) // 5, 104)
        for symbol, days in sessions().items()
        if days[0] <= day
    }

    assert {symbol: n for symbol, n in found.items() if n != weeks} == fewer
    told = " ".join((FOLDER / "SOURCES.md").read_text("utf-8").split())
    assert "98 weeks (2330.TW 94, ARM 71, GEV 44)" in told


def test_prices_have_no_other_columns() -> None:
    assert list(rows("prices.csv.gz")[0]) == ["symbol", "date", "adj_close", "close"]


def test_the_benchmark_funds_are_there_as_funds() -> None:
    funds = {row["symbol"] for row in rows("lines.csv") if row["kind"] == "fund"}

    assert funds == FUNDS
    assert {fund.ticker for fund in taxonomy().benchmarks} == FUNDS


# --- point in time -------------------------------------------------------------------


def test_nothing_in_the_statements_became_public_after_the_as_of_date() -> None:
    foreign = {
        line.ticker for line in taxonomy().constituents if line.identity.foreign_filer
    }

    late = [row for row in rows("statements.csv") if _public(row, foreign) > AS_OF]

    assert late == []


def _public(row: Row, foreign: set[str]) -> date:
    if row["filed"]:
        return date.fromisoformat(row["filed"])
    year = 120 if row["symbol"] in foreign else 90
    lag = {"quarterly": 60, "annual": year}[row["freq"]]
    return date.fromisoformat(row["period_end"]) + timedelta(days=lag)


def test_nothing_was_filed_before_its_period_ended() -> None:
    early = [
        row
        for row in rows("statements.csv")
        if row["filed"] and row["filed"] <= row["period_end"]
    ]

    assert early == []


@pytest.mark.parametrize("name", ["fx.csv", "forward.csv"])
def test_no_rate_and_no_forward_figure_is_of_a_later_day(name: str) -> None:
    assert max(row["date"] for row in rows(name)) <= AS_OF.isoformat()


def test_a_share_count_of_a_later_day_says_so() -> None:
    later = [row for row in rows("lines.csv") if row["shares_as_of"] > str(AS_OF)]

    assert later
    assert all("dated after the as-of day" in row["note"] for row in later)


# --- lines, currencies, sources ------------------------------------------------------


def test_every_line_and_no_other_is_described() -> None:
    described = [row["symbol"] for row in rows("lines.csv")]

    listed = [line.ticker for line in taxonomy().constituents]
    assert sorted(described) == sorted([*listed, *FUNDS])


def test_statements_are_in_the_currency_that_the_taxonomy_says() -> None:
    currencies = {
        line.ticker: line.identity.statement_currency
        for line in taxonomy().constituents
    }

    wrong = [
        row
        for row in rows("statements.csv")
        if row["currency"]
        != ("shares" if row["item"].endswith("Shares") else currencies[row["symbol"]])
    ]

    assert wrong == []


def test_every_line_but_a_second_one_has_statements_of_its_own() -> None:
    found = {row["symbol"] for row in rows("statements.csv")}

    listed = {line.ticker for line in taxonomy().constituents}
    assert found == listed - SECOND_LINES


def test_every_foreign_currency_has_a_rate_of_the_as_of_date() -> None:
    needed = {
        currency
        for line in taxonomy().constituents
        for currency in (
            line.identity.price_currency,
            line.identity.statement_currency,
        )
    }

    dated = {row["currency"] for row in rows("fx.csv") if row["date"] == str(AS_OF)}

    assert dated == needed - {"USD"}


@pytest.mark.parametrize(
    "name", ["lines.csv", "statements.csv", "fx.csv", "forward.csv"]
)
def test_every_source_in_the_data_is_named_among_the_publishers(name: str) -> None:
    text = (FOLDER / "SOURCES.md").read_text("utf-8")
    publishers = [line.split("|")[1] for line in text.splitlines() if "|" in line]

    labels = {row["source"] for row in rows(name)}

    assert "" not in labels
    assert all(any(label in cell for cell in publishers) for label in labels), labels


def test_the_publishers_are_credited_with_as_many_figures_as_they_gave() -> None:
    text = (FOLDER / "SOURCES.md").read_text("utf-8")

    counts = Counter(row["source"] for row in rows("statements.csv"))

    assert f"{counts['US SEC company facts']:,} statement figures" in text
    assert f"{counts['Yahoo Finance']:,} statement figures" in text
    assert f"{counts['Financial Modeling Prep']:,} statement figures" in text
    assert f"| `statements.csv` | {len(rows('statements.csv')):,} |" in text
    assert f"| `prices.csv.gz` | {len(rows('prices.csv.gz')):,} |" in text


# --- statements that add up ----------------------------------------------------------


@pytest.mark.parametrize("item", FLOWS)
def test_a_fiscal_year_is_the_sum_of_its_quarters(item: str) -> None:
    years = {
        (symbol, end): (value, quarters)
        for (symbol, freq, name), series in statements().items()
        if freq == "annual" and name == item
        for end, value in series.items()
        if len(quarters := _quarters_of(symbol, item, end)) == 4
    }

    # Within 2%, and there are no exceptions.
    wrong = {
        key: (value, sum(quarters))
        for key, (value, quarters) in years.items()
        if sum(quarters) != pytest.approx(value, rel=0.02)
    }
    assert len(years) > 80
    assert wrong == {}


def _quarters_of(symbol: str, item: str, year_end: date) -> list[float]:
    """Return the quarters of a fiscal year that are there, by their ends."""
    series = statements().get((symbol, "quarterly", item), {})
    wanted = [year_end - timedelta(days=round(91.31 * back)) for back in range(4)]
    found = [
        [value for end, value in series.items() if abs((end - day).days) <= 20]
        for day in wanted
    ]
    return [values[0] for values in found if values]


def test_cost_of_revenue_is_left_out_where_gross_profit_is_there() -> None:
    gross = {
        (symbol, freq, end)
        for (symbol, freq, item), series in statements().items()
        if item == "GrossProfit"
        for end in series
    }

    both = {
        (symbol, freq, end)
        for (symbol, freq, item), series in statements().items()
        if item == "CostOfRevenue"
        for end in series
        if (symbol, freq, end) in gross
    }

    # Hence no gross profit that differs from revenue less its cost.
    assert len(gross) > 600
    assert both == set()


#: Micron sold memory under cost in 2023.
LOSS_ON_SALES: Final = {"MU"}


def test_gross_profit_is_a_part_of_revenue() -> None:
    outside = {
        symbol
        for (symbol, freq, item), series in statements().items()
        if item == "GrossProfit"
        for end, value in series.items()
        if (revenue := statements()[symbol, freq, "TotalRevenue"].get(end))
        and not 0 < value <= revenue
    }

    assert outside == LOSS_ON_SALES


@pytest.mark.parametrize(
    "item",
    ["StockholdersEquity", "TotalDebt", "CashCashEquivalentsAndShortTermInvestments"],
)
def test_no_part_of_a_balance_sheet_is_larger_than_the_whole(item: str) -> None:
    larger = [
        (symbol, end)
        for (symbol, freq, name), series in statements().items()
        if name == item
        for end, value in series.items()
        if value > statements()[symbol, freq, "TotalAssets"].get(end, value)
    ]

    assert larger == []


def test_capital_expenditure_is_never_positive() -> None:
    values = [
        float(row["value"])
        for row in rows("statements.csv")
        if row["item"] == "CapitalExpenditure"
    ]

    assert len(values) > 600
    assert max(values) <= 0


@pytest.mark.parametrize("symbol", ["MSFT", "GOOGL", "AMZN", "META", "ORCL"])
def test_a_hyperscaler_has_eight_quarters_of_capital_expenditure_in_a_row(
    symbol: str,
) -> None:
    ends = sorted(statements()[symbol, "quarterly", "CapitalExpenditure"])[-8:]

    steps = [(later - end).days for end, later in pairwise(ends)]
    assert len(ends) == 8
    assert all(88 <= step <= 93 for step in steps)
    assert (AS_OF - ends[-1]).days < 80


def test_a_share_count_agrees_with_the_newest_diluted_average_within_a_seventh() -> (
    None
):
    counts = {
        row["symbol"]: float(row["shares_outstanding"])
        for row in rows("lines.csv")
        if row["shares_outstanding"]
    }

    ratios = {
        symbol: count / average
        for symbol, count in counts.items()
        if (average := _newest_diluted_average(symbol))
    }

    # A split, a receipt or a class counted wrongly would be out by half or more.
    assert set(counts) - set(ratios) == SECOND_LINES | {"GDS", "BIDU"}
    assert all(6 / 7 < ratio < 8 / 7 for ratio in ratios.values()), ratios


def _newest_diluted_average(symbol: str) -> float | None:
    item = "DilutedAverageShares"
    found = [
        pair
        for freq in ("quarterly", "annual")
        for pair in statements().get((symbol, freq, item), {}).items()
    ]
    return max(found)[1] if found else None
