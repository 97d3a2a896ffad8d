"""Which sessions does a store lack, and since when is that known?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from store.figures import SATURDAY, failed, may, prices
from triad_screener.model.stored import MissingSession
from triad_screener.store import Store

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store() -> Store:
    """Three lines of five sessions; of CCC the one of 13 May did not come."""
    store = Store.in_memory()
    store.save([prices("AAA", [1] * 5), prices("BBB", [1] * 5)])
    store.save([prices("CCC", [1, 1], last=may(12)), prices("CCC", [1, 1])])
    return store


def test_a_session_on_which_the_others_traded_is_missing(store: Store) -> None:
    assert store.missing_sessions() == (MissingSession("CCC", may(13), SATURDAY),)


def test_it_is_known_from_the_first_answer_that_left_it_out() -> None:
    store = Store.in_memory()
    monday, tuesday = SATURDAY + timedelta(days=2), SATURDAY + timedelta(days=3)
    store.save([prices("AAA", [1] * 9, last=may(19)), prices("BBB", [1] * 9)])
    store.save([prices("BBB", [1] * 9, last=may(19))])
    store.save([prices("CCC", [1], last=may(13), at=datetime(2026, 5, 13, tzinfo=UTC))])
    store.save([failed("prices", "CCC", "network", at=may_at(14))])
    # It came after the day, and only from the 15th on.
    store.save([prices("CCC", [1], since=may(15), at=SATURDAY)])
    store.save([prices("CCC", [1, 1], last=may(16), since=may(14), at=monday)])
    store.save([prices("CCC", [1, 1], last=may(16), at=tuesday)])

    assert store.missing_sessions() == (MissingSession("CCC", may(14), monday),)


def may_at(day: int) -> datetime:
    return datetime(2026, 5, day, 23, tzinfo=UTC)


def test_without_a_log_it_is_not_known_since_when(store: Store) -> None:
    with store._database.writing() as connection:  # noqa: SLF001 - as a salvaged store
        connection.execute("DELETE FROM fetches")

    (found,) = store.missing_sessions()

    assert found.seen_at is None
    assert found.is_asked_for(SATURDAY)


def test_it_is_missing_no_longer_when_it_has_come(store: Store) -> None:
    store.save([prices("CCC", [2], last=may(13), since=may(13))])

    assert store.missing_sessions() == ()


def test_other_exchanges_have_sessions_of_their_own() -> None:
    store = Store.in_memory()
    store.save([prices(name, [1] * 5) for name in ("AAA", "BBB", "CCC")])
    store.save([prices("2330.TW", [1, 1], last=may(12)), prices("2330.TW", [1])])

    assert store.missing_sessions() == ()


def test_a_store_that_is_not_there_lacks_nothing(tmp_path: Path) -> None:
    assert Store(tmp_path / "none.duckdb").missing_sessions() == ()
    assert Store.in_memory().missing_sessions() == ()


def test_it_is_asked_for_again_for_sixty_days(store: Store) -> None:
    (found,) = store.missing_sessions()

    assert found.is_asked_for(SATURDAY + timedelta(days=59))
    assert not found.is_asked_for(SATURDAY + timedelta(days=60))
