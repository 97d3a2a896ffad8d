"""The front of the program: help, names, faults, interruptions, completion."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from triad_screener import __version__, cli
from triad_screener.errors import EXIT_CODES

if TYPE_CHECKING:
    from collections.abc import Callable

    from worlds import Triad


class Failing:
    """A source that fails in a way of its own."""

    def __init__(self, failure: BaseException) -> None:
        self.failure = failure

    def fetch(self, *arguments: object, **options: object) -> NoReturn:
        del arguments, options
        raise self.failure


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Put a source in the place of the bundled one."""

    def put(failure: BaseException) -> None:
        monkeypatch.setattr(
            "triad_screener.sources.bundled.connect", lambda _: Failing(failure)
        )

    return put


# --- help -----------------------------------------------------------------------------


def test_help_lists_every_command_and_every_exit_code(triad: Triad) -> None:
    answer = triad("--help")

    assert (answer.code, answer.err) == (0, "")
    for name, (_, line) in cli.COMMANDS.items():
        assert re.search(rf"^  {name} +{line[:40]}", answer.out, re.MULTILINE)
    for code, meaning in EXIT_CODES.items():
        assert re.search(rf"^  {code} +{meaning[:40]}", answer.out, re.MULTILINE)


@pytest.mark.parametrize("command", ["", "screen", "runs", "taxonomy show", "thesis"])
def test_help_can_be_asked_for_in_three_ways(command: str, triad: Triad) -> None:
    words = command.split()

    long, short = triad(*words, "--help"), triad(*words, "-h")
    worded = triad("help", *words)

    assert (long.code, long.err) == (0, "")
    assert short == worded == long


def test_help_on_an_unknown_command_offers_the_nearest(triad: Triad) -> None:
    assert triad("help", "scren") == triad("scren")


def test_no_arguments_give_the_help(
    triad: Triad, monkeypatch: pytest.MonkeyPatch
) -> None:
    helped = triad("--help")
    monkeypatch.setattr(sys, "argv", ["triad"])
    monkeypatch.setattr(cli, "run", lambda given: 0 if given == ["--help"] else 1)

    with pytest.raises(SystemExit) as left:
        cli.main()

    assert helped.code == left.value.code == 0


@pytest.mark.parametrize(
    "arguments", [("--version", "--verbose"), ("--verbose", "--version")]
)
def test_a_report_of_a_bug_has_every_version_that_matters(
    triad: Triad, arguments: tuple[str, str]
) -> None:
    rows = triad(*arguments).rows

    assert [row.split(" ")[0].rstrip(":") for row in rows] == [
        "triad",
        "Python",
        "yfinance",
        "curl_cffi",
        "duckdb",
    ]
    assert rows[2] == f"yfinance {metadata.version('yfinance')}"


def test_a_package_that_is_missing_is_said_to_be(
    triad: Triad, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)

    assert "curl_cffi: not installed" in triad("--version", "--verbose").rows


def test_the_version_is_the_one_of_the_package(triad: Triad) -> None:
    assert triad("--version").out == f"triad {__version__}\n"


@pytest.mark.parametrize(
    "command",
    [
        *cli.COMMANDS,
        *(f"taxonomy {part}" for part in ("check", "show", "schema", "init", "add")),
        *(
            f"store {part}"
            for part in ("info", "check", "backup", "salvage", "export", "vacuum")
        ),
        *(f"runs {part}" for part in ("list", "show")),
        "thesis scaling",
        *(f"watchlist {part}" for part in ("list", "check")),
    ],
)
def test_every_command_has_a_help_with_examples(command: str, triad: Triad) -> None:
    answer = triad(*command.split(), "--help")

    assert (answer.code, answer.err) == (0, "")
    assert f"triad {command}" in answer.out
    groups = ("taxonomy", "store", "runs", "watchlist")
    assert command in groups or "Example" in answer.out


@pytest.mark.parametrize("command", [*cli.COMMANDS, "thesis scaling", "store export"])
def test_a_help_page_is_of_words_and_fits_eighty_columns(
    command: str, triad: Triad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    page = triad(*command.split(), "--help").out

    assert re.findall(r"<(?:str|int|float|bool|path|list)\b.*", page) == []
    assert re.findall(r"\[[^\]]*[<>]=?[^\]]*\]", page) == []
    assert max(map(len, page.splitlines())) <= 80


def test_the_commands_of_the_front_page_are_those_of_the_files() -> None:
    files = {path.stem for path in Path(cli.__file__).parent.glob("*.py")}
    helpers = {"fault", "front_page"}

    commands = {name for name in files - helpers if not name.startswith("_")}

    assert commands == set(cli.COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            ("hlep",),
            "triad: There is no command called 'hlep'.\n       Did you mean help?\n",
        ),
        (
            ("scren",),
            (
                "triad: There is no command called 'scren'.\n"
                "       Did you mean screen or score?\n"
            ),
        ),
        (("--bogus",), "triad: No such option: --bogus.\n       See 'triad --help'.\n"),
        (
            ("factors", "x"),
            (
                "triad: Got unexpected extra argument(s) (x).\n"
                "       See 'triad factors --help'.\n"
            ),
        ),
        (
            ("\x1b[31m",),
            (
                "triad: There is no command called '\\x1b[31m'.\n"
                "       Choose one of: diff, doctor, evaluate, explain, factors, "
                "help, history, refresh, report, runs, schedule, score, screen, store, "
                "taxonomy, thesis, watchlist.\n"
            ),
        ),
    ],
)
def test_what_is_no_command_is_refused_with_the_nearest(
    arguments: tuple[str, ...], error: str, triad: Triad
) -> None:
    answer = triad(*arguments)

    assert (answer.code, answer.out, answer.err) == (2, "", error)


