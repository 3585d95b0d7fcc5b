"""What the tests of travel read of a city: an independent count of all trips, and rows of those who live at home.

NumPy only: a mistake in a kernel cannot hide itself here.
"""

from __future__ import annotations

import numpy as np

from kortrijk_sim.agents.mode_rules import N_AGE_GROUPS, N_MODES, N_SLOTS
from kortrijk_sim.arrays import Array
from kortrijk_sim.city.vocabulary import Mode, PersonStatus, Purpose
from kortrijk_sim.models.mobility import KM_FROM, Ledger
from kortrijk_sim.models.model import KortrijkModel

CAR = (Mode.CAR, Mode.ELECTRIC_CAR, Mode.PASSENGER, Mode.SHARED_CAR, Mode.PARK_AND_RIDE)
TRANSIT = (Mode.BUS, Mode.TRAIN, Mode.BIKE_AND_TRAIN)
BIKE = (Mode.BIKE, Mode.E_BIKE, Mode.SHARED_BIKE)


def rows_of(model: KortrijkModel) -> tuple[Array, Array, Array]:
    """Return travel (a row per person), trips (persons, slots) and fleet (a row per household), rows in use only."""
    t, m = model.state.tables, model.state.mobility
    persons, households = int(t.counts[0]), int(t.counts[1])
    return m.travel[:persons], m.trips[: N_SLOTS * persons].reshape(persons, N_SLOTS), m.fleet[:households]


def sector_of_home(model: KortrijkModel) -> Array:
    """Return the sector of everybody's home now, -1 for the dead, the gone, the homeless and in nursing homes."""
    t = model.state.tables
    n = int(t.counts[0])
    household = t.persons.household[:n]
    lives = (t.persons.status[:n] == PersonStatus.RESIDENT) & (household >= 0)
    dwelling = np.where(lives, t.households.dwelling[household], -1)
    return np.where(dwelling >= 0, t.dwellings.sector[dwelling], -1)


def ages(model: KortrijkModel) -> Array:
    t = model.state.tables
    return (model.month - t.persons.birth_month[: int(t.counts[0])].astype(int)) // 12


def housed(model: KortrijkModel) -> Array:
    """Return the rows of households with a home."""
    t = model.state.tables
    return np.flatnonzero(t.households.dwelling[: int(t.counts[1])] >= 0)


def recount(model: KortrijkModel) -> Ledger:
    """Count all trips from the tables of persons and trips."""
    travel, trips, _ = rows_of(model)
    wijk_of, book = model.geography.sector_wijk, model.state.mobility.ledger
    person, slot = np.nonzero((trips["mode"] >= 0) & (trips["per_day"] > 0))
    assert (travel["home"][person] >= 0).all(), "somebody who does not travel has trips"
    trip, home = trips[person, slot], travel["home"][person].astype(int)
    mode, n = trip["mode"].astype(int), trip["per_day"].astype(float)
    km = trip["km"].astype(float)
    own = np.where(travel["studies"][person] == 1, int(Purpose.EDUCATION), int(Purpose.WORK))
    purpose = np.where(slot == 0, own, slot + 1)
    between = np.zeros_like(book.between)
    np.add.at(between, (mode, home, trip["zone"].astype(int)), n)
    place = np.zeros_like(book.place)
    for k, what in enumerate((1.0, km, trip["car_km"].astype(float), trip["active_minutes"].astype(float))):
        np.add.at(place[:, :, k], (wijk_of[home], mode), n * what)
    by_purpose = np.zeros((len(Purpose), N_MODES, 2))
    np.add.at(by_purpose[:, :, 0], (purpose, mode), n)
    np.add.at(by_purpose[:, :, 1], (purpose, mode), n * km)
    by_age = np.zeros((N_AGE_GROUPS, N_MODES))
    np.add.at(by_age, (travel["age_group"][person].astype(int), mode), n)
    length = np.zeros((len(KM_FROM), N_MODES))
    np.add.at(length, (np.searchsorted(KM_FROM, km, side="right") - 1, mode), n)
    counted = (travel["home"] >= 0) & (travel["age_group"] > 0)
    norm = model.parameters.value("active_minutes_norm")
    active = np.zeros((14, 2))
    np.add.at(active[:, 0], wijk_of[travel["home"][counted]], 1)
    np.add.at(active[:, 1], wijk_of[travel["home"][counted & (travel["active_minutes"] >= norm)]], 1)
    return Ledger(between, place, by_purpose, by_age, length, active)


def main_mode_share(model: KortrijkModel, modes: tuple[Mode, ...]) -> float:
    """Return the share of all trips by some modes, from the persons' own rows."""
    _, trips, _ = rows_of(model)
    n = trips["per_day"] * (trips["mode"] >= 0)
    return float(n[np.isin(trips["mode"], modes)].sum() / n.sum())
