"""Is a screen that was written and read the same, to the last bit?"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from math import copysign, isnan, nextafter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import samples
import screens
import triad_screener
from triad_screener.model.quantity import Figure
from triad_screener.store._codec import from_json, to_json

if TYPE_CHECKING:
    from triad_screener.model.screen import LineFacts, Screen


def again(screen: Screen) -> Screen:
    return from_json(to_json(screen))


@pytest.mark.parametrize(
    "screen",
    [
        screens.bundled(),
        screens.bundled(universe="post"),
        screens.bundled(date(2025, 2, 14), neutralise=False),
        screens.small(),
        samples.screen(holdings={"L00": 1.0}),
    ],
    ids=["bundled", "post", "past", "small", "holdings"],
)
def test_a_screen_reads_back_equal(screen: Screen) -> None:
    found = again(screen)

    assert found == screen
    assert to_json(found) == to_json(screen)
    # Equal mappings may still differ in their order.
    assert repr(found) == repr(replace(screen, facts={**screen.facts}))


#: What the first version of a store did not write.
LATER = {
    "WatchlistFact": ("stages", "marks", "revenue", "events", "cik", "basis", "rubric"),
    "MarkFact": ("lead", "weight", "post_money_usd", "rate"),
    "HolderFact": ("votes", "amount", "value_usd", "of_market_cap", "diluted_by"),
}


def test_what_an_older_program_did_not_write_takes_its_default() -> None:
    screen = screens.bundled()
    plain = json.loads(to_json(screen))
    del plain["benchmarks"], plain["panel"]
    for fact in plain["facts"].values():
        for exposure in fact["exposures"].values():
            del exposure["others"]
    for entry in plain["watchlist"]:
        for name in LATER["WatchlistFact"]:
            del entry[name]
        for name in LATER["MarkFact"] if entry["last_mark"] else ():
            del entry["last_mark"][name]
        for holder in entry["holders"]:
            for name in LATER["HolderFact"]:
                del holder[name]

    found = from_json(json.dumps(plain))

    assert found.scores == screen.scores
    assert {name: _alone(fact) for name, fact in screen.facts.items()} == found.facts
    assert (found.benchmarks, found.watchlist[0].marks) == ((), ())
    assert found.panel is None
    assert [one.stage for one in found.watchlist] == [
        one.stage for one in screen.watchlist
    ]


def _alone(fact: LineFacts) -> LineFacts:
    """The facts without exposures of other dates."""
    alone = {p: replace(one, others=()) for p, one in fact.exposures.items()}
    return replace(fact, exposures=alone)


def test_what_every_program_wrote_may_not_be_missing() -> None:
    plain = json.loads(to_json(screens.small()))
    del plain["scores"]

    with pytest.raises(ValueError, match="not a screen"):
        from_json(json.dumps(plain))


def test_an_empty_screen_reads_back_equal() -> None:
    screen = replace(screens.small(), facts={}, watchlist=(), turnover=None)

    assert again(screen) == screen


@pytest.mark.parametrize("value", [0.1, 1e300, 5e-324, nextafter(1, 2), -0.0])
def test_every_bit_of_a_number_stays(value: float) -> None:
    found = again(replace(screens.small(), turnover=value)).turnover

    assert found is not None
    assert found.hex() == value.hex()
    assert copysign(1, found) == copysign(1, value)


def test_a_field_called_date_is_a_date() -> None:
    screen = screens.bundled()
    dated = screen.facts["NVDA"].close

    found = again(screen).facts["NVDA"]

    assert isinstance(found.close, Figure)
    assert dated is not None
    assert found.close.date == dated.date
    assert isinstance(found.exposures["compute"].date, date)


def test_a_text_of_any_kind_stays() -> None:
    text = '"\\\n\x00\x1b\u2028\N{PILE OF POO}算力'
    screen = replace(screens.small(), warnings=(text,))

    assert again(screen).warnings == (text,)


def test_a_screen_is_one_line() -> None:
    assert "\n" not in to_json(screens.bundled())


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"run": 5}', to_json(screens.small())[:-9]]
)
def test_what_is_no_screen_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - JSON has its own words
        from_json(text)


def test_a_field_of_a_newer_program_is_passed_over() -> None:
    content = json.loads(to_json(screens.small()))

    assert from_json(json.dumps({**content, "later": 1})) == screens.small()


def test_a_field_without_default_that_was_not_written_is_empty() -> None:
    content = json.loads(to_json(screens.small()))
    line = content["scores"]["lines"][0]
    del content["warnings"], line["score"], line["score_low"], content["run"]["source"]

    found = from_json(json.dumps(content))

    assert (found.warnings, found.run.source) == ((), "")
    assert isnan(found.scores.lines[0].score)
    assert found.scores.lines[0].score_low is None


def test_reading_a_screen_loads_nothing_heavy() -> None:
    heavy = ("numpy", "pandas", "duckdb", "pydantic")
    probe = (
        "import sys, triad_screener.store, triad_screener.store._codec as codec;"
        "codec.from_json(sys.stdin.read());"
        f"sys.exit(','.join(m for m in {heavy} if m in sys.modules) or 0)"
    )

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", probe],
        input=to_json(screens.small()).encode(),
        check=False,
        capture_output=True,
        cwd=Path(triad_screener.__file__).parent.parent,
    )

    assert (done.returncode, done.stderr) == (0, b"")
