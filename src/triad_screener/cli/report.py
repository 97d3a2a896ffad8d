"""triad report: the weekly letter."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from triad_screener.cli import _options as options

if TYPE_CHECKING:
    from triad_screener.reporting.letter import Letter

app = typer.Typer(add_completion=False)

_LETTER, _MAIL = "Letter", "Delivery"


@app.command("report")
def command(
    context: typer.Context,
    *,
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="RUN",
            help="Compare with this run; else with that of the last letter.",
            rich_help_panel=_LETTER,
        ),
    ] = "",
    top: Annotated[
        int | None,
        typer.Option(
            "--top",
            min=1,
            help="Rank only the first N.",
            rich_help_panel=_LETTER,
        ),
    ] = None,
    benchmark: Annotated[
        str,
        typer.Option(
            "--benchmark",
            metavar="FUND",
            help="Hold prices against it; else the first of the taxonomy.",
            rich_help_panel=_LETTER,
        ),
    ] = "",
    allow_stale: Annotated[
        bool,
        typer.Option(
            "--allow-stale",
            help="Write from old or thin figures too; the subject says so.",
            rich_help_panel=_LETTER,
        ),
    ] = False,
    max_age: Annotated[
        str,
        typer.Option(
            "--max-age",
            envvar="TRIAD_MAX_AGE",
            metavar="4d",
            help="No letter (exit 69) if the figures are older.",
            rich_help_panel=_LETTER,
        ),
    ] = "4d",
    min_coverage: Annotated[
        float | None,
        typer.Option(
            "--min-coverage",
            envvar="TRIAD_MIN_COVERAGE",
            min=0,
            max=1,
            metavar="0..1",
            help="No letter if a smaller share of lines is ranked on fresh prices.",
            rich_help_panel=_LETTER,
        ),
    ] = 0.6,
    email: Annotated[
        bool,
        typer.Option(
            "--email",
            help="Mail it, and what waits in the outbox.",
            rich_help_panel=_MAIL,
        ),
    ] = False,
    eml: Annotated[
        Path | None,
        typer.Option(
            "--eml",
            metavar="FILE",
            help="Write the mail to a file, - for standard output; nothing is sent.",
            rich_help_panel=_MAIL,
        ),
    ] = None,
    if_changed: Annotated[
        bool,
        typer.Option(
            "--if-changed",
            help="No letter unless something material moved.",
            rich_help_panel=_MAIL,
        ),
    ] = False,
    heartbeat: Annotated[
        str,
        typer.Option(
            "--heartbeat",
            metavar="4w",
            help="With --if-changed: a letter after that long all the same.",
            rich_help_panel=_MAIL,
        ),
    ] = "4w",
    universe: options.UniverseName = options.Universe.default,
    as_of: options.AsOf = "",
    source: options.Source = "auto",
    offline: options.Offline = False,
    timeout: options.Timeout = "5m",
    recipe: options.RecipeName = "default",
    setting: options.Settings = [],
    holdings: options.Holdings = None,
    incumbents: options.Incumbents = "",
    config: options.Config = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    lang: options.Lang = options.Language.en,
    color: options.Color = options.Colour.auto,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet",
            "-q",
            help="At a terminal, only warnings and errors.",
            rich_help_panel="Output",
        ),
    ] = False,
    debug: options.Debug = False,
) -> int:
    """Write the weekly letter: what moved and why, ranking, baskets, watchlist.

    It compares with the run of the last letter; figures that are too old or too thin
    are refused. With --email nothing is printed on success.

    [bold]Examples[/]

      triad report
      triad report --format html --output letter.html
      triad report --eml letter.eml
      triad report --email --if-changed
      triad report --as-of 2026-05-15 --source bundled
    """
    del debug  # main reads it
    from triad_screener import settings
    from triad_screener.cli import _clock, _setup, _streams
    from triad_screener.cli._letters import Desk
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting.overview import View
    from triad_screener.workflows import answering, report, showing
    from triad_screener.workflows.tickers import named

    # What is wrong with the mail is said before anything is asked or computed.
    options.require_fitting(context)
    mail = settings.mail() if email else None
    day, held = options.to_as_of(as_of), _setup.holdings(holdings)
    silence = options.to_days(heartbeat, "--heartbeat")

    def show(letter: "Letter") -> None:
        render = RENDERERS[output_format.value]
        _streams.show(render(letter.report, _streams.style(color)), output)

    desk = Desk(
        question=answering.Question(
            config=config,
            source=source,
            offline=offline,
            recipe=recipe,
            settings=tuple(setting),
            as_of=day,
            universe=universe.value,
            incumbents=named([incumbents]),
            holdings=held,
        ),
        wish=report.Wish(
            since=since,
            benchmark=benchmark,
            holdings=held,
            top=top,
            floors=showing.Floors(
                max_age_days=options.to_days(max_age), min_coverage=min_coverage
            ),
            allow_stale=allow_stale,
        ),
        view=View(lines=(), language=lang.value, today=day or _clock.today()),
        means=_setup.means(options.to_seconds(timeout)),
        outbox=_setup.outbox(),
        show=show if output or not (email or eml) else None,
        silence=silence if if_changed else 0.0,
        quiet=quiet,
    )
    if mail:
        desk.send(mail)
    elif (letter := desk.written()) and eml:
        desk.keep(letter, eml)
    return 0
