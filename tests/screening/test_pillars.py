from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from samples import recipe
from triad_screener.model.recipe import BasketRules
from triad_screener.model.scores import Basket, Choice, Holding
from triad_screener.model.vocabulary import PILLARS
from triad_screener.screening import pillars
from triad_screener.screening.gathering import Candidates, pillar_scores
from triad_screener.screening.gathering import gather as gathered
from triad_screener.screening.pillars import cap, effective_number, select, turnover

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from triad_screener.model.ranking import PillarPlaces
    from triad_screener.model.recipe import Recipe
    from triad_screener.model.vocabulary import Pillar

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
UNCAPPED = {"size": 3, "issuer_cap": 1.0}


@dataclass(frozen=True)
class Candidate:
    """A ranked line, by itself."""

    ticker: str
    issuer: str
    score: float
    composite_ex_thesis_z: float
    exposures: Mapping[Pillar, float]


def gather(
    lines: Sequence[Candidate], rules: Recipe, held: Sequence[str] = ()
) -> tuple[dict[Pillar, PillarPlaces], tuple[Basket, ...]]:
    """The pillar lists and baskets of lines given one by one."""
    exposures = [[one.exposures[pillar] for pillar in PILLARS] for one in lines]
    candidates = Candidates(
        [one.ticker for one in lines],
        [one.issuer for one in lines],
        np.array([one.score for one in lines], float),
        np.array([one.composite_ex_thesis_z for one in lines], float),
        np.array(exposures, float).reshape(len(lines), 3),
    )
    return gathered(candidates, rules, held)


def candidate(
    ticker: str,
    z: float = 0.0,
    *,
    compute: float = 0.0,
    data: float = 0.0,
    algorithms: float = 0.0,
    issuer: str = "",
) -> Candidate:
    """A ranked line; a Z of zero makes the exposure its pillar score."""
    exposures: dict[Pillar, float] = {
        "compute": compute,
        "data": data,
        "algorithms": algorithms,
    }
    return Candidate(ticker, issuer or ticker, 50.0, z, exposures)


def weights(baskets: tuple[Basket, ...]) -> dict[str, dict[str, float]]:
    """Weight by pillar and ticker."""
    return {
        basket.pillar: {held.ticker: held.weight for held in basket.constituents}
        for basket in baskets
    }


def basket(pillar: Pillar, reserve: float = 0.0, **held: float) -> Basket:
    """A basket of the given weights."""
    constituents = tuple(Holding(*one) for one in held.items())
    return Basket(pillar, sum(held.values()) + reserve, reserve, constituents)


class TestPillarScore:
    @pytest.mark.parametrize(
        ("z", "exposure", "expected"),
        [(1.670762, 0.90, 2.403686), (0.0, 0.5, 0.5), (-1.0, 0.5, 0.25), (-3, 1, 0.25)],
    )
    def test_a_composite_becomes_a_multiple_of_the_exposure(
        self, z: float, exposure: float, expected: float
    ) -> None:
        (found,) = pillar_scores(np.array([z], float), np.array([exposure], float))

        assert found == pytest.approx(expected, abs=1e-6)


class TestRanking:
    def test_pillars_rank_their_lines_by_score_times_exposure(self) -> None:
        lines = [
            candidate("AAA", 2.0, compute=0.3),
            candidate("BBB", 1.0, compute=0.6, data=0.3),
            candidate("CCC", -1.0, data=1.0),
        ]

        places, _ = gather(lines, recipe())

        found = {
            p: [(one.ticker, one.pillar_score) for one in places[p]] for p in PILLARS
        }
        assert found == {
            "compute": [("BBB", 1.2), ("AAA", pytest.approx(0.9, abs=1e-12))],
            "data": [("BBB", 0.6), ("CCC", 0.5)],
            "algorithms": [],
        }

    def test_a_quarter_of_revenue_is_enough_to_be_eligible(self) -> None:
        lines = [
            candidate("AAA", compute=0.25),
            candidate("BBB", compute=0.25 - 1e-15),
            candidate("CCC", compute=0.2499),
        ]

        places, _ = gather(lines, recipe())

        assert [one.ticker for one in places["compute"]] == ["AAA", "BBB"]

    def test_without_any_exposure_no_floor_is_low_enough(self) -> None:
        places, baskets = gather([candidate("AAA", 3.0)], recipe(exposure_floor=0.0))

        assert all(places[pillar] == () for pillar in PILLARS)
        assert [one.reserve for one in baskets] == [0.5, 0.2, 0.3]

    def test_ties_keep_the_overall_rank(self) -> None:
        lines = [candidate("ZZZ", compute=0.3), candidate("AAA", compute=0.1 * 3)]

        places, _ = gather(lines, recipe())

        assert [one.ticker for one in places["compute"]] == ["ZZZ", "AAA"]


