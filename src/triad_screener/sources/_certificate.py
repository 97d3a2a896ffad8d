"""Whose certificate answers for a host: one that all browsers trust, or a stranger's?

A proxy that opens encrypted connections answers with a certificate of its own maker.
One connection where the maker is known to all; two more, to learn its name, where not.
Nothing is sent but the greeting.
"""

from __future__ import annotations

import base64
import http.client
import ssl
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from triad_screener.model.live import Certificate

if TYPE_CHECKING:
    from urllib.parse import SplitResult

#: Seconds for each connection.
PATIENCE: Final = 4.0


def shown_by(host: str) -> Certificate | None:
    """Return what ``host`` shows of itself; None if it cannot be asked."""
    from requests.utils import DEFAULT_CA_BUNDLE_PATH  # noqa: PLC0415 - a tenth of a second

    try:
        known = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
        try:
            return Certificate(_maker(_shown(host, known)), is_public=True)
        except ssl.SSLCertVerificationError:
            private = _trusting(_raw(host))
            return Certificate(_maker(_shown(host, private)), is_public=False)
    except (OSError, ValueError, http.client.HTTPException):
        return None


def _raw(host: str) -> bytes:
    """Return the certificate of a host as it is, whoever made it."""
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE  # only to read whose it is; nothing is sent
    with _connected(host, anybody) as found:
        return found.getpeercert(binary_form=True) or b""


def _trusting(certificate: bytes) -> ssl.SSLContext:
    """Return a context that takes this one certificate, so that it can be read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=certificate)
    return context


def _shown(host: str, context: ssl.SSLContext) -> dict[str, str]:
    """Return what the maker of a certificate is called, by field."""
    with _connected(host, context) as found:
        said = found.getpeercert() or {}
    parts = said.get("issuer", ())
    return {str(pair[0]): str(pair[1]) for part in parts for pair in part}


def _maker(found: dict[str, str]) -> str:
    names = (found.get(key) for key in ("organizationName", "commonName"))
    return next((name for name in names if name), "a maker without a name")


def _connected(host: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    """Return an encrypted connection, by the proxy of the environment if there is one.

    Raises:
        OSError: If there is none, or the certificate is not trusted.
    """
    proxy = urlsplit("" if proxy_bypass(host) else getproxies().get("https", ""))
    name, port = (proxy.hostname, proxy.port or 80) if proxy.hostname else (host, 443)
    way = http.client.HTTPSConnection(name, port, timeout=PATIENCE, context=context)
    if proxy.hostname:
        way.set_tunnel(host, 443, headers=_authorisation(proxy))
    way.connect()
    found = way.sock
    if not isinstance(found, ssl.SSLSocket):
        raise OSError(host)
    return found


def _authorisation(proxy: SplitResult) -> dict[str, str]:
    """Return what a proxy wants to know of the user."""
    if not proxy.username:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
