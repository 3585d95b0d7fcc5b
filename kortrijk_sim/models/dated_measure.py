"""What every measure has: a date, perhaps a place, and types that refuse what is not meant.

Dates count in months since 1 January 2025.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

if TYPE_CHECKING:
    from kortrijk_sim.city.geography import Geography

START_YEAR = 2025
END_YEAR = 2040
MONTHS = 12 * (END_YEAR - START_YEAR + 1)


def month_number(text: int | str, *, closing: bool = False) -> int:
    """Return the month that a date in a scenario stands for.

    Args:
        text: A year (2028) or a month ("2028-07").
        closing: Whether a bare year stands for its December instead of its January.

    Returns:
        Months since 1 January 2025.

    Raises:
        ValueError: The date is not written in one of these ways or lies outside 2025 to 2040.
    """
    valid = f"valid: a year from {START_YEAR} to {END_YEAR} or a month such as '{START_YEAR}-07'"
    if isinstance(text, bool) or not isinstance(text, int | str):
        raise ValueError(f"is not a year or month; {valid}")
    if isinstance(text, int):
        year, month = text, 12 if closing else 1
    else:
        match = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text)
        if match is None:
            raise ValueError(f"is not a year or month; {valid}")
        year, month = int(match[1]), int(match[2])
    if not START_YEAR <= year <= END_YEAR:
        raise ValueError(f"lies outside the simulated years; {valid}")
    return 12 * (year - START_YEAR) + month - 1


def _a_date(value: Any) -> Any:
    month_number(value)
    return value


def _names(value: Any) -> Any:
    """Read one name, a list of names, or 'all' as a tuple of names; empty stands for the whole city."""
    if isinstance(value, str):
        return () if value.strip().lower() == "all" else (value,)
    if isinstance(value, list) and not value:
        raise ValueError("names no wijk; valid: a wijk, a list of wijken or 'all'")
    return tuple(value) if isinstance(value, list) else value


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("holds characters that cannot be printed; valid: one line of text")
    return value


def measure_key(where: str, number: int, kind: str, field: str, inherited: int = 0) -> str:
    """Return how messages name a key of a measure.

    Args:
        where: File that the scenario came from.
        number: Place of the measure among all of the scenario.
        kind: Its ``measure``.
        field: The key.
        inherited: How many measures the scenario took over; those of the file itself are counted from there.
    """
    if number < inherited:  # measures of the scenarios that it extends do not fit together
        return f"{where}: extends: {field} ({kind})"
    return f"{where}: measures[{number - inherited}].{field} ({kind})"


_NAME = {"type": "string", "minLength": 1, "maxLength": 100}
# What the validators above accept, for editors.
_DATE_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "integer", "minimum": START_YEAR, "maximum": END_YEAR},
        {"type": "string", "pattern": "^20(2[5-9]|3[0-9]|40)-(0[1-9]|1[0-2])$"},
    ],
    "examples": [2028, "2028-07"],
}
_WIJKEN_SCHEMA: dict[str, Any] = {"anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1, "maxItems": 14}]}

type Date = Annotated[int | str, BeforeValidator(_a_date), WithJsonSchema(_DATE_SCHEMA)]
type Line = Annotated[str, Field(max_length=100), AfterValidator(_one_line)]
type Label = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_one_line)]
type Wijken = Annotated[
    tuple[Label, ...], BeforeValidator(_names), Field(max_length=14), WithJsonSchema(_WIJKEN_SCHEMA)
]


class Record(BaseModel):
    """Something read from outside: unknown keys, wrong types and infinite numbers are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, populate_by_name=True)


class AnyMeasure(Record):
    """What every measure has: when it holds.

    ``from`` and ``until`` are a year or a month, both inclusive; a measure without ``until`` lasts to
    December 2040 whatever the horizon of the run, so a shorter run is the beginning of a longer one.
    """

    from_: Date = Field(validation_alias="from", serialization_alias="from")
    until: Date = END_YEAR

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_month < self.first_month:
            raise ValueError(f"'until' ({self.until}) lies before 'from' ({self.from_})")
        return self

    @property
    def first_month(self) -> int:
        """First month in which the measure holds, months since 1 January 2025."""
        return month_number(self.from_)

    @property
    def last_month(self) -> int:
        """Last month in which the measure holds, months since 1 January 2025."""
        return month_number(self.until, closing=True)

    @property
    def months(self) -> int:
        """Number of months in which the measure holds."""
        return self.last_month - self.first_month + 1

    def holds(self, month: int) -> bool:
        """Return whether the measure holds in a month (months since 1 January 2025)."""
        return self.first_month <= month <= self.last_month


class PlacedMeasure(AnyMeasure):
    """A measure with a place: ``wijk`` is a name or code, a list of them, or "all" (the default)."""

    wijk: Wijken = ()

    def wijk_numbers(self, geography: Geography) -> tuple[int, ...]:
        """Return the numbers of the wijken where the measure holds; all of them without ``wijk``."""
        if not self.wijk:
            return tuple(range(len(geography.wijken)))
        return tuple(geography.wijk_number(name) for name in self.wijk)
