"""The command line: one command a file, loaded when it is called.

``triad --help`` lists the commands from the table below and imports none of them.
"""

import gc
import sys
from collections.abc import Sequence
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from triad_screener import __version__
from triad_screener.errors import INTERRUPTED, TriadError, UsageError

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
    "taxonomy": (
        "triad_screener.cli.taxonomy",
        "Check, show or copy the taxonomy; print its schema.",
    ),
    "factors": (
        "triad_screener.cli.factors",
        "List the factors with unit, direction, formula and source.",
    ),
}


class _Commands(TyperGroup):
    """A group that knows the names of its commands, and imports one when called."""

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
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from triad_screener.errors import UnknownNameError

            raise UnknownNameError("command", args[0], COMMANDS)
        name, _, rest = super().resolve_command(ctx, args)
        return name, _load(str(name)), rest


def _load(name: str) -> Any:  # noqa: ANN401 - typer's own command
    from importlib import import_module

    return typer.main.get_command(import_module(COMMANDS[name][0]).app)


def _version(value: bool) -> None:  # noqa: FBT001 - typer calls it so
    if value:
        sys.stdout.write(f"triad {__version__}\n")
        raise typer.Exit


app = typer.Typer(cls=_Commands)


@app.callback()
def _root(
    *,
    version: bool = typer.Option(
        False,  # noqa: FBT003 - a flag
        "--version",
        callback=_version,
        is_eager=True,
        help="Print the version and leave.",
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
    raise SystemExit(run(sys.argv[1:] or ["--help"]))


def run(arguments: Sequence[str]) -> int:
    """Run ``arguments`` and return the exit code."""
    try:
        return _answer(arguments)
    except BrokenPipeError:
        _leave_pipe()
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except TriadError as error:
        return _told(error, arguments)
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence, not a traceback
        from triad_screener.cli.fault import report

        return report(error, debug="--debug" in arguments)


def _answer(arguments: Sequence[str]) -> int:
    try:
        code = app(args=list(arguments), prog_name="triad", standalone_mode=False)
        sys.stdout.flush()
    except _UsageFailure as failure:
        what = str(failure.format_message()).rstrip(".") + "."
        where = failure.ctx.command_path if failure.ctx else "triad"
        raise UsageError(what, f"See '{where} --help'.") from None
    return code if isinstance(code, int) else 0


def _told(error: TriadError, arguments: Sequence[str]) -> int:
    if "--debug" in arguments:
        import traceback

        traceback.print_exc()
    from triad_screener.rendering._cells import clean

    try:
        sys.stderr.write(f"triad: {clean(error.what)}\n       {clean(error.remedy)}\n")
    except (OSError, UnicodeEncodeError):
        sys.stderr.write(ascii(f"triad: {error.what} {error.remedy}") + "\n")
    return error.exit_code


def _leave_pipe() -> None:
    """Point standard output nowhere, so that closing it says nothing either."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
