from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING

import numpy as np
import pytest

from samples import cross_section, recipe
from triad_screener.factors import FACTORS
from triad_screener.model.vocabulary import GROUPS
from triad_screener.screening.scoring import (
    one_per_issuer,
    places,
    score,
    scores_of,
)

if TYPE_CHECKING:
    from triad_screener.model.cross_section import CrossSection

#: Only gross profitability and return on capital count, each for one half.
QUALITY = recipe(
    group_weights={**dict.fromkeys(GROUPS, 0.0), "quality": 1.0},
    neutralise={"by": "none"},
    coverage_floor=0.5,
)
RISING = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
ALL_BUT_THESIS = [name for name in FACTORS if name != "thesis"]


def a_random_one(seed: int, count: int = 20) -> CrossSection:
    """A cross-section of all factors, a tenth of the cells missing."""
    generator = np.random.default_rng(seed)
    raw = generator.normal(size=(len(ALL_BUT_THESIS), count)).round(1)
    raw[generator.random(raw.shape) < 0.1] = nan
    return cross_section(
        dict(zip(ALL_BUT_THESIS, raw.tolist(), strict=True)),
        exposures=generator.dirichlet([1, 1, 1, 1], count)[:, :3].tolist(),
        sizes=generator.uniform(1e9, 1e12, count).tolist(),
        ages=generator.uniform(30, 300, count).tolist(),
    )


class TestOneLinePerIssuer:
    def test_the_most_traded_line_stands_for_its_issuer(self) -> None:
        two = cross_section(
            {"gp_at": [1, 2, 3]}, issuers=["x", "x", "y"], traded=[5, 6, 1]
        )

        kept, dropped = one_per_issuer(two)

        assert (kept.tickers, dropped) == (("B", "C"), ("A",))

    @pytest.mark.parametrize(
        ("traded", "kept"),
        [((5, 5), "A"), ((nan, nan), "A"), ((nan, 1), "B"), ((nan, 0), "A")],
    )
    def test_an_unknown_volume_counts_as_zero_and_then_it_goes_by_ticker(
        self, traded: tuple[float, float], kept: str
    ) -> None:
        two = cross_section({"gp_at": [1, 2]}, issuers=["x", "x"], traded=traded)

        assert one_per_issuer(two)[0].tickers == (kept,)

    def test_lines_stand_in_order_of_ticker(self) -> None:
        three = cross_section({"gp_at": [1, 2, 3]}, tickers=["C", "A", "B"])

        kept, dropped = one_per_issuer(three)

        assert (kept.tickers, dropped) == (("A", "B", "C"), ())
        assert kept.raw[:, 0].tolist() == [2, 3, 1]

    def test_a_line_that_stands_aside_is_in_no_list_but_that_of_dropped_lines(
        self,
    ) -> None:
        issuers = ["x", "x", *"abcdefgh"]
        lines = cross_section(
            {"gp_at": [0.9, 0.1, *RISING]}, issuers=issuers, traded=[1, 2, *[1] * 8]
        )

        scores = score(lines, recipe(coverage_floor=0.0))

        named = [line.ticker for line in scores.lines]
        assert scores.dropped_lines == ("A",)
        assert sorted(named) == list("BCDEFGHIJ")
        assert all(place.ticker != "A" for place in scores.pillars["compute"])


