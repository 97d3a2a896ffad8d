"""Formulas on arrays. Pure functions; they know nothing of companies."""

from typing import Final

#: A standard deviation below this counts as zero.
NO_DISPERSION: Final = 1e-12
#: Decimals that comparisons see: arithmetic noise must not decide a tie or a floor.
DECIMALS: Final = 12
