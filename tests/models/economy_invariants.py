"""What holds of students, firms and jobs at the end of every month; read with NumPy only."""

from __future__ import annotations

import numpy as np

from kortrijk_sim.city.vocabulary import (
    Activity,
    DwellingStatus,
    DwellingUse,
    FirmStatus,
    PersonStatus,
    StudentLiving,
    StudentStatus,
)
from kortrijk_sim.models.economy import Total
from kortrijk_sim.models.state import State

N_SECTORS = 113


def firms_of(state: State) -> np.recarray:
    return state.economy.firms[: int(state.economy.counts[0])]


def open_firms(state: State) -> np.recarray:
    firms = firms_of(state)
    return firms[firms["status"] == FirmStatus.OPEN]


def enrolled(state: State) -> np.recarray:
    students = state.economy.students[: int(state.economy.counts[1])]
    return students[students["status"] == StudentStatus.ENROLLED]


def every_position_is_filled_by_a_resident_or_a_commuter_or_vacant(state: State, month: int) -> None:
    firms = open_firms(state)
    assert (firms["jobs"] >= 1).all()
    assert (firms["residents"] >= 0).all()
    assert (firms["commuters"] >= 0).all()
    assert (firms["residents"] + firms["commuters"] <= firms["jobs"]).all(), "more people than positions"
    assert (firms["residents"] + firms["commuters"] >= 1).all(), "a firm without anybody"
    e = state.economy
    for name in ("jobs", "residents", "commuters"):
        counted = np.bincount(firms["sector"], firms[name], N_SECTORS)
        assert (e.sectors[name] == counted).all(), name
    assert (e.sectors["firms"] == np.bincount(firms["sector"], minlength=N_SECTORS)).all()


def closed_firms_employ_nobody(state: State, month: int) -> None:
    firms = firms_of(state)
    closed = firms[firms["status"] == FirmStatus.CLOSED]
    assert (closed["residents"] == 0).all()
    assert (closed["commuters"] == 0).all()
    assert (closed["closed"] >= closed["founded"]).all()
    assert (closed["closed"] <= month).all()
    assert (open_firms(state)["closed"] == -9999).all()


def who_works_has_one_workplace_and_nobody_else_has(state: State, month: int) -> None:
    t, e = state.tables, state.economy
    n = int(t.counts[0])
    assert e.counts[2] == n, "somebody has no row of work"
    works = (t.persons.status[:n] == PersonStatus.RESIDENT) & (t.persons.activity[:n] == Activity.EMPLOYED)
    zone, firm = e.work.zone[:n], e.work.firm[:n]
    assert (works == (zone >= 0)).all()
    assert ((firm >= 0) == ((zone >= 0) & (zone < N_SECTORS))).all()
    assert (zone < len(e.anchor.ease)).all()
    staff = np.flatnonzero(firm >= 0)
    rows = int(e.counts[0])
    assert (np.bincount(firm[staff], minlength=rows) == firms_of(state)["residents"]).all()
    assert (firms_of(state)["sector"][firm[staff]] == zone[staff]).all(), "a firm has moved without its people"
    assert (e.work.since[:n][zone >= 0] <= month).all()
    assert e.totals[Total.WORK_ELSEWHERE] == (zone >= N_SECTORS).sum()


