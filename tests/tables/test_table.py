"""A table from a stranger: what is read, and where exactly is it wrong?"""

from __future__ import annotations

import gzip
import os
from datetime import date
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pytest

from triad_screener.errors import InputError
from triad_screener.tables import table as tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from triad_screener.tables.table import Table

COLUMNS = ("symbol", "date", "value", "note")


def parse(content: str | bytes) -> Table:
    raw = content.encode() if isinstance(content, str) else content
    return tables.parse(raw, "t.csv", required=("symbol",), known=COLUMNS)


def read(path: Path) -> Table:
    return tables.read(path, required=("symbol",), known=COLUMNS, feed=lambda _: None)


def pack(query: str, file: Path) -> None:
    """Write what ``query`` gives as a Parquet file."""
    duckdb.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)")


def refusal(act: Callable[[], object]) -> tuple[str, str]:
    """What is wrong and what was expected, by the error that ``act`` ends with."""
    with pytest.raises(InputError) as caught:
        act()
    return caught.value.what, caught.value.remedy


def test_cells_are_texts_by_column() -> None:
    table = parse("symbol,value\nAAA,1\nBBB,\n")

    assert len(table) == 2
    assert list(table.text("symbol")) == ["AAA", "BBB"]
    assert list(table.text("value")) == ["1", ""]
    assert list(table.lines) == [2, 3]


def test_a_column_that_is_not_there_is_empty_throughout() -> None:
    table = parse("symbol\nAAA\n")

    assert list(table.text("note")) == [""]
    assert np.isnan(table.numbers("value")).all()
    assert table.dates("date") == [None]


def test_a_column_nobody_asked_for_is_named() -> None:
    table = parse("symbol,colour,value\nAAA,red,1\n")

    assert table.unknown == ("colour",)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfsymbol,value\nAAA,1\n",
        b"symbol,value\r\nAAA,1\r\n",
        b"symbol,value\rAAA,1\r",
        b"symbol,value\nAAA,1",
        b" symbol , value\nAAA,1\n",
        b'"symbol","value"\n"AAA","1"\n',
        b"\nsymbol,value\n\n\nAAA,1\n\n",
    ],
)
def test_marks_line_ends_quotes_and_blank_lines_make_no_difference(
    content: bytes,
) -> None:
    table = parse(content)

    assert table.columns == {"symbol": ("AAA",), "value": ("1",)}


def test_blank_lines_do_not_shift_the_line_of_a_mistake() -> None:
    table = parse("symbol,value\n\nAAA,1\n\n\nBBB,x\n")

    what, _ = refusal(lambda: table.numbers("value"))

    assert what.startswith("t.csv, line 6, column value: ")


def test_a_quoted_line_end_does_not_shift_the_line_of_a_mistake() -> None:
    table = parse('symbol,note,value\nAAA,"one\ntwo\nthree",1\nBBB,,x\n')

    what, _ = refusal(lambda: table.numbers("value"))

    assert table.text("note")[0] == "one\ntwo\nthree"
    assert what.startswith("t.csv, line 5, column value: ")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "t.csv: is empty."),
        (b"\n\n", "t.csv: is empty."),
        (b"\xef\xbb\xbf", "t.csv: is empty."),
        (b"value\n1\n", "t.csv, line 1: has no column symbol."),
        (b"Symbol\nA\n", "t.csv, line 1: has no column symbol."),
        (b"symbol;value\nA;1\n", "t.csv, line 1: has no column symbol."),
        (b"symbol,symbol\nA,B\n", "t.csv, line 1: names the column 'symbol' twice."),
        (b"symbol,x,x \nA,B,C\n", "t.csv, line 1: names the column 'x' twice."),
        (
            b"symbol,value\nA,1\nB\n",
            "t.csv, line 3: has 1 cells, and the header has 2.",
        ),
        (
            b"symbol,value\nA,1,5\n",
            "t.csv, line 2: has 3 cells, and the header has 2.",
        ),
        (
            b'symbol,note\nA,"x\ny"\nB\n',
            "t.csv, line 4: has 1 cells, and the header has 2.",
        ),
        (b"symbol\ncaf\xe9\n", "t.csv, line 2: is not UTF-8 text."),
        ("symbol\nA\n".encode("utf-16"), "t.csv, line 1: is not UTF-8 text."),
        (b"symbol\nA\nB\0\n", "t.csv, line 3: holds a NUL byte."),
        (
            b'symbol\nA\n"B\n',
            "t.csv, line 3: is not CSV (unexpected end of data).",
        ),
        (
            b'symbol\n"A"B\n',
            "t.csv, line 2: is not CSV (',' expected after '\"').",
        ),
        (
            b"symbol\n" + b"A" * 140_000 + b"\n",
            "t.csv, line 2: is not CSV (field larger than field limit (131072)).",
        ),
    ],
)
def test_what_is_no_table_is_refused_on_its_line(content: bytes, what: str) -> None:
    said, _ = refusal(lambda: parse(content))

    assert said == what


