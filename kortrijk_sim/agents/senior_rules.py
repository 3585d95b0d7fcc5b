"""What is particular to older people: willingness to move, nursing homes, kangaroo living."""

from __future__ import annotations

import math
from typing import NamedTuple

from kortrijk_sim.agents.household_rules import HousingParams
from kortrijk_sim.compiling import rule

ENTRY_MAX_PER_YEAR = 0.9  # bounds the log-linear hazard where it extrapolates


class CareParams(NamedTuple):
    """Parameters of nursing-home entry and kangaroo living; see ``parameters_care``."""

    nursing_men_log_at_80: float
    nursing_men_growth_per_year: float
    nursing_women_log_at_80: float
    nursing_women_growth_per_year: float
    nursing_alone_ratio: float
    nursing_good_health_ratio: float
    nursing_light_ratio: float
    nursing_heavy_ratio: float
    nursing_life_cycle_home_ratio: float
    nursing_places: float
    nursing_gives_up_per_year: float
    kangaroo_hazard_per_year: float
    kangaroo_distance_km: float


@rule
def senior_moving_ratio(willingness: float, reached_by_help: bool, help_ratio: float, p: HousingParams) -> float:
    """Factor on the moving hazard of a household aged 65 or older.

    ``willingness`` is a number in (0, 1) drawn once in a life: below the willing share the household would
    move from a home that no longer fits, above it intent is damped. Moving help makes those it reaches
    willing and multiplies their intent.

    Source: 56 % would move if the home no longer fits (Woonsurvey 2018, Vlaamse Ouderenraad).
    """
    ratio = 1.0 if willingness < p.senior_willing_share or reached_by_help else p.senior_unwilling_ratio
    return ratio * help_ratio if reached_by_help else ratio


@rule
def nursing_entry_per_year(
    age_years: float,
    male: bool,
    alone: bool,
    health: int,
    life_cycle_home: bool,
    alignment: float,
    p: CareParams,
) -> float:
    """Yearly probability of asking for a place in a nursing home: exp(a + b (age - 80)) x ratios.

    Source: two log-linear hazards that reproduce the Flemish share by age and sex (Statistiek Vlaanderen
    2021) with a mean stay of 2.9 years; ratios assumed and normalised by ``alignment`` on the base city.
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
    return min(ENTRY_MAX_PER_YEAR, alignment * hazard)
