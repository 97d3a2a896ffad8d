"""triad diff: what moved between two runs, and why."""

from typing import Annotated

import typer

from triad_screener.cli import _options as options

app = typer.Typer(add_completion=False)


@app.command("diff")
def command(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN",
            help="One or two ids, or their first letters; else the last two runs.",
        ),
    ] = None,
    *,
    top: Annotated[
        int | None,
        typer.Option(
            "--top",
            min=1,
            help="Show only the first N lines that moved.",
            rich_help_panel=options.Shown,
        ),
    ] = None,
    holdings: options.Holdings = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    lang: options.Lang = options.Language.en,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> int:
    """Show what moved between two runs that are kept, and why.

    Each change of a score is taken apart into price, fundamentals, exchange rate,
    availability of figures, exposure, other lines, recipe; the parts add up to the
    whole. Ends with 1 if anything moved.

    [bold]Examples[/]

      triad diff
      triad diff 3f2a 9c01 --format json | jq '.lines[].score_parts'
      triad diff --holdings mine.csv
    """
    del debug  # main reads it
    from dataclasses import replace

    from triad_screener.cli import _setup, _streams
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import changes, overview
    from triad_screener.workflows import diff

    store = _setup.store()
    before, after = map(store.run, diff.choose(store, runs or []))
    found = diff.compare(before, after, _setup.holdings(holdings))
    report = replace(
        changes.compose(found, top=top),
        pillars=overview.pillar_styles(after, lang.value),
    )
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
    return int(found.is_different)
