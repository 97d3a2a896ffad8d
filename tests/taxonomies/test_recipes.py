"""Which recipe is meant, and may its values be set so?"""

from __future__ import annotations

from typing import Any

import pytest

from triad_screener.errors import UnknownNameError, UsageError
from triad_screener.model.recipe import Recipe
from triad_screener.model.taxonomy import Taxonomy
from triad_screener.taxonomies.recipes import choose, leaves

TAXONOMY = Taxonomy(recipes={"default": Recipe(), "equal": Recipe(clip=2.0)})


def value(recipe: Recipe, path: str) -> Any:  # noqa: ANN401 - any value of a recipe
    """The value at a dotted path."""
    found: Any = recipe.model_dump(mode="json")
    for key in path.split("."):
        found = found[key]
    return found


#: Every value of a recipe, and another one that it may have by itself.
OTHER = {
    "description": "mine",
    "group_weights.momentum": 0.3,
    "group_weights.growth": 0.3,
    "group_weights.quality": 0,
    "group_weights.value": 0.3,
    "group_weights.risk": 0.3,
    "group_weights.thesis": 1,
    "active_factor.minimum_lines": 3,
    "active_factor.minimum_share": 0.1,
    "coverage_floor": 0.5,
    "clip": 2.5,
    "neutralise.by": "none",
    "neutralise.minimum_group": 5,
    "neutralise.shrinkage": 1.5,
    "exposure_floor": 0.1,
    "basket.size": 3,
    "basket.buffer": 0.4,
    "basket.issuer_cap": 0.1,
    "basket.min_score": 55,
    "freshness_days.fresh": 100,
    "freshness_days.expired": 300,
    "freshness_days_half_yearly.fresh": 100,
    "freshness_days_half_yearly.expired": 400,
    "risk_free_rate.value": -0.005,
    "risk_free_rate.date": "2026-01-31",
}
BUDGETS = {f"pillar_budgets.{p}" for p in ("compute", "data", "algorithms")}


def test_every_value_of_a_recipe_is_tried_below() -> None:
    names = set(leaves(Recipe().model_dump(mode="json")))

    assert names == OTHER.keys() | BUDGETS


@pytest.mark.parametrize(("path", "other"), OTHER.items())
def test_every_value_can_be_set_and_no_other_one_changes(
    path: str, other: object
) -> None:
    before = Recipe().model_dump(mode="json")

    recipe = choose(TAXONOMY, "default", [f"{path}={other}"])

    assert value(recipe, path) == other
    changed = [
        name for name in leaves(before) if value(recipe, name) != value(Recipe(), name)
    ]
    assert changed == [path]


def test_budgets_are_set_together_since_they_sum_to_one() -> None:
    settings = ["pillar_budgets.compute=1", "pillar_budgets.data=0"]

    recipe = choose(TAXONOMY, "default", [*settings, "pillar_budgets.algorithms=0"])

    assert recipe.pillar_budgets == {"compute": 1, "data": 0, "algorithms": 0}


def test_a_later_setting_comes_over_an_earlier_one() -> None:
    recipe = choose(TAXONOMY, "default", ["clip=2", " clip = 4 "])

    assert recipe.clip == 4


def test_a_recipe_without_settings_is_the_one_of_the_file() -> None:
    recipe = choose(TAXONOMY, "equal")

    assert recipe is TAXONOMY.recipes["equal"]


def test_settings_change_the_recipe_that_was_named() -> None:
    recipe = choose(TAXONOMY, "equal", ["basket.size=3"])

    assert (recipe.clip, recipe.basket.size) == (2.0, 3)


def test_an_unknown_recipe_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        choose(TAXONOMY, "equl")

    assert caught.value.what == "There is no recipe called 'equl'."
    assert caught.value.remedy == "Did you mean equal?"


@pytest.mark.parametrize(
    ("setting", "remedy"),
    [
        ("basket.siz=3", "Did you mean basket.size?"),
        ("size=3", "Did you mean basket.size?"),
        ("basket=3", "Did you mean basket.size or "),
        ("basket.size.x=3", "Did you mean basket.size?"),
        ("group_weights.momentun=1", "Did you mean group_weights.momentum or "),
        ("zzz=3", "Choose one of: active_factor.minimum_lines, "),
    ],
)
def test_an_unknown_value_of_the_recipe_names_the_nearest(
    setting: str, remedy: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        choose(TAXONOMY, "default", [setting])

    name = setting.partition("=")[0]
    assert caught.value.what == f"There is no recipe value called {name!r}."
    assert caught.value.remedy.startswith(remedy)


@pytest.mark.parametrize("setting", ["clip", "=3", ""])
def test_a_setting_without_a_name_or_an_equals_sign_is_refused(setting: str) -> None:
    with pytest.raises(UsageError) as caught:
        choose(TAXONOMY, "default", [setting])

    assert caught.value.what == f"The setting {setting!r} has no value."
    assert caught.value.remedy == "Write it as --set basket.size=3."


@pytest.mark.parametrize(
    ("setting", "what", "remedy"),
    [
        ("clip=abc", "clip is 'abc'.", "The value should be a number."),
        ("clip=", "clip is empty.", "The value should be a number."),
        ("clip=nan", "clip is 'nan'.", "The value should be a number."),
        ("clip=.nan", "clip is nan.", "The value should be a finite number."),
        ("clip=1e999", "clip is inf.", "The value should be a finite number."),
        ("clip=0x10", "clip is '0x10'.", "The value should be a number."),
        ("clip=1_000", "clip is '1_000'.", "The value should be a number."),
        ("clip=-1", "clip is -1.", "The value should be above 0."),
        (
            "basket.size=3.5",
            "basket.size is 3.5.",
            "The value should be a whole number.",
        ),
        (
            "basket.size=true",
            "basket.size is true.",
            "The value should be a whole number.",
        ),
        (
            "basket.size=3=4",
            "basket.size is '3=4'.",
            "The value should be a whole number.",
        ),
        (
            "neutralise.by=layer",
            "neutralise.by is 'layer'.",
            "The value should be 'pillar' or 'none'.",
        ),
        (
            "group_weights.momentum=1e308",
            "group_weights.momentum is 1e+308.",
            "The value should be 1e+09 or less.",
        ),
        (
            "pillar_budgets.compute=.6",
            "pillar_budgets does not fit: the budgets must sum to 1, and sum to 1.1.",
            "Mend the values named.",
        ),
        (
            "freshness_days.fresh=300",
            "freshness_days does not fit: expired must be more days than fresh.",
            "Mend the values named.",
        ),
        (
            "risk_free_rate.date=2025-02-30",
            "risk_free_rate.date is '2025-02-30'.",
            "2025-02-30 is not a day of the calendar.",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_was_expected(
    setting: str, what: str, remedy: str
) -> None:
    with pytest.raises(UsageError) as caught:
        choose(TAXONOMY, "default", [setting])

    assert caught.value.what == f"The recipe value {what}"
    assert caught.value.remedy == remedy


def test_no_group_may_weigh_when_all_weigh_nothing() -> None:
    groups = ("momentum", "growth", "quality", "value", "risk", "thesis")

    with pytest.raises(UsageError) as caught:
        choose(TAXONOMY, "default", [f"group_weights.{group}=0" for group in groups])

    assert "at least one group needs a weight above zero" in caught.value.what
