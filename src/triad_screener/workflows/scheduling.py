"""What must cron or systemd be told, so that the letter goes out by itself?

Each reads a line in its own way, and neither knows the environment of a shell: what
the program needs stands in the line, quoted for its reader.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from triad_screener import settings
from triad_screener.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SERVICE: Final = "triad-letter.service"
TIMER: Final = "triad-letter.timer"
UNIT_FOLDER: Final = "~/.config/systemd/user"
#: What a user types once the units are in their folder.
INSTALL: Final = (
    "systemctl --user daemon-reload",
    f"systemctl --user enable --now {TIMER}",
    "loginctl enable-linger",
)
#: Longest command that cron keeps, in bytes.
LONGEST_COMMAND: Final = 998

_NEVER_CARRIED: Final = "TRIAD_SMTP_PASSWORD"
_OTHER_PASSWORDS: Final = ("TRIAD_SMTP_PASSWORD_FILE", "TRIAD_SMTP_PASSWORD_COMMAND")
_PATHS: Final = (
    *("TRIAD_CONFIG", "TRIAD_DATA_FOLDER", "TRIAD_CACHE_FOLDER"),
    "TRIAD_SMTP_PASSWORD_FILE",
    *("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE"),
)
_PROXIES: Final = (
    *("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"),
    *("ALL_PROXY", "all_proxy"),
)
#: What the program reads from its environment and may stand in a line.
CARRIED: Final = (
    *dict.fromkeys((*(f"TRIAD_{key.upper()}" for key in settings.KEYS), *_PATHS)),
    *(*_PROXIES, "NO_PROXY", "no_proxy"),
)


@dataclass(frozen=True)
class _Days:
    """How days are written.

    Attributes:
        cron: As the fifth field of a crontab.
        calendar: As the first word of ``OnCalendar``, with the blank after it.
        words: For people.
    """

    cron: str
    calendar: str
    words: str


_WEEK: Final = (
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)
_DAYS: Final[Mapping[str, _Days]] = {
    "daily": _Days("*", "", "every day"),
    "weekdays": _Days("1-5", "Mon..Fri ", "Monday to Friday"),
} | {
    name: _Days(str(number % 7), f"{day[:3]} ", f"every {day}")
    for number, day in enumerate(_WEEK, 1)
    for name in (day.lower(), day[:3].lower())
}
_AT: Final = re.compile(r"([a-z]+) +([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True)
class Moment:
    """When the letter is due, by the clock of the machine.

    Attributes:
        days: A word such as ``mon``, ``weekdays`` or ``daily``.
        hour: 0 to 23.
        minute: 0 to 59.
    """

    days: str
    hour: int
    minute: int

    @property
    def fields(self) -> str:
        """The five fields of a crontab."""
        return f"{self.minute} {self.hour} * * {_DAYS[self.days].cron}"

    @property
    def calendar(self) -> str:
        """The same as systemd's calendar event."""
        return f"{_DAYS[self.days].calendar}*-*-* {self.hour:02}:{self.minute:02}:00"

    @property
    def words(self) -> str:
        """The same for people."""
        return f"{_DAYS[self.days].words} at {self.hour:02}:{self.minute:02}"

    @property
    def may_be_skipped(self) -> bool:
        """Whether clocks that change can leave this time out, or have it twice."""
        return self.hour in (1, 2)


@dataclass(frozen=True)
class Job:
    """What is to be run.

    Attributes:
        words: Absolute path of the program, and its arguments.
        variables: Its environment, by name.
        withheld: Names of variables that are set but hold a secret.
        again: What to write after ``triad schedule`` to print this once more.
    """

    words: Sequence[str]
    variables: Mapping[str, str]
    withheld: Sequence[str]
    again: Sequence[str]


def to_moment(text: str) -> Moment:
    """Return the days and the time that ``text`` writes, such as ``mon 07:30``.

    Raises:
        UsageError: If it is not a day and a time.
    """
    found = _AT.fullmatch(text.strip().lower())
    if not found or found[1] not in _DAYS:
        raise UsageError(
            f"--at {text!r} is not a day and a time.",
            "Write 'mon 07:30', 'weekdays 07:30' or 'daily 18:00'.",
        )
    return Moment(found[1], int(found[2]), int(found[3]))


