"""What goes wrong with a live source, a store and a crowd of processes, end to end.

The program asks a stand-in for Yahoo over real TLS and through the real yfinance, keeps
the answers in a real store, and screens them. ``docs/pitfalls.md`` lists the rules.
Every figure can be worked out in the head: closes do not move unless a test says so.
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Final

import pytest
import trustme

import lives
import worlds
from sources.yahoo_server import HOSTS, Answer, YahooServer, as_json, error, reply
from store import figures
from triad_screener import cli, settings
from triad_screener.cli import _clock
from triad_screener.errors import StoreError
from triad_screener.sources import _tries, _yahoo_wire
from triad_screener.store import Store
from triad_screener.workflows import fetching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from lives import Clock
    from sources.yahoo_server import Asked

FRIDAY: Final = worlds.FRIDAY
#: Ends of q0 to q4 and of a0 to a3.
QUARTERS: Final = ("2026-03-31", "2025-12-31", "2025-09-30", "2025-06-30", "2025-03-31")
YEARS: Final = ("2025-12-31", "2024-12-31", "2023-12-31", "2022-12-31")
CASH: Final = "CashCashEquivalentsAndShortTermInvestments"
BILLION: Final = 1e9
#: Settings under which a single line is ranked.
ALONE: Final = (
    "--set=active_factor.minimum_lines=1",
    "--set=active_factor.minimum_share=0",
)
TOO_MANY: Final = Answer(429, b"Too Many Requests")
DATA: Final = ("chart", "timeseries", "quote")
CERTIFICATE_VARIABLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
PROXY_VARIABLES: Final = (
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "ALL_PROXY",
    "all_proxy",
)
#: Only these tests are on a machine so busy that an answer may take seconds.
TIMEOUTS: Final = (
    "TIMEOUTS",
    "SIGN_IN_TIMEOUTS",
    "FIRST_TIMEOUTS",
    "SLOW_TIMEOUTS",
)
#: The same for a process of its own.
PATIENCE: Final = "from triad_screener.sources import _yahoo_wire as wire;" + ";".join(
    f"wire.{name} = (20.0, 20.0)" for name in TIMEOUTS
)

Json = dict[str, Any]


class Yahoo:
    """What the stand-in knows: charts, statements and quotes, by symbol.

    Every test may change a part of any, as it would come over the wire.
    """

    def __init__(self, server: YahooServer, clock: Clock) -> None:
        self.server = server
        server.now = lambda: format_datetime(clock.now(), usegmt=True)
        self.charts: dict[str, Json] = {}
        self.statements: dict[str, Json] = {}
        self.quotes: dict[str, Json] = {}
        server.payloads |= {
            "chart": self._chart,
            "timeseries": self._timeseries,
            "quote": self._quotes,
        }

    def _chart(self, asked: Asked) -> Answer:
        chart = self.charts.get(_symbol(asked))
        if not chart:
            return error(404, "chart", "Not Found", "It may be delisted")
        return self._good("chart", [_from(chart, int(asked.query["period1"]))])

    def _timeseries(self, asked: Asked) -> Answer:
        found = self.statements.get(_symbol(asked), {})
        return self._good("timeseries", [*found.values()])

    def _quotes(self, asked: Asked) -> Answer:
        symbols = asked.query["symbols"].split(",")
        found = [self.quotes[symbol] for symbol in symbols if symbol in self.quotes]
        return self._good("quoteResponse", found)

    def _good(self, kind: str, result: Sequence[Json]) -> Answer:
        return as_json({kind: {"result": result, "error": None}})

    def trade(
        self,
        symbol: str,
        *closes: float,
        last: date = FRIDAY,
        currency: str = "USD",
        volume: int = 1000,
        splits: Mapping[date, float] | None = None,
    ) -> None:
        """Chart one close a weekday, the newest on ``last``; opens at 13:30 in UTC."""
        days = _weekdays(len(closes), last)
        self.charts[symbol] = {
            "meta": {
                "symbol": symbol,
                "currency": currency,
                "exchangeTimezoneName": "America/New_York",
                "gmtoffset": -14400,
            },
            "timestamp": [_stamp(day) for day in days],
            "events": {"splits": _split_events(splits or {})},
            "indicators": {
                "quote": [{"close": [*closes], "volume": [volume] * len(closes)}]
            },
        }

    def closes(self, symbol: str) -> list[float]:
        """The closes of a chart, to be changed in place."""
        found: list[float] = self.charts[symbol]["indicators"]["quote"][0]["close"]
        return found

    def report(
        self, symbol: str, item: str, *values: float, currency: str = "USD"
    ) -> None:
        """State values of q0, q1 and so on."""
        self._state(symbol, "quarterly", QUARTERS, item, values, currency)

    def report_years(
        self, symbol: str, item: str, *values: float, currency: str = "USD"
    ) -> None:
        """State values of a0, a1 and so on."""
        self._state(symbol, "annual", YEARS, item, values, currency)

    def _state(
        self,
        symbol: str,
        frequency: str,
        ends: Sequence[str],
        item: str,
        values: Sequence[float],
        currency: str,
    ) -> None:
        kind = f"{frequency}{item}"
        self.statements.setdefault(symbol, {})[kind] = {
            "meta": {"symbol": [symbol], "type": [kind]},
            kind: [
                {
                    "asOfDate": end,
                    "currencyCode": currency,
                    "reportedValue": {"raw": value},
                }
                for end, value in zip(ends, values, strict=False)
            ],
        }

    def quote(self, symbol: str, **fields: object) -> None:
        known = {
            "symbol": symbol,
            "quoteType": "EQUITY",
            "longName": f"{symbol} Inc",
            "currency": "USD",
            "financialCurrency": "USD",
        }
        self.quotes[symbol] = known | fields

    def fail(self, answer: Answer) -> None:
        """Answer every request for figures like this."""
        self.server.faults |= dict.fromkeys(DATA, answer)


def _symbol(asked: Asked) -> str:
    return asked.path.rpartition("/")[2]


def _weekdays(count: int, last: date) -> list[date]:
    found: list[date] = []
    while len(found) < count:
        if last.weekday() < 5:
            found.append(last)
        last -= timedelta(days=1)
    return found[::-1]


def _stamp(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 13, 30, tzinfo=UTC).timestamp())


def _split_events(splits: Mapping[date, float]) -> Json:
    return {
        str(_stamp(day)): {"date": _stamp(day), "numerator": ratio, "denominator": 1}
        for day, ratio in splits.items()
    }


def _from(chart: Json, first: int) -> Json:
    """Return the rows of a chart from a moment on."""
    (table,) = chart["indicators"]["quote"]
    at = sum(stamp < first for stamp in chart["timestamp"])
    rest = {column: values[at:] for column, values in table.items()}
    return chart | {
        "timestamp": chart["timestamp"][at:],
        "indicators": {"quote": [rest]},
    }


class Program:
    """The command line over a taxonomy of our own, in this process or another."""

    def __init__(self, config: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.config = config
        self.constituents: list[Json] = []
        self._capture = capture

    def add(self, ticker: str, *, issuer: str = "", **identity: object) -> None:
        """Put a line of the pillar compute into the taxonomy."""
        (line,) = worlds.taxonomy(["AAA"])["constituents"]
        line |= {
            "ticker": ticker,
            "name": ticker,
            "issuer": issuer or ticker[:3].lower(),
        }
        line["identity"] |= identity
        self.constituents.append(line)

    def arguments(self, *arguments: str) -> list[str]:
        """Write the taxonomy; return the arguments that make the program use it."""
        known = {"constituents": self.constituents, "benchmarks": [], "watchlist": []}
        self.config.write_text(json.dumps(worlds.taxonomy([]) | known), "utf-8")
        return [*arguments, "--config", str(self.config)]

    def __call__(self, *arguments: str) -> worlds.Answer:
        code = cli.run(self.arguments(*arguments))
        out, err = self._capture.readouterr()
        return worlds.Answer(code, out, err.decode("utf-8"))

    def screen(self, *options: str) -> worlds.Answer:
        """Screen as JSON, with factors that are known for few lines."""
        return self("screen", "--format", "json", *ALONE, *options)

    def explain(self, ticker: str, *options: str) -> Json:
        answer = self("explain", ticker, "--format", "json", *options)
        assert answer.code == 0, answer.err
        return answer.json

    def start(self, *arguments: str, first: str = "pass") -> subprocess.Popen[bytes]:
        """Run it in a process of its own, every warning shown; do ``first`` first."""
        code = (
            f"import sys; {first}; {PATIENCE}\nfrom triad_screener import cli\n"
            "from datetime import datetime\nfrom triad_screener.cli import _clock\n"
            f"_clock.now = lambda: datetime.fromisoformat('{_clock.now()}')\n"
            f"sys.exit(cli.run({self.arguments(*arguments)!r}))"
        )
        return subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-W", "default", "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[YahooServer]:
    started = YahooServer(authority.issue_cert(*HOSTS))
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    for name in PROXY_VARIABLES:
        monkeypatch.setenv(name, started.url)
    for name in CERTIFICATE_VARIABLES:
        monkeypatch.setenv(name, str(bundle))
    for name in ("NO_PROXY", "no_proxy", "TRIAD_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    for name in TIMEOUTS:
        monkeypatch.setattr(_yahoo_wire, name, (20.0, 20.0))
    # All answers of a run are saved at once, whichever comes first.
    monkeypatch.setattr(fetching, "SAVE_EVERY", 60.0)
    # Between tries wait as briefly as can be.
    monkeypatch.setattr(_tries, "BACKOFF", lambda _: 0.01)
    serving = threading.Thread(target=started.serve_forever, args=(0.02,))
    serving.start()
    yield started
    started.end()
    serving.join()


@pytest.fixture
def yahoo(server: YahooServer, clock: Clock) -> Yahoo:
    return Yahoo(server, clock)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = lives.Clock()
    monkeypatch.setattr(_clock, "now", found.now)
    monkeypatch.setattr(_clock, "today", found.today)
    return found


@pytest.fixture
def triad(
    clock: Clock, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> Program:
    """The program; what a library writes to either stream is seen, too."""
    del clock
    return Program(tmp_path / "triad.yaml", capfdbinary)


@pytest.fixture
def tsm(yahoo: Yahoo, triad: Program) -> Yahoo:
    """TSM at 400 dollars, 5bn receipts of five shares, books in Taiwan dollars.

    Worth 2,000bn dollars; equity is 8,000bn TWD, at 1/32 of a dollar 250bn.
    """
    triad.add("TSM", statement_currency="TWD", ordinary_per_receipt=5)
    yahoo.trade("TSM", *[400.0] * 300)
    yahoo.trade("TWD=X", *[32.0] * 300, currency="TWD")
    yahoo.quote(
        "TSM",
        financialCurrency="TWD",
        regularMarketPrice=400.0,
        marketCap=2000 * BILLION,
        sharesOutstanding=5 * BILLION,
        impliedSharesOutstanding=5 * BILLION,
    )
    balances = {"StockholdersEquity": 8000, "TotalDebt": 1000, CASH: 3000}
    for item, value in balances.items():
        yahoo.report("TSM", item, value * BILLION, currency="TWD")
    for item, value in (("OperatingIncome", 400), ("TotalRevenue", 800)):
        yahoo.report("TSM", item, *[value * BILLION] * 5, currency="TWD")
    yahoo.report_years("TSM", "MinorityInterest", 32 * BILLION, currency="TWD")
    return yahoo


def closes_of(number: int, sessions: int = 300) -> list[float]:
    """Closes that rise, each line's faster than those of the lines before it."""
    return [50 + at * (number + 1) / 20 + at % 5 for at in range(sessions)]


