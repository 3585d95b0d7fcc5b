"""The person and household tables: who lives with whom.

Members of a household form a linked list through ``next_member``; the first one is a head. Everything that
changes a household goes through these functions, so that lists, sizes and roles stay consistent.
"""

from __future__ import annotations

import numba
import numpy as np

from kortrijk_sim.agents.columns import (
    CARE_COLUMNS,
    HOUSEHOLD_COLUMNS,
    PERSON_COLUMNS,
    Care,
    Households,
    Persons,
    empty_table,
)
from kortrijk_sim.city.vocabulary import HouseholdStatus, Leaving, PersonStatus, Role
from kortrijk_sim.compiling import inlined, lean, shared

ADULT_AGE_MONTHS = 18 * 12
PERSONS_TYPE = numba.typeof(empty_table(PERSON_COLUMNS, 1))
CARE_TYPE = numba.typeof(empty_table(CARE_COLUMNS, 1))
HOUSEHOLDS_TYPE = numba.typeof(empty_table(HOUSEHOLD_COLUMNS, 1))


@lean
def age_years(persons: Persons, person: int, month: int) -> int:
    """Return the age of a person in completed years."""
    return int((month - persons.birth_month[person]) // 12)


@shared(numba.void(PERSONS_TYPE, HOUSEHOLDS_TYPE, *[numba.int64] * 3))
def add_member(persons: Persons, households: Households, household: int, person: int, role: int) -> None:
    """Put a person in a household, behind the head."""
    first = households.first_member[household]
    persons.household[person] = household
    persons.role[person] = role
    if first < 0:
        persons.next_member[person] = -1
        households.first_member[household] = person
    else:
        persons.next_member[person] = persons.next_member[first]
        persons.next_member[first] = person
    households.members[household] += 1


@shared(numba.boolean(PERSONS_TYPE, HOUSEHOLDS_TYPE, *[numba.int64] * 2))
def name_head(persons: Persons, households: Households, household: int, month: int) -> bool:
    """Put a head first in the list: an adult, or else the oldest member; return whether one is of age."""
    best, best_rank = -1, -1.0
    member = households.first_member[household]
    while member >= 0:
        rank = float(month - persons.birth_month[member])
        if persons.role[member] == Role.ADULT and persons.leaving[member] != Leaving.SPLIT:
            rank += 1.0e6
        if rank > best_rank:
            best, best_rank = member, rank
        member = persons.next_member[member]
    if best != households.first_member[household]:
        previous = households.first_member[household]
        while persons.next_member[previous] != best:
            previous = persons.next_member[previous]
        persons.next_member[previous] = persons.next_member[best]
        persons.next_member[best] = households.first_member[household]
        households.first_member[household] = best
    persons.role[best] = Role.ADULT
    persons.leaving[best] = Leaving.NO
    return bool(month - persons.birth_month[best] >= ADULT_AGE_MONTHS)


@shared(numba.int64(PERSONS_TYPE, HOUSEHOLDS_TYPE, *[numba.int64] * 2))
def remove_member(persons: Persons, households: Households, person: int, month: int) -> int:
    """Take a person out of the household; return how many stay.

    The household gets a new head where it needs one; an empty one is dissolved by the caller, who knows
    what becomes of the dwelling.
    """
    household = persons.household[person]
    previous = -1
    member = households.first_member[household]
    while member != person:
        previous = member
        member = persons.next_member[member]
    following = persons.next_member[person]
    if previous < 0:
        households.first_member[household] = following
    else:
        persons.next_member[previous] = following
    persons.next_member[person] = -1
    persons.household[person] = -1
    households.members[household] -= 1
    if households.members[household] > 0 and previous < 0:
        name_head(persons, households, household, month)
    return int(households.members[household])


@lean
def open_household(persons: Persons, households: Households, counts: np.ndarray, key: np.uint64, month: int) -> int:
    """Take a fresh row for a household without members or dwelling and return it."""
    row = counts[1]
    counts[1] += 1
    households.key[row] = key
    households.status[row] = HouseholdStatus.HOMELESS
    households.first_member[row] = -1
    households.members[row] = 0
    households.dwelling[row] = -1
    households.since_month[row] = month
    households.seeking[row] = 0
    households.seeking_since[row] = -9999
    households.social_since[row] = -9999
    households.savings_eur[row] = 0.0
    households.mortgage_eur_month[row] = 0.0
    households.mortgage_until[row] = -9999
    households.rent_eur_month[row] = 0.0
    households.moves[row] = 0
    return int(row)


@shared(numba.void(CARE_TYPE, numba.int64))
def end_care_at_home(care: Care, person: int) -> None:
    """Forget who cares for a person at home: nobody needs to, or not there."""
    care.carer[person] = -1
    care.carer_kind[person] = 0
    care.burdened_since[person] = -9999
    care.need_hours_week[person] = 0.0
    care.informal_hours_week[person] = 0.0
    care.home_care_hours_week[person] = 0.0
    care.unmet_hours_week[person] = 0.0
    care.day_care[person] = -1


@shared(numba.int64(PERSONS_TYPE, CARE_TYPE, numba.int64[::1], numba.uint64, *[numba.int64] * 2))
def open_person(persons: Persons, care: Care, counts: np.ndarray, key: np.uint64, sex: int, birth_month: int) -> int:
    """Take a fresh row for a resident without a household and return it."""
    row = counts[0]
    counts[0] += 1
    persons.key[row] = key
    persons.status[row] = PersonStatus.RESIDENT
    persons.sex[row] = sex
    persons.birth_month[row] = birth_month
    persons.household[row] = -1
    persons.next_member[row] = -1
    persons.role[row] = Role.ADULT
    persons.partner[row] = -1
    persons.mother[row] = -1
    persons.father[row] = -1
    persons.children_born[row] = 0
    persons.union_since[row] = -9999
    persons.widowed_since[row] = -9999
    persons.arrived_month[row] = -9999
    persons.activity[row] = 0
    persons.income_eur_month[row] = 0.0
    persons.health[row] = 0
    persons.leaving[row] = 0
    persons.leaving_since[row] = -9999
    persons.nursing_place[row] = -1
    persons.nursing_since[row] = -9999
    persons.nursing_applied[row] = -9999
    care.first_child[row] = -1
    care.next_of_mother[row] = -1
    care.next_of_father[row] = -1
    care.given_hours_week[row] = 0.0
    care.given_month[row] = -9999
    care.family_minutes[row] = -1.0
    care.isolation[row] = 0.0
    care.nursing_refused[row] = 0
    care.visitors[row] = 0
    care.health_seen[row] = 0
    end_care_at_home(care, row)
    return int(row)


@shared(numba.void(PERSONS_TYPE, CARE_TYPE, *[numba.int64] * 3))
def set_parents(persons: Persons, care: Care, child: int, mother: int, father: int) -> None:
    """Note a child's parents, -1 for unknown, and put the child first in their lists of children."""
    persons.mother[child] = mother
    persons.father[child] = father
    if mother >= 0:
        care.next_of_mother[child] = care.first_child[mother]
        care.first_child[mother] = child
    if father >= 0:
        care.next_of_father[child] = care.first_child[father]
        care.first_child[father] = child


@lean
def link_families(persons: Persons, care: Care, n: int) -> None:
    """Put the first n persons in their parents' lists of children."""
    for child in range(n):
        set_parents(persons, care, child, persons.mother[child], persons.father[child])


@inlined
def next_child(persons: Persons, care: Care, parent: int, child: int) -> int:
    """Return the next child of a parent after this one, -1 at the end; start with ``care.first_child``."""
    return int(care.next_of_mother[child] if persons.mother[child] == parent else care.next_of_father[child])


@shared(numba.int64(PERSONS_TYPE, numba.int64))
def end_union(persons: Persons, person: int) -> int:
    """Part a person from the partner, if any; return the partner or -1."""
    partner = persons.partner[person]
    if partner >= 0:
        persons.partner[person] = -1
        persons.partner[partner] = -1
        persons.union_since[person] = -9999
        persons.union_since[partner] = -9999
        # Two who wanted to move in together now leave the nest alone, if at all.
        if persons.leaving[person] == Leaving.UNION:
            persons.leaving[person] = Leaving.NEST
        if persons.leaving[partner] == Leaving.UNION:
            persons.leaving[partner] = Leaving.NEST
    return int(partner)
