"""Who is to blame for a change? Pairs of screens that differ in what is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest

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
from triad_screener.factors.value import EBIT_EV
from triad_screener.model.market import DatedValue, LineData
from triad_screener.model.vocabulary import PILLARS
from triad_screener.screening import changes, measuring, scoring
from triad_screener.screening.assembling import Request
from triad_screener.screening.changes import CAUSES, compare
from triad_screener.sources import SOURCES
from triad_screener.workflows import screen as workflow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


def test_a_mixture_worth_nothing_has_no_yield() -> None:
    cash = changes._Parts("ebit_ev", 1.0, 10.0, -100.0, follows=False)  # noqa: SLF001

    assert cash.at(5.0, 1.0) is None
    assert cash.at(20.0, 1.0) == 1 / (200 - 100)


def test_a_yield_in_the_currency_of_the_price_knows_its_rate() -> None:
    # 200 dollars a close at a rate of 2: 100 in the currency, of which it earns 5.
    home = changes._Parts("fcf_mcap", 5.0, 1.0, 0.0, follows=True)  # noqa: SLF001

    assert home.at(100.0, 2.0) == home.at(100.0, 4.0) == 5 / 100


def with_recipe(found: Screen, **parts: object) -> Screen:
    """The same figures by another recipe."""
    chosen = recipe(**{"group_weights": WEIGHTS, **parts})
    scores = scoring.score(measuring.cross_section([*found.facts.values()]), chosen)
    return replace(found, recipe=chosen.model_dump_json(), scores=scores)


# --- Shapley --------------------------------------------------------------------------


def test_two_left_gloves_and_a_right_one_are_worth_what_shapley_says() -> None:
    players = [frozenset([name]) for name in ("price", "fx", "peers")]
    right = "peers"
    worth = {
        frozenset().union(*(p for at, p in enumerate(players) if mask >> at & 1)): 0.0
        for mask in range(8)
    }
    for names in worth:
        worth[names] = float(right in names and len(names) > 1)

    found = changes._shapley(players, worth)  # type: ignore[arg-type]  # noqa: SLF001

    assert found == pytest.approx({"price": 1 / 6, "fx": 1 / 6, "peers": 4 / 6})


def test_parts_are_the_average_over_all_orders() -> None:
    dice = np.random.default_rng(7)
    names = CAUSES[:5]
    worth = {
        frozenset(n for at, n in enumerate(names) if mask >> at & 1): float(value)
        for mask, value in enumerate(dice.normal(size=32))
    }

    found = changes._shapley([frozenset([n]) for n in names], worth)  # noqa: SLF001

    for name in names:
        added = []
        for order in permutations(names):
            before = frozenset(order[: order.index(name)])
            added.append(worth[before | {name}] - worth[before])
        assert found[name] == pytest.approx(np.mean(added), abs=1e-12)


# --- a factor that was added ----------------------------------------------------------


def add_factor(monkeypatch: pytest.MonkeyPatch, per: str | None) -> None:
    """Add a value factor of a name of its own, as the documents say."""
    factor = replace(EBIT_EV, id="other_ev", per=per)  # type: ignore[arg-type]
    monkeypatch.setattr(value, "OTHER_EV", factor, raising=False)
    place = "triad_screener.factors.value:OTHER_EV"
    monkeypatch.setitem(FACTORS.entries, "other_ev", place)


@pytest.mark.parametrize(
    "per", ["enterprise value", "market capitalisation", "price", None]
)
def test_changes_of_a_factor_that_was_added_add_up(
    per: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_factor(monkeypatch, per)
    price = BASE.other(price={**SAME, "L00": 77}, books={**SAME, "L09": 91}, rate=0.035)

    found = compare(made(BASE), made(price))

    assert require_whole(found) > 0
    assert not any("program" in one.score_parts for one in found)


def test_a_factor_that_the_earlier_run_did_not_have_counts_as_availability(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = made(BASE)
    add_factor(monkeypatch, None)

    found = compare(before, made(BASE))

    assert require_whole(found) > 0
    assert {cause for one in found for cause in one.score_parts} <= {
        "availability",
        "peers",
        "program",
    }
