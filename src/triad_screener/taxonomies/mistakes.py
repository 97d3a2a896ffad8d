"""How is a mistake in a taxonomy told: where, what is wrong, what was expected?"""

from __future__ import annotations

from dataclasses import dataclass
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, get_args

from triad_screener.errors import UnknownNameError
from triad_screener.model.taxonomy import Taxonomy
from triad_screener.model.texts import IN_WORDS
from triad_screener.taxonomies import document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from triad_screener.taxonomies.document import Place

_LONGEST_VALUE: Final = 40


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing in a taxonomy file that is not as it should be."""

    file: str
    line: int
    where: str
    problem: str
    expected: str


def written(place: Place) -> str:
    """Return a place as a reader would name it.

    Examples:
        >>> written(("constituents", 0, "layers", 1))
        'constituents[0].layers[1]'
    """
    parts = [
        f"[{part}]" if isinstance(part, int) else f".{document.short(part)}"
        for part in place
    ]
    return "".join(parts).lstrip(".")


#: What was expected, by the kind of failure; the facts of the failure fill the gaps.
_EXPECTED: Final[Mapping[str, str]] = {
    "missing": "Add the key with its value.",
    "dict_type": "The value should be a mapping.",
    "model_type": "The value should be a mapping.",
    "tuple_type": "The value should be a list.",
    "string_type": "The value should be a text; put it in quotes.",
    "bool_type": "The value should be true or false.",
    "int_type": "The value should be a whole number.",
    "int_from_float": "The value should be a whole number.",
    "float_type": "The value should be a number.",
    "finite_number": "The value should be a finite number.",
    "literal_error": "The value should be {expected}.",
    "greater_than": "The value should be above {gt:g}.",
    "greater_than_equal": "The value should be {ge:g} or more.",
    "less_than_equal": "The value should be {le:g} or less.",
    "string_too_short": "The text should not be empty.",
    "string_too_long": "The text should have at most {max_length} characters.",
    "too_short": "There should be at least {min_length} entry.",
}


#: How it is said that a key is missing.
MISSING: Final = ("is missing", _EXPECTED["missing"])


def in_words(detail: ErrorDetails) -> tuple[str, str]:
    """Return what is wrong and what was expected, in the words of the house."""
    kind, facts, value = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind == "missing":
        return MISSING
    if kind == "extra_forbidden":
        return "is not a key that belongs here", _nearest(detail["loc"])
    if kind == "value_error":
        return _failed(str(facts["error"]), value)
    if kind == "string_pattern_mismatch":
        return f"is {_shown(value)}", IN_WORDS[facts["pattern"]]
    expected = _EXPECTED.get(kind, f"{detail['msg']}.")
    return f"is {_shown(value)}", expected.format(**facts)


def _failed(problem: str, value: object) -> tuple[str, str]:
    if isinstance(value, (str, int, float)):
        return f"is {_shown(value)}", f"{problem[:1].upper()}{problem[1:]}."
    return f"does not fit: {problem}", "Mend the values named."


def _nearest(place: Place) -> str:
    """Return the sentence that offers the keys of the mapping around ``place``."""
    *outer, last = place
    kind: Any = Taxonomy
    for part in outer:
        if hasattr(kind, "model_fields"):
            kind = kind.model_fields[str(part)].annotation
        else:
            kind = get_args(kind)[0 if isinstance(part, int) else 1]
        if isinstance(kind, UnionType):
            kind = get_args(kind)[0]
    return UnknownNameError("key", str(last), kind.model_fields).remedy


def _shown(value: object) -> str:
    """Return a value as the file could write it, short."""
    if value is None or value in ({}, ()):
        return "empty"
    if isinstance(value, (dict, tuple)):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
