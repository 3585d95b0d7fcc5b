"""Who fills the positions of firms: inhabitants near their homes, commuters the others; some stay vacant.

An inhabitant with work has one workplace, in a firm of the city or in a zone outside. Workplaces are proposed as
often as on the first day (positions and ways of then) and taken by what has changed since: vacant positions and ways.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.firm_rules import JobParams, hired_per_month
from kortrijk_sim.arrays import Array, FloatArray, IntArray
from kortrijk_sim.city.vocabulary import Activity, FirmStatus, PersonStatus
from kortrijk_sim.compiling import inlined, kernel
from kortrijk_sim.draws import uniform
from kortrijk_sim.models.economy import FIRM_ROWS, Economy, Total, proposed
from kortrijk_sim.models.events import Cause, Kind, record
from kortrijk_sim.models.state import Tables

_TRIALS = 32  # proposals before somebody takes work outside the city
_HEADROOM = 2.0  # vacancies over those of the first day up to which a sector draws more people
_BUCKETS = 8  # of firms with vacancies in a sector, by a draw of their own
_LISTED = 6  # vacancies of one firm that are listed
_MOST_RESIDENTS_SHARE = 0.9  # of a sector's positions on the first day
_CLOSED, _MOVED, _CUT = 1, 2, 3


class JobDice(NamedTuple):
    """Streams of one month."""

    workplace: np.uint64
    change: np.uint64
    laid_off: np.uint64
    commuters: np.uint64
    once: np.uint64


class Openings(NamedTuple):
    """The vacant positions of a month."""

    start: IntArray  # (sectors x buckets + 1,) first entry
    firm: IntArray  # (entries,) firm, once for each vacancy up to a few
    vacant: IntArray  # (firms,) vacant positions
    by_sector: IntArray  # (sectors,)


@kernel
def fill_first_jobs(t: Tables, e: Economy, homes: Array, dice: np.uint64, p: JobParams) -> None:
    """Fill the positions of the first day.

    Args:
        t: All tables.
        e: Students, firms and jobs; staff is counted here.
        homes: Sector of residence of each employed inhabitant, -1 for others.
        dice: Stream of the draws.
        p: Parameters.
    """
    firms, work, n_firms = e.firms, e.work, e.counts[FIRM_ROWS]
    sectors = e.sectors.shape[0]
    jobs = 0
    for f in range(n_firms):
        jobs += firms.jobs[f]
    # A place with one job has its one person.
    share = p.job_vacancy_share * jobs / max(jobs - n_firms, 1)
    start = np.zeros(sectors + 1, np.int64)
    staff = np.zeros(n_firms, np.int64)
    for f in range(n_firms):
        vacant = int((firms.jobs[f] - 1) * share + uniform(dice, firms.key[f]))
        staff[f] = max(firms.jobs[f] - vacant, 1)
        start[firms.sector[f] + 1] += staff[f]
        firms.residents[f] = 0
    for s in range(sectors):
        start[s + 1] += start[s]
    slot = np.empty(start[sectors], np.int32)
    fill = start[:-1].copy()
    for f in range(n_firms):
        for _ in range(staff[f]):
            slot[fill[firms.sector[f]]] = f
            fill[firms.sector[f]] += 1
    taken = np.zeros(slot.shape[0], np.bool_)
    used = np.zeros(sectors, np.int64)
    elsewhere = 0
    for i in range(t.counts[0]):
        work.firm[i], work.zone[i], work.since[i] = -1, -1, -9999
        if homes[i] < 0:
            continue
        key, zone = t.persons.key[i], -1
        share_of = e.anchor.commute[homes[i]]
        for trial in range(_TRIALS):
            zone = proposed(share_of, uniform(dice, key, 2 * trial))
            if zone >= sectors or used[zone] < _MOST_RESIDENTS_SHARE * (start[zone + 1] - start[zone]):
                break
            zone = -1
        if zone < 0:
            zone = zone_outside(share_of, sectors, uniform(dice, key, 2 * _TRIALS))
        work.zone[i] = zone
        work.since[i] = -1
        if zone >= sectors:
            elsewhere += 1
            continue
        n = start[zone + 1] - start[zone]
        k = int(uniform(dice, key, 2 * _TRIALS + 1) * n)
        while taken[start[zone] + k]:
            k = (k + 1) % n
        taken[start[zone] + k] = True
        used[zone] += 1
        work.firm[i] = slot[start[zone] + k]
        firms.residents[work.firm[i]] += 1
    for f in range(n_firms):
        firms.commuters[f] = staff[f] - firms.residents[f]
    e.totals[Total.WORK_ELSEWHERE] = elsewhere


@inlined
def zone_outside(share_of: FloatArray, sectors: int, u: float) -> int:
    """Return a zone outside the city from the cumulative shares of all zones and a draw."""
    first = share_of[sectors - 1]
    return max(proposed(share_of, first + u * (1.0 - first)), sectors)


@inlined
def home_sector(t: Tables, i: int, sectors: int, dice: np.uint64) -> int:
    """Return the sector somebody sets out from; one of chance for somebody without a home."""
    site = t.persons.nursing_place[i]
    if site >= 0:
        return int(t.sites.sector[site])
    household = t.persons.household[i]
    home = t.households.dwelling[household] if household >= 0 else -1
    if home >= 0:
        return int(t.dwellings.sector[home])
    return int(sectors * uniform(dice, t.persons.key[i], 999))


@inlined
def release(e: Economy, i: int) -> None:
    """Somebody no longer has this workplace."""
    work = e.work
    if work.firm[i] >= 0:
        e.firms.residents[work.firm[i]] -= 1
    elif work.zone[i] >= 0:
        e.totals[Total.WORK_ELSEWHERE] -= 1.0
    work.firm[i] = -1
    work.zone[i] = -1
    work.since[i] = -9999


@kernel
def openings(e: Economy, once: np.uint64) -> Openings:
    """List the vacant positions; a firm's entries stand in buckets by draws of its own, whatever others do."""
    firms, n, sectors = e.firms, e.counts[FIRM_ROWS], e.sectors.shape[0]
    start = np.zeros(sectors * _BUCKETS + 1, np.int32)
    vacant = np.zeros(n, np.int32)
    by_sector = np.zeros(sectors, np.int32)
    listed = 0
    hiring = np.empty(n, np.int32)
    n_hiring = 0
    for f in range(n):
        if firms.status[f] != FirmStatus.OPEN:
            continue
        free = firms.jobs[f] - firms.residents[f] - firms.commuters[f]
        if free <= 0:
            continue
        vacant[f] = free
        by_sector[firms.sector[f]] += free
        hiring[n_hiring] = f
        n_hiring += 1
        listed += min(free, _LISTED)
    cell = np.empty(listed, np.int32)
    owner = np.empty(listed, np.int32)
    k = 0
    for h in range(n_hiring):
        f = hiring[h]
        for j in range(min(vacant[f], _LISTED)):
            cell[k] = firms.sector[f] * _BUCKETS + int(uniform(once, firms.key[f], 20 + j) * _BUCKETS)
            owner[k] = f
            start[cell[k] + 1] += 1
            k += 1
    for c in range(sectors * _BUCKETS):
        start[c + 1] += start[c]
    fill = start[:-1].copy()
    firm = np.empty(listed, np.int32)
    for k in range(listed):
        firm[fill[cell[k]]] = owner[k]
        fill[cell[k]] += 1
    return Openings(start, firm, vacant, by_sector)


