"""triad thesis: the panel; scaling."""

from enum import StrEnum
from typing import Annotated

import typer

from triad_screener.cli import _options as options
from triad_screener.cli._groups import Group

app = typer.Typer(cls=Group, add_completion=False, rich_markup_mode="rich")

_MODEL, _MACHINE = "The model", "The machine"


class Precision(StrEnum):
    """Precisions with a peak of their own."""

    bf16 = "bf16"
    fp8 = "fp8"
    fp4 = "fp4"


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    *,
    as_of: options.AsOf = "",
    source: options.Source = "auto",
    offline: options.Offline = False,
    timeout: options.Timeout = "5m",
    plot: options.Plot = None,
    config: options.Config = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Say whether the thesis still holds: claims, indicators, votes, falsifiers.

    An indicator votes +1, 0 or -1 by the bounds in the taxonomy, or is not known.

    [bold]Examples[/]

      triad thesis
      triad thesis --as-of 2025-02-14 --format json
      triad thesis --plot panel.png
      triad thesis scaling
    """
    del debug  # main reads it
    if context.invoked_subcommand is not None:
        return
    from dataclasses import replace

    from triad_screener.cli import _clock, _progress, _setup, _streams
    from triad_screener.rendering import RENDERERS
    from triad_screener.reporting import panel
    from triad_screener.taxonomies import recipes
    from triad_screener.workflows import answering, thesis

    seconds, day = options.to_seconds(timeout), options.to_as_of(as_of)
    question = answering.Question(
        config=config, source=source, offline=offline, as_of=day
    )
    taxonomy = _setup.taxonomy(config)
    thesis.of(taxonomy)
    recipe = recipes.choose(taxonomy, next(iter(taxonomy.recipes)))
    with _progress.bar(quiet=quiet) as progress:
        means = _setup.means(seconds, progress)
        served = answering.figures(question, taxonomy, means)
    found = thesis.judge(taxonomy, recipe, served.source, day)
    told = () if quiet else tuple(filter(None, (served.told, *served.warnings)))
    report = panel.compose(found, told, _clock.today())
    report = replace(report, headed=not quiet)
    _streams.draw(report, plot)
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
    if not quiet and output_format not in options.READ_BY_PEOPLE:
        _streams.tell(served.warnings)


@app.command("scaling")
def scaling(
    *,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="NAME",
            help="A model of the table, such as deepseek_v3.",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    parameters: Annotated[
        str,
        typer.Option(
            "--parameters",
            metavar="671b",
            help="Of a model of your own.",
            rich_help_panel=_MODEL,
        ),
    ] = "",
    active: Annotated[
        str,
        typer.Option(
            "--active",
            metavar="37b",
            help="Parameters that work on a token; else all.",
            rich_help_panel=_MODEL,
        ),
    ] = "",
    tokens: Annotated[
        str,
        typer.Option(
            "--tokens",
            metavar="14.8t",
            help="Read in training.",
            rich_help_panel=_MODEL,
        ),
    ] = "",
    loss_cut: Annotated[
        float,
        typer.Option(
            "--loss-cut",
            min=0,
            max=0.9,
            metavar="0..0.9",
            help="Part of the loss to be taken off.",
            rich_help_panel=_MODEL,
        ),
    ] = 0.1,
    accelerator: Annotated[
        str | None,
        typer.Option(
            "--accelerator",
            metavar="NAME",
            help="One of the table, such as gb200_nvl72.",
            rich_help_panel=_MACHINE,
        ),
    ] = None,
    precision: Annotated[
        Precision | None,
        typer.Option(
            "--precision",
            help="Of training; utilisation is a share of its dense peak.",
            rich_help_panel=_MACHINE,
        ),
    ] = None,
    serving: Annotated[
        Precision,
        typer.Option(
            "--serving",
            help="Precision of serving, and of the weights.",
            rich_help_panel=_MACHINE,
        ),
    ] = Precision.fp8,
    count: Annotated[
        int | None,
        typer.Option(
            "--count",
            min=1,
            max=10**9,
            help="Accelerators in training.",
            rich_help_panel=_MACHINE,
        ),
    ] = None,
    utilisation: Annotated[
        float,
        typer.Option(
            "--utilisation",
            min=0.001,
            max=1,
            metavar="0.001..1",
            help="Share of the dense peak that does the model's work.",
            rich_help_panel=_MACHINE,
        ),
    ] = 0.4,
    hours: Annotated[
        str,
        typer.Option(
            "--hours",
            metavar="2.664m",
            help="Accelerator hours that were reported; gives the utilisation.",
            rich_help_panel=_MACHINE,
        ),
    ] = "",
    price: Annotated[
        str,
        typer.Option(
            "--price",
            metavar="2",
            help="US dollars for an accelerator hour.",
            rich_help_panel=_MACHINE,
        ),
    ] = "",
    rack: Annotated[
        int | None,
        typer.Option(
            "--rack",
            min=1,
            max=100_000,
            help="Accelerators in a rack; else as in the table.",
            rich_help_panel=_MACHINE,
        ),
    ] = None,
    context: Annotated[
        int,
        typer.Option(
            "--context",
            min=1,
            max=10**9,
            help="Tokens of text that a user has in memory.",
            rich_help_panel=_MACHINE,
        ),
    ] = 8192,
    cache_bytes: Annotated[
        str,
        typer.Option(
            "--cache-bytes",
            metavar="70k",
            help="Bytes that one of these tokens keeps.",
            rich_help_panel=_MACHINE,
        ),
    ] = "",
    plot: options.Plot = None,
    config: options.Config = None,
    output_format: options.OutputFormat = options.Format.table,
    output: options.Output = None,
    color: options.Color = options.Colour.auto,
    debug: options.Debug = False,
) -> None:
    """Reckon compute, time, cost and users: C = 6ND and what follows from it.

    Without options, DeepSeek-V3 as it was reported.

    [bold]Examples[/]

      triad thesis scaling
      triad thesis scaling --parameters 70b --tokens 15t --count 16384
      triad thesis scaling --accelerator gb200_nvl72 --serving fp4 --plot users.png
    """
    del debug  # main reads it
    from triad_screener.cli import _setup, _streams
    from triad_screener.rendering import RENDERERS
    from triad_screener.workflows.scaling import Asked, scale

    asked = Asked(
        model=model,
        parameters=options.to_amount(parameters, "--parameters"),
        active=options.to_amount(active, "--active"),
        tokens=options.to_amount(tokens, "--tokens"),
        accelerator=accelerator,
        precision=precision.value if precision else None,
        serving=serving.value,
        count=count,
        utilisation=utilisation,
        hours=options.to_amount(hours, "--hours"),
        price=options.to_amount(price, "--price"),
        loss_cut=loss_cut,
        context=context,
        cache_bytes=options.to_amount(cache_bytes, "--cache-bytes"),
        rack=rack,
    )
    report = scale(_setup.taxonomy(config), asked)
    _streams.draw(report, plot)
    _streams.show(RENDERERS[output_format.value](report, _streams.style(color)), output)
