"""Ranked lines, unranked lines and pillar lists by column.

Arrays are public: what writes, keeps or weighs many lines needs no object for each.
NaN stands for None. All arrays are in the order of the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Final, get_args

from triad_screener.model.listing import Listing
from triad_screener.model.scores import (
    INSUFFICIENT_DATA,
    NO_ACTIVE_FACTOR,
    NO_PRICE,
    Confidence,
    FactorScore,
    LineScore,
    PillarPlace,
    Unranked,
)
from triad_screener.model.vocabulary import PILLARS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from triad_screener.model.vocabulary import Group

CONFIDENCES: Final[tuple[Confidence, ...]] = get_args(Confidence)
_FLOATS: Final = (
    *("score", "score_low", "score_high", "composite_z", "composite_ex_thesis_z"),
    *("coverage", "confidence", "freshness", "stability", "precision"),
    "thesis_exposure",
)
#: Why lines are not ranked, by code.
REASONS: Final = (INSUFFICIENT_DATA, NO_PRICE, NO_ACTIVE_FACTOR)


@dataclass(frozen=True, slots=True, eq=False)
class FactorScores:
    """One factor of all ranked lines, as in `FactorScore`; shape ``(r,)`` each."""

    raw: NDArray[np.float64]
    rank: NDArray[np.float64]
    rank_z: NDArray[np.float64]
    z: NDArray[np.float64]
    weight: float

    def of(self, at: int) -> FactorScore:
        """Return the factor of one line."""
        return FactorScore(
            _known(self.raw[at]),
            _known(self.rank[at]),
            _known(self.rank_z[at]),
            float(self.z[at]),
            self.weight,
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RankedLines(Listing[LineScore]):
    """Ranked lines, the best first: rank 1 at position 0. Shape ``(r,)`` each.

    Attributes:
        tickers: Of the lines.
        score: As in `LineScore`, and so are the others of the same name.
        score_low: NaN where no factor is missing.
        score_high: Likewise.
        confidence_label: Position in `CONFIDENCES`.
        primary_pillar: Position in `PILLARS`.
        groups: Of the groups that have an active factor.
        factors: Of the active factors.
    """

    tickers: tuple[str, ...]
    score: NDArray[np.float64]
    score_low: NDArray[np.float64]
    score_high: NDArray[np.float64]
    composite_z: NDArray[np.float64]
    composite_ex_thesis_z: NDArray[np.float64]
    coverage: NDArray[np.float64]
    confidence: NDArray[np.float64]
    confidence_label: NDArray[np.intp]
    freshness: NDArray[np.float64]
    stability: NDArray[np.float64]
    precision: NDArray[np.float64]
    primary_pillar: NDArray[np.intp]
    thesis_exposure: NDArray[np.float64]
    groups: Mapping[Group, NDArray[np.float64]]
    factors: Mapping[str, FactorScores]

    def __len__(self) -> int:
        return len(self.tickers)

    @property
    def rank(self) -> range:
        """The ranks, from 1 on."""
        return range(1, len(self) + 1)

    def item(self, at: int) -> LineScore:
        """Return the line of rank ``at + 1``."""
        return LineScore(
            ticker=self.tickers[at],
            rank=at + 1,
            score=float(self.score[at]),
            score_low=_known(self.score_low[at]),
            score_high=_known(self.score_high[at]),
            composite_z=float(self.composite_z[at]),
            composite_ex_thesis_z=float(self.composite_ex_thesis_z[at]),
            coverage=float(self.coverage[at]),
            confidence=float(self.confidence[at]),
            confidence_label=CONFIDENCES[self.confidence_label[at]],
            freshness=float(self.freshness[at]),
            stability=float(self.stability[at]),
            primary_pillar=PILLARS[self.primary_pillar[at]],
            thesis_exposure=float(self.thesis_exposure[at]),
            groups={group: float(z[at]) for group, z in self.groups.items()},
            factors={name: found.of(at) for name, found in self.factors.items()},
            precision=_known(self.precision[at]),
        )


def by_column(lines: Sequence[LineScore]) -> RankedLines:
    """Return ranked lines, the best first, as columns; as they are if they are that.

    All lines of a ranking have the same groups and factors.
    """
    if isinstance(lines, RankedLines):
        return lines
    import numpy as np  # noqa: PLC0415 - a stored run is shown without it

    floats = {
        name: np.array([getattr(line, name) for line in lines], np.float64)
        for name in _FLOATS
    }
    labels = [CONFIDENCES.index(line.confidence_label) for line in lines]
    primary = [PILLARS.index(line.primary_pillar) for line in lines]
    one = lines[:1]
    return RankedLines(
        tickers=tuple(line.ticker for line in lines),
        confidence_label=np.array(labels, np.intp),
        primary_pillar=np.array(primary, np.intp),
        groups={
            group: np.array([line.groups[group] for line in lines])
            for first in one
            for group in first.groups
        },
        factors={
            name: _factor([line.factors[name] for line in lines], found.weight)
            for first in one
            for name, found in first.factors.items()
        },
        **floats,
    )


def _factor(found: Sequence[FactorScore], weight: float) -> FactorScores:
    import numpy as np  # noqa: PLC0415 - likewise

    cells = [(one.raw, one.rank, one.rank_z, one.z) for one in found]
    raw, rank, rank_z, z = np.array(cells, np.float64).T
    return FactorScores(raw, rank, rank_z, z, weight)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UnrankedLines(Listing[Unranked]):
    """Lines without a rank, by ticker.

    Attributes:
        tickers: Of the lines.
        coverage: Shape ``(u,)``.
        reason: Position in `REASONS`, shape ``(u,)``.
    """

    tickers: tuple[str, ...]
    coverage: NDArray[np.float64]
    reason: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.tickers)

    def item(self, at: int) -> Unranked:
        """Return the line at a position."""
        return Unranked(
            self.tickers[at], float(self.coverage[at]), REASONS[self.reason[at]]
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PillarPlaces(Listing[PillarPlace]):
    """The ranking of one pillar, the best first.

    Attributes:
        tickers: Of the eligible lines.
        pillar_score: Shape ``(e,)``.
        selected: Whether the line is in the basket, shape ``(e,)``.
    """

    tickers: tuple[str, ...]
    pillar_score: NDArray[np.float64]
    selected: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.tickers)

    @property
    def in_basket(self) -> dict[str, float]:
        """Pillar scores of those that are in the basket, by ticker."""
        chosen = self.selected.nonzero()[0]
        scores = self.pillar_score[chosen].tolist()
        names = [self.tickers[at] for at in chosen.tolist()]
        return dict(zip(names, scores, strict=True))

    def item(self, at: int) -> PillarPlace:
        """Return the place at a position."""
        return PillarPlace(
            self.tickers[at], float(self.pillar_score[at]), bool(self.selected[at])
        )


def places_by_column(places: Sequence[PillarPlace]) -> PillarPlaces:
    """Return the ranking of a pillar as columns; as it is if it is that."""
    if isinstance(places, PillarPlaces):
        return places
    import numpy as np  # noqa: PLC0415 - likewise

    return PillarPlaces(
        tuple(place.ticker for place in places),
        np.array([place.pillar_score for place in places], np.float64),
        np.array([place.selected for place in places], bool),
    )


def _known(value: float) -> float | None:
    return None if isnan(value) else float(value)
