from __future__ import annotations

import csv
import gzip
import io
import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any, get_args

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import evaluations
import samples
import screens
from oracle import cross_sections
from triad_screener.cli import run
from triad_screener.factors import FACTORS
from triad_screener.model.market import DatedValue, LineData
from triad_screener.model.rubric import Rubric
from triad_screener.model.thesis import Precision
from triad_screener.model.vocabulary import (
    Basis,
    Criterion,
    EventKind,
    Grade,
    Role,
    Stage,
)
from triad_screener.model.watch import Checked, Company, WatchCheck, WatchEvent
from triad_screener.reporting import checked, dossier, letter, record, watchlist
from triad_screener.reporting.changes import Compared
from triad_screener.reporting.letter import Story
from triad_screener.reporting.overview import View
from triad_screener.reporting.record import SCHEMA_VERSION
from triad_screener.screening.changes import compare
from triad_screener.screening.rubric import judge
from triad_screener.shipped import shipped
from watched import known_on
from watchers import sighting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NAMES = (
    "screen",
    "explain",
    "score",
    "report",
    "watchlist",
    "watchlist_check",
    "thesis",
    "evaluate",
    "thesis_scaling",
)
Json = Any
Place = tuple[str | int, ...]


def schema(name: str) -> dict[str, Json]:
    text = (files("triad_screener") / "schemas" / f"{name}.json").read_text("utf-8")
    found: dict[str, Json] = json.loads(text)
    return found


def mistakes(name: str, document: Json) -> list[str]:
    every = (
        (one["$id"], DRAFT202012.create_resource(one)) for one in map(schema, NAMES)
    )
    validator = Draft202012Validator(
        schema(name),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
        registry=Registry().with_resources(every),
    )
    return [f"{e.json_path}: {e.message}" for e in validator.iter_errors(document)]


def printed(arguments: Sequence[str], folder: Path) -> Json:
    """The JSON that a command writes, with the shipped taxonomy unless it names one."""
    path = folder / "answer.json"
    config = [] if "--config" in arguments else ["--config", str(_shipped_taxonomy())]

    code = run([*arguments, *config, "--format", "json", "--output", str(path)])

    assert code == 0
    return json.loads(path.read_bytes())


def _shipped_taxonomy() -> Path:
    return shipped("config/triad.yaml")


@pytest.fixture(scope="module")
def default_screen(tmp_path_factory: pytest.TempPathFactory) -> Json:
    return printed(["screen"], tmp_path_factory.mktemp("screen"))


@pytest.fixture
def short_screen(default_screen: Json) -> Json:
    """The screen with one entry of each kind, quick to check many times."""
    found = deepcopy(default_screen)
    found["lines"] = found["lines"][:1]
    (line,) = found["lines"]
    line["factors"] = {**line["factors"], "gp_at": _missing(line["factors"]["gp_at"])}
    found["unranked"] = [_unranked(line)]
    found["watchlist"] = found["watchlist"][:1]
    found["gaps"] = found["gaps"][:1]
    found["warnings"] = ["something is odd"]
    found["not_listed"] = ["CRWV"]
    found["run"]["incumbents"] = ["NVDA"]
    found["turnover"] = 0.25
    found["pillars"] = {p: places[:1] for p, places in found["pillars"].items()}
    return found


def _missing(factor: Json) -> Json:
    return {**factor, "raw": None, "rank_z": None, "z": 0.0, "reason": "absent"}


def _unranked(line: Json) -> Json:
    gone = dict.fromkeys(
        [
            "rank",
            "score",
            "score_low",
            "score_high",
            "composite_z",
            "composite_ex_thesis_z",
            "confidence",
            "confidence_label",
            "freshness",
            "stability",
            "precision",
        ]
    )
    spare = {"reason": "insufficient data", "about_equal_to_next": False}
    return {**deepcopy(line), **gone, **spare, "in_basket": []}


