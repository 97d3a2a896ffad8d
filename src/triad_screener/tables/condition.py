"""Which lines satisfy a condition in SQL?

DuckDB evaluates it on the result alone: no files, no network, no extensions, no
Python variables, and no way to switch any of that on again.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import duckdb

from triad_screener import databases
from triad_screener.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TYPES = {bool: "BOOLEAN", int: "DOUBLE", float: "DOUBLE", str: "VARCHAR"}


#: How DuckDB says that a name is not one.
_UNKNOWN: Final = re.compile(
    r'Referenced (?:column|table) "([^"]+)" not found|Could not find key "([^"]+)" in'
)


def matching(rows: Sequence[Mapping[str, object]], condition: str) -> list[int]:
    """Return the positions of the rows for which ``condition`` is true.

    Columns are named as in CSV: ``groups.momentum > 0 AND primary_pillar = 'data'``.

    Args:
        rows: Flat rows, all with the same dotted names.
        condition: One SQL expression.

    Raises:
        UnknownNameError: If the condition names an unknown column.
        UsageError: If it is not a condition, or tries to reach outside.
    """
    if not rows:
        return []
    lines = [_nested(row) for row in rows]
    connection = databases.connect(memory="512MB", temp_directory="", threads=1)
    try:
        connection.execute(
            "CREATE TABLE lines AS SELECT line.* FROM (SELECT UNNEST("
            "from_json(?::JSON, ?::VARCHAR), recursive := false) AS line)",
            [json.dumps(lines, allow_nan=False), json.dumps([_shape(lines)])],
        )
        connection.execute("SET lock_configuration = true")
        return _positions(connection, condition)
    except duckdb.Error as error:
        raise _refusal(condition, str(error), rows[0]) from error
    finally:
        connection.close()


def _nested(row: Mapping[str, object]) -> dict[str, Any]:
    """Return a row with ``groups.momentum`` as a part of ``groups``."""
    nested: dict[str, Any] = {}
    for name, value in row.items():
        *outer, last = name.split(".")
        part = nested
        for key in outer:
            part = part.setdefault(key, {})
        part[last] = value
    return nested


def _positions(connection: duckdb.DuckDBPyConnection, condition: str) -> list[int]:
    if any(kind == duckdb.token_type.comment for _, kind in duckdb.tokenize(condition)):
        raise UsageError(
            f"The condition {condition!r} holds a comment.", "Leave the comment out."
        )
    # Parsed bare as well, so that no bracket of the condition closes one of ours.
    bare = f"SELECT 1 WHERE {condition}"
    query = f"SELECT rowid FROM lines WHERE ({condition}) ORDER BY rowid"  # noqa: S608 - locked, and one statement
    for text in (bare, query):
        if len(connection.extract_statements(text)) != 1:
            raise UsageError(
                f"The condition {condition!r} holds more than one statement.",
                "Give one condition, such as --where 'score > 60'.",
            )
    return [int(row[0]) for row in connection.execute(query).fetchall()]


def _shape(lines: list[Any]) -> Any:  # noqa: ANN401 - a type as JSON
    """Return the DuckDB type of a value, from all its examples."""
    known = [line for line in lines if line is not None]
    if known and isinstance(known[0], dict):
        keys = dict.fromkeys(key for line in known for key in line)
        return {key: _shape([line.get(key) for line in known]) for key in keys}
    if known and isinstance(known[0], list):
        parts = [part for line in known for part in line]
        return [_shape(parts)]
    kinds = {type(value) for value in known}
    return _TYPES[kinds.pop()] if len(kinds) == 1 else _mixed(kinds)


def _mixed(kinds: set[type]) -> str:
    return "DOUBLE" if kinds and kinds <= {int, float} else "VARCHAR"


def _refusal(condition: str, message: str, columns: Mapping[str, object]) -> UsageError:
    if found := _UNKNOWN.search(message):
        name = re.escape(found[1] or found[2])
        written = re.search(rf"(?:\w+\.)*\b{name}\b(?:\.\w+)*", condition)
        return UnknownNameError("column", written[0] if written else name, columns)
    reason = " ".join(message.split("\n\n", maxsplit=1)[0].split())
    return UsageError(
        f"The condition {condition!r} cannot be used: {reason.rstrip('.')}.",
        "Columns are those of --format csv, such as score, rank or groups.momentum.",
    )
