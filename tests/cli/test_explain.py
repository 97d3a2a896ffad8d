"""triad explain: everything behind one score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import worlds

if TYPE_CHECKING:
    from pathlib import Path

    from worlds import Triad, World


def test_a_ticker_in_any_case_is_explained_with_its_factors(
    triad: Triad, world: World
) -> None:
    answer = triad("explain", "aaa", "--format", "json", *world.options)

    found = answer.json
    assert (answer.code, answer.err) == (0, "")
    assert found["line"]["ticker"] == "AAA"
    assert found["line"]["rank"] == 9
    assert found["line"]["factors"]["rev_yoy_q"]["raw"] == pytest.approx(1000 / 960 - 1)


def test_what_is_explained_is_what_was_screened(triad: Triad, world: World) -> None:
    screened = triad("screen", "EEE", "--format", "json", *world.options).json

    explained = triad("explain", "EEE", "--format", "json", *world.options).json

    assert explained["line"]["score"] == screened["lines"][0]["score"]
    assert explained["line"]["groups"] == screened["lines"][0]["groups"]
    assert explained["run"] == screened["run"]


def test_a_line_that_stands_aside_or_is_unranked_is_explained_too(
    triad: Triad, world: World, tmp_path: Path
) -> None:
    alone = worlds.write(tmp_path, ("AAA",))

    aside = triad("explain", "AAB", *world.options)
    unranked = triad("explain", "AAA", *alone.options)

    assert (aside.code, unranked.code) == (0, 0)
    assert "AAB" in aside.out
    assert "AAA" in unranked.out


def test_an_unknown_ticker_offers_the_nearest(triad: Triad, world: World) -> None:
    answer = triad("explain", "AAC", *world.options)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "triad: There is no ticker called 'AAC'.\n       Did you mean AAA or AAB?\n"
    )


def test_a_company_that_was_not_listed_yet_says_so(triad: Triad) -> None:
    answer = triad("explain", "CRWV", "--as-of", "2025-02-14")

    assert (answer.code, answer.out) == (4, "")
    assert answer.err == (
        "triad: CRWV was not yet listed on 2025-02-14.\n"
        "       Give a later day with --as-of DATE.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ((), "Missing argument 'ticker'."),
        (("AAA", "BBB"), "Got unexpected extra argument(s) (BBB)."),
        (("AAA", "--top", "3"), "No such option: --top"),
        (("AAA", "--set", "clip=x"), "The recipe value clip is 'x'."),
        (("AAA", "--recipe", "none"), "There is no recipe called 'none'."),
        (("AAA", "--as-of", "then"), "--as-of 'then' is not a date."),
        (("AAA", "--universe", "all"), "Invalid value for '--universe': 'all' is not"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    arguments: tuple[str, ...], what: str, triad: Triad, world: World
) -> None:
    answer = triad("explain", *arguments, *world.options)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"triad: {what}")
    assert len(answer.err.splitlines()) == 2
