"""Who lives where: homes fall vacant, are taken, and pass their vacancy chain on.

A vacancy starts a chain when nobody leaves another home of the city to cause it (a new home, a death, a
departure); the home that a mover leaves inherits the chain. A chain ends with somebody who leaves no home
of their own in the city, or with a home that is demolished or leaves the market.
"""

from __future__ import annotations

import numba
import numpy as np

from kortrijk_sim.agents.columns import Households, Persons
from kortrijk_sim.agents.table import (
    ADULT_AGE_MONTHS,
    HOUSEHOLDS_TYPE,
    PERSONS_TYPE,
    add_member,
    end_care_at_home,
    end_union,
    open_household,
    remove_member,
)
from kortrijk_sim.city.vocabulary import (
    DwellingKind,
    HouseholdStatus,
    Leaving,
    PersonStatus,
    Role,
    Scheme,
    Tenure,
)
from kortrijk_sim.compiling import lean, shared
from kortrijk_sim.draws import mix
from kortrijk_sim.models.events import Cause, Kind, Profile, note, record
from kortrijk_sim.models.state import TABLES_TYPE, Tables

CHAINS_CLOSED, CHAIN_LINKS, CLOSED_BY_ARRIVAL, CLOSED_BY_STARTER = 0, 1, 2, 3


@shared(numba.int64(PERSONS_TYPE, HOUSEHOLDS_TYPE, *[numba.int64] * 2))
def profile_of(persons: Persons, households: Households, household: int, month: int) -> int:
    """Return what kind of household this is, see ``Profile``."""
    member = households.first_member[household]
    head_age = (month - persons.birth_month[member]) // 12
    while member >= 0:
        if month - persons.birth_month[member] < ADULT_AGE_MONTHS:
            return Profile.FAMILY.value
        member = persons.next_member[member]
    if head_age >= 65:
        return Profile.SENIOR.value
    return Profile.YOUNG.value if head_age < 40 else Profile.MIDDLE.value


@lean
def is_family_home(t: Tables, dwelling: int, family_rooms: float) -> bool:
    """Whether a dwelling is a house with room for a family."""
    house = t.dwellings.kind[dwelling] != DwellingKind.APARTMENT
    return bool(house and t.dwellings.rooms[dwelling] >= family_rooms)


@shared(numba.int64(TABLES_TYPE, *[numba.int64] * 4, numba.uint64, numba.int64, numba.float64))
def vacate(
    t: Tables,
    household: int,
    month: int,
    cause: int,
    profile: int,
    chain: np.uint64,
    position: int,
    family_rooms: float,
) -> int:
    """A household leaves its dwelling; return the dwelling, or -1 if it had none.

    Args:
        t: All tables.
        household: Row of the household.
        month: This month.
        cause: Why, see ``Cause``.
        profile: Kind of the leaving household, see ``Profile``.
        chain: Chain that the vacancy inherits, 0 to start one.
        position: Links before this one.
        family_rooms: Rooms from which a house counts as a family home.
    """
    d = t.dwellings
    dwelling = t.households.dwelling[household]
    if dwelling < 0:
        return -1
    if chain == np.uint64(0):
        chain = mix(d.key[dwelling], np.uint64(month + 1))
        position = 0
    d.household[dwelling] = -1
    d.vacant_since[dwelling] = month
    d.chain[dwelling] = chain
    d.chain_position[dwelling] = position
    d.ask_factor[dwelling] = 1.0
    if d.scheme[dwelling] == Scheme.RENT_TO_BUY:
        d.scheme[dwelling] = Scheme.MARKET  # who leaves before buying gives the home back for sale
        d.tenure[dwelling] = Tenure.OWNER
    t.households.dwelling[household] = -1
    t.households.rent_eur_month[household] = 0.0
    t.households.mortgage_eur_month[household] = 0.0
    t.households.mortgage_until[household] = -9999
    if profile == Profile.SENIOR.value and is_family_home(t, dwelling, family_rooms):
        profile = Profile.FREED_FAMILY_HOME.value
        d.freed_by_senior[dwelling] = 1
    record(
        t.log,
        t.counts,
        month,
        Kind.VACATED.value,
        cause,
        profile,
        -1,
        household,
        dwelling,
        -1,
        chain,
        position,
        0.0,
    )
    return int(dwelling)


