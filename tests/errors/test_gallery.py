"""The error gallery: command, exact text on standard error, exit code.

A file whose name begins with ``~/`` lies in the home folder of the test, which is
written as ``~`` in what is said, too.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from triad_screener import cli
from triad_screener.errors import EXIT_CODES

MISTAKES = sorted(Path(__file__).parent.glob("*.toml"))


def _mistake(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _settle(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the folders of the user lie where a reader knows them."""
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / ".local/share"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_a_mistake_gets_its_sentences_and_its_code(
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    mistake, home = _mistake(path), tmp_path / "home"
    _settle(home, monkeypatch)
    for name, content in mistake.get("files", {}).items():
        file = home / name[2:] if name.startswith("~/") else tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    monkeypatch.chdir(tmp_path)

    code = cli.run(mistake["command"])

    said = capfd.readouterr()
    assert said.err.replace(str(home), "~") == mistake["stderr"]
    assert said.out == ""
    assert code == mistake["code"]


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_a_message_says_what_is_wrong_and_what_to_do(path: Path) -> None:
    lines = _mistake(path)["stderr"].splitlines()

    assert all(line.endswith((".", "?")) for line in lines)
    assert "Traceback" not in lines[0]
    assert _mistake(path)["code"] in EXIT_CODES
    assert len(lines) > 1


def test_nothing_is_left_behind_where_output_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    cli.run(["screen", "--output", "missing/out.txt"])

    assert list(tmp_path.iterdir()) == []
