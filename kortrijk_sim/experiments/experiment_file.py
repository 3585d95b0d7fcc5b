"""Experiments as TOML files: which futures, with which seeds, over which uncertainties and levers.

Uncertainties are parameters, whose ranges stand in the tables; levers are fields of measures. They never mix:
the first are what nobody decides, the second what the city may decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import tomli_w
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from kortrijk_sim.city.facts import ParameterClass
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.experiments.designs import Design
from kortrijk_sim.experiments.toml_files import bounds, parse_toml, read_toml_text, short
from kortrijk_sim.models.dated_measure import END_YEAR, START_YEAR, Label, Line, Record

SEEDS_MAX = 10_000
YEARS = END_YEAR - START_YEAR + 1
NAME = r"^[a-z0-9][a-z0-9_-]{0,59}$"

type Kept = Literal["lives", "months", "events"]


def _in_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _seeds(value: Any) -> Any:
    """Read a number of seeds as 1, 2, ... up to it."""
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= SEEDS_MAX:
            raise ValueError(f"is out of bounds; valid: 1 to {SEEDS_MAX} seeds, or a list of them")
        return tuple(range(1, value + 1))
    return _in_tuple(value)


type Tuple[Item] = Annotated[tuple[Item, ...], BeforeValidator(_in_tuple)]


class Uncertainties(Record):
    """What nobody decides: parameters that are varied within their documented ranges, or within one's own.

    Attributes:
        parameters: Names or patterns such as ``price_*``; empty with ``classes`` given means all.
        classes: Only parameters of these classes.
        ranges: Own ranges, from low to high, by name.
    """

    parameters: Tuple[Label] = ()
    classes: Tuple[ParameterClass] = ()
    ranges: dict[str, Annotated[tuple[float, float], BeforeValidator(_in_tuple)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for name, (low, high) in self.ranges.items():
            if not low < high:
                raise ValueError(f"ranges.{name}: from {low:g} to {high:g}; valid: a lower number, then a higher one")
        return self


class Lever(Record):
    """What the city may decide: a measure, one field of which is varied. At 0 the measure is left out.

    Attributes:
        name: Name of the lever in results.
        field: The field of the measure.
        measure: The measure without that field, as in a scenario file.
        low, high: Between which values it is varied; or
        values: the values it takes.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)
    field: Label
    measure: dict[str, Any]
    low: float | None = None
    high: float | None = None
    values: Tuple[float] = ()

    @model_validator(mode="after")
    def _has_values(self) -> Self:
        given = self.low is not None and self.high is not None
        if given == bool(self.values) or (self.low is None) != (self.high is None):
            raise ValueError("needs either 'low' and 'high' or 'values'; valid: one of the two")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"from {self.low:g} to {self.high:g}; valid: a lower 'low' than 'high'")
        if len(set(self.values)) < len(self.values) or len(self.values) == 1:
            raise ValueError("'values' needs at least two different values")
        return self


