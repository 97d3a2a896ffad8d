"""Screen a universe: taxonomy and figures in, ranked lines and baskets out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from triad_screener.errors import ConfigurationError
from triad_screener.screening.assembling import assemble
from triad_screener.taxonomies import loading

if TYPE_CHECKING:
    from triad_screener.model.screen import Screen
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.ports import MarketDataSource
    from triad_screener.screening.assembling import Request


def screen(taxonomy: Taxonomy, request: Request, *, source: MarketDataSource) -> Screen:
    """Return the screen that ``request`` describes.

    Raises:
        ConfigurationError: If the taxonomy lists no line.
        NoDataError: If the source has nothing.
        InputError: If a file of the source is not what it should be.
    """
    if not taxonomy.constituents:
        raise ConfigurationError(
            taxonomy.title,
            "lists no constituents",
            "Add lines under constituents, or leave out --config.",
        )
    market = source.fetch(
        taxonomy.constituents, taxonomy.benchmarks, as_of=request.as_of
    )
    found = assemble(taxonomy, market, request, config_hash=loading.digest(taxonomy))
    listed = {line.ticker for line in taxonomy.constituents}
    strangers = sorted(request.holdings.keys() - listed)
    if strangers:
        warning = f"holdings not in the taxonomy: {', '.join(strangers)}"
        return replace(found, warnings=(*found.warnings, warning))
    return found
