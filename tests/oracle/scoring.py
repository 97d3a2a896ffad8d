"""The scoring specification, transcribed slowly and plainly into standard Python.

It shares no code with the product. Every function names the section of the
specification that it transcribes. Clarity is wanted here, speed is not.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

PILLARS = ["compute", "data", "algorithms"]

# The table of section 2: factor, group, direction of "good".
FACTORS = [
    ("mom_12_1", "momentum", 1),
    ("mom_6_1", "momentum", 1),
    ("rev_yoy_q", "growth", 1),
    ("rev_cagr_3y", "growth", 1),
    ("dgp_at", "growth", 1),
    ("gp_at", "quality", 1),
    ("ebit_ic", "quality", 1),
    ("accruals_at", "quality", -1),
    ("netdebt_at", "quality", -1),
    ("ebit_ev", "value", 1),
    ("fcf_mcap", "value", 1),
    ("ey_fwd", "value", 1),
    ("vol_252", "risk", -1),
    ("maxdd_252", "risk", -1),
    ("thesis", "thesis", 1),
]
GROUPS = ["momentum", "growth", "quality", "value", "risk", "thesis"]
GROUP_OF = {factor: group for factor, group, _ in FACTORS}
SIGN_OF = {factor: sign for factor, _, sign in FACTORS}
NEUTRALISED_GROUPS = ["growth", "quality", "value", "risk"]

Recipe = dict[str, Any]
Line = dict[str, Any]
Column = dict[str, float]  # ticker -> number


def rounded(value: float) -> float:
    """Section 4: floats are compared after rounding to 12 decimals."""
    return round(value, 12)


def number(text: str | None) -> float | None:
    """Section 11: an empty cell is missing (so is anything not finite)."""
    if text is None or text.strip() == "":
        return None
    value = float(text)
    if not math.isfinite(value):
        return None
    return value


def mean(values: list[float]) -> float:
    """The arithmetic mean of a non-empty list."""
    return math.fsum(values) / len(values)


def deviation(values: list[float]) -> float:
    """The population standard deviation; under 1e-12 it counts as zero."""
    centre = mean(values)
    variance = math.fsum([(v - centre) ** 2 for v in values]) / len(values)
    result = math.sqrt(variance)
    if result < 1e-12:
        return 0.0
    return result


def clip(value: float, limit: float) -> float:
    """Section 4: cut a value to plus or minus the recipe's limit."""
    return max(-limit, min(limit, value))


