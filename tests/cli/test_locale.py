"""Which signs a terminal gets, by the reader's locale; a real one is asked."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from triad_screener.cli._locale import is_plain

if TYPE_CHECKING:
    from worlds import World

COMMANDS = (
    ("screen", "--lang", "zh"),
    ("screen", "--lang", "zh", "--format", "markdown"),
)


def environment(**locale: str) -> dict[str, str]:
    kept = ("PATH", "HOME", "TRIAD_OFFLINE")
    chosen = {name: os.environ[name] for name in kept}
    return {**chosen, "TERM": "xterm", **locale}


def at_terminal(*arguments: str, **locale: str) -> bytes:
    """Return what a terminal receives, on both streams."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "triad_screener", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(**locale),
    )
    os.close(theirs)
    received = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    assert process.wait(60) == 0
    return received


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that the other side has gone
        return b""


@pytest.mark.parametrize("arguments", COMMANDS, ids=len)
def test_a_terminal_of_the_locale_c_gets_no_garbage(
    arguments: tuple[str, ...], world: World
) -> None:
    plain = at_terminal(*arguments, *world.options, LC_ALL="C")
    rich = at_terminal(*arguments, *world.options, LC_ALL="C.UTF-8")

    assert b"Ranking" in plain
    assert plain.isascii()
    assert "算力" in rich.decode("utf-8")


def test_help_is_drawn_in_ascii_too() -> None:
    assert at_terminal("screen", "--help", LANG="C").isascii()


def test_off_a_terminal_every_locale_gets_the_same_bytes(world: World) -> None:
    first, second = (
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "triad_screener", "screen", *world.options],
            env=environment(LC_ALL=name),
            capture_output=True,
            check=True,
        ).stdout
        for name in ("C", "C.UTF-8")
    )

    assert first == second
    assert not first.isascii()


@pytest.mark.parametrize(
    "named",
    [
        {"LC_ALL": "POSIX", "LANG": "en_GB.UTF-8"},
        {"LC_CTYPE": "C"},
        {"LANG": "en_US.ISO-8859-1"},
    ],
    ids=str,
)
def test_the_first_locale_that_is_named_counts(named: dict[str, str]) -> None:
    assert is_plain(named)


@pytest.mark.parametrize(
    "named",
    [
        {"LC_ALL": "", "LANG": "de_DE.utf8"},
        {"LC_ALL": "C", "PYTHONUTF8": "1"},
        {"LC_ALL": "C", "PYTHONIOENCODING": "utf-8"},
    ],
    ids=str,
)
def test_a_locale_with_utf_8_or_a_word_to_python_is_not_plain(
    named: dict[str, str],
) -> None:
    assert not is_plain(named)
