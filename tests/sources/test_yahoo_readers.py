"""Yahoo's answers from hostile hands: what is taken, and what is rejected as what?"""

from __future__ import annotations

import ast
import json
import math
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from samples import lines_of
from sources.yahoo_server import reply
from triad_screener import factors, market
from triad_screener.model.live import FetchFailure, QuoteFacts
from triad_screener.model.market import DatedValue
from triad_screener.shipped import shipped
from triad_screener.sources import SOURCES
from triad_screener.sources import _yahoo_chart as charts
from triad_screener.sources import _yahoo_failures as failures
from triad_screener.sources import _yahoo_quote as quotes
from triad_screener.sources import _yahoo_timeseries as timeseries
from triad_screener.taxonomies import loading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triad_screener.model.live import Bars
    from triad_screener.model.market import LineData, StatementCell

DAY = 86_400
#: When the sessions of the replies opened, from 11 to 15 May 2026.
OPENS = [1778506200 + DAY * day for day in range(5)]
Json = Any


@pytest.fixture
def payload() -> Json:
    return reply("chart")


def result(payload: Json) -> Json:
    return payload["chart"]["result"][0]


def quote(payload: Json) -> Json:
    return result(payload)["indicators"]["quote"][0]


def set_rows(
    payload: Json, rows: Sequence[tuple[int, float | None, float | None]]
) -> None:
    """Replace the rows by ``(stamp, close, volume)``."""
    stamps, closes, volumes = zip(*rows, strict=True)
    result(payload)["timestamp"] = list(stamps)
    quote(payload).update(close=list(closes), volume=list(volumes))


def read(payload: Json, now: datetime | None = None) -> Bars:
    return charts.read(payload, "ACME", now)


def reason(payload: Json, now: datetime | None = None) -> str:
    with pytest.raises(FetchFailure) as caught:
        read(payload, now)
    return caught.value.reason


def test_a_chart_is_bars_dividends_and_splits(payload: Json) -> None:
    bars = read(payload)

    assert bars.sessions.tolist() == [date(2026, 5, day) for day in range(11, 16)]
    assert bars.closes.tolist() == [51, 52, 53, 54, 55]
    assert bars.volumes.tolist() == [100, 200, 300, 400, 500]
    assert bars.dividends == ((date(2026, 5, 12), 0.25),)
    assert bars.splits == ((date(2026, 5, 14), 2.0),)
    assert (bars.currency, bars.unit, bars.forming_until) == ("USD", "USD", None)


def test_a_bar_belongs_to_the_local_date_of_the_exchange(payload: Json) -> None:
    # 23:30 UTC on the 11th is 09:30 on the 12th in Sydney.
    set_rows(payload, [(1778542200, 51.0, 100)])
    result(payload)["meta"]["exchangeTimezoneName"] = "Australia/Sydney"
    assert read(payload).sessions.tolist() == [date(2026, 5, 12)]

    result(payload)["meta"]["exchangeTimezoneName"] = "Nowhere/At_All"
    result(payload)["meta"]["gmtoffset"] = -4 * 3600
    assert read(payload).sessions.tolist() == [date(2026, 5, 11)]


@pytest.mark.parametrize("nothing", [None, math.nan])
def test_a_row_without_a_close_is_no_session(
    payload: Json, nothing: float | None
) -> None:
    quote(payload)["close"][1] = nothing

    assert read(payload).closes.tolist() == [51, 53, 54, 55]


def test_an_unknown_volume_is_nan(payload: Json) -> None:
    quote(payload)["volume"] = [None, -1, math.inf, 0, 500]

    volumes = read(payload).volumes

    assert np.isnan(volumes).tolist() == [True, True, True, False, False]