def test_a_header_of_ten_thousand_columns_is_checked_at_once() -> None:
    names = ",".join(f"c{at}" for at in range(9_999))

    table = parse(f"symbol,{names}\n")

    assert len(table.unknown) == 9_999


@pytest.mark.parametrize(
    ("text", "figure"),
    [("1", 1.0), ("-0.5", -0.5), ("+2", 2.0), ("1e3", 1000.0), (".5", 0.5), ("", None)],
)
def test_plain_numbers_are_read_and_empty_is_missing(
    text: str, figure: float | None
) -> None:
    table = parse(f"symbol,value\nAAA,{text}\n")

    (found,) = table.numbers("value").tolist()

    assert np.isnan(found) if figure is None else found == figure


@pytest.mark.parametrize(
    "text",
    [
        *("x", "1,5", "1.2.3", "50%", "$5", "1 000", "1_000", "0x1F", "1d", "n/a", "-"),
        *(
            "nan",
            "NaN",
            "inf",
            "-inf",
            "Infinity",
            "1e999",
            "-1e999",
            "\uff11\uff12",
            "\u0663",
            "\u00bd",
        ),
    ],
)
def test_what_is_no_finite_number_is_refused_with_line_and_column(text: str) -> None:
    table = parse(f'symbol,value\nAAA,1\nBBB,\nCCC,"{text}"\nDDD,2\n')

    what, remedy = refusal(lambda: table.numbers("value"))

    assert what == (f"t.csv, line 4, column value: is {text!r}, not a finite number.")
    assert remedy == "Write a plain number, or leave it empty."


def test_a_long_cell_is_shown_in_part_and_escaped() -> None:
    table = parse("symbol,value\nAAA,\x1b[31m" + "x" * 1000 + "\n")

    what, _ = refusal(lambda: table.numbers("value"))

    assert r"is '\x1b[31mxxx" in what
    assert "\x1b" not in what
    assert len(what) < 120


@pytest.mark.parametrize("text", ["0", "-0", "-1", "-0.0001"])
def test_a_price_is_above_zero(text: str) -> None:
    table = parse(f"symbol,value\nAAA,1\nBBB,{text}\n")

    what, remedy = refusal(lambda: table.numbers("value", above_zero=True))

    assert what == f"t.csv, line 3, column value: is {text!r}, not above zero."
    assert remedy == "Mend or remove it."


def test_a_volume_may_be_zero_and_not_less() -> None:
    zero, less = (parse(f"symbol,value\nAAA,{text}\n") for text in ("0", "-1"))

    found = zero.numbers("value", not_negative=True)
    what, _ = refusal(lambda: less.numbers("value", not_negative=True))

    assert found.tolist() == [0.0]
    assert what == "t.csv, line 2, column value: is '-1', below zero."


