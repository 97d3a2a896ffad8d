"""What the pictures of the letter show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

import screens
from triad_screener.model.document import Drawing
from triad_screener.model.screen import BenchmarkFact
from triad_screener.reporting import pictures

if TYPE_CHECKING:
    from triad_screener.model.screen import Screen

SMALL = screens.small()
FIRST, SECOND = (line.ticker for line in SMALL.scores.lines[:2])


class TestRanks:
    def test_each_leader_has_its_rank_on_each_day(self) -> None:
        weeks = [(date(2026, 5, 8), {FIRST: 2}), (date(2026, 5, 15), _now())]

        (found,) = pictures.of_ranks(weeks, SMALL)

        assert found.drawing is Drawing.RANKS
        assert found.places == ("2026-05-08", "2026-05-15")
        by_name = {one.name: one.values for one in found.series}
        assert by_name[FIRST] == (2, 1)
        assert by_name[SECOND] == (None, 2)
        assert found.alternative.startswith(
            f"Ranks from 2026-05-08 to 2026-05-15: {FIRST} 2 to 1, "
            f"{SECOND} not ranked to 2,"
        )

    def test_one_day_is_no_picture(self) -> None:
        assert not [*pictures.of_ranks([(date(2026, 5, 15), _now())], SMALL)]

    def test_a_line_has_the_colour_of_its_pillar(self) -> None:
        weeks = [(date(2026, 5, day), _now()) for day in (8, 15)]

        (found,) = pictures.of_ranks(weeks, SMALL)

        assert found.series[0].pillar == SMALL.scores.lines[0].primary_pillar


def _now() -> dict[str, int]:
    return {line.ticker: line.rank for line in SMALL.scores.lines}


class TestParts:
    def test_the_parts_of_a_leader_are_its_composite(self) -> None:
        screen = screens.bundled()

        (found,) = pictures.of_parts(screen)

        assert found.drawing is Drawing.PARTS
        assert found.places[:2] == ("TSM", "NVDA")
        for at, line in enumerate(screen.scores.lines[:10]):
            whole = sum(one.values[at] or 0.0 for one in found.series)
            assert whole == pytest.approx(line.composite_z, abs=1e-9)

    def test_the_alternative_tells_the_parts_of_the_first(self) -> None:
        (found,) = pictures.of_parts(SMALL)

        assert found.alternative.startswith(f"Parts of the composite: {FIRST} ")

    def test_without_a_leader_there_is_no_picture(self) -> None:
        empty = replace(SMALL, scores=replace(SMALL.scores, lines=()))

        assert not [*pictures.of_parts(empty)]


class TestCourses:
    def test_a_price_that_doubles_beside_one_that_stays_is_a_whole_ahead(self) -> None:
        screen = _priced((1.0, 1.5, 2.0), (4.0, 4.0, 4.0))

        (found,) = pictures.of_courses(screen)

        assert found.title == "Prices relative to SPY"
        assert found.places[0] == "2026-05-01"
        assert found.places[-1] == screen.run.as_of.isoformat()
        assert found.series[0].values == (0.0, 0.5, 1.0)
        assert f"{FIRST} +100%" in found.alternative

    def test_a_young_line_is_held_against_the_benchmark_since_it_began(self) -> None:
        screen = _priced((1.0, 2.0), (1.0, 4.0, 4.0))

        (found,) = pictures.of_courses(screen)

        assert found.series[0].values == (None, 0.0, 1.0)

    def test_a_line_older_than_the_benchmark_begins_with_it(self) -> None:
        (found,) = pictures.of_courses(_priced((9.0, 1.0, 2.0), (5.0, 5.0)))

        assert found.series[0].values == (0.0, 1.0)

    def test_another_currency_is_not_compared(self) -> None:
        screen = _priced((1.0, 2.0), (1.0, 1.0))
        fact = replace(screen.facts[FIRST], price_currency="TWD")
        screen = replace(screen, facts={**screen.facts, FIRST: fact})

        names = [
            one.name for found in pictures.of_courses(screen) for one in found.series
        ]

        assert FIRST not in names

    def test_the_benchmark_asked_for_is_used(self) -> None:
        (found,) = pictures.of_courses(screens.bundled(), "SMH")

        assert found.title == "Prices relative to SMH"
        assert len(found.series) == 6

    def test_without_a_benchmark_there_is_no_picture(self) -> None:
        assert not [*pictures.of_courses(replace(SMALL, benchmarks=()))]

    def test_a_single_point_is_no_course(self) -> None:
        assert not [*pictures.of_courses(_priced((1.0,), (1.0, 1.0)))]


def _priced(own: tuple[float, ...], fund: tuple[float, ...]) -> Screen:
    """The small screen: the first line has a course, the others have none."""
    facts = {name: replace(fact, trend=()) for name, fact in SMALL.facts.items()}
    facts[FIRST] = replace(facts[FIRST], trend=own)
    benchmark = BenchmarkFact("SPY", "S&P 500", "USD", fund)
    return replace(SMALL, facts=facts, benchmarks=(benchmark,))
