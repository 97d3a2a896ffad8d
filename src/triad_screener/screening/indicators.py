"""How is each indicator of the thesis measured?

From the lines as known on the as-of date, the cited series, and the watchlist. A
measure raises `Missing` where it has nothing to say; a line that it has to leave out
is named with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from triad_screener.factors.growth import revenue_year_on_year
from triad_screener.market import flows
from triad_screener.market.prices import STALE_PRICE
from triad_screener.model.dates import span
from triad_screener.model.gap import Missing
from triad_screener.model.panel import Measured
from triad_screener.model.taxonomy import stage_at
from triad_screener.stats import panel as formulas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from triad_screener.market.column import Column
    from triad_screener.market.selection import Selection
    from triad_screener.model.market import Frequency
    from triad_screener.model.quantity import Quantity
    from triad_screener.model.taxonomy import Mark, Source, WatchlistEntry
    from triad_screener.model.thesis import Indicator, Measure, Point, Points

_Answer = TypeVar("_Answer")
_SHORTEST_YEAR, _LONGEST_YEAR = 350, 380
_QUARTERS: Final = 4
_LISTED: Final = ("listed", "absorbed")
LATEST_QUARTER = "the newest quarter over that of a year before; eight are not known"
FISCAL_YEARS = "fiscal years, since eight quarters are not known"


@dataclass(frozen=True)
class Evidence:
    """What was known on a day.

    Attributes:
        known: Of every line.
        series: Cited figures by name, later ones included.
        sources: Of the cited figures, by id.
    """

    as_of: date
    known: Selection
    series: Mapping[str, Points]
    watchlist: tuple[WatchlistEntry, ...]
    sources: Mapping[str, Source]

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The observation of each line."""
        every = self.known.observations.constituents
        return {one.ticker: at for at, one in enumerate(every)}


def measure(indicator: Indicator, evidence: Evidence) -> Measured:
    """Return what ``indicator`` measures on the day of ``evidence``.

    Raises:
        Missing: If too little is known, or what is known is too old.
    """
    return _MEASURES[indicator.measure](indicator, evidence)


class _Pair(NamedTuple):
    """A figure of one line now and a year before."""

    now: Quantity
    then: Quantity


class _Columns(NamedTuple):
    """A figure of every line, and another, such as that of a year before."""

    now: Column
    then: Column

    def pair(self, at: int) -> _Pair:
        """Return both figures of one line.

        Raises:
            Missing: If one is.
        """
        return _Pair(self.now.at(at), self.then.at(at))


def _known(
    tickers: Iterable[str], evidence: Evidence, ask: Callable[[int], _Answer]
) -> tuple[dict[str, _Answer], list[str]]:
    """Return the answer of every line that has one, and why the others have none."""
    found, lacking = {}, []
    for ticker in tickers:
        try:
            found[ticker] = ask(evidence.places[ticker])
        except Missing as missing:
            lacking.append(f"without {ticker}: {missing.detail}")
    return found, lacking


def _recently(
    indicator: Indicator, evidence: Evidence, ask: Callable[[int], _Answer]
) -> Callable[[int], _Answer]:
    """Return ``ask`` for lines whose newest statement is not past its age rule."""
    ages, most = evidence.known.statement_age_days, indicator.max_age_days

    def asked(at: int) -> _Answer:
        if ages[at] > most:
            age = span(int(ages[at]))
            detail = f"its newest statement is {age} old, and {most} are allowed"
            raise Missing(detail, "stale")
        return ask(at)

    return asked


def _enough(found: Mapping[str, object], lacking: list[str], fewest: int) -> None:
    if len(found) < fewest:
        reasons = f": {'; '.join(lacking)}" if lacking else ""
        raise Missing(f"{len(found)} of at least {fewest} are known{reasons}")


def _measured(
    readings: Mapping[str, float | None],
    quantities: Iterable[Quantity],
    notes: Iterable[str] = (),
) -> Measured:
    """Return readings with the provenance of the quantities behind them."""
    known = list(quantities)
    figures = [figure for one in known for figure in one.figures]
    flags = [flag for one in known for flag in one.flags]
    # Of each line the newest period counts; the oldest of those dates the whole.
    newest = [max((f.date for f in q.figures if f.date), default=None) for q in known]
    return Measured(
        {name: value for name, value in readings.items() if value is not None},
        min((day for day in newest if day), default=None),
        tuple(sorted({figure.source for figure in figures if figure.source})),
        notes=tuple(dict.fromkeys([*notes, *flags])),
    )


def _over_a_year(known: Selection, item: str) -> _Columns:
    """Return an outlay over four quarters and the four before, in US dollars."""
    now, then = (
        reduce(add, (_outlay(known, item, back) for back in range(at, at + _QUARTERS)))
        for at in (0, _QUARTERS)
    )
    return _Columns(now * known.statement_fx, then * known.statement_fx)


