"""Work, income and health through a life (P7, P8)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.columns import Work
from kortrijk_sim.agents.person import (
    PersonParams,
    health_worsens_per_year,
    income_eur_month,
    per_month,
    retirement_age_years,
)
from kortrijk_sim.arrays import Array, FloatArray, IntArray
from kortrijk_sim.city.vocabulary import Activity, Health, PersonStatus
from kortrijk_sim.compiling import inlined, kernel, lean
from kortrijk_sim.draws import normal, uniform
from kortrijk_sim.models.events import Kind, record
from kortrijk_sim.models.prefetch import expect
from kortrijk_sim.models.state import Tables


class LabourMarket(NamedTuple):
    """How easily work is found and lost this month."""

    finding_ratio: float  # factor on finding work
    lost_in_layoffs_per_year: float  # job losses that closures and cuts in the city already make


@kernel
def health_chances(p: PersonParams) -> FloatArray:
    """Return the monthly probability that need of help rises, shape (3 states, 120 ages)."""
    rise = np.empty((3, 120))
    for state in range(3):
        for age in range(120):
            rise[state, age] = per_month(health_worsens_per_year(float(age), state, p))
    return rise


@kernel
def health(t: Tables, limited: IntArray, month: int, dice: np.uint64, p: PersonParams) -> None:
    """Let need of help rise with age, or fall back from light to none (P8)."""
    rise = health_chances(p)
    recovery = per_month(p.health_recovery_per_year)
    persons = t.persons
    for i in limited:
        if persons.status[i] != PersonStatus.RESIDENT or persons.health[i] == Health.DEMENTIA:
            continue
        age = min((month - persons.birth_month[i]) // 12, 119)
        u = uniform(dice, persons.key[i])
        state = persons.health[i]
        if u < rise[state, age]:
            persons.health[i] = state + 1
        elif state == Health.LIGHT and u > 1.0 - recovery:
            persons.health[i] = Health.GOOD
        else:
            continue
        record(
            t.log, t.counts, month, Kind.HEALTH.value, 0, 0, i, persons.household[i], -1, -1, np.uint64(0), 0,
            float(persons.health[i]),
        )  # fmt: skip


@lean
def work(
    t: Tables,
    birthdays: IntArray,
    month: int,
    dice: np.uint64,
    standing_dice: np.uint64,
    retire: Array,
    activity_share: Array,
    jobs: Work,
    market: LabourMarket,
    p: PersonParams,
) -> int:
    """Once a year, in the month of birth: school, study, job, retirement and income (P7).

    Args:
        t: All tables.
        birthdays: Rows of those born in this month of the year.
        month: This month.
        dice: Stream of the yearly draws.
        standing_dice: Stream of the draw that is kept for life.
        retire: Yearly probability to retire, shape (2, 120).
        activity_share: Share of each sex and age that takes part in the labour force, shape (2, 120).
        jobs: Workplaces, a row per person.
        market: How easily work is found and lost.
        p: Parameters.

    Returns:
        How many of them are unemployed now.
    """
    persons = t.persons
    unemployed = 0
    finding = min(0.95, p.job_finding_per_year * market.finding_ratio)
    years = month / 12.0
    legal_age = retirement_age_years(years, p)
    for k in range(birthdays.shape[0]):
        expect(persons, birthdays, k)
        i = birthdays[k]
        if persons.status[i] != PersonStatus.RESIDENT:
            continue
        age = min((month - persons.birth_month[i]) // 12, 119)
        before = persons.activity[i]
        # Who works in the city may also lose the job when the firm closes or cuts positions: see ``jobs``.
        loss = p.job_loss_per_year
        if jobs.firm[i] >= 0:
            loss = max(0.0, loss - market.lost_in_layoffs_per_year)
        now = next_activity(
            before, age, uniform(dice, persons.key[i]), uniform(dice, persons.key[i], 1), legal_age,
            retire[persons.sex[i], age], activity_share[persons.sex[i], age], loss, finding, p,
        )  # fmt: skip
        if now != before:
            set_activity(t, i, now, month, standing_dice, p)
        else:
            persons.income_eur_month[i] *= 1.0 + p.income_real_growth_per_year
        unemployed += now == Activity.UNEMPLOYED
    return unemployed


@inlined
def set_activity(t: Tables, i: int, now: int, month: int, standing_dice: np.uint64, p: PersonParams) -> None:
    """Somebody starts or stops to work or study: activity, income and, from the age of 15, an event."""
    persons = t.persons
    persons.activity[i] = now
    persons.income_eur_month[i] = income_eur_month(now, normal(standing_dice, persons.key[i]), month / 12.0, p)
    if month - persons.birth_month[i] >= 180:
        record(
            t.log, t.counts, month, Kind.ACTIVITY.value, 0, 0, i, persons.household[i], -1, -1, np.uint64(0), 0,
            float(now),
        )  # fmt: skip


@kernel
def change_work(t: Tables, rows: IntArray, now: int, month: int, standing_dice: np.uint64, p: PersonParams) -> None:
    """Let people become unemployed or employed in the middle of a year.

    Args:
        t: All tables.
        rows: Rows of the persons.
        now: Their new ``Activity``.
        month: This month.
        standing_dice: Stream of the draw that is kept for life.
        p: Parameters.
    """
    for i in rows:
        set_activity(t, i, now, month, standing_dice, p)


@lean
def next_activity(
    now: int,
    age: int,
    u: float,
    v: float,
    legal_age: float,
    retire: float,
    active_share: float,
    job_loss: float,
    job_finding: float,
    p: PersonParams,
) -> int:
    """Return a person's activity for the coming year from this year's, age and two draws."""
    if age < 3:
        return Activity.INFANT.value
    if age < 18:
        return Activity.PUPIL.value
    if now == Activity.PUPIL or now == Activity.INFANT:
        if u < p.study_share:
            return Activity.STUDENT.value
        return Activity.EMPLOYED.value if v < active_share else Activity.UNEMPLOYED.value
    if age >= legal_age and now != Activity.RETIRED:
        return Activity.RETIRED.value
    if now == Activity.STUDENT:
        if age >= 21 and (u < p.study_ends_per_year or age >= 27):
            return Activity.EMPLOYED.value if v < active_share else Activity.UNEMPLOYED.value
        return Activity.STUDENT.value
    if now == Activity.EMPLOYED:
        if u < retire:
            return Activity.RETIRED.value
        if v < job_loss:
            return Activity.UNEMPLOYED.value
        if v > 1.0 - p.leaves_labour_force_per_year:
            return Activity.AT_HOME.value
    elif now == Activity.UNEMPLOYED:
        if u < retire:
            return Activity.RETIRED.value
        if v < job_finding:
            return Activity.EMPLOYED.value
    elif now == Activity.AT_HOME:
        if u < retire:
            return Activity.RETIRED.value
        if v < p.enters_labour_force_per_year * active_share:
            return Activity.EMPLOYED.value
    return int(now)
