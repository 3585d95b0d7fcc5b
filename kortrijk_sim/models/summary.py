"""What a household looks like from outside this month: ages, size, income, recent events."""

from __future__ import annotations

from typing import Any

import numpy as np

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.vocabulary import Activity, HouseholdStatus, Leaving, Role
from kortrijk_sim.compiling import inlined, lean
from kortrijk_sim.models.prefetch import AHEAD, prefetch
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
        ("aged_20_64", np.int16),
        ("employed_20_64", np.int16),
        ("couple", np.int8),  # the head lives with a partner
        ("limited", np.int8),  # worst health among heads, see Health
    ],
    align=True,
)

type Summary = np.recarray[Any, Any]  # one row per household row; rows of closed households mean nothing


def new_summary(rows: int) -> Summary:
    """Return room for the summary of so many households."""
    return np.zeros(rows, SUMMARY_DTYPE).view(np.recarray)


def summarise(t: Tables, month: int, child_pays: float) -> Summary:
    """Walk through every household once and return what it looks like.

    Args:
        t: All tables.
        month: This month.
        child_pays: Share of a grown child's income that the household can count on.
    """
    s = new_summary(int(t.counts[1]))
    _fill(t, s, month, child_pays, np.zeros(AGE_GROUPS))
    return s


def refresh(t: Tables, s: Summary, month: int, child_pays: float, first_event: int) -> None:
    """Bring the summary of the first of the month up to date for what has happened since.

    Only households that an event of this month names are looked at again; incomes that changed without an
    event count from next month.

    Args:
        t: All tables.
        s: Summary of the first day of the month.
        month: This month.
        child_pays: Share of a grown child's income that the household can count on.
        first_event: First row of this month in the event log.
    """
    _refresh(t, s, month, child_pays, first_event, np.zeros(AGE_GROUPS))


@lean
def _fill(t: Tables, s: Summary, month: int, child_pays: float, ages: FloatArray) -> None:
    for h in range(s.shape[0]):
        expect_household(t, h, month)
        describe(t, s, h, month, child_pays, ages)


@lean
def _refresh(t: Tables, s: Summary, month: int, child_pays: float, first_event: int, ages: FloatArray) -> None:
    for e in range(first_event, t.counts[3]):
        prefetch(t.households, t.log.household[min(e + AHEAD, t.counts[3] - 1)])
        soon = t.log.household[min(e + AHEAD // 2, t.counts[3] - 1)]
        prefetch(t.persons, t.households.first_member[max(soon, 0)])
        if t.log.household[e] >= 0:
            describe(t, s, t.log.household[e], month, child_pays, ages)


@inlined
def expect_household(t: Tables, h: int, month: int) -> None:
    """Ask the memory for the home and the first members of the households after this one."""
    if h + AHEAD < t.counts[1]:
        prefetch(t.persons, t.households.first_member[h + AHEAD])
        prefetch(t.dwellings, t.households.dwelling[h + AHEAD])
        first = t.households.first_member[h + AHEAD // 2]
        prefetch(t.persons, t.persons.next_member[first])
        prefetch(t.care, first if month - t.persons.birth_month[first] >= 600 else -1)


@inlined
def describe(t: Tables, s: Summary, h: int, month: int, child_pays: float, ages: FloatArray) -> bool:
    """Write a household's row of the summary and count its members by age; return whether anybody lives in it."""
    persons, households = t.persons, t.households
    status = households.status[h]
    if status != HouseholdStatus.HOUSED and status != HouseholdStatus.HOMELESS:
        return False
    first = households.first_member[h]
    partner = persons.partner[first]
    oldest, youngest = persons.birth_month[first], persons.birth_month[first]
    size, adults, sons = 0, 0, 0
    aged_65, aged_80, active, employed, limited = 0, 0, 0, 0, 0
    working_age, at_work = 0, 0
    income = 0.0
    member = first
    # Sums of conditions instead of branches: what the next member is like cannot be guessed.
    while member >= 0:
        born, role, activity = persons.birth_month[member], persons.role[member], persons.activity[member]
        months = month - born
        oldest, youngest = min(oldest, born), max(youngest, born)
        ages[min(months // 60, AGE_GROUPS - 1)] += 1.0
        child, of_age = role == Role.CHILD, months >= 216
        size += 1
        sons += child
        adults += of_age
        employed += of_age & (activity == Activity.EMPLOYED)
        in_working_age = (months >= 240) & (months < 780)
        working_age += in_working_age
        at_work += in_working_age & (activity == Activity.EMPLOYED)
        active += of_age & ((activity == Activity.EMPLOYED) | (activity == Activity.UNEMPLOYED))
        counts = child_pays if persons.leaving[member] == Leaving.NO else 0.0
        counts = counts if child else 1.0
        income += (counts if of_age else 0.0) * persons.income_eur_month[member]
        limited = max(limited, persons.health[member] if of_age & (role == Role.ADULT) else 0)
        aged_65 += months >= 780
        aged_80 += months >= 960
        member = persons.next_member[member]
    s.head_age[h] = (month - persons.birth_month[first]) // 12
    s.oldest_age[h] = (month - oldest) // 12
    s.last_birth[h] = youngest
    s.widowed_since[h] = persons.widowed_since[first]
    s.couple[h] = 1 if partner >= 0 and persons.household[partner] == h else 0
    s.adults[h], s.children[h], s.child_role[h] = adults, size - adults, sons
    s.aged_65[h], s.aged_80[h] = aged_65, aged_80
    s.active[h], s.employed[h], s.limited[h] = active, employed, limited
    s.aged_20_64[h], s.employed_20_64[h] = working_age, at_work
    s.income_eur_month[h] = income
    return True
