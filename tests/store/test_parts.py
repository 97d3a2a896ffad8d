"""Is a run of many lines kept in parts, whole, and read a part at a time?"""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

import samples
import screens
from store.figures import SATURDAY
from triad_screener.errors import StoreError
from triad_screener.model.ranking import RankedLines, by_column
from triad_screener.store import Store, _codec, _parts, _schema

if TYPE_CHECKING:
    from pathlib import Path

    from triad_screener.model.screen import Screen


@pytest.fixture(autouse=True)
def every_run_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_parts, "WHOLE", -1)
    monkeypatch.setattr(_parts, "_TOGETHER", 4)


def again(screen: Screen) -> Screen:
    store = Store.in_memory()
    store.save_run(screen, SATURDAY)
    return store.run(screen.run.id)


def with_lines(screen: Screen, columns: int) -> Screen:
    """The screen with as many of its ranked lines, by column."""
    some = by_column(screen.scores.lines[:columns])
    return replace(screen, scores=replace(screen.scores, lines=some))


@pytest.mark.parametrize(
    "screen",
    [
        screens.bundled(),
        screens.bundled(universe="post"),
        screens.bundled(date(2025, 2, 14), neutralise=False),
        with_lines(screens.bundled(), 41),
        with_lines(screens.bundled(), 0),
        screens.small(),
        samples.screen(holdings={"L00": 1.0}),
        replace(screens.small(), facts={}),
    ],
    ids=["bundled", "post", "past", "columns", "none", "small", "holdings", "empty"],
)
def test_a_run_in_parts_reads_back_equal_to_the_last_bit(screen: Screen) -> None:
    found = again(screen)

    assert found == screen
    assert [*found.facts] == [*screen.facts]
    assert len(found.facts) == len(screen.facts)
    assert _codec.to_json(found) == _codec.to_json(screen)


def test_ranked_lines_stay_columns() -> None:
    found = again(with_lines(screens.bundled(), 41)).scores.lines

    assert isinstance(found, RankedLines)


def test_a_line_is_read_alone() -> None:
    screen = screens.bundled()
    head, parts = _parts.divided(screen)
    broken = [*parts[:2], *(b"" for _ in parts[2:])]
    broken[2:4] = parts[2:4]

    found = _parts.joined(head, broken)

    first = next(iter(screen.facts))
    assert found.facts[first] == screen.facts[first]
    assert repr(found.facts[first].readings) == repr(screen.facts[first].readings)


def test_what_is_known_of_a_line_is_read_without_its_raw_values() -> None:
    head, parts = _parts.divided(screens.bundled())
    for readings in range(3, len(parts), 2):
        parts[readings] = b""

    found = _parts.joined(head, parts)

    assert found.newest_close == screens.bundled().newest_close
    with pytest.raises(StoreError, match="holds lines that cannot be read"):
        len(found.facts["NVDA"].readings)


def test_a_run_of_few_lines_stays_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_parts, "WHOLE", 41)

    assert _parts.divided(screens.bundled()) == (screens.bundled(), [])


def test_an_odd_text_stays() -> None:
    screen = screens.small()
    odd = '"\\\n\x00\x1b\u2028\N{PILE OF POO}算力'
    name = next(iter(screen.facts))
    fact = replace(screen.facts[name], name=odd)
    screen = replace(screen, facts={**screen.facts, odd: fact})

    found = again(screen)

    assert found.facts[odd] == fact
    assert [*found.facts][-1] == odd


def test_who_is_not_in_a_run_is_not_known() -> None:
    found = again(screens.small())

    assert "NOBODY" not in found.facts
    with pytest.raises(KeyError):
        found.facts["NOBODY"]


def test_a_run_without_one_of_its_parts_cannot_be_read(tmp_path: Path) -> None:
    store = Store(tmp_path / "triad.duckdb")
    screen = screens.bundled()
    store.save_run(screen, SATURDAY)
    with store._database.writing() as connection:  # noqa: SLF001 - to break it
        connection.execute("UPDATE runs SET parts = parts[:-2]")

    with pytest.raises(StoreError, match="holds a run that cannot be read"):
        store.run(screen.run.id)
    (state,) = [one for one in store.check() if one.table == "runs"]
    assert state.problem == "1 of 1 cannot be read"


@pytest.mark.parametrize("part", [1, 2, 3, 4])
def test_a_check_reads_every_part(tmp_path: Path, part: int) -> None:
    store = Store(tmp_path / "triad.duckdb")
    store.save_run(with_lines(screens.bundled(), 41), SATURDAY)
    assert not any(one.problem for one in store.check())
    with store._database.writing() as connection:  # noqa: SLF001 - to break it
        connection.execute(
            "UPDATE runs SET parts = "
            "parts[:$at - 1] || ['broken'::BLOB] || parts[$at + 1:]",
            {"at": part},
        )

    (state,) = [one for one in store.check() if one.table == "runs"]

    assert state.problem == "1 of 1 cannot be read"


def test_a_run_in_parts_is_backed_up_and_salvaged(tmp_path: Path) -> None:
    store = Store(tmp_path / "triad.duckdb")
    screen = screens.bundled()
    store.save_run(screen, SATURDAY)

    store.back_up(tmp_path / "copy.duckdb")
    store.salvage(tmp_path / "saved.duckdb")

    for name in ("copy.duckdb", "saved.duckdb"):
        assert Store(tmp_path / name).run(screen.run.id) == screen


def test_a_run_of_an_earlier_version_has_no_parts_and_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "triad.duckdb")
    with monkeypatch.context() as earlier:
        earlier.setattr(_schema, "STEPS", _schema.STEPS[:8])
        with store._database.writing() as connection:  # noqa: SLF001 - as it was then
            connection.execute(
                "INSERT INTO runs (id, stored_at, as_of, source, recipe, universe, "
                "lines, ranked, config_hash, data_hash, program_version, screen) "
                "VALUES ('old', now()::TIMESTAMP, '2026-05-15', 's', 'r', 'default', "
                "0, 0, '', '', '', ?)",
                [zlib.compress(_codec.to_json(screens.small()).encode())],
            )
        assert store.info().schema_version == 8

    assert store.run("old") == screens.small()
    assert store.info().schema_version == len(_schema.STEPS)
    assert not any(one.problem for one in store.check())
