"""What the doctor finds, and what it says is to be done."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from delivery.mail_server import Postmaster, serving
from lives import LIMITED, NETWORK
from triad_screener import settings
from triad_screener.model.live import Access, Certificate
from triad_screener.store import Store
from triad_screener.workflows import doctor, evaluate
from triad_screener.workflows.refresh import refresh
from worlds import FRIDAY

if TYPE_CHECKING:
    from pathlib import Path

    from lives import Clock, Vendor
    from triad_screener.model.check import Check
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.workflows.serving import Means
    from worlds import World

#: As it was before tests were kept from the network.
CONNECT = socket.socket.connect
ALL = [
    "settings",
    "taxonomy",
    "data folder",
    "cache folder",
    "store",
    "sessions",
    "snapshot",
    "requests",
    "sign-in",
    "pace",
    "network",
    "certificate",
    "clock",
    "mail",
    "edgar",
    "statistics",
]


@pytest.fixture
def filled(taxonomy: Taxonomy, means: Means) -> Means:
    refresh(taxonomy, means)
    return means


def examined(means: Means, world: World, *, offline: bool = False) -> dict[str, Check]:
    checks = doctor.examine(lambda: means, config=world.config, offline=offline)
    return {check.name: check for check in checks}


def test_where_all_is_well_every_check_says_what_it_saw(
    filled: Means, world: World
) -> None:
    found = examined(filled, world)

    assert list(found) == ALL
    assert {name for name in found if found[name].result != "good"} == {
        "snapshot",
        "mail",
        "edgar",
    }
    assert found["snapshot"].evidence == "it knows none of the lines"
    assert doctor.worst([*found.values()]) == 0
    assert found["taxonomy"].evidence == f"{world.config}: 10 lines, 1 watched"
    assert found["store"].evidence.endswith(
        "triad.duckdb: newest session 2026-05-15, 100% of the prices fresh"
    )
    assert found["network"].evidence.startswith("Yahoo Finance answers")
    assert found["clock"].evidence == (
        "2026-05-16 12:00 UTC, newest session 2026-05-15"
    )


def test_one_request_is_made_and_none_offline(
    filled: Means, world: World, vendor: Vendor
) -> None:
    vendor.asked.clear()

    found = examined(filled, world, offline=True)
    offline = len(vendor.asked)
    examined(filled, world)

    assert (offline, len(vendor.asked)) == (0, 1)
    assert found["network"].result == "skipped"
    assert "clock" not in found


def test_an_empty_store_says_how_to_fill_it(means: Means, world: World) -> None:
    found = examined(means, world)["store"]

    assert (found.result, found.exit_code) == ("warning", 0)
    assert found.remedy == "Fill it with 'triad refresh'."


def test_a_stale_store_says_how_to_refresh_it(
    filled: Means, world: World, clock: Clock
) -> None:
    clock.forward(days=2)

    found = examined(filled, world)["store"]

    assert found.result == "warning"
    assert "0% of the prices fresh" in found.evidence
    assert "triad refresh" in found.remedy


@pytest.mark.parametrize(("failure", "code"), [(NETWORK, 4), (LIMITED, 75)])
def test_a_network_that_does_not_answer_gives_its_code(
    failure: Exception, code: int, filled: Means, world: World, vendor: Vendor
) -> None:
    vendor.failures["*"] = failure

    found = examined(filled, world)

    assert found["network"].result == "failed"
    assert doctor.worst([*found.values()]) == code
    assert "clock" not in found


def test_what_carries_the_requests_is_named_and_what_is_missing(
    filled: Means, world: World, vendor: Vendor
) -> None:
    good = examined(filled, world, offline=True)["requests"]
    vendor.found = Access(("letters", "carts 1.0"), "the horse is lame", "Get another.")
    bad = examined(filled, world, offline=True)["requests"]

    assert (good.result, good.evidence) == ("good", "carried by letters on pigeons 1.0")
    assert bad.result == "warning"
    assert bad.evidence == "carried by letters on carts 1.0; the horse is lame"
    assert bad.remedy == "Get another."


def test_the_age_of_the_cookie_and_the_last_refusal_are_told(
    filled: Means, world: World, vendor: Vendor, clock: Clock
) -> None:
    before = examined(filled, world, offline=True)
    vendor.found = Access(
        ("letters",),
        signed_in_at=clock.time - timedelta(days=3, hours=4),
        refused_at=clock.time - timedelta(minutes=61),
        rate=2.5,
    )
    after = examined(filled, world, offline=True)

    assert before["sign-in"].evidence == "no cookie yet"
    assert before["pace"].evidence == "the usual one; no refusal is remembered"
    assert after["sign-in"].evidence == "cookie 3 d old"
    assert after["pace"].evidence == "2.5 requests a second; last refusal 1 h ago"
    assert after["pace"].result == "good"


def test_during_a_rest_it_is_told_when_asking_is_allowed_again(
    filled: Means, world: World, vendor: Vendor, clock: Clock
) -> None:
    until = clock.time + timedelta(minutes=9)
    vendor.rests_until = until
    vendor.found = Access(("letters",), refused_at=clock.time, rests_until=until)
    vendor.failures["*"] = LIMITED

    found = examined(filled, world)

    assert found["pace"].result == "warning"
    for check in (found["pace"], found["network"]):
        assert f"{until.astimezone():%Y-%m-%d %H:%M}" in check.remedy
    assert "certificate" not in found


def test_a_proxy_that_opens_encrypted_connections_is_named(
    filled: Means, world: World, vendor: Vendor
) -> None:
    vendor.shown = Certificate("Firm Inspection", is_public=False)
    opened = examined(filled, world)["certificate"]
    vendor.shown = None
    unknown = examined(filled, world)

    assert opened.result == "warning"
    assert opened.evidence.startswith("made by Firm Inspection: a proxy")
    assert "certificate" not in unknown


def test_the_proxy_is_named_without_its_password(
    filled: Means, world: World, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@proxy.example:8080/secret")
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/my.pem")

    good = examined(filled, world)["network"]
    vendor.failures["*"] = NETWORK
    bad = examined(filled, world)["network"]

    for check in (good, bad):
        assert "(by the proxy proxy.example:8080, with the certificates of " in (
            check.evidence
        )
        assert "secret" not in check.evidence


@pytest.mark.parametrize(
    ("days", "result", "code"), [(-5, "failed", 78), (20, "warning", 0)]
)
def test_a_clock_that_does_not_fit_the_source_is_told(
    days: int, result: str, code: int, filled: Means, world: World, clock: Clock
) -> None:
    clock.forward(days=days)

    found = examined(filled, world)["clock"]

    assert (found.result, found.exit_code) == (result, code)


@pytest.mark.parametrize("days", [-2, 400])
def test_a_clock_that_contradicts_the_server_is_told(
    days: int, filled: Means, world: World, clock: Clock, vendor: Vendor
) -> None:
    vendor.server_time = clock.now()
    clock.forward(days=days)

    found = examined(filled, world)["clock"]

    assert (found.result, found.exit_code) == ("failed", 78)
    assert "Yahoo Finance says 2026-05-16 12:00" in found.evidence


def test_a_store_whose_middle_was_overwritten_is_found(
    filled: Means, world: World
) -> None:
    path = filled.store.path
    assert path is not None
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes(300_000) + content[middle + 300_000 :])

    found = examined(filled, world, offline=True)["store"]

    assert (found.result, found.exit_code) == ("failed", 5)
    assert "damaged" in found.evidence
    assert "triad store salvage FILE" in found.remedy


def test_a_store_that_knows_the_future_says_that_the_clock_is_behind(
    filled: Means, world: World, clock: Clock
) -> None:
    clock.forward(days=-5)

    found = examined(filled, world, offline=True)["store"]

    assert (found.result, found.exit_code) == ("warning", 0)
    assert "clock of this machine: it is behind" in found.remedy


def test_a_taxonomy_with_a_mistake_is_told_and_ends_the_visit(
    means: Means, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("title: [", "utf-8")

    checks = list(doctor.examine(lambda: means, config=file))

    assert checks[-1].name == "cache folder"
    assert next(c for c in checks if c.name == "taxonomy").exit_code == 78
    assert doctor.worst(checks) == 78


def test_a_damaged_store_gives_its_code(means: Means, world: World) -> None:
    path = settings.store_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * 9000)

    found = examined(replace(means, store=Store(path)), world)["store"]

    assert (found.result, found.exit_code) == ("failed", 5)


def test_folders_that_cannot_be_written_are_told(
    means: Means, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    monkeypatch.setenv("TRIAD_DATA_FOLDER", str(file / "data"))
    monkeypatch.setenv("TRIAD_CACHE_FOLDER", str(file / "cache"))

    found = examined(means, world, offline=True)

    assert (found["data folder"].result, found["data folder"].exit_code) == (
        "failed",
        73,
    )
    assert (found["cache folder"].result, found["cache folder"].exit_code) == (
        "warning",
        0,
    )


def test_settings_are_told_and_a_mistake_in_them_too(
    means: Means, world: World
) -> None:
    path = settings.path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('recipe = "equal"\n', "utf-8")
    good = examined(means, world, offline=True)["settings"]
    path.write_text("sauce = 1\n", "utf-8")
    checks = [*doctor.examine(lambda: means, config=world.config, offline=True)]

    assert good.evidence == f"{path}: recipe"
    assert (checks[0].result, checks[0].exit_code) == ("failed", 78)


@pytest.fixture
def mailed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Settings for mail to a server that is not there."""
    monkeypatch.setenv("TRIAD_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("TRIAD_SMTP_PORT", "1")
    monkeypatch.setenv("TRIAD_SMTP_SECURITY", "none")
    monkeypatch.setenv("TRIAD_MAIL_FROM", "Triad <triad@example.com>")
    monkeypatch.setenv("TRIAD_MAIL_TO", "jane@example.com, john@example.com")
    return monkeypatch


def write_letters(*names: str) -> None:
    """Have files wait in the outbox."""
    folder = settings.outbox_folder()
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_bytes(b"")


def test_mail_that_nobody_wants_is_left_alone(means: Means, world: World) -> None:
    write_letters("a.eml")

    found = examined(means, world, offline=True)["mail"]

    assert (found.result, found.exit_code) == ("skipped", 0)
    assert found.evidence == "no mail server is set; a letter waits"


def test_mail_says_where_it_would_go_and_what_waits(
    means: Means, world: World, mailed: pytest.MonkeyPatch
) -> None:
    del mailed
    write_letters("a.eml", "b.sending")

    found = examined(means, world, offline=True)["mail"]

    assert found.result == "good"
    assert found.evidence == (
        "127.0.0.1:1 (none), from Triad <triad@example.com> to 2 readers;"
        " 2 letters wait; not tried, because of --offline"
    )


def test_mail_with_a_mistake_in_its_settings_fails(
    means: Means, world: World, mailed: pytest.MonkeyPatch
) -> None:
    mailed.setenv("TRIAD_MAIL_TO", "jane")

    found = examined(means, world, offline=True)["mail"]

    assert (found.result, found.exit_code) == ("failed", 78)
    assert found.evidence.startswith("TRIAD_MAIL_TO: 'jane' is not an address")


def test_a_password_that_everybody_may_read_is_told(
    means: Means, world: World, mailed: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text("x")
    mailed.setenv("TRIAD_SMTP_USER", "me")
    mailed.setenv("TRIAD_SMTP_PASSWORD_FILE", str(file))
    results = []
    for mode in (0o640, 0o644):
        file.chmod(mode)
        results.append(examined(means, world, offline=True)["mail"])

    assert [one.result for one in results] == ["good", "warning"]
    assert results[1].remedy == f"Keep it to yourself: chmod o-rwx {file}"


def test_a_mail_server_is_asked_without_a_letter(
    means: Means, world: World, mailed: pytest.MonkeyPatch
) -> None:
    mailed.setattr(socket.socket, "connect", CONNECT)
    down = examined(means, world)["mail"]
    postmaster = Postmaster()
    with serving(postmaster, "none") as server:
        mailed.setenv("TRIAD_SMTP_PORT", str(server.port))
        up = examined(means, world)["mail"]

    assert (down.result, down.exit_code) == ("failed", 6)
    assert down.evidence == (
        "The mail server 127.0.0.1:1 cannot be reached (connection refused)."
    )
    assert (up.result, postmaster.taken) == ("good", [])


def test_who_asks_edgar_is_said_and_nobody_is_asked(
    means: Means, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    unset = examined(means, world, offline=True)["edgar"]
    monkeypatch.setenv("TRIAD_EDGAR_USER_AGENT", "Jane Doe jane@example.com")
    good = examined(means, world, offline=True)["edgar"]
    monkeypatch.setenv("TRIAD_EDGAR_USER_AGENT", "Jane Doe")
    failed = examined(means, world, offline=True)["edgar"]

    assert (unset.result, unset.exit_code) == ("skipped", 0)
    assert good.evidence == (
        "asks as Jane Doe jane@example.com (environment, TRIAD_EDGAR_USER_AGENT)"
    )
    assert (failed.result, failed.exit_code) == ("failed", 78)


def test_an_outbox_that_is_no_folder_fails_without_a_network(
    means: Means, world: World, mailed: pytest.MonkeyPatch
) -> None:
    del mailed
    folder = settings.outbox_folder()
    folder.parent.mkdir(parents=True)
    folder.write_text("in the way")

    found = examined(means, world, offline=True)["mail"]

    assert (found.result, found.exit_code) == ("failed", 73)
    assert found.evidence == f"The outbox cannot be used ({folder}: Not a directory)."
    assert found.remedy.startswith("Make room or mend the permissions")


@pytest.mark.parametrize("part", ["", "sent", "undeliverable"])
def test_an_outbox_that_may_not_be_written_fails_without_a_network(
    part: str, means: Means, world: World, mailed: pytest.MonkeyPatch
) -> None:
    folder = settings.outbox_folder() / part
    folder.mkdir(parents=True)
    access = os.access
    mailed.setattr(
        os, "access", lambda path, mode: path != folder and access(path, mode)
    )

    found = examined(means, world, offline=True)["mail"]

    assert found.exit_code == 73
    assert found.evidence == f"The outbox cannot be used ({folder}: Permission denied)."


def test_an_outbox_that_is_not_there_yet_is_good(
    means: Means, world: World, mailed: pytest.MonkeyPatch
) -> None:
    del mailed

    found = examined(means, world, offline=True)["mail"]

    assert found.result == "good"
    assert not settings.outbox_folder().exists()


def test_libraries_that_are_not_installed_are_no_failure(
    means: Means, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate, "find_spec", lambda _: None)

    found = examined(means, world, offline=True)["statistics"]

    assert (found.result, found.exit_code) == ("skipped", 0)
    assert found.evidence == "not installed: arch, scipy, statsmodels"
    assert "pip install 'triad-screener[research]'" in found.remedy


def test_sessions_on_which_others_traded_are_named_and_what_becomes_of_them(
    taxonomy: Taxonomy, means: Means, world: World, vendor: Vendor, clock: Clock
) -> None:
    vendor.left_out["AAA"] = (FRIDAY - timedelta(days=2), FRIDAY - timedelta(days=1))
    refresh(taxonomy, means)

    early = examined(means, world, offline=True)["sessions"]
    clock.forward(days=60)
    late = examined(means, world, offline=True)["sessions"]

    told = "2 sessions of 1 symbol: AAA 2026-05-13 to 2026-05-14 (2)"
    assert early.result == late.result == "warning"
    assert early.evidence == f"without a close though others traded: {told}"
    assert early.remedy.startswith("Each 'triad refresh' asks again, for 60 days")
    assert late.remedy == "Ask again with 'triad refresh --full'."
    assert doctor.worst([early, late]) == 0


def test_of_a_store_that_cannot_be_read_no_session_is_missed(
    filled: Means, world: World
) -> None:
    assert filled.store.path
    filled.store.path.write_bytes(b"no store at all")

    found = examined(filled, world, offline=True)

    assert found["store"].result == "failed"
    assert "sessions" not in found
