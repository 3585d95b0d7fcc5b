"""Social housing: the waiting list, its drop-outs, and allocation by four pillars (H10)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kortrijk_sim.agents.household_rules import rooms_needed
from kortrijk_sim.agents.person import per_month
from kortrijk_sim.arrays import Array, IntArray
from kortrijk_sim.city.vocabulary import DwellingStatus, DwellingUse, HouseholdStatus, Tenure
from kortrijk_sim.compiling import inlined, lean
from kortrijk_sim.draws import gumbel, uniform
from kortrijk_sim.models.events import Cause, Kind, record
from kortrijk_sim.models.occupancy import CLOSED_BY_STARTER, occupy, profile_of, vacate
from kortrijk_sim.models.prefetch import AHEAD, expect, prefetch
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.summary import Summary

FIRST_OF_ALL = 1.0e4  # months: nobody waits so long


class SocialParams(NamedTuple):
    """Parameters of social housing; see ``parameters_social``."""

    social_income_max_eur_month: float
    social_income_per_head_eur_month: float
    social_dropout_per_year: float
    social_rent_to_income: float
    social_rent_min_eur_month: float
    social_pillar_accelerated_share: float
    social_pillar_target_share: float
    social_local_tie_months: float
    social_relet_months: float
    social_rank_noise_months: float
    social_local_tie_bonus_months: float
    social_same_wijk_bonus_months: float


@inlined
def is_eligible(t: Tables, s: Summary, h: int, p: SocialParams) -> bool:
    """Whether a household may enter the list: no owner, no social tenant, income under the limit."""
    status = t.households.status[h]
    if status == HouseholdStatus.HOUSED:
        home = t.households.dwelling[h]
        if t.dwellings.tenure[home] != Tenure.PRIVATE_RENT or t.dwellings.use[home] == DwellingUse.ASSISTED:
            return False
    elif status != HouseholdStatus.HOMELESS:
        return False
    others = s.adults[h] + s.children[h] - 1
    return bool(s.income_eur_month[h] < p.social_income_max_eur_month + p.social_income_per_head_eur_month * others)


@lean
def count_eligible(t: Tables, s: Summary, p: SocialParams) -> tuple[int, int]:
    """Return how many households may enter the list and how many are on it."""
    eligible, listed = 0, 0
    for h in range(s.head_age.shape[0]):
        if t.households.social_since[h] > -9999:
            listed += 1
        elif is_eligible(t, s, h, p):
            eligible += 1
    return eligible, listed


@lean
def waiting_list(
    t: Tables,
    s: Summary,
    rows: IntArray,
    month: int,
    dice: np.uint64,
    drop_dice: np.uint64,
    listing_per_year: float,
    p: SocialParams,
) -> None:
    """Let households enter the list, and others drop out or lose their right.

    ``rows`` are those of the households on the list and of those whose draw lets them enter.
    """
    enters = per_month(listing_per_year)
    drops = per_month(p.social_dropout_per_year)
    for k in range(rows.shape[0]):
        expect(t.households, rows, k)
        expect(s, rows, k)
        prefetch(t.dwellings, t.households.dwelling[rows[min(k + AHEAD // 2, rows.shape[0] - 1)]])
        h = rows[k]
        status = t.households.status[h]
        if status != HouseholdStatus.HOUSED and status != HouseholdStatus.HOMELESS:
            continue
        if t.households.social_since[h] > -9999:
            owner = status == HouseholdStatus.HOUSED and t.dwellings.tenure[t.households.dwelling[h]] == Tenure.OWNER
            if owner or uniform(drop_dice, t.households.key[h]) < drops:
                t.households.social_since[h] = -9999
                record(t.log, t.counts, month, Kind.SOCIAL_DROPPED.value, 0, 0, -1, h, -1, -1, np.uint64(0), 0, 0.0)
        elif uniform(dice, t.households.key[h]) < enters and is_eligible(t, s, h, p):
            t.households.social_since[h] = month
            record(t.log, t.counts, month, Kind.SOCIAL_LISTED.value, 0, 0, -1, h, -1, -1, np.uint64(0), 0, 0.0)


WAITING_DTYPE = np.dtype(
    [
        ("waited", np.float64),  # months, with the noise of the ranking
        ("row", np.int32),  # household
        ("needed", np.int16),  # rooms
        ("wijk", np.int16),  # of the present home, -1 none
        ("waits", np.bool_),  # not yet housed this month
        ("homeless", np.bool_),
        ("senior", np.bool_),  # somebody of 65 or older
        ("large_family", np.bool_),
        ("local", np.bool_),  # has lived here long enough for the local tie
    ],
    align=True,
)

type Waiting = np.recarray[Any, Any]  # a row per household on the waiting list


def allocate(
    t: Tables,
    s: Summary,
    rows: IntArray,
    month: int,
    pillar_dice: np.uint64,
    rank_dice: np.uint64,
    sector_wijk: Array,
    family_rooms: float,
    p: SocialParams,
) -> None:
    """Let every vacant social home to a household on the list.

    The pillar of a vacancy is drawn with its home: accelerated (people without a home first), target groups
    (seniors for life-cycle-proof homes, large families for large ones), or standard (local tie, then date).
    Size must fit: rational occupancy. ``rows`` are those of the households that may be on the list.
    """  # fmt: skip
    waiting = np.zeros(len(rows), WAITING_DTYPE).view(np.recarray)
    n = _list_waiting(t, s, rows, waiting, month, rank_dice, sector_wijk, p)
    if n > 0:
        _allocate(t, s, waiting, n, month, pillar_dice, rank_dice, sector_wijk, family_rooms, p)


@lean
def _list_waiting(
    t: Tables,
    s: Summary,
    rows: IntArray,
    waiting: Waiting,
    month: int,
    dice: np.uint64,
    sector_wijk: Array,
    p: SocialParams,
) -> int:
    """Describe who waits for a social home; return how many do."""
    n = 0
    for k in range(rows.shape[0]):
        expect(t.households, rows, k)
        expect(s, rows, k)
        if k + AHEAD // 2 < rows.shape[0]:
            prefetch(t.dwellings, t.households.dwelling[rows[k + AHEAD // 2]])
            prefetch(t.persons, t.households.first_member[rows[k + AHEAD // 2]])
        h = rows[k]
        since = t.households.social_since[h]
        if since <= -9999 or t.households.members[h] == 0:
            continue
        home = t.households.dwelling[h]
        arrived = t.persons.arrived_month[t.households.first_member[h]]
        waiting.row[n] = h
        waiting.waited[n] = month - since + p.social_rank_noise_months * gumbel(dice, t.households.key[h])
        waiting.needed[n] = rooms_needed(s.adults[h], s.couple[h] == 1, s.children[h])
        waiting.wijk[n] = sector_wijk[t.dwellings.sector[home]] if home >= 0 else -1
        waiting.waits[n] = True
        waiting.homeless[n] = t.households.status[h] == HouseholdStatus.HOMELESS
        waiting.senior[n] = s.oldest_age[h] >= 65
        waiting.large_family[n] = s.children[h] >= 3
        waiting.local[n] = month - arrived >= p.social_local_tie_months
        n += 1
    return n


@lean
def _allocate(
    t: Tables,
    s: Summary,
    waiting: Waiting,
    n: int,
    month: int,
    pillar_dice: np.uint64,
    rank_dice: np.uint64,
    sector_wijk: Array,
    family_rooms: float,
    p: SocialParams,
) -> None:
    """Let the vacant social homes, one after the other."""
    dw = t.dwellings
    for d in range(t.counts[2]):
        if dw.tenure[d] != Tenure.SOCIAL_RENT or dw.household[d] >= 0 or dw.status[d] != DwellingStatus.STANDING:
            continue
        if dw.use[d] != DwellingUse.MAIN_RESIDENCE or month - dw.vacant_since[d] < p.social_relet_months:
            continue
        u = uniform(pillar_dice, dw.key[d])
        accelerated = u < p.social_pillar_accelerated_share
        target = not accelerated and u < p.social_pillar_accelerated_share + p.social_pillar_target_share
        rooms, wijk = dw.rooms[d], sector_wijk[dw.sector[d]]
        best, best_rank = -1, -1.0e30
        for w in range(n):
            spare = rooms - waiting.needed[w]
            if spare < 0 or (spare > 1 and not (waiting.needed[w] <= 2 and rooms <= 3)):
                continue
            if not waiting.waits[w]:
                continue
            rank = waiting.waited[w]
            if accelerated:
                rank = 12.0 * uniform(rank_dice, t.households.key[waiting.row[w]])
                if waiting.homeless[w]:
                    rank += FIRST_OF_ALL
            elif target:
                if (waiting.senior[w] and dw.life_cycle_proof[d] == 1) or (waiting.large_family[w] and rooms >= 4):
                    rank += FIRST_OF_ALL
            else:
                if waiting.local[w]:
                    rank += p.social_local_tie_bonus_months
                if waiting.wijk[w] == wijk:
                    rank += p.social_same_wijk_bonus_months
            if rank > best_rank:
                best, best_rank = w, rank
        if best < 0:
            continue
        waiting.waits[best] = False
        h = waiting.row[best]
        waited = float(month - t.households.social_since[h])
        origin = t.households.dwelling[h]
        chain, position = dw.chain[d], dw.chain_position[d]
        if origin >= 0:
            profile = profile_of(t.persons, t.households, h, month)
            vacate(t, h, month, Cause.MOVE.value, profile, chain, position + 1, family_rooms)
        t.households.rent_eur_month[h] = max(
            p.social_rent_min_eur_month, p.social_rent_to_income * s.income_eur_month[h]
        )
        t.households.moves[h] += 1
        occupy(t, h, d, origin, month, Cause.SOCIAL.value, CLOSED_BY_STARTER if origin < 0 else -1, waited)
