"""Where the city is: 14 wijken, 113 statistical sectors, the neighbouring municipalities and the stations.

A sector is the smallest place the model knows; dwellings, firms and stops belong to one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from kortrijk_sim.arrays import BoolArray, FloatArray
from kortrijk_sim.city.places import Municipality, Sector, Station, Wijk, is_inside, project
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError, nearest

ATTRIBUTION = (
    "Wijken voor omgevingsanalyse. © gemeentebesturen, verzameld door Data & Analyse van de Vlaamse "
    "provincies (https://github.com/provinciesincijfers/gebiedsniveaus/blob/master/"
    "gemeente_statsec_wijken/readme.md); outlines generalised. Statistical sectors and municipalities: "
    "Statbel (Algemene Directie Statistiek - Statistics Belgium). Stations: iRail (CC0)."
)


@dataclass(frozen=True)
class Geography:
    """The map the model runs on.

    Attributes:
        wijken: The 14 wijken in the order of their codes; the index is the wijk number.
        outlines: Per wijk an array (n, 2) of longitude and latitude: a generalised ring, not closed.
        adjacent: Array (14, 14), True where two wijken share a border; symmetric, diagonal False.
        sectors: The 113 statistical sectors; the index is the sector number.
        municipalities: The 12 neighbouring municipalities.
        stations: Railway stations of the region.
        attribution: The line that a map of the city must show.
    """

    wijken: list[Wijk]
    outlines: list[FloatArray]
    adjacent: BoolArray
    sectors: list[Sector]
    municipalities: list[Municipality]
    stations: list[Station]
    attribution: str = ATTRIBUTION

    @cached_property
    def sector_wijk(self) -> NDArray[np.int16]:
        """Wijk number of each sector, shape (113,)."""
        return np.array([sector.wijk for sector in self.sectors], dtype=np.int16)

    @cached_property
    def sector_x_km(self) -> NDArray[np.float32]:
        """Kilometres east of Kortrijk station of each sector's anchor, shape (113,)."""
        return np.array([sector.x_km for sector in self.sectors], dtype=np.float32)

    @cached_property
    def sector_y_km(self) -> NDArray[np.float32]:
        """Kilometres north of Kortrijk station of each sector's anchor, shape (113,)."""
        return np.array([sector.y_km for sector in self.sectors], dtype=np.float32)

    def wijk_number(self, name: str) -> int:
        """Return the number of a wijk from its name or code, in any case (``heule centrum``, ``W04``).

        Raises:
            InputError: No wijk has this name; the message gives the nearest one.
        """
        wanted = " ".join(name.casefold().split())
        for number, wijk in enumerate(self.wijken):
            if wanted in (wijk.name.casefold(), wijk.code.casefold(), wijk.code[-3:].casefold()):
                return number
        raise InputError(f"no wijk '{name}'; {nearest(name.title(), [wijk.name for wijk in self.wijken])}")

    def wijk_at(self, lon: float, lat: float) -> int | None:
        """Return the number of the wijk a point lies in, or None outside the city."""
        for number, outline in enumerate(self.outlines):
            if is_inside(lon, lat, outline):
                return number
        return None

    def project[Degrees: (float, FloatArray)](self, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
        """Return kilometres east and north of Kortrijk station; see `places.project`."""
        return project(lon, lat)


def load_geography(tables: Tables) -> Geography:
    """Read the map.

    Args:
        tables: Where ``wijken``, ``wijk_outlines``, ``sectors``, ``municipalities`` and ``stations`` are
            read from.

    Raises:
        InputError: A table is not valid, or the tables contradict one another.
    """
    rows = tables.rows("wijken", WijkRow)
    number = {row.code: index for index, row in enumerate(rows)}
    if len(number) != len(rows):
        raise InputError(f"{tables.path('wijken')}: a wijk code stands twice.")
    return Geography(
        wijken=[Wijk(row.code, row.name, row.area_km2, row.lon, row.lat) for row in rows],
        outlines=_outlines(tables, number),
        adjacent=_adjacency(tables, rows),
        sectors=_sectors(tables, number),
        municipalities=[
            Municipality(row.code, row.name, row.area_km2, row.lon, row.lat, *project(row.lon, row.lat))
            for row in tables.rows("municipalities", MunicipalityRow)
        ],
        stations=[
            Station(
                name=row.name,
                stops_per_day=row.stops_per_day,
                boardings_weekday=row.boardings_weekday,
                boardings_saturday=row.boardings_saturday,
                boardings_sunday=row.boardings_sunday,
                **_position(row),
            )
            for row in tables.rows("stations", StationRow)
        ],
    )


class Row(BaseModel):
    """A line of a table about a place in or around Kortrijk; the bounds catch swapped coordinates."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    lon: float = Field(ge=2.5, le=4.0)
    lat: float = Field(ge=50.5, le=51.2)


class WijkRow(Row):
    """A line of ``wijken``."""

    code: str = Field(pattern=r"^34022W\d\d$")
    name: str
    area_km2: float = Field(gt=0)
    neighbours: str
    source: str = Field(min_length=3)


class OutlineRow(Row):
    """A line of ``wijk_outlines``: one point of a ring."""

    wijk: str
    point: int = Field(ge=0)


class SectorRow(Row):
    """A line of ``sectors``."""

    code: str = Field(min_length=9, max_length=9)
    name: str
    wijk: str
    households_2025: int = Field(ge=0)
    population_2025: int = Field(ge=0)
    businesses: int = Field(ge=0)
    anchor_class: Literal["observed", "assumed"]
    core_type: int = Field(ge=1, le=3)
    source: str = Field(min_length=3)


class MunicipalityRow(Row):
    """A line of ``municipalities``."""

    code: str = Field(pattern=r"^\d{5}$")
    name: str
    area_km2: float = Field(gt=0)
    source: str = Field(min_length=3)


class StationRow(Row):
    """A line of ``stations``."""

    name: str
    stops_per_day: float = Field(ge=0)
    boardings_weekday: float = math.nan
    boardings_saturday: float = math.nan
    boardings_sunday: float = math.nan
    source: str = Field(min_length=3)


def _position(row: Row) -> dict[str, float]:
    x_km, y_km = project(row.lon, row.lat)
    return {"lon": row.lon, "lat": row.lat, "x_km": x_km, "y_km": y_km}


def _known(code: str, number: dict[str, int], place: str) -> int:
    """Return a wijk's number, or say in which table, line and column the unknown wijk stands."""
    if code not in number:
        raise InputError(f"{place}: unknown wijk '{code}'; {nearest(code, number)}")
    return number[code]


def _outlines(tables: Tables, number: dict[str, int]) -> list[FloatArray]:
    """Return one ring (n, 2) per wijk, in the order of the wijk numbers."""
    table = tables.path("wijk_outlines")
    rings: list[list[tuple[int, float, float]]] = [[] for _ in number]
    for line, row in enumerate(tables.rows("wijk_outlines", OutlineRow), start=2):
        wijk = _known(row.wijk, number, f"{table}, line {line}, wijk")
        rings[wijk].append((row.point, row.lon, row.lat))
    for code, wijk in number.items():
        ring = sorted(rings[wijk])
        if len(ring) < 3 or [point for point, _, _ in ring] != list(range(len(ring))):
            raise InputError(f"{table}, point: wijk '{code}' needs points 0, 1, 2 ... without a gap.")
    return [np.array([(lon, lat) for _, lon, lat in sorted(ring)]) for ring in rings]


def _adjacency(tables: Tables, rows: list[WijkRow]) -> BoolArray:
    """Return which wijken share a border (14, 14), from the column ``neighbours`` (``W01|W03``)."""
    short = {row.code[-3:]: index for index, row in enumerate(rows)}
    adjacent = np.zeros((len(rows), len(rows)), dtype=np.bool_)
    for index, row in enumerate(rows):
        place = f"{tables.path('wijken')}, line {index + 2}, neighbours"
        for code in row.neighbours.split("|"):
            adjacent[index, _known(code, short, place)] = True
        if adjacent[index, index]:
            raise InputError(f"{place}: {row.name} is named as its own neighbour.")
        for other in np.flatnonzero(adjacent[index, :index] != adjacent[:index, index]):
            raise InputError(f"{place}: {row.name} and {rows[other].name} must both name the other.")
    return adjacent


def _sectors(tables: Tables, number: dict[str, int]) -> list[Sector]:
    """Return the sectors in the order of the table."""
    sectors: dict[str, Sector] = {}
    for line, row in enumerate(tables.rows("sectors", SectorRow), start=2):
        place = f"{tables.path('sectors')}, line {line}"
        if row.code in sectors:
            raise InputError(f"{place}, code: sector '{row.code}' stands twice.")
        sectors[row.code] = Sector(
            code=row.code,
            name=row.name,
            wijk=_known(row.wijk, number, f"{place}, wijk"),
            households=row.households_2025,
            population=row.population_2025,
            businesses=row.businesses,
            core_type=row.core_type,
            anchor_class=row.anchor_class,
            **_position(row),
        )
    return list(sectors.values())
