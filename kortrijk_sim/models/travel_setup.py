"""How one gets around: on the first day, and renewed when measures, firms or traffic change it (M4, M10)."""

from __future__ import annotations

import numpy as np

from kortrijk_sim.agents.columns import Firms
from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.network import assign, free_car_minutes
from kortrijk_sim.city.vocabulary import Activity, Mode, PersonStatus
from kortrijk_sim.draws import stream
from kortrijk_sim.models.access import Access
from kortrijk_sim.models.dice import ONCE, Dice
from kortrijk_sim.models.mobility import Mobility
from kortrijk_sim.models.mobility_policy import (
    edited_network,
    network_key,
    offer_of,
    services_share,
    terms_of,
    with_services_near_hubs,
)
from kortrijk_sim.models.policy import Scenario
from kortrijk_sim.models.state import State, Tables
from kortrijk_sim.models.transport import Transport, renewed, slowed, with_base_traffic
from kortrijk_sim.models.travel import EVENT, TravelDice, TravelSetting, travel
from kortrijk_sim.models.travel_environment import TravelEnvironment, attractions_of
from kortrijk_sim.models.travel_means import MeansDice, MeansSetting, household_type, income_of, travel_means

BEFORE = -1  # month of what was looked at before the first day
_AT_THE_WHEEL = (Mode.CAR, Mode.ELECTRIC_CAR, Mode.SHARED_CAR)


def travel_dice(seed: int, city_seed: int, month: int) -> TravelDice:
    """Return the streams of travel; tastes belong to the city, so that all runs share one base year."""
    return TravelDice(
        taste_once=np.uint64(stream(city_seed, int(Dice.TRAVEL_TASTE), ONCE)),
        places_once=np.uint64(stream(city_seed, int(Dice.TRAVEL_PLACES), ONCE)),
        visit_once=np.uint64(stream(city_seed, int(Dice.VISIT), ONCE)),
        habit=np.uint64(stream(seed, int(Dice.TRAVEL_HABIT), month)),
    )


def means_dice(seed: int, city_seed: int, month: int) -> MeansDice:
    """Return the streams of what people own to travel with."""
    return MeansDice(
        once=np.uint64(stream(city_seed, int(Dice.TRAVEL_MEANS), ONCE)),
        year=np.uint64(stream(seed, int(Dice.TRAVEL_MEANS), month)),
    )


def jobs_by_section(firms: Firms, sections: int, sectors: int) -> FloatArray:
    """Return jobs of the city by NACE section and sector, shape (sections, sectors)."""
    jobs = np.zeros((sections, sectors))
    open_ = firms.status == 1
    np.add.at(jobs, (firms.nace[open_], firms.sector[open_]), firms.jobs[open_])
    return jobs


def people_by_sector(t: Tables, sectors: int) -> tuple[FloatArray, FloatArray]:
    """Return inhabitants and employed inhabitants by sector of the home, shape (sectors,) each."""
    n = int(t.counts[0])
    household = t.persons.household[:n]
    at_home = (t.persons.status[:n] == PersonStatus.RESIDENT) & (household >= 0)
    home = np.where(at_home, t.households.dwelling[np.maximum(household, 0)], -1)
    sector = t.dwellings.sector[np.maximum(home, 0)]
    works = (home >= 0) & (t.persons.activity[:n] == Activity.EMPLOYED)
    people = np.bincount(sector[home >= 0], minlength=sectors).astype(float)
    return people, np.bincount(sector[works], minlength=sectors).astype(float)


def mean_incomes(t: Tables) -> FloatArray:
    """Return the mean log of household income by type of household, shape (5,)."""
    kinds: list[list[float]] = [[] for _ in range(5)]
    for h in range(int(t.counts[1])):
        if t.households.first_member[h] >= 0:
            kinds[household_type(t, h)].append(float(np.log(income_of(t, h))))
    return np.array([float(np.mean(k)) if k else 7.5 for k in kinds])


def car_traffic(m: Mobility, commuters: FloatArray) -> FloatArray:
    """Return cars a day from zone to zone, (zones, zones): half of the trips lead there, half back.

    Args:
        m: Mobility.
        commuters: Cars of commuters from outside, from the zone of the home to that of work.
    """
    between = m.ledger.between[list(_AT_THE_WHEEL)].sum(axis=0) + commuters
    return np.asarray(0.5 * (between + between.T))


def means_setting(
    env: TravelEnvironment,
    transport: Transport,
    m: Mobility,
    people: FloatArray,
    income_log: FloatArray,
    chargers_2025: float,
    wijk: Array,
) -> MeansSetting:
    """Return what ownership depends on this month."""  # fmt: skip
    by_wijk = np.bincount(wijk, weights=transport.charge_points)
    people_by_wijk = np.bincount(wijk, weights=people)
    ratio = by_wijk / np.maximum(people_by_wijk, 1.0) / max(chargers_2025, 1e-9)
    return MeansSetting(
        cars_constant=env.cars_constant,
        income_log=income_log,
        ease=np.ascontiguousarray(m.sectors[:, Access.EASE_OF_CAR]),
        shared_car_walk=transport.skims.hub_car_walk,
        chargers_ratio=np.maximum(ratio, 0.1)[wijk],
        means=env.means,
    )