def phi(z: float) -> float:
    """Section 4: the standard normal distribution function."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def percentile(values: list[float], share: float) -> float:
    """Section 5: a percentile by linear interpolation; of nothing, zero."""
    if not values:
        return 0.0
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def average_ranks(values: Column) -> Column:
    """Section 3, step 4: ranks from 1 upwards, equal values share their mean."""
    result: Column = {}
    for ticker, value in values.items():
        smaller = 0
        equal = 0
        for other in values.values():
            if rounded(other) < rounded(value):
                smaller += 1
            elif rounded(other) == rounded(value):
                equal += 1
        # The equal ones occupy ranks smaller + 1 .. smaller + equal.
        result[ticker] = smaller + (equal + 1) / 2
    return result


def read_line(row: dict[str, str], recipe: Recipe) -> Line:
    """Sections 1 and 11: one row of the cross-section as numbers."""
    exposures: dict[str, float] = {}
    for pillar in PILLARS:
        exposure = number(row["exposure_" + pillar])
        exposures[pillar] = 0.0 if exposure is None else exposure
    budgets = recipe["pillar_budgets"]
    thesis = 0.0
    for pillar in PILLARS:
        thesis += budgets[pillar] * exposures[pillar]
    raw: dict[str, float | None] = {}
    for factor, _, _ in FACTORS:
        raw[factor] = thesis if factor == "thesis" else number(row[factor])
    return {
        "ticker": row["ticker"],
        "issuer": row["issuer"],
        "exposures": exposures,
        "primary": primary_pillar(exposures),
        "thesis": thesis,
        "raw": raw,
        "market_cap": number(row["market_cap_usd"]),
        "dollar_volume": number(row["average_daily_value_usd"]),
        "age": number(row["statement_age_days"]),
    }


def primary_pillar(exposures: dict[str, float]) -> str:
    """Section 3, step 5: the largest exposure; a tie goes to the earlier pillar."""
    best = PILLARS[0]
    for pillar in PILLARS[1:]:
        if rounded(exposures[pillar]) > rounded(exposures[best]):
            best = pillar
    return best


def one_line_per_issuer(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """Section 1: an issuer keeps its most traded line, then the first ticker."""

    def preference(line: Line) -> tuple[float, str]:
        volume = line["dollar_volume"]
        return (0.0 if volume is None else -volume, line["ticker"])

    kept: list[Line] = []
    dropped: list[str] = []
    for line in lines:
        siblings = [other for other in lines if other["issuer"] == line["issuer"]]
        if min(siblings, key=preference) is line:
            kept.append(line)
        else:
            dropped.append(line["ticker"])
    return kept, sorted(dropped)


def find_active_factors(lines: list[Line], recipe: Recipe) -> list[str]:
    """Section 3, step 1: factors that enough lines have, in weighted groups."""
    rule = recipe["active_factor"]
    share = math.ceil(rounded(rule["minimum_share"] * len(lines)))
    needed = max(rule["minimum_lines"], share)
    active: list[str] = []
    for factor, group, _ in FACTORS:
        if recipe["group_weights"][group] == 0:
            continue
        finite = [line for line in lines if line["raw"][factor] is not None]
        if len(finite) >= needed:
            active.append(factor)
    return active


def members(group: str, factors: list[str]) -> list[str]:
    """The factors of one group among those given."""
    return [factor for factor in factors if GROUP_OF[factor] == group]


def relative_weights(factors: list[str], recipe: Recipe) -> dict[str, float]:
    """Section 3, step 2: group weights over the groups that have a factor."""
    weights = recipe["group_weights"]
    taking_part = [g for g in GROUPS if weights[g] > 0 and members(g, factors)]
    total = math.fsum([weights[g] for g in taking_part])
    return {g: weights[g] / total for g in taking_part}


def factor_weights(factors: list[str], recipe: Recipe) -> dict[str, float]:
    """Section 3, step 2: a group's weight shared equally by its factors."""
    of_groups = relative_weights(factors, recipe)
    result: dict[str, float] = {}
    for factor in factors:
        group = GROUP_OF[factor]
        result[factor] = of_groups[group] / len(members(group, factors))
    return result


def coverage_of(line: Line, weights: dict[str, float]) -> float:
    """Section 3, step 3: the weight of the factors that the line has."""
    return math.fsum([w for f, w in weights.items() if line["raw"][f] is not None])


def rank_z(lines: list[Line], factor: str) -> Column:
    """Section 3, step 4: z of the ranks over the ranked lines that have a value."""
    signed: Column = {}
    for line in lines:
        if line["raw"][factor] is not None:
            signed[line["ticker"]] = SIGN_OF[factor] * line["raw"][factor]
    if not signed:
        return {}
    ranks = average_ranks(signed)
    centre = mean(list(ranks.values()))
    spread = deviation(list(ranks.values()))
    result: Column = {}
    for ticker, rank in ranks.items():
        result[ticker] = 0.0 if spread == 0.0 else (rank - centre) / spread
    return result


