"""Say how past rankings fared: those kept on their day, or made again afterwards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from triad_screener.errors import (
    ConfigurationError,
    NoDataError,
    StoreError,
    TriadError,
    UnknownNameError,
)
from triad_screener.model.evaluation import Evaluation, Section, Signal
from triad_screener.model.recipe import Recipe
from triad_screener.model.taxonomy import Benchmark
from triad_screener.model.vocabulary import GROUPS
from triad_screener.screening import (
    evaluating,
    outcomes,
    reconstructing,
    sections,
    selecting,
)
from triad_screener.screening.assembling import Request
from triad_screener.screening.rebalancing import Terms
from triad_screener.taxonomies import loading, locating
from triad_screener.workflows import comparing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from triad_screener.model.market import MarketData
    from triad_screener.model.screen import Screen
    from triad_screener.model.stored import RunEntry, RunSeries
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.ports import MarketDataSource
    from triad_screener.screening.reconstructing import LeftOut
    from triad_screener.store import Store

#: A run made later than this after its day is no promise any more.
TIMELY: Final = timedelta(days=7)
#: Somewhere it is tomorrow already.
_A_DAY: Final = timedelta(days=1)
#: Rankings with an outcome from which on a letter tells of them.
FEWEST_OUTCOMES: Final = 3
#: Libraries of the extra ``research``.
_LIBRARIES: Final = ("arch", "scipy", "statsmodels")
_NAMED: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be evaluated, and on which terms.

    Attributes:
        reconstruct: Whether rankings are made again, rather than read from the store.
        since: Day before which no ranking counts; None for all.
        benchmark: Ticker of a fund; empty for the first whose prices are known.
        cost: Basis points of the value traded.
        trials: Settings tried, this one included, that are not in the store.
        note: Notes that this one is tried, where there is an outcome to see; returns
            how many ever were, and what went wrong. None to count in ``trials`` alone.
        seed: Of every random draw.
        is_brief: Whether the composite at the shortest horizon, and the baskets, do.
    """

    reconstruct: bool = False
    since: date | None = None
    benchmark: str = ""
    cost: float = 10.0
    trials: int = 1
    note: Callable[[], tuple[int, tuple[str, ...]]] | None = None
    seed: int = 1
    is_brief: bool = False


def require_libraries() -> None:
    """Check that the libraries of the statistics are installed.

    Raises:
        ConfigurationError: If one is missing.
    """
    if missing := missing_libraries():
        raise ConfigurationError(
            "evaluate",
            f"needs libraries that are not installed: {', '.join(missing)}",
            "Install them where triad is: pip install 'triad-screener[research]'.",
        )


def missing_libraries() -> list[str]:
    """Return the libraries of the extra ``research`` that are not installed."""
    return [name for name in _LIBRARIES if find_spec(name) is None]


def note_trial(
    store: Store, request: Request, now: datetime
) -> tuple[int, tuple[str, ...]]:
    """Note that a recipe is tried on past returns; return how many ever were.

    Beside it stands what went wrong, in a sentence: then only this one counts.
    """
    if not store.exists():
        told = "there is no store to count them; name their number with --trials."
        return 1, (f"Settings tried before are not counted: {told}",)
    text = f"{request.universe} {request.recipe.model_dump_json()}"
    key = hashlib.sha256(text.encode()).hexdigest()
    try:
        return store.note_trial(key, request.recipe_name, now), ()
    except TriadError as error:
        return 1, (f"Settings tried before are not counted: {error.what}",)


