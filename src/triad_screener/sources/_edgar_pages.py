"""What do the pages of EDGAR say, and when is one of no use?

Every reader is strict: a page that is cut short, or has another shape, is rejected as a
whole; of a feed only the entries that cannot be read, and they are counted. Names are
cleaned of what moves a cursor; whoever shows them escapes the rest.
No expression may look at a sign more often than a fixed number of times, so that a page
made to be slow is read in the time of any other.
"""

from __future__ import annotations

import json
import re
import unicodedata
from contextlib import contextmanager
from html import unescape
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from xml.etree import ElementTree as ET

from triad_screener.model.dates import parse_iso_date
from triad_screener.model.live import NETWORK, FetchFailure
from triad_screener.model.watch import Filing, Registrant

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_NAME: Final = 200
_ATOM: Final = "{http://www.w3.org/2005/Atom}"
_CIK: Final = re.compile(r"\d{1,10}")
_ACCESSION: Final = re.compile(r"\d{10}-\d{2}-\d{6}")
_TICKER: Final = re.compile(r"[A-Z0-9][A-Z0-9.\-]{0,19}")
_DOCUMENT: Final = re.compile(r"[\w\-.]{1,200}")
#: Such as ``S-1/A - Example Inc (0001234567) (Filer)``.
_TITLE: Final = re.compile(r"(?P<form>\S+(?: WD)?) - (?P<name>.+) \((?P<cik>\d+)\)")
_NAMED: Final = re.compile(r"(?P<name>.*)\(CIK (?P<cik>\d{1,10})\)\s*")
#: Such as ``<b>Filed:</b> 2026-05-14``.
_FILED: Final = re.compile(r"Filed:\D{0,50}(\d{4}-\d{2}-\d{2})")


class Found(NamedTuple):
    """A filing, and whose it is."""

    cik: str
    name: str
    filing: Filing


@contextmanager
def _readable(page: str) -> Iterator[None]:
    """Reject what has another shape than the reader inside expects."""
    try:
        yield
    except (
        AttributeError,
        IndexError,
        KeyError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
        ET.ParseError,
    ) as error:
        detail = f"The {page} of EDGAR is cut short, or not what it should be."
        raise FetchFailure("rejected: not readable", detail) from error


def submissions(content: bytes, cik: str) -> Registrant:
    """Return a company and its newest filings.

    Args:
        content: JSON of ``submissions/CIK##########.json``.
        cik: That was asked for.

    Raises:
        FetchFailure: If it is not that.
    """
    with _readable("list of filings"):
        found = _json(content)
        number = _cik(str(found["cik"]))
        if number != cik:
            detail = f"EDGAR answered with CIK {number} in place of {cik}."
            raise FetchFailure("rejected: another key", detail)
        return Registrant(
            cik=number,
            name=_name(found["name"]),
            former_names=tuple(_name(one["name"]) for one in found["formerNames"]),
            tickers=tuple(_ticker(one) for one in found["tickers"]),
            exchanges=tuple(_name(one) for one in found["exchanges"] if one),
            filings=tuple(_columns(found["filings"]["recent"])),
        )


def _columns(recent: dict[str, list[str]]) -> Iterator[Filing]:
    columns = ("form", "filingDate", "accessionNumber", "primaryDocument")
    for row in zip(*(recent[name] for name in columns), strict=True):
        yield _filing(*row)


def _filing(form: object, filed: object, accession: object, document: str) -> Filing:
    number = str(accession)
    if not (isinstance(form, str) and _ACCESSION.fullmatch(number)):
        raise ValueError(number)
    # The view of a style sheet stands in a folder of its own.
    plain = document.rpartition("/")[2]
    name = plain if _DOCUMENT.fullmatch(plain) else ""
    return Filing(form.strip().upper(), parse_iso_date(filed), number, name)


class Feed(NamedTuple):
    """Filings of all companies, and how many more could not be read."""

    found: tuple[Found, ...]
    unread: int = 0


