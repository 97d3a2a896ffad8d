"""triad evaluate on the command line."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from triad_screener.cli import _setup
from triad_screener.screening import evaluating
from triad_screener.workflows import evaluate as workflow

if TYPE_CHECKING:
    from pathlib import Path

    from lives import Clock
    from worlds import Triad, World

BACK = ("evaluate", "--reconstruct", "--source", "bundled", "--since", "2025-06-01")
AGAIN = ("evaluate", "--reconstruct")
LABEL = "survivorship- and look-ahead-biased"


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as the tests need, so that they are quick."""
    monkeypatch.setattr(evaluating, "SHUFFLES", 60)
    monkeypatch.setattr(evaluating, "FEWER_SHUFFLES", 20)
    monkeypatch.setattr(evaluating, "DRAWS", 100)


def test_a_reconstruction_is_never_shown_without_its_label(triad: Triad) -> None:
    answer = triad(*BACK, "--benchmark", "SMH")

    assert (answer.code, answer.err) == (0, "")
    assert f"no verdict ({LABEL})" in answer.rows[0]
    assert LABEL in answer.rows[1]
    assert "at 21 sessions" in answer.out
    for part in ("Information coefficients", "Groups of factors", "SMH", "biases it"):
        assert part in answer.out


def test_a_folder_may_be_looked_back_on(triad: Triad, world: World) -> None:
    answer = triad("evaluate", "--reconstruct", *world.options, "--format", "json")

    assert (answer.code, answer.err) == (0, "")
    assert answer.json["source"] == "folder"
    first, *_, last = answer.json["rankings"]
    assert (first["as_of"], last["as_of"]) == ("2025-10-31", "2026-04-30")
    assert "Left out: 5 rankings by exposures alone" in answer.json["notes"][1]
    assert 0 < sum(one["weight"] for one in last["basket"]) <= 1 + 1e-9


def test_the_same_inputs_are_the_same_bytes(triad: Triad, world: World) -> None:
    given = (*AGAIN, *world.options, "--format", "json", "--seed")
    first, again, other = (triad(*given, seed) for seed in ("1", "1", "2"))

    assert first.raw == again.raw
    shares = [
        one.json["horizons"][0]["coefficient"]["control"]["low"]
        for one in (first, again, other)
    ]
    assert shares[0] == shares[1] != shares[2]


@pytest.mark.parametrize(
    ("kind", "beginning"),
    [
        ("markdown", "# Did the rankings know anything?"),
        ("html", "<!doctype html>"),
        ("tsv", "as_of\trun\tmade\tbought\tlines\texposed_later\t"),
        ("ndjson", '{"as_of":'),
    ],
)
def test_it_comes_in_every_format(
    kind: str, beginning: str, triad: Triad, world: World
) -> None:
    answer = triad(*AGAIN, *world.options, "--format", kind)

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(beginning)


def test_a_table_of_rankings_has_what_each_basket_earned(triad: Triad) -> None:
    answer = triad(*BACK, "--format", "csv", "--benchmark", "QQQ", "--cost", "50")

    rows = list(csv.DictReader(io.StringIO(answer.out)))
    assert [row["as_of"] for row in rows][:2] == ["2025-06-30", "2025-07-31"]
    assert float(rows[0]["basket"]) < float(rows[0]["before_costs"])
    assert float(rows[0]["benchmark"]) != 0
    assert (rows[-1]["basket"], rows[-1]["ic_126"]) == ("", "")


def test_a_plot_has_both_pictures(triad: Triad, world: World, tmp_path: Path) -> None:
    path = tmp_path / "evidence.png"

    answer = triad(*AGAIN, *world.options, "--plot", str(path), "--format", "json")

    assert answer.code == 0
    with Image.open(io.BytesIO(path.read_bytes())) as found:
        assert found.format == "PNG"
        assert found.height > found.width * 0.8


