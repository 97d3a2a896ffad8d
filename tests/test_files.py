"""Files that are there whole, or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from triad_screener import files
from triad_screener.errors import OutputError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_created_once(tmp_path: Path) -> None:
    path = tmp_path / "a"

    made = [files.create(path, content, 0o600) for content in (b"first", b"second")]

    assert made == [True, False]
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == ["a"]


def test_a_file_is_created_where_the_disk_knows_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)

    test_a_file_is_created_once(tmp_path)


def test_a_file_that_cannot_take_its_place_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()

    with pytest.raises(IsADirectoryError):
        files.replace(tmp_path / "a", b"content", 0o600)

    assert names(tmp_path) == ["a"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as error:
        files.write(tmp_path / "none" / "a", b"")

    assert error.value.what == (
        f"{tmp_path}/none/a cannot be written (No such file or directory)."
    )


def test_what_can_be_written_is_told_before_and_nothing_is_left(
    tmp_path: Path,
) -> None:
    files.require_writable(tmp_path / "new")
    files.require_writable(Path("/dev/null"))

    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "why"),
    [("missing/new", "No such file or directory"), ("", "Is a directory")],
)
def test_what_cannot_be_written_is_told_before(
    tmp_path: Path, name: str, why: str
) -> None:
    path = tmp_path / name

    with pytest.raises(OutputError) as caught:
        files.require_writable(path)

    assert caught.value.what == f"{path} cannot be written ({why})."
