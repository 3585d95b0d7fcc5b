"""What is known of a person besides age, sex and kin: activity, income, health, and when things happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.synthesis.contingency import apportion
from kortrijk_sim.city.synthesis.dice import Dice, Stream
from kortrijk_sim.city.synthesis.families import Kin
from kortrijk_sim.city.synthesis.inputs import (
    ACTIVITIES,
    SEXES,
    ActivityRow,
    HealthRow,
    IncomeRow,
    Inputs,
    WidowedRow,
    step_index,
)
from kortrijk_sim.city.synthesis.positions import Position
from kortrijk_sim.city.synthesis.sibships import space_births
from kortrijk_sim.city.vocabulary import Activity, Health, HouseholdStatus, Role, Sex

NEVER = -9999


@dataclass
class Lives:
    """Attributes of persons, all of shape (persons,), rows as in `Kin`."""

    birth_month: Array
    activity: Array
    income_eur_month: FloatArray
    health: Array
    union_since: Array
    widowed_since: Array
    arrived_month: Array
    children_born: Array
    nursing_since: Array


def make_lives(inputs: Inputs, kin: Kin, dice: Dice) -> Lives:
    """Return what is known of every person; also links adults to parents elsewhere in the city."""
    birth = birth_months(kin, dice)
    link_parents_elsewhere(inputs, kin, dice)
    activity = make_activity(inputs, kin, dice)
    return Lives(
        birth_month=birth,
        activity=activity,
        income_eur_month=make_income(inputs, kin, activity, dice),
        health=make_health(inputs, kin, dice),
        union_since=union_months(inputs, kin, birth, dice),
        widowed_since=widowed_months(inputs, kin, dice),
        arrived_month=arrival_months(inputs, kin, birth, dice),
        children_born=children_ever_born(inputs, kin, dice),
        nursing_since=nursing_months(inputs, kin, dice),
    )


def birth_months(kin: Kin, dice: Dice) -> Array:
    """Return the month of birth: spread over the year in which somebody has the age of the base year."""
    offset = np.floor(12.0 * dice.uniforms(Stream.BIRTH, kin.key)).astype(np.int64)
    child = np.flatnonzero(kin.role == Role.CHILD)
    child = child[np.lexsort((child, -kin.age[child], kin.household[child]))]
    spaced = offset[child]
    space_births(kin.household[child], kin.age[child], spaced)
    offset[child] = spaced
    return -12 * kin.age - offset


def make_activity(inputs: Inputs, kin: Kin, dice: Dice) -> Array:
    """Return the main activity.

    Census shares by age and sex; the employed share of 2025 is shifted on the logit scale so that the
    employment rate of 20 to 64 is met. Within an age and sex, children at home study sooner, partners
    work sooner.
    """
    rows = inputs.tables.rows("activity_by_age", ActivityRow)
    starts = np.unique([row.age_from for row in rows])
    names = ("education", "employed", "unemployed", "at_home", "retired", "employed_2025")
    share = np.zeros((starts.size, 2, len(names)))
    for row in rows:
        at = np.searchsorted(starts, row.age_from), SEXES.index(row.sex)
        share[at] = [getattr(row, name) for name in names]
    group = step_index(starts, kin.age)
    working_age = (kin.age >= 20) & (kin.age <= 64)
    count = np.zeros((starts.size, 2))
    np.add.at(count, (group[working_age], kin.sex[working_age]), 1.0)
    base = np.clip(share[:, :, 5], 1e-6, 1 - 1e-6)
    logit = np.log(base / (1 - base))
    target = inputs.p("employment_rate_20_64")

    def excess(shift: float) -> float:
        return float((count / (1 + np.exp(-logit - shift))).sum() / count.sum() - target)

    young = starts[:, None] < 20
    employed = np.where(young, base, 1 / (1 + np.exp(-logit - brentq(excess, -8.0, 8.0))))
    jobless = inputs.p("unemployed_share_of_labour_force")
    looking = share[:, :, 2] / np.maximum(share[:, :, 1] + share[:, :, 2], 1e-9)
    looking *= jobless / max((looking * employed * count).sum() / max((employed * count).sum(), 1e-9), 1e-9)
    unemployed = np.minimum(employed * looking / (1 - np.clip(looking, 0, 0.5)), 1 - employed)
    rest = np.maximum(1 - employed - unemployed, 0)
    others = share[:, :, [0, 3, 4]]
    others = others / np.maximum(others.sum(axis=2, keepdims=True), 1e-9) * rest[:, :, None]
    parts = np.stack([others[:, :, 0], employed, unemployed, others[:, :, 1], others[:, :, 2]], axis=2)
    codes = np.array([Activity.STUDENT, Activity.EMPLOYED, Activity.UNEMPLOYED, Activity.AT_HOME, Activity.RETIRED])
    score = dice.uniforms(Stream.ACTIVITY, kin.key)
    score -= 0.6 * ((kin.role == Role.CHILD) & (kin.age < 27)) + 0.25 * (kin.partner >= 0)
    score += 2.0 * (kin.position == Position.NURSING) + 0.5 * (kin.position == Position.HOMELESS)
    out = np.full(kin.age.size, int(Activity.PUPIL), np.int64)
    out[kin.age < 3] = int(Activity.INFANT)
    order = np.lexsort((score, kin.sex, group))
    cell = (group * 2 + kin.sex)[order]
    adult = kin.age[order] >= 18
    for c in np.unique(cell[adult]):
        here = order[adult & (cell == c)]
        out[here] = np.repeat(codes, apportion(parts[c // 2, c % 2], here.size))
    still_pupil = (kin.age == 18) & (out == Activity.STUDENT)
    still_pupil &= dice.uniforms(Stream.ACTIVITY, kin.key, 1) < inputs.p("pupil_share_at_18")
    out[still_pupil] = int(Activity.PUPIL)
    return out


def make_income(inputs: Inputs, kin: Kin, activity: Array, dice: Dice) -> FloatArray:
    """Return net personal income in EUR a month.

    Log-normal around a median by activity and age; members of a household share part of their luck, which
    correlates the incomes of partners. Pensions are scaled to the published mean.
    """
    rows = inputs.tables.rows("incomes", IncomeRow)
    median, sigma = np.zeros(kin.age.size), np.zeros(kin.age.size)
    for code, name in enumerate(ACTIVITIES):
        steps = sorted((r for r in rows if r.activity == name), key=lambda r: r.age_from)
        here = np.flatnonzero(activity == code)
        if not steps or not here.size:
            continue
        at = step_index(np.array([r.age_from for r in steps]), kin.age[here])
        median[here] = np.array([r.median_eur_month for r in steps])[at]
        sigma[here] = np.array([r.sigma for r in steps])[at]
    rho = inputs.p("income_correlation_in_couples")
    partner_key = np.where(kin.partner >= 0, np.minimum(kin.key, kin.key[kin.partner]), kin.key)
    z = np.sqrt(rho) * dice.normals(Stream.INCOME, partner_key, 0)
    z += np.sqrt(1 - rho) * dice.normals(Stream.INCOME, kin.key, 1)
    gap = inputs.p("income_gap_women")
    income = median * np.exp(sigma * z) * np.where(kin.sex == Sex.FEMALE, 1 - gap / 2, 1 + gap / 2)
    income[kin.age < 18] = 0.0
    raise_to_minimum(inputs, kin, income)
    pension = activity == Activity.RETIRED
    if pension.any():
        income[pension] *= inputs.p("pension_mean_eur_month") / income[pension].mean()
    return np.asarray(income)


def raise_to_minimum(inputs: Inputs, kin: Kin, income: FloatArray) -> None:
    """Raise the first head's income so that no household with a home lives on less than social assistance."""
    member = np.flatnonzero(kin.household >= 0)
    total = np.bincount(kin.household[member], income[member], kin.status.size)
    first = member[kin.order[member] == 0]
    of = kin.household[first]
    alone = np.bincount(kin.household[member], minlength=kin.status.size)[of] == 1
    least = np.where(alone, inputs.p("assistance_alone_eur_month"), inputs.p("assistance_family_eur_month"))
    housed = kin.status[of] == HouseholdStatus.HOUSED
    income[first] += np.where(housed, np.maximum(least - total[of], 0.0), 0.0)


