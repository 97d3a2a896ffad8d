"""How do a taxonomy, market data and a recipe become a screen?"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from triad_screener import __version__
from triad_screener.model.gap import Gap
from triad_screener.model.screen import BenchmarkFact, PillarFact, Run, Screen
from triad_screener.model.vocabulary import POST_ROLES
from triad_screener.screening import (
    measuring,
    panel,
    pillars,
    scoring,
    selecting,
    sessions,
    watching,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from triad_screener.fundamentals.line import Line
    from triad_screener.model.market import MarketData
    from triad_screener.model.recipe import Recipe
    from triad_screener.model.scores import Scores
    from triad_screener.model.screen import LineFacts, WatchlistFact
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.model.thesis import Thesis


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to screen, and by which lights.

    Attributes:
        recipe: Weights, thresholds and basket rules.
        recipe_name: Its name, with the values set on the command line.
        as_of: Last day whose knowledge may be used; None for the newest session, and
            for the watchlist the newest entry of the taxonomy.
        universe: ``post`` ranks the names of the post among themselves.
        incumbents: Tickers held already.
        holdings: Weights held already, for the turnover.
    """

    recipe: Recipe
    recipe_name: str = "default"
    as_of: date | None = None
    universe: str = "default"
    incumbents: tuple[str, ...] = ()
    holdings: Mapping[str, float] = field(default_factory=dict)


def assemble(
    taxonomy: Taxonomy, market: MarketData, request: Request, *, config_hash: str
) -> Screen:
    """Return the screen that ``request`` describes. Pure.

    Raises:
        NoDataError: If the source has nothing on that date.
    """
    tickers = [line.ticker for line in taxonomy.constituents]
    as_of = request.as_of or selecting.newest_session(market, tickers)
    selecting.require_session(market, as_of)
    lines = measuring.lines_as_known(
        taxonomy, market, as_of=as_of, recipe=request.recipe
    )
    listed = [line for line in lines if not line.is_unlisted]
    missing = sessions.missing(market, as_of)
    facts = {
        ticker: measuring.describe(line, taxonomy, missing.get(ticker, ()))
        for line in listed
        for ticker in [line.constituent.ticker]
    }
    among = taxonomy.post_tickers if request.universe == "post" else None
    scores = scoring.score(
        measuring.cross_section([*facts.values()]),
        request.recipe,
        _incumbents(request),
        among=among,
    )
    known, thesis = set(market.lines), _to_judge(taxonomy)
    watched = _watched_on(taxonomy, request, as_of)
    return Screen(
        run=_run(request, market, (as_of, watched), config_hash, taxonomy),
        tickers=tuple(tickers),
        exposure_floor=request.recipe.exposure_floor,
        recipe=request.recipe.model_dump_json(),
        pillars={
            pillar: PillarFact(info.name.en, info.name.zh, info.colour)
            for pillar, info in taxonomy.pillars.items()
        },
        layer_names={key: layer.name for key, layer in taxonomy.layers.items()},
        scores=scores,
        facts=facts,
        not_listed=_unlisted(lines, among),
        absent=tuple(sorted(set(facts) - known)),
        watchlist=_watchlist(
            taxonomy, watched, request.universe, _surroundings(facts, market)
        ),
        watchlist_as_of=watched,
        turnover=pillars.turnover(request.holdings, pillars.weights(scores.baskets))
        if request.holdings
        else None,
        effective_number=pillars.effective_number(scores.baskets),
        gaps=(*_fetch_gaps(market, scores), *_gaps(facts, scores)),
        warnings=market.warnings,
        benchmarks=_benchmarks(taxonomy, market, as_of),
        panel=panel.judge(thesis, taxonomy, lines, market, as_of) if thesis else None,
    )


def _to_judge(taxonomy: Taxonomy) -> Thesis | None:
    """Return the thesis of a taxonomy, if anything is measured of it."""
    thesis = taxonomy.thesis
    return thesis if thesis and thesis.indicators else None