@pytest.fixture
def three(yahoo: Yahoo, triad: Program) -> Yahoo:
    """AAA, BBB and CCC: 10 shares each, revenue 100 a quarter, gross profit 40."""
    for number, ticker in enumerate(("AAA", "BBB", "CCC")):
        triad.add(ticker)
        yahoo.trade(ticker, *closes_of(number))
        yahoo.report(ticker, "TotalRevenue", *[100.0 + number] * 5)
        yahoo.report(ticker, "GrossProfit", *[40.0 + number] * 5)
        yahoo.report(ticker, "TotalAssets", *[400.0] * 5)
        yahoo.quote(ticker, impliedSharesOutstanding=10)
    return yahoo


def raw(found: Json, factor: str) -> float | None:
    value: float | None = found["line"]["factors"][factor]["raw"]
    return value


# --- price and statements in two currencies ------------------------------------------


def test_tsm_by_yahoo_is_worth_eight_times_its_book_in_dollars(
    tsm: Yahoo, triad: Program
) -> None:
    found = triad.explain("TSM")

    line = found["line"]
    (equity,) = {
        figure["value"]
        for figure in found["figures"]
        if figure["item"] == "StockholdersEquity"
    }
    # 2,000bn; 8,000bn TWD / 32 = 250bn; 1,000 - 3,000 + 32 = -1,968bn TWD = -61.5bn
    assert line["market_cap_usd"] == 2000 * BILLION
    assert equity * line["usd_per_statement_currency"] == 250 * BILLION
    assert line["enterprise_value_usd"] == (2000 - 61.5) * BILLION
    assert raw(found, "ebit_ev") == pytest.approx(4 * 400 / 32 / 1938.5)
    assert [one.path for one in tsm.server.asked].count("/v8/finance/chart/TWD=X") == 1


