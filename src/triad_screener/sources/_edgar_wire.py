"""How do requests reach EDGAR? At a steady pace, by name, and only for what is new.

The SEC asks every program to say whose it is, and refuses more than ten requests a
second; eight are sent at most. Redirects are not followed, and no answer may be larger
than a large prospectus.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from triad_screener.model.live import ABSENT, NETWORK, RATE_LIMITED, FetchFailure
from triad_screener.sources._edgar_cache import Marks
from triad_screener.sources._setback import (
    AT_ONCE,
    CUT,
    HARD,
    Setback,
    asked_to_wait,
)
from triad_screener.sources._tries import retrying, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta

    from triad_screener.sources._edgar_cache import Cache, Kept
    from triad_screener.sources._gate import Gate

#: Requests a second, one at a time.
RATE: Final = 8.0
BURST: Final = 1.0
#: Seconds to connect, and between two parts of an answer.
TIMEOUT: Final = (4.0, 10.0)
#: Bytes of the largest answer that is read.
LARGEST: Final = 40_000_000
_CHUNK: Final = 65_536
_UNCHANGED, _REFUSED, _NOT_FOUND, _TOO_MANY = 304, 403, 404, 429
_FIRST_REDIRECT: Final = 300


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Attributes:
        keep: Keeps it for later; to be called once it has been understood.
    """

    content: bytes
    keep: Callable[[], None]


class Wire:
    """Fetches from EDGAR.

    Args:
        gate: Passes requests.
        cache: What was answered before.
        user_agent: Who asks, with an address for mail.
        now: The time, in UTC.

    Attributes:
        requests: How many were sent so far.
        unchanged: How many of them were answered with "not modified".
    """

    def __init__(
        self, gate: Gate, cache: Cache, user_agent: str, now: datetime
    ) -> None:
        self.requests = 0
        self.unchanged = 0
        self._gate = gate
        self._cache = cache
        self._user_agent = user_agent
        self._now = now
        self._session: Any = None

    def fetch(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        fresh_for: timedelta | None = None,
    ) -> Reply:
        """Return what is at ``url``, after up to three tries.

        Args:
            url: Without parameters.
            params: In their order.
            fresh_for: Age up to which a kept answer serves without a request.

        Raises:
            FetchFailure: If there is none.
        """
        address = _address(url, params or {})
        kept = self._cache.find(address)
        if kept and fresh_for and kept.is_fresh(self._now, fresh_for):
            return Reply(kept.content, _nothing)
        return retrying(self._gate)(self._once, address, kept)

    def stop(self) -> None:
        """Let whatever waits fail at once."""
        self._gate.stop()

    def _once(self, address: str, kept: Kept | None) -> Reply:
        self._gate.admit()
        with told(self._gate):
            return self._answer(address, kept)

    def _answer(self, address: str, kept: Kept | None) -> Reply:
        response = self._ask(address, kept)
        with response:
            if response.status_code == _UNCHANGED and kept:
                self._gate.answered()
                self.unchanged += 1
                return self._kept(response, kept.content, kept.marks)
            _require_good(response)
            content = _read(response)
        self._gate.answered()
        return self._kept(response, content, Marks(address, ""))

    def _kept(self, response: Any, content: bytes, marks: Marks) -> Reply:  # noqa: ANN401 - untyped
        etag = str(response.headers.get("ETag") or marks.etag)
        modified = str(response.headers.get("Last-Modified") or marks.modified)
        newest = Marks(marks.url, self._now.isoformat(), etag, modified)
        return Reply(content, lambda: self._cache.keep(newest, content))

    def _ask(self, address: str, kept: Kept | None) -> Any:  # noqa: ANN401 - untyped
        import requests  # noqa: PLC0415 - a tenth of a second, for checks only

        if self._session is None:
            self._session = requests.Session()
            self._session.headers["User-Agent"] = self._user_agent
            self._session.headers["Accept-Encoding"] = "gzip, deflate"
        self.requests += 1
        try:
            return self._session.get(
                address,
                headers=kept.marks.headers if kept else {},
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            )
        except requests.exceptions.RequestException as error:
            self._gate.require_time()  # else it is our own limit that cut it short
            raise _of_error(error) from error


def _nothing() -> None:
    """Keep nothing: it is kept already."""


def _address(url: str, params: Mapping[str, str]) -> str:
    from urllib.parse import urlencode  # noqa: PLC0415 - likewise

    return f"{url}?{urlencode(params)}" if params else url


def _of_error(error: Exception) -> Setback:
    """Return what an exception of the transport says."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "SSLError" in kinds:
        detail = "The certificate of the server that answered is not trusted."
        return Setback(NETWORK, detail, strain=AT_ONCE, again=False)
    if "ProxyError" in kinds:
        return Setback(NETWORK, "The proxy refused the connection.", strain=HARD)
    if "Timeout" in kinds:
        return Setback(NETWORK, "EDGAR did not answer in time.", strain=HARD)
    if "ConnectionError" in kinds:
        return Setback(NETWORK, "No connection could be made to EDGAR.", strain=HARD)
    return Setback(NETWORK, "The connection to EDGAR broke off.", strain=CUT)


def _require_good(response: Any) -> None:  # noqa: ANN401 - untyped
    """Raise what a status says.

    Raises:
        FetchFailure: Unless the answer is what was asked for.
    """
    status, after = response.status_code, asked_to_wait(response.headers)
    if status < _FIRST_REDIRECT and status != _UNCHANGED:
        return
    if status == _NOT_FOUND:
        raise FetchFailure(ABSENT, "EDGAR has no such page.")
    if status == _TOO_MANY:
        detail = f"EDGAR refused the request as one too many ({status})."
        raise Setback(RATE_LIMITED, detail, after=after)
    if status == _REFUSED:
        detail = (
            f"EDGAR refused the request ({status}): it does not take this User-Agent, "
            "or too many requests came from this address."
        )
        raise Setback(NETWORK, detail, strain=HARD, again=False)
    detail = f"EDGAR answered with an error ({status})."
    raise Setback(NETWORK, detail, strain=CUT, after=after)


def _read(response: Any) -> bytes:  # noqa: ANN401 - untyped
    """Return the body of an answer.

    Raises:
        FetchFailure: If it breaks off, or is larger than any page should be.
    """
    import requests  # noqa: PLC0415 - loaded already

    parts, size = [], 0
    try:
        for part in response.iter_content(_CHUNK):
            size += len(part)
            if size > LARGEST:
                what = "rejected: too large"
                raise FetchFailure(what, "The answer of EDGAR is far too large.")
            parts.append(part)
    except requests.exceptions.RequestException as error:
        detail = "The connection to EDGAR broke off."
        raise Setback(NETWORK, detail, strain=CUT) from error
    return b"".join(parts)
