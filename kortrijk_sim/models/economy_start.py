"""Students, firms and jobs on the first day: who studies and works where, and what later choices depart from.

All of it depends on the base city and its parameters, and not on the seed of a run.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.columns import Firms, Students
from kortrijk_sim.agents.firm_rules import YOUNG_YEARS, FirmParams, JobParams
from kortrijk_sim.agents.student_rules import StudentParams, leaves_study_per_year
from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.network.services import Outside
from kortrijk_sim.city.synthesis.inputs import IndustryRow, InstitutionRow
from kortrijk_sim.city.tables import Tables as CityTables
from kortrijk_sim.city.vocabulary import Activity, PersonStatus, StudentLiving
from kortrijk_sim.draws import stream, uniforms
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.models.dice import ONCE, Dice
from kortrijk_sim.models.economy import FIRM_ROWS, STUDENT_ROWS, Anchor, Economy, Total
from kortrijk_sim.models.economy_effects import BusinessParams
from kortrijk_sim.models.jobs import count_by_sector, fill_first_jobs, workers_free
from kortrijk_sim.models.reach import Reach
from kortrijk_sim.models.state import PERSON_ROWS, State, Tables
from kortrijk_sim.models.students import StudentDice, count_students, house, small_flats

_MOST_YEARS = 9  # academic years that anybody studies on the first day


class EconomyParams(NamedTuple):
    """Parameters of students, firms and jobs by process."""

    firms: FirmParams
    jobs: JobParams
    students: StudentParams


def economy_params(parameters: Parameters) -> EconomyParams:
    """Gather the parameters of students, firms and jobs."""
    return EconomyParams(parameters.select(FirmParams), parameters.select(JobParams), parameters.select(StudentParams))


class EconomySetting(NamedTuple):
    """What students, firms and jobs need to know besides the state."""

    params: EconomyParams
    business: BusinessParams
    reach: Reach
    smes: float  # small and middle-sized firms of the full city on the first day


def economy_setting(firms: Firms, parameters: Parameters, reach: Reach, scale: float) -> EconomySetting:
    """Gather what stays the same for students, firms and jobs.

    Args:
        firms: Firms of the base city.
        parameters: Parameters of the scenario.
        reach: How places are reached.
        scale: Share of the city that is simulated.
    """
    params = economy_params(parameters)
    smes = (firms.jobs >= params.firms.sme_least_jobs) & (firms.jobs <= params.firms.sme_most_jobs)
    return EconomySetting(params, parameters.select(BusinessParams), reach, float(smes.sum()) / scale)


class EconomyStart:
    """Starts the economy of a base city.

    Args:
        state: The city; its economy is filled.
        tables: Tables of figures.
        geography: The map.
        parameters: Parameters without any scenario's overrides.
        scale: Share of the city that is simulated.
        city_seed: Seed of the population synthesis.
        reach: How places are reached on the first day.
        outside: The places outside the city.
    """

    def __init__(
        self,
        state: State,
        tables: CityTables,
        geography: Geography,
        parameters: Parameters,
        scale: float,
        city_seed: int,
        reach: Reach,
        outside: Outside,
    ) -> None:
        self._state, self._geography, self._parameters = state, geography, parameters
        self._tables, self._scale, self._seed = tables, scale, city_seed
        self._p = economy_params(parameters)
        self._outside, self._reach = outside, reach
        self._sectors = len(geography.sectors)

    def start(self) -> Reach:
        """Fill firms, workplaces and students of the first day; return how places are reached."""
        e = self._state.economy
        homes = homes_of_workers(self._state.tables, self._seed, self._sectors)
        self._state.economy = e = e._replace(anchor=self._anchor(homes))
        self._found_firms(e)
        self._fill_jobs(e, homes)
        self._settle_students(e)
        e = self._state.economy
        anchor = e.anchor._replace(
            vacancy_share=float((e.totals[Total.JOBS] - filled(e)) / max(e.totals[Total.JOBS], 1.0)),
            commuters=float(e.totals[Total.COMMUTERS]),
            tightness=float(e.totals[Total.TIGHTNESS]),
            small_flats=float(e.totals[Total.SMALL_FLATS]),
        )
        self._state.economy = e._replace(anchor=anchor)
        return self._reach

    def _dice(self, process: Dice) -> np.uint64:
        return np.uint64(stream(self._seed, int(process), ONCE))

    def _anchor(self, homes: Array) -> Anchor:
        e, reach, n = self._state.economy, self._reach, self._sectors
        rows = int(e.counts[FIRM_ROWS])
        sector, section = e.firms.sector[:rows].astype(np.int64), e.firms.nace[:rows].astype(np.int64)
        jobs = np.bincount(sector, e.firms.jobs[:rows], n)
        floor = self._parameters.value("workplace_weight_floor_jobs") * self._scale
        weight = jobs + floor
        commute = commuting_shares(
            reach.ease, weight, self._outside.jobs * self._scale, homes, self._parameters.value("work_in_city_share"), n
        )
        sections = len(self._tables.rows("industries", IndustryRow))
        units = np.zeros((sections, n))
        np.add.at(units, (section, sector), 1.0)
        homes_outside = np.concatenate([np.zeros(n), self._outside.population])
        positions = np.concatenate([jobs, self._outside.jobs * self._scale])
        outside = workers_free(reach.ease, homes_outside, positions)[n:] @ np.exp(reach.ease[n:, :n])
        mean = float((outside * jobs).sum() / max(jobs.sum(), 1e-9))
        schools = self._tables.rows("institutions", InstitutionRow)
        codes = [s.code for s in self._geography.sectors]
        for line, school in enumerate(schools, start=2):
            if school.campus_sector not in codes:
                where = f"{self._tables.path('institutions')}, line {line}, campus_sector"
                raise InputError(f"{where}: no sector '{school.campus_sector}'; {nearest(school.campus_sector, codes)}")
        campus = np.array([codes.index(school.campus_sector) for school in schools], np.int32)
        institution = np.asarray(e.students.institution[: e.counts[STUDENT_ROWS]])
        enrolled = np.bincount(institution, minlength=len(schools)).astype(np.float64)
        weights = self._outside.students_home_weight
        return Anchor(
            ease=reach.ease,
            commute=commute,
            commute_weight=weight,
            outside_access=outside / max(mean, 1e-9),
            sections=_cumulative(units.sum(axis=1)),
            places=_cumulative(units + 1e-6),
            units=units,
            labour_access=reach.labour_access,
            homes_outside=_cumulative(weights),
            campus=campus,
            enrolled=enrolled,
            vacancy_share=0.0,
            commuters=0.0,
            tightness=0.0,
            small_flats=0.0,
            established_closure_per_year=0.0,
            room_half=self._room_half(campus, enrolled / np.maximum(enrolled.sum(), 1.0), weights / weights.sum()),
        )

    def _room_half(self, campus: Array, school_share: FloatArray, home_share: FloatArray) -> float:
        """Return the way at which half of the students want a room, so that the known share of all does."""
        students, n = self._state.economy.students, self._sectors
        rows = int(self._state.economy.counts[STUDENT_ROWS])
        from_outside = float((students.person[:rows] < 0).mean()) if rows else 1.0
        share = self._parameters.value("student_room_wish_share")
        wanted = min(share / max(from_outside, 1e-9), 0.99)
        ease = self._reach.ease[n:, :][:, campus]
        weight = home_share[:, None] * school_share
        low, high = -60.0, 20.0
        for _ in range(60):
            half = 0.5 * (low + high)
            wish = 1.0 / (1.0 + np.exp(np.clip((ease - half) / self._p.students.student_room_wish_spread, -50, 50)))
            low, high = (low, half) if (weight * wish).sum() > wanted else (half, high)
        return 0.5 * (low + high)

    def _found_firms(self, e: Economy) -> None:
        """Give firms an age: the mix of a city whose births and closures have long been what they are."""
        p, rows = self._p.firms, int(e.counts[FIRM_ROWS])
        jobs = np.maximum(e.firms.jobs[:rows].astype(np.float64), 1.0)
        yearly = np.array([getattr(p, f"firm_closure_year_{k}_per_year") for k in range(1, YOUNG_YEARS + 1)])
        growth = p.firm_birth_per_year - self._parameters.value("firm_closure_per_year")
        new_size = p.firm_birth_jobs_mean**-p.firm_closure_size_exponent
        young = p.firm_birth_per_year * np.cumprod(
            np.concatenate([[1.0], (1.0 - yearly[:-1] * new_size) / (1.0 + growth)])
        )
        # The smaller, the younger on the whole.
        spread_log = self._parameters.value("firm_age_size_spread_log")
        key = e.firms.key[:rows]
        luck = uniforms(self._dice(Dice.FIRM_ONCE), key, 1)
        order = np.argsort(np.log(jobs) + spread_log * np.log(luck / (1.0 - luck)), kind="stable")
        age = np.empty(rows)
        bounds = np.minimum(np.round(np.cumsum(young) * rows).astype(int), rows)
        spread = uniforms(self._dice(Dice.FIRM_ONCE), key, 2)
        first = 0
        for year, last in enumerate(bounds):
            who = order[first:last]
            age[who] = year + spread[who]
            first = last
        rest = order[first:]
        age[rest] = YOUNG_YEARS - np.log(spread[rest]) / max(self._parameters.value("firm_closure_per_year"), 1e-3)
        e.firms.founded[:rows] = -1 - np.floor(12.0 * np.minimum(age, 200.0)).astype(np.int64)
        factor = jobs**-p.firm_closure_size_exponent
        class_of = np.minimum(age.astype(int), YOUNG_YEARS)
        by_the_young = (np.append(yearly, 0.0)[class_of] * factor).sum()
        established = factor[class_of == YOUNG_YEARS].sum()
        # Some of those that open within the year close within it.
        at_once = 0.5 * p.firm_birth_per_year * yearly[0] * new_size
        total = (self._parameters.value("firm_closure_per_year") - at_once) * rows
        level = max(total - by_the_young, 0.0) / max(established, 1e-9)
        self._state.economy = e._replace(anchor=e.anchor._replace(established_closure_per_year=float(min(level, 0.9))))

    def _fill_jobs(self, e: Economy, homes: Array) -> None:
        """Let inhabitants take positions near and far, commuters the others, and leave some vacant."""
        e, t = self._state.economy, self._state.tables
        fill_first_jobs(t, e, homes, self._dice(Dice.WORKPLACE), self._p.jobs)
        n = int(t.counts[PERSON_ROWS])
        persons = t.persons
        out_of_work = (persons.status[:n] == PersonStatus.RESIDENT) & (persons.activity[:n] == Activity.UNEMPLOYED)
        e.unemployed[:] = np.bincount(persons.birth_month[:n][out_of_work] % 12, minlength=12)
        count_by_sector(e)

    def _settle_students(self, e: Economy) -> None:
        """Say since when students study, where their parents live, and who of them has a room."""
        e, p, t = self._state.economy, self._p.students, self._state.tables
        rows = int(e.counts[STUDENT_ROWS])
        students: Students = e.students[:rows].view(np.recarray)
        key, dice = students.key, self._dice(Dice.STUDIES)
        going = np.ones(_MOST_YEARS)
        for passed in range(1, _MOST_YEARS):
            going[passed] = going[passed - 1] * (1.0 - leaves_study_per_year(passed, p))
        year = np.searchsorted(np.cumsum(going) / going.sum(), uniforms(dice, key, 1))
        students.since[:] = -4 - 12 * np.minimum(year, _MOST_YEARS - 1)  # enrolled in a September
        resident = students.person >= 0
        e.work.student[students.person[resident]] = np.flatnonzero(resident)
        away = np.flatnonzero(~resident)
        home = np.searchsorted(e.anchor.homes_outside, uniforms(dice, key[away], 2))
        students.home_zone[away] = self._sectors + np.minimum(home, len(e.anchor.homes_outside) - 1)
        students.home_zone[resident] = students.sector[resident]
        rooms = (students.living == StudentLiving.ROOM) & ~resident
        e.sectors.student_rooms[:] = np.bincount(students.sector[rooms], minlength=self._sectors)
        students.living[away], students.sector[away] = StudentLiving.COMMUTES, -1
        street = StudentDice(
            dice, self._dice(Dice.STUDY_HERE), self._dice(Dice.ROOM_WISH), self._dice(Dice.ROOM_CHOICE),
            self._dice(Dice.GRADUATE), self._dice(Dice.FLAT),
        )  # fmt: skip
        house(t, e, 0, street, self._reach.ease, False, p)
        here = students.living == StudentLiving.ROOM
        students.city_years[here] = np.maximum((-4 - students.since[here]) // 12, 0)
        e.totals[Total.SMALL_FLATS] = small_flats(t, p)
        count_students(e)


def filled(e: Economy) -> float:
    """Return the positions that somebody holds."""
    return float(e.totals[Total.RESIDENTS] + e.totals[Total.COMMUTERS])


def homes_of_workers(t: Tables, city_seed: int, sectors: int) -> Array:
    """Return the sector of residence of each employed inhabitant, -1 for others, shape (persons,).

    Who has no home sets out from a sector of chance.
    """
    n = int(t.counts[PERSON_ROWS])
    persons = t.persons
    works = (persons.status[:n] == PersonStatus.RESIDENT) & (persons.activity[:n] == Activity.EMPLOYED)
    household = persons.household[:n]
    dwelling = np.where(household >= 0, t.households.dwelling[np.maximum(household, 0)], -1)
    sector = np.where(dwelling >= 0, t.dwellings.sector[np.maximum(dwelling, 0)], -1).astype(np.int64)
    lost = np.flatnonzero(works & (sector < 0))
    chance = uniforms(np.uint64(stream(city_seed, int(Dice.WORKPLACE), ONCE)), persons.key[lost], 999)
    sector[lost] = (chance * sectors).astype(np.int64)
    return np.where(works, sector, -1)


def commuting_shares(
    ease: FloatArray, jobs: FloatArray, jobs_outside: FloatArray, homes: Array, in_city: float, sectors: int
) -> FloatArray:
    """Return the cumulative share of workplaces by sector of residence, shape (sectors, zones).

    Gravity: positions times the weight of the way; places outside count with one factor, set so that the known
    share of the employed inhabitants works in the city.
    """
    weight = np.exp(ease[:sectors]) * np.concatenate([jobs, jobs_outside])
    living = np.bincount(homes[homes >= 0], minlength=sectors).astype(np.float64)
    living = living if living.sum() > 0 else np.ones(sectors)
    inside, outside = weight[:, :sectors].sum(axis=1), weight[:, sectors:].sum(axis=1)
    low, high = -30.0, 30.0
    for _ in range(80):
        log_factor = 0.5 * (low + high)
        share = (living * inside / (inside + np.exp(log_factor) * outside)).sum() / living.sum()
        low, high = (log_factor, high) if share > in_city else (low, log_factor)
    weight[:, sectors:] *= np.exp(0.5 * (low + high))
    return _cumulative(weight)


def _cumulative(weights: FloatArray) -> FloatArray:
    total = np.maximum(weights.sum(axis=-1, keepdims=True), 1e-300)
    return np.ascontiguousarray(np.cumsum(weights, axis=-1) / total)
