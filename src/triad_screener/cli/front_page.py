"""What does a newcomer see first? ``triad --help``, without loading anything."""

from __future__ import annotations

import os
import sys
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from triad_screener.errors import EXIT_CODES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OPTIONS: Final = {
    "--version": "Print the version; with --verbose also those it is built on.",
    "--install-completion": "Install completion for bash, zsh or fish.",
    "--show-completion": "Print the completion script, to copy it.",
    "-h, --help": "Show this page; each command has its own: triad help COMMAND.",
}
_EXAMPLES: Final = (
    "triad screen --top 10",
    "triad explain TSM",
    "triad screen --pillar compute --format tickers",
    "triad screen --where 'groups.momentum > 1' --format json | jq .lines",
    "triad screen --as-of 2025-02-14 --universe post",
)
_LEFT: Final = 22
_WIDEST: Final = 100


def front_page(commands: Mapping[str, str]) -> str:
    """Return usage, commands, options, examples and exit codes.

    Args:
        commands: Name to one line.
    """
    return "\n".join(_lines(commands)) + "\n"


def _lines(commands: Mapping[str, str]) -> Iterator[str]:
    yield f"{_bold('Usage:')} triad COMMAND [OPTION]..."
    yield ""
    yield "Screen the AI triad, compute x data x algorithms; say why each line ranks."
    yield from _section("Commands", commands)
    yield from _section("Options", _OPTIONS)
    yield ""
    yield _bold("Examples")
    yield from (f"  {example}" for example in _EXAMPLES)
    yield from _section("Exit codes", {str(code): t for code, t in EXIT_CODES.items()})
    yield ""
    yield "Information, not advice."


def _section(title: str, entries: Mapping[str, str]) -> Iterator[str]:
    yield ""
    yield _bold(title)
    width = min(_WIDEST, _columns()) - _LEFT - 2
    for name, text in entries.items():
        first, *rest = wrap(text, max(20, width))
        yield f"  {name.ljust(_LEFT)}{first}"
        yield from (" " * (_LEFT + 2) + line for line in rest)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        return 80


def _bold(text: str) -> str:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain or not sys.stdout.isatty() else f"\x1b[1m{text}\x1b[0m"
