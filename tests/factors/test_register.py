from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import triad_screener.factors
from samples import AS_OF, line, only, quarters, select
from triad_screener.errors import UnknownNameError
from triad_screener.factors import FACTORS, measure
from triad_screener.model.gap import Missing
from triad_screener.model.vocabulary import GROUPS

FOLDER = Path(triad_screener.factors.__file__).parent
#: The table of the scoring specification.
TABLE = [
    ("mom_12_1", "momentum", 1),
    ("mom_6_1", "momentum", 1),
    ("rev_yoy_q", "growth", 1),
    ("rev_cagr_3y", "growth", 1),
    ("dgp_at", "growth", 1),
    ("gp_at", "quality", 1),
    ("ebit_ic", "quality", 1),
    ("accruals_at", "quality", -1),
    ("netdebt_at", "quality", -1),
    ("ebit_ev", "value", 1),
    ("fcf_mcap", "value", 1),
    ("ey_fwd", "value", 1),
    ("vol_252", "risk", -1),
    ("maxdd_252", "risk", -1),
    ("thesis", "thesis", 1),
]


def test_the_register_is_the_table_of_the_scoring_specification() -> None:
    found = [(name, FACTORS[name].group, FACTORS[name].sign) for name in FACTORS]

    assert found == TABLE


def test_every_file_of_the_folder_is_registered() -> None:
    files = {path.stem for path in FOLDER.glob("[!_]*.py")}

    registered = {
        entry.partition(":")[0].rpartition(".")[2] for entry in FACTORS.entries.values()
    }

    assert files == registered == set(GROUPS)


@pytest.mark.parametrize("name", FACTORS)
class TestEveryFactor:
    def test_it_is_registered_under_its_own_id_in_the_file_of_its_group(
        self, name: str
    ) -> None:
        factor = FACTORS[name]

        assert factor.id == name
        assert f".{factor.group}:" in FACTORS.entries[name]

    def test_it_says_what_it_is_and_where_it_comes_from(self, name: str) -> None:
        factor = FACTORS[name]

        assert all((factor.label, factor.unit, factor.formula, factor.reference))

    def test_a_line_of_which_little_is_known_has_a_gap_with_a_reason(
        self, name: str
    ) -> None:
        found = measure(FACTORS[name], line())

        if name == "thesis":
            assert found.known.tolist() == [True]
        else:
            with pytest.raises(Missing) as caught:
                only(found)
            assert caught.value.reason == "absent"
            assert caught.value.detail


def test_an_unknown_factor_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(UnknownNameError) as caught:
        FACTORS["mom_12"]

    assert caught.value.remedy.startswith("Did you mean mom_12_1")


def test_a_measured_factor_is_a_quantity_with_its_figures() -> None:
    revenue = quarters("TotalRevenue", 3.0, None, None, None, 2.0)

    found = only(measure(FACTORS["rev_yoy_q"], line(*revenue)))

    assert found.value == 0.5
    assert all(figure.known <= AS_OF for figure in found.figures if figure.known)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", FACTORS)
def test_a_factor_of_nobody_has_no_values(name: str) -> None:
    assert measure(FACTORS[name], select([], [])).values.size == 0


def test_what_is_no_finite_number_is_missing_without_a_warning() -> None:
    revenue = quarters("TotalRevenue", 1e308, None, None, None, 1e-308)

    with np.errstate(all="raise"), pytest.raises(Missing) as caught:
        only(measure(FACTORS["rev_yoy_q"], line(*revenue)))

    assert caught.value.reason == "rejected: not finite"
