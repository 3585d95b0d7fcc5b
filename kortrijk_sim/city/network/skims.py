"""Times and distances of every mode between all zones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.network.network import COMFORTS, Network
from kortrijk_sim.city.network.params import NetworkParams, bike_perceptions
from kortrijk_sim.city.network.paths import sums
from kortrijk_sim.city.network.rides import Leg, from_homes, ride_skims
from kortrijk_sim.city.network.streets import bike_graph, car_graph, walk_graph
from kortrijk_sim.city.network.transit import transit_graph

type Skim = NDArray[np.float32]


class Skims(NamedTuple):
    """Times and distances between zones.

    All float32 of shape (zones, zones), from row to column, in minutes as they pass unless the name says
    ``km``, ``perceived``, ``boardings`` or ``transfer``; inf where the mode cannot. On the diagonal stand trips
    within the zone for walk, bike and car, and inf for the rest. Walking is that of an adult.

    ``bus`` uses buses only, ``train`` at least one train and buses as wanted; ``bike_train`` starts by bike to
    a station and boards a train there; ``park_ride`` starts by car. ``_walk`` is the walk at both ends,
    ``_transfer`` what the changes of vehicle feel like beside the wait, in minutes, less at a good hub; the
    search weighs waits and walks and adds a penalty per boarding, which the components do not contain. A trip
    that feels much longer than the walk all the way, or with a train than by bus alone, is inf: no choice; so
    is a bike to the train that feels much longer than the bike all the way, and a drive to a car park that takes
    as long as the drive all the way.

    Attributes:
        walk, walk_km: On foot.
        bike, bike_perceived, bike_km: By bike, along the way that feels shortest.
        car, car_km: By car, along the fastest way; parking is not included.
        hub_car_walk, hub_bike_walk: Minutes on foot to the nearest hub with a shared car or bike, shape (zones,).
        bike_train_bike, bike_train_km: Minutes and kilometres on the bike, before the train.
        park_ride_car, park_ride_car_km: Minutes and kilometres in the car.
    """

    walk: Skim
    walk_km: Skim
    bike: Skim
    bike_perceived: Skim
    bike_km: Skim
    car: Skim
    car_km: Skim
    bus_ride: Skim
    bus_wait: Skim
    bus_walk: Skim
    bus_boardings: Skim
    train_ride: Skim
    train_wait: Skim
    train_walk: Skim
    train_boardings: Skim
    train_km: Skim
    bike_train_bike: Skim
    bike_train_km: Skim
    bike_train_ride: Skim
    bike_train_wait: Skim
    bike_train_walk: Skim
    bike_train_boardings: Skim
    park_ride_car: Skim
    park_ride_car_km: Skim
    park_ride_ride: Skim
    park_ride_wait: Skim
    park_ride_walk: Skim
    park_ride_boardings: Skim
    hub_car_walk: Skim
    hub_bike_walk: Skim
    bus_km: Skim
    bus_transfer: Skim
    train_bus_km: Skim
    train_transfer: Skim
    bike_train_rail_km: Skim
    bike_train_bus_km: Skim
    bike_train_transfer: Skim
    park_ride_rail_km: Skim
    park_ride_bus_km: Skim
    park_ride_transfer: Skim


def _reached(cost: FloatArray, totals: FloatArray) -> FloatArray:
    """Return totals (kinds, ...) with inf where there is no path."""
    return np.where(np.isfinite(cost), totals, np.inf)


def _nearest(network: Network, params: NetworkParams, on_foot: FloatArray, nodes: list[str]) -> FloatArray:
    """Return minutes from the homes of each zone to the nearest of some nodes, shape (zones,)."""
    if not nodes:
        return np.full(len(network.zones), np.inf)
    km = on_foot[:, [network.number[node] for node in nodes]].min(axis=1) * params.walk_speed_km_hour / 60
    return from_homes(network, params, km[:, None])[:, 0] / params.walk_speed_km_hour * 60


def with_shared_cars(skims: Skims, network: Network, params: NetworkParams, zones: Sequence[int]) -> Skims:
    """Return skims in which shared cars stand at the nodes of some zones as well; they are no place to change lines.

    Args:
        skims: Those of the network.
        network: The network.
        params: Its parameters.
        zones: Numbers of the zones.
    """
    if not len(zones):
        return skims
    km = skims.walk_km[:, zones].astype(np.float64)
    km[zones, np.arange(len(zones))] = 0.0
    nearest = from_homes(network, params, km.min(axis=1)[:, None])[:, 0] / params.walk_speed_km_hour * 60
    return skims._replace(hub_car_walk=np.minimum(skims.hub_car_walk, nearest).astype(np.float32))


def make_skims(network: Network, params: NetworkParams, car_minutes: FloatArray | None = None) -> Skims:
    """Search the best path of every mode between all zones and add up what it consists of.

    Args:
        network: The network.
        params: Its parameters.
        car_minutes: Minutes per link and direction, shape (links, 2), in place of those of empty roads.
    """
    zones = network.zone_node
    own = np.diag_indices(len(zones))
    walk = walk_graph(network, params)
    on_foot = walk.graph.search(zones).distance  # (zones, nodes)
    found: dict[str, FloatArray] = {"walk": on_foot[:, zones]}
    found["walk"][own] = network.own_km / params.walk_speed_km_hour * 60
    found["walk_km"] = found["walk"] * params.walk_speed_km_hour / 60

    transit = transit_graph(network, params)
    bike = bike_graph(network, params)
    tree = bike.graph.search(zones)
    ends = np.concatenate([zones, transit.stops]).astype(np.int32)
    perceived = tree.distance[:, ends]
    minutes, km = _reached(perceived, sums(tree, ends, np.stack([bike.minutes, bike.km], axis=1)))
    at_stop = slice(len(zones), None)
    ridden = Leg(perceived[:, at_stop], minutes[:, at_stop], km[:, at_stop])
    found["bike"], found["bike_perceived"], found["bike_km"] = (x[:, : len(zones)] for x in (minutes, perceived, km))
    found["bike"][own] = network.own_km / params.bike_speed_km_hour * 60
    found["bike_perceived"][own] = found["bike"][own] * bike_perceptions(params)[COMFORTS.index("mixed")]
    found["bike_km"][own] = network.own_km

    car = car_graph(network, params, car_minutes)
    tree = car.graph.search(car.start[zones])
    arrivals = car.end[ends]
    minutes = tree.distance[:, arrivals]
    (km,) = _reached(minutes, sums(tree, arrivals, car.km[:, None]))
    driven = Leg(minutes[:, at_stop], minutes[:, at_stop], km[:, at_stop])
    found["car"], found["car_km"] = minutes[:, : len(zones)], km[:, : len(zones)]
    found["car"][own] = network.own_km / params.car_speed_km_hour * 60
    found["car_km"][own] = network.own_km

    found |= ride_skims(network, params, transit, on_foot, ridden, driven, found["bike_perceived"], found["car"])
    found["hub_car_walk"] = _nearest(network, params, on_foot, [hub.node for hub in network.hubs if hub.shared_cars])
    found["hub_bike_walk"] = _nearest(network, params, on_foot, [hub.node for hub in network.hubs if hub.shared_bikes])
    return Skims(**{field: np.ascontiguousarray(found[field], dtype=np.float32) for field in Skims._fields})
