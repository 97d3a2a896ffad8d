"""The command line: one command a file, loaded when it is called.

``triad --help`` lists the commands from the table below and imports none of them.
"""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, TextIO

import typer
from typer.core import TyperCommand, TyperGroup

from triad_screener import __version__
from triad_screener.cli import _locale
from triad_screener.databases import is_short_of_memory
from triad_screener.errors import (
    INTERRUPTED,
    OutOfMemoryError,
    TriadError,
    UsageError,
)

#: Command to its module and the line that ``--help`` shows.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "screen": (
        "triad_screener.cli.screen",
        "Rank the universe; print the baskets and the watchlist.",
    ),
    "explain": (
        "triad_screener.cli.explain",
        "Show everything behind the score of one line.",
    ),
    "score": (
        "triad_screener.cli.score",
        "Score a CSV file of raw factor values.",
    ),
    "refresh": (
        "triad_screener.cli.refresh",
        "Bring the store up to date from Yahoo Finance.",
    ),
    "watchlist": (
        "triad_screener.cli.watchlist",
        "Follow companies not yet listed: stage, marks, holders, filings.",
    ),
    "runs": (
        "triad_screener.cli.runs",
        "List the runs that are kept; show what is known of one.",
    ),
    "history": (
        "triad_screener.cli.history",
        "Show rank and score of one line over the runs.",
    ),
    "report": (
        "triad_screener.cli.report",
        "Write the weekly letter: what moved and why; mail it.",
    ),
    "diff": (
        "triad_screener.cli.diff",
        "Show what moved between two runs, and why.",
    ),
    "schedule": (
        "triad_screener.cli.schedule",
        "Print the crontab line or the systemd units that send the letter.",
    ),
    "store": (
        "triad_screener.cli.store",
        "Say what the store holds; write it as a folder; compact it.",
    ),
    "doctor": (
        "triad_screener.cli.doctor",
        "Say what works, what does not, and what to do.",
    ),
    "thesis": (
        "triad_screener.cli.thesis",
        "Say whether the thesis still holds; reckon its arithmetic.",
    ),
    "evaluate": (
        "triad_screener.cli.evaluate",
        "Say how past rankings fared: did they know anything?",
    ),
    "taxonomy": (
        "triad_screener.cli.taxonomy",
        "Check, show, copy or extend the taxonomy; print its schema.",
    ),
    "factors": (
        "triad_screener.cli.factors",
        "List the factors with unit, direction, formula and source.",
    ),
}


#: Commands within commands.
_PARTS: Final = (
    *("check", "show", "schema", "init", "add"),
    *("info", "check", "backup", "salvage", "export", "vacuum"),
    *("list", "scaling"),
)


class _Commands(TyperGroup):
    """A group that knows the names of its commands, and imports one when called."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - typer's own
        """Read the arguments; ``help COMMAND`` is ``COMMAND --help``."""
        if args[:1] == ["help"]:
            args = [*args[1:], "--help"]
        if sorted(args) == ["--verbose", "--version"]:
            from triad_screener.cli._versions import versions

            sys.stdout.write(versions())
            raise typer.Exit
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - typer's own context
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - likewise
        """Return a name and a line for ``--help``; `resolve_command` imports."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name][1], callback=None)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - likewise
        """Write the front page; rich would take longer to load than all the rest."""
        del ctx, formatter
        from triad_screener.cli.front_page import front_page

        lines = {name: line for name, (_, line) in COMMANDS.items()}
        sys.stdout.write(front_page(lines))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - likewise
        unknown = args and args[0] not in COMMANDS and not args[0].startswith("-")
        if unknown and not ctx.resilient_parsing:  # which is how completion looks
            from triad_screener.errors import UnknownNameError

            raise UnknownNameError("command", args[0], [*COMMANDS, "help"])
        if args and not ctx.resilient_parsing:
            ctx.default_map = _settings(args[0])
        name, command, rest = super().resolve_command(ctx, args)
        loaded = command and _load(str(name))
        if loaded and {"-h", "--help"} & {*rest}:
            from triad_screener.cli import _help

            _help.in_plain_words(loaded, ctx)
        return name, loaded, rest


def _settings(command: str) -> dict[str, Any]:
    """Return the settings of the user as defaults of ``command`` and its parts."""
    from triad_screener.settings import defaults

    try:
        found = dict(defaults())
    except TriadError:
        if command != "doctor":  # which says itself what is wrong with them
            raise
        found = {}
    return {command: {**found, **dict.fromkeys(_PARTS, found)}}