class TestSelection:
    @pytest.mark.parametrize(
        ("incumbents", "chosen"),
        [
            ("", "ABC"),
            ("D", "ABD"),  # ceil(1.2 * 3) = 4: rank 4 stays
            ("E", "ABC"),  # rank 5 does not
            ("CD", "ABC"),
            ("DA", "ABD"),
            ("Z", "ABC"),
        ],
    )
    def test_incumbents_stay_in_the_buffer(self, incumbents: str, chosen: str) -> None:
        found = select("ABCDEFGH", BasketRules(size=3, buffer=0.2), set(incumbents))

        assert "".join(sorted(found)) == chosen

    def test_several_incumbents_stay_in_rank_order(self) -> None:
        rules = BasketRules(size=5, buffer=0.4)

        # Three enter; of the incumbents on ranks 4 to 7 the first two fill it up.
        found = select(ALPHABET, rules, {"G", "F", "E"})

        assert found == ("A", "B", "C", "E", "F")

    def test_incumbents_who_leave_room_are_joined_by_the_next(self) -> None:
        rules = BasketRules(size=5, buffer=0.4)

        assert select(ALPHABET, rules, {"G"}) == ("A", "B", "C", "G", "D")

    @pytest.mark.parametrize(("rank", "stays"), [(11, True), (12, False)])
    def test_ten_with_a_buffer_of_a_tenth_reaches_to_rank_eleven(
        self,
        rank: int,
        stays: bool,  # noqa: FBT001 - a case
    ) -> None:
        # 1.1 * 10 is 11.000000000000002 in binary, and its ceiling is still 11.
        rules = BasketRules(size=10, buffer=0.1)

        found = select(ALPHABET, rules, {ALPHABET[rank - 1]})

        assert (ALPHABET[rank - 1] in found) is stays

    def test_the_first_of_ten_enters_whatever_binary_makes_of_a_tenth(self) -> None:
        # (1 - .9) * 10 is .9999999999999998 in binary, and its floor is still 1.
        rules = BasketRules(size=10, buffer=0.9)

        found = select(ALPHABET, rules, set(ALPHABET[1:19]))

        assert found[0] == "A"
        assert len(found) == 10

    def test_a_short_list_is_taken_whole(self) -> None:
        assert select("AB", BasketRules(size=5), {"B"}) == ("A", "B")
        assert select("", BasketRules(size=5), set()) == ()

    def test_incumbents_count_in_every_pillar_in_which_they_are_eligible(self) -> None:
        lines = [
            *(candidate(t, 1.0, compute=0.5, data=0.5) for t in "ABC"),
            candidate("D", compute=0.5, data=0.5),
        ]

        places, _ = gather(lines, recipe(basket={"size": 3}), ["D"])

        for pillar in ("compute", "data"):
            chosen = [one.ticker for one in places[pillar] if one.selected]
            assert chosen == ["A", "B", "D"]


class TestLeastScore:
    def chosen(
        self, scores: Mapping[str, float], *held: str, **rules: object
    ) -> tuple[str, Basket]:
        """Who is in the basket of compute, and that basket; best scores first."""
        lines = [
            replace(candidate(ticker, found / 50, compute=0.5), score=found)
            for ticker, found in scores.items()
        ]
        places, baskets = gather(lines, recipe(basket={"size": 3, **rules}), held)
        assert len(places["compute"]) == len(scores)
        return "".join(o.ticker for o in places["compute"] if o.selected), baskets[0]

    def test_only_who_has_it_may_enter(self) -> None:
        chosen, basket = self.chosen({"A": 90, "B": 40, "C": 39.9})

        assert chosen == "AB"
        assert basket.choice == Choice(eligible=3, strong=2, kept=0, min_score=40)

    @pytest.mark.parametrize(("score", "stays"), [(30, True), (29.9, False)])
    def test_one_held_already_may_be_ten_points_short(
        self, score: float, *, stays: bool
    ) -> None:
        chosen, basket = self.chosen({"A": 90, "C": 35, "D": score}, "D")

        assert chosen == ("AD" if stays else "A")
        assert basket.choice == Choice(3, 1, int(stays), 40)

    def test_ranks_of_the_buffer_count_among_those_admitted(self) -> None:
        # D would be fifth, and is fourth of those that may be held: within 1.2 x 3.
        scores = {"A": 90, "B": 80, "C": 39, "E": 38.5, "D": 38}

        assert self.chosen(scores, "D")[0] == "ABD"
        five = {"A": 90, "B": 80, "E": 70, "C": 60, "D": 38}
        assert self.chosen(five, "D")[0] == "ABE"

    def test_noise_does_not_keep_anybody_out(self) -> None:
        # 40.3 - 10 is 30.299999999999997 and 50.1 - 10 is 40.1 in binary.
        assert self.chosen({"A": 40.1}, "A", min_score=50.1)[0] == "A"
        assert self.chosen({"A": 0.1 + 0.2}, min_score=0.3)[0] == "A"

    @pytest.mark.parametrize(
        ("scores", "cap", "waits"),
        [
            ({}, 1.0, "no_eligible"),
            ({"A": 39.0}, 1.0, "no_strong"),
            ({"A": 90.0}, 0.15, "issuer_cap"),
            ({"A": 90.0}, 1.0, None),
        ],
    )
    def test_a_reserve_says_why_it_waits(
        self, scores: dict[str, float], cap: float, waits: str | None
    ) -> None:
        _, basket = self.chosen(scores, issuer_cap=cap)

        assert basket.waits_because == waits

    def test_a_basket_of_a_program_that_did_not_say_gives_no_reason(self) -> None:
        assert Basket("data", 0.2, 0.2, ()).waits_because is None


