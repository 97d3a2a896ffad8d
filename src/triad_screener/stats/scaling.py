"""The arithmetic of training and serving: how much compute, time, and how many users?

Scalars, not arrays. Parameters, tokens and FLOP are counts, memory is in bytes,
bandwidth in bytes a second, a peak in FLOP a second at dense precision. Every argument
is finite and above zero unless it says otherwise; nothing is missing here.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

#: FLOP for a parameter and token: two forward and four backward (Kaplan, 2020).
TRAINING_FLOP: Final = 6
#: The forward pass alone.
INFERENCE_FLOP: Final = 2
#: Tokens a parameter at the least loss for a budget, about (Hoffmann, 2022).
TOKENS_A_PARAMETER: Final = 20
#: Test loss falls with compute to this power (Kaplan, 2020).
LOSS_EXPONENT: Final = 0.05
SECONDS_AN_HOUR: Final = 3600
#: No rack is asked for more.
MOST_USERS: Final = 10**9


def training_flop(active: float, tokens: float) -> float:
    """Return the compute of one training run, in FLOP: ``C = 6 N D``.

    Args:
        active: Parameters that work on a token.
        tokens: Read in training.

    Examples:
        DeepSeek-V3, 37bn of its parameters active, 14.8tn tokens:

        >>> training_flop(37e9, 14.8e12)
        3.2856e+24
    """
    return TRAINING_FLOP * active * tokens


def optimal(flop: float) -> tuple[float, float]:
    """Return parameters and tokens of the least loss for a budget of compute.

    ``N = sqrt(C / 120)``, ``D = 20 N``, so that ``6 N D = C``.

    Examples:
        >>> optimal(1.2e24)
        (100000000000.0, 2000000000000.0)
    """
    parameters = sqrt(flop / (TRAINING_FLOP * TOKENS_A_PARAMETER))
    return parameters, TOKENS_A_PARAMETER * parameters


def accelerator_hours(flop: float, peak: float, utilisation: float) -> float:
    """Return the hours of one accelerator that ``flop`` take.

    Args:
        flop: Of the whole run.
        peak: Of one accelerator.
        utilisation: Share of the peak that does the model's work, in (0, 1].

    Examples:
        >>> accelerator_hours(3.6e18, peak=1e15, utilisation=0.5)
        2.0
    """
    return flop / (peak * utilisation) / SECONDS_AN_HOUR


def utilisation(flop: float, hours: float, peak: float) -> float:
    """Return the share of the dense peak that did the model's work, a fraction.

    ``MFU = C / (accelerator seconds x peak)``; above one the figures cannot be right.

    Examples:
        DeepSeek-V3, 2.664m hours at 989 TFLOP/s:

        >>> round(utilisation(3.2856e24, 2.664e6, 989e12), 4)
        0.3464
    """
    return flop / (hours * SECONDS_AN_HOUR * peak)


def compute_factor(cut: float) -> float:
    """Return how many times the compute takes a fraction ``cut`` off the loss.

    ``(1 - x) ^ (-1 / 0.05)``, along the frontier of best models.

    Args:
        cut: In [0, 1).

    Examples:
        >>> round(compute_factor(0.10), 2), compute_factor(0.0)
        (8.23, 1.0)
    """
    return float((1 - cut) ** (-1 / LOSS_EXPONENT))


def inference_flop(active: float) -> float:
    """Return the compute of one token served, in FLOP: ``2 N``.

    Examples:
        >>> inference_flop(37e9)
        74000000000.0
    """
    return INFERENCE_FLOP * active


@dataclass(frozen=True, slots=True)
class Rack:
    """Accelerators that one fast link joins, taken together.

    Attributes:
        memory: Bytes.
        bandwidth: Of the memory, bytes a second.
        peak: FLOP a second, dense.
    """

    memory: float
    bandwidth: float
    peak: float


@dataclass(frozen=True, slots=True)
class Served:
    """A model as it is served.

    Attributes:
        parameters: In all.
        active: Those that work on a token; at most all.
        weight_bytes: Bytes a parameter.
        cache: Bytes that one user's text takes in memory.
    """

    parameters: float
    active: float
    weight_bytes: float
    cache: float

    def weights_read(self, users: int) -> float:
        """Return the bytes of weights that one step of ``users`` tokens reads.

        ``N (1 - (1 - a) ^ u)``, ``a`` the share that is active: each token picks its
        experts by itself, so that few users need few of them and many need all.

        Examples:
            >>> Served(100.0, 25.0, 1.0, 1.0).weights_read(2)
            43.75
        """
        share = self.active / self.parameters
        return self.parameters * self.weight_bytes * (1 - (1 - share) ** users)


def most_users(rack: Rack, model: Served) -> int:
    """Return how many users' texts fit beside the weights; 0 if these do not fit.

    Examples:
        >>> most_users(Rack(100.0, 1.0, 1.0), Served(40.0, 40.0, 1.0, 7.0))
        8
    """
    left = rack.memory - model.parameters * model.weight_bytes
    return int(max(0.0, min(left / model.cache, MOST_USERS)))


def step_seconds(rack: Rack, model: Served, users: int) -> tuple[float, float]:
    """Return how long one token for each user takes: to read, and to compute.

    Reading: the weights needed and every user's text, once, at full bandwidth.
    Computing: ``2 N`` a user at the dense peak. The longer of the two is the bound.

    Examples:
        >>> step_seconds(Rack(1e3, 10.0, 80.0), Served(40.0, 40.0, 1.0, 5.0), users=2)
        (5.0, 2.0)
    """
    read = model.weights_read(users) + users * model.cache
    return read / rack.bandwidth, users * inference_flop(model.active) / rack.peak


def users_at(rack: Rack, model: Served, speed: float) -> int:
    """Return how many users a rack serves at ``speed`` tokens a second each.

    The most that fit in memory and whose step takes no longer than ``1 / speed``
    seconds; 0 if one user is served more slowly.

    Examples:
        >>> users_at(Rack(1e3, 10.0, 80.0), Served(40.0, 40.0, 1.0, 5.0), 0.2)
        2
    """
    low, high = 0, most_users(rack, model)
    while low < high:
        middle = (low + high + 1) // 2
        if max(step_seconds(rack, model, middle)) * speed <= 1:
            low = middle
        else:
            high = middle - 1
    return low