def neutralise(lines: list[Line], factor: str, z: Column, recipe: Recipe) -> Column:
    """Section 3, step 5: take out part of the mean of each primary pillar."""
    rule = recipe["neutralise"]
    if rule["by"] != "pillar" or GROUP_OF[factor] not in NEUTRALISED_GROUPS:
        return dict(z)
    result = dict(z)
    for pillar in PILLARS:
        names: list[str] = []
        for line in lines:
            if line["primary"] == pillar and line["ticker"] in z:
                names.append(line["ticker"])
        n = len(names)
        if n == 0 or n < rule["minimum_group"]:
            continue
        centre = mean([z[name] for name in names])
        for name in names:
            result[name] = z[name] - n / (n + rule["shrinkage"]) * centre
    return result


def standardise(values: Column, limit: float) -> tuple[Column, float, float]:
    """Section 4: std and clip; also gives the mean and deviation it used."""
    if not values:
        return {}, 0.0, 0.0
    centre = mean(list(values.values()))
    spread = deviation(list(values.values()))
    result: Column = {}
    for ticker, value in values.items():
        result[ticker] = place(value, centre, spread, limit)
    return result, centre, spread


def place(value: float, centre: float, spread: float, limit: float) -> float:
    """Section 4: one value against a given mean and deviation, then clipped."""
    if spread == 0.0:
        return 0.0
    return clip((value - centre) / spread, limit)


def group_value(z: dict[str, float], factors: list[str]) -> float:
    """Section 4: the plain mean of a line's z over the factors of one group."""
    return mean([z[factor] for factor in factors])


def weighted_sum(values: dict[str, float], weights: dict[str, float]) -> float:
    """Section 4: the sum of group weight times group z."""
    return math.fsum([weights[group] * values[group] for group in weights])


def composite(
    z: dict[str, dict[str, float]], factors: list[str], recipe: Recipe
) -> dict[str, Any]:
    """Section 4: G of each group and Z, from complete z (ticker, then factor)."""
    limit = recipe["clip"]
    weights = relative_weights(factors, recipe)
    group_z: dict[str, Column] = {}
    moments: dict[str, tuple[float, float]] = {}
    for group in weights:
        inside = members(group, factors)
        means = {ticker: group_value(z[ticker], inside) for ticker in z}
        group_z[group], centre, spread = standardise(means, limit)
        moments[group] = (centre, spread)
    sums: Column = {}
    for ticker in z:
        of_line = {group: group_z[group][ticker] for group in weights}
        sums[ticker] = weighted_sum(of_line, weights)
    total_z, centre, spread = standardise(sums, limit)
    return {
        "weights": weights,
        "group_z": group_z,
        "group_moments": moments,
        "z": total_z,
        "moments": (centre, spread),
    }


def rank_lines(lines: list[Line], z: Column, coverage: Column) -> list[Line]:
    """Section 4: order on Z; then coverage, T, market cap, ticker."""

    def key(line: Line) -> tuple[float, float, float, float, str]:
        ticker = line["ticker"]
        cap = line["market_cap"]
        return (
            -rounded(z[ticker]),
            -rounded(coverage[ticker]),
            -rounded(line["thesis"]),
            math.inf if cap is None else -cap,
            ticker,
        )

    return sorted(lines, key=key)


def stabilities(
    z: dict[str, dict[str, float]], factors: list[str], recipe: Recipe
) -> Column:
    """Section 5: how far a rank moves when one active factor is left out."""
    n = len(z)
    seen: dict[str, list[int]] = {ticker: [] for ticker in z}
    for left_out in factors:
        remaining = [factor for factor in factors if factor != left_out]
        rerun: Column = composite(z, remaining, recipe)["z"]
        order = sorted(rerun, key=lambda ticker: (-rounded(rerun[ticker]), ticker))
        for position, ticker in enumerate(order, start=1):
            seen[ticker].append(position)
    result: Column = {}
    for ticker, ranks in seen.items():
        if n == 1:
            result[ticker] = 1.0
        else:
            result[ticker] = 1.0 - (max(ranks) - min(ranks)) / (n - 1)
    return result


def freshness_of(line: Line, recipe: Recipe) -> float:
    """Section 5: one up to the fresh age, zero from the expired age on."""
    if line["age"] is None:
        return 0.0
    fresh = recipe["freshness_days"]["fresh"]
    expired = recipe["freshness_days"]["expired"]
    share: float = (expired - line["age"]) / (expired - fresh)
    return max(0.0, min(1.0, share))


def precision_of(low: float | None, high: float | None) -> float:
    """Section 5: what the printed interval leaves sure; all of it without one."""
    if low is None or high is None:
        return 1.0
    return 1.0 - (high - low) / 100.0


def label_of(confidence: float) -> str:
    """Section 5: the word for a confidence."""
    if rounded(confidence) >= 0.80:
        return "high"
    if rounded(confidence) >= 0.60:
        return "medium"
    return "low"


def score_of(z: float) -> float:
    """Section 4: the composite as a number from 0 to 100, one decimal."""
    return round(100.0 * phi(z), 1)


def score_with(
    line: Line,
    share: float,
    z: dict[str, dict[str, float]],
    known: dict[str, Column],
    factors: list[str],
    base: dict[str, Any],
    recipe: Recipe,
) -> float:
    """Section 5: the score with a percentile put in every missing cell.

    The means and deviations of the base run are held.
    """
    filled = dict(z[line["ticker"]])
    for factor in factors:
        if line["raw"][factor] is None:
            filled[factor] = percentile(list(known[factor].values()), share)
    of_line: dict[str, float] = {}
    for group in base["weights"]:
        centre, spread = base["group_moments"][group]
        value = group_value(filled, members(group, factors))
        of_line[group] = place(value, centre, spread, recipe["clip"])
    centre, spread = base["moments"]
    total = weighted_sum(of_line, base["weights"])
    return score_of(place(total, centre, spread, recipe["clip"]))


def msci_map(z: float) -> float:
    """Section 6: a z turned into a positive multiplier."""
    if z >= 0:
        return 1.0 + z
    return 1.0 / (1.0 - z)


def pillar_ranking(
    ranked: list[Line], pillar: str, z_ex_thesis: Column, recipe: Recipe
) -> list[tuple[str, float]]:
    """Section 6: eligible names of one pillar with their scores, best first.

    `ranked` is in overall rank order, which settles ties. A line without any
    exposure to the pillar is not eligible, whatever the floor.
    """
    entries: list[tuple[float, int, str, float]] = []
    for position, line in enumerate(ranked, start=1):
        exposure = line["exposures"][pillar]
        if exposure <= 0:
            continue
        if rounded(exposure) < rounded(recipe["exposure_floor"]):
            continue
        value = msci_map(z_ex_thesis[line["ticker"]]) * exposure
        entries.append((-rounded(value), position, line["ticker"], value))
    entries.sort()
    return [(ticker, value) for _, _, ticker, value in entries]


def may_be_held(
    ticker: str, score: float, incumbents: Sequence[str], recipe: Recipe
) -> bool:
    """Section 7: the least score to enter; ten points less for one held already."""
    least = recipe["basket"]["min_score"]
    if ticker in incumbents:
        least -= 10.0
    return rounded(score) >= rounded(least)


def select(names: list[str], incumbents: Sequence[str], recipe: Recipe) -> list[str]:
    """Section 7: the best enter, incumbents within the buffer next, then fill.

    `names` is in pillar rank order, and so is the result.
    """
    size = recipe["basket"]["size"]
    buffer = recipe["basket"]["buffer"]
    sure = math.floor(rounded((1.0 - buffer) * size))
    kept_to = math.ceil(rounded((1.0 + buffer) * size))
    chosen: list[str] = []
    for rank, name in enumerate(names, start=1):
        if rank <= sure and len(chosen) < size:
            chosen.append(name)
    for rank, name in enumerate(names, start=1):
        if name in chosen or name not in incumbents:
            continue
        if rank <= kept_to and len(chosen) < size:
            chosen.append(name)
    for name in names:
        if name not in chosen and len(chosen) < size:
            chosen.append(name)
    return [name for name in names if name in chosen]


