"""Which cookie of Yahoo's is still good, so that no run need ask for another?

A cookie is a secret: it stands in one note and in the session, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from http.cookiejar import Cookie
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from triad_screener.sources._memory import Memory

NOTE: Final = "cookie"
#: The one that the library looks for; others come with it where a form was signed.
NAME: Final = "A3"
_DOMAIN: Final = "yahoo.com"
_MOST: Final = 20
#: What is later than this is in thousandths of seconds.
_LATEST: Final = 1e11

_Text = Annotated[str, Field(pattern=r"^[!-~]*$", max_length=4096)]


@dataclass(frozen=True, slots=True)
class Kept:
    """Cookies that are still good, and since when, in seconds since 1970."""

    cookies: tuple[Cookie, ...]
    at: float


class _Cookie(BaseModel):
    """A cookie as it is kept."""

    model_config = ConfigDict(strict=True, frozen=True, allow_inf_nan=False)

    name: _Text
    value: _Text
    domain: _Text
    path: _Text
    expires: float

    @property
    def seconds(self) -> float:
        """When it expires, in seconds since 1970."""
        return self.expires / 1000 if self.expires > _LATEST else self.expires


class _Note(BaseModel):
    """What is kept."""

    model_config = ConfigDict(strict=True, frozen=True, allow_inf_nan=False)

    at: float
    cookies: Annotated[list[_Cookie], Field(max_length=_MOST)]


def read(memory: Memory, now: float) -> Kept | None:
    """Return the cookies kept; None without the one that matters.

    Args:
        memory: Of the last run.
        now: In seconds since 1970.
    """
    try:
        note = _Note.model_validate(memory.read(NOTE))
    except ValidationError:
        return None
    good = [one for one in note.cookies if one.seconds > now and _is_yahoo(one.domain)]
    if note.at > now or all(one.name != NAME for one in good):
        return None
    return Kept(tuple(_cookie(one) for one in good), note.at)


def keep(memory: Memory, cookies: Iterable[Cookie], now: float) -> None:
    """Keep the cookies of Yahoo's that outlive this run."""
    listed = [
        _Cookie(
            name=one.name,
            value=one.value,
            domain=one.domain,
            path=one.path,
            expires=float(one.expires),
        )
        for one in cookies
        if _is_yahoo(one.domain) and one.expires and one.value
    ]
    if any(one.name == NAME for one in listed):
        memory.write(NOTE, _Note(at=now, cookies=listed[:_MOST]).model_dump())


def _cookie(kept: _Cookie) -> Cookie:
    """Return a cookie for a session."""
    return Cookie(
        version=0,
        name=kept.name,
        value=kept.value,
        port=None,
        port_specified=False,
        domain=kept.domain,
        domain_specified=True,
        domain_initial_dot=kept.domain.startswith("."),
        path=kept.path,
        path_specified=True,
        secure=True,
        expires=int(kept.seconds),
        discard=False,
        comment=None,
        comment_url=None,
        rest={},
    )


def _is_yahoo(domain: str) -> bool:
    return f".{domain}".endswith(f".{_DOMAIN}")
