"""How past rankings fared: which count, and what was known of each on its day."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import util
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pytest

import samples
import screens
from samples import lines_of
from triad_screener.errors import ConfigurationError, NoDataError, UnknownNameError
from triad_screener.model.evaluation import Signal
from triad_screener.model.market import LineData, PriceSeries
from triad_screener.screening import evaluating
from triad_screener.screening.assembling import Request, assemble
from triad_screener.screening.sections import section
from triad_screener.sources import SOURCES
from triad_screener.store import Store
from triad_screener.workflows import evaluate as workflow
from triad_screener.workflows.evaluate import Wish, evaluate, note_trial

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from triad_screener.model.evaluation import Evaluation
    from triad_screener.model.market import MarketData, StatementCell
    from triad_screener.model.screen import Screen
    from triad_screener.model.taxonomy import Benchmark, Constituent, Taxonomy

    Days = NDArray[np.datetime64]
    Closes = NDArray[np.float64]

LAST = date(2026, 6, 30)
BACK = Wish(reconstruct=True)
YEAR = Wish(reconstruct=True, since=date(2025, 4, 1))
LATELY = Wish(reconstruct=True, since=date(2023, 5, 1))


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as the tests need, so that they are quick."""
    monkeypatch.setattr(evaluating, "SHUFFLES", 60)
    monkeypatch.setattr(evaluating, "FEWER_SHUFFLES", 20)
    monkeypatch.setattr(evaluating, "DRAWS", 100)


class Source:
    """Figures that are there; it tells all of them, whatever day is asked for."""

    def __init__(self, market: MarketData) -> None:
        self.market = market

    def fetch(
        self,
        constituents: Sequence[Constituent],
        funds: Sequence[Benchmark] = (),
        *,
        as_of: date | None = None,
    ) -> MarketData:
        del constituents, funds, as_of
        return self.market


def weekdays(first: str, last: date = LAST) -> Days:
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    found: Days = days[np.is_busday(days)]
    return found


def series(days: Days, closes: Closes) -> PriceSeries:
    return PriceSeries(days, closes, closes, np.full(days.size, 1e6))


# --- nothing is known before its day --------------------------------------------------

NAMES = tuple(f"L{at:02d}" for at in range(24))
QUARTERS = [samples.quarter_end(back) for back in range(18)][::-1]


def leaking(filed_after: int | None) -> tuple[Taxonomy, Source]:
    """A world where revenue growth moves prices before it is filed, never after.

    The price of each line runs with its growth in the forty days after a quarter; the
    statement is filed 45 days after it, or after so many as are given; None for a
    filing day that is not known.
    """
    random = np.random.default_rng(7)
    days = weekdays("2022-01-03")
    lines = []
    for name in NAMES:
        growth = random.normal(0, 1, len(QUARTERS))
        steps = random.normal(0, 0.01, days.size)
        for end, found in zip(QUARTERS, growth, strict=True):
            since = (days - np.datetime64(end)).astype(int)
            steps[(since > 0) & (since <= 40)] += 0.008 * found
        closes = 100 * np.exp(np.cumsum(steps))
        cells = tuple(quarterly(growth, filed_after))
        lines.append(LineData(name, series(days, closes), cells))
    taxonomy = samples.taxonomy(
        *(samples.constituent(name, exposures={"compute": 0.5}) for name in NAMES)
    )
    return taxonomy, Source(samples.market(*lines))


def quarterly(growth: Closes, filed_after: int | None) -> list[StatementCell]:
    """Revenues of which the newest is so much above that of a year before."""
    values = [100.0] * 4
    for found in growth[4:]:
        values.append(values[-4] * float(np.exp(0.1 * found)))
    return [
        samples.cell(
            "TotalRevenue",
            value,
            end,
            filed=None if filed_after is None else end + timedelta(days=filed_after),
        )
        for value, end in zip(values, QUARTERS, strict=True)
    ]


