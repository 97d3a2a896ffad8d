"""Slow and plain oracle of the raw factor values of the scoring specification.

Standard library only, and nothing of the project: tests compare the product with it.
"""

from __future__ import annotations

import csv
import gzip
import math
import statistics
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

FACTORS = (
    "mom_12_1",
    "mom_6_1",
    "rev_yoy_q",
    "rev_cagr_3y",
    "dgp_at",
    "gp_at",
    "ebit_ic",
    "accruals_at",
    "netdebt_at",
    "ebit_ev",
    "fcf_mcap",
    "ey_fwd",
    "vol_252",
    "maxdd_252",
)
FLOWS = (
    "TotalRevenue",
    "CostOfRevenue",
    "GrossProfit",
    "OperatingIncome",
    "EBIT",
    "NetIncome",
    "OperatingCashFlow",
    "CapitalExpenditure",
)
ANCHORS = ("TotalRevenue", "OperatingIncome", "NetIncome")
ASSETS = "TotalAssets"
EQUITY = "StockholdersEquity"
DEBT = "TotalDebt"
CASH = "CashCashEquivalentsAndShortTermInvestments"
SHARES = "DilutedAverageShares"
QUARTER_DAYS = 91.31
YEAR_DAYS = 365.25
TOLERANCE_DAYS = 20
OLDER_DAYS = 100
ZERO_DEVIATION = 1e-12

# Neighbours of the newest quarters in the outlier test. False: the two before and
# those of the two after that exist. True: the nearest four other quarters instead.
EXTEND_NEWEST_NEIGHBOURS = False


@dataclass(frozen=True)
class Price:
    """One session of one line."""

    day: date
    close: float | None
    adjusted: float | None


@dataclass(frozen=True)
class Cell:
    """One statement figure of one period, as known at the date asked for."""

    end: date
    value: float
    note: str
    copies: tuple[float, ...]  # values of the other known rows of the same cell
    filed: bool  # whether the day of its filing is known


Row = dict[str, str]
Identity = dict[str, Any]
Cells = dict[tuple[str, str], list[Cell]]  # (freq, item) -> cells, oldest first


@dataclass(frozen=True)
class Tables:
    """The rows of a folder by symbol, later ones included; rates in file order."""

    lines: dict[str, Row]
    prices: dict[str, list[Price]]
    statements: dict[str, list[Row]]
    forward: dict[str, list[Row]]
    rates: list[Row]


# ---------------------------------------------------------------- reading the folder


def read_rows(folder: Path, name: str) -> list[Row]:
    """Rows of NAME.csv or NAME.csv.gz; none if there is no such file."""
    plain = folder / f"{name}.csv"
    packed = folder / f"{name}.csv.gz"
    if plain.exists():
        with plain.open("rt", encoding="utf-8-sig", newline="") as text:
            return list(csv.DictReader(text))
    if packed.exists():
        with gzip.open(packed, "rt", encoding="utf-8-sig", newline="") as text:
            return list(csv.DictReader(text))
    return []


def text_of(row: Row, column: str) -> str:
    """The text of a column, empty if the column is absent."""
    return (row.get(column) or "").strip()


def number_of(row: Row, column: str) -> float | None:
    """The number in a column, None if it is empty, absent or not a number."""
    text = text_of(row, column)
    if text == "":
        return None
    value = float(text)
    return None if math.isnan(value) else value


def date_of(row: Row, column: str) -> date | None:
    """The date in a column, None if it is empty or absent."""
    text = text_of(row, column)
    return None if text == "" else date.fromisoformat(text[:10])


def read_prices(folder: Path) -> dict[str, list[Price]]:
    """Sessions per symbol, oldest first."""
    prices: dict[str, list[Price]] = {}
    for row in read_rows(folder, "prices"):
        day = date_of(row, "date")
        if day is None:
            continue
        price = Price(day, number_of(row, "close"), number_of(row, "adj_close"))
        prices.setdefault(text_of(row, "symbol"), []).append(price)
    for sessions in prices.values():
        sessions.sort(key=lambda price: price.day)
    return prices


