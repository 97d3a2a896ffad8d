"""Is there a network at all? Asked by a plain connection, where a first one took long.

Nothing is sent over it. To the proxy of the environment where there is one, since
nobody else can be reached then.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import getproxies

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Seconds that it may take; with those of a first request not more than five.
PATIENCE: Final = 1.5
_HOST, _PORT = "query2.finance.yahoo.com", 443
_DEFAULT_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443, "socks5": 1080}


class Reachable:
    """Looks once, whoever asks; safe to use from threads.

    Attributes:
        known: Whether a network is known to be there.
    """

    def __init__(self) -> None:
        self.known = False
        self._lock = threading.Lock()
        self._looked = False

    def look(self, seconds: float) -> bool:
        """Return whether there is a network, after ``seconds`` at the latest."""
        with self._lock:
            if not self._looked:
                self._looked = True
                self.known = _connects(seconds)
        return self.known


def _connects(seconds: float) -> bool:
    """Return whether a connection comes about; finding the address counts, too."""
    done = threading.Event()

    def connect() -> None:
        with contextlib.suppress(OSError), socket.create_connection(_way(), seconds):
            done.set()

    threading.Thread(target=connect, daemon=True).start()
    return done.wait(seconds)


def _way() -> tuple[str, int]:
    """Return host and port of the proxy, else of Yahoo."""
    found = urlsplit(getproxies().get("https") or "")
    if not found.hostname:
        return _HOST, _PORT
    return found.hostname, found.port or _DEFAULT_PORTS.get(found.scheme, _PORT)
