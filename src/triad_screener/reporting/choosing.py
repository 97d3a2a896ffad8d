"""Which lines are shown, and in which order? Never which scores they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from triad_screener.errors import UnknownNameError
from triad_screener.factors import FACTORS
from triad_screener.model.vocabulary import PILLARS
from triad_screener.reporting.record import flat_line
from triad_screener.screening.pillars import is_eligible

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from triad_screener.reporting.record import Record


def of_pillars(
    lines: Sequence[Record], pillars: Collection[str], exposure_floor: float
) -> Sequence[Record]:
    """Return the lines whose primary pillar is one of ``pillars``, or that are
    exposed to one of them by ``exposure_floor`` or more.

    Raises:
        UnknownNameError: If there is no such pillar.
    """  # noqa: D205 - one sentence, too long for a line
    for pillar in pillars:
        if pillar not in PILLARS:
            raise UnknownNameError("pillar", pillar, PILLARS)
    if not pillars:
        return lines
    return [
        line
        for line in lines
        if line["primary_pillar"] in pillars
        or any(_is_exposed(line, pillar, exposure_floor) for pillar in pillars)
    ]


def _is_exposed(line: Record, pillar: str, exposure_floor: float) -> bool:
    found = line["exposures"][pillar]
    return is_eligible(float(found["share"]) if found else 0.0, exposure_floor)


def of_tickers(
    lines: Sequence[Record], tickers: Collection[str] | None
) -> Sequence[Record]:
    """Return the lines called ``tickers``; all of them for None."""
    if tickers is None:
        return lines
    return [line for line in lines if line["ticker"] in tickers]


#: Columns of which more is better, beside those of groups, exposures and factors.
_MERITS: Final = frozenset(
    {
        *("score", "score_low", "score_high", "composite_z", "composite_ex_thesis_z"),
        *("coverage", "confidence", "freshness", "stability", "precision"),
        "thesis_exposure",
    }
)


def in_order(lines: Sequence[Record], column: str) -> list[Record]:
    """Return the lines sorted by a column, missing values last.

    The best comes first, by its rank, score, z-score or factor; where a column knows
    no better or worse, the least. A leading minus turns that round.

    Raises:
        UnknownNameError: If there is no such column.
    """
    if not lines:
        return []
    (name,) = columns_of(lines[0], [column.removeprefix("-")])
    downwards = is_merit(name) != column.startswith("-")
    keyed = [(flat_line(line)[name], line) for line in lines]
    known = [pair for pair in keyed if pair[0] is not None]
    unknown = [line for value, line in keyed if value is None]
    known.sort(key=lambda pair: _comparable(pair[0]), reverse=downwards)
    return [line for _, line in known] + unknown


def is_merit(column: str) -> bool:
    """Return whether more of what stands in ``column`` is better.

    Examples:
        >>> is_merit("score"), is_merit("rank"), is_merit("factors.vol_252.raw")
        (True, False, False)
    """
    kind, _, name = column.partition(".")
    factor, _, part = name.partition(".")
    if kind == "factors" and part == "raw":
        return FACTORS[factor].sign > 0
    if kind == "factors":
        return part in ("rank_z", "z", "contribution")
    return kind in ("groups", "exposures") or column in _MERITS


def _comparable(value: Any) -> tuple[float, str]:  # noqa: ANN401 - text or number
    return (0.0, value) if isinstance(value, str) else (float(value), "")


def columns_of(line: Record, names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of the result that ``names`` mean.

    The last part of a dotted name suffices where no other column ends in it:
    ``momentum`` for ``groups.momentum``.

    Raises:
        UnknownNameError: If a name is no column.
    """
    known = list(flat_line(line))
    return tuple(_column_of(name, known) for name in names)


def _column_of(name: str, known: Sequence[str]) -> str:
    ending = [column for column in known if column.endswith(f".{name}")]
    if name in known:
        return name
    if len(ending) == 1:
        return ending[0]
    raise UnknownNameError("column", name, known)