@shared(numba.void(TABLES_TYPE, *[numba.int64] * 6, numba.float64))
def occupy(
    t: Tables, household: int, dwelling: int, origin: int, month: int, cause: int, closes: int, value: float
) -> None:
    """A household moves into a vacant dwelling.

    Args:
        t: All tables.
        household: Row of the household; it has left its former home.
        dwelling: Row of the dwelling.
        origin: Dwelling in the city that falls vacant by this move, -1 none.
        month: This month.
        cause: How it was obtained, see ``Cause``.
        closes: ``CLOSED_BY_ARRIVAL`` or ``CLOSED_BY_STARTER`` when the chain ends here, else -1.
        value: Price in EUR, or rent in EUR a month.
    """
    d, h = t.dwellings, t.households
    profile = profile_of(t.persons, h, household, month)
    record(
        t.log, t.counts, month, Kind.MOVED.value, cause, profile, h.first_member[household], household, origin,
        dwelling, d.chain[dwelling], d.chain_position[dwelling], value,
    )  # fmt: skip
    if closes >= 0:
        t.markets.chains[CHAINS_CLOSED] += 1.0
        t.markets.chains[CHAIN_LINKS] += d.chain_position[dwelling] + 1.0
        t.markets.chains[closes] += 1.0
    if d.freed_by_senior[dwelling] == 1:
        d.freed_by_senior[dwelling] = 0
        record(
            t.log, t.counts, month, Kind.FREED_HOME_TAKEN.value, cause, profile, h.first_member[household], household,
            origin, dwelling, d.chain[dwelling], d.chain_position[dwelling], value,
        )  # fmt: skip
    h.status[household] = HouseholdStatus.HOUSED
    h.dwelling[household] = dwelling
    h.since_month[household] = month
    h.seeking[household] = 0
    h.seeking_since[household] = -9999
    if d.tenure[dwelling] == Tenure.SOCIAL_RENT:
        h.social_since[household] = -9999
    d.household[dwelling] = household
    d.vacant_since[dwelling] = -9999
    d.chain[dwelling] = np.uint64(0)
    d.chain_position[dwelling] = 0
    d.ask_factor[dwelling] = 1.0


@shared(numba.void(TABLES_TYPE, *[numba.int64] * 4, numba.float64))
def dissolve(t: Tables, household: int, month: int, cause: int, profile: int, family_rooms: float) -> None:
    """Close an empty household; its dwelling starts a chain."""
    vacate(t, household, month, cause, profile, np.uint64(0), 0, family_rooms)
    t.households.status[household] = HouseholdStatus.DISSOLVED
    t.households.first_member[household] = -1
    t.households.seeking[household] = 0
    t.households.social_since[household] = -9999


@shared(numba.void(TABLES_TYPE, *[numba.int64] * 4))
def leave_city(t: Tables, person: int, household: int, month: int, cause: int) -> None:
    """A person who has left the household moves out of the city."""
    t.persons.status[person] = PersonStatus.LEFT
    t.persons.nursing_place[person] = -1
    t.persons.nursing_applied[person] = -9999
    t.persons.leaving[person] = 0
    end_care_at_home(t.care, person)
    note(t.log, t.counts, month, Kind.LEFT_CITY.value, cause, person, household)


