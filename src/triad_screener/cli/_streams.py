"""Where input comes from and where the answer goes."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from triad_screener import files
from triad_screener.errors import InputError, OutputError, UsageError
from triad_screener.model.document import Style
from triad_screener.workflows.tickers import named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from triad_screener.model.document import Document, Report

_WIDTH_OFF_TERMINAL: Final = 100
_NARROWEST, _WIDEST = 40, 400
_LONGEST_LIST: Final = 1_000_000
#: Characters of a line on standard error, at most.
_LONGEST_LINE: Final = 2000
STANDARD_OUTPUT: Final = Path("-")
#: What a table calls its column of tickers.
_HEADINGS: Final = ("TICKER", "TICKERS", "SYMBOL", "SYMBOLS")
_UNICODE: Final = ("utf", "gb18030")
#: What a person reads at a terminal, in the signs that it shows.
_FOR_TERMINALS: Final = ("text/plain", "text/markdown")


def style(colour: str) -> Style:
    """Return what standard output can show.

    Args:
        colour: ``auto``, ``always`` or ``never``.
    """
    terminal = sys.stdout.isatty()
    return Style(
        width=_width(terminal=terminal),
        colours=_colours(colour, terminal=terminal),
        # A stream of text without an encoding, as in a notebook, takes every sign.
        unicode=(sys.stdout.encoding or "utf-8").lower().startswith(_UNICODE),
    )


def _width(*, terminal: bool) -> int:
    fallback = (_WIDTH_OFF_TERMINAL, 24)
    if terminal or os.environ.get("COLUMNS", "").isdigit():
        columns = shutil.get_terminal_size(fallback).columns
        return max(_NARROWEST, min(_WIDEST, columns))
    return _WIDTH_OFF_TERMINAL


def _colours(wanted: str, *, terminal: bool) -> int:
    if wanted == "never":
        return 0
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    if wanted == "auto" and (plain or not terminal):
        return 0
    full = os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit")
    return 16_777_216 if full else 256


def show(document: Document, output: Path | None) -> None:
    """Write ``document`` to ``output``, or to standard output, in UTF-8.

    Text for people at a terminal is in the encoding of the terminal.

    Args:
        document: What to write.
        output: A file; None, or ``-``, for standard output.

    Raises:
        OutputError: If it cannot be written there.
        BrokenPipeError: If the reader of standard output has gone.
    """
    if output is not None and output != STANDARD_OUTPUT:
        files.write(output, document.text.encode())
        return
    encoding = "utf-8"
    if document.media_type in _FOR_TERMINALS and sys.stdout.isatty():
        encoding = sys.stdout.encoding
    put(document.text.encode(encoding, "replace"))


def require_writable(*paths: Path | None) -> None:
    """Check, before what takes minutes, that files can be written; None is none.

    Raises:
        OutputError: If one cannot.
    """
    for path in paths:
        if path is not None and path != STANDARD_OUTPUT:
            files.require_writable(path)


def put(content: bytes) -> None:
    """Write bytes to standard output; text, where a stream of text stands in for it.

    Raises:
        OutputError: If it takes nothing more.
        BrokenPipeError: If the reader has gone.
    """
    try:
        if (binary := getattr(sys.stdout, "buffer", None)) is None:
            sys.stdout.write(content.decode("utf-8", "replace"))
        else:
            binary.write(content)
            binary.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(error) from error


def draw(report: Report, path: Path | None) -> None:
    """Write the pictures of ``report`` to ``path`` as PNG, one under another.

    Args:
        report: With pictures.
        path: A file; None for no drawing.

    Raises:
        UsageError: If there is nothing to be drawn.
        OutputError: If it cannot be written there.
    """
    if path is None:
        return
    from triad_screener.model.document import Picture
    from triad_screener.rendering import _pictures

    pictures = [block for block in report.blocks if isinstance(block, Picture)]
    drawn = _pictures.sheet(pictures, report.pillars)
    if drawn is None:
        raise UsageError(
            "There is nothing to be drawn.", "Leave --plot out to see why."
        )
    files.write(path, drawn)


def unwritable(error: OSError) -> OutputError:
    """Return what to say when standard output takes nothing more."""
    return OutputError(
        f"Standard output cannot be written ({error.strerror}).",
        "Free some space, or write elsewhere with --output FILE.",
    )


def say(text: str) -> None:
    """Write a line to standard error, cut if it repeats too much of an input.

    Where standard error takes nothing, it is lost.
    """
    from triad_screener.rendering._cells import clean

    line = clean(text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}...")
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{line}\n")


def hint(text: str) -> None:
    """Tell a person at a terminal what was done, if anything; a job is told nothing."""
    if text and sys.stderr.isatty():
        tell([text])


def tell(warnings: Iterable[str]) -> None:
    """Write each warning as a line to standard error."""
    for warning in warnings:
        say(f"triad: {warning}")


def confirm(text: str) -> None:
    """Write a line to standard output: that something was done, and where."""
    from triad_screener.rendering._cells import clean

    put(f"{clean(text)}\n".encode())


def content(path: str, limit: int) -> bytes:
    """Return the content of a file, or of standard input for ``-``.

    Raises:
        InputError: If it cannot be read, or is larger than ``limit`` bytes.
    """
    name = "standard input" if path == "-" else path
    try:
        if path == "-":
            found = _input(limit + 1)
        else:
            with Path(path).open("rb") as file:
                found = file.read(limit + 1)
    except OSError as error:
        problem = f"cannot be read ({error.strerror or type(error).__name__})"
        raise InputError(name, problem, "Check the path.") from error
    if len(found) > limit:
        problem = f"is larger than {limit // 1_000_000} MB"
        raise InputError(name, problem, "Keep only the lines and columns needed.")
    return found


def _input(size: int) -> bytes:
    """Return at most ``size`` bytes of standard input, or of what stands in for it."""
    if (binary := getattr(sys.stdin, "buffer", None)) is None:
        return sys.stdin.read(size).encode("utf-8", "surrogateescape")
    found: bytes = binary.read(size)
    return found


def tickers(arguments: Iterable[str], *, quiet: bool = False) -> tuple[str, ...]:
    """Return the tickers named, with ``-`` replaced by those of standard input.

    Commas and blanks stand between tickers, and capitals do not matter. On standard
    input what follows a # is a comment, and the heading of a column is skipped; a
    person is told so unless ``quiet``.

    Raises:
        UsageError: If standard input is not text.
    """
    texts: list[str] = []
    for argument in arguments:
        texts += _listed(quiet=quiet) if argument.strip() == "-" else [argument]
    return named(texts)


def ticker(argument: str) -> str:
    """Return the one ticker that an argument names.

    Raises:
        UsageError: If it names none or several, or if standard input is not text.
    """
    found = tickers([argument])
    if len(found) != 1:
        what = f"names {len(found)} tickers" if found else "names no ticker"
        raise UsageError(
            f"{argument!r} {what}, and one is wanted.",
            "Run the command once for each." if found else "Give one, such as NVDA.",
        )
    return found[0]


def _listed(*, quiet: bool) -> list[str]:
    try:
        text = content("-", _LONGEST_LIST).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(
            "Standard input is not UTF-8 text.", "Give one ticker a line."
        ) from None
    found = named(line.partition("#")[0] for line in text.splitlines())
    headings = [part for part in found if part in _HEADINGS]
    for heading in () if quiet else headings:
        hint(f"{heading!r} looks like a column heading; skipped.")
    return [part for part in found if part not in headings]
