"""Draft a line in the user's own taxonomy, with what a quote knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triad_screener.errors import NoDataError, UsageError
from triad_screener.model.live import ABSENT, FetchFailure
from triad_screener.shipped import shipped
from triad_screener.taxonomies import adding, document, loading, locating

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from triad_screener.model.live import QuoteFacts
    from triad_screener.ports import LiveSource
    from triad_screener.taxonomies.adding import Added

_SHARE: Final = "equity"


def own_file(config: Path | None) -> Path:
    """Return the taxonomy that serves, which must not be the shipped one.

    Raises:
        UsageError: If none was asked for and the user has none.
    """
    path = locating.locate(config)
    if config is None and path == shipped(f"config/{locating.FILE_NAME}"):
        raise UsageError(
            "You have no taxonomy of your own to add to.",
            "Run 'triad taxonomy init' first, or name a file with --config FILE.",
        )
    return path


def draft(
    path: Path, ticker: str, live: Callable[[], LiveSource] | None
) -> tuple[Added, tuple[str, ...]]:
    """Return the taxonomy at ``path`` with a draft of ``ticker``, and warnings.

    Args:
        path: A taxonomy without a mistake; it is not written.
        ticker: As the user wrote it.
        live: Makes the source that is asked for one quote; None to ask nobody.

    Raises:
        UsageError: If it is no ticker, or is there already.
        ConfigurationError: If the file has a mistake, or no room for a draft.
        NoDataError: If the source does not know the ticker.
    """
    ticker, name = adding.to_ticker(ticker), str(path)
    taxonomy = loading.load(path)
    alone = adding.add(document.text(path), name, ticker, None)
    if taxonomy.constituent(ticker):
        table = path.parent / (taxonomy.constituents_table or "")
        what = f"{table}: {ticker} is there already."
        raise UsageError(what, "Edit that row, or name another ticker.")
    if live is None:
        return alone, ()
    quote, warnings = _asked(ticker, live())
    # Read anew: somebody may have saved it while the source was asked.
    return adding.add(document.text(path), name, ticker, quote), warnings


def _asked(ticker: str, live: LiveSource) -> tuple[QuoteFacts | None, tuple[str, ...]]:
    found = live.quotes([ticker])[ticker]
    if isinstance(found, FetchFailure):
        if found.reason == ABSENT:
            raise NoDataError(
                f"{live.publisher} does not know {ticker}.",
                "Check the spelling, or add it without asking: --offline.",
            )
        detail = found.detail.rstrip(".")
        warning = f"{live.publisher} gave no quote of {ticker} ({detail})."
        return None, (f"{warning} What it would know is left empty.",)
    if found.kind != _SHARE:
        kind = found.kind or "something else"
        warning = f"{live.publisher} lists {ticker} as {kind}, not as {_SHARE}."
        return found, (f"{warning} Only companies with statements can be ranked.",)
    return found, ()
