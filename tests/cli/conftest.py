"""The command line in process: a small world, and what each stream received."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

import worlds
from triad_screener import cli
from worlds import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

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
