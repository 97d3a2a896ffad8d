"""Who is to blame for a change? Pairs of screens that differ in what is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, get_args

import numpy as np
import pytest

import rescoring
import screens
from samples import (
    AS_OF,
    CASH,
    Q0,
    constituent,
    prices,
    quarters,
    recipe,
    screen,
    taxonomy,
    walk,
    years,
)
from triad_screener.factors import FACTORS, value
from triad_screener.factors._factor import Base
from triad_screener.factors.quality import GP_AT
from triad_screener.factors.thesis import THESIS
from triad_screener.factors.value import EBIT_EV
from triad_screener.model.market import DatedValue, LineData
from triad_screener.model.screen import Reading
from triad_screener.model.vocabulary import GROUPS, PILLARS
from triad_screener.screening import measuring, scoring
from triad_screener.screening.assembling import Request
from triad_screener.screening.changes import CAUSES, compare
from triad_screener.sources import SOURCES
from triad_screener.workflows import diff
from triad_screener.workflows import screen as workflow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from triad_screener.factors import Factor
    from triad_screener.model.market import StatementCell
    from triad_screener.model.screen import Screen
    from triad_screener.screening.changes import Cause, Change

#: A hundred take a minute and a half, and add up as well.
PAIRS = 5
TICKERS = [f"L{row:02d}" for row in range(12)]
FLOWS = (
    "TotalRevenue",
    "GrossProfit",
    "OperatingIncome",
    "NetIncome",
    "OperatingCashFlow",
    "CapitalExpenditure",
)
BALANCES = ("TotalAssets", "TotalDebt", CASH, "StockholdersEquity")


@dataclass(frozen=True)
class Inputs:
    """What a screen of twelve lines is made from: seeds, and who is different."""

    price: Mapping[str, int]
    books: Mapping[str, int]
    rate: float = 0.03
    without: tuple[tuple[str, str], ...] = ()
    exposure: float = 0.3

    def other(self, **parts: object) -> Inputs:
        return replace(self, **parts)  # type: ignore[arg-type]


SAME = {ticker: row for row, ticker in enumerate(TICKERS)}
BASE = Inputs(SAME, SAME)


def cells(seed: int, currency: str) -> tuple[StatementCell, ...]:
    """Statements of five quarters and four years, drawn around a size."""
    dice = np.random.default_rng(seed)
    size = 1e9 * dice.uniform(0.5, 2)
    found: list[StatementCell] = []
    for item in (*FLOWS, *BALANCES):
        part = size * dice.uniform(0.2, 0.9)
        drift = dice.uniform(0.9, 1.1, 5)
        found += quarters(item, *(part * drift), currency=currency)
        found += years(item, *(4 * part * drift[:4]), currency=currency)
    return tuple(found)


def made(inputs: Inputs) -> Screen:
    """The screen of twelve lines; the last four report in Taiwan dollars."""
    lines, known = [], []
    for row, ticker in enumerate(TICKERS):
        currency = "TWD" if row >= 8 else "USD"
        share = inputs.exposure if ticker == "L00" else 0.3 + row / 20
        lines.append(
            constituent(
                ticker, exposures={PILLARS[row % 3]: share}, statement_currency=currency
            )
        )
        found = [
            cell
            for cell in cells(inputs.books[ticker], currency)
            if (ticker, cell.item) not in inputs.without
        ]
        series = walk(inputs.price[ticker])
        volumes = prices(series.adjusted * 50, volumes=[1e6] * series.sessions.size)
        shares = DatedValue(1e9, Q0)
        known.append(LineData(ticker, volumes, tuple(found), shares))
    rate = {"TWD": (DatedValue(inputs.rate, AS_OF),)}
    chosen = recipe(group_weights=WEIGHTS)
    return screen(taxonomy(*lines), known, rate, recipe=chosen)


FEW = {"minimum_lines": 3, "minimum_share": 0.5}
WEIGHTS = {
    "momentum": 0.2,
    "growth": 0.2,
    "quality": 0.2,
    "value": 0.2,
    "risk": 0.1,
    "thesis": 0.1,
}


def blamed(before: Inputs, after: Inputs) -> dict[str, dict[Cause, float]]:
    """The parts of every line whose score has changed."""
    found = compare(made(before), made(after))
    return {one.ticker: dict(one.score_parts) for one in found if one.score_parts}


def require_whole(found: Sequence[Change]) -> int:
    """Check that the parts add up; return how many lines have any."""
    count = 0
    for one in found:
        if one.rank_before and one.rank_after and one.is_change:
            assert one.score_before is not None
            assert one.score_after is not None
            score = one.score_after - one.score_before
            rank = one.rank_after - one.rank_before
            assert sum(one.score_parts.values()) == pytest.approx(score, abs=1e-9)
            assert sum(one.rank_parts.values()) == pytest.approx(rank, abs=1e-9)
            count += 1
    return count


def moved(mapping: Mapping[str, int], *tickers: str) -> dict[str, int]:
    return {t: seed + (100 if t in tickers else 0) for t, seed in mapping.items()}


def test_two_equal_screens_have_no_change() -> None:
    found = compare(made(BASE), made(BASE))

    assert [one.ticker for one in found if one.is_change] == []
    assert len(found) == 12


def test_a_price_of_its_own_is_to_blame_and_for_the_others_the_peer() -> None:
    found = blamed(BASE, BASE.other(price=moved(SAME, "L03")))

    assert set(found["L03"]) == {"price"}
    assert {cause for t, parts in found.items() if t != "L03" for cause in parts} == {
        "peers"
    }


def test_books_of_its_own_are_to_blame() -> None:
    found = blamed(BASE, BASE.other(books=moved(SAME, "L03")))

    assert set(found["L03"]) == {"fundamentals"}
    assert all(set(parts) == {"peers"} for t, parts in found.items() if t != "L03")


def test_a_rate_is_to_blame_for_the_lines_that_report_in_that_currency() -> None:
    found = blamed(BASE, BASE.other(rate=1.0))

    own = {ticker for ticker, parts in found.items() if "fx" in parts}
    assert own <= set(TICKERS[8:])
    assert own
    assert {cause for parts in found.values() for cause in parts} <= {"fx", "peers"}


def test_an_exposure_is_to_blame() -> None:
    found = blamed(BASE, BASE.other(exposure=0.9))

    assert set(found["L00"]) == {"exposure"}


def test_an_exposure_is_to_blame_where_another_entry_counts_on_the_later_day() -> None:
    """One taxonomy, two days, closes that stand still: only the entry differs."""
    world = taxonomy(
        *(
            constituent(
                ticker,
                exposures={PILLARS[row % 3]: 0.3 + row / 20},
                history={"compute": {"2025-01-01": 0.9}} if row == 0 else None,
                exposed_on="2026-06-30" if row == 0 else "2026-01-31",
            )
            for row, ticker in enumerate(TICKERS)
        )
    )
    known = [
        LineData(ticker, prices(np.full(300, 100.0 + row)))
        for row, ticker in enumerate(TICKERS)
    ]
    before, after = (
        screen(world, known, as_of=day) for day in (date(2026, 6, 29), AS_OF)
    )

    (own,) = (one for one in compare(before, after) if one.ticker == "L00")

    assert before.facts["L00"].exposures["compute"].share == 0.9
    assert after.facts["L00"].exposures["compute"].share == 0.3
    assert set(own.score_parts) == {"exposure"}


def test_a_figure_that_came_is_to_blame() -> None:
    without = BASE.other(without=(("L05", "GrossProfit"),))

    found = blamed(without, BASE)

    assert set(found["L05"]) == {"availability"}


def test_a_recipe_is_to_blame() -> None:
    before = made(BASE)
    after = with_recipe(before, group_weights={**WEIGHTS, "momentum": 5.0})

    found = compare(before, after)

    assert {cause for one in found for cause in one.score_parts} == {"recipe"}
    assert require_whole(found) > 0


def test_budgets_change_the_thesis_of_every_line_by_the_recipe() -> None:
    before, chosen = screens.bundled(), screens.shipped_recipe()
    budgets = {"compute": 0.2, "data": 0.4, "algorithms": 0.4}
    request = Request(recipe=chosen.model_copy(update={"pillar_budgets": budgets}))
    source = SOURCES["bundled"]("")
    after = workflow.screen(screens.shipped_taxonomy(), request, source=source)

    found = compare(before, after)

    assert require_whole(found) > 0
    assert {cause for one in found for cause in one.score_parts} == {"recipe"}


def test_everything_at_once_adds_up_over_random_pairs() -> None:
    dice = np.random.default_rng(20261124)
    count = 0
    for _ in range(PAIRS):
        before, after = (random_inputs(dice) for _ in range(2))
        count += require_whole(compare(made(before), made(after)))
    assert count > 10 * PAIRS


def random_inputs(dice: np.random.Generator) -> Inputs:
    """Inputs of which each may differ from the next ones."""
    items = ("GrossProfit", "OperatingIncome", "TotalDebt", "CapitalExpenditure")
    without = tuple(
        (ticker, str(dice.choice(items))) for ticker in TICKERS if dice.random() < 0.2
    )
    return Inputs(
        {t: row + 12 * int(dice.integers(3)) for row, t in enumerate(TICKERS)},
        {t: row + 12 * int(dice.integers(3)) for row, t in enumerate(TICKERS)},
        rate=float(dice.uniform(0.02, 0.04)),
        without=without,
        exposure=float(dice.uniform(0.2, 0.9)),
    )


def require_agreement(before: Screen, after: Screen) -> int:
    """Check the parts against those by scoring every mixture anew; return how many."""
    found, wanted = compare(before, after), rescoring.compare(before, after)

    for one, other in zip(found, wanted, strict=True):
        assert replace(one, score_parts={}, rank_parts={}) == replace(
            other, score_parts={}, rank_parts={}
        )
        assert one.score_parts == pytest.approx(other.score_parts, abs=1e-9)
        assert one.rank_parts == pytest.approx(other.rank_parts, abs=1e-9)
    return sum(bool(one.score_parts) for one in found)


@pytest.mark.parametrize(
    ("early", "late", "universe"),
    [
        (date(2024, 3, 28), date(2025, 2, 14), "default"),
        (date(2024, 3, 28), date(2025, 2, 14), "post"),
        (date(2025, 2, 14), None, "post"),
        (None, date(2025, 2, 14), "default"),
        (date(2026, 4, 17), None, "default"),
    ],
)
def test_parts_of_real_screens_are_those_of_scoring_every_mixture_anew(
    early: date | None, late: date | None, universe: str
) -> None:
    before, after = (screens.bundled(day, universe) for day in (early, late))

    assert require_agreement(before, after) > 5


def test_parts_are_those_of_scoring_anew_where_recipes_differ_too() -> None:
    after = screens.bundled(neutralise=False)

    assert require_agreement(screens.bundled(date(2025, 2, 14)), after) > 30


def test_parts_of_random_screens_are_those_of_scoring_anew() -> None:
    dice = np.random.default_rng(20261125)
    for _ in range(PAIRS):
        before, after = (made(random_inputs(dice)) for _ in range(2))
        other = with_recipe(after, clip=1.0, coverage_floor=0.8)
        assert require_agreement(before, after) > 5
        assert require_agreement(before, other) > 3


def test_parts_are_those_of_scoring_anew_where_issuers_have_two_lines() -> None:
    dice = np.random.default_rng(20261126)
    count = 0
    for _ in range(PAIRS):
        before, after = (
            with_sisters(made(random_inputs(dice)), dice) for _ in range(2)
        )
        count += require_agreement(before, after)
    assert count > 10


def with_sisters(found: Screen, dice: np.random.Generator) -> Screen:
    """The same figures, every two lines of one issuer, each traded at random."""
    facts = {
        ticker: replace(
            fact,
            issuer=f"I{at // 2}",
            average_daily_value_usd=float(dice.integers(1, 3)),
            is_fresh=bool(dice.random() > 0.1),
        )
        for at, (ticker, fact) in enumerate(found.facts.items())
    }
    return with_recipe(replace(found, facts=facts), active_factor=FEW)


def test_a_cross_section_is_scored_once_for_all_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, after = made(BASE), made(random_inputs(np.random.default_rng(3)))
    scored = []

    def counted(*given: object) -> object:
        scored.append(given)
        return places(*given)  # type: ignore[arg-type]

    places = scoring.places
    monkeypatch.setattr(scoring, "places", counted)
    compare(before, with_recipe(after, clip=1.0))

    # Earlier or later peers by the earlier or the later recipe.
    assert len(scored) == 4


def test_real_screens_of_two_dates_add_up() -> None:
    found = compare(screens.bundled(date(2025, 2, 14)), screens.bundled())

    assert require_whole(found) > 30
    assert {cause for one in found for cause in one.score_parts} <= set(CAUSES)


def test_a_line_that_came_or_left_has_no_parts() -> None:
    early, late = screens.bundled(date(2025, 2, 14)), screens.bundled()
    came = {one.ticker: one for one in compare(early, late)}["GDS"]
    left = {one.ticker: one for one in compare(late, early)}["GDS"]

    assert (came.rank_before, came.score_before) == (None, None)
    assert came.rank_after
    assert (left.rank_after, left.score_parts, left.rank_parts) == (None, {}, {})
    assert came.is_change
    assert left.is_change


def test_what_the_formulas_of_another_program_add_is_said_to_be_so() -> None:
    before = made(BASE)
    lines = tuple(replace(one, score=one.score / 2) for one in before.scores.lines)
    odd = replace(before, scores=replace(before.scores, lines=lines))

    found = compare(odd, before)

    assert all(set(one.score_parts) == {"program"} for one in found)
    assert require_whole(found) == 12


def test_where_a_mixture_is_not_ranked_all_causes_play_as_one() -> None:
    thin = tuple(("L05", item) for item in (*FLOWS[1:], "TotalDebt"))
    before = with_recipe(made(BASE.other(without=thin)), coverage_floor=0.3)
    after = with_recipe(made(BASE), coverage_floor=0.95)

    found = {one.ticker: one for one in compare(before, after)}

    assert set(found["L05"].score_parts) == {"availability"}
    assert require_whole([*found.values()]) > 0


def test_where_not_even_the_ends_are_ranked_again_the_program_is_to_blame() -> None:
    ranked = with_recipe(made(BASE), coverage_floor=0.3)
    lower = tuple(replace(one, score=one.score / 2) for one in ranked.scores.lines)
    strict = recipe(group_weights=WEIGHTS, coverage_floor=1.0).model_dump_json()
    thin = made(BASE.other(without=(("L05", "TotalDebt"),)))
    before = replace(thin, scores=ranked.scores, recipe=strict)
    after = replace(before, scores=replace(ranked.scores, lines=lower))

    found = {one.ticker: one for one in compare(before, after)}

    assert set(found["L05"].score_parts) == {"program"}


def test_a_rate_that_matters_only_with_new_statements_has_its_part() -> None:
    """Nothing earned is nothing at any rate; what is earned later depends on it."""
    late = made(BASE.other(rate=1.0, books=moved(SAME, "L08")))
    before = made(BASE)
    facts = before.facts["L08"]
    nothing = {"ebit_ev": Reading(0.0), "fcf_mcap": Reading(0.0)}
    poor = replace(facts, readings={**facts.readings, **nothing})
    early = with_recipe(replace(before, facts={**before.facts, "L08": poor}))

    parts = {one.ticker: one.score_parts for one in compare(early, late)}["L08"]

    assert set(parts) == {"fundamentals", "fx", "peers"}


def with_recipe(found: Screen, **parts: object) -> Screen:
    """The same figures by another recipe."""
    chosen = recipe(**{"group_weights": WEIGHTS, **parts})
    scores = scoring.score(measuring.cross_section([*found.facts.values()]), chosen)
    return replace(found, recipe=chosen.model_dump_json(), scores=scores)


# --- a factor that was added ----------------------------------------------------------


def add_factor(monkeypatch: pytest.MonkeyPatch, factor: Factor) -> None:
    """Add a factor under a name of its own, as the documents say."""
    monkeypatch.setattr(value, "ADDED", replace(factor, id="added"), raising=False)
    monkeypatch.setitem(FACTORS.entries, "added", "triad_screener.factors.value:ADDED")


ADDED: dict[str, Factor] = {
    **{group: replace(EBIT_EV, group=group, per=None) for group in GROUPS},
    **{base: replace(EBIT_EV, per=base) for base in get_args(Base)},
    "made of exposures": THESIS,
}


@pytest.mark.parametrize("factor", ADDED.values(), ids=ADDED)
def test_changes_of_a_factor_that_was_added_add_up(
    factor: Factor, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_factor(monkeypatch, factor)
    after = BASE.other(
        price={**SAME, "L00": 77},
        books={**SAME, "L09": 91},
        rate=0.035,
        exposure=0.6,
        without=(("L05", "OperatingIncome"),),
    )

    found = diff.compare(made(BASE), made(after)).changes

    assert require_whole(found) > 5
    assert not any("program" in one.score_parts for one in found)


def test_a_factor_of_the_thesis_that_says_nothing_moves_with_the_exposures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_factor(monkeypatch, replace(THESIS, of_exposures=None))

    found = blamed(BASE, BASE.other(exposure=0.9))

    assert set(found["L00"]) == {"exposure"}


def test_a_factor_moves_with_what_it_says_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    books = BASE.other(books=moved(SAME, "L03"))

    add_factor(monkeypatch, replace(GP_AT, group="value"))
    by_group = blamed(BASE, books)
    add_factor(monkeypatch, replace(GP_AT, group="value", moved_by="statements"))
    as_declared = blamed(BASE, books)

    assert set(by_group["L03"]) == {"price", "fundamentals"}
    assert set(as_declared["L03"]) == {"fundamentals"}


def test_a_factor_that_the_earlier_run_did_not_have_counts_as_availability(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = made(BASE)
    add_factor(monkeypatch, replace(EBIT_EV, per=None))

    found = compare(before, made(BASE))

    assert require_whole(found) > 0
    assert {cause for one in found for cause in one.score_parts} <= {
        "availability",
        "peers",
        "program",
    }
