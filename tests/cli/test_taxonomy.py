"""triad taxonomy: check, show, schema, init, add."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

import lives
import worlds
from triad_screener.model.live import FetchFailure, QuoteFacts
from triad_screener.shipped import shipped
from triad_screener.taxonomies import document, locating

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lives import Vendor
    from worlds import Triad, World

SHIPPED = shipped("config/triad.yaml")


# --- check ----------------------------------------------------------------------------


def test_the_shipped_taxonomy_has_no_mistakes(triad: Triad) -> None:
    answer = triad("taxonomy", "check")

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"{SHIPPED}: ")
    assert answer.out.endswith(" watched, no mistakes\n")


def test_the_file_named_is_checked(triad: Triad, world: World) -> None:
    argument = triad("taxonomy", "check", str(world.config))
    option = triad("taxonomy", "check", "--config", str(world.config))

    assert argument.code == 0
    assert argument.out == f"{world.config}: 10 lines, 1 watched, no mistakes\n"
    assert option == argument


def test_every_mistake_is_listed_with_file_and_line(
    triad: Triad, tmp_path: Path
) -> None:
    config = tmp_path / "t.yaml"
    config.write_text('titel: x\nreviewed: 5\ntitle: "a\\x1b[2J"\n"\\e[1m": 1\n')

    answer = triad("taxonomy", "check", str(config))

    assert (answer.code, answer.out) == (78, "")
    assert "\x1b" not in answer.err
    assert answer.err.splitlines()[:2] == [
        f"{config}:1: titel is not a key that belongs here. Did you mean title?",
        f"{config}:2: reviewed is 5. A date is written as 2026-05-15.",
    ]
    assert [row.removeprefix(f"{config}:")[0] for row in answer.err.splitlines()] == [
        *"1234"
    ]


def test_what_is_no_safe_yaml_is_refused_in_two_sentences(
    triad: Triad, tmp_path: Path
) -> None:
    config = tmp_path / "t.yaml"
    config.write_text("a: &a 1\n")

    answer = triad("taxonomy", "check", str(config))

    assert (answer.code, answer.out) == (78, "")
    assert answer.err == (
        f"triad: {config}, line 1: uses an anchor or alias.\n"
        "       Write the value out.\n"
    )


@pytest.mark.parametrize(
    "command", ["screen", "score -", "explain AAA", "taxonomy show"]
)
def test_no_command_works_with_a_taxonomy_that_has_a_mistake(
    command: str, triad: Triad, tmp_path: Path
) -> None:
    config = tmp_path / "t.yaml"
    config.write_text("recipes: {default: {clip: 0}}\n")

    answer = triad(*command.split(), "--config", str(config))

    assert (answer.code, answer.out) == (78, "")
    assert answer.err == (
        f"triad: {config}, line 1: recipes.default.clip is 0.\n"
        "       The value should be above 0.\n"
    )


# --- show -----------------------------------------------------------------------------


def test_the_tree_holds_every_line_and_every_watched_company(
    triad: Triad, world: World
) -> None:
    answer = triad("taxonomy", "show", "--config", str(world.config))

    assert (answer.code, answer.err) == (0, "")
    assert all(ticker in answer.out for ticker in worlds.TICKERS)
    assert "Startup" in answer.out
    assert "basket.size" not in answer.out


def test_recipes_are_shown_when_asked_for(triad: Triad, world: World) -> None:
    answer = triad("taxonomy", "show", "--recipes", "--config", str(world.config))

    assert "Recipe equal" in answer.out
    assert "basket.size" in answer.out


def test_the_names_of_pillars_are_shown_in_chinese(triad: Triad, world: World) -> None:
    answer = triad("taxonomy", "show", "--lang", "zh", "--config", str(world.config))

    assert "算力" in answer.out


def test_a_taxonomy_as_json_is_a_taxonomy_again(
    triad: Triad, world: World, tmp_path: Path
) -> None:
    shown = triad("taxonomy", "show", "--format", "json", "--config", str(world.config))
    again = tmp_path / "again.yaml"
    again.write_bytes(shown.raw)

    answer = triad("taxonomy", "show", "--format", "json", "--config", str(again))

    assert answer.raw == shown.raw


@pytest.mark.parametrize(
    "shape", ["table", "json", "csv", "html", "markdown", "tickers"]
)
def test_a_taxonomy_of_nothing_can_be_shown(
    shape: str, triad: Triad, tmp_path: Path
) -> None:
    config = tmp_path / "t.yaml"
    config.write_text("title: Nothing yet\n")

    answer = triad("taxonomy", "show", "--format", shape, "--config", str(config))

    assert (answer.code, answer.err) == (0, "")


# --- schema ---------------------------------------------------------------------------


def test_the_schema_accepts_the_shipped_taxonomy_and_refuses_a_misspelt_one(
    triad: Triad,
) -> None:
    schema = triad("taxonomy", "schema").json
    good = document.read(SHIPPED).content
    bad = {"titel": "x"}

    validator = jsonschema.Draft202012Validator(schema)

    assert list(validator.iter_errors(good)) == []
    assert not validator.is_valid(bad)
    assert not validator.is_valid({"title": "a\x1b[31m"})
    assert not validator.is_valid({"recipes": {"default": {"clip": 0}}})


def test_the_schema_can_be_written_to_a_file(triad: Triad, tmp_path: Path) -> None:
    file = tmp_path / "schema.json"

    answer = triad("taxonomy", "schema", "--output", str(file))

    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert json.loads(file.read_text())["additionalProperties"] is False


# --- init -----------------------------------------------------------------------------


def test_a_copy_is_made_once_and_then_serves(triad: Triad) -> None:
    own = locating.user_file()

    first, second = triad("taxonomy", "init"), triad("taxonomy", "init")
    checked = triad("taxonomy", "check")

    assert (first.code, first.out, first.err) == (0, f"{own}\n", "")
    assert own.read_bytes() == SHIPPED.read_bytes()
    assert (second.code, second.out) == (73, "")
    assert second.err == (
        f"triad: {own} is there already.\n"
        "       Give --force to replace it, or --output FILE.\n"
    )
    assert checked.out.startswith(f"{own}: ")


def test_a_file_that_is_there_is_replaced_only_by_force(
    triad: Triad, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("title: Mine\n")

    kept = triad("taxonomy", "init", "--output", str(file))
    untouched = file.read_text()
    forced = triad("taxonomy", "init", "--output", str(file), "--force")

    assert (kept.code, untouched) == (73, "title: Mine\n")
    assert forced.code == 0
    assert file.read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize("home", ["/dev/null", "/proc"])
def test_a_home_that_cannot_be_written_says_so(
    home: str, triad: Triad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", home)

    answer = triad("taxonomy", "init")

    assert (answer.code, answer.out) == (73, "")
    assert answer.err.startswith(f"triad: {Path(home) / 'triad'} cannot be made (")
    assert answer.err.endswith("Give a place where you may write with --output FILE.\n")


# --- add ------------------------------------------------------------------------------


class Funds(lives.Vendor):
    """A vendor to whom everything is a fund."""

    def quotes(self, symbols: Sequence[str]) -> Mapping[str, QuoteFacts | FetchFailure]:
        return {symbol: QuoteFacts("A fund", "fund", "USD") for symbol in symbols}


class Busy(lives.Vendor):
    """A vendor whose answer takes so long that the file is saved meanwhile."""

    file: Path

    def quotes(self, symbols: Sequence[str]) -> Mapping[str, QuoteFacts | FetchFailure]:
        self.file.write_text(self.file.read_text("utf-8") + "# saved\n", "utf-8")
        return super().quotes(symbols)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A taxonomy of one line, as a person would write it."""
    path = tmp_path / "own.yaml"
    text = yaml.safe_dump(worlds.taxonomy(("BBB",)), sort_keys=False)
    path.write_text(f"# By hand\n{text}", "utf-8")
    return path


