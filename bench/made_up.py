"""Where does a universe of 1,000 to 60,000 stocks come from? Nobody's figures, in SQL.

Everything follows from the number of a stock by DuckDB's hash, so that the same sizes
are the same figures. There are stocks in four currencies, receipts, foreign and
half-yearly filers, sisters of one issuer, new and stale listings, and stocks without
statements, quote or forecast.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from triad_screener import databases
from triad_screener.model.vocabulary import PILLARS
from triad_screener.store import Store

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection

STORE_NAME: Final = "triad.duckdb"
TAXONOMY_NAME: Final = "triad.yaml"
LAYERS: Final = 20
SESSIONS_PER_YEAR: Final = 252
#: Stocks whose prices are made in one statement: more would not fit the memory.
GROUP: Final = 4_000
FORMATS: Final = ("store", "csv", "parquet")

# Columns of the store are named: those that come later stay empty.
# What stands beneath all figures: `u` is a number in [0, 1), the same for the same
# stock and purpose.
_MACROS: Final = """
CREATE TEMP MACRO u(number, purpose) AS
    (hash(number * 1009 + purpose) >> 11)::DOUBLE / 9007199254740992;
CREATE TEMP TABLE last AS SELECT DATE '2026-05-15' AS day,
    TIMESTAMP '2026-05-16 12:00:00' AS fetched_at;
