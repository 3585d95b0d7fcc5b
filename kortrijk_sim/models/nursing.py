"""Nursing homes: who asks for a place, who gets which one, which home falls free, who visits (C2-C5, C7, C9)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.care_rules import (
    CarerParams,
    NursingParams,
    StaffParams,
    nursing_entry_per_year,
    nursing_place_utility,
    staff_fte,
    urgency,
    weekly_visit_probability,
)
from kortrijk_sim.agents.columns import NEVER
from kortrijk_sim.agents.person import per_month
from kortrijk_sim.agents.table import end_care_at_home, remove_member
from kortrijk_sim.agents.travel_rules import TravelParams, car_minutes
from kortrijk_sim.arrays import FloatArray, IntArray
from kortrijk_sim.city.vocabulary import CarerKind, DwellingUse, PersonStatus, SiteStatus, Tenure
from kortrijk_sim.compiling import inlined, kernel, lean
from kortrijk_sim.draws import gumbel, mix, uniform
from kortrijk_sim.models.events import Cause, Kind, note_care, record
from kortrijk_sim.models.occupancy import profile_of, settle_after_departure
from kortrijk_sim.models.prefetch import expect
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.ways import (
    MOST_CHILDREN,
    carer_minutes,
    home_of,
    homes_of_children,
    km_between,
    nearest_km,
    outside_minutes,
    visits_weekly,
)

FIRST_AGE = 65


class NursingDice(NamedTuple):
    """Streams of nursing homes."""

    ask: np.uint64
    choice: np.uint64
    visit_once: np.uint64
    kin_once: np.uint64


class Couplings(NamedTuple):
    """Which couplings of care with the rest of the city are on."""

    entry_frees_home: bool
    life_cycle_home: bool  # postpones entry
    informal_care: bool  # postpones entry
    day_care: bool  # postpones entry
    staff: bool  # limits places


class Nursing(NamedTuple):
    """What nursing homes need to know besides the tables."""

    p: NursingParams
    people: CarerParams
    travel: TravelParams
    on: Couplings
    alignment: float
    family_rooms: float


@lean
def entry_per_year(t: Tables, i: int, month: int, kin_once: np.uint64, alignment: float, n: Nursing) -> float:
    """Return somebody's yearly probability of asking for a place, from the life at home."""
    household = t.persons.household[i]
    home = t.households.dwelling[household]
    proof = n.on.life_cycle_home and home >= 0 and t.dwellings.life_cycle_proof[home] == 1
    near = False
    if n.on.informal_care and t.care.informal_hours_week[i] > 0.0 and t.care.burdened_since[i] == NEVER:
        near = carer_minutes(t, i, kin_once, n.people, n.travel) <= n.p.nursing_carer_near_minutes
    day_care = n.on.day_care and t.care.day_care[i] >= 0
    unmet = float(t.care.unmet_hours_week[i])
    given = float(t.care.informal_hours_week[i]) + float(t.care.home_care_hours_week[i])
    share = unmet / (unmet + given) if unmet > 0.0 else 0.0
    age = (month - t.persons.birth_month[i]) / 12.0
    alone = t.households.members[household] == 1
    return nursing_entry_per_year(
        age, t.persons.sex[i] == 1, alone, t.persons.health[i], proof, near, day_care, share, alignment, n.p
    )


@kernel
def highest_entry_chance(alignment: float, p: NursingParams) -> FloatArray:
    """Return a monthly probability of asking for a place that nobody of an age exceeds, shape (120,)."""
    spared_most = max(1.0, p.nursing_life_cycle_home_ratio)
    spared_most *= max(1.0, p.nursing_carer_near_ratio) * max(1.0, p.nursing_day_care_ratio)
    out = np.empty(120)
    for age in range(120):
        highest = 0.0
        for male in (False, True):
            for alone in (False, True):
                for health in range(3):
                    yearly = nursing_entry_per_year(
                        age + 1.0, male, alone, health, False, False, False, 1.0, alignment * spared_most, p
                    )
                    highest = max(highest, yearly)
        out[age] = per_month(highest)
    return out


@lean
def expected_entries(t: Tables, month: int, kin_once: np.uint64, n: Nursing) -> float:
    """Return the requests a year that the base city expects without alignment."""
    total = 0.0
    for i in range(t.counts[0]):
        if t.persons.status[i] == PersonStatus.RESIDENT and t.persons.household[i] >= 0:
            of_age = month - t.persons.birth_month[i] >= FIRST_AGE * 12
            total += entry_per_year(t, i, month, kin_once, 1.0, n) if of_age else 0.0
    return total


