"""Pace, breaker, deadline and stop, by a clock that the test turns."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from triad_screener.model.live import FetchFailure
from triad_screener.sources import _setback as setbacks
from triad_screener.sources import _yahoo_failures as failures
from triad_screener.sources._gate import Gate
from triad_screener.sources._pace import Pace
from triad_screener.sources._setback import Setback
from triad_screener.sources._tries import patiently
from triad_screener.sources._yahoo_sign_in import SignIn, SignInRests, is_sign_in

DATE = "Fri, 15 May 2026 22:00:00 GMT"
CRUMB = "https://query1.finance.yahoo.com/v1/test/getcrumb"


@dataclass
class Clock:
    """A clock that goes on only by waiting."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return False


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gate(clock: Clock) -> Gate:
    return Gate(clock=clock, pause=clock.wait)


def refused() -> Setback:
    return Setback("rate_limited", "It was one too many.")


def unreachable() -> Setback:
    return Setback("network", "There is no connection.", strain=setbacks.HARD)


def reason(gate: Gate) -> str:
    with pytest.raises(FetchFailure) as caught:
        gate.admit()
    return caught.value.reason


def test_a_burst_passes_at_once_and_the_rest_at_a_steady_pace(
    gate: Gate, clock: Clock
) -> None:
    for _ in range(10):
        gate.admit()
    assert clock.now == 1000

    for _ in range(10):
        gate.admit()
    assert clock.now == pytest.approx(1002)


def test_a_short_rest_is_waited_for_by_everybody(gate: Gate, clock: Clock) -> None:
    gate.failed(Setback("rate_limited", "Later.", after=7))
    assert gate.waits
    gate.admit()

    assert clock.now == pytest.approx(1007)
    assert not gate.waits


@pytest.mark.parametrize(("after", "rest"), [(None, 60), (300, 300)])
def test_a_long_rest_fails_everything_until_it_is_over(
    gate: Gate, clock: Clock, after: float | None, rest: float
) -> None:
    gate.failed(Setback("rate_limited", "Later.", after=after))

    assert reason(gate) == "rate_limited"
    assert gate.rest == rest
    assert not gate.allows(1)
    clock.wait(rest - 1)
    assert reason(gate) == "rate_limited"
    clock.wait(1)
    gate.admit()


def test_patience_waits_out_long_rests_until_it_is_used_up(clock: Clock) -> None:
    gate = Gate(10, clock, clock.wait, patience=200)
    gate.failed(refused())
    assert gate.waits
    gate.admit()
    assert clock.now == 1060
    assert gate.left == 10  # a rest is no time of the network's

    gate.failed(refused())
    gate.admit()
    assert clock.now == 1180

    gate.failed(refused())  # 240 s, and 20 of patience are left
    assert reason(gate) == "rate_limited"


def test_a_rest_of_the_last_run_holds_for_this_one(clock: Clock) -> None:
    pace = Pace(clock.now)
    pace.pause(clock.now, 300)

    impatient = Gate(None, clock, clock.wait, pace=pace)
    assert reason(impatient) == "rate_limited"
    patient = Gate(None, clock, clock.wait, pace=pace, patience=300)
    patient.admit()
    assert clock.now == 1300


def test_a_vendor_that_is_overloaded_may_ask_for_a_rest_too(
    gate: Gate, clock: Clock
) -> None:
    gate.failed(Setback("network", "It is overloaded (503).", after=15))
    gate.admit()
    assert clock.now == 1015

    gate.failed(Setback("network", "It is overloaded (503).", after=90))
    assert reason(gate) == "network"


def test_the_pace_is_kept_at_each_refusal_and_at_the_end(clock: Clock) -> None:
    kept: list[float] = []
    gate = Gate(clock=clock, pause=clock.wait, remember=lambda p: kept.append(p.rate))
    gate.failed(refused())
    gate.stop()

    assert kept == [2.5, 2.5]


def test_a_refusal_is_asked_again_once_the_rest_has_been_waited_for(
    clock: Clock,
) -> None:
    gate = Gate(None, clock, clock.wait, patience=3600)
    answers = [refused(), refused(), refused(), refused()]

    def ask() -> str:
        gate.admit()
        if answers:
            setback = answers.pop()
            gate.failed(setback)
            raise setback
        return "figures"

    assert patiently(gate, ask) == "figures"
    assert clock.now == 1000 + 60 + 120 + 240 + 480


def test_without_patience_a_refusal_is_not_asked_again(gate: Gate) -> None:
    def ask() -> None:
        gate.failed(refused())
        raise refused()

    with pytest.raises(FetchFailure):
        patiently(gate, ask)


@pytest.mark.parametrize(
    ("setback", "enough"),
    [
        (Setback("network", "No (503)."), 10),
        (unreachable(), 2),
        (Setback("network", "No.", strain=10), 1),
    ],
)
def test_failures_in_a_row_open_the_breaker_the_sooner_the_worse_they_are(
    gate: Gate, setback: Setback, enough: int
) -> None:
    for _ in range(enough):
        gate.admit()
        gate.failed(setback)

    assert reason(gate) == setback.reason


def test_an_answer_takes_the_strain_away(gate: Gate) -> None:
    for _ in range(20):
        gate.admit()
        gate.failed(unreachable())
        gate.answered()

    gate.admit()


def open_breaker(gate: Gate) -> None:
    for _ in range(2):
        gate.failed(unreachable())


def test_half_a_minute_later_one_request_passes_as_a_probe(
    gate: Gate, clock: Clock
) -> None:
    open_breaker(gate)
    assert reason(gate) == "network"
    clock.wait(30)

    gate.admit()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(reason, gate).result() == "network"
    gate.admit()  # signing in belongs to the probe


