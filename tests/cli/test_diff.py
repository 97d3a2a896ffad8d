"""triad diff over runs of the small world."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lives import Clock, Vendor
    from worlds import Answer, Triad, World

    Screen = Callable[..., str]
    Edited = Callable[..., Path]


@pytest.fixture
def later(live: Triad, clock: Clock, vendor: Vendor) -> Screen:
    """Screen with these options nine weeks after the last time; the id of the run."""
    vendor.newest = date(2026, 1, 9)
    clock.forward(weeks=-18)

    def screen(*options: str) -> str:
        vendor.newest += timedelta(weeks=9)
        clock.forward(weeks=9)
        found: str = live("screen", *options, "--format", "json").json["run"]["id"]
        return found

    return screen


@pytest.fixture
def edited(world: World, tmp_path: Path) -> Edited:
    """Write a copy of the taxonomy of the world with something changed; its path."""

    def write(
        title: str = "A small world",
        keep: int | None = None,
        name: str = "AAA Inc",
        share: float = 0.9,
    ) -> Path:
        content = json.loads(world.config.read_text("utf-8"))
        lines = content["constituents"] = content["constituents"][:keep]
        lines[0]["name"] = name
        lines[0]["exposures"]["compute"]["share"] = share
        config = tmp_path / f"{title}-{keep}.yaml"
        config.write_text(json.dumps(content | {"title": title}), "utf-8")
        return config

    return write


@pytest.fixture
def once(live: Triad) -> Screen:
    """Screen with these options on the day of the last time; the id of the run."""

    def screen(*options: str) -> str:
        found: str = live("screen", *options, "--format", "json").json["run"]["id"]
        return found

    return screen


@pytest.fixture
def ids(later: Screen, once: Screen) -> list[str]:
    """Runs of 13 March and of 15 May, and one of the names of the post."""
    return [later(), later(), once("--universe", "post")]


def ends(answer: Answer) -> tuple[str, str]:
    assert answer.code in (0, 1), answer.err
    return answer.json["before"]["id"], answer.json["after"]["id"]


def test_the_newest_run_is_compared_with_that_of_the_day_before(
    triad: Triad, ids: list[str]
) -> None:
    assert ends(triad("diff", "--format", "json")) == (ids[0], ids[1])


@pytest.mark.parametrize(
    "experiment",
    [
        ("--set", "basket.size=3"),
        ("--recipe", "equal"),
        ("--universe", "post"),
        ("--as-of", "2026-05-12"),
        ("--as-of", "2026-02-13"),
    ],
)
def test_an_experiment_is_no_end_and_hides_no_pair(
    experiment: tuple[str, ...], triad: Triad, later: Screen, once: Screen
) -> None:
    pair = later(), later()
    assert once(*experiment) not in pair

    assert ends(triad("diff", "--format", "json")) == pair


def test_another_taxonomy_is_no_end_and_hides_no_pair(
    triad: Triad, later: Screen, world: World, edited: Edited
) -> None:
    pair = later(), later()
    robotics, short = edited(title="Robotics"), edited(keep=3)
    for config in (robotics, short):
        options = ("--config", str(config), "--format", "json")
        assert triad("screen", *options).json["run"]["id"] not in pair

    options = ("--config", str(world.config), "--format", "json")
    assert ends(triad("diff", *options)) == pair
    for config in (robotics, short):
        assert triad("diff", "--config", str(config)).code == 4


def test_a_taxonomy_with_another_name_or_figure_is_the_same_one(
    triad: Triad, later: Screen, edited: Edited
) -> None:
    before = later()
    config = str(edited(name="Alpha Ltd", share=0.42))
    options = ("--config", config, "--format", "json")
    after = triad("screen", *options).json["run"]["id"]

    answer = triad("diff", *options)

    assert answer.code == 1
    assert ends(answer) == (before, after)
    moved = [line for line in answer.json["lines"] if line["score_parts"]]
    assert moved
    for line in moved:
        whole = line["score"]["after"] - line["score"]["before"]
        assert sum(line["score_parts"].values()) == pytest.approx(whole, abs=1e-9)


def test_an_earlier_day_is_never_the_later_end(
    triad: Triad, later: Screen, once: Screen
) -> None:
    before, after = later(), later()
    back = once("--as-of", "2026-05-12")

    assert ends(triad("diff", back[:8], "--format", "json")) == (back, after)
    assert ends(triad("diff", after, "--format", "json")) == (before, after)


def test_two_runs_of_one_day_from_different_sources_are_said_to_be_so(
    triad: Triad, later: Screen, once: Screen, world: World
) -> None:
    told = "The sources differ (Yahoo Finance, kept in the store; folder "
    later()
    kept, other = later(), once("--source", f"folder:{world.folder}")

    people = triad("diff", kept, other)
    program = triad("diff", kept, other, "--format", "json")
    same = triad("diff", kept, kept)

    assert told in " ".join(people.out.split())
    assert "From 2026-05-15" in people.out
    assert "to 2026-05-15" in people.out
    assert told in program.err
    assert program.json["before"]["source"] == "store"
    assert program.json["after"]["source"] == "folder"
    assert "sources differ" not in same.out


def test_of_one_day_the_run_asked_for_last_counts(
    triad: Triad, later: Screen, once: Screen, clock: Clock, edited: Edited
) -> None:
    before, after = later(), later()
    clock.forward(minutes=1)
    triad("screen", "--config", str(edited(share=0.42)))
    assert ends(triad("diff", "--format", "json"))[1] != after

    clock.forward(minutes=1)
    assert once() == after

    assert ends(triad("diff", "--format", "json")) == (before, after)
    listed = triad("runs", "--format", "json").json["runs"]
    assert listed[0]["id"] == after
    assert listed[0]["asked_at"] >= listed[0]["kept_at"]


def test_days_choose_the_nearest_run_before_and_it_is_said_which(
    triad: Triad, later: Screen, once: Screen
) -> None:
    later()
    second, first = later(), once("--as-of", "2026-04-17")
    days = ("--from", "2026-04-20", "--to", "2026-05-15")

    answer = triad("diff", *days)
    plain = triad("diff", *days, "--format", "json")

    told = f"--from 2026-04-20: the nearest run before is {first} of 2026-04-17."
    assert f"From 2026-04-17 (run {first}) to 2026-05-15 (run {second})" in answer.out
    assert told in " ".join(answer.out.split())
    assert told in " ".join(plain.err.split())
    assert ends(plain) == (first, second)


@pytest.mark.parametrize(
    ("days", "code", "told"),
    [
        (("--from", "2020-01-01"), 4, "No run of this taxonomy and recipe is of 2020"),
        (("--to", "2026-03-13"), 4, "Only one run of this taxonomy and recipe so far"),
        (("--from", "2026-05-15"), 4, "Both days have the same nearest run"),
        (("--from", "2026-05-15", "--to", "2026-03-13"), 2, "is later than --to"),
        (("--from", "soon"), 2, "--from 'soon' is not a date"),
    ],
)
def test_days_without_two_runs_are_told(
    days: tuple[str, ...], code: int, told: str, triad: Triad, ids: list[str]
) -> None:
    answer = triad("diff", *days)

    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err
    assert ids


def test_one_day_leaves_the_other_end_to_the_runs(triad: Triad, ids: list[str]) -> None:
    for days in (("--from", "2026-03-13"), ("--to", "2026-05-15")):
        assert ends(triad("diff", *days, "--format", "json")) == (ids[0], ids[1])


def test_runs_that_are_named_leave_nothing_to_choose(
    triad: Triad, ids: list[str]
) -> None:
    answer = triad("diff", ids[0], "--from", "2026-03-13")

    assert (answer.code, answer.out) == (2, "")
    assert "The runs are named, and --from would choose others." in answer.err


def test_where_the_taxonomy_has_no_run_the_last_one_asked_for_serves_and_is_named(
    triad: Triad, ids: list[str]
) -> None:
    del ids
    serves = triad("diff")
    strictly = triad("diff", "--recipe", "default")

    assert (serves.code, strictly.code) == (0, 4)
    told = "No run of ai_triad, default yet: these are of A small world, default"
    assert told in " ".join(serves.out.split())


def test_one_name_is_compared_with_the_newest_run(triad: Triad, ids: list[str]) -> None:
    one = triad("diff", ids[0][:8], "--format", "json")
    two = triad("diff", ids[0], ids[1], "--format", "json")

    assert (one.code, one.raw) == (0, two.raw)


def test_the_same_run_twice_is_no_difference(triad: Triad, ids: list[str]) -> None:
    answer = triad("diff", ids[1], ids[1])

    assert (answer.code, answer.err) == (0, "")
    assert "Nothing moved: the same ranks" in answer.out


def test_runs_of_two_universes_are_not_compared(triad: Triad, ids: list[str]) -> None:
    answer = triad("diff", ids[2], ids[1])

    assert (answer.code, answer.out) == (2, "")
    assert "ranks the universe post" in answer.err


def test_turnover_may_be_counted_from_what_is_held(
    triad: Triad, ids: list[str], tmp_path: Path
) -> None:
    held = tmp_path / "held.csv"
    held.write_text("ticker,weight\nAAA,0.5\n", "utf-8")

    held_turnover = triad("diff", "--holdings", str(held), "--format", "json").json
    basket_turnover = triad("diff", "--format", "json").json

    assert held_turnover["turnover"] > basket_turnover["turnover"]
    assert ids


@pytest.mark.parametrize(
    ("names", "code", "told"),
    [
        (("zzz",), 2, "There is no run called 'zzz'"),
        (("a", "b", "c"), 2, "Two runs are compared, and 3 were given"),
    ],
)
def test_what_cannot_be_compared_is_told(
    names: tuple[str, ...], code: int, told: str, triad: Triad
) -> None:
    answer = triad("diff", *names)

    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err


def test_without_two_runs_there_is_nothing_to_compare(
    triad: Triad, live: Triad
) -> None:
    nothing = triad("diff")
    live("screen")
    one = triad("diff")

    assert (nothing.code, one.code) == (4, 4)
    assert nothing.err.startswith(
        "triad: No run of this taxonomy and recipe so far: ai_triad, default."
    )
    assert one.err.startswith(
        "triad: Only one run of this taxonomy and recipe so far: A small world"
    )