class TestRanking:
    def test_the_best_line_is_first(self) -> None:
        scores = score(cross_section({"gp_at": RISING}), QUALITY)

        assert [line.ticker for line in scores.lines] == list("HGFEDCBA")
        assert [line.rank for line in scores.lines] == list(range(1, 9))

    @pytest.mark.parametrize(
        ("z", "points"),
        [(0.0, 50.0), (1.857796, 96.8), (-2.055, 2.0), (3.0, 99.9), (-3.0, 0.1)],
    )
    def test_a_score_is_the_share_of_a_normal_population_below(
        self, z: float, points: float
    ) -> None:
        assert scores_of(np.array([z])).tolist() == [points]

    def test_of_two_equal_lines_the_one_of_which_more_is_known_leads(self) -> None:
        # Return on capital is the same for all, so to have it changes no composite.
        lines = cross_section(
            {"gp_at": [0.55, 0.55, *RISING[:7]], "ebit_ic": [nan, *[0.1] * 8]}
        )

        scores = score(lines, QUALITY)

        a, b = (next(o for o in scores.lines if o.ticker == t) for t in "AB")
        assert a.composite_z == b.composite_z
        assert (a.coverage, b.coverage) == (0.5, 1.0)
        assert a.rank == b.rank + 1

    @pytest.mark.parametrize(
        ("exposures", "sizes", "order"),
        [
            ([(0.1, 0, 0), (0.9, 0, 0)], [9.0, 1.0], "BA"),
            ([(0.5, 0, 0), (0.5, 0, 0)], [1.0, 9.0], "BA"),
            ([(0.5, 0, 0), (0.5, 0, 0)], [nan, 9.0], "BA"),
            ([(0.5, 0, 0), (0.5, 0, 0)], [9.0, 9.0], "AB"),
            ([(0.5, 0, 0), (0.5, 0, 0)], [nan, nan], "AB"),
            ([(0.1 * 3, 0, 0), (0.3, 0, 0)], [1.0, 9.0], "BA"),
        ],
        ids=["thesis", "size", "a size", "ticker", "no size", "noise"],
    )
    def test_then_thesis_exposure_decides_then_size_then_the_alphabet(
        self, exposures: list[tuple[float, ...]], sizes: list[float], order: str
    ) -> None:
        lines = cross_section(
            {"gp_at": [0.9, 0.9, *RISING[:7]]},
            exposures=[*exposures, *[(0.5, 0, 0)] * 7],
            sizes=[*sizes, *[1.0] * 7],
        )

        scores = score(lines, QUALITY)

        assert "".join(line.ticker for line in scores.lines[:2]) == order

    def test_zx_leaves_the_thesis_out(self) -> None:
        lines = cross_section(
            {"gp_at": RISING},
            exposures=[(share, 0, 0) for share in reversed(RISING)],
        )
        rules = recipe(neutralise={"by": "none"})

        scores = score(lines, rules)

        # Quality and thesis weigh the same and rank the other way round.
        assert all(line.composite_z == 0 for line in scores.lines)
        ex_thesis = {o.ticker: o.composite_ex_thesis_z for o in scores.lines}
        assert sorted(ex_thesis, key=lambda t: ex_thesis[t]) == list("ABCDEFGH")

    def test_a_line_carries_what_was_scored(self) -> None:
        lines = cross_section(
            {"gp_at": [*RISING, 0.9], "ebit_ic": [nan, *RISING]},
            exposures=[(0.2, 0.5, 0.1)] * 9,
        )

        a = next(o for o in score(lines, QUALITY).lines if o.ticker == "A")

        assert a.primary_pillar == "data"
        assert a.thesis_exposure == pytest.approx(0.23, abs=1e-12)
        assert set(a.groups) == {"quality"}
        assert set(a.factors) == {"gp_at", "ebit_ic"}
        missing = a.factors["ebit_ic"]
        assert (missing.raw, missing.rank, missing.rank_z) == (None, None, None)
        assert (missing.z, missing.weight) == (0, 0.5)
        assert (a.factors["gp_at"].raw, a.factors["gp_at"].rank) == (0.1, 1)


class TestCoverageFloor:
    def test_sixty_per_cent_is_enough_and_less_is_not(self) -> None:
        columns = {name: list(np.linspace(0, 1, 12)) for name in ALL_BUT_THESIS}
        for name in ("mom_12_1", "mom_6_1", "rev_yoy_q", "rev_cagr_3y", "dgp_at"):
            columns[name][0] = columns[name][1] = nan
        columns["ebit_ev"][1] = nan

        scores = score(cross_section(columns), recipe())

        # A lacks momentum and growth, .2 each; B a third of value, .0333, as well.
        a = next(line for line in scores.lines if line.ticker == "A")
        assert a.coverage == pytest.approx(0.6, abs=1e-12)
        (b,) = scores.unranked
        assert (b.ticker, b.reason) == ("B", "insufficient data")
        assert b.coverage == pytest.approx(0.6 - 0.1 / 3, abs=1e-12)

    def test_unranked_lines_do_not_move_the_others(self) -> None:
        columns = {name: list(np.linspace(0, 1, 12)) for name in ALL_BUT_THESIS}
        with_thin = {name: [*found, nan] for name, found in columns.items()}
        with_thin["gp_at"][12] = 99.0

        scores = score(cross_section(with_thin), recipe())

        without = score(cross_section(columns), recipe())
        assert [line.ticker for line in scores.unranked] == ["M"]
        assert scores.lines == without.lines


