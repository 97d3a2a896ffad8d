"""triad history: rank and score of one line over the runs."""

from typing import Annotated

import typer

from triad_screener.cli import _options as options

app = typer.Typer(add_completion=False)


@app.command("history")
def command(
    ticker: Annotated[str, typer.Argument(help="A line of a stored run.")],
    *,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> None:
    """Show rank and score of one line over the runs that are kept, oldest first.

    [bold]Examples[/]

      triad history TSM
      triad history NVDA --format csv | cut -d, -f1,2,4
    """
    del debug  # main reads it
    from triad_screener.cli import _setup, _streams
    from triad_screener.errors import NoDataError
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import runs

    wanted = _streams.ticker(ticker)
    places = _setup.store().history(wanted)
    if not places:
        raise NoDataError(
            f"No run that is kept has the line {wanted!r}.",
            "Run 'triad screen', or list the runs with 'triad runs list'.",
        )
    report = runs.of_history(wanted, places)
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
