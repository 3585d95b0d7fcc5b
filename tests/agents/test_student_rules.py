"""What students do: chances are chances, and point the right way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kortrijk_sim.agents import student_rules as rules
from kortrijk_sim.agents.student_rules import StudentParams
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables

P = Parameters(Tables()).select(StudentParams)
ways = st.floats(-20, 0)
ratios = st.floats(0, 20)


def stays(jobs=1.0, homes=1.0, years=0, way=-2.0, supported=False, intern=False) -> float:
    return rules.stays_probability.py_func(jobs, homes, years, way, supported, intern, P)


@given(ways, st.floats(0.01, 5))
def test_who_comes_from_far_wants_a_room(way, farther):
    near, far = rules.room_wish.py_func(way, -4.0, P), rules.room_wish.py_func(way - farther, -4.0, P)
    assert 0 <= near <= far <= 1
    assert rules.room_wish.py_func(-4.0, -4.0, P) == pytest.approx(0.5)


@given(st.integers(0, 12))
def test_leaving_is_a_probability_and_a_degree_takes_three_years(years):
    assert 0 < rules.leaves_study_per_year.py_func(years, P) < 1
    assert rules.graduates.py_func(years) == (years >= 3)


@settings(deadline=None)  # the first call compiles
@given(ratios, ratios, st.integers(0, 10), ways)
def test_staying_is_a_probability(jobs, homes, years, way):
    assert 0 < stays(jobs, homes, years, way) < 1


@pytest.mark.parametrize(
    "better",
    [{"jobs": 1.5}, {"homes": 1.5}, {"years": 2}, {"way": -1.0}, {"supported": True}, {"intern": True}],
    ids=lambda change: next(iter(change)),
)
def test_jobs_homes_and_ties_keep_graduates(better):
    assert stays(**better) > stays()


@given(st.integers(0, 9), st.floats(0, 0.999))
def test_a_graduate_is_in_the_twenties(years, spread):
    assert 21 <= rules.age_of_graduate_years.py_func(years, spread) <= 28