def make_health(inputs: Inputs, kin: Kin, dice: Dice) -> Array:
    """Return the need of help: shares by age at home; nursing residents heavy or with dementia."""
    steps = sorted(inputs.tables.rows("health_by_age", HealthRow), key=lambda r: r.age_from)
    starts = np.array([r.age_from for r in steps], np.float64)
    u = dice.uniforms(Stream.HEALTH, kin.key)
    at = step_index(starts, kin.age)
    dementia = np.array([r.dementia for r in steps])[at]
    heavy = dementia + np.array([r.heavy for r in steps])[at]
    light = heavy + np.array([r.light for r in steps])[at]
    health = np.select([u < dementia, u < heavy, u < light], [Health.DEMENTIA, Health.HEAVY, Health.LIGHT], Health.GOOD)
    inside = kin.position == Position.NURSING
    share = inputs.p("dementia_share_nursing")
    return np.where(inside, np.where(u < share, Health.DEMENTIA, Health.HEAVY), health)


def union_months(inputs: Inputs, kin: Kin, birth: Array, dice: Dice) -> Array:
    """Return since when a couple is together: before the eldest child at home, else by age."""
    out = np.full(kin.age.size, NEVER, np.int64)
    who = np.flatnonzero(kin.partner >= 0)
    younger = np.minimum(kin.age[who], kin.age[kin.partner[who]])
    key = np.minimum(kin.key[who], kin.key[kin.partner[who]])
    u, late = dice.uniforms(Stream.UNION, key, 0), dice.uniforms(Stream.UNION, key, 1)
    start_age = 19.0 + 11.0 * u
    again = late < inputs.p("second_union_share")
    start_age = np.where(again, start_age + dice.uniforms(Stream.UNION, key, 2) * (younger - start_age), start_age)
    years = np.maximum(younger - start_age, 0.0) + dice.uniforms(Stream.UNION, key, 3)
    months = np.floor(12.0 * years).astype(np.int64)
    eldest = np.zeros(kin.status.size, np.int64)
    child = np.flatnonzero(kin.role == Role.CHILD)
    np.maximum.at(eldest, kin.household[child], -birth[child])
    of_child = eldest[kin.household[who]]
    before = of_child + 6 + np.floor(48.0 * dice.uniforms(Stream.UNION, key, 4)).astype(np.int64)
    longest = 12 * np.maximum(younger - 16, 0) + 11
    out[who] = -np.minimum(np.where(of_child > 0, np.maximum(months, before), months), longest) - 1
    return out


