"""The bundled snapshot: real figures of one day, shipped with the program.

It ships twice: as CSV, for people, and the same as columns, compiled from them for the
shipped taxonomy. The columns serve where files and lines are those they were made of.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from triad_screener.errors import UsageError
from triad_screener.shipped import shipped
from triad_screener.sources import _compiled
from triad_screener.sources.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triad_screener.model.market import MarketData
    from triad_screener.model.taxonomy import Benchmark, Constituent

DESCRIPTION = "bundled snapshot"
FOLDER: Final = "data/fixtures"
COLUMNS: Final = "columns.npz"


def connect(argument: str = "") -> Snapshot:
    """Return the snapshot as a source.

    Raises:
        UsageError: If an argument is given; it takes none.
    """
    if argument:
        raise UsageError(
            f"The bundled source takes no argument, and {argument!r} was given.",
            "Use --source bundled, or --source folder:PATH for your own figures.",
        )
    return Snapshot()


class Snapshot(Folder):
    """The folder of the snapshot, and its columns."""

    def __init__(self) -> None:
        super().__init__(
            shipped(FOLDER),
            name="bundled",
            description=DESCRIPTION,
            publisher="Yahoo Finance",
        )

    def compile(
        self, constituents: Sequence[Constituent], funds: Sequence[Benchmark]
    ) -> None:
        """Write the columns anew; for who changes the snapshot or its lines."""
        found = super()._market(constituents, funds)
        _compiled.write(self.path / COLUMNS, self.key(constituents, funds), found)

    def _market(
        self, constituents: Sequence[Constituent], funds: Sequence[Benchmark]
    ) -> MarketData:
        key = self.key(constituents, funds)
        found = _compiled.read(self.path / COLUMNS, key)
        return found or super()._market(constituents, funds)

    def key(
        self, constituents: Sequence[Constituent], funds: Sequence[Benchmark]
    ) -> str:
        """Return a hash of the files, and of all that a reader compares with them."""
        found = hashlib.sha256()
        for path in sorted(self.path.glob("*.csv*")):
            found.update(path.name.encode())
            found.update(path.read_bytes())
        asked = [
            (one.ticker, one.issuer, *vars(one.identity).items())
            for one in constituents
        ]
        found.update(repr((asked, [fund.ticker for fund in funds])).encode())
        return found.hexdigest()
