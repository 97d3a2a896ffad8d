"""How do requests reach Yahoo? Through yfinance, watched from its own session.

Everything that touches yfinance below its public surface is here. yfinance hides status
and ``Retry-After``, tries each failure a second time at once, and has no pace; so the
session it makes is watched: each request passes the gate, each answer is judged, and a
failure leaves by an exception that yfinance does not catch. Its cookies, crumbs and
consent forms and the browser's handshake stay its own; but a cookie of an earlier run
is kept, and a crumb is asked for only where one is needed.
"""

from __future__ import annotations

import logging
import os
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from triad_screener.model.live import NETWORK, FetchFailure
from triad_screener.sources import _reachable
from triad_screener.sources import _yahoo_cookie as cookies
from triad_screener.sources import _yahoo_failures as failures
from triad_screener.sources._setback import Setback, answered_at
from triad_screener.sources._tries import patiently, retrying, told
from triad_screener.sources._yahoo_sign_in import SignIn, is_sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from http.cookiejar import Cookie

    from triad_screener.sources._gate import Gate
    from triad_screener.sources._memory import Memory

#: Seconds to connect, and to answer after that.
TIMEOUTS: Final = (4.0, 6.0)
SIGN_IN_TIMEOUTS: Final = (4.0, 10.0)
#: The same for the first ones of a run. Whoever connects has a network, and may take
#: its time to answer. Who does not within a short time is asked for by a plain
#: connection, and given longer if that comes about.
FIRST_TIMEOUTS: Final = (2.0, 8.0)
SLOW_TIMEOUTS: Final = (10.0, 10.0)
#: Seconds after which no other try of a request is begun.
TRYING: Final = 15.0
_SHORTEST: Final = 0.05
#: Bytes of the largest answer that is read, packed or not. Forty years of one line are
#: 10,000 sessions of seven numbers of at most twenty characters: 1.4 MB.
LARGEST: Final = 40_000_000
#: curl's option for the same, and its word where an answer is larger: it stops there.
_MOST_RECEIVED, _TOO_MUCH = 30117, 63
#: A place where no file can be: yfinance then keeps nothing.
NOWHERE: Final = os.path.join(os.devnull, "none")  # noqa: PTH118 - passed on as text


class ContractError(Exception):
    """The insides of yfinance are not what they were: its public way must serve."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Parsed JSON, and when the server sent it, if it says so."""

    payload: Any
    at: datetime | None = None


