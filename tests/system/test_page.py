"""Does the page work in a browser: from a file, on a phone, on paper, by keyboard?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

import reports
from triad_screener.model.document import Column, Kind, Report, Style, Table
from triad_screener.rendering.html import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    Opened = Callable[..., Page]

PAGES: Final = ("letter", "explain", "taxonomy", "factors", "by hand", "empty")
EVIL: Final = "<img src=x onerror=alert(1)><script>alert(2)</script>"
UNSORTED: Final = Table(
    "Unsorted",
    (
        Column("Name", Kind.NAME),
        Column("Score", Kind.SCORE),
        Column("Value", Kind.AMOUNT),
    ),
    (
        ("beta", 9.5, 2e9),
        ("Alpha", None, 3e6),
        ("delta", 10.0, None),
        ("gamma", -3.0, 1e12),
        ("epsilon", 10.0, 5.0),
    ),
)


def page_of(name: str) -> str:
    return render(reports.composed(name), Style()).text


def unsorted() -> str:
    return render(Report("T", (UNSORTED,), {}), Style()).text


def column(page: Page, at: int) -> list[str]:
    return page.locator(f"tbody tr td:nth-child({at})").all_inner_texts()


def head(page: Page, name: str) -> Locator:
    return page.locator("th", has_text=name).first


def names(page: Page) -> str:
    return " ".join(column(page, 1))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_from_a_file_and_asks_for_nothing(
    name: str, scheme: str, opened: Opened
) -> None:
    page = opened(page_of(name), color_scheme=scheme)

    assert page.locator("h1").inner_text() == reports.composed(name).title


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_never_scrolls_sideways(name: str, opened: Opened) -> None:
    page = opened(page_of(name), width=390)

    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390


def looks(box: Locator) -> dict[str, str]:
    """What stands over a grid and fades at its edge, once the page is settled."""
    found: dict[str, str] = box.evaluate(
        "async box => { for (let at = 0; at < 3; at++)"
        " await new Promise(requestAnimationFrame);"
        " return { hint: getComputedStyle(box, '::before').content,"
        " mask: getComputedStyle(box).maskImage }; }"
    )
    return found


def test_a_phone_says_plainly_that_a_wide_grid_scrolls(opened: Opened) -> None:
    page = opened(page_of("by hand"), width=390)
    wide, small = page.locator(".scroll").first, page.locator(".side .scroll").first

    before = looks(wide)
    wide.evaluate("box => { box.scrollLeft = 9999 }")
    after = looks(wide)

    assert "Scroll sideways for all columns" in before["hint"]
    assert (before["mask"] != "none", after["mask"]) == (True, "none")
    assert after["hint"] == before["hint"]
    assert looks(small) == {"hint": "none", "mask": "none"}


def test_a_wide_screen_has_no_hint_and_paper_never(opened: Opened) -> None:
    assert looks(opened(page_of("by hand")).locator(".scroll").first)["hint"] == "none"
    paper = opened(page_of("by hand"), width=390)
    paper.emulate_media(media="print")

    shown = paper.locator(".scroll").first.evaluate(
        "box => getComputedStyle(box, '::before').display"
    )
    assert shown == "none"


def test_pictures_are_there_and_say_what_they_show(opened: Opened) -> None:
    pictures = opened(page_of("letter")).locator("img")

    assert pictures.count() == len(reports.PICTURES)
    for picture, told in zip(pictures.all(), reports.PICTURES, strict=True):
        assert picture.evaluate("image => image.naturalWidth") == 1280
        assert picture.get_attribute("alt") == told.alternative


@pytest.mark.parametrize("width", [390, 1280])
def test_a_picture_keeps_its_shape(width: int, opened: Opened) -> None:
    picture = opened(page_of("letter"), width=width).locator("img").first

    shown, drawn = picture.evaluate(
        "image => { const edge = 2 * parseFloat(getComputedStyle(image).paddingTop);"
        " return [(image.clientWidth - edge) / (image.clientHeight - edge),"
        " image.naturalWidth / image.naturalHeight]; }"
    )
    assert shown == pytest.approx(drawn, rel=0.01)


def test_a_click_sorts_and_another_turns_the_order(opened: Opened) -> None:
    page = opened(page_of("screen"))
    score = head(page, "Score")
    at = 1 + [*page.locator("table").first.locator("th").all_inner_texts()].index(
        "Score"
    )

    score.locator("button").click()
    up = [float(text) for text in ranked(page, at)]
    assert score.get_attribute("aria-sort") == "ascending"
    score.locator("button").click()
    down = [float(text) for text in ranked(page, at)]

    assert score.get_attribute("aria-sort") == "descending"
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
    assert len(up) > 30


def ranked(page: Page, at: int) -> list[str]:
    return (
        page.locator("table")
        .first.locator(f"tbody td:nth-child({at})")
        .all_inner_texts()
    )


def test_numbers_sort_as_numbers_equals_keep_their_order_missing_comes_last(
    opened: Opened,
) -> None:
    page = opened(unsorted())

    head(page, "Score").locator("button").click()
    assert names(page) == "gamma beta delta epsilon Alpha"
    head(page, "Score").locator("button").click()
    assert names(page) == "delta epsilon beta gamma Alpha"
    head(page, "Value").locator("button").click()
    assert names(page) == "epsilon Alpha beta gamma delta"


def test_text_sorts_as_a_reader_would(opened: Opened) -> None:
    page = opened(unsorted())

    head(page, "Name").locator("button").click()

    assert names(page) == "Alpha beta delta epsilon gamma"


def test_one_heading_at_a_time_says_that_it_sorts(opened: Opened) -> None:
    page = opened(unsorted())

    for name in ("Score", "Name", "Value"):
        head(page, name).locator("button").click()

    assert page.locator("[aria-sort]").all_inner_texts() == ["Value"]


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_keyboard_sorts(key: str, opened: Opened) -> None:
    page = opened(unsorted())
    page.locator(".scroll").focus()
    for _ in range(2):
        page.keyboard.press("Tab")

    page.keyboard.press(key)

    assert head(page, "Score").get_attribute("aria-sort") == "ascending"
    assert names(page) == "gamma beta delta epsilon Alpha"


def test_without_scripts_the_page_is_all_there(opened: Opened) -> None:
    page = opened(page_of("screen"), java_script_enabled=False)

    assert page.locator("button").count() == 0
    assert "Score" in page.locator("th").all_inner_texts()


def test_paper_has_everything(opened: Opened) -> None:
    page = opened(page_of("letter"))
    page.emulate_media(media="print")
    hidden = page.evaluate(
        "[...document.querySelectorAll('h2, td, th, img, p')]"
        ".filter(e => getComputedStyle(e).visibility === 'hidden'"
        " || getComputedStyle(e).display === 'none').length"
    )

    assert hidden == 0
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")


@pytest.mark.parametrize("text", [EVIL, f'"{EVIL}', f"'>{EVIL}", "</script>" + EVIL])
def test_a_hostile_name_runs_nothing(text: str, opened: Opened) -> None:
    hostile = reports.hostile(text)
    told = replace(reports.RANKS, title=text, alternative=text, note=text)
    report = replace(hostile, blocks=(*hostile.blocks, told))

    page = opened(render(report, Style()).text)

    assert page.locator("h1").inner_text() == text
    assert page.locator("script").count() == 1
    assert page.locator("img[src=x]").count() == 0


def test_the_policy_stops_what_should_ever_slip_through(
    browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text(unsorted(), "utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())

    ran = page.evaluate(
        "() => { const foreign = document.createElement('script');"
        " foreign.textContent = 'window.ran = true'; document.body.append(foreign);"
        " return window.ran === true; }"
    )

    assert not ran
