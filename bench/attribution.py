"""How long does it take to explain what moved between two runs, and how does it grow?

The runs are made up: every price moves, a third of the lines have new statements, a
tenth report in another currency, a twentieth of the figures is missing, and some
issuers have two lines. The same seed gives the same runs. Times are CPU seconds of
this process.

Usage: python bench/attribution.py [LINES ...]
"""

from __future__ import annotations

import math
import random
import sys
import time
from dataclasses import replace
from datetime import date
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from triad_screener.factors import FACTORS
from triad_screener.model.quantity import Figure
from triad_screener.model.recipe import Recipe
from triad_screener.model.screen import ExposureFact, LineFacts, Reading, Run, Screen
from triad_screener.model.vocabulary import PILLARS
from triad_screener.screening import measuring, scoring
from triad_screener.screening.changes import compare

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Pair = tuple[Screen, Screen]

SEED = 20260515
SIZES = (125, 250, 500, 1_000, 2_000)
#: Up to here every mixture is scored anew as well, as the tests do it.
LARGEST_ANEW = 250
DAYS = (date(2026, 4, 15), date(2026, 5, 15))
RATES = {"USD": (1.0, 1.0), "TWD": (0.031, 0.033)}
#: Shares of lines with new statements, of foreign ones, of missing figures.
NEWS, FOREIGN, MISSING = 1 / 3, 0.1, 0.05


def line(number: int, dice: random.Random) -> LineFacts:
    """Return a made-up line as it was on the first day."""
    currency = "TWD" if dice.random() < FOREIGN else "USD"
    value = dice.lognormvariate(24, 1)
    shares = [dice.random() / 3 for _ in PILLARS]
    return LineFacts(
        ticker=f"T{number:05d}",
        name=f"Line {number}",
        # One line in twenty is a second one of its issuer.
        issuer=f"I{number - (number % 20 == 1):05d}",
        role="core",
        cornerstone=False,
        layers=(),
        price_currency="USD",
        statement_currency=currency,
        ordinary_per_receipt=1.0,
        exposures={
            pillar: ExposureFact(share, "estimate", DAYS[0], "s", "S", "made up")
            for pillar, share in zip(PILLARS, shares, strict=True)
        },
        half_yearly=False,
        close=figure("close", dice.uniform(20, 200), DAYS[0]),
        market_cap_usd=value,
        enterprise_value_usd=value * dice.uniform(0.8, 1.5),
        average_daily_value_usd=dice.lognormvariate(18, 1),
        newest_quarter=None,
        newest_year=None,
        statement_age_days=60,
        fx=None if currency == "USD" else figure("rate", RATES[currency][0], DAYS[0]),
        is_fresh=True,
        flags=(),
        trend=(),
        readings={name: reading(dice) for name in FACTORS},
        valuation=(),
    )


def figure(name: str, value: float, day: date) -> Figure:
    """Return a figure of a day."""
    return Figure(name, value, "USD", day, day, "made up")


def reading(dice: random.Random) -> Reading:
    """Return a raw value, or none."""
    return Reading(None if dice.random() < MISSING else dice.gauss(0.1, 1))


def later(fact: LineFacts, dice: random.Random) -> LineFacts:
    """Return the same line a month later."""
    step, has_news = math.exp(dice.gauss(0, 0.08)), dice.random() < NEWS
    close, claims = fact.close, 0.0
    value, worth = fact.market_cap_usd or 0.0, fact.enterprise_value_usd or 0.0
    claims = worth - value
    old, new = RATES[fact.statement_currency]
    return replace(
        fact,
        close=figure("close", (close.value if close else 1.0) * step, DAYS[1]),
        market_cap_usd=value * step,
        enterprise_value_usd=value * step + claims * new / old,
        fx=None if fact.fx is None else figure("rate", new, DAYS[1]),
        readings=moved(fact.readings, dice, has_news=has_news),
    )


def moved(
    readings: Mapping[str, Reading], dice: random.Random, *, has_news: bool
) -> dict[str, Reading]:
    """Return raw values of which each moves if what moves it did."""
    return {
        name: reading(dice)
        if has_news and dice.random() < MISSING
        else Reading(one.value + dice.gauss(0, 0.3))
        if one.value is not None and (has_news or FACTORS[name].mover == "price")
        else one
        for name, one in readings.items()
    }


def screen(facts: list[LineFacts], day: date) -> Screen:
    """Return the lines as a screen of a day."""
    recipe = Recipe()
    run = Run(
        day.isoformat(), day, "made up", "", "default", "default", (), "c", "d", "0"
    )
    return Screen(
        run=run,
        tickers=tuple(fact.ticker for fact in facts),
        exposure_floor=recipe.exposure_floor,
        recipe=recipe.model_dump_json(),
        pillars={},
        layer_names={},
        scores=scoring.score(measuring.cross_section(facts), recipe),
        facts={fact.ticker: fact for fact in facts},
        not_listed=(),
        absent=(),
        watchlist=(),
        turnover=None,
        effective_number=None,
        gaps=(),
        warnings=(),
    )


def pair(lines: int) -> Pair:
    """Return two runs of so many lines, a month apart."""
    dice = random.Random(SEED)  # noqa: S311 - a repeatable input
    early = [line(number, dice) for number in range(lines)]
    late = [later(fact, dice) for fact in early]
    return screen(early, DAYS[0]), screen(late, DAYS[1])


def seconds(work: Callable[[Screen, Screen], object], runs: Pair) -> float:
    """Return the CPU seconds that it takes to explain a pair of runs."""
    start = time.process_time()
    work(*runs)
    return time.process_time() - start


def main() -> None:
    """Print CPU seconds for each number of lines, and the power of their growth."""
    sys.path.append(str(Path(__file__).parents[1] / "tests"))
    anew = import_module("rescoring").compare
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    took = []
    for lines in sizes:
        runs = pair(lines)
        took.append(seconds(compare, runs))
        told = f"{lines:6,} lines  {took[-1]:7.2f} s CPU"
        if lines <= LARGEST_ANEW:
            slow = seconds(anew, runs)
            told += f", scored anew {slow:7.2f} s, {slow / took[-1]:.0f} times as long"
        print(told, flush=True)
    for (small, short), (large, long) in pairwise(zip(sizes, took, strict=True)):
        power = math.log(long / short) / math.log(large / small)
        print(f"from {small:,} to {large:,} lines: power {power:.2f}")


if __name__ == "__main__":
    main()
