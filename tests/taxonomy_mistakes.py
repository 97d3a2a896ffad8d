"""A small taxonomy that is right, and every way in which it is broken in the tests."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent / "taxonomies"
GOOD = (HERE / "small.yaml").read_text("utf-8")


class Mistake(NamedTuple):
    """A text of the good file, what is put in its place, and what is said of it."""

    old: str
    new: str
    said: list[str]


def kept_mistakes() -> list[Mistake]:
    """The blocks of ``mistakes.txt``."""
    blocks = (HERE / "mistakes.txt").read_text("utf-8").split("\n\n")
    found = []
    for block in blocks:
        if block.startswith("-"):
            rows = [(row[0], row[2:]) for row in block.splitlines()]
            old, new = ("\n".join(t for sign, t in rows if sign == s) for s in "-+")
            found.append(Mistake(old, new, [t for sign, t in rows if sign == "="]))
    return found
