"""What the network is worth to people: utilities of every mode between zones, and the places within reach (M2, M3).

Renewed only when the network, a price or the traffic changes; between renewals it is only read. Destinations
are drawn once per person from what was attractive in the base year; a change since then shifts the choice
among them, so that those whom a policy does not touch go where they always went.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.mode_rules import (
    N_MODES,
    WayParams,
    bike_way,
    car_way,
    cost_utility,
    train_fare_eur,
    transit_way,
    walk_way,
)
from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.network import Skims
from kortrijk_sim.city.vocabulary import Mode
from kortrijk_sim.compiling import kernel

WITH_CAR, WITHOUT_CAR = 0, 1


class Aim(IntEnum):
    """Kinds of destinations; each has its own attraction. From SHOPPING on they follow the slots."""

    WORK = 0
    BASIC_SCHOOL = 1
    SECONDARY_SCHOOL = 2
    HIGHER_EDUCATION = 3
    SHOPPING = 4
    SERVICES = 5
    LEISURE = 6
    VISITS = 7


N_AIMS = len(Aim)


class DistanceParams(NamedTuple):
    """Weight of the ease of a way in the choice of a destination, by purpose."""

    work_distance_scale: float
    education_distance_scale: float
    shopping_distance_scale: float
    services_distance_scale: float
    leisure_distance_scale: float
    visits_distance_scale: float


def scale_of_aims(p: DistanceParams) -> FloatArray:
    """Return the weight of the logsum for every aim, shape (8,)."""
    school = p.education_distance_scale
    return np.array(
        [p.work_distance_scale, school, school, school, p.shopping_distance_scale, p.services_distance_scale,
         p.leisure_distance_scale, p.visits_distance_scale]
    )  # fmt: skip


class Terms(NamedTuple):
    """Prices and rules that a policy can set, and that are no links."""

    parking_eur: Array  # (zones,) per stay
    parking_minutes: Array  # (zones,) search and walk
    kilometre_charge_eur: float
    bus_fare_ratio: float
    train_fare_ratio: float
    car_minutes_share: Array  # (zones,) car time added in the zone, as a share: lorries and vans


class Ways(NamedTuple):
    """Utilities and lengths of ways, (zones, zones) unless noted; float32, from zone to zone.

    Modes stand last, so that a choice reads its alternatives side by side.
    """

    utility: Array  # (zones, zones, 12 modes): constant, minutes, costs; -1e9 where the mode has no way
    walk: Array  # part of walking that is minutes
    fare: Array  # (2: bus, train) part that is the fare
    fuel: Array  # (2: combustion, electric) part that is fuel
    km: Array  # (zones, zones, 12 modes)
    car_km: Array  # (zones, zones, 12 modes) of which at the wheel
    active: Array  # (zones, zones, 12 modes) minutes walked and cycled
    logsum: Array  # (2: with, without a car) ease of the way by all modes together
    changed: Array  # int16: month in which the way last changed noticeably


@kernel
def fill_ways(s: Skims, terms: Terms, p: WayParams, parking_home_share: float, ways: Ways) -> None:
    """Work out the utility of every mode between all zones (M3)."""
    zones = s.walk.shape[0]
    u, km, car_km, active = ways.utility, ways.km, ways.car_km, ways.active
    never = np.float32(-1.0e9)
    for o in range(zones):
        for d in range(zones):
            for mode in range(N_MODES):
                u[o, d, mode] = never
                km[o, d, mode] = 0.0
                car_km[o, d, mode] = 0.0
                active[o, d, mode] = 0.0
            on_foot = walk_way(s.walk[o, d], p)
            ways.walk[o, d] = on_foot
            u[o, d, Mode.WALK] = p.walk_constant + on_foot
            km[o, d, Mode.WALK] = s.walk_km[o, d]
            active[o, d, Mode.WALK] = s.walk[o, d]
            for mode in (Mode.BIKE, Mode.E_BIKE):
                ratio = p.e_bike_speed_ratio if mode == Mode.E_BIKE else 1.0
                constant = p.e_bike_constant if mode == Mode.E_BIKE else p.bike_constant
                u[o, d, mode] = constant + bike_way(s.bike_perceived[o, d], ratio, p)
                km[o, d, mode] = s.bike_km[o, d]
                active[o, d, mode] = s.bike[o, d] / ratio
            fare = cost_utility(p.bus_fare_eur * terms.bus_fare_ratio, s.car_km[o, d], p)
            ways.fare[0, o, d] = fare
            if np.isfinite(s.bus_ride[o, d]):
                u[o, d, Mode.BUS] = p.bus_constant + fare + transit_way(
                    s.bus_ride[o, d], s.bus_wait[o, d], s.bus_walk[o, d], s.bus_transfer[o, d], p
                )  # fmt: skip
                km[o, d, Mode.BUS] = s.bus_km[o, d]
                active[o, d, Mode.BUS] = s.bus_walk[o, d]
            rail_km = s.train_km[o, d]
            if not np.isfinite(rail_km):  # only who cycles or drives to the station has a train
                rail_km = s.bike_train_rail_km[o, d]
            if not np.isfinite(rail_km):
                rail_km = s.park_ride_rail_km[o, d]
            fare = cost_utility(train_fare_eur(rail_km, p) * terms.train_fare_ratio, rail_km, p)
            ways.fare[1, o, d] = fare if np.isfinite(fare) else 0.0
            if np.isfinite(s.train_ride[o, d]):
                u[o, d, Mode.TRAIN] = p.train_constant + fare + transit_way(
                    s.train_ride[o, d], s.train_wait[o, d], s.train_walk[o, d], s.train_transfer[o, d], p
                )  # fmt: skip
                km[o, d, Mode.TRAIN] = s.train_km[o, d] + s.train_bus_km[o, d]
                active[o, d, Mode.TRAIN] = s.train_walk[o, d]
            if np.isfinite(s.bike_train_ride[o, d]):
                u[o, d, Mode.BIKE_AND_TRAIN] = (
                    p.bike_and_train_constant + ways.fare[1, o, d] + bike_way(s.bike_train_bike[o, d], 1.0, p)
                    + transit_way(
                        s.bike_train_ride[o, d], s.bike_train_wait[o, d], s.bike_train_walk[o, d],
                        s.bike_train_transfer[o, d], p,
                    )
                )  # fmt: skip
                ridden = s.bike_train_rail_km[o, d] + s.bike_train_bus_km[o, d]
                km[o, d, Mode.BIKE_AND_TRAIN] = s.bike_train_km[o, d] + ridden
                active[o, d, Mode.BIKE_AND_TRAIN] = s.bike_train_bike[o, d] + s.bike_train_walk[o, d]
            fill_car_ways(s, o, d, terms, p, parking_home_share, ways)


@kernel
def fill_car_ways(s: Skims, o: int, d: int, terms: Terms, p: WayParams, parking_home_share: float, ways: Ways) -> None:
    """Work out the utility of the modes with a car, and of shared bikes, from one zone to another."""
    u, km, car_km = ways.utility, ways.km, ways.car_km
    length = s.car_km[o, d]
    minutes = s.car[o, d] * (1.0 + 0.5 * (terms.car_minutes_share[o] + terms.car_minutes_share[d]))
    parked = 1.0 - parking_home_share  # half of the trips end at home
    parking = terms.parking_minutes[d] * parked + terms.parking_minutes[o] * parking_home_share
    parking_eur = terms.parking_eur[d] * parked
    if np.isfinite(minutes):
        way = car_way(minutes, parking, p)
        charge = terms.kilometre_charge_eur * length
        for k in range(2):
            mode = Mode.ELECTRIC_CAR if k == 1 else Mode.CAR
            per_km = p.electric_car_cost_eur_km if k == 1 else p.car_cost_eur_km
            ways.fuel[k, o, d] = cost_utility(per_km * length, length, p)
            u[o, d, mode] = way + ways.fuel[k, o, d] + cost_utility(charge + parking_eur, length, p)
            km[o, d, mode] = length
            car_km[o, d, mode] = length
        felt = p.passenger_cost_share * (p.car_cost_eur_km * length + charge + parking_eur)
        u[o, d, Mode.PASSENGER] = p.passenger_constant + way + cost_utility(felt, length, p)
        km[o, d, Mode.PASSENGER] = length
        walk = s.hub_car_walk[o]
        if np.isfinite(walk):
            hire = p.shared_car_cost_eur_km * length + p.shared_car_cost_eur_trip + charge
            u[o, d, Mode.SHARED_CAR] = (
                p.shared_car_constant + p.walk_minute_utility * walk + car_way(minutes, parking, p)
                + cost_utility(hire, length, p)
            )  # fmt: skip
            km[o, d, Mode.SHARED_CAR] = length
            car_km[o, d, Mode.SHARED_CAR] = length
    walk = s.hub_bike_walk[o]
    if np.isfinite(walk):
        u[o, d, Mode.SHARED_BIKE] = (
            p.shared_bike_constant + p.walk_minute_utility * walk
            + bike_way(s.bike_perceived[o, d] + p.shared_bike_hire_minutes, 1.0, p)
            + cost_utility(p.shared_bike_cost_eur_trip, s.bike_km[o, d], p)
        )  # fmt: skip
        km[o, d, Mode.SHARED_BIKE] = s.bike_km[o, d]
        ways.active[o, d, Mode.SHARED_BIKE] = s.bike[o, d] + walk
    if np.isfinite(s.park_ride_ride[o, d]):
        driven = s.park_ride_car_km[o, d]
        u[o, d, Mode.PARK_AND_RIDE] = (
            p.park_and_ride_constant + ways.fare[1, o, d] + car_way(s.park_ride_car[o, d], 0.0, p)
            + cost_utility((p.car_cost_eur_km + terms.kilometre_charge_eur) * driven, length, p)
            + transit_way(
                s.park_ride_ride[o, d], s.park_ride_wait[o, d], s.park_ride_walk[o, d], s.park_ride_transfer[o, d], p
            )
        )  # fmt: skip
        km[o, d, Mode.PARK_AND_RIDE] = driven + s.park_ride_rail_km[o, d] + s.park_ride_bus_km[o, d]
        car_km[o, d, Mode.PARK_AND_RIDE] = driven
        ways.active[o, d, Mode.PARK_AND_RIDE] = s.park_ride_walk[o, d]


@kernel
def fill_logsums(ways: Ways) -> None:
    """Work out how easy it is to get from zone to zone, with a car at hand and without."""
    zones = ways.utility.shape[0]
    for o in range(zones):
        for d in range(zones):
            common = 0.0
            for mode in (Mode.WALK, Mode.BIKE, Mode.BUS, Mode.TRAIN, Mode.BIKE_AND_TRAIN, Mode.PASSENGER):
                common += np.exp(ways.utility[o, d, mode])
            with_car = common + np.exp(ways.utility[o, d, Mode.CAR]) + np.exp(ways.utility[o, d, Mode.PARK_AND_RIDE])
            without = common + np.exp(ways.utility[o, d, Mode.SHARED_CAR])
            ways.logsum[WITH_CAR, o, d] = np.log(max(with_car, 1.0e-30))
            ways.logsum[WITHOUT_CAR, o, d] = np.log(max(without, 1.0e-30))


def empty_ways(zones: int) -> Ways:
    """Return room for the ways between so many zones."""
    square = (zones, zones)

    def room(*shape: int) -> Array:
        return np.zeros(shape, np.float32)

    return Ways(
        room(*square, N_MODES), room(*square), room(2, *square), room(2, *square), room(*square, N_MODES),
        room(*square, N_MODES), room(*square, N_MODES), room(2, *square), np.full(square, -9999, np.int16),
    )  # fmt: skip


def make_ways(skims: Skims, terms: Terms, p: WayParams, parking_home_share: float) -> Ways:
    """Return the ways between all zones."""
    ways = empty_ways(len(skims.walk))
    fill_ways(skims, terms, p, parking_home_share, ways)
    fill_logsums(ways)
    return ways


@kernel
def mark_changes(before: Ways, now: Ways, month: int, noticed: float) -> None:
    """Note in which month each way last changed by more than people notice, in either direction."""
    zones = now.changed.shape[0]
    for o in range(zones):
        for d in range(zones):
            now.changed[o, d] = before.changed[o, d]
            for mode in range(N_MODES):
                if abs(now.utility[o, d, mode] - before.utility[o, d, mode]) > noticed:
                    now.changed[o, d] = month
                    break


class Places(NamedTuple):
    """Where people go: drawn from the base year, shifted by what has changed since."""

    chance: Array  # (8 aims, 2: with, without a car, sectors, zones) of staying with a zone that was drawn
    other: Array  # (8, 2, sectors, zones) int16: the zone taken instead
    shift: Array  # (8, 2, sectors, zones) utility of a destination over that of the base year
    changed: Array  # (2, sectors) int16: month in which the shift last changed noticeably


def destination_weights(attraction: FloatArray, ways: Ways, scale: FloatArray, sectors: int) -> FloatArray:
    """Return the log weight of each destination: log attraction + scale x logsum; shape (8, 2, sectors, zones).

    Source: gravity on the logsum of modes, the usual joint choice of mode and destination.
    """
    with np.errstate(divide="ignore"):
        log_attraction = np.log(attraction)
    logsum = ways.logsum[:, :sectors, :].astype(float)
    return np.asarray(log_attraction[:, None, None, :] + scale[:, None, None, None] * logsum[None])


@kernel
def fill_aliases(share: FloatArray, chance: Array, other: Array) -> None:
    """Prepare draws in constant time (Walker's alias method): shares of each row must add up to 1.

    A uniform number picks a zone; with its ``chance`` that zone is taken, else the ``other`` one.
    """
    zones = share.shape[-1]
    small, large = np.empty(zones, np.int64), np.empty(zones, np.int64)
    scaled = np.empty(zones)
    for aim in range(share.shape[0]):
        for at_hand in range(share.shape[1]):
            for o in range(share.shape[2]):
                n_small, n_large = 0, 0
                for d in range(zones):
                    scaled[d] = share[aim, at_hand, o, d] * zones
                    chance[aim, at_hand, o, d], other[aim, at_hand, o, d] = 1.0, d
                    if scaled[d] < 1.0:
                        small[n_small] = d
                        n_small += 1
                    else:
                        large[n_large] = d
                        n_large += 1
                while n_small > 0 and n_large > 0:
                    n_small -= 1
                    low, high = small[n_small], large[n_large - 1]
                    chance[aim, at_hand, o, low], other[aim, at_hand, o, low] = scaled[low], high
                    scaled[high] -= 1.0 - scaled[low]
                    if scaled[high] < 1.0:
                        n_large -= 1
                        small[n_small] = high
                        n_small += 1


def base_places(weights: FloatArray) -> Places:
    """Return the destinations of the base year."""
    share = np.exp(weights - weights.max(axis=-1, keepdims=True))
    share /= share.sum(axis=-1, keepdims=True)
    places = Places(
        np.empty(weights.shape, np.float32), np.empty(weights.shape, np.int16), np.zeros(weights.shape, np.float32),
        np.full(weights.shape[1:3], -9999, np.int16),
    )  # fmt: skip
    fill_aliases(share, places.chance, places.other)
    return places


def shifted_places(
    before: Places, weights_now: FloatArray, weights_base: FloatArray, month: int, noticed: float
) -> Places:
    """Return the destinations after attractions or ways have changed.

    What counts as a change of a place is a shift against the others of more than people notice.
    """
    offered = np.isfinite(weights_base)  # what offered nothing in the base year is nobody's known place
    shift = np.subtract(weights_now, weights_base, out=np.zeros_like(weights_base), where=offered)
    shift = np.maximum(shift, -1.0e9).astype(np.float32)
    moved = (np.abs(shift - before.shift) > noticed).any(axis=(0, 3))
    # What is not noticed adds up: it is compared with what was last noticed.
    kept = np.where(moved[None, :, :, None], shift, before.shift)
    return before._replace(shift=kept, changed=np.where(moved, month, before.changed).astype(np.int16))
