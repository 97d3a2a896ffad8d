"""What happens to a company on its way to a listing, as somebody saw it?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from triad_screener.model.live import ABSENT
from triad_screener.model.vocabulary import ENDED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from triad_screener.model.live import FetchFailure
    from triad_screener.model.screen import MarkFact
    from triad_screener.model.taxonomy import WatchlistEntry
    from triad_screener.model.vocabulary import Grade, Stage

SightingKind = Literal["stage", "mark", "filing", "event"]
#: Several companies have the name that was looked for: none of them is taken.
AMBIGUOUS = "ambiguous"
#: The key that is written down is that of a company of another name.
ANOTHER_COMPANY = "rejected: another company"
#: Answers that stay the same until a person mends the taxonomy.
FOR_A_PERSON = (ABSENT, AMBIGUOUS, ANOTHER_COMPANY)


@dataclass(frozen=True, slots=True)
class Filing:
    """One document that a company filed.

    Attributes:
        form: As its regulator calls it, such as ``"S-1/A"``.
        accession: Number of the filing, unique for all time.
        document: Name of the main document; empty where not known.
    """

    form: str
    filed: date
    accession: str
    document: str = ""


@dataclass(frozen=True, slots=True)
class Registrant:
    """A company as a regulator knows it.

    Attributes:
        cik: Central Index Key, ten digits.
        former_names: Under which it filed before.
        tickers: Symbols of its quoted shares; empty before a listing.
        exchanges: Where they are quoted, in the words of the regulator.
        filings: In any order.
    """

    cik: str
    name: str
    former_names: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    filings: tuple[Filing, ...] = ()


@dataclass(frozen=True, slots=True)
class VendorMark:
    """What a vendor puts on a company that is not listed: its own estimate.

    Attributes:
        symbol: What the vendor calls the company.
        valuation: Of the whole company, in units of ``currency``.
        price: Of one share; None where not given.
        share_class: Of the last round; empty where not given.
        round_date: Day of the last round; None where not given.
        name: Of the company, as the vendor writes it; no part of the mark.
    """

    symbol: str
    valuation: float
    currency: str
    price: float | None = None
    share_class: str = ""
    round_date: date | None = None
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class PrivateList:
    """A vendor's list of companies that are not listed.

    Attributes:
        marks: By symbol; or why what is said of it cannot be used.
        is_whole: Whether a company that is not on it is on no part of it.
    """

    marks: Mapping[str, VendorMark | FetchFailure]
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a mark source saw of one company.

    Attributes:
        entry: Id on the watchlist.
        reference: Of what was seen; the same thing has the same one on every day.
        what: One sentence, without the name of the company.
        source: Who published it.
        stage: Where the company stands by it; None if it says nothing of that.
        company: Its name as the source writes it; empty where it writes none.
        cik: Central Index Key; None where not known.
        ticker: Symbol of the quoted shares; None before a listing.
        exchange: Where they are quoted, in the words of the source; likewise.
        form: Of a filing; else empty.
        is_judged: Whether a person wrote it into the taxonomy.
        vendor: What a vendor puts on the company, or did when it last listed it; None
            for what anybody else saw.
        is_minor: Whether it is kept without anybody being told.
    """

    entry: str
    reference: str
    date: date
    kind: SightingKind
    what: str
    source: str
    grade: Grade
    stage: Stage | None = None
    company: str = ""
    cik: str | None = None
    ticker: str | None = None
    exchange: str | None = None
    form: str = ""
    is_judged: bool = False
    vendor: VendorMark | None = None
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """A sighting that was kept.

    Attributes:
        by: Name of the mark source, as registered.
        before: Stage that was known until then.
        after: Stage that is known since; the same where it changed nothing.
        is_news: Whether a reader has not known it; what was long past when it was
            first seen is kept as known.
    """

    sighting: Sighting
    by: str
    before: Stage
    after: Stage
    is_news: bool = True

    @property
    def is_change(self) -> bool:
        """Whether the stage changed."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Estimate:
    """The newest estimate of a vendor, beside what is known at first hand.

    Attributes:
        since: Day on which it was first seen so.
        gone_on: Day on which the company was missed on the list; None while it is on.
        beside: The mark that it is held against; None without any.
        difference: Estimate over the value of that mark, less one; None without it.
        disagrees: Whether they are of the same time and more than a tenth apart.
    """

    mark: VendorMark
    since: date
    source: str
    grade: Grade
    gone_on: date | None = None
    beside: MarkFact | None = None
    difference: float | None = None
    disagrees: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A company that a mark source is asked about.

    Attributes:
        stage: Where it stands by all that is known.
        cik: Of the entry, or as it was found by name before; None if not known.
        kept: What is kept of it already, oldest first.
    """

    entry: WatchlistEntry
    stage: Stage
    cik: str | None = None
    kept: tuple[WatchEvent, ...] = ()

    @property
    def seen(self) -> frozenset[str]:
        """References of what is kept already."""
        return frozenset(one.sighting.reference for one in self.kept)

    @property
    def is_over(self) -> bool:
        """Whether the company is followed as a line by now, or not at all."""
        return self.stage in ("listed", *ENDED)

    @property
    def names(self) -> tuple[str, ...]:
        """How others may write its name."""
        return (self.entry.name, *self.entry.legal_names)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a mark source answered about one company.

    Attributes:
        entry: Id on the watchlist; empty for what concerns all of them.
        sightings: Everything that is to be seen, old and new.
        cik: Central Index Key, where it was found.
        reason: Why there is no answer, as of a fetch; empty where there is one.
        detail: The same in a sentence.
    """

    entry: str
    sightings: tuple[Sighting, ...] = ()
    cik: str | None = None
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class WatchCheck:
    """That a mark source was asked about a company, and how it went.

    Attributes:
        source: Name of the mark source, as registered.
        reason: Why there is no answer; empty where there is one.
    """

    entry: str
    source: str
    cik: str | None = None
    reason: str = ""
    detail: str = ""

    @property
    def needs_a_person(self) -> bool:
        """Whether asking again changes nothing: the taxonomy has to be mended."""
        return self.reason in FOR_A_PERSON


@dataclass(frozen=True, slots=True)
class Followed:
    """What is kept of the watchlist.

    Attributes:
        events: Oldest first.
        checked: Entry and source of every check that was answered.
        ciks: As found by name, by entry.
    """

    events: tuple[WatchEvent, ...] = ()
    checked: frozenset[tuple[str, str]] = frozenset()
    ciks: tuple[tuple[str, str], ...] = ()

    def of(self, entry: str) -> tuple[WatchEvent, ...]:
        """Return the events of one company, oldest first."""
        return tuple(one for one in self.events if one.sighting.entry == entry)

    def until(self, entry: str, day: date | None) -> tuple[WatchEvent, ...]:
        """Return those of them that were seen by ``day``; all without one."""
        return tuple(
            one for one in self.of(entry) if day is None or one.sighting.date <= day
        )


@dataclass(frozen=True, slots=True)
class Company:
    """Where a company of the watchlist stands after a check.

    Attributes:
        ticker: Where it is quoted; None before that is known.
    """

    id: str
    name: str
    stage: Stage
    since: date
    cik: str | None = None
    ticker: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the watchlist did.

    Attributes:
        companies: That were asked about, in taxonomy order.
        events: That were not known before, oldest first.
        failures: Of which company there is no answer, and why.
        answered: Number of companies that a source on the network answered about.
        requests: Number sent.
        unchanged: Number of them answered with "not modified".
        interrupted: Whether the user stopped it.
    """

    companies: tuple[Company, ...] = ()
    events: tuple[WatchEvent, ...] = ()
    failures: tuple[WatchCheck, ...] = ()
    answered: int = 0
    requests: int = 0
    unchanged: int = 0
    interrupted: bool = False

    @property
    def changes(self) -> tuple[WatchEvent, ...]:
        """Events that moved a company to another stage."""
        return tuple(one for one in self.events if one.is_change)

    @property
    def is_worth_telling(self) -> bool:
        """Whether there is news, or no answer on some company."""
        return bool(self.failures) or any(one.is_news for one in self.events)

    @property
    def outages(self) -> tuple[WatchCheck, ...]:
        """Failures that may pass: whoever asks again may get an answer."""
        return tuple(one for one in self.failures if not one.needs_a_person)

    @property
    def questions(self) -> tuple[WatchCheck, ...]:
        """Failures that last until a person mends the taxonomy."""
        return tuple(one for one in self.failures if one.needs_a_person)
