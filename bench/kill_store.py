"""Is anything lost when a refresh is killed, or when many run at once?

``python bench/kill_store.py [KILLS] [SEED]``, with the network and the settings of
the environment, and the real program. First refreshes, and screens of another recipe
each time, are killed at random moments, again and again; after each kill the store must
open and hold no fewer sessions, dividends and splits, statement figures, quotes, rates,
runs, events of the watchlist and log entries than were last seen in it.
Then eight refreshes and as many screens run at once, and must take nothing away either.
Prints the seed and the counts.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from triad_screener.settings import STORE_NAME
from triad_screener.store import Store

KILLS: Final = 200
SEED: Final = 20261124
AT_ONCE: Final = 8
#: Seconds within which a process is killed, once it has begun to write; at its pace a
#: whole refresh takes 22 or more. However slow the machine is, kills fall on writing.
SHORTEST, LONGEST = 0.0, 6.0
#: Seconds that it is waited for, and how often it is looked at.
WAIT, LOOK = 60.0, 0.02
#: Every so many kills the store is taken away, so that first fills are killed, too.
ANEW: Final = 20
#: Exit codes of a refresh or a screen that did what it could.
FINE: Final = (0, 75)
TRIAD: Final = [sys.executable, "-m", "triad_screener"]
KEPT: Final = (
    *("prices", "replaced_prices", "actions", "statements", "quotes", "rates"),
    *("runs", "run_lines", "watch_events", "watch_checks", "fetches"),
)
#: One command in so many is a screen; the others are refreshes.
SCREENS: Final = 4


def command(number: int) -> list[str]:
    """Return what is killed: a full refresh, or a screen that makes a run of its own.

    A full refresh writes as long as it runs, whatever is kept already.
    """
    if number % SCREENS:
        return ["refresh", "--full"]
    return ["screen", "--set", f"basket.min_score={number % 100}", "--format", "csv"]


def begin(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the program with its store in ``folder``."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [*TRIAD, *arguments],
        env=os.environ | {"TRIAD_DATA_FOLDER": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def counts(folder: Path) -> dict[str, int]:
    """Return the rows of each table; a store that does not open raises."""
    found = Store(folder / STORE_NAME).info().counts
    return {table: found[table] for table in KEPT}


def shrunk(before: dict[str, int], after: dict[str, int]) -> list[str]:
    """Return the tables that have fewer rows than before."""
    return [table for table in KEPT if after[table] < before[table]]


def await_writing(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait until a process has written to the store, or has ended."""
    before, deadline = written(folder), time.monotonic() + WAIT
    while (
        process.poll() is None
        and written(folder) == before
        and time.monotonic() < deadline
    ):
        time.sleep(LOOK)


def written(folder: Path) -> list[tuple[str, int, int]]:
    """Return what can be seen of the store's files from outside."""
    with suppress(FileNotFoundError):  # its log comes and goes
        found = [(file.name, file.stat()) for file in folder.glob(f"{STORE_NAME}*")]
        return [(name, stat.st_mtime_ns, stat.st_size) for name, stat in found]
    return []


def kill_again_and_again(folder: Path, kills: int, dice: random.Random) -> int:
    """Kill the program at random moments; return how often something was lost."""
    lost = finished = 0
    before = counts(folder)
    for number in range(1, kills + 1):
        process = begin(folder, *command(number))
        try:
            await_writing(process, folder)
            process.communicate(timeout=dice.uniform(SHORTEST, LONGEST))
            finished += 1
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        after = counts(folder)
        if less := shrunk(before, after):
            lost += 1
            print(f"kill {number}: fewer rows in {', '.join(less)}", flush=True)
        before = after
        if number % ANEW == 0:
            print(f"{number} kills, {finished} too late; {after}", flush=True)
            (folder / STORE_NAME).unlink(missing_ok=True)
            before = counts(folder)
    return lost


def all_at_once(folder: Path) -> int:
    """Run refreshes and screens at once; return how many did not do what they could."""
    start, before = time.perf_counter(), counts(folder)
    commands = [["refresh", "--full"], ["screen", "--format", "tickers"]]
    processes = [begin(folder, *commands[n % 2]) for n in range(2 * AT_ONCE)]
    failed = 0
    for process in processes:
        _, said = process.communicate()
        if process.returncode not in FINE:
            failed += 1
            print(process.returncode, said.decode(errors="replace"), flush=True)
    took = time.perf_counter() - start
    codes = sorted(process.returncode for process in processes)
    print(f"{len(processes)} at once: {took:.1f} s, exit codes {codes}")
    print(f"the store holds {counts(folder)}")
    if less := shrunk(before, counts(folder)):
        print(f"fewer rows in {', '.join(less)}", flush=True)
    return failed + len(less)


def main() -> None:
    """Print the seed and the counts; end with 1 if anything was lost."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SEED  # noqa: PLR2004 - its place
    dice = random.Random(seed)  # noqa: S311 - moments that can be had again
    print(f"seed {seed}, {kills} kills", flush=True)
    with tempfile.TemporaryDirectory() as name:
        lost = kill_again_and_again(Path(name), kills, dice)
        failed = all_at_once(Path(name))
    print(f"{lost} kills lost something; {failed} of {2 * AT_ONCE} failed")
    raise SystemExit(bool(lost or failed))


if __name__ == "__main__":
    main()
