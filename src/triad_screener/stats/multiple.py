"""How likely is it that one of many is good by chance?

Each function takes p-values, each in [0, 1] or None where there is none, and returns
them adjusted, in the same order; None stays None and does not count. statsmodels does
the work, and comes with the extra ``research``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def holm(values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Return p-values that hold for all at once (Holm 1979).

    Examples:
        >>> holm([0.01, None, 0.04])
        (0.02, None, 0.04)
    """
    return _adjusted(values, "holm")


def benjamini_hochberg(values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Return the least share of false finds at which each counts as one.

    Benjamini and Hochberg 1995, for tests that do not work against one another.

    Examples:
        >>> benjamini_hochberg([0.01, 0.04, None])
        (0.02, 0.04, None)
    """
    return _adjusted(values, "fdr_bh")


def _adjusted(values: Sequence[float | None], method: str) -> tuple[float | None, ...]:
    from statsmodels.stats.multitest import multipletests  # noqa: PLC0415 - slow to load

    known = [value for value in values if value is not None]
    if not known:
        return tuple(values)
    found = iter(multipletests(known, method=method)[1].tolist())
    return tuple(None if value is None else next(found) for value in values)
