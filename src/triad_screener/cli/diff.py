"""triad diff: what moved between two runs, and why."""

from typing import Annotated

import typer

from triad_screener.cli import _options as options

app = typer.Typer(add_completion=False)

_WHICH = "Which runs"


@app.command("diff")
def command(
    context: typer.Context,
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN",
            help="One or two ids, or their first letters; else the last two days.",
        ),
    ] = None,
    *,
    since: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="DATE",
            help="Earlier run: the nearest on or before that day.",
            rich_help_panel=_WHICH,
        ),
    ] = "",
    until: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="DATE",
            help="Later run: the nearest on or before that day.",
            rich_help_panel=_WHICH,
        ),
    ] = "",
    universe: options.UniverseName = options.Universe.default,
    recipe: options.RecipeName = "default",
    setting: options.Settings = [],
    config: options.Config = None,
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
    """Show what moved between two stored runs, and why.

    The newest run is compared with that of the day before, of one taxonomy,
    universe and recipe. Runs with --as-of on a past day, another recipe or
    taxonomy are compared only if asked for: by id, by day, or by the options.

    Each change of a score is taken apart into price, fundamentals, exchange rate,
    availability of figures, exposure, other lines, recipe; the parts add up to the
    whole. Ends with 1 if anything moved.

    [bold]Examples[/]

      triad diff
      triad diff --from 2026-04-17 --to 2026-05-15
      triad diff 3f2a 9c01 --format json | jq '.lines[].score_parts'
      triad diff --holdings mine.csv
    """
    # main reads debug; the others decide whose runs are compared
    del debug, universe, recipe, setting, config
    from dataclasses import replace

    from triad_screener.cli import _setup, _streams
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import changes, overview
    from triad_screener.workflows import diff

    days = diff.Days(
        since=options.to_date(since, "--from"), until=options.to_date(until, "--to")
    )
    store, notes = _setup.store(), list[str]()
    if runs:
        options.require_names_alone(context)
        pair = diff.named(store, runs)
    else:
        series, chosen = _setup.series(context, store)
        notes += chosen
        pair = diff.of_series(store, series, days)
    before, after = (store.run(run.id) for run in pair)
    found = diff.compare(before, after, _setup.holdings(holdings))
    notes += [*diff.told(days, pair), *diff.told_of_sources(before, after)]
    report = replace(
        changes.compose(found, top=top, notes=notes),
        pillars=overview.pillar_styles(after, lang.value),
    )
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
    if output_format not in options.READ_BY_PEOPLE:
        _streams.tell(notes)
    return int(found.is_different)
