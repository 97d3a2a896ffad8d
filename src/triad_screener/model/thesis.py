"""The thesis: which figures is its arithmetic made of?

Judgment and cited constants, validated at the door like the rest of a taxonomy.
Counts of parameters and tokens, bytes, bytes a second, FLOP a second.
"""

from collections.abc import Collection, Iterator
from typing import Annotated, Literal

from pydantic import Field

from triad_screener.model.recipe import Part, Positive
from triad_screener.model.texts import Key, Line, Prose

Place = tuple[str | int, ...]
Precision = Literal["bf16", "fp8", "fp4"]
Amount = Annotated[float, Field(gt=0, le=1e30, allow_inf_nan=False)]


class Accelerator(Part):
    """What a chip can do, by its maker's word."""

    name: Line
    dense_peak: dict[Precision, Amount] = Field(min_length=1)
    """FLOP a second without sparsity, which would double it on paper."""
    memory: Amount
    bandwidth: Amount
    """Of the memory."""
    rack: int = Field(8, ge=1, le=100_000)
    """How many one fast link joins."""
    source: Key
    note: Prose | None = None


class TrainedModel(Part):
    """A model whose training somebody reported."""

    name: Line
    parameters: Amount
    active: Amount
    """Those that work on a token."""
    tokens: Amount
    accelerator: Key
    precision: Precision
    """At whose dense peak its utilisation is measured."""
    count: int = Field(ge=1, le=10**9)
    """Accelerators."""
    accelerator_hours: Positive
    price_per_hour: Positive
    """US dollars for one accelerator."""
    cache_bytes_per_token: Amount
    """What one token of a user's text keeps in memory."""
    source: Key
    note: Prose | None = None


class Thesis(Part):
    """The claims of the post, and the figures for its arithmetic."""

    accelerators: dict[Key, Accelerator] = Field(default_factory=dict)
    models: dict[Key, TrainedModel] = Field(default_factory=dict)

    def misfits(self, sources: Collection[str]) -> Iterator[tuple[Place, str]]:
        """Yield the place and the problem of every name that leads nowhere.

        Args:
            sources: Ids that may be cited.
        """
        for kind in ("accelerators", "models"):
            for key, part in getattr(self, kind).items():
                if part.source not in sources:
                    problem = (
                        f"{key} cites the source {part.source}, which is not listed"
                    )
                    yield (kind, key, "source"), problem
        for key, model in self.models.items():
            found = self.accelerators.get(model.accelerator)
            if found is None or model.precision not in found.dense_peak:
                problem = (
                    f"{key} names {model.accelerator} at {model.precision}, "
                    "which is not listed"
                )
                yield ("models", key, "accelerator"), problem
            if model.active > model.parameters:
                problem = f"{key} has more active parameters than parameters"
                yield ("models", key, "active"), problem
