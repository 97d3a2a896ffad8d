"""triad store: info, export, vacuum."""

from pathlib import Path
from typing import Annotated

import typer

from triad_screener.cli import _options as options
from triad_screener.cli._groups import Group

app = typer.Typer(
    cls=Group,
    add_completion=False,
    help="Say what the store holds; write it as a folder; compact it.",
    rich_markup_mode="rich",
)


@app.command("info")
def info(
    *,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> None:
    """Say what the store holds, since when, and how large it is.

    [bold]Examples[/]

      triad store info
      triad store info --format json | jq .newest_session
    """
    del debug  # main reads it
    from triad_screener.cli import _setup, _streams
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import inventory

    report = inventory.compose(_setup.store().info())
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="A new or an empty folder.")],
    *,
    as_of: options.AsOf = "",
    config: options.Config = None,
    debug: options.Debug = False,
) -> None:
    """Write what the store knows as a folder of CSV files.

    The folder can be read, compared and fed back with --source folder:PATH; it gives
    the same scores.

    [bold]Examples[/]

      triad store export figures
      triad store export figures-2025 --as-of 2025-12-31
      triad screen --source folder:figures
    """
    del debug  # main reads it
    from triad_screener.cli import _setup, _streams

    found, day = _setup.taxonomy(config), options.to_as_of(as_of)
    _setup.store().export(folder, found.constituents, found.benchmarks, as_of=day)
    _streams.confirm(str(folder))


@app.command("vacuum")
def vacuum(*, debug: options.Debug = False) -> None:
    """Write the store's file anew without its holes.

    [bold]Example[/]

      triad store vacuum
    """
    del debug  # main reads it
    from triad_screener.cli import _setup, _streams

    before, after = _setup.store().vacuum()
    _streams.confirm(f"{before:,} bytes before, {after:,} after")
