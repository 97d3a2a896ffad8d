from __future__ import annotations

from dataclasses import replace

import pytest

from samples import screen
from triad_screener.model.document import Paragraph, PillarStyle
from triad_screener.model.scores import Basket, Choice, Holding
from triad_screener.reporting import baskets, record

STYLES = {"data": PillarStyle("Data", "#123456")}
ONE = (Holding("AAA", 0.15),)


def told(*given: Basket) -> list[str]:
    """What is said beside the baskets, line by line."""
    texts = [
        block.text
        for block in baskets.choices(given, ["data"], STYLES)
        if isinstance(block, Paragraph)
    ]
    return texts[0].splitlines() if texts else []


@pytest.mark.parametrize(
    ("basket", "sentence"),
    [
        (
            Basket("data", 0.15, 0.0, ONE, Choice(4, 2, 0, 40)),
            "Data: 2 of 4 eligible reach 40 points.",
        ),
        (
            Basket("data", 0.2, 0.05, ONE, Choice(4, 1, 0, 40)),
            (
                "Data: 1 of 4 eligible reach 40 points; 5.0% waits: its names are at "
                "the issuer cap."
            ),
        ),
        (
            Basket("data", 0.2, 0.2, (), Choice(4, 0, 0, 33.3)),
            ("Data: 0 of 4 eligible reach 33.3 points; 20.0% waits: no strong names."),
        ),
        (
            Basket("data", 0.2, 0.2, (), Choice(0, 0, 0, 40)),
            (
                "Data: 0 of 0 eligible reach 40 points; 20.0% waits: no line has the "
                "exposure."
            ),
        ),
        (
            Basket("data", 0.15, 0.0, ONE, Choice(4, 1, 2, 40)),
            (
                "Data: 1 of 4 eligible reach 40 points; 2 held already with up to ten "
                "points less."
            ),
        ),
    ],
    ids=["strong", "capped", "weak", "nobody", "held"],
)
def test_a_basket_says_what_it_could_choose_from_and_why_a_part_waits(
    basket: Basket, sentence: str
) -> None:
    assert told(basket) == [sentence]


def test_a_basket_of_an_earlier_program_says_nothing() -> None:
    assert told(Basket("data", 0.2, 0.2, ())) == []


def test_baskets_of_other_pillars_are_not_shown() -> None:
    other = Basket("compute", 0.5, 0.5, (), Choice(0, 0, 0, 40))

    assert baskets.tables([other], ["data"]).tables == ()
    assert told(other) == []


@pytest.mark.parametrize(("breadth", "explained"), [(44.4, True), (1.0, False)])
def test_an_effective_number_above_the_names_held_is_explained(
    breadth: float, *, explained: bool
) -> None:
    # One name of 15% beside a reserve: 1 / 0.15 squared is 44.4.
    basket = Basket("data", 0.15, 0.0, ONE, Choice(4, 2, 0, 40))
    found = replace(screen(), effective_number=breadth)

    blocks = [*baskets.choices([basket], ["data"], STYLES, found)]

    assert ("is above the number of names held, 1: a reserve" in str(blocks)) is (
        explained
    )


def test_the_document_has_the_same_as_numbers() -> None:
    found = record.of_screen(screen(), [])["baskets"][1]

    choice = {"eligible": 4, "strong": 1, "kept": 0, "min_score": 40}
    assert found["choice"] == choice
    assert (len(found["constituents"]), found["waits_because"]) == (1, "issuer_cap")
    assert found["reserve"] == pytest.approx(0.05, abs=1e-12)
