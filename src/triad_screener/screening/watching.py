"""What was known of the companies not yet listed on the as-of date?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from triad_screener.model.quantity import Figure
from triad_screener.model.screen import (
    EventFact,
    HolderFact,
    MarkFact,
    RevenueFact,
    StageFact,
    WatchlistFact,
)
from triad_screener.model.taxonomy import known_by, stage_at
from triad_screener.screening.rubric import judge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from triad_screener.model.market import DatedValue
    from triad_screener.model.taxonomy import (
        Event,
        Holder,
        Mark,
        Revenue,
        Taxonomy,
        WatchlistEntry,
    )


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the market says around the watchlist.

    Attributes:
        market_caps: Of listed holders, US dollars, by ticker.
        rates: US dollars per unit by currency, oldest first.
    """

    market_caps: Mapping[str, float] = field(default_factory=dict)
    rates: Mapping[str, Sequence[DatedValue]] = field(default_factory=dict)

    def rate(self, currency: str, as_of: date) -> Figure | None:
        """Return the newest rate on or before ``as_of``; None where none is known."""
        known = [
            rate
            for rate in self.rates.get(currency, ())
            if rate.date is not None and rate.date <= as_of
        ]
        if not known:
            return None
        unit, day = f"USD per {currency}", known[-1].date
        return Figure(
            "exchange rate", known[-1].value, unit, day, day, known[-1].source
        )


def newest_evidence(taxonomy: Taxonomy) -> date | None:
    """Return the day of the newest entry on any company; None without any."""
    days = (day for entry in taxonomy.watchlist for day in _days(entry))
    return max(days, default=None)


def _days(entry: WatchlistEntry) -> Iterator[date]:
    yield from (one.date for one in entry.stages)
    yield from (one.date for one in entry.marks)
    yield from (one.date for one in entry.revenue)
    yield from (one.date for one in entry.events)
    yield from (holder.as_of for holder in entry.holders)


def watch(
    taxonomy: Taxonomy, as_of: date, around: Surroundings | None = None
) -> tuple[WatchlistFact, ...]:
    """Return the watchlist as known on ``as_of``, in taxonomy order.

    An entry of which nothing was known by then is left out.

    Args:
        taxonomy: Whose watchlist is wanted.
        as_of: Last day whose knowledge may be used.
        around: Market values and rates; without them nothing is looked through.
    """
    watcher = _Watcher(taxonomy, as_of, around or Surroundings())
    found = (watcher.fact(entry) for entry in taxonomy.watchlist)
    return tuple(fact for fact in found if fact)


@dataclass(frozen=True, slots=True)
class _Watcher:
    taxonomy: Taxonomy
    as_of: date
    around: Surroundings

    def fact(self, entry: WatchlistEntry) -> WatchlistFact | None:
        stage = stage_at(entry, self.as_of)
        if stage is None:
            return None
        marks = tuple(self._mark(mark, entry) for mark in self._known(entry.marks))
        found = WatchlistFact(
            entry.id,
            entry.name,
            entry.pillar,
            entry.exposure,
            entry.role,
            stage.stage,
            stage.date if stage.date <= self.as_of else None,
            self._publisher(stage.source),
            stage.grade,
            entry.ticker,
            marks[-1] if marks else None,
            (),
            entry.note or "",
            self._stages(entry),
            marks,
            tuple(self._revenue(one) for one in known_by(entry.revenue, self.as_of)),
            tuple(self._event(one) for one in known_by(entry.events, self.as_of)),
            entry.cik,
            entry.basis,
        )
        holders = tuple(
            self._holder(holder, found)
            for holder in entry.holders
            if holder.as_of <= self.as_of
        )
        return replace(
            found, holders=holders, rubric=judge(found, self.taxonomy.rubric)
        )

    def _known(self, marks: Sequence[Mark]) -> tuple[Mark, ...]:
        return known_by(marks, self.as_of)

    def _publisher(self, source: str) -> str:
        return self.taxonomy.sources[source].publisher

    def _age(self, day: date) -> int:
        return (self.as_of - day).days

    def _stages(self, entry: WatchlistEntry) -> tuple[StageFact, ...]:
        return tuple(
            StageFact(
                one.stage,
                one.date,
                self._publisher(one.source),
                one.grade,
                one.note or "",
            )
            for one in entry.stages
            if one.date <= self.as_of
        )

    def _mark(self, mark: Mark, entry: WatchlistEntry) -> MarkFact:
        age = self._age(mark.date)
        rate = self.around.rate(mark.currency, self.as_of)
        dollars = 1.0 if mark.currency == "USD" else rate and rate.value
        return MarkFact(
            mark.round,
            mark.date,
            mark.precision,
            mark.post_money,
            mark.amount,
            mark.currency,
            self._publisher(mark.source),
            mark.grade,
            age,
            age > entry.stale_after_days,
            mark.lead or "",
            0.5 ** (age / entry.stale_after_days),
            mark.post_money * dollars if mark.post_money and dollars else None,
            rate,
        )

    def _revenue(self, one: Revenue) -> RevenueFact:
        age = self._age(one.date)
        return RevenueFact(
            one.value,
            one.currency,
            one.kind,
            one.date,
            self._publisher(one.source),
            one.grade,
            age,
            age > self.taxonomy.rubric.stale_revenue_days,
        )

    def _event(self, one: Event) -> EventFact:
        return EventFact(
            one.kind,
            one.date,
            one.precision,
            one.what,
            one.amount,
            one.currency,
            one.post_money,
            self._publisher(one.source),
            one.grade,
        )

    def _holder(self, holder: Holder, owned: WatchlistFact) -> HolderFact:
        """Return a holder, and what the piece is worth; information, never scored."""
        age = self._age(holder.as_of)
        company = owned.valued[-1].post_money_usd if owned.valued else None
        value = (
            None if holder.share is None or company is None else holder.share * company
        )
        cap = self.around.market_caps.get(holder.ticker)
        return HolderFact(
            holder.ticker,
            holder.share,
            holder.as_of,
            self._publisher(holder.source),
            holder.grade,
            holder.votes,
            holder.amount,
            holder.currency,
            holder.note or "",
            age,
            age > self.taxonomy.rubric.stale_stake_days,
            value,
            value / cap if value is not None and cap else None,
            _diluted_by(holder, owned),
        )


def _diluted_by(holder: Holder, owned: WatchlistFact) -> date | None:
    """Return the date of the newest round, if it came after a share was known."""
    rounds = [mark.date for mark in owned.marks if mark.date > holder.as_of]
    return rounds[-1] if rounds and holder.share else None
