from __future__ import annotations

from datetime import date, timedelta

import pytest

from samples import AS_OF, constituent, market, prices, taxonomy
from triad_screener.errors import NoDataError
from triad_screener.model.market import LineData
from triad_screener.screening.selecting import newest_day, require_session

YESTERDAY = AS_OF - timedelta(days=1)


def traded_until(**last: date) -> list[LineData]:
    """Lines with two closes each, the newest on the given day."""
    return [LineData(name, prices([1.0, 2.0], last=day)) for name, day in last.items()]


FOUR = [constituent(name) for name in "ABCD"]


class TestNewestSession:
    @pytest.mark.parametrize(
        ("lines", "newest"),
        [
            ({"A": AS_OF, "B": YESTERDAY}, AS_OF),  # one of two is half
            ({"A": AS_OF, "B": YESTERDAY, "C": YESTERDAY}, YESTERDAY),
            ({"A": AS_OF, "B": AS_OF, "C": YESTERDAY}, AS_OF),
        ],
    )
    def test_a_line_that_is_ahead_does_not_date_the_screen(
        self, lines: dict[str, date], newest: date
    ) -> None:
        found = market(*traded_until(**lines))

        assert newest_day(found) == newest

    def test_half_of_the_taxonomy_counts_and_not_of_what_the_source_knows(self) -> None:
        found = market(*traded_until(A=AS_OF, B=YESTERDAY), of=taxonomy(*FOUR))

        # Two of four lines are known, and only yesterday has both of them.
        assert newest_day(found) == YESTERDAY

    @pytest.mark.parametrize(
        "lines",
        [[], [LineData("A")], traded_until(A=AS_OF)],
        ids=["nothing", "no price", "too few"],
    )
    def test_no_session_of_half_of_the_lines_is_no_data(
        self, lines: list[LineData]
    ) -> None:
        with pytest.raises(NoDataError) as caught:
            newest_day(market(*lines, of=taxonomy(*FOUR)))

        assert caught.value.what == (
            "The source (by hand) has no session for half of the lines."
        )
        assert "--as-of" in caught.value.remedy


class TestRequireSession:
    def test_the_first_close_is_a_beginning(self) -> None:
        require_session(market(*traded_until(A=AS_OF)), YESTERDAY)
        require_session(market(*traded_until(A=AS_OF)), date(2030, 1, 1))

    @pytest.mark.parametrize(
        ("lines", "begins"),
        [
            (traded_until(A=AS_OF, B=AS_OF + timedelta(1)), "begins on 2026-06-29"),
            ([LineData("A")], "has no price"),
            ([], "has no price"),
        ],
    )
    def test_a_date_before_the_data_says_when_they_begin(
        self, lines: list[LineData], begins: str
    ) -> None:
        with pytest.raises(NoDataError) as caught:
            require_session(market(*lines, of=taxonomy(*FOUR)), date(2026, 6, 28))

        assert caught.value.what == (
            f"There are no data on 2026-06-28: the source (by hand) {begins}."
        )