def _benchmarks(
    taxonomy: Taxonomy, market: MarketData, as_of: date
) -> tuple[BenchmarkFact, ...]:
    """Return the funds whose prices are known on ``as_of``."""
    found = (
        BenchmarkFact(
            fund.ticker,
            fund.name,
            fund.price_currency,
            measuring.trend(market.funds.get(fund.ticker), as_of),
        )
        for fund in taxonomy.benchmarks
    )
    return tuple(fund for fund in found if fund.trend)


def _surroundings(
    facts: Mapping[str, LineFacts], market: MarketData
) -> watching.Surroundings:
    caps = {ticker: fact.market_cap_usd for ticker, fact in facts.items()}
    return watching.Surroundings(
        {ticker: cap for ticker, cap in caps.items() if cap}, market.fx
    )


def _watched_on(taxonomy: Taxonomy, request: Request, as_of: date) -> date:
    """Return the day of the watchlist: what was asked for, else the newest known."""
    newest = watching.newest_evidence(taxonomy)
    return request.as_of or max(as_of, newest or as_of)


def _watchlist(
    taxonomy: Taxonomy, as_of: date, universe: str, around: watching.Surroundings
) -> tuple[WatchlistFact, ...]:
    """Return the watchlist; of the universe ``post``, the names of the post only."""
    found = watching.watch(taxonomy, as_of, around)
    if universe == "post":
        return tuple(entry for entry in found if entry.role in POST_ROLES)
    return found


def _incumbents(request: Request) -> tuple[str, ...]:
    return tuple(sorted({*request.incumbents, *request.holdings}))


def _unlisted(lines: Sequence[Line], among: Collection[str] | None) -> tuple[str, ...]:
    tickers = sorted(line.constituent.ticker for line in lines if line.is_unlisted)
    return tuple(t for t in tickers if among is None or t in among)


def _fetch_gaps(market: MarketData, scores: Scores) -> Iterator[Gap]:
    """Yield what the source was asked for in vain, of the lines considered."""
    considered = {line.ticker for line in scores.lines}
    considered |= {line.ticker for line in scores.unranked}
    return (gap for gap in market.gaps if gap.ticker in considered)


def _gaps(facts: Mapping[str, LineFacts], scores: Scores) -> tuple[Gap, ...]:
    """Return every missing factor of the lines considered, line by line."""
    considered = {line.ticker for line in scores.lines}
    considered |= {line.ticker for line in scores.unranked}
    return tuple(
        Gap(ticker, factor, reading.reason, reading.detail)
        for ticker, fact in facts.items()
        if ticker in considered
        for factor, reading in fact.readings.items()
        if reading.value is None
    )


def _run(
    request: Request,
    market: MarketData,
    days: tuple[date, date],
    config_hash: str,
    taxonomy: Taxonomy,
) -> Run:
    """Return the run; ``days`` are those of the figures and of the watchlist."""
    (as_of, watched), thesis = days, _to_judge(taxonomy)
    judged = {"claims", "indicators", "series", "verdict"}
    inputs = {
        "as_of": as_of.isoformat(),
        "config_hash": config_hash,
        "data_hash": market.digest,
        "holdings": dict(sorted(request.holdings.items())),
        "incumbents": _incumbents(request),
        "program_version": __version__,
        "recipe": request.recipe.model_dump(mode="json"),
        "source": market.source,
        "thesis": thesis and thesis.model_dump(mode="json", include=judged),
        "universe": request.universe,
        "watchlist_as_of": watched.isoformat(),
    }
    text = json.dumps(inputs, sort_keys=True)
    return Run(
        id=hashlib.sha256(text.encode()).hexdigest()[:16],
        as_of=as_of,
        source=market.source,
        source_description=market.description,
        recipe=request.recipe_name,
        universe=request.universe,
        incumbents=_incumbents(request),
        config_hash=config_hash,
        data_hash=market.digest,
        program_version=__version__,
        taxonomy=taxonomy.identity,
    )