def _over_a_quarter(known: Selection, item: str) -> _Columns:
    now, then = _outlay(known, item, 0), _outlay(known, item, _QUARTERS)
    return _Columns(now * known.statement_fx, then * known.statement_fx)


def _outlay(known: Selection, item: str, back: int) -> Column:
    return abs(flows.flow(known.statements, "quarterly", item, back))


def _capital(
    indicator: Indicator, evidence: Evidence
) -> tuple[dict[str, _Pair], list[str]]:
    """Return capital expenditure now and a year before, the same span of all lines."""

    def by(
        span: Callable[[Selection, str], _Columns],
    ) -> tuple[dict[str, _Pair], list[str]]:
        spent = span(evidence.known, "CapitalExpenditure")
        asked = _recently(indicator, evidence, spent.pair)
        return _known(indicator.lines, evidence, asked)

    found, lacking = by(_over_a_year)
    newest, without = by(_over_a_quarter)
    if len(newest) <= len(found):
        _enough(found, lacking, indicator.fewest)
        return found, lacking
    _enough(newest, without, indicator.fewest)
    spans = (f"a year {text}" for text in lacking)
    return newest, [LATEST_QUARTER, *spans, *without]


def _capital_growth(indicator: Indicator, evidence: Evidence) -> Measured:
    found, lacking = _capital(indicator, evidence)
    now = sum(pair.now.value for pair in found.values())
    then = sum(pair.then.value for pair in found.values())
    value = formulas.growth(now, then)
    if value is None:
        raise Missing("nothing was spent a year before")
    return _measured({"value": value}, [pair.now for pair in found.values()], lacking)


def _capital_breadth(indicator: Indicator, evidence: Evidence) -> Measured:
    found, lacking = _capital(indicator, evidence)
    more = [pair.now.value > pair.then.value for pair in found.values()]
    value = sum(more) / len(more)
    return _measured({"value": value}, [pair.now for pair in found.values()], lacking)


def _funding(indicator: Indicator, evidence: Evidence) -> Measured:
    asked = _recently(indicator, evidence, _left_over(evidence.known).pair)
    found, lacking = _known(indicator.lines, evidence, asked)
    _enough(found, lacking, indicator.fewest)
    left = sum(left.value for left, _ in found.values())
    revenue = sum(revenue.value for _, revenue in found.values())
    if revenue <= 0:
        raise Missing("revenue is not above zero")
    debts, without = _known(found, evidence, _debt(evidence.known).pair)
    debt_growth = formulas.growth(
        sum(pair.now.value for pair in debts.values()),
        sum(pair.then.value for pair in debts.values()),
    )
    notes = [*lacking, *(f"debt growth {text}" for text in without)]
    return _measured(
        {"value": left / revenue, "debt_growth": debt_growth},
        [left for left, _ in found.values()],
        notes,
    )


def _left_over(known: Selection) -> _Columns:
    """Return operating cash flow less capital expenditure, and revenue, in USD."""
    cash, spent, revenue = flows.trailing(
        known.statements, "OperatingCashFlow", "CapitalExpenditure", "TotalRevenue"
    )
    rate = known.statement_fx
    return _Columns((cash - abs(spent)) * rate, revenue * rate)


def _debt(known: Selection) -> _Columns:
    (now,) = flows.balances(known.statements, "TotalDebt")
    then = flows.a_year_earlier(known.statements, "TotalDebt")
    return _Columns(now * known.statement_fx, then * known.statement_fx)


def _points(name: str, evidence: Evidence) -> list[Point]:
    """Return the figures of a series known by then, oldest first, if not too old.

    Raises:
        Missing: If none is known, or the newest is past its age rule.
    """
    series = evidence.series[name]
    known = [point for point in series.points if point.known <= evidence.as_of]
    if not known:
        raise Missing(f"{name}: nothing was known by then")
    age = (evidence.as_of - known[-1].end).days
    if age > series.max_age_days:
        detail = (
            f"{name}: the newest figure, of {known[-1].end}, is {span(age)} old, and "
            f"{series.max_age_days} are allowed"
        )
        raise Missing(detail, "stale")
    return known


def _cited(
    readings: Mapping[str, float | None],
    points: Sequence[Point],
    evidence: Evidence,
    notes: Iterable[str] = (),
) -> Measured:
    """Return readings with the provenance of the figures cited, newest first."""
    cited = [evidence.sources[point.source] for point in points]
    return Measured(
        {name: value for name, value in readings.items() if value is not None},
        points[0].end,
        tuple(dict.fromkeys(source.publisher for source in cited)),
        max(source.grade for source in cited),
        tuple(notes),
    )


