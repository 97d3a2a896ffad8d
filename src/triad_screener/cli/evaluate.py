"""triad evaluate: how past rankings fared."""

from typing import Annotated

import typer

from triad_screener.cli import _options as options

app = typer.Typer(add_completion=False)

_RECORD = "Record and terms"


@app.command("evaluate")
def command(
    *,
    reconstruct: Annotated[
        bool,
        typer.Option(
            "--reconstruct",
            help="Rank every month end again, from what was known then: biased.",
            rich_help_panel=_RECORD,
        ),
    ] = False,
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="DATE",
            help="Only rankings of that day or later.",
            rich_help_panel=_RECORD,
        ),
    ] = "",
    benchmark: Annotated[
        str,
        typer.Option(
            "--benchmark",
            metavar="FUND",
            help="Hold the baskets against it, such as SMH; else the first known.",
            rich_help_panel=_RECORD,
        ),
    ] = "",
    cost: Annotated[
        float,
        typer.Option(
            "--cost",
            min=0,
            max=1000,
            metavar="10",
            help="Basis points paid of the value traded.",
            rich_help_panel=_RECORD,
        ),
    ] = 10.0,
    trials: Annotated[
        int,
        typer.Option(
            "--trials",
            min=0,
            max=10**9,
            metavar="N",
            help="Settings tried elsewhere, beside those the store has noted.",
            rich_help_panel=_RECORD,
        ),
    ] = 0,
    seed: Annotated[
        int,
        typer.Option(
            "--seed",
            min=0,
            max=2**32 - 1,
            help="Of the random draws: the same seed, the same answer.",
            rich_help_panel=_RECORD,
        ),
    ] = 1,
    universe: options.UniverseName = options.Universe.default,
    as_of: options.AsOf = "",
    source: options.Source = "auto",
    offline: options.Offline = False,
    timeout: options.Timeout = "5m",
    recipe: options.RecipeName = "default",
    setting: options.Settings = [],
    config: options.Config = None,
    plot: options.Plot = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    r"""Say how past rankings fared: did scores tell the returns that came after?

    The rankings are those kept within a week of their day; with --reconstruct
    those of every month end, made again. Too few give no verdict.

    Needs an extra: pip install 'triad-screener\[research]'.

    [bold]Examples[/]

      triad evaluate
      triad evaluate --reconstruct --source bundled --benchmark SMH
      triad evaluate --reconstruct --offline --plot evidence.png
      triad evaluate --format json | jq '.horizons[].verdict'
    """
    del debug  # main reads it
    from triad_screener.cli import _clock, _progress, _setup, _streams
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import evaluation
    from triad_screener.screening.assembling import Request
    from triad_screener.taxonomies import recipes
    from triad_screener.workflows import answering, evaluate

    evaluate.require_libraries()
    _streams.require_writable(output, plot)
    taxonomy = _setup.taxonomy(config)
    request = Request(
        recipe=recipes.choose(taxonomy, recipe, tuple(setting)),
        recipe_name=" ".join([recipe, *setting]),
        as_of=options.to_as_of(as_of),
        universe=universe.value,
    )
    question = answering.Question(
        config=config, source=source, offline=offline, as_of=request.as_of
    )
    with _progress.bar(quiet=quiet) as progress:
        means = _setup.means(options.to_seconds(timeout), progress)
        served = answering.figures(question, taxonomy, means)
    wish = evaluate.Wish(
        reconstruct=reconstruct,
        since=options.to_date(since, "--since"),
        benchmark=benchmark.upper(),
        cost=cost,
        trials=1 + trials,
        note=lambda: evaluate.note_trial(means.store, request, _clock.now()),
        seed=seed,
    )
    with _progress.bar("Looking back", quiet=quiet) as progress:
        found = evaluate.evaluate(
            taxonomy, request, served.source, means.store, wish, progress
        )
    told = (*filter(None, (served.told,)), *served.warnings)
    report = evaluation.compose(found, told, _clock.today(), quiet=quiet)
    _streams.draw(report, plot)
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
    if not quiet and output_format not in options.READ_BY_PEOPLE:
        _streams.tell(served.warnings)
