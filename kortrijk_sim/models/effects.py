"""What the measures of a scenario do in a month: levers for the processes, homes completed."""

from __future__ import annotations

import numpy as np

from kortrijk_sim.arrays import Array
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.models.construction import Programme
from kortrijk_sim.models.environment import N_WIJKEN
from kortrijk_sim.models.levers import Levers
from kortrijk_sim.models.measures import (
    BuildHomes,
    BuildingPermits,
    ConformityChecks,
    GrowHomeCare,
    HousingFirst,
    LargeFamilyPremium,
    MovingHelp65Plus,
    NotaryHelp,
    RentToBuy,
    SecondHomeTax,
    SupportCarers,
    VacancyTax,
    homes_before,
    wijk_of_homes,
)
from kortrijk_sim.models.policy import Scenario


def levers_of(scenario: Scenario, month: int, geography: Geography, scale: float) -> Levers:
    """Return the strength of every housing measure in one month."""
    help_share = np.zeros(N_WIJKEN)
    for measure in scenario.of(MovingHelp65Plus, month):
        for wijk in measure.wijk_numbers(geography):
            help_share[wijk] = max(help_share[wijk], measure.share_reached)
    return Levers(
        moving_help_share=help_share,
        rent_to_buy_homes_per_month=scale * sum(m.homes_per_year for m in scenario.of(RentToBuy, month)) / 12.0,
        rent_to_buy_months=12.0 * max((m.max_years for m in scenario.of(RentToBuy)), default=0),
        notary_help_eur=float(sum(m.eur for m in scenario.of(NotaryHelp, month))),
        large_family_premium_eur_month=float(sum(m.eur_month for m in scenario.of(LargeFamilyPremium, month))),
        vacancy_tax_eur_per_year=float(sum(m.eur_per_year for m in scenario.of(VacancyTax, month))),
        second_home_tax_eur_per_year=float(sum(m.eur_per_year for m in scenario.of(SecondHomeTax, month))),
        conformity_checks_per_month=scale * sum(m.checks_per_year for m in scenario.of(ConformityChecks, month)) / 12.0,
        housing_first_places_per_month=scale * sum(m.places_per_year for m in scenario.of(HousingFirst, month)) / 12.0,
    )


def home_care_ratio(scenario: Scenario, month: int, growth_per_year: float) -> float:
    """Return the hours of home care in a month over those of the base year.

    Args:
        scenario: Policy; the shares of its measures that hold add up.
        month: Months since 1 January 2025.
        growth_per_year: Growth under unchanged policy.
    """
    extra = sum(measure.share for measure in scenario.of(GrowHomeCare, month))
    return float((1.0 + growth_per_year) ** (month / 12.0)) * (1.0 + extra)


def carers_supported_share(scenario: Scenario, month: int) -> float:
    """Return the share of informal carers whom support reaches in a month."""
    return max((measure.share_reached for measure in scenario.of(SupportCarers, month)), default=0.0)


def permits_share(scenario: Scenario, month: int) -> float:
    """Return the share of developers' starts that gets a permit in a month: the strictest measure counts."""
    return min((measure.share_granted for measure in scenario.of(BuildingPermits, month)), default=1.0)


def programme_of(measure: BuildHomes, number: int, programmes: dict[str, Programme]) -> Programme:
    """Return what the homes of a measure look like.

    Args:
        measure: The measure.
        number: Its place in the scenario; keeps its homes apart from every other batch.
        programmes: The programmes by name.
    """
    looks = programmes[measure.programme]._replace(number=100 + number)
    if measure.programme == "market" and measure.life_cycle_proof is None:
        return looks
    proof = 1.0 if measure.proof else 0.0
    return looks._replace(life_cycle_share_apartment=proof, life_cycle_share_house=proof)


def site_of(measure: BuildHomes, geography: Geography) -> int:
    """Return the number of the statistical sector that a measure names, -1 for none."""
    codes = [sector.code for sector in geography.sectors]
    return codes.index(measure.sector) if measure.sector else -1


def homes_due_by_wijk(measure: BuildHomes, month: int, geography: Geography, scale: float) -> Array:
    """Return how many homes of a measure are completed this month in each wijk, shape (14,)."""
    first, last = homes_before(measure, month), homes_before(measure, month + 1)
    if scale != 1.0:
        first, last = int(first * scale), int(last * scale)
    if last <= first:
        return np.zeros(N_WIJKEN, np.int64)
    return np.bincount(wijk_of_homes(measure, geography)[first:last], minlength=N_WIJKEN)


def homes_instead_of_market(measure: BuildHomes, month: int, scale: float) -> int:
    """Return how many homes of developers a measure takes the place of this month."""
    first, last = (scale * measure.replaces_market * homes_before(measure, m) for m in (month, month + 1))
    return int(last) - int(first)
