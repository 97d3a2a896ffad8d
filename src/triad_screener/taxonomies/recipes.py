"""Which recipe was asked for, and with which values set on the command line?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from triad_screener.errors import UnknownNameError, UsageError
from triad_screener.model.recipe import Recipe
from triad_screener.taxonomies.document import scalar
from triad_screener.taxonomies.mistakes import in_words, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from triad_screener.model.taxonomy import Taxonomy


def choose(taxonomy: Taxonomy, name: str, settings: Sequence[str] = ()) -> Recipe:
    """Return the recipe called ``name`` with ``settings`` applied in order.

    Args:
        taxonomy: Where recipes are listed.
        name: Key under ``recipes``.
        settings: Such as ``"basket.size=3"``.

    Raises:
        UnknownNameError: If the recipe, or a key in a setting, does not exist.
        UsageError: If a value does not fit.
    """
    if name not in taxonomy.recipes:
        raise UnknownNameError("recipe", name, taxonomy.recipes)
    content = taxonomy.recipes[name].model_dump(mode="json")
    for setting in settings:
        _set(content, setting)
    return _validated(content) if settings else taxonomy.recipes[name]


def _set(content: dict[str, Any], setting: str) -> None:
    path, equals, text = setting.partition("=")
    if not equals or not path:
        raise UsageError(
            f"The setting {setting!r} has no value.",
            "Write it as --set basket.size=3.",
        )
    *outer, last = path.strip().split(".")
    part: Any = content
    for key in outer:
        part = part.get(key) if isinstance(part, dict) else None
    if not isinstance(part, dict) or last not in part or isinstance(part[last], dict):
        raise UnknownNameError("recipe value", path, tuple(leaves(content)))
    part[last] = scalar(text.strip())


def leaves(content: dict[str, Any], at: str = "") -> Iterator[str]:
    """Yield the dotted name of every value below ``content``."""
    for key, value in content.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{at}{key}.")
        else:
            yield f"{at}{key}"


def _validated(content: dict[str, Any]) -> Recipe:
    try:
        return Recipe.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    problem, expected = in_words(first)
    raise UsageError(f"The recipe value {written(first['loc'])} {problem}.", expected)
