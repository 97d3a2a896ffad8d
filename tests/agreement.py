"""Where do two documents of plain values differ?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The tolerance that the scoring specification demands.
TOLERANCE = 1e-9


def differences(found: object, expected: object) -> list[str]:
    """Every place at which a key, a length or a value is not the one expected.

    Numbers may differ by the tolerance, relative to their size above one.

    Examples:
        >>> differences({"a": [1.0, 2.0]}, {"a": [1.0, 2.5], "b": None})
        [': keys b', '.a[1]: 2.0, not 2.5']
    """
    return list(_differences(found, expected, ""))


def _differences(found: Any, expected: Any, at: str) -> Iterator[str]:  # noqa: ANN401 - plain values
    if isinstance(found, Mapping) and isinstance(expected, Mapping):
        if found.keys() != expected.keys():
            yield f"{at}: keys {', '.join(sorted(found.keys() ^ expected.keys()))}"
        for key in sorted(found.keys() & expected.keys()):
            yield from _differences(found[key], expected[key], f"{at}.{key}")
    elif _is_list(found) and _is_list(expected):
        if len(found) != len(expected):
            yield f"{at}: {len(found)} long, not {len(expected)}"
        for row, pair in enumerate(zip(found, expected, strict=False)):
            yield from _differences(*pair, f"{at}[{row}]")
    elif not _agree(found, expected):
        yield f"{at}: {found!r}, not {expected!r}"


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _agree(found: object, expected: object) -> bool:
    if isinstance(found, float) and isinstance(expected, (int, float)):
        return abs(found - expected) <= TOLERANCE * max(1.0, abs(expected))
    return found == expected
