"""How one gets around: on the first day, and renewed when measures, firms or traffic change it (M4, M10)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kortrijk_sim.agents.columns import Firms
from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.network import assign, free_car_minutes
from kortrijk_sim.city.vocabulary import FirmStatus, Mode
from kortrijk_sim.draws import gumbel_ceilings, stream
from kortrijk_sim.models.access import Access
from kortrijk_sim.models.dice import ONCE, Dice
from kortrijk_sim.models.jobs import commuters_by_origin
from kortrijk_sim.models.mobility import Mobility
from kortrijk_sim.models.mobility_policy import (
    edited_network,
    network_key,
    offer_of,
    services_share,
    shared_car_stands,
    terms_of,
)
from kortrijk_sim.models.policy import Scenario
from kortrijk_sim.models.state import State, Tables
from kortrijk_sim.models.transport import Transport, along, renewed, rows_today, slowed, with_base_traffic
from kortrijk_sim.models.travel import EVENT, TravelDice, TravelSetting, travel
from kortrijk_sim.models.travel_environment import TravelEnvironment, attractions_of
from kortrijk_sim.models.travel_means import MeansDice, MeansSetting, travel_means, types_and_incomes

BEFORE = -1  # month of what was looked at before the first day
_CEILINGS = gumbel_ceilings(256)
_AT_THE_WHEEL = (Mode.CAR, Mode.ELECTRIC_CAR, Mode.SHARED_CAR)
_EMPLOYED = 4  # row of ``trip_rates``


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
    open_ = firms.status == FirmStatus.OPEN
    np.add.at(jobs, (firms.nace[open_], firms.sector[open_]), firms.jobs[open_])
    return jobs


def people_by_sector(t: Tables, sectors: int) -> FloatArray:
    """Return inhabitants by sector of the home, shape (sectors,)."""
    rows = int(t.counts[1])
    housed = t.households.dwelling[:rows] >= 0
    sector = t.dwellings.sector[t.households.dwelling[:rows][housed]]
    return np.bincount(sector, weights=t.households.members[:rows][housed], minlength=sectors)


def mean_incomes(t: Tables) -> FloatArray:
    """Return the mean log of household income by type of household, shape (5,)."""
    rows = int(t.counts[1])
    kinds, incomes = np.full(rows, -1, np.int8), np.ones(rows)
    types_and_incomes(t, kinds, incomes)
    # Logarithms one by one: those of a whole array may differ in the last bit from one processor to another.
    logs = np.array([float(np.log(income)) for income in incomes])
    return np.array([float(np.mean(logs[kinds == kind])) if (kinds == kind).any() else 7.5 for kind in range(5)])


def commuter_cars(state: State, env: TravelEnvironment, transport: Transport) -> FloatArray:
    """Return cars a day of those who commute in, from the zone of the home to that of work, (zones, zones).

    They travel as employed inhabitants do; which part drives follows from the utilities of the modes.
    """
    sectors = len(state.economy.sectors)
    share = np.exp(transport.ways.utility[sectors:, :sectors, :].astype(float))
    own = share[..., [mode for mode in Mode if mode not in (Mode.ELECTRIC_CAR, Mode.SHARED_CAR, Mode.SHARED_BIKE)]]
    drives = share[..., Mode.CAR] / np.maximum(own.sum(axis=-1), 1e-30)
    people = commuters_by_origin(state.economy, transport.commuting, env.outside.population, env.outside.jobs)
    cars = np.zeros(transport.commuting.shape)
    cars[sectors:, :sectors] = people * drives * env.rates[_EMPLOYED, 0]
    return cars


def car_traffic(state: State, env: TravelEnvironment, transport: Transport) -> FloatArray:
    """Return cars a day from zone to zone, (zones, zones): half of the trips lead there, half back."""
    between = state.mobility.ledger.between[list(_AT_THE_WHEEL)].sum(axis=0)
    between = between + commuter_cars(state, env, transport)
    return np.asarray(0.5 * (between + between.T))


def link_loads(state: State, env: TravelEnvironment, scale: float) -> pd.DataFrame:
    """Return the cars on every link on a mean day: those of inhabitants and of commuters from outside.

    Columns: ``a`` and ``b`` (nodes), ``road`` (class), ``km``, ``cars_there`` and ``cars_back`` (a day, from a to b
    and back), ``slowdown`` (car minutes over those of the base year, the slower direction).
    """
    transport, params = state.transport, env.transport.network
    network = transport.network
    slowdown = along(rows_today(network, env.network), state.mobility.slowdown, 1.0)
    minutes = free_car_minutes(network, params) * slowdown
    cars = assign(network, params, car_traffic(state, env, transport) / scale, minutes)
    frame = pd.DataFrame([(link.a, link.b, link.road, link.km) for link in network.links])
    frame.columns = pd.Index(["a", "b", "road", "km"])
    frame["cars_there"], frame["cars_back"] = cars[:, 0], cars[:, 1]
    frame["slowdown"] = slowdown.max(axis=1)
    return frame


def means_setting(
    env: TravelEnvironment,
    transport: Transport,
    m: Mobility,
    people: FloatArray,
    income_log: FloatArray,
    chargers_2025: float,
    wijk: Array,
    budget_share: float,
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
        budget_share=budget_share,
        means=env.means,
    )


def travel_setting(env: TravelEnvironment, transport: Transport, wijk: Array, visits_make_trips: bool) -> TravelSetting:
    """Return what trips depend on this month."""
    return TravelSetting(
        transport.ways, transport.places, env.rates, wijk, env.trips, env.taste, env.nursing, env.travel,
        visits_make_trips, _CEILINGS,
    )  # fmt: skip


def first_transport(state: State, env: TravelEnvironment, geography: Geography, scale: float) -> Transport:
    """Return how one gets around on the first day, without any policy.

    Args:
        state: The base city, with its firms.
        env: Tables and parameters of travel.
        geography: The map.
        scale: Share of the city that is simulated.
    """
    sectors, none = len(geography.sectors), Scenario()
    people = people_by_sector(state.tables, sectors)
    jobs = jobs_by_section(state.economy.firms, len(env.sections), sectors)
    attractions = attractions_of(env, env.network, jobs, people, scale)
    terms = terms_of(none, 0, geography, len(env.network.zones), env.services, env.terms)
    offer = offer_of(none, 0, geography, env.network, env.services)
    workers = env.workers_share * attractions.population
    return renewed(
        None, env.network, terms, offer, attractions, workers, env.sections, people, state.mobility.slowdown, BEFORE,
        env.transport,
    )  # fmt: skip


def start_travel(
    state: State, env: TravelEnvironment, transport: Transport, geography: Geography, city_seed: int, scale: float
) -> None:
    """Let everybody choose cars, places and modes as on the first day, and see what traffic that makes.

    It depends on the base city and the parameters alone, neither on the seed of a run nor on its policy.

    Args:
        state: The city; its mobility is filled.
        env: Tables and parameters of travel.
        transport: How one gets around.
        geography: The map.
        city_seed: Seed of the population synthesis.
        scale: Share of the city that is simulated.
    """
    t, m, wijk = state.tables, state.mobility, geography.sector_wijk
    people = people_by_sector(t, len(geography.sectors))
    m.sectors[:] = transport.access
    income_log = mean_incomes(t)
    chargers = float(transport.charge_points.sum() / max(people.sum(), 1.0))
    why = np.full(int(t.counts[0]), EVENT, np.int8)
    setting = means_setting(env, transport, m, people, income_log, chargers, wijk, 0.0)
    travel_means(t, m, why, BEFORE, means_dice(city_seed, city_seed, BEFORE), setting, True)
    trips = travel_setting(env, transport, wijk, True)
    travel(t, m, state.economy, why, BEFORE, travel_dice(city_seed, city_seed, BEFORE), trips)
    vehicles = assign(env.network, env.transport.network, car_traffic(state, env, transport))
    state.travel_base = (income_log, chargers)
    state.transport = with_base_traffic(transport, vehicles / scale)
    state.network_key = network_key(Scenario(), 0, geography)


def renew_network(
    state: State, env: TravelEnvironment, scenario: Scenario, geography: Geography, month: int, scale: float
) -> None:
    """Bring network, prices, offer and, in January, traffic and destinations up to date.

    Args:
        state: The city.
        env: Tables and parameters of travel.
        scenario: Policy.
        geography: The map.
        month: This month.
        scale: Share of the city that is simulated.
    """
    key = network_key(scenario, month, geography)
    january = month > 0 and month % 12 == 0
    if not january and key == state.network_key:
        return
    m, p, sectors, before = state.mobility, env.transport, len(geography.sectors), state.transport
    network = before.network
    if key != state.network_key:
        network = edited_network(env.network, scenario, month, geography, env.detour_ratio)
    slowdown = m.slowdown.copy()
    if january and scenario.switch("congestion_slows_cars"):
        rows = rows_today(before.network, env.network)
        known, until_now = rows >= 0, along(rows, slowdown, 1.0)
        minutes = free_car_minutes(before.network, p.network) * until_now
        vehicles = assign(before.network, p.network, car_traffic(state, env, before) / scale, minutes)
        slowdown[rows[known]] = slowed(before, vehicles, until_now, along(rows, before.base.vehicles, 0.0), p)[known]
    people = people_by_sector(state.tables, sectors)
    jobs = jobs_by_section(state.economy.firms, len(env.sections), sectors)
    offer = offer_of(scenario, month, geography, network, env.services)
    attractions = attractions_of(env, network, jobs, people, scale)
    terms = terms_of(scenario, month, geography, len(network.zones), env.services, env.terms)
    workers = env.workers_share * attractions.population
    state.transport = renewed(
        before, network, terms, offer, attractions, workers, env.sections, people,
        along(rows_today(network, env.network), slowdown, 1.0), month, p, services_share(scenario, month),
        shared_car_stands(scenario, month, geography),
    )  # fmt: skip
    state.network_key = key
    m.sectors[:] = state.transport.access
    state.mobility = m._replace(slowdown=slowdown)
