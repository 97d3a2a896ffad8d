"""How past rankings fared, in words: the verdict, what it rests on, what biases it."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Final

from triad_screener import __version__
from triad_screener.model.document import (
    Column,
    Kind,
    Paragraph,
    Points,
    Report,
    SideBySide,
    Table,
    Tone,
)
from triad_screener.reporting import performance
from triad_screener.reporting.overview import age
from triad_screener.reporting.performance import LABELS
from triad_screener.reporting.record import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from triad_screener.model.document import Block, Cell
    from triad_screener.model.evaluation import (
        BasketRecord,
        Evaluation,
        Finding,
        Horizon,
        Origin,
        Ranking,
        SignalKind,
        Strength,
    )

SCHEMA_VERSION: Final = 1
ADVICE: Final = "Information, not advice."
_WORDS: Final[Mapping[Finding, str]] = {
    "signal": "signal",
    "reversed": "reversed",
    "nothing found": "nothing found",
    "too little": "no verdict",
}
_FAMILIES: Final[Mapping[SignalKind, tuple[str, str]]] = {
    "group": ("Groups of factors", "p (Holm)"),
    "pillar": ("Pillars, by pillar score", "p (Holm)"),
    "factor": ("Factors", "p (BH)"),
}
_PARTS: Final[Mapping[int, str]] = {3: "third", 5: "fifth"}
BIASES: Final[Mapping[Origin, tuple[str, ...]]] = {
    "forward": (
        "Lines that left the list count while the source still has their prices.",
        "Prices are those known now: what was revised since changes the returns.",
    ),
    "reconstructed": (
        "Survivorship: the list is today's, picked knowing how its lines fared.",
        "Look-ahead: exposures are today's, in thesis, pillars, scores and baskets.",
        "Look-ahead: of figures restated since, the restated ones count.",
        "Statements count from their filing, else 60 to 120 days after their period.",
        "Hindsight: the recipe was made by people who know these years.",
    ),
}
UNKNOWABLE: Final = (
    "Whether other months will be like these: one stretch of history, one rise of AI.",
    "How lines that nobody listed would have fared.",
    "What a real order would have paid: no spreads, taxes or limits, only the cost.",
)


def compose(
    found: Evaluation, told: Sequence[str] = (), today: date | None = None
) -> Report:
    """Return the evaluation for people and for programs.

    Args:
        found: What was found.
        told: Sentences on how the prices were come by, for people.
        today: To count their age by; None leaves it out.
    """
    return Report(
        title=f"Did the rankings know anything? {headline(found)}",
        blocks=tuple(_blocks(found, told, today)),
        record=record(found),
        rows=tuple(_rows(found)),
    )


def in_brief(found: Evaluation) -> Iterator[Block]:
    """Yield what a letter tells of past rankings: the verdict, and two pictures."""
    told = (_origin(found), verdict(found.findings.horizons[0]))
    yield Points("How past rankings fared", told)
    yield from performance.of_coefficients(found)
    yield from performance.of_tracks(found)


def headline(found: Evaluation) -> str:
    """Return the verdict at the shortest horizon, and what kind of record it is of."""
    first = found.findings.horizons[0]
    label = LABELS[found.origin]
    return f"At {first.sessions} sessions: {_WORDS[first.finding]} ({label})"


def _blocks(
    found: Evaluation, told: Sequence[str], today: date | None
) -> Iterator[Block]:
    yield Paragraph(_origin(found), Tone.NOTICE)
    yield Paragraph(_prices(found, today), Tone.QUIET)
    yield from (Paragraph(text, Tone.QUIET) for text in told)
    findings = found.findings
    yield Points("Verdict", tuple(verdict(one) for one in findings.horizons))
    yield _coefficients(findings.horizons)
    yield from performance.of_coefficients(found)
    yield _spreads(findings.horizons)
    yield SideBySide(
        "How it lasts",
        (
            _lasting("Mean IC by sessions", "Sessions", findings.decay),
            _lasting("Scores then and later", "Rankings", findings.persistence),
        ),
    )
    for kind in _FAMILIES:
        yield _family(found, kind)
    if findings.basket:
        yield _tracks(findings.basket)
        yield Points("What the baskets prove", tuple(_proof(found, findings.basket)))
        yield from performance.of_tracks(found)
    yield Points("What biases it", biases(found))
    yield Points("What it cannot know", UNKNOWABLE)
    if found.notes:
        yield Points("Notes", found.notes)
    yield Paragraph(ADVICE, Tone.QUIET)


def biases(found: Evaluation) -> tuple[str, ...]:
    """Return what makes the past look better than it was, in sentences."""
    if found.trials == 1:
        return BIASES[found.origin]
    tried = (
        f"Selection: {found.trials:,} settings were tried, and nothing but the "
        "deflated Sharpe ratio counts them."
    )
    return (*BIASES[found.origin], tried)


def _origin(found: Evaluation) -> str:
    rankings = found.findings.rankings
    if not rankings:
        return f"No rankings, {LABELS[found.origin]}."
    span = f"{len(rankings)} rankings, {rankings[0].as_of} to {rankings[-1].as_of}"
    if len(rankings) == 1:
        span = f"1 ranking, of {rankings[0].as_of}"
    if found.origin == "forward":
        return f"Forward record, each made within a week of its day: {span}."
    return f"Reconstructed afterwards, {LABELS['reconstructed']}: {span}."


def _prices(found: Evaluation, today: date | None) -> str:
    day = found.as_of.isoformat() + (age((today - found.as_of).days) if today else "")
    return (
        f"Prices: {found.description}, as of {day}; recipe {found.recipe}. Total "
        "returns in US dollars from the close of the session after each ranking."
    )


def verdict(one: Horizon) -> str:
    """Return the verdict at one horizon as a sentence, with what it rests on."""
    strength = one.strength
    begin = f"{one.sessions} sessions: {_WORDS[one.finding]}"
    if one.finding == "too little":
        count = f"{one.independent} independent {_plural('ranking', one.independent)}"
        lines = f" at {strength.lines:.0f} lines" if strength.lines else ""
        return (
            f"{begin}: {count} with an outcome, and {one.needed} are needed to tell a "
            f"coefficient of 0.05 from nothing{lines}.{_until(one)}"
        )
    return (
        f"{begin}: mean coefficient {_signed(strength.mean)}, t {_t(strength.t)}, 90% "
        f"from {_signed(strength.low)} to {_signed(strength.high)}, shuffled p "
        f"{_p(one.strength.control.p)}.{_until(one)}"
    )


def _until(one: Horizon) -> str:
    if one.months_needed is None:
        return ""
    months = f"{one.months_needed:,} {_plural('month', one.months_needed)}"
    return f" If what is found were true, t would reach 2 after {months}."


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def _coefficients(horizons: Sequence[Horizon]) -> Table:
    columns = (
        Column("Sessions", Kind.COUNT, 100),
        Column("Rankings", Kind.COUNT, 80),
        Column("Lines", Kind.COUNT, 50),
        Column("Mean IC", Kind.SIGNED, 99),
        Column("90% interval", Kind.TEXT, 95),
        Column("t", Kind.SIGNED, 94),
        Column("ICIR", Kind.SIGNED, 60),
        Column("Above 0", Kind.FRACTION, 40),
        Column("Shuffled 90%", Kind.TEXT, 85),
        Column("p", Kind.TEXT, 84),
        Column("Over time", Kind.TREND, 70),
        Column("Verdict", Kind.TEXT, 98),
    )
    rows = tuple(_coefficient_row(one) for one in horizons)
    return Table(
        "Information coefficients: scores against the returns after them",
        columns,
        rows,
        note="t by Newey and West; interval by circular blocks; shuffled: the names of "
        "the lines exchanged at random, and p the share as far from zero. Beyond "
        "21 sessions returns overlap: t and interval are too sure there.",
    )


def _coefficient_row(one: Horizon) -> tuple[Cell, ...]:
    strength, control = one.strength, one.strength.control
    known = strength.known
    return (
        one.sessions,
        len(known),
        round(strength.lines) if known else None,
        strength.mean,
        _range(strength.low, strength.high),
        strength.t,
        strength.ratio,
        sum(value > 0 for value in known) / len(known) if known else None,
        _range(control.low, control.high),
        _p(control.p),
        known,
        _WORDS[one.finding],
    )


def _spreads(horizons: Sequence[Horizon]) -> Table:
    columns = (
        Column("Sessions", Kind.COUNT, 100),
        Column("Part", Kind.TEXT, 93),
        Column("Best", Kind.FRACTION, 90),
        Column("Worst", Kind.FRACTION, 90),
        Column("Spread", Kind.FRACTION, 95),
        Column("t", Kind.SIGNED, 95),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.sessions,
            _PARTS[one.spread.parts],
            one.spread.best,
            one.spread.worst,
            _difference(one.spread.best, one.spread.worst),
            one.spread.t,
        )
        for one in horizons
    )
    return Table("Mean returns of the best and the worst lines", columns, rows)


def _difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _lasting(title: str, heading: str, values: Mapping[int, float | None]) -> Table:
    columns = (Column(heading, Kind.COUNT, 100), Column("Correlation", Kind.SIGNED, 90))
    return Table(title, columns, tuple(values.items()))


def _family(found: Evaluation, kind: SignalKind) -> Table:
    """Return the signals of one kind: errors at the first horizon, means at all."""
    first, *later = [one.sessions for one in found.findings.horizons]
    title, heading = _FAMILIES[kind]
    columns = (
        Column("Signal", Kind.NAME, 100),
        Column("Rankings", Kind.COUNT, 80),
        Column("Lines", Kind.COUNT, 60),
        Column(f"IC {first}", Kind.SIGNED, 99),
        Column("90% interval", Kind.TEXT, 70),
        Column("t", Kind.SIGNED, 95),
        Column(heading, Kind.TEXT, 96),
        *(Column(f"IC {sessions}", Kind.SIGNED, 90) for sessions in later),
        Column("Over time", Kind.TREND, 50),
    )
    rows = [
        _family_row(one, found, later) for one in found.findings.of_kind(kind, first)
    ]
    if kind == "factor":
        at = [column.heading for column in columns].index("90% interval")
        columns = (*columns[:at], *columns[at + 1 :])
        rows = [(*row[:at], *row[at + 1 :]) for row in rows]
    note = f"At {first} sessions; p by exchanged names, for all of the table at once."
    if kind == "factor":
        note = f"At {first} sessions; p: share of false finds, by exchanged names."
    if found.findings.horizons[0].finding == "too little":
        note += " There are too few rankings for a verdict on any."
    return Table(title, columns, tuple(rows), note=note)


def _family_row(
    one: Strength, found: Evaluation, later: Sequence[int]
) -> tuple[Cell, ...]:
    others = [
        other
        for sessions in later
        for other in found.findings.of_kind(one.signal.kind, sessions)
        if other.signal == one.signal
    ]
    return (
        one.signal.name,
        len(one.known),
        round(one.lines) if one.known else None,
        one.mean,
        _range(one.low, one.high),
        one.t,
        _p(one.adjusted),
        *(other.mean for other in others),
        one.known,
    )


def _tracks(basket: BasketRecord) -> Table:
    columns = (
        Column("Held", Kind.NAME, 100),
        Column("A year", Kind.FRACTION, 98),
        Column("Volatility", Kind.FRACTION, 80),
        Column("Sharpe", Kind.SIGNED, 90),
        Column("Worst fall", Kind.FRACTION, 85),
        Column("In all", Kind.FRACTION, 70),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.name,
            one.growth,
            one.volatility,
            one.sharpe,
            -one.drawdown,
            performance.course(one.returns)[-1],
        )
        for one in basket.tracks
    )
    first, last = basket.days[0], basket.days[-1]
    return Table(
        f"Baskets held from {first} to {last}",
        columns,
        rows,
        note="Bought anew with each ranking; the reserve earns nothing. Falls are "
        "seen at rebalancings only.",
    )


def _proof(found: Evaluation, basket: BasketRecord) -> Iterator[str]:
    if basket.turnover:
        yield (
            f"Turnover {fmean(basket.turnover):.1%} one-way at each rebalancing; "
            f"{basket.cost:g} basis points of the value traded are paid."
        )
    yield (
        f"{basket.random_share:.0%} of random baskets of the same lines, with the "
        "same weights and held as long, grew less."
    )
    yield _deflated(found, basket)
    if basket.unpriced:
        count = basket.unpriced
        yield f"{count} {_plural('holding', count)} had no price, and earned nothing."


def _deflated(found: Evaluation, basket: BasketRecord) -> str:
    tried = f"{found.trials} {_plural('setting', found.trials)} tried"
    if basket.beyond_luck is None or basket.beyond_lines is None:
        return f"Too few periods for a deflated Sharpe ratio; {tried}."
    where = "on this biased record, " if found.origin == "reconstructed" else ""
    return (
        f"Deflated Sharpe ratio, {where}{tried}: {_sure(basket.beyond_luck)} that the "
        f"basket beats cash by more than luck, {_sure(basket.beyond_lines)} that it "
        "beats all ranked lines so. The first says little when all rose."
    )


def _sure(probability: float) -> str:
    """Return a probability that is never rounded to certainty."""
    if probability > _CERTAIN:
        return "over 99%"
    return "under 1%" if probability < 1 - _CERTAIN else f"{probability:.0%}"


_CERTAIN: Final = 0.99


def _signed(value: float | None) -> str:
    return "n/a" if value is None else f"{value:+.3f}"


def _t(value: float | None) -> str:
    return "n/a" if value is None else f"{value:+.2f}"


def _p(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3f}"


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "n/a"
    return f"{low:+.3f} to {high:+.3f}"


def record(found: Evaluation) -> dict[str, object]:
    """Return the evaluation as plain values, the same for the same inputs."""
    findings = found.findings
    return {
        "schema_version": SCHEMA_VERSION,
        "origin": found.origin,
        "label": LABELS[found.origin],
        "source": found.source,
        "source_description": found.description,
        "data_hash": found.data_hash,
        "config_hash": found.config_hash,
        "program_version": __version__,
        "as_of": found.as_of.isoformat(),
        "universe": found.universe,
        "recipe": found.recipe,
        "benchmark": found.benchmark or None,
        "trials": found.trials,
        "seed": found.seed,
        "rankings": [_ranking(one) for one in findings.rankings],
        "horizons": [_horizon(one) for one in findings.horizons],
        "signals": [_strength(one) for one in findings.others],
        "decay": _pairs("sessions", "mean", findings.decay),
        "persistence": _pairs("rankings", "mean", findings.persistence),
        "basket": plain(findings.basket),
        "biases": list(biases(found)),
        "unknowable": list(UNKNOWABLE),
        "notes": list(found.notes),
    }


def _ranking(one: Ranking) -> dict[str, object]:
    content: dict[str, object] = plain(one)
    held = one.basket.items()
    content["basket"] = [{"ticker": name, "weight": weight} for name, weight in held]
    return content


def _pairs(
    key: str, value: str, found: Mapping[int, float | None]
) -> list[dict[str, object]]:
    return [{key: place, value: number} for place, number in found.items()]


def _horizon(one: Horizon) -> dict[str, object]:
    return {
        "sessions": one.sessions,
        "verdict": one.finding,
        "independent": one.independent,
        "needed": one.needed,
        "months_needed": one.months_needed,
        "coefficient": _strength(one.strength),
        "spread": plain(one.spread),
    }


def _strength(one: Strength) -> dict[str, object]:
    content: dict[str, object] = plain(one)
    content["signal"] = {"kind": one.signal.kind, "name": one.signal.name or None}
    return content


def _rows(found: Evaluation) -> Iterator[dict[str, object]]:
    """Yield one flat row a ranking: its coefficients, and what its basket earned."""
    findings = found.findings
    earned = performance.by_ranking(findings)
    for at, one in enumerate(findings.rankings):
        yield {
            "as_of": one.as_of.isoformat(),
            "run": one.run,
            "made": one.made.isoformat() if one.made else None,
            "bought": one.bought.isoformat() if one.bought else None,
            "lines": one.lines,
            **{
                f"ic_{horizon.sessions}": horizon.strength.coefficients[at]
                for horizon in findings.horizons
            },
            **earned.get(at, performance.NOTHING),
        }
