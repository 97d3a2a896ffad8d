"""The screen for a person: who leads, in which baskets, and what is not known?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from triad_screener.factors import FACTORS
from triad_screener.model.dates import in_words, span
from triad_screener.model.document import (
    UNDER_FLOOR,
    Column,
    Kind,
    Paragraph,
    PillarStyle,
    Report,
    Table,
    Tone,
)
from triad_screener.model.gap import PRICES
from triad_screener.model.scores import NO_PRICE
from triad_screener.model.vocabulary import GROUPS, PILLARS
from triad_screener.reporting import baskets, sessions, votes
from triad_screener.reporting import record as records
from triad_screener.reporting.marks import (
    ESTIMATE_COLUMNS,
    ESTIMATED,
    GRADES,
    estimated,
    worth,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from triad_screener.model.document import Block, Cell
    from triad_screener.model.gap import Gap
    from triad_screener.model.screen import Screen, WatchlistFact
    from triad_screener.model.stored import MissingSession
    from triad_screener.model.watch import Estimate
    from triad_screener.reporting.record import Record

DISCLAIMER = "Information, not advice; the figures may be incomplete or wrong."

_GROUP_HEADINGS = {
    "momentum": "Mom",
    "growth": "Grow",
    "quality": "Qual",
    "value": "Value",
    "risk": "Risk",
    "thesis": "Thes",
}
_CORNERSTONE = "★ cornerstone of the thesis"
_TOUCHING = "≈ about equal to the next, their ranges touch"
_CONFIDENCE = {"high": "high", "medium": "med", "low": "low"}
_STAGES = {
    "draft_submitted": "draft filed",
    "public_filed": "filed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How the answer is looked at.

    Attributes:
        lines: Records of the lines shown, in order.
        pillars: Pillars whose baskets and watchlist are shown.
        columns: Columns to show instead of the usual ones.
        language: ``en`` or ``zh``, for the names of pillars.
        today: Day of the reader's clock, for ages; None leaves them out.
        warnings: What the reader asked to be warned of.
        absent: What to say where there is no line to show.
        told: How the figures were come by, just now.
        troubles: What went wrong on the way.
        verbose: Whether to show the thesis panel, and to list every gap.
        missing: Sessions that the store lacks, to be told with them.
        quiet: Whether to leave out headers and notes.
    """

    lines: Sequence[Record]
    pillars: Sequence[str] = PILLARS
    columns: Sequence[str] = ()
    language: str = "en"
    today: date | None = None
    warnings: tuple[str, ...] = ()
    absent: str = "No line is left to show."
    told: str = ""
    troubles: tuple[str, ...] = ()
    verbose: bool = False
    missing: tuple[MissingSession, ...] = ()
    quiet: bool = False


def compose(screen: Screen, view: View) -> Report:
    """Return the report of a screen, as ``view`` looks at it."""
    rows = [records.flat_line(line) for line in view.lines]
    if view.columns:
        rows = [{name: row[name] for name in view.columns} for row in rows]
    return Report(
        title=f"AI triad screen, as of {screen.run.as_of.isoformat()}",
        headed=not view.quiet,
        blocks=tuple(_blocks(screen, view, rows)),
        record=records.of_screen(screen, view.lines, view.warnings),
        rows=tuple(rows),
        tickers=tuple(line["ticker"] for line in view.lines if line["rank"]),
        pillars=pillar_styles(screen, view.language),
    )


def pillar_styles(screen: Screen, language: str) -> dict[str, PillarStyle]:
    """Return label and colour of each pillar, in English or Chinese."""
    return {
        pillar: PillarStyle(
            found.name_zh if language == "zh" else found.name_en, found.colour
        )
        for pillar, found in screen.pillars.items()
    }


