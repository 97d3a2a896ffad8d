"""Which lines are shown, and in which order? Never which scores they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from triad_screener.errors import UnknownNameError
from triad_screener.model.vocabulary import PILLARS
from triad_screener.reporting.record import flat_line
from triad_screener.screening.pillars import is_eligible

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from triad_screener.reporting.record import Record


def of_pillars(
    lines: Sequence[Record], pillars: Collection[str], exposure_floor: float
) -> list[Record]:
    """Return the lines whose primary pillar is one of ``pillars``, or that are
    exposed to one of them by ``exposure_floor`` or more.

    Raises:
        UnknownNameError: If there is no such pillar.
    """  # noqa: D205 - one sentence, too long for a line
    for pillar in pillars:
        if pillar not in PILLARS:
            raise UnknownNameError("pillar", pillar, PILLARS)
    if not pillars:
        return list(lines)
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
) -> list[Record]:
    """Return the lines called ``tickers``; all of them for None."""
    if tickers is None:
        return list(lines)
    return [line for line in lines if line["ticker"] in tickers]


def in_order(lines: Sequence[Record], column: str) -> list[Record]:
    """Return the lines sorted by a column, missing values last.

    A leading minus sorts downwards: ``-market_cap_usd``.

    Raises:
        UnknownNameError: If there is no such column.
    """
    name = column.removeprefix("-")
    if not lines:
        return []
    require_columns(lines[0], [name])
    keyed = [(flat_line(line)[name], line) for line in lines]
    known = [pair for pair in keyed if pair[0] is not None]
    unknown = [line for value, line in keyed if value is None]
    known.sort(key=lambda pair: _comparable(pair[0]), reverse=column.startswith("-"))
    return [line for _, line in known] + unknown


def _comparable(value: Any) -> tuple[float, str]:  # noqa: ANN401 - text or number
    return (0.0, value) if isinstance(value, str) else (float(value), "")


def require_columns(line: Record, columns: Sequence[str]) -> None:
    """Check that every name is a column of the result.

    Raises:
        UnknownNameError: If one is not.
    """
    known = list(flat_line(line))
    for name in columns:
        if name not in known:
            raise UnknownNameError("column", name, known)
