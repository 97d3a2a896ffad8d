"""Yahoo over real TLS, through the real yfinance: what is asked, what goes wrong?"""

from __future__ import annotations

import gzip
import os
import socket
import stat
import subprocess
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

import pytest
import trustme

from sources.yahoo_server import HOSTS, Answer, YahooServer, as_json, error, reply
from triad_screener.model.live import Bars, FetchFailure, QuoteFacts
from triad_screener.model.market import DatedValue
from triad_screener.ports import LiveSettings
from triad_screener.sources import _reachable, _tries, _yahoo_wire, yahoo
from triad_screener.sources import _yahoo_private as private
from triad_screener.sources._gate import Gate
from triad_screener.sources._memory import Memory
from triad_screener.sources._yahoo_wire import (
    NOWHERE,
    ContractError,
    Wire,
    forget_instance,
    import_library,
    place_cache,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from triad_screener.sources.yahoo import Yahoo

TOO_MANY = Answer(429, b"Too Many Requests")
#: A refusal after which one may go on at once.
ONE_TOO_MANY = Answer(429, b"Too Many Requests", {"Retry-After": "0"})
ALL_DATA = ("chart", "timeseries", "quote")
CERTIFICATE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy")
SPEECHLESS = (b"", b"")
#: As it was before tests were kept from the network.
CONNECT = socket.socket.connect


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def certificate(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert(*HOSTS)


@pytest.fixture(scope="session")
def bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def server(
    certificate: trustme.LeafCert, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[YahooServer]:
    started = YahooServer(certificate)
    for name in PROXY_VARIABLES:
        monkeypatch.setenv(name, started.url)
    for name in CERTIFICATE_VARIABLES:
        monkeypatch.setenv(name, bundle)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    serving = threading.Thread(target=started.serve_forever, args=(0.02,))
    serving.start()
    yield started
    started.end()
    serving.join()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait as briefly as can be, and ask as often as can be."""
    monkeypatch.setattr(yahoo, "RATE", 1000.0)
    monkeypatch.setattr(_tries, "BACKOFF", lambda _: 0.01)


@pytest.fixture(autouse=True)
def _silent(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Demand that no library writes to either stream, at whatever depth."""
    yield
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def live(server: YahooServer, tmp_path: Path) -> Yahoo:
    del server
    return connect(tmp_path)


def clock() -> datetime:
    return datetime.now(UTC)


def connect(
    cache: Path, *, deadline: float | None = None, patience: float = 0.0
) -> Yahoo:
    """A run of the program, with what earlier ones have left in its cache."""
    return yahoo.connect(
        LiveSettings(cache=cache, clock=clock, deadline=deadline, patience=patience)
    )


def failure(ask: Callable[[], object]) -> FetchFailure:
    with pytest.raises(FetchFailure) as caught:
        ask()
    return caught.value


def failure_of_prices(live: Yahoo) -> FetchFailure:
    return failure(lambda: live.prices("ACME", None))


def test_each_kind_of_figures_is_one_request_and_the_first_signs_in(
    live: Yahoo, server: YahooServer
) -> None:
    live.prices("ACME", None)
    live.statements("ACME")
    live.quotes(["ACME", "NOBODY"])

    assert server.counts == {
        "cookie": 1,
        "crumb": 1,
        "chart": 1,
        "timeseries": 1,
        "quote": 1,
    }
    assert live.requests == 5


def test_requests_carry_cookie_and_crumb_and_ask_for_what_is_needed(
    live: Yahoo, server: YahooServer
) -> None:
    live.prices("ACME", date(2026, 5, 13))
    live.statements("ACME")
    chart, timeseries = server.asked[-2:]

    assert "A3=d=1" in chart.cookie
    assert chart.query["crumb"] == "crumb1"
    assert chart.query["interval"] == "1d"
    assert chart.query["events"] == "div,splits"
    assert chart.query["period1"] == "1778587200"  # 12 May 2026, noon
    kinds = timeseries.query["type"].split(",")
    assert "annualTotalRevenue" in kinds
    assert "quarterlyTotalDebt" in kinds
    assert len(kinds) == len(set(kinds)) == 32


def test_bars_cells_and_quotes_come_through(live: Yahoo, server: YahooServer) -> None:
    bars = live.prices("ACME", date(2026, 5, 13))
    cells = live.statements("ACME")
    quotes = live.quotes(["ACME", "NOBODY"])

    assert bars.closes.tolist() == [53.0, 54.0, 55.0]
    assert bars.splits == ((date(2026, 5, 14), 2.0),)
    assert bars.dividends == ()
    assert len(cells) == 5
    found = quotes["ACME"]
    assert isinstance(found, QuoteFacts)
    assert found.market_capitalisation == 550
    assert isinstance(quotes["NOBODY"], FetchFailure)
    assert quotes["NOBODY"].reason == "absent"
    assert server.counts["chart"] == 1


def test_a_rate_is_dollars_per_unit_from_the_units_per_dollar(
    live: Yahoo, server: YahooServer
) -> None:
    payload = reply("chart")
    payload["chart"]["result"][0]["meta"] |= {"symbol": "TWD=X", "currency": "TWD"}
    server.serve("chart", payload)

    rates = live.rates("TWD", date(2026, 5, 15))

    assert rates == (DatedValue(1 / 55, date(2026, 5, 15), "Yahoo Finance"),)
    assert server.asked[-1].path == "/v8/finance/chart/TWD=X"


def test_a_rate_of_another_currency_is_rejected(
    live: Yahoo, server: YahooServer
) -> None:
    payload = reply("chart")
    payload["chart"]["result"][0]["meta"] |= {"symbol": "TWD=X", "currency": "USD"}
    server.serve("chart", payload)

    found = failure(lambda: live.rates("TWD", None))

    assert found.reason == "rejected: another currency"


def test_forty_quotes_are_one_request(live: Yahoo, server: YahooServer) -> None:
    found = live.quotes([f"T{number}" for number in range(81)])

    assert len(found) == 81
    assert server.counts["quote"] == 3


def test_several_threads_sign_in_once(live: Yahoo, server: YahooServer) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: live.prices("ACME", None), range(12)))

    assert len(found) == 12
    assert server.counts == {"cookie": 1, "crumb": 1, "chart": 12}


def test_symbols_cannot_leave_their_place_in_the_address(
    live: Yahoo, server: YahooServer
) -> None:
    failure(lambda: live.prices("A/../../B?x=1&y#z", None))

    assert server.asked[-1].path == "/v8/finance/chart/A/../../B?x=1&y#z"
    assert "x" not in server.asked[-1].query


@pytest.mark.parametrize(
    ("fault", "reason", "tries"),
    [
        (TOO_MANY, "rate_limited", 1),
        (ONE_TOO_MANY, "rate_limited", 3),
        (Answer(429, headers={"Retry-After": "3600"}), "rate_limited", 1),
        (Answer(500, b"oops"), "network", 3),
        (Answer(503, b"<html>later</html>"), "network", 3),
        (Answer(body=b'{"chart":', reset=True, cut=99), "network", 3),
        (Answer(body=b'{"chart":', cut=99), "network", 3),
        (Answer(body=b'{"chart": {"result": ['), "network", 3),
        (Answer(body=b"<html>Welcome to this hotel</html>"), "network", 3),
        (Answer(body=b""), "network", 3),
        (Answer(404, b"<html>no such page</html>"), "network", 3),
        (error(404, "chart", "Not Found", "No data found"), "absent", 1),
        (error(400, "chart", "Bad Request", "Data doesn't exist for"), "absent", 1),
        (error(400, "chart", "Bad Request", "Invalid input"), "network", 3),
    ],
)
def test_every_fault_has_its_reason_and_is_tried_again_where_that_may_help(
    live: Yahoo, server: YahooServer, fault: Answer, reason: str, tries: int
) -> None:
    server.faults["chart"] = fault

    found = failure_of_prices(live)

    assert found.reason == reason
    assert found.detail.endswith(".")
    assert "http" not in found.detail
    assert server.counts["chart"] == tries


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"[" * 30_000),
        Answer(body=gzip.compress(b"[" * 30_000), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["plain", "packed"],
)
def test_an_answer_without_end_is_refused_once(
    live: Yahoo,
    server: YahooServer,
    answer: Answer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_yahoo_wire, "LARGEST", 20_000)
    server.faults["chart"] = answer

    found = failure_of_prices(live)

    assert (found.reason, server.counts["chart"]) == ("rejected: too large", 1)


