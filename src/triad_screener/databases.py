"""How is DuckDB opened so that it keeps to its file and to its share of the memory?

Importing this module is free: DuckDB is loaded when a database is opened.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from triad_screener.errors import OutOfMemoryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection

#: Most that one connection may take: a store takes a tenth of it.
MEMORY: Final = "1GB"
#: How files are written, whatever a later DuckDB would like: this release reads them.
FORMAT: Final = "v2.0.0"
#: How it is said that memory is short: DuckDB's own limit, then that of the system.
_SHORT: Final = (
    "Out of Memory",
    "bad_alloc",
    "failed to allocate",
    "Failed to alloc",
    "failed to map segment",
    "Cannot allocate memory",
    "can't start new thread",
)


def connect(
    path: str = ":memory:",
    *,
    read_only: bool = False,
    sealed: bool = True,
    memory: str = MEMORY,
    **options: str | bool | float,
) -> DuckDBPyConnection:
    """Return a connection that loads nothing and reads no variable of Python.

    Args:
        path: The file; by default a database in memory.
        read_only: Whether the file is opened for reading only.
        sealed: Whether SQL can reach nothing but that file.
        memory: The most it may take, such as ``512MB``.
        options: More settings of DuckDB.
    """
    import duckdb  # noqa: PLC0415 - importing this module is free

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
        "enable_external_access": not sealed,
        "memory_limit": memory,
        "storage_compatibility_version": FORMAT,
        "threads": min(4, os.cpu_count() or 1),
        **options,
    }
    return duckdb.connect(path, read_only=read_only, config=config)


@contextmanager
def enough_memory(what: str) -> Iterator[None]:
    """Turn every way in which DuckDB or Python lacks memory into one error.

    Args:
        what: What it was needed for, as the end of a sentence.

    Raises:
        OutOfMemoryError: If there was not enough.
    """
    try:
        yield
    except Exception as error:
        if is_short_of_memory(error):
            raise OutOfMemoryError(what) from error
        raise


def is_short_of_memory(error: BaseException) -> bool:
    """Return whether an error of DuckDB or Python says that memory is short.

    Examples:
        >>> is_short_of_memory(RuntimeError("std::bad_alloc"))
        True
    """
    return isinstance(error, MemoryError) or any(sign in str(error) for sign in _SHORT)
