"""Today's care sites: nursing homes, groups of assisted homes and day-care centres, some on one spot.

No complete public list was found. A row of class ``observed`` has its number of nursing places or assisted
homes from the source it cites; an ``assumed`` row says in its source what was assumed, and a home that was
made up is called synthetic. An older public page counts 1,276 nursing places, 460 of the city; rooms added
since and a later count of the city's residents make 1,322 and 456 here. Day prices and qualities are
assumed throughout: homes of the city are cheaper than others, new buildings dearer and better than old ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from kortrijk_sim.city.geography import Geography, Row
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError

MAX_PLACES = 5000  # of one kind on one site: catches a slip of the keyboard, the whole city has some 1,300
MAX_SITES = 100  # of today; far more than the city has, and room for villages beside them
MAX_PRICE_EUR_DAY = 300  # catches a price per month; the dearest home of the province asked 150 (kw.be 2023)


@dataclass(frozen=True)
class CareSite:
    """A spot where older people live or spend the day.

    Attributes:
        code: Short code of the table.
        name: Unique name, in any case; measures refer to it.
        operator: ``city`` or ``other``.
        wijk: Number of the wijk the site lies in.
        sector: Number of the sector of that wijk whose anchor is nearest.
        lon, lat: Degrees.
        x_km, y_km: Kilometres east and north of Kortrijk station.
        nursing_places: Places in the nursing home, 0 where there is none.
        assisted_homes: Homes in the group of assisted-living homes.
        day_care_places: Places in the day-care centre.
        price_eur_day: Euro a resident pays per day for a nursing place, here or if one were added.
        quality: Pull on those who choose, 0 to 1; 0.5 is an ordinary home.
        services: Whether the site also serves its neighbourhood: a care village.
        kind: ``observed`` or ``assumed``, of the row as a whole.
    """

    code: str
    name: str
    operator: str
    wijk: int
    sector: int
    lon: float
    lat: float
    x_km: float
    y_km: float
    nursing_places: int
    assisted_homes: int
    day_care_places: int
    price_eur_day: float
    quality: float
    services: bool
    kind: str


class CareSiteRow(Row):
    """A line of ``care_sites``."""

    model_config = ConfigDict(str_strip_whitespace=True, populate_by_name=True)

    code: str = Field(min_length=1, max_length=12)
    name: str = Field(min_length=2, max_length=80)
    operator: Literal["city", "other"]
    nursing_places: int = Field(ge=0, le=MAX_PLACES)
    assisted_homes: int = Field(ge=0, le=MAX_PLACES)
    day_care_places: int = Field(ge=0, le=MAX_PLACES)
    price_eur_day: float = Field(gt=0, le=MAX_PRICE_EUR_DAY)
    quality: float = Field(ge=0, le=1)
    services: bool
    kind: Literal["observed", "assumed"] = Field(alias="class")
    source: str = Field(min_length=3)

    @model_validator(mode="after")
    def _offers_something(self) -> Self:
        if not self.nursing_places and not self.assisted_homes and not self.day_care_places:
            raise ValueError(f"nursing_places, assisted_homes and day_care_places of '{self.name}' are all 0")
        return self


def load_care_sites(tables: Tables, geography: Geography) -> list[CareSite]:
    """Read the care sites, in the order of the table.

    Args:
        tables: Where ``care_sites`` is read from; a table without a line gives no sites.
        geography: The map the sites are placed on.

    Raises:
        InputError: A line is not valid, a code or name stands twice or a site lies outside the city; the
            message names file, line and column.
    """
    rows = tables.rows("care_sites", CareSiteRow)
    if len(rows) > MAX_SITES:
        raise InputError(f"{tables.path('care_sites')}: {len(rows)} care sites; valid: up to {MAX_SITES}.")
    sites: list[CareSite] = []
    seen: dict[tuple[str, str], int] = {}
    for line, row in enumerate(rows, start=2):
        place = f"{tables.path('care_sites')}, line {line}"
        for column, value in (("code", row.code), ("name", row.name)):
            first = seen.setdefault((column, " ".join(value.casefold().split())), line)
            if first != line:
                raise InputError(f"{place}, column '{column}': '{value}' stands in line {first} already.")
        sites.append(_site(row, geography, place))
    return sites


def _site(row: CareSiteRow, geography: Geography, place: str) -> CareSite:
    """Return the site of a line with its wijk, its sector and its spot on the plane."""
    wijk = geography.wijk_at(row.lon, row.lat)
    if wijk is None:
        where = f"{row.lon}, {row.lat}"
        raise InputError(f"{place}, columns 'lon' and 'lat': '{row.name}' ({where}) lies outside the city of Kortrijk.")
    x_km, y_km = geography.project(row.lon, row.lat)
    sector = min(  # a sector of another wijk only where a user's map gives this wijk none
        range(len(geography.sectors)),
        key=lambda n: (
            geography.sectors[n].wijk != wijk,
            math.dist((x_km, y_km), (geography.sectors[n].x_km, geography.sectors[n].y_km)),
        ),
    )
    return CareSite(wijk=wijk, sector=sector, x_km=x_km, y_km=y_km, **row.model_dump(exclude={"source"}))
