"""Care: who needs how much, who gives it, when it is not enough, which place is taken (C1-C9).

Magnitudes are in ``parameters_care``; most are assumed, labelled and ranged. Utilities are in logit units:
the unexplained part is a standard Gumbel draw.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from kortrijk_sim.compiling import rule

ENTRY_MAX_PER_YEAR = 0.9  # bounds the log-linear hazard where it extrapolates
DAYS_PER_MONTH = 365.25 / 12.0


class NursingParams(NamedTuple):
    """Parameters of nursing homes and kangaroo living."""

    nursing_men_log_at_80: float
    nursing_men_growth_per_year: float
    nursing_women_log_at_80: float
    nursing_women_growth_per_year: float
    nursing_alone_ratio: float
    nursing_good_health_ratio: float
    nursing_light_ratio: float
    nursing_heavy_ratio: float
    nursing_life_cycle_home_ratio: float
    nursing_carer_near_ratio: float
    nursing_carer_near_minutes: float
    nursing_day_care_ratio: float
    nursing_unmet_ratio: float
    nursing_gives_up_per_year: float
    nursing_urgency_months: float
    nursing_region_share: float
    nursing_home_per_minute: float
    nursing_family_per_minute: float
    nursing_price_per_100_eur: float
    nursing_quality_utility: float
    nursing_accept_utility: float
    nursing_reach_max_minutes: float
    visit_utility: float
    visit_per_minute: float
    kangaroo_hazard_per_year: float
    kangaroo_distance_km: float


class CarerParams(NamedTuple):
    """Parameters of need, informal carers, home care, day care and isolation."""

    need_light_hours_week: float
    need_heavy_hours_week: float
    need_dementia_hours_week: float
    need_growth_per_year: float
    need_alone_ratio: float
    need_women_ratio: float
    carer_partner_utility: float
    carer_child_utility: float
    carer_daughter_utility: float
    carer_per_minute: float
    carer_parent_age_per_year: float
    carer_parent_alone_utility: float
    carer_employed_utility: float
    carer_busy_utility: float
    carer_heavy_need_utility: float
    carer_outside_share: float
    carer_outside_median_minutes: float
    carer_outside_sd_log: float
    carer_outside_employed_share: float
    carer_other_utility: float
    carer_partner_hours_week: float
    carer_child_home_hours_week: float
    carer_child_hours_week: float
    carer_hours_minutes: float
    carer_employed_hours_ratio: float
    carer_other_hours_week: float
    carer_burdened_hours_ratio: float
    carer_hours_ratio: float
    burden_at_15_hours_per_year: float
    burden_growth_per_hour: float
    burden_employed_ratio: float
    burden_support_ratio: float
    burden_recovery_per_year: float
    burden_stops_per_year: float
    home_care_max_hours_week: float
    day_care_hours_week: float
    day_care_guests_per_place: float
    day_care_utility: float
    day_care_dementia_utility: float
    day_care_per_minute: float
    day_care_burden_utility: float
    day_care_stops_per_year: float
    isolation_logit: float
    isolation_child_logit: float
    isolation_child_minutes: float
    isolation_carer_logit: float
    isolation_day_care_logit: float
    isolation_need_logit: float
    isolation_village_logit: float
    village_reach_walk_minutes: float


class AssistedParams(NamedTuple):
    """Parameters of assisted homes."""

    assisted_considers_per_year: float
    assisted_utility: float
    assisted_alone_utility: float
    assisted_per_minute: float
    assisted_rent_per_100_eur: float
    assisted_life_cycle_home_utility: float
    assisted_quality_utility: float
    assisted_services_utility: float
    assisted_rent_eur_month: float


class StaffParams(NamedTuple):
    """Parameters of the staff of nursing homes."""

    staff_light_fte: float
    staff_heavy_fte: float
    staff_dementia_fte: float
    staff_leaves_per_year: float
    staff_hired_per_month: float
    staff_vacant_at_start_share: float
    staff_slack_share: float
    staff_at_opening_share: float
    staff_access_minutes: float


@rule
def need_hours_week(age_years: float, male: bool, alone: bool, health: int, p: CarerParams) -> float:
    """Hours of help a week that somebody needs at home: level of the state x age x alone x sex (C1).

    Source: the cascade need, receipt, giver, hours of SimPaths; hours assumed.
    """
    if health <= 0:
        return 0.0
    hours = p.need_light_hours_week
    if health == 2:
        hours = p.need_heavy_hours_week
    elif health >= 3:
        hours = p.need_dementia_hours_week
    if alone:
        hours *= p.need_alone_ratio
    if not male:
        hours *= p.need_women_ratio
    return hours * math.exp(p.need_growth_per_year * (min(age_years, 100.0) - 80.0))


@rule
def partner_carer_utility(health: int, p: CarerParams) -> float:
    """Utility that a partner able to do so cares, against nobody."""
    return p.carer_partner_utility + (p.carer_heavy_need_utility if health >= 2 else 0.0)


@rule
def child_carer_utility(
    daughter: bool,
    minutes: float,
    employed: bool,
    busy: bool,
    parent_age_years: float,
    parent_alone: bool,
    health: int,
    p: CarerParams,
) -> float:
    """Utility that a child becomes the main carer, against nobody.

    Source: care by children falls with distance and rises with the parent's age and living alone (CBS
    2024); daughters more than sons (SimPaths); magnitudes assumed.
    """
    u = p.carer_child_utility - p.carer_per_minute * minutes
    u += p.carer_parent_age_per_year * (parent_age_years - 80.0)
    if daughter:
        u += p.carer_daughter_utility
    if parent_alone:
        u += p.carer_parent_alone_utility
    if employed:
        u -= p.carer_employed_utility
    if busy:
        u -= p.carer_busy_utility
    if health >= 2:
        u += p.carer_heavy_need_utility
    return u


@rule
def other_carer_utility(health: int, p: CarerParams) -> float:
    """Utility that another relative, a friend or a neighbour cares, against nobody."""
    return p.carer_other_utility + (p.carer_heavy_need_utility if health >= 2 else 0.0)


@rule
def informal_hours_week(
    kind: int, need: float, same_home: bool, minutes: float, employed: bool, burdened: bool, p: CarerParams
) -> float:
    """Hours a week that the main informal carer gives: the need, up to what such a carer can give.

    ``kind`` is a ``CarerKind``; ``minutes`` the way to the carer by car.
    """
    if kind == 0:
        return 0.0
    most = p.carer_other_hours_week
    if kind == 1:
        most = p.carer_partner_hours_week
    elif kind <= 4:
        most = p.carer_child_hours_week * math.exp(-minutes / p.carer_hours_minutes)
        if same_home:
            most = p.carer_child_home_hours_week
    if employed:
        most *= p.carer_employed_hours_ratio
    if burdened:
        most *= p.carer_burdened_hours_ratio
    return min(need, most * p.carer_hours_ratio)


@rule
def overburdened_per_year(hours_week: float, employed: bool, relieved: bool, p: CarerParams) -> float:
    """Yearly probability that an informal carer becomes overburdened; support or day care relieves."""
    hazard = p.burden_at_15_hours_per_year * math.exp(p.burden_growth_per_hour * (hours_week - 15.0))
    if employed:
        hazard *= p.burden_employed_ratio
    if relieved:
        hazard *= p.burden_support_ratio
    return min(0.9, hazard)


@rule
def day_care_utility(minutes: float, health: int, carer_burdened: bool, p: CarerParams) -> float:
    """Utility of a day-care centre against staying at home all week (C6): it may fail to fill."""
    u = p.day_care_utility - p.day_care_per_minute * minutes
    if health >= 3:
        u += p.day_care_dementia_utility
    if carer_burdened:
        u += p.day_care_burden_utility
    return u


@rule
def nursing_entry_per_year(
    age_years: float,
    male: bool,
    alone: bool,
    health: int,
    life_cycle_home: bool,
    carer_near: bool,
    day_care: bool,
    unmet_share: float,
    alignment: float,
    p: NursingParams,
) -> float:
    """Yearly probability of asking for a place in a nursing home: exp(a + b (age - 80)) x ratios (C2).

    Source: two log-linear hazards that reproduce the Flemish share by age and sex (Statistiek Vlaanderen
    2021) with a mean stay of 2.9 years; ratios assumed. ``alignment`` is set on the base city.
    """
    if male:
        hazard = math.exp(p.nursing_men_log_at_80 + p.nursing_men_growth_per_year * (age_years - 80.0))
    else:
        hazard = math.exp(p.nursing_women_log_at_80 + p.nursing_women_growth_per_year * (age_years - 80.0))
    if alone:
        hazard *= p.nursing_alone_ratio
    if health == 0:
        hazard *= p.nursing_good_health_ratio
    elif health == 1:
        hazard *= p.nursing_light_ratio
    else:
        hazard *= p.nursing_heavy_ratio
    if life_cycle_home:
        hazard *= p.nursing_life_cycle_home_ratio
    if carer_near:
        hazard *= p.nursing_carer_near_ratio
    if day_care:
        hazard *= p.nursing_day_care_ratio
    return min(ENTRY_MAX_PER_YEAR, alignment * hazard * (1.0 + p.nursing_unmet_ratio * unmet_share))


@rule
def urgency(health: int, alone: bool, has_carer: bool, carer_burdened: bool) -> int:
    """How urgent a request is: 2 crisis, 1 heavy need, 0 other (C5); each class goes before an earlier date."""
    if health < 2:
        return 0
    return 2 if carer_burdened or (alone and not has_carer) else 1


@rule
def nursing_place_utility(
    home_minutes: float,
    family_minutes: float,
    price_eur_day: float,
    income_eur_month: float,
    quality: float,
    p: NursingParams,
) -> float:
    """Utility of a place: ways to the former home and to the nearest child, price above income, quality (C5).

    ``family_minutes`` is 0 for somebody without a child in the city.
    """
    gap = max(0.0, price_eur_day * DAYS_PER_MONTH - income_eur_month) / 100.0
    u = -p.nursing_home_per_minute * home_minutes - p.nursing_family_per_minute * family_minutes
    return u - p.nursing_price_per_100_eur * gap + p.nursing_quality_utility * quality


@rule
def weekly_visit_probability(minutes: float, p: NursingParams) -> float:
    """Probability that a family member visits every week (C7).

    Source: 58 % are visited at least weekly and travel time counts at all ages (JAMDA 2022); slope assumed.
    """
    return 1.0 / (1.0 + math.exp(p.visit_per_minute * minutes - p.visit_utility))


@rule
def isolation_probability(
    child_near: bool, has_carer: bool, day_care: bool, health: int, village_quality: float, p: CarerParams
) -> float:
    """Probability that a senior who lives alone is socially isolated.

    ``village_quality`` is that of a care village within walking distance, 0 without one. Magnitudes
    assumed: family, a carer, day care and a village near lower it, heavy need raises it.
    """
    z = p.isolation_logit - p.isolation_village_logit * village_quality
    if child_near:
        z -= p.isolation_child_logit
    if has_carer:
        z -= p.isolation_carer_logit
    if day_care:
        z -= p.isolation_day_care_logit
    if health >= 2:
        z += p.isolation_need_logit
    return 1.0 / (1.0 + math.exp(-z))


@rule
def assisted_home_utility(
    minutes: float,
    alone: bool,
    rent_eur_month: float,
    income_eur_month: float,
    life_cycle_home: bool,
    quality: float,
    village: bool,
    p: AssistedParams,
) -> float:
    """Utility of an assisted home against staying (C6): nobody has to take one, so homes can stay empty."""
    u = p.assisted_utility - p.assisted_per_minute * minutes + p.assisted_quality_utility * (quality - 0.5)
    u -= p.assisted_rent_per_100_eur * max(0.0, rent_eur_month - income_eur_month / 3.0) / 100.0
    if alone:
        u += p.assisted_alone_utility
    if life_cycle_home:
        u -= p.assisted_life_cycle_home_utility
    if village:
        u += p.assisted_services_utility
    return u


@rule
def staff_fte(health: int, p: StaffParams) -> float:
    """Care staff that one resident asks for, in full-time equivalents (C9)."""
    if health >= 3:
        return p.staff_dementia_fte
    return p.staff_heavy_fte if health == 2 else p.staff_light_fte
