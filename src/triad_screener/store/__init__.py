"""What has been fetched and run so far, in one DuckDB file?

Importing this package is free: DuckDB and numpy are loaded when a store is used.
"""

from triad_screener.store._file import SALVAGE
from triad_screener.store.store import Store

__all__ = ["SALVAGE", "Store"]
