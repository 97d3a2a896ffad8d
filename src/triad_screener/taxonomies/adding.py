"""How is a line drafted in a taxonomy file without disturbing anything in it?

A draft is a block of comments below the last constituent: whatever a vendor does not
know, above all the exposure and its evidence, is a judgment that only a person can
enter, and until then the file stays valid and every other command goes on. With its
marks taken away, ``triad taxonomy check`` names each value that is still empty.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml
from pydantic import TypeAdapter, ValidationError

from triad_screener.errors import ConfigurationError, UsageError
from triad_screener.model.texts import Currency, Line, Ticker
from triad_screener.taxonomies import document
from triad_screener.taxonomies.mistakes import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from triad_screener.model.live import QuoteFacts

#: Every key of a line in its order, and what belongs there.
_HINTS: Final[Mapping[str, str]] = {
    "ticker": "",
    "name": "of the company, on one line",
    "issuer": "key of the company, as in nvidia; its other lines have the same",
    "role": "",
    "layers": "one or more keys under layers, as in [foundry]",
    "identity": "",
    "identity.exchange": "market identifier of four, ISO 10383, as in XNAS",
    "identity.price_currency": "three letters, as in USD",
    "identity.statement_currency": "three letters, as in TWD",
    "identity.ordinary_per_receipt": "ordinary shares behind one that is quoted: 1, "
    "or as in 5 for the receipts of TSM",
    "identity.fiscal_year_end": "month in which the fiscal year ends, 1 to 12",
    "identity.foreign_filer": "true if it files form 20-F, or outside the United "
    "States; else false",
    "identity.country": "two letters, as in US; may stay empty",
    "identity.cik": "ten digits in quotes; may stay empty",
    "exposures": "",
    "exposures.pillar": "rename to compute, data or algorithms; one block for each",
    "exposures.pillar.share": "part of revenue in the pillar, between 0 and 1",
    "exposures.pillar.basis": "reported_segment, company_statement, or estimate, "
    "of which one half is entered",
    "exposures.pillar.source": "a key under sources; add it there, too",
    "exposures.pillar.date": "day on which the evidence became public, as in "
    "2026-05-15; older evidence goes under history",
    "exposures.pillar.rationale": "the evidence in a sentence",
}
_HINT_COLUMN: Final = 28
_LONGEST_NAME: Final = 200
_MARK: Final = "# "


@dataclass(frozen=True, slots=True)
class Blank:
    """A value that a person has to fill in.

    Attributes:
        line: Of the file, from 1.
        where: Such as ``"identity.exchange"``.
        expected: What belongs there.
    """

    line: int
    where: str
    expected: str


@dataclass(frozen=True, slots=True)
class Added:
    """A taxonomy with one draft more.

    Attributes:
        text: The whole file.
        ticker: What is drafted.
        first: First line of the draft whose mark is to be taken away, from 1.
        last: The last one.
    """

    text: str
    ticker: str
    first: int
    last: int
    blanks: tuple[Blank, ...]

    def steps(self, file: Path) -> Iterator[str]:
        """Yield what is left to a person, each with its line of ``file``."""
        yield (
            f"{file}:{self.first}: {self.ticker} is drafted: fill in what follows, "
            f'then take away the first "# " of lines {self.first} to {self.last}'
        )
        for blank in self.blanks:
            yield f"{file}:{blank.line}: {blank.where}: {blank.expected}"


def to_ticker(text: str) -> str:
    """Return the ticker that ``text`` writes, in capital letters.

    Raises:
        UsageError: If it is no ticker.
    """
    try:
        return TypeAdapter(Ticker).validate_python(text.strip().upper())
    except ValidationError as error:
        _, expected = in_words(error.errors(include_url=False)[0])
        raise UsageError(f"{text!r} is not a ticker.", expected) from None


def add(text: str, path: str, ticker: str, quote: QuoteFacts | None) -> Added:
    """Return the taxonomy ``text`` with a draft of ``ticker``; all else stays.

    Args:
        text: A taxonomy in YAML.
        path: Where it stands, for messages.
        ticker: As `to_ticker` returns it.
        quote: What is known of it; None if nothing is.

    Raises:
        UsageError: If the ticker is there already, in a draft or for good.
        ConfigurationError: If the file is no safe YAML, or nothing can be drafted in
            it without a change of what it says.
    """
    found = document.parse(text, path)
    _require_new(text, found, ticker)
    column, at = _place(text, path)
    known = _known(ticker, quote)
    head, rows = _head(ticker, column), _rows(known, column or 0)
    break_ = "\r\n" if "\r\n" in text else "\n"
    before = text[:at] + ("" if text[:at].endswith("\n") else break_)
    block = "".join(f"{row}{break_}" for row in (*head, *rows))
    content = before + block + text[at:]
    if document.parse(content, path).content != found.content:
        raise _unfit(path, "ends its constituents in a way that a draft would change")
    start = before.count("\n") + len(head) + 1
    first, last = start - (column is None), start + len(rows) - 1
    return Added(content, ticker, first, last, _blanks(known, start))


def _require_new(text: str, found: document.YamlDocument, ticker: str) -> None:
    for kind in ("constituents", "benchmarks"):
        for row, name in enumerate(_tickers(found.content, kind)):
            if name == ticker:
                place = f"{found.path}, line {found.line_of((kind, row))}"
                remedy = "Edit that entry, or name another ticker."
                raise UsageError(f"{place}: {ticker} is there already.", remedy)
    drafted = rf"^ *# - ticker: {re.escape(json.dumps(ticker))}\r?$"
    if draft := re.search(drafted, text, re.MULTILINE):
        line = text.count("\n", 0, draft.start()) + 1
        what = f"{found.path}, line {line}: a draft of {ticker} is there already."
        raise UsageError(what, "Fill it in, or take it away.")


def _tickers(content: Any, kind: str) -> list[object]:  # noqa: ANN401 - YAML holds any plain value
    entries = content.get(kind) if isinstance(content, dict) else None
    entries = entries if isinstance(entries, list) else []
    return [one.get("ticker") if isinstance(one, dict) else None for one in entries]


def _place(text: str, path: str) -> tuple[int | None, int]:
    """Return the column of the dashes, None without a list, and where a draft goes."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root = yaml.compose(text, Loader=loader)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise _unfit(path, "is not a mapping with one key a line")
    lines = next(
        (node for key, node in root.value if key.value == "constituents"), None
    )
    if lines is None:
        return None, len(text)
    if not isinstance(lines, yaml.SequenceNode) or lines.flow_style:
        place = f"{path}, line {lines.start_mark.line + 1}"
        raise _unfit(place, "has no list of constituents with dashes")
    column = lines.start_mark.column
    return column, _behind(text, _last(lines).end_mark.index, column)