def test_a_line_is_drafted_with_what_a_quote_knows(
    triad: Triad, vendor: Vendor, own: Path
) -> None:
    before = own.read_text("utf-8")

    answer = triad("taxonomy", "add", "aaa", "--config", str(own))

    rows = own.read_text("utf-8").splitlines()
    first = rows.index('# - ticker: "AAA"') + 1
    assert (answer.code, answer.err) == (0, "")
    assert answer.rows[0] == (
        f"{own}:{first}: AAA is drafted: fill in what follows, then take away the "
        f'first "# " of lines {first} to {first + 20}'
    )
    assert answer.rows[1] == (
        f"{own}:{first + 2}: issuer: key of the company, as in nvidia; "
        "its other lines have the same"
    )
    assert rows[first] == '#   name: "AAA Inc"'
    assert [row for row in rows if row in before.splitlines()] == before.splitlines()
    assert vendor.asked_for("quotes") == ["AAA"]
    assert vendor.requests == 1


def test_every_row_said_names_a_row_that_is_empty(triad: Triad, own: Path) -> None:
    answer = triad("taxonomy", "add", "AAA", "--config", str(own))

    rows = own.read_text("utf-8").splitlines()
    for said in answer.rows[1:]:
        _, line, where, expected = said.split(":", 3)
        key = where.strip().rpartition(".")[2]
        assert rows[int(line) - 1].split() == ["#", f"{key}:", "#", *expected.split()]


