"""A YAML file from a stranger: what is read, and what is refused on which line?"""

from __future__ import annotations

from math import isinf, isnan
from typing import TYPE_CHECKING

import pytest

from triad_screener.errors import ConfigurationError
from triad_screener.taxonomies import document

if TYPE_CHECKING:
    from pathlib import Path


def refusal(text: str) -> str:
    """The sentence with which ``text`` is refused."""
    with pytest.raises(ConfigurationError) as caught:
        document.parse(text, "t.yaml")
    return caught.value.what


def value(text: str) -> object:
    """What ``text`` means as the value of a key."""
    content = document.parse(f"key: {text}\n", "t.yaml").content
    assert isinstance(content, dict)
    return content["key"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "a: 1\nb: !!python/object/apply:os.system [ls]\n",
            "t.yaml, line 2: uses the tag !!python/object/apply:os.system.",
        ),
        ("a: !!str 1\n", "t.yaml, line 1: uses the tag !!str."),
        ("a: !own {b: 1}\n", "t.yaml, line 1: uses the tag !own."),
        ("a: 1\nb: &b [1, 1]\n", "t.yaml, line 2: uses an anchor or alias."),
        ("a: &a 1\n", "t.yaml, line 1: uses an anchor or alias."),
        ("a: 1\n\nb: *a\n", "t.yaml, line 3: uses an anchor or alias."),
        ("a: 1\n<<: *a\n", "t.yaml, line 2: uses an anchor or alias."),
        ("a: 1\n---\nb: 2\n", "t.yaml, line 2: starts a second document."),
        ("? [a, b]\n: 1\n", "t.yaml, line 1: has a key that is not text."),
        ("x: 1\n{a: 1}: 2\n", "t.yaml, line 2: has a key that is not text."),
        ("a:\n  b: 1\n  b: 2\n", "t.yaml, line 3: the key b stands twice (first on"),
        ('a: 1\n"a": 2\n', "t.yaml, line 2: the key a stands twice (first on line 1)."),
        ("a:\n\tb: 1\n", "t.yaml, line 2: is not YAML (found character that cannot"),
        ("a: [1, 2\n", "t.yaml, line 2: is not YAML (did not find expected"),
        ('a: "b\n', "t.yaml, line 2: is not YAML (found unexpected end of stream)."),
        ("a: 1\nb: c: d\n", "t.yaml, line 2: is not YAML (mapping values are not"),
        ("a: 1\nb: x\x1b[31m\n", "t.yaml, line 2: holds '\\x1b', a character that"),
        ("a: 1\n\nb: x\x00\n", "t.yaml, line 3: holds '\\x00', a character that"),
        ('a: "\\ud800"\n', "t.yaml, line 1: is not YAML (found invalid Unicode"),
    ],
)
def test_what_is_not_of_the_safe_subset_is_refused_on_its_line(
    text: str, sentence: str
) -> None:
    said = refusal(text)

    assert said.startswith(sentence)


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    rows = ["a0: &a0 [lol, lol]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]

    said = refusal("\n".join(rows))

    assert said == "t.yaml, line 1: uses an anchor or alias."


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_a_file_nested_ten_thousand_deep_is_refused(opening: str) -> None:
    said = refusal(opening * 10_000)

    assert said == "t.yaml, line 1: is nested too deeply."


def test_a_file_as_deep_as_the_limit_is_read() -> None:
    depth = document.DEPTH_LIMIT

    found = document.parse("[" * depth + "]" * depth, "t.yaml")

    assert isinstance(found.content, list)


@pytest.mark.parametrize(
    "text",
    [
        *("ON", "on", "NO", "no", "Yes", "y", "Off", "TRUE", "True", "NULL", "Null"),
        *("0700", "0001045810", "08", "0x1F", "0o17", "1_000", "12:30:45"),
        *("2026-05-15", "2026-05-15T10:00:00Z", "nan", "inf", "NaN", "1.2.3", "1e"),
        *("2330.TW", "=", "."),
    ],
)
def test_what_yaml_1_1_would_take_for_something_else_stays_text(text: str) -> None:
    found = value(text)

    assert found == text


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("0", 0),
        ("-5", -5),
        ("+12", 12),
        ("0.15", 0.15),
        (".5", 0.5),
        ("5.", 5.0),
        ("134.0e+9", 134e9),
        ("1e3", 1000.0),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'5'", "5"),
        ('"true"', "true"),
        ("''", ""),
        ("算力", "算力"),
    ],
)
def test_plain_values_mean_what_yaml_1_2_says(text: str, meaning: object) -> None:
    found = value(text)

    assert found == meaning
    assert type(found) is type(meaning)


