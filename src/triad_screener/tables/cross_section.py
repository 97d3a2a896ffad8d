"""A cross-section of raw factor values from a CSV file: what `triad score` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener.errors import InputError
from triad_screener.model.cross_section import CrossSection
from triad_screener.model.vocabulary import PILLARS
from triad_screener.tables import table as tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from triad_screener.model.cross_section import FactorColumn
    from triad_screener.model.vocabulary import Pillar
    from triad_screener.tables.table import Table

SIZE_LIMIT: Final = 32_000_000
#: More stocks than are listed anywhere; they take a gigabyte.
LINE_LIMIT: Final = 100_000
_EXPOSURES: Final = tuple(f"exposure_{pillar}" for pillar in PILLARS)
_SIZES: Final = ("market_cap_usd", "average_daily_value_usd", "statement_age_days")
_SUM_TOLERANCE = 1e-9
#: Computed from the exposures, never read.
_THESIS = "thesis"


def read(
    content: bytes,
    name: str,
    factors: Sequence[FactorColumn],
    budgets: Mapping[Pillar, float],
) -> tuple[CrossSection, tuple[str, ...]]:
    """Return the cross-section that ``content`` writes, and columns not used.

    The columns are ticker, issuer, the exposures, the factors and the sizes; an empty
    cell is missing. ``thesis`` is computed from the exposures.

    Args:
        content: UTF-8 CSV with a header.
        name: For messages.
        factors: Columns of raw values, in order.
        budgets: Weight of each pillar in the thesis exposure.

    Raises:
        InputError: If it is not that.
    """
    ids = [factor.id for factor in factors]
    known = ("ticker", "issuer", *_EXPOSURES, *ids, *_SIZES)
    required = ("ticker", "issuer", *_EXPOSURES)
    table = tables.parse(content, name, required=required, known=known)
    if len(table) > LINE_LIMIT:
        problem = f"has {len(table):,} stocks, more than {LINE_LIMIT:,}"
        raise InputError(name, problem, "Score them in several files.")
    tickers = table.tickers("ticker")
    table.unique(tickers)
    exposures = _exposures(table)
    raw = {i: table.numbers(i) for i in ids if i != _THESIS}
    raw[_THESIS] = _thesis(exposures, budgets)
    columns = [raw[i] for i in ids]
    size, traded, age = (table.numbers(i, not_negative=True) for i in _SIZES)
    found = CrossSection(
        tuple(tickers),
        tuple(table.text("issuer", required=True)),
        exposures,
        tuple(factors),
        np.array(columns).T.reshape(len(table), len(ids)),
        size,
        traded,
        age,
        np.zeros(len(table), bool),
        np.ones(len(table), bool),
    )
    return found, tuple(name for name in table.unknown if name != _THESIS)


def _exposures(table: Table) -> NDArray[np.float64]:
    """Return exposures in [0, 1], at most 1 a line; an empty cell counts as zero."""
    columns = np.array([np.nan_to_num(table.numbers(name)) for name in _EXPOSURES])
    for column, values in zip(_EXPOSURES, columns, strict=True):
        wrong = np.flatnonzero((values < 0) | (values > 1))
        if wrong.size:
            row = int(wrong[0])
            problem = f"is {values[row]:g}, outside 0 to 1"
            table.refuse(row, column, problem, "An exposure is a share of revenue.")
    over = np.flatnonzero(columns.sum(axis=0) > 1 + _SUM_TOLERANCE)
    if over.size:
        row = int(over[0])
        problem = f"has exposures that sum to {columns[:, row].sum():g}, above 1"
        table.refuse(row, None, problem, "Shares of one revenue sum to 1 at most.")
    return columns.T.reshape(len(table), len(PILLARS))


def _thesis(
    exposures: NDArray[np.float64], budgets: Mapping[Pillar, float]
) -> NDArray[np.float64]:
    total = np.zeros(len(exposures))
    for position, pillar in enumerate(PILLARS):
        total += budgets[pillar] * exposures[:, position]
    return total
