"""Assisted homes: older households that need some help may take one, and need not (C6)."""

from __future__ import annotations

import numpy as np

from kortrijk_sim.agents.care_rules import AssistedParams, assisted_home_utility
from kortrijk_sim.agents.household_rules import HousingParams
from kortrijk_sim.agents.person import per_month
from kortrijk_sim.agents.travel_rules import TravelParams, car_minutes
from kortrijk_sim.arrays import IntArray
from kortrijk_sim.city.vocabulary import DwellingStatus, DwellingUse, Health, HouseholdStatus, PersonStatus, SiteStatus
from kortrijk_sim.compiling import kernel, lean
from kortrijk_sim.draws import gumbel, mix, uniform
from kortrijk_sim.models.events import Cause
from kortrijk_sim.models.market import Place, SearchParams, equity_eur
from kortrijk_sim.models.occupancy import occupy, profile_of, vacate
from kortrijk_sim.models.prefetch import expect
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.summary import Summary
from kortrijk_sim.models.ways import km_between

FIRST_AGE = 65


@kernel
def vacant_assisted_homes(t: Tables) -> IntArray:
    """Return the rows of vacant assisted homes."""
    out = np.empty(t.counts[2], np.int32)
    n = 0
    for d in range(t.counts[2]):
        if (
            t.dwellings.use[d] == DwellingUse.ASSISTED
            and t.dwellings.household[d] < 0
            and t.dwellings.status[d] == DwellingStatus.STANDING
        ):
            out[n] = d
            n += 1
    return out[:n]


@lean
def nearest_site(t: Tables, d: int) -> int:
    """Return the care site with assisted homes that is nearest to a dwelling, -1 for none."""
    best, best_km = -1, 0.0
    for s in range(t.counts[4]):
        if t.sites.assisted_homes[s] == 0:
            continue
        km = km_between(t.sites.x_km[s], t.sites.y_km[s], t.dwellings.x_km[d], t.dwellings.y_km[d])
        if best < 0 or km < best_km:
            best, best_km = s, km
    return best


@kernel
def take_assisted_homes(
    t: Tables,
    limited: IntArray,
    s: Summary,
    month: int,
    dice: np.uint64,
    travel: TravelParams,
    place: Place,
    hp: HousingParams,
    sp: SearchParams,
    p: AssistedParams,
) -> None:
    """Let senior households with a limitation consider the assisted homes that stand vacant.

    Args:
        t: All tables.
        limited: Rows of people with a limitation who live at home.
        s: Summary of the households.
        month: This month.
        dice: Stream of the choices.
        travel: Speeds.
        place: Where things are; prices of homes that are sold.
        hp: Parameters of housing.
        sp: Parameters of sales.
        p: Parameters of assisted homes.
    """
    vacant = vacant_assisted_homes(t)
    left = vacant.shape[0]
    if left == 0:
        return
    site = np.empty(left, np.int32)
    for k in range(left):
        site[k] = nearest_site(t, vacant[k])
    persons, households, dw = t.persons, t.households, t.dwellings
    considers = per_month(p.assisted_considers_per_year)
    for k in range(limited.shape[0]):
        expect(persons, limited, k)
        i = limited[k]
        if persons.status[i] != PersonStatus.RESIDENT or persons.health[i] == Health.GOOD:
            continue
        key = persons.key[i]
        h = persons.household[i]
        if h < 0 or h >= s.head_age.shape[0] or uniform(dice, key) >= considers:
            continue
        if households.status[h] != HouseholdStatus.HOUSED or households.members[h] > 2 or s.head_age[h] < FIRST_AGE:
            continue
        home = households.dwelling[h]
        if dw.use[home] == DwellingUse.ASSISTED:
            continue
        best, chosen = gumbel(dice, key, 1), -1
        for v in range(vacant.shape[0]):
            d = vacant[v]
            if dw.household[d] >= 0 or (site[v] >= 0 and t.sites.status[site[v]] != SiteStatus.OPEN):
                continue
            quality = t.sites.quality[site[v]] if site[v] >= 0 else 0.5
            village = site[v] >= 0 and t.sites.services[site[v]] == 1
            km = km_between(dw.x_km[d], dw.y_km[d], dw.x_km[home], dw.y_km[home])
            u = assisted_home_utility(
                car_minutes(km, travel), households.members[h] == 1, dw.rent_eur_month[d], s.income_eur_month[h],
                dw.life_cycle_proof[home] == 1, quality, village, p,
            )  # fmt: skip
            # One draw per site: more vacant homes in one place are not more kinds of choice.
            u += gumbel(mix(dice, t.sites.key[max(site[v], 0)]), key)
            if u > best:
                best, chosen = u, d
        if chosen < 0:
            continue
        profile = profile_of(persons, households, h, month)
        chain, position = dw.chain[chosen], dw.chain_position[chosen]
        savings = max(0.0, equity_eur(t, place, h, month, hp, sp))
        vacate(t, h, month, Cause.MOVE.value, profile, chain, position + 1, hp.family_home_rooms)
        households.savings_eur[h] = savings
        rent = dw.rent_eur_month[chosen]
        households.rent_eur_month[h] = rent
        households.moves[h] += 1
        occupy(t, h, chosen, home, month, Cause.ASSISTED.value, -1, rent)
        left -= 1
        if left == 0:
            return
