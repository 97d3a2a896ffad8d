from __future__ import annotations

import io
import math
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest
from PIL import Image

import reports
from triad_screener.model.document import Drawing, Picture, PillarStyle, Series
from triad_screener.rendering._pictures import draw, sheet

if TYPE_CHECKING:
    from pathlib import Path

DRAW: Final = (
    "import reports; from triad_screener.rendering._pictures import draw;"
    "[draw(picture, reports.PILLARS) for picture in reports.PICTURES]"
)
HOSTILE: Final = (*reports.HOSTILE, "$x_1^2$", "\\frac{1}", "$", "鴻海", "W" * 500, "")


def image(picture: Picture) -> Image.Image:
    drawn = draw(picture, reports.PILLARS)
    assert drawn is not None
    return Image.open(io.BytesIO(drawn.content))


def colours(picture: Picture) -> set[object]:
    found = image(picture).convert("RGB").getcolors(1_000_000)
    assert found is not None
    return {colour for _, colour in found}


def of(drawing: Drawing, *values: float | None, places: int | None = None) -> Picture:
    """A picture of one line."""
    count = len(values) if places is None else places
    days = tuple(f"2026-01-{at + 1:02}" for at in range(count))
    return Picture("T", drawing, "", days, (Series("AAA", values, "compute"),))


@pytest.mark.parametrize("picture", reports.PICTURES, ids=lambda p: p.drawing.name)
def test_a_picture_is_as_wide_as_a_letter_at_twice_the_density(
    picture: Picture,
) -> None:
    drawn = draw(picture, reports.PILLARS)

    assert drawn is not None
    with Image.open(io.BytesIO(drawn.content)) as found:
        assert found.size == (1280, drawn.height * 2)
    assert drawn.width == 640


@pytest.mark.parametrize("picture", reports.PICTURES, ids=lambda p: p.drawing.name)
def test_the_same_picture_gives_the_same_bytes_and_tells_nothing_else(
    picture: Picture,
) -> None:
    once, twice = draw(picture, reports.PILLARS), draw(picture, reports.PILLARS)

    assert once is not None
    assert once == twice
    assert len(once.content) < 80_000
    assert not set(image(picture).info) - {"dpi"}


def test_on_a_scale_of_tens_what_is_not_above_zero_is_not_drawn() -> None:
    nothing = of(Drawing.REACH, 0.0, -1.0)
    gap = of(Drawing.REACH, 10.0, 0.0, 1.0)

    assert draw(nothing, {}) is None
    assert draw(gap, {}) == draw(of(Drawing.REACH, 10.0, None, 1.0), {})


def test_a_bar_that_leaves_the_picture_is_cut_at_the_same_place() -> None:
    far, farther = (of(Drawing.BOUNDS, 0.5, value) for value in (50.0, 70.0))

    assert draw(far, {}) == draw(farther, {})
    assert draw(far, {}) != draw(of(Drawing.BOUNDS, 0.5, 5.0), {})


def test_a_vote_is_told_by_more_than_its_colour() -> None:
    """Without colour the same value of each vote still looks different."""
    votes = [
        replace(of(Drawing.BOUNDS, 0.5), series=(Series(name, (0.5,)),))
        for name in ("+1", "0", "-1")
    ]

    grey = {image(picture).convert("L").convert("1").tobytes() for picture in votes}

    assert len(grey) == len(votes)


@pytest.mark.parametrize("picture", reports.PICTURES, ids=lambda p: p.drawing.name)
def test_the_ground_is_light_whatever_the_reader_likes(picture: Picture) -> None:
    assert image(picture).convert("RGB").getpixel((1, 1)) == (255, 255, 255)


def test_a_pillar_has_its_colour() -> None:
    assert (0xCC, 0x77, 0x22) in colours(of(Drawing.RANKS, 1, 2))


def test_a_colour_that_is_none_is_grey() -> None:
    pillars = {"compute": PillarStyle("Compute", 'red"/><script>')}

    assert draw(of(Drawing.RANKS, 1, 2), pillars) is not None


@pytest.mark.parametrize("drawing", Drawing)
def test_no_value_is_no_picture(drawing: Drawing) -> None:
    for picture in (
        Picture("T", drawing, "", (), ()),
        Picture("T", drawing, "", reports.DAYS, ()),
        of(drawing, None, None),
        of(drawing, math.nan, math.inf),
        of(drawing, 1e300),
        of(drawing, 1, 2, places=0),
    ):
        assert draw(picture, reports.PILLARS) is None


