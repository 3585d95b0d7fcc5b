"""Trips: how many, where to, by which mode (M1-M3), and who looks again at ways kept by habit (M9).

A person keeps one destination and one main mode for each slot. They are looked at again after something has
happened at home, when a way has changed noticeably, and otherwise by a yearly share of people.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.care_rules import NursingParams
from kortrijk_sim.agents.mode_rules import (
    N_MODES,
    N_SLOTS,
    NEVER_CHOSEN,
    TasteParams,
    Traveller,
    TripParams,
    age_group,
    care_trips_per_day,
    kind_of_traveller,
    mode_utility,
    trip_group,
    trips_ratio,
)
from kortrijk_sim.agents.travel_rules import TravelParams
from kortrijk_sim.arrays import Array, IntArray
from kortrijk_sim.city.vocabulary import Activity, Mode, PersonStatus, Purpose, Slot
from kortrijk_sim.compiling import inlined, kernel
from kortrijk_sim.draws import gumbel, gumbel_of, uniform
from kortrijk_sim.models.connections import WITH_CAR, WITHOUT_CAR, Aim, Places, Ways
from kortrijk_sim.models.economy import Economy
from kortrijk_sim.models.events import Kind, note_travel
from kortrijk_sim.models.mobility import CAR_KM, KM, KM_FROM, MINUTES_ACTIVE, TRIPS, Mobility
from kortrijk_sim.models.prefetch import AHEAD, prefetch
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.ways import home_of, visits_weekly

BIRTHDAY, EVENT = 1, 2  # why somebody looks again
CANDIDATES = 4  # destinations that somebody knows for a slot


class TravelSetting(NamedTuple):
    """What trips depend on besides the tables."""

    ways: Ways
    places: Places
    rates: Array  # (9 groups, 5 slots) trips a day, there and back
    sector_wijk: Array
    trips: TripParams
    taste: TasteParams
    nursing: NursingParams
    travel: TravelParams
    visits_make_trips: bool
    ceilings: Array  # see ``draws.gumbel_ceilings``


class TravelDice(NamedTuple):
    """Streams of travel; tastes, known places and family visits belong to the city, habits to the run."""

    taste_once: np.uint64
    places_once: np.uint64
    visit_once: np.uint64
    habit: np.uint64


@kernel
def who_looks_again(t: Tables, birthdays: IntArray, first_event: int) -> Array:
    """Say who may look again at the own ways this month, and why.

    Events name persons and households; where a home changes, everybody who lives there looks again.

    Returns:
        One value per row of the person table: 0, BIRTHDAY or EVENT.
    """
    why = np.zeros(t.counts[0], np.int8)
    for i in birthdays:
        why[i] = BIRTHDAY
    for e in range(first_event, t.counts[3]):
        kind, person, h = t.log.kind[e], t.log.person[e], t.log.household[e]
        if changes_home(kind):
            if person >= 0:
                why[person] = EVENT
            if h >= 0:
                mark_household(t, h, why)
        elif person >= 0 and changes_travel(kind):
            why[person] = EVENT
            if kind != Kind.ACTIVITY:
                mark_near(t, person, why)
            if kind == Kind.NURSING_ENTERED:
                mark_children(t, person, why)
    return why


@inlined
def changes_home(kind: int) -> bool:
    """Whether an event changes where everybody of a household lives, or who lives there."""
    return (
        kind == Kind.MOVED
        or kind == Kind.UNION
        or kind == Kind.ARRIVED
        or kind == Kind.LEFT_NEST
        or kind == Kind.SPLIT
        or kind == Kind.LOST_HOME
        or kind == Kind.JOINED_KIN
    )


@inlined
def changes_travel(kind: int) -> bool:
    """Whether an event changes where or how the person concerned, the partner or the carer travels."""
    return (
        kind == Kind.BIRTH
        or kind == Kind.DEATH
        or kind == Kind.LEFT_CITY
        or kind == Kind.NURSING_ENTERED
        or kind == Kind.HEALTH
        or kind == Kind.ACTIVITY
        or kind == Kind.CARER_FOUND
        or kind == Kind.CARER_LOST
    )


@inlined
def mark_household(t: Tables, h: int, why: Array) -> None:
    """Let everybody of a household look again."""
    member = t.households.first_member[h]
    while member >= 0:
        why[member] = EVENT
        member = t.persons.next_member[member]


@inlined
def mark_near(t: Tables, person: int, why: Array) -> None:
    """Let the partner and the informal carer of somebody look again."""
    if t.persons.partner[person] >= 0:
        why[t.persons.partner[person]] = EVENT
    if t.care.carer[person] >= 0:
        why[t.care.carer[person]] = EVENT


@inlined
def mark_children(t: Tables, person: int, why: Array) -> None:
    """Let the children of somebody look again."""
    child = t.care.first_child[person]
    while child >= 0:
        why[child] = EVENT
        child = t.care.next_of_mother[child] if t.persons.mother[child] == person else t.care.next_of_father[child]


@kernel
def travel(
    t: Tables, m: Mobility, e: Economy, why: Array, month: int, dice: TravelDice, setting: TravelSetting
) -> None:
    """Let people look again at where they go and how, and keep the sums of all trips.

    Args:
        t: All tables.
        m: Mobility.
        e: Who works and studies where.
        why: 0, BIRTHDAY or EVENT for each row.
        month: This month.
        dice: Streams.
        setting: Ways, places within reach, rates, parameters.
    """
    rows = np.flatnonzero(why).astype(np.int32)
    for k in range(rows.shape[0]):
        i = rows[k]
        expect_traveller(t, m, rows, k)
        home = home_of(t, i) if t.persons.status[i] == PersonStatus.RESIDENT else -1
        if home < 0:  # gone, without a home, or in a nursing home
            if m.travel.home[i] >= 0:
                count(m, i, -1.0, setting)
                stop_travelling(m, i)
            continue
        zone = int(t.dwellings.sector[home])
        age = (month - t.persons.birth_month[i]) // 12
        if why[i] == BIRTHDAY and not looks_again(t, m, i, zone, age, dice, setting):
            continue
        before, known = m.trips.mode[N_SLOTS * i], m.travel.home[i] >= 0
        if known:
            count(m, i, -1.0, setting)
        plan(t, m, i, zone, age, place_of_work_or_study(e, i), why[i] == BIRTHDAY, dice, setting)
        m.travel.looked[i] = month
        count(m, i, 1.0, setting)
        now = m.trips.mode[N_SLOTS * i]
        if known and before >= 0 and now >= 0 and now != before:
            note_travel(t.log, t.counts, month, Kind.WAY_CHANGED.value, i, -1, before, float(now))


@inlined
def expect_traveller(t: Tables, m: Mobility, rows: IntArray, k: int) -> None:
    """Ask the memory for the people some places further in a list, and for their homes."""
    if k + AHEAD < rows.shape[0]:
        i = rows[k + AHEAD]
        prefetch(t.persons, i)
        prefetch(m.travel, i)
        for slot in range(0, N_SLOTS, 2):
            prefetch(m.trips, N_SLOTS * i + slot)
    if k + AHEAD // 2 < rows.shape[0]:
        household = t.persons.household[rows[k + AHEAD // 2]]
        prefetch(t.households, household)
        prefetch(m.fleet, household)
    if k + AHEAD // 4 < rows.shape[0]:
        household = t.persons.household[rows[k + AHEAD // 4]]
        prefetch(t.dwellings, t.households.dwelling[household] if household >= 0 else -1)


@inlined
def place_of_work_or_study(e: Economy, i: int) -> int:
    """Return the zone of somebody's workplace or campus, -1 for none in the books."""
    if e.work.zone[i] >= 0:
        return int(e.work.zone[i])
    student = e.work.student[i]
    return int(e.anchor.campus[e.students.institution[student]]) if student >= 0 else -1


