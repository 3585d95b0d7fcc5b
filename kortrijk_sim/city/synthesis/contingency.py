"""Tables of counts that must meet their margins: fitted by ipfn, made whole by SciPy's HiGHS.

Iterative proportional fitting (Deming and Stephan 1940) keeps the odds of a seed table while its margins
become the wanted ones. Controlled rounding (Cox 1987) then chooses whole numbers that meet the margins
exactly and stay as near as possible to the fitted table.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence

import numpy as np
from ipfn import ipfn
from scipy.optimize import Bounds, LinearConstraint, brentq, milp
from scipy.sparse import csr_array, hstack, vstack

from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.errors import InputError

_TINY = 1e-9  # stands for nobody: ipfn divides by margins


def fit(seed: Array, margins: Sequence[Array], axes: Sequence[Sequence[int]]) -> FloatArray:
    """Return a table with the odds of the seed and the wanted margins.

    Args:
        seed: Table of any shape; a zero stays a zero.
        margins: Wanted sums, one array per entry of ``axes``; they must agree on their common totals.
        axes: For each margin the axes that it keeps.
    """
    wanted = [np.maximum(np.asarray(m, np.float64), _TINY) for m in margins]
    start = np.maximum(np.asarray(seed, np.float64), 0.0).copy()
    fitted = ipfn.ipfn(
        start, wanted, [list(a) for a in axes], convergence_rate=1e-4, max_iteration=200, rate_tolerance=0.0
    )
    with contextlib.redirect_stdout(io.StringIO()):  # it announces on the terminal that it converged
        return np.asarray(fitted.iteration(), np.float64)


def integerise(table: FloatArray, margins: Sequence[Array], axes: Sequence[Sequence[int]]) -> Array:
    """Return whole numbers near a table that meet whole margins exactly.

    Minimises the summed absolute rounding, an integer programme; a cell moves by more than one only where
    the margins ask for it, and a zero stays a zero.

    Args:
        table: Fitted table of any shape.
        margins: Whole sums, one array per entry of ``axes``.
        axes: For each margin the axes that it keeps.

    Raises:
        InputError: The margins contradict each other or the zeros of the table.
    """
    open_cells = np.flatnonzero(table.ravel() > _TINY)
    target = table.ravel()[open_cells]
    floor = np.floor(target + _TINY)
    part = np.clip(target - floor, 0.0, 1.0)
    rows, left = [], []
    for margin, kept in zip(margins, axes, strict=True):
        index = np.unravel_index(open_cells, table.shape)
        line = np.ravel_multi_index([index[a] for a in kept], [table.shape[a] for a in kept])
        size = int(np.prod([table.shape[a] for a in kept]))
        cells = np.arange(open_cells.size)
        rows.append(csr_array((np.ones(cells.size), (line, cells)), shape=(size, cells.size)))
        left.append(np.asarray(margin, np.float64).ravel() - np.bincount(line, floor, size))
    matrix = csr_array(vstack(rows))
    ask = np.concatenate(left)
    up = milp(
        1.0 - 2.0 * part,
        constraints=LinearConstraint(matrix, ask, ask),
        integrality=np.ones(part.size, np.int64),
        bounds=Bounds(0, 1),
    )
    if up.success:
        move = np.rint(up.x)
    else:
        cost = np.concatenate([1.0 - 2.0 * part, np.full(part.size, 1.0), np.full(part.size, 1.0)])
        top = np.concatenate([np.ones(part.size), np.full(part.size, np.inf), floor])
        wide = csr_array(hstack([matrix, matrix, -matrix]))
        far = milp(
            cost,
            constraints=LinearConstraint(wide, ask, ask),
            integrality=np.ones(cost.size, np.int64),
            bounds=Bounds(0, top),
        )
        if not far.success:
            raise InputError("the tables of the base year contradict each other: no whole numbers meet them.")
        one, more, less = np.rint(far.x).reshape(3, -1)
        move = one + more - less
    whole = np.zeros(table.size, np.int64)
    whole[open_cells] = (floor + move).astype(np.int64)
    return whole.reshape(table.shape)


def fit_whole(seed: Array, margins: Sequence[Array], axes: Sequence[Sequence[int]]) -> Array:
    """Return a whole table with the odds of the seed that meets whole margins exactly."""
    return integerise(fit(seed, margins, axes), margins, axes)


def apportion(weights: Array, total: int) -> Array:
    """Divide a whole total in proportion to weights (largest remainders), shape as the weights."""
    share = np.asarray(weights, np.float64).ravel()
    exact = share / share.sum() * total if share.sum() > 0 else share
    whole = np.floor(exact + _TINY).astype(np.int64)
    missing = int(total - whole.sum()) if share.sum() > 0 else 0
    if missing > 0:
        order = np.lexsort((np.arange(share.size), -(exact - whole)))
        whole[order[:missing]] += 1
    return whole.reshape(np.shape(weights))


def sizes_with_members(weights: FloatArray, smallest: int, households: int, members: int) -> Array:
    """Divide households over sizes so that they hold exactly so many members.

    The distribution nearest to the weights (least relative entropy) with the wanted mean tilts them by
    ``exp(t * size)``; an integer programme makes it whole.

    Args:
        weights: Relative frequency of ``smallest``, ``smallest + 1``, ... persons.
        smallest: Size of the first weight.
        households: Number of households.
        members: Number of persons in them.

    Raises:
        InputError: No mixture of these sizes holds so many members.
    """
    size = smallest + np.arange(weights.size)
    if not size[0] * households <= members <= size[-1] * households:
        raise InputError(f"{members} persons do not fit in {households} households of {size[0]} to {size[-1]}.")

    def share(tilt: float) -> FloatArray:
        w = weights * np.exp(tilt * (size - size[0]))
        return np.asarray(w / w.sum())

    def excess(tilt: float) -> float:
        return float(share(tilt) @ size) - members / max(households, 1)

    tilt = float(brentq(excess, -30.0, 30.0))
    near = share(tilt) * households
    n = size.size
    equal = np.vstack([np.concatenate([np.ones(n), np.zeros(n)]), np.concatenate([size, np.zeros(n)])])
    slack = np.hstack([np.eye(n), -np.eye(n)])
    slack_below = np.hstack([-np.eye(n), -np.eye(n)])
    result = milp(
        np.concatenate([np.zeros(n), np.ones(n)]),
        constraints=[
            LinearConstraint(equal, [households, members], [households, members]),
            LinearConstraint(slack, -np.inf, near),
            LinearConstraint(slack_below, -np.inf, -near),
        ],
        integrality=np.repeat(np.array([1, 0]), n),
        bounds=Bounds(0, np.inf),
    )
    if result.x is None:
        raise InputError(f"{members} persons do not fit in {households} households of these sizes.")
    return np.rint(result.x[:n]).astype(np.int64)
