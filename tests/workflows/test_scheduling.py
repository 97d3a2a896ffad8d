"""Lines and units, read the way cron, a shell and systemd read them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from triad_screener import settings
from triad_screener.errors import UsageError
from triad_screener.workflows import scheduling
from triad_screener.workflows.scheduling import SERVICE, TIMER, Job

if TYPE_CHECKING:
    from pathlib import Path

MONDAY = scheduling.to_moment("mon 07:30")
AWKWARD = (
    *("a blank", "it's", 'say "x"', "100%", "%h", "%%", "$HOME", "${x}", "$$"),
    *("`id`", "$(id)", "\\", "\\\\", "\\%", "\\\\%", "a\\", "\\n", "\\x41", "'\\'%"),
    *("ünï", "中文", "~", "*", ";", "#x", "", "a=b", "!x", "a;b", "&", "-", "\\$"),
)
TELL = "import json, os, sys; print(json.dumps([sys.argv[1:], dict(os.environ)]))"


def job(*words: str, **variables: str) -> Job:
    return Job(words, {"LC_ALL": "C.UTF-8", **variables}, (), ())


def line(text: str) -> str:
    """Return the one line of a crontab that is no comment."""
    (found,) = [row for row in text.splitlines() if not row.startswith("#")]
    return found


def as_cron_reads(row: str, *, joins_backslashes: bool) -> tuple[list[str], str]:
    """Return the five fields, and the command up to a bare per cent sign.

    Args:
        row: A line of a crontab.
        joins_backslashes: Whether two of them are one, in which crons differ.
    """
    *fields, command = row.split(" ", 5)
    known = "%\\" if joins_backslashes else "%"
    bare = re.search(r"(?:[^\\%]|\\.)*", command)
    assert bare
    return fields, re.sub(rf"\\([{re.escape(known)}])", r"\1", bare[0])


def run(command: str, home: Path) -> bytes:
    """Run a command as cron does: by a shell that knows next to nothing."""
    done = subprocess.run(  # noqa: S603 - our own line
        ["/bin/sh", "-c", command],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        cwd=home,
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    return done.stdout


def as_systemd_reads(text: str) -> list[str]:
    """Return the words of a value in a unit, with specifiers filled in."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"(?= |$)|([^" \\]+)(?= |$)', text)
    words = [re.sub(r"\\(.)", r"\1", quoted) or bare for quoted, bare in found]
    assert not any(re.search("%(?!%)", word.replace("%%", "")) for word in words)
    return [word.replace("%%", "%") for word in words]


def values(unit: str, key: str) -> list[str]:
    return [
        row.partition("=")[2] for row in unit.splitlines() if row.startswith(f"{key}=")
    ]


# --- when -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fields", "calendar", "words"),
    [
        ("mon 07:30", "30 7 * * 1", "Mon *-*-* 07:30:00", "every Monday at 07:30"),
        ("SUNDAY 0:05", "5 0 * * 0", "Sun *-*-* 00:05:00", "every Sunday at 00:05"),
        ("daily 18:00", "0 18 * * *", "*-*-* 18:00:00", "every day at 18:00"),
        (
            " weekdays  23:59 ",
            "59 23 * * 1-5",
            "Mon..Fri *-*-* 23:59:00",
            "Monday to Friday at 23:59",
        ),
    ],
)
def test_a_day_and_a_time_are_written_in_each_language(
    text: str, fields: str, calendar: str, words: str
) -> None:
    moment = scheduling.to_moment(text)

    assert (moment.fields, moment.calendar, moment.words) == (fields, calendar, words)


@pytest.mark.parametrize(
    "text",
    [
        *("", "mon", "07:30", "mon 7", "mon 24:00", "mon 07:60", "noday 07:30"),
        *("mon 07:30\n* * * * * id", "mon 07:30:00", "mon ٠٧:٣٠"),  # noqa: RUF001 - digits of another script
    ],
)
def test_what_is_no_day_and_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a day and a time"):
        scheduling.to_moment(text)


@pytest.mark.parametrize(
    ("time", "warned"),
    [("00:59", False), ("01:00", True), ("02:59", True), ("03:00", False)],
)
def test_cron_is_warned_of_hours_in_which_clocks_change(
    time: str,
    warned: bool,  # noqa: FBT001 - a column of the table
) -> None:
    moment = scheduling.to_moment(f"sun {time}")

    assert ("when clocks change" in scheduling.crontab(job("/x"), moment)) == warned
    assert "when clocks change" not in scheduling.manual(job("/x"), moment)


# --- cron -----------------------------------------------------------------------------


@pytest.mark.parametrize("joins_backslashes", [True, False])
def test_a_shell_run_by_any_cron_gets_every_word_and_variable_as_it_was(
    tmp_path: Path,
    joins_backslashes: bool,  # noqa: FBT001 - one cron or the other
) -> None:
    for awkward in AWKWARD:
        told = job(sys.executable, "-c", TELL, awkward, TRIAD_CONFIG=awkward)
        row = line(scheduling.crontab(told, MONDAY))

        fields, command = as_cron_reads(row, joins_backslashes=joins_backslashes)
        words, environment = json.loads(run(command, tmp_path))

        assert fields == ["30", "7", "*", "*", "1"]
        assert words == [awkward]
        assert environment["TRIAD_CONFIG"] == awkward
        assert environment["LC_ALL"] == "C.UTF-8"


def test_all_but_one_line_are_comments() -> None:
    text = scheduling.crontab(job("/x"), MONDAY)

    assert line(text) == "30 7 * * 1 LC_ALL=C.UTF-8 /x"
    assert text.endswith("/x\n")


def test_the_comment_says_how_to_add_this_very_line() -> None:
    again = ("--at", "sun 09:00", "--", "--top", "3")

    text = scheduling.crontab(Job(("/x",), {}, (), again), MONDAY)

    assert (
        "(crontab -l; triad schedule --at 'sun 09:00' -- --top 3) | crontab -\n" in text
    )


def test_a_command_that_cron_would_cut_off_is_refused() -> None:
    room = scheduling.LONGEST_COMMAND - len("LC_ALL=C.UTF-8 ")
    longest = job("/" + "x" * (room - 1))

    assert len(line(scheduling.crontab(longest, MONDAY)).split(" ", 5)[5]) == 998
    with pytest.raises(UsageError, match="999 bytes, and cron keeps 998"):
        scheduling.crontab(job("/" + "x" * room), MONDAY)
    assert scheduling.units(job("/" + "x" * room), MONDAY)


@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "\x1b[31m", "\u2028", "\0", "\udcff"])
def test_what_would_end_a_line_or_be_hidden_in_it_is_refused(bad: str) -> None:
    for refused in (
        job(f"/{bad}"),
        job("/x", bad),
        job("/x", TRIAD_CONFIG=bad),
        Job(("/x",), {}, (), (bad,)),
    ):
        for write in (scheduling.crontab, scheduling.units, scheduling.manual):
            with pytest.raises(UsageError, match="cannot be printed") as failure:
                write(refused, MONDAY)
            assert failure.value.what.isprintable()


