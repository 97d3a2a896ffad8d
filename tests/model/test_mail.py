"""What an address may be, and which server may be written to in the clear."""

from __future__ import annotations

import pytest

from triad_screener.errors import ConfigurationError
from triad_screener.model.mail import MailServer, is_loopback, split_address


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("jane@example.com", ("", "jane@example.com")),
        ("  <jane@example.com>  ", ("", "jane@example.com")),
        ('"Doe, Jane" <jane@example.com>', ("Doe, Jane", "jane@example.com")),
        ("台積 <tsmc@example.com>", ("台積", "tsmc@example.com")),
        ("a.b+c@localhost", ("", "a.b+c@localhost")),
    ],
)
def test_an_address_has_a_name_or_none(text: str, parts: tuple[str, str]) -> None:
    assert split_address(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane",
        "jane@",
        "@example.com",
        "jane doe@example.com",
        "jane@example..com",
        "a@b.c, d@e.f",
        "jané@example.com",
        "x" * 250 + "@example.com",
        "Jane\r\nBcc: <you@example.com>",
        "Ja\u2028ne <jane@example.com>",
        "n" * 201 + " <jane@example.com>",
        "<<jane@example.com>>",
    ],
)
def test_what_is_no_single_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no address|no name"):
        split_address(text)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "::1"])
def test_a_server_on_this_machine_may_be_written_to_in_the_clear(host: str) -> None:
    assert is_loopback(host)
    assert MailServer(host, 25, "none").host == host


@pytest.mark.parametrize("host", ["mail.example.com", "10.0.0.1", "localhost.evil.io"])
def test_no_other_server_is(host: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        MailServer(host, 25, "none")

    assert host in caught.value.what
    assert MailServer(host, 25, "starttls").port == 25


def test_a_server_does_not_show_its_password() -> None:
    server = MailServer("h", 587, "starttls", "me", lambda: "open sesame")

    assert "sesame" not in repr(server)
    assert "lambda" not in repr(server)