@pytest.mark.parametrize("wrong", [0.0, -53.0])
@pytest.mark.parametrize(("at", "left"), [(2, [51, 52, 54, 55]), (4, [51, 52, 53, 54])])
def test_a_close_not_above_zero_is_no_session(
    payload: Json, wrong: float, at: int, left: list[float]
) -> None:
    quote(payload)["close"][at] = wrong

    assert read(payload).closes.tolist() == left


@pytest.mark.parametrize("wrong", [[0.0, -53.0], [math.inf]])
def test_many_closes_not_above_zero_or_an_endless_one_reject_the_whole_answer(
    payload: Json, wrong: list[float]
) -> None:
    quote(payload)["close"][: len(wrong)] = wrong

    assert reason(payload) == "rejected: price not above zero"


def test_a_single_close_that_is_zero_is_no_close_at_all(payload: Json) -> None:
    quote(payload)["close"] = [None, None, None, None, 0.0]

    assert reason(payload) == "absent"


def test_shuffled_sessions_are_rejected(payload: Json) -> None:
    result(payload)["timestamp"].reverse()

    assert reason(payload) == "rejected: sessions out of order"


def test_bars_at_the_end_in_which_nothing_was_traded_are_left_out(
    payload: Json,
) -> None:
    rows = [(OPENS[0], 51, 9), (OPENS[1], 51, 0), (OPENS[2], 52, 9)]
    set_rows(payload, [*rows, (OPENS[3], 52, 0), (OPENS[4], 52, 0)])

    assert read(payload).closes.tolist() == [51, 51, 52]


def test_a_last_bar_without_a_known_volume_stays(payload: Json) -> None:
    set_rows(payload, [(OPENS[0], 51, 9), (OPENS[1], 51, None)])

    assert read(payload).closes.tolist() == [51, 51]


def test_of_a_currency_no_bar_has_a_volume_and_all_stay(payload: Json) -> None:
    set_rows(payload, [(OPENS[0], 31.5, 0), (OPENS[1], 31.5, 0)])

    assert read(payload).closes.tolist() == [31.5, 31.5]


def test_rows_that_say_the_same_twice_are_one(payload: Json) -> None:
    set_rows(payload, [(OPENS[0], 51, 9), (OPENS[0], 51, 9), (OPENS[1], 52, 9)])

    assert read(payload).closes.tolist() == [51, 52]


def test_rows_that_contradict_each_other_are_rejected(payload: Json) -> None:
    set_rows(payload, [(OPENS[0], 51, 9), (OPENS[0], 50, 9), (OPENS[1], 52, 9)])

    assert reason(payload) == "rejected: session twice"


def test_of_two_last_rows_of_one_day_the_live_price_wins(payload: Json) -> None:
    rows = [(OPENS[0], 51, 9), (OPENS[1], 52, 9), (OPENS[1] + 60, 53, None)]
    set_rows(payload, rows)

    assert read(payload).closes.tolist() == [51, 53]


def test_a_hundredfold_price_is_a_wrong_unit(payload: Json) -> None:
    quote(payload)["close"][3:] = [5400.0, 5500.0]

    assert reason(payload) == "rejected: price jump"


@pytest.mark.parametrize(("move", "accepted"), [(5, True), (5.01, False)])
def test_a_move_up_to_five_times_is_believed(
    payload: Json, move: float, *, accepted: bool
) -> None:
    set_rows(payload, [(OPENS[0], 10.0, 9), (OPENS[1], 10 * move, 9)])

    if accepted:
        assert read(payload).closes.tolist() == [10, 50]
    else:
        assert reason(payload) == "rejected: price jump"


def test_a_missed_split_is_a_jump(payload: Json) -> None:
    result(payload).pop("events")
    quote(payload)["close"] = [510.0, 520.0, 530.0, 54.0, 55.0]

    assert reason(payload) == "rejected: price jump"


def test_a_listed_split_that_the_prices_do_not_know_is_named(payload: Json) -> None:
    quote(payload)["close"] = [510.0, 520.0, 530.0, 54.0, 55.0]
    split = {"date": OPENS[3], "numerator": 10, "denominator": 1}
    result(payload)["events"]["splits"] = {"x": split}

    assert reason(payload) == "rejected: split not applied"


