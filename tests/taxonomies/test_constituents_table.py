"""A table of constituents: is it what the same lines in YAML are, mistakes included?"""

from __future__ import annotations

import csv
import gzip
import io
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml

from taxonomy_mistakes import GOOD, kept_mistakes
from triad_screener.errors import ConfigurationError
from triad_screener.shipped import shipped
from triad_screener.taxonomies import constituents_table, document, loading, locating

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from taxonomy_mistakes import Mistake
    from triad_screener.model.taxonomy import Taxonomy

COLUMNS = (
    "ticker,name,issuer,role,layers,identity.exchange,identity.price_currency,"
    "identity.statement_currency"
)
AMD = "AMD,AMD,amd,named,foundry,XNAS,USD,USD"


def flat(part: dict[str, Any], at: str = "") -> Iterator[tuple[str, str]]:
    """Every value of a constituent by its column, as a table writes it."""
    for key, value in part.items():
        if isinstance(value, dict):
            yield from flat(value, f"{at}{key}.")
        elif key == "history":
            for number, entry in enumerate(value):
                yield from flat(entry, f"{at}{key}.{number}.")
        elif isinstance(value, list):
            yield f"{at}{key}", " ".join(value)
        else:
            yield f"{at}{key}", plain(value)


def plain(value: object) -> str:
    """A value as YAML writes it without quotes."""
    if isinstance(value, float) and not math.isfinite(value):
        return f".{value}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_csv(constituents: Sequence[dict[str, Any]]) -> str:
    """Constituents as a table, whatever is wrong with them."""
    rows = [dict(flat(one)) for one in constituents]
    written = io.StringIO()
    columns = dict.fromkeys(column for row in rows for column in row)
    writer = csv.DictWriter(written, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def split(text: str) -> tuple[str, str]:
    """The taxonomy without constituents, and these as a table."""
    content: Any = document.parse(text, "t.yaml").content
    table = as_csv(content.pop("constituents"))
    content["constituents_table"] = "constituents.csv"
    dumped: str = yaml.safe_dump(content, allow_unicode=True)
    return dumped, table


def written(folder: Path, table: str, text: str = "") -> Path:
    """A taxonomy in a folder, and its table."""
    around = text or f"{split(GOOD)[0]}"
    (folder / "triad.yaml").write_text(around, "utf-8")
    (folder / "constituents.csv").write_text(table, "utf-8")
    return folder / "triad.yaml"


def said_of(path: Path) -> list[str]:
    """What is said of a taxonomy and its table, mistake by mistake."""
    _, mistakes = loading.check(document.read(path))
    return [
        f"{Path(one.file).name}:{one.line}: {one.where} {one.problem}. {one.expected}"
        for one in mistakes
    ]


def loaded(path: Path) -> Taxonomy:
    """A taxonomy without mistakes."""
    assert said_of(path) == []
    return loading.load(path)


# --- what it says --------------------------------------------------------------------


@pytest.fixture
def shipped_apart(tmp_path: Path) -> Path:
    """The shipped taxonomy with all constituents in a table."""
    text, table = split(shipped("config/triad.yaml").read_text("utf-8"))
    return written(tmp_path, table, text)


def test_all_that_ships_is_the_same_from_a_table(shipped_apart: Path) -> None:
    whole = loading.load(shipped("config/triad.yaml"))

    apart = loaded(shipped_apart)

    assert apart.constituents == whole.constituents
    assert loading.digest(apart) == loading.digest(whole)
    assert apart.model_dump() == whole.model_dump() | {
        "constituents_table": "constituents.csv"
    }


def test_parquet_and_packed_csv_are_read_as_csv_is(shipped_apart: Path) -> None:
    wanted = loaded(shipped_apart).constituents
    folder = shipped_apart.parent
    packed = gzip.compress((folder / "constituents.csv").read_bytes())
    (folder / "constituents.csv.gz").write_bytes(packed)
    with duckdb.connect() as connection:
        # Numbers, dates and truths have kinds of their own there.
        texts = {"identity.cik": "VARCHAR", "ticker": "VARCHAR"}
        table = connection.read_csv(str(folder / "constituents.csv"), dtype=texts)
        table.write_parquet(str(folder / "constituents.parquet"))

    for name in ("constituents.csv.gz", "constituents.parquet"):
        text = shipped_apart.read_text("utf-8").replace("constituents.csv", name)
        other = folder / "other.yaml"
        other.write_text(text, "utf-8")
        assert loaded(other).constituents == wanted


def test_constituents_of_the_taxonomy_come_before_those_of_its_table(
    tmp_path: Path,
) -> None:
    text = f"constituents_table: constituents.csv\n{GOOD}".replace("AMD", "MU")

    taxonomy = loaded(written(tmp_path, f"{COLUMNS}\n{AMD}\n", text))

    assert [line.ticker for line in taxonomy.constituents] == ["TSM", "MU", "AMD"]
    alone, _ = loading.check(document.parse(GOOD, "t.yaml"))
    assert alone is not None
    assert taxonomy.constituents[2] == alone.constituents[1]


def test_an_empty_cell_is_a_key_left_out(tmp_path: Path) -> None:
    columns = f"{COLUMNS},cornerstone,identity.ordinary_per_receipt,note"

    line = loaded(written(tmp_path, f"{columns}\n{AMD},,,\n")).constituents[0]

    assert (line.cornerstone, line.identity.ordinary_per_receipt) == (False, 1.0)
    assert line.note is None
    assert line.exposures == {}


def test_a_spreadsheets_truth_and_two_layers_are_understood(tmp_path: Path) -> None:
    text = split(GOOD)[0].replace(
        "layers:\n", "layers:\n  lab: {name: L, pillar: data}\n"
    )
    row = AMD.replace("foundry", "lab  foundry")

    path = written(tmp_path, f"{COLUMNS},cornerstone\n{row},TRUE\n", text)

    line = loaded(path).constituents[0]
    assert (line.layers, line.cornerstone) == (("lab", "foundry"), True)


def test_a_table_without_rows_adds_nothing(tmp_path: Path) -> None:
    assert loaded(written(tmp_path, f"{COLUMNS}\n")).constituents == ()


# --- every rule, broken in both ------------------------------------------------------

#: Rules that a table tells in its own way, and what it says.
OTHERWISE = {
    "constituents[0].rol ": ["1: column rol is not a column that belongs here."],
    "constituents[0].identity.contry ": [
        "1: column identity.contry is not a column that belongs here."
    ],
    "constituents[0].exposures.date ": [
        "1: column exposures.date.share is not a column that belongs here.",
        "1: column exposures.date.basis is not a column that belongs here.",
        "1: column exposures.date.source is not a column that belongs here.",
        "1: column exposures.date.date is not a column that belongs here.",
        "1: column exposures.date.rationale is not a column that belongs here.",
    ],
    "constituents[0].layers is empty": ["2: column layers is empty."],
    "constituents[1].identity is 'XNAS'": ["1: column identity is not a column"],
    "constituents[1].identity is a list": ["1: column identity is not a column"],
    "constituents[0].identity.cik is 1046179": ["2: column identity.cik is '1046179'."],
    # A row is named by the line on which it ends.
    r"constituents[0].name is 'T\nSMC'": [r"3: column name is 'T\nSMC'."],
    "constituents[0].name is ''": ["2: column name is empty."],
    "constituents[0].exposures.compute.history[1].basis": [
        "1: column exposures.compute.history.1.rational is not a column",
        "1: column exposures.compute.history.1.rationale is missing.",
    ],
}
#: A cell is text, and a list one cell: these are no mistakes in a table.
NONE = (
    "constituents[1].ticker is 700",
    "constituents[0].layers is 'foundry'",
    "constituents[0].exposures.compute.share is '0.6'",
    "constituents[0].exposures.compute.history is empty",
)
OF_CONSTITUENTS = [
    one
    for one in kept_mistakes()
    if any("constituents[" in said for said in one.said) and "\\0" not in one.new
]


def as_told_of_a_table(said: str) -> str:
    """A mistake of the YAML as one of the table: row for place, column for key."""
    _, row, place, rest = re.findall(
        r"^(\d+): constituents\[(\d+)\]\.(\S+) (.*)", said
    )[0]
    column = re.sub(r"\[(\d+)\]", r".\1", place).replace("layers.1", "layers")
    return f"constituents.csv:{int(row) + 2}: column {column} {rest}"


@pytest.mark.parametrize("mistake", OF_CONSTITUENTS, ids=lambda one: one.said[0])
def test_a_rule_of_the_taxonomy_is_one_of_the_table(
    mistake: Mistake, tmp_path: Path
) -> None:
    text, table = split(GOOD.replace(mistake.old, mistake.new))

    said = said_of(written(tmp_path, table, text))

    key = next((k for k in OTHERWISE if any(k in row for row in mistake.said)), None)
    if any(none in row for none in NONE for row in mistake.said):
        assert said == []
    elif key:
        assert len(said) == len(OTHERWISE[key])
        for row, beginning in zip(said, OTHERWISE[key], strict=True):
            assert row.startswith(f"constituents.csv:{beginning}")
    else:
        assert said == [as_told_of_a_table(row) for row in mistake.said]


def test_every_rule_was_tried() -> None:
    assert len(OF_CONSTITUENTS) > 40


def test_a_ticker_of_both_files_is_refused_in_the_table(tmp_path: Path) -> None:
    text = f"constituents_table: constituents.csv\n{GOOD}"

    said = said_of(written(tmp_path, f"{COLUMNS}\n{AMD}\n", text))

    told = "does not fit: the ticker AMD stands twice. Mend the values named."
    assert said == [f"constituents.csv:2: column ticker {told}"]


def test_every_row_with_a_mistake_is_named_in_the_order_of_the_rows(
    tmp_path: Path,
) -> None:
    rows = [AMD.replace("AMD,AMD", f"{t},AMD") for t in ("AA", "bb", "CC", "dd")]
    rows[0] = rows[0].replace("XNAS", "Nasdaq")
    rows[3] = rows[3].replace("XNAS", "Nasdaq")

    said = said_of(written(tmp_path, "\n".join([COLUMNS, *rows])))

    assert [row.partition(" is ")[0] for row in said] == [
        "constituents.csv:2: column identity.exchange",
        "constituents.csv:3: column ticker",
        "constituents.csv:5: column identity.exchange",
        "constituents.csv:5: column ticker",
    ]


def test_mistakes_of_the_taxonomy_stand_before_those_of_its_table(
    tmp_path: Path,
) -> None:
    text = split(GOOD)[0].replace("reviewed:", "reviewd:")

    said = said_of(written(tmp_path, f"{COLUMNS}\n{AMD.lower()}\n", text))

    assert said[0].startswith("triad.yaml:")
    assert all(row.startswith("constituents.csv:2: ") for row in said[1:])


def test_what_the_taxonomy_says_of_a_constituent_waits_until_the_table_is_right(
    tmp_path: Path,
) -> None:
    thesis = (
        "thesis: {claims: {c: {says: Chips.}}, indicators: {i: {name: I, claim: c, "
        "measure: revenue_growth, lines: [AMD]}}}\n"
    )
    text = split(GOOD)[0] + thesis

    said = said_of(written(tmp_path, f"{COLUMNS}\n{AMD.replace('XNAS', 'x')}\n", text))

    assert [row for row in said if "not among" in row] == []


def test_an_exposure_known_only_earlier_lacks_its_newest_entry(tmp_path: Path) -> None:
    earlier = "exposures.data.history.0."
    keys = ("share", "basis", "source", "date", "rationale")
    columns = ",".join([COLUMNS, *(f"{earlier}{key}" for key in keys)])

    row = f"{AMD},0.5,estimate,paper,2025-01-01,Chips."
    said = said_of(written(tmp_path, f"{columns}\n{row}\n"))

    assert said == [
        f"constituents.csv:2: column exposures.data.{key} is empty. Fill in the value."
        for key in sorted(keys)
    ]


def test_an_earlier_entry_left_out_before_another_is_missed(tmp_path: Path) -> None:
    keys = ("share", "basis", "source", "date", "rationale")
    entries = ("", "history.0.", "history.1.")
    columns = [f"exposures.data.{entry}{key}" for entry in entries for key in keys]
    newest, older = (f"0.5,estimate,paper,202{year}-01-01,Chips." for year in (6, 5))

    row = f"{AMD},{newest},,,,,,{older}"
    said = said_of(written(tmp_path, f"{','.join([COLUMNS, *columns])}\n{row}\n"))

    assert said == [
        f"constituents.csv:2: column exposures.data.history.0.{key} is empty. "
        f"Fill in the value."
        for key in sorted(keys)
    ]


def test_an_exposure_needs_all_of_its_columns(tmp_path: Path) -> None:
    columns = f"{COLUMNS},exposures.data.share"

    said = said_of(written(tmp_path, f"{columns}\n{AMD},0.5\n"))

    assert said[0] == (
        "constituents.csv:1: column exposures.data.basis is missing. "
        "Add the column, or take out exposures.data.share."
    )
    assert len(said) == 4


def test_a_half_filled_exposure_is_refused_in_its_row(tmp_path: Path) -> None:
    keys = ("share", "basis", "source", "date", "rationale")
    columns = ",".join([COLUMNS, *(f"exposures.data.{key}" for key in keys)])
    rows = f"{AMD},,,,,\n{AMD.replace('AMD,', 'MU,', 1)},0.5,,paper,2026-01-01,Chips."

    said = said_of(written(tmp_path, f"{columns}\n{rows}\n"))

    assert said == [
        "constituents.csv:3: column exposures.data.basis is empty. Fill in the value."
    ]


# --- hostile tables ------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../constituents.csv",
        "/etc/passwd",
        "a/constituents.csv",
        "..",
        ".csv",
        "constituents.txt",
        "constituents.csv\n",
        "C:\\x.csv",
        "x" * 101 + ".csv",
    ],
)
def test_a_table_is_a_file_in_the_same_folder(name: str, tmp_path: Path) -> None:
    text = yaml.safe_dump({"constituents_table": name})

    said = said_of(written(tmp_path, COLUMNS, text))

    assert len(said) == 1
    assert said[0].startswith("triad.yaml:1: constituents_table is ")
    assert said[0].endswith(
        "A table is a file in the same folder, as in "
        "constituents.csv, constituents.csv.gz or constituents.parquet."
    )


