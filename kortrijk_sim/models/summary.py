"""What a household looks like from outside this month: ages, size, income, recent events."""

from __future__ import annotations

from typing import Any

import numpy as np

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.vocabulary import Activity, HouseholdStatus, Leaving, Role
from kortrijk_sim.compiling import kernel
from kortrijk_sim.models.state import Tables


AGE_GROUPS = 21

SUMMARY_DTYPE = np.dtype(
    [
        ("income_eur_month", np.float32),  # of all members
        ("widowed_since", np.int32),  # of the head
        ("last_birth", np.int32),  # month of birth of the youngest
        ("head_age", np.int16),  # years
        ("oldest_age", np.int16),  # years
        ("adults", np.int16),  # members of 18 or older
        ("children", np.int16),  # members under 18
        ("child_role", np.int16),  # sons and daughters of any age
        ("aged_65", np.int16),  # members of 65 or older
        ("aged_80", np.int16),
        ("active", np.int16),  # employed or looking for work
        ("employed", np.int16),
        ("waiting", np.int16),  # for a nursing home
        ("couple", np.int8),  # the head lives with a partner
        ("limited", np.int8),  # worst health among heads, see Health
    ],
    align=True,
)

type Summary = np.recarray[Any, Any]  # one row per household row; rows of closed households hold zeros


def summarise(t: Tables, month: int, ages: FloatArray | None = None) -> Summary:
    """Walk through every household once and return what it looks like.

    Args:
        t: All tables.
        month: This month.
        ages: Counts by five-year age group, shape (21,), to which members are added; or None.
    """
    s = np.zeros(int(t.counts[1]), SUMMARY_DTYPE).view(np.recarray)
    _fill(t, s, month, np.zeros(AGE_GROUPS) if ages is None else ages)
    return s


@kernel
def _fill(t: Tables, s: Summary, month: int, ages: FloatArray) -> None:
    n = s.shape[0]
    persons, households = t.persons, t.households
    for h in range(n):
        status = households.status[h]
        if status != HouseholdStatus.HOUSED and status != HouseholdStatus.HOMELESS:
            continue
        first = households.first_member[h]
        s.head_age[h] = (month - persons.birth_month[first]) // 12
        s.widowed_since[h] = persons.widowed_since[first]
        partner = persons.partner[first]
        s.couple[h] = 1 if partner >= 0 and persons.household[partner] == h else 0
        oldest, youngest = persons.birth_month[first], persons.birth_month[first]
        income = 0.0
        member = first
        while member >= 0:
            born = persons.birth_month[member]
            oldest = min(oldest, born)
            youngest = max(youngest, born)
            years = (month - born) // 12
            ages[min(years // 5, AGE_GROUPS - 1)] += 1.0
            if years < 18:
                s.children[h] += 1
            else:
                s.adults[h] += 1
                if persons.activity[member] == Activity.EMPLOYED:
                    s.employed[h] += 1
                    s.active[h] += 1
                elif persons.activity[member] == Activity.UNEMPLOYED:
                    s.active[h] += 1
                if years >= 65:
                    s.aged_65[h] += 1
                    if years >= 80:
                        s.aged_80[h] += 1
                    if persons.nursing_applied[member] > -9999:
                        s.waiting[h] += 1
            if persons.role[member] == Role.CHILD:
                s.child_role[h] += 1
                if persons.leaving[member] == Leaving.NO and month - born >= 216:
                    income += 0.3 * persons.income_eur_month[member]
            else:
                income += persons.income_eur_month[member]
                if persons.role[member] == Role.ADULT and persons.health[member] > s.limited[h]:
                    s.limited[h] = persons.health[member]
            member = persons.next_member[member]
        s.oldest_age[h] = (month - oldest) // 12
        s.last_birth[h] = youngest
        s.income_eur_month[h] = income
