"""Everything that can go wrong, in words a reader can act on.

TriadError                  70    a fault of the program
├── UsageError               2    the command line asked for what cannot be
│   └── UnknownNameError     2    a name is not in its list; the nearest are offered
├── NoDataError              4    no allowed source has data
├── StoreError               5    the store is damaged or of a newer version
├── DeliveryError            6    a letter could not be delivered
├── LetterRefusedError      69    the figures are too old or too thin for a letter
├── LockedError             75    another process holds the store or the outbox
├── RateLimitedError        75    the source wants fewer requests
├── OutOfMemoryError        75    the machine has too little memory left
├── ClockError              78    the clock of this machine is wrong
├── InputError              65    a data file is not what it should be
├── OutputError             73    the answer cannot be written
│   └── UnwritableStoreError 73   the store cannot be written
└── ConfigurationError      78    the taxonomy, a recipe or a setting is not valid

An error takes facts, writes its own sentence and offers the next step. Only
``cli.main`` turns one into an exit code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

#: Exit codes that are results, not errors.
DIFFERENT = 1
BELOW_FLOOR = 3
INTERRUPTED = 130

#: What each exit code means, for ``triad --help`` and the documentation.
EXIT_CODES = {
    0: "done; also when a reader closes the pipe",
    1: "differences found",
    2: "usage: an option, ticker, pillar, column, recipe or key that does not exist",
    3: "done, but coverage or freshness is under the floor asked for",
    4: "no data from any allowed source",
    5: "store unreadable, damaged or of a newer version",
    6: "delivery failed",
    65: "an input file is not what it should be",
    69: "letter refused: data too old or too thin",
    70: "a fault of the program",
    73: "output cannot be written",
    75: "temporary: locked or rate limited, try later",
    78: "configuration or taxonomy is not valid",
    130: "interrupted",
}


class TriadError(Exception):
    """A failure the user can understand and usually repair.

    Args:
        what: What went wrong, in one sentence.
        remedy: What to do next, in one sentence.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def quoted(text: str, longest: int = 100) -> str:
    r"""Return ``text`` fit for a message: in quotes, escaped and short.

    Examples:
        >>> quoted("NV\x1bDA"), quoted("NVIDIA", 4)
        ("'NV\\x1bDA'", "'NVID...'")
    """
    return repr(text if len(text) <= longest else f"{text[:longest]}...")


class UsageError(TriadError):
    """The command line asked for something that cannot be done."""

    exit_code = 2


class UnknownNameError(UsageError):
    """A name is absent from the list that should hold it.

    Args:
        kind: The singular noun, such as ``"ticker"``.
        name: What was asked for.
        known: What there is; the nearest names come first in the remedy.
    """

    def __init__(self, kind: str, name: str, known: Collection[str]) -> None:
        said = f"There is no {kind} called {quoted(name)}."
        super().__init__(said, _nearest(name, known))
        self.name = name


def _nearest(name: str, known: Collection[str]) -> str:
    """Return a sentence that offers the names like ``name``, or says what there is."""
    wanted = name.casefold()
    likeness = {candidate: _likeness(wanted, candidate) for candidate in known}
    found = [candidate for candidate in known if likeness[candidate] >= _ALIKE]
    if found:
        best = sorted(found, key=lambda candidate: -likeness[candidate])
        return f"Did you mean {' or '.join(best[:_OFFERED])}?"
    if not known:
        return "There is none yet."
    shown = sorted(known)[:_SHOWN]
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"Choose one of: {', '.join(shown)}{more}."


def _likeness(name: str, candidate: str) -> float:
    """Return how alike two names are, from 0 to 1; the end of a dotted one suffices."""
    # Imported here: most runs never misspell anything.
    from difflib import SequenceMatcher  # noqa: PLC0415 - see above

    written = candidate.casefold()
    if written.startswith(name) and len(name) >= _SHORTEST_BEGINNING:
        return 1.0
    parts = {written, written.rpartition(".")[2]}
    return max(SequenceMatcher(None, name, part).ratio() for part in parts)


