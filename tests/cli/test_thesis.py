"""triad thesis on the command line."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from triad_screener.cli import _options as options
from triad_screener.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from worlds import Triad


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
