"""Does the letter read well in a mail client: with and without pictures, on a phone?"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

import reports
from triad_screener.model.document import Style
from triad_screener.rendering.mail import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Opened = Callable[..., Page]


def letter(*, pictures: bool) -> str:
    """The letter as a client shows it: pictures in place, or none at all."""
    found = render(reports.letter(), Style())
    text = found.text
    for image in found.images:
        data = base64.b64encode(image.content).decode()
        place = (
            f"data:image/png;base64,{data}" if pictures else "data:image/png;base64,"
        )
        text = text.replace(f"cid:{image.name}", place)
    return text


@pytest.mark.parametrize("width", [390, 640, 1280])
@pytest.mark.parametrize("pictures", [True, False])
def test_the_letter_fits_the_window(
    width: int, opened: Opened, *, pictures: bool
) -> None:
    page = opened(letter(pictures=pictures), width=width)

    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_the_headline_is_what_one_sees_first(opened: Opened) -> None:
    page = opened(letter(pictures=False), width=640)

    first = page.locator("body").inner_text().strip().splitlines()[0]
    box = page.locator("h1").bounding_box()
    assert first == reports.letter().title
    assert box is not None
    assert box["y"] < 60


def test_blocked_pictures_are_told_in_words(opened: Opened) -> None:
    page = opened(letter(pictures=False), width=640)

    for picture in reports.PICTURES:
        assert page.get_by_alt_text(picture.alternative).is_visible()


def test_pictures_are_as_wide_as_the_text(opened: Opened) -> None:
    pictures = opened(letter(pictures=True), width=640).locator("img")

    boxes = [picture.bounding_box() for picture in pictures.all()]
    assert [box and box["width"] for box in boxes] == [600] * len(reports.PICTURES)


def test_the_ranking_needs_no_more_than_its_room_at_full_width(
    opened: Opened,
) -> None:
    page = opened(letter(pictures=False), width=640)

    too_wide = page.evaluate(
        "[...document.querySelectorAll('div')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert too_wide == 0


def test_the_letter_stays_light_for_a_reader_in_the_dark(opened: Opened) -> None:
    page = opened(letter(pictures=True), width=640, color_scheme="dark")

    look = page.evaluate(
        "(h => [getComputedStyle(h).color,"
        " getComputedStyle(h.closest('table')).backgroundColor])"
        "(document.querySelector('h1'))"
    )
    assert look == ["rgb(28, 33, 40)", "rgb(255, 255, 255)"]
