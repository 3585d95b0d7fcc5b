"""Students: base-year figures, the rhythm of September, rooms, flats, and who stays."""

from __future__ import annotations

import economy_invariants
import numpy as np
import pytest
from care_runs import happened, last, series

from kortrijk_sim.city.vocabulary import DwellingUse, StudentLiving, StudentStatus
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import Internships, Scenario, StayingSupport, StudentRooms

SCALE = 0.2
MONTHS = 34  # to October 2027


@pytest.fixture(scope="module")
def run(small_city):
    def make(*measures, months=MONTHS, parameters=None, **more):
        model = small_city(Scenario(measures=measures, parameters=parameters or {}, **more), scale=SCALE)
        model.run_for(months)
        return model

    return make


@pytest.fixture(scope="module")
def plain(run) -> KortrijkModel:
    return run()


def lets(model: KortrijkModel) -> int:
    t = model.state.tables
    return int((t.dwellings.use[: t.counts[2]] == DwellingUse.STUDENT_LET).sum())


def test_the_base_year_has_the_students_and_rooms_of_the_statistics():
    model = KortrijkModel(rng=1)
    assert last(model, "students") == 16_000
    assert last(model, "student_rooms") == last(model, "students_in_rooms") == 3_000
    wanted = last(model, "students_in_rooms") + last(model, "students_unhoused")
    assert wanted == pytest.approx(0.272 * 16_000, rel=0.03)


def test_students_come_and_go_in_september_only(plain):
    students = series(plain, "students")
    changes = np.flatnonzero(np.abs(np.diff(students)) > 0.005 * students[0])
    assert set(changes % 12) <= {8}
    assert (series(plain, "graduates")[1:] > 0).nonzero()[0].tolist() == [8, 20, 32]


def test_institutions_keep_their_students(plain):
    s = economy_invariants.enrolled(plain.state)
    shares = np.bincount(s["institution"]) / len(s)
    wanted = plain.state.economy.anchor.enrolled / plain.state.economy.anchor.enrolled.sum()
    assert shares == pytest.approx(wanted, abs=0.01)


def test_who_has_a_room_comes_from_farther_than_who_commutes(plain):
    s, e = economy_invariants.enrolled(plain.state), plain.state.economy
    way = e.anchor.ease[s["home_zone"], e.anchor.campus[s["institution"]]]
    assert way[s["living"] == StudentLiving.ROOM].mean() < way[s["living"] == StudentLiving.COMMUTES].mean() - 0.4


def test_students_without_a_room_take_small_flats_only_where_they_may(run, plain):
    off = run(switches={"students_take_small_flats": False})
    assert last(plain, "students_in_flats") > 0
    assert lets(plain) > lets(off) == lets(run(months=1))
    assert last(off, "students_in_flats") == 0
    assert last(off, "students_unhoused") > last(plain, "students_unhoused")


def test_rooms_house_students_and_give_flats_back_to_the_market(run, plain):
    model = run(StudentRooms(from_="2026-09", until="2027-08", rooms=2500))
    assert last(model, "student_rooms") == last(plain, "student_rooms") + 500
    assert last(model, "students_in_rooms") > last(plain, "students_in_rooms")
    assert last(model, "students_unhoused") < last(plain, "students_unhoused")
    assert last(model, "students_in_flats") < last(plain, "students_in_flats")
    back = happened(model, Kind.USE_CHANGED)
    assert ((back["month"] % 12 == 8) & (back["value"] == DwellingUse.MAIN_RESIDENCE)).any()


def test_rooms_open_where_the_measure_says(run):
    model = run(StudentRooms(from_=2025, until=2025, rooms=500, wijk=("Marke",)), months=12)
    assert model.indicator("student_rooms", "Marke") - model.indicators.value("student_rooms", 13, 0) == 100


def test_a_city_without_rooms_leaves_students_in_flats_or_travelling(small_city, plain):
    model = small_city(scale=0.1)
    e = model.state.economy
    in_room = np.flatnonzero(e.students.living[: e.counts[1]] == StudentLiving.ROOM)
    e.students.living[in_room], e.students.sector[in_room] = StudentLiving.UNHOUSED, -1
    for name in ("student_rooms", "rooms_let"):
        e.sectors[name][:] = 0
    model.run_for(12)
    for holds in economy_invariants.EVERY_MONTH:
        holds(model.state, model.month - 1)
    assert last(model, "students_in_rooms") == 0
    share = last(model, "students_unhoused") / last(model, "students")
    assert share > 2 * last(plain, "students_unhoused") / last(plain, "students")


def test_a_city_without_students_goes_on(small_city):
    model = small_city(scale=0.1)
    e = model.state.economy
    rows = int(e.counts[1])
    e.students.status[:rows] = StudentStatus.GONE
    e.work.student[:] = -1
    e.students.person[:rows] = -1
    e.anchor.enrolled[:] = 0.0
    for name in ("rooms_let", "home_students", "students", "unhoused"):
        e.sectors[name][:] = 0
    model.run_for(15)
    for holds in economy_invariants.EVERY_MONTH:
        holds(model.state, model.month - 1)
    assert last(model, "students") == 0
    assert last(model, "graduates_staying") == 0
    assert last(model, "population") > 7_000


def test_about_a_sixth_to_a_quarter_of_the_graduates_stay(run):
    model = run(months=60)
    frame = model.indicators.frame()
    share = frame.loc[(frame["place"] == "Kortrijk") & (frame["month"] >= 24), "graduates_staying_share"]
    assert 0.14 < share.mean() < 0.25


@pytest.mark.parametrize(
    "measure",
    [StayingSupport(from_=2025, share_reached=1.0), Internships(from_=2025, share_reached=1.0)],
    ids=lambda m: m.measure,
)
def test_support_and_internships_keep_more_graduates(run, plain, measure):
    assert series(run(measure), "graduates_staying").sum() > series(plain, "graduates_staying").sum()


def test_who_stays_is_a_new_inhabitant_in_the_twenties(plain):
    stayed = happened(plain, Kind.GRADUATE_STAYED)
    assert len(stayed) > 20
    t = plain.state.tables
    age = (stayed["month"] - t.persons.birth_month[stayed["person"]]) // 12
    assert ((age >= 20) & (age <= 29)).all()
    assert (t.persons.arrived_month[stayed["person"]] == stayed["month"]).all()
    assert any("has studied in Kortrijk" in line for line in plain.biography(person=int(stayed["person"][0])))


def test_graduates_hardly_change_how_many_people_come(run, plain):
    nobody = run(parameters={"graduate_stay_logit": -30.0})
    assert len(happened(nobody, Kind.GRADUATE_STAYED)) == 0
    assert last(nobody, "population") == pytest.approx(last(plain, "population"), rel=0.006)
