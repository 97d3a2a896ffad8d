from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from samples import constituent, recipe, taxonomy
from triad_screener.model.document import Paragraph, Table
from triad_screener.reporting import tree

if TYPE_CHECKING:
    from triad_screener.model.document import Report

WATCHED = {
    "id": "brick",
    "name": "Brick",
    "pillar": "data",
    "exposure": 0.9,
    "basis": "estimate",
    "role": "core",
    "stages": tuple(
        {"stage": stage, "date": f"202{year}-01-01", "source": "by_hand", "grade": "D"}
        for year, stage in ((4, "private"), (5, "public_filed"))
    ),
}
WORLD = taxonomy(
    constituent("AAA").model_copy(update={"cornerstone": True}),
    constituent("BBB", exposures={"data": 0.25, "algorithms": 0.5}),
    watchlist=(WATCHED,),
    title="A small world",
)


def tables(report: Report) -> list[Table]:
    """The tables of a tree, those of pillars first."""
    return [block for block in report.blocks if isinstance(block, Table)]


def test_lines_stand_under_their_layer_in_their_pillar() -> None:
    compute, data, algorithms, _ = tables(tree.compose(WORLD))

    assert [t.pillar for t in (compute, data, algorithms)] == [
        "compute",
        "data",
        "algorithms",
    ]
    assert compute.rows == (
        ("Accelerators", "AAA", "AAA Inc ★", "core", 0.5, None, None),
        ("", "BBB", "BBB Inc", "core", None, 0.25, 0.5),
    )
    assert data.rows == algorithms.rows == ()
    assert compute.note == "One of three."


def test_a_history_of_exposures_is_told_newest_first() -> None:
    world = taxonomy(
        constituent("AAA", history={"compute": {"2024-03-31": 0.2}}),
        constituent("BBB"),
    )

    found = next(t for t in tables(tree.compose(world)) if "history" in t.title)

    assert found.rows == (
        ("AAA", "compute", date(2026, 1, 31), 0.5, "estimate", "The authors"),
        ("AAA", "compute", date(2024, 3, 31), 0.2, "estimate", "The authors"),
    )
    assert not [t for t in tables(tree.compose(WORLD)) if "history" in t.title]


def test_a_line_of_two_layers_stands_under_the_first() -> None:
    both = constituent("AAA").model_copy(update={"layers": ("memory", "accelerators")})
    layers = {
        name: {"name": name.title(), "pillar": pillar}
        for name, pillar in (("accelerators", "compute"), ("memory", "data"))
    }

    compute, data, *_ = tables(tree.compose(taxonomy(both, layers=layers)))

    assert compute.rows == ()
    assert [row[:2] for row in data.rows] == [("Memory", "AAA")]


def test_the_watchlist_shows_the_way_to_a_listing() -> None:
    watchlist = tables(tree.compose(WORLD))[-1]

    assert watchlist.rows == (("Brick", "data", "core", 0.9, "private > public_filed"),)


def test_recipes_are_shown_where_asked_for_leaf_by_leaf() -> None:
    world = taxonomy(recipes={"default": recipe(), "flat": recipe(clip=2.0)})

    plain = tables(tree.compose(world))
    full = tables(tree.compose(world, with_recipes=True))

    assert [t.title for t in full[len(plain) :]] == ["Recipe default", "Recipe flat"]
    values = {row[0]: row[1] for row in full[-1].rows}
    assert values["clip"] == "2.0"
    assert values["neutralise.by"] == "pillar"
    assert values["basket.size"] == "5"


def test_the_day_of_review_is_told_where_there_is_one() -> None:
    reviewed = WORLD.model_copy(update={"reviewed": date(2026, 5, 1)})

    texts = [
        [b.text for b in tree.compose(w).blocks if isinstance(b, Paragraph)]
        for w in (WORLD, reviewed)
    ]

    assert texts == [[], ["Last reviewed on 2026-05-01."]]


def test_pillars_are_called_by_the_language_asked_for() -> None:
    labels = [
        tree.compose(WORLD, language=language).pillars["data"].label
        for language in ("en", "zh")
    ]

    assert labels == ["Data", "算力"]


def test_programs_get_the_whole_taxonomy_and_a_row_a_line() -> None:
    report = tree.compose(WORLD)

    assert report.title == "A small world"
    assert report.tickers == ("AAA", "BBB")
    assert report.record == WORLD.model_dump(mode="json")
    assert dict(report.rows[1]) == {
        "ticker": "BBB",
        "name": "BBB Inc",
        "issuer": "bbb",
        "role": "core",
        "layers": "accelerators",
        "exposures.compute": 0.0,
        "exposures.data": 0.25,
        "exposures.algorithms": 0.5,
    }
