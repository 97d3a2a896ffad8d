"""The checks of the doctor as a table."""

from __future__ import annotations

from triad_screener.model.check import Check
from triad_screener.model.document import Table
from triad_screener.reporting import diagnosis

CHECKS = (
    Check("taxonomy", "good", "41 lines"),
    Check("store", "warning", "not there yet", "Fill it."),
    Check("network", "failed", "refused", "Check it.", 4),
)
DECIDED = {"source": ("auto", "default"), "config": ("mine.yaml", "flag")}


def test_every_check_has_its_evidence_and_its_remedy() -> None:
    checks, settings = diagnosis.compose(CHECKS, DECIDED).blocks

    assert isinstance(checks, Table)
    assert checks.rows == (
        ("taxonomy", "ok", "41 lines", ""),
        ("store", "warning", "not there yet", "Fill it."),
        ("network", "FAILED", "refused", "Check it."),
    )
    assert isinstance(settings, Table)
    assert settings.rows == (
        ("source", "auto", "default"),
        ("config", "mine.yaml", "flag"),
    )


def test_a_program_reads_the_same_facts() -> None:
    report = diagnosis.compose(CHECKS, DECIDED)

    assert report.title == "3 checks: 1 failed, 1 with a warning"
    assert report.rows[2] == {
        "check": "network",
        "result": "failed",
        "evidence": "refused",
        "remedy": "Check it.",
        "exit_code": 4,
    }
    assert report.record["settings"] == [
        {"setting": "source", "value": "auto", "decided_by": "default"},
        {"setting": "config", "value": "mine.yaml", "decided_by": "flag"},
    ]
    assert report.tickers == ("network",)
