"""triad schedule: the crontab line or the systemd units that send the letter."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from triad_screener.cli import _options as options

app = typer.Typer(add_completion=False)


class Scheduler(StrEnum):
    """What runs the letter."""

    cron = "cron"
    systemd = "systemd"


_EVERY_WEEK = "mon 07:30"


@app.command("schedule")
def command(
    more: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="-- OPTION",
            help="More options of 'triad report', after two dashes.",
            show_default=False,
        ),
    ] = None,
    *,
    scheduler: Annotated[
        Scheduler, typer.Option("--with", help="What runs it.")
    ] = Scheduler.cron,
    at: Annotated[
        str,
        typer.Option(
            "--at",
            metavar="'DAY HH:MM'",
            help="mon to sun, weekdays or daily; by the clock of this machine.",
        ),
    ] = _EVERY_WEEK,
    if_changed: Annotated[
        bool, typer.Option(help="Send nothing when nothing material moved.")
    ] = True,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="PATH",
            help="Write there: the crontab line to a file, the units into a folder.",
            rich_help_panel="Output",
        ),
    ] = None,
    debug: options.Debug = False,
) -> None:
    """Print what makes cron or systemd send the letter; nothing is installed.

    The program is named by its full path, and the settings of this environment go
    with it, except for passwords: cron and systemd know nothing of your shell.

    [bold]Examples[/]

      triad schedule
      (crontab -l; triad schedule --at 'weekdays 18:00') | crontab -
      triad schedule --no-if-changed -- --source store
      triad schedule --with systemd --output ~/.config/systemd/user | sh
    """
    del debug  # main reads it
    from triad_screener.cli import _streams
    from triad_screener.model.document import Document
    from triad_screener.workflows import scheduling

    if scheduler is Scheduler.cron:
        options.require_suffix(output, "A crontab line", ".txt")
    moment = scheduling.to_moment(at)
    arguments = more or []
    flags = ["--if-changed"] if if_changed else []
    _require_understood(["--email", *flags, *arguments])
    job = scheduling.Job(
        words=(*program(sys.argv[0]), "report", "--email", *flags, *arguments),
        variables=scheduling.carried(os.environ),
        withheld=scheduling.withheld(os.environ),
        again=_again(scheduler, at, arguments, if_changed=if_changed),
    )
    if scheduler is Scheduler.cron:
        text = scheduling.crontab(job, moment)
        _streams.show(Document("text/plain", text), output)
    elif output is None:
        _streams.show(Document("text/plain", scheduling.manual(job, moment)), None)
    else:
        _write(scheduling.units(job, moment), output)
    if output or not sys.stdout.isatty():  # else they have just been read
        _streams.tell(scheduling.secrets(job.withheld))


def program(called: str) -> tuple[str, ...]:
    """Return the words that run this program, from any folder.

    Args:
        called: The name it was called by; a link is kept, since the environment that
            it stands in decides on the libraries.
    """
    path = Path(called).absolute()
    if path.name != "__main__.py" and path.is_file() and os.access(path, os.X_OK):
        return (str(path),)
    return (sys.executable, "-m", "triad_screener")


def _again(
    scheduler: Scheduler, at: str, more: Sequence[str], *, if_changed: bool
) -> list[str]:
    """Return the options that were given, in the order of the help."""
    given = ["--with", scheduler.value] if scheduler is not Scheduler.cron else []
    given += ["--at", at] if at != _EVERY_WEEK else []
    given += [] if if_changed else ["--no-if-changed"]
    return [*given, "--", *more] if more else given


def _require_understood(arguments: Sequence[str]) -> None:
    """Let ``report`` read its options now, rather than alone some morning.

    Raises:
        UsageError: If one has no effect on what is mailed, or names a file by a path
            that leads elsewhere from elsewhere.
    """
    from triad_screener.cli import _load
    from triad_screener.errors import UsageError

    context = _load("report").make_context("triad report", [*arguments])
    options.require_fitting(context)
    path = next(_relative_paths(context), None)
    if path is not None:
        raise UsageError(
            f"{str(path)!r} is not a full path, and the letter is made elsewhere.",
            f"Write {str(path.absolute())!r}.",
        )


def _relative_paths(context: typer.Context) -> Iterator[Path]:
    for name, value in context.params.items():
        source = context.get_parameter_source(name)
        if source is None or source.name != "COMMANDLINE":
            continue
        folder = str(value).removeprefix("folder:")
        if isinstance(value, Path) or folder != str(value):
            yield from () if Path(folder).is_absolute() else (Path(folder),)


def _write(units: Mapping[str, str], folder: Path) -> None:
    """Write the units, and say what starts them as lines that a shell can read."""
    from triad_screener.cli import _streams
    from triad_screener.errors import OutputError
    from triad_screener.model.document import Document
    from triad_screener.workflows import scheduling

    scheduling.require_printable("The name of the folder", str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be made ({error.strerror}).",
            "Give a folder where you may write with --output FOLDER.",
        ) from error
    for name, text in units.items():
        _streams.show(Document("text/plain", text), folder / name)
    written = [f"# {folder / name} is written.\n" for name in units]
    steps = [f"{step}\n" for step in scheduling.INSTALL]
    sys.stdout.write("".join(written + steps))
