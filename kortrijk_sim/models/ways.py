"""How far people are from each other and from care sites: homes, children, carers."""

from __future__ import annotations

import math

import numba
import numpy as np

from kortrijk_sim.agents.care_rules import CarerParams, NursingParams, weekly_visit_probability
from kortrijk_sim.agents.table import next_child
from kortrijk_sim.agents.travel_rules import TravelParams, car_minutes
from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.vocabulary import CarerKind, PersonStatus
from kortrijk_sim.compiling import inlined, lean, shared
from kortrijk_sim.draws import mix, normal, uniform
from kortrijk_sim.models.state import TABLES_TYPE, Tables

MOST_CHILDREN = 15


@inlined
def home_of(t: Tables, person: int) -> int:
    """Return the dwelling a person lives in, -1 for none or a nursing home."""
    household = t.persons.household[person]
    return int(t.households.dwelling[household]) if household >= 0 else -1


@inlined
def km_between(x: float, y: float, x_other: float, y_other: float) -> float:
    """Return the straight distance between two points in km."""
    return math.sqrt((x - x_other) ** 2 + (y - y_other) ** 2)


@shared(numba.int64(TABLES_TYPE, numba.int64, numba.int64, numba.float64[:, ::1]))
def homes_of_children(t: Tables, person: int, month: int, where: FloatArray) -> int:
    """Find where a person's grown children in the city live; return how many do.

    Args:
        t: All tables.
        person: Row of the person.
        month: This month.
        where: Filled with x and y in km and the row of the child, shape (15, 3); more are left out.
    """
    n = 0
    child = t.care.first_child[person]
    while child >= 0 and n < where.shape[0]:
        if t.persons.status[child] == PersonStatus.RESIDENT and month - t.persons.birth_month[child] >= 216:
            home = home_of(t, child)
            if home >= 0:
                where[n, 0] = t.dwellings.x_km[home]
                where[n, 1] = t.dwellings.y_km[home]
                where[n, 2] = child
                n += 1
        child = next_child(t.persons, t.care, person, child)
    return n


@inlined
def nearest_km(where: FloatArray, n: int, x: float, y: float) -> float:
    """Return the distance from a point to the nearest of n places, -1 when there is none."""
    best = -1.0
    for k in range(n):
        km = km_between(where[k, 0], where[k, 1], x, y)
        if best < 0.0 or km < best:
            best = km
    return best


@inlined
def outside_minutes(key: np.uint64, kin_once: np.uint64, p: CarerParams) -> float:
    """Return the minutes by car to a child outside the city, drawn once in a life."""
    return p.carer_outside_median_minutes * math.exp(p.carer_outside_sd_log * normal(kin_once, key, 1))


@lean
def carer_minutes(t: Tables, i: int, kin_once: np.uint64, p: CarerParams, travel: TravelParams) -> float:
    """Return the way to somebody's informal carer in minutes by car: 0 in the same home or next door."""
    if t.care.carer_kind[i] == CarerKind.CHILD_OUTSIDE:
        return outside_minutes(t.persons.key[i], kin_once, p)
    carer = t.care.carer[i]
    if carer < 0 or t.persons.household[carer] == t.persons.household[i]:
        return 0.0
    there, here = home_of(t, carer), home_of(t, i)
    if there < 0 or here < 0:
        return 0.0
    d = t.dwellings
    return car_minutes(km_between(d.x_km[there], d.y_km[there], d.x_km[here], d.y_km[here]), travel)


@inlined
def visits_weekly(
    t: Tables, resident: int, visitor: int, visit_once: np.uint64, p: NursingParams, travel: TravelParams
) -> bool:
    """Whether a family member visits a resident of a nursing home every week.

    The inclination is drawn once for each pair: visits change when somebody moves, not from month to month.
    """
    home = home_of(t, visitor)
    if home < 0:
        return False
    site, d = t.persons.nursing_place[resident], t.dwellings
    km = km_between(t.sites.x_km[site], t.sites.y_km[site], d.x_km[home], d.y_km[home])
    u = uniform(mix(visit_once, t.persons.key[visitor]), t.persons.key[resident])
    return bool(u < weekly_visit_probability(car_minutes(km, travel), p))
