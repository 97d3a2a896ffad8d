"""Notes from one run to the next: private, and never believed without a look."""

from __future__ import annotations

import os
import stat
from http.cookiejar import Cookie
from typing import TYPE_CHECKING

import pytest

from triad_screener.sources import _yahoo_cookie as cookies
from triad_screener.sources._memory import Memory

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_778_882_400.0  # 15 May 2026, 22:00 UTC
YEAR = 31_557_600


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "yahoo"


@pytest.fixture
def memory(folder: Path) -> Memory:
    return Memory(folder)


def cookie(
    name: str = "A3",
    value: str = "d=1&S=abc",
    *,
    domain: str = ".yahoo.com",
    expires: float | None = NOW + YEAR,
) -> Cookie:
    return Cookie(
        version=0,
        name=name,
        value=value,
        port=None,
        port_specified=False,
        domain=domain,
        domain_specified=True,
        domain_initial_dot=True,
        path="/",
        path_specified=True,
        secure=True,
        expires=expires,
        discard=False,
        comment=None,
        comment_url=None,
        rest={},
    )


def test_a_note_comes_back_as_it_was_and_can_be_forgotten(memory: Memory) -> None:
    memory.write("pace", {"rate": 2.5})
    memory.write("pace", {"rate": 1.25})

    assert memory.read("pace") == {"rate": 1.25}
    memory.forget("pace")
    assert memory.read("pace") == {}
    memory.forget("pace")


def test_nobody_else_may_read_folder_or_file(memory: Memory, folder: Path) -> None:
    memory.write("cookie", {"a": 1})

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "cookie.json").stat().st_mode) == 0o600


def test_a_folder_that_was_open_to_others_is_closed_with_the_next_note(
    memory: Memory, folder: Path
) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    (folder / "pace.json").write_text('{"rate": 1}')

    assert memory.read("pace") == {}
    memory.write("pace", {"rate": 2})
    assert memory.read("pace") == {"rate": 2}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b"[" * 60_000, b" " * 99_999]
)
def test_a_damaged_note_counts_as_none(
    memory: Memory, folder: Path, content: bytes
) -> None:
    memory.write("pace", {"rate": 1})
    (folder / "pace.json").write_bytes(content)

    assert memory.read("pace") == {}


def test_a_note_that_others_may_write_or_a_link_counts_as_none(
    memory: Memory, folder: Path, tmp_path: Path
) -> None:
    memory.write("pace", {"rate": 1})
    (folder / "pace.json").chmod(0o666)
    assert memory.read("pace") == {}

    (folder / "pace.json").rename(tmp_path / "elsewhere.json")
    (tmp_path / "elsewhere.json").chmod(0o600)
    (folder / "pace.json").symlink_to(tmp_path / "elsewhere.json")
    assert memory.read("pace") == {}


def test_a_note_of_another_user_counts_as_none(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.write("pace", {"rate": 1})
    another = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: another)

    assert memory.read("pace") == {}


def test_where_nothing_can_be_written_nothing_is_kept_and_nothing_said(
    tmp_path: Path,
) -> None:
    file = tmp_path / "file"
    file.touch()
    memory = Memory(file / "yahoo")
    memory.write("pace", {"rate": 1})

    assert memory.read("pace") == {}


# --- the cookie -----------------------------------------------------------------------


def test_a_cookie_is_kept_with_those_of_its_house_and_its_day(memory: Memory) -> None:
    stranger = cookie("X", domain=".example.com")
    passing = cookie("B", expires=None)
    cookies.keep(memory, [cookie(), cookie("A1", "x"), stranger, passing], NOW)

    kept = cookies.read(memory, NOW + 60)

    assert kept is not None
    assert [(c.name, c.value, c.domain) for c in kept.cookies] == [
        ("A3", "d=1&S=abc", ".yahoo.com"),
        ("A1", "x", ".yahoo.com"),
    ]
    assert kept.at == NOW


def test_a_cookie_that_is_over_is_none(memory: Memory) -> None:
    cookies.keep(memory, [cookie()], NOW)

    assert cookies.read(memory, NOW + YEAR - 1)
    assert cookies.read(memory, NOW + YEAR) is None


def test_a_day_of_expiry_in_thousandths_of_seconds_is_understood(
    memory: Memory,
) -> None:
    cookies.keep(memory, [cookie(expires=(NOW + 60) * 1000)], NOW)

    assert cookies.read(memory, NOW + 59)
    assert cookies.read(memory, NOW + 61) is None


def test_a_cookie_of_a_day_to_come_is_none(memory: Memory) -> None:
    cookies.keep(memory, [cookie()], NOW + 86_400)

    assert cookies.read(memory, NOW) is None


def test_without_the_cookie_that_matters_nothing_is_kept(memory: Memory) -> None:
    cookies.keep(memory, [cookie("A1")], NOW)

    assert cookies.read(memory, NOW) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"value": "a\r\nSet-Cookie: b"},
        {"value": 3},
        {"expires": "soon"},
        {"domain": ".notyahoo.com"},
        {"name": None},
    ],
)
def test_a_foreign_cookie_is_not_taken(
    memory: Memory, changed: dict[str, object]
) -> None:
    cookies.keep(memory, [cookie()], NOW)
    note = dict(memory.read("cookie"))
    memory.write("cookie", note | {"cookies": [note["cookies"][0] | changed]})

    assert cookies.read(memory, NOW) is None
