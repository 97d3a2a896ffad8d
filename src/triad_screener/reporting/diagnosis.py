"""What works, what does not, and what is to be done, in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triad_screener.model.document import Column, Kind, Report, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from triad_screener.model.check import Check

_SIGNS = {"failed": "FAILED"}


def compose(checks: Sequence[Check], decided: Mapping[str, tuple[str, str]]) -> Report:
    """Return every check, and which value of each setting won.

    Args:
        checks: In the order in which they were done.
        decided: By setting: its value, and what decided on it.
    """
    bad = sum(check.result == "failed" for check in checks)
    doubts = sum(check.result == "warning" for check in checks)
    rows = [
        {
            "check": check.name,
            "result": check.result,
            "evidence": check.evidence,
            "remedy": check.remedy,
            "exit_code": check.exit_code,
        }
        for check in checks
    ]
    settings = [
        {"setting": name, "value": value, "decided_by": by}
        for name, (value, by) in decided.items()
    ]
    return Report(
        title=f"{len(checks)} checks: {bad} failed, {doubts} with a warning",
        blocks=(_checks(checks), *_remedies(checks), _settings(decided)),
        record={"schema_version": 1, "checks": rows, "settings": settings},
        rows=tuple(rows),
        tickers=tuple(check.name for check in checks if check.result == "failed"),
    )


def _checks(checks: Sequence[Check]) -> Table:
    columns = (
        Column("Check", Kind.NAME, 100),
        Column("Result", Kind.TEXT, 100),
        Column("Found", Kind.TEXT, 90),
    )
    rows = tuple((c.name, _SIGNS.get(c.result, c.result), c.evidence) for c in checks)
    return Table("Checks", columns, rows)


def _remedies(checks: Sequence[Check]) -> Iterator[Table]:
    """Yield what to do, in a table of its own: it must not give way to anything."""
    rows = tuple((check.name, check.remedy) for check in checks if check.remedy)
    if rows:
        columns = (
            Column("Check", Kind.NAME, 100),
            Column("What to do", Kind.TEXT, 100),
        )
        yield Table("What to do", columns, rows)


def _settings(decided: Mapping[str, tuple[str, str]]) -> Table:
    columns = (
        Column("Setting", Kind.NAME, 100),
        Column("Value", Kind.TEXT, 90),
        Column("Decided by", Kind.TEXT, 90),
    )
    rows = tuple((name, *how) for name, how in decided.items())
    return Table("Settings", columns, rows)
