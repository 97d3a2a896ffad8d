"""Made-up histories, as long and as wide as one likes: a taxonomy and a folder.

Prices are random walks, statements grow at random; every factor has a value. The same
seed gives the same history.
"""

from __future__ import annotations

import csv
import json
import random
from datetime import date, timedelta
from functools import cache
from math import exp
from typing import TYPE_CHECKING, Final

from triad_screener.shipped import shipped
from triad_screener.sources.bundled import connect
from triad_screener.taxonomies import loading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Row = tuple[object, ...]

SEED: Final = 20260515
LAST: Final = date(2026, 5, 15)
#: Years of statements before the first month that is ranked.
_BEFORE: Final = 5
_SATURDAY, _DECEMBER = 5, 12


def write(folder: Path, lines: int, months: int) -> tuple[Path, Path]:
    """Write a history of so many lines over so many months; return its two paths."""
    dice = random.Random(SEED)  # noqa: S311 - a repeatable input
    names = [f"T{number:04d}" for number in range(lines)]
    config, figures = folder / f"{lines}x{months}.json", folder / f"{lines}x{months}"
    figures.mkdir()
    config.write_text(json.dumps(_taxonomy(names)), "utf-8")
    first = LAST - timedelta(days=round(months * 30.44) + 31)
    _table(
        figures / "lines.csv",
        ("symbol", "shares_outstanding", "shares_as_of"),
        ((name, dice.randint(10**8, 10**10), first) for name in names),
    )
    _table(
        figures / "prices.csv",
        ("symbol", "date", "adj_close", "close", "volume"),
        (row for name in names for row in _prices(name, first, dice)),
    )
    _table(
        figures / "statements.csv",
        ("symbol", "freq", "period_end", "item", "value", "currency"),
        (row for name in names for row in _statements(name, first, dice)),
    )
    return config, figures


def _taxonomy(names: list[str]) -> dict[str, object]:
    known = loading.load(shipped("config/triad.yaml"))
    content = known.model_dump(mode="json", exclude_none=True, by_alias=True)
    shapes = content["constituents"]
    domestic = [one for one in shapes if not one["identity"].get("foreign_filer")]
    content["constituents"] = [
        {**domestic[at % len(domestic)], "ticker": name, "issuer": name.lower()}
        for at, name in enumerate(names)
    ]
    return {**content, "watchlist": [], "thesis": None}


def _table(path: Path, header: tuple[str, ...], rows: Iterator[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _prices(name: str, first: date, dice: random.Random) -> Iterator[Row]:
    close, day = dice.uniform(20, 200), first
    while day <= LAST:
        if day.weekday() < _SATURDAY:
            close *= exp(dice.gauss(0.0004, 0.02))
            yield name, day, f"{close:.4f}", f"{close:.4f}", dice.randint(10**5, 10**7)
        day += timedelta(days=1)


def _statements(name: str, first: date, dice: random.Random) -> Iterator[Row]:
    items = _items()
    sizes = {item: dice.uniform(1e9, 5e9) for item in items}
    for end in _quarter_ends(first.year - _BEFORE):
        for item in items:
            sizes[item] *= exp(dice.gauss(0.03, 0.03))
            yield name, "quarterly", end, item, f"{sizes[item]:.0f}", "USD"
            if end.month == _DECEMBER:
                yield name, "annual", end, item, f"{4 * sizes[item]:.0f}", "USD"


@cache
def _items() -> list[str]:
    known = loading.load(shipped("config/triad.yaml")).constituents
    cells = connect().fetch(known).tables.cells
    return sorted({cells.words[item] for item in cells.items})


def _quarter_ends(year: int) -> Iterator[date]:
    while year <= LAST.year:
        for month in (3, 6, 9, 12):
            end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
            if end < LAST:
                yield end
        year += 1
