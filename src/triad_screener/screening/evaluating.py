"""Did the rankings know anything? Sections and outcomes in, findings out. Pure.

Every random draw comes from the seed that is given: the same inputs, the same answer.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.factors import FACTORS
from triad_screener.model.evaluation import (
    Control,
    Findings,
    Horizon,
    Ranking,
    Spread,
    Strength,
)
from triad_screener.model.vocabulary import GROUPS, PILLARS
from triad_screener.screening.rebalancing import hold
from triad_screener.screening.sections import COMPOSITE
from triad_screener.stats import NO_DISPERSION, multiple
from triad_screener.stats import information as formulas
from triad_screener.stats.cross_section import rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from triad_screener.model.evaluation import Finding, Section, Signal
    from triad_screener.screening.outcomes import Outcomes
    from triad_screener.screening.rebalancing import Terms

#: Horizons with a verdict, in sessions: a month, a quarter, half a year.
HORIZONS: Final = (21, 63, 126)
#: Horizons of the decay.
DECAY: Final = (5, 10, 21, 42, 63, 84, 105, 126)
#: Rankings in between, for the persistence of scores.
LAGS: Final = (1, 3, 6)
#: Sessions between two monthly sections.
PERIOD: Final = 21
#: Sessions by which returns may overlap and still count as two: months are uneven.
TOLERANCE: Final = 3
#: Lines below which a section has no coefficient.
FEWEST_LINES: Final = 5
#: Independent sections below which there is no verdict, however many lines.
FEWEST_SECTIONS: Final = 24
#: The coefficient that a verdict must be able to tell from nothing.
GOOD: Final = 0.05
#: Lines from which fifths take the place of thirds.
FIFTHS_FROM: Final = 50
SIGNIFICANT: Final = 0.05
DRAWS: Final = 1000
#: Exchanges of names, of the composite and of its parts.
SHUFFLES, FEWER_SHUFFLES = 2000, 500
_LOW, _HIGH = 5, 95


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What is asked, and of whom.

    Attributes:
        sections: By day, oldest first, about a month apart.
        outcomes: Of every line that was ranked, and of the benchmark.
        terms: On which baskets are held.
        is_brief: Whether the composite at the shortest horizon, and the baskets, do.
        progress: Told how many steps of how many are done.
    """

    sections: Sequence[Section]
    outcomes: Outcomes
    terms: Terms
    is_brief: bool = False
    progress: Callable[[int, int], None] | None = None


def evaluate(inquiry: Inquiry) -> Findings:
    """Return what is found: rankings, strengths, verdicts, baskets."""
    sections, terms = inquiry.sections, inquiry.terms
    panel = _Panel.of(inquiry)
    signals = {name for one in sections for name in one.signals} - {COMPOSITE}
    asked = HORIZONS[:1] if inquiry.is_brief else HORIZONS
    parts = [] if inquiry.is_brief else _in_order(signals)
    steps = _Steps(inquiry.progress, len(asked) * (len(parts) + 1) + 1)
    horizons, others = [], []
    for sessions in asked:
        returns = panel.returns(sessions)
        horizons.append(_horizon(panel, sessions, returns, terms.seed))
        steps.done()
        for signal in parts:
            others.append(_strength(panel, signal, sessions, returns, seed=terms.seed))
            steps.done()
    found = Findings(
        rankings=tuple(_ranking(one, inquiry.outcomes) for one in sections),
        horizons=tuple(horizons),
        others=_adjusted(others),
        decay={
            sessions: panel.mean(sessions) for sessions in DECAY if not inquiry.is_brief
        },
        persistence={
            lag: formulas.autocorrelation(panel.scores(COMPOSITE), lag, FEWEST_LINES)
            for lag in LAGS
            if lag < len(sections) and not inquiry.is_brief
        },
        basket=hold(sections, inquiry.outcomes, terms),
    )
    steps.done()
    return found


def has_outcome(sections: Sequence[Section], outcomes: Outcomes) -> bool:
    """Return whether anything can be told of what became of these rankings.

    A coefficient needs five sessions after one, a basket a second ranking.
    """
    bought = {outcomes.bought_at(one.ready) for one in sections}
    come = [at for at in bought if at < outcomes.sessions.size]
    return len(come) > 1 or any(at + DECAY[0] < outcomes.sessions.size for at in come)


def _in_order(signals: Collection[Signal]) -> list[Signal]:
    """Return signals in the order of their registers; those of old runs at the end."""
    known = [*GROUPS, *PILLARS, *FACTORS]
    places = {name: place for place, name in enumerate(known)}
    return sorted(
        signals, key=lambda one: (one.kind, places.get(one.name, len(known)), one.name)
    )


