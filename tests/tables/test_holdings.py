"""What is held already: tickers and weights from a stranger's file."""

from __future__ import annotations

import pytest

from triad_screener.errors import InputError
from triad_screener.tables import holdings


def test_weights_are_read_by_ticker() -> None:
    found = holdings.read(b"ticker,weight\nNVDA,0.6\n tsm ,0.4\n", "h.csv")

    assert found == {"NVDA": 0.6, "TSM": 0.4}


def test_a_file_may_hold_nothing_yet() -> None:
    found = holdings.read(b"ticker,weight\n", "h.csv")

    assert found == {}


def test_three_thirds_are_one() -> None:
    rows = "".join(f"{ticker},0.3333333\n" for ticker in ("A", "B", "C"))

    found = holdings.read(f"ticker,weight\n{rows}".encode(), "h.csv")

    assert sum(found.values()) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ("", "h.csv: is empty."),
        ("ticker\nNVDA\n", "h.csv, line 1: has no column weight."),
        ("ticker,weight\nNVDA,\n", "h.csv, line 2, column weight: is empty."),
        ("ticker,weight\n,0.5\n", "h.csv, line 2, column ticker: is empty."),
        (
            "ticker,weight\nA\x1b[2J,0.1\n",
            "h.csv, line 2, column ticker: is 'A\\x1b[2J'.",
        ),
        ("ticker,weight\nA,0.1\n  ,0.5\n", "h.csv, line 3, column ticker: is empty."),
        (
            "ticker,weight\nNVDA,50%\n",
            "h.csv, line 2, column weight: is '50%', not a finite number.",
        ),
        (
            "ticker,weight\nNVDA,nan\n",
            "h.csv, line 2, column weight: is 'nan', not a finite number.",
        ),
        (
            "ticker,weight\nNVDA,0.5\nTSM,-0.1\n",
            "h.csv, line 3, column weight: is '-0.1', below zero.",
        ),
        (
            "ticker,weight\nNVDA,0.5\nnvda,0.1\n",
            "h.csv, line 3: repeats the key NVDA of line 2.",
        ),
        (
            "ticker,weight\nNVDA,50\nTSM,30\n",
            "h.csv: has weights that sum to 80, above 1.",
        ),
    ],
)
def test_what_are_no_weights_is_refused(rows: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        holdings.read(rows.encode(), "h.csv")

    assert caught.value.what == what
