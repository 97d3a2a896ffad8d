"""Does a connection keep to its file and to its share of the memory?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from triad_screener import databases
from triad_screener.errors import OutOfMemoryError

if TYPE_CHECKING:
    from pathlib import Path


def test_more_memory_than_allowed_is_refused_in_two_sentences() -> None:
    with (
        databases.connect(memory="10MB", temp_directory="") as connection,
        pytest.raises(OutOfMemoryError, match="not enough memory for sorting"),
        databases.enough_memory("sorting"),
    ):
        connection.execute("SELECT list(range) FROM range(100_000_000)").fetchall()


def test_other_failures_stay_what_they_are() -> None:
    with pytest.raises(ValueError, match="else"), databases.enough_memory("x"):
        raise ValueError("something else")


def test_a_sealed_connection_reads_no_other_file(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n")

    with databases.connect() as connection, pytest.raises(duckdb.Error):
        connection.execute("FROM read_csv(?)", [str(other)])

    with databases.connect(sealed=False) as connection:
        query = connection.execute("FROM read_csv(?)", [str(other)])
        assert query.fetchall() == [(1,)]
