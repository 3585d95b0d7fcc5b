"""Students come and go in September; they want rooms, compete for small flats, and some stay when they graduate."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.student_rules import (
    StudentParams,
    graduates,
    leaves_study_per_year,
    room_wish,
    stays_probability,
)
from kortrijk_sim.arrays import FloatArray, IntArray
from kortrijk_sim.city.vocabulary import (
    Activity,
    DwellingKind,
    DwellingStatus,
    DwellingUse,
    PersonStatus,
    StudentLiving,
    StudentStatus,
    Tenure,
)
from kortrijk_sim.compiling import inlined, kernel
from kortrijk_sim.draws import gumbel, mix, uniform
from kortrijk_sim.models.economy import STAYING_ROWS, STUDENT_ROWS, Economy, Total, proposed
from kortrijk_sim.models.events import Cause, Kind, note_home
from kortrijk_sim.models.state import Tables

SEPTEMBER = 8  # month of the year, from 0
_FIRST_AGE_MONTHS, _LAST_AGE_MONTHS = 18 * 12, 19 * 12  # of inhabitants who have just started to study


class StudentDice(NamedTuple):
    """Streams: of the month, and of what somebody draws once."""

    study: np.uint64
    here_once: np.uint64
    wish_once: np.uint64
    choice: np.uint64
    graduate: np.uint64
    flat_once: np.uint64


class Staying(NamedTuple):
    """What policy does for graduates, and what the city offers them."""

    support_share: float
    intern_share: float
    vacancies_ratio: float  # vacant positions over those of the first day


@inlined
def sector_of(t: Tables, person: int) -> int:
    """Return the sector somebody lives in, -1 without a home."""
    household = t.persons.household[person]
    home = t.households.dwelling[household] if household >= 0 else -1
    return int(t.dwellings.sector[home]) if home >= 0 else -1


@kernel
def follow(t: Tables, e: Economy, month: int, first_event: int, dice: np.uint64) -> None:
    """Keep up with inhabitants who study: they die, leave the city or move."""
    log, work = t.log, e.work
    e.totals[Total.GRADUATES] = 0.0
    e.totals[Total.GRADUATES_AT_HOME] = 0.0
    for k in range(first_event, t.counts[3]):
        kind = log.kind[k]
        if kind == Kind.MOVED or kind == Kind.LOST_HOME:
            member = t.households.first_member[log.household[k]]
            while member >= 0:
                place_student(t, e, member)
                member = t.persons.next_member[member]
        elif kind == Kind.DEATH or kind == Kind.LEFT_CITY:
            i = log.person[k]
            s = work.student[i]
            if s < 0:
                continue
            count_at_home(e, s, -1)
            work.student[i] = -1
            e.students.person[s] = -1
            e.students.sector[s] = -1
            if kind == Kind.DEATH:
                e.students.status[s] = StudentStatus.GONE
                e.sectors.students[e.anchor.campus[e.students.institution[s]]] -= 1
            else:
                e.students.living[s] = StudentLiving.COMMUTES
                e.students.home_zone[s] = home_zone(e, uniform(dice, e.students.key[s], 3))
        elif (kind == Kind.LEFT_NEST or kind == Kind.UNION or kind == Kind.JOINED_KIN) and log.person[k] >= 0:
            place_student(t, e, log.person[k])


@inlined
def home_zone(e: Economy, u: float) -> int:
    """Draw the zone outside in which a student's parents live."""
    return int(e.sectors.shape[0] + proposed(e.anchor.homes_outside, u))


@inlined
def count_at_home(e: Economy, s: int, change: int) -> None:
    """Count a student who lives at home in or out of the sector."""
    if e.students.living[s] == StudentLiving.AT_HOME_IN_CITY and e.students.sector[s] >= 0:
        e.sectors.home_students[e.students.sector[s]] += change


@inlined
def place_student(t: Tables, e: Economy, person: int) -> None:
    """Note where an inhabitant who studies lives now."""
    s = e.work.student[person]
    if s < 0:
        return
    count_at_home(e, s, -1)
    e.students.sector[s] = sector_of(t, person)
    e.students.home_zone[s] = e.students.sector[s]
    count_at_home(e, s, 1)


@kernel
def intake(e: Economy, month: int, p: StudentParams) -> int:
    """Return how many students may enrol this September: rows to make room for."""
    growth = math.pow(1.0 + p.students_growth_per_year, (month + 4) / 12.0)
    return int(e.anchor.enrolled.sum() * growth) + 1024