def by_symbol(rows: list[Row]) -> dict[str, list[Row]]:
    """Rows per symbol, in file order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(text_of(row, "symbol"), []).append(row)
    return found


def read_folder(folder: Path) -> Tables:
    """All tables of a folder."""
    return Tables(
        {text_of(row, "symbol"): row for row in read_rows(folder, "lines")},
        read_prices(folder),
        by_symbol(read_rows(folder, "statements")),
        by_symbol(read_rows(folder, "forward")),
        read_rows(folder, "fx"),
    )


def usd_per_unit(rates: list[Row], currency: str, as_of: date) -> float | None:
    """The newest rate on or before as_of."""
    if currency == "USD":
        return 1.0
    best: float | None = None
    best_day: date | None = None
    for row in rates:
        day = date_of(row, "date")
        rate = number_of(row, "usd_per_unit")
        if text_of(row, "currency") != currency or day is None or rate is None:
            continue
        if day <= as_of and (best_day is None or day >= best_day):
            best_day = day
            best = rate
    return best


# ------------------------------------------------------------------------ statements


def known_from(row: Row, *, foreign_filer: bool) -> date:
    """The day from which a statement row counts."""
    filed = date_of(row, "filed")
    if filed is not None:
        return filed
    end = date.fromisoformat(text_of(row, "period_end"))
    if text_of(row, "freq") == "quarterly":
        return end + timedelta(days=60)
    return end + timedelta(days=120 if foreign_filer else 90)


def statement_rows(
    statements: dict[str, list[Row]], identities: dict[str, Identity], symbol: str
) -> list[Row]:
    """Rows of the line, or those of another line of its issuer."""
    if statements.get(symbol):
        return statements[symbol]
    mine = identities[symbol]
    for other in sorted(identities):
        theirs = identities[other]
        if (
            other != symbol
            and theirs["issuer"] == mine["issuer"]
            and theirs["statement_currency"] == mine["statement_currency"]
            and statements.get(other)
        ):
            return statements[other]
    return []


def known_cells(rows: list[Row], identity: Identity, as_of: date) -> Cells:
    """One cell per freq, item and period: the row known latest at as_of."""
    groups: dict[tuple[str, str, date], list[tuple[date, float, str, bool]]] = {}
    for row in rows:
        currency = text_of(row, "currency")
        if currency not in ("shares", identity["statement_currency"]):
            continue
        value = number_of(row, "value")
        known = known_from(row, foreign_filer=bool(identity["foreign_filer"]))
        if value is None or known > as_of:
            continue
        end = date.fromisoformat(text_of(row, "period_end"))
        key = (text_of(row, "freq"), text_of(row, "item"), end)
        version = (known, value, text_of(row, "note"), text_of(row, "filed") != "")
        groups.setdefault(key, []).append(version)
    cells: Cells = {}
    for (freq, item, end), versions in groups.items():
        chosen = 0
        for i in range(len(versions)):
            if versions[i][0] >= versions[chosen][0]:  # same date: the later row
                chosen = i
        copies = tuple(v[1] for i, v in enumerate(versions) if i != chosen)
        _, value, note, filed = versions[chosen]
        cell = Cell(end, value, note, copies, filed)
        cells.setdefault((freq, item), []).append(cell)
    for series in cells.values():
        series.sort(key=lambda cell: cell.end)
    return cells


def nearest(series: list[Cell], anchor: date, days_before: float) -> Cell | None:
    """The cell nearest to so many days before the anchor, give or take 20."""
    best: Cell | None = None
    best_gap = math.inf
    for cell in series:
        gap = abs((cell.end - anchor).days + days_before)
        if gap <= TOLERANCE_DAYS and gap <= best_gap:  # a tie: the newer one
            best = cell
            best_gap = gap
    return best


def newest_end(cells: Cells, freq: str) -> date | None:
    """Newest period end with revenue, operating income or net income."""
    ends = [cell.end for item in ANCHORS for cell in cells.get((freq, item), [])]
    return max(ends) if ends else None


def says_more_than_derived(note: str) -> bool:
    """Whether a note states more than how the figure was derived."""
    parts = [part.strip().lower() for part in note.split(";")]
    return any(part != "" and not part.startswith("derived") for part in parts)


def neighbours(series: list[Cell], cell: Cell) -> list[float]:
    """Known values of the quarters around one quarter."""
    before: list[float] = []
    after: list[float] = []
    for j in (1, 2):
        older = nearest(series, cell.end, QUARTER_DAYS * j)
        newer = nearest(series, cell.end, -QUARTER_DAYS * j)
        if older is not None:
            before.append(older.value)
        if newer is not None:
            after.append(newer.value)
    newer_ends = [c.end for c in series if (c.end - cell.end).days > TOLERANCE_DAYS]
    if EXTEND_NEWEST_NEIGHBOURS and len(newer_ends) < 2:
        others = [c for c in series if c.end != cell.end]
        others.sort(key=lambda c: (abs((c.end - cell.end).days), c.end))
        return [c.value for c in others[:4]]
    return before + after


def rejected(series: list[Cell], cell: Cell) -> bool:
    """Whether a quarter's flow is an outlier that its source does not confirm."""
    around = neighbours(series, cell)
    if len(around) < 3:
        return False
    median = statistics.median(around)
    outside = cell.value != 0 if median == 0 else not 1 / 3 <= cell.value / median <= 3
    if not outside or cell.filed:
        return False
    return not (says_more_than_derived(cell.note) or cell.value in cell.copies)


