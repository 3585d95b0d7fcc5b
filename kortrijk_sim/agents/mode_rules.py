"""How people travel: what each mode is worth for a trip, and what it is worth to whom (M1, M3, M9).

Utilities are in logit units: the unexplained part is a standard Gumbel draw, fixed for life per person, slot
and mode. Coefficients of time and cost come from published models; only the constants of the modes are
calibrated, on the shares of the region. All names and sources stand in ``parameters_mobility``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.city.vocabulary import Activity, Bike, Health, Mode, Slot
from kortrijk_sim.compiling import rule

N_MODES = len(Mode)
N_SLOTS = len(Slot)
NEVER_CHOSEN = -1.0e9  # utility of a mode that somebody cannot use


class WayParams(NamedTuple):
    """What a way by each mode is worth, whoever travels."""

    car_minute_utility: float
    transit_ride_minute_utility: float
    transit_wait_minute_utility: float
    transit_walk_minute_utility: float
    bike_minute_utility: float
    walk_minute_utility: float
    cost_utility_per_eur: float
    cost_distance_exponent: float
    cost_reference_km: float
    walk_constant: float
    bike_constant: float
    e_bike_constant: float
    bus_constant: float
    train_constant: float
    bike_and_train_constant: float
    park_and_ride_constant: float
    passenger_constant: float
    shared_car_constant: float
    shared_bike_constant: float
    car_cost_eur_km: float
    electric_car_cost_eur_km: float
    passenger_cost_share: float
    bus_fare_eur: float
    train_fare_base_eur: float
    train_fare_eur_km: float
    shared_car_cost_eur_km: float
    shared_car_cost_eur_trip: float
    shared_bike_cost_eur_trip: float
    e_bike_speed_ratio: float
    bike_parking_minutes: float
    shared_bike_hire_minutes: float


class TasteParams(NamedTuple):
    """What else a mode is worth to one person."""

    bike_age_utility: float
    passenger_work_utility: float
    passenger_without_car_utility: float
    passenger_child_utility: float
    pupil_bike_utility: float
    pupil_transit_utility: float
    car_shared_at_home_utility: float
    limited_bike_utility: float
    limited_drive_utility: float
    taste_scale: float
    walk_speed_km_hour: float
    walk_speed_senior_km_hour: float


class TripParams(NamedTuple):
    """How many trips, and when ways are looked at again."""

    habit_reconsider_per_year: float
    change_noticed_utility: float
    care_visits_per_hour: float
    care_visits_week_max: float
    limited_trips_ratio: float
    heavy_need_trips_ratio: float
    active_minutes_norm: float


@rule
def cost_utility(cost_eur: float, km: float, p: WayParams) -> float:
    """Utility of what a trip costs: beta x (km / reference) ** lambda x EUR; cost weighs less on long trips.

    Source: eqasim (Hoerl and others); distances below 1 km count as 1 km.
    """
    weight = (max(km, 1.0) / p.cost_reference_km) ** p.cost_distance_exponent
    return float(p.cost_utility_per_eur * weight * cost_eur)


@rule
def walk_way(minutes: float, p: WayParams) -> float:
    """Utility of the minutes on foot, without the constant of the mode. Source: eqasim."""
    return p.walk_minute_utility * minutes


@rule
def bike_way(perceived_minutes: float, speed_ratio: float, p: WayParams) -> float:
    """Utility of a way by bike: beta x (perceived minutes / speed ratio + parking). Source: eqasim."""
    return p.bike_minute_utility * (perceived_minutes / speed_ratio + p.bike_parking_minutes)


@rule
def transit_way(ride: float, wait: float, walk: float, transfer: float, p: WayParams) -> float:
    """Utility of a way by bus or train without its fare: minutes aboard, waiting, on foot, and of changing.

    ``transfer`` is what changing feels like beside the wait, in minutes aboard; less at a good hub.
    Source: eqasim; a transfer of 0.17 over 0.019 per minute is 9 minutes.
    """
    return (
        p.transit_ride_minute_utility * (ride + transfer)
        + p.transit_wait_minute_utility * wait
        + p.transit_walk_minute_utility * walk
    )


@rule
def car_way(minutes: float, parking_minutes: float, p: WayParams) -> float:
    """Utility of the minutes by car, those of parking included. Source: eqasim."""
    return p.car_minute_utility * (minutes + parking_minutes)


@rule
def train_fare_eur(km: float, p: WayParams) -> float:
    """Fare of a train trip: base + rate x km."""
    return p.train_fare_base_eur + p.train_fare_eur_km * km


class Traveller(NamedTuple):
    """What matters of a person for the choice of a mode."""

    age: int
    activity: int
    health: int
    licence: bool
    bike: int
    transit_pass: bool
    cars: int  # of the household
    electric: bool  # the one that this person drives
    company: int
    drivers: int  # members of the household with a licence
    sharing: bool


@rule
def kind_of_traveller(who: Traveller) -> int:
    """Return a number that is the same for two people only when no mode can tell them apart, but for years of age."""
    age = 0 if who.age < 10 else 1 if who.age < 12 else 2 if who.age < 16 else 3 if who.age < 18 else 4
    if who.age >= 75:
        age = 5
    out = age
    out = 4 * out + min(who.health, 3)
    out = 3 * out + who.bike
    out = 4 * out + min(who.cars, 3)
    out = 4 * out + min(who.drivers, 3)
    for flag in (who.licence, who.transit_pass, who.electric, who.sharing, who.company > 0):
        out = 2 * out + int(flag)
    return 2 * out + int(who.activity == Activity.EMPLOYED)


@rule
def mode_utility(
    mode: int,
    slot: int,
    studies: bool,
    way: float,
    walk: float,
    fare: float,
    fuel: float,
    who: Traveller,
    p: TasteParams,
) -> float:
    """Utility of a mode for one person and slot, without the unexplained part; -1e9 where it cannot be used.

    Args:
        mode: Mode.
        slot: Slot of the trip.
        studies: Whether the first slot is education.
        way: Utility of the way for anybody, constant, fare and fuel included.
        walk: Part of ``way`` that is walking all the way (mode WALK).
        fare: Part of ``way`` that is the fare (negative); holders of a pass do not pay it.
        fuel: Part of ``way`` that is fuel (negative); drivers of company cars do not pay it.
        who: The person.
        p: Parameters.

    Returns:
        Utility in units of the unexplained part's scale.

    Source: availability and terms as in eqasim; see ``parameters_mobility`` for each.
    """  # fmt: skip
    u = way
    age = who.age
    if mode == Mode.WALK:
        if age >= 75:
            u += walk * (p.walk_speed_km_hour / p.walk_speed_senior_km_hour - 1.0)
    elif mode == Mode.BIKE or mode == Mode.E_BIKE or mode == Mode.BIKE_AND_TRAIN or mode == Mode.SHARED_BIKE:
        owned = who.bike
        if (mode == Mode.E_BIKE and owned != Bike.E_BIKE) or (mode == Mode.BIKE and owned != Bike.BIKE):
            return NEVER_CHOSEN
        if mode == Mode.BIKE_AND_TRAIN and (owned == Bike.NONE or age < 12):
            return NEVER_CHOSEN
        if mode == Mode.SHARED_BIKE and (age < 16 or owned != Bike.NONE):
            return NEVER_CHOSEN
        if mode != Mode.E_BIKE and age > 18:
            u += p.bike_age_utility * (age - 18)
        if who.health > Health.GOOD:
            u += p.limited_bike_utility
        if 12 <= age < 18 and slot == Slot.WORK_OR_SCHOOL:
            u += p.pupil_bike_utility
    elif mode == Mode.BUS or mode == Mode.TRAIN:
        if age < 10:
            return NEVER_CHOSEN
    elif mode == Mode.PARK_AND_RIDE or mode == Mode.CAR or mode == Mode.ELECTRIC_CAR:
        if not who.licence or who.cars == 0:
            return NEVER_CHOSEN
        if (mode == Mode.ELECTRIC_CAR and not who.electric) or (mode == Mode.CAR and who.electric):
            return NEVER_CHOSEN
        if who.cars < who.drivers:
            u += p.car_shared_at_home_utility
        if who.health > Health.GOOD:
            u += p.limited_drive_utility
        if mode != Mode.PARK_AND_RIDE and who.company > 0 and who.activity == Activity.EMPLOYED:
            u -= fuel
    elif mode == Mode.PASSENGER:
        if who.cars == 0:
            u += p.passenger_without_car_utility
        if slot == Slot.WORK_OR_SCHOOL and not studies:
            u += p.passenger_work_utility
        if age < 12:
            u += p.passenger_child_utility
    elif not who.sharing or not who.licence:
        return NEVER_CHOSEN
    if mode == Mode.BUS or mode == Mode.TRAIN or mode == Mode.BIKE_AND_TRAIN:
        if who.transit_pass:
            u -= fare
        if studies and slot == Slot.WORK_OR_SCHOOL and age >= 12:
            u += p.pupil_transit_utility
    return u / p.taste_scale


@rule
def trips_ratio(health: int, p: TripParams) -> float:
    """Trips of a person over those of others of the same group: fewer for those who need help in daily life."""
    if health == Health.GOOD:
        return 1.0
    return p.limited_trips_ratio if health == Health.LIGHT else p.heavy_need_trips_ratio


@rule
def care_trips_per_day(hours_week: float, p: TripParams) -> float:
    """Trips, there and back, to somebody cared for in another home: 2 x visits a week / 7."""
    return 2.0 * min(p.care_visits_week_max, p.care_visits_per_hour * hours_week) / 7.0


@rule
def trip_group(age: int, activity: int) -> int:
    """Return the row of ``trip_rates`` that holds for a person."""
    if age < 6:
        return 0
    if age < 12:
        return 1
    if age < 18:
        return 2
    if activity == Activity.STUDENT:
        return 3
    if activity == Activity.EMPLOYED:
        return 4
    if activity == Activity.UNEMPLOYED:
        return 5
    if activity == Activity.AT_HOME:
        return 6
    return 7 if age < 75 else 8


AGE_FROM = np.array([0, 12, 18, 35, 65, 75])  # first year of each age group of the mode shares
N_AGE_GROUPS = len(AGE_FROM)


@rule
def age_group(age: int) -> int:
    """Return the age group of the mode shares: under 12, 12-17, 18-34, 35-64, 65-74, 75 and over."""
    if age < 18:
        return 0 if age < 12 else 1
    if age < 65:
        return 2 if age < 35 else 3
    return 4 if age < 75 else 5
