"""Are two answers of the store the same figures?"""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from triad_screener.model.market import PriceSeries
    from triad_screener.model.tables import Tables


def digest(
    tables: Tables, warnings: Sequence[str], funds: Mapping[str, PriceSeries]
) -> str:
    """Return a SHA-256 over all figures: every column, to the last bit."""
    found = hashlib.sha256()
    for ticker in sorted(funds):
        found.update(repr(ticker).encode())
        for part in _parts(funds[ticker]):
            found.update(part)
    for part in _parts(tables):
        found.update(part)
    found.update(repr(sorted(warnings)).encode())
    return found.hexdigest()


def _parts(value: object) -> Iterator[bytes | memoryview]:
    """Yield the bytes of every array and text within, each after its length."""
    if isinstance(value, np.ndarray):
        yield f"{value.dtype.str} {value.size}".encode()
        yield np.ascontiguousarray(value).view(np.uint8).data
    elif is_dataclass(value):
        for field in fields(value):
            yield field.name.encode()
            yield from _parts(getattr(value, field.name))
    else:
        yield repr(value).encode()