@lean
def ask_for_place(t: Tables, seniors: IntArray, month: int, dice: NursingDice, n: Nursing) -> int:
    """Let seniors ask for a place, and some of those who wait give up; return how many wait."""
    persons = t.persons
    gives_up = per_month(n.p.nursing_gives_up_per_year)
    waiting = 0
    for k in range(seniors.shape[0]):
        expect(t.persons, seniors, k)
        expect(t.care, seniors, k)
        i = seniors[k]
        if persons.status[i] != PersonStatus.RESIDENT or persons.household[i] < 0:
            continue
        u = uniform(dice.ask, persons.key[i])
        if persons.nursing_applied[i] > NEVER:
            if u < gives_up:
                note_care(
                    t.log,
                    t.counts,
                    month,
                    Kind.NURSING_GAVE_UP.value,
                    i,
                    persons.household[i],
                    -1,
                    float(month - persons.nursing_applied[i]),
                )
                persons.nursing_applied[i] = NEVER
            else:
                waiting += 1
        elif u < per_month(entry_per_year(t, i, month, dice.kin_once, n.alignment, n)):
            persons.nursing_applied[i] = month
            waiting += 1
            note_care(t.log, t.counts, month, Kind.NURSING_APPLIED.value, i, persons.household[i], -1, 0.0)
    return waiting


@kernel
def staff_month(t: Tables, residents: IntArray, staff_limits: bool, p: NursingParams, sp: StaffParams) -> int:
    """Count residents per site, let staff leave and be hired, set the usable places; return who has to move (C9).

    Args:
        t: All tables.
        residents: Rows of those who live in a nursing home, or did on the first of the month.
        staff_limits: Whether vacant jobs close places.
        p: Parameters of nursing homes.
        sp: Parameters of staff.
    """
    n_sites = t.counts[4]
    fte = np.zeros(n_sites)
    for s in range(n_sites):
        t.sites.held_places[s] = t.sites.residents[s]  # who died this month leaves a room to be made ready
        t.sites.residents[s] = 0
    everybody, all_fte, displaced = 0, 0.0, 0
    for i in residents:
        s = t.persons.nursing_place[i]
        if t.persons.status[i] != PersonStatus.RESIDENT or s < 0:
            continue
        t.sites.residents[s] += 1
        fte[s] += staff_fte(t.persons.health[i], sp)
        everybody += 1
        all_fte += staff_fte(t.persons.health[i], sp)
        displaced += t.sites.status[s] != SiteStatus.OPEN
    mean = all_fte / everybody if everybody > 0 else sp.staff_heavy_fte
    leave = per_month(sp.staff_leaves_per_year)
    for s in range(n_sites):
        places = t.sites.nursing_places[s] if t.sites.status[s] == SiteStatus.OPEN else t.sites.residents[s]
        # Places in use ask for the staff of those inside, others for that of an average resident.
        inside = float(t.sites.residents[s])
        jobs = mean * places if inside < 1.0 else places * fte[s] / inside
        staff = t.sites.staff_fte[s] * (1.0 - leave)
        hired = min(1.0, sp.staff_hired_per_month * t.sites.staff_access[s]) * max(0.0, jobs - staff)
        t.sites.jobs_fte[s] = jobs
        t.sites.staff_fte[s] = min(jobs, staff + hired)
        t.sites.usable_places[s] = usable_places(t, s, staff_limits, p, sp)
        t.sites.held_places[s] = max(t.sites.held_places[s], t.sites.residents[s])
    return displaced


@lean
def usable_places(t: Tables, s: int, staff_limits: bool, p: NursingParams, sp: StaffParams) -> int:
    """Return a site's places for inhabitants of the city, as far as there is staff."""
    if t.sites.status[s] != SiteStatus.OPEN:
        return 0
    staffed = 1.0
    jobs = t.sites.jobs_fte[s]
    if staff_limits and jobs > 0.0:
        staffed = min(1.0, t.sites.staff_fte[s] / (jobs * (1.0 - sp.staff_slack_share)))
    return places_for_inhabitants(t, s, p.nursing_region_share, staffed)


@inlined
def places_for_inhabitants(t: Tables, s: int, region_share: float, staffed: float) -> int:
    """Return a site's nursing places without those of people from elsewhere, as far as they are staffed."""
    return int(t.sites.nursing_places[s] * (1.0 - region_share) * staffed + 0.5)


