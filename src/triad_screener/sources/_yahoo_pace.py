"""At which pace did the last run leave Yahoo, and is it still to be left alone?

Kept by the clock of the machine, used by one that only ever grows.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from triad_screener.sources._pace import BURST_SECONDS, LONGEST_ASKED, Pace

if TYPE_CHECKING:
    from datetime import datetime

    from triad_screener.sources._memory import Memory

NOTE: Final = "pace"


class Remembered(BaseModel):
    """What the last run left.

    Attributes:
        rate: Requests a second; None if there was no run.
        refusals: In a row.
        refused_at: When the last refusal came; None without one.
        rests_until: Until when nothing is to be asked; None outside a rest.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    rate: Annotated[float, Field(gt=0, le=1000)] | None = None
    refusals: Annotated[int, Field(ge=0, le=1000)] = 0
    refused_at: AwareDatetime | None = None
    rests_until: AwareDatetime | None = None


def read(memory: Memory, now: datetime) -> Remembered:
    """Return what the last run left, as far as it can be true.

    A refusal to come, and a rest longer than any, are those of a clock that was wrong.
    """
    try:
        found = Remembered.model_validate(memory.read(NOTE))
    except ValidationError:
        return Remembered()
    if found.refused_at is None or found.refused_at > now:
        return Remembered(rate=found.rate)
    longest = found.refused_at + timedelta(seconds=LONGEST_ASKED)
    if found.rests_until and not now < found.rests_until <= longest:
        return found.model_copy(update={"rests_until": None})
    return found


def begin(found: Remembered, limit: float, now: datetime, at: float) -> Pace:
    """Return the pace to go on with.

    Args:
        found: Of the last run.
        limit: Requests a second that the user allows.
        now: By the clock of the machine.
        at: The same moment by the clock that only grows.
    """
    pace = Pace(at, limit, limit * BURST_SECONDS, found.rate or limit, found.refusals)
    if found.refused_at:
        pace.refused_at = at - (now - found.refused_at).total_seconds()
    if found.rests_until:
        pace.pause(at, (found.rests_until - now).total_seconds())
    return pace


def keep(memory: Memory, pace: Pace, now: datetime, at: float) -> None:
    """Keep a pace for the next run."""
    refused_at = pace.refused_at
    note = Remembered(
        rate=round(pace.rate, 6),
        refusals=min(pace.refusals, 1000),
        refused_at=None if refused_at is None else now - _seconds(at - refused_at),
        rests_until=now + _seconds(pace.rest(at)) if pace.rest(at) else None,
    )
    memory.write(NOTE, note.model_dump(mode="json"))


def _seconds(span: float) -> timedelta:
    return timedelta(seconds=span)