def widowed_months(inputs: Inputs, kin: Kin, dice: Dice) -> Array:
    """Return when the partner of somebody who lives alone or in a nursing home died, -9999 if not."""
    rows = inputs.tables.rows("widowed_by_age", WidowedRow)
    starts = np.unique([row.age_from for row in rows])
    share = np.zeros((starts.size, 2))
    for row in rows:
        at = np.searchsorted(starts, row.age_from), SEXES.index(row.sex)
        share[at] = row.widowed / max(row.unpartnered, 1.0)
    single = (kin.position == Position.ALONE) | (kin.position == Position.NURSING)
    single &= kin.age >= starts[0]
    p = share[step_index(starts, kin.age), kin.sex]
    u = dice.uniforms(Stream.UNION, kin.key, 10)
    wait = -np.log(dice.uniforms(Stream.UNION, kin.key, 11)) * inputs.p("widowed_mean_years")
    longest = np.maximum(kin.age - 30.0, 1.0)
    months = np.floor(12.0 * np.mod(wait, longest)).astype(np.int64)
    return np.where(single & (u < p), -1 - months, NEVER)


def arrival_months(inputs: Inputs, kin: Kin, birth: Array, dice: Dice) -> Array:
    """Return when somebody came to live here, -9999 for who always did.

    A head's chance to have come within ten years falls with age; partners and children came along, and a
    child born since then is from here.
    """
    head = np.zeros(kin.status.size, np.int64)
    first = np.flatnonzero((kin.order == 0) & (kin.household >= 0))
    head[kin.household[first]] = first
    lead = np.where(kin.household >= 0, head[kin.household], np.arange(kin.age.size))
    falls = np.exp(-np.maximum(kin.age[lead] - 30.0, 0.0) / inputs.p("arrival_age_scale_years"))
    recent = dice.uniforms(Stream.ARRIVAL, kin.key[lead], 0) < inputs.p("arrived_within_10_years") * falls
    month = -1 - np.floor(120.0 * dice.uniforms(Stream.ARRIVAL, kin.key[lead], 1) ** 1.3).astype(np.int64)
    return np.where(recent & (kin.household >= 0) & (birth < month), month, NEVER)


