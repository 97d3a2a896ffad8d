"""Are scores by column the same as scores line by line?"""

from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING

import numpy as np
import pytest

import screens
from samples import cross_section, recipe
from triad_screener.model.listing import Listing
from triad_screener.model.ranking import (
    CONFIDENCES,
    RankedLines,
    UnrankedLines,
    by_column,
    places_by_column,
)
from triad_screener.model.scores import LineScore
from triad_screener.model.vocabulary import PILLARS
from triad_screener.screening.scoring import score

if TYPE_CHECKING:
    from triad_screener.model.scores import Scores

RISING = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]


def scores() -> Scores:
    """Ten lines, of which B lacks a factor and J is not ranked."""
    lines = cross_section(
        {
            "gp_at": [*RISING, 0.45, nan],
            "ebit_ic": [0.4, nan, *RISING[:7], nan],
            "mom_6_1": [*RISING[::-1], 0.3, nan],
        },
        exposures=[(0.1 * at, 0.5 - 0.05 * at, 0.0) for at in range(10)],
    )
    return score(lines, recipe())


class Counting(Listing[LineScore]):
    """A thousand tickers, and the positions of the lines that were made."""

    tickers = tuple(map(str, range(1_000)))

    def __init__(self) -> None:
        self.made: list[int] = []

    def __len__(self) -> int:
        return len(self.tickers)

    def item(self, at: int) -> LineScore:
        self.made.append(at)
        return scores().lines[0]


class TestColumns:
    def test_they_are_those_of_the_lines(self) -> None:
        lines = scores().lines

        assert isinstance(lines, RankedLines)
        assert lines.tickers == tuple(line.ticker for line in lines)
        for name in ("score", "composite_z", "coverage", "confidence", "precision"):
            column = getattr(lines, name).tolist()
            assert column == [getattr(line, name) for line in lines]
        labels = [CONFIDENCES[at] for at in lines.confidence_label]
        assert labels == [line.confidence_label for line in lines]
        pillars = [PILLARS[at] for at in lines.primary_pillar]
        assert pillars == [line.primary_pillar for line in lines]
        for group, z in lines.groups.items():
            assert z.tolist() == [line.groups[group] for line in lines]
        for name, found in lines.factors.items():
            assert found.z.tolist() == [line.factors[name].z for line in lines]
            assert found.weight == lines[0].factors[name].weight

    def test_what_is_missing_is_not_a_number_there_and_none_here(self) -> None:
        lines = scores().lines
        assert isinstance(lines, RankedLines)

        b = lines.tickers.index("B")

        assert np.isnan([lines.factors["ebit_ic"].raw[b], lines.score_low[0]]).all()
        factor = lines[b].factors["ebit_ic"]
        assert (factor.raw, factor.rank, factor.rank_z) == (None, None, None)
        assert lines[b].score_low == lines.score_low[b]
        assert lines[0].score_low is None

    def test_lines_given_one_by_one_are_put_into_columns(self) -> None:
        known = scores()

        found = by_column(tuple(known.lines))

        assert found == known.lines
        assert by_column(found) is found

    def test_places_given_one_by_one_are_put_into_columns(self) -> None:
        known = scores().pillars["compute"]

        found = places_by_column(tuple(known))

        assert found == known
        assert places_by_column(found) is found
        assert found.in_basket == {
            place.ticker: place.pillar_score for place in known if place.selected
        }

    def test_no_lines_have_empty_columns(self) -> None:
        found = by_column(())

        assert (len(found), found.score.tolist(), found.factors) == (0, [], {})


class TestLookingUp:
    @pytest.mark.parametrize("stored", [False, True])
    def test_a_line_is_found_by_its_ticker(self, *, stored: bool) -> None:
        found = scores()
        if stored:
            found = replace(
                found, lines=tuple(found.lines), unranked=tuple(found.unranked)
            )

        first, second = found.lines[:2]
        assert found.line(first.ticker) == first
        assert found.following(first.ticker) == second
        assert found.following(found.tickers[-1]) is None
        assert found.considered == (*found.tickers, "J")
        assert found.unranked_line("J") == found.unranked[0]
        assert found.why_unranked("J") == "insufficient data"

    def test_who_is_not_there_is_not_found(self) -> None:
        found = scores()

        assert (found.line("J"), found.line("ZZZ")) == (None, None)
        assert found.following("ZZZ") is None
        assert (found.unranked_line("A"), found.why_unranked("A")) == (None, "")

    def test_to_find_one_line_makes_no_other(self) -> None:
        lines = Counting()
        found = replace(scores(), lines=lines)

        found.line("500")

        assert lines.made == [500]

    def test_baskets_are_those_that_hold_a_line(self) -> None:
        found = screens.bundled().scores

        for pillar, places in found.pillars.items():
            for place in places:
                assert (pillar in found.baskets_of(place.ticker)) is place.selected
        assert found.baskets_of("ZZZ") == ()


def test_a_line_without_a_rank_says_why() -> None:
    found = scores().unranked

    assert isinstance(found, UnrankedLines)
    assert (found.tickers, found.reason.tolist()) == (("J",), [0])
    assert found[0].coverage == found.coverage[0]
