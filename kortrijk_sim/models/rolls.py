"""Who may be concerned by which process this month: lists of persons, made in one walk through the table.

Most people have nothing happen to them in a month. The walk makes the month's draws and keeps, for every
process, those whose draw lies below the highest chance anybody of that age could have; the process itself
then works out the exact chance. Nobody whom a process could concern is left out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.arrays import FloatArray, IntArray
from kortrijk_sim.city.vocabulary import Health, Leaving, PersonStatus, Role, Sex
from kortrijk_sim.compiling import kernel
from kortrijk_sim.draws import uniform
from kortrijk_sim.models.demography import death_row
from kortrijk_sim.models.state import Tables


class Chances(NamedTuple):
    """The highest monthly chance of each process, by age where it matters."""

    death: FloatArray  # (5: health at home, in a nursing home; 2 sexes; 120 ages)
    birth: float
    split: FloatArray  # (120,)
    union: FloatArray  # (2, 120), exact
    leave_nest: FloatArray  # (2, 120), exact
    health_worse: FloatArray  # (120,)
    health_better: float
    nursing: FloatArray  # (120,)


class MonthDice(NamedTuple):
    """Streams of the processes whose draws the walk makes."""

    death: np.uint64
    birth: np.uint64
    split: np.uint64
    union: np.uint64
    leave_nest: np.uint64
    health: np.uint64
    nursing: np.uint64


class Rolls(NamedTuple):
    """Rows of the person table, rising; a person may stand on several lists."""

    deaths: IntArray  # those who may die
    births: IntArray  # women who may have a child
    splits: IntArray  # one of each couple that may part, and those who look for a home after a split
    unions: IntArray  # singles who are ready for a partner
    nest: IntArray  # grown children who start to look for a home, or already do
    health: IntArray  # those whose need of help may change
    nursing: IntArray  # seniors who may ask for a place or already wait for one
    limited: IntArray  # people of 50 and older who need help and live at home
    birthdays: IntArray  # born in this month of the year
    nursing_residents: IntArray


@kernel
def call_rolls(t: Tables, month: int, dice: MonthDice, chance: Chances) -> Rolls:
    """Walk once through the residents."""
    persons, n = t.persons, t.counts[0]
    deaths = np.empty(n, np.int32)
    births, splits, unions = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    nest, health, nursing = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    limited, birthdays, residents = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    a, b, c, d, e, f, g, h, k, m = 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    for i in range(n):
        if persons.status[i] != PersonStatus.RESIDENT:
            continue
        months = month - persons.birth_month[i]
        years = min(months // 12, 119)
        if months == 12 * years:
            birthdays[h] = i
            h += 1
        key = persons.key[i]
        if uniform(dice.death, key) < chance.death[death_row(persons, i, years), persons.sex[i], years]:
            deaths[k] = i
            k += 1
        if years < 15:
            continue
        if years >= 50:
            state = persons.health[i]
            if state != Health.DEMENTIA:
                u = uniform(dice.health, key)
                if u < chance.health_worse[years] or u > chance.health_better:
                    health[e] = i
                    e += 1
            if persons.nursing_place[i] >= 0:
                residents[m] = i
                m += 1
            elif persons.household[i] >= 0:
                if state > Health.GOOD:
                    limited[g] = i
                    g += 1
                if years >= 65 and (
                    persons.nursing_applied[i] > -9999 or uniform(dice.nursing, key) < chance.nursing[years]
                ):
                    nursing[f] = i
                    f += 1
        if persons.household[i] < 0:
            continue
        female = persons.sex[i] == Sex.FEMALE
        if female and years < 50 and uniform(dice.birth, key) < chance.birth:
            births[a] = i
            a += 1
        if years < 18:
            continue
        partner = persons.partner[i]
        if partner < 0:
            if persons.leaving[i] == Leaving.SPLIT:
                splits[b] = i
                b += 1
            elif years < 85 and uniform(dice.union, key) < chance.union[persons.sex[i], years]:
                unions[c] = i
                c += 1
        elif uniform(dice.split, key) < chance.split[years]:
            splits[b] = i
            b += 1
        if persons.role[i] == Role.ADULT:
            continue
        leaves = chance.leave_nest[persons.sex[i], years]
        if persons.leaving[i] != Leaving.NO or uniform(dice.leave_nest, key) < leaves:
            nest[d] = i
            d += 1
    return Rolls(
        deaths[:k], births[:a], splits[:b], unions[:c], nest[:d], health[:e], nursing[:f], limited[:g], birthdays[:h],
        residents[:m],
    )  # fmt: skip
