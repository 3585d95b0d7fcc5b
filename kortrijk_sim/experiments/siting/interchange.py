"""Good choices of sites without proof: vertex substitution for the p-median, Teitz and Bart (1968).

One site at a time is replaced by one that shortens the total distance, until none does. This polishes a
choice at which the exact search ran out of time, and finds near-optimal ones among other sites.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from kortrijk_sim.arrays import BoolArray, FloatArray
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.siting.pmedian import Location

TRIES = 400  # replacements worked out with capacities before the search ends where it is: about two seconds
_BETTER = 1e-9  # relative; smaller gains are rounding


def assign(demand: FloatArray, distance: FloatArray, sites: Sequence[int], capacity: FloatArray | None) -> Location:
    """Serve demand from given sites at the least total distance.

    Args:
        demand: Array (n,), 0 or more.
        distance: Array (n, m).
        sites: The open sites, at least one.
        capacity: Array (m,) in the unit of the demand, or None for as much as is asked.

    Returns:
        The same sites with what each point takes from them; the bound is that of these sites.

    Raises:
        InputError: The sites have too little room.
    """
    chosen = sorted(sites)
    near = distance[:, chosen]
    n, p = near.shape
    share = np.zeros(distance.shape)
    if capacity is None:
        share[np.arange(n), np.array(chosen)[near.argmin(axis=1)]] = 1.0
    else:
        in_full: Any = sparse.kron(sparse.eye_array(n), np.ones((1, p)))  # the stubs know dense matrices only
        load: Any = sparse.kron(demand[None, :], sparse.eye_array(p))
        found = linprog(
            (demand[:, None] * near).ravel(),
            A_eq=in_full,
            b_eq=np.ones(n),
            A_ub=load,
            b_ub=capacity[chosen],
            method="highs-ds",
        )
        if found.x is None:
            raise InputError(f"sites: room for {capacity[chosen].sum():g} is less than the demand of {demand.sum():g}")
        share[:, chosen] = found.x.reshape(n, p)
    total = float((demand[:, None] * distance * share).sum())
    return Location(tuple(chosen), share, total, total, 0.0)


def greedy(demand: FloatArray, distance: FloatArray, p: int, allowed: BoolArray) -> tuple[int, ...]:
    """Add one site at a time, each where it shortens the total distance most; capacities are ignored.

    Args:
        demand: Array (n,), 0 or more.
        distance: Array (n, m).
        p: Number of sites.
        allowed: Array (m,), True for sites that may be chosen; at least ``p`` of them.
    """
    chosen: list[int] = []
    nearest = np.full(len(demand), np.inf)
    for _ in range(p):
        total = demand @ np.minimum(nearest[:, None], distance)
        total[~allowed] = np.inf
        total[chosen] = np.inf
        chosen.append(int(total.argmin()))
        nearest = np.minimum(nearest, distance[:, chosen[-1]])
    return tuple(sorted(chosen))


def interchange(
    demand: FloatArray,
    distance: FloatArray,
    start: Sequence[int],
    allowed: BoolArray,
    capacity: FloatArray | None = None,
    *,
    tries: int = TRIES,
) -> Location:
    """Replace sites one at a time as long as the total distance falls.

    Args:
        demand: Array (n,), 0 or more.
        distance: Array (n, m).
        start: Sites to start from.
        allowed: Array (m,), True for sites that may be chosen.
        capacity: Array (m,) in the unit of the demand, or None for as much as is asked.
        tries: The search ends after so many replacements have been worked out with capacities.

    Returns:
        A choice that no single replacement makes better, unless the search was cut short; its bound is that
        of these sites, not of all choices.
    """
    best = assign(demand, distance, start, capacity)
    improved = True
    while improved:
        improved = False
        for sites in _promising(demand, distance, best, allowed):
            if capacity is not None and capacity[list(sites)].sum() < demand.sum():
                continue
            tries -= 1
            if tries < 0:
                return best
            tried = assign(demand, distance, sites, capacity)
            if tried.objective < best.objective * (1.0 - _BETTER):
                best, improved = tried, True
                break
    return best


def _promising(
    demand: FloatArray, distance: FloatArray, now: Location, allowed: BoolArray
) -> Iterator[tuple[int, ...]]:
    """Yield the choices that one replacement leads to, if they were better without capacities; best first."""
    least = np.full((len(now.sites), distance.shape[1]), np.inf)
    for place, out in enumerate(now.sites):
        kept = distance[:, [site for site in now.sites if site != out]].min(axis=1, initial=np.inf)
        least[place] = demand @ np.minimum(kept[:, None], distance)
    least[:, ~allowed] = np.inf
    least[:, list(now.sites)] = np.inf
    for flat in np.argsort(least, axis=None, kind="stable"):
        place, new = divmod(int(flat), distance.shape[1])
        if least[place, new] >= now.objective * (1.0 - _BETTER):
            return
        yield (*now.sites[:place], new, *now.sites[place + 1 :])
