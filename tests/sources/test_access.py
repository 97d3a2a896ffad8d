"""What carries the requests, and who shows which certificate on the way."""

from __future__ import annotations

import builtins
import importlib.metadata
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from triad_screener.model.live import Certificate
from triad_screener.sources import _certificate as certificates
from triad_screener.sources import _reachable
from triad_screener.sources import _yahoo_access as accesses
from triad_screener.sources import _yahoo_pace as paces
from triad_screener.sources._memory import Memory
from triad_screener.sources._pace import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 5, 15, 22, tzinfo=UTC)
HOST = "query2.finance.yahoo.com"
#: As it was before tests were kept from the network.
CONNECT = socket.socket.connect


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "yahoo")


def test_the_library_and_the_browser_it_passes_for_are_named(memory: Memory) -> None:
    found = accesses.describe(memory, NOW)

    yfinance, disguise = found.carriers
    assert yfinance == f"yfinance {importlib.metadata.version('yfinance')}"
    assert disguise.startswith("curl_cffi ")
    assert " as chrome" in disguise
    assert (found.weakness, found.remedy) == ("", "")
    assert (found.signed_in_at, found.refused_at, found.rests_until) == (None,) * 3


@pytest.mark.parametrize("value", ["1", "TRUE", "yes"])
def test_that_the_disguise_is_switched_off_is_said(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("YF_DISABLE_CURL_CFFI", value)

    found = accesses.describe(memory, NOW)

    assert found.carriers[1].startswith("requests ")
    assert found.weakness.startswith("YF_DISABLE_CURL_CFFI is set")
    assert found.remedy == "Unset YF_DISABLE_CURL_CFFI."


def test_that_the_disguise_is_missing_is_said(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = builtins.__import__

    def without(name: str, *rest: Any) -> Any:  # noqa: ANN401 - as it is declared
        if name.startswith("curl_cffi"):
            raise ImportError(name)
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)

    found = accesses.describe(memory, NOW)

    assert found.weakness.startswith("curl_cffi is not installed")
    assert "pip install curl_cffi" in found.remedy


def test_a_rest_and_its_end_are_known_without_asking(memory: Memory) -> None:
    pace = Pace(0)
    pace.refused(0)
    paces.keep(memory, pace, NOW, 0)

    found = accesses.describe(memory, NOW + timedelta(seconds=10))

    assert found.refused_at == NOW
    assert found.rests_until == NOW + timedelta(seconds=60)
    assert found.rate == 2.5
    assert accesses.describe(memory, NOW + timedelta(hours=1)).rests_until is None


# --- the certificate ------------------------------------------------------------------


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A proxy that opens encrypted connections; yields what it was asked."""
    monkeypatch.setattr(socket.socket, "connect", CONNECT)
    authority = trustme.CA(organization_name="Firm Inspection")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(tls)
    heads: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        url = f"http://me:s%20cret@127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("https_proxy", url)
        monkeypatch.setenv("HTTPS_PROXY", url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        serving = threading.Thread(target=_serve, args=(server, tls, heads))
        serving.start()
        yield heads
        server.shutdown(socket.SHUT_RDWR)  # closing alone wakes nobody who waits
        server.close()
        serving.join(5)


def _serve(server: socket.socket, tls: ssl.SSLContext, heads: list[str]) -> None:
    """Answer connections until the server is closed."""
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            heads.append(connection.recv(4096).decode())
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            try:
                with tls.wrap_socket(connection, server_side=True) as opened:
                    opened.recv(1)
            except OSError:
                continue


def test_the_maker_of_a_certificate_that_no_browser_trusts_is_named(
    proxy: list[str],
) -> None:
    assert certificates.shown_by(HOST) == Certificate(
        "Firm Inspection", is_public=False
    )
    assert all(head.startswith(f"CONNECT {HOST}:443") for head in proxy)
    assert all("Proxy-Authorization: Basic bWU6cyBjcmV0" in head for head in proxy)


def test_a_maker_whom_all_trust_is_one_connection(
    proxy: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del proxy
    monkeypatch.setattr(certificates, "_shown", lambda *_: {"commonName": "Known CA"})

    assert certificates.shown_by(HOST) == Certificate("Known CA", is_public=True)
    del tmp_path


def test_without_a_network_nothing_is_known_of_the_certificate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket.socket, "connect", CONNECT)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")

    assert certificates.shown_by(HOST) is None


def test_a_network_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []

    def connects(seconds: float) -> bool:
        looks.append(seconds)
        return True

    monkeypatch.setattr(_reachable, "_connects", connects)
    found = _reachable.Reachable()

    assert not found.known
    assert found.look(1.5)
    assert found.look(1.5)
    assert found.known
    assert looks == [1.5]


@pytest.mark.parametrize(
    ("proxy", "way"),
    [
        ("", (HOST, 443)),
        ("http://me:secret@proxy.example:8080", ("proxy.example", 8080)),
        ("http://proxy.example", ("proxy.example", 80)),
        ("socks5://proxy.example", ("proxy.example", 1080)),
    ],
)
def test_with_a_proxy_it_is_the_proxy_that_must_be_there(
    monkeypatch: pytest.MonkeyPatch, proxy: str, way: tuple[str, int]
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, proxy)

    assert _reachable._way() == way  # noqa: SLF001 - what it would connect to