def test_numbers_without_end_are_read_as_such_and_left_to_the_model() -> None:
    negative, nan = value("-.inf"), value(".NaN")

    assert isinstance(negative, float)
    assert isinf(negative)
    assert negative < 0
    assert isinstance(nan, float)
    assert isnan(nan)


def test_a_number_of_forty_one_digits_is_text() -> None:
    found = value("9" * 41)

    assert found == "9" * 41


def test_every_place_knows_its_line_and_a_missing_one_the_line_around_it() -> None:
    text = "a: 1\nb:\n  - c\n  - d:\n      e: 2\n"

    found = document.parse(text, "t.yaml")

    assert found.line_of(("a",)) == 1
    assert found.line_of(("b", 0)) == 3
    assert found.line_of(("b", 1, "d", "e")) == 5
    assert found.line_of(("b", 1, "missing")) == 4
    assert found.line_of(("nowhere",)) == 1


def test_comments_and_a_directive_are_no_content() -> None:
    found = document.parse("%YAML 1.2\n---\n# nothing\na: 1 # one\n...\n", "t.yaml")

    assert found.content == {"a": 1}


def test_an_empty_file_has_no_content(tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    file.write_bytes(b"")

    found = document.read(file)

    assert found.content is None


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfa: 1\n", b"a: 1\r\n", b"a: 1"])
def test_a_byte_order_mark_and_any_line_end_are_read(
    content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "t.yaml"
    file.write_bytes(content)

    found = document.read(file)

    assert found.content == {"a": 1}


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"a: caf\xe9\n", 1), (b"a: 1\nb: \xff\n", 2), ("a: 1".encode("utf-16"), 1)],
)
def test_a_file_that_is_not_utf_8_is_refused_on_its_line(
    content: bytes, line: int, tmp_path: Path
) -> None:
    file = tmp_path / "t.yaml"
    file.write_bytes(content)

    with pytest.raises(ConfigurationError) as caught:
        document.read(file)

    assert caught.value.what == f"{file}, line {line}: is not UTF-8 text."


def test_a_file_of_fifty_megabytes_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    with file.open("wb") as big:
        big.truncate(50_000_000)

    with pytest.raises(ConfigurationError) as caught:
        document.read(file)

    assert caught.value.what == f"{file}: is larger than 2 MB."


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as missing:
        document.read(tmp_path / "none.yaml")
    with pytest.raises(ConfigurationError) as folder:
        document.read(tmp_path)

    assert missing.value.what.endswith("cannot be read (No such file or directory).")
    assert folder.value.what.endswith("cannot be read (Is a directory).")


def test_more_values_than_a_taxonomy_has_are_refused() -> None:
    text = f"a: [{','.join('1' * 200_000)}]\nb: 1\n"

    sentence = refusal(text)

    assert sentence == "t.yaml, line 1: holds more than 200,000 values up to here."


def test_a_long_key_is_not_repeated_whole() -> None:
    key = "k" * 900

    sentence = refusal(f"{key}: 1\n{key}: 2\n")

    assert sentence == (
        f"t.yaml, line 2: the key {'k' * 60}... stands twice (first on line 1)."
    )