def test_ready_made_ratios_of_yahoo_change_nothing(tsm: Yahoo, triad: Program) -> None:
    before = triad.screen()
    tsm.quotes["TSM"] |= {
        "priceToBook": 1.24,
        "enterpriseValue": 3452 * BILLION,
        "trailingPE": 573,
        "dividendYield": 0.02,
    }

    triad("refresh", "--full")

    assert triad.screen().raw == before.raw


def test_without_a_rate_from_yahoo_a_value_is_missing_rather_than_mixed(
    tsm: Yahoo, triad: Program
) -> None:
    del tsm.charts["TWD=X"]

    found = triad.explain("TSM")

    assert found["line"]["enterprise_value_usd"] is None
    assert found["missing"]["ebit_ev"]["detail"] == "no exchange rate of TWD is known"


@pytest.mark.parametrize(
    ("rate", "last", "reason"),
    [
        (1 / 32, date(2026, 5, 18), "another rate"),
        (32.0, date(2026, 5, 14), "older than kept"),
    ],
)
def test_rates_that_cannot_be_are_refused_and_the_last_good_ones_serve(
    tsm: Yahoo, triad: Program, clock: Clock, rate: float, last: date, reason: str
) -> None:
    before = triad.screen()
    clock.forward(days=2, hours=12)
    tsm.trade("TWD=X", *[rate] * 300, last=last, currency="TWD")

    after = triad.screen()

    assert after.raw == before.raw
    assert f"rejected: {reason} 1 (TWD rates" in after.err


def test_a_currency_that_yahoo_names_otherwise_is_told_and_the_cells_decide(
    tsm: Yahoo, triad: Program
) -> None:
    tsm.quotes["TSM"]["financialCurrency"] = "USD"

    answer = triad.screen()

    assert answer.json["warnings"] == [
        "TSM: the taxonomy says statements are in TWD, the source USD"
    ]
    value = triad.explain("TSM")["line"]["enterprise_value_usd"]
    assert value == (2000 - 61.5) * BILLION


def _relabel(series: Json) -> None:
    """Say US dollars where it was another currency."""
    for entry in series[series["meta"]["type"][0]]:
        entry["currencyCode"] = "USD"


def test_statements_that_yahoo_labels_otherwise_are_refused_and_the_last_good_serve(
    tsm: Yahoo, triad: Program
) -> None:
    before = triad.screen()
    for series in tsm.statements["TSM"].values():
        _relabel(series)

    refreshed = triad("refresh", "--full")

    assert "rejected: statement currency" in refreshed.out
    assert "amounts are in USD, and the taxonomy says TWD" in refreshed.out
    assert triad.screen().raw == before.raw


def test_statements_that_yahoo_never_labelled_as_expected_are_a_gap(
    tsm: Yahoo, triad: Program
) -> None:
    for series in tsm.statements["TSM"].values():
        _relabel(series)

    answer = triad.screen("--source", "yahoo")

    (gap,) = [gap for gap in answer.json["gaps"] if gap["subject"] == "statements"]
    assert gap["reason"] == "rejected: statement currency"
    assert gap["detail"] == "amounts are in USD, and the taxonomy says TWD"


def test_a_row_that_yahoo_labels_otherwise_is_rejected_and_told(
    tsm: Yahoo, triad: Program
) -> None:
    _relabel(tsm.statements["TSM"]["quarterlyTotalRevenue"])

    found = triad.explain("TSM")

    assert found["line"]["flags"] == ["statements in USD rejected"]
    assert raw(found, "rev_yoy_q") is None
    assert found["line"]["enterprise_value_usd"] == (2000 - 61.5) * BILLION


