"""What every channel promises: all of a message, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from delivery.letters import letter
from delivery.mail_server import DROP, scripted
from triad_screener.delivery import CHANNELS
from triad_screener.errors import DeliveryError, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from delivery.mail_server import Postmaster
    from triad_screener.model.mail import MailServer


@pytest.fixture
def places(plain: MailServer, tmp_path: Path) -> dict[str, object]:
    """Where each channel leads."""
    return {"email": plain, "file": tmp_path / "a.eml", "outbox": tmp_path / "outbox"}


@pytest.fixture
def arrived(postmaster: Postmaster, tmp_path: Path) -> Callable[[], list[bytes]]:
    """What came, by whichever channel."""
    return lambda: [
        *(one.content for one in postmaster.taken),
        *(path.read_bytes() for path in sorted(tmp_path.rglob("*.eml"))),
    ]


@pytest.mark.parametrize("name", CHANNELS)
def test_a_channel_delivers_the_whole_message(
    name: str, places: dict[str, object], arrived: Callable[[], list[bytes]]
) -> None:
    channel = CHANNELS[name](places[name])

    channel.deliver(letter())

    assert arrived() == [letter().content]


@pytest.mark.parametrize("name", CHANNELS)
def test_a_channel_that_fails_delivers_nothing(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the way")
    with scripted("220 a", "250 b", "250 c", "250 d", DROP) as server:
        place = server if name == "email" else tmp_path / "file" / "a.eml"

        with pytest.raises((DeliveryError, OutputError)):
            CHANNELS[name](place).deliver(letter())

    assert [path.name for path in tmp_path.rglob("*")] == ["file"]


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    for subject in ("first", "second"):
        CHANNELS["file"](tmp_path / "a.eml").deliver(letter(subject=subject))

    assert (tmp_path / "a.eml").read_bytes() == letter(subject="second").content
