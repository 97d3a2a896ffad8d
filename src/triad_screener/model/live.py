"""What a live source answers: figures as they came, or the reason there are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import date, datetime

    import numpy as np
    from numpy.typing import NDArray

    from triad_screener.model.market import DatedValue, StatementCell

Kind = Literal["prices", "statements", "quotes", "rates"]
#: Figures by kind: bars, statement cells, a quote, US dollars per unit.
Content: TypeAlias = (
    "Bars | tuple[StatementCell, ...] | QuoteFacts | tuple[DatedValue, ...]"
)
ABSENT, NETWORK, RATE_LIMITED = "absent", "network", "rate_limited"
#: The vendor knows the symbol of old, and trades it no more.
DELISTED = "no longer listed"
#: The time given was over, or the user stopped: as if it had never been asked for.
NOT_ASKED = "not asked"
#: Reasons that say nothing of the line asked for.
OUTAGES = (NETWORK, RATE_LIMITED)


@dataclass(frozen=True, slots=True)
class Bars:
    """Daily bars of one symbol, oldest first; every array has shape ``(n,)``.

    Attributes:
        sessions: Local dates of the exchange, ascending.
        closes: In ``currency``, adjusted for the splits known when fetched and for
            no dividend; finite, above zero.
        volumes: Shares traded, adjusted for splits; NaN where not known.
        dividends: Ex-date and amount a share, adjusted for splits.
        splits: First session at the new price, and new shares per old share.
        currency: ISO 4217; minor units are converted.
        unit: The unit as the source wrote it, such as ``"GBp"``.
        forming_until: When the session of the last bar ends, if it has not yet.
    """

    sessions: NDArray[np.datetime64]
    closes: NDArray[np.float64]
    volumes: NDArray[np.float64]
    dividends: tuple[tuple[date, float], ...]
    splits: tuple[tuple[date, float], ...]
    currency: str
    unit: str
    forming_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class QuoteFacts:
    """What a quote page says of one line; None where it says nothing.

    Attributes:
        price_currency: ISO 4217; minor units are converted.
        statement_currency: Currency of the statements, ISO 4217.
        price: Last price, in the price currency.
        market_capitalisation: All share classes, in the price currency.
        shares: All classes, counted as quoted: receipts of a receipt.
        forward_price_earnings: As analysts expect.
        forward_earnings_per_share: As analysts expect, in the price currency.
        earnings_date: Last day of results, or the next one.
        reports_on: First day on which the next results are expected.
        class_shares: Of the quoted class alone, counted as quoted.
    """

    name: str
    kind: str
    price_currency: str
    statement_currency: str | None = None
    price: float | None = None
    market_capitalisation: float | None = None
    shares: float | None = None
    forward_price_earnings: float | None = None
    forward_earnings_per_share: float | None = None
    earnings_date: date | None = None
    reports_on: date | None = None
    class_shares: float | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to ask for.

    Attributes:
        symbol: Of the line or fund; the currency for rates.
        since: First day wanted of prices and rates; None for the whole history.
    """

    kind: Kind
    symbol: str
    since: date | None = None


class FetchFailure(Exception):  # noqa: N818 - not an error of the program: it becomes a gap
    """A source gave no usable answer.

    Args:
        reason: ``absent``, ``network``, ``rate_limited``, ``not asked`` or
            ``rejected: ...``.
        detail: One sentence for a person.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one task.

    Attributes:
        at: When the answer came, in UTC.
        seconds: How long it took.
        content: Figures of the kind of the task; None where there are none.
        reason: Of the gap; empty where there are figures.
        detail: Of the gap, in a sentence.
    """

    task: Task
    at: datetime
    seconds: float
    content: Content | None
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LastFetch:
    """What is known of one kind of figures of one symbol.

    Attributes:
        good_at: When figures last came, in UTC; None if never.
        tried_at: When they were last asked for, in UTC.
        reason: Why the last try gave none; empty if it did.
        detail: The same in a sentence.
        newest: Newest session, period end, or day of a rate; None without one.
        count: Sessions, figures or rates kept.
        forming_until: As in `Bars`, for prices.
        earnings_date: As in `QuoteFacts`, for quotes.
        reports_on: Likewise.
    """

    good_at: datetime | None
    tried_at: datetime
    reason: str = ""
    detail: str = ""
    newest: date | None = None
    count: int = 0
    forming_until: datetime | None = None
    earnings_date: date | None = None
    reports_on: date | None = None


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did.

    Attributes:
        asked: Number of tasks planned.
        fetched: What came of those that were tried, without their figures.
        requests: Number sent, sign-in included.
        seconds: From begin to end.
        interrupted: Whether the user stopped it.
        rests_until: Until when nothing more may be asked, because of a refusal; None
            if it may.
    """

    asked: int = 0
    fetched: tuple[Fetched, ...] = ()
    requests: int = 0
    seconds: float = 0.0
    interrupted: bool = False
    rests_until: datetime | None = None

    @property
    def good(self) -> int:
        """Number of tasks that brought figures."""
        return sum(not one.reason for one in self.fetched)

    @property
    def failures(self) -> tuple[Fetched, ...]:
        """What was tried and brought none."""
        return tuple(one for one in self.fetched if one.reason)

    @property
    def refusal(self) -> Fetched | None:
        """A failure after which nothing more may be asked for now; None without one."""
        limited = (one for one in self.fetched if one.reason == RATE_LIMITED)
        return next(limited, None) if self.rests_until else None

    @property
    def outage(self) -> Fetched | None:
        """The failure to tell of where an outage let nothing through; else None."""
        if self.good:
            return None
        return next((one for one in self.fetched if one.reason in OUTAGES), None)


@dataclass(frozen=True, slots=True)
class Access:
    """How requests reach a vendor, and what earlier runs have left.

    Attributes:
        carriers: Programs that carry them, with their versions.
        weakness: What makes refusals likely; empty if nothing does.
        remedy: What to do about it.
        signed_in_at: Since when there is a cookie that is still good; None without.
        refused_at: When a request was last refused as one too many; None if never.
        rests_until: Until when nothing may be asked; None if now.
        rate: Requests a second that refusals have left; None for the usual ones.
    """

    carriers: tuple[str, ...]
    weakness: str = ""
    remedy: str = ""
    signed_in_at: datetime | None = None
    refused_at: datetime | None = None
    rests_until: datetime | None = None
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server shows of itself.

    Attributes:
        issuer: Who made it.
        is_public: Whether all browsers trust whoever made it; else somebody between
            opens the connection.
    """

    issuer: str
    is_public: bool


@dataclass(frozen=True, slots=True)
class Supply:
    """How well the store is supplied with one kind of figures.

    Attributes:
        fresh: Symbols whose figures are not due yet.
        stale: Symbols that have figures, and are due.
        missing: Symbols that have none.
        newest: Newest session, period end or day of a rate; None without one.
    """

    kind: Kind
    fresh: tuple[str, ...]
    stale: tuple[str, ...]
    missing: tuple[str, ...]
    newest: date | None
