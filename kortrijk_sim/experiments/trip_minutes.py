"""How long the ways of a run take from door to door, by every mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kortrijk_sim.arrays import Array
from kortrijk_sim.city.vocabulary import Mode

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel

_FOOT_AND_BIKE = (Mode.WALK, Mode.BIKE, Mode.E_BIKE, Mode.SHARED_BIKE)


def minutes_of_ways(model: KortrijkModel) -> Array:
    """Return the minutes of a way as they pass, in the traffic and with the services of this month.

    Walks and waits count as they are, not as they feel; parking is the search and the walk, half of the ways
    ending at home.

    Args:
        model: A run.

    Returns:
        Minutes from zone to zone by mode, shape (zones, zones, 12 modes); nan where a mode has no way.
    """
    transport = model.state.transport
    s, terms, ways = transport.skims, transport.terms, transport.ways
    out = np.full(ways.km.shape, np.nan, np.float32)
    for mode in _FOOT_AND_BIKE:
        out[..., mode] = ways.active[..., mode]
    out[..., Mode.BUS] = s.bus_ride + s.bus_wait + s.bus_walk
    out[..., Mode.TRAIN] = s.train_ride + s.train_wait + s.train_walk
    out[..., Mode.BIKE_AND_TRAIN] = s.bike_train_bike + s.bike_train_ride + s.bike_train_wait + s.bike_train_walk
    out[..., Mode.PARK_AND_RIDE] = s.park_ride_car + s.park_ride_ride + s.park_ride_wait + s.park_ride_walk
    lorries = np.asarray(terms.car_minutes_share)
    at_home = model.parameters.value("parking_resident_share")
    parking = np.asarray(terms.parking_minutes)
    car = s.car * (1.0 + 0.5 * (lorries[:, None] + lorries)) + parking * (1.0 - at_home) + parking[:, None] * at_home
    for mode in (Mode.CAR, Mode.ELECTRIC_CAR, Mode.PASSENGER):
        out[..., mode] = car
    out[..., Mode.SHARED_CAR] = car + s.hub_car_walk[:, None]
    out[~np.isfinite(out)] = np.nan
    return out
