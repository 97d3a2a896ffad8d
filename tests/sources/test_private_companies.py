"""Yahoo's list of private companies: what is taken, and what is rejected as what?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.yahoo_server import reply
from triad_screener.model.live import FetchFailure
from triad_screener.model.watch import Asked, PrivateList, VendorMark, WatchEvent
from triad_screener.ports import MarkSourceSettings
from triad_screener.sources import MARK_SOURCES
from triad_screener.sources import _yahoo_private as private
from watched import dated, watching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triad_screener.model.watch import Looked
    from triad_screener.ports import LiveSource

Json = Any
NOON = datetime(2026, 7, 26, 12, tzinfo=UTC)
DATABRICKS = VendorMark(
    "DATB.PVT",
    170_702_000_000,
    "USD",
    242.04,
    "Series L",
    date(2026, 2, 8),
    "Databricks",
)


def listed(payload: Json) -> Json:
    return payload["finance"]["result"][0]


@pytest.fixture
def payload() -> Json:
    return reply("screener")


@pytest.fixture
def row(payload: Json) -> Json:
    """The row of Databricks."""
    return listed(payload)["quotes"][1]


def reason(found: object) -> str:
    assert isinstance(found, FetchFailure)
    return found.reason


def refusal(payload: object) -> str:
    with pytest.raises(FetchFailure) as caught:
        private.read(payload)
    return caught.value.reason


class TestReader:
    def test_value_price_class_and_day_of_the_round_are_read(
        self, payload: Json
    ) -> None:
        found = private.read(payload)

        assert found.is_whole
        assert found.marks["DATB.PVT"] == DATABRICKS
        assert found.marks["ALCH.PVT"] == VendorMark(
            "ALCH.PVT", 3_367_000_000, "USD", 170.2
        )

    def test_records_say_the_same_as_quotes(self, payload: Json) -> None:
        quotes, records = private.read(payload), private.read(reply("screener_records"))

        assert set(records.marks) == {"ANTH.PVT", "DATB.PVT"}
        for symbol, mark in records.marks.items():
            assert mark == quotes.marks[symbol]
            assert mark.name == quotes.marks[symbol].name  # type: ignore[union-attr]

    @pytest.mark.parametrize(
        "value", [None, True, "170bn", 0, -1, 1e20, float("nan"), {}, {"raw": None}, []]
    )
    def test_a_company_without_a_value_to_believe_is_a_gap(
        self, value: object, payload: Json, row: Json
    ) -> None:
        row["latestImpliedValuation"] = value

        found = private.read(payload)

        assert reason(found.marks["DATB.PVT"]) == "rejected: no valuation"
        assert isinstance(found.marks["ANTH.PVT"], VendorMark)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("regularMarketPrice", 0),
            ("regularMarketPrice", "242"),
            ("latestFundingDate", -1e9),
            ("latestFundingDate", 1e300),
            ("latestFundingDate", "2026-02-08"),
            ("latestShareClass", 7),
            ("latestShareClass", None),
        ],
    )
    def test_what_else_cannot_be_believed_is_left_out(
        self, field: str, value: object, payload: Json, row: Json
    ) -> None:
        row[field] = value
        name = {
            "regularMarketPrice": "price",
            "latestFundingDate": "round_date",
            "latestShareClass": "share_class",
        }[field]

        mark = private.read(payload).marks["DATB.PVT"]

        empty = "" if name == "share_class" else None
        assert mark == replace(DATABRICKS, **{name: empty})  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("currency", "expected"),
        [(None, "USD"), ("", "USD"), ("EUR", "EUR")],
    )
    def test_the_list_is_in_dollars_unless_a_row_says_otherwise(
        self, currency: str | None, expected: str, payload: Json, row: Json
    ) -> None:
        row["currency"] = currency

        mark = private.read(payload).marks["DATB.PVT"]

        assert isinstance(mark, VendorMark)
        assert mark.currency == expected

    @pytest.mark.parametrize("currency", ["dollars", 7, ["USD"]])
    def test_a_currency_that_is_none_is_a_gap(
        self, currency: object, payload: Json, row: Json
    ) -> None:
        row["currency"] = currency

        assert reason(private.read(payload).marks["DATB.PVT"]).startswith("rejected")

    def test_two_rows_of_one_company_are_taken_if_they_agree(
        self, payload: Json, row: Json
    ) -> None:
        rows = listed(payload)["quotes"]
        rows.append(dict(row))
        assert private.read(payload).marks["DATB.PVT"] == DATABRICKS

        rows.append({**row, "latestImpliedValuation": 1e9})
        found = private.read(payload).marks["DATB.PVT"]
        assert reason(found) == "rejected: two rows"

    @pytest.mark.parametrize(
        "symbol", [None, "", "DATB", "DATB.PVT; rm", "datb.pvt", 7]
    )
    def test_a_list_with_a_row_of_nobody_is_not_whole(
        self, symbol: object, payload: Json, row: Json
    ) -> None:
        row["symbol"] = row["ticker"] = symbol

        found = private.read(payload)

        assert set(found.marks) == {"ANTH.PVT", "ALCH.PVT"}
        assert not found.is_whole

    def test_a_list_that_is_cut_is_not_whole(self, payload: Json) -> None:
        listed(payload)["total"] = 150

        assert not private.read(payload).is_whole

    def test_a_name_is_made_plain(self, payload: Json, row: Json) -> None:
        row["companyName"] = "Data\x1b[2Jbricks\u202e"

        assert private.read(payload).marks["DATB.PVT"].name == "Databricks"  # type: ignore[union-attr]

    @pytest.mark.parametrize("rows", [[], [7], [None, "x"]])
    def test_a_list_of_nobody_is_no_list(self, rows: Json, payload: Json) -> None:
        listed(payload)["quotes"] = rows

        assert refusal(payload) == "rejected: empty list"

    @pytest.mark.parametrize(
        ("broken", "expected"),
        [
            (None, "unexpected shape"),
            ([], "unexpected shape"),
            ({"finance": None}, "unexpected shape"),
            ({"finance": {"result": []}}, "unexpected shape"),
            ({"finance": {"result": [{}]}}, "unexpected shape"),
            ({"finance": {"result": [{"quotes": 7}]}}, "unexpected shape"),
            ({"finance": {"result": None, "error": {"code": "x"}}}, "error answer"),
            ({"finance": {"result": [], "error": "Not Found"}}, "error answer"),
        ],
    )
    def test_another_shape_is_rejected(self, broken: object, expected: str) -> None:
        assert refusal(broken) == f"rejected: {expected}"

    @given(st.data())
    def test_whatever_stands_in_a_row_only_that_company_is_a_gap(
        self, data: st.DataObject
    ) -> None:
        payload = reply("screener")
        row = listed(payload)["quotes"][1]
        field = data.draw(st.sampled_from(sorted(row)))
        row[field] = data.draw(ANYTHING)

        found = private.read(payload)

        assert (
            found.marks["ANTH.PVT"] == private.read(reply("screener")).marks["ANTH.PVT"]
        )
        for mark in found.marks.values():
            assert isinstance(mark, FetchFailure) or 1e5 <= mark.valuation <= 1e14

    @given(st.data())
    def test_whatever_the_answer_is_it_is_a_list_or_a_failure(
        self, data: st.DataObject
    ) -> None:
        payload = reply("screener")
        place = data.draw(st.sampled_from(["payload", "finance", "listed", "result"]))
        broken = data.draw(ANYTHING)
        if place == "payload":
            payload = broken
        elif place == "finance":
            payload["finance"] = broken
        elif place == "result":
            payload["finance"]["result"] = broken
        else:
            name = data.draw(st.sampled_from(["quotes", "total"]))
            listed(payload)[name] = broken

        try:
            assert private.read(payload).marks
        except FetchFailure as failure:
            assert failure.reason.startswith("rejected: ")  # noqa: PT017 - either is right


ANYTHING = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner)
    ),
    max_leaves=5,
)


class Lister:
    """A live source that knows a list and nothing else."""

    def __init__(self) -> None:
        self.requests = 7
        self.found: PrivateList | FetchFailure = private.read(reply("screener"))
        self.stopped = False

    def private_companies(self) -> PrivateList:
        self.requests += 1
        if isinstance(self.found, FetchFailure):
            raise self.found
        return self.found

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def lister() -> Lister:
    return Lister()


def source(lister: Lister) -> Any:  # noqa: ANN401 - as the register has it
    return MARK_SOURCES["yahoo"](
        MarkSourceSettings(
            now=NOON,
            cache=Path("nowhere"),
            deadline=None,
            publishers={},
            user_agent=str,
            live=lambda: cast("LiveSource", lister),
        )
    )


def asked(symbol: str | None, *kept: WatchEvent, name: str = "Databricks") -> Asked:
    stages = (dated("2025-03-01", stage="private"),)
    entry = watching(name=name, yahoo=symbol, stages=stages).watchlist[0]
    return Asked(entry, "private", kept=kept)


def look(lister: Lister, *companies: Asked) -> list[Looked]:
    found: Iterator[Looked] = source(lister).look(companies)
    return list(found)


class TestSource:
    def test_one_request_serves_for_all(self, lister: Lister) -> None:
        marks = source(lister)

        found = list(
            marks.look([asked("DATB.PVT"), asked("ANTH.PVT", name="Anthropic")])
        )

        assert [one.reason for one in found] == ["", ""]
        assert found[0].sightings[0].vendor == DATABRICKS
        assert found[0].sightings[0].date == NOON.date()
        assert (marks.requests, marks.unchanged, marks.publisher) == (
            1,
            0,
            "Yahoo Finance",
        )

    def test_nobody_with_a_symbol_is_no_request(self, lister: Lister) -> None:
        over = replace(asked("DATB.PVT"), stage="listed")

        assert look(lister, asked(None), over) == []
        assert lister.requests == 7

    def test_a_symbol_that_is_not_on_the_list_needs_a_person(
        self, lister: Lister
    ) -> None:
        (found,) = look(lister, asked("DATX.PVT"))

        assert found.reason == "absent"
        assert found.detail == (
            "DATX.PVT is not among the 3 private companies that Yahoo Finance lists: "
            "mend yahoo in the taxonomy, or take it out."
        )

    def test_a_symbol_of_a_company_of_another_name_is_not_taken(
        self, lister: Lister
    ) -> None:
        (found,) = look(lister, asked("ANTH.PVT"))

        assert found.reason == "rejected: another company"
        assert found.detail == (
            "ANTH.PVT is that of Anthropic: mend yahoo in the taxonomy."
        )

    def test_a_row_that_cannot_be_read_is_a_gap_of_one_company(
        self, lister: Lister
    ) -> None:
        bad = FetchFailure("rejected: no valuation", "by hand")
        lister.found = PrivateList({"DATB.PVT": bad})

        (found,) = look(lister, asked("DATB.PVT"))

        assert (found.reason, found.detail) == (bad.reason, bad.detail)

    def test_an_outage_is_told_once_and_nobody_has_vanished(
        self, lister: Lister
    ) -> None:
        kept = self.kept(lister)
        lister.found = FetchFailure("network", "by hand")

        found = look(lister, asked("DATB.PVT", kept), asked("ANTH.PVT"))

        assert [(one.entry, one.reason) for one in found] == [("", "network")]
        assert found[0].sightings == ()

    def test_who_is_missing_on_a_cut_list_has_not_vanished(
        self, lister: Lister
    ) -> None:
        kept = self.kept(lister)
        assert isinstance(lister.found, PrivateList)
        marks = {"ANTH.PVT": lister.found.marks["ANTH.PVT"]}

        lister.found = PrivateList(marks, is_whole=False)
        (cut,) = look(lister, asked("DATB.PVT", kept))
        lister.found = PrivateList(marks)
        (gone,) = look(lister, asked("DATB.PVT", kept))

        assert (cut.reason, cut.sightings) == ("rejected: list cut", ())
        assert gone.sightings[0].kind == "event"

    def test_most_of_them_missing_at_once_is_an_outage(self, lister: Lister) -> None:
        kept = self.kept(lister)
        lister.found = PrivateList({})

        (found,) = look(lister, asked("DATB.PVT", kept), asked("DATB.PVT", kept))

        assert found.reason == "rejected: most are missing"

    @staticmethod
    def kept(lister: Lister) -> WatchEvent:
        (found,) = look(lister, asked("DATB.PVT"))
        return WatchEvent(found.sightings[0], "yahoo", "private", "private")

    def test_whatever_waits_is_stopped(self, lister: Lister) -> None:
        marks = source(lister)
        marks.stop()
        assert not lister.stopped

        list(marks.look([asked("DATB.PVT")]))
        marks.stop()

        assert lister.stopped
