"""One thing that was looked at, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Result = Literal["good", "warning", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, what was found, and what to do.

    Attributes:
        name: What was looked at.
        evidence: What was found, in a sentence.
        remedy: What to do; empty where all is well.
        exit_code: Of the program, if this were all that is wrong; zero unless failed.
    """

    name: str
    result: Result
    evidence: str
    remedy: str = ""
    exit_code: int = 0
