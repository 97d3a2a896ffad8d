"""CSV and TSV: one line a row, numbers in full, an empty cell is missing."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from triad_screener.model.document import Document
from triad_screener.model.rows import Rows
from triad_screener.rendering._cells import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triad_screener.model.document import Report, Style

#: What the writer of CSV writes as we do; nothing for what is missing.
_NUMBERS: Final = frozenset({int, float, type(None)})
#: A spreadsheet takes text that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@")


def render_csv(report: Report, style: Style) -> Document:
    """Return the rows of ``report`` as RFC 4180 text with a header."""
    del style
    return Document("text/csv", _delimited(report, ","))


def render_tsv(report: Report, style: Style) -> Document:
    """Return the rows of ``report`` as tab-separated text with a header."""
    del style
    return Document("text/tab-separated-values", _delimited(report, "\t"))


def _delimited(report: Report, delimiter: str) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    if fields := report.fields or (report.rows and report.rows[0]):
        writer.writerow(fields)
    if isinstance(report.rows, Rows):
        for part in report.rows.parts():
            writer.writerows(zip(*map(_cells, part), strict=True))
        return buffer.getvalue()
    for row in report.rows:
        writer.writerow([cell(value) for value in row.values()])
    return buffer.getvalue()


def _cells(values: Sequence[object]) -> Sequence[object]:
    """Return a column as `cell` does; numbers alone are written as they are."""
    plain = _NUMBERS.issuperset(map(type, values))
    return values if plain else [cell(value) for value in values]


def cell(value: object) -> object:
    """Return ``value`` as a cell that no spreadsheet runs as a formula.

    Examples:
        >>> cell("=1+1"), cell(-1.5), cell(True), cell(None)
        ("'=1+1", -1.5, 'true', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = clean(value)
        return f"'{text}" if text.startswith(_FORMULA) else text
    return value
