"""The panel in words and as a record."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from triad_screener.model.document import Paragraph, Picture, Points, Table
from triad_screener.model.panel import Distance, Finding, Measured, Panel
from triad_screener.reporting.panel import compose, record, source_line

DAY = date(2026, 5, 15)
GOOD = Finding(
    "capex",
    "race",
    "Capital expenditure",
    Measured(
        {"value": 0.5}, date(2026, 3, 31), ("A filing",), "", ("without X: none",)
    ),
    {"value": "fraction", "beside": "times"},
    1,
    "",
    (Distance("value", "at_least", 0.15, "fraction", -0.35, met=True),),
    (Distance("value", "at_most", -0.05, "fraction", 0.55, met=False),),
    "They stop",
    "Mind this.",
)
HALF = replace(
    GOOD,
    id="rotation",
    measured=Measured({"value": -0.2, "gap": 0.1}, DAY, ("Vendor",), "D"),
    units={"value": "fraction", "gap": "points"},
    vote=0,
    weakens=(
        Distance("value", "at_most", -0.1, "fraction", -0.1, met=True),
        Distance("gap", "below", 0.0, "points", 0.1, met=False),
    ),
    note="",
)
UNKNOWN = replace(
    GOOD,
    id="marks",
    measured=Measured({}, None),
    units={"value": "times"},
    vote=None,
    reason="nothing is known",
    confirms=(Distance("value", "above", 1.1, "times", None, met=None),),
    weakens=(Distance("value", "below", 0.9, "times", None, met=None),),
    note="",
)
PANEL = Panel(
    title="T",
    as_of=DAY,
    source="hand",
    description="by hand",
    claims={"race": "They race.", "silent": "Nothing is measured."},
    findings=(GOOD, HALF, UNKNOWN),
    mean=0.5,
    verdict="insufficient",
    rule="At least 4 votes.",
    warnings=("something is odd",),
)


def table(title: str, panel: Panel = PANEL) -> Table:
    blocks = compose(panel).blocks
    return next(b for b in blocks if isinstance(b, Table) and b.title == title)


def test_the_title_gives_day_and_verdict() -> None:
    assert compose(PANEL).title == (
        "Does the thesis hold? As of 2026-05-15: insufficient"
    )


def test_the_votes_are_counted_in_a_sentence() -> None:
    texts = [
        b.text for b in compose(PANEL, ("asked",)).blocks if isinstance(b, Paragraph)
    ]

    assert texts == [
        "Figures from by hand, as of 2026-05-15.",
        "asked",
        "something is odd",
        ("1 for, 1 neither, 0 against, 1 not known; mean vote +0.50: insufficient."),
        "Information, not advice.",
    ]


def test_a_value_is_told_in_its_unit_or_not_at_all() -> None:
    rows = table("Votes on the thesis").rows

    assert [row[1:4] for row in rows] == [
        ("+1", "+50.0%", date(2026, 3, 31)),
        ("0", "-20.0%", DAY),
        ("not known", "n/a", None),
    ]


def test_the_panel_has_its_picture() -> None:
    (drawn,) = (b for b in compose(PANEL).blocks if isinstance(b, Picture))

    assert drawn.places == ("capex", "rotation", "marks")


def test_bounds_and_distances_are_told_side_by_side() -> None:
    assert [row[1:] for row in table("Bounds").rows] == [
        ("at least +15.0%", "at most -5.0%"),
        ("at least +15.0%", "at most -10.0% and gap below +0.0 points"),
        ("above 1.1x", "below 0.9x"),
    ]
    assert [row[1:3] for row in table("Falsifiers").rows] == [
        ("no", "55.0 points"),
        ("no", "reached and 10.0 points"),
        ("not known", "n/a"),
    ]


def test_evidence_gives_sources_or_the_reason() -> None:
    assert [row[1:] for row in table("Evidence").rows] == [
        ("", "", "A filing"),
        ("D", "gap +10.0 points", "Vendor"),
        ("", "", "nothing is known"),
    ]


def test_claims_name_their_votes_and_remarks_their_indicator() -> None:
    claims, remarks = (b for b in compose(PANEL).blocks if isinstance(b, Points))

    assert claims.items == ("They race. (capex +1, rotation 0, marks not known)",)
    assert remarks.items == (
        "capex: without X: none",
        "capex: Mind this.",
        "marks: nothing is known",
    )


def test_an_empty_panel_has_neither_claims_nor_remarks() -> None:
    empty = replace(PANEL, findings=(), mean=None)

    blocks = compose(empty).blocks

    assert not [block for block in blocks if isinstance(block, Points)]
    assert "mean vote none" in str(blocks[2])


def test_the_record_is_plain_and_has_null_for_what_is_not_known() -> None:
    found = json.loads(json.dumps(record(PANEL), allow_nan=False))

    assert found["votes"] == {"+1": 1, "0": 1, "-1": 0, "not known": 1}
    first, _, last = found["indicators"]
    assert first["readings"] == {
        "value": {"value": 0.5, "unit": "fraction"},
        "beside": {"value": None, "unit": "times"},
    }
    assert first["notes"] == ["without X: none", "Mind this."]
    assert (last["value"], last["as_of"], last["grade"], last["vote"]) == (None,) * 4
    assert last["reason"] == "nothing is known"
    assert last["falsifier"]["met"] is None


def test_a_row_has_the_distance_of_the_bound_that_is_farthest() -> None:
    rows = compose(PANEL).rows

    assert [row["distance"] for row in rows] == [0.55, 0.1, None]
    assert [row["falsified"] for row in rows] == [False, False, None]


def test_the_snapshot_says_that_it_is_not_todays() -> None:
    bundled = replace(PANEL, source="bundled")

    assert source_line(bundled, date(2026, 5, 16)) == (
        "Sample data of 15 May 2026 (1 day old). Run 'triad refresh' for today's."
    )
