"""What does the rubric give a company that has no prices yet?

Points in [0, 1] for each criterion, weighted to 0 to 100. What is missing counts as
the middle, .5, and keeps its weight, so that one good figure cannot carry a company;
with too little known there are no points at all. Holders and exposure take no part.

momentum   g = (last value / the value before)^(365.25 / days between) - 1;
           points = .5 + .5 clip(ln(1 + g) / ln(1 + full growth), -1, 1)
scale      points = clip(log10(value / none) / log10(full / none), 0, 1), US dollars
evidence   points of the grade of the last mark
stage      points of the stage
age        points = .5^(age of the last mark / age rule of the entry)
"""

from __future__ import annotations

from math import expm1, fsum, log, log1p, log10
from typing import TYPE_CHECKING, Final

from triad_screener.model.dates import span
from triad_screener.model.screen import CriterionFact, RubricFact
from triad_screener.model.vocabulary import ENDED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from triad_screener.model.rubric import Rubric
    from triad_screener.model.screen import MarkFact, WatchlistFact
    from triad_screener.model.vocabulary import Criterion

#: What a missing criterion counts.
NEUTRAL: Final = 0.5
_DAYS_A_YEAR: Final = 365.25
#: Keeps the exponential of any two marks finite.
_REACH: Final = 700.0

#: Value, points and basis of one criterion; points None where missing.
Found = tuple[float | None, float | None, str]


def judge(fact: WatchlistFact, rubric: Rubric) -> RubricFact:
    """Return what the rubric gives a company, as known on the as-of date.

    A company that is absorbed or dead gets no points; nor does one of which less
    than the floor of the weight is known.
    """
    whole = fsum(rubric.weights.values())
    criteria: dict[Criterion, CriterionFact] = {}
    for name, weight in rubric.weights.items():
        value, points, basis = _CRITERIA[name](fact, rubric)
        criteria[name] = CriterionFact(value, points, weight / whole, basis)
    known = fsum(c.weight for c in criteria.values() if c.points is not None)
    if reason := _unfit(fact, known, rubric.floor):
        return RubricFact(None, known, criteria, reason)
    total = fsum(
        one.weight * (NEUTRAL if one.points is None else one.points)
        for one in criteria.values()
    )
    return RubricFact(round(100 * total, 1), known, criteria)


def _unfit(fact: WatchlistFact, known: float, floor: float) -> str:
    if fact.stage in ENDED:
        return f"{fact.stage}: nothing is left to list"
    if known < floor:
        return f"{known:.0%} of the weight is known, {floor:.0%} are needed"
    return ""


def _momentum(fact: WatchlistFact, rubric: Rubric) -> Found:
    if len(fact.valued) <= 1:
        return None, None, "fewer than two marks with a value"
    before, last = fact.valued[-2:]
    if before.currency != last.currency:
        return None, None, "the last two values are in two currencies"
    days = (last.date - before.date).days
    if days < rubric.least_days:
        return None, None, f"the last two values are {span(days)} apart"
    yearly = (_log(last) - _log(before)) * _DAYS_A_YEAR / days
    growth = expm1(_clipped(yearly, -_REACH, _REACH))
    reach = yearly / log1p(rubric.full_growth)
    basis = f"{before.round}, {before.date}, to {last.round}, {last.date}"
    return growth, 0.5 + 0.5 * _clipped(reach, -1.0, 1.0), basis


def _log(mark: MarkFact) -> float:
    return log(mark.post_money or 1.0)


def _scale(fact: WatchlistFact, rubric: Rubric) -> Found:
    if not fact.valued:
        return None, None, "no mark with a value"
    last = fact.valued[-1]
    value = last.post_money_usd
    if value is None:
        return None, None, f"no exchange rate of {last.currency} is known"
    none, full = rubric.scale.none, rubric.scale.full
    points = _clipped(log10(value / none) / log10(full / none), 0.0, 1.0)
    return value, points, f"{last.round}, {last.date}"


def _evidence(fact: WatchlistFact, rubric: Rubric) -> Found:
    mark = fact.last_mark
    if mark is None:
        return None, None, "no mark"
    return None, rubric.grade_points[mark.grade], f"grade {mark.grade}, {mark.source}"


def _stage(fact: WatchlistFact, rubric: Rubric) -> Found:
    since = f" since {fact.stage_date}" if fact.stage_date else ""
    return None, rubric.stage_points.get(fact.stage), f"{fact.stage}{since}"


def _age(fact: WatchlistFact, rubric: Rubric) -> Found:
    del rubric
    mark = fact.last_mark
    if mark is None:
        return None, None, "no mark"
    return float(mark.age_days), mark.weight, f"marked on {mark.date}"


def _clipped(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))


_CRITERIA: Final[Mapping[Criterion, Callable[[WatchlistFact, Rubric], Found]]] = {
    "momentum": _momentum,
    "scale": _scale,
    "evidence": _evidence,
    "stage": _stage,
    "age": _age,
}
