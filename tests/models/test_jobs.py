"""Jobs: near homes first, commuters fill the rest, closures cost jobs, vacancies give them."""

from __future__ import annotations

import economy_invariants
import numpy as np
import pytest
from care_runs import happened, last, series

from kortrijk_sim.city.vocabulary import Activity, PersonStatus
from kortrijk_sim.models.economy import Total
from kortrijk_sim.models.events import Cause, Kind
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import AcquireFirms, Scenario, SocialEmployment
from kortrijk_sim.models.reach import reach_of

N = economy_invariants.N_SECTORS


@pytest.fixture(scope="module")
def run(small_city):
    def make(*measures, months=24, parameters=None, **more):
        model = small_city(Scenario(measures=measures, parameters=parameters or {}, **more), scale=0.1)
        model.run_for(months)
        return model

    return make


@pytest.fixture(scope="module")
def plain(run) -> KortrijkModel:
    return run()


def unemployed(model: KortrijkModel) -> int:
    t, n = model.state.tables, int(model.state.tables.counts[0])
    resident = t.persons.status[:n] == PersonStatus.RESIDENT
    return int((resident & (t.persons.activity[:n] == Activity.UNEMPLOYED)).sum())


def test_people_work_nearer_to_home_than_jobs_lie_on_average(plain):
    t, e = plain.state.tables, plain.state.economy
    n = int(t.counts[0])
    zone = e.work.zone[:n].astype(int)
    here = np.flatnonzero((zone >= 0) & (zone < N) & (t.persons.household[:n] >= 0))
    home = t.households.dwelling[t.persons.household[here]]
    here, home = here[home >= 0], home[home >= 0]
    sector = t.dwellings.sector[home]
    ease = e.anchor.ease[sector, zone[here]]
    jobs = e.sectors.jobs / e.sectors.jobs.sum()
    anywhere = (e.anchor.ease[sector, :N] * jobs).sum(axis=1)
    assert ease.mean() > anywhere.mean() + 0.01


def test_the_split_between_city_and_elsewhere_is_that_of_the_first_day(plain):
    here, out = series(plain, "residents_working_here"), series(plain, "out_commuters")
    share = here / (here + out)
    assert share[0] == pytest.approx(0.52, abs=0.02)
    assert share[-1] == pytest.approx(share[0], abs=0.03)


def test_vacancies_stay_near_those_of_the_first_day(plain):
    share = series(plain, "job_vacancy_share")
    assert (share > 0.02).all()
    assert (share < 0.09).all()


def test_commuters_from_outside_add_up_by_origin(plain):
    table = plain.in_commuters()
    e = plain.state.economy
    np.testing.assert_allclose(table.sum(axis=0).to_numpy(), e.sectors.commuters)
    assert (table.to_numpy() >= 0).all()
    assert table.loc["Harelbeke"].sum() > table.loc["Brussels"].sum()


def test_who_loses_a_job_by_a_closure_finds_another_or_is_unemployed(plain):
    lost = happened(plain, Kind.JOB_LOST)
    assert len(lost) > 50
    assert set(np.unique(lost["cause"])) <= {Cause.FIRM_CLOSED, Cause.JOBS_CUT}
    closed = economy_invariants.firms_of(plain.state)["closed"]
    why = lost[lost["cause"] == Cause.FIRM_CLOSED]
    assert (closed[why["value"].astype(int)] == why["month"]).all()
    t = plain.state.tables
    idle = happened(plain, Kind.ACTIVITY)
    idle = idle[idle["value"] == Activity.UNEMPLOYED]
    pairs = set(zip(lost["person"].tolist(), lost["month"].tolist(), strict=True))
    at_once = sum((p, m) in pairs for p, m in zip(idle["person"].tolist(), idle["month"].tolist(), strict=True))
    assert at_once / len(lost) == pytest.approx(0.15, abs=0.08)
    assert (t.persons.income_eur_month[idle["person"]] >= 0).all()


def test_more_layoffs_make_more_unemployed(run, plain):
    hard = run(parameters={"laid_off_unemployed_share": 0.9})
    assert unemployed(hard) > 1.2 * unemployed(plain)


def test_vacancies_help_people_to_find_work_unless_the_coupling_is_off(run):
    boom = AcquireFirms(from_=2025, until=2025, firms=1500, jobs_each=20)
    given = {"tightness_finding_exponent": 0.5}
    without = run(boom, parameters=given, switches={"vacancies_find_jobs": False})
    coupled = run(boom, parameters=given)
    assert unemployed(coupled) < unemployed(without)


def test_a_city_that_nobody_can_reach_is_worked_in_by_its_own(run, plain):
    closed = run(parameters={"commuters_hired_per_month": 0.0, "commuters_leave_per_year": 0.5})
    assert last(closed, "in_commuters") < 0.6 * last(plain, "in_commuters")
    assert last(closed, "job_vacancy_share") > 2 * last(plain, "job_vacancy_share")
    assert last(closed, "residents_working_here") > last(plain, "residents_working_here")


def test_easier_ways_into_the_city_bring_more_commuters(small_city, monkeypatch):
    def commuters_with(gain: float) -> float:
        model = small_city(scale=0.1)

        def easier(transport):
            reach = reach_of(transport)
            ease = reach.ease.copy()
            ease[N:, :N] += gain
            return reach._replace(ease=ease)

        with monkeypatch.context() as patch:
            patch.setattr("kortrijk_sim.models.model.reach_of", easier)
            model.run_for(18)
        return last(model, "in_commuters")

    assert commuters_with(-1.0) < commuters_with(0.0) < commuters_with(0.7)


def test_places_in_social_employment_go_to_people_without_work(run, plain):
    model = run(SocialEmployment(from_=2025, until=2025, places=600))
    assert unemployed(model) < unemployed(plain)
    started = [(happened(m, Kind.ACTIVITY)["value"] == Activity.EMPLOYED).sum() for m in (plain, model)]
    assert started[1] > started[0]
    assert last(model, "jobs") > last(plain, "jobs")


def test_children_have_no_workplace(plain):
    t, n = plain.state.tables, int(plain.state.tables.counts[0])
    age = (plain.month - t.persons.birth_month[:n]) // 12
    assert (plain.state.economy.work.zone[:n][(age < 15) | (t.persons.status[:n] != PersonStatus.RESIDENT)] == -1).all()


def test_working_elsewhere_is_counted(plain):
    e = plain.state.economy
    assert e.totals[Total.WORK_ELSEWHERE] == last(plain, "out_commuters")


def test_a_life_tells_of_the_job_that_was_lost(plain):
    person = int(happened(plain, Kind.JOB_LOST)["person"][0])
    assert any("loses the job" in line for line in plain.biography(person=person))
