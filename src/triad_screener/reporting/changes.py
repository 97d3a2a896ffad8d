"""What moved from one run to another, and why, in one glance?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from triad_screener.model.document import (
    Column,
    Kind,
    Paragraph,
    Report,
    Table,
    Tone,
)
from triad_screener.reporting.overview import DISCLAIMER
from triad_screener.screening import pillars
from triad_screener.screening.changes import CAUSES, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from triad_screener.model.document import Block, Cell
    from triad_screener.model.scores import Scores
    from triad_screener.model.screen import Screen
    from triad_screener.screening.changes import Change

_NAMES = {
    "fundamentals": "books",
    "fx": "rate",
    "availability": "known",
    "peers": "others",
}
#: Weights that differ by less are the same.
_NOISE = 1e-12
#: What the causes mean; to stand under `moves`.
EXPLAINED = (
    "Price: its own; books: fundamentals; rate: of exchange; known: availability, "
    "figures that came or went; others: the lines it is compared with. A part is what "
    "a cause adds on average over all orders (Shapley); but for rounding, the parts "
    "sum to the change."
)


class Trade(NamedTuple):
    """The whole weight of a name over all baskets, now and as it should be.

    Attributes:
        ticker: None for the reserve.
        before: A fraction of the portfolio.
        after: Likewise.
    """

    ticker: str | None
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Compared:
    """Two screens and what lies between them.

    Attributes:
        changes: Of every line ranked in one of them.
        held: Weights that are traded from; empty for the earlier baskets.
    """

    before: Screen
    after: Screen
    changes: Sequence[Change]
    held: Mapping[str, float] = field(default_factory=dict)

    @property
    def moved(self) -> tuple[Change, ...]:
        """Lines whose rank or score differ."""
        return tuple(change for change in self.changes if change.is_change)

    @property
    def baskets(self) -> tuple[tuple[str, str, float, float], ...]:
        """Pillar, ticker, weight before and after of each holding that differs."""
        old, new = (_weights(screen) for screen in (self.before, self.after))
        return tuple(
            (*key, old.get(key, 0.0), new.get(key, 0.0))
            for key in dict.fromkeys((*new, *old))
            if old.get(key) != new.get(key)
        )

    @property
    def turnover(self) -> float:
        """Share of the portfolio to trade, one-way, a fraction."""
        return pillars.turnover(*self._weights)

    @property
    def trades(self) -> tuple[Trade, ...]:
        """The whole weight of each name where it differs, then the reserve.

        Half the sum of their steps is the turnover.
        """
        old, new = self._weights
        every = [
            *(Trade(n, old.get(n, 0.0), new.get(n, 0.0)) for n in {**new, **old}),
            Trade(None, _reserve(old), _reserve(new)),
        ]
        return tuple(one for one in every if abs(one.after - one.before) > _NOISE)

    @property
    def _weights(self) -> tuple[Mapping[str, float], Mapping[str, float]]:
        """The whole weight of each name that is held, and that it should have."""
        old, new = (
            pillars.weights(screen.scores.baskets)
            for screen in (self.before, self.after)
        )
        return self.held or old, new

    @property
    def stages(self) -> tuple[tuple[str, str, str], ...]:
        """Company, stage before and after of each watched one that differs."""
        old = {one.id: one.stage for one in self.before.watchlist}
        return tuple(
            (one.name, old.get(one.id, "not watched"), one.stage)
            for one in self.after.watchlist
            if old.get(one.id) != one.stage
        )

    @property
    def is_different(self) -> bool:
        """Whether anything moved."""
        return bool(self.moved or self.baskets or self.stages)


def _reserve(weights: Mapping[str, float]) -> float:
    return max(0.0, 1 - sum(weights.values()))


def _weights(screen: Screen) -> dict[tuple[str, str], float]:
    return {
        (basket.pillar, holding.ticker): holding.weight
        for basket in screen.scores.baskets
        for holding in basket.constituents
    }


def compose(
    found: Compared, *, top: int | None = None, notes: Sequence[str] = ()
) -> Report:
    """Return what moved.

    Args:
        found: Two screens.
        top: Lines shown at most, by later rank; None for all.
        notes: What a reader should know of the choice of the two, in sentences.
    """
    moved = found.moved[:top]
    rows = [_row(change) for change in moved]
    told = (Paragraph(note, Tone.NOTICE) for note in notes)
    return Report(
        title=_title(found),
        blocks=(*told, *_blocks(found, moved)),
        record={"schema_version": 1, **record(found, moved)},
        rows=tuple(rows),
        tickers=tuple(change.ticker for change in moved),
    )


def record(found: Compared, moved: Sequence[Change]) -> dict[str, Any]:
    """Return what lies between two screens as plain values; of the lines ``moved``."""
    return {
        "before": _run(found.before),
        "after": _run(found.after),
        "lines": [_record(change) for change in moved],
        "baskets": [
            dict(zip(("pillar", "ticker", "before", "after"), one, strict=True))
            for one in found.baskets
        ],
        "turnover": found.turnover,
        "trades": [one._asdict() for one in found.trades],
        "watchlist": [
            dict(zip(("name", "before", "after"), one, strict=True))
            for one in found.stages
        ],
    }


def _title(found: Compared) -> str:
    old, new = found.before.run, found.after.run
    title = f"From {old.as_of} (run {old.id}) to {new.as_of} (run {new.id})"
    if old.taxonomy != new.taxonomy and old.taxonomy and new.taxonomy:
        title += f", taxonomy {old.taxonomy} to {new.taxonomy}"
    if old.recipe != new.recipe:
        title += f", recipe {old.recipe} to {new.recipe}"
    return title


def in_words(stage: str) -> str:
    """Return a stage as it is said, such as ``public filed``."""
    return stage.replace("_", " ")


def _run(screen: Screen) -> dict[str, str | None]:
    run = screen.run
    return {
        "id": run.id,
        "as_of": run.as_of.isoformat(),
        "source": run.source,
        "taxonomy": run.taxonomy,
        "recipe": run.recipe,
    }


def _record(change: Change) -> dict[str, Any]:
    return {
        "ticker": change.ticker,
        "rank": {"before": change.rank_before, "after": change.rank_after},
        "score": {"before": change.score_before, "after": change.score_after},
        "score_parts": dict(change.score_parts),
        "rank_parts": dict(change.rank_parts),
    }


def _row(change: Change) -> Mapping[str, object]:
    """Return one flat row: a missing part is a cause that had no part in it."""
    parts = {
        f"score_parts.{cause}": change.score_parts.get(cause)
        for cause in (*CAUSES, PROGRAM)
    }
    return {
        "ticker": change.ticker,
        "rank_before": change.rank_before,
        "rank_after": change.rank_after,
        "score_before": change.score_before,
        "score_after": change.score_after,
        **parts,
    }


def _blocks(found: Compared, moved: Sequence[Change]) -> Iterator[Block]:
    if not found.is_different:
        told = "Nothing moved: the same ranks, scores, baskets and stages."
        yield Paragraph(told, Tone.NOTICE)
        return
    if both := [one for one in moved if _is_explained(one)]:
        yield moves(both)
    if come_or_gone := [one for one in moved if not _is_explained(one)]:
        yield _arrivals(found, come_or_gone)
    if found.trades:
        yield trades(found, found.trades)
    elif found.baskets:
        told = "No trades: names only moved between baskets."
        yield Paragraph(told, Tone.QUIET)
    if found.stages:
        columns = (Column("Company", Kind.NAME), Column("Was"), Column("Is"))
        rows = tuple(
            (name, in_words(was), in_words(now)) for name, was, now in found.stages
        )
        yield Table("Watchlist", columns, rows)
    yield Paragraph(f"{EXPLAINED} {DISCLAIMER}", Tone.QUIET)


def _is_explained(change: Change) -> bool:
    """Return whether it has causes: a line that came or left has none."""
    return bool(change.score_parts or change.rank_parts)


def moves(changes: Sequence[Change]) -> Table:
    """Return each change of a rank or score with its causes, one line a row."""
    used = [
        cause
        for cause in (*CAUSES, PROGRAM)
        if any(cause in change.score_parts for change in changes)
    ]
    columns = (
        Column("Ticker", Kind.NAME, 100),
        Column("Rank", Kind.TEXT, 100),
        Column("Score", Kind.TEXT, 95),
        Column("Change", Kind.POINTS, 90),
        *(Column(_NAMES.get(c, c).capitalize(), Kind.POINTS, 80) for c in used),
    )
    rows = tuple(
        (
            change.ticker,
            _step(change.rank_before, change.rank_after),
            f"{change.score_before:.1f} → {change.score_after:.1f}",
            (change.score_after or 0.0) - (change.score_before or 0.0),
            *(change.score_parts.get(cause) for cause in used),
        )
        for change in changes
    )
    return Table(
        "What moved, and by how many points of the score each cause", columns, rows
    )


def _step(before: int | None, after: int | None) -> str:
    return str(after) if before == after else f"{before} → {after}"


def _arrivals(found: Compared, changes: Sequence[Change]) -> Table:
    before, after = found.before.scores, found.after.scores
    columns = (
        Column("Ticker", Kind.NAME, 100),
        Column("Was", Kind.TEXT, 90),
        Column("Is", Kind.TEXT, 90),
    )
    rows = tuple(
        (
            change.ticker,
            _place(change.rank_before, change.score_before, before, change.ticker),
            _place(change.rank_after, change.score_after, after, change.ticker),
        )
        for change in changes
    )
    return Table("Came into the ranking, or left it", columns, rows)


def _place(rank: int | None, score: float | None, scores: Scores, ticker: str) -> str:
    """Return rank and score; of a line without, why."""
    if rank is not None:
        return f"{rank}, {score:.1f}"
    why = scores.why_unranked(ticker)
    return f"not ranked{why and f': {why}'}"


def trades(found: Compared, shown: Sequence[Trade]) -> Table:
    """Return the whole weight of each name before and after.

    Args:
        found: Whose turnover the title tells.
        shown: What of its trades; the reserve is called so, whatever its ticker.
    """
    columns = (
        Column("Ticker", Kind.NAME, 100),
        Column("Held" if found.held else "Was", Kind.FRACTION, 90),
        Column("Is", Kind.FRACTION, 90),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (one.ticker or "reserve", one.before, one.after) for one in shown
    )
    title = f"Trades: {found.turnover:.1%} of the portfolio (one-way turnover)"
    return Table(title, columns, rows)
