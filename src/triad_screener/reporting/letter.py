"""The weekly letter: what moved and why, then where everything stands?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from triad_screener.model.document import (
    Column,
    Kind,
    Paragraph,
    Points,
    Report,
    Table,
    Tone,
)
from triad_screener.reporting import (
    baskets,
    changes,
    evaluation,
    marks,
    overview,
    panel,
    pictures,
    record,
    votes,
)
from triad_screener.reporting.changes import Trade, in_words
from triad_screener.reporting.news import company, news, told_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from triad_screener.model.document import Block
    from triad_screener.model.evaluation import Evaluation
    from triad_screener.model.screen import MarkFact, Run, Screen
    from triad_screener.model.watch import Estimate, WatchEvent
    from triad_screener.reporting.changes import Compared
    from triad_screener.reporting.news import News
    from triad_screener.screening.changes import Change

_LONGEST_SUBJECT: Final = 72
_LEADERS: Final = 3
_NEWS_TOLD: Final = 10
_CHANGES_SHOWN: Final = 10
_LEAST_SHIFT: Final = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a letter is written from.

    Attributes:
        screen: The answer it tells of.
        compared: The screen of the last letter and this one; None for the first.
        ranks: Day and ranks of the last weeks, oldest first, this screen's last.
        benchmark: Ticker that prices are held against; empty for the first of the
            taxonomy whose prices are known.
        doubts: Why the figures are too old or too thin, each as a sentence.
        is_old: Whether one of the doubts is their age.
        events: What was seen of the watchlist and told to nobody, oldest first.
        evaluation: How the rankings kept so far fared; None where that is not known.
        estimates: Newest of a vendor, by the id of a watched company.
    """

    screen: Screen
    compared: Compared | None = None
    ranks: Sequence[tuple[date, Mapping[str, int]]] = ()
    benchmark: str = ""
    doubts: tuple[str, ...] = ()
    is_old: bool = False
    events: tuple[WatchEvent, ...] = ()
    evaluation: Evaluation | None = None
    estimates: Mapping[str, Estimate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, ready to be rendered.

    Attributes:
        subject: One line.
        is_material: Whether what happened is worth a letter; true of the first one.
        run: What it tells of.
        events: Of the watchlist, that whoever reads it has been told of.
    """

    subject: str
    report: Report
    is_material: bool
    run: Run
    events: tuple[WatchEvent, ...] = ()


def compose(story: Story, view: overview.View) -> Letter:
    """Return the letter on ``story``; ``view`` has the lines of the ranking."""
    screen, found = story.screen, story.compared
    told = news(found, story.events, language=view.language) if found else ()
    material = found is None or any(one.is_material for one in told)
    subject = _subject(story, told)
    report = Report(
        title=subject,
        blocks=tuple(_blocks(story, told, view)),
        record={
            "schema_version": 1,
            "subject": subject,
            "is_material": material,
            "doubts": list(story.doubts),
            "news": [_record(one) for one in told],
            "changes": changes.record(found, found.moved) if found else None,
            "events": [_event(one, screen) for one in story.events],
            "estimates": {
                name: marks.estimate_record(one)
                for name, one in story.estimates.items()
            },
            "ranks": [
                {"as_of": day.isoformat(), "ranks": dict(ranks)}
                for day, ranks in story.ranks
            ],
            "evaluation": story.evaluation and evaluation.record(story.evaluation),
            "thesis": _thesis(screen, found.before if found else None),
            "screen": record.of_screen(screen, view.lines),
        },
        rows=tuple(_record(one) for one in told),
        tickers=screen.scores.tickers,
        pillars=overview.pillar_styles(screen, view.language),
    )
    return Letter(subject, report, material, screen.run, story.events)


def _event(one: WatchEvent, screen: Screen) -> dict[str, object]:
    seen = one.sighting
    return {
        "id": seen.entry,
        "name": company(one, screen),
        "date": seen.date.isoformat(),
        "what": seen.what,
        "source": seen.source,
        "grade": seen.grade,
        "stage_before": one.before,
        "stage_after": one.after,
    }


def _thesis(screen: Screen, before: Screen | None) -> dict[str, object] | None:
    """Return the panel with what changed of it; None without a thesis."""
    now, was = screen.panel, before.panel if before else None
    if now is None:
        return None
    found = votes.nearest_of(now)
    return {
        "panel": panel.record(now),
        "nearest": found.id if found else None,
        "before": {"as_of": was.as_of.isoformat(), "verdict": was.verdict}
        if was
        else None,
        "changed": [
            {"id": name, "before": old, "after": new}
            for name, old, new in (votes.changed(was, now) if was else ())
        ],
    }


def _record(one: News) -> dict[str, object]:
    return {"about": one.about, "what": one.sentence, "is_material": one.is_material}


def _subject(story: Story, told: Sequence[News]) -> str:
    """Return what changed, in one line, the doubts first."""
    universe = story.screen.run.universe
    name = "triad" if universe == "default" else f"triad {universe}"
    doubt = ""
    if story.doubts:
        doubt = f"[{'old' if story.is_old else 'thin'} data] "
    return f"{name}: {doubt}{_headline(story, told)}"


def _headline(story: Story, told: Sequence[News]) -> str:
    if story.compared is None:
        leaders = story.screen.scores.tickers[:_LEADERS]
        return f"{', '.join(leaders)} lead" if leaders else "no line is ranked"
    if not told:
        return f"nothing material since {story.compared.before.run.as_of}"
    shorts = list(dict.fromkeys(one.short for one in told))
    kept = len(shorts)
    while kept > 1 and len(_listed(shorts, kept)) > _LONGEST_SUBJECT:
        kept -= 1
    return _listed(shorts, kept)


def _listed(shorts: Sequence[str], kept: int) -> str:
    more = f" and {len(shorts) - kept} more" if kept < len(shorts) else ""
    return f"{', '.join(shorts[:kept])}{more}"


def _blocks(story: Story, told: Sequence[News], view: overview.View) -> Iterator[Block]:
    screen, found = story.screen, story.compared
    for doubt in story.doubts:
        yield Paragraph(doubt, Tone.NOTICE)
    yield from _what_changed(story, told)
    yield from pictures.of_ranks(story.ranks, screen)
    yield overview.ranking(view.lines, screen.exposure_floor)
    yield from overview.unranked(screen, view)
    yield from _baskets(story, view)
    yield from pictures.of_parts(screen)
    yield from pictures.of_courses(screen, story.benchmark)
    yield from _watched(story, view)
    yield from overview.thesis(screen, found.before if found else None)
    if story.evaluation:
        yield from evaluation.in_brief(story.evaluation)
    yield from _figures(story, view)


def _baskets(story: Story, view: overview.View) -> Iterator[Block]:
    """Yield the baskets with their turnover, and the trades that it comes from."""
    found = story.compared
    turnover = found.turnover if found else story.screen.turnover
    screen = replace(story.screen, turnover=turnover)
    styles = overview.pillar_styles(screen, view.language)
    yield baskets.tables(screen.scores.baskets, view.pillars, screen)
    yield from baskets.choices(screen.scores.baskets, view.pillars, styles, screen)
    if found and found.trades:
        yield changes.trades(found, _folded(found.trades))


def _folded(trades: Sequence[Trade]) -> list[Trade]:
    """Return the trades that matter, and of the small ones what they come to."""
    large = [one for one in trades if _is_large(one)]
    small = [one for one in trades if not _is_large(one)]
    buys = [one for one in small if one.after > one.before]
    sales = [one for one in small if one.after < one.before]
    return [*large, *_sum("buy", buys), *_sum("sale", sales)]


def _is_large(one: Trade) -> bool:
    is_reserve, comes_or_goes = one.ticker is None, not (one.before and one.after)
    is_shift = abs(one.after - one.before) >= _LEAST_SHIFT
    return is_reserve or comes_or_goes or is_shift


def _sum(what: str, small: Sequence[Trade]) -> Iterator[Trade]:
    """Yield several trades as one; one of its own stays as it is."""
    if len(small) == 1:
        yield small[0]
    elif small:
        yield Trade(
            f"{len(small)} small {what}s",
            sum(one.before for one in small),
            sum(one.after for one in small),
        )


def _what_changed(story: Story, told: Sequence[News]) -> Iterator[Block]:
    found = story.compared
    if found is None:
        yield Paragraph("This is the first letter: there is nothing to compare with.")
        return
    lines = [one.sentence for one in told[:_NEWS_TOLD]]
    if not any(one.is_material for one in told):
        lines.append("Nothing material moved.")
    old, new = found.before.run, found.after.run
    if len(told) > _NEWS_TOLD:
        lines.append(f"And {len(told) - _NEWS_TOLD} more.")
    yield Points(f"What changed from {old.as_of} to {new.as_of}", tuple(lines))
    if shown := _largest(found.moved):
        yield changes.moves(shown)
        yield Paragraph(changes.EXPLAINED, Tone.QUIET)


def _largest(moved: Sequence[Change]) -> list[Change]:
    """Return the lines whose score moved most, in the order of their ranks."""
    both = [one for one in moved if one.score_parts]
    both.sort(key=lambda one: -abs((one.score_after or 0) - (one.score_before or 0)))
    return sorted(both[:_CHANGES_SHOWN], key=lambda one: one.rank_after or 0)


def _watched(story: Story, view: overview.View) -> Iterator[Block]:
    found = story.compared
    lines = [told_of(event, story.screen) for event in story.events]
    if found:
        lines += [*_new_stages(found), *_new_marks(found)]
    if lines:
        yield Points("News of the watchlist", tuple(lines))
    yield from overview.watchlist(story.screen, view, story.estimates)


def _new_stages(found: Compared) -> Iterator[str]:
    for name, was, now in found.stages:
        yield f"{name}: {in_words(was)} to {in_words(now)}."


def _new_marks(found: Compared) -> Iterator[str]:
    """Yield each watched company that has a mark it did not have."""
    old = {entry.id: entry.last_mark for entry in found.before.watchlist}
    for entry in found.after.watchlist:
        mark = entry.last_mark
        if mark and entry.id in old and not _is_same(mark, old[entry.id]):
            worth = ""
            if mark.post_money is not None:
                worth = f", {marks.worth(mark.post_money, mark.currency)}"
            yield f"{entry.name}: {mark.round}{worth}, {mark.date}, {mark.source}."


def _is_same(mark: MarkFact, other: MarkFact | None) -> bool:
    return other is not None and (mark.round, mark.date) == (other.round, other.date)


def _figures(story: Story, view: overview.View) -> Iterator[Block]:
    """Yield sources, ages and gaps, and the one line that this is not advice."""
    columns = (Column("", Kind.NAME, 100), Column("", Kind.TEXT, 90))
    rows = [(name, text) for name, text in _facts(story, view) if text]
    yield Table("About the figures", columns, tuple(rows))
    yield Paragraph(overview.DISCLAIMER, Tone.QUIET)


def _facts(story: Story, view: overview.View) -> Iterator[tuple[str, str]]:
    screen, run = story.screen, story.screen.run
    yield "source", overview.source_line(screen, view.today)
    yield "just now", view.told
    yield "trouble", " ".join(view.troubles)
    yield "prices", overview.completeness(screen)
    yield "rates", "; ".join(overview.rates(screen))
    reasons = Counter(gap.reason.partition(":")[0] for gap in screen.gaps)
    parts = [f"{reason} {count}" for reason, count in reasons.most_common()]
    yield "missing", f"{len(screen.gaps)} figures: {', '.join(parts)}" if parts else ""
    yield "notes", "; ".join(screen.warnings)
    if story.compared:
        before = story.compared.before.run.id
        yield "changes", f"all of them: triad diff {before[:8]} {run.id[:8]}"
    yield "run", f"{run.id}, recipe {run.recipe}, universe {run.universe}"
