from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

from samples import cross_section, recipe
from triad_screener.model.document import Paragraph, PillarStyle, SideBySide, Table
from triad_screener.model.vocabulary import PILLARS
from triad_screener.reporting import record, scored
from triad_screener.reporting.overview import DISCLAIMER
from triad_screener.screening.scoring import score

if TYPE_CHECKING:
    from triad_screener.model.document import Report

RISING = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]


def texts(report: Report) -> list[str]:
    return [block.text for block in report.blocks if isinstance(block, Paragraph)]


def test_a_file_is_ranked_with_its_baskets_and_without_names() -> None:
    scores = score(cross_section({"gp_at": RISING}), recipe())

    report = scored.compose(scores, "lines.csv", {}, ())

    assert report.title == "lines.csv: 9 ranked, 0 not"
    table, baskets, *_ = report.blocks
    assert isinstance(table, Table)
    assert [row[1] for row in table.rows] == list("IHGFEDCBA")
    assert "Name" not in [column.heading for column in table.columns]
    assert isinstance(baskets, SideBySide)
    assert [one.pillar for one in baskets.tables] == list(PILLARS)
    assert report.record == record.of_scores(scores)
    assert report.tickers == tuple("IHGFEDCBA")
    assert [row["rank"] for row in report.rows] == [*range(1, 10)]
    assert texts(report)[-1] == DISCLAIMER
    assert texts(report)[0].startswith("compute: 5 of 9 eligible reach 40 points.\n")


def test_lines_that_are_not_ranked_or_set_aside_are_told() -> None:
    lines = cross_section(
        {"gp_at": [*RISING, nan], "ebit_ic": [*RISING, 0.5]},
        issuers=["a", "a", *"cdefghij"],
        traded=[1.0, *([2.0] * 9)],
    )
    rules = recipe(coverage_floor=0.9)

    report = scored.compose(score(lines, rules), "-", {}, ())

    told = texts(report)
    assert told[0].startswith("J is not ranked: insufficient data, ")
    assert told[0].endswith("% known.")
    assert told[1] == "Another line of the issuer stands for: A."


def test_warnings_come_first() -> None:
    scores = score(cross_section({"gp_at": RISING}), recipe())

    report = scored.compose(scores, "-", {}, ("column x is not used",))

    assert report.blocks[0].text == "Note: column x is not used."  # type: ignore[union-attr]


def test_nothing_ranked_leaves_the_budget_in_reserve_and_no_ranking() -> None:
    scores = score(cross_section({"gp_at": RISING[:3]}), recipe())

    report = scored.compose(scores, "-", {}, ())

    assert not any(isinstance(block, Table) for block in report.blocks)
    baskets = next(block for block in report.blocks if isinstance(block, SideBySide))
    assert [one.rows for one in baskets.tables] == [
        (("pre-IPO reserve", 0.5),),
        (("pre-IPO reserve", 0.2),),
        (("pre-IPO reserve", 0.3),),
    ]


def test_the_taxonomy_names_the_pillars_where_it_has_them() -> None:
    scores = score(cross_section({"gp_at": RISING}), recipe())
    known = {"data": PillarStyle("數據", "#123456")}

    styles = scored.compose(scores, "-", known, ()).pillars

    assert styles["data"].label == "數據"
    assert styles["compute"].label == "compute"
