"""The policy of one month, as the kernels see it."""

from __future__ import annotations

from typing import NamedTuple

from kortrijk_sim.arrays import Array


class Levers(NamedTuple):
    """Strength of every housing measure in force this month; zero everywhere without a policy."""

    moving_help_share: Array  # (14,) share of 65+ households in too large homes that is offered help
    rent_to_buy_homes_per_month: float
    rent_to_buy_months: float
    notary_help_eur: float
    large_family_premium_eur_month: float
    vacancy_tax_eur_per_year: float
    second_home_tax_eur_per_year: float
    conformity_checks_per_month: float
    housing_first_places_per_month: float
