"""How do a taxonomy, market data and a recipe become a screen?"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from triad_screener import __version__
from triad_screener.model.gap import Gap
from triad_screener.model.listing import Postponed
from triad_screener.model.ranking import by_column
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
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date

    from triad_screener.market.selection import Selection
    from triad_screener.model.market import MarketData
    from triad_screener.model.recipe import Recipe
    from triad_screener.model.scores import Scores
    from triad_screener.model.screen import WatchlistFact
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.model.thesis import Thesis
    from triad_screener.screening.measuring import Measures


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
    as_of = request.as_of or selecting.newest_day(market)
    selecting.require_session(market, as_of)
    known = measuring.select(taxonomy, market, days=[as_of], recipe=request.recipe)
    measures = measuring.Measures.of(known)
    missing = sessions.missing(market, as_of)
    facts = measuring.Facts(measures, taxonomy, missing)
    to_rank = among(taxonomy, request.universe)
    scores = scoring.score(
        measures.cross_section(), request.recipe, _incumbents(request), among=to_rank
    )
    thesis = _to_judge(taxonomy)
    watched = _watched_on(taxonomy, request, as_of)
    return Screen(
        run=identify(taxonomy, market, request, as_of, config_hash=config_hash),
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
        not_listed=_unlisted(known, to_rank),
        absent=_absent(known),
        watchlist=_watchlist(
            taxonomy, watched, request.universe, _surroundings(measures, market)
        ),
        watchlist_as_of=watched,
        turnover=pillars.turnover(request.holdings, pillars.weights(scores.baskets))
        if request.holdings
        else None,
        effective_number=pillars.effective_number(scores.baskets),
        gaps=Postponed(
            lambda: (*_fetch_gaps(market, scores), *_gaps(measures, scores))
        ),
        warnings=market.warnings,
        benchmarks=_benchmarks(taxonomy, market, as_of),
        panel=panel.judge(thesis, taxonomy, known, market, as_of) if thesis else None,
    )


def among(taxonomy: Taxonomy, universe: str) -> Collection[str] | None:
    """Return the tickers that a universe ranks among themselves; None for all."""
    return taxonomy.post_tickers if universe == "post" else None


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


def _surroundings(measures: Measures, market: MarketData) -> watching.Surroundings:
    constituents = measures.selection.observations.constituents
    caps = measures.market_cap
    return watching.Surroundings(
        {
            one.ticker: float(caps.values[at])
            for at, one in enumerate(constituents)
            if caps.known[at] and caps.values[at]
        },
        market.tables.fx,
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


def _absent(known: Selection) -> tuple[str, ...]:
    """Return the tickers of which the source knows nothing, A to Z."""
    tables = known.tables
    return tuple(sorted(tables.tickers[at] for at in np.flatnonzero(~tables.known)))


def _unlisted(known: Selection, among: Collection[str] | None) -> tuple[str, ...]:
    """Return the tickers whose trading began only later, A to Z."""
    stocks = np.flatnonzero(known.closes.is_unlisted).tolist()
    tickers = sorted(known.observations.constituents[at].ticker for at in stocks)
    return tuple(t for t in tickers if among is None or t in among)


def _fetch_gaps(market: MarketData, scores: Scores) -> Iterator[Gap]:
    """Yield what the source was asked for in vain, of the lines considered."""
    considered = _considered(scores)
    return (gap for gap in market.gaps if gap.ticker in considered)


def _considered(scores: Scores) -> set[str]:
    """Return the tickers that are ranked, or would be if more of them were known."""
    listed = (by_column(scores.lines).tickers, [one.ticker for one in scores.unranked])
    return {ticker for tickers in listed for ticker in tickers}


def _gaps(measures: Measures, scores: Scores) -> Iterator[Gap]:
    """Yield every missing factor of the lines considered, line by line."""
    considered, columns = _considered(scores), measures.columns.items()
    missing = np.logical_or.reduce([~column.known for _, column in columns])
    constituents = measures.selection.observations.constituents
    for at in np.flatnonzero(missing).tolist():
        ticker = constituents[at].ticker
        if ticker in considered:
            for factor, column in columns:
                if found := column.refusal(at):
                    yield Gap(ticker, factor, found.reason, found.detail(at))


def identify(
    taxonomy: Taxonomy,
    market: MarketData,
    request: Request,
    as_of: date,
    *,
    config_hash: str,
) -> Run:
    """Return the run that `assemble` makes of this, by the day of its figures."""
    watched, thesis = _watched_on(taxonomy, request, as_of), _to_judge(taxonomy)
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
