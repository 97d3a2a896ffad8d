"""Raw factor values from a stranger's file: what may be scored?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from triad_screener.errors import InputError
from triad_screener.model.cross_section import FactorColumn
from triad_screener.tables import cross_section

if TYPE_CHECKING:
    from triad_screener.model.cross_section import CrossSection
    from triad_screener.model.vocabulary import Pillar

FACTORS = (
    FactorColumn("mom_12_1", "momentum", 1),
    FactorColumn("vol_252", "risk", -1),
    FactorColumn("thesis", "thesis", 1),
)
BUDGETS: dict[Pillar, float] = {"compute": 0.5, "data": 0.2, "algorithms": 0.3}
HEADER = "ticker,issuer,exposure_compute,exposure_data,exposure_algorithms"


def read(
    content: str,
) -> tuple[CrossSection, tuple[str, ...]]:
    return cross_section.read(content.encode(), "c.csv", FACTORS, BUDGETS)


def test_rows_become_lines_and_an_empty_cell_is_missing() -> None:
    found, unused = read(
        f"{HEADER},mom_12_1,vol_252,market_cap_usd,average_daily_value_usd,"
        "statement_age_days\nAAA,aaa,0.5,0.2,,1.5,,1e9,2e6,45\nBBB,bbb,,,1,,0.3,,,\n"
    )

    nan = np.nan
    assert unused == ()
    assert found.tickers == ("AAA", "BBB")
    assert found.issuers == ("aaa", "bbb")
    assert found.exposures.tolist() == [[0.5, 0.2, 0.0], [0.0, 0.0, 1.0]]
    np.testing.assert_array_equal(found.market_cap_usd, [1e9, nan])
    np.testing.assert_array_equal(found.average_daily_value_usd, [2e6, nan])
    np.testing.assert_array_equal(found.statement_age_days, [45, nan])
    assert found.half_yearly.tolist() == [False, False]
    np.testing.assert_allclose(
        found.raw, [[1.5, nan, 0.5 * 0.5 + 0.2 * 0.2], [nan, 0.3, 0.3]], rtol=1e-15
    )


def test_columns_may_stand_in_any_order_and_be_absent() -> None:
    found, _ = read(
        "exposure_algorithms,exposure_data,exposure_compute,issuer,ticker\n1,0,0,a,A\n"
    )

    assert found.tickers == ("A",)
    assert found.exposures.tolist() == [[0.0, 0.0, 1.0]]
    assert np.isnan(found.raw[0, :2]).all()


def test_the_thesis_exposure_is_computed_and_never_read() -> None:
    found, unused = read(f"{HEADER},thesis\nA,a,1,0,0,0.99\n")

    assert found.raw[0, 2] == 0.5
    assert unused == ()


def test_a_column_that_means_nothing_is_named() -> None:
    _, unused = read(f"{HEADER},mom_12_2,colour\nA,a,1,0,0,1,red\n")

    assert unused == ("mom_12_2", "colour")


def test_a_file_without_lines_is_a_cross_section_of_none() -> None:
    found, _ = read(f"{HEADER}\n")

    assert found.tickers == ()
    assert found.raw.shape == (0, 3)
    assert found.exposures.shape == (0, 3)


def test_exposures_may_fill_the_whole_revenue() -> None:
    found, _ = read(f"{HEADER}\nA,a,0.1,0.2,0.7\n")

    assert found.exposures.tolist() == [[0.1, 0.2, 0.7]]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "c.csv: is empty."),
        ("ticker,issuer\nA,a\n", "c.csv, line 1: has no column exposure_compute."),
        (f"{HEADER}\n,a,1,0,0\n", "c.csv, line 2, column ticker: is empty."),
        (f"{HEADER}\nA,,1,0,0\n", "c.csv, line 2, column issuer: is empty."),
        (f"{HEADER}\nA,a,1,0,0\nA,b,1,0,0\n", "c.csv, line 3: repeats the key A of"),
        (
            f"{HEADER}\nA,a,1.5,0,0\n",
            "c.csv, line 2, column exposure_compute: is 1.5, outside 0 to 1.",
        ),
        (
            f"{HEADER}\nA,a,0,-0.1,0\n",
            "c.csv, line 2, column exposure_data: is -0.1, outside 0 to 1.",
        ),
        (
            f"{HEADER}\nA,a,1,0,0\nB,b,0.6,0.3,0.2\n",
            "c.csv, line 3: has exposures that sum to 1.1, above 1.",
        ),
        (
            f"{HEADER}\nA,a,nan,0,0\n",
            "c.csv, line 2, column exposure_compute: is 'nan', not a finite number.",
        ),
        (
            f"{HEADER},mom_12_1\nA,a,1,0,0,inf\n",
            "c.csv, line 2, column mom_12_1: is 'inf', not a finite number.",
        ),
        (
            f"{HEADER},market_cap_usd\nA,a,1,0,0,-1\n",
            "c.csv, line 2, column market_cap_usd: is '-1', below zero.",
        ),
        (
            f"{HEADER},average_daily_value_usd\nA,a,1,0,0,-1\n",
            "c.csv, line 2, column average_daily_value_usd: is '-1', below zero.",
        ),
        (
            f"{HEADER},statement_age_days\nA,a,1,0,0,-1\n",
            "c.csv, line 2, column statement_age_days: is '-1', below zero.",
        ),
    ],
)
def test_what_cannot_be_scored_is_refused_on_its_line(content: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        read(content)

    assert caught.value.what.startswith(what)


@pytest.mark.parametrize("ticker", ["A\x1b[2J\nrm -rf x", "=1+1", "nvda", "A B", "-rf"])
def test_what_could_not_go_through_a_pipe_is_no_ticker(ticker: str) -> None:
    with pytest.raises(InputError) as caught:
        read(f'{HEADER}\n"{ticker}",aaa,0.5,0,0\n')

    assert caught.value.what.endswith(f"column ticker: is {ticker!r}.")
    assert caught.value.remedy.startswith("A ticker has capital letters, digits and ")


def test_more_stocks_than_there_are_get_no_score() -> None:
    rows = "".join(f"T{at},t,,,\n" for at in range(100_001))

    with pytest.raises(InputError) as caught:
        read(f"{HEADER}\n{rows}")

    assert caught.value.what == "c.csv: has 100,001 stocks, more than 100,000."
