"""A taxonomy as a tree: pillars, layers, lines, watchlist, recipes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from triad_screener.model.document import (
    Column,
    Kind,
    Paragraph,
    PillarStyle,
    Report,
    Table,
    Tone,
)
from triad_screener.model.vocabulary import PILLARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triad_screener.model.document import Block
    from triad_screener.model.taxonomy import Constituent, Taxonomy


def compose(
    taxonomy: Taxonomy, *, language: str = "en", with_recipes: bool = False
) -> Report:
    """Return what a taxonomy holds."""
    styles: dict[str, PillarStyle] = {
        pillar: PillarStyle(getattr(info.name, language), info.colour)
        for pillar, info in taxonomy.pillars.items()
    }
    return Report(
        title=taxonomy.title,
        blocks=tuple(_blocks(taxonomy, with_recipes=with_recipes)),
        record=taxonomy.model_dump(mode="json"),
        rows=tuple(_row(line) for line in taxonomy.constituents),
        tickers=tuple(line.ticker for line in taxonomy.constituents),
        pillars=styles,
    )


def _row(line: Constituent) -> dict[str, Any]:
    return {
        "ticker": line.ticker,
        "name": line.name,
        "issuer": line.issuer,
        "role": line.role,
        "layers": "; ".join(line.layers),
        **{f"exposures.{pillar}": line.exposure_to(pillar) for pillar in PILLARS},
    }


def _blocks(taxonomy: Taxonomy, *, with_recipes: bool) -> Iterator[Block]:
    if taxonomy.reviewed:
        yield Paragraph(f"Last reviewed on {taxonomy.reviewed}.", Tone.QUIET)
    for pillar in taxonomy.pillars:
        yield _pillar(taxonomy, pillar)
    yield from _histories(taxonomy)
    yield _watchlist(taxonomy)
    if with_recipes:
        yield from map(_recipe, taxonomy.recipes.items())


def _pillar(taxonomy: Taxonomy, pillar: Any) -> Table:  # noqa: ANN401 - a Pillar
    columns = (
        Column("Layer", Kind.TEXT, 60),
        Column("Ticker", Kind.NAME, 100),
        Column("Name", Kind.TEXT, 90),
        Column("Role", Kind.TEXT, 80),
        *(Column(name, Kind.FRACTION, 70) for name in PILLARS),
    )
    members: dict[str, list[Constituent]] = {}
    for line in taxonomy.constituents:
        members.setdefault(line.layers[0], []).append(line)
    rows = [
        _leaf(line, layer.name if place == 0 else "")
        for key, layer in taxonomy.layers.items()
        if layer.pillar == pillar
        for place, line in enumerate(members.get(key, ()))
    ]
    summary = taxonomy.pillars[pillar].summary
    return Table("", columns, tuple(rows), pillar=pillar, note=summary)


def _leaf(line: Constituent, layer: str) -> tuple[Any, ...]:
    star = " ★" if line.cornerstone else ""
    shares = (line.exposure_to(p) or None for p in PILLARS)
    return (layer, line.ticker, f"{line.name}{star}", line.role, *shares)


def _histories(taxonomy: Taxonomy) -> Iterator[Table]:
    """Yield every entry of the exposures that have more than one, newest first."""
    columns = (
        Column("Ticker", Kind.NAME, 100),
        Column("Pillar", Kind.PILLAR, 90),
        Column("Date", Kind.DATE, 95),
        Column("Exposure", Kind.FRACTION, 98),
        Column("Basis", Kind.TEXT, 80),
        Column("Publisher", Kind.TEXT, 60),
    )
    rows = tuple(
        (
            line.ticker,
            pillar,
            entry.date,
            entry.share,
            entry.basis.replace("_", " "),
            taxonomy.sources[entry.source].publisher,
        )
        for line in taxonomy.constituents
        for pillar, exposure in line.exposures.items()
        if exposure.history
        for entry in reversed(exposure.entries)
    )
    if rows:
        yield Table("Exposures with a history", columns, rows)


def _watchlist(taxonomy: Taxonomy) -> Table:
    columns = (
        Column("Company", Kind.NAME, 100),
        Column("Pillar", Kind.PILLAR, 90),
        Column("Role", Kind.TEXT, 80),
        Column("Exposure", Kind.FRACTION, 70),
        Column("Stages", Kind.TEXT, 60),
    )
    rows = tuple(
        (e.name, e.pillar, e.role, e.exposure, " > ".join(s.stage for s in e.stages))
        for e in taxonomy.watchlist
    )
    return Table("Watchlist", columns, rows)


def _recipe(entry: tuple[str, Any]) -> Table:
    name, recipe = entry
    values = _leaves(recipe.model_dump(mode="json"))
    columns = (Column("Value", Kind.NAME, 100), Column("Is", Kind.TEXT, 100))
    return Table(f"Recipe {name}", columns, tuple(values))


def _leaves(content: dict[str, Any], at: str = "") -> Iterator[tuple[str, str]]:
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{at}{key}.")
        else:
            yield f"{at}{key}", str(value)