def children_ever_born(inputs: Inputs, kin: Kin, dice: Dice) -> Array:
    """Return children born to a woman: at least those known, and a parity drawn for those past forty."""
    known = np.bincount(kin.mother[kin.mother >= 0], minlength=kin.age.size)
    u = dice.uniforms(Stream.KIN, kin.key, 5)
    parity = np.searchsorted(np.cumsum([inputs.p(f"parity_{n}_share") for n in range(4)]), u)
    grown = (kin.age >= 45) & (kin.sex == Sex.FEMALE)
    younger = (kin.age >= 35) & (kin.age < 45) & (kin.sex == Sex.FEMALE) & (u > 0.8) & (known == 0)
    more = known + ((u > 0.75) & (known < 3))
    out = np.where(grown & (known > 0), more, np.where(grown, parity, np.where(younger, 1, known)))
    return np.where(kin.sex == Sex.FEMALE, np.minimum(out, 15), 0)


def nursing_months(inputs: Inputs, kin: Kin, dice: Dice) -> Array:
    """Return since when somebody lives in a nursing home: an exponential stay so far, -9999 elsewhere."""
    u = dice.uniforms(Stream.NURSING, kin.key)
    months = np.floor(-np.log(u) * 12.0 * inputs.p("nursing_stay_mean_years")).astype(np.int64)
    months = np.minimum(months, 12 * np.maximum(kin.age - 55, 0))
    return np.where(kin.position == Position.NURSING, -1 - months, NEVER)


def link_parents_elsewhere(inputs: Inputs, kin: Kin, dice: Dice) -> None:
    """Give a share of the adults a mother (and her partner as father) who lives elsewhere in the city."""
    adult = np.flatnonzero((kin.age >= 18) & (kin.role != Role.CHILD) & (kin.mother < 0))
    adult = adult[dice.uniforms(Stream.KIN, kin.key[adult], 0) < inputs.p("mother_in_city_share")]
    gap = inputs.p("age_at_first_birth") + inputs.p("age_at_first_birth_sd") * dice.normals(
        Stream.KIN, kin.key[adult], 1
    )
    wanted = np.rint(kin.age[adult] + np.clip(gap, 18.0, 43.0)).astype(np.int64)
    women = np.flatnonzero((kin.sex == Sex.FEMALE) & (kin.age >= 36))
    women = women[np.argsort(kin.age[women], kind="stable")]
    start = np.searchsorted(kin.age[women], np.arange(103))
    alive = wanted <= 100
    adult, wanted = adult[alive], wanted[alive]
    number = start[wanted + 1] - start[wanted]
    # Few of the very old are alive: the more there are of her age compared with 40 years before, the likelier.
    pick = start[wanted] + np.floor(dice.uniforms(Stream.KIN, kin.key[adult], 2) * number).astype(np.int64)
    typical = np.median(np.diff(start)[45:65])
    lives = dice.uniforms(Stream.KIN, kin.key[adult], 3) < np.minimum(number / max(typical, 1.0), 1.0)
    lives &= number > 0
    adult, mother = adult[lives], women[np.minimum(pick[lives], women.size - 1)]
    kin.mother[adult] = mother
    father = kin.partner[mother]
    fits = (father >= 0) & (kin.sex[father] == Sex.MALE) & (kin.age[father] - kin.age[adult] >= 17)
    kin.father[adult[fits]] = father[fits]
