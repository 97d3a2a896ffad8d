"""What the pictures of an evaluation show: coefficients over time, baskets held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triad_screener.model.document import Drawing, Picture, Series

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from triad_screener.model.evaluation import Evaluation, Findings, Origin

LABELS: Final[Mapping[Origin, str]] = {
    "forward": "forward record",
    "reconstructed": "survivorship- and look-ahead-biased",
}
#: What the baskets of a ranking earned, where that is not known.
NOTHING: Final[Mapping[str, float | None]] = dict.fromkeys(
    ("basket", "before_costs", "all_lines", "benchmark")
)


def of_coefficients(found: Evaluation) -> Iterator[Picture]:
    """Yield the coefficients of the shortest horizon over time, with their mean."""
    one = found.findings.horizons[0]
    strength, rankings = one.strength, found.findings.rankings
    if strength.mean is None:
        return
    interval = ""
    bounds: list[Series] = []
    if strength.low is not None and strength.high is not None:
        interval = f", 90% from {strength.low:+.3f} to {strength.high:+.3f}"
        bounds = [
            Series(name, (value,) * len(rankings))
            for name, value in (("from", strength.low), ("to", strength.high))
        ]
    above = sum(value > 0 for value in strength.known)
    yield Picture(
        _labelled(f"Information coefficients at {one.sessions} sessions", found),
        Drawing.COEFFICIENTS,
        f"{above} of {len(strength.known)} coefficients are above zero; mean "
        f"{strength.mean:+.3f}{interval}.",
        tuple(ranking.as_of.isoformat() for ranking in rankings),
        (
            Series("coefficient", strength.coefficients),
            Series("mean", (strength.mean,) * len(rankings)),
            *bounds,
        ),
        note="One bar a ranking: rank correlation of scores with the returns after "
        "them. The band is the 90% interval of the mean.",
    )


def of_tracks(found: Evaluation) -> Iterator[Picture]:
    """Yield how the basket, all lines and the benchmark grew."""
    basket = found.findings.basket
    if basket is None:
        return
    net, _, *others = basket.tracks  # before costs it is nearly the same
    courses = {one.name: course(one.returns) for one in (net, *others)}
    told = ", ".join(f"{name} {values[-1]:+.0%}" for name, values in courses.items())
    yield Picture(
        _labelled("What the baskets earned", found),
        Drawing.COURSES,
        f"From {basket.days[0]} to {basket.days[-1]}: {told}.",
        tuple(day.isoformat() for day in basket.days),
        tuple(Series(name, values) for name, values in courses.items()),
        note="Total returns in US dollars, one point a rebalancing. Only the basket "
        "pays costs.",
    )


def _labelled(title: str, found: Evaluation) -> str:
    """Return a title that still says what the picture is of when it stands alone."""
    return f"{title} ({LABELS[found.origin]})"


def course(returns: Sequence[float]) -> tuple[float, ...]:
    """Return how much is gained since the beginning, at the beginning and each end.

    Examples:
        >>> course([0.5, 0.0])
        (0.0, 0.5, 0.5)
    """
    found, grown = [0.0], 1.0
    for one in returns:
        grown *= 1 + one
        found.append(grown - 1)
    return tuple(found)


def by_ranking(found: Findings) -> dict[int, Mapping[str, float | None]]:
    """Return what was earned until the next ranking, by the place of each ranking.

    Of several bought at one session only the last is held.
    """
    if found.basket is None:
        return {}
    net, gross, lines, *rest = (one.returns for one in found.basket.tracks)
    fund = rest[0] if rest else (None,) * len(net)
    earned = dict(
        zip(
            found.basket.days[:-1],
            zip(net, gross, lines, fund, strict=True),
            strict=True,
        )
    )
    last = {one.bought: at for at, one in enumerate(found.rankings)}
    return {
        at: dict(zip(NOTHING, earned[day], strict=True))
        for day, at in last.items()
        if day in earned
    }
