"""Which plan do the options of ``triad thesis scaling`` describe?

Without parameters the plan is that of a model in the table, with its reported hours;
with them it is one's own, and nothing of the table is taken for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from triad_screener.errors import ConfigurationError, UnknownNameError, UsageError
from triad_screener.reporting.scaling import Plan, compose

if TYPE_CHECKING:
    from triad_screener.model.document import Report
    from triad_screener.model.taxonomy import Taxonomy
    from triad_screener.model.thesis import Precision, Thesis, TrainedModel

_ACCELERATORS: Final = 1000
_PRICE: Final = 2.0
#: Bytes a token keeps in memory, where nothing is known of the model.
_CACHE: Final = 100_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options as given; None for those left out."""

    model: str | None = None
    parameters: float | None = None
    active: float | None = None
    tokens: float | None = None
    accelerator: str | None = None
    precision: Precision | None = None
    serving: Precision = "fp8"
    count: int | None = None
    utilisation: float = 0.4
    hours: float | None = None
    price: float | None = None
    loss_cut: float = 0.1
    context: int = 8192
    cache_bytes: float | None = None
    rack: int | None = None


def scale(taxonomy: Taxonomy, asked: Asked) -> Report:
    """Return the arithmetic that was asked for.

    Raises:
        ConfigurationError: If the taxonomy has no accelerators.
        UnknownNameError: If the model, accelerator or precision is not in the table.
        UsageError: If the options do not fit together.
    """
    thesis = taxonomy.thesis
    if thesis is None or not thesis.accelerators:
        raise ConfigurationError(
            taxonomy.title,
            "has no accelerators under thesis",
            "Add them, or leave out --config to use the shipped table.",
        )
    own = asked.parameters is not None
    plan = _own(thesis, asked) if own else _reported(thesis, asked)
    for name, precision in (
        (plan.accelerator, plan.precision),
        (plan.rack_of, plan.serving),
    ):
        peaks = thesis.accelerators[name].dense_peak
        if precision not in peaks:
            raise UnknownNameError(f"peak of {name}", precision, peaks)
    publishers = {key: source.publisher for key, source in taxonomy.sources.items()}
    return compose(plan, thesis.accelerators, publishers)


def _own(thesis: Thesis, asked: Asked) -> Plan:
    """Return the plan of one's own model."""
    parameters, tokens = asked.parameters, asked.tokens
    if parameters is None or tokens is None:
        raise UsageError(
            "A model of your own needs its parameters and its tokens.",
            "Give --parameters and --tokens, or --model for one of the table.",
        )
    if asked.model:
        raise UsageError(
            "--model names a model of the table, and --parameters describes another.",
            "Leave one of the two out.",
        )
    active = asked.active or parameters
    if active > parameters:
        raise UsageError(
            f"{active:.6g} active parameters are more than {parameters:.6g} in all.",
            "Give --active as a part of --parameters.",
        )
    return Plan(
        name="your model",
        parameters=parameters,
        active=active,
        tokens=tokens,
        accelerator=_accelerator(
            thesis, asked.accelerator or next(iter(thesis.accelerators))
        ),
        precision=asked.precision or "bf16",
        serving=asked.serving,
        count=asked.count or _ACCELERATORS,
        utilisation=asked.utilisation,
        hours=asked.hours,
        price=asked.price or _PRICE,
        loss_cut=asked.loss_cut,
        context=asked.context,
        cache_bytes=asked.cache_bytes or _CACHE,
        rack_of=_rack_of(thesis, asked),
        rack=asked.rack,
        notes=() if asked.cache_bytes else (_ASSUMED,),
    )


_ASSUMED: Final = (
    f"A token of text is taken to keep {_CACHE:,.0f} bytes in memory; give "
    "--cache-bytes for your model."
)


def _reported(thesis: Thesis, asked: Asked) -> Plan:
    """Return the plan of a model of the table, with what was asked otherwise."""
    if asked.tokens or asked.active:
        return _own(thesis, asked)
    name = asked.model or next(iter(thesis.models), "")
    if name not in thesis.models:
        raise UnknownNameError("model", name, thesis.models)
    model = thesis.models[name]
    accelerator = _accelerator(thesis, asked.accelerator or model.accelerator)
    precision = asked.precision or model.precision
    as_trained = (accelerator, precision) == (model.accelerator, model.precision)
    return Plan(
        name=model.name,
        parameters=model.parameters,
        active=model.active,
        tokens=model.tokens,
        accelerator=accelerator,
        precision=precision,
        serving=asked.serving,
        count=asked.count or model.count,
        utilisation=asked.utilisation,
        # Hours of another accelerator say nothing of this one.
        hours=asked.hours or (model.accelerator_hours if as_trained else None),
        price=asked.price or model.price_per_hour,
        loss_cut=asked.loss_cut,
        context=asked.context,
        cache_bytes=asked.cache_bytes or model.cache_bytes_per_token,
        rack_of=_rack_of(thesis, asked),
        rack=asked.rack,
        notes=_notes(model),
    )


def _notes(model: TrainedModel) -> tuple[str, ...]:
    return (f"{model.name}: {model.note}",) if model.note else ()


def _rack_of(thesis: Thesis, asked: Asked) -> str:
    """Return what serves: what was asked for, else the rack with the most memory."""
    if asked.accelerator:
        return asked.accelerator
    table = thesis.accelerators
    return max(table, key=lambda key: table[key].rack * table[key].memory)


def _accelerator(thesis: Thesis, name: str) -> str:
    if name not in thesis.accelerators:
        raise UnknownNameError("accelerator", name, thesis.accelerators)
    return name
