"""What became of lines: forward total returns in US dollars."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import evidence
from evidence import at, became, series, working_days
from triad_screener.model.market import DatedValue
from triad_screener.screening.outcomes import calendar, outcomes

if TYPE_CHECKING:
    from triad_screener.screening.outcomes import Outcomes

LATER = date(2100, 1, 1)


def test_a_line_is_bought_at_the_session_after_the_day() -> None:
    found = became({"A": range(1, 11)})

    assert found.bought_at(at(0)) == 1
    # Monday 1 January; the 6th and 7th are a weekend.
    assert found.bought_at(date(2018, 1, 5)) == 5
    assert found.bought_at(date(2018, 1, 6)) == 5
    assert found.bought_at(date(2018, 1, 7)) == 5
    assert found.bought_at(at(9)) == 10
    assert found.bought_at(date(2030, 1, 1)) == 10


def test_a_day_before_all_prices_is_bought_at_none() -> None:
    found = became({"A": range(1, 11)})

    assert found.bought_at(evidence.START - timedelta(days=14)) == 0
    assert found.bought_at(evidence.START - timedelta(days=15)) == 10


def test_a_return_is_from_close_to_close() -> None:
    found = became({"A": [10.0, 11.0, 12.0, 9.0], "B": [1.0, 2.0, 4.0, 8.0]})

    np.testing.assert_allclose(
        found.returns([0, 1], [1, 3]), [[0.1, 1.0], [9 / 11 - 1, 3.0]]
    )


def test_a_session_that_has_not_come_gives_no_return() -> None:
    found = became({"A": [1.0, 2.0, 3.0]})

    np.testing.assert_equal(
        found.returns([1, 2, 3, 9], [2, 3, 4, 30])[:, 0], [0.5, *[np.nan] * 3]
    )


def test_a_session_after_the_as_of_date_has_not_come() -> None:
    found = became({"A": [1.0, 2.0, 3.0, 4.0]}, as_of=at(2))

    assert found.sessions.tolist() == [at(0), at(1), at(2)]
    assert np.isnan(found.returns([0], [3])).all()


def test_a_line_that_ends_on_the_way_counts_by_its_last_close() -> None:
    closes = {"A": [1.0] * 60, "B": [1.0] * 60, "GONE": [4.0, 4.0, 4.0, 1.0]}
    found = became(closes)

    assert found.returns([1], [50])[0, 2] == -0.75
    assert found.returns([2], [50])[0, 2] == -0.75


def test_a_line_that_ended_before_it_was_bought_has_no_return() -> None:
    """Its last close is three days old, fresh enough; but nothing came after."""
    found = became({"A": [1.0] * 60, "B": [1.0] * 60, "GONE": [4.0, 4.0, 4.0, 1.0]})

    assert np.isnan(found.returns([3, 4, 30], [50, 50, 50])[:, 2]).all()


def test_a_start_is_stale_after_ten_days() -> None:
    every = working_days(40)
    # A close on day 0, then none until session 20.
    sparse = series([2.0, 3.0], every[[0, 20]])
    lines = {"A": series([1.0] * 40), "B": series([1.0] * 40), "S": sparse}
    found = outcomes(evidence.market(lines), dict.fromkeys(lines, "USD"), LATER)

    # Sessions 8 and 9 are 10 and 11 days later.
    assert found.ages[[8, 9], 2].tolist() == [10, 11]
    assert found.returns([8, 9], [30, 30])[:, 2] == pytest.approx(
        [0.5, np.nan], nan_ok=True
    )


def test_a_line_not_yet_listed_has_no_return() -> None:
    every = working_days(40)
    lines = {
        "A": series([1.0] * 40),
        "B": series([1.0] * 40),
        "NEW": series([1.0, 2.0], every[10:12]),
    }
    found = outcomes(evidence.market(lines), dict.fromkeys(lines, "USD"), LATER)

    assert found.returns([9, 10], [11, 11])[:, 2] == pytest.approx(
        [np.nan, 1.0], nan_ok=True
    )


def test_a_session_counts_if_half_of_the_lines_begun_have_it() -> None:
    days = working_days(6)
    lines = [
        series([1.0] * 6, days),
        series([1.0] * 3, days[[0, 2, 3]]),
        series([1.0] * 2, days[[4, 5]]),
        series([1.0] * 2, days[[4, 5]]),
    ]

    # Of one of two; of one of two; of three of four.
    assert calendar(lines).tolist() == days.tolist()
    # The first alone has session 1; with a third line begun it is one of three.
    more = [*lines, series([1.0], days[[0]])]
    assert calendar(more).tolist() == days[[0, 2, 3, 4, 5]].tolist()
    assert calendar([]).size == 0


def dated(*rates: tuple[int, float]) -> tuple[DatedValue, ...]:
    return tuple(DatedValue(value, at(place)) for place, value in rates)


def test_foreign_closes_are_converted_at_the_rate_of_their_session() -> None:
    lines = {"A": series([1.0] * 6), "J": series([100.0, 100.0, 110.0, 110.0, 120.0])}
    fx = {"JPY": (DatedValue(9.0, None), *dated((0, 0.01), (2, 0.02), (5, 0.04)))}
    found = outcomes(
        evidence.market(lines, fx=fx), {"A": "USD", "J": "JPY"}, as_of=at(4)
    )

    worth = found.values[:, 1]  # noqa: PD011 - no frame
    assert worth.tolist() == pytest.approx([1.0, 1.0, 2.2, 2.2, 2.4])
    assert found.returns([1], [4])[0, 1] == pytest.approx(1.4)


@pytest.mark.parametrize("fx", [{}, {"JPY": ()}, {"JPY": (DatedValue(9.0, None),)}])
def test_without_a_dated_rate_there_is_no_value(
    fx: dict[str, tuple[DatedValue, ...]],
) -> None:
    found = outcomes(
        evidence.market({"J": series([1.0, 2.0])}, fx=fx), {"J": "JPY"}, LATER
    )

    assert np.isnan(found.values).all()
    assert np.isnan(found.returns([0], [1])).all()


def test_a_rate_lasts_45_days() -> None:
    found = outcomes(
        evidence.market({"J": series([1.0] * 60)}, fx={"JPY": dated((0, 1.0))}),
        {"J": "JPY"},
        LATER,
    )
    days = (found.sessions - found.sessions[0]).astype(int)

    worth = found.values[:, 0]  # noqa: PD011 - no frame
    assert np.isfinite(worth).tolist() == (days <= 45).tolist()


def test_only_wanted_lines_and_funds_with_prices_are_known() -> None:
    given = evidence.market(
        {"A": series([1.0, 2.0]), "B": None, "C": series([1.0, 2.0])},
        funds={"SPY": series([1.0, 3.0]), "QQQ": series([1.0, 3.0])},
    )
    found = outcomes(given, dict.fromkeys(["A", "B", "SPY", "X"], "USD"), LATER)

    assert sorted(found.tickers) == ["A", "SPY"]


def test_of_a_line_that_is_not_known_there_is_no_value() -> None:
    found = became({"A": [1.0, 2.0], "B": [1.0, 3.0]}).only(["X", "B"])

    assert found.tickers == ("X", "B")
    np.testing.assert_equal(found.returns([0], [1]), [[np.nan, 2.0]])


@pytest.mark.parametrize("last", [1e306, 1.1e3, np.finfo(float).max])
def test_more_than_a_thousandfold_is_not_believed(last: float) -> None:
    found = became({"A": [1.0, last], "B": [1e-300, last], "C": [1.0, 1001.0]})

    np.testing.assert_equal(found.returns([0], [1]), [[np.nan, np.nan, 1000.0]])


def test_a_fall_to_nothing_is_believed() -> None:
    assert became({"A": [1e300, 1e-300]}).returns([0], [1]).item() == -1


def test_a_rate_of_zero_is_no_value() -> None:
    found = outcomes(
        evidence.market({"J": series([1.0] * 3)}, fx={"JPY": dated((0, 0.0))}),
        {"J": "JPY"},
        LATER,
    )

    assert np.isnan(found.returns([0], [2])).all()


@pytest.mark.parametrize("lines", [{}, {"A": None}])
def test_without_prices_there_is_no_session(lines: dict[str, None]) -> None:
    found = outcomes(evidence.market(lines), {"A": "USD"}, LATER)

    assert found.sessions.size == 0
    assert found.bought_at(at(0)) == 0
    assert found.returns([0], [21]).shape == (1, 0)
    assert np.isnan(found.only(["A"]).returns([0], [21])).all()


def drawn(seed: int, count: int = 120) -> tuple[Outcomes, pd.DataFrame]:
    """Lines with holes, ends and beginnings, and the same in pandas."""
    random = np.random.default_rng(seed)
    every = working_days(count)
    lines, closes = {}, {}
    for place in range(12):
        has = random.random(count) < 0.9
        first, last = random.integers(0, 40), random.integers(60, count + 40)
        has[:first], has[last:] = False, False
        values = 100 * np.exp(random.normal(0, 0.03, count).cumsum())
        name = f"L{place}"
        lines[name] = series(values[has], every[has])
        closes[name] = pd.Series(values[has], pd.DatetimeIndex(every[has]))
    rates = {int(day): 0.01 + random.random() / 100 for day in range(0, count, 9)}
    currencies = {
        name: "JPY" if at % 3 == 0 else "USD" for at, name in enumerate(lines)
    }
    found = outcomes(
        evidence.market(lines, fx={"JPY": dated(*rates.items())}), currencies, LATER
    )
    table = pd.DataFrame(closes)
    rate = pd.Series(list(rates.values()), pd.DatetimeIndex(every[list(rates)]))
    begun = table.notna().cummax().sum(axis=1)
    dates = table.index[2 * table.notna().sum(axis=1) >= begun]
    for name, currency in currencies.items():
        filled = table[name].ffill()
        if currency == "JPY":
            filled = filled * rate.reindex(pd.DatetimeIndex(every)).ffill().reindex(
                table.index
            )
        table[name] = filled
    return found, table.loc[dates]


@pytest.mark.parametrize("seed", range(5))
def test_returns_are_those_of_pandas(seed: int) -> None:
    found, table = drawn(seed)

    assert found.sessions.tolist() == [day.date() for day in table.index]
    starts = np.arange(0, found.sessions.size - 21, 7)
    ends = starts + 21
    ours = found.returns(starts.tolist(), ends.tolist())
    order = list(found.tickers)
    theirs = (table.shift(-21) / table - 1)[order].iloc[starts].to_numpy()
    span = (found.sessions[ends] - found.sessions[starts]).astype(float)[:, None]
    stale = (found.ages[starts] > 10) | (found.ages[ends] >= span)
    np.testing.assert_allclose(ours, np.where(stale, np.nan, theirs))
    assert np.isfinite(ours).sum() > 50
    assert (np.isfinite(theirs) & stale).any()
