"""Local units open, grow, move and close."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.firm_rules import (
    FirmParams,
    closure_per_year,
    is_scale_up,
    is_sme,
    log_growth,
    place_utility,
)
from kortrijk_sim.agents.person import per_month
from kortrijk_sim.arrays import FloatArray, IntArray
from kortrijk_sim.city.vocabulary import FirmStatus
from kortrijk_sim.compiling import inlined, kernel
from kortrijk_sim.draws import mix, normal, uniform
from kortrijk_sim.models.economy import FIRM_ROWS, Economy, proposed

_TRIALS = 24  # proposals before the last one is taken
_DOUBLE = math.log(2.0)  # most by which a sector's pull on firms can grow
_MOST_NEW_JOBS = 30


class FirmDice(NamedTuple):
    """Streams of one month."""

    birth: np.uint64
    closure: np.uint64
    growth: np.uint64
    once: np.uint64


class Pull(NamedTuple):
    """What draws firms to sectors this month."""

    labour_access: FloatArray  # (sectors,) log of workers in reach
    quality: FloatArray  # (sectors,) what else is new, such as a hub


@kernel
def open_firm(e: Economy, month: int, key: np.uint64, section: int, sector: int, jobs: int) -> int:
    """Open a local unit without staff and return its row."""
    firms = e.firms
    row = e.counts[FIRM_ROWS]
    e.counts[FIRM_ROWS] += 1
    firms.key[row] = key
    firms.status[row] = FirmStatus.OPEN
    firms.nace[row] = section
    firms.sector[row] = sector
    firms.jobs[row] = jobs
    firms.residents[row] = 0
    firms.commuters[row] = 0
    firms.founded[row] = month
    firms.closed[row] = -9999
    firms.moved[row] = -9999
    firms.hosted[row] = 0
    e.sectors.births[sector] += 1
    return int(row)


@kernel
def units_by_place(e: Economy) -> FloatArray:
    """Count open local units by section and sector, shape (sections, sectors)."""
    out = np.zeros(e.anchor.units.shape)
    for f in range(e.counts[FIRM_ROWS]):
        if e.firms.status[f] == FirmStatus.OPEN:
            out[e.firms.nace[f], e.firms.sector[f]] += 1.0
    return out


@kernel
def pull_since_start(e: Economy, units: FloatArray, pull: Pull, p: FirmParams) -> FloatArray:
    """Return the log by which each sector's pull has changed since the first day, shape (sections, sectors).

    Local units count relative to the growth of the whole city.
    """
    out = np.empty(units.shape)
    level = e.anchor.units.sum() / max(units.sum(), 1.0)
    for section in range(units.shape[0]):
        for sector in range(units.shape[1]):
            now = place_utility(pull.labour_access[sector], level * units[section, sector], pull.quality[sector], p)
            then = place_utility(e.anchor.labour_access[sector], e.anchor.units[section, sector], 0.0, p)
            out[section, sector] = now - then
    return out


@inlined
def place_for(e: Economy, change: FloatArray, section: int, key: np.uint64, dice: np.uint64) -> int:
    """Choose a sector: proposed as often as on the first day, taken by what has changed since."""
    sector = 0
    for trial in range(_TRIALS):
        sector = proposed(e.anchor.places[section], uniform(dice, key, 100 + 2 * trial))
        if uniform(dice, key, 101 + 2 * trial) < math.exp(min(change[section, sector], _DOUBLE) - _DOUBLE):
            break
    return sector


@inlined
def jobs_at_birth(key: np.uint64, dice: np.uint64, mean: float) -> int:
    """Draw the positions of a new local unit: one, and a geometric number more."""
    jobs = 1
    more = (mean - 1.0) / max(mean, 1.0)
    while jobs < _MOST_NEW_JOBS and uniform(dice, key, 10 + jobs) < more:
        jobs += 1
    return jobs


@kernel
def births_due(e: Economy, dice: np.uint64, ratio: float, p: FirmParams) -> int:
    """Return how many local units open this month; ``ratio`` is what policy adds."""
    units = 0
    for f in range(e.counts[FIRM_ROWS]):
        units += e.firms.status[f] == FirmStatus.OPEN
    return int(p.firm_birth_per_year * ratio / 12.0 * units + uniform(dice, np.uint64(1)))


@kernel
def firm_month(
    e: Economy, month: int, births: int, dice: FirmDice, pull: Pull, followed_share: float, p: FirmParams
) -> None:
    """Let local units close, move and grow, and new ones open.

    Each looks at its size once a year, in a month of its own.

    Args:
        e: Students, firms and jobs.
        month: This month.
        births: Local units that open.
        dice: Streams.
        pull: What draws firms to sectors.
        followed_share: Share of small and middle-sized firms that an account manager follows.
        p: Parameters.
    """
    firms = e.firms
    units = units_by_place(e)
    change = pull_since_start(e, units, pull, p)
    e.sectors.births[:] = 0
    e.sectors.closures[:] = 0
    moves = per_month(p.firm_moves_per_year)
    established = e.anchor.established_closure_per_year
    highest = per_month(max(established, p.firm_closure_year_2_per_year, p.firm_closure_year_3_per_year, 0.2))
    of_month = np.uint64(month % 12)
    for f in range(e.counts[FIRM_ROWS]):
        if firms.status[f] != FirmStatus.OPEN:
            continue
        key = firms.key[f]
        u = uniform(dice.closure, key)
        if u < highest:
            age = (month - firms.founded[f]) / 12.0
            followed = followed_share > 0.0 and is_followed(key, firms.jobs[f], dice.once, followed_share, p)
            if u < per_month(closure_per_year(age, firms.jobs[f], established, followed, p)):
                firms.status[f] = FirmStatus.CLOSED
                firms.closed[f] = month
                firms.hosted[f] = 0
                e.sectors.closures[firms.sector[f]] += 1
                continue
        elif u > 1.0 - moves and firms.hosted[f] == 0:
            sector = place_for(e, change, firms.nace[f], key, dice.closure)
            if sector != firms.sector[f]:
                firms.sector[f] = sector
                firms.moved[f] = month
        if key % np.uint64(12) == of_month:
            grow(e, f, month, dice, followed_share, p)
    for slot in range(births):
        key = mix(dice.birth, np.uint64(slot + 1))
        section = proposed(e.anchor.sections, uniform(dice.birth, key, 1))
        sector = place_for(e, change, section, key, dice.birth)
        open_firm(e, month, key, section, sector, jobs_at_birth(key, dice.birth, p.firm_birth_jobs_mean))


@inlined
def is_followed(key: np.uint64, jobs: int, once: np.uint64, share: float, p: FirmParams) -> bool:
    """Whether an account manager follows the firm; the same firms first, however many managers there are."""
    return is_sme(jobs, p) and uniform(once, key, 5) < share


@inlined
def grow(e: Economy, f: int, month: int, dice: FirmDice, followed_share: float, p: FirmParams) -> None:
    """Let a firm set its positions for a year."""
    firms = e.firms
    key, jobs = firms.key[f], firms.jobs[f]
    vacant = max(0, jobs - firms.residents[f] - firms.commuters[f])
    followed = is_followed(key, jobs, dice.once, followed_share, p)
    age = (month - firms.founded[f]) / 12.0
    growth = log_growth(age, jobs, vacant, firms.hosted[f] == 1, followed, normal(dice.growth, key), p)
    # Rounded by a draw, so that small changes of many small firms are not lost.
    firms.jobs[f] = max(1, int(jobs * math.exp(growth) + uniform(dice.growth, key, 7)))
    if firms.hosted[f] == 1 and not is_scale_up(age, firms.jobs[f], p):
        firms.hosted[f] = 0


@kernel
def host_scale_ups(e: Economy, month: int, places: IntArray, dice: np.uint64, p: FirmParams) -> None:
    """Let young firms that grow move into the business space made for them, as far as there is room.

    Args:
        e: Students, firms and jobs.
        month: This month.
        places: Firms that fit by sector, shape (sectors,).
        dice: Stream of the choice.
        p: Parameters.
    """
    firms = e.firms
    free = places.astype(np.int64)
    candidates = 0
    for f in range(e.counts[FIRM_ROWS]):
        if firms.status[f] != FirmStatus.OPEN:
            continue
        if firms.hosted[f] == 1:
            free[firms.sector[f]] -= 1
        elif is_scale_up((month - firms.founded[f]) / 12.0, firms.jobs[f], p):
            candidates += 1
    left = 0
    for sector in range(free.shape[0]):
        free[sector] = max(free[sector], 0)
        left += free[sector]
    sector = 0
    for f in range(e.counts[FIRM_ROWS]):
        if left == 0 or candidates == 0:
            return
        if firms.status[f] != FirmStatus.OPEN or firms.hosted[f] == 1:
            continue
        if not is_scale_up((month - firms.founded[f]) / 12.0, firms.jobs[f], p):
            continue
        if uniform(dice, firms.key[f], 3) < left / candidates:
            while free[sector] == 0:
                sector += 1
            free[sector] -= 1
            left -= 1
            firms.hosted[f] = 1
            if firms.sector[f] != sector:
                firms.sector[f] = sector
                firms.moved[f] = month
        candidates -= 1


@kernel
def attract(
    e: Economy, month: int, firms: int, section: int, jobs: int, sectors: IntArray, dice: np.uint64, batch: int
) -> None:
    """Open local units that policy brings from elsewhere.

    Args:
        e: Students, firms and jobs.
        month: This month.
        firms: How many.
        section: NACE section, -1 as the city's own mix.
        jobs: Positions of each.
        sectors: Sectors where they may settle.
        dice: Stream.
        batch: Keeps apart what several measures bring in one month.
    """
    for unit in range(firms):
        key = mix(mix(dice, np.uint64(1_000_000 + batch)), np.uint64(unit + 1))
        kind = section if section >= 0 else proposed(e.anchor.sections, uniform(dice, key, 1))
        share = np.zeros(sectors.shape[0])
        total = 0.0
        for k in range(sectors.shape[0]):
            total += e.anchor.units[kind, sectors[k]] + 0.05
            share[k] = total
        sector = sectors[proposed(share / total, uniform(dice, key, 2))]
        open_firm(e, month, key, kind, sector, jobs)
