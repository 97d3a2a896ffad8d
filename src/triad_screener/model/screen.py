"""A screen: the answer for one date, with all that is needed to explain it.

Plain values throughout: a stored screen can be shown again as it was.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import (  # noqa: TC003 - read when a stored screen is opened
    Collection,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from datetime import date  # noqa: TC003 - likewise

from triad_screener.model.gap import Gap  # noqa: TC001 - likewise
from triad_screener.model.panel import Panel  # noqa: TC001 - likewise
from triad_screener.model.quantity import Figure  # noqa: TC001 - likewise
from triad_screener.model.scores import Scores  # noqa: TC001 - likewise
from triad_screener.model.vocabulary import (  # noqa: TC001 - likewise
    Basis,
    Criterion,
    EventKind,
    Grade,
    Pillar,
    Role,
    Stage,
)


@dataclass(frozen=True, slots=True)
class Run:
    """What was run, on which inputs.

    Attributes:
        id: Hash of all inputs; the same inputs are the same run.
        as_of: Last day whose knowledge was used.
        source: Name of the source, as registered.
        source_description: The source in words.
        recipe: Name of the recipe, with the values set on the command line.
        universe: ``default`` or ``post``.
        incumbents: Tickers held already, A to Z.
        config_hash: SHA-256 of the taxonomy.
        data_hash: SHA-256 of the figures.
        program_version: Of triad.
        taxonomy: Identity of the taxonomy; None where an earlier triad kept none.
    """

    id: str
    as_of: date
    source: str
    source_description: str
    recipe: str
    universe: str
    incumbents: tuple[str, ...]
    config_hash: str
    data_hash: str
    program_version: str
    taxonomy: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The raw value of one factor of one line, or why there is none.

    Attributes:
        value: In the unit of the factor; None where missing.
        figures: What it was made from.
        flags: What a reader should know of it.
        reason: Of the gap; empty where there is a value.
        detail: Of the gap, in a sentence.
    """

    value: float | None
    figures: tuple[Figure, ...] = ()
    flags: tuple[str, ...] = ()
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ShareCounts:
    """Every count of a company's shares, and the one that is used.

    Attributes:
        value: Ordinary shares of all classes, with every split up to the as-of date.
        item: Of the count that is used, one of ``counts``.
        why: It is used, in a few sentences.
        counts: As each source gives them, in ordinary shares.
        is_resolved: False where the counts differ by more than 25% and nothing says
            which is right.
    """

    value: float
    item: str
    why: str
    counts: tuple[Figure, ...]
    is_resolved: bool = True


@dataclass(frozen=True, slots=True)
class ExposureEvidence:
    """A share of revenue in a pillar, and where it comes from."""

    share: float
    basis: Basis
    date: date
    source: str
    publisher: str
    rationale: str


