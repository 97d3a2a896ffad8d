"""triad watchlist and triad watchlist check, in the small world."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import watchers
from triad_screener import settings
from triad_screener.sources import MARK_SOURCES
from triad_screener.store import Store
from triad_screener.taxonomies import document
from watchers import LIMITED, NETWORK, Watcher, sighting

if TYPE_CHECKING:
    from pathlib import Path

    from lives import Clock
    from worlds import Triad, World

DRAFT = sighting("startup", "2026-05-10", "DRS", "draft_submitted")
FILED = sighting("startup", "2026-05-14", "S-1", "public_filed")
LISTED = sighting("startup", "2026-05-15", "list", "listed", ticker="STRT")


@pytest.fixture
def watcher(monkeypatch: pytest.MonkeyPatch) -> Watcher:
    monkeypatch.delenv("TRIAD_OFFLINE")
    monkeypatch.setenv("TRIAD_EDGAR_USER_AGENT", "Jane Doe jane@example.com")
    monkeypatch.setitem(MARK_SOURCES.entries, "edgar", "watchers:connect")
    return watchers.present(Watcher())


@pytest.fixture
def check(triad: Triad, world: World, clock: Clock, watcher: Watcher) -> Triad:
    """Check the watchlist of the small world."""
    del clock, watcher
    return lambda *arguments: triad(
        "watchlist", "check", *arguments, "--config", str(world.config)
    )


@pytest.fixture
def watchlist(triad: Triad, world: World) -> Triad:
    """Show the watchlist of the small world."""
    return lambda *arguments: triad("watchlist", *arguments, *world.options)


# --- list -----------------------------------------------------------------------------


def test_the_list_needs_no_name_of_a_command(watchlist: Triad) -> None:
    short, long = watchlist(), watchlist("list")

    assert (short.code, short.err) == (0, "")
    assert short.raw == long.raw
    assert any(row.split()[:1] == ["Startup"] for row in short.rows)


@pytest.mark.parametrize("name", ["startup", "Startup"])
def test_one_company_is_shown_whole(name: str, watchlist: Triad) -> None:
    answer = watchlist(name)

    assert answer.code == 0
    assert (
        "Startup: core, data, exposure 100% by estimate; stage private." in answer.rows
    )
    assert "Rubric: 20% of the weight is known, 50% are needed; 20% known" in answer.out


@pytest.mark.parametrize("form", ["json", "ndjson", "csv", "tsv", "markdown", "html"])
def test_every_format_names_the_company(form: str, watchlist: Triad) -> None:
    answer = watchlist("--format", form)

    assert (answer.code, answer.err) == (0, "")
    assert "Startup" in answer.out


def test_the_format_tickers_gives_ids_for_the_next_command(watchlist: Triad) -> None:
    assert watchlist("--format", "tickers").rows == ["startup"]


def test_a_pillar_chooses_and_the_same_question_gets_the_same_bytes(
    watchlist: Triad,
) -> None:
    first = watchlist("--pillar", "data", "--format", "json")

    assert watchlist("--pillar", "data", "--format", "json").raw == first.raw
    assert watchlist("--pillar", "compute", "--format", "json").json["watchlist"] == []


def test_a_company_nobody_had_heard_of_on_that_day_is_said_so(
    triad: Triad, world: World, tmp_path: Path
) -> None:
    content = json.loads(world.config.read_text("utf-8"))
    content["watchlist"][0]["stages"][0]["stage"] = "rumoured"
    content["watchlist"][0]["stages"][0]["date"] = "2026-05-15"
    config = tmp_path / "t.yaml"
    config.write_text(json.dumps(content), "utf-8")
    options = ("--config", str(config), "--source", f"folder:{world.folder}")

    answer = triad("watchlist", "startup", "--as-of", "2026-05-14", *options)

    assert (answer.code, answer.out) == (4, "")
    assert answer.err == (
        "triad: Nothing was known of startup on that day.\n"
        "       Give a later day with --as-of DATE.\n"
    )


def test_what_was_seen_moves_a_company_on_in_the_list(
    check: Triad, watchlist: Triad, watcher: Watcher
) -> None:
    watcher.seen = [DRAFT, FILED]
    check()

    now = watchlist("--format", "json").json["watchlist"][0]
    then = watchlist("--as-of", "2026-05-12", "--format", "json").json["watchlist"][0]

    assert (now["stage"], now["stage_source"]) == ("public_filed", "SEC EDGAR")
    assert [one["form"] for one in now["seen"]] == ["DRS", "S-1"]
    assert then["stage"] == "draft_submitted"
    assert "2026-05-14 Form S-1: by hand" in watchlist("--format", "markdown").out


# --- check ----------------------------------------------------------------------------


def test_a_check_tells_each_step_once_and_ends_with_1_if_it_changed(
    check: Triad, watcher: Watcher
) -> None:
    codes, news = [], []
    for seen in ([], [DRAFT], [DRAFT], [DRAFT, FILED], [DRAFT, FILED, LISTED]):
        watcher.seen = seen
        answer = check("--exit-code", "--format", "json")
        codes.append(answer.code)
        news.append([one["stage_after"] for one in answer.json["events"]])

    assert codes == [0, 1, 0, 1, 1]
    assert news == [[], ["draft_submitted"], [], ["public_filed"], ["listed"]]


def test_off_a_terminal_a_check_without_news_is_silent(check: Triad) -> None:
    answer = check()

    assert (answer.code, answer.out, answer.err) == (0, "", "")


def test_news_are_kept_for_the_next_letter(check: Triad, watcher: Watcher) -> None:
    watcher.seen = [FILED]

    check()

    (event,) = Store(settings.store_file()).untold_events()
    assert (event.after, event.by) == ("public_filed", "edgar")


def test_without_the_exit_code_option_a_change_is_0(
    check: Triad, watcher: Watcher
) -> None:
    watcher.seen = [FILED]

    assert check().code == 0


@pytest.mark.parametrize(("failure", "code"), [(NETWORK, 4), (LIMITED, 75)])
def test_an_outage_is_an_error_and_never_no_news(
    failure: tuple[str, str], code: int, check: Triad, watcher: Watcher
) -> None:
    watcher.failures["*"] = failure

    answer = check("--exit-code")

    assert answer.code == code
    assert "No answer is not no news: check again." in answer.rows
    assert len(answer.err.splitlines()) == 2


def test_a_proposal_is_a_file_of_yaml(
    check: Triad, watcher: Watcher, tmp_path: Path
) -> None:
    file = tmp_path / "listed.yaml"
    watcher.seen = [FILED, LISTED]

    check("--propose", str(file))

    content = document.parse(file.read_text("utf-8"), str(file)).content
    assert isinstance(content, dict)
    assert [*content] == ["watchlist", "constituents", "sources"]


def test_without_anybody_who_asks_nobody_is_asked(
    check: Triad, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRIAD_EDGAR_USER_AGENT")

    answer = check()

    assert (answer.code, answer.out, watcher.asked) == (78, "", [])
    assert answer.err == (
        "triad: settings: edgar_user_agent is not set, and the SEC answers only those "
        "who say who they are.\n"
        "       Set TRIAD_EDGAR_USER_AGENT, or write edgar_user_agent = "
        f'"Jane Doe jane@example.com" in {settings.path()}.\n'
    )


def test_ctrl_c_keeps_what_came(check: Triad, watcher: Watcher) -> None:
    watcher.interrupted_at = "startup"

    answer = check("--format", "json")

    assert (answer.code, answer.json["interrupted"]) == (130, True)


def test_the_settings_serve_the_commands_within(
    triad: Triad, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRIAD_OFFLINE")
    settings.path().parent.mkdir(parents=True, exist_ok=True)
    settings.path().write_text(
        f"config = {str(world.config)!r}\n"
        f"source = 'folder:{world.folder}'\n"
        "offline = true\n"
    )

    shown = triad("watchlist", "--format", "tickers")
    check = triad("watchlist", "check")

    assert shown.rows == ["startup"]
    assert check.code == 2
    assert check.err.startswith("triad: A check needs a network, and --offline")
