"""Does the thesis still hold? Taxonomy and figures in, the panel out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.errors import ConfigurationError
from triad_screener.screening import measuring, panel, selecting

if TYPE_CHECKING:
    from datetime import date

    from triad_screener.model.panel import Panel
    from triad_screener.model.recipe import Recipe
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.model.thesis import Thesis
    from triad_screener.ports import MarketDataSource


def of(taxonomy: Taxonomy) -> Thesis:
    """Return the thesis that is to be judged.

    Raises:
        ConfigurationError: If the taxonomy has no indicators.
    """
    if taxonomy.thesis is None or not taxonomy.thesis.indicators:
        raise ConfigurationError(
            taxonomy.title,
            "has no indicators under thesis",
            "Add them, or leave out --config to use the shipped ones.",
        )
    return taxonomy.thesis


def judge(
    taxonomy: Taxonomy,
    recipe: Recipe,
    source: MarketDataSource,
    as_of: date | None = None,
) -> Panel:
    """Return the panel of the thesis of ``taxonomy``.

    Args:
        taxonomy: With a thesis.
        recipe: By whose lights lines are built; no weight of it counts.
        source: Of the figures.
        as_of: Last day whose knowledge may be used; None for the newest session.

    Raises:
        ConfigurationError: If the taxonomy has no indicators.
        NoDataError: If the source has nothing on that day.
    """
    thesis = of(taxonomy)
    market = source.fetch(taxonomy.constituents, taxonomy.benchmarks, as_of=as_of)
    day = as_of or selecting.newest_day(market)
    selecting.require_session(market, day)
    known = measuring.select(taxonomy, market, days=[day], recipe=recipe)
    return panel.judge(thesis, taxonomy, known, market, day)