@pytest.mark.parametrize(
    "fault",
    [
        ONE_TOO_MANY,
        Answer(503),
        Answer(body=b"<html>"),
        Answer(body=b"{", reset=True, cut=9),
    ],
)
def test_a_fault_that_passes_is_overcome(
    live: Yahoo, server: YahooServer, fault: Answer
) -> None:
    server.faults["chart"] = [fault, fault]

    assert isinstance(live.prices("ACME", None), Bars)


def test_a_short_retry_after_is_waited_for(live: Yahoo, server: YahooServer) -> None:
    server.faults["chart"] = [Answer(429, headers={"Retry-After": "1"})]
    begun = time.monotonic()

    live.prices("ACME", None)

    assert time.monotonic() - begun >= 1


def test_a_long_retry_after_stops_all_requests(
    live: Yahoo, server: YahooServer
) -> None:
    server.faults["chart"] = Answer(429, headers={"Retry-After": "3600"})
    failure_of_prices(live)

    found = failure(lambda: live.statements("ACME"))

    assert found.reason == "rate_limited"
    assert "timeseries" not in server.counts


@pytest.mark.parametrize("step", ["cookie", "crumb"])
@pytest.mark.parametrize(("after", "rest"), [(None, 60), ("600", 600)])
def test_a_sign_in_refused_as_one_too_many_rests_all_requests(
    live: Yahoo, server: YahooServer, step: str, after: str | None, rest: float
) -> None:
    headers = {"Retry-After": after} if after else {}
    server.faults[step] = Answer(429, b"Too Many Requests", headers)

    found = failure_of_prices(live)

    assert found.reason == "rate_limited"
    assert "refused the sign-in as one request too many (429)" in found.detail
    assert failure(lambda: live.statements("ACME")).reason == "rate_limited"
    assert server.counts[step] == 1
    assert "chart" not in server.counts
    assert live.rests_until is not None
    left = (live.rests_until - clock()).total_seconds()
    assert rest / 2 < left <= rest


