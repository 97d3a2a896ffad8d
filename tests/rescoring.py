"""Causes of changes the slow way: every mixture of every line is scored anew.

What `triad_screener.screening.changes` must agree with. It knows the yields by name,
and a cause takes part only if it alone changes the earlier inputs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from math import factorial, nan
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from triad_screener.factors import FACTORS
from triad_screener.model.recipe import Recipe
from triad_screener.model.vocabulary import PILLARS
from triad_screener.screening import measuring, scoring
from triad_screener.screening.changes import CAUSES, NOTHING, PROGRAM, Change
from triad_screener.screening.measuring import raw_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from triad_screener.model.cross_section import CrossSection
    from triad_screener.model.scores import LineScore
    from triad_screener.model.screen import LineFacts, Screen
    from triad_screener.model.vocabulary import Pillar
    from triad_screener.screening.changes import Cause

    Coalition = frozenset[Cause]
    #: Score and rank.
    _Worth = tuple[float, float]
    #: Raw values, shares by pillar, dollars traded a day.
    _Row = tuple[tuple[float | None, ...], tuple[float, ...], float | None, bool]

_PRICE_GROUPS: Final = ("momentum", "risk", "value")
_OWN: Final[tuple[Cause, ...]] = (
    "price",
    "fundamentals",
    "fx",
    "availability",
    "exposure",
)

_THESIS: Final = list(FACTORS).index("thesis")
_BASES: Final = {
    "ebit_ev": "enterprise value",
    "fcf_mcap": "market capitalisation",
    "ey_fwd": "price",
}


def compare(before: Screen, after: Screen) -> tuple[Change, ...]:
    """Return what became of every line that is ranked in one of two screens.

    Lines stand in the order of their later ranks, those that left at the end.
    """
    pair = _Pair(_Side.of(before), _Side.of(after))
    old = {line.ticker: line for line in before.scores.lines}
    new = {line.ticker: line for line in after.scores.lines}
    left = [ticker for ticker in old if ticker not in new]
    return tuple(
        _change(ticker, old.get(ticker), new.get(ticker), pair)
        for ticker in (*new, *left)
    )


def _change(
    ticker: str, old: LineScore | None, new: LineScore | None, pair: _Pair
) -> Change:
    found = Change(
        ticker,
        old.rank if old else None,
        new.rank if new else None,
        old.score if old else None,
        new.score if new else None,
        {},
        {},
    )
    if old is None or new is None or not found.is_change:
        return found
    scores, ranks = _parts(_Line(ticker, pair), old, new)
    return replace(found, score_parts=scores, rank_parts=ranks)


def _parts(
    line: _Line, old: LineScore, new: LineScore
) -> tuple[dict[Cause, float], dict[Cause, float]]:
    """Return the parts of the score and of the rank; the rest is the program's."""
    players, worths = line.game()
    parts = []
    ends = ((old.score, new.score), (float(old.rank), float(new.rank)))
    for at, (first, last) in enumerate(ends):
        found = _shapley(players, {names: both[at] for names, both in worths.items()})
        rest = (last - first) - sum(found.values())
        if abs(rest) > NOTHING:
            found[PROGRAM] = rest
        parts.append({c: part for c, part in found.items() if abs(part) > NOTHING})
    return parts[0], parts[1]


def _shapley(
    players: Sequence[Coalition], worth: Mapping[Coalition, float]
) -> dict[Cause, float]:
    """Return each player's average addition over all orders, by its last cause.

    ``sum(|S|! (n - |S| - 1)! / n! * (v(S + i) - v(S)))`` over every ``S`` without
    ``i``; a player of several causes moves them as one.
    """
    count = len(players)
    found: dict[Cause, float] = {}
    for player in players:
        others = [other for other in players if other != player]
        part = 0.0
        for size in range(count):
            share = factorial(size) * factorial(count - size - 1) / factorial(count)
            for chosen in combinations(others, size):
                without = frozenset().union(*chosen)
                part += share * (worth[without | player] - worth[without])
        found[_name(player)] = part
    return found


