"""How do the figures of single lines become tables?"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.market.share_counts import OF_QUOTE
from triad_screener.model import days
from triad_screener.model.market import DatedValue
from triad_screener.model.tables import Cells, Counted, Dated, Expected, Prices, Tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from triad_screener.model.market import LineData

_NOTHING: Final = np.nan


def tabulate(
    lines: Mapping[str, LineData],
    tickers: Sequence[str],
    fx: Mapping[str, tuple[DatedValue, ...]],
) -> Tables:
    """Return what is known of ``tickers`` as tables; the other lines are left out."""
    found = [lines.get(ticker) for ticker in tickers]
    heard = [line.reports_on if line else None for line in found]
    return Tables(
        tuple(tickers),
        np.array([line is not None for line in found], bool),
        _prices(found),
        _cells(found),
        _counted(
            [line.shares if line else None for line in found],
            [one.shares_item == OF_QUOTE for one in found if one and one.shares],
        ),
        _counted([line.class_shares if line else None for line in found], []),
        _dated([line.market_capitalisation if line else None for line in found]),
        _numbers(line.average_daily_value_usd if line else None for line in found),
        _expected(found),
        _dated(
            [DatedValue(days.number(one), date.min) if one else None for one in heard]
        ),
        _splits(found),
        fx,
    )


def _splits(lines: Sequence[LineData | None]) -> Dated:
    rows = [
        (stock, days.number(day), ratio)
        for stock, line in enumerate(lines)
        if line
        for day, ratio in line.splits
    ]
    stocks, when, ratios = np.array(rows, np.float64).reshape(len(rows), 3).T
    none = np.zeros(len(rows), np.int32)
    return Dated(stocks.astype(np.int32), when.astype(np.int32), ratios, none, ("",))


def _numbers(values: Iterable[float | None]) -> NDArray[np.float64]:
    return np.array([_NOTHING if v is None else v for v in values], np.float64)


def _prices(lines: Sequence[LineData | None]) -> Prices:
    known = [line.prices if line else None for line in lines]
    sizes = [one.sessions.size if one else 0 for one in known]
    series = [one for one in known if one]
    empty = np.zeros(0)
    return Prices(
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.concatenate(
            [empty, *(one.sessions.astype(np.int64) for one in series)]
        ).astype(np.int32),
        np.concatenate([empty, *(one.adjusted for one in series)]),
        np.concatenate([empty, *(one.closes for one in series)]),
        np.concatenate([empty, *(one.volumes for one in series)]),
        tuple(line.price_source if line else "" for line in lines),
    )


class _Words(dict[str, int]):
    """Numbers words in the order in which they come."""

    def __missing__(self, word: str) -> int:
        self[word] = len(self)
        return self[word]


def _cells(lines: Sequence[LineData | None]) -> Cells:
    words = _Words()
    rows = [
        (
            stock,
            cell.frequency == "annual",
            words[cell.item],
            days.number(cell.period_end),
            words[cell.currency],
            days.number(cell.filed),
            days.number(cell.seen),
            words[cell.source],
            words[cell.note],
        )
        for stock, line in enumerate(lines)
        if line
        for cell in line.cells
    ]
    values = [cell.value for line in lines if line for cell in line.cells]
    whole = np.array(rows, np.int32).reshape(len(rows), 9).T
    stocks, annual, items, ends, currencies, filed, seen, sources, notes = whole
    return Cells(
        stocks,
        annual.astype(bool),
        items,
        ends,
        np.array(values, np.float64),
        currencies,
        filed,
        seen,
        sources,
        notes,
        tuple(words),
    )


def _counted(values: Sequence[DatedValue | None], implied: Sequence[bool]) -> Counted:
    found = _dated(values)
    unknown = np.full(found.days.size, np.nan)
    return Counted(
        found.stocks,
        found.days,
        found.values,
        found.sources,
        found.words,
        np.array(implied or [False] * found.days.size, bool),
        unknown,
    )


def _dated(values: Sequence[DatedValue | None]) -> Dated:
    known = [(stock, one) for stock, one in enumerate(values) if one]
    words = _Words()
    return Dated(
        np.array([stock for stock, _ in known], np.int32),
        days.numbers(one.date for _, one in known),
        np.array([one.value for _, one in known], np.float64),
        np.array([words[one.source] for _, one in known], np.int32),
        tuple(words),
    )


def _expected(lines: Sequence[LineData | None]) -> Expected:
    known = [
        (stock, one)
        for stock, line in enumerate(lines)
        if line
        for one in sorted(line.forward, key=lambda figure: figure.date)
    ]
    words = _Words()
    return Expected(
        np.array([stock for stock, _ in known], np.int32),
        days.numbers(one.date for _, one in known),
        _numbers(one.price_earnings for _, one in known),
        _numbers(one.earnings_per_share for _, one in known),
        _numbers(one.price for _, one in known),
        np.array([words[one.source] for _, one in known], np.int32),
        tuple(words),
    )
