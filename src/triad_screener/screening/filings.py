"""How far is a company on its way to a listing, by what it has filed?

The forms are those of the US Securities and Exchange Commission. A company moves
forward only, but for a withdrawal, after which it may begin anew.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from triad_screener.model.watch import Sighting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from triad_screener.model.vocabulary import Stage
    from triad_screener.model.watch import Filing, Registrant


class Form(NamedTuple):
    """What a form says: the stage reached by it, if any, and in words."""

    stage: Stage | None
    words: str


FORMS: Final[Mapping[str, Form]] = {
    "D": Form(None, "notice of shares sold without a registration"),
    "D/A": Form(None, "amended notice of shares sold without a registration"),
    "DRS": Form("draft_submitted", "draft registration statement"),
    "DRS/A": Form("draft_submitted", "amended draft registration statement"),
    "S-1": Form("public_filed", "registration statement"),
    "S-1/A": Form("public_filed", "amended registration statement"),
    "F-1": Form("public_filed", "registration statement of a foreign company"),
    "F-1/A": Form("public_filed", "amended registration statement"),
    "10-12B": Form("public_filed", "registration for a listing without an offering"),
    "10-12B/A": Form("public_filed", "amended registration for a listing"),
    "8-A12B": Form("public_filed", "shares registered with an exchange"),
    "EFFECT": Form("public_filed", "registration is effective"),
    "424B1": Form("priced", "final prospectus with the price"),
    "424B4": Form("priced", "final prospectus with the price"),
    "RW": Form("withdrawn", "request to withdraw the registration"),
    "RW WD": Form("public_filed", "the request to withdraw is taken back"),
    "10-Q": Form("listed", "quarterly report"),
    "10-K": Form("listed", "annual report"),
    "20-F": Form("listed", "annual report of a foreign company"),
}
#: Amendments that may say at which price shares shall be sold.
PRICED_AMENDMENTS: Final = ("S-1/A", "F-1/A")
#: Reports that only a listed company files, unless it has registered debt.
_REPORTS: Final = ("10-Q", "10-K", "20-F")
_PROSPECTUSES: Final = ("424B1", "424B4")
_WAY: Final[tuple[Stage, ...]] = (
    "private",
    "rumoured",
    "draft_submitted",
    "public_filed",
    "priced",
    "listed",
)
_WITHDRAWABLE: Final[tuple[Stage, ...]] = _WAY[2:5]


def moves(current: Stage, reached: Stage) -> bool:
    """Return whether a company at ``current`` gets to ``reached``.

    Examples:
        >>> moves("private", "public_filed"), moves("priced", "public_filed")
        (True, False)
        >>> moves("public_filed", "withdrawn"), moves("withdrawn", "draft_submitted")
        (True, True)
    """
    if reached == "withdrawn":
        return current in _WITHDRAWABLE
    if current == "withdrawn":
        return reached in _WAY[2:]
    if current in _WAY and reached in _WAY:
        return _WAY.index(reached) > _WAY.index(current)
    return reached in ("absorbed", "dead") and current != reached


def sightings(
    found: Registrant, entry: str, publisher: str, ranges: Mapping[str, str]
) -> tuple[Sighting, ...]:
    """Return what the filings of a company say, oldest first.

    Args:
        found: The company.
        entry: Its id on the watchlist.
        publisher: Who published the filings.
        ranges: Price range in words, by accession number, where one was read.
    """
    known = [one for one in found.filings if one.form in FORMS]
    known.sort(key=lambda one: (one.filed, one.accession))
    seen = [
        _sighting(one, found, entry, publisher, ranges.get(one.accession, ""))
        for one in _without_routine(known, found)
    ]
    return (*seen, *_listing(known, found, entry, publisher))


def _without_routine(filings: Sequence[Filing], found: Registrant) -> Iterator[Filing]:
    """Yield the filings that tell something: of the reports only the first.

    A report before any prospectus, of a company without a symbol, is that of a debtor.
    """
    is_listing, is_reported = bool(found.tickers), False
    for one in filings:
        is_listing = is_listing or one.form in _PROSPECTUSES
        if one.form in _REPORTS:
            if is_reported or not is_listing:
                continue
            is_reported = True
        yield one


def _sighting(
    filing: Filing, found: Registrant, entry: str, publisher: str, price: str
) -> Sighting:
    stage, words = FORMS[filing.form]
    with_price = f", {price}" if price else ""
    return Sighting(
        entry=entry,
        reference=filing.accession,
        date=filing.filed,
        kind="stage" if stage else "filing",
        what=f"Form {filing.form}: {words}{with_price}",
        source=publisher,
        grade="A",
        stage=stage,
        company=found.name,
        cik=found.cik,
        form=filing.form,
    )


def _listing(
    filings: Sequence[Filing], found: Registrant, entry: str, publisher: str
) -> Iterator[Sighting]:
    """Yield that shares are quoted, once a prospectus or a report is there.

    A symbol alone may have been reserved only.
    """
    followed = [one for one in filings if one.form in _PROSPECTUSES]
    followed += [one for one in filings if one.form in _REPORTS]
    if not (followed and found.tickers and found.exchanges):
        return
    ticker, exchange = found.tickers[0], found.exchanges[0]
    yield Sighting(
        entry=entry,
        reference=f"{found.cik}:{ticker}",
        date=followed[0].filed,
        kind="stage",
        what=f"Quoted as {ticker} at {exchange}",
        source=publisher,
        grade="A",
        stage="listed",
        company=found.name,
        cik=found.cik,
        ticker=ticker,
        exchange=exchange,
    )


#: Endings that name a legal form or a state, and no company.
_LEGAL_FORMS: Final = (
    "ag bv co company corp corporation de gmbh inc incorporated kk limited llc llp "
    "lp ltd ltda md nv ny oy pbc plc pte pty public sa sas se spa"
)
_ENDINGS: Final = frozenset(_LEGAL_FORMS.split())
_ASIDE: Final = re.compile(r"\((?:CIK )?[\d A-Z,.\-]*\)|/[A-Z]{2}/?(?=\s|$)")


def plain_name(name: str) -> str:
    """Return what is left of a company's name without case, signs and legal form.

    Examples:
        >>> plain_name("DATABRICKS, INC. /DE/"), plain_name("Scale AI, Inc.")
        ('databricks', 'scale ai')
        >>> plain_name("Databricks Ventures LLC")
        'databricks ventures'
    """
    text = unicodedata.normalize("NFKD", _ASIDE.sub(" ", name)).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c))
    words = re.sub(r"[^\w]+", " ", text.replace("'", "").replace(".", "")).split()
    while len(words) > 1 and words[-1] in _ENDINGS:
        words.pop()
    return " ".join(words)


def is_called(name: str, wanted: Collection[str]) -> bool:
    """Return whether ``name`` is one of the names wanted, legal form aside.

    A longer or shorter name is another company's.
    """
    return plain_name(name) in {plain_name(one) for one in wanted} - {""}


def is_like(name: str, wanted: Collection[str]) -> bool:
    """Return whether a name begins with the same word as one that is wanted.

    Enough where the key of the company is known, and too little where it is not.
    """
    first = {plain_name(one).partition(" ")[0] for one in wanted}
    return plain_name(name).partition(" ")[0] in first - {""}
