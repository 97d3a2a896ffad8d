"""How does a letter get to a server, and what is said when it does not?"""

from __future__ import annotations

import ssl
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from delivery.letters import PICTURE, letter
from delivery.mail_server import (
    DROP,
    FLOOD,
    PASSWORD,
    SILENCE,
    USER,
    scripted,
    serving,
)
from triad_screener.delivery.email import Email
from triad_screener.errors import ConfigurationError, DeliveryError
from triad_screener.model.mail import MailServer

if TYPE_CHECKING:
    from pathlib import Path

    import trustme

    from delivery.mail_server import (
        Postmaster,
    )

HELLO = ("220 here", "250 hello")
TAKEN = ("250 sender", "250 recipient", "354 go on")


def failure(server: MailServer) -> DeliveryError:
    """Send a letter in vain."""
    with pytest.raises(DeliveryError) as error:
        Email(server).deliver(letter())
    told = f"{error.value.what} {error.value.remedy}"
    assert PASSWORD not in told
    assert "\n" not in told
    assert error.value.what.endswith(".")
    return error.value


def place(server: MailServer) -> str:
    return f"The mail server 127.0.0.1:{server.port}"


def test_a_letter_arrives_as_it_was_over_starttls(
    server: MailServer, postmaster: Postmaster
) -> None:
    message = letter(subject="triad: 台積電 in")

    Email(server).deliver(message)

    (taken,) = postmaster.taken
    image = [*taken.parsed.walk()][-1]
    assert (taken.sender, taken.recipients) == (
        "triad@example.com",
        ["jane@example.com"],
    )
    assert taken.content == message.content
    assert taken.parsed["Subject"] == "triad: 台積電 in"
    assert image.get_content() == PICTURE.content


def test_a_letter_arrives_over_tls_from_the_first_byte(
    postmaster: Postmaster, context: ssl.SSLContext, trust: Path
) -> None:
    del trust
    with serving(postmaster, "tls", context) as server:
        signed = replace(server, user=USER, password=lambda: PASSWORD)
        Email(signed).deliver(letter())

    assert postmaster.taken[0].content == letter().content
    assert postmaster.signed_in == [USER]


def test_this_machine_takes_letters_in_the_clear(
    plain: MailServer, postmaster: Postmaster
) -> None:
    Email(plain).deliver(letter())

    assert len(postmaster.taken) == 1


def test_no_other_machine_gets_them_so() -> None:
    with pytest.raises(ConfigurationError, match=r"in the clear to mail\.example\.com"):
        MailServer("mail.example.com", 25, "none")


def test_a_user_signs_in_once(server: MailServer, postmaster: Postmaster) -> None:
    Email(replace(server, user=USER, password=lambda: PASSWORD)).deliver(letter())

    assert postmaster.signed_in == [USER]
    assert len(postmaster.taken) == 1


def test_a_wrong_password_is_said_and_not_shown(
    server: MailServer, postmaster: Postmaster
) -> None:
    error = failure(replace(server, user=USER, password=lambda: "hunter2"))

    assert error.what.startswith(f"{place(server)} refuses user and password: 535 ")
    assert error.remedy.startswith("Check smtp_user and the password")
    assert (error.general, error.uncertain, postmaster.taken) == (True, False, [])


@pytest.mark.parametrize("secret", ["{}", "\0jane\0{}"])
def test_a_server_that_repeats_the_password_is_not_quoted(secret: str) -> None:
    said = b64encode(secret.format(PASSWORD).encode()).decode()
    hello = "250-hello\r\n250 AUTH LOGIN"
    answers = ("220 here", hello, "334 x", "334 y", f"535 no {said} {PASSWORD}\x1b[2J")
    with scripted(*answers) as server:
        error = failure(replace(server, user=USER, password=lambda: PASSWORD))

    assert error.what.endswith("user and password: 535 no *** *** [2J.")


def test_a_user_at_a_server_without_auth_is_told() -> None:
    with scripted(*HELLO) as server:
        error = failure(replace(server, user=USER, password=lambda: PASSWORD))

    assert "offers no way to sign in" in error.what


@pytest.mark.parametrize(
    ("reply", "told", "general"),
    [
        ("550 5.1.1 nobody here", "refuses {}: 550 5.1.1 nobody here", False),
        ("451 4.7.1 later", "does not take {} for now: 451 4.7.1 later", False),
        ("421 closing", "does not take {} for now: 421 closing", True),
        (f"554 {'x' * 300}", f"refuses {{}}: 554 {'x' * 160}", False),
    ],
)
def test_a_refusal_has_the_words_of_the_server(
    reply: str,
    told: str,
    general: bool,  # noqa: FBT001 - a column of the table
    plain: MailServer,
    postmaster: Postmaster,
) -> None:
    postmaster.replies = {"jane@example.com": reply}
    recipient = failure(plain)
    postmaster.replies = {"DATA": reply}
    data = failure(plain)

    assert recipient.what == (
        f"{place(plain)} {told.format('the recipient jane@example.com')}."
    )
    assert data.what == f"{place(plain)} {told.format('the letter')}."
    for error in (recipient, data):
        assert (error.general, error.uncertain) == (general, False)
        assert error.exit_code == 6
        assert ("waits for the next run" in error.remedy) == reply.startswith("4")


