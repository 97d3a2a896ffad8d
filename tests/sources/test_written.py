from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from triad_screener.model.watch import Asked
from triad_screener.ports import MarkSourceSettings
from triad_screener.sources import written
from watched import dated, watching


def nobody() -> NoReturn:
    raise AssertionError


SETTINGS = MarkSourceSettings(
    now=datetime(2026, 6, 30, tzinfo=UTC),
    cache=Path("nowhere"),
    deadline=None,
    publishers={"by_hand": "The authors"},
    user_agent=nobody,
    live=nobody,
)


def test_stages_marks_and_events_up_to_today_are_seen_with_their_sources() -> None:
    events = (
        dated("2026-06-01", kind="talks", what="Talks of a round."),
        dated("2026-07-01", kind="talks", what="Later."),
    )
    entry = watching(events=events).watchlist[0]

    source = written.connect(SETTINGS)
    (found,) = source.look([Asked(entry, "listed")])

    assert [(one.kind, one.what, one.stage) for one in found.sightings] == [
        ("stage", "Written into the taxonomy", None),
        ("stage", "Written into the taxonomy", "listed"),
        ("mark", "Series A at USD 62bn", None),
        ("mark", "Series B at EUR 134bn", None),
        ("event", "Talks of a round.", None),
    ]
    assert {one.source for one in found.sightings} == {"The authors"}
    assert all(one.is_judged for one in found.sightings)
    assert (source.requests, source.unchanged) == (0, 0)
    source.stop()


def test_every_reference_is_another_one() -> None:
    entry = watching(
        events=(
            dated("2026-06-01", kind="talks", what="One."),
            dated("2026-06-01", kind="talks", what="Two."),
        )
    ).watchlist[0]

    (found,) = written.connect(SETTINGS).look([Asked(entry, "listed")])

    references = [one.reference for one in found.sightings]
    assert len(set(references)) == len(references)
