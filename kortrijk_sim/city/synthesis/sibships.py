"""Children become brothers and sisters, and get parents of a plausible age: compiled, greedy, oldest first."""

from __future__ import annotations

import numpy as np
from numba import njit

from kortrijk_sim.arrays import Array
from kortrijk_sim.draws import uniform

_AGES = 101
TWINS_KEPT = 0.25  # share of brothers and sisters of one age who stay so: twins, 3 % of pairs


@njit(cache=True)
def draw_sibships(
    ages: Array, keys: Array, sizes: Array, stream: np.uint64, decline: float, spacing: float, only_child: float
) -> tuple[Array, Array]:
    """Divide children over sibships of given sizes.

    The oldest child left opens a sibship; its size is drawn among the sizes left, smaller ones when the
    child is an adult (brothers and sisters have left) or too young to have many younger ones. Younger
    children join at a drawn distance in years, or the nearest age left.

    Args:
        ages: Age of each child in years, in ascending order.
        keys: Key of each child.
        sizes: Number of sibships by number of children, index 0 unused.
        stream: Stream of the draws.
        decline: How fast the odds of one more child at home fall per year of the eldest over 20.
        spacing: Mean years between brothers and sisters beyond the first year.
        only_child: Odds of an only child where the eldest is three or older, relative to the sizes left.

    Returns:
        Sibship of each child, and the eldest's age per sibship; sibships stand in the order of opening.
    """
    n = ages.shape[0]
    left = sizes.copy()
    total = left.sum()
    first, last = np.zeros(_AGES, np.int64), np.zeros(_AGES, np.int64)  # children of an age not yet placed
    for i in range(n):
        last[ages[i]] += 1
    start = 0
    for a in range(_AGES):
        first[a] = start
        start += last[a]
        last[a] = start
    sibship = np.full(n, -1, np.int64)
    eldest = np.zeros(total, np.int64)
    top = _AGES - 1
    for s in range(total):
        while top > 0 and first[top] == last[top]:
            top -= 1
        child = first[top]
        first[top] += 1
        sibship[child] = s
        eldest[s] = top
        size = _draw_size(left, top, uniform(stream, keys[child], 0), decline, only_child)
        left[size] -= 1
        at = top
        for k in range(1, size):
            gap = 1.0 - spacing * np.log(uniform(stream, keys[child], k))
            at = _nearest_age(first, last, max(int(at - gap), 0), top)
            if at < 0:
                break
            sibship[first[at]] = s
            first[at] += 1
    _spread_births(ages, keys, sibship, eldest, stream)
    return sibship, eldest


@njit(cache=True)
def _spread_births(ages: Array, keys: Array, sibship: Array, eldest: Array, stream: np.uint64) -> None:
    """Exchange most children who are as old as a brother or sister with an only child two to nine years older.

    The youngest are placed last, when few ages are left; without this step too many would be twins.
    """
    n = ages.shape[0]
    members = np.zeros(eldest.shape[0], np.int64)
    for i in range(n):
        members[sibship[i]] += 1
    seen = np.full(eldest.shape[0], -1, np.int64)  # age of the last member met; ages ascend
    next_only = np.zeros(_AGES + 1, np.int64)
    for i in range(n - 1, -1, -1):
        next_only[ages[i]] = i
    for i in range(n):
        s = sibship[i]
        same = seen[s] == ages[i]
        seen[s] = ages[i]
        if not same or uniform(stream, keys[i], 60) < TWINS_KEPT:
            continue
        for b in range(ages[i] + 2, min(ages[i] + 10, _AGES)):
            j = next_only[b]
            while j < n and ages[j] == b and members[sibship[j]] != 1:
                j += 1
            next_only[b] = j
            if j < n and ages[j] == b and not _has_age(ages, sibship, s, b, eldest[s]):
                t = sibship[j]
                sibship[i], sibship[j] = t, s
                eldest[t] = ages[i]
                eldest[s] = max(eldest[s], b)
                next_only[b] = j + 1
                break


@njit(cache=True)
def _has_age(ages: Array, sibship: Array, s: int, age: int, eldest: int) -> bool:
    found = False
    if age <= eldest:
        for i in range(np.searchsorted(ages, age), np.searchsorted(ages, age + 1)):
            found |= sibship[i] == s
    return found


@njit(cache=True)
def _draw_size(left: Array, eldest: int, u: float, decline: float, only_child: float) -> int:
    weight = np.zeros(left.shape[0], np.float64)
    for k in range(1, left.shape[0]):
        if left[k] == 0:
            continue
        weight[k] = left[k]
        if eldest > 20:
            weight[k] *= np.exp(-decline * (k - 1) * (eldest - 20))
        if eldest < 2.5 * (k - 1):
            weight[k] *= 1e-6
        if k == 1 and eldest >= 3:
            weight[k] *= only_child  # an only child is most often a first-born baby
    ask = u * weight.sum()
    chosen = 0
    for k in range(1, left.shape[0]):
        if weight[k] > 0:
            chosen = k
            ask -= weight[k]
            if ask <= 0:
                break
    return chosen


