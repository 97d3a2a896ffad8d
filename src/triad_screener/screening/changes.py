"""Why did a score change between two screens? Each cause's part, by Shapley.

The score of a line is taken with every mixture of earlier and later inputs; a cause's
part is what it adds, averaged over all orders in which the causes can come. So the
parts add up to the whole, and no order is preferred.

Coalitions are numbers: cause ``i`` of `CAUSES` has its later inputs in a coalition
whose bit ``i`` is set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from triad_screener.model.ranking import by_column
from triad_screener.model.recipe import Recipe
from triad_screener.screening import replacing
from triad_screener.screening.mixing import (
    INPUTS,
    Inputs,
    Mixer,
    joined,
    same,
    with_budgets,
)
from triad_screener.stats.attribution import shapley

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from triad_screener.model.cross_section import CrossSection
    from triad_screener.model.screen import Screen

    _Parts = Mapping["Cause", float]
    #: Rank and score.
    _Standing = tuple[int, float]

Cause = Literal[
    "price",
    "fundamentals",
    "fx",
    "availability",
    "exposure",
    "peers",
    "recipe",
    "program",
]
#: What the formulas themselves add, where the two were scored by other programs.
PROGRAM: Final[Cause] = "program"
#: What can change a score, in the order in which it is told: a line's own inputs first.
CAUSES: Final[tuple[Cause, ...]] = (*INPUTS, "peers", "recipe")
#: A part below this is none.
NOTHING: Final = 1e-9

_OWN: Final = len(INPUTS)
_PEERS, _RECIPE = (1 << CAUSES.index(cause) for cause in ("peers", "recipe"))
_EVERY: Final = np.arange(1 << len(CAUSES))


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one line from one screen to another.

    Attributes:
        rank_before: None where it was not ranked.
        rank_after: None where it is not ranked.
        score_before: 0 to 100; None where it was not ranked.
        score_after: 0 to 100; None where it is not ranked.
        score_parts: By cause, those that are not zero; they sum to the difference of
            the scores. Empty unless it is ranked in both.
        rank_parts: The same of the ranks; a rank that rises is negative.
    """

    ticker: str
    rank_before: int | None
    rank_after: int | None
    score_before: float | None
    score_after: float | None
    score_parts: Mapping[Cause, float]
    rank_parts: Mapping[Cause, float]

    @property
    def is_change(self) -> bool:
        """Whether rank or score differ."""
        before = self.rank_before, self.score_before
        return before != (self.rank_after, self.score_after)


def compare(before: Screen, after: Screen) -> tuple[Change, ...]:
    """Return what became of every line that is ranked in one of two screens.

    Lines stand in the order of their later ranks, those that left at the end.
    """
    old, new = _standings(before), _standings(after)
    left = [ticker for ticker in old if ticker not in new]
    found = [_change(name, old.get(name), new.get(name)) for name in (*new, *left)]
    moved = [one for one in found if one.is_change]
    both = [one.ticker for one in moved if one.ticker in old and one.ticker in new]
    parts = _parts(_Pair.of(before, after, both), old, new)
    return tuple(
        replace(one, score_parts=parts[one.ticker][0], rank_parts=parts[one.ticker][1])
        if one.ticker in parts
        else one
        for one in found
    )


def _standings(screen: Screen) -> dict[str, _Standing]:
    lines = by_column(screen.scores.lines)
    points = zip(lines.tickers, lines.score.tolist(), strict=True)
    return {name: (rank, score) for rank, (name, score) in enumerate(points, start=1)}


def _change(ticker: str, old: _Standing | None, new: _Standing | None) -> Change:
    (was, had), (now, has) = old or (None, None), new or (None, None)
    return Change(ticker, was, now, had, has, {}, {})


def _parts(
    pair: _Pair, old: Mapping[str, _Standing], new: Mapping[str, _Standing]
) -> dict[str, tuple[_Parts, _Parts]]:
    """Return the parts of the score and of the rank of each line, by ticker."""
    parts = shapley(pair.worth)
    found = {}
    for at, ticker in enumerate(pair.tickers):
        (was, had), (now, has) = old[ticker], new[ticker]
        found[ticker] = (
            _told(pair.named(parts, at, 0), has - had),
            _told(pair.named(parts, at, 1), float(now - was)),
        )
    return found


