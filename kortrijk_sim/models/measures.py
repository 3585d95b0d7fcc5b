"""The measures a city can take: each typed, dated and, where it has a place, placed.

A measure says what is done, where and when; the process that it acts on looks it up in the scenario. What
all measures share stands in ``dated_measure``, those of care in ``care_measures``, of
mobility in ``mobility_measures``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import numpy as np
from pydantic import Field

from kortrijk_sim.arrays import Array
from kortrijk_sim.models.care_measures import (
    CloseCareSite,
    ConvertCareSite,
    ExtendCareSite,
    GrowHomeCare,
    OpenCareVillage,
    SupportCarers,
)
from kortrijk_sim.models.dated_measure import (
    END_YEAR,
    MONTHS,
    START_YEAR,
    AnyMeasure,
    Date,
    Label,
    Line,
    PlacedMeasure,
    Record,
    Wijken,
    month_number,
)
from kortrijk_sim.models.economy_measures import (
    AcquireFirms,
    Internships,
    RoomForScaleUps,
    SmeManager,
    SocialEmployment,
    StarterPremium,
    StayingSupport,
    StudentRooms,
)
from kortrijk_sim.models.mobility_measures import (
    CarFreeZone,
    ChargePoints,
    CloseCrossing,
    CycleComfort,
    CycleLink,
    FreightOutOfCore,
    KilometreCharge,
    MobilityBudget,
    OpenHub,
    Parking,
    ServicesNearHubs,
    SharedCars,
    SlowStreets,
    TransitFare,
    TransitLine,
    TransitService,
)

if TYPE_CHECKING:
    from kortrijk_sim.city.geography import Geography

__all__ = [
    "END_YEAR",
    "MEASURES",
    "MONTHS",
    "PROGRAMMES",
    "START_YEAR",
    "AcquireFirms",
    "AnyMeasure",
    "BuildHomes",
    "BuildingPermits",
    "CloseCareSite",
    "ConformityChecks",
    "ConvertCareSite",
    "Date",
    "ExtendCareSite",
    "GrowHomeCare",
    "HousingFirst",
    "Internships",
    "Label",
    "LargeFamilyPremium",
    "Line",
    "Measure",
    "MovingHelp65Plus",
    "NotaryHelp",
    "OpenCareVillage",
    "PlacedMeasure",
    "Programme",
    "Record",
    "RentToBuy",
    "RoomForScaleUps",
    "SecondHomeTax",
    "SmeManager",
    "SocialEmployment",
    "StarterPremium",
    "StayingSupport",
    "StudentRooms",
    "SupportCarers",
    "VacancyTax",
    "Wijken",
    "homes_before",
    "homes_due",
    "month_number",
    "wijk_of_homes",
]

type Programme = Literal[
    "life_cycle", "social", "family", "apartment", "cohousing", "land_trust", "cooperative", "market"
]
PROGRAMMES: tuple[str, ...] = get_args(Programme.__value__)


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


class BuildingPermits(AnyMeasure):
    """Fewer permits for developers: only a share of the homes that they would start is granted.

    Homes under way are finished, some thirty months after their start; homes of ``build_homes`` are not
    touched. Of several that hold, the strictest counts.
    """

    measure: Literal["building_permits"] = "building_permits"
    share_granted: float = Field(ge=0, le=1, description="share of what developers would start; 0 grants none")


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
    | BuildingPermits
    | MovingHelp65Plus
    | RentToBuy
    | NotaryHelp
    | LargeFamilyPremium
    | VacancyTax
    | SecondHomeTax
    | ConformityChecks
    | HousingFirst
    | OpenCareVillage
    | ExtendCareSite
    | ConvertCareSite
    | CloseCareSite
    | GrowHomeCare
    | SupportCarers
    | StudentRooms
    | StayingSupport
    | Internships
    | StarterPremium
    | RoomForScaleUps
    | AcquireFirms
    | SmeManager
    | SocialEmployment
    | OpenHub
    | TransitService
    | TransitLine
    | TransitFare
    | CycleLink
    | CycleComfort
    | CarFreeZone
    | SlowStreets
    | Parking
    | KilometreCharge
    | ChargePoints
    | SharedCars
    | ServicesNearHubs
    | FreightOutOfCore
    | MobilityBudget
    | CloseCrossing,
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
    households = np.bincount(geography.sector_wijk, [sector.households for sector in geography.sectors])
    return _in_turn(measure.homes, tuple(wijken), tuple(float(households[wijk]) for wijk in wijken))


@lru_cache(maxsize=256)
def _in_turn(homes: int, wijken: tuple[int, ...], weights: tuple[float, ...]) -> Array:
    shares = _largest_remainders(homes, weights)
    wijk = np.repeat(np.asarray(wijken, np.int16), shares)
    turn = np.concatenate([(np.arange(share) + 0.5) / max(share, 1) for share in shares])
    order: Array = wijk[np.lexsort((wijk, turn))]
    order.flags.writeable = False  # the same array is given out every month
    return order


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