def cap_weights(
    weights: dict[str, Column],
    reserve: dict[str, float],
    issuer_of: dict[str, str],
    cap: float,
) -> None:
    """Section 7: cap issuers over all pillars, handing the excess on, in place.

    Each round scales all issuers over the cap at once and locks them, then
    hands the excess to the unlocked names of the same pillar, then looks again.
    """
    locked: set[str] = set()
    while True:
        totals: dict[str, float] = {}
        for pillar in PILLARS:
            for ticker, weight in weights[pillar].items():
                issuer = issuer_of[ticker]
                totals[issuer] = totals.get(issuer, 0.0) + weight
        over: list[str] = []
        for issuer, total in totals.items():
            if issuer not in locked and rounded(total) > rounded(cap):
                over.append(issuer)
        if not over:
            return
        excess = dict.fromkeys(PILLARS, 0.0)
        for issuer in over:
            for pillar in PILLARS:
                for ticker in weights[pillar]:
                    if issuer_of[ticker] == issuer:
                        before = weights[pillar][ticker]
                        after = before * cap / totals[issuer]
                        weights[pillar][ticker] = after
                        excess[pillar] += before - after
            locked.add(issuer)
        for pillar in PILLARS:
            open_names: list[str] = []
            for ticker in weights[pillar]:
                if issuer_of[ticker] not in locked:
                    open_names.append(ticker)
            base = math.fsum([weights[pillar][ticker] for ticker in open_names])
            if base <= 0.0:
                reserve[pillar] += excess[pillar]
                continue
            for ticker in open_names:
                share = weights[pillar][ticker] / base
                weights[pillar][ticker] += excess[pillar] * share


def build_baskets(
    rankings: dict[str, list[tuple[str, float]]],
    selected: dict[str, list[str]],
    issuer_of: dict[str, str],
    recipe: Recipe,
) -> list[dict[str, Any]]:
    """Section 7: raw weights by pillar score, capped; the rest is reserve."""
    weights: dict[str, Column] = {}
    reserve: dict[str, float] = {}
    for pillar in PILLARS:
        budget = recipe["pillar_budgets"][pillar]
        scores = dict(rankings[pillar])
        total = math.fsum([scores[ticker] for ticker in selected[pillar]])
        weights[pillar] = {}
        for ticker in selected[pillar]:
            weights[pillar][ticker] = budget * scores[ticker] / total
        reserve[pillar] = 0.0 if selected[pillar] else budget
    cap_weights(weights, reserve, issuer_of, recipe["basket"]["issuer_cap"])
    baskets: list[dict[str, Any]] = []
    for pillar in PILLARS:
        constituents: list[dict[str, Any]] = []
        for ticker in selected[pillar]:
            weight = weights[pillar][ticker]
            constituents.append({"ticker": ticker, "weight": weight})
        baskets.append(
            {
                "pillar": pillar,
                "budget": recipe["pillar_budgets"][pillar],
                "reserve": reserve[pillar],
                "constituents": constituents,
            }
        )
    return baskets


