"""Does a letter go out once, whatever happens on the way?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import triad_screener
from delivery.child import STEPS
from delivery.letters import PICTURE, SATURDAY, letter
from delivery.mail_server import DROP, scripted
from triad_screener.delivery.email import Email
from triad_screener.delivery.outbox import Outbox
from triad_screener.errors import (
    ConfigurationError,
    DeliveryError,
    LockedError,
    OutputError,
)
from triad_screener.model.mail import Dispatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from delivery.mail_server import Postmaster, Taken
    from triad_screener.model.mail import MailServer, Message

HERE = Path(__file__).parent
SOURCES = Path(triad_screener.__file__).parent.parent
REFUSED = DeliveryError("refused.", "x")
DOWN = DeliveryError("down.", "x", general=True)
UNHEARD = DeliveryError("unheard.", "x", general=True, uncertain=True)
DAY = timedelta(days=1)


class Postbox:
    """A channel that takes letters, or fails in the way it is told, by key."""

    def __init__(self, **failures: Exception) -> None:
        self.failures = failures
        self.taken: list[Message] = []

    def deliver(self, message: Message) -> None:
        if failure := self.failures.get(message.key):
            raise failure
        self.taken.append(message)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "outbox"


@pytest.fixture
def outbox(folder: Path) -> Outbox:
    return Outbox(folder, patience=0.1)


def names(folder: Path) -> list[str]:
    """Return the files of an outbox, the lock left out."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(
        str(path.relative_to(folder)) for path in found if path.name != ".lock"
    )


