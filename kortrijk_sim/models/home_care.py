"""Care at home: informal carers, home care, day care, and what nobody gives (C1, C6)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.care_rules import (
    CarerParams,
    child_carer_utility,
    day_care_utility,
    informal_hours_week,
    need_hours_week,
    other_carer_utility,
    overburdened_per_year,
    partner_carer_utility,
)
from kortrijk_sim.agents.columns import NEVER
from kortrijk_sim.agents.person import per_month
from kortrijk_sim.agents.table import end_care_at_home
from kortrijk_sim.agents.travel_rules import TravelParams, car_minutes
from kortrijk_sim.arrays import FloatArray, IntArray
from kortrijk_sim.city.vocabulary import Activity, CarerKind, Health, PersonStatus, Sex, SiteStatus
from kortrijk_sim.compiling import inlined, kernel, lean
from kortrijk_sim.draws import gumbel, mix, uniform
from kortrijk_sim.models.events import Kind, note_care
from kortrijk_sim.models.prefetch import AHEAD, expect, prefetch
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.ways import (
    MOST_CHILDREN,
    carer_minutes,
    home_of,
    homes_of_children,
    km_between,
    outside_minutes,
)

MOST_HOURS = 60.0  # a week that one informal carer could give; bounds the chance to become overburdened


class CareDice(NamedTuple):
    """Streams of care at home."""

    carer: np.uint64
    burden: np.uint64
    day_care: np.uint64
    kin_once: np.uint64  # family outside the city, drawn once in a life
    support_once: np.uint64


class CareAtHome(NamedTuple):
    """What care at home needs to know besides the tables."""

    people: CarerParams
    travel: TravelParams
    capacity_hours_week: float  # of home care; infinite while the base year's level is set
    support_share: float  # of informal carers reached by support
    quiet: bool  # no events: the state of the first day is being set


@kernel
def list_limited(t: Tables, month: int) -> IntArray:
    """Return the rows of people of 50 and older who need help and live at home."""
    out = np.empty(t.counts[0], np.int32)
    n = 0
    for i in range(t.counts[0]):
        if (
            t.persons.status[i] == PersonStatus.RESIDENT
            and t.persons.health[i] > Health.GOOD
            and t.persons.household[i] >= 0
            and month - t.persons.birth_month[i] >= 600
        ):
            out[n] = i
            n += 1
    return out[:n]


@kernel
def care_at_home(t: Tables, limited: IntArray, month: int, dice: CareDice, c: CareAtHome) -> float:
    """Give everybody who needs help at home a month of care; return the hours a week asked of home care.

    Args:
        t: All tables.
        limited: Rows of people with a limitation who live at home.
        month: This month.
        dice: Streams.
        c: Parameters, home care available, policy.
    """
    return give_care(t, limited, month, dice, c, np.empty((MOST_CHILDREN, 3)), np.zeros(limited.shape[0]))


@lean
def give_care(
    t: Tables, limited: IntArray, month: int, dice: CareDice, c: CareAtHome, where: FloatArray, asked: FloatArray
) -> float:
    """Give a month of care; ``where`` and ``asked`` are room to work in, shapes (15, 3) and that of ``limited``."""
    count_day_guests(t, limited)
    total_heavy, total_light = 0.0, 0.0
    steepest = per_month(overburdened_per_year(MOST_HOURS, True, False, c.people))
    for k in range(limited.shape[0]):
        expect_carers(t, limited, k)
        i = limited[k]
        if t.persons.status[i] != PersonStatus.RESIDENT or t.persons.household[i] < 0:
            continue
        if t.persons.health[i] == Health.GOOD:
            end_care_at_home(t.care, i)
            t.care.health_seen[i] = Health.GOOD
            continue
        weighed = weigh_need(t, i, month, c)
        if look_for_carer(t, i, month, dice, c, where) or weighed:
            t.care.informal_hours_week[i] = hours_of_carer(t, i, dice, c)
        strain(t, i, month, dice, c, steepest)
        consider_day_care(t, i, month, dice, c)
        informal = float(t.care.informal_hours_week[i])
        day_care = c.people.day_care_hours_week if t.care.day_care[i] >= 0 else 0.0
        need = float(t.care.need_hours_week[i])
        gap = max(0.0, need - informal - day_care)
        asked[k] = min(gap, c.people.home_care_max_hours_week)
        t.care.unmet_hours_week[i] = gap
        if t.persons.health[i] >= Health.HEAVY:
            total_heavy += asked[k]
        else:
            total_light += asked[k]
        t.care.health_seen[i] = t.persons.health[i]
    # Home care goes to heavy need first; who asks alike gets alike.
    left = max(0.0, c.capacity_hours_week)
    heavy = min(1.0, left / total_heavy) if total_heavy > 0.0 else 1.0
    left = max(0.0, left - heavy * total_heavy)
    light = min(1.0, left / total_light) if total_light > 0.0 else 1.0
    for k in range(limited.shape[0]):
        expect(t.persons, limited, k)
        expect(t.care, limited, k)
        i = limited[k]
        if t.persons.status[i] == PersonStatus.RESIDENT and t.persons.household[i] >= 0:
            hours = asked[k] * (heavy if t.persons.health[i] >= Health.HEAVY else light)
            t.care.home_care_hours_week[i] = hours
            t.care.unmet_hours_week[i] = max(0.0, t.care.unmet_hours_week[i] - hours)
    return total_heavy + total_light


@inlined
def expect_carers(t: Tables, limited: IntArray, k: int) -> None:
    """Ask the memory for those who come after place k of the list, and for their carers."""
    if k + AHEAD < limited.shape[0]:
        prefetch(t.persons, limited[k + AHEAD])
        prefetch(t.care, limited[k + AHEAD])
        carer = t.care.carer[limited[k + AHEAD // 2]]
        prefetch(t.persons, carer)
        prefetch(t.care, carer)


@lean
def count_day_guests(t: Tables, limited: IntArray) -> None:
    """Count who goes to which day-care centre; a closed one has no guests."""
    for s in range(t.counts[4]):
        t.sites.day_guests[s] = 0
    for k in range(limited.shape[0]):
        expect(t.care, limited, k)
        i = limited[k]
        site = t.care.day_care[i]
        if site < 0:
            continue
        gone = t.persons.status[i] != PersonStatus.RESIDENT or t.persons.household[i] < 0
        if gone or t.sites.status[site] != SiteStatus.OPEN or t.sites.day_care_places[site] == 0:
            t.care.day_care[i] = -1
        else:
            t.sites.day_guests[site] += 1


@inlined
def carer_goes_on(t: Tables, i: int) -> bool:
    """Whether the present carer is still able to care."""
    kind = t.care.carer_kind[i]
    if kind > CarerKind.SON:
        return True
    c = t.care.carer[i]
    if t.persons.status[c] != PersonStatus.RESIDENT or t.persons.household[c] < 0:
        return False
    if kind == CarerKind.PARTNER and t.persons.household[c] != t.persons.household[i]:
        return False
    return bool(t.persons.health[c] < Health.HEAVY)


@inlined
def look_for_carer(t: Tables, i: int, month: int, dice: CareDice, c: CareAtHome, where: FloatArray) -> bool:
    """Find a main informal carer where need is new or grew, the former one cannot go on, or a year has passed.

    Returns:
        Whether somebody else cares than before.
    """
    care = t.care
    if care.carer_kind[i] != CarerKind.NONE:
        if carer_goes_on(t, i):
            return False
        stop_caring(t, i, month, c.quiet)
    elif care.health_seen[i] == t.persons.health[i] and (month - t.persons.birth_month[i]) % 12 != 0:
        return False
    kind, carer = choose_carer(t, i, month, dice, c, where)
    care.carer_kind[i], care.carer[i] = kind, carer
    care.burdened_since[i] = NEVER
    if kind != CarerKind.NONE and not c.quiet:
        note_care(t.log, t.counts, month, Kind.CARER_FOUND.value, i, t.persons.household[i], -1, float(kind))
    return True


@lean
def stop_caring(t: Tables, i: int, month: int, quiet: bool) -> None:
    """End what the present carer gives."""
    if not quiet:
        note_care(
            t.log, t.counts, month, Kind.CARER_LOST.value, i, t.persons.household[i], -1, float(t.care.carer_kind[i])
        )
    t.care.carer_kind[i] = CarerKind.NONE
    t.care.carer[i] = -1
    t.care.burdened_since[i] = NEVER
    t.care.informal_hours_week[i] = 0.0


@lean
def choose_carer(t: Tables, i: int, month: int, dice: CareDice, c: CareAtHome, where: FloatArray) -> tuple[int, int]:
    """Return who cares, as kind and row: the best of nobody, partner, children and others."""
    persons, p = t.persons, c.people
    key = persons.key[i]
    health = persons.health[i]
    household = persons.household[i]
    home = t.households.dwelling[household]
    age = (month - persons.birth_month[i]) / 12.0
    alone = t.households.members[household] == 1
    best, kind, carer = gumbel(dice.carer, key, 0), CarerKind.NONE.value, -1
    partner = persons.partner[i]
    if partner >= 0 and persons.household[partner] == household and persons.health[partner] < Health.HEAVY:
        u = partner_carer_utility(health, p) + gumbel(dice.carer, key, 1)
        if u > best:
            best, kind, carer = u, CarerKind.PARTNER.value, partner
    for k in range(homes_of_children(t, i, month, where)):
        child = int(where[k, 2])
        if persons.health[child] > Health.GOOD:
            continue
        minutes = 0.0
        if home >= 0 and persons.household[child] != household:
            km = km_between(where[k, 0], where[k, 1], t.dwellings.x_km[home], t.dwellings.y_km[home])
            minutes = car_minutes(km, c.travel)
        busy = t.care.given_month[child] >= month - 1 and t.care.given_hours_week[child] > 0.0
        u = child_carer_utility(
            persons.sex[child] == Sex.FEMALE, minutes, persons.activity[child] == Activity.EMPLOYED, busy, age, alone,
            health, p,
        )  # fmt: skip
        u += gumbel(mix(dice.carer, persons.key[child]), key)
        if u > best:
            best, carer = u, child
            kind = CarerKind.DAUGHTER.value if persons.sex[child] == Sex.FEMALE else CarerKind.SON.value
    if uniform(dice.kin_once, key) < p.carer_outside_share:
        employed = uniform(dice.kin_once, key, 5) < p.carer_outside_employed_share
        u = child_carer_utility(
            uniform(dice.kin_once, key, 4) < 0.5, outside_minutes(key, dice.kin_once, p), employed, False, age, alone,
            health, p,
        )  # fmt: skip
        u += gumbel(dice.carer, key, 2)
        if u > best:
            best, kind, carer = u, CarerKind.CHILD_OUTSIDE.value, -1
    if other_carer_utility(health, p) + gumbel(dice.carer, key, 3) > best:
        kind, carer = CarerKind.OTHER.value, -1
    return kind, carer


@inlined
def weigh_need(t: Tables, i: int, month: int, c: CareAtHome) -> bool:
    """Weigh what somebody needs, once a year and when health has changed; return whether it was weighed."""
    if t.care.health_seen[i] == t.persons.health[i] and (month - t.persons.birth_month[i]) % 12 != 0:
        return False
    age = (month - t.persons.birth_month[i]) / 12.0
    alone = t.households.members[t.persons.household[i]] == 1
    male = t.persons.sex[i] == Sex.MALE
    t.care.need_hours_week[i] = need_hours_week(age, male, alone, t.persons.health[i], c.people)
    return True


@inlined
def is_employed(t: Tables, i: int, dice: CareDice, p: CarerParams) -> bool:
    """Whether somebody's informal carer has a job."""
    carer = t.care.carer[i]
    if carer >= 0:
        return bool(t.persons.activity[carer] == Activity.EMPLOYED)
    return bool(uniform(dice.kin_once, t.persons.key[i], 5) < p.carer_outside_employed_share)


