from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from triad_screener.model.live import FetchFailure
from triad_screener.model.watch import (
    Asked,
    PrivateList,
    Sighting,
    VendorMark,
    WatchEvent,
)
from triad_screener.screening.following import Round, follow
from triad_screener.screening.vendor_marks import (
    estimate,
    require_most,
    sighting,
    vanished,
)
from watched import dated, known_on, watching

if TYPE_CHECKING:
    from triad_screener.model.screen import WatchlistFact
    from triad_screener.model.watch import Estimate

ENTRY = watching(
    stages=(dated("2025-03-01", stage="private"),), yahoo="LABS.PVT"
).watchlist[0]
MARK = VendorMark(
    "LABS.PVT", 100e9, "USD", 50.0, "Series B", date(2026, 1, 1), "Labs Inc"
)
MAY, JUNE, JULY, AUGUST = (date(2026, month, 20) for month in (5, 6, 7, 8))


class History:
    """What is kept of one company while a vendor is asked again and again."""

    def __init__(self) -> None:
        self.kept: tuple[WatchEvent, ...] = ()

    def asked(self) -> Asked:
        return Asked(ENTRY, "private", kept=self.kept)

    def see(self, mark: VendorMark | None, day: date) -> tuple[str, bool] | None:
        """Return what is newly kept, and whether it is news; None for nothing."""
        found = (
            sighting(self.asked(), mark, "Vendor", day)
            if mark
            else vanished(self.asked(), "Vendor", day)
        )
        check = Round("yahoo", is_first=not self.kept, today=day)
        fresh = follow(ENTRY, self.kept, (found,) if found else (), check)
        self.kept += fresh
        return (fresh[0].sighting.what, fresh[0].is_news) if fresh else None


@pytest.fixture
def history() -> History:
    found = History()
    found.see(MARK, MAY)
    return found


def worth(billions: float) -> VendorMark:
    return replace(MARK, valuation=billions * 1e9)


class TestNews:
    def test_the_first_figure_is_kept_and_told_to_nobody(self) -> None:
        assert History().see(MARK, MAY) == (
            "USD 100bn, USD 50.00 a share, Series B of 2026-01-01",
            False,
        )

    def test_the_same_figure_is_kept_once(self, history: History) -> None:
        again = replace(MARK, name="Labs Incorporated")

        assert history.see(again, JUNE) is None
        assert history.see(again, JULY) is None

    @pytest.mark.parametrize(
        ("billions", "news"), [(110, "+10%"), (90, "-10%"), (109.9, ""), (90.1, "")]
    )
    def test_a_tenth_is_news_and_less_is_kept_quietly(
        self, billions: float, news: str, history: History
    ) -> None:
        told = history.see(worth(billions), JUNE)

        assert told is not None
        assert told[1] == bool(news)
        if news:
            assert told[0].startswith(f"{news} from USD 100bn on 2026-05-20: USD ")

    def test_small_steps_are_told_when_they_sum_to_a_tenth(
        self, history: History
    ) -> None:
        steps = [history.see(worth(value), JUNE) for value in (105, 109, 112, 120)]

        assert [step and step[1] for step in steps] == [False, False, True, False]
        assert steps[2] is not None
        assert steps[2][0].startswith("+12% from USD 100bn on 2026-05-20")

    def test_what_goes_up_and_back_is_kept_each_time(self, history: History) -> None:
        history.see(worth(130), JUNE)
        told = "USD 100bn, USD 50.00 a share, Series B of 2026-01-01"

        assert history.see(MARK, JULY) == (
            f"-23% from USD 130bn on 2026-06-20: {told}",
            True,
        )

    def test_a_value_in_another_currency_is_no_move(self, history: History) -> None:
        other = replace(worth(200), currency="EUR", price=None)

        assert history.see(other, JUNE) == (
            "EUR 200bn, Series B of 2026-01-01",
            False,
        )

    @pytest.mark.parametrize(
        ("share_class", "day", "is_news"),
        [
            ("Series C", date(2026, 5, 30), True),
            ("Series B", date(2026, 2, 1), False),
            ("Series B", date(2026, 2, 2), True),
            ("Series C", date(2026, 1, 1), False),
            ("Series A", date(2025, 1, 1), False),
            ("Series C", None, True),
            ("", None, False),
        ],
    )
    def test_a_round_is_new_if_it_is_later_and_no_correction(
        self, *, share_class: str, day: date | None, is_news: bool, history: History
    ) -> None:
        told = history.see(replace(MARK, share_class=share_class, round_date=day), JUNE)

        assert told is not None
        assert told[1] is is_news
        assert told[0].startswith("A new round: ") is is_news

    def test_a_round_without_a_class_is_told_by_its_day(self) -> None:
        bare = replace(MARK, share_class="", price=None)

        assert History().see(bare, MAY) == (
            "USD 100bn, last round of 2026-01-01",
            False,
        )
        assert History().see(replace(bare, round_date=None), MAY) == (
            "USD 100bn",
            False,
        )