class Book:
    """The statements of one line as known at one date."""

    def __init__(self, rows: list[Row], identity: Identity, as_of: date) -> None:
        """Keep what is known at as_of."""
        self.cells = known_cells(rows, identity, as_of)
        self.q0 = newest_end(self.cells, "quarterly")
        self.a0 = newest_end(self.cells, "annual")
        # a line without quarters uses a0 as q0, but not for quarterly flows
        self.now = self.q0 if self.q0 is not None else self.a0

    def series(self, freq: str, item: str) -> list[Cell]:
        """Known cells of one item, oldest first."""
        return self.cells.get((freq, item), [])

    # -- flows

    def quarter_cell(self, item: str, k: int) -> Cell | None:
        """Quarter k of a flow, None if missing or rejected."""
        if self.q0 is None:
            return None
        series = self.series("quarterly", item)
        cell = nearest(series, self.q0, QUARTER_DAYS * k)
        if cell is not None and item in FLOWS and rejected(series, cell):
            return None
        return cell

    def year_cell(self, item: str, k: int) -> Cell | None:
        """Fiscal year k of an item."""
        if self.a0 is None:
            return None
        return nearest(self.series("annual", item), self.a0, YEAR_DAYS * k)

    def flow(self, freq: str, item: str, k: int) -> float | None:
        """Value of a flow in quarter k or year k; gross profit may be derived."""
        get = self.quarter_cell if freq == "quarterly" else self.year_cell
        cell = get(item, k)
        if cell is not None:
            return cell.value
        if item == "GrossProfit":
            revenue = get("TotalRevenue", k)
            cost = get("CostOfRevenue", k)
            if revenue is not None and cost is not None:
                return revenue.value - cost.value
        return None

    def four_quarters(self, items: tuple[str, ...]) -> list[float] | None:
        """Sums over q0..q3, None if any of the items lacks a quarter."""
        sums: list[float] = []
        for item in items:
            values = [self.flow("quarterly", item, k) for k in range(4)]
            present = [value for value in values if value is not None]
            if len(present) < 4:
                return None
            sums.append(sum(present))
        return sums

    def fiscal_year(self, items: tuple[str, ...]) -> list[float] | None:
        """Values of a0 if it ended with q0 or at most 100 days before it."""
        if self.a0 is None or self.now is None:
            return None
        if not -TOLERANCE_DAYS <= (self.now - self.a0).days <= OLDER_DAYS:
            return None
        values = [self.flow("annual", item, 0) for item in items]
        present = [value for value in values if value is not None]
        return present if len(present) == len(items) else None

    def ttm(self, *items: str) -> list[float] | None:
        """Twelve months of all items: the same four quarters or the same year."""
        quarters = self.four_quarters(items)
        return quarters if quarters is not None else self.fiscal_year(items)

    def ttm_ebit(self) -> float | None:
        """Operating income, or EBIT where it has neither quarters nor a year."""
        for item in ("OperatingIncome", "EBIT"):
            flows = self.ttm(item)
            if flows is not None:
                return flows[0]
        return None

    # -- balances

    def balance_near(self, item: str, days_before: float) -> float | None:
        """A balance so many days before q0, give or take 20, quarterly first."""
        if self.now is None:
            return None
        for freq in ("quarterly", "annual"):
            cell = nearest(self.series(freq, item), self.now, days_before)
            if cell is not None:
                return cell.value
        return None

    def balance_on(self, item: str, day: date) -> float | None:
        """A balance of exactly one date, quarterly first."""
        for freq in ("quarterly", "annual"):
            for cell in self.series(freq, item):
                if cell.end == day:
                    return cell.value
        return None

    def balances(self, *items: str) -> list[float] | None:
        """All items at q0, else at the newest date not over 100 days older."""
        if self.now is None:
            return None
        values = [self.balance_near(item, 0) for item in items]
        present = [value for value in values if value is not None]
        if len(present) == len(items):
            return present
        days: set[date] = set()
        for item in items:
            for freq in ("quarterly", "annual"):
                days.update(cell.end for cell in self.series(freq, item))
        for day in sorted(days, reverse=True):
            if not 0 < (self.now - day).days <= OLDER_DAYS:
                continue
            values = [self.balance_on(item, day) for item in items]
            present = [value for value in values if value is not None]
            if len(present) == len(items):
                return present
        return None

    def assets_a_year_earlier(self) -> float | None:
        """Total assets of q4, else of a1."""
        value = self.balance_near(ASSETS, QUARTER_DAYS * 4)
        if value is not None:
            return value
        cell = self.year_cell(ASSETS, 1)
        return None if cell is None else cell.value

    def newest_annual(self, item: str) -> float | None:
        """Newest known annual figure of an item."""
        series = self.series("annual", item)
        return series[-1].value if series else None

    def newest_shares(self) -> float | None:
        """Newest diluted average shares, quarterly first on the same date."""
        best: Cell | None = None
        for freq in ("quarterly", "annual"):
            for cell in self.series(freq, SHARES):
                if best is None or cell.end > best.end:
                    best = cell
        return None if best is None else best.value