@kernel
def september(
    t: Tables,
    e: Economy,
    month: int,
    dice: StudentDice,
    ease: FloatArray,
    flats: bool,
    stay: Staying,
    p: StudentParams,
) -> None:
    """Let students leave and enrol, and the others find a place to live.

    Args:
        t: All tables.
        e: Students, firms and jobs; there is room for the newcomers.
        month: This month.
        dice: Streams.
        ease: Log weight of ways, shape (zones, zones).
        flats: Whether students may take small flats.
        stay: What speaks for staying.
        p: Parameters.
    """  # fmt: skip
    e.totals[Total.SMALL_FLATS] = small_flats(t, p)
    leave_studies(t, e, month, dice, ease, stay, p)
    enrol_inhabitants(t, e, month, dice, p)
    enrol_others(e, month, dice, p)
    house(t, e, month, dice, ease, flats, p)
    for s in range(e.counts[STUDENT_ROWS]):
        lives_here = e.students.living[s] == StudentLiving.ROOM or e.students.living[s] == StudentLiving.FLAT
        if e.students.status[s] == StudentStatus.ENROLLED and lives_here:
            e.students.city_years[s] = min(e.students.city_years[s] + 1, 100)
    count_students(e)


@kernel
def small_flats(t: Tables, p: StudentParams) -> int:
    """Count the small flats to let that stand vacant."""
    n = 0
    for d in range(t.counts[2]):
        n += is_small_flat(t, d, p)
    return n


@inlined
def is_small_flat(t: Tables, d: int, p: StudentParams) -> bool:
    """Whether a dwelling is a small flat that stands vacant on the private rental market."""
    dw = t.dwellings
    return bool(
        dw.household[d] < 0
        and dw.status[d] == DwellingStatus.STANDING
        and dw.use[d] == DwellingUse.MAIN_RESIDENCE
        and dw.tenure[d] == Tenure.PRIVATE_RENT
        and dw.kind[d] == DwellingKind.APARTMENT
        and dw.rooms[d] <= p.student_flat_most_rooms
    )


@kernel
def leave_studies(
    t: Tables, e: Economy, month: int, dice: StudentDice, ease: FloatArray, stay: Staying, p: StudentParams
) -> None:
    """Let students stop or graduate; graduates from outside want to stay or not, inhabitants live here anyway."""
    students = e.students
    small = (e.totals[Total.SMALL_FLATS] + 1.0) / (e.anchor.small_flats + 1.0)
    e.counts[STAYING_ROWS] = 0
    for s in range(e.counts[STUDENT_ROWS]):
        if students.status[s] == StudentStatus.STAYING:
            students.status[s] = StudentStatus.GONE  # looked for a home for a year
        if students.status[s] != StudentStatus.ENROLLED:
            continue
        person, key = students.person[s], students.key[s]
        years = (month - students.since[s]) // 12
        if person >= 0:
            if t.persons.activity[person] == Activity.STUDENT:
                place_student(t, e, person)
                continue
            e.work.student[person] = -1
        elif uniform(dice.graduate, key) >= leaves_study_per_year(years, p):
            continue
        students.status[s] = StudentStatus.GONE
        if students.living[s] == StudentLiving.ROOM:
            e.sectors.rooms_let[students.sector[s]] -= 1
        if not graduates(years):
            continue
        e.totals[Total.GRADUATES] += 1.0
        if person >= 0:
            e.totals[Total.GRADUATES_AT_HOME] += 1.0
            continue
        campus = e.anchor.campus[students.institution[s]]
        probability = stays_probability(
            stay.vacancies_ratio, small, students.city_years[s], ease[students.home_zone[s], campus],
            uniform(dice.wish_once, key, 5) < stay.support_share, uniform(dice.wish_once, key, 6) < stay.intern_share,
            p,
        )  # fmt: skip
        if uniform(dice.graduate, key, 1) < probability and e.counts[STAYING_ROWS] < e.staying.shape[0]:
            students.status[s] = StudentStatus.STAYING
            students.since[s] = month
            students.city_years[s] = min(max(years, 3), 9)  # from now on: years of study, for the age
            e.staying[e.counts[STAYING_ROWS]] = s
            e.counts[STAYING_ROWS] += 1


@inlined
def enrol(e: Economy, month: int, key: np.uint64, institution: int, person: int, zone: int, living: int) -> int:
    """Take a fresh row for a student and return it."""
    students = e.students
    row = e.counts[STUDENT_ROWS]
    e.counts[STUDENT_ROWS] += 1
    students.key[row] = key
    students.person[row] = person
    students.dwelling[row] = -1
    students.home_zone[row] = zone
    students.sector[row] = zone if person >= 0 else -1
    students.since[row] = month
    students.status[row] = StudentStatus.ENROLLED
    students.institution[row] = institution
    students.living[row] = living
    students.city_years[row] = 0
    return int(row)