def test_prices_in_pence_are_pounds(yahoo: Yahoo, triad: Program) -> None:
    triad.add("PPP.L", price_currency="GBP", statement_currency="GBP")
    yahoo.trade("PPP.L", *[1200.0] * 10, currency="GBp")
    yahoo.trade("GBP=X", *[0.8] * 10, currency="GBP")
    yahoo.quote(
        "PPP.L",
        currency="GBp",
        financialCurrency="GBP",
        regularMarketPrice=1200,
        marketCap=1200,
        impliedSharesOutstanding=100,
    )
    yahoo.report("PPP.L", "TotalRevenue", 100, currency="GBP")

    line = triad.explain("PPP.L")["line"]

    # 12 pounds x 100 shares, at 0.8 pounds a dollar
    assert line["close"] == 12
    assert line["market_cap_usd"] == pytest.approx(12 * 100 / 0.8)
    assert line["flags"] == []


@dataclass(frozen=True)
class Abroad:
    """A line abroad, by recorded replies; amounts in billions.

    Attributes:
        name: Of the reply that has its chart.
        heard: When that reply was sent, in UTC.
        units: Of each currency, to the dollar.
        value: Market value in US dollars.
        enterprise: The same with a debt of 6 and cash of 2 in statement currency.
    """

    name: str
    ticker: str
    price_currency: str
    statement_currency: str
    heard: datetime
    units: Mapping[str, float]
    close: float
    value: float
    enterprise: float
    flags: tuple[str, ...] = ()


ABROAD: Final = (
    # 400 pence are 4 pounds, 1bn shares, 0.8 pounds to the dollar; books in dollars
    Abroad(
        "london",
        "ACME.L",
        "GBP",
        "USD",
        datetime(2026, 5, 15, 15, 40, tzinfo=UTC),
        {"GBP": 0.8},
        close=4.0,
        value=4.0 * 1 / 0.8,
        enterprise=4.0 * 1 / 0.8 + (6 - 2),
    ),
    # at 10:20 in Taipei, in the middle of a session: 1,020 x 25.93bn, 32 to the dollar
    Abroad(
        "taipei",
        "2330.TW",
        "TWD",
        "TWD",
        datetime(2026, 5, 15, 2, 20, tzinfo=UTC),
        {"TWD": 32.0},
        close=1020.0,
        value=1020.0 * 25.93 / 32,
        enterprise=(1020.0 * 25.93 + 6 - 2) / 32,
    ),
    # no count of shares, so the diluted average of 9bn serves; prices in Hong Kong
    # dollars, 7.8 to the dollar, books in yuan, 7.2 to the dollar
    Abroad(
        "hong_kong",
        "0700.HK",
        "HKD",
        "CNY",
        datetime(2026, 5, 15, 9, tzinfo=UTC),
        {"HKD": 7.8, "CNY": 7.2},
        close=520.0,
        value=520.0 * 9 / 7.8,
        enterprise=520.0 * 9 / 7.8 + (6 - 2) / 7.2,
        flags=("diluted average shares for share count",),
    ),
)


@pytest.mark.parametrize("abroad", ABROAD, ids=[one.name for one in ABROAD])
def test_a_recorded_line_abroad_is_worth_what_a_hand_works_out_in_dollars(
    yahoo: Yahoo, triad: Program, clock: Clock, abroad: Abroad
) -> None:
    clock.time = abroad.heard
    ticker, books = abroad.ticker, abroad.statement_currency
    triad.add(ticker, price_currency=abroad.price_currency, statement_currency=books)
    (yahoo.charts[ticker],) = reply(f"chart_{abroad.name}")["chart"]["result"]
    for row in reply("quote_edges")["quoteResponse"]["result"]:
        yahoo.quotes[row["symbol"]] = row
    for currency, units in abroad.units.items():
        rates = [units] * 20
        yahoo.trade(f"{currency}=X", *rates, last=date(2026, 5, 14), currency=currency)
    stated = {"TotalRevenue": 1, "TotalDebt": 6, CASH: 2, "DilutedAverageShares": 9}
    for item, value in stated.items():
        yahoo.report(ticker, item, *[value * BILLION] * 5, currency=books)

    refreshed = triad("refresh", "--format", "json")
    (line,) = triad.screen("--source", "store").json["lines"]

    assert (refreshed.code, refreshed.json["gaps"]) == (0, [])
    assert line["close"] == abroad.close
    assert line["close_date"] == "2026-05-15"
    # of the two figures that Yahoo sends, one is rounded
    assert line["market_cap_usd"] == pytest.approx(abroad.value * BILLION, rel=1e-4)
    enterprise = pytest.approx(abroad.enterprise * BILLION, rel=1e-4)
    assert line["enterprise_value_usd"] == enterprise
    assert tuple(line["flags"]) == abroad.flags


# --- receipts, share classes ---------------------------------------------------------


def test_a_count_of_ordinary_shares_taken_for_receipts_voids_the_value_factors(
    tsm: Yahoo, triad: Program
) -> None:
    tsm.quotes["TSM"]["impliedSharesOutstanding"] = 25 * BILLION

    found = triad.explain("TSM")

    # 400 x 25bn = 10,000bn, and Yahoo itself says 2,000bn
    assert found["line"]["enterprise_value_usd"] is None
    assert found["missing"]["ebit_ev"] == {
        "reason": "rejected: share count unresolved",
        "detail": "The share counts disagree: 125,000,000,000 by the stated count, "
        "25,000,000,000 by the market capitalisation / close, 25,000,000,000 by the "
        "quoted class. The market capitalisation / close rests on the quoted class: "
        "they are one figure. A receipt stands for 5 shares: one may count receipts.",
    }


