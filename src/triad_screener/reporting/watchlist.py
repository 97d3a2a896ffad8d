"""The watchlist for a person: who is near a listing, worth what, on whose word?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from triad_screener.model.dates import span
from triad_screener.model.document import (
    Column,
    Kind,
    Paragraph,
    Report,
    Table,
    Tone,
)
from triad_screener.reporting.marks import (
    ESTIMATE_COLUMNS,
    ESTIMATED,
    GRADES,
    apart,
    estimate_record,
    estimated,
    worth,
)
from triad_screener.reporting.overview import (
    DISCLAIMER,
    holders,
    is_line,
    pillar_styles,
    source_line,
    stage_in_words,
)
from triad_screener.reporting.record import plain
from triad_screener.screening.vendor_marks import estimate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from triad_screener.model.document import Block, Cell
    from triad_screener.model.screen import (
        HolderFact,
        MarkFact,
        Screen,
        WatchlistFact,
    )
    from triad_screener.model.watch import Estimate, Sighting, WatchEvent
    from triad_screener.reporting.record import Record

SCHEMA_VERSION: Final = 1
_APART: Final = "Points compare companies of the watchlist, never with a listed line."
_NEWS_SHOWN: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How the watchlist is looked at.

    Attributes:
        news: What was seen of each company, by id, oldest first.
        language: ``en`` or ``zh``, for the names of pillars.
        today: Day of the reader's clock, for ages; None leaves them out.
        told: How the figures were come by, just now.
        troubles: What went wrong on the way.
        quiet: Whether to leave out headers and notes.
    """

    news: Mapping[str, Sequence[WatchEvent]] = field(default_factory=dict)
    language: str = "en"
    today: date | None = None
    told: str = ""
    troubles: tuple[str, ...] = ()
    quiet: bool = False


def compose(facts: Sequence[WatchlistFact], screen: Screen, sight: Sight) -> Report:
    """Return the companies by their points, those without any behind.

    Args:
        facts: As known on the day of the watchlist, and seen since.
        screen: Whose market values and rates were used.
        sight: How they are looked at.
    """
    ordered = sorted(facts, key=_by_points)
    waiting = [fact for fact in ordered if not is_line(fact, screen)]
    names = [fact.name for fact in ordered if is_line(fact, screen)]
    blocks = (_table(waiting, sight), *_notes(sight, names))
    return _report(ordered, screen, sight, blocks)


def detail(fact: WatchlistFact, screen: Screen, sight: Sight) -> Report:
    """Return everything that is known of one company."""
    return _report([fact], screen, sight, tuple(_known(fact, sight)))


def _by_points(fact: WatchlistFact) -> tuple[bool, float]:
    points = fact.rubric.points if fact.rubric else None
    return points is None, -(points or 0.0)


def _report(
    facts: Sequence[WatchlistFact],
    screen: Screen,
    sight: Sight,
    blocks: tuple[Block, ...],
) -> Report:
    day = screen.watched_on.isoformat()
    return Report(
        title=f"Watchlist, as of {day}",
        headed=not sight.quiet,
        blocks=(*_head(screen, sight), *blocks),
        record={
            "schema_version": SCHEMA_VERSION,
            "as_of": day,
            "market_as_of": screen.run.as_of.isoformat(),
            "source": screen.run.source,
            "watchlist": [_record(fact, sight) for fact in facts],
        },
        rows=tuple(_row(fact, sight) for fact in facts),
        tickers=tuple(fact.id for fact in facts),
        pillars=pillar_styles(screen, sight.language),
    )


def _head(screen: Screen, sight: Sight) -> Iterator[Block]:
    if sight.quiet:
        return
    yield Paragraph(source_line(screen, sight.today), Tone.NOTICE)
    if screen.watched_on != screen.run.as_of:
        yield Paragraph(_days(screen), Tone.QUIET)
    if sight.told:
        yield Paragraph(sight.told, Tone.QUIET)
    for trouble in sight.troubles:
        yield Paragraph(trouble, Tone.NOTICE)


def _days(screen: Screen) -> str:
    """Say on which day the watchlist stands, and on which the market values."""
    return (
        f"Companies and their ages as of {screen.watched_on}, the day of the newest "
        f"evidence; market values of holders as of {screen.run.as_of}. Give --as-of "
        "DATE for what was known on one day."
    )


def _notes(sight: Sight, lines: Sequence[str]) -> Iterator[Block]:
    if lines:
        names = ", ".join(lines)
        yield Paragraph(f"Listed, and a line of the taxonomy by now: {names}.")
    if not sight.quiet:
        more = "Everything on one: triad watchlist COMPANY. New filings: triad "
        yield Paragraph(
            f"{_APART} {more}watchlist check. {DISCLAIMER}",
            Tone.QUIET,
        )