@kernel
def enrol_inhabitants(t: Tables, e: Economy, month: int, dice: StudentDice, p: StudentParams) -> None:
    """Let inhabitants who have just started to study enrol here, some of them: the others study elsewhere."""
    shares = np.cumsum(e.anchor.enrolled) / max(e.anchor.enrolled.sum(), 1.0)
    for i in range(e.counts[2]):
        if t.persons.activity[i] != Activity.STUDENT or t.persons.status[i] != PersonStatus.RESIDENT:
            continue
        age = month - t.persons.birth_month[i]
        if age < _FIRST_AGE_MONTHS or age >= _LAST_AGE_MONTHS or e.work.student[i] >= 0:
            continue
        key = t.persons.key[i]
        if e.anchor.enrolled.sum() > 0.0 and uniform(dice.here_once, key) < p.resident_students_enrolled_here:
            school = proposed(shares, uniform(dice.here_once, key, 1))
            e.work.student[i] = enrol(
                e, month, mix(key, np.uint64(0x57)), school, i, sector_of(t, i), StudentLiving.AT_HOME_IN_CITY.value
            )


@kernel
def enrol_others(e: Economy, month: int, dice: StudentDice, p: StudentParams) -> None:
    """Let as many others enrol as each institution has places for, from where its students come from."""
    growth = math.pow(1.0 + p.students_growth_per_year, (month + 4) / 12.0)
    here = np.zeros(e.anchor.enrolled.shape[0])
    for s in range(e.counts[STUDENT_ROWS]):
        here[e.students.institution[s]] += e.students.status[s] == StudentStatus.ENROLLED
    for school in range(here.shape[0]):
        new = int(e.anchor.enrolled[school] * growth + 0.5 - here[school])
        for k in range(new):
            key = mix(mix(dice.study, np.uint64(school + 1)), np.uint64(k + 1))
            zone = home_zone(e, uniform(dice.study, key))
            enrol(e, month, key, school, -1, zone, StudentLiving.COMMUTES.value)


@kernel
def house(
    t: Tables, e: Economy, month: int, dice: StudentDice, ease: FloatArray, flats: bool, p: StudentParams
) -> None:
    """Let students from outside who want to live here take rooms, then small flats; the others travel."""
    students, sectors = e.students, e.sectors
    n_rows = e.counts[STUDENT_ROWS]
    wants = np.empty(n_rows, np.int32)
    score = np.empty(n_rows)
    n = 0
    for s in range(n_rows):
        living = students.living[s]
        if students.status[s] != StudentStatus.ENROLLED or students.person[s] >= 0 or living == StudentLiving.ROOM:
            continue
        key, campus = students.key[s], e.anchor.campus[students.institution[s]]
        way = ease[students.home_zone[s], campus]
        if living != StudentLiving.FLAT:
            students.living[s] = StudentLiving.COMMUTES
            if uniform(dice.wish_once, key) >= room_wish(way, e.anchor.room_half, p):
                continue
            students.living[s] = StudentLiving.UNHOUSED
        wants[n] = s
        score[n] = -(gumbel(dice.choice, key) - p.student_far_first * way)
        n += 1
    free = 0
    for r in range(sectors.shape[0]):
        free += max(0, sectors.student_rooms[r] - sectors.rooms_let[r])
    for k in np.argsort(score[:n]):
        if free == 0:
            break
        s = wants[k]
        room = best_room(e, students.key[s], e.anchor.campus[students.institution[s]], dice.choice, ease, p)
        students.living[s] = StudentLiving.ROOM
        students.sector[s] = room
        students.dwelling[s] = -1
        sectors.rooms_let[room] += 1
        free -= 1
    share_flats(t, e, month, wants[:n], dice, ease, flats, p)


@inlined
def best_room(e: Economy, key: np.uint64, campus: int, dice: np.uint64, ease: FloatArray, p: StudentParams) -> int:
    """Choose a sector with free rooms: near the campus and with many of them."""
    best, most = -1, -1.0e30
    for r in range(e.sectors.shape[0]):
        rooms = e.sectors.student_rooms[r] - e.sectors.rooms_let[r]
        if rooms <= 0:
            continue
        u = p.student_room_per_ease * ease[r, campus] + math.log(e.sectors.student_rooms[r])
        u += gumbel(dice, key, 1 + r)
        if u > most:
            best, most = r, u
    return best