def every_student_sleeps_somewhere_or_is_counted_as_unhoused(state: State, month: int) -> None:
    e, t = state.economy, state.tables
    s = enrolled(state)
    living = s["living"]
    inside = np.isin(living, (StudentLiving.ROOM, StudentLiving.FLAT))
    assert (s["sector"][inside] >= 0).all()
    travels = np.isin(living, (StudentLiving.COMMUTES, StudentLiving.UNHOUSED))
    assert (s["home_zone"][travels] >= N_SECTORS).all(), "a student from nowhere"
    assert (s["sector"][travels] == -1).all()
    assert ((s["person"] >= 0) == (living == StudentLiving.AT_HOME_IN_CITY)).all()
    assert ((s["dwelling"] >= 0) == (living == StudentLiving.FLAT)).all()
    flats = s["dwelling"][living == StudentLiving.FLAT]
    assert (t.dwellings.use[flats] == DwellingUse.STUDENT_LET).all()
    assert (t.dwellings.household[flats] == -1).all(), "a household in the students' flat"
    assert (t.dwellings.status[flats] == DwellingStatus.STANDING).all()
    let = np.bincount(s["sector"][living == StudentLiving.ROOM], minlength=N_SECTORS)
    assert (e.sectors["rooms_let"] == let).all()
    assert (let <= e.sectors["student_rooms"]).all(), "more students than rooms"
    assert e.sectors["students"].sum() == len(s)
    assert e.sectors["unhoused"].sum() == (living == StudentLiving.UNHOUSED).sum()
    assert e.sectors["flat_students"].sum() == (living == StudentLiving.FLAT).sum()


def students_and_inhabitants_who_study_belong_to_each_other(state: State, month: int) -> None:
    e, t = state.economy, state.tables
    n = int(t.counts[0])
    linked = np.flatnonzero(e.work.student[:n] >= 0)
    rows = e.work.student[linked]
    assert (e.students.person[rows] == linked).all()
    assert (e.students.status[rows] == StudentStatus.ENROLLED).all()
    assert (t.persons.status[linked] == PersonStatus.RESIDENT).all(), "a student who is dead or gone"
    home = t.persons.household[linked]
    dwelling = np.where(home >= 0, t.households.dwelling[home], -1)
    sector = np.where(dwelling >= 0, t.dwellings.sector[dwelling], -1)
    assert (e.students.sector[rows] == sector).all(), "a student is looked for at the wrong address"
    assert len(linked) == (enrolled(state)["person"] >= 0).sum()


def those_who_stay_stand_on_the_list(state: State, month: int) -> None:
    e = state.economy
    staying = np.flatnonzero(e.students.status[: int(e.counts[1])] == StudentStatus.STAYING)
    assert set(e.staying[: int(e.counts[3])].tolist()) == set(staying.tolist())
    assert (e.students.person[staying] == -1).all()


def names_are_names(state: State, month: int) -> None:
    e = state.economy
    for table, count in ((e.firms, 0), (e.students, 1)):
        keys = table.key[: int(e.counts[count])]
        assert len(np.unique(keys)) == len(keys)


EVERY_MONTH = (
    every_position_is_filled_by_a_resident_or_a_commuter_or_vacant,
    closed_firms_employ_nobody,
    who_works_has_one_workplace_and_nobody_else_has,
    every_student_sleeps_somewhere_or_is_counted_as_unhoused,
    students_and_inhabitants_who_study_belong_to_each_other,
    those_who_stay_stand_on_the_list,
    names_are_names,
)


def firms_come_and_go_on_record(before: State, after: State) -> None:
    rows = int(before.economy.counts[0])
    was, now = firms_of(before), firms_of(after)
    assert len(now) >= rows, "a firm has lost its row"
    assert (was["key"] == now["key"][:rows]).all()
    assert (was["nace"] == now["nace"][:rows]).all()
    assert (now["status"][:rows][was["status"] == FirmStatus.CLOSED] == FirmStatus.CLOSED).all()
    births, closures = after.economy.sectors["births"].sum(), after.economy.sectors["closures"].sum()
    assert len(now) - rows == births
    assert len(open_firms(after)) == len(open_firms(before)) + births - closures


def students_keep_their_rows(before: State, after: State) -> None:
    rows = int(before.economy.counts[1])
    assert int(after.economy.counts[1]) >= rows
    assert (before.economy.students.key[:rows] == after.economy.students.key[:rows]).all()
    gone = before.economy.students.status[:rows] == StudentStatus.GONE
    assert (after.economy.students.status[:rows][gone] == StudentStatus.GONE).all()


EVERY_STEP = (firms_come_and_go_on_record, students_keep_their_rows)
