"""Whatever comes in at a door, does the program end in a sentence and a code?

The doors: the taxonomy, folders of tables, conditions, settings, answers of vendors,
files to score, arguments, and the outbox. Inputs are what hypothesis makes of good
ones: few of them, always the same. ``TRIES=100`` tries a hundred times as many, others
each time.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds
from triad_screener import cli
from triad_screener import settings as settled
from triad_screener.delivery import _box
from triad_screener.errors import EXIT_CODES, TriadError, UsageError
from triad_screener.model.live import FetchFailure
from triad_screener.sources import (
    _edgar_pages,
    _yahoo_chart,
    _yahoo_failures,
    _yahoo_quote,
    _yahoo_timeseries,
)
from triad_screener.tables import condition

if TYPE_CHECKING:
    from collections.abc import Callable

    from worlds import World

    Reader = Callable[[bytes], object]

REPLIES = Path(__file__).parent / "sources" / "replies"
VALUES = Path(__file__).parent / "answers" / "cross_section.csv"
TIMES = int(os.environ.get("TRIES", "1"))
#: Signs that turn up where something goes wrong.
SIGNS = [
    *(b"", b"\n", b"\r", b",", b'"', b"'", b":", b"[", b"]", b"{", b"}", b"\0", b"#"),
    *(b"\xff", b"\x1b[2J", "\u202e".encode(), "\u0660".encode(), b"\xed\xb3\xbf"),
    *(b"0", b"-1", b"1e999", b"nan", b"inf", b"9" * 30, b"9" * 5000, b"1_0", b"0x1"),
    *(b"null", b"true", b"- ", b"&a", b"*a", b"!!x", b"=1+1", b"[" * 1200, b"{" * 50),
    *(b"2026-02-30", b"0001-01-01", b"9999-12-31", b"a" * 3000),
]


def few(count: int) -> settings:
    """So many examples, the same each time."""
    return settings(
        max_examples=count * TIMES, derandomize=TIMES == 1, deadline=None, database=None
    )


@st.composite
def altered(draw: st.DrawFn, good: bytes) -> bytes:
    """Return good content with some parts replaced, or anything at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=60))
    content = good
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(content)))
        end = at + draw(st.sampled_from([0, 0, 1, 2, 5, 40]))
        new = draw(st.one_of(st.sampled_from(SIGNS), st.binary(max_size=4)))
        content = content[:at] + new + content[end:]
    return content


class Run:
    """One run of the program in this process, and what each stream received."""

    def __init__(self, *arguments: str, given: bytes = b"") -> None:
        streams = sys.stdin, sys.stdout, sys.stderr
        out, err = io.BytesIO(), io.BytesIO()
        sys.stdin = io.TextIOWrapper(io.BytesIO(given), "utf-8")
        sys.stdout = io.TextIOWrapper(out, "utf-8", write_through=True)
        sys.stderr = io.TextIOWrapper(
            err, "utf-8", "backslashreplace", write_through=True
        )
        try:
            self.code = cli.run(arguments)
            self.out, self.err = out.getvalue(), err.getvalue()
        finally:
            sys.stdin, sys.stdout, sys.stderr = streams

    def require_sound(self, most: int = 200_000) -> None:
        """Pass if it ended as the table of exit codes says, in few and plain words."""
        assert self.code in EXIT_CODES
        assert self.code != 70, self.err
        assert b"Traceback" not in self.err
        assert len(self.err) < 10_000
        assert len(self.out) < most
        for stream in (self.out.decode(), self.err.decode()):
            assert all(sign == "\n" or ord(sign) >= 32 for sign in stream)
            assert not {"\x7f", "\x9b", "\u202e"} & set(stream)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return worlds.write(tmp_path_factory.mktemp("world"), worlds.TICKERS[:3])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("place")


# --- the taxonomy ---------------------------------------------------------------------


@given(st.data())
@few(40)
def test_a_taxonomy(world: World, place: Path, data: st.DataObject) -> None:
    file = place / "t.yaml"
    file.write_bytes(data.draw(altered(world.config.read_bytes())))

    Run("taxonomy", "check", str(file)).require_sound()


