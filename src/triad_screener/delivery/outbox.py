"""Where does a letter wait, and how does it go out once and no more?

A letter is a file, and its name says how far it is::

    KEY.eml         waits
    KEY.sending     was begun; found again, it may have arrived
    sent/KEY.json   went: a note, kept for a year
    undeliverable/  what was given up or is no letter; never deleted

A process may be killed between any two steps. What was begun and has no note is sent
again, marked as such: never lost, and never twice without a word.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from triad_screener import files
from triad_screener.delivery import _box
from triad_screener.delivery._box import Box
from triad_screener.errors import DeliveryError, LockedError, OutputError, TriadError
from triad_screener.model.mail import Dispatch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime
    from pathlib import Path

    from triad_screener.delivery._box import Kept
    from triad_screener.model.mail import Message, Posted
    from triad_screener.ports import Channel

#: How long a letter is tried, and how long it is remembered that it went.
WAIT: Final = timedelta(days=14)
MEMORY: Final = timedelta(days=365)
_LEFTOVER: Final = timedelta(days=1)
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Outbox:
    """A folder of letters that wait, or have gone.

    Args:
        place: The folder; it is made with the first letter.
        patience: Seconds to wait for another process that sends.
    """

    def __init__(self, place: Path, patience: float = 10.0) -> None:
        self.patience = patience
        self._box = Box(place)

    def deliver(self, message: Message) -> None:
        """Keep ``message`` for the next `flush`, as a channel does.

        Raises:
            OutputError: If the folder cannot be written.
        """
        self.put(message)

    def put(self, message: Message) -> bool:
        """Keep ``message``; return False if a letter of its key waits or has gone.

        Raises:
            OutputError: If the folder cannot be written.
            ValueError: If the key is none.
        """
        key, box = message.key, self._box
        if not _KEY.fullmatch(key):
            raise ValueError(f"no key: {key!r}")
        with self._explained():
            box.make()
            # Another process may send it right after this look; `flush` looks again.
            if box.begun(key).exists() or box.note(key).exists():
                return False
            return files.create(box.waiting(key), message.content, 0o600)

    def flush(
        self,
        channel: Channel,
        now: datetime,
        readers: Collection[str] | None = None,
    ) -> Dispatch:
        """Send what waits, the oldest first, and tidy up.

        After a failure that others would share, the others are left for the next time.

        Args:
            channel: The way they go.
            now: For the age of letters and notes, with its time zone.
            readers: Addresses that letters may still go to, in small letters; what
                waits for another is set aside. None for all.

        Raises:
            LockedError: If another process is sending for too long.
            OutputError: If the folder cannot be written.
            ConfigurationError: If the channel lacks what it needs.
        """
        with self._explained():
            if not self._box.folder.is_dir():
                return Dispatch()
            with self._alone():
                return _Round(self._box, channel, now, readers).go()

    def letters(self) -> tuple[Posted, ...]:
        """Return the letters that wait and those that went, the newest first.

        What cannot be read is left out.

        Raises:
            OutputError: If the folder cannot be looked into.
        """
        with self._explained():
            kept = [_box.read(path) for path in self._box.letters()]
            noted = [_box.read_note(path) for path in self._box.notes()]
        # A letter that went and was not yet cleared away counts as gone.
        found = {one.letter.key: one.letter for one in kept if one}
        found |= {letter.key: letter for letter in noted if letter}
        return tuple(
            sorted(found.values(), key=lambda one: (one.at, one.key), reverse=True)
        )

    def require_usable(self) -> None:
        """Pass where letters can be kept and read; nothing is made.

        Raises:
            OutputError: If they cannot.
        """
        with self._explained():
            self._box.require_usable()

    def waiting(self) -> int:
        """Return how many letters are still to go.

        Raises:
            OutputError: If the folder cannot be looked into.
        """
        with self._explained():
            return len({path.stem for path in self._box.letters()})

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from sending."""
        # Imported here: most runs send nothing.
        from filelock import FileLock, Timeout  # noqa: PLC0415

        folder = self._box.folder
        self._box.make()
        lock = FileLock(folder / ".lock", self.patience, mode=0o600)
        try:
            lock.acquire()
        except Timeout:
            raise LockedError(str(folder), self.patience, "outbox") from None
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            told = error.strerror or type(error).__name__
            place = error.filename2 or error.filename or self._box.folder
            raise OutputError(
                f"The outbox cannot be used ({place}: {told}).",
                "Make room or mend the permissions; no letter in it is lost.",
            ) from error


