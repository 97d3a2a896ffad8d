"""The data sources, one per line. To add one: write its file, then add its line."""

from triad_screener.ports import (
    LiveConnection,
    MarkSourceConnection,
    SourceConnection,
)
from triad_screener.registry import Registry

#: Figures that are there: given the text after ``NAME:``, a source.
SOURCES: Registry[SourceConnection] = Registry(
    "source",
    {
        "bundled": "triad_screener.sources.bundled:connect",
        "folder": "triad_screener.sources.folder:connect",
    },
)
#: Vendors that are asked over the network; their answers go through the store.
LIVE_SOURCES: Registry[LiveConnection] = Registry(
    "live source", {"yahoo": "triad_screener.sources.yahoo:connect"}
)
#: Who looks for what happens to companies that are not listed yet.
MARK_SOURCES: Registry[MarkSourceConnection] = Registry(
    "mark source",
    {
        "yaml": "triad_screener.sources.written:connect",
        "edgar": "triad_screener.sources.edgar:connect",
        "yahoo": "triad_screener.sources.private_companies:connect",
    },
)
