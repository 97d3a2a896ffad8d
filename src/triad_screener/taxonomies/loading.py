"""Read a taxonomy from YAML, and say of every mistake where it stands."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from triad_screener.errors import ConfigurationError
from triad_screener.model.taxonomy import Taxonomy
from triad_screener.taxonomies import document

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from triad_screener.taxonomies.document import YamlDocument

_LONGEST_VALUE = 40


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing in a taxonomy file that is not as it should be."""

    file: str
    line: int
    where: str
    problem: str
    expected: str


def load(path: Path) -> Taxonomy:
    """Read and check the taxonomy at ``path``.

    Raises:
        ConfigurationError: If the file cannot be read, is not safe YAML, or breaks
            the schema; the first mistake is named with its line.
    """
    found = document.read(path)
    taxonomy, mistakes = check(found)
    if taxonomy is None:
        first, more = mistakes[0], len(mistakes) - 1
        also = f" ({more} more: run 'triad taxonomy check')" if more else ""
        raise ConfigurationError(
            f"{first.file}, line {first.line}",
            f"{first.where} {first.problem}{also}".strip(),
            first.expected,
        )
    return taxonomy


def check(found: YamlDocument) -> tuple[Taxonomy | None, tuple[Mistake, ...]]:
    """Return the taxonomy that ``found`` describes, or every mistake in it."""
    if not isinstance(found.content, dict):
        return None, (_not_a_mapping(found),)
    try:
        return Taxonomy.model_validate(_tuples(found.content)), ()
    except ValidationError as error:
        details = error.errors(include_url=False)
    mistakes = [_mistake(found, one) for one in details]
    return None, tuple(sorted(mistakes, key=lambda one: (one.line, one.where)))


def digest(taxonomy: Taxonomy) -> str:
    """Return the SHA-256 of everything the taxonomy says, layout aside."""
    content = taxonomy.model_dump(mode="json")
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _not_a_mapping(found: YamlDocument) -> Mistake:
    expected = "A taxonomy is a mapping with keys such as constituents and recipes."
    return Mistake(found.path, 1, "the file", "is not a mapping", expected)


def _tuples(value: Any) -> Any:  # noqa: ANN401 - YAML holds any plain value
    """Return ``value`` with every list turned into a tuple, as the model wants."""
    if isinstance(value, dict):
        return {key: _tuples(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return tuple(map(_tuples, value))
    return value


def _mistake(found: YamlDocument, detail: ErrorDetails) -> Mistake:
    place = tuple(part for part in detail["loc"] if part != "[key]")
    problem, expected = _in_words(detail)
    return Mistake(found.path, found.line_of(place), _written(place), problem, expected)


def _written(place: tuple[str | int, ...]) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in place]
    return "".join(parts).lstrip(".")


def _in_words(detail: ErrorDetails) -> tuple[str, str]:
    """Return what is wrong and what was expected, in the words of the house."""
    match detail["type"]:
        case "missing":
            return "is missing", "Add the key with its value."
        case "extra_forbidden":
            return "is not a key that belongs here", "Check the spelling, or remove it."
        case "value_error":
            return f"does not fit: {detail['ctx']['error']}", "Mend the values named."
        case _:
            expected = detail["msg"].replace("Input should", "The value should", 1)
            return f"is {_shown(detail['input'])}", f"{expected}."


def _shown(value: object) -> str:
    text = repr(value)
    if len(text) > _LONGEST_VALUE:
        text = f"{text[:_LONGEST_VALUE]}..."
    return text
