"""Did the rankings know anything? Planted signals, their reverse, and none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import evidence
from evidence import MONTH, TERMS, Planted, at, became, ranked, series
from triad_screener.model.evaluation import Signal
from triad_screener.screening import evaluating
from triad_screener.screening.evaluating import (
    HORIZONS,
    Inquiry,
    evaluate,
    month_ends,
    periods,
    sections_needed,
)
from triad_screener.screening.outcomes import outcomes
from triad_screener.screening.sections import COMPOSITE
from triad_screener.stats import information

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from triad_screener.model.evaluation import Findings, Horizon, Section
    from triad_screener.screening.outcomes import Outcomes

LATER = date(2100, 1, 1)


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as the tests need, so that they are quick."""
    monkeypatch.setattr(evaluating, "SHUFFLES", 40)
    monkeypatch.setattr(evaluating, "FEWER_SHUFFLES", 40)
    monkeypatch.setattr(evaluating, "DRAWS", 200)


def findings(sections: Sequence[Section], outcomes: Outcomes) -> Findings:
    return evaluate(Inquiry(sections=sections, outcomes=outcomes, terms=TERMS))


@pytest.fixture(scope="module")
def found() -> Findings:
    """Of a planted signal of 0.1: 60 lines, 75 sections."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluating, "SHUFFLES", 40)
        return evaluate(Planted.of(0.1).inquiry())


def test_a_planted_signal_is_found(found: Findings) -> None:
    month = found.horizons[0]

    assert month.finding == "signal"
    assert month.strength.mean == pytest.approx(0.1, abs=0.03)
    assert month.strength.low is not None
    assert month.strength.low > 0
    assert month.strength.p is not None
    assert month.strength.p < 0.001
    assert month.strength.control.p == pytest.approx(1 / 41)
    assert month.spread.parts == 5
    assert month.spread.best is not None
    assert month.spread.worst is not None
    assert month.spread.best > month.spread.worst


def few(knowledge: float, *, seed: int = 1) -> Planted:
    """Fewer lines and rankings, just enough for a verdict."""
    return Planted.of(knowledge, lines=40, sections=45, seed=seed)


def test_the_reversed_signal_is_told_as_reversed() -> None:
    planted = few(0.2)
    turned = replace(planted, scores=-planted.scores)

    (month, *_), (mirrored, *_) = (
        evaluate(one.inquiry()).horizons for one in (planted, turned)
    )

    assert (month.finding, mirrored.finding) == ("signal", "reversed")
    assert mirrored.strength.mean == pytest.approx(-(month.strength.mean or 0))
    assert mirrored.strength.t == pytest.approx(-(month.strength.t or 0))
    assert mirrored.strength.high is not None
    assert mirrored.strength.high < 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_of_scores_that_know_nothing_nothing_is_found(seed: int) -> None:
    month = evaluate(few(0.0, seed=seed).inquiry()).horizons[0]

    assert month.finding == "nothing found"
    assert month.strength.low is not None
    assert month.strength.high is not None
    assert month.strength.low < 0 < month.strength.high


def test_coefficients_are_those_of_pandas(found: Findings) -> None:
    planted = Planted.of(0.1)
    closes = pd.DataFrame(planted.closes)

    for horizon in found.horizons:
        returns = closes.shift(-horizon.sessions) / closes - 1
        after = returns.iloc[1::MONTH].iloc[: len(planted.scores)]
        expected = pd.DataFrame(planted.scores).corrwith(
            after.reset_index(drop=True), axis=1, method="spearman"
        )
        known = after.notna().all(axis=1).to_numpy()
        told = horizon.strength.coefficients
        assert [one is not None for one in told] == known.tolist()
        assert horizon.strength.known == pytest.approx(expected[known].tolist())
        assert horizon.strength.mean == pytest.approx(expected[known].mean())
        assert horizon.strength.deviation == pytest.approx(expected[known].std())
        assert horizon.strength.ratio == pytest.approx(
            expected[known].mean() / expected[known].std()
        )
        assert horizon.strength.lines == 60


def test_the_decay_and_the_strength_are_of_one_mind(found: Findings) -> None:
    assert list(found.decay) == [5, 10, 21, 42, 63, 84, 105, 126]
    for horizon in found.horizons:
        assert found.decay[horizon.sessions] == pytest.approx(horizon.strength.mean)


def test_scores_that_are_drawn_anew_do_not_persist(found: Findings) -> None:
    assert list(found.persistence) == [1, 3, 6]
    assert all(abs(value or 1) < 0.1 for value in found.persistence.values())


def test_the_spread_is_that_of_pandas(found: Findings) -> None:
    planted = Planted.of(0.1)
    closes = pd.DataFrame(planted.closes)
    after = (closes.shift(-MONTH) / closes - 1).iloc[1::MONTH].iloc[:75]
    ranks = pd.DataFrame(planted.scores).rank(axis=1, ascending=False)
    returns = after.reset_index(drop=True)

    spread = found.horizons[0].spread

    assert spread.best == pytest.approx(returns[ranks <= 12].mean(axis=1).mean())
    assert spread.worst == pytest.approx(returns[ranks > 48].mean(axis=1).mean())


def test_overlapping_returns_count_as_a_third_and_a_sixth(found: Findings) -> None:
    counts = [len(one.strength.known) for one in found.horizons]

    assert [one.sessions for one in found.horizons] == [21, 63, 126]
    assert counts == [75, 74, 71]
    # 0, 3, 6 to 72, and 0, 6, 12 to 66, are apart.
    assert [one.strength.independent for one in found.horizons] == [75, 25, 12]
    assert [one.finding for one in found.horizons][1:] == ["no verdict"] * 2
    assert [one.needed for one in found.horizons] == [28] * 3
    assert [periods(one) for one in HORIZONS] == [1, 3, 6]


def test_rankings_close_together_do_not_count_twice() -> None:
    """Pairs one session apart share nearly all of their returns."""
    random = np.random.default_rng(3)
    known = became({f"L{n}": np.exp(random.normal(size=200)) for n in range(8)})
    sections = [
        ranked(at(day), {f"L{n}": random.normal() for n in range(8)})
        for start in (0, 40, 80, 120)
        for day in (start, start + 1)
    ]

    month, quarter, _ = findings(sections, known).horizons

    assert len(month.strength.known) == 8
    assert month.strength.independent == 4
    assert quarter.strength.independent == 2  # of 0 and 80; 120 is within


def test_months_are_uneven_by_a_few_sessions() -> None:
    random = np.random.default_rng(3)
    known = became({f"L{n}": np.exp(random.normal(size=120)) for n in range(8)})
    days = np.cumsum([0, 19, 23, 18, 17])
    sections = [
        ranked(at(day), {f"L{n}": random.normal() for n in range(8)})
        for day in days.tolist()
    ]

    month = findings(sections, known).horizons[0]

    assert month.strength.independent == 4  # 17 sessions are too few


def test_before_the_first_outcome_the_lines_that_are_ranked_tell_what_is_needed() -> (
    None
):
    known = became({f"L{n}": [1.0] * 10 for n in range(40)})
    section = ranked(at(0), {f"L{n}": float(n) for n in range(40)})

    month = findings([section], known).horizons[0]

    assert (month.finding, month.needed) == ("no verdict", 42)


def test_lags_and_blocks_reach_over_what_overlaps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lags, blocks = [], []

    def newey_west(values: Any, lag: int) -> tuple[None, None]:  # noqa: ANN401 - an array
        del values
        lags.append(lag)
        return None, None

    def interval(values: Any, block: int, **_: int) -> tuple[None, None]:  # noqa: ANN401 - an array
        del values
        blocks.append(block)
        return None, None

    monkeypatch.setattr(information, "newey_west", newey_west)
    monkeypatch.setattr(information, "interval", interval)
    evaluate(few(0.0).inquiry())

    # 45, 44 and 41 sections, of coefficients and of spreads; 3 by the rule alone.
    assert lags == [3, 3, 3, 3, 5, 5]
    assert blocks == [4, 4, 6]


@pytest.mark.parametrize(
    ("lines", "needed"), [(0.0, 24), (1.0, 24), (12.0, 146), (40.0, 42), (68.0, 24)]
)
def test_as_many_rankings_are_needed_as_tell_a_good_coefficient(
    lines: float, needed: int
) -> None:
    """At 12 lines ``(2 / (0.05 sqrt(11)))^2 = 145.5``; never fewer than 24."""
    assert sections_needed(lines) == needed


@pytest.mark.parametrize(
    ("lines", "sections", "verdict"),
    [(40, 41, False), (40, 42, True), (100, 23, False), (100, 24, True)],
)
def test_too_few_rankings_give_no_verdict(
    lines: int,
    sections: int,
    verdict: bool,  # noqa: FBT001 - a row of the table
) -> None:
    planted = Planted.of(0.5, lines=lines, sections=sections)

    found = evaluate(planted.inquiry()).horizons[0]

    assert (found.finding != "no verdict") is verdict
    assert found.strength.independent == sections


def only(patch: pytest.MonkeyPatch, name: str, answer: object) -> Horizon:
    """The verdict on a strong signal, if one of its proofs says otherwise."""
    patch.setattr(information, name, lambda *_, **__: answer)
    return evaluate(few(0.3).inquiry()).horizons[0]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("newey_west", (1.9, 0.06)),
        ("newey_west", (2.0, 0.05)),
        ("newey_west", (None, None)),
        ("interval", (-0.01, 0.3)),
        ("interval", (0.0, 0.3)),
        ("interval", (None, None)),
        ("share_beyond", 0.06),
        ("share_beyond", None),
    ],
)
def test_one_proof_that_fails_is_enough_for_nothing(
    name: str, answer: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert only(monkeypatch, name, answer).finding == "nothing found"


def test_with_all_three_proofs_it_is_a_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(monkeypatch, "share_beyond", 0.04).finding == "signal"


def test_the_months_until_t_is_two_are_those_of_the_mean_found(found: Findings) -> None:
    for horizon in found.horizons:
        one = horizon.strength
        assert one.t is not None
        exact = len(one.known) * (2 / one.t) ** 2
        assert horizon.months_needed == int(np.ceil(exact))
        # With so many, and the error as found, t is two.
        assert one.t * (exact / len(one.known)) ** 0.5 == pytest.approx(2)


def with_others(planted: Planted, others: Mapping[str, float]) -> Inquiry:
    """Besides the composite, signals that know so much, ``KIND_NAME``."""
    inquiry = planted.inquiry()
    drawn = {
        name: Planted.of(
            knowledge, lines=len(planted.names), sections=len(planted.scores), seed=1
        ).scores
        for name, knowledge in others.items()
    }
    sections = [
        ranked(
            one.as_of,
            one.signals[COMPOSITE],
            one.basket,
            None,
            **{
                name: dict(zip(planted.names, rows[place].tolist(), strict=True))
                for name, rows in drawn.items()
            },
        )
        for place, one in enumerate(inquiry.sections)
    ]
    return replace(inquiry, sections=sections)


OTHERS = {
    "group_thesis": 0.0,
    "group_momentum": 0.3,
    "group_growth": 0.1,
    "pillar_data": 0.1,
    "pillar_compute": 0.15,
    "factor_thesis": 0.1,
    "factor_vol_252": 0.2,
    "factor_mom_12_1": 0.0,
    "factor_gone": 0.0,
}


@pytest.fixture(scope="module")
def several() -> Findings:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluating, "SHUFFLES", 20)
        planted = Planted.of(0.1, lines=20, sections=75)
        return evaluate(with_others(planted, OTHERS))


def holm(values: Sequence[float]) -> list[float]:
    """By hand: the smallest times n, the next times n - 1, never falling."""
    order = np.argsort(values)
    steps = [values[at] * (len(values) - place) for place, at in enumerate(order)]
    found = np.empty(len(values))
    found[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return list(found)


def hochberg(values: Sequence[float]) -> list[float]:
    """By hand: the largest as it is, the next times n / (n - 1), never rising."""
    order = np.argsort(values)[::-1]
    count = len(values)
    steps = [values[at] * count / (count - place) for place, at in enumerate(order)]
    found = np.empty(count)
    found[order] = np.minimum.accumulate(steps)
    return list(found)


@pytest.mark.parametrize(
    ("kind", "adjust"), [("group", holm), ("pillar", holm), ("factor", hochberg)]
)
@pytest.mark.parametrize("horizon", [21, 63])
def test_p_is_adjusted_for_its_kind_and_horizon(
    several: Findings,
    kind: Any,  # noqa: ANN401 - a literal
    adjust: Callable[[Sequence[float]], list[float]],
    horizon: int,
) -> None:
    family = several.of_kind(kind, horizon)
    given = [one.control.p for one in family if one.control.p is not None]

    assert len(given) == len(family) > 1
    assert [one.adjusted for one in family] == pytest.approx(adjust(given))


def test_of_few_independent_rankings_no_p_is_adjusted(several: Findings) -> None:
    """Of 75 rankings a sixth is 12: t is too large there by half and more."""
    for kind in ("group", "pillar", "factor"):
        for one in several.of_kind(kind, 126):
            assert one.p is not None
            assert one.adjusted is None


def test_signals_stand_in_the_order_of_their_registers(several: Findings) -> None:
    first = [one.signal for one in several.others if one.horizon == 21]

    assert [one.name for one in first if one.kind == "group"] == [
        "momentum",
        "growth",
        "thesis",
    ]
    assert [one.name for one in first if one.kind == "pillar"] == ["compute", "data"]
    assert [one.name for one in first if one.kind == "factor"] == [
        "mom_12_1",
        "vol_252",
        "thesis",
        "gone",
    ]
    assert COMPOSITE not in first
    for horizon in HORIZONS:
        assert [o.signal for o in several.others if o.horizon == horizon] == first


def test_a_factor_has_no_interval_and_a_group_has_one(several: Findings) -> None:
    assert all(one.low is None for one in several.of_kind("factor", 21))
    assert all(one.low is not None for one in several.of_kind("group", 21))


RISING = {
    name: [1.0, 1.0] + [float(place)] * 300 for place, name in enumerate("ABCDEF", 1)
}
SIX = {name: float(place) for place, name in enumerate("ABCDEF")}


def test_a_line_that_is_not_ranked_is_never_a_zero() -> None:
    """F, best of all, is not ranked; as a zero it would spoil the perfect order."""
    scores = {name: value - 2 for name, value in SIX.items() if name != "F"}
    sections = [ranked(at(0), scores, factor_thesis={"A": -1.0, **scores})]

    found = findings(sections, became(RISING))

    assert found.horizons[0].strength.coefficients == (1.0,)
    assert found.horizons[0].strength.lines == 5


def test_a_line_that_is_ranked_in_some_sections_is_missing_in_the_others() -> None:
    closes = {
        name: [1.0 + place * at for at in range(100)]
        for place, name in enumerate("ABCDEF")
    }
    late = {name: value for name, value in SIX.items() if name != "F"}
    sections = [ranked(at(0), late), ranked(at(21), SIX), ranked(at(42), {"A": 1.0})]

    strength = findings(sections, became(closes)).horizons[0].strength

    assert strength.coefficients[0] == pytest.approx(1)
    assert strength.coefficients[1] is not None
    assert strength.coefficients[2] is None
    assert strength.lines == 5.5


def test_a_factor_counts_only_the_lines_that_have_it() -> None:
    """Five of six lines have it, and are in order."""
    turned = {"A": 5.0, "B": 4.0, "C": 3.0, "D": 2.0, "E": 1.0}
    found = findings([ranked(at(0), SIX, factor_thesis=turned)], became(RISING))

    (one,) = found.of_kind("factor", 21)
    assert one.coefficients == (-1.0,)
    assert one.lines == 5


def test_a_signal_of_some_sections_has_no_coefficient_in_the_others() -> None:
    sections = [ranked(at(0), SIX, factor_thesis=SIX), ranked(at(21), SIX)]
    closes = {n: [1.0 + p * at for at in range(100)] for p, n in enumerate("ABCDEF")}

    (one,) = findings(sections, became(closes)).of_kind("factor", 21)

    assert [value is None for value in one.coefficients] == [False, True]


def test_a_ranking_tells_when_it_is_bought() -> None:
    days = [at(0), at(299), at(350)]
    sections = [
        ranked(days[0], SIX, made=at(3)),
        ranked(days[1], SIX),
        ranked(days[2], {"A": 1.0}),
    ]

    found = findings(sections, became(RISING)).rankings

    assert [one.bought for one in found] == [at(4), at(300), None]
    assert [one.made for one in found] == [at(3), None, None]
    assert [one.lines for one in found] == [6, 6, 1]
    assert [one.run for one in found] == [f"run of {day}" for day in days]


def test_a_return_that_was_over_when_the_ranking_was_made_is_not_its() -> None:
    """The lines part on the session after the day; the ranking is made a day later."""
    closes = {n: [1.0, 1.0, *[float(p)] * 300] for p, n in enumerate("ABCDEF", 1)}
    known = became(closes)

    on_time = findings([ranked(at(0), SIX, made=at(0))], known)
    late = findings([ranked(at(0), SIX, made=at(1))], known)

    assert on_time.horizons[0].strength.coefficients == (1.0,)
    assert late.horizons[0].strength.coefficients == (None,)


def test_nothing_after_the_as_of_date_counts() -> None:
    planted = Planted.of(0.1, lines=12, sections=30)
    inquiry = planted.inquiry()
    as_of = at(20 * MONTH + 9)
    random = np.random.default_rng(5)
    changed = planted.closes.copy()
    changed[20 * MONTH + 10 :] = np.exp(
        random.normal(size=changed[20 * MONTH + 10 :].shape)
    )

    def told(closes: Mapping[str, Any], **extra: Any) -> Findings:  # noqa: ANN401 - arrays
        lines = {name: series(found) for name, found in closes.items()}
        market = evidence.market({**lines, **extra})
        known = outcomes(market, dict.fromkeys([*lines, *extra], "USD"), as_of)
        return findings(inquiry.sections, known)

    names = planted.names
    before = told(dict(zip(names, planted.closes.T, strict=True)))
    after = told(dict(zip(names, changed.T, strict=True)))
    cut = told(dict(zip(names, planted.closes[: 20 * MONTH + 10].T, strict=True)))

    assert before == after == cut
    assert sum(one.bought is not None for one in before.rankings) == 21


def test_the_same_seed_gives_the_same_findings() -> None:
    planted = Planted.of(0.1, lines=12, sections=30)

    once, twice, other = (evaluate(planted.inquiry(seed=seed)) for seed in (1, 1, 2))

    assert once == twice
    assert once != other


def test_progress_is_told_from_first_to_last() -> None:
    told: list[tuple[int, int]] = []
    sections = [ranked(at(0), SIX, factor_thesis=SIX)]

    evaluate(
        Inquiry(
            sections=sections,
            outcomes=became(RISING),
            terms=TERMS,
            progress=lambda done, of: told.append((done, of)),
        )
    )

    assert told == [(step, told[-1][1]) for step in range(1, told[-1][1] + 1)]


def nothing_is_known(found: Findings) -> None:
    for horizon in found.horizons:
        assert horizon.finding == "no verdict"
        assert horizon.strength.independent == 0
        assert horizon.months_needed is None
        assert horizon.strength.mean is None
        assert horizon.spread.best is None
        assert horizon.strength.control.p is None
    assert set(found.decay.values()) == {None}


ABC = dict.fromkeys("ABCDEF", 1.0)


@pytest.mark.parametrize(
    ("sections", "closes"),
    [
        ([], {}),
        ([], RISING),
        ([ranked(at(0), SIX)], {}),
        ([ranked(at(0), {})], RISING),
        ([ranked(at(0), {"A": 1.0}), ranked(at(21), {"A": 1.0})], RISING),
        ([ranked(at(300), SIX), ranked(at(301), SIX)], RISING),
        ([ranked(at(0), ABC, ABC)] * 3, RISING),
        ([ranked(at(0), SIX, SIX)] * 3, {name: [1.0] * 200 for name in SIX}),
        ([ranked(at(0), {f"X{n}": float(n) for n in range(9)})], RISING),
        ([ranked(date(1990, 1, 1), SIX), ranked(date(1990, 2, 1), SIX)], RISING),
    ],
    ids=[
        "nothing",
        "no sections",
        "no prices",
        "no lines",
        "a single line",
        "no outcome yet",
        "all scores equal",
        "all returns equal",
        "lines without prices",
        "before all prices",
    ],
)
def test_where_nothing_can_be_known_nothing_is_told(
    sections: list[Section], closes: dict[str, list[float]]
) -> None:
    nothing_is_known(findings(sections, became(closes)))


def test_scores_that_are_all_equal_have_no_best_part() -> None:
    """A to F would be its order, and A the best by name alone."""
    even = dict.fromkeys(SIX, 0.0)
    closes = {n: [1.0 + p * at for at in range(100)] for p, n in enumerate("ABCDEF")}

    spread = (
        findings([ranked(at(0), even), ranked(at(21), SIX)], became(closes))
        .horizons[0]
        .spread
    )

    best = (1 + 5 * 43) / (1 + 5 * 22) - 1, (1 + 4 * 43) / (1 + 4 * 22) - 1
    assert spread.best == pytest.approx(np.mean(best))


def test_noise_of_the_last_digit_breaks_no_tie_of_scores_groups_or_factors() -> None:
    """Half of the lines are equal but for 1e-16, as machines differ by."""
    noise = np.random.default_rng(5)
    closes = {n: np.exp(noise.normal(0, 0.02, 150).cumsum()) for n in "ABCDEFGHIJKL"}
    even = {name: float(max(place - 6, 0)) for place, name in enumerate(closes)}
    told = []

    for size in (0.0, 1e-16, 1e-13):
        sections = []
        for place in range(4):
            values = {n: v + size * noise.normal() for n, v in even.items()}
            day = at(place * MONTH)
            sections.append(
                ranked(day, values, group_risk=values, factor_vol_252=values)
            )
        given = findings(sections, became(closes))
        strengths = [*(one.strength for one in given.horizons), *given.others]
        best = [one.spread.best for one in given.horizons]
        told.append(([(s.coefficients, s.control) for s in strengths], best))

    assert told[0] == told[1] == told[2]


def test_one_section_has_a_coefficient_and_no_error() -> None:
    (month, *_) = findings([ranked(at(0), SIX)], became(RISING)).horizons

    assert month.strength.known == (1.0,)
    assert month.strength.mean == 1
    assert (month.strength.deviation, month.strength.t, month.strength.low) == (
        None,
    ) * 3
    assert month.months_needed is None


def test_sections_on_one_day_are_told_each() -> None:
    found = findings([ranked(at(0), SIX), ranked(at(0), SIX)], became(RISING))

    assert found.horizons[0].strength.coefficients == (1.0, 1.0)
    assert found.basket is None
    assert found.persistence == {1: 1.0}


def test_coefficients_that_even_out_tell_no_months() -> None:
    """Plus and minus one: the mean is zero but for the last digit."""
    closes = {n: [1.0 + p * at for at in range(400)] for p, n in enumerate("ABCDEF")}
    turned = {name: -value for name, value in SIX.items()}
    sections = [
        ranked(at(place * MONTH), turned if place % 2 else SIX) for place in range(6)
    ]

    month = findings(sections, became(closes)).horizons[0]

    assert month.strength.mean == pytest.approx(0, abs=1e-15)
    assert month.months_needed is None


def test_lines_that_never_meet_have_no_control() -> None:
    """Half are ranked first and end, half begin then: no exchange leaves five."""
    days = evidence.working_days(200)
    early = [f"E{place}" for place in range(40)]
    late = [f"L{place}" for place in range(40)]
    random = np.random.default_rng(1)
    lines = {name: series(np.exp(random.normal(size=60)), days[:60]) for name in early}
    lines |= {
        name: series(np.exp(random.normal(size=60)), days[100:160]) for name in late
    }
    lines |= {f"C{place}": series([1.0] * 200) for place in range(90)}
    known = outcomes(evidence.market(lines), dict.fromkeys(lines, "USD"), LATER)
    sections = [
        ranked(at(0), {name: float(place) for place, name in enumerate(early[:5])}),
        ranked(at(105), {name: float(place) for place, name in enumerate(late)}),
    ]
    single = [sections[0], ranked(at(105), dict.fromkeys(late, 1.0))]

    for given in (sections, single):
        month = findings(given, known).horizons[0]
        assert month.strength.known


def test_the_last_session_of_each_month_that_is_over_is_its_end() -> None:
    days = np.array(
        ["2025-12-30", "2026-01-02", "2026-01-29", "2026-03-31", "2026-04-01"],
        "datetime64[D]",
    )

    assert month_ends(days) == [
        date(2025, 12, 30),
        date(2026, 1, 29),
        date(2026, 3, 31),
    ]
    assert month_ends(days[:1]) == month_ends(days[:0]) == []


def test_a_signal_is_named_by_kind_and_name() -> None:
    assert Signal("composite") == COMPOSITE
