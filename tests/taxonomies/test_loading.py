"""Every rule of the taxonomy, broken once: is the mistake found where it stands?"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from taxonomy_mistakes import GOOD, kept_mistakes
from triad_screener.errors import ConfigurationError
from triad_screener.model.recipe import Recipe
from triad_screener.shipped import shipped
from triad_screener.taxonomies import document, loading

if TYPE_CHECKING:
    from pathlib import Path

    from taxonomy_mistakes import Mistake


def said_of(text: str) -> list[str]:
    """What is said of a file, mistake by mistake."""
    _, mistakes = loading.check(document.parse(text, "t.yaml"))
    return [
        f"{one.line}: {one.where} {one.problem}. {one.expected}" for one in mistakes
    ]


def test_the_small_taxonomy_is_right() -> None:
    taxonomy, mistakes = loading.check(document.parse(GOOD, "t.yaml"))

    assert mistakes == ()
    assert taxonomy is not None
    assert [line.ticker for line in taxonomy.constituents] == ["TSM", "AMD"]


@pytest.mark.parametrize("mistake", kept_mistakes(), ids=lambda one: one.said[0])
def test_a_broken_rule_is_named_with_its_line_and_what_was_expected(
    mistake: Mistake,
) -> None:
    assert GOOD.count(mistake.old) == 1

    said = said_of(GOOD.replace(mistake.old, mistake.new))

    assert said == mistake.said


def test_all_mistakes_are_named_in_the_order_of_the_file() -> None:
    text = GOOD.replace("clip: 3.0", "clip: x").replace("role: named", "role: x")

    said = said_of(text)

    assert [row.partition(" is ")[0] for row in said] == [
        "32: constituents[1].role",
        "58: recipes.default.clip",
    ]


def test_values_that_do_not_fit_together_are_all_named_at_once() -> None:
    text = GOOD.replace("ticker: QQQ", "ticker: SPY").replace(
        "[foundry]\n    id", "[fab]\n    id"
    )

    said = said_of(text)

    assert [row.partition(" does ")[0] for row in said] == [
        "33: constituents[1].layers[0]",
        "37: benchmarks[1].ticker",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("# nothing but a remark\n", "is empty"),
        ("- a\n- b\n", "is not a mapping"),
        ("hello\n", "is not a mapping"),
        ("5\n", "is not a mapping"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(text: str, problem: str) -> None:
    said = said_of(text)

    expected = "A taxonomy is a mapping with keys such as constituents and recipes."
    assert said == [f"1: the file {problem}. {expected}"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("recipes:\n", "recipes is empty. The value should be a mapping."),
        ("recipes: {}\n", "recipes is empty. There should be at least 1 entry."),
        ("recipes: [a]\n", "recipes is a list. The value should be a mapping."),
        ("constituents: 5\n", "constituents is 5. The value should be a list."),
        ("layers: {a: 1}\n", "layers.a is 1. The value should be a mapping."),
        (
            "constituents: {a: 1}\n",
            "constituents is a mapping. The value should be a list.",
        ),
    ],
)
def test_a_part_of_the_wrong_shape_is_refused(text: str, where: str) -> None:
    said = said_of(text)

    assert said == [f"1: {where}"]


@pytest.mark.parametrize(("key", "longest"), [("name: TSMC", 200), ("note: The", 1000)])
def test_a_text_has_a_longest_length_and_is_not_repeated_whole(
    key: str, longest: int
) -> None:
    name = key.partition(": ")[0]

    said = said_of(GOOD.replace(key, f"{name}: {'x' * (longest + 1)}"))

    assert len(said) == 1
    assert f"{name} is 'xxx" in said[0]
    assert said[0].endswith(f"... The text should have at most {longest} characters.")
    assert len(said[0]) < 150


def test_every_key_that_is_missing_is_named() -> None:
    said = said_of("constituents:\n  - ticker: TSM\n")

    missing = [row.split()[1] for row in said if "is missing" in row]
    assert missing == [
        f"constituents[0].{key}"
        for key in ("identity", "issuer", "layers", "name", "role")
    ]
    assert all(row.startswith("2: ") for row in said)


def test_the_tickers_on_no_and_0700_are_tickers() -> None:
    for ticker in ("ON", "NO", "TRUE", "0700", "0700.HK"):
        text = GOOD.replace("ticker: AMD", f"ticker: {ticker}")

        taxonomy, mistakes = loading.check(document.parse(text, "t.yaml"))

        assert mistakes == ()
        assert taxonomy is not None
        assert taxonomy.constituents[1].ticker == ticker


def test_a_note_may_run_over_several_lines() -> None:
    text = GOOD.replace("note: The cornerstone.", "note: |\n      The\n      stone.")

    taxonomy, mistakes = loading.check(document.parse(text, "t.yaml"))

    assert mistakes == ()
    assert taxonomy is not None
    assert taxonomy.constituents[0].note == "The\nstone.\n"


def test_a_file_of_recipes_alone_is_a_taxonomy() -> None:
    text = "recipes:\n  default: {basket: {size: 3}}\n  calm: {clip: 2}\n"

    taxonomy, mistakes = loading.check(document.parse(text, "t.yaml"))

    assert mistakes == ()
    assert taxonomy is not None
    assert taxonomy.recipes["default"].basket.size == 3
    assert taxonomy.recipes["default"].basket.buffer == 0.20
    assert taxonomy.recipes["calm"].clip == 2
    assert taxonomy.recipes["calm"].group_weights == Recipe().group_weights


def test_a_file_without_recipes_has_the_one_of_the_house() -> None:
    taxonomy, _ = loading.check(document.parse("title: Nothing yet\n", "t.yaml"))

    assert taxonomy is not None
    assert taxonomy.recipes == {"default": Recipe()}


def test_loading_names_the_first_mistake_and_says_how_to_see_the_others(
    tmp_path: Path,
) -> None:
    file = tmp_path / "t.yaml"
    file.write_text("recipes: {default: {clip: 0}}\ntitel: x\n")

    with pytest.raises(ConfigurationError) as caught:
        loading.load(file)

    assert caught.value.what == (
        f"{file}, line 1: recipes.default.clip is 0 "
        f"(1 more: triad taxonomy check {file})."
    )
    assert caught.value.remedy == "The value should be above 0."


def test_the_shipped_taxonomy_is_right_and_marks_the_names_of_the_post() -> None:
    taxonomy = loading.load(shipped("config/triad.yaml"))

    lines = {line.ticker: line for line in taxonomy.constituents}
    assert len(lines) >= 40
    assert taxonomy.post_tickers >= {
        *("NVDA", "AVGO", "TSM", "GOOGL", "META"),
        *("AMD", "ARM", "GDS", "MSFT"),
    }
    assert [ticker for ticker, line in lines.items() if line.cornerstone] == ["TSM"]


def test_the_digest_is_of_what_is_said_and_not_of_how_it_is_laid_out() -> None:
    def digest(text: str) -> str:
        taxonomy, _ = loading.check(document.parse(text, "t.yaml"))
        assert taxonomy is not None
        return loading.digest(taxonomy)

    same = digest("# a remark\n" + GOOD.replace("title: A", "title:    A"))
    other = digest(GOOD.replace("share: 0.6", "share: 0.5"))

    entry = "share: 0.5, basis: estimate, source: paper, rationale: Chips."
    earlier = f"rationale: Chips., history: [{{{entry}, date: 2024-04-18}}]"
    with_history = digest(GOOD.replace("rationale: Chips.", earlier))

    assert with_history != digest(GOOD)
    assert same == digest(GOOD)
    assert other != digest(GOOD)


@pytest.mark.parametrize("at_once", [1, 2, 1_000])
@pytest.mark.parametrize("text", [GOOD, "title: Empty\n"])
def test_the_digest_is_that_of_one_json_with_sorted_keys(
    text: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_LINES_AT_ONCE", at_once)
    taxonomy, _ = loading.check(document.parse(text, "t.yaml"))
    assert taxonomy is not None

    aside = {"thesis", "constituents_table"}
    content = taxonomy.model_dump(mode="json", exclude=aside)
    plain = json.dumps(content, sort_keys=True)
    assert loading.digest(taxonomy) == hashlib.sha256(plain.encode()).hexdigest()
