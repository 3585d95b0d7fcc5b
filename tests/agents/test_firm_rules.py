"""What firms do: chances are chances, and point the right way."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortrijk_sim.agents import firm_rules as rules
from kortrijk_sim.agents.firm_rules import FirmParams, JobParams
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables

PARAMETERS = Parameters(Tables())
P = PARAMETERS.select(FirmParams)
J = PARAMETERS.select(JobParams)
LEVEL = 0.1
ages = st.floats(0, 60)
sizes = st.integers(1, 5000)


def closes(age: float, jobs: int, followed: bool = False) -> float:
    return rules.closure_per_year.py_func(age, jobs, LEVEL, followed, P)


def grows(age: float = 10.0, jobs: int = 20, vacant: int = 0, hosted: bool = False, followed: bool = False,
          normal: float = 0.0) -> float:  # fmt: skip
    return rules.log_growth.py_func(age, jobs, vacant, hosted, followed, normal, P)


@given(ages, sizes, st.booleans())
def test_a_closure_is_a_probability(age, jobs, followed):
    assert 0 < closes(age, jobs, followed) < 1


@given(ages, sizes, sizes)
def test_large_places_close_less_often(age, jobs, more):
    assert closes(age, jobs + more) < closes(age, jobs)


@given(ages, sizes)
def test_a_firm_that_is_followed_closes_less_often(age, jobs):
    assert closes(age, jobs, True) < closes(age, jobs)


def test_two_thirds_of_the_starters_are_there_after_five_years():
    # Most start with one job; some with more close less often.
    survival = math.prod(1.0 - closes(year + 0.5, 1) for year in range(5))
    assert 0.58 < survival < 0.66


@given(ages, sizes, st.floats(-4, 4))
def test_growth_is_bounded_and_rises_with_luck(age, jobs, normal):
    assert abs(grows(age, jobs, normal=normal)) < 2
    if jobs > 1:
        assert grows(age, jobs, normal=normal + 0.5) > grows(age, jobs, normal=normal)


@given(st.floats(-4, 4))
def test_a_place_with_one_job_does_not_live_by_luck(normal):
    assert grows(jobs=1, normal=normal) == grows(jobs=1, normal=0.0)


@given(sizes, st.floats(0, 3))
def test_who_cannot_fill_positions_does_not_open_more(jobs, normal):
    assert grows(jobs=jobs, vacant=jobs, normal=normal) <= max(0.0, grows(jobs=jobs, normal=normal))
    assert grows(jobs=20, vacant=2) < grows(jobs=20)


def test_room_and_help_make_firms_grow():
    assert grows(hosted=True) > grows()
    assert grows(followed=True) > grows()
    assert grows(age=2.0) > grows(age=10.0)


@pytest.mark.parametrize(("age", "jobs", "expected"), [(2, 10, True), (20, 10, False), (2, 1, False), (2, 500, False)])
def test_a_scale_up_is_young_and_neither_tiny_nor_large(age, jobs, expected):
    assert bool(rules.is_scale_up.py_func(age, jobs, P)) == expected


@given(st.floats(0, 15), st.floats(0.01, 3), st.floats(0, 500))
def test_firms_go_where_workers_are_and_firms_of_their_kind(access, more, units):
    utility = rules.place_utility.py_func
    assert utility(access + more, units, 0.0, P) > utility(access, units, 0.0, P)
    assert utility(access, units + 1, 0.0, P) > utility(access, units, 0.0, P)
    assert utility(access, units, 0.5, P) > utility(access, units, 0.0, P)


@given(st.floats(0, 5), st.floats(0, 5))
def test_the_share_hired_from_outside_is_a_share(access, ratio):
    assert 0 <= rules.hired_per_month.py_func(access, ratio, J) <= 0.9


def test_a_place_that_is_well_reached_hires_more_and_an_empty_pool_gives_less():
    assert rules.hired_per_month.py_func(1.5, 1.0, J) > rules.hired_per_month.py_func(1.0, 1.0, J)
    assert rules.hired_per_month.py_func(1.0, 1.3, J) < rules.hired_per_month.py_func(1.0, 1.0, J)


@given(st.floats(0.01, 50), st.floats(0.01, 50))
def test_more_vacancies_per_unemployed_make_it_easier_to_find_work(tightness, start):
    ratio = rules.finding_ratio.py_func(tightness, start, J)
    assert 0.4 <= ratio <= 2.0
    assert rules.finding_ratio.py_func(2 * tightness, start, J) >= ratio
    assert rules.finding_ratio.py_func(start, start, J) == pytest.approx(1.0)
