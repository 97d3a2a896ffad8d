"""What works, what does not, and what is to be done about it?"""

from __future__ import annotations

import os
import shutil
import stat
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from triad_screener import files, settings
from triad_screener.delivery.email import Email
from triad_screener.delivery.outbox import Outbox
from triad_screener.errors import (
    ClockError,
    NoDataError,
    OutputError,
    RateLimitedError,
    StoreError,
    TriadError,
)
from triad_screener.model.check import Check
from triad_screener.model.dates import span
from triad_screener.model.live import RATE_LIMITED, FetchFailure
from triad_screener.model.stored import ASKED_AGAIN
from triad_screener.reporting.sessions import in_words
from triad_screener.store import SALVAGE
from triad_screener.taxonomies import loading, locating
from triad_screener.workflows import asking, evaluate, planning
from triad_screener.workflows.refresh import coverage, supplies
from triad_screener.workflows.revisions import WRONG_CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from triad_screener.model.check import Result
    from triad_screener.model.live import Access, Certificate
    from triad_screener.model.mail import Mail
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.ports import LiveSource
    from triad_screener.workflows.serving import Means

#: Age in days from which the newest session of the live source is surprising.
OLD_SESSION_DAYS: Final = 10
#: Of which the live source is asked for prices.
RECENT: Final = timedelta(days=45)
#: Bytes below which a disk is called full: a store takes some megabytes.
LEAST_ROOM: Final = 50 * 2**20
_PROXIES: Final = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
_BUNDLES: Final = ("CURL_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def examine(
    make_means: Callable[[], Means],
    *,
    config: Path | None = None,
    offline: bool = False,
) -> Iterator[Check]:
    """Yield each check as it is done, those without a network first.

    Args:
        make_means: Makes the store, the live source, the snapshot and the clock, once
            the settings are known to be sound.
        config: The taxonomy asked for; None for the one that serves.
        offline: Whether the network is out of bounds.
    """
    settled = _attempt("settings", _settings)
    yield settled
    found, check = _taxonomy(config)
    yield check
    if settled.exit_code:
        return
    yield _attempt("data folder", _data_folder)
    yield _attempt("cache folder", _cache_folder)
    if not found:
        return
    means = make_means()
    store = _attempt("store", lambda: _store(found, means))
    yield store
    if means.store.exists() and not store.exit_code:
        yield _attempt("sessions", lambda: _sessions(found, means))
    yield _attempt("snapshot", lambda: _snapshot(found, means))
    live = means.live()
    yield from _access(live.access(), means.clock())
    if offline:
        yield Check("network", "skipped", "not tried, because of --offline")
    else:
        yield from _network(found, live, means.clock())
    yield _attempt("mail", lambda: _mail(offline=offline))
    yield _attempt("edgar", _edgar)
    yield _attempt("statistics", _statistics)


def _statistics() -> Check:
    if missing := evaluate.missing_libraries():
        told = f"not installed: {', '.join(missing)}"
        remedy = "For 'triad evaluate': pip install 'triad-screener[research]'."
        return Check("statistics", "skipped", told, remedy)
    return Check("statistics", "good", "what triad evaluate needs is installed")


def _attempt(name: str, look: Callable[[], Check]) -> Check:
    """Return what ``look`` finds; its error as a failed check."""
    try:
        return look()
    except TriadError as error:
        return Check(name, "failed", error.what, error.remedy, error.exit_code)


def _settings() -> Check:
    found = settings.read()
    path = settings.path()
    if not found:
        return Check("settings", "good", f"none; {path} would hold them")
    return Check("settings", "good", f"{path}: {', '.join(sorted(found))}")


def _taxonomy(config: Path | None) -> tuple[Taxonomy | None, Check]:
    try:
        path = locating.locate(config)
        found = loading.load(path)
    except TriadError as error:
        failed = Check("taxonomy", "failed", error.what, error.remedy, error.exit_code)
        return None, failed
    lines, watched = len(found.constituents), len(found.watchlist)
    told = f"{path}: {lines} lines, {watched} watched"
    return found, Check("taxonomy", "good", told)


def _data_folder() -> Check:
    folder, decided = settings.data_folder()
    told = f"{folder} ({decided})"
    if files.may_write(folder):
        free = shutil.disk_usage(files.existing(folder)).free
        if free >= LEAST_ROOM:
            return Check("data folder", "good", told)
        told = f"{told}: {free / 2**20:.0f} MiB free"
        return Check("data folder", "warning", told, "Make room; a store takes some.")
    remedy = "Nothing is kept. Choose another with TRIAD_DATA_FOLDER."
    told = f"{told} may not be written"
    return Check("data folder", "failed", told, remedy, OutputError.exit_code)