@pytest.mark.parametrize("drawing", Drawing)
@pytest.mark.parametrize(
    "values",
    [
        (1.0,),
        (0.0, 0.0),
        (None, 1.0, None),
        (1.0, None, 2.0, math.nan, 3.0),
        (1e-12, -1e-12),
        (1e14, -1e14),
        (5e-324, 1.0),
        tuple(float(at) for at in range(1, 29)),
    ],
    ids=str,
)
def test_every_number_can_be_drawn(
    drawing: Drawing, values: tuple[float | None, ...]
) -> None:
    above_zero = any(value is not None and value > 0 for value in values)

    drawn = draw(of(drawing, *values), reports.PILLARS)

    assert drawn is not None or (drawing is Drawing.REACH and not above_zero)


@pytest.mark.parametrize("drawing", Drawing)
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_every_name_can_be_drawn(drawing: Drawing, text: str) -> None:
    picture = reports.hostile_picture(text, drawing)
    pillars = {"compute": PillarStyle(text, "#cc7722")}

    assert draw(picture, pillars) is not None


def first_ink(name: str) -> int:
    """How far from the left edge the name beside a bar begins."""
    picture = replace(of(Drawing.PARTS, 1.0), places=(name,))
    found = image(picture).convert("L")
    below = found.crop((0, 90, 300, found.height))
    return below.point(lambda level: 255 * (level < 200)).getbbox()[0]  # type: ignore[index]


@pytest.mark.parametrize("name", ["$a_b$", "$x^2$", "$\\alpha$"])
def test_signs_of_formulas_are_shown_as_they_are(name: str) -> None:
    """A formula would be narrower than the room that its signs are given."""
    assert abs(first_ink(name) - first_ink("a" * len(name))) <= 12


@pytest.mark.parametrize("drawing", Drawing)
def test_forty_lines_can_still_be_told_apart(drawing: Drawing) -> None:
    series = tuple(
        Series(f"N{at}", tuple(float((at + day) % 40 + 1) for day in range(3)))
        for at in range(40)
    )
    picture = Picture("T", drawing, "", reports.DAYS, series)

    drawn = draw(picture, reports.PILLARS)

    assert drawn is not None
    assert drawn.height < 1000


@pytest.mark.parametrize("drawing", Drawing)
def test_a_hundred_lines_are_not_drawn(drawing: Drawing) -> None:
    series = tuple(Series(f"N{at}", (1.0, 2.0, 3.0)) for at in range(100))

    assert draw(Picture("T", drawing, "", reports.DAYS, series), {}) is None


def test_a_hundred_names_with_bars_are_not_drawn() -> None:
    assert draw(of(Drawing.PARTS, *(1.0 for _ in range(100))), {}) is None


def test_many_days_are_drawn() -> None:
    days = tuple(f"{year}-03-0{day}" for year in range(1900, 2100) for day in (1, 2))
    series = (Series("AAA", tuple(float(at + 1) for at in range(len(days)))),)

    assert draw(Picture("T", Drawing.COURSES, "", days, series), {}) is not None


def coefficients(*values: float | None, **lines: float) -> Picture:
    """Bars of some days, and lines across all of them."""
    bars = of(Drawing.COEFFICIENTS, *values)
    across = (Series(name, (at,) * len(values)) for name, at in lines.items())
    return replace(bars, series=(*bars.series, *across))


def test_bars_of_coefficients_stand_on_zero_and_hang_from_it() -> None:
    """The one above is filled, the one below is hatched, so it has more light."""
    above, below = (
        image(coefficients(value, 0.0)).convert("L").resize((64, 27))
        for value in (1.0, -1.0)
    )

    assert above.tobytes() != below.tobytes()
    assert (0x3D, 0x6F, 0xB4) in colours(coefficients(1.0))


def test_the_band_of_a_mean_is_drawn_beside_its_line() -> None:
    alone = coefficients(0.5, -0.5, 0.2)
    mean = coefficients(0.5, -0.5, 0.2, mean=0.1)
    band = coefficients(0.5, -0.5, 0.2, **{"mean": 0.1, "from": -0.2, "to": 0.4})
    turned = coefficients(0.5, -0.5, 0.2, **{"mean": 0.1, "from": 0.4, "to": -0.2})

    drawn = [draw(one, {}) for one in (alone, mean, band)]

    assert len({one.content for one in drawn if one}) == 3
    assert draw(turned, {}) == drawn[2]


