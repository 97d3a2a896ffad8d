"""Score a file of raw factor values: the scorer as a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.factors import FACTORS
from triad_screener.model.cross_section import FactorColumn
from triad_screener.screening import scoring
from triad_screener.tables import cross_section
from triad_screener.tables.table import several
from triad_screener.workflows.tickers import known_tickers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triad_screener.model.recipe import Recipe
    from triad_screener.model.scores import Scores


def score(
    content: bytes, name: str, recipe: Recipe, incumbents: Sequence[str] = ()
) -> tuple[Scores, tuple[str, ...]]:
    """Return the scores of the file ``content``, and what a reader should know of it.

    Raises:
        InputError: If the file is not a cross-section.
        UnknownNameError: If an incumbent is not in it.
    """
    factors = [FactorColumn(i, FACTORS[i].group, FACTORS[i].sign) for i in FACTORS]
    lines, unused = cross_section.read(content, name, factors, recipe.pillar_budgets)
    held, _ = known_tickers(incumbents, lines.tickers)
    warnings = (f"columns not used: {several(unused)}",) if unused else ()
    return scoring.score(lines, recipe, held), warnings