class Wire:
    """Fetches JSON from Yahoo; safe to use from threads.

    Args:
        gate: Passes requests.
        folder: Of yfinance's own cache, for this process alone; None for no cache.
        memory: Of the last run, for the cookie.
        clock: Gives the time in UTC.
        sent: Told how many requests were just sent.

    Attributes:
        server_time: When the last answer was sent; None if no server said.
    """

    def __init__(
        self,
        gate: Gate,
        folder: str | None,
        memory: Memory,
        clock: Callable[[], datetime],
        sent: Callable[[int], None],
    ) -> None:
        self.server_time: datetime | None = None
        self._gate = gate
        self._folder = folder
        self._sent = sent
        self._sign_in = SignIn()
        self._cookies = SignedIn(memory, clock)
        self._reachable = _reachable.Reachable()
        self._lock = threading.Lock()
        self._data: Any = None
        self._perform: Callable[..., Any]

    def fetch(
        self, url: str, params: Mapping[str, str], *, crumb: bool = False
    ) -> Reply:
        """Return the JSON at ``url``, after up to three tries.

        Args:
            url: Without parameters.
            params: Without the crumb.
            crumb: Whether there is no answer without one.

        Raises:
            FetchFailure: If there is none.
            ContractError: If yfinance is not what it was.
        """
        return patiently(self._gate, self._tried, url, params, crumb=crumb)

    def _tried(self, url: str, params: Mapping[str, str], *, crumb: bool) -> Reply:
        return retrying(self._gate, trying=TRYING)(self._once, url, params, crumb)

    def _once(self, url: str, params: Mapping[str, str], crumb: bool) -> Reply:  # noqa: FBT001 - tenacity passes it on
        with told(self._gate):
            return self._answer(url, params, crumb=crumb)

    def _answer(self, url: str, params: Mapping[str, str], *, crumb: bool) -> Reply:
        response = self._ask(url, params, crumb=crumb)
        failure = failures.of_response(
            response.status_code, response.headers, response.content
        )
        if failure:
            raise self._sign_in.failure or failure
        payload = failures.parsed(response.content)
        self._gate.answered()
        return Reply(payload, answered_at(response.headers))

    def _ask(self, url: str, params: Mapping[str, str], *, crumb: bool) -> Any:  # noqa: ANN401 - untyped
        """Return the response, translating what yfinance raises."""
        try:
            data = self._attached()
            self._cookies.begin(crumb=crumb)
            return data.get(url, params=dict(params))
        except (FetchFailure, ContractError):
            raise
        except (AttributeError, TypeError, ImportError) as error:
            raise ContractError(repr(error)) from error
        except Exception as error:  # noqa: BLE001 - whatever else: a cache, a parser
            place_cache(NOWHERE)  # a full disk or a bad file may be the cause
            detail = (
                f"The request failed in an unexpected way ({type(error).__name__})."
            )
            raise Setback(NETWORK, detail) from None  # its text may hold the crumb

    def _attached(self) -> Any:  # noqa: ANN401 - yfinance has no types
        """Return yfinance's way to Yahoo, with our watch on its session."""
        with self._lock:
            if self._data is None:
                self._gate.admit()  # nothing is loaded for a run that is over
                self._data = self._attach()
        return self._data

    def _attach(self) -> Any:  # noqa: ANN401 - likewise
        import_library()
        from yfinance import _http, data  # noqa: PLC0415 - a second, for requests only

        place_cache(self._folder or NOWHERE)
        session = _http.new_session()
        _limit(session)
        self._perform, session.request = session.request, self._request
        forget_instance()
        found = data.YfData(session=session)
        if not callable(found.get):
            raise ContractError("YfData.get")
        self._cookies.attach(found, _http.cookie_jar(session))
        return found

    def _request(self, method: str, url: str, **options: Any) -> Any:  # noqa: ANN401
        """Send one request of yfinance's, in the place of its session's method.

        Raises:
            FetchFailure: If it failed for good; yfinance lets it through.
            OSError: If a step of signing in failed; yfinance goes on without.
        """
        sign_in = is_sign_in(url)
        if sign_in:
            self._sign_in.admit(fresh=self._gate.fresh)
        self._gate.admit()
        options["timeout"] = self._timeouts(sign_in=sign_in)
        self._sent(1)
        try:
            response = self._received(method, url, **options)
        except OSError as error:
            slow = self._is_slow(error, *options["timeout"])
            if sign_in and slow is not False:
                self._sign_in.missed()
                raise
            # The text of the error may hold the crumb.
            raise self._setback(error, slow=slow is True) from None
        self._gate.reached()
        self.server_time = answered_at(response.headers) or self.server_time
        self._sent(int(getattr(response, "redirect_count", 0)))
        if sign_in:
            self._judge_sign_in(url, response)
        else:
            self._judge(response)
        return response

    def _received(self, method: str, url: str, **options: Any) -> Any:  # noqa: ANN401 - untyped
        """Return an answer of a size that can be.

        Raises:
            FetchFailure: If it is far too large.
            OSError: If there is none.
        """
        try:
            response = self._perform(method, url, **options)
        except OSError as error:
            if getattr(error, "code", None) == _TOO_MUCH:
                raise _too_large() from None
            raise
        if len(response.content) > LARGEST:  # once it is unpacked
            raise _too_large()
        return response

    def _setback(self, error: Exception, *, slow: bool) -> Setback:
        """Return what an error says; of a slow network nothing, but to try again.

        Raises:
            FetchFailure: If it was our own limit that cut it short.
        """
        self._gate.require_time()
        found = failures.of_error(error, fresh=self._gate.fresh)
        return Setback(found.reason, found.detail, strain=0) if slow else found

    def _is_slow(self, error: Exception, connect: float, _: float) -> bool | None:
        """Return whether a first connection that took too long meets a network at all.

        None where the error says something else, or was given long enough.
        """
        first = self._gate.fresh and connect <= FIRST_TIMEOUTS[0]
        if not (first and failures.is_unconnected(error)):
            return None
        return self._reachable.look(min(_reachable.PATIENCE, self._gate.left))

    def _timeouts(self, *, sign_in: bool) -> tuple[float, float]:
        connect, answer = SIGN_IN_TIMEOUTS if sign_in else TIMEOUTS
        if self._gate.fresh:
            known = self._reachable.known
            connect, answer = SLOW_TIMEOUTS if known else FIRST_TIMEOUTS
        left = max(self._gate.left, 2 * _SHORTEST)
        connect = min(connect, left / 2)
        return connect, max(_SHORTEST, min(answer, left - connect))

    def _judge_sign_in(self, url: str, response: Any) -> None:  # noqa: ANN401 - untyped
        if refused := failures.of_sign_in(response.status_code, response.headers):
            raise refused
        self._sign_in.answered(url, response.status_code, response.text)

    @staticmethod
    def _judge(response: Any) -> None:  # noqa: ANN401 - untyped
        """Raise what yfinance would only try again; a new crumb it may ask for once."""
        if response.status_code in failures.UNAUTHORISED:
            return
        failure = failures.of_response(
            response.status_code, response.headers, response.content
        )
        if failure:
            raise failure


def _limit(session: Any) -> None:  # noqa: ANN401 - yfinance has no types
    """Have curl give up an answer that is far too large before it fills the memory."""
    chosen = getattr(session, "curl_options", None)
    if isinstance(chosen, dict):
        chosen[_MOST_RECEIVED] = LARGEST


def _too_large() -> FetchFailure:
    what = "rejected: too large"
    return FetchFailure(what, "The answer of Yahoo Finance is far too large.")