def strength(found: Evaluation, name: str) -> float:
    one = next(
        one
        for one in found.findings.of_kind("factor", 21)
        if one.signal == Signal("factor", name)
    )
    assert len(one.known) >= 30
    assert one.mean is not None
    return one.mean


@pytest.mark.parametrize("filed_after", [45, None], ids=["filing known", "by the lag"])
def test_a_statement_counts_from_its_filing(filed_after: int | None) -> None:
    taxonomy, source = leaking(filed_after)

    found = evaluate(taxonomy, request(), source, Store(None), LATELY)

    assert abs(strength(found, "rev_yoy_q")) < 0.1


def test_a_planted_look_ahead_would_show() -> None:
    taxonomy, source = leaking(filed_after=0)

    found = evaluate(taxonomy, request(), source, Store(None), LATELY)

    assert strength(found, "rev_yoy_q") > 0.2


def test_what_comes_after_a_ranking_does_not_change_it() -> None:
    taxonomy, source = leaking(45)
    day = date(2025, 6, 30)
    other = Source(
        samples.market(*(spoilt(one, day) for one in lines_of(source.market).values()))
    )

    before, after = (
        workflow.reconstruct(taxonomy, request(), one, LATELY, None).sections
        for one in (source, other)
    )

    known = [one for one in before if one.as_of <= day]
    assert len(known) > 20
    for one, changed in zip(known, after, strict=False):
        assert (one.signals, one.basket) == (changed.signals, changed.basket)
    assert before[-1].signals != after[-1].signals


def spoilt(line: LineData, day: date) -> LineData:
    """The line with everything changed that came after ``day``."""
    assert line.prices
    prices = line.prices
    wrong = np.where(prices.sessions > np.datetime64(day), 7.0, 1.0)
    closes = prices.adjusted * (1 + (wrong - 1) * np.random.default_rng(1).random())
    cells = tuple(
        cell._replace(value=cell.value * 3) if cell.filed and cell.filed > day else cell
        for cell in line.cells
    )
    return replace(line, prices=series(prices.sessions, closes), cells=cells)


def request(**parts: object) -> Request:
    return Request(recipe=samples.recipe(), **parts)  # type: ignore[arg-type]


# --- reconstructed --------------------------------------------------------------------


def small() -> tuple[Taxonomy, Source]:
    """Twelve lines with prices alone, for two years and a half."""
    days = weekdays("2024-01-02", date(2026, 6, 12))
    lines = []
    for at, name in enumerate(samples.TICKERS):
        steps = np.random.default_rng(at).normal(0.0005, 0.02, days.size)
        lines.append(LineData(name, series(days, np.exp(np.cumsum(steps)))))
    fund = series(days, np.linspace(1, 2, days.size))
    taxonomy = samples.taxonomy(
        *samples.twelve_lines(),
        benchmarks=(
            {"ticker": "SPY", "name": "S&P 500"},
            {"ticker": "SMH", "name": "Semiconductors"},
        ),
    )
    return taxonomy, Source(samples.market(*lines, funds={"SMH": fund}))


def test_each_month_that_is_over_is_ranked_at_its_last_session() -> None:
    taxonomy, source = small()
    told: list[tuple[int, int]] = []

    found = evaluate(
        taxonomy,
        request(),
        source,
        Store(None),
        replace(BACK, since=date(2026, 1, 30)),
        lambda done, total: told.append((done, total)),
    )

    days = [one.as_of.isoformat() for one in found.findings.rankings]
    assert days == [
        *("2026-01-30", "2026-02-27", "2026-03-31", "2026-04-30", "2026-05-29")
    ]
    assert found.findings.rankings[0].bought == date(2026, 2, 2)
    assert (found.origin, found.as_of) == ("reconstructed", date(2026, 6, 12))
    assert told[4] == (5, 5)
    assert told[-1][0] == told[-1][1]