COLUMNS = (
    "ticker,name,issuer,role,layers,cornerstone,identity.exchange,"
    "identity.price_currency,identity.statement_currency,identity.fiscal_year_end,"
    "identity.ordinary_per_receipt,exposures.data.share,exposures.data.basis,"
    "exposures.data.source,exposures.data.date,exposures.data.rationale"
)
ROW = "MU,Micron,micron,named,x,true,XNAS,USD,USD,8,1,0.5,estimate,x,2026-01-01,Why."
GOOD = f"{COLUMNS}\n{ROW}\n{ROW.replace('MU', 'WDC')}\n".encode()


@given(st.data())
@few(60)
def test_a_table_of_constituents(place: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["c.csv", "c.csv.gz", "c.parquet"]))
    content = GOOD
    if name.endswith(".gz"):
        content = gzip.compress(GOOD, mtime=0)
    elif name.endswith(".parquet"):
        (place / "good.csv").write_bytes(GOOD)
        table = duckdb.read_csv(str(place / "good.csv"))
        table.write_parquet(str(place / name))
        content = (place / name).read_bytes()
    (place / name).write_bytes(data.draw(altered(content)))
    file = place / "t.yaml"
    file.write_text(f"constituents_table: {name}\n", "utf-8")

    Run("taxonomy", "check", str(file)).require_sound()


# --- folders of tables ----------------------------------------------------------------


@given(st.data())
@few(25)
def test_a_folder_of_tables(world: World, place: Path, data: st.DataObject) -> None:
    files = sorted(world.folder.iterdir())
    chosen = data.draw(st.sampled_from(files))
    # Of a long table the beginning is enough to go wrong in.
    end = chosen.read_bytes().find(b"\n", 400) + 1
    changed = data.draw(altered(chosen.read_bytes()[: end or None]))
    for file in files:
        content = changed if file == chosen else file.read_bytes()
        (place / file.name).write_bytes(content)

    options = ("--config", str(world.config), "--source", f"folder:{place}")
    Run("screen", *options, "--format", "ndjson").require_sound()


# --- conditions -----------------------------------------------------------------------

LINES: dict[str, list[object]] = {
    "ticker": ["AAA", "BBB"],
    "rank": [1, 2],
    "score": [90.5, 50.0],
    "groups.risk": [None, -0.5],
    "flags": ["", "x"],
}
WORDS = [
    *("score", "rank", "ticker", "groups", "groups.risk", "flags", "lines", "null"),
    *("(", ")", ",", "+", "-", "*", "/", "%", ">", "<", "=", "||", "::", "[", "]", ";"),
    *("and", "or", "not", "is", "in", "like", "between", "case", "when", "end", "cast"),
    *("select", "from", "where", "exists", "union", "with", "as", "order by", "all"),
    *("1", "0", "1e400", "'a'", "'", '"', "$1", "?", "{", "}", "--", "/*", "*/", "\\"),
    *("read_csv('x')", "getenv('HOME')", "error('x')", "columns(*)", "1/0", "date"),
    *("lambda", "list", "struct", "int", "varchar", "unnest", "sum", "count(*)"),
    *("\0", "\udcff", "\x1b[2J", "\u202e", "é", "(" * 500, "9" * 400),
]


@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=3)), max_size=9))
@few(40)
def test_a_condition(parts: list[str]) -> None:
    with suppress(UsageError):
        found = condition.evaluate(LINES, " ".join(parts))
        assert set(found) <= {0, 1}


# --- settings -------------------------------------------------------------------------

SETTINGS = "\n".join(f"{key} = {value}" for key, value in settled.KEYS.items()).encode()


@given(altered(SETTINGS))
@few(60)
def test_settings(content: bytes) -> None:
    file = settled.path()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)

    Run("factors", "--format", "tickers").require_sound()
    for ask in (settled.data_folder, settled.mail, settled.edgar_user_agent):
        with suppress(TriadError):
            ask()


