"""Every command in every format: what all of them promise."""

from __future__ import annotations

import csv
import importlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer

from triad_screener import cli
from triad_screener.cli._options import Format
from triad_screener.rendering import RENDERERS

if TYPE_CHECKING:
    from worlds import Triad, World

FILE = Path(__file__).parents[1] / "answers" / "cross_section.csv"
COMMANDS = {
    "screen": ("screen",),
    "explain": ("explain", "AAA"),
    "score": ("score", str(FILE)),
    "show": ("taxonomy", "show"),
    "factors": ("factors",),
}


def arguments(command: str, shape: str, world: World) -> tuple[str, ...]:
    """The command line of a command on the small world."""
    wanted = (*COMMANDS[command], "--format", shape)
    if command in ("screen", "explain"):
        return (*wanted, *world.options)
    return wanted


def numbers_of(value: Any) -> list[float]:  # noqa: ANN401 - any JSON
    """Every number in a document."""
    if isinstance(value, dict):
        return [n for inner in value.values() for n in numbers_of(inner)]
    if isinstance(value, list):
        return [n for inner in value for n in numbers_of(inner)]
    counts = isinstance(value, (int, float)) and not isinstance(value, bool)
    return [float(value)] if counts else []


def test_the_option_names_every_registered_format() -> None:
    assert {shape.value for shape in Format} == set(RENDERERS)


@pytest.mark.parametrize("shape", RENDERERS)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_every_format_and_standard_error_is_silent(
    command: str, shape: str, triad: Triad, world: World
) -> None:
    answer = triad(*arguments(command, shape, world))

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.endswith("\n")
    assert "\x1b" not in answer.out


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("out.csv", "csv"),
        ("out.JSON", "json"),
        ("out.ndjson", "ndjson"),
        ("out.jsonl", "ndjson"),
        ("out.tsv", "tsv"),
        ("out.md", "markdown"),
        ("out.html", "html"),
        ("out.txt", "table"),
        ("out", "table"),
        ("out.2026-05-15", "table"),
    ],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_is_written_in_the_format_that_its_name_promises(
    command: str, name: str, shape: str, triad: Triad, world: World, tmp_path: Path
) -> None:
    file, other = tmp_path / name, tmp_path / "given"
    wanted = arguments(command, shape, world)
    at = wanted.index("--format")
    named = (*wanted[:at], *wanted[at + 2 :], "--output", str(file))

    written = triad(*named)
    triad(*wanted, "--output", str(other))

    assert (written.code, written.out, written.err) == (0, "", "")
    assert file.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
@pytest.mark.parametrize("last", ["--format", "--output"])
def test_a_format_that_is_given_counts_more_than_a_name(
    name: str, last: str, triad: Triad, tmp_path: Path
) -> None:
    options = {"--format": "json", "--output": str(tmp_path / name)}
    first = next(option for option in options if option != last)

    triad("factors", first, options[first], last, options[last])

    assert json.loads((tmp_path / name).read_text())


def commands_of(command: Any, words: str = "") -> dict[str, Any]:  # noqa: ANN401 - typer's own
    """Every command of the program, by its words."""
    parts = getattr(command, "commands", {})
    found = {} if parts else {words: command}
    for name, part in parts.items():
        found |= commands_of(part, f"{words} {name}".strip())
    return found


def test_every_command_that_writes_a_file_minds_its_name(
    triad: Triad, tmp_path: Path
) -> None:
    for name, (module, _) in cli.COMMANDS.items():
        found = typer.main.get_command(importlib.import_module(module).app)
        for words, command in commands_of(found, name).items():
            options = {option for one in command.params for option in one.opts}
            wanted = ["x" for one in command.params if one.required]
            if "--output" in options:
                answer = triad(
                    *words.split(), *wanted, "--output", str(tmp_path / "x.xlsx")
                )
                assert answer.code == 2, words
                assert "x.xlsx" in answer.err, words


@pytest.mark.parametrize("command", COMMANDS)
def test_json_is_one_document_without_nan(
    command: str, triad: Triad, world: World
) -> None:
    answer = triad(*arguments(command, "json", world))

    def refuse(word: str) -> None:
        pytest.fail(f"{word} is no JSON")

    document = json.loads(answer.out, parse_constant=refuse)
    assert isinstance(document, dict)
    assert answer.out.startswith("{\n")
    if command != "factors":
        assert numbers_of(document)


@pytest.mark.parametrize("command", COMMANDS)
def test_lines_of_json_and_of_a_table_have_the_same_names(
    command: str, triad: Triad, world: World
) -> None:
    objects = triad(*arguments(command, "ndjson", world)).rows
    tables = {
        delimiter: list(
            csv.DictReader(
                io.StringIO(triad(*arguments(command, shape, world)).out),
                delimiter=delimiter,
            )
        )
        for shape, delimiter in (("csv", ","), ("tsv", "\t"))
    }

    assert tables[","] == tables["\t"]
    assert len(tables[","]) == len(objects) > 0
    for text, row in zip(objects, tables[","], strict=True):
        assert list(json.loads(text)) == list(row)


@pytest.mark.parametrize("command", COMMANDS)
def test_tickers_are_one_word_a_line(command: str, triad: Triad, world: World) -> None:
    answer = triad(*arguments(command, "tickers", world))

    assert answer.rows
    assert all(row and not row.isspace() and " " not in row for row in answer.rows)


def test_locale_hash_seed_and_time_zone_do_not_show_in_the_output(
    triad: Triad, world: World
) -> None:
    code = (
        "import sys; from triad_screener.cli import run\n"
        "for shape in ('json', 'csv', 'ndjson', 'tickers'):\n"
        "    run([*sys.argv[1:], '--format', shape])\n"
    )
    here = b"".join(
        triad("screen", *world.options, "--format", shape).raw
        for shape in ("json", "csv", "ndjson", "tickers")
    )
    strange = {
        **os.environ,
        "LC_ALL": "C",
        "LANG": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONHASHSEED": "7",
        "TZ": "Pacific/Kiritimati",
        "COLUMNS": "40",
    }

    there = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code, "screen", *world.options],
        env=strange,
        capture_output=True,
        check=True,
    )

    assert there.stdout == here
    assert there.stderr == b""
