"""The letter is sent: once, and with it what waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest

import screens
from triad_screener.delivery.outbox import Outbox
from triad_screener.errors import DeliveryError
from triad_screener.model.mail import Dispatch, Posted
from triad_screener.reporting import letter, record
from triad_screener.reporting.letter import Story
from triad_screener.reporting.overview import View
from triad_screener.workflows import mailing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from triad_screener.model.mail import Message
    from triad_screener.ports import Channel
    from triad_screener.reporting.letter import Letter

#: A Monday morning.
NOW = datetime(2026, 5, 18, 7, 30, tzinfo=UTC)
ME, YOU, THEY = "me@example.com", "you@example.com", "they@example.com"


class Postman:
    """A channel that keeps what it is given, or refuses it."""

    def __init__(self, *refused: str) -> None:
        self.refused = refused
        self.given: list[Message] = []

    def deliver(self, message: Message) -> None:
        if message.recipient in self.refused:
            raise DeliveryError("The server refused it.", "Try later.")
        self.given.append(message)


def written() -> Letter:
    screen = screens.small()
    view = View(lines=record.of_lines(screen))
    return letter.compose(Story(screen=screen), view)


def posted(at: datetime, key: str = "k") -> Posted:
    return Posted(key, "run", YOU, "a subject", at, "sent")


def keys(*recipients: str, now: datetime = NOW) -> list[str]:
    run = screens.small().run
    return [mailing.send_once_key(run, recipient, now) for recipient in recipients]


def sent(
    letters: Iterable[Message], outbox: Outbox, channel: Channel, now: datetime
) -> Dispatch:
    """Put letters into the outbox, then send all that wait there."""
    for one in letters:
        outbox.put(one)
    return outbox.flush(channel, now)


class TestMessages:
    def test_each_recipient_has_a_letter_of_both_parts(self) -> None:
        found = list(mailing.messages(written(), ME, [YOU, THEY], NOW))

        assert [one.recipient for one in found] == [YOU, THEY]
        assert found[0].key != found[1].key
        read = message_from_bytes(found[0].content, policy=default)
        text, html = (read.get_body((kind,)) for kind in ("plain", "html"))
        assert text is not None
        assert html is not None
        assert text.get_content().startswith("triad: ")
        assert "<table" in html.get_content()
        assert read["Subject"] == written().subject

    def test_no_line_of_the_text_is_longer_than_72(self) -> None:
        (found,) = mailing.messages(written(), ME, [YOU], NOW)

        text = message_from_bytes(found.content, policy=default).get_body(("plain",))
        assert text is not None
        assert max(map(len, text.get_content().splitlines())) <= 72


class TestKey:
    def test_the_same_week_has_the_same_key(self) -> None:
        sunday = NOW + timedelta(days=6)

        assert keys(YOU) == keys(YOU, now=sunday)
        assert keys(YOU) != keys(YOU, now=sunday + timedelta(days=1))

    def test_a_name_or_capitals_do_not_make_another_recipient(self) -> None:
        assert len({*keys(YOU, f"You <{YOU}>", YOU.upper())}) == 1
        assert keys(YOU) != keys(THEY)

    @pytest.mark.parametrize(
        "parts",
        [
            {"config_hash": "0" * 64},
            {"data_hash": "0" * 64},
            {"recipe": "other"},
            {"universe": "post"},
            {"as_of": date(2026, 5, 8)},
            {"incumbents": ("AAA",)},
        ],
    )
    def test_other_inputs_are_another_letter(self, parts: dict[str, object]) -> None:
        run = screens.small().run
        other = replace(run, **parts)  # type: ignore[arg-type]

        assert mailing.send_once_key(other, YOU, NOW) not in keys(YOU)

    def test_a_newer_program_does_not_send_again(self) -> None:
        run = replace(screens.small().run, id="another", program_version="9")

        assert [mailing.send_once_key(run, YOU, NOW)] == keys(YOU)


class TestSending:
    def test_a_letter_goes_once_however_often_it_is_sent(self, tmp_path: Path) -> None:
        outbox, postman = Outbox(tmp_path / "outbox"), Postman()

        for minutes in (0, 5):
            now = NOW + timedelta(minutes=minutes)
            letters = mailing.messages(written(), ME, [YOU], now)
            mailing.require_sent(sent(letters, outbox, postman, now))

        assert len(postman.given) == 1

    def test_what_waits_goes_with_the_next(self, tmp_path: Path) -> None:
        outbox, postman = Outbox(tmp_path / "outbox"), Postman()
        letters = mailing.messages(written(), ME, [YOU], NOW)
        sent(letters, outbox, Postman(YOU), NOW)

        done = sent((), outbox, postman, NOW + timedelta(days=1))

        assert [one.recipient for one in done.sent] == [YOU]

    def test_what_was_refused_is_told_and_the_others_have_gone(
        self, tmp_path: Path
    ) -> None:
        outbox, postman = Outbox(tmp_path / "outbox"), Postman(YOU)
        letters = mailing.messages(written(), ME, [YOU, THEY], NOW)

        with pytest.raises(DeliveryError) as caught:
            mailing.require_sent(sent(letters, outbox, postman, NOW))

        assert [one.recipient for one in postman.given] == [THEY]
        assert caught.value.what == (
            f"The letter to {YOU} was not sent. The server refused it."
        )
        assert caught.value.remedy == "Try later. What waits is tried for 14 days."

    def test_of_several_that_wait_the_number_is_told(self) -> None:
        error = DeliveryError("The server is away.", "Try later.")
        failed = ((posted(NOW), error),)

        with pytest.raises(DeliveryError) as caught:
            mailing.require_sent(Dispatch(failed=failed, waiting=3))

        assert caught.value.what == (
            f"3 letters were not sent. To {YOU}: The server is away."
        )

    def test_each_reason_is_told_with_those_it_is_true_of(self) -> None:
        first, second = (DeliveryError(f"{n}.", "Try later.") for n in ("One", "Two"))
        others = [replace(posted(NOW), recipient=name) for name in (ME, THEY)]
        failed = ((posted(NOW), first), (others[0], second), (others[1], first))

        with pytest.raises(DeliveryError) as caught:
            mailing.require_sent(Dispatch(failed=failed, waiting=3))

        assert caught.value.what == (
            f"3 letters were not sent. To {YOU}, {THEY}: One. To {ME}: Two."
        )


class TestSilence:
    @pytest.mark.parametrize(("days", "is_overdue"), [(27.9, False), (28, True)])
    def test_after_the_weeks_agreed_a_letter_is_due(
        self,
        days: float,
        is_overdue: bool,  # noqa: FBT001 - a table of cases
    ) -> None:
        last = [posted(NOW - timedelta(days=days)), posted(NOW - timedelta(days=99))]

        assert mailing.is_overdue(last, NOW, 28) is is_overdue

    def test_without_any_letter_one_is_due(self) -> None:
        assert mailing.is_overdue([], NOW, 28)

    def test_silence_may_be_without_end(self) -> None:
        assert not mailing.is_overdue([posted(NOW - timedelta(days=999))], NOW, None)

    def test_a_letter_dated_by_a_clock_that_ran_ahead_stops_no_heartbeat(self) -> None:
        ahead = NOW + timedelta(days=400)

        assert mailing.is_overdue([posted(ahead)], NOW, 28)
        assert not mailing.is_overdue([posted(ahead), posted(NOW)], NOW, 28)