def carried(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return what the program reads from its environment and cron would not know.

    Relative paths are made absolute: the job runs in another folder. Neither a
    password nor an address with one in it is carried; see `withheld`.
    """
    secret = withheld(environment)
    return {"LC_ALL": "C.UTF-8"} | {
        name: _absolute(name, environment[name])
        for name in CARRIED
        if environment.get(name) and name not in secret
    }


def withheld(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of variables with a secret that the job will not have."""
    proxies = tuple(
        name
        for name in _PROXIES
        if (address := environment.get(name)) and not settings.is_bare_proxy(address)
    )
    told_otherwise = any(environment.get(name) for name in _OTHER_PASSWORDS)
    if not environment.get(_NEVER_CARRIED) or told_otherwise:
        return proxies
    return (_NEVER_CARRIED, *proxies)


def _absolute(name: str, value: str) -> str:
    kind, colon, path = value.partition(":")
    if name == "TRIAD_SOURCE" and kind == "folder" and path:
        return f"{kind}{colon}{Path(path).expanduser().absolute()}"
    return str(Path(value).expanduser().absolute()) if name in _PATHS else value


def crontab(job: Job, moment: Moment) -> str:
    """Return comments and one line of a crontab.

    Raises:
        UsageError: If a word has a character that no line can hold, or the command
            is longer than cron keeps.
    """
    _require_printable(job)
    command = f"{_assignments(job.variables)} {_in_shell(job.words)}"
    _require_short(command)
    again = f"triad schedule {_in_shell(job.again)}".rstrip()
    comments = (
        f"The letter of triad: {moment.words}, by the clock of this machine.",
        f"Add it to your crontab, once: (crontab -l; {again}) | crontab -",
        "Change it, or take it out: crontab -e",
        "Nothing is printed when all goes well: what cron mails is what went wrong.",
        *(_CLOCKS_CHANGE if moment.may_be_skipped else ()),
        *secrets(job.withheld),
    )
    line = f"{moment.fields} {_in_crontab(command)}"
    return "".join(f"# {comment}\n" for comment in comments) + f"{line}\n"


_CLOCKS_CHANGE: Final = (
    "Between 01:00 and 03:00 a job can be left out, or run twice, when clocks change.",
)


def secrets(names: Sequence[str]) -> tuple[str, ...]:
    """Return what to say of variables that are set here and are left out."""
    return tuple(
        f"{name} is left out, as others could read it there. {_INSTEAD}"
        if name == _NEVER_CARRIED
        else f"{name} is left out, as it may hold a password."
        for name in names
    )


_INSTEAD: Final = (
    f"Use {_OTHER_PASSWORDS[0]}, or smtp_password_file in {settings.FILE_NAME}."
)


def _in_shell(words: Sequence[str]) -> str:
    """Return words as a shell reads them, by whatever cron they passed before.

    Crons differ in what they make of two backslashes, and of one before a per cent
    sign; so within quotes none stands before either.
    """
    return re.sub(r"\\(?=[\\%])", r"\\''", shlex.join(words))


def _assignments(variables: Mapping[str, str]) -> str:
    return " ".join(f"{name}={_in_shell([text])}" for name, text in variables.items())


def _in_crontab(command: str) -> str:
    """Return a command as cron reads it: to it a bare per cent sign ends the line."""
    return command.replace("%", r"\%")


def units(job: Job, moment: Moment) -> Mapping[str, str]:
    """Return the service and the timer, by the names of their files.

    Raises:
        UsageError: If a word has a character that no line can hold.
    """
    _require_printable(job)
    return {
        SERVICE: "\n".join(_service(job)) + "\n",
        TIMER: "\n".join(_timer(moment)) + "\n",
    }


def manual(job: Job, moment: Moment) -> str:
    """Return both units as one text, with how to install them, as comments.

    Raises:
        UsageError: If a word has a character that no line can hold.
    """
    files = units(job, moment)
    write = f"triad schedule --output {UNIT_FOLDER} {_in_shell(job.again)}"
    steps = (write, *INSTALL)
    comments = (
        f"The letter of triad: {moment.words}, by the clock of this machine.",
        "These are two files. Write them, and start the timer:",
        *(f"  {step}" for step in steps),
        "Without the last step it runs only while you are logged in.",
        f"What it said: journalctl --user --unit {SERVICE}",
        f"Take it out: systemctl --user disable --now {TIMER}",
    )
    head = "".join(f"# {comment}\n" for comment in comments)
    bodies = (f"\n# {UNIT_FOLDER}/{name}\n{text}" for name, text in files.items())
    return head + "".join(bodies)


def _service(job: Job) -> Iterator[str]:
    yield "[Unit]"
    yield "Description=Letter of triad"
    yield ""
    yield "[Service]"
    yield "Type=oneshot"
    yield from (f"# {comment}" for comment in secrets(job.withheld))
    for name, text in job.variables.items():
        yield f"Environment={_in_unit(f'{name}={text}')}"
    words = _startable(job.words)
    # A dollar sign would name a variable; the colon says that there are none.
    bare = ":" if any("$" in word for word in words) else ""
    yield f"ExecStart={bare}{' '.join(map(_in_unit, words))}"


def _startable(words: Sequence[str]) -> Sequence[str]:
    """Return words that systemd starts: it refuses a quote in the path of a program."""
    if not set(words[0]) & set("'\"\\"):
        return words
    return ("/bin/sh", "-c", 'exec "$@"', "sh", *words)


def _timer(moment: Moment) -> Iterator[str]:
    yield "[Unit]"
    yield f"Description=Letter of triad, {moment.words}"
    yield ""
    yield "[Timer]"
    yield f"OnCalendar={moment.calendar}"
    yield "# What was missed while the machine was off is made up for."
    yield "Persistent=true"
    yield "RandomizedDelaySec=5min"
    yield ""
    yield "[Install]"
    yield "WantedBy=timers.target"


def _in_unit(word: str) -> str:
    """Return a word as systemd reads it: quoted if need be, no specifiers."""
    text = word.replace("%", "%%")
    if re.fullmatch(r"[\w@%+=:,./-]+", text, re.ASCII):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def require_printable(name: str, text: str) -> None:
    """Refuse what would end a line, or could not be seen in it.

    Args:
        name: What the text is, for the message.
        text: Anything, also what is not UTF-8.

    Raises:
        UsageError: If a character of it cannot be printed.
    """
    if not text.isprintable():
        raise UsageError(
            f"{name} has a character that cannot be printed: {text!a}.",
            "Leave it out; a line of a schedule cannot hold it.",
        )


def _require_printable(job: Job) -> None:
    for name, value in job.variables.items():
        require_printable(name, value)
    require_printable("The path of the program", job.words[0])
    for word in (*job.words[1:], *job.again):
        require_printable("An option", word)


def _require_short(command: str) -> None:
    length = len(_in_crontab(command).encode())
    if length > LONGEST_COMMAND:
        raise UsageError(
            f"The command has {length} bytes, and cron keeps {LONGEST_COMMAND}.",
            f"Put settings into {settings.FILE_NAME}, or use --with systemd.",
        )