def _load(name: str) -> Any:  # noqa: ANN401 - typer's own command
    from importlib import import_module

    return typer.main.get_command(import_module(COMMANDS[name][0]).app)


def _version(value: bool) -> None:  # noqa: FBT001 - typer calls it so
    if value:
        sys.stdout.write(f"triad {__version__}\n")
        raise typer.Exit


app = typer.Typer(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]}
)


@app.callback()
def _root(
    *,
    version: bool = typer.Option(
        False,  # noqa: FBT003 - a flag
        "--version",
        callback=_version,
        is_eager=True,
        help="Print the version and leave; with --verbose also those it is built on.",
    ),
) -> None:
    """Screen the AI triad, compute x data x algorithms, and say why each line ranks."""
    del version


#: What typer raises for a wrong option, by a name it exports.
_UsageFailure: Final[Any] = typer.BadParameter.__mro__[1]


def main() -> None:
    """Run the command line; the one place where errors become exit codes."""
    # The process lives for a second and makes no cycles worth collecting.
    gc.disable()
    # Looking for plugins of pydantic takes longer than reading the taxonomy.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    _stand_in_for_closed_streams()
    _locale.settle()
    code = run(sys.argv[1:] or ["--help"])
    if code == INTERRUPTED:
        _leave_at_once(code)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # else Python fails at it once more, and leaves with 120
            _leave(stream)
    raise SystemExit(code)


def run(arguments: Sequence[str]) -> int:
    """Run ``arguments`` and return the exit code."""
    try:
        return _answer(arguments)
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except TriadError as error:
        return _told(error, arguments)
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence, not a traceback
        return _explained(error, arguments)


def _explained(error: Exception, arguments: Sequence[str]) -> int:
    """Say what a failure means that no part of the program expected."""
    if is_short_of_memory(error):
        short = OutOfMemoryError("this command")
        try:
            short.__cause__ = error
            return _told(short, arguments)
        except (MemoryError, ImportError):  # nor for the words, then
            sys.stderr.write(f"triad: {short.what}\n       {short.remedy}\n")
            return short.exit_code
    from triad_screener.cli.fault import report

    return report(error, debug="--debug" in arguments)


def _stand_in_for_closed_streams() -> None:
    """Give each stream that the shell closed (``>&-``) a stand-in.

    Reading finds nothing, writing to standard output fails as it would in C, and
    what would be said on standard error is lost.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            flags = os.O_WRONLY if name == "stderr" else os.O_RDONLY
            setattr(sys, name, open(os.open(os.devnull, flags), mode))  # noqa: PTH123, SIM115 - a descriptor, for as long as the process lives


def _answer(arguments: Sequence[str]) -> int:
    try:
        code = app(args=list(arguments), prog_name="triad", standalone_mode=False)
        sys.stdout.flush()
    except _UsageFailure as failure:
        where = failure.ctx.command_path if failure.ctx else "triad"
        raise UsageError(_sentence(failure), f"See '{where} --help'.") from None
    except SystemExit as leaving:
        # How typer leaves when the reader has gone.
        if isinstance(leaving.__context__, BrokenPipeError):
            raise leaving.__context__ from None
        raise
    except OSError as error:
        if isinstance(error, BrokenPipeError) or error.filename is not None:
            raise
        from triad_screener.cli._streams import unwritable

        raise unwritable(error) from error
    return code if isinstance(code, int) else 0


def _sentence(failure: Any) -> str:  # noqa: ANN401 - typer's own failure
    text = str(failure.format_message()).replace("Value error, ", "")
    text = text.replace(": Input should", ": it should").rstrip(".")
    return text if text.endswith("?") else f"{text}."


def _told(error: TriadError, arguments: Sequence[str]) -> int:
    from triad_screener.cli import _streams

    if "--debug" in arguments:
        from triad_screener.cli.fault import written

        with suppress(OSError):
            sys.stderr.write(written(error))
    _streams.say(f"triad: {error.what}")
    _streams.say(f"       {error.remedy}")
    return error.exit_code


def _leave_at_once(code: int) -> None:
    """End without the interpreter's good-byes: requests may still be under way."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)


def _leave(stream: TextIO) -> None:
    """Point a stream nowhere, so that closing it says nothing either."""
    with suppress(OSError):  # not a file of the system: nothing to close
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