def test_minor_units_are_converted_and_the_unit_is_kept(payload: Json) -> None:
    result(payload)["meta"]["currency"] = "GBp"

    bars = read(payload)

    assert (bars.currency, bars.unit) == ("GBP", "GBp")
    assert bars.closes.tolist() == [0.51, 0.52, 0.53, 0.54, 0.55]
    assert bars.dividends == ((date(2026, 5, 12), 0.0025),)


def dollars(currency: str) -> tuple[DatedValue, ...]:
    """A pound is a dollar and a half at first, and two dollars from 14 May 2026 on."""
    assert currency == "GBP"
    return (
        DatedValue(1.5, date(2026, 5, 1), "Yahoo Finance"),
        DatedValue(2.0, date(2026, 5, 14), "Yahoo Finance"),
    )


def test_a_dividend_has_a_unit_or_a_currency_of_its_own() -> None:
    bars = charts.read(reply("chart_london"), "ACME.L", None, dollars)

    assert (bars.currency, bars.unit) == ("GBP", "GBp")
    assert bars.closes.tolist() == [4.0, 4.1, 4.2, 4.0]
    assert bars.dividends == (
        (date(2026, 5, 12), 0.05),  # 5 pence
        (date(2026, 5, 13), 0.06),  # pounds
        (date(2026, 5, 14), 0.04),  # 0.08 dollars at two dollars
        (date(2026, 5, 15), 0.07),  # as the prices: 7 pence
    )


def test_a_dividend_whose_rate_is_not_known_is_not_taken_for_nothing() -> None:
    with pytest.raises(FetchFailure) as caught:
        charts.read(reply("chart_london"), "ACME.L")

    assert caught.value.reason == "rejected: no rate"
    assert "GBP" in caught.value.detail


def test_a_dividend_before_all_rates_is_converted_at_the_first() -> None:
    payload = reply("chart_london")
    events = result(payload)["events"]["dividends"]
    paid = next(one for one in events.values() if one.get("currency") == "USD")
    result(payload)["events"]["dividends"] = {"0": paid}

    bars = charts.read(payload, "ACME.L", None, lambda _: dollars("GBP")[1:])

    assert bars.dividends == ((date(2026, 5, 14), 0.04),)


def test_of_a_session_that_goes_on_the_live_bar_is_partial() -> None:
    bars = charts.read(reply("chart_taipei"), "2330.TW")

    assert bars.sessions.tolist() == [date(2026, 5, day) for day in (12, 14, 15)]
    assert bars.closes.tolist() == [1000.0, 1010.0, 1020.0]
    assert bars.volumes[-1] == 9000
    assert bars.forming_until == datetime(2026, 5, 15, 5, 30, tzinfo=UTC)


def test_a_session_in_hong_kong_belongs_to_its_own_day() -> None:
    bars = charts.read(reply("chart_hong_kong"), "0700.HK")

    assert bars.currency == "HKD"
    assert bars.sessions[-1].item() == date(2026, 5, 15)
    assert bars.forming_until is None
    assert bars.dividends == ((date(2026, 5, 14), 4.5),)


@pytest.mark.parametrize("unit", ["", "usd", "US", "Bitcoins"])
def test_a_unit_that_is_no_currency_is_rejected(payload: Json, unit: str) -> None:
    result(payload)["meta"]["currency"] = unit

    assert reason(payload) == "rejected: no currency"


def test_the_answer_about_another_symbol_is_rejected(payload: Json) -> None:
    result(payload)["meta"]["symbol"] = "acme"
    read(payload)
    result(payload)["meta"]["symbol"] = "ACMEX"

    assert reason(payload) == "rejected: another symbol"