def _fields(value: Json, at: Place = ()) -> Iterator[Place]:
    """Every named field in a document, the first of each list standing for all."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*at, key)
            yield from _fields(inner, (*at, key))
    if isinstance(value, list) and value:
        yield from _fields(value[0], (*at, 0))


def _holder(document: Json, place: Place) -> Json:
    for step in place[:-1]:
        document = document[step]
    return document


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_is_itself_sound(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))

    assert schema(name)["$schema"].endswith("draft/2020-12/schema")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--as-of", "2025-02-14"),
        ("--universe", "post"),
        ("--pillar", "data", "--top", "2", "--sort", "-coverage"),
        ("--where", "score > 100"),
        ("--set", "neutralise.by=none", "--set", "group_weights.value=0"),
        ("--incumbents", "GDS,IBM", "--min-coverage", "0"),
    ],
)
def test_a_screen_is_what_its_schema_says(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    document = printed(["screen", *arguments], tmp_path)

    assert mistakes("screen", document) == []


def test_the_default_screen_is_what_its_schema_says(default_screen: Json) -> None:
    assert mistakes("screen", default_screen) == []
    assert len(default_screen["lines"]) > 30


def test_holdings_give_a_turnover_that_the_schema_knows(tmp_path: Path) -> None:
    holdings = tmp_path / "held.csv"
    holdings.write_text("ticker,weight\nNVDA,0.5\nIBM,0.5\n")

    document = printed(["screen", "--holdings", str(holdings)], tmp_path)

    assert mistakes("screen", document) == []
    assert 0 < document["turnover"] < 1


def test_gaps_of_a_folder_are_what_the_schema_says(tmp_path: Path) -> None:
    folder = _folder_with_gaps(tmp_path)

    document = printed(["screen", "--source", f"folder:{folder}"], tmp_path)

    assert mistakes("screen", document) == []
    reasons = {gap["reason"] for gap in document["gaps"]}
    assert {"absent", "rejected: total assets not above zero"} <= reasons
    assert "NVDA" in {line["ticker"] for line in document["unranked"]}


def _folder_with_gaps(tmp_path: Path) -> Path:
    """The bundled figures without rates, without NVDA's statements, META worth 0."""
    bundled, folder = shipped("data/fixtures"), tmp_path / "figures"
    folder.mkdir()
    (folder / "lines.csv").write_bytes((bundled / "lines.csv").read_bytes())
    prices = gzip.decompress((bundled / "prices.csv.gz").read_bytes())
    (folder / "prices.csv").write_bytes(prices)
    rows = (bundled / "statements.csv").read_text("utf-8").splitlines(keepends=True)
    kept = (row for row in rows if not row.startswith("NVDA,"))
    (folder / "statements.csv").write_text("".join(map(_without_assets, kept)), "utf-8")
    return folder


def _without_assets(row: str) -> str:
    cells = row.split(",")
    if cells[0] == "META" and cells[3] == "TotalAssets":
        cells[4] = "0"
    return ",".join(cells)


def test_a_universe_too_small_to_rank_is_what_the_schema_says(tmp_path: Path) -> None:
    lines = (samples.constituent("AAA"), samples.constituent("BBB", exposures={}))
    config, folder = tmp_path / "two.yaml", tmp_path / "two"
    content = samples.taxonomy(*lines).model_dump(mode="json", exclude_none=True)
    config.write_text(json.dumps(content), "utf-8")
    folder.mkdir()
    (folder / "lines.csv").write_text("symbol\nAAA\n")
    (folder / "prices.csv").write_text("symbol,date,adj_close\nAAA,2026-06-30,9\n")

    document = printed(
        ["screen", "--config", str(config), "--source", f"folder:{folder}"], tmp_path
    )

    assert mistakes("screen", document) == []
    assert [line["ticker"] for line in document["unranked"]] == ["AAA", "BBB"]
    assert document["effective_number"] is None


