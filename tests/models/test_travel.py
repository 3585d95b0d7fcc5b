"""Trips of the whole city: how many, where to, by which mode, who looks again, and that all sums hold."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from travel_runs import BIKE, CAR, TRANSIT, ages, housed, main_mode_share, recount, rows_of, sector_of_home

from kortrijk_sim.agents.mode_rules import N_SLOTS
from kortrijk_sim.city.vocabulary import Activity, Bike, Health, Mode, Purpose, Slot
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.measures import BuildHomes
from kortrijk_sim.models.mobility import TRIPS
from kortrijk_sim.models.mobility_measures import CloseCrossing, CycleComfort, KilometreCharge, OpenHub, TransitFare
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import Scenario

MONTHS = 27
CHANGES = (
    TransitFare(from_="2025-03", until="2026-02", ratio=0.2),
    KilometreCharge(from_="2025-09", eur_km=0.15),
    CycleComfort(from_="2026-01", comfort="separate"),
    OpenHub(from_="2025-06", name="Marke Park", wijk="Marke", shared_cars=6),
    CloseCrossing(from_="2026-04", until="2026-09", name="Broelbrug"),
    BuildHomes(from_=2025, until=2026, homes=600, programme="family"),
)


def everything_adds_up(model):
    book, again = model.state.mobility.ledger, recount(model)
    for name, kept, counted in zip(book._fields, book, again, strict=True):
        np.testing.assert_allclose(kept, counted, atol=1e-6, rtol=1e-9, err_msg=name)


def everybody_travels_from_home_or_not_at_all(model):
    travel, trips, _ = rows_of(model)
    np.testing.assert_array_equal(travel["home"], sector_of_home(model))
    away = travel["home"] < 0
    assert (trips["mode"][away] == -1).all()
    assert (trips["per_day"][away] == 0).all()
    assert (travel["active_minutes"][away] == 0).all()


def trips_make_sense(model):
    travel, trips, _ = rows_of(model)
    goes = trips["mode"] >= 0
    zones = len(model.state.transport.network.zones)
    assert (trips["per_day"] >= 0).all()
    assert (trips["per_day"][goes] > 0).all()
    assert (trips["per_day"][~goes] == 0).all()
    assert ((trips["zone"] >= 0) == goes).all(), "there is a way to every place that somebody chose"
    assert (trips["zone"][goes] < zones).all()
    assert (trips["mode"] < len(Mode)).all()
    for column in ("km", "car_km", "active_minutes"):
        assert np.isfinite(trips[column][goes]).all(), column
        assert (trips[column][goes] >= 0).all(), column
    assert (trips["km"][goes] > 0).all()
    per_day = (trips["active_minutes"] * trips["per_day"] * goes).sum(axis=1)
    np.testing.assert_allclose(travel["active_minutes"], per_day, rtol=1e-4, atol=1e-4)


def nobody_uses_what_they_do_not_have(model):
    travel, trips, fleet = rows_of(model)
    t = model.state.tables
    household = t.persons.household[: len(travel)]
    own = fleet[household]
    age = ages(model)

    def users(*modes):
        return np.isin(trips["mode"], modes).any(axis=1)

    drives = users(Mode.CAR, Mode.ELECTRIC_CAR, Mode.PARK_AND_RIDE)
    assert (travel["licence"][drives] == 1).all(), "somebody drives without a licence"
    assert (own["cars"][drives] > 0).all(), "somebody drives a car that is not there"
    assert (own["electric"][users(Mode.ELECTRIC_CAR)] > 0).all()
    assert (own["electric"][users(Mode.CAR)] < own["cars"][users(Mode.CAR)]).all()
    assert (travel["bike"][users(Mode.E_BIKE)] == Bike.E_BIKE).all()
    assert (travel["bike"][users(Mode.BIKE)] == Bike.BIKE).all()
    assert (travel["bike"][users(Mode.BIKE_AND_TRAIN)] != Bike.NONE).all()
    assert (age[users(Mode.BUS, Mode.TRAIN)] >= 10).all(), "a small child takes the bus alone"
    assert (age[users(Mode.BIKE_AND_TRAIN)] >= 12).all()
    shared = users(Mode.SHARED_CAR)
    assert (own["sharing"][shared] == 1).all()
    assert (travel["licence"][shared] == 1).all()
    lives = travel["home"] >= 0
    assert (age[lives & (travel["licence"] == 1)] >= 18).all()


def cars_are_in_order(model):
    fleet = rows_of(model)[2][housed(model)]
    assert (fleet["cars"] >= 0).all()
    assert (fleet["cars"] <= 3).all()
    for part in ("electric", "company"):
        assert (fleet[part] >= 0).all(), part
        assert (fleet[part] <= fleet["cars"]).all(), part
    assert np.isin(fleet["sharing"], (0, 1)).all()
    assert np.isin(fleet["charger"], (0, 1)).all()


ALWAYS = (
    everything_adds_up,
    everybody_travels_from_home_or_not_at_all,
    trips_make_sense,
    nobody_uses_what_they_do_not_have,
    cars_are_in_order,
)


@pytest.fixture(scope="module")
def watched(first_day):
    """Return a twentieth of the city after a little more than two years of much change, checked every month."""
    model = first_day.fork(Scenario(measures=CHANGES))
    for _ in range(MONTHS):
        model.step()
        for holds in ALWAYS[1:]:
            holds(model)
    return model


@pytest.fixture(scope="module")
def whole():
    """Return the whole city on 1 January 2025."""
    return KortrijkModel(rng=1)


# --- sums and order ------------------------------------------------------------------------------------


@pytest.mark.parametrize("holds", ALWAYS, ids=lambda f: f.__name__)
def test_on_the_first_day(first_day, holds):
    holds(first_day)


@pytest.mark.parametrize("holds", ALWAYS, ids=lambda f: f.__name__)
def test_after_four_years(four_years, holds):
    holds(four_years)


def test_all_trips_add_up_after_two_years_in_which_everything_changed(watched):
    everything_adds_up(watched)
    travel, _, _ = rows_of(watched)
    t = watched.state.tables
    moved = np.isin(t.log["kind"][: t.counts[3]], (Kind.MOVED, Kind.ARRIVED, Kind.DEATH, Kind.LEFT_CITY))
    assert moved.sum() > 500, "there was much to keep up with"
    assert (travel["looked"] > 0).mean() > 0.4


def test_the_indicators_are_those_of_the_sums(four_years):
    _, trips, fleet = rows_of(four_years)
    n, km = trips["per_day"].astype(float), (trips["per_day"] * trips["km"]).astype(float)
    people = (sector_of_home(four_years) >= 0).sum()
    own = fleet[housed(four_years)]
    expected = {
        "trips_per_person": n.sum() / people,
        "km_per_person": km.sum() / people,
        "trip_km": km.sum() / n.sum(),
        "mode_share_car": main_mode_share(four_years, CAR),
        "mode_share_walk": main_mode_share(four_years, (Mode.WALK,)),
        "mode_share_bike": main_mode_share(four_years, BIKE),
        "mode_share_transit": main_mode_share(four_years, TRANSIT),
        "vehicle_km": (n * trips["car_km"]).sum(),
        "household_cars": own["cars"].sum(),
        "electric_car_share": own["electric"].sum() / own["cars"].sum(),
        "company_cars": own["company"].sum(),
        "car_sharing_households": own["sharing"].sum(),
    }
    got = {name: four_years.indicator(name) for name in expected}
    assert got == pytest.approx(expected, rel=1e-5)


def test_mode_shares_are_the_same_trips_four_ways(four_years):
    frame = four_years.mode_shares()
    total = frame.groupby("by")["trips_per_day"].sum()
    assert set(total.index) == {"purpose", "length", "age", "wijk"}
    assert total.to_numpy() == pytest.approx(total.iloc[0])
    shares = frame.groupby(["by", "group"])["share"].sum()
    assert ((shares.round(9) == 1.0) | (shares == 0.0)).all()


# --- the base year -------------------------------------------------------------------------------------


def test_two_of_three_trips_are_by_car_in_the_base_year(whole):
    for modes, share in ((CAR, 0.65), (BIKE, 0.142), ((Mode.WALK,), 0.123), (TRANSIT, 0.068)):
        assert main_mode_share(whole, modes) == pytest.approx(share, abs=0.015)
    assert sum(main_mode_share(whole, modes) for modes in (CAR, TRANSIT, BIKE, (Mode.WALK,))) == pytest.approx(1.0)


def test_people_of_six_and_older_make_about_two_and_a_half_trips_a_day(whole):
    _, trips, _ = rows_of(whole)
    over_6 = (ages(whole) >= 6) & (sector_of_home(whole) >= 0)
    assert 2.4 <= trips["per_day"].sum(axis=1)[over_6].mean() <= 2.7


def test_a_trip_is_ten_to_eleven_kilometres_long(whole):
    assert 10.0 <= whole.indicator("trip_km") <= 11.0


def test_there_are_565_cars_for_a_thousand_inhabitants(whole):
    assert whole.indicator("cars_per_1000") == pytest.approx(565, rel=0.03)


def test_short_trips_are_walked_and_cycled_and_long_ones_driven(whole):
    length = whole.state.mobility.ledger.length
    share = length / length.sum(axis=1, keepdims=True)
    assert share[0, Mode.WALK] > share[2, Mode.WALK] > share[-1, Mode.WALK]
    assert share[0, Mode.WALK] > 0.3
    assert share[3, list(CAR)].sum() > share[0, list(CAR)].sum()
    assert share[-1, list(TRANSIT)].sum() > share[2, list(TRANSIT)].sum()
    assert length[:, Mode.WALK][4:].sum() < 0.01 * length[:, Mode.WALK].sum(), "nobody walks ten kilometres"


def test_children_are_driven_pupils_cycle_and_the_old_drive_less_than_their_children(whole):
    age = whole.state.mobility.ledger.age
    share = age / age.sum(axis=1, keepdims=True)
    bike, wheel = share[:, list(BIKE)].sum(axis=1), share[:, [Mode.CAR, Mode.ELECTRIC_CAR]].sum(axis=1)
    assert share[0, Mode.PASSENGER] == share[:, Mode.PASSENGER].max()
    assert bike[1] == bike.max()
    assert wheel[:2].sum() == 0
    assert wheel[3] == wheel.max() > wheel[5]


def test_every_wijk_travels_and_the_core_drives_least(whole):
    place = whole.state.mobility.ledger.place[:, :, TRIPS]
    car = place[:, list(CAR)].sum(axis=1) / place.sum(axis=1)
    names = [wijk.name for wijk in whole.geography.wijken]
    assert (place.sum(axis=1) > 0).all()
    rural = [names.index(name) for name in names if name in ("Rollegem", "Bellegem", "Aalbeke", "Kooigem")]
    assert len(rural) >= 3
    assert car[rural].min() > np.average(car, weights=place.sum(axis=1)) - 0.02
    assert car.argmin() not in rural


def test_everybody_goes_to_the_work_and_the_campus_in_the_books(whole):
    e, t = whole.state.economy, whole.state.tables
    travel, trips, _ = rows_of(whole)
    n = len(travel)
    works = (e.work.zone[:n] >= 0) & (travel["home"] >= 0) & (ages(whole) >= 19)
    works &= t.persons.activity[:n] == Activity.EMPLOYED
    assert works.sum() > 20_000
    np.testing.assert_array_equal(trips["zone"][works, Slot.WORK_OR_SCHOOL], e.work.zone[:n][works])
    student = e.work.student[:n]
    studies = (student >= 0) & (e.work.zone[:n] < 0) & (travel["home"] >= 0) & (ages(whole) >= 19)
    campus = e.anchor.campus[e.students.institution[student[studies]]]
    np.testing.assert_array_equal(trips["zone"][studies, Slot.WORK_OR_SCHOOL], campus)


def test_who_neither_works_nor_studies_makes_no_trips_to_work(whole):
    t = whole.state.tables
    travel, trips, _ = rows_of(whole)
    idle = np.isin(t.persons.activity[: len(travel)], (Activity.RETIRED, Activity.UNEMPLOYED, Activity.AT_HOME))
    idle &= ages(whole) >= 19
    assert (trips["mode"][idle, Slot.WORK_OR_SCHOOL] == -1).all()
    school = (ages(whole) >= 6) & (ages(whole) < 18) & (travel["home"] >= 0)
    assert (travel["studies"][school] == 1).all()
    assert (trips["mode"][school, Slot.WORK_OR_SCHOOL] >= 0).all()


def test_who_needs_help_travels_less(whole):
    _, trips, _ = rows_of(whole)
    health = whole.state.tables.persons.health[: len(trips)]
    old = (ages(whole) >= 75) & (sector_of_home(whole) >= 0)
    per_day = trips["per_day"][:, : Slot.CARE].sum(axis=1)
    good, light, heavy = (per_day[old & (health == h)].mean() for h in (Health.GOOD, Health.LIGHT, Health.HEAVY))
    p = whole.parameters
    assert light / good == pytest.approx(p.value("limited_trips_ratio"), rel=0.03)
    assert heavy / good == pytest.approx(p.value("heavy_need_trips_ratio"), rel=0.05)


# --- what is looked at again ---------------------------------------------------------------------------


def test_nobody_changes_mode_or_place_without_looking_again(first_day):
    model = first_day.fork()
    for _ in range(4):
        travel, trips, _ = (table.copy() for table in rows_of(model))
        model.step()
        now, then, _ = rows_of(model)
        same = now["looked"][: len(travel)] < model.month - 1
        same &= now["home"][: len(travel)] >= 0
        assert 0.7 < same.mean() < 0.99
        np.testing.assert_array_equal(then[: len(trips)][same], trips[same])
        np.testing.assert_array_equal(now["home"][: len(travel)][same], travel["home"][same])


def test_without_habits_broken_or_events_people_keep_their_ways(first_day):
    never = first_day.fork(Scenario(parameters={"habit_reconsider_per_year": 0.0}))
    always = first_day.fork(Scenario(parameters={"habit_reconsider_per_year": 1.0}))
    looked = {}
    for name, model in (("never", never), ("always", always)):
        model.run_for(6)
        looked[name] = (rows_of(model)[0]["looked"] >= 0).mean()
    assert looked["never"] < looked["always"] - 0.1


def test_a_changed_way_to_work_stands_in_the_log(watched):
    t = watched.state.tables
    log = t.log[: int(t.counts[3])]
    changed = log[log["kind"] == Kind.WAY_CHANGED]
    assert len(changed) > 50
    assert (changed["position"] != changed["value"]).all()
    assert np.isin(changed["value"], list(Mode)).all()
    last = {int(event["person"]): int(event["value"]) for event in changed}
    _, trips, _ = rows_of(watched)
    late = changed[changed["month"] == changed["month"].max()]
    for event in late:
        assert trips["mode"][event["person"], 0] == last[int(event["person"])]


# --- visits and care -----------------------------------------------------------------------------------


def care_trips(model):
    return float(model.state.mobility.ledger.purpose[Purpose.CARE, :, 0].sum())


def test_visits_to_a_nursing_home_and_care_make_trips(first_day, whole):
    assert care_trips(first_day) > 0
    travel, trips, _ = rows_of(whole)
    t = whole.state.tables
    n = len(travel)
    visitor = np.unique(whole.visit_trips()["visitor"])
    visitor = visitor[travel["home"][visitor] >= 0]
    children = visitor[np.isin(visitor, np.concatenate([t.persons.mother[:n], t.persons.father[:n]]), invert=True)]
    assert len(children) > 100
    assert (trips["per_day"][visitor, Slot.CARE] > 0).mean() > 0.95
    assert (trips["per_day"][:, Slot.CARE] <= 2.0 * 3 + 1e-6).all()


def test_without_the_switch_nobody_travels_for_care_after_a_while(next_year, first_day):
    habits = {"habit_reconsider_per_year": 1.0}
    on = next_year(parameters=habits)
    off = next_year(parameters=habits, switches={"visits_make_trips": False})
    assert care_trips(off) == pytest.approx(0.0, abs=1e-6)
    assert care_trips(on) > 0.5 * care_trips(first_day)
    others = [m.state.mobility.ledger.purpose[: Purpose.CARE, :, 0].sum() for m in (on, off)]
    assert others[0] == pytest.approx(others[1], rel=0.01)


# --- one seed, one future ------------------------------------------------------------------------------

ELSEWHERE = """
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import Scenario
from kortrijk_sim.models.mobility_measures import OpenHub, TransitFare
from kortrijk_sim.models.measures import BuildHomes
measures = (TransitFare(from_=2025, ratio=0.0), OpenHub(from_="2025-09", name="Marke Park", wijk="Marke"))
model = KortrijkModel(Scenario(measures=measures), rng=1, scale=0.05)
model.run_for(13)
print(model.state_hash())
"""
TWO = (TransitFare(from_=2025, ratio=0.0), OpenHub(from_="2025-09", name="Marke Park", wijk="Marke"))


def test_two_processes_with_one_seed_travel_the_same(next_year):
    other = subprocess.run([sys.executable, "-c", ELSEWHERE], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == next_year(*TWO).state_hash()


def test_a_fork_and_a_snapshot_go_through_january_as_the_original_does(first_day):
    model = first_day.fork(Scenario(measures=TWO))
    model.run_for(10)
    twin, snapshot = model.fork(), model.snapshot()
    hashes = []
    for _ in range(4):
        model.step()
        hashes.append(model.state_hash())
    twin.run_for(4)
    assert twin.state_hash() == hashes[-1]
    assert twin.indicators.frame().equals(model.indicators.frame())
    model.restore(snapshot)
    assert model.state.transport is snapshot.state.transport
    again = []
    for _ in range(4):
        model.step()
        again.append(model.state_hash())
    assert again == hashes


@pytest.mark.parametrize(
    "feather",
    [
        TransitFare(from_="2025-01", ratio=1.0),
        KilometreCharge(from_="2025-01", eur_km=0.0),
        CloseCrossing(from_="2040-12", name="Broelbrug"),
    ],
    ids=lambda m: m.measure,
)
def test_a_measure_that_touches_nobody_changes_nobody(next_year, feather):
    def changed(model):
        t, m = model.state.tables, model.state.mobility
        n = int(t.counts[0])
        return t.persons[:n], m.travel[:n], m.trips[: N_SLOTS * n], m.fleet[: int(t.counts[1])]

    for one, other in zip(changed(next_year(feather, months=8)), changed(next_year(months=8)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_measure_that_is_not_there_yet_leaves_the_same_state(next_year):
    later = KilometreCharge(from_="2025-09", eur_km=0.5)
    assert next_year(later, months=8).state_hash() == next_year(months=8).state_hash()


def test_a_hub_in_one_wijk_leaves_most_people_going_as_they_went(next_year):
    hub = OpenHub(from_=2025, name="Marke Park", wijk="Marke", shared_cars=6, shared_bikes=20, transfer_quality=0.9)
    without, with_it = next_year(), next_year(hub)
    n = len(without.base.persons["key"])
    before, after = (rows_of(model)[1]["mode"][:n] for model in (without, with_it))
    home = [sector_of_home(model)[:n] for model in (without, with_it)]
    stays = (home[0] == home[1]) & (home[0] >= 0)
    assert stays.sum() > 0.9 * (home[0] >= 0).sum()
    same = (before == after).all(axis=1)[stays]
    assert same.mean() > 0.95
    assert not same.all(), "a hub that nobody uses is no hub"
    marke = without.geography.wijk_number("Marke")
    here = without.geography.sector_wijk[home[0][stays]] == marke
    assert same[here].mean() < same[~here].mean()
