"""What lies within reach: attraction of places, ease of travel per sector, the 15-minute city (M2, couplings)."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.network import Skims
from kortrijk_sim.models.connections import N_AIMS, WITH_CAR, WITHOUT_CAR, Aim


class Access(IntEnum):
    """What is measured of each sector; columns of ``Mobility.sectors``."""

    EASE = 0  # logsum over destinations and modes, over that of the base year: what home seekers look at
    EASE_OF_CAR = 1  # logsum with a car less without, over the mean of the base year
    JOBS_CAR = 2  # jobs within 30 minutes by car
    JOBS_TRANSIT = 3  # jobs within 30 minutes from door to door by bus or train
    JOBS_BIKE = 4  # jobs within 15 minutes by bike
    SERVICES_WALK = 5  # of five kinds of services, share within 15 minutes on foot
    SERVICES_WALK_SENIOR = 6  # the same at the pace of people of 75 and older
    SERVICES_BIKE = 7
    LABOUR = 8  # log of workers within reach: what firms look at


class AccessParams(NamedTuple):
    """Parameters of what lies within reach."""

    jobs_reach_minutes: float
    in_reach_minutes: float
    services_shop_jobs: float
    services_care_jobs: float
    walk_speed_km_hour: float
    walk_speed_senior_km_hour: float
    access_with_car_share: float
    leisure_per_inhabitant_jobs: float
    university_town_inhabitants: float
    basic_school_inhabitants: float
    secondary_school_inhabitants: float


class Attractions(NamedTuple):
    """What each zone offers and who lives there, (zones,) unless noted."""

    jobs: Array  # (sections of NACE, zones)
    population: Array
    basic_schools: Array
    secondary_schools: Array
    shops_weight: Array
    leisure_weight: Array
    care_weight: Array
    green: Array  # flag
    stop: Array  # flag: a bus or train stops here
    university: Array  # inhabitants of towns with higher education outside the city, 0 elsewhere


SHOPS, SERVICES, LEISURE, CARE = "G", "KOPQS", "IR", "Q"  # NACE sections of each aim


def attraction_of_aims(a: Attractions, sections: str, p: AccessParams) -> FloatArray:
    """Return what draws people to each zone, shape (8 aims, zones).

    Args:
        a: What the zones offer.
        sections: Letters of the NACE sections in the order of ``a.jobs``.
        p: Parameters.
    """

    def jobs(letters: str) -> FloatArray:
        return np.asarray(a.jobs[[sections.index(letter) for letter in letters]].sum(axis=0))

    out = np.zeros((N_AIMS, len(a.population)))
    out[Aim.WORK] = a.jobs.sum(axis=0)
    out[Aim.BASIC_SCHOOL] = a.basic_schools
    out[Aim.SECONDARY_SCHOOL] = a.secondary_schools
    out[Aim.HIGHER_EDUCATION] = a.university
    out[Aim.SHOPPING] = jobs(SHOPS) * a.shops_weight
    out[Aim.SERVICES] = jobs(SERVICES) * a.care_weight
    out[Aim.LEISURE] = jobs(LEISURE) * a.leisure_weight + p.leisure_per_inhabitant_jobs * a.population
    out[Aim.VISITS] = a.population
    return out


def with_part_at_hubs(offered: FloatArray, rows: list[int], share: float, hubs: Array) -> FloatArray:
    """Return what every zone offers after a share of the city's has moved to its hubs, none of it lost.

    Args:
        offered: (kinds, zones) attraction or jobs; the sectors of the city come first.
        rows: Kinds that move.
        share: Share that moves.
        hubs: Hubs by sector.
    """
    out = offered.copy()
    total = hubs.sum()
    if share <= 0.0 or total == 0:
        return out
    moved = share * offered[rows, : len(hubs)]
    out[rows, : len(hubs)] += moved.sum(axis=1, keepdims=True) * hubs / total - moved
    return out


def ease_of_sectors(weights: FloatArray, share_with_car: float) -> tuple[FloatArray, FloatArray]:
    """Return the ease of travel and what a car adds to it, shape (sectors,) each, in logsum units.

    Args:
        weights: Log weights of destinations, (8 aims, 2: with, without a car, sectors, zones).
        share_with_car: Share of home seekers with a car.
    """
    aims = [Aim.WORK, Aim.SHOPPING, Aim.SERVICES, Aim.LEISURE, Aim.VISITS]
    chosen = weights[aims]
    top = chosen.max(axis=-1, keepdims=True)
    logsum = (top[..., 0] + np.log(np.exp(chosen - top).sum(axis=-1))).mean(axis=0)
    mixed = share_with_car * logsum[WITH_CAR] + (1.0 - share_with_car) * logsum[WITHOUT_CAR]
    return mixed, logsum[WITH_CAR] - logsum[WITHOUT_CAR]


def fill_access(
    out: FloatArray, s: Skims, a: Attractions, sections: str, labour: FloatArray, ease: FloatArray, p: AccessParams
) -> None:
    """Measure what lies within reach of every sector.

    Args:
        out: Filled: (sectors, len(Access)); EASE and EASE_OF_CAR are left alone.
        s: Times by mode.
        a: What the zones offer.
        sections: Letters of the NACE sections.
        labour: Workers by zone of the home.
        ease: Ease of commuting between zones, log weight, (zones, zones).
        p: Parameters.
    """
    sectors = len(out)
    jobs = a.jobs.sum(axis=0)
    transit = np.minimum(s.bus_ride + s.bus_wait + s.bus_walk, s.train_ride + s.train_wait + s.train_walk)
    transit = np.where(np.isfinite(transit), transit, np.inf)
    out[:, Access.JOBS_CAR] = (s.car[:sectors] <= p.jobs_reach_minutes) @ jobs
    out[:, Access.JOBS_TRANSIT] = (transit[:sectors] <= p.jobs_reach_minutes) @ jobs
    out[:, Access.JOBS_BIKE] = (s.bike[:sectors] <= p.in_reach_minutes) @ jobs
    slower = p.walk_speed_km_hour / p.walk_speed_senior_km_hour
    offers = services_by_zone(a, sections, p)
    for column, minutes in (
        (Access.SERVICES_WALK, s.walk),
        (Access.SERVICES_WALK_SENIOR, s.walk * slower),
        (Access.SERVICES_BIKE, s.bike),
    ):
        near = minutes[:sectors] <= p.in_reach_minutes
        out[:, column] = ((near.astype(np.int64) @ offers.T.astype(np.int64)) > 0).mean(axis=1)
    with np.errstate(divide="ignore"):
        out[:, Access.LABOUR] = np.log(np.maximum(np.exp(ease[:, :sectors]).T @ labour, 1.0))


def services_by_zone(a: Attractions, sections: str, p: AccessParams) -> Array:
    """Return which of five services each zone offers, shape (5, zones): shops, school, care, green, stop."""
    return np.array(
        [
            a.jobs[sections.index("G")] >= p.services_shop_jobs,
            a.basic_schools > 0,
            a.jobs[sections.index("Q")] >= p.services_care_jobs,
            a.green > 0,
            a.stop > 0,
        ]
    )
