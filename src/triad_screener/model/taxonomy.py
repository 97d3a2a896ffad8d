"""The taxonomy: who belongs to which pillar, how far, and on what evidence?

It holds judgment and identity; dated figures such as share counts are data and
stand in a folder or a store. Shares of revenue are fractions in [0, 1].
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from itertools import pairwise
from math import fsum
from typing import Literal, Protocol, Self, TypeVar

from pydantic import Field, model_validator

from triad_screener.model.recipe import Days, NonNegative, Part, Positive, Recipe, Share
from triad_screener.model.rubric import Rubric
from triad_screener.model.texts import (
    Cik,
    Colour,
    Country,
    Currency,
    Exchange,
    IsoDate,
    Key,
    Line,
    PrivateSymbol,
    Prose,
    TableName,
    Ticker,
)
from triad_screener.model.thesis import Thesis
from triad_screener.model.vocabulary import (
    PILLARS,
    POST_ROLES,
    Basis,
    EventKind,
    Grade,
    Pillar,
    Role,
    Stage,
)

_SUM_TOLERANCE = 1e-9

Place = tuple[str | int, ...]


class MisfitError(ValueError):
    """Values that are right by themselves and do not fit together.

    Args:
        found: Where, as a path of keys and positions, and what is wrong there.
    """

    def __init__(self, *found: tuple[Place, str]) -> None:
        super().__init__("; ".join(problem for _, problem in found))
        self.found = found


class _Misfitting(Protocol):
    """What can say whether its values fit together."""

    def misfits(self) -> Iterator[tuple[Place, str]]:
        """Yield where something does not fit, and what."""


Fitting = TypeVar("Fitting", bound=_Misfitting)


def _fitting(part: Fitting) -> Fitting:
    """Return ``part``.

    Raises:
        MisfitError: If its values do not fit together.
    """
    if found := tuple(part.misfits()):
        raise MisfitError(*found)
    return part


class Names(Part):
    """A name in English and in Chinese."""

    en: Line
    zh: Line


class PillarInfo(Part):
    """How a pillar is called and coloured."""

    name: Names
    colour: Colour
    """For text and bars; readable on dark and on light ground."""
    summary: Prose


class Layer(Part):
    """A step of the value chain inside a pillar."""

    name: Line
    pillar: Pillar


class ExposureEntry(Part):
    """Share of revenue that belongs to a pillar, with its evidence."""

    share: Share
    basis: Basis
    """An estimate is entered after a discount of one half."""
    source: Key
    date: IsoDate
    """When the evidence became public."""
    rationale: Prose


class Exposure(ExposureEntry):
    """The newest share of revenue that belongs to a pillar, and what it was before."""

    history: tuple[ExposureEntry, ...] = ()
    """Earlier entries, oldest first."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _fitting(self)

    def misfits(self) -> Iterator[tuple[Place, str]]:
        """Yield what is not in order, and where."""
        for position, (one, after) in enumerate(pairwise(self.entries)):
            if one.date >= after.date:
                problem = (
                    f"the entry of {one.date} stands before that of {after.date}; "
                    "each must be older than the next, the exposure itself the newest"
                )
                yield ("history", position), problem
                return

    @property
    def entries(self) -> tuple[ExposureEntry, ...]:
        """Every entry, oldest first."""
        return (*self.history, self)


class Identity(Part):
    """What a line is, since no live source tells all of it."""

    exchange: Exchange
    """ISO 10383 market identifier."""
    price_currency: Currency
    statement_currency: Currency
    ordinary_per_receipt: Positive = 1.0
    """Ordinary shares that one quoted share or receipt stands for."""
    fiscal_year_end: int = Field(12, ge=1, le=12)
    """Month in which the fiscal year ends."""
    foreign_filer: bool = False
    """Files annual reports on form 20-F, or outside the United States."""
    half_yearly: bool = False
    """Reports every six months only."""
    country: Country | None = None
    cik: Cik | None = None


