"""The bar for a person who waits."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from triad_screener.cli import _progress

if TYPE_CHECKING:
    import pytest


class Terminal(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


def drawn(monkeypatch: pytest.MonkeyPatch, *, quiet: bool = False) -> str:
    """What is drawn for three answers of four."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with _progress.bar(quiet=quiet) as step:
        for done in (1, 2, 3):
            if step:
                step(done, 4)
    return terminal.getvalue()


def test_a_person_sees_what_is_asked_and_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")

    shown = drawn(monkeypatch)

    assert "Yahoo Finance" in shown
    assert "3/4" in shown


def test_it_says_why_it_waits_and_until_when(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    until = datetime(2026, 5, 15, 22, 45, tzinfo=UTC)

    with _progress.bar() as step:
        assert step
        step(1, 4)
        step(1, 4, until)
        step(2, 4, until)

    local = f"{until.astimezone():%H:%M}"
    shown = " ".join(terminal.getvalue().split())
    assert shown.count("refused a request as one too many") == 1
    assert f"Going on at {local}; Ctrl-C keeps what came." in shown
    assert f"Waiting until {local}" in shown


def test_nothing_is_drawn_in_quiet_or_on_a_dumb_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    quiet = drawn(monkeypatch, quiet=True)
    monkeypatch.setenv("TERM", "dumb")

    assert (quiet, drawn(monkeypatch)) == ("", "")


def test_nothing_is_drawn_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with _progress.bar() as step:
        assert step is None

    assert capsys.readouterr() == ("", "")


def test_nothing_is_drawn_before_the_first_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    with _progress.bar() as step:
        assert step is not None

    assert terminal.getvalue() == ""
