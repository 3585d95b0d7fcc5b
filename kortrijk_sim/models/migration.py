"""Households that leave the city, and those who come: arrivals close the housing market (P6)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.household_rules import HousingParams, rooms_needed
from kortrijk_sim.agents.market_rules import MarketParams
from kortrijk_sim.agents.person import PersonParams, income_eur_month, per_month
from kortrijk_sim.agents.table import add_member, open_household, open_person, set_parents
from kortrijk_sim.arrays import Array, FloatArray, IntArray, KeyArray
from kortrijk_sim.city.vocabulary import (
    Activity,
    DwellingKind,
    DwellingStatus,
    DwellingUse,
    HouseholdStatus,
    Role,
    Sex,
    Tenure,
)
from kortrijk_sim.compiling import inlined, kernel, lean
from kortrijk_sim.draws import child_key, mix, normal, uniform
from kortrijk_sim.models.events import Cause, Kind, record
from kortrijk_sim.models.levers import Levers
from kortrijk_sim.models.market import (
    ARRIVAL,
    Place,
    SearchParams,
    Seekers,
    pay,
    set_means,
)
from kortrijk_sim.models.occupancy import CLOSED_BY_ARRIVAL, household_leaves_city, occupy, profile_of
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.summary import Summary

YOUNG_SINGLE, OLDEST_SINGLE = 27, 49  # years: arriving singles whose place a graduate of the city may take


class ArrivalParams(NamedTuple):
    """Who comes and who goes; see ``parameters_demography``."""

    arrival_couple_share: float
    arrival_lone_parent_share: float
    arrival_children_mean: float
    arrival_income_ratio: float
    arrival_savings_eur: float
    arrival_savings_sd_log: float
    reservation_utility_arrival: float
    arrival_employed_share: float
    departure_owner_ratio: float
    departure_social_ratio: float
    departure_family_ratio: float
    departure_homeless_ratio: float


@kernel
def highest_departure_chance(rate: Array, alignment: float) -> FloatArray:
    """Return a monthly chance to leave the city that no household exceeds, by age of the head, shape (120,)."""
    highest = np.empty(rate.shape[0])
    for age in range(rate.shape[0]):
        highest[age] = per_month(alignment * rate[age])
    return highest


@lean
def departures(
    t: Tables,
    s: Summary,
    rows: IntArray,
    month: int,
    dice: np.uint64,
    rate: Array,
    alignment: float,
    family_rooms: float,
    ap: ArrivalParams,
) -> None:
    """Let households move out of the city: yearly rate by age of the head, by tenure and children.

    ``rows`` are those of the households whose draw is below the highest chance of their age.
    """
    households = t.households
    for h in rows:
        status = households.status[h]
        if status != HouseholdStatus.HOUSED and status != HouseholdStatus.HOMELESS:
            continue
        age = min(s.head_age[h], rate.shape[0] - 1)
        if uniform(dice, households.key[h]) < per_month(alignment * rate[age] * departure_ratio(t, s, h, ap)):
            profile = profile_of(t.persons, households, h, month)
            household_leaves_city(t, h, month, Cause.MOVE.value, Cause.LEFT_CITY.value, profile, family_rooms)


@inlined
def departure_ratio(t: Tables, s: Summary, h: int, ap: ArrivalParams) -> float:
    """Factor on leaving the city, at most 1: owners, social tenants and families are more settled."""
    home = t.households.dwelling[h]
    if home < 0:
        return ap.departure_homeless_ratio
    ratio = 1.0
    if t.dwellings.tenure[home] == Tenure.OWNER:
        ratio = ap.departure_owner_ratio
    elif t.dwellings.tenure[home] == Tenure.SOCIAL_RENT:
        ratio = ap.departure_social_ratio
    if s.children[h] > 0:
        ratio *= ap.departure_family_ratio
    return ratio


@lean
def expected_departures(t: Tables, s: Summary, rate: Array, ap: ArrivalParams) -> float:
    """Return the persons a year that the base city expects to leave with their household, unaligned."""
    total = 0.0
    for h in range(s.shape[0]):
        status = t.households.status[h]
        if status == HouseholdStatus.HOUSED or status == HouseholdStatus.HOMELESS:
            yearly = rate[min(s.head_age[h], rate.shape[0] - 1)] * departure_ratio(t, s, h, ap)
            total += yearly * t.households.members[h]
    return total


@lean
def candidates(t: Tables, scale: float, mp: MarketParams) -> int:
    """Return how many households from elsewhere look for a home this month.

    Vacancies above the structural level draw people in at a monthly speed; a minimum always looks.
    """
    free, structural = 0.0, 0.0
    dw = t.dwellings
    for d in range(t.counts[2]):
        if dw.status[d] != DwellingStatus.STANDING or dw.use[d] != DwellingUse.MAIN_RESIDENCE:
            continue
        if dw.tenure[d] == Tenure.SOCIAL_RENT:
            continue
        if dw.kind[d] == DwellingKind.APARTMENT:
            structural += mp.structural_vacancy_apartment_share
        else:
            structural += mp.structural_vacancy_house_share
        if dw.household[d] < 0:
            free += 1.0
    return int(max(mp.in_migrants_min_per_month * scale, mp.in_migration_closing_per_month * (free - structural)))


@lean
def head_age_of(key: np.uint64, dice: np.uint64, cumulative: Array) -> int:
    """Draw the age of an arriving head from the cumulative age profile of movers, shape (120,)."""
    u = uniform(dice, key, 1)
    age = 18
    while age < cumulative.shape[0] - 1 and cumulative[age] < u:
        age += 1
    return age


@lean
def composition_of(key: np.uint64, dice: np.uint64, age: int, ap: ArrivalParams) -> tuple[bool, int]:
    """Draw whether an arriving head has a partner, and how many children come along."""
    u = uniform(dice, key, 2)
    couple = u < ap.arrival_couple_share
    parent = couple or u < ap.arrival_couple_share + ap.arrival_lone_parent_share
    children = 0
    if parent and 22 <= age < 52:
        # A geometric number: most come with none or one, some with many.
        stop = 1.0 / (1.0 + ap.arrival_children_mean)
        while children < 5 and uniform(dice, key, 10 + children) > stop:
            children += 1
        if not couple and children == 0:
            children = 1
    return couple, children


class Graduates(NamedTuple):
    """Graduates from outside who want to stay and look for a home this month."""

    key: KeyArray
    age: Array  # years
    place: Array  # on the list of those who look for a home


@inlined
def slot_key(dice: np.uint64, slot: int) -> np.uint64:
    """Return the name of the household that arrives in a slot of this month."""
    return mix(mix(dice, np.uint64(slot + 1)), np.uint64(77))


@kernel
def slots_of_graduates(wanted: int, graduates: int, dice: np.uint64, cumulative: Array, ap: ArrivalParams) -> IntArray:
    """Return the graduate in each slot of this month's arrivals, -1 for others, shape (slots,).

    Graduates are some of the singles who arrive, young ones first; where those do not suffice they come on top.
    """
    single_age = np.full(wanted, -1, np.int32)
    for i in range(wanted):
        key = slot_key(dice, i)
        age = head_age_of(key, dice, cumulative)
        couple, children = composition_of(key, dice, age, ap)
        if not couple and children == 0:
            single_age[i] = age
    out = np.full(wanted + graduates, -1, np.int32)
    g = 0
    for first, last in ((18, YOUNG_SINGLE), (YOUNG_SINGLE + 1, OLDEST_SINGLE)):
        for i in range(wanted):
            if g < graduates and first <= single_age[i] <= last:
                out[i] = g
                g += 1
    n = wanted
    while g < graduates:
        out[n] = g
        g += 1
        n += 1
    return out[:n]


@kernel
def describe_arrivals(
    t: Tables,
    k: Seekers,
    wanted: int,
    graduates: Graduates,
    month: int,
    dice: np.uint64,
    standing: np.uint64,
    cumulative: Array,
    place: Place,
    tenure_dice: np.uint64,
    levers: Levers,
    pp: PersonParams,
    p: HousingParams,
    sp: SearchParams,
    ap: ArrivalParams,
) -> int:
    """Say who looks for a home from elsewhere this month; return how many.

    Slot number and month name an arriving household: the same slot is the same people in every future.
    Graduates who stay are some of the young singles among them, or come on top. The row of a graduate is
    -1 less the place in the list, that of the others their slot.
    """  # fmt: skip
    years = month / 12.0
    of_slot = slots_of_graduates(wanted, graduates.key.shape[0], dice, cumulative, ap)
    for i in range(of_slot.shape[0]):
        key = slot_key(dice, i)
        age = head_age_of(key, dice, cumulative)
        couple, children = composition_of(key, dice, age, ap)
        k.kind[i] = ARRIVAL
        k.row[i] = i
        if of_slot[i] >= 0:
            g = of_slot[i]
            key, age, couple, children = graduates.key[g], graduates.age[g], False, 0
            k.row[i] = -1 - g
        k.key[i] = key
        k.age[i] = age
        k.children[i] = children
        k.needed[i] = rooms_needed(2 if couple else 1, couple, children)
        k.senior[i] = age >= 65
        level = income_eur_month(
            arrival_activity(child_key(key, 0), dice, age, ap), normal(standing, child_key(key, 0)), years, pp
        )
        if couple:
            other = arrival_activity(child_key(key, 1), dice, age, ap)
            level += income_eur_month(other, normal(standing, child_key(key, 1)), years, pp)
        k.income[i] = max(ap.arrival_income_ratio * level, 1.0)
        wealth = ap.arrival_savings_eur * min(1.0, (age - 18.0) / 25.0)
        k.equity[i] = wealth * np.exp(ap.arrival_savings_sd_log * normal(standing, key, 1))
        k.stay[i] = ap.reservation_utility_arrival
        set_means(t, k, i, place, tenure_dice, levers, p, sp)
    return int(of_slot.shape[0])


@lean
def settle_arrivals(
    t: Tables,
    k: Seekers,
    got: Array,
    factor: Array,
    month: int,
    dice: np.uint64,
    place: Place,
    standing: np.uint64,
    pp: PersonParams,
    p: HousingParams,
    sp: SearchParams,
    ap: ArrivalParams,
) -> None:
    """Let those who found a home come."""  # fmt: skip
    for i in range(got.shape[0]):
        if got[i] >= 0:
            settle_arrival(t, k, i, got[i], factor[i], month, dice, place, standing, pp, p, sp, ap)


@kernel
def graduates_housed(k: Seekers, got: Array, graduates: Graduates, listed: int) -> IntArray:
    """Return a flag for each graduate of the list: found a home this month, shape (listed,)."""
    out = np.zeros(listed, np.int32)
    for i in range(got.shape[0]):
        if k.row[i] < 0 and got[i] >= 0:
            out[graduates.place[-1 - k.row[i]]] = 1
    return out


@lean
def arrival_activity(key: np.uint64, dice: np.uint64, age: int, ap: ArrivalParams) -> int:
    """Draw the activity of an arriving adult."""
    if age >= 66:
        return Activity.RETIRED.value
    u = uniform(dice, key, 3)
    if u < ap.arrival_employed_share:
        return Activity.EMPLOYED.value
    return Activity.UNEMPLOYED.value if u < 0.5 * (1.0 + ap.arrival_employed_share) else Activity.AT_HOME.value


@lean
def settle_arrival(
    t: Tables,
    k: Seekers,
    i: int,
    d: int,
    price_factor: float,
    month: int,
    dice: np.uint64,
    place: Place,
    standing: np.uint64,
    pp: PersonParams,
    p: HousingParams,
    sp: SearchParams,
    ap: ArrivalParams,
) -> None:
    """Create the members of an arriving household and let them move in."""  # fmt: skip
    persons, households = t.persons, t.households
    key = k.key[i]
    age = int(k.age[i])
    couple, children = composition_of(key, dice, age, ap)
    graduate = k.row[i] < 0
    if graduate:
        couple, children = False, 0
    household = open_household(persons, households, t.counts, mix(key, np.uint64(1)), month)
    head_sex = Sex.MALE if uniform(dice, key, 4) < (0.3 if children > 0 and not couple else 0.5) else Sex.FEMALE
    head = new_arrival(t, child_key(key, 0), head_sex, age, month, dice, household, Role.ADULT.value, standing, pp, ap)
    mother = head if head_sex == Sex.FEMALE else -1
    father = head if head_sex == Sex.MALE else -1
    if couple:
        gap = int(6.0 * uniform(dice, key, 5)) - 3 + (-2 if head_sex == Sex.MALE else 2)
        partner = new_arrival(
            t,
            child_key(key, 1),
            1 - head_sex,
            max(18, age + gap),
            month,
            dice,
            household,
            Role.ADULT.value,
            standing,
            pp,
            ap,
        )
        persons.partner[head] = partner
        persons.partner[partner] = head
        since = month - int(12.0 * min(age - 18.0, 15.0) * uniform(dice, key, 6))
        persons.union_since[head] = since
        persons.union_since[partner] = since
        if head_sex == Sex.FEMALE:
            father = partner
        else:
            mother = partner
    for c in range(children):
        youngest = max(0, age - 42)
        span = max(1, min(17, age - 20) - youngest)
        child_age = youngest + int(span * uniform(dice, key, 20 + c))
        sex = Sex.FEMALE.value if uniform(dice, key, 30 + c) < pp.girl_share else Sex.MALE.value
        child = new_arrival(
            t, child_key(key, 2 + c), sex, child_age, month, dice, household, Role.CHILD.value, standing, pp, ap
        )
        set_parents(persons, t.care, child, mother, father)
        if mother >= 0:
            persons.children_born[mother] += 1
    how, value = pay(t, household, d, price_factor, k.income[i], k.age[i], k.equity[i], month, place, p, sp)
    member = households.first_member[household]
    while member >= 0:
        record(
            t.log, t.counts, month, Kind.ARRIVED.value, Cause.ARRIVAL.value, 0, member, household, -1, d, np.uint64(0),
            0, value,
        )  # fmt: skip
        member = persons.next_member[member]
    if graduate:
        record(
            t.log, t.counts, month, Kind.GRADUATE_STAYED.value, 0, 0, head, household, -1, d, np.uint64(0), 0,
            float(age),
        )  # fmt: skip
    occupy(t, household, d, -1, month, how, CLOSED_BY_ARRIVAL, value)


@lean
def new_arrival(
    t: Tables,
    key: np.uint64,
    sex: int,
    age: int,
    month: int,
    dice: np.uint64,
    household: int,
    role: int,
    standing: np.uint64,
    pp: PersonParams,
    ap: ArrivalParams,
) -> int:
    """Create one arriving person with an activity and an income."""  # fmt: skip
    birth = month - 12 * age - int(12.0 * uniform(dice, key, 7))
    person = open_person(t.persons, t.care, t.counts, key, sex, birth)
    t.persons.arrived_month[person] = month
    if age < 3:
        activity = Activity.INFANT.value
    elif age < 18:
        activity = Activity.PUPIL.value
    else:
        activity = arrival_activity(key, dice, age, ap)
    t.persons.activity[person] = activity
    if age >= 18:
        z = normal(standing, key)
        t.persons.income_eur_month[person] = ap.arrival_income_ratio * income_eur_month(activity, z, month / 12.0, pp)
    add_member(t.persons, t.households, household, person, role)
    return int(person)
