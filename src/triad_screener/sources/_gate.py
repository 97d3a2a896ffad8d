"""May a request be sent now? Pace, breaker, deadline, patience and stop of one run.

A pace spreads requests out. Failures add to a strain, an answer takes it away; at ten
the breaker opens, and everything fails at once, until half a minute later one request
is let through as a probe. After a refusal as one too many all requests rest. A short
rest is waited for, a long one as far as the patience of the user goes; otherwise
everything fails until it is over.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from triad_screener.model.live import NOT_ASKED, RATE_LIMITED, FetchFailure
from triad_screener.sources._pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

    from triad_screener.sources._setback import Setback

#: Strain at which the breaker opens, and seconds until it lets a probe through.
STRAIN_LIMIT: Final = 10
PROBE_AFTER: Final = 30.0
#: Longest rest that is waited for without being asked to.
SHORT_REST: Final = 20.0
_FOREVER: Final = math.inf
_BEFORE: Final = (RATE_LIMITED, "The last run was refused as one too many.")


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

    def failed(self, setback: Setback, now: float) -> None:
        """Count a failure."""
        self.strain += setback.strain
        if self.prober is not None or self.strain >= STRAIN_LIMIT:
            self.cause = self.cause or (setback.reason, setback.detail)
            self.until = max(self.until, now + PROBE_AFTER)
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
        deadline: Seconds from now on until everything fails, rests that are waited
            for apart; None for no limit.
        clock: Seconds that only ever grow.
        pause: Waits for so many seconds; returns whether it was stopped.
        pace: Of this vendor; None for the usual one.
        patience: Seconds in all that long rests may take.
        remember: Told the pace after each refusal, and at the end.

    Attributes:
        fresh: Whether no server has answered yet.
    """

    def __init__(
        self,
        deadline: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], bool] | None = None,
        *,
        pace: Pace | None = None,
        patience: float = 0.0,
        remember: Callable[[Pace], None] | None = None,
    ) -> None:
        self.fresh = True
        self._clock = clock
        self._end = _FOREVER if deadline is None else clock() + deadline
        self._stopped = threading.Event()
        self._pause = pause or self._stopped.wait
        self._lock = threading.Lock()
        self._pace = pace or Pace(clock())
        self._patience = patience
        self._remember = remember or (lambda _: None)
        self._breaker = Breaker()
        self._cause = _BEFORE
        self._waits = False
        self._rests(clock(), -math.inf)

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self._end - self._clock()

    @property
    def rest(self) -> float:
        """Seconds for which nothing is sent because of a refusal."""
        with self._lock:
            return self._pace.rest(self._clock())

    @property
    def waits(self) -> bool:
        """Whether the rest of this moment is waited for."""
        return self._waits and self.rest > 0

    def admit(self) -> None:
        """Wait for a token.

        Raises:
            FetchFailure: If the breaker is open, a rest is not waited for, the time is
                over, or the run stopped.
        """
        while delay := self._delay():
            self._pause(min(delay, max(self.left, 0.0)))

    def _delay(self) -> float:
        """Take a token and return 0; else return the seconds to wait."""
        self.require_time()
        with self._lock:
            now = self._clock()
            self._breaker.admit(now, threading.get_ident())
            if self._pace.rest(now) and not self._waits:
                raise FetchFailure(*self._cause)
            return self._pace.take(now)

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
        """Return whether waiting for ``seconds`` is worth it, without patience."""
        longest = max(seconds, self.rest)
        within = longest <= SHORT_REST and longest < self.left
        return within and not self._stopped.is_set()

    def failed(self, setback: Setback) -> None:
        """Count a failure; rest if the vendor asks for it."""
        with self._lock:
            now, before = self._clock(), self._pace.rests_until
            if setback.reason == RATE_LIMITED:
                self._breaker.release(threading.get_ident())
                self._pace.refused(now, setback.after)
            else:
                self._breaker.failed(setback, now)
                if setback.after:
                    self._pace.pause(now, setback.after)
            if self._pace.rests_until > before:
                self._cause = setback.reason, setback.detail
                self._rests(now, before)

    def _rests(self, now: float, before: float) -> None:
        """Decide whether a rest that has begun, or has grown, is waited for."""
        added = self._pace.rests_until - max(now, before)
        if added <= 0:
            return
        if self._pace.rest(now) <= min(SHORT_REST, self._end - now):
            self._waits = True
        elif added <= self._patience:
            self._waits = True
            self._patience -= added
            self._end += added
        else:
            self._waits = False
        self._remember(self._pace)

    def reached(self) -> None:
        """Note that a server answered at all."""
        self.fresh = False

    def answered(self) -> None:
        """Note that what was asked for was answered."""
        self.fresh = False
        with self._lock:
            self._pace.answered(self._clock())
            self._breaker.answered(threading.get_ident())

    def release(self) -> None:
        """Note that this thread is done with its request."""
        with self._lock:
            self._breaker.release(threading.get_ident())

    def stop(self) -> None:
        """Fail everything that waits, and all that comes."""
        self._stopped.set()
        with self._lock:
            self._remember(self._pace)
