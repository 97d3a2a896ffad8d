"""Formulas are measured as the register measures them: no warning of numpy's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _what_is_no_number_is_missing() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield
