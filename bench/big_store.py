"""How large, how quick and how hungry is a store as the universe grows?

``big_store.py`` measures 500 and 5,000 stocks of 3 years; ``--stocks`` and ``--years``
choose others.
Each step runs in a process of its own, so that its peak memory is its own.

``big_store.py --stocks 10000 --to DIR`` makes files to try other commands with: a
taxonomy, a store and folders of tables in CSV and Parquet, all with the same figures
(``--formats store,parquet`` for some of them). It says how to use them.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import made_up
import numpy as np

from triad_screener.model.live import Bars, Fetched, QuoteFacts, Task
from triad_screener.model.market import StatementCell
from triad_screener.model.taxonomy import Taxonomy
from triad_screener.model.vocabulary import PILLARS
from triad_screener.screening.assembling import Request
from triad_screener.store import Store
from triad_screener.workflows import screen as workflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triad_screener.model.live import Content, Kind

SEED = 20260515
SIZES = (500, 5_000)
YEARS = 3
SESSIONS_PER_YEAR = 252
LAST = date(2026, 5, 15)
AT = datetime(2026, 5, 16, 12, tzinfo=UTC)
#: Symbols saved in one transaction, as a refresh of a few seconds would.
GROUP = 250
ITEMS = (
    "TotalRevenue",
    "CostOfRevenue",
    "GrossProfit",
    "OperatingIncome",
    "EBIT",
    "NetIncome",
    "OperatingCashFlow",
    "CapitalExpenditure",
    "TotalAssets",
    "TotalDebt",
    "CashCashEquivalentsAndShortTermInvestments",
    "StockholdersEquity",
    "DilutedAverageShares",
)
STEPS = ("save", "open", "market", "screen", "append", "vacuum")


def ticker(number: int) -> str:
    """Return the ticker of a made-up line."""
    return f"T{number:05d}"


def taxonomy(lines: int) -> Taxonomy:
    """Return a taxonomy of as many lines, spread over the pillars."""
    named = {"en": "Made up", "zh": "虛構"}
    pillar = {"name": named, "colour": "#336699", "summary": "Made up."}
    made_up = {"publisher": "Nobody", "title": "Made up", "date": "2026-01-01"}
    return Taxonomy.model_validate(
        {
            "pillars": dict.fromkeys(PILLARS, pillar),
            "layers": {"layer": {"name": "Layer", "pillar": PILLARS[0]}},
            "constituents": tuple(_constituent(number) for number in range(lines)),
            "sources": {"nobody": {**made_up, "grade": "D"}},
        }
    )


def _constituent(number: int) -> dict[str, object]:
    exposure = {
        "share": (number % 90 + 5) / 100,
        "basis": "estimate",
        "source": "nobody",
        "date": "2026-01-01",
        "rationale": "Made up.",
    }
    identity = {
        "exchange": "XNAS",
        "price_currency": "USD",
        "statement_currency": "USD",
    }
    return {
        "ticker": ticker(number),
        "name": f"Company {number}",
        "issuer": f"issuer_{number}",
        "role": "extension",
        "layers": ("layer",),
        "identity": identity,
        "exposures": {PILLARS[number % len(PILLARS)]: exposure},
    }


def figures(number: int, years: int) -> list[Fetched]:
    """Return prices, statements and a quote of one line, the same each time."""
    dice = np.random.default_rng(SEED + number)
    contents: dict[Kind, Content] = {
        "prices": _bars(dice, years),
        "statements": tuple(_cells(dice, years)),
        "quotes": QuoteFacts(
            f"Company {number}", "equity", "USD", "USD", 100.0, 1e11, 1e9, 20.0, 5.0
        ),
    }
    return [
        Fetched(Task(kind, ticker(number)), AT, 0.1, content)
        for kind, content in contents.items()
    ]


def _bars(dice: np.random.Generator, years: int) -> Bars:
    count = years * SESSIONS_PER_YEAR
    sessions = np.busday_offset(np.datetime64(LAST), np.arange(1 - count, 1))
    closes = 100 * np.exp(dice.normal(0, 0.02, count).cumsum())
    paid = tuple((day.item(), 0.25) for day in sessions[63::63])
    volumes = dice.integers(1_000_000, 9_000_000, count).astype(np.float64)
    return Bars(sessions, closes.round(4), volumes, paid, (), "USD", "USD")


def _cells(dice: np.random.Generator, years: int) -> Iterator[StatementCell]:
    for back in range(4 * years):
        months = LAST.year * 12 + 3 - 3 * back
        end = date(months // 12, months % 12 + 1, 1) - timedelta(days=1)
        for item in ITEMS:
            value = float(dice.integers(1, 10**10))
            yield StatementCell("quarterly", item, end, value, "USD", None, "", "")
            if end.month == 12:  # noqa: PLR2004 - December
                yield StatementCell("annual", item, end, 4 * value, "USD", None, "", "")


def save(path: Path, lines: int, years: int) -> None:
    """Fill a store, in groups."""
    store = Store(path)
    for start in range(0, lines, GROUP):
        numbers = range(start, min(start + GROUP, lines))
        store.save([one for number in numbers for one in figures(number, years)])


def append(path: Path, lines: int, years: int) -> None:
    """Save one more session of every line, in groups."""
    del years
    day = np.array([LAST + timedelta(days=3)], "datetime64[D]")
    bars = Bars(day, np.array([100.0]), np.array([1e6]), (), (), "USD", "USD")
    store = Store(path)
    for start in range(0, lines, GROUP):
        names = map(ticker, range(start, min(start + GROUP, lines)))
        tasks = [Task("prices", name, day[0].item()) for name in names]
        store.save([Fetched(task, AT, 0.1, bars) for task in tasks])


def step(name: str, path: Path, lines: int, years: int) -> None:
    """Carry out one step on the store at ``path`` and print the seconds it took."""
    known = taxonomy(lines) if name in ("market", "screen") else Taxonomy()
    store, begun = Store(path), time.perf_counter()
    if name in ("save", "append"):
        {"save": save, "append": append}[name](path, lines, years)
    elif name == "open":
        store.last_fetches()
    elif name == "market":
        store.fetch(known.constituents)
    elif name == "screen":
        request = Request(recipe=known.recipes["default"])
        workflow.screen(known, request, source=store)
    else:
        store.vacuum()
    print(time.perf_counter() - begun)


def measured(name: str, path: Path, lines: int, years: int) -> tuple[float, float]:
    """Return the seconds and the peak memory in MiB of a step, in its own process."""
    asked = ["--step", name, str(path), "--stocks", str(lines), "--years", str(years)]
    command = [sys.executable, __file__, *asked]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
    answer = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{name} ended with status {process.returncode}"
        raise SystemExit(message)
    unit = 1 if sys.platform == "darwin" else 1024
    return float(answer), usage.ru_maxrss * unit / 2**20


def report(lines: int, years: int) -> dict[str, float]:
    """Print every step for one size; return its seconds."""
    print(f"\n{lines:,} lines, {years} years")
    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.duckdb"
        for name in STEPS:
            seconds[name], peak = measured(name, path, lines, years)
            size = path.stat().st_size / 2**20
            print(
                f"  {name:8} {seconds[name]:7.2f} s  {peak:6.0f} MiB peak  "
                f"{size:6.1f} MiB on disk"
            )
    return seconds


def measure(sizes: list[int], years: int) -> None:
    """Print every figure, and how it grows from the first size to the last."""
    found = [report(lines, years) for lines in sizes]
    if len(found) > 1:
        print(f"\n{sizes[-1] // sizes[0]} times the lines take")
        for name in STEPS:
            power = math.log(found[-1][name] / found[0][name], sizes[-1] / sizes[0])
            times = found[-1][name] / found[0][name]
            print(f"  {name:8} {times:5.1f} times as long, power {power:.2f}")


def make(folder: Path, stocks: int, years: int, formats: list[str]) -> None:
    """Make the files and say how to use them."""
    begun = time.perf_counter()
    made_up.make(folder, stocks, years, formats)
    print(f"{stocks:,} stocks, {years} years: {time.perf_counter() - begun:.1f} s")
    print(f"TRIAD_CONFIG={folder / made_up.TAXONOMY_NAME}")
    if "store" in formats:
        print(f"TRIAD_DATA_FOLDER={folder}  # triad screen --source store")
    for kind in {"csv", "parquet"} & {*formats}:
        print(f"triad screen --source folder:{folder / kind}")


def arguments() -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stocks", type=int, action="append")
    parser.add_argument("--years", type=int, default=YEARS)
    parser.add_argument("--to", type=Path)
    parser.add_argument("--formats", default=",".join(made_up.FORMATS))
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Measure, make, or carry out one step in a process of its own."""
    asked = arguments()
    sizes = asked.stocks or list(SIZES)
    if asked.step:
        name, path = asked.step
        step(name, Path(path), sizes[0], asked.years)
    elif asked.to:
        make(asked.to, sizes[0], asked.years, asked.formats.split(","))
    else:
        measure(sizes, asked.years)


if __name__ == "__main__":
    main()
