"""triad store: info, check, backup, salvage, export, vacuum."""

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

    store = _setup.store()
    report = inventory.compose(store.info(), store.missing_sessions())
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


@app.command("check")
def check(
    *,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> int:
    """Read everything that is stored, and say which tables are damaged (exit code 5).

    [bold]Examples[/]

      triad store check
      triad store check --format tickers
    """
    del debug  # main reads it
    from triad_screener.cli import _setup, _streams
    from triad_screener.errors import StoreError
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import inventory

    store = _setup.store()
    states = store.check()
    bad = sum(bool(one.problem) for one in states)
    whole = "Nothing is damaged" if store.exists() else "There is no store yet"
    title = f"{bad} of {len(states)} tables are damaged" if bad else whole
    report = inventory.compose_states(title, states)
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
    return StoreError.exit_code if bad else 0


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="The file to be made.")],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that is there.")
    ] = False,
    debug: options.Debug = False,
) -> None:
    """Write a copy of the store, whole or not at all.

    Everything is read for it: damage is found, and then no copy is made.

    [bold]Examples[/]

      triad store backup triad-backup.duckdb
      triad store backup --force /media/usb/triad.duckdb
    """
    del debug  # main reads it
    from triad_screener.cli import _setup, _streams

    size = _setup.store().back_up(file, replace=force)
    _streams.confirm(f"{file}: {size:,} bytes")


@app.command("salvage")
def salvage(
    file: Annotated[Path, typer.Argument(help="The new store to be made.")],
    *,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> int:
    """Make a new store of what can be read of a damaged one, which stays as it is.

    Ends with 3 if something is lost. Then move the new file to the place of the old.

    [bold]Example[/]

      triad store salvage saved.duckdb
    """
    del debug  # main reads it
    from triad_screener.cli import _setup, _streams
    from triad_screener.errors import BELOW_FLOOR
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import inventory

    states = _setup.store().salvage(file)
    lost = sum(bool(one.problem) for one in states)
    whole = "everything was saved" if not lost else f"{lost} tables have losses"
    report = inventory.compose_states(f"{file}: {whole}", states)
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
    return BELOW_FLOOR if lost else 0


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
