"""Random cross-sections, recipes and incumbents for the scoring oracle.

Each seed gives one case, always the same, with the awkward shapes that the scoring
specification provides for: ties, gaps, shared issuers, empty pillars, tiny lists.
"""

from __future__ import annotations

import random
from typing import Any

PILLARS = ["compute", "data", "algorithms"]
GROUPS = ["momentum", "growth", "quality", "value", "risk", "thesis"]
FACTORS = [
    "mom_12_1",
    "mom_6_1",
    "rev_yoy_q",
    "rev_cagr_3y",
    "dgp_at",
    "gp_at",
    "ebit_ic",
    "accruals_at",
    "netdebt_at",
    "ebit_ev",
    "fcf_mcap",
    "ey_fwd",
    "vol_252",
    "maxdd_252",
]

Row = dict[str, str]


def generate(seed: int) -> tuple[list[Row], dict[str, Any], list[str]]:
    """One random case of sections 1, 3 and 11: rows, recipe, incumbents."""
    rng = random.Random(seed)  # noqa: S311 - a repeatable case
    recipe = _recipe(rng)
    rows = _rows(rng, _size(rng))
    tickers = [row["ticker"] for row in rows]
    incumbents: list[str] = []
    if rng.random() < 0.6:
        share = rng.choice([0.1, 0.3, 0.6])
        incumbents = [ticker for ticker in tickers if rng.random() < share]
        if rng.random() < 0.2:
            incumbents.append("GONE")
        rng.shuffle(incumbents)
    return rows, recipe, incumbents


def _size(rng: random.Random) -> int:
    """The number of rows: often very few."""
    if rng.random() < 0.4:
        return rng.choice([0, 1, 2, 3, 7, 8, 9])
    return rng.randint(0, 60)


def _parts(rng: random.Random, count: int, total: int) -> list[int]:
    """Non-negative whole numbers that add up to the total."""
    cuts = sorted(rng.randint(0, total) for _ in range(count - 1))
    edges = [0, *cuts, total]
    return [edges[i + 1] - edges[i] for i in range(count)]


def _recipe(rng: random.Random) -> dict[str, Any]:
    """A recipe in the shape of section 11, near the default or far from it."""
    weights = dict(zip(GROUPS, [0.20, 0.20, 0.20, 0.10, 0.10, 0.20], strict=True))
    kind = rng.random()
    if kind < 0.15:
        weights = dict.fromkeys(GROUPS, 1 / 6)
    elif kind < 0.40:
        weights = {group: rng.choice([0.0, 0.1, 0.2, 0.35, 1.0]) for group in GROUPS}
    elif kind < 0.48:
        weights = dict.fromkeys(GROUPS, 0.0)
    if sum(weights.values()) == 0:
        weights[rng.choice(GROUPS)] = rng.choice([0.3, 1.0])

    budgets = [0.50, 0.20, 0.30]
    if rng.random() < 0.4:
        budgets = [part / 100 for part in _parts(rng, 3, 100)]
    elif rng.random() < 0.1:
        budgets = rng.choice([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.4, 0.0, 0.6]])

    by = "pillar" if rng.random() < 0.7 else "none"
    cap = rng.choice([0.05, 0.10, 0.15, 0.15, 0.20, 0.25, 0.33, 0.5, 1.0])
    if rng.random() < 0.2:
        cap = round(rng.uniform(0.05, 1.0), 3)
    buffer = rng.choice([0.0, 0.1, 0.2, 0.2, 0.3, 0.4, 0.5])
    if rng.random() < 0.2:
        buffer = round(rng.uniform(0.0, 0.5), 2)
    return {
        "group_weights": weights,
        "pillar_budgets": dict(zip(PILLARS, budgets, strict=True)),
        "active_factor": {
            "minimum_lines": rng.choice([8, 8, 8, 8, 1, 2, 3, 5, 12]),
            "minimum_share": rng.choice([0.5, 0.5, 0.5, 0.1, 0.3, 0.7, 1.0]),
        },
        "coverage_floor": rng.choice([0.6, 0.6, 0.6, 0.0, 0.3, 0.5, 0.8, 1.0]),
        "clip": rng.choice([3.0, 3.0, 3.0, 1.0, 1.5, 2.0, 5.0]),
        "neutralise": {
            "by": by,
            "minimum_group": rng.choice([4, 4, 4, 1, 2, 6]),
            "shrinkage": rng.choice([5.0, 5.0, 5.0, 0.0, 1.0, 20.0]),
        },
        "exposure_floor": rng.choice([0.25, 0.25, 0.25, 0.05, 0.1, 0.3, 0.5, 0.0]),
        "basket": {
            "size": rng.choice([5, 5, 3, 1, 2, 4, 7, 10, 20]),
            "buffer": buffer,
            "issuer_cap": cap,
            "min_score": rng.choice([40, 40, 40, 0, 7.5, 33.3, 50, 60, 75, 99.5, 100]),
        },
        "freshness_days": rng.choice(
            [
                {"fresh": 135, "expired": 270},
                {"fresh": 135, "expired": 270},
                {"fresh": 200, "expired": 335},
                {"fresh": 90, "expired": 120},
            ]
        ),
        "risk_free_rate": {"value": 0.04, "date": "2025-02-14"},
    }