def score(
    rows: list[dict[str, str]],
    recipe: Recipe,
    incumbents: Sequence[str] = (),
    without_price: Sequence[str] = (),
) -> dict[str, Any]:
    """Section 11: the whole document, from the rows of a cross-section.

    Section 3, step 3: a screen does not rank those without a price.
    """
    lines, dropped = one_line_per_issuer([read_line(row, recipe) for row in rows])
    factors = find_active_factors(lines, recipe)
    weights = factor_weights(factors, recipe)

    # Section 3, steps 1 and 3: who is ranked.
    coverage: Column = {}
    ranked: list[Line] = []
    unranked: list[dict[str, Any]] = []
    for line in lines:
        ticker = line["ticker"]
        coverage[ticker] = coverage_of(line, weights)
        enough = rounded(coverage[ticker]) >= rounded(recipe["coverage_floor"])
        if factors and enough and ticker not in without_price:
            ranked.append(line)
        else:
            unranked.append({"ticker": ticker, "coverage": coverage[ticker]})
    unranked.sort(key=lambda entry: str(entry["ticker"]))

    # Section 3, steps 4 to 6: z of every active factor.
    plain: dict[str, Column] = {}
    known: dict[str, Column] = {}
    for factor in factors:
        plain[factor] = rank_z(ranked, factor)
        known[factor] = neutralise(ranked, factor, plain[factor], recipe)
    z: dict[str, dict[str, float]] = {}
    for line in ranked:
        ticker = line["ticker"]
        z[ticker] = {factor: known[factor].get(ticker, 0.0) for factor in factors}

    # Section 4: with and without the thesis group.
    base = composite(z, factors, recipe)
    without_thesis = [f for f in factors if GROUP_OF[f] != "thesis"]
    ex_thesis: Column = composite(z, without_thesis, recipe)["z"]
    ranked = rank_lines(ranked, base["z"], coverage)

    # Section 5, and the fields of a line in section 11.
    stability = stabilities(z, factors, recipe)
    printed: list[dict[str, Any]] = []
    for position, line in enumerate(ranked, start=1):
        ticker = line["ticker"]
        low: float | None = None
        high: float | None = None
        if any(line["raw"][factor] is None for factor in factors):
            low = score_with(line, 0.10, z, known, factors, base, recipe)
            high = score_with(line, 0.90, z, known, factors, base, recipe)
        freshness = freshness_of(line, recipe)
        precision = precision_of(low, high)
        confidence = min(coverage[ticker], freshness, stability[ticker], precision)
        cells: dict[str, dict[str, float | None]] = {}
        for factor in factors:
            cells[factor] = {
                "raw": line["raw"][factor],
                "rank_z": plain[factor].get(ticker),
                "z": z[ticker][factor],
                "weight": weights[factor],
            }
        printed.append(
            {
                "ticker": ticker,
                "rank": position,
                "score": score_of(base["z"][ticker]),
                "score_low": low,
                "score_high": high,
                "composite_z": base["z"][ticker],
                "composite_ex_thesis_z": ex_thesis[ticker],
                "coverage": coverage[ticker],
                "confidence": confidence,
                "confidence_label": label_of(confidence),
                "freshness": freshness,
                "stability": stability[ticker],
                "precision": precision,
                "primary_pillar": line["primary"],
                "thesis_exposure": line["thesis"],
                "groups": {g: base["group_z"][g][ticker] for g in base["weights"]},
                "factors": cells,
            }
        )

    # Sections 6 and 7.
    rankings: dict[str, list[tuple[str, float]]] = {}
    selected: dict[str, list[str]] = {}
    pillars: dict[str, list[dict[str, Any]]] = {}
    for pillar in PILLARS:
        rankings[pillar] = pillar_ranking(ranked, pillar, ex_thesis, recipe)
        names = []
        for ticker, _ in rankings[pillar]:
            if may_be_held(ticker, score_of(base["z"][ticker]), incumbents, recipe):
                names.append(ticker)
        selected[pillar] = select(names, incumbents, recipe)
        pillars[pillar] = []
        for ticker, value in rankings[pillar]:
            pillars[pillar].append(
                {
                    "ticker": ticker,
                    "pillar_score": value,
                    "selected": ticker in selected[pillar],
                }
            )
    issuer_of = {line["ticker"]: line["issuer"] for line in ranked}
    return {
        "lines": printed,
        "unranked": unranked,
        "dropped_lines": dropped,
        "pillars": pillars,
        "baskets": build_baskets(rankings, selected, issuer_of, recipe),
    }