def test_a_cell_that_is_needed_may_not_be_empty() -> None:
    table = parse("symbol,value,date\nAAA,1,2026-05-15\n,,\n")

    for act in (
        lambda: table.text("symbol", required=True),
        lambda: table.numbers("value", required=True),
        lambda: table.dates("date", required=True),
        lambda: table.sessions("date"),
    ):
        what, remedy = refusal(act)

        assert what.startswith("t.csv, line 3, column ")
        assert what.endswith(": is empty.")
        assert remedy == "Fill in the value."


def test_dates_are_days() -> None:
    table = parse("symbol,date\nAAA,2024-02-29\nBBB,\nCCC,0001-01-01\n")

    found = table.dates("date")

    assert found == [date(2024, 2, 29), None, date(1, 1, 1)]


def test_sessions_are_days_in_an_array() -> None:
    table = parse("symbol,date\nAAA,1969-12-31\nBBB,2026-05-15\nCCC,9999-12-31\n")

    found = table.sessions("date")

    assert found.tolist() == [date(1969, 12, 31), date(2026, 5, 15), date.max]


@pytest.mark.parametrize(
    "text",
    [
        *("2026-5-15", "20260515", "15/05/2026", "2026-05-15 ", "2026-05-15T00:00:00"),
        *("2026-02-30", "2025-02-29", "0000-01-01", "2026-W20-5", "yesterday"),
        *("2026-05-1\u0665", "2026-13-01", "-2026-05-15"),
    ],
)
def test_what_is_no_day_is_refused_with_line_and_column(text: str) -> None:
    table = parse(f"symbol,date\nAAA,2026-05-14\nBBB,{text}\n")

    for act in (lambda: table.dates("date"), lambda: table.sessions("date")):
        what, remedy = refusal(act)

        assert what == f"t.csv, line 3, column date: is {text!r}, not a date."
        assert remedy == "Write dates as 2026-05-15."


def test_a_word_from_a_closed_list_is_checked() -> None:
    table = parse("symbol,note\nAAA,fund\nBBB,\nCCC,etf\n")

    found = parse("symbol,note\nAAA,fund\nBBB,\n").one_of("note", ("equity", "fund"))
    what, remedy = refusal(lambda: table.one_of("note", ("equity", "fund")))

    assert list(found) == ["fund", ""]
    assert what == "t.csv, line 4, column note: is 'etf'."
    assert remedy == "Use one of: equity, fund."


def test_a_key_that_stands_twice_names_both_lines() -> None:
    table = parse('symbol,note\nAAA,"a\nb"\nBBB,x\nAAA,y\n')

    what, remedy = refusal(
        lambda: table.unique(table.text("symbol"), table.dates("date"))
    )

    assert what == "t.csv, line 5: repeats the key AAA of line 3."
    assert remedy == "Keep one of the two rows."


CSV = b"symbol,value\nAAA,1\nBBB,2\n"


def test_a_packed_file_says_the_same(tmp_path: Path) -> None:
    plain, packed = tmp_path / "t.csv", tmp_path / "t.csv.gz"
    plain.write_bytes(CSV)
    packed.write_bytes(gzip.compress(CSV))

    assert read(packed).columns == read(plain).columns


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(CSV)[:-9],
        gzip.compress(CSV)[:12],
        gzip.compress(CSV)[:14] + b"\xff\xff\xff" + gzip.compress(CSV)[17:],
        gzip.compress(CSV) + b"something else",
        CSV,
    ],
    ids=["cut", "cut short", "damaged", "longer", "not packed"],
)
def test_a_packed_file_that_is_not_whole_is_refused(
    content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "t.csv.gz"
    file.write_bytes(content)

    what, remedy = refusal(lambda: read(file))

    assert what == f"{file}: is not a whole gzip file."
    assert remedy == "Pack the file again."


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet"])
def test_a_file_over_the_limit_is_refused_however_well_it_is_packed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "SIZE_LIMIT", 1_000_000)
    file = tmp_path / name
    content = b"symbol\n" + b"A" * 100_000 + b"\n"
    bomb = content + b"\n" * 2_000_000
    if name == "t.parquet":
        rows = "SELECT repeat('A', 1000) AS symbol FROM range(20000)"
        duckdb.execute(f"COPY ({rows}) TO '{file}'")
    else:
        file.write_bytes(gzip.compress(bomb) if name.endswith("gz") else bomb)

    what, remedy = refusal(lambda: read(file))

    assert what == f"{file}: is larger than 1 MB."
    assert remedy == "Keep only the lines and dates that are needed."
    assert name == "t.csv" or file.stat().st_size < 200_000


