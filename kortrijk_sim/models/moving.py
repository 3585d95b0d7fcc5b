"""Who starts to look for another home, and why (H1-H3)."""

from __future__ import annotations

import numpy as np

from kortrijk_sim.agents.household_rules import (
    MISMATCH_MAX,
    HousingParams,
    is_too_large,
    mismatch,
    moving_probability,
    rooms_needed,
)
from kortrijk_sim.agents.senior_rules import senior_moving_ratio
from kortrijk_sim.arrays import Array, FloatArray, IntArray
from kortrijk_sim.city.vocabulary import DwellingKind, DwellingUse, HouseholdStatus, Tenure
from kortrijk_sim.compiling import kernel, lean
from kortrijk_sim.draws import uniform
from kortrijk_sim.models.events import Kind, record
from kortrijk_sim.models.levers import Levers
from kortrijk_sim.models.prefetch import AHEAD, expect, prefetch
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.summary import Summary

SENIOR_AGE = 65


@kernel
def highest_seeking_chance(profile: Array, help_ratio: float, p: HousingParams) -> FloatArray:
    """Return a monthly chance to start to look that no household exceeds, by age of the head, shape (120,)."""
    steepest = max(p.moving_private_tenant_ratio, p.moving_social_tenant_ratio, 1.0) * max(help_ratio, 1.0)
    highest = np.empty(profile.shape[0])
    for age in range(profile.shape[0]):
        highest[age] = moving_probability(profile[age] * p.moving_profile_ratio, MISMATCH_MAX, steepest, 1.0 / 12.0)
    return highest


@lean
def intents(
    t: Tables,
    s: Summary,
    rows: IntArray,
    month: int,
    dice: np.uint64,
    once_dice: np.uint64,
    help_dice: np.uint64,
    profile: Array,
    sector_wijk: Array,
    levers: Levers,
    help_ratio: float,
    p: HousingParams,
) -> None:
    """Let households start to look, or stop.

    Args:
        t: All tables.
        s: Summary of the households.
        rows: Rows of those who look already, or whose draw is below the highest chance of their age.
        month: This month.
        dice: Stream of the monthly draws.
        once_dice: Stream of the willingness, drawn once in a life.
        help_dice: Stream that decides whom moving help reaches, drawn once in a life.
        profile: Yearly moving rate by age of the head, shape (120,).
        sector_wijk: Wijk of each sector.
        levers: Policy of the month.
        help_ratio: Factor of moving help on the intent of those it reaches.
        p: Parameters.
    """  # fmt: skip
    h_table, d_table = t.households, t.dwellings
    for k in range(rows.shape[0]):
        expect(h_table, rows, k)
        expect(s, rows, k)
        prefetch(d_table, h_table.dwelling[rows[min(k + AHEAD // 2, rows.shape[0] - 1)]])
        h = rows[k]
        if h_table.status[h] != HouseholdStatus.HOUSED:
            continue
        if h_table.seeking[h] == 1:
            if month - h_table.seeking_since[h] >= p.search_gives_up_after_months:
                h_table.seeking[h] = 0
                record(t.log, t.counts, month, Kind.GAVE_UP.value, 0, 0, -1, h, -1, -1, np.uint64(0), 0, 0.0)
            continue
        age = min(s.head_age[h], profile.shape[0] - 1)
        u = uniform(dice, h_table.key[h])
        home = h_table.dwelling[h]
        if d_table.use[home] == DwellingUse.ASSISTED:
            continue  # who lives with care within call stays
        base = profile[age] * p.moving_profile_ratio
        rooms = d_table.rooms[home]
        needed = rooms_needed(s.adults[h], s.couple[h] == 1, s.children[h])
        house = d_table.kind[home] != DwellingKind.APARTMENT
        stairs = house and d_table.life_cycle_proof[home] == 0 and s.limited[h] > 0
        m = mismatch(
            rooms,
            needed,
            s.child_role[h] > 0,
            stairs,
            month - s.widowed_since[h] <= 24,
            month - s.last_birth[h] <= 12,
            p,
        )
        ratio = 1.0
        if d_table.tenure[home] == Tenure.SOCIAL_RENT:
            ratio = p.moving_social_tenant_ratio
        elif d_table.tenure[home] == Tenure.PRIVATE_RENT:
            ratio = p.moving_private_tenant_ratio
        if s.oldest_age[h] >= SENIOR_AGE:
            share = levers.moving_help_share[sector_wijk[d_table.sector[home]]]
            reached = (
                share > 0.0
                and d_table.tenure[home] == Tenure.OWNER
                and is_too_large(rooms, needed)
                and uniform(help_dice, h_table.key[h]) < share
            )
            ratio *= senior_moving_ratio(uniform(once_dice, h_table.key[h]), reached, help_ratio, p)
        if u < moving_probability(base, m, ratio, 1.0 / 12.0):
            h_table.seeking[h] = 1
            h_table.seeking_since[h] = month
            record(t.log, t.counts, month, Kind.SOUGHT.value, 0, 0, -1, h, home, -1, np.uint64(0), 0, m)
