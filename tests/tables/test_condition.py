"""Which lines satisfy a condition, and what may a condition never do?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from triad_screener.errors import UnknownNameError, UsageError
from triad_screener.tables import condition as module
from triad_screener.tables.condition import evaluate

if TYPE_CHECKING:
    from pathlib import Path

ROWS: list[dict[str, object]] = [
    {
        "ticker": "AAA",
        "rank": 1,
        "score": 90.0,
        "score_low": None,
        "groups.momentum": 1.5,
        "groups.risk": -0.5,
        "factors.mom_12_1.raw": 2.0,
        "cornerstone": True,
        "flags": "older balance sheet; x",
        "reason": None,
        "close_date": "2026-05-15",
    },
    {
        "ticker": "BBB",
        "rank": 2,
        "score": 50,
        "score_low": 45.5,
        "groups.momentum": -1.0,
        "groups.risk": None,
        "factors.mom_12_1.raw": None,
        "cornerstone": False,
        "flags": "",
        "reason": None,
        "close_date": "2026-05-14",
    },
    {
        "ticker": "CCC",
        "rank": None,
        "score": None,
        "score_low": None,
        "groups.momentum": None,
        "groups.risk": None,
        "factors.mom_12_1.raw": 0.5,
        "cornerstone": False,
        "flags": "",
        "reason": "insufficient data",
        "close_date": None,
    },
]
COLUMNS = {name: [row[name] for row in ROWS] for name in ROWS[0]}


@pytest.mark.parametrize(
    ("condition", "positions"),
    [
        ("score > 60", [0]),
        ("rank = 2", [1]),
        ("score >= 50 AND ticker <> 'AAA'", [1]),
        ("groups.momentum > 0", [0]),
        ("groups.momentum < 0 or groups.risk < 0", [0, 1]),
        ("factors.mom_12_1.raw < 1", [2]),
        ("score_low IS NOT NULL", [1]),
        ("reason is null", [0, 1]),
        ("cornerstone", [0]),
        ("not cornerstone", [1, 2]),
        ("flags like '%balance sheet%'", [0]),
        ("ticker in ('BBB', 'CCC')", [1, 2]),
        ("close_date >= '2026-05-15'", [0]),
        ("close_date = DATE '2026-05-14'", [1]),
        ("score > (select avg(score) from lines)", [0]),
        ("(rank < 2) or (rank > 1)", [0, 1]),
        ("ticker <> 'a--b' and ticker <> '/* c */'", [0, 1, 2]),
        ("true\nor false", [0, 1, 2]),
        ("false", []),
        ("null", []),
    ],
)
def test_a_condition_chooses_lines(condition: str, positions: list[int]) -> None:
    found = evaluate(COLUMNS, condition)

    assert found == positions


def test_no_lines_satisfy_anything() -> None:
    found = evaluate({}, "score > 60")

    assert found == []


def test_a_column_of_nothing_but_missing_values_is_still_a_column() -> None:
    found = evaluate({"ticker": ["AAA"], "reason": [None]}, "reason is null")

    assert found == [0]


@pytest.mark.parametrize(
    ("condition", "name", "remedy"),
    [
        ("scor > 60", "scor", "Did you mean score or "),
        ("score > 60 and scor > 1", "scor", "Did you mean score or "),
        ("groups.momentun > 0", "groups.momentun", "Did you mean groups.momentum"),
        ("grops.momentum > 0", "grops.momentum", "Did you mean groups.momentum"),
        (
            '"groups.momentum" > 0',
            "groups.momentum",
            "Did you mean groups.momentum",
        ),
        ("zzzzzz", "zzzzzz", "Choose one of: close_date, cornerstone, "),
    ],
)
def test_an_unknown_column_names_the_nearest(
    condition: str, name: str, remedy: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        evaluate(COLUMNS, condition)

    assert caught.value.what == f"There is no column called {name!r}."
    assert caught.value.remedy.startswith(remedy)


@pytest.mark.parametrize(
    "condition",
    [
        *("score >", "> 60", "(score > 60", "score > 60)", " ", "'abc' + 1"),
        *("groups > 1", "score.low > 1", "group.momentum > 1", "score = 'high'"),
        *(
            "true) or (true",
            "true) UNION SELECT 1 FROM lines --",
            "(true))) or (((true",
        ),
        *("true ORDER BY 1", "true LIMIT 1", "true;", "?", "$1", "ticker = $x"),
        "error('stop')",
    ],
)
def test_what_is_no_condition_is_refused(condition: str) -> None:
    with pytest.raises(UsageError) as caught:
        evaluate(COLUMNS, condition)

    assert caught.value.what.startswith(f"The condition {condition!r} ")
    assert "\n" not in caught.value.what


@pytest.mark.parametrize(
    "condition",
    ["true; SELECT 1", "true; DROP TABLE lines", "true; COPY lines TO 'x.csv'"],
)
def test_a_second_statement_is_refused(condition: str) -> None:
    with pytest.raises(UsageError) as caught:
        evaluate(COLUMNS, condition)

    assert (
        caught.value.what
        == f"The condition {condition!r} holds more than one statement."
    )


@pytest.mark.parametrize(
    "condition", ["true -- rest", "true /* rest */", "true /* rest", "-- true"]
)
def test_a_comment_is_refused(condition: str) -> None:
    with pytest.raises(UsageError) as caught:
        evaluate(COLUMNS, condition)

    assert caught.value.what == f"The condition {condition!r} holds a comment."


def test_a_condition_sees_no_variable_of_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    columns = {"password": np.array([1.0])}
    monkeypatch.setattr(module, "treasure", columns, raising=False)

    with pytest.raises(UsageError):
        evaluate(COLUMNS, "exists (SELECT password FROM treasure)")


@pytest.mark.parametrize(
    "condition",
    [
        "exists (SELECT * FROM read_csv('{secret}'))",
        "exists (SELECT * FROM read_csv_auto('{secret}'))",
        "exists (SELECT * FROM read_text('{secret}'))",
        "exists (SELECT * FROM read_blob('{secret}'))",
        "exists (SELECT * FROM read_json('{secret}'))",
        "exists (SELECT * FROM read_parquet('{secret}'))",
        "exists (SELECT * FROM glob('{folder}/*'))",
        "exists (SELECT * FROM '{secret}')",
        "exists (FROM '{secret}')",
        "exists (SELECT * FROM sniff_csv('{secret}'))",
        "exists (SELECT * FROM 'https://example.org/x.csv')",
        "read_text('{secret}') IS NOT NULL",
        "getenv('HOME') IS NOT NULL",
        "COPY lines TO '{folder}/x.csv'",
        "(COPY lines TO '{folder}/x.csv')",
        "EXPORT DATABASE '{folder}/x'",
        "ATTACH '{folder}/x.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "PRAGMA database_list",
        "CREATE TABLE t AS SELECT 1",
        "INSERT INTO lines SELECT * FROM lines RETURNING 1",
        "exists (SELECT * FROM ROWS)",
        "exists (SELECT * FROM rows)",
        "exists (SELECT * FROM connection)",
        "exists (SELECT * FROM sys)",
        "exists (SELECT * FROM query('FROM glob(1)'))",
    ],
)
def test_a_condition_reaches_no_file_no_network_no_setting_and_no_variable(
    condition: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("password\nhunter2\n")
    asked = condition.format(secret=secret, folder=tmp_path)

    with pytest.raises(UsageError) as caught:
        evaluate(COLUMNS, asked)

    assert "hunter2" not in caught.value.what + caught.value.remedy
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


# --- in a process of its own ----------------------------------------------------------


def test_another_process_finds_the_same_lines() -> None:
    found = module.matching(ROWS, "groups.momentum < 0 or groups.risk < 0")

    assert found == [0, 1]


def test_lines_by_the_ten_thousand_are_chosen_from() -> None:
    wide = {f"factors.f{at}.reason": ["a reason " * 12] * 20_000 for at in range(100)}

    found = evaluate(
        {"rank": [*range(1, 20_001)], **wide}, "rank in (1, 2000, 2001, 20000)"
    )

    assert found == [0, 1999, 2000, 19999]


def test_another_process_says_the_same_of_a_mistake() -> None:
    with pytest.raises(UsageError) as caught:
        module.matching(ROWS, "scor > 60")

    assert caught.value.what == "There is no column called 'scor'."
    assert caught.value.remedy.startswith("Did you mean score or ")


@pytest.mark.parametrize(
    "condition",
    [
        "(select count(*) from range(1000000) a, range(1000000) b) > 0",
        "(with recursive t as (select 1 union all from t) select count(*) from t) > 0",
    ],
)
def test_a_condition_without_end_is_ended(condition: str) -> None:
    with pytest.raises(UsageError) as caught:
        module.matching(ROWS, condition, 0.5)

    assert caught.value.what.endswith("took more than 0.5 s.")


def test_a_condition_that_wants_all_memory_is_refused() -> None:
    with pytest.raises(UsageError, match=r"memory|Memory"):
        module.matching(ROWS, "len(repeat('x', 4000000000)) > 0")


@pytest.mark.parametrize(
    ("condition", "problem"),
    [("score > 1 \udcff", "is not UTF-8 text"), ("score > 1\0", "holds a NUL byte")],
)
def test_a_condition_that_is_no_text_is_refused(condition: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        evaluate(COLUMNS, condition)

    assert caught.value.what == f"The condition {condition!r} {problem}."


def test_a_long_condition_is_not_repeated_whole() -> None:
    with pytest.raises(UsageError) as caught:
        evaluate(COLUMNS, f"score > {'n' * 5000}")

    assert len(caught.value.what) < 600
