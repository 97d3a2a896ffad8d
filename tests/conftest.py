"""Fixtures for all tests: snapshots, a small world, and no network."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: What a terminal tells programs, and what a reader wishes of them.
TERMINAL = ("COLUMNS", "LINES", "TERM", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE")
SNAPSHOTS = Path(__file__).parent / "__snapshots__"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite snapshots")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every attempt to reach a network fail."""

    def refuse(*args: object) -> NoReturn:
        message = f"a test tried to reach {args[1:]}"
        raise AssertionError(message)

    monkeypatch.setattr(socket.socket, "connect", refuse)


def _settle(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the reader's own configuration out, and every network."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))
    for name in [*os.environ]:
        if name.startswith("TRIAD_") or name in TERMINAL:
            monkeypatch.delenv(name)
    monkeypatch.setenv("TRIAD_OFFLINE", "1")


@pytest.fixture(autouse=True, scope="session")
def _one_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settle what fixtures of modules need."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        _settle(tmp_path_factory.mktemp("home"), monkeypatch)
        yield


@pytest.fixture(autouse=True)
def _own_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Give each test a home of its own."""
    _settle(tmp_path_factory.mktemp("home"), monkeypatch)


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare text with ``__snapshots__/name``; ``--accept`` rewrites the file."""

    def compare(text: str, name: str) -> None:
        kept = SNAPSHOTS / name
        if request.config.getoption("--accept"):
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes(text.encode())
        assert text == kept.read_bytes().decode(), "run make snapshots if this is right"

    return compare