def test_a_plot_by_the_name_of_another_kind_is_refused(
    triad: Triad, tmp_path: Path
) -> None:
    path = tmp_path / "evidence.svg"

    answer = triad(*BACK, "--plot", str(path))

    assert (answer.code, answer.out, path.exists()) == (2, "", False)
    assert "Pictures are drawn as PNG, and --plot names 'evidence.svg'." in answer.err


def test_where_nothing_can_be_drawn_it_is_said(triad: Triad, tmp_path: Path) -> None:
    path = tmp_path / "evidence.png"
    late = (*BACK[:-1], "2026-04-30")

    answer = triad(*late, "--plot", str(path))

    assert (answer.code, path.exists()) == (2, False)
    assert "nothing to be drawn" in answer.err


def test_one_ranking_without_an_outcome_gives_no_verdict(triad: Triad) -> None:
    answer = triad(*BACK[:-1], "2026-04-30")

    assert (answer.code, answer.err) == (0, "")
    assert "0 independent rankings with an outcome, and" in answer.out
    assert "There is no outcome yet: the first comes after 21 sessions" in answer.out
    assert "Baskets held" not in answer.out


def test_what_was_ranked_on_its_day_is_the_record(
    live: Triad, clock: Clock, world: World
) -> None:
    del world
    assert live("screen").code == 0
    clock.forward(days=3)

    answer = live("evaluate", "--format", "json")

    assert (answer.code, answer.err) == (0, "")
    assert answer.json["origin"] == "forward"
    (ranking,) = answer.json["rankings"]
    assert (ranking["as_of"], ranking["made"]) == ("2026-05-15", "2026-05-16")
    assert answer.json["horizons"][0]["verdict"] == "no verdict"
    assert answer.json["trials"] == 1


def test_each_setting_that_is_looked_at_is_counted(live: Triad, clock: Clock) -> None:
    assert live("screen").code == 0
    clock.forward(days=3)
    again = ("evaluate", "--reconstruct", "--format", "json")

    assert live(*again).json["trials"] == 1
    answer = live(*again, "--set", "clip=2", "--trials", "5")

    assert answer.json["trials"] == 7
    assert answer.json["recipe"] == "default clip=2"


def test_a_setting_without_an_outcome_to_see_is_not_counted(
    live: Triad, clock: Clock
) -> None:
    assert live("screen", "--set", "clip=2").code == 0
    clock.forward(days=3)

    # The ranking is three days old: nothing has become of it.
    early = live("evaluate", "--set", "clip=2", "--format", "json")

    assert (early.code, early.json["trials"]) == (0, 1)
    again = live("evaluate", "--reconstruct", "--format", "json")
    assert again.json["trials"] == 1


@pytest.mark.parametrize(
    ("option", "name"), [("--output", "found.csv"), ("--plot", "found.png")]
)
def test_a_file_that_cannot_be_written_fails_before_any_work(
    triad: Triad, world: World, tmp_path: Path, option: str, name: str
) -> None:
    nowhere = tmp_path / "missing" / name

    answer = triad("evaluate", "--config", str(tmp_path / "none"), option, str(nowhere))

    assert (answer.code, answer.out) == (73, "")
    assert answer.err.startswith(f"triad: {nowhere} cannot be written (No such file")
    del world


def test_without_the_libraries_nothing_is_fetched(
    triad: Triad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "find_spec", lambda _: None)
    monkeypatch.setattr(_setup, "means", None)

    answer = triad(*BACK)

    assert answer.code == 78
    assert "needs libraries that are not installed: arch, scipy, statsmodels" in (
        answer.err
    )
    assert "pip install 'triad-screener[research]'" in answer.err


def test_quiet_leaves_out_how_the_prices_were_come_by(
    triad: Triad, world: World
) -> None:
    loud, quiet = (triad(*AGAIN, *world.options, *more) for more in ((), ("--quiet",)))

    assert "Settings tried before" in loud.out
    assert "Settings tried before" not in quiet.out
    assert quiet.err == ""