def test_a_refused_crumb_is_asked_for_again_once_the_rest_is_over(
    live: Yahoo, server: YahooServer
) -> None:
    server.faults["crumb"] = [ONE_TOO_MANY]

    assert isinstance(live.quotes(["ACME"])["ACME"], QuoteFacts)
    assert server.counts == {"cookie": 1, "crumb": 2, "quote": 1}


def test_once_a_crumb_is_refused_only_what_needs_one_asks_for_another(
    live: Yahoo, server: YahooServer
) -> None:
    server.faults["crumb"] = ONE_TOO_MANY
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: live.prices("ACME", None), range(12)))

    assert all(isinstance(one, Bars) for one in found)
    assert server.counts == {"cookie": 1, "crumb": 1, "chart": 12}


def test_the_cookie_outlives_a_refused_crumb_and_prices_need_no_other(
    server: YahooServer, tmp_path: Path
) -> None:
    server.faults["crumb"] = TOO_MANY
    failure_of_prices(connect(tmp_path))
    Memory(tmp_path / "yahoo").forget("pace")  # as after a minute
    server.asked.clear()

    assert isinstance(connect(tmp_path).prices("ACME", None), Bars)
    assert server.counts == {"chart": 1}


@pytest.mark.parametrize(
    "fault",
    [Answer(500, b"{}"), Answer(403, b"Forbidden"), Answer(body=b"<html></html>")],
)
def test_what_is_no_crumb_is_not_taken_for_one(
    live: Yahoo, server: YahooServer, fault: Answer
) -> None:
    server.faults["crumb"] = fault

    assert isinstance(live.prices("ACME", None), Bars)
    found = live.quotes(["ACME"])["ACME"]

    assert isinstance(found, FetchFailure)
    assert found.reason == "network"
    assert not any("crumb" in one.query for one in server.asked)
    assert server.counts["crumb"] <= 3