def evaluate(
    taxonomy: Taxonomy,
    request: Request,
    source: MarketDataSource,
    store: Store,
    wish: Wish,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Return how the rankings that ``request`` describes fared.

    Args:
        taxonomy: Lines and benchmarks.
        request: Recipe and universe; its as-of date is the last day whose prices
            count, None for the newest session.
        source: Of the prices.
        store: Of the rankings that were kept.
        wish: What is to be evaluated.
        progress: Told how many steps of how many are done.

    Raises:
        NoDataError: If there is no ranking.
        UnknownNameError: If there is no such benchmark.
    """
    _require_benchmark(taxonomy, wish.benchmark)
    if wish.reconstruct:
        found = reconstruct(taxonomy, request, source, wish, progress)
    else:
        series = comparing.of_taxonomy(taxonomy, request.universe, request.recipe_name)
        found = _kept(series, request, store, wish)
    market = found.market or source.fetch(
        taxonomy.constituents, funds(taxonomy, found.sections), as_of=request.as_of
    )
    day = request.as_of or selecting.newest_day(market)
    currencies = _currencies(taxonomy, found.sections)
    known = outcomes.outcomes(market, currencies, day)
    benchmark = _benchmark(taxonomy, market, wish.benchmark)
    note = wish.note if evaluating.has_outcome(found.sections, known) else None
    noted, warnings = note() if note else (1, ())
    newest = known.sessions[-1].item() if known.sessions.size else day
    terms = Terms(
        cost=wish.cost,
        risk_free_rate=request.recipe.risk_free_rate.value,
        benchmark=benchmark,
        trials=wish.trials + noted - 1,
        draws=evaluating.DRAWS,
        seed=wish.seed,
    )
    return Evaluation(
        origin="reconstructed" if wish.reconstruct else "forward",
        source=market.source,
        description=market.description,
        data_hash=market.digest,
        config_hash=loading.digest(taxonomy),
        universe=request.universe,
        recipe=request.recipe_name,
        as_of=newest,
        benchmark=benchmark,
        trials=terms.trials,
        seed=wish.seed,
        notes=(
            *_lacking(found.sections),
            *found.notes,
            *_strangers(found.sections, known),
            *_chosen(wish.since),
            *warnings,
        ),
        findings=evaluating.evaluate(
            evaluating.Inquiry(
                sections=found.sections,
                outcomes=known,
                terms=terms,
                is_brief=wish.is_brief,
                progress=progress,
            )
        ),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """Sections by day, and what a reader should know of them, in sentences.

    Attributes:
        market: What they were made from; None for those that were kept.
    """

    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    market: MarketData | None = None


def _kept(series: RunSeries, request: Request, store: Store, wish: Wish) -> Found:
    """Return the forward record: of each month the last run made on its day."""
    entries, timely, monthly = _on_record(series, request, store, wish)
    if not monthly:
        late = _counted(len(entries), "made later: hindsight")
        raise NoDataError(
            f"The store has no ranking by the recipe {request.recipe_name!r} that was "
            f"made within {TIMELY.days} days of its own day. {late}".rstrip(),
            "Run 'triad screen' every week or month, or look back with "
            "'triad evaluate --reconstruct'.",
        )
    told = [
        _counted(
            len(entries) - len(timely),
            f"made more than {TIMELY.days} days after its day: hindsight",
        ),
        _counted(
            len(timely) - len(monthly), "of a month or a day that has another ranking"
        ),
        _versions(monthly),
    ]
    found = []
    for one in monthly:
        try:
            screen = store.run(one.id)
        except StoreError:
            told.append(f"Left out: run {one.id} of {one.as_of} cannot be read.")
            continue
        found.append(sections.section(screen, one.at.date()))
    return Found(tuple(found), tuple(filter(None, told)))


def _on_record(
    series: RunSeries, request: Request, store: Store, wish: Wish
) -> tuple[list[RunEntry], list[RunEntry], list[RunEntry]]:
    """Return the runs of a series, the timely ones, those that count."""
    entries = [
        one
        for one in store.alike(series)
        if (wish.since is None or one.as_of >= wish.since)
        and (request.as_of is None or one.as_of <= request.as_of)
    ]
    timely = [one for one in entries if -_A_DAY <= one.at.date() - one.as_of <= TIMELY]
    # Of several of one day the first stored stays.
    timely.sort(key=lambda one: one.at, reverse=True)
    first = {one.as_of: one for one in timely}
    monthly = {(day.year, day.month): first[day] for day in sorted(first)}
    return entries, timely, [*monthly.values()]


def _counted(count: int, why: str) -> str:
    if not count:
        return ""
    return f"Left out: {count} {'ranking' if count == 1 else 'rankings'} {why}."


def _versions(entries: Iterable[RunEntry]) -> str:
    count = len({one.config_hash for one in entries})
    return f"The rankings are of {count} versions of the taxonomy." * (count > 1)


def in_brief(
    screen: Screen, store: Store, config: Path | None, now: datetime
) -> tuple[Evaluation | None, tuple[str, ...]]:
    """Return how the rankings kept by the recipe of ``screen`` fared, for a letter.

    None where there are fewer than three outcomes, where the store has no prices, or
    where the libraries are missing: a letter goes out without. Beside it stands what
    a reader should know of that.

    Args:
        screen: What the letter tells of; nothing later than its day counts.
        store: Of rankings, prices and settings tried.
        config: The taxonomy that serves; None for the usual one.
        now: For the log of settings tried.

    Raises:
        TriadError: If taxonomy or store cannot be read.
    """
    run = screen.run
    request = Request(
        recipe=Recipe.model_validate_json(screen.recipe),
        recipe_name=run.recipe,
        as_of=run.as_of,
        universe=run.universe,
    )
    wish = Wish(is_brief=True)
    series = comparing.of_screen(screen)
    if len(_on_record(series, request, store, wish)[2]) < FEWEST_OUTCOMES:
        return None, ()
    if missing_libraries():
        told = "Past rankings are not evaluated: the extra research is not installed."
        return None, (told,)
    taxonomy = loading.load(locating.locate(config))
    wish = replace(wish, note=lambda: (note_trial(store, request, now)[0], ()))
    try:
        found = evaluate(taxonomy, request, store, store, wish)
    except NoDataError:
        return None, ()
    known = found.findings.horizons[0].strength.known
    return (found if len(known) >= FEWEST_OUTCOMES else None), ()


def reconstruct(
    taxonomy: Taxonomy,
    request: Request,
    source: MarketDataSource,
    wish: Wish,
    progress: Callable[[int, int], None] | None,
) -> Found:
    """Return rankings of every month end, each from what was known on its day.

    The source is asked once, for what it knows by now: it leaves out by itself what
    came after each day, but tells corrected prices as they stand now.
    """
    market = source.fetch(
        taxonomy.constituents, taxonomy.benchmarks, as_of=request.as_of
    )
    until = request.as_of or selecting.newest_day(market)
    days = [
        day
        for day in evaluating.month_ends(outcomes.sessions(market, until))
        if wish.since is None or day >= wish.since
    ]
    found: list[Section] = []
    left: list[LeftOut] = []
    rankings = reconstructing.reconstruct(
        taxonomy, market, request, days, config_hash=loading.digest(taxonomy)
    )
    for at, one in enumerate(rankings, start=1):
        if isinstance(one, Section):
            found.append(one)
        else:
            left.append(one)
        if progress:
            progress(at, len(days))
    if not found:
        raise NoDataError(
            f"The source ({market.description}) has no month end with at least "
            f"{evaluating.FEWEST_LINES} lines ranked by more than their exposures.",
            "Use a source with a longer history, or another --since or --as-of.",
        )
    told = (
        _counted(left.count("thin"), f"of fewer than {evaluating.FEWEST_LINES} lines"),
        _counted(left.count("bare"), "by exposures alone, without a figure of its day"),
    )
    return Found(tuple(found), tuple(filter(None, told)), market)


def _lacking(found: Sequence[Section]) -> Iterator[str]:
    """Say how many rankings are without a group of the recipe."""
    groups = {s for one in found for s in one.signals if s.kind == "group"}
    counts = {
        group: sum(Signal("group", group) not in one.signals for one in found)
        for group in GROUPS
        if Signal("group", group) in groups
    }
    told = [f"{group} {count}" for group, count in counts.items() if count]
    if told:
        yield (
            f"Of {len(found)} rankings, without a group that too few lines had figures "
            f"for: {', '.join(told)}. They are by what is left of the recipe."
        )


def _chosen(since: date | None) -> Iterator[str]:
    if since:
        yield f"Only rankings from {since} on count: a stretch that was chosen."


def funds(taxonomy: Taxonomy, found: Sequence[Section]) -> tuple[Benchmark, ...]:
    """Return the benchmarks, and lines that were ranked once and are listed no more.

    Of the latter, as of a fund, only prices are wanted.
    """
    listed = {line.ticker for line in taxonomy.constituents}
    listed |= {fund.ticker for fund in taxonomy.benchmarks}
    gone = {
        name: currency
        for section in found
        for name, currency in section.currencies.items()
        if name not in listed
    }
    return (
        *taxonomy.benchmarks,
        *(
            Benchmark(ticker=name, name=name, price_currency=gone[name])
            for name in sorted(gone)
        ),
    )


def _currencies(taxonomy: Taxonomy, found: Sequence[Section]) -> dict[str, str]:
    """Return the price currency of every line and fund."""
    return {
        **{n: c for section in found for n, c in section.currencies.items()},
        **{one.ticker: one.price_currency for one in taxonomy.benchmarks},
        **{o.ticker: o.identity.price_currency for o in taxonomy.constituents},
    }


def _require_benchmark(taxonomy: Taxonomy, benchmark: str) -> None:
    known = [fund.ticker for fund in taxonomy.benchmarks]
    if benchmark and benchmark not in known:
        raise UnknownNameError("benchmark", benchmark, known)


def _benchmark(taxonomy: Taxonomy, market: MarketData, wanted: str) -> str:
    """Return the fund that baskets are held against; empty where none is known."""
    names = [wanted] if wanted else [fund.ticker for fund in taxonomy.benchmarks]
    return next((name for name in names if name in market.funds), "")


def _strangers(found: Sequence[Section], known: outcomes.Outcomes) -> Iterator[str]:
    """Say which ranked lines have no price, so that their fate is not known."""
    ranked = {name for one in found for name in one.signals[sections.COMPOSITE]}
    missing = sorted(ranked - set(known.tickers))
    if missing:
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        yield f"No prices of: {', '.join(missing[:_NAMED])}{more}."