def test_the_basket_before_is_held_on_to() -> None:
    taxonomy, source = small()
    free = samples.recipe(basket={"size": 1, "buffer": 0})
    kept = samples.recipe(basket={"size": 1, "buffer": 1})

    loose, sticky = (
        evaluate(taxonomy, Request(recipe=one), source, Store(None), YEAR)
        for one in (free, kept)
    )

    assert loose.findings.basket
    assert sticky.findings.basket
    assert sum(sticky.findings.basket.turnover) < sum(loose.findings.basket.turnover)


def test_the_last_day_that_counts_may_be_given() -> None:
    taxonomy, source = small()
    day = date(2026, 3, 13)

    found = evaluate(taxonomy, request(as_of=day), source, Store(None), YEAR)

    assert found.as_of == day
    assert found.findings.rankings[-1].as_of == date(2026, 2, 27)
    assert found.findings.basket
    assert found.findings.basket.days[-1] <= day


def test_months_with_too_few_lines_are_left_out_and_counted() -> None:
    taxonomy, source = small()
    late = [
        one if at < 4 else replace(one, prices=series(*tail(one, 400)))
        for at, one in enumerate(lines_of(source.market).values())
    ]

    found = evaluate(
        taxonomy, request(), Source(samples.market(*late)), Store(None), BACK
    )

    assert found.findings.rankings[0].as_of > date(2024, 11, 1)
    assert any("of fewer than 5 lines" in note for note in found.notes)


def tail(line: LineData, count: int) -> tuple[Days, Closes]:
    assert line.prices
    return line.prices.sessions[-count:], line.prices.adjusted[-count:]


def test_where_no_month_can_be_ranked_it_is_said() -> None:
    taxonomy, source = small()

    with pytest.raises(NoDataError, match="no month end with at least 5 lines ranked"):
        evaluate(
            taxonomy,
            request(),
            source,
            Store(None),
            replace(BACK, since=date(2026, 6, 1)),
        )


@pytest.mark.parametrize(
    ("wanted", "found"), [("", "SMH"), ("SMH", "SMH"), ("SPY", "")]
)
def test_the_benchmark_is_one_whose_prices_are_known(wanted: str, found: str) -> None:
    taxonomy, source = small()
    wish = replace(BACK, benchmark=wanted, since=date(2026, 1, 30))

    answer = evaluate(taxonomy, request(), source, Store(None), wish)

    assert answer.benchmark == found
    assert answer.findings.basket
    names = [track.name for track in answer.findings.basket.tracks]
    assert ("SMH" in names) == bool(found)


def test_a_fund_that_is_no_benchmark_is_refused() -> None:
    taxonomy, source = small()

    with pytest.raises(UnknownNameError, match="no benchmark called 'QQQ'"):
        evaluate(
            taxonomy, request(), source, Store(None), replace(BACK, benchmark="QQQ")
        )


# --- the forward record ---------------------------------------------------------------


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    return Store(tmp_path / "triad.duckdb")


def ranking(day: date, **parts: object) -> Screen:
    taxonomy, source = small()
    found = assemble(taxonomy, source.market, request(as_of=day), config_hash="c")
    return replace(found, run=replace(found.run, **parts)) if parts else found  # type: ignore[arg-type]


def keep(store: Store, screen: Screen, after: int = 1) -> None:
    day = screen.run.as_of + timedelta(days=after)
    store.save_run(screen, datetime(day.year, day.month, day.day, 7, tzinfo=UTC))


def test_rankings_kept_on_their_day_are_the_record(kept: Store) -> None:
    taxonomy, source = small()
    for month in (1, 2, 3):
        keep(kept, ranking(date(2026, month, 27)))

    found = evaluate(taxonomy, request(), source, kept, Wish())

    assert found.origin == "forward"
    assert [one.made for one in found.findings.rankings] == [
        date(2026, month, 28) for month in (1, 2, 3)
    ]
    assert found.notes == ()
    assert len(found.findings.horizons[0].strength.known) == 3


