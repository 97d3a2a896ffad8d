"""What does a store say of itself and of its runs?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

#: How long a missing session is asked for again, once an answer has left it out.
ASKED_AGAIN: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One stored run, without its screen.

    Attributes:
        id: Hash of all inputs.
        at: When it was stored, in UTC.
        lines: Number of lines considered.
        ranked: How many of them are ranked.
        config_hash: SHA-256 of the taxonomy.
        data_hash: SHA-256 of the figures.
        program_version: Of the triad that ran it.
        taxonomy: Its identity; None where an earlier triad kept none.
        asked_at: When it was last asked for again, in UTC; None if never.
        looked_back: Whether it was only ever asked for a day that was over.
    """

    id: str
    at: datetime
    as_of: date
    source: str
    recipe: str
    universe: str
    lines: int
    ranked: int
    config_hash: str
    data_hash: str
    program_version: str
    taxonomy: str | None = None
    asked_at: datetime | None = None
    looked_back: bool = False

    @property
    def last_asked(self) -> datetime:
        """When it was asked for the last time, in UTC."""
        return self.asked_at or self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSeries:
    """What runs have in common that are held against one another.

    Attributes:
        taxonomy: Identity of the taxonomy; None where it is not known.
        universe: ``default`` or ``post``.
        recipe: Name of the recipe, with the values set on the command line.
        tickers: Lines considered.
    """

    taxonomy: str | None
    universe: str
    recipe: str
    tickers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one line stood in one run.

    Attributes:
        run: The run.
        rank: 1 is best; None where it was not ranked.
        score: 0 to 100; None where it was not ranked.
        score_low: Lower end of the interval; None where no factor was missing.
        score_high: Upper end of the interval; None where no factor was missing.
    """

    run: RunEntry
    rank: int | None
    score: float | None
    score_low: float | None
    score_high: float | None


@dataclass(frozen=True, slots=True)
class TableState:
    """What of one table of a store can be read.

    Attributes:
        table: Its name.
        rows: How many it has; None where not even that can be read.
        whole: How many of them can be read, or were saved.
        problem: What is wrong, to follow the name; empty if nothing is.
    """

    table: str
    rows: int | None
    whole: int
    problem: str


@dataclass(frozen=True, slots=True)
class MissingSession:
    """A session on which most lines of an exchange traded, and one has no close.

    Attributes:
        session: Before and after which the symbol has closes.
        seen_at: When an answer first left it out, in UTC; None if no log tells.
    """

    symbol: str
    session: date
    seen_at: datetime | None

    def is_asked_for(self, now: datetime) -> bool:
        """Return whether it is asked for again at ``now``."""
        return self.seen_at is None or now < self.seen_at + ASKED_AGAIN


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What a store holds.

    Attributes:
        path: The file; empty in memory.
        size: Bytes on disk, those not yet folded in included; 0 without a file.
        schema_version: Of the tables.
        counts: Rows by table.
        symbols: Number of symbols with prices.
        first_session: Oldest session of any symbol; None without prices.
        newest_session: Newest session of any symbol; None without prices.
        last_good_at: When figures last came, in UTC; None if never.
        last_failed_at: When a fetch last gave none, in UTC; None if never.
        last_failure: Why it gave none, in a sentence; empty without one.
    """

    path: str
    size: int
    schema_version: int
    counts: Mapping[str, int]
    symbols: int
    first_session: date | None
    newest_session: date | None
    last_good_at: datetime | None
    last_failed_at: datetime | None
    last_failure: str