@inlined
def firm_hiring(o: Openings, sector: int, u: float) -> int:
    """Return a firm of a sector with a vacant position, -1 when none of those listed has one left."""
    first, last = o.start[sector * _BUCKETS], o.start[(sector + 1) * _BUCKETS]
    if first == last:
        return -1
    bucket = int(u * _BUCKETS)
    low, high = o.start[sector * _BUCKETS + bucket], o.start[sector * _BUCKETS + bucket + 1]
    k = low + int((u * _BUCKETS - bucket) * (high - low))
    for _ in range(last - first):
        if k >= last:
            k = first
        if o.vacant[o.firm[k]] > 0:
            return int(o.firm[k])
        k += 1
    return -1


@inlined
def take_work(
    t: Tables,
    e: Economy,
    o: Openings,
    i: int,
    month: int,
    dice: np.uint64,
    ease: FloatArray,
    same_ways: bool,
    base_share: float,
) -> None:
    """Let an inhabitant choose a workplace among vacant positions of the city and work outside."""
    key, work, sectors = t.persons.key[i], e.work, e.sectors.shape[0]
    home = home_sector(t, i, sectors, dice)
    share_of = e.anchor.commute[home]
    zone, firm = -1, -1
    for trial in range(_TRIALS):
        zone = proposed(share_of, uniform(dice, key, 2 * trial))
        pull = 1.0 if same_ways else math.exp(ease[home, zone] - e.anchor.ease[home, zone])
        if zone < sectors:
            pull *= o.by_sector[zone] / (e.anchor.commute_weight[zone] * base_share)
        if uniform(dice, key, 2 * trial + 1) * _HEADROOM < pull:
            if zone >= sectors:
                break
            firm = firm_hiring(o, zone, uniform(dice, key, 1000 + trial))
            if firm >= 0:
                break
        zone = -1
    if zone < 0:
        zone = zone_outside(share_of, sectors, uniform(dice, key, 2 * _TRIALS))
    work.firm[i] = firm
    work.zone[i] = zone
    work.since[i] = month
    if firm >= 0:
        e.firms.residents[firm] += 1
        o.vacant[firm] -= 1
        o.by_sector[zone] -= 1
    else:
        e.totals[Total.WORK_ELSEWHERE] += 1.0


