"""triad store: what it holds, as a folder, and compacted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from triad_screener import settings
from worlds import FRIDAY, RANKED

if TYPE_CHECKING:
    from pathlib import Path

    from lives import Vendor
    from worlds import Triad, World


def test_info_says_what_the_store_holds(live: Triad, triad: Triad) -> None:
    live("refresh")

    people = triad("store", "info")
    program = triad("store", "info", "--format", "json").json

    assert str(settings.store_file()) in people.out.replace("\n", "")
    assert program["symbols"] == 11
    assert program["newest_session"] == "2026-05-15"
    assert program["rows"]["fetches"] == 31


def test_info_of_no_store_says_how_to_fill_it(triad: Triad) -> None:
    answer = triad("store", "info")

    assert answer.code == 0
    assert "triad refresh" in answer.out.replace("\n", " ")
    assert not settings.store_file().exists()


def test_an_exported_store_is_screened_alike(
    live: Triad, tmp_path: Path, world: World
) -> None:
    ours = live("screen", "--format", "json").json
    folder = tmp_path / "figures"

    exported = live("store", "export", str(folder))
    theirs = live("screen", "--source", f"folder:{folder}", "--format", "json").json

    assert (exported.code, exported.rows) == (0, [str(folder)])
    assert [(line["ticker"], line["score"]) for line in theirs["lines"]] == [
        (line["ticker"], line["score"]) for line in ours["lines"]
    ]
    assert [line["ticker"] for line in theirs["lines"]] == list(RANKED)
    del world


def test_an_export_never_overwrites(live: Triad, tmp_path: Path) -> None:
    live("refresh")
    (tmp_path / "mine.txt").write_text("mine")

    answer = live("store", "export", str(tmp_path))

    assert (answer.code, answer.out) == (73, "")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_export_of_nothing_is_no_data(triad: Triad, tmp_path: Path) -> None:
    answer = triad("store", "export", str(tmp_path / "figures"))

    assert answer.code == 4
    assert not (tmp_path / "figures").exists()


def test_vacuum_says_how_much_it_saved(live: Triad, triad: Triad) -> None:
    live("refresh")
    live("refresh", "--full")

    answer = triad("store", "vacuum")

    before, after = (int(word.replace(",", "")) for word in answer.out.split()[::3][:2])
    assert answer.code == 0
    assert before >= after > 0


def test_check_of_no_store_says_that_there_is_none(triad: Triad) -> None:
    answer = triad("store", "check")

    assert (answer.code, answer.rows[0]) == (0, "There is no store yet")


def test_check_says_that_nothing_is_damaged_and_what_is(
    live: Triad, triad: Triad, tmp_path: Path
) -> None:
    live("refresh")
    whole = triad("store", "check")
    path = settings.store_file()
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes(300_000) + content[middle + 300_000 :])

    damaged = triad("store", "check")
    copied = triad("store", "backup", str(tmp_path / "copy"))
    saved = triad("store", "salvage", str(tmp_path / "saved"))

    assert (whole.code, whole.rows[0]) == (0, "Nothing is damaged")
    assert damaged.code == 5
    assert copied.code == 5
    assert "triad store salvage FILE" in copied.err
    assert saved.code == 3


def test_a_session_that_is_missing_is_told_wherever_one_looks(
    live: Triad, triad: Triad, vendor: Vendor
) -> None:
    vendor.left_out["AAA"] = (FRIDAY - timedelta(days=2),)
    live("refresh")

    info = triad("store", "info", "--format", "json").json["missing_sessions"]
    screens = live("screen", "--verbose"), live("screen"), live("screen", "--verbose")
    doctor = live("doctor", "--offline", "--format", "json").json["checks"]

    assert [(one["symbol"], one["session"]) for one in info] == [("AAA", "2026-05-13")]
    told = "1 session of 1 symbol: AAA 2026-05-13"
    assert [told in screen.out for screen in screens] == [True, False, True]
    assert {screen.code for screen in screens} == {0}
    assert told in next(c["evidence"] for c in doctor if c["check"] == "sessions")


def test_figures_that_are_not_from_the_store_lack_nothing_of_it(
    live: Triad, vendor: Vendor, world: World
) -> None:
    vendor.left_out["AAA"] = (FRIDAY - timedelta(days=2),)
    live("refresh")

    screen = live("screen", "--source", f"folder:{world.folder}", "--verbose")

    assert "others traded" not in screen.out
