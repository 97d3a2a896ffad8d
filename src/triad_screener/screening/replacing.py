"""Where would one line stand, if it alone had other figures?

`scoring.places` answers it for one line by scoring the whole cross-section again. Here
many such questions are answered at once, by the same formulas: with its peers fixed, a
line that moves from one value of a factor to another shifts the ranks between the two
by one place, and nothing else. Groups of factors that stay as they were are taken from
the cross-section as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from triad_screener.model.vocabulary import NEUTRALISED, PILLARS
from triad_screener.screening import normalising, scoring
from triad_screener.screening.mixing import same
from triad_screener.screening.shifting import (
    FactorGroup,
    Newcomers,
    standardise_rows,
)
from triad_screener.stats import DECIMALS
from triad_screener.stats.cross_section import rounded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from triad_screener.model.cross_section import CrossSection
    from triad_screener.model.recipe import Recipe
    from triad_screener.screening.normalising import Weighting

    Floats = NDArray[np.float64]
    Rows = NDArray[np.intp]
    Mask = NDArray[np.bool_]

#: Composites further apart are not equal after rounding.
_APART: Final = 2 * 10.0**-DECIMALS
#: Numbers that are worked on at once: as many as a processor's cache holds.
_AT_ONCE: Final = 2**17
#: Stands for a missing value where values are compared.
_MISSING: Final = np.inf


def places(
    lines: CrossSection,
    recipe: Recipe,
    among: Collection[str] | None,
    others: CrossSection,
) -> Floats:
    """Return score and rank of each row of ``others``, put in place of its line.

    The market capitalisation of a line stays that of ``lines``; raw values, exposures,
    dollars traded and whether it is priced are replaced.

    Args:
        lines: The cross-section that stays.
        recipe: As in `scoring.places`.
        among: Likewise.
        others: A row a question, ``q`` of them; a ticker, one of ``lines``, may come
            often.

    Returns:
        Shape ``(q, 2)``; NaN where the line would not be ranked.
    """
    found = np.full((len(others.tickers), 2), np.nan)
    if not found.size:
        return found
    at = _positions(lines, others)
    others = replace(others, market_cap_usd=lines.market_cap_usd[at])
    as_is = same(lines.take(at), others)
    known = scoring.places(lines, recipe, among)
    for row in np.flatnonzero(as_is):
        found[row] = known.get(others.tickers[row], (np.nan, np.nan))
    asked = _Asked(lines, at, others, among)
    for rows, peers in _among_peers(asked, np.flatnonzero(~as_is), recipe):
        size = max(1, _AT_ONCE // peers.counted.size)
        for first in range(0, rows.size, size):
            chosen = rows[first : first + size]
            found[chosen] = peers.places(asked, chosen)
    return found


def _positions(lines: CrossSection, others: CrossSection) -> Rows:
    position = {ticker: row for row, ticker in enumerate(lines.tickers)}
    return np.array([position[ticker] for ticker in others.tickers], np.intp)


def _among_peers(
    asked: _Asked, rows: Rows, recipe: Recipe
) -> Iterator[tuple[Rows, _Peers]]:
    """Yield the rows that are ranked, with the peers that they are ranked among.

    Peers depend on which factors are active, for these say who has enough of them,
    and on whether the line, or a sister of it, stands among them already.
    """
    rows = rows[asked.stands_for_issuer[rows]]
    for weighting, chosen in _weightings(asked, rows, recipe):
        enough = _is_ranked(asked.others.take(chosen), weighting, recipe)
        ranked = _is_ranked(asked.listed, weighting, recipe)
        seated = ranked[asked.seat[chosen]]
        for spare in (False, True):
            if (some := chosen[enough & (seated != spare)]).size:
                yield some, _Peers.of(asked, weighting, ranked, recipe, spare=spare)


def _weightings(
    asked: _Asked, rows: Rows, recipe: Recipe
) -> Iterator[tuple[Weighting, Rows]]:
    """Yield the weights that come about, each with the rows that have them.

    Which factors are active depends on how many lines have each.
    """
    raw, others = asked.listed.raw, asked.others.raw
    more = np.isfinite(others[rows]) - 1.0 * np.isfinite(raw)[asked.seat[rows]]
    first, which = _distinct(more)
    found: dict[bytes, tuple[Weighting, list[int]]] = {}
    for number, row in enumerate(rows[first].tolist()):
        changed = raw.copy()
        changed[asked.seat[row]] = others[row]
        weighting = normalising.weigh(replace(asked.listed, raw=changed), recipe)
        if weighting.columns.size:
            key = weighting.columns.tobytes()
            found.setdefault(key, (weighting, []))[1].append(number)
    for weighting, numbers in found.values():
        yield weighting, rows[np.isin(which, numbers)]


def _is_ranked(lines: CrossSection, weighting: Weighting, recipe: Recipe) -> Mask:
    coverage = normalising.coverage(lines, weighting).round(DECIMALS)
    enough: Mask = (coverage >= recipe.coverage_floor) & lines.priced
    return enough


def _distinct(rows: Floats) -> tuple[Rows, Rows]:
    """Return where each distinct row first stands, and which of them each row is."""
    if not rows.size:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    order = np.lexsort(rows.T)
    ascending = rows[order]
    new = np.append(True, (ascending[1:] != ascending[:-1]).any(axis=1))
    which = np.empty(order.size, np.intp)
    which[order] = np.cumsum(new) - 1
    return order[new], which


@dataclass(frozen=True)
class _Asked:
    """The questions, and what of the cross-section they have in common.

    Attributes:
        at: Row of each question's line in ``lines``, shape ``(q,)``.
    """

    lines: CrossSection
    at: Rows
    others: CrossSection
    among: Collection[str] | None

    @cached_property
    def listed(self) -> CrossSection:
        """One line an issuer, in order of ticker."""
        return scoring.one_per_issuer(self.lines)[0]

    @cached_property
    def seat(self) -> Rows:
        """Row in ``listed`` of the line of each question, or of its sister."""
        row_of = {issuer: row for row, issuer in enumerate(self.listed.issuers)}
        seats = np.array([row_of[issuer] for issuer in self.lines.issuers], np.intp)
        return seats[self.at]

    @cached_property
    def stands_for_issuer(self) -> Mask:
        """Whether each would be listed, and is ranked at all; shape ``(q,)``."""
        rivals = self._rivals()
        traded = np.nan_to_num(self.others.average_daily_value_usd, nan=0.0)
        tickers = self.lines.tickers
        return np.array(
            [
                self.counts(tickers[row])
                and all((-value, tickers[row]) < rival for rival in rivals[row])
                for row, value in zip(self.at.tolist(), traded.tolist(), strict=True)
            ],
            bool,
        )

    def counts(self, ticker: str) -> bool:
        """Return whether a line is one of those that are ranked among themselves."""
        return self.among is None or ticker in self.among

    def _rivals(self) -> list[list[tuple[float, str]]]:
        """Return what each of ``lines`` must surpass: dollars traded, then ticker."""
        traded = np.nan_to_num(self.lines.average_daily_value_usd, nan=0.0).tolist()
        keys = [
            (-value, name)
            for value, name in zip(traded, self.lines.tickers, strict=True)
        ]
        sisters: dict[str, list[tuple[float, str]]] = {}
        for key, issuer in zip(keys, self.lines.issuers, strict=True):
            sisters.setdefault(issuer, []).append(key)
        return [
            [other for other in sisters[issuer] if other is not key]
            for key, issuer in zip(keys, self.lines.issuers, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Peers:
    """The lines that are ranked, one of which is replaced at a time.

    Attributes:
        weighting: The active factors, ``a`` of them.
        clip: Largest absolute composite.
        groups: Columns among the active factors, weight and scores of each group.
        seats: Row here of each listed line; of one not ranked the last, spare one.
        values: Signed and rounded raw values, shape ``(a, n)``; NaN is missing.
        pillars: Position of the primary pillar, ascending, shape ``(n,)``; 3 of a
            spare row.
        keys: What breaks ties, the highest first, shape ``(3, n)``.
        names: Tickers, which break what ties are left, A to Z, shape ``(n,)``.
        counted: Whom a rank counts, shape ``(n,)``.
    """

    weighting: Weighting
    clip: float
    groups: tuple[tuple[Rows, float, FactorGroup], ...]
    seats: Rows
    values: Floats
    pillars: Rows
    keys: Floats
    names: NDArray[np.object_]
    counted: Mask

    @classmethod
    def of(
        cls,
        asked: _Asked,
        weighting: Weighting,
        ranked: Mask,
        recipe: Recipe,
        *,
        spare: bool,
    ) -> _Peers:
        """Return the ranked lines; with a spare row, for one that is not of them."""
        listed = asked.listed
        rows = np.flatnonzero(ranked)
        pillars = normalising.primary_pillars(listed.exposures[rows])
        by_pillar = np.argsort(pillars, kind="stable")
        rows, pillars = rows[by_pillar], pillars[by_pillar]
        seats = np.full(ranked.size, rows.size)
        seats[rows] = np.arange(rows.size)
        values = _padded(_signed(listed.take(rows), weighting), np.nan, spare=spare)
        pillars = _padded(pillars, len(PILLARS), spare=spare)
        names = [listed.tickers[row] for row in rows]
        counted = np.array([asked.counts(name) for name in names], bool)
        return cls(
            weighting,
            recipe.clip,
            tuple(_groups(listed, weighting, values, pillars, recipe)),
            seats,
            values,
            pillars,
            _padded(_keys(listed, weighting)[:, rows], np.nan, spare=spare),
            _padded(np.array(names, object), "", spare=spare),
            _padded(counted, 0, spare=spare),
        )

    def places(self, asked: _Asked, rows: Rows) -> Floats:
        """Return score and rank of each question in ``rows``."""
        others = asked.others.take(rows)
        new = Newcomers(
            self.seats[asked.seat[rows]],
            normalising.primary_pillars(others.exposures),
            _signed(others, self.weighting).T,
        )
        total = np.zeros((rows.size, self.counted.size))
        for columns, weight, group in self.groups:
            scores, which = self._scores(columns, group, new)
            scores *= weight
            total += scores[which]
        z = standardise_rows(total, self.clip)
        own = z[np.arange(rows.size), new.seat]
        rank = 1 + self._better(z, own, new.seat, others)
        return np.column_stack([scoring.scores_of(own), rank])

    def _scores(
        self, columns: Rows, group: FactorGroup, new: Newcomers
    ) -> tuple[Floats, Rows]:
        """Return the distinct scores of a group, and which of them each has.

        A newcomer that is in this group as the line that goes changes nothing: it is
        as if the first line went and came back.
        """
        as_is = np.vstack([self.pillars, self.values[columns]]).T
        given = np.column_stack([new.pillar, new.values[:, columns]])
        as_is, given = (np.where(np.isnan(a), _MISSING, a) for a in (as_is, given))
        stays = (as_is[new.seat] == given).all(axis=1)
        rows = np.column_stack([new.seat, given])
        rows[stays] = [0, *as_is[0]]
        first, which = _distinct(rows)
        some = rows[first]
        seat, pillar = some[:, :2].T.astype(np.intp)
        values = np.where(some == _MISSING, np.nan, some)[:, 2:]
        return group.scores(Newcomers(seat, pillar, values)), which

    def _better(
        self, z: Floats, own: Floats, seat: Rows, others: CrossSection
    ) -> NDArray[np.intp]:
        """Return how many lines that count stand before each newcomer."""
        above = (z > own[:, None] + _APART) & self.counted
        up_to = (z >= own[:, None] - _APART) & self.counted
        found: Rows = above.sum(axis=1)
        # The line itself is as high as it is.
        rows = np.flatnonzero(up_to.sum(axis=1) > found + self.counted[seat])
        tied = up_to[rows] & ~above[rows]
        tied[np.arange(rows.size), seat[rows]] = False
        which, line = np.nonzero(tied)
        row = rows[which]
        names = np.array(others.tickers, object)
        mine = np.vstack([rounded(own), _keys(others, self.weighting)])[:, row]
        theirs = np.vstack([rounded(z[row, line]), self.keys[:, line]])
        first = _first_is_higher(theirs, mine, self.names[line] < names[row])
        np.add.at(found, row, first)
        return found


def _first_is_higher(some: Floats, others: Floats, otherwise: Mask) -> Mask:
    """Return which columns are higher in the first row that differs.

    Args:
        some: Shape ``(k, n)``.
        others: Likewise.
        otherwise: For columns that do not differ, shape ``(n,)``.
    """
    found = otherwise
    for one, other in zip(some[::-1], others[::-1], strict=True):
        found = np.where(one == other, found, one > other)
    return found


def _signed(lines: CrossSection, weighting: Weighting) -> Floats:
    """Return what ranks are made of, of each active factor, shape ``(a, n)``."""
    signs = np.array([factor.sign for factor in lines.factors])
    raw = lines.raw[:, weighting.columns] * signs[weighting.columns]
    return np.where(np.isfinite(raw), rounded(raw), np.nan).T.copy()


def _keys(lines: CrossSection, weighting: Weighting) -> Floats:
    """Return what breaks ties of a composite: coverage, thesis, size, ``(3, n)``."""
    thesis = [factor.id for factor in lines.factors].index("thesis")
    size = np.nan_to_num(lines.market_cap_usd, nan=-np.inf)
    keys = (normalising.coverage(lines, weighting), lines.raw[:, thesis], size)
    return np.array([rounded(key) for key in keys])


def _groups(
    listed: CrossSection,
    weighting: Weighting,
    values: Floats,
    pillars: Rows,
    recipe: Recipe,
) -> Iterator[tuple[Rows, float, FactorGroup]]:
    active = [listed.factors[column].group for column in weighting.columns]
    for group, weight in weighting.group_weights.items():
        columns = np.flatnonzero([one == group for one in active])
        compared = recipe.neutralise.by == "pillar" and group in NEUTRALISED
        rule = recipe.neutralise if compared else None
        yield (
            columns,
            weight,
            FactorGroup.of(values[columns], pillars, recipe.clip, rule),
        )


def _padded(values: NDArray[Any], fill: float | str, *, spare: bool) -> NDArray[Any]:
    """Return values with one more at the end of the last axis, where it is wanted."""
    if not spare:
        return values
    width = [(0, 0)] * (values.ndim - 1) + [(0, 1)]
    return np.pad(values, width, constant_values=fill)
