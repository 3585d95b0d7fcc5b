"""Rates by age and sex, as tables that anyone can filter and replace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.facts import ParameterClass
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError, nearest

AGES = 120


class AgeRate(BaseModel):
    """One anchor of a curve over age."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    rate: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    sex: Literal["F", "M", "any"]
    age: int = Field(ge=0, lt=AGES)
    value: float = Field(ge=0, le=1)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    interpolation: Literal["linear", "log"]
    kind: ParameterClass = Field(alias="class")
    source: str = Field(min_length=3)

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.rate} at {self.age}: value {self.value} is not within its range")
        return self


class AgeRates(Mapping[str, FloatArray]):
    """Curves by name, each an array (2 sexes: female, male; 120 ages).

    Between anchors a curve is linear in the value or in its logarithm; outside them it is flat.

    Raises:
        InputError: The table ``age_rates`` is not valid.
    """

    def __init__(self, tables: Tables) -> None:
        anchors: dict[tuple[str, str], list[AgeRate]] = {}
        for row in tables.rows("age_rates", AgeRate):
            anchors.setdefault((row.rate, row.sex), []).append(row)
        self._curves: dict[str, FloatArray] = {}
        for (rate, sex), rows in anchors.items():
            curve = self._curves.setdefault(rate, np.zeros((2, AGES)))
            ages = [row.age for row in rows]
            if ages != sorted(set(ages)):
                raise InputError(f"{tables.path('age_rates')}: ages of '{rate}' ({sex}) do not rise.")
            values = np.array([row.value for row in rows])
            if rows[0].interpolation == "log":
                line = np.exp(np.interp(np.arange(AGES), ages, np.log(np.maximum(values, 1e-12))))
            else:
                line = np.interp(np.arange(AGES), ages, values)
            for number, letter in enumerate("FM"):
                if sex in (letter, "any"):
                    curve[number] = line

    def __getitem__(self, rate: str) -> FloatArray:
        if rate not in self._curves:
            raise InputError(f"no age rate '{rate}'; {nearest(rate, self._curves)}")
        return self._curves[rate]

    def __contains__(self, rate: object) -> bool:
        return rate in self._curves

    def __iter__(self) -> Iterator[str]:
        return iter(self._curves)

    def __len__(self) -> int:
        return len(self._curves)
