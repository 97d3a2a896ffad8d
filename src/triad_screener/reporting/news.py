"""What of a difference between two runs is worth a letter?

Material is: a line that entered or left a basket or the ranking, a rank that moved by
three places or more, a score outside the interval that missing figures left it, a
watched company at another stage, and a price that went stale.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from triad_screener.reporting.changes import in_words
from triad_screener.reporting.overview import pillar_styles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from triad_screener.model.screen import Screen
    from triad_screener.model.watch import WatchEvent
    from triad_screener.reporting.changes import Compared
    from triad_screener.screening.changes import Change

#: Places that a rank must move to be news.
LEAST_MOVE: Final = 3
_PARTS_TOLD: Final = 3
_SMALL: Final = 0.05
_WORDS: Final = {"fx": "exchange rate", "peers": "other lines"}


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened.

    Attributes:
        about: A ticker, or the name of a company.
        short: For a subject line, such as ``TSM in``.
        sentence: For the letter; with the causes, where a rank or score moved.
        is_material: Whether it alone is worth a letter.
    """

    about: str
    short: str
    sentence: str
    is_material: bool = True


def news(
    found: Compared, events: Sequence[WatchEvent] = (), *, language: str = "en"
) -> tuple[News, ...]:
    """Return what happened between two screens, the weightiest first.

    Of each line and company only the weightiest is told.

    Args:
        found: The two screens.
        events: What was seen of the watchlist since the last letter.
        language: Of the names of pillars: ``en`` or ``zh``.
    """
    every = (
        *_recipe(found),
        *_baskets(found, language),
        *_leader(found),
        *_arrivals(found),
        *_steps(events, found.after),
        *_stages(found),
        *_moves(found.changes),
        *_surprises(found),
        *_stale(found),
    )
    first: dict[str, News] = {}
    for one in every:
        first.setdefault(one.about, one)
    return tuple(first.values())


def because(change: Change) -> str:
    """Return the change of a score and its largest parts, as the end of a sentence.

    Examples:
        >>> from triad_screener.screening.changes import Change
        >>> because(Change("A", 5, 2, 50.0, 58.5, {"price": 9.0, "fx": -0.5}, {}))
        '+8.5 points: price +9.0, exchange rate -0.5'
    """
    parts = sorted(change.score_parts.items(), key=lambda part: -abs(part[1]))
    told = [
        f"{_WORDS.get(cause, cause)} {points:+.1f}"
        for cause, points in parts
        if abs(points) >= _SMALL
    ]
    whole = (change.score_after or 0.0) - (change.score_before or 0.0)
    more = [f"{len(told) - _PARTS_TOLD} more"] if len(told) > _PARTS_TOLD else []
    causes = ", ".join([*told[:_PARTS_TOLD], *more])
    return f"{whole:+.1f} points{': ' if causes else ''}{causes}"


def _recipe(found: Compared) -> Iterator[News]:
    """Yield the values of the recipe that differ: not the market, but a hand."""
    old, new = (_values(json.loads(s.recipe)) for s in (found.before, found.after))
    told = [
        f"{name} {old.get(name)} to {new.get(name)}"
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    ]
    if told:
        sentence = f"The recipe changed: {', '.join(told)}."
        yield News("recipe", "recipe changed", sentence, is_material=False)


def _values(recipe: Mapping[str, Any], at: str = "") -> dict[str, object]:
    """Return the values of a recipe by dotted name."""
    found: dict[str, object] = {}
    for name, value in recipe.items():
        if isinstance(value, dict):
            found |= _values(value, f"{at}{name}.")
        elif name != "description":
            found[f"{at}{name}"] = value
    return found


def _baskets(found: Compared, language: str) -> Iterator[News]:
    """Yield who entered a basket, then who left one."""
    causes = {change.ticker: change for change in found.changes}
    styles = pillar_styles(found.after, language)
    names = {pillar: style.label for pillar, style in styles.items()}
    differing = found.baskets
    for pillar, ticker, before, after in differing:
        if not before:
            told = f"{ticker} entered the {names[pillar]} basket with {after:.1%}"
            yield News(ticker, f"{ticker} in", _with_place(told, causes.get(ticker)))
    for pillar, ticker, before, after in differing:
        if not after:
            told = f"{ticker} left the {names[pillar]} basket"
            told += f", where it had {before:.1%}"
            yield News(ticker, f"{ticker} out", _with_place(told, causes.get(ticker)))


