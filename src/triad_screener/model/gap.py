"""A gap: what is missing, and why?"""

from __future__ import annotations

from dataclasses import dataclass

#: The subject of a gap that leaves a line without any price.
PRICES = "prices"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a line should have and has not.

    Attributes:
        ticker: The line.
        subject: What is missing: a factor id, or a kind such as ``"prices"``.
        reason: ``absent``, ``stale``, ``network``, ``rate_limited`` or
            ``rejected: ...``.
        detail: One sentence for a person.
    """

    ticker: str
    subject: str
    reason: str
    detail: str


class Missing(Exception):  # noqa: N818 - not a failure: it becomes a Gap in factors.measure
    """Raised where a formula meets a missing input; becomes a `Gap` one step up."""

    def __init__(self, detail: str, reason: str = "absent") -> None:
        super().__init__(detail)
        self.detail = detail
        self.reason = reason