def _name(player: Coalition) -> Cause:
    """Return the cause that a player goes by; several together are availability."""
    return next(iter(player)) if len(player) == 1 else "availability"


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two screens, ready to be scored again.

    Attributes:
        facts: By ticker.
        among: Tickers that are ranked among themselves; None for all.
    """

    facts: Mapping[str, LineFacts]
    lines: CrossSection
    recipe: Recipe
    among: frozenset[str] | None

    @classmethod
    def of(cls, screen: Screen) -> _Side:
        """Return what a screen was scored from."""
        scores = screen.scores
        considered = [one.ticker for one in scores.lines]
        considered += [one.ticker for one in scores.unranked]
        everyone = screen.run.universe == "default"
        return cls(
            screen.facts,
            measuring.cross_section([*screen.facts.values()]),
            Recipe.model_validate_json(screen.recipe),
            None if everyone else frozenset({*considered, *scores.dropped_lines}),
        )


@dataclass(frozen=True)
class _Pair:
    """Two screens, and what of them is the same for every line."""

    before: _Side
    after: _Side

    @cached_property
    def recipes_differ(self) -> bool:
        """Whether they were scored by different recipes, or among others."""
        old, new = self.before, self.after
        return (old.recipe, old.among) != (new.recipe, new.among)

    def side(self, cause: Cause, later: Coalition) -> _Side:
        """Return the screen from which a cause is taken."""
        return self.after if cause in later else self.before

    def peers_differ(self, ticker: str) -> bool:
        """Whether anything of the other lines has changed."""
        old, new = (_others(side, ticker) for side in (self.before, self.after))
        return old[0] != new[0] or any(
            not np.array_equal(a, b, equal_nan=True)
            for a, b in zip(old[1], new[1], strict=True)
        )


def _others(
    side: _Side, ticker: str
) -> tuple[tuple[str, ...], tuple[NDArray[np.float64], ...]]:
    names = side.lines.tickers
    rows = np.array([at for at, name in enumerate(names) if name != ticker], np.intp)
    lines = side.lines.take(rows)
    numbers = (lines.raw, lines.exposures, lines.average_daily_value_usd)
    return lines.tickers, (*numbers, lines.priced.astype(float))


@dataclass(frozen=True)
class _Line:
    """One line in both screens, and in every mixture of them."""

    ticker: str
    pair: _Pair

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """Those whose inputs differ; the others cannot have a part."""
        differs = {
            "peers": self.pair.peers_differ(self.ticker),
            "recipe": self.pair.recipes_differ,
        }
        before = self._own(frozenset())
        for cause in _OWN:
            differs[cause] = self._own(frozenset([cause])) != before
        return tuple(cause for cause in CAUSES if differs[cause])

    def game(self) -> tuple[Sequence[Coalition], dict[Coalition, _Worth]]:
        """Return who plays, and score and rank of every mixture.

        Each cause plays for itself; all play as one if some mixture is not ranked,
        as when the floor of coverage rose while figures came.
        """
        alone: list[Coalition] = [frozenset([cause]) for cause in self.causes]
        together: list[Coalition] = [frozenset(self.causes)]
        for players in (alone, together):
            worths = self._worths(players)
            if worths is not None:
                return players, worths
        return [], {}

    def _worths(self, players: Sequence[Coalition]) -> dict[Coalition, _Worth] | None:
        """Return score and rank of every mixture; None if one is not ranked."""
        found = {}
        for size in range(len(players) + 1):
            for chosen in combinations(players, size):
                later: Coalition = frozenset().union(*chosen)
                place = self._place(later)
                if place is None:
                    return None
                found[later] = place
        return found

    def _place(self, later: Coalition) -> _Worth | None:
        side = self.pair.side("recipe", later)
        places = scoring.places(self._mixture(later), side.recipe, side.among)
        return places.get(self.ticker)

    def _mixture(self, later: Coalition) -> CrossSection:
        """Return the lines with those inputs taken from the later screen."""
        lines = self.pair.side("peers", later).lines
        row = lines.tickers.index(self.ticker)
        raw, exposures, traded, priced = self._own(later)
        mixed = replace(
            lines,
            raw=lines.raw.copy(),
            exposures=lines.exposures.copy(),
            average_daily_value_usd=lines.average_daily_value_usd.copy(),
            priced=lines.priced.copy(),
        )
        mixed.raw[row] = [nan if value is None else value for value in raw]
        mixed.exposures[row] = exposures
        mixed.average_daily_value_usd[row] = nan if traded is None else traded
        mixed.priced[row] = priced
        budgets = self.pair.side("recipe", later).recipe.pillar_budgets
        mixed.raw[:, _THESIS] = [
            _thesis(shares, budgets) for shares in mixed.exposures.tolist()
        ]
        return mixed

    def _own(self, later: Coalition) -> _Row:
        """Return the line's own inputs, of which some are the later ones."""
        mix = _Mix(self._facts("before"), self._facts("after"), later)
        shares = tuple(
            entry.share if (entry := mix.of("exposure").exposures.get(pillar)) else 0.0
            for pillar in PILLARS
        )
        raw = tuple(mix.raw(name) for name in FACTORS)
        traded = mix.of("price").average_daily_value_usd
        return raw, shares, traded, mix.of("availability").is_fresh

    def _facts(self, side: Literal["before", "after"]) -> LineFacts:
        found: _Side = getattr(self.pair, side)
        return found.facts[self.ticker]


