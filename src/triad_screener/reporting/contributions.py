"""How much of a composite comes from each factor?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from triad_screener.stats import NO_DISPERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triad_screener.model.scores import LineScore, Scores


@dataclass(frozen=True, slots=True)
class Contributions:
    """Each factor's part of each composite of a cross-section.

    ``c_f = W_g * (z_f - m_g) / (n_g * s_g * S)`` with the group's weight, size, mean
    and deviation, and the deviation S of the composite. The parts of a line sum to
    its Z, but for clipping and the mean of the composite, which is zero without it.

    Attributes:
        scales: By factor, what a z-score above its group's mean adds, and that mean.
    """

    scales: Mapping[str, tuple[float, float]]

    @classmethod
    def to(cls, scores: Scores) -> Contributions:
        """Return the contributions to the composites of ``scores``."""
        return cls(_scales(scores))

    def of(self, line: LineScore) -> dict[str, float]:
        """Return the part of each factor in the composite of a line."""
        return {
            name: self.scales[name][0] * (found.z - self.scales[name][1])
            for name, found in line.factors.items()
        }


def _scales(scores: Scores) -> dict[str, tuple[float, float]]:
    """Return, by factor, what a z-score above its group's mean adds to Z."""
    used = scores.standardisation
    sizes: dict[str, int] = {}
    for factor in used.factors.values():
        sizes[factor.group] = sizes.get(factor.group, 0) + 1
    found = {}
    for name, factor in used.factors.items():
        group = factor.group
        spread = used.groups[group].deviation * used.composite.deviation
        flat = min(used.groups[group].deviation, used.composite.deviation)
        weight = used.group_weights[group]
        per_z = 0.0 if flat < NO_DISPERSION else weight / (sizes[group] * spread)
        found[name] = (per_z, used.groups[group].mean)
    return found
