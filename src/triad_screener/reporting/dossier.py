"""Everything behind one score: can it be recomputed with a pocket calculator?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from triad_screener.factors import FACTORS
from triad_screener.model.document import (
    Column,
    Kind,
    Paragraph,
    Report,
    Table,
    Tone,
)
from triad_screener.model.vocabulary import PILLARS
from triad_screener.reporting import record as records
from triad_screener.reporting.contributions import Contributions
from triad_screener.reporting.overview import (
    DISCLAIMER,
    pillar_styles,
    source_line,
)
from triad_screener.stats import DECIMALS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from triad_screener.model.document import Block, Cell
    from triad_screener.model.quantity import Figure
    from triad_screener.model.recipe import Recipe
    from triad_screener.model.scores import LineScore
    from triad_screener.model.screen import ExposureFact, LineFacts, Screen, ShareCounts

_LABELS = {
    "CashCashEquivalentsAndShortTermInvestments": "cash and securities",
    "OrdinarySharesNumber": "shares by balance sheet",
}
_STEPS = """\
1. rank z = (rank - mean rank) / deviation of ranks, over the lines with the factor.
2. z = rank z - n / (n + shrinkage) x mean rank z of its pillar, where one is given.
3. G = (mean of its factors' z - group mean) / group deviation; a missing z is 0.
4. Z = (sum of weight x G - mean) / deviation: {mean} and {deviation} here.
5. score = 100 x share of a standard normal population below Z.
G and Z are held within {clip:g} either way. A factor's contribution is the part of Z \
that it brings; the parts add up to Z unless something was clipped."""


def compose(
    screen: Screen,
    ticker: str,
    *,
    recipe: Recipe,
    language: str = "en",
    today: date | None = None,
) -> Report:
    """Return everything that is known of ``ticker`` in ``screen``.

    Args:
        screen: The answer.
        ticker: A line of the taxonomy that trades by then.
        recipe: The one that the screen was made by.
        language: ``en`` or ``zh``, for the names of pillars.
        today: Day of the reader's clock, for the age; None leaves it out.
    """
    fact = screen.facts[ticker]
    line = screen.scores.line(ticker)
    return Report(
        title=_title(screen, fact, line),
        blocks=tuple(_blocks(screen, fact, line, recipe, today)),
        record=_record(screen, fact, line, recipe),
        rows=tuple(_figure_rows(fact)),
        tickers=(ticker,),
        pillars=pillar_styles(screen, language),
    )


def _title(screen: Screen, fact: LineFacts, line: LineScore | None) -> str:
    name = f"{fact.ticker}, {fact.name}"
    if line:
        count = len(screen.scores.lines)
        return f"{name}: rank {line.rank} of {count}, score {line.score} of 100"
    return f"{name}: not ranked, {_why_not(screen, fact)}"


def _why_not(screen: Screen, fact: LineFacts) -> str:
    if fact.ticker in screen.scores.dropped_lines:
        return f"another line of {fact.issuer} stands for it"
    reason = screen.scores.why_unranked(fact.ticker)
    return reason or f"not in the universe {screen.run.universe}"


def _blocks(
    screen: Screen,
    fact: LineFacts,
    line: LineScore | None,
    recipe: Recipe,
    today: date | None,
) -> Iterator[Block]:
    yield Paragraph(source_line(screen, today), Tone.NOTICE)
    yield Paragraph(_standing(screen, fact, line))
    if line:
        yield _ranks(screen, line)
        yield _adjustments(screen, line)
        yield _groups(screen, line)
        composite = screen.scores.standardisation.composite
        steps = _STEPS.format(
            mean=_short(composite.mean),
            deviation=_short(composite.deviation),
            clip=recipe.clip,
        )
        yield Paragraph(f"\n{steps}", Tone.QUIET)
    yield _evidence(fact)
    yield _valuation(fact)
    if fact.share_counts:
        yield _share_counts(fact.share_counts)
    yield _figures(fact, recipe)
    yield from _missing(screen, fact, line)
    yield Paragraph(DISCLAIMER, Tone.QUIET)


def _standing(screen: Screen, fact: LineFacts, line: LineScore | None) -> str:
    layers = ", ".join(screen.layer_names.get(key, key) for key in fact.layers)
    parts = [f"Layers: {layers}."]
    if fact.cornerstone:
        parts.append("The cornerstone of the thesis.")
    if fact.reports_on:
        parts.append(f"Reports on {fact.reports_on}.")
    if line:
        parts.append(
            f"Z {line.composite_z:+.4f}, without the thesis group "
            f"{line.composite_ex_thesis_z:+.4f}."
        )
        parts.append(_confidence(line))
        parts += _places(screen, fact.ticker)
    if records.is_under_floor(fact, screen.exposure_floor):
        floor = f"{screen.exposure_floor:.0%}"
        parts.append(f"Exposed by less than {floor} to each pillar: in no basket.")
    if fact.flags:
        parts.append(f"Flags: {'; '.join(fact.flags)}.")
    return " ".join(parts)


def _confidence(line: LineScore) -> str:
    parts = [
        f"{name} {value:.3f}"
        for name, value in (
            ("coverage", line.coverage),
            ("freshness", line.freshness),
            ("stability", line.stability),
            ("precision", line.precision),
        )
        if value is not None
    ]
    found = (
        f"Confidence {line.confidence_label} ({line.confidence:.3f}), the least of "
        f"{', '.join(parts[:-1])} and {parts[-1]}."
    )
    if line.score_low is None or line.score_high is None:
        return found
    return (
        f"{found} With the missing figures at the 10th or 90th percentile of the "
        f"others the score would be {line.score_low} to {line.score_high}."
    )


def _places(screen: Screen, ticker: str) -> Iterator[str]:
    weights = {
        (basket.pillar, holding.ticker): holding.weight
        for basket in screen.scores.baskets
        for holding in basket.constituents
    }
    for pillar, places in screen.scores.pillars.items():
        for position, place in enumerate(places, start=1):
            if place.ticker == ticker:
                weight = weights.get((pillar, ticker))
                held = (
                    f", {weight:.1%} of the whole" if weight else ", not in the basket"
                )
                yield (
                    f"{position} of {len(places)} in {pillar} "
                    f"(pillar score {place.pillar_score:.4f}{held})."
                )


def _ranks(screen: Screen, line: LineScore) -> Table:
    """Return steps 1: from the raw value of each factor to its rank z."""
    columns = (
        Column("Factor", Kind.NAME, 100),
        Column("Raw", Kind.NUMBER, 95),
        Column("Good", Kind.TEXT, 40),
        Column("Rank", Kind.NUMBER, 90),
        Column("of", Kind.COUNT, 60),
        Column("Mean rank", Kind.NUMBER, 85),
        Column("Deviation", Kind.NUMBER, 85),
        Column("Rank z", Kind.SIGNED, 90),
        Column("Unit", Kind.TEXT, 10),
    )
    rows = []
    for name, found in line.factors.items():
        ranks = screen.scores.standardisation.factors[name].ranks
        row = (
            name,
            found.raw,
            "high" if FACTORS[name].sign > 0 else "low",
            found.rank,
            ranks.count,
            ranks.mean,
            _short(ranks.deviation),
            found.rank_z,
            FACTORS[name].unit,
        )
        rows.append(row)
    return Table("Step 1: ranks, 1 is worst", columns, tuple(rows))


def _adjustments(screen: Screen, line: LineScore) -> Table:
    """Return step 2: the pillar's share in each z, and what the factor adds."""
    shares = Contributions.to(screen.scores).of(line)
    columns = (
        Column("Factor", Kind.NAME, 100),
        Column("Rank z", Kind.SIGNED, 90),
        Column("Pillar n", Kind.COUNT, 80),
        Column("Pillar mean", Kind.SIGNED, 90),
        Column("n/(n+k)", Kind.SIGNED, 90),
        Column("z", Kind.SIGNED, 100),
        Column("Weight", Kind.FRACTION, 80),
        Column("Adds to Z", Kind.SIGNED, 95),
    )
    rows = []
    for name, found in line.factors.items():
        used = screen.scores.standardisation.factors[name].pillar_means
        pillar = used.get(line.primary_pillar) if found.rank is not None else None
        count, mean, shrinkage = pillar or (None, None, None)
        row = (name, found.rank_z, count, mean, shrinkage, found.z, found.weight)
        rows.append((*row, shares[name]))
    return Table("Step 2: partial neutralisation", columns, tuple(rows))


def _short(value: float) -> float:
    """Return ``value`` to six digits, arithmetic noise as zero."""
    return float(f"{round(value, DECIMALS):.6g}")


def _groups(screen: Screen, line: LineScore) -> Table:
    used = screen.scores.standardisation
    columns = (
        Column("Group", Kind.NAME, 100),
        Column("Weight", Kind.FRACTION, 90),
        Column("Mean z", Kind.SIGNED, 90),
        Column("Group mean", Kind.SIGNED, 90),
        Column("Deviation", Kind.SIGNED, 90),
        Column("G", Kind.SIGNED, 95),
        Column("", Kind.BAR, 20),
        Column("Weight x G", Kind.SIGNED, 85),
    )
    rows = []
    for group, g in line.groups.items():
        zs = [f.z for name, f in line.factors.items() if FACTORS[name].group == group]
        moments = used.groups[group]
        weight = used.group_weights[group]
        mean = sum(zs) / len(zs)
        row = (group, weight, mean, moments.mean, moments.deviation, g, g, weight * g)
        rows.append(row)
    return Table("Steps 3 and 4: groups and composite", columns, tuple(rows))


def _evidence(fact: LineFacts) -> Table:
    """Return the entry that counts of each pillar, and those of other dates."""
    columns: tuple[Column, ...] = (
        Column("Pillar", Kind.PILLAR, 100),
        Column("Share", Kind.FRACTION, 100),
        Column("Basis", Kind.TEXT, 80),
        Column("Date", Kind.DATE, 80),
        Column("Publisher", Kind.TEXT, 60),
        Column("Why", Kind.TEXT, 90),
    )
    rows: list[tuple[Cell, ...]] = [
        (p, *entry)
        for p in PILLARS
        if (found := fact.exposures.get(p))
        for entry in _entries(found)
    ]
    if any(found.others for found in fact.exposures.values()):
        columns = (*columns[:2], Column("Counts", Kind.TEXT, 95), *columns[2:])
    else:
        rows = [(*row[:2], *row[3:]) for row in rows]
    return Table("Exposure, share of revenue", columns, tuple(rows))


def _entries(found: ExposureFact) -> Iterator[tuple[Cell, ...]]:
    """Yield the entry that counts, then the others, newest first."""
    for entry in (found, *reversed(found.others)):
        counts = "later" if entry.date > found.date else "earlier"
        yield (
            entry.share,
            "yes" if entry is found else f"no, {counts}",
            entry.basis.replace("_", " "),
            entry.date,
            entry.publisher,
            entry.rationale,
        )


def _valuation(fact: LineFacts) -> Table:
    columns = (
        Column("Value", Kind.NAME, 100),
        Column("Amount", Kind.AMOUNT, 100),
        Column("In full", Kind.NUMBER, 50),
        Column("How", Kind.TEXT, 90),
    )
    receipt = fact.ordinary_per_receipt
    per = f" / {receipt:g} shares a receipt" if receipt != 1 else ""
    rate = f" x USD per {fact.price_currency}" if fact.price_currency != "USD" else ""
    foreign = fact.statement_currency != "USD"
    fx = f" x USD per {fact.statement_currency}" if foreign else ""
    rows: tuple[tuple[Cell, ...], ...] = (
        (
            "Market cap, USD",
            fact.market_cap_usd,
            fact.market_cap_usd,
            f"close{rate} x ordinary shares{per}",
        ),
        (
            "Enterprise value, USD",
            fact.enterprise_value_usd,
            fact.enterprise_value_usd,
            f"market cap + (debt - cash + minority + preferred){fx}",
        ),
        *((_label(f.item), f.value, f.value, _origin(f)) for f in fact.valuation),
    )
    return Table("Value", columns, rows)


def _share_counts(found: ShareCounts) -> Table:
    """Return every count of shares, which is used, and why."""
    columns = (
        Column("Share count", Kind.NAME, 100),
        Column("Shares", Kind.NUMBER, 100),
        Column("Used", Kind.TEXT, 95),
        Column("Of", Kind.DATE, 90),
        Column("Source", Kind.TEXT, 50),
    )
    used = "yes" if found.is_resolved else "unresolved"
    rows = tuple(
        (
            _label(f.item),
            f.value,
            used if f.item == found.item else "no",
            f.date,
            f.source,
        )
        for f in found.counts
    )
    return Table("Share counts, in ordinary shares", columns, rows, note=found.why)


def _label(item: str) -> str:
    """Return a plainer name for some rows of yfinance."""
    return _LABELS.get(item, item)


def _origin(figure: Figure) -> str:
    parts = [figure.unit, f"of {figure.date}" if figure.date else "undated"]
    if figure.known and figure.known != figure.date:
        parts.append(f"known {figure.known}")
    if figure.source:
        parts.append(figure.source)
    if figure.note:
        parts.append(figure.note)
    return ", ".join(parts)


_FIGURE_COLUMNS = (
    Column("Factor", Kind.NAME, 100),
    Column("Item", Kind.TEXT, 95),
    Column("Slot", Kind.TEXT, 40),
    Column("Of", Kind.DATE, 90),
    Column("Value", Kind.NUMBER, 95),
    Column("Unit", Kind.TEXT, 85),
    Column("Known", Kind.DATE, 60),
    Column("Source", Kind.TEXT, 50),
    Column("Note", Kind.TEXT, 30),
)


def _figures(fact: LineFacts, recipe: Recipe) -> Table:
    rows = tuple(
        (
            row["factor"],
            _label(row["item"]),
            row["slot"],
            row["date"],
            row["value"],
            row["unit"],
            row["known"],
            row["source"],
            row["note"],
        )
        for row in _figure_rows(fact)
    )
    return Table(
        "Figures behind the raw values", _FIGURE_COLUMNS, rows, note=_judged(recipe)
    )


def _judged(recipe: Recipe) -> str:
    """Return the values of the recipe that stand in the formulas of factors."""
    rate = recipe.risk_free_rate
    budgets = " + ".join(f"{recipe.pillar_budgets[p]:g} x {p}" for p in PILLARS)
    return f"rf is {rate.value:g} a year, of {rate.date}; thesis is {budgets}."


def _figure_rows(fact: LineFacts) -> Iterator[dict[str, Any]]:
    for name, reading in fact.readings.items():
        for figure in reading.figures:
            yield {
                "factor": name,
                "item": figure.item,
                "slot": figure.slot,
                "date": figure.date.isoformat() if figure.date else None,
                "value": figure.value,
                "unit": figure.unit,
                "known": figure.known.isoformat() if figure.known else None,
                "source": figure.source,
                "note": figure.note,
            }


def _missing(
    screen: Screen, fact: LineFacts, line: LineScore | None
) -> Iterator[Block]:
    effect = "counts as neutral" if line else "the line is not ranked"
    inactive = dict.fromkeys(screen.scores.inactive_factors, "the factor is not active")
    rows = [
        (name, reading.reason, reading.detail, inactive.get(name, effect))
        for name, reading in fact.readings.items()
        if reading.value is None
    ]
    if rows:
        columns = (
            Column("Factor", Kind.NAME, 100),
            Column("Reason", Kind.TEXT, 90),
            Column("What is missing", Kind.TEXT, 80),
            Column("Effect", Kind.TEXT, 70),
        )
        yield Table("Missing", columns, tuple(rows))


def _record(
    screen: Screen, fact: LineFacts, line: LineScore | None, recipe: Recipe
) -> dict[str, object]:
    return {
        "schema_version": records.SCHEMA_VERSION,
        "run": records.plain(screen.run),
        "recipe": recipe.model_dump(mode="json"),
        "line": _line_record(screen, fact),
        "formulas": {name: FACTORS[name].formula for name in FACTORS},
        "ranks": {n: f.rank for n, f in line.factors.items()} if line else {},
        "standardisation": _standardisation(screen),
        "valuation": records.plain(fact.valuation),
        **_counted(fact),
        "figures": list(_figure_rows(fact)),
        "missing": {
            name: {"reason": reading.reason, "detail": reading.detail}
            for name, reading in fact.readings.items()
            if reading.value is None
        },
        "flags": {n: list(r.flags) for n, r in fact.readings.items() if r.flags},
    }


def _counted(fact: LineFacts) -> records.Record:
    """Return the counts of shares where there are several."""
    found = fact.share_counts
    return {"share_counts": records.plain(found)} if found else {}


def _line_record(screen: Screen, fact: LineFacts) -> records.Record:
    """Return the line as `screen` shows it, one that stands aside without scores."""
    found = records.of_line(screen, fact.ticker)
    return found or records.of_line_aside(screen, fact, _why_not(screen, fact))


def _standardisation(screen: Screen) -> records.Record:
    """Return the means and deviations: pillars by name, groups with their factors."""
    used: records.Record = records.plain(screen.scores.standardisation)
    for name, group in used["groups"].items():
        members = [f for f, found in used["factors"].items() if found["group"] == name]
        group["factors"] = members
    for factor in used["factors"].values():
        del factor["group"]
        factor["pillar_means"] = {
            pillar: dict(zip(("count", "mean", "shrinkage"), found, strict=True))
            for pillar, found in factor["pillar_means"].items()
        }
    return used
