"""Ageing, deaths, births, leaving the nest, unions and splits (P1-P5)."""

from __future__ import annotations

import math

import numpy as np

from kortrijk_sim.agents.columns import Persons
from kortrijk_sim.agents.person import (
    SPLIT_RATIO_MAX,
    PersonParams,
    birth_probability_per_year,
    death_probability_per_year,
    mortality_ratio,
    nursing_death_probability_per_year,
    per_month,
    split_ratio,
    union_utility,
)
from kortrijk_sim.agents.table import add_member, end_care_at_home, end_union, open_person, remove_member, set_parents
from kortrijk_sim.arrays import Array, FloatArray, IntArray
from kortrijk_sim.city.vocabulary import (
    Activity,
    HouseholdStatus,
    Leaving,
    PersonStatus,
    Role,
    Sex,
    Tenure,
)
from kortrijk_sim.compiling import inlined, kernel, lean
from kortrijk_sim.draws import child_key, gumbel, mix, uniform
from kortrijk_sim.models.events import Cause, Kind, note, record
from kortrijk_sim.models.occupancy import (
    dissolve,
    leave_household_and_city,
    merge_households,
    profile_of,
    settle_after_departure,
)
from kortrijk_sim.models.state import Tables

NURSING_HOME = 4  # row of the death chances, after the four states of health at home


@kernel
def death_chances(q: Array, improvement: Array, alignment: Array, month: int, p: PersonParams) -> FloatArray:
    """Return monthly probabilities of dying, shape (5: health at home, in a nursing home; 2 sexes; 120 ages).

    Args:
        q: Yearly probabilities of 2024, shape (2 sexes, 120 ages).
        improvement: Yearly decline of mortality, shape (2, 120).
        alignment: Factor on mortality at home, shape (2, 120).
        month: This month.
        p: Parameters.
    """
    years = (month + 6.0) / 12.0 + 0.5  # the table stands for the middle of 2024
    out = np.empty((NURSING_HOME + 1, q.shape[0], q.shape[1]))
    for sex in range(q.shape[0]):
        for age in range(q.shape[1]):
            yearly = death_probability_per_year(q[sex, age], improvement[sex, age], years, 1.0)
            for health in range(NURSING_HOME):
                out[health, sex, age] = per_month(min(1.0, alignment[sex, age] * mortality_ratio(health, p) * yearly))
            out[NURSING_HOME, sex, age] = per_month(nursing_death_probability_per_year(yearly, p))
    return out


@inlined
def death_row(persons: Persons, i: int, age: int) -> int:
    """Return the row of the death chances that holds for a person.

    Who waits for a nursing home is in the same phase of life as who lives in one: the place itself neither
    kills nor saves, so that places do not change how many old people there are.
    """
    if age < 50:
        return 0
    in_or_waiting = persons.nursing_place[i] >= 0 or persons.nursing_applied[i] > -9999
    return NURSING_HOME if in_or_waiting else int(persons.health[i])


