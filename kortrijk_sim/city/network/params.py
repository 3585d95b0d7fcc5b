"""The numbers that the network's times and flows depend on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.network.network import COMFORTS, ROADS

CONGESTED = ("urban", "inner_ring", "secondary", "ring", "motorway")  # classes of road that slow down under load


class NetworkParams(NamedTuple):
    """Parameters of ``parameters_network`` (the three mean speeds are of ``parameters_travel``), by name."""

    walk_speed_km_hour: float
    bike_speed_km_hour: float
    car_speed_km_hour: float
    bike_speed_poor_km_hour: float
    bike_speed_mixed_km_hour: float
    bike_speed_lane_km_hour: float
    bike_speed_separate_km_hour: float
    bike_speed_cycleway_km_hour: float
    bike_speed_highway_km_hour: float
    bike_perceived_poor_ratio: float
    bike_perceived_mixed_ratio: float
    bike_perceived_lane_ratio: float
    bike_perceived_separate_ratio: float
    bike_perceived_cycleway_ratio: float
    bike_perceived_highway_ratio: float
    capacity_urban_vehicles_hour: float
    capacity_inner_ring_vehicles_hour: float
    capacity_secondary_vehicles_hour: float
    capacity_ring_vehicles_hour: float
    capacity_motorway_vehicles_hour: float
    bpr_alpha: float
    bpr_beta: float
    peak_hour_share: float
    transit_wait_cap_minutes: float
    transit_timetable_ratio: float
    transit_wait_weight: float
    transit_walk_weight: float
    transit_boarding_minutes: float
    transit_transfer_minutes: float
    transit_hub_relief_share: float
    transit_access_longest_km: float
    transit_access_own_ratio: float
    transit_dominated_ratio: float
    park_ride_car_weight: float
    park_ride_walk_minutes: float
    bike_train_park_minutes: float
    bike_train_longest_km: float
    own_zone_longest_km: float
    car_free_access_km_hour: float


class LayoutParams(NamedTuple):
    """Parameters that fill in what the tables of the network leave open, used once when they are read."""

    network_detour_ratio: float
    rail_detour_ratio: float
    own_zone_shape_ratio: float
    own_zone_shortest_km: float
    own_zone_longest_km: float
    own_outside_km: float
    car_free_through_share: float


def bike_speeds(params: NetworkParams) -> FloatArray:
    """Return km/h by class of comfort, shape (6,), in the order of `COMFORTS`."""
    return np.array([getattr(params, f"bike_speed_{comfort}_km_hour") for comfort in COMFORTS], dtype=np.float64)


def bike_perceptions(params: NetworkParams) -> FloatArray:
    """Return how long a minute on the bike feels by class of comfort, shape (6,), in the order of `COMFORTS`."""
    return np.array([getattr(params, f"bike_perceived_{comfort}_ratio") for comfort in COMFORTS], dtype=np.float64)


def lane_capacities(params: NetworkParams) -> FloatArray:
    """Return vehicles per lane and hour by class of road, shape (7,), in the order of `ROADS`; inf: no limit."""
    capacity = np.full(len(ROADS), np.inf)
    for road in CONGESTED:
        capacity[ROADS.index(road)] = getattr(params, f"capacity_{road}_vehicles_hour")
    return capacity