def _blocks(
    screen: Screen, view: View, rows: Sequence[Mapping[str, object]]
) -> Iterator[Block]:
    if not view.quiet:
        yield from _header(screen, view)
    yield from _lines(screen, view, rows)
    yield from unranked(screen, view)
    if not view.quiet:
        yield from _set_aside(screen, view)
    yield baskets.tables(screen.scores.baskets, view.pillars, screen)
    if not view.quiet:
        styles = pillar_styles(screen, view.language)
        yield from baskets.choices(screen.scores.baskets, view.pillars, styles, screen)
    yield from watchlist(screen, view)
    if view.verbose and not view.quiet:
        yield from thesis(screen)
    if not view.quiet:
        yield from _notes(screen, view)


def _lines(
    screen: Screen, view: View, rows: Sequence[Mapping[str, object]]
) -> Iterator[Block]:
    """Yield the lines, if there are any; a heading of nothing tells nobody anything."""
    if not view.lines:
        yield from [] if view.quiet else [Paragraph(view.absent, Tone.NOTICE)]
    elif view.columns:
        yield _chosen(view.columns, rows)
    elif any(line["rank"] is not None for line in view.lines):
        yield ranking(view.lines, screen.exposure_floor)


def _header(screen: Screen, view: View) -> Iterator[Block]:
    run = screen.run
    yield Paragraph(source_line(screen, view.today), Tone.NOTICE)
    facts = [
        completeness(screen),
        f"recipe {run.recipe}",
    ]
    if run.universe != "default":
        facts.append(f"universe {run.universe}, ranked among themselves")
    facts += [f"{rate}" for rate in rates(screen)]
    yield Paragraph("; ".join(facts) + ".", Tone.QUIET)
    if view.told:
        yield Paragraph(view.told, Tone.QUIET)
    for warning in (*view.troubles, *view.warnings):
        yield Paragraph(warning, Tone.NOTICE)


def source_line(screen: Screen, today: date | None) -> str:
    """Return which figures these are, of which day, and how old they are."""
    run, newest = screen.run, screen.newest_close
    if run.source == "bundled":
        return sample_data(newest, today, as_of=run.as_of)
    day = run.as_of.isoformat()
    if newest != run.as_of:
        day += f", newest close {newest.isoformat()}"
    old = age((today - newest).days) if today else ""
    return f"Figures from {run.source_description}, as of {day}{old}."


def sample_data(newest: date, today: date | None, *, as_of: date) -> str:
    """Return that these are the bundled figures, of which day, and how old they are."""
    old = age((today - newest).days).lstrip(", ") if today else ""
    told = f"Sample data of {in_words(newest)}{old and f' ({old})'}"
    if newest != as_of:
        told += f", as of {in_words(as_of)}"
    return f"{told}. Run 'triad refresh' for today's."


def completeness(screen: Screen) -> str:
    """Return how many stocks have prices for the as-of date, whatever its age.

    A price is for the date if its session is at most 10 days before it.
    """
    known, every = screen.fresh, screen.considered
    if known == every > 1:
        return f"All {every} stocks have prices for this date"
    nouns = "stock" if every == 1 else "stocks"
    verb = "has" if known == 1 else "have"
    return f"{known} of {every} {nouns} {verb} prices for this date"


def age(days: int) -> str:
    """Return an age in words; none for a day that is still to come."""
    return f", {span(days)} old" if days >= 0 else ""


def rates(screen: Screen) -> list[str]:
    """Return every exchange rate used, with its date."""
    return [
        f"USD per {currency} {rate.value:.6g} ({rate.date})"
        for currency, rate in sorted(screen.rates.items())
    ]


