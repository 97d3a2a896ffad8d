"""The bundled snapshot: real figures of one day, shipped with the program."""

from __future__ import annotations

from triad_screener.errors import UsageError
from triad_screener.shipped import shipped
from triad_screener.sources.folder import Folder

DESCRIPTION = "bundled snapshot"


def connect(argument: str = "") -> Folder:
    """Return the snapshot as a source.

    Raises:
        UsageError: If an argument is given; it takes none.
    """
    if argument:
        raise UsageError(
            f"The bundled source takes no argument, and {argument!r} was given.",
            "Use --source bundled, or --source folder:PATH for your own figures.",
        )
    return Folder(
        shipped("data/fixtures"),
        name="bundled",
        description=DESCRIPTION,
        publisher="Yahoo Finance",
    )