@contextmanager
def child(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Start a process that puts and flushes."""
    paths = [str(SOURCES), str(HERE.parent)]
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, HERE / "child.py", *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_letter_waits_goes_and_is_remembered(outbox: Outbox, folder: Path) -> None:
    postbox = Postbox()
    message = letter()

    put = outbox.put(message)
    waiting = outbox.letters()
    found = outbox.flush(postbox, SATURDAY + DAY)
    (sent,) = outbox.letters()

    assert put
    assert [(one.key, one.at, one.state) for one in waiting] == [
        ("k1", SATURDAY, "waiting")
    ]
    assert postbox.taken[0].content == message.content
    assert found == Dispatch(sent=(sent,))
    assert (sent.run, sent.recipient, sent.subject, sent.at, sent.state) == (
        "run1",
        "jane@example.com",
        "triad: TSM in",
        SATURDAY + DAY,
        "sent",
    )
    assert names(folder) == ["sent/k1.json"]
    assert json.loads((folder / "sent/k1.json").read_bytes())["message_id"] == (
        "<k1.20260516120000.000000@example.com>"
    )


def test_a_key_goes_once(outbox: Outbox, folder: Path) -> None:
    postbox = Postbox(k2=UNHEARD)
    outbox.put(letter())
    waits = outbox.put(letter(date=SATURDAY + DAY))
    outbox.flush(postbox, SATURDAY)
    went = outbox.put(letter(date=SATURDAY + DAY))
    outbox.put(letter("k2"))
    outbox.flush(postbox, SATURDAY)
    begun = outbox.put(letter("k2"))

    assert (waits, went, begun) == (False, False, False)
    assert len(postbox.taken) == 1
    assert names(folder) == ["k2.sending", "sent/k1.json"]


def test_the_folder_is_for_the_user_alone(outbox: Outbox, folder: Path) -> None:
    outbox.put(letter())

    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "k1.eml").stat().st_mode & 0o777 == 0o600
    outbox.flush(Postbox(), SATURDAY)
    assert (folder / "sent/k1.json").stat().st_mode & 0o777 == 0o600


def test_nothing_is_made_where_nothing_waits(outbox: Outbox, folder: Path) -> None:
    found = outbox.flush(Postbox(), SATURDAY)

    assert (found, outbox.letters(), outbox.waiting()) == (Dispatch(), (), 0)
    assert not folder.exists()


def test_the_oldest_goes_first(outbox: Outbox) -> None:
    postbox = Postbox()
    for key, day in (("k1", 3), ("k2", 1), ("k3", 2)):
        outbox.put(letter(key, date=SATURDAY + day * DAY))

    before = [one.key for one in outbox.letters()]
    found = outbox.flush(postbox, SATURDAY + 4 * DAY)

    assert [one.key for one in found.sent] == ["k2", "k3", "k1"]
    assert before == ["k1", "k3", "k2"]


def test_one_that_is_refused_does_not_keep_the_others(
    outbox: Outbox, folder: Path
) -> None:
    for key in ("k1", "k2"):
        outbox.put(letter(key))

    found = outbox.flush(Postbox(k1=REFUSED), SATURDAY)

    ((failed, error),) = found.failed
    assert (failed.key, error, found.waiting) == ("k1", REFUSED, 1)
    assert names(folder) == ["k1.eml", "sent/k2.json"]


def test_a_server_that_is_down_is_tried_once(outbox: Outbox, folder: Path) -> None:
    for key in ("k1", "k2"):
        outbox.put(letter(key))

    found = outbox.flush(Postbox(k1=DOWN), SATURDAY)

    assert [one.key for one, _ in found.failed] == ["k1"]
    assert (found.sent, found.waiting) == ((), 2)
    assert names(folder) == ["k1.eml", "k2.eml"]


def test_a_mistake_in_the_settings_leaves_the_letter_waiting(
    outbox: Outbox, folder: Path
) -> None:
    outbox.put(letter())

    with pytest.raises(ConfigurationError):
        outbox.flush(Postbox(k1=ConfigurationError("a", "b", "c")), SATURDAY)

    assert names(folder) == ["k1.eml"]


def test_what_may_have_arrived_goes_again_and_says_so(
    outbox: Outbox, folder: Path
) -> None:
    message = letter(subject="triad: 台積電 in, " + "NVDA 2 to 1, " * 9)
    outbox.put(message)
    first = outbox.flush(Postbox(k1=UNHEARD), SATURDAY)
    unsure = outbox.letters()
    outbox.flush(Postbox(k1=REFUSED), SATURDAY)
    still = names(folder)
    postbox = Postbox()
    again = outbox.flush(postbox, SATURDAY)

    (taken,) = postbox.taken
    assert (first.waiting, unsure[0].state, still) == (1, "unsure", ["k1.sending"])
    assert len(again.sent) == 1
    assert again.remarks == (
        (
            "The letter to jane@example.com may arrive a second time: the first try"
            " ended without an answer."
        ),
    )
    assert taken.subject.startswith("[again?] triad: 台積電 in")
    assert b"X-Triad-Repeat: yes\r\n" in taken.content
    assert names(folder) == ["sent/k1.json"]


def test_the_second_letter_is_the_first_but_for_its_marks(
    outbox: Outbox, plain: MailServer, postmaster: Postmaster
) -> None:
    message = letter(subject="triad: 台積電 in, " + "NVDA 2 to 1, " * 9)
    outbox.put(message)
    outbox.flush(Postbox(k1=UNHEARD), SATURDAY)
    outbox.flush(Email(plain), SATURDAY)

    (taken,) = postmaster.taken
    found = taken.parsed
    assert found["X-Triad-Repeat"] == "yes"
    assert found["Subject"] == f"[again?] {message.subject}"
    assert found["Message-ID"] == "<k1.20260516120000.000000@example.com>"
    assert len(found.get_all("Subject") or ()) == 1
    assert taken.content.endswith(message.content.partition(b"MIME-Version")[2])
    assert [*found.walk()][-1].get_content() == PICTURE.content


def test_a_letter_is_given_up_after_two_weeks_and_kept(
    outbox: Outbox, folder: Path
) -> None:
    outbox.put(letter("k1"))
    outbox.put(letter("k2", date=SATURDAY + DAY))
    postbox = Postbox(k1=UNHEARD)
    outbox.flush(postbox, SATURDAY)
    outbox.flush(Postbox(k1=UNHEARD), SATURDAY + 14 * DAY)

    found = outbox.flush(postbox, SATURDAY + 15 * DAY)

    assert names(folder) == ["sent/k2.json", "undeliverable/k1.sending"]
    assert ([one.key for one in found.sent], found.waiting) == (["k2"], 0)
    assert found.remarks == (
        (
            "The letter to jane@example.com of 2026-05-16 was given up after 14 days;"
            f" it is now {folder / 'undeliverable/k1.sending'}."
        ),
    )


def test_a_letter_of_a_day_to_come_waits_and_goes_once(
    outbox: Outbox, folder: Path
) -> None:
    outbox.put(letter("k1", date=SATURDAY + 400 * DAY))  # written under a fast clock

    refused = outbox.flush(Postbox(k1=DOWN), SATURDAY)
    found = outbox.flush(Postbox(), SATURDAY + DAY)

    assert (refused.waiting, refused.remarks) == (1, ())
    assert ([one.key for one in found.sent], found.remarks) == (["k1"], ())
    assert names(folder) == ["sent/k1.json"]


def test_a_note_is_kept_for_a_year(outbox: Outbox, folder: Path) -> None:
    outbox.put(letter())
    outbox.flush(Postbox(), SATURDAY)
    outbox.flush(Postbox(), SATURDAY + 365 * DAY)
    kept = names(folder)
    outbox.flush(Postbox(), SATURDAY + 366 * DAY)

    assert (kept, names(folder)) == (["sent/k1.json"], [])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\xff" * 99,
        b"Subject: a letter of somebody else\r\n\r\nhello",
        letter("other").content,
        letter("x").content.replace(b"To: ", b"To: nobody\r\nX: "),
        letter("x").content.replace(b"Date: ", b"Date: someday "),
        letter("x").content.replace(b"From: Triad", b'From: "\r\n =?utf-8?b?====?='),
    ],
)
def test_what_is_no_letter_is_put_aside_and_told(
    content: bytes, outbox: Outbox, folder: Path
) -> None:
    outbox.put(letter())
    (folder / "undeliverable" / "x.eml").write_bytes(b"of last time")
    (folder / "x.eml").write_bytes(content)

    found = outbox.flush(Postbox(), SATURDAY)

    assert names(folder) == [
        "sent/k1.json",
        "undeliverable/x.2.eml",
        "undeliverable/x.eml",
    ]
    assert found.remarks == (
        f"x.eml is no letter; it is now {folder / 'undeliverable/x.2.eml'}.",
    )
    assert (folder / "undeliverable" / "x.2.eml").read_bytes() == content


def test_folders_and_pipes_by_the_name_of_a_letter_are_put_aside(
    outbox: Outbox, folder: Path
) -> None:
    outbox.put(letter())
    (folder / "a.eml").mkdir()
    os.mkfifo(folder / "b.sending")
    (folder / "sent" / "c.json").mkdir()
    (folder / ".d.eml.x").mkdir()

    shown = outbox.letters()
    found = outbox.flush(Postbox(), SATURDAY)

    assert [one.key for one in shown] == ["k1"]
    assert len(found.sent) == 1
    assert len(found.remarks) == 2
    assert (folder / "undeliverable" / "a.eml").is_dir()
    assert (folder / "undeliverable" / "b.sending").is_fifo()


@pytest.mark.parametrize("content", [b"", b'{"key": "k1"', b"[]", b'{"key": 1}'])
def test_a_damaged_note_still_counts_and_is_told(
    content: bytes, outbox: Outbox, folder: Path
) -> None:
    outbox.put(letter())
    outbox.flush(Postbox(), SATURDAY)
    note = folder / "sent" / "k1.json"
    note.write_bytes(content)

    put = outbox.put(letter())
    found = outbox.flush(Postbox(), SATURDAY)

    assert (put, outbox.letters()) == (False, ())
    assert found.remarks == (f"{note} cannot be read; its letter counts as sent.",)


def test_what_a_killed_process_left_half_written_goes_after_a_day(
    outbox: Outbox, folder: Path
) -> None:
    outbox.put(letter())
    for name in (".k1.eml.tmp", "sent/.k1.json.tmp"):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (SATURDAY.timestamp(), SATURDAY.timestamp()))

    outbox.flush(Postbox(k1=DOWN), SATURDAY)
    kept = names(folder)
    outbox.flush(Postbox(k1=DOWN), SATURDAY + 2 * DAY)

    assert len(kept) == 3
    assert names(folder) == ["k1.eml"]


def test_a_copy_that_a_slower_process_put_is_not_sent(
    outbox: Outbox, folder: Path
) -> None:
    outbox.put(letter("k1"))
    outbox.put(letter("k2"))
    outbox.flush(Postbox(k2=UNHEARD), SATURDAY)
    for key in ("k1", "k2"):
        (folder / f"{key}.eml").write_bytes(letter(key).content)
    postbox = Postbox()

    outbox.flush(postbox, SATURDAY)

    assert [one.subject for one in postbox.taken] == ["[again?] triad: TSM in"]
    assert names(folder) == ["sent/k1.json", "sent/k2.json"]


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    outbox = Outbox(tmp_path / "file" / "outbox")

    with pytest.raises(OutputError) as error:
        outbox.put(letter())

    assert error.value.what == (
        f"The outbox cannot be used ({tmp_path}/file/outbox: Not a directory)."
    )


def test_what_cannot_be_noted_is_not_sent(outbox: Outbox, folder: Path) -> None:
    outbox.put(letter())
    in_the_way = folder / "sent" / ".k1.json.draft"
    in_the_way.mkdir()
    postbox = Postbox()

    for _ in range(3):
        with pytest.raises(OutputError) as error:
            outbox.flush(postbox, SATURDAY)

    assert str(in_the_way) in error.value.what
    assert postbox.taken == []
    assert names(folder) == ["k1.eml"]
    in_the_way.rmdir()
    assert len(outbox.flush(postbox, SATURDAY).sent) == 1


def test_a_note_that_was_prepared_in_vain_is_taken_away(
    outbox: Outbox, folder: Path
) -> None:
    outbox.put(letter())

    outbox.flush(Postbox(k1=DeliveryError("No.", "Wait.")), SATURDAY)

    assert names(folder) == ["k1.eml"]


def test_what_waits_for_somebody_who_reads_no_longer_is_set_aside(
    outbox: Outbox, folder: Path
) -> None:
    outbox.put(letter("k1", recipient="Gone@example.com"))
    outbox.put(letter("k2"))
    postbox = Postbox()

    found = outbox.flush(postbox, SATURDAY, {"jane@example.com"})

    assert [one.key for one in postbox.taken] == ["k2"]
    (remark,) = found.remarks
    assert remark == (
        "The letter to Gone@example.com of 2026-05-16 was given up since mail_to no "
        f"longer names its reader; it is now {folder}/undeliverable/k1.eml."
    )


def test_a_key_that_is_a_path_is_refused(outbox: Outbox) -> None:
    with pytest.raises(ValueError, match="no key"):
        outbox.put(replace(letter(), key="../k1"))


def test_two_processes_send_one_letter(
    folder: Path, plain: MailServer, postmaster: Postmaster
) -> None:
    with child(folder, plain.port, "k1") as one, child(folder, plain.port, "k1") as two:
        codes = [process.wait(30) for process in (one, two)]

    assert codes == [0, 0]
    assert len(postmaster.taken) == 1
    assert names(folder) == ["sent/k1.json"]


def test_who_comes_while_another_sends_says_try_later(
    outbox: Outbox, folder: Path, plain: MailServer
) -> None:
    with child(folder, plain.port, "k1", "before deliver") as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(LockedError) as error:
            outbox.flush(Postbox(), SATURDAY)

    assert error.value.what == (
        f"The outbox {folder} is in use by another process; waited 0.1 s."
    )
    assert error.value.exit_code == 75


@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_is_killed_loses_nothing_and_repeats_nothing_unsaid(
    step: str,
    outbox: Outbox,
    folder: Path,
    plain: MailServer,
    postmaster: Postmaster,
) -> None:
    with child(folder, plain.port, "k1", step) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{step}\n"
        process.kill()

    put = outbox.put(letter())
    found = outbox.flush(Email(plain), SATURDAY)

    arrived = [is_marked(one) for one in postmaster.taken]
    assert not put
    assert arrived == expected(step)
    assert bool(found.remarks) == arrived[-1]
    assert names(folder) == ["sent/k1.json"]
    assert outbox.flush(Email(plain), SATURDAY) == Dispatch()


def is_marked(taken: Taken) -> bool:
    found = taken.parsed
    marked = bool(found["X-Triad-Repeat"] == "yes")
    assert found["Subject"].startswith("[again?] ") == marked
    return marked


def expected(step: str) -> list[bool]:
    """Return whether each letter that arrives bears the mark of a second one."""
    if step in ("before prepare", "after prepare", "before begin"):
        return [False]
    if step in ("after begin", "before deliver"):
        return [True]
    if step in ("after deliver", "before remember"):
        return [False, True]
    return [False]


def test_a_connection_that_ends_in_the_letter_leaves_it_doubtful(
    outbox: Outbox, folder: Path
) -> None:
    outbox.put(letter())
    taken = ("220 a", "250 b", "250 c", "250 d", "354 e")

    with scripted(*taken, DROP) as server:
        found = outbox.flush(Email(server), SATURDAY)

    assert found.failed[0][1].uncertain
    assert names(folder) == ["k1.sending"]


@pytest.mark.parametrize(
    "change",
    [
        {"recipient": 1},
        {"subject": ["a"]},
        {"run": None},
        {"key": {}},
        {"sent_at": 0},
        {"sent_at": "0001-01-01T00:00:00+23:59"},
        {"sent_at": "9999-12-31T23:59:59-23:59"},
    ],
)
def test_a_note_of_other_types_counts_as_sent_and_is_told(
    folder: Path, change: dict[str, object]
) -> None:
    box = Outbox(folder)
    box.put(letter("k1"))
    box.flush(Postbox(), SATURDAY)
    note = folder / "sent/k1.json"
    note.write_text(json.dumps(json.loads(note.read_bytes()) | change))

    done = box.flush(Postbox(), SATURDAY)

    assert box.letters() == ()
    assert done.remarks == (f"{note} cannot be read; its letter counts as sent.",)
    assert not box.put(letter("k1"))


@pytest.mark.parametrize("content", [b"[" * 100_000, b"null", b"\xff", b"1" * 5000])
def test_a_note_that_is_no_note_counts_as_sent(folder: Path, content: bytes) -> None:
    box = Outbox(folder)
    box.put(letter("k1"))
    box.flush(Postbox(), SATURDAY)
    (folder / "sent/k1.json").write_bytes(content)

    assert box.letters() == ()
    assert not box.put(letter("k1"))


def test_a_letter_of_a_day_beyond_all_calendars_is_set_aside(folder: Path) -> None:
    box = Outbox(folder)
    box.put(letter("k1"))
    file = folder / "k1.eml"
    content = re.sub(
        rb"Date: .*", b"Date: Mon, 01 Jan 0001 00:00:00 +2359", file.read_bytes()
    )
    file.write_bytes(content)

    done = box.flush(Postbox(), SATURDAY)

    assert names(folder) == ["undeliverable/k1.eml"]
    assert len(done.remarks) == 1
