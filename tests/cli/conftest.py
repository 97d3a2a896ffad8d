"""The command line in process: a small world, and what each stream received."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

import lives
import worlds
from triad_screener import cli
from triad_screener.cli import _clock
from triad_screener.sources import LIVE_SOURCES
from worlds import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from lives import Clock, Vendor
    from worlds import Triad, World


@pytest.fixture
def triad(capsysbinary: pytest.CaptureFixture[bytes]) -> Triad:
    """Run the program in this process."""

    def run(*arguments: str) -> Answer:
        code = cli.run(arguments)
        out, err = capsysbinary.readouterr()
        return Answer(code, out, err.decode("utf-8"))

    return run


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Ten made-up lines, the same for all tests."""
    return worlds.write(tmp_path_factory.mktemp("world"))


@pytest.fixture
def screen(triad: Triad, world: World) -> Triad:
    """Screen the small world."""
    return lambda *arguments: triad("screen", *arguments, *world.options)


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Put bytes on standard input."""

    def put(content: bytes) -> None:
        stream = io.TextIOWrapper(io.BytesIO(content), "utf-8")
        monkeypatch.setattr(sys, "stdin", stream)

    return put


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = lives.Clock()
    monkeypatch.setattr(_clock, "now", found.now)
    monkeypatch.setattr(_clock, "today", found.today)
    return found


@pytest.fixture
def vendor(world: World, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    monkeypatch.delenv("TRIAD_OFFLINE")
    monkeypatch.setitem(LIVE_SOURCES.entries, "yahoo", "lives:connect")
    return lives.present(lives.of_world(world))


@pytest.fixture
def live(triad: Triad, world: World, clock: Clock, vendor: Vendor) -> Triad:
    """Run the program on the small world, from the vendor and the store."""
    del clock, vendor
    return lambda *arguments: triad(*arguments, "--config", str(world.config))
