"""The pace of requests, by a clock that the test turns: nobody waits here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from triad_screener.sources import _yahoo_pace as paces
from triad_screener.sources._memory import Memory
from triad_screener.sources._pace import LONGEST_REST, RAISE, SLOWEST, Pace

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 5, 15, 22, tzinfo=UTC)


def sent(pace: Pace, begin: float, end: float) -> int:
    """How many requests get through between two moments, asked for all the time."""
    now, count = begin, 0
    while now < end:
        wait = pace.take(now)
        count += not wait
        now += wait
    return count


def test_ten_pass_at_once_and_then_five_a_second() -> None:
    pace = Pace(0)

    assert sent(pace, 0, 0.001) == 10
    assert sent(pace, 0.001, 10.001) == 50


def test_a_refusal_halves_the_rate_and_everything_rests_for_a_minute() -> None:
    pace = Pace(0)
    pace.refused(100)

    assert pace.rate == 2.5
    assert pace.take(100) == 60
    assert pace.take(159) == 1
    assert sent(pace, 160, 160.001) == 1  # no burst after a refusal
    assert sent(pace, 160.001, 170.001) == 25


def test_further_refusals_in_a_row_halve_again_and_rest_twice_as_long() -> None:
    pace = Pace(0)
    rests = []
    now = 0.0
    for _ in range(6):
        pace.refused(now)
        rests.append(pace.rest(now))
        now += rests[-1]

    assert rests == [60, 120, 240, 480, LONGEST_REST, LONGEST_REST]
    assert pace.rate == SLOWEST


def test_refusals_under_way_at_the_same_time_count_once() -> None:
    pace = Pace(0)
    for _ in range(6):
        pace.refused(10)

    assert (pace.refusals, pace.rate, pace.rest(10)) == (1, 2.5, 60)


def test_the_vendor_says_how_long_to_rest() -> None:
    pace = Pace(0)
    pace.refused(0, 7)
    assert pace.rest(0) == 7
    pace.refused(1, 300)  # a second answer of the same refusal asks for more
    assert pace.rest(1) == 300
    assert pace.rate == 2.5

    pace = Pace(0)
    pace.refused(0, 1e9)
    assert pace.rest(0) == 86_400


def test_answers_raise_the_rate_slowly_and_never_above_the_limit() -> None:
    pace = Pace(0)
    pace.refused(0)
    pace.answered(30)  # it was under way before the refusal
    assert (pace.rate, pace.refusals) == (2.5, 1)

    pace.answered(61)
    assert (pace.rate, pace.refusals) == (2.5 + RAISE, 0)
    for _ in range(600):
        pace.answered(62)
    assert pace.rate == 5


def test_a_slower_rate_has_a_smaller_burst() -> None:
    pace = Pace(0, rate=1)

    assert sent(pace, 0, 0.001) == 2
    assert sent(Pace(0, limit=0.1, burst=0.2), 0, 0.001) == 1


# --- from one run to the next ---------------------------------------------------------


def remembered(memory: Memory, now: datetime = NOW) -> Pace:
    """The pace that a run begins with whose clock starts at 5000."""
    return paces.begin(paces.read(memory, now), 5.0, now, 5000.0)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "yahoo")


def test_the_next_run_goes_on_with_the_rate_and_the_rest(memory: Memory) -> None:
    pace = Pace(0)
    pace.refused(100, 600)
    paces.keep(memory, pace, NOW, 160)

    found = remembered(memory, NOW + timedelta(minutes=5))

    assert found.rate == 2.5
    assert found.refusals == 1
    assert found.rest(5000) == pytest.approx(240)  # of the 600, 60 and 300 are over
    assert found.refused_at == pytest.approx(5000 - 360)


def test_without_a_run_the_pace_is_the_usual_one(memory: Memory) -> None:
    found = remembered(memory)

    assert (found.rate, found.refusals, found.rest(5000)) == (5, 0, 0)


def test_the_user_may_set_a_slower_pace_than_the_one_remembered(
    memory: Memory,
) -> None:
    paces.keep(memory, Pace(0), NOW, 0)

    found = paces.begin(paces.read(memory, NOW), 0.5, NOW, 0)

    assert (found.rate, found.limit, found.burst) == (0.5, 0.5, 1)


@pytest.mark.parametrize(
    "note",
    [
        {"rate": -1},
        {"rate": 1e300},
        {"rate": "fast"},
        {"refused_at": "yesterday"},
        {"refused_at": "2026-05-15T22:00:00"},
        {"rests_until": 12, "refusals": -3},
    ],
)
def test_a_damaged_note_is_no_note(memory: Memory, note: dict[str, object]) -> None:
    memory.write(paces.NOTE, note)

    assert paces.read(memory, NOW) == paces.Remembered()


def test_a_clock_that_was_fast_keeps_nobody_waiting(memory: Memory) -> None:
    pace = Pace(0)
    pace.refused(0)
    paces.keep(memory, pace, NOW + timedelta(days=400), 0)

    found = remembered(memory)

    assert (found.rate, found.rest(5000), found.refused_at) == (2.5, 0, None)


def test_a_rest_longer_than_any_is_none(memory: Memory) -> None:
    memory.write(
        paces.NOTE,
        {
            "refused_at": NOW.isoformat(),
            "rests_until": (NOW + timedelta(days=30)).isoformat(),
        },
    )

    assert paces.read(memory, NOW).rests_until is None
    assert paces.read(memory, NOW).refused_at == NOW
