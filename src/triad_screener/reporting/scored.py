"""A scored file for a person: ranking and baskets, without names or sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.model.document import Paragraph, PillarStyle, Report, Tone
from triad_screener.model.listing import Postponed
from triad_screener.model.rows import Rows
from triad_screener.model.vocabulary import PILLARS
from triad_screener.reporting import baskets
from triad_screener.reporting import record as records
from triad_screener.reporting.overview import DISCLAIMER, ranking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from triad_screener.model.document import Block
    from triad_screener.model.scores import Scores

_COLOURS = {"compute": "#cc7722", "data": "#2f9467", "algorithms": "#5b7fe0"}


def compose(
    scores: Scores,
    name: str,
    pillars: Mapping[str, PillarStyle],
    warnings: tuple[str, ...],
) -> Report:
    """Return the report of a scored cross-section.

    Args:
        scores: What came out.
        name: Of the file.
        pillars: Label and colour by pillar, where the taxonomy has them.
        warnings: What a reader should know of the file.
    """
    record = records.of_scores(scores)
    styles = {p: PillarStyle(p, _COLOURS[p]) for p in PILLARS} | dict(pillars)
    return Report(
        title=f"{name}: {len(scores.lines)} ranked, {len(scores.unranked)} not",
        blocks=Postponed(lambda: tuple(_blocks(scores, record, styles, warnings))),
        record=record,
        rows=Rows(record["lines"].columns),
        tickers=scores.tickers,
        pillars=styles,
    )


def _blocks(
    scores: Scores,
    record: records.Record,
    styles: Mapping[str, PillarStyle],
    warnings: tuple[str, ...],
) -> Iterator[Block]:
    yield from (Paragraph(f"Note: {warning}.", Tone.NOTICE) for warning in warnings)
    if record["lines"]:
        yield ranking(record["lines"])
    for line in scores.unranked:
        text = f"{line.ticker} is not ranked: {line.reason}, {line.coverage:.0%} known."
        yield Paragraph(text)
    if scores.dropped_lines:
        names = ", ".join(scores.dropped_lines)
        yield Paragraph(f"Another line of the issuer stands for: {names}.", Tone.QUIET)
    yield baskets.tables(scores.baskets, PILLARS)
    yield from baskets.choices(scores.baskets, PILLARS, styles)
    yield Paragraph(DISCLAIMER, Tone.QUIET)