@inlined
def stop_travelling(m: Mobility, i: int) -> None:
    """Forget how somebody travelled."""
    m.travel.home[i] = -1
    m.travel.active_minutes[i] = 0.0
    for slot in range(N_SLOTS):
        m.trips.mode[N_SLOTS * i + slot] = -1
        m.trips.zone[N_SLOTS * i + slot] = -1
        m.trips.per_day[N_SLOTS * i + slot] = 0.0


@inlined
def looks_again(t: Tables, m: Mobility, i: int, zone: int, age: int, dice: TravelDice, setting: TravelSetting) -> bool:
    """Whether somebody to whom nothing happened looks again: a way has changed, or just so (M9)."""
    looked = m.travel.looked[i]
    if m.travel.home[i] != zone or m.travel.age_group[i] != age_group(age) or age == 3 or age == 6:
        return True
    if uniform(dice.habit, t.persons.key[i]) < setting.trips.habit_reconsider_per_year:
        return True
    for slot in range(N_SLOTS):
        goal = m.trips.zone[N_SLOTS * i + slot]
        if goal >= 0 and setting.ways.changed[zone, goal] > looked:
            return True
    return False


@inlined
def count(m: Mobility, i: int, sign: float, setting: TravelSetting) -> None:
    """Take somebody's trips into the sums (sign 1) or out of them (-1), exactly as they stand."""
    zone, group = m.travel.home[i], m.travel.age_group[i]
    wijk = setting.sector_wijk[zone]
    book = m.ledger
    for slot in range(N_SLOTS):
        row = N_SLOTS * i + slot
        mode, trips = m.trips.mode[row], float(m.trips.per_day[row])
        if mode < 0 or trips == 0.0:
            continue
        n = sign * trips
        km = float(m.trips.km[row])
        purpose = slot + 1
        if slot == Slot.WORK_OR_SCHOOL:
            purpose = Purpose.EDUCATION.value if m.travel.studies[i] == 1 else Purpose.WORK.value
        book.between[mode, zone, m.trips.zone[row]] += n
        book.place[wijk, mode, TRIPS] += n
        book.place[wijk, mode, KM] += n * km
        book.place[wijk, mode, CAR_KM] += n * float(m.trips.car_km[row])
        book.place[wijk, mode, MINUTES_ACTIVE] += n * float(m.trips.active_minutes[row])
        book.purpose[purpose, mode, 0] += n
        book.purpose[purpose, mode, 1] += n * km
        book.age[group, mode] += n
        book.length[length_class(km), mode] += n
    if group > 0:
        book.active[wijk, 0] += sign
        if m.travel.active_minutes[i] >= setting.trips.active_minutes_norm:
            book.active[wijk, 1] += sign