def test_after_a_draft_every_command_goes_on(triad: Triad, own: Path) -> None:
    triad("taxonomy", "add", "AAA", "--config", str(own))

    checked = triad("taxonomy", "check", "--config", str(own))

    assert checked.out == f"{own}: 1 lines, 1 watched, no mistakes\n"


def test_offline_nobody_is_asked(triad: Triad, vendor: Vendor, own: Path) -> None:
    answer = triad("taxonomy", "add", "NOPE", "--offline", "--config", str(own))

    assert (answer.code, answer.err, vendor.asked) == (0, "", [])
    assert "name: of the company" in answer.rows[1]


def test_the_users_own_file_is_the_one_that_is_added_to(triad: Triad) -> None:
    triad("taxonomy", "init")

    answer = triad("taxonomy", "add", "NOK")

    assert answer.out.startswith(f"{locating.user_file()}:")
    assert '# - ticker: "NOK"' in locating.user_file().read_text("utf-8")


def test_the_new_taxonomy_can_be_written_elsewhere(
    triad: Triad, own: Path, tmp_path: Path
) -> None:
    before, new = own.read_bytes(), tmp_path / "new.yaml"

    answer = triad("taxonomy", "add", "AAA", "--config", str(own), "--output", str(new))

    assert own.read_bytes() == before
    assert b'# - ticker: "AAA"' in new.read_bytes()
    assert all(row.startswith(f"{new}:") for row in answer.rows)


def test_a_symbol_that_nobody_knows_is_not_added(
    triad: Triad, vendor: Vendor, own: Path
) -> None:
    del vendor
    before = own.read_bytes()

    answer = triad("taxonomy", "add", "NOPE", "--config", str(own))

    assert (answer.code, answer.out) == (4, "")
    assert answer.err == (
        "triad: Yahoo Finance does not know NOPE.\n"
        "       Check the spelling, or add it without asking: --offline.\n"
    )
    assert own.read_bytes() == before


@pytest.mark.parametrize(
    ("failure", "detail"),
    [
        (lives.NETWORK, "the connection was refused"),
        (lives.LIMITED, "too many requests"),
        (
            FetchFailure("rejected: no currency", "It has\x1b[31m none."),
            "It has[31m none",
        ),
    ],
    ids=["network", "rate limited", "rejected"],
)
def test_where_no_quote_came_the_draft_has_gaps_and_a_warning(
    failure: FetchFailure, detail: str, triad: Triad, vendor: Vendor, own: Path
) -> None:
    vendor.failures["*"] = failure

    answer = triad("taxonomy", "add", "AAA", "--config", str(own))

    assert answer.code == 0
    assert answer.err == (
        f"triad: Yahoo Finance gave no quote of AAA ({detail}). "
        "What it would know is left empty.\n"
    )
    assert "name: of the company" in answer.rows[1]


