"""How a household decides about its home: the rules of housing rotation."""

from __future__ import annotations

import math
from typing import NamedTuple

from kortrijk_sim.compiling import rule

MISMATCH_MAX = 2.5  # bounds the sum of the terms: nobody's wish grows more than twelvefold


class HousingParams(NamedTuple):
    """Parameters of the rules about moving home; names and sources in ``parameters_housing``."""

    moving_profile_ratio: float
    moving_social_tenant_ratio: float
    moving_private_tenant_ratio: float
    mismatch_missing_room: float
    mismatch_spare_room: float
    mismatch_stairs_with_limitation: float
    mismatch_widowed: float
    mismatch_child_born: float
    senior_willing_share: float
    senior_unwilling_ratio: float
    search_gives_up_after_months: float
    loan_to_value_max: float
    payment_to_income_max: float
    rent_to_income_max: float
    mortgage_rate_per_year: float
    mortgage_term_years: float
    mortgage_last_age_years: float
    purchase_tax_share: float
    buying_preference_share: float
    buying_slope_per_100_eur: float
    utility_missing_room: float
    utility_spare_room: float
    utility_cost_log: float
    utility_distance_per_km: float
    utility_same_kind: float
    utility_life_cycle_65plus: float
    utility_house_with_children: float
    utility_epc_step: float
    utility_scale: float
    utility_inertia: float
    utility_accessibility: float
    family_home_rooms: float
    grown_child_pays_share: float
    reserve_months_of_income: float
    buyer_price_floor_share: float
    first_buyer_equity_max_eur: float


@rule
def rooms_needed(adults: int, couple: bool, children: int) -> int:
    """Rooms a household needs: one to live in, a bedroom per couple or single adult, one per child."""
    bedrooms = adults - 1 if couple else adults
    return 1 + max(1, bedrooms) + children


@rule
def is_too_large(rooms: int, needed: int) -> bool:
    """Whether a home has more than one room beyond the need (under-occupied)."""
    return rooms > needed + 1


@rule
def mismatch(
    rooms: int,
    needed: int,
    has_children: bool,
    stairs_and_limitation: bool,
    widowed_recently: bool,
    child_born_recently: bool,
    p: HousingParams,
) -> float:
    """Mismatch between household and home, a sum of terms without unit.

    Source: signs from Bloem (LASA) and Bonnet et al.; magnitudes assumed, see ``parameters_housing``.
    """  # fmt: skip
    total = p.mismatch_missing_room * max(0, needed - rooms)
    if not has_children:
        total += p.mismatch_spare_room * max(0, rooms - needed - 1)
    if stairs_and_limitation:
        total += p.mismatch_stairs_with_limitation
    if widowed_recently:
        total += p.mismatch_widowed
    if child_born_recently:
        total += p.mismatch_child_born
    return min(total, MISMATCH_MAX)


@rule
def moving_probability(profile_per_year: float, mismatch: float, ratio: float, years: float) -> float:
    """Probability that a household starts to look within a time: 1 - (1 - h(a))^(exp(M) ratio years).

    ``h`` is the age profile of moving, ``M`` the mismatch, ``ratio`` willingness and tenure.
    Source: profile CBS 2017, scaled; form as in Bank of England and SILO relocation models.
    """
    return 1.0 - math.exp(math.log1p(-min(profile_per_year, 0.95)) * math.exp(mismatch) * ratio * years)


@rule
def annuity_factor_months(rate_per_year: float, months: float) -> float:
    """Loan that one euro a month repays: (1 - (1 + r)^-n) / r, in months."""
    r = math.pow(1.0 + rate_per_year, 1.0 / 12.0) - 1.0
    if r < 1.0e-9:
        return months
    return float((1.0 - math.pow(1.0 + r, -months)) / r)


@rule
def mortgage_months(age_years: float, p: HousingParams) -> float:
    """Months over which a bank spreads a loan: the usual term, shorter near the last age."""
    return max(60.0, 12.0 * min(p.mortgage_term_years, p.mortgage_last_age_years - age_years))


@rule
def affordable_price_eur(income_eur_month: float, equity_eur: float, months: float, p: HousingParams) -> float:
    """Highest price a household can pay: what it owns plus what a bank lends.

    The loan is bounded by payment to income (40 %) and by loan to value (90 %); tax comes on top.
    Source: limits of the National Bank of Belgium and the Bank of England housing model.
    """
    if equity_eur < 0.0:
        return 0.0
    loan = p.payment_to_income_max * income_eur_month * annuity_factor_months(p.mortgage_rate_per_year, months)
    by_income = (equity_eur + loan) / (1.0 + p.purchase_tax_share)
    by_value = equity_eur / (1.0 + p.purchase_tax_share - p.loan_to_value_max)
    return min(by_income, by_value)


@rule
def affordable_rent_eur_month(income_eur_month: float, premium_eur_month: float, p: HousingParams) -> float:
    """Highest rent a household takes: a share of income, plus a premium it is given."""
    return p.rent_to_income_max * income_eur_month + premium_eur_month


@rule
def buying_probability(rent_eur_month: float, owning_eur_month: float, p: HousingParams) -> float:
    """Probability that a household that can buy wants to: logistic in rent (1 + pi) - cost of owning.

    Source: form and pi = 0.4 from the Bank of England housing model.
    """
    gain = (rent_eur_month * (1.0 + p.buying_preference_share) - owning_eur_month) / 100.0
    return 1.0 / (1.0 + math.exp(-p.buying_slope_per_100_eur * gain))


@rule
def dwelling_utility(
    rooms: int,
    needed: int,
    log_cost_to_income: float,
    distance_km: float,
    same_kind: bool,
    senior: bool,
    life_cycle_proof: bool,
    house: bool,
    has_children: bool,
    epc: int,
    accessibility: float,
    p: HousingParams,
) -> float:
    """Systematic utility of a dwelling for a household, in units of the unexplained part's scale.

    Terms: rooms missing or to spare, cost over income, distance from the present home, own kind of home,
    life-cycle-proof for those aged 65+, house with children, energy label, accessibility (logsum).
    Source: structure as SILO and UrbanSim; magnitudes assumed, see ``parameters_housing``.
    """  # fmt: skip
    u = p.utility_missing_room * max(0, needed - rooms) + p.utility_spare_room * max(0, rooms - needed - 1)
    u += p.utility_cost_log * max(log_cost_to_income, -4.0)
    u += p.utility_distance_per_km * distance_km
    if same_kind:
        u += p.utility_same_kind
    if senior and life_cycle_proof:
        u += p.utility_life_cycle_65plus
    if house and has_children:
        u += p.utility_house_with_children
    u += p.utility_epc_step * epc
    u += p.utility_accessibility * accessibility
    return u / p.utility_scale
