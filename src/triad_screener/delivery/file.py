"""How is a letter kept as a file that every mail program opens?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener import files

if TYPE_CHECKING:
    from pathlib import Path

    from triad_screener.model.mail import Message


class File:
    """An ``.eml`` file; one that is there is replaced.

    Args:
        path: Where it is to stand.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def deliver(self, message: Message) -> None:
        """Write ``message`` to the file, all of it or nothing.

        Raises:
            OutputError: If it cannot be written.
        """
        files.write(self.path, message.content)