def test_a_table_that_is_not_there_is_named_where_the_taxonomy_names_it(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, "", f"title: Mine\n{'constituents_table: x.csv'}\n")

    told = "is x.csv, and no such file is in the same folder"
    remedy = "Put the table there, or take the key out."
    assert said_of(path) == [f"triad.yaml:2: constituents_table {told}. {remedy}"]


@pytest.mark.parametrize(
    ("table", "what"),
    [
        (b"", ": is empty."),
        (b"ticker,name\nA,B\n", ", line 1: has no column issuer."),
        (f"{COLUMNS}\nA,B\n".encode(), ", line 2: has 2 cells, and the header has 8."),
        (f"{COLUMNS}\n\xff".encode("latin-1"), ", line 2: is not UTF-8 text."),
        (f"{COLUMNS}\n\0".encode(), ", line 2: holds a NUL byte."),
        (f"{COLUMNS},ticker\n".encode(), ", line 1: names the column 'ticker' twice."),
    ],
)
def test_what_is_no_table_is_a_mistake_of_the_configuration(
    table: bytes, what: str, tmp_path: Path
) -> None:
    path = written(tmp_path, "")
    (tmp_path / "constituents.csv").write_bytes(table)

    with pytest.raises(ConfigurationError) as caught:
        loading.load(path)

    assert caught.value.what == f"{tmp_path / 'constituents.csv'}{what}"


