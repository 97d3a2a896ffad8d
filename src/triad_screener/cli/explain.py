"""triad explain: everything behind one score."""

from typing import Annotated

import typer

from triad_screener.cli import _options as options

app = typer.Typer(add_completion=False)


@app.command("explain")
def command(
    ticker: Annotated[str, typer.Argument(help="A line of the taxonomy.")],
    *,
    universe: options.UniverseName = options.Universe.default,
    as_of: options.AsOf = "",
    source: options.Source = "auto",
    offline: options.Offline = False,
    timeout: options.Timeout = "5m",
    recipe: options.RecipeName = "default",
    setting: options.Settings = [],
    config: options.Config = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    lang: options.Lang = options.Language.en,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> None:
    """Show everything behind the score of one line.

    Raw values, ranks, z-scores, weights and contributions; each figure with its
    period, currency, source and the day it became known; what is missing and what
    that could change. Enough to recompute the score with a pocket calculator.

    [bold]Examples[/]

      triad explain TSM
      triad explain NVDA --as-of 2025-02-14
      triad explain META --format json | jq .line.factors.ebit_ev
    """
    del debug  # main reads it
    from triad_screener.cli import _clock, _progress, _setup, _streams
    from triad_screener.errors import NoDataError
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import dossier
    from triad_screener.workflows import answering
    from triad_screener.workflows.tickers import known_tickers

    question = answering.Question(
        config=config,
        source=source,
        offline=offline,
        recipe=recipe,
        settings=tuple(setting),
        as_of=options.to_as_of(as_of),
        universe=universe.value,
        tickers=(_streams.ticker(ticker),),
    )
    with _progress.bar() as progress:
        means = _setup.means(options.to_seconds(timeout), progress)
        found, recipe_used = answering.answer(question, means)
    (wanted,), _ = known_tickers(question.tickers, found.screen.tickers)
    if wanted not in found.screen.facts:
        raise NoDataError(
            f"{wanted} was not yet listed on {found.screen.run.as_of}.",
            "Give a later day with --as-of DATE.",
        )
    report = dossier.compose(
        found.screen,
        wanted,
        recipe=recipe_used,
        language=lang.value,
        today=_clock.today(),
    )
    _streams.tell(found.warnings)
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
