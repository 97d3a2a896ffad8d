"""Where are the files that ship with the program?"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """Return the path of a shipped file or folder, such as ``"config/triad.yaml"``.

    In an installed wheel it lies inside the package; in a checkout, at its top.
    """
    inside = _PACKAGE / "shipped" / name
    return inside if inside.exists() else _PACKAGE.parents[1] / name
