"""Letters, a server that takes them, and a way to it that leads nowhere else."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest
import trustme

from delivery.mail_server import Postmaster, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from triad_screener.model.mail import MailServer


@pytest.fixture
def _no_network() -> None:
    """Allow this machine: the servers of these tests are on it, and no others named."""


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def context(authority: trustme.CA) -> ssl.SSLContext:
    """How a server proves to be 127.0.0.1."""
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(found)
    return found


@pytest.fixture
def trust(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Trust the authority of these tests."""
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(bundle)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    return bundle


@pytest.fixture
def postmaster() -> Postmaster:
    return Postmaster()


@pytest.fixture
def server(
    postmaster: Postmaster, context: ssl.SSLContext, trust: Path
) -> Iterator[MailServer]:
    """A trusted server that wants STARTTLS."""
    del trust
    with serving(postmaster, "starttls", context) as found:
        yield found


@pytest.fixture
def plain(postmaster: Postmaster) -> Iterator[MailServer]:
    """A server that takes letters in the clear."""
    with serving(postmaster, "none") as found:
        yield found
