"""triad runs: list, show."""

from typing import Annotated

import typer

from triad_screener.cli import _options as options
from triad_screener.cli._groups import Listing

app = typer.Typer(
    cls=Listing,
    add_completion=False,
    help="List the runs that are kept; show what is known of one.",
    rich_markup_mode="rich",
)


@app.command("list")
def listed(
    *,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> None:
    """List the runs that are kept, the last first.

    [bold]Examples[/]

      triad runs
      triad runs --format tickers | head -1
    """
    del debug  # main reads it
    from triad_screener.cli import _setup, _streams
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import runs

    report = runs.of_runs(_setup.store().runs())
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)


@app.command("show")
def show(
    run: Annotated[
        str, typer.Argument(help="Id of a run, or the first letters of it.")
    ],
    *,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> None:
    """Show what is known of a run: its day, recipe and the hashes of its inputs.

    [bold]Examples[/]

      triad runs show 3f2a
      triad screen --run 3f2a
    """
    del debug  # main reads it
    from triad_screener.cli import _setup, _streams
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import runs

    report = runs.of_run(_setup.store().entry(run))
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
