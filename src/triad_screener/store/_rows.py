"""How do many rows get into DuckDB quickly? As columns of numpy arrays."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from triad_screener.store import _times

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    Column: TypeAlias = NDArray[Any]


def texts(values: Sequence[str | None]) -> Column:
    """Return a column of texts; None is NULL."""
    return np.array(values, object)


def numbers(values: Sequence[float | None]) -> Column:
    """Return a column of numbers; None and NaN are NULL."""
    return np.array(values, np.float64)


def days(values: Sequence[date | None] | NDArray[np.datetime64]) -> Column:
    """Return a column of days; None is NULL."""
    # DuckDB does not read arrays of whole days.
    return np.array(values, "datetime64[D]").astype("datetime64[us]")


def moments(values: Sequence[datetime | None]) -> Column:
    """Return a column of moments in UTC; None is NULL."""
    return np.array(
        [value and _times.stored(value) for value in values], "datetime64[us]"
    )


@contextmanager
def offered(
    connection: DuckDBPyConnection, table: str, /, **columns: Column
) -> Iterator[None]:
    """Make columns readable as ``table`` inside the block."""
    import duckdb  # noqa: PLC0415 - importing the package is free

    connection.register(table, columns)
    try:
        yield
    except BaseException:
        # In a transaction that has failed this fails, too, and hides the reason.
        with suppress(duckdb.Error):
            connection.unregister(table)
        raise
    connection.unregister(table)