# --- answers of vendors ---------------------------------------------------------------

NOW = datetime(2026, 5, 16, 12, tzinfo=UTC)


def _chart(content: bytes) -> object:
    return _yahoo_chart.read(_yahoo_failures.parsed(content), "ACME", NOW)


def _quote(content: bytes) -> object:
    return _yahoo_quote.read(_yahoo_failures.parsed(content), ["ACME"])


def _timeseries(content: bytes) -> object:
    return _yahoo_timeseries.read(_yahoo_failures.parsed(content), "ACME")


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("chart.json", _chart),
        ("quote.json", _quote),
        ("timeseries.json", _timeseries),
        ("edgar/current.atom", _edgar_pages.feed),
        ("edgar/search.json", _edgar_pages.search),
        (
            "edgar/submissions_made.json",
            lambda content: _edgar_pages.submissions(content, "0009999902"),
        ),
        ("edgar/current.atom", _edgar_pages.price_range),
    ],
    ids=["chart", "quote", "timeseries", "feed", "search", "submissions", "prospectus"],
)
@given(data=st.data())
@few(60)
def test_an_answer_of_a_vendor(name: str, read: Reader, data: st.DataObject) -> None:
    content = data.draw(altered((REPLIES / name).read_bytes()))

    with suppress(FetchFailure):
        read(content)


# --- files to score -------------------------------------------------------------------


@given(altered(VALUES.read_bytes()), st.sampled_from(["table", "tickers", "csv"]))
@few(20)
def test_a_file_to_score(content: bytes, shape: str) -> None:
    Run("score", "-", "--format", shape, given=content).require_sound()


# --- arguments ------------------------------------------------------------------------

OPTIONS = [
    *("--sort", "--columns", "--pillar", "--recipe", "--set", "--incumbents", "--lang"),
    *("--as-of", "--max-age", "--top", "--timeout", "--universe", "--min-coverage"),
    *("--config", "--holdings", "--source", "--run", "--format", "--color"),
]
ANYTHING = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["\udcff", "\x1b[2J", "\n", "x" * 9000, "-", "", "basket.size=\udcff"]
    ),
    st.sampled_from(
        ["folder:\udcff", "folder:", "yahoo:x", "a,b", "9" * 400, "~x", "1d"]
    ),
)


@given(st.sampled_from(OPTIONS), ANYTHING.filter(lambda text: "\0" not in text))
@few(60)
def test_an_argument(world: World, option: str, value: str) -> None:
    options = () if option in ("--config", "--source") else world.options

    Run("screen", *options, "--top", "1", f"{option}={value}").require_sound()


# --- the outbox -----------------------------------------------------------------------

NOTE = {
    "key": "k1",
    "run": "r1",
    "recipient": "you@example.com",
    "subject": "triad",
    "message_id": "<k1@example.com>",
    "sent_at": "2026-05-16T12:00:00+00:00",
}
LETTER = (
    b"From: me@example.com\r\nTo: you@example.com\r\nSubject: triad\r\n"
    b"Date: Sat, 16 May 2026 12:00:00 +0000\r\nMessage-ID: <k1@example.com>\r\n"
    b"X-Triad-Run: r1\r\nX-Triad-Key: k1\r\n\r\ntext\r\n"
)
PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


@given(st.sampled_from(sorted(NOTE)), PLAIN, altered(json.dumps(NOTE).encode()))
@few(60)
def test_a_note_of_a_letter(
    place: Path, name: str, value: object, content: bytes
) -> None:
    file = place / "k1.json"
    for text in (json.dumps(NOTE | {name: value}).encode(), content):
        file.write_bytes(text)

        found = _box.read_note(file)

        assert found is None or isinstance(found.subject, str)


@given(altered(LETTER))
@few(60)
def test_a_letter_that_waits(place: Path, content: bytes) -> None:
    file = place / "k1.eml"
    file.write_bytes(content)

    found = _box.read(file)

    assert found is None or found.letter.key == "k1"