@pytest.fixture
def counted(tsm: Yahoo) -> Yahoo:
    """TSM as Yahoo counts it: no implied shares, and 25bn in the balance sheet."""
    del tsm.quotes["TSM"]["impliedSharesOutstanding"]
    tsm.report("TSM", "OrdinarySharesNumber", 25 * BILLION)
    return tsm


def test_a_market_value_five_times_too_large_is_outvoted_and_changes_nothing(
    counted: Yahoo, triad: Program
) -> None:
    counted.quotes["TSM"]["marketCap"] *= 5

    found = triad.explain("TSM")

    assert found["line"]["market_cap_usd"] == 2000 * BILLION
    assert raw(found, "ebit_ev") == pytest.approx(4 * 400 / 32 / 1938.5)
    assert found["line"]["flags"] == ["share count: market capitalisation outvoted"]
    told = found["share_counts"]
    assert (told["value"], told["item"]) == (25 * BILLION, "OrdinarySharesNumber")
    assert {one["item"]: one["value"] for one in told["counts"]} == {
        "market capitalisation / price": 125 * BILLION,
        "OrdinarySharesNumber": 25 * BILLION,
        "shares of the quoted class": 25 * BILLION,
    }


@pytest.mark.parametrize("factor", [0.2, 5])
def test_a_balance_sheet_against_a_quote_voids_the_value_factors(
    counted: Yahoo, triad: Program, factor: float
) -> None:
    # The quote's two counts are one figure: two stand against each other.
    counted.report("TSM", "OrdinarySharesNumber", factor * 25 * BILLION)

    found = triad.explain("TSM")

    assert found["line"]["flags"] == ["share count unresolved"]
    missing = found["missing"]["ebit_ev"]
    assert missing["reason"] == "rejected: share count unresolved"
    assert missing["detail"] == found["share_counts"]["why"]
    assert "A receipt stands for 5 shares" in missing["detail"]


def test_a_split_that_the_statements_do_not_know_yet_changes_no_value(
    yahoo: Yahoo, triad: Program
) -> None:
    triad.add("AAA")
    # Two for one on Friday: 10 shares at 100 become 20 at 50.
    yahoo.trade("AAA", *[50.0] * 300, splits={FRIDAY: 2.0})
    yahoo.quote("AAA", regularMarketPrice=50.0, marketCap=1000, sharesOutstanding=20)
    yahoo.report("AAA", "OrdinarySharesNumber", 10)

    found = triad.explain("AAA")

    assert found["line"]["market_cap_usd"] == 1000
    assert found["line"]["flags"] == []
    assert found["share_counts"]["why"] == (
        "The balance sheet is from before the split of 2026-05-15 (2 for 1); "
        "adjusted for it, all agree."
    )


def test_googl_and_goog_by_yahoo_are_worth_all_classes_and_one_is_ranked(
    yahoo: Yahoo, triad: Program
) -> None:
    for ticker, price, own in (("GOOGL", 200, 6), ("GOOG", 198, 5)):
        triad.add(ticker, issuer="alphabet")
        yahoo.trade(ticker, *[price - 0.1 * (at % 9) for at in range(300)], price)
        yahoo.quote(
            ticker,
            regularMarketPrice=price,
            marketCap=price * 12 * BILLION,
            sharesOutstanding=own * BILLION,
            impliedSharesOutstanding=12 * BILLION,
        )
    yahoo.report("GOOGL", "TotalRevenue", *[100.0] * 5)

    answer = triad.screen()

    assert [line["ticker"] for line in answer.json["lines"]] == ["GOOGL"]
    assert answer.json["dropped_lines"] == ["GOOG"]
    for ticker, worth in (("GOOGL", 2400), ("GOOG", 2376)):
        line = triad.explain(ticker)["line"]
        assert line["market_cap_usd"] == worth * BILLION
        assert line["newest_quarter"] == QUARTERS[0]


@pytest.mark.parametrize(
    ("left_out", "flags"),
    [
        (("impliedSharesOutstanding",), []),
        (
            ("impliedSharesOutstanding", "marketCap"),
            ["diluted average shares for share count"],
        ),
    ],
)
def test_a_count_of_one_class_never_stands_in_for_all(
    tsm: Yahoo, triad: Program, left_out: Sequence[str], flags: Sequence[str]
) -> None:
    tsm.quotes["TSM"]["sharesOutstanding"] = 2 * BILLION
    for field in left_out:
        del tsm.quotes["TSM"][field]
    tsm.report("TSM", "DilutedAverageShares", 25 * BILLION)

    line = triad.explain("TSM")["line"]

    # 2,000bn / 400, else 25bn ordinary shares: 5bn receipts
    assert line["market_cap_usd"] == 2000 * BILLION
    assert line["flags"] == flags


@pytest.mark.parametrize("average", [25, 24, 5, 5.2])
def test_an_average_counted_in_receipts_is_counted_in_ordinary_shares(
    tsm: Yahoo, triad: Program, average: float
) -> None:
    for field in ("impliedSharesOutstanding", "marketCap"):
        del tsm.quotes["TSM"][field]
    tsm.report("TSM", "OrdinarySharesNumber", 25 * BILLION)
    tsm.report("TSM", "DilutedAverageShares", average * BILLION)

    line = triad.explain("TSM")["line"]

    receipts = average if average < 10 else average / 5
    assert line["market_cap_usd"] == pytest.approx(400 * receipts * BILLION)


