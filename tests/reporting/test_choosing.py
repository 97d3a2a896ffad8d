from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from samples import WORLD, screen
from triad_screener.errors import UnknownNameError
from triad_screener.reporting import choosing
from triad_screener.reporting.record import of_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triad_screener.reporting.record import Record


def line(ticker: str, **parts: object) -> Record:
    """A record with the fields that choosing looks at."""
    return {
        "ticker": ticker,
        "primary_pillar": "compute",
        "exposures": {"compute": {"share": 0.6}, "data": None, "algorithms": None},
        "score": 50.0,
        **parts,
    }


def tickers(lines: Sequence[Record]) -> list[str]:
    return [one["ticker"] for one in lines]


class TestPillars:
    MIXED = (
        line("AAA"),
        line(
            "BBB",
            exposures={
                "compute": {"share": 0.5},
                "data": {"share": 0.25},
                "algorithms": {"share": 0.24},
            },
        ),
    )

    @pytest.mark.parametrize(
        ("pillars", "shown"),
        [
            ((), ["AAA", "BBB"]),
            (("compute",), ["AAA", "BBB"]),
            (("data",), ["BBB"]),
            (("algorithms",), []),
            (("algorithms", "data"), ["BBB"]),
        ],
    )
    def test_a_pillar_shows_its_own_lines_and_those_exposed_enough(
        self, pillars: tuple[str, ...], shown: list[str]
    ) -> None:
        assert tickers(choosing.of_pillars(self.MIXED, pillars, 0.25)) == shown

    def test_no_floor_still_wants_some_exposure(self) -> None:
        assert tickers(choosing.of_pillars(self.MIXED, ["data"], 0.0)) == ["BBB"]

    def test_an_unknown_pillar_is_refused_with_the_nearest(self) -> None:
        with pytest.raises(UnknownNameError) as caught:
            choosing.of_pillars(self.MIXED, ["compte"], 0.25)

        assert caught.value.what == "There is no pillar called 'compte'."
        assert caught.value.remedy == "Did you mean compute?"


class TestTickers:
    LINES = (line("AAA"), line("BBB"), line("CCC"))

    def test_lines_stay_in_their_order_whatever_the_order_asked(self) -> None:
        assert tickers(choosing.of_tickers(self.LINES, ["CCC", "AAA"])) == [
            "AAA",
            "CCC",
        ]

    def test_not_asked_for_any_all_are_shown(self) -> None:
        assert len(choosing.of_tickers(self.LINES, None)) == 3

    def test_an_empty_list_shows_none(self) -> None:
        assert choosing.of_tickers(self.LINES, []) == []


class TestOrder:
    LINES = (
        line("AAA", score=70.0, flags=["stale"], fresh=True),
        line("BBB", score=None, flags=[], fresh=False),
        line("CCC", score=90.0, flags=["absent"], fresh=True),
    )

    @pytest.mark.parametrize(
        ("column", "order"),
        [
            ("score", ["CCC", "AAA", "BBB"]),
            ("-score", ["AAA", "CCC", "BBB"]),
            ("ticker", ["AAA", "BBB", "CCC"]),
            ("-ticker", ["CCC", "BBB", "AAA"]),
            ("flags", ["BBB", "CCC", "AAA"]),
            ("fresh", ["BBB", "AAA", "CCC"]),
        ],
    )
    def test_what_is_missing_comes_last_either_way(
        self, column: str, order: list[str]
    ) -> None:
        assert tickers(choosing.in_order(self.LINES, column)) == order

    @pytest.mark.parametrize(
        ("column", "more_is_better"),
        [
            ("score", True),
            ("groups.risk", True),
            ("exposures.data", True),
            ("factors.mom_12_1.raw", True),
            ("factors.vol_252.raw", False),
            ("factors.vol_252.z", True),
            ("factors.vol_252.reason", False),
            ("rank", False),
            ("market_cap_usd", False),
        ],
    )
    def test_the_best_comes_first_where_a_column_knows_better_and_worse(
        self,
        column: str,
        more_is_better: bool,  # noqa: FBT001 - a case
    ) -> None:
        assert choosing.is_merit(column) is more_is_better

    def test_equal_values_keep_their_order(self) -> None:
        same = [line("BBB"), line("AAA")]

        assert tickers(choosing.in_order(same, "score")) == ["BBB", "AAA"]

    def test_no_lines_have_any_order(self) -> None:
        assert choosing.in_order([], "nonsense") == []

    def test_an_unknown_column_is_refused(self) -> None:
        with pytest.raises(UnknownNameError, match="no column called 'scor'"):
            choosing.in_order(self.LINES, "-scor")


class TestColumns:
    FIRST = of_lines(screen())[0]

    def test_dotted_names_reach_into_a_line(self) -> None:
        names = ("groups.momentum", "factors.vol_252.raw")

        assert choosing.columns_of(self.FIRST, names) == names

    def test_the_last_part_suffices_where_one_column_ends_in_it(self) -> None:
        asked = ["momentum", "rank", "compute", "vol_252.z"]

        assert choosing.columns_of(self.FIRST, asked) == (
            "groups.momentum",
            "rank",
            "exposures.compute",
            "factors.vol_252.z",
        )

    @pytest.mark.parametrize(
        ("name", "nearest"),
        [
            ("group.momentum", "groups.momentum"),
            ("momentun", "groups.momentum"),
            ("raw", "Did you mean factors."),
        ],
    )
    def test_what_means_no_column_or_several_is_refused(
        self, name: str, nearest: str
    ) -> None:
        with pytest.raises(UnknownNameError) as caught:
            choosing.columns_of(self.FIRST, ["rank", name])

        assert nearest in caught.value.remedy


def test_choosing_shows_a_part_and_changes_no_score() -> None:
    every = of_lines(screen(WORLD))

    some = choosing.of_pillars(every, ["data"], 0.25)

    assert some
    assert all(one in every for one in some)