def test_a_parquet_file_says_the_same_as_its_csv(tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    rows = (
        "('AAA', DATE '2026-05-14', 0.1::DOUBLE, 'at 2026-05-14 00:00:00'),"
        "('BBB', DATE '2026-05-15', NULL, 'a, \"b\"')"
    )
    duckdb.execute(
        f"COPY (FROM (VALUES {rows}) t(symbol, date, value, note)) TO '{file}'"
    )
    plain = parse(
        "symbol,date,value,note\nAAA,2026-05-14,0.1,at 2026-05-14 00:00:00\n"
        'BBB,2026-05-15,,"a, ""b"""\n'
    )

    table = read(file)

    assert table.columns == plain.columns


def test_a_day_kept_as_a_time_in_parquet_is_a_day_and_a_later_hour_is_not(
    tmp_path: Path,
) -> None:
    midnight, later = tmp_path / "a.parquet", tmp_path / "b.parquet"
    for file, hour in ((midnight, 0), (later, 16)):
        row = f"SELECT 'AAA' AS symbol, TIMESTAMP '2026-05-15 {hour:02}:00:00' AS date"
        duckdb.execute(f"COPY ({row}) TO '{file}'")

    found = read(midnight).dates("date")
    what, _ = refusal(lambda: read(later).dates("date"))

    assert found == [date(2026, 5, 15)]
    assert what.endswith("is '2026-05-15 16:00:00', not a date.")


@pytest.mark.parametrize("content", [b"", b"PAR1", CSV])
def test_what_is_no_parquet_file_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    file.write_bytes(content)

    what, remedy = refusal(lambda: read(file))

    assert what == f"{file}: is not a Parquet file."
    assert remedy == "Write it again, or use CSV."


def test_a_parquet_file_with_a_heading_that_is_no_text_is_refused(
    tmp_path: Path,
) -> None:
    file = tmp_path / "t.parquet"
    pack("SELECT 'AAA' AS symbol, 'x' AS sourcedate", file)
    file.write_bytes(file.read_bytes().replace(b"sourcedate", b"\xffourcedate"))

    what, _ = refusal(lambda: read(file))

    assert what == f"{file}: is not a Parquet file."


def test_an_infinite_number_in_parquet_is_refused_too(tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    duckdb.execute(f"COPY (SELECT 'AAA' AS symbol, 'inf'::DOUBLE AS value) TO '{file}'")

    what, _ = refusal(lambda: read(file).numbers("value"))

    assert what == f"{file}, line 2, column value: is 'inf', not a finite number."


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    what, remedy = refusal(lambda: read(tmp_path / "none.csv"))

    assert what.endswith("none.csv: cannot be read (No such file or directory).")
    assert remedy == "Check the path."


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet"])
def test_a_table_is_found_under_any_of_its_names(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"")

    found = tables.find(tmp_path, "t")

    assert found == tmp_path / name


def test_a_table_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "t.csv").mkdir()

    found = tables.find(tmp_path, "t")

    assert found is None


def test_two_files_of_one_table_are_refused_since_one_would_be_ignored(
    tmp_path: Path,
) -> None:
    for name in ("t.csv", "t.csv.gz"):
        (tmp_path / name).write_bytes(CSV)

    what, remedy = refusal(lambda: tables.find(tmp_path, "t"))

    assert what == f"{tmp_path}: holds t.csv and t.csv.gz."
    assert remedy == "Keep one file for each table."


# --- what is small as a file and huge in memory ---------------------------------------


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\n" * 10_000_001, "has more than 10,000,000 lines"),
        (b"symbol\n" + b"," * 25_000_000, "has more than 25,000,000 cells"),
    ],
)
def test_a_table_of_too_many_parts_is_refused_before_it_is_read(
    content: bytes, problem: str
) -> None:
    what, remedy = refusal(lambda: parse(content))

    assert what == f"t.csv: {problem}."
    assert remedy == "Keep only the lines and dates that are needed."


