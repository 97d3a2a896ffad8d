"""Does the thesis still hold: how does each indicator vote, and what is the verdict?

+1 where all confirming bounds hold, -1 where all weakening ones do, else 0. Where a
bound that decides rests on a reading that is not known, the vote is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from triad_screener.model.gap import Missing
from triad_screener.model.panel import Distance, Finding, Measured, Panel
from triad_screener.model.thesis import READINGS
from triad_screener.screening import indicators
from triad_screener.screening.indicators import Evidence
from triad_screener.stats import panel as formulas

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from triad_screener.market.selection import Selection
    from triad_screener.model.market import MarketData
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.model.thesis import Bound, Indicator, Thesis, VerdictRule


def judge(
    thesis: Thesis,
    taxonomy: Taxonomy,
    known: Selection,
    market: MarketData,
    as_of: date,
) -> Panel:
    """Return the panel of ``thesis`` on the lines of a screen. Pure.

    Args:
        thesis: Of the taxonomy.
        taxonomy: With its watchlist and sources.
        known: Every line on ``as_of``.
        market: Where they come from.
        as_of: Last day whose knowledge may be used.
    """
    evidence = Evidence(
        as_of=as_of,
        known=known,
        series=thesis.series,
        watchlist=taxonomy.watchlist,
        sources=taxonomy.sources,
    )
    return assess(thesis, evidence, market, taxonomy.title)


def assess(thesis: Thesis, evidence: Evidence, market: MarketData, title: str) -> Panel:
    """Return the panel of ``thesis`` on the day of ``evidence``. Pure.

    Args:
        thesis: Claims, indicators and bounds.
        evidence: What was known.
        market: Where the figures come from.
        title: Of the taxonomy.
    """
    findings = tuple(
        _finding(key, indicator, evidence)
        for key, indicator in thesis.indicators.items()
    )
    votes = [one.vote for one in findings if one.vote is not None]
    rule = thesis.verdict
    return Panel(
        title=title,
        as_of=evidence.as_of,
        source=market.source,
        description=market.description,
        claims={key: claim.statement for key, claim in thesis.claims.items()},
        findings=findings,
        mean=formulas.mean(votes) if votes else None,
        verdict=formulas.verdict(
            votes,
            fewest=rule.fewest_votes,
            confirming=rule.confirming,
            weakening=rule.weakening,
        ),
        rule=_in_words(rule),
        data_hash=market.digest,
        warnings=market.warnings,
    )


def _in_words(rule: VerdictRule) -> str:
    return (
        f"Confirming from a mean vote of {rule.confirming:+g}, weakening from "
        f"{rule.weakening:+g}, with at least {rule.fewest_votes} votes."
    )


def _finding(key: str, indicator: Indicator, evidence: Evidence) -> Finding:
    try:
        with np.errstate(all="ignore"):  # what is no number becomes none
            measured, reason = indicators.measure(indicator, evidence), ""
    except Missing as missing:
        measured, reason = Measured({}, None), missing.detail
    confirms = _distances(indicator, indicator.confirms, measured)
    weakens = _distances(indicator, indicator.weakens, measured)
    vote = _vote(confirms, weakens)
    if vote is None and not reason:
        reason = "a reading that decides is not known"
    return Finding(
        key,
        indicator.claim,
        indicator.name,
        measured,
        READINGS[indicator.measure],
        vote,
        reason,
        confirms,
        weakens,
        indicator.falsifier,
        indicator.note or "",
    )


def _distances(
    indicator: Indicator, bounds: Sequence[Bound], measured: Measured
) -> tuple[Distance, ...]:
    return tuple(_distance(indicator, bound, measured) for bound in bounds)


def _distance(indicator: Indicator, bound: Bound, measured: Measured) -> Distance:
    value = measured.readings.get(bound.of)
    return Distance(
        bound.of,
        bound.relation,
        bound.limit,
        READINGS[indicator.measure][bound.of],
        None if value is None else bound.distance(value),
        None if value is None else bound.holds(value),
    )


def _vote(confirms: Sequence[Distance], weakens: Sequence[Distance]) -> int | None:
    good, bad = _all(confirms), _all(weakens)
    if good:
        return 1
    if bad:
        return -1
    return None if good is None or bad is None else 0


def _all(bounds: Sequence[Distance]) -> bool | None:
    """Return whether all bounds hold; None where that is not known."""
    met = [bound.met for bound in bounds]
    if False in met:
        return False
    return None if None in met else True
