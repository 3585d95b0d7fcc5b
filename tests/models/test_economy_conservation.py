"""No student, firm, job or workplace gets lost: checked month by month."""

from __future__ import annotations

import itertools

import economy_invariants
import numpy as np
import pytest

from kortrijk_sim.city.vocabulary import Activity, PersonStatus
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.policy import (
    AcquireFirms,
    Internships,
    RoomForScaleUps,
    Scenario,
    SmeManager,
    SocialEmployment,
    StarterPremium,
    StayingSupport,
    StudentRooms,
)

MONTHS = 42
EVERYTHING = (
    StudentRooms(from_=2026, until=2027, rooms=1200, wijk=("W12",)),
    StayingSupport(from_=2025, share_reached=0.5),
    Internships(from_=2026, share_reached=0.3),
    StarterPremium(from_=2025, eur=2000),
    RoomForScaleUps(from_=2025, until=2026, firms=200, wijk=("W04",)),
    AcquireFirms(from_=2026, until=2026, firms=60, jobs_each=40, section="C"),
    SmeManager(from_=2025, managers=4),
    SocialEmployment(from_=2025, until=2026, places=400),
)


@pytest.fixture(scope="module", params=["unchanged", "every measure", "nothing coupled"])
def months(request: pytest.FixtureRequest, small_city):
    """Return a small city and its state at the start and after each month."""
    off = ("students_take_small_flats", "vacancies_find_jobs", "accessibility_places_firms")
    scenario = {
        "unchanged": Scenario(),
        "every measure": Scenario(measures=EVERYTHING),
        "nothing coupled": Scenario(switches=dict.fromkeys(off, False)),
    }[request.param]
    model = small_city(scenario, rng=3)
    states = [model.state.copy()]
    for _ in range(MONTHS):
        model.step()
        states.append(model.state.copy())
    return model, states


@pytest.mark.parametrize("holds", economy_invariants.EVERY_MONTH, ids=lambda f: f.__name__)
def test_every_month(months, holds):
    _, states = months
    for passed, state in enumerate(states):
        holds(state, max(passed - 1, 0))


@pytest.mark.parametrize("holds", economy_invariants.EVERY_STEP, ids=lambda f: f.__name__)
def test_from_month_to_month(months, holds):
    _, states = months
    for before, after in itertools.pairwise(states):
        holds(before, after)


def test_the_indicators_count_what_the_tables_hold(months):
    model, states = months
    city = model.indicators.frame().query("place == 'Kortrijk'").set_index("month")
    for passed, state in enumerate(states):
        firms, students = economy_invariants.open_firms(state), economy_invariants.enrolled(state)
        row = city.loc[passed]
        assert row["firms"] == len(firms)
        assert row["jobs"] == firms["jobs"].sum()
        assert row["jobs"] == row["residents_working_here"] + row["in_commuters"] + row["vacancies_jobs"]
        assert row["students"] == len(students)
        t, n = state.tables, int(state.tables.counts[0])
        works = (t.persons.status[:n] == PersonStatus.RESIDENT) & (t.persons.activity[:n] == Activity.EMPLOYED)
        assert row["residents_working_here"] + row["out_commuters"] == works.sum()
        kinds = ("students_in_rooms", "students_in_flats", "students_at_home", "students_unhoused")
        assert sum(row[name] for name in kinds) <= row["students"]
        age = (passed - t.persons.birth_month[:n]) // 12
        of_age = (age >= 20) & (age < 65) & (t.persons.household[:n] >= 0)
        of_age &= t.persons.status[:n] == PersonStatus.RESIDENT
        assert row["employment_rate"] == pytest.approx((of_age & works).sum() / of_age.sum())


def test_wijken_sum_to_the_city(months):
    model, _ = months
    frame = model.indicators.frame()
    city = frame[frame["place"] == "Kortrijk"].set_index("month")
    wijken = frame[frame["place"] != "Kortrijk"].groupby("month").sum(numeric_only=True)
    for name in ("firms", "firm_births", "jobs", "vacancies_jobs", "in_commuters", "students", "student_rooms",
                 "students_in_flats", "students_at_home", "students_unhoused"):  # fmt: skip
        np.testing.assert_allclose(wijken[name], city[name], err_msg=name)


def test_nobody_loses_a_job_but_by_a_firm_that_closes_or_cuts(months):
    _, states = months
    for before, after in itertools.pairwise(states):
        log = after.tables.log[int(before.tables.counts[3]) : int(after.tables.counts[3])]
        lost = log[log["kind"] == Kind.JOB_LOST]
        firm = lost["value"].astype(int)
        n = int(before.tables.counts[0])
        assert (before.economy.work.firm[lost["person"][lost["person"] < n]] == firm[lost["person"] < n]).all()
        assert len(np.unique(lost["person"])) == len(lost), "somebody loses two jobs in a month"