class TestTooFew:
    def test_seven_lines_are_listed_and_not_ranked(self) -> None:
        scores = score(cross_section({"gp_at": RISING[:7]}), recipe())

        assert scores.lines == ()
        assert [line.ticker for line in scores.unranked] == list("ABCDEFG")
        assert {line.reason for line in scores.unranked} == {
            "no factor is known for enough lines"
        }
        assert [basket.reserve for basket in scores.baskets] == [0.5, 0.2, 0.3]
        assert scores.inactive_factors == ("gp_at", "thesis")

    def test_no_lines_at_all_have_empty_baskets(self) -> None:
        scores = score(cross_section({"gp_at": []}), recipe())

        assert (scores.lines, scores.unranked, scores.dropped_lines) == ((), (), ())
        assert [basket.constituents for basket in scores.baskets] == [(), (), ()]

    def test_one_line_alone_is_average_and_stable(self) -> None:
        rules = recipe(active_factor={"minimum_lines": 1})

        (alone,) = score(cross_section({"gp_at": [0.3]}), rules).lines

        assert (alone.score, alone.composite_z, alone.stability) == (50.0, 0, 1)

    def test_factors_that_too_few_lines_have_are_named(self) -> None:
        lines = cross_section({"gp_at": RISING, "ey_fwd": [0.1, *[nan] * 7]})

        assert score(lines, recipe()).inactive_factors == ("ey_fwd",)


class TestIntervalAndConfidence:
    LINES = cross_section(
        {
            "gp_at": [*RISING, 0.45, 0.9],
            "ebit_ic": [*RISING, nan, 0.9],
        },
        ages=[60, 135, 162, 189, 270, 60, 60, 60, 60, nan],
        half_yearly=[False] * 3 + [True] + [False] * 6,
    )

    def test_a_line_with_a_gap_has_an_interval_around_its_score(self) -> None:
        scores = score(self.LINES, QUALITY)

        line = next(o for o in scores.lines if o.ticker == "I")
        assert line.score_low is not None
        assert line.score_high is not None
        assert line.score_low < line.score < line.score_high

    def test_a_line_without_a_gap_has_none(self) -> None:
        scores = score(self.LINES, QUALITY)

        complete = [line for line in scores.lines if line.ticker != "I"]
        assert {(line.score_low, line.score_high) for line in complete} == {
            (None, None)
        }

    def test_freshness_goes_by_the_habit_of_reporting(self) -> None:
        scores = score(self.LINES, QUALITY)

        freshness = {line.ticker: round(line.freshness, 12) for line in scores.lines}
        assert freshness == {
            **dict.fromkeys("ABFGHI", 1.0),
            "C": 0.8,
            "D": 1.0,  # half-yearly: 189 days are fresh
            "E": 0.0,
            "J": 0.0,  # of unknown age
        }

    def test_confidence_is_the_least_of_its_four_parts(self) -> None:
        scores = score(self.LINES, QUALITY)

        for line in scores.lines:
            assert line.precision is not None
            parts = (line.coverage, line.freshness, line.stability, line.precision)
            assert line.confidence == min(parts)
        labels = {line.ticker: line.confidence_label for line in scores.lines}
        assert (labels["A"], labels["C"], labels["E"]) == ("high", "high", "low")
        assert labels["I"] == "low"  # half of the weight is missing

    def test_a_wide_interval_is_never_sure(self) -> None:
        scores = score(self.LINES, QUALITY)

        line = next(o for o in scores.lines if o.ticker == "I")
        assert line.score_low is not None
        assert line.score_high is not None
        left = 100 - (line.score_high - line.score_low)
        assert line.precision == pytest.approx(left / 100, abs=1e-12)
        assert {o.precision for o in scores.lines if o != line} == {1.0}

    def test_who_has_no_price_has_no_rank_and_moves_no_other(self) -> None:
        columns = {"gp_at": [*RISING, 0.45], "ebit_ic": [*RISING, 0.9]}
        halted = cross_section(columns, priced=[True] * 8 + [False])

        scores = score(halted, QUALITY)

        assert [(o.ticker, o.reason) for o in scores.unranked] == [("I", "no price")]
        without = score(halted.take(np.arange(8)), QUALITY)
        assert scores.lines == without.lines