@inlined
def look_at(t: Tables, e: Economy, i: int, seekers: IntArray, n: int) -> int:
    """Somebody's work may have changed: give up the workplace, or put them on the list; return its length."""
    works = t.persons.status[i] == PersonStatus.RESIDENT and t.persons.activity[i] == Activity.EMPLOYED
    if works and e.work.zone[i] < 0:
        seekers[n] = i
        return n + 1
    if not works and e.work.zone[i] >= 0:
        release(e, i)
    return n


@kernel
def job_month(
    t: Tables,
    e: Economy,
    month: int,
    first_event: int,
    dice: JobDice,
    ease: FloatArray,
    p: JobParams,
) -> IntArray:
    """Let people leave and find workplaces, and commuters fill what is left.

    Args:
        t: All tables.
        e: Students, firms and jobs.
        month: This month.
        first_event: First row of this month in the event log.
        dice: Streams.
        ease: Log weight of commuting, shape (zones, zones).
        p: Parameters.

    Returns:
        Rows of those whose job was cut and who find no other at once.
    """  # fmt: skip
    persons, log = t.persons, t.log
    last_event = t.counts[3]
    seekers = np.empty(2 * t.counts[0] + last_event - first_event, np.int32)
    n = 0
    for k in range(first_event, last_event):
        kind = log.kind[k]
        concerns = kind == Kind.ACTIVITY or kind == Kind.ARRIVED or kind == Kind.DEATH or kind == Kind.LEFT_CITY
        if concerns and log.person[k] >= 0:
            n = look_at(t, e, log.person[k], seekers, n)
    for i in range(month % 12, e.counts[2], 12):  # once a year, in a month of their own
        if e.work.zone[i] >= 0 and uniform(dice.change, persons.key[i]) < p.job_change_per_year:
            release(e, i)
            seekers[n] = i
            n += 1
    idle, n_idle, n = lay_off(t, e, month, dice.laid_off, seekers, n, p)
    o = openings(e, dice.once)
    same_ways = are_ways_of_start(e, ease)
    base_share = max(e.anchor.vacancy_share, 0.005) / p.work_in_city_pull
    for k in range(n):
        i = seekers[k]
        if e.work.zone[i] < 0:  # two events may name the same person
            take_work(t, e, o, i, month, dice.workplace, ease, same_ways, base_share)
    access = e.anchor.outside_access if same_ways else outside_access(e, ease)
    commuters(e, dice.commuters, access, p)
    count_by_sector(e)
    return idle[:n_idle]


