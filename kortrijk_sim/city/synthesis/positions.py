"""How many persons of each age, sex and household position, and how many households of each type and size."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.synthesis.contingency import apportion, fit_whole, sizes_with_members
from kortrijk_sim.city.synthesis.inputs import (
    AGES,
    FAMILY_TYPES,
    LARGEST,
    POSITIONS,
    SEXES,
    AgeSexRow,
    FamilyRow,
    HomelessRow,
    Inputs,
    PositionRow,
    PrevalenceRow,
)
from kortrijk_sim.city.vocabulary import Sex


class Position(IntEnum):
    """Position of a person; the first six are those of private households."""

    ALONE = 0
    PARTNER = 1
    LONE_PARENT = 2
    CHILD_OF_COUPLE = 3
    CHILD_OF_LONE_PARENT = 4
    OTHER = 5
    NURSING = 6
    HOMELESS = 7


class Family(IntEnum):
    """Type of a private household, in the order of ``FAMILY_TYPES``."""

    ALONE = 0
    COUPLE = 1
    LONE_MOTHER = 2
    LONE_FATHER = 3
    OTHER = 4


HEADS = np.array([1, 2, 1, 1, 1])  # per type of household


@dataclass(frozen=True)
class Plan:
    """Whole numbers that persons and households are made from.

    Attributes:
        persons: Persons by age, sex and position, shape (101, 2, 8).
        households: Households by type, size and number of other members, shape (5, 10, 10).
        same_sex: Couples of two women and of two men.
    """

    persons: Array
    households: Array
    same_sex: tuple[int, int]


def make_plan(inputs: Inputs) -> Plan:
    """Return how many persons and households of each sort there are."""
    people = population(inputs)
    nursing = nursing_residents(inputs, people)
    homeless = homeless_persons(inputs, people - nursing)
    private = people - nursing - homeless
    sizes = household_sizes(inputs, int(private.sum()))
    households = household_types(inputs, sizes)
    with_others, totals = divide_members(inputs, households, int(private.sum()))
    couples = int(households[Family.COUPLE].sum())
    same = round(couples * inputs.p("same_sex_couple_share") / 2)
    by_sex = positions_by_sex(inputs, private, totals, households)
    persons = np.zeros((AGES, 2, len(Position)), np.int64)
    seed = position_seed(inputs)
    margins, axes = [private, by_sex], [[0, 1], [1, 2]]
    persons[:, :, : len(POSITIONS)] = fit_whole(seed, margins, axes)
    persons[:, :, Position.NURSING] = nursing
    persons[:, :, Position.HOMELESS] = homeless
    return Plan(persons, with_others, (same, same))


def population(inputs: Inputs) -> Array:
    """Return inhabitants by age and sex that meet the totals by sex, under 18 and 65+, shape (101, 2)."""
    table = np.zeros((AGES, 2))
    for row in inputs.tables.rows("age_sex_2025", AgeSexRow):
        table[row.age] = row.female, row.male
    total = inputs.total("population_2025")
    women, men = inputs.parts(["population_female_2025", "population_male_2025"], total)
    young = inputs.total("population_under_18_2025")
    old = inputs.total("population_65plus_2025")
    ages = np.arange(AGES)
    group = np.where(ages < 18, 0, np.where(ages < 65, 1, 2))
    by_group = np.array([young, total - young - old, old])
    coarse = np.stack([np.bincount(group, table[:, sex], 3) for sex in range(2)], axis=1)
    whole = fit_whole(coarse, [by_group, np.array([women, men])], [[0], [1]])
    return np.concatenate(
        [fit_within(table[group == g], whole[g]) for g in range(3)],
        axis=0,
    )


def fit_within(table: FloatArray, by_sex: Array) -> Array:
    """Round single years of age so that each sex has its total."""
    return np.stack([apportion(table[:, sex], int(by_sex[sex])) for sex in range(2)], axis=1)


def nursing_residents(inputs: Inputs, people: Array) -> Array:
    """Return residents of nursing homes by age and sex, shape (101, 2).

    Within an age group they follow the census shares of institutional households; the groups follow the
    official prevalence, raised to the region's total.
    """
    census = census_positions(inputs)
    share = interpolated(census["institution"] / census["all"])
    expected = np.zeros((AGES, 2))
    for row in inputs.tables.rows("nursing_prevalence", PrevalenceRow):
        ages, sex = slice(row.age_from, row.age_to + 1), SEXES.index(row.sex)
        profile = share[ages, sex] * people[ages, sex]
        expected[ages, sex] = profile / max(profile.sum(), 1e-9) * row.share * people[ages, sex].sum()
    total = round(inputs.p("nursing_residents_share_65plus") * inputs.total("population_65plus_2025"))
    return np.minimum(apportion(expected, total), people)


def homeless_persons(inputs: Inputs, people: Array) -> Array:
    """Return homeless persons by age and sex, shape (101, 2): adults by a table, children evenly."""
    persons, children = inputs.total("homeless_2021"), inputs.total("homeless_children_2021")
    weight = np.zeros((AGES, 2))
    for row in inputs.tables.rows("homeless_by_age", HomelessRow):
        ages, sex = slice(row.age_from, row.age_to + 1), SEXES.index(row.sex)
        weight[ages, sex] = row.weight * people[ages, sex] / max(people[ages, sex].sum(), 1)
    out = apportion(weight, persons - children)
    out[:18] = apportion(people[:18], children)
    return out


def household_sizes(inputs: Inputs, members: int) -> Array:
    """Return private households by size 0 to 9 that hold exactly so many members."""
    names = [f"households_{n}_2025" for n in ("1_person", "2_persons", "3_persons", "4plus_persons")]
    one, two, three, more = inputs.parts(names, inputs.total("households_2025"))
    seed = family_seed(inputs).sum(axis=0)[4:]
    large = sizes_with_members(seed, 4, int(more), members - int(one + 2 * two + 3 * three))
    return np.concatenate([[0, one, two, three], large])


def household_types(inputs: Inputs, sizes: Array) -> Array:
    """Return private households by type and size, shape (5, 10).

    Shares of couples, lone parents and other households among those of two or more persons move on from
    the census of 2011 by assumption; IPF on the census table does the rest.
    """
    larger = int(sizes[2:].sum())
    lone = inputs.p("lone_parent_share")
    mothers = inputs.p("lone_mother_share")
    shares = [inputs.p("couple_share"), lone * mothers, lone * (1 - mothers)]
    types = apportion(np.array([*shares, 1.0 - sum(shares)]), larger)
    margins = [np.concatenate([[sizes[1]], types]), sizes]
    return fit_whole(family_seed(inputs), margins, [[0], [1]])


def divide_members(inputs: Inputs, households: Array, members: int) -> tuple[Array, Array]:
    """Say in which households others live besides the family, and how many persons have each position.

    Returns:
        Households by type, size and number of other members, shape (5, 10, 10), and persons by the six
        positions of private households.
    """
    size = np.arange(LARGEST + 1)
    others_total = round(inputs.p("other_member_share") * members)
    out = np.zeros((*households.shape, LARGEST + 1), np.int64)
    out[Family.ALONE, :, 0] = households[Family.ALONE]
    for s in range(2, LARGEST + 1):
        out[Family.OTHER, s, s - 1] = households[Family.OTHER, s]
    left = max(others_total - int(households[Family.OTHER] @ size), 0)
    families = households[Family.COUPLE : Family.OTHER]
    room = np.maximum(size[None, :] - np.array([2, 2, 2])[:, None], 0)  # a lone parent keeps one child
    weight = families * room.astype(np.float64) ** inputs.p("other_member_size_power")
    ask = np.minimum(apportion(weight, left), families * room)
    for t in range(3):
        for s in range(2, LARGEST + 1):
            n = int(families[t, s])
            if n == 0:
                continue
            each, one_more = divmod(int(ask[t, s]), n)
            out[t + 1, s, each] += n - one_more
            out[t + 1, s, each + 1] += one_more
    heads = HEADS[:, None] * households
    in_families = out[Family.COUPLE : Family.OTHER] @ size
    slots = (size[None, :] - HEADS[1:4, None]) * families - in_families
    totals = np.array(
        [
            heads[Family.ALONE].sum(),
            heads[Family.COUPLE].sum(),
            heads[Family.LONE_MOTHER].sum() + heads[Family.LONE_FATHER].sum(),
            slots[0].sum(),
            slots[1].sum() + slots[2].sum(),
            in_families.sum() + households[Family.OTHER] @ size,
        ]
    )
    return out, totals


def positions_by_sex(inputs: Inputs, private: Array, totals: Array, households: Array) -> Array:
    """Return persons by sex and position, shape (2, 6): partners pair up, lone parents follow the types."""
    census = census_positions(inputs)
    expected = np.stack(
        [(interpolated(census[name] / census["all"]) * private).sum(axis=0) for name in POSITIONS], axis=1
    )
    fixed = np.zeros((2, len(POSITIONS)), np.int64)
    fixed[:, Position.PARTNER] = totals[Position.PARTNER] // 2
    fixed[Sex.FEMALE, Position.LONE_PARENT] = households[Family.LONE_MOTHER].sum()
    fixed[Sex.MALE, Position.LONE_PARENT] = households[Family.LONE_FATHER].sum()
    free = [Position.ALONE, Position.CHILD_OF_COUPLE, Position.CHILD_OF_LONE_PARENT, Position.OTHER]
    rest = private.sum(axis=0) - fixed.sum(axis=1)
    fixed[:, free] = fit_whole(expected[:, free], [rest, totals[free]], [[0], [1]])
    return fixed


def position_seed(inputs: Inputs) -> FloatArray:
    """Return census shares of the positions by single year of age and sex, shape (101, 2, 6).

    Under 18 everybody is a child of somebody in the household.
    """
    census = census_positions(inputs)
    seed = np.stack([interpolated(census[name] / census["all"]) for name in POSITIONS], axis=2)
    seed[18:] += 1e-6  # nobody is impossible, or the margins of a small city could not be met
    seed[60:, :, Position.CHILD_OF_COUPLE] *= 0.1
    children = [Position.CHILD_OF_COUPLE, Position.CHILD_OF_LONE_PARENT]
    minors = np.zeros_like(seed[:18])
    minors[:, :, children] = np.maximum(seed[:18][:, :, children], 1e-6)
    seed[:18] = minors
    seed[75:, :, children] = 0.0
    return seed


def census_positions(inputs: Inputs) -> dict[str, FloatArray]:
    """Return the census counts by five-year age group and sex, shape (21, 2), and their sum ``all``."""
    names = (*POSITIONS, "institution")
    out = {name: np.zeros((21, 2)) for name in names}
    for row in inputs.tables.rows("household_positions", PositionRow):
        for name in names:
            out[name][row.age_from // 5, SEXES.index(row.sex)] = getattr(row, name)
    out["all"] = np.maximum(np.sum([out[name] for name in names], axis=0), 1.0)
    return out


def family_seed(inputs: Inputs) -> FloatArray:
    """Return households of 2011 by type and size, shape (5, 10)."""
    axes: dict[str, tuple[object, ...]] = {"type": FAMILY_TYPES, "size": tuple(range(LARGEST + 1))}
    return inputs.grid("household_type_size", FamilyRow, axes, "households_2011")


def interpolated(share: FloatArray) -> FloatArray:
    """Spread shares of five-year groups (21, 2) over single years of age (101, 2)."""
    centre = np.arange(21) * 5 + 2.0
    return np.stack([np.interp(np.arange(AGES), centre, share[:, sex]) for sex in range(2)], axis=1)