def _thesis(shares: Sequence[float], budgets: Mapping[Pillar, float]) -> float:
    """Return the sum over pillars of budget x exposure, as the factor has it."""
    by_pillar = dict(zip(PILLARS, shares, strict=True))
    return sum(budget * by_pillar[pillar] for pillar, budget in budgets.items())


@dataclass(frozen=True, slots=True)
class _Mix:
    """The raw values of one line, of which some inputs are the later ones."""

    before: LineFacts
    after: LineFacts
    later: Coalition

    def of(self, cause: Cause) -> LineFacts:
        """Return the facts from which a cause is taken."""
        return self.after if cause in self.later else self.before

    def raw(self, name: str) -> float | None:
        """Return a raw value; where one side has none, availability decides."""
        if None in (raw_value(self.before, name), raw_value(self.after, name)):
            return raw_value(self.of("availability"), name)
        factor = FACTORS[name]
        if name in _BASES:
            return self._yield(name)
        by_price = factor.group in _PRICE_GROUPS
        return raw_value(self.of("price" if by_price else "fundamentals"), name)

    def _yield(self, name: str) -> float | None:
        """Return a yield at one price, from the books of one day, at one rate."""
        price, books, rate = (self.of(c) for c in ("price", "fundamentals", "fx"))
        if price is books is rate:
            return raw_value(price, name)
        return _Parts.of(books, name).at(_close(price), _rate(rate))


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a yield is made of, apart from the price and the exchange rate.

    Attributes:
        amount: What is earned, in the statement currency, or a share in the price's.
        quoted: Dollars of market value per unit of the close and of the rate.
        claims: Debt less cash and the like, in the statement currency.
        follows: Whether the price currency is the statement currency.
    """

    name: str
    amount: float
    quoted: float
    claims: float
    follows: bool

    @classmethod
    def of(cls, fact: LineFacts, name: str) -> _Parts:
        """Return the parts behind a yield; NaN where they are not known."""
        close, fx = _close(fact), _rate(fact)
        value, worth = fact.market_cap_usd or nan, fact.enterprise_value_usd or nan
        follows = fact.price_currency == fact.statement_currency
        base = _base(name, worth, value, close * fx)
        return cls(
            name,
            (raw_value(fact, name) or 0.0) * base / fx,
            value / close / (fx if follows else 1.0),
            (worth - value) / fx,
            follows,
        )

    def at(self, close: float, fx: float) -> float | None:
        """Return the yield at another close and another rate."""
        value = close * self.quoted * (fx if self.follows else 1.0)
        base = _base(self.name, value + self.claims * fx, value, close * fx)
        return self.amount * fx / base if base > 0 else None


def _base(name: str, worth: float, value: float, price: float) -> float:
    """Return what of the market a factor divides by."""
    bases = {"enterprise value": worth, "market capitalisation": value, "price": price}
    return bases[_BASES[name]]


def _close(fact: LineFacts) -> float:
    return fact.close.value if fact.close else nan


def _rate(fact: LineFacts) -> float:
    """Return dollars per unit of the statement currency."""
    return fact.fx.value if fact.fx else 1.0
