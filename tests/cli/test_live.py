"""screen, explain and refresh over a vendor who knows the small world."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

import pytest

from lives import ABSENT, LIMITED, NETWORK
from triad_screener import settings
from triad_screener.errors import UnwritableStoreError
from triad_screener.model.live import FetchFailure
from triad_screener.model.watch import VendorMark
from triad_screener.store import Store
from worlds import RANKED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lives import Clock, Vendor
    from worlds import Answer, Triad, World


def head(answer: Answer) -> list[str]:
    """The lines before the ranking."""
    return answer.out.partition("\nRanking")[0].splitlines()


# --- screen ---------------------------------------------------------------------------


def test_a_first_screen_asks_the_vendor_and_says_so(live: Triad) -> None:
    answer = live("screen")

    assert (answer.code, answer.err) == (0, "")
    assert head(answer)[1:] == [
        "Figures from Yahoo Finance, kept in the store, as of 2026-05-15, 1 day old.",
        "All 9 stocks have prices for this date; recipe default.",
        "Yahoo Finance asked just now: 31 of 31 answers came, in 22 requests.",
    ]


def test_live_figures_rank_as_the_folder_does(live: Triad) -> None:
    assert live("screen", "--format", "tickers").rows == list(RANKED)


def test_a_second_screen_is_the_stored_run_and_asks_nobody(
    live: Triad, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = live("screen", "--format", "json")
    vendor.asked.clear()
    # Whoever screens again would fail here.
    monkeypatch.setattr("triad_screener.screening.assembling.assemble", None)
    monkeypatch.setattr("triad_screener.workflows.screen.screen", None)

    second = live("screen", "--format", "json")

    assert second.raw == first.raw
    assert vendor.asked == []


def test_a_second_screen_may_show_something_else_of_the_same_run(
    live: Triad, monkeypatch: pytest.MonkeyPatch
) -> None:
    live("screen")
    monkeypatch.setattr("triad_screener.workflows.screen.screen", None)

    top = live("screen", "--top", "2", "--format", "tickers")
    unknown = live("screen", "NOPE")

    assert top.rows == list(RANKED[:2])
    assert unknown.code == 2


@pytest.mark.parametrize(
    "other",
    [
        ("--set", "basket.size=3"),
        ("--recipe", "equal"),
        ("--universe", "post"),
        ("--incumbents", "AAA"),
        ("--as-of", "2026-05-14"),
    ],
    ids=lambda other: other[0],
)
def test_another_question_is_another_run(other: tuple[str, str], live: Triad) -> None:
    first = live("screen", "--format", "json")

    second = live("screen", "--format", "json", *other)

    assert second.code == 0
    assert second.json["run"]["id"] != first.json["run"]["id"]


def test_a_change_of_the_taxonomy_is_another_question(
    live: Triad, triad: Triad, world: World, tmp_path: Path
) -> None:
    first = live("screen", "--format", "json")
    changed = json.loads(world.config.read_text("utf-8"))
    changed["title"] = "Another"
    file = tmp_path / "other.yaml"
    file.write_text(json.dumps(changed), "utf-8")

    second = triad("screen", "--format", "json", "--config", str(file))

    assert second.json["run"]["config_hash"] != first.json["run"]["config_hash"]


def test_when_something_is_due_the_vendor_is_asked_again(
    live: Triad, vendor: Vendor, clock: Clock
) -> None:
    live("screen")
    vendor.asked.clear()
    clock.forward(days=2)

    live("screen")

    assert {task.kind for task in vendor.asked} == {"prices"}


def test_in_an_outage_the_ranking_stays_and_the_header_says_what_failed(
    live: Triad, vendor: Vendor, clock: Clock
) -> None:
    before = live("screen", "--format", "json")
    clock.forward(days=2)
    vendor.failures["*"] = NETWORK

    people = live("screen")
    clock.forward(minutes=20)
    program = live("screen", "--format", "json")

    assert (people.code, people.err) == (0, "")
    assert any("11 of 11 answers missing: network 11" in row for row in head(people))
    assert program.raw == before.raw
    assert program.err.startswith("triad: Yahoo Finance: 11 of 11 answers missing")
    assert len(program.err.splitlines()) == 2


def test_old_figures_in_an_outage_end_with_3_under_the_floor(
    live: Triad, vendor: Vendor, clock: Clock
) -> None:
    live("screen")
    clock.forward(days=9)
    vendor.failures["*"] = NETWORK

    answer = live("screen", "--max-age", "4d", "--format", "tickers")

    assert (answer.code, answer.rows) == (3, list(RANKED))


def test_a_line_without_prices_is_not_ranked_and_has_the_reason(
    live: Triad, vendor: Vendor
) -> None:
    vendor.failures["prices", "EEE"] = LIMITED

    answer = live("screen", "--format", "json")
    people = live("screen", "--offline")

    gaps = [gap for gap in answer.json["gaps"] if gap["subject"] == "prices"]
    assert gaps == [
        {
            "ticker": "EEE",
            "subject": "prices",
            "reason": "rate_limited",
            "detail": "too many requests.",
        }
    ]
    assert "EEE" not in [line["ticker"] for line in answer.json["lines"]]
    assert "prices: rate_limited: too many requests." in people.out


def test_yahoo_alone_fails_with_4_or_75(live: Triad, vendor: Vendor) -> None:
    vendor.failures["*"] = NETWORK
    network = live("screen", "--source", "yahoo")
    vendor.failures["*"] = LIMITED
    limited = live("screen", "--source", "yahoo")

    assert (network.code, network.out) == (4, "")
    assert network.err == (
        "triad: Yahoo Finance did not answer: the connection was refused.\n"
        "       Check the network with 'triad doctor'; 'triad screen --offline' does "
        "without.\n"
    )
    assert (limited.code, limited.out) == (75, "")
    assert limited.err.startswith("triad: Yahoo Finance wants fewer requests: too many")


def test_an_unknown_ticker_is_refused_before_anybody_is_asked(
    live: Triad, vendor: Vendor
) -> None:
    answer = live("screen", "NOPE")

    assert (answer.code, vendor.asked) == (2, [])


def test_explain_takes_the_same_figures(live: Triad, vendor: Vendor) -> None:
    live("refresh")
    vendor.asked.clear()

    answer = live("explain", "AAA", "--format", "json")

    assert (answer.code, answer.err) == (0, "")
    assert vendor.asked == []
    assert "Yahoo Finance" in answer.out


def test_a_stored_run_is_shown_again_by_its_id(
    live: Triad, triad: Triad, clock: Clock
) -> None:
    first = live("screen", "--format", "json")
    clock.forward(days=2)
    live("refresh")

    run = first.json["run"]["id"]
    again = triad("screen", "--run", run[:6], "--format", "json")
    unknown = triad("screen", "--run", "zzz")

    assert again.raw == first.raw
    assert (unknown.code, unknown.out) == (2, "")


def test_a_past_day_gives_the_same_bytes_later(live: Triad, clock: Clock) -> None:
    first = live("screen", "--format", "json")
    clock.forward(days=2)
    live("refresh")

    later = live("screen", "--as-of", "2026-05-15", "--format", "json")

    assert later.raw == first.raw


def test_a_folder_is_screened_and_its_run_is_kept(
    triad: Triad, world: World, clock: Clock
) -> None:
    del clock
    triad("screen", *world.options)

    assert [entry.source for entry in Store(settings.store_file()).runs()] == ["folder"]


def test_the_snapshot_makes_no_store_of_its_own(triad: Triad) -> None:
    assert triad("screen", "--source", "bundled").code == 0
    assert not settings.store_file().exists()


def test_a_run_that_cannot_be_kept_is_shown_all_the_same(
    triad: Triad, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    monkeypatch.setenv("TRIAD_DATA_FOLDER", str(file))

    answer = triad("screen", "--format", "tickers", *world.options)

    assert (answer.code, answer.rows) == (0, list(RANKED))
    assert answer.err.startswith("triad: This run is not kept: The store ")


def test_where_nothing_can_be_kept_it_is_said_once(
    live: Triad, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    monkeypatch.setenv("TRIAD_DATA_FOLDER", str(file))

    program = live("screen", "--format", "tickers")
    people = live("screen")

    told = "The store may not be written: nothing new is kept."
    assert program.rows == list(RANKED)
    assert program.err == f"triad: {told}\n"
    assert people.err == ""
    assert told in people.rows


def test_a_full_disk_is_told_once(
    live: Triad, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = UnwritableStoreError("triad.duckdb", "no space")

    def refuse(*_: object, **__: object) -> NoReturn:
        raise full

    live("refresh")
    monkeypatch.setattr(Store, "save", refuse)
    monkeypatch.setattr(Store, "save_run", refuse)
    clock.forward(days=2)

    answer = live("screen", "--format", "tickers")

    assert (answer.code, answer.rows) == (0, list(RANKED))
    assert answer.err == f"triad: {full.what}\n"


def test_a_damaged_store_is_an_error_and_stays_as_it_is(live: Triad) -> None:
    file = settings.store_file()
    file.parent.mkdir(parents=True)
    file.write_bytes(b"not a database, but somebody's file")

    answer = live("screen")

    assert (answer.code, answer.out) == (5, "")
    assert file.read_bytes() == b"not a database, but somebody's file"


def test_a_stored_run_is_shown_without_pandas_and_numpy(
    live: Triad, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    live("screen")
    arguments = ["screen", "--offline", "--config", str(world.config)]
    probe = (
        "import sys; from triad_screener import cli;"
        f"code = cli.run({arguments!r});"
        "heavy = {'pandas', 'numpy', 'yaml', 'triad_screener.screening.scoring'};"
        "sys.exit(code or ','.join(heavy & sys.modules.keys()) or 0)"
    )
    offline = live(*arguments[:2])  # another question: keep its answer

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", probe], check=False, capture_output=True
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().split("Ranking")[1] == offline.out.split("Ranking")[1]


# --- refresh --------------------------------------------------------------------------


@pytest.fixture
def _followed(world: World) -> Iterator[None]:
    """Let the one company that is watched have a symbol, for one test."""
    before = world.config.read_text("utf-8")
    content = json.loads(before)
    content["watchlist"][0]["yahoo"] = "STRT.PVT"
    world.config.write_text(json.dumps(content), "utf-8")
    yield
    world.config.write_text(before, "utf-8")


@pytest.mark.usefixtures("_followed")
def test_private_companies_come_after_the_figures_once_a_day(
    live: Triad, vendor: Vendor
) -> None:
    vendor.private = [VendorMark("STRT.PVT", 1e9, "USD", name="Startup")]

    first = live("refresh", "--format", "json").json
    again = live("refresh", "--format", "json").json
    named = live("refresh", "AAA", "--full", "--format", "json").json

    assert first["private_companies"] == {
        "known": 1,
        "asked": 1,
        "requests": 1,
        "news": 0,
        "gaps": [],
    }
    assert (again["requests"], again["private_companies"]) == (0, None)
    assert named["private_companies"] is None


@pytest.mark.usefixtures("_followed")
def test_a_list_that_does_not_come_is_told_and_no_error(
    live: Triad, vendor: Vendor
) -> None:
    vendor.failures["private_companies"] = NETWORK

    answer = live("refresh")

    assert answer.code == 0
    assert "Private companies: the connection was refused." in answer.out


def test_refresh_is_silent_off_a_terminal(live: Triad) -> None:
    answer = live("refresh")

    assert (answer.code, answer.out, answer.err) == (0, "", "")


def test_refresh_as_json_counts_what_came(live: Triad) -> None:
    first = live("refresh", "--format", "json")
    second = live("refresh", "--format", "json")

    assert first.json["asked"] == first.json["came"] == 31
    assert first.json["requests"] == 22
    assert first.json["supplies"][0] == {
        "kind": "prices",
        "fresh": 11,
        "stale": 0,
        "missing": 0,
        "newest": "2026-05-15",
    }
    assert (second.json["asked"], second.json["requests"]) == (0, 0)


def test_refresh_names_what_did_not_come(live: Triad, vendor: Vendor) -> None:
    vendor.failures["prices", "AAA"] = ABSENT

    answer = live("refresh")

    assert (answer.code, answer.err) == (0, "")
    assert "30 of 31 answers came" in answer.out
    assert "absent" in answer.out
    assert "AAA" in answer.out


def test_refresh_under_the_floor_ends_with_3(live: Triad, vendor: Vendor) -> None:
    vendor.failures["prices", "AAA"] = ABSENT

    assert live("refresh", "--min-coverage", ".95").code == 3


def test_a_refresh_that_brought_nothing_ends_with_4_or_75(
    live: Triad, vendor: Vendor
) -> None:
    vendor.failures["*"] = NETWORK
    network = live("refresh", "--format", "json")
    vendor.failures["*"] = LIMITED
    limited = live("refresh")

    assert (network.code, limited.code) == (4, 75)
    assert network.json["came"] == 0
    assert network.err.startswith("triad: Yahoo Finance did not answer")


def test_a_refresh_that_was_refused_ends_with_75_and_says_when_to_try_again(
    live: Triad, vendor: Vendor, clock: Clock
) -> None:
    vendor.failures["prices", "AAA"] = LIMITED
    vendor.rests_until = clock.time + timedelta(minutes=2)

    answer = live("refresh", "--format", "json")

    assert answer.code == 75
    assert answer.json["came"] == 30
    local = vendor.rests_until.astimezone()
    assert f"Try again from {local:%Y-%m-%d %H:%M}" in answer.err


def test_patience_is_none_unless_it_is_asked_for_or_settled(
    live: Triad, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    for options in ((), ("--patience", "45m"), ("--patience", "0")):
        live("refresh", *options)
        seen.append(vendor.settings.patience if vendor.settings else None)
    monkeypatch.setenv("TRIAD_PATIENCE", "1h")
    live("refresh")
    seen.append(vendor.settings.patience if vendor.settings else None)

    assert seen == [0, 2700, 0, 3600]


def test_the_settings_file_sets_rate_and_patience(live: Triad, vendor: Vendor) -> None:
    settings.path().parent.mkdir(parents=True, exist_ok=True)
    settings.path().write_text('yahoo_rate = 1.5\npatience = "45m"\n', "utf-8")

    live("refresh")

    assert vendor.settings is not None
    assert (vendor.settings.rate, vendor.settings.patience) == (1.5, 2700)


def test_refresh_of_one_ticker_asks_for_that_one(live: Triad, vendor: Vendor) -> None:
    assert live("refresh", "aaa").code == 0
    assert {task.symbol for task in vendor.asked} == {"AAA"}
    assert live("refresh", "NOPE").code == 2


def test_a_refresh_without_a_network_is_a_contradiction(
    live: Triad, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = live("refresh", "--offline")
    monkeypatch.setenv("TRIAD_OFFLINE", "1")
    environment = live("refresh")

    assert flag.code == environment.code == 2
    assert environment.err.startswith("triad: A refresh needs a network")
    assert vendor.asked == []


def test_refresh_full_asks_again(live: Triad) -> None:
    live("refresh")

    assert live("refresh", "--full", "--format", "json").json["asked"] == 31


# --- settings -------------------------------------------------------------------------


def test_a_setting_stands_for_a_flag_and_a_flag_goes_before_it(
    live: Triad, vendor: Vendor
) -> None:
    path = settings.path()
    path.parent.mkdir(parents=True, exist_ok=True)
    live("refresh")
    path.write_text('offline = true\nrecipe = "equal"\n', "utf-8")
    vendor.asked.clear()

    settled = live("screen", "--format", "json")
    flag = live("screen", "--recipe", "default", "--format", "json")

    assert settled.json["run"]["recipe"] == "equal"
    assert flag.json["run"]["recipe"] == "default"
    assert vendor.asked == []


def test_a_wrong_setting_is_named_with_its_file(live: Triad) -> None:
    settings.path().parent.mkdir(parents=True, exist_ok=True)
    settings.path().write_text("sauce = 1\n", "utf-8")

    answer = live("screen")

    assert (answer.code, answer.out) == (78, "")
    assert answer.err == (
        f"triad: {settings.path()}: has no use for 'sauce'.\n"
        "       Did you mean source?\n"
    )


# --- contradictions -------------------------------------------------------------------


@pytest.mark.parametrize(
    "flag",
    [("--as-of", "2026-05-14"), ("--set", "basket.size=3"), ("--source", "bundled")],
    ids=lambda flag: flag[0],
)
def test_a_stored_run_is_not_decided_again(flag: tuple[str, str], live: Triad) -> None:
    run = live("screen", "--format", "json").json["run"]["id"]

    answer = live("screen", "--run", run, *flag)

    assert (answer.code, answer.out) == (2, "")
    assert flag[0] in answer.err or "--config" in answer.err


def test_an_empty_run_is_no_run(triad: Triad) -> None:
    answer = triad("screen", "--run", "")

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("triad: --run has no id.")


def test_old_figures_are_old_whatever_the_as_of_date(live: Triad, clock: Clock) -> None:
    live("screen")
    clock.forward(days=20)
    options = ("--offline", "--as-of", "2026-06-05", "--max-age", "4d")

    people = live("screen", *options)
    program = live("screen", *options, "--format", "csv")

    assert people.code == program.code == 3
    header = people.out.replace("\n", " ")
    assert "as of 2026-06-05, newest close 2026-05-15, 21 days old" in header
    assert program.err == (
        "triad: The newest close is of 2026-05-15, older than the 4 days allowed.\n"
    )


def test_offline_a_store_of_a_few_lines_says_why_the_snapshot_serves(
    live: Triad, vendor: Vendor
) -> None:
    del vendor
    live("refresh", "AAA")

    answer = live("screen", "--offline")

    assert answer.code == 4  # the snapshot knows none of these lines


def test_time_that_was_too_short_is_no_outage(live: Triad, vendor: Vendor) -> None:
    vendor.failures["*"] = FetchFailure("not asked", "the time was over.")
    live("refresh")
    vendor.failures.clear()

    answer = live("screen")

    assert "31 of 31 answers came" in answer.out