@pytest.mark.parametrize(
    "arguments",
    [
        ("TSM",),
        ("2330.TW",),
        ("GDS", "--as-of", "2025-02-14"),
        ("DELL", "--universe", "post"),
        ("AMD", "--set", "neutralise.by=none", "--set", "group_weights.risk=0"),
    ],
    ids=["ranked", "dropped", "unranked", "not in the universe", "other recipe"],
)
def test_an_explanation_is_what_its_schema_says(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    document = printed(["explain", *arguments], tmp_path)

    assert mistakes("explain", document) == []
    assert document["line"]["ticker"] == arguments[0]


def test_an_explanation_of_several_share_counts_is_what_its_schema_says() -> None:
    line = samples.constituent("TWO")
    data = LineData(
        "TWO",
        samples.walk(9),
        samples.quarters("OrdinarySharesNumber", 990.0),
        DatedValue(1000.0, samples.AS_OF),
    )
    world = samples.taxonomy(*samples.twelve_lines(), line)
    found = samples.screen(world, [*samples.LINES, data])

    run = replace(found.run, config_hash="0" * 64, data_hash="1" * 64)

    whole = replace(found, run=run)
    report = dossier.compose(whole, "TWO", recipe=samples.recipe())

    document = record.plain(report.record)
    assert len(document["share_counts"]["counts"]) == 2
    assert mistakes("explain", document) == []
    del document["share_counts"]["why"]
    assert mistakes("explain", document) != []


def test_a_first_letter_is_what_its_schema_says(tmp_path: Path) -> None:
    document = printed(["report", "--as-of", "2026-05-15"], tmp_path)

    assert mistakes("report", document) == []
    assert document["changes"] is None


def test_a_letter_with_changes_is_what_its_schema_says() -> None:
    early, late = screens.bundled(date(2025, 2, 14)), screens.bundled()
    compared = Compared(early, late, compare(early, late))
    story = Story(
        screen=late,
        compared=compared,
        ranks=[(late.run.as_of, {"TSM": 1})],
        doubts=("Old.",),
        evaluation=evaluations.evaluation("forward"),
    )

    found = letter.compose(story, View(lines=record.of_lines(late))).report.record

    document = json.loads(json.dumps(found))
    assert mistakes("report", document) == []
    assert document["changes"]["lines"]
    assert document["evaluation"]["origin"] == "forward"
    assert document["thesis"]["changed"]
    broken = deepcopy(document)
    broken["changes"]["lines"][0]["rank"]["after"] = "first"
    assert mistakes("report", broken) != []


@pytest.mark.parametrize("day", ["2025-02-14", "2026-05-15"])
def test_a_panel_is_what_its_schema_says(day: str, tmp_path: Path) -> None:
    document = printed(["thesis", "--as-of", day, "--source", "bundled"], tmp_path)

    assert mistakes("thesis", document) == []
    unknown = next(one for one in document["indicators"] if one["vote"] is None)
    unknown["reason"] = None
    assert mistakes("thesis", document) != []


@pytest.mark.parametrize("since", ["2025-10-01", "2026-04-01"], ids=["some", "one"])
def test_an_evaluation_is_what_its_schema_says(since: str, tmp_path: Path) -> None:
    arguments = ("--reconstruct", "--source", "bundled", "--since", since)

    document = printed(["evaluate", *arguments], tmp_path)

    assert mistakes("evaluate", document) == []
    assert document["label"] == "survivorship- and look-ahead-biased"
    assert (document["basket"] is None) == (since == "2026-04-01")
    document["horizons"][0]["verdict"] = "certainly"
    assert mistakes("evaluate", document) != []


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--parameters", "70b", "--tokens", "15t", "--count", "16384"),
        ("--accelerator", "gb200_nvl72", "--serving", "fp4", "--rack", "8"),
        ("--parameters", "1e29", "--tokens", "1", "--hours", "1"),
        ("--loss-cut", "0", "--precision", "bf16", "--serving", "bf16"),
    ],
    ids=["reported", "own", "fp4", "nobody is served", "no cut"],
)
def test_the_scaling_arithmetic_is_what_its_schema_says(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    document = printed(["thesis", "scaling", *arguments], tmp_path)

    assert mistakes("thesis_scaling", document) == []
    ids = [step["id"] for step in document["training"] + document["serving"]]
    assert len(ids) == len(set(ids))
    del document["trade_off"][0]["bound"]
    document["inputs"]["utilisation"] = 40
    assert len(mistakes("thesis_scaling", document)) == 2


def test_the_schema_of_the_scaling_arithmetic_has_the_fields_that_are_written(
    tmp_path: Path,
) -> None:
    document = printed(["thesis", "scaling"], tmp_path)
    found = schema("thesis_scaling")

    for written, described in (
        (document, found),
        (document["inputs"], found["properties"]["inputs"]),
        (document["training"][0], found["$defs"]["step"]),
        (document["trade_off"][0], found["properties"]["trade_off"]["items"]),
    ):
        assert list(written) == list(described["properties"])
    ids = {step["id"] for step in document["training"] + document["serving"]}
    assert ids == set(found["$defs"]["step"]["properties"]["id"]["enum"])
    precisions = found["$defs"]["precision"]["enum"]
    assert precisions == list(get_args(Precision))


@pytest.mark.parametrize("seed", [2, 5, 11, 23])
def test_a_scored_file_is_what_its_schema_says(seed: int, tmp_path: Path) -> None:
    rows, _, _ = cross_sections.generate(seed)
    path = tmp_path / "values.csv"
    path.write_text(_csv(rows), "utf-8")

    document = printed(["score", str(path)], tmp_path)

    assert mistakes("score", document) == []
    count = sum(map(len, (document["lines"], document["unranked"])))
    assert count + len(document["dropped_lines"]) == len(rows)


def _csv(rows: list[dict[str, str]]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def test_the_short_screen_is_sound_before_it_is_broken(short_screen: Json) -> None:
    assert mistakes("screen", short_screen) == []


def test_no_field_may_be_left_out_of_a_screen(short_screen: Json) -> None:
    validator = Draft202012Validator(schema("screen"))
    fields = list(_fields(short_screen))
    accepted = []

    for place in fields:
        broken = deepcopy(short_screen)
        del _holder(broken, place)[place[-1]]
        if validator.is_valid(broken):
            accepted.append(place)

    assert accepted == []
    assert len(fields) > 200


def test_no_field_of_a_screen_takes_a_value_of_another_kind(short_screen: Json) -> None:
    validator = Draft202012Validator(schema("screen"))
    accepted = []

    for place in _fields(short_screen):
        broken = deepcopy(short_screen)
        _holder(broken, place)[place[-1]] = {"a": "surprise"}
        if validator.is_valid(broken):
            accepted.append(place)

    assert accepted == []


def test_no_field_may_be_added_to_a_screen(short_screen: Json) -> None:
    validator = Draft202012Validator(schema("screen"))
    accepted = []

    for place in [(), *_fields(short_screen)]:
        broken = deepcopy(short_screen)
        inner = _holder(broken, (*place, "new"))
        if isinstance(inner, dict):
            inner["new"] = None
            if validator.is_valid(broken):
                accepted.append(place)

    assert accepted == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("run", "as_of"), "2026-02-30"),
        (("run", "as_of"), "20260515"),
        (("run", "universe"), "mine"),
        (("lines", 0, "rank"), None),
        (("lines", 0, "rank"), 0),
        (("lines", 0, "score"), 100.1),
        (("lines", 0, "score_low"), -0.1),
        (("lines", 0, "coverage"), 1.0000000000000002),
        (("lines", 0, "reason"), "insufficient data"),
        (("lines", 0, "close_date"), "15 May 2026"),
        (("lines", 0, "confidence_label"), None),
        (("lines", 0, "primary_pillar"), "applications"),
        (("lines", 0, "factors", "mom_12_1", "raw"), None),
        (("lines", 0, "factors", "mom_12_1", "reason"), "absent"),
        (("lines", 0, "factors", "ey_fwd", "reason"), None),
        (("lines", 0, "factors", "ey_fwd", "reason"), "no idea"),
        (("lines", 0, "exposures", "compute", "share"), 1.5),
        (("unranked", 0, "rank"), 40),
        (("unranked", 0, "reason"), None),
        (("baskets", 0, "constituents", 0, "weight"), -0.1),
        (("baskets",), []),
        (("watchlist", 0, "stage"), "soon"),
        (("watchlist", 0, "last_mark", "grade"), "E"),
        (("gaps", 0, "subject"), "luck"),
        (("warnings",), [""]),
    ],
)
def test_one_wrong_value_is_refused(
    place: Place, value: Json, short_screen: Json
) -> None:
    _holder(short_screen, place)[place[-1]] = value

    assert mistakes("screen", short_screen) != []


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_described(name: str) -> None:
    silent = [path for path, found in _properties(schema(name), "") if not found]

    assert silent == []