@kernel
def lay_off(
    t: Tables, e: Economy, month: int, dice: np.uint64, seekers: IntArray, n: int, p: JobParams
) -> tuple[IntArray, int, int]:
    """Dismiss the staff of firms that closed or cut positions; follow firms that moved.

    Returns:
        Rows of those who find no other job at once, how many, and the new length of the list of seekers.
    """
    firms, work, n_firms = e.firms, e.work, e.counts[FIRM_ROWS]
    change = np.zeros(n_firms, np.int8)
    cut = np.zeros(n_firms, np.int32)
    concerned = 0
    for f in range(n_firms):
        if firms.status[f] != FirmStatus.OPEN:
            if firms.closed[f] == month:
                firms.commuters[f] = 0
                change[f] = _CLOSED
                concerned += firms.residents[f]
            continue
        staff = firms.residents[f] + firms.commuters[f]
        if firms.moved[f] == month:
            change[f] = _MOVED
            concerned += firms.residents[f]
        if staff > firms.jobs[f]:
            over = staff - firms.jobs[f]
            away = min(firms.commuters[f], (over * firms.commuters[f] + staff // 2) // staff)
            firms.commuters[f] -= away
            cut[f] = over - away
            change[f] = _CUT if change[f] == 0 else change[f]
            concerned += firms.residents[f]
    idle = np.empty(concerned, np.int32)
    n_idle = 0
    if concerned == 0:
        return idle, n_idle, n
    left = np.zeros(n_firms, np.int32)
    for f in range(n_firms):
        left[f] = firms.residents[f]
    for i in range(e.counts[2]):
        f = work.firm[i]
        if f < 0 or change[f] == 0:
            continue
        goes = change[f] == _CLOSED
        if not goes:
            work.zone[i] = firms.sector[f]
            if cut[f] > 0:
                goes = uniform(dice, t.persons.key[i]) * left[f] < cut[f]
                cut[f] -= goes
            left[f] -= 1
        if not goes:
            continue
        release(e, i)
        why = Cause.FIRM_CLOSED.value if change[f] == _CLOSED else Cause.JOBS_CUT.value
        record(
            t.log, t.counts, month, Kind.JOB_LOST.value, why, 0, i, t.persons.household[i], -1, -1, np.uint64(0), 0,
            float(f),
        )  # fmt: skip
        if uniform(dice, t.persons.key[i], 1) < p.laid_off_unemployed_share:
            idle[n_idle] = i
            n_idle += 1
        else:
            seekers[n] = i
            n += 1
    return idle, n_idle, n


@kernel
def are_ways_of_start(e: Economy, ease: FloatArray) -> bool:
    """Whether ways are as easy as on the first day."""
    for z in range(ease.shape[0]):
        for other in range(ease.shape[1]):
            if ease[z, other] != e.anchor.ease[z, other]:
                return False
    return True


@kernel
def outside_access(e: Economy, ease: FloatArray) -> FloatArray:
    """Return how well each sector is reached from outside, 1 on average on the first day, shape (sectors,).

    Ways that have changed since count by where commuters would come from.
    """
    sectors = e.sectors.shape[0]
    out = e.anchor.outside_access.copy()
    for s in range(sectors):
        now, then = 0.0, 0.0
        for z in range(sectors, ease.shape[0]):
            now += math.exp(ease[z, s])
            then += math.exp(e.anchor.ease[z, s])
        out[s] *= now / then
    return out


@kernel
def commuters(e: Economy, dice: np.uint64, access: FloatArray, p: JobParams) -> None:
    """Let commuters leave their jobs and others take vacant positions; nobody's firm stands without anybody."""
    firms = e.firms
    leave = p.commuters_leave_per_year / 12.0
    ratio = e.totals[Total.COMMUTERS] / max(e.anchor.commuters, 1.0)
    hired = np.empty(access.shape[0])
    for s in range(hired.shape[0]):
        hired[s] = hired_per_month(access[s], ratio, p)
    for f in range(e.counts[FIRM_ROWS]):
        if firms.status[f] != FirmStatus.OPEN:
            continue
        here = firms.commuters[f]
        if here > 0:
            here -= int(here * leave + uniform(dice, firms.key[f]))
        free = firms.jobs[f] - firms.residents[f] - here
        if free > 0:
            here += min(free, int(free * hired[firms.sector[f]] + uniform(dice, firms.key[f], 1)))
            if here + firms.residents[f] == 0:
                here = 1
        firms.commuters[f] = here


@kernel
def count_by_sector(e: Economy) -> None:
    """Count units, positions and staff of each sector and of the city."""
    firms, sectors = e.firms, e.sectors
    sectors.firms[:] = 0
    sectors.jobs[:] = 0
    sectors.residents[:] = 0
    sectors.commuters[:] = 0
    jobs, residents, outside = 0, 0, 0
    for f in range(e.counts[FIRM_ROWS]):
        if firms.status[f] != FirmStatus.OPEN:
            continue
        s = firms.sector[f]
        sectors.firms[s] += 1
        sectors.jobs[s] += firms.jobs[f]
        sectors.residents[s] += firms.residents[f]
        sectors.commuters[s] += firms.commuters[f]
        jobs += firms.jobs[f]
        residents += firms.residents[f]
        outside += firms.commuters[f]
    e.totals[Total.JOBS] = jobs
    e.totals[Total.RESIDENTS] = residents
    e.totals[Total.COMMUTERS] = outside
    e.totals[Total.TIGHTNESS] = (jobs - residents - outside) / max(e.unemployed.sum(), 1.0)


def workers_free(ease: FloatArray, workers: FloatArray, jobs: FloatArray) -> FloatArray:
    """Return workers over the jobs they reach, by zone of the home, (zones,): who has work at hand rarely goes far.

    Args:
        ease: Log weight of commuting, (zones, zones).
        workers: Who could work, (zones,).
        jobs: Jobs, (zones,).

    Source: gravity constrained at the home.
    """
    return np.asarray(workers / np.maximum(np.exp(ease) @ jobs, 1e-300))


def commuters_by_origin(e: Economy, ease: FloatArray, population: FloatArray, jobs: FloatArray) -> FloatArray:
    """Return who commutes in by zone outside and sector, shape (zones outside, sectors); sectors add up exactly.

    Args:
        e: Students, firms and jobs.
        ease: Log weight of commuting, (zones, zones).
        population: Inhabitants of the zones outside.
        jobs: Jobs in the zones outside.
    """
    sectors = len(e.sectors)
    workers = np.concatenate([np.zeros(sectors), population])
    free = workers_free(ease, workers, np.concatenate([e.sectors.jobs.astype(float), jobs]))
    weight = free[sectors:, None] * np.exp(ease[sectors:, :sectors])
    return np.asarray(weight / np.maximum(weight.sum(axis=0), 1e-300) * e.sectors.commuters)


@kernel
def social_jobs(
    t: Tables, e: Economy, month: int, places: int, sectors: IntArray, least_jobs: int, dice: np.uint64
) -> IntArray:
    """Open positions in social employment at large firms and give each to somebody without work.

    Args:
        t: All tables.
        e: Students, firms and jobs.
        month: This month.
        places: Positions.
        sectors: Flag of each sector where they open.
        least_jobs: Size from which a firm can take part; the largest one does where none is as large.
        dice: Stream.

    Returns:
        Rows of those who start to work.
    """
    firms, n_firms = e.firms, e.counts[FIRM_ROWS]
    hosts = np.empty(n_firms, np.int32)
    n_hosts, largest = 0, -1
    for f in range(n_firms):
        if firms.status[f] != FirmStatus.OPEN or sectors[firms.sector[f]] == 0:
            continue
        if firms.jobs[f] >= least_jobs:
            hosts[n_hosts] = f
            n_hosts += 1
        if largest < 0 or firms.jobs[f] > firms.jobs[largest]:
            largest = f
    if n_hosts == 0:
        if largest < 0:
            return hosts[:0]
        hosts[0] = largest
        n_hosts = 1
    waiting = 0
    for i in range(e.counts[2]):
        waiting += t.persons.status[i] == PersonStatus.RESIDENT and t.persons.activity[i] == Activity.UNEMPLOYED
    started = np.empty(max(places, 0), np.int32)
    n = 0
    for i in range(e.counts[2]):
        if n == places or waiting == 0:
            break
        if t.persons.status[i] != PersonStatus.RESIDENT or t.persons.activity[i] != Activity.UNEMPLOYED:
            continue
        if uniform(dice, t.persons.key[i]) * waiting < places - n:
            f = hosts[int(uniform(dice, t.persons.key[i], 1) * n_hosts)]
            firms.jobs[f] += 1
            firms.residents[f] += 1
            e.work.firm[i] = f
            e.work.zone[i] = firms.sector[f]
            e.work.since[i] = month
            started[n] = i
            n += 1
        waiting -= 1
    return started[:n]
