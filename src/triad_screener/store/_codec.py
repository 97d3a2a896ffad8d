"""How does a screen become text, and a screen again?

Readers and writers are built from the type hints of the dataclasses, once each. An
answer that reads equal is the point: tuples, dates, order and every bit of a number.

Runs outlive the program that wrote them. A field that an older program did not write
takes its default; without one it is empty: None, no text, no parts, not a number, or
False. A field that this program does not know is passed over. Only a whole part or a
count that is missing makes a run unreadable.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from math import nan
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, Union, cast, get_args, get_origin
from typing import get_type_hints as hints_in

from triad_screener.model.screen import Screen

#: Turns a value into what JSON can hold, or back.
Convert: TypeAlias = Callable[[Any], Any]
_AS_THEY_ARE = (str, int, float, bool, NoneType)


def to_json(screen: Screen) -> str:
    """Return ``screen`` as one compact line of JSON."""
    return written(screen, Screen)


def from_json(text: str) -> Screen:
    """Return the screen that `to_json` wrote.

    Raises:
        ValueError: If ``text`` is not that.
    """
    return cast("Screen", read(text, Screen))


def written(value: object, kind: object) -> str:
    """Return a value of some kind that a screen is made of as one line of JSON."""
    plain = _needed(_converter(kind, reading=False))(value)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def read(text: str, kind: object) -> object:
    """Return the value that was `written`.

    Raises:
        ValueError: If ``text`` is not that.
    """
    try:
        return _needed(_converter(kind, reading=True))(json.loads(text))
    except (AttributeError, KeyError, TypeError) as error:
        message = f"not a screen: {error}"
        raise ValueError(message) from error


def _needed(convert: Convert | None) -> Convert:
    return convert or _itself


def _itself(value: Any) -> Any:  # noqa: ANN401 - whatever it is
    return value


@cache
def _converter(hint: Any, *, reading: bool) -> Convert | None:  # noqa: ANN401 - a type
    """Return what turns a value of type ``hint``; None where it may stay as it is."""
    origin = get_origin(hint)
    if hint in _AS_THEY_ARE or origin is Literal:
        return None
    if hint is date:
        return date.fromisoformat if reading else date.isoformat
    if origin in (Union, UnionType):
        return _optional(hint, reading=reading)
    if origin in (tuple, Sequence):
        return _tuple(get_args(hint), reading=reading)
    if origin is Mapping:
        return _mapping(get_args(hint)[1], reading=reading)
    if is_dataclass(hint):
        return _record(cast("type", hint), reading=reading)
    message = f"a screen holds {hint}, and nobody knows how to keep it"
    raise TypeError(message)


def _optional(hint: Any, *, reading: bool) -> Convert | None:  # noqa: ANN401 - a type
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    converters = [_converter(kind, reading=reading) for kind in kinds]
    if not any(converters):
        return None
    if len(kinds) > 1:
        message = f"{hint} cannot be told apart"
        raise TypeError(message)
    convert = _needed(converters[0])
    return lambda value: None if value is None else convert(value)


def _tuple(kinds: tuple[Any, ...], *, reading: bool) -> Convert | None:
    """Return a converter of tuples of one kind, or of plain parts of several."""
    parts = [_converter(kind, reading=reading) for kind in kinds if kind is not ...]
    convert = parts[0]
    if convert is None:
        return tuple if reading else None
    if reading:
        return lambda values: tuple([convert(value) for value in values])
    return lambda values: [convert(value) for value in values]


def _mapping(kind: Any, *, reading: bool) -> Convert | None:  # noqa: ANN401 - a type
    convert = _converter(kind, reading=reading)
    if convert is None:
        return None if reading else dict
    return lambda values: {key: convert(value) for key, value in values.items()}


def _record(kind: type, *, reading: bool) -> Convert:
    # Given as both, or a field called date would hide the type of that name.
    names = vars(sys.modules[kind.__module__])
    hints = hints_in(kind, names, names)
    parts = [(f.name, _converter(hints[f.name], reading=reading)) for f in fields(kind)]
    if not reading:
        return _writer(parts)
    blanks = {
        field.name: _blank(hints[field.name])
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    }
    return _reader(kind, parts, blanks)


def _blank(hint: Any) -> Any:  # noqa: ANN401 - a type, and a value of it
    """Return what stands where an older program wrote nothing."""
    if NoneType in get_args(hint):
        return None
    empty = {str: "", bool: False, float: nan, tuple: (), Sequence: (), Mapping: {}}
    return empty.get(get_origin(hint) or hint, MISSING)


def _reader(
    kind: type, parts: list[tuple[str, Convert | None]], blanks: dict[str, Any]
) -> Convert:
    converted = [(name, convert) for name, convert in parts if convert]
    known = {name for name, _ in parts}
    needed = {name: blank for name, blank in blanks.items() if blank is not MISSING}

    def read(value: dict[str, Any]) -> object:
        for name, convert in converted:
            if name in value:
                value[name] = convert(value[name])
        if value.keys() != known:
            value = {**needed, **{k: v for k, v in value.items() if k in known}}
        return kind(**value)

    return read


def _writer(parts: list[tuple[str, Convert | None]]) -> Convert:
    def write(value: object) -> dict[str, Any]:
        return {
            name: convert(getattr(value, name)) if convert else getattr(value, name)
            for name, convert in parts
        }

    return write
