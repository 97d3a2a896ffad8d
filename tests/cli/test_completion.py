"""What bash, zsh and fish are offered at the end of a line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from triad_screener import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Offered = Callable[[str, str], list[str]]

SHELLS = ("bash", "zsh", "fish")


def environment(shell: str, line: str) -> dict[str, str]:
    """What the script of a shell tells the program."""
    return {
        "_TRIAD_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(line.count(" ")),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }


@pytest.fixture
def offered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Offered:
    """Return the words that a shell is offered at the end of a line."""

    def ask(shell: str, line: str) -> list[str]:
        for name, value in environment(shell, line).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit):
            cli.run([])
        out, err = capsys.readouterr()
        assert err == ""
        if shell == "zsh":  # "name":"what it does", in one call of _arguments
            return re.findall(r'[(\n]"([^"]+)"', out)
        return [row.split("\t")[0] for row in out.splitlines()]

    return ask


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("triad s", ["schedule", "score", "screen", "store"]),
        ("triad t", ["taxonomy", "thesis"]),
        ("triad screen --pi", ["--pillar"]),
        ("triad screen --col", ["--columns", "--color"]),
        ("triad explain AAA --as", ["--as-of"]),
        ("triad score x.csv --inc", ["--incumbents"]),
        ("triad factors --out", ["--output"]),
        ("triad taxonomy sh", ["show"]),
        ("triad taxonomy show --rec", ["--recipes"]),
        ("triad screen --format js", ["json"]),
        ("triad screen --universe p", ["post"]),
    ],
)
def test_commands_options_and_closed_lists_are_offered(
    shell: str, line: str, words: list[str], offered: Offered
) -> None:
    assert sorted(offered(shell, line)) == sorted(words)


@pytest.mark.parametrize("shell", SHELLS)
def test_after_a_word_that_is_no_command_no_error_lands_in_the_prompt(
    shell: str, offered: Offered
) -> None:
    assert "screen" not in offered(shell, "triad scren --t")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_a_shell_is_printed(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_TRIAD_COMPLETE", f"source_{shell}")

    with pytest.raises(SystemExit):
        cli.run([])

    out, err = capsys.readouterr()
    assert err == ""
    assert f"_TRIAD_COMPLETE=complete_{shell}" in out


def test_bash_completes_with_that_script(tmp_path: Path) -> None:
    program = tmp_path / "triad"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m triad_screener "$@"\n')
    program.chmod(0o755)
    script = (
        f'export PATH="{tmp_path}:$PATH"\n'
        'eval "$(_TRIAD_COMPLETE=source_bash triad)"\n'
        "COMP_WORDS=(triad screen --pil); COMP_CWORD=2\n"
        '_triad_completion triad; echo "${COMPREPLY[@]}"\n'
    )

    done = subprocess.run(  # noqa: S603 - our own program
        ["/bin/bash", "-c", script], capture_output=True, check=True
    )

    assert done.stdout == b"--pillar\n"


def test_completion_waits_for_no_library_of_numbers() -> None:
    line = "triad screen --format "
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "triad_screener"],
        env={**os.environ, **environment("bash", line)},
        capture_output=True,
        check=True,
    )

    assert b"json" in done.stdout.split()
    for library in (b"numpy", b"pandas", b"duckdb", b"yaml"):
        assert b" " + library + b"\n" not in done.stderr
