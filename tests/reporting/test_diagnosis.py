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
    checks, remedies, settings = diagnosis.compose(CHECKS, DECIDED).blocks

    assert isinstance(checks, Table)
    assert checks.rows == (
        ("taxonomy", "good", "41 lines"),
        ("store", "warning", "not there yet"),
        ("network", "FAILED", "refused"),
    )
    assert isinstance(remedies, Table)
    assert remedies.rows == (("store", "Fill it."), ("network", "Check it."))
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


def test_where_all_is_well_nothing_is_to_be_done() -> None:
    titles = [b.title for b in diagnosis.compose(CHECKS[:1], {}).blocks]  # type: ignore[union-attr]

    assert titles == ["Checks", "Settings"]
