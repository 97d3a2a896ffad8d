"""The settings file: what it may hold, and what goes before it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from triad_screener import settings
from triad_screener.errors import ConfigurationError
from triad_screener.workflows import answering


def write(text: str) -> Path:
    """Write the settings file of this test's home."""
    path = settings.path()
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_nothing_is_settled() -> None:
    assert settings.read() == {}


def test_every_key_has_an_example_that_is_valid() -> None:
    write("".join(f"{key} = {value}\n" for key, value in settings.KEYS.items()))

    assert settings.read().keys() == settings.KEYS.keys()


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("source = ", "is not TOML", "Mend the file, or take it away."),
        ("sauce = 1", "has no use for 'sauce'", "Did you mean source?"),
        ("source = 3", "source is 3", 'Write source = "auto".'),
        ('offline = "yes"', "offline is 'yes'", "Write offline = false."),
        ("min_coverage = true", "min_coverage is True", "Write min_coverage = 0.6."),
        ("min_coverage = 3", "min_coverage is 3", "Write min_coverage = 0.6."),
        ('source = "moon"', "source is 'moon'", 'Write source = "auto".'),
        ('timeout = "soon"', "timeout is 'soon'", 'Write timeout = "60s".'),
    ],
)
def test_a_mistake_is_named_with_what_was_expected(
    text: str, what: str, remedy: str
) -> None:
    path = write(text)

    with pytest.raises(ConfigurationError) as mistake:
        settings.read()

    assert mistake.value.what.startswith(f"{path}: {what}")
    assert mistake.value.remedy == remedy


def test_what_is_not_text_is_refused() -> None:
    write("")
    settings.path().write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigurationError, match="is not UTF-8 text"):
        settings.read()


def test_folders_are_no_defaults_of_options() -> None:
    write('data_folder = "/somewhere"\nsource = "store"\n')

    assert settings.defaults() == {"source": "store"}