@kernel
def share_flats(
    t: Tables,
    e: Economy,
    month: int,
    wants: IntArray,
    dice: StudentDice,
    ease: FloatArray,
    flats: bool,
    p: StudentParams,
) -> None:
    """Let students without a room share small flats whose landlords let to them; empty ones go back to the market."""
    students, dw = e.students, t.dwellings
    n_flats = np.zeros(t.counts[2], np.int16)  # students in each dwelling
    was_let = np.zeros(t.counts[2], np.bool_)
    for s in range(e.counts[STUDENT_ROWS]):
        d = students.dwelling[s]
        if d >= 0:
            was_let[d] = True
            if students.status[s] == StudentStatus.ENROLLED and students.living[s] == StudentLiving.FLAT and flats:
                n_flats[d] += 1
            else:
                students.dwelling[s] = -1
                if students.living[s] == StudentLiving.FLAT:
                    students.living[s] = StudentLiving.UNHOUSED
                    students.sector[s] = -1
    # Who had a flat and now has a room has left it as well.
    room = np.empty(t.counts[2], np.int32)
    n_room = 0
    if flats:
        for d in range(t.counts[2]):
            willing = was_let[d] or (
                is_small_flat(t, d, p) and uniform(dice.flat_once, dw.key[d]) < p.student_flat_landlord_share
            )
            if willing and n_flats[d] < beds(dw.key[d], dice.flat_once, p):
                room[n_room] = d
                n_room += 1
    for s in wants:
        if n_room == 0:
            break
        key = students.key[s]
        if students.living[s] != StudentLiving.UNHOUSED or uniform(dice.wish_once, key, 1) >= p.student_flat_wish_share:
            continue
        campus = e.anchor.campus[students.institution[s]]
        best, most = 0, -1.0e30
        for k in range(n_room):
            d = room[k]
            u = p.student_room_per_ease * ease[dw.sector[d], campus] + gumbel(dice.choice, mix(key, dw.key[d]))
            if u > most:
                best, most = k, u
        d = room[best]
        if dw.use[d] == DwellingUse.MAIN_RESIDENCE:
            note_home(
                t.log, t.counts, month, Kind.USE_CHANGED.value, 0, d, dw.chain[d], float(DwellingUse.STUDENT_LET.value)
            )
            dw.use[d] = DwellingUse.STUDENT_LET
            dw.vacant_since[d] = -9999
            dw.chain[d] = np.uint64(0)
            dw.chain_position[d] = 0
            dw.ask_factor[d] = 1.0
        students.living[s] = StudentLiving.FLAT
        students.dwelling[s] = d
        students.sector[s] = dw.sector[d]
        n_flats[d] += 1
        if n_flats[d] >= beds(dw.key[d], dice.flat_once, p):
            n_room -= 1
            room[best] = room[n_room]
    for d in range(t.counts[2]):
        if was_let[d] and n_flats[d] == 0:
            dw.use[d] = DwellingUse.MAIN_RESIDENCE
            dw.vacant_since[d] = month
            dw.ask_factor[d] = 1.0
            dw.chain[d] = mix(dw.key[d], np.uint64(month + 1))
            dw.chain_position[d] = 0
            note_home(t.log, t.counts, month, Kind.USE_CHANGED.value, Cause.BACK_ON_MARKET.value, d, dw.chain[d], 0.0)


@inlined
def beds(key: np.uint64, once: np.uint64, p: StudentParams) -> int:
    """Return how many students share a flat."""
    return max(1, int(p.student_flat_sharers + uniform(once, key, 1)))


@kernel
def add_rooms(e: Economy, rooms: IntArray) -> None:
    """Open student rooms, shape (sectors,)."""
    for r in range(rooms.shape[0]):
        e.sectors.student_rooms[r] += rooms[r]


@kernel
def count_students(e: Economy) -> None:
    """Count students where they sleep and where they study."""
    students, sectors = e.students, e.sectors
    sectors.rooms_let[:] = 0
    sectors.flat_students[:] = 0
    sectors.home_students[:] = 0
    sectors.students[:] = 0
    sectors.unhoused[:] = 0
    for s in range(e.counts[STUDENT_ROWS]):
        if students.status[s] != StudentStatus.ENROLLED:
            continue
        campus = e.anchor.campus[students.institution[s]]
        sectors.students[campus] += 1
        living, sector = students.living[s], students.sector[s]
        if living == StudentLiving.ROOM:
            sectors.rooms_let[sector] += 1
        elif living == StudentLiving.FLAT:
            sectors.flat_students[sector] += 1
        elif living == StudentLiving.AT_HOME_IN_CITY:
            if sector >= 0:
                sectors.home_students[sector] += 1
        elif living == StudentLiving.UNHOUSED:
            sectors.unhoused[campus] += 1


@kernel
def forget_found(e: Economy, found: IntArray) -> None:
    """Take graduates who found a home off the list.

    Args:
        e: Students, firms and jobs.
        found: Flag of each graduate on the list, in its order.
    """
    kept = 0
    for k in range(e.counts[STAYING_ROWS]):
        if found[k] == 1:
            e.students.status[e.staying[k]] = StudentStatus.GONE
        else:
            e.staying[kept] = e.staying[k]
            kept += 1
    e.counts[STAYING_ROWS] = kept
