"""What did a refresh bring, what is still missing, and why?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from triad_screener.model.document import Column, Kind, Paragraph, Report, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from triad_screener.model.document import Block
    from triad_screener.model.live import Fetched, Refreshed, Supply
    from triad_screener.model.watch import Checked

_NAMED = 8


def compose(
    done: Refreshed, supplies: Sequence[Supply], marks: Checked | None = None
) -> Report:
    """Return what a refresh did and how well the store is supplied now.

    Args:
        done: What was asked and came.
        supplies: What the store has.
        marks: What a vendor puts on private companies; None if it was not asked.
    """
    title = _title(done)
    rows = [
        {"symbol": one.task.symbol, "kind": one.task.kind, **_outcome(one)}
        for one in sorted(done.failures, key=_by_symbol)
    ]
    return Report(
        title=title,
        blocks=(_supplied(supplies), *_gaps(done), *_marked(marks)),
        record={
            "schema_version": 1,
            "asked": done.asked,
            "came": done.good,
            "requests": done.requests + (marks.requests if marks else 0),
            "seconds": round(done.seconds, 3),
            "interrupted": done.interrupted,
            "supplies": [_supply(one) for one in supplies],
            "gaps": rows,
            "private_companies": _marks(marks),
        },
        rows=tuple(rows),
        tickers=tuple(dict.fromkeys(str(row["symbol"]) for row in rows)),
    )


def _marked(marks: Checked | None) -> Iterator[Block]:
    """Tell of private companies: how many were seen, and of whom nothing, and why."""
    if marks is None:
        return
    news = [one for one in marks.events if one.is_news]
    told = f"Private companies: {marks.answered} of {_asked(marks)} are known"
    asked = f"in {marks.requests} request{'' if marks.requests == 1 else 's'}"
    yield Paragraph(f"{told}, {asked}; {len(news)} news. See: triad watchlist.")
    for one in marks.failures:
        yield Paragraph(f"Private companies: {one.detail}", Tone.NOTICE)


def _asked(marks: Checked) -> int:
    """Return of how many there is an answer, or a reason why not."""
    return marks.answered + sum(bool(one.entry) for one in marks.failures)


def _marks(marks: Checked | None) -> dict[str, object] | None:
    if marks is None:
        return None
    return {
        "known": marks.answered,
        "asked": _asked(marks),
        "requests": marks.requests,
        "news": sum(one.is_news for one in marks.events),
        "gaps": [
            {"id": one.entry or None, "reason": one.reason, "detail": one.detail}
            for one in marks.failures
        ],
    }


def _by_symbol(one: Fetched) -> tuple[str, str]:
    return one.task.symbol, one.task.kind


def _outcome(one: Fetched) -> dict[str, object]:
    return {"reason": one.reason, "detail": one.detail}


def _title(done: Refreshed) -> str:
    if done.interrupted:
        return f"Interrupted: {done.good} of {done.asked} answers are kept."
    if not done.asked:
        return "Nothing is due."
    return (
        f"{done.good} of {done.asked} answers came, in {done.requests} requests "
        f"and {done.seconds:.1f} s."
    )


def _supply(one: Supply) -> dict[str, object]:
    return {
        "kind": one.kind,
        "fresh": len(one.fresh),
        "stale": len(one.stale),
        "missing": len(one.missing),
        "newest": one.newest.isoformat() if one.newest else None,
    }


def _supplied(supplies: Sequence[Supply]) -> Table:
    columns = (
        Column("Figures", Kind.NAME, 100),
        Column("Fresh", Kind.COUNT, 100),
        Column("Stale", Kind.COUNT, 90),
        Column("Missing", Kind.COUNT, 90),
        Column("Newest", Kind.DATE, 80),
    )
    rows = tuple(
        (one.kind, len(one.fresh), len(one.stale), len(one.missing), one.newest)
        for one in supplies
    )
    return Table("The store", columns, rows)


def _gaps(done: Refreshed) -> Iterator[Block]:
    if not done.failures:
        return
    columns = (
        Column("Reason", Kind.NAME, 100),
        Column("Answers", Kind.COUNT, 90),
        Column("Symbols", Kind.TEXT, 80),
        Column("The first, in words", Kind.TEXT, 96),
    )
    counts = Counter(one.reason for one in done.failures)
    rows = []
    for reason, count in counts.most_common():
        found = [one for one in done.failures if one.reason == reason]
        names = sorted({one.task.symbol for one in found})
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        of = ", ".join(names[:_NAMED]) + more
        rows.append((reason, count, of, found[0].detail))
    yield Table("What did not come", columns, tuple(rows))
    yield Paragraph("What is kept of them serves, with its age.", Tone.QUIET)
