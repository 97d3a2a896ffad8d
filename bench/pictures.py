"""Draw the pictures of the README: what a terminal shows, as SVG, and a letter.

Run it by ``make pictures``. The text is the program's own output; only the frame and
the font stack are added here. The letter is a page in Chromium, after eight weeks.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from triad_screener.store import Store

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
DARK = TerminalTheme(
    (22, 24, 29),
    (212, 214, 219),
    [(22, 24, 29), (224, 108, 117), (121, 184, 99), (209, 154, 72)] * 2,
)
LIGHT = TerminalTheme(
    (250, 250, 248),
    (40, 42, 48),
    [(40, 42, 48), (190, 50, 60), (50, 125, 50), (150, 95, 10)] * 2,
)
SHOTS = {
    "screen-120-dark": (120, DARK, ["screen", "--top", "15"]),
    "screen-80-light": (80, LIGHT, ["screen", "--top", "15"]),
    "screen-160-dark": (160, DARK, ["screen"]),
    "explain-120-dark": (120, DARK, ["explain", "TSM"]),
}
AGE = re.compile(r", \d+ days old")


def output(arguments: list[str], width: int) -> str:
    """Return what ``triad`` prints in a colour terminal of ``width`` columns."""
    environment = os.environ | {
        "COLUMNS": str(width),
        "COLORTERM": "truecolor",
        "TRIAD_OFFLINE": "1",
    }
    environment.pop("NO_COLOR", None)
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "triad_screener", *arguments, "--color", "always"],
        check=True,
        capture_output=True,
        env=environment,
    )
    # The age of the figures depends on the day of the picture.
    return AGE.sub("", done.stdout.decode())


def draw(name: str, width: int, theme: TerminalTheme, arguments: list[str]) -> None:
    """Write one picture, self-contained: no font is loaded from elsewhere."""
    console = Console(
        record=True,
        width=width,
        file=StringIO(),
        force_terminal=True,
        color_system="truecolor",
    )
    console.print(Text.from_ansi(output(arguments, width)), soft_wrap=True)
    title = f"triad {' '.join(arguments)}"
    picture = console.export_svg(title=title, theme=theme, unique_id=name)
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    picture = re.sub(r"<!--.*?-->\s*", "", picture, flags=re.DOTALL)
    picture = picture.replace("Fira Code, monospace", "ui-monospace, monospace")
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / f"{name}.svg").write_text(picture, "utf-8")


#: Fridays of the snapshot, and how much of the page is shown.
WEEKS = [date(2026, 3, 27) + timedelta(weeks=week) for week in range(8)]
WIDTH, HEIGHT = 1040, 1330


def draw_letter(name: str) -> None:
    """Write a picture of the page that a reader gets after eight weeks."""
    with TemporaryDirectory() as folder:
        os.environ["TRIAD_DATA_FOLDER"] = folder
        Store(Path(folder) / "triad.duckdb").save([])  # which then keeps every run
        page = Path(folder) / "page.html"
        for week in WEEKS:
            day = ["--source", "bundled", "--as-of", week.isoformat()]
            output(["screen", *day], 80)
        report = ["report", *day, "--format", "html", "--output", str(page)]
        output(report, 80)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            shown = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            shown.goto(page.as_uri())
            shown.screenshot(path=PICTURES / f"{name}.png")
            browser.close()


def draw_evidence(name: str) -> None:
    """Write how the rankings of the snapshot fared."""
    back = ["evaluate", "--reconstruct", "--source", "bundled", "--benchmark", "SMH"]
    output([*back, "--plot", str(PICTURES / f"{name}.png")], 80)


if __name__ == "__main__":
    draw_letter("letter-page")
    print(PICTURES / "letter-page.png")
    draw_evidence("evidence")
    print(PICTURES / "evidence.png")
    for shot, (columns, palette, command) in SHOTS.items():
        draw(shot, columns, palette, command)
        print(PICTURES / f"{shot}.svg")
