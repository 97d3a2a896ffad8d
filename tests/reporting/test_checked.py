from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from triad_screener.model.document import Paragraph, Table
from triad_screener.model.watch import Checked, Company, WatchCheck, WatchEvent
from triad_screener.reporting import checked
from watchers import sighting

DAY = date(2026, 6, 1)
COMPANY = Company("startup", "Startup", "public_filed", DAY, "0009999901", None)
FILED = WatchEvent(
    sighting("startup", "2026-06-01", "S-1", "public_filed"),
    "edgar",
    "private",
    "public_filed",
)
NOTICE = WatchEvent(
    sighting("startup", "2026-06-02", "D", None),
    "edgar",
    "public_filed",
    "public_filed",
)
OLD = replace(NOTICE, is_news=False)
FAILED = WatchCheck("startup", "edgar", None, "network", "It was cut off.")
FEED = replace(FAILED, entry="", detail="Newest S-1 filings: It was cut off.")
DONE = Checked((COMPANY,), (FILED, NOTICE, OLD), (), 1, 3, 2)


def tables(done: Checked) -> list[Table]:
    return [one for one in checked.compose(done).blocks if isinstance(one, Table)]


def said(done: Checked) -> list[str]:
    blocks = checked.compose(done).blocks
    return [one.text for one in blocks if isinstance(one, Paragraph)]


def test_news_stand_in_a_table_with_date_grade_and_source() -> None:
    (news,) = tables(DONE)

    assert news.rows == (
        (
            "Startup",
            date(2026, 6, 1),
            "private to filed",
            "Form S-1: by hand",
            "A",
            "SEC EDGAR",
            "Startup, Inc.",
            "0009999901",
        ),
        (
            "Startup",
            date(2026, 6, 2),
            "",
            "Form D: by hand",
            "A",
            "SEC EDGAR",
            "Startup, Inc.",
            "0009999901",
        ),
    )
    assert checked.compose(DONE).title == (
        "1 company, 3 requests: 2 news, 1 change of stage"
    )


def test_what_was_known_is_told_nowhere() -> None:
    report = checked.compose(replace(DONE, events=(OLD,)))

    assert report.title == "1 company, 3 requests: no news"
    assert report.record["events"] == []
    assert said(replace(DONE, events=(OLD,))) == ["Nothing new was seen."]


def test_no_answer_is_not_no_news() -> None:
    done = replace(DONE, events=(), failures=(FAILED, FEED))

    (failures,) = tables(done)

    assert failures.title == "No answer"
    assert [row[0] for row in failures.rows] == ["Startup", "all"]
    assert said(done) == [
        "Nothing new was seen of those that could be asked about.",
        "No answer is not no news: check again.",
    ]
    assert checked.compose(done).title.endswith("no news; no answer on 2")


def test_what_needs_a_person_is_told_apart_from_what_may_pass() -> None:
    unknown = replace(FAILED, reason="absent")
    done = replace(DONE, events=(), failures=(unknown,))

    both = replace(done, failures=(unknown, FEED))

    mend = (
        "Asking again does not help: mend the taxonomy; until then no news of Startup "
        "is seen."
    )
    assert said(done)[1:] == [mend]
    assert said(both)[1:] == ["No answer is not no news: check again.", mend]
    record: Any = checked.compose(both).record
    assert [one["needs_a_person"] for one in record["failures"]] == [True, False]


def test_an_interrupted_check_says_so() -> None:
    report = checked.compose(replace(DONE, interrupted=True))

    assert report.title.startswith("Interrupted: 1 company")
    assert report.record["interrupted"] is True


def test_the_tickers_are_the_ids_of_those_whose_stage_changed() -> None:
    assert checked.compose(DONE).tickers == ("startup",)
    assert checked.compose(replace(DONE, events=(NOTICE,))).tickers == ()


def test_the_record_says_the_same_in_plain_values() -> None:
    record = checked.compose(replace(DONE, failures=(FEED,))).record

    assert record["requests"] == 3
    assert record["unchanged"] == 2
    assert record["failures"] == [
        {
            "id": None,
            "source": "edgar",
            "reason": "network",
            "detail": "Newest S-1 filings: It was cut off.",
            "needs_a_person": False,
        }
    ]
    assert record["companies"] == [
        {
            "id": "startup",
            "name": "Startup",
            "stage": "public_filed",
            "since": "2026-06-01",
            "cik": "0009999901",
            "ticker": None,
        }
    ]
