"""A draft of a line: where it stands, what it says, and that nothing else changes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from triad_screener.errors import ConfigurationError, UsageError
from triad_screener.model.live import QuoteFacts
from triad_screener.shipped import shipped
from triad_screener.taxonomies import adding, document, loading

if TYPE_CHECKING:
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.taxonomies.adding import Added

SMALL = (Path(__file__).parent / "small.yaml").read_text("utf-8")
SHIPPED = shipped("config/triad.yaml").read_text("utf-8")
QUOTE = QuoteFacts("Nokia Oyj", "equity", "USD", "EUR")
ANSWERS = {
    "issuer": "nokia",
    "layers": "[foundry]",
    "exchange": "XNYS",
    "ordinary_per_receipt": "1",
    "fiscal_year_end": "12",
    "foreign_filer": "true",
    "share": "0.1",
    "basis": "estimate",
    "source": "paper",
    "date": "2026-05-15",
    "rationale": "By hand.",
}


def added_to(text: str, quote: QuoteFacts | None = QUOTE) -> Added:
    return adding.add(text, "t.yaml", "NOK", quote)


def unmarked(added: Added) -> str:
    """The file with the first mark of each row of the draft taken away."""
    rows = added.text.splitlines(keepends=True)
    for row in range(added.first - 1, added.last):
        rows[row] = rows[row].replace("# ", "", 1)
    return "".join(rows)


def filled_in(added: Added) -> Taxonomy | None:
    """The taxonomy that a person makes of a draft."""
    text = re.sub(r"pillar:( +# rename)", r"data:\1", unmarked(added))
    for key, answer in ANSWERS.items():
        text = re.sub(
            rf"^( *){key}: +#", rf"\1{key}: {answer} #", text, flags=re.MULTILINE
        )
    taxonomy, mistakes = loading.check(document.parse(text, "t.yaml"))
    assert mistakes == ()
    return taxonomy


# --- what stands there ----------------------------------------------------------------


@pytest.mark.parametrize("text", [SMALL, SHIPPED], ids=["small", "shipped"])
def test_a_draft_is_put_in_and_every_other_byte_stays(text: str) -> None:
    added = added_to(text)

    block = added.text.splitlines(keepends=True)[added.first - 3 : added.last]
    assert added.text.replace("".join(block), "", 1) == text
    assert block[0] == "\n"
    assert all(row.startswith("  # ") for row in block[1:])


def test_a_draft_changes_nothing_that_the_file_says() -> None:
    before, after = (
        loading.check(document.parse(text, "t.yaml"))
        for text in (SMALL, added_to(SMALL).text)
    )

    assert after == before


def test_a_draft_stands_behind_the_last_line_and_before_what_follows() -> None:
    rows = added_to(SMALL).text.splitlines()

    start = rows.index('  # - ticker: "NOK"')
    assert rows[start - 3].startswith("    identity: {exchange: XNAS")
    assert rows[start - 1].startswith("  # DRAFT of NOK: ")
    assert rows[start + 21 :][0] == "benchmarks:"


def test_what_a_quote_knows_is_filled_in() -> None:
    rows = added_to(SMALL).text.splitlines()

    assert '  #   name: "Nokia Oyj"' in rows
    assert "  #     price_currency: USD" in rows
    assert "  #     statement_currency: EUR" in rows


def test_without_a_quote_everything_is_left_to_a_person() -> None:
    known = {blank.where for blank in added_to(SMALL).blanks}
    unknown = {blank.where for blank in added_to(SMALL, None).blanks}

    assert unknown - known == {
        "name",
        "identity.price_currency",
        "identity.statement_currency",
    }
    assert known <= unknown


def test_a_currency_that_is_none_is_left_empty() -> None:
    added = added_to(SMALL, QuoteFacts("Nokia", "equity", "dollars: {", None))

    wanted = {blank.where for blank in added.blanks}
    assert {"identity.price_currency", "identity.statement_currency"} <= wanted
    assert "dollars" not in added.text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ('Nokia "Oyj" \\ {a: b} # c', 'Nokia "Oyj" \\ {a: b} # c'),
        ("Nokia\n- ticker: EVIL\r\x85\u2028\u2029x", "Nokia - ticker: EVIL x"),
        ("\x1b[31mNokia\x07\u202e \ud800\ufffe", "[31mNokia"),
        ("諾基亞 😀", "諾基亞 😀"),
        ("!!python/name:os.system", "!!python/name:os.system"),
        ("N" * 300, "N" * 200),
    ],
)
def test_a_hostile_name_stays_one_text_on_one_line(name: str, kept: str) -> None:
    added = added_to(SMALL, QuoteFacts(name, "equity", "USD", "USD"))

    line = filled_in(added)
    assert line is not None
    assert [one.name for one in line.constituents] == ["TSMC", "AMD", kept]
    assert added.text.encode().count(b"\n") == added_to(SMALL).text.count("\n")


def test_a_name_of_nothing_visible_is_left_empty() -> None:
    added = added_to(SMALL, QuoteFacts("\u200b\x07", "equity", "USD", "USD"))

    assert added.blanks[0].where == "name"


# --- what is left to a person ---------------------------------------------------------


def test_what_is_named_is_what_the_check_misses_line_by_line() -> None:
    added = added_to(SMALL, None)

    _, mistakes = loading.check(document.parse(unmarked(added), "t.yaml"))

    optional = ("identity.country", "identity.cik")
    wanted = [blank for blank in added.blanks if blank.where not in optional]
    assert [one.line for one in mistakes] == [blank.line for blank in wanted]
    assert [one.where for one in mistakes] == [
        f"constituents[2].{blank.where}" for blank in wanted
    ]


@pytest.mark.parametrize("break_", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("end", ["", "\n"], ids=["no last break", "last break"])
@pytest.mark.parametrize(
    "tail",
    [
        "",
        "# FUNDS\nbenchmarks:\n  - {ticker: SPY, name: Fund}",
        "    # - of AMD\n\n# FUNDS\nbenchmarks: []",
        "\n\nbenchmarks: []",
        "    note: >-\n      One.\n\n      Two.\n\n\n# FUNDS\nbenchmarks: []",
        "    note: |\n      One.\n\nbenchmarks: []",
        "    note: 'One\n\n      # two'\nbenchmarks: []",
        "    note: # none\nbenchmarks: []",
    ],
    ids=lambda tail: repr(tail[:24]),
)
def test_a_draft_filled_in_is_the_last_line(tail: str, end: str, break_: str) -> None:
    head = SMALL.partition("benchmarks:")[0]
    sources = "sources:" + SMALL.partition("sources:")[2]
    text = (sources + head + tail).rstrip("\n") + end
    text = text.replace("\n", break_)

    added = added_to(text)
    taxonomy = filled_in(added)

    assert taxonomy is not None
    assert [line.ticker for line in taxonomy.constituents] == ["TSM", "AMD", "NOK"]
    assert ("\r\n" in added.text) == (break_ == "\r\n")
    assert added.text.count("\n") - added.text.count(break_) == 0


def test_dashes_at_the_margin_are_kept_there() -> None:
    text = re.sub(
        r"^  (.*)", r"\1", SMALL[SMALL.index("  - ticker: TSM") :], flags=re.MULTILINE
    )
    text = SMALL[: SMALL.index("  - ticker: TSM")] + text.partition("benchmarks")[0]
    text += "# FUNDS\nsources:" + SMALL.partition("sources:")[2]

    added = added_to(text)

    taxonomy = filled_in(added)
    assert taxonomy is not None
    assert len(taxonomy.constituents) == 3
    assert added.text.index('# - ticker: "NOK"') < added.text.index("# FUNDS")


def test_a_taxonomy_of_no_lines_gets_the_list_with_its_first_draft() -> None:
    before, _, after = SMALL.partition("constituents:")
    text = before + after[after.index("benchmarks:") :]

    taxonomy = filled_in(added_to(text))

    assert taxonomy is not None
    assert [line.ticker for line in taxonomy.constituents] == ["NOK"]


def test_a_second_draft_stands_behind_the_first() -> None:
    first = added_to(SMALL)

    second = adding.add(first.text, "t.yaml", "SAP.DE", None)

    assert second.first > first.last
    assert second.text.startswith(first.text.partition("benchmarks:")[0])


# --- what is refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ticker", "line"), [("TSM", 10), ("AMD", 29), ("SPY", 36)], ids=str
)
def test_what_is_there_is_named_with_its_line(ticker: str, line: int) -> None:
    with pytest.raises(UsageError) as caught:
        adding.add(SMALL, "t.yaml", ticker, None)

    assert caught.value.what == f"t.yaml, line {line}: {ticker} is there already."


@pytest.mark.parametrize("break_", ["\n", "\r\n"], ids=["unix", "windows"])
def test_what_is_drafted_is_not_drafted_again(break_: str) -> None:
    first = added_to(SMALL.replace("\n", break_))

    with pytest.raises(UsageError, match=f"line {first.first}: a draft of NOK"):
        added_to(first.text)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(document.parse(SMALL, "t.yaml").content),
        "title: x\nconstituents: []\n",
        "title: x\nconstituents: [{ticker: TSM}]\n",
        "title: x\nconstituents:\n",
        "- TSM\n",
        "constituents:\n  - ticker: TSM\n    note: |+\n      One.\n\n\ntitle: x\n",
        "",
    ],
)
def test_a_file_without_room_for_a_draft_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        added_to(text)

    assert caught.value.what.startswith("t.yaml")
    assert "with a dash" in caught.value.remedy


@pytest.mark.parametrize(
    "text", ["constituents:\n  - TSM\n", "constituents:\n- a: 1\n"]
)
def test_lines_that_are_none_are_no_obstacle(text: str) -> None:
    assert '# - ticker: "NOK"' in added_to(text).text


@pytest.mark.parametrize("text", ["nok", " NOK ", "Nok"])
def test_a_ticker_is_written_in_capitals(text: str) -> None:
    assert adding.to_ticker(text) == "NOK"


@pytest.mark.parametrize(
    "text", ["", "A B", "諾", "A\x1b[31m", "-A", "A" * 21, "A\n- B"]
)
def test_what_is_no_ticker_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a ticker") as caught:
        adding.to_ticker(text)

    assert caught.value.remedy