@lean
def hours_of_carer(t: Tables, i: int, dice: CareDice, c: CareAtHome) -> float:
    """Return the hours a week that the informal carer gives."""
    kind = t.care.carer_kind[i]
    if kind == CarerKind.NONE:
        return 0.0
    carer = t.care.carer[i]
    same_home = carer >= 0 and t.persons.household[carer] == t.persons.household[i]
    minutes = carer_minutes(t, i, dice.kin_once, c.people, c.travel)
    return informal_hours_week(
        kind,
        float(t.care.need_hours_week[i]),
        same_home,
        minutes,
        is_employed(t, i, dice, c.people),
        t.care.burdened_since[i] > NEVER,
        c.people,
    )


@inlined
def strain(t: Tables, i: int, month: int, dice: CareDice, c: CareAtHome, steepest: float) -> None:
    """Let an informal carer become overburdened, recover or stop; add what is given to the carer's own week.

    ``steepest`` is a monthly chance to become overburdened that nobody exceeds.
    """
    care, p = t.care, c.people
    kind = care.carer_kind[i]
    if kind == CarerKind.NONE:
        return
    carer = care.carer[i]
    if carer >= 0:
        if care.given_month[carer] != month:
            care.given_month[carer] = month
            care.given_hours_week[carer] = 0.0
        care.given_hours_week[carer] += care.informal_hours_week[i]
    key = t.persons.key[i]
    u = uniform(dice.burden, key)
    if care.burdened_since[i] == NEVER:
        if u >= steepest:
            return
        hours = float(care.informal_hours_week[i])
        relieved = care.day_care[i] >= 0 or uniform(dice.support_once, key) < c.support_share
        if u < per_month(overburdened_per_year(hours, is_employed(t, i, dice, p), relieved, p)):
            care.burdened_since[i] = month
            care.informal_hours_week[i] = hours_of_carer(t, i, dice, c)
            if not c.quiet:
                note_care(t.log, t.counts, month, Kind.CARER_OVERBURDENED.value, i, t.persons.household[i], -1, hours)
    elif u < per_month(p.burden_recovery_per_year):
        care.burdened_since[i] = NEVER
        care.informal_hours_week[i] = hours_of_carer(t, i, dice, c)
    elif kind != CarerKind.PARTNER and u > 1.0 - per_month(p.burden_stops_per_year):
        stop_caring(t, i, month, c.quiet)


