"""triad thesis on the command line."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from triad_screener.cli import _options as options
from triad_screener.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from worlds import Triad, World

EARLY, LATE = "2025-02-14", "2026-05-15"


@pytest.mark.parametrize(
    ("text", "value"),
    [("671b", 671e9), ("14.8T", 14.8e12), ("2.664e6", 2.664e6), ("70 k", 7e4)],
)
def test_an_amount_may_be_written_short(text: str, value: float) -> None:
    assert options.to_amount(text, "--tokens") == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["0", "-1", "nan", "inf", "1e31", "1e999", "9" * 99, "1,5", "x", "\x1b[31m", "٣"],
)
def test_what_is_no_amount_above_zero_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--tokens"):
        options.to_amount(text, "--tokens")


def test_deepseek_v3_is_the_worked_example(triad: Triad) -> None:
    answer = triad("thesis", "scaling")

    assert (answer.code, answer.err) == (0, "")
    assert "3.2856e+24 FLOP" in answer.out
    assert "34.6% of the dense bf16 peak" in answer.out
    assert "3.2856e24 FLOP" in answer.out


@pytest.mark.parametrize(
    ("kind", "beginning"),
    [
        ("csv", "accelerator,speed,users,throughput,bound\nh100_sxm,1,0,0,memory\n"),
        ("tickers", "h100_sxm\nh200_sxm\n"),
        ("markdown", "# Scaling arithmetic: DeepSeek-V3\n"),
        ("html", "<!doctype html>"),
    ],
)
def test_the_arithmetic_comes_in_every_format(
    kind: str, beginning: str, triad: Triad
) -> None:
    answer = triad("thesis", "scaling", "--format", kind)

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(beginning)


def test_a_plot_is_a_png(triad: Triad, tmp_path: Path) -> None:
    path = tmp_path / "users.png"

    answer = triad("thesis", "scaling", "--plot", str(path), "--format", "json")

    assert answer.json["inputs"]["parameters"] == 671e9
    with Image.open(io.BytesIO(path.read_bytes())) as found:
        assert found.format == "PNG"


def test_where_nobody_is_served_there_is_nothing_to_draw(
    triad: Triad, tmp_path: Path
) -> None:
    path = tmp_path / "users.png"
    arguments = ("--parameters", "1e29", "--tokens", "1", "--plot", str(path))

    answer = triad("thesis", "scaling", *arguments)

    assert (answer.code, answer.out) == (2, "")
    assert not path.exists()


@pytest.mark.parametrize(
    "extreme",
    [
        ("--parameters", "1e30", "--tokens", "1e30", "--hours", "1e30"),
        ("--parameters", "1", "--tokens", "1", "--cache-bytes", "1e-3"),
        ("--parameters", "1e30", "--active", "1", "--tokens", "1", "--context", "1"),
    ],
)
def test_the_largest_and_the_smallest_numbers_have_an_answer(
    extreme: tuple[str, ...], triad: Triad
) -> None:
    answer = triad("thesis", "scaling", *extreme, "--format", "json")

    assert (answer.code, answer.err) == (0, "")
    assert "Infinity" not in answer.out
    assert "NaN" not in answer.out


# --- the panel ------------------------------------------------------------------------


def panel(triad: Triad, day: str) -> dict[str, dict[str, Any]]:
    answer = triad(
        *("thesis", "--source", "bundled", "--as-of", day, "--format", "json")
    )
    assert (answer.code, answer.err) == (0, "")
    return {one["id"]: one for one in answer.json["indicators"]}


def test_the_votes_of_two_days_are_those_that_the_figures_give(triad: Triad) -> None:
    early, late = panel(triad, EARLY), panel(triad, LATE)

    changed = {
        name: (early[name]["vote"], late[name]["vote"])
        for name in early
        if early[name]["vote"] != late[name]["vote"]
    }

    assert changed == {
        "slope": (1, None),
        "jevons": (None, 1),
        "rotation": (0, 1),
        "squeeze": (1, 0),
        "private_marks": (None, 1),
    }


def test_capital_expenditure_is_that_of_the_cash_flow_statements(triad: Triad) -> None:
    late = panel(triad, LATE)["capex_ttm"]

    # MSFT, GOOGL, AMZN, META, ORCL; billions in the four quarters to spring 2026.
    now = 97.225 + 109.924 + 151.003 + 75.747 + 48.250
    then = 61.345 + 57.720 + 93.093 + 43.797 + 14.933
    assert late["value"] == pytest.approx(now / then - 1, abs=1e-4)


def test_cited_series_give_the_growth_that_was_published(triad: Triad) -> None:
    late = panel(triad, LATE)

    assert late["nvda_dc"]["value"] == pytest.approx(62.3 / 35.6 - 1)
    months = (410.73 + 415.19 + 317.66) / (349.57 + 285.96 + 260.01)
    assert late["tsmc"]["value"] == pytest.approx(months - 1)
    assert late["tsmc"]["readings"]["level"]["value"] == 0.61
    assert late["jevons"]["value"] == pytest.approx(3.56, abs=5e-3)


def test_a_constant_past_its_age_rule_votes_not_known(triad: Triad) -> None:
    slope = panel(triad, LATE)["slope"]

    assert slope["vote"] is None
    assert "797 days old, and 730 are allowed" in slope["reason"]


def test_the_panel_comes_as_a_table_with_every_falsifier(triad: Triad) -> None:
    answer = triad("thesis", "--source", "bundled", "--as-of", LATE)

    assert (answer.code, answer.err) == (0, "")
    assert answer.rows[0] == "Does the thesis hold? As of 2026-05-15: confirming"
    assert "Applications lead in price and in growth" in answer.out
    assert answer.out.rstrip().endswith("Information, not advice.")


@pytest.mark.parametrize(
    "kind", ["ndjson", "csv", "tsv", "markdown", "html", "tickers"]
)
def test_the_panel_comes_in_every_format(kind: str, triad: Triad) -> None:
    answer = triad("thesis", "--source", "bundled", "--quiet", "--format", kind)

    assert (answer.code, answer.err) == (0, "")
    assert "jevons" in answer.out


def test_the_same_figures_give_the_same_bytes(triad: Triad) -> None:
    arguments = ("thesis", "--source", "bundled", "--format", "json")

    assert triad(*arguments).raw == triad(*arguments).raw


def test_a_day_before_the_data_is_no_data(triad: Triad) -> None:
    answer = triad("thesis", "--source", "bundled", "--as-of", "2019-01-01")

    assert (answer.code, answer.out) == (4, "")


def test_a_taxonomy_without_indicators_is_told_so(triad: Triad, world: World) -> None:
    answer = triad("thesis", *world.options)

    assert (answer.code, answer.out) == (78, "")
    assert "has no indicators under thesis" in answer.err


def test_no_command_below_thesis_goes_by_another_name(triad: Triad) -> None:
    answer = triad("thesis", "scalling")

    assert (answer.code, answer.out) == (2, "")