@dataclass(frozen=True, slots=True)
class ExposureFact(ExposureEvidence):
    """The share of revenue in a pillar that counts on the as-of date.

    Attributes:
        others: Entries of other dates, earlier and later, oldest first.
    """

    others: tuple[ExposureEvidence, ...] = ()


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What is known of a line, ranked or not.

    Attributes:
        half_yearly: Whether the longer age bounds apply to its statements.
        close: Last close and its session; None without a price.
        market_cap_usd: US dollars; None where missing.
        enterprise_value_usd: US dollars; None where missing.
        average_daily_value_usd: Median daily value traded, US dollars.
        newest_quarter: End of the newest quarter known.
        newest_year: End of the newest fiscal year known.
        statement_age_days: From the newest of the two to the as-of date.
        fx: Exchange rate of the statement currency; None for US dollars.
        is_fresh: Whether the last close is at most 10 days old.
        flags: What a reader should know of the line as a whole.
        trend: Adjusted closes of the last 52 weeks and of the as-of date, oldest
            first; fewer for a line that began later.
        readings: By factor.
        valuation: Figures behind market capitalisation and enterprise value.
        reports_on: First day, from the as-of date on, on which results are expected.
        share_counts: None where no more than one count of shares is known.
    """

    ticker: str
    name: str
    issuer: str
    role: Role
    cornerstone: bool
    layers: tuple[str, ...]
    price_currency: str
    statement_currency: str
    ordinary_per_receipt: float
    exposures: Mapping[Pillar, ExposureFact]
    half_yearly: bool
    close: Figure | None
    market_cap_usd: float | None
    enterprise_value_usd: float | None
    average_daily_value_usd: float | None
    newest_quarter: date | None
    newest_year: date | None
    statement_age_days: int | None
    fx: Figure | None
    is_fresh: bool
    flags: tuple[str, ...]
    trend: tuple[float, ...]
    readings: Mapping[str, Reading]
    valuation: tuple[Figure, ...]
    reports_on: date | None = None
    share_counts: ShareCounts | None = None


class KnownLines(Mapping[str, LineFacts]):
    """What is known of each line, and of all of them together."""

    @property
    @abstractmethod
    def newest_close(self) -> date | None:
        """Session of the newest close; None without any."""

    @abstractmethod
    def fresh(self, tickers: Collection[str]) -> int:
        """Return how many of ``tickers`` have a close that is at most 10 days old."""

    @property
    @abstractmethod
    def rates(self) -> Mapping[str, Figure]:
        """Exchange rates of statements by currency; none of US dollars."""


class Told(KnownLines):
    """Lines of which everything has been told, as in a run that was stored."""

    def __init__(self, facts: Mapping[str, LineFacts]) -> None:
        self._facts = facts

    def __getitem__(self, ticker: str) -> LineFacts:
        return self._facts[ticker]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    @property
    def newest_close(self) -> date | None:
        """Session of the newest close; None without any."""
        days = [fact.close.date for fact in self._facts.values() if fact.close]
        return max((day for day in days if day), default=None)

    def fresh(self, tickers: Collection[str]) -> int:
        """Return how many of ``tickers`` have a close that is at most 10 days old."""
        return sum(t in self._facts and self._facts[t].is_fresh for t in tickers)

    @property
    def rates(self) -> Mapping[str, Figure]:
        """Exchange rates of statements by currency; none of US dollars."""
        facts = self._facts.values()
        return {fact.statement_currency: fact.fx for fact in facts if fact.fx}


@dataclass(frozen=True, slots=True)
class MarkFact:
    """A price put on a company not yet listed.

    Attributes:
        age_days: On the day of the watchlist.
        is_stale: Whether it is older than the age rule of the entry.
        lead: Who led the round; empty where not told.
        weight: 1 on its day, halved by each span of the age rule.
        post_money_usd: At the rate of that day; None without value or rate.
        rate: US dollars per unit of another currency; None where not needed or known.
    """

    round: str
    date: date
    precision: str
    post_money: float | None
    amount: float | None
    currency: str
    source: str
    grade: Grade
    age_days: int
    is_stale: bool
    lead: str = ""
    weight: float = 1.0
    post_money_usd: float | None = None
    rate: Figure | None = None


@dataclass(frozen=True, slots=True)
class HolderFact:
    """A listed company that owns a piece; ``share`` None where not disclosed.

    Attributes:
        votes: ``none`` or ``some``; None where not known.
        amount: What was paid or promised, in units of ``currency``.
        age_days: On the day of the watchlist.
        is_stale: Whether the figure is older than the age rule of the rubric.
        value_usd: Share times the newest value of the company, US dollars.
        of_market_cap: The same over the market capitalisation of the holder.
        diluted_by: Date of a round that came after the figure; None without one.
    """

    ticker: str
    share: float | None
    as_of: date
    source: str
    grade: Grade
    votes: str | None = None
    amount: float | None = None
    currency: str = "USD"
    note: str = ""
    age_days: int = 0
    is_stale: bool = False
    value_usd: float | None = None
    of_market_cap: float | None = None
    diluted_by: date | None = None


@dataclass(frozen=True, slots=True)
class StageFact:
    """A step on the way to a listing."""

    stage: Stage
    date: date
    source: str
    grade: Grade
    note: str = ""


@dataclass(frozen=True, slots=True)
class RevenueFact:
    """A revenue figure; its kind is ``audited``, ``run_rate`` or ``press``."""

    value: float
    currency: str
    kind: str
    date: date
    source: str
    grade: Grade
    age_days: int
    is_stale: bool


@dataclass(frozen=True, slots=True)
class EventFact:
    """Something that happened, and is neither a stage nor a mark."""

    kind: EventKind
    date: date
    precision: str
    what: str
    amount: float | None
    currency: str
    post_money: float | None
    source: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class CriterionFact:
    """What one criterion of the rubric gives.

    Attributes:
        value: What is judged, in the unit of the criterion; None where missing or
            not a number.
        points: In [0, 1]; None where missing.
        weight: Share of the whole.
        basis: What was judged, or why there is nothing to judge.
    """

    value: float | None
    points: float | None
    weight: float
    basis: str


@dataclass(frozen=True, slots=True)
class RubricFact:
    """What the rubric gives a company; never compared with the score of a line.

    Attributes:
        points: 0 to 100, one decimal; None where too little is known.
        known: Share of the weight that is known.
        criteria: By name.
        reason: Why there are no points; empty where there are.
    """

    points: float | None
    known: float
    criteria: Mapping[Criterion, CriterionFact]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WatchlistFact:
    """A company not yet listed, as known on the day of the watchlist.

    Attributes:
        stage_date: None where the stage is known from a later day only.
        last_mark: The newest; None without one.
        stages: Known by then, oldest first.
        marks: Likewise.
        revenue: Likewise.
        events: Likewise.
        cik: Central Index Key at the SEC; None where not known.
        basis: Of the exposure.
        rubric: What the rubric gives; None before it is asked.
    """

    id: str
    name: str
    pillar: Pillar
    exposure: float
    role: Role
    stage: Stage
    stage_date: date | None
    stage_source: str
    stage_grade: Grade
    ticker: str | None
    last_mark: MarkFact | None
    holders: tuple[HolderFact, ...]
    note: str
    stages: tuple[StageFact, ...] = ()
    marks: tuple[MarkFact, ...] = ()
    revenue: tuple[RevenueFact, ...] = ()
    events: tuple[EventFact, ...] = ()
    cik: str | None = None
    basis: Basis = "estimate"
    rubric: RubricFact | None = None

    @property
    def valued(self) -> tuple[MarkFact, ...]:
        """Marks that say what the whole company is worth, oldest first."""
        return tuple(mark for mark in self.marks if mark.post_money is not None)


@dataclass(frozen=True, slots=True)
class BenchmarkFact:
    """A fund that lines are compared with; ``trend`` as of a line."""

    ticker: str
    name: str
    price_currency: str
    trend: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PillarFact:
    """How a pillar is called and coloured."""

    name_en: str
    name_zh: str
    colour: str


@dataclass(frozen=True, slots=True)
class Screen:
    """The answer for one date.

    Attributes:
        tickers: Every line of the taxonomy, in its order.
        exposure_floor: Exposure from which a line is eligible for a pillar's basket.
        recipe: Every value of the recipe, as JSON.
        scores: Ranks, pillar lists and baskets.
        facts: By ticker, of every line of the taxonomy that the source knows.
        not_listed: Lines whose trading began after the as-of date, by ticker.
        absent: Lines of which the source knows nothing, by ticker.
        turnover: One-way, from the holdings given; None without holdings.
        effective_number: Of constituents in the baskets; None for empty baskets.
        gaps: Everything missing, in taxonomy order.
        warnings: What a reader should know of the screen as a whole.
        benchmarks: Those of the taxonomy that the source has prices of.
        panel: How the thesis of the taxonomy was judged on the same figures; None
            where it has none.
        watchlist_as_of: Day on which the watchlist stands; None for the as-of date.
    """

    run: Run
    tickers: tuple[str, ...]
    exposure_floor: float
    recipe: str
    pillars: Mapping[Pillar, PillarFact]
    layer_names: Mapping[str, str]
    scores: Scores
    facts: Mapping[str, LineFacts]
    not_listed: tuple[str, ...]
    absent: tuple[str, ...]
    watchlist: tuple[WatchlistFact, ...]
    turnover: float | None
    effective_number: float | None
    gaps: Sequence[Gap]
    warnings: tuple[str, ...]
    benchmarks: tuple[BenchmarkFact, ...] = ()
    panel: Panel | None = None
    watchlist_as_of: date | None = None

    @property
    def watched_on(self) -> date:
        """Day on which the watchlist stands: its newest evidence, or the day asked."""
        return self.watchlist_as_of or self.run.as_of

    @property
    def considered(self) -> int:
        """Number of lines ranked or unranked: those of N in this universe."""
        return len(self.scores.considered)

    @property
    def newest_close(self) -> date:
        """Session of the newest close; the as-of date without any close."""
        return self._known.newest_close or self.run.as_of

    @property
    def fresh(self) -> int:
        """Number of those whose last close is at most 10 days old."""
        return self._known.fresh(self.scores.considered)

    @property
    def rates(self) -> Mapping[str, Figure]:
        """Every exchange rate of statements that is used, by currency."""
        return self._known.rates

    @property
    def _known(self) -> KnownLines:
        return self.facts if isinstance(self.facts, KnownLines) else Told(self.facts)
