"""A recipe: which weights, budgets and thresholds turn raw values into baskets?

The formulas are fixed (``screening``); what is judgment stands here, with the
defaults of the house. Every value can be set from the command line.
"""

from datetime import date
from math import fsum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from triad_screener.model.texts import IsoDate, Remark
from triad_screener.model.vocabulary import GROUPS, PILLARS, Group, Pillar

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Days = Annotated[int, Field(ge=1, le=36500)]


class Part(BaseModel):
    """A part of a recipe or taxonomy: frozen, strict, no unknown keys."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        defer_build=True,
    )


class ActiveFactor(Part):
    """How many lines must have a factor before it counts."""

    minimum_lines: int = Field(8, ge=1)
    minimum_share: Share = 0.50


class Neutralisation(Part):
    """How far z-scores are compared within a pillar rather than with all lines."""

    by: Literal["pillar", "none"] = "pillar"
    minimum_group: int = Field(4, ge=1)
    shrinkage: NonNegative = 5.0


class BasketRules(Part):
    """Size, buffer and issuer cap of the baskets, and the score that lets in."""

    size: int = Field(5, ge=1, le=1000)
    buffer: Share = 0.20
    issuer_cap: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.15
    min_score: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 40


class FreshnessDays(Part):
    """Age of the newest statement, in days, up to which and from which it counts."""

    fresh: Days = 135
    expired: Days = 270

    @model_validator(mode="after")
    def _ascend(self) -> Self:
        if self.expired <= self.fresh:
            message = "expired must be more days than fresh"
            raise ValueError(message)
        return self


class DatedRate(Part):
    """A rate a year, as a fraction, and the day it was taken."""

    value: float = Field(0.04, ge=-0.5, le=1, allow_inf_nan=False)
    date: IsoDate


def _every_group(weights: dict[Group, float]) -> dict[Group, float]:
    if missing := [group for group in GROUPS if group not in weights]:
        message = f"a weight is missing for {', '.join(missing)}"
        raise ValueError(message)
    if fsum(weights.values()) <= 0:
        message = "at least one group needs a weight above zero"
        raise ValueError(message)
    return {group: weights[group] for group in GROUPS}


def _sum_to_one(budgets: dict[Pillar, float]) -> dict[Pillar, float]:
    if missing := [pillar for pillar in PILLARS if pillar not in budgets]:
        message = f"a budget is missing for {', '.join(missing)}"
        raise ValueError(message)
    if abs(fsum(budgets.values()) - 1) > 1e-9:  # noqa: PLR2004 - the tolerance of the house
        message = f"the budgets must sum to 1, and sum to {fsum(budgets.values()):.6g}"
        raise ValueError(message)
    return {pillar: budgets[pillar] for pillar in PILLARS}


GroupWeights = Annotated[dict[Group, Weight], AfterValidator(_every_group)]
PillarBudgets = Annotated[dict[Pillar, Share], AfterValidator(_sum_to_one)]


class Recipe(Part):
    """Everything that is judgment between a raw value and a basket."""

    description: Remark = ""
    """One sentence for ``triad taxonomy show``."""
    group_weights: GroupWeights = Field(
        {
            "momentum": 0.20,
            "growth": 0.20,
            "quality": 0.20,
            "value": 0.10,
            "risk": 0.10,
            "thesis": 0.20,
        },
    )
    """Relative weights of the factor groups; they are divided by their sum."""
    pillar_budgets: PillarBudgets = Field(
        {"compute": 0.50, "data": 0.20, "algorithms": 0.30}
    )
    """Share of the whole that each pillar's basket receives; they sum to one."""
    active_factor: ActiveFactor = Field(default_factory=ActiveFactor)
    """How many lines must have a factor before it counts."""
    coverage_floor: Share = 0.60
    """Share of the factor weight a line must have to be ranked."""
    clip: Positive = 3.0
    """Largest absolute z-score of a group or composite."""
    neutralise: Neutralisation = Field(default_factory=Neutralisation)
    """Partial neutralisation by primary pillar."""
    exposure_floor: Share = 0.25
    """Exposure from which a line is eligible for a pillar's basket."""
    basket: BasketRules = Field(default_factory=BasketRules)
    """Size, buffer, issuer cap and least score."""
    freshness_days: FreshnessDays = Field(default_factory=FreshnessDays)
    """Age bounds for quarterly reporters."""
    freshness_days_half_yearly: FreshnessDays = Field(
        default_factory=lambda: FreshnessDays(fresh=200, expired=335)
    )
    """Age bounds for foreign filers that report half-yearly."""
    risk_free_rate: DatedRate = Field(
        default_factory=lambda: DatedRate(value=0.04, date=date(2025, 2, 14))
    )
    """Risk-free rate a year, taken off momentum."""
