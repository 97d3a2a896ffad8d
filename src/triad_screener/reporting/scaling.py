"""What does a training run take, and how many users does a rack serve?

Money is in US dollars, time in hours and days, the rest in the units of each row.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from triad_screener.model.dates import span
from triad_screener.model.document import (
    Column,
    Drawing,
    Kind,
    Paragraph,
    Picture,
    Report,
    Series,
    Table,
    Tone,
)
from triad_screener.stats import scaling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triad_screener.model.document import Cell
    from triad_screener.model.thesis import Accelerator, Precision

SCHEMA_VERSION: Final = 1
#: Tokens a second that each user sees.
SPEEDS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
WEIGHT_BYTES: Final[Mapping[Precision, float]] = {"bf16": 2.0, "fp8": 1.0, "fp4": 0.5}
_HOURS_A_DAY: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is trained and served, and on what.

    Attributes:
        name: Of the model.
        parameters: In all.
        active: Those that work on a token; at most all.
        tokens: Read in training.
        accelerator: Key of the one used.
        precision: Of training.
        serving: Precision of serving; its bytes are those of the weights.
        count: Accelerators in training.
        utilisation: Share of the dense peak, in (0, 1].
        hours: Accelerator hours that were reported; None for none.
        price: US dollars an accelerator hour.
        loss_cut: Fraction to be taken off the loss, in [0, 1).
        context: Tokens of text a user has in memory.
        cache_bytes: Bytes that one of them takes.
        rack_of: Key of the accelerator that serves.
        rack: Accelerators in a rack; None for that of each in the table.
        notes: What a reader should know of the figures.
    """

    name: str
    parameters: float
    active: float
    tokens: float
    accelerator: str
    precision: Precision
    serving: Precision
    count: int
    utilisation: float
    hours: float | None
    price: float
    loss_cut: float
    context: int
    cache_bytes: float
    rack_of: str
    rack: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One figure of the arithmetic."""

    id: str
    label: str
    value: float
    unit: str
    formula: str


@dataclass(frozen=True, slots=True)
class Place:
    """How many users an accelerator's rack serves at a speed.

    Attributes:
        speed: Tokens a second for each user.
        users: 0 where one user is served more slowly, or the model does not fit.
        throughput: Tokens a second of the rack at that speed.
        bound: ``memory``, ``bandwidth`` or ``compute``: what keeps out one user more.
    """

    accelerator: str
    speed: int
    users: int
    throughput: int
    bound: str


def compose(
    plan: Plan, table: Mapping[str, Accelerator], publishers: Mapping[str, str]
) -> Report:
    """Return the arithmetic of ``plan``: training, serving, and the two at a glance.

    Args:
        plan: What is trained and served.
        table: Accelerators by key; the one of the plan is among them.
        publishers: Of the sources that they cite, by id.
    """
    training, serving = _training(plan, table), _serving(plan, table)
    able = {key: one for key, one in table.items() if plan.serving in one.dense_peak}
    places = [place for key, one in able.items() for place in _places(plan, key, one)]
    return Report(
        title=f"Scaling arithmetic: {plan.name}",
        blocks=(
            Paragraph(_in_short(plan, training)),
            _steps("Training", training),
            _steps("Serving", serving),
            _trade_off(plan, able, places),
            picture(plan, able, places),
            _table(plan, table, publishers),
            *(Paragraph(note, Tone.QUIET) for note in (*plan.notes, _LIMITS)),
        ),
        record={
            "schema_version": SCHEMA_VERSION,
            "inputs": asdict(plan),
            "training": [asdict(step) for step in training],
            "serving": [asdict(step) for step in serving],
            "trade_off": [asdict(place) for place in places],
            "notes": [*plan.notes, _LIMITS],
        },
        rows=tuple(asdict(place) for place in places),
        tickers=tuple(table),
    )


def _in_short(plan: Plan, training: list[Step]) -> str:
    found = {step.id: step.value for step in training}
    text = f"{found['compute']:.5g} FLOP of training compute"
    if plan.hours is None:
        days = float(format(found["days"], ".4g"))
        return f"{text}, {span(days)}."
    share = found["reported_utilisation"]
    return (
        f"{text}; the hours reported are {share:.1%} of the dense {plan.precision} "
        "peak at work."
    )


_LIMITS: Final = (
    "Serving is an upper bound: memory at full bandwidth, arithmetic at the dense "
    "peak, without links, attention, waiting and idle racks. Each token is taken to "
    "pick its experts by itself."
)


def _training(plan: Plan, table: Mapping[str, Accelerator]) -> list[Step]:
    peak = table[plan.accelerator].dense_peak[plan.precision]
    flop = scaling.training_flop(plan.active, plan.tokens)
    hours = scaling.accelerator_hours(flop, peak, plan.utilisation)
    return [
        Step("compute", "Compute C", flop, "FLOP", "6 x active N x D"),
        *_of_model(plan, flop),
        *_of_run(plan, hours),
        *_reported(plan, flop, peak),
        Step(
            "compute_factor",
            "Compute for less loss",
            scaling.compute_factor(plan.loss_cut),
            "times as much",
            f"(1 - {plan.loss_cut:.4g}) ^ (-1 / 0.05)",
        ),
    ]


def _of_model(plan: Plan, flop: float) -> list[Step]:
    parameters, tokens = scaling.optimal(flop)
    ratio = plan.tokens / plan.active
    return [
        Step("tokens_per_parameter", "Tokens a parameter", ratio, "tokens", "D / N"),
        Step(
            "optimal_parameters",
            "Best N for C",
            parameters,
            "parameters",
            "sqrt(C / 120)",
        ),
        Step("optimal_tokens", "Best D for C", tokens, "tokens", "20 x best N"),
    ]


def _of_run(plan: Plan, hours: float) -> list[Step]:
    days = hours / plan.count / _HOURS_A_DAY
    return [
        Step(
            "accelerator_hours",
            "Accelerator hours",
            hours,
            "hours",
            f"C / (dense {plan.precision} peak x {plan.utilisation:.4g}) / 3600",
        ),
        Step("days", "Time", days, "days", f"hours / {plan.count:,} accelerators / 24"),
        Step("cost", "Cost", hours * plan.price, "US dollars", _price(plan)),
    ]


def _price(plan: Plan) -> str:
    return f"hours x {plan.price:.6g} US dollars"


def _reported(plan: Plan, flop: float, peak: float) -> list[Step]:
    """Return what the hours that were reported mean; nothing without them."""
    if plan.hours is None:
        return []
    share = scaling.utilisation(flop, plan.hours, peak)
    return [
        Step("reported_hours", "Hours reported", plan.hours, "hours", "as reported"),
        Step(
            "reported_utilisation",
            "Utilisation (MFU)",
            share,
            f"of the dense {plan.precision} peak",
            "C / (hours x 3600 x peak)",
        ),
        Step(
            "reported_cost",
            "Cost of these hours",
            plan.hours * plan.price,
            "US dollars",
            _price(plan),
        ),
    ]


def _serving(plan: Plan, table: Mapping[str, Accelerator]) -> list[Step]:
    rack = _rack(plan, table[plan.rack_of])
    model = _served(plan)
    flop = scaling.inference_flop(plan.active)
    steps = [
        Step("flop_per_token", "Compute a token", flop, "FLOP", "2 x active N"),
        Step(
            "weights",
            "Weights",
            plan.parameters * model.weight_bytes,
            "bytes",
            f"N x {model.weight_bytes:g} ({plan.serving})",
        ),
        Step("text", "Text of a user", model.cache, "bytes", _text(plan)),
    ]
    most = scaling.most_users(rack, model)
    steps += [
        Step("memory", "Memory of a rack", rack.memory, "bytes", "rack x memory"),
        Step("most_users", "Users that fit", most, "users", _FIT),
    ]
    if not most:
        return steps
    alone = 1 / max(scaling.step_seconds(rack, model, 1))
    return [*steps, Step("fastest", "One user alone", alone, "tokens/s", _ALONE)]


_FIT: Final = "(memory - weights) / text"
_ALONE: Final = "1 / (read or compute, the longer)"


def _text(plan: Plan) -> str:
    return f"{plan.context:,} tokens x {plan.cache_bytes:,.6g} bytes"


def _rack(plan: Plan, one: Accelerator) -> scaling.Rack:
    """Return a rack of an accelerator, at the precision of serving."""
    peak, count = one.dense_peak[plan.serving], plan.rack or one.rack
    return scaling.Rack(count * one.memory, count * one.bandwidth, count * peak)


def _served(plan: Plan) -> scaling.Served:
    return scaling.Served(
        plan.parameters,
        plan.active,
        WEIGHT_BYTES[plan.serving],
        plan.context * plan.cache_bytes,
    )


def _places(plan: Plan, key: str, one: Accelerator) -> list[Place]:
    rack, model = _rack(plan, one), _served(plan)
    found = []
    for speed in SPEEDS:
        users = scaling.users_at(rack, model, speed)
        bound = _bound(rack, model, users)
        found.append(Place(key, speed, users, users * speed, bound))
    return found


def _bound(rack: scaling.Rack, model: scaling.Served, users: int) -> str:
    """Return what keeps out one user more."""
    if users >= scaling.most_users(rack, model):
        return "memory"
    read, compute = scaling.step_seconds(rack, model, users + 1)
    return "bandwidth" if read >= compute else "compute"


def _steps(title: str, steps: list[Step]) -> Table:
    columns = (
        Column("Quantity", Kind.NAME, 100),
        Column("Value", Kind.QUANTITY, 100),
        Column("Unit", Kind.TEXT, 90),
        Column("Formula", Kind.TEXT, 60),
    )
    rows = tuple((step.label, step.value, step.unit, step.formula) for step in steps)
    return Table(title, columns, rows)


def _trade_off(
    plan: Plan, table: Mapping[str, Accelerator], places: list[Place]
) -> Table:
    """Return users against speed, with bars: the chart of a terminal."""
    others = [key for key in table if key != plan.rack_of]
    users = {(one.accelerator, one.speed): one.users for one in places}
    own = [place for place in places if place.accelerator == plan.rack_of]
    most = max(place.users for place in own) or 1
    columns = (
        Column("Tokens/s a user", Kind.QUANTITY, 100),
        Column("Users", Kind.QUANTITY, 100),
        Column("", Kind.METER, 85),
        Column("Tokens/s in all", Kind.QUANTITY, 90),
        Column("Bound by", Kind.TEXT, 80),
        *(Column(_short(table[key].name), Kind.QUANTITY, 60) for key in others),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(one.speed, one.users, one.users / most, one.throughput, one.bound),
            *(users[key, one.speed] for key in others),
        )
        for one in own
    )
    name = table[plan.rack_of].name
    beside = f"; users of {', '.join(map(str, others))} beside" if others else ""
    note = (
        f"One rack of {name}, {plan.context:,} tokens of text a user, weights in "
        f"{plan.serving}{beside}."
    )
    return Table("Speed of a user against users of a rack", columns, rows, note=note)


def _short(name: str) -> str:
    """Return the last two words of a name."""
    return " ".join(name.split()[-2:])


def picture(
    plan: Plan, table: Mapping[str, Accelerator], places: list[Place]
) -> Picture:
    """Return users against speed of every accelerator in ``table``, to be drawn."""
    series = tuple(
        Series(
            one.name,
            tuple(place.users or None for place in places if place.accelerator == key),
        )
        for key, one in table.items()
    )
    told = [_told(one.name, key, places) for key, one in table.items()]
    return Picture(
        "Users of a rack at each speed",
        Drawing.REACH,
        " ".join(told),
        tuple(f"{speed}" for speed in SPEEDS),
        series,
        note=(
            f"{plan.name}: users of one rack, on a scale of tens, by tokens a second "
            "that each sees."
        ),
        across="tokens/s a user",
        up="users of one rack",
    )


def _told(name: str, key: str, places: list[Place]) -> str:
    own = [place for place in places if place.accelerator == key and place.users]
    if not own:
        return f"{name}: none."
    first, last = own[0], own[-1]
    ends = f"{first.users:,} at {first.speed}"
    if last is not first:
        ends += f", {last.users:,} at {last.speed}"
    return f"{name}: {ends}."


def _table(
    plan: Plan, table: Mapping[str, Accelerator], publishers: Mapping[str, str]
) -> Table:
    columns = (
        Column("Accelerator", Kind.NAME, 100),
        Column("BF16", Kind.QUANTITY, 80),
        Column("FP8", Kind.QUANTITY, 80),
        Column("FP4", Kind.QUANTITY, 80),
        Column("Memory", Kind.QUANTITY, 70),
        Column("Bytes/s", Kind.QUANTITY, 60),
        Column("Rack", Kind.COUNT, 90),
        Column("Source", Kind.TEXT, 40),
    )
    rows = tuple(
        (
            one.name,
            one.dense_peak.get("bf16"),
            one.dense_peak.get("fp8"),
            one.dense_peak.get("fp4"),
            one.memory,
            one.bandwidth,
            plan.rack or one.rack,
            publishers[one.source],
        )
        for one in table.values()
    )
    note = "Peaks are dense, in FLOP a second; memory in bytes."
    return Table("Accelerators", columns, rows, note=note)
