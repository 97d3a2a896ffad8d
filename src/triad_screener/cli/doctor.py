"""triad doctor: what works, what does not, what to do."""

import typer

from triad_screener.cli import _options as options

app = typer.Typer(add_completion=False)


@app.command("doctor")
def command(
    context: typer.Context,
    *,
    source: options.Source = "auto",
    offline: options.Offline = False,
    timeout: options.Timeout = "20s",
    recipe: options.RecipeName = "default",
    max_age: options.MaxAge = "",
    min_coverage: options.MinCoverage = None,
    lang: options.Lang = options.Language.en,
    config: options.Config = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> int:
    """Look at configuration, store, network, source, clock and mail; say what to do.

    Each check has its evidence and its remedy; the exit code is that of the worst.
    One request goes to Yahoo Finance, and a mail server that is set is asked whether
    it would take a letter; nothing goes out with --offline.

    [bold]Examples[/]

      triad doctor
      triad doctor --offline --format json | jq '.checks[] | select(.result != "good")'
    """
    del debug  # main reads it
    from triad_screener.cli import _setup, _streams
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import diagnosis
    from triad_screener.workflows import doctor

    seconds = options.to_seconds(timeout)
    checks = tuple(
        doctor.examine(lambda: _setup.means(seconds), config=config, offline=offline)
    )
    values = {
        "source": source,
        "config": str(config or "the one that serves"),
        "recipe": recipe,
        "offline": str(offline).lower(),
        "timeout": timeout,
        "max_age": max_age or "none",
        "min_coverage": "none" if min_coverage is None else f"{min_coverage:g}",
        "lang": lang.value,
        "color": color.value,
    }
    decided = {
        name: (value, _setup.decided_by(context, name))
        for name, value in values.items()
    }
    report = diagnosis.compose(checks, decided)
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
    return doctor.worst(checks)