def test_a_server_that_ends_before_the_letter_certainly_has_none() -> None:
    for heard in range(6):
        with scripted(*(*HELLO, *TAKEN)[:heard], DROP) as server:
            error = failure(server)

        assert (error.uncertain, error.general) == (heard == 5, True)
        if heard < 5:
            assert "ended the connection at" in error.what


@pytest.mark.parametrize("end", [DROP, SILENCE, "nonsense"])
def test_a_server_that_ends_after_the_letter_may_have_it(end: str) -> None:
    with scripted(*HELLO, *TAKEN, end) as server:
        error = failure(server)

    assert error.uncertain
    assert error.what.endswith("it is not known whether it went.")
    assert "[again?]" in error.remedy


@pytest.mark.parametrize("heard", [0, 1, 2, 4])
def test_a_silent_server_is_given_up(heard: int) -> None:
    with scripted(*(*HELLO, *TAKEN)[:heard], SILENCE) as server:
        error = failure(server)

    assert "gave no answer within 0.3 s at" in error.what
    assert (error.general, error.uncertain) == (True, False)


@pytest.mark.parametrize("talk", [(FLOOD,), (*HELLO, FLOOD), ("nonsense",), ("\xff",)])
def test_a_server_that_talks_nonsense_is_given_up(talk: tuple[str, ...]) -> None:
    with scripted(*talk) as server:
        error = failure(server)

    if FLOOD in talk:
        assert "(it talks without end)" in error.what
    else:
        assert "answers nonsense at the connection" in error.what
    assert (error.general, error.uncertain) == (True, False)


def test_a_greeting_that_refuses_is_told() -> None:
    with scripted("554 not you") as server:
        error = failure(server)

    assert error.what == f"{place(server)} refuses the connection: 554 not you."


def test_a_farewell_that_fails_does_not_undo_the_letter() -> None:
    with scripted(*HELLO, *TAKEN, "250 taken", SILENCE) as server:
        Email(server).deliver(letter())


def test_without_starttls_nothing_is_sent() -> None:
    with scripted(*HELLO, security="starttls") as server:
        error = failure(server)

    assert "does not offer STARTTLS; nothing was sent in the clear" in error.what


def test_starttls_that_is_offered_and_refused_is_told() -> None:
    offer = ("220 here", "250-hello\r\n250 STARTTLS", "454 not now")
    with scripted(*offer, security="starttls") as server:
        error = failure(server)

    assert "does not take STARTTLS for now: 454 not now" in error.what


def test_a_server_that_speaks_plainly_where_tls_is_wanted_is_told(
    plain: MailServer,
) -> None:
    error = failure(replace(plain, security="tls"))

    assert "makes no encrypted connection" in error.what
    assert "587 goes with starttls, 465 with tls" in error.remedy


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_trusts_keeps_the_letter(
    security: str, postmaster: Postmaster, context: ssl.SSLContext
) -> None:
    with serving(postmaster, security, context) as server:  # type: ignore[arg-type]
        error = failure(server)

    assert "has a certificate that is not trusted (" in error.what
    assert "SSL_CERT_FILE" in error.remedy
    assert postmaster.taken == []


def test_a_certificate_of_another_name_keeps_the_letter(
    postmaster: Postmaster, context: ssl.SSLContext, trust: Path
) -> None:
    del trust
    with serving(postmaster, "starttls", context) as server:
        error = failure(replace(server, host="localhost"))

    assert "Hostname mismatch" in error.what


def test_a_certificate_that_is_over_keeps_the_letter(
    authority: trustme.CA, postmaster: Postmaster, trust: Path
) -> None:
    del trust
    over = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old = authority.issue_cert("127.0.0.1", not_after=datetime(2020, 1, 1, tzinfo=UTC))
    old.configure_cert(over)
    with serving(postmaster, "starttls", over) as server:
        error = failure(server)

    assert "(certificate has expired)" in error.what


def test_a_server_that_is_not_there_is_told() -> None:
    error = failure(MailServer("127.0.0.1", 1, "starttls"))

    assert error.what == (
        "The mail server 127.0.0.1:1 cannot be reached (connection refused)."
    )
    assert error.remedy == "Check smtp_host, smtp_port and the network."


def test_a_name_that_is_not_known_is_told() -> None:
    error = failure(MailServer("nowhere.invalid", 587, "starttls"))

    assert error.what == (
        "The mail server nowhere.invalid:587 cannot be found by its name."
    )


def test_a_trial_sends_nothing(server: MailServer, postmaster: Postmaster) -> None:
    Email(replace(server, user=USER, password=lambda: PASSWORD)).probe()

    assert (postmaster.signed_in, postmaster.taken) == ([USER], [])


def test_a_password_of_any_signs_can_be_sent(
    server: MailServer, postmaster: Postmaster
) -> None:
    with pytest.raises(DeliveryError, match="refuses user and password"):
        Email(replace(server, user=USER, password=lambda: "schlüssel 鑰匙")).probe()

    assert postmaster.signed_in == [USER]


def test_a_server_is_shown_without_its_password() -> None:
    shown = repr(MailServer("h", 587, "starttls", "u", lambda: PASSWORD))

    assert PASSWORD not in shown
    assert "password" not in shown
