"""triad history: rank and score of one line over the runs."""

from typing import Annotated

import typer

from triad_screener.cli import _options as options

app = typer.Typer(add_completion=False)


@app.command("history")
def command(
    context: typer.Context,
    ticker: Annotated[str, typer.Argument(help="A line of a stored run.")],
    *,
    every: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Every run, of any taxonomy, universe, recipe and day.",
            rich_help_panel=options.Shown,
        ),
    ] = False,
    universe: options.UniverseName = options.Universe.default,
    recipe: options.RecipeName = "default",
    setting: options.Settings = [],
    config: options.Config = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> None:
    """Show rank and score of one line over the stored runs, oldest first.

    One run a day, of one taxonomy, universe and recipe; runs that looked back
    on a past day with --as-of are left out.

    [bold]Examples[/]

      triad history TSM
      triad history NVDA --format csv | cut -d, -f1,2,4
      triad history NVDA --all
    """
    # main reads debug; the others decide whose runs are shown
    del debug, universe, recipe, setting, config
    from triad_screener.cli import _setup, _streams
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import runs
    from triad_screener.workflows import history

    store, wanted, notes = _setup.store(), _streams.ticker(ticker), list[str]()
    if every:
        places = history.every(store, wanted)
    else:
        series, chosen = _setup.series(context, store)
        places, left_out = history.of_series(store, wanted, series)
        notes = [*chosen, *left_out]
    report = runs.of_history(wanted, places, notes)
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
