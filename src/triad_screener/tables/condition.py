"""Which lines satisfy a condition in SQL?

DuckDB evaluates it on the result alone: no files, no network, no extensions, no
Python variables, and no way to switch any of that on again. It does so in a process
of its own, which ends after some seconds or when it takes too much memory: there are
conditions that DuckDB cannot be stopped in.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import duckdb

from triad_screener import databases
from triad_screener.errors import (
    OutOfMemoryError,
    UnknownNameError,
    UsageError,
    quoted,
)
from triad_screener.model.rows import nested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Seconds that a condition may take; one that is meant to choose takes none.
PATIENCE: Final = 10.0
#: Bytes that its process may take, DuckDB and Python included.
_ROOM: Final = 2**31
_TYPES = {bool: "BOOLEAN", int: "DOUBLE", float: "DOUBLE", str: "VARCHAR"}
_LONGEST_REASON: Final = 300
#: Lines that are JSON at one time.
_AT_ONCE: Final = 2_000
_SIMPLER: Final = "Write one that compares columns, such as --where 'score > 60'."
#: How DuckDB says that a name is not one.
_UNKNOWN: Final = re.compile(
    r'Referenced (?:column|table) "([^"]+)" not found|Could not find key "([^"]+)" in'
)


def matching(
    rows: Sequence[Mapping[str, object]],
    condition: str,
    patience: float | None = None,
) -> list[int]:
    """Return the positions of the rows for which ``condition`` is true.

    Columns are named as in CSV: ``groups.momentum > 0 AND primary_pillar = 'data'``.

    Args:
        rows: Flat rows, all with the same dotted names.
        condition: One SQL expression.
        patience: Seconds that it may take, `PATIENCE` at most.

    Raises:
        UsageError: If it is not a condition, names an unknown column, tries to reach
            outside, or takes too much time or memory.
    """
    seconds = min(PATIENCE, patience or PATIENCE)
    columns = {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}
    question = json.dumps({"columns": columns, "condition": condition}, allow_nan=False)
    try:
        done = subprocess.run(  # noqa: S603 - this very module
            [sys.executable, "-P", "-m", __name__],
            check=False,
            input=question.encode(),
            capture_output=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise UsageError(
            f"The condition {quoted(condition)} took more than {seconds:g} s.",
            _SIMPLER,
        ) from None
    except OSError as error:  # no more processes, or no memory for one
        raise OutOfMemoryError("the process that looks at --where") from error
    return _understood(done.stdout, condition)


def _understood(answer: bytes, condition: str) -> list[int]:
    """Return the positions that the other process found.

    Raises:
        UsageError: With what it says, or because it ended without a word.
    """
    try:
        found = json.loads(answer)
    except ValueError:
        raise UsageError(
            f"The condition {quoted(condition)} cannot be evaluated: DuckDB gave up,"
            " most likely for want of memory.",
            _SIMPLER,
        ) from None
    if isinstance(found, dict):
        raise UsageError(found["what"], found["remedy"])
    return [int(at) for at in found]


def _serve() -> None:
    """Answer the question on standard input: positions, or what is wrong."""
    with suppress(ImportError, OSError, ValueError):  # not every system has limits
        import resource  # noqa: PLC0415 - not every system has it

        resource.setrlimit(resource.RLIMIT_AS, (_ROOM, _ROOM))
    answer: object
    try:
        answer = evaluate(**json.load(sys.stdin.buffer))
    except UsageError as error:
        answer = {"what": error.what, "remedy": error.remedy}
    sys.stdout.write(json.dumps(answer))


def evaluate(columns: Mapping[str, Sequence[object]], condition: str) -> list[int]:
    """Return the positions of the lines for which ``condition`` is true, in no hurry.

    Args:
        columns: Plain values by dotted name, all of one length.
        condition: One SQL expression.

    Raises:
        UnknownNameError: If the condition names an unknown column.
        UsageError: If it is not a condition, or tries to reach outside.
    """
    if not columns:
        return []
    _require_text(condition)
    connection = databases.connect(memory="512MB", temp_directory="", threads=1)
    try:
        _fill(connection, columns)
        connection.execute("SET lock_configuration = true")
        return _positions(connection, condition)
    except duckdb.Error as error:
        raise _refusal(condition, str(error), columns) from error
    finally:
        connection.close()


def _fill(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Sequence[object]]
) -> None:
    """Write the table ``lines``, some at a time: JSON in memory is many times it."""
    shape = json.dumps({name: [_kind(values)] for name, values in columns.items()})
    parts = [_part(columns, start) for start in range(0, _count(columns), _AT_ONCE)]
    fields = _fields(nested({name: _quoted(name) for name in columns}))
    lists = ", ".join(
        f"UNNEST(part.{_quoted(name)}) AS {_quoted(name)}" for name in columns
    )
    query = (
        f"SELECT {fields} FROM (SELECT {lists} FROM"  # noqa: S608 - names are quoted
        " (SELECT from_json(?::JSON, ?::VARCHAR) AS part))"
    )
    connection.execute(f"CREATE TABLE lines AS {query}", [parts[0], shape])
    for part in parts[1:]:
        connection.execute(f"INSERT INTO lines {query}", [part, shape])


def _count(columns: Mapping[str, Sequence[object]]) -> int:
    return len(next(iter(columns.values())))


def _part(columns: Mapping[str, Sequence[object]], start: int) -> str:
    """Return some lines of all columns as JSON."""
    stop = start + _AT_ONCE
    some = {name: values[start:stop] for name, values in columns.items()}
    return json.dumps(some, allow_nan=False)


def _fields(parts: Mapping[str, Any]) -> str:
    """Return what to select: ``groups.momentum`` as a part of ``groups``."""
    return ", ".join(f"{_value(part)} AS {_quoted(k)}" for k, part in parts.items())


def _value(part: Any) -> str:  # noqa: ANN401 - a column in SQL, or parts of that
    if isinstance(part, str):
        return part
    inner = ", ".join(f"{_quoted(name)} := {_value(one)}" for name, one in part.items())
    return f"struct_pack({inner})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _require_text(condition: str) -> None:
    """Refuse bytes of the shell that are no text, and what ends a text in C."""
    try:
        condition.encode()
    except UnicodeEncodeError:
        problem = "is not UTF-8 text"
    else:
        problem = "holds a NUL byte" if "\0" in condition else ""
    if problem:
        said = f"The condition {quoted(condition)} {problem}."
        raise UsageError(said, "Write it anew, such as --where 'score > 60'.")


def _positions(connection: duckdb.DuckDBPyConnection, condition: str) -> list[int]:
    if any(kind == duckdb.token_type.comment for _, kind in duckdb.tokenize(condition)):
        raise UsageError(
            f"The condition {quoted(condition)} holds a comment.",
            "Leave the comment out.",
        )
    # Parsed bare as well, so that no bracket of the condition closes one of ours.
    bare = f"SELECT 1 WHERE {condition}"
    query = f"SELECT rowid FROM lines WHERE ({condition}) ORDER BY rowid"  # noqa: S608 - locked, and one statement
    for text in (bare, query):
        if len(connection.extract_statements(text)) != 1:
            raise UsageError(
                f"The condition {quoted(condition)} holds more than one statement.",
                "Give one condition, such as --where 'score > 60'.",
            )
    return [int(row[0]) for row in connection.execute(query).fetchall()]


def _kind(values: Sequence[object]) -> str:
    """Return the DuckDB type of a column, from all its values."""
    kinds = {type(value) for value in values} - {type(None)}
    return _TYPES[kinds.pop()] if len(kinds) == 1 else _mixed(kinds)


def _mixed(kinds: set[type]) -> str:
    return "DOUBLE" if kinds and kinds <= {int, float} else "VARCHAR"


def _refusal(condition: str, message: str, columns: Mapping[str, object]) -> UsageError:
    if found := _UNKNOWN.search(message):
        name = found[1] or found[2]
        pattern = rf"(?:\w+\.)*\b{re.escape(name)}\b(?:\.\w+)*"
        written = re.search(pattern, condition)
        return UnknownNameError("column", written[0] if written else name, columns)
    reason = " ".join(message.split("\n\n", maxsplit=1)[0].split())
    reason = reason[:_LONGEST_REASON].rstrip(".")
    return UsageError(
        f"The condition {quoted(condition)} cannot be used: {reason}.",
        "Columns are those of --format csv, such as score, rank or groups.momentum.",
    )


if __name__ == "__main__":
    _serve()
