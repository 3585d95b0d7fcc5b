"""Policy: the scenario that holds a city's measures, and its check against the places of the city.

Nothing is read from files here; ``kortrijk_sim.experiments.scenario_files`` does that. The measures stand in
``kortrijk_sim.models.measures``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.models.care_measures import position_of
from kortrijk_sim.models.measures import (
    END_YEAR,
    MEASURES,
    MONTHS,
    PROGRAMMES,
    START_YEAR,
    AcquireFirms,
    AnyMeasure,
    BuildHomes,
    CloseCareSite,
    ConformityChecks,
    ConvertCareSite,
    ExtendCareSite,
    GrowHomeCare,
    HousingFirst,
    Internships,
    Label,
    LargeFamilyPremium,
    Line,
    Measure,
    MovingHelp65Plus,
    NotaryHelp,
    OpenCareVillage,
    PlacedMeasure,
    Record,
    RentToBuy,
    RoomForScaleUps,
    SecondHomeTax,
    SmeManager,
    SocialEmployment,
    StarterPremium,
    StayingSupport,
    StudentRooms,
    SupportCarers,
    VacancyTax,
    homes_before,
    homes_due,
    month_number,
    wijk_of_homes,
)
from kortrijk_sim.models.mobility_checks import check_mobility
from kortrijk_sim.models.site_checks import check_care_sites

if TYPE_CHECKING:
    from kortrijk_sim.city.facts import Parameters
    from kortrijk_sim.city.geography import Geography
    from kortrijk_sim.city.network import Network

__all__ = [
    "END_YEAR",
    "MEASURES",
    "MONTHS",
    "PROGRAMMES",
    "START_YEAR",
    "SWITCHES",
    "AcquireFirms",
    "BuildHomes",
    "CloseCareSite",
    "ConformityChecks",
    "ConvertCareSite",
    "ExtendCareSite",
    "GrowHomeCare",
    "HousingFirst",
    "Internships",
    "LargeFamilyPremium",
    "Measure",
    "MovingHelp65Plus",
    "NotaryHelp",
    "OpenCareVillage",
    "RentToBuy",
    "RoomForScaleUps",
    "Scenario",
    "SecondHomeTax",
    "SmeManager",
    "SocialEmployment",
    "StarterPremium",
    "StayingSupport",
    "StudentRooms",
    "SupportCarers",
    "Switch",
    "VacancyTax",
    "check_scenario",
    "homes_before",
    "homes_due",
    "month_number",
    "position_of",
    "wijk_of_homes",
]

TOTAL_HOMES_MAX = 50_000  # more than the whole city has today: surely a slip of the pen
VILLAGES_MAX = 100  # far more than a city of this size can fill

type Sited = BuildHomes | StudentRooms | RoomForScaleUps | AcquireFirms
SITED = (BuildHomes, StudentRooms, RoomForScaleUps, AcquireFirms)  # measures with a statistical sector as their site

type Switch = Literal[
    "care_entry_frees_home",
    "life_cycle_home_postpones_care",
    "kangaroo_living",
    "informal_care_postpones_nursing",
    "day_care_postpones_nursing",
    "staff_limits_places",
    "accessibility_moves_households",
    "congestion_slows_cars",
    "visits_make_trips",
    "students_take_small_flats",
    "vacancies_find_jobs",
    "accessibility_places_firms",
]
SWITCHES: tuple[str, ...] = get_args(Switch.__value__)


class Scenario(Record):
    """A future: how long, which measures, which parameters and couplings differ from the base.

    A run is determined by this, the tables, the seed and the city seed. ``extends`` only remembers where
    a scenario came from; what it took over is already in ``measures``.
    """

    name: Label = "unchanged"
    title: Line = ""
    description: str = Field(default="", max_length=10_000)
    extends: Label | None = None
    years: int = Field(default=END_YEAR - START_YEAR + 1, ge=1, le=END_YEAR - START_YEAR + 1)
    measures: Annotated[tuple[Measure, ...], Field(strict=False, max_length=2_000)] = ()
    parameters: dict[str, float] = Field(default_factory=dict)
    switches: dict[Switch, bool] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _not_absurd(self) -> Self:
        self.switches.update({name: True for name in get_args(Switch.__value__) if name not in self.switches})
        homes = sum(m.homes for m in self.measures if isinstance(m, BuildHomes))
        if homes > TOTAL_HOMES_MAX:
            raise ValueError(f"measures: {homes} homes in all; valid: up to {TOTAL_HOMES_MAX}")
        villages = sum(isinstance(m, OpenCareVillage) for m in self.measures)
        if villages > VILLAGES_MAX:
            raise ValueError(f"measures: {villages} care villages in all; valid: up to {VILLAGES_MAX}")
        return self

    @property
    def until_year(self) -> int:
        """Last simulated year."""
        return START_YEAR + self.years - 1

    @property
    def horizon_months(self) -> int:
        """Number of simulated months."""
        return 12 * self.years

    def switch(self, name: Switch) -> bool:
        """Return whether a coupling between two parts of the city is on."""
        return self.switches[name]

    def active(self, month: int) -> list[Measure]:
        """Return the measures that hold in a month (months since 1 January 2025), in file order."""
        return [measure for measure in self.measures if measure.holds(month)]

    def of[Kind: AnyMeasure](self, kind: type[Kind], month: int | None = None) -> Iterator[Kind]:
        """Yield the measures of one kind: all of them, or those that hold in a month."""
        for measure in self.measures:
            if isinstance(measure, kind) and (month is None or measure.holds(month)):
                yield measure

    def digest(self) -> str:
        """Return a hash of all that a result depends on: not of names, titles or the way of writing."""
        measures = []
        for measure in self.measures:
            plain = measure.model_dump(mode="json", exclude={"from_", "until"})
            plain |= {"first": measure.first_month, "last": measure.last_month}
            if isinstance(measure, BuildHomes):
                plain["life_cycle_proof"] = measure.proof
            measures.append(plain)
        content = [self.years, measures, self.parameters, self.switches]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def check_scenario(
    scenario: Scenario,
    geography: Geography,
    parameters: Parameters,
    where: str = "scenario",
    sites: Iterable[str] | None = None,
    network: Network | None = None,
) -> Scenario:
    """Check the places and parameters of a scenario against the city.

    Args:
        scenario: What is asked.
        geography: The city's wijken and sectors.
        parameters: The parameters that it may override.
        where: File that the scenario came from, for messages.
        sites: Names of today's care sites; without them a site's name is not compared with theirs.
        network: Today's network; without it lines and crossings are not compared with its own.

    Returns:
        The scenario with each wijk and care site under its full name.

    Raises:
        InputError: A wijk, sector, care site or parameter is unknown or a value impossible; names file and
            key.
    """
    measures: list[Measure] = []
    for number, measure in enumerate(scenario.measures):
        key = f"{where}: measures[{number}]"
        if isinstance(measure, OpenCareVillage):
            measure = _placed_village(measure, geography, key)
        if not isinstance(measure, PlacedMeasure):
            measures.append(measure)
            continue
        names = []
        for wijk in measure.wijk:
            try:
                names.append(geography.wijken[geography.wijk_number(wijk)].name)
            except InputError as error:
                valid = nearest(wijk, [w.name for w in geography.wijken])
                raise InputError(f"{key}.wijk ({measure.measure}): no wijk '{wijk}'; {valid}") from error
        if len(set(names)) < len(names):
            raise InputError(f"{key}.wijk ({measure.measure}): a wijk stands twice; valid: each wijk once")
        measure = measure.model_copy(update={"wijk": tuple(names)})
        if isinstance(measure, SITED) and measure.sector is not None:
            measure = measure.model_copy(update={"wijk": (_wijk_of_site(measure, geography, key),)})
        measures.append(measure)
    for name, value in scenario.parameters.items():
        try:
            parameters.override({name: value})
        except InputError as error:
            raise InputError(f"{where}: parameters.{name}: {error}") from error
    checked = check_mobility(check_care_sites(measures, sites, where), geography, network, where)
    return scenario.model_copy(update={"measures": checked})


def _placed_village(measure: OpenCareVillage, geography: Geography, key: str) -> OpenCareVillage:
    """Return a village with its wijk, if it names one, under its full name; refuse a place outside the city."""
    try:
        position_of(measure, geography)
    except InputError as error:
        raise InputError(f"{key}.{error}") from error
    if measure.wijk is None:
        return measure
    return measure.model_copy(update={"wijk": geography.wijken[geography.wijk_number(measure.wijk)].name})


def _wijk_of_site(measure: Sited, geography: Geography, key: str) -> str:
    """Return the wijk of a building site; refuse an unknown sector or one outside the wijk that is named."""
    by_code = {sector.code: sector for sector in geography.sectors}
    sector = by_code.get(str(measure.sector))
    if sector is None:
        raise InputError(f"{key}.sector: no sector '{measure.sector}'; {nearest(str(measure.sector), by_code)}")
    home = geography.wijken[sector.wijk].name
    if measure.wijk and measure.wijk != (home,):
        raise InputError(f"{key}.sector: {sector.code} lies in {home}; valid: wijk = '{home}'")
    return home