# ---------------------------------------------------------------------- price factors


def adjusted_closes(sessions: list[Price], as_of: date) -> list[float]:
    """Adjusted closes on or before as_of, oldest first."""
    closes: list[float] = []
    for price in sessions:
        if price.day <= as_of and price.adjusted is not None and price.adjusted > 0:
            closes.append(price.adjusted)
    return closes


def close_at(sessions: list[Price], day: date) -> float | None:
    """Newest close on or before a day; the adjusted one where it is empty."""
    newest: float | None = None
    for price in sessions:
        if price.day <= day:
            value = price.close if price.close is not None else price.adjusted
            if value is not None:
                newest = value
    return newest


def weekly_sigma(closes: list[float], minimum: int) -> float | None:
    """Yearly deviation of 5-session log returns counted back from the last close."""
    returns: list[float] = []
    i = len(closes) - 1
    while i - 5 >= 0 and len(returns) < 104:
        returns.append(math.log(closes[i] / closes[i - 5]))
        i -= 5
    if len(returns) < minimum:
        return None
    deviation = statistics.stdev(returns)
    return None if deviation < ZERO_DEVIATION else deviation * math.sqrt(52)


def momentum(
    closes: list[float], start: int, sessions: int, minimum: int, rate: float
) -> float | None:
    """Excess return from `start` closes ago to 22 closes ago over sigma."""
    if len(closes) < start:
        return None
    sigma = weekly_sigma(closes, minimum)
    if sigma is None:
        return None
    return (closes[-22] / closes[-start] - 1 - rate * sessions / 252) / sigma


def volatility(closes: list[float]) -> float | None:
    """Yearly deviation of up to 252 daily log returns."""
    window = closes[-253:]
    if len(window) < 127:
        return None
    returns = [math.log(window[i] / window[i - 1]) for i in range(1, len(window))]
    return statistics.stdev(returns) * math.sqrt(252)