def test_a_withdrawn_crumb_is_renewed(live: Yahoo, server: YahooServer) -> None:
    live.quotes(["ACME"])
    server.crumb += 1

    assert isinstance(live.quotes(["ACME"])["ACME"], QuoteFacts)
    assert server.counts["crumb"] == 2


def test_a_refusal_in_spite_of_a_fresh_crumb_is_no_answer(
    live: Yahoo, server: YahooServer
) -> None:
    server.faults["quote"] = error(401, "finance", "Unauthorized", "Invalid Crumb")

    found = live.quotes(["ACME"])["ACME"]

    assert isinstance(found, FetchFailure)
    assert found.reason == "network"
    assert "sign-in" in found.detail


def test_a_consent_page_is_accepted_and_never_taken_for_figures(
    live: Yahoo, server: YahooServer
) -> None:
    page = Answer(302, headers={"Location": "https://consent.yahoo.com/v2/collect"})
    form = b'<html><form><input name="csrfToken" value="x"></form></html>'
    server.faults["consent"] = Answer(body=form)
    server.faults["chart"] = [page]

    assert isinstance(live.prices("ACME", None), Bars)

    server.faults["chart"] = page
    found = failure_of_prices(live)
    assert found.reason == "network"
    assert "consent" in found.detail


def test_a_certificate_of_a_stranger_is_named_and_never_passed_over(
    server: YahooServer, tmp_path: Path
) -> None:
    stranger = trustme.CA().issue_cert(*HOSTS)
    stranger.configure_cert(server.trusted)
    live = connect(tmp_path)

    found = [failure_of_prices(live) for _ in range(3)]

    assert {one.reason for one in found} == {"network"}
    assert all("certificate" in one.detail for one in found)
    assert server.asked == []
    assert live.requests == 2


def test_silence_from_the_beginning_is_found_out_soon(
    live: Yahoo, server: YahooServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_yahoo_wire, "FIRST_TIMEOUTS", (0.5, 0.1))
    server.faults |= {
        name: Answer(silence=60) for name in ("cookie", "crumb", "guce", *ALL_DATA)
    }
    begun = time.monotonic()

    found = [failure_of_prices(live) for _ in range(20)]

    assert {one.reason for one in found} == {"network"}
    assert time.monotonic() - begun < 6
    assert server.counts.get("chart", 0) <= 2
    assert live.requests <= 3  # of twenty times of asking


def test_a_silent_request_is_given_up(
    live: Yahoo, server: YahooServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_yahoo_wire, "TIMEOUTS", (0.5, 0.5))
    server.faults["chart"] = [Answer(silence=60)]

    assert isinstance(live.prices("ACME", None), Bars)
    assert server.counts["chart"] == 2


