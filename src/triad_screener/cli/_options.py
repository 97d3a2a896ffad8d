"""The options that commands share, each with one spelling and one meaning."""

import re
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from triad_screener.errors import UsageError
from triad_screener.model.dates import parse_iso_date


class Format(StrEnum):
    """The output formats; the register in ``rendering`` has the same names."""

    table = "table"
    json = "json"
    ndjson = "ndjson"
    csv = "csv"
    tsv = "tsv"
    markdown = "markdown"
    html = "html"
    tickers = "tickers"


#: How the names of their files end.
_SUFFIXES = {
    ".txt": Format.table,
    ".json": Format.json,
    ".ndjson": Format.ndjson,
    ".jsonl": Format.ndjson,
    ".csv": Format.csv,
    ".tsv": Format.tsv,
    ".md": Format.markdown,
    ".markdown": Format.markdown,
    ".html": Format.html,
    ".htm": Format.html,
}
#: What a name may promise that nothing here is written as.
_OTHERS = frozenset(
    {
        *(".docx", ".ods", ".pdf", ".xls", ".xlsx"),
        *(".eml", ".parquet", ".png", ".svg", ".xml", ".yaml", ".yml"),
    }
)


#: Formats that say in words how the figures were come by.
READ_BY_PEOPLE = (Format.table, Format.markdown, Format.html)


class Colour(StrEnum):
    """When to use colours."""

    auto = "auto"
    always = "always"
    never = "never"


class Language(StrEnum):
    """Language of the names of pillars."""

    en = "en"
    zh = "zh"


class Universe(StrEnum):
    """Which lines are ranked."""

    default = "default"
    post = "post"


_DATA, _SHOWN, _OUT = "Data and recipe", "What is shown", "Output"

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="TRIAD_CONFIG",
        help="Taxonomy file; else your own, else the shipped one.",
        rich_help_panel=_DATA,
    ),
]
Source = Annotated[
    str,
    typer.Option(
        "--source",
        envvar="TRIAD_SOURCE",
        help="auto, yahoo, store, bundled or folder:PATH.",
        rich_help_panel=_DATA,
    ),
]
Offline = Annotated[
    bool,
    typer.Option(
        "--offline",
        envvar="TRIAD_OFFLINE",
        help="Never use a network: the store, else the snapshot.",
        rich_help_panel=_DATA,
    ),
]
Timeout = Annotated[
    str,
    typer.Option(
        "--timeout",
        envvar="TRIAD_TIMEOUT",
        metavar="60s",
        help="Longest time for the network, in all.",
        rich_help_panel=_DATA,
    ),
]
Patience = Annotated[
    str,
    typer.Option(
        "--patience",
        envvar="TRIAD_PATIENCE",
        metavar="45m",
        help="Longest wait, in all, when the source wants fewer requests; not part of "
        "--timeout. None, but for 30m where the progress bar is shown.",
        rich_help_panel=_DATA,
    ),
]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="Use only what was known on that day, such as 2025-02-14.",
        rich_help_panel=_DATA,
    ),
]
Run = Annotated[
    str | None,
    typer.Option(
        "--run",
        metavar="ID",
        help="Show a stored run again, by its id or the first letters of it.",
        rich_help_panel=_DATA,
    ),
]
RecipeName = Annotated[
    str,
    typer.Option(
        "--recipe",
        envvar="TRIAD_RECIPE",
        help="Recipe of the taxonomy.",
        rich_help_panel=_DATA,
    ),
]
Settings = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Set a value of the recipe, such as basket.size=3; repeatable.",
        rich_help_panel=_DATA,
    ),
]
UniverseName = Annotated[
    Universe,
    typer.Option(
        "--universe",
        help="post: rank the names of the post among themselves.",
        rich_help_panel=_DATA,
    ),
]
Holdings = Annotated[
    Path | None,
    typer.Option(
        "--holdings",
        metavar="FILE",
        help="CSV of ticker, weight: incumbents and turnover.",
        rich_help_panel=_DATA,
    ),
]
Incumbents = Annotated[
    str,
    typer.Option(
        "--incumbents",
        metavar="A,B",
        help="Tickers held already, for the basket buffer.",
        rich_help_panel=_DATA,
    ),
]
MaxAge = Annotated[
    str,
    typer.Option(
        "--max-age",
        envvar="TRIAD_MAX_AGE",
        metavar="4d",
        help="Exit 3 if the figures are older.",
        rich_help_panel=_DATA,
    ),
]
MinCoverage = Annotated[
    float | None,
    typer.Option(
        "--min-coverage",
        envvar="TRIAD_MIN_COVERAGE",
        min=0,
        max=1,
        metavar="0..1",
        help="Exit 3 if a smaller share of lines is ranked on fresh prices.",
        rich_help_panel=_DATA,
    ),
]


