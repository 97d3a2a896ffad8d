from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from triad_screener.model.rows import Records, Rows

if TYPE_CHECKING:
    from triad_screener.model.rows import Column

COLUMNS: dict[str, Column] = {
    "ticker": ("AAA", "BBB"),
    "rank": range(1, 3),
    "groups.risk": np.array([0.5, np.nan]),
    "groups.value": [None, -1.0],
    "selected": np.array([True, False]),
}


def test_rows_are_flat_and_records_have_parts() -> None:
    rows, records = Rows(COLUMNS), Records(COLUMNS)

    assert rows[1] == {
        "ticker": "BBB",
        "rank": 2,
        "groups.risk": None,
        "groups.value": -1.0,
        "selected": False,
    }
    assert records[0] == {
        "ticker": "AAA",
        "rank": 1,
        "groups": {"risk": 0.5, "value": None},
        "selected": True,
    }
    assert tuple(records) == (records[0], records[1])
    assert records == tuple(records)


def test_values_are_plain_whatever_the_column_is() -> None:
    kinds = [type(value) for value in Rows(COLUMNS)[0].values()]

    assert kinds == [str, int, float, type(None), bool]


def test_no_columns_have_no_rows() -> None:
    assert (len(Rows({})), list(Rows({})), list(Rows({"ticker": ()}))) == (0, [], [])


@pytest.mark.parametrize("count", [999, 1_000, 1_001, 2_500])
def test_many_rows_are_read_in_parts_and_none_is_lost(count: int) -> None:
    rows = Rows({"at": np.arange(count), "name": [str(at) for at in range(count)]})

    assert [(row["at"], row["name"]) for row in rows] == [
        (at, str(at)) for at in range(count)
    ]
    assert sum(len(part[0]) for part in rows.parts()) == count
