"""How do requests reach Yahoo? Through yfinance, watched from its own session.

Everything that touches yfinance below its public surface is here. yfinance hides status
and ``Retry-After``, tries each failure a second time at once, and has no pace; so the
session it makes is watched: each request passes the gate, each answer is judged, and a
failure leaves by an exception that yfinance does not catch. Its cookies, crumbs and
consent forms and the browser's handshake stay its own.
"""

from __future__ import annotations

import logging
import os
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from triad_screener.model.live import NETWORK, FetchFailure
from triad_screener.sources import _yahoo_failures as failures
from triad_screener.sources._setback import Setback, answered_at, asked_to_wait
from triad_screener.sources._tries import retrying, told
from triad_screener.sources._yahoo_sign_in import SignIn, is_sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from triad_screener.sources._gate import Gate

#: Seconds to connect, and to answer after that; the first ones of a run are shorter,
#: so that a missing network is found out soon.
TIMEOUTS: Final = (4.0, 6.0)
SIGN_IN_TIMEOUTS: Final = (2.0, 3.0)
FIRST_TIMEOUTS: Final = (2.5, 3.5)
FIRST_SIGN_IN_TIMEOUTS: Final = (1.2, 2.8)
#: Seconds after which no other try of a request is begun.
TRYING: Final = 15.0
_SHORTEST: Final = 0.05
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
        sent: Told how many requests were just sent.

    Attributes:
        server_time: When the last answer was sent; None if no server said.
    """

    def __init__(
        self, gate: Gate, folder: str | None, sent: Callable[[int], None]
    ) -> None:
        self.server_time: datetime | None = None
        self._gate = gate
        self._folder = folder
        self._sent = sent
        self._sign_in = SignIn()
        self._lock = threading.Lock()
        self._data: Any = None
        self._perform: Callable[..., Any]

    def fetch(self, url: str, params: Mapping[str, str]) -> Reply:
        """Return the JSON at ``url``, after up to three tries.

        Raises:
            FetchFailure: If there is none.
            ContractError: If yfinance is not what it was.
        """
        return retrying(self._gate, trying=TRYING)(self._once, url, params)

    def _once(self, url: str, params: Mapping[str, str]) -> Reply:
        with told(self._gate):
            return self._answer(url, params)

    def _answer(self, url: str, params: Mapping[str, str]) -> Reply:
        response = self._ask(url, params)
        failure = failures.of_response(
            response.status_code, response.headers, response.content
        )
        if failure:
            raise self._sign_in.failure or failure
        payload = failures.parsed(response.content)
        self._gate.answered()
        return Reply(payload, answered_at(response.headers))

    def _ask(self, url: str, params: Mapping[str, str]) -> Any:  # noqa: ANN401 - untyped
        """Return the response, translating what yfinance raises."""
        try:
            return self._attached().get(url, params=dict(params))
        except (FetchFailure, ContractError):
            raise
        except (AttributeError, TypeError, ImportError) as error:
            raise ContractError(repr(error)) from error
        except Exception as error:  # whatever else it may be: a cache, a parser
            place_cache(NOWHERE)  # a full disk or a bad file may be the cause
            detail = (
                f"The request failed in an unexpected way ({type(error).__name__})."
            )
            raise Setback(NETWORK, detail) from error

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
        self._perform, session.request = session.request, self._request
        forget_instance()
        found = data.YfData(session=session)
        if not callable(found.get):
            raise ContractError("YfData.get")
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
            response = self._perform(method, url, **options)
        except OSError as error:
            if sign_in:
                self._sign_in.missed()
                raise
            self._gate.require_time()  # else it is our own limit that cut it short
            raise failures.of_error(error, fresh=self._gate.fresh) from error
        self._gate.reached()
        self.server_time = answered_at(response.headers) or self.server_time
        self._sent(int(getattr(response, "redirect_count", 0)))
        if sign_in:
            self._judge_sign_in(url, response)
        else:
            self._judge(response)
        return response

    def _timeouts(self, *, sign_in: bool) -> tuple[float, float]:
        first, later = FIRST_TIMEOUTS, TIMEOUTS
        if sign_in:
            first, later = FIRST_SIGN_IN_TIMEOUTS, SIGN_IN_TIMEOUTS
        connect, answer = first if self._gate.fresh else later
        left = max(self._gate.left, 2 * _SHORTEST)
        connect = min(connect, left / 2)
        return connect, max(_SHORTEST, min(answer, left - connect))

    def _judge_sign_in(self, url: str, response: Any) -> None:  # noqa: ANN401 - untyped
        after = asked_to_wait(response.headers)
        self._sign_in.answered(url, response.status_code, response.text, after)

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
