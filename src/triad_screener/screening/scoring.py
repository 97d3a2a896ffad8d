"""Which line stands where? Raw values in, ranks, pillars and baskets out.

The steps in order, each in its own file: one line per issuer (here), comparable
z-scores (`normalising`), composite, interval and confidence (`composing`), pillar
lists and baskets (`pillars`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from triad_screener.model.scores import (
    INSUFFICIENT_DATA,
    NO_ACTIVE_FACTOR,
    NO_PRICE,
    FactorScore,
    LineScore,
    Scores,
    Standardisation,
    Unranked,
)
from triad_screener.model.vocabulary import GROUPS, PILLARS
from triad_screener.screening import composing, normalising, pillars
from triad_screener.stats import DECIMALS
from triad_screener.stats.cross_section import normal_cdf, rounded

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from triad_screener.model.cross_section import CrossSection
    from triad_screener.model.recipe import Recipe
    from triad_screener.model.vocabulary import Group
    from triad_screener.screening.composing import Composer, Composite
    from triad_screener.screening.normalising import FactorZ, Weighting


def score(
    lines: CrossSection,
    recipe: Recipe,
    incumbents: Collection[str] = (),
    *,
    among: Collection[str] | None = None,
) -> Scores:
    """Return the scores, pillar lists and baskets of a cross-section.

    Args:
        lines: Raw values; NaN is missing.
        recipe: Weights, thresholds and basket rules.
        incumbents: Tickers held already, for the basket buffer.
        among: Tickers to rank and gather among themselves; their scores stay those
            within the whole cross-section. None for all.
    """
    listed, dropped = one_per_issuer(lines)
    weighting, coverage, ranked = _ranked(listed, recipe)
    run = _Run.of(listed.take(np.flatnonzero(ranked)), weighting, recipe)
    scored = run.line_scores(coverage[ranked], recipe)
    unranked = _unranked(listed, coverage, ranked, weighting)
    if among is not None:
        scored = _ranked_among(scored, among)
        unranked = tuple(line for line in unranked if line.ticker in among)
        dropped = tuple(ticker for ticker in dropped if ticker in among)
    by_pillar, baskets = pillars.gather(run.candidates(scored), recipe, incumbents)
    return Scores(
        scored,
        unranked,
        dropped,
        by_pillar,
        baskets,
        _inactive(listed, weighting),
        run.standardisation(weighting),
    )


def places(
    lines: CrossSection, recipe: Recipe, among: Collection[str] | None = None
) -> dict[str, tuple[float, int]]:
    """Return score and rank of every ranked line, as `score` has them, and no more.

    It takes a third of the time: nothing is told of how a score came about.
    """
    listed, _ = one_per_issuer(lines)
    weighting, coverage, ranked = _ranked(listed, recipe)
    run = _Run.of(listed.take(np.flatnonzero(ranked)), weighting, recipe)
    z, tickers = run.base.z, run.lines.tickers
    order = [
        (tickers[row], out_of_hundred(z[row])) for row in run.order(coverage[ranked])
    ]
    chosen = [one for one in order if among is None or one[0] in among]
    return {ticker: (found, rank) for rank, (ticker, found) in enumerate(chosen, 1)}


def _ranked(
    listed: CrossSection, recipe: Recipe
) -> tuple[Weighting, NDArray[np.float64], NDArray[np.bool_]]:
    """Return the weights, the coverage of each line, and whether it is ranked."""
    weighting = normalising.weigh(listed, recipe)
    coverage = normalising.coverage(listed, weighting)
    known = coverage.round(DECIMALS) >= recipe.coverage_floor
    return weighting, coverage, known & listed.priced & (weighting.columns.size > 0)


def one_per_issuer(lines: CrossSection) -> tuple[CrossSection, tuple[str, ...]]:
    """Keep each issuer's most traded line; return the rest as dropped tickers.

    The highest dollar volume stays, a missing one counting as zero; then A to Z. The
    lines kept stand in order of ticker.
    """
    traded = np.nan_to_num(lines.average_daily_value_usd, nan=0.0)
    order = sorted(
        range(len(lines.tickers)), key=lambda row: (-traded[row], lines.tickers[row])
    )
    first: dict[str, int] = {}
    for row in order:
        first.setdefault(lines.issuers[row], row)
    kept = sorted(first.values(), key=lambda row: lines.tickers[row])
    dropped = sorted(set(lines.tickers) - {lines.tickers[row] for row in kept})
    return lines.take(np.array(kept, np.intp)), tuple(dropped)


def _ranked_among(
    scored: tuple[LineScore, ...], among: Collection[str]
) -> tuple[LineScore, ...]:
    chosen = (line for line in scored if line.ticker in among)
    return tuple(replace(line, rank=rank) for rank, line in enumerate(chosen, start=1))


def _unranked(
    lines: CrossSection,
    coverage: NDArray[np.float64],
    ranked: NDArray[np.bool_],
    weighting: Weighting,
) -> tuple[Unranked, ...]:
    priced = INSUFFICIENT_DATA if weighting.columns.size else NO_ACTIVE_FACTOR
    unpriced = NO_PRICE if weighting.columns.size else NO_ACTIVE_FACTOR
    return tuple(
        Unranked(
            lines.tickers[row],
            float(coverage[row]),
            priced if lines.priced[row] else unpriced,
        )
        for row in np.flatnonzero(~ranked)
    )


def _inactive(lines: CrossSection, weighting: Weighting) -> tuple[str, ...]:
    active = set(weighting.columns.tolist())
    return tuple(f.id for i, f in enumerate(lines.factors) if i not in active)


@dataclass(frozen=True, slots=True)
class _Run:
    """The ranked lines, in order of ticker, on the way through the steps."""

    lines: CrossSection
    weighting: Weighting
    primary: NDArray[np.intp]
    factors: tuple[FactorZ, ...]
    composer: Composer
    base: Composite
    ex_thesis: Composite

    @classmethod
    def of(cls, lines: CrossSection, weighting: Weighting, recipe: Recipe) -> _Run:
        primary = normalising.primary_pillars(lines.exposures)
        factors = tuple(
            normalising.normalise(
                lines.raw[:, column], lines.factors[column], primary, recipe
            )
            for column in weighting.columns
        )
        z = np.array([factor.z for factor in factors])
        composer = composing.Composer(
            z.reshape(len(factors), len(lines.tickers)).T,
            _members(lines, weighting),
            weighting.group_weights,
            recipe.clip,
        )
        return cls(
            lines,
            weighting,
            primary,
            factors,
            composer,
            composer.composite(),
            composer.composite(without="thesis"),
        )

    def order(self, coverage: NDArray[np.float64]) -> list[int]:
        """Return the rows, best first; ties by coverage, thesis, size and ticker."""
        thesis = self._thesis_exposures()
        size = np.nan_to_num(self.lines.market_cap_usd, nan=-np.inf)
        keys = (self.base.z, coverage, thesis, size)
        seen = np.array([rounded(key) for key in keys])
        # The rows stand in order of ticker, and the sort is stable.
        return np.lexsort(-seen[::-1]).tolist() if seen.size else []

    def _thesis_exposures(self) -> NDArray[np.float64]:
        ids = [factor.id for factor in self.lines.factors]
        return self.lines.raw[:, ids.index("thesis")]

    def line_scores(
        self, coverage: NDArray[np.float64], recipe: Recipe
    ) -> tuple[LineScore, ...]:
        """Return the ranked lines, best first."""
        intervals = self._intervals()
        sure = np.array([composing.precision(*interval) for interval in intervals])
        steady = composing.stability(self.composer.ranks_without_each(self.base))
        fresh = composing.freshness(
            self.lines.statement_age_days,
            self.lines.half_yearly,
            recipe.freshness_days,
            recipe.freshness_days_half_yearly,
        )
        confidence = np.minimum.reduce([coverage, fresh, steady, sure])
        thesis = self._thesis_exposures()
        return tuple(
            LineScore(
                ticker=self.lines.tickers[row],
                rank=rank,
                score=out_of_hundred(self.base.z[row]),
                score_low=intervals[row][0],
                score_high=intervals[row][1],
                composite_z=float(self.base.z[row]),
                composite_ex_thesis_z=float(self.ex_thesis.z[row]),
                coverage=float(coverage[row]),
                confidence=float(confidence[row]),
                confidence_label=composing.confidence_label(float(confidence[row])),
                freshness=float(fresh[row]),
                stability=float(steady[row]),
                primary_pillar=PILLARS[self.primary[row]],
                thesis_exposure=float(thesis[row]),
                groups={g: float(v[row]) for g, v in self.base.groups.items()},
                factors=self._factor_scores(row),
                precision=float(sure[row]),
            )
            for rank, row in enumerate(self.order(coverage), start=1)
        )

    def _intervals(self) -> list[tuple[float | None, float | None]]:
        """Return the interval of each row's score; a complete row has none."""
        known = np.isfinite(self.lines.raw[:, self.weighting.columns])
        low, high = (
            self.composer.with_missing_at(self.base, known, per_cent)
            for per_cent in (composing.LOW_PER_CENT, composing.HIGH_PER_CENT)
        )
        return [
            (None, None)
            if complete
            else (out_of_hundred(low[row]), out_of_hundred(high[row]))
            for row, complete in enumerate(np.asarray(known.all(axis=1)).tolist())
        ]

    def _factor_scores(self, row: int) -> Mapping[str, FactorScore]:
        return {
            self.lines.factors[column].id: FactorScore(
                _known(self.lines.raw[row, column]),
                _known(factor.ranks[row]),
                _known(factor.rank_z[row]),
                float(factor.z[row]),
                float(weight),
            )
            for column, weight, factor in zip(
                self.weighting.columns.tolist(),
                self.weighting.weights,
                self.factors,
                strict=True,
            )
        }

    def candidates(
        self, scored: tuple[LineScore, ...]
    ) -> tuple[pillars.Candidate, ...]:
        """Return the ranked lines as the pillars see them, best first."""
        row_of = {ticker: row for row, ticker in enumerate(self.lines.tickers)}
        return tuple(
            pillars.Candidate(
                line.ticker,
                self.lines.issuers[row_of[line.ticker]],
                line.score,
                line.composite_ex_thesis_z,
                dict(
                    zip(
                        PILLARS,
                        self.lines.exposures[row_of[line.ticker]].tolist(),
                        strict=True,
                    )
                ),
            )
            for line in scored
        )

    def standardisation(self, weighting: Weighting) -> Standardisation:
        """Return every mean and deviation that was used."""
        ids = [self.lines.factors[column].id for column in weighting.columns]
        return Standardisation(
            dict(weighting.group_weights),
            {i: f.moments for i, f in zip(ids, self.factors, strict=True)},
            dict(self.base.group_moments),
            self.base.moments,
            self.ex_thesis.moments,
        )


def _members(
    lines: CrossSection, weighting: Weighting
) -> dict[Group, NDArray[np.intp]]:
    groups = [lines.factors[column].group for column in weighting.columns]
    found = {
        group: np.flatnonzero(np.array([g == group for g in groups], bool))
        for group in GROUPS
    }
    return {group: columns for group, columns in found.items() if columns.size}


def out_of_hundred(z: float) -> float:
    """Return the score of a composite: ``100 * Phi(Z)``, one decimal."""
    return round(100 * normal_cdf(float(z)), 1)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
