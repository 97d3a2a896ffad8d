"""Scoring a file as a function."""

from __future__ import annotations

import pytest

from triad_screener.errors import InputError, UnknownNameError
from triad_screener.model.recipe import Recipe
from triad_screener.workflows.score import score

HEADER = "ticker,issuer,exposure_compute,exposure_data,exposure_algorithms,mom_12_1"
ROWS = "".join(f"L{at},i{at},0.5,0,0,{-at}\n" for at in range(8))


def test_lines_are_scored_by_their_factors() -> None:
    found, warnings = score(f"{HEADER}\n{ROWS}".encode(), "c.csv", Recipe())

    assert [line.ticker for line in found.lines] == [f"L{at}" for at in range(8)]
    assert warnings == ()


def test_columns_that_mean_nothing_are_named() -> None:
    content = f"{HEADER},colour,price\nL,i,0.5,0,0,1,red,5\n"

    _, warnings = score(content.encode(), "c.csv", Recipe())

    assert warnings == ("columns not used: 'colour', 'price'",)


def test_incumbents_are_known_in_any_case_and_must_be_in_the_file() -> None:
    content = f"{HEADER}\n{ROWS}".encode()
    rules = Recipe.model_validate({"basket": {"size": 2, "buffer": 0.5}})

    held, _ = score(content, "c.csv", rules, ["l2"])
    with pytest.raises(UnknownNameError):
        score(content, "c.csv", rules, ["L9"])

    chosen = [place.ticker for place in held.pillars["compute"] if place.selected]
    assert chosen == ["L0", "L2"]


def test_a_file_that_is_no_cross_section_is_refused() -> None:
    with pytest.raises(InputError):
        score(b"ticker\nL\n", "c.csv", Recipe())
