"""Answer a question: from the stored run if nothing has changed, else by screening.

The same question gets the stored run until a figure of the store is due again or has
changed; nothing is loaded, fetched or scored for it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from triad_screener import __version__
from triad_screener.errors import TriadError, UnknownNameError, UsageError
from triad_screener.sources import SOURCES
from triad_screener.taxonomies import locating
from triad_screener.workflows.serving import (
    AUTO,
    LIVE,
    NOTHING_KEPT,
    STORE,
    Served,
    serve,
)
from triad_screener.workflows.tickers import known_tickers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

    from triad_screener.model.recipe import Recipe
    from triad_screener.model.screen import Screen
    from triad_screener.model.stored import MissingSession
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.workflows.serving import Means

BUNDLED: Final = "bundled"
#: Every name that --source takes; a folder needs its path.
NAMES: Final = (AUTO, LIVE, STORE, *SOURCES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything that the answer depends on, besides the figures.

    Attributes:
        config: The taxonomy asked for; None for the one that serves.
        source: ``auto``, ``yahoo``, ``store``, ``bundled`` or ``folder:PATH``.
        offline: Whether the network is out of bounds.
        recipe: Name of the recipe.
        settings: Values of the recipe that were set, as ``KEY=VALUE``.
        as_of: None for the newest session.
        universe: ``default`` or ``post``.
        incumbents: Tickers held already.
        holdings: Weights held already.
        tickers: To be shown; checked before anything is fetched.
        ignore_unknown: Whether unknown ones among them are no error.
    """

    config: Path | None = None
    source: str = AUTO
    offline: bool = False
    recipe: str = "default"
    settings: tuple[str, ...] = ()
    as_of: date | None = None
    universe: str = "default"
    incumbents: tuple[str, ...] = ()
    holdings: Mapping[str, float] = field(default_factory=dict)
    tickers: tuple[str, ...] = ()
    ignore_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A screen, and how it was come by.

    Attributes:
        told: For people: what was asked for just now.
        warnings: What went wrong on the way, each as a sentence.
        until: Until when the same question has this answer; None if it is not known.
    """

    screen: Screen
    told: str = ""
    warnings: tuple[str, ...] = ()
    until: datetime | None = None


def recall(question: Question, means: Means) -> Answer | None:
    """Return the stored run that still answers ``question``; None without one."""
    if question.source not in (AUTO, STORE) or not means.store.exists():
        return None
    kept = means.store.answer(_key(question), means.clock())
    return Answer(kept) if kept else None


def of_run(run: str, means: Means) -> Answer:
    """Return the stored run whose id begins with ``run``.

    Raises:
        UnknownNameError: If there is none.
        UsageError: If there are several.
        StoreError: If the store cannot be read.
    """
    return Answer(means.store.run(run))


def answer(question: Question, means: Means) -> tuple[Answer, Recipe]:
    """Screen as ``question`` asks; return the answer, and what it was scored by.

    Raises:
        TriadError: As loading, serving and screening do.
    """
    # Imported here: a stored run is shown without them.
    from triad_screener.screening.assembling import Request  # noqa: PLC0415
    from triad_screener.taxonomies import loading, recipes  # noqa: PLC0415
    from triad_screener.workflows.screen import screen  # noqa: PLC0415

    name, _, argument = question.source.partition(":")
    _require_source(name, argument)
    taxonomy = loading.load(locating.locate(question.config))
    recipe = recipes.choose(taxonomy, question.recipe, question.settings)
    known = tuple(line.ticker for line in taxonomy.constituents)
    known_tickers(question.tickers, known, ignore_unknown=question.ignore_unknown)
    incumbents, _ = known_tickers(question.incumbents, known)
    request = Request(
        recipe=recipe,
        recipe_name=" ".join([question.recipe, *question.settings]),
        as_of=question.as_of,
        universe=question.universe,
        incumbents=incumbents,
        holdings=question.holdings,
    )
    served = _served(question, taxonomy, means)
    found = screen(taxonomy, request, source=served.source)
    return Answer(found, served.told, served.warnings, served.until), recipe


def figures(question: Question, taxonomy: Taxonomy, means: Means) -> Served:
    """Return whose figures serve for ``question``; nothing is screened.

    Raises:
        TriadError: As serving does.
    """
    _require_source(*question.source.partition(":")[::2])
    return _served(question, taxonomy, means)


def _require_source(name: str, argument: str) -> None:
    if name not in NAMES:
        raise UnknownNameError("source", name, NAMES)
    if name in (AUTO, LIVE, STORE) and argument:
        raise UsageError(
            f"The source {name} takes no argument, and {argument!r} was given.",
            "Write it as --source folder:PATH to read a folder.",
        )


def _served(question: Question, taxonomy: Taxonomy, means: Means) -> Served:
    name, _, argument = question.source.partition(":")
    if name in SOURCES:
        return Served(SOURCES[name](argument))
    return serve(name, taxonomy, means, as_of=question.as_of, offline=question.offline)


def keep(
    found: Answer, question: Question, means: Means, *, always: bool = False
) -> tuple[str, ...]:
    """Keep the run, and that it answers ``question``; return what went wrong.

    Whoever was told that nothing can be kept is not told so again.

    A screen of the bundled snapshot makes no store of its own: it can be had again
    from the program alone. With ``always`` it does: a letter that was sent is what
    the next one is compared with.
    """
    run = found.screen.run
    if run.source == BUNDLED and not (always or means.store.exists()):
        return ()
    if NOTHING_KEPT in found.warnings:
        return ()
    now = means.clock()
    until = found.until or now
    key = _key(question) if until > now and not found.warnings else ""
    try:
        means.store.save_run(
            found.screen,
            now,
            key=key,
            until=until,
            looked_back=_looks_back(question, now),
        )
    except TriadError as error:
        told = error.what in found.warnings
        return () if told else (f"This run is not kept: {error.what}",)
    return ()


def missing_sessions(found: Answer, means: Means) -> tuple[MissingSession, ...]:
    """Return the sessions that the figures lack; none where the store has no part."""
    from_store = found.screen.run.source == STORE
    known = set(found.screen.tickers)
    every = means.store.missing_sessions() if from_store else ()
    return tuple(one for one in every if one.symbol in known)


def _looks_back(question: Question, now: datetime) -> bool:
    """Return whether a day was asked for that was over by then."""
    return question.as_of is not None and question.as_of < now.date()


def _key(question: Question) -> str:
    """Return a hash of everything the answer depends on, besides the figures."""
    parts = {
        "as_of": question.as_of.isoformat() if question.as_of else None,
        "config": locating.fingerprint(locating.locate(question.config)),
        "holdings": dict(question.holdings),
        "incumbents": question.incumbents,
        "offline": question.offline,
        "program": __version__,
        "recipe": question.recipe,
        "settings": question.settings,
        "source": question.source,
        "universe": question.universe,
    }
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
