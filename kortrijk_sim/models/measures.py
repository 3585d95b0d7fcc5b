"""The measures a city can take: each typed, dated and, where it has a place, placed.

A measure says what is done, where and when; the process that it acts on looks it up in the scenario. Dates
count in months since 1 January 2025.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, get_args

import numpy as np
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kortrijk_sim.arrays import Array

if TYPE_CHECKING:
    from kortrijk_sim.city.geography import Geography

START_YEAR = 2025
END_YEAR = 2040
MONTHS = 12 * (END_YEAR - START_YEAR + 1)

type Programme = Literal[
    "life_cycle", "social", "family", "apartment", "cohousing", "land_trust", "cooperative", "market"
]
PROGRAMMES: tuple[str, ...] = get_args(Programme.__value__)


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


type Date = Annotated[int | str, BeforeValidator(_a_date)]
type Line = Annotated[str, Field(max_length=100), AfterValidator(_one_line)]
type Label = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_one_line)]
type Wijken = Annotated[tuple[Label, ...], BeforeValidator(_names), Field(max_length=14)]


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


class BuildHomes(PlacedMeasure):
    """New dwellings, finished evenly over the months.

    They come on top of what developers build, or take the place of so many of their homes: land and
    builders serve one or the other (``replaces_market``, a share of the homes).

    ``programme`` decides type, tenure and form: ``life_cycle`` (flats and ground-floor homes for every
    stage of life, sold or let), ``social`` (let by the social landlord), ``family`` (houses with three or
    more bedrooms), ``apartment``, ``cohousing``, ``land_trust`` (sold without the land), ``cooperative``
    (let at cost to members) and ``market`` (the mix that developers build). Each finished home is a
    vacancy that starts a chain.
    """

    measure: Literal["build_homes"] = "build_homes"
    homes: int = Field(ge=1, le=20_000, description="dwellings over the whole period")
    programme: Programme
    sector: Label | None = Field(default=None, description="statistical sector of the site, by code")
    life_cycle_proof: bool | None = Field(default=None, description="by default only life_cycle is")
    replaces_market: float = Field(default=0.0, ge=0, le=1, description="share built instead of developers' homes")

    @property
    def proof(self) -> bool:
        """Whether these homes suit every stage of life."""
        return self.programme == "life_cycle" if self.life_cycle_proof is None else self.life_cycle_proof


class MovingHelp65Plus(PlacedMeasure):
    """Help with moving for owner households of 65+ in too large a home.

    The reached share of them, fixed per household, loses the reluctance to move and looks for another home
    more often.
    """

    measure: Literal["moving_help_65plus"] = "moving_help_65plus"
    share_reached: float = Field(gt=0, le=1, description="share of the eligible households")


class RentToBuy(AnyMeasure):
    """Homes that a young household first rents and buys within some years.

    Each year so many young tenants who lack only the down payment can look for a home as buyers do.
    """

    measure: Literal["rent_to_buy"] = "rent_to_buy"
    homes_per_year: int = Field(ge=1, le=2_000)
    max_years: int = Field(default=5, ge=1, le=15, description="longest rental period (note, section 1.2)")


class NotaryHelp(AnyMeasure):
    """A one-off sum towards the notary's bill of young buyers: it adds to their own means."""

    measure: Literal["notary_help"] = "notary_help"
    eur: float = Field(gt=0, le=50_000, description="EUR per purchase")


class LargeFamilyPremium(AnyMeasure):
    """A monthly premium for tenants with three or more children: it adds to what they can pay."""

    measure: Literal["large_family_premium"] = "large_family_premium"
    eur_month: float = Field(gt=0, le=5_000, description="EUR per month")


class VacancyTax(AnyMeasure):
    """A yearly tax on neglected dwellings: their owners renovate them and offer them again sooner."""

    measure: Literal["vacancy_tax"] = "vacancy_tax"
    eur_per_year: float = Field(gt=0, le=50_000, description="EUR per dwelling and year")


class SecondHomeTax(AnyMeasure):
    """A yearly tax on second homes: more of them are offered as main residences again."""

    measure: Literal["second_home_tax"] = "second_home_tax"
    eur_per_year: float = Field(gt=0, le=50_000, description="EUR per dwelling and year")


class ConformityChecks(AnyMeasure):
    """Checks of privately let homes with a poor label: they are renovated or leave the market for a time."""

    measure: Literal["conformity_checks"] = "conformity_checks"
    checks_per_year: int = Field(ge=1, le=20_000)


class HousingFirst(AnyMeasure):
    """Rental homes with support, each year, for households without one: a way in beside the queue."""

    measure: Literal["housing_first"] = "housing_first"
    places_per_year: int = Field(ge=1, le=1_000)


type Measure = Annotated[
    BuildHomes
    | MovingHelp65Plus
    | RentToBuy
    | NotaryHelp
    | LargeFamilyPremium
    | VacancyTax
    | SecondHomeTax
    | ConformityChecks
    | HousingFirst,
    Field(discriminator="measure"),
]

MEASURES: dict[str, type[AnyMeasure]] = {
    str(kind.model_fields["measure"].default): kind for kind in get_args(get_args(Measure.__value__)[0])
}


def homes_before(measure: BuildHomes, month: int) -> int:
    """Return how many of a measure's homes are finished before a month begins."""
    elapsed = min(max(month - measure.first_month, 0), measure.months)
    return measure.homes * elapsed // measure.months


def homes_due(measure: BuildHomes, month: int) -> int:
    """Return how many homes are finished in a month; over all months they sum exactly to ``homes``."""
    return homes_before(measure, month + 1) - homes_before(measure, month)


def wijk_of_homes(measure: BuildHomes, geography: Geography) -> Array:
    """Return in which wijk each home of a measure is built, in the order in which they are finished.

    Homes go to the wijken of the measure in proportion to their households (largest remainders), and at
    every moment in about this proportion. The homes finished in a month are those with numbers from
    ``homes_before(measure, month)`` up to ``homes_before(measure, month + 1)``.

    Returns:
        int16 array (homes,) of wijk numbers.
    """
    wijken = measure.wijk_numbers(geography)
    weights = [sum(s.households for s in geography.sectors if s.wijk == wijk) for wijk in wijken]
    shares = _largest_remainders(measure.homes, weights)
    wijk = np.repeat(np.asarray(wijken, np.int16), shares)
    turn = np.concatenate([(np.arange(share) + 0.5) / max(share, 1) for share in shares])
    return wijk[np.lexsort((wijk, turn))]


def _largest_remainders(total: int, weights: Sequence[float]) -> list[int]:
    """Share out a whole number in proportion to weights; the parts sum exactly to it."""
    everything = sum(weights)
    if everything <= 0:
        weights, everything = [1.0] * len(weights), float(len(weights))
    exact = [total * weight / everything for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts
