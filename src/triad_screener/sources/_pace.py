"""How fast may a vendor be asked, and when again after a refusal?

A token bucket. Each refusal as one too many halves its rate, each answer raises it a
little. After a refusal every request rests: for as long as the vendor asks, else for a
minute, and twice as long after each further refusal in a row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

#: Requests a second in the long run, and seconds of them at once after a rest.
RATE: Final = 5.0
BURST_SECONDS: Final = 2.0
#: The slowest that refusals lead to, and what one answer adds to the rate.
SLOWEST: Final = 0.2
RAISE: Final = 0.005
#: Seconds of the first rest and of the longest, where the vendor asks for none.
REST: Final = 60.0
LONGEST_REST: Final = 900.0
#: The longest rest that a vendor may ask for.
LONGEST_ASKED: Final = 86_400.0
_ROUNDING: Final = 1e-6


@dataclass(slots=True)
class Pace:
    """The pace of all requests to one vendor, by a clock that its user turns.

    Attributes:
        at: When ``tokens`` were last counted; in the future during a rest.
        limit: Requests a second that are never exceeded in the long run.
        burst: Requests at once after a pause, at that rate; fewer at a slower one.
        rate: Requests a second in the long run, as refusals have left it.
        refusals: In a row, one for all that come before the rest is over.
        refused_at: When the last refusal came; None without one.
        rests_until: Until when nothing may be sent.
        tokens: Requests that may be sent at once.
    """

    at: float
    limit: float = RATE
    burst: float = RATE * BURST_SECONDS
    rate: float = 0.0
    refusals: int = 0
    refused_at: float | None = None
    rests_until: float = field(default=float("-inf"))
    tokens: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin at the highest rate where no other is given, with a full bucket."""
        self.rate = min(self.rate or self.limit, self.limit)
        self.tokens = self._most

    @property
    def _most(self) -> float:
        """Requests at once: of a slower rate as many fewer, and one at least."""
        return max(1.0, self.burst * self.rate / self.limit)

    def rest(self, now: float) -> float:
        """Return the seconds for which nothing may be sent; zero outside a rest."""
        return max(0.0, self.rests_until - now)

    def take(self, now: float) -> float:
        """Take a token and return 0; without one, the seconds until there is one."""
        if now < self.at:
            return self.at - now
        earned = (now - self.at) * self.rate
        self.tokens, self.at = min(self._most, self.tokens + earned), now
        if self.tokens >= 1 - _ROUNDING:
            self.tokens -= 1
            return 0.0
        return (1 - self.tokens) / self.rate

    def refused(self, now: float, after: float | None = None) -> None:
        """Halve the rate and rest; a refusal during a rest is the same one again.

        Args:
            now: By the clock of the user.
            after: Seconds that the vendor asks for; None if it does not say.
        """
        if not self.rest(now):
            self.refusals += 1
            self.rate = max(min(SLOWEST, self.limit), self.rate / 2)
            own = min(REST * 2 ** min(self.refusals - 1, 10), LONGEST_REST)
            self.pause(now, own if after is None else after)
        elif after:
            self.pause(now, after)
        self.refused_at = now

    def pause(self, now: float, seconds: float) -> None:
        """Give out nothing for so long, then one request and the rest in their turn."""
        until = now + min(seconds, LONGEST_ASKED)
        self.rests_until = max(self.rests_until, until)
        self.at, self.tokens = max(self.at, until), 1.0

    def answered(self, now: float) -> None:
        """Raise the rate a little; an answer during a rest says nothing."""
        if not self.rest(now):
            self.refusals = 0
            self.rate = min(self.limit, self.rate + RAISE)