_SHOWN = 20
_OFFERED = 3
#: One wrong letter of three is alike; "help" and "schedule" are not.
_ALIKE = 0.65
_SHORTEST_BEGINNING = 3


class NoDataError(TriadError):
    """No allowed source has the data that was asked for."""

    exit_code = 4


class StoreError(TriadError):
    """The store cannot be read: damaged, or of a newer version.

    Args:
        path: The file.
        problem: What is wrong with it.
        remedy: What to do next, as a sentence.
    """

    exit_code = 5

    def __init__(self, path: str, problem: str, remedy: str) -> None:
        super().__init__(f"The store {path} {problem}.", remedy)


class DeliveryError(TriadError):
    """A letter could not be delivered.

    Args:
        what: What happened, in one sentence; never a password.
        remedy: What to do next, in one sentence.
        general: Whether another letter would fail in the same way.
        uncertain: Whether it may have arrived all the same.
    """

    exit_code = 6

    def __init__(
        self, what: str, remedy: str, *, general: bool = False, uncertain: bool = False
    ) -> None:
        super().__init__(what, remedy)
        self.general = general
        self.uncertain = uncertain


class LetterRefusedError(TriadError):
    """The figures are too old, or of too few lines, to be sent as news.

    Args:
        reasons: A sentence for each bound that they are under.
    """

    exit_code = 69

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(
            f"No letter from these figures: {' '.join(reasons)}",
            "Run 'triad refresh', or let it pass with --allow-stale.",
        )


class LockedError(TriadError):
    """Another process holds the store or the outbox, and did not let go in time.

    Args:
        path: What it holds.
        seconds: How long it was waited for.
        kind: What it is called.
    """

    exit_code = 75

    def __init__(self, path: str, seconds: float, kind: str = "store") -> None:
        super().__init__(
            f"The {kind} {path} is in use by another process; waited {seconds:g} s.",
            "Try again in a moment.",
        )


class RateLimitedError(TriadError):
    """The live source refused everything for now."""

    exit_code = 75


class OutOfMemoryError(TriadError):
    """There is too little memory for what was asked.

    Args:
        what: What it was needed for, such as ``"reading the store"``.
    """

    exit_code = 75

    def __init__(self, what: str) -> None:
        super().__init__(
            f"There is not enough memory for {what}.",
            "Close other programs, or raise the limit of this shell ('ulimit -v').",
        )


class ClockError(TriadError):
    """The clock of this machine is off by more than a day; nothing was kept.

    Args:
        here: What it says.
        there: What the source that answered says.
    """

    exit_code = 78

    def __init__(self, here: datetime, there: datetime) -> None:
        super().__init__(
            f"This machine's clock says {here:%Y-%m-%d %H:%M} UTC, and the source "
            f"{there:%Y-%m-%d %H:%M}.",
            "Set the clock; until then nothing new is kept.",
        )


class InputError(TriadError):
    """A data file is not what it should be.

    Args:
        place: File, and line and column where they are known.
        problem: What is wrong there.
        expected: What should stand there instead, as a sentence.
    """

    exit_code = 65

    def __init__(self, place: str, problem: str, expected: str) -> None:
        super().__init__(f"{place}: {problem}.", expected)
        self.place = place
        self.problem = problem


class OutputError(TriadError):
    """The answer cannot be written where it was asked for."""

    exit_code = 73


class UnwritableStoreError(OutputError):
    """The store cannot be written: no space, or no permission.

    Args:
        path: The file.
        problem: What the system says.
    """

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(
            f"The store {path} cannot be written ({problem}).",
            "Make room or mend the permissions; what was committed is kept.",
        )


class ConfigurationError(TriadError):
    """The taxonomy, a recipe or a setting is not valid.

    Args:
        place: File, and line where it is known.
        problem: What is wrong there.
        expected: What should stand there instead, as a sentence.
    """

    exit_code = 78

    def __init__(self, place: str, problem: str, expected: str) -> None:
        super().__init__(f"{place}: {problem}.", expected)
