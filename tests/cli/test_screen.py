"""triad screen: what is shown, and what never changes a score."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

import worlds
from triad_screener.cli import _clock
from worlds import RANKED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lives import Clock
    from worlds import Answer, Triad, World


class Wednesday(date):
    """A clock that has stopped on 20 May 2026, five days after the newest session."""

    @classmethod
    def today(cls) -> Wednesday:
        return cls(2026, 5, 20)


@pytest.fixture
def _wednesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_clock, "date", Wednesday)


def shown(answer: Answer) -> list[str]:
    """The tickers of an answer of ``--format tickers``."""
    assert answer.code == 0
    return answer.rows


# --- which lines are shown ------------------------------------------------------------


def test_all_ranked_lines_are_shown_in_the_order_of_their_scores(screen: Triad) -> None:
    assert shown(screen("--format", "tickers")) == list(RANKED)


def test_commas_may_stand_between_tickers(screen: Triad) -> None:
    chosen = screen("aaa,EEE", "hhh, ccc", "--format", "tickers")

    assert shown(chosen) == ["HHH", "EEE", "CCC", "AAA"]


def test_the_first_column_of_a_table_can_be_screened_again(
    screen: Triad, stdin: Callable[[bytes], None]
) -> None:
    table = screen("--top", "3", "--format", "tsv").rows
    stdin("\n".join(row.split("\t")[0] for row in table).encode())

    assert table[0].startswith("ticker\t")
    assert shown(screen("-", "--format", "tickers")) == list(RANKED[:3])


def test_a_heading_is_no_ticker_on_the_command_line(screen: Triad) -> None:
    assert screen("ticker").code == 2


def test_a_heading_that_was_skipped_is_told_to_a_person(
    screen: Triad, stdin: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    stdin(b"ticker\nAAA\n")

    said = screen("-", "--format", "tickers").err
    stdin(b"ticker\nAAA\n")
    hushed = screen("-", "--format", "tickers", "--quiet").err

    assert hushed == ""
    assert said == "triad: 'TICKER' looks like a column heading; skipped.\n"


def test_tickers_choose_lines_in_any_case_and_keep_the_order_of_ranks(
    screen: Triad,
) -> None:
    assert shown(screen("aaa", "EEE", "AAA", "--format", "tickers")) == ["EEE", "AAA"]


@pytest.mark.parametrize(
    ("content", "tickers"),
    [
        (b"EEE\nAAA\n", ["EEE", "AAA"]),
        (b"EEE AAA,hhh , CCC", ["HHH", "EEE", "CCC", "AAA"]),
        (b"# my lines\nAAA # the first\n\n\r\nCCC#\n", ["CCC", "AAA"]),
        (b"\xef\xbb\xbfAAA\r\n", ["AAA"]),
        (b"", []),
        (b"# nothing held\n", []),
        (b"ticker\nAAA\nCCC\n", ["CCC", "AAA"]),
        (b"AAA\nSymbol\nCCC\n", ["CCC", "AAA"]),
    ],
)
def test_a_dash_reads_tickers_from_standard_input(
    content: bytes, tickers: list[str], screen: Triad, stdin: Callable[[bytes], None]
) -> None:
    stdin(content)

    assert shown(screen("-", "--format", "tickers")) == tickers


def test_standard_input_and_arguments_add_up(
    screen: Triad, stdin: Callable[[bytes], None]
) -> None:
    stdin(b"AAA\n")

    assert shown(screen("EEE", "-", "--format", "tickers")) == ["EEE", "AAA"]


def test_standard_input_that_is_no_text_is_refused(
    screen: Triad, stdin: Callable[[bytes], None]
) -> None:
    stdin(b"\xff\xfe")

    answer = screen("-")

    assert answer.code == 2
    assert answer.err.startswith("triad: Standard input is not UTF-8 text.\n")


def test_an_unknown_ticker_on_standard_input_is_an_error_unless_ignored(
    screen: Triad, stdin: Callable[[bytes], None]
) -> None:
    stdin(b"AAA NOPE \x1b[31mX\n")
    refused = screen("-", "--format", "tickers")
    stdin(b"AAA NOPE \x1b[31mX\n")
    ignored = screen("-", "--format", "tickers", "--ignore-unknown")

    assert (refused.code, refused.out) == (2, "")
    assert shown(ignored) == ["AAA"]
    assert ignored.err == "triad: unknown tickers ignored: NOPE, [31MX\n"


def test_unknown_tickers_alone_leave_nothing_and_not_everything(screen: Triad) -> None:
    assert shown(screen("NOPE", "--ignore-unknown", "--format", "tickers")) == []


@pytest.mark.parametrize(
    ("options", "tickers"),
    [
        (("--pillar", "data"), ["EEE", "GGG", "FFF"]),
        (("--pillar", "data", "--pillar", "algorithms"), [*RANKED[:3], "GGG", "FFF"]),
        (("--top", "2"), ["III", "HHH"]),
        (("--top", "99"), list(RANKED)),
        (("--where", "groups.growth > 1"), ["III", "HHH"]),
        (("--where", "exposures.compute > 0.8"), ["BBB", "AAA"]),
        (("--where", "primary_pillar = 'data' and rank < 5"), ["EEE"]),
        (("--where", "factors.rev_yoy_q.raw > 0.5"), ["III"]),
        (("--where", "false"), []),
        (("--sort", "ticker"), sorted(RANKED)),
        (("--sort", "-ticker"), sorted(RANKED, reverse=True)),
        (("--sort", "market_cap_usd", "--top", "1"), ["AAA"]),
        (("--pillar", "compute", "--top", "1", "--sort", "-rank"), ["AAA"]),
        (("AAA", "EEE", "--where", "rank < 5"), ["EEE"]),
    ],
)
def test_options_choose_lines(
    options: tuple[str, ...], tickers: list[str], screen: Triad
) -> None:
    assert shown(screen(*options, "--format", "tickers")) == tickers


@pytest.mark.parametrize("sort", ["factors.mom_12_1.raw", "-factors.mom_12_1.raw"])
def test_a_missing_value_sorts_last_upwards_and_downwards(
    sort: str, triad: Triad, tmp_path: Path
) -> None:
    world = worlds.write(tmp_path)
    prices = (world.folder / "prices.csv").read_text().splitlines()
    young = [row for row in prices if not row.startswith("FFF")]
    young += [row for row in prices if row.startswith("FFF,2026")]
    (world.folder / "prices.csv").write_text("\n".join(young) + "\n")

    answer = triad("screen", "--sort", sort, "--format", "csv", *world.options)

    assert answer.rows[-1].startswith("FFF,")


# --- which never changes a score ------------------------------------------------------


def lines_of(answer: Answer) -> dict[str, Any]:
    return {line["ticker"]: line for line in answer.json["lines"]}


@pytest.mark.parametrize(
    "options",
    [
        ("AAA",),
        ("--pillar", "data"),
        ("--top", "2"),
        ("--sort", "ticker"),
        ("--where", "score > 50"),
        ("--columns", "ticker"),
        ("--lang", "zh"),
        ("--quiet",),
        ("--verbose",),
        ("--offline",),
    ],
)
def test_what_is_shown_never_changes_a_score_or_a_basket(
    options: tuple[str, ...], screen: Triad
) -> None:
    whole = screen("--format", "json")

    part = screen(*options, "--format", "json")

    assert part.code == 0
    every = lines_of(whole)
    assert all(every[ticker] == line for ticker, line in lines_of(part).items())
    assert lines_of(part)
    for key in ("run", "baskets", "pillars", "watchlist", "gaps"):
        assert part.json[key] == whole.json[key]


# --- machines -------------------------------------------------------------------------


def test_json_is_one_document_whose_numbers_are_numbers(screen: Triad) -> None:
    found = screen("--format", "json").json

    first = found["lines"][0]
    assert found["schema_version"] == 1
    assert found["run"]["as_of"] == "2026-05-15"
    assert found["run"]["source"] == "folder"
    assert [line["ticker"] for line in found["lines"]] == list(RANKED)
    assert first["rank"] == 1
    assert isinstance(first["score"], float)
    assert first["factors"]["rev_yoy_q"]["raw"] == pytest.approx(1000 / 640 - 1)
    assert first["factors"]["ebit_ev"]["raw"] is None
    assert first["factors"]["ebit_ev"]["reason"]


def test_ndjson_and_csv_have_the_same_fields_nested_ones_joined_by_a_dot(
    screen: Triad,
) -> None:
    objects = [json.loads(row) for row in screen("--format", "ndjson").rows]
    rows = list(csv.DictReader(io.StringIO(screen("--format", "csv").out)))
    tabs = screen("--format", "tsv").out
    parted = list(csv.DictReader(io.StringIO(tabs), delimiter="\t"))

    assert [list(one) for one in objects] == [list(row) for row in rows]
    assert rows == parted
    assert {"groups.momentum", "factors.mom_12_1.raw", "exposures.data"} <= set(rows[0])
    for one, row in zip(objects, rows, strict=True):
        assert not any(isinstance(value, (dict, list)) for value in one.values())
        assert row["ticker"] == one["ticker"]
        assert float(row["score"]) == one["score"]
        low = row["score_low"]
        assert (float(low) if low else None) == one["score_low"]


def test_columns_are_those_that_were_named_in_that_order(screen: Triad) -> None:
    answer = screen("--columns", "score, ticker ,rank", "--format", "csv", "--top", "1")

    assert answer.rows[0] == "score,ticker,rank"
    assert answer.rows[1].endswith(",III,1")


def test_a_name_that_is_a_formula_is_none_in_a_spreadsheet(
    triad: Triad, tmp_path: Path
) -> None:
    world = worlds.write(tmp_path)
    content = worlds.taxonomy()
    content["constituents"][0]["name"] = '=HYPERLINK("http://example.org")'
    world.config.write_text(json.dumps(content), "utf-8")

    answer = triad(
        "screen", "AAA", "--columns", "name", "--format", "csv", *world.options
    )

    assert answer.rows[1] == '"\'=HYPERLINK(""http://example.org"")"'


@pytest.mark.parametrize(
    "shape", ["json", "ndjson", "csv", "html", "markdown", "table"]
)
def test_two_runs_give_the_same_bytes(shape: str, screen: Triad) -> None:
    once, twice = (screen("--format", shape) for _ in range(2))

    assert once.raw == twice.raw
    assert once.err == twice.err == ""


# --- universe, holdings, floors -------------------------------------------------------


def test_the_universe_of_the_post_is_scored_within_the_whole_and_ranked_apart(
    screen: Triad,
) -> None:
    whole, post = (
        lines_of(screen("--format", "json", "--universe", name))
        for name in ("default", "post")
    )

    assert {t: line["rank"] for t, line in post.items()} == {
        "HHH": 1,
        "EEE": 2,
        "AAA": 3,
    }
    for ticker, line in post.items():
        assert (
            line["factors"]["vol_252"]["raw"]
            == (whole[ticker]["factors"]["vol_252"]["raw"])
        )


def test_holdings_are_incumbents_and_give_the_turnover(
    screen: Triad, tmp_path: Path
) -> None:
    before = screen("--format", "json").json
    weights = {
        holding["ticker"]: holding["weight"]
        for basket in before["baskets"]
        for holding in basket["constituents"]
    }
    held = tmp_path / "held.csv"
    held.write_text(
        "".join(["ticker,weight\n", *(f"{t},{w}\n" for t, w in weights.items())])
    )

    after = screen("--holdings", str(held), "--format", "json").json

    assert before["turnover"] is None
    assert after["run"]["incumbents"] == sorted(weights)
    assert after["turnover"] == pytest.approx(0, abs=1e-12)
    assert after["warnings"] == []


def test_holdings_that_are_not_in_the_taxonomy_are_named(
    screen: Triad, stdin: Callable[[bytes], None]
) -> None:
    stdin(b"ticker,weight\nCASH,0.5\nAAA,0.1\n")

    answer = screen("--holdings", "-", "--format", "json")

    assert answer.code == 0
    assert answer.json["warnings"] == ["holdings not in the taxonomy: CASH"]


def test_holdings_that_are_no_weights_are_refused(
    screen: Triad, tmp_path: Path
) -> None:
    held = tmp_path / "held.csv"
    held.write_text("ticker,weight\nAAA,50\n")

    answer = screen("--holdings", str(held))

    assert (answer.code, answer.out) == (65, "")
    assert answer.err.startswith(f"triad: {held}: has weights that sum to 50, above 1.")


def test_incumbents_stay_within_the_buffer(screen: Triad) -> None:
    settings = (
        "--set",
        "basket.size=2",
        "--set",
        "basket.buffer=.5",
        "--set",
        "basket.min_score=0",
        "--format",
        "json",
    )

    def compute(answer: Answer) -> list[str]:
        basket = answer.json["baskets"][0]["constituents"]
        return sorted(holding["ticker"] for holding in basket)

    without, with_one = screen(*settings), screen(*settings, "--incumbents", "bbb")

    assert compute(without) == ["CCC", "DDD"]
    assert compute(with_one) == ["BBB", "DDD"]
    assert with_one.json["run"]["incumbents"] == ["BBB"]


@pytest.mark.usefixtures("_wednesday")
@pytest.mark.parametrize(
    ("age", "code"),
    [("5d", 0), ("5", 0), ("4d", 3), ("1w", 0), ("96h", 3), ("120h", 0), ("0d", 3)],
)
def test_figures_over_the_age_asked_for_are_printed_marked_and_end_with_3(
    age: str, code: int, screen: Triad
) -> None:
    answer = screen("--max-age", age, "--format", "json")

    assert answer.code == code
    assert len(answer.json["lines"]) == 9
    assert len(answer.json["warnings"]) == (1 if code else 0)


@pytest.mark.usefixtures("_wednesday")
def test_the_mark_on_old_figures_says_how_old_they_are(screen: Triad) -> None:
    answer = screen("--max-age", "4d")

    assert answer.code == 3
    assert "newest close is of 2026-05-15, older than the 4 days allowed" in answer.out


def test_too_few_fresh_lines_are_printed_marked_and_end_with_3(
    triad: Triad, tmp_path: Path
) -> None:
    world = worlds.write(tmp_path)
    file = world.folder / "prices.csv"
    rows = file.read_text().splitlines()
    old = [row for row in rows if not row.startswith("AAA,2026-05")]
    file.write_text("\n".join(old) + "\n")

    enough, few = (
        triad("screen", *world.options, "--min-coverage", share, "--format", "json")
        for share in ("0.8", "0.9")
    )

    assert (enough.code, few.code) == (0, 3)
    assert few.json["warnings"] == [
        "89% of the lines are ranked on fresh prices, under the 90% asked for."
    ]
    assert enough.json["lines"] == few.json["lines"]


# --- dates ----------------------------------------------------------------------------


def test_a_date_long_after_the_figures_has_what_is_known_flagged_as_stale(
    screen: Triad, clock: Clock
) -> None:
    assert screen("--as-of", "2027-05-15").code == 2

    clock.time = datetime(2027, 5, 14, 12, tzinfo=UTC)  # somewhere it is the 15th
    answer = screen("--as-of", "2027-05-15", "--format", "json")

    assert answer.code == 0
    assert answer.json["run"]["as_of"] == "2027-05-15"
    every = answer.json["lines"] + answer.json["unranked"]
    assert every
    assert not any(line["is_fresh"] for line in every)
    assert all("stale price" in line["flags"] for line in every)


def test_an_earlier_date_uses_earlier_figures_only(screen: Triad) -> None:
    answer = screen("--as-of", "2026-05-01", "--format", "json")

    assert {line["close_date"] for line in answer.json["lines"]} == {"2026-05-01"}


@pytest.mark.parametrize("day", ["2020-01-01", "0001-01-01"])
def test_a_date_before_the_data_has_no_data(day: str, screen: Triad) -> None:
    answer = screen("--as-of", day)

    assert (answer.code, answer.out) == (4, "")
    assert answer.err.startswith(
        f"triad: There are no data on {day}: the source (folder "
    )


@pytest.mark.parametrize(
    "day", ["yesterday", "2026-02-30", "20260515", "2026-05-15T00"]
)
def test_what_is_no_date_is_refused(day: str, screen: Triad) -> None:
    answer = screen("--as-of", day)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"triad: --as-of {day!r} is not a date.\n")


# --- a universe of none, one, two lines -----------------------------------------------


def test_a_taxonomy_without_lines_cannot_be_screened(
    triad: Triad, tmp_path: Path
) -> None:
    config = tmp_path / "t.yaml"
    config.write_text("title: Nothing yet\n")

    answer = triad("screen", "--config", str(config))

    assert (answer.code, answer.out) == (78, "")
    assert answer.err.startswith("triad: Nothing yet: lists no constituents.\n")


@pytest.mark.parametrize("tickers", [("AAA",), ("AAA", "EEE")])
@pytest.mark.parametrize(
    "shape", ["table", "json", "csv", "html", "markdown", "tickers"]
)
def test_one_or_two_lines_are_listed_unranked_with_the_reason(
    tickers: tuple[str, ...], shape: str, triad: Triad, tmp_path: Path
) -> None:
    world = worlds.write(tmp_path, tickers)

    answer = triad("screen", "--format", shape, *world.options)

    assert answer.code == 0
    assert answer.err == ""
    if shape == "json":
        assert answer.json["lines"] == []
        assert [line["ticker"] for line in answer.json["unranked"]] == list(tickers)
        assert all(line["reason"] for line in answer.json["unranked"])
        assert sum(basket["reserve"] for basket in answer.json["baskets"]) == 1
    elif shape != "tickers":
        assert all(ticker in answer.out for ticker in tickers)


def test_two_lines_can_be_ranked_where_the_recipe_allows_it(
    triad: Triad, tmp_path: Path
) -> None:
    world = worlds.write(tmp_path, ("AAA", "EEE"))

    answer = triad(
        "screen", "--set", "active_factor.minimum_lines=2", "--format", "json",
        *world.options,
    )  # fmt: skip

    assert [line["ticker"] for line in answer.json["lines"]] == ["EEE", "AAA"]


# --- names that do not exist ----------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "what", "remedy"),
    [
        (("AAC",), "There is no ticker called 'AAC'.", "Did you mean AAA or AAB?"),
        (("--incumbents", "AAC"), "There is no ticker called 'AAC'.", "Did you"),
        (("--pillar", "dta"), "There is no pillar called 'dta'.", "Did you mean data?"),
        (
            ("--columns", "scor"),
            "There is no column called 'scor'.",
            "Did you mean score",
        ),
        (
            ("--sort", "-scor"),
            "There is no column called 'scor'.",
            "Did you mean score",
        ),
        (
            ("--where", "scor > 1"),
            "There is no column called 'scor'.",
            "Did you mean s",
        ),
        (
            ("--recipe", "equall"),
            "There is no recipe called 'equall'.",
            "Did you mean e",
        ),
        (
            ("--set", "clp=1"),
            "There is no recipe value called 'clp'.",
            "Did you mean cl",
        ),
        (
            ("--universe", "pst"),
            "Invalid value for '--universe': 'pst' is not one",
            "See",
        ),
        (
            ("--format", "xml"),
            "Invalid value for '--format': 'xml' is not one of",
            "See",
        ),
        (("--colour", "x"), "No such option: --colour", "See 'triad screen --help'."),
        (("--top", "0"), "Invalid value for '--top': it should be greater", "See"),
        (("--top", "ten"), "Invalid value for '--top': it should be a valid", "See"),
        (
            ("--min-coverage", "2"),
            "Invalid value for '--min-coverage' (env var: 'TRIAD_MIN_COVERAGE'): it",
            "See",
        ),
        (
            ("--min-coverage", "nan"),
            "Invalid value for '--min-coverage' (env var: 'TRIAD_MIN_COVERAGE'): it",
            "See",
        ),
        (
            ("--max-age", "old"),
            "--max-age 'old' is not an age.",
            "Write 4d, 2w or 36h.",
        ),
        (
            ("--max-age", "-4d"),
            "--max-age '-4d' is not an age.",
            "Write 4d, 2w or 36h.",
        ),
    ],
)
def test_a_name_or_value_that_does_not_exist_is_refused_with_the_nearest(
    options: tuple[str, ...], what: str, remedy: str, screen: Triad
) -> None:
    answer = screen(*options)

    said = answer.err.splitlines()
    assert (answer.code, answer.out) == (2, "")
    assert len(said) == 2
    assert said[0].startswith(f"triad: {what}")
    assert said[1].startswith(f"       {remedy}")


@pytest.mark.parametrize(
    ("source", "code", "what"),
    [
        ("foldr:x", 2, "There is no source called 'foldr'."),
        ("auto:x", 2, "The source auto takes no argument, and 'x' was given."),
        ("bundled:x", 2, "The bundled source takes no argument, and 'x' was given."),
        ("folder", 2, "The folder source needs a path."),
        ("folder:/dev/null/nowhere", 4, "There is no folder /dev/null/nowhere."),
    ],
)
def test_a_source_that_does_not_exist_is_refused(
    source: str, code: int, what: str, triad: Triad
) -> None:
    answer = triad("screen", "--source", source)

    assert (answer.code, answer.out) == (code, "")
    assert answer.err.startswith(f"triad: {what}\n")


@pytest.mark.parametrize("source", ["auto", "bundled"])
def test_without_a_network_the_bundled_snapshot_serves_and_says_so(
    source: str, triad: Triad
) -> None:
    answer = triad("screen", "--source", source, "--offline", "--top", "1")

    assert answer.code == 0
    assert answer.err == ""
    assert "Sample data of 15 May 2026" in answer.out


# --- which taxonomy, source and recipe ------------------------------------------------


def test_a_flag_comes_before_the_environment_and_that_before_the_users_own_file(
    triad: Triad, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = worlds.write(tmp_path / "other", ("EEE", "HHH"))
    home = tmp_path / "home"
    (home / "triad").mkdir(parents=True)
    (home / "triad" / "triad.yaml").write_text("title: Mine\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))

    own = triad("screen")
    monkeypatch.setenv("TRIAD_CONFIG", str(other.config))
    monkeypatch.setenv("TRIAD_SOURCE", f"folder:{world.folder}")
    environment = triad("screen", "--format", "json")
    monkeypatch.setenv("TRIAD_RECIPE", "nonsense")
    recipe = triad("screen")
    flag = triad("screen", "--recipe", "equal", "--format", "json", *world.options)

    assert own.err.startswith("triad: Mine: lists no constituents.")
    assert len(environment.json["unranked"]) == 2
    assert recipe.err.startswith("triad: There is no recipe called 'nonsense'.")
    assert len(flag.json["lines"]) == 9
    assert flag.json["run"]["recipe"] == "equal"


@pytest.mark.parametrize(
    "home", ["/dev/null/nowhere", "/dev/null", "/proc", "/" + "x" * 5000]
)
def test_a_home_that_is_missing_or_cannot_be_read_or_written_does_not_matter(
    home: str, triad: Triad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", home)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name)

    answer = triad("screen", "--top", "1", "--format", "tickers")

    assert (answer.code, answer.out, answer.err) == (0, "TSM\n", "")


def test_no_home_at_all_does_not_matter(
    triad: Triad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    answer = triad("screen", "--top", "1", "--format", "tickers")

    assert (answer.code, answer.out, answer.err) == (0, "TSM\n", "")


# --- warnings of the source -----------------------------------------------------------


def test_what_a_folder_holds_too_much_is_said_in_the_answer_not_on_standard_error(
    triad: Triad, tmp_path: Path
) -> None:
    world = worlds.write(tmp_path)
    with (world.folder / "lines.csv").open("a") as file:
        file.write("ZZZ,,\n")

    answer = triad("screen", "--format", "json", *world.options)

    assert answer.code == 0
    assert answer.err == ""
    assert answer.json["warnings"] == ["lines: symbols not in the taxonomy: 'ZZZ'"]


def test_a_folder_without_closes_or_volumes_is_flagged_and_works(
    triad: Triad, tmp_path: Path
) -> None:
    world = worlds.write(tmp_path)
    file = world.folder / "prices.csv"
    rows = [row.rsplit(",", 2)[0] for row in file.read_text().splitlines()]
    file.write_text("\n".join(rows) + "\n")

    found = triad("screen", "--format", "json", *world.options).json

    assert len(found["lines"]) == 9
    assert all("adjusted close for close" in line["flags"] for line in found["lines"])
    assert all(line["market_cap_usd"] for line in found["lines"])
    assert all(line["average_daily_value_usd"] is None for line in found["lines"])


def test_a_name_of_two_lines_stays_on_the_line_of_the_header(
    triad: Triad, world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "of\ntwo \u2028lines"
    shutil.copytree(world.folder, folder)

    answer = triad(
        "screen", "--config", str(world.config), "--source", f"folder:{folder}"
    )

    assert r"of\ntwo \u2028lines, as of" in " ".join(answer.out.splitlines()[:4])


def test_a_run_on_a_folder_whose_name_is_no_text_is_kept(
    triad: Triad, world: World, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"w\xff")
    shutil.copytree(world.folder, folder)

    answer = triad(
        "screen", "--config", str(world.config), "--source", f"folder:{folder}"
    )

    assert (answer.code, answer.err) == (0, "")
    assert len(triad("runs", "--format", "ndjson").rows) == 1


# --- what a reader is told ------------------------------------------------------------


@pytest.mark.parametrize("shape", ["table", "markdown", "html"])
def test_a_condition_that_nothing_meets_says_so_under_no_heading(
    shape: str, screen: Triad
) -> None:
    answer = screen("--where", "score > 200", "--format", shape)

    assert (answer.code, answer.err) == (0, "")
    assert re.search(r"No line matches .{1,5}score .{1,4} 200", answer.out)
    assert "Ranking" not in answer.out


def test_a_condition_that_nothing_meets_leaves_valid_documents_of_no_line(
    screen: Triad,
) -> None:
    none = ("--where", "score > 200", "--format")

    assert screen(*none, "json").json["lines"] == []
    assert screen(*none, "csv").rows == screen("--format", "csv").rows[:1]
    assert screen(*none, "tsv").rows == screen("--format", "tsv").rows[:1]
    assert screen(*none, "ndjson").out == screen(*none, "tickers").out == ""


def test_a_person_whose_condition_nothing_meets_is_told_so_beside_a_machine_format(
    screen: Triad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    none = ("--where", "score > 200", "--format", "tickers")

    assert screen(*none).err == "triad: No line matches 'score > 200'.\n"
    assert screen(*none, "--quiet").err == ""


@pytest.mark.parametrize("shape", ["table", "markdown", "html"])
def test_quiet_shows_the_result_without_a_title_and_says_nothing(
    shape: str, screen: Triad
) -> None:
    loud, quiet = (
        screen("NOPE", "AAA", "--ignore-unknown", *more, "--format", shape)
        for more in ((), ("-q",))
    )

    assert "NOPE" in loud.err
    assert quiet.err == ""
    assert "AI triad screen" in loud.out
    assert "AI triad screen" not in quiet.out.replace("<title>AI triad screen", "")
    assert "AAA" in quiet.out


def test_quiet_still_tells_what_ends_with_another_code(screen: Triad) -> None:
    answer = screen("-q", "--max-age", "1d")

    assert answer.code == 3
    assert "older than" in answer.err


def test_the_best_comes_first_and_a_minus_turns_it_round(screen: Triad) -> None:
    best = screen("--sort", "score", "--top", "3", "--format", "tickers")
    worst = screen("--sort", "-score", "--top", "3", "--format", "tickers")

    assert shown(best) == list(RANKED[:3])
    assert shown(worst) == list(reversed(RANKED))[:3]


def test_a_column_of_a_group_may_be_called_by_its_last_part(screen: Triad) -> None:
    short = screen("--columns", "ticker,momentum", "--sort", "risk", "--format", "csv")

    assert (
        short.rows
        == screen(
            *("--columns", "ticker,groups.momentum", "--sort", "groups.risk"),
            *("--format", "csv"),
        ).rows
    )
    assert short.rows[0] == "ticker,groups.momentum"


def test_flags_stand_in_one_order_in_every_format(screen: Triad) -> None:
    for line in screen("--format", "json").json["lines"]:
        assert line["flags"] == sorted(line["flags"])
