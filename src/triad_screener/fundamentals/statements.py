"""Which figures of the statements were known on the as-of date, and for when?

Quarter ``k`` ends 91.31 k days before the newest quarter q0, give or take 20 days;
fiscal years likewise by the year before a0. A figure counts from its filing date;
where that is not known, from a stated lag after the period's end.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from triad_screener.model.gap import Missing
from triad_screener.model.quantity import Figure, Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from triad_screener.model.market import Frequency, StatementCell

DAYS: Final[Mapping[Frequency, float]] = {"quarterly": 91.31, "annual": 365.25}
TOLERANCE_DAYS: Final = 20
OLDEST_FALLBACK_DAYS: Final = 100
LAG_DAYS: Final[Mapping[Frequency, int]] = {"quarterly": 60, "annual": 90}
FOREIGN_ANNUAL_LAG_DAYS: Final = 120
#: Items that say a period has been reported at all.
HEADLINES: Final = ("TotalRevenue", "OperatingIncome", "NetIncome")
#: Items summed over a period; the rest are balances.
FLOWS: Final = frozenset(
    {
        *HEADLINES,
        "CapitalExpenditure",
        "CostOfRevenue",
        "EBIT",
        "GrossProfit",
        "OperatingCashFlow",
    }
)
LOWEST_RATIO, HIGHEST_RATIO = 1 / 3, 3.0
FEWEST_NEIGHBOURS: Final = 3
_DERIVED = "derived"


def known_on(cell: StatementCell, *, foreign_filer: bool) -> date:
    """Return the day from which ``cell`` counts.

    That of its filing; else that on which a vendor was first seen to show it; else the
    lag after the end of its period.
    """
    if day := cell.filed or cell.seen:
        return day
    lag = LAG_DAYS[cell.frequency]
    if foreign_filer and cell.frequency == "annual":
        lag = FOREIGN_ANNUAL_LAG_DAYS
    return cell.period_end + timedelta(days=lag)


class KnownCell(NamedTuple):
    """The value that counts for one item and period.

    Attributes:
        cell: What the source gave.
        since: Day from which it counts.
        copied: Whether a second row has the same value.
    """

    cell: StatementCell
    since: date
    copied: bool = False

    @property
    def is_confirmed(self) -> bool:
        """Whether the source states it.

        In a filing, whose day is known: what was filed was not mistyped by a vendor.
        Or twice; or in a note that says more of it than its origin.
        """
        return (
            self.cell.filed is not None
            or self.copied
            or _says_more_than_derived(self.cell.note)
        )

    def quantity(self, slot: str) -> Quantity:
        """Return the value with its provenance."""
        cell = self.cell
        figure = Figure(
            cell.item,
            cell.value,
            cell.currency,
            cell.period_end,
            self.since,
            cell.source,
            cell.note,
            slot,
        )
        return Quantity(cell.value, (figure,))


class Statements:
    """The statements of one line as known on ``as_of``.

    Args:
        cells: Every cell the source has, later ones included.
        as_of: Last day whose knowledge may be used.
        currency: Statement currency of the line; cells in another are rejected.
        foreign_filer: Whether the longer annual lag applies.
    """

    def __init__(
        self,
        cells: Iterable[StatementCell],
        *,
        as_of: date,
        currency: str,
        foreign_filer: bool = False,
    ) -> None:
        self.currency = currency
        self.foreign_currencies: set[str] = set()
        known: dict[tuple[Frequency, str], dict[date, list[KnownCell]]] = {}
        for cell in cells:
            since = known_on(cell, foreign_filer=foreign_filer)
            if since > as_of:
                continue
            if cell.currency not in (currency, "shares"):
                self.foreign_currencies.add(cell.currency)
                continue
            periods = known.setdefault((cell.frequency, cell.item), {})
            periods.setdefault(cell.period_end, []).append(KnownCell(cell, since))
        self._cells = {
            key: {end: _newest_copy(copies) for end, copies in periods.items()}
            for key, periods in known.items()
        }
        self._ends = {
            key: sorted(end.toordinal() for end in periods)
            for key, periods in self._cells.items()
        }
        # Several factors and indicators read the same cells.
        self._answered: dict[tuple[Frequency, str, int], Quantity] = {}

    @cached_property
    def newest_quarter(self) -> date | None:
        """End of q0: the newest quarter with revenue or a result; None without one."""
        return self._newest("quarterly")

    @cached_property
    def newest_year(self) -> date | None:
        """End of a0: the newest fiscal year with revenue or a result."""
        return self._newest("annual")

    @cached_property
    def balance_date(self) -> date | None:
        """The date balances are wanted at: that of q0, without quarters that of a0."""
        return self.newest_quarter or self.newest_year

    @cached_property
    def newest_period(self) -> date | None:
        """End of the newest period of either kind."""
        ends = [end for end in (self.newest_quarter, self.newest_year) if end]
        return max(ends, default=None)

    def _newest(self, frequency: Frequency) -> date | None:
        ends = [
            end for item in HEADLINES for end in self._cells.get((frequency, item), ())
        ]
        return max(ends, default=None)

    def at(self, frequency: Frequency, item: str, back: int) -> Quantity:
        """Return the cell of ``item``, ``back`` periods before the newest.

        A quarter's flow that lies outside [1/3, 3] times the median of its
        neighbours is rejected, unless the source confirms it.

        Raises:
            Missing: If it is not known, or was rejected.
        """
        key = (frequency, item, back)
        if key not in self._answered:
            self._answered[key] = self._look_up(frequency, item, back)
        return self._answered[key]

    def _look_up(self, frequency: Frequency, item: str, back: int) -> Quantity:
        newest = self.newest_quarter if frequency == "quarterly" else self.newest_year
        slot = f"{frequency[0]}{back}"
        if newest is None:
            self._absent(item, f"no {frequency} statement is known")
        found = self.near(frequency, item, newest, back)
        if found is None:
            end = newest - timedelta(days=round(DAYS[frequency] * back))
            what = "quarter" if frequency == "quarterly" else "fiscal year"
            self._absent(item, f"not known for the {what} to about {end}")
        if frequency == "quarterly" and item in FLOWS:
            self._refuse_outlier(found)
        return found.quantity(slot)

    def near(
        self, frequency: Frequency, item: str, newest: date, back: int
    ) -> KnownCell | None:
        """Return the known cell nearest to ``back`` periods before ``newest``."""
        periods = self._cells.get((frequency, item))
        if not periods:
            return None
        wanted = newest.toordinal() - DAYS[frequency] * back
        ends = self._ends[frequency, item]
        at = bisect_left(ends, wanted)
        # Of two equally near ends it is the newer.
        if at == len(ends) or (at and wanted - ends[at - 1] < ends[at] - wanted):
            at -= 1
        if abs(ends[at] - wanted) > TOLERANCE_DAYS:
            return None
        return periods[date.fromordinal(ends[at])]

    def balance_near(self, item: str, day: date) -> KnownCell | None:
        """Return the balance of ``item`` at ``day``, give or take 20 days."""
        return self.near("quarterly", item, day, 0) or self.near("annual", item, day, 0)

    def balance_on(self, item: str, day: date) -> KnownCell | None:
        """Return the balance of ``item`` on exactly ``day``, by quarter or by year."""
        for frequency in DAYS:
            if found := self._cells.get((frequency, item), {}).get(day):
                return found
        return None

    def balance_dates(self, item: str) -> set[date]:
        """Return every date at which a balance of ``item`` is known."""
        return {
            end for frequency in DAYS for end in self._cells.get((frequency, item), {})
        }

    def newest_of(self, item: str, *frequencies: Frequency) -> KnownCell | None:
        """Return the cell of ``item`` with the newest period end."""
        found = [
            cell
            for frequency in frequencies
            for cell in self._cells.get((frequency, item), {}).values()
        ]
        return max(found, key=lambda known: known.cell.period_end, default=None)

    def _refuse_outlier(self, known: KnownCell) -> None:
        if known.is_confirmed:
            return
        cell = known.cell
        around = [
            neighbour.cell.value
            for back in (-2, -1, 1, 2)
            if (neighbour := self.near("quarterly", cell.item, cell.period_end, back))
        ]
        if len(around) < FEWEST_NEIGHBOURS:
            return
        middle = median(around)
        if not _is_outlier(cell.value, middle):
            return
        detail = (
            f"{cell.item} of {cell.period_end} is {cell.value:.6g}, "
            f"against {middle:.6g} in the quarters around it"
        )
        raise Missing(detail, "rejected: outlier quarter")

    def _absent(self, item: str, detail: str) -> NoReturn:
        if self.foreign_currencies and not self._cells:
            found = ", ".join(sorted(self.foreign_currencies))
            raise Missing(
                f"the statements are in {found}, and {self.currency} was expected",
                "rejected: statement currency",
            )
        raise Missing(f"{item}: {detail}")


def _newest_copy(copies: list[KnownCell]) -> KnownCell:
    """Return the copy known last, and whether another has its value."""
    if len(copies) == 1:
        return copies[0]
    # Later rows win between copies of one day, as a later line in a file does.
    last = max(reversed(copies), key=lambda known: known.since)
    same = sum(known.cell.value == last.cell.value for known in copies)
    return last._replace(copied=same > 1)


def _is_outlier(value: float, middle: float) -> bool:
    if middle == 0:
        return value != 0
    return not LOWEST_RATIO <= value / middle <= HIGHEST_RATIO


def _says_more_than_derived(note: str) -> bool:
    """Return whether ``note`` confirms a value rather than telling how it was made.

    Examples:
        >>> _says_more_than_derived("derived: year less nine months")
        False
        >>> _says_more_than_derived("derived: year less nine months; as filed")
        True
    """
    if not note:
        return False
    parts = [part.strip() for part in note.split(";")]
    return any(part and not part.lower().startswith(_DERIVED) for part in parts)