def _with_place(told: str, change: Change | None) -> str:
    if change is None or change.rank_before is None or change.rank_after is None:
        return f"{told}."
    if not change.is_change:
        return f"{told}; rank and score stayed."
    step = _step(change.rank_before, change.rank_after)
    return f"{told}; rank {step}, {because(change)}."


def _step(before: int, after: int) -> str:
    if before == after:
        return f"still {after}"
    return f"{before} to {after}"


def _leader(found: Compared) -> Iterator[News]:
    """Yield who leads now, if another did."""
    first = next((c for c in found.changes if c.rank_after == 1), None)
    if first is None or first.rank_before in (None, 1):
        return
    short = f"{first.ticker} {first.rank_before} to 1"
    told = f"{first.ticker} leads now, rank {first.rank_before} to 1, {because(first)}."
    is_far = (first.rank_before or 1) - 1 >= LEAST_MOVE
    yield News(first.ticker, short, told, is_material=is_far)


def _arrivals(found: Compared) -> Iterator[News]:
    for change in found.changes:
        ticker, rank = change.ticker, change.rank_after
        if change.rank_before is None:
            told = f"{ticker} came into the ranking, at {rank}."
            yield News(ticker, f"{ticker} ranked", told)
        elif rank is None:
            why = found.after.scores.why_unranked(ticker)
            told = f"{ticker} left the ranking, where it was {change.rank_before}"
            yield News(ticker, f"{ticker} not ranked", f"{told}{why and f': {why}'}.")


def _steps(events: Sequence[WatchEvent], screen: Screen) -> Iterator[News]:
    """Yield the last step that each watched company was seen to take."""
    last = {event.sighting.entry: event for event in events if event.is_change}
    for event in last.values():
        name, stage = company(event, screen), in_words(event.after)
        yield News(name, f"{name} {stage}", told_of(event, screen))


def company(event: WatchEvent, screen: Screen) -> str:
    """Return the name of the company that an event is about."""
    names = {entry.id: entry.name for entry in screen.watchlist}
    return names.get(event.sighting.entry, event.sighting.entry)


def told_of(event: WatchEvent, screen: Screen) -> str:
    """Return what was seen of a company, with day, source and grade."""
    seen = event.sighting
    what = seen.what.rstrip(".")
    source = f"{seen.source}, grade {seen.grade}"
    return f"{company(event, screen)}, {seen.date}: {what} ({source})."


def _stages(found: Compared) -> Iterator[News]:
    for name, before, after in found.stages:
        told = f"{name} is {in_words(after)}, and was {in_words(before)}."
        yield News(name, f"{name} {in_words(after)}", told)


def _moves(changes: Sequence[Change]) -> Iterator[News]:
    """Yield ranks that moved far, the farthest first; a new leader is told apart."""
    far = [change for change in changes if _places(change) >= LEAST_MOVE]
    for change in sorted(far, key=lambda change: -_places(change)):
        if change.rank_after != 1:
            verb = (
                "rose"
                if (change.rank_after or 0) < (change.rank_before or 0)
                else "fell"
            )
            step = f"{change.rank_before} to {change.rank_after}"
            told = f"{change.ticker} {verb} from rank {step}, {because(change)}."
            yield News(change.ticker, f"{change.ticker} {step}", told)


def _places(change: Change) -> int:
    if change.rank_before is None or change.rank_after is None:
        return 0
    return abs(change.rank_after - change.rank_before)


def _surprises(found: Compared) -> Iterator[News]:
    """Yield scores outside the interval that missing figures had left them."""
    now = {line.ticker: line.score for line in found.after.scores.lines}
    for line in found.before.scores.lines:
        low, high, score = line.score_low, line.score_high, now.get(line.ticker)
        if low is None or high is None or score is None or low <= score <= high:
            continue
        told = f"{line.ticker} scores {score:.1f}, outside the {low:.0f} to {high:.0f} "
        told += "that figures then missing had left possible."
        yield News(line.ticker, f"{line.ticker} at {score:.0f}", told)


def _stale(found: Compared) -> Iterator[News]:
    """Yield lines whose price was fresh and no longer is."""
    for ticker in _fresh(found.before):
        fact = found.after.facts.get(ticker)
        if fact and not fact.is_fresh:
            since = f" since {fact.close.date}" if fact.close else ""
            told = f"{ticker} has had no new price{since}."
            yield News(ticker, f"{ticker} stale", told)


def _fresh(screen: Screen) -> list[str]:
    return [ticker for ticker, fact in screen.facts.items() if fact.is_fresh]
