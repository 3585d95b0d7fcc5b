"""Trips by bus and train from door to door: access, the graph between stops, egress.

The best trip is the best of all pairs of a stop to board at and a stop to leave at; the parts are searched
apart and joined, which gives the very same paths as one search through all layers and is much faster.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.arrays import BoolArray, FloatArray, IntArray
from kortrijk_sim.city.network.network import Network
from kortrijk_sim.city.network.params import NetworkParams
from kortrijk_sim.city.network.paths import Tree, sums
from kortrijk_sim.city.network.transit import KINDS, TransitGraph


class Leg(NamedTuple):
    """How the zones' nodes reach the stops by bike or car: cost, minutes and km, each of shape (zones, stops)."""

    cost: FloatArray
    minutes: FloatArray
    km: FloatArray


class _Core(NamedTuple):
    """Best rides from some stops to all stops: cost (from, to) and the sums of `KINDS` (kinds, from, to)."""

    cost: FloatArray
    totals: FloatArray


class _Joined(NamedTuple):
    """Best trips between zones: whether there is one, and the stops where it boards and leaves; (zones, zones)."""

    cost: FloatArray
    boarded: IntArray
    left: IntArray


def from_homes(network: Network, params: NetworkParams, km: FloatArray) -> FloatArray:
    """Return the mean way from the homes of a zone to points that lie some way from its node.

    Homes lie around the node, so that nobody lives at no distance from a stop that stands at it: the way is
    the hypotenuse of the distance and a share of the zone's own distance. Outside the city the radius is at
    most that of a large sector: those who take the train there start not far from it.

    Args:
        network: The network.
        params: Its parameters.
        km: Way from the zone's node, shape (zones, points).
    """
    radius = params.transit_access_own_ratio * np.minimum(network.own_km, params.own_zone_longest_km)
    return np.hypot(km, radius[:, None])


def walks_to_stops(network: Network, params: NetworkParams, km: FloatArray) -> FloatArray:
    """Return the walk from the homes of each zone to the stops, km; inf beyond the longest walk.

    A place outside stands for a whole town: a stop within its own distance is near somebody's home, and it is
    those who take the train, so that the walk is no longer than in a large sector.

    Args:
        network: The network.
        params: Its parameters.
        km: Way on foot from the zone's node, shape (zones, stops).
    """
    outside = ~np.array([zone.inside for zone in network.zones], dtype=np.bool_)[:, None]
    in_town = outside & (km <= network.own_km[:, None])
    way = from_homes(network, params, km)
    way = np.where(in_town, np.minimum(way, params.own_zone_longest_km), way)
    return np.where(in_town | (km <= params.transit_access_longest_km), way, np.inf)


def ride_skims(
    network: Network,
    params: NetworkParams,
    transit: TransitGraph,
    on_foot: FloatArray,
    ridden: Leg,
    driven: Leg,
    by_bike: FloatArray,
    by_car: FloatArray,
) -> dict[str, FloatArray]:
    """Return all fields of `Skims` that concern buses and trains.

    Args:
        network: The network.
        params: Its parameters.
        transit: Its compiled lines.
        on_foot: Minutes on foot from the zones to all nodes, shape (zones, nodes).
        ridden: Ways by bike to the stops.
        driven: Ways by car to the stops.
        by_bike: Minutes as they feel by bike all the way, shape (zones, zones).
        by_car: Minutes by car all the way, shape (zones, zones).
    """
    stops = len(transit.stops)
    tree = transit.graph.search(np.concatenate([transit.access, transit.parked[transit.rail]]))
    boarding = Tree(tree.distance[:stops], tree.previous[:stops], tree.edge[:stops])
    parked = Tree(tree.distance[stops:], tree.previous[stops:], tree.edge[stops:])
    by_bus = _core(transit, boarding, transit.left_by_bus)
    by_train = _core(transit, boarding, transit.left_by_train)
    train_first = _core(transit, parked, transit.left_by_train)
    cheaper = by_bus.cost <= by_train.cost
    by_any = _Core(np.minimum(by_bus.cost, by_train.cost), np.where(cheaper, by_bus.totals, by_train.totals))

    km = on_foot[:, transit.stops] * params.walk_speed_km_hour / 60
    homes = walks_to_stops(network, params, km)
    walked = homes / params.walk_speed_km_hour * 60
    walks = Leg(params.transit_walk_weight * walked, walked, homes)
    bike = _at_homes(network, params, ridden, params.bike_speed_km_hour, 1.0, params.bike_train_park_minutes)
    bike.cost[bike.km > params.bike_train_longest_km] = np.inf
    weight = params.park_ride_car_weight
    car = _at_homes(network, params, driven, params.car_speed_km_hour, weight, params.park_ride_walk_minutes)
    parking = np.isin(transit.stops, [network.number[node] for node in network.park_and_ride])

    some = _Core(by_any.cost[parking], by_any.totals[:, parking])

    worth = params.transit_dominated_ratio * params.transit_walk_weight * on_foot[:, network.zone_node]
    bus, _, felt = _trips(walks, by_bus, walks, worth)
    worth = np.minimum(worth, params.transit_dominated_ratio * felt)
    train, _, _ = _trips(walks, by_train, walks, worth)
    cycling = np.minimum(worth, params.transit_dominated_ratio * by_bike)
    bike_train, biked, _ = _trips(
        _at(bike, transit.rail), train_first, walks, cycling, parking_minutes=params.bike_train_park_minutes
    )
    park_ride, parked_car, _ = _trips(
        _at(car, parking), some, walks, worth, parking_minutes=params.park_ride_walk_minutes
    )
    away = ~(parked_car.minutes < by_car)  # nobody drives as far to the car park as to where they go
    for values in (*park_ride.values(), parked_car.minutes, parked_car.km):
        values[away] = np.inf
    return {
        **{f"bus_{part}": bus[part] for part in ("ride", "wait", "walk", "boardings", "transfer")},
        **{f"train_{part}": values for part, values in train.items() if part != "rail_km"},
        **{f"bike_train_{part}": values for part, values in bike_train.items()},
        **{f"park_ride_{part}": values for part, values in park_ride.items()},
        "bus_km": bus["bus_km"],
        "train_km": train["rail_km"],
        "bike_train_bike": biked.minutes,
        "bike_train_km": biked.km,
        "park_ride_car": parked_car.minutes,
        "park_ride_car_km": parked_car.km,
    }