# --- systemd --------------------------------------------------------------------------


def test_systemd_gets_every_word_and_variable_as_it_was() -> None:
    for awkward in AWKWARD:
        told = job("/x", awkward, "--end", TRIAD_CONFIG=awkward)
        unit = scheduling.units(told, MONDAY)[SERVICE]

        (command,) = values(unit, "ExecStart")
        settled = [as_systemd_reads(row) for row in values(unit, "Environment")]

        assert as_systemd_reads(command.removeprefix(":")) == ["/x", awkward, "--end"]
        assert command.startswith(":") == ("$" in awkward)  # else it is a variable
        assert settled == [["LC_ALL=C.UTF-8"], [f"TRIAD_CONFIG={awkward}"]]


def test_the_units_as_one_text_are_the_units_with_comments() -> None:
    files = scheduling.units(job("/x"), MONDAY)

    text = scheduling.manual(job("/x"), MONDAY)

    assert text.endswith(
        f"\n# ~/.config/systemd/user/{SERVICE}\n{files[SERVICE]}"
        f"\n# ~/.config/systemd/user/{TIMER}\n{files[TIMER]}"
    )
    head = text.partition(f"\n# ~/.config/systemd/user/{SERVICE}\n")[0]
    assert all(row.startswith("# ") for row in head.splitlines())
    assert all(f"#   {step}\n" in text for step in scheduling.INSTALL)


ANALYZE = shutil.which("systemd-analyze") or ""
needs_systemd = pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is not there")


@needs_systemd
def test_systemd_finds_the_program_in_an_awkward_folder(tmp_path: Path) -> None:
    program = linked(tmp_path / "of 100% $x ünï")
    written(job(str(program), *AWKWARD, TRIAD_CONFIG="a b%"), tmp_path)

    good = analyze(
        "verify", str(tmp_path / SERVICE), str(tmp_path / TIMER), at=tmp_path
    )
    program.unlink()
    bad = analyze("verify", str(tmp_path / SERVICE), at=tmp_path)

    assert good == (0, "")
    assert "is not executable" in bad[1]  # so it was this path that was looked at


