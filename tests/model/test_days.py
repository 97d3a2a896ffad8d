from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from triad_screener.model.days import UNKNOWN, day, number, numbers


@pytest.mark.parametrize(
    "one", [date(1, 1, 1), date(1969, 12, 31), date(2026, 6, 30), date(9999, 12, 31)]
)
def test_a_day_is_its_number_as_numpy_counts(one: date) -> None:
    assert day(number(one)) == one
    assert number(one) == np.datetime64(one, "D").astype(int)


def test_a_day_that_is_not_known_is_earlier_than_any() -> None:
    found = numbers([None, date(1, 1, 1)])

    assert found.dtype == np.int32
    assert found[0] == UNKNOWN < found[1]
    assert day(found[0]) is None
    assert numbers([]).size == 0
