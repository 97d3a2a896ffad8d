"""How does a help page name the values of options, for people who do not program?"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from typer import rich_utils

#: What stands for a value, by its type; a switch takes none.
_NAMES: Final = {bool: "", int: "N", float: "N", Path: "PATH"}


def in_plain_words(command: Any, context: Any) -> None:  # noqa: ANN401 - typer's own
    """Name values as words, leave out types and bounds; choices stay as they are.

    Args:
        command: With the commands it holds.
        context: Of the program, which says how help is asked for.
    """
    rich_utils.RANGE_STRING = ""
    for part in getattr(command, "commands", {}).values():
        in_plain_words(part, context)
    for parameter in (*command.params, command.get_help_option(context)):
        if parameter.param_type_name == "argument":
            parameter.display_type = _no_type
        elif parameter.metavar is None:
            parameter.metavar = _name(parameter)


def _no_type(context: Any) -> None:  # noqa: ANN401 - typer's own
    """Return what follows the name of an argument: the name says enough."""
    del context


def _name(option: Any) -> str | None:  # noqa: ANN401 - typer's own
    kind = option.type_descriptor.annotation
    if kind in _NAMES:
        return _NAMES[kind]
    if kind in (str, list[str]):
        return str(option.opts[0]).lstrip("-").upper()
    return None
