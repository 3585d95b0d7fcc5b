"""Which households may be concerned by which process this month: lists made in one walk through the table.

As in the rolls of persons, the walk makes the month's draws and keeps whoever a process could concern; the
process itself looks at each again when its turn comes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.arrays import Array, FloatArray, IntArray
from kortrijk_sim.city.vocabulary import HouseholdStatus
from kortrijk_sim.compiling import kernel, lean
from kortrijk_sim.draws import uniform
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.summary import Summary


class HouseholdChances(NamedTuple):
    """The highest monthly chance of each process, by age of the head where it matters."""

    leave_city: FloatArray  # (120,)
    seek: FloatArray  # (120,)
    enter_social_list: float
    lose_home: float
    stress_share: float  # of income; a tenant who pays no more keeps the home


class HouseholdDice(NamedTuple):
    """Streams of the processes whose draws the walk makes."""

    leave_city: np.uint64
    seek: np.uint64
    enter_social_list: np.uint64
    lose_home: np.uint64


class HouseholdRolls(NamedTuple):
    """Rows of the household table, rising; a household may stand on several lists."""

    departures: IntArray  # those who may leave the city
    intents: IntArray  # those who look for another home already, or may start to
    social: IntArray  # those on the social waiting list, and those who may enter it
    stressed: IntArray  # tenants who may lose their home
    homeless: IntArray


@kernel
def call_household_rolls(t: Tables, s: Summary, dice: HouseholdDice, chance: HouseholdChances) -> HouseholdRolls:
    """Walk once through the households that the summary describes."""
    rows, length = np.empty((5, s.shape[0]), np.int32), np.zeros(5, np.int64)
    list_households(t, s, dice, chance, rows, length)
    return HouseholdRolls(
        rows[0, : length[0]], rows[1, : length[1]], rows[2, : length[2]], rows[3, : length[3]], rows[4, : length[4]]
    )


@lean
def list_households(
    t: Tables, s: Summary, dice: HouseholdDice, chance: HouseholdChances, rows: IntArray, length: Array
) -> None:
    """Fill the lists of ``HouseholdRolls``, one in each row of ``rows``, and their lengths."""
    households = t.households
    a, b, c, d, e = 0, 0, 0, 0, 0
    for h in range(s.shape[0]):
        status = households.status[h]
        if status != HouseholdStatus.HOUSED and status != HouseholdStatus.HOMELESS:
            continue
        key, age = households.key[h], min(s.head_age[h], chance.seek.shape[0] - 1)
        if uniform(dice.leave_city, key) < chance.leave_city[age]:
            rows[0, a] = h
            a += 1
        if uniform(dice.seek, key) < chance.seek[age] or households.seeking[h] == 1:
            rows[1, b] = h
            b += 1
        if uniform(dice.enter_social_list, key) < chance.enter_social_list or households.social_since[h] > -9999:
            rows[2, c] = h
            c += 1
        stressed = households.rent_eur_month[h] > chance.stress_share * s.income_eur_month[h]
        if stressed and uniform(dice.lose_home, key) < chance.lose_home:
            rows[3, d] = h
            d += 1
        if status == HouseholdStatus.HOMELESS:
            rows[4, e] = h
            e += 1
    length[0], length[1], length[2], length[3], length[4] = a, b, c, d, e