class _Steps:
    """Counts what is done, for who waits."""

    def __init__(self, progress: Callable[[int, int], None] | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def done(self) -> None:
        """Tell that one more is done."""
        self._done += 1
        if self._progress:
            self._progress(self._done, self._total)


@dataclass(frozen=True, slots=True)
class _Panel:
    """Scores and returns of every line at every section, in one order."""

    sections: Sequence[Section]
    outcomes: Outcomes
    bought: Sequence[int]

    @classmethod
    def of(cls, inquiry: Inquiry) -> _Panel:
        names = sorted({n for s in inquiry.sections for n in s.signals[COMPOSITE]})
        bought = [inquiry.outcomes.bought_at(one.ready) for one in inquiry.sections]
        return cls(inquiry.sections, inquiry.outcomes.only(names), bought)

    def scores(self, signal: Signal) -> NDArray[np.float64]:
        """Return the values of a signal, shape ``(sections, lines)``.

        Rounded to twelve decimals: what differs by less is a tie, on every machine.
        """
        rows = [
            [section.signals.get(signal, {}).get(name, np.nan) for name in self.names]
            for section in self.sections
        ]
        values = np.array(rows, np.float64).reshape(len(rows), len(self.names))
        return rounded(values)

    @property
    def lines(self) -> float:
        """Mean number of lines that are ranked."""
        return _mean(np.array([len(one.signals[COMPOSITE]) for one in self.sections]))

    @property
    def names(self) -> tuple[str, ...]:
        """The lines, A to Z."""
        return self.outcomes.tickers

    def returns(self, sessions: int) -> NDArray[np.float64]:
        """Return what each line earned in the sessions after each section."""
        return self.outcomes.returns(self.bought, [at + sessions for at in self.bought])

    def mean(self, sessions: int) -> float | None:
        """Return the mean coefficient of the composite; None without any."""
        found = formulas.coefficients(
            self.scores(COMPOSITE), self.returns(sessions), FEWEST_LINES
        )
        return float(np.nanmean(found)) if np.isfinite(found).any() else None


def periods(sessions: int) -> int:
    """Return over how many sections the returns of a horizon reach.

    Examples:
        >>> periods(5), periods(21), periods(63)
        (1, 1, 3)
    """
    return ceil(sessions / PERIOD)


def _strength(
    panel: _Panel,
    signal: Signal,
    sessions: int,
    returns: NDArray[np.float64],
    *,
    seed: int,
) -> Strength:
    scores = panel.scores(signal)
    found = formulas.coefficients(scores, returns, FEWEST_LINES)
    known = found[np.isfinite(found)]
    lines = (np.isfinite(scores) & np.isfinite(returns)).sum(axis=1)
    told = tuple(None if np.isnan(one) else float(one) for one in found)
    strength = Strength(
        signal,
        sessions,
        told,
        _mean(lines[np.isfinite(found)]),
        _independent(np.array(panel.bought)[np.isfinite(found)], sessions),
    )
    if not known.size:
        return strength
    t, p = formulas.newey_west(known, _lags(known.size, sessions))
    deviation = float(known.std(ddof=1)) if known.size > 1 else None
    low, high = (
        (None, None)
        if signal.kind == "factor"
        else formulas.interval(
            known, formulas.block_length(periods(sessions)), draws=DRAWS, seed=seed
        )
    )
    return replace(
        strength,
        mean=float(known.mean()),
        deviation=deviation,
        ratio=float(known.mean()) / deviation if deviation and t is not None else None,
        t=t,
        p=p,
        low=low,
        high=high,
        control=_control(
            scores,
            returns,
            draws=SHUFFLES if signal == COMPOSITE else FEWER_SHUFFLES,
            seed=seed,
        ),
    )


def _lags(count: int, sessions: int) -> int:
    """Return enough lags for returns that overlap."""
    return max(periods(sessions) - 1, formulas.default_lags(count))


def _mean(values: NDArray[np.float64] | NDArray[np.intp]) -> float:
    return float(values.mean()) if values.size else 0.0


def _horizon(
    panel: _Panel, sessions: int, returns: NDArray[np.float64], seed: int
) -> Horizon:
    strength = _strength(panel, COMPOSITE, sessions, returns, seed=seed)
    needed = sections_needed(strength.lines or panel.lines)
    return Horizon(
        sessions,
        strength,
        _spread(panel, sessions, returns, strength),
        needed,
        _months(strength),
        _finding(strength, is_enough=strength.independent >= needed),
    )


def _independent(bought: NDArray[np.intp], sessions: int) -> int:
    """Return how many of the returns from these sessions on can be had side by side.

    Each begins where the last one has ended, give or take three sessions.
    """
    count, free = 0, -1
    for start in bought.tolist():
        if start >= free:
            count, free = count + 1, start + max(sessions - TOLERANCE, 1)
    return count


def sections_needed(lines: float) -> int:
    """Return how many independent sections a verdict needs.

    As many as give a true coefficient of 0.05 a t of 2, and at least 24.

    Examples:
        >>> sections_needed(40), sections_needed(500)
        (42, 24)
    """
    return max(FEWEST_SECTIONS, formulas.months_needed(GOOD, lines) or FEWEST_SECTIONS)


def _finding(strength: Strength, *, is_enough: bool) -> Finding:
    """Return the verdict: a signal has to pass t, interval and control at once."""
    if not is_enough or strength.mean is None:
        return "no verdict"
    passes = (
        _below(strength.p)
        and _below(strength.control.p)
        and strength.low is not None
        and strength.high is not None
        and strength.low * strength.high > 0
    )
    if not passes:
        return "nothing found"
    return "signal" if strength.mean > 0 else "reversed"


def _below(p: float | None) -> bool:
    return p is not None and p < SIGNIFICANT


def _months(strength: Strength) -> int | None:
    """Return months in all until the mean found, with its error, has t = 2."""
    if strength.t is None or abs(strength.t) < NO_DISPERSION:
        return None
    return ceil(len(strength.known) * (2 / strength.t) ** 2)


def _control(
    scores: NDArray[np.float64], returns: NDArray[np.float64], *, draws: int, seed: int
) -> Control:
    found, drawn = formulas.shuffled(
        scores, returns, FEWEST_LINES, draws=draws, seed=seed
    )
    if not np.isfinite(drawn).any():
        return Control(None, None, None)
    low, high = np.nanpercentile(drawn, [_LOW, _HIGH])
    return Control(float(low), float(high), formulas.share_beyond(drawn, found))


def _spread(
    panel: _Panel, sessions: int, returns: NDArray[np.float64], strength: Strength
) -> Spread:
    parts = 5 if strength.lines >= FIFTHS_FROM else 3
    best, worst = formulas.spread(panel.scores(COMPOSITE), returns, parts)
    # Scores that are all equal have a best part by name alone.
    known = np.array([one is not None for one in strength.coefficients], bool)
    if not known.any():
        return Spread(parts, None, None, None)
    steps = (best - worst)[known]
    t, _ = formulas.newey_west(steps, _lags(steps.size, sessions))
    return Spread(parts, float(best[known].mean()), float(worst[known].mean()), t)


_ADJUST: Final[Mapping[str, Callable[..., tuple[float | None, ...]]]] = {
    "group": multiple.holm,
    "pillar": multiple.holm,
    "factor": multiple.benjamini_hochberg,
}


def _adjusted(strengths: Sequence[Strength]) -> tuple[Strength, ...]:
    """Return the strengths, p of the control adjusted for the others of its kind.

    Of one horizon at a time. That p holds where scores last and returns overlap, which
    p by Newey and West does not. Where there are too few independent sections for a
    verdict, nothing is adjusted and nothing counts.
    """
    families: dict[tuple[str, int], list[int]] = defaultdict(list)
    for at, one in enumerate(strengths):
        if one.independent >= FEWEST_SECTIONS:
            families[one.signal.kind, one.horizon].append(at)
    found = list(strengths)
    for (kind, _), places in families.items():
        values = _ADJUST[kind]([strengths[at].control.p for at in places])
        for at, value in zip(places, values, strict=True):
            found[at] = replace(strengths[at], adjusted=value)
    return tuple(found)


def _ranking(section: Section, outcomes: Outcomes) -> Ranking:
    at = outcomes.bought_at(section.ready)
    has_come = at < outcomes.sessions.size
    return Ranking(
        section.run,
        section.as_of,
        section.made,
        outcomes.sessions[at].item() if has_come else None,
        len(section.signals[COMPOSITE]),
        section.basket,
        section.exposed_later,
    )


def month_ends(sessions: NDArray[np.datetime64]) -> list[date]:
    """Return the last session of each month that is over, oldest first."""
    months = sessions.astype("datetime64[M]")
    last = np.flatnonzero(months[1:] != months[:-1])
    found: list[date] = sessions[last].tolist()
    return found