def test_a_fund_is_drafted_with_a_warning(
    triad: Triad, vendor: Vendor, own: Path
) -> None:
    lives.present(Funds(vendor.lines, vendor.fx))

    answer = triad("taxonomy", "add", "AAA", "--config", str(own))

    assert answer.code == 0
    assert answer.err == (
        "triad: Yahoo Finance lists AAA as fund, not as equity. "
        "Only companies with statements can be ranked.\n"
    )


def test_what_is_saved_while_the_source_is_asked_is_kept(
    triad: Triad, vendor: Vendor, own: Path
) -> None:
    busy = Busy(vendor.lines, vendor.fx)
    busy.file = own
    lives.present(busy)

    triad("taxonomy", "add", "AAA", "--config", str(own))

    text = own.read_text("utf-8")
    assert text.endswith("# saved\n")
    assert '# - ticker: "AAA"' in text


@pytest.mark.parametrize("ticker", ["BBB", "SPY", "A B"])
def test_a_ticker_that_is_refused_is_refused_before_anybody_is_asked(
    ticker: str, triad: Triad, vendor: Vendor, own: Path
) -> None:
    before = own.read_bytes()

    answer = triad("taxonomy", "add", ticker, "--config", str(own))

    assert (answer.code, answer.out, vendor.requests) == (2, "", 0)
    assert own.read_bytes() == before


def test_an_interruption_leaves_the_file_as_it_was(
    triad: Triad, vendor: Vendor, own: Path
) -> None:
    class Interrupted(lives.Vendor):
        def quotes(
            self, symbols: Sequence[str]
        ) -> Mapping[str, QuoteFacts | FetchFailure]:
            del symbols
            raise KeyboardInterrupt

    lives.present(Interrupted(vendor.lines, vendor.fx))
    before = own.read_bytes()

    assert triad("taxonomy", "add", "AAA", "--config", str(own)).code == 130
    assert own.read_bytes() == before


def test_a_taxonomy_with_a_mistake_is_not_added_to(triad: Triad, own: Path) -> None:
    own.write_text("titel: x\n", "utf-8")

    answer = triad("taxonomy", "add", "AAA", "--config", str(own))

    assert (answer.code, answer.out) == (78, "")
    assert own.read_text("utf-8") == "titel: x\n"


def test_a_draft_that_cannot_be_written_leaves_nothing_behind(
    triad: Triad, own: Path, tmp_path: Path
) -> None:
    answer = triad(
        *("taxonomy", "add", "AAA", "--config", str(own)),
        *("--output", str(tmp_path / "missing" / "new.yaml")),
    )

    assert (answer.code, answer.out) == (73, "")
    assert [path.name for path in tmp_path.iterdir()] == ["own.yaml"]


def test_a_command_must_be_named(triad: Triad) -> None:
    none, wrong = triad("taxonomy"), triad("taxonomy", "chek")

    assert (none.code, wrong.code) == (2, 2)
    assert none.err == (
        "triad: Missing command.\n       See 'triad taxonomy --help'.\n"
    )
    assert wrong.err.endswith("Did you mean check?\n")


def test_of_many_mistakes_twenty_are_shown(triad: Triad, tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    file.write_text(f"constituents: [{','.join('1' * 1000)}]\n")

    answer = triad("taxonomy", "check", str(file))

    lines = answer.err.splitlines()
    assert answer.code == 78
    assert len(lines) == 21
    assert re.fullmatch(r"and \d+ more; mend these and check again", lines[-1])


def test_the_name_of_a_taxonomy_moves_no_cursor(triad: Triad, tmp_path: Path) -> None:
    file = tmp_path / "a\x1b[2Jb.yaml"
    file.write_bytes(shipped("config/triad.yaml").read_bytes())

    answer = triad("taxonomy", "check", str(file))

    assert answer.code == 0
    assert answer.out.startswith(f"{tmp_path}/a[2Jb.yaml: ")