def test_a_missing_coefficient_is_a_gap_and_no_zero() -> None:
    gap, wide = coefficients(0.5, None, 0.5), coefficients(0.5, 1e-3, 0.5)

    assert draw(gap, {}) != draw(wide, {})
    assert draw(coefficients(0.5, None, None), {}) is not None


def test_days_of_more_than_a_year_are_told_by_month_and_year() -> None:
    """So that a January is not taken for another."""
    values = (0.1, 0.2)
    within = replace(
        of(Drawing.COEFFICIENTS, *values), places=("2025-01-31", "2026-02-01")
    )
    beyond = replace(within, places=("2025-01-31", "2026-02-02"))
    other = replace(within, places=("2024-01-31", "2026-02-02"))

    drawn = [draw(one, {}) for one in (within, beyond, other)]

    assert len({one.content for one in drawn if one}) == 3
    no_days = replace(within, places=("first", "second"))
    assert draw(no_days, {}) is not None


def test_a_sheet_has_one_picture_under_another() -> None:
    pictures = reports.PICTURES
    heights = [drawn.height for one in pictures if (drawn := draw(one, {}))]

    content = sheet(pictures, reports.PILLARS)

    assert content is not None
    with Image.open(io.BytesIO(content)) as found:
        # The legend of the pillars makes some higher.
        assert found.size[0] == 1280
        assert found.size[1] >= 2 * sum(heights) + 48 * len(heights)
    assert content == sheet(pictures, reports.PILLARS)


def test_what_cannot_be_drawn_is_not_on_the_sheet() -> None:
    nothing = of(Drawing.COURSES, None)

    assert sheet((), {}) is None
    assert sheet((nothing,), {}) is None
    assert sheet((nothing, reports.COURSES), {}) == sheet((reports.COURSES,), {})


def titled(text: str) -> bytes:
    """A sheet of one small picture of that title."""
    from triad_screener.rendering import _plots  # noqa: PLC0415 - as late as ever

    small = io.BytesIO()
    Image.new("RGB", (600, 20)).save(small, format="png")
    return _plots.sheet([(text, small.getvalue())])


@pytest.mark.parametrize("text", [*HOSTILE, "\ud800", "\x00"], ids=ascii)
def test_every_title_can_stand_on_a_sheet(text: str) -> None:
    with Image.open(io.BytesIO(titled(text))) as found:
        assert found.size == (600, 68)


def test_a_title_on_a_sheet_is_clean() -> None:
    """Signs that are none take no room; those the font lacks become question marks."""
    assert titled("\x1b[31mA\u202e") == titled("[31mA")
    assert titled("\u9d3b") == titled("?")
    assert titled("two\nlines") == titled("two lines")
    assert titled("A") != titled("B")


def run(code: str, **environment: str) -> tuple[str, str, int]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MPL")}
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        env={**inherited, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
    )
    return done.stdout, done.stderr, done.returncode


def test_drawing_says_nothing_and_keeps_to_its_folder(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "TRIAD_CACHE_FOLDER": str(tmp_path / "own")}

    assert run(DRAW, **environment) == ("", "", 0)

    assert [path.name for path in tmp_path.iterdir()] == ["own"]


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert run(DRAW, TRIAD_CACHE_FOLDER=str(tmp_path / "file")) == ("", "", 0)


def test_a_folder_the_user_chose_is_kept_to(tmp_path: Path) -> None:
    environment = {
        "MPLCONFIGDIR": str(tmp_path / "chosen"),
        "TRIAD_CACHE_FOLDER": str(tmp_path / "own"),
    }

    assert run(DRAW, **environment) == ("", "", 0)

    assert [path.name for path in tmp_path.iterdir()] == ["chosen"]


def test_the_drawing_library_is_loaded_with_the_first_picture_only() -> None:
    code = (
        "import sys, reports; from dataclasses import replace;"
        "from triad_screener.model.document import Style;"
        "from triad_screener.rendering import MAIL_PARTS, RENDERERS;"
        "report = replace(reports.SAMPLE, blocks=(reports.RANKING,));"
        "[RENDERERS[name](report, Style()) for name in RENDERERS if name != 'html'];"
        "print('jinja2' in sys.modules);"
        "RENDERERS['html'](report, Style()), MAIL_PARTS['html'](report, Style());"
        "print('matplotlib' in sys.modules)"
    )

    assert run(code) == ("False\nFalse\n", "", 0)
