"""The votes in words: where they stand, which changed, what is nearest to refuted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reporting.test_panel import DAY, GOOD, HALF, PANEL, UNKNOWN
from triad_screener.model.document import Drawing, Picture, Points, Table
from triad_screener.model.panel import Distance
from triad_screener.reporting.votes import (
    changed,
    nearest,
    picture,
    position,
    section,
    written,
)

if TYPE_CHECKING:
    from triad_screener.model.panel import Finding, Panel, Unit


def bound(limit: float, distance: float | None, of: str = "value") -> Distance:
    met = None if distance is None else distance <= 0
    return Distance(of, "at_least", limit, "fraction", distance, met)


def finding(vote: int | None, confirm: Distance, *weaken: Distance) -> Finding:
    return replace(GOOD, vote=vote, confirms=(confirm,), weakens=weaken)


def points(panel: Panel, before: Panel | None = None) -> tuple[str, ...]:
    (told,) = (b for b in section(panel, before) if isinstance(b, Points))
    return told.items


@pytest.mark.parametrize(
    ("one", "at"),
    [
        # Bounds of +15% and -5%, 20 points apart.
        (finding(1, bound(0.15, -0.1), bound(-0.05, 0.3)), 1.5),
        (finding(0, bound(0.15, 0.15), bound(-0.05, 0.05)), 0.25),
        (finding(-1, bound(0.15, 0.3), bound(-0.05, -0.1)), -0.5),
        # Two bounds to fulfil: the one farther away counts, an unknown one does not.
        (
            finding(0, bound(0.15, 0.1), bound(-0.05, 0.1), bound(0.0, 0.5, of="gap")),
            0.5,
        ),
        (
            finding(
                0, bound(0.15, 0.15), bound(-0.05, 0.05), bound(0.0, None, of="gap")
            ),
            0.25,
        ),
        # One limit for both, as far from zero as it is: above 2 and below 2.
        (finding(1, bound(2.0, -1.0), bound(2.0, 1.0)), 1.5),
        # One limit, on zero: the unit of the reading counts.
        (finding(-1, bound(0.0, 0.25), bound(0.0, -0.25)), -0.25),
        (finding(0, bound(0.0, 0.0), bound(0.0, 0.0)), 0.5),
        (finding(None, bound(1.1, None), bound(0.9, None)), None),
    ],
    ids=[
        *("beyond", "between", "below", "two bounds", "one unknown", "one limit"),
        *("at zero", "on both", "unknown"),
    ],
)
def test_where_an_indicator_stands_fits_its_vote(
    one: Finding, at: float | None
) -> None:
    # The gap of the fourth is half a unit away, its value half a span.
    assert position(one) == (at if at is None else pytest.approx(at))


def test_the_picture_shows_each_value_by_its_vote_and_tells_the_same() -> None:
    drawn = picture(PANEL)

    assert (drawn.drawing, drawn.places) == (
        Drawing.BOUNDS,
        ("capex", "rotation", "marks"),
    )
    # capex: 0.5 is 0.35 over +15%, of 20 points; rotation: the gap of 0.1 is left.
    high, middle, low = (one.values for one in drawn.series)
    assert [one.name for one in drawn.series] == ["+1", "0", "-1"]
    assert high[0] == pytest.approx(2.75)
    assert high[1:] == (None, None)
    assert (middle[0], middle[2], low) == (None, None, (None, None, None))
    assert drawn.ends == ("+1  +50.0%", "0  -20.0%", "not known")
    assert drawn.alternative.startswith(
        "0 is where a vote turns -1, 1 where it turns +1: capex 2.75, rotation "
    )
    assert drawn.alternative.endswith(", marks not known.")


def test_the_nearest_falsifier_is_told_with_its_distance() -> None:
    assert nearest(PANEL) == (
        "Nearest falsifier: rotation, reached and 10.0 points away (They stop)."
    )


def test_what_has_been_refuted_is_told_instead() -> None:
    true = replace(GOOD, weakens=(bound(-0.05, -0.1),))
    panel = replace(PANEL, findings=(HALF, true, replace(true, id="b")))

    assert nearest(panel) == (
        "A falsifier has come true: capex (They stop); b (They stop)."
    )


def test_where_nothing_is_known_there_is_no_nearest() -> None:
    assert nearest(replace(PANEL, findings=(UNKNOWN,))) == (
        "No falsifier can be measured."
    )


def test_each_vote_that_changed_is_named_with_both() -> None:
    was = replace(
        PANEL,
        findings=(replace(GOOD, vote=0), replace(UNKNOWN, id="gone", vote=-1), HALF),
    )

    assert changed(was, PANEL) == [("capex", 0, 1), ("gone", -1, None)]
    assert changed(PANEL, PANEL) == []


def test_a_section_tells_votes_changes_and_the_nearest_falsifier() -> None:
    was = replace(PANEL, findings=(replace(GOOD, vote=0), HALF), verdict="mixed")

    assert points(PANEL)[0].startswith("1 for, 1 neither, 0 against, 1 not known")
    assert points(PANEL, was)[1] == (
        f"Since {DAY}: capex 0 to +1; the verdict was mixed."
    )
    assert points(PANEL, PANEL)[1] == f"Since {DAY}: no vote changed."
    assert points(PANEL)[1:] == (nearest(PANEL),)


def test_a_section_is_words_a_table_and_a_picture() -> None:
    kinds = [type(block) for block in section(PANEL)]

    assert kinds == [Points, Table, Picture]


def test_an_empty_panel_can_be_told() -> None:
    empty = replace(PANEL, findings=(), mean=None)

    assert points(empty)[0].startswith("0 for, 0 neither, 0 against, 0 not known")


@pytest.mark.parametrize(
    ("value", "unit", "text"), [(0.5, "number", "0.5"), (1.7, "times", "1.7x")]
)
def test_a_number_has_no_per_cent(value: float, unit: Unit, text: str) -> None:
    assert written(value, unit) == text
