"""A stand-in for EDGAR on this machine, behind real TLS, with marks of versions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs, urlsplit

from sources.yahoo_server import Answer, YahooServer, _Handler

if TYPE_CHECKING:
    import trustme

REPLIES = Path(__file__).parent / "replies" / "edgar"
HOSTS = ("data.sec.gov", "www.sec.gov", "efts.sec.gov")
_ENDPOINTS = {
    "/submissions/": "submissions",
    "/cgi-bin/browse-edgar": "feed",
    "/LATEST/search-index": "search",
    "/Archives/": "archives",
}
EMPTY_FEED = b'<feed xmlns="http://www.w3.org/2005/Atom"></feed>'
EMPTY_SEARCH = b'{"timed_out": false, "hits": {"hits": []}}'


def reply(name: str) -> bytes:
    """Return a reply kept in a file."""
    return (REPLIES / name).read_bytes()


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    endpoint: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


class EdgarServer(YahooServer):
    """A proxy whose every host is EDGAR; ``faults`` says what goes wrong."""

    def __init__(self, certificate: trustme.LeafCert) -> None:
        super().__init__(certificate)
        self.RequestHandlerClass = _EdgarHandler
        self.seen: list[Request] = []
        #: By path or endpoint: bytes of a good answer.
        self.pages: dict[str, bytes] = {"feed": EMPTY_FEED, "search": EMPTY_SEARCH}

    @property
    def asked_for(self) -> list[str]:
        """Endpoints of the requests, in their order."""
        return [one.endpoint for one in self.seen]

    def respond(self, request: Request) -> Answer:
        """Return what to send, and note the request."""
        self.seen.append(request)
        fault = self.faults.get(request.endpoint)
        if isinstance(fault, list):
            fault = fault.pop(0) if fault else None
        return fault or self._page(request)

    def _page(self, request: Request) -> Answer:
        name = next(
            (n for n in (request.path, request.endpoint) if n in self.pages), ""
        )
        if not name:
            return Answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        body = self.pages[name]
        etag = f'"{hashlib.sha256(body).hexdigest()[:8]}"'
        marks = {"ETag": etag, "Last-Modified": "Fri, 15 May 2026 22:00:00 GMT"}
        if request.headers.get("if-none-match") == etag:
            return Answer(304, headers=marks)
        return Answer(200, body, marks)


class _EdgarHandler(_Handler):
    def do_GET(self) -> None:  # noqa: N802 - the name that the library calls
        address = urlsplit(self.path)
        query = {key: found[0] for key, found in parse_qs(address.query).items()}
        known = (n for start, n in _ENDPOINTS.items() if address.path.startswith(start))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(next(known, "other"), address.path, query, headers)
        self._send(cast("EdgarServer", self.server).respond(request))
