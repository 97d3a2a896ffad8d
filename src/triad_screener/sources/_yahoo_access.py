"""What carries requests to Yahoo, and in what state have earlier runs left the way?

Nothing is asked for, and the library is not loaded.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from importlib import metadata
from typing import TYPE_CHECKING, Final

from triad_screener.model.live import Access
from triad_screener.sources import _yahoo_cookie as cookies
from triad_screener.sources import _yahoo_pace as paces

if TYPE_CHECKING:
    from triad_screener.sources._memory import Memory

#: By which yfinance is told to do without the handshake of a browser.
DISABLED: Final = "YF_DISABLE_CURL_CFFI"
HOST: Final = "query2.finance.yahoo.com"
_YES: Final = frozenset({"1", "true", "yes"})
_DISGUISE: Final = "curl_cffi"


def describe(memory: Memory, now: datetime) -> Access:
    """Return what carries the requests, and what earlier runs have left."""
    pace = paces.read(memory, now)
    kept = cookies.read(memory, now.timestamp())
    disguise, weakness, remedy = _disguise()
    return Access(
        (f"yfinance {version('yfinance')}", disguise),
        weakness,
        remedy,
        datetime.fromtimestamp(kept.at, UTC) if kept else None,
        pace.refused_at,
        pace.rests_until,
        pace.rate,
    )


def _disguise() -> tuple[str, str, str]:
    """Return what makes the connections, what is wrong with it, and what to do."""
    plain = f"requests {version('requests')}"
    without = "without the handshake of a browser Yahoo refuses more often"
    if os.environ.get(DISABLED, "").lower() in _YES:
        return plain, f"{DISABLED} is set: {without}", f"Unset {DISABLED}."
    try:
        from curl_cffi.requests import impersonate  # noqa: PLC0415 - for this only
    except ImportError:
        remedy = "Install it: pip install curl_cffi."
        return plain, f"curl_cffi is not installed: {without}", remedy
    browser = getattr(impersonate, "DEFAULT_CHROME", "chrome")
    return f"{_DISGUISE} {version(_DISGUISE)} as {browser}", "", ""


def version(package: str) -> str:
    """Return the version of an installed package; a question mark if there is none."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "?"