@inlined
def room_at(t: Tables, s: int) -> bool:
    """Whether a site can take somebody in."""
    return bool(t.sites.held_places[s] < t.sites.usable_places[s])


@lean
def best_place(
    t: Tables, i: int, home: int, month: int, dice: NursingDice, n: Nursing, where: FloatArray
) -> tuple[int, float]:
    """Return the site that somebody likes best of those with room, and its utility; -1 for none in reach."""
    children = homes_of_children(t, i, month, where)
    best, utility = -1, 0.0
    for s in range(t.counts[4]):
        if not room_at(t, s):
            continue
        x, y = t.sites.x_km[s], t.sites.y_km[s]
        minutes = 0.0
        if home >= 0:
            minutes = car_minutes(km_between(x, y, t.dwellings.x_km[home], t.dwellings.y_km[home]), n.travel)
            if minutes > n.p.nursing_reach_max_minutes:
                continue
        family = car_minutes(nearest_km(where, children, x, y), n.travel) if children > 0 else 0.0
        u = nursing_place_utility(
            minutes, family, t.sites.price_eur_day[s], t.persons.income_eur_month[i], t.sites.quality[s], n.p
        )
        u += gumbel(mix(dice.choice, t.sites.key[s]), t.persons.key[i])
        if best < 0 or u > utility:
            best, utility = s, u
    return best, utility


@kernel
def admit(
    t: Tables,
    seniors: IntArray,
    residents: IntArray,
    month: int,
    dice: NursingDice,
    waiting: int,
    displaced: int,
    n: Nursing,
) -> None:
    """Offer free places: to residents of closed sites, then by urgency and date; one offer may be refused."""
    where = np.empty((MOST_CHILDREN, 3))
    persons = t.persons
    if displaced > 0:
        for i in residents:
            now = persons.nursing_place[i]
            if persons.status[i] == PersonStatus.RESIDENT and now >= 0 and t.sites.status[now] != SiteStatus.OPEN:
                site, _ = best_place(t, i, -1, month, dice, n, where)
                if site >= 0:
                    t.sites.residents[now] -= 1
                    t.sites.residents[site] += 1
                    t.sites.held_places[site] += 1
                    persons.nursing_place[i] = site
                    note_care(
                        t.log,
                        t.counts,
                        month,
                        Kind.NURSING_TRANSFERRED.value,
                        i,
                        persons.household[i],
                        site,
                        float(now),
                    )
    free = 0
    for s in range(t.counts[4]):
        free += max(0, t.sites.usable_places[s] - t.sites.held_places[s])
    if free == 0 or waiting == 0:
        return
    rows, rank = np.empty(waiting, np.int32), np.empty(waiting)
    m = 0
    for i in seniors:
        if persons.status[i] == PersonStatus.RESIDENT and persons.nursing_applied[i] > NEVER:
            alone = t.households.members[persons.household[i]] == 1
            has_carer = t.care.carer_kind[i] != CarerKind.NONE
            level = urgency(persons.health[i], alone, has_carer, t.care.burdened_since[i] > NEVER)
            rows[m] = i
            rank[m] = (
                persons.nursing_applied[i]
                - n.p.nursing_urgency_months * level
                + 0.5 * uniform(dice.ask, persons.key[i], 1)
            )
            m += 1
    for k in np.argsort(rank[:m]):
        if free == 0:
            return
        i = rows[k]
        site, utility = best_place(t, i, home_of(t, i), month, dice, n, where)
        if site < 0:
            continue
        utility += n.p.nursing_accept_utility - gumbel(dice.choice, persons.key[i])
        if utility < 0.0 and t.care.nursing_refused[i] == 0:
            t.care.nursing_refused[i] = 1
            note_care(
                t.log,
                t.counts,
                month,
                Kind.NURSING_REFUSED.value,
                i,
                persons.household[i],
                site,
                float(month - persons.nursing_applied[i]),
            )
            continue
        enter(t, i, site, month, n)
        free -= 1


@lean
def enter(t: Tables, i: int, site: int, month: int, n: Nursing) -> None:
    """Move somebody into a nursing home; a home left empty starts a vacancy chain."""
    persons = t.persons
    household = persons.household[i]
    home = t.households.dwelling[household]
    profile = profile_of(persons, t.households, household, month)
    waited = float(month - persons.nursing_applied[i])
    record(
        t.log, t.counts, month, Kind.NURSING_ENTERED.value, 0, profile, i, household, home, -1, np.uint64(0), site,
        waited,
    )  # fmt: skip
    t.sites.residents[site] += 1
    t.sites.held_places[site] += 1
    persons.nursing_place[i] = site
    persons.nursing_since[i] = month
    persons.nursing_applied[i] = NEVER
    end_care_at_home(t.care, i)
    left = remove_member(persons, t.households, i, month)
    settle_after_departure(t, household, left, month, Cause.NURSING.value, profile, n.family_rooms)
    if not n.on.entry_frees_home and left == 0 and is_private_home(t, home):
        t.dwellings.use[home] = DwellingUse.SECOND_HOME  # coupling off: the family keeps the home