def test_the_probe_closes_the_breaker_or_opens_it_again(
    gate: Gate, clock: Clock
) -> None:
    open_breaker(gate)
    clock.wait(30)
    gate.admit()
    gate.failed(unreachable())
    assert reason(gate) == "network"

    clock.wait(30)
    gate.admit()
    gate.answered()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(gate.admit).result()


def test_a_probe_of_which_nothing_became_known_makes_way_for_another(
    gate: Gate, clock: Clock
) -> None:
    open_breaker(gate)
    clock.wait(30)
    gate.admit()
    gate.release()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(gate.admit).result()


def test_an_answer_that_was_under_way_does_not_close_the_breaker(gate: Gate) -> None:
    open_breaker(gate)
    gate.answered()

    assert reason(gate) == "network"


def test_after_the_deadline_everything_fails(clock: Clock) -> None:
    gate = Gate(5, clock, clock.wait)
    gate.admit()
    assert gate.left == 5
    clock.wait(5)

    assert reason(gate) == "not asked"


def test_no_wait_goes_beyond_the_deadline(clock: Clock) -> None:
    gate = Gate(5, clock, clock.wait)

    assert gate.allows(4)
    assert not gate.allows(5)
    with pytest.raises(FetchFailure):
        gate.sleep(60)
    assert clock.now == 1005


def test_stop_ends_every_wait_at_once() -> None:
    gate = Gate()
    gate.failed(Setback("rate_limited", "Later.", after=15))
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(reason, gate) for _ in range(2)]
        threading.Timer(0.05, gate.stop).start()
        assert [one.result(5) for one in waiting] == ["not asked", "not asked"]

    assert not gate.allows(0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("Fri, 15 May 2026 22:01:30 GMT", 90.0),
        ("Fri, 15 May 2026 21:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("\u0663", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_moment(text: str, seconds: float | None) -> None:
    assert setbacks.asked_to_wait({"Retry-After": text, "Date": DATE}) == seconds


def test_the_time_of_the_server_is_read_from_its_answer() -> None:
    assert setbacks.answered_at({"Date": DATE}) == datetime(2026, 5, 15, 22, tzinfo=UTC)
    assert setbacks.answered_at({"Date": "yesterday"}) is None
    assert setbacks.answered_at({}) is None


@dataclass
class RaisedError(OSError):
    """An error of the transport, as it is told."""

    message: str
    code: int

    def __str__(self) -> str:
        return self.message


@pytest.mark.parametrize(
    ("message", "code", "strain", "again"),
    [
        ("Could not resolve host", 6, setbacks.HARD, True),
        ("Could not resolve proxy", 5, setbacks.HARD, True),
        ("Connection refused", 7, setbacks.HARD, True),
        ("CONNECT tunnel failed, response 403", 56, setbacks.HARD, True),
        ("Recv failure: reset by peer", 56, setbacks.CUT, True),
        ("transfer closed with outstanding data", 18, setbacks.CUT, True),
        ("certificate problem", 60, setbacks.AT_ONCE, False),
        ("Connection timed out after 2500 ms", 28, setbacks.AT_ONCE, False),
        ("Operation timed out after 6000 ms", 28, setbacks.HARD, True),
    ],
)
def test_an_error_of_the_transport_says_whether_another_try_may_help(
    message: str, code: int, strain: int, *, again: bool
) -> None:
    found = failures.of_error(RaisedError(message, code), fresh=True)

    assert (found.reason, found.strain, found.again) == ("network", strain, again)
    assert message not in found.detail


def test_a_timeout_after_an_answer_is_not_yet_an_outage() -> None:
    for message in ("Connection timed out", "Operation timed out"):
        found = failures.of_error(RaisedError(message, 28), fresh=False)

        assert (found.strain, found.again) == (setbacks.CUT, True)


def test_errors_without_a_number_go_by_their_class() -> None:
    class SSLError(OSError):
        pass

    assert "certificate" in failures.of_error(SSLError(), fresh=True).detail


def test_steps_of_signing_in_are_told_from_requests_for_figures() -> None:
    assert is_sign_in("https://fc.yahoo.com")
    assert is_sign_in(CRUMB)
    assert not is_sign_in("https://query2.finance.yahoo.com/v8/finance/chart/A")


def test_signing_in_rests_after_three_failures(clock: Clock) -> None:
    sign_in = SignIn(clock)
    for _ in range(3):
        sign_in.admit(fresh=False)
        sign_in.missed()

    with pytest.raises(SignInRests):
        sign_in.admit(fresh=False)
    assert sign_in.failure is not None
    assert sign_in.failure.reason == "network"
    clock.wait(60)
    sign_in.admit(fresh=False)
    assert sign_in.failure is None


def test_at_the_very_beginning_one_failure_is_enough(clock: Clock) -> None:
    sign_in = SignIn(clock)
    sign_in.missed()

    with pytest.raises(SignInRests):
        sign_in.admit(fresh=True)


def test_a_crumb_ends_the_rest_of_signing_in(clock: Clock) -> None:
    sign_in = SignIn(clock)
    for _ in range(3):
        sign_in.missed()

    sign_in.answered(CRUMB, 200, "a.b/c")

    assert sign_in.failure is None


@pytest.mark.parametrize("text", ["", "<html>", '{"a":1}', "two words", "x" * 65])
def test_an_error_is_not_taken_for_a_crumb(clock: Clock, text: str) -> None:
    with pytest.raises(SignInRests):
        SignIn(clock).answered(CRUMB, 200, text)
