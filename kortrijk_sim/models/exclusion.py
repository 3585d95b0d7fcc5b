"""Losing a home, living without one, and the ways back in: Housing First, rent-to-buy, kangaroo living."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.care_rules import NursingParams
from kortrijk_sim.agents.household_rules import HousingParams, annuity_factor_months, mortgage_months, rooms_needed
from kortrijk_sim.agents.person import per_month
from kortrijk_sim.agents.table import next_child
from kortrijk_sim.arrays import IntArray
from kortrijk_sim.city.vocabulary import (
    DwellingStatus,
    DwellingUse,
    Health,
    HouseholdStatus,
    PersonStatus,
    Role,
    Scheme,
    Tenure,
)
from kortrijk_sim.compiling import inlined, lean
from kortrijk_sim.draws import uniform
from kortrijk_sim.models.events import Cause, Kind, note, record
from kortrijk_sim.models.levers import Levers
from kortrijk_sim.models.market import Place, SearchParams, Seekers, ask_rent_eur_month
from kortrijk_sim.models.occupancy import (
    CLOSED_BY_STARTER,
    dissolve,
    merge_households,
    occupy,
    profile_of,
    vacate,
)
from kortrijk_sim.models.prefetch import expect
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.summary import Summary


class ExclusionParams(NamedTuple):
    """Parameters of losing a home and of help; see ``parameters_social``."""

    home_loss_stress_share: float
    housing_first_rent_eur_month: float
    rent_to_buy_age_max_years: float


RENT_TO_BUY_CARRY, HOUSING_FIRST_CARRY = 0, 1


@inlined
def stressed(t: Tables, s: Summary, h: int, p: ExclusionParams) -> bool:
    """Whether a private tenant pays more than the stress share of income; in assisted homes nobody is put out."""
    home = t.households.dwelling[h]
    if home < 0 or t.dwellings.tenure[home] != Tenure.PRIVATE_RENT:
        return False
    if t.dwellings.use[home] == DwellingUse.ASSISTED:
        return False
    return bool(t.households.rent_eur_month[h] > p.home_loss_stress_share * s.income_eur_month[h])


@lean
def count_stressed(t: Tables, s: Summary, p: ExclusionParams) -> int:
    """Return how many private tenants are at risk of losing their home."""
    n = 0
    for h in range(s.head_age.shape[0]):
        if t.households.status[h] == HouseholdStatus.HOUSED and stressed(t, s, h, p):
            n += 1
    return n


@lean
def lose_home(
    t: Tables,
    s: Summary,
    rows: IntArray,
    month: int,
    dice: np.uint64,
    hazard_per_year: float,
    family_rooms: float,
    p: ExclusionParams,
) -> None:
    """Let some tenants under cost stress lose their home; it starts a chain.

    ``rows`` are those of tenants under stress whose draw is below the risk.
    """
    risk = per_month(hazard_per_year)
    for h in rows:
        if t.households.status[h] != HouseholdStatus.HOUSED or not stressed(t, s, h, p):
            continue
        if uniform(dice, t.households.key[h]) < risk:
            profile = profile_of(t.persons, t.households, h, month)
            home = t.households.dwelling[h]
            record(t.log, t.counts, month, Kind.LOST_HOME.value, 0, profile, -1, h, home, -1, np.uint64(0), 0, 0.0)
            vacate(t, h, month, Cause.LOST_HOME.value, profile, np.uint64(0), 0, family_rooms)
            t.households.status[h] = HouseholdStatus.HOMELESS
            t.households.seeking[h] = 0


@lean
def housing_first(
    t: Tables,
    s: Summary,
    month: int,
    dice: np.uint64,
    places: float,
    place: Place,
    sp: SearchParams,
    p: ExclusionParams,
) -> None:
    """Give households without a home a rental flat first and guidance after."""  # fmt: skip
    budget = t.markets.carry[HOUSING_FIRST_CARRY] + places
    for h in range(s.head_age.shape[0]):
        if budget < 1.0:
            break
        if t.households.status[h] != HouseholdStatus.HOMELESS or t.households.members[h] == 0:
            continue
        needed = rooms_needed(s.adults[h], s.couple[h] == 1, s.children[h])
        best, best_rank = -1, 1.0e30
        for d in range(t.counts[2]):
            if (
                t.dwellings.household[d] < 0
                and t.dwellings.tenure[d] == Tenure.PRIVATE_RENT
                and t.dwellings.status[d] == DwellingStatus.STANDING
                and t.dwellings.use[d] == DwellingUse.MAIN_RESIDENCE
                and needed <= t.dwellings.rooms[d] <= needed + 2
            ):
                rank = ask_rent_eur_month(t, place, d, sp) * (0.9 + 0.2 * uniform(dice, t.dwellings.key[d]))
                if rank < best_rank:
                    best, best_rank = d, rank
        if best < 0:
            continue
        budget -= 1.0
        t.households.rent_eur_month[h] = p.housing_first_rent_eur_month
        occupy(
            t, h, best, -1, month, Cause.HOUSING_FIRST.value, CLOSED_BY_STARTER, p.housing_first_rent_eur_month
        )  # fmt: skip
    t.markets.carry[HOUSING_FIRST_CARRY] = min(budget, 24.0)


@lean
def offer_rent_to_buy(
    t: Tables, k: Seekers, n: int, month: int, levers: Levers, p: HousingParams, ep: ExclusionParams
) -> None:
    """Let a number of young tenants who lack only the down payment look for a home to buy.

    They search as buyers with what their income carries, and rent what they find until they buy it.
    """
    budget = t.markets.carry[RENT_TO_BUY_CARRY] + levers.rent_to_buy_homes_per_month
    for i in range(n):
        if budget < 1.0:
            break
        if k.buys[i] or k.age[i] > ep.rent_to_buy_age_max_years or k.rent_max[i] <= 0.0:
            continue
        # The scheme stands in for own means: the bank's limit by income is the only one left.
        months = mortgage_months(k.age[i], p)
        loan = p.payment_to_income_max * k.income[i] * annuity_factor_months(p.mortgage_rate_per_year, months)
        by_income = loan / (1.0 + p.purchase_tax_share)
        if by_income <= k.price_max[i]:
            continue
        k.price_max[i] = by_income
        k.buys[i] = True
        k.rents_first[i] = True
        budget -= 1.0
    t.markets.carry[RENT_TO_BUY_CARRY] = min(budget, 24.0)


@lean
def buy_rented(t: Tables, month: int, after_months: float, p: HousingParams) -> None:
    """Let tenants under rent-to-buy become owners when their time has come."""
    h, dw = t.households, t.dwellings
    for d in range(t.counts[2]):
        if dw.scheme[d] != Scheme.RENT_TO_BUY or dw.household[d] < 0:
            continue
        household = dw.household[d]
        if month - h.since_month[household] < after_months:
            continue
        age = (month - t.persons.birth_month[h.first_member[household]]) / 12.0
        dw.scheme[d] = Scheme.MARKET
        dw.tenure[d] = Tenure.OWNER
        h.mortgage_eur_month[household] = h.rent_eur_month[household]
        h.mortgage_until[household] = month + int(mortgage_months(age, p))
        h.rent_eur_month[household] = 0.0
        record(
            t.log, t.counts, month, Kind.BOUGHT_RENTED.value, Cause.RENT_TO_BUY.value, 0, h.first_member[household],
            household, -1, d, np.uint64(0), 0, h.mortgage_eur_month[household],
        )  # fmt: skip


@lean
def kangaroo(
    t: Tables, seniors: IntArray, s: Summary, month: int, dice: np.uint64, family_rooms: float, p: NursingParams
) -> None:
    """Let a senior household with heavy need join a child who lives near, in a dependent unit (H12)."""
    persons, households = t.persons, t.households
    risk = per_month(p.kangaroo_hazard_per_year)
    for k in range(seniors.shape[0]):
        expect(persons, seniors, k)
        i = seniors[k]
        if persons.status[i] != PersonStatus.RESIDENT or persons.household[i] < 0 or persons.role[i] != Role.ADULT:
            continue
        if persons.health[i] < Health.HEAVY or month - persons.birth_month[i] < 780:
            continue
        h = persons.household[i]
        if h >= s.head_age.shape[0] or households.first_member[h] != i or s.adults[h] > 2:
            continue
        if uniform(dice, persons.key[i]) >= risk:
            continue
        home = households.dwelling[h]
        child = nearest_child(t, i, h, p.kangaroo_distance_km)
        if child < 0 or home < 0:
            continue
        target = persons.household[child]
        profile = profile_of(persons, households, h, month)
        note(t.log, t.counts, month, Kind.JOINED_KIN.value, Cause.KANGAROO.value, i, target)
        merge_households(t, h, target, Role.OTHER.value, month)
        dissolve(t, h, month, Cause.KANGAROO.value, profile, family_rooms)


@lean
def nearest_child(t: Tables, parent: int, h: int, distance_km: float) -> int:
    """Return a grown child who heads a household with a home within a distance, -1 none."""
    persons, dw = t.persons, t.dwellings
    home = t.households.dwelling[h]
    best, best_km = -1, distance_km
    child = t.care.first_child[parent]
    while child >= 0:
        c = child
        child = next_child(persons, t.care, parent, c)
        if persons.status[c] != PersonStatus.RESIDENT or persons.household[c] < 0 or persons.household[c] == h:
            continue
        other = t.households.dwelling[persons.household[c]]
        if other < 0 or home < 0 or persons.role[c] != Role.ADULT:
            continue
        km = np.sqrt((dw.x_km[other] - dw.x_km[home]) ** 2 + (dw.y_km[other] - dw.y_km[home]) ** 2)
        if km < best_km:
            best, best_km = c, km
    return best
