"""What the synthesis reads: the base-year tables as arrays, totals scaled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import BaseModel, Field

from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.facts import Facts, Parameters
from kortrijk_sim.city.geography import Geography, load_geography
from kortrijk_sim.city.synthesis.contingency import apportion
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError, nearest

AGES = 101  # single years 0 to 100, the last one open
LARGEST = 9  # persons in the largest household

SexName = Literal["female", "male"]
KindName = Literal["terraced", "semi_detached", "detached", "apartment", "other"]
KINDS = ("terraced", "semi_detached", "detached", "apartment", "other")
PERIODS = (
    "before_1900",
    "1900_1918",
    "1919_1945",
    "1946_1961",
    "1962_1970",
    "1971_1981",
    "1982_1991",
    "1992_2001",
    "2002_2011",
    "after_2011",
)
LABELS = ("A", "B", "C", "D", "E", "F")
SEXES = ("female", "male")
FAMILY_TYPES = ("alone", "couple", "lone_mother", "lone_father", "other")
POSITIONS = ("alone", "partner", "lone_parent", "child_of_couple", "child_of_lone_parent", "other")
ACTIVITIES = ("infant", "pupil", "student", "employed", "unemployed", "at_home", "retired")


class _Row(BaseModel):
    source: str = Field(min_length=3)


class AgeSexRow(_Row):
    """Inhabitants of one year of age."""

    age: int = Field(ge=0, le=100)
    female: float = Field(ge=0)
    male: float = Field(ge=0)


class PositionRow(_Row):
    """Persons by position in the household."""

    age_from: int = Field(ge=0, le=100)
    sex: SexName
    alone: float = Field(ge=0)
    partner: float = Field(ge=0)
    lone_parent: float = Field(ge=0)
    child_of_couple: float = Field(ge=0)
    child_of_lone_parent: float = Field(ge=0)
    other: float = Field(ge=0)
    institution: float = Field(ge=0)


class FamilyRow(_Row):
    """Households of one type and size."""

    type: Literal["alone", "couple", "lone_mother", "lone_father", "other"]
    size: int = Field(ge=1, le=LARGEST)
    households_2011: float = Field(ge=0)


class PrevalenceRow(_Row):
    """Share of an age group that lives in a nursing home."""

    age_from: int
    age_to: int
    sex: SexName
    share: float = Field(ge=0, le=1)


class HomelessRow(_Row):
    """Weight of an age group among homeless adults."""

    age_from: int
    age_to: int
    sex: SexName
    weight: float = Field(ge=0)


class ActivityRow(_Row):
    """Main activity of an age group in the census, and the employed share now."""

    age_from: int
    sex: SexName
    education: float = Field(ge=0, le=1)
    employed: float = Field(ge=0, le=1)
    unemployed: float = Field(ge=0, le=1)
    at_home: float = Field(ge=0, le=1)
    retired: float = Field(ge=0, le=1)
    employed_2025: float = Field(ge=0, le=1)


class WidowedRow(_Row):
    """Widowed among those without a spouse."""

    age_from: int
    sex: SexName
    unpartnered: float = Field(ge=0)
    widowed: float = Field(ge=0)


class HealthRow(_Row):
    """Need of help of an age group that lives at home."""

    age_from: int
    light: float = Field(ge=0, le=1)
    heavy: float = Field(ge=0, le=1)
    dementia: float = Field(ge=0, le=1)


class IncomeRow(_Row):
    """Net income of an activity from an age on."""

    activity: Literal["infant", "pupil", "student", "employed", "unemployed", "at_home", "retired"]
    age_from: int
    median_eur_month: float = Field(ge=0)
    sigma: float = Field(ge=0)


class KindPeriodRow(_Row):
    """Buildings of one type and construction period."""

    kind: KindName
    period: str
    buildings: float = Field(ge=0)
    dwellings_per_building: float = Field(gt=0)


class KindRoomsRow(_Row):
    """Share of a type of dwelling with so many rooms."""

    kind: KindName
    rooms: int = Field(ge=1, le=12)
    share: float = Field(ge=0, le=1)


class PeriodLabelRow(_Row):
    """Odds of an energy label in a construction period."""

    period: str
    label: Literal["A", "B", "C", "D", "E", "F"]
    weight: float = Field(ge=0)


class CoreKindRow(_Row):
    """Odds of a type of dwelling in a kind of core."""

    core: int = Field(ge=1, le=3)
    kind: KindName
    weight: float = Field(ge=0)


class CorePeriodRow(_Row):
    """Odds of a construction period in a kind of core."""

    core: int = Field(ge=1, le=3)
    period: str
    weight: float = Field(ge=0)


class SizeKindRow(_Row):
    """Odds that a household of a size lives in a type of dwelling."""

    size: int = Field(ge=1, le=5)
    kind: KindName
    weight: float = Field(ge=0)


class TenureKindRow(_Row):
    """Tenure of a type of dwelling."""

    kind: KindName
    owner: float = Field(ge=0)
    private_rent: float = Field(ge=0)
    social_rent: float = Field(ge=0)


class TenureSizeRow(_Row):
    """Tenure of households of a size (5 means five or more)."""

    size: int = Field(ge=1, le=5)
    owner: float = Field(ge=0)
    private_rent: float = Field(ge=0)
    social_rent: float = Field(ge=0)


class SectorRow(_Row):
    """What sets a sector apart."""

    code: str
    kwh_per_home: float = Field(gt=0)
    social_weight: float = Field(ge=0)
    flat_weight: float = Field(gt=0)
    terraced_weight: float = Field(gt=0)
    student_weight: float = Field(ge=0)


class InstitutionRow(_Row):
    """A school for higher education with a campus in the city."""

    institution: str
    students: int = Field(ge=0)
    campus_sector: str = Field(description="code of the statistical sector of the campus")


class IndustryRow(_Row):
    """A NACE section."""

    section: str
    label: str
    jobs_west_flanders_2011: float = Field(ge=0)
    jobs_per_unit: float = Field(gt=0)
    weight_core_1: float = Field(ge=0)
    weight_core_2: float = Field(ge=0)
    weight_core_3: float = Field(ge=0)


@dataclass(frozen=True)
class Inputs:
    """Everything the synthesis needs, read once.

    Attributes:
        tables: Where the tables come from.
        parameters: Parameters by name.
        facts: Facts by name.
        geography: The map.
        scale: Share of the city that is made.
    """

    tables: Tables
    parameters: Parameters
    facts: Facts
    geography: Geography
    scale: float

    def p(self, name: str) -> float:
        """Return the value of a parameter."""
        return self.parameters.value(name)

    def total(self, fact: str) -> int:
        """Return a count from the facts, scaled."""
        return round(self.facts.value(fact) * self.scale)

    def parts(self, facts: Iterable[str], total: int | None = None) -> Array:
        """Return counts from the facts, scaled so that they add up to a whole total."""
        values = np.array([self.facts.value(name) for name in facts])
        return apportion(values, round(values.sum() * self.scale) if total is None else total)

    def grid(self, name: str, row: type[BaseModel], axes: dict[str, tuple[object, ...]], value: str) -> FloatArray:
        """Return a table as an array, one axis per key column; what is not in the table is 0.

        Raises:
            InputError: A key is unknown.
        """
        out = np.zeros([len(labels) for labels in axes.values()])
        for line, entry in enumerate(self.tables.rows(name, row), start=2):
            index = []
            for column, labels in axes.items():
                key = getattr(entry, column)
                if key not in labels:
                    hint = nearest(str(key), [str(label) for label in labels])
                    raise InputError(f"{self.tables.path(name)}, line {line}, {column}: '{key}' unknown; {hint}")
                index.append(labels.index(key))
            out[tuple(index)] = getattr(entry, value)
        return out

    def core_of_sector(self) -> Array:
        """Return the kind of core of each sector, 0 city, 1 village, 2 outside, shape (sectors,)."""
        return np.array([sector.core_type - 1 for sector in self.geography.sectors])

    def sector_column(self, column: str) -> FloatArray:
        """Return a column of the table ``sector_character`` in the order of the sectors.

        Raises:
            InputError: A sector is missing.
        """
        by_code = {row.code: row for row in self.tables.rows("sector_character", SectorRow)}
        for sector in self.geography.sectors:
            if sector.code not in by_code:
                raise InputError(f"{self.tables.path('sector_character')}: sector '{sector.code}' is missing.")
        return np.array([getattr(by_code[s.code], column) for s in self.geography.sectors], np.float64)


def read_inputs(tables: Tables, scale: float) -> Inputs:
    """Read what the synthesis needs.

    Raises:
        InputError: The scale is outside 0.01 to 1, or a table is not valid.
    """
    if not 0.01 <= scale <= 1.0:
        raise InputError(f"scale: {scale} is not a share of the city; valid: 0.01 to 1")
    return Inputs(tables, Parameters(tables), Facts(tables), load_geography(tables), scale)


def step_index(starts: Array, values: Array) -> Array:
    """Return for each value the last step that starts at or below it."""
    return np.maximum(np.searchsorted(starts, values, side="right") - 1, 0)
