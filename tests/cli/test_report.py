"""triad report: the letter on screen, in a file, and to a real mail server."""

from __future__ import annotations

import re
import ssl
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import worlds
from delivery.mail_server import DROP, PASSWORD, USER, Postmaster, scripted, serving
from triad_screener.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    import trustme

    from lives import Clock
    from triad_screener.model.mail import MailServer
    from worlds import Triad, World

EARLIER = "2026-04-10"


@pytest.fixture
def _no_network() -> None:
    """Allow this machine: the mail servers of these tests are on it."""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("TRIAD_DATA_FOLDER", str(folder))
    return folder


@pytest.fixture
def report(triad: Triad, world: World, clock: Clock, data: Path) -> Triad:
    """Report on the small world, on the Saturday after its last session."""
    del clock, data
    return lambda *arguments: triad("report", *arguments, *world.options)


@pytest.fixture
def earlier(triad: Triad, world: World, data: Path, clock: Clock) -> str:
    """Id of a run that was made on an earlier day."""
    del data
    now, clock.time = clock.time, datetime.fromisoformat(f"{EARLIER}T23:00Z")
    options = ("--as-of", EARLIER, "--format", "json", *world.options)
    made = triad("screen", *options).json["run"]["id"]
    clock.time = now
    return str(made)


@pytest.fixture
def postmaster() -> Postmaster:
    return Postmaster()


@pytest.fixture
def mailbox(
    postmaster: Postmaster, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MailServer]:
    """A server that takes letters to you, and is settled."""
    with serving(postmaster, "none") as server:
        settle(monkeypatch, server)
        yield server


def settle(monkeypatch: pytest.MonkeyPatch, server: MailServer, **more: str) -> None:
    """Settle who writes to whom, by which server."""
    known = {
        "TRIAD_SMTP_HOST": server.host,
        "TRIAD_SMTP_PORT": str(server.port),
        "TRIAD_SMTP_SECURITY": server.security,
        "TRIAD_MAIL_FROM": "Triad <triad@example.com>",
        "TRIAD_MAIL_TO": "you@example.com",
    }
    for name, value in (known | more).items():
        monkeypatch.setenv(name, value)


def parts(letter: EmailMessage) -> tuple[str, str, list[bytes]]:
    """Return the text, the HTML and the pictures of a letter."""
    text, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    pictures = [p for p in letter.walk() if p.get_content_type() == "image/png"]
    contents = [picture.get_content() for picture in pictures]
    return text.get_content(), html.get_content(), contents


class TestOnScreen:
    def test_the_first_letter_has_nothing_to_compare_with(self, report: Triad) -> None:
        answer = report()

        assert (answer.code, answer.err) == (0, "")
        assert answer.out.startswith("triad: ")
        assert "This is the first letter" in answer.out

    def test_it_leads_with_what_changed(self, report: Triad, earlier: str) -> None:
        answer = report()

        assert answer.code == 0
        assert earlier
        assert f"What changed from {EARLIER} to 2026-05-15" in answer.out
        assert answer.out.index("What changed") < answer.out.index("\nRanking\n")
        assert answer.out.count("Information, not advice") == 1

    def test_a_run_may_be_named(self, report: Triad, earlier: str) -> None:
        named = report("--since", earlier[:6], "--format", "json").json

        assert named["changes"]["before"]["id"] == earlier

    def test_an_unknown_run_ends_with_two(self, report: Triad, earlier: str) -> None:
        answer = report("--since", "zzzz")

        assert (answer.code, answer.out) == (2, "")
        assert earlier[:4] in answer.err

    def test_the_same_inputs_give_the_same_bytes(
        self, report: Triad, earlier: str, tmp_path: Path
    ) -> None:
        assert earlier
        for name in ("a", "b"):
            path = tmp_path / name
            assert report("--format", "html", "--output", str(path)).code == 0

        first, second = ((tmp_path / name).read_bytes() for name in ("a", "b"))
        assert first == second
        assert first.count(b"data:image/png;base64,") == 2

    def test_the_lines_may_be_few(self, report: Triad) -> None:
        read = report("--top", "2", "--format", "json").json

        assert [line["rank"] for line in read["screen"]["lines"]] == [1, 2]

    def test_nothing_is_printed_where_nothing_material_moved(
        self, report: Triad, mailbox: MailServer
    ) -> None:
        assert mailbox
        report("--email")  # the first letter

        answer = report("--if-changed", "--since", _only_run())

        assert (answer.code, answer.out, answer.err) == (0, "", "")


