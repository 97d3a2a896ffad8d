"""How is market data kept as columns in one file, and read back without a table?

An archive of numpy: each array of the tables under its path, such as
``prices.sessions``; everything else in one text of JSON. It is a copy of what a reader
made of other files, and opens only with the key under which it was written.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from dataclasses import fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from triad_screener.model import tables
from triad_screener.model.market import DatedValue, MarketData, PriceSeries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

#: What does not read the same any more is of another version.
VERSION: Final = 1
_REST: Final = "rest"
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error)
#: Parts that are tables themselves, by the name of their field.
_TABLES: Final[Mapping[str, type]] = {
    "prices": tables.Prices,
    "cells": tables.Cells,
    "shares": tables.Counted,
    "class_shares": tables.Counted,
    "market_capitalisations": tables.Dated,
    "expected": tables.Expected,
    "reports": tables.Dated,
    "splits": tables.Dated,
}


def write(path: Path, key: str, market: MarketData) -> None:
    """Write market data without gaps under a key."""
    arrays: dict[str, Any] = {}
    rest: dict[str, Any] = {"version": VERSION, "key": key}
    for name, value in _parts(market.tables, "tables"):
        (arrays if isinstance(value, np.ndarray) else rest)[name] = value
    rest["tables.fx"] = {
        currency: [[rate.value, str(rate.date), rate.source] for rate in rates]
        for currency, rates in market.tables.fx.items()
    }
    for ticker, prices in market.funds.items():
        for field in fields(PriceSeries):
            arrays[f"funds.{ticker}.{field.name}"] = getattr(prices, field.name)
    rest |= {
        "source": market.source,
        "description": market.description,
        "digest": market.digest,
        "warnings": market.warnings,
        "funds": [*market.funds],
    }
    text = json.dumps(rest, ensure_ascii=False).encode()
    arrays[_REST] = np.frombuffer(text, np.uint8)
    np.savez_compressed(path, **arrays)


def _parts(value: Any, name: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - a table
    for field in fields(value):
        part, path = getattr(value, field.name), f"{name}.{field.name}"
        if is_dataclass(part):
            yield from _parts(part, path)
        elif field.name != "fx":
            yield path, part


def read(path: Path, key: str) -> MarketData | None:
    """Return what was written under a key; None where it was another, or nothing."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            rest = json.loads(archive[_REST].tobytes())
            if (rest["version"], rest["key"]) != (VERSION, key):
                return None
            return _market(archive, rest)
    except (*_DAMAGED, OSError, KeyError, ValueError, TypeError, EOFError):
        return None


def _market(archive: Mapping[str, Any], rest: Mapping[str, Any]) -> MarketData:
    return MarketData(
        rest["source"],
        rest["description"],
        _built(tables.Tables, "tables", archive, rest),
        rest["digest"],
        tuple(rest["warnings"]),
        funds={
            ticker: PriceSeries(
                *(archive[f"funds.{ticker}.{one.name}"] for one in fields(PriceSeries))
            )
            for ticker in rest["funds"]
        },
    )


def _built(
    kind: Any,  # noqa: ANN401 - a table
    name: str,
    archive: Mapping[str, Any],
    rest: Mapping[str, Any],
) -> Any:  # noqa: ANN401 - likewise
    found = {}
    for field in fields(kind):
        path, inner = f"{name}.{field.name}", _TABLES.get(field.name)
        if inner and kind is tables.Tables:
            found[field.name] = _built(inner, path, archive, rest)
        elif field.name == "fx":
            found[field.name] = _rates(rest[path])
        elif path in rest:
            value = rest[path]
            found[field.name] = tuple(value) if isinstance(value, list) else value
        else:
            found[field.name] = archive[path]
    return kind(**found)


def _rates(rows: Mapping[str, Any]) -> dict[str, tuple[DatedValue, ...]]:
    return {
        currency: tuple(
            DatedValue(value, date.fromisoformat(day), source)
            for value, day, source in rates
        )
        for currency, rates in rows.items()
    }
