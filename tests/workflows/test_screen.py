"""Screening as a function: what a source is asked, and what of the answer is shown."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from samples import (
    AS_OF,
    NotSearched,
    constituent,
    market,
    prices,
    recipe,
    taxonomy,
)
from triad_screener.errors import (
    ConfigurationError,
    NoDataError,
    UnknownNameError,
    UsageError,
)
from triad_screener.model.market import LineData
from triad_screener.model.taxonomy import Benchmark
from triad_screener.reporting.overview import View
from triad_screener.screening.assembling import Request
from triad_screener.workflows import screen as workflow
from triad_screener.workflows import showing, tickers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triad_screener.model.document import Report
    from triad_screener.model.market import MarketData
    from triad_screener.model.screen import Screen
    from triad_screener.model.taxonomy import Constituent

TICKERS = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG", "HHH")


class Known:
    """A source of given data that keeps what it was asked for."""

    def __init__(self, data: MarketData) -> None:
        self.data = data
        self.asked: list[str] = []
        self.funds: list[str] = []

    def fetch(
        self,
        constituents: Sequence[Constituent],
        funds: Sequence[Benchmark] = (),
        *,
        as_of: date | None = None,
    ) -> MarketData:
        del as_of
        self.asked = [line.ticker for line in constituents]
        self.funds = [fund.ticker for fund in funds]
        return self.data


NOTHING = Known(market())
LINES = [constituent(ticker, issuer=ticker.lower()) for ticker in TICKERS]


def closes(ticker: str, count: int = 130) -> LineData:
    """A line that rises by a step of its own every other day."""
    step = TICKERS.index(ticker) + 1
    found = prices([100 + step * (at % 2) + at for at in range(count)])
    return LineData(ticker, found)


def screened(stale: Sequence[str] = (), **request: object) -> Screen:
    """A screen of eight lines; those named had their last close three weeks ago."""
    data = [closes(ticker) for ticker in TICKERS if ticker not in stale]
    late = AS_OF - timedelta(days=21)
    data += [
        LineData(t, prices([100.0 + at % 3 for at in range(130)], last=late))
        for t in stale
    ]
    asked = Request(recipe=recipe(), as_of=AS_OF, **request)  # type: ignore[arg-type]
    return workflow.screen(taxonomy(*LINES), asked, source=Known(market(*data)))


def shown(found: Screen, **choice: object) -> Report:
    chosen = showing.Choice(**choice)  # type: ignore[arg-type]
    view = View(lines=(), today=AS_OF)
    return showing.show(found, chosen, view)


# --- screening ------------------------------------------------------------------------


def test_a_source_is_asked_for_every_line_and_told_of_the_funds() -> None:
    source = Known(market(*map(closes, TICKERS)))
    fund = Benchmark(ticker="SPY", name="S&P 500")

    workflow.screen(
        taxonomy(*LINES, benchmarks=(fund,)), Request(recipe=recipe()), source=source
    )

    assert source.asked == list(TICKERS)
    assert source.funds == ["SPY"]


def test_the_same_request_gives_the_same_screen() -> None:
    assert screened() == screened()


def test_a_taxonomy_without_lines_is_refused_before_any_source_is_asked() -> None:
    source = Known(market())

    with pytest.raises(ConfigurationError) as caught:
        workflow.screen(taxonomy(), Request(recipe=recipe()), source=source)

    assert caught.value.what == "Untitled: lists no constituents."
    assert source.asked == []


def test_a_source_that_knows_nothing_has_no_data() -> None:
    request = Request(recipe=recipe())

    with pytest.raises(NoDataError):
        workflow.screen(taxonomy(*LINES), request, source=NOTHING)


def test_holdings_that_are_no_lines_are_named() -> None:
    none = screened(holdings={"AAA": 0.5})
    some = screened(holdings={"ZZZ": 0.1, "AAA": 0.5, "CASH": 0.4})

    assert none.warnings == ()
    assert some.warnings == ("holdings not in the taxonomy: CASH, ZZZ",)


# --- floors ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("oldest", "below"), [(4.0, True), (5.0, False), (None, False)]
)
def test_figures_are_too_old_when_older_than_asked(
    oldest: float | None,
    below: bool,  # noqa: FBT001 - a case
) -> None:
    floors = showing.Floors(max_age_days=oldest)

    said = showing.below_floor(screened(), floors, AS_OF + timedelta(days=5))

    expected = f"The newest close is of {AS_OF}, older than the 4 days allowed."
    assert said == ((expected,) if below else ())


def test_one_day_is_one_day() -> None:
    floors = showing.Floors(max_age_days=1)

    (said,) = showing.below_floor(screened(), floors, AS_OF + timedelta(days=5))

    assert said.endswith("older than the 1 day allowed.")


@pytest.mark.parametrize(
    ("least", "below"), [(0.76, True), (0.75, False), (None, False)]
)
def test_too_few_lines_are_fresh_when_fewer_than_asked(
    least: float | None,
    below: bool,  # noqa: FBT001 - a case
) -> None:
    found = screened(stale=("AAA", "BBB"))
    floors = showing.Floors(min_coverage=least)

    said = showing.below_floor(found, floors, AS_OF)

    assert showing.coverage(found) == 6 / 8
    expected = "75% of the lines are ranked on fresh prices, under the 76% asked for."
    assert said == ((expected,) if below else ())


def test_every_floor_is_named() -> None:
    floors = showing.Floors(max_age_days=0, min_coverage=1)

    said = showing.below_floor(
        screened(stale=("AAA",)), floors, AS_OF + timedelta(days=1)
    )

    assert len(said) == 2


# --- showing --------------------------------------------------------------------------


def test_everything_is_shown_unless_something_is_chosen() -> None:
    found = screened()

    every, none = shown(found), shown(found, tickers=())

    assert every.tickers == tuple(line.ticker for line in found.scores.lines)
    assert none.tickers == ()


def test_choices_narrow_in_turn_and_the_first_are_taken_last() -> None:
    found = screened()

    report = shown(
        found,
        tickers=("AAA", "BBB", "CCC", "DDD"),
        pillars=("compute",),
        condition="ticker <> 'BBB'",
        sort="-ticker",
        top=2,
        columns=("ticker",),
    )

    assert report.tickers == ("DDD", "CCC")
    assert report.rows == ({"ticker": "DDD"}, {"ticker": "CCC"})


@pytest.mark.parametrize(
    "choice",
    [
        {"pillars": ("chips",)},
        {"sort": "scor"},
        {"columns": ("scor",)},
    ],
)
def test_a_choice_of_what_does_not_exist_is_refused(choice: dict[str, object]) -> None:
    found = screened()

    with pytest.raises(UnknownNameError):
        shown(found, **choice)


def test_a_condition_on_a_column_that_does_not_exist_is_refused() -> None:
    found = screened()

    with pytest.raises(UsageError, match="There is no column called 'scor'") as refused:
        shown(found, condition="scor > 1")
    assert refused.value.remedy == "Did you mean score or score_low or score_high?"


def test_a_condition_that_is_none_is_refused() -> None:
    found = screened()

    with pytest.raises(UsageError):
        shown(found, condition="score >")


# --- tickers --------------------------------------------------------------------------


def test_tickers_are_known_in_any_case_and_once_each() -> None:
    found = tickers.known_tickers(["bbb", " AAA ", "BBB"], TICKERS)

    assert found == (("BBB", "AAA"), ())


def test_an_unknown_ticker_is_an_error_or_is_set_apart() -> None:
    with pytest.raises(UnknownNameError) as caught:
        tickers.known_tickers(["AAA", "AAZ"], TICKERS)
    found = tickers.known_tickers(["AAA", "AAZ"], TICKERS, ignore_unknown=True)

    assert caught.value.name == "AAZ"
    assert found == (("AAA",), ("AAZ",))


def test_the_day_of_a_screen_is_the_newest_session_unless_one_is_asked_for() -> None:
    data = Known(market(*map(closes, TICKERS)))

    newest = workflow.screen(taxonomy(*LINES), Request(recipe=recipe()), source=data)
    earlier = workflow.screen(
        taxonomy(*LINES),
        Request(recipe=recipe(), as_of=date(2026, 6, 15)),
        source=data,
    )

    assert newest.run.as_of == AS_OF
    assert earlier.run.as_of == date(2026, 6, 15)


def test_a_ticker_is_looked_up_among_all_and_not_looked_for() -> None:
    found = tickers.known_tickers(
        ["BBB", "AAZ"], NotSearched(TICKERS), ignore_unknown=True
    )

    assert found == (("BBB",), ("AAZ",))
