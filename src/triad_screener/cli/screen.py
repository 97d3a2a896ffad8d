"""triad screen: rank the universe."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from triad_screener.cli import _options as options

app = typer.Typer(add_completion=False)


@app.command("screen")
def command(
    context: typer.Context,
    tickers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TICKER",
            help="Show only these; - reads them from standard input.",
        ),
    ] = None,
    *,
    pillar: Annotated[
        list[str],
        typer.Option(
            "--pillar",
            help="compute, data or algorithms; repeatable.",
            rich_help_panel=options.Shown,
        ),
    ] = [],
    top: Annotated[
        int | None,
        typer.Option(
            "--top", min=1, help="Show only the first N.", rich_help_panel=options.Shown
        ),
    ] = None,
    where: Annotated[
        str,
        typer.Option(
            "--where",
            metavar="SQL",
            help="Show only lines for which a condition holds.",
            rich_help_panel=options.Shown,
        ),
    ] = "",
    sort: Annotated[
        str,
        typer.Option(
            "--sort",
            metavar="COLUMN",
            help="Sort by a column, the best first; -COLUMN turns it round.",
            rich_help_panel=options.Shown,
        ),
    ] = "",
    columns: Annotated[
        str,
        typer.Option(
            "--columns",
            metavar="A,B",
            help="Show only these columns.",
            rich_help_panel=options.Shown,
        ),
    ] = "",
    ignore_unknown: Annotated[
        bool,
        typer.Option(
            "--ignore-unknown",
            help="Name unknown tickers on standard error and go on.",
            rich_help_panel=options.Shown,
        ),
    ] = False,
    universe: options.UniverseName = options.Universe.default,
    as_of: options.AsOf = "",
    source: options.Source = "auto",
    offline: options.Offline = False,
    timeout: options.Timeout = "5m",
    run: options.Run = None,
    recipe: options.RecipeName = "default",
    setting: options.Settings = [],
    holdings: options.Holdings = None,
    incumbents: options.Incumbents = "",
    max_age: options.MaxAge = "",
    min_coverage: options.MinCoverage = None,
    config: options.Config = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    lang: options.Lang = options.Language.en,
    color: options.Color = options.Colour.auto,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> int:
    """Rank the universe; print the three baskets and the watchlist.

    Tickers, --pillar, --top and --where choose what is shown; they never change a
    score.

    [bold]Examples[/]

      triad screen --top 10
      triad screen --pillar compute --format tickers
      triad screen --where "groups.momentum > 1 and confidence_label = 'high'"
      triad screen --as-of 2025-02-14 --universe post
      triad screen --set basket.size=3 --format json
    """
    del debug  # main reads it
    from triad_screener.cli import _clock, _progress, _setup, _streams
    from triad_screener.errors import BELOW_FLOOR
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting.overview import View
    from triad_screener.workflows import answering, showing
    from triad_screener.workflows.tickers import known_tickers, named

    options.require_alone(context, run)
    oldest, seconds = options.to_days(max_age), options.to_seconds(timeout)
    question = answering.Question(
        config=config,
        source=source,
        offline=offline,
        recipe=recipe,
        settings=tuple(setting),
        as_of=options.to_as_of(as_of),
        universe=universe.value,
        incumbents=named([incumbents]),
        holdings=_setup.holdings(holdings),
        tickers=_streams.tickers(tickers or [], quiet=quiet),
        ignore_unknown=ignore_unknown,
    )
    with _progress.bar(quiet=quiet) as progress:
        means = _setup.means(seconds, progress)
        kept = (
            answering.of_run(run, means) if run else answering.recall(question, means)
        )
        found = kept or answering.answer(question, means)[0]
    shown, unknown = known_tickers(
        question.tickers, found.screen.tickers, ignore_unknown=ignore_unknown
    )
    warnings = showing.below_floor(
        found.screen,
        showing.Floors(max_age_days=oldest, min_coverage=min_coverage),
        _clock.today(),
    )
    report = showing.show(
        found.screen,
        showing.Choice(
            tickers=shown if tickers else None,  # an empty list shows nothing
            pillars=tuple(pillar),
            condition=where,
            patience=seconds,
            sort=sort,
            top=top,
            columns=options.split(columns),
        ),
        View(
            lines=(),
            language=lang.value,
            today=_clock.today(),
            warnings=warnings,
            told=found.told,
            troubles=found.warnings,
            verbose=verbose,
            missing=answering.missing_sessions(found, means) if verbose else (),
            quiet=quiet,
        ),
    )
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
    late = (
        *_ignored(unknown),
        *(() if kept else answering.keep(found, question, means)),
    )
    by_itself = not quiet and output_format in options.READ_BY_PEOPLE
    _streams.tell(() if quiet else late)
    _streams.tell(() if by_itself or quiet else found.warnings)
    _streams.tell(() if by_itself else warnings)
    _streams.hint("" if by_itself or quiet or report.rows else showing.absent(where))
    return BELOW_FLOOR if warnings else 0


def _ignored(unknown: Sequence[str]) -> Iterator[str]:
    if unknown:
        yield f"unknown tickers ignored: {', '.join(unknown)}"