def test_the_environment_goes_before_the_file_and_that_before_the_platform(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    platform, by_default = settings.data_folder()
    write('data_folder = "/from/file"\n')
    file = settings.data_folder()
    monkeypatch.setenv("TRIAD_DATA_FOLDER", "/from/environment")
    environment = settings.data_folder()

    assert (platform.name, by_default) == ("triad", "default")
    assert file == (Path("/from/file"), "settings file, data_folder")
    assert environment == (
        Path("/from/environment"),
        "environment, TRIAD_DATA_FOLDER",
    )
    assert settings.store_file() == Path("/from/environment/triad.duckdb")


def test_the_cache_has_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAD_CACHE_FOLDER", "/cache")

    assert settings.cache_folder()[0] == Path("/cache")


def test_every_source_may_be_settled() -> None:
    for name in answering.NAMES:
        assert settings._fits("source", f"{name}:x" if name == "folder" else name)  # noqa: SLF001


def test_a_relative_folder_is_the_same_wherever_the_program_is_run_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = write('data_folder = "mine"\n')
    monkeypatch.chdir(tmp_path)
    settled = settings.data_folder()[0]
    monkeypatch.setenv("TRIAD_DATA_FOLDER", "here")

    assert settled == file.parent / "mine"
    assert settings.data_folder()[0] == tmp_path / "here"


def say(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    """Set TRIAD_ variables; a server, a sender and a recipient if none are given."""
    settled = {
        "SMTP_HOST": "smtp.example.com",
        "MAIL_FROM": "Triad <triad@example.com>",
        "MAIL_TO": "jane@example.com",
        **variables,
    }
    for name, value in settled.items():
        monkeypatch.setenv(f"TRIAD_{name}", value)


def test_no_mail_is_set_until_something_is(monkeypatch: pytest.MonkeyPatch) -> None:
    before = settings.mail_is_set()
    say(monkeypatch)

    assert (before, settings.mail_is_set()) == (False, True)


def test_mail_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    to = 'jane@example.com, "Doe, John" <john@example.com>,, JANE@example.com'
    say(monkeypatch, MAIL_TO=to, SMTP_USER="me")
    monkeypatch.setenv("TRIAD_SMTP_PASSWORD", "a b\n")

    found = settings.mail()

    server = found.server
    assert (server.host, server.port, server.security, server.user) == (
        "smtp.example.com",
        587,
        "starttls",
        "me",
    )
    assert server.password is not None
    assert server.password() == "a b"
    assert found.sender == "Triad <triad@example.com>"
    assert found.recipients == (
        "JANE@example.com",
        '"Doe, John" <john@example.com>',
    )


def test_mail_is_read_from_the_file_and_the_environment_goes_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = write(
        'smtp_host = "127.0.0.1"\nsmtp_port = 2525\nsmtp_security = "none"\n'
        'smtp_user = "me"\nsmtp_password_file = "secret"\n'
        'mail_from = "me@example.com"\nmail_to = ["a@example.com", "b@example.com"]\n'
    )
    (file.parent / "secret").write_bytes("schlüssel\r\nmore\n".encode())
    first = settings.mail()
    monkeypatch.setenv("TRIAD_SMTP_PORT", "26")
    monkeypatch.setenv("TRIAD_MAIL_TO", "c@example.com")
    second = settings.mail()

    assert first.server.password is not None
    assert first.server.password() == "schlüssel"
    assert settings.password_file() == file.parent / "secret"
    assert (first.server.port, first.server.security) == (2525, "none")
    assert first.recipients == ("a@example.com", "b@example.com")
    assert (second.server.port, second.recipients) == (26, ("c@example.com",))


@pytest.mark.parametrize(
    ("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)]
)
def test_the_port_follows_from_the_security(
    security: str, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(monkeypatch, SMTP_HOST="localhost", SMTP_SECURITY=security)

    assert settings.mail().server.port == port


@pytest.mark.parametrize(
    ("variables", "what", "remedy"),
    [
        (
            {"SMTP_HOST": ""},
            "mail settings: smtp_host is not set.",
            "Set TRIAD_SMTP_HOST, or write smtp_host = ",
        ),
        ({"MAIL_FROM": ""}, "mail settings: mail_from is not set.", "Set TRIAD_"),
        ({"MAIL_TO": " "}, "mail settings: mail_to is not set.", "Set TRIAD_MAIL_TO"),
        (
            {"SMTP_HOST": "smtp://example.com:587"},
            "TRIAD_SMTP_HOST: 'smtp://example.com:587' is not the name of a server.",
            "Write smtp.example.com.",
        ),
        (
            {"SMTP_HOST": "smtp.example.com\r\nQUIT"},
            "TRIAD_SMTP_HOST: 'smtp.example.com\\r\\nQUIT' is not the name",
            "Write smtp.example.com.",
        ),
        (
            {"SMTP_PORT": "0"},
            "TRIAD_SMTP_PORT: '0' is not a port from 1 to 65535.",
            "Write 587.",
        ),
        ({"SMTP_PORT": "٥٨٧"}, "TRIAD_SMTP_PORT: '٥٨٧' is not a port", "Write 587."),
        ({"SMTP_PORT": "70000"}, "TRIAD_SMTP_PORT: '70000' is not", "Write 587."),
        (
            {"SMTP_SECURITY": "ssl"},
            "TRIAD_SMTP_SECURITY: 'ssl' is not starttls, tls or none.",
            "Write starttls.",
        ),
        (
            {"SMTP_SECURITY": "none"},
            (
                "smtp_security: 'none' would send letter and password in the clear to"
                " smtp.example.com."
            ),
            "Write starttls or tls; none is for a server on this machine.",
        ),
        (
            {"MAIL_TO": "jane@example.com, jané@example.com"},
            "TRIAD_MAIL_TO: 'jané@example.com' is not an address that every server",
            "Write you@example.com.",
        ),
        (
            {"MAIL_TO": ","},
            "TRIAD_MAIL_TO: 0 addresses; 1 to 100 can be.",
            "Write you@example.com.",
        ),
        (
            {"MAIL_TO": ",".join(f"a{n}@example.com" for n in range(101))},
            "TRIAD_MAIL_TO: 101 addresses; 1 to 100 can be.",
            "Write you@example.com.",
        ),
        (
            {"MAIL_FROM": "me@example.com\nBcc: you@example.com"},
            "TRIAD_MAIL_FROM: 'me@example.com\\nBcc: you@example.com' is not",
            "Write Triad <me@example.com>.",
        ),
        ({"SMTP_USER": "a\x1bb"}, "TRIAD_SMTP_USER: 'a\\x1bb' is not a name", "Write"),
        (
            {"SMTP_USER": "me"},
            "mail settings: smtp_user has no password.",
            "Name a file in smtp_password_file",
        ),
        (
            {"SMTP_PASSWORD": "hunter2"},
            "mail settings: a password has no user.",
            "Set TRIAD_SMTP_USER, or take the password away.",
        ),
    ],
)
def test_a_mistake_about_mail_is_named(
    variables: dict[str, str],
    what: str,
    remedy: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    say(monkeypatch, **variables)

    with pytest.raises(ConfigurationError) as mistake:
        settings.mail()

    assert mistake.value.what.startswith(what)
    assert mistake.value.remedy.startswith(remedy)
    assert "hunter2" not in mistake.value.what


@pytest.mark.parametrize("key", ["smtp_password", "password", "mail_password"])
def test_the_file_takes_no_password_and_does_not_repeat_it(key: str) -> None:
    file = write(f'{key} = "hunter2"\n')

    with pytest.raises(ConfigurationError) as mistake:
        settings.read()

    assert mistake.value.what == f"{file}: {key} has no place in this file."
    assert mistake.value.remedy == (
        "Name a file in smtp_password_file or a command in smtp_password_command, or"
        " set TRIAD_SMTP_PASSWORD."
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('smtp_port = "587"', "smtp_port is '587'"),
        ("mail_to = [1]", "mail_to is [1]"),
        ('smtp_security = "ssl"', "smtp_security is 'ssl'"),
    ],
)
def test_mail_in_the_file_has_its_types(text: str, what: str) -> None:
    write(text)

    with pytest.raises(ConfigurationError, match=re.escape(what)):
        settings.read()


def test_a_password_comes_from_the_first_place_that_has_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("of file\n")
    write('smtp_password_command = "echo of settings"\n')
    say(monkeypatch, SMTP_USER="me")
    found = [password()]
    monkeypatch.setenv("TRIAD_SMTP_PASSWORD_COMMAND", "echo 'of command'")
    found.append(password())
    monkeypatch.setenv("TRIAD_SMTP_PASSWORD_FILE", str(tmp_path / "file"))
    found.append(password())
    named = settings.password_file()
    monkeypatch.setenv("TRIAD_SMTP_PASSWORD", "of environment")
    found.append(password())

    assert found == ["of settings", "of command", "of file", "of environment"]
    assert (named, settings.password_file()) == (tmp_path / "file", None)


def password() -> str:
    """Fetch the password."""
    fetch = settings.mail().server.password
    assert fetch is not None
    return fetch()


@pytest.mark.parametrize(
    ("command", "what"),
    [
        ("false", "it ended with exit code 1"),
        ("sh -c 'echo hunter2 >&2; exit 3'", "it ended with exit code 3"),
        ("true", "the first line holds no password"),
        ("printf '\\377'", "the password is not UTF-8 text"),
        ("printf 'a\\0b'", "the first line holds no password"),
        ("no-such-program", "it cannot be run (No such file or directory)"),
        ("echo 'hunter2", "it cannot be run (its quotes do not match)"),
        ("sleep 9", "no password came within 0.1 s"),
    ],
)
def test_a_command_that_gives_no_password_is_told_without_its_words(
    command: str,
    what: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(settings, "_PATIENCE", 0.1 if "sleep" in command else 30)
    say(monkeypatch, SMTP_USER="me", SMTP_PASSWORD_COMMAND=command)

    with pytest.raises(ConfigurationError) as mistake:
        password()

    assert mistake.value.what == f"TRIAD_SMTP_PASSWORD_COMMAND: {what}."
    assert "hunter2" not in mistake.value.remedy
    assert capfd.readouterr() == ("", "")


def test_a_password_file_that_cannot_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    say(monkeypatch, SMTP_USER="me", SMTP_PASSWORD_FILE=str(tmp_path / "none"))

    with pytest.raises(ConfigurationError, match="No such file or directory"):
        password()


def test_mail_is_no_default_of_an_option() -> None:
    write("".join(f"{key} = {settings.KEYS[key]}\n" for key in settings.MAIL))

    assert settings.defaults() == {}
    assert settings.mail_is_set()


def test_letters_wait_beside_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAD_DATA_FOLDER", "/data")

    assert settings.outbox_folder() == Path("/data/outbox")


def test_a_trial_needs_nobody_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.correspondents() == (settings.NOBODY, settings.NOBODY)

    monkeypatch.setenv("TRIAD_MAIL_FROM", "me@example.com")
    monkeypatch.setenv("TRIAD_MAIL_TO", "you@example.com, they@example.com")

    assert settings.correspondents() == ("me@example.com", "you@example.com")


@pytest.mark.parametrize("name", ["TRIAD_MAIL_FROM", "TRIAD_MAIL_TO"])
def test_a_trial_refuses_what_is_no_address(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "nobody")

    with pytest.raises(ConfigurationError, match="is not an address"):
        settings.correspondents()


def test_a_folder_in_the_home_of_nobody_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRIAD_DATA_FOLDER", "~nobody-by-that-name/triad")

    with pytest.raises(ConfigurationError) as caught:
        settings.data_folder()

    assert caught.value.what == (
        "TRIAD_DATA_FOLDER: '~nobody-by-that-name/triad' is in the home of nobody here."
    )


def test_the_pace_of_requests_may_be_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.yahoo_rate() == (None, "default")
    write('yahoo_rate = 0.5\npatience = "45m"\n')
    assert settings.yahoo_rate() == (0.5, "settings file")
    assert settings.defaults() == {"patience": "45m"}

    monkeypatch.setenv("TRIAD_YAHOO_RATE", "2")

    assert settings.yahoo_rate() == (2.0, "environment, TRIAD_YAHOO_RATE")


@pytest.mark.parametrize("text", ["0", "-1", "21", "nan", "inf", "fast"])
def test_a_pace_out_of_bounds_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAD_YAHOO_RATE", text)

    with pytest.raises(ConfigurationError, match=r"is not a number .* from 0.1 to 20"):
        settings.yahoo_rate()


@pytest.mark.parametrize(
    "line", ["yahoo_rate = 0", 'yahoo_rate = "5"', "patience = 45", 'patience = "long"']
)
def test_a_pace_or_patience_of_another_form_is_refused(line: str) -> None:
    write(f"{line}\n")

    with pytest.raises(ConfigurationError):
        settings.read()


def test_nobody_asks_edgar_until_somebody_is_named() -> None:
    assert settings.edgar_user_agent() == ("", "")
    with pytest.raises(ConfigurationError) as caught:
        settings.require_edgar_user_agent()
    assert caught.value.exit_code == 78
    assert caught.value.remedy == (
        "Set TRIAD_EDGAR_USER_AGENT, or write edgar_user_agent = "
        f'"Jane Doe jane@example.com" in {settings.path()}.'
    )


def test_the_environment_names_who_asks_edgar_before_the_file_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write('edgar_user_agent = "Firm a@example.com"\n')
    assert settings.edgar_user_agent() == ("Firm a@example.com", "settings file")
    assert "edgar_user_agent" not in settings.defaults()

    monkeypatch.setenv("TRIAD_EDGAR_USER_AGENT", "Jane b@example.com")

    assert settings.require_edgar_user_agent() == "Jane b@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "Jane Doe",
        "jane@localhost",
        "Jane\nX-Evil: 1 jane@example.com",
        "Jane\r\n jane@example.com",
        "Jané jane@example.com",
        "Jane  Doe jane@example.com",
        "x" * 190 + " jane@example.com",
    ],
)
def test_who_asks_edgar_is_a_plain_name_with_an_address(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAD_EDGAR_USER_AGENT", text)

    with pytest.raises(ConfigurationError, match="is not a name with an address"):
        settings.edgar_user_agent()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"source = {'[' * 1000}{']' * 1000}", "is nested too deeply."),
        (f"smtp_port = {'9' * 5000}", "holds a number far too large."),
        (f"smtp_port = 0x{'f' * 9000}", "smtp_port is a number far too large."),
        ('data_folder = "a\\u0000b"', "data_folder is 'a\\x00b'."),
        ('mail_to = ["a\\u0000b"]', "mail_to is ['a\\x00b']."),
        (f"# {'x' * 100_000}", "is larger than 100 kB."),
        (f"source = {'9' * 4000}", f"source is {'9' * 100}...."),
    ],
)
def test_a_file_that_no_hand_wrote_is_refused_in_a_sentence(
    text: str, problem: str
) -> None:
    file = write(f"{text}\n")

    with pytest.raises(ConfigurationError) as caught:
        settings.read()

    assert caught.value.what == f"{file}: {problem}"