@pytest.mark.parametrize("name", NAMES)
def test_every_object_lists_all_its_keys(name: str) -> None:
    opened = [path for path, found in _objects(schema(name), "$") if not found]

    assert opened == []


def _properties(node: Json, at: str) -> Iterator[tuple[str, bool]]:
    """Every property of a schema, and whether it says what it means and in which unit.

    What narrows a definition down repeats none of its descriptions.
    """
    if isinstance(node, list):
        for inner in node:
            yield from _properties(inner, at)
    if not isinstance(node, dict) or at.endswith(("/then", "/else", "/if")):
        return
    narrows = "$ref" in node
    for key, inner in node.items():
        if key in ("properties", "$defs") and not narrows:
            for name, found in inner.items():
                said = found.get("description", "")
                yield f"{at}/{name}", len(said) > 3 and said.endswith((".", ":"))
                yield from _properties(found, f"{at}/{name}")
        elif not narrows:
            yield from _properties(inner, f"{at}/{key}")


def _objects(node: Json, at: str) -> Iterator[tuple[str, bool]]:
    """Every object of a schema, and whether it takes no keys but its own."""
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield (
                at,
                (node.get("additionalProperties") is False or "propertyNames" in node),
            )
        for key, inner in node.items():
            yield from _objects(inner, f"{at}/{key}")
    elif isinstance(node, list):
        for inner in node:
            yield from _objects(inner, at)