def _series_growth(indicator: Indicator, evidence: Evidence) -> Measured:
    try:
        found = _of_series(indicator, evidence)
    except Missing as missing:
        if indicator.stand_in is None:
            raise
        found = _of_revenue(indicator, missing, evidence)
    level, note = _level(indicator, evidence)
    readings = {**found.readings, **level}
    return Measured(
        readings, found.date, found.sources, found.grade, found.notes + note
    )


def _of_series(indicator: Indicator, evidence: Evidence) -> Measured:
    """Return the growth of the newest figures of a series over a year before."""
    name = indicator.series[0]
    known = _points(name, evidence)
    newest = known[-indicator.periods :]
    before = [_year_before(point, known) for point in newest]
    then = [point for point in before if point]
    if len(newest) < indicator.periods or len(then) < indicator.periods:
        raise Missing(f"{name}: not known for {indicator.periods} a year before")
    value = formulas.growth(
        sum(point.value for point in newest), sum(point.value for point in then)
    )
    if value is None:
        raise Missing(f"{name}: not above zero a year before")
    return _cited({"value": value}, [*newest[::-1], *then], evidence)


def _year_before(point: Point, known: Sequence[Point]) -> Point | None:
    for other in known:
        if _SHORTEST_YEAR <= (point.end - other.end).days <= _LONGEST_YEAR:
            return other
    return None


def _of_revenue(indicator: Indicator, missing: Missing, evidence: Evidence) -> Measured:
    """Return the growth of a line's revenue where the series says nothing."""
    ticker = str(indicator.stand_in)
    try:
        growth = revenue_year_on_year(evidence.known)
        asked = _recently(indicator, evidence, growth.at)
        found = asked(evidence.places[ticker])
    except Missing as also:
        detail = f"{missing.detail}; {ticker}: {also.detail}"
        raise Missing(detail, missing.reason) from None
    note = f"revenue of {ticker} stands in, since {missing.detail}"
    return _measured({"value": found.value}, [found], [note])


