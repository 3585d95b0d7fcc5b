"""The state of care on the first day: who cares for whom, who lives in which home, who waits (C1-C9).

All of it depends on the base city and the parameters, and not on the seed of a run.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.care_rules import AssistedParams, CarerParams, NursingParams, StaffParams
from kortrijk_sim.agents.columns import CARE_COLUMNS
from kortrijk_sim.agents.travel_rules import TravelParams, bike_minutes
from kortrijk_sim.arrays import IntArray
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.vocabulary import Activity, PersonStatus
from kortrijk_sim.compiling import kernel, lean
from kortrijk_sim.draws import stream, uniform
from kortrijk_sim.models.contacts import contacts
from kortrijk_sim.models.dice import ONCE, Dice
from kortrijk_sim.models.home_care import CareAtHome, CareDice, care_at_home, list_limited
from kortrijk_sim.models.nursing import (
    FIRST_AGE,
    Couplings,
    Nursing,
    NursingDice,
    best_place,
    entry_per_year,
    places_for_inhabitants,
    staff_month,
    usable_places,
    visits,
)
from kortrijk_sim.models.state import SITE_ROWS, Tables
from kortrijk_sim.models.ways import MOST_CHILDREN

WARM_MONTHS = 24  # of care before the first day: carers tire and day care fills as in any other month
_BEFORE = 10_000  # months of that time, apart from those of a run


class CareParams(NamedTuple):
    """All parameters of care by process."""

    nursing: NursingParams
    people: CarerParams
    assisted: AssistedParams
    staff: StaffParams
    travel: TravelParams


def care_params(parameters: Parameters) -> CareParams:
    """Gather the parameters of care."""
    return CareParams(
        parameters.select(NursingParams),
        parameters.select(CarerParams),
        parameters.select(AssistedParams),
        parameters.select(StaffParams),
        parameters.select(TravelParams),
    )


def care_dice(seed: int, city_seed: int, month: int) -> CareDice:
    """Return the streams of care at home in one month; family outside the city belongs to the city."""
    return CareDice(
        carer=np.uint64(stream(seed, int(Dice.CARER), month)),
        burden=np.uint64(stream(seed, int(Dice.BURDEN), month)),
        day_care=np.uint64(stream(seed, int(Dice.DAY_CARE), month)),
        kin_once=np.uint64(stream(city_seed, int(Dice.KIN_OUTSIDE), ONCE)),
        support_once=np.uint64(stream(seed, int(Dice.CARER_SUPPORT), ONCE)),
    )


def nursing_dice(seed: int, city_seed: int, month: int) -> NursingDice:
    """Return the streams of nursing homes in one month."""
    return NursingDice(
        ask=np.uint64(stream(seed, int(Dice.NURSING), month)),
        choice=np.uint64(stream(seed, int(Dice.NURSING_CHOICE), month)),
        visit_once=np.uint64(stream(city_seed, int(Dice.VISIT), ONCE)),
        kin_once=np.uint64(stream(city_seed, int(Dice.KIN_OUTSIDE), ONCE)),
    )


ALL_COUPLED = Couplings(True, True, True, True, True)


def settle_first_residents(t: Tables, city_seed: int, p: CareParams, places_ratio: float) -> float:
    """Seat the residents of nursing homes and hire the staff of the first day.

    Args:
        t: The base city.
        city_seed: Seed of the population synthesis.
        p: Parameters of care.
        places_ratio: Factor on today's nursing places.

    Returns:
        The mean access of staff to the nursing places.
    """
    places = np.cumsum(t.sites.nursing_places[: t.counts[SITE_ROWS]]) * places_ratio
    t.sites.nursing_places[: t.counts[SITE_ROWS]] = np.diff(np.round(places), prepend=0.0)
    n = Nursing(p.nursing, p.people, p.travel, ALL_COUPLED, 1.0, 0.0)
    residents = np.flatnonzero(
        (t.persons.nursing_place[: t.counts[0]] >= 0) & (t.persons.status[: t.counts[0]] == PersonStatus.RESIDENT)
    ).astype(np.int32)
    for s in range(int(t.counts[SITE_ROWS])):
        t.sites.staff_access[s] = staff_access(t, float(t.sites.x_km[s]), float(t.sites.y_km[s]), p)
    rows = slice(0, int(t.counts[SITE_ROWS]))
    # Weighted by places, so that today's homes together find staff as the parameters say.
    weight = t.sites.nursing_places[rows] + 1e-9
    mean = float((t.sites.staff_access[rows] * weight).sum() / weight.sum()) if weight.size else 1.0
    t.sites.staff_access[rows] /= mean
    _seat(t, residents, nursing_dice(city_seed, city_seed, _BEFORE), n)
    staff_month(t, residents, False, p.nursing, p.staff)
    t.sites.staff_fte[:] = t.sites.jobs_fte * (1.0 - p.staff.staff_vacant_at_start_share)
    for s in range(int(t.counts[SITE_ROWS])):
        t.sites.usable_places[s] = usable_places(t, s, True, p.nursing, p.staff)
    return mean


def start_care_at_home(t: Tables, city_seed: int, p: CareParams, capacity_hours_week: float) -> float:
    """Let care at home run in before the first day; return the hours a week asked of home care."""
    forget_care(t)
    asked = 0.0
    setting = CareAtHome(p.people, p.travel, capacity_hours_week, 0.0, True)
    for k in range(WARM_MONTHS):
        month = k + 1 - WARM_MONTHS
        asked = care_at_home(t, list_limited(t, month), month, care_dice(city_seed, city_seed, _BEFORE + k), setting)
    return asked


def forget_care(t: Tables) -> None:
    """Let nobody be cared for, as before care at home has run in; families stay what they are."""
    rows = slice(0, int(t.counts[0]))
    for name, column in CARE_COLUMNS.items():
        if column.writer == "care":
            t.care[name][rows] = column.fill


def start_waiting(t: Tables, city_seed: int, p: CareParams, alignment: float, wait_months: float) -> None:
    """Put the first day's seniors on the waiting list and count who is visited."""
    n = Nursing(p.nursing, p.people, p.travel, ALL_COUPLED, alignment, 0.0)
    dice = nursing_dice(city_seed, city_seed, _BEFORE)
    _queue(t, dice, n, wait_months)
    residents = np.flatnonzero(t.persons.nursing_place[: t.counts[0]] >= 0).astype(np.int32)
    visits(t, residents, 0, dice, n, True)
    contacts(t, np.arange(int(t.counts[0]), dtype=np.int32), 0, p.people, p.travel)


