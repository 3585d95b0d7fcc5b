"""Levels set on the base city: factors that make it expect the observed totals of its first year.

They depend on the base-year tables alone, so every policy run with the same city uses the same factors and
no policy is aligned away.
"""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.person import PersonParams
from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.facts import Facts, Parameters
from kortrijk_sim.city.rates import AgeRates
from kortrijk_sim.city.vocabulary import PersonStatus, Role
from kortrijk_sim.models.care_start import (
    ALL_COUPLED,
    care_params,
    nursing_dice,
    settle_first_residents,
    start_care_at_home,
    start_waiting,
)
from kortrijk_sim.models.demography import expected_births, expected_deaths
from kortrijk_sim.models.exclusion import ExclusionParams, count_stressed
from kortrijk_sim.models.migration import ArrivalParams, expected_departures
from kortrijk_sim.models.nursing import Nursing, expected_entries
from kortrijk_sim.models.social import SocialParams, count_eligible
from kortrijk_sim.models.state import SITE_ROWS, Tables
from kortrijk_sim.models.summary import summarise


class Alignment(NamedTuple):
    """Factors and hazards that hold for the whole run."""

    mortality: FloatArray  # (2 sexes, 120 ages), of good health at home
    fertility: float
    out_migration: float
    nursing_entry: float
    home_care_hours_week: float
    staff_access: float
    social_listing_per_year: float
    home_loss_per_year: float


def align(t: Tables, parameters: Parameters, facts: Facts, rates: AgeRates, scale: float, city_seed: int) -> Alignment:
    """Set the levels on the base city.

    Args:
        t: The base city; care is started in it.
        parameters: The base parameters, without any scenario's overrides.
        facts: Births, deaths and net migration of 2024.
        rates: Rates by age.
        scale: Share of the full city that is simulated.
        city_seed: Seed of the population synthesis.
    """
    person = parameters.select(PersonParams)
    care = care_params(parameters)
    staff_access = settle_first_residents(t, city_seed, care, parameters.value("nursing_places_ratio"))
    # Nursing homes are as full as their places allow; residents over mean stay is the flow out of them.
    places = float(t.sites.usable_places[: t.counts[SITE_ROWS]].sum())
    nursing = places * parameters.value("nursing_occupancy_share") / person.nursing_stay_mean_years
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

    # Home care gives a known share of what the base year asks; requests for nursing places are somewhat more
    # than the places that fall free.
    coverage = parameters.value("home_care_coverage_share")
    home_care = coverage * start_care_at_home(t, city_seed, care, math.inf)
    start_care_at_home(t, city_seed, care, home_care)
    homes = Nursing(care.nursing, care.people, care.travel, ALL_COUPLED, 1.0, 0.0)
    kin_once = nursing_dice(city_seed, city_seed, 0).kin_once
    requests = nursing * parameters.value("nursing_demand_ratio")
    entry = requests / max(expected_entries(t, 0, kin_once, homes), 1e-9)
    start_waiting(t, city_seed, care, entry, parameters.value("nursing_wait_at_start_months"))
    mortality = _mortality(t, rates, person, facts.value("deaths_2024") * scale)

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
        home_care_hours_week=home_care,
        staff_access=staff_access,
        social_listing_per_year=min(0.9, entries / max(eligible, 1)),
        home_loss_per_year=min(0.9, parameters.value("home_loss_per_year") * scale / max(stressed, 1)),
    )


# Ages over which deaths at home and in nursing homes together follow the life table.
_BANDS = (0, 50, 65, 75, 85, 120)
_LEAST, _MOST = 0.2, 2.0  # bounds of a factor: a small city has bands with hardly anybody


def _mortality(t: Tables, rates: AgeRates, person: PersonParams, wanted: float) -> FloatArray:
    """Return factors on mortality at home with which all deaths together follow the life table by age and sex.

    Those who live in nursing homes die sooner than the table says; the others of that age and sex die later.

    Args:
        t: The base city.
        rates: Rates by age.
        person: Parameters.
        wanted: Deaths in the first year.
    """
    table, home, nursing = expected_deaths(t, rates["mortality"], rates["mortality_improvement"], person)
    factor = np.ones_like(table)
    level = wanted / table.sum()
    for _ in range(8):  # bounded factors leave a little to the others
        for first, last in itertools.pairwise(_BANDS):
            for sex in range(2):
                band = (sex, slice(first, last))
                left = level * table[band].sum() - nursing[band].sum()
                factor[band] = np.clip(left / max(home[band].sum(), 1e-9), _LEAST, _MOST)
        level *= wanted / ((factor * home).sum() + nursing.sum())
    return np.asarray(factor)


def _young_leavers(t: Tables, rates: AgeRates) -> float:
    """Return how many leave the nest in a year."""
    persons, n = t.persons, int(t.counts[0])
    at_home = (persons.status[:n] == PersonStatus.RESIDENT) & (persons.role[:n] != Role.ADULT)
    at_home &= persons.household[:n] >= 0
    age = np.clip((6 - persons.birth_month[:n]) // 12, 0, 119)
    hazard = rates["leave_nest"][persons.sex[:n], age]
    return float(hazard[at_home & (age >= 18)].sum())