def _ticker(rng: random.Random, taken: set[str]) -> str:
    """A new ticker, in no alphabetical order."""
    while True:
        if rng.random() < 0.15:
            name = f"{rng.randint(1, 9999):04d}.HK"
        else:
            letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
            name = "".join(rng.choice(letters) for _ in range(4))
        if name not in taken and name not in ("GONE", "NULL", "NONE", "TRUE"):
            taken.add(name)
            return name


def _exposures(rng: random.Random, empty: str | None) -> dict[str, str]:
    """Exposures to the pillars, together at most one, sometimes none at all."""
    cents = [0, 0, 0]
    kind = rng.random()
    if kind < 0.40:
        cents[rng.randrange(3)] = rng.choice([25, 30, 45, 50, 60, 80, 95, 100])
    elif kind < 0.70:
        cents = _parts(rng, 4, 100)[:3]
    elif kind < 0.85:
        cents = [5 * part for part in _parts(rng, 4, 20)[:3]]
    elif kind < 0.93:
        first, second = rng.sample(range(3), 2)
        cents[first] = cents[second] = rng.choice([10, 25, 40, 50])
    result: dict[str, str] = {}
    for pillar, value in zip(PILLARS, cents, strict=True):
        result["exposure_" + pillar] = "0.0" if pillar == empty else str(value / 100)
    return result


def _value(rng: random.Random, digits: int) -> str:
    """A factor value: mostly tame, at times far out, rounded so that ties occur."""
    value = rng.gauss(0.1, 0.4)
    if rng.random() < 0.05:
        value *= rng.choice([10, -30])
    return str(round(value, digits) + 0.0)


def _rows(rng: random.Random, count: int) -> list[Row]:
    """The rows of a cross-section."""
    gaps = rng.choice([0.05, 0.05, 0.1, 0.2, 0.3, 0.5])
    digits = {factor: rng.choice([1, 2, 2, 4]) for factor in FACTORS}
    constant: dict[str, str] = {}
    sparse: set[str] = set()
    for factor in FACTORS:
        if rng.random() < 0.06:
            constant[factor] = _value(rng, 2)
        if rng.random() < 0.08:
            sparse.add(factor)
    if rng.random() < 0.03:
        constant = dict.fromkeys(FACTORS, "0.1")
    empty = rng.choice(PILLARS) if rng.random() < 0.2 else None

    taken: set[str] = set()
    rows: list[Row] = []
    for index in range(count):
        row: Row = {"ticker": _ticker(rng, taken), "issuer": f"ISSUER{index:02d}"}
        row.update(_exposures(rng, empty))
        missing = gaps
        if rng.random() < 0.06:
            missing = rng.choice([0.8, 0.95, 1.0])
        for factor in FACTORS:
            row[factor] = constant.get(factor, _value(rng, digits[factor]))
            if rng.random() < (0.9 if factor in sparse else missing):
                row[factor] = ""
        row["market_cap_usd"] = str(round(10 ** rng.uniform(9, 12.6), -8))
        if rng.random() < 0.1:
            row["market_cap_usd"] = ""
        row["average_daily_value_usd"] = str(round(10 ** rng.uniform(6, 10.3), -5))
        if rng.random() < 0.1:
            row["average_daily_value_usd"] = ""
        row["statement_age_days"] = str(rng.randint(20, 340))
        if rng.random() < 0.5:
            row["statement_age_days"] = rng.choice(["45", "60", "135", "162", "189"])
        if rng.random() < 0.07:
            row["statement_age_days"] = ""
        if rows and rng.random() < 0.12:
            _make_twin(rng, row, rng.choice(rows), constant)
        if rows and rng.random() < 0.08:
            _share_issuer(rng, row, rng.choice(rows))
        rows.append(row)
    rng.shuffle(rows)
    return rows


def _make_twin(
    rng: random.Random, row: Row, model: Row, constant: dict[str, str]
) -> None:
    """Copy another row's factors, so that composites tie and tie rules decide."""
    for factor in FACTORS:
        row[factor] = model[factor]
    if rng.random() < 0.7:
        for pillar in PILLARS:
            row["exposure_" + pillar] = model["exposure_" + pillar]
    if rng.random() < 0.5:
        row["market_cap_usd"] = model["market_cap_usd"]
    if constant and rng.random() < 0.5:
        row[rng.choice(sorted(constant))] = ""


def _share_issuer(rng: random.Random, row: Row, model: Row) -> None:
    """Make a row a second line of another's issuer; volumes may tie or miss."""
    row["issuer"] = model["issuer"]
    kind = rng.random()
    if kind < 0.3:
        row["average_daily_value_usd"] = model["average_daily_value_usd"]
    elif kind < 0.45:
        row["average_daily_value_usd"] = ""
    elif kind < 0.6:
        row["average_daily_value_usd"] = model["average_daily_value_usd"] = ""
    elif kind < 0.7:
        row["average_daily_value_usd"] = "0.0"
        model["average_daily_value_usd"] = ""
