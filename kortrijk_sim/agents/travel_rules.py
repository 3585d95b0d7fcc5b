"""How long a way takes by each mode, from the straight distance, as long as no network carries the trips."""

from __future__ import annotations

from typing import NamedTuple

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.compiling import rule


class TravelParams(NamedTuple):
    """Detour, speeds and fixed minutes of each mode; names and sources in ``parameters_travel``."""

    travel_detour_ratio: float
    walk_speed_km_hour: float
    walk_speed_senior_km_hour: float
    bike_speed_km_hour: float
    bus_speed_km_hour: float
    bus_wait_and_walk_minutes: float
    car_speed_km_hour: float
    car_access_minutes: float


@rule
def walk_minutes[Km: (float, FloatArray)](km: Km, p: TravelParams) -> Km:
    """Minutes on foot over a straight distance: 60 x detour x km / speed.

    Source: shape common to zone-based models; values assumed, see ``parameters_travel``.
    """
    return 60.0 * p.travel_detour_ratio * km / p.walk_speed_km_hour


@rule
def senior_walk_minutes[Km: (float, FloatArray)](km: Km, p: TravelParams) -> Km:
    """Minutes on foot at the pace of people aged 75 and over: 60 x detour x km / speed.

    Source: slower walking shrinks what lies within reach (studies of the 15-minute city by age); value
    assumed, see ``parameters_travel``.
    """
    return 60.0 * p.travel_detour_ratio * km / p.walk_speed_senior_km_hour


@rule
def bike_minutes[Km: (float, FloatArray)](km: Km, p: TravelParams) -> Km:
    """Minutes by bike over a straight distance: 60 x detour x km / speed.

    Source: values assumed, see ``parameters_travel``.
    """
    return 60.0 * p.travel_detour_ratio * km / p.bike_speed_km_hour


@rule
def bus_minutes[Km: (float, FloatArray)](km: Km, p: TravelParams) -> Km:
    """Minutes by bus from door to door: wait and walk + 60 x detour x km / speed.

    Source: values assumed, see ``parameters_travel``; a network with stops and headways is not used here.
    """
    return p.bus_wait_and_walk_minutes + 60.0 * p.travel_detour_ratio * km / p.bus_speed_km_hour


@rule
def car_minutes[Km: (float, FloatArray)](km: Km, p: TravelParams) -> Km:
    """Minutes by car from door to door: access and parking + 60 x detour x km / speed.

    Source: fixed minutes as in the reference mode choice models of eqasim (MATSim); values assumed, see
    ``parameters_travel``.
    """
    return p.car_access_minutes + 60.0 * p.travel_detour_ratio * km / p.car_speed_km_hour
