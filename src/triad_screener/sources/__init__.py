"""The data sources, one per line. To add one: write its file, then add its line."""

from collections.abc import Callable

from triad_screener.ports import MarketDataSource
from triad_screener.registry import Registry

SOURCES: Registry[Callable[[str], MarketDataSource]] = Registry(
    "source",
    {
        "bundled": "triad_screener.sources.bundled:connect",
        "folder": "triad_screener.sources.folder:connect",
    },
)
