"""A screen as plain values: what JSON, NDJSON and CSV say.

Field names and units are a contract: ``schemas/screen.json`` describes them. Numbers
are in full, dates ISO 8601, missing is None beside a reason; no clock, no locale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from triad_screener.factors import FACTORS
from triad_screener.model.listing import Listing
from triad_screener.model.ranking import CONFIDENCES, by_column, places_by_column
from triad_screener.model.rows import Records
from triad_screener.model.screen import Reading
from triad_screener.model.vocabulary import GROUPS, PILLARS
from triad_screener.reporting.contributions import Contributions
from triad_screener.screening.pillars import is_eligible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from triad_screener.model.quantity import Figure
    from triad_screener.model.ranking import FactorScores, PillarPlaces, RankedLines
    from triad_screener.model.rows import Column
    from triad_screener.model.scores import LineScore, Scores, Unranked
    from triad_screener.model.screen import LineFacts, Run, Screen

SCHEMA_VERSION: Final = 1

Record = dict[str, Any]


def of_scores(scores: Scores) -> Record:
    """Return the document of ``triad score``; its lists are held by column."""
    return {
        "lines": Records(_columns(by_column(scores.lines))),
        "unranked": Records(
            {
                "ticker": [line.ticker for line in scores.unranked],
                "coverage": [line.coverage for line in scores.unranked],
            }
        ),
        "dropped_lines": list(scores.dropped_lines),
        "pillars": {
            pillar: Records(_place_columns(places_by_column(places)))
            for pillar, places in scores.pillars.items()
        },
        "baskets": _baskets(scores),
    }


def _place_columns(places: PillarPlaces) -> dict[str, Column]:
    return {
        "ticker": places.tickers,
        "pillar_score": places.pillar_score,
        "selected": places.selected,
    }


#: What a ranked line says of itself, in this order; None where there is no rank.
_SCORED: Final = (
    *("rank", "score", "score_low", "score_high"),
    *("composite_z", "composite_ex_thesis_z"),
    *("coverage", "confidence", "confidence_label"),
    *("freshness", "stability", "precision"),
)


def _columns(lines: RankedLines) -> dict[str, Column]:
    """Return all of all ranked lines, by dotted name."""
    labels = [CONFIDENCES[at] for at in lines.confidence_label.tolist()]
    factors = {
        f"factors.{name}.{part}": column
        for name, found in lines.factors.items()
        for part, column in _factor(found, len(lines))
    }
    return {
        "ticker": lines.tickers,
        **{name: getattr(lines, name) for name in _SCORED},
        "confidence_label": labels,
        "primary_pillar": [PILLARS[at] for at in lines.primary_pillar.tolist()],
        "thesis_exposure": lines.thesis_exposure,
        **{f"groups.{group}": z for group, z in lines.groups.items()},
        **factors,
    }


def _factor(found: FactorScores, count: int) -> Iterator[tuple[str, Column]]:
    yield "raw", found.raw
    yield "rank_z", found.rank_z
    yield "z", found.z
    yield "weight", [found.weight] * count


def of_screen(
    screen: Screen, lines: Sequence[Record], warnings: Sequence[str] = ()
) -> Record:
    """Return the document of ``triad screen``.

    Args:
        screen: The answer.
        lines: The lines shown, as `of_line` gives them.
        warnings: Besides those of the screen.
    """
    scores = screen.scores
    return {
        "schema_version": SCHEMA_VERSION,
        "run": _run(screen.run),
        "lines": [line for line in lines if line["rank"] is not None],
        "unranked": [line for line in lines if line["rank"] is None],
        "dropped_lines": list(scores.dropped_lines),
        "not_listed": list(screen.not_listed),
        "inactive_factors": list(scores.inactive_factors),
        "pillars": {
            pillar: [plain(place) for place in places]
            for pillar, places in scores.pillars.items()
        },
        "baskets": [
            {
                **basket,
                "choice": plain(found.choice),
                "waits_because": found.waits_because,
            }
            for basket, found in zip(_baskets(scores), scores.baskets, strict=True)
        ],
        "turnover": screen.turnover,
        "effective_number": screen.effective_number,
        "watchlist_as_of": _iso(screen.watched_on),
        "watchlist": [plain(entry) for entry in screen.watchlist],
        "gaps": [plain(gap) for gap in screen.gaps],
        "warnings": [*screen.warnings, *warnings],
    }


def of_lines(screen: Screen) -> Sequence[Record]:
    """Return every line, ranked ones first: one record each, all with the same keys.

    A record is made when somebody asks for it.
    """
    return _Lines(screen)


class _Lines(Listing[Record]):
    """The records of a screen."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._shares = Contributions.to(screen.scores)

    def __len__(self) -> int:
        return len(self._screen.scores.lines) + len(self._screen.scores.unranked)

    def item(self, at: int) -> Record:
        """Return the record at a position."""
        lines, unranked = self._screen.scores.lines, self._screen.scores.unranked
        if at >= len(lines):
            return _unranked(unranked[at - len(lines)], self._screen)
        following = lines[at + 1] if at + 1 < len(lines) else None
        return _ranked(lines[at], following, self._shares, self._screen)


