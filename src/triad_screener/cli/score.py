"""triad score: the scorer as a filter."""

from typing import Annotated

import typer

from triad_screener.cli import _options as options

app = typer.Typer(add_completion=False)


@app.command("score")
def command(
    file: Annotated[
        str, typer.Argument(help="CSV of raw factor values; - for standard input.")
    ],
    *,
    recipe: options.RecipeName = "default",
    setting: options.Settings = [],
    incumbents: options.Incumbents = "",
    config: options.Config = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> None:
    """Score a CSV file of raw factor values with the recipe.

    Columns: ticker, issuer, exposure_compute, exposure_data, exposure_algorithms, the
    ids of 'triad factors', market_cap_usd, average_daily_value_usd and
    statement_age_days. An empty cell is missing.

    [bold]Examples[/]

      triad score values.csv --format json
      triad score - --set basket.size=3 --incumbents NVDA,TSM < values.csv
    """
    del debug  # main reads it
    from triad_screener.cli import _setup, _streams
    from triad_screener.model.document import PillarStyle
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import scored
    from triad_screener.tables.cross_section import SIZE_LIMIT
    from triad_screener.taxonomies import recipes
    from triad_screener.workflows.score import score
    from triad_screener.workflows.tickers import named

    taxonomy = _setup.taxonomy(config)
    chosen = recipes.choose(taxonomy, recipe, setting)
    name = "standard input" if file == "-" else file
    found, warnings = score(
        _streams.content(file, SIZE_LIMIT), name, chosen, named([incumbents])
    )
    styles: dict[str, PillarStyle] = {
        pillar: PillarStyle(info.name.en, info.colour)
        for pillar, info in taxonomy.pillars.items()
    }
    report = scored.compose(found, name, styles, warnings)
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
