"""Who is in the basket of a pillar, at which weight?

Who leads a pillar: `gathering`. It is there that arrays are; here a stored run is
shown without them.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Final

from triad_screener.model.scores import Basket, Holding
from triad_screener.model.vocabulary import PILLARS
from triad_screener.stats import DECIMALS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from triad_screener.model.ranking import PillarPlaces
    from triad_screener.model.recipe import BasketRules, Recipe
    from triad_screener.model.scores import Choice
    from triad_screener.model.vocabulary import Pillar

#: Points by which one that is held already may be under the least score.
LENIENCE: Final = 10
_NOISE: Final = 1e-12


def is_eligible(exposure: float, exposure_floor: float) -> bool:
    """Return whether a share of revenue is enough for a pillar; none never is."""
    return exposure > 0 and round(exposure, DECIMALS) >= exposure_floor


def select(
    ranking: Sequence[str], rules: BasketRules, incumbents: Collection[str]
) -> tuple[str, ...]:
    """Return the constituents: leaders, then incumbents in the buffer, then others.

    Ranks up to ``floor((1 - b) K)`` enter; incumbents stay up to ``ceil((1 + b) K)``.

    Examples:
        >>> from triad_screener.model.recipe import BasketRules
        >>> rules = BasketRules(size=3, buffer=0.2)
        >>> select(["A", "B", "C", "D"], rules, incumbents=["D"])
        ('A', 'B', 'D')
    """
    enter = floor(round((1 - rules.buffer) * rules.size, DECIMALS))
    stay = ceil(round((1 + rules.buffer) * rules.size, DECIMALS))
    leaders = list(ranking[:enter])
    kept = [ticker for ticker in ranking[enter:stay] if ticker in incumbents]
    # No more of the others are needed than the basket has places.
    near, stays = ranking[enter : enter + rules.size + len(kept)], frozenset(kept)
    others = [ticker for ticker in near if ticker not in stays]
    return tuple([*leaders, *kept, *others][: rules.size])


def weigh(
    places: Mapping[Pillar, PillarPlaces],
    issuers: Mapping[str, str],
    recipe: Recipe,
    choices: Mapping[Pillar, Choice],
) -> tuple[Basket, ...]:
    """Return the baskets: weights by pillar score, budgets met, issuers capped."""
    weights = {
        pillar: _uncapped(places[pillar], recipe.pillar_budgets[pillar])
        for pillar in PILLARS
    }
    reserves = cap(weights, issuers, recipe.basket.issuer_cap)
    return tuple(
        Basket(
            pillar,
            recipe.pillar_budgets[pillar],
            reserves[pillar] if weights[pillar] else recipe.pillar_budgets[pillar],
            tuple(Holding(ticker, w) for ticker, w in weights[pillar].items()),
            choices[pillar],
        )
        for pillar in PILLARS
    )


def _uncapped(places: PillarPlaces, budget: float) -> dict[str, float]:
    chosen = places.in_basket
    total = sum(chosen.values())
    return {ticker: budget * score / total for ticker, score in chosen.items()}


def cap(
    weights: Mapping[Pillar, dict[str, float]],
    issuers: Mapping[str, str],
    issuer_cap: float,
) -> dict[Pillar, float]:
    """Cap issuers over all pillars, in place, and return each pillar's reserve.

    All issuers over the cap are scaled to it at once and locked; the excess goes to
    the unlocked names of the same pillar, pro rata; then it looks again. What cannot
    be placed is the reserve.
    """
    reserves = dict.fromkeys(weights, 0.0)
    locked: set[str] = set()
    while over := _over(weights, issuers, issuer_cap, locked):
        locked |= over.keys()
        for pillar, held in weights.items():
            excess = 0.0
            for ticker in held:
                if (issuer := issuers[ticker]) in over:
                    excess += held[ticker] * (1 - issuer_cap / over[issuer])
                    held[ticker] *= issuer_cap / over[issuer]
            reserves[pillar] += _hand_on(held, excess, issuers, locked)
    return reserves


def _over(
    weights: Mapping[Pillar, Mapping[str, float]],
    issuers: Mapping[str, str],
    issuer_cap: float,
    locked: Collection[str],
) -> dict[str, float]:
    """Return the total weight of each issuer above the cap."""
    totals: dict[str, float] = {}
    for held in weights.values():
        for ticker, weight in held.items():
            totals[issuers[ticker]] = totals.get(issuers[ticker], 0.0) + weight
    return {
        issuer: total
        for issuer, total in totals.items()
        if total > issuer_cap + _NOISE and issuer not in locked
    }


def _hand_on(
    held: dict[str, float],
    excess: float,
    issuers: Mapping[str, str],
    locked: Collection[str],
) -> float:
    """Give ``excess`` to the unlocked names, in place; return what is left over."""
    free = {t: w for t, w in held.items() if issuers[t] not in locked}
    room = sum(free.values())
    if not room:
        return excess
    for ticker, weight in free.items():
        held[ticker] += excess * weight / room
    return 0.0


def weights(baskets: Iterable[Basket]) -> dict[str, float]:
    """Return the whole weight of each name over all baskets, a fraction."""
    found: dict[str, float] = {}
    for basket in baskets:
        for holding in basket.constituents:
            found[holding.ticker] = found.get(holding.ticker, 0.0) + holding.weight
    return found


def turnover(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """Return the one-way turnover from one portfolio to another, a fraction.

    Args:
        before: The whole weight of each name, as in `weights`.
        after: Likewise.

    Examples:
        >>> turnover({"A": 0.75, "B": 0.25}, {"A": 0.5, "B": 0.25})
        0.25
    """
    names = sorted({*before, *after})
    return one_way([after.get(n, 0.0) - before.get(n, 0.0) for n in names])


def one_way(steps: Sequence[float]) -> float:
    """Return ``0.5 * sum |dw|`` over names, what is in reserve counting as one.

    Args:
        steps: Change of the weight of each name.
    """
    return 0.5 * (sum(map(abs, steps)) + abs(sum(steps)))


def effective_number(baskets: Sequence[Basket]) -> float | None:
    """Return ``1 / sum w^2`` over the constituents; None for empty baskets."""
    squares = sum(weight**2 for weight in weights(baskets).values())
    return 1 / squares if squares else None