def _cache_folder() -> Check:
    folder, decided = settings.cache_folder()
    told = f"{folder} ({decided})"
    if files.may_write(folder):
        return Check("cache folder", "good", told)
    remedy = "A temporary one serves. Choose another with TRIAD_CACHE_FOLDER."
    return Check("cache folder", "warning", f"{told} may not be written", remedy)


def _store(taxonomy: Taxonomy, means: Means) -> Check:
    if not means.store.exists():
        told = f"{means.store.path} is not there yet"
        return Check("store", "warning", told, "Fill it with 'triad refresh'.")
    if bad := [one.table for one in means.store.check() if one.problem]:
        told = f"{means.store.path}: damaged in {', '.join(bad)}"
        return Check("store", "failed", told, SALVAGE, StoreError.exit_code)
    last = means.store.last_fetches()
    found = supplies(planning.wanted(taxonomy), last, means.clock())
    newest = next((one.newest for one in found if one.kind == "prices"), None)
    told = f"{means.store.path}: newest session {newest or 'none'}, "
    told += f"{coverage(found):.0%} of the prices fresh"
    age = (means.clock().date() - newest).days if newest else 0
    if age > OLD_SESSION_DAYS:
        told += f", {span(age)} old"
        remedy = "The source stands still, or the clock of this machine is ahead."
        return Check("store", "warning", told, remedy)
    if age < -1:
        remedy = "Set the clock of this machine: it is behind."
        return Check("store", "warning", told, remedy)
    if coverage(found) == 1:
        return Check("store", "good", told)
    return Check("store", "warning", told, "Bring it up to date with 'triad refresh'.")


def _sessions(taxonomy: Taxonomy, means: Means) -> Check:
    """Return whether a session is missing on which others of an exchange traded."""
    wanted = {s for kind, s in planning.wanted(taxonomy).pairs() if kind == "prices"}
    missing = [one for one in means.store.missing_sessions() if one.symbol in wanted]
    if not missing:
        return Check("sessions", "good", "none is missing in between")
    told = f"without a close though others traded: {in_words(missing)}"
    remedy = "Ask again with 'triad refresh --full'."
    if any(one.is_asked_for(means.clock()) for one in missing):
        days = ASKED_AGAIN.days
        remedy = (
            f"Each 'triad refresh' asks again, for {days} days; nothing else to do."
        )
    return Check("sessions", "warning", told, remedy)


def _snapshot(taxonomy: Taxonomy, means: Means) -> Check:
    try:
        found = means.bundled().fetch(taxonomy.constituents)
    except NoDataError:
        told = "it knows none of the lines"
        return Check(
            "snapshot", "warning", told, "Without a network there is no stand-in."
        )
    count = int((np.diff(found.tables.prices.starts) > 0).sum())
    told = f"figures of {count} of {len(taxonomy.constituents)} lines"
    return Check("snapshot", "good", told)


def _access(found: Access, now: datetime) -> Iterator[Check]:
    """Yield what carries the requests, and what earlier runs have left."""
    told = f"carried by {' on '.join(found.carriers)}"
    if found.weakness:
        told = f"{told}; {found.weakness}"
    result: Result = "warning" if found.weakness else "good"
    yield Check("requests", result, told, found.remedy)
    signed_in = found.signed_in_at
    told = f"cookie {_age(now - signed_in)} old" if signed_in else "no cookie yet"
    yield Check("sign-in", "good", told)
    yield _pace(found, now)


def _pace(found: Access, now: datetime) -> Check:
    """Return how fast requests may come, and when again after a refusal."""
    limit, decided = settings.yahoo_rate()
    told = f"{found.rate:.3g} requests a second" if found.rate else "the usual one"
    told += f", {limit:g} at most ({decided})" if limit else ""
    if not found.refused_at:
        return Check("pace", "good", f"{told}; no refusal is remembered")
    told += f"; last refusal {_age(now - found.refused_at)} ago"
    if not found.rests_until:
        return Check("pace", "good", told)
    remedy = f"Ask again {asking.again_at(found.rests_until)}; stored data is used."
    return Check("pace", "warning", told, remedy)


def _age(span: timedelta) -> str:
    """Return a span in its largest unit.

    Examples:
        >>> _age(timedelta(days=2, hours=5)), _age(timedelta(minutes=61))
        ('2 d', '1 h')
    """
    for unit, word in ((timedelta(days=1), "d"), (timedelta(hours=1), "h")):
        if span >= unit:
            return f"{span // unit} {word}"
    return f"{span // timedelta(minutes=1)} min"


