"""triad score: the scorer as a filter."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from worlds import Triad

FILE = Path(__file__).parents[1] / "answers" / "cross_section.csv"
HEADER = "ticker,issuer,exposure_compute,exposure_data,exposure_algorithms,mom_12_1\n"


def rows(count: int, name: str = "L") -> str:
    """So many lines of one factor, the first the best."""
    return "".join(f"{name}{at},{name}{at},0.5,0,0,{-at}\n" for at in range(count))


def test_a_file_and_standard_input_give_the_same(
    triad: Triad, stdin: Callable[[bytes], None]
) -> None:
    stdin(FILE.read_bytes())

    file, piped = (
        triad("score", name, "--format", "json") for name in (str(FILE), "-")
    )

    assert (file.code, file.err) == (0, "")
    assert file.raw == piped.raw
    assert file.json["lines"][0]["ticker"] == "CHPA"


def test_eight_lines_are_ranked_and_seven_are_not(
    triad: Triad, stdin: Callable[[bytes], None]
) -> None:
    stdin((HEADER + rows(8)).encode())
    eight = triad("score", "-", "--format", "tickers")
    stdin((HEADER + rows(7)).encode())
    seven = triad("score", "-", "--format", "json")

    assert eight.rows == [f"L{at}" for at in range(8)]
    assert seven.json["lines"] == []
    assert len(seven.json["unranked"]) == 7


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize(
    "shape", ["table", "json", "ndjson", "csv", "html", "markdown"]
)
def test_none_one_or_two_lines_are_no_error(
    count: int, shape: str, triad: Triad, stdin: Callable[[bytes], None]
) -> None:
    stdin((HEADER + rows(count)).encode())

    answer = triad("score", "-", "--format", shape)

    assert (answer.code, answer.err) == (0, "")
    if shape == "json":
        assert sum(basket["reserve"] for basket in answer.json["baskets"]) == 1


def test_the_columns_are_the_fields_of_the_answer(triad: Triad) -> None:
    answer = triad("score", str(FILE), "--format", "csv")

    found = list(csv.DictReader(io.StringIO(answer.out)))
    assert len(found) == 14
    assert found[0]["ticker"] == "CHPA"
    assert found[0]["groups.momentum"]
    assert found[0]["factors.mom_12_1.raw"] == "1.42"


def test_a_ticker_that_is_a_formula_or_an_escape_harms_nobody(
    triad: Triad, stdin: Callable[[bytes], None]
) -> None:
    for ticker in ("=1+", "\x1b[31m"):
        stdin((HEADER + rows(1, ticker)).encode())

        answer = triad("score", "-")

        assert (answer.code, answer.out) == (65, "")
        assert f"column ticker: is {ticker + '0'!r}.\n" in answer.err


def test_settings_recipe_and_incumbents_are_used(triad: Triad) -> None:
    def compute(*options: str) -> list[str]:
        answer = triad("score", str(FILE), "--format", "json", *options)
        places = answer.json["baskets"][0]["constituents"]
        return [place["ticker"] for place in places]

    three = compute("--set", "basket.size=3")
    held = compute("--set", "basket.size=3", "--incumbents", "gcld")

    assert three == ["CHPA", "FABC", "CHPB"]
    assert held == ["CHPA", "FABC", "GCLD"]


def test_a_file_of_recipes_alone_serves(triad: Triad, tmp_path: Path) -> None:
    config = tmp_path / "t.yaml"
    config.write_text(
        "recipes:\n  default: {basket: {size: 1}}\n  wide: {basket: {size: 2}}\n"
    )

    def selected(*options: str) -> int:
        options = ("--config", str(config), "--format", "json", *options)
        found = triad("score", str(FILE), *options).json
        return sum(place["selected"] for place in found["pillars"]["compute"])

    assert selected() == 1
    assert selected("--recipe", "wide") == 2
    assert selected("--recipe", "wide", "--set", "basket.size=4") == 4


def test_a_recipe_that_is_not_in_the_file_is_refused(
    triad: Triad, tmp_path: Path
) -> None:
    config = tmp_path / "t.yaml"
    config.write_text("recipes:\n  mine: {}\n")

    answer = triad("score", str(FILE), "--config", str(config))

    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "triad: There is no recipe called 'default'.\n       Choose one of: mine.\n"
    )


def test_a_column_that_means_nothing_is_named_in_the_table(
    triad: Triad, stdin: Callable[[bytes], None]
) -> None:
    stdin(HEADER.replace("mom_12_1", "mom_12_2").encode() + rows(1).encode())

    answer = triad("score", "-")

    assert answer.code == 0
    assert "columns not used: 'mom_12_2'" in answer.out


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "standard input: is empty."),
        (b"ticker\nA\n", "standard input, line 1: has no column issuer."),
        (
            HEADER.encode() + b"A,a,0.5,0.6,0,1\n",
            "standard input, line 2: has exposures that sum to 1.1, above 1.",
        ),
        (
            HEADER.encode() + b"A,a,0.5,0,0,nan\n",
            "standard input, line 2, column mom_12_1: is 'nan', not a finite number.",
        ),
        (HEADER.encode() + b"\xff", "standard input, line 2: is not UTF-8 text."),
    ],
)
def test_what_is_no_cross_section_is_refused(
    content: bytes, what: str, triad: Triad, stdin: Callable[[bytes], None]
) -> None:
    stdin(content)

    answer = triad("score", "-")

    assert (answer.code, answer.out) == (65, "")
    assert answer.err.startswith(f"triad: {what}\n")


def test_a_file_of_fifty_megabytes_is_refused_unread(
    triad: Triad, tmp_path: Path
) -> None:
    file = tmp_path / "big.csv"
    with file.open("wb") as big:
        big.truncate(50_000_000)

    answer = triad("score", str(file))

    assert (answer.code, answer.out) == (65, "")
    assert answer.err.startswith(f"triad: {file}: is larger than 32 MB.\n")


@pytest.mark.parametrize(
    ("name", "reason"),
    [("none.csv", "No such file or directory"), (".", "Is a directory")],
)
def test_a_file_that_cannot_be_read_says_why(
    name: str,
    reason: str,
    triad: Triad,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)

    answer = triad("score", name)

    assert answer.code == 65
    assert answer.err == (
        f"triad: {name}: cannot be read ({reason}).\n       Check the path.\n"
    )


def test_an_unknown_incumbent_is_refused(triad: Triad) -> None:
    answer = triad("score", str(FILE), "--incumbents", "CHPZ")

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("triad: There is no ticker called 'CHPZ'.\n")
