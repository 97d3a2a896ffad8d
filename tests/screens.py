"""Screens to look at: the bundled figures, and the small world of `worlds`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import worlds
from triad_screener.screening.assembling import Request
from triad_screener.shipped import shipped
from triad_screener.sources import SOURCES
from triad_screener.taxonomies import loading
from triad_screener.workflows import screen as workflow

if TYPE_CHECKING:
    from datetime import date

    from triad_screener.model.recipe import Recipe
    from triad_screener.model.screen import Screen
    from triad_screener.model.taxonomy import Taxonomy


@cache
def shipped_taxonomy() -> Taxonomy:
    """The taxonomy that ships with the program."""
    return loading.load(shipped("config/triad.yaml"))


def shipped_recipe() -> Recipe:
    """Its default recipe."""
    return shipped_taxonomy().recipes["default"]


@cache
def bundled(
    as_of: date | None = None, universe: str = "default", *, neutralise: bool = True
) -> Screen:
    """The bundled snapshot, screened."""
    recipe = shipped_recipe()
    if not neutralise:
        rule = recipe.neutralise.model_copy(update={"by": "none"})
        recipe = recipe.model_copy(update={"neutralise": rule})
    request = Request(recipe=recipe, as_of=as_of, universe=universe)
    return workflow.screen(shipped_taxonomy(), request, source=SOURCES["bundled"](""))


@cache
def small() -> Screen:
    """The small world, screened; what depends on the version or a path is fixed."""
    with TemporaryDirectory() as folder:
        world = worlds.write(Path(folder))
        taxonomy = loading.load(world.config)
        found = workflow.screen(
            taxonomy,
            Request(recipe=taxonomy.recipes["default"]),
            source=SOURCES["folder"](str(world.folder)),
        )
    run = replace(
        found.run,
        id="0123456789abcdef",
        source_description="folder figures",
        config_hash="c" * 64,
        data_hash="d" * 64,
        program_version="0.0.0",
    )
    return replace(found, run=run)
