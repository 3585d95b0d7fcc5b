"""Students in higher education and local business units."""

from __future__ import annotations

import numpy as np

from kortrijk_sim.arrays import Array
from kortrijk_sim.city.synthesis.contingency import apportion, fit_whole
from kortrijk_sim.city.synthesis.dice import Dice, Stream
from kortrijk_sim.city.synthesis.dwellings import Stock
from kortrijk_sim.city.synthesis.inputs import IndustryRow, Inputs, InstitutionRow
from kortrijk_sim.city.vocabulary import Activity, DwellingUse, FirmStatus, StudentLiving, StudentStatus


def make_students(
    inputs: Inputs, age: Array, activity: Array, person_sector: Array, person_key: Array, stock: Stock, dice: Dice
) -> dict[str, Array]:
    """Return students: residents at home, students in a room, and those who commute.

    Args:
        inputs: Tables and facts.
        age: Age of each person in its final row.
        activity: Activity of each person.
        person_sector: Sector each person lives in, -1 without a home.
        person_key: Key of each person.
        stock: Dwellings; rooms lie where dwellings are let to students.
        dice: Draws.
    """
    schools = np.array([row.students for row in inputs.tables.rows("institutions", InstitutionRow)])
    total = inputs.total("students_2024") if schools.sum() else 0  # a city without higher education
    residents = np.flatnonzero((activity == Activity.STUDENT) & (age >= 17) & (age <= 30) & (person_sector >= 0))
    u = dice.uniforms(Stream.STUDIES, person_key[residents], 0)
    here = round(inputs.p("resident_students_enrolled_here") * residents.size)
    residents = np.sort(residents[np.argsort(u, kind="stable")[: min(here, total)]])
    rooms = min(round(inputs.p("student_rooms_2025") * inputs.scale), total - residents.size)
    commuters = total - rooms - residents.size
    n = total
    key = dice.keys(Stream.STUDENT, n)
    living = np.repeat(
        [StudentLiving.AT_HOME_IN_CITY, StudentLiving.ROOM, StudentLiving.COMMUTES],
        [residents.size, rooms, commuters],
    )
    person = np.full(n, -1, np.int64)
    person[: residents.size] = residents
    sector = np.full(n, -1, np.int64)
    sector[: residents.size] = person_sector[residents]
    lets = np.bincount(stock.sector[stock.use == DwellingUse.STUDENT_LET], minlength=len(inputs.geography.sectors))
    sector[residents.size : residents.size + rooms] = np.repeat(np.arange(lets.size), apportion(lets, rooms))
    order = np.argsort(dice.uniforms(Stream.STUDIES, key, 1), kind="stable")
    institution = np.empty(n, np.int64)
    institution[order] = np.repeat(np.arange(schools.size), apportion(schools, n))
    return {
        "key": key,
        "status": np.full(n, StudentStatus.ENROLLED, np.int8),
        "person": person.astype(np.int32),
        "institution": institution.astype(np.int8),
        "living": living.astype(np.int8),
        "sector": sector.astype(np.int16),
    }


def make_firms(inputs: Inputs, dice: Dice) -> dict[str, Array]:
    """Return local units: section x sector by IPF, jobs log-normal and adding up to the assumed total."""
    rows = inputs.tables.rows("industries", IndustryRow)
    units = inputs.total("local_units_2023")
    jobs_share = np.array([row.jobs_west_flanders_2011 for row in rows])
    per_unit = np.array([row.jobs_per_unit for row in rows])
    sections = apportion(jobs_share / per_unit, units)
    sectors = apportion(np.array([s.businesses for s in inputs.geography.sectors], np.float64), units)
    weight = np.array([[row.weight_core_1, row.weight_core_2, row.weight_core_3] for row in rows])
    filled, used = np.flatnonzero(sectors), np.flatnonzero(sections)
    seed = sections[used, None] * sectors[filled] * weight[used][:, inputs.core_of_sector()[filled]]
    table = np.zeros((len(rows), sectors.size), np.int64)
    table[np.ix_(used, filled)] = fit_whole(seed, [sections[used], sectors[filled]], [[0], [1]])
    sector, section = (np.repeat(x.T.ravel(), table.T.ravel()) for x in np.indices(table.shape)[::-1])
    key = dice.keys(Stream.FIRM, units)
    # The mean of exp(sigma z - sigma^2 / 2) is 1, so sections keep their share of the jobs.
    sigma = inputs.p("firm_size_sigma")
    size = per_unit[section] * np.exp(sigma * dice.normals(Stream.JOBS, key) - sigma**2 / 2)
    total = round(inputs.p("jobs_total_2025") * inputs.scale)
    jobs = apportion(size, max(total - units, 0)) + 1  # every unit has at least the person who runs it
    return {
        "key": key,
        "status": np.full(units, FirmStatus.OPEN, np.int8),
        "nace": section.astype(np.int8),
        "sector": sector.astype(np.int16),
        "jobs": jobs.astype(np.int32),
    }
