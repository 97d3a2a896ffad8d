from __future__ import annotations

from triad_screener.factors import FACTORS
from triad_screener.model.document import Table
from triad_screener.reporting import register


def test_every_factor_is_listed_once_in_the_order_of_the_register() -> None:
    report = register.compose()

    assert report.title == "15 factors in 6 groups"
    assert report.tickers == tuple(FACTORS)
    assert [row["id"] for row in report.rows] == list(FACTORS)
    assert report.record == {"factors": [dict(row) for row in report.rows]}


def test_a_factor_is_told_with_its_direction_formula_and_reference() -> None:
    rows = {row["id"]: row for row in register.compose().rows}

    assert rows["vol_252"]["direction"] == "lower is better"
    assert rows["gp_at"]["direction"] == "higher is better"
    for name, factor in FACTORS.items():
        assert rows[name]["formula"] == factor.formula
        assert rows[name]["unit"] == factor.unit
        assert rows[name]["reference"]


def test_a_person_sees_the_same_rows() -> None:
    report = register.compose()

    table = report.blocks[0]

    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == list(FACTORS)
    assert {row[2] for row in table.rows} == {"higher", "lower"}