def drawdown(closes: list[float]) -> float | None:
    """Largest fall from the running maximum over up to 253 closes."""
    window = closes[-253:]
    if len(window) < 127:
        return None
    worst = 0.0
    peak = window[0]
    for close in window:
        peak = max(peak, close)
        worst = max(worst, 1 - close / peak)
    return worst


# ------------------------------------------------------------------ statement factors


def rev_yoy_q(book: Book) -> float | None:
    """Revenue of the newest quarter over that of a year before."""
    new = book.quarter_cell("TotalRevenue", 0)
    old = book.quarter_cell("TotalRevenue", 4)
    if new is None or old is None or old.value <= 0:
        return None
    if not 350 <= (new.end - old.end).days <= 380:
        return None
    return new.value / old.value - 1


def rev_cagr_3y(book: Book) -> float | None:
    """Yearly growth of revenue over three fiscal years."""
    new = book.flow("annual", "TotalRevenue", 0)
    old = book.flow("annual", "TotalRevenue", 3)
    if new is None or old is None or old <= 0 or new < 0:
        return None
    return float((new / old) ** (1 / 3)) - 1


def dgp_at(book: Book) -> float | None:
    """Change of a year's gross profit over the assets at its start."""
    new = book.flow("annual", "GrossProfit", 0)
    old = book.flow("annual", "GrossProfit", 1)
    assets = book.flow("annual", ASSETS, 1)
    if new is None or old is None or assets is None or assets <= 0:
        return None
    return (new - old) / assets


def gp_at(book: Book) -> float | None:
    """Gross profit over assets."""
    flows = book.ttm("GrossProfit")
    balances = book.balances(ASSETS)
    if flows is None or balances is None or balances[0] <= 0:
        return None
    return flows[0] / balances[0]


def ebit_ic(book: Book) -> float | None:
    """EBIT over invested capital."""
    ebit = book.ttm_ebit()
    balances = book.balances(DEBT, EQUITY)
    if ebit is None or balances is None or sum(balances) <= 0:
        return None
    return ebit / sum(balances)


def accruals_at(book: Book) -> float | None:
    """Net income less operating cash flow, over mean assets."""
    flows = book.ttm("NetIncome", "OperatingCashFlow")
    balances = book.balances(ASSETS)
    if flows is None or balances is None:
        return None
    assets = balances[0]
    earlier = book.assets_a_year_earlier()
    if earlier is not None:
        assets = (assets + earlier) / 2
    if assets <= 0:
        return None
    return (flows[0] - flows[1]) / assets


def netdebt_at(book: Book) -> float | None:
    """Net debt over assets."""
    balances = book.balances(DEBT, CASH, ASSETS)
    if balances is None or balances[2] <= 0:
        return None
    return (balances[0] - balances[1]) / balances[2]


# ---------------------------------------------------------------------- market values


def share_count(line: Row, book: Book, as_of: date) -> float | None:
    """Ordinary shares as known at as_of."""
    count = number_of(line, "shares_outstanding")
    counted = date_of(line, "shares_as_of")
    if count is not None and counted is not None and counted <= as_of:
        return count
    diluted = book.newest_shares()
    if diluted is not None:
        return diluted
    return count if counted is None else None


def local_market_cap(
    close: float | None, shares: float | None, identity: Identity
) -> float | None:
    """Market value in the currency of the price."""
    if close is None or shares is None:
        return None
    return close * shares / float(identity["ordinary_per_receipt"])


def share_count_unresolved(
    line: Row,
    sessions: list[Price],
    shares: float | None,
    identity: Identity,
    as_of: date,
) -> bool:
    """Whether our market value is over 25% off the one of the source."""
    theirs = number_of(line, "market_cap")
    day = date_of(line, "market_cap_as_of")
    if theirs is None or theirs <= 0 or (day is not None and day > as_of):
        return False
    close = close_at(sessions, day if day is not None else as_of)
    ours = local_market_cap(close, shares, identity)
    return ours is not None and abs(ours / theirs - 1) > 0.25


