"""How often is a request tried, and what does the gate learn of each try?"""

from __future__ import annotations

from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from tenacity import Retrying, retry_if_exception, wait_exponential_jitter

from triad_screener.model.live import ABSENT, RATE_LIMITED, FetchFailure
from triad_screener.sources._setback import Setback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tenacity import RetryCallState

    from triad_screener.sources._gate import Gate

P = ParamSpec("P")
T = TypeVar("T")

TRIES: Final = 3
BACKOFF: Final = wait_exponential_jitter(multiplier=0.5, max=4, jitter=0.5)


def patiently(
    gate: Gate, ask: Callable[P, T], /, *args: P.args, **options: P.kwargs
) -> T:
    """Call ``ask`` again after every refusal whose rest the gate waits for.

    Raises:
        FetchFailure: If it failed otherwise, or the rest is not waited for.
    """

    def refused(error: BaseException) -> bool:
        limited = isinstance(error, FetchFailure) and error.reason == RATE_LIMITED
        return limited and gate.waits

    asking = Retrying(retry=retry_if_exception(refused), reraise=True)
    return asking(ask, *args, **options)


def retrying(gate: Gate, *, trying: float = inf) -> Retrying:
    """Return what calls a function up to three times, while the gate allows to wait.

    Args:
        gate: Passes requests.
        trying: Seconds after which no other try is begun.
    """

    def gives_up(state: RetryCallState) -> bool:
        tried = state.attempt_number >= TRIES
        late = (state.seconds_since_start or 0.0) >= trying
        return tried or late or not gate.allows(state.upcoming_sleep)

    return Retrying(
        stop=gives_up,
        wait=_wait,
        retry=retry_if_exception(_worth_another),
        sleep=gate.sleep,
        reraise=True,
    )


@contextmanager
def told(gate: Gate) -> Iterator[None]:
    """Tell the gate what became of a request, and that it is over."""
    try:
        yield
    except Setback as setback:
        gate.failed(setback)
        raise
    except FetchFailure as failure:
        if failure.reason == ABSENT:  # that is an answer, too
            gate.answered()
        raise
    finally:
        gate.release()


def _worth_another(error: BaseException) -> bool:
    return isinstance(error, Setback) and error.again


def _wait(state: RetryCallState) -> float:
    """Return the seconds before another try: what was asked for, and some jitter."""
    error = state.outcome.exception() if state.outcome else None
    after = error.after if isinstance(error, Setback) else None
    return max(after or 0.0, BACKOFF(state))
