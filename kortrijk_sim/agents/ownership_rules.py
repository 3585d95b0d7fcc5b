"""What people own to travel with: licence, bike, pass, cars, electric cars, membership of car sharing (M5-M7).

Names and sources stand in ``parameters_mobility``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from kortrijk_sim.city.vocabulary import Activity, Bike, Sex
from kortrijk_sim.compiling import rule

MOST_CARS = 3


class MeansParams(NamedTuple):
    """Parameters of what people own to travel with."""

    licence_share_men: float
    licence_share_women: float
    licence_share_young: float
    licence_share_80plus: float
    bike_owner_share: float
    bike_owner_share_75plus: float
    e_bike_owner_share_2025: float
    e_bike_adoption_per_year: float
    transit_pass_share_pupil: float
    transit_pass_share_student: float
    transit_pass_share_worker: float
    transit_pass_share_senior: float
    transit_pass_share_other: float
    company_car_share: float
    cars_income_elasticity: float
    cars_access_utility: float
    cars_senior_utility: float
    cars_reconsider_per_year: float
    car_replacement_per_year: float
    company_car_replacement_per_year: float
    electric_share_2025: float
    electric_choice_constant: float
    electric_choice_per_year: float
    electric_choice_home_charger: float
    electric_choice_public_chargers: float
    electric_choice_company: float
    electric_only_from_year: float
    home_charger_share_house: float
    home_charger_share_apartment: float
    sharing_member_share_2025: float
    sharing_joins_per_year: float
    sharing_reach_walk_minutes: float
    sharing_gives_up_car_share: float


@rule
def licence_share(age: int, sex: int, p: MeansParams) -> float:
    """Share of an age and sex that may drive: grows from 18 to 25, falls after 80."""
    if age < 18:
        return 0.0
    level = p.licence_share_men if sex == Sex.MALE else p.licence_share_women
    if age < 25:
        return level * (p.licence_share_young + (1.0 - p.licence_share_young) * max(0, age - 21) / 4.0)
    return level if age < 80 else min(level, p.licence_share_80plus)


@rule
def bike_owned(age: int, u: float, years: float, p: MeansParams) -> int:
    """Return the best bike of a person, from one draw for life: the same people take to e-bikes first.

    The share of adults with an e-bike is its value of 2025 and grows by the yearly adoption among the others.
    """
    if age < 6:
        return Bike.NONE.value
    owners = p.bike_owner_share if age < 75 else p.bike_owner_share_75plus
    if u >= owners:
        return Bike.NONE.value
    if age >= 18:
        others = (1.0 - p.e_bike_owner_share_2025 / owners) * (1.0 - p.e_bike_adoption_per_year) ** years
        if u < owners * (1.0 - others):
            return Bike.E_BIKE.value
    return Bike.BIKE.value


@rule
def transit_pass_share(age: int, activity: int, p: MeansParams) -> float:
    """Share of people like this who hold a pass for buses and trains."""
    if age < 12:
        return 0.0
    if age < 18:
        return p.transit_pass_share_pupil
    if activity == Activity.STUDENT:
        return p.transit_pass_share_student
    if activity == Activity.EMPLOYED:
        return p.transit_pass_share_worker
    return p.transit_pass_share_senior if age >= 65 else p.transit_pass_share_other


@rule
def cars_utility(cars: int, constant: float, log_income: float, ease: float, senior: bool, p: MeansParams) -> float:
    """Utility of having so many cars over having none.

    Args:
        cars: Number of cars, 0 to 3.
        constant: Log odds of this number over none for the type of household (Statbel).
        log_income: Log of the household's income over the mean of its type.
        ease: What a car adds to ease of travel from this place, over the mean of the base year (logsum).
        senior: Whether the head is 65 or older.
        p: Parameters.

    Source: multinomial level model re-made at life events, in the place of yearly steps as in SILO, whose
    levels drift; income and access as there.
    """
    if cars == 0:
        return 0.0
    u = constant + cars * (p.cars_income_elasticity * log_income + p.cars_access_utility * ease)
    return u + p.cars_senior_utility if senior and cars > 1 else u


@rule
def electric_probability(years: float, charger: bool, chargers_ratio: float, company: bool, p: MeansParams) -> float:
    """Probability that a car bought now is battery electric.

    Args:
        years: Years since 1 January 2025.
        charger: Whether it can be charged at home.
        chargers_ratio: Public charge points per inhabitant around the home over those of the whole city in 2025.
        company: Whether an employer provides it.
        p: Parameters.

    Source: SILO's switch to electric cars (logistic in time, charger at home), company cars as in Belgian sales.
    """
    if years + 2025.0 >= p.electric_only_from_year:
        return 1.0
    v = p.electric_choice_constant + p.electric_choice_per_year * years
    if charger:
        v += p.electric_choice_home_charger
    if company:
        v += p.electric_choice_company
    v += p.electric_choice_public_chargers * math.log2(max(chargers_ratio, 0.1))
    return 1.0 / (1.0 + math.exp(-v))
