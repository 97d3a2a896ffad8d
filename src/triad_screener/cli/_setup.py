"""From options to the things a command works with."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    import typer

    from triad_screener.delivery.outbox import Outbox
    from triad_screener.model.stored import RunSeries
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.ports import (
        LiveSource,
        MarketDataSource,
        MarkSource,
        MarkSourceSettings,
        Progress,
    )
    from triad_screener.store import Store
    from triad_screener.workflows.serving import Means

_DECIDED_BY: Final[Mapping[str, str]] = {
    "COMMANDLINE": "flag",
    "ENVIRONMENT": "environment",
    "DEFAULT_MAP": "settings file",
}

#: Options that decide whose runs are compared.
SERIES: Final = ("config", "recipe", "setting", "universe")


def taxonomy(config: Path | None) -> Taxonomy:
    """Return the taxonomy that serves."""
    from triad_screener.taxonomies import loading, locating

    return loading.load(locating.locate(config))


def holdings(path: Path | None) -> Mapping[str, float]:
    """Return the weights held, by ticker; none without a file."""
    if path is None:
        return {}
    from triad_screener.cli import _streams
    from triad_screener.tables import holdings as held

    return held.read(_streams.content(str(path), held.SIZE_LIMIT), str(path))


def series(context: typer.Context, store: Store) -> tuple[RunSeries, tuple[str, ...]]:
    """Return whose runs are compared, by --config, --recipe, --set and --universe.

    Beside it stands what a reader should know of that.
    """
    from triad_screener.cli._options import is_given
    from triad_screener.taxonomies import recipes
    from triad_screener.workflows import comparing

    wanted = context.params
    name, settings = wanted["recipe"], tuple(wanted["setting"])
    found = taxonomy(wanted["config"])
    recipes.choose(found, name, settings)
    return comparing.asked_for(
        store,
        comparing.of_taxonomy(
            found, wanted["universe"].value, " ".join([name, *settings])
        ),
        strictly=any(is_given(context, option) for option in SERIES),
    )


def store() -> Store:
    """Return the store; its file need not exist."""
    from triad_screener import settings
    from triad_screener.store import Store

    return Store(settings.store_file(), told=_waits)


def _waits(sentence: str) -> None:
    """Tell whoever sits at a terminal, or asked for details, what is waited for."""
    if sys.stderr.isatty() or "--verbose" in sys.argv:
        sys.stderr.write(f"triad: {sentence}\n")


def outbox() -> Outbox:
    """Return where letters wait; the folder need not exist."""
    from triad_screener import settings
    from triad_screener.delivery.outbox import Outbox

    return Outbox(settings.outbox_folder())


def means(
    timeout: float | None = None,
    progress: Progress | None = None,
    patience: float = 0.0,
) -> Means:
    """Return the store, the live source, the snapshot and the clock.

    Args:
        timeout: Seconds for the network, in all.
        progress: Told how many answers of how many have come.
        patience: Seconds that may be waited after refusals, in all.
    """
    from triad_screener.cli import _clock
    from triad_screener.workflows.serving import Means

    return Means(
        store=store(),
        live=lambda: live(timeout, patience),
        bundled=_bundled,
        clock=_clock.now,
        progress=progress,
    )


def live(timeout: float | None = None, patience: float = 0.0) -> LiveSource:
    """Return the live source; nothing is asked yet.

    Raises:
        ConfigurationError: If a setting is not what it should be.
    """
    from triad_screener import settings
    from triad_screener.cli import _clock
    from triad_screener.ports import LiveSettings
    from triad_screener.sources import LIVE_SOURCES

    wanted = LiveSettings(
        cache=settings.cache_folder()[0],
        clock=_clock.now,
        deadline=timeout,
        patience=patience,
        rate=settings.yahoo_rate()[0],
    )
    return LIVE_SOURCES["yahoo"](wanted)


def mark_sources(
    taxonomy: Taxonomy, timeout: float | None, now: datetime
) -> Mapping[str, MarkSource]:
    """Return every mark source; nothing is asked yet.

    Raises:
        ConfigurationError: If a source wants a setting that is not there.
    """
    from triad_screener.sources import MARK_SOURCES

    wanted = _for_marks(taxonomy, timeout, now, lambda: live(timeout))
    return {name: connect(wanted) for name, connect in MARK_SOURCES.items()}


def vendor_marks(taxonomy: Taxonomy, means: Means) -> MarkSource:
    """Return the mark source that a refresh asks, with a connection of its own.

    Raises:
        ConfigurationError: If a setting is not what it should be.
    """
    from triad_screener.sources import MARK_SOURCES
    from triad_screener.workflows.watching import VENDOR

    wanted = _for_marks(taxonomy, None, means.clock(), means.live)
    return MARK_SOURCES[VENDOR](wanted)


def _for_marks(
    taxonomy: Taxonomy,
    timeout: float | None,
    now: datetime,
    connect: Callable[[], LiveSource],
) -> MarkSourceSettings:
    from triad_screener import settings
    from triad_screener.ports import MarkSourceSettings

    return MarkSourceSettings(
        now=now,
        cache=settings.cache_folder()[0],
        deadline=timeout,
        publishers={key: one.publisher for key, one in taxonomy.sources.items()},
        user_agent=settings.require_edgar_user_agent,
        live=connect,
    )


def _bundled() -> MarketDataSource:
    from triad_screener.sources import SOURCES

    return SOURCES["bundled"]("")


def decided_by(context: typer.Context, name: str) -> str:
    """Return what decided on an option: flag, environment, settings file, default."""
    source = context.get_parameter_source(name)
    return _DECIDED_BY.get(source.name if source else "", "default")
