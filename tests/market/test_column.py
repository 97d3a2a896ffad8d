from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from triad_screener.market.column import Column, Trace, absent
from triad_screener.model.gap import Missing
from triad_screener.model.quantity import Figure, Quantity

if TYPE_CHECKING:
    from collections.abc import Callable


def made(name: str, *values: float | None) -> Column:
    """Numbers from one figure each; None has none, for a reason with the name."""
    known = np.array([value is not None for value in values], bool)
    numbers = np.array([value or 0.0 for value in values])

    def figure(at: int) -> Figure:
        return Figure(name, float(numbers[at]), "USD", None, None, f"row {at}")

    column = Column.of(numbers, Trace(known, figure))
    return column.refused(~known, "absent", lambda at: f"{name} {at} is not known")


def reasons(column: Column) -> list[str]:
    """Why each number is missing; empty where it is not."""
    found = []
    for at in range(column.values.size):
        try:
            column.at(at)
        except Missing as missing:
            found.append(missing.detail)
        else:
            found.append("")
    return found


def names(found: Quantity) -> list[str]:
    """The figures behind a number."""
    return [figure.item for figure in found.figures]


class TestAlgebra:
    @pytest.mark.parametrize(
        ("formula", "expected"),
        [
            (lambda a, b: a + b, [8.0, 1.0]),
            (lambda a, b: a - b, [4.0, -5.0]),
            (lambda a, b: a * b, [12.0, -6.0]),
            (lambda a, b: a / b, [3.0, -2 / 3]),
            (lambda a, _: abs(a), [6.0, 2.0]),
            (lambda a, _: a.plus(-1), [5.0, -3.0]),
            (lambda a, _: a.over(np.array([2.0, 4.0])), [3.0, -0.5]),
            (lambda a, _: a.power(2), [36.0, 4.0]),
        ],
        ids=["sum", "difference", "product", "ratio", "size", "plus", "over", "power"],
    )
    def test_it_is_that_of_each_observation(
        self, formula: Callable[[Column, Column], Column], expected: list[float]
    ) -> None:
        found = formula(made("a", 6.0, -2.0), made("b", 2.0, 3.0))

        assert found.raw.tolist() == pytest.approx(expected)
        assert found.known.all()

    def test_a_number_names_its_figures_once_in_the_order_of_the_formula(self) -> None:
        a, b = made("a", 6.0), made("b", 2.0)

        found = (a / b - a).at(0)

        assert found.value == -3.0
        assert names(found) == ["a", "b"]
        assert found.figures[0].source == "row 0"

    def test_of_two_that_are_missing_the_first_says_why(self) -> None:
        a, b = made("a", 1.0, None, 1.0, None), made("b", 1.0, 1.0, None, None)

        assert reasons(a + b) == [
            "",
            "a 1 is not known",
            "b 2 is not known",
            "a 3 is not known",
        ]
        assert reasons(b + a)[3] == "b 3 is not known"
        assert np.isnan((a + b).raw).tolist() == [False, True, True, True]

    def test_reasons_of_many_stay_apart(self) -> None:
        letters = "abcdef"
        columns = [
            made(name, *(None if at == own else 1.0 for at in range(6)))
            for own, name in enumerate(letters)
        ]
        total = columns[0]
        for one in columns[1:]:
            total += one

        assert reasons(total) == [
            f"{name} {at} is not known" for at, name in enumerate(letters)
        ]


class TestFlags:
    def test_a_flag_is_raised_everywhere_or_where_it_is_said(self) -> None:
        found = made("a", 1.0, 1.0).flagged("all").flagged("some", np.array([0, 1]) > 0)

        assert [found.at(at).flags for at in (0, 1)] == [("all",), ("all", "some")]

    def test_a_flag_is_told_once(self) -> None:
        old = made("a", 1.0).flagged("old")

        assert (old + old.flagged("derived")).at(0).flags == ("old", "derived")


class TestRefused:
    def test_what_is_missing_already_keeps_its_reason(self) -> None:
        everywhere = np.array([True, True])

        found = made("a", 1.0, None).refused(everywhere, "rejected", lambda at: f"{at}")

        assert reasons(found) == ["0", "a 1 is not known"]
        with pytest.raises(Missing) as caught:
            found.at(0)
        assert caught.value.reason == "rejected"

    def test_what_is_no_finite_number_is_missing(self) -> None:
        column = Column.of(np.array([1.0, np.inf, -np.inf, np.nan]))

        found = column.finite()

        assert found.known.tolist() == [True, False, False, False]
        with pytest.raises(
            Missing, match="the figures give no finite number"
        ) as caught:
            found.at(1)
        assert caught.value.reason == "rejected: not finite"

    def test_nothing_is_known_of_what_is_absent(self) -> None:
        found = absent(2, lambda at: f"no {at}", "stale")

        assert reasons(found) == ["no 0", "no 1"]
        assert absent(0, str).values.size == 0


class TestGiven:
    def test_the_reasons_of_the_others_come_first_and_in_their_order(self) -> None:
        a = made("a", 1.0, None, None, None)
        b = made("b", 1.0, None, None, 1.0)
        c = made("c", 1.0, None, 1.0, 1.0)

        found = a.given(c, b)

        assert reasons(found) == [
            "",
            "c 1 is not known",
            "b 2 is not known",
            "a 3 is not known",
        ]
        assert found.at(0) == Quantity(1.0, a.at(0).figures)

    def test_without_others_nothing_changes(self) -> None:
        assert reasons(made("a", 1.0, None).given()) == ["", "a 1 is not known"]


class TestStandIns:
    A = made("a", 1.0, None, 1.0, None).flagged("of a")
    B = made("b", 2.0, 2.0, None, None).flagged("of b")

    def test_otherwise_another_serves_and_the_first_says_why_there_is_none(
        self,
    ) -> None:
        found = self.A.otherwise(self.B)

        assert found.raw.tolist()[:3] == [1.0, 2.0, 1.0]
        assert reasons(found) == ["", "", "", "a 3 is not known"]
        assert [names(found.at(at)) for at in range(3)] == [["a"], ["b"], ["a"]]
        assert [found.at(at).flags for at in range(2)] == [("of a",), ("of b",)]

    def test_or_else_the_second_says_why_there_is_none(self) -> None:
        found = self.A.or_else(self.B)

        assert found.raw.tolist()[:3] == [1.0, 2.0, 1.0]
        assert reasons(found) == ["", "", "", "b 3 is not known"]
        assert [names(found.at(at)) for at in range(3)] == [["a"], ["b"], ["a"]]
        assert found.at(1).flags == ("of b",)

    def test_a_zero_stands_in_and_is_made_from_nothing(self) -> None:
        found = self.A.or_zero()

        assert found.raw.tolist() == [1.0, 0.0, 1.0, 0.0]
        assert found.at(0) == self.A.at(0)
        assert found.at(1) == Quantity(0.0)

    def test_told_all_that_is_missing_has_one_reason(self) -> None:
        found = self.A.told(lambda at: f"nothing of {at}", "stale")

        assert reasons(found) == ["", "nothing of 1", "", "nothing of 3"]
        with pytest.raises(Missing) as caught:
            found.at(1)
        assert caught.value.reason == "stale"
        assert found.at(0) == self.A.at(0)

    def test_unless_no_reason_is_given(self) -> None:
        found = self.A.unless(np.array([False, True, False, False]))

        assert reasons(found) == ["", "", "", "a 3 is not known"]