@njit(cache=True)
def _nearest_age(first: Array, last: Array, wanted: int, top: int) -> int:
    for step in range(_AGES):
        below, above = wanted - step, wanted + step
        if below >= 0 and first[below] < last[below]:
            return below
        if above <= top and first[above] < last[above]:
            return above
    return -1


@njit(cache=True)
def choose_couples(
    mother_age: Array,
    younger_parent: Array,
    childless: Array,
    ideal: Array,
    eldest: Array,
    youngest: Array,
    least: int,
    most: int,
) -> Array:
    """Choose for each sibship a couple whose first parent has about the ideal age.

    Args:
        mother_age: Age of the first parent (the mother, if there is one) per couple; couples in any order.
        younger_parent: Age of the younger of the two per couple.
        childless: Whether a couple has no children at home as long as others can take them.
        ideal: Ideal age of the mother per sibship.
        eldest: Age of the eldest child per sibship.
        youngest: Age of the youngest child per sibship.
        least: Fewest years between a parent and the eldest child.
        most: Most years between the mother and the youngest child.

    Returns:
        Couple per sibship, -1 where no couple is left.
    """
    n = mother_age.shape[0]
    order = np.argsort(mother_age, kind="mergesort")
    start = np.searchsorted(mother_age[order], np.arange(_AGES + 1))
    taken = np.zeros(n, np.bool_)
    cursor = start[:_AGES].copy()
    out = np.full(ideal.shape[0], -1, np.int64)
    for relax in range(3):
        for s in range(ideal.shape[0]):
            if out[s] >= 0:
                continue
            for step in range(2 * _AGES):
                age = int(ideal[s]) + (step + 1) // 2 * (1 if step % 2 else -1)
                if age < 0 or age >= _AGES:
                    continue
                if relax < 2 and (age - eldest[s] < least or age - youngest[s] > most + 20 * relax):
                    continue
                while cursor[age] < start[age + 1] and taken[order[cursor[age]]]:
                    cursor[age] += 1
                found = -1
                for c in range(cursor[age], start[age + 1]):
                    couple = order[c]
                    if taken[couple] or (relax == 0 and childless[couple]):
                        continue
                    if relax == 2 or younger_parent[couple] - eldest[s] >= least:
                        found = couple
                        break
                if found >= 0:
                    taken[found] = True
                    out[s] = found
                    break
    return out


@njit(cache=True)
def pair_lone_parents(parent_age: Array, eldest: Array, youngest: Array, least: int, most: int) -> Array:
    """Give every lone parent one sibship: by rank of age, then exchange what does not fit.

    Args:
        parent_age: Age per lone parent.
        eldest: Age of the eldest child per sibship; as many as lone parents.
        youngest: Age of the youngest child per sibship.
        least: Fewest years between the parent and the eldest child.
        most: Most years between the parent and the youngest child.

    Returns:
        Sibship per lone parent.
    """
    n = parent_age.shape[0]
    by_parent = np.argsort(parent_age, kind="mergesort")
    by_child = np.argsort(eldest, kind="mergesort")
    out = np.empty(n, np.int64)
    for i in range(n):
        out[by_parent[i]] = by_child[i]
    for i in range(n):
        p = by_parent[i]
        if _fits(parent_age[p], eldest[out[p]], youngest[out[p]], least, most):
            continue
        for step in range(1, n):
            swapped = False
            for j in (i - step, i + step):
                if j < 0 or j >= n:
                    continue
                q = by_parent[j]
                a, b = out[p], out[q]
                if _fits(parent_age[p], eldest[b], youngest[b], least, most) and _fits(
                    parent_age[q], eldest[a], youngest[a], least, most
                ):
                    out[p], out[q] = b, a
                    swapped = True
                    break
            if swapped:
                break
    return out


@njit(cache=True)
def _fits(parent: int, eldest: int, youngest: int, least: int, most: int) -> bool:
    return parent - eldest >= least and parent - youngest <= most


@njit(cache=True)
def space_births(household: Array, age: Array, offset: Array) -> None:
    """Make birth months of brothers and sisters possible: twins share one, others lie ten months apart.

    Args:
        household: Household per child; children stand by household, older ones first.
        age: Age in years per child.
        offset: Months lived since the last birthday per child, 0 to 11; changed in place.
    """
    for i in range(1, household.shape[0]):
        if household[i] != household[i - 1]:
            continue
        if age[i] == age[i - 1]:
            offset[i] = offset[i - 1]
        elif age[i] == age[i - 1] - 1 and offset[i] > offset[i - 1] + 2:
            offset[i] = offset[i] * (offset[i - 1] + 3) // 12
