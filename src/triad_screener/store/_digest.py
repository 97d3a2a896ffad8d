"""Are two answers of the store the same figures?"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from triad_screener.model.market import STATED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from triad_screener.model.market import (
        DatedValue,
        LineData,
        PriceSeries,
        StatementCell,
    )


def digest(
    lines: Mapping[str, LineData],
    fx: Mapping[str, Sequence[DatedValue]],
    warnings: Sequence[str],
    funds: Mapping[str, PriceSeries],
) -> str:
    """Return a SHA-256 over all figures, whatever the order of lines and currencies."""
    found = hashlib.sha256()
    parts = [part for ticker in sorted(lines) for part in _parts(lines[ticker])]
    for ticker in sorted(funds):
        parts += [ticker.encode(), *_price_parts(funds[ticker])]
    for part in parts:
        # The length says where a part ends: no two answers read the same.
        found.update(len(part).to_bytes(8, "little"))
        found.update(part)
    rates = [(currency, *map(_dated, fx[currency])) for currency in sorted(fx)]
    found.update(repr((rates, sorted(warnings))).encode())
    return found.hexdigest()


def _parts(line: LineData) -> Iterator[bytes]:
    forward = [
        (one.date.toordinal(), one.price_earnings, one.earnings_per_share, one.price)
        for one in line.forward
    ]
    quoted = (
        line.ticker,
        _dated(line.shares),
        _dated(line.market_capitalisation),
        line.average_daily_value_usd,
        line.price_source,
        forward,
    )
    yield repr(quoted).encode()
    if line.class_shares or line.splits or line.shares_item != STATED:
        counted = (line.shares_item, _dated(line.class_shares), line.splits)
        yield repr(counted).encode()
    if line.reports_on:
        yield line.reports_on.isoformat().encode()
    yield from _price_parts(line.prices)
    yield "\n".join(map(_cell, line.cells)).encode()


def _price_parts(prices: PriceSeries | None) -> Iterator[bytes]:
    if prices:
        yield prices.sessions.astype("<i8").tobytes()
        for column in (prices.adjusted, prices.closes, prices.volumes):
            yield column.astype("<f8").tobytes()


def _dated(value: DatedValue | None) -> tuple[object, ...] | None:
    if value is None:
        return None
    return value.value, value.date and value.date.toordinal(), value.source


def _cell(cell: StatementCell) -> str:
    filed, seen = (day.toordinal() if day else "" for day in (cell.filed, cell.seen))
    return (
        f"{cell.frequency}\t{cell.item}\t{cell.period_end.toordinal()}\t"
        f"{cell.value!r}\t{cell.currency}\t{filed}\t{seen}"
    )
