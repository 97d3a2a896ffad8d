"""Which taxonomy file serves: the one asked for, the user's own, or the shipped one?"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from triad_screener.errors import ConfigurationError
from triad_screener.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "triad.yaml"


def user_file() -> Path:
    """Return where the user's own taxonomy would stand; it need not exist."""
    # Imported here: a run with --config never asks the platform.
    from platformdirs import user_config_path  # noqa: PLC0415

    return user_config_path("triad", appauthor=False) / FILE_NAME


def locate(asked: Path | None) -> Path:
    """Return the taxonomy file to use.

    ``asked`` is the flag, or the environment by way of it; then comes the file in the
    user's configuration folder, then the shipped one.
    """
    if asked is not None:
        return asked
    try:
        own = user_file()
        if own.is_file():
            return own
    except (OSError, RuntimeError):
        # No home folder, or one that may not be read: the shipped file serves.
        pass
    return shipped(f"config/{FILE_NAME}")


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a taxonomy file, and of the table that it names.

    What cannot be read counts as empty: loading says what is wrong with it.
    """
    sha = hashlib.sha256()
    with suppress(OSError, ConfigurationError):
        content = path.read_bytes()
        sha.update(content)
        if b"constituents_table" in content:
            # Imported here: most taxonomies have no table, and need no parser here.
            from triad_screener.taxonomies import (  # noqa: PLC0415
                constituents_table,
                document,
            )

            name = constituents_table.named(document.read(path))
            if name:
                sha.update((path.parent / name).read_bytes())
    return sha.hexdigest()
