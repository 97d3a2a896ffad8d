"""Does this program read the stores that earlier releases wrote?

One small file of each release: prices and statements of the small world, two runs, two
events of the watchlist. A release adds its own, made by the same steps.
"""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

import worlds
from store.figures import SATURDAY, may, prices
from triad_screener import cli, settings
from triad_screener.store import Store, _schema
from worlds import FRIDAY, RANKED

RELEASES = sorted((Path(__file__).parent / "releases").glob("*.duckdb.xz"))


@pytest.fixture(params=RELEASES, ids=lambda file: file.name)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    path = tmp_path / "triad.duckdb"
    path.write_bytes(lzma.decompress(request.param.read_bytes()))
    return Store(path)


def test_there_is_one() -> None:
    assert RELEASES


def test_nothing_of_it_is_damaged_or_unreadable(store: Store) -> None:
    states = store.check()

    assert [one.problem for one in states] == [""] * len(_schema.TABLES)
    assert {one.table: one.rows for one in states if one.rows}.keys() >= {
        *("prices", "statements", "quotes", "fetches", "runs", "run_lines"),
        "watch_events",
    }


def test_its_runs_are_read_with_every_line(store: Store) -> None:
    newest, older = store.runs()

    assert (newest.as_of, older.as_of) == (FRIDAY, may(8))
    for entry in (newest, older):
        screen = store.run(entry.id)
        assert {line.ticker for line in screen.scores.lines} == {*RANKED}
        assert screen.run.id == entry.id
    assert len(store.history("AAA")) == 2


def test_its_figures_and_events_are_there(store: Store) -> None:
    assert len(store.closes(["AAA"], may(11))["AAA"]) == 5
    assert [event.after for event in store.untold_events()] == ["public_filed"]
    assert store.last_fetches()["prices", "AAA"].good_at == SATURDAY


def test_it_is_brought_up_to_date_when_it_is_written_to(store: Store) -> None:
    store.save([prices("BBB", [1, 2])])

    assert store.info().schema_version == len(_schema.STEPS)
    assert len(store.runs()) == 2


def test_the_program_of_today_lists_compares_and_tells_of_its_runs(
    store: Store, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, _ = settings.data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    assert store.path
    store.path.rename(folder / settings.STORE_NAME)
    world = worlds.write(tmp_path / "world")

    def said(*arguments: str, code: int = 0) -> str:
        assert cli.run(arguments) == code
        found = capfd.readouterr()
        assert not found.err
        return found.out

    assert "2 runs" in said("runs", "list")
    assert "2026-05-08" in said("history", "AAA")
    changes = said("diff", "--config", str(world.config), code=1)
    assert "2026-05-08" in changes
    assert FRIDAY.isoformat() in changes
    letter = said("report", *world.options, "--eml", "-", "--allow-stale")
    assert "2026-05-08" in letter
