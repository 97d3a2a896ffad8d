"""Which runs are stored, which questions do they answer, which settings were tried?"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from triad_screener.errors import StoreError, UnknownNameError, UsageError
from triad_screener.model.stored import Place, RunEntry, RunSeries
from triad_screener.store import _codec, _times

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from triad_screener.model.screen import Run, Screen

_SHOWN = 5
#: Columns of a place that are not those of its run.
_PLACE = 4
_COLUMNS = (
    "id, stored_at, as_of, source, recipe, universe, lines, ranked, config_hash, "
    "data_hash, program_version, taxonomy, asked_at, looked_back"
)
#: Of a run of an earlier version it is known only whether its day was still to come.
_LOOKED_BACK = "coalesce(looked_back, as_of > stored_at::DATE + 1)"
_READ = _COLUMNS.replace("looked_back", _LOOKED_BACK)
#: The order in which runs were asked for, whatever the clock said then.
_TURN = "coalesce(turn, runs.rowid)"
_NEXT_TURN = f"(SELECT 1 + coalesce(max({_TURN}), 0) FROM runs)"  # noqa: S608 - our own words


class DamagedRunError(Exception):
    """The screen of a stored run cannot be read."""


def save_run(
    connection: DuckDBPyConnection, screen: Screen, at: datetime, *, looked_back: bool
) -> bool:
    """Store a run unless its id is there already; return whether it was stored.

    One that is there is marked as asked for again.
    """
    run = screen.run
    if not looked_back:
        _forget_answers(connection, run)
    if _is_there(connection, run.id):
        _mark_asked(connection, run.id, at, looked_back=looked_back)
        return False
    from triad_screener.store import _parts  # noqa: PLC0415 - showing needs it rarely

    head, parts = _parts.divided(screen)
    row = (
        run.id,
        _times.stored(at),
        run.as_of,
        _written(run.source),
        run.recipe,
        run.universe,
        screen.considered,
        len(screen.scores.lines),
        run.config_hash,
        run.data_hash,
        run.program_version,
        run.taxonomy,
        None,
        looked_back,
        # A name of a file may hold what is no text; JSON can write it all the same.
        zlib.compress(_codec.to_json(head).encode(errors="backslashreplace")),
        parts or None,
    )
    places = ", ".join("?" * len(row))
    connection.execute(
        f"INSERT INTO runs ({_COLUMNS}, screen, parts, turn) "  # noqa: S608 - our own words
        f"VALUES ({places}, {_NEXT_TURN})",
        row,
    )
    _save_places(connection, screen)
    return True


def _forget_answers(connection: DuckDBPyConnection, run: Run) -> None:
    """Let no other run of that day answer unnoticed: whoever asks again is noted."""
    connection.execute(
        "DELETE FROM answers WHERE run_id <> ? AND run_id IN (SELECT id FROM runs "
        "WHERE as_of = ? AND universe = ? AND recipe = ?)",
        [run.id, run.as_of, run.universe, run.recipe],
    )


def _mark_asked(
    connection: DuckDBPyConnection, run_id: str, at: datetime, *, looked_back: bool
) -> None:
    """Note that a run was asked for again; who looks back moves no run of its day."""
    connection.execute(
        f"UPDATE runs SET turn = {_NEXT_TURN}, asked_at = ?, looked_back = ? "  # noqa: S608 - our own words
        f"WHERE id = ? AND ({_LOOKED_BACK} OR NOT ?)",
        [_times.stored(at), looked_back, run_id, looked_back],
    )


def _written(text: str) -> str:
    """Return a text as the database can hold it."""
    return text.encode(errors="backslashreplace").decode()


def _save_places(connection: DuckDBPyConnection, screen: Screen) -> None:
    """Write where each line stands, so that a history needs no screen."""
    from triad_screener.model.ranking import by_column  # noqa: PLC0415 - showing a run
    from triad_screener.store import _rows  # noqa: PLC0415 - needs no numpy

    lines = by_column(screen.scores.lines)
    nothing = [None] * len(screen.scores.unranked)
    with _rows.offered(
        connection,
        "new_places",
        ticker=_rows.texts(screen.scores.considered),
        rank=_rows.numbers([*lines.rank, *nothing]),
        score=_rows.numbers([*lines.score, *nothing]),
        score_low=_rows.numbers([*lines.score_low, *nothing]),
        score_high=_rows.numbers([*lines.score_high, *nothing]),
    ):
        connection.execute(
            "INSERT INTO run_lines BY NAME SELECT ? AS run_id, * FROM new_places",
            [screen.run.id],
        )


def history(connection: DuckDBPyConnection, ticker: str) -> list[Place]:
    """Return where ``ticker`` stood in every run that considered it, oldest first."""
    rows = connection.execute(
        f"SELECT rank, score, score_low, score_high, {_READ} "  # noqa: S608 - our own words
        "FROM run_lines JOIN runs ON runs.id = run_id WHERE ticker = ? "
        f"ORDER BY as_of, {_TURN}",
        [ticker],
    ).fetchall()
    return [Place(_entry(*run), *place) for *place, run in map(_split, rows)]


def ranks(
    connection: DuckDBPyConnection, run_ids: Sequence[str]
) -> dict[str, dict[str, int]]:
    """Return the ranks of each run by ticker, the best first."""
    rows = connection.execute(
        "SELECT run_id, ticker, rank FROM run_lines "
        "WHERE list_contains(?, run_id) AND rank IS NOT NULL ORDER BY run_id, rank",
        [list(run_ids)],
    ).fetchall()
    found: dict[str, dict[str, int]] = {}
    for run_id, ticker, rank in rows:
        found.setdefault(run_id, {})[ticker] = rank
    return found


def _split(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:_PLACE], row[_PLACE:])


def _is_there(connection: DuckDBPyConnection, run_id: str) -> bool:
    row = connection.execute("SELECT 1 FROM runs WHERE id = ?", [run_id]).fetchone()
    return row is not None


def entry(connection: DuckDBPyConnection, prefix: str) -> RunEntry:
    """Return the run whose id is, or alone begins with, ``prefix``.

    Raises:
        UnknownNameError: If there is none.
        UsageError: If there are several.
    """
    known = {one.id: one for one in runs(connection)}
    if prefix in known:
        return known[prefix]
    found = [name for name in known if prefix and name.startswith(prefix)]
    if not found:
        raise UnknownNameError("run", prefix, known)
    if len(found) > 1:
        shown = ", ".join(f"{name} of {known[name].as_of}" for name in found[:_SHOWN])
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise UsageError(
            f"The run {prefix!r} could be {len(found)} runs: {shown}{more}.",
            "Give more of the id.",
        )
    return known[found[0]]


def run(connection: DuckDBPyConnection, prefix: str) -> Screen:
    """Return the screen of the run whose id is, or alone begins with, ``prefix``.

    Raises:
        UnknownNameError: If there is none.
        UsageError: If there are several.
        DamagedRunError: If it cannot be read.
    """
    row = connection.execute(
        "SELECT screen, parts FROM runs WHERE id = ?", [entry(connection, prefix).id]
    ).fetchall()[0]
    return _decoded(*row)


def _decoded(content: bytes | None, parts: Sequence[bytes] | None) -> Screen:
    try:
        head = _codec.from_json(zlib.decompress(content or b"").decode())
        if not parts:
            return head
        from triad_screener.store import _parts  # noqa: PLC0415 - likewise

        return _parts.joined(head, parts)
    except (ValueError, TypeError, zlib.error, RecursionError) as error:
        raise DamagedRunError(str(error)) from error


def unreadable(connection: DuckDBPyConnection) -> int:
    """Return how many runs cannot be read."""
    ids = connection.execute("SELECT rowid FROM runs").fetchall()
    return sum(not _is_readable(connection, rowid) for (rowid,) in ids)


def _is_readable(connection: DuckDBPyConnection, rowid: int) -> bool:
    """Return whether a run can be read, every line of it."""
    row = connection.execute(
        "SELECT screen, parts FROM runs WHERE rowid = ?", [rowid]
    ).fetchall()[0]
    try:
        for fact in _decoded(*row).facts.values():
            len(fact.readings)
    except (DamagedRunError, StoreError, IndexError):
        return False
    return True


def runs(connection: DuckDBPyConnection) -> list[RunEntry]:
    """Return every stored run, the last asked for first."""
    rows = connection.execute(
        f"SELECT {_READ} FROM runs ORDER BY {_TURN} DESC"  # noqa: S608 - our own words
    ).fetchall()
    return [_entry(*row) for row in rows]


def series(connection: DuckDBPyConnection, run_id: str) -> RunSeries:
    """Return what the runs have in common that a stored run is held against."""
    row = connection.execute(
        "SELECT taxonomy, universe, recipe, "
        "(SELECT list(ticker) FROM run_lines WHERE run_id = id) "
        "FROM runs WHERE id = ?",
        [run_id],
    ).fetchall()[0]
    return RunSeries(
        taxonomy=row[0],
        universe=row[1],
        recipe=row[2],
        tickers=frozenset(row[3] or ()),
    )


def alike(connection: DuckDBPyConnection, like: RunSeries) -> list[RunEntry]:
    """Return the runs of a series, the oldest as-of date first.

    Of universe and recipe; of the taxonomy where one of the two identities is not
    known, or both are the same; and at least half of the lines of the larger are in
    both: neither a short copy of a taxonomy nor another one without a name is it.
    Of one date the last asked for stands last.
    """
    rows = connection.execute(
        f"SELECT {_READ} FROM runs WHERE universe = ? AND recipe = ? "  # noqa: S608 - our own words
        "AND coalesce(taxonomy = ?, true) "
        "AND 2 * (SELECT count(*) FROM run_lines "
        "WHERE run_id = id AND list_contains(?, ticker)) >= greatest(lines, ?) "
        f"ORDER BY as_of, {_TURN}",
        [
            like.universe,
            like.recipe,
            like.taxonomy,
            sorted(like.tickers),
            len(like.tickers),
        ],
    ).fetchall()
    return [_entry(*row) for row in rows]


def _entry(run_id: str, at: datetime, *rest: Any) -> RunEntry:  # noqa: ANN401 - columns
    found = RunEntry(run_id, _times.read(at), *rest)
    return replace(found, asked_at=_times.read_or_none(found.asked_at))


def save_answer(
    connection: DuckDBPyConnection, key: str, run_id: str, until: datetime
) -> None:
    """Let a stored run answer the question ``key`` for some time."""
    connection.execute("DELETE FROM answers WHERE key = ?", [key])
    connection.execute(
        "INSERT INTO answers VALUES (?, ?, ?)", [key, run_id, _times.stored(until)]
    )


def answer(connection: DuckDBPyConnection, key: str, now: datetime) -> Screen | None:
    """Return the run that answers the question ``key`` at ``now``, if any does.

    Raises:
        DamagedRunError: If it cannot be read.
    """
    row = connection.execute(
        "SELECT screen, parts FROM answers JOIN runs ON runs.id = run_id "
        "WHERE key = $key AND until > $now AND stored_at <= $now",
        {"key": key, "now": _times.stored(now)},
    ).fetchone()
    return _decoded(*row) if row else None


def note_trial(
    connection: DuckDBPyConnection, key: str, recipe: str, at: datetime
) -> int:
    """Note a setting that was tried, once; return the number of all ever noted."""
    connection.execute(
        "INSERT INTO trials SELECT ?, ?, ? "
        "WHERE NOT EXISTS (FROM trials WHERE key = ?)",
        [key, recipe, _times.stored(at), key],
    )
    count: int = connection.execute("SELECT count(*) FROM trials").fetchall()[0][0]
    return count
