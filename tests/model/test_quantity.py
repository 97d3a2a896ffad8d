from __future__ import annotations

from datetime import date

from triad_screener.model.quantity import Figure, Quantity

DAY = date(2026, 3, 31)
SIX = Quantity(6.0, (Figure("Six", 6.0, "USD", DAY),), ("late",))
TWO = Quantity(2.0, (Figure("Two", 2.0, "USD", DAY),), ("late", "estimated"))


class TestRegression:
    def test_quantities_calculate_as_their_numbers_do(self) -> None:
        assert (SIX + TWO).value == 8.0
        assert (SIX - TWO).value == 4.0
        assert (SIX * TWO).value == 12.0
        assert (SIX / TWO).value == 3.0
        assert abs(TWO - SIX).value == 4.0

    def test_a_result_remembers_its_figures_in_order(self) -> None:
        ratio = SIX / TWO

        assert [figure.item for figure in ratio.figures] == ["Six", "Two"]

    def test_a_figure_used_twice_is_named_once(self) -> None:
        twice = SIX + SIX

        assert twice.value == 12.0
        assert twice.figures == SIX.figures

    def test_a_flag_of_either_part_is_a_flag_of_the_whole(self) -> None:
        assert (SIX * TWO).flags == ("late", "estimated")

    def test_a_size_keeps_figures_and_flags(self) -> None:
        assert abs(SIX) == SIX

    def test_flagging_adds_one_flag_and_leaves_the_original_alone(self) -> None:
        flagged = SIX.flagged("stale")

        assert flagged.flags == ("late", "stale")
        assert SIX.flags == ("late",)
