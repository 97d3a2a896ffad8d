"""From options to the things a command works with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.errors import UnknownNameError, UsageError
from triad_screener.sources import SOURCES
from triad_screener.taxonomies import loading, locating, recipes

if TYPE_CHECKING:
    from pathlib import Path

    from triad_screener.model.recipe import Recipe
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.ports import MarketDataSource

#: What ``auto`` stands for while there is neither a store nor a live source.
AUTO = "bundled"


def taxonomy(config: Path | None) -> Taxonomy:
    """Return the taxonomy that serves."""
    return loading.load(locating.locate(config))


def source(text: str) -> MarketDataSource:
    """Return the source that ``text`` names, such as ``folder:PATH``.

    Raises:
        UnknownNameError: If there is no such source.
        UsageError: If its argument is missing, or one too many.
    """
    name, _, argument = text.partition(":")
    if name == "auto" and argument:
        raise UsageError(
            f"The source auto takes no argument, and {argument!r} was given.",
            "Write it as --source folder:PATH to read a folder.",
        )
    if name not in ("auto", *SOURCES):
        raise UnknownNameError("source", name, ("auto", *SOURCES))
    return SOURCES[AUTO if name == "auto" else name](argument)


def recipe(found: Taxonomy, name: str, settings: list[str]) -> tuple[Recipe, str]:
    """Return the recipe, and its name with the values set."""
    chosen = recipes.choose(found, name, settings)
    return chosen, " ".join([name, *settings])