def test_the_schemas_define_the_same_things_alike() -> None:
    screen, explain, score = (schema(name)["$defs"] for name in NAMES[:3])

    shared = sorted(set(screen) & set(explain))

    assert [name for name in shared if screen[name] != explain[name]] == []
    assert {"line", "factor", "exposure", "run"} <= set(shared)
    told = {"choice", "waits_because"}
    assert set(screen["basket"]["required"]) - set(score["basket"]["required"]) == told
    assert {
        name: found
        for name, found in screen["basket"]["properties"].items()
        if name not in told
    } == score["basket"]["properties"]
    assert score["pillars"] == screen["pillars"]


def test_the_schema_of_the_watchlist_is_that_of_the_screen_and_what_was_seen() -> None:
    screen, watchlist = (schema(name)["$defs"] for name in ("screen", "watchlist"))
    seen = watchlist["watched"]["properties"].pop("seen")
    estimate = watchlist["watched"]["properties"].pop("estimate")
    for name in ("seen", "estimate"):
        watchlist["watched"]["required"].remove(name)

    assert seen["items"] == {"$ref": "#/$defs/seen"}
    assert {"$ref": "#/$defs/estimate"} in estimate["oneOf"]
    shared = watchlist.keys() - {"seen", "estimate"}
    assert {name: screen.get(name) for name in shared} == {
        name: watchlist[name] for name in shared
    }


@pytest.mark.parametrize("company", [(), ("databricks",), ("openai",)])
def test_the_watchlist_is_what_its_schema_says(
    company: tuple[str, ...], tmp_path: Path
) -> None:
    document = printed(["watchlist", *company], tmp_path)

    assert mistakes("watchlist", document) == []
    assert len(document["watchlist"]) == (len(company) or 16)


def test_what_was_seen_is_what_its_schemas_say() -> None:
    screen = samples.screen()
    fact = known_on(date(2026, 6, 30))
    fact = replace(fact, rubric=judge(fact, Rubric()))
    filed, quoted = (
        sighting("labs", "2026-06-20", "S-1", "public_filed"),
        sighting("labs", "2026-06-20", "list", "listed", ticker="LABS"),
    )
    events = (
        WatchEvent(filed, "edgar", "private", "public_filed"),
        WatchEvent(quoted, "edgar", "public_filed", "listed"),
    )
    company = Company("labs", "Labs", "listed", date(2026, 6, 20))
    failed = WatchCheck("", "edgar", None, "network", "It was cut off.")
    done = Checked((company,), events, (failed,), 1, 3, 2)
    seen = watchlist.compose((fact,), screen, watchlist.Sight(news={"labs": events}))

    assert mistakes("watchlist", dict(seen.record)) == []
    assert mistakes("watchlist_check", dict(checked.compose(done).record)) == []


@pytest.mark.parametrize("name", ["screen", "explain"])
def test_the_schema_has_the_factors_of_the_register_in_its_order(name: str) -> None:
    definitions = schema(name)["$defs"]

    assert definitions["factor_id"]["enum"] == list(FACTORS)
    assert list(definitions["line"]["properties"]["factors"]["properties"]) == list(
        FACTORS
    )


def test_the_schema_has_the_closed_lists_of_the_model() -> None:
    definitions = schema("screen")["$defs"]

    assert definitions["role"]["enum"] == list(get_args(Role))
    assert definitions["grade"]["enum"] == list(get_args(Grade))
    stages = definitions["watched"]["properties"]["stage"]["enum"]
    assert stages == list(get_args(Stage))
    kinds = definitions["event"]["properties"]["kind"]["enum"]
    assert kinds == list(get_args(EventKind))
    criteria = definitions["rubric"]["properties"]["criteria"]["required"]
    assert criteria == list(get_args(Criterion))
    bases = definitions["exposure"]["properties"]["basis"]["enum"]
    assert bases == list(get_args(Basis))


@pytest.mark.parametrize("name", ["screen", "explain"])
def test_the_schema_knows_the_version_that_is_written(name: str) -> None:
    assert schema(name)["properties"]["schema_version"]["const"] == SCHEMA_VERSION


def test_the_schema_of_a_scored_file_needs_no_version_to_match_the_golden_fields() -> (
    None
):
    assert list(schema("score")["properties"]) == [
        "lines",
        "unranked",
        "dropped_lines",
        "pillars",
        "baskets",
    ]
