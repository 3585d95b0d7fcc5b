"""What is measured of travel every month: trips, km and minutes by mode, cars, emissions, what lies within reach."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from kortrijk_sim.agents.mode_rules import AGE_FROM, N_MODES
from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.vocabulary import HouseholdStatus, Mode, Purpose
from kortrijk_sim.compiling import kernel
from kortrijk_sim.models.indicator_names import Raw
from kortrijk_sim.models.mobility import CAR_KM, KM, KM_FROM, MINUTES_ACTIVE, TRIPS, Mobility
from kortrijk_sim.models.state import Tables

MODE_GROUPS: dict[str, tuple[Mode, ...]] = {
    "car_driver": (Mode.CAR, Mode.ELECTRIC_CAR, Mode.SHARED_CAR, Mode.PARK_AND_RIDE),
    "car_passenger": (Mode.PASSENGER,),
    "bike": (Mode.BIKE, Mode.E_BIKE, Mode.SHARED_BIKE),
    "walk": (Mode.WALK,),
    "transit": (Mode.BUS, Mode.TRAIN, Mode.BIKE_AND_TRAIN),
}


class EmissionParams(NamedTuple):
    """Parameters of emissions and of cars that are not at a household's disposal."""

    combustion_g_co2_km: float
    combustion_g_co2_fall_per_year: float
    electric_kwh_km: float
    grid_g_co2_kwh: float
    grid_g_co2_fall_per_year: float
    cars_firm_owned_per_1000: float


class Offer(NamedTuple):
    """What is on offer in each sector, (113,) each."""

    charge_points: Array
    shared_cars: Array
    hubs: Array


@kernel
def count_travel(
    t: Tables, m: Mobility, month: int, sector_wijk: Array, offer: Offer, p: EmissionParams, out: Array
) -> None:
    """Take over the sums of all trips and count cars, members, chargers and reach; rows 1 to 14 of ``out``.

    Args:
        t: All tables.
        m: Mobility.
        month: The coming month.
        sector_wijk: Wijk of each sector.
        offer: Charge points, shared cars and hubs by sector.
        p: Parameters of emissions.
        out: Counts per place, see ``Raw``; the first of twelve columns of trips and of km is that of walking.
    """
    years = month / 12.0
    combustion = p.combustion_g_co2_km * (1.0 - p.combustion_g_co2_fall_per_year) ** years
    electric = p.electric_kwh_km * p.grid_g_co2_kwh * (1.0 - p.grid_g_co2_fall_per_year) ** years
    for wijk in range(m.ledger.place.shape[0]):
        row = out[wijk + 1]
        for mode in range(N_MODES):
            cell = m.ledger.place[wijk, mode]
            row[Raw.TRIPS_WALK + mode] += cell[TRIPS]
            row[Raw.KM_WALK + mode] += cell[KM]
            row[Raw.CAR_KM] += cell[CAR_KM]
            row[Raw.ACTIVE_MINUTES] += cell[MINUTES_ACTIVE]
            grams = electric if mode == Mode.ELECTRIC_CAR else combustion
            row[Raw.CO2_KG] += cell[CAR_KM] * grams / 1000.0
        row[Raw.CAR_KM_ELECTRIC] += m.ledger.place[wijk, Mode.ELECTRIC_CAR, CAR_KM]
        row[Raw.TRAVELLERS] += m.ledger.active[wijk, 0]
        row[Raw.TRAVELLERS_ACTIVE] += m.ledger.active[wijk, 1]
        row[Raw.FIRM_CARS] += row[Raw.POPULATION] * p.cars_firm_owned_per_1000 / 1000.0
    people = np.zeros(sector_wijk.shape[0])
    for h in range(t.counts[1]):
        if t.households.status[h] != HouseholdStatus.HOUSED:
            continue
        sector = t.dwellings.sector[t.households.dwelling[h]]
        people[sector] += t.households.members[h]
        row = out[sector_wijk[sector] + 1]
        row[Raw.CARS] += m.fleet.cars[h]
        row[Raw.CARS_ELECTRIC] += m.fleet.electric[h]
        row[Raw.CARS_COMPANY] += m.fleet.company[h]
        row[Raw.WITHOUT_CAR] += m.fleet.cars[h] == 0
        row[Raw.SHARING_HOUSEHOLDS] += m.fleet.sharing[h]
    for sector in range(sector_wijk.shape[0]):
        row = out[sector_wijk[sector] + 1]
        row[Raw.CHARGE_POINTS] += offer.charge_points[sector]
        row[Raw.SHARED_CARS] += offer.shared_cars[sector]
        row[Raw.HUBS] += offer.hubs[sector]
        row[Raw.PEOPLE_IN_SECTORS] += people[sector]
        for k in range(m.sectors.shape[1]):
            row[Raw.REACH_EASE + k] += people[sector] * m.sectors[sector, k]


def mode_shares(m: Mobility, wijken: list[str]) -> pd.DataFrame:
    """Return trips and km of all inhabitants on a mean day, by purpose, length, age group, wijk and mode.

    Columns: ``by`` (purpose, length, age, wijk), ``group``, ``mode``, ``trips_per_day``, ``km_per_day`` (nan where
    it is not kept) and ``share`` of the group's trips.
    """
    book = m.ledger
    blank: FloatArray = np.full((1, N_MODES), np.nan)
    parts: list[tuple[str, list[str], FloatArray, FloatArray]] = [
        ("purpose", [p.name.lower() for p in Purpose], book.purpose[:, :, 0], book.purpose[:, :, 1]),
        ("length", _classes(KM_FROM, "km"), book.length, np.repeat(blank, len(KM_FROM), axis=0)),
        ("age", _classes(AGE_FROM, "years"), book.age, np.repeat(blank, len(AGE_FROM), axis=0)),
        ("wijk", wijken, book.place[:, :, TRIPS], book.place[:, :, KM]),
    ]
    modes = [mode.name.lower() for mode in Mode]
    frames = []
    for by, groups, trips, km in parts:
        total = trips.sum(axis=1, keepdims=True)
        share = np.divide(trips, total, out=np.zeros_like(trips), where=total > 0)
        frames.append(
            pd.DataFrame(
                {
                    "by": by,
                    "group": np.repeat(groups, len(modes)),
                    "mode": np.tile(modes, len(groups)),
                    "trips_per_day": trips.ravel(),
                    "km_per_day": km.ravel(),
                    "share": share.ravel(),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _classes(first: Array, unit: str) -> list[str]:
    names = [f"{first[k]:g}-{first[k + 1]:g} {unit}" for k in range(len(first) - 1)]
    return [*names, f"{first[-1]:g}+ {unit}"]
