"""The worked example of the scoring specification, through the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agreement import differences
from oracle import scoring as oracle
from triad_screener.cli import run
from triad_screener.model.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    Answer = Callable[..., dict[str, Any]]

FOLDER = Path(__file__).parent
FILE = FOLDER / "cross_section.csv"
BASE = ("--set", "basket.size=3")
ANYBODY = ("--set", "basket.min_score=0")
INCUMBENTS = ("GCLD", "PIPE", "SOFT")


@pytest.fixture
def answer(capsysbinary: pytest.CaptureFixture[bytes]) -> Answer:
    """Run ``triad score`` on the file, and return the document that it prints."""

    def score(*arguments: str) -> dict[str, Any]:
        code = run(["score", str(FILE), *arguments, "--format", "json"])
        printed = capsysbinary.readouterr()
        assert (code, printed.err) == (0, b"")
        document: dict[str, Any] = json.loads(printed.out)
        return document

    return score


def members(document: dict[str, Any]) -> dict[str, list[str]]:
    """The constituents of each basket, in order."""
    return {
        basket["pillar"]: [held["ticker"] for held in basket["constituents"]]
        for basket in document["baskets"]
    }


def reserve(document: dict[str, Any]) -> float:
    """The pre-IPO reserve of all baskets."""
    return float(sum(basket["reserve"] for basket in document["baskets"]))


def line(document: dict[str, Any], ticker: str) -> dict[str, Any]:
    """The record of one ranked line."""
    return next(one for one in document["lines"] if one["ticker"] == ticker)


class TestBase:
    def test_every_number_is_the_expected_one(self, answer: Answer) -> None:
        expected = json.loads((FOLDER / "expected_base.json").read_bytes())

        assert differences(answer(*BASE), expected) == []

    def test_the_table_of_the_specification(self, answer: Answer) -> None:
        lines = answer(*BASE)["lines"]

        table = [
            (one["rank"], one["ticker"], one["primary_pillar"], one["score"])
            for one in lines
            if one["rank"] in {1, 2, 3, 6, 7, 14}
        ]
        assert table == [
            (1, "CHPA", "compute", 96.8),
            (2, "FABC", "compute", 94.3),
            (3, "SOCL", "algorithms", 75.3),
            (6, "GCLD", "compute", 58.6),
            (7, "LAKE", "data", 54.5),
            (14, "LABL", "data", 2.0),
        ]

    def test_lake_by_hand(self, answer: Answer) -> None:
        lake = line(answer(*BASE), "LAKE")["factors"]

        # Twelve lines have momentum; LAKE and MNGO share ranks 6 and 7, the mean.
        assert lake["mom_12_1"]["z"] == 0
        # Four lines are data; z less 4 / 9 of their mean of -.744208.
        assert lake["rev_yoy_q"]["rank_z"] == pytest.approx(0.124035, abs=5e-7)
        assert lake["rev_yoy_q"]["z"] == pytest.approx(
            0.124035 + 4 / 9 * 0.744208, abs=1e-6
        )

    def test_the_baskets_of_the_specification(self, answer: Answer) -> None:
        document = answer(*BASE)

        weights = {
            held["ticker"]: round(held["weight"], 6)
            for basket in document["baskets"]
            for held in basket["constituents"]
        }
        # MNGO, PIPE and LABM have less than 40 points; LAKE alone meets the cap.
        assert weights == {
            "CHPA": 0.15,
            "FABC": 0.15,
            "CHPB": 0.15,
            "LAKE": 0.15,
            "SOCL": 0.131482,
            "SRCH": 0.117759,
            "SOFT": 0.050759,
        }
        assert reserve(document) == pytest.approx(0.10, abs=1e-12)

    def test_the_young_listing_is_not_sure(self, answer: Answer) -> None:
        young = line(answer(*BASE), "GCLD")

        # 35.7 to 78.4 leaves 57.3 of a hundred points.
        assert (young["score_low"], young["score_high"]) == (35.7, 78.4)
        assert young["precision"] == pytest.approx(0.573, abs=1e-12)
        assert young["confidence_label"] == "low"


class TestOtherScenarios:
    def test_without_a_least_score_the_weak_fill_their_pillar(
        self, answer: Answer
    ) -> None:
        document = answer(*BASE, *ANYBODY)

        weights = {
            held["ticker"]: round(held["weight"], 6)
            for basket in document["baskets"]
            for held in basket["constituents"]
        }
        assert weights == {
            "CHPA": 0.15,
            "FABC": 0.15,
            "CHPB": 0.15,
            "LAKE": 0.105303,
            "MNGO": 0.0511,
            "PIPE": 0.043597,
            "SOCL": 0.11655,
            "SRCH": 0.104386,
            "LABM": 0.079064,
        }
        assert reserve(document) == pytest.approx(0.05, abs=1e-12)

    def test_one_held_may_stay_ten_points_under_the_least_score(
        self, answer: Answer
    ) -> None:
        # MNGO has 39.8 points, LABM 31.4 and PIPE 29.4.
        document = answer(*BASE, "--incumbents", "MNGO,LABM,PIPE")

        assert members(document)["data"] == ["LAKE", "MNGO"]
        assert members(document)["algorithms"] == ["SOCL", "SRCH", "LABM"]

    def test_incumbents_in_the_buffer_stay(self, answer: Answer) -> None:
        document = answer(*BASE, *ANYBODY, "--incumbents", ",".join(INCUMBENTS))

        assert members(document) == {
            "compute": ["CHPA", "FABC", "GCLD"],
            "data": ["LAKE", "MNGO", "PIPE"],
            "algorithms": ["SOCL", "SRCH", "SOFT"],
        }

    def test_incumbents_change_no_score(self, answer: Answer) -> None:
        with_incumbents = answer(*BASE, "--incumbents", ",".join(INCUMBENTS))

        assert with_incumbents["lines"] == answer(*BASE)["lines"]

    def test_a_cap_of_a_tenth_leaves_a_fifth_in_reserve(self, answer: Answer) -> None:
        document = answer(*BASE, *ANYBODY, "--set", "basket.issuer_cap=.10")

        weights = [
            held["weight"]
            for basket in document["baskets"]
            for held in basket["constituents"]
        ]
        # Three compute names at the cap leave .20 of .50; algorithms just fill .30.
        assert max(weights) == pytest.approx(0.10, abs=1e-12)
        assert [round(b["reserve"], 9) for b in document["baskets"]] == [0.20, 0, 0]

    def test_not_neutralised_z_is_that_of_the_ranks(self, answer: Answer) -> None:
        document = answer(*BASE, "--set", "neutralise.by=none")

        cells = [
            factor
            for one in document["lines"]
            for factor in one["factors"].values()
            if factor["raw"] is not None
        ]
        assert all(factor["z"] == factor["rank_z"] for factor in cells)

    def test_equal_weights_share_a_sixth_in_each_group(self, answer: Answer) -> None:
        first = answer("--recipe", "equal", *BASE)["lines"][0]

        assert first["factors"]["mom_6_1"]["weight"] == pytest.approx(1 / 12, abs=1e-12)
        assert first["factors"]["thesis"]["weight"] == pytest.approx(1 / 6, abs=1e-12)

    @pytest.mark.parametrize(
        ("arguments", "changes"),
        [
            (["--incumbents", ",".join(INCUMBENTS)], {}),
            (["--recipe", "equal"], {"group_weights": dict.fromkeys(oracle.GROUPS, 1)}),
            (["--set", "neutralise.by=none"], {"neutralise": {"by": "none"}}),
            (["--set", "basket.issuer_cap=.10"], {"basket": {"issuer_cap": 0.10}}),
            (["--set", "basket.min_score=55"], {"basket": {"min_score": 55}}),
            (
                ["--set", "basket.size=5", "--set", "coverage_floor=.3"],
                {"basket": {"size": 5}, "coverage_floor": 0.3},
            ),
        ],
        ids=["incumbents", "equal", "none", "cap", "least score", "lower floor"],
    )
    def test_every_number_is_that_of_the_oracle(
        self,
        answer: Answer,
        arguments: list[str],
        changes: dict[str, Any],
    ) -> None:
        recipe = Recipe().model_dump(mode="json")
        recipe["basket"]["size"] = 3
        for part, value in changes.items():
            both = isinstance(value, dict)
            recipe[part] = {**recipe[part], **value} if both else value
        rows = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))
        held = INCUMBENTS if "--incumbents" in arguments else ()

        document = answer(*BASE, *arguments)

        assert differences(document, oracle.score(rows, recipe, held)) == []
