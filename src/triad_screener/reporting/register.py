"""The register of factors: what is measured, in which unit, by which formula?"""

from __future__ import annotations

from triad_screener.factors import FACTORS
from triad_screener.model.document import Column, Kind, Paragraph, Report, Table, Tone


def compose() -> Report:
    """Return all factors with group, unit, direction, formula and reference."""
    rows = [
        {
            "id": factor.id,
            "group": factor.group,
            "label": factor.label,
            "unit": factor.unit,
            "direction": "higher is better" if factor.sign > 0 else "lower is better",
            "formula": factor.formula,
            "reference": factor.reference,
        }
        for factor in FACTORS.values()
    ]
    columns = (
        Column("Factor", Kind.NAME, 100),
        Column("Group", Kind.TEXT, 90),
        Column("Good", Kind.TEXT, 60),
        Column("Unit", Kind.TEXT, 30),
        Column("Reference", Kind.TEXT, 20),
        Column("Formula", Kind.TEXT, 95),
    )
    table = Table(
        "Factors",
        columns,
        tuple(
            (
                row["id"],
                row["group"],
                row["direction"].partition(" ")[0],
                row["unit"],
                row["reference"],
                row["formula"],
            )
            for row in rows
        ),
    )
    notes = Paragraph(
        "q0 is the newest quarter, a0 the newest fiscal year, TTM four quarters or the "
        "fiscal year, flagged. EBIT is operating income, before special charges as "
        "yfinance gives it; capital expenditure is cash paid, without leases. sigma_w "
        "is the yearly volatility of weekly returns. Raw values are fractions.",
        Tone.QUIET,
    )
    return Report(
        title=f"{len(rows)} factors in {len({row['group'] for row in rows})} groups",
        blocks=(table, notes),
        record={"factors": rows},
        rows=tuple(rows),
        tickers=tuple(row["id"] for row in rows),
    )
