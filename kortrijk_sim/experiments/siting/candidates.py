"""Where a care village could stand: today's care sites, stations, centres with shops, land in each wijk.

Mobility hubs are candidates too in the city's plans, but none is modelled yet: the stations stand in.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.care_sites import CareSite
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.places import Sector, Station


@dataclass(frozen=True)
class Candidate:
    """A spot where a care village could stand.

    Attributes:
        label: What stands or lies there, in words.
        wijk: Number of the wijk.
        x_km, y_km: Kilometres east and north of Kortrijk station.
        place: How a measure names the spot: a sector, or longitude and latitude.
        near: Care homes, stations and centres with shops so close by that they count as the same spot.
    """

    label: str
    wijk: int
    x_km: float
    y_km: float
    place: dict[str, Any]
    near: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The label, with what lies close by."""
        return f"{self.label} (near {', '.join(self.near)})" if self.near else self.label


def find_candidates(
    geography: Geography, sites: Sequence[CareSite], *, apart_km: float, shop_centres: int
) -> list[Candidate]:
    """Return the candidates, first of all those with something to build on.

    Sectors in which nobody lives are left out, and sites without a nursing home.

    Args:
        geography: The map.
        sites: Today's care sites.
        apart_km: Of two candidates closer than this only the first is kept.
        shop_centres: This many sectors with most businesses count as centres with shops.
    """
    found: list[Candidate] = []
    landmarks = list(_landmarks(geography, sites, shop_centres))
    for number, candidate in enumerate((*landmarks, *_land(geography))):
        distance = [math.dist((c.x_km, c.y_km), (candidate.x_km, candidate.y_km)) for c in found]
        if not found or min(distance) >= apart_km:
            found.append(candidate)
        elif number < len(landmarks):
            same = distance.index(min(distance))
            found[same] = replace(found[same], near=(*found[same].near, candidate.label))
    return found


def _landmarks(geography: Geography, sites: Iterable[CareSite], shop_centres: int) -> Iterator[Candidate]:
    for site in sites:
        if site.nursing_places > 0:
            yield _at_point(f"Site {site.name}", site.wijk, site)
    for station in geography.stations:
        wijk = geography.wijk_at(station.lon, station.lat)
        if wijk is not None:
            yield _at_point(f"Station {station.name}", wijk, station)
    by_businesses = sorted(geography.sectors, key=lambda sector: -sector.businesses)
    for sector in by_businesses[:shop_centres]:
        yield _at_anchor(f"Shop centre {sector.name}", sector)


def _land(geography: Geography) -> Iterator[Candidate]:
    names = Counter((sector.wijk, sector.name) for sector in geography.sectors)
    for sector in geography.sectors:
        if sector.households > 0:
            code = f" ({sector.code})" if names[sector.wijk, sector.name] > 1 else ""
            yield _at_anchor(f"{geography.wijken[sector.wijk].name}, sector {sector.name}{code}", sector)


def _at_anchor(label: str, sector: Sector) -> Candidate:
    return Candidate(label, sector.wijk, sector.x_km, sector.y_km, {"sector": sector.code})


def _at_point(label: str, wijk: int, spot: CareSite | Station) -> Candidate:
    return Candidate(label, wijk, spot.x_km, spot.y_km, {"lon": round(spot.lon, 6), "lat": round(spot.lat, 6)})


def positions(candidates: Sequence[Candidate]) -> tuple[FloatArray, FloatArray]:
    """Return kilometres east and north of all candidates, two arrays of shape (m,)."""
    return np.array([c.x_km for c in candidates]), np.array([c.y_km for c in candidates])


def serving_today(sites: Sequence[CareSite]) -> list[CareSite]:
    """Return the sites where the neighbourhood is served today: day care or services on the spot."""
    return [site for site in sites if site.day_care_places > 0 or site.services]
