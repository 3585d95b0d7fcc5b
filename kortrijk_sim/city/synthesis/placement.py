"""A point on the map for every dwelling: around its sector's anchor, inside its wijk."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from kortrijk_sim.arrays import Array, KeyArray
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.synthesis.dice import Dice, Stream
from kortrijk_sim.draws import uniform

SMALLEST_RADIUS_KM, LARGEST_RADIUS_KM = 0.12, 0.8  # standard deviation: a few blocks; a dispersed hamlet
TRIES = 24


def place_in_sectors(geography: Geography, sector: Array, key: KeyArray, dice: Dice) -> tuple[Array, Array]:
    """Return a position per dwelling in km, float32.

    The sectors' outlines are not in the package, so homes thin out around a sector's anchor (a normal
    distribution in both directions, as wide as its neighbours' anchors are near); a point that falls outside
    the wijk is drawn again, closer.
    """
    x = np.asarray(geography.sector_x_km, np.float64)
    y = np.asarray(geography.sector_y_km, np.float64)
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    np.fill_diagonal(apart, np.inf)
    nearest = np.sort(apart, axis=1)[:, :3].mean(axis=1)
    radius = np.clip(0.45 * nearest, SMALLEST_RADIUS_KM, LARGEST_RADIUS_KM)
    rings = []
    for outline in geography.outlines:
        ring_x, ring_y = geography.project(outline[:, 0], outline[:, 1])
        rings.append(np.stack([ring_x, ring_y], axis=1))
    start = np.cumsum([0, *[len(ring) for ring in rings]])
    return _draw_points(
        sector,
        key,
        dice.stream(Stream.PLACE),
        x,
        y,
        radius,
        geography.sector_wijk.astype(np.int64),
        np.concatenate(rings),
        start,
    )


@njit(cache=True)
def _draw_points(
    sector: Array,
    key: KeyArray,
    stream: np.uint64,
    x: Array,
    y: Array,
    radius: Array,
    wijk: Array,
    ring: Array,
    start: Array,
) -> tuple[Array, Array]:
    n = sector.shape[0]
    out_x, out_y = np.empty(n, np.float32), np.empty(n, np.float32)
    for i in range(n):
        s = sector[i]
        for t in range(TRIES):
            r = radius[s] * math.sqrt(-2.0 * math.log(uniform(stream, key[i], 2 * t))) * 0.93**t
            angle = 2.0 * math.pi * uniform(stream, key[i], 2 * t + 1)
            out_x[i], out_y[i] = x[s] + r * math.cos(angle), y[s] + r * math.sin(angle)
            if _inside(out_x[i], out_y[i], ring, start[wijk[s]], start[wijk[s] + 1]):
                break
            out_x[i], out_y[i] = x[s], y[s]
    return out_x, out_y


@njit(cache=True)
def _inside(px: float, py: float, ring: Array, first: int, last: int) -> bool:
    inside = False
    j = last - 1
    for i in range(first, last):
        xi, yi, xj, yj = ring[i, 0], ring[i, 1], ring[j, 0], ring[j, 1]
        if (yi > py) != (yj > py) and px < xi + (py - yi) * (xj - xi) / (yj - yi):
            inside = not inside
        j = i
    return inside
