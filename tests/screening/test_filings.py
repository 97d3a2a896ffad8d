from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from triad_screener.model.watch import Filing, Registrant
from triad_screener.screening.filings import (
    FORMS,
    is_called,
    is_like,
    moves,
    plain_name,
    sightings,
)

if TYPE_CHECKING:
    from triad_screener.model.watch import Sighting


def filed(*forms: str, **parts: object) -> Registrant:
    """A company that filed one form a day from 1 June 2026 on."""
    filings = tuple(
        Filing(form, date(2026, 6, day), f"0000000001-26-{day:06d}")
        for day, form in enumerate(forms, 1)
    )
    fields = {"cik": "0000000001", "name": "Labs, Inc.", "filings": filings, **parts}
    return Registrant(**fields)  # type: ignore[arg-type]


def seen(found: Registrant, **ranges: str) -> tuple[Sighting, ...]:
    return sightings(found, "labs", "SEC EDGAR", ranges)


@pytest.mark.parametrize(
    ("form", "stage"),
    [
        ("D", None),
        ("DRS", "draft_submitted"),
        ("S-1", "public_filed"),
        ("F-1", "public_filed"),
        ("S-1/A", "public_filed"),
        ("8-A12B", "public_filed"),
        ("EFFECT", "public_filed"),
        ("424B4", "priced"),
        ("RW", "withdrawn"),
        ("10-12B", "public_filed"),
    ],
)
def test_each_form_says_which_stage_is_reached(form: str, stage: str | None) -> None:
    (one,) = seen(filed(form))

    assert one.stage == stage
    assert one.what == f"Form {form}: {FORMS[form].words}"
    assert (one.source, one.grade, one.form) == ("SEC EDGAR", "A", form)
    assert (one.company, one.cik) == ("Labs, Inc.", "0000000001")


def test_the_first_quarterly_report_after_a_prospectus_is_that_of_a_listed_line() -> (
    None
):
    found = seen(filed("424B4", "10-Q", "10-Q", "10-K"))

    assert [one.form for one in found] == ["424B4", "10-Q"]
    assert found[-1].stage == "listed"


def test_a_quarterly_report_without_prospectus_and_symbol_is_that_of_a_debtor() -> None:
    assert seen(filed("D", "10-Q"))[-1].form == "D"


def test_other_forms_say_nothing() -> None:
    assert seen(filed("8-K", "S-8", "CORRESP")) == ()


def test_filings_come_oldest_first_whatever_their_order() -> None:
    mixed = filed("DRS", "S-1")
    backwards = Registrant(mixed.cik, mixed.name, filings=mixed.filings[::-1])

    assert [one.form for one in seen(backwards)] == ["DRS", "S-1"]


def test_a_price_range_stands_beside_the_amendment() -> None:
    found = seen(filed("S-1/A"), **{"0000000001-26-000001": "USD 31 to 33"})

    assert found[0].what == "Form S-1/A: amended registration statement, USD 31 to 33"


def test_shares_are_quoted_once_prospectus_symbol_and_exchange_are_there() -> None:
    quoted = {"tickers": ("LABS", "LABSW"), "exchanges": ("Nasdaq",)}

    *_, last = seen(filed("8-A12B", "424B4", **quoted))

    assert (last.stage, last.ticker, last.exchange) == ("listed", "LABS", "Nasdaq")
    assert (last.date, last.what) == (date(2026, 6, 2), "Quoted as LABS at Nasdaq")


@pytest.mark.parametrize(
    "found",
    [
        filed("8-A12B", tickers=("LABS",), exchanges=("Nasdaq",)),
        filed("424B4", tickers=("LABS",)),
        filed("424B4", exchanges=("Nasdaq",)),
    ],
)
def test_a_symbol_may_be_reserved_only(found: Registrant) -> None:
    assert "listed" not in {one.stage for one in seen(found)}


@pytest.mark.parametrize(
    ("current", "reached", "moved"),
    [
        ("private", "draft_submitted", True),
        ("rumoured", "draft_submitted", True),
        ("public_filed", "draft_submitted", False),
        ("priced", "listed", True),
        ("listed", "public_filed", False),
        ("listed", "withdrawn", False),
        ("public_filed", "withdrawn", True),
        ("private", "withdrawn", False),
        ("withdrawn", "public_filed", True),
        ("withdrawn", "private", False),
        ("withdrawn", "withdrawn", False),
        ("absorbed", "listed", False),
        ("private", "absorbed", True),
        ("dead", "dead", False),
    ],
)
def test_a_company_moves_forward_and_begins_anew_only_after_a_withdrawal(
    current: str,
    reached: str,
    moved: bool,  # noqa: FBT001 - a case
) -> None:
    assert moves(current, reached) is moved  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("DATABRICKS, INC.", "databricks"),
        ("Databricks  Inc (CIK 0001234567)", "databricks"),
        ("Databricks Inc. (DBX) (CIK 0001234567)", "databricks"),
        ("X.AI Corp", "xai"),
        ("Société Générale S.A.", "societe generale"),
        ("Space Exploration Technologies Corp /TX/", "space exploration technologies"),
        ("Inc", "inc"),
        ("\u200b", ""),
        ("", ""),
    ],
)
def test_a_name_is_compared_without_case_signs_and_legal_form(
    name: str, plain: str
) -> None:
    assert plain_name(name) == plain


@pytest.mark.parametrize(
    "other",
    [
        "Databricks Ventures LLC",
        "Databricks SPV II, LP",
        "The Databricks Company Fund",
        "Data Bricks Inc",
        "Databrick Inc",
        "",
    ],
)
def test_a_company_of_a_similar_name_is_another_one(other: str) -> None:
    assert not is_called(other, ("Databricks",))
    assert is_called("DATABRICKS INC", ("Databricks",))


def test_nothing_is_called_like_an_empty_name() -> None:
    assert not is_called("", ("...",))
    assert not is_like("", ("...",))


def test_where_the_key_is_known_the_first_word_of_the_name_is_enough() -> None:
    assert is_like("Cerebras Systems Inc.", ("Cerebras",))
    assert not is_like("Apple Inc.", ("Cerebras",))