def test_a_session_in_the_future_is_rejected(payload: Json) -> None:
    assert read(payload, datetime(2026, 5, 15, 14, tzinfo=UTC)).closes.size == 5

    assert reason(payload, datetime(2026, 5, 13, tzinfo=UTC)) == (
        "rejected: session in the future"
    )


def test_the_bar_of_a_session_that_goes_on_is_forming(payload: Json) -> None:
    result(payload)["meta"]["regularMarketTime"] = OPENS[4] + 3600
    assert read(payload).forming_until == datetime(2026, 5, 15, 20, tzinfo=UTC)

    for rows in result(payload)["timestamp"], *quote(payload).values():
        rows.pop()
    assert read(payload).forming_until is None


def test_events_that_cannot_be_are_left_out(payload: Json) -> None:
    events = result(payload)["events"]
    for number, amount in enumerate([0, -1, math.nan, 56, 0.5]):
        events["dividends"][str(number)] = {"date": OPENS[0], "amount": amount}
    for number, new in enumerate([0, -2, 1, 1e6, math.nan]):
        split = {"date": OPENS[0], "numerator": new, "denominator": 1}
        events["splits"][str(number)] = split
    events["splits"]["y"] = {"date": OPENS[0], "numerator": 1, "denominator": 0}

    bars = read(payload)

    assert bars.dividends == ((date(2026, 5, 11), 0.5), (date(2026, 5, 12), 0.25))
    assert bars.splits == ((date(2026, 5, 14), 2.0),)


def test_a_range_without_a_session_is_absent(payload: Json) -> None:
    result(payload).pop("timestamp")
    assert reason(payload) == "absent"


def test_a_range_without_a_close_is_absent(payload: Json) -> None:
    quote(payload)["close"] = [None] * 5
    assert reason(payload) == "absent"


def test_errors_in_an_answer_have_their_reasons(payload: Json) -> None:
    error = {"code": "Not Found", "description": "delisted"}
    payload["chart"] = {"result": None, "error": error}
    assert reason(payload) == "absent"
    error["code"] = "Internal"
    assert reason(payload) == "rejected: error answer"
    payload["chart"] = {"result": [], "error": None}
    assert reason(payload) == "absent"


def test_only_sessions_from_the_day_wanted_are_returned(payload: Json) -> None:
    bars = charts.since(read(payload), date(2026, 5, 13))

    assert bars.closes.tolist() == [53, 54, 55]
    assert (bars.dividends, len(bars.splits)) == ((), 1)
    with pytest.raises(FetchFailure, match="no session from 2026-05-16"):
        charts.since(bars, date(2026, 5, 16))


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        {},
        {"chart": 5},
        {"chart": {"result": [None], "error": None}},
        {"chart": {"result": [{}], "error": None}},
        {"chart": {"result": "text", "error": "text"}},
    ],
)
def test_an_answer_of_another_shape_is_rejected(broken: Json) -> None:
    assert reason(broken) == "rejected: unexpected shape"


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("timestamp", ["a"]),
        ("timestamp", [[1], [2]]),
        ("timestamp", [1e300]),
        ("timestamp", OPENS[:4]),
        ("timestamp", {"a": 1}),
        ("indicators", {"quote": []}),
        ("indicators", {"quote": [{"close": ["x"], "volume": [1]}]}),
        ("events", {"splits": {"a": {}}}),
        ("events", {"dividends": {"a": {"date": "x", "amount": 1}}}),
        ("meta", {"symbol": "ACME", "currency": 5}),
        ("meta", {"symbol": 5, "currency": "USD"}),
        ("meta", {"symbol": "ACME", "currency": "USD"}),
    ],
)
def test_a_part_of_another_shape_is_rejected(
    payload: Json, part: str, value: object
) -> None:
    result(payload)[part] = value

    assert reason(payload) == "rejected: unexpected shape"


def cells(payload: Json) -> tuple[StatementCell, ...]:
    return timeseries.read(payload, "ACME")