@inlined
def length_class(km: float) -> int:
    """Return the class of length of a trip, see ``KM_FROM``."""
    k = KM_FROM.shape[0] - 1
    while km < KM_FROM[k]:
        k -= 1
    return int(k)


@inlined
def plan(
    t: Tables,
    m: Mobility,
    i: int,
    zone: int,
    age: int,
    work_zone: int,
    by_habit: bool,
    dice: TravelDice,
    setting: TravelSetting,
) -> None:
    """Set where somebody goes, how often and how.

    Who lives where they lived, is what they were and has everything they had keeps the mode of an unchanged way,
    unless it is the habit itself that is looked at.
    """
    persons, fleet, travel = t.persons, m.fleet, m.travel
    h = persons.household[i]
    drivers = 0
    member = t.households.first_member[h]
    while member >= 0:
        drivers += travel.licence[member]
        member = persons.next_member[member]
    cars = fleet.cars[h]
    key = persons.key[i]
    electric = fleet.electric[h] > 0 and uniform(dice.taste_once, key, 200) * cars < fleet.electric[h]
    who = Traveller(
        age, persons.activity[i], persons.health[i], travel.licence[i] == 1, travel.bike[i],
        travel.transit_pass[i] == 1, cars, electric, fleet.company[h], drivers, fleet.sharing[h] == 1,
    )  # fmt: skip
    activity = persons.activity[i]
    studies = age < 18 or activity == Activity.STUDENT
    lived_here = travel.home[i] == zone
    travel.studies[i] = studies
    travel.home[i] = zone
    travel.age_group[i] = age_group(age)
    at_hand = WITH_CAR if cars > 0 and (travel.licence[i] == 1 or age < 18) else WITHOUT_CAR
    as_before = lived_here and travel.at_hand[i] == at_hand
    looked = travel.looked[i]
    knows_where = as_before and setting.places.changed[at_hand, zone] < looked
    kind = kind_of_traveller(who)
    keeps = as_before and travel.kind[i] == kind and not by_habit
    travel.at_hand[i], travel.kind[i] = at_hand, kind
    group = trip_group(age, activity)
    ratio = trips_ratio(persons.health[i], setting.trips)
    active = 0.0
    for slot in range(N_SLOTS):
        row = N_SLOTS * i + slot
        goal = -1
        if slot == Slot.CARE:
            trips, goal = care_trips(t, i, zone, dice, setting)
        else:
            trips = setting.rates[group, slot] * ratio
            if trips > 0.0 and knows_where and slot != Slot.WORK_OR_SCHOOL and m.trips.zone[row] >= 0:
                goal = int(m.trips.zone[row])
            elif trips > 0.0:
                goal = goal_of(key, slot, zone, at_hand, age, activity, work_zone, dice, setting.places)
        mode = -1
        if goal >= 0 and keeps and goal == m.trips.zone[row] and setting.ways.changed[zone, goal] < looked:
            mode = m.trips.mode[row]
        if goal >= 0 and mode < 0:
            mode = best_mode(key, slot, studies, zone, goal, who, dice, setting)
        m.trips.zone[row] = goal
        m.trips.mode[row] = mode
        m.trips.per_day[row] = trips if mode >= 0 else 0.0
        if mode >= 0:
            m.trips.km[row] = setting.ways.km[zone, goal, mode]
            m.trips.car_km[row] = setting.ways.car_km[zone, goal, mode]
            m.trips.active_minutes[row] = setting.ways.active[zone, goal, mode]
            active += trips * setting.ways.active[zone, goal, mode]
    travel.active_minutes[i] = active