def test_a_kept_ranking_and_one_made_again_fare_alike(kept: Store) -> None:
    taxonomy, source = small()
    for day in (date(2026, 3, 31), date(2026, 4, 30)):
        keep(kept, ranking(day), after=0)

    forward = evaluate(taxonomy, request(), source, kept, Wish())
    again = evaluate(
        taxonomy, request(), source, kept, replace(BACK, since=date(2026, 3, 31))
    )

    assert (
        forward.findings.horizons[0].strength.coefficients
        == (again.findings.horizons[0].strength.coefficients[:2])
    )


def test_hindsight_is_no_record(kept: Store) -> None:
    taxonomy, source = small()
    keep(kept, ranking(date(2026, 1, 30)), after=7)
    keep(kept, ranking(date(2026, 2, 27)), after=8)

    found = evaluate(taxonomy, request(), source, kept, Wish())

    assert [one.as_of for one in found.findings.rankings] == [date(2026, 1, 30)]
    assert found.notes == (
        "Left out: 1 ranking made more than 7 days after its day: hindsight.",
    )


def test_without_a_record_the_way_back_is_offered(kept: Store) -> None:
    taxonomy, source = small()
    keep(kept, ranking(date(2026, 1, 30)), after=30)

    with pytest.raises(NoDataError, match="1 ranking made later") as failure:
        evaluate(taxonomy, request(), source, kept, Wish())

    assert "--reconstruct" in failure.value.remedy


def test_of_a_month_the_last_day_counts_and_of_a_day_the_first_run(kept: Store) -> None:
    taxonomy, source = small()
    first, second = ranking(date(2026, 1, 9)), ranking(date(2026, 1, 30))
    keep(kept, first)
    keep(kept, second)
    keep(kept, replace(second, run=replace(second.run, id="again")), after=2)

    found = evaluate(taxonomy, request(), source, kept, Wish())

    assert [one.run for one in found.findings.rankings] == [second.run.id]
    assert found.notes == (
        "Left out: 2 rankings of a month or a day that has another ranking.",
    )


def test_other_recipes_universes_and_days_do_not_count(kept: Store) -> None:
    taxonomy, source = small()
    keep(kept, ranking(date(2026, 1, 30), id="other", recipe="other"))
    keep(kept, ranking(date(2026, 2, 27), id="post", universe="post"))
    for day in (date(2025, 12, 31), date(2026, 3, 31), date(2026, 4, 30)):
        keep(kept, ranking(day))

    found = evaluate(
        taxonomy,
        request(as_of=date(2026, 4, 15)),
        source,
        kept,
        Wish(since=date(2026, 1, 1)),
    )

    assert [one.as_of for one in found.findings.rankings] == [date(2026, 3, 31)]


def test_versions_of_the_taxonomy_are_counted(kept: Store) -> None:
    taxonomy, source = small()
    keep(kept, ranking(date(2026, 1, 30)))
    keep(kept, ranking(date(2026, 2, 27), id="next", config_hash="d"))

    found = evaluate(taxonomy, request(), source, kept, Wish())

    assert found.notes == ("The rankings are of 2 versions of the taxonomy.",)


def test_a_run_that_cannot_be_read_is_named(kept: Store, tmp_path: Path) -> None:
    taxonomy, source = small()
    keep(kept, ranking(date(2026, 1, 30)))
    keep(kept, ranking(date(2026, 2, 27), id="broken"))
    with duckdb.connect(str(tmp_path / "triad.duckdb")) as connection:
        connection.execute("UPDATE runs SET screen = 'x'::BLOB WHERE id = 'broken'")

    found = evaluate(taxonomy, request(), source, kept, Wish())

    assert [one.as_of for one in found.findings.rankings] == [date(2026, 1, 30)]
    assert found.notes[-1] == "Left out: run broken of 2026-02-27 cannot be read."