def _as_named(context: typer.Context, given: Format) -> Format:
    """Return the format given, else the one that the file of --output is named for.

    An option that is not given is read after those that are, so --output is known.

    Raises:
        UsageError: If the name promises what no report is written as.
    """
    output = context.params.get("output")
    if output is None or is_given(context, "output_format"):
        return given
    suffix = output.suffix.lower()
    if suffix in _OTHERS:
        raise UsageError(
            f"No report is written as {suffix}, and --output names {str(output)!r}.",
            "End the name in .txt, .json, .ndjson, .csv, .tsv, .md or .html.",
        )
    return _SUFFIXES.get(suffix, given)


OutputFormat = Annotated[
    Format,
    typer.Option(
        "--format",
        callback=_as_named,
        help="Output format; else as the name of --output ends.",
        rich_help_panel=_OUT,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="Write there.", rich_help_panel=_OUT),
]


def require_suffix(output: Path | None, what: str, *wanted: str) -> None:
    """Refuse a name that promises another kind of file than is written.

    Args:
        output: Where it is written.
        what: What is written there.
        wanted: Endings that fit; any that promises nothing does, too.

    Raises:
        UsageError: If it does.
    """
    suffix = output.suffix.lower() if output else ""
    if suffix in (_OTHERS | {*_SUFFIXES}) - {".txt", *wanted}:
        raise UsageError(
            f"{what} is written as {wanted[0]}, and --output names {str(output)!r}.",
            f"Give a name that ends in {wanted[0]}.",
        )


def _as_png(path: Path | None) -> Path | None:
    """Refuse a name that promises another kind of picture.

    Raises:
        UsageError: If it does.
    """
    if path and path.suffix.lower() not in ("", ".png"):
        raise UsageError(
            f"Pictures are drawn as PNG, and --plot names {path.name!r}.",
            "Give a name that ends in .png.",
        )
    return path


Plot = Annotated[
    Path | None,
    typer.Option(
        "--plot",
        callback=_as_png,
        metavar="FILE",
        help="Draw the pictures, as PNG.",
        rich_help_panel=_OUT,
    ),
]
Lang = Annotated[
    Language,
    typer.Option("--lang", help="Names of the pillars.", rich_help_panel=_OUT),
]
Color = Annotated[
    Colour,
    typer.Option("--color", help="When to use colours.", rich_help_panel=_OUT),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="No header, no notes.", rich_help_panel=_OUT),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="Show the thesis panel, and list every gap.",
        rich_help_panel=_OUT,
    ),
]
Debug = Annotated[
    bool,
    typer.Option("--debug", help="Show tracebacks.", rich_help_panel=_OUT),
]
Shown, OUT = _SHOWN, _OUT

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}
_NO_PATIENCE = re.compile(r"none|0+ *[smh]?", re.ASCII)
#: Seconds that somebody at a terminal may be kept waiting: longer than a short ban.
PATIENCE_OF_A_PERSON = 1800.0
_SPAN = re.compile(r"(\d{1,5})\s*(s|m|h)?\Z", re.ASCII)
_AGE = re.compile(r"(\d{1,5})\s*(d|w|h)?\Z", re.ASCII)
_DAYS = {"d": 1.0, "w": 7.0, "h": 1 / 24, None: 1.0}


def to_date(text: str, option: str = "--as-of") -> date | None:
    """Return the day that ``text`` writes; None for an empty text.

    Raises:
        UsageError: If it is not a date.
    """
    if not text:
        return None
    try:
        return parse_iso_date(text)
    except ValueError as error:
        raise UsageError(
            f"{option} {text!r} is not a date.", f"{str(error).capitalize()}."
        ) from None


def to_as_of(text: str) -> date | None:
    """Return the as-of date that ``text`` writes; None for the newest session.

    Somewhere, tomorrow may have begun.

    Raises:
        UsageError: If it is not a date, or still to come.
    """
    from triad_screener.cli import _clock

    day = to_date(text)
    if day is not None and day > _clock.today() + timedelta(days=1):
        raise UsageError(
            f"--as-of {day} is still to come.",
            "Leave --as-of out for the newest session.",
        )
    return day