@inlined
def goal_of(
    key: np.uint64,
    slot: int,
    zone: int,
    at_hand: int,
    age: int,
    activity: int,
    work_zone: int,
    dice: TravelDice,
    places: Places,
) -> int:
    """Return the zone somebody goes to for a slot."""  # fmt: skip
    aim = slot + 3  # aims of the other slots follow in the same order
    if slot == Slot.WORK_OR_SCHOOL:
        if age >= 18 and work_zone >= 0:
            return int(work_zone)
        if age >= 18:
            aim = Aim.HIGHER_EDUCATION.value if activity == Activity.STUDENT else Aim.WORK.value
        else:
            aim = Aim.BASIC_SCHOOL.value if age < 12 else Aim.SECONDARY_SCHOOL.value
    return known_place(key, slot, aim, at_hand, zone, dice.places_once, places)


@inlined
def known_place(key: np.uint64, slot: int, aim: int, at_hand: int, zone: int, dice: np.uint64, places: Places) -> int:
    """Choose among the places that somebody knows: drawn from the base year's, weighed by what has changed (M2)."""
    zones = places.chance.shape[3]
    best, best_value = -1, -1.0e30
    for k in range(CANDIDATES):
        u = uniform(dice, key, 32 * slot + k) * zones
        place = int(u)
        if u - place >= places.chance[aim, at_hand, zone, place]:
            place = int(places.other[aim, at_hand, zone, place])
        value = places.shift[aim, at_hand, zone, place] + gumbel(dice, key, 32 * slot + 16 + k)
        if value > best_value:
            best, best_value = place, value
    return int(best)


@inlined
def best_mode(
    key: np.uint64,
    slot: int,
    studies: bool,
    zone: int,
    goal: int,
    who: Traveller,
    dice: TravelDice,
    setting: TravelSetting,
) -> int:
    """Return the mode of highest utility for a trip (M3)."""  # fmt: skip
    ways = setting.ways
    best, best_value = -1, NEVER_CHOSEN
    for mode in range(N_MODES):
        way = ways.utility[zone, goal, mode]
        if way <= NEVER_CHOSEN:
            continue
        fare = ways.fare[0, zone, goal] if mode == Mode.BUS else ways.fare[1, zone, goal]
        fuel = ways.fuel[1, zone, goal] if mode == Mode.ELECTRIC_CAR else ways.fuel[0, zone, goal]
        value = mode_utility(mode, slot, studies, way, ways.walk[zone, goal], fare, fuel, who, setting.taste)
        if value <= NEVER_CHOSEN:
            continue
        u = uniform(dice.taste_once, key, 16 * slot + mode)
        if value + setting.ceilings[int(u * (setting.ceilings.shape[0] - 1))] <= best_value:
            continue  # whatever the exact draw is
        value += gumbel_of(u)
        if value > best_value:
            best, best_value = mode, value
    return int(best)


@inlined
def care_trips(t: Tables, i: int, zone: int, dice: TravelDice, setting: TravelSetting) -> tuple[float, int]:
    """Return trips a day for care and the zone they go to: family in a nursing home, or cared for elsewhere."""
    if not setting.visits_make_trips:
        return 0.0, -1
    trips, goal = 0.0, -1
    for k in range(3):
        other = kin_of(t, i, k)
        if other < 0 or t.persons.status[other] != PersonStatus.RESIDENT:
            continue
        site = t.persons.nursing_place[other]
        if site >= 0:
            if visits_weekly(t, other, i, dice.visit_once, setting.nursing, setting.travel):
                trips += 2.0 / 7.0
                goal = t.sites.sector[site]
        elif t.care.carer[other] == i and t.persons.household[other] != t.persons.household[i]:
            home = home_of(t, other)
            if home >= 0:
                trips += care_trips_per_day(t.care.informal_hours_week[other], setting.trips)
                goal = t.dwellings.sector[home]
    return trips, int(goal)


@inlined
def kin_of(t: Tables, i: int, k: int) -> int:
    """Return the row of the partner (0), mother (1) or father (2) of a person, -1 unknown."""
    if k == 0:
        return int(t.persons.partner[i])
    return int(t.persons.mother[i] if k == 1 else t.persons.father[i])
