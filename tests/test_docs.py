"""Documentation that fails the build when it leaves something out."""

from __future__ import annotations

from pathlib import Path

import pytest

from triad_screener.cli import COMMANDS
from triad_screener.errors import EXIT_CODES
from triad_screener.factors import FACTORS
from triad_screener.rendering import RENDERERS
from triad_screener.sources import SOURCES

ROOT = Path(__file__).parents[1]


GROUPS_OF_COMMANDS = ("taxonomy", "store", "runs", "watchlist", "thesis")


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented_with_an_example(command: str) -> None:
    section = text("docs/cli.md").partition(f"\n## triad {command}\n")[2]

    assert (
        "Example" in section.partition("\n## triad ")[0]
        or command in GROUPS_OF_COMMANDS
    )
    assert f"triad {command}" in text("README.md")


@pytest.mark.parametrize("factor", FACTORS)
def test_every_factor_is_documented_with_its_formula(factor: str) -> None:
    section = text("docs/factors.md").partition(f"\n## {factor}\n")[2]

    assert FACTORS[factor].formula in section.partition("\n## ")[0]


@pytest.mark.parametrize("name", [*RENDERERS, *SOURCES])
def test_every_format_and_source_stands_in_the_help(name: str) -> None:
    squeezed = "".join(text("docs/cli.md").replace("│", "").split())

    assert name in squeezed


@pytest.mark.parametrize("name", ["README.md", "docs/cli.md", "docs/errors.md"])
def test_every_exit_code_is_explained(name: str) -> None:
    document = text(name)

    assert all(f"| {code} | {what} |" in document for code, what in EXIT_CODES.items())


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.stem
)
def test_every_page_is_reached_from_the_readme(path: Path) -> None:
    assert f"docs/{path.name}" in text("README.md")
