"""May a request be sent now? Pace, breaker, deadline and stop of one run.

A token bucket spreads requests out. Failures add to a strain, an answer takes it away;
at ten the breaker opens, and everything fails at once, until half a minute later one
request is let through as a probe.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from triad_screener.model.live import NOT_ASKED, RATE_LIMITED, FetchFailure

if TYPE_CHECKING:
    from collections.abc import Callable

    from triad_screener.sources._setback import Setback

#: Requests a second in the long run, and at once after a rest.
RATE: Final = 20.0
BURST: Final = 30.0
#: Strain at which the breaker opens, and seconds until it lets a probe through.
STRAIN_LIMIT: Final = 10
PROBE_AFTER: Final = 30.0
#: Seconds for which all requests pause after a refusal that names no time.
PAUSE: Final = 0.5
#: Longest wait that a vendor may ask for; what is longer is not waited for.
PATIENCE: Final = 20.0
_FOREVER: Final = math.inf
_ROUNDING: Final = 1e-6


@dataclass(slots=True)
class Bucket:
    """A token bucket.

    Attributes:
        at: When ``tokens`` were last counted; in the future during a pause.
        tokens: Requests that may be sent at once.
        rate: Requests a second in the long run.
        burst: Requests at once after a rest.
    """

    at: float
    tokens: float = BURST
    rate: float = RATE
    burst: float = BURST

    def take(self, now: float) -> float:
        """Take a token and return 0; without one, the seconds until there is one."""
        if now < self.at:
            return self.at - now
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens >= 1 - _ROUNDING:
            self.tokens -= 1
            return 0.0
        return (1 - self.tokens) / self.rate

    def pause(self, until: float) -> None:
        """Give out nothing before ``until``."""
        self.at = max(self.at, until)


@dataclass(slots=True)
class Breaker:
    """Fails everything at once after failures in a row.

    Attributes:
        strain: Of the failures since the last answer.
        until: When a probe may be sent.
        cause: Reason and detail of the failure that opened it; None while closed.
        prober: Thread whose request is the probe.
    """

    strain: int = 0
    until: float = 0.0
    cause: tuple[str, str] | None = None
    prober: int | None = None

    def admit(self, now: float, thread: int) -> None:
        """Let a request pass.

        Raises:
            FetchFailure: The one that opened the breaker, if it is open.
        """
        if self.cause is None:
            return
        if now < self.until or self.prober not in (None, thread):
            raise FetchFailure(*self.cause)
        self.prober = thread

    def failed(self, setback: Setback, now: float, pause: float | None) -> None:
        """Count a failure; ``pause`` opens the breaker for that many seconds."""
        self.strain += setback.strain
        if pause or self.prober is not None or self.strain >= STRAIN_LIMIT:
            self.cause = self.cause or (setback.reason, setback.detail)
            self.until = max(self.until, now + (pause or PROBE_AFTER))
            self.prober = None

    def answered(self, thread: int) -> None:
        """Forget the failures; close the breaker if this was the probe."""
        self.strain = 0
        if self.prober == thread:
            self.cause = self.prober = None

    def release(self, thread: int) -> None:
        """Give up a probe of which nothing became known."""
        if self.prober == thread:
            self.prober = None


class Gate:
    """Passes requests of several threads, one run long.

    Args:
        deadline: Seconds from now on until everything fails; None for no limit.
        clock: Seconds that only ever grow.
        pause: Waits for so many seconds; returns whether it was stopped.
        rate: Requests a second in the long run.
        burst: Requests at once after a rest.

    Attributes:
        fresh: Whether no server has answered yet.
    """

    def __init__(
        self,
        deadline: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], bool] | None = None,
        *,
        rate: float = RATE,
        burst: float = BURST,
    ) -> None:
        self.fresh = True
        self._clock = clock
        self._end = _FOREVER if deadline is None else clock() + deadline
        self._stopped = threading.Event()
        self._pause = pause or self._stopped.wait
        self._lock = threading.Lock()
        self._bucket = Bucket(clock(), burst, rate, burst)
        self._breaker = Breaker()

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self._end - self._clock()

    def admit(self) -> None:
        """Wait for a token.

        Raises:
            FetchFailure: If the breaker is open, the time is over, or the run stopped.
        """
        while delay := self._delay():
            self._pause(min(delay, max(self.left, 0.0)))

    def _delay(self) -> float:
        """Take a token and return 0; else return the seconds to wait."""
        self.require_time()
        with self._lock:
            now = self._clock()
            self._breaker.admit(now, threading.get_ident())
            return self._bucket.take(now)

    def require_time(self) -> None:
        """Check that there is time left.

        Raises:
            FetchFailure: If the time is over, or the run stopped.
        """
        if self._stopped.is_set():
            raise FetchFailure(NOT_ASKED, "The run was stopped.")
        if self.left <= 0:
            raise FetchFailure(NOT_ASKED, "The time given to the network is over.")

    def sleep(self, seconds: float) -> None:
        """Wait before another try.

        Raises:
            FetchFailure: If the time is over, or the run stopped.
        """
        self._pause(min(seconds, max(self.left, 0.0)))
        self.require_time()

    def allows(self, seconds: float) -> bool:
        """Return whether waiting for ``seconds`` is worth it."""
        return seconds < min(self.left, PATIENCE + PAUSE) and not self._stopped.is_set()

    def failed(self, setback: Setback) -> None:
        """Count a failure; slow down or open the breaker if the vendor asks for it."""
        after = setback.after or 0.0
        with self._lock:
            now = self._clock()
            too_long = after > min(PATIENCE, self._end - now)
            self._breaker.failed(setback, now, after if too_long else None)
            if setback.reason == RATE_LIMITED or after:
                self._bucket.pause(now + min(after or PAUSE, PATIENCE))

    def reached(self) -> None:
        """Note that a server answered at all."""
        self.fresh = False

    def answered(self) -> None:
        """Note that what was asked for was answered."""
        self.fresh = False
        with self._lock:
            self._breaker.answered(threading.get_ident())

    def release(self) -> None:
        """Note that this thread is done with its request."""
        with self._lock:
            self._breaker.release(threading.get_ident())

    def stop(self) -> None:
        """Fail everything that waits, and all that comes."""
        self._stopped.set()