class Experiment(Record):
    """Many runs that answer a question.

    Attributes:
        name: Short name, part of file names.
        title, question: In plain words, for reports.
        scenarios: Names or files of the futures; the first is the one that others are compared with.
        seeds: Seeds of the dice, the same in every future.
        years: Simulated years from 2025.
        scale: Share of the city; counts are scaled up in results.
        city_seed: Seed of the population synthesis.
        keep: What is kept of a run besides its indicators by year: ``lives`` (each person of 2025 at the end),
            ``months`` (indicators by month), ``events`` (the event log).
        design: How uncertainties and levers are sampled; None for the scenarios as they are.
        uncertainties: Parameters to vary.
        levers: Measures to vary.
    """

    name: str = Field(pattern=NAME)
    title: Line = ""
    question: str = Field(default="", max_length=2_000)
    scenarios: Annotated[tuple[Label, ...], BeforeValidator(_in_tuple), Field(min_length=1, max_length=100)]
    seeds: Annotated[tuple[int, ...], BeforeValidator(_seeds), Field(min_length=1, max_length=SEEDS_MAX)] = (1,)
    years: int = Field(default=YEARS, ge=1, le=YEARS)
    scale: float = Field(default=1.0, ge=0.02, le=1.0)
    city_seed: int = Field(default=2025, ge=0, lt=2**63)
    keep: Tuple[Kept] = ()
    design: Design | None = None
    uncertainties: Uncertainties = Field(default_factory=Uncertainties)
    levers: Annotated[tuple[Lever, ...], BeforeValidator(_in_tuple), Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name in ("seeds", "scenarios", "keep"):
            if len(set(getattr(self, name))) < len(getattr(self, name)):
                raise ValueError(f"{name}: one stands twice; valid: each once")
        if not all(0 <= seed < 2**63 for seed in self.seeds):
            raise ValueError("seeds: one is out of bounds; valid: 0 to 2^63 - 1")
        if len({lever.name for lever in self.levers}) < len(self.levers):
            raise ValueError("levers: one name stands twice; valid: each once")
        varied = self.levers or self.uncertainties != Uncertainties()
        if varied and self.design is None:
            raise ValueError("design: is missing, but uncertainties or levers are given; valid: a [design] table")
        if self.design is not None and not varied:
            raise ValueError("design: there is nothing to vary; valid: [uncertainties] or [[levers]] beside it")
        return self

    def to_toml(self) -> str:
        """Write the experiment as TOML; reading it back gives an equal one."""
        return tomli_w.dumps(self.model_dump(mode="json", exclude_none=True, exclude_defaults=True))


def load_experiment(path: str | Path) -> Experiment:
    """Read an experiment file.

    Raises:
        InputError: The file cannot be read or something in it is wrong; names file and key.
    """
    text = read_toml_text(Path(path), "an experiment file, TOML")
    content = parse_toml(text, str(path))
    content.setdefault("name", Path(path).stem.lower())
    return experiment_of(content, str(path))


def experiment_of(content: dict[str, Any], where: str = "experiment") -> Experiment:
    """Check what an experiment file holds.

    Raises:
        InputError: Something is wrong; names the key.
    """
    try:
        return Experiment.model_validate(content)
    except ValidationError as error:
        raise InputError(f"{where}: {_sentence(error)}") from error
    except RecursionError:
        raise InputError(f"{where}: nested too deeply; valid: tables as in the documentation") from None


def paired_experiment(
    scenarios: Sequence[str],
    seeds: int | Sequence[int] = 10,
    *,
    years: int = YEARS,
    scale: float = 1.0,
    city_seed: int = 2025,
    keep: Sequence[Kept] = ("lives",),
) -> Experiment:
    """Return the experiment that runs some futures with the same seeds.

    Args:
        scenarios: Names or files; the first is the one that others are compared with.
        seeds: How many, or which.
        years: Simulated years from 2025.
        scale: Share of the city.
        city_seed: Seed of the population synthesis.
        keep: What is kept besides the indicators by year.

    Raises:
        InputError: Something is out of bounds.
    """
    stems = "-".join(Path(name).stem for name in scenarios).lower()
    name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in stems).strip("-")[:60]
    content = {
        "name": name or "compare",
        "scenarios": list(scenarios),
        "seeds": seeds if isinstance(seeds, int) else list(seeds),
        "years": years,
        "scale": scale,
        "city_seed": city_seed,
        "keep": list(keep),
    }
    return experiment_of(content, "compare")


def _sentence(error: ValidationError) -> str:
    """Say the first thing that is wrong: an unknown key rather than one that it makes missing."""
    first = min(error.errors(), key=lambda e: {"extra_forbidden": 0, "missing": 2}.get(e["type"], 1))
    path = [part for part in first["loc"] if part != "[key]"]
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{short(part)}" for part in path).lstrip(".")
    given = short(first["input"])
    context = first.get("ctx", {})
    model = _FIELDS.get(str(path[0]) if len(path) > 1 else "", Experiment)
    if first["type"] == "extra_forbidden":
        return f"{key}: unknown key; {nearest(str(path[-1]), model.model_fields)}"
    if first["type"] == "missing":
        return f"{key}: is missing"
    if first["type"] == "value_error":
        complaint = str(context["error"])
        return f"{key}: {complaint}" if key else complaint
    if "expected" in context:
        return f"{key}: {given} is unknown; valid: {context['expected']}"
    if "pattern" in context:
        return f"{key}: '{given}' is no such name; valid: small letters, digits and _ or -, up to 60"
    if context.keys() & {"ge", "gt", "le", "lt"}:
        return f"{key}: {given} is out of bounds; valid: a number{bounds(model.model_fields.get(str(path[-1])))}"
    what = str(first["msg"])
    return f"{key}: {given}: {what[:1].lower()}{what[1:]}"


_FIELDS: dict[str, type[Record]] = {"uncertainties": Uncertainties, "levers": Lever, "design": Design}
