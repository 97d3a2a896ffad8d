"""triad watchlist: list, check."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from triad_screener.cli import _options as options
from triad_screener.cli._groups import Listing

app = typer.Typer(
    cls=Listing,
    add_completion=False,
    help="Follow companies not yet listed: stage, marks, holders, filings.",
    rich_markup_mode="rich",
)


@app.command("list")
def listed(
    company: Annotated[
        str,
        typer.Argument(
            metavar="COMPANY",
            help="Id or name: show everything on this one.",
            show_default=False,
        ),
    ] = "",
    *,
    pillar: Annotated[
        list[str],
        typer.Option(
            "--pillar",
            help="compute, data or algorithms; repeatable.",
            rich_help_panel=options.Shown,
        ),
    ] = [],
    as_of: options.AsOf = "",
    source: options.Source = "auto",
    offline: options.Offline = False,
    timeout: options.Timeout = "5m",
    config: options.Config = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    lang: options.Lang = options.Language.en,
    color: options.Color = options.Colour.auto,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """List the companies not yet listed, or show everything on one.

    The name of this command may be left out. Points come from a rubric of their
    own and are never compared with the score of a listed line. The format tickers
    gives the ids.

    [bold]Examples[/]

      triad watchlist
      triad watchlist databricks
      triad watchlist --pillar data --format json | jq '.watchlist[].last_mark'
    """
    del debug  # main reads it
    from triad_screener.cli import _clock, _progress, _setup, _streams
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import watchlist
    from triad_screener.workflows import answering, watching

    question = answering.Question(
        config=config, source=source, offline=offline, as_of=options.to_as_of(as_of)
    )
    with _progress.bar(quiet=quiet) as progress:
        means = _setup.means(options.to_seconds(timeout), progress)
        taxonomy = _setup.taxonomy(config)
        wanted = watching.wanted(taxonomy, [company] if company else [], pillar)
        found = answering.recall(question, means)
        found = found or answering.answer(question, means)[0]
    facts, news = watching.known(taxonomy, wanted, found.screen, question, means.store)
    sight = watchlist.Sight(
        news=news,
        language=lang.value,
        today=_clock.today(),
        told=found.told,
        troubles=found.warnings,
        quiet=quiet,
    )
    report = (
        watchlist.detail(watching.only(facts, company), found.screen, sight)
        if company
        else watchlist.compose(facts, found.screen, sight)
    )
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
    if not quiet and output_format not in options.READ_BY_PEOPLE:
        _streams.tell(found.warnings)


@app.command("check")
def check(
    companies: Annotated[
        list[str] | None,
        typer.Argument(metavar="COMPANY", help="Only these, by id or name."),
    ] = None,
    *,
    propose: Annotated[
        Path | None,
        typer.Option(
            "--propose",
            metavar="FILE",
            help="Write the YAML that a person should add to the taxonomy.",
            rich_help_panel="Output",
        ),
    ] = None,
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code",
            help="Exit 1 if a stage changed, 3 if there was no answer on a company or "
            "its key needs a person.",
            rich_help_panel="Output",
        ),
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", envvar="TRIAD_OFFLINE", hidden=True)
    ] = False,
    timeout: options.Timeout = "2m",
    config: options.Config = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> int:
    """Look for filings and listings of the companies not yet listed.

    EDGAR is asked by the key of the company, else by its exact name. The SEC
    wants to know who asks: set edgar_user_agent, or TRIAD_EDGAR_USER_AGENT. Yahoo
    Finance is asked, once for all, what it puts on those that have a symbol there.
    What is seen is kept, and told once. Off a terminal it says nothing unless
    something was seen or there was no answer.

    [bold]Examples[/]

      triad watchlist check
      triad watchlist check databricks --format json | jq .events
      triad watchlist check --exit-code --propose listed.yaml
    """
    del debug  # main reads it
    from triad_screener.cli import _clock, _progress, _setup, _streams
    from triad_screener.errors import INTERRUPTED
    from triad_screener.model.document import Document
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import checked
    from triad_screener.workflows import watching

    taxonomy = _setup.taxonomy(config)
    entries = watching.wanted(taxonomy, companies or [])
    _require_network(offline=offline)
    now, store = _clock.now(), _setup.store()
    sources = _setup.mark_sources(taxonomy, options.to_seconds(timeout), now)
    with _progress.bar("SEC EDGAR", quiet=quiet) as progress:
        done = watching.check(entries, store, sources, now, progress)
    asked_for = output is not None or output_format not in options.READ_BY_PEOPLE
    if asked_for or done.is_worth_telling or (sys.stdout.isatty() and not quiet):
        report = checked.compose(done)
        document = RENDERERS[output_format.value](report, _streams.style(color))
        _streams.show(document, output)
    if propose:
        text = watching.proposal(taxonomy, done, store, now)
        _streams.show(Document("text/plain", text), propose)
    if error := watching.failure(done):
        raise error
    return INTERRUPTED if done.interrupted else watching.code(done, wanted=exit_code)


def _require_network(*, offline: bool) -> None:
    from triad_screener.errors import UsageError

    if offline:
        raise UsageError(
            "A check needs a network, and --offline or TRIAD_OFFLINE forbids it.",
            "Leave it out, or see what is known with 'triad watchlist'.",
        )