def test_more_rows_than_there_are_stocks_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constituents_table, "ROW_LIMIT", 1)
    other = AMD.replace("AMD,", "MU,", 1)
    path = written(tmp_path, f"{COLUMNS}\n{AMD}\n{other}\n")

    with pytest.raises(ConfigurationError, match="has more than 1 rows"):
        loading.load(path)


def test_a_heading_of_escapes_is_shown_harmless(tmp_path: Path) -> None:
    said = said_of(written(tmp_path, f"{COLUMNS},\x1b[2J\n"))

    assert said[0].startswith("constituents.csv:1: column \\x1b[2J is not a column")


def test_thousands_of_strange_columns_are_told_without_looking_for_each_a_likeness(
    tmp_path: Path,
) -> None:
    strange = ",".join(f"strange{number}" for number in range(9_000))

    said = said_of(written(tmp_path, f"{COLUMNS},{strange}\n"))

    assert len(said) == 9_000
    assert said[-1].endswith("Take the column out.")


# --- who else must know --------------------------------------------------------------


def test_a_changed_table_is_another_configuration(tmp_path: Path) -> None:
    path = written(tmp_path, f"{COLUMNS}\n{AMD}\n")
    before, kept = locating.fingerprint(path), loading.digest(loading.load(path))

    (tmp_path / "constituents.csv").write_text(f"{COLUMNS}\n{AMD.replace('amd', 'x')}")

    assert locating.fingerprint(path) != before
    assert loading.digest(loading.load(path)) != kept


@pytest.mark.parametrize("name", ["../x.csv", "missing.csv"])
def test_a_taxonomy_whose_table_cannot_be_read_has_a_fingerprint_still(
    name: str, tmp_path: Path
) -> None:
    path = written(tmp_path, "", f"constituents_table: {name}\n")

    assert len(locating.fingerprint(path)) == 64
