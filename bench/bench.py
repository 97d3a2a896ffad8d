"""How long does it take, as a ratio to bare imports, and how does it grow?

Run it by ``make bench``. Each pair is run in turn, A B A B, and the median of the
ratios is printed, so that a machine that speeds up or slows down in between does not
matter. Peak memory is that of the whole process, by the operating system's account.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import history
import numpy as np

from triad_screener.factors import FACTORS
from triad_screener.model.live import Bars, Fetched, QuoteFacts, Task
from triad_screener.settings import STORE_NAME
from triad_screener.shipped import shipped
from triad_screener.sources.bundled import connect
from triad_screener.store import Store
from triad_screener.taxonomies import loading

if TYPE_CHECKING:
    import resource
    from collections.abc import Iterator

    from triad_screener.model.tables import Tables

ROUNDS = 11
SEED = 20260515
TRIAD = [sys.executable, "-m", "triad_screener"]
PAIRS = [
    ("triad --help", [*TRIAD, "--help"], "import typer, rich.table", 1.9),
    ("triad screen --offline", [*TRIAD, "screen", "--offline"], "import pandas", 1.6),
    (
        "triad explain TSM",
        [*TRIAD, "explain", "TSM", "--offline"],
        "import pandas",
        None,
    ),
]
#: Asked a second time of a store that has the figures of the snapshot.
SECOND = ("triad screen, asked again", [*TRIAD, "screen", "--offline"], "import pandas")
AT = datetime(2026, 5, 16, 12, tzinfo=UTC)
MISSING = 0.1
SIZES = (1_000, 10_000)
#: Lines and monthly cross-sections to look back on.
PANELS = ((30, 38), (60, 38), (60, 75), (120, 75))


def run(command: list[str]) -> tuple[float, float]:
    """Return wall seconds and peak memory in MiB of one run of ``command``."""
    start = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own commands
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    if status:
        message = f"{' '.join(command)} ended with status {status}"
        raise SystemExit(message)
    return took, _mebibytes(usage)


def _mebibytes(usage: resource.struct_rusage) -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_maxrss * unit / 2**20


def compare(command: list[str], code: str) -> tuple[float, float, float]:
    """Return the median ratio of wall times, and both medians in seconds."""
    bare = [sys.executable, "-c", code]
    run(command), run(bare)
    ours, theirs = zip(
        *((run(command)[0], run(bare)[0]) for _ in range(ROUNDS)), strict=True
    )
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return (
        statistics.median(ratios),
        statistics.median(ours),
        statistics.median(theirs),
    )


def cross_section(lines: int) -> str:
    """Return a random cross-section of ``lines`` lines as CSV, a tenth missing."""
    dice = random.Random(SEED)  # noqa: S311 - a repeatable input
    ids = [name for name in FACTORS if name != "thesis"]
    rows = [
        "ticker,issuer,exposure_compute,exposure_data,exposure_algorithms,"
        + ",".join(ids)
        + ",market_cap_usd,average_daily_value_usd,statement_age_days"
    ]
    for number in range(lines):
        shares = [f"{dice.random() / 3:.3f}" for _ in range(3)]
        raw = [
            "" if dice.random() < MISSING else f"{dice.gauss(0, 1):.6f}" for _ in ids
        ]
        size = [
            f"{dice.lognormvariate(24, 1):.0f}",
            f"{dice.lognormvariate(18, 1):.0f}",
        ]
        name = f"T{number:05d}"
        row = [name, f"I{number:05d}", *shares, *raw, *size, str(dice.randint(20, 200))]
        rows.append(",".join(row))
    return "\n".join(rows) + "\n"


def grow(folder: Path) -> None:
    """Print time and memory of ``triad score`` as the file grows."""
    print("\ntriad score FILE --format json")
    medians = []
    for lines in SIZES:
        path = folder / f"{lines}.csv"
        path.write_text(cross_section(lines), "utf-8")
        command = [*TRIAD, "score", str(path), "--format", "json"]
        run(command)
        times, peaks = zip(*(run(command) for _ in range(3)), strict=True)
        medians.append(statistics.median(times))
        print(f"  {lines:6,} lines  {medians[-1]:6.2f} s  {max(peaks):6.0f} MiB peak")
    factor = SIZES[-1] // SIZES[0]
    print(
        f"  {factor} times the lines take {medians[-1] / medians[0]:.1f} times as long"
    )


def keep_snapshot(folder: Path) -> None:
    """Fill a store with the figures of the snapshot, as if they had been fetched."""
    known = loading.load(shipped("config/triad.yaml")).constituents
    market = connect().fetch(known)
    tables = market.tables
    found = [one for stock in range(len(known)) for one in _fetched(tables, stock)]
    found += [
        Fetched(Task("rates", currency), AT, 0.1, rates)
        for currency, rates in tables.fx.items()
    ]
    Store(folder / STORE_NAME).save(found)


def _fetched(tables: Tables, stock: int) -> Iterator[Fetched]:
    ticker, prices = tables.tickers[stock], tables.prices.of(stock)
    if prices:
        days, closes, volumes = prices.sessions, prices.adjusted, prices.volumes
        bars = Bars(days, closes, volumes, (), (), "USD", "USD")
        yield Fetched(Task("prices", ticker), AT, 0.1, bars)
    rows = np.flatnonzero(tables.cells.stocks == stock).tolist()
    yield Fetched(Task("statements", ticker), AT, 0.1, (*map(tables.cells.cell, rows),))
    count = tables.shares.newest().get(stock)
    facts = QuoteFacts(ticker, "equity", "USD", shares=count.value if count else None)
    yield Fetched(Task("quotes", ticker), AT, 0.1, facts)


def ask_again(folder: Path) -> None:
    """Print how long the second answer takes, from a store."""
    os.environ["TRIAD_DATA_FOLDER"] = str(folder)
    keep_snapshot(folder)
    name, command, code = SECOND
    first, _ = run(command)
    ratio, ours, theirs = compare(command, code)
    print(f"{name}: {ratio:.2f} x {code!r} ({ours:.3f} s, {theirs:.3f} s)")
    print(f"  the first time, scored and kept: {first:.3f} s")


def look_back(folder: Path) -> None:
    """Print how long ``triad evaluate --reconstruct`` takes, and how it grows."""
    print("\ntriad evaluate --reconstruct --format json")
    for lines, months in PANELS:
        config, figures = history.write(folder, lines, months)
        took, peak = run(
            [
                *(*TRIAD, "evaluate", "--reconstruct", "--format", "json"),
                *("--config", str(config), "--source", f"folder:{figures}"),
            ]
        )
        print(f"  {lines} lines x {months} months  {took:6.1f} s  {peak:5.0f} MiB peak")


def main() -> None:
    """Print every figure."""
    print(f"Python {sys.version.split()[0]}, {ROUNDS} rounds, median of the ratios\n")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRIAD_DATA_FOLDER"] = folder
        for name, command, code, limit in PAIRS:
            ratio, ours, theirs = compare(command, code)
            bound = f", at most {limit} wanted" if limit else ""
            print(
                f"{name}: {ratio:.2f} x {code!r}{bound} ({ours:.3f} s, {theirs:.3f} s)"
            )
        ask_again(Path(folder))
        grow(Path(folder))
        look_back(Path(folder))


if __name__ == "__main__":
    main()