def _told(parts: _Parts, step: float) -> _Parts:
    """Return the parts that are not zero; what they leave is the program's."""
    rest = step - sum(parts.values())
    found = {**parts, PROGRAM: rest} if abs(rest) > NOTHING else parts
    return {cause: part for cause, part in found.items() if abs(part) > NOTHING}


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two screens, ready to be scored again.

    Attributes:
        inputs: Of every line.
        among: Tickers that are ranked among themselves; None for all.
    """

    inputs: Inputs
    recipe: Recipe
    among: frozenset[str] | None

    @classmethod
    def of(cls, screen: Screen) -> _Side:
        """Return what a screen was scored from."""
        scores, everyone = screen.scores, screen.run.universe == "default"
        return cls(
            Inputs.of([*screen.facts.values()]),
            Recipe.model_validate_json(screen.recipe),
            None if everyone else frozenset(scores.considered + scores.dropped_lines),
        )

    def only(self, tickers: Sequence[str]) -> Inputs:
        """Return the inputs of these lines, in their order."""
        return self.inputs.take(_rows(self.inputs.lines, tickers))


def _rows(lines: CrossSection, tickers: Sequence[str]) -> NDArray[np.intp]:
    row_of = {ticker: row for row, ticker in enumerate(lines.tickers)}
    return np.array([row_of[ticker] for ticker in tickers], np.intp)


@dataclass(frozen=True)
class _Pair:
    """Two screens, and the ``m`` lines whose change is to be explained."""

    before: _Side
    after: _Side
    tickers: Sequence[str]

    @classmethod
    def of(cls, before: Screen, after: Screen, tickers: Sequence[str]) -> _Pair:
        """Return what the two were scored from."""
        return cls(_Side.of(before), _Side.of(after), tickers)

    @cached_property
    def causes(self) -> NDArray[np.intp]:
        """The causes whose inputs differ, a coalition for each line, shape ``(m,)``.

        The others cannot have a part.
        """
        recipes = np.full(len(self.tickers), self._recipes_differ())
        differ = np.array([*self._own_differ(), self._peers_differ(), recipes])
        found: NDArray[np.intp] = (1 << np.arange(len(CAUSES))) @ differ
        return found

    def _own_differ(self) -> Iterator[NDArray[np.bool_]]:
        """Yield for each input of its own whether it differs in any mixture."""
        for bit in (1 << at for at in range(_OWN)):
            without = [own for own in range(1 << _OWN) if not own & bit]
            yield ~np.logical_and.reduce(
                [same(self._mixtures[o], self._mixtures[o | bit]) for o in without]
            )

    def _peers_differ(self) -> NDArray[np.bool_]:
        """Return whether anything of the other lines has changed, by one recipe."""
        budgets = self.before.recipe.pillar_budgets
        old, new = (
            with_budgets(side.inputs.lines, budgets)
            for side in (self.before, self.after)
        )
        if {*zip(old.tickers, old.issuers, strict=True)} != {
            *zip(new.tickers, new.issuers, strict=True)
        }:
            return np.ones(len(self.tickers), bool)
        differ = ~same(old, new.take(_rows(new, old.tickers)))
        found: NDArray[np.bool_] = (
            np.count_nonzero(differ) > differ[_rows(old, self.tickers)]
        )
        return found

    def _recipes_differ(self) -> bool:
        """Return whether they were scored by different recipes, or among others."""
        old, new = self.before, self.after
        return (old.recipe, old.among) != (new.recipe, new.among)

    @cached_property
    def _mixtures(self) -> Sequence[CrossSection]:
        """The lines with each coalition of their own inputs, by the earlier recipe."""
        mixer = Mixer(self.before.only(self.tickers), self.after.only(self.tickers))
        return [
            mixer.mixture(
                [one for at, one in enumerate(INPUTS) if own >> at & 1],
                self.before.recipe.pillar_budgets,
            )
            for own in range(1 << _OWN)
        ]

    @cached_property
    def worth(self) -> NDArray[np.float64]:
        """Score and rank of each line in each mixture; NaN where it is not ranked.

        Shape ``(128, m, 2)``; a cause that does not differ changes nothing.
        """
        found = np.full((_EVERY.size, len(self.tickers), 2), np.nan)
        for others in (0, _PEERS, _RECIPE, _PEERS | _RECIPE):
            coalitions = others + np.arange(1 << _OWN)[:, None]
            line, own = np.nonzero((coalitions & ~self.causes == 0).T)
            found[others + own, line] = self._places(others, own, line)
        lines = np.arange(len(self.tickers))
        whole: NDArray[np.float64] = found[_EVERY[:, None] & self.causes, lines]
        return whole

    def _places(
        self, others: int, own: NDArray[np.intp], line: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Return score and rank of lines, by their own inputs and those of others."""
        peers = self.after if others & _PEERS else self.before
        rules = self.after if others & _RECIPE else self.before
        budgets = rules.recipe.pillar_budgets
        every = joined(self._mixtures).take(own * len(self.tickers) + line)
        return replacing.places(
            with_budgets(peers.inputs.lines, budgets),
            rules.recipe,
            rules.among,
            with_budgets(every, budgets),
        )

    def named(self, parts: NDArray[np.float64], at: int, which: int) -> _Parts:
        """Return the parts of a line by cause.

        All causes play as one if some mixture is not ranked, as when the floor of
        coverage rose while figures came.

        Args:
            parts: By Shapley, shape ``(7, m, 2)``; NaN if some mixture is not ranked.
            at: Position of the line.
            which: 0 for its score, 1 for its rank.
        """
        chosen = [one for i, one in enumerate(CAUSES) if self.causes[at] >> i & 1]
        found = parts[:, at, which]
        if not np.isnan(found).any():
            return dict(zip(CAUSES, found.tolist(), strict=True))
        whole = self.worth[-1, at, which] - self.worth[0, at, which]
        name = chosen[0] if len(chosen) == 1 else "availability"
        return {} if np.isnan(whole) else {name: float(whole)}