@inlined
def consider_day_care(t: Tables, i: int, month: int, dice: CareDice, c: CareAtHome) -> None:
    """Let somebody with heavy need, or with an overburdened carer, try a day-care centre with room (C6)."""
    care, persons, p = t.care, t.persons, c.people
    if care.day_care[i] >= 0:
        if uniform(dice.day_care, persons.key[i]) < per_month(p.day_care_stops_per_year):
            t.sites.day_guests[care.day_care[i]] -= 1
            care.day_care[i] = -1
        return
    burdened = care.burdened_since[i] == month
    if persons.health[i] < Health.HEAVY and not burdened:
        return
    news = care.health_seen[i] != persons.health[i] or burdened
    if not news and (month - persons.birth_month[i]) % 12 != 0:
        return
    home = home_of(t, i)
    if home < 0:
        return
    best, chosen = gumbel(dice.day_care, persons.key[i]), -1
    for s in range(t.counts[4]):
        room = t.sites.day_care_places[s] * p.day_care_guests_per_place - t.sites.day_guests[s]
        if t.sites.status[s] != SiteStatus.OPEN or room < 1.0:
            continue
        km = km_between(t.sites.x_km[s], t.sites.y_km[s], t.dwellings.x_km[home], t.dwellings.y_km[home])
        u = day_care_utility(car_minutes(km, c.travel), persons.health[i], care.burdened_since[i] > NEVER, p)
        u += gumbel(mix(dice.day_care, t.sites.key[s]), persons.key[i])
        if u > best:
            best, chosen = u, s
    if chosen >= 0:
        care.day_care[i] = chosen
        t.sites.day_guests[chosen] += 1
        if not c.quiet:
            note_care(
                t.log,
                t.counts,
                month,
                Kind.DAY_CARE_STARTED.value,
                i,
                t.persons.household[i],
                chosen,
                p.day_care_hours_week,
            )
