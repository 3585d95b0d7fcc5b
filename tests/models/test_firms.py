"""Firms: base-year figures, births and closures, places, and what measures do."""

from __future__ import annotations

import economy_invariants
import numpy as np
import pytest
from care_runs import last, series

from kortrijk_sim.city.vocabulary import FirmStatus
from kortrijk_sim.models.economy import copied
from kortrijk_sim.models.firms import Pull, place_for, pull_since_start, units_by_place
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import AcquireFirms, RoomForScaleUps, Scenario, SmeManager, StarterPremium
from kortrijk_sim.models.reach import reach_of

QUARTER = 0.25


@pytest.fixture(scope="module")
def six_years() -> KortrijkModel:
    """Return a quarter of the city on 1 January 2031."""
    model = KortrijkModel(rng=1, scale=QUARTER)
    model.run_for(72)
    return model


@pytest.fixture(scope="module")
def run(small_city):
    def make(*measures, months=36, parameters=None, **more):
        scenario = Scenario(measures=measures, parameters=parameters or {}, **more)
        model = small_city(scenario, scale=0.1)
        model.run_for(months)
        return model

    return make


@pytest.fixture(scope="module")
def plain(run) -> KortrijkModel:
    return run()


def rates(model: KortrijkModel, flow: str, years: int) -> float:
    """Return a yearly flow over the stock of local units."""
    flows, firms = series(model, flow)[1 : 12 * years + 1], series(model, "firms")[: 12 * years]
    return float(flows.sum() / firms.mean() / years)


def test_the_base_year_has_the_units_and_jobs_of_the_statistics():
    model = KortrijkModel(rng=1)
    assert last(model, "firms") == 12_432
    assert last(model, "jobs") == 55_000
    assert last(model, "job_vacancy_share") == pytest.approx(0.052, abs=0.003)
    assert last(model, "employment_rate") == pytest.approx(0.76, abs=0.005)
    here, out = last(model, "residents_working_here"), last(model, "out_commuters")
    assert here / (here + out) == pytest.approx(0.52, abs=0.02)


def test_births_and_closures_turn_over_about_eighteen_per_cent_a_year(six_years):
    births, closures = rates(six_years, "firm_births", 6), rates(six_years, "firm_closures", 6)
    assert births == pytest.approx(0.10, abs=0.006)
    assert closures == pytest.approx(0.078, abs=0.007)
    assert births + closures == pytest.approx(0.178, abs=0.012)


def test_units_grow_as_they_did_in_five_years(six_years):
    firms = series(six_years, "firms")
    assert 0.09 < firms[60] / firms[0] - 1 < 0.15


def test_two_thirds_of_new_units_live_for_five_years(six_years):
    firms = economy_invariants.firms_of(six_years.state)
    born = firms[(firms["founded"] >= 0) & (firms["founded"] < 12)]
    alive = (born["closed"] < 0) | (born["closed"] - born["founded"] >= 60)
    assert len(born) > 250
    assert alive.mean() == pytest.approx(0.66, abs=0.07)  # two standard errors of some 300 units


def test_few_firms_move_in_a_year(six_years):
    firms = economy_invariants.firms_of(six_years.state)
    moved = (firms["moved"] >= 60).sum() / len(economy_invariants.open_firms(six_years.state))
    assert 0 < moved <= 0.019


def test_large_firms_outlive_small_ones(six_years):
    rows = len(six_years.base.firms["jobs"])
    jobs = six_years.base.firms["jobs"]
    closed = economy_invariants.firms_of(six_years.state)["status"][:rows] == FirmStatus.CLOSED
    assert closed[jobs >= 20].mean() < 0.5 * closed[jobs <= 2].mean()


def test_closing_in_a_year_is_twelve_times_closing_in_a_month(run):
    often = {f"firm_closure_year_{year}_per_year": 0.4 for year in range(1, 6)}
    often |= {"firm_closure_per_year": 0.4, "firm_closure_size_exponent": 0.0, "firm_birth_per_year": 0.0}
    model = run(months=12, parameters=often)
    left = last(model, "firms") / series(model, "firms")[0]
    assert left == pytest.approx(0.6, abs=0.05)


def test_a_city_in_which_nobody_starts_a_firm_loses_them(run, plain):
    model = run(parameters={"firm_birth_per_year": 0.0})
    assert series(model, "firm_births").sum() == 0
    assert last(model, "firms") < 0.85 * series(model, "firms")[0]
    assert last(model, "residents_working_here") < last(plain, "residents_working_here")
    assert last(model, "out_commuters") > last(plain, "out_commuters")


