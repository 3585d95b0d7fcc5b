"""What the sectors and the places outside offer besides jobs: schools, green, parking, chargers, inhabitants."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.arrays import Array
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.network.rows import OutsideZoneRow, SectorServicesRow
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError


class SectorServices(NamedTuple):
    """Columns of ``sector_services`` in the order of the sectors, (sectors,) each."""

    charge_points: Array
    schools_basic: Array
    schools_secondary: Array
    green: Array
    parking_eur_hour: Array
    parking_minutes: Array
    car_free_share: Array
    shops_weight: Array
    leisure_weight: Array
    care_weight: Array


class Outside(NamedTuple):
    """Columns of ``outside_zones``, (places,) each."""

    population: Array
    jobs: Array
    students_home_weight: Array


def load_services(tables: Tables, geography: Geography) -> SectorServices:
    """Read what the sectors offer.

    Raises:
        InputError: A sector is unknown, stands twice or is missing; names file and sector.
    """
    table = tables.path("sector_services")
    rows = {row.code: row for row in tables.rows("sector_services", SectorServicesRow)}
    for sector in geography.sectors:
        if sector.code not in rows:
            raise InputError(f"{table}, column 'code': sector '{sector.code}' is missing.")
    chosen = [rows[sector.code] for sector in geography.sectors]
    return SectorServices(*(np.array([float(getattr(row, f)) for row in chosen]) for f in SectorServices._fields))


def load_outside(tables: Tables) -> Outside:
    """Read the places outside the city, in the order of their zones."""
    rows = tables.rows("outside_zones", OutsideZoneRow)
    return Outside(*(np.array([float(getattr(row, f)) for row in rows]) for f in Outside._fields))
