"""triad thesis on the command line."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

import worlds
from lives import NETWORK
from triad_screener.cli import _options as options
from triad_screener.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from lives import Clock, Vendor
    from worlds import Answer, Triad, World

EARLY, LATE = "2025-02-14", "2026-05-15"


@pytest.mark.parametrize(
    ("text", "value"),
    [("671b", 671e9), ("14.8T", 14.8e12), ("2.664e6", 2.664e6), ("70 k", 7e4)],
)
def test_an_amount_may_be_written_short(text: str, value: float) -> None:
    assert options.to_amount(text, "--tokens") == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["0", "-1", "nan", "inf", "1e31", "1e999", "9" * 99, "1,5", "x", "\x1b[31m", "٣"],
)
def test_what_is_no_amount_above_zero_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--tokens"):
        options.to_amount(text, "--tokens")


def test_deepseek_v3_is_the_worked_example(triad: Triad) -> None:
    answer = triad("thesis", "scaling")

    assert (answer.code, answer.err) == (0, "")
    assert "3.2856e+24 FLOP" in answer.out
    assert "34.6% of the dense bf16 peak" in answer.out
    assert "3.2856e24 FLOP" in answer.out


@pytest.mark.parametrize(
    ("kind", "beginning"),
    [
        ("csv", "accelerator,speed,users,throughput,bound\nh100_sxm,1,0,0,memory\n"),
        ("tickers", "h100_sxm\nh200_sxm\n"),
        ("markdown", "# Scaling arithmetic: DeepSeek-V3\n"),
        ("html", "<!doctype html>"),
    ],
)
def test_the_arithmetic_comes_in_every_format(
    kind: str, beginning: str, triad: Triad
) -> None:
    answer = triad("thesis", "scaling", "--format", kind)

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(beginning)


def test_a_plot_is_a_png(triad: Triad, tmp_path: Path) -> None:
    path = tmp_path / "users.png"

    answer = triad("thesis", "scaling", "--plot", str(path), "--format", "json")

    assert answer.json["inputs"]["parameters"] == 671e9
    with Image.open(io.BytesIO(path.read_bytes())) as found:
        assert found.format == "PNG"


def test_where_nobody_is_served_there_is_nothing_to_draw(
    triad: Triad, tmp_path: Path
) -> None:
    path = tmp_path / "users.png"
    arguments = ("--parameters", "1e29", "--tokens", "1", "--plot", str(path))

    answer = triad("thesis", "scaling", *arguments)

    assert (answer.code, answer.out) == (2, "")
    assert not path.exists()


@pytest.mark.parametrize(
    "extreme",
    [
        ("--parameters", "1e30", "--tokens", "1e30", "--hours", "1e30"),
        ("--parameters", "1", "--tokens", "1", "--cache-bytes", "1e-3"),
        ("--parameters", "1e30", "--active", "1", "--tokens", "1", "--context", "1"),
    ],
)
def test_the_largest_and_the_smallest_numbers_have_an_answer(
    extreme: tuple[str, ...], triad: Triad
) -> None:
    answer = triad("thesis", "scaling", *extreme, "--format", "json")

    assert (answer.code, answer.err) == (0, "")
    assert "Infinity" not in answer.out
    assert "NaN" not in answer.out


# --- the panel ------------------------------------------------------------------------


def panel(triad: Triad, day: str) -> dict[str, dict[str, Any]]:
    answer = triad(
        *("thesis", "--source", "bundled", "--as-of", day, "--format", "json")
    )
    assert (answer.code, answer.err) == (0, "")
    return {one["id"]: one for one in answer.json["indicators"]}


def test_the_votes_of_two_days_are_those_that_the_figures_give(triad: Triad) -> None:
    early, late = panel(triad, EARLY), panel(triad, LATE)

    changed = {
        name: (early[name]["vote"], late[name]["vote"])
        for name in early
        if early[name]["vote"] != late[name]["vote"]
    }

    assert changed == {
        "slope": (1, None),
        "jevons": (None, 1),
        "rotation": (0, 1),
        "squeeze": (1, 0),
        "private_marks": (None, 1),
    }


def test_capital_expenditure_is_that_of_the_cash_flow_statements(triad: Triad) -> None:
    late = panel(triad, LATE)["capex_ttm"]

    # MSFT, GOOGL, AMZN, META, ORCL; billions in the four quarters to spring 2026.
    now = 97.225 + 109.924 + 151.003 + 75.747 + 48.250
    then = 61.345 + 57.720 + 93.093 + 43.797 + 14.933
    assert late["value"] == pytest.approx(now / then - 1, abs=1e-4)


def test_cited_series_give_the_growth_that_was_published(triad: Triad) -> None:
    late = panel(triad, LATE)

    assert late["nvda_dc"]["value"] == pytest.approx(62.3 / 35.6 - 1)
    months = (410.73 + 415.19 + 317.66) / (349.57 + 285.96 + 260.01)
    assert late["tsmc"]["value"] == pytest.approx(months - 1)
    assert late["tsmc"]["readings"]["level"]["value"] == 0.61
    assert late["jevons"]["value"] == pytest.approx(3.56, abs=5e-3)


def test_a_constant_past_its_age_rule_votes_not_known(triad: Triad) -> None:
    slope = panel(triad, LATE)["slope"]

    assert slope["vote"] is None
    assert "797 days old, and 730 are allowed" in slope["reason"]


def test_the_panel_comes_as_a_table_with_every_falsifier(triad: Triad) -> None:
    answer = triad("thesis", "--source", "bundled", "--as-of", LATE)

    assert (answer.code, answer.err) == (0, "")
    assert answer.rows[0] == "Does the thesis hold? As of 2026-05-15: confirming"
    assert "Applications lead in price and in growth" in answer.out
    assert answer.out.rstrip().endswith("Information, not advice.")


@pytest.mark.parametrize(
    "kind", ["ndjson", "csv", "tsv", "markdown", "html", "tickers"]
)
def test_the_panel_comes_in_every_format(kind: str, triad: Triad) -> None:
    answer = triad("thesis", "--source", "bundled", "--quiet", "--format", kind)

    assert (answer.code, answer.err) == (0, "")
    assert "jevons" in answer.out


def test_the_same_figures_give_the_same_bytes(triad: Triad) -> None:
    arguments = ("thesis", "--source", "bundled", "--format", "json")

    assert triad(*arguments).raw == triad(*arguments).raw


def test_a_day_before_the_data_is_no_data(triad: Triad) -> None:
    answer = triad("thesis", "--source", "bundled", "--as-of", "2019-01-01")

    assert (answer.code, answer.out) == (4, "")


def test_a_taxonomy_without_indicators_is_told_so(triad: Triad, world: World) -> None:
    answer = triad("thesis", *world.options)

    assert (answer.code, answer.out) == (78, "")
    assert "has no indicators under thesis" in answer.err


def test_no_command_below_thesis_goes_by_another_name(triad: Triad) -> None:
    answer = triad("thesis", "scalling")

    assert (answer.code, answer.out) == (2, "")


def test_a_plot_of_the_panel_is_a_png(triad: Triad, tmp_path: Path) -> None:
    path = tmp_path / "panel.png"
    arguments = ("thesis", "--source", "bundled", "--plot", str(path))

    answer = triad(*arguments, "--format", "json")

    assert (answer.code, answer.err) == (0, "")
    assert answer.json["verdict"] == "confirming"
    with Image.open(io.BytesIO(path.read_bytes())) as found:
        assert found.format == "PNG"


def test_the_page_shows_where_each_indicator_stands(triad: Triad) -> None:
    page = triad("thesis", "--source", "bundled", "--format", "html").out

    assert page.count("data:image/png;base64,") == 1
    assert 'alt="0 is where a vote turns -1, 1 where it turns +1: ' in page


# --- the panel of a screen ------------------------------------------------------------


def test_a_screen_shows_the_panel_of_its_own_figures_where_asked(triad: Triad) -> None:
    arguments = ("--source", "bundled", "--as-of", EARLY)

    plain = triad("screen", *arguments)
    verbose = triad("screen", *arguments, "--verbose")

    alone = triad("thesis", *arguments)
    assert (verbose.code, verbose.err) == (0, "")
    assert "\nThesis panel: confirming\n" in verbose.out
    assert "Thesis panel" not in plain.out
    assert "What is missing, and the thesis panel: --verbose." in _in_one_line(
        plain.out
    )
    counts = next(row for row in alone.rows if " neither, " in row)
    assert counts in verbose.out


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("kind", ["markdown", "html"])
def test_the_panel_of_a_screen_comes_in_every_format_for_people(
    kind: str, triad: Triad
) -> None:
    answer = triad("screen", "--source", "bundled", "--verbose", "--format", kind)

    assert (answer.code, answer.err) == (0, "")
    assert "Nearest falsifier: squeeze" in answer.out
    assert answer.out.count("data:image/png;base64,") == (kind == "html")


def test_a_program_reads_the_panel_of_thesis_and_not_of_screen(triad: Triad) -> None:
    arguments = ("screen", "--source", "bundled", "--format", "json")

    assert triad(*arguments, "--verbose").raw == triad(*arguments).raw


def test_without_a_thesis_a_screen_says_nothing_of_one(screen: Triad) -> None:
    answer = screen("--verbose")

    assert answer.code == 0
    assert "panel" not in answer.out


# --- live and from the store ----------------------------------------------------------


@pytest.fixture
def judged(triad: Triad, world: World, live: Triad, tmp_path: Path) -> Triad:
    """Run the program on the small world with a thesis, from vendor and store."""
    del live
    config = worlds.judged(world, tmp_path / "judged.yaml").config
    return lambda *arguments: triad(*arguments, "--config", str(config))


def votes(answer: Answer) -> dict[str, int | None]:
    return {one["id"]: one["vote"] for one in answer.json["indicators"]}


def test_live_figures_are_fetched_judged_and_kept(
    judged: Triad, vendor: Vendor
) -> None:
    first = judged("thesis")
    vendor.asked.clear()
    second = judged("thesis", "--format", "json")

    assert (first.code, first.err) == (0, "")
    assert first.rows[:2] == [
        "Does the thesis hold? As of 2026-05-15: weakening",
        "Figures from Yahoo Finance, kept in the store, as of 2026-05-15, 1 day old.",
    ]
    assert "31 of 31 answers came" in first.rows[2]
    assert votes(second) == {"prices": -1, "sales": 0}
    assert second.json["source"] == "store"
    assert vendor.asked == []


def test_the_store_alone_serves_without_asking(judged: Triad, vendor: Vendor) -> None:
    judged("refresh")
    vendor.asked.clear()

    answers = [
        judged("thesis", "--format", "json", *how)
        for how in (("--offline",), ("--source", "store"))
    ]

    assert [answer.code for answer in answers] == [0, 0]
    assert answers[0].raw == answers[1].raw
    assert votes(answers[0]) == {"prices": -1, "sales": 0}
    assert vendor.asked == []


def test_in_an_outage_the_votes_stay_and_the_reader_is_told(
    judged: Triad, vendor: Vendor, clock: Clock
) -> None:
    before = judged("thesis", "--format", "json")
    clock.forward(days=2)
    vendor.failures["*"] = NETWORK

    people = judged("thesis")
    clock.forward(minutes=20)
    program = judged("thesis", "--format", "json")

    assert any("11 of 11 answers missing: network 11" in row for row in people.rows)
    assert program.raw == before.raw
    assert program.err.startswith("triad: Yahoo Finance: 11 of 11 answers missing")


def test_a_day_of_the_past_is_judged_as_it_was_known(judged: Triad) -> None:
    judged("refresh")

    past = judged("thesis", "--offline", "--as-of", "2026-05-14", "--format", "json")

    assert past.json["as_of"] == "2026-05-14"
    days = {one["id"]: one["as_of"] for one in past.json["indicators"]}
    assert days["prices"] == "2026-05-14"


def test_a_stored_run_shows_the_panel_that_was_judged_with_it(
    judged: Triad, triad: Triad, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = judged("screen", "--verbose")
    run = judged("screen", "--format", "json").json["run"]["id"]
    # Whoever judges again would fail here.
    monkeypatch.setattr("triad_screener.screening.panel.judge", None)

    again = judged("screen", "--verbose")
    named = triad("screen", "--run", run, "--verbose")

    panel = first.out[first.out.index("\nThesis panel: weakening") :]
    assert "A falsifier has come true: prices (Algorithms lead)." in panel
    assert again.out.endswith(panel)
    assert named.code == 0
    assert named.out.endswith(panel)


def test_another_cited_figure_is_another_run_and_shows_in_the_panel(
    judged: Triad, triad: Triad, world: World, tmp_path: Path
) -> None:
    old = judged("screen", "--format", "json").json["run"]
    config = worlds.judged(world, tmp_path / "other.yaml").config
    content = json.loads(config.read_text("utf-8"))
    (point,) = content["thesis"]["series"]["months"]["points"]
    newer = {**point, "end": "2026-04-30", "known": "2026-05-10", "value": 2.0}
    older = {**point, "end": "2025-04-30", "known": "2025-05-10"}
    content["thesis"]["series"]["months"]["points"] = [older, newer]
    config.write_text(json.dumps(content), "utf-8")

    arguments = ("screen", "--config", str(config))
    new = triad(*arguments, "--format", "json").json["run"]

    assert new["config_hash"] == old["config_hash"]
    assert new["id"] != old["id"]
    shown = triad(*arguments, "--verbose").out
    assert "1 for, 0 neither, 1 against, 0 not known" in shown
