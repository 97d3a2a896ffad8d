"""Where the answer goes: terminals, files, full disks and readers that have left."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from triad_screener import cli
from triad_screener.cli import _streams
from triad_screener.errors import OutputError
from triad_screener.model.document import Document, Style

if TYPE_CHECKING:
    from collections.abc import Callable

    from worlds import Triad, World

TEXT = Document("text/plain", "▁█ 算力\n")


class Terminal(io.TextIOWrapper):
    """Something that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], io.BytesIO]:
    """Make standard output a terminal of 120 columns, and return what it receives."""

    def put(encoding: str = "utf-8") -> io.BytesIO:
        received = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", Terminal(received, encoding))
        monkeypatch.setenv("COLUMNS", "120")
        return received

    for name in ("NO_COLOR", "TERM", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    return put


# --- colours, width, signs ------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "environment", "colours"),
    [
        ("auto", {}, 256),
        ("auto", {"COLORTERM": "truecolor"}, 16_777_216),
        ("auto", {"NO_COLOR": "1"}, 0),
        ("auto", {"NO_COLOR": ""}, 256),
        ("auto", {"TERM": "dumb"}, 0),
        ("auto", {"TERM": "xterm"}, 256),
        ("never", {"COLORTERM": "truecolor"}, 0),
        ("always", {"NO_COLOR": "1"}, 256),
        ("always", {"TERM": "dumb"}, 256),
    ],
)
def test_colours_on_a_terminal(
    wanted: str,
    environment: dict[str, str],
    colours: int,
    terminal: Callable[[], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    style = _streams.style(wanted)

    assert style == Style(width=120, colours=colours, unicode=True)


@pytest.mark.parametrize(
    ("wanted", "colours"), [("auto", 0), ("never", 0), ("always", 256)]
)
def test_colours_off_a_terminal(
    wanted: str, colours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "utf-8"))

    style = _streams.style(wanted)

    assert style == Style(width=100, colours=colours, unicode=True)


@pytest.mark.parametrize(
    ("columns", "width"),
    [("80", 80), ("1", 40), ("9999", 400), ("wide", 100), ("-5", 100), ("0", 100)],
)
def test_the_width_off_a_terminal_is_the_one_asked_for_within_reason(
    columns: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "utf-8"))
    monkeypatch.setenv("COLUMNS", columns)

    assert _streams.style("auto").width == width


@pytest.mark.parametrize(
    ("encoding", "draws"),
    [
        ("utf-8", True),
        ("utf-16", True),
        ("gb18030", True),
        ("ascii", False),
        ("latin-1", False),
    ],
)
def test_a_terminal_that_cannot_draw_blocks_is_not_asked_to(
    encoding: str,
    draws: bool,  # noqa: FBT001 - a case
    terminal: Callable[[str], object],
) -> None:
    terminal(encoding)

    assert _streams.style("auto").unicode is draws


def test_a_table_on_a_terminal_is_coloured_and_in_a_pipe_is_not(
    screen: Triad, world: World, terminal: Callable[[], io.BytesIO]
) -> None:
    piped = screen("--top", "1")
    forced = screen("--top", "1", "--color", "always")
    received = terminal()

    cli.run(["screen", "--top", "1", *world.options])

    assert b"\x1b[" not in piped.raw
    assert b"\x1b[" in forced.raw
    assert b"\x1b[" in received.getvalue()


def test_signs_a_terminal_cannot_show_are_replaced_and_no_error(
    terminal: Callable[[str], io.BytesIO], capsys: pytest.CaptureFixture[str]
) -> None:
    received = terminal("ascii")

    _streams.show(TEXT, None)

    assert received.getvalue() == b"?? ??\n"
    assert capsys.readouterr().err == ""


def test_what_is_not_for_a_terminal_is_in_utf_8(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    received = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(received, "ascii"))

    _streams.show(TEXT, None)

    assert received.getvalue().decode() == TEXT.text


# --- files ----------------------------------------------------------------------------


def test_a_dash_is_standard_output_and_no_file(
    capsysbinary: pytest.CaptureFixture[bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    _streams.show(TEXT, Path("-"))

    assert capsysbinary.readouterr().out == TEXT.text.encode()
    assert [*tmp_path.iterdir()] == []


def test_a_file_holds_what_standard_output_would_hold(
    screen: Triad, tmp_path: Path
) -> None:
    file = tmp_path / "out.json"

    shown = screen("--format", "json")
    written = screen("--format", "json", "--output", str(file))

    assert (written.code, written.out, written.err) == (0, "", "")
    assert file.read_bytes() == shown.raw
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_is_replaced_keeps_its_mode_and_a_link_stays_a_link(
    tmp_path: Path,
) -> None:
    file, link = tmp_path / "real.txt", tmp_path / "link.txt"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)

    _streams.show(TEXT, link)

    assert link.is_symlink()
    assert file.read_text("utf-8") == TEXT.text
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_new_file_has_the_mode_that_the_user_gives_to_new_files(
    tmp_path: Path,
) -> None:
    before = os.umask(0o027)

    try:
        _streams.show(TEXT, tmp_path / "new.txt")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "new.txt").stat().st_mode) == 0o640


