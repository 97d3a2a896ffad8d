"""A process of its own: ``child.py FOLDER PORT KEY [STEP]``.

It puts a letter into the outbox and sends what waits; with a step it says that it has
come to it and waits to be killed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from delivery.letters import SATURDAY, letter
from triad_screener.delivery import _box
from triad_screener.delivery.email import Email
from triad_screener.delivery.outbox import Outbox
from triad_screener.model.mail import MailServer

if TYPE_CHECKING:
    from collections.abc import Callable

#: What can be interrupted, and whether before or after it.
STEPS = [
    f"{when} {step}"
    for step in ("prepare", "begin", "deliver", "remember", "forget")
    for when in ("before", "after")
]


def stop(step: str) -> NoReturn:
    """Say where the process is, and stay there."""
    sys.stdout.write(f"{step}\n")
    sys.stdout.flush()
    time.sleep(60)
    raise SystemExit


def halting(step: str, wanted: str, function: Callable[..., object]) -> object:
    """Return the function with a stop before or after it."""

    def halted(*arguments: object) -> object:
        if wanted == f"before {step}":
            stop(wanted)
        result = function(*arguments)
        if wanted == f"after {step}":
            stop(wanted)
        return result

    return halted


def main(folder: str, port: str, key: str, step: str = "") -> None:
    """Put and flush."""
    for owner in (_box.Box, Email):
        for name in ("prepare", "begin", "deliver", "remember", "forget"):
            if hasattr(owner, name):
                setattr(owner, name, halting(name, step, getattr(owner, name)))
    outbox = Outbox(Path(folder), patience=20)
    outbox.put(letter(key))
    server = MailServer("127.0.0.1", int(port), "none", timeout=5.0)
    outbox.flush(Email(server), SATURDAY)


if __name__ == "__main__":
    main(*sys.argv[1:])
