"""Where to put p facilities: the p-median and the maximal covering problem, solved to a proven gap.

Both are mixed-integer programs for HiGHS (``scipy.optimize.milp``) in their strong form, in which a point is
served only by sites that are open: one row per pair instead of one per site, so that the relaxation is
nearly whole by itself. The functions know nothing of the city: demand, distances, capacities are arrays.

p-median, Hakimi (1964), ReVelle and Swain (1970)::

    min  sum_ij demand_i distance_ij x_ij
    with sum_j x_ij = 1,  x_ij <= y_j,  sum_i demand_i x_ij <= capacity_j y_j,  sum_new y_j = p,  y binary

Maximal covering, Church and ReVelle (1974), over the pairs in which site j covers point i::

    max  sum_ij demand_i x_ij
    with sum_j x_ij <= 1,  x_ij <= y_j,  sum_i demand_i x_ij <= capacity_j y_j,  sum_new y_j = p,  y binary

``x_ij`` may be a fraction: with capacities, the people of one point may be served by two sites.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from kortrijk_sim.arrays import Array, BoolArray, FloatArray
from kortrijk_sim.errors import InputError

TIME_LIMIT_S = 20.0
_INFEASIBLE = 2  # status of scipy.optimize.milp
_ROUNDING = 1e-9  # relative; what is left of a gap below this is rounding


class Location(NamedTuple):
    """Where facilities go, and how good this provably is.

    Attributes:
        sites: Chosen sites in ascending order, without those that stand already.
        share: Array (n, m): share of each point's demand that each site serves.
        objective: Demand x distance (p-median), or demand covered (maximal covering).
        bound: No choice of sites can be better than this.
        gap: Distance between objective and bound, relative to the objective; 0 is a proven optimum.
    """

    sites: tuple[int, ...]
    share: FloatArray
    objective: float
    bound: float
    gap: float


class Choice(NamedTuple):
    """What may be chosen.

    Attributes:
        p: Number of sites to choose, besides those that stand already.
        capacity: Array (m,) in the unit of the demand, or None for as much as is asked.
        fixed: Array (m,), True for sites that stand already: they serve, and do not count for ``p``.
        enough: Gap at which the search may stop; 0 asks for a proven optimum.
        time_limit_s: After this many seconds the best choice found so far is returned, with its gap. An
            answer that is not cut off is the same on every run.
    """

    p: int
    capacity: FloatArray | None = None
    fixed: BoolArray | None = None
    enough: float = 0.0
    time_limit_s: float = TIME_LIMIT_S


def p_median(demand: FloatArray, distance: FloatArray, choice: Choice) -> Location:
    """Choose the sites with the least total distance to a demand that is served in full.

    Args:
        demand: Array (n,), 0 or more.
        distance: Array (n, m) from each point to each site, in any unit.
        choice: How many sites, with which capacities.

    Raises:
        InputError: No choice is possible, or none was found in time.
    """
    n, m = distance.shape
    pairs = _Pairs(np.repeat(np.arange(n), m), np.tile(np.arange(m), n), (demand[:, None] * distance).ravel())
    is_open, share, bound = _solve(demand, pairs, m, 1.0, choice)
    if choice.capacity is None:
        nearest = np.where(is_open, distance, np.inf).argmin(axis=1)
        share = np.zeros((n, m))
        share[np.arange(n), nearest] = 1.0
    return _location(is_open, share, float((demand[:, None] * distance * share).sum()), bound, choice)


def maximal_cover(demand: FloatArray, covers: BoolArray, choice: Choice) -> Location:
    """Choose the sites that cover the most demand.

    Args:
        demand: Array (n,), 0 or more.
        covers: Array (n, m), True where a site is near enough to a point.
        choice: How many sites, with which capacities.

    Returns:
        The choice; a point that no open site covers has shares of 0.

    Raises:
        InputError: No choice is possible, or none was found in time.
    """
    m = covers.shape[1]
    rows, columns = np.nonzero(covers)
    is_open, share, bound = _solve(demand, _Pairs(rows, columns, -demand[rows]), m, 0.0, choice)
    if choice.capacity is None:
        reached = covers & is_open
        share = np.zeros(covers.shape)
        share[np.arange(len(demand)), reached.argmax(axis=1)] = reached.any(axis=1)
    return _location(is_open, share, float((demand[:, None] * share).sum()), -bound, choice)


def _location(is_open: BoolArray, share: FloatArray, objective: float, bound: float, choice: Choice) -> Location:
    new = is_open if choice.fixed is None else is_open & ~choice.fixed
    sites = tuple(int(site) for site in np.flatnonzero(new))
    return Location(sites, share, objective, bound, gap_between(objective, bound))


def gap_between(objective: float, bound: float) -> float:
    """Return how far an objective is from a bound, relative to the objective; rounding counts as 0."""
    gap = abs(objective - bound) / max(abs(objective), 1e-12)
    return gap if gap > _ROUNDING else 0.0


class _Pairs(NamedTuple):
    """Who may be served from where, and what it costs."""

    row: Array
    column: Array
    cost: FloatArray


def _solve(
    demand: FloatArray, pairs: _Pairs, m: int, least: float, choice: Choice
) -> tuple[BoolArray, FloatArray, float]:
    """Return which sites are open (m,), the shares (n, m) and the bound of the cost.

    Variables are the m sites and then the pairs; ``least`` is the share of every point that must be served.
    """
    n, k = len(demand), len(pairs.row)
    fixed = np.zeros(m, np.bool_) if choice.fixed is None else choice.fixed
    candidates = m - int(fixed.sum())
    if not 0 <= choice.p <= candidates:
        raise InputError(f"sites: {choice.p} of {candidates} candidates cannot be chosen; valid: 0 to {candidates}")
    pair, one = np.arange(k), np.ones(k)
    of_site = sparse.csr_array((one, (pair, pairs.column)), shape=(k, m))
    of_point = sparse.csr_array((one, (pairs.row, pair)), shape=(n, k))
    no_site = sparse.csr_array((n, m))
    rows = [
        LinearConstraint(sparse.hstack([no_site, of_point]), least, 1.0),
        LinearConstraint(sparse.hstack([-of_site, sparse.eye_array(k)]), -np.inf, 0.0),
        LinearConstraint(
            sparse.hstack([sparse.csr_array(~fixed[None, :] * 1.0), sparse.csr_array((1, k))]), choice.p, choice.p
        ),
    ]
    if choice.capacity is not None:
        load = sparse.csr_array((demand[pairs.row], (pairs.column, pair)), shape=(m, k))
        rows.append(LinearConstraint(sparse.hstack([-sparse.diags_array(choice.capacity), load]), -np.inf, 0.0))
    found = milp(
        np.concatenate([np.zeros(m), pairs.cost]),
        integrality=np.concatenate([np.ones(m), np.zeros(k)]),
        bounds=Bounds(np.concatenate([fixed.astype(float), np.zeros(k)]), 1.0),
        constraints=rows,
        options={"time_limit": choice.time_limit_s, "mip_rel_gap": choice.enough},
    )
    if found.x is None:
        if found.status == _INFEASIBLE:
            raise InputError(
                f"sites: no choice of {choice.p} serves the whole demand of {demand.sum():g}; "
                "valid: more sites or larger capacities"
            )
        raise InputError(
            f"sites: no choice of {choice.p} was found in {choice.time_limit_s:g} s; valid: more time or fewer sites"
        )
    share = np.zeros((n, m))
    share[pairs.row, pairs.column] = np.clip(found.x[m:], 0.0, 1.0)
    bound = found.fun if found.mip_dual_bound is None else found.mip_dual_bound
    return found.x[:m] > 0.5, share, float(bound)
