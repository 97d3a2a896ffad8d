from __future__ import annotations

import pytest
from pydantic import ValidationError

from triad_screener.model.rubric import Rubric

WEIGHTS = {"momentum": 1.0, "scale": 1.0, "evidence": 1.0, "stage": 1.0, "age": 1.0}


def test_the_weights_stand_in_the_order_of_the_criteria() -> None:
    backwards = dict(reversed(WEIGHTS.items()))

    found = Rubric.model_validate({"weights": backwards})

    assert tuple(found.weights) == tuple(WEIGHTS)


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"weights": {"age": 1.0}}, "missing for momentum, scale, evidence, stage"),
        ({"weights": dict.fromkeys(WEIGHTS, 0.0)}, "weight above zero"),
        ({"grade_points": {"A": 1.0}}, "points are missing for B, C, D"),
        ({"stage_points": {"private": 0.2}}, "points are missing for rumoured"),
        ({"scale": {"none": 1e9, "full": 1e9}}, "full must be above none"),
    ],
)
def test_a_rubric_that_leaves_something_out_is_refused(
    parts: dict[str, object], problem: str
) -> None:
    with pytest.raises(ValidationError, match=problem):
        Rubric.model_validate(parts)