def to_days(text: str, option: str = "--max-age") -> float | None:
    """Return the days that ``text`` writes, such as 4d, 2w or 36h.

    Raises:
        UsageError: If it is not an age.
    """
    if not text:
        return None
    found = _AGE.match(text)
    if not found:
        raise UsageError(f"{option} {text!r} is not an age.", "Write 4d, 2w or 36h.")
    return int(found[1]) * _DAYS[found[2]]


def to_patience(text: str) -> float | None:
    """Return for how many seconds a refusal is waited out; None for an empty text.

    Raises:
        UsageError: If it is not a span of time.
    """
    return 0.0 if _NO_PATIENCE.fullmatch(text) else to_seconds(text, "--patience")


def to_seconds(text: str, option: str = "--timeout") -> float | None:
    """Return the seconds that ``text`` writes, such as 60s, 5m or 1h.

    Raises:
        UsageError: If it is not a span of time above zero.
    """
    if not text:
        return None
    found = _SPAN.match(text)
    if not found or not int(found[1]):
        raise UsageError(f"{option} {text!r} is not a time.", "Write 60s, 5m or 1h.")
    return int(found[1]) * _SECONDS[found[2]]


_AMOUNT = re.compile(
    r"(\d{1,40}(?:\.\d{0,40})?(?:[eE][+-]?\d{1,3})?)\s*([kmbt])?\Z", re.ASCII
)
_SIZES = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12, None: 1.0}
_LARGEST_AMOUNT = 1e30


def to_amount(text: str, option: str) -> float | None:
    """Return the number that ``text`` writes, such as 671e9, 671b or 14.8T.

    Raises:
        UsageError: If it is not a number above zero and up to 1e30.
    """
    if not text:
        return None
    found = _AMOUNT.match(text.lower())
    value = float(found[1]) * _SIZES[found[2]] if found else 0.0
    if not 0 < value <= _LARGEST_AMOUNT:
        raise UsageError(
            f"{option} {text!r} is not a number above zero.",
            "Write 671e9, 671b or 14.8t; up to 1e30.",
        )
    return value


#: Options that decide what is run, which a stored run has behind it.
_DECIDES = {
    "as_of": "--as-of",
    "config": "--config",
    "holdings": "--holdings",
    "incumbents": "--incumbents",
    "offline": "--offline",
    "recipe": "--recipe",
    "setting": "--set",
    "source": "--source",
    "timeout": "--timeout",
    "universe": "--universe",
}


def require_alone(context: typer.Context, run: str | None) -> None:
    """Refuse flags that would have decided a run that is stored already.

    Raises:
        UsageError: If one was given, or the id is empty.
    """
    if run is None:
        return
    if not run.strip():
        raise UsageError("--run has no id.", "List the runs with 'triad runs'.")
    for name, flag in _DECIDES.items():
        if is_given(context, name):
            raise UsageError(
                f"--run shows a stored run, which {flag} cannot change.",
                "Leave one of the two out.",
            )


#: Options that choose runs, by the name of their parameter.
_CHOOSES = {
    "since": "--from",
    "until": "--to",
    "config": "--config",
    "recipe": "--recipe",
    "setting": "--set",
    "universe": "--universe",
}


def require_names_alone(context: typer.Context) -> None:
    """Refuse options that choose runs beside runs that are named.

    Raises:
        UsageError: If one was given.
    """
    for name, flag in _CHOOSES.items():
        if is_given(context, name):
            raise UsageError(
                f"The runs are named, and {flag} would choose others.",
                "Leave one of the two out.",
            )


def require_fitting(context: typer.Context) -> None:
    """Refuse options of a letter that another one leaves without effect.

    Raises:
        UsageError: If one was given.
    """
    values = context.params
    if values["email"] and values["eml"]:
        raise UsageError(
            "--eml is a trial that sends nothing, and --email sends.",
            "Leave one of the two out.",
        )
    if is_given(context, "heartbeat") and not values["if_changed"]:
        raise UsageError(
            "--heartbeat breaks the silence of --if-changed, which is not given.",
            "Add --if-changed, or leave --heartbeat out.",
        )
    mailed = "--email" if values["email"] else values["eml"] and "--eml"
    if mailed and is_given(context, "output_format") and values["output"] is None:
        raise UsageError(
            f"--format is for what is printed, and {mailed} prints nothing.",
            "Leave it out, or add --output FILE: a mail has text and HTML anyway.",
        )


def is_given(context: typer.Context, name: str) -> bool:
    """Return whether an option stands on the command line."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def split(text: str) -> tuple[str, ...]:
    """Return the parts of a comma-separated list, empty ones left out."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
