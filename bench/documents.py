"""What the generated parts of the documentation say; called by cog.

``make docs`` writes them, ``make check`` refuses a document that is out of date.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from triad_screener.cli import COMMANDS
from triad_screener.errors import EXIT_CODES
from triad_screener.factors import FACTORS
from triad_screener.shipped import shipped
from triad_screener.taxonomies import loading

if TYPE_CHECKING:
    from triad_screener.model.taxonomy import Mark, Source

ROOT: Final = Path(__file__).parents[1]
AGE: Final = re.compile(r", \d+ days old| \(\d+ days old\)")
SUBCOMMANDS: Final = {
    "taxonomy": ("check", "show", "schema", "init", "add"),
    "store": ("info", "export", "vacuum"),
    "runs": ("list", "show"),
    "watchlist": ("list", "check"),
    "thesis": ("scaling",),
}


def output(*arguments: str, width: int = 80) -> str:
    """Return what ``triad`` prints off a terminal, without the age of the figures."""
    environment = os.environ | {"COLUMNS": str(width), "TERM": "dumb"}
    environment["TERMINAL_WIDTH"] = str(width)
    # A document is the same on every machine: no network, no store of the writer's.
    environment["TRIAD_OFFLINE"] = "1"
    with tempfile.TemporaryDirectory() as home:
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            environment[name] = home
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "triad_screener", *arguments],
            check=True,
            capture_output=True,
            env=environment,
        )
    lines = AGE.sub("", done.stdout.decode()).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def console(*arguments: str, width: int = 80) -> str:
    """Return a command and its output as a block of Markdown."""
    command = " ".join(f'"{a}"' if " " in a else a for a in arguments)
    text = output(*arguments, width=width)
    return f"```console\n$ triad {command}\n{text}\n```"


def factors() -> str:
    """Return the register of factors as Markdown."""
    lines = []
    for factor in FACTORS.values():
        better = "higher" if factor.sign > 0 else "lower"
        lines += [
            f"## {factor.id}",
            "",
            f"{factor.label}; group {factor.group}; {better} is better.",
            f"Unit: {factor.unit}.",
            "",
            f"    {factor.formula}",
            "",
            f"Source: {factor.reference}.",
            "",
        ]
    return "\n".join(lines).rstrip()


def exposures() -> str:
    """Return what each line with a history was exposed to, and by which evidence."""
    taxonomy = loading.load(shipped("config/triad.yaml"))
    rows = [
        f"| {line.ticker} | {pillar} | {entry.date} | {entry.share:g} "
        f"| {entry.basis.replace('_', ' ')} | {entry.rationale.strip()} "
        f"| {_cited(taxonomy.sources[entry.source])} |"
        for line in taxonomy.constituents
        for pillar, exposure in line.exposures.items()
        if exposure.history
        for entry in exposure.entries
    ]
    heading = "| line | pillar | known | share | basis | why | source, grade |"
    return "\n".join([heading, "|---|---|---|---:|---|---|---|", *rows])


def marks() -> str:
    """Return the prices put on companies not yet listed, and by which evidence."""
    taxonomy = loading.load(shipped("config/triad.yaml"))
    rows = [
        f"| {company.name} | {mark.round} | {mark.date} | {_worth(mark)} "
        f"| {_cited(taxonomy.sources[mark.source], mark.grade)} |"
        for company in taxonomy.watchlist
        for mark in company.marks
    ]
    heading = "| company | round | day | value after it | source, grade |"
    return "\n".join([heading, "|---|---|---|---:|---|", *rows])


def _worth(mark: Mark) -> str:
    if mark.post_money is None:
        return "not published"
    return f"{mark.currency} {mark.post_money / 1e9:,.1f}bn"


def _cited(source: Source, grade: str = "") -> str:
    return f"{source.publisher}: {source.title}, {grade or source.grade}"


def exit_codes() -> str:
    """Return the table of exit codes as Markdown."""
    rows = [f"| {code} | {text} |" for code, text in EXIT_CODES.items()]
    return "\n".join(["| code | meaning |", "|---:|---|", *rows])


def mistakes() -> str:
    """Return every mistake of the gallery as a block of Markdown."""
    parts = []
    for path in sorted((ROOT / "tests" / "errors").glob("*.toml")):
        mistake = tomllib.loads(path.read_text("utf-8"))
        command = " ".join(f'"{a}"' if " " in a else a for a in mistake["command"])
        parts.append(f"## {path.stem.replace('-', ' ')}")
        parts += [
            f"`{name}`:\n\n```text\n{content.rstrip()}\n```"
            for name, content in mistake.get("files", {}).items()
        ]
        said = mistake["stderr"].rstrip()
        block = f"```console\n$ triad {command}\n{said}\n```"
        parts.append(f"{block}\n\nExit code {mistake['code']}.")
    return "\n\n".join(parts)


def helps() -> str:
    """Return the help of every command."""
    parts = ["## triad", "", f"```text\n{output('--help')}\n```"]
    for command in COMMANDS:
        below = [(command, name) for name in SUBCOMMANDS.get(command, ())]
        for words in ((command,), *below):
            text = output(*words, "--help")
            parts += ["", f"## triad {' '.join(words)}", "", f"```text\n{text}\n```"]
    return "\n".join(parts)
