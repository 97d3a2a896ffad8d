"""triad explain: everything behind one score."""

from datetime import date
from typing import Annotated

import typer

from triad_screener.cli import _options as options

app = typer.Typer(add_completion=False)


@app.command("explain")
def command(
    ticker: Annotated[str, typer.Argument(help="A line of the taxonomy.")],
    *,
    universe: options.UniverseName = options.Universe.default,
    as_of: options.AsOf = "",
    source: options.Source = "auto",
    offline: options.Offline = False,
    recipe: options.RecipeName = "default",
    setting: options.Settings = [],
    config: options.Config = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    lang: options.Lang = options.Language.en,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> None:
    """Show everything behind the score of one line.

    Raw values, ranks, z-scores, weights and contributions; each figure with its
    period, currency, source and the day it became known; what is missing and what
    that could change. Enough to recompute the score with a pocket calculator.

    [bold]Examples[/]

      triad explain TSM
      triad explain NVDA --as-of 2025-02-14
      triad explain META --format json | jq .line.factors.ebit_ev
    """
    del debug, offline  # main reads the first; no source here uses a network
    from triad_screener.cli import _setup, _streams
    from triad_screener.errors import NoDataError
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import dossier
    from triad_screener.screening.assembling import Request
    from triad_screener.workflows import screen as workflow

    day = options.to_date(as_of)
    taxonomy = _setup.taxonomy(config)
    chosen, name = _setup.recipe(taxonomy, recipe, setting)
    known = [line.ticker for line in taxonomy.constituents]
    (wanted,), _ = workflow.known_tickers([ticker], known)
    request = Request(
        recipe=chosen, recipe_name=name, as_of=day, universe=universe.value
    )
    found = workflow.screen(taxonomy, request, source=_setup.source(source))
    if wanted not in found.facts:
        raise NoDataError(
            f"{wanted} was not yet listed on {found.run.as_of}.",
            "Give a later day with --as-of DATE.",
        )
    report = dossier.compose(
        found,
        wanted,
        recipe=chosen,
        language=lang.value,
        today=date.today(),  # noqa: DTZ011 - the clock of the reader's shell
    )
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
