"""What happens to a person: the rules of death, birth, leaving home, unions, splits, health and income."""

from __future__ import annotations

import math
from typing import NamedTuple

from kortrijk_sim.compiling import rule

SPLIT_RATIO_MAX = 4.0  # bounds the regression where it extrapolates


class PersonParams(NamedTuple):
    """Parameters of the rules about persons; names and sources in ``parameters_demography``."""

    girl_share: float
    fertility_mean_age_years: float
    fertility_sd_years: float
    fertility_parity_0_ratio: float
    fertility_parity_1_ratio: float
    fertility_parity_2_ratio: float
    fertility_parity_3plus_ratio: float
    fertility_union_ratio: float
    fertility_single_ratio: float
    nursing_stay_mean_years: float
    nursing_mortality_ratio: float
    mortality_light_ratio: float
    mortality_heavy_ratio: float
    mortality_dementia_ratio: float
    nest_leavers_to_elsewhere_share: float
    union_age_a_per_year: float
    union_age_a2_per_year2: float
    union_age_a3_per_year3: float
    union_gap_d_per_year: float
    union_gap_d2_per_year2: float
    union_gap_d3_per_year3: float
    union_one_works_utility: float
    union_both_work_utility: float
    union_same_sex_share: float
    union_typical_age_years: float
    union_gap_max_years: float
    union_partner_from_elsewhere_share: float
    union_moves_to_partner_elsewhere_share: float
    split_per_child_logit: float
    split_per_year_logit: float
    split_age_gap_logit: float
    split_age_gap2_logit: float
    split_both_work_logit: float
    split_leaver_male_share: float
    unhoused_leaves_city_per_month: float
    health_light_at_75_per_year: float
    health_light_growth_per_year: float
    health_heavy_at_80_per_year: float
    health_heavy_growth_per_year: float
    health_dementia_at_80_per_year: float
    health_dementia_growth_per_year: float
    health_recovery_per_year: float
    income_real_growth_per_year: float
    income_spread_sd_log: float
    income_employed_eur_month: float
    income_unemployed_eur_month: float
    income_retired_eur_month: float
    income_at_home_eur_month: float
    income_student_eur_month: float
    study_share: float
    study_ends_per_year: float
    job_loss_per_year: float
    job_finding_per_year: float
    leaves_labour_force_per_year: float
    enters_labour_force_per_year: float
    retirement_age_years_2025: float
    retirement_age_years_2030: float


@rule
def per_month(probability_per_year: float) -> float:
    """Turn a yearly probability into a monthly one: 1 - (1 - p)^(1/12)."""
    return 1.0 - math.pow(1.0 - min(max(probability_per_year, 0.0), 1.0), 1.0 / 12.0)


@rule
def death_probability_per_year(
    q_2024: float, improvement_per_year: float, years_since_2024: float, alignment: float
) -> float:
    """Yearly probability of dying at home: k q(a, s) exp(-r (t - 2024)).

    Source: period table and improvement by age and sex as in ``age_rates``; the alignment k is computed
    from the base city so that it expects the observed deaths, and is the same in every policy.
    """
    return min(1.0, alignment * q_2024 * math.exp(-improvement_per_year * years_since_2024))


@rule
def mortality_ratio(health: int, p: PersonParams) -> float:
    """Mortality at home of somebody in need of help over that of somebody in good health of that age and sex.

    Those who enter a nursing home come from the frail: without this, a place in a home would seem to kill.
    Source: assumed; the alignment of the base year keeps total deaths.
    """
    if health >= 3:
        return p.mortality_dementia_ratio
    if health == 2:
        return p.mortality_heavy_ratio
    return p.mortality_light_ratio if health == 1 else 1.0


@rule
def nursing_death_probability_per_year(q_per_year: float, p: PersonParams) -> float:
    """Yearly probability of dying in a nursing home: max(1 - exp(-1 / mean stay), ratio x q).

    Source: mean stay of 2.9 years (Solidaris, to 2018).
    """
    return min(1.0, max(1.0 - math.exp(-1.0 / p.nursing_stay_mean_years), p.nursing_mortality_ratio * q_per_year))


