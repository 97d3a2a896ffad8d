"""What a screen promises."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import samples
import screens
from triad_screener.factors import FACTORS
from triad_screener.model.evaluation import Signal
from triad_screener.screening.pillars import weights
from triad_screener.screening.sections import COMPOSITE, section


def test_the_composite_is_of_every_ranked_line() -> None:
    screen = screens.bundled()

    found = section(screen, date(2026, 5, 16))

    assert (found.run, found.as_of) == (screen.run.id, screen.run.as_of)
    assert found.made == date(2026, 5, 16)
    assert found.signals[COMPOSITE] == {
        line.ticker: line.composite_z for line in screen.scores.lines
    }
    values = list(found.signals[COMPOSITE].values())
    assert values == sorted(values, reverse=True)


def test_a_reconstructed_ranking_was_made_on_no_day() -> None:
    found = section(screens.small())

    assert found.made is None
    assert found.ready == found.as_of


@pytest.mark.parametrize(
    ("made", "ready"),
    [("2026-05-18", "2026-05-18"), ("2026-05-15", "2026-05-15"), ("2026-05-01", "")],
)
def test_nobody_buys_before_the_ranking_is_made(made: str, ready: str) -> None:
    found = section(screens.small(), date.fromisoformat(made))

    assert found.ready == date.fromisoformat(ready or "2026-05-15")


def test_ranked_lines_with_an_exposure_dated_later_are_counted() -> None:
    """On the first day all but one of the twelve lines look ahead."""
    early = {"compute": {"2026-01-01": 0.3}}
    lines = [
        samples.constituent(f"L{at:02d}", history=early if at == 0 else None)
        for at in range(12)
    ]

    counts = [
        section(samples.screen(samples.taxonomy(*lines), as_of=day)).exposed_later
        for day in (date(2026, 1, 30), date(2026, 1, 31))
    ]

    assert counts == [11, 0]


def test_a_factor_is_of_the_lines_whose_raw_value_is_known() -> None:
    screen = screens.bundled()

    found = section(screen).signals

    used = screen.scores.standardisation.factors
    assert {one.name for one in found if one.kind == "factor"} == set(used)
    for name in used:
        known = {
            line.ticker: line.factors[name].z
            for line in screen.scores.lines
            if line.factors[name].raw is not None
        }
        assert found[Signal("factor", name)] == known
    assert len(found[Signal("factor", "ebit_ev")]) < len(found[COMPOSITE])


def test_a_line_without_a_factor_of_a_group_is_none_of_the_group() -> None:
    """Its neutral zero would count as an opinion."""
    young = replace(samples.LINES[0], prices=samples.walk(0))
    short = samples.prices(np.exp(np.linspace(0, 0.1, 140)))
    screen = samples.screen(
        lines=(replace(young, prices=short), *samples.LINES[1:]),
        recipe=samples.recipe(coverage_floor=0.0),
    )
    first = samples.LINES[0].ticker

    found = section(screen).signals

    assert first in found[COMPOSITE]
    assert first in found[Signal("group", "risk")]
    lacking = {
        group
        for group in screen.scores.standardisation.groups
        if first not in found[Signal("group", group)]
    }
    line = next(one for one in screen.scores.lines if one.ticker == first)
    unknown = {
        group
        for group in line.groups
        if not any(
            value.raw is not None
            for name, value in line.factors.items()
            if FACTORS[name].group == group
        )
    }
    assert lacking == unknown == {"momentum"}


def test_a_factor_of_an_old_run_belongs_to_no_group() -> None:
    screen = screens.small()
    line = screen.scores.lines[0]
    renamed = {f"old_{name}": found for name, found in line.factors.items()}
    scores = replace(
        screen.scores,
        lines=(replace(line, factors=renamed),),
        standardisation=replace(
            screen.scores.standardisation,
            factors={
                f"old_{name}": one
                for name, one in screen.scores.standardisation.factors.items()
            },
        ),
    )

    found = section(replace(screen, scores=scores)).signals

    assert all(not found[Signal("group", group)] for group in line.groups)
    assert found[Signal("factor", "old_thesis")] == {
        line.ticker: line.factors["thesis"].z
    }


def test_a_pillar_is_of_its_eligible_lines() -> None:
    screen = screens.small()

    found = section(screen).signals

    for pillar, places in screen.scores.pillars.items():
        assert found[Signal("pillar", pillar)] == {
            place.ticker: place.pillar_score for place in places
        }
    assert set(found[Signal("pillar", "data")]) == {"EEE", "FFF", "GGG"}


def test_the_basket_is_the_sum_of_all() -> None:
    screen = screens.bundled()
    expected: Counter[str] = Counter()
    for part in screen.scores.baskets:
        for holding in part.constituents:
            expected[holding.ticker] += holding.weight  # type: ignore[assignment]

    found = weights(screen.scores.baskets)

    assert found == pytest.approx(dict(expected))
    reserve = sum(part.reserve for part in screen.scores.baskets)
    assert sum(found.values()) + reserve == pytest.approx(1)
    assert section(screen).basket == found


def test_a_line_in_two_pillars_is_held_once() -> None:
    screen = screens.small()
    one, other, *rest = screen.scores.baskets
    holding = one.constituents[0]
    twice = replace(other, constituents=(replace(holding, weight=0.25),))
    scores = replace(screen.scores, baskets=(one, twice, *rest))

    found = weights(scores.baskets)

    assert found[holding.ticker] == pytest.approx(holding.weight + 0.25)


def test_every_line_has_its_price_currency() -> None:
    screen = screens.bundled()

    found = section(screen).currencies

    assert set(found) >= set(section(screen).signals[COMPOSITE])
    assert found["TSM"] == "USD"


def test_a_screen_without_ranked_lines_promises_nothing() -> None:
    world = samples.taxonomy(samples.constituent("L00"))

    found = section(samples.screen(world, samples.LINES[:1]))

    assert found.signals[COMPOSITE] == {}
    assert found.basket == {}


def test_a_stored_run_in_which_nobody_is_ranked_has_signals_of_nobody() -> None:
    screen = screens.small()
    scores = replace(screen.scores, lines=(), pillars={})

    found = section(replace(screen, scores=scores)).signals

    used = screen.scores.standardisation
    assert len(found) == 1 + len(used.groups) + len(used.factors)
    assert all(not lines for lines in found.values())