class TestWeights:
    def test_a_budget_is_shared_by_pillar_score(self) -> None:
        lines = [candidate("AAA", 1.0, compute=0.6), candidate("BBB", compute=0.4)]

        _, baskets = gather(lines, recipe(basket=UNCAPPED))

        # Scores 1.2 and .4 of a budget of .5.
        assert weights(baskets)["compute"] == pytest.approx(
            {"AAA": 0.375, "BBB": 0.125}, abs=1e-12
        )

    def test_an_empty_pillar_is_all_reserve(self) -> None:
        _, baskets = gather([candidate("AAA", compute=1.0)], recipe(basket=UNCAPPED))

        assert [(b.reserve, b.constituents) for b in baskets[1:]] == [
            (0.2, ()),
            (0.3, ()),
        ]

    def test_no_candidates_leave_the_whole_budget_in_reserve(self) -> None:
        _, baskets = gather([], recipe())

        assert sum(one.reserve for one in baskets) == pytest.approx(1, abs=1e-12)

    def test_a_budget_of_nothing_has_constituents_without_weight(self) -> None:
        budgets = {"compute": 0.0, "data": 0.5, "algorithms": 0.5}
        lines = [candidate("AAA", compute=1.0)]

        _, baskets = gather(lines, recipe(pillar_budgets=budgets))

        assert baskets[0].constituents == (Holding("AAA", 0.0),)
        assert baskets[0].reserve == 0


class TestCap:
    def test_the_excess_goes_to_the_others_of_the_pillar_pro_rata(self) -> None:
        held: dict[Pillar, dict[str, float]] = {
            "data": {"A": 0.30, "B": 0.06, "C": 0.04},
        }

        reserves = cap(held, {t: t for t in "ABC"}, 0.20)

        # .10 over: .06 to B and .04 to C.
        expected = {"A": 0.20, "B": 0.12, "C": 0.08}
        assert held["data"] == pytest.approx(expected, abs=1e-12)
        assert reserves == {"data": 0}

    def test_who_is_lifted_over_the_cap_is_capped_in_the_next_round(self) -> None:
        held: dict[Pillar, dict[str, float]] = {
            "data": {"A": 0.30, "B": 0.15, "C": 0.05},
        }

        reserves = cap(held, {t: t for t in "ABC"}, 0.20)

        # B rises to .225 and C to .075; then .025 goes from B to C.
        expected = {"A": 0.20, "B": 0.20, "C": 0.10}
        assert held["data"] == pytest.approx(expected, abs=1e-12)
        assert reserves["data"] == pytest.approx(0, abs=1e-12)

    def test_what_cannot_be_placed_is_reserve(self) -> None:
        held: dict[Pillar, dict[str, float]] = {"data": {"A": 0.30, "B": 0.15}}

        reserves = cap(held, {"A": "A", "B": "B"}, 0.15)

        assert held["data"] == pytest.approx({"A": 0.15, "B": 0.15}, abs=1e-12)
        assert reserves["data"] == pytest.approx(0.15, abs=1e-12)

    def test_an_issuer_is_capped_over_all_pillars_in_proportion(self) -> None:
        held: dict[Pillar, dict[str, float]] = {
            "compute": {"A": 0.24, "B": 0.10},
            "data": {"A": 0.06},
        }

        reserves = cap(held, {"A": "A", "B": "B"}, 0.20)

        # A has .30: two thirds stay in each pillar, the data third has nowhere to go.
        assert held["compute"] == pytest.approx({"A": 0.16, "B": 0.18}, abs=1e-12)
        assert held["data"] == pytest.approx({"A": 0.04}, abs=1e-12)
        assert reserves["compute"] == 0
        assert reserves["data"] == pytest.approx(0.02, abs=1e-12)

    def test_two_lines_of_one_issuer_share_its_cap(self) -> None:
        held: dict[Pillar, dict[str, float]] = {
            "data": {"A1": 0.15, "A2": 0.15, "B": 0.10},
        }

        cap(held, {"A1": "A", "A2": "A", "B": "B"}, 0.20)

        expected = {"A1": 0.10, "A2": 0.10, "B": 0.20}
        assert held["data"] == pytest.approx(expected, abs=1e-12)

    def test_exactly_at_the_cap_is_not_over_it(self) -> None:
        held: dict[Pillar, dict[str, float]] = {"data": {"A": 0.1 + 0.2, "B": 0.1}}

        cap(held, {"A": "A", "B": "B"}, 0.3)

        assert held["data"] == {"A": 0.1 + 0.2, "B": 0.1}


