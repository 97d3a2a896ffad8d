"""How far is it? A bar on standard error, for a person who waits at a terminal."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rich.progress import Progress, Task, TaskID

    from triad_screener import ports


@contextlib.contextmanager
def bar(
    task: str = "Yahoo Finance", *, quiet: bool = False
) -> Iterator[ports.Progress | None]:
    """Yield what to tell of each step: how many are done, of how many.

    Nothing is drawn before the first step. Off a terminal, on a dumb one and in quiet
    there is no bar, and None is yielded.
    """
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    shown = _Bar(task)
    try:
        yield shown.step
    finally:
        shown.stop()


class _Bar:
    """A progress bar that is made with the first step."""

    def __init__(self, task: str) -> None:
        self._task = task
        self._made: tuple[Progress, TaskID] | None = None
        self._rest = ""

    def step(self, done: int, total: int, rests_until: datetime | None = None) -> None:
        """Show that ``done`` of ``total`` are done, and until when it waits."""
        if self._made is None:
            progress = _progress()
            progress.start()
            self._made = progress, progress.add_task(self._task, total=total)
        progress, task = self._made
        rest = f"{rests_until.astimezone():%H:%M}" if rests_until else ""
        if rest and rest != self._rest:
            progress.console.print(
                f"{self._task} refused a request as one too many. Going on at {rest}; "
                "Ctrl-C keeps what came.",
                highlight=False,
            )
        self._rest = rest
        shown = f"Waiting until {rest}" if rest else self._task
        progress.update(task, completed=done, total=total, description=shown)

    def stop(self) -> None:
        """Take the bar away."""
        if self._made:
            self._made[0].stop()


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Answers a second."""

        def render(self, task: Task) -> Text:
            """Return the rate; nothing before it is known."""
            return Text(f"{task.speed:.0f}/s" if task.speed else "")

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        transient=True,
    )