def test_without_a_network_two_requests_are_enough_to_know(
    server: YahooServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    live = connect(tmp_path)

    found = [failure_of_prices(live) for _ in range(5)]

    assert {one.detail for one in found} == {
        "No connection could be made to Yahoo Finance."
    }
    assert live.requests == 3  # the cookie, too
    assert server.asked == []


def test_where_the_host_of_the_cookie_is_blocked_the_second_way_to_sign_in_serves(
    live: Yahoo, server: YahooServer
) -> None:
    server.faults["cookie"] = Answer(reset=True, cut=9)
    form = (
        b'<html><form><input name="csrfToken" value="x">'
        b'<input name="sessionId" value="y"></form></html>'
    )
    server.faults["guce"] = Answer(body=form)

    assert isinstance(live.prices("ACME", None), Bars)
    assert isinstance(live.quotes(["ACME"])["ACME"], QuoteFacts)
    assert server.counts["crumb"] == 1


def test_after_the_deadline_nothing_is_asked(
    server: YahooServer, tmp_path: Path
) -> None:
    live = connect(tmp_path, deadline=0)

    found = failure_of_prices(live)

    assert found.reason == "not asked"
    assert "time given" in found.detail
    assert server.asked == []


def test_the_deadline_cuts_short_a_request_that_hangs(
    server: YahooServer, tmp_path: Path
) -> None:
    import_library()
    server.faults["chart"] = Answer(silence=60)
    live = connect(tmp_path, deadline=1)
    begun = time.monotonic()

    assert failure_of_prices(live).reason == "not asked"
    assert time.monotonic() - begun < 5


def test_stop_ends_a_wait_from_another_thread(live: Yahoo, server: YahooServer) -> None:
    server.faults["chart"] = Answer(429, headers={"Retry-After": "15"})
    begun = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(failure_of_prices, live)
        while "chart" not in server.counts:
            time.sleep(0.01)
        live.stop()
        found = waiting.result(5)

    assert found.reason in ("not asked", "rate_limited")  # the wait, or what it is for
    assert time.monotonic() - begun < 5
    assert failure(lambda: live.statements("ACME")).detail == "The run was stopped."


def test_a_damaged_cache_of_the_library_is_survived(
    server: YahooServer, tmp_path: Path
) -> None:
    for name in ("cookies.db", "tkr-tz.db"):
        (tmp_path / name).write_bytes(b"this is no database" * 100)
    live = yahoo.Yahoo(Gate(), tmp_path, Memory(tmp_path / "yahoo"), clock)

    assert isinstance(live.prices("ACME", None), Bars)
    assert server.counts["chart"] == 1


def test_a_cache_folder_that_cannot_be_is_survived(
    server: YahooServer, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.touch()
    live = connect(file / "cache")

    assert isinstance(live.prices("ACME", None), Bars)
    assert server.counts["chart"] == 1


def test_runs_at_the_same_time_have_caches_of_their_own(tmp_path: Path) -> None:
    runs = [connect(tmp_path) for _ in range(2)]

    assert len(list((tmp_path / "yfinance").iterdir())) == len(runs)


def test_what_a_killed_run_left_behind_is_swept_away_a_day_later(
    tmp_path: Path,
) -> None:
    old = tmp_path / "yfinance" / "old"
    old.mkdir(parents=True)
    os.utime(old, (0, 0))

    connect(tmp_path)

    assert not old.exists()


def test_a_cookie_serves_the_next_run_and_no_crumb_is_asked_for_without_need(
    server: YahooServer, tmp_path: Path
) -> None:
    connect(tmp_path).prices("ACME", None)
    assert server.counts == {"cookie": 1, "crumb": 1, "chart": 1}
    server.asked.clear()

    connect(tmp_path).prices("ACME", None)
    assert server.counts == {"chart": 1}
    assert server.asked[0].cookie == "A3=d=1"

    assert isinstance(connect(tmp_path).quotes(["ACME"])["ACME"], QuoteFacts)
    assert server.counts == {"chart": 1, "crumb": 1, "quote": 1}


def test_the_cookie_is_kept_for_nobody_else_to_read(
    live: Yahoo, tmp_path: Path
) -> None:
    live.prices("ACME", None)
    live.stop()
    folder = tmp_path / "yahoo"

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {file.name for file in folder.iterdir()} == {"cookie.json", "pace.json"}
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "crumb" not in (folder / "cookie.json").read_text()


def test_a_cookie_that_is_no_good_any_more_is_replaced_once(
    server: YahooServer, tmp_path: Path
) -> None:
    connect(tmp_path).prices("ACME", None)
    server.asked.clear()
    server.cookie = "d=2"  # the old one is no longer known

    live = connect(tmp_path)
    assert isinstance(live.quotes(["ACME"])["ACME"], QuoteFacts)
    assert server.counts == {"crumb": 2, "quote": 2, "cookie": 1}
    server.asked.clear()

    assert isinstance(connect(tmp_path).quotes(["ACME"])["ACME"], QuoteFacts)
    assert server.counts == {"crumb": 1, "quote": 1}


def test_where_figures_need_a_crumb_after_all_the_kept_cookie_gets_one(
    server: YahooServer, tmp_path: Path
) -> None:
    connect(tmp_path).prices("ACME", None)
    server.asked.clear()
    server.needs_crumb = {"timeseries"}

    live = connect(tmp_path)
    live.statements("ACME")
    live.statements("ACME")

    assert server.counts == {"timeseries": 3, "crumb": 1}


@pytest.mark.parametrize("content", [b"", b"\x80\x04pickled", b'{"at": 1}'])
def test_a_damaged_cookie_is_no_cookie(
    server: YahooServer, tmp_path: Path, content: bytes
) -> None:
    connect(tmp_path).prices("ACME", None)
    (tmp_path / "yahoo" / "cookie.json").write_bytes(content)
    server.asked.clear()

    connect(tmp_path).prices("ACME", None)

    assert server.counts == {"cookie": 1, "crumb": 1, "chart": 1}


def test_a_refusal_is_remembered_and_the_next_run_asks_nobody(
    live: Yahoo, server: YahooServer, tmp_path: Path
) -> None:
    server.faults["chart"] = TOO_MANY
    failure_of_prices(live)
    assert live.rests_until is not None
    assert timedelta(0) < live.rests_until - clock() <= timedelta(seconds=60)
    server.faults.clear()
    server.asked.clear()

    later = connect(tmp_path)

    assert failure_of_prices(later).reason == "rate_limited"
    assert server.asked == []
    assert later.rests_until is not None
    assert later.access().refused_at is not None
    assert later.access().rate == 500  # half of the thousand of these tests


def test_neither_cookie_nor_crumb_is_told(
    server: YahooServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.cookie, server.crumb_text = "s3cret-cookie", "s3cret-crumb"
    live = connect(tmp_path)
    live.quotes(["ACME"])
    told = []
    for fault in (
        TOO_MANY,
        Answer(401, b"{}"),
        Answer(reset=True, cut=9),
        Answer(body=b"<html>"),
        Answer(silence=60),
    ):
        monkeypatch.setattr(_yahoo_wire, "TIMEOUTS", (0.5, 0.2))
        server.faults = {"quote": fault}
        with pytest.raises(FetchFailure) as caught:
            connect(tmp_path)._quotes(["ACME"])  # noqa: SLF001 - quotes tells no cause
        shown = traceback.format_exception(caught.value)
        told.append("".join(shown) + caught.value.detail)
        Memory(tmp_path / "yahoo").forget("pace")

    assert "s3cret" not in "".join(told)


def test_a_first_connection_may_be_slow_where_there_is_a_network(
    server: YahooServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket.socket, "connect", CONNECT)
    monkeypatch.setattr(_yahoo_wire, "FIRST_TIMEOUTS", (0.2, 0.2))
    server.slow_handshakes = 1  # which the first request does not wait for

    assert isinstance(connect(tmp_path).prices("ACME", None), Bars)


def test_a_slow_sign_in_is_waited_for(
    server: YahooServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_yahoo_wire, "TIMEOUTS", (0.5, 0.2))
    server.delays = {"cookie": 0.4, "crumb": 0.4}
    live = connect(tmp_path)

    assert isinstance(live.quotes(["ACME"])["ACME"], QuoteFacts)


def test_without_a_network_a_slow_connection_is_given_up_at_once(
    server: YahooServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_yahoo_wire, "FIRST_TIMEOUTS", (0.2, 0.2))
    monkeypatch.setattr(_reachable, "_connects", lambda _: False)
    server.slow_handshakes = 100
    live = connect(tmp_path)

    found = [failure_of_prices(live) for _ in range(5)]

    assert {one.reason for one in found} == {"network"}
    assert live.requests == 1


def test_hostile_names_are_cleaned_on_the_way(live: Yahoo, server: YahooServer) -> None:
    payload = reply("quote")
    payload["quoteResponse"]["result"][0]["longName"] = (
        "\x1b]0;owned\x07\x1b[31mAcme\x1b[0m <b>\u202eCorp</b>\r\n"
    )
    server.serve("quote", payload)

    found = live.quotes(["ACME"])["ACME"]

    assert isinstance(found, QuoteFacts)
    assert found.name == "Acme <b>Corp</b>"


def test_importing_the_source_loads_neither_yfinance_nor_pandas() -> None:
    probe = (
        "import sys; from triad_screener.sources import yahoo;"
        "sys.exit(','.join(m for m in ('yfinance', 'pandas', 'curl_cffi')"
        " if m in sys.modules) or 0)"
    )

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", probe], check=False, capture_output=True
    )

    assert (done.returncode, done.stderr) == (0, b"")


def test_a_process_full_of_faults_writes_nothing(
    server: YahooServer, tmp_path: Path
) -> None:
    server.faults = {
        "crumb": TOO_MANY,
        "chart": error(404, "chart", "Not Found", "possibly delisted"),
        "timeseries": Answer(429, headers={"Retry-After": "3600"}),
    }
    probe = (
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from triad_screener.ports import LiveSettings\n"
        "from triad_screener.model.live import FetchFailure\n"
        "from triad_screener.sources import yahoo\n"
        f"cache = Path({str(tmp_path)!r})\n"
        "clock = lambda: datetime.now(UTC)\n"
        "live = yahoo.connect(LiveSettings(cache=cache, clock=clock))\n"
        "for ask in (lambda: live.prices('A', None), lambda: live.statements('A')):\n"
        "    try: ask()\n"
        "    except FetchFailure: pass\n"
        "live.quotes(['A'])\n"
    )

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-W", "default", "-c", probe], check=False, capture_output=True
    )

    assert (done.stdout, done.stderr, done.returncode) == (*SPEECHLESS, 0)
    assert list((tmp_path / "yfinance").iterdir()) == []


# What of yfinance below its public surface is relied on; a change must be seen here.


def test_contract_the_session_is_one_whose_request_method_can_be_watched() -> None:
    import_library()
    from yfinance import _http  # noqa: PLC0415 - a second; only where it is needed

    session = _http.new_session()
    watched: list[tuple[str, str]] = []
    session.request = lambda method, url, **_: watched.append((method, url))

    session.get(url="https://query1.finance.yahoo.com/")
    session.post("https://consent.yahoo.com/")

    assert [method for method, _ in watched] == ["GET", "POST"]
    assert _http.is_supported_session(session)


def test_contract_one_instance_serves_all_and_can_be_replaced(
    live: Yahoo, server: YahooServer
) -> None:
    live.prices("ACME", None)
    from yfinance.data import YfData  # noqa: PLC0415 - likewise

    assert vars(type(YfData))["_instances"][YfData] is YfData()
    assert vars(YfData())["_crumb"] == server.good_crumb


def test_contract_only_transient_errors_are_caught_by_the_library() -> None:
    import_library()
    from yfinance.data import _is_transient_error  # noqa: PLC0415 - likewise

    from triad_screener.sources._setback import Setback  # noqa: PLC0415
    from triad_screener.sources._yahoo_sign_in import SignInRests  # noqa: PLC0415

    assert not _is_transient_error(Setback("network", "It failed."))
    assert not _is_transient_error(FetchFailure("absent", "It is not there."))
    assert _is_transient_error(SignInRests())


def test_contract_the_caches_can_be_moved() -> None:
    import_library()
    from yfinance import cache  # noqa: PLC0415 - likewise

    for manager, kept in (
        ("_CookieCacheManager", "_Cookie_cache"),
        ("_TzCacheManager", "_tz_cache"),
    ):
        assert hasattr(getattr(cache, manager), kept)
    assert callable(cache.set_cache_location)


# The public way, for the day when the contract is broken.


@pytest.fixture
def _broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make yfinance's insides be other than they are, and its instance a fresh one."""

    def attach(_: Wire) -> NoReturn:
        raise ContractError("there is no YfData any more")

    import_library()
    forget_instance()
    place_cache(NOWHERE)
    monkeypatch.setattr(Wire, "_attach", attach)
    yield
    forget_instance()


@pytest.mark.usefixtures("_broken")
def test_prices_come_in_the_public_way_once_the_contract_is_broken(
    live: Yahoo,
) -> None:
    bars = live.prices("ACME", date(2026, 5, 13))

    assert bars.closes.tolist() == [53.0, 54.0, 55.0]
    assert bars.splits == ((date(2026, 5, 14), 2.0),)
    assert bars.currency == "USD"


@pytest.mark.usefixtures("_broken")
def test_an_outage_is_none_the_less_one_in_the_public_way(
    live: Yahoo, server: YahooServer
) -> None:
    server.faults = {"chart": TOO_MANY, "crumb": TOO_MANY}

    assert failure_of_prices(live).reason == "rate_limited"


@pytest.mark.usefixtures("_broken")
def test_an_unknown_symbol_is_absent_in_the_public_way(
    live: Yahoo, server: YahooServer
) -> None:
    server.faults["chart"] = error(404, "chart", "Not Found", "No data found")

    assert failure_of_prices(live).reason == "absent"


@pytest.mark.usefixtures("_broken")
def test_statements_and_quotes_come_in_the_public_way(
    live: Yahoo, server: YahooServer
) -> None:
    row = reply("quote")["quoteResponse"]["result"][0]
    summary = as_json({"quoteSummary": {"result": [{"price": row}], "error": None}})
    server.faults["query2"] = summary

    cells = live.statements("ACME")
    found = live.quotes(["ACME"])["ACME"]

    assert len(cells) == 5
    assert {cell.currency for cell in cells} == {"USD", "shares"}
    assert isinstance(found, QuoteFacts)
    assert found.shares == 10


def test_private_companies_come_in_one_request(
    live: Yahoo, server: YahooServer
) -> None:
    found = live.private_companies()

    (asked,) = [one for one in server.asked if one.endpoint == "screener"]
    assert asked.query["scrIds"] == "HIGHEST_VALUATION_PRIVATE_COMPANY"
    assert len(found.marks) == 3


def test_private_companies_want_no_crumb_while_a_cookie_is_kept(
    server: YahooServer, tmp_path: Path
) -> None:
    connect(tmp_path).private_companies()
    server.asked.clear()

    connect(tmp_path).private_companies()

    assert server.counts == {"screener": 1}


def test_a_refusal_of_the_list_is_told_as_one(live: Yahoo, server: YahooServer) -> None:
    server.faults["screener"] = TOO_MANY

    assert failure(live.private_companies).reason == "rate_limited"
    assert live.rests_until is not None


def test_a_list_that_is_gone_is_no_unknown_symbol(
    live: Yahoo, server: YahooServer
) -> None:
    server.faults["screener"] = error(404, "finance", "Not Found", "No such list")

    assert failure(live.private_companies).reason == "rejected: error answer"


@pytest.mark.usefixtures("_broken")
def test_private_companies_come_in_the_public_way(
    live: Yahoo, server: YahooServer
) -> None:
    found = live.private_companies()

    assert len(found.marks) == 3
    assert server.counts["screener"] == 1


@pytest.mark.usefixtures("_broken")
def test_a_list_that_is_gone_is_told_in_the_public_way(
    live: Yahoo, server: YahooServer
) -> None:
    server.faults["screener"] = error(404, "finance", "Not Found", "No such list")

    assert failure(live.private_companies).reason == "rejected: error answer"


def test_yfinance_asks_for_a_list_as_we_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from yfinance.screener import screener  # noqa: PLC0415 - likewise

    class Noted(Exception):  # noqa: N818 - ends the call where it would be sent
        pass

    class Data:
        def __init__(self, session: object) -> None:
            del session

        def get(self, url: str, params: dict[str, object]) -> NoReturn:
            raise Noted(url, {name: str(value) for name, value in params.items()})

    monkeypatch.setattr(screener, "YfData", Data)

    with pytest.raises(Noted) as caught:
        screener.screen(private.LIST, count=private.LONGEST)

    assert caught.value.args == (yahoo.SCREENER, dict(private.PARAMETERS))


def test_the_time_of_the_server_is_known_from_its_answer(live: Yahoo) -> None:
    assert live.server_time is None

    live.prices("ACME", None)

    assert live.server_time == datetime(2026, 5, 15, 22, tzinfo=UTC)
