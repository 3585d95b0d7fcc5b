"""What people own to travel with: licences, bikes, passes, cars, electric cars, car sharing (M5-M7)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.ownership_rules import (
    MOST_CARS,
    MeansParams,
    bike_owned,
    cars_utility,
    electric_probability,
    licence_share,
    transit_pass_share,
)
from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.vocabulary import Activity, DwellingKind, HouseholdStatus, PersonStatus
from kortrijk_sim.compiling import inlined, kernel
from kortrijk_sim.draws import gumbel, uniform
from kortrijk_sim.models.events import Kind, note_travel
from kortrijk_sim.models.mobility import Mobility
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.travel import BIRTHDAY, EVENT

NOT_YET = -9999
ALONE, COUPLE, COUPLE_CHILDREN, LONE_PARENT, OTHER = 0, 1, 2, 3, 4  # rows of ``car_ownership``


class MeansSetting(NamedTuple):
    """What ownership depends on besides the tables."""

    cars_constant: Array  # (5 types of household, 4 numbers of cars) log odds over none
    income_log: Array  # (5,) mean log income of the type in the base year
    ease: Array  # (113,) what a car adds to ease of travel, over the mean of the base year
    shared_car_walk: Array  # (zones,) minutes on foot to the nearest shared car, inf without one
    chargers_ratio: Array  # (113,) public charge points per inhabitant around, over those of the city in 2025
    budget_share: float  # of those who would have a company car: take a mobility budget instead
    means: MeansParams


class MeansDice(NamedTuple):
    """Streams of ownership; inclinations belong to the city, the year's events to the run."""

    once: np.uint64
    year: np.uint64


@kernel
def travel_means(
    t: Tables, m: Mobility, why: Array, month: int, dice: MeansDice, setting: MeansSetting, quiet: bool
) -> None:
    """Let persons and households look again at what they own to travel with.

    Args:
        t: All tables.
        m: Mobility.
        why: For each row of the person table 0, BIRTHDAY or EVENT; who gets or loses a licence, bike or pass, and
            the members of a household whose cars change, are set to EVENT.
        month: This month.
        dice: Streams.
        setting: Constants, ease of travel, chargers, parameters.
        quiet: Whether changes stay out of the event log: on the first day.
    """
    p = setting.means
    persons, travel = t.persons, m.travel
    years = month / 12.0
    for i in range(why.shape[0]):
        if why[i] == 0 or persons.status[i] != PersonStatus.RESIDENT:
            continue
        age = (month - persons.birth_month[i]) // 12
        key, activity = persons.key[i], persons.activity[i]
        licence = uniform(dice.once, key, 0) < licence_share(age, persons.sex[i], p)
        bike = bike_owned(age, uniform(dice.once, key, 1), years, p)
        transit_pass = uniform(dice.once, key, 2) < transit_pass_share(age, activity, p)
        if travel.licence[i] != licence or travel.bike[i] != bike or travel.transit_pass[i] != transit_pass:
            why[i] = EVENT
        travel.licence[i], travel.bike[i], travel.transit_pass[i] = licence, bike, transit_pass
    electric_share = p.electric_share_2025
    if month > 0:
        electric_share = share_electric(t, m)
    for i in range(why.shape[0]):
        if why[i] == 0 or persons.status[i] != PersonStatus.RESIDENT or persons.household[i] < 0:
            continue
        h = persons.household[i]
        if m.fleet.looked[h] == month and m.fleet.looked[h] != NOT_YET:
            continue
        if why[i] == BIRTHDAY and t.households.first_member[h] != i:
            continue
        look_at_cars(t, m, h, why, why[i], month, electric_share, dice, setting, quiet)


@kernel
def share_electric(t: Tables, m: Mobility) -> float:
    """Return the share of the cars of households that is battery electric."""
    cars, electric = 0, 0
    for h in range(t.counts[1]):
        status = t.households.status[h]
        if status == HouseholdStatus.HOUSED or status == HouseholdStatus.HOMELESS:
            cars += m.fleet.cars[h]
            electric += m.fleet.electric[h]
    return electric / max(cars, 1)


@kernel
def household_type(t: Tables, h: int) -> int:
    """Return the type of a household as in the statistics of car ownership."""
    first = t.households.first_member[h]
    partner = t.persons.partner[first]
    couple = partner >= 0 and t.persons.household[partner] == h
    sons = 0
    member = first
    while member >= 0:
        sons += t.persons.role[member] == 1
        member = t.persons.next_member[member]
    size = t.households.members[h]
    if size == 1:
        return ALONE
    if couple and sons > 0:
        return COUPLE_CHILDREN
    if couple and size == 2:
        return COUPLE
    return LONE_PARENT if not couple and sons > 0 else OTHER


@kernel
def income_of(t: Tables, h: int) -> float:
    """Return the income of a household in EUR a month, at least 1."""
    income = 0.0
    member = t.households.first_member[h]
    while member >= 0:
        income += t.persons.income_eur_month[member]
        member = t.persons.next_member[member]
    return max(income, 1.0)


@kernel
def types_and_incomes(t: Tables, kinds: Array, incomes: FloatArray) -> None:
    """Write down type and income (EUR a month) of each household that has members, shape (households,) each."""
    for h in range(len(kinds)):
        if t.households.first_member[h] >= 0:
            kinds[h] = household_type(t, h)
            incomes[h] = income_of(t, h)


