"""EDGAR over real TLS: what is asked, what is taken, what goes wrong?"""

from __future__ import annotations

import _socket
import json
import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
import trustme

from sources.edgar_server import HOSTS, EdgarServer, reply
from sources.yahoo_server import Answer
from triad_screener.errors import ConfigurationError
from triad_screener.model.watch import Asked, Sighting, WatchEvent
from triad_screener.ports import MarkSourceSettings
from triad_screener.sources import _edgar_wire, _tries, edgar
from triad_screener.sources._gate import Gate
from triad_screener.sources._pace import Pace
from watched import watching

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from triad_screener.model.watch import Looked
    from triad_screener.sources.edgar import Edgar

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
WHO = "Jane Doe jane@example.com"
RECORDED, MADE = "0001677077", "0009999902"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def certificate(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert(*HOSTS)


@pytest.fixture
def server(
    authority: trustme.CA,
    certificate: trustme.LeafCert,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[EdgarServer]:
    def connect(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - of any family
        assert address[0] == "127.0.0.1", f"a test tried to reach {address}"
        _socket.socket.connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    started = EdgarServer(certificate)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, started.url)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(bundle))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    serving = threading.Thread(target=started.serve_forever, args=(0.02,))
    serving.start()
    yield started
    started.end()
    serving.join()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait as briefly as can be."""
    monkeypatch.setattr(_tries, "BACKOFF", lambda _: 0.01)
    monkeypatch.setattr(edgar, "RATE", 1000.0)


@pytest.fixture
def settings(tmp_path: Path) -> MarkSourceSettings:
    return MarkSourceSettings(
        now=NOW,
        cache=tmp_path / "cache",
        deadline=20.0,
        publishers={},
        user_agent=lambda: WHO,
        live=nobody,
    )


@pytest.fixture
def source(server: EdgarServer, settings: MarkSourceSettings) -> Iterator[Edgar]:
    del server
    found = edgar.connect(settings)
    yield found
    found.stop()


def kept(reference: str) -> WatchEvent:
    """Something that was seen before."""
    seen = Sighting("labs", reference, NOW.date(), "filing", "a form", "SEC EDGAR", "A")
    return WatchEvent(seen, "edgar", "private", "private")


def nobody() -> NoReturn:
    raise AssertionError


def asked(
    name: str = "Lakehouse Labs", cik: str | None = None, **parts: object
) -> Asked:
    """One who is asked about; a key stands in the taxonomy."""
    entry = watching(
        name=name, cik=cik, stages=({**STAGE, "stage": "private"},), **parts
    ).watchlist[0]
    return Asked(entry, "private", cik)


STAGE = {"date": "2019-01-01", "source": "by_hand", "grade": "D"}


def look(source: Edgar, *companies: Asked) -> list[Looked]:
    return list(source.look(companies))


def look_at(source: Edgar, company: Asked) -> Looked:
    """The answer on one company, where the feeds came."""
    (found,) = look(source, company)
    return found


def steps(found: Looked) -> list[tuple[str, str | None]]:
    return [(one.form or "quoted", one.stage) for one in found.sightings]


def submissions(server: EdgarServer, cik: str, name: str) -> None:
    server.pages[f"/submissions/CIK{cik}.json"] = reply(f"{name}.json")


class TestWhatIsAsked:
    def test_two_feeds_then_one_request_for_a_known_key_and_one_search_without(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        submissions(server, RECORDED, "submissions_recorded")
        server.pages["archives"] = b"<html>no price yet</html>"

        look(source, asked("Alzamend Neuro", RECORDED), asked("Nobody"))

        assert server.asked_for == ["feed", "feed", "submissions", "archives", "search"]
        assert source.requests == 5
        assert [one.query.get("type") for one in server.seen[:2]] == ["S-1", "F-1"]
        assert server.seen[-1].query["q"] == '"Nobody"'
        assert "424B4" in server.seen[-1].query["forms"].split(",")

    def test_every_request_says_who_asks(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        look(source, asked())

        assert {one.headers["user-agent"] for one in server.seen} == {WHO}

    def test_listed_and_ended_companies_are_left_alone(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        companies = [
            replace(asked(), stage="listed"),
            replace(asked(), stage="absorbed"),
            replace(asked(), stage="dead"),
        ]

        assert look(source, *companies) == []
        assert server.seen == []

    def test_without_anybody_who_asks_nothing_is_asked(
        self, settings: MarkSourceSettings
    ) -> None:
        def nobody() -> str:
            raise ConfigurationError("settings", "nobody", "Say who.")

        with pytest.raises(ConfigurationError, match="nobody"):
            edgar.connect(replace(settings, user_agent=nobody))

    def test_at_most_eight_requests_are_sent_a_second(self) -> None:
        now = 0.0

        def wait(seconds: float) -> bool:
            nonlocal now
            now += seconds
            return False

        pace = Pace(now, _edgar_wire.RATE, _edgar_wire.BURST)
        gate = Gate(None, lambda: now, wait, pace=pace)
        sent = []
        for _ in range(40):
            gate.admit()
            sent.append(now)

        assert _edgar_wire.RATE == 8
        assert _edgar_wire.BURST == 1
        busiest = max(sum(t <= s < t + 0.999 for s in sent) for t in sent)
        assert busiest == 8

    def test_an_unchanged_answer_is_not_sent_again(
        self, source: Edgar, server: EdgarServer, settings: MarkSourceSettings
    ) -> None:
        submissions(server, MADE, "submissions_made")
        first = look_at(source, asked("Made-up Models", MADE))
        again = edgar.connect(settings)

        second = look_at(again, asked("Made-up Models", MADE))

        assert second == first
        assert again.unchanged == 3
        conditional = [one for one in server.seen if "if-none-match" in one.headers]
        assert [one.endpoint for one in conditional] == ["feed", "feed", "submissions"]
        assert all("if-modified-since" in one.headers for one in conditional)

    def test_a_changed_answer_is_sent_and_read(
        self, source: Edgar, server: EdgarServer, settings: MarkSourceSettings
    ) -> None:
        path = f"/submissions/CIK{MADE}.json"
        submissions(server, MADE, "submissions_made")
        look(source, asked("Made-up Models", MADE))
        changed = json.loads(server.pages[path])
        changed["filings"]["recent"]["form"][0] = "424B4"
        server.pages[path] = json.dumps(changed).encode()

        found = look_at(edgar.connect(settings), asked("Made-up Models", MADE))

        assert steps(found)[-1] == ("424B4", "priced")

    def test_a_search_serves_for_half_a_day(
        self, source: Edgar, server: EdgarServer, settings: MarkSourceSettings
    ) -> None:
        look(source, asked())
        soon = replace(settings, now=NOW + timedelta(hours=11))
        late = replace(settings, now=NOW + timedelta(hours=13))

        look(edgar.connect(soon), asked())
        assert server.asked_for.count("search") == 1
        look(edgar.connect(late), asked())
        assert server.asked_for.count("search") == 2

    def test_what_could_not_be_read_is_not_kept(
        self, source: Edgar, server: EdgarServer, settings: MarkSourceSettings
    ) -> None:
        path = f"/submissions/CIK{MADE}.json"
        server.pages[path] = reply("submissions_made.json")[:300]
        assert look_at(source, asked("Made-up Models", MADE)).reason
        submissions(server, MADE, "submissions_made")

        found = look_at(edgar.connect(settings), asked("Made-up Models", MADE))

        assert found.reason == ""


class TestWhatIsRead:
    def test_a_recorded_way_from_a_draft_to_a_listing(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        submissions(server, RECORDED, "submissions_recorded")

        found = look_at(source, asked("Alzamend Neuro", RECORDED))

        assert steps(found) == [
            ("D", None),
            ("D", None),
            ("D", None),
            ("DRS", "draft_submitted"),
            ("DRS/A", "draft_submitted"),
            ("S-1", "public_filed"),
            *[("S-1/A", "public_filed")] * 3,
            ("8-A12B", "public_filed"),
            ("S-1/A", "public_filed"),
            ("EFFECT", "public_filed"),
            ("424B4", "priced"),
            ("10-K", "listed"),
            ("quoted", "listed"),
        ]
        last = found.sightings[-1]
        assert (last.ticker, last.exchange) == ("ALZN", "Nasdaq")
        assert last.date.isoformat() == "2021-06-15"

    def test_a_foreign_company_that_withdraws(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        submissions(server, MADE, "submissions_made")

        found = look_at(source, asked("Made-up Models", MADE))

        assert steps(found) == [
            ("DRS", "draft_submitted"),
            ("F-1", "public_filed"),
            ("F-1/A", "public_filed"),
            ("RW", "withdrawn"),
        ]
        assert found.cik == MADE

    def test_a_new_amendment_is_read_for_its_price_range(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        submissions(server, MADE, "submissions_made")
        server.pages["/Archives/edgar/data/9999902/000999990226000003/f1a.htm"] = (
            b"<p>a price between US$<b>31.00</b> and US$33.00 per&nbsp;ADS</p>"
        )

        found = look_at(source, asked("Made-up Models", MADE))

        assert found.sightings[2].what == (
            "Form F-1/A: amended registration statement, "
            "a price range of USD 31.00 to 33.00"
        )

    def test_an_amendment_that_is_kept_is_not_read_again(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        submissions(server, MADE, "submissions_made")
        known = replace(
            asked("Made-up Models", MADE), kept=(kept("0009999902-26-000003"),)
        )

        look(source, known)

        assert "archives" not in server.asked_for

    def test_a_company_of_the_exact_name_is_found_and_followed(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        server.pages["search"] = reply("search.json")

        found = look_at(source, asked("Lakehouse Labs"))

        # It has no list of filings (404): what the search found serves.
        assert server.asked_for == ["feed", "feed", "search", "submissions"]
        assert found.cik == "0009999903"
        assert steps(found) == [("D", None), ("S-1", "public_filed")]
        assert {one.company for one in found.sightings} == {"Lakehouse Labs, Inc."}

    def test_a_company_of_a_similar_name_is_not_taken(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        server.pages["search"] = reply("search.json")

        found = look_at(source, asked("Lakehouse"))

        assert (found.sightings, found.cik, found.reason) == ((), None, "")

    def test_of_two_companies_of_one_name_none_is_taken(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        twice = reply("search.json").replace(b"Labs Ventures LLC", b"Labs LLC")
        server.pages["search"] = twice

        found = look_at(source, asked("Lakehouse Labs"))

        assert (found.sightings, found.reason) == ((), "ambiguous")
        assert found.detail == (
            "2 companies are called so: CIK 0009999903, 0009999904; "
            "write the right cik into the taxonomy."
        )

    def test_the_current_filings_name_a_company_before_the_search_does(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        server.pages["feed"] = reply("current.atom")

        found = look_at(source, asked("20/20 Biolabs"))

        assert found.cik == "0001139685"
        assert steps(found) == [("S-1", "public_filed")]

    def test_a_legal_name_is_looked_for_too(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        server.pages["search"] = reply("search.json")

        found = look_at(source, asked("The Lab", legal_names=("Lakehouse Labs",)))

        assert found.cik == "0009999903"
        queries = [one.query["q"] for one in server.seen if one.endpoint == "search"]
        assert queries == ['"The Lab"', '"Lakehouse Labs"']

    def test_a_key_of_another_company_is_refused(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        submissions(server, MADE, "submissions_made")

        found = look_at(source, asked("Lakehouse Labs", MADE))

        assert (found.sightings, found.reason) == ((), "rejected: another company")
        assert found.detail == (
            "CIK 0009999902 is that of Made-up Models Ltd: mend it in the taxonomy."
        )

    def test_a_company_that_changed_its_name_is_known_by_the_former_one(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        renamed = {**json.loads(reply("submissions_made.json")), "name": "New Ltd"}
        server.pages[f"/submissions/CIK{MADE}.json"] = json.dumps(renamed).encode()

        assert look_at(source, asked("Made-up Minds", MADE)).reason == ""

    def test_a_name_with_escapes_and_html_is_one_line_of_text(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        evil = json.loads(reply("submissions_made.json"))
        evil["name"] = "Made-up\x1b[2J \u202e<script>alert(1)</script>\r\nBcc: x"
        server.pages[f"/submissions/CIK{MADE}.json"] = json.dumps(evil).encode()

        found = look_at(source, asked("Made-up Models", MADE))

        assert found.sightings[0].company == (
            "Made-up[2J <script>alert(1)</script> Bcc: x"
        )


OUTAGES = [
    (Answer(403), "network", "EDGAR refused the request (403)", 1),
    (Answer(429, headers={"Retry-After": "0"}), "rate_limited", "one too many", 3),
    (Answer(503), "network", "EDGAR answered with an error (503).", 3),
    (Answer(301, headers={"Location": "https://example.com"}), "network", "(301)", 3),
    (Answer(200, b'{"cik": "00'), "rejected: not readable", "cut short", 1),
    (Answer(200, b""), "rejected: not readable", "cut short", 1),
    (Answer(200, b"<html>sign in</html>"), "rejected: not readable", "cut short", 1),
    (Answer(200, b"[" * 100_000), "rejected: not readable", "cut short", 1),
    (Answer(200, b"{}", cut=9), "network", "broke off", 3),
]


class TestOutages:
    @pytest.mark.parametrize(("fault", "reason", "detail", "tries"), OUTAGES)
    def test_an_outage_is_a_reason_and_never_no_news(
        self,
        fault: Answer,
        reason: str,
        detail: str,
        tries: int,
        source: Edgar,
        server: EdgarServer,
    ) -> None:
        server.faults["submissions"] = fault

        found = look_at(source, asked("Made-up Models", MADE))

        assert (found.reason, found.sightings) == (reason, ())
        assert detail in found.detail
        assert server.asked_for.count("submissions") == tries

    def test_a_feed_that_does_not_come_is_told_and_the_rest_goes_on(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        server.faults["feed"] = [Answer(200, b"<feed")]
        submissions(server, MADE, "submissions_made")

        feed, found = look(source, asked("Made-up Models", MADE))

        assert (feed.entry, feed.reason) == ("", "rejected: not readable")
        assert feed.detail.startswith("Newest S-1 filings: The list of current filings")
        assert found.reason == ""

    def test_an_entry_of_a_feed_that_cannot_be_read_is_told(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        feed = reply("current.atom")
        server.faults["feed"] = [Answer(200, feed.replace(b"S-1/A - TG-17", b"TG-17"))]
        submissions(server, MADE, "submissions_made")

        told, found = look(source, asked("Made-up Models", MADE))

        assert (told.entry, told.reason) == ("", "rejected: not readable")
        assert told.detail.startswith("Newest S-1 filings: 1 of ")
        assert found.reason == ""

    def test_a_key_that_edgar_does_not_know_may_be_mistyped(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        del server

        found = look_at(source, asked("Nobody", "0000000009"))

        assert found.reason == "absent"
        assert found.detail == (
            "EDGAR knows no company with CIK 0000000009: the key may be mistyped; "
            "mend it in the taxonomy."
        )

    def test_a_key_found_by_name_that_leads_nowhere_is_no_slip_of_the_pen(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        server.pages["search"] = reply("search.json")
        by_name = replace(asked("Lakehouse Labs"), cik="0009999903")

        found = look_at(source, by_name)

        assert (found.reason, found.cik) == ("", "0009999903")
        assert steps(found) == [("D", None), ("S-1", "public_filed")]

    @pytest.mark.parametrize("page", ["feed", "search"])
    def test_a_list_that_is_not_there_says_nothing_of_a_company(
        self, page: str, source: Edgar, server: EdgarServer
    ) -> None:
        server.faults[page] = Answer(404)

        first = look(source, asked())[0]

        assert first.reason == "rejected: page moved"

    def test_a_search_that_ran_out_of_time_is_an_outage(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        server.pages["search"] = b'{"timed_out": true, "hits": {"hits": []}}'

        assert look_at(source, asked()).reason == "network"

    def test_a_passing_refusal_is_got_over(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        at_once = Answer(429, headers={"Retry-After": "0"})
        server.faults["submissions"] = [Answer(503), at_once]
        submissions(server, MADE, "submissions_made")

        assert look_at(source, asked("Made-up Models", MADE)).reason == ""

    def test_an_answer_without_end_is_refused(
        self, source: Edgar, server: EdgarServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_edgar_wire, "LARGEST", 1000)
        server.pages[f"/submissions/CIK{MADE}.json"] = b" " * 2000

        found = look_at(source, asked("Made-up Models", MADE))

        assert found.reason == "rejected: too large"

    def test_an_amendment_that_cannot_be_read_is_known_without_its_price(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        submissions(server, MADE, "submissions_made")
        server.faults["archives"] = Answer(404)

        found = look_at(source, asked("Made-up Models", MADE))

        assert found.sightings[2].what == "Form F-1/A: amended registration statement"

    def test_a_certificate_that_nobody_knows_is_not_trusted(
        self, source: Edgar, server: EdgarServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.delenv(name)

        *_, found = look(source, asked("Made-up Models", MADE))

        assert server.seen == []
        assert found.reason == "network"
        assert "certificate" in found.detail

    def test_without_a_proxy_that_answers_there_is_no_connection(
        self, source: Edgar, server: EdgarServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        del server
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")

        *_, found = look(source, asked("Made-up Models", MADE))

        assert found.reason == "network"

    def test_after_a_stop_nothing_is_asked(
        self, source: Edgar, server: EdgarServer
    ) -> None:
        source.stop()

        *_, found = look(source, asked("Made-up Models", MADE))

        assert (found.reason, server.seen) == ("not asked", [])


class TestCache:
    def test_a_damaged_cache_counts_as_none(
        self, source: Edgar, server: EdgarServer, settings: MarkSourceSettings
    ) -> None:
        submissions(server, MADE, "submissions_made")
        look(source, asked("Made-up Models", MADE))
        for file in (settings.cache / "edgar").iterdir():
            file.write_bytes(b'{"url": 1}\nnonsense')

        again = edgar.connect(settings)

        assert look_at(again, asked("Made-up Models", MADE)).reason == ""
        assert again.unchanged == 0

    def test_a_folder_that_cannot_be_written_keeps_nothing(
        self, server: EdgarServer, settings: MarkSourceSettings, tmp_path: Path
    ) -> None:
        submissions(server, MADE, "submissions_made")
        (tmp_path / "file").write_text("in the way")
        source = edgar.connect(replace(settings, cache=tmp_path / "file"))

        assert look_at(source, asked("Made-up Models", MADE)).reason == ""

    def test_what_nobody_asks_for_is_swept_away(
        self, source: Edgar, server: EdgarServer, settings: MarkSourceSettings
    ) -> None:
        del server
        look(source, asked())
        folder = settings.cache / "edgar"
        assert len(list(folder.iterdir())) == 3

        edgar.connect(replace(settings, now=datetime.now(UTC) + timedelta(days=91)))

        assert list(folder.iterdir()) == []
