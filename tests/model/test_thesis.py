"""What does the thesis section refuse?"""

from __future__ import annotations

from typing import Any

import pytest

from triad_screener.taxonomies import document, loading


def written(**changes: str) -> str:
    values = {
        "accelerator": "chip",
        "precision": "bf16",
        "active": "1.0e+9",
        "source": "maker",
        **changes,
    }
    return f"""
thesis:
  accelerators:
    chip: {{name: C, dense_peak: {{bf16: 1.0e+15}}, memory: 1.0e+9, bandwidth: 1.0e+9,
      source: maker}}
  models:
    first: {{name: F, parameters: 1.0e+9, active: {values["active"]}, tokens: 1.0e+9,
      accelerator: {values["accelerator"]}, precision: {values["precision"]}, count: 1,
      accelerator_hours: 1.0, price_per_hour: 1.0, cache_bytes_per_token: 1,
      source: {values["source"]}}}
sources:
  maker: {{publisher: P, title: T, date: 2026-01-01, grade: D}}
"""


def mistakes(text: str) -> list[tuple[int, str, str]]:
    _, found = loading.check(document.parse(text, "mine.yaml"))
    return [(one.line, one.where, one.problem) for one in found]


def test_a_thesis_that_hangs_together_has_no_mistakes() -> None:
    assert mistakes(written()) == []


@pytest.mark.parametrize(
    ("changes", "line", "where"),
    [
        ({"accelerator": "chop"}, 8, "thesis.models.first.accelerator"),
        ({"precision": "fp8"}, 8, "thesis.models.first.accelerator"),
        ({"active": "2.0e+9"}, 7, "thesis.models.first.active"),
        ({"source": "nobody"}, 10, "thesis.models.first.source"),
    ],
)
def test_a_name_that_leads_nowhere_is_told_with_its_line(
    changes: dict[str, Any], line: int, where: str
) -> None:
    assert [found[:2] for found in mistakes(written(**changes))] == [(line, where)]


def test_a_thesis_does_not_change_what_a_screen_depends_on() -> None:
    with_thesis, _ = loading.check(document.parse(written(), "a"))
    sources = written().partition("sources:")[2]
    without, _ = loading.check(document.parse(f"sources:{sources}", "b"))

    assert with_thesis is not None
    assert without is not None
    assert loading.digest(with_thesis) == loading.digest(without)
