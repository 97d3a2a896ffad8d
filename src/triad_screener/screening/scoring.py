"""Which line stands where? Raw values in, ranks, pillars and baskets out.

The steps in order, each in its own file: one line per issuer (here), comparable
z-scores (`normalising`), composite, interval and confidence (`composing`), pillar
lists and baskets (`gathering`, `pillars`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from triad_screener.model.ranking import (
    REASONS,
    FactorScores,
    RankedLines,
    UnrankedLines,
)
from triad_screener.model.scores import (
    INSUFFICIENT_DATA,
    NO_ACTIVE_FACTOR,
    NO_PRICE,
    Scores,
    Standardisation,
)
from triad_screener.screening import composing, normalising
from triad_screener.screening.gathering import Candidates, gather
from triad_screener.stats import DECIMALS
from triad_screener.stats.cross_section import normal_cdf, rounded

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from triad_screener.model.cross_section import CrossSection
    from triad_screener.model.recipe import Recipe
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
    weighting, coverage, ranked = who_is_ranked(listed, recipe)
    run = _Run.of(listed.take(np.flatnonzero(ranked)), weighting, recipe)
    order = _among(run.order(coverage[ranked]), run.lines.tickers, among)
    scored = run.ranked_lines(order, coverage[ranked], recipe)
    by_pillar, baskets = gather(run.candidates(order, scored), recipe, incumbents)
    aside = _among(np.flatnonzero(~ranked), listed.tickers, among)
    return Scores(
        scored,
        _unranked(listed, coverage, aside, weighting),
        tuple(ticker for ticker in dropped if among is None or ticker in among),
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
    weighting, coverage, ranked = who_is_ranked(listed, recipe)
    run = _Run.of(listed.take(np.flatnonzero(ranked)), weighting, recipe)
    order = _among(run.order(coverage[ranked]), run.lines.tickers, among)
    points = scores_of(run.base.z[order]).tolist()
    return {
        run.lines.tickers[row]: (found, rank)
        for rank, (row, found) in enumerate(
            zip(order.tolist(), points, strict=True), start=1
        )
    }


def who_is_ranked(
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
    kept, aside = rows_per_issuer(lines)
    return lines.take(kept), tuple(lines.tickers[row] for row in aside.tolist())


def rows_per_issuer(
    lines: CrossSection,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows that `one_per_issuer` keeps and drops, in order of ticker."""
    by_ticker = sorted(range(len(lines.tickers)), key=lines.tickers.__getitem__)
    codes: dict[str, int] = {}
    issuers = [codes.setdefault(lines.issuers[row], len(codes)) for row in by_ticker]
    rows, issuer = np.array(by_ticker, np.intp), np.array(issuers, np.intp)
    traded = np.nan_to_num(lines.average_daily_value_usd, nan=0.0)[rows]
    # The rows stand in order of ticker, and the sort is stable.
    order = np.lexsort((-traded, issuer))
    is_first = np.ones(rows.size, bool)
    is_first[order[1:]] = issuer[order[1:]] != issuer[order[:-1]]
    return rows[is_first], rows[~is_first]


def _among(
    rows: NDArray[np.intp], tickers: Sequence[str], among: Collection[str] | None
) -> NDArray[np.intp]:
    """Return those of ``rows`` whose tickers are asked for."""
    if among is None:
        return rows
    wanted = frozenset(among)
    return rows[[tickers[row] in wanted for row in rows.tolist()]]


def _unranked(
    lines: CrossSection,
    coverage: NDArray[np.float64],
    rows: NDArray[np.intp],
    weighting: Weighting,
) -> UnrankedLines:
    known = REASONS.index(INSUFFICIENT_DATA), REASONS.index(NO_PRICE)
    reasons = np.where(lines.priced[rows], *known)
    if not weighting.columns.size:
        reasons[:] = REASONS.index(NO_ACTIVE_FACTOR)
    tickers = tuple(lines.tickers[row] for row in rows.tolist())
    return UnrankedLines(tickers, coverage[rows], reasons)


def _inactive(lines: CrossSection, weighting: Weighting) -> tuple[str, ...]:
    active = set(weighting.columns.tolist())
    return tuple(f.id for i, f in enumerate(lines.factors) if i not in active)


