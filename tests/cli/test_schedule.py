"""triad schedule: what it prints is run, by what it names."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

from triad_screener import __version__
from triad_screener.cli import schedule
from triad_screener.cli.report import app as report_app
from triad_screener.workflows import scheduling

if TYPE_CHECKING:
    from worlds import Triad

TRIAD = Path(sys.executable).parent / "triad"
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _called_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/dev/null/nowhere/triad"])
    for name in (*CERTIFICATES, *os.environ):
        if name in CERTIFICATES or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name, raising=False)


# --- cron -----------------------------------------------------------------------------


def test_a_crontab_line_is_printed_after_comments(triad: Triad) -> None:
    answer = triad("schedule", "--at", "weekdays 07:30")

    *comments, line = answer.rows
    assert (answer.code, answer.err) == (0, "")
    assert all(row.startswith("# ") for row in comments)
    assert line.startswith("30 7 * * 1-5 LC_ALL=C.UTF-8 TRIAD_OFFLINE=1 XDG_")
    assert line.endswith("-m triad_screener report --email --if-changed")


@pytest.mark.skipif(not TRIAD.exists(), reason="triad is not installed as a program")
def test_the_line_runs_the_very_program_that_printed_it(tmp_path: Path) -> None:
    link = tmp_path / 'it\'s "100%" $x \\%' / "triad"
    link.parent.mkdir()
    link.symlink_to(TRIAD)
    printed = subprocess.run(
        ["./triad", "schedule"], cwd=link.parent, capture_output=True, check=True
    )
    line = printed.stdout.decode().splitlines()[-1]
    job = line.removesuffix(" report --email --if-changed") + " --version"

    command = job.split(" ", 5)[5].replace(r"\%", "%")
    done = subprocess.run(  # noqa: S603 - our own line
        ["/bin/sh", "-c", command],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )

    assert job != line
    assert (done.stdout.decode(), done.stderr) == (f"triad {__version__}\n", b"")


def test_a_link_to_the_program_is_not_followed(tmp_path: Path) -> None:
    program, plain = tmp_path / "program", tmp_path / "plain"
    for path, mode in ((program, 0o755), (plain, 0o644)):
        path.touch(mode)
    (tmp_path / "link").symlink_to(program)
    (tmp_path / "__main__.py").symlink_to(program)
    otherwise = (sys.executable, "-m", "triad_screener")

    assert schedule.program(str(tmp_path / "link")) == (str(tmp_path / "link"),)
    assert schedule.program(str(plain)) == otherwise
    assert schedule.program(str(tmp_path / "__main__.py")) == otherwise
    assert schedule.program("-c") == otherwise


def test_options_after_two_dashes_go_to_the_report(triad: Triad) -> None:
    answer = triad("schedule", "--no-if-changed", "--", "--set", "basket.size=3")

    assert answer.rows[-1].endswith(" report --email --set basket.size=3")
    assert "triad schedule --no-if-changed -- --set basket.size=3)" in answer.out


def test_a_crontab_line_is_written_to_a_file(triad: Triad, tmp_path: Path) -> None:
    printed = triad("schedule").out

    answer = triad("schedule", "--output", str(tmp_path / "line"))

    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert (tmp_path / "line").read_text("utf-8") == printed


def test_every_variable_that_the_report_reads_is_carried() -> None:
    report = typer.main.get_command(report_app)

    read = {getattr(option, "envvar", None) for option in report.params} - {None}

    assert "TRIAD_CONFIG" in read
    assert read <= {*scheduling.CARRIED}


def test_a_password_is_left_out_and_missed_aloud(
    triad: Triad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAD_SMTP_PASSWORD", "hunter2")

    answer = triad("schedule")

    assert answer.code == 0
    assert "hunter2" not in answer.out + answer.err
    assert answer.err.startswith("triad: TRIAD_SMTP_PASSWORD is left out")


# --- systemd --------------------------------------------------------------------------


def test_the_units_are_printed_with_the_steps_to_install_them(triad: Triad) -> None:
    answer = triad("schedule", "--with", "systemd", "--at", "daily 18:00")

    assert (answer.code, answer.err) == (0, "")
    assert "--output ~/.config/systemd/user --with systemd --at 'daily 18:00'\n" in (
        answer.out
    )
    assert "OnCalendar=*-*-* 18:00:00\nPersistent=true\n" in "".join(
        f"{row}\n" for row in answer.rows if not row.startswith("#")
    )
    assert "ExecStart=" in answer.out


def test_the_units_are_written_and_what_is_left_to_do_is_a_script(
    triad: Triad, tmp_path: Path
) -> None:
    folder = tmp_path / "systemd" / "user"

    for _ in "twice":
        answer = triad("schedule", "--with", "systemd", "--output", str(folder))

    assert (answer.code, answer.err) == (0, "")
    assert answer.rows == [
        f"# {folder}/triad-letter.service is written.",
        f"# {folder}/triad-letter.timer is written.",
        "systemctl --user daemon-reload",
        "systemctl --user enable --now triad-letter.timer",
        "loginctl enable-linger",
    ]
    assert sorted(path.name for path in folder.iterdir()) == [
        "triad-letter.service",
        "triad-letter.timer",
    ]
    service = folder / "triad-letter.service"
    assert service.read_text("utf-8").startswith("[Unit]\n")
    assert not service.stat().st_mode & stat.S_IXUSR


def test_a_folder_that_cannot_be_made_is_an_output_error(
    triad: Triad, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    answer = triad(
        "schedule", "--with", "systemd", "--output", str(tmp_path / "file" / "user")
    )

    assert (answer.code, answer.out) == (73, "")
    assert answer.err.startswith(f"triad: {tmp_path}/file/user cannot be made (")


# --- refusals -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--at", "someday 07:30"), "--at 'someday 07:30' is not a day and a time."),
        (("--with", "launchd"), "'launchd' is not one of 'cron', 'systemd'"),
        (("--top", "3"), "No such option: --top"),
        (("--", "--set", "a\nb"), "has a character that cannot be printed: 'a\\nb'"),
        (("--with", "systemd", "--output", "a\nb"), "The name of the folder has a"),
    ],
)
def test_what_makes_no_schedule_is_refused(
    arguments: tuple[str, ...],
    said: str,
    triad: Triad,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    answer = triad("schedule", *arguments)

    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert [*tmp_path.iterdir()] == []


def test_options_that_the_report_does_not_have_are_refused_now(triad: Triad) -> None:
    unknown = triad("schedule", "--", "--tpo", "3")
    wrong = triad("schedule", "--", "--top", "many")
    good = triad("schedule", "--", "--top", "3", "--holdings=/etc/hosts")

    assert (unknown.code, wrong.code, good.code) == (2, 2, 0)
    assert unknown.err.startswith("triad: No such option: --tpo")
    assert "See 'triad report --help'." in wrong.err


@pytest.mark.parametrize(
    "option",
    [
        ("--holdings", "mine.csv"),
        ("--holdings=mine.csv",),
        ("--source", "folder:mine.csv"),
    ],
)
def test_a_path_that_leads_elsewhere_from_another_folder_is_refused(
    option: tuple[str, ...],
    triad: Triad,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRIAD_CONFIG", "mine.yaml")  # which is made absolute instead

    relative = triad("schedule", "--", *option)
    absolute = triad("schedule", "--", "--source", f"folder:{tmp_path}")

    assert absolute.code == 0
    assert (relative.code, relative.out) == (2, "")
    assert relative.err == (
        "triad: 'mine.csv' is not a full path, and the letter is made elsewhere.\n"
        f"       Write '{tmp_path}/mine.csv'.\n"
    )
