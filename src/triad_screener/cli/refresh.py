"""triad refresh: bring the store up to date."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from triad_screener.cli import _options as options

if TYPE_CHECKING:
    from triad_screener.model.live import Refreshed
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.model.watch import Checked
    from triad_screener.ports import MarkSource
    from triad_screener.workflows.serving import Means

app = typer.Typer(add_completion=False)


@app.command("refresh")
def command(
    tickers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TICKER",
            help="Refresh only these; - reads them from standard input.",
        ),
    ] = None,
    *,
    full: Annotated[
        bool,
        typer.Option(
            "--full",
            help="Ask for everything again, with its whole history.",
            rich_help_panel="Data and recipe",
        ),
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", envvar="TRIAD_OFFLINE", hidden=True)
    ] = False,
    timeout: options.Timeout = "5m",
    patience: options.Patience = "",
    min_coverage: options.MinCoverage = None,
    config: options.Config = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> int:
    """Bring the store up to date from Yahoo Finance.

    Only what is missing or due is asked for, the stalest first; a second run goes on
    where the first one stopped. What Yahoo puts on private companies of the watchlist
    comes with it, in one request a day. Off a terminal it says nothing unless something
    is missing. If Yahoo wants fewer requests, everything waits as far as --patience
    goes, else it ends with 75 and says when to try again. What is missing otherwise
    does not change the exit code unless nothing came at all (4) or --min-coverage asks
    for more (3).

    [bold]Examples[/]

      triad refresh
      triad refresh NVDA TSM
      triad refresh --format json | jq .gaps
      triad refresh --full --timeout 10m
      triad refresh --patience 45m   # for cron: wait out a refusal
    """
    del debug  # main reads it
    from triad_screener.cli import _progress, _setup, _streams
    from triad_screener.errors import BELOW_FLOOR, INTERRUPTED
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import refreshed
    from triad_screener.workflows import asking
    from triad_screener.workflows import refresh as workflow
    from triad_screener.workflows.tickers import known_tickers

    seconds, patient = options.to_seconds(timeout), options.to_patience(patience)
    taxonomy = _setup.taxonomy(config)
    chosen, _ = known_tickers(
        _streams.tickers(tickers or [], quiet=quiet),
        [line.ticker for line in taxonomy.constituents],
    )
    _require_network(offline=offline)
    with _progress.bar(quiet=quiet) as progress:
        means = _setup.means(seconds, progress, _longest_rest(patient, progress))
        done, supplies = workflow.refresh(
            taxonomy, means, tickers=chosen if tickers else None, full=full
        )
        marks = None if tickers else _marks(taxonomy, means, done, full=full)
    has_gaps = done.failures or (marks and marks.outages)
    is_for_people = output is None and output_format in options.READ_BY_PEOPLE
    if has_gaps or not is_for_people or (sys.stdout.isatty() and not quiet):
        document = RENDERERS[output_format.value](
            refreshed.compose(done, supplies, marks), _streams.style(color)
        )
        _streams.show(document, output)
    if done.interrupted:
        return INTERRUPTED
    if failed := done.refusal or done.outage:
        raise asking.failure(failed, done)
    return BELOW_FLOOR if workflow.coverage(supplies) < (min_coverage or 0) else 0


def _marks(
    taxonomy: "Taxonomy", means: "Means", done: "Refreshed", *, full: bool
) -> "Checked | None":
    """Ask what a vendor puts on private companies, if it answers and that is due."""
    if done.interrupted or done.refusal or done.outage:
        return None
    from triad_screener.cli import _setup
    from triad_screener.workflows import watching

    def connect() -> "MarkSource":
        return _setup.vendor_marks(taxonomy, means)

    return watching.refresh(taxonomy, means.store, connect, means.clock(), full=full)


def _longest_rest(asked: float | None, progress: object) -> float:
    """Return the seconds to wait: a while where somebody sees it, and can end it."""
    usual = options.PATIENCE_OF_A_PERSON if progress else 0.0
    return usual if asked is None else asked


def _require_network(*, offline: bool) -> None:
    from triad_screener.errors import UsageError

    if offline:
        raise UsageError(
            "A refresh needs a network, and --offline or TRIAD_OFFLINE forbids it.",
            "Leave it out, or screen the store as it stands with --source store.",
        )
