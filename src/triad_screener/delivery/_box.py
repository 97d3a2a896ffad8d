"""How do letters stand in the folder of the outbox, and how do they move on?"""

from __future__ import annotations

import errno
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from triad_screener import files
from triad_screener.delivery._message import header, one_line
from triad_screener.model.mail import Message, Posted, split_address

if TYPE_CHECKING:
    from pathlib import Path

#: Before the subject of what may have arrived already.
AGAIN: Final = "[again?] "
_LARGEST: Final = 30_000_000
_HEADS: Final = (
    "X-Triad-Key",
    "X-Triad-Run",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "Date",
)
#: What reading a file raises that is not what it should be; dates may be beyond all
#: calendars, and JSON nested without end.
_UNREADABLE: Final = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    OverflowError,
    RecursionError,
)
_SUBJECT: Final = re.compile(rb"(?im)^subject:.*\r\n(?:[ \t].*\r\n)*")


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter as it stands in the folder."""

    path: Path
    letter: Posted
    message: Message
    message_id: str


class Box:
    """The folder and its files; every step is one rename or one new file.

    Whatever goes wrong on the disk is an `OSError`.

    Args:
        folder: It need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sent = folder / "sent"
        self.undeliverable = folder / "undeliverable"

    def make(self) -> None:
        """Make the folders that are not there, for the user alone."""
        for folder in (self.folder, self.sent, self.undeliverable):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def require_usable(self) -> None:
        """Pass where all folders can be read and written, or be made."""
        for folder in (self.folder, self.sent, self.undeliverable):
            if folder.exists():
                next(folder.iterdir(), None)
            if not files.may_write(folder):
                raise PermissionError(
                    errno.EACCES, os.strerror(errno.EACCES), str(folder)
                )

    def waiting(self, key: str) -> Path:
        """Return where a letter stands that waits."""
        return self.folder / f"{key}.eml"

    def begun(self, key: str) -> Path:
        """Return where a letter stands that is being sent."""
        return self.folder / f"{key}.sending"

    def note(self, key: str) -> Path:
        """Return where it is noted that a letter went."""
        return self.sent / f"{key}.json"

    def letters(self) -> list[Path]:
        """Return what is still to go, what was begun first."""
        return [
            path
            for ending in ("sending", "eml")
            for path in sorted(self.folder.glob(f"*.{ending}"))
        ]

    def notes(self) -> list[Path]:
        """Return the notes of what went."""
        return sorted(path for path in self.sent.glob("*.json") if path.is_file())

    def leftovers(self) -> list[Path]:
        """Return what a killed process left half written."""
        found = [*self.folder.glob(".*.eml.*"), *self.sent.glob(".*.json.*")]
        return [path for path in found if path.is_file()]

    def begin(self, key: str) -> None:
        """Say that a letter is about to go."""
        _move(self.waiting(key), self.begun(key))

    def take_back(self, key: str) -> None:
        """Say that it certainly did not go."""
        _move(self.begun(key), self.waiting(key))

    def draft(self, key: str) -> Path:
        """Return where the note stands before a letter has gone."""
        return self.sent / f".{key}.json.draft"

    def prepare(self, letter: Posted, message_id: str) -> None:
        """Write the note that a letter went, before it goes: later may be too late."""
        note = {
            "key": letter.key,
            "run": letter.run,
            "recipient": letter.recipient,
            "subject": letter.subject,
            "message_id": message_id,
            "sent_at": letter.at.isoformat(),
        }
        text = json.dumps(note, ensure_ascii=False, indent=1) + "\n"
        files.replace(self.draft(letter.key), text.encode(), 0o600)

    def remember(self, key: str) -> None:
        """Say that a letter went, by the note that was prepared."""
        _move(self.draft(key), self.note(key))

    def forget(self, path: Path) -> None:
        """Take away what is no longer needed."""
        path.unlink(missing_ok=True)
        files.settle(path.parent)

    def set_aside(self, path: Path) -> Path:
        """Move what cannot go to where nothing is deleted; return its new place."""
        number, place = 1, self.undeliverable / path.name
        while place.exists():
            number += 1
            place = self.undeliverable / f"{path.stem}.{number}{path.suffix}"
        _move(path, place)
        return place


def _move(path: Path, place: Path) -> None:
    path.rename(place)
    files.settle(path.parent)


def changed(path: Path) -> datetime:
    """Return when a file was written."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def read(path: Path) -> Kept | None:
    """Return the letter in a file; None if there is none in it."""
    # The parser of the standard library stumbles in its own ways over bad headers.
    with suppress(*_UNREADABLE, AttributeError):
        if path.is_file() and path.stat().st_size <= _LARGEST:
            return _understood(path, path.read_bytes())
    return None


def _understood(path: Path, content: bytes) -> Kept | None:
    # The headers alone are parsed: the rest goes as it is.
    found = message_from_bytes(content.partition(b"\r\n\r\n")[0], policy=SMTP)
    key, run, sender, recipient, subject, message_id, date = (
        str(found[name] or "") for name in _HEADS
    )
    if key != path.stem or not (run and message_id):
        return None
    split_address(sender)
    letter = Posted(
        key=key,
        run=run,
        recipient=split_address(recipient)[1],
        subject=one_line(subject),
        at=parsedate_to_datetime(date).astimezone(UTC),
        state="unsure" if path.suffix == ".sending" else "waiting",
    )
    message = Message(key, run, sender, recipient, letter.subject, content)
    return Kept(path, letter, message, message_id)


def read_note(path: Path) -> Posted | None:
    """Return the letter that a note tells of; None if it cannot be read."""
    with suppress(*_UNREADABLE):
        if path.stat().st_size > _LARGEST:
            return None
        note = json.loads(path.read_bytes())
        key, run, recipient, subject = (
            one_line(_text(note[name]))
            for name in ("key", "run", "recipient", "subject")
        )
        at = datetime.fromisoformat(note["sent_at"]).astimezone(UTC)
        return Posted(key, run, recipient, subject, at, "sent")
    return None


def _text(value: object) -> str:
    """Return a value that is a text.

    Raises:
        TypeError: If it is none.
    """
    if isinstance(value, str):
        return value
    raise TypeError(type(value).__name__)


def marked(message: Message) -> Message:
    """Return a message that says of itself that it may be the second."""
    subject = one_line(AGAIN + message.subject)
    heads, end, rest = message.content.partition(b"\r\n\r\n")
    others = _SUBJECT.sub(b"", heads + b"\r\n", count=1).removesuffix(b"\r\n")
    new = b"X-Triad-Repeat: yes\r\n" + header("Subject", subject)
    return replace(message, subject=subject, content=new + others + end + rest)
