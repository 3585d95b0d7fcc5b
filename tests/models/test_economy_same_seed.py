"""One seed, one economy; and a measure moves only those whom it touches."""

from __future__ import annotations

import numpy as np
from economy_invariants import firms_of

from kortrijk_sim.models.economy import FIRM_ROWS
from kortrijk_sim.models.policy import AcquireFirms, Scenario, StudentRooms


def test_the_first_day_does_not_depend_on_the_seed_of_the_run(small_city):
    one, other = small_city(rng=1), small_city(rng=2)
    for name in ("firms", "students", "work", "sectors"):
        assert np.array_equal(getattr(one.state.economy, name), getattr(other.state.economy, name)), name
    assert one.state_hash() == other.state_hash()


def test_one_seed_gives_one_economy_and_another_seed_another(small_city):
    one, same, other = small_city(), small_city(), small_city(rng=2)
    for model in (one, same, other):
        model.run_for(10)
    assert one.state_hash() == same.state_hash()
    assert not np.array_equal(one.state.economy.sectors, other.state.economy.sectors)


def test_the_hash_sees_a_firm_a_student_and_a_workplace(small_city):
    for table, column in (("firms", "jobs"), ("students", "living"), ("work", "zone"), ("sectors", "student_rooms")):
        model = small_city()
        before = model.state_hash()
        getattr(model.state.economy, table)[column][3] += 1
        assert model.state_hash() != before, table


def test_a_copy_of_the_state_shares_no_firm_and_no_student(small_city):
    model = small_city()
    copy = model.state.copy()
    model.run_for(9)
    assert copy.economy.counts[FIRM_ROWS] == len(model.base.firms["key"])
    assert not np.shares_memory(copy.economy.firms, model.state.economy.firms)
    assert copy.hash() != model.state.hash()


def test_firms_elsewhere_and_students_live_the_same_life_when_firms_are_acquired(small_city):
    measure = AcquireFirms(from_="2026-01", until="2026-01", firms=40, jobs_each=10, wijk=("Marke",))
    without, with_it = small_city(), small_city(Scenario(measures=(measure,)))
    for model in (without, with_it):
        model.run_for(12)
    assert without.state_hash() == with_it.state_hash(), "the measure acts before its time"
    for model in (without, with_it):
        model.run_for(24)
    rows = len(without.base.firms["key"])
    one, other = firms_of(without.state)[:rows], firms_of(with_it.state)[:rows]
    assert (one["closed"] == other["closed"]).mean() > 0.97
    assert (one["jobs"] == other["jobs"]).mean() > 0.95
    assert (one["sector"] == other["sector"]).mean() > 0.99
    students = [model.state.economy.students[: len(model.base.students["key"])] for model in (without, with_it)]
    assert (students[0]["status"] == students[1]["status"]).mean() > 0.99
    n = len(without.base.persons["key"])
    zone = [model.state.economy.work.zone[:n] for model in (without, with_it)]
    works = (zone[0] >= 0) & (zone[1] >= 0)
    assert (zone[0][works] == zone[1][works]).mean() > 0.9


def test_rooms_for_students_leave_firms_alone(small_city):
    measure = StudentRooms(from_=2025, until=2025, rooms=600)
    without, with_it = small_city(), small_city(Scenario(measures=(measure,)))
    for model in (without, with_it):
        model.run_for(20)
    one, other = firms_of(without.state), firms_of(with_it.state)
    assert (one["closed"] == other["closed"][: len(one)]).mean() > 0.98