def of_line(screen: Screen, ticker: str) -> Record | None:
    """Return one line as `of_lines` does; None for one that stands aside."""
    scores = screen.scores
    if line := scores.line(ticker):
        following = scores.following(ticker)
        return _ranked(line, following, Contributions.to(scores), screen)
    unranked = scores.unranked_line(ticker)
    return _unranked(unranked, screen) if unranked else None


def _ranked(
    line: LineScore, following: LineScore | None, shares: Contributions, screen: Screen
) -> Record:
    record = _line(screen.facts[line.ticker], line, shares.of(line), screen)
    equal = following is not None and about_equal(line, following)
    return {**record, "about_equal_to_next": equal}


def _unranked(line: Unranked, screen: Screen) -> Record:
    record = _line(screen.facts[line.ticker], None, {}, screen)
    return {**record, "coverage": line.coverage, "reason": line.reason}


def of_line_aside(screen: Screen, fact: LineFacts, reason: str) -> Record:
    """Return a line that is neither ranked nor unranked: the same keys, no scores."""
    return {**_line(fact, None, {}, screen), "reason": reason}


def about_equal(line: LineScore, following: LineScore) -> bool:
    """Return whether the intervals of two neighbours overlap."""
    (low, high), (lower, higher) = _interval(line), _interval(following)
    return low <= higher and lower <= high


def _interval(line: LineScore) -> tuple[float, float]:
    low = line.score if line.score_low is None else line.score_low
    return low, line.score if line.score_high is None else line.score_high


def _line(
    fact: LineFacts,
    line: LineScore | None,
    shares: Mapping[str, float],
    screen: Screen,
) -> Record:
    return {
        "ticker": fact.ticker,
        "name": fact.name,
        "issuer": fact.issuer,
        "role": fact.role,
        "cornerstone": fact.cornerstone,
        "layers": list(fact.layers),
        "primary_pillar": _primary(fact),
        "under_exposure_floor": is_under_floor(fact, screen.exposure_floor),
        **{name: getattr(line, name) if line else None for name in _SCORED},
        "about_equal_to_next": False,
        "reason": None,
        "thesis_exposure": fact.readings["thesis"].value,
        "groups": {group: line.groups.get(group) if line else None for group in GROUPS},
        "factors": {name: _measured(fact, line, shares, name) for name in FACTORS},
        "exposures": {p: _exposure(fact, p) for p in PILLARS},
        "price_currency": fact.price_currency,
        "statement_currency": fact.statement_currency,
        "ordinary_per_receipt": fact.ordinary_per_receipt,
        "close": fact.close.value if fact.close else None,
        "close_date": _day(fact.close),
        "market_cap_usd": fact.market_cap_usd,
        "enterprise_value_usd": fact.enterprise_value_usd,
        "average_daily_value_usd": fact.average_daily_value_usd,
        "newest_quarter": _iso(fact.newest_quarter),
        "newest_year": _iso(fact.newest_year),
        "statement_age_days": fact.statement_age_days,
        "reports_on": _iso(fact.reports_on),
        "usd_per_statement_currency": fact.fx.value if fact.fx else None,
        "usd_per_statement_currency_date": _day(fact.fx),
        "is_fresh": fact.is_fresh,
        "in_basket": list(screen.scores.baskets_of(fact.ticker)),
        "flags": list(fact.flags),
        "trend": list(fact.trend),
    }