class Constituent(Part):
    """A listed line and its place in the thesis."""

    ticker: Ticker
    name: Line
    issuer: Key
    """Lines of one issuer share it; only one of them is ranked."""
    role: Role
    """core: a pick of the post; named: mentioned there; extension: added."""
    layers: tuple[Key, ...] = Field(min_length=1)
    cornerstone: bool = False
    identity: Identity
    exposures: dict[Pillar, Exposure] = Field(default_factory=dict)
    note: Prose | None = None

    @model_validator(mode="after")
    def _exposures_within_one(self) -> Self:
        return _fitting(self)

    def misfits(self) -> Iterator[tuple[Place, str]]:
        """Yield on which day the exposures sum to more than all revenue."""
        if self._most_exposure() <= 1 + _SUM_TOLERANCE:
            return
        for day in self._exposure_days():
            total = fsum(entry.share for entry in self.exposures_on(day).values())
            if total > 1 + _SUM_TOLERANCE:
                when = f" on {day}" if self._has_exposure_history() else ""
                problem = (
                    f"the exposures of {self.ticker} sum to {total:.6g}{when}, above 1"
                )
                yield ("exposures",), problem
                return

    def _most_exposure(self) -> float:
        """Return a sum that the exposures of no day exceed."""
        return fsum(
            max(entry.share for entry in exposure.entries)
            for exposure in self.exposures.values()
        )

    def _exposure_days(self) -> list[date]:
        """Return the days from which on another entry counts, oldest first."""
        exposures = self.exposures.values()
        return sorted({one.date for exposure in exposures for one in exposure.entries})

    def _has_exposure_history(self) -> bool:
        return any(exposure.history for exposure in self.exposures.values())

    def exposures_on(self, day: date) -> dict[Pillar, ExposureEntry]:
        """Return the entries that count on ``day``, in the order of the pillars.

        The one place that says which entry counts; a pillar without any is left out.
        """
        return {
            pillar: _known_on(found, day)
            for pillar in PILLARS
            if (found := self.exposures.get(pillar))
        }

    def exposure_to(self, pillar: Pillar) -> float:
        """Return the newest share of revenue in ``pillar``; none counts as zero."""
        found = self.exposures.get(pillar)
        return found.share if found else 0.0


def _known_on(exposure: Exposure, day: date) -> ExposureEntry:
    """Return the newest entry on or before ``day``; before the first, the first."""
    known = (entry for entry in reversed(exposure.entries) if entry.date <= day)
    return next(known, exposure.entries[0])


class Benchmark(Part):
    """A fund that baskets are compared with; never ranked."""

    ticker: Ticker
    name: Line
    price_currency: Currency = "USD"


Precision = Literal["day", "month", "year"]
"""A month or year is dated on its last day."""


class StageChange(Part):
    """A step on the way to a listing."""

    stage: Stage
    date: IsoDate
    source: Key
    grade: Grade
    note: Prose | None = None


class Mark(Part):
    """A price put on the whole company by a round, a sale or a listing."""

    round: Line
    date: IsoDate
    precision: Precision = "day"
    amount: Positive | None = None
    currency: Currency = "USD"
    post_money: Positive | None = None
    lead: Line | None = None
    source: Key
    grade: Grade


class Revenue(Part):
    """A revenue figure and what kind of figure it is."""

    value: Positive
    currency: Currency = "USD"
    kind: Literal["audited", "run_rate", "press"]
    date: IsoDate
    source: Key
    grade: Grade


class Event(Part):
    """Something that happened, and is neither a stage nor a mark."""

    kind: EventKind
    date: IsoDate
    precision: Precision = "day"
    what: Prose
    amount: Positive | None = None
    currency: Currency = "USD"
    post_money: Positive | None = None
    """A value that was talked of; it is no mark."""
    source: Key
    grade: Grade


class Holder(Part):
    """A listed company that owns a piece."""

    ticker: Ticker
    share: Share | None = None
    votes: Literal["none", "some"] | None = None
    amount: NonNegative | None = None
    currency: Currency = "USD"
    as_of: IsoDate
    source: Key
    grade: Grade
    note: Prose | None = None


class WatchlistEntry(Part):
    """A company not yet listed, or listed where no figures exist yet."""

    id: Key
    name: Line
    pillar: Pillar
    exposure: Share
    basis: Basis
    role: Role
    stages: tuple[StageChange, ...] = Field(min_length=1)
    marks: tuple[Mark, ...] = ()
    revenue: tuple[Revenue, ...] = ()
    holders: tuple[Holder, ...] = ()
    events: tuple[Event, ...] = ()
    ticker: Ticker | None = None
    """Where it is, or will be, quoted."""
    cik: Cik | None = None
    yahoo: PrivateSymbol | None = None
    """Where Yahoo Finance lists it among private companies."""
    legal_names: tuple[Line, ...] = ()
    """How filings write it, besides the name above."""
    stale_after_days: Days = 120
    """Age of a mark after which it is called stale; each span halves its weight."""
    note: Prose | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for what in ("stages", "marks", "revenue", "events"):
            days = [entry.date for entry in getattr(self, what)]
            if days != sorted(days):
                problem = f"the {what} of {self.id} must stand oldest first"
                raise MisfitError(((what,), problem))
        return self


class Source(Part):
    """Where a figure or a statement comes from."""

    publisher: Line
    title: Line
    date: IsoDate
    grade: Grade
    """A filing, B company, C named press, D aggregator, vendor, estimate."""


