"""What travel depends on besides the state: tables, parameters, the network of today."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from kortrijk_sim.agents.care_rules import NursingParams
from kortrijk_sim.agents.mode_rules import TasteParams, TripParams, WayParams
from kortrijk_sim.agents.ownership_rules import MeansParams
from kortrijk_sim.agents.travel_rules import TravelParams
from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.network import Network, NetworkParams
from kortrijk_sim.city.network.services import Outside, SectorServices, load_outside, load_services
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.models.access import AccessParams, Attractions
from kortrijk_sim.models.connections import DistanceParams
from kortrijk_sim.models.mobility_indicators import EmissionParams
from kortrijk_sim.models.mobility_policy import TermParams
from kortrijk_sim.models.transport import TransportParams

SLOTS_WITH_RATES = ("work_school", "shopping", "services", "leisure", "visits")
_GROUPS = ("age_0_5", "age_6_11", "age_12_17", "student", "employed", "unemployed", "at_home", "retired_under_75",
           "retired_75plus")  # fmt: skip
_HOUSEHOLDS = ("alone", "couple", "couple_children", "lone_parent", "other")


class TripRateRow(BaseModel):
    """A line of ``trip_rates``: trips a day, there and back, of one group of people."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    group: str
    work_school: float = Field(ge=0, le=10)
    shopping: float = Field(ge=0, le=10)
    services: float = Field(ge=0, le=10)
    leisure: float = Field(ge=0, le=10)
    visits: float = Field(ge=0, le=10)
    source: str = Field(min_length=3)


class CarOwnershipRow(BaseModel):
    """A line of ``car_ownership``: households of one type by number of cars, and the constants that give it."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    household: str
    none: float = Field(ge=0, le=1)
    one: float = Field(ge=0, le=1)
    two: float = Field(ge=0, le=1)
    three_or_more: float = Field(ge=0, le=1)
    constant_one: float
    constant_two: float
    constant_three: float
    source: str = Field(min_length=3)


@dataclass(frozen=True)
class TravelEnvironment:
    """Everything that the processes of travel may know besides the state."""

    network: Network
    transport: TransportParams
    terms: TermParams
    taste: TasteParams
    trips: TripParams
    means: MeansParams
    emissions: EmissionParams
    nursing: NursingParams
    travel: TravelParams
    rates: FloatArray  # (9 groups, 5 slots)
    cars_constant: FloatArray  # (5 types of household, 4 numbers of cars)
    services: SectorServices
    outside: Outside
    sections: str  # letters of the NACE sections
    outside_jobs: FloatArray  # (sections, places outside)
    detour_ratio: float  # of a new bus line
    workers_share: float  # of inhabitants


def make_travel_environment(
    tables: Tables, parameters: Parameters, geography: Geography, network: Network
) -> TravelEnvironment:
    """Gather what travel depends on.

    Raises:
        InputError: A table is not valid.
    """
    from kortrijk_sim.city.synthesis.inputs import IndustryRow  # noqa: PLC0415

    rates = {row.group: row for row in tables.rows("trip_rates", TripRateRow)}
    cars = {row.household: row for row in tables.rows("car_ownership", CarOwnershipRow)}
    industries = tables.rows("industries", IndustryRow)
    share = np.array([row.jobs_west_flanders_2011 for row in industries], float)
    outside = load_outside(tables)
    return TravelEnvironment(
        network=network,
        transport=TransportParams(
            network=parameters.select(NetworkParams),
            ways=parameters.select(WayParams),
            distance=parameters.select(DistanceParams),
            access=parameters.select(AccessParams),
            parking_home_share=parameters.value("parking_resident_share"),
            change_noticed_utility=parameters.value("change_noticed_utility"),
            background_traffic_share=parameters.value("background_traffic_share"),
            congestion_damping=parameters.value("congestion_damping"),
        ),
        terms=parameters.select(TermParams),
        taste=parameters.select(TasteParams),
        trips=parameters.select(TripParams),
        means=parameters.select(MeansParams),
        emissions=parameters.select(EmissionParams),
        nursing=parameters.select(NursingParams),
        travel=parameters.select(TravelParams),
        rates=np.array([[getattr(rates[group], slot) for slot in SLOTS_WITH_RATES] for group in _GROUPS]),
        cars_constant=np.array(
            [[0.0, row.constant_one, row.constant_two, row.constant_three] for row in (cars[h] for h in _HOUSEHOLDS)]
        ),
        services=load_services(tables, geography),
        outside=outside,
        sections="".join(row.section for row in industries),
        outside_jobs=np.outer(share / share.sum(), outside.jobs),
        detour_ratio=parameters.value("network_detour_ratio"),
        workers_share=parameters.value("workers_share_of_population"),
    )


def attractions_of(env: TravelEnvironment, network: Network, jobs: Array, people: Array, scale: float) -> Attractions:
    """Return what every zone offers.

    Args:
        env: Tables and parameters.
        network: The network of the month, with its stops.
        jobs: Jobs in the city, (sections, sectors).
        people: Inhabitants by sector.
        scale: Share of the city that is simulated: places outside shrink with it.
    """
    s, o, p = env.services, env.outside, env.transport.access
    stops = {stop for line in network.lines for stop in line.stops}

    def both(inside: Array, outside: Array | float) -> FloatArray:
        return np.concatenate([np.asarray(inside, float), np.broadcast_to(outside, len(o.population))])

    return Attractions(
        jobs=np.concatenate([jobs, env.outside_jobs * scale], axis=1),
        population=both(people, o.population * scale),
        basic_schools=both(s.schools_basic, o.population / p.basic_school_inhabitants),
        secondary_schools=both(s.schools_secondary, o.population / p.secondary_school_inhabitants),
        shops_weight=both(s.shops_weight, 1.0),
        leisure_weight=both(s.leisure_weight, 1.0),
        care_weight=both(s.care_weight, 1.0),
        green=both(s.green, 1.0),
        stop=np.array([float(zone.node in stops) for zone in network.zones]),
        university=both(
            np.zeros(len(people)), np.where(o.population >= p.university_town_inhabitants, o.population, 0.0)
        ),
    )
