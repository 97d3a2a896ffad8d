"""How past rankings fared, in words and as a record."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

import evaluations
import evidence
import reports
from evaluations import BASKET, HALF_YEAR, MONTH, NOTHING, evaluation
from triad_screener.model.document import (
    Paragraph,
    Picture,
    Points,
    SideBySide,
    Style,
    Table,
)
from triad_screener.model.evaluation import Strength
from triad_screener.rendering import RENDERERS
from triad_screener.reporting.evaluation import compose, headline, record, verdict
from triad_screener.screening import evaluating

if TYPE_CHECKING:
    from triad_screener.model.document import (
        Block,
    )
    from triad_screener.model.evaluation import Evaluation

LABEL = "survivorship- and look-ahead-biased"


def blocks(found: Evaluation) -> list[Block]:
    flat: list[Block] = []
    for block in compose(found).blocks:
        flat += block.tables if isinstance(block, SideBySide) else [block]
    return flat


def table(title: str, found: Evaluation | None = None) -> Table:
    every = blocks(found or evaluation())
    return next(b for b in every if isinstance(b, Table) and b.title.startswith(title))


def column(found: Table, heading: str) -> list[object]:
    at = [one.heading for one in found.columns].index(heading)
    return [row[at] for row in found.rows]


def points(title: str, found: Evaluation) -> tuple[str, ...]:
    every = blocks(found)
    return next(b.items for b in every if isinstance(b, Points) and b.title == title)


def paragraphs(found: Evaluation) -> list[str]:
    return [b.text for b in compose(found).blocks if isinstance(b, Paragraph)]


def rendered(name: str, found: Evaluation, width: int = 100) -> str:
    return RENDERERS[name](compose(found), Style(width=width)).text


def test_a_verdict_tells_what_it_rests_on() -> None:
    assert verdict(MONTH) == (
        "21 sessions: signal: mean coefficient +0.100, t +2.35, 90% from +0.012 to "
        "+0.188, shuffled p 0.03. If what is found were true, t would reach 2 after "
        "18 months in all."
    )


@pytest.mark.parametrize("months", [1, 2])
def test_where_t_is_two_by_now_no_months_are_told(months: int) -> None:
    assert "t would reach" not in verdict(replace(MONTH, months_needed=months))


def test_what_is_not_known_of_a_verdict_is_said() -> None:
    known = MONTH.strength
    bare = Strength(known.signal, known.horizon, known.coefficients, known.lines)
    found = replace(
        MONTH,
        strength=bare,
        months_needed=None,
        finding="nothing found",
    )

    assert verdict(found) == (
        "21 sessions: nothing found: mean coefficient n/a, t n/a, 90% from n/a to n/a, "
        "shuffled p n/a."
    )


def test_no_verdict_tells_how_much_is_lacking() -> None:
    assert verdict(HALF_YEAR) == (
        "126 sessions: no verdict: 1 independent ranking with an outcome, and 24 are "
        "needed to tell a coefficient of 0.05 from nothing."
    )
    several = replace(
        MONTH,
        strength=replace(MONTH.strength, independent=0),
        finding="no verdict",
        months_needed=12_345,
    )
    assert verdict(several) == (
        "21 sessions: no verdict: 0 independent rankings with an outcome, and 42 are "
        "needed to tell a coefficient of 0.05 from nothing at 40 lines. If what is "
        "found were true, t would reach 2 after 12,345 months in all."
    )


@pytest.mark.parametrize("finding", ["signal", "reversed", "nothing found"])
def test_the_title_gives_the_verdict_of_the_shortest_horizon(finding: Any) -> None:  # noqa: ANN401 - a literal
    found = evaluation(horizons=(replace(MONTH, finding=finding), HALF_YEAR))

    assert headline(found) == f"At 21 sessions: {finding} ({LABEL})"
    assert compose(found).title == f"Did the rankings know anything? {headline(found)}"


def test_a_record_made_afterwards_is_labelled_wherever_it_is_shown() -> None:
    found = evaluation()

    assert LABEL in compose(found).title
    assert paragraphs(found)[0] == (
        f"Reconstructed afterwards, {LABEL}: 3 rankings, 2024-12-31 to 2025-02-28."
    )
    assert record(found)["label"] == LABEL
    assert json.loads(rendered("json", found))["label"] == LABEL
    for name in ("table", "html", "markdown"):
        assert rendered(name, found, width=400).count(LABEL) >= 2


def test_a_forward_record_says_so() -> None:
    found = evaluation("forward")

    assert compose(found).title.endswith("signal (forward record)")
    assert paragraphs(found)[0].startswith(
        "Forward record, each made within a week of its day: 3 rankings"
    )
    assert LABEL not in rendered("table", found, width=400)


@pytest.mark.parametrize("origin", ["forward", "reconstructed"])
def test_one_ranking_and_none_have_their_sentence(origin: str) -> None:
    every = evaluation().findings.rankings
    one = paragraphs(evaluation(origin, rankings=every[:1], basket=None))[0]
    none = paragraphs(evaluation(origin, rankings=(), basket=None))[0]

    assert one.endswith(": 1 ranking, of 2024-12-31.")
    assert none.startswith("No rankings, ")


def test_prices_tell_source_day_and_age() -> None:
    found = evaluation()

    aged = compose(found, ("asked",), date(2025, 4, 1)).blocks

    assert paragraphs(found)[1].startswith(
        "Prices: bundled snapshot, as of 2025-03-31; recipe default."
    )
    assert isinstance(aged[1], Paragraph)
    assert "as of 2025-03-31, 1 day old" in aged[1].text
    assert isinstance(aged[2], Paragraph)
    assert aged[2].text == "asked"


def test_coefficients_stand_beside_their_errors() -> None:
    first, last = table("Information coefficients").rows

    assert first == (
        21, 2, 40, 0.1, "+0.012 to +0.188", 2.345, "0.02", 0.4714, 0.5,
        "-0.060 to +0.070", "0.03", (0.25, -0.05), "signal",
    )  # fmt: skip
    assert last == (
        126, 0, None, None, "n/a", None, "n/a", None, None, "n/a", "n/a", (),
        "no verdict",
    )  # fmt: skip


def test_each_spread_says_which_part_it_is_of() -> None:
    found = table("Mean returns of the best and the worst lines")

    assert [row[:4] for row in found.rows] == [
        (21, "third", 0.05, 0.02),
        (126, "fifth", None, None),
    ]
    assert column(found, "Spread") == [pytest.approx(0.03), None]


def test_decay_and_persistence_stand_side_by_side() -> None:
    assert table("Mean IC by sessions").rows == ((21, 0.1), (126, None))
    assert table("Scores then and later").rows == ((1, 0.9),)


def test_a_family_has_its_p_at_the_first_horizon_and_its_means_at_all() -> None:
    found = table("Groups of factors")

    assert [one.heading for one in found.columns] == [
        "Signal", "Rankings", "Lines", "IC 21", "90% interval", "t", "p (Holm)",
        "IC 126", "Over time",
    ]  # fmt: skip
    assert found.rows[0] == (
        "growth", 2, 40, 0.1, "+0.012 to +0.188", 2.345, "0.04", None, (0.25, -0.05),
    )  # fmt: skip
    assert column(found, "Signal") == ["growth", "risk"]
    assert column(table("Pillars"), "p (Holm)") == ["0.04"]


def test_factors_have_no_interval() -> None:
    found = table("Factors")

    assert found.rows == (("vol_252", 2, 40, 0.1, 2.345, "0.04", None, (0.25, -0.05)),)
    assert len(found.columns) == len(found.rows[0])


def test_a_signal_without_a_coefficient_is_not_known() -> None:
    bare = tuple(
        replace(one, coefficients=(None,) * 3, lines=0.0, mean=None, adjusted=None)
        for one in evaluations.others()
    )

    found = table("Groups of factors", evaluation(others=bare))

    assert column(found, "Lines") == [None, None]
    assert column(found, "p (Holm)") == ["n/a", "n/a"]


def test_where_there_is_no_verdict_no_p_is_one() -> None:
    few = evaluation(horizons=(replace(MONTH, finding="no verdict"), HALF_YEAR))

    for title in ("Groups of factors", "Pillars", "Factors"):
        said = "There are too few rankings for a verdict on any."
        assert said in table(title, few).note
        assert said not in table(title).note


def test_baskets_are_told_beside_all_lines_and_the_benchmark() -> None:
    found = table("Baskets held from 2025-01-02 to 2025-03-03")

    assert column(found, "Held") == [one.name for one in BASKET.tracks]
    assert column(found, "A year") == [0.5, 0.5, None, 0.5]
    assert column(found, "Worst fall") == [-0.1] * 4
    assert column(found, "In all") == pytest.approx([0.32, 0.3431, -0.5, 0.0302])


def test_what_the_baskets_prove_is_told_in_sentences() -> None:
    assert points("Baskets against luck", evaluation()) == (
        (
            "Turnover 12.5% one-way at each rebalancing; 10 basis points of the value "
            "traded are paid."
        ),
        (
            "93% of random baskets of the same lines, with the same weights and held "
            "as long, grew less."
        ),
        (
            "Deflated Sharpe ratio, 1 setting tried: 0.88 over the risk-free rate, "
            "over 0.99 over all ranked lines. Above 0.95, luck alone would seldom do "
            "as well; it is no chance of being right. On a biased record it proves "
            "nothing."
        ),
    )


def test_a_probability_is_never_rounded_to_certainty() -> None:
    basket = replace(BASKET, beyond_luck=0.0001, beyond_lines=0.01)
    told = points("Baskets against luck", evaluation("forward", basket=basket))

    assert "1 setting tried: under 0.01 over the risk-free rate" in told[-1]
    assert "0.01 over all ranked lines" in told[-1]
    assert "biased" not in told[-1]
    assert "too few rankings" not in told[-1]


def test_below_a_verdict_a_deflated_ratio_is_none_either() -> None:
    few = (replace(MONTH, finding="no verdict"), HALF_YEAR)
    told = points("Baskets against luck", evaluation("forward", horizons=few))

    assert told[-1].endswith("There are too few rankings to lean on it.")


def test_before_the_first_outcome_there_are_no_tables() -> None:
    none = (replace(MONTH, strength=NOTHING), HALF_YEAR)
    bought, waiting = evaluation(horizons=none), evaluation(horizons=none)
    unbought = tuple(replace(one, bought=None) for one in waiting.findings.rankings)
    waiting = evaluation(horizons=none, rankings=unbought)

    assert not [one for one in blocks(bought) if isinstance(one, Table)]
    assert (
        "There is no outcome yet: the first comes after 21 sessions, counted from "
        "2025-01-02." in paragraphs(bought)
    )
    assert "There is no outcome yet: the first comes after 21 sessions." in paragraphs(
        waiting
    )


def test_quiet_leaves_out_headers_and_notes_and_keeps_the_label() -> None:
    found = evaluation(notes=("Something.",))
    report = compose(found, ["Asked just now."], date(2025, 4, 1), quiet=True)

    texts = [one.text for one in report.blocks if isinstance(one, Paragraph)]
    assert len(texts) == 1
    assert LABEL in texts[0]
    assert LABEL in report.title
    titles = [getattr(one, "title", "") for one in report.blocks]
    assert "Notes" not in titles
    assert "What biases it" in titles
    assert not [
        one.note for one in report.blocks if isinstance(one, Table) and one.note
    ]


def test_the_tickers_are_those_of_the_newest_basket() -> None:
    assert compose(evaluation()).tickers == ("NVDA",)
    assert compose(evaluation(rankings=())).tickers == ()


def test_a_p_is_told_to_two_digits_and_never_as_nothing() -> None:
    tiny = replace(MONTH.strength, p=0.0004)
    found = evaluation(horizons=(replace(MONTH, strength=tiny), HALF_YEAR))

    assert column(table("Information", found), "p of t")[0] == "under 0.01"


@pytest.mark.parametrize(("count", "noun"), [(1, "holding"), (2, "holdings")])
def test_few_periods_and_unpriced_holdings_are_told(count: int, noun: str) -> None:
    basket = replace(
        BASKET, turnover=(), beyond_luck=None, beyond_lines=None, unpriced=count
    )
    told = points("Baskets against luck", evaluation(basket=basket, trials=3))

    assert told[1:] == (
        "Too few periods for a deflated Sharpe ratio; 3 settings tried.",
        f"{count} {noun} had no price, and earned nothing.",
    )


def test_without_baskets_nothing_is_said_of_them() -> None:
    found = evaluation(basket=None)

    titles = [b.title for b in blocks(found) if not isinstance(b, Paragraph)]

    assert not [title for title in titles if "asket" in title]
    assert record(found)["basket"] is None


def test_what_biases_it_is_told_for_each_kind_of_record() -> None:
    biased = points("What biases it", evaluation())

    assert biased[0].startswith("Survivorship: the list is today's")
    assert "Look-ahead" not in str(record(evaluation("forward"))["biases"])
    assert record(evaluation())["biases"] == list(biased)


def test_lines_whose_exposure_was_not_known_yet_are_counted() -> None:
    """Forty lines in each ranking; the exposure of twelve of the first came later."""
    first, *others = evaluation().findings.rankings
    found = evaluation(rankings=(replace(first, exposed_later=12), *others))

    count = 40 * (1 + len(others))
    assert (
        f"Look-ahead: the exposures of 12 of the {count:,} lines ranked, one by one "
        "in each ranking, became known only after it."
    ) in points("What biases it", found)
    assert "became known" not in str(points("What biases it", evaluation()))
    assert compose(found).rows[0]["exposed_later"] == 12


def test_settings_tried_before_are_a_bias_of_the_verdict() -> None:
    told = points("What biases it", evaluation(trials=1234))

    assert told[-1] == (
        "Selection: 1,234 settings were tried, and nothing but the deflated Sharpe "
        "ratio counts them."
    )
    assert "Selection" not in str(points("What biases it", evaluation()))


def test_notes_are_told_if_there_are_any() -> None:
    assert points("Notes", evaluation(notes=("No prices of: X.",))) == (
        "No prices of: X.",
    )
    assert "Notes" not in [
        b.title for b in blocks(evaluation()) if isinstance(b, Points)
    ]


def test_the_record_is_plain() -> None:
    found = json.loads(json.dumps(record(evaluation()), allow_nan=False))

    assert found["schema_version"] == 1
    assert (found["origin"], found["as_of"]) == ("reconstructed", "2025-03-31")
    assert found["horizons"][0]["verdict"] == "signal"
    assert found["horizons"][0]["coefficient"]["coefficients"] == [0.25, -0.05, None]
    assert found["horizons"][0]["coefficient"]["signal"] == {
        "kind": "composite",
        "name": None,
    }
    assert found["horizons"][1]["coefficient"]["mean"] is None
    assert found["signals"][0]["signal"] == {"kind": "group", "name": "growth"}
    assert found["decay"] == [
        {"sessions": 21, "mean": 0.1},
        {"sessions": 126, "mean": None},
    ]
    assert found["persistence"] == [{"rankings": 1, "mean": 0.9}]
    assert found["rankings"][0] == {
        "run": "run0", "as_of": "2024-12-31", "made": None, "bought": "2025-01-02",
        "lines": 40, "exposed_later": 0,
        "basket": [{"ticker": "NVDA", "weight": 0.25}],
    }  # fmt: skip
    assert found["basket"]["days"][0] == "2025-01-02"
    assert record(evaluation(benchmark=""))["benchmark"] is None


def test_a_row_is_a_ranking_with_what_came_of_it() -> None:
    rows = compose(evaluation()).rows

    assert rows[0] == {
        "as_of": "2024-12-31", "run": "run0", "made": None, "bought": "2025-01-02",
        "lines": 40, "exposed_later": 0, "ic_21": 0.25, "ic_126": None, "basket": 0.1,
        "before_costs": 0.11, "all_lines": 0.0, "benchmark": 0.01,
    }  # fmt: skip
    assert rows[2]["basket"] is None
    assert [list(row) for row in rows] == [list(rows[0])] * 3


def test_a_ranking_that_is_not_bought_has_a_row() -> None:
    rankings = list(evaluation().findings.rankings)
    rankings[2] = replace(rankings[2], bought=None, made=date(2025, 3, 1))

    row = compose(evaluation("forward", rankings=tuple(rankings))).rows[2]

    assert (row["made"], row["bought"], row["benchmark"]) == ("2025-03-01", None, None)


def test_of_rankings_bought_at_one_session_the_last_earned() -> None:
    """The first was not held: what its successor earned is not its."""
    rankings = list(evaluation().findings.rankings)
    rankings.insert(0, replace(rankings[0], run="before"))
    strength = replace(MONTH.strength, coefficients=(None, 0.25, -0.05, None))
    horizons = (replace(MONTH, strength=strength),)
    found = evaluation(rankings=tuple(rankings), horizons=horizons)

    rows = compose(found).rows

    assert [(row["run"], row["basket"]) for row in rows[:2]] == [
        ("before", None),
        ("run0", 0.1),
    ]


def unescaped(text: str) -> bool:
    return any(sign in text for sign in "\x1b\x9b\x07\u202e\u2066\ufeff\u200b")


@pytest.mark.parametrize("name", ["table", "html", "markdown"])
@pytest.mark.parametrize("text", reports.HOSTILE, ids=ascii)
def test_hostile_names_come_out_harmless(name: str, text: str) -> None:
    strange = [
        replace(one, signal=one.signal._replace(name=f"{text}{at % 4}"))
        for at, one in enumerate(evaluations.others())
    ]
    tracks = (*BASKET.tracks[:3], replace(BASKET.tracks[3], name=text))
    rankings = tuple(replace(r, run=text) for r in evaluation().findings.rankings)
    found = evaluation(
        recipe=text,
        description=text,
        benchmark=text,
        notes=(f"No prices of: {text}.",),
        others=tuple(strange),
        basket=replace(BASKET, tracks=tracks),
        rankings=rankings,
    )

    document = rendered(name, found)

    assert not unescaped(document)
    if name == "html":
        assert "<script>alert" not in document


@pytest.mark.parametrize("text", reports.HOSTILE, ids=ascii)
def test_a_cell_of_a_spreadsheet_is_no_formula(text: str) -> None:
    rankings = tuple(replace(r, run=text) for r in evaluation().findings.rankings)

    lines = rendered("csv", evaluation(rankings=rankings)).splitlines()

    assert not any(cell.startswith("=") for line in lines for cell in line.split(","))


@pytest.mark.parametrize("name", RENDERERS)
def test_every_format_can_tell_that_nothing_is_known(name: str) -> None:
    """Of no ranking, of one without an outcome, and of lines that are all alike."""
    alike = dict.fromkeys("ABCDEF", 1.0)
    for sections in ([], [evidence.ranked(evidence.at(0), alike, alike)] * 2):
        findings = evaluating.evaluate(
            evaluating.Inquiry(
                sections=sections,
                outcomes=evidence.became({n: [1.0] * 30 for n in alike}),
                terms=evidence.TERMS,
            )
        )
        found = replace(evaluation("forward", notes=()), findings=findings)

        assert RENDERERS[name](compose(found), Style()).text is not None
        assert "nan" not in rendered("table", found)


def numbers(value: object) -> list[float]:
    if isinstance(value, dict):
        return [one for inner in value.values() for one in numbers(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in numbers(inner)]
    return [value] if isinstance(value, float) else []


def test_a_real_record_has_finite_numbers_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evaluating, "SHUFFLES", 10)
    planted = evidence.Planted.of(0.2, lines=8, sections=15)
    found = replace(evaluation(), findings=evaluating.evaluate(planted.inquiry()))

    content = json.loads(json.dumps(record(found), allow_nan=False))

    told = numbers(content)
    assert len(told) > 100
    assert all(map(math.isfinite, told))
    assert len(compose(found).rows) == 15


def test_pictures_tell_an_alternative() -> None:
    pictures = [b for b in blocks(evaluation()) if isinstance(b, Picture)]

    assert [one.title for one in pictures] == [
        f"Information coefficients at 21 sessions ({LABEL})",
        f"What the baskets earned ({LABEL})",
    ]
    assert all(one.alternative for one in pictures)
    assert all(
        one.alternative.split(".")[0] in rendered("table", evaluation(), 400)
        for one in pictures
    )


def test_without_a_coefficient_there_is_no_picture_of_them() -> None:
    bare = replace(HALF_YEAR, strength=replace(NOTHING, horizon=126))
    found = evaluation(horizons=(bare,), others=(), basket=None)

    assert not [b for b in blocks(found) if isinstance(b, Picture)]