def test_a_line_that_left_the_list_counts_by_its_prices(kept: Store) -> None:
    taxonomy, source = small()
    keep(kept, ranking(date(2026, 1, 30)))
    gone = taxonomy.constituents[3].ticker
    rest = taxonomy.model_copy(
        update={
            "constituents": tuple(
                one for one in taxonomy.constituents if one.ticker != gone
            )
        }
    )
    prices = lines_of(source.market)[gone].prices
    assert prices
    known = samples.market(
        *(one for n, one in lines_of(source.market).items() if n != gone),
        funds={**source.market.funds, gone: prices},
    )

    full = evaluate(taxonomy, request(), source, kept, Wish())
    left = evaluate(rest, request(), Source(known), kept, Wish())
    lost = evaluate(rest, request(), Source(replace(known, funds={})), kept, Wish())

    first = [one.findings.horizons[0].strength for one in (full, left, lost)]
    assert first[0] == first[1]
    assert first[2].lines == first[0].lines - 1
    assert lost.notes == (f"No prices of: {gone}.",)


def test_prices_of_lines_that_left_are_asked_for() -> None:
    taxonomy, _ = small()
    one = section(ranking(date(2026, 1, 30)))
    old = replace(one, currencies={**one.currencies, "OLD": "EUR"})

    funds = workflow.funds(taxonomy, [old])

    assert [(one.ticker, one.price_currency) for one in funds] == [
        *(("SPY", "USD"), ("SMH", "USD"), ("OLD", "EUR"))
    ]


# --- settings that were tried ---------------------------------------------------------

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


def test_each_setting_that_is_tried_counts_once(kept: Store) -> None:
    keep(kept, ranking(date(2026, 1, 30)))
    other = Request(recipe=samples.recipe(clip=2.0))
    post = request(universe="post")

    counts = [
        note_trial(kept, one, NOON)
        for one in (request(), request(), other, post, other)
    ]

    assert counts == [(1, ()), (1, ()), (2, ()), (3, ()), (3, ())]


def test_without_a_store_nothing_is_made_and_it_is_said(kept: Store) -> None:
    count, told = note_trial(kept, request(), NOON)

    assert count == 1
    (said,) = told
    assert said.startswith("Settings tried before are not counted: there is no store")
    assert said.endswith("name their number with --trials.")
    assert not kept.exists()