@inlined
def is_private_home(t: Tables, home: int) -> bool:
    """Whether a dwelling is one that a family could keep."""
    if home < 0 or t.dwellings.tenure[home] == Tenure.SOCIAL_RENT:
        return False
    return bool(t.dwellings.use[home] == DwellingUse.MAIN_RESIDENCE)


@lean
def visitors_of(
    t: Tables, i: int, month: int, dice: NursingDice, n: Nursing, where: FloatArray, visitors: IntArray
) -> tuple[int, int, int]:
    """Find who visits a resident every week.

    Returns:
        Their number, how many of them live in the city, and how many homes of children stand in ``where``.

    ``visitors`` is filled with the rows of those in the city, shape (16,). A family member's inclination is
    drawn once for each resident: visits change when somebody moves or dies, not from month to month.
    """
    inside = 0
    partner = t.persons.partner[i]
    if partner >= 0 and visits_weekly(t, i, partner, dice.visit_once, n.p, n.travel):
        visitors[inside] = partner
        inside += 1
    children = homes_of_children(t, i, month, where)
    for k in range(children):
        child = int(where[k, 2])
        if visits_weekly(t, i, child, dice.visit_once, n.p, n.travel):
            visitors[inside] = child
            inside += 1
    count = inside
    if uniform(dice.kin_once, t.persons.key[i]) < n.people.carer_outside_share:
        minutes = outside_minutes(t.persons.key[i], dice.kin_once, n.people)
        count += uniform(dice.visit_once, t.persons.key[i], 1) < weekly_visit_probability(minutes, n.p)
    return count, inside, children


@kernel
def visits(t: Tables, residents: IntArray, month: int, dice: NursingDice, n: Nursing, quiet: bool) -> None:
    """Bring the number of weekly visitors of each resident up to date (C7)."""
    where, rows = np.empty((MOST_CHILDREN, 3)), np.empty(MOST_CHILDREN + 1, np.int32)
    count_visitors(t, residents, month, dice, n, quiet, where, rows)


@lean
def count_visitors(
    t: Tables,
    residents: IntArray,
    month: int,
    dice: NursingDice,
    n: Nursing,
    quiet: bool,
    where: FloatArray,
    rows: IntArray,
) -> None:
    """Count who visits each resident; ``where`` and ``rows`` are room to work in, shapes (15, 3) and (16,)."""
    for k in range(residents.shape[0]):
        expect(t.persons, residents, k)
        expect(t.care, residents, k)
        i = residents[k]
        if t.persons.status[i] != PersonStatus.RESIDENT or t.persons.nursing_place[i] < 0:
            continue
        count, _, children = visitors_of(t, i, month, dice, n, where, rows)
        site = t.persons.nursing_place[i]
        km = nearest_km(where, children, t.sites.x_km[site], t.sites.y_km[site])
        t.care.family_minutes[i] = car_minutes(km, n.travel) if children > 0 else -1.0
        if count != t.care.visitors[i] or t.persons.nursing_since[i] == month - 1:
            t.care.visitors[i] = count
            if not quiet:
                note_care(t.log, t.counts, month, Kind.VISITS_CHANGED.value, i, -1, site, float(count))


@kernel
def visit_trips(t: Tables, month: int, dice: NursingDice, n: Nursing) -> IntArray:
    """Return every weekly visit from within the city: visitor, resident, site; shape (visits, 3)."""
    where, rows = np.empty((MOST_CHILDREN, 3)), np.empty(MOST_CHILDREN + 1, np.int32)
    out = np.empty((t.counts[0], 3), np.int32)
    m = 0
    for i in range(t.counts[0]):
        if t.persons.status[i] != PersonStatus.RESIDENT or t.persons.nursing_place[i] < 0:
            continue
        _, inside, _ = visitors_of(t, i, month, dice, n, where, rows)
        for k in range(inside):
            if m < out.shape[0]:
                out[m, 0], out[m, 1], out[m, 2] = rows[k], i, t.persons.nursing_place[i]
                m += 1
    return out[:m]