@rule
def birth_probability_per_year(
    age_years: float, children: int, in_union: bool, alignment: float, p: PersonParams
) -> float:
    """Yearly probability that a woman has a child: k N(age; mean, sd) x parity ratio x union ratio.

    Source: mean age at birth 30.6 (Flanders 2022, Statistiek Vlaanderen); parity and union ratios as in
    ``parameters_demography``; the alignment k makes the base city expect the observed births.
    """
    z = (age_years - p.fertility_mean_age_years) / p.fertility_sd_years
    density = math.exp(-0.5 * z * z) / (p.fertility_sd_years * math.sqrt(2.0 * math.pi))
    parity = p.fertility_parity_3plus_ratio
    if children == 0:
        parity = p.fertility_parity_0_ratio
    elif children == 1:
        parity = p.fertility_parity_1_ratio
    elif children == 2:
        parity = p.fertility_parity_2_ratio
    union = p.fertility_union_ratio if in_union else p.fertility_single_ratio
    return min(0.9, alignment * density * parity * union)


@rule
def union_utility(age_partner: float, age_gap: float, ego_works: bool, partner_works: bool, p: PersonParams) -> float:
    """Score of a possible couple, in logit units.

    A cubic in the partner's age and in the age gap, lower where one or both work.
    Source: LIAM2 demonstration model (Federal Planning Bureau), marriage-market score.
    """
    a = age_partner
    d = abs(age_gap)
    score = p.union_age_a_per_year * a + p.union_age_a2_per_year2 * a * a + p.union_age_a3_per_year3 * a * a * a
    score += p.union_gap_d_per_year * d + p.union_gap_d2_per_year2 * d * d + p.union_gap_d3_per_year3 * d * d * d
    if ego_works and partner_works:
        score += p.union_both_work_utility
    elif ego_works or partner_works:
        score += p.union_one_works_utility
    return score


@rule
def split_ratio(children: int, years_together: float, age_gap: float, both_work: bool, p: PersonParams) -> float:
    """Risk of a couple to part, relative to one child, ten years together, no age gap, both working.

    Source: LIAM2 demonstration model, divorce regression; its level is replaced by the rate by age.
    """
    z = p.split_per_child_logit * (min(children, 3) - 1) + p.split_per_year_logit * (min(years_together, 40.0) - 10.0)
    z += p.split_age_gap_logit * age_gap + p.split_age_gap2_logit * age_gap * age_gap
    if not both_work:
        z -= p.split_both_work_logit
    return min(SPLIT_RATIO_MAX, max(0.1, math.exp(z)))


@rule
def health_worsens_per_year(age_years: float, state: int, p: PersonParams) -> float:
    """Yearly probability that need of help rises one step: h exp(g (age - reference)).

    Source: magnitudes assumed so that about 21 % of those aged 65-74 and 49 % of those aged 75 and over
    live with a limitation (CBS, Netherlands).
    """
    if state == 0:
        return min(0.6, p.health_light_at_75_per_year * math.exp(p.health_light_growth_per_year * (age_years - 75.0)))
    if state == 1:
        return min(0.6, p.health_heavy_at_80_per_year * math.exp(p.health_heavy_growth_per_year * (age_years - 80.0)))
    return min(
        0.6,
        p.health_dementia_at_80_per_year * math.exp(p.health_dementia_growth_per_year * (age_years - 80.0)),
    )


@rule
def retirement_age_years(years_since_2025: float, p: PersonParams) -> float:
    """Legal retirement age: 66 from 2025, 67 from 2030 (Belgian pension law of 2015)."""
    return p.retirement_age_years_2030 if years_since_2025 >= 5.0 else p.retirement_age_years_2025


@rule
def income_eur_month(activity: int, z: float, years_since_2025: float, p: PersonParams) -> float:
    """Net personal income in prices of 2025: level of the activity x log-normal rank x real growth.

    ``z`` is the person's standing, a standard normal draw kept for life.
    """
    level = 0.0
    if activity == 2:
        level = p.income_student_eur_month
    elif activity == 3:
        level = p.income_employed_eur_month
    elif activity == 4:
        level = p.income_unemployed_eur_month
    elif activity == 5:
        level = p.income_at_home_eur_month
    elif activity == 6:
        level = p.income_retired_eur_month
    spread = p.income_spread_sd_log
    if activity != 3:
        spread *= 0.6  # benefits and pensions spread less than wages
    growth = math.pow(1.0 + p.income_real_growth_per_year, years_since_2025)
    return level * math.exp(spread * z - 0.5 * spread * spread) * growth
