"""What a set of villages offers before anything is simulated: who is near, who travels, who could work there.

Travel times come from straight distances, see ``kortrijk_sim.agents.travel_rules``. A village takes in those
to whom the plan assigns it; today's sites count where the neighbourhood is served, not for nursing places.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.travel_rules import (
    TravelParams,
    bike_minutes,
    bus_minutes,
    car_minutes,
    senior_walk_minutes,
)
from kortrijk_sim.arrays import Array, BoolArray, FloatArray
from kortrijk_sim.experiments.siting.people import People, distance_km


class SitingParams(NamedTuple):
    """What counts as near; names and sources in ``parameters_travel``."""

    siting_walk_minutes: float
    siting_ride_minutes: float
    siting_apart_km: float
    siting_shop_centres: float
    siting_filled_share: float


class Score(NamedTuple):
    """What a set of villages offers.

    Attributes:
        home_minutes: Minutes by car between home and village, mean over those with need.
        walk_share: Share of those aged 75 and over at home who walk to a new village in ten minutes.
        walk_share_with_today: The same, when today's sites with day care or services count as well.
        ride_share: Share who reach a new village in fifteen minutes by bike or bus.
        family_minutes: Minutes by car from the children in the city to the parent's village, mean over
            children, weighted by the parent's need; nan when nobody has a child in the city.
        staff_share: Share of the employed inhabitants within fifteen minutes of a village by bike or car,
            mean over the villages.
    """

    home_minutes: float
    walk_share: float
    walk_share_with_today: float
    ride_share: float
    family_minutes: float
    staff_share: float


def score(
    people: People,
    x_km: FloatArray,
    y_km: FloatArray,
    share: FloatArray,
    today: FloatArray,
    travel: TravelParams,
    near: SitingParams,
) -> Score:
    """Score a set of villages.

    Args:
        people: The base-year city.
        x_km: Positions of the villages, shape (p,).
        y_km: Positions of the villages, shape (p,).
        share: Array (sectors, p): which village takes in those who need care, by the sector they live in.
        today: Positions of today's sites that serve their neighbourhood, shape (t, 2), km east and north.
        travel: Speeds and detours.
        near: What counts as near.
    """
    km = distance_km(people.x_km, people.y_km, x_km, y_km)
    village = share[people.sector]
    walk = near_on_foot(km, travel, near).any(axis=1)
    old_km = distance_km(people.x_km, people.y_km, today[:, 0], today[:, 1])
    ride = np.minimum(bike_minutes(km, travel), bus_minutes(km, travel)) <= near.siting_ride_minutes
    child_km = distance_km(people.child_x_km, people.child_y_km, x_km, y_km)
    of_parent = people.need[people.parent, None] * village[people.parent]
    staff_km = distance_km(people.staff.x_km, people.staff.y_km, x_km, y_km)
    commute = np.minimum(bike_minutes(staff_km, travel), car_minutes(staff_km, travel))
    return Score(
        home_minutes=_mean(car_minutes(km, travel), people.need[:, None] * village),
        walk_share=float(walk.mean()),
        walk_share_with_today=float((walk | near_on_foot(old_km, travel, near).any(axis=1)).mean()),
        ride_share=float(ride.any(axis=1).mean()),
        family_minutes=_mean(car_minutes(child_km, travel), of_parent),
        staff_share=_mean(
            (commute <= near.siting_ride_minutes).astype(float), np.repeat(people.staff.weight[:, None], len(x_km), 1)
        ),
    )


def near_on_foot(km: FloatArray, travel: TravelParams, near: SitingParams) -> BoolArray:
    """Return whether a straight distance is a short walk at the pace of people aged 75 and over."""
    return senior_walk_minutes(km, travel) <= near.siting_walk_minutes


def _mean(value: Array, weight: FloatArray) -> float:
    total = float(weight.sum())
    return float((value * weight).sum()) / total if total > 0 else float("nan")
