"""What does a request that failed say: who is at fault, and is it worth another try?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from triad_screener.model.live import ABSENT, NETWORK, RATE_LIMITED, FetchFailure
from triad_screener.sources._setback import AT_ONCE, CUT, HARD, Setback, asked_to_wait

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMED_OUT: Final = 28
_CUT_OFF: Final = 56
#: Numbers of libcurl's errors.
_UNREACHABLE: Final[Mapping[int, str]] = {
    5: "The address of the proxy could not be found.",
    6: "The address of Yahoo Finance could not be found.",
    7: "No connection could be made to Yahoo Finance.",
    35: "No secure connection could be made to Yahoo Finance.",
    97: "The proxy refused the connection.",
}
_CERTIFICATE: Final = frozenset({51, 58, 60, 66, 77, 80, 82, 83, 90, 91})
#: The same for the errors of the library that stands in for libcurl, by class.
_CODES: Final[Mapping[str, int]] = {
    "ConnectTimeout": _TIMED_OUT,
    "ReadTimeout": _TIMED_OUT,
    "SSLError": 60,
    "ProxyError": 97,
    "ConnectionError": 7,
}
_NOT_FOUND, _BAD_REQUEST, _TOO_MANY = 404, 400, frozenset({429, 999})
UNAUTHORISED: Final = frozenset({401, 403})
_FIRST_ERROR: Final = 400
#: How Yahoo says that a known symbol had no session in the range asked for.
_NO_SESSION: Final = "data doesn't exist"


def of_error(error: Exception, *, fresh: bool) -> Setback:
    """Return what an exception of the transport says.

    Args:
        error: As it was raised.
        fresh: Whether nothing has been answered at all so far.
    """
    code = _code(error)
    if code in _CERTIFICATE:
        detail = "The certificate of the server that answered is not trusted."
        return Setback(NETWORK, detail, strain=AT_ONCE, again=False)
    if code == _TIMED_OUT:
        return _of_silence(connected=not is_unconnected(error), fresh=fresh)
    if code == _CUT_OFF and "CONNECT" in str(error):
        code = 97
    if code in _UNREACHABLE:
        return Setback(NETWORK, _UNREACHABLE[code], strain=HARD)
    return Setback(NETWORK, "The connection broke off.", strain=CUT)


def is_unconnected(error: Exception) -> bool:
    """Return whether the time was over before there was a connection."""
    said = "Operation" in str(error) or type(error).__name__ == "ReadTimeout"
    return _code(error) == _TIMED_OUT and not said


def _code(error: Exception) -> int:
    return int(getattr(error, "code", 0) or _CODES.get(type(error).__name__, _CUT_OFF))


def _of_silence(*, connected: bool, fresh: bool) -> Setback:
    """Return what a timeout says; at the very beginning it means no network at all."""
    if not connected:
        detail = "No connection was made to Yahoo Finance in time."
        strain = AT_ONCE if fresh else CUT
        return Setback(NETWORK, detail, strain=strain, again=not fresh)
    detail = "Yahoo Finance did not answer in time."
    return Setback(NETWORK, detail, strain=HARD if fresh else CUT)


def of_response(
    status: int, headers: Mapping[str, str], content: bytes
) -> FetchFailure | None:
    """Return what a status says; None if it is no failure.

    Args:
        status: Of the answer.
        headers: Of the answer, whatever the case of their names.
        content: Body of the answer.
    """
    if status < _FIRST_ERROR:
        return None
    if status in _TOO_MANY:
        return _refused("request as one", status, headers)
    if status in UNAUTHORISED:
        detail = f"Yahoo Finance refused the request in spite of a sign-in ({status})."
        return Setback(NETWORK, detail)
    if status == _NOT_FOUND and _error_text(content):
        return FetchFailure(ABSENT, "Yahoo Finance does not know this symbol.")
    if status == _BAD_REQUEST and _NO_SESSION in _error_text(content):
        return FetchFailure(ABSENT, "Yahoo Finance has no session in the days wanted.")
    detail = f"Yahoo Finance answered with an error ({status})."
    return Setback(NETWORK, detail, after=asked_to_wait(headers))


def of_sign_in(status: int, headers: Mapping[str, str]) -> Setback | None:
    """Return what the status of a step of signing in says; None if no refusal.

    Crumbs are counted like any other request, so a refusal is one of all of them.
    """
    if status not in _TOO_MANY:
        return None
    return _refused("sign-in as one request", status, headers)


def _refused(what: str, status: int, headers: Mapping[str, str]) -> Setback:
    detail = f"Yahoo Finance refused the {what} too many ({status})."
    return Setback(RATE_LIMITED, detail, after=asked_to_wait(headers))


def _error_text(content: bytes) -> str:
    """Return the error that Yahoo's JSON describes; empty for any other body."""
    try:
        ((_, body),) = json.loads(content).items()
        error = body["error"]
        return f"{error['code']}: {error['description']}".casefold()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ""


def parsed(content: bytes) -> Any:  # noqa: ANN401 - any JSON; the readers are strict
    """Return the JSON of an answer.

    Raises:
        Setback: If it is empty, a web page, or cut short.
    """
    text = content.strip()
    if not text:
        raise Setback(NETWORK, "Yahoo Finance answered with nothing.")
    if text.startswith(b"<"):
        detail = (
            "A web page came in place of figures: "
            "a consent page, or the sign-in of this network."
        )
        raise Setback(NETWORK, detail)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Setback(NETWORK, "The answer was cut short, or is not JSON.") from None