@lean
def deaths(t: Tables, may_die: IntArray, month: int, dice: np.uint64, chances: FloatArray, family_rooms: float) -> None:
    """Let people die (P1)."""
    persons = t.persons
    for i in may_die:
        if persons.status[i] != PersonStatus.RESIDENT:
            continue
        age = min((month - persons.birth_month[i]) // 12, chances.shape[2] - 1)
        if uniform(dice, persons.key[i]) < chances[death_row(persons, i, age), persons.sex[i], age]:
            die(t, i, month, family_rooms)


@kernel
def monthly_of(rate: Array) -> FloatArray:
    """Return yearly probabilities as monthly ones, shape as given."""
    out = np.empty(rate.shape)
    for sex in range(rate.shape[0]):
        for age in range(rate.shape[1]):
            out[sex, age] = per_month(rate[sex, age])
    return out


@lean
def die(t: Tables, person: int, month: int, family_rooms: float) -> None:
    """Close the life of one person and settle partner, household and home."""
    persons = t.persons
    household = persons.household[person]
    home = t.households.dwelling[household] if household >= 0 else -1
    age = (month - persons.birth_month[person]) / 12.0
    record(
        t.log, t.counts, month, Kind.DEATH.value, 0, 0, person, household, home, -1, np.uint64(0),
        persons.nursing_place[person], age,
    )  # fmt: skip
    partner = end_union(persons, person)
    if partner >= 0:
        persons.widowed_since[partner] = month
    persons.status[person] = PersonStatus.DEAD
    persons.nursing_place[person] = -1
    persons.nursing_applied[person] = -9999
    persons.leaving[person] = Leaving.NO
    end_care_at_home(t.care, person)
    if household >= 0:
        profile = profile_of(persons, t.households, household, month)
        left = remove_member(persons, t.households, person, month)
        settle_after_departure(t, household, left, month, Cause.DEATH.value, profile, family_rooms)


@lean
def highest_birth_chance(alignment: float, p: PersonParams) -> float:
    """Return a monthly probability of having a child that no woman exceeds."""
    highest = 0.0
    for children in range(4):
        for in_union in (False, True):
            yearly = birth_probability_per_year(p.fertility_mean_age_years, children, in_union, alignment, p)
            highest = max(highest, per_month(yearly))
    return highest


@lean
def births(
    t: Tables, mothers: IntArray, month: int, dice: np.uint64, sex_dice: np.uint64, alignment: float, p: PersonParams
) -> None:
    """Let women have children (P2); a child's key comes from the mother's and the birth order."""
    persons = t.persons
    for i in mothers:
        if persons.status[i] != PersonStatus.RESIDENT or persons.household[i] < 0:
            continue
        age = (month - persons.birth_month[i]) / 12.0
        yearly = birth_probability_per_year(age, persons.children_born[i], persons.partner[i] >= 0, alignment, p)
        if uniform(dice, persons.key[i]) >= per_month(yearly):
            continue
        order = persons.children_born[i] + 1
        key = child_key(persons.key[i], order)
        sex = Sex.FEMALE.value if uniform(sex_dice, key) < p.girl_share else Sex.MALE.value
        child = open_person(persons, t.care, t.counts, key, sex, month)
        persons.children_born[i] = order
        partner = persons.partner[i]
        together = partner >= 0 and persons.household[partner] == persons.household[i]
        set_parents(persons, t.care, child, i, partner if together else -1)
        persons.arrived_month[child] = month
        household = persons.household[i]
        role = Role.CHILD.value if persons.role[i] == Role.ADULT else Role.OTHER.value
        add_member(persons, t.households, household, child, role)
        home = t.households.dwelling[household]
        record(t.log, t.counts, month, Kind.BIRTH.value, 0, 0, child, household, home, -1, np.uint64(0), 0, 0.0)


@lean
def leaving_nest(
    t: Tables,
    grown: IntArray,
    month: int,
    elsewhere_dice: np.uint64,
    family_rooms: float,
    p: PersonParams,
) -> None:
    """Let grown children start to look for a home of their own, or leave for another town (P3)."""
    persons = t.persons
    for i in grown:
        if persons.role[i] == Role.ADULT or persons.status[i] != PersonStatus.RESIDENT:
            continue
        if persons.household[i] < 0:
            continue
        if persons.leaving[i] == Leaving.NEST or persons.leaving[i] == Leaving.UNION:
            if uniform(elsewhere_dice, persons.key[i], 1) < p.unhoused_leaves_city_per_month:
                partner = persons.partner[i]
                if persons.leaving[i] == Leaving.UNION and partner >= 0 and persons.role[partner] != Role.ADULT:
                    leave_household_and_city(t, partner, month, Cause.NEST.value, family_rooms)
                leave_household_and_city(t, i, month, Cause.NEST.value, family_rooms)
            continue
        if uniform(elsewhere_dice, persons.key[i]) < p.nest_leavers_to_elsewhere_share:
            leave_household_and_city(t, i, month, Cause.NEST.value, family_rooms)
        else:
            persons.leaving[i] = Leaving.NEST
            persons.leaving_since[i] = month


@kernel
def unions(
    t: Tables,
    singles: IntArray,
    month: int,
    match_dice: np.uint64,
    once_dice: np.uint64,
    elsewhere_dice: np.uint64,
    family_rooms: float,
    p: PersonParams,
) -> None:
    """Let singles pair up (P4): those ready this month are matched by score, the hardest to match first."""
    persons = t.persons
    ready = np.empty(singles.shape[0], np.int32)
    n = 0
    for i in singles:
        free = persons.partner[i] < 0 and persons.leaving[i] != Leaving.SPLIT
        if free and persons.status[i] == PersonStatus.RESIDENT and persons.household[i] >= 0:
            ready[n] = i
            n += 1
    if n == 0:
        return
    # Hardest first: the further from the age at which most people pair up, the fewer suitable partners.
    distance = np.empty(n)
    for r in range(n):
        years_off = abs((month - persons.birth_month[ready[r]]) / 12.0 - p.union_typical_age_years)
        distance[r] = -years_off + 1.0e-6 * uniform(match_dice, persons.key[ready[r]])
    taken = np.zeros(n, np.bool_)
    for a in np.argsort(distance):
        if taken[a]:
            continue
        ego = ready[a]
        same_sex = uniform(once_dice, persons.key[ego]) < p.union_same_sex_share
        best, best_score = -1, -1.0e30
        for b in range(n):
            other = ready[b]
            if b == a or taken[b] or persons.household[other] == persons.household[ego]:
                continue
            if (persons.sex[other] == persons.sex[ego]) != same_sex:
                continue
            if same_sex != (uniform(once_dice, persons.key[other]) < p.union_same_sex_share):
                continue
            if are_kin(t, ego, other):
                continue
            age_other = (month - persons.birth_month[other]) / 12.0
            gap = (persons.birth_month[other] - persons.birth_month[ego]) / 12.0
            ego_works = persons.activity[ego] == Activity.EMPLOYED
            other_works = persons.activity[other] == Activity.EMPLOYED
            score = union_utility(age_other, gap, ego_works, other_works, p)
            # The pair's own draw does not depend on who looks at whom.
            low = min(persons.key[ego], persons.key[other])
            high = max(persons.key[ego], persons.key[other])
            score += gumbel(match_dice, mix(low, high))
            if abs(gap) > p.union_gap_max_years:
                continue
            if score > best_score:
                best, best_score = b, score
        if best >= 0:
            taken[a] = True
            taken[best] = True
            pair_up(t, ego, ready[best], month, family_rooms)
        else:
            taken[a] = True
            partner_from_elsewhere(t, ego, month, elsewhere_dice, family_rooms, p)


@lean
def are_kin(t: Tables, a: int, b: int) -> bool:
    """Whether two people are parent and child or share a parent."""
    m, f = t.persons.mother, t.persons.father
    if m[a] == b or f[a] == b or m[b] == a or f[b] == a:
        return True
    return bool((m[a] >= 0 and m[a] == m[b]) or (f[a] >= 0 and f[a] == f[b]))


@lean
def is_own_household(t: Tables, person: int) -> bool:
    """Whether a person heads a household, alone or with children."""
    household = t.persons.household[person]
    return bool(t.persons.role[person] == Role.ADULT and t.households.first_member[household] == person)


@lean
def pair_up(t: Tables, a: int, b: int, month: int, family_rooms: float) -> None:
    """Make two people a couple and decide which home they share."""
    persons, households = t.persons, t.households
    persons.partner[a] = b
    persons.partner[b] = a
    persons.union_since[a] = month
    persons.union_since[b] = month
    note(t.log, t.counts, month, Kind.UNION.value, 0, a, persons.household[a])
    note(t.log, t.counts, month, Kind.UNION.value, 0, b, persons.household[b])
    a_own, b_own = is_own_household(t, a), is_own_household(t, b)
    if not a_own and not b_own:
        for x in (a, b):
            persons.leaving[x] = Leaving.UNION
            persons.leaving_since[x] = month
        return
    stay, come = a, b
    if not a_own or (b_own and home_rank(t, persons.household[b]) > home_rank(t, persons.household[a])):
        stay, come = b, a
    target, source = persons.household[stay], persons.household[come]
    persons.leaving[stay] = Leaving.NO
    persons.leaving[come] = Leaving.NO
    if is_own_household(t, come):
        profile = profile_of(persons, households, source, month)
        merge_households(t, source, target, Role.OTHER.value, month)
        persons.role[come] = Role.ADULT
        dissolve(t, source, month, Cause.UNION.value, profile, family_rooms)
    else:
        remove_member(persons, households, come, month)
        add_member(persons, households, target, come, Role.ADULT.value)
        note(t.log, t.counts, month, Kind.LEFT_NEST.value, Cause.UNION.value, come, target)


@lean
def home_rank(t: Tables, household: int) -> float:
    """Rank of a home for a new couple: owned before rented, larger before smaller, none last."""
    dwelling = t.households.dwelling[household]
    if dwelling < 0:
        return -1.0
    rank = float(t.dwellings.rooms[dwelling]) + 0.5 * t.households.members[household]
    if t.dwellings.tenure[dwelling] == Tenure.OWNER:
        rank += 3.0
    elif t.dwellings.tenure[dwelling] == Tenure.SOCIAL_RENT:
        rank += 1.0
    return float(rank)


@lean
def partner_from_elsewhere(
    t: Tables, ego: int, month: int, dice: np.uint64, family_rooms: float, p: PersonParams
) -> None:
    """Pair somebody who found nobody in the city with a person from elsewhere, here or there."""
    persons = t.persons
    u = uniform(dice, persons.key[ego])
    if u >= p.union_partner_from_elsewhere_share:
        return
    if u < p.union_partner_from_elsewhere_share * p.union_moves_to_partner_elsewhere_share:
        household = persons.household[ego]
        if is_own_household(t, ego) and t.households.members[household] > 1:
            return  # lone parents and heads with others stay where their household is
        leave_household_and_city(t, ego, month, Cause.PARTNER_OUTSIDE.value, family_rooms)
        return
    if not is_own_household(t, ego) or t.households.dwelling[persons.household[ego]] < 0:
        return
    key = child_key(persons.key[ego], 1000 + month)
    sex = 1 - persons.sex[ego]
    gap = int(36.0 * (uniform(dice, key) - 0.5) * 2.0) + (24 if sex == Sex.MALE else -24)
    birth = min(persons.birth_month[ego] - gap, month - 18 * 12)
    other = open_person(persons, t.care, t.counts, key, sex, birth)
    persons.arrived_month[other] = month
    persons.activity[other] = persons.activity[ego]
    persons.income_eur_month[other] = persons.income_eur_month[ego]
    persons.partner[ego] = other
    persons.partner[other] = ego
    persons.union_since[ego] = month
    persons.union_since[other] = month
    household = persons.household[ego]
    add_member(persons, t.households, household, other, Role.ADULT.value)
    note(t.log, t.counts, month, Kind.ARRIVED.value, Cause.PARTNER_OUTSIDE.value, other, household)
    note(t.log, t.counts, month, Kind.UNION.value, Cause.PARTNER_OUTSIDE.value, ego, household)
    note(t.log, t.counts, month, Kind.UNION.value, Cause.PARTNER_OUTSIDE.value, other, household)


@kernel
def highest_split_chance(rate: Array) -> FloatArray:
    """Return a monthly probability of parting that no couple of an age exceeds, shape (120,)."""
    highest = np.empty(rate.shape[1])
    for age in range(rate.shape[1]):
        highest[age] = per_month(SPLIT_RATIO_MAX * max(rate[0, age], rate[1, age]))
    return highest


@lean
def splits(
    t: Tables,
    couples: IntArray,
    month: int,
    dice: np.uint64,
    leaver_dice: np.uint64,
    rate: Array,
    family_rooms: float,
    p: PersonParams,
) -> None:
    """Let couples part (P5): one partner keeps the home, the other looks for one and then leaves.

    Who finds nothing may leave the city instead.
    """
    persons = t.persons
    for i in couples:
        if persons.status[i] != PersonStatus.RESIDENT or persons.household[i] < 0:
            continue
        if persons.leaving[i] == Leaving.SPLIT:
            if uniform(leaver_dice, persons.key[i], 1) < p.unhoused_leaves_city_per_month:
                leave_household_and_city(t, i, month, Cause.SPLIT.value, family_rooms)
            continue
        partner = persons.partner[i]
        # Each couple once, by its woman; of two of one sex, by the smaller key.
        if partner < 0 or persons.household[partner] != persons.household[i]:
            continue
        if persons.sex[i] == persons.sex[partner]:
            if persons.key[i] > persons.key[partner]:
                continue
        elif persons.sex[i] != Sex.FEMALE:
            continue
        age = min((month - persons.birth_month[i]) // 12, rate.shape[1] - 1)
        children = 0
        member = t.households.first_member[persons.household[i]]
        while member >= 0:
            if month - persons.birth_month[member] < 216:
                children += 1
            member = persons.next_member[member]
        both_work = persons.activity[i] == Activity.EMPLOYED and persons.activity[partner] == Activity.EMPLOYED
        gap = (persons.birth_month[i] - persons.birth_month[partner]) / 12.0
        ratio = split_ratio(children, (month - persons.union_since[i]) / 12.0, gap, both_work, p)
        if uniform(dice, persons.key[i]) >= per_month(rate[persons.sex[i], age] * ratio):
            continue
        leaver = partner
        if uniform(leaver_dice, persons.key[i]) >= p.split_leaver_male_share:
            leaver = i
        stayer = i if leaver == partner else partner
        household = persons.household[i]
        end_union(persons, i)
        note(t.log, t.counts, month, Kind.SPLIT.value, 0, leaver, household)
        note(t.log, t.counts, month, Kind.SPLIT.value, 0, stayer, household)
        if t.households.status[household] == HouseholdStatus.HOUSED:
            # The head is the one who stays, so that the list needs no change when the other goes.
            if t.households.first_member[household] != stayer:
                remove_member(persons, t.households, stayer, month)
                first = t.households.first_member[household]
                add_member(persons, t.households, household, stayer, Role.ADULT.value)
                persons.next_member[first] = persons.next_member[stayer]
                persons.next_member[stayer] = first
                t.households.first_member[household] = stayer
            persons.leaving[leaver] = Leaving.SPLIT
            persons.leaving_since[leaver] = month


@kernel
def expected_deaths(t: Tables, q: Array, improvement: Array, p: PersonParams) -> FloatArray:
    """Return the deaths a year that the base city expects without alignment, shape (3, 2 sexes, 120 ages).

    First by the life table for everybody; then at home, with the ratios of health; then in nursing homes.
    """
    out = np.zeros((3, q.shape[0], q.shape[1]))
    persons = t.persons
    for i in range(t.counts[0]):
        if persons.status[i] != PersonStatus.RESIDENT:
            continue
        age = min((6 - persons.birth_month[i]) // 12, q.shape[1] - 1)
        sex = persons.sex[i]
        yearly = death_probability_per_year(q[sex, age], improvement[sex, age], 1.0, 1.0)
        row = death_row(persons, i, age)
        out[0, sex, age] += yearly
        if row == NURSING_HOME:
            # A place that falls free is taken again within the year.
            out[2, sex, age] -= math.log(1.0 - min(0.99, nursing_death_probability_per_year(yearly, p)))
        else:
            out[1, sex, age] += mortality_ratio(row, p) * yearly
    return out


@lean
def expected_births(t: Tables, p: PersonParams) -> float:
    """Return the births a year that the base city expects without alignment."""
    total = 0.0
    persons = t.persons
    for i in range(t.counts[0]):
        if persons.status[i] != PersonStatus.RESIDENT or persons.sex[i] != Sex.FEMALE or persons.household[i] < 0:
            continue
        age = (6.0 - persons.birth_month[i]) / 12.0
        if 15.0 <= age < 50.0:
            total += birth_probability_per_year(age, persons.children_born[i], persons.partner[i] >= 0, 1.0, p)
    return total