@kernel
def _seat(t: Tables, residents: IntArray, dice: NursingDice, n: Nursing) -> None:
    """Give each resident the best place with room; where there is none, the site with most room to spare."""
    where = np.empty((MOST_CHILDREN, 3))
    order = np.empty(residents.shape[0])
    for s in range(t.counts[4]):
        t.sites.residents[s] = 0
        t.sites.held_places[s] = 0
        t.sites.usable_places[s] = places_for_inhabitants(t, s, n.p.nursing_region_share, 1.0)
    for n_th in range(residents.shape[0]):
        order[n_th] = uniform(dice.ask, t.persons.key[residents[n_th]])
    for k in np.argsort(order):
        i = residents[k]
        site, _ = best_place(t, i, -1, 0, dice, n, where)
        if site < 0:
            site = roomiest(t)
        t.persons.nursing_place[i] = site
        t.sites.residents[site] += 1
        t.sites.held_places[site] += 1


@lean
def roomiest(t: Tables) -> int:
    """Return the nursing home with most room, or least overfull; the first site when none has places."""
    best, most = 0, -1_000_000
    for s in range(t.counts[4]):
        room = t.sites.usable_places[s] - t.sites.residents[s]
        if t.sites.nursing_places[s] > 0 and room > most:
            best, most = s, room
    return best


@lean
def _queue(t: Tables, dice: NursingDice, n: Nursing, wait_months: float) -> None:
    """Let seniors have asked for a place as often as would still wait, evenly over twice the mean wait."""
    for i in range(t.counts[0]):
        persons = t.persons
        if persons.status[i] != PersonStatus.RESIDENT or persons.household[i] < 0:
            continue
        if -persons.birth_month[i] < 12 * FIRST_AGE:
            continue
        yearly = entry_per_year(t, i, 0, dice.kin_once, n.alignment, n)
        if uniform(dice.ask, persons.key[i], 2) < yearly * wait_months / 12.0:
            persons.nursing_applied[i] = -1 - int(2.0 * wait_months * uniform(dice.ask, persons.key[i], 3))


def staff_access(t: Tables, x_km: float, y_km: float, p: CareParams) -> float:
    """Return how well employed inhabitants reach a point by bike: the mean of exp(-minutes / scale)."""
    persons, rows = t.persons, int(t.counts[0])
    works = (persons.activity[:rows] == Activity.EMPLOYED) & (persons.status[:rows] == PersonStatus.RESIDENT)
    works &= persons.household[:rows] >= 0
    home = t.households.dwelling[persons.household[:rows][works]]
    home = home[home >= 0]
    if len(home) == 0:
        return 1.0
    km = np.hypot(t.dwellings.x_km[home] - x_km, t.dwellings.y_km[home] - y_km)
    return float(np.exp(-bike_minutes(km, p.travel) / p.staff.staff_access_minutes).mean())
