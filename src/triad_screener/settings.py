"""What has the user settled for every run: which source, folders and mail server?

A flag goes before an environment variable, that before the settings file, that before
the default.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from triad_screener.errors import ConfigurationError, UnknownNameError, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from triad_screener.model.mail import Mail, MailServer, Security

FILE_NAME: Final = "settings.toml"
STORE_NAME: Final = "triad.duckdb"
OUTBOX_NAME: Final = "outbox"
#: Who writes to whom in a trial where nobody is named.
NOBODY: Final = "triad@localhost"
#: What may be settled, with an example; options by their own names.
KEYS: Final[Mapping[str, str]] = {
    "source": '"auto"',
    "config": '"/home/me/my-triad.yaml"',
    "recipe": '"default"',
    "offline": "false",
    "timeout": '"60s"',
    "patience": '"45m"',
    "yahoo_rate": "5",
    "max_age": '"4d"',
    "min_coverage": "0.6",
    "lang": '"en"',
    "color": '"auto"',
    "data_folder": '"/home/me/triad"',
    "cache_folder": '"/home/me/.cache/triad"',
    "smtp_host": '"smtp.example.com"',
    "smtp_port": "587",
    "smtp_security": '"starttls"',
    "smtp_user": '"me@example.com"',
    "smtp_password_file": '"/home/me/.smtp-password"',
    "smtp_password_command": '"pass show smtp"',
    "mail_from": '"Triad <me@example.com>"',
    "mail_to": '["you@example.com"]',
    "edgar_user_agent": '"Jane Doe jane@example.com"',
}
FOLDERS: Final = ("data_folder", "cache_folder")
#: What says how letters go; each also as a variable, such as TRIAD_SMTP_HOST.
MAIL: Final = tuple(key for key in KEYS if key.startswith(("smtp_", "mail_")))
PASSWORD: Final = "TRIAD_SMTP_PASSWORD"  # noqa: S105 - a name, not a secret
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "offline": (bool,),
    "min_coverage": (int, float),
    "yahoo_rate": (int, float),
    "smtp_port": (int,),
    "mail_to": (str, list),
}
#: How a text must be written, where that can be said without the taxonomy.
_PATTERNS: Final[Mapping[str, str]] = {
    "source": r"(auto|yahoo|store|bundled|folder:.+)",
    "timeout": r"[0-9]{1,5} *[smh]?",
    "patience": r"[0-9]{1,5} *[smh]?",
    "max_age": r"[0-9]{1,5} *[dwh]?",
    "lang": r"(en|zh)",
    "color": r"(auto|always|never)",
    "smtp_port": r"[0-9]{1,5}",
    "smtp_security": r"(starttls|tls|none)",
}
#: The SEC wants to know whom to write to; it goes into a header as it is.
_USER_AGENT: Final = re.compile(r"(?=.{5,200}\Z)[!-~]*( [!-~]+)*", re.ASCII)
_ADDRESS_IN_IT: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_HOST: Final = re.compile(
    r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,39}"
)
_PROXY: Final = re.compile(
    r"(?:[a-z0-9+.-]+://)?(?P<user>[^/?#]*@)?"
    r"(?P<host>(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?)"
    r"(?P<rest>(?:[/?#][^@]*)?)",
    re.IGNORECASE,
)
_BETWEEN_COMMAS: Final = re.compile(r'(?:"[^"]*"|[^,"])+')
#: Requests a second that may be asked for.
_SLOWEST, _FASTEST = 0.1, 20.0
_LAST_PORT, _MOST_RECIPIENTS, _LONGEST_QUOTE = 65_535, 100, 100
_LARGEST_FILE, _LARGEST_NUMBER = 100_000, 1_000_000
#: Seconds that a command may take to give a password; bytes that are read of one.
_PATIENCE, _LONGEST_PASSWORD = 30, 4096


_WAYS: Final = (
    "Name a file in smtp_password_file or a command in smtp_password_command, or set"
    f" {PASSWORD}."
)


def path() -> Path:
    """Return where the settings file would stand; it need not exist."""
    # Imported here: most runs have no settings file to look for in --help.
    from platformdirs import user_config_path  # noqa: PLC0415

    return user_config_path("triad", appauthor=False) / FILE_NAME


def read() -> Mapping[str, object]:
    """Return the settings of the file; empty without one.

    Raises:
        ConfigurationError: If it is not TOML, or a key or value is not what it
            should be.
    """
    try:
        file = path()
        with file.open("rb") as opened:
            content = opened.read(_LARGEST_FILE + 1)
        text = content.decode()
    except PermissionError as error:
        raise _wrong(file, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise _wrong(file, "is not UTF-8 text") from error
    except (OSError, RuntimeError):
        return {}  # no such file, or no home folder
    if len(content) > _LARGEST_FILE:
        raise _wrong(file, f"is larger than {_LARGEST_FILE // 1000} kB")
    return _checked(file, text)


def _checked(file: Path, text: str) -> Mapping[str, object]:
    import tomllib  # noqa: PLC0415 - only where there is a file

    try:
        found = tomllib.loads(text)
    except RecursionError:
        raise _wrong(file, "is nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        raise _wrong(file, f"is not TOML ({_short(str(error))})") from None
    except ValueError:  # of thousands of digits
        raise _wrong(file, "holds a number far too large") from None
    for key, value in found.items():
        if "password" in key and key not in KEYS:
            raise _wrong(file, f"{_short(key)} has no place in this file", _WAYS)
        if key not in KEYS:
            nearest = UnknownNameError("setting", key, KEYS).remedy
            raise _wrong(file, f"has no use for {quoted(key)}", nearest)
        if not _fits(key, value):
            expected = f"Write {key} = {KEYS[key]}."
            raise _wrong(file, f"{key} is {_written(value)}", expected)
    return found


def _written(value: object) -> str:
    """Return a value of the file as a message can hold it."""
    try:
        return _short(repr(value))
    except ValueError:  # a number of thousands of digits, written in hexadecimal
        return "a number far too large"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}..."


def _fits(key: str, value: object) -> bool:
    """Return whether a value is of the type and in the form of its setting."""
    types = _TYPES.get(key, (str,))
    if not isinstance(value, types) or isinstance(value, bool) != (bool in types):
        return False
    if isinstance(value, list):
        return all(isinstance(one, str) and "\0" not in one for one in value)
    if isinstance(value, int) and abs(value) > _LARGEST_NUMBER:
        return False
    if key == "min_coverage":
        return 0 <= float(str(value)) <= 1
    if key == "yahoo_rate":
        return _SLOWEST <= float(str(value)) <= _FASTEST
    text, pattern = str(value), _PATTERNS.get(key)
    # No path and no address holds a NUL, and no system takes one.
    return "\0" not in text and (
        pattern is None or re.fullmatch(pattern, text) is not None
    )


def _wrong(
    file: Path, problem: str, expected: str = "Mend the file, or take it away."
) -> ConfigurationError:
    return ConfigurationError(str(file), problem, expected)


def defaults() -> Mapping[str, object]:
    """Return the settings that stand for options, by the name of the option."""
    apart = (*FOLDERS, *MAIL, "edgar_user_agent", "yahoo_rate")
    return {key: value for key, value in read().items() if key not in apart}


def data_folder() -> tuple[Path, str]:
    """Return the folder of the store, and what decided on it."""
    from platformdirs import user_data_path  # noqa: PLC0415 - only where it is needed

    return _folder("data_folder", lambda: user_data_path("triad", appauthor=False))


def cache_folder() -> tuple[Path, str]:
    """Return the folder of what can be fetched again, and what decided on it."""
    from platformdirs import user_cache_path  # noqa: PLC0415 - likewise

    return _folder("cache_folder", lambda: user_cache_path("triad", appauthor=False))


def proxy_host(address: str) -> str:
    """Return host and port of the address of a proxy, and nothing that is secret.

    A name, a password, a path or what follows it may be; empty where the host cannot
    be told from them.

    Examples:
        >>> proxy_host("http://me:secret@proxy.example:8080/token")
        'proxy.example:8080'
        >>> proxy_host("http://me:sec/ret@proxy.example")
        ''
    """
    found = _PROXY.fullmatch(address)
    return found["host"] if found else ""


def is_bare_proxy(address: str) -> bool:
    """Return whether the address of a proxy is a host and a port alone."""
    found = _PROXY.fullmatch(address)
    return found is not None and not found["user"] and found["rest"] in ("", "/")


def store_file() -> Path:
    """Return where the store stands; it need not exist."""
    return data_folder()[0] / STORE_NAME


def outbox_folder() -> Path:
    """Return where letters wait; it need not exist."""
    return data_folder()[0] / OUTBOX_NAME


def _folder(key: str, default: Callable[[], Path]) -> tuple[Path, str]:
    variable = f"TRIAD_{key.upper()}"
    if named := os.environ.get(variable):
        return _at_home(named, variable).absolute(), f"environment, {variable}"
    if settled := read().get(key):
        # A relative one would be another in every folder the program is run from.
        settled_path = path().parent / _at_home(str(settled), f"{path()}: {key}")
        return settled_path, f"settings file, {key}"
    return default(), "default"


def _at_home(text: str, place: str) -> Path:
    """Return a path whose ``~`` is a home folder."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        problem = f"{text[:_LONGEST_QUOTE]!r} is in the home of nobody here"
        raise ConfigurationError(place, problem, "Write the path in full.") from None


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said of a key, and where; an empty value if nothing was."""

    key: str
    value: str
    place: str

    @property
    def by_environment(self) -> bool:
        return self.place == _variable(self.key)

    def wrong(self, problem: str, expected: str = "") -> ConfigurationError:
        """Return what to raise where the value is not what it should be."""
        example = f"{self.key} = {KEYS[self.key]}"
        if self.by_environment:
            example = KEYS[self.key].strip('[]"')
        return ConfigurationError(self.place, problem, expected or f"Write {example}.")

    def is_no(self, what: str) -> ConfigurationError:
        """Return likewise, with the value; not for what may be a secret."""
        return self.wrong(f"{self.value[:_LONGEST_QUOTE]!r} is not {what}")


def _variable(key: str) -> str:
    return f"TRIAD_{key.upper()}"


def _said(key: str, *, needed: bool = False) -> _Said:
    """Return what the environment, else the settings file, says of a key.

    Raises:
        ConfigurationError: If it is needed and nothing is said.
    """
    if value := os.environ.get(_variable(key), "").strip():
        return _Said(key, value, _variable(key))
    if found := read().get(key):
        text = ",".join(found) if isinstance(found, list) else str(found)
        return _Said(key, text.strip(), f"{path()}: {key}")
    if needed:
        remedy = f"Set {_variable(key)}, or write {key} = {KEYS[key]} in {path()}."
        raise ConfigurationError("mail settings", f"{key} is not set", remedy)
    return _Said(key, "", _variable(key))


def edgar_user_agent() -> tuple[str, str]:
    """Return who asks EDGAR, and what decided on it; two empty texts for nobody.

    Raises:
        ConfigurationError: If it has no address for mail, or cannot be sent.
    """
    said = _said("edgar_user_agent")
    if not said.value:
        return "", ""
    if not _USER_AGENT.fullmatch(said.value) or not _ADDRESS_IN_IT.search(said.value):
        raise said.is_no("a name with an address for mail, in plain letters")
    place = f"environment, {said.place}" if said.by_environment else "settings file"
    return said.value, place


def yahoo_rate() -> tuple[float | None, str]:
    """Return the requests a second that Yahoo may be sent, and what decided on it.

    None, by default, for what the source itself thinks right.

    Raises:
        ConfigurationError: If it is not a number, or out of bounds.
    """
    said = _said("yahoo_rate")
    if not said.value:
        return None, "default"
    try:
        rate = float(said.value)
    except ValueError:
        rate = float("nan")
    if not _SLOWEST <= rate <= _FASTEST:
        raise said.is_no(
            f"a number of requests a second from {_SLOWEST:g} to {_FASTEST:g}"
        )
    place = f"environment, {said.place}" if said.by_environment else "settings file"
    return rate, place


def require_edgar_user_agent() -> str:
    """Return who asks EDGAR.

    Raises:
        ConfigurationError: If nobody is named, or it is not what it should be.
    """
    found, _ = edgar_user_agent()
    if not found:
        key, example = "edgar_user_agent", KEYS["edgar_user_agent"]
        raise ConfigurationError(
            "settings",
            f"{key} is not set, and the SEC answers only those who say who they are",
            f"Set {_variable(key)}, or write {key} = {example} in {path()}.",
        )
    return found


def mail_is_set() -> bool:
    """Return whether anything is said about a server, a sender or a recipient.

    Raises:
        ConfigurationError: If the settings file is not what it should be.
    """
    return any(_said(key).value for key in MAIL)


def mail() -> Mail:
    """Return who writes to whom, by which server.

    A variable such as ``TRIAD_SMTP_HOST`` goes before ``smtp_host`` of the settings
    file. The password comes from the first of ``TRIAD_SMTP_PASSWORD``,
    ``TRIAD_SMTP_PASSWORD_FILE``, ``TRIAD_SMTP_PASSWORD_COMMAND``, and then
    ``smtp_password_file`` and ``smtp_password_command`` of the settings file. It is
    fetched when a server is to be asked, and not kept.

    Raises:
        ConfigurationError: If something is missing or not what it should be; also when
            the password is fetched.
    """
    # Imported here: most runs write to nobody.
    from triad_screener.model.mail import Mail  # noqa: PLC0415

    server = _server()
    return Mail(server, _sender(needed=True), _recipients(needed=True))


def correspondents() -> tuple[str, str]:
    """Return the sender and the first recipient, for a letter that is not sent.

    Where nobody is named, it is a made-up address on this machine.

    Raises:
        ConfigurationError: If one of them is not an address.
    """
    recipients = _recipients() or (NOBODY,)
    return _sender() or NOBODY, recipients[0]


def _sender(*, needed: bool = False) -> str:
    said = _said("mail_from", needed=needed)
    if said.value:
        _address(said)
    return said.value


def _recipients(*, needed: bool = False) -> tuple[str, ...]:
    """Return each recipient once; none where nothing is said and none is needed."""
    said = _said("mail_to", needed=needed)
    parts = [part.strip() for part in _BETWEEN_COMMAS.findall(said.value)]
    found = {_address(replace(said, value=part)): part for part in parts if part}
    if len(found) > _MOST_RECIPIENTS or (said.value and not found):
        raise said.wrong(f"{len(found)} addresses; 1 to {_MOST_RECIPIENTS} can be")
    return tuple(found.values())


def _address(said: _Said) -> str:
    """Return an address without its name, in small letters."""
    from triad_screener.model.mail import split_address  # noqa: PLC0415 - likewise

    try:
        return split_address(said.value)[1].lower()
    except ValueError:
        raise said.is_no("an address that every server takes") from None


def _server() -> MailServer:
    from triad_screener.model.mail import PORTS, MailServer  # noqa: PLC0415 - likewise

    host, security = _said("smtp_host", needed=True), _said("smtp_security")
    user, port = _said("smtp_user"), _said("smtp_port")
    if not _HOST.fullmatch(host.value):
        raise host.is_no("the name of a server")
    kinds: dict[str, Security] = {kind: kind for kind in PORTS}
    kind = kinds.get(security.value or "starttls")
    if kind is None:
        raise security.is_no("starttls, tls or none")
    if not user.value.isprintable():
        raise user.is_no("a name that can be seen")
    number = _port(port) if port.value else PORTS[kind]
    return MailServer(host.value, number, kind, user.value, _password(user))


def _port(said: _Said) -> int:
    number = int(said.value) if re.fullmatch(r"[0-9]{1,5}", said.value) else 0
    if not 1 <= number <= _LAST_PORT:
        raise said.is_no(f"a port from 1 to {_LAST_PORT}")
    return number


def _password(user: _Said) -> Callable[[], str] | None:
    """Return what fetches the password; None where nobody signs in.

    Raises:
        ConfigurationError: If there is a user without a password, or the other way.
    """
    way = _way_to_password()
    if way and not user.value:
        remedy = f"Set {_variable('smtp_user')}, or take the password away."
        raise ConfigurationError("mail settings", "a password has no user", remedy)
    if user.value and not way:
        raise ConfigurationError("mail settings", "smtp_user has no password", _WAYS)
    return way


def _way_to_password() -> Callable[[], str] | None:
    if os.environ.get(PASSWORD):
        given = _Said("smtp_password_file", "", PASSWORD)
        return lambda: _first_line(given, os.environ[PASSWORD].encode())
    ways = {"smtp_password_file": _of_file, "smtp_password_command": _of_command}
    # The environment as a whole goes before the settings file.
    said = sorted(map(_said, ways), key=lambda one: not one.by_environment)
    found = next((one for one in said if one.value), None)
    return partial(ways[found.key], found) if found else None


def password_file() -> Path | None:
    """Return the file that the password comes from; None if it comes otherwise.

    Raises:
        ConfigurationError: If the settings file is not what it should be.
    """
    said = _said("smtp_password_file")
    way = _way_to_password()
    if isinstance(way, partial) and way.args == (said,):
        return _place_of(said)
    return None


def _place_of(said: _Said) -> Path:
    """Return the file that is named; a relative one beside the settings file."""
    found = Path(said.value).expanduser()
    return found.absolute() if said.by_environment else path().parent / found


def _of_file(said: _Said) -> str:
    try:
        with _place_of(said).open("rb") as file:
            return _first_line(said, file.read(_LONGEST_PASSWORD))
    except (OSError, RuntimeError) as error:
        told = getattr(error, "strerror", None) or "it has no home folder"
        raise said.wrong(
            f"{said.value[:_LONGEST_QUOTE]!r} cannot be read ({told})",
            "Name a file whose first line is the password.",
        ) from error


def _of_command(said: _Said) -> str:
    """Return what a command says; its own words may hold secrets and are not told."""
    # Imported here: few have a command.
    import shlex  # noqa: PLC0415
    import subprocess  # noqa: PLC0415

    remedy = "Write a command that prints the password, and try it in a shell."
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, without a shell
            shlex.split(said.value),
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise said.wrong(f"no password came within {_PATIENCE} s", remedy) from None
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or "its quotes do not match"
        raise said.wrong(f"it cannot be run ({told})", remedy) from None
    if done.returncode:
        raise said.wrong(f"it ended with exit code {done.returncode}", remedy)
    return _first_line(said, done.stdout)


def _first_line(said: _Said, content: bytes) -> str:
    line = content.partition(b"\n")[0].removesuffix(b"\r")
    try:
        found = line.decode()
    except UnicodeDecodeError:
        raise said.wrong("the password is not UTF-8 text", _WAYS) from None
    if not found or "\0" in found:
        raise said.wrong("the first line holds no password", _WAYS)
    return found
