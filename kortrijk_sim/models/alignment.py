"""Levels set on the base city: factors that make it expect the observed totals of its first year.

They depend on the base-year tables alone, so every policy run with the same city uses the same factors and
no policy is aligned away.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.person import PersonParams
from kortrijk_sim.agents.senior_rules import CareParams
from kortrijk_sim.city.facts import Facts, Parameters
from kortrijk_sim.city.rates import AgeRates
from kortrijk_sim.city.vocabulary import PersonStatus, Role
from kortrijk_sim.models.demography import expected_births, expected_home_deaths
from kortrijk_sim.models.exclusion import ExclusionParams, count_stressed
from kortrijk_sim.models.migration import ArrivalParams, expected_departures
from kortrijk_sim.models.nursing import expected_entries
from kortrijk_sim.models.social import SocialParams, count_eligible
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.summary import summarise

_NURSING_RATIOS = (
    "nursing_alone_ratio",
    "nursing_good_health_ratio",
    "nursing_light_ratio",
    "nursing_heavy_ratio",
    "nursing_life_cycle_home_ratio",
)


class Alignment(NamedTuple):
    """Factors and hazards that hold for the whole run."""

    mortality: float
    fertility: float
    out_migration: float
    nursing_entry: float
    social_listing_per_year: float
    home_loss_per_year: float


def align(t: Tables, parameters: Parameters, facts: Facts, rates: AgeRates, scale: float) -> Alignment:
    """Set the levels on the base city.

    Args:
        t: The base city.
        parameters: The base parameters, without any scenario's overrides.
        facts: Births, deaths and net migration of 2024.
        rates: Rates by age.
        scale: Share of the full city that is simulated.
    """
    person = parameters.select(PersonParams)
    care = parameters.select(CareParams)
    home = expected_home_deaths(t, rates["mortality"], rates["mortality_improvement"])
    # Nursing homes are as full as their places allow; residents over mean stay is the flow out of them.
    nursing = care.nursing_places * scale * parameters.value("nursing_occupancy_share") / person.nursing_stay_mean_years
    mortality = (facts.value("deaths_2024") * scale - nursing) / home
    # Couples and newcomers of the first year have children too: the base city alone expects the rest.
    births = facts.value("births_2024") * scale * (1.0 - parameters.value("births_of_new_couples_share"))
    fertility = births / expected_births(t, person)

    leavers = _young_leavers(t, rates) * person.nest_leavers_to_elsewhere_share
    arrivals = parameters.value("in_migrants_per_year") * scale
    leaving = arrivals - facts.value("net_migration_2024") * scale - leavers
    leaving -= parameters.value("in_migrants_into_households_per_year") * scale
    s = summarise(t, 0, parameters.value("grown_child_pays_share"))
    profile = rates["out_migration"].mean(axis=0)
    unaligned = expected_departures(t, s, profile, parameters.select(ArrivalParams))

    # Ratios by health, household and home only shift entries between people: their level stays.
    plain = parameters.override(dict.fromkeys(_NURSING_RATIOS, 1.0)).select(CareParams)
    entry = expected_entries(t, True, plain) / max(expected_entries(t, True, care), 1e-9)

    social = parameters.select(SocialParams)
    eligible, listed = count_eligible(t, s, social)
    entries = (
        parameters.value("social_allocations_per_year") * scale
        + (social.social_dropout_per_year + parameters.value("social_other_exits_per_year")) * listed
    )
    stressed = count_stressed(t, s, parameters.select(ExclusionParams))
    return Alignment(
        mortality=mortality,
        fertility=fertility,
        out_migration=max(leaving, 0.0) / max(unaligned, 1e-9),
        nursing_entry=entry,
        social_listing_per_year=min(0.9, entries / max(eligible, 1)),
        home_loss_per_year=min(0.9, parameters.value("home_loss_per_year") * scale / max(stressed, 1)),
    )


def _young_leavers(t: Tables, rates: AgeRates) -> float:
    """Return how many leave the nest in a year."""
    persons, n = t.persons, int(t.counts[0])
    at_home = (persons.status[:n] == PersonStatus.RESIDENT) & (persons.role[:n] != Role.ADULT)
    at_home &= persons.household[:n] >= 0
    age = np.clip((6 - persons.birth_month[:n]) // 12, 0, 119)
    hazard = rates["leave_nest"][persons.sex[:n], age]
    return float(hazard[at_home & (age >= 18)].sum())
