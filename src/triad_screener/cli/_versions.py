"""Which versions of what is this? For a report of a bug."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import TYPE_CHECKING, Final

from triad_screener import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What figures come through, and where they are kept.
_PACKAGES: Final = ("yfinance", "curl_cffi", "duckdb")


def versions() -> str:
    """Return a line for the program, for Python and for each package that matters."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    yield f"triad {__version__}"
    yield f"Python {platform.python_version()} on {platform.platform()}"
    for name in _PACKAGES:
        try:
            yield f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            yield f"{name}: not installed"