class _Round:
    """One pass over the folder, while no other process sends."""

    def __init__(
        self,
        box: Box,
        channel: Channel,
        now: datetime,
        readers: Collection[str] | None,
    ) -> None:
        self.box = box
        self.channel = channel
        self.now = now
        self.readers = readers
        self.sent: list[Posted] = []
        self.failed: list[tuple[Posted, DeliveryError]] = []
        self.remarks: list[str] = []

    def go(self) -> Dispatch:
        """Send, tidy up, and tell."""
        for kept in self._due():
            error = self._send(kept)
            if error is not None:
                self.failed.append((kept.letter, error))
                if error.general:
                    break
        self._prune()
        left = len({path.stem for path in self.box.letters()})
        return Dispatch(tuple(self.sent), tuple(self.failed), left, tuple(self.remarks))

    def _due(self) -> list[Kept]:
        """Return what is to be sent, the oldest first; put away what is not."""
        found = [self._sound(path) for path in self.box.letters()]
        due = [kept for kept in found if kept]
        return sorted(due, key=lambda kept: (kept.letter.at, kept.letter.key))

    def _sound(self, path: Path) -> Kept | None:
        """Return a letter that is to be sent; put away what is not."""
        kept = _box.read(path)
        if kept is None:
            place = self.box.set_aside(path)
            self.remarks.append(f"{path.name} is no letter; it is now {place}.")
        elif self._is_superfluous(path):
            self.box.forget(path)
            return None
        elif self.now - kept.letter.at > WAIT:
            self._give_up(kept, f"after {WAIT.days} days")
            return None
        elif self._is_for_a_stranger(kept):
            self._give_up(kept, "since mail_to no longer names its reader")
            return None
        return kept

    def _is_for_a_stranger(self, kept: Kept) -> bool:
        recipient = kept.letter.recipient.lower()
        return self.readers is not None and recipient not in self.readers

    def _is_superfluous(self, path: Path) -> bool:
        """Return whether another copy went, or was begun by a quicker process."""
        if path.suffix == ".eml" and self.box.begun(path.stem).exists():
            return True
        return self.box.note(path.stem).exists()

    def _give_up(self, kept: Kept, why: str) -> None:
        place, letter = self.box.set_aside(kept.path), kept.letter
        self.remarks.append(
            f"The letter to {letter.recipient} of {letter.at:%Y-%m-%d} was given up"
            f" {why}; it is now {place}."
        )

    def _send(self, kept: Kept) -> DeliveryError | None:
        """Send a letter; return why it did not go."""
        # What cannot be noted is not sent: else it would be sent time and again.
        gone = replace(kept.letter, at=self.now, state="sent")
        self.box.prepare(gone, kept.message_id)
        try:
            again = kept.letter.state == "unsure"
            error = self._send_again(kept) if again else self._send_first(kept)
        except TriadError:
            self.box.forget(self.box.draft(gone.key))
            raise
        if error is not None:
            self.box.forget(self.box.draft(gone.key))
            return error
        self.box.remember(gone.key)
        self.box.forget(self.box.begun(gone.key))
        self.sent.append(gone)
        return None

    def _send_first(self, kept: Kept) -> DeliveryError | None:
        key = kept.letter.key
        self.box.begin(key)
        try:
            self.channel.deliver(kept.message)
        except TriadError as error:
            if not isinstance(error, DeliveryError):
                self.box.take_back(key)
                raise
            if not error.uncertain:
                self.box.take_back(key)
            return error
        return None

    def _send_again(self, kept: Kept) -> DeliveryError | None:
        """Send what may have arrived; where that fails, it stays doubtful."""
        message = _box.marked(kept.message)
        try:
            self.channel.deliver(message)
        except DeliveryError as error:
            return error
        self.remarks.append(
            f"The letter to {kept.letter.recipient} may arrive a second time: the"
            " first try ended without an answer."
        )
        return None

    def _prune(self) -> None:
        """Take away old notes and what killed processes left half written."""
        for path in self.box.notes():
            note = _box.read_note(path)
            if self.now - (note.at if note else _box.changed(path)) > MEMORY:
                self.box.forget(path)
            elif note is None:
                told = f"{path} cannot be read; its letter counts as sent."
                self.remarks.append(told)
        for path in self.box.leftovers():
            if self.now - _box.changed(path) > _LEFTOVER:
                self.box.forget(path)
