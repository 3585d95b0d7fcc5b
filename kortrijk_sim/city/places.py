"""Places on the map and the plane in which distances between them are measured."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kortrijk_sim.arrays import FloatArray

ORIGIN_LON, ORIGIN_LAT = 3.264549, 50.824506  # Kortrijk station (iRail), as in stations.csv
EARTH_RADIUS_KM = 6371.0088  # mean radius of the Earth (IUGG)
KM_PER_DEGREE_LAT = math.radians(1.0) * EARTH_RADIUS_KM
KM_PER_DEGREE_LON = KM_PER_DEGREE_LAT * math.cos(math.radians(ORIGIN_LAT))


@dataclass(frozen=True)
class Wijk:
    """A wijk as the city itself delimits it; ``area_km2``, ``lon`` and ``lat`` are of the source outline."""

    code: str
    name: str
    area_km2: float
    lon: float
    lat: float


@dataclass(frozen=True)
class Sector:
    """A statistical sector with its anchor point.

    ``wijk`` is a wijk number (0 to 13); ``businesses`` counts non-residential electricity connections;
    ``core_type`` is 1 in a supralocal core, 2 in a local core, 3 outside the cores; ``anchor_class`` says
    whether the anchor was observed or assumed.
    """

    code: str
    name: str
    wijk: int
    lon: float
    lat: float
    x_km: float
    y_km: float
    households: int
    population: int
    businesses: int
    core_type: int
    anchor_class: str


@dataclass(frozen=True)
class Municipality:
    """A municipality around Kortrijk, with its centroid."""

    code: str
    name: str
    area_km2: float
    lon: float
    lat: float
    x_km: float
    y_km: float


@dataclass(frozen=True)
class Station:
    """A railway station of the region; boardings are per day, nan where they are not published."""

    name: str
    lon: float
    lat: float
    x_km: float
    y_km: float
    stops_per_day: float
    boardings_weekday: float
    boardings_saturday: float
    boardings_sunday: float


def project[Degrees: (float, FloatArray)](lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Project to a local equirectangular plane, in km, with Kortrijk station as origin.

    Within the city and its neighbours distances differ less than 0.3 % from great-circle distances.

    Args:
        lon: Degrees east, a number or an array.
        lat: Degrees north, of the same shape.

    Returns:
        ``x_km`` (east) and ``y_km`` (north), of the same shape.
    """
    return (lon - ORIGIN_LON) * KM_PER_DEGREE_LON, (lat - ORIGIN_LAT) * KM_PER_DEGREE_LAT


def is_inside(lon: float, lat: float, outline: FloatArray) -> bool:
    """Return whether a point lies inside a ring, shape (n, 2), by counting the edges east of it."""
    x, y = outline[:, 0], outline[:, 1]
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    crosses = (y > lat) != (next_y > lat)
    rise = np.where(crosses, next_y - y, 1.0)  # an edge that does not cross may be horizontal
    crossing = x + (lat - y) * (next_x - x) / rise
    return bool(np.count_nonzero(crosses & (lon < crossing)) % 2)
