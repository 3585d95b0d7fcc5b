"""Facts and parameters: every number with its unit, range, class and source."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal, NamedTuple, Self, cast

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError, nearest

type ParameterClass = Literal["observed", "calibrated", "assumed"]


class Parameter(BaseModel):
    """One number of the model.

    The name carries the unit (``rent_eur_month``); ``low`` and ``high`` are the range that sensitivity
    runs sweep; ``class`` says whether it was observed, calibrated on a pattern, or assumed.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True, allow_inf_nan=False)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    unit: str
    value: float
    low: float
    high: float
    kind: ParameterClass = Field(alias="class")
    source: str = Field(min_length=3)
    note: str = ""

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.name}: value {self.value} is not within {self.low} to {self.high}")
        if self.kind == "assumed" and self.low == self.high:
            raise ValueError(f"{self.name}: an assumed value needs a range")
        return self


class Fact(BaseModel):
    """One quantified statement about the city, from the city's note or from statistics."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    section: str
    kind: Literal["state", "projection", "target", "action"]
    subject: str
    value: float
    unit: str
    year: int = Field(ge=1990, le=2100)
    reference_year: int | None = None
    source: str = Field(min_length=3)


class Parameters(Mapping[str, Parameter]):
    """All parameters by name.

    Args:
        tables: Where the ``parameters_*`` tables are read from.

    Raises:
        InputError: A table is not valid or a name stands twice.
    """

    def __init__(self, tables: Tables) -> None:
        self._by_name: dict[str, Parameter] = {}
        for table in tables.names():
            if not table.startswith("parameters_"):
                continue
            for parameter in tables.rows(table, Parameter):
                if parameter.name in self._by_name:
                    raise InputError(f"{tables.path(table)}: parameter '{parameter.name}' stands twice.")
                self._by_name[parameter.name] = parameter

    def __getitem__(self, name: str) -> Parameter:
        if name not in self._by_name:
            raise InputError(f"no parameter '{name}'; {nearest(name, self._by_name)}")
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def value(self, name: str) -> float:
        """Return the value of a parameter."""
        return self[name].value

    def select[Group: NamedTuple](self, group: type[Group]) -> Group:
        """Gather what one process needs to know.

        Args:
            group: Named tuple whose fields are parameter names.

        Returns:
            A record with these fields: read like the named tuple, and one argument for a compiled kernel.
        """
        dtype = np.dtype([(field, np.float64) for field in group._fields])
        values = tuple(self.value(field) for field in group._fields)
        return cast(Group, np.array([values], dtype=dtype).view(np.recarray)[0])

    def override(self, values: Mapping[str, float]) -> Parameters:
        """Return a copy with some values replaced.

        A value outside the documented range is accepted (extreme tests need it); a value that its unit
        forbids is not.

        Raises:
            InputError: A name is unknown or a value is impossible for its unit.
        """
        copy = Parameters.__new__(Parameters)
        copy._by_name = dict(self._by_name)
        for name, value in values.items():
            known = self[name]
            if not math.isfinite(value):
                raise InputError(f"parameter '{name}': {value} is not a number; valid: a {known.unit}")
            if known.unit.startswith(("share", "probability")) and not 0 <= value <= 1:
                raise InputError(f"parameter '{name}': {value} is not a {known.unit}; valid: 0 to 1")
            if known.low >= 0 and value < 0 and not known.unit.startswith(("utility", "logit", "log")):
                raise InputError(f"parameter '{name}': {value} is negative; valid: 0 or more ({known.unit})")
            copy._by_name[name] = known.model_copy(update={"value": float(value)})
        return copy


class Facts:
    """The quantified statements: the note's 127 and the base-year figures.

    Args:
        tables: Where ``facts_note`` and ``facts_base_year`` are read from.

    Raises:
        InputError: A table is not valid or a name stands twice.
    """

    def __init__(self, tables: Tables) -> None:
        self.note = tables.rows("facts_note", Fact)
        self.base_year = tables.rows("facts_base_year", Fact)
        seen: set[str] = set()
        for table, facts in (("facts_note", self.note), ("facts_base_year", self.base_year)):
            for fact in facts:
                if fact.name in seen:
                    raise InputError(f"{tables.path(table)}: fact '{fact.name}' stands twice.")
                seen.add(fact.name)

    @cached_property
    def by_name(self) -> dict[str, Fact]:
        """All facts by name."""
        return {fact.name: fact for fact in [*self.note, *self.base_year]}

    def value(self, name: str) -> float:
        """Return the value of a fact.

        Raises:
            InputError: No fact has this name.
        """
        if name not in self.by_name:
            raise InputError(f"no fact '{name}'; {nearest(name, self.by_name)}")
        return self.by_name[name].value

    def find(self, word: str) -> list[Fact]:
        """Return the facts that mention a word in name, subject, section or source."""
        needle = word.lower()
        return [
            fact
            for fact in self.by_name.values()
            if any(needle in text.lower() for text in (fact.name, fact.subject, fact.section, fact.source))
        ]


class Description(NamedTuple):
    """One number as a person reads it: a line of ``facts`` on the command line."""

    name: str
    value: str  # with its unit
    when: str  # year of a fact, range of a parameter
    kind: str  # state, projection, target, action; observed, calibrated, assumed
    source: str


def describe(facts: Facts, parameters: Parameters, word: str = "") -> list[Description]:
    """Return every fact and parameter that mentions a word, facts first.

    Args:
        facts: The quantified statements.
        parameters: The parameters.
        word: Part of a name, subject, section, note or source, in any case; empty for all.

    Returns:
        One row per number, in the order of the tables; empty when nothing mentions the word.
    """
    needle = word.lower().strip()
    rows = []
    for fact in facts.find(needle):
        since = f" (from {fact.reference_year})" if fact.reference_year else ""
        value = f"{_number(fact.value)} {fact.unit}"
        rows.append(Description(fact.name, value, f"{fact.year}{since}", fact.kind, fact.source))
    for parameter in parameters.values():
        if any(needle in text.lower() for text in (parameter.name, parameter.note, parameter.source)):
            value = f"{_number(parameter.value)} {parameter.unit}"
            span = f"{_number(parameter.low)} to {_number(parameter.high)}"
            rows.append(Description(parameter.name, value, span, parameter.kind, parameter.source))
    return rows


def _number(value: float) -> str:
    return f"{value:,.10g}"