class TestAmong:
    LINES = a_random_one(3)

    def test_a_part_keeps_its_scores_and_is_ranked_among_itself(self) -> None:
        among = {"B", "D", "F", "H"}

        whole = score(self.LINES, recipe())
        part = score(self.LINES, recipe(), among=among)

        chosen = [line for line in whole.lines if line.ticker in among]
        assert [replace(line, rank=0) for line in part.lines] == [
            replace(line, rank=0) for line in chosen
        ]
        assert [line.rank for line in part.lines] == [1, 2, 3, 4]
        assert part.standardisation == whole.standardisation

    def test_baskets_are_made_of_the_part_alone(self) -> None:
        among = {"B", "D", "F", "H"}

        part = score(self.LINES, recipe(), among=among)

        named = {place.ticker for places in part.pillars.values() for place in places}
        held = {h.ticker for basket in part.baskets for h in basket.constituents}
        assert held <= named <= among
        total = sum(basket.budget for basket in part.baskets)
        assert total == pytest.approx(1, abs=1e-12)

    def test_the_other_lists_are_those_of_the_part_too(self) -> None:
        gaps = [nan] * 3
        lines = cross_section(
            {name: [*np.linspace(0, 1, 12).tolist(), *gaps] for name in ALL_BUT_THESIS},
            issuers=[*"abcdefghijka", *"lmn"],
            traded=[2.0] * 11 + [1.0] * 4,
        )

        scores = score(lines, recipe(), among={"A", "L", "M"})

        # L stands aside for A; M to O are thin.
        assert scores.dropped_lines == ("L",)
        assert [line.ticker for line in scores.unranked] == ["M"]
        assert score(lines, recipe(), among={"B"}).dropped_lines == ()


@pytest.mark.parametrize("seed", range(6))
class TestProperties:
    def test_the_order_of_the_rows_does_not_matter(self, seed: int) -> None:
        lines = a_random_one(seed)
        shuffled = lines.take(np.random.default_rng(seed).permutation(20))

        assert score(shuffled, recipe()) == score(lines, recipe())

    def test_only_the_order_of_raw_values_counts(self, seed: int) -> None:
        lines = a_random_one(seed)
        stretched = replace(lines, raw=np.exp(2 * lines.raw))
        # The thesis exposure is read back from its column; it is left as it is.
        stretched.raw[:, -1] = lines.raw[:, -1]

        found = score(stretched, recipe())

        expected = score(lines, recipe())
        assert [(o.ticker, o.composite_z) for o in found.lines] == [
            (o.ticker, o.composite_z) for o in expected.lines
        ]

    def test_incumbents_change_no_score(self, seed: int) -> None:
        lines = a_random_one(seed)

        with_incumbents = score(lines, recipe(), lines.tickers[::3])

        assert with_incumbents.lines == score(lines, recipe()).lines

    def test_a_better_value_never_lowers_its_own_z(self, seed: int) -> None:
        lines = a_random_one(seed)
        better = replace(lines, raw=lines.raw.copy())
        better.raw[5, ALL_BUT_THESIS.index("mom_12_1")] = 99.0

        before = score(lines, recipe(), among={"F"}).lines[0]
        after = score(better, recipe(), among={"F"}).lines[0]

        assert after.factors["mom_12_1"].z >= before.factors["mom_12_1"].z

    def test_scores_run_downwards_with_the_ranks(self, seed: int) -> None:
        found = score(a_random_one(seed), recipe()).lines

        z = [line.composite_z for line in found]
        assert z == sorted(z, reverse=True)
        assert all(0 <= line.confidence <= 1 for line in found)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("few", [False, True])
def test_places_are_the_scores_and_ranks_of_a_full_scoring(
    seed: int,
    few: bool,  # noqa: FBT001 - a table of cases
) -> None:
    lines = a_random_one(seed)
    among = frozenset(lines.tickers[::2]) if few else None

    found = places(lines, recipe(), among)

    full = score(lines, recipe(), among=among).lines
    assert len(full) > 3
    assert found == {line.ticker: (line.score, line.rank) for line in full}