"""

_SESSIONS: Final = """
CREATE TEMP TABLE sessions AS
WITH weekdays AS (
    SELECT unnest(generate_series(
        (SELECT day FROM last) - ($count * 7 // 5 + 7)::INTEGER, (SELECT day FROM last),
        INTERVAL 1 DAY
    ))::DATE AS session
), numbered AS (
    SELECT session, row_number() OVER (ORDER BY session DESC) - 1 AS ago
    FROM weekdays WHERE isodow(session) <= 5
)
SELECT session, ago, $count - 1 - ago AS place,
    sum(0.01 * (u(ago, 1) + u(ago, 2) + u(ago, 3) - 1.48))
        OVER (ORDER BY session) AS market,
    -- How many dividends have been paid by then.
    count(*) FILTER (ago % 63 = 20) OVER (ORDER BY session) AS paid
FROM numbered WHERE ago < $count ORDER BY session;
"""

_CURRENCIES: Final = """
CREATE TEMP TABLE currencies (currency VARCHAR, usd_per_unit DOUBLE);
INSERT INTO currencies VALUES
    ('EUR', 1.17), ('JPY', 0.0065), ('TWD', 0.0328), ('USD', 1.0);
"""

# One row a stock: what it is, and the few numbers that its figures grow from.
_STOCKS: Final = """
CREATE TEMP TABLE stocks AS
WITH kinds AS (
    SELECT number::BIGINT AS number, number % 10 AS region,
        number % 100 = 51 AS is_sister
    FROM range($stocks) AS all_stocks (number)
)
SELECT number, region, is_sister,
    'T' || lpad(number::VARCHAR, 5, '0') AS symbol,
    'Company ' || number AS name,
    -- The stock before it is the home line of the same company.
    'issuer_' || (number - is_sister::INTEGER) AS issuer,
    CASE WHEN number % 40 = 0 THEN 'core' WHEN number % 40 = 1 THEN 'named'
        ELSE 'extension' END AS role,
    number % $layers AS layer,
    CASE region WHEN 6 THEN 'XETR' WHEN 7 THEN 'XTKS' WHEN 8 THEN 'XTAI'
        ELSE 'XNAS' END AS exchange,
    CASE region WHEN 6 THEN 'EUR' WHEN 7 THEN 'JPY' WHEN 8 THEN 'TWD'
        ELSE 'USD' END AS price_currency,
    CASE region WHEN 6 THEN 'EUR' WHEN 7 THEN 'JPY' WHEN 8 THEN 'TWD' WHEN 9 THEN 'TWD'
        ELSE 'USD' END AS statement_currency,
    CASE region WHEN 9 THEN 5.0 ELSE 1.0 END AS ordinary_per_receipt,
    CASE number % 7 WHEN 0 THEN 6 WHEN 1 THEN 9 WHEN 2 THEN 3 ELSE 12
        END AS fiscal_year_end,
    region >= 6 AS foreign_filer,
    number % 50 = 6 AS half_yearly,
    CASE region WHEN 6 THEN 'DE' WHEN 7 THEN 'JP' WHEN 8 THEN 'TW' WHEN 9 THEN 'TW'
        ELSE 'US' END AS country,
    lpad((1000000 + number)::VARCHAR, 10, '0') AS cik,
    round(0.02 + 0.6 * u(number, 11), 4) AS share,
    round(0.01 + 0.3 * u(number, 12), 4) AS second_share,
    -- In US dollars: sales of a year, worth of the company; what one stock costs today.
    exp(20 + 4 * u(number, 13)) AS sales,
    0.5 + 9 * u(number, 14) * u(number, 15) AS price_to_sales,
    round(5 + 300 * u(number, 16) * u(number, 17), 2) AS price,
    0.3 * u(number, 18) - 0.02 AS growth,
    0.3 + 1.4 * u(number, 19) AS beta,
    0.25 * u(number, 20) - 0.05 AS drift,
    0.004 + 0.03 * u(number, 21) AS noise,
    CASE WHEN u(number, 22) < 0.4 THEN 0.004 * u(number, 23) ELSE 0 END AS yield,
    -- A new listing has some months of prices; a stale one ends six weeks early.
    CASE WHEN number % 89 = 7 THEN 100 ELSE 1000000 END AS longest_ago,
    CASE WHEN number % 83 = 5 THEN 30 ELSE 0 END AS shortest_ago,
    number % 97 <> 13 AND NOT is_sister AS has_statements,
    number % 101 <> 3 AS has_quote,
    number % 103 <> 9 AS has_forecast
FROM kinds ORDER BY number;
"""

# Two waves, the market and a jitter: without a window over all prices.
_PRICES: Final = """
CREATE OR REPLACE TEMP VIEW made_prices AS
SELECT symbol, session,
    round(price / usd_per_unit * exp(
        beta * (market - last_market) - drift * ago / 252
        + 0.12 * (sin(ago / 31.0 + number) - sin(number::DOUBLE))
        + 0.05 * (cos(ago / 7.0 + number) - cos(number::DOUBLE))
        + noise * ((h & 4294967295)::DOUBLE / 4294967296 - 0.5)
    ), 4) AS close,
    round(sales * price_to_sales / price / 250 * (
        0.4 + 1.2 * (h >> 32)::DOUBLE / 4294967296)) AS volume
FROM (
    SELECT *, hash(number * 100003 + ago) AS h
    FROM stocks CROSS JOIN sessions
    CROSS JOIN (SELECT market AS last_market FROM sessions WHERE ago = 0)
    JOIN currencies ON currency = price_currency
    WHERE ago BETWEEN shortest_ago AND longest_ago
);
"""

_STATEMENTS: Final = """
CREATE TEMP TABLE items (item VARCHAR, size DOUBLE, kind VARCHAR);
INSERT INTO items VALUES
    ('TotalRevenue', 1, 'flow'), ('CostOfRevenue', 0.55, 'flow'),
    ('GrossProfit', 0.45, 'flow'), ('OperatingIncome', 0.18, 'flow'),
    ('EBIT', 0.18, 'flow'), ('NetIncome', 0.14, 'flow'),
    ('OperatingCashFlow', 0.2, 'flow'), ('CapitalExpenditure', -0.07, 'flow'),
    ('EBITDA', 0.23, 'flow'), ('FreeCashFlow', 0.13, 'flow'),
    ('TotalAssets', 1.9, 'balance'), ('TotalDebt', 0.4, 'balance'),
    ('CashCashEquivalentsAndShortTermInvestments', 0.3, 'balance'),
    ('StockholdersEquity', 0.9, 'balance'), ('MinorityInterest', 0.01, 'balance'),
    ('PreferredStock', 0.005, 'balance'), ('Inventory', 0.1, 'balance'),
    ('NetPPE', 0.5, 'balance'), ('OrdinarySharesNumber', 1, 'shares'),
    ('DilutedAverageShares', 1.01, 'shares');
-- Eight quarters and four years, by the end of the fiscal year of the stock.
CREATE TEMP TABLE periods AS
SELECT fiscal_year_end, freq, back,
    last_day(make_date(2026, 3, 1) - to_months(months))::DATE AS period_end,
    months
FROM (SELECT unnest([3, 6, 9, 12]) AS fiscal_year_end)
CROSS JOIN (
    SELECT 'quarterly' AS freq, unnest(range(8)) AS back
    UNION ALL SELECT 'annual', unnest(range(4))
) CROSS JOIN LATERAL (
    SELECT CASE freq WHEN 'quarterly' THEN 3 * back
        ELSE (3 - fiscal_year_end + 12) % 12 + 12 * back END AS months
);
CREATE OR REPLACE TEMP VIEW made_statements AS
SELECT symbol, freq, period_end, item,
    CASE items.kind
        WHEN 'shares' THEN round(
            size * sales * price_to_sales / price * ordinary_per_receipt
        )
        ELSE round(
            sales / usd_per_unit * size * exp(-growth * months / 12)
            * CASE WHEN items.kind = 'flow' AND freq = 'quarterly' THEN 0.25 ELSE 1 END
            * (0.85 + 0.3 * u(number, 100 + hash(item) % 1000))
            * (0.97 + 0.06 * u(number, 2000 + months * 40 + hash(item) % 37))
        )
    END AS value,
    CASE items.kind WHEN 'shares' THEN 'shares' ELSE statement_currency END AS currency
FROM stocks JOIN currencies ON currencies.currency = statement_currency
JOIN periods USING (fiscal_year_end) CROSS JOIN items
WHERE has_statements AND (freq = 'annual' OR NOT half_yearly);
"""

_QUOTES: Final = """
CREATE OR REPLACE TEMP VIEW made_quotes AS
SELECT symbol, name, price_currency, statement_currency,
    round(price / usd_per_unit, 4) AS price,
    round(sales * price_to_sales / price) AS shares,
    CASE WHEN has_forecast THEN round(8 + 40 * u(number, 31), 2) END AS forward_pe,
    ordinary_per_receipt, number
FROM stocks JOIN currencies ON currency = price_currency
WHERE has_quote;
CREATE OR REPLACE TEMP VIEW made_rates AS
SELECT currency, session AS day,
    round(usd_per_unit * (1 + 0.03 * sin(ago / 40.0)), 8) AS usd_per_unit
FROM currencies CROSS JOIN sessions WHERE currency <> 'USD';
CREATE OR REPLACE TEMP VIEW fund_prices AS
SELECT 'SPY' AS symbol, session, round(600 * exp(market), 4) AS close, 7e7 AS volume
FROM sessions;
"""

_GROUP_OF_PRICES: Final = """
INSERT INTO made.prices (symbol, session, close, volume)
SELECT symbol, session, close, volume FROM made_prices JOIN stocks USING (symbol)
WHERE number >= $start AND number < $end ORDER BY symbol, session;
"""

_DIVIDENDS: Final = """
INSERT INTO made.actions (symbol, session, kind, amount)
SELECT symbol, session, 'dividend', round(close * yield, 4)
FROM made.prices JOIN stocks USING (symbol) JOIN sessions USING (session)
WHERE yield > 0 AND ago % 63 = 20 AND place > 0
ORDER BY symbol, session;
"""

_FACTS: Final = """
INSERT INTO made.price_facts (symbol, currency, unit, forming_until)
SELECT symbol, price_currency, price_currency, NULL FROM stocks
UNION ALL SELECT 'SPY', 'USD', 'USD', NULL;
INSERT INTO made.statements (
    symbol, freq, period_end, item, value, currency, seen, fetched_at
)
SELECT symbol, freq, period_end, item, value, currency, last.day, last.fetched_at
FROM made_statements CROSS JOIN last ORDER BY symbol, freq, item, period_end;
INSERT INTO made.quotes (
    symbol, as_of, name, kind, price_currency, statement_currency, price, market_cap,
    shares, forward_pe, forward_eps, earnings_date, reports_on
)
SELECT symbol, last.day, name, 'equity', price_currency, statement_currency, price,
    round(price * shares), shares, forward_pe, round(price / forward_pe, 4),
    last.day - 20, last.day + 71
FROM made_quotes CROSS JOIN last ORDER BY symbol;
INSERT INTO made.rates BY NAME FROM made_rates ORDER BY currency, day;
INSERT INTO made.fetches (
    fetched_at, kind, symbol, since, reason, detail, seconds
)
SELECT fetched_at, kind, symbol, NULL, '', '', 0.1
FROM stocks
CROSS JOIN (SELECT unnest(['prices', 'statements', 'quotes']) AS kind)
CROSS JOIN last
WHERE (kind <> 'statements' OR has_statements) AND (kind <> 'quotes' OR has_quote)
UNION ALL SELECT fetched_at, 'prices', 'SPY', NULL, '', '', 0.1 FROM last
UNION ALL SELECT fetched_at, 'rates', currency, NULL, '', '', 0.1
FROM currencies CROSS JOIN last WHERE currency <> 'USD';
"""

# As the program adjusts: each dividend takes its part of the close before it away from
# all earlier prices.
_TABLES: Final = {
    "lines": """
        SELECT symbol, shares * ordinary_per_receipt AS shares_outstanding,
            last.day AS shares_as_of, round(price * shares) AS market_cap,
            last.day AS market_cap_as_of, 'equity' AS kind
        FROM made_quotes CROSS JOIN last
        UNION ALL SELECT symbol, NULL, NULL, NULL, NULL, 'equity'
        FROM stocks WHERE NOT has_quote
        UNION ALL SELECT 'SPY', NULL, NULL, NULL, NULL, 'fund'
        ORDER BY symbol
    """,
    "prices": """
        WITH before AS (
            SELECT a.symbol, s.paid, ln(1 - a.amount / p.close) AS step
            FROM made.actions AS a JOIN sessions AS s ON s.session = a.session
            JOIN sessions AS b ON b.place = s.place - 1
            JOIN made.prices AS p ON p.symbol = a.symbol AND p.session = b.session
        ), paid_after AS (
            SELECT stocks.symbol, counts.paid, exp(sum(step)) AS factor
            FROM stocks CROSS JOIN (SELECT DISTINCT paid FROM sessions) AS counts
            JOIN before ON before.symbol = stocks.symbol AND before.paid > counts.paid
            GROUP BY ALL
        )
        SELECT p.symbol, p.session AS date, p.close * coalesce(factor, 1) AS adj_close,
            p.close, p.volume
        FROM made.prices AS p JOIN sessions USING (session)
        LEFT JOIN paid_after
            ON paid_after.symbol = p.symbol AND paid_after.paid = sessions.paid
        ORDER BY p.symbol, date
    """,
    "statements": """
        SELECT symbol, freq, period_end, item, value, currency, seen
        FROM made.statements ORDER BY symbol, freq, item, period_end
    """,
    "fx": "SELECT currency, day AS date, usd_per_unit FROM made.rates "
    "ORDER BY currency, day",
    "forward": """
        SELECT symbol, last.day AS date, forward_pe, round(price / forward_pe, 4)
            AS forward_eps, price
        FROM made_quotes CROSS JOIN last WHERE forward_pe IS NOT NULL ORDER BY symbol
    """,
}

_CONSTITUENTS: Final = """
SELECT symbol AS ticker, name, issuer, role, 'layer_' || layer AS layers,
    exchange AS "identity.exchange", price_currency AS "identity.price_currency",
    statement_currency AS "identity.statement_currency",
    ordinary_per_receipt AS "identity.ordinary_per_receipt",
    fiscal_year_end AS "identity.fiscal_year_end",
    foreign_filer AS "identity.foreign_filer", half_yearly AS "identity.half_yearly",
    country AS "identity.country", cik AS "identity.cik",
    {exposures}
FROM stocks ORDER BY number
"""


def _exposures() -> str:
    """Return the columns of the exposures: one pillar, and of a third a second one."""
    columns = []
    for place, pillar in enumerate(PILLARS):
        own = f"number % 3 = {place}"
        second = f"number % 9 = {(place + 1) % 3}"
        has = f"({own} OR {second})"
        values = {
            "share": f"CASE WHEN {own} THEN share WHEN {second} THEN second_share END",
            "basis": f"CASE WHEN {has} THEN 'estimate' END",
            "source": f"CASE WHEN {has} THEN 'nobody' END",
            "date": f"CASE WHEN {has} THEN DATE '2026-01-01' END",
            "rationale": f"CASE WHEN {has} THEN 'Made up.' END",
        }
        columns += [
            f'{value} AS "exposures.{pillar}.{key}"' for key, value in values.items()
        ]
    return ", ".join(columns)


def taxonomy_text(table: str) -> str:
    """Return the YAML around the table of constituents called ``table``."""
    pillars = "".join(
        f"  {pillar}:\n    name: {{en: {pillar.title()}, zh: 虛構}}\n"
        '    colour: "#336699"\n    summary: Made up.\n'
        for pillar in PILLARS
    )
    layers = "".join(
        f"  layer_{n}: {{name: Layer {n}, pillar: {PILLARS[n % len(PILLARS)]}}}\n"
        for n in range(LAYERS)
    )
    return (
        "id: made_up\ntitle: Made up\nreviewed: 2026-05-15\n"
        f"pillars:\n{pillars}layers:\n{layers}constituents_table: {table}\n"
        "benchmarks:\n  - {ticker: SPY, name: Made up}\n"
        "sources:\n  nobody:\n"
        "    {publisher: Nobody, title: Made up, date: 2026-01-01, grade: D}\n"
    )


@contextmanager
def _made(path: Path, stocks: int, years: int) -> Iterator[DuckDBPyConnection]:
    """Yield a connection with the store attached as ``made`` and all views ready."""
    with databases.connect(sealed=False, memory="3GB") as connection:
        connection.execute(_MACROS)
        count = years * SESSIONS_PER_YEAR
        connection.execute(_SESSIONS, {"count": count})
        connection.execute(_CURRENCIES)
        connection.execute(_STOCKS, {"stocks": stocks, "layers": LAYERS})
        for views in (_PRICES, _STATEMENTS, _QUOTES):
            connection.execute(views)
        Store(path).save([])
        connection.execute(f"ATTACH {_text(path)} AS made")
        yield connection


def make(folder: Path, stocks: int, years: int, formats: Collection[str]) -> None:
    """Write a taxonomy of ``stocks`` and their figures in each of ``formats``.

    ``triad.yaml`` with ``constituents.csv`` and ``constituents.parquet`` beside it;
    ``triad.duckdb``, a store; ``csv`` and ``parquet``, folders of tables.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / STORE_NAME
    path.unlink(missing_ok=True)
    with _made(path, stocks, years) as connection:
        _fill(connection, stocks)
        query = _CONSTITUENTS.format(exposures=_exposures())
        for kind in ("csv", "parquet"):
            _copy(connection, query, folder / f"constituents.{kind}")
            if kind in formats:
                (folder / kind).mkdir(exist_ok=True)
                for stem, table in _TABLES.items():
                    _copy(connection, table, folder / kind / f"{stem}.{kind}")
        connection.execute("DETACH made")
    text = taxonomy_text("constituents.parquet")
    (folder / TAXONOMY_NAME).write_text(text, "utf-8")
    if "store" not in formats:
        path.unlink()


def _fill(connection: DuckDBPyConnection, stocks: int) -> None:
    for start in range(0, stocks, GROUP):
        connection.execute(_GROUP_OF_PRICES, {"start": start, "end": start + GROUP})
    connection.execute("INSERT INTO made.prices BY NAME FROM fund_prices")
    connection.execute(_DIVIDENDS)
    connection.execute(_FACTS)


def _copy(connection: DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"COPY ({query}) TO {_text(path)}")


def _text(path: Path) -> str:
    """Return a path as SQL writes a text."""
    return "'" + str(path).replace("'", "''") + "'"
