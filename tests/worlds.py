"""A small world on disk: ten made-up lines with prices, revenues and shares.

Friday 15 May 2026 is the newest session. AAA to DDD are compute, EEE to GGG data, HHH
and III algorithms, the last half each; AAB is a second line of the issuer of AAA.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from triad_screener.model.vocabulary import PILLARS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FRIDAY: Final = date(2026, 5, 15)
TICKERS: Final = ("AAA", "AAB", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG", "HHH", "III")
#: In the order of their scores.
RANKED: Final = ("III", "HHH", "EEE", "DDD", "GGG", "FFF", "CCC", "BBB", "AAA")
_SESSIONS: Final = 270
_HOME: Final = {"A": 0, "B": 0, "C": 0, "D": 0, "E": 1, "F": 1, "G": 1, "H": 2, "I": 2}
_ENDS: Final = ("2026-03-31", "2025-12-31", "2025-09-30", "2025-06-30", "2025-03-31")


@dataclass(frozen=True)
class World:
    """Where the taxonomy and the figures are."""

    config: Path
    folder: Path

    @property
    def options(self) -> tuple[str, ...]:
        return ("--config", str(self.config), "--source", f"folder:{self.folder}")


@dataclass(frozen=True)
class Answer:
    """What a run of the program gave."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode("utf-8")

    @property
    def rows(self) -> list[str]:
        return self.out.splitlines()

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


class Triad(Protocol):
    """Runs the program on the arguments given."""

    def __call__(self, *arguments: str) -> Answer:
        """Return what came out."""


def write(path: Path, tickers: Sequence[str] = TICKERS) -> World:
    """Write the world of these lines into ``path``."""
    world = World(path / "triad.yaml", path / "figures")
    world.folder.mkdir(parents=True)
    # A JSON document is a YAML document.
    world.config.write_text(json.dumps(taxonomy(tickers), ensure_ascii=False), "utf-8")
    tables = {
        "lines": ("symbol,shares_outstanding,shares_as_of", _lines(tickers)),
        "prices": ("symbol,date,adj_close,close,volume", _prices(tickers)),
        "statements": (
            "symbol,freq,period_end,item,value,currency,filed",
            _statements(tickers),
        ),
    }
    for name, (header, rows) in tables.items():
        (world.folder / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n")
    return world


def judged(world: World, path: Path) -> World:
    """Return the same world with a thesis: prices and revenues of four of its lines."""
    content = json.loads(world.config.read_text("utf-8"))
    content["thesis"] = {
        "claims": {"compute": {"statement": "Compute leads."}},
        "indicators": {
            "prices": {
                "claim": "compute",
                "name": "Compute over algorithms",
                "measure": "relative_price",
                "lines": ["AAA", "BBB"],
                "against": ["HHH", "III"],
                "confirms": [{"relation": "at_least", "limit": 0}],
                "weakens": [{"relation": "at_most", "limit": -0.1}],
                "falsifier": "Algorithms lead",
            },
            "sales": {
                "claim": "compute",
                "name": "Revenue of AAA",
                "measure": "series_growth",
                "series": ["months"],
                "stand_in": "AAA",
                "confirms": [{"relation": "at_least", "limit": 0.05}],
                "weakens": [{"relation": "at_most", "limit": -0.05}],
                "falsifier": "AAA sells less",
            },
        },
        "series": {
            "months": {
                "definition": "Revenue of a month",
                "unit": "USD",
                "max_age_days": 75,
                "points": [
                    {
                        "end": "2024-01-31",
                        "known": "2024-02-10",
                        "value": 1.0,
                        "source": next(iter(content["sources"])),
                    }
                ],
            }
        },
        "verdict": {"fewest_votes": 1},
    }
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return replace(world, config=path)


def taxonomy(tickers: Sequence[str] = TICKERS) -> dict[str, Any]:
    """The content of a taxonomy of these lines."""
    names = {"compute": "算力", "data": "數據", "algorithms": "演算法"}
    colours = ("#cc7722", "#2f9467", "#5b7fe0")
    return {
        "title": "A small world",
        "pillars": {
            pillar: {
                "name": {"en": pillar.title(), "zh": names[pillar]},
                "colour": colour,
                "summary": "One of three.",
            }
            for pillar, colour in zip(PILLARS, colours, strict=True)
        },
        "layers": {p: {"name": p.title(), "pillar": p} for p in PILLARS},
        "constituents": [_constituent(ticker) for ticker in tickers],
        "benchmarks": [{"ticker": "SPY", "name": "S&P 500"}],
        "watchlist": [
            {
                "id": "startup",
                "name": "Startup",
                "pillar": "data",
                "exposure": 1,
                "basis": "estimate",
                "role": "core",
                "stages": [_cited(stage="private", date="2025-02-17")],
            }
        ],
        "recipes": {"default": {}, "equal": {"group_weights": _equal_weights()}},
        "sources": {
            "hand": {
                "publisher": "The authors",
                "title": "By hand",
                "date": "2026-01-01",
                "grade": "D",
            }
        },
    }


def _equal_weights() -> dict[str, int]:
    groups = ("momentum", "growth", "quality", "value", "risk", "thesis")
    return dict.fromkeys(groups, 1)


def _cited(**entry: str) -> dict[str, str]:
    return {**entry, "source": "hand", "grade": "D"}


def _constituent(ticker: str) -> dict[str, Any]:
    home = _HOME[ticker[0]]
    exposure = {
        "share": 0.9 - 0.05 * _number(ticker),
        "basis": "company_statement",
        "source": "hand",
        "date": "2026-01-01",
        "rationale": "By hand.",
    }
    return {
        "ticker": ticker,
        "name": f"{ticker} Inc",
        "issuer": ticker[0].lower() * 3,
        "role": "core" if ticker in ("AAA", "AAB", "EEE", "HHH") else "extension",
        "layers": [PILLARS[home]],
        "identity": {
            "exchange": "XNAS",
            "price_currency": "USD",
            "statement_currency": "USD",
        },
        "exposures": {PILLARS[home]: exposure},
    }


def _number(ticker: str) -> int:
    return ord(ticker[0]) - ord("A")


def sessions(count: int = _SESSIONS) -> list[date]:
    """Working days up to the newest session, oldest first."""
    found: list[date] = []
    day = FRIDAY
    while len(found) < count:
        if day.weekday() < 5:
            found.append(day)
        day -= timedelta(days=1)
    return found[::-1]


def _lines(tickers: Sequence[str]) -> Iterator[str]:
    for ticker in tickers:
        yield f"{ticker},{1000 * (_number(ticker) + 1)},2026-01-31"


def _prices(tickers: Sequence[str]) -> Iterator[str]:
    days = sessions()
    for ticker in tickers:
        number = _number(ticker)
        for at, day in enumerate(days):
            close = 50 + 5 * number + at * (number - 3) / 20 + at * (number + 3) % 7
            volume = 100 if ticker == "AAB" else 1000
            yield f"{ticker},{day},{close:.2f},{close:.2f},{volume}"


def _statements(tickers: Sequence[str]) -> Iterator[str]:
    for ticker in tickers:
        for back, end in enumerate(_ENDS):
            revenue = 1000 - 10 * back * (_number(ticker) + 1)
            filed = "2026-04-30" if back == 0 else ""
            yield f"{ticker},quarterly,{end},TotalRevenue,{revenue},USD,{filed}"