def ranking(lines: Sequence[Record], exposure_floor: float | None = None) -> Table:
    """Return the ranked lines among ``lines`` as a table for people.

    Args:
        lines: Records of lines.
        exposure_floor: Which is told of lines that reach it in no pillar; None where
            the records do not say who they are.
    """
    ranked = [line for line in lines if line["rank"] is not None]
    letters = _flag_letters(ranked)
    columns = (
        Column("#", Kind.COUNT, 100),
        Column("Ticker", Kind.NAME, 100),
        Column("Name", Kind.TEXT, 30),
        Column("Pillar", Kind.PILLAR, 60),
        Column("Score", Kind.SCORE, 100),
        Column("Range", Kind.TEXT, 95),
        *(Column(_GROUP_HEADINGS[group], Kind.BAR, 90) for group in GROUPS),
        Column("1 year", Kind.TREND, 50),
        Column("Conf", Kind.TEXT, 45),
        Column("Flag", Kind.TEXT, 20),
    )
    rows = [_ranking_row(line, letters) for line in ranked]
    legend = {
        "Pillar": _legend_of_floors(ranked, exposure_floor),
        "Name": _CORNERSTONE if any(line.get("cornerstone") for line in ranked) else "",
        "Range": _legend_of_ranges(ranked),
        "Flag": "; ".join(f"{letter} {flag}" for flag, letter in letters.items()),
    }
    used = [at for at in range(len(columns)) if any(row[at] for row in rows)]
    return Table(
        "Ranking",
        tuple(columns[at] for at in used),
        tuple(tuple(row[at] for at in used) for row in rows),
        legend={heading: text for heading, text in legend.items() if text},
    )


def _ranking_row(line: Record, letters: Mapping[str, str]) -> tuple[Cell, ...]:
    star = " ★" if line.get("cornerstone") else ""
    return (
        line["rank"],
        line["ticker"],
        f"{line.get('name', '')}{star}",
        line["primary_pillar"] + UNDER_FLOOR * line.get("under_exposure_floor", False),
        line["score"],
        _range(line),
        *(line["groups"].get(group) for group in GROUPS),
        tuple(line.get("trend", ())),
        _CONFIDENCE[line["confidence_label"]],
        _joined([letters[flag] for flag in letters if flag in line.get("flags", ())]),
    )


def _range(line: Record) -> str:
    """Return the interval where figures are missing; ≈ the next line if they touch."""
    low, high = line["score_low"], line["score_high"]
    interval = "" if low is None else f"{low:.0f}-{high:.0f}"
    return f"{interval} ≈" if line.get("about_equal_to_next") else interval


def _legend_of_floors(lines: Sequence[Record], exposure_floor: float | None) -> str:
    if exposure_floor is None or not any(
        line.get("under_exposure_floor") for line in lines
    ):
        return ""
    return (
        f"{UNDER_FLOOR} exposed by less than {exposure_floor:.0%} to each pillar: "
        "in no basket"
    )


def _legend_of_ranges(lines: Sequence[Record]) -> str:
    intervals = any(line["score_low"] is not None for line in lines)
    touching = any(line.get("about_equal_to_next") for line in lines)
    signs = ("range: what missing figures could change" if intervals else "", _TOUCHING)
    return "; ".join(filter(None, signs if touching else signs[:1]))


def _flag_letters(lines: Sequence[Record]) -> dict[str, str]:
    flags = {flag for line in lines for flag in line.get("flags", ())}
    return {flag: _letter(position) for position, flag in enumerate(sorted(flags))}


def _joined(letters: Sequence[str]) -> str:
    return ("" if max(map(len, letters), default=0) < 2 else " ").join(letters)  # noqa: PLR2004 - one letter each


def _letter(position: int) -> str:
    """Return a, b, ... z, aa, ab, ... for 0, 1, ... 25, 26, 27, ...

    Examples:
        >>> _letter(0), _letter(26)
        ('a', 'aa')
    """
    most, least = divmod(position, 26)
    return (_letter(most - 1) if most else "") + chr(ord("a") + least)