@needs_systemd
def test_systemd_accepts_quotes_in_the_path_of_the_program(tmp_path: Path) -> None:
    program = linked(tmp_path / 'it\'s "100%" \\ $x')
    service = written(job(str(program), *AWKWARD), tmp_path)

    said = analyze(
        "verify", str(tmp_path / SERVICE), str(tmp_path / TIMER), at=tmp_path
    )
    words = as_systemd_reads(values(service, "ExecStart")[0].removeprefix(":"))

    assert said == (0, "")
    assert subprocess.run(words, check=True, capture_output=True).stderr == b""  # noqa: S603 - our own line


def linked(folder: Path) -> Path:
    """Return a program, under another name."""
    folder.mkdir()
    (folder / "triad").symlink_to("/bin/true")
    return folder / "triad"


def written(told: Job, folder: Path) -> str:
    """Write the units of a job, and return the service."""
    files = scheduling.units(told, MONDAY)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return files[SERVICE]


@needs_systemd
@pytest.mark.parametrize("text", ["sun 07:30", "weekdays 07:30", "daily 18:00"])
def test_systemd_understands_when(text: str, tmp_path: Path) -> None:
    calendar = scheduling.to_moment(text).calendar

    code, said = analyze("calendar", calendar, at=tmp_path)

    assert code == 0
    assert f"Normalized form: {calendar}\n" in said


def analyze(*arguments: str, at: Path) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - the system's own program
        [ANALYZE, "--user", *arguments],
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"HOME": str(at), "XDG_RUNTIME_DIR": str(at), "LC_ALL": "C.UTF-8"},
    )
    return done.returncode, done.stdout


# --- the environment ------------------------------------------------------------------


def test_settings_of_the_environment_are_carried_and_paths_made_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/me")

    found = scheduling.carried(
        {
            "TRIAD_CONFIG": "mine.yaml",
            "TRIAD_DATA_FOLDER": "~/data",
            "TRIAD_SOURCE": "folder:figures",
            "TRIAD_MAX_AGE": "4d",
            "TRIAD_RECIPE": "",
            "XDG_CONFIG_HOME": "/etc/me",
            "https_proxy": "http://proxy:3128",
            "SSL_CERT_FILE": "ca.pem",
            "TRIAD_OF_SOMEBODY_ELSE": "x",
            "PATH": "/bin",
        }
    )

    assert found == {
        "LC_ALL": "C.UTF-8",
        "TRIAD_CONFIG": f"{tmp_path}/mine.yaml",
        "TRIAD_DATA_FOLDER": "/home/me/data",
        "TRIAD_SOURCE": f"folder:{tmp_path}/figures",
        "TRIAD_MAX_AGE": "4d",
        "XDG_CONFIG_HOME": "/etc/me",
        "https_proxy": "http://proxy:3128",
        "SSL_CERT_FILE": f"{tmp_path}/ca.pem",
    }


def test_every_setting_has_a_variable_that_is_carried() -> None:
    assert {f"TRIAD_{key.upper()}" for key in settings.KEYS} <= {*scheduling.CARRIED}
    assert "TRIAD_SMTP_PASSWORD" not in scheduling.CARRIED


def test_a_password_is_neither_carried_nor_printed() -> None:
    environment = {
        "TRIAD_SMTP_PASSWORD": "hunter2",
        "https_proxy": "http://me:hunter2@proxy",
        "ALL_PROXY": "http://proxy:3128/hunter2",
    }
    told = Job(
        ("/x",),
        scheduling.carried(environment),
        scheduling.withheld(environment),
        (),
    )

    for text in (scheduling.crontab(told, MONDAY), scheduling.manual(told, MONDAY)):
        assert "hunter2" not in text
        assert "# TRIAD_SMTP_PASSWORD is left out" in text
        assert (
            "Use TRIAD_SMTP_PASSWORD_FILE, or smtp_password_file in settings.toml"
            in text
        )
        assert "# https_proxy is left out" in text
        assert "# ALL_PROXY is left out" in text


def test_a_password_that_is_to_be_had_otherwise_is_not_missed() -> None:
    environment = {"TRIAD_SMTP_PASSWORD": "x", "TRIAD_SMTP_PASSWORD_FILE": "/p"}

    assert scheduling.withheld(environment) == ()
    assert "TRIAD_SMTP_PASSWORD" not in scheduling.carried(environment)
