"""The error gallery: command, exact text on standard error, exit code."""

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


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_a_mistake_gets_its_sentences_and_its_code(
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    mistake = _mistake(path)
    for name, content in mistake.get("files", {}).items():
        (tmp_path / name).write_text(content, "utf-8")
    monkeypatch.chdir(tmp_path)

    code = cli.run(mistake["command"])

    said = capfd.readouterr()
    assert said.err == mistake["stderr"]
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
