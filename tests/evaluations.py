"""Evaluations to look at, made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

from triad_screener.model.evaluation import (
    BasketRecord,
    Control,
    Evaluation,
    Findings,
    Horizon,
    Ranking,
    Signal,
    Spread,
    Strength,
    Track,
)

DAYS: Final = (date(2024, 12, 31), date(2025, 1, 31), date(2025, 2, 28))
BOUGHT: Final = (date(2025, 1, 2), date(2025, 2, 3), date(2025, 3, 3))
COMPOSITE: Final = Strength(
    Signal("composite"),
    21,
    (0.25, -0.05, None),
    lines=39.6,
    independent=44,
    mean=0.1,
    deviation=0.2121,
    ratio=0.4714,
    t=2.345,
    p=0.02,
    low=0.012,
    high=0.188,
    control=Control(-0.06, 0.07, 0.031),
)
NOTHING: Final = Strength(
    Signal("composite"), 126, (None, None, None), lines=0.0, independent=1
)
MONTH: Final = Horizon(
    21,
    COMPOSITE,
    Spread(3, 0.05, 0.02, 1.5),
    needed=42,
    months_needed=18,
    finding="signal",
)
HALF_YEAR: Final = Horizon(
    126,
    NOTHING,
    Spread(5, None, None, None),
    needed=24,
    months_needed=None,
    finding="no verdict",
)


def track(name: str, *returns: float, **fields: Any) -> Track:  # noqa: ANN401 - fields
    """A course of returns; the numbers of a year are made up."""
    given = {"growth": 0.5, "volatility": 0.2, "sharpe": 1.5, "drawdown": 0.1}
    return Track(name, returns, **{**given, **fields})


BASKET: Final = BasketRecord(
    days=BOUGHT,
    tracks=(
        track("basket", 0.1, 0.2),
        track("before costs", 0.11, 0.21),
        track("all ranked lines", 0.0, -0.5, growth=None, sharpe=None),
        track("SPY", 0.01, 0.02),
    ),
    turnover=(0.125,),
    cost=10.0,
    risk_free_rate=0.04,
    random_share=0.934,
    beyond_luck=0.876,
    beyond_lines=0.999,
    unpriced=0,
)


def others() -> tuple[Strength, ...]:
    """Two groups, a pillar and a factor at both horizons."""
    named = (("group", "growth"), ("group", "risk"), ("pillar", "data"))
    return tuple(
        replace(one, signal=Signal(kind, name), horizon=one.horizon, adjusted=adjusted)  # type: ignore[arg-type]
        for one, adjusted in ((COMPOSITE, 0.04), (NOTHING, None))
        for kind, name in (*named, ("factor", "vol_252"))
    )


def evaluation(origin: Any = "reconstructed", **parts: Any) -> Evaluation:  # noqa: ANN401 - fields
    """One with a verdict, or with other parts or other findings."""
    rankings = tuple(
        Ranking(f"run{place}", day, None, bought, 40, {"NVDA": 0.25})
        for place, (day, bought) in enumerate(zip(DAYS, BOUGHT, strict=True))
    )
    findings = {
        "rankings": rankings,
        "horizons": (MONTH, HALF_YEAR),
        "others": others(),
        "decay": {21: 0.1, 126: None},
        "persistence": {1: 0.9},
        "basket": BASKET,
    }
    inside = {name: parts.pop(name) for name in list(parts) if name in findings}
    given = {
        "source": "bundled",
        "description": "bundled snapshot",
        "data_hash": "d" * 64,
        "config_hash": "c" * 64,
        "universe": "default",
        "recipe": "default",
        "as_of": date(2025, 3, 31),
        "benchmark": "SPY",
        "trials": 1,
        "seed": 1,
        "notes": (),
    }
    found = Findings(**{**findings, **inside})
    return Evaluation(origin=origin, findings=found, **{**given, **parts})
