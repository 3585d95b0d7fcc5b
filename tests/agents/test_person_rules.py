"""What happens to a person: probabilities are probabilities, and point the right way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kortrijk_sim.agents import person as rules
from kortrijk_sim.agents.person import PersonParams
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.city.vocabulary import Activity, Health
from kortrijk_sim.models.demography import NURSING_HOME, death_chances

P = Parameters(Tables()).select(PersonParams)
shares = st.floats(0, 1)
ages = st.floats(18, 100)
normals = st.floats(-4, 4)


@given(shares)
def test_twelve_months_make_a_year(yearly):
    monthly = rules.per_month.py_func(yearly)
    assert 0 <= monthly <= yearly + 1e-12
    assert 1 - (1 - monthly) ** 12 == pytest.approx(yearly, abs=1e-9)


@pytest.mark.parametrize(("impossible", "monthly"), [(-0.5, 0.0), (1.7, 1.0)])
def test_a_probability_beyond_its_bounds_is_brought_back(impossible, monthly):
    assert rules.per_month.py_func(impossible) == monthly


@given(shares, st.floats(0, 0.03), st.floats(0, 16), st.floats(0.5, 1.5))
def test_mortality_falls_over_the_years_and_stays_a_probability(q, improvement, years, alignment):
    now = rules.death_probability_per_year.py_func(q, improvement, years, alignment)
    later = rules.death_probability_per_year.py_func(q, improvement, years + 1, alignment)
    assert 0 <= later <= now <= 1


def test_who_needs_more_help_dies_sooner():
    ratios = [rules.mortality_ratio.py_func(health, P) for health in Health]
    assert ratios[Health.GOOD] == 1.0
    assert ratios == sorted(set(ratios)), "each step of need raises mortality"


@given(st.floats(1e-5, 0.6), st.floats(0, 0.03), st.floats(0.3, 1.5), st.integers(0, 190))
@settings(deadline=None)  # the first call may compile
def test_chances_of_death_stand_by_health_at_home_and_in_a_nursing_home(q, improvement, alignment, month):
    table = (np.full((2, 120), q), np.full((2, 120), improvement), np.full((2, 120), alignment))
    chances = death_chances(*table, month, P)
    assert chances.shape == (NURSING_HOME + 1, 2, 120)
    assert ((chances >= 0) & (chances <= 1)).all()
    assert (np.diff(chances[:NURSING_HOME], axis=0) >= 0).all(), "the frail die sooner"
    assert (death_chances(*table, month + 1, P) <= chances).all(), "mortality only falls"


@given(shares)
def test_nobody_lives_longer_for_being_in_a_nursing_home(q):
    inside = rules.nursing_death_probability_per_year.py_func(q, P)
    assert q - 1e-12 <= inside <= 1
    assert inside >= 1 - math.exp(-1 / P.nursing_stay_mean_years) - 1e-12


@given(st.floats(15, 50), st.integers(0, 8), st.booleans(), st.floats(0, 5))
def test_births_are_likelier_in_a_union_and_near_the_usual_age(age, children, union, alignment):
    birth = rules.birth_probability_per_year.py_func
    assert 0 <= birth(age, children, union, alignment, P) <= 0.9
    assert birth(age, children, True, alignment, P) >= birth(age, children, False, alignment, P)
    assert birth(P.fertility_mean_age_years, children, union, alignment, P) >= birth(age, children, union, alignment, P)


def test_a_third_child_is_rarer_than_a_second():
    birth = rules.birth_probability_per_year.py_func
    assert birth(32, 2, True, 1.0, P) < birth(32, 1, True, 1.0, P)


@given(ages, st.floats(0, 20), st.booleans(), st.booleans())
def test_people_pair_up_with_their_own_age(age, gap, ego_works, partner_works):
    score = rules.union_utility.py_func
    assert score(age, gap, ego_works, partner_works, P) == score(age, -gap, ego_works, partner_works, P)
    assert score(age, 20.0, ego_works, partner_works, P) < score(age, 0.0, ego_works, partner_works, P)


@given(st.integers(0, 8), st.floats(0, 60), st.floats(-20, 20), st.booleans())
def test_couples_that_lasted_part_less(children, years, gap, both_work):
    ratio = rules.split_ratio.py_func
    now = ratio(children, years, gap, both_work, P)
    assert 0.1 <= now <= rules.SPLIT_RATIO_MAX
    assert ratio(children, years + 5, gap, both_work, P) <= now


@given(st.floats(50, 110), st.sampled_from([0, 1, 2]))
def test_need_of_help_grows_with_age(age, state):
    worsens = rules.health_worsens_per_year.py_func
    assert 0 <= worsens(age, state, P) <= worsens(age + 1, state, P) <= 0.6


def test_the_retirement_age_rises_in_2030():
    assert rules.retirement_age_years.py_func(4.9, P) == 66
    assert rules.retirement_age_years.py_func(5.0, P) == 67


@given(normals, st.floats(0, 16))
def test_work_pays_more_than_a_benefit_and_incomes_grow(z, years):
    income = rules.income_eur_month.py_func
    for activity in (Activity.STUDENT, Activity.EMPLOYED, Activity.UNEMPLOYED, Activity.AT_HOME, Activity.RETIRED):
        assert 0 <= income(activity, z, years, P) <= income(activity, z, years + 1, P)
        assert income(activity, z, years, P) <= income(activity, z + 0.5, years, P)
    assert income(Activity.PUPIL, z, years, P) == income(Activity.INFANT, z, years, P) == 0


def test_the_mean_income_of_an_activity_is_its_parameter():
    income = rules.income_eur_month.py_func
    steps = [(-5 + 0.01 * i) for i in range(1001)]
    weights = [math.exp(-0.5 * z * z) for z in steps]
    mean = sum(w * income(Activity.RETIRED, z, 0.0, P) for w, z in zip(weights, steps, strict=True)) / sum(weights)
    assert mean == pytest.approx(P.income_retired_eur_month, rel=1e-3)