class TestTurnover:
    def test_half_of_what_moves_from_one_name_to_another(self) -> None:
        now = (basket("compute", AAA=0.6), basket("data", BBB=0.4))

        # .1 of AAA and .3 of CCC sold, .4 of BBB bought.
        held = {"AAA": 0.7, "CCC": 0.3}
        assert turnover(held, pillars.weights(now)) == pytest.approx(0.4, abs=1e-12)

    def test_the_reserve_counts_as_a_name(self) -> None:
        now = (basket("compute", AAA=0.6, reserve=0.4),)

        # Half of .4 sold and .4 put into the reserve.
        assert turnover({"AAA": 1.0}, pillars.weights(now)) == pytest.approx(
            0.4, abs=1e-12
        )

    def test_a_name_in_two_pillars_is_one_position(self) -> None:
        now = (basket("compute", AAA=0.5), basket("data", AAA=0.5))

        assert turnover({"AAA": 1.0}, pillars.weights(now)) == 0
        assert effective_number(now) == 1

    def test_from_nothing_all_of_it_is_bought(self) -> None:
        assert turnover({}, {"AAA": 0.5, "BBB": 0.5}) == 1


class TestEffectiveNumber:
    def test_equal_weights_count_each_name(self) -> None:
        four = basket("compute", A=0.25, B=0.25, C=0.25, D=0.25)

        assert effective_number((four,)) == 4

    def test_unequal_weights_count_for_less(self) -> None:
        # The squares are .64 and .04.
        assert effective_number((basket("data", A=0.8, B=0.2),)) == pytest.approx(
            1 / 0.68, abs=1e-12
        )

    def test_no_constituents_have_none(self) -> None:
        assert effective_number((basket("compute", reserve=0.5),)) is None


@pytest.mark.parametrize("seed", range(20))
class TestProperties:
    def test_weights_and_reserves_are_the_budgets_and_no_issuer_exceeds_the_cap(
        self, seed: int
    ) -> None:
        generator = np.random.default_rng(seed)
        lines = [
            Candidate(
                ticker,
                str(generator.integers(0, 9)),
                float(generator.uniform(0, 100)),
                float(generator.normal()),
                dict(zip(PILLARS, generator.dirichlet([1] * 4)[:3], strict=True)),
            )
            for ticker in ALPHABET[:15]
        ]
        issuer_cap = float(generator.uniform(0.05, 0.5))
        rules = recipe(basket={"size": 4, "issuer_cap": issuer_cap})

        _, baskets = gather(lines, rules)

        issuer = {line.ticker: line.issuer for line in lines}
        totals: dict[str, float] = {}
        for one in baskets:
            assert one.reserve >= 0
            assert one.reserve + sum(h.weight for h in one.constituents) == (
                pytest.approx(one.budget, abs=1e-9)
            )
            for held in one.constituents:
                totals[issuer[held.ticker]] = (
                    totals.get(issuer[held.ticker], 0) + held.weight
                )
        assert max(totals.values(), default=0) <= issuer_cap + 1e-9

    def test_a_basket_holds_the_leaders_and_is_as_large_as_it_can_be(
        self, seed: int
    ) -> None:
        generator = np.random.default_rng(seed)
        names = ALPHABET[: int(generator.integers(0, 20))]
        rules = BasketRules(
            size=int(generator.integers(1, 8)), buffer=float(generator.uniform(0, 0.6))
        )
        incumbents = {name for name in names if generator.random() < 0.3}

        found = select(names, rules, incumbents)

        assert len(found) == min(rules.size, len(names))
        assert len(set(found)) == len(found)
        enter = int((1 - rules.buffer) * rules.size)
        assert set(names[:enter]) <= set(found)
        stay = names[enter : int((1 + rules.buffer) * rules.size)]
        for outside in incumbents & set(stay) - set(found):
            # An incumbent within the buffer gives way to better incumbents only.
            others = set(found) - set(names[:enter])
            assert others <= incumbents
            assert max(map(names.index, others)) < names.index(outside)