def _level(
    indicator: Indicator, evidence: Evidence
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Return the newest figure of the second series, shown beside, or why not."""
    if len(indicator.series) <= 1:
        return {}, ()
    try:
        return {"level": _points(indicator.series[1], evidence)[-1].value}, ()
    except Missing as missing:
        return {}, (missing.detail,)


def _growth_ratio(indicator: Indicator, evidence: Evidence) -> Measured:
    first, second = (_points(name, evidence)[-1] for name in indicator.series[:2])
    if second.value <= 0:
        raise Missing(f"{indicator.series[1]} is not above zero")
    readings = {
        "value": first.value / second.value,
        "first": first.value,
        "second": second.value,
    }
    return _cited(readings, _oldest_first(first, second), evidence)


def _elasticity(indicator: Indicator, evidence: Evidence) -> Measured:
    quantity, price = (_points(name, evidence)[-1] for name in indicator.series[:2])
    value = formulas.elasticity(quantity.value, price.value)
    if value is None:
        raise Missing("the price has not changed, or a ratio is not above zero")
    return _cited({"value": value}, _oldest_first(quantity, price), evidence)


def _oldest_first(*points: Point) -> list[Point]:
    return sorted(points, key=lambda point: point.end)


def _relative_price(indicator: Indicator, evidence: Evidence) -> Measured:
    closes = evidence.known.closes

    def rose(at: int) -> tuple[float, Quantity]:
        close = closes.last.at(at)
        ratio = formulas.held(closes.adjusted(at), indicator.sessions)
        if ratio is None:
            raise Missing(f"fewer than {indicator.sessions + 1} closes are known")
        if STALE_PRICE in close.flags:
            raise Missing("its price is stale", "stale")
        return ratio, close

    ratios, notes, last = [], [], []
    for tickers in (indicator.lines, indicator.against):
        found, lacking = _known(tickers, evidence, rose)
        _enough(found, lacking, indicator.fewest)
        ratios.append([ratio for ratio, _ in found.values()])
        last += [close for _, close in found.values()]
        notes += lacking
    gap, without = _growth_gap(indicator, evidence)
    value = formulas.log_relative(*ratios)
    readings = {"value": value, "growth_gap": gap}
    return _measured(readings, last, [*notes, *without])


def _growth_gap(
    indicator: Indicator, evidence: Evidence
) -> tuple[float | None, list[str]]:
    """Return mean revenue growth of the basket less that of the other, if known."""
    means, notes = [], []
    growth = revenue_year_on_year(evidence.known)
    for tickers in (indicator.lines, indicator.against):
        found, lacking = _known(
            tickers, evidence, _recently(indicator, evidence, growth.at)
        )
        notes += [f"growth {text}" for text in lacking]
        if len(found) < indicator.fewest:
            return None, notes
        means.append(formulas.mean([one.value for one in found.values()]))
    return means[0] - means[1], notes


def _margin_lead(indicator: Indicator, evidence: Evidence) -> Measured:
    """Return how a lead in operating margin changed over a year."""
    tickers = (*indicator.lines, *indicator.against)
    notes: list[str] = []
    quarterly = _quarterly_margins(evidence.known)
    asked = _recently(indicator, evidence, quarterly.pair)
    found, lacking = _known(tickers, evidence, asked)
    if lacking:
        yearly = _yearly_margins(evidence.known)
        asked = _recently(indicator, evidence, yearly.pair)
        years, without = _known(tickers, evidence, asked)
        if len(years) > len(found):
            found, lacking, notes = years, without, [FISCAL_YEARS]
    _enough(found, lacking, indicator.fewest)
    own = [found[ticker] for ticker in indicator.lines if ticker in found]
    others = [found[ticker] for ticker in indicator.against if ticker in found]
    if not own or not others:
        raise Missing("; ".join(lacking))
    now = _lead([pair.now for pair in own], [pair.now for pair in others])
    then = _lead([pair.then for pair in own], [pair.then for pair in others])
    pairs = [pair.now for pair in found.values()]
    return _measured({"value": now - then, "lead": now}, pairs, [*notes, *lacking])


def _lead(own: Sequence[Quantity], others: Sequence[Quantity]) -> float:
    first = formulas.mean([one.value for one in own])
    return first - formulas.mean([one.value for one in others])


def _quarterly_margins(known: Selection) -> _Columns:
    def over_four(item: str, at: int) -> Column:
        backs = range(at, at + _QUARTERS)
        return reduce(add, (_flow(known, "quarterly", item, back) for back in backs))

    now, then = (
        _margin(over_four("OperatingIncome", at), over_four("TotalRevenue", at))
        for at in (0, _QUARTERS)
    )
    return _Columns(now, then)


def _yearly_margins(known: Selection) -> _Columns:
    now, then = (
        _margin(
            _flow(known, "annual", "OperatingIncome", back),
            _flow(known, "annual", "TotalRevenue", back),
        )
        for back in (0, 1)
    )
    return _Columns(now, then)


def _margin(income: Column, revenue: Column) -> Column:
    known = (income - revenue).refused(
        revenue.values <= 0, "absent", lambda _: "revenue is not above zero"
    )
    return (income / revenue).given(known)


def _flow(known: Selection, frequency: Frequency, item: str, back: int) -> Column:
    return flows.flow(known.statements, frequency, item, back)


def _private_marks(indicator: Indicator, evidence: Evidence) -> Measured:
    """Return the median step from round to round of companies not yet listed."""
    found: list[tuple[float, Mark]] = []
    for entry in evidence.watchlist:
        step = _step(entry, indicator, evidence)
        found += [step] if step else []
    if len(found) < indicator.fewest:
        raise Missing(
            f"{len(found)} companies have two known marks, the newer of them at most "
            f"{indicator.max_age_days} days old, and {indicator.fewest} are needed"
        )
    marks = [mark for _, mark in found]
    cited = [evidence.sources[mark.source] for mark in marks]
    return Measured(
        {"value": median(ratio for ratio, _ in found), "names": len(found)},
        min(mark.date for mark in marks),
        tuple(dict.fromkeys(source.publisher for source in cited)),
        max(mark.grade for mark in marks),
    )


def _step(
    entry: WatchlistEntry, indicator: Indicator, evidence: Evidence
) -> tuple[float, Mark] | None:
    """Return the newest mark over the one before; None if there is no fresh one."""
    stage = stage_at(entry, evidence.as_of)
    known = [mark for mark in entry.marks if mark.date <= evidence.as_of]
    priced = [mark for mark in known if mark.post_money]
    if stage is None or stage.stage in _LISTED or len(priced) <= 1:
        return None
    before, newest = priced[-2:]
    old = (evidence.as_of - newest.date).days > indicator.max_age_days
    if old or before.currency != newest.currency:
        return None
    return (newest.post_money or 0) / (before.post_money or 1), newest


_MEASURES: Final[Mapping[Measure, Callable[[Indicator, Evidence], Measured]]] = {
    "capital_growth": _capital_growth,
    "capital_breadth": _capital_breadth,
    "funding": _funding,
    "series_growth": _series_growth,
    "growth_ratio": _growth_ratio,
    "elasticity": _elasticity,
    "relative_price": _relative_price,
    "margin_lead": _margin_lead,
    "private_marks": _private_marks,
}
