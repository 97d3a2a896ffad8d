"""How is a file written so that it is there whole, or not at all?"""

from __future__ import annotations

import contextlib
import os
import tempfile
import unicodedata
from errno import EISDIR
from pathlib import Path
from typing import TYPE_CHECKING, Final

from triad_screener.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Kinds of characters that move the cursor, turn the text round, or end a line.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def write(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``; what was there stays until all is written.

    A link stays a link, a device or a pipe what it is, and a file keeps its mode.

    Raises:
        OutputError: If it cannot be written there.
        BrokenPipeError: If it is a pipe whose reader has gone.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            target = path.resolve()
            replace(target, content, _mode(target))
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritable(path, error) from error


def require_writable(path: Path) -> None:
    """Check that `write` could put a file at ``path``; nothing is left there.

    Raises:
        OutputError: If it could not.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if not path.exists() or path.is_file():
            with tempfile.TemporaryFile(dir=path.resolve().parent):
                pass
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{path} cannot be written ({error.strerror or type(error).__name__}).",
        "Check that the folder exists and that you may write there.",
    )


def name_of(path: str | Path) -> str:
    r"""Return a path as a text that can be kept and shown.

    A name may be of any bytes; what is not UTF-8 is written as escapes, and so are
    ends of lines and other characters that show nothing by themselves.

    Examples:
        >>> name_of("prices"), name_of("prices\udcff"), name_of("a\nb")
        ('prices', 'prices\\xff', 'a\\nb')
    """
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(
        char.encode("unicode_escape").decode() if _shows_nothing(char) else char
        for char in text
    )


def _shows_nothing(char: str) -> bool:
    return unicodedata.category(char) in _INVISIBLE


def replace(path: Path, content: bytes, mode: int) -> None:
    """Put a new file in the place of ``path``, on the disk for good.

    Raises:
        OSError: If it cannot be written; what was there is as it was.
    """
    with _beside(path, content, mode) as new:
        new.replace(path)
    settle(path.parent)


def create(path: Path, content: bytes, mode: int) -> bool:
    """Make a file that was not there, on the disk for good; else return False.

    Raises:
        OSError: If it cannot be written; then there is none.
    """
    with _beside(path, content, mode) as new:
        if not name(new, path):
            return False
    settle(path.parent)
    return True


def name(new: Path, path: Path) -> bool:
    """Give a complete file its name; False where another file has that name already.

    Raises:
        OSError: If it cannot be given.
    """
    try:
        path.hardlink_to(new)
    except FileExistsError:
        return False
    except OSError:  # a file system without links; others are kept out less well
        if path.exists():
            return False
        new.rename(path)
    return True


@contextlib.contextmanager
def _beside(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """Yield a complete file beside ``path``; it is gone afterwards if it is left."""
    kept = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            kept = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        kept.chmod(mode)
        yield kept
    finally:
        if kept is not None:
            with contextlib.suppress(OSError):
                kept.unlink(missing_ok=True)


def existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    return place


def may_write(folder: Path) -> bool:
    """Return whether files can be made in ``folder``, or it can itself be made."""
    place = existing(folder)
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK)


def settle(folder: Path) -> None:
    """Have the disk know which names stand in ``folder``, where it can be asked to."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _mode(path: Path) -> int:
    """Return the mode of the file that is replaced, or that of a new file."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