# --- faults ---------------------------------------------------------------------------


def test_a_fault_is_one_sentence_and_a_file_of_details(
    triad: Triad,
    failing: Callable[[BaseException], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    failing(KeyError("the details\x1b[31m"))

    answer = triad("screen", "--source", "bundled")

    (file,) = tmp_path.iterdir()
    assert (answer.code, answer.out) == (70, "")
    assert answer.err == (
        "triad: The program failed (KeyError), which should not be.\n"
        f"       The details are in {file}; please report them.\n"
    )
    assert "Traceback" in file.read_text()
    assert "the details" in file.read_text()


def test_a_fault_where_no_file_can_be_written_says_how_to_see_the_details(
    triad: Triad,
    failing: Callable[[BaseException], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/dev/null/nowhere")
    failing(RecursionError())

    answer = triad("screen", "--source", "bundled")

    assert answer.code == 70
    assert answer.err == (
        "triad: The program failed (RecursionError), which should not be.\n"
        "       Run the command again with --debug to see the details.\n"
    )


class Full(io.StringIO):
    """A standard error that takes nothing more."""

    def write(self, text: str) -> NoReturn:
        del text
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("options", [(), ("--debug",)])
def test_a_fault_nobody_can_be_told_of_is_a_fault_all_the_same(
    options: tuple[str, ...],
    failing: Callable[[BaseException], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "stderr", Full())
    failing(KeyError())

    assert cli.run(["screen", "--source", "bundled", *options]) == 70


def test_a_traceback_is_shown_only_when_asked_for(
    triad: Triad, failing: Callable[[BaseException], None]
) -> None:
    failing(ZeroDivisionError("x"))

    fault = triad("screen", "--source", "bundled", "--debug")
    mistake = triad("screen", "NOPE", "--debug")
    plain = triad("screen", "NOPE")

    assert (fault.code, mistake.code, plain.code) == (70, 2, 2)
    assert "Traceback" in fault.err
    assert fault.err.endswith("triad: The program failed; the traceback is above.\n")
    assert "Traceback" in mistake.err
    assert mistake.err.endswith(plain.err)
    assert "Traceback" not in plain.err


def test_an_interruption_ends_with_130_and_without_a_word(
    triad: Triad, failing: Callable[[BaseException], None], tmp_path: Path
) -> None:
    file = tmp_path / "out.txt"
    file.write_text("old")
    failing(KeyboardInterrupt())

    answer = triad("screen", "--source", "bundled", "--output", str(file))

    assert (answer.code, answer.out, answer.err) == (130, "", "")
    assert file.read_text() == "old"


class Interrupted(io.StringIO):
    """A standard output at which somebody presses Ctrl-C."""

    def flush(self) -> NoReturn:
        raise KeyboardInterrupt


def test_an_interruption_at_the_very_end_ends_with_130_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", Interrupted())

    assert cli.run(["--version"]) == 130


# --- what is loaded -------------------------------------------------------------------

_LOADED = """
import json, sys
from triad_screener.cli import run
loaded = {}
for arguments in json.loads(sys.argv[1]):
    sys.stdout.flush()
    run(arguments)
    loaded[" ".join(arguments)] = sorted(
        {"numpy", "pandas", "duckdb", "pydantic", "yaml", "rich"} & set(sys.modules)
    )
print("\\n" + json.dumps(loaded))
"""


def loaded(*commands: list[str], **environment: str) -> dict[str, list[str]]:
    """Which libraries are there after each of some commands in one process."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _LOADED, json.dumps(commands)],
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "HOME": "/dev/null/nowhere", **environment},
    )
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_front_page_loads_nothing_and_help_only_what_typer_needs() -> None:
    found = loaded(["--help"], ["--version"], ["nonsense"], ["screen", "--help"])

    assert found["--help"] == found["--version"] == []
    assert set(found["nonsense"]) <= {"pydantic"}
    assert set(found["screen --help"]) <= {"pydantic", "rich"}


# --- too little memory, and errors that repeat what they were given -------------------


@pytest.mark.parametrize(
    "failure",
    [
        MemoryError(),
        ImportError("lib.so: failed to map segment from shared object"),
        RuntimeError("std::bad_alloc"),
        RuntimeError("can't start new thread"),
        OSError(12, "Cannot allocate memory", "/x"),
    ],
)
def test_too_little_memory_is_told_in_two_sentences(
    failure: Exception, triad: Triad, failing: Callable[[BaseException], None]
) -> None:
    failing(failure)

    answer = triad("screen", "--source", "bundled")

    assert (answer.code, answer.out) == (75, "")
    assert answer.err == (
        "triad: There is not enough memory for this command.\n"
        "       Close other programs, or raise the limit of this shell ('ulimit -v').\n"
    )


def test_a_traceback_moves_no_cursor(
    triad: Triad, failing: Callable[[BaseException], None]
) -> None:
    failing(RuntimeError("a\x1b[2Jb"))

    answer = triad("screen", "--source", "bundled", "--debug")

    assert answer.code == 70
    assert "RuntimeError: a[2Jb\n" in answer.err


def test_a_long_argument_is_not_repeated_whole(triad: Triad) -> None:
    for arguments in (("screen", "X" * 90_000), ("screen", "--sort", "X" * 90_000)):
        answer = triad(*arguments, "--source", "bundled")

        assert answer.code == 2
        assert len(answer.err) < 1000
