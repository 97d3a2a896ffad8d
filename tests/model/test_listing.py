from __future__ import annotations

import pytest

from triad_screener.model.listing import Listing, Postponed


class Squares(Listing[int]):
    """Square numbers, and how many of them were made."""

    def __init__(self, count: int) -> None:
        self.size, self.made = count, 0

    def __len__(self) -> int:
        return self.size

    def item(self, at: int) -> int:
        self.made += 1
        return at * at


class TestListing:
    def test_an_item_is_made_when_it_is_asked_for(self) -> None:
        squares = Squares(1_000_000)

        assert (squares[3], squares[-1], squares.made) == (9, 999_999**2, 2)

    def test_a_slice_is_a_tuple_of_no_more_than_its_items(self) -> None:
        squares = Squares(1_000_000)

        assert (squares[1:7:2], squares.made) == ((1, 9, 25), 3)
        assert squares[1_000_000:] == ()

    def test_it_ends_where_a_tuple_ends(self) -> None:
        assert list(Squares(3)) == [0, 1, 4]
        with pytest.raises(IndexError):
            Squares(3)[3]
        with pytest.raises(IndexError):
            Squares(3)[-4]

    def test_it_is_equal_to_what_has_equal_items_and_to_nothing_else(self) -> None:
        same = {Squares(3), Squares(3), (0, 1, 4)}

        assert len(same) == 1
        assert (0, 1, 4) == Squares(3) == Squares(3)
        assert Squares(3) != Squares(2)
        assert Squares(3) != (0, 1, 5)
        assert Squares(3) != [0, 1, 4]

    def test_it_looks_like_a_tuple(self) -> None:
        assert repr(Squares(3)) == "(0, 1, 4)"


def test_what_is_postponed_is_made_once_and_not_before_somebody_looks() -> None:
    calls: list[int] = []

    def make() -> tuple[str, ...]:
        calls.append(len(calls))
        return ("a", "b")

    late: Postponed[str] = Postponed(make)

    assert calls == []
    assert (len(late), late[1], tuple(late)) == (2, "b", ("a", "b"))
    assert calls == [0]
