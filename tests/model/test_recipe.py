from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

import samples
from triad_screener.model.recipe import Recipe
from triad_screener.model.vocabulary import GROUPS, PILLARS


class TestRegression:
    def test_the_default_recipe_is_that_of_the_scoring_specification(self) -> None:
        assert Recipe().model_dump(exclude={"description"}) == {
            "group_weights": {
                "momentum": 0.20,
                "growth": 0.20,
                "quality": 0.20,
                "value": 0.10,
                "risk": 0.10,
                "thesis": 0.20,
            },
            "pillar_budgets": {"compute": 0.50, "data": 0.20, "algorithms": 0.30},
            "active_factor": {"minimum_lines": 8, "minimum_share": 0.50},
            "coverage_floor": 0.60,
            "clip": 3.0,
            "neutralise": {"by": "pillar", "minimum_group": 4, "shrinkage": 5.0},
            "exposure_floor": 0.25,
            "basket": {
                "size": 5,
                "buffer": 0.20,
                "issuer_cap": 0.15,
                "min_score": 40,
            },
            "freshness_days": {"fresh": 135, "expired": 270},
            "freshness_days_half_yearly": {"fresh": 200, "expired": 335},
            "risk_free_rate": {"value": 0.04, "date": date(2025, 2, 14)},
        }

    def test_weights_and_budgets_stand_in_the_order_of_the_house(self) -> None:
        turned = samples.recipe(
            group_weights=dict.fromkeys(reversed(GROUPS), 1.0),
            pillar_budgets={"algorithms": 0.5, "data": 0.3, "compute": 0.2},
        )

        assert tuple(turned.group_weights) == GROUPS
        assert tuple(turned.pillar_budgets) == PILLARS

    def test_budgets_may_miss_one_by_arithmetic_noise(self) -> None:
        noisy = {"compute": 0.7, "data": 0.2, "algorithms": 0.1 + 1e-12}

        assert samples.recipe(pillar_budgets=noisy).pillar_budgets == noisy

    @pytest.mark.parametrize(
        ("parts", "problem"),
        [
            ({"group_weights": {"risk": 1.0}}, "a weight is missing for momentum"),
            ({"group_weights": dict.fromkeys(GROUPS, 0.0)}, "at least one group needs"),
            (
                {"group_weights": {**dict.fromkeys(GROUPS, 1.0), "value": -0.1}},
                "greater than or equal to 0",
            ),
            ({"pillar_budgets": {"compute": 1.0}}, "a budget is missing for data"),
            (
                {"pillar_budgets": {"compute": 0.5, "data": 0.5, "algorithms": 0.1}},
                "must sum to 1, and sum to 1.1",
            ),
            ({"freshness_days": {"fresh": 100, "expired": 100}}, "expired must be"),
            ({"clip": 0.0}, "greater than 0"),
            ({"clip": float("inf")}, "finite"),
            ({"coverage_floor": 1.1}, "less than or equal to 1"),
            ({"basket": {"size": 0}}, "greater than or equal to 1"),
            ({"basket": {"issuer_cap": 0.0}}, "greater than 0"),
            ({"basket": {"min_score": -1}}, "greater than or equal to 0"),
            ({"basket": {"min_score": 100.1}}, "less than or equal to 100"),
            ({"basket": {"sise": 3}}, "Extra inputs are not permitted"),
            ({"neutralise": {"by": "country"}}, "'pillar' or 'none'"),
            ({"neutralise": {"minimum_group": "4"}}, "valid integer"),
        ],
    )
    def test_a_recipe_that_makes_no_sense_is_refused(
        self, parts: dict[str, object], problem: str
    ) -> None:
        with pytest.raises(ValidationError, match=problem):
            samples.recipe(**parts)

    def test_a_recipe_cannot_be_changed_once_made(self) -> None:
        with pytest.raises(ValidationError, match="frozen"):
            Recipe().clip = 2.0  # type: ignore[misc]