def _at(leg: Leg, stops: BoolArray) -> Leg:
    """Return the ways to some of the stops."""
    return Leg(leg.cost[:, stops], leg.minutes[:, stops], leg.km[:, stops])


def _core(transit: TransitGraph, tree: Tree, targets: IntArray) -> _Core:
    return _Core(tree.distance[:, targets], sums(tree, targets, transit.values))


def _at_homes(
    network: Network, params: NetworkParams, leg: Leg, km_hour: float, weight: float, parking_minutes: float
) -> Leg:
    """Return a way by bike or car from the homes of a zone, with the parking at its end in the cost."""
    km = from_homes(network, params, leg.km)
    with np.errstate(invalid="ignore"):  # inf - inf where there is no way
        more = np.where(np.isfinite(leg.km), (km - leg.km) / km_hour * 60, np.inf)
    cost = weight * (leg.cost + more) + params.transit_walk_weight * parking_minutes
    return Leg(cost, leg.minutes + more, km)


def _join(first: FloatArray, core: FloatArray, last: FloatArray) -> _Joined:
    """Return the best trips between zones.

    Args:
        first: Cost from each zone to the stops where one can board, shape (zones, boarding).
        core: Cost of the ride, shape (boarding, stops).
        last: Cost from each stop to each zone, turned: shape (zones, stops).
    """
    zones, stops = last.shape
    via, boarded = np.full((zones, stops), np.inf), np.zeros((zones, stops), dtype=np.int32)
    cost, left = np.full((zones, zones), np.inf), np.zeros((zones, zones), dtype=np.int32)
    for zone in range(zones):
        near = np.flatnonzero(np.isfinite(first[zone]))
        if len(near):
            options = first[zone, near, None] + core[near]
            best = options.argmin(axis=0)
            via[zone], boarded[zone] = options[best, np.arange(stops)], near[best]
    for zone in range(zones):
        near = np.flatnonzero(np.isfinite(last[zone]))
        if len(near):
            options = via[:, near] + last[zone, near]
            best = options.argmin(axis=1)
            cost[:, zone], left[:, zone] = options[np.arange(zones), best], near[best]
    np.fill_diagonal(cost, np.inf)
    return _Joined(cost, np.take_along_axis(boarded, left, axis=1), left)


def _trips(
    first: Leg, core: _Core, last: Leg, worth: FloatArray, *, parking_minutes: float | None = None
) -> tuple[dict[str, FloatArray], Leg, FloatArray]:
    """Return what the best trips between zones consist of.

    Args:
        first: Ways from the zones to the stops where one can board, shape (zones, boarding).
        core: Rides, shape (boarding, stops).
        last: Ways on foot between the stops and the zones, shape (zones, stops).
        worth: What a trip may feel like at most, shape (zones, zones); nobody takes a longer one.
        parking_minutes: Walk from where the vehicle of the first leg is parked; None when that leg is a walk.

    Returns:
        The `KINDS` and ``walk``, the first leg as it was used, and the cost; all of shape (zones, zones).
    """
    zones = len(last.cost)
    if core.cost.size == 0:
        nowhere = np.full((zones, zones), np.inf)
        return dict.fromkeys((*KINDS, "walk"), nowhere), Leg(nowhere, nowhere, nowhere), nowhere
    trip = _join(first.cost, core.cost, last.cost)
    possible = np.isfinite(trip.cost) & (trip.cost <= worth)
    own = np.arange(zones)
    access = Leg(*(np.where(possible, part[own[:, None], trip.boarded], np.inf) for part in first))
    walk = last.minutes[own[None, :], trip.left]
    walk = walk + (access.minutes if parking_minutes is None else parking_minutes)
    found = {"walk": np.where(possible, walk, np.inf)}
    for kind, totals in zip(KINDS, core.totals, strict=True):
        found[kind] = np.where(possible, totals[trip.boarded, trip.left], np.inf)
    return found, access, np.where(possible, trip.cost, np.inf)