def _primary(fact: LineFacts) -> str:
    shares = {p: fact.exposures[p].share if p in fact.exposures else 0 for p in PILLARS}
    return max(PILLARS, key=lambda pillar: shares[pillar])


def is_under_floor(fact: LineFacts, exposure_floor: float) -> bool:
    """Return whether no exposure of a line is enough for a basket."""
    shares = (found.share for found in fact.exposures.values())
    return not any(is_eligible(share, exposure_floor) for share in shares)


#: Of a factor that the program did not have when it ran.
_NOT_MEASURED = Reading(None, reason="not measured in that run")


def _measured(
    fact: LineFacts, line: LineScore | None, shares: Mapping[str, float], name: str
) -> Record:
    reading = fact.readings.get(name) or _NOT_MEASURED
    scored = line.factors.get(name) if line else None
    return {
        "raw": reading.value,
        "rank_z": scored.rank_z if scored else None,
        "z": scored.z if scored else None,
        "weight": scored.weight if scored else 0.0,
        "contribution": shares.get(name),
        "reason": reading.reason or None,
    }


def _exposure(fact: LineFacts, pillar: Any) -> Record | None:  # noqa: ANN401 - a Pillar
    found = fact.exposures.get(pillar)
    return plain(found) if found else None


def _baskets(scores: Scores) -> list[Record]:
    return [
        {
            "pillar": basket.pillar,
            "budget": basket.budget,
            "reserve": basket.reserve,
            "constituents": [plain(holding) for holding in basket.constituents],
        }
        for basket in scores.baskets
    ]


def _run(run: Run) -> Record:
    content: Record = plain(run)
    return content


def plain(value: Any) -> Any:  # noqa: ANN401 - any plain value
    """Return ``value`` with dates as ISO text, and tuples and facts as lists and dicts.

    It takes a third of the time of `dataclasses.asdict`, which copies what is fixed.
    """
    if names := getattr(value, "__dataclass_fields__", None):
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return _iso(value) if hasattr(value, "isoformat") else value


def _iso(day: Any) -> str | None:  # noqa: ANN401 - a date or None
    return day.isoformat() if day else None


def _day(figure: Figure | None) -> str | None:
    return _iso(figure.date) if figure else None


def flat(record: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, object]]:
    """Yield (dotted name, value) pairs; lists are joined by a semicolon.

    Examples:
        >>> dict(flat({"rank": 1, "groups": {"risk": 0.5}, "flags": ["a", "b"]}))
        {'rank': 1, 'groups.risk': 0.5, 'flags': 'a; b'}
    """
    for key, value in record.items():
        if isinstance(value, dict):
            yield from flat(value, f"{at}{key}.")
        elif isinstance(value, list):
            yield f"{at}{key}", "; ".join(str(part) for part in value)
        else:
            yield f"{at}{key}", value


def flat_line(record: Record) -> dict[str, object]:
    """Return a line record as one flat row; the same names for every line."""
    parts = dict(record)
    parts["exposures"] = {
        pillar: (found["share"] if found else 0.0)
        for pillar, found in record["exposures"].items()
    }
    return dict(flat(parts))