@inlined
def look_at_cars(
    t: Tables,
    m: Mobility,
    h: int,
    why: Array,
    reason: int,
    month: int,
    electric_share: float,
    dice: MeansDice,
    setting: MeansSetting,
    quiet: bool,
) -> None:
    """Let a household look again at its cars; when they change its members look again at their ways."""  # fmt: skip
    fleet, p = m.fleet, setting.means
    key = t.households.key[h]
    first_time = fleet.looked[h] == NOT_YET
    fleet.looked[h] = month
    home = t.households.dwelling[h]
    sector = t.dwellings.sector[home] if home >= 0 else -1
    cars, electric, sharing, company_cars = fleet.cars[h], fleet.electric[h], fleet.sharing[h], fleet.company[h]
    within_reach = sector >= 0 and setting.shared_car_walk[sector] <= p.sharing_reach_walk_minutes
    if first_time:
        house = home >= 0 and t.dwellings.kind[home] != DwellingKind.APARTMENT
        chance = p.home_charger_share_house if house else p.home_charger_share_apartment
        fleet.charger[h] = uniform(dice.once, key, 3) < chance
        fleet.sharing[h] = within_reach and uniform(dice.once, key, 4) < p.sharing_member_share_2025
    elif not within_reach:
        fleet.sharing[h] = 0
    elif fleet.sharing[h] == 0:
        fleet.sharing[h] = uniform(dice.year, key, 4) < p.sharing_joins_per_year
    joined = fleet.sharing[h] == 1 and sharing == 0
    if first_time or reason == EVENT or joined or uniform(dice.year, key, 5) < p.cars_reconsider_per_year:
        fleet.cars[h] = wanted_cars(t, m, h, sector, month, dice, setting)
    fleet.electric[h] = min(fleet.electric[h], fleet.cars[h])
    years = month / 12.0
    ratio = setting.chargers_ratio[sector] if sector >= 0 else 1.0
    for c in range(fleet.cars[h]):
        company = c < fleet.company[h]
        bought = p.company_car_replacement_per_year if company else p.car_replacement_per_year
        bought = bought if reason == BIRTHDAY else 0.0
        if first_time:
            # Company cars, and those of people with a charger, were the first: the same odds around the share.
            odds = electric_probability(years, fleet.charger[h] == 1, ratio, company, p)
            usual = electric_probability(years, False, 1.0, False, p)
            share = electric_share * odds / max(0.5 * (odds + usual), 1.0e-9)
            fleet.electric[h] += uniform(dice.once, key, 10 + c) < min(share, 1.0)
        elif c >= cars or uniform(dice.year, key, 20 + c) < bought:
            chosen = uniform(dice.year, key, 30 + c) < electric_probability(
                years, fleet.charger[h] == 1, ratio, company, p
            )
            was = c < electric
            if chosen and not was:
                fleet.electric[h] = min(fleet.electric[h] + 1, fleet.cars[h])
            elif was and not chosen:
                fleet.electric[h] -= 1
    changed = fleet.cars[h] != cars or fleet.electric[h] != electric or fleet.sharing[h] != sharing
    if not first_time and (changed or fleet.company[h] != company_cars):
        member = t.households.first_member[h]
        while member >= 0:
            why[member] = EVENT
            member = t.persons.next_member[member]
        if fleet.cars[h] != cars and not quiet:
            note_travel(t.log, t.counts, month, Kind.CARS_CHANGED.value, -1, h, cars, float(fleet.cars[h]))


@inlined
def wanted_cars(t: Tables, m: Mobility, h: int, sector: int, month: int, dice: MeansDice, setting: MeansSetting) -> int:
    """Return how many cars suit a household best, and set how many of them come from an employer (M5)."""
    p = setting.means
    key = t.households.key[h]
    kind = household_type(t, h)
    drivers, company = 0, 0
    member = t.households.first_member[h]
    while member >= 0:
        if m.travel.licence[member] == 1:
            drivers += 1
            if t.persons.activity[member] == Activity.EMPLOYED:
                member_key = t.persons.key[member]
                if uniform(dice.once, member_key, 8) >= setting.budget_share:
                    company += uniform(dice.once, member_key, 6) < p.company_car_share
        member = t.persons.next_member[member]
    if drivers == 0:
        m.fleet.company[h] = 0
        return 0
    log_income = np.log(income_of(t, h)) - setting.income_log[kind]
    ease = setting.ease[sector] if sector >= 0 else 0.0
    first = t.households.first_member[h]
    senior = month - t.persons.birth_month[first] >= 780
    best, best_value = 0, -1.0e30
    for cars in range(MOST_CARS + 1):
        value = cars_utility(cars, setting.cars_constant[kind, cars], log_income, ease, senior, p)
        value += gumbel(dice.once, key, 40 + cars)
        if value > best_value:
            best, best_value = cars, value
    best = max(best, min(company, MOST_CARS))
    if m.fleet.sharing[h] == 1 and best > company and uniform(dice.once, key, 7) < p.sharing_gives_up_car_share:
        best -= 1
    m.fleet.company[h] = min(company, best)
    return best
