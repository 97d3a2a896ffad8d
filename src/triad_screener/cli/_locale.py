"""Which signs can the reader's terminal show?

Where the locale is plain C, Python writes UTF-8 all the same, and a terminal of such a
locale shows it as garbage. So there standard output and standard error keep to ASCII,
each if it is a terminal; a file or a pipe has the same bytes under every locale.
"""

import io
import os
import sys
from collections.abc import Mapping
from typing import Final

#: Whoever sets one of these has chosen for Python.
_CHOSEN: Final = ("PYTHONUTF8", "PYTHONIOENCODING")
#: What Python writes into LC_CTYPE where it leaves the locale C by itself.
_COERCED: Final = ("C.UTF-8", "C.utf8", "UTF-8")


def settle() -> None:
    """Let each stream that is a terminal speak as the locale says."""
    if not (sys.flags.utf8_mode and is_plain(os.environ)):
        return
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.isatty():
            stream.reconfigure(encoding="ascii", errors="replace")


def is_plain(environment: Mapping[str, str]) -> bool:
    """Return whether a locale was named, and has no UTF-8.

    Where none is named the terminal is taken to be like most: it shows UTF-8.

    Examples:
        >>> is_plain({"LC_ALL": "C"}), is_plain({"LANG": "C", "LC_CTYPE": "C.UTF-8"})
        (True, True)
        >>> is_plain({"LC_ALL": "en_GB.UTF-8", "LANG": "C"}), is_plain({})
        (False, False)
    """
    if any(environment.get(name) for name in _CHOSEN):
        return False
    names = [environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")]
    if names[1] in _COERCED:
        names[1] = ""
    name = next(filter(None, names), "utf-8")
    return "utf" not in name.lower()
