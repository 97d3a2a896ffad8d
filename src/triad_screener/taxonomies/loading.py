"""Read a taxonomy from YAML, and say of every mistake where it stands."""

from __future__ import annotations

import gc
import hashlib
import json
from contextlib import contextmanager
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from triad_screener.errors import ConfigurationError
from triad_screener.model.taxonomy import MisfitError, Taxonomy
from triad_screener.taxonomies import document
from triad_screener.taxonomies.mistakes import Mistake, in_words, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from triad_screener.model.recipe import Part
    from triad_screener.model.taxonomy import Constituent
    from triad_screener.taxonomies.constituents_table import ConstituentsTable
    from triad_screener.taxonomies.document import Place, YamlDocument

#: What no screen depends on: the thesis, and in which file a constituent stands. The
#: constituents themselves are written apart.
_ASIDE: Final = {"thesis", "constituents_table", "constituents"}
_LINES_AT_ONCE: Final = 1_000


def load(path: Path) -> Taxonomy:
    """Read and check the taxonomy at ``path``, and its table of constituents.

    Raises:
        ConfigurationError: If a file cannot be read, is not safe YAML or no table, or
            breaks the schema; the first mistake is named with its line.
    """
    found = document.read(path)
    taxonomy, mistakes = check(found)
    if taxonomy is None:
        first, more = mistakes[0], len(mistakes) - 1
        also = f" ({more} more: triad taxonomy check {path})" if more else ""
        raise ConfigurationError(
            f"{first.file}, line {first.line}",
            f"{first.where} {first.problem}{also}".strip(),
            first.expected,
        )
    return taxonomy


def check(found: YamlDocument) -> tuple[Taxonomy | None, tuple[Mistake, ...]]:
    """Return the taxonomy that ``found`` describes, or every mistake in it.

    Raises:
        ConfigurationError: If its table of constituents is no table at all.
    """
    if not isinstance(found.content, dict):
        return None, (_not_a_mapping(found),)
    with _uncollected():
        return _checked(found, found.content)


def _checked(
    found: YamlDocument, said: dict[str, document.Value]
) -> tuple[Taxonomy | None, tuple[Mistake, ...]]:
    content = _tuples(said)
    files = _Files(found)
    content["constituents"] = files.joined(content.get("constituents", ()))
    told = files.table.mistakes if files.table else ()
    try:
        taxonomy = Taxonomy.model_validate(content)
    except ValidationError as error:
        details = error.errors(include_url=False)
    else:
        return (None, told) if told else (taxonomy, ())
    # Where the table has mistakes, names lack that others in the taxonomy refer to.
    mistakes = [
        mistake
        for one in details
        if one["loc"] or not told
        for mistake in _mistakes(files, one)
    ]
    order = lambda one: (one.file != found.path, one.line, one.where)  # noqa: E731
    return None, tuple(sorted([*mistakes, *told], key=order))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector from looking for circles in many values that have none.

    It would do so again and again while they are made: most of the time of it all.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Files:
    """A taxonomy and the table beside it, if it names one."""

    def __init__(self, found: YamlDocument) -> None:
        self.found = found
        self.table: ConstituentsTable | None = None
        self._first = 0
        if isinstance(found.content, dict) and "constituents_table" in found.content:
            # Imported here: most taxonomies have no table, and need no numpy.
            from triad_screener.taxonomies import (  # noqa: PLC0415
                constituents_table,
            )

            self.table = constituents_table.beside(found)

    def joined(self, constituents: object) -> object:
        """Return the constituents of both, those of the taxonomy first."""
        if self.table is None or not isinstance(constituents, tuple):
            return constituents
        self._first = len(constituents)
        return (*constituents, *self.table.rows)

    def mistake(self, place: Place, problem: str, expected: str) -> Mistake:
        """Return a mistake where it stands."""
        match place:
            case ("constituents", int(row), *inner) if (
                self.table and row >= self._first
            ):
                row -= self._first
                return self.table.mistake(row, tuple(inner), problem, expected)
        line = self.found.line_of(place)
        return Mistake(self.found.path, line, written(place), problem, expected)


def digest(taxonomy: Taxonomy) -> str:
    """Return the SHA-256 of all that a screen depends on, layout and thesis aside.

    That of its JSON with sorted keys: the same in whichever file a constituent stands.
    """
    content = taxonomy.model_dump(mode="json", exclude=_ASIDE)
    sha = hashlib.sha256()
    joint = "{"
    for key in sorted({*content, "constituents"}):
        sha.update(f'{joint}"{key}": '.encode())
        joint = ", "
        if key == "constituents":
            for text in _json_in_parts(taxonomy.constituents):
                sha.update(text)
        else:
            sha.update(_json(content[key]))
    sha.update(b"}")
    return sha.hexdigest()


def _json_in_parts(lines: Sequence[Constituent]) -> Iterator[bytes]:
    """Yield a JSON list; that of 60,000 is large, and its hash is all that counts."""
    joint = b"["
    for start in range(0, len(lines), _LINES_AT_ONCE):
        yield joint
        yield _json(lines[start : start + _LINES_AT_ONCE])[1:-1]
        joint = b", "
    yield b"]" if lines else b"[]"


def _json(value: object) -> bytes:
    text = json.dumps(
        value, ensure_ascii=True, sort_keys=True, allow_nan=False, default=_plain
    )
    return text.encode()


def _plain(value: Part | date) -> object:
    """Return what JSON writes for a part or a date."""
    if isinstance(value, date):
        return value.isoformat()
    return {key: getattr(value, key) for key in _fields(type(value))}


@cache
def _fields(kind: type[Part]) -> tuple[str, ...]:
    return tuple(kind.model_fields)


def _not_a_mapping(found: YamlDocument) -> Mistake:
    problem = "is empty" if found.content is None else "is not a mapping"
    expected = "A taxonomy is a mapping with keys such as constituents and recipes."
    return Mistake(found.path, 1, "the file", problem, expected)


def _tuples(value: Any) -> Any:  # noqa: ANN401 - YAML holds any plain value
    """Return ``value`` with every list turned into a tuple, as the model wants."""
    if isinstance(value, dict):
        return {key: _tuples(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return tuple(map(_tuples, value))
    return value


def _mistakes(files: _Files, detail: ErrorDetails) -> Iterator[Mistake]:
    """Yield what one failure of the model means in the files: often one mistake."""
    place = tuple(part for part in detail["loc"] if part != "[key]")
    failure = detail.get("ctx", {}).get("error")
    if isinstance(failure, MisfitError):
        for inner, problem in failure.found:
            where, text = (*place, *inner), f"does not fit: {problem}"
            yield files.mistake(where, text, "Mend the values named.")
    else:
        yield files.mistake(place, *in_words(detail))
