"""The rubric of the watchlist: what counts for a company that has no prices yet?

It is judgment and never mixed with the factors of listed lines: its points compare
companies of the watchlist with one another, and with nothing else.
"""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from triad_screener.model.recipe import Days, Part, Positive, Share, Weight
from triad_screener.model.vocabulary import (
    CRITERIA,
    ENDED,
    GRADES,
    STAGES,
    Criterion,
    Grade,
    Stage,
)


def _every_criterion(weights: dict[Criterion, float]) -> dict[Criterion, float]:
    if missing := [name for name in CRITERIA if name not in weights]:
        message = f"a weight is missing for {', '.join(missing)}"
        raise ValueError(message)
    if sum(weights.values()) <= 0:
        message = "at least one criterion needs a weight above zero"
        raise ValueError(message)
    return {name: weights[name] for name in CRITERIA}


def _every_grade(points: dict[Grade, float]) -> dict[Grade, float]:
    if missing := [grade for grade in GRADES if grade not in points]:
        message = f"points are missing for {', '.join(missing)}"
        raise ValueError(message)
    return points


def _every_stage(points: dict[Stage, float]) -> dict[Stage, float]:
    wanted = [stage for stage in STAGES if stage not in ENDED]
    if missing := [stage for stage in wanted if stage not in points]:
        message = f"points are missing for {', '.join(missing)}"
        raise ValueError(message)
    return points


class Scale(Part):
    """Values of a company, in US dollars, that get no points and all points."""

    none: Positive = 1e9
    full: Positive = 1e12

    @model_validator(mode="after")
    def _ascend(self) -> Self:
        if self.full <= self.none:
            message = "full must be above none"
            raise ValueError(message)
        return self


class Rubric(Part):
    """Weights and thresholds of the watchlist; points are fractions in [0, 1]."""

    weights: Annotated[dict[Criterion, Weight], AfterValidator(_every_criterion)] = (
        Field(
            {
                "momentum": 0.25,
                "scale": 0.20,
                "evidence": 0.20,
                "stage": 0.20,
                "age": 0.15,
            }
        )
    )
    """Relative weights; they are divided by their sum."""
    grade_points: Annotated[dict[Grade, Share], AfterValidator(_every_grade)] = Field(
        {"A": 1.0, "B": 0.75, "C": 0.50, "D": 0.25}
    )
    """Points for the grade of the last mark."""
    stage_points: Annotated[dict[Stage, Share], AfterValidator(_every_stage)] = Field(
        {
            "private": 0.2,
            "rumoured": 0.4,
            "draft_submitted": 0.6,
            "public_filed": 0.8,
            "priced": 1.0,
            "listed": 1.0,
            "withdrawn": 0.1,
        }
    )
    """Points for the nearness of a listing."""
    scale: Scale = Field(default_factory=Scale)
    """Points for the value, by its logarithm."""
    full_growth: Positive = 1.0
    """Growth a year of the marks that gets all points; as much of a fall gets none."""
    least_days: Days = 30
    """Marks closer together than this are not annualised."""
    floor: Share = 0.50
    """Share of the weight that must be known; below it there are no points."""
    stale_revenue_days: Days = 400
    """Age after which a revenue figure is called stale."""
    stale_stake_days: Days = 400
    """Age after which the figure of a holder is called stale."""