class SignedIn:
    """Lets yfinance sign in with the cookie of an earlier run, and only if need be.

    Args:
        memory: Of the last run.
        clock: Gives the time in UTC.
    """

    def __init__(self, memory: Memory, clock: Callable[[], datetime]) -> None:
        self._memory = memory
        self._clock = clock
        self._lock = threading.Lock()
        self._asked = threading.local()
        self._kept: cookies.Kept | None = None
        self._written = ""
        self._data: Any
        self._jar: Any
        self._sign_in: Callable[..., Any]

    def attach(self, data: Any, jar: Any) -> None:  # noqa: ANN401 - yfinance has no types
        """Stand in for the step by which yfinance comes by a cookie and a crumb.

        Raises:
            ContractError: If there is no such step.
        """
        for name in ("_cookie", "_crumb", "_cookie_strategy", "_get_cookie_and_crumb"):
            if not hasattr(data, name):
                raise ContractError(f"YfData.{name}")
        self._data, self._jar = data, jar
        self._sign_in = data._get_cookie_and_crumb  # noqa: SLF001 - there is no other way
        data._get_cookie_and_crumb = self._cookie_and_crumb  # noqa: SLF001 - likewise
        self._kept = cookies.read(self._memory, self._clock().timestamp())
        if self._kept:
            self._use(self._kept.cookies)

    def begin(self, *, crumb: bool) -> None:
        """Note that this thread begins a request, and whether it needs a crumb."""
        self._asked.crumb = crumb
        self._asked.before = False

    def _cookie_and_crumb(self, timeout: float = 30) -> tuple[str | None, str]:
        """Return a crumb, or None where a request may go without, and the strategy.

        yfinance calls it before a request, and again when that was refused. While one
        thread signs in the others wait: they may do without a crumb afterwards.
        """
        again, self._asked.before = self._asked.before, True
        if not again and self._does_without():
            return None, self._data._cookie_strategy  # noqa: SLF001 - likewise
        with self._lock:
            if again and self._kept:
                self._renew(self._kept, drop=self._asked.crumb)
            elif self._does_without():
                return None, self._data._cookie_strategy  # noqa: SLF001 - likewise
            self._asked.crumb = True
            return self._signed_in(timeout)

    def _does_without(self) -> bool:
        """Return whether this request can go with a kept cookie and no crumb."""
        has_crumb = self._data._crumb is not None  # noqa: SLF001 - likewise
        return bool(self._kept) and not self._asked.crumb and not has_crumb

    def _signed_in(self, timeout: float) -> tuple[str | None, str]:
        """Sign in as yfinance does, and keep the cookie, crumb or no crumb.

        Raises:
            Setback: If it was refused as one request too many.
        """
        try:
            crumb, strategy = self._sign_in(timeout)
        except Setback:
            self._keep()
            self._kept = cookies.read(self._memory, self._clock().timestamp())
            raise
        self._keep()
        return crumb, strategy

    def _renew(self, kept: cookies.Kept, *, drop: bool) -> None:
        """Begin signing in anew: with the kept cookie, or without one that is bad."""
        data = self._data
        data._cookie_strategy, data._crumb = "basic", None  # noqa: SLF001 - likewise
        if drop:
            self._kept = data._cookie = None  # noqa: SLF001 - likewise
            self._jar.clear()
            self._memory.forget(cookies.NOTE)
        else:
            self._use(kept.cookies)

    def _use(self, found: tuple[Cookie, ...]) -> None:
        for cookie in found:
            self._jar.set_cookie(cookie)
            if cookie.name == cookies.NAME:
                self._written = cookie.value or ""
                self._data._cookie = cookie  # noqa: SLF001 - likewise

    def _keep(self) -> None:
        """Keep a cookie that is new, for the next run."""
        value = next((c.value for c in self._jar if c.name == cookies.NAME), "")
        if value != self._written:
            self._written = value
            cookies.keep(self._memory, self._jar, self._clock().timestamp())


def import_library() -> Any:  # noqa: ANN401 - yfinance has no types
    """Import yfinance, and keep it from writing to either stream.

    Raises:
        ContractError: If it cannot be imported at all.
    """
    logger = logging.getLogger("yfinance")
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)
    with _IMPORTING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import yfinance  # noqa: PLC0415 - a second, for requests only
    for name in ("yfinance", "curl_cffi", "peewee"):
        warnings.filterwarnings("ignore", module=rf"{name}(\.|$)")
    yfinance.config.debug.hide_exceptions = False
    return yfinance


def place_cache(folder: str) -> None:
    """Let yfinance keep its cookies and time zones in ``folder``."""
    from yfinance import cache  # noqa: PLC0415 - a second, for requests only

    cache.set_cache_location(folder)
    # Each cache holds on to the file it was opened with.
    cache._CookieCacheManager._Cookie_cache = None  # noqa: SLF001 - there is no other way
    cache._TzCacheManager._tz_cache = None  # noqa: SLF001 - likewise


def forget_instance() -> None:
    """Make yfinance start anew.

    One instance serves the whole process, and an earlier one may hold the session,
    cookie and crumb of another run.
    """
    from yfinance.data import YfData  # noqa: PLC0415 - as above

    type(YfData)._instances.pop(YfData, None)  # noqa: SLF001 - there is no other way


_IMPORTING: Final = threading.Lock()
