"""Students, firms and jobs as tables, beside those of people and homes."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from kortrijk_sim.agents.columns import (
    FIRM_COLUMNS,
    STUDENT_COLUMNS,
    WORK_COLUMNS,
    Column,
    Firms,
    SectorCounts,
    Students,
    Work,
    empty_table,
)
from kortrijk_sim.arrays import Array, FloatArray, IntArray
from kortrijk_sim.compiling import kernel

FIRM_ROWS, STUDENT_ROWS, WORK_ROWS, STAYING_ROWS = 0, 1, 2, 3  # places in ``counts``
MOST_STAYING = 4096  # graduates who look for a home at one time; far more than a year brings


class Total(IntEnum):
    """Places in ``totals``: what the city as a whole remembers between months."""

    JOBS = 0
    RESIDENTS = 1  # positions filled by inhabitants
    COMMUTERS = 2  # positions filled from outside
    WORK_ELSEWHERE = 3  # inhabitants whose workplace lies outside
    TIGHTNESS = 4  # vacant positions per unemployed inhabitant
    SMALL_FLATS = 5  # small flats to let that stand vacant, last September
    GRADUATES = 6  # of this month
    GRADUATES_AT_HOME = 7  # of those: live at home in the city


class Anchor(NamedTuple):
    """What the economy of the first day looks like; nothing of it changes during a run.

    Choices depart from it: a workplace or a place for a firm is proposed as often as on the first day, and taken or
    not by what has changed since. So a policy that changes nothing for somebody moves nobody else's choice.
    Zones are the statistical sectors and then the places outside.
    """

    ease: FloatArray  # (zones, zones) log weight of commuting
    commute: FloatArray  # (sectors, zones) cumulative share of workplaces by sector of residence
    commute_weight: FloatArray  # (sectors,) positions that the shares stand for
    outside_access: FloatArray  # (sectors,) workers outside in reach over the mean
    sections: FloatArray  # (sections,) cumulative share of local units
    places: FloatArray  # (sections, sectors) cumulative share of each section's local units
    units: FloatArray  # (sections, sectors) local units
    labour_access: FloatArray  # (sectors,) log of workers in reach
    homes_outside: FloatArray  # (zones outside,) cumulative share of students' parental homes
    campus: IntArray  # (institutions,) sector
    enrolled: FloatArray  # (institutions,) students
    vacancy_share: float  # vacant positions over all
    commuters: float  # positions filled from outside
    tightness: float  # vacant positions per unemployed inhabitant
    small_flats: float  # vacant small flats to let
    established_closure_per_year: float  # of a unit with one job
    room_half: float  # log weight of the way at which half of the students want a room


_NOTHING = np.zeros(0)
_NO_TABLE = np.zeros((0, 0))
NO_ANCHOR = Anchor(
    _NO_TABLE, _NO_TABLE, _NOTHING, _NOTHING, _NOTHING, _NO_TABLE, _NO_TABLE, _NOTHING, _NOTHING,
    np.zeros(0, np.int32), _NOTHING, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
)  # fmt: skip


class Economy(NamedTuple):
    """Everything that students, firms and jobs read and write."""

    firms: Firms
    students: Students
    work: Work
    sectors: SectorCounts
    counts: Array  # (4,) rows in use: firms, students, work (persons seen so far), staying graduates
    totals: FloatArray  # see ``Total``
    unemployed: FloatArray  # (12,) unemployed inhabitants by month of birth, as last seen
    staying: IntArray  # rows of the graduates who look for a home in the city
    anchor: Anchor


def copied(e: Economy) -> Economy:
    """Return an independent copy of everything that changes."""
    return Economy(
        e.firms.copy(), e.students.copy(), e.work.copy(), e.sectors.copy(), e.counts.copy(), e.totals.copy(),
        e.unemployed.copy(), e.staying.copy(), e.anchor,
    )  # fmt: skip


def with_room(e: Economy, persons: int, firms: int, students: int) -> Economy:
    """Return the economy with room for so many persons in all, and so many more firms and students."""
    return e._replace(
        firms=_grown(e.firms, FIRM_COLUMNS, int(e.counts[FIRM_ROWS]) + firms),
        students=_grown(e.students, STUDENT_COLUMNS, int(e.counts[STUDENT_ROWS]) + students),
        work=_grown(e.work, WORK_COLUMNS, persons),
    )


def _grown(table: np.recarray[Any, Any], spec: dict[str, Column], needed: int) -> np.recarray[Any, Any]:
    if needed <= len(table):
        return table
    bigger = empty_table(spec, max(needed, int(len(table) * 1.4)))
    bigger[: len(table)] = table
    return bigger


def bytes_of(e: Economy) -> Iterator[bytes]:
    """Yield every row in use and everything the city remembers, for a hash."""
    rows = (int(e.counts[FIRM_ROWS]), int(e.counts[STUDENT_ROWS]), int(e.counts[WORK_ROWS]), len(e.sectors))
    for table, n in zip((e.firms, e.students, e.work, e.sectors), rows, strict=True):
        for name in table.dtype.names:
            yield np.ascontiguousarray(table[name][:n]).tobytes()
    for array in (e.counts, e.totals, e.unemployed, e.staying[: e.counts[STAYING_ROWS]]):
        yield array.tobytes()


@kernel
def open_work_rows(e: Economy, persons: int) -> None:
    """Give those who came since last month a row without work."""
    for i in range(e.counts[WORK_ROWS], persons):
        e.work.firm[i] = -1
        e.work.student[i] = -1
        e.work.zone[i] = -1
        e.work.since[i] = -9999
    e.counts[WORK_ROWS] = persons


@kernel
def proposed(cumulative: FloatArray, u: float) -> int:
    """Return the first alternative whose cumulative share reaches u."""
    low, high = 0, cumulative.shape[0] - 1
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle] < u:
            low = middle + 1
        else:
            high = middle
    return low
