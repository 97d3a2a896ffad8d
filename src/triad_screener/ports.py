"""What the core asks of the outside world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triad_screener.model.document import Document, Report, Style
    from triad_screener.model.market import MarketData
    from triad_screener.model.taxonomy import Constituent


class MarketDataSource(Protocol):
    """Supplies market data for the lines of a taxonomy."""

    def fetch(
        self, constituents: Sequence[Constituent], known_funds: Sequence[str] = ()
    ) -> MarketData:
        """Return everything known of ``constituents``, later figures included.

        A line that is not known is absent from the answer, not an error.

        Args:
            constituents: The lines wanted.
            known_funds: Tickers of benchmarks, so that they are no surprise.

        Raises:
            NoDataError: If the source has nothing at all.
            InputError: If a file of the source is not what it should be.
        """
        ...


class Renderer(Protocol):
    """Turns a report into a document, without side effects."""

    def __call__(self, report: Report, style: Style) -> Document:
        """Return ``report`` in this renderer's format."""
        ...