def test_all_firms_in_one_wijk_still_find_people(small_city):
    model = small_city(scale=0.1)
    e = model.state.economy
    kooigem = np.flatnonzero(model.geography.sector_wijk == model.geography.wijk_number("Kooigem"))
    rows = int(e.counts[0])
    e.firms.sector[:rows] = kooigem[0]
    n = int(model.state.tables.counts[0])
    e.work.zone[:n][e.work.firm[:n] >= 0] = kooigem[0]
    model.run_for(12)
    for holds in economy_invariants.EVERY_MONTH:
        holds(model.state, model.month - 1)
    assert model.indicator("jobs", "Kooigem") > 0.7 * model.indicator("jobs")
    assert model.indicator("job_vacancy_share", "Kooigem") < 0.5


def test_new_firms_follow_better_access_unless_the_coupling_is_off(small_city, monkeypatch):
    def born_in_heule(gain: float, **scenario) -> float:
        model = small_city(Scenario(**scenario), scale=0.1)
        in_heule = model.geography.sector_wijk == model.geography.wijk_number("W04")

        def better(transport):
            reach = reach_of(transport)
            return reach._replace(labour_access=reach.labour_access + gain * in_heule)

        with monkeypatch.context() as patch:
            patch.setattr("kortrijk_sim.models.model.reach_of", better)
            model.run_for(24)
        frame = model.indicators.frame()
        return float(frame.loc[frame["place"] == "Heule Centrum", "firm_births"].sum())

    before, after = born_in_heule(0.0), born_in_heule(1.5)
    assert after > 1.2 * before
    off = {"switches": {"accessibility_places_firms": False}}
    assert born_in_heule(1.5, **off) == born_in_heule(0.0, **off)


def test_places_are_drawn_as_on_the_first_day_where_nothing_changed(small_city):
    model = small_city(scale=0.1)
    e, p = copied(model.state.economy), model.environment.economy.params.firms
    pull = Pull(e.anchor.labour_access, np.zeros(len(e.sectors)))
    change = pull_since_start(e, units_by_place(e), pull, p)
    assert np.abs(change).max() < 1e-9
    keys = np.arange(1, 4001, dtype=np.uint64)
    drawn = np.array([place_for.py_func(e, change, 6, key, np.uint64(3)) for key in keys])
    share = np.bincount(drawn, minlength=len(e.sectors)) / len(keys)
    expected = np.diff(e.anchor.places[6], prepend=0.0)
    assert np.abs(share - expected).sum() < 0.15


@pytest.mark.parametrize(
    ("measure", "indicator"),
    [
        (StarterPremium(from_=2025, eur=20_000), "firms"),
        (AcquireFirms(from_=2025, until=2025, firms=300, jobs_each=30), "jobs"),
        (SmeManager(from_=2025, managers=20), "jobs"),
        (RoomForScaleUps(from_=2025, until=2025, firms=800), "jobs"),
    ],
    ids=lambda value: getattr(value, "measure", value),
)
def test_a_measure_for_firms_brings_more_of_them_or_of_their_jobs(run, plain, measure, indicator):
    assert last(run(measure), indicator) > last(plain, indicator)


def test_firms_that_are_acquired_come_where_and_when_the_measure_says(run, plain):
    measure = AcquireFirms(from_="2026-03", until="2026-03", firms=100, jobs_each=25, section="C", wijk=("Marke",))
    model = run(measure, months=15)
    firms = economy_invariants.firms_of(model.state)
    new = firms[(firms["founded"] == 14) & (firms["jobs"] == 25) & (firms["nace"] == 2)]
    assert len(new) == 10, "a tenth of the city gets a tenth of the firms"
    wijk = model.geography.sector_wijk[new["sector"]]
    assert (wijk == model.geography.wijk_number("Marke")).all()


def test_scale_ups_move_into_their_space_and_no_more_than_fit(run):
    measure = RoomForScaleUps(from_=2025, until=2025, firms=100, wijk=("Marke",))
    model = run(measure, months=30)
    firms = economy_invariants.open_firms(model.state)
    hosted = firms[firms["hosted"] == 1]
    assert 0 < len(hosted) <= 10
    assert (model.geography.sector_wijk[hosted["sector"]] == model.geography.wijk_number("Marke")).all()


def test_account_managers_keep_firms_from_closing(run, plain):
    helped = run(SmeManager(from_=2025, managers=50), parameters={"sme_attracted_per_manager_year": 0.0,
                                                                  "sme_closure_ratio": 0.0})  # fmt: skip
    jobs = plain.base.firms["jobs"]
    middle = (jobs >= 5) & (jobs <= 100)
    closed = [economy_invariants.firms_of(m.state)["status"][: len(jobs)] == FirmStatus.CLOSED for m in (plain, helped)]
    assert closed[1][middle].sum() < closed[0][middle].sum()
    assert closed[1][~middle].sum() == pytest.approx(closed[0][~middle].sum(), rel=0.15)
