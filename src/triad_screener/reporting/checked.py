"""What did a check of the watchlist see, and of whom is there no answer?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.model.document import Column, Kind, Paragraph, Report, Table, Tone
from triad_screener.reporting.overview import stage_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from triad_screener.model.document import Block
    from triad_screener.model.watch import Checked, Company, WatchEvent


def _moved(event: WatchEvent) -> str:
    before, after = stage_in_words(event.before), stage_in_words(event.after)
    return f"{before} to {after}"


def compose(done: Checked) -> Report:
    """Return the news, the failures and how much was asked."""
    names = {one.id: one.name for one in done.companies}
    news = [one for one in done.events if one.is_news]
    return Report(
        title=_title(done, len(news)),
        blocks=tuple(_blocks(done, news, names)),
        record={
            "schema_version": 1,
            "companies": [_company(one) for one in done.companies],
            "events": [_event(one) for one in news],
            "failures": [
                {
                    "id": one.entry or None,
                    "source": one.source,
                    "reason": one.reason,
                    "detail": one.detail,
                    "needs_a_person": one.needs_a_person,
                }
                for one in done.failures
            ],
            "requests": done.requests,
            "unchanged": done.unchanged,
            "interrupted": done.interrupted,
        },
        rows=tuple(_event(one) for one in news),
        tickers=tuple(dict.fromkeys(one.sighting.entry for one in done.changes)),
    )


def _title(done: Checked, news: int) -> str:
    asked = (
        f"{_count(len(done.companies), 'company', 'companies')}, "
        f"{_count(done.requests, 'request', 'requests')}"
    )
    moved = _count(len(done.changes), "change of stage", "changes of stage")
    told = f"{news} news, {moved}" if news else "no news"
    gaps = f"; no answer on {len(done.failures)}" if done.failures else ""
    cut = "Interrupted: " if done.interrupted else ""
    return f"{cut}{asked}: {told}{gaps}"


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _blocks(
    done: Checked, news: list[WatchEvent], names: Mapping[str, str]
) -> Iterator[Block]:
    if news:
        yield _news(news, names)
    elif not done.failures:
        yield Paragraph("Nothing new was seen.")
    else:
        yield Paragraph("Nothing new was seen of those that could be asked about.")
    if done.failures:
        yield _failures(done, names)
    if done.outages:
        yield Paragraph("No answer is not no news: check again.", Tone.NOTICE)
    if done.questions:
        unseen = ", ".join(names.get(one.entry, "all") for one in done.questions)
        told = f"mend the taxonomy; until then no news of {unseen} is seen."
        yield Paragraph(f"Asking again does not help: {told}", Tone.NOTICE)


def _news(news: list[WatchEvent], names: Mapping[str, str]) -> Table:
    columns = (
        Column("Company", Kind.NAME, 100),
        Column("Date", Kind.DATE, 99),
        Column("Stage", Kind.TEXT, 98),
        Column("What was seen", Kind.TEXT, 97),
        Column("Grade", Kind.TEXT, 60),
        Column("Source", Kind.TEXT, 50),
        Column("Called there", Kind.TEXT, 30),
        Column("CIK", Kind.TEXT, 20),
    )
    rows = tuple(
        (
            names[one.sighting.entry],
            one.sighting.date,
            _moved(one) if one.is_change else "",
            one.sighting.what,
            one.sighting.grade,
            one.sighting.source,
            one.sighting.company,
            one.sighting.cik or "",
        )
        for one in news
    )
    return Table("News", columns, rows)


def _failures(done: Checked, names: Mapping[str, str]) -> Table:
    columns = (
        Column("Company", Kind.NAME, 100),
        Column("Reason", Kind.TEXT, 99),
        Column("What happened", Kind.TEXT, 98),
    )
    rows = tuple(
        (names.get(one.entry, "all"), one.reason, one.detail) for one in done.failures
    )
    return Table("No answer", columns, rows)


def _company(one: Company) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "stage": one.stage,
        "since": one.since.isoformat(),
        "cik": one.cik,
        "ticker": one.ticker,
    }


def _event(event: WatchEvent) -> dict[str, object]:
    seen = event.sighting
    return {
        "id": seen.entry,
        "date": seen.date.isoformat(),
        "kind": seen.kind,
        "what": seen.what,
        "stage_before": event.before,
        "stage_after": event.after,
        "form": seen.form or None,
        "company": seen.company or None,
        "cik": seen.cik,
        "ticker": seen.ticker,
        "exchange": seen.exchange,
        "source": seen.source,
        "grade": seen.grade,
        "reference": seen.reference,
    }