def why(payload: Json) -> str:
    with pytest.raises(FetchFailure) as caught:
        cells(payload)
    return caught.value.reason


@pytest.fixture
def statements() -> Json:
    return reply("timeseries")


def entries(statements: Json, kind: str) -> list[Json]:
    """Return the entries of one series."""
    found = statements["timeseries"]["result"]
    return next(one[kind] for one in found if kind in one)


def test_a_timeseries_is_cells_as_labelled(statements: Json) -> None:
    found = cells(statements)

    assert [(c.frequency, c.item, c.period_end, c.value) for c in found] == [
        ("annual", "CapitalExpenditure", date(2025, 12, 31), -70),
        ("annual", "TotalRevenue", date(2024, 12, 31), 900),
        ("annual", "TotalRevenue", date(2025, 12, 31), 1000),
        ("quarterly", "DilutedAverageShares", date(2026, 3, 31), 10),
        ("quarterly", "TotalRevenue", date(2026, 3, 31), 300),
    ]
    assert [c.currency for c in found] == ["USD", "USD", "USD", "shares", "USD"]
    assert {(c.filed, c.source, c.note) for c in found} == {(None, "Yahoo Finance", "")}


def test_another_currency_is_left_for_the_core_to_judge(statements: Json) -> None:
    entries(statements, "annualTotalRevenue")[1]["currencyCode"] = "TWD"

    assert [c.currency for c in cells(statements)][:3] == ["USD", "USD", "TWD"]


def test_what_is_null_is_left_out(statements: Json) -> None:
    revenue = entries(statements, "annualTotalRevenue")
    revenue[0] = None
    revenue[1]["reportedValue"] = None
    entries(statements, "annualCapitalExpenditure")[0]["reportedValue"] = {"raw": None}
    shares = entries(statements, "quarterlyDilutedAverageShares")[0]
    shares["reportedValue"]["raw"] = math.nan

    assert [cell.value for cell in cells(statements)] == [300]


def test_no_cell_at_all_is_absent(statements: Json) -> None:
    statements["timeseries"]["result"] = statements["timeseries"]["result"][-1:]
    assert why(statements) == "absent"
    statements["timeseries"]["result"] = []
    assert why(statements) == "absent"


@pytest.mark.parametrize(
    ("value", "currency"),
    [(1.1e15, "USD"), (-1.1e15, "USD"), (1.1e16, "KRW"), (math.inf, "JPY")],
)
def test_a_figure_out_of_range_is_rejected(
    statements: Json, value: float, currency: str
) -> None:
    entry = entries(statements, "annualTotalRevenue")[0]
    entry["currencyCode"] = currency
    entry["reportedValue"]["raw"] = value

    assert why(statements) == "rejected: figure out of range"


def test_one_figure_twice_is_one_and_two_figures_are_rejected(statements: Json) -> None:
    revenue = entries(statements, "annualTotalRevenue")
    revenue.append(json.loads(json.dumps(revenue[0])))
    assert len(cells(statements)) == 5
    revenue[-1]["reportedValue"]["raw"] = 901

    assert why(statements) == "rejected: figure twice"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("asOfDate", "31.12.2025", "unexpected shape"),
        ("asOfDate", None, "unexpected shape"),
        ("currencyCode", "dollars", "no currency"),
        ("reportedValue", {"raw": "12"}, "figure not a number"),
        ("reportedValue", {"raw": True}, "figure not a number"),
        ("reportedValue", 12, "unexpected shape"),
    ],
)
def test_a_cell_of_another_shape_is_rejected(
    statements: Json, field: str, value: object, told: str
) -> None:
    entries(statements, "annualTotalRevenue")[0][field] = value

    assert why(statements) == f"rejected: {told}"