class TestVanishing:
    def test_it_is_told_once_and_so_is_the_return(self, history: History) -> None:
        worth_then = "USD 100bn, USD 50.00 a share, Series B of 2026-01-01"

        assert history.see(None, JUNE) == (
            f"No more on the list of private companies; it had {worth_then}",
            True,
        )
        assert history.see(None, JULY) is None
        assert history.see(MARK, AUGUST) == (
            f"On the list of private companies again: {worth_then}",
            True,
        )

    def test_who_never_was_on_the_list_has_not_vanished(self) -> None:
        assert vanished(History().asked(), "Vendor", MAY) is None

    def test_another_symbol_is_another_history(self, history: History) -> None:
        moved = watching(yahoo="LABX.PVT").watchlist[0]
        asked = Asked(moved, "private", kept=history.kept)

        assert vanished(asked, "Vendor", JUNE) is None

    def test_a_list_on_which_most_are_missing_is_doubted(
        self, history: History
    ) -> None:
        here, gone = history.asked(), replace(MARK, symbol="OTHER.PVT")
        empty = PrivateList({gone.symbol: gone})

        require_most(empty, [here])
        require_most(PrivateList({MARK.symbol: MARK}), [here, here])
        with pytest.raises(FetchFailure, match="2 of 2 companies are missing"):
            require_most(empty, [here, here])

    def test_who_was_not_there_before_makes_no_list_doubtful(self) -> None:
        nobody = History().asked()

        require_most(PrivateList({}), [nobody, nobody])


class TestEstimate:
    @staticmethod
    def of(mark: VendorMark, *marks: object, **parts: object) -> Estimate | None:
        history = History()
        history.see(mark, JUNE)
        fact: WatchlistFact = known_on(JULY, marks=marks, **parts)
        return estimate(fact, history.kept)

    def test_nothing_seen_is_no_estimate(self) -> None:
        notice = Sighting("labs", "x", MAY, "filing", "Form D", "SEC EDGAR", "A")
        kept = WatchEvent(notice, "edgar", "private", "private")

        assert estimate(known_on(JULY), (kept,)) is None

    def test_it_is_held_against_the_newest_value_at_first_hand(self) -> None:
        found = self.of(
            worth(120),
            dated("2025-12-15", round="Series B", post_money=100e9, grade="B"),
            dated("2026-03-01", round="Talk", post_money=300e9, grade="D"),
        )

        assert found is not None
        assert found.beside is not None
        assert (found.since, found.grade, found.source) == (JUNE, "D", "Vendor")
        assert (found.beside.round, found.difference) == ("Series B", 0.2)
        assert found.disagrees

    @pytest.mark.parametrize(
        ("billions", "grade", "marked", "disagrees"),
        [
            (110, "A", "2025-12-15", False),  # a tenth is no more than a tenth
            (111, "A", "2025-12-15", True),
            (89, "B", "2026-03-01", True),  # the vendor knows of no later round
            (120, "C", "2025-12-15", False),  # neither a filing nor the company
            (120, "A", "2025-11-02", True),  # 60 days before the round of the vendor
            (120, "A", "2026-06-21", False),  # it came when the estimate was known
            (120, "A", "2025-11-01", False),  # a round of its own came since
        ],
    )
    def test_they_disagree_if_they_are_of_one_time_and_apart(
        self, *, billions: float, grade: str, marked: str, disagrees: bool
    ) -> None:
        first = dated(marked, round="Series B", post_money=100e9, grade=grade)

        found = self.of(worth(billions), first)

        assert found is not None
        assert found.disagrees is disagrees

    def test_without_a_day_of_the_round_nobody_knows(self) -> None:
        first = dated("2025-12-15", round="Series B", post_money=100e9, grade="A")

        found = self.of(replace(worth(150), round_date=None), first)

        assert found is not None
        assert (found.difference, found.disagrees) == (0.5, False)

    def test_without_a_value_in_a_currency_there_is_no_difference(self) -> None:
        euros = dated("2025-12-15", round="B", post_money=100e9, currency="EUR")

        for found in (self.of(MARK, euros), self.of(replace(MARK, currency="GBP"))):
            assert found is not None
            assert (found.beside, found.difference, found.disagrees) == (
                None,
                None,
                False,
            )

    def test_of_a_company_that_vanished_the_last_one_stays_with_the_day(self) -> None:
        history = History()
        history.see(MARK, MAY)
        history.see(None, JUNE)

        found = estimate(known_on(JULY, marks=()), history.kept)

        assert found is not None
        assert (found.mark, found.since, found.gone_on) == (MARK, MAY, JUNE)