def travel_setting(env: TravelEnvironment, transport: Transport, wijk: Array, visits_make_trips: bool) -> TravelSetting:
    """Return what trips depend on this month."""
    return TravelSetting(
        transport.ways, transport.reach, env.rates, wijk, env.trips, env.taste, env.nursing, env.travel,
        visits_make_trips,
    )  # fmt: skip


def start_travel(
    state: State,
    env: TravelEnvironment,
    geography: Geography,
    firms: Firms,
    work_zone: Array,
    commuters: FloatArray,
    city_seed: int,
    scale: float,
) -> Transport:
    """Let everybody choose cars, places and modes as on the first day, and see what traffic that makes.

    It depends on the base city and the parameters alone, neither on the seed of a run nor on its policy.

    Args:
        state: The city; filled.
        env: Tables and parameters of travel.
        geography: The map.
        firms: Local units.
        work_zone: Zone of work or study of each person, -1 unknown.
        commuters: Cars of commuters from outside, (zones, zones).
        city_seed: Seed of the population synthesis.
        scale: Share of the city that is simulated.
    """  # fmt: skip
    t, m, sectors = state.tables, state.mobility, len(geography.sectors)
    people, labour = people_by_sector(t, sectors)
    attractions = attractions_of(env, jobs_by_section(firms, len(env.sections), sectors), people, scale)
    none = Scenario()
    terms = terms_of(none, 0, geography, len(env.network.zones), env.services, env.terms)
    offer = offer_of(none, 0, geography, env.network, env.services)
    transport = renewed(
        None, env.network, terms, offer, attractions, labour_by_zone(env, labour, scale), env.sections, people,
        m.slowdown, BEFORE, env.transport,
    )  # fmt: skip
    m.sectors[:] = transport.access
    income_log = mean_incomes(t)
    chargers = float(offer[0].sum() / max(people.sum(), 1.0))
    why = np.full(int(t.counts[0]), EVENT, np.int8)
    setting = means_setting(env, transport, m, people, income_log, chargers, geography.sector_wijk)
    travel_means(t, m, why, BEFORE, means_dice(city_seed, city_seed, BEFORE), setting, True)
    trips = travel_setting(env, transport, geography.sector_wijk, True)
    travel(t, m, work_zone, why, BEFORE, travel_dice(city_seed, city_seed, BEFORE), trips)
    state.travel_base = (income_log, chargers)
    vehicles = assign(env.network, env.transport.network, car_traffic(m, commuters))
    return with_base_traffic(transport, vehicles / scale)


def labour_by_zone(env: TravelEnvironment, labour: FloatArray, scale: float) -> FloatArray:
    """Return workers by zone of the home: those outside as many as there are jobs there."""
    return np.concatenate([labour, env.outside.jobs * scale])


def renew_network(
    state: State,
    env: TravelEnvironment,
    scenario: Scenario,
    geography: Geography,
    firms: Firms,
    commuters: FloatArray,
    month: int,
    scale: float,
) -> None:
    """Bring network, prices, offer and, in January, traffic and destinations up to date."""  # fmt: skip
    key = network_key(scenario, month, geography)
    january = month > 0 and month % 12 == 0
    if not january and key == state.network_key:
        return
    m, p, sectors = state.mobility, env.transport, len(geography.sectors)
    before = state.transport
    network = (
        before.network
        if key == state.network_key
        else edited_network(env.network, scenario, month, geography, env.detour_ratio)
    )
    slowdown = np.ones((len(network.links), 2))
    slowdown[: len(m.slowdown)] = m.slowdown[: len(network.links)]
    if january and scenario.switch("congestion_slows_cars"):
        minutes = free_car_minutes(before.network, p.network) * m.slowdown
        vehicles = assign(before.network, p.network, car_traffic(m, commuters) / scale, minutes)
        slowdown[: len(m.slowdown)] = slowed(before, vehicles, m.slowdown, p)[: len(slowdown)]
    people, labour = people_by_sector(state.tables, sectors)
    jobs = jobs_by_section(firms, len(env.sections), sectors)
    offer = offer_of(scenario, month, geography, network, env.services)
    moved = with_services_near_hubs(jobs, services_share(scenario, month), offer[2])
    attractions = attractions_of(env, moved, people, scale)
    terms = terms_of(scenario, month, geography, len(network.zones), env.services, env.terms)
    state.transport = renewed(
        before, network, terms, offer, attractions, labour_by_zone(env, labour, scale), env.sections, people,
        slowdown, month, p,
    )  # fmt: skip
    state.network_key = key
    m.sectors[:] = state.transport.access
    state.mobility = m._replace(slowdown=slowdown)
