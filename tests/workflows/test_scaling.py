"""Which plan do options describe, and what is refused?"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from triad_screener.errors import ConfigurationError, TriadError, UnknownNameError
from triad_screener.model.taxonomy import Taxonomy
from triad_screener.shipped import shipped
from triad_screener.taxonomies import loading
from triad_screener.workflows.scaling import Asked, scale

if TYPE_CHECKING:
    from triad_screener.model.document import Report


@cache
def taxonomy() -> Taxonomy:
    return loading.load(shipped("config/triad.yaml"))


def figures(report: Report) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in ("training", "serving"):
        steps = report.record[part]
        assert isinstance(steps, list)
        found |= {step["id"]: step["value"] for step in steps}
    return found


def test_without_options_it_is_deepseek_v3_as_it_was_reported() -> None:
    found = figures(scale(taxonomy(), Asked()))

    assert found["compute"] == pytest.approx(3.2856e24)
    assert found["reported_utilisation"] == pytest.approx(0.346, abs=5e-4)
    assert found["reported_cost"] == 5.328e6
    assert found["flop_per_token"] == 7.4e10


def test_a_model_of_ones_own_takes_nothing_from_the_table() -> None:
    report = scale(taxonomy(), Asked(parameters=70e9, tokens=1.4e12))
    found = figures(report)

    assert found["compute"] == pytest.approx(5.88e23)
    assert found["optimal_parameters"] == pytest.approx(70e9)
    assert "reported_utilisation" not in found
    assert any("100,000 bytes" in note for note in notes(report))


def notes(report: Report) -> list[str]:
    found = report.record["notes"]
    assert isinstance(found, list)
    return found


def test_hours_of_ones_own_give_a_utilisation() -> None:
    asked = Asked(parameters=70e9, tokens=1.4e12, hours=5.88e23 / 989e12 / 1800)

    assert figures(scale(taxonomy(), asked))["reported_utilisation"] == (
        pytest.approx(0.5)
    )


def test_reported_hours_say_nothing_of_another_accelerator() -> None:
    report = scale(taxonomy(), Asked(accelerator="gb200_nvl72"))

    assert "reported_utilisation" not in figures(report)


def test_what_does_not_fit_in_a_rack_says_so() -> None:
    report = scale(taxonomy(), Asked(accelerator="h100_sxm"))

    assert figures(report)["most_users"] == 0
    assert "fastest" not in figures(report)


@pytest.mark.parametrize(
    "asked",
    [
        Asked(parameters=70e9),
        Asked(tokens=1e12),
        Asked(active=1e9),
        Asked(parameters=1e9, active=2e9, tokens=1e12),
        Asked(parameters=1e9, tokens=1e12, model="deepseek_v3"),
        Asked(model="gpt"),
        Asked(accelerator="tpu"),
        Asked(parameters=1e9, tokens=1e12, accelerator="tpu"),
        Asked(accelerator="h100_sxm", serving="fp4"),
        Asked(precision="fp4"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_anything_is_reckoned(
    asked: Asked,
) -> None:
    with pytest.raises(TriadError) as refused:
        scale(taxonomy(), asked)

    assert refused.value.exit_code == 2


def test_a_taxonomy_without_a_thesis_has_no_arithmetic() -> None:
    with pytest.raises(ConfigurationError, match="no accelerators"):
        scale(Taxonomy(), Asked())


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as refused:
        scale(taxonomy(), Asked(accelerator="h100"))

    assert "h100_sxm" in refused.value.remedy