def _only_run() -> str:
    import os  # noqa: PLC0415 - the folder of this test

    store = Store(Path(os.environ["TRIAD_DATA_FOLDER"]) / "triad.duckdb")
    (entry,) = store.runs()
    return entry.id


class TestFloors:
    def test_old_figures_are_refused(self, report: Triad, clock: Clock) -> None:
        clock.forward(days=10)

        answer = report()

        assert (answer.code, answer.out) == (69, "")
        assert answer.err == (
            "triad: No letter from these figures: The newest close is of 2026-05-15, "
            "older than the 4 days allowed.\n"
            "       Run 'triad refresh', or let it pass with --allow-stale.\n"
        )

    def test_allowed_all_the_same_the_subject_says_so(
        self, report: Triad, clock: Clock
    ) -> None:
        clock.forward(days=10)

        answer = report("--allow-stale")

        assert answer.code == 0
        assert answer.out.startswith("triad: [old data] ")

    def test_a_past_day_counts_ages_from_that_day(
        self, report: Triad, clock: Clock
    ) -> None:
        clock.forward(days=99)

        assert report("--as-of", EARLIER).code == 0

    def test_few_lines_are_refused(self, triad: Triad, data: Path) -> None:
        assert data
        # Whoever lacks a figure is not ranked.
        thin = ("--source", "bundled", "--as-of", EARLIER, "--set", "coverage_floor=1")

        answer = triad("report", *thin, "--min-coverage", ".99")

        assert (answer.code, answer.out) == (69, "")
        assert "of the lines are ranked on fresh prices" in answer.err
        assert triad("report", *thin).code == 0