def test_a_pipe_with_a_name_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    _streams.show(TEXT, pipe)

    assert os.read(reader, 100).decode() == TEXT.text
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    os.close(reader)


@pytest.mark.parametrize("where", ["none/out.txt", "file/out.txt", "."])
def test_a_place_that_cannot_be_written_leaves_nothing(
    where: str, screen: Triad, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("old")

    answer = screen("--output", str(tmp_path / where))

    assert (answer.code, answer.out) == (73, "")
    assert answer.err.startswith(f"triad: {tmp_path / where} cannot be written (")
    assert answer.err.endswith(
        "       Check that the folder exists and that you may write there.\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "old"


@pytest.mark.parametrize("step", ["chmod", "replace"])
@pytest.mark.parametrize(
    "failure", [OSError(28, "No space left on device"), KeyboardInterrupt()]
)
def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(
    step: str,
    failure: BaseException,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "out.txt"
    file.write_text("old")

    def fail(*arguments: object) -> None:
        del arguments
        raise failure

    monkeypatch.setattr(Path, step, fail)

    with pytest.raises((OutputError, KeyboardInterrupt)):
        _streams.show(TEXT, file)

    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_an_error_leaves_the_file_of_last_time_alone(
    screen: Triad, tmp_path: Path
) -> None:
    file = tmp_path / "out.txt"
    file.write_text("old")

    answer = screen("NOPE", "--output", str(file))

    assert answer.code == 2
    assert file.read_text() == "old"


# --- real processes -------------------------------------------------------------------


def start(line: str, world: World) -> subprocess.CompletedProcess[bytes]:
    """Give a line to a shell in which TRIAD and WORLD stand for longer words."""
    program = f"{sys.executable} -m triad_screener"
    line = line.replace("TRIAD", program).replace("WORLD", " ".join(world.options))
    # Unbuffered, Python has nothing left to write, and to fail at, as it leaves.
    buffered = {n: v for n, v in os.environ.items() if n != "PYTHONUNBUFFERED"}
    return subprocess.run(  # noqa: S603 - the shell is the point
        ["/bin/bash", "-c", line], env=buffered, capture_output=True, check=False
    )


@pytest.mark.parametrize(
    "command",
    [
        "TRIAD screen WORLD --format tickers > /dev/full",
        "TRIAD --help > /dev/full",
        "TRIAD --version >&-",
    ],
)
def test_standard_output_that_takes_nothing_ends_with_73(
    command: str, world: World
) -> None:
    done = start(command, world)

    said = done.stderr.decode().splitlines()
    assert done.returncode == 73
    assert said[0].startswith("triad: Standard output cannot be written (")
    assert said[1:] == [
        "       Free some space, or write elsewhere with --output FILE."
    ]


@pytest.mark.parametrize(
    "command",
    [
        "TRIAD screen WORLD --format json",
        "TRIAD screen --help",
        "TRIAD --help",
        "TRIAD --version",
    ],
)
def test_a_reader_that_leaves_ends_the_program_quietly_with_0(
    command: str, world: World
) -> None:
    done = start(f"{command} | true; exit ${{PIPESTATUS[0]}}", world)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize(
    ("command", "code", "out"),
    [
        ("screen NOPE", 2, b""),
        ("screen NOPE --debug", 2, b""),
        ("screen AAA NOPE --ignore-unknown --format tickers", 0, b"AAA\n"),
    ],
)
def test_standard_error_that_takes_nothing_changes_no_exit_code(
    command: str, code: int, out: bytes, stderr: str, world: World
) -> None:
    done = start(f"TRIAD {command} WORLD {stderr}", world)

    assert (done.returncode, done.stdout) == (code, out)


def test_mistakes_nobody_can_be_told_of_are_counted_all_the_same(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "t.yaml").write_text("titel: x\n")

    done = start(f"TRIAD taxonomy check {tmp_path / 't.yaml'} 2>/dev/full", world)

    assert (done.returncode, done.stdout) == (78, b"")


# --- streams of text, as in a notebook ------------------------------------------------


def test_an_answer_goes_to_a_stream_of_text(monkeypatch: pytest.MonkeyPatch) -> None:
    received = io.StringIO()
    monkeypatch.setattr(sys, "stdout", received)

    code = cli.run(["screen", "--source", "bundled", "--format", "tickers"])

    assert code == 0
    assert "NVDA\n" in received.getvalue()


def test_a_stream_of_text_shows_every_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())

    assert _streams.style("auto").unicode


def test_tickers_come_from_a_stream_of_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("NVDA\nTSM\n"))

    assert _streams.tickers(["-"]) == ("NVDA", "TSM")


def test_what_is_said_moves_no_cursor_and_has_an_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _streams.say("a\x1b[2J\u202eb\udcff")
    _streams.say("x" * 1_000_000)
    _streams.confirm("a\x1b[2Jb")

    out, err = capsys.readouterr()
    assert err == f"a[2Jb\n{'x' * 2000}...\n"
    assert out == "a[2Jb\n"
