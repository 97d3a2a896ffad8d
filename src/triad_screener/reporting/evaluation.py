"""How past rankings fared, in words: the verdict, what it rests on, what biases it."""

from __future__ import annotations

from dataclasses import replace
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
        Horizon,
        Origin,
        Ranking,
        SignalKind,
        Strength,
    )

SCHEMA_VERSION: Final = 1
ADVICE: Final = "Information, not advice."
_FAMILIES: Final[Mapping[SignalKind, tuple[str, str]]] = {
    "group": ("Groups of factors", "p (Holm)"),
    "pillar": ("Pillars, by pillar score", "p (Holm)"),
    "factor": ("Factors", "p (BH)"),
}
_NOTES, _UNKNOWABLE = "Notes", "What it cannot know"
_PARTS: Final[Mapping[int, str]] = {3: "third", 5: "fifth"}
BIASES: Final[Mapping[Origin, tuple[str, ...]]] = {
    "forward": (
        "Lines that left the list count while the source still has their prices.",
        "Prices are those known now: what was revised since changes the returns.",
    ),
    "reconstructed": (
        "Survivorship: the list is today's, picked knowing how its lines fared.",
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
    found: Evaluation,
    told: Sequence[str] = (),
    today: date | None = None,
    *,
    quiet: bool = False,
) -> Report:
    """Return the evaluation for people and for programs.

    Args:
        found: What was found.
        told: Sentences on how the prices were come by, for people.
        today: To count their age by; None leaves it out.
        quiet: Whether to leave out headers and notes; never the verdict and the label.
    """
    blocks = tuple(_blocks(found, told, today))
    rankings = found.findings.rankings
    return Report(
        title=f"Did the rankings know anything? {headline(found)}",
        blocks=tuple(map(_bare, filter(_is_needed, blocks))) if quiet else blocks,
        record=record(found),
        rows=tuple(_rows(found)),
        tickers=tuple(rankings[-1].basket) if rankings else (),
    )


def _is_needed(block: Block) -> bool:
    if isinstance(block, Paragraph):
        return block.tone is not Tone.QUIET
    return getattr(block, "title", "") not in (_NOTES, _UNKNOWABLE)


def _bare(block: Block) -> Block:
    return replace(block, note="") if isinstance(block, Table) else block


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
    return f"At {first.sessions} sessions: {first.finding} ({label})"


def _blocks(
    found: Evaluation, told: Sequence[str], today: date | None
) -> Iterator[Block]:
    yield Paragraph(_origin(found), Tone.NOTICE)
    yield Paragraph(_prices(found, today), Tone.QUIET)
    yield from (Paragraph(text, Tone.QUIET) for text in told)
    findings = found.findings
    yield Points("Verdict", tuple(verdict(one) for one in findings.horizons))
    if found.notes:
        yield Points(_NOTES, found.notes)
    if any(one.strength.known for one in findings.horizons):
        yield from _evidence(found)
    else:
        yield Paragraph(_first_outcome(found))
    yield Points("What biases it", biases(found))
    yield Points(_UNKNOWABLE, UNKNOWABLE)
    yield Paragraph(ADVICE, Tone.QUIET)


def _first_outcome(found: Evaluation) -> str:
    """Say when there will be something to tell."""
    first = found.findings.horizons[0].sessions
    bought = [one.bought for one in found.findings.rankings if one.bought]
    since = f", counted from {bought[0]}" if bought else ""
    return f"There is no outcome yet: the first comes after {first} sessions{since}."


def _evidence(found: Evaluation) -> Iterator[Block]:
    findings = found.findings
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
        yield Points("Baskets against luck", tuple(_proof(found, findings.basket)))
        yield from performance.of_tracks(found)


def biases(found: Evaluation) -> tuple[str, ...]:
    """Return what makes the past look better than it was, in sentences."""
    return (*BIASES[found.origin], *_exposed_later(found), *_tried(found))


def _exposed_later(found: Evaluation) -> Iterator[str]:
    """Say of how many ranked lines an exposure was not known yet."""
    rankings = found.findings.rankings
    lines = sum(one.lines for one in rankings)
    if later := sum(one.exposed_later for one in rankings):
        yield (
            f"Look-ahead: the exposures of {later:,} of the {lines:,} lines ranked, "
            "one by one in each ranking, became known only after it."
        )


def _tried(found: Evaluation) -> Iterator[str]:
    if found.trials > 1:
        yield (
            f"Selection: {found.trials:,} settings were tried, and nothing but the "
            "deflated Sharpe ratio counts them."
        )


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
    begin = f"{one.sessions} sessions: {one.finding}"
    if one.finding == "no verdict":
        independent = strength.independent
        count = f"{independent} independent {_plural('ranking', independent)}"
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
    """Say how long it takes until t is 2; nothing where it is by now."""
    months = one.months_needed
    if months is None or months <= len(one.strength.known):
        return ""
    in_all = f"{months:,} {_plural('month', months)} in all"
    return f" If what is found were true, t would reach 2 after {in_all}."


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def _coefficients(horizons: Sequence[Horizon]) -> Table:
    columns = (
        Column("Sessions", Kind.COUNT, 100),
        Column("Rankings", Kind.COUNT, 97),
        Column("Lines", Kind.COUNT, 50),
        Column("Mean IC", Kind.SIGNED, 99),
        Column("90% interval", Kind.TEXT, 95),
        Column("t", Kind.SIGNED, 94),
        Column("p of t", Kind.TEXT, 75),
        Column("ICIR", Kind.SIGNED, 60),
        Column("Above 0", Kind.FRACTION, 40),
        Column("Shuffled 90%", Kind.TEXT, 80),
        Column("p shuffled", Kind.TEXT, 84),
        Column("Over time", Kind.TREND, 55),
        Column("Verdict", Kind.TEXT, 98),
    )
    rows = tuple(_coefficient_row(one) for one in horizons)
    return Table(
        "Information coefficients: scores against the returns after them",
        columns,
        rows,
        note="t by Newey and West; interval by circular blocks; shuffled: the names of "
        "the lines exchanged at random, and its p the share as far from zero. Beyond "
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
        _p(strength.p),
        strength.ratio,
        sum(value > 0 for value in known) / len(known) if known else None,
        _range(control.low, control.high),
        _p(control.p),
        known,
        one.finding,
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
    family = found.findings.of_kind(kind, first)
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
    rows = [_family_row(one, found, later) for one in family]
    if kind == "factor":
        at = [column.heading for column in columns].index("90% interval")
        columns = (*columns[:at], *columns[at + 1 :])
        rows = [(*row[:at], *row[at + 1 :]) for row in rows]
    tested = sum(one.adjusted is not None for one in family)
    note = (
        f"At {first} sessions; p by exchanged names, for the {tested} tested at once."
    )
    if kind == "factor":
        note = f"At {first} sessions; p: share of false finds, by exchanged names."
    if tested < len(family):
        note += " n/a: under five lines a ranking, or under 24 independent rankings."
    if found.findings.horizons[0].finding == "no verdict":
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
        note="Bought anew with each ranking; the reserve earns nothing. Sharpe ratios "
        f"are over {basket.risk_free_rate:.1%} a year, as the recipe has it, in every "
        "period. Falls are seen at rebalancings only.",
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
    tried = f"{found.trials:,} {_plural('setting', found.trials)} tried"
    if basket.beyond_luck is None or basket.beyond_lines is None:
        return f"Too few periods for a deflated Sharpe ratio; {tried}."
    told = (
        f"Deflated Sharpe ratio, {tried}: {_sure(basket.beyond_luck)} over the "
        f"risk-free rate, {_sure(basket.beyond_lines)} over all ranked lines. Above "
        "0.95, luck alone would seldom do as well; it is no chance of being right."
    )
    if found.origin == "reconstructed":
        return f"{told} On a biased record it proves nothing."
    if found.findings.horizons[0].finding == "no verdict":
        return f"{told} There are too few rankings to lean on it."
    return told


def _sure(probability: float) -> str:
    """Return a probability that is never rounded to certainty."""
    if probability > _CERTAIN:
        return "over 0.99"
    return "under 0.01" if probability < 1 - _CERTAIN else f"{probability:.2f}"


_CERTAIN: Final = 0.99


def _signed(value: float | None) -> str:
    return "n/a" if value is None else f"{value:+.3f}"


def _t(value: float | None) -> str:
    return "n/a" if value is None else f"{value:+.2f}"


def _p(value: float | None) -> str:
    if value is None:
        return "n/a"
    return f"{value:.2f}" if value >= _LEAST else "under 0.01"


_LEAST: Final = 0.01


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
            "exposed_later": one.exposed_later,
            **{
                f"ic_{horizon.sessions}": horizon.strength.coefficients[at]
                for horizon in findings.horizons
            },
            **earned.get(at, performance.NOTHING),
        }
