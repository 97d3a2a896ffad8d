"""triad taxonomy: check, show, schema, init, add."""

import json
from pathlib import Path
from typing import Annotated, Final

import typer

from triad_screener.cli import _options as options
from triad_screener.cli._groups import Group

app = typer.Typer(
    cls=Group,
    add_completion=False,
    help="Check, show, copy or extend the taxonomy; print its schema.",
    rich_markup_mode="rich",
)


#: Mistakes that are shown at once; there may be hundreds of thousands.
_SHOWN: Final = 20


@app.command("check")
def check(
    file: Annotated[
        Path | None,
        typer.Argument(help="Taxonomy file; else the one that serves."),
    ] = None,
    *,
    config: options.Config = None,
    debug: options.Debug = False,
) -> int:
    """Check a taxonomy and name every mistake with its line.

    [bold]Examples[/]

      triad taxonomy check
      triad taxonomy check my-triad.yaml
    """
    del debug  # main reads it
    from triad_screener.cli import _streams
    from triad_screener.errors import ConfigurationError
    from triad_screener.taxonomies import document, loading, locating

    path = locating.locate(file or config)
    found, mistakes = loading.check(document.read(path))
    if found is not None:
        lines, watched = len(found.constituents), len(found.watchlist)
        told = f"{path}: {lines} lines, {watched} watched, no mistakes"
        _streams.confirm(told)
        return 0
    for one in mistakes[:_SHOWN]:
        place = f"{one.file}:{one.line}"
        _streams.say(f"{place}: {one.where} {one.problem}. {one.expected}")
    if (more := len(mistakes) - _SHOWN) > 0:
        _streams.say(f"and {more} more; mend these and check again")
    return ConfigurationError.exit_code


@app.command("show")
def show(
    *,
    recipes: Annotated[
        bool, typer.Option("--recipes", help="Show the recipes, too.")
    ] = False,
    config: options.Config = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    lang: options.Lang = options.Language.en,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> None:
    """Show the taxonomy as a tree of pillars, layers and lines.

    [bold]Examples[/]

      triad taxonomy show
      triad taxonomy show --recipes
    """
    del debug  # main reads it
    from triad_screener.cli import _setup, _streams
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import tree

    report = tree.compose(
        _setup.taxonomy(config), language=lang.value, with_recipes=recipes
    )
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)


@app.command("schema")
def schema(*, output: options.Output = None, debug: options.Debug = False) -> None:
    """Print the JSON Schema of a taxonomy; editors complete from it.

    [bold]Example[/]

      triad taxonomy schema --output triad.schema.json
    """
    del debug  # main reads it
    options.require_suffix(output, "A JSON Schema", ".json")
    from triad_screener.cli import _streams
    from triad_screener.model.document import Document
    from triad_screener.model.taxonomy import Taxonomy

    content = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Taxonomy.model_json_schema(),
    }
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    _streams.show(Document("application/schema+json", text), output)


@app.command("init")
def init(
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that is there.")
    ] = False,
    output: options.Output = None,
    debug: options.Debug = False,
) -> None:
    """Copy the shipped taxonomy to your configuration folder, to be edited.

    [bold]Examples[/]

      triad taxonomy init
      triad taxonomy init --output my-triad.yaml
    """
    del debug  # main reads it
    options.require_suffix(output, "A taxonomy", ".yaml", ".yml")
    from triad_screener.cli import _streams
    from triad_screener.errors import OutputError
    from triad_screener.model.document import Document
    from triad_screener.shipped import shipped
    from triad_screener.taxonomies import locating

    path = output or locating.user_file()
    if path.exists() and not force:
        raise OutputError(
            f"{path} is there already.", "Give --force to replace it, or --output FILE."
        )
    try:
        if output is None:
            path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{path.parent} cannot be made ({error.strerror}).",
            "Give a place where you may write with --output FILE.",
        ) from error
    text = shipped(f"config/{locating.FILE_NAME}").read_text("utf-8")
    _streams.show(Document("application/yaml", text), path)
    _streams.confirm(str(path))


@app.command("add")
def add(
    ticker: Annotated[str, typer.Argument(help="As Yahoo Finance writes it.")],
    *,
    offline: Annotated[
        bool,
        typer.Option(
            "--offline",
            envvar="TRIAD_OFFLINE",
            help="Ask nobody; name and currencies are left empty, too.",
            rich_help_panel="Data and recipe",
        ),
    ] = False,
    timeout: options.Timeout = "20s",
    config: options.Config = None,
    output: options.Output = None,
    debug: options.Debug = False,
) -> None:
    """Draft a line in your taxonomy, and name what is still to be filled in.

    The draft is a comment below the last constituent: all else in the file stays as
    it is, and every command goes on, until you have filled in the draft and taken
    away its marks. Name and currencies come from one quote of Yahoo Finance.

    [bold]Examples[/]

      triad taxonomy add NOK
      triad taxonomy add SAP.DE --offline
      triad taxonomy add NOK --config my-triad.yaml --output new-triad.yaml
    """
    del debug  # main reads it
    options.require_suffix(output, "A taxonomy", ".yaml", ".yml")
    from triad_screener.cli import _setup, _streams
    from triad_screener.model.document import Document
    from triad_screener.workflows import drafting

    seconds = options.to_seconds(timeout)
    path = drafting.own_file(config)
    live = None if offline else lambda: _setup.live(seconds)
    added, warnings = drafting.draft(path, ticker, live)
    _streams.tell(warnings)
    _streams.show(Document("application/yaml", added.text), output or path)
    for row in added.steps(output or path):
        _streams.confirm(row)