def test_a_table_of_too_many_columns_is_refused() -> None:
    names = ",".join(f"c{at}" for at in range(10_000))

    what, _ = refusal(lambda: parse(f"symbol,{names}\n"))

    assert what == "t.csv, line 1: names 10,001 columns, more than 10,000."


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet"])
def test_a_large_file_is_refused_by_its_size_alone(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    with file.open("wb") as sparse:
        sparse.truncate(tables.SIZE_LIMIT + 1)

    what, _ = refusal(lambda: read(file))

    assert what == f"{file}: is larger than 256 MB."


def test_a_long_key_is_not_repeated_whole() -> None:
    table = parse(f"symbol\n{'A' * 9000}\n{'A' * 9000}\n")

    what, _ = refusal(lambda: table.unique(table.text("symbol")))

    assert what == f"t.csv, line 3: repeats the key {'A' * 100}... of line 2."


@pytest.mark.parametrize(
    "folder",
    [
        *("value=7", "currency=USD", "[a]", "a*b", "what?"),
        *("a\\*b", "\\", os.fsdecode(b"\xff")),
    ],
)
def test_the_name_of_a_folder_changes_no_figure(folder: str, tmp_path: Path) -> None:
    file = tmp_path / folder / "t.parquet"
    file.parent.mkdir()
    written = tmp_path / "written.parquet"
    pack("SELECT 'AAA' AS symbol, 1.5 AS value", written)
    written.rename(file)

    table = read(file)

    assert table.numbers("value").tolist() == [1.5]
    assert sorted(table.columns) == ["symbol", "value"]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        (
            "SELECT 'AAA' AS symbol, repeat('x', 10001) AS note FROM range(100000)",
            "t.parquet: holds a cell of more than 10,000 characters.",
        ),
        (
            "SELECT 'AAA' AS symbol, repeat('x', 10001)::BLOB AS note",
            "t.parquet: holds a cell of more than 10,000 characters.",
        ),
        (
            "SELECT 'AAA' AS symbol, range(100000) AS note",
            "t.parquet, column note: holds a list in each cell.",
        ),
    ],
)
def test_a_parquet_file_of_huge_cells_is_refused(
    query: str, problem: str, tmp_path: Path
) -> None:
    file = tmp_path / "t.parquet"
    pack(query, file)

    what, _ = refusal(lambda: read(file))

    assert what.endswith(problem)


def test_a_column_of_parquet_that_means_nothing_is_named_and_not_read(
    tmp_path: Path,
) -> None:
    file = tmp_path / "t.parquet"
    query = "SELECT 'AAA' AS symbol, range(1000) AS parts, repeat('x', 99999) AS text"
    pack(query, file)

    table = read(file)

    assert table.unknown == ("parts", "text")
    assert list(table.text("symbol")) == ["AAA"]


def test_a_parquet_file_of_too_many_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "LINE_LIMIT", 5000)
    file = tmp_path / "t.parquet"
    pack("SELECT 'A' AS symbol FROM range(9000)", file)

    what, _ = refusal(lambda: read(file))

    assert what == f"{file}: is larger than 256 MB."