@shared(numba.void(TABLES_TYPE, *[numba.int64] * 5, numba.float64))
def household_leaves_city(
    t: Tables, household: int, month: int, cause: int, vacancy_cause: int, profile: int, family_rooms: float
) -> None:
    """All members move out of the city; the dwelling starts a chain."""
    home = t.households.dwelling[household]
    member = t.households.first_member[household]
    while member >= 0:
        following = t.persons.next_member[member]
        partner = t.persons.partner[member]
        if partner >= 0 and t.persons.household[partner] != household:
            t.persons.partner[member] = -1
            t.persons.partner[partner] = -1
            if t.persons.leaving[partner] == Leaving.UNION:
                t.persons.leaving[partner] = Leaving.NEST
        t.persons.status[member] = PersonStatus.LEFT
        t.persons.household[member] = -1
        t.persons.next_member[member] = -1
        t.persons.nursing_applied[member] = -9999
        t.persons.leaving[member] = 0
        end_care_at_home(t.care, member)
        record(
            t.log,
            t.counts,
            month,
            Kind.LEFT_CITY.value,
            cause,
            profile,
            member,
            household,
            home,
            -1,
            np.uint64(0),
            0,
            0.0,
        )
        member = following
    t.households.members[household] = 0
    t.households.first_member[household] = -1
    vacate(t, household, month, vacancy_cause, profile, np.uint64(0), 0, family_rooms)
    t.households.status[household] = HouseholdStatus.LEFT
    t.households.seeking[household] = 0
    t.households.social_since[household] = -9999


@shared(numba.void(TABLES_TYPE, *[numba.int64] * 5, numba.float64))
def settle_after_departure(
    t: Tables, household: int, left: int, month: int, cause: int, profile: int, family_rooms: float
) -> None:
    """Close a household that became empty, or send minors left alone to kin outside the city."""
    if left == 0:
        dissolve(t, household, month, cause, profile, family_rooms)
        return
    member = t.households.first_member[household]
    of_age = False
    while member >= 0:
        if month - t.persons.birth_month[member] >= ADULT_AGE_MONTHS:
            of_age = True
        member = t.persons.next_member[member]
    if not of_age:
        household_leaves_city(t, household, month, Cause.KIN_OUTSIDE.value, cause, profile, family_rooms)


@shared(numba.void(TABLES_TYPE, *[numba.int64] * 3, numba.float64))
def leave_household_and_city(t: Tables, person: int, month: int, cause: int, family_rooms: float) -> None:
    """One member leaves household and city; the others stay."""
    household = t.persons.household[person]
    profile = profile_of(t.persons, t.households, household, month)
    end_union(t.persons, person)
    left = remove_member(t.persons, t.households, person, month)
    leave_city(t, person, household, month, cause)
    settle_after_departure(t, household, left, month, Cause.LEFT_CITY.value, profile, family_rooms)


@lean
def merge_households(t: Tables, source: int, target: int, role: int, month: int) -> None:
    """Move every member of one household into another; the source is left empty, with its dwelling."""
    member = t.households.first_member[source]
    while member >= 0:
        following = t.persons.next_member[member]
        old_role = t.persons.role[member]
        if t.persons.leaving[member] == Leaving.SPLIT:
            t.persons.leaving[member] = Leaving.NO
        add_member(t.persons, t.households, target, member, role if old_role == Role.ADULT else old_role)
        member = following
    t.households.savings_eur[target] += t.households.savings_eur[source]
    t.households.members[source] = 0
    t.households.first_member[source] = -1


@lean
def found_household(t: Tables, person: int, key: np.uint64, month: int, savings_share: float) -> int:
    """A person leaves a household that goes on and founds one without a home; return its row."""
    old = t.persons.household[person]
    remove_member(t.persons, t.households, person, month)
    new = open_household(t.persons, t.households, t.counts, key, month)
    add_member(t.persons, t.households, new, person, Role.ADULT.value)
    t.persons.leaving[person] = 0
    t.households.savings_eur[new] = t.households.savings_eur[old] * savings_share
    t.households.savings_eur[old] *= 1.0 - savings_share
    return new