def test_statements_of_another_symbol_are_rejected(statements: Json) -> None:
    statements["timeseries"]["result"][0]["meta"]["symbol"] = ["OTHER"]

    assert why(statements) == "rejected: another symbol"


def test_an_error_in_place_of_statements_is_rejected() -> None:
    error = {"code": "Internal", "description": ""}

    assert why({"timeseries": {"result": None, "error": error}}) == (
        "rejected: error answer"
    )


def facts(row: Json) -> QuoteFacts | FetchFailure:
    payload = {"quoteResponse": {"result": [row], "error": None}}
    return quotes.read(payload, ["ACME"])["ACME"]


@pytest.fixture
def row() -> Json:
    return reply("quote")["quoteResponse"]["result"][0]


def test_a_quote_is_read_field_by_field(row: Json) -> None:
    assert facts(row) == QuoteFacts(
        name="Acme Corporation",
        kind="equity",
        price_currency="USD",
        statement_currency="USD",
        price=55.0,
        market_capitalisation=550.0,
        shares=10.0,
        forward_price_earnings=20.0,
        forward_earnings_per_share=2.75,
        earnings_date=date(2026, 8, 26),
        class_shares=8.0,
    )


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("regularMarketPrice", "price"),
        ("marketCap", "market_capitalisation"),
        ("forwardPE", "forward_price_earnings"),
        ("epsForward", "forward_earnings_per_share"),
        ("earningsTimestamp", "earnings_date"),
        ("financialCurrency", "statement_currency"),
    ],
)
@pytest.mark.parametrize("wrong", ["12", None, True, math.nan, math.inf, 1e300, {}])
def test_a_bad_field_is_not_known_and_spoils_no_other(
    row: Json, field: str, name: str, wrong: object
) -> None:
    row[field] = wrong
    found = facts(row)

    assert isinstance(found, QuoteFacts)
    assert getattr(found, name) is None
    assert found.name == "Acme Corporation"


@pytest.mark.parametrize("wrong", ["12", None, True, math.nan, 1e300, {}])
def test_shares_that_are_not_said_are_those_the_market_value_implies(
    row: Json, wrong: object
) -> None:
    row["impliedSharesOutstanding"] = wrong
    implied = facts(row)
    del row["marketCap"]
    unknown = facts(row)

    assert isinstance(implied, QuoteFacts)
    assert isinstance(unknown, QuoteFacts)
    assert (implied.shares, unknown.shares) == (550 / 55, None)


def test_a_row_without_a_currency_is_of_a_company_no_longer_listed(row: Json) -> None:
    row["currency"] = "?"
    found = facts(row)
    assert isinstance(found, FetchFailure)
    assert found.reason == "rejected: no currency"

    for gone in (None, ""):
        row["currency"] = gone
        found = facts(row)
        assert isinstance(found, FetchFailure)
        assert found.reason == "no longer listed"

    found = quotes.read(reply("quote_edges"), ["GONE"])["GONE"]
    assert isinstance(found, FetchFailure)
    assert found.reason == "no longer listed"


def test_the_coming_report_is_told_from_the_last_one() -> None:
    found = quotes.read(reply("quote_edges"), ["ACMR", "0700.HK"])

    receipt, silent = found["ACMR"], found["0700.HK"]
    assert isinstance(receipt, QuoteFacts)
    assert receipt.earnings_date == date(2026, 4, 16)
    assert receipt.reports_on == date(2026, 7, 16)
    assert isinstance(silent, QuoteFacts)
    assert (silent.earnings_date, silent.reports_on) == (None, None)


def test_quotes_of_london_taipei_and_hong_kong_are_read() -> None:
    found = quotes.read(reply("quote_edges"), ["ACME.L", "2330.TW", "0700.HK"])

    london, taipei, hong_kong = (
        one for one in found.values() if isinstance(one, QuoteFacts)
    )
    assert (london.price, london.price_currency) == (4.0, "GBP")
    assert london.market_capitalisation == 4e9
    assert london.shares == 1e9  # 4bn pounds at four pounds, not at 400
    assert london.forward_price_earnings is None  # in pence, or in pounds?
    assert (taipei.price_currency, taipei.name) == ("TWD", "ACME SEMICONDUCTOR")
    assert (hong_kong.statement_currency, hong_kong.shares) == ("CNY", None)


