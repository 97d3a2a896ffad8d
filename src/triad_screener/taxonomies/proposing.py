"""What should a person write into the taxonomy after what was seen?

A piece of YAML to read, mend and paste: stages for the entry of the watchlist, and for
a company that has listed its line. Exposure is carried over; what only a prospectus
says is marked "to be confirmed", and the source of the exposure is a key that does not
exist, so that ``triad taxonomy check`` names it until somebody has confirmed it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from triad_screener.model.taxonomy import Taxonomy, WatchlistEntry
    from triad_screener.model.watch import Company, WatchEvent

#: Market identifiers, ISO 10383, of the exchanges as EDGAR writes them.
EXCHANGES: Final[Mapping[str, str]] = {
    "nasdaq": "XNAS",
    "nyse": "XNYS",
    "nyse american": "XASE",
    "cboe": "BATS",
}
UNCONFIRMED: Final = "to_be_confirmed"
_COLUMN: Final = 36
_FOREIGN: Final = ("F-1", "F-1/A", "20-F")


def propose(
    taxonomy: Taxonomy,
    companies: Sequence[Company],
    events: Mapping[str, Sequence[WatchEvent]],
    today: date,
) -> str:
    """Return the YAML that what was seen calls for.

    Args:
        taxonomy: As it is.
        companies: Where each stands now.
        events: Of each company, by id, oldest first.
        today: The day of the proposal.
    """
    entries = {one.id: one for one in taxonomy.watchlist}
    found = [
        _Proposal(entries[one.id], one, _unwritten(entries[one.id], events[one.id]))
        for one in companies
    ]
    moved = [one for one in found if one.moves]
    lines = [one for one in found if one.is_line_due(taxonomy)]
    if not moved and not lines:
        return "# Nothing to propose: the taxonomy says all that was seen.\n"
    rows = [
        f"# Proposed on {today} by what was seen of the watchlist. Nothing reads this",
        "# file: confirm what it says, paste each part, then: triad taxonomy check",
    ]
    if moved:
        rows += ["", "watchlist:  # add to the entry of the same id"]
        rows += [row for one in moved for row in one.entry_rows()]
    if lines:
        rows += ["", "constituents:  # add below the last one"]
        rows += [row for one in lines for row in one.line_rows(taxonomy)]
    rows += ["", "sources:  # add"]
    rows += [row for one in found if one.moves for row in one.source_rows()]
    if not moved:
        rows.pop()
    return "".join(f"{row}\n" for row in rows).replace("\n\n\n", "\n\n")


def _unwritten(
    entry: WatchlistEntry, events: Sequence[WatchEvent]
) -> tuple[WatchEvent, ...]:
    """Return changes that the taxonomy does not have."""
    written = {(one.stage, one.date) for one in entry.stages}
    return tuple(
        one
        for one in events
        if one.is_change
        and not one.sighting.is_judged
        and (one.after, one.sighting.date) not in written
        and one.sighting.date >= entry.stages[-1].date
    )


class _Proposal:
    def __init__(
        self,
        entry: WatchlistEntry,
        company: Company,
        moves: Sequence[WatchEvent],
    ) -> None:
        self.moves = moves
        self._entry = entry
        self._company = company
        self._key = f"filings_{entry.id}"[:64]

    def is_line_due(self, taxonomy: Taxonomy) -> bool:
        """Return whether the company has listed and is no line yet."""
        ticker = self._company.ticker
        return (
            self._company.stage == "listed"
            and ticker is not None
            and taxonomy.constituent(ticker) is None
        )

    def entry_rows(self) -> Iterator[str]:
        entry, company = self._entry, self._company
        yield f"  - id: {entry.id}"
        if company.ticker and not entry.ticker:
            yield f"    ticker: {_text(company.ticker)}"
        if company.cik and not entry.cik:
            yield _hinted(f'    cik: "{company.cik}"', f"of {self._called()}?")
        yield "    stages:  # below those that are there"
        for one in self.moves:
            seen = one.sighting
            yield (
                f"      - {{stage: {one.after}, date: {seen.date}, source: {self._key},"
                f" grade: {seen.grade},"
            )
            yield f"         note: {_text(seen.what + '.')}}}"

    def _called(self) -> str:
        seen = [one.sighting.company for one in self.moves if one.sighting.company]
        return seen[-1] if seen else self._entry.name

    def line_rows(self, taxonomy: Taxonomy) -> Iterator[str]:
        entry, company = self._entry, self._company
        layers = [k for k, one in taxonomy.layers.items() if one.pillar == entry.pillar]
        yield f"  - ticker: {_text(company.ticker or '')}"
        yield f"    name: {_text(entry.name)}"
        yield f"    issuer: {entry.id}"
        yield f"    role: {entry.role}"
        choice = f"to be confirmed, one or more of: {', '.join(layers)}"
        yield _hinted(f"    layers: [{', '.join(layers[:1])}]", choice)
        yield "    identity:"
        yield from self._identity()
        yield "    exposures:"
        yield f"      {entry.pillar}:"
        yield _hinted(f"        share: {entry.exposure:g}", "carried; to be confirmed")
        yield f"        basis: {entry.basis}"
        yield _hinted(f"        source: {UNCONFIRMED}", "cite the prospectus")
        yield f"        date: {company.since}"
        yield (
            '        rationale: "Carried over from the watchlist; to be confirmed by '
            'the prospectus."'
        )

    def _identity(self) -> Iterator[str]:
        seen = [one.sighting for one in self.moves]
        told = next((one.exchange for one in seen if one.exchange), None)
        exchange = EXCHANGES.get((told or "").casefold(), "XXXX")
        source = f"to be confirmed; EDGAR says {told}" if told else "to be confirmed"
        is_foreign = any(one.form in _FOREIGN for one in seen)
        yield _hinted(f"      exchange: {exchange}", source)
        yield _hinted("      price_currency: USD", "to be confirmed")
        yield _hinted("      statement_currency: USD", "to be confirmed")
        receipt = "to be confirmed: ordinary shares behind one that is quoted"
        yield _hinted("      ordinary_per_receipt: 1", receipt)
        yield _hinted("      fiscal_year_end: 12", "to be confirmed: the month")
        yield _hinted(f"      foreign_filer: {str(is_foreign).lower()}", "likewise")
        if self._company.cik:
            yield f'      cik: "{self._company.cik}"'

    def source_rows(self) -> Iterator[str]:
        last = self.moves[-1].sighting
        yield f"  {self._key}:"
        yield (
            f"    {{publisher: {_text(last.source)}, "
            f"title: {_text('Filings of ' + self._called())}, "
            f"date: {last.date}, grade: {last.grade}}}"
        )


def _hinted(row: str, hint: str) -> str:
    return f"{row.ljust(_COLUMN)}  # {_plain(hint)}"


def _plain(text: str) -> str:
    """Return a text for a comment: nothing in it ends the line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _text(text: str) -> str:
    """Return a text as YAML reads it, whatever it holds."""
    return json.dumps(_plain(text), ensure_ascii=False)
