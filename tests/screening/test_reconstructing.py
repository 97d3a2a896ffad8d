"""Rankings of all months in one pass are those that each month has alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

import samples
from triad_screener.model.evaluation import Section
from triad_screener.model.market import LineData
from triad_screener.screening import (
    evaluating,
    measuring,
    outcomes,
    reconstructing,
    sections,
)
from triad_screener.screening.assembling import Request, assemble
from triad_screener.shipped import shipped
from triad_screener.sources.bundled import connect
from triad_screener.taxonomies import loading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triad_screener.model.market import MarketData
    from triad_screener.model.taxonomy import Taxonomy

LAST = date(2026, 6, 12)


def one_by_one(
    taxonomy: Taxonomy, market: MarketData, request: Request, days: Sequence[date]
) -> list[Section | str]:
    """Each month assembled alone, the basket before it held already."""
    found: list[Section | str] = []
    held: tuple[str, ...] = ()
    for day in days:
        asked = replace(request, as_of=day, incumbents=held)
        screen = assemble(taxonomy, market, asked, config_hash="c")
        if len(screen.scores.lines) < evaluating.FEWEST_LINES:
            found.append("thin")
        elif screen.scores.standardisation.groups.keys() <= {"thesis"}:
            found.append("bare")
        else:
            section = sections.section(screen)
            held = tuple(sorted(section.basket))
            found.append(section)
    return found


def at_once(
    taxonomy: Taxonomy, market: MarketData, request: Request, days: Sequence[date]
) -> list[Section | str]:
    return [
        *reconstructing.reconstruct(taxonomy, market, request, days, config_hash="c")
    ]


def month_ends(market: MarketData, last: date) -> list[date]:
    return evaluating.month_ends(outcomes.sessions(market, last))


@pytest.mark.parametrize("universe", ["default", "post"])
def test_of_the_snapshot_every_month_is_what_it_is_alone(universe: str) -> None:
    taxonomy = loading.load(shipped("config/triad.yaml"))
    market = connect().fetch(taxonomy.constituents, taxonomy.benchmarks)
    request = Request(recipe=samples.recipe(), universe=universe)
    days = month_ends(market, date(2026, 5, 15))

    found = at_once(taxonomy, market, request, days)

    assert len(days) >= 29
    assert found == one_by_one(taxonomy, market, request, days)
    assert any(isinstance(one, Section) and one.exposed_later for one in found)
    early = next(one for one in found if isinstance(one, Section))
    assert "NVDA" in early.currencies
    assert "CRWV" not in early.currencies


def restless() -> tuple[Taxonomy, MarketData]:
    """Sisters, splits, a line that begins late, figures restated and filed late."""
    taxonomy = samples.taxonomy(
        *samples.twelve_lines()[2:],
        *(
            samples.constituent(name, issuer="both", exposures={"data": 0.4})
            for name in ("SIS1", "SIS2")
        ),
    )
    lines = [
        moving(line.ticker, seed) for seed, line in enumerate(taxonomy.constituents)
    ]
    return taxonomy, samples.market(*lines)


def moving(ticker: str, seed: int) -> LineData:
    dice = np.random.default_rng(seed)
    closes = np.exp(dice.normal(0.0005, 0.02, 200 if seed == 0 else 640).cumsum())
    cells = [
        samples.cell(item, value, end, filed=filed)
        for back in range(12)
        for end in [samples.quarter_end(back)]
        for item in ("TotalRevenue", "GrossProfit", "TotalAssets", "TotalDebt")
        for value, filed in (
            (dice.uniform(50, 100), end + timedelta(days=int(dice.integers(20, 90)))),
            (dice.uniform(50, 100), end + timedelta(days=int(dice.integers(90, 300)))),
        )
    ]
    return LineData(
        ticker,
        samples.prices(closes, last=LAST),
        () if ticker == "SIS2" else tuple(cells),
        splits=((date(2025, 9, 3), 4.0),) if seed % 3 == 0 else (),
    )


def test_sisters_splits_and_restatements_are_those_of_each_day() -> None:
    taxonomy, market = restless()
    request = Request(recipe=samples.recipe())
    days = month_ends(market, LAST)

    found = at_once(taxonomy, market, request, days)

    assert found == one_by_one(taxonomy, market, request, days)
    assert len({str(one.signals) for one in found if isinstance(one, Section)}) > 20


def test_months_are_measured_so_many_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taxonomy, market = restless()
    request = Request(recipe=samples.recipe())
    days = month_ends(market, LAST)[-5:]
    whole = at_once(taxonomy, market, request, days)
    passes: list[int] = []
    select = measuring.select

    def counted(*args: object, **kwargs: object) -> object:
        passes.append(len(kwargs["days"]))  # type: ignore[arg-type]
        return select(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(measuring, "select", counted)
    monkeypatch.setattr(reconstructing, "AT_ONCE", 2 * len(taxonomy.constituents))

    assert at_once(taxonomy, market, request, days) == whole
    assert passes == [2, 2, 1]


def test_a_month_without_enough_lines_or_figures_is_left_out() -> None:
    taxonomy, market = restless()
    lines = [replace(one, cells=()) for one in samples.lines_of(market).values()]
    days = [month_ends(market, LAST)[0], month_ends(market, LAST)[-1]]
    request = Request(recipe=samples.recipe())

    found = at_once(taxonomy, samples.market(*lines), request, days)

    assert found[0] == "bare"
    assert isinstance(found[1], Section)
    few = samples.taxonomy(*taxonomy.constituents[:4])
    assert at_once(few, samples.market(*lines[:4]), request, days) == ["thin", "thin"]
