"""The targets of the city's note, and by which indicator each is measured, if the model knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.facts import Fact, Facts
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.models.indicator_names import DEFINITIONS, DERIVED
from kortrijk_sim.models.measures import END_YEAR, START_YEAR

type Form = Literal["level", "change", "change_percent"]
type Side = Literal["at least", "at most"]

TABLE = "targets"
KINDS = ("target", "action")


class TargetRow(BaseModel):
    """A line of the table ``targets``: how a target of the note is measured, or why it is not.

    The goal, its unit and its year stand with the fact (``facts_note``). ``form`` says what is compared with the
    goal: the indicator itself, its change since the start, or that change in per cent of the start. It is
    multiplied by ``factor``, to bring it into the unit of the goal; a reduction has a negative one.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    fact: str
    indicator: str | None = None
    form: Form | None = None
    side: Side | None = None
    factor: float | None = None
    note: str = ""
    source: str = Field(min_length=3)

    @model_validator(mode="after")
    def _all_or_nothing(self) -> Self:
        given = [value is not None for value in (self.indicator, self.form, self.side, self.factor)]
        if any(given) and not all(given):
            raise ValueError("wants indicator, form, side and factor, or none of them")
        if self.factor == 0:
            raise ValueError("factor 0 makes everything 0; valid: another number")
        if not any(given) and not self.note:
            raise ValueError("says neither how it is measured nor, in note, why it is not")
        return self


@dataclass(frozen=True)
class Measured:
    """How a target is read from an indicator: form, side and factor as in :class:`TargetRow`."""

    indicator: str
    form: Form
    side: Side
    factor: float

    def values(self, indicator: FloatArray) -> FloatArray:
        """Return what is compared with the goal.

        Args:
            indicator: Its values, shape (runs, moments); the first moment is the start.

        Returns:
            Array of the same shape, in the unit of the goal.
        """
        found = np.asarray(indicator, dtype=np.float64)
        start = found[:, :1]
        if self.form != "level":
            found = found - start
        if self.form == "change_percent":
            found = np.divide(100.0 * found, start, out=np.full_like(found, np.nan), where=start != 0)
        return np.asarray(self.factor * found)

    def reached(self, values: FloatArray, goal: FloatArray | float) -> np.ndarray:
        """Return where values are on the right side of a goal, shape as ``values``; never where one is unknown."""
        line = 1e-9 * np.maximum(1.0, np.abs(goal))  # sums of fractions: what stands on the line has reached it
        beyond = np.asarray(goal) - values if self.side == "at least" else values - np.asarray(goal)
        return np.asarray(beyond <= line)


@dataclass(frozen=True)
class Target:
    """A target or announced action of the note; ``measured`` is None where the model does not know it."""

    fact: Fact
    measured: Measured | None
    note: str


def load_targets(tables: Tables | None = None) -> tuple[Target, ...]:
    """Return every target and action of the note, in the order of the note.

    Args:
        tables: Tables with ``targets`` and ``facts_note``; the package's own by default.

    Raises:
        InputError: A line does not fit the facts or the indicators, or a target has no line.
    """
    tables = tables if tables is not None else Tables()
    facts = {fact.name: fact for fact in Facts(tables).note if fact.kind in KINDS}
    where = tables.path(TABLE)
    rows: dict[str, TargetRow] = {}
    for row in tables.rows(TABLE, TargetRow):
        if row.fact not in facts:
            raise InputError(f"{where}: fact '{row.fact}' is no target or action; {nearest(row.fact, facts)}")
        if row.fact in rows:
            raise InputError(f"{where}: fact '{row.fact}' stands twice; valid: a line per fact")
        _check(row, facts[row.fact], where)
        rows[row.fact] = row
    for name in facts:
        if name not in rows:
            raise InputError(f"{where}: no line for fact '{name}'; valid: a line per target and action of the note")
    return tuple(Target(fact, _measured(rows[name]), rows[name].note) for name, fact in facts.items())


def _check(row: TargetRow, fact: Fact, where: str) -> None:
    units = {definition.name: definition.unit for definition in (*DEFINITIONS, *DERIVED)}
    if row.indicator is None:
        return
    key = f"{where}: fact '{row.fact}'"
    if row.indicator not in units:
        raise InputError(f"{key}: no indicator '{row.indicator}'; {nearest(row.indicator, units)}")
    if units[row.indicator].endswith("/month"):
        raise InputError(f"{key}: '{row.indicator}' is counted by the month; valid: an indicator that is a state")
    if not START_YEAR <= fact.year <= END_YEAR:
        raise InputError(f"{key}: its year {fact.year} is not simulated; valid: a target of {START_YEAR} to {END_YEAR}")


def _measured(row: TargetRow) -> Measured | None:
    if row.indicator is None or row.form is None or row.side is None or row.factor is None:
        return None
    return Measured(row.indicator, row.form, row.side, row.factor)
