"""How is a run of thousands of lines kept, so that it opens without reading them all?

In parts: the tickers, the ranked lines as columns, and the lines by the hundred, what
is known of them apart from the raw values with their figures. A part is read when
somebody asks for a line of it. Everything is kept, whatever the size.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from zipfile import BadZipFile

from triad_screener.errors import StoreError
from triad_screener.model.ranking import FactorScores, RankedLines
from triad_screener.model.screen import LineFacts, Reading
from triad_screener.store import _codec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from triad_screener.model.screen import Screen

#: Lines up to which a run is one text.
WHOLE: Final = 2_000
#: Lines in a part.
_TOGETHER: Final = 100
_LINES, _READINGS = tuple[LineFacts, ...], tuple[Mapping[str, Reading], ...]
#: Columns of `RankedLines` that are arrays.
_ARRAYS: Final = (
    *("score", "score_low", "score_high", "composite_z", "composite_ex_thesis_z"),
    *("coverage", "confidence", "confidence_label", "freshness", "stability"),
    *("precision", "primary_pillar", "thesis_exposure"),
)
_CELLS: Final = ("raw", "rank", "rank_z", "z")


def divided(screen: Screen) -> tuple[Screen, list[bytes]]:
    """Return a screen without its long lists, and these; all of it for a short one."""
    if len(screen.facts) <= WHOLE:
        return screen, []
    lines, facts = screen.scores.lines, screen.facts
    tickers = [*facts]
    parts = [zlib.compress(json.dumps(tickers).encode()), b""]
    head = replace(screen, facts={})
    if isinstance(lines, RankedLines):
        parts[1] = _ranking(lines)
        head = replace(head, scores=replace(screen.scores, lines=()))
    for first in range(0, len(tickers), _TOGETHER):
        told = [facts[ticker] for ticker in tickers[first : first + _TOGETHER]]
        parts += (
            _packed([replace(fact, readings={}) for fact in told], _LINES),
            _packed([fact.readings for fact in told], _READINGS),
        )
    return head, parts


def joined(head: Screen, parts: Sequence[bytes]) -> Screen:
    """Return the screen that was `divided`.

    Raises:
        ValueError: If a part is missing, or the ranking cannot be read.
    """
    names, ranking, *lines = parts
    facts = StoredFacts(head.run.id, json.loads(zlib.decompress(names)), lines)
    screen = replace(head, facts=facts)
    if not ranking:
        return screen
    try:
        ranked = _ranked(ranking)
    except (BadZipFile, EOFError, KeyError, OSError) as error:
        message = f"no ranking: {error}"
        raise ValueError(message) from error
    return replace(screen, scores=replace(head.scores, lines=ranked))


class StoredFacts(Mapping[str, LineFacts]):
    """What is known of each line of a stored run: read when somebody asks.

    Args:
        run_id: Of the run.
        tickers: Of the lines, in their order.
        parts: Of a hundred lines each, one of facts and one of readings in turn.

    Raises:
        ValueError: If there are more or fewer parts than the lines fill.
        StoreError: When a line is read of a part that cannot be read.
    """

    def __init__(
        self, run_id: str, tickers: Sequence[str], parts: Sequence[bytes]
    ) -> None:
        if len(parts) != 2 * -(-len(tickers) // _TOGETHER):
            message = f"{len(parts)} parts for {len(tickers)} lines"
            raise ValueError(message)
        self._run_id = run_id
        self._positions = {ticker: at for at, ticker in enumerate(tickers)}
        self._parts = parts
        self._read: dict[int, tuple[LineFacts, ...]] = {}

    def __getitem__(self, ticker: str) -> LineFacts:
        part, at = divmod(self._positions[ticker], _TOGETHER)
        if part not in self._read:
            facts, readings = self._parts[2 * part : 2 * part + 2]
            later = _Later(self._run_id, readings)
            self._read[part] = tuple(
                replace(fact, readings=StoredReadings(later, position))
                for position, fact in enumerate(_unpacked(self._run_id, facts, _LINES))
            )
        return self._read[part][at]

    def __iter__(self) -> Iterator[str]:
        return iter(self._positions)

    def __len__(self) -> int:
        return len(self._positions)

    def __contains__(self, ticker: object) -> bool:
        return ticker in self._positions


class _Later:
    """The readings of a hundred lines, read once somebody asks for one of them."""

    def __init__(self, run_id: str, part: bytes) -> None:
        self._run_id = run_id
        self._part = part
        self._read: tuple[Mapping[str, Reading], ...] | None = None

    def of(self, at: int) -> Mapping[str, Reading]:
        if self._read is None:
            self._read = _unpacked(self._run_id, self._part, _READINGS)
        return self._read[at]


class StoredReadings(Mapping[str, Reading]):
    """The raw values of one line of a stored run, by factor."""

    def __init__(self, later: _Later, at: int) -> None:
        self._later = later
        self._at = at

    def __getitem__(self, factor: str) -> Reading:
        return self._later.of(self._at)[factor]

    def __iter__(self) -> Iterator[str]:
        return iter(self._later.of(self._at))

    def __len__(self) -> int:
        return len(self._later.of(self._at))

    def __repr__(self) -> str:
        return repr(self._later.of(self._at))


def _packed(value: object, kind: object) -> bytes:
    text = _codec.written(value, kind)
    return zlib.compress(text.encode(errors="backslashreplace"))


def _unpacked(run_id: str, content: bytes, kind: object) -> Any:  # noqa: ANN401 - of that kind
    try:
        return _codec.read(zlib.decompress(content).decode(), kind)
    except (ValueError, zlib.error) as error:
        raise StoreError(
            f"with the run {run_id}",
            "holds lines that cannot be read",
            "Run the screen again, or update triad.",
        ) from error


def _ranking(lines: RankedLines) -> bytes:
    """Return ranked lines as an archive of arrays; texts are JSON in bytes."""
    import numpy as np  # noqa: PLC0415 - a short run is shown without it

    words = {
        "tickers": lines.tickers,
        "groups": [*lines.groups],
        "weights": {name: one.weight for name, one in lines.factors.items()},
    }
    factors = [
        [getattr(one, cell) for cell in _CELLS] for one in lines.factors.values()
    ]
    file = BytesIO()
    np.savez_compressed(
        file,
        words=np.frombuffer(json.dumps(words).encode(), np.uint8),
        groups=np.array([*lines.groups.values()], np.float64),
        factors=np.array(factors, np.float64),
        **{name: getattr(lines, name) for name in _ARRAYS},
    )
    return file.getvalue()


def _ranked(content: bytes) -> RankedLines:
    import numpy as np  # noqa: PLC0415 - likewise

    with np.load(BytesIO(content), allow_pickle=False) as found:
        words = json.loads(found["words"].tobytes())
        weights = words["weights"].items()
        cells = found["factors"]
        return RankedLines(
            tickers=tuple(words["tickers"]),
            groups=dict(zip(words["groups"], found["groups"], strict=True)),
            factors={
                name: FactorScores(
                    **dict(zip(_CELLS, cell, strict=True)), weight=weight
                )
                for cell, (name, weight) in zip(cells, weights, strict=True)
            },
            **{name: found[name] for name in _ARRAYS},
        )
