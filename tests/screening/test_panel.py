"""How indicators vote, and what the votes come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import samples
from samples import thesis
from triad_screener.model.taxonomy import Source
from triad_screener.model.thesis import Bound, Thesis
from triad_screener.screening.indicators import Evidence
from triad_screener.screening.panel import assess

if TYPE_CHECKING:
    from triad_screener.model.panel import Panel

DAY = samples.AS_OF


def panel(given: Thesis) -> Panel:
    sources = {"by_hand": Source(publisher="M", title="T", date=DAY, grade="B")}
    evidence = Evidence(DAY, samples.select([], []), given.series, (), sources)
    return assess(given, evidence, samples.market(), "Title")


def test_votes_are_by_the_bounds() -> None:
    found = panel(thesis(2.0, 1.5, 1.0, 0.9, None))

    assert [one.vote for one in found.findings] == [1, 0, 0, -1, None]
    assert [one.refuted for one in found.findings] == [False, False, False, True, None]
    assert found.findings[4].reason.startswith("s4: the newest figure, of 2020-01-01")
    assert found.mean == 0
    assert found.verdict == "mixed"


def test_a_figure_that_is_too_old_does_not_count_in_the_verdict() -> None:
    found = panel(thesis(2.0, 2.0, 2.0, None, None))

    assert found.mean == 1
    assert found.verdict == "insufficient"


def test_without_indicators_there_is_no_mean() -> None:
    found = panel(Thesis())

    assert (found.mean, found.verdict) == (None, "insufficient")


def test_how_far_a_falsifier_is_away_has_its_sign() -> None:
    found = panel(thesis(1.5, 0.9))

    assert [one.weakens[0].distance for one in found.findings] == [
        pytest.approx(0.5),
        pytest.approx(-0.1),
    ]
    assert found.findings[0].confirms[0].distance == pytest.approx(0.5)


TWO = (
    {"relation": "below", "limit": 1},
    {"of": "second", "relation": "above", "limit": 5},
)


def test_every_bound_must_hold() -> None:
    found = panel(thesis(0.5, weakens=TWO))

    assert found.findings[0].vote == 0
    assert found.findings[0].refuted is False


def test_a_vote_that_hangs_on_an_unknown_reading_is_not_known() -> None:
    closes = {"A": (1.0, 1.0, 0.5), "B": (1.0, 1.0, 1.0)}
    bounds = (
        {"relation": "at_most", "limit": -0.1},
        {"of": "growth_gap", "relation": "below", "limit": 0},
    )
    given = thesis(
        1.0, measure="relative_price", lines=("A",), against=("B",), sessions=2,
        series=(), weakens=bounds,
    )  # fmt: skip
    lines = [samples.line_data(ticker=t, closes=closes[t]) for t in closes]
    known = samples.select([samples.constituent(t) for t in closes], lines)
    evidence = Evidence(samples.AS_OF, known, given.series, (), {})

    (found,) = assess(given, evidence, samples.market(), "T").findings

    assert (found.vote, found.reason) == (None, "a reading that decides is not known")
    assert [bound.met for bound in found.weakens] == [True, None]
    assert found.refuted is None


@pytest.mark.parametrize(
    ("relation", "holds"),
    [
        ("at_least", (False, True, True)),
        ("above", (False, False, True)),
        ("at_most", (True, True, False)),
        ("below", (True, False, False)),
    ],
)
def test_a_bound_takes_its_limit_or_not(relation: Any, holds: tuple[bool, ...]) -> None:  # noqa: ANN401 - a literal
    bound = Bound(relation=relation, limit=1.0)

    assert tuple(map(bound.holds, (0.9, 1.0, 1.1))) == holds
