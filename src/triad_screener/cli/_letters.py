"""From the wishes for a letter to a letter on screen, in a file, or on its way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from triad_screener import settings
from triad_screener.cli import _progress, _streams
from triad_screener.delivery import CHANNELS
from triad_screener.errors import TriadError
from triad_screener.model.mail import split_address
from triad_screener.workflows import answering, evaluate, mailing, report

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from triad_screener.delivery.outbox import Outbox
    from triad_screener.model.mail import Dispatch, Mail
    from triad_screener.reporting.letter import Letter
    from triad_screener.reporting.overview import View
    from triad_screener.workflows.answering import Question
    from triad_screener.workflows.report import Wish
    from triad_screener.workflows.serving import Means


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a letter is written, shown and sent.

    Attributes:
        show: Shows a letter; None where it only goes out.
        silence: Days after which a letter is due although nothing material moved;
            zero for always, None for never.
        quiet: Whether a person at a terminal is told nothing but warnings.
    """

    question: Question
    wish: Wish
    view: View
    means: Means
    outbox: Outbox
    show: Callable[[Letter], None] | None
    silence: float | None
    quiet: bool

    @property
    def now(self) -> datetime:
        """The time in UTC."""
        return self.means.clock()

    def written(self, *, kept: bool = False) -> Letter | None:
        """Return the letter, shown if it is to be; None where none is due.

        Args:
            kept: Whether the run is kept even where it is of the bundled snapshot.
        """
        with _progress.bar(quiet=self.quiet) as progress:
            means = replace(self.means, progress=progress)
            found = answering.recall(self.question, means)
            found = found or answering.answer(self.question, means)[0]
        past, lacking = evaluate.in_brief(
            found.screen, self.means.store, self.question.config, self.now
        )
        troubles = (*found.warnings, *lacking)
        view = replace(self.view, told=found.told, troubles=troubles)
        letters = self.outbox.letters()
        told = [one.run for one in letters]
        store = self.means.store
        letter = report.write(
            found.screen, self.wish, view, store, told=told, evaluation=past
        )
        warnings = answering.keep(found, self.question, self.means, always=kept)
        _streams.tell(warnings)
        if not mailing.is_due(letter, letters, self.now, self.silence):
            self._hint("Nothing material moved: no letter.")
            return None
        if self.show:
            self.show(letter)
        return letter

    def keep(self, letter: Letter, path: Path) -> None:
        """Write a letter as it would go, to the first who would get it."""
        sender, recipient = settings.correspondents()
        (trial,) = mailing.messages(letter, sender, [recipient], self.now)
        if path == _streams.STANDARD_OUTPUT:
            _streams.put(trial.content)
        else:
            CHANNELS["file"](path).deliver(trial)

    def send(self, mail: Mail) -> None:
        """Send the letter, and what waits; that goes even if there is no letter."""
        self.outbox.require_usable()
        failure = None
        try:
            if letter := self.written(kept=True):
                self._put(letter, mail)
        except TriadError as error:
            failure = error
        done = self._flushed(mail)
        _streams.tell(done.remarks)
        for one in done.sent:
            self._hint(f"Sent to {one.recipient}.")
        if failure:
            raise failure
        mailing.require_sent(done)

    def _put(self, letter: Letter, mail: Mail) -> None:
        for one in mailing.messages(letter, mail.sender, mail.recipients, self.now):
            if not self.outbox.put(one):
                self._hint(f"{one.recipient} has this letter of this week already.")
        _streams.tell(report.settle(letter, self.means.store, self.now))

    def _flushed(self, mail: Mail) -> Dispatch:
        readers = {split_address(one)[1].lower() for one in mail.recipients}
        channel = CHANNELS["email"](mail.server)
        try:
            return self.outbox.flush(channel, self.now, readers)
        except KeyboardInterrupt:
            told = "What was under way may have gone; it comes again, marked [again?]."
            _streams.tell([told])
            raise

    def _hint(self, text: str) -> None:
        if not self.quiet:
            _streams.hint(text)
