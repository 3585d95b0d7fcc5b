"""What firms do: how often they close, how they grow, where they settle; who fills a position."""

from __future__ import annotations

import math
from typing import NamedTuple

from kortrijk_sim.compiling import rule

YOUNG_YEARS = 5  # years after which a local unit counts as established


class FirmParams(NamedTuple):
    """Parameters of local units; names and sources in ``parameters_firms``."""

    firm_birth_per_year: float
    firm_closure_year_1_per_year: float
    firm_closure_year_2_per_year: float
    firm_closure_year_3_per_year: float
    firm_closure_year_4_per_year: float
    firm_closure_year_5_per_year: float
    firm_closure_size_exponent: float
    firm_birth_jobs_mean: float
    firm_growth_per_year: float
    firm_growth_young_per_year: float
    firm_growth_sd_log: float
    firm_growth_vacancy_ratio: float
    firm_moves_per_year: float
    firm_access_utility: float
    firm_cluster_utility: float
    scale_up_growth_per_year: float
    scale_up_least_jobs: float
    scale_up_most_jobs: float
    scale_up_years: float
    sme_least_jobs: float
    sme_most_jobs: float
    sme_closure_ratio: float
    sme_growth_per_year: float


class JobParams(NamedTuple):
    """Parameters of workplaces; names and sources in ``parameters_firms``."""

    job_vacancy_share: float
    job_change_per_year: float
    work_in_city_pull: float
    commuters_leave_per_year: float
    commuters_hired_per_month: float
    commuters_pool_exponent: float
    laid_off_unemployed_share: float
    job_loss_in_layoffs_per_year: float
    tightness_finding_exponent: float


@rule
def closure_per_year(age_years: float, jobs: int, established: float, followed: bool, p: FirmParams) -> float:
    """Yearly probability that a local unit closes: h(age) x jobs ^ -exponent.

    ``established`` is the hazard of an established unit with one job, set on the first day so that all units
    together close as often as observed; ``followed`` says that an account manager visits the firm.
    Source: closures of 7.8 % a year (FOD Economie 2023), five-year survival of 66.2 % (hln.be 2018).
    """
    hazard = established
    if age_years < 1.0:
        hazard = p.firm_closure_year_1_per_year
    elif age_years < 2.0:
        hazard = p.firm_closure_year_2_per_year
    elif age_years < 3.0:
        hazard = p.firm_closure_year_3_per_year
    elif age_years < 4.0:
        hazard = p.firm_closure_year_4_per_year
    elif age_years < YOUNG_YEARS:
        hazard = p.firm_closure_year_5_per_year
    if followed:
        hazard *= p.sme_closure_ratio
    return min(0.95, hazard * math.pow(max(float(jobs), 1.0), -p.firm_closure_size_exponent))


@rule
def is_scale_up(age_years: float, jobs: int, p: FirmParams) -> bool:
    """Whether a firm is young and large enough to look for room to grow."""
    return age_years < p.scale_up_years and p.scale_up_least_jobs <= jobs <= p.scale_up_most_jobs


@rule
def is_sme(jobs: int, p: FirmParams) -> bool:
    """Whether an account manager for small and middle-sized firms may follow the firm."""
    return p.sme_least_jobs <= jobs <= p.sme_most_jobs


@rule
def log_growth(
    age_years: float, jobs: int, vacant: int, hosted: bool, followed: bool, normal: float, p: FirmParams
) -> float:
    """Log of a firm's positions in a year over those of the year before (Gibrat).

    A place with one job does not shrink, large ones spread most. Who cannot fill the positions there are does
    not open more.
    """
    drift = p.firm_growth_per_year
    if age_years < YOUNG_YEARS:
        drift += p.firm_growth_young_per_year
    if hosted:
        drift += p.scale_up_growth_per_year
    if followed:
        drift += p.sme_growth_per_year
    size = max(float(jobs), 1.0)
    spread = p.firm_growth_sd_log * (1.0 - 1.0 / math.sqrt(size))
    growth = drift - 0.5 * spread * spread + spread * normal
    if growth > 0.0:
        growth *= max(0.0, 1.0 - p.firm_growth_vacancy_ratio * vacant / size)
    return growth


@rule
def place_utility(labour_access: float, neighbours: float, quality: float, p: FirmParams) -> float:
    """What changes in the pull of a sector on firms: workers within reach, firms of the same kind, other gains.

    ``labour_access`` is the log of the workers in reach, ``neighbours`` the local units of the same section
    and ``quality`` what else is new there, such as a hub. What stays the same for years (motorways, stations,
    rents) is in the share of today's firms, from which the choice departs (incremental logit).
    """
    return p.firm_access_utility * labour_access + p.firm_cluster_utility * math.log(1.0 + neighbours) + quality


@rule
def hired_per_month(access_ratio: float, commuters_ratio: float, p: JobParams) -> float:
    """Share of vacant positions that somebody from outside takes in a month.

    ``access_ratio`` is the workers outside who reach the sector over the mean of all sectors on the first
    day, ``commuters_ratio`` those who commute in over those of the first day.
    """
    found = p.commuters_hired_per_month * access_ratio
    return min(0.9, found * math.pow(max(commuters_ratio, 0.05), -p.commuters_pool_exponent))


@rule
def finding_ratio(tightness: float, at_start: float, p: JobParams) -> float:
    """Factor on finding work: (vacancies per unemployed over those of the first day) ^ elasticity.

    Source: matching function; elasticity 0.3 to 0.5 (Petrongolo and Pissarides 2001).
    """
    if tightness <= 0.0 or at_start <= 0.0:
        return 0.4
    return min(2.0, max(0.4, math.pow(tightness / at_start, p.tightness_finding_exponent)))
