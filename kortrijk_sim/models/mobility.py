"""What the city remembers of travel: who travels how, what is owned for it, and the sums of all trips.

The sums are kept as people change their ways: whoever looks again is first taken out of them and then put
back in. They therefore always equal a count of all trips (a test checks it), at a fraction of its cost.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kortrijk_sim.agents.columns import (
    FLEET_COLUMNS,
    TRAVEL_COLUMNS,
    TRIP_COLUMNS,
    Fleet,
    Travel,
    Trips,
    empty_table,
)
from kortrijk_sim.agents.mode_rules import N_AGE_GROUPS, N_MODES, N_SLOTS
from kortrijk_sim.arrays import Array
from kortrijk_sim.city.vocabulary import Purpose

KM_FROM = np.array([0.0, 1.0, 2.0, 5.0, 7.5, 10.0, 15.0, 25.0, 40.0])  # first km of each class of length
TRIPS, KM, CAR_KM, MINUTES_ACTIVE = 0, 1, 2, 3  # what is summed per wijk and mode


class Ledger(NamedTuple):
    """Sums over all trips of inhabitants on a mean day."""

    between: Array  # (12 modes, zones, zones) trips a day, there and back, by zone of the home and destination
    place: Array  # (14 wijken, 12 modes, 4) trips, km, km at the wheel, minutes walked and cycled
    purpose: Array  # (7 purposes, 12 modes, 2) trips, km
    age: Array  # (6 age groups, 12 modes) trips
    length: Array  # (9 classes of length, 12 modes) trips
    active: Array  # (14 wijken, 2) inhabitants of 12 and older who travel, those who reach the norm


class Mobility(NamedTuple):
    """Everything about travel that a run changes."""

    travel: Travel  # a row per person
    trips: Trips  # six rows per person
    fleet: Fleet  # a row per household
    ledger: Ledger
    slowdown: Array  # (links of today, 2) car minutes over those of the base year, by direction
    sectors: Array  # (113, len(Access)) what is within reach, see ``models.access``


def new_mobility(persons: int, households: int, zones: int, links: int, sectors: int, reach: int) -> Mobility:
    """Return room for so many rows; nobody travels yet.

    Args:
        persons: Rows of the person table.
        households: Rows of the household table.
        zones: Zones of the network.
        links: Links of the network.
        sectors: Statistical sectors.
        reach: Number of measures of reach per sector.
    """
    return Mobility(
        empty_table(TRAVEL_COLUMNS, persons),
        empty_table(TRIP_COLUMNS, N_SLOTS * persons),
        empty_table(FLEET_COLUMNS, households),
        Ledger(
            np.zeros((N_MODES, zones, zones)),
            np.zeros((14, N_MODES, 4)),
            np.zeros((len(Purpose), N_MODES, 2)),
            np.zeros((N_AGE_GROUPS, N_MODES)),
            np.zeros((len(KM_FROM), N_MODES)),
            np.zeros((14, 2)),
        ),
        np.ones((links, 2)),
        np.zeros((sectors, reach)),
    )


def copied(m: Mobility) -> Mobility:
    """Return an independent copy."""
    return Mobility(
        m.travel.copy(),
        m.trips.copy(),
        m.fleet.copy(),
        Ledger(*(sums.copy() for sums in m.ledger)),
        m.slowdown.copy(),
        m.sectors.copy(),
    )


def grown(m: Mobility, persons: int, households: int) -> Mobility:
    """Return the same with room for more persons and households."""
    return m._replace(
        travel=_longer(m.travel, persons),
        trips=_longer(m.trips, N_SLOTS * persons),
        fleet=_longer(m.fleet, households),
    )


def _longer(table: np.recarray[Any, Any], rows: int) -> np.recarray[Any, Any]:
    if rows <= len(table):
        return table
    spec = {**TRAVEL_COLUMNS, **TRIP_COLUMNS, **FLEET_COLUMNS}
    bigger = empty_table({name: spec[name] for name in table.dtype.names or ()}, rows)
    bigger[: len(table)] = table
    return bigger
