"""The report on training and serving: what it says, in which units."""

from __future__ import annotations

from dataclasses import replace

from triad_screener.model.document import Kind, Paragraph, Picture, Table
from triad_screener.model.thesis import Accelerator
from triad_screener.reporting.scaling import SPEEDS, Plan, compose

CHIP = Accelerator(
    name="Chip One",
    dense_peak={"bf16": 1e15, "fp8": 2e15},
    memory=100e9,
    bandwidth=1e12,
    rack=2,
    source="maker",
)
OLD = CHIP.model_copy(update={"name": "Chip Nought", "dense_peak": {"bf16": 1e14}})
SMALL = CHIP.model_copy(update={"name": "Chip Two", "memory": 10e9})
PLAN = Plan(
    name="A model",
    parameters=100e9,
    active=100e9,
    tokens=1e12,
    accelerator="one",
    precision="bf16",
    serving="fp8",
    count=1000,
    utilisation=0.5,
    hours=None,
    price=2.0,
    loss_cut=0.1,
    context=1000,
    cache_bytes=1e6,
    rack_of="one",
)
TABLE = {"one": CHIP, "nought": OLD, "two": SMALL}


def table(plan: Plan, title: str) -> Table:
    report = compose(plan, TABLE, {"maker": "The maker"})
    found = [b for b in report.blocks if isinstance(b, Table) and b.title == title]
    return found[0]


def test_every_figure_has_a_unit_and_a_formula() -> None:
    for title in ("Training", "Serving"):
        for _, value, unit, formula in table(PLAN, title).rows:
            assert isinstance(value, float | int)
            assert unit
            assert formula


def test_the_hours_of_a_run_are_those_of_pencil_and_paper() -> None:
    rows = {row[0]: row[1] for row in table(PLAN, "Training").rows}

    # 6e23 FLOP at 1e15 x 0.5 a second are 1.2e9 seconds of one accelerator.
    hours = 1.2e9 / 3600
    assert rows["Accelerator hours"] == hours
    assert rows["Time"] == hours / 1000 / 24
    assert rows["Cost"] == hours * 2


def test_the_bound_turns_from_memory_to_bandwidth() -> None:
    found = table(PLAN, "Speed of a user against users of a rack")

    # 200 GB less 100 GB of weights, 1 GB a user: 100 fit; read at 2 TB/s.
    assert [row[0] for row in found.rows] == list(SPEEDS)
    assert found.rows[0][1:5] == (100, 1.0, 100, "memory")
    assert found.rows[3][1:5] == (100, 1.0, 1000, "memory")
    assert found.rows[4][1:5] == (0, 0.0, 0, "bandwidth")


def test_where_memory_is_ample_the_arithmetic_is_the_bound() -> None:
    fast = CHIP.model_copy(update={"bandwidth": 1e18, "memory": 1e15})
    report = compose(PLAN, {"one": fast}, {"maker": "The maker"})

    assert {row["bound"] for row in report.rows if row["speed"] == 1000} == {"compute"}


def test_what_has_no_peak_for_serving_is_left_out_of_it_and_stays_in_the_table() -> (
    None
):
    report = compose(PLAN, TABLE, {"maker": "The maker"})

    assert {row["accelerator"] for row in report.rows} == {"one", "two"}
    names = [row[0] for row in table(PLAN, "Accelerators").rows]
    assert names == ["Chip One", "Chip Nought", "Chip Two"]
    assert table(PLAN, "Accelerators").rows[1][2] is None


def test_a_picture_tells_its_figures_in_words() -> None:
    report = compose(PLAN, TABLE, {"maker": "The maker"})
    (picture,) = (block for block in report.blocks if isinstance(block, Picture))

    assert picture.alternative == "Chip One: 100 at 1, 100 at 10. Chip Two: none."
    assert picture.series[1].values == (None,) * len(SPEEDS)


def test_a_single_place_is_told_once() -> None:
    slow = CHIP.model_copy(update={"bandwidth": 6e10})
    report = compose(PLAN, {"one": slow}, {"maker": "The maker"})
    (picture,) = (block for block in report.blocks if isinstance(block, Picture))

    assert picture.alternative == "Chip One: 20 at 1."


def test_a_rack_of_another_size_is_the_same_for_all() -> None:
    found = table(replace(PLAN, rack=10), "Accelerators")

    assert {row[6] for row in found.rows} == {10}


def test_hours_reported_stand_in_the_first_sentence() -> None:
    # 6e23 FLOP in a third of a million hours of 1e15 a second.
    plan = replace(PLAN, hours=1.2e9 / 3600)
    report = compose(plan, TABLE, {"maker": "The maker"})

    assert report.blocks[0] == Paragraph(
        "6e+23 FLOP of training compute; the hours reported are 50.0% of the dense "
        "bf16 peak at work."
    )


def test_a_table_of_one_accelerator_has_nothing_beside() -> None:
    report = compose(PLAN, {"one": CHIP}, {"maker": "The maker"})
    tables = [block for block in report.blocks if isinstance(block, Table)]

    assert "beside" not in tables[2].note
    assert [c.kind for c in tables[2].columns][2] is Kind.METER


def test_a_rack_that_the_model_does_not_fit_has_no_speed() -> None:
    rows = {
        row[0]: row[1] for row in table(replace(PLAN, rack_of="two"), "Serving").rows
    }

    assert rows["Users that fit"] == 0
    assert "One user alone" not in rows
