"""JSON: one document, or one line a row; numbers are numbers, missing is null.

Characters that no one can see, such as those that turn the direction of a text around
or begin an escape of a terminal, are written as escapes of JSON.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from triad_screener.model.document import Document
from triad_screener.model.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from triad_screener.model.document import Report, Style

#: Written where the value of a column goes; no name of ours has it.
_GAP: Final = "\0"
_NUMBERS: Final = frozenset({int, float, bool, type(None)})


def render(report: Report, style: Style) -> Document:
    """Return ``report`` as one JSON document."""
    del style
    return _document("application/json", (*_pieces(report.record, "\n"), "\n"))


def render_lines(report: Report, style: Style) -> Document:
    """Return the rows of ``report``, one JSON object a line, nested names dotted."""
    del style
    rows = report.rows
    each = _each(rows, None) if isinstance(rows, Rows) else map(_written, rows)
    return _document("application/x-ndjson", (f"{row}\n" for row in each))


def _document(media_type: str, pieces: Iterator[str] | tuple[str, ...]) -> Document:
    text = "".join(pieces)
    if not text.isascii():
        text = "".join(map(_visible, text))
    return Document(media_type, text)


def _visible(char: str) -> str:
    hidden = char > "~" and unicodedata.category(char).startswith("C")
    return json.dumps(char)[1:-1] if hidden else char


def _written(value: object, indent: int | None = None) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)


def _pieces(value: object, line: str) -> Iterator[str]:
    """Yield the parts of a document; ``line`` breaks a line and indents the next."""
    if isinstance(value, Rows):
        yield from _listed(_each(value, f"{line}  "), line)
    elif isinstance(value, Mapping) and any(map(_holds_rows, value.values())):
        opening = "{"
        for name, part in value.items():
            yield f"{opening}{line}  {_written(name)}: "
            yield from _pieces(part, f"{line}  ")
            opening = ","
        yield f"{line}}}"
    else:
        # A text has no line break of its own: JSON escapes it.
        yield _written(value, indent=2).replace("\n", line)


def _holds_rows(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_rows, value.values()))
    return isinstance(value, Rows)


def _listed(items: Iterator[str], line: str) -> Iterator[str]:
    opening = "["
    for item in items:
        yield f"{opening}{line}  {item}"
        opening = ","
    yield "[]" if opening == "[" else f"{line}]"


def _each(rows: Rows, line: str | None) -> Iterator[str]:
    """Yield each row, indented behind ``line``; None for all in one line.

    What the rows have in common is written once, and the values are put into it.
    """
    gaps = rows.shaped(dict.fromkeys(rows.columns, _GAP))
    text = _written(gaps, None if line is None else 2).replace("%", "%%")
    shape = text.replace(_written(_GAP), "%s").replace("\n", line or "\n")
    for part in rows.parts():
        for values in zip(*map(_cells, part), strict=True):
            yield shape % values


def _cells(values: Sequence[object]) -> list[str]:
    if all(value is values[0] for value in values):
        return [_written(values[0])] * len(values)
    if _NUMBERS.issuperset(map(type, values)):
        # A column at once: a number has no comma.
        return _written(values)[1:-1].split(", ")
    return [_written(value) for value in values]