# --- an outage looks like no data ----------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (TOO_MANY, "rate_limited"),
        (Answer(429, headers={"Retry-After": "3600"}), "rate_limited"),
        (error(401, "finance", "Unauthorized", "Invalid Crumb"), "network"),
        (Answer(302, headers={"Location": "https://consent.yahoo.com/"}), "network"),
        (Answer(503, b"<html>later</html>"), "network"),
        (Answer(body=b""), "network"),
        (Answer(body=b"<html>Welcome to this hotel</html>"), "network"),
        (Answer(body=b'{"chart":', cut=99), "network"),
        (Answer(body=b'{"chart":', reset=True, cut=99), "network"),
        (as_json({"chart": {"result": [], "error": None}}), "absent"),
    ],
)
def test_an_outage_changes_no_rank_whatever_it_looks_like(
    three: Yahoo, triad: Program, clock: Clock, fault: Answer, reason: str
) -> None:
    before = triad.screen()
    clock.forward(days=2)
    three.fail(fault)

    after = triad.screen()

    assert [line["rank"] for line in before.json["lines"]] == [1, 2, 3]
    assert after.raw == before.raw
    assert after.code == 0
    assert f"3 of 3 answers missing: {reason} 3 (AAA prices" in after.err


def test_a_certificate_of_a_stranger_gives_no_figures(
    three: Yahoo, triad: Program
) -> None:
    trustme.CA().issue_cert(*HOSTS).configure_cert(three.server.trusted)

    answer = triad.screen("--source", "yahoo")

    assert (answer.code, answer.out) == (4, "")
    assert "certificate of the server that answered is not trusted" in answer.err
    assert three.server.asked == []


def test_a_refused_crumb_rests_everything_like_any_refusal(
    three: Yahoo, triad: Program
) -> None:
    three.server.faults["crumb"] = TOO_MANY

    answer = triad("refresh")

    assert answer.code == 75
    assert "refused the sign-in as one request too many (429)" in answer.err
    assert three.server.counts == {"cookie": 1, "crumb": 1}


def test_figures_that_need_no_crumb_come_while_none_is_given(
    three: Yahoo, triad: Program, clock: Clock
) -> None:
    three.server.faults["crumb"] = TOO_MANY
    for _ in range(4):
        answer = triad("refresh", "--format", "json")
        clock.forward(hours=1)

    missing = {one["kind"]: one["missing"] for one in answer.json["supplies"]}
    assert missing == {"prices": 0, "quotes": 3, "statements": 0}
    assert answer.code == 75


@pytest.mark.parametrize("gone", [True, False], ids=["not known", "stuck"])
def test_a_line_that_goes_quiet_is_never_called_delisted_and_grows_stale(
    three: Yahoo, triad: Program, clock: Clock, *, gone: bool
) -> None:
    before = triad.screen()
    clock.forward(days=2)
    if gone:
        del three.charts["AAA"]
    monday = triad.screen()
    clock.forward(days=14)
    for number, ticker in ((1, "BBB"), (2, "CCC")):
        three.trade(ticker, *closes_of(number, 311), last=date(2026, 6, 1))
    later = triad.screen()
    people = triad("screen", *ALONE)

    told = "Yahoo Finance does not know this symbol" if gone else ""
    assert monday.raw == before.raw
    assert told in monday.err
    assert told in later.err
    line = triad.explain("AAA")["line"]
    assert (line["close_date"], line["is_fresh"]) == ("2026-05-15", False)
    assert "stale price" in line["flags"]
    assert "2 of 3 stocks have prices for this date" in people.out
    assert "delisted" not in monday.err + later.err + people.out


def test_a_close_of_a_session_that_goes_on_is_replaced_by_the_last_one(
    three: Yahoo, triad: Program, clock: Clock
) -> None:
    clock.forward(days=-1, hours=6)  # Friday, 18:00 in UTC
    opens, ends = _stamp(FRIDAY), int(datetime(2026, 5, 15, 20, tzinfo=UTC).timestamp())
    period = {"regular": {"start": opens, "end": ends}}
    three.charts["AAA"]["meta"] |= {
        "currentTradingPeriod": period,
        "regularMarketTime": ends - 7200,
    }
    three.closes("AAA")[-1] = 60.0
    early = triad.explain("AAA")["line"]["close"]
    three.charts["AAA"]["meta"]["regularMarketTime"] = ends
    three.closes("AAA")[-1] = 61.0
    clock.forward(hours=2, minutes=19)
    settling = triad.explain("AAA")["line"]["close"]
    clock.forward(minutes=1)

    final = triad.explain("AAA")["line"]["close"]

    assert (early, settling, final) == (60.0, 60.0, 61.0)
    assert three.server.counts["chart"] == 4


# --- prices that cannot be -----------------------------------------------------------


def _zero(chart: Json) -> None:
    chart["indicators"]["quote"][0]["close"][-1] = 0


def _negative(chart: Json) -> None:
    chart["indicators"]["quote"][0]["close"][-1] = -1.5


def _zeros(chart: Json) -> None:
    (table,) = chart["indicators"]["quote"]
    table["close"][::2] = [0] * len(table["close"][::2])


def _hundredfold(chart: Json) -> None:
    chart["indicators"]["quote"][0]["close"][-1] *= 100


def _all_hundredfold(chart: Json) -> None:
    (table,) = chart["indicators"]["quote"]
    table["close"] = [close * 100 for close in table["close"]]


def _tenth(chart: Json) -> None:
    chart["indicators"]["quote"][0]["close"][-1] /= 10


def _shuffled(chart: Json) -> None:
    chart["timestamp"][-2:] = chart["timestamp"][:-3:-1]


