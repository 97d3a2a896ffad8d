"""Show the part of a screen that was asked for, and say if it is under a floor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from triad_screener.model.dates import span
from triad_screener.reporting import choosing, overview, record

if TYPE_CHECKING:
    from datetime import date

    from triad_screener.model.document import Report
    from triad_screener.model.screen import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is shown of a screen; nothing here changes a score.

    Attributes:
        tickers: None for all of them.
        patience: Seconds that the condition may take; None for its own limit.
    """

    tickers: tuple[str, ...] | None = None
    pillars: tuple[str, ...] = ()
    condition: str = ""
    patience: float | None = None
    sort: str = ""
    top: int | None = None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """What the reader wants to be warned of.

    Attributes:
        max_age_days: Age of the newest close, in days before today.
        min_coverage: Least share of lines that are ranked and fresh.
    """

    max_age_days: float | None = None
    min_coverage: float | None = None


def below_floor(found: Screen, floors: Floors, today: date) -> tuple[str, ...]:
    """Return a sentence for every floor that ``found`` is under."""
    sentences = []
    newest, allowed = found.newest_close, floors.max_age_days
    if allowed is not None and (today - newest).days > allowed:
        sentences.append(
            f"The newest close is of {newest}, older than the {span(allowed)} allowed."
        )
    if floors.min_coverage is not None and (
        (covered := coverage(found)) < floors.min_coverage
    ):
        sentences.append(
            f"{covered:.0%} of the lines are ranked on fresh prices, under the "
            f"{floors.min_coverage:.0%} asked for."
        )
    return tuple(sentences)


def coverage(found: Screen) -> float:
    """Return the share of lines that are ranked and fresh; zero without lines."""
    good = sum(found.facts[ticker].is_fresh for ticker in found.scores.tickers)
    return good / found.considered if found.considered else 0.0


def show(found: Screen, choice: Choice, view: overview.View) -> Report:
    """Return the report on the lines that ``choice`` names.

    Raises:
        UnknownNameError: If a pillar or column does not exist.
        UsageError: If the condition cannot be used.
    """
    every = record.of_lines(found)
    columns = choosing.columns_of(every[0], choice.columns) if every else ()
    lines = choosing.of_pillars(every, choice.pillars, found.exposure_floor)
    lines = choosing.of_tickers(lines, choice.tickers)
    if choice.condition:
        # Imported here: only a condition needs the database.
        from triad_screener.tables.condition import matching  # noqa: PLC0415

        rows = [record.flat_line(line) for line in lines]
        lines = [lines[at] for at in matching(rows, choice.condition, choice.patience)]
    if choice.sort:
        lines = choosing.in_order(lines, choice.sort)
    if choice.top is not None:
        lines = lines[: choice.top]
    report = overview.compose(
        found,
        replace(
            view,
            lines=tuple(lines),
            pillars=choice.pillars or view.pillars,
            columns=columns,
            absent=absent(choice.condition),
        ),
    )
    fields = columns or tuple(record.flat_line(every[0]) if every else ())
    return replace(report, fields=fields)


def absent(condition: str) -> str:
    """Return what to say where no line is left, by ``condition`` if there is one."""
    if condition:
        return f"No line matches {condition!r}."
    return "No line is left to show."