def _table(facts: Sequence[WatchlistFact], sight: Sight) -> Table:
    columns = (
        Column("Company", Kind.NAME, 100),
        Column("Pillar", Kind.PILLAR, 60),
        Column("Points", Kind.SCORE, 92),
        Column("Stage", Kind.TEXT, 95),
        Column("Since", Kind.DATE, 45),
        Column("By", Kind.TEXT, 15),
        Column("Last mark", Kind.TEXT, 94),
        Column("Marked on", Kind.DATE, 90),
        Column("Age", Kind.TEXT, 88),
        Column("Weight", Kind.FRACTION, 40),
        Column("Source of the mark", Kind.TEXT, 44),
        *ESTIMATE_COLUMNS,
        Column("Holders", Kind.TEXT, 50),
        Column("Seen", Kind.TEXT, 42),
    )
    rows = [_cells(fact, sight) for fact in facts]
    used = [at for at in range(len(columns)) if not rows or any(r[at] for r in rows)]
    return Table(
        "Watchlist",
        tuple(columns[at] for at in used),
        tuple(tuple(row[at] for at in used) for row in rows),
        note=f"{GRADES} Weight: halved by each span of the age rule. {ESTIMATED}",
    )


def _cells(fact: WatchlistFact, sight: Sight) -> tuple[Cell, ...]:
    mark = fact.last_mark
    return (
        fact.name,
        fact.pillar,
        fact.rubric.points if fact.rubric else None,
        stage_in_words(fact.stage),
        fact.stage_date,
        f"{fact.stage_source}, {fact.stage_grade}",
        f"{worth(mark.post_money, mark.currency)}, {mark.grade}" if mark else "none",
        mark.date if mark else None,
        _age(mark.age_days, is_stale=mark.is_stale) if mark else "",
        mark.weight if mark else None,
        mark.source if mark else "",
        *estimated(_estimate(fact, sight)),
        holders(fact),
        _newest(fact, sight),
    )


def _estimate(fact: WatchlistFact, sight: Sight) -> Estimate | None:
    return estimate(fact, sight.news.get(fact.id, ()))


def _age(days: int, *, is_stale: bool) -> str:
    return f"{days} d{' stale' if is_stale else ''}"


def _newest(fact: WatchlistFact, sight: Sight) -> str:
    """Return the newest thing seen on the network, if any."""
    seen = [one.sighting for one in sight.news.get(fact.id, ())]
    seen = [one for one in seen if not one.is_judged and not is_estimate(one)]
    return f"{seen[-1].date} {seen[-1].what}" if seen else ""


def is_estimate(seen: Sighting) -> bool:
    """Return whether a sighting is a vendor's estimate, which stands by itself."""
    return seen.vendor is not None and seen.kind == "mark"


def _known(fact: WatchlistFact, sight: Sight) -> Iterator[Block]:
    yield Paragraph(_identity(fact))
    yield from _stages(fact)
    yield from _marks(fact)
    yield from _estimates(fact, sight)
    yield from _revenue(fact)
    yield from _holders(fact)
    yield from _events(fact)
    yield from _seen(fact, sight)
    yield from _rubric(fact)
    if fact.note:
        yield Paragraph(fact.note)
    if not sight.quiet:
        yield Paragraph(f"{GRADES} {_APART} {DISCLAIMER}", Tone.QUIET)


def _identity(fact: WatchlistFact) -> str:
    exposure = f"exposure {fact.exposure:.0%} by {fact.basis.replace('_', ' ')}"
    parts = [
        f"{fact.name}: {fact.role}, {fact.pillar}, {exposure}",
        f"stage {stage_in_words(fact.stage)}",
        f"ticker {fact.ticker}" if fact.ticker else "",
        f"CIK {fact.cik}" if fact.cik else "",
    ]
    return f"{'; '.join(part for part in parts if part)}."


#: Grade and publisher in one cell, so that neither gives way; the last text of a
#: table runs on below.
_SOURCE: Final = Column("Grade, source", Kind.TEXT, 99)


def _by(grade: str, source: str) -> str:
    return f"{grade}, {source}"


def _stages(fact: WatchlistFact) -> Iterator[Table]:
    rows = tuple(
        (one.date, stage_in_words(one.stage), _by(one.grade, one.source), one.note)
        for one in fact.stages
    )
    columns = (
        Column("Since", Kind.DATE, 100),
        Column("Stage", Kind.TEXT, 100),
        _SOURCE,
        Column("What was known", Kind.TEXT, 60),
    )
    yield from _filled("Stages", columns, rows)


