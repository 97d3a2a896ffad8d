"""What the pictures of a letter show: ranks over weeks, prices, parts of scores?"""

from __future__ import annotations

from datetime import timedelta
from math import fsum
from typing import TYPE_CHECKING, Final

from triad_screener.model.document import Drawing, Picture, Series
from triad_screener.model.vocabulary import GROUPS
from triad_screener.reporting.contributions import Contributions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from triad_screener.model.screen import BenchmarkFact, LineFacts, Screen

#: Lines drawn in each picture.
RANKED, LEADERS, COURSES = 12, 10, 6
_TOLD: Final = 6
_WEEK: Final = timedelta(weeks=1)


def of_ranks(
    ranks: Sequence[tuple[date, Mapping[str, int]]], screen: Screen
) -> Iterator[Picture]:
    """Yield the ranks of the leaders over the days given; nothing for one day."""
    if len(ranks) <= 1:
        return
    names = screen.scores.tickers[:RANKED]
    first, last = ranks[0], ranks[-1]
    told = [f"{t} {first[1].get(t, 'not ranked')} to {last[1][t]}" for t in names]
    yield Picture(
        "Ranks over the last weeks",
        Drawing.RANKS,
        f"Ranks from {first[0]} to {last[0]}: {', '.join(told[:_TOLD])}.",
        tuple(day.isoformat() for day, _ in ranks),
        tuple(
            Series(
                name,
                tuple(found.get(name) for _, found in ranks),
                _pillar(name, screen),
            )
            for name in names
        ),
    )


def _pillar(ticker: str, screen: Screen) -> str:
    line = screen.scores.line(ticker)
    return line.primary_pillar if line else ""


def of_parts(screen: Screen) -> Iterator[Picture]:
    """Yield what each group adds to the composite of the leaders, in z-scores."""
    leaders = screen.scores.lines[:LEADERS]
    if not leaders:
        return
    to_composites = Contributions.to(screen.scores)
    shares = {line.ticker: to_composites.of(line) for line in leaders}
    factors = screen.scores.standardisation.factors
    parts: dict[str, tuple[float, ...]] = {
        group: tuple(
            fsum(
                part
                for name, part in shares[line.ticker].items()
                if factors[name].group == group
            )
            for line in leaders
        )
        for group in GROUPS
    }
    yield Picture(
        "What makes the leaders lead",
        Drawing.PARTS,
        f"Parts of the composite: {'; '.join(_largest(leaders[0].ticker, parts))}.",
        tuple(line.ticker for line in leaders),
        tuple(Series(group, values) for group, values in parts.items()),
        note="Standard deviations that each group of factors adds to the composite.",
    )


def _largest(ticker: str, parts: Mapping[str, Sequence[float]]) -> Iterator[str]:
    """Yield the parts of the first line, the largest first."""
    own = sorted(((p[0], g) for g, p in parts.items()), key=lambda one: -abs(one[0]))
    yield f"{ticker} {', '.join(f'{group} {part:+.2f}' for part, group in own)}"


def of_courses(screen: Screen, benchmark: str = "") -> Iterator[Picture]:
    """Yield the prices of the leaders relative to a benchmark, over a year.

    Lines priced in another currency than the benchmark are left out.

    Args:
        screen: Whose leaders.
        benchmark: Its ticker; empty for the first that is known.
    """
    fund = next(
        (one for one in screen.benchmarks if benchmark in ("", one.ticker)), None
    )
    if fund is None:
        return
    leaders = screen.scores.tickers
    courses = [
        Series(ticker, course, _pillar(ticker, screen))
        for ticker in leaders
        if (course := _relative(screen.facts[ticker], fund))
    ][:COURSES]
    if courses:
        days = [screen.run.as_of - _WEEK * back for back in range(len(fund.trend))]
        told = [f"{one.name} {one.values[-1] or 0:+.0%}" for one in courses]
        yield Picture(
            f"Prices relative to {fund.ticker}",
            Drawing.COURSES,
            f"Since {days[-1]}, ahead of {fund.name} ({fund.ticker}) or behind it: "
            f"{', '.join(told)}.",
            tuple(day.isoformat() for day in reversed(days)),
            tuple(courses),
            note="Total returns, dividends included, over those of the benchmark.",
        )


def _relative(fact: LineFacts, fund: BenchmarkFact) -> tuple[float | None, ...]:
    """Return by how much a line is ahead of a fund since its first point.

    ``(P_t / P_0) / (B_t / B_0) - 1``; None before the line began; empty where the two
    cannot be compared.
    """
    own, other = fact.trend[-len(fund.trend) :], fund.trend[-len(fact.trend) :]
    if fact.price_currency != fund.price_currency or len(own) <= 1:
        return ()
    before = (None,) * (len(fund.trend) - len(own))
    start = own[0] / other[0]
    return (*before, *(p / b / start - 1 for p, b in zip(own, other, strict=True)))
