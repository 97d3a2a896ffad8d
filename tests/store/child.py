"""A process of its own: ``child.py WHAT PATH [ARGUMENT...]``; says what it has done."""

from __future__ import annotations

import resource
import sys
from math import sin
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from store.figures import cell as a_cell
from store.figures import prices, statements
from triad_screener.errors import TriadError
from triad_screener.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable


def hold(path: Path) -> None:
    """Hold the file until a line comes in."""
    with duckdb.connect(str(path)):
        tell("held")
        sys.stdin.readline()


def save(path: Path, name: str, times: str) -> None:
    """Save two symbols at a time, and say so after each time."""
    store = Store(path, wait=60)
    for number in range(int(times)):
        closes = [float(number + 1)] * 300
        pair = [f"{name}{number}{half}" for half in "ab"]
        store.save(
            [prices(symbol, closes) for symbol in pair]
            + [statements(symbol, a_cell(number)) for symbol in pair]
        )
        tell(str(number))


def fill(path: Path, limit: str) -> None:
    """Save more than fits under a limit on the size of a file, and say what it says."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    closes = [2.0 + sin(number) for number in range(200_000)]
    try:
        Store(path).save([prices("BIG", closes)])
    except TriadError as error:
        tell(f"{error.exit_code} {error.what}")


def vacuum(path: Path) -> None:
    """Compact the file over and over."""
    tell("begun")
    while True:
        Store(path, wait=60).vacuum()


def tell(text: str) -> None:
    """Say something at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


MODES: dict[str, Callable[..., None]] = {
    "hold": hold,
    "save": save,
    "fill": fill,
    "vacuum": vacuum,
}

if __name__ == "__main__":
    MODES[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
