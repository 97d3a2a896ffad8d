"""What if the clock of the machine shows what no calendar has?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NoReturn

import pytest

from triad_screener.cli import _clock
from triad_screener.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from worlds import Triad


class Beyond(datetime):
    """Of a clock in the year 300,000,000."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> NoReturn:
        del tz
        raise OverflowError("timestamp out of range for platform time_t")

    @classmethod
    def today(cls) -> NoReturn:
        raise ValueError("year 300000000 is out of range")


class Late(datetime):
    """Of a clock at the end of all calendars."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Late:
        return cls(9999, 12, 31, tzinfo=tz)

    @classmethod
    def today(cls) -> Late:
        return cls(9999, 12, 31)


@pytest.mark.parametrize("clock", [Beyond, Late])
@pytest.mark.parametrize("ask", [_clock.now, _clock.today])
def test_a_clock_far_off_is_told(
    clock: type[datetime],
    ask: Callable[[], date],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_clock, "datetime", clock)
    monkeypatch.setattr(_clock, "date", clock)

    with pytest.raises(ConfigurationError, match="is beyond the year 2999"):
        ask()


def test_a_screen_by_a_clock_far_off_is_refused_in_two_sentences(
    triad: Triad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_clock, "datetime", Beyond)
    monkeypatch.setattr(_clock, "date", Beyond)

    answer = triad("screen", "--offline")

    assert answer.code == 78
    assert answer.err.endswith("Set the clock, then run the command again.\n")


def test_a_clock_as_it_should_be_is_believed() -> None:
    assert abs((_clock.now() - datetime.now(UTC)).total_seconds()) < 60
    assert abs((_clock.today() - date.today()).days) <= 1  # noqa: DTZ011 - the same clock
