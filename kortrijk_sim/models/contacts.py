"""Who has somebody near: family, a carer, a care village in walking distance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.care_rules import CarerParams, isolation_probability
from kortrijk_sim.agents.travel_rules import TravelParams, car_minutes, senior_walk_minutes
from kortrijk_sim.arrays import Array, FloatArray, IntArray
from kortrijk_sim.city.vocabulary import CarerKind, PersonStatus, SiteStatus
from kortrijk_sim.compiling import kernel, lean
from kortrijk_sim.models.prefetch import expect
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.ways import MOST_CHILDREN, home_of, homes_of_children, km_between, nearest_km


class Villages(NamedTuple):
    """Where care villages with services stand, and how good they are."""

    x_km: Array
    y_km: Array
    quality: Array


@kernel
def list_villages(t: Tables) -> Villages:
    """Return the open care villages with neighbourhood services."""
    n = t.counts[4]
    x, y, quality = np.empty(n), np.empty(n), np.empty(n)
    m = 0
    for s in range(n):
        if t.sites.services[s] == 1 and t.sites.status[s] == SiteStatus.OPEN:
            x[m], y[m], quality[m] = t.sites.x_km[s], t.sites.y_km[s], t.sites.quality[s]
            m += 1
    return Villages(x[:m], y[:m], quality[:m])


@kernel
def contacts(t: Tables, rows: IntArray, month: int, people: CarerParams, travel: TravelParams) -> None:
    """See how near the family of seniors at home is, and how isolated they would be alone.

    Everybody is looked at once a year: people get to know a new village, and miss a child who moved, in time.

    Args:
        t: All tables.
        rows: Rows of persons; those under 65 or in a nursing home are left out.
        month: This month.
        people: Parameters of isolation.
        travel: Speeds.
    """
    see_contacts(t, rows, month, people, travel, list_villages(t), np.empty((MOST_CHILDREN, 3)))


@lean
def see_contacts(
    t: Tables,
    rows: IntArray,
    month: int,
    people: CarerParams,
    travel: TravelParams,
    villages: Villages,
    where: FloatArray,
) -> None:
    """See how near family is and how isolated people would be; ``where`` is room to work in, shape (15, 3)."""
    for k in range(rows.shape[0]):
        expect(t.persons, rows, k)
        expect(t.care, rows, k)
        i = rows[k]
        if t.persons.status[i] != PersonStatus.RESIDENT or month - t.persons.birth_month[i] < 780:
            continue
        home = home_of(t, i)
        if home < 0:
            continue
        n = homes_of_children(t, i, month, where)
        km = nearest_km(where, n, t.dwellings.x_km[home], t.dwellings.y_km[home])
        t.care.family_minutes[i] = car_minutes(km, travel) if n > 0 else -1.0
        t.care.isolation[i] = isolation(t, i, home, villages, people, travel)


@lean
def isolation(t: Tables, i: int, home: int, villages: Villages, people: CarerParams, travel: TravelParams) -> float:
    """Return the probability that a senior who lives alone is isolated."""
    x, y = t.dwellings.x_km[home], t.dwellings.y_km[home]
    near = 0.0 <= t.care.family_minutes[i] <= people.isolation_child_minutes
    quality = 0.0
    for v in range(villages.x_km.shape[0]):
        km = km_between(villages.x_km[v], villages.y_km[v], x, y)
        if senior_walk_minutes(km, travel) <= people.village_reach_walk_minutes:
            quality = max(quality, villages.quality[v])
    care = t.care
    return isolation_probability(
        near, care.carer_kind[i] != CarerKind.NONE, care.day_care[i] >= 0, t.persons.health[i], quality, people
    )
