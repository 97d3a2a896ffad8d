"""A real browser, without a head: ``TRIAD_CHROMIUM``, or the one of the system."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
QUIET: Final = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
)
#: Read before the tests take every variable of the program away.
CHOSEN: Final = os.environ.get("TRIAD_CHROMIUM")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = CHOSEN or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.fail(f"no browser: install one of {NAMES}, or set TRIAD_CHROMIUM")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=[*QUIET])
        yield found
        found.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens a text as a page from a file; it must be silent and ask for nothing."""
    contexts = []
    heard: list[str] = []

    def open_page(text: str, width: int = 1280, **options: bool | str) -> Page:
        file = tmp_path / "page.html"
        file.write_text(text, "utf-8")
        viewport = {"width": width, "height": 900}
        context = browser.new_context(viewport=viewport, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("dialog", lambda dialog: heard.append(dialog.message))
        page.on("request", lambda request: heard.append(request.url[:60]))
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    own = ("file:///", "data:image/png;base64,")
    assert [said for said in heard if not said.startswith(own)] == []
