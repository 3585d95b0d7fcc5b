"""Policy: the scenario that holds a city's measures, and its check against the places of the city.

Nothing is read from files here; ``kortrijk_sim.experiments.scenario_files`` does that. The measures stand in
``kortrijk_sim.models.measures``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.models.care_measures import position_of
from kortrijk_sim.models.dated_measure import measure_key
from kortrijk_sim.models.measures import (
    END_YEAR,
    MEASURES,
    MONTHS,
    PROGRAMMES,
    START_YEAR,
    AcquireFirms,
    AnyMeasure,
    BuildHomes,
    BuildingPermits,
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
    "BuildingPermits",
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


BASES_MAX = 20


def _bases(value: Any) -> Any:
    """Read one name or a list of names as a tuple of names."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and not value:
        raise ValueError("names no scenario; valid: a scenario or a list of scenarios")
    return tuple(value) if isinstance(value, list) else value


def _once_each(value: tuple[str, ...]) -> tuple[str, ...]:
    for name in value:
        if value.count(name) > 1:
            raise ValueError(f"'{name}' stands twice; valid: each once")
    return value


def _a_kind(value: str) -> str:
    if value not in MEASURES:
        raise ValueError(f"is no measure; {nearest(value, MEASURES)}")
    return value


_NAME = {"type": "string", "minLength": 1, "maxLength": 100}
_BASES_SCHEMA: dict[str, Any] = {
    "anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1, "maxItems": BASES_MAX, "uniqueItems": True}]
}
type Bases = Annotated[
    tuple[Label, ...],
    BeforeValidator(_bases),
    Field(max_length=BASES_MAX),
    AfterValidator(_once_each),
    WithJsonSchema(_BASES_SCHEMA),
]
type Kind = Annotated[str, AfterValidator(_a_kind), WithJsonSchema({"enum": sorted(MEASURES)})]


class Scenario(Record):
    """A future: how long, which measures, which parameters and couplings differ from the base.

    A run is determined by this, the tables, the seed and the city seed. ``extends`` and ``without`` only
    remember where a scenario came from; what it took over is already in ``measures``.
    """

    name: Label = Field(default="unchanged", description="short name, by default that of the file")
    title: Line = Field(default="", description="one line for tables and pictures")
    description: str = Field(default="", max_length=10_000, description="what the scenario is about")
    extends: Bases = Field(
        default=(), description="the scenario, or list of scenarios, that this one adds to: names or paths"
    )
    without: Annotated[tuple[Kind, ...], Field(strict=False, max_length=100), AfterValidator(_once_each)] = Field(
        default=(), description="kinds of measures that are not taken over from them"
    )
    years: int = Field(
        default=END_YEAR - START_YEAR + 1, ge=1, le=END_YEAR - START_YEAR + 1, description="simulated years from 2025"
    )
    measures: Annotated[tuple[Measure, ...], Field(strict=False, max_length=2_000)] = ()
    parameters: dict[str, float] = Field(default_factory=dict, description="other values for parameters, by name")
    switches: dict[Switch, bool] = Field(default_factory=dict, description="couplings; all are on by default")

    @model_validator(mode="after")
    def _not_absurd(self) -> Self:
        if self.without and not self.extends:
            raise ValueError("without: nothing is taken over; valid: together with 'extends'")
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
    inherited: int = 0,
) -> Scenario:
    """Check the places and parameters of a scenario against the city.

    Args:
        scenario: What is asked.
        geography: The city's wijken and sectors.
        parameters: The parameters that it may override.
        where: File that the scenario came from, for messages.
        sites: Names of today's care sites; without them a site's name is not compared with theirs.
        network: Today's network; without it lines and crossings are not compared with its own.
        inherited: Number of measures that it took over; those of the file itself are counted from there.

    Returns:
        The scenario with each wijk and care site under its full name.

    Raises:
        InputError: A wijk, sector, care site or parameter is unknown or a value impossible; names file and
            key.
    """
    measures: list[Measure] = []
    for number, measure in enumerate(scenario.measures):
        key = partial(measure_key, where, number, measure.measure, inherited=inherited)
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
                raise InputError(f"{key('wijk')}: no wijk '{wijk}'; {valid}") from error
        if len(set(names)) < len(names):
            raise InputError(f"{key('wijk')}: a wijk stands twice; valid: each wijk once")
        measure = measure.model_copy(update={"wijk": tuple(names)})
        if isinstance(measure, SITED) and measure.sector is not None:
            measure = measure.model_copy(update={"wijk": (_wijk_of_site(measure, geography, key),)})
        measures.append(measure)
    for name, value in scenario.parameters.items():
        try:
            parameters.override({name: value})
        except InputError as error:
            raise InputError(f"{where}: parameters.{name}: {error}") from error
    measures = list(check_care_sites(measures, sites, where, inherited))
    checked = check_mobility(measures, geography, network, where, inherited)
    return scenario.model_copy(update={"measures": checked})


def _placed_village(measure: OpenCareVillage, geography: Geography, key: Callable[[str], str]) -> OpenCareVillage:
    """Return a village with its wijk, if it names one, under its full name; refuse a place outside the city."""
    try:
        position_of(measure, geography)
    except InputError as error:
        field, _, complaint = str(error).partition(": ")
        raise InputError(f"{key(field)}: {complaint}") from error
    if measure.wijk is None:
        return measure
    return measure.model_copy(update={"wijk": geography.wijken[geography.wijk_number(measure.wijk)].name})


def _wijk_of_site(measure: Sited, geography: Geography, key: Callable[[str], str]) -> str:
    """Return the wijk of a building site; refuse an unknown sector or one outside the wijk that is named."""
    by_code = {sector.code: sector for sector in geography.sectors}
    sector = by_code.get(str(measure.sector))
    if sector is None:
        raise InputError(f"{key('sector')}: no sector '{measure.sector}'; {nearest(str(measure.sector), by_code)}")
    home = geography.wijken[sector.wijk].name
    if measure.wijk and measure.wijk != (home,):
        raise InputError(f"{key('sector')}: {sector.code} lies in {home}; valid: wijk = '{home}'")
    return home
