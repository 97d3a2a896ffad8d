"""What does one run leave for the next one to know? Notes that nobody else may read.

Each note is a file of JSON in a folder of mode 0700. A note that is damaged, that is
not the user's own, or that others may read or write counts as none; where none can be
written, nothing is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from typing import TYPE_CHECKING, Any, Final

from triad_screener import files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600
_OTHERS: Final = 0o077
#: Bytes of the longest note that is read.
_LONGEST: Final = 65_536


class Memory:
    """Notes in a folder.

    Args:
        folder: Need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> Mapping[str, Any]:
        """Return the note of that name; empty without one that can be trusted."""
        try:
            path = self._path(name)
            if not (_is_private(self._folder) and _is_private(path)):
                return {}
            with path.open("rb") as file:
                found = json.loads(file.read(_LONGEST))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, name: str, note: Mapping[str, object]) -> None:
        """Keep a note in the place of an earlier one, if that can be done."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
            if not _is_private(self._folder):
                self._folder.chmod(_FOLDER_MODE)  # fails for what is another's
            content = json.dumps(note, indent=1).encode()
            files.replace(self._path(name), content, _FILE_MODE)

    def forget(self, name: str) -> None:
        """Take a note away."""
        with contextlib.suppress(OSError):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def _is_private(path: Path) -> bool:
    """Return whether only the user may read and write; False for a link."""
    found = path.lstat()
    plain = stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)
    return plain and found.st_uid == os.getuid() and not found.st_mode & _OTHERS
