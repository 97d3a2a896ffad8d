"""The panel: what was measured, how did it vote, and what would refute it?

Plain values, as known on one day.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - read when a stored screen is opened
from dataclasses import dataclass, field
from datetime import date  # noqa: TC003 - likewise
from typing import Literal

#: fraction and points are shown in per cent; times and number are not.
Unit = Literal["fraction", "points", "times", "number"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a measure found.

    Attributes:
        readings: By name, ``value`` first; growth as fractions. One that is not known
            is absent.
        date: Of the oldest figure that had to be the newest of its kind.
        sources: Who published the figures, each once.
        grade: The worst of the cited figures; empty where all are the source's own.
        notes: What a reader should know: what stood in, what was left out and why.
    """

    readings: Mapping[str, float]
    date: date | None
    sources: tuple[str, ...] = ()
    grade: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Distance:
    """A bound, and how far a reading is from it.

    Attributes:
        of: The reading.
        unit: Of reading, limit and distance.
        distance: Zero or less where the bound holds, give or take equality; None where
            the reading is not known.
        met: Whether it holds; None where that is not known.
    """

    of: str
    relation: str
    limit: float
    unit: Unit
    distance: float | None
    met: bool | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One indicator on the panel.

    Attributes:
        units: By reading.
        vote: +1, 0 or -1; None where it is not known.
        reason: Why it is not known; empty otherwise.
        confirms: Bounds that must all hold for +1.
        weakens: Bounds that must all hold for -1: what disproves the claim.
        falsifier: What that would be called.
    """

    id: str
    claim: str
    name: str
    measured: Measured
    units: Mapping[str, Unit]
    vote: int | None
    reason: str
    confirms: tuple[Distance, ...]
    weakens: tuple[Distance, ...]
    falsifier: str
    note: str = ""

    @property
    def refuted(self) -> bool | None:
        """Whether the falsifier has come true; None where that is not known."""
        met = [bound.met for bound in self.weakens]
        if False in met:
            return False
        return None if None in met else True


@dataclass(frozen=True, slots=True)
class Panel:
    """All indicators on one day.

    Attributes:
        title: Of the taxonomy.
        claims: Statements by id, in their order.
        mean: Of the votes that are known; None without any.
        verdict: confirming, mixed, weakening or insufficient.
        rule: The bounds of the verdict, in a sentence.
    """

    title: str
    as_of: date
    source: str
    description: str
    claims: Mapping[str, str]
    findings: tuple[Finding, ...]
    mean: float | None
    verdict: str
    rule: str
    data_hash: str = ""
    warnings: tuple[str, ...] = field(default=())