def _chosen(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> Table:
    kinds = [_kind_of([row[name] for row in rows]) for name in columns]
    return Table(
        "Lines",
        tuple(Column(n, k, 50) for n, k in zip(columns, kinds, strict=True)),
        tuple(tuple(_cell(row[name]) for name in columns) for row in rows),
    )


def _kind_of(values: Sequence[object]) -> Kind:
    known = [value for value in values if value is not None]
    if known and all(isinstance(v, (int, float)) for v in known):
        return Kind.NUMBER
    return Kind.TEXT


def _cell(value: Any) -> Cell:  # noqa: ANN401 - any plain value
    return str(value) if isinstance(value, bool) else value


def unranked(screen: Screen, view: View) -> Iterator[Block]:
    """Yield the lines that cannot be ranked, each with its reason, if there are any."""
    lacking = _Lacking.of(screen)
    rows = [
        (line["ticker"], line["name"], line["coverage"], lacking.told(line))
        for line in view.lines
        if line["rank"] is None
    ]
    if rows:
        columns = (
            Column("Ticker", Kind.NAME, 100),
            Column("Name", Kind.TEXT, 30),
            Column("Known", Kind.FRACTION, 80),
            Column("Why it is not ranked", Kind.TEXT, 90),
        )
        yield Table("Not ranked", columns, tuple(rows))


def _set_aside(screen: Screen, view: View) -> Iterator[Block]:
    """Say which lines others stand for, and which did not trade yet."""
    shown = {line["ticker"] for line in view.lines}
    dropped = () if view.columns else screen.scores.dropped_lines
    if dropped and len(shown) == screen.considered:
        stand = ", ".join(_standing_aside(screen, dropped))
        yield Paragraph(f"One line per issuer: {stand}.", Tone.QUIET)
    if screen.not_listed:
        names = ", ".join(screen.not_listed)
        yield Paragraph(f"Not yet listed on that day: {names}.", Tone.QUIET)


def _standing_aside(screen: Screen, dropped: Sequence[str]) -> Iterator[str]:
    """Yield each line that another one of its issuer stands for, and which."""
    kept: dict[str, str] = {}
    for ticker in screen.scores.considered:
        kept.setdefault(screen.facts[ticker].issuer, ticker)
    for ticker in dropped:
        other = kept.get(screen.facts[ticker].issuer, "another line")
        yield f"{ticker} ({other} stands for it)"


@dataclass(frozen=True, slots=True)
class _Lacking:
    """What lines without a rank lack.

    Attributes:
        unpriced: What became of prices that were asked for in vain, by ticker.
        absent: Lines of which the source knows nothing.
        inactive: Factors that count for nobody.
    """

    unpriced: Mapping[str, Gap]
    absent: frozenset[str]
    inactive: frozenset[str]

    @classmethod
    def of(cls, screen: Screen) -> _Lacking:
        unpriced: dict[str, Gap] = {}
        for gap in screen.gaps:
            if gap.subject == PRICES:
                unpriced.setdefault(gap.ticker, gap)
        inactive = screen.scores.inactive_factors
        return cls(unpriced, frozenset(screen.absent), frozenset(inactive))

    def told(self, line: Record) -> str:
        """Return why a line is not ranked."""
        if gap := self.unpriced.get(line["ticker"]):
            return f"prices: {gap.reason}: {gap.detail}"
        if line["ticker"] in self.absent:
            return "the source knows nothing of it"
        if line["reason"] == NO_PRICE:
            day = line["close_date"]
            last = f"the last is of {day}" if day else "none is known"
            return f"{NO_PRICE}: {last}"
        missing = [
            name
            for name, found in line["factors"].items()
            if found["raw"] is None and name not in self.inactive
        ]
        lacks = f": lacks {', '.join(missing)}" if missing else ""
        return f"{line['reason']}{lacks}"


def watchlist(
    screen: Screen, view: View, estimates: Mapping[str, Estimate] | None = None
) -> Iterator[Block]:
    """Yield the companies not yet listed, of the pillars looked at.

    Args:
        screen: Whose watchlist.
        view: With the pillars.
        estimates: Newest of a vendor, by the id of the company; they are shown beside
            the marks where one of these companies has one.
    """
    newest = estimates or {}
    shown = [
        entry
        for entry in screen.watchlist
        if entry.pillar in view.pillars and not is_line(entry, screen)
    ]
    if not shown:
        return
    has_estimates = any(entry.id in newest for entry in shown)
    columns = (
        *_WATCHED,
        *(ESTIMATE_COLUMNS if has_estimates else ()),
        Column("Source of the mark", Kind.TEXT, 10),
        Column("Holders", Kind.TEXT, 50),
    )
    rows = tuple(
        (
            *_watched(entry),
            *(estimated(newest.get(entry.id)) if has_estimates else ()),
            entry.last_mark.source if entry.last_mark else "",
            holders(entry),
        )
        for entry in shown
    )
    title = f"Watchlist as of {screen.watched_on}: not yet listed, or without figures"
    note = f"{GRADES} {ESTIMATED}" if has_estimates else GRADES
    yield Table(title, columns, rows, note=note)


_WATCHED = (
    Column("Company", Kind.NAME, 100),
    Column("Pillar", Kind.PILLAR, 40),
    Column("Stage", Kind.TEXT, 90),
    Column("Since", Kind.DATE, 20),
    Column("Points", Kind.SCORE, 60),
    Column("Last mark", Kind.TEXT, 95),
    Column("Marked on", Kind.DATE, 85),
    Column("Age", Kind.TEXT, 75),
)


def is_line(entry: WatchlistFact, screen: Screen) -> bool:
    """Return whether a company has listed and is ranked among the lines by now."""
    return entry.stage == "listed" and entry.ticker in screen.facts


def _watched(entry: WatchlistFact) -> tuple[Cell, ...]:
    mark = entry.last_mark
    return (
        entry.name,
        entry.pillar,
        stage_in_words(entry.stage),
        entry.stage_date,
        entry.rubric.points if entry.rubric else None,
        f"{worth(mark.post_money, mark.currency)}, {mark.grade}" if mark else "none",
        mark.date if mark else None,
        f"{mark.age_days} d{' stale' if mark.is_stale else ''}" if mark else None,
    )


def stage_in_words(stage: str) -> str:
    """Return a stage as a table has room for it."""
    return _STAGES.get(stage, stage)


def holders(entry: WatchlistFact) -> str:
    """Return each holder once, with its newest share where one is known."""
    shares: dict[str, float | None] = {h.ticker: None for h in entry.holders}
    shares |= {h.ticker: h.share for h in entry.holders if h.share is not None}
    return ", ".join(
        ticker if share is None else f"{ticker} {share:.0%}"
        for ticker, share in shares.items()
        if share != 0
    )


def _notes(screen: Screen, view: View) -> Iterator[Block]:
    if screen.scores.inactive_factors:
        names = ", ".join(screen.scores.inactive_factors)
        yield Paragraph(f"Known for too few lines to count: {names}.", Tone.QUIET)
    if view.verbose:
        yield from _gaps(screen)
    if view.missing:
        told = (
            f"Without a close though others traded: {sessions.in_words(view.missing)}"
        )
        yield Paragraph(f"{told}.", Tone.QUIET)
    for warning in screen.warnings:
        yield Paragraph(f"Note: {warning}.", Tone.QUIET)
    judged = ", and the thesis panel" if screen.panel else ""
    more = "" if view.verbose else f" What is missing{judged}: --verbose."
    ask = "Why a line ranks where it does: triad explain TICKER."
    yield Paragraph(f"{ask}{more} {DISCLAIMER}", Tone.QUIET)


def thesis(screen: Screen, before: Screen | None = None) -> Iterator[Block]:
    """Yield the panel that was judged with a screen; nothing without a thesis.

    Args:
        screen: Whose panel.
        before: Whose panel its votes are compared with, where it has one.
    """
    if screen.panel:
        yield from votes.section(screen.panel, before.panel if before else None)


def _gaps(screen: Screen) -> Iterator[Block]:
    active = [name for name in FACTORS if name not in screen.scores.inactive_factors]
    rows = tuple(
        (gap.ticker, gap.subject, gap.reason, gap.detail)
        for gap in screen.gaps
        if gap.subject in active
    )
    columns = (
        Column("Ticker", Kind.NAME, 100),
        Column("Factor", Kind.TEXT, 90),
        Column("Reason", Kind.TEXT, 50),
        Column("What is missing", Kind.TEXT, 40),
    )
    if rows:
        yield Table("Missing figures", columns, rows)