def _twice(chart: Json) -> None:
    chart["timestamp"][-3] = chart["timestamp"][-2]


def _renamed(chart: Json) -> None:
    chart["meta"]["symbol"] = "ZZZ"


def _without_currency(chart: Json) -> None:
    chart["meta"]["currency"] = None


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_zeros, "price not above zero"),
        (_hundredfold, "price jump"),
        (_all_hundredfold, "another unit"),
        (_tenth, "price jump"),
        (_shuffled, "sessions out of order"),
        (_twice, "session twice"),
        (_renamed, "another symbol"),
        (_without_currency, "unexpected shape"),
    ],
)
def test_prices_that_cannot_be_are_refused_and_the_last_good_ones_serve(
    three: Yahoo,
    triad: Program,
    clock: Clock,
    spoil: Callable[[Json], None],
    reason: str,
) -> None:
    before = triad.explain("AAA")
    clock.forward(days=2, hours=12)
    three.trade("AAA", *closes_of(0, 301), last=date(2026, 5, 18))
    spoil(three.charts["AAA"])

    answer = triad("explain", "AAA", "--format", "json")

    assert answer.json["line"] == before["line"]
    assert f"rejected: {reason} 1 (AAA prices" in answer.err


@pytest.mark.parametrize("spoil", [_zero, _negative])
def test_a_last_close_that_cannot_be_is_no_session_and_the_line_grows_stale(
    three: Yahoo, triad: Program, clock: Clock, spoil: Callable[[Json], None]
) -> None:
    before = triad.explain("AAA")
    clock.forward(days=2, hours=12)
    three.trade("AAA", *closes_of(0, 301), last=date(2026, 5, 18))
    spoil(three.charts["AAA"])

    after = triad.explain("AAA")

    assert after["line"]["close"] == before["line"]["close"]


def test_a_close_of_zero_in_the_middle_costs_a_full_refresh_no_session(
    three: Yahoo, triad: Program
) -> None:
    triad.screen()
    before = triad.explain("AAA")
    three.charts["AAA"]["indicators"]["quote"][0]["close"][150] = 0

    answer = triad("refresh", "--full")

    assert answer.code == 0
    assert triad.explain("AAA")["line"] == before["line"]


def test_a_session_without_a_close_is_no_session(three: Yahoo, triad: Program) -> None:
    three.charts["AAA"]["indicators"]["quote"][0]["close"][-1] = None
    three.charts["AAA"]["indicators"]["quote"][0]["close"][-3] = float("nan")

    answer = triad.screen()

    line = triad.explain("AAA")["line"]
    assert answer.err == ""
    assert line["close_date"] == "2026-05-14"


def test_a_split_rewrites_the_history_and_not_what_was_known_before(
    three: Yahoo, triad: Program, clock: Clock
) -> None:
    triad("refresh")
    friday = ("--as-of", "2026-05-15")
    before = triad.explain("AAA", *friday)
    clock.forward(days=2, hours=12)
    monday = date(2026, 5, 18)
    for number, ticker in enumerate(three.charts):
        three.trade(ticker, *closes_of(number, 301), last=monday)
    halved = [close / 2 for close in closes_of(0, 301)]
    three.trade("AAA", *halved, last=monday, volume=2000, splits={monday: 2})

    after = triad.explain("AAA")

    assert after["line"]["close"] == halved[-1]
    assert after["line"]["flags"] == []
    assert after["line"]["market_cap_usd"] == halved[-1] * 20
    assert triad.explain("AAA", *friday)["line"] == before["line"]


def test_a_split_that_nobody_lists_is_flagged_and_not_repaired(
    three: Yahoo, triad: Program, clock: Clock
) -> None:
    triad("refresh")
    clock.forward(days=2, hours=12)
    for ticker in three.charts:
        three.trade(ticker, *closes_of(0), 30.0, last=date(2026, 5, 18))

    line = triad.explain("AAA")["line"]

    assert line["close"] == 30
    assert line["flags"] == ["price jump on 2026-05-18, a split?"]


# --- fields that vanish, and history of our own --------------------------------------


def test_a_row_that_yahoo_leaves_out_is_a_gap_that_names_it(
    three: Yahoo, triad: Program
) -> None:
    del three.statements["AAA"]["quarterlyGrossProfit"]

    found = triad.explain("AAA")

    assert raw(found, "gp_at") is None
    assert found["missing"]["gp_at"]["detail"].startswith("GrossProfit: not known")


def test_what_yahoo_no_longer_says_stays_known(
    three: Yahoo, triad: Program, clock: Clock
) -> None:
    before = triad.screen()
    del three.statements["AAA"]["quarterlyGrossProfit"]
    for series in three.statements.values():
        for kind in series:
            del series[kind][kind][-1]
    clock.forward(minutes=5)

    assert triad("refresh", "--full").code == 0

    assert triad.screen().raw == before.raw


def test_a_figure_that_yahoo_changes_counts_from_the_day_it_is_seen(
    three: Yahoo, triad: Program, clock: Clock
) -> None:
    triad("refresh")
    clock.forward(days=31)
    for number, ticker in enumerate(("AAA", "BBB", "CCC")):
        three.trade(ticker, *closes_of(number, 321), last=date(2026, 6, 15))
    three.report("AAA", "TotalRevenue", 200, *[100.0] * 4)
    triad("refresh", "--full")

    then = triad.explain("AAA", "--as-of", "2026-05-15")
    now = triad.explain("AAA")

    assert raw(then, "rev_yoy_q") == 0
    assert raw(now, "rev_yoy_q") == 1


# --- how many requests ---------------------------------------------------------------