class TestFile:
    def test_a_trial_needs_no_server(self, report: Triad, tmp_path: Path) -> None:
        path = tmp_path / "letter.eml"

        answer = report("--eml", str(path))

        assert (answer.code, answer.out, answer.err) == (0, "", "")
        letter = message_from_bytes(path.read_bytes(), policy=default)
        assert (letter["From"], letter["To"]) == ("triad@localhost",) * 2
        assert letter["Auto-Submitted"] == "auto-generated"
        text, html, pictures = parts(letter)
        assert text.startswith(str(letter["Subject"]))
        assert len(html.encode()) < 100_000
        assert pictures
        assert all(one.startswith(b"\x89PNG") for one in pictures)
        assert html.count("cid:") == len(pictures)

    def test_only_date_and_message_id_tell_two_copies_apart(
        self, report: Triad, clock: Clock, tmp_path: Path
    ) -> None:
        for name in ("a", "b"):
            report("--eml", str(tmp_path / name))
            clock.forward(minutes=7)

        first, second = (_without_moment(tmp_path / name) for name in ("a", "b"))
        assert first == second

    def test_it_goes_to_whom_it_is_settled(
        self, report: Triad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TRIAD_MAIL_TO", "Jane <jane@example.com>, joe@example.com")

        report("--eml", str(tmp_path / "a"))

        letter = message_from_bytes((tmp_path / "a").read_bytes(), policy=default)
        assert letter["To"] == "Jane <jane@example.com>"

    def test_a_dash_is_standard_output(
        self, report: Triad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)

        answer = report("--eml", "-")

        letter = message_from_bytes(answer.raw, policy=default)
        assert letter["Subject"].startswith("triad: ")
        assert not (tmp_path / "-").exists()


def _without_moment(path: Path) -> bytes:
    content = path.read_bytes()
    found, count = re.subn(rb"(?m)^(Date|Message-ID): .*\r\n", b"", content)
    assert count == 2
    return found


class TestMail:
    def test_a_letter_is_delivered_with_its_parts(
        self, report: Triad, mailbox: MailServer, postmaster: Postmaster, earlier: str
    ) -> None:
        assert mailbox
        assert earlier

        answer = report("--email")

        assert (answer.code, answer.out, answer.err) == (0, "", "")
        (taken,) = postmaster.taken
        assert taken.recipients == ["you@example.com"]
        text, html, pictures = parts(taken.parsed)
        assert max(map(len, text.splitlines())) <= 72
        assert f"What changed from {EARLIER}" in text
        assert f"What changed from {EARLIER}" in html
        assert len(pictures) == 2

    def test_a_job_that_runs_twice_mails_once(
        self, report: Triad, mailbox: MailServer, postmaster: Postmaster
    ) -> None:
        assert mailbox

        codes = [report("--email").code for _ in range(3)]

        assert (codes, len(postmaster.taken)) == ([0, 0, 0], 1)

    def test_next_week_is_another_letter(
        self, report: Triad, mailbox: MailServer, postmaster: Postmaster, clock: Clock
    ) -> None:
        assert mailbox
        for _ in range(2):
            report("--email", "--max-age", "30d")
            clock.forward(weeks=1)

        assert len(postmaster.taken) == 2

    def test_the_next_letter_is_compared_with_the_last(
        self, report: Triad, mailbox: MailServer, earlier: str
    ) -> None:
        assert mailbox
        report("--email", "--as-of", "2026-04-17")

        answer = report()

        assert "What changed from 2026-04-17 to 2026-05-15" in answer.out
        assert earlier

    def test_another_day_of_the_same_figures_is_another_letter(
        self, report: Triad, mailbox: MailServer, postmaster: Postmaster
    ) -> None:
        assert mailbox

        report("--email", "--as-of", EARLIER)
        report("--email")

        assert len(postmaster.taken) == 2

    def test_a_person_at_a_terminal_is_told_what_was_done(
        self, report: Triad, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert mailbox
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)

        told = [report("--email").err, report("--email").err]
        quiet = report("--email", "--quiet").err
        silent = report("--if-changed", "--since", _only_run())

        assert told[0] == "triad: Sent to you@example.com.\n"
        assert (
            told[1] == "triad: you@example.com has this letter of this week already.\n"
        )
        assert quiet == ""
        assert silent.err == "triad: Nothing material moved: no letter.\n"

    def test_who_is_no_reader_any_more_fails_no_run(
        self,
        report: Triad,
        mailbox: MailServer,
        postmaster: Postmaster,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        postmaster.replies = {"bad@example.com": "550 no such user"}
        both = "you@example.com,Bad <bad@example.com>"
        settle(monkeypatch, mailbox, TRIAD_MAIL_TO=both)
        assert report("--email").code == 6
        settle(monkeypatch, mailbox)

        answer = report("--email")

        assert answer.code == 0
        assert "since mail_to no longer names its reader" in answer.err
        assert report("--email").err == ""

    def test_an_interruption_says_what_may_have_gone(
        self, report: Triad, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert mailbox

        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("triad_screener.delivery.email.Email.deliver", stop)

        answer = report("--email")

        assert answer.code == 130
        assert answer.err == (
            "triad: What was under way may have gone; it comes again, marked "
            "[again?].\n"
        )

    def test_each_recipient_has_a_letter_alone(
        self,
        report: Triad,
        mailbox: MailServer,
        postmaster: Postmaster,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        settle(monkeypatch, mailbox, TRIAD_MAIL_TO="a@example.com,b@example.com")

        assert report("--email").code == 0
        sent = [(taken.recipients, taken.parsed["To"]) for taken in postmaster.taken]
        assert sorted(sent) == [
            (["a@example.com"], "a@example.com"),
            (["b@example.com"], "b@example.com"),
        ]

    def test_where_nothing_material_moved_nothing_is_sent_until_four_weeks_passed(
        self,
        report: Triad,
        mailbox: MailServer,
        postmaster: Postmaster,
        clock: Clock,
    ) -> None:
        assert mailbox
        options = ("--email", "--if-changed", "--max-age", "99d")
        sent = []
        for weeks in (0, 1, 2, 1):
            clock.forward(weeks=weeks)
            same = ("--since", _only_run()) if postmaster.taken else ()
            assert report(*options, *same).code == 0
            sent.append(len(postmaster.taken))

        assert sent == [1, 1, 1, 2]
        assert "nothing material since" in postmaster.taken[1].parsed["Subject"]

    def test_what_is_wrong_with_the_settings_is_said_before_anything_else(
        self, report: Triad
    ) -> None:
        answer = report("--email")

        assert (answer.code, answer.out) == (78, "")
        assert answer.err.startswith("triad: mail settings: smtp_host is not set.\n")

    def test_over_starttls_with_a_password(
        self,
        report: Triad,
        postmaster: Postmaster,
        authority: trustme.CA,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        with _secured(postmaster, authority, monkeypatch, tmp_path, PASSWORD):
            answer = report("--email")

        assert (answer.code, answer.err) == (0, "")
        assert postmaster.signed_in == [USER]
        assert len(postmaster.taken) == 1


class TestOptions:
    def test_a_letter_that_goes_out_may_be_written_in_a_format_as_well(
        self,
        report: Triad,
        mailbox: MailServer,
        postmaster: Postmaster,
        tmp_path: Path,
    ) -> None:
        assert mailbox
        page = tmp_path / "letter.html"

        answer = report("--email", "--format", "html", "--output", str(page))

        assert (answer.code, answer.out) == (0, "")
        assert page.read_text("utf-8").startswith("<!doctype html>")
        assert len(postmaster.taken) == 1

    def test_a_trial_prints_no_other_format(
        self, report: Triad, tmp_path: Path
    ) -> None:
        answer = report("--eml", str(tmp_path / "a"), "--format", "html")

        assert answer.code == 2
        assert "and --eml prints nothing" in answer.err
        assert not (tmp_path / "a").exists()

    def test_tomorrow_may_have_begun_elsewhere(
        self, report: Triad, clock: Clock
    ) -> None:
        clock.forward(days=-1)  # Friday, the day of the last session
        tomorrow, later = (
            report("--as-of", "2026-05-16"),
            report("--as-of", "2026-05-17"),
        )

        assert tomorrow.code == 0
        assert (later.code, later.out) == (2, "")
        assert "--as-of 2026-05-17 is still to come" in later.err

    def test_the_thesis_stands_after_the_watchlist(
        self, triad: Triad, world: World, clock: Clock, tmp_path: Path
    ) -> None:
        assert clock
        judged = worlds.judged(world, tmp_path / "judged.yaml")
        arguments = (*judged.options, "--eml", str(tmp_path / "a"))

        assert triad("report", *arguments).code == 0

        letter = message_from_bytes((tmp_path / "a").read_bytes(), policy=default)
        text, html, pictures = parts(letter)
        assert "A falsifier has come true: prices (Algorithms lead)." in text
        assert text.index("Watchlist") < text.index("Thesis panel: weakening")
        assert text.index("Thesis panel") < text.index("About the figures")
        assert max(map(len, text.splitlines())) <= 72
        assert "Thesis panel: weakening" in html
        assert len(pictures) == 2  # parts of the scores, and the panel


class TestTrouble:
    def test_an_outbox_that_cannot_be_used_is_said_once_before_anything(
        self, report: Triad, mailbox: MailServer, data: Path
    ) -> None:
        assert mailbox
        data.write_text("in the way")

        answer = report("--email")

        assert (answer.code, answer.out) == (73, "")
        place = data / "outbox"
        assert answer.err == (
            f"triad: The outbox cannot be used ({place}: Permission denied).\n"
            "       Make room or mend the permissions; no letter in it is lost.\n"
        )

    def test_a_server_that_is_away_keeps_the_letter_for_the_next_run(
        self,
        report: Triad,
        postmaster: Postmaster,
        monkeypatch: pytest.MonkeyPatch,
        data: Path,
    ) -> None:
        with serving(postmaster, "none") as server:
            gone = server
        settle(monkeypatch, gone)

        answer = report("--email")

        assert (answer.code, answer.out) == (6, "")
        assert answer.err.startswith(
            "triad: The letter to you@example.com was not sent"
        )
        assert answer.err.count("\n") == 2
        assert len([*(data / "outbox").glob("*.eml")]) == 1
        with serving(postmaster, "none") as server:
            settle(monkeypatch, server)
            assert report("--email").code == 0
        assert len(postmaster.taken) == 1
        assert not [*(data / "outbox").glob("*.eml")]

    def test_what_waits_goes_out_even_where_today_has_no_letter(
        self,
        report: Triad,
        postmaster: Postmaster,
        monkeypatch: pytest.MonkeyPatch,
        clock: Clock,
    ) -> None:
        with scripted(DROP) as server:
            settle(monkeypatch, server)
            report("--email")
        clock.forward(days=9)
        with serving(postmaster, "none") as server:
            settle(monkeypatch, server)
            answer = report("--email")

        assert answer.code == 69
        assert len(postmaster.taken) == 1

    @pytest.mark.parametrize(
        ("replies", "told", "waits"),
        [
            ({"you@example.com": "451 come back later"}, "come back later", "*.eml"),
            ({"you@example.com": "550 no such user"}, "no such user", "*.eml"),
            ({"DATA": "554 smells of spam"}, "smells of spam", "*.eml"),
        ],
    )
    def test_a_refusal_is_told_in_the_words_of_the_server(  # noqa: PLR0913, PLR0917 - fixtures
        self,
        report: Triad,
        mailbox: MailServer,
        postmaster: Postmaster,
        data: Path,
        replies: dict[str, str],
        told: str,
        waits: str,
    ) -> None:
        assert mailbox
        postmaster.replies = replies

        answer = report("--email")

        assert answer.code == 6
        assert told in answer.err
        assert len([*(data / "outbox").glob(waits)]) == 1

    def test_a_letter_that_may_have_arrived_comes_again_with_a_word(
        self,
        report: Triad,
        postmaster: Postmaster,
        monkeypatch: pytest.MonkeyPatch,
        data: Path,
    ) -> None:
        hello = ("220 here", "250 hello", "250 sender", "250 recipient", "354 go on")
        with scripted(*hello, DROP) as server:
            settle(monkeypatch, server)
            first = report("--email")
        assert first.code == 6
        assert len([*(data / "outbox").glob("*.sending")]) == 1

        with serving(postmaster, "none") as server:
            settle(monkeypatch, server)
            second = report("--email")

        assert second.code == 0
        assert "may arrive a second time" in second.err
        (taken,) = postmaster.taken
        assert taken.parsed["Subject"].startswith("[again?] triad: ")

    def test_a_wrong_password_is_told_without_it(
        self,
        report: Triad,
        postmaster: Postmaster,
        authority: trustme.CA,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        with _secured(postmaster, authority, monkeypatch, tmp_path, "hunter2"):
            answer = report("--email")

        assert answer.code == 6
        assert "password" in answer.err
        assert "hunter2" not in answer.err
        assert not postmaster.taken

    def test_a_certificate_that_nobody_vouches_for_stops_the_letter(
        self,
        report: Triad,
        postmaster: Postmaster,
        authority: trustme.CA,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        with _secured(postmaster, authority, monkeypatch, tmp_path, PASSWORD):
            monkeypatch.delenv("SSL_CERT_FILE")
            answer = report("--email")

        assert answer.code == 6
        assert "certificate" in answer.err
        assert (postmaster.signed_in, postmaster.taken) == ([], [])


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    import trustme  # noqa: PLC0415 - two tests need it

    return trustme.CA()


@contextmanager
def _secured(
    postmaster: Postmaster,
    authority: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    password: str,
) -> Iterator[None]:
    """Serve with STARTTLS to whoever trusts the authority and knows the password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(folder / "authority.pem")
    secret = folder / "secret"
    secret.write_text(f"{password}\n", "utf-8")
    secret.chmod(0o600)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
    with serving(postmaster, "starttls", context) as server:
        settle(
            monkeypatch,
            server,
            TRIAD_SMTP_USER=USER,
            TRIAD_SMTP_PASSWORD_FILE=str(secret),
        )
        yield


def _program(*arguments: str, home: Path, **more: str) -> subprocess.Popen[str]:
    """Start the program as cron does: a short PATH, the plainest locale, no more."""
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C", **more}
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "triad_screener", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class TestFromCron:
    def test_standard_error_is_empty_on_success(
        self, world: World, tmp_path: Path, postmaster: Postmaster
    ) -> None:
        with serving(postmaster, "none") as server:
            runs = [_mailing(server, world, tmp_path) for _ in range(2)]
            told = [run.communicate(timeout=60) for run in runs]

        # Two at once: one letter.
        assert [run.returncode for run in runs] == [0, 0]
        assert told == [("", ""), ("", "")]
        assert len(postmaster.taken) == 1

    def test_the_line_of_schedule_sends_a_letter(
        self, tmp_path: Path, postmaster: Postmaster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with serving(postmaster, "none") as server:
            settle(monkeypatch, server)
            options = ("--", "--source", "bundled", "--as-of", "2026-05-15")
            printed = subprocess.run(  # noqa: S603 - our own program
                [sys.executable, "-m", "triad_screener", "schedule", *options],
                capture_output=True,
                check=True,
                text=True,
            )
            line = printed.stdout.splitlines()[-1]
            done = subprocess.run(  # noqa: S603 - our own line, as cron runs it
                ["/bin/sh", "-c", line.split(" ", 5)[5].replace("\\%", "%")],
                env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                cwd=tmp_path,
                capture_output=True,
                check=False,
                text=True,
            )

        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        (taken,) = postmaster.taken
        assert taken.recipients == ["you@example.com"]

    def test_a_failure_is_one_message(self, world: World, tmp_path: Path) -> None:
        with serving(Postmaster(), "none") as server:
            gone = server
        run = _mailing(gone, world, tmp_path)
        out, err = run.communicate(timeout=60)

        assert (run.returncode, out) == (6, "")
        assert len(err.splitlines()) == 2
        assert err.isascii()


def _mailing(server: MailServer, world: World, home: Path) -> subprocess.Popen[str]:
    return _program(
        *("report", "--email", "--as-of", "2026-05-15", *world.options),
        home=home,
        TRIAD_SMTP_HOST=server.host,
        TRIAD_SMTP_PORT=str(server.port),
        TRIAD_SMTP_SECURITY=server.security,
        TRIAD_MAIL_FROM="triad@example.com",
        TRIAD_MAIL_TO="you@example.com",
    )
