"""What would a line's own inputs be, if some of them were the later ones?

A factor says what moves it (`factors.Factor`): its price, its statements, its
exposures, or, as a yield, price and statements and the exchange rate between the two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from triad_screener.factors import FACTORS
from triad_screener.model.cross_section import CrossSection
from triad_screener.model.vocabulary import PILLARS
from triad_screener.screening import measuring
from triad_screener.stats.cross_section import rounded

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from triad_screener.factors import Factor
    from triad_screener.model.screen import LineFacts
    from triad_screener.model.vocabulary import Pillar

Input = Literal["price", "fundamentals", "fx", "availability", "exposure"]
#: The inputs of a line of its own, in the order in which they are told.
INPUTS: Final[tuple[Input, ...]] = get_args(Input)

_INPUT_OF: Final[Mapping[str, Input]] = {
    "price": "price",
    "statements": "fundamentals",
    "exposures": "exposure",
}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What lines of one screen were scored from; NaN is missing.

    Attributes:
        lines: Raw values, exposures, dollars traded, of ``n`` lines.
        close: In the price currency, shape ``(n,)``.
        rate: US dollars per unit of the statement currency, shape ``(n,)``.
        enterprise_value_usd: US dollars, shape ``(n,)``.
        one_currency: Whether price and statements are in the same, shape ``(n,)``.
    """

    lines: CrossSection
    close: NDArray[np.float64]
    rate: NDArray[np.float64]
    enterprise_value_usd: NDArray[np.float64]
    one_currency: NDArray[np.bool_]

    @classmethod
    def of(cls, facts: Sequence[LineFacts]) -> Inputs:
        """Return the inputs of the lines described, in their order."""
        return cls(
            measuring.cross_section(facts),
            np.array([f.close.value if f.close else nan for f in facts], float),
            np.array([f.fx.value if f.fx else 1.0 for f in facts], float),
            np.array([f.enterprise_value_usd or nan for f in facts], float),
            np.array([f.price_currency == f.statement_currency for f in facts], bool),
        )

    def take(self, rows: NDArray[np.intp]) -> Inputs:
        """Return the inputs of ``rows`` only, in their order."""
        return Inputs(
            self.lines.take(rows),
            self.close[rows],
            self.rate[rows],
            self.enterprise_value_usd[rows],
            self.one_currency[rows],
        )


@dataclass(frozen=True, slots=True)
class Mixer:
    """The same ``n`` lines in two screens, to take some inputs from the later.

    Attributes:
        before: The earlier inputs.
        after: The later ones, of the same lines in the same order.
    """

    before: Inputs
    after: Inputs

    def mixture(
        self, later: Collection[Input], budgets: Mapping[Pillar, float]
    ) -> CrossSection:
        """Return the lines with the inputs in ``later`` from the later screen.

        A raw value that is missing on one side is there if it is on the side of
        ``availability``; a yield whose base is not above zero is missing.
        """
        lines = self._of("exposure", later).lines
        traded = self._of("price", later).lines.average_daily_value_usd
        raw = [
            self._raw(column, FACTORS[name], later)
            for column, name in enumerate(FACTORS)
        ]
        mixed = replace(
            lines,
            raw=np.column_stack(raw),
            average_daily_value_usd=traded,
            priced=self._of("availability", later).lines.priced,
        )
        return with_budgets(mixed, budgets)

    def _of(self, one: Input, later: Collection[Input]) -> Inputs:
        return self.after if one in later else self.before

    def _raw(
        self, column: int, factor: Factor, later: Collection[Input]
    ) -> NDArray[np.float64]:
        sides = (self.before, self.after)
        missing = [np.isnan(side.lines.raw[:, column]) for side in sides]
        there = self._of("availability", later).lines.raw[:, column]
        found = (
            self._yield(column, factor, later)
            if factor.per
            else self._of(_INPUT_OF[factor.mover], later).lines.raw[:, column]
        )
        return np.where(missing[0] | missing[1], there, found)

    def _yield(
        self, column: int, factor: Factor, later: Collection[Input]
    ) -> NDArray[np.float64]:
        """Return a yield at one price, from the books of one day, at one rate."""
        price, books, rate = (
            self._of(one, later) for one in ("price", "fundamentals", "fx")
        )
        if price is books is rate:
            return books.lines.raw[:, column]
        with np.errstate(all="ignore"):
            earned = books.lines.raw[:, column] * _base(factor, books) / books.rate
            base = _base(factor, _revalued(books, price.close, rate.rate))
            return np.where(base > 0, earned * rate.rate / base, nan)


def with_budgets(lines: CrossSection, budgets: Mapping[Pillar, float]) -> CrossSection:
    """Return the lines with what is made of exposures weighed by other budgets."""
    raw = lines.raw.copy()
    weights = np.array([budgets[pillar] for pillar in PILLARS])
    for column, name in enumerate(FACTORS):
        if formula := FACTORS[name].of_exposures:
            raw[:, column] = formula(lines.exposures, weights)
    return replace(lines, raw=raw)


def same(some: CrossSection, others: CrossSection) -> NDArray[np.bool_]:
    """Return which rows are scored alike: to twelve decimals, as comparisons see them.

    Raw values, exposures, dollars traded and whether there is a price count; what is
    missing in both is the same. Shape ``(n,)``.
    """
    found: NDArray[np.bool_] = (
        _equal(rounded(some.raw), rounded(others.raw)).all(axis=1)
        & (some.exposures == others.exposures).all(axis=1)
        & _equal(some.average_daily_value_usd, others.average_daily_value_usd)
        & (some.priced == others.priced)
    )
    return found


def _equal(some: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (some == others) | (np.isnan(some) & np.isnan(others))
    return found


def joined(parts: Sequence[CrossSection]) -> CrossSection:
    """Return the rows of all parts, one part after another; at least one part."""
    return CrossSection(
        tuple(ticker for part in parts for ticker in part.tickers),
        tuple(issuer for part in parts for issuer in part.issuers),
        np.concatenate([part.exposures for part in parts]),
        parts[0].factors,
        np.concatenate([part.raw for part in parts]),
        np.concatenate([part.market_cap_usd for part in parts]),
        np.concatenate([part.average_daily_value_usd for part in parts]),
        np.concatenate([part.statement_age_days for part in parts]),
        np.concatenate([part.half_yearly for part in parts]),
        np.concatenate([part.priced for part in parts]),
    )


def _base(factor: Factor, at: Inputs) -> NDArray[np.float64]:
    """Return what of the market a yield divides by, up to a factor of its own."""
    match factor.per:
        case "enterprise value":
            return at.enterprise_value_usd
        case "market capitalisation":
            return at.lines.market_cap_usd
        case _:
            return at.close * at.rate


def _revalued(
    books: Inputs, close: NDArray[np.float64], rate: NDArray[np.float64]
) -> Inputs:
    """Return the market values of lines at another close and another rate.

    Shares and claims, which are debt less cash and the like, stay those of the books;
    where price and statements are in one currency, its rate moves both.
    """
    value = np.where(books.lines.market_cap_usd == 0, nan, books.lines.market_cap_usd)
    shares = value / books.close / np.where(books.one_currency, books.rate, 1.0)
    claims = (books.enterprise_value_usd - value) / books.rate
    worth = close * shares * np.where(books.one_currency, rate, 1.0)
    return replace(
        books,
        lines=replace(books.lines, market_cap_usd=worth),
        close=close,
        rate=rate,
        enterprise_value_usd=worth + claims * rate,
    )
