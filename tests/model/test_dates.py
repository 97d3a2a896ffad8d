from __future__ import annotations

from datetime import date

import pytest

from triad_screener.model.dates import parse_iso_date


class TestRegression:
    def test_a_leap_day_is_a_date(self) -> None:
        assert parse_iso_date("2024-02-29") == date(2024, 2, 29)

    def test_a_date_stays_what_it_is(self) -> None:
        assert parse_iso_date(date(2026, 5, 15)) == date(2026, 5, 15)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "15/05/2026",
            "2026-5-15",
            "20260515",
            "2026-W20-5",
            "2026-05-15T00:00",
            "2026-05-15\n",
            "٢٠٢٦-٠٥-١٥",  # noqa: RUF001 - digits, but not those of ISO 8601
            20260515,
            None,
        ],
    )
    def test_nothing_but_iso_8601_is_a_date(self, text: object) -> None:
        with pytest.raises(ValueError, match="written as 2026-05-15"):
            parse_iso_date(text)

    @pytest.mark.parametrize("text", ["2025-02-29", "2026-13-01", "0000-01-01"])
    def test_a_day_that_never_was_is_not_a_date(self, text: str) -> None:
        with pytest.raises(ValueError, match=f"{text} is not a day of the calendar"):
            parse_iso_date(text)
