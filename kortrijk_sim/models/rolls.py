"""Who concerns which process this month: lists of persons, made in one walk through the person table.

A process that only concerns seniors need not look at everybody. The lists are made after the deaths of the
month; whoever leaves the city later in the month is passed over by status.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.arrays import IntArray
from kortrijk_sim.city.vocabulary import Leaving, PersonStatus, Role, Sex
from kortrijk_sim.compiling import kernel
from kortrijk_sim.models.state import Tables


class Rolls(NamedTuple):
    """Rows of the person table, rising; a person may stand on several lists."""

    mothers: IntArray  # women of 15 to 49 in a household
    couples: IntArray  # one of each couple, and those who look for a home after a split
    singles: IntArray  # 18 to 84, without a partner, in a household
    grown: IntArray  # 18 or older and no head of the household they live in
    limited: IntArray  # 50 or older: need of help can change
    seniors: IntArray  # 65 or older
    birthdays: IntArray  # born in this month of the year


@kernel
def call_rolls(t: Tables, month: int) -> Rolls:
    """Walk once through the residents and list them."""
    persons, n = t.persons, t.counts[0]
    mothers, couples, singles = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    grown, limited, seniors = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    birthdays = np.empty(n, np.int32)
    a, b, c, d, e, f, g = 0, 0, 0, 0, 0, 0, 0
    for i in range(n):
        if persons.status[i] != PersonStatus.RESIDENT:
            continue
        age = month - persons.birth_month[i]
        if age % 12 == 0:
            birthdays[g] = i
            g += 1
        if age < 180:
            continue
        if age >= 600:
            limited[e] = i
            e += 1
            if age >= 780:
                seniors[f] = i
                f += 1
        if persons.household[i] < 0:
            continue
        female = persons.sex[i] == Sex.FEMALE
        if female and age < 600:
            mothers[a] = i
            a += 1
        if age < 216:
            continue
        partner = persons.partner[i]
        if partner < 0:
            if persons.leaving[i] == Leaving.SPLIT:
                couples[b] = i
                b += 1
            elif age < 1020:
                singles[c] = i
                c += 1
        elif female or persons.sex[partner] != Sex.FEMALE:
            couples[b] = i
            b += 1
        if persons.role[i] != Role.ADULT:
            grown[d] = i
            d += 1
    return Rolls(mothers[:a], couples[:b], singles[:c], grown[:d], limited[:e], seniors[:f], birthdays[:g])
