"""triad factors: the register of factors."""

import typer

from triad_screener.cli import _options as options

app = typer.Typer(add_completion=False)


@app.command("factors")
def command(
    *,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> None:
    """List the factors with group, unit, direction, formula and source.

    [bold]Examples[/]

      triad factors
      triad factors --format json
    """
    del debug  # main reads it
    from triad_screener.cli import _streams
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import register

    render = RENDERERS[output_format.value]
    _streams.show(render(register.compose(), _streams.style(color)), output)
