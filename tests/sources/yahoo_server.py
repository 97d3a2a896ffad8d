"""A stand-in for Yahoo on this machine, behind real TLS: answers, faults, a journal."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import BufferedIOBase

    import trustme

REPLIES = Path(__file__).parent / "replies"
#: The time of the server: the evening of the newest session of the replies.
NOW = "Fri, 15 May 2026 22:00:00 GMT"
HOSTS = ("*.yahoo.com", "*.finance.yahoo.com")
FIGURES = ("chart", "timeseries", "quote", "screener")
_ENDPOINTS = {
    "/v8/finance/chart/": "chart",
    "/ws/fundamentals-timeseries/v1/finance/timeseries/": "timeseries",
    "/v7/finance/quote": "quote",
    "/v1/finance/screener/predefined/saved": "screener",
    "/v1/test/getcrumb": "crumb",
}


def reply(name: str) -> Any:  # noqa: ANN401 - JSON
    """Return a fresh copy of a reply kept in a file."""
    return json.loads((REPLIES / f"{name}.json").read_text("utf-8"))


@dataclass(frozen=True)
class Answer:
    """What the server sends.

    Attributes:
        cut: Bytes of the body that are announced and never sent.
        reset: Whether the connection is reset after the body.
        silence: Seconds before it answers.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    reset: bool = False
    silence: float = 0.0


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    endpoint: str
    path: str
    query: dict[str, str]
    cookie: str


def as_json(payload: object, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps(payload).encode(), headers)


def error(status: int, kind: str, code: str, text: str) -> Answer:
    told = {"code": code, "description": text}
    return as_json({kind: {"result": None, "error": told}}, status)


class YahooServer(ThreadingHTTPServer):
    """A proxy whose every host is Yahoo; ``faults`` says what goes wrong."""

    daemon_threads = False

    def __init__(self, certificate: trustme.LeafCert) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self.trusted)
        self.asked: list[Asked] = []
        self.crumb = 1
        #: What stands in a ``Date``.
        self.now: Callable[[], str] = lambda: NOW
        #: What the cookie says; whoever shows another one is refused a crumb.
        self.cookie = "d=1"
        self.crumb_text = "crumb"
        #: Endpoints that answer only with a crumb.
        self.needs_crumb = {"quote"}
        #: By endpoint: seconds before a good answer.
        self.delays: dict[str, float] = {}
        #: How many connections take a second to become encrypted.
        self.slow_handshakes = 0
        #: By endpoint: answers to give first, or one to give always.
        self.faults: dict[str, Answer | list[Answer]] = {}
        #: By endpoint: what a good answer is made of.
        self.payloads: dict[str, Callable[[Asked], Answer]] = {}
        self.over = threading.Event()
        self._journal = threading.Lock()
        self._open: set[ssl.SSLSocket] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def counts(self) -> dict[str, int]:
        """How many requests came, by endpoint."""
        return dict(Counter(one.endpoint for one in self.asked))

    def opened(self, connection: ssl.SSLSocket) -> None:
        """Note a connection, so that it can be ended."""
        with self._journal:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._journal:
            self._open.discard(cast("ssl.SSLSocket", connection))

    def end(self) -> None:
        """End all connections, and wait until nobody is served any more."""
        self.over.set()
        self.shutdown()
        with self._journal:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away."""

    def serve(self, name: str, payload: object) -> None:
        """Answer requests for ``name`` with ``payload``."""
        self.payloads[name] = lambda _: as_json(payload)

    def answer(self, asked: Asked) -> Answer:
        """Return what to send, and note the request."""
        with self._journal:
            self.asked.append(asked)
            fault = self.faults.get(asked.endpoint)
            if isinstance(fault, list):
                fault = fault.pop(0) if fault else None
        return fault or self.good(asked)

    def good(self, asked: Asked) -> Answer:
        """Return the answer without faults."""
        self.over.wait(self.delays.get(asked.endpoint, 0.0))
        if asked.endpoint == "cookie":
            stored = f"A3={self.cookie}; Domain=.yahoo.com; Path=/; Secure; "
            return Answer(404, headers={"Set-Cookie": f"{stored}Max-Age=31557600"})
        if asked.endpoint == "crumb":
            if asked.cookie and f"A3={self.cookie}" not in asked.cookie:
                return error(401, "finance", "Unauthorized", "Invalid Cookie")
            return Answer(body=self.good_crumb.encode())
        if asked.endpoint in ("query1", "query2"):
            return error(404, "finance", "Not Found", "There is no such page")
        if asked.endpoint not in FIGURES:
            return Answer(body=b"<html>a page</html>")
        return self._figures(asked)

    def _figures(self, asked: Asked) -> Answer:
        with_crumb = asked.query.get("crumb") == self.good_crumb
        if asked.endpoint in self.needs_crumb and not with_crumb:
            return error(401, "finance", "Unauthorized", "Invalid Crumb")
        make = self.payloads.get(asked.endpoint)
        return make(asked) if make else as_json(reply(asked.endpoint))

    @property
    def good_crumb(self) -> str:
        return f"{self.crumb_text}{self.crumb}"

    def greet(self) -> None:
        """Take a second over a connection, if it is one of the slow ones."""
        with self._journal:
            self.slow_handshakes -= 1
            slow = self.slow_handshakes >= 0
        self.over.wait(1.0 if slow else 0.0)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def yahoo(self) -> YahooServer:
        return cast("YahooServer", self.server)

    def log_message(self, *_: object) -> None:
        """Write no journal to standard error."""

    def do_CONNECT(self) -> None:
        self.send_response_only(200)
        self.end_headers()
        self.yahoo.greet()
        tls = self.yahoo.trusted.wrap_socket(self.connection, server_side=True)
        self.connection = tls
        self.yahoo.opened(tls)
        self.rfile = tls.makefile("rb")
        self.wfile = cast("BufferedIOBase", tls.makefile("wb", 0))
        self.close_connection = False

    def finish(self) -> None:
        super().finish()
        self.yahoo.closed(self.connection)
        self.connection.close()

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {key: found[0] for key, found in parse_qs(address.query).items()}
        endpoint = self._endpoint(address.path)
        cookie = self.headers.get("Cookie", "")
        asked = Asked(endpoint, unquote(address.path), query, cookie)
        self._send(self.yahoo.answer(asked))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    def _endpoint(self, path: str) -> str:
        host = self.headers["Host"].partition(":")[0]
        if host == "fc.yahoo.com":
            return "cookie"
        known = (name for start, name in _ENDPOINTS.items() if path.startswith(start))
        return next(known, host.partition(".")[0])

    def _send(self, answer: Answer) -> None:
        if answer.silence and self.yahoo.over.wait(answer.silence):
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        for name, value in {"Date": self.yahoo.now(), **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) + answer.cut))
        self.end_headers()
        self.wfile.write(answer.body)
        if answer.reset:
            at_once = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        if answer.reset or answer.cut:
            self.close_connection = True
            self.connection.close()
