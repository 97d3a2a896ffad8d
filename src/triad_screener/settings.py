"""What has the user settled for every run: which source, which floors, which folders?

A flag goes before an environment variable, that before the settings file, that before
the default.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from triad_screener.errors import ConfigurationError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FILE_NAME: Final = "settings.toml"
STORE_NAME: Final = "triad.duckdb"
#: What may be settled, with an example; options by their own names.
KEYS: Final[Mapping[str, str]] = {
    "source": '"auto"',
    "config": '"/home/me/my-triad.yaml"',
    "recipe": '"default"',
    "offline": "false",
    "timeout": '"60s"',
    "max_age": '"4d"',
    "min_coverage": "0.6",
    "lang": '"en"',
    "color": '"auto"',
    "data_folder": '"/home/me/triad"',
    "cache_folder": '"/home/me/.cache/triad"',
}
#: Those that no option has.
FOLDERS: Final = ("data_folder", "cache_folder")
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "offline": (bool,),
    "min_coverage": (int, float),
}
#: How a text must be written, where that can be said without the taxonomy.
_PATTERNS: Final[Mapping[str, str]] = {
    "source": r"(auto|yahoo|store|bundled|folder:.+)",
    "timeout": r"[0-9]{1,5} *[smh]?",
    "max_age": r"[0-9]{1,5} *[dwh]?",
    "lang": r"(en|zh)",
    "color": r"(auto|always|never)",
}


def path() -> Path:
    """Return where the settings file would stand; it need not exist."""
    # Imported here: most runs have no settings file to look for in --help.
    from platformdirs import user_config_path  # noqa: PLC0415

    return user_config_path("triad", appauthor=False) / FILE_NAME


def read() -> Mapping[str, object]:
    """Return the settings of the file; empty without one.

    Raises:
        ConfigurationError: If it is not TOML, or a key or value is not what it
            should be.
    """
    try:
        file = path()
        text = file.read_text("utf-8")
    except PermissionError as error:
        raise _wrong(file, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise _wrong(file, "is not UTF-8 text") from error
    except (OSError, RuntimeError):
        return {}  # no such file, or no home folder
    return _checked(file, text)


def _checked(file: Path, text: str) -> Mapping[str, object]:
    import tomllib  # noqa: PLC0415 - only where there is a file

    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(file, f"is not TOML ({error})") from None
    for key, value in found.items():
        if key not in KEYS:
            nearest = UnknownNameError("setting", key, KEYS).remedy
            raise _wrong(file, f"has no use for {key!r}", nearest)
        if not _fits(key, value):
            expected = f"Write {key} = {KEYS[key]}."
            raise _wrong(file, f"{key} is {value!r}", expected)
    return found


def _fits(key: str, value: object) -> bool:
    """Return whether a value is of the type and in the form of its setting."""
    types = _TYPES.get(key, (str,))
    if not isinstance(value, types) or isinstance(value, bool) != (bool in types):
        return False
    if key == "min_coverage":
        return 0 <= float(str(value)) <= 1
    pattern = _PATTERNS.get(key)
    return pattern is None or re.fullmatch(pattern, str(value)) is not None


def _wrong(
    file: Path, problem: str, expected: str = "Mend the file, or take it away."
) -> ConfigurationError:
    return ConfigurationError(str(file), problem, expected)


def defaults() -> Mapping[str, object]:
    """Return the settings that stand for options, by the name of the option."""
    return {key: value for key, value in read().items() if key not in FOLDERS}


def data_folder() -> tuple[Path, str]:
    """Return the folder of the store, and what decided on it."""
    from platformdirs import user_data_path  # noqa: PLC0415 - only where it is needed

    return _folder("data_folder", lambda: user_data_path("triad", appauthor=False))


def cache_folder() -> tuple[Path, str]:
    """Return the folder of what can be fetched again, and what decided on it."""
    from platformdirs import user_cache_path  # noqa: PLC0415 - likewise

    return _folder("cache_folder", lambda: user_cache_path("triad", appauthor=False))


def store_file() -> Path:
    """Return where the store stands; it need not exist."""
    return data_folder()[0] / STORE_NAME


def _folder(key: str, default: Callable[[], Path]) -> tuple[Path, str]:
    variable = f"TRIAD_{key.upper()}"
    if named := os.environ.get(variable):
        return Path(named).expanduser().absolute(), f"environment, {variable}"
    if settled := read().get(key):
        # A relative one would be another in every folder the program is run from.
        settled_path = path().parent / Path(str(settled)).expanduser()
        return settled_path, f"settings file, {key}"
    return default(), "default"
