"""A folder of tables from a stranger: what is taken, and what is refused where?"""

from __future__ import annotations

import gzip
from datetime import date
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pytest

from samples import constituent, lines_of
from triad_screener.errors import InputError, NoDataError, UsageError
from triad_screener.model.market import DatedValue, ForwardFigure, StatementCell
from triad_screener.model.taxonomy import Benchmark
from triad_screener.sources import folder

if TYPE_CHECKING:
    from pathlib import Path

    from triad_screener.model.market import MarketData

LINES = [constituent("AAA"), constituent("BBB")]
GOOD = {
    "lines.csv": (
        "symbol,kind,shares_outstanding,shares_as_of,market_cap,market_cap_as_of,"
        "average_daily_value_usd,source\n"
        "AAA,equity,10,2026-01-31,1000,2026-05-01,5e6,a filing\n"
        "BBB,,,,,,,\n"
        "SPY,fund,,,,,,\n"
    ),
    "prices.csv": (
        "symbol,date,adj_close,close,volume,source\n"
        "AAA,2026-05-14,9,10,500,an exchange\n"
        "BBB,2026-05-14,1,,,\n"
        "AAA,2026-05-15,9.5,10.5,,an exchange\n"
        "SPY,2026-05-15,700,700,,\n"
    ),
    "statements.csv": (
        "symbol,freq,period_end,item,value,currency,filed,source,note\n"
        "AAA,annual,2025-12-31,TotalRevenue,50,USD,2026-02-01,a filing,audited\n"
        "AAA,annual,2025-12-31,TotalRevenue,51,USD,2026-03-01,,restated\n"
        "AAA,quarterly,2026-03-31,TotalRevenue,-1,USD,,,\n"
    ),
    "fx.csv": (
        "currency,date,usd_per_unit,source\n"
        "TWD,2026-05-15,0.031,a bank\n"
        "EUR,2026-05-15,1.16,a bank\n"
        "TWD,2026-05-14,0.03,a bank\n"
    ),
    "forward.csv": (
        "symbol,date,forward_pe,forward_eps,price,source\n"
        "AAA,2026-05-01,20,0.5,10,a vendor\n"
        "AAA,2026-05-08,-3,,,\n"
    ),
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder in which everything is right."""
    for name, content in GOOD.items():
        (tmp_path / name).write_text(content)
    return tmp_path


def fetch(place: Path, funds: tuple[str, ...] = ()) -> MarketData:
    benchmarks = [Benchmark(ticker=ticker, name=ticker) for ticker in funds]
    return folder.connect(str(place)).fetch(LINES, benchmarks)


def change(place: Path, name: str, old: str, new: str) -> None:
    content = (place / name).read_text()
    assert content.count(old) == 1, old
    (place / name).write_text(content.replace(old, new))


def test_prices_are_by_symbol_whatever_the_order_of_the_rows(place: Path) -> None:
    found = lines_of(fetch(place))["AAA"].prices

    assert found is not None
    assert found.sessions.tolist() == [date(2026, 5, 14), date(2026, 5, 15)]
    assert found.adjusted.tolist() == [9, 9.5]
    assert found.closes.tolist() == [10, 10.5]
    np.testing.assert_array_equal(found.volumes, [500, np.nan])


def test_figures_of_a_line_have_day_and_source(place: Path) -> None:
    line = lines_of(fetch(place))["AAA"]

    assert line.shares == DatedValue(10, date(2026, 1, 31), "a filing")
    assert line.market_capitalisation == DatedValue(1000, date(2026, 5, 1), "a filing")
    assert line.average_daily_value_usd == 5e6
    assert line.price_source == "an exchange"


def test_what_is_empty_is_missing(place: Path) -> None:
    line = lines_of(fetch(place))["BBB"]

    assert line.shares is None
    assert line.market_capitalisation is None
    assert line.average_daily_value_usd is None
    assert line.cells == ()
    assert line.price_source == place.name


def test_every_version_of_a_statement_figure_is_kept(place: Path) -> None:
    cells = lines_of(fetch(place))["AAA"].cells

    year, quarter = date(2025, 12, 31), date(2026, 3, 31)
    first, second = date(2026, 2, 1), date(2026, 3, 1)
    item = "TotalRevenue"
    assert cells == (
        StatementCell("annual", item, year, 50, "USD", first, "a filing", "audited"),
        StatementCell("annual", item, year, 51, "USD", second, "", "restated"),
        StatementCell("quarterly", item, quarter, -1, "USD", None, "", ""),
    )


def test_rates_stand_oldest_first_whatever_the_order_of_the_rows(place: Path) -> None:
    rates = fetch(place).tables.fx

    assert set(rates) == {"TWD", "EUR"}
    assert rates["TWD"] == (
        DatedValue(0.03, date(2026, 5, 14), "a bank"),
        DatedValue(0.031, date(2026, 5, 15), "a bank"),
    )


def test_forward_figures_keep_what_the_vendor_said(place: Path) -> None:
    figures = lines_of(fetch(place))["AAA"].forward

    assert figures == (
        ForwardFigure(date(2026, 5, 1), 20, 0.5, 10, "a vendor"),
        ForwardFigure(date(2026, 5, 8), -3, None, None, ""),
    )


def test_a_good_folder_gives_no_warning(place: Path) -> None:
    assert fetch(place).warnings == ()


@pytest.mark.parametrize("name", ["statements.csv", "fx.csv", "forward.csv"])
def test_a_folder_may_lack_all_but_lines_and_prices(name: str, place: Path) -> None:
    (place / name).unlink()

    found = fetch(place)

    missing = name == "statements.csv"
    assert set(lines_of(found)) == {"AAA", "BBB"}
    assert found.warnings == (("the folder has no statements",) if missing else ())


def test_prices_alone_will_do_for_a_close_to_be_unknown(place: Path) -> None:
    (place / "prices.csv").write_text("symbol,date,adj_close\nAAA,2026-05-15,9\n")

    found = lines_of(fetch(place))["AAA"].prices

    assert found is not None
    assert found.adjusted.tolist() == [9]
    assert np.isnan(found.closes).all()
    assert np.isnan(found.volumes).all()


@pytest.mark.parametrize("name", GOOD)
def test_a_table_of_nothing_but_a_header_is_empty(name: str, place: Path) -> None:
    header = GOOD[name].partition("\n")[0]
    (place / name).write_text(header + "\n")

    if name == "prices.csv":
        with pytest.raises(NoDataError) as caught:
            fetch(place)
        assert caught.value.what == (
            f"{place} has no price of any line of the taxonomy."
        )
    else:
        assert lines_of(fetch(place))["AAA"].prices is not None


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        ("lines.csv", "BBB,,", "AAA,,", "line 3: repeats the key AAA of line 2."),
        ("lines.csv", "BBB,,", ",,", "line 3, column symbol: is empty."),
        ("lines.csv", "SPY,fund", "SPY,etf", "line 4, column kind: is 'etf'."),
        (
            "lines.csv",
            "equity,10,",
            "equity,0,",
            "line 2, column shares_outstanding: is '0', not above zero.",
        ),
        (
            "lines.csv",
            "2026-01-31",
            "31.1.2026",
            "line 2, column shares_as_of: is '31.1.2026', not a date.",
        ),
        (
            "lines.csv",
            ",5e6,",
            ",-5e6,",
            "line 2, column average_daily_value_usd: is '-5e6', below zero.",
        ),
        (
            "prices.csv",
            "AAA,2026-05-15,9.5",
            "AAA,2026-05-13,9.5",
            "line 4, column date: AAA goes back to 2026-05-13.",
        ),
        (
            "prices.csv",
            "AAA,2026-05-15,9.5",
            "AAA,2026-05-14,9.5",
            "line 4, column date: repeats AAA on 2026-05-14.",
        ),
        (
            "prices.csv",
            ",9.5,",
            ",,",
            "line 4, column adj_close: is empty.",
        ),
        (
            "prices.csv",
            ",9.5,",
            ",0,",
            "line 4, column adj_close: is '0', not above zero.",
        ),
        (
            "prices.csv",
            ",10.5,",
            ",-10.5,",
            "line 4, column close: is '-10.5', not above zero.",
        ),
        (
            "prices.csv",
            ",500,",
            ",-500,",
            "line 2, column volume: is '-500', below zero.",
        ),
        (
            "prices.csv",
            ",9.5,",
            ",inf,",
            "line 4, column adj_close: is 'inf', not a finite number.",
        ),
        (
            "statements.csv",
            "2026-02-01",
            "2025-12-30",
            (
                "line 2, column filed: is 2025-12-30, before the period ends on "
                "2025-12-31."
            ),
        ),
        (
            "statements.csv",
            "2026-03-01",
            "2026-02-01",
            (
                "line 3: repeats the key AAA, annual, 2025-12-31, TotalRevenue, "
                "2026-02-01 of line 2."
            ),
        ),
        (
            "statements.csv",
            "quarterly,",
            "weekly,",
            "line 4, column freq: is 'weekly'.",
        ),
        ("statements.csv", "quarterly,", ",", "line 4, column freq: is empty."),
        (
            "statements.csv",
            ",51,",
            ",n/a,",
            "line 3, column value: is 'n/a', not a finite number.",
        ),
        ("statements.csv", ",51,", ",,", "line 3, column value: is empty."),
        (
            "fx.csv",
            "TWD,2026-05-14",
            "TWD,2026-05-15",
            "line 4: repeats the key TWD, 2026-05-15 of line 2.",
        ),
        (
            "fx.csv",
            "0.031",
            "0",
            "line 2, column usd_per_unit: is '0', not above zero.",
        ),
        (
            "forward.csv",
            "2026-05-08",
            "2026-05-01",
            "line 3: repeats the key AAA, 2026-05-01 of line 2.",
        ),
        (
            "forward.csv",
            "0.5,10,",
            "0.5,0,",
            "line 2, column price: is '0', not above zero.",
        ),
    ],
)
def test_a_wrong_cell_is_named_with_file_line_and_column(
    name: str, old: str, new: str, what: str, place: Path
) -> None:
    change(place, name, old, new)

    with pytest.raises(InputError) as caught:
        fetch(place)

    assert caught.value.what == f"{place / name}, {what}"
    assert caught.value.remedy.endswith(".")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        (f"{stem}.csv", column)
        for stem, columns in folder.REQUIRED.items()
        for column in columns
    ],
)
def test_a_missing_column_is_named(name: str, column: str, place: Path) -> None:
    rows = GOOD[name].splitlines()
    header = rows[0].split(",")
    header[header.index(column)] = "something_else"
    (place / name).write_text("\n".join([",".join(header), *rows[1:]]))

    with pytest.raises(InputError) as caught:
        fetch(place)

    assert caught.value.what == f"{place / name}, line 1: has no column {column}."


def test_dates_of_a_symbol_nobody_asked_for_must_ascend_too(place: Path) -> None:
    with (place / "prices.csv").open("a") as file:
        file.write("SPY,2026-05-14,699,,,\n")

    with pytest.raises(InputError) as caught:
        fetch(place)

    assert caught.value.what.endswith(
        "line 6, column date: SPY goes back to 2026-05-14."
    )


@pytest.mark.parametrize("stem", ["lines", "prices"])
def test_a_table_that_every_folder_needs_is_missed(stem: str, place: Path) -> None:
    (place / f"{stem}.csv").unlink()

    with pytest.raises(InputError) as caught:
        fetch(place)

    assert caught.value.what == (
        f"{place}: has no file {stem}.csv, {stem}.csv.gz or {stem}.parquet."
    )


def test_two_files_of_one_table_are_refused(place: Path) -> None:
    (place / "fx.csv.gz").write_bytes(gzip.compress(GOOD["fx.csv"].encode()))

    with pytest.raises(InputError) as caught:
        fetch(place)

    assert caught.value.what == f"{place}: holds fx.csv and fx.csv.gz."


def test_a_column_nobody_asked_for_is_ignored_with_a_warning(place: Path) -> None:
    change(place, "prices.csv", "volume,source", "open,source")

    found = fetch(place)

    assert found.warnings == ("prices.csv: columns not used: 'open'",)


@pytest.mark.parametrize(
    ("name", "row", "warning"),
    [
        (
            "lines.csv",
            "ZZZ,equity,,,,,,\n",
            "lines: symbols not in the taxonomy: 'ZZZ'",
        ),
        (
            "prices.csv",
            "AAA ,2026-05-15,1,,,\n",
            "prices: symbols not in the taxonomy: 'AAA '",
        ),
        (
            "statements.csv",
            "aaa,annual,2025-12-31,TotalRevenue,1,USD,,,\n",
            "statements: symbols not in the taxonomy: 'aaa'",
        ),
        (
            "forward.csv",
            "\x1b[31mX,2026-05-01,1,,,\n",
            "forward: symbols not in the taxonomy: '\\x1b[31mX'",
        ),
    ],
)
def test_a_symbol_the_taxonomy_does_not_know_is_named(
    name: str, row: str, warning: str, place: Path
) -> None:
    with (place / name).open("a") as file:
        file.write(row)

    found = fetch(place)

    assert found.warnings == (warning,)
    assert set(lines_of(found)) == {"AAA", "BBB"}


def test_many_unknown_symbols_are_counted_and_each_is_named_once(place: Path) -> None:
    with (place / "lines.csv").open("a") as lines:
        lines.write("".join(f"Z{at},,,,,,,\n" for at in range(8)))
    with (place / "prices.csv").open("a") as prices:
        prices.write("Z0,2026-05-15,1,,,\n")

    found = fetch(place)

    assert found.warnings == (
        "lines: symbols not in the taxonomy: 'Z0', 'Z1', 'Z2', 'Z3', 'Z4' and 3 more",
    )


def test_a_benchmark_is_no_surprise_even_where_its_kind_is_not_said(
    place: Path,
) -> None:
    change(place, "lines.csv", "SPY,fund", "SPY,")

    asked, unasked = fetch(place, ("SPY",)), fetch(place)

    assert asked.warnings == ()
    assert unasked.warnings == ("lines: symbols not in the taxonomy: 'SPY'",)


def test_prices_of_a_benchmark_stand_apart_from_the_lines(place: Path) -> None:
    asked, unasked = fetch(place, ("SPY", "QQQ")), fetch(place)

    assert asked.funds["SPY"].adjusted.tolist() == [700]
    assert (set(asked.funds), unasked.funds) == ({"SPY"}, {})
    assert set(lines_of(asked)) == set(lines_of(unasked)) == {"AAA", "BBB"}


@pytest.mark.parametrize(
    ("column", "right", "wrong", "ours"),
    [
        ("issuer", "aaa", "bbb", "aaa"),
        ("exchange", "XNAS", "XNYS", "XNAS"),
        ("price_currency", "USD", "EUR", "USD"),
        ("statement_currency", "USD", "TWD", "USD"),
        ("ordinary_per_receipt", "1.00", "5", "1.0"),
        ("fiscal_year_end", "12", "twelve", "12"),
        ("foreign_filer", "False", "true", "False"),
        ("half_yearly", "0", "1", "False"),
    ],
)
def test_identity_in_a_folder_must_agree_with_the_taxonomy(
    column: str, right: str, wrong: str, ours: str, place: Path
) -> None:
    def told(text: str) -> MarketData:
        (place / "lines.csv").write_text(f"symbol,{column}\nBBB,\nAAA,{text}\nZ,?\n")
        return fetch(place)

    agreed = told(right)
    with pytest.raises(InputError) as caught:
        told(wrong)

    assert set(lines_of(agreed)) == {"AAA", "BBB"}
    assert caught.value.what == (
        f"{place / 'lines.csv'}, line 3, column {column}: "
        f"is {wrong!r}, the taxonomy says {ours}."
    )


def test_identity_the_taxonomy_does_not_have_is_left_alone(place: Path) -> None:
    (place / "lines.csv").write_text("symbol,country,cik\nAAA,US,0000000001\n")

    found = fetch(place, ("SPY",))

    assert found.warnings == ()


def test_a_line_without_prices_is_known_and_one_without_anything_is_absent(
    place: Path,
) -> None:
    (place / "prices.csv").write_text("symbol,date,adj_close\nAAA,2026-05-15,9\n")
    known = fetch(place)
    (place / "lines.csv").write_text("symbol\nAAA\n")
    absent = fetch(place)

    assert lines_of(known)["BBB"].prices is None
    assert set(lines_of(absent)) == {"AAA"}


def test_a_folder_of_other_companies_has_no_data(place: Path) -> None:
    other = folder.connect(str(place))

    with pytest.raises(NoDataError) as caught:
        other.fetch([constituent("CCC")])

    assert caught.value.what == f"{place} has no price of any line of the taxonomy."


@pytest.mark.parametrize("path", ["nowhere", "~nobody_at_all/x", "lines.csv"])
def test_what_is_no_folder_has_no_data(
    path: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)

    with pytest.raises(NoDataError) as caught:
        folder.connect(path).fetch(LINES)

    assert caught.value.what == f"There is no folder {path}."


def test_a_folder_source_needs_a_path() -> None:
    with pytest.raises(UsageError) as caught:
        folder.connect("")

    assert caught.value.what == "The folder source needs a path."


def test_a_tilde_is_the_home_of_the_user(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(place.parent))

    found = folder.connect(f"~/{place.name}").fetch(LINES)

    assert set(lines_of(found)) == {"AAA", "BBB"}


def test_packing_a_table_changes_neither_figures_nor_digest(place: Path) -> None:
    plain = fetch(place)
    for name, content in GOOD.items():
        (place / name).unlink()
        (place / f"{name}.gz").write_bytes(gzip.compress(content.encode()))

    packed = fetch(place)

    assert packed.digest == plain.digest
    assert lines_of(packed)["AAA"].cells == lines_of(plain)["AAA"].cells
    assert packed.tables.fx == plain.tables.fx


def test_parquet_gives_the_same_figures(place: Path) -> None:
    plain = fetch(place)
    for name in GOOD:
        file = place / name
        target = file.with_suffix(".parquet")
        duckdb.execute(f"COPY (FROM read_csv('{file}')) TO '{target}'")
        file.unlink()

    packed = fetch(place)

    assert lines_of(packed)["AAA"].cells == lines_of(plain)["AAA"].cells
    assert lines_of(packed)["AAA"].shares == lines_of(plain)["AAA"].shares
    assert lines_of(packed)["AAA"].forward == lines_of(plain)["AAA"].forward
    assert packed.tables.fx == plain.tables.fx
    ours, theirs = lines_of(plain)["AAA"].prices, lines_of(packed)["AAA"].prices
    assert ours is not None
    assert theirs is not None
    assert ours.sessions.tolist() == theirs.sessions.tolist()
    assert ours.adjusted.tolist() == theirs.adjusted.tolist()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("lines.csv", "equity,10,", "equity,11,"),
        ("prices.csv", "9.5", "9.51"),
        ("statements.csv", "restated", "mended"),
        ("fx.csv", "0.031", "0.032"),
        ("forward.csv", "20", "21"),
    ],
)
def test_one_cell_changes_the_digest(
    name: str, old: str, new: str, place: Path
) -> None:
    before = fetch(place).digest
    content = (place / name).read_text()
    (place / name).write_text(content.replace(old, new, 1))

    after = fetch(place).digest

    assert after != before