class Taxonomy(Part):
    """The whole classification, in the order its author wrote it."""

    id: Key | None = None
    """What stays when titles, lines and figures change; runs of one id are compared."""
    title: Line = "Untitled"
    reviewed: IsoDate | None = None
    """The day on which somebody last went through all entries."""
    pillars: dict[Pillar, PillarInfo] = Field(default_factory=dict)
    layers: dict[Key, Layer] = Field(default_factory=dict)
    constituents: tuple[Constituent, ...] = ()
    constituents_table: TableName | None = None
    """A table with more of them, in the folder of this file."""
    benchmarks: tuple[Benchmark, ...] = ()
    watchlist: tuple[WatchlistEntry, ...] = ()
    rubric: Rubric = Field(default_factory=Rubric)
    """How companies of the watchlist are held against one another."""
    recipes: dict[Key, Recipe] = Field(
        default_factory=lambda: {"default": Recipe()}, min_length=1
    )
    thesis: Thesis | None = None
    sources: dict[Key, Source] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        return _fitting(self)

    def misfits(self) -> Iterator[tuple[Place, str]]:
        """Yield every name that stands twice or leads nowhere, and where."""
        yield from _repeated("constituents", "ticker", self.constituents)
        yield from _repeated("benchmarks", "ticker", self.benchmarks)
        yield from _repeated("watchlist", "id", self.watchlist)
        yield from _repeated("watchlist", "yahoo", self.watchlist)
        if self.constituents and set(self.pillars) != set(PILLARS):
            problem = "the pillars compute, data and algorithms must all be described"
            yield ("pillars",), problem
        for row, line in enumerate(self.constituents):
            for position, layer in enumerate(line.layers):
                if layer not in self.layers:
                    problem = (
                        f"{line.ticker} names the layer {layer}, which is not listed"
                    )
                    yield ("constituents", row, "layers", position), problem
        for place, owner, source in self._cited():
            if source not in self.sources:
                problem = f"{owner} cites the source {source}, which is not listed"
                yield (*place, "source"), problem
        yield from self._of_thesis()

    def _of_thesis(self) -> Iterator[tuple[Place, str]]:
        """Yield every name in the thesis that leads nowhere."""
        tickers = {line.ticker for line in self.constituents}
        thesis = self.thesis or Thesis()
        for place, problem in thesis.misfits(self.sources, tickers):
            yield ("thesis", *place), problem

    def _cited(self) -> Iterator[tuple[Place, str, str]]:
        """Yield the place, the owner and the source id of everything cited."""
        for row, line in enumerate(self.constituents):
            for pillar, exposure in line.exposures.items():
                place: Place = ("constituents", row, "exposures", pillar)
                yield place, line.ticker, exposure.source
                for position, entry in enumerate(exposure.history):
                    yield (*place, "history", position), line.ticker, entry.source
        for row, company in enumerate(self.watchlist):
            for what in ("stages", "marks", "revenue", "holders", "events"):
                for position, part in enumerate(getattr(company, what)):
                    yield ("watchlist", row, what, position), company.id, part.source

    @property
    def identity(self) -> str:
        """What tells this taxonomy from another one: its id, else its title."""
        return self.id or self.title

    def constituent(self, ticker: str) -> Constituent | None:
        """Return the line called ``ticker``, if there is one."""
        return self._by_ticker.get(ticker)

    @cached_property
    def _by_ticker(self) -> dict[str, Constituent]:
        return {line.ticker: line for line in self.constituents}

    @cached_property
    def post_tickers(self) -> frozenset[str]:
        """Tickers of the lines that the post itself names."""
        return frozenset(
            line.ticker for line in self.constituents if line.role in POST_ROLES
        )


def _repeated(
    where: str, key: str, entries: Sequence[Part]
) -> Iterator[tuple[Place, str]]:
    seen = set()
    for row, entry in enumerate(entries):
        name = getattr(entry, key)
        if name in seen and name is not None:
            yield (where, row, key), f"the {key} {name} stands twice"
        seen.add(name)


def stage_at(entry: WatchlistEntry, as_of: date) -> StageChange | None:
    """Return the newest stage on or before ``as_of``; None where none is known.

    A company that is first heard of as private was private before that, too.
    """
    first = entry.stages[0]
    known = next((s for s in reversed(entry.stages) if s.date <= as_of), None)
    return known or (first if first.stage == "private" else None)


Dated = TypeVar("Dated", Mark, Revenue, Event)


def known_by(dated: Sequence[Dated], as_of: date) -> tuple[Dated, ...]:
    """Return the entries on or before ``as_of``, oldest first."""
    return tuple(one for one in dated if one.date <= as_of)