def test_a_price_in_minor_units_is_converted_and_a_market_value_is_not(
    row: Json,
) -> None:
    found = facts(row | {"currency": "GBp"})

    assert isinstance(found, QuoteFacts)
    assert (found.price, found.price_currency) == (0.55, "GBP")
    assert found.market_capitalisation == 550
    assert found.forward_price_earnings is None
    assert found.forward_earnings_per_share is None


def test_a_fund_is_a_fund_and_an_unheard_of_kind_keeps_its_word(row: Json) -> None:
    kinds = [facts(row | {"quoteType": kind}) for kind in ("ETF", "FUTURE", None)]

    assert [one.kind for one in kinds if isinstance(one, QuoteFacts)] == [
        "fund",
        "future",
        "",
    ]


def test_without_a_long_name_the_short_one_serves_then_the_symbol(row: Json) -> None:
    names = [
        facts(row | {"longName": None}),
        facts(row | {"longName": "\x1b[2J", "shortName": "\u200b"}),
    ]

    assert [one.name for one in names if isinstance(one, QuoteFacts)] == [
        "Acme Corp.",
        "ACME",
    ]


def test_what_nobody_asked_for_is_left_out_and_what_is_missing_is_absent(
    row: Json,
) -> None:
    payload = {"quoteResponse": {"result": [row], "error": None}}

    found = quotes.read(payload, ["B"])

    assert list(found) == ["B"]
    assert isinstance(found["B"], FetchFailure)
    assert found["B"].reason == "absent"


@pytest.mark.parametrize(
    "broken", [None, {}, {"quoteResponse": {"result": [{}]}}, {"quoteResponse": 1}]
)
def test_a_quote_answer_of_another_shape_is_rejected(broken: Json) -> None:
    with pytest.raises(FetchFailure) as caught:
        quotes.read(broken, ["ACME"])

    assert caught.value.reason == "rejected: unexpected shape"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Acme", "Acme"),
        ("\x1b[31mAc\x1b[0mme", "Acme"),
        ("\x1b]8;;http://x\x1b\\Acme\x07", "Acme"),
        ("Ac\u202eme\u200b\ufeff", "Acme"),
        ("  Acme \r\n & \t Sons\u2028", "Acme & Sons"),
        ("<b>Acme</b>", "<b>Acme</b>"),
        ("=1+1", "=1+1"),
        ("x" * 500, "x" * 200),
        (None, ""),
        (5, ""),
    ],
)
def test_texts_are_one_line_that_moves_no_cursor(text: object, plain: str) -> None:
    assert quotes.plain(text) == plain


@pytest.mark.parametrize(
    "content", [b"", b" \n", b"<!DOCTYPE html>", b"{", b"[" * 99999]
)
def test_what_is_no_json_is_an_outage(content: bytes) -> None:
    with pytest.raises(FetchFailure) as caught:
        failures.parsed(content)

    assert caught.value.reason == "network"


def test_every_item_that_a_factor_uses_is_asked_for() -> None:
    known = {cell.item for line in bundled_lines() for cell in line.cells}
    rooms = [Path(room.__path__[0]) for room in (factors, market)]
    used = {
        node.value
        for room in rooms
        for path in room.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in known
    }

    assert "TotalRevenue" in used
    assert used <= set(timeseries.ITEMS)


def bundled_lines() -> list[LineData]:
    taxonomy = loading.load(shipped("config/triad.yaml"))
    market = SOURCES["bundled"]("").fetch(taxonomy.constituents[:3])
    return list(lines_of(market).values())