def test_a_store_that_is_none_costs_only_the_count(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (x)")

    count, (told,) = note_trial(Store(path), request(), NOON)

    assert count == 1
    assert told.startswith("Settings tried before are not counted: The store ")


def test_the_number_tried_is_told() -> None:
    taxonomy, source = small()
    few, many = (
        evaluate(taxonomy, request(), source, Store(None), replace(YEAR, trials=count))
        for count in (1, 500)
    )

    assert (few.trials, many.trials) == (1, 500)
    assert few.findings.basket
    assert many.findings.basket
    assert few.findings.basket.beyond_luck is not None
    assert many.findings.basket.beyond_luck is not None
    assert many.findings.basket.beyond_luck < few.findings.basket.beyond_luck


# --- the libraries --------------------------------------------------------------------


def test_without_the_libraries_the_way_to_get_them_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = util.find_spec
    monkeypatch.setattr(
        workflow, "find_spec", lambda name: None if name == "arch" else known(name)
    )

    with pytest.raises(ConfigurationError, match="not installed: arch") as failure:
        workflow.require_libraries()

    assert "pip install 'triad-screener[research]'" in failure.value.remedy


# --- the bundled snapshot -------------------------------------------------------------


def test_shuffled_scores_of_the_snapshot_know_nothing() -> None:
    """The control has an interval around zero, as has a shuffle of our own."""
    taxonomy = screens.shipped_taxonomy()
    source = workflow_source()

    found = evaluate(
        taxonomy,
        Request(recipe=screens.shipped_recipe()),
        source,
        Store(None),
        replace(BACK, since=date(2025, 6, 1)),
    )

    for horizon in found.findings.horizons:
        low, high = horizon.strength.control.low, horizon.strength.control.high
        if horizon.sessions == 126:
            continue  # of five rankings that overlap
        assert low is not None
        assert high is not None
        assert low < 0 < high
        assert abs(low + high) < 0.5 * (high - low)
        assert horizon.finding == "no verdict"


def workflow_source() -> Source:
    taxonomy = screens.shipped_taxonomy()
    return Source(
        SOURCES["bundled"]("").fetch(taxonomy.constituents, taxonomy.benchmarks)
    )


def test_rankings_without_a_group_are_counted_and_a_chosen_stretch_is_named() -> None:
    """Of prices alone only momentum, risk and thesis are known, in time."""
    taxonomy, source = small()
    wish = replace(BACK, since=date(2024, 3, 1))

    found = evaluate(taxonomy, request(), source, Store(None), wish)

    lacking, left_out, chosen = found.notes
    assert lacking.startswith(f"Of {len(found.findings.rankings)} rankings, without a")
    assert "momentum" in lacking
    assert left_out.startswith("Left out: ")
    assert "by exposures alone" in left_out
    assert chosen == (
        "Only rankings from 2024-03-01 on count: a stretch that was chosen."
    )


def test_a_day_to_come_is_not_the_day_of_the_prices() -> None:
    taxonomy, source = small()
    wish = replace(BACK, since=date(2026, 3, 1))

    found = evaluate(
        taxonomy, request(as_of=date(2030, 1, 1)), source, Store(None), wish
    )

    assert found.as_of == date(2026, 6, 12)


# --- in a letter ----------------------------------------------------------------------


class Shelf(Store):
    """A store of rankings that has the prices of the small world."""

    def fetch(
        self,
        constituents: Sequence[Constituent],
        funds: Sequence[Benchmark] = (),
        *,
        as_of: date | None = None,
    ) -> MarketData:
        del constituents, funds, as_of
        return small()[1].market


@pytest.fixture
def shelf(tmp_path: Path) -> Store:
    return Shelf(tmp_path / "triad.duckdb")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    content = small()[0].model_dump(mode="json", exclude_none=True)
    path.write_text(json.dumps(content), "utf-8")
    return path


def last() -> Screen:
    return ranking(date(2026, 6, 12))


def test_a_letter_tells_of_three_outcomes_and_more(shelf: Store, config: Path) -> None:
    for month in (1, 2, 3, 4):
        keep(shelf, ranking(date(2026, month, 27)))

    found, told = workflow.in_brief(last(), shelf, config, NOON)

    assert found
    assert told == ()
    (horizon,) = found.findings.horizons
    assert (horizon.sessions, len(horizon.strength.known)) == (21, 4)
    assert (found.findings.others, found.findings.decay) == ((), {})
    assert found.findings.basket
    assert found.trials == 1


def test_a_letter_is_silent_before_there_are_three(shelf: Store, config: Path) -> None:
    for month in (2, 3, 6):
        keep(shelf, ranking(date(2026, month, 10)))

    assert workflow.in_brief(last(), shelf, config, NOON) == (None, ())


def test_a_letter_of_a_past_day_knows_of_no_later_outcome(
    shelf: Store, config: Path
) -> None:
    for month in (1, 2, 3, 4):
        keep(shelf, ranking(date(2026, month, 27)))

    past = ranking(date(2026, 4, 24))
    assert workflow.in_brief(past, shelf, config, NOON) == (None, ())


def test_a_letter_goes_without_prices_or_libraries(
    kept: Store, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for month in (1, 2, 3, 4):
        keep(kept, ranking(date(2026, month, 27)))

    assert workflow.in_brief(last(), kept, config, NOON) == (None, ())

    monkeypatch.setattr(workflow, "find_spec", lambda _: None)
    found, told = workflow.in_brief(last(), Shelf(kept.path), config, NOON)
    assert found is None
    assert told == (
        "Past rankings are not evaluated: the extra research is not installed.",
    )