def _unfit(place: str, problem: str) -> ConfigurationError:
    remedy = "Write each constituent with a dash, one key a line, or add it by hand."
    return ConfigurationError(place, problem, remedy)


def _last(node: yaml.Node) -> yaml.Node:
    """Return the last plain value or bracket below ``node``, whose end is exact."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node


def _behind(text: str, end: int, column: int) -> int:
    """Return where the line of ``end`` is over, and the comments that belong to it."""
    at = _next_line(text, len(text[:end].rstrip()))
    start = at
    while start < len(text):
        after = _next_line(text, start)
        row = text[start:after]
        inner = row.lstrip(" ")
        if inner.startswith("#") and len(row) - len(inner) >= max(column, 1):
            at = after
        elif row.strip():
            break
        start = after
    return at


def _next_line(text: str, start: int) -> int:
    return text.find("\n", start) + 1 or len(text)


def _known(ticker: str, quote: QuoteFacts | None) -> Mapping[str, str]:
    """Return what may be written without asking anybody, as YAML."""
    # The post is a text of 2025: what is added now is an extension of its list.
    known = {"ticker": json.dumps(ticker), "role": "extension"}
    if quote is None:
        return known
    answers = (
        ("name", Line, _on_one_line(quote.name)),
        ("identity.price_currency", Currency, quote.price_currency),
        ("identity.statement_currency", Currency, quote.statement_currency),
    )
    for where, kind, value in answers:
        try:
            fitting = TypeAdapter(kind).validate_python(value)
        except ValidationError:
            continue
        # What JSON writes as a text is a text in YAML, too, whatever it holds.
        known[where] = (
            json.dumps(fitting, ensure_ascii=False) if where == "name" else fitting
        )
    return known


def _on_one_line(name: str) -> str:
    r"""Return a vendor's text without what moves a cursor.

    Examples:
        >>> _on_one_line("Evil\u202e\n Corp\x07")
        'Evil Corp'
    """
    visible = (c for c in " ".join(name.split()) if unicodedata.category(c)[0] != "C")
    return "".join(visible)[:_LONGEST_NAME].strip()


def _head(ticker: str, column: int | None) -> tuple[str, ...]:
    told = f'DRAFT of {ticker}: fill in what is empty, then take away each "# " below'
    rows = ("", f"{' ' * (column or 0)}{_MARK}{told}")
    return rows if column is not None else (*rows, f"{_MARK}constituents:")


def _rows(known: Mapping[str, str], column: int) -> tuple[str, ...]:
    margin = " " * column + _MARK
    return tuple(margin + _row(where, known.get(where)) for where in _HINTS)


def _row(where: str, value: str | None) -> str:
    *outer, key = where.split(".")
    text = f"{'- ' if where == 'ticker' else '  '}{'  ' * len(outer)}{key}:"
    if value is not None:
        return f"{text} {value}"
    hint = _HINTS[where]
    return f"{text.ljust(_HINT_COLUMN)}# {hint}" if hint else text


def _blanks(known: Mapping[str, str], start: int) -> tuple[Blank, ...]:
    return tuple(
        Blank(line, where, hint)
        for line, (where, hint) in enumerate(_HINTS.items(), start)
        if hint and where not in known
    )
