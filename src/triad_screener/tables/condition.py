"""Which lines satisfy a condition in SQL?

DuckDB evaluates it on the result alone: no files, no network, no extensions, no
Python variables, and no way to switch any of that on again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import duckdb

from triad_screener.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LOCKED: Final[dict[str, str | bool | int | float | list[str]]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "memory_limit": "512MB",
    "temp_directory": "",
    "threads": 1,
}
_TYPES = {bool: "BOOLEAN", int: "DOUBLE", float: "DOUBLE", str: "VARCHAR"}


def matching(lines: Sequence[Mapping[str, Any]], condition: str) -> list[int]:
    """Return the positions of the lines for which ``condition`` is true.

    Columns are named as in the JSON of a line, nested ones joined by a dot:
    ``groups.momentum > 0 AND primary_pillar = 'compute'``.

    Raises:
        UsageError: If the condition is not one, names an unknown column, or tries to
            reach outside.
    """
    if not lines:
        return []
    shape = _shape(list(lines))
    rows = json.dumps(lines, allow_nan=False)
    connection = duckdb.connect(config=_LOCKED)
    try:
        connection.execute(
            "CREATE TABLE result AS SELECT UNNEST(from_json(?::JSON, ?::VARCHAR), "
            "recursive := false) AS line",
            [rows, json.dumps([shape])],
        )
        connection.execute(
            "CREATE VIEW lines AS SELECT rowid AS position_, line.* FROM result"
        )
        connection.execute("SET lock_configuration = true")
        return _positions(connection, condition)
    except duckdb.Error as error:
        raise _refusal(condition, error) from error
    finally:
        connection.close()


def _positions(connection: duckdb.DuckDBPyConnection, condition: str) -> list[int]:
    # The line break ends a comment that would swallow the bracket.
    query = f"SELECT position_ FROM lines WHERE (\n{condition}\n) ORDER BY 1"  # noqa: S608 - locked, and one statement
    if len(connection.extract_statements(query)) != 1:
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


def _refusal(condition: str, error: duckdb.Error) -> UsageError:
    reason = " ".join(str(error).split("\n\n", maxsplit=1)[0].split())
    return UsageError(
        f"The condition {condition!r} cannot be used: {reason.rstrip('.')}.",
        "Columns are those of --format csv, such as score, rank or groups.momentum.",
    )
