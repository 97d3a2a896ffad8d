"""What does one cell of a folder change? What depends on it, and nothing else."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from triad_screener.cli import run
from triad_screener.screening.assembling import Request, assemble
from triad_screener.shipped import shipped
from triad_screener.sources.folder import Folder
from triad_screener.taxonomies import loading, recipes

if TYPE_CHECKING:
    from pathlib import Path

    from triad_screener.model.screen import Screen
    from triad_screener.model.taxonomy import Taxonomy

AS_OF = date(2026, 5, 15)

Changes = dict[str, set[str]]


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return loading.load(shipped("config/triad.yaml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the bundled snapshot that may be changed."""
    return shutil.copytree(shipped("data/fixtures"), tmp_path / "figures")


def read(folder: Path, table: str) -> list[dict[str, str]]:
    """The rows of a table."""
    packed = folder / f"{table}.csv.gz"
    if packed.exists():
        text = gzip.decompress(packed.read_bytes()).decode()
    else:
        text = (folder / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def write(folder: Path, table: str, rows: list[dict[str, str]]) -> None:
    """Write the rows of a table in place of what is there."""
    (folder / f"{table}.csv.gz").unlink(missing_ok=True)
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def change(folder: Path, cell: Cell, by: float) -> None:
    """Multiply one cell."""
    rows = read(folder, cell.table)
    (row,) = [one for one in rows if cell.which.items() <= one.items()]
    row[cell.column] = str(float(row[cell.column]) * by)
    write(folder, cell.table, rows)


def screen(folder: Path, taxonomy: Taxonomy, as_of: date = AS_OF) -> Screen:
    """The screen of a folder with the default recipe."""
    source = Folder(folder, name="folder", description="a copy")
    request = Request(recipe=recipes.choose(taxonomy, "default"), as_of=as_of)
    market = source.fetch(taxonomy.constituents)
    return assemble(taxonomy, market, request, config_hash="c")


@pytest.fixture(scope="module")
def before(taxonomy: Taxonomy) -> Screen:
    """The screen of the snapshot as it is."""
    return screen(shipped("data/fixtures"), taxonomy)


def changes(before: Screen, after: Screen) -> Changes:
    """The factors of each line whose raw value is another than before."""
    found = {
        ticker: {
            name
            for name, reading in fact.readings.items()
            if reading.value != before.facts[ticker].readings[name].value
        }
        for ticker, fact in after.facts.items()
    }
    return {ticker: names for ticker, names in found.items() if names}


class Cell(NamedTuple):
    """A cell of a table, in the only row that has the values of ``which``."""

    table: str
    which: dict[str, str]
    column: str


def of_quarter(symbol: str, end: str, item: str) -> Cell:
    """A quarterly figure."""
    which = {"symbol": symbol, "freq": "quarterly", "period_end": end, "item": item}
    return Cell("statements", which, "value")


def of_session(symbol: str, day: str, column: str) -> Cell:
    """A price."""
    return Cell("prices", {"symbol": symbol, "date": day}, column)


class TestRawValues:
    @pytest.mark.parametrize(
        ("cell", "expected"),
        [
            (
                of_quarter("NVDA", "2026-01-25", "TotalRevenue"),
                {"NVDA": {"rev_yoy_q"}},
            ),
            # Of revenue by the quarter only q0 and q4 are used; this is q3.
            (of_quarter("NVDA", "2025-04-27", "TotalRevenue"), {}),
            (
                of_quarter("MSFT", "2025-12-31", "OperatingCashFlow"),
                {"MSFT": {"accruals_at", "fcf_mcap"}},
            ),
            (
                of_quarter("AVGO", "2026-02-01", "TotalDebt"),
                {"AVGO": {"ebit_ic", "netdebt_at", "ebit_ev"}},
            ),
            # The line in Taipei reads the statements of its sister.
            (
                of_quarter("TSM", "2026-03-31", "OperatingIncome"),
                {t: {"ebit_ic", "ebit_ev"} for t in ("TSM", "2330.TW")},
            ),
            # A month ago, where momentum leaves off.
            (
                of_session("AMD", "2026-04-16", "adj_close"),
                {"AMD": {"mom_12_1", "mom_6_1", "vol_252"}},
            ),
            (
                of_session("AMD", "2026-05-15", "close"),
                {"AMD": {"ebit_ev", "fcf_mcap"}},
            ),
            (
                Cell("lines", {"symbol": "AMD"}, "shares_outstanding"),
                {"AMD": {"ebit_ev", "fcf_mcap"}},
            ),
        ],
        ids=[
            "newest revenue",
            "older revenue",
            "cash flow",
            "debt",
            "a sister",
            "adjusted close",
            "close",
            "shares",
        ],
    )
    def test_one_cell_changes_the_factors_that_use_it_and_no_others(
        self,
        folder: Path,
        taxonomy: Taxonomy,
        before: Screen,
        cell: Cell,
        expected: Changes,
    ) -> None:
        change(folder, cell, by=1.02)

        after = screen(folder, taxonomy)

        assert changes(before, after) == expected


class TestRanks:
    REVENUE: Final = of_quarter("ORCL", "2026-02-28", "TotalRevenue")

    def test_a_line_that_overtakes_others_moves_each_of_them_by_one_place_there(
        self, folder: Path, taxonomy: Taxonomy, before: Screen
    ) -> None:
        change(folder, self.REVENUE, by=1.5)

        after = screen(folder, taxonomy)

        old, new = ranks(before, "rev_yoy_q"), ranks(after, "rev_yoy_q")
        overtaken = {t for t in old if old["ORCL"] < old[t] <= new["ORCL"]}
        assert len(overtaken) > 5
        assert new == {
            **{ticker: rank - (ticker in overtaken) for ticker, rank in old.items()},
            "ORCL": old["ORCL"] + len(overtaken),
        }
        moved = {
            name
            for name in after.scores.standardisation.factors
            if ranks(after, name) != ranks(before, name)
        }
        assert moved == {"rev_yoy_q"}

    def test_a_cell_that_changes_no_order_changes_no_score(
        self, folder: Path, taxonomy: Taxonomy, before: Screen
    ) -> None:
        change(folder, self.REVENUE, by=1.000001)

        after = screen(folder, taxonomy)

        assert changes(before, after) == {"ORCL": {"rev_yoy_q"}}
        assert standing(after) == standing(before)
        assert after.scores.baskets == before.scores.baskets


def ranks(found: Screen, name: str) -> dict[str, float]:
    """The average rank of each ranked line that has a factor."""
    return {
        line.ticker: rank
        for line in found.scores.lines
        if (rank := line.factors[name].rank) is not None
    }


def standing(found: Screen) -> list[tuple[str, float, float]]:
    """Where each line stands, and by which numbers."""
    return [(o.ticker, o.score, o.composite_z) for o in found.scores.lines]


class TestPointInTime:
    def test_what_is_dated_after_the_as_of_date_changes_nothing(
        self, folder: Path, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        document = printed(folder, capsysbinary)
        add_later_rows(folder)

        later = printed(folder, capsysbinary)

        first, second = json.loads(document)["run"], json.loads(later)["run"]
        for name in ("id", "data_hash"):
            assert first[name] != second[name]
            later = later.replace(second[name].encode(), first[name].encode())
        assert later == document

    def test_a_week_later_it_changes_what_depends_on_it(
        self, folder: Path, taxonomy: Taxonomy
    ) -> None:
        week_later = date(2026, 5, 22)
        without = screen(folder, taxonomy, week_later)
        add_later_rows(folder)

        found = changes(without, screen(folder, taxonomy, week_later))

        assert found["TSM"] == {"ebit_ev", "fcf_mcap"}
        assert found["NVDA"] >= {"mom_6_1", "vol_252", "rev_yoy_q", "ebit_ev", "ey_fwd"}
        assert found.keys() <= {"NVDA", "TSM", "2330.TW"}


def add_later_rows(folder: Path) -> None:
    """Add a session, a rate, statements and a forward figure of the week after."""
    statement = {
        "symbol": "NVDA",
        "freq": "quarterly",
        "item": "TotalRevenue",
        "filed": "2026-05-20",
    }
    later = {
        "prices": [{"symbol": "NVDA", "date": "2026-05-18", "adj_close": "99"}],
        "fx": [{"currency": "TWD", "date": "2026-05-18", "usd_per_unit": "0.05"}],
        "statements": [
            {**statement, "period_end": end, "value": "2", "currency": currency}
            for end, currency in (
                ("2026-01-25", "USD"),
                ("2026-04-26", "USD"),
                ("2026-04-27", "EUR"),
            )
        ],
        "forward": [{"symbol": "NVDA", "date": "2026-05-18", "forward_pe": "10"}],
    }
    for table, added in later.items():
        rows = read(folder, table)
        empty = dict.fromkeys(rows[0], "")
        write(folder, table, rows + [{**empty, **row} for row in added])


def printed(folder: Path, captured: pytest.CaptureFixture[bytes]) -> bytes:
    """What ``triad screen`` prints for a folder."""
    source = ("--source", f"folder:{folder}")
    code = run(["screen", *source, "--as-of", AS_OF.isoformat(), "--format", "json"])
    assert code == 0
    return captured.readouterr().out