def enterprise_value(
    book: Book, cap_usd: float | None, fx: float | None
) -> float | None:
    """Market value plus net debt, minorities and preferred stock, in USD."""
    balances = book.balances(DEBT, CASH)
    if cap_usd is None or fx is None or balances is None:
        return None
    minority = book.newest_annual("MinorityInterest") or 0.0
    preferred = book.newest_annual("PreferredStock") or 0.0
    return cap_usd + (balances[0] - balances[1] + minority + preferred) * fx


def ey_fwd(
    rows: list[Row], sessions: list[Price], identity: Identity, as_of: date
) -> float | None:
    """Forward earnings yield of the newest figure at most 60 days old."""
    newest: Row | None = None
    newest_day: date | None = None
    for row in rows:
        day = date_of(row, "date")
        if day is None or not as_of - timedelta(days=60) <= day <= as_of:
            continue
        if newest_day is None or day >= newest_day:
            newest_day = day
            newest = row
    if newest is None or newest_day is None:
        return None
    eps = number_of(newest, "forward_eps")
    if identity["price_currency"] == identity["statement_currency"] and eps is not None:
        price = number_of(newest, "price")
        if price is None:
            price = close_at(sessions, newest_day)
        if price is not None and price > 0:
            return eps / price
    multiple = number_of(newest, "forward_pe")
    return 1 / multiple if multiple is not None and multiple > 0 else None


def fcf_mcap(book: Book, cap_usd: float | None, fx: float | None) -> float | None:
    """Free cash flow over market value."""
    flows = book.ttm("OperatingCashFlow", "CapitalExpenditure")
    if flows is None or fx is None or cap_usd is None or cap_usd <= 0:
        return None
    return (flows[0] - abs(flows[1])) * fx / cap_usd


def ebit_ev(book: Book, ev_usd: float | None, fx: float | None) -> float | None:
    """EBIT over enterprise value."""
    ebit = book.ttm_ebit()
    if ebit is None or fx is None or ev_usd is None or ev_usd <= 0:
        return None
    return ebit * fx / ev_usd


# ------------------------------------------------------------------------- the oracle


def raw_values(
    tables: Tables,
    identities: dict[str, Identity],
    as_of: date,
    risk_free_rate: float = 0.04,
) -> dict[str, dict[str, float | None]]:
    """Raw factor values and market values per symbol, None where missing."""
    result: dict[str, dict[str, float | None]] = {}
    for symbol, identity in identities.items():
        line = tables.lines.get(symbol, {})
        sessions = tables.prices.get(symbol, [])
        closes = adjusted_closes(sessions, as_of)
        rows = statement_rows(tables.statements, identities, symbol)
        book = Book(rows, identity, as_of)

        fx_price = usd_per_unit(tables.rates, identity["price_currency"], as_of)
        fx = usd_per_unit(tables.rates, identity["statement_currency"], as_of)
        shares = share_count(line, book, as_of)
        cap = local_market_cap(close_at(sessions, as_of), shares, identity)
        cap_usd = None if cap is None or fx_price is None else cap * fx_price
        ev_usd = enterprise_value(book, cap_usd, fx)

        values: dict[str, float | None] = {
            "mom_12_1": momentum(closes, 253, 231, 52, risk_free_rate),
            "mom_6_1": momentum(closes, 127, 105, 26, risk_free_rate),
            "rev_yoy_q": rev_yoy_q(book),
            "rev_cagr_3y": rev_cagr_3y(book),
            "dgp_at": dgp_at(book),
            "gp_at": gp_at(book),
            "ebit_ic": ebit_ic(book),
            "accruals_at": accruals_at(book),
            "netdebt_at": netdebt_at(book),
            "ebit_ev": ebit_ev(book, ev_usd, fx),
            "fcf_mcap": fcf_mcap(book, cap_usd, fx),
            "ey_fwd": ey_fwd(tables.forward.get(symbol, []), sessions, identity, as_of),
            "vol_252": volatility(closes),
            "maxdd_252": drawdown(closes),
        }
        if share_count_unresolved(line, sessions, shares, identity, as_of):
            for factor in ("ebit_ev", "fcf_mcap", "ey_fwd"):
                values[factor] = None
        values["market_cap_usd"] = cap_usd
        values["enterprise_value_usd"] = ev_usd
        result[symbol] = values
    return result
