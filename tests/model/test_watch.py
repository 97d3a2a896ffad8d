from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from triad_screener.model.watch import Asked, Checked, Followed, WatchCheck, WatchEvent
from watched import watching
from watchers import sighting

FILED = WatchEvent(
    sighting("startup", "2026-06-01", "S-1", "public_filed"),
    "edgar",
    "private",
    "public_filed",
)
NOTICE = replace(FILED, after="private", is_news=False)
CUT_OFF = WatchCheck("startup", "edgar", None, "network", "It was cut off.")


def test_a_company_has_its_own_events() -> None:
    kept = Followed((FILED,))

    assert kept.of("startup") == (FILED,)
    assert kept.of("other") == ()


def test_what_was_seen_by_a_day_is_known_on_it() -> None:
    kept, day = Followed((FILED,)), FILED.sighting.date

    assert kept.until("startup", None) == kept.until("startup", day) == (FILED,)
    assert kept.until("startup", day - timedelta(days=1)) == ()


def test_an_event_is_a_change_if_the_stage_is_another_one() -> None:
    assert Checked(events=(FILED, NOTICE)).changes == (FILED,)


def test_only_news_and_missing_answers_are_worth_telling() -> None:
    assert not Checked(events=(NOTICE,)).is_worth_telling
    assert Checked(events=(FILED,)).is_worth_telling
    assert Checked(failures=(CUT_OFF,)).is_worth_telling


def test_an_unknown_key_namesakes_and_a_key_of_another_need_a_person() -> None:
    lasting = tuple(
        replace(CUT_OFF, reason=reason)
        for reason in ("absent", "ambiguous", "rejected: another company")
    )
    unreadable = replace(CUT_OFF, reason="rejected: not readable")

    done = Checked(failures=(*lasting, CUT_OFF, unreadable))

    assert done.questions == lasting
    assert done.outages == (CUT_OFF, unreadable)


def test_who_is_asked_about_brings_names_and_what_is_kept() -> None:
    entry = watching(legal_names=("Labs Holdings",)).watchlist[0]
    asked = Asked(entry, "private", kept=(FILED,))

    assert asked.names == ("Labs", "Labs Holdings")
    assert asked.seen == {"S-1 2026-06-01"}
    assert not asked.is_over
    assert replace(asked, stage="absorbed").is_over