def test_the_number_of_requests_is_known(
    three: Yahoo, triad: Program, clock: Clock
) -> None:
    triad.screen()
    first = three.server.counts
    triad.screen()
    triad("refresh")
    second = three.server.counts
    clock.forward(days=2)
    triad.screen()
    monday = three.server.counts

    assert first == {"cookie": 1, "crumb": 1, "chart": 3, "timeseries": 3, "quote": 1}
    assert second == first
    assert monday == first | {"chart": 6}  # the cookie is kept


# --- a library that chatters ---------------------------------------------------------

CHATTERING: Final = """
import logging, warnings
warnings.warn("while it is imported", FutureWarning)
class config:
    class debug:
        hide_exceptions = True
def speak():
    warnings.warn("while it is used", FutureWarning)
    logging.getLogger("yfinance").error("possibly delisted")
"""


def test_warnings_and_messages_of_the_library_are_not_heard(tmp_path: Path) -> None:
    (tmp_path / "yfinance.py").write_text(CHATTERING)
    probe = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from triad_screener.sources._yahoo_wire import import_library\n"
        "library = import_library()\n"
        "library.speak()\n"
        "sys.exit(library.config.debug.hide_exceptions)"
    )

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-W", "default", "-c", probe], check=False, capture_output=True
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


# --- untrusted names -----------------------------------------------------------------


@pytest.mark.parametrize(
    "ticker", ["../../etc/passwd", "A/B", "A\x1b[31m", "a;b", "A B"]
)
def test_a_symbol_that_is_a_path_or_an_escape_is_refused_at_the_door(
    three: Yahoo, triad: Program, ticker: str
) -> None:
    triad.constituents[0]["ticker"] = ticker

    answer = triad("screen")

    assert answer.code == 78
    assert "constituents[0].ticker" in answer.err
    assert "\x1b" not in answer.err
    assert three.server.asked == []


@pytest.mark.parametrize("form", ["table", "markdown", "html", "csv", "json"])
def test_names_by_yahoo_reach_no_reader(
    three: Yahoo, triad: Program, form: str
) -> None:
    for quote in three.quotes.values():
        quote["longName"] = "\x1b]0;Evil\x07<script>Evil</script>"
        quote["currency"] = "\x1b[31mEvil"

    answer = triad("screen", *ALONE, "--format", form)
    offline = triad("screen", *ALONE, "--format", form, "--offline", "--verbose")

    assert "Evil" not in answer.out + answer.err + offline.out + offline.err


# --- kills, crowds and full disks ----------------------------------------------------


def test_a_kill_in_the_middle_of_a_refresh_keeps_what_had_come(
    three: Yahoo, triad: Program
) -> None:
    good = three.server.payloads["chart"]
    three.server.payloads["chart"] = lambda asked: (
        Answer(silence=60) if asked.path.endswith("CCC") else good(asked)
    )
    store = Store(settings.store_file(), wait=30)
    with triad.start("refresh", "--full") as process:
        while process.poll() is None:
            if store.last_fetches().get(("prices", "AAA")):
                process.kill()
            time.sleep(0.05)
    three.server.payloads["chart"] = good
    asked = [one.path for one in three.server.asked]

    answer = triad("refresh", "--min-coverage", "1")

    again = [one.path for one in three.server.asked[len(asked) :]]
    assert process.returncode == -signal.SIGKILL
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert "/v8/finance/chart/CCC" in again
    assert "/v8/finance/chart/AAA" not in again


def test_processes_that_refresh_at_once_wait_their_turn_and_say_nothing(
    three: Yahoo, triad: Program
) -> None:
    crowd = [triad.start("refresh") for _ in range(3)]

    said = [process.communicate() for process in crowd]

    assert [process.returncode for process in crowd] == [0] * 3
    assert set(said) == {(b"", b"")}
    assert triad("refresh").out == ""
    assert three.server.counts["chart"] <= 9


@pytest.mark.usefixtures("three")
def test_on_a_full_disk_a_refresh_says_so_and_what_is_kept_serves(
    triad: Program,
) -> None:
    triad("refresh")
    before = settings.store_file().read_bytes()
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))"

    with triad.start("refresh", "--full", first=full) as process:
        out, err = process.communicate()

    assert (process.returncode, out) == (73, b"")
    assert b"cannot be written (file too large)" in err
    assert len(err.splitlines()) == 2
    assert settings.store_file().read_bytes() == before
    assert triad.screen("--offline").json["lines"][2]["rank"] == 3


@pytest.fixture
def large(tmp_path: Path) -> Store:
    """A store of some blocks: six lines of 9,000 closes each, without holes."""
    store = Store(tmp_path / "store" / "triad.duckdb")
    closes = [2 + math.sin(at) for at in range(9000)]
    store.save([figures.prices(f"S{number}", closes) for number in range(6)])
    store.vacuum()
    return store


def test_a_store_whose_end_is_missing_is_not_even_added_to(large: Store) -> None:
    assert large.path is not None
    os.truncate(large.path, large.path.stat().st_size - 262_144)
    content = large.path.read_bytes()

    with pytest.raises(StoreError, match="its end is missing"):
        large.save([figures.rates("EUR", {FRIDAY: 1.1})])

    assert large.path.read_bytes() == content


def test_a_vacuum_puts_a_new_file_in_the_place_of_the_old_one(
    large: Store, tmp_path: Path
) -> None:
    assert large.path is not None
    large.save([figures.prices("S0", [1.0])])
    large.save([figures.prices("S1", [1.0])])
    old = tmp_path / "old"
    os.link(large.path, old)
    content = old.read_bytes()

    before, after = large.vacuum()

    assert after < before
    assert large.path.stat().st_ino != old.stat().st_ino
    assert len(old.read_bytes()) == len(content)
