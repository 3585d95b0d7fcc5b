"""How easily places are reached from each other, until a network says so: straight distances and a detour.

Zones are the statistical sectors and then the places outside. This is the one place where distances stand in for a
network; the processes take the result as plain arrays.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.places import project
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError

_MEAN_WAY = 0.52  # of the side of a square: mean distance of two points in it


class OutsideRow(BaseModel):
    """A line of ``outside_zones``; the bounds catch swapped coordinates."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    lon: float = Field(ge=2.0, le=6.5)
    lat: float = Field(ge=49.4, le=51.6)
    name: str = Field(min_length=2)
    population: float = Field(ge=0)
    jobs: float = Field(ge=0)
    students_home_weight: float = Field(ge=0)
    source: str = Field(min_length=3)


class Outside(NamedTuple):
    """The places outside the city, in the order of the table."""

    names: tuple[str, ...]
    x_km: FloatArray
    y_km: FloatArray
    population: FloatArray
    jobs: FloatArray
    students_home_weight: FloatArray


class Reach(NamedTuple):
    """What the processes of work and study need to know of ways."""

    ease: FloatArray  # (zones, zones) log weight of commuting from the row's zone to the column's
    labour_access: FloatArray  # (sectors,) log of the workers in reach
    quality: FloatArray  # (sectors,) what else draws firms since the first day, such as a hub
    workers: FloatArray  # (zones,) who could work, by zone of residence
    outside: Outside


def load_outside(tables: Tables) -> Outside:
    """Read the places outside.

    Raises:
        InputError: The table is not valid, a name stands twice, or nobody lives, works or studies outside.
    """
    table = tables.path("outside_zones")
    rows = tables.rows("outside_zones", OutsideRow)
    names = tuple(row.name for row in rows)
    for line, name in enumerate(names, start=2):
        if names.index(name) != line - 2:
            raise InputError(f"{table}, line {line}, name: '{name}' stands twice.")
    for column in ("population", "jobs", "students_home_weight"):
        if sum(getattr(row, column) for row in rows) <= 0:
            raise InputError(f"{table}, {column}: 0 everywhere; valid: at least one place above 0.")
    points = np.array([project(row.lon, row.lat) for row in rows])
    return Outside(
        names,
        points[:, 0],
        points[:, 1],
        np.array([row.population for row in rows]),
        np.array([row.jobs for row in rows]),
        np.array([row.students_home_weight for row in rows]),
    )


def straight_ease(geography: Geography, outside: Outside, parameters: Parameters) -> FloatArray:
    """Return the log weight of commuting between zones from straight distances, shape (zones, zones)."""
    x = np.concatenate([geography.sector_x_km.astype(np.float64), outside.x_km])
    y = np.concatenate([geography.sector_y_km.astype(np.float64), outside.y_km])
    km = np.hypot(x[:, None] - x, y[:, None] - y)
    area = np.array([w.area_km2 for w in geography.wijken])[geography.sector_wijk]
    sectors = np.bincount(geography.sector_wijk, minlength=len(geography.wijken))[geography.sector_wijk]
    # Who lives in a place outside and works there is not in the model.
    own = np.concatenate([_MEAN_WAY * np.sqrt(area / sectors), np.zeros(len(outside.names))])
    np.fill_diagonal(km, own)
    km *= parameters.value("travel_detour_ratio")
    return np.ascontiguousarray(parameters.value("commute_ease_per_km") * km)


def workers_of(geography: Geography, outside: Outside, parameters: Parameters) -> FloatArray:
    """Return who could work by zone of residence, shape (zones,): the same share of inhabitants everywhere."""
    inhabitants = np.array([sector.population for sector in geography.sectors], np.float64)
    return parameters.value("workers_share_of_population") * np.concatenate([inhabitants, outside.population])


def labour_access_of(ease: FloatArray, workers: FloatArray, sectors: int) -> FloatArray:
    """Return the log of the workers who reach each sector, weighted by ease, shape (sectors,)."""
    return np.asarray(np.log(np.maximum(workers @ np.exp(ease[:, :sectors]), 1e-9)))


def make_reach(tables: Tables, geography: Geography, parameters: Parameters) -> Reach:
    """Gather what work and study need to know of ways."""
    outside = load_outside(tables)
    ease = straight_ease(geography, outside, parameters)
    sectors = len(geography.sectors)
    workers = workers_of(geography, outside, parameters)
    return Reach(ease, labour_access_of(ease, workers, sectors), np.zeros(sectors), workers, outside)