def _network(taxonomy: Taxonomy, live: LiveSource, now: datetime) -> Iterator[Check]:
    """Yield whether Yahoo Finance answers, who answers, and whether the clock fits."""
    ticker = taxonomy.constituents[0].ticker
    try:
        bars = live.prices(ticker, now.date() - RECENT)
    except FetchFailure as failure:
        yield _unreachable(ticker, failure, live.rests_until)
        if failure.reason != RATE_LIMITED:
            yield from _certificate(live.certificate())
        if live.server_time:
            yield _clock(now, now.date(), live.server_time)
        return
    finally:
        live.stop()
    newest: date = bars.sessions[-1].item()
    told = f"Yahoo Finance answers{_way()}: {ticker} closed at "
    yield Check("network", "good", f"{told}{bars.closes[-1]:.6g} on {newest}")
    yield from _certificate(live.certificate())
    yield _clock(now, newest, live.server_time)


def _certificate(found: Certificate | None) -> Iterator[Check]:
    """Yield whether anybody opens the encrypted connection on the way."""
    if found is None:
        return
    if found.is_public:
        told = f"made by {found.issuer}, whom browsers trust"
        yield Check("certificate", "good", told)
        return
    told = f"made by {found.issuer}: a proxy, or a guard of this network, opens TLS"
    remedy = (
        "Where that is wanted, name its certificate in CURL_CA_BUNDLE and "
        "SSL_CERT_FILE; Yahoo may refuse requests that come this way."
    )
    yield Check("certificate", "warning", told, remedy)


def _unreachable(
    ticker: str, failure: FetchFailure, rests_until: datetime | None
) -> Check:
    told = f"{ticker}: {failure.reason}: {failure.detail}{_way()}"
    if failure.reason == RATE_LIMITED:
        remedy = f"Try again {asking.again_at(rests_until)}; stored data is used."
        return Check("network", "failed", told, remedy, RateLimitedError.exit_code)
    remedy = "Check the connection, proxy and certificates; --offline does without."
    return Check("network", "failed", told, remedy, NoDataError.exit_code)


def _way() -> str:
    """Return the proxy and the certificates of the environment; never a password."""
    proxy = next((os.environ[name] for name in _PROXIES if os.environ.get(name)), "")
    bundle = next((os.environ[name] for name in _BUNDLES if os.environ.get(name)), "")
    parts = []
    if proxy:
        parts.append(f"by the proxy {settings.proxy_host(proxy) or '?'}")
    if bundle:
        parts.append(f"with the certificates of {bundle}")
    return f" ({', '.join(parts)})" if parts else ""


def _clock(now: datetime, newest: date, server: datetime | None) -> Check:
    told = f"{now:%Y-%m-%d %H:%M} UTC, newest session {newest}"
    if server and abs(now - server) > WRONG_CLOCK:
        told += f"; Yahoo Finance says {server:%Y-%m-%d %H:%M}"
        remedy = "Set the clock of this machine; until then nothing new is kept."
        return Check("clock", "failed", told, remedy, ClockError.exit_code)
    age = (now.date() - newest).days
    if age < -1:
        remedy = "Set the clock of this machine: it is behind."
        return Check("clock", "failed", told, remedy, ClockError.exit_code)
    if age > OLD_SESSION_DAYS:
        remedy = "Set the clock if it is ahead; else the source stands still."
        return Check("clock", "warning", told, remedy)
    return Check("clock", "good", told)


def _mail(*, offline: bool) -> Check:
    """Return whether a letter could go; none is sent."""
    outbox = Outbox(settings.outbox_folder())
    outbox.require_usable()
    waiting = outbox.waiting()
    letters = {0: "", 1: "; a letter waits"}.get(waiting, f"; {waiting} letters wait")
    if not settings.mail_is_set():
        return Check("mail", "skipped", f"no mail server is set{letters}")
    mail = settings.mail()
    told = f"{_postage(mail)}{letters}"
    if offline:
        told += "; not tried, because of --offline"
    else:
        Email(mail.server).probe()
    file = settings.password_file()
    if file and _is_open_to_all(file):
        remedy = f"Keep it to yourself: chmod o-rwx {file}"
        return Check("mail", "warning", f"{told}; everybody may read {file}", remedy)
    return Check("mail", "good", told)


def _postage(mail: Mail) -> str:
    server, count = mail.server, len(mail.recipients)
    readers = "1 reader" if count == 1 else f"{count} readers"
    way = f"{server.host}:{server.port} ({server.security})"
    return f"{way}, from {mail.sender} to {readers}"


def _is_open_to_all(file: Path) -> bool:
    """Return whether any account may read a file; a group may be on purpose."""
    try:
        return bool(file.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def _edgar() -> Check:
    """Return whether the SEC could be told who asks; nobody is asked."""
    found, decided = settings.edgar_user_agent()
    if found:
        return Check("edgar", "good", f"asks as {found} ({decided})")
    told = "no edgar_user_agent is set; 'triad watchlist check' wants one"
    return Check("edgar", "skipped", told)


def worst(checks: Sequence[Check]) -> int:
    """Return the exit code of the worst check; zero if none failed."""
    return max((check.exit_code for check in checks), default=0)