def _filled(
    title: str, columns: tuple[Column, ...], rows: tuple[tuple[Cell, ...], ...]
) -> Iterator[Table]:
    """Yield a table without its empty columns; nothing without rows."""
    if rows:
        used = [at for at in range(len(columns)) if any(row[at] for row in rows)]
        yield Table(
            title,
            tuple(columns[at] for at in used),
            tuple(tuple(row[at] for at in used) for row in rows),
        )


def _marks(fact: WatchlistFact) -> Iterator[Table]:
    columns = (
        Column("Mark", Kind.NAME, 100),
        Column("Date", Kind.TEXT, 99),
        Column("Value", Kind.TEXT, 98),
        Column("In USD", Kind.AMOUNT, 30),
        Column("Raised", Kind.TEXT, 60),
        Column("Age", Kind.TEXT, 90),
        Column("Weight", Kind.FRACTION, 70),
        Column("Led by", Kind.TEXT, 40),
        _SOURCE,
    )
    yield from _filled("Marks", columns, tuple(_mark(one) for one in fact.marks))


def _mark(mark: MarkFact) -> tuple[Cell, ...]:
    return (
        mark.round,
        _day(mark.date, mark.precision),
        worth(mark.post_money, mark.currency),
        mark.post_money_usd if mark.currency != "USD" else "",
        worth(mark.amount, mark.currency) if mark.amount else "",
        _age(mark.age_days, is_stale=mark.is_stale),
        mark.weight,
        mark.lead,
        _by(mark.grade, mark.source),
    )


def _day(day: date, precision: str) -> str:
    """Return a day as exactly as it is known.

    Examples:
        >>> from datetime import date
        >>> _day(date(2026, 2, 28), "month"), _day(date(2021, 12, 31), "year")
        ('2026-02', '2021')
    """
    return day.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]


def _estimates(fact: WatchlistFact, sight: Sight) -> Iterator[Block]:
    """Yield what a vendor put on a company, and whether the company says otherwise."""
    columns = (
        Column("Seen since", Kind.DATE, 100),
        Column("Estimate", Kind.TEXT, 99),
        Column("A share", Kind.TEXT, 90),
        Column("Class", Kind.TEXT, 80),
        Column("Round of", Kind.DATE, 81),
        _SOURCE,
    )
    seen = [one.sighting for one in sight.news.get(fact.id, ())]
    rows = tuple(
        (
            one.date,
            worth(mark.valuation, mark.currency),
            f"{mark.currency} {mark.price:,.2f}" if mark.price else "",
            mark.share_class,
            mark.round_date,
            _by(one.grade, one.source),
        )
        for one in seen
        if (mark := one.vendor) and is_estimate(one)
    )
    yield from _filled("Estimates of a vendor: shown, never scored", columns, rows)
    found = _estimate(fact, sight)
    if found and (difference := apart(found)):
        tone = Tone.NOTICE if found.disagrees else Tone.QUIET
        yield Paragraph(f"The newest estimate beside a mark: {difference}.", tone)


def _revenue(fact: WatchlistFact) -> Iterator[Table]:
    columns = (
        Column("Revenue", Kind.NAME, 100),
        Column("Kind", Kind.TEXT, 99),
        Column("Date", Kind.DATE, 98),
        Column("Age", Kind.TEXT, 90),
        _SOURCE,
    )
    rows = tuple(
        (
            worth(one.value, one.currency),
            one.kind.replace("_", " "),
            one.date,
            _age(one.age_days, is_stale=one.is_stale),
            _by(one.grade, one.source),
        )
        for one in fact.revenue
    )
    yield from _filled("Revenue", columns, rows)


def _holders(fact: WatchlistFact) -> Iterator[Block]:
    columns = (
        Column("Holder", Kind.NAME, 100),
        Column("Share", Kind.FRACTION, 99),
        Column("Votes", Kind.TEXT, 60),
        Column("Paid", Kind.TEXT, 70),
        Column("As of", Kind.DATE, 98),
        Column("Age", Kind.TEXT, 80),
        Column("Worth USD", Kind.AMOUNT, 90),
        Column("Of holder", Kind.FRACTION, 89),
        Column("Diluted", Kind.DATE, 88),
        Column("Note", Kind.TEXT, 40),
        _SOURCE,
    )
    rows = tuple(_holder(one) for one in fact.holders)
    yield from _filled("Listed holders: information, never scored", columns, rows)
    if any(one.diluted_by and one.value_usd is not None for one in fact.holders):
        yield Paragraph(
            "Diluted: the share is older than the round of that day, so the piece is "
            "smaller by now and its worth is too high. Of holder: of the market "
            "capitalisation of the holder.",
            Tone.NOTICE,
        )


def _holder(holder: HolderFact) -> tuple[Cell, ...]:
    return (
        holder.ticker,
        holder.share,
        holder.votes or "",
        worth(holder.amount, holder.currency) if holder.amount else "",
        holder.as_of,
        _age(holder.age_days, is_stale=holder.is_stale),
        "" if holder.value_usd is None else holder.value_usd,
        holder.of_market_cap,
        holder.diluted_by,
        holder.note,
        _by(holder.grade, holder.source),
    )


