"""triad report: the weekly letter."""

from pathlib import Path
from typing import Annotated

import typer

from triad_screener.cli import _options as options

app = typer.Typer(add_completion=False)

_LETTER, _MAIL = "Letter", "Delivery"


@app.command("report")
def command(  # noqa: C901, PLR0912, PLR0915 - a letter is asked for, shown and sent
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
    max_age: options.MaxAge = "4d",
    min_coverage: options.MinCoverage = 0.6,
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
            help="Write the mail to a file; nothing is sent.",
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
    quiet: options.Quiet = False,
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
    from triad_screener.cli import _clock, _progress, _setup, _streams
    from triad_screener.delivery import CHANNELS
    from triad_screener.errors import TriadError
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting.overview import View
    from triad_screener.workflows import answering, mailing, report, showing

    # What is wrong with the mail is said before anything is asked or computed.
    mail = settings.mail() if email else None
    day, now = options.to_date(as_of), _clock.now()
    silence = options.to_days(heartbeat, "--heartbeat")
    floors = showing.Floors(
        max_age_days=options.to_days(max_age), min_coverage=min_coverage
    )
    held = _setup.holdings(holdings)
    question = answering.Question(
        config=config,
        source=source,
        offline=offline,
        recipe=recipe,
        settings=tuple(setting),
        as_of=day,
        universe=universe.value,
        incumbents=options.split(incumbents),
        holdings=held,
    )
    wish = report.Wish(
        since=since,
        benchmark=benchmark,
        holdings=held,
        top=top,
        floors=floors,
        allow_stale=allow_stale,
    )
    outbox = _setup.outbox()
    letters = outbox.letters()
    written, failure = None, None
    try:
        with _progress.bar(quiet=quiet) as progress:
            means = _setup.means(options.to_seconds(timeout), progress)
            kept = answering.recall(question, means)
            found = kept or answering.answer(question, means)[0]
        view = View(
            lines=(),
            language=lang.value,
            today=day or _clock.today(),
            told=found.told,
            troubles=found.warnings,
        )
        earlier = [one.run for one in letters]
        written = report.write(found.screen, wish, view, means.store, told=earlier)
        _streams.tell(answering.keep(found, question, means, always=email))
        if if_changed and not mailing.is_due(written, letters, now, silence):
            written = None
        if written and eml:
            sender, recipient = settings.correspondents()
            (trial,) = mailing.messages(written, sender, [recipient], now)
            CHANNELS["file"](eml).deliver(trial)
        if written and (output or not (email or eml)):
            render = RENDERERS[output_format.value]
            _streams.show(render(written.report, _streams.style(color)), output)
    except TriadError as error:
        if not mail:
            raise
        failure = error
    if mail:
        if written:
            for message in mailing.messages(written, mail.sender, mail.recipients, now):
                outbox.put(message)
            _streams.tell(report.settle(written, means.store, now))
        # What waits from earlier goes out even where there is no letter today.
        done = outbox.flush(CHANNELS["email"](mail.server), now)
        _streams.tell(done.remarks)
        if failure:
            raise failure
        mailing.require_sent(done)
    return 0
