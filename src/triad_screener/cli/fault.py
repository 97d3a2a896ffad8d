"""What does the user see when the program itself is at fault?"""

from __future__ import annotations

import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path

FAULT = 70


def report(error: Exception, *, debug: bool) -> int:
    """Say in one sentence that the program failed, and where the details are."""
    details = written(error)
    text = (
        f"{details}triad: The program failed; the traceback is above.\n"
        if debug
        else f"triad: The program failed ({type(error).__name__}), "
        f"which should not be.\n       {_kept(details)}\n"
    )
    with suppress(OSError):
        sys.stderr.write(text)
    return FAULT


def written(error: BaseException) -> str:
    """Return the traceback of ``error`` as a terminal may get it."""
    from triad_screener.rendering._cells import clean

    lines = "".join(traceback.format_exception(error)).splitlines()
    return "".join(f"{clean(line)}\n" for line in lines)


def _kept(details: str) -> str:
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="triad-", suffix=".log", delete=False
        ) as file:
            file.write(details)
    except OSError:
        return "Run the command again with --debug to see the details."
    return f"The details are in {Path(file.name)}; please report them."