def _events(fact: WatchlistFact) -> Iterator[Table]:
    columns = (
        Column("Date", Kind.TEXT, 100),
        Column("Event", Kind.NAME, 99),
        Column("Amount", Kind.TEXT, 80),
        Column("Talked of", Kind.TEXT, 81),
        _SOURCE,
        Column("What happened", Kind.TEXT, 98),
    )
    rows = tuple(
        (
            _day(one.date, one.precision),
            one.kind,
            worth(one.amount, one.currency) if one.amount else "",
            worth(one.post_money, one.currency) if one.post_money else "",
            _by(one.grade, one.source),
            one.what,
        )
        for one in fact.events
    )
    yield from _filled("Events", columns, rows)


def _seen(fact: WatchlistFact, sight: Sight) -> Iterator[Table]:
    seen = [one.sighting for one in sight.news.get(fact.id, ())]
    columns = (
        Column("Date", Kind.DATE, 100),
        _SOURCE,
        Column("Seen by triad watchlist check", Kind.TEXT, 98),
    )
    rows = tuple(
        (one.date, _by(one.grade, one.source), one.what)
        for one in seen
        if not one.is_judged and not is_estimate(one)
    )
    yield from _filled("Seen", columns, rows[-_NEWS_SHOWN:])


def _rubric(fact: WatchlistFact) -> Iterator[Table]:
    if fact.rubric is None:
        return
    columns = (
        Column("Criterion", Kind.NAME, 100),
        Column("Weight", Kind.FRACTION, 90),
        Column("Points, 0 to 1", Kind.NUMBER, 95),
        Column("Value", Kind.TEXT, 80),
        Column("By what", Kind.TEXT, 70),
    )
    rows = tuple(
        (
            name,
            one.weight,
            "missing: .5" if one.points is None else round(one.points, 3),
            _value(name, one.value),
            one.basis,
        )
        for name, one in fact.rubric.criteria.items()
    )
    points = fact.rubric.points
    total = fact.rubric.reason if points is None else f"{points:.1f} of 100"
    yield Table(f"Rubric: {total}; {fact.rubric.known:.0%} known", columns, rows)


def _value(name: str, value: float | None) -> str:
    if value is None:
        return ""
    if name == "momentum":
        return f"{value:+.0%} a year"
    return worth(value, "USD") if name == "scale" else span(round(value))


def _record(fact: WatchlistFact, sight: Sight) -> Record:
    found: Record = plain(fact)
    found["estimate"] = estimate_record(_estimate(fact, sight))
    found["seen"] = [
        {
            "date": one.sighting.date.isoformat(),
            "what": one.sighting.what,
            "stage": one.sighting.stage,
            "form": one.sighting.form or None,
            "source": one.sighting.source,
            "grade": one.sighting.grade,
            "reference": one.sighting.reference,
        }
        for one in sight.news.get(fact.id, ())
        if not one.sighting.is_judged
    ]
    return found


def _row(fact: WatchlistFact, sight: Sight) -> dict[str, object]:
    mark, rubric = fact.last_mark, fact.rubric
    criteria = rubric.criteria if rubric else {}
    return {
        "id": fact.id,
        "name": fact.name,
        "pillar": fact.pillar,
        "exposure": fact.exposure,
        "role": fact.role,
        "stage": fact.stage,
        "stage_date": _iso(fact.stage_date),
        "stage_source": fact.stage_source,
        "stage_grade": fact.stage_grade,
        "ticker": fact.ticker,
        "cik": fact.cik,
        **_mark_row(mark),
        **_estimate_row(estimate_record(_estimate(fact, sight))),
        "holders": "; ".join(dict.fromkeys(one.ticker for one in fact.holders)),
        "rubric.points": rubric.points if rubric else None,
        "rubric.known": rubric.known if rubric else None,
        **{f"rubric.{name}": one.points for name, one in criteria.items()},
        "note": fact.note,
    }


_OF_MARK: Final = (
    "round",
    "date",
    "precision",
    "post_money",
    "post_money_usd",
    "amount",
    "currency",
    "source",
    "grade",
    "age_days",
    "is_stale",
    "weight",
)


def _mark_row(mark: MarkFact | None) -> dict[str, object]:
    return {
        f"last_mark.{name}": plain(getattr(mark, name)) if mark else None
        for name in _OF_MARK
    }


_OF_ESTIMATE: Final = ("valuation", "currency", "since", "grade", "difference")


def _estimate_row(found: Record | None) -> dict[str, object]:
    return {f"estimate.{name}": found and found[name] for name in _OF_ESTIMATE}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
