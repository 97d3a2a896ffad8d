"""triad taxonomy: check, show, schema, init."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

import worlds
from triad_screener.shipped import shipped
from triad_screener.taxonomies import document, locating

if TYPE_CHECKING:
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


def test_a_command_must_be_named(triad: Triad) -> None:
    none, wrong = triad("taxonomy"), triad("taxonomy", "chek")

    assert (none.code, wrong.code) == (2, 2)
    assert none.err == (
        "triad: Missing command.\n       See 'triad taxonomy --help'.\n"
    )
    assert "'check'" in wrong.err
    assert wrong.err.endswith("?\n       See 'triad taxonomy --help'.\n")
