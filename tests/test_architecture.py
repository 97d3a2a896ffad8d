"""The house rules that a linter cannot see."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import triad_screener
from triad_screener.cli import COMMANDS
from triad_screener.delivery import CHANNELS
from triad_screener.factors import FACTORS
from triad_screener.rendering import MAIL_PARTS, RENDERERS
from triad_screener.sources import LIVE_SOURCES, MARK_SOURCES, SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triad_screener.registry import Registry

HOUSE = Path(triad_screener.__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))
CORE = ("stats", "market", "factors", "screening", "reporting", "model")
REGISTERS: dict[str, Registry[Any]] = {
    "delivery": CHANNELS,
    "factors": FACTORS,
    "rendering": RENDERERS,
    "mail rendering": MAIL_PARTS,
    "sources": SOURCES,
    "live sources": LIVE_SOURCES,
    "mark sources": MARK_SOURCES,
}
SPECIFIED = [
    "mom_12_1",
    "mom_6_1",
    "rev_yoy_q",
    "rev_cagr_3y",
    "dgp_at",
    "gp_at",
    "ebit_ic",
    "accruals_at",
    "netdebt_at",
    "ebit_ev",
    "fcf_mcap",
    "ey_fwd",
    "vol_252",
    "maxdd_252",
    "thesis",
]
CLOCKS = ("date.today", "datetime.now", "datetime.today", "time.time")
HEAVY = (
    *("numpy", "pandas", "duckdb", "pydantic", "yaml", "rich.table"),
    *("jinja2", "matplotlib"),
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def functions(path: Path) -> Iterator[Function]:
    yield from (
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def public(module: ast.Module) -> Iterator[Function | ast.ClassDef]:
    """Yield public functions, and public classes with their public methods."""
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for node in module.body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield node
            for inner in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(inner, kinds) and not inner.name.startswith("_"):
                    yield inner


def length(function: Function) -> int:
    """Return the lines of a function's body, its docstring left out."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("folder", REGISTERS)
def test_every_registered_line_resolves(folder: str) -> None:
    register = REGISTERS[folder]

    assert all(register[name] is not None for name in register)


@pytest.mark.parametrize("folder", ["delivery", "factors", "rendering", "sources"])
def test_every_file_is_registered(folder: str) -> None:
    files = {path.stem for path in (HOUSE / folder).glob("[!_]*.py")}
    registers = [name for name in REGISTERS if name.endswith(folder)]
    entries = [
        entry for name in registers for entry in REGISTERS[name].entries.values()
    ]

    registered = {entry.partition(":")[0].rpartition(".")[2] for entry in entries}

    assert files == registered


def test_every_command_has_its_file_and_every_file_its_command() -> None:
    files = {path.stem for path in (HOUSE / "cli").glob("[!_]*.py")}

    commands = {module.rpartition(".")[2] for module, _ in COMMANDS.values()}

    assert files - {"fault", "front_page"} == commands


def test_every_factor_is_registered_under_its_own_name() -> None:
    assert all(FACTORS[name].id == name for name in FACTORS)


def test_the_factors_stand_in_the_order_of_the_specification() -> None:
    assert list(FACTORS) == SPECIFIED


def test_help_loads_nothing_heavy() -> None:
    probe = (
        "import sys; from triad_screener import cli; cli.run(['--help']);"
        f"sys.exit(','.join(m for m in {HEAVY} if m in sys.modules) or 0)"
    )

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", probe],
        check=False,
        capture_output=True,
        cwd=HOUSE.parent,
    )

    assert (done.returncode, done.stderr) == (0, b"")


def test_a_screen_loads_neither_pandas_nor_a_database() -> None:
    probe = (
        "import sys; from triad_screener import cli;"
        "code = cli.run(['screen', '--offline', '--format', 'tickers']);"
        "sys.exit(code or ('pandas' in sys.modules) or ('duckdb' in sys.modules))"
    )

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", probe],
        check=False,
        capture_output=True,
        cwd=HOUSE.parent,
    )

    assert done.returncode == 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_whatever_is_public_says_what_it_is(path: Path) -> None:
    module = tree(path)

    silent = [node.name for node in public(module) if not ast.get_docstring(node)]

    assert ast.get_docstring(module)
    assert silent == []


def test_functions_fit_one_glance() -> None:
    lengths = sorted(
        (length(function), f"{path.relative_to(HOUSE)}:{function.name}")
        for path in FILES
        for function in functions(path)
        if path.parent.name != "cli"
    )
    counts = [count for count, _ in lengths]

    median, tenth = statistics.median(counts), counts[int(len(counts) * 0.9)]

    told = f"median {median}, 90th percentile {tenth}, longest {lengths[-5:]}"
    assert median <= 8, told
    assert tenth <= 20, told
    assert counts[-1] <= 60, told


def test_the_program_asks_for_the_time_at_the_command_line_only() -> None:
    asked = {
        str(path.relative_to(HOUSE))
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node).endswith(CLOCKS)
    }

    assert asked == {"cli/_clock.py"}


def test_dice_are_thrown_in_one_place_and_by_a_seed() -> None:
    thrown = [
        f"{path.relative_to(HOUSE)}: {ast.unparse(node)}"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute | ast.Import | ast.ImportFrom)
        and re.search(r"\brandom\b", ast.unparse(node))
    ]

    assert thrown == [
        "stats/draws.py: from numpy.random import Generator",
        "stats/draws.py: np.random.default_rng",
        "stats/draws.py: np.random",
    ]
    assert "default_rng(seed)" in (HOUSE / "stats/draws.py").read_text("utf-8")


@pytest.mark.parametrize("room", CORE)
def test_the_core_knows_no_frames(room: str) -> None:
    imported = {
        name
        for path in (HOUSE / room).rglob("*.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or "", *(a.name for a in node.names)]
    }

    assert not any(name.partition(".")[0] == "pandas" for name in imported)