@dataclass(frozen=True, slots=True)
class _Run:
    """The ranked lines, in order of ticker, on the way through the steps.

    Attributes:
        raw: Of the lines by factor, shape ``(f, r)``: a factor is read as a whole.
    """

    lines: CrossSection
    raw: NDArray[np.float64]
    weighting: Weighting
    primary: NDArray[np.intp]
    factors: tuple[FactorZ, ...]
    composer: Composer
    base: Composite
    ex_thesis: Composite

    @classmethod
    def of(cls, lines: CrossSection, weighting: Weighting, recipe: Recipe) -> _Run:
        primary = normalising.primary_pillars(lines.exposures)
        raw = np.ascontiguousarray(lines.raw.T)
        factors = tuple(
            normalising.normalise(raw[column], lines.factors[column], primary, recipe)
            for column in weighting.columns
        )
        z = np.array([factor.z for factor in factors])
        composer = composing.Composer(
            z.reshape(len(factors), len(lines.tickers)).T,
            normalising.members(lines.factors, weighting),
            weighting.group_weights,
            recipe.clip,
        )
        return cls(
            lines,
            raw,
            weighting,
            primary,
            factors,
            composer,
            composer.composite(),
            composer.composite(without="thesis"),
        )

    def order(self, coverage: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the rows, best first; ties by coverage, thesis, size and ticker."""
        thesis = self._thesis_exposures()
        size = np.nan_to_num(self.lines.market_cap_usd, nan=-np.inf)
        keys = (self.base.z, coverage, thesis, size)
        # The rows stand in order of ticker, and the sort is stable.
        return np.lexsort([-rounded(key) for key in reversed(keys)])

    def _thesis_exposures(self) -> NDArray[np.float64]:
        ids = [factor.id for factor in self.lines.factors]
        found: NDArray[np.float64] = self.raw[ids.index("thesis")]
        return found

    def ranked_lines(
        self, order: NDArray[np.intp], coverage: NDArray[np.float64], recipe: Recipe
    ) -> RankedLines:
        """Return the lines of some rows, in their order."""
        low, high = self._interval()
        sure = composing.precision(low, high)
        steady = composing.stability(self.composer.ranks_without_each(self.base))
        fresh = composing.freshness(
            self.lines.statement_age_days,
            self.lines.half_yearly,
            recipe.freshness_days,
            recipe.freshness_days_half_yearly,
        )
        confidence = np.minimum.reduce([coverage, fresh, steady, sure])
        return RankedLines(
            tickers=tuple(self.lines.tickers[row] for row in order.tolist()),
            score=scores_of(self.base.z[order]),
            score_low=low[order],
            score_high=high[order],
            composite_z=self.base.z[order],
            composite_ex_thesis_z=self.ex_thesis.z[order],
            coverage=coverage[order],
            confidence=confidence[order],
            confidence_label=composing.confidence_labels(confidence[order]),
            freshness=fresh[order],
            stability=steady[order],
            precision=sure[order],
            primary_pillar=self.primary[order],
            thesis_exposure=self._thesis_exposures()[order],
            groups={group: z[order] for group, z in self.base.groups.items()},
            factors=self._factor_scores(order),
        )

    def _interval(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return both ends of each row's score; NaN for a complete row."""
        known = np.isfinite(self.lines.raw[:, self.weighting.columns])
        rows = np.flatnonzero(~known.all(axis=1))
        ends = np.full((2, len(known)), np.nan)
        for end, per_cent in zip(ends, composing.PER_CENT, strict=True):
            z = self.composer.with_missing_at(self.base, known, per_cent)
            end[rows] = scores_of(z[rows])
        return ends[0], ends[1]

    def _factor_scores(self, order: NDArray[np.intp]) -> dict[str, FactorScores]:
        used = zip(
            self.weighting.columns.tolist(),
            self.weighting.weights.tolist(),
            self.factors,
            strict=True,
        )
        return {
            self.lines.factors[column].id: FactorScores(
                self.raw[column][order],
                factor.ranks[order],
                factor.rank_z[order],
                factor.z[order],
                weight,
            )
            for column, weight, factor in used
        }

    def candidates(self, order: NDArray[np.intp], scored: RankedLines) -> Candidates:
        """Return the lines of some rows as the pillars see them, in their order."""
        return Candidates(
            scored.tickers,
            [self.lines.issuers[row] for row in order.tolist()],
            scored.score,
            scored.composite_ex_thesis_z,
            self.lines.exposures[order],
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


def scores_of(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the scores of composites: ``100 * Phi(Z)``, one decimal.

    Examples:
        >>> scores_of(np.array([0.0, 1.857796])).tolist()
        [50.0, 96.8]
    """
    # Python rounds what is written; numpy rounds what is stored, times ten.
    return np.array([round(100 * normal_cdf(one), 1) for one in z.tolist()], float)
