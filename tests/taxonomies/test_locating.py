"""Which taxonomy file serves, whatever becomes of the home folder?"""

from __future__ import annotations

from pathlib import Path

import pytest

from triad_screener.shipped import shipped
from triad_screener.taxonomies import locating

SHIPPED = shipped("config/triad.yaml")


def test_the_file_asked_for_comes_first() -> None:
    asked = Path("mine.yaml")

    found = locating.locate(asked)

    assert found == asked


def test_the_file_in_the_users_folder_comes_before_the_shipped_one() -> None:
    own = locating.user_file()
    own.parent.mkdir(parents=True)
    own.write_text("recipes: {default: {}}\n")

    found = locating.locate(None)

    assert found == own


def test_a_user_without_a_file_gets_the_shipped_one() -> None:
    found = locating.locate(None)

    assert found == SHIPPED
    assert found.is_file()


def test_a_folder_of_the_name_is_no_file_of_the_users() -> None:
    locating.user_file().mkdir(parents=True)

    found = locating.locate(None)

    assert found == SHIPPED


@pytest.mark.parametrize("home", ["/dev/null/nowhere", "/dev/null", "/" + "x" * 5000])
def test_a_home_that_is_not_there_or_cannot_be_read_leaves_the_shipped_one(
    home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", home)
    monkeypatch.setenv("XDG_CONFIG_HOME", home)

    found = locating.locate(None)

    assert found == SHIPPED


def test_a_user_without_any_home_gets_the_shipped_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    found = locating.locate(None)

    assert found == SHIPPED
