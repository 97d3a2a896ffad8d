"""Is it worth asking for a cookie and a crumb now?

The library signs in by itself, with a second way where the first fails, before every
request as long as it has no crumb. Most requests do without one. So after three
failures in a row it is not tried for a minute. A refusal as one too many is none of
these: it is one of all requests, and the gate rests.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from triad_screener.model.live import NETWORK
from triad_screener.sources._setback import Setback

if TYPE_CHECKING:
    from collections.abc import Callable

#: Failures in a row after which signing in is left alone, and for how many seconds.
MISSES: Final = 3
REST: Final = 60.0
_DATA_PATHS: Final = (
    *("/v7/finance/", "/v8/finance/", "/v10/finance/", "/ws/"),
    "/v1/finance/screener",
)
_CRUMB_PATH: Final = "/getcrumb"
_OK: Final = 200


class SignInRests(OSError):  # noqa: N818 - the library goes on without a crumb
    """Signing in is left alone for now; an OSError, which the library survives."""


def is_sign_in(url: str) -> bool:
    """Return whether ``url`` is a step of signing in, not a request for figures."""
    return not urlsplit(url).path.startswith(_DATA_PATHS)


class SignIn:
    """Knows whether signing in works.

    Args:
        clock: Seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._misses = 0
        self._rests_until = 0.0

    @property
    def failure(self) -> Setback | None:
        """What a request that needs a sign-in fails for; None if one may work."""
        if self._clock() >= self._rests_until:
            return None
        return Setback(NETWORK, "Signing in to Yahoo Finance failed.", again=False)

    def admit(self, *, fresh: bool) -> None:
        """Let a step of signing in pass.

        Args:
            fresh: Whether no server has answered yet: then one miss is enough, since
                there may be no network at all.

        Raises:
            SignInRests: If it is not worth it.
        """
        with self._lock:
            if self._clock() < self._rests_until or (fresh and self._misses):
                raise SignInRests("signing in has failed, and is not tried for now")

    def missed(self) -> None:
        """Note that a step failed."""
        with self._lock:
            self._misses += 1
            if self._misses >= MISSES:
                self._misses = 0
                self._rests_until = self._clock() + REST

    def answered(self, url: str, status: int, text: str) -> None:
        """Note the answer to a step.

        Raises:
            SignInRests: If it should be a crumb and is something else, which the
                library would keep as one.
        """
        if not urlsplit(url).path.endswith(_CRUMB_PATH):
            return
        if status != _OK or not _is_crumb(text):
            self.missed()
            raise SignInRests("what came is no crumb")
        with self._lock:
            self._misses, self._rests_until = 0, 0.0


def _is_crumb(text: str) -> bool:
    longest = 64
    return 0 < len(text) <= longest and not set(text) & set(" \t\r\n<>{}")
