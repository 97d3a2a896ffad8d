"""How is a template filled in, so that no text from outside becomes markup?

Every value is cleaned and escaped on its way into the text; there is no other way in.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from triad_screener.model.document import Paragraph, Picture, Points, Table
from triad_screener.rendering import _cells, _pictures

if TYPE_CHECKING:
    from triad_screener.model.document import Report

_FOLDER = Path(__file__).parent / "templates"


def filled(name: str, /, **values: Any) -> str:  # noqa: ANN401 - all that one needs
    """Return the template ``name`` filled in with ``values``."""
    return _environment().get_template(name).render(values)


def source(name: str) -> str:
    """Return the text of a file among the templates."""
    return (_FOLDER / name).read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        finalize=_cleaned,
        keep_trailing_newline=True,
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
    )
    environment.tests |= {
        "paragraph": lambda block: isinstance(block, Paragraph),
        "points": lambda block: isinstance(block, Points),
        "picture": lambda block: isinstance(block, Picture),
        "table": lambda block: isinstance(block, Table),
    }
    environment.filters |= {"colour": _colour, "drawn": _drawn, "lines": _lines}
    return environment


def _cleaned(value: object) -> object:
    """Return a text without signs that no one can see; what a macro made is clean."""
    made = hasattr(value, "__html__")
    return _cells.clean(value) if isinstance(value, str) and not made else value


def _colour(text: str) -> str:
    """Return a colour, that of the text for anything that is none."""
    return _cells.colour(text) or "currentColor"


def _drawn(picture: Picture, report: Report) -> _pictures.Drawn | None:
    return _pictures.draw(picture, report.pillars)


def _lines(text: str) -> list[str]:
    return text.strip("\n").split("\n")
