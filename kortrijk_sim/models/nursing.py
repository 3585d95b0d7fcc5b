"""Nursing homes: who asks for a place, who gets one, which home falls free (C2, C3)."""

from __future__ import annotations

import numpy as np

from kortrijk_sim.agents.person import per_month
from kortrijk_sim.agents.senior_rules import CareParams, nursing_entry_per_year
from kortrijk_sim.agents.table import remove_member
from kortrijk_sim.arrays import IntArray
from kortrijk_sim.city.vocabulary import DwellingUse, Health, PersonStatus
from kortrijk_sim.compiling import kernel
from kortrijk_sim.draws import uniform
from kortrijk_sim.models.events import Cause, Kind, note, record
from kortrijk_sim.models.occupancy import profile_of, settle_after_departure
from kortrijk_sim.models.state import Tables

FIRST_AGE = 65


@kernel
def _entry(t: Tables, i: int, month: int, alignment: float, postpones: bool, p: CareParams) -> float:
    household = t.persons.household[i]
    home = t.households.dwelling[household]
    proof = postpones and home >= 0 and t.dwellings.life_cycle_proof[home] == 1
    age = (month - t.persons.birth_month[i]) / 12.0
    alone = t.households.members[household] == 1
    return nursing_entry_per_year(age, t.persons.sex[i] == 1, alone, t.persons.health[i], proof, alignment, p)


@kernel
def expected_entries(t: Tables, postpones: bool, p: CareParams) -> float:
    """Return the entries a year that the base city asks for without alignment."""
    total = 0.0
    for i in range(t.counts[0]):
        if t.persons.status[i] == PersonStatus.RESIDENT and t.persons.household[i] >= 0:
            of_age = -t.persons.birth_month[i] >= FIRST_AGE * 12
            total += _entry(t, i, 0, 1.0, postpones, p) if of_age else 0.0
    return total


@kernel
def apply_for_place(
    t: Tables, seniors: IntArray, month: int, dice: np.uint64, alignment: float, postpones: bool, p: CareParams
) -> int:
    """Let seniors ask for a place, and some of those who wait give up; return how many wait."""
    persons = t.persons
    gives_up = per_month(p.nursing_gives_up_per_year)
    waiting = 0
    for i in seniors:
        if persons.status[i] != PersonStatus.RESIDENT or persons.household[i] < 0:
            continue
        u = uniform(dice, persons.key[i])
        if persons.nursing_applied[i] > -9999:
            if u < gives_up:
                persons.nursing_applied[i] = -9999
            else:
                waiting += 1
        elif u < per_month(_entry(t, i, month, alignment, postpones, p)):
            persons.nursing_applied[i] = month
            waiting += 1
            note(t.log, t.counts, month, Kind.NURSING_APPLIED.value, 0, i, persons.household[i])
    return waiting


@kernel
def admit(
    t: Tables,
    seniors: IntArray,
    month: int,
    dice: np.uint64,
    free: int,
    waiting: int,
    frees_home: bool,
    family_rooms: float,
) -> None:
    """Fill free places, heavy need first, then by date; a home left empty starts a vacancy chain."""
    if free <= 0 or waiting == 0:
        return
    persons = t.persons
    rows = np.empty(waiting, np.int32)
    rank = np.empty(waiting)
    n = 0
    for i in seniors:
        if persons.status[i] == PersonStatus.RESIDENT and persons.nursing_applied[i] > -9999:
            rows[n] = i
            urgent = 1000.0 if persons.health[i] >= Health.HEAVY else 0.0
            rank[n] = persons.nursing_applied[i] - urgent + 0.5 * uniform(dice, persons.key[i], 1)
            n += 1
    for k in np.argsort(rank)[:free]:
        i = rows[k]
        household = persons.household[i]
        home = t.households.dwelling[household]
        profile = profile_of(persons, t.households, household, month)
        waited = float(month - persons.nursing_applied[i])
        record(
            t.log, t.counts, month, Kind.NURSING_ENTERED.value, 0, profile, i, household, home, -1, np.uint64(0), 0,
            waited,
        )  # fmt: skip
        persons.nursing_place[i] = 0
        persons.nursing_since[i] = month
        persons.nursing_applied[i] = -9999
        left = remove_member(persons, t.households, i, month)
        settle_after_departure(t, household, left, month, Cause.NURSING.value, profile, family_rooms)
        if not frees_home and left == 0 and home >= 0:
            t.dwellings.use[home] = DwellingUse.SECOND_HOME  # coupling off: the family keeps the home
