"""What has EDGAR answered before, so that it need not send it again?

One file an address: a line of JSON with the marks of the server, then the answer as it
came. Only what a reader has accepted is kept. A file that is damaged counts as none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

#: What nobody has asked for in so long is swept away.
KEPT_FOR: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Marks:
    """How a server tells one version of an answer from another.

    Attributes:
        at: When the answer came, ISO 8601.
        etag: As the server wrote it; empty if it did not.
        modified: Likewise.
    """

    url: str
    at: str
    etag: str = ""
    modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What to send along, so that an unchanged answer is not sent again."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was kept."""

    marks: Marks
    content: bytes

    def is_fresh(self, now: datetime, span: timedelta) -> bool:
        """Return whether it came at most ``span`` ago, and not in the future."""
        age = now - datetime.fromisoformat(self.marks.at)
        return timedelta() <= age <= span


class Cache:
    """Answers in a folder; where that cannot be written, nothing is kept.

    Args:
        folder: Need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, url: str) -> Kept | None:
        """Return what is kept of ``url``; None without anything that can be read."""
        try:
            head, _, content = self._file(url).read_bytes().partition(b"\n")
            found = Marks(**json.loads(head))
            if datetime.fromisoformat(found.at).tzinfo and found.url == url:
                return Kept(found, content)
        except (OSError, ValueError, TypeError, RecursionError):
            pass
        return None

    def keep(self, marks: Marks, content: bytes) -> None:
        """Keep an answer in the place of an earlier one."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder)
            with os.fdopen(handle, "wb") as file:
                file.write(json.dumps(asdict(marks)).encode() + b"\n" + content)
            os.replace(name, self._file(marks.url))  # noqa: PTH105 - a name, no path

    def sweep(self, now: datetime) -> None:
        """Take away what is older than `KEPT_FOR`."""
        oldest = (now - KEPT_FOR).timestamp()
        with contextlib.suppress(OSError):
            for file in self._folder.iterdir():
                if file.stat().st_mtime < oldest:
                    file.unlink(missing_ok=True)

    def _file(self, url: str) -> Path:
        return self._folder / hashlib.sha256(url.encode()).hexdigest()