def feed(content: bytes) -> Feed:
    """Return the filings of the list of current ones.

    Args:
        content: Atom of ``browse-edgar?action=getcurrent``.

    Raises:
        FetchFailure: If it is not that, or no entry of it can be read.
    """
    with _readable("list of current filings"):
        # A null byte is the sign of an encoding that would hide the other two.
        if any(sign in content for sign in (b"<!DOCTYPE", b"<!ENTITY", b"\0")):
            message = "a feed declares nothing"
            raise ValueError(message)
        root = ET.fromstring(content)  # noqa: S314 - without declarations there are no entities
        if root.tag != f"{_ATOM}feed":
            raise ValueError(root.tag)
        entries = [_entry_or_none(one) for one in root.iter(f"{_ATOM}entry")]
        found = tuple(one for one in entries if one)
        if entries and not found:
            message = "no entry can be read"
            raise ValueError(message)
        return Feed(found, len(entries) - len(found))


def _entry_or_none(entry: ET.Element) -> Found | None:
    try:
        return _entry(entry)
    except ValueError:
        return None


def _entry(entry: ET.Element) -> Found:
    title = _TITLE.match(_text(entry, "title"))
    accession = _ACCESSION.search(_text(entry, "id"))
    if title is None or accession is None:
        raise ValueError(_text(entry, "title"))
    filed = _FILED.search(_text(entry, "summary"))
    day = filed[1] if filed else _text(entry, "updated")[:10]
    filing = _filing(title["form"], day, accession[0], "")
    return Found(_cik(title["cik"]), _name(title["name"]), filing)


def _text(entry: ET.Element, name: str) -> str:
    return (entry.findtext(f"{_ATOM}{name}") or "").strip()


def search(content: bytes) -> tuple[Found, ...]:
    """Return the filings that a search found, of all the companies behind each.

    Args:
        content: JSON of ``search-index``.

    Raises:
        FetchFailure: If it is not that, or the search itself was cut short.
    """
    with _readable("answer to a search"):
        found = _json(content)
        if found["timed_out"] not in (False, None):
            raise FetchFailure(NETWORK, "The search of EDGAR took too long.")
        return tuple(one for hit in found["hits"]["hits"] for one in _hit(hit))


def _hit(hit: dict[str, Any]) -> Iterator[Found]:
    source = hit["_source"]
    document = str(hit["_id"]).partition(":")[2]
    filing = _filing(source["form"], source["file_date"], source["adsh"], document)
    for text in source["display_names"]:
        if named := _NAMED.fullmatch(text):
            yield Found(_cik(named["cik"]), _name(named["name"]), filing)


#: Such as ``between $31.00 and $33.00 per share``.
_RANGE: Final = re.compile(
    r"between (?:US)?\$ ?(\d{1,5}(?:\.\d{1,2})?) and (?:US)?\$ ?(\d{1,5}(?:\.\d{1,2})?)"
    r" per (?:ordinary |common )?(?:share|ADS|American depositary share)",
    re.IGNORECASE,
)
_MOST_READ: Final = 3_000_000


def price_range(content: bytes) -> str:
    """Return the price range that a prospectus names, in words; empty without one.

    Raises:
        FetchFailure: If its text cannot be read.

    Examples:
        >>> price_range(b"<p>will be between <b>$31.00</b> and&nbsp;$33.00 per share")
        'a price range of USD 31.00 to 33.00'
    """
    text = content[:_MOST_READ].decode("utf-8", "replace")
    with _readable("prospectus"):  # a character of ten thousand digits is none
        text = " ".join(unescape(re.sub(r"<[^<>]{0,2000}>", " ", text)).split())
    found = _RANGE.search(text)
    return f"a price range of USD {found[1]} to {found[2]}" if found else ""


def _json(content: bytes) -> Any:  # noqa: ANN401 - any JSON; the readers are strict
    return json.loads(content)


def _cik(text: str) -> str:
    if not _CIK.fullmatch(text):
        raise ValueError(text)
    return text.zfill(10)


def _ticker(text: str) -> str:
    found = text.strip().upper()
    if not _TICKER.fullmatch(found):
        raise ValueError(found)
    return found


def _name(text: str) -> str:
    """Return a name on one line, without what moves a cursor."""
    visible = (c for c in " ".join(text.split()) if unicodedata.category(c)[0] != "C")
    return "".join(visible)[:_LONGEST_NAME].strip()
