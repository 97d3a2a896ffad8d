"""The settings file: what it may hold, and what goes before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from triad_screener import settings
from triad_screener.errors import ConfigurationError
from triad_screener.workflows import answering


def write(text: str) -> Path:
    """Write the settings file of this test's home."""
    path = settings.path()
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_nothing_is_settled() -> None:
    assert settings.read() == {}


def test_every_key_has_an_example_that_is_valid() -> None:
    write("".join(f"{key} = {value}\n" for key, value in settings.KEYS.items()))

    assert settings.read().keys() == settings.KEYS.keys()


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("source = ", "is not TOML", "Mend the file, or take it away."),
        ("sauce = 1", "has no use for 'sauce'", "Did you mean source?"),
        ("source = 3", "source is 3", 'Write source = "auto".'),
        ('offline = "yes"', "offline is 'yes'", "Write offline = false."),
        ("min_coverage = true", "min_coverage is True", "Write min_coverage = 0.6."),
        ("min_coverage = 3", "min_coverage is 3", "Write min_coverage = 0.6."),
        ('source = "moon"', "source is 'moon'", 'Write source = "auto".'),
        ('timeout = "soon"', "timeout is 'soon'", 'Write timeout = "60s".'),
    ],
)
def test_a_mistake_is_named_with_what_was_expected(
    text: str, what: str, remedy: str
) -> None:
    path = write(text)

    with pytest.raises(ConfigurationError) as mistake:
        settings.read()

    assert mistake.value.what.startswith(f"{path}: {what}")
    assert mistake.value.remedy == remedy


def test_what_is_not_text_is_refused() -> None:
    write("")
    settings.path().write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigurationError, match="is not UTF-8 text"):
        settings.read()


def test_folders_are_no_defaults_of_options() -> None:
    write('data_folder = "/somewhere"\nsource = "store"\n')

    assert settings.defaults() == {"source": "store"}


def test_the_environment_goes_before_the_file_and_that_before_the_platform(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    platform, by_default = settings.data_folder()
    write('data_folder = "/from/file"\n')
    file = settings.data_folder()
    monkeypatch.setenv("TRIAD_DATA_FOLDER", "/from/environment")
    environment = settings.data_folder()

    assert (platform.name, by_default) == ("triad", "default")
    assert file == (Path("/from/file"), "settings file, data_folder")
    assert environment == (
        Path("/from/environment"),
        "environment, TRIAD_DATA_FOLDER",
    )
    assert settings.store_file() == Path("/from/environment/triad.duckdb")


def test_the_cache_has_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAD_CACHE_FOLDER", "/cache")

    assert settings.cache_folder()[0] == Path("/cache")


def test_every_source_may_be_settled() -> None:
    for name in answering.NAMES:
        assert settings._fits("source", f"{name}:x" if name == "folder" else name)  # noqa: SLF001


def test_a_relative_folder_is_the_same_wherever_the_program_is_run_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = write('data_folder = "mine"\n')
    monkeypatch.chdir(tmp_path)
    settled = settings.data_folder()[0]
    monkeypatch.setenv("TRIAD_DATA_FOLDER", "here")

    assert settled == file.parent / "mine"
    assert settings.data_folder()[0] == tmp_path / "here"
